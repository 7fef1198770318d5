//! Reports as the tools write them. The files are the seeds of the fuzz targets: their first line
//! names the format.

use std::fs;
use std::path::Path;

use codeyard_formats::reports::{self, Error, FileCoverage, ReportFormat, TestCase};

fn sample(target: &str, name: &str) -> (ReportFormat, Vec<u8>) {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(target).join(name);
    let file = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let end = file.iter().position(|byte| *byte == b'\n').unwrap();
    let format = ReportFormat::parse(std::str::from_utf8(&file[..end]).unwrap()).unwrap();
    (format, file[end + 1..].to_vec())
}

fn tests(format: ReportFormat, file: &[u8]) -> Result<Vec<TestCase>, Error> {
    let mut cases = Vec::new();
    reports::tests(format, file, &mut |case| cases.push(case))?;
    Ok(cases)
}

fn coverage(format: ReportFormat, file: &[u8]) -> Result<Vec<FileCoverage>, Error> {
    let mut files = Vec::new();
    reports::coverage(format, file, &mut |file| files.push(file))?;
    Ok(files)
}

fn show(case: &TestCase) -> String {
    let TestCase { name, prefix, suite, status, nanoseconds, message, flaky } = case;
    let suite = suite.as_deref().unwrap_or("-");
    let flaky = if *flaky { " FLAKY" } else { "" };
    format!(
        "{}{flaky} | {prefix} | {name} | {suite} | {nanoseconds} | {message:?}",
        status.as_str()
    )
}

fn check_tests(name: &str, expected: &[&str]) {
    let (format, file) = sample("test_report", name);
    let shown: Vec<String> = tests(format, &file).unwrap().iter().map(show).collect();
    assert_eq!(shown, expected, "{name}:\n{}", shown.join("\n"));
}

#[test]
fn pytest() {
    check_tests(
        "pytest",
        &[
            "SUCCEEDED | test_calc | test_divide | pytest | 1000000 | \"\"",
            "FAILED | test_calc | test_zero | pytest | 1000000 | \"def test_zero():\\n        print(\\\"dividing & conquering\\\")\\n>       assert divide(1, 0) == 1\\n               ^^^^^^^^^^^^\\n\\ntest_calc.py:16: \\n_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ \\n\\na = 1, b = 0\\n\\n    def divide(a, b):\\n        if b == 0:\\n>           raise ValueError(\\\"cannot divide by <zero>\\\")\\nE           ValueError: cannot divide by <zero>\\n\\napp/calc.py:3: ValueError\"",
            "SUCCEEDED | test_calc | test_sign[1] | pytest | 1000000 | \"\"",
            "SUCCEEDED | test_calc | test_sign[2] | pytest | 1000000 | \"\"",
            "SKIPPED | test_calc | test_later | pytest | 1000000 | \"/home/ci/demo/test_calc.py:24: not on <this> host\"",
            "SKIPPED | test_calc | test_known | pytest | 1000000 | \"known\"",
            "ERROR | test_calc | test_setup | pytest | 1000000 | \"failed on setup with \\\"RuntimeError: no database\\\"\\n@pytest.fixture\\n    def broken():\\n>       raise RuntimeError(\\\"no database\\\")\\nE       RuntimeError: no database\\n\\ntest_calc.py:7: RuntimeError\"",
            "SUCCEEDED | test_calc.TestGroup | test_in_class | pytest | 1000000 | \"\"",
        ],
    );
}

#[test]
fn jest() {
    check_tests(
        "jest",
        &[
            "SUCCEEDED | sum adds 1 + 2 | sum adds 1 + 2 | sum | 10000000 | \"\"",
            "FAILED | sum is wrong | sum is wrong | sum | 12000000 | \"Error: expect(received).toBe(expected) // Object.is equality\\n\\nExpected: 5\\nReceived: 4\\n    at Object.toBe (/home/ci/demo/sum.test.js:4:46)\"",
            "SKIPPED | sum later | sum later | sum | 0 | \"\"",
            "SUCCEEDED | sum someday | sum someday | sum | 0 | \"\"",
        ],
    );
}

#[test]
fn nextest() {
    check_tests(
        "nextest",
        &[
            "SUCCEEDED FLAKY | demo | tests::flaky | demo | 6000000 | \"\"",
            "SUCCEEDED | demo | tests::passes | demo | 12000000 | \"\"",
            "FAILED | demo | tests::fails | demo | 320000000 | \"thread 'tests::fails' (29094) panicked at src/lib.rs:6:18:\\nassertion `left == right` failed: arithmetic\\n  left: 2\\n right: 3\"",
        ],
    );
}

#[test]
fn surefire() {
    check_tests(
        "surefire",
        &[
            "SUCCEEDED | com.example.orders.OrderTest | totals | com.example.orders.OrderTest | 21000000 | \"\"",
            "FAILED | com.example.orders.OrderTest | discount | com.example.orders.OrderTest | 1204004000000 | \"org.opentest4j.AssertionFailedError: expected: <90> but was: <100>\\n\\tat org.junit.jupiter.api.AssertionUtils.fail(AssertionUtils.java:55)\\n\\tat com.example.orders.OrderTest.discount(OrderTest.java:31)\"",
            "ERROR | com.example.orders.OrderTest | persists | com.example.orders.OrderTest | 400000000 | \"java.net.ConnectException: Connection refused\\n\\tat com.example.orders.Store.open(Store.java:12)\"",
            "SKIPPED | com.example.orders.OrderTest | ships | com.example.orders.OrderTest | 0 | \"needs a warehouse\"",
            "SUCCEEDED FLAKY | com.example.orders.OrderTest | notifies | com.example.orders.OrderTest | 88000000 | \"\"",
        ],
    );
}

#[test]
fn go_junit_report() {
    check_tests(
        "go_junit_report",
        &[
            "SUCCEEDED | example.com/demo/store | TestOpen | example.com/demo/store | 10000000 | \"\"",
            "FAILED | example.com/demo/store | TestPut/large_value | example.com/demo/store | 340000000 | \"Failed\\nstore_test.go:41: got 3, want 4\"",
            "SKIPPED | example.com/demo/store | TestRemote | example.com/demo/store | 0 | \"store_test.go:60: no remote\"",
            "ERROR | example.com/demo/broken | [build failed] | example.com/demo/broken | 0 | \"Build error\\nbroken/a.go:3:8: package nowhere is not in std\"",
        ],
    );
}

#[test]
fn mocha() {
    check_tests(
        "mocha",
        &[
            "SUCCEEDED | finds | Array #indexOf() finds | #indexOf() | 1000000 | \"\"",
            "FAILED | fails | Array #indexOf() fails | #indexOf() | 4000000 | \"AssertionError [ERR_ASSERTION]: -1 == 0\\n\\n      + expected - actual\\n\\n      --1\\n      +0\\n\\n    at Context.<anonymous> (test/array.js:5:39)\"",
        ],
    );
}

#[test]
fn cypress() {
    check_tests(
        "cypress",
        &[
            "SUCCEEDED | lets users in | login lets users in | login | 1201000000 | \"\"",
            "FAILED | keeps others out | login keeps others out | login | 7923000000 | \"AssertionError: Timed out retrying after 4000ms: Expected to find element: `.error`, but never found it.\\n    at Context.eval (webpack://demo/./cypress/e2e/login.cy.js:14:8)\"",
            "SKIPPED | remembers | login remembers | login | 0 | \"\"",
        ],
    );
}

#[test]
fn googletest() {
    check_tests(
        "googletest",
        &[
            "SUCCEEDED | Queue | Pops | Queue | 1000000 | \"\"",
            "FAILED | Queue | Pushes | Queue | 2000000 | \"queue_test.cc:15\\nExpected equality of these values:\\n  1\\n  2\\nqueue_test.cc:16\\nValue of: empty\"",
            "SKIPPED | Queue | DISABLED_Grows | Queue | 0 | \"\"",
        ],
    );
}

#[test]
fn phpunit() {
    check_tests(
        "phpunit",
        &[
            "SUCCEEDED | Demo.CartTest | testEmpty | Demo\\CartTest | 1200000 | \"\"",
            "SUCCEEDED | Demo.CartTest | testAdd with data set #0 | Demo\\CartTest::testAdd | 1000000 | \"\"",
            "FAILED | Demo.CartTest | testAdd with data set #1 | Demo\\CartTest::testAdd | 2312000 | \"Demo\\\\CartTest::testAdd with data set #1 (2, 3)\\nFailed asserting that 2 is identical to 3.\\n\\n/home/ci/demo/tests/CartTest.php:19\"",
        ],
    );
}

#[test]
fn nunit2_console() {
    check_tests(
        "nunit2_console",
        &[
            "SUCCEEDED | Demo.ParserTests | Demo.ParserTests.Reads | ParserTests | 16000000 | \"\"",
            "FAILED | Demo.ParserTests | Demo.ParserTests.Refuses | ParserTests | 2000000 | \"  Expected: 3\\n  But was:  4\\n\\nat Demo.ParserTests.Refuses () [0x00000] in <filename unknown>:0\\n\"",
            "ERROR | Demo.ParserTests | Demo.ParserTests.Throws | ParserTests | 0 | \"System.ApplicationException : on purpose\\nat Demo.ParserTests.Throws()\\n\"",
            "ERROR | Demo.ParserTests | Demo.ParserTests.Maybe | ParserTests | 0 | \"No valid data\\n\"",
            "SKIPPED | Demo.ParserTests | Demo.ParserTests.Later | ParserTests | 0 | \"not yet\\n\"",
            "SUCCEEDED | Demo.ParserTests | Demo.ParserTests.Adds(1.5d,\"a.b\") | Adds | 1000000 | \"\"",
            "ERROR | Demo.ParserTests | Demo.ParserTests.NotRunnable | ParserTests | 0 | \"No arguments were provided\\n\"",
        ],
    );
}

#[test]
fn nunit3_console() {
    check_tests(
        "nunit3_console",
        &[
            "SUCCEEDED | Demo.ParserTests | Demo.ParserTests.Reads | ParserTests | 12345000 | \"\"",
            "SUCCEEDED | Demo.ParserTests | Demo.ParserTests.Adds(1,\"a\") | ParserTests | 100000 | \"\"",
            "FAILED | Demo.ParserTests | Demo.ParserTests.Refuses | ParserTests | 30000000 | \"  Expected: 3\\n  But was:  4\\n\\n   at Demo.ParserTests.Refuses() in /home/ci/demo/ParserTests.cs:line 21\\n\"",
            "ERROR | Demo.ParserTests | Demo.ParserTests.Throws | ParserTests | 1000000 | \"System.Exception : on purpose\\n   at Demo.ParserTests.Throws()\"",
            "SKIPPED | Demo.ParserTests | Demo.ParserTests.Later | ParserTests | 0 | \"not yet\\n\"",
            "UNKNOWN | Demo.ParserTests | Demo.ParserTests.Maybe | ParserTests | 0 | \"\"",
            "UNKNOWN | Demo.ParserTests | Demo.ParserTests.Warns | ParserTests | 0 | \"slow\\n\"",
        ],
    );
}

#[test]
fn testng() {
    check_tests(
        "testng",
        &[
            "SUCCEEDED | com.example.OrderTest | totals | Orders | 17000000 | \"\"",
            "FAILED | com.example.OrderTest | discount | Orders | 4000000 | \"java.lang.AssertionError: expected [90] but found [100]\\nat org.testng.Assert.fail(Assert.java:110)\\nat com.example.OrderTest.discount(OrderTest.java:31)\"",
            "SKIPPED | com.example.OrderTest | ships | Orders | 0 | \"no warehouse\"",
            "ERROR | com.example.OrderTest | connect | Orders | 600000000 | \"java.net.ConnectException\\nat com.example.Store.open(Store.java:12)\"",
        ],
    );
}

#[test]
fn dotnet_trx() {
    check_tests(
        "dotnet_trx",
        &[
            "SUCCEEDED | Demo.ParserTests | Demo.ParserTests.Reads | demo.tests.dll | 12345600 | \"\"",
            "FAILED | Demo.ParserTests | Demo.ParserTests.Refuses | demo.tests.dll | 1500000000 | \"Assert.Equal() Failure: Values differ\\nExpected: 3\\nActual:   4\\nat Demo.ParserTests.Refuses() in /home/ci/demo/ParserTests.cs:line 21\"",
            "SKIPPED |  | Later | - | 0 | \"\"",
            "SUCCEEDED | Demo.MathTests | Adds (1,2) | demo.tests.dll | 1000000 | \"\"",
            "ERROR | Demo.MathTests | Adds (2,2) | demo.tests.dll | 1000000 | \"\"",
            "UNKNOWN |  | Maybe | - | 0 | \"\"",
        ],
    );
}

#[test]
fn cucumber_js() {
    check_tests(
        "cucumber_js",
        &[
            "SUCCEEDED | Greeting | Hello | Greeting | 1640070 | \"\"",
            "FAILED | Greeting | Bad | Greeting | 6206078 | \"AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:\\n\\n'hello' !== 'bye'\\n\\n    + expected - actual\\n\\n    -hello\\n    +bye\\n\\n    at World.<anonymous> (/home/ci/demo/features/steps/s.js:6:47)\"",
            "ERROR | Greeting | Undefined | Greeting | 100115 | \"\"",
            "SKIPPED | Greeting | Pending | Greeting | 206034 | \"\"",
        ],
    );
}

#[test]
fn cucumber_jvm() {
    check_tests(
        "cucumber_jvm",
        &[
            "SUCCEEDED | Store | Buying | Store | 3500000 | \"\"",
            "FAILED | Store | Selling | Store | 3000000 | \"java.lang.IllegalStateException: shut\\n\\tat com.example.Steps.aStore(Steps.java:9)\\n\"",
        ],
    );
}

/// Path, lines covered and missed, branches covered and missed.
type Covered = (&'static str, [u32; 4]);

#[test]
fn coverage_as_tools_write_it() {
    let samples: &[(&str, &[Covered])] = &[
        ("jacoco", &[("com/example/orders/Order.java", [5, 1, 1, 1])]),
        ("jacoco_aggregate", &[("demo/A.kt", [0, 2, 0, 0]), ("Main.java", [3, 0, 4, 0])]),
        (
            "phpunit_clover",
            &[
                ("/home/ci/demo/src/Cart.php", [3, 1, 0, 0]),
                ("/home/ci/demo/src/functions.php", [1, 0, 0, 0]),
            ],
        ),
        ("istanbul_clover", &[("/home/ci/demo/src/sum.js", [2, 1, 1, 1])]),
        ("clover", &[("/home/ci/demo/src/com/example/Order.java", [2, 1, 1, 1])]),
        ("coverage_py_cobertura", &[("calc.py", [7, 3, 3, 3])]),
        ("istanbul_cobertura", &[("src/sum.js", [2, 1, 1, 1])]),
        ("coverlet_cobertura", &[("Demo/Parser.cs", [3, 1, 1, 1])]),
        (
            "simplecov_resultset",
            &[
                ("/home/ci/demo/lib/cart.rb", [3, 1, 2, 2]),
                ("/home/ci/demo/lib/old.rb", [1, 1, 0, 0]),
            ],
        ),
        ("simplecov_json_formatter", &[("/home/ci/demo/lib/cart.rb", [2, 1, 1, 1])]),
        ("coverage_py_lcov", &[("app/calc.py", [7, 3, 3, 3])]),
        ("istanbul_lcov", &[("src/sum.js", [2, 1, 1, 1])]),
        ("lcov_two_tests", &[("/home/ci/demo/a.c", [3, 0, 2, 0])]),
    ];
    for (name, expected) in samples {
        let (format, file) = sample("coverage_report", name);
        let expected: Vec<FileCoverage> = expected
            .iter()
            .map(|(path, counts)| FileCoverage {
                path: (*path).to_owned(),
                lines_covered: counts[0],
                lines_missed: counts[1],
                branches_covered: counts[2],
                branches_missed: counts[3],
            })
            .collect();
        assert_eq!(coverage(format, &file).unwrap(), expected, "{name}");
    }
}

#[test]
fn every_format_has_a_sample() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    for format in ReportFormat::ALL {
        let target = if format.is_coverage() { "coverage_report" } else { "test_report" };
        let mut names = fs::read_dir(seeds.join(target)).unwrap();
        let found = names.any(|name| {
            let name = name.unwrap().file_name();
            sample(target, name.to_str().unwrap()).0 == format
        });
        assert!(found, "{}", format.as_str());
    }
}

fn refused(format: ReportFormat, file: &str) -> String {
    let error = match format.is_coverage() {
        true => coverage(format, file.as_bytes()).map(drop),
        false => tests(format, file.as_bytes()).map(drop),
    };
    error.unwrap_err().to_string()
}

#[test]
fn what_is_no_report_is_refused_with_its_place() {
    use ReportFormat::{CoberturaXml, CucumberJson, JunitXml, Lcov, NunitXml, Simplecov};
    let entities = "<!DOCTYPE a [<!ENTITY x \"y\">]><testsuite name=\"&x;\"/>";
    let deep = format!("<testsuites>{}", "<testsuite>".repeat(200));
    let deep_json = "[".repeat(200);
    for (format, file, message) in [
        (JunitXml, "", "there is no XML in it at line 1, column 1"),
        (JunitXml, "hello", "text outside of the root element at line 1, column 6"),
        (JunitXml, "{}", "text outside of the root element at line 1, column 3"),
        (
            JunitXml,
            "\n<html></html>",
            "the root element is <html>: it must be <testsuites> or <testsuite> at line 2, column 7",
        ),
        (
            JunitXml,
            "<testsuite>\n <testcase name='a'>",
            "the XML ends before its elements do at line 2, column 21",
        ),
        (
            JunitXml,
            "<testsuite>\n <testcase></testsuite>",
            "malformed XML: ill-formed document: expected `</testcase>`, but `</testsuite>` was \
             found at line 2, column 12",
        ),
        (
            JunitXml,
            "<testsuite name='a' name='b'/>",
            "malformed XML: an attribute that is broken or repeated at line 1, column 31",
        ),
        (JunitXml, "<testsuite/><testsuite/>", "a second root element at line 1, column 25"),
        (
            JunitXml,
            "<testsuite><error>&nbsp;</error></testsuite>",
            "an entity that XML does not define at line 1, column 25",
        ),
        (JunitXml, entities, "a document type with declarations of its own at line 1, column 31"),
        (JunitXml, &deep, "elements are nested deeper than 128 at line 1, column 1421"),
        (
            NunitXml,
            "<test-run/>",
            "the root element is <test-run>: it must be <test-results> at line 1, column 12",
        ),
        (CoberturaXml, "<coverage", "malformed XML: "),
        (CucumberJson, "", "expected an array at line 1, column 1"),
        (CucumberJson, "{}", "expected an array at line 1, column 1"),
        (CucumberJson, "[{\"name\": 1}]", "expected a string at line 1, column 11"),
        (CucumberJson, "[{\"name\": \"a\"},\n]", "expected an object at line 2, column 1"),
        (CucumberJson, "[]]", "there is more behind the JSON at line 1, column 3"),
        (CucumberJson, "[{\"a\" 1}]", "expected a colon at line 1, column 7"),
        (
            CucumberJson,
            "[{\"name\": \"\\x\"}]",
            "an unknown escape in a string at line 1, column 14",
        ),
        (CucumberJson, "[{\"name\": \"a", "an open string at line 1, column 12"),
        (CucumberJson, &deep_json, "expected an object at line 1, column 2"),
        (Simplecov, "{\"a\": 1}", "there is no coverage in it: it is not SimpleCov's at line 1"),
        (Simplecov, "{\"coverage\": {\"a\": [01]}}", "expected a number at line 1, column 21"),
        (Lcov, "", "there is no SF in it: it is no tracefile at line 1, column 1"),
        (Lcov, "SF:a\nDA:1,1\n", "the file ends without end_of_record at line 3, column 1"),
        (Lcov, "SF:a\nDA:x,1\nend_of_record\n", "DA must be LINE,HITS at line 2, column 1"),
        (Lcov, "DA:1,1\n", "DA or BRDA without SF in front of it at line 1, column 1"),
        (Lcov, "<coverage/>\n", "a line that is no KEY:VALUE at line 1, column 1"),
    ] {
        let told = refused(format, file);
        assert!(told.starts_with(message), "{file:.40}: {told}");
    }
    let told = tests(ReportFormat::Lcov, b"").unwrap_err().to_string();
    assert!(told.starts_with("files of the format LCOV tell of code coverage"), "{told}");
    let told = coverage(JunitXml, b"").unwrap_err().to_string();
    assert!(told.starts_with("files of the format JUNITXML tell of test cases"), "{told}");
}

#[test]
fn depth_is_bounded_in_json_that_is_passed_over_too() {
    let deep = format!("[{{\"x\": {}", "[".repeat(200));
    let told = refused(ReportFormat::CucumberJson, &deep);
    assert_eq!(told, "values are nested deeper than 128 at line 1, column 135");
}

#[test]
fn long_names_and_messages_are_cut() {
    let (name, text) = ("n".repeat(2_000), "é".repeat(20_000));
    let file = format!(
        "<testsuite name='{name}'><testcase name='{name}' classname='{name}'>\
         <failure message='m'>{text}</failure><error>{text}</error></testcase></testsuite>"
    );
    let case = tests(ReportFormat::JunitXml, file.as_bytes()).unwrap().remove(0);
    assert_eq!(case.name.len(), reports::MAX_NAME);
    assert_eq!(case.prefix.len(), reports::MAX_NAME);
    assert_eq!(case.suite.unwrap().len(), reports::MAX_NAME);
    assert_eq!(case.message.chars().count(), reports::MAX_MESSAGE);
    let file = vec![b' '; reports::MAX_FILE_BYTES + 1];
    let told = tests(ReportFormat::JunitXml, &file).unwrap_err();
    assert_eq!(told.message, "the file is larger than 64 MiB");
}

#[test]
fn a_suite_that_failed_by_itself_is_told() {
    let file =
        b"<testsuite name='s'><error message='no database'/><testcase name='a'/></testsuite>";
    let shown: Vec<String> =
        tests(ReportFormat::JunitXml, file).unwrap().iter().map(show).collect();
    assert_eq!(
        shown,
        ["ERROR |  | s | s | 0 | \"no database\"", "SUCCEEDED | s | a | s | 0 | \"\""]
    );
}

#[test]
fn other_files_are_told_from_broken_ones() {
    use ReportFormat::{CucumberJson, JunitXml, Lcov, Simplecov};
    for (format, file, foreign) in [
        (JunitXml, "", true),
        (JunitXml, "Tests run: 5, Failures: 1\n", true),
        (JunitXml, "<!DOCTYPE html>\n<html><br></html>", true),
        (JunitXml, "<testng-results/>", true),
        (JunitXml, "<testsuite", true),
        (JunitXml, "<testsuite><testcase", false),
        (JunitXml, "<testsuite/>trailing", false),
        (CucumberJson, "{}", true),
        (CucumberJson, "[{]", false),
        (Simplecov, "[]", true),
        (Simplecov, "{\"result\": {}}", true),
        (Simplecov, "{\"coverage\": {]}", false),
        (Lcov, "# a comment\nhello\n", true),
        (Lcov, "SF:a\nhello\n", false),
    ] {
        let error = match format.is_coverage() {
            true => coverage(format, file.as_bytes()).map(drop),
            false => tests(format, file.as_bytes()).map(drop),
        };
        assert_eq!(error.unwrap_err().foreign, foreign, "{file}");
    }
    let image = b"\x89PNG\r\n\x1a\n";
    assert!(tests(JunitXml, image).unwrap_err().foreign);
}

#[test]
fn null_is_an_empty_list_to_some_tools() {
    let file = br#"[{"name": "f", "elements": null}, {"name": "g", "elements": [
        {"name": "s", "type": "scenario", "steps": null}
    ]}]"#;
    let shown: Vec<String> =
        tests(ReportFormat::CucumberJson, file).unwrap().iter().map(show).collect();
    assert_eq!(shown, ["SUCCEEDED | g | s | g | 0 | \"\""]);
    let told = refused(ReportFormat::CucumberJson, "[{\"name\": nil}]");
    assert_eq!(told, "expected a value at line 1, column 11");
}
