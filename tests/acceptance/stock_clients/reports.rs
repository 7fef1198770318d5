//! CodeBuild's reports by the stock CLI, and `codeyard reports flaky`.

use serde_json::{Value, json};

use super::developer::{finished, role};
use crate::harness::{Data, User, Yard, said};

/// An application with tests, run by Python alone: results as JUnit's XML, coverage as LCOV.
const BUILDSPEC: &str = r#"version: 0.2
env:
  variables:
    DISCOUNT: '10'
phases:
  install:
    commands:
      - |
        cat > shop.py <<'END'
        import os

        def total(price, member):
            if member:
                return price - price * int(os.environ["DISCOUNT"]) // 100
            return price

        def refund(price):
            return -price
        END
        cat > test_shop.py <<'END'
        import unittest
        from shop import total

        class Prices(unittest.TestCase):
            def test_full(self):
                self.assertEqual(total(100, False), 100)

            def test_member(self):
                self.assertEqual(total(100, True), 90)

            @unittest.skip("no refunds yet")
            def test_refund(self):
                pass
        END
        cat > run_tests.py <<'END'
        import os, sys, time, trace, unittest
        from xml.sax.saxutils import escape, quoteattr

        class Result(unittest.TestResult):
            def __init__(self):
                super().__init__()
                self.cases = []
            def startTest(self, test):
                super().startTest(test)
                self.began, self.told = time.time(), ""
            def addFailure(self, test, error):
                super().addFailure(test, error)
                self.told = "<failure message=%s>%s</failure>" % (
                    quoteattr(str(error[1])), escape(self._exc_info_to_string(error, test)))
            def addSkip(self, test, reason):
                super().addSkip(test, reason)
                self.told = "<skipped message=%s/>" % quoteattr(reason)
            def stopTest(self, test):
                super().stopTest(test)
                module, group, name = test.id().rsplit(".", 2)
                self.cases.append("<testcase classname=%s name=%s time='%.3f'>%s</testcase>" % (
                    quoteattr(module + "." + group), quoteattr(name), time.time() - self.began, self.told))

        sys.path.insert(0, os.getcwd())
        result, tracer = Result(), trace.Trace(count=1, trace=0)
        load = unittest.defaultTestLoader.loadTestsFromName
        tracer.runfunc(lambda: load("test_shop").run(result))
        os.makedirs("results", exist_ok=True)
        with open("results/junit.xml", "w") as out:
            out.write("<testsuites><testsuite name='shop'>%s</testsuite></testsuites>" % "".join(result.cases))
        import shop
        ran = {line for (name, line) in tracer.results().counts if os.path.basename(name) == "shop.py"}
        with open("results/lcov.info", "w") as out:
            out.write("TN:\nSF:shop.py\n")
            for line in filter(None, sorted(trace._find_executable_linenos(shop.__file__))):
                out.write("DA:%d,%d\n" % (line, line in ran))
            out.write("end_of_record\n")
        sys.exit(not result.wasSuccessful())
        END
  build:
    commands:
      - python3 run_tests.py
reports:
  unit:
    files: ['**/*.xml']
    base-directory: results
  coverage:
    files: [results/lcov.info]
    file-format: LCOV
"#;

fn build(user: &User, discount: &str) -> Value {
    let variable = format!("name=DISCOUNT,value={discount}");
    let started = user.aws(&[
        "codebuild",
        "start-build",
        "--project-name",
        "shop",
        "--environment-variables-override",
        &variable,
    ]);
    finished(user, started["build"]["id"].as_str().unwrap())
}

fn report(user: &User, build: &Value, at: usize) -> (String, Value) {
    let arn = build["reportArns"][at].as_str().unwrap().to_owned();
    let found = user.aws(&["codebuild", "batch-get-reports", "--report-arns", &arn]);
    (arn, found["reports"][0].clone())
}

#[test]
fn tests_and_coverage_of_builds() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    let service_role = role(
        &root,
        "build",
        "codebuild.amazonaws.com",
        &json!([
            {"Effect": "Allow", "Action": "logs:*", "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": [
                    "codebuild:CreateReportGroup",
                    "codebuild:CreateReport",
                    "codebuild:UpdateReport",
                    "codebuild:BatchPutTestCases",
                    "codebuild:BatchPutCodeCoverages",
                ],
                "Resource": "arn:aws:codebuild:*:*:report-group/shop-*",
            },
        ]),
    );
    root.aws(&[
        "codebuild",
        "create-project",
        "--name",
        "shop",
        "--source",
        &json!({"type": "NO_SOURCE", "buildspec": BUILDSPEC}).to_string(),
        "--artifacts",
        "type=NO_ARTIFACTS",
        "--environment",
        "type=LINUX_CONTAINER,image=aws/codebuild/standard:7.0,computeType=BUILD_GENERAL1_SMALL",
        "--service-role",
        &service_role,
    ]);

    let good = build(&root, "10");
    assert_eq!(good["buildStatus"], "SUCCEEDED", "{good}");
    let (_, told) = report(&root, &good, 0);
    assert_eq!(
        (told["status"].as_str(), told["name"].as_str()),
        (Some("SUCCEEDED"), Some("shop-unit"))
    );
    let counts = json!({"SUCCEEDED": 2, "SKIPPED": 1, "FAILED": 0, "ERROR": 0, "UNKNOWN": 0});
    assert_eq!(told["testSummary"]["statusCounts"], counts);

    let bad = build(&root, "20");
    assert_eq!(bad["buildStatus"], "FAILED", "{bad}");
    let (arn, told) = report(&root, &bad, 0);
    assert_eq!(told["status"], "FAILED");
    let failed =
        ["codebuild", "describe-test-cases", "--report-arn", &arn, "--filter", "status=FAILED"];
    let cases = root.aws(&failed)["testCases"].clone();
    assert_eq!(cases.as_array().unwrap().len(), 1);
    assert_eq!(cases[0]["name"], "test_member");
    assert_eq!(cases[0]["prefix"], "test_shop.Prices");
    assert!(cases[0]["message"].as_str().unwrap().contains("80 != 90"), "{cases}");
    // The CLI pages by itself.
    let all =
        root.aws(&["codebuild", "describe-test-cases", "--report-arn", &arn, "--page-size", "1"]);
    assert_eq!(all["testCases"].as_array().unwrap().len(), 3);

    let (arn, told) = report(&root, &good, 1);
    assert_eq!(told["type"], "CODE_COVERAGE");
    let files = root.aws(&["codebuild", "describe-code-coverages", "--report-arn", &arn]);
    let file = &files["codeCoverages"][0];
    assert_eq!(file["filePath"], "shop.py");
    // The refund is never tested.
    assert_eq!(file["linesMissed"], 1, "{file}");
    assert_eq!(
        told["codeCoverageSummary"]["lineCoveragePercentage"],
        file["lineCoveragePercentage"]
    );

    let group = told["reportGroupArn"].as_str().unwrap().replace("shop-coverage", "shop-unit");
    let trend = root.aws(&[
        "codebuild",
        "get-report-group-trend",
        "--report-group-arn",
        &group,
        "--trend-field",
        "PASS_RATE",
    ]);
    assert_eq!(trend["stats"], json!({"average": "49.99", "max": "66.66", "min": "33.33"}));

    let flaky = || {
        let output = data.codeyard(&["reports", "flaky", "shop-unit", "--json"]).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    assert_eq!(flaky(), json!({"reportsAnalyzed": 2, "flakyTests": []}));
    build(&root, "10");
    build(&root, "20");
    let found = flaky();
    assert_eq!(found["flakyTests"][0]["name"], "test_member", "{found}");
    assert_eq!(found["flakyTests"][0]["evidence"], json!(["ALTERNATES"]));

    // A user who may see the tests of this group sees them, and no other group's.
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "codebuild:DescribeTestCases", "Resource": group}]});
    let user = yard.user("tester", &policy);
    assert_eq!(user.aws(&failed)["testCases"], cases);
    let other = ["codebuild", "describe-code-coverages", "--report-arn", &arn];
    user.refused("AccessDeniedException", &other);
}
