//! Report groups and reports: made by builds, shown, filtered, exported, deleted, expired; flaky
//! tests.

use std::time::Duration;

use api_developer::codebuild::{
    BatchGetReports, BatchGetReportsInput, DeleteReportGroup, DeleteReportGroupInput,
    DescribeTestCases, DescribeTestCasesInput, ListReports, ListReportsInput,
};
use serde_json::{Value, json};
use service::{Cx, SessionRequest};
use testkit::TestYard;

use crate::harness::{Told, Yard, message, phases};

const GOOD: &str = "<testsuite name='unit'><testcase classname='calc' name='adds' time='0.5'/>\
                    <testcase classname='calc' name='divides' time='0.25'/></testsuite>";
const BAD: &str = "<testsuite name='unit'><testcase classname='calc' name='adds' time='0.5'/>\
                   <testcase classname='calc' name='divides' time='0.25'>\
                   <failure message='1 is not 2'>at calc:7</failure></testcase></testsuite>";
const LCOV: &str = "SF:src/a.c\\nDA:1,1\\nDA:2,0\\nDA:3,1\\nend_of_record\\nSF:src/b.c\\nDA:1,1\\nend_of_record\\n";

/// A buildspec whose commands write these files and end with that status.
fn spec(files: &[(&str, &str)], status: u8, reports: &str) -> String {
    let mut text = "version: 0.2\nphases:\n  build:\n    commands:\n".to_owned();
    for (name, content) in files {
        let content = content.replace('"', "\\\"");
        text.push_str(&format!(
            "      - mkdir -p $(dirname {name})\n      - \"printf \\\"{}\\\" > {name}\"\n",
            content.replace('\\', "\\\\").replace('%', "%%")
        ));
    }
    text.push_str(&format!("      - exit {status}\nreports:\n{reports}"));
    text
}

fn group(yard: &Yard, name: &str) -> String {
    let account = yard.role.split(':').nth(4).unwrap();
    format!("arn:aws:codebuild:us-east-1:{account}:report-group/{name}")
}

async fn run_spec(yard: &Yard, spec: &str) -> Value {
    yard.call("DeleteProject", json!({ "name": "pp" })).await;
    yard.run(spec).await
}

async fn report(yard: &Yard, build: &Value, at: usize) -> Value {
    let arn = &build["reportArns"][at];
    yard.ok("BatchGetReports", json!({ "reportArns": [arn] })).await["reports"][0].clone()
}

async fn report_groups_are_made_changed_listed_and_deleted() {
    let yard = Yard::start().await;
    let no_export = json!({ "exportConfigType": "NO_EXPORT" });
    let make = |name: &str| json!({ "name": name, "type": "TEST", "exportConfig": no_export });
    let made = yard.ok("CreateReportGroup", make("two")).await["reportGroup"].clone();
    let arn = group(&yard, "two");
    assert_eq!(made["arn"], arn.as_str());
    assert_eq!(made["status"], "ACTIVE");
    assert_eq!(made["tags"], json!([]));
    assert_eq!(made["created"], made["lastModified"]);
    let mut with_key = make("one");
    with_key["exportConfig"] = json!({
        "exportConfigType": "S3", "s3Destination": { "bucket": "results", "path": "/raw/" },
    });
    with_key["tags"] = json!([{ "key": "team é", "value": "a/b" }]);
    let made = yard.ok("CreateReportGroup", with_key).await["reportGroup"].clone();
    let destination = &made["exportConfig"]["s3Destination"];
    assert_eq!(destination["packaging"], "NONE");
    assert_eq!(destination["encryptionDisabled"], false);
    assert!(destination["encryptionKey"].as_str().unwrap().ends_with("alias/aws/s3"));

    for (change, code, text) in [
        (json!({ "name": "two" }), "ResourceAlreadyExistsException", "already exists"),
        (json!({ "name": "x" }), "InvalidInputException", "length greater than or equal to 2"),
        (json!({ "name": "a/b" }), "InvalidInputException", "Invalid report group name"),
        (json!({ "name": "-ab" }), "InvalidInputException", "Invalid report group name"),
        (json!({ "type": "OTHER" }), "InvalidInputException", "enum value set"),
        (json!({ "exportConfig": {} }), "InvalidInputException", "exportConfigType is required"),
        (
            json!({ "exportConfig": { "exportConfigType": "S3" } }),
            "InvalidInputException",
            "s3Destination is required",
        ),
        (
            json!({ "exportConfig": { "exportConfigType": "NO_EXPORT", "s3Destination": { "bucket": "results" } } }),
            "InvalidInputException",
            "s3Destination needs",
        ),
        (
            json!({ "exportConfig": { "exportConfigType": "S3", "s3Destination": { "bucket": "a/b" } } }),
            "InvalidInputException",
            "bucket must be",
        ),
        (
            json!({ "exportConfig": { "exportConfigType": "S3", "s3Destination": { "bucket": "abc", "bucketOwner": "me" } } }),
            "InvalidInputException",
            "bucketOwner must be",
        ),
        (
            json!({ "tags": [{ "key": "a*b", "value": "" }] }),
            "InvalidInputException",
            "at 'tags.1.member.key' failed to satisfy constraint",
        ),
        (
            json!({ "tags": [{ "key": "aws:x", "value": "" }] }),
            "InvalidInputException",
            "Invalid tag key",
        ),
    ] {
        let mut input = make("three");
        for (key, value) in change.as_object().unwrap() {
            input[key] = value.clone();
        }
        let (status, error) = yard.call("CreateReportGroup", input).await;
        assert_eq!(status, 400, "{change}");
        assert_eq!(error["__type"], code, "{error}");
        assert!(error["message"].as_str().unwrap().contains(text), "{error}");
    }

    let update = json!({ "arn": arn, "tags": [{ "key": "k", "value": "v" }] });
    let changed = yard.ok("UpdateReportGroup", update).await["reportGroup"].clone();
    assert_eq!(changed["tags"][0]["key"], "k");
    assert_eq!(changed["exportConfig"], no_export);
    let (_, error) = yard.call("UpdateReportGroup", json!({ "arn": group(&yard, "no") })).await;
    assert_eq!(error["__type"], "ResourceNotFoundException", "{error}");
    let (_, error) = yard.call("UpdateReportGroup", json!({ "arn": "two" })).await;
    assert_eq!(error["__type"], "InvalidInputException", "{error}");

    let listed = yard.ok("ListReportGroups", json!({})).await;
    assert_eq!(listed["reportGroups"], json!([group(&yard, "one"), arn]));
    let newest =
        json!({ "sortBy": "LAST_MODIFIED_TIME", "sortOrder": "DESCENDING", "maxResults": 1 });
    let page = yard.ok("ListReportGroups", newest.clone()).await;
    assert_eq!(page["reportGroups"], json!([arn]));
    let mut next = newest;
    next["nextToken"] = page["nextToken"].clone();
    let page = yard.ok("ListReportGroups", next).await;
    assert_eq!(page["reportGroups"], json!([group(&yard, "one")]));
    assert!(page["nextToken"].is_null());
    let (_, error) = yard.call("ListReportGroups", json!({ "nextToken": "x" })).await;
    assert_eq!(error["__type"], "InvalidInputException", "{error}");

    let both = json!({ "reportGroupArns": [arn, group(&yard, "no")] });
    let found = yard.ok("BatchGetReportGroups", both).await;
    assert_eq!(found["reportGroups"][0]["name"], "two");
    assert_eq!(found["reportGroupsNotFound"], json!([group(&yard, "no")]));
    for _ in 0..2 {
        yard.ok("DeleteReportGroup", json!({ "arn": arn })).await;
    }
    let listed = yard.ok("ListReportGroups", json!({})).await;
    assert_eq!(listed["reportGroups"], json!([group(&yard, "one")]));
}

async fn a_failed_build_tells_its_tests_and_coverage() {
    let yard = Yard::start().await;
    let reports = "  unit:\n    files: ['**/*']\n    base-directory: out\n  cover:\n    files: [lcov.info]\n    file-format: lcov\n";
    let files = [("out/deep/r.xml", BAD), ("out/notes.txt", "Tests run: 2"), ("lcov.info", LCOV)];
    let build = run_spec(&yard, &spec(&files, 1, reports)).await;
    assert_eq!(build["buildStatus"], "FAILED");
    let all = phases(&build);
    let phase = |name: &str| all.iter().find(|(it, ..)| it == name).unwrap().1.clone();
    assert_eq!(
        (phase("BUILD").as_str(), phase("UPLOAD_ARTIFACTS").as_str()),
        ("FAILED", "SUCCEEDED")
    );
    let log = yard.log(&build).await;
    assert!(log.contains("Skipping file that is no report: out/notes.txt"), "{log}");
    assert!(log.contains("FAILED, 2 test cases: 1 FAILED, 1 SUCCEEDED"), "{log}");

    let tests = report(&yard, &build, 0).await;
    assert_eq!(tests["status"], "FAILED");
    assert_eq!(tests["type"], "TEST");
    assert_eq!(tests["name"], "pp-unit");
    assert_eq!(tests["reportGroupArn"], group(&yard, "pp-unit").as_str());
    assert_eq!(tests["executionId"], build["arn"]);
    assert_eq!(tests["truncated"], false);
    assert_eq!(
        tests["testSummary"],
        json!({
            "total": 2,
            "statusCounts": { "SUCCEEDED": 1, "FAILED": 1, "ERROR": 0, "SKIPPED": 0, "UNKNOWN": 0 },
            "durationInNanoSeconds": 750_000_000,
        })
    );
    let lives = tests["expired"].as_f64().unwrap() - tests["created"].as_f64().unwrap();
    assert!((lives - 30.0 * 86_400.0).abs() <= 1.0, "{tests}");

    let arn = &build["reportArns"][0];
    let cases =
        yard.ok("DescribeTestCases", json!({ "reportArn": arn })).await["testCases"].clone();
    assert_eq!(cases.as_array().unwrap().len(), 2);
    assert_eq!(cases[1]["message"], "1 is not 2\nat calc:7");
    assert_eq!(cases[1]["prefix"], "calc");
    assert_eq!(cases[1]["testSuiteName"], "unit");
    assert_eq!(cases[1]["testRawDataPath"], "deep/r.xml");
    assert_eq!(cases[1]["durationInNanoSeconds"], 250_000_000);
    assert_eq!(cases[1]["expired"], tests["expired"]);
    assert_eq!(cases[1]["reportArn"], *arn);
    for (filter, names) in [
        (json!({ "status": "FAILED" }), vec!["divides"]),
        (json!({ "status": "SKIPPED" }), vec![]),
        (json!({ "keyword": "add" }), vec!["adds"]),
        (json!({ "keyword": "calc", "status": "SUCCEEDED" }), vec!["adds"]),
    ] {
        let input = json!({ "reportArn": arn, "filter": filter });
        let found = yard.ok("DescribeTestCases", input).await["testCases"].clone();
        let found: Vec<_> = found.as_array().unwrap().iter().map(|it| it["name"].clone()).collect();
        assert_eq!(found, names, "{filter}");
    }
    let page = yard.ok("DescribeTestCases", json!({ "reportArn": arn, "maxResults": 1 })).await;
    assert_eq!(page["testCases"][0]["name"], "adds");
    let next = json!({ "reportArn": arn, "maxResults": 1, "nextToken": page["nextToken"] });
    let page = yard.ok("DescribeTestCases", next).await;
    assert_eq!(page["testCases"][0]["name"], "divides");
    assert!(page["nextToken"].is_null());
    let bad = json!({ "reportArn": arn, "filter": { "status": "BROKEN" } });
    assert_eq!(yard.call("DescribeTestCases", bad).await.1["__type"], "InvalidInputException");
    let other = format!("{}0", arn.as_str().unwrap());
    let (_, error) = yard.call("DescribeTestCases", json!({ "reportArn": other })).await;
    assert_eq!(error["__type"], "ResourceNotFoundException", "{error}");

    let coverage = report(&yard, &build, 1).await;
    assert_eq!(coverage["status"], "SUCCEEDED");
    assert_eq!(coverage["codeCoverageSummary"]["lineCoveragePercentage"], 75.0);
    assert_eq!(coverage["codeCoverageSummary"]["linesMissed"], 1);
    let arn = &build["reportArns"][1];
    let input = json!({ "reportArn": arn, "sortBy": "LINE_COVERAGE_PERCENTAGE", "sortOrder": "DESCENDING" });
    let files = yard.ok("DescribeCodeCoverages", input).await["codeCoverages"].clone();
    assert_eq!(files[0]["filePath"], "src/b.c");
    assert_eq!(files[1]["lineCoveragePercentage"], 66.66);
    assert_eq!(files[1]["reportARN"], *arn);
    assert!(files[1]["branchCoveragePercentage"].is_null());
    let input = json!({ "reportArn": arn, "maxLineCoveragePercentage": 70.0 });
    let files = yard.ok("DescribeCodeCoverages", input).await["codeCoverages"].clone();
    assert_eq!(files.as_array().unwrap().len(), 1);
    let page = yard.ok("DescribeCodeCoverages", json!({ "reportArn": arn, "maxResults": 1 })).await;
    let next = json!({ "reportArn": arn, "maxResults": 1, "nextToken": page["nextToken"] });
    let page = yard.ok("DescribeCodeCoverages", next).await;
    assert_eq!(page["codeCoverages"][0]["filePath"], "src/b.c");
    for bad in [
        json!({ "reportArn": arn, "minLineCoveragePercentage": 101 }),
        json!({ "reportArn": arn, "minLineCoveragePercentage": 9, "maxLineCoveragePercentage": 8 }),
        json!({ "reportArn": build["reportArns"][0] }),
    ] {
        let (_, error) = yard.call("DescribeCodeCoverages", bad).await;
        assert_eq!(error["__type"], "InvalidInputException", "{error}");
    }
}

async fn trends_and_listings_follow_the_builds() {
    let yard = Yard::start().await;
    let reports = "  unit:\n    files: r.xml\n";
    let (bad, good) = (spec(&[("r.xml", BAD)], 0, reports), spec(&[("r.xml", GOOD)], 0, reports));
    let mut arns = Vec::new();
    for spec in [&bad, &good, &good] {
        let build = run_spec(&yard, spec).await;
        assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
        arns.push(build["reportArns"][0].clone());
    }
    let group_arn = group(&yard, "pp-unit");
    let trend = |field: &str, count: u32| json!({ "reportGroupArn": group_arn, "trendField": field, "numOfReports": count });
    let told = yard.ok("GetReportGroupTrend", trend("PASS_RATE", 100)).await;
    assert_eq!(told["stats"], json!({ "average": "83.33", "max": "100", "min": "50" }));
    assert_eq!(told["rawData"][2], json!({ "reportArn": arns[0], "data": "50" }));
    let told = yard.ok("GetReportGroupTrend", trend("TOTAL", 1)).await;
    assert_eq!(told["rawData"], json!([{ "reportArn": arns[2], "data": "2" }]));
    let told = yard.ok("GetReportGroupTrend", trend("DURATION", 2)).await;
    assert_eq!(told["stats"]["average"], "750000000");
    let (_, error) = yard.call("GetReportGroupTrend", trend("LINE_COVERAGE", 2)).await;
    assert_eq!(error["__type"], "InvalidInputException", "{error}");

    let listed = yard.ok("ListReports", json!({ "sortOrder": "ASCENDING" })).await;
    assert_eq!(listed["reports"], json!(arns));
    let failed = json!({ "filter": { "status": "FAILED" } });
    assert_eq!(yard.ok("ListReports", failed).await["reports"], json!([arns[0]]));
    let input = json!({ "reportGroupArn": group_arn, "maxResults": 2 });
    let page = yard.ok("ListReportsForReportGroup", input).await;
    assert_eq!(page["reports"], json!([arns[2], arns[1]]));
    let input =
        json!({ "reportGroupArn": group_arn, "maxResults": 2, "nextToken": page["nextToken"] });
    assert_eq!(yard.ok("ListReportsForReportGroup", input).await["reports"], json!([arns[0]]));
    let input = json!({ "reportGroupArn": group_arn, "filter": { "status": "SUCCEEDED" } });
    let page = yard.ok("ListReportsForReportGroup", input).await;
    assert_eq!(page["reports"], json!([arns[2], arns[1]]));
    let none = json!({ "reportGroupArn": group(&yard, "none") });
    let (_, error) = yard.call("ListReportsForReportGroup", none).await;
    assert_eq!(error["__type"], "ResourceNotFoundException", "{error}");

    // Flaky: it failed and passed on no version that is known, and changed once.
    let flaky = |input: Value| async {
        yard.other("codeyard", "Codeyard_20261121.ListFlakyTests", input).await
    };
    let input = json!({ "reportGroupArn": group_arn });
    let told = flaky(input.clone()).await;
    assert_eq!(told["reportsAnalyzed"], 3);
    assert_eq!(told["flakyTests"], json!([]));
    for spec in [&bad, &good] {
        run_spec(&yard, spec).await;
    }
    let told = flaky(input).await;
    assert_eq!(told["flakyTests"][0]["name"], "divides", "{told}");
    assert_eq!(told["flakyTests"][0]["evidence"], json!(["ALTERNATES"]));
    assert_eq!(told["flakyTests"][0]["message"], "1 is not 2\nat calc:7");

    yard.ok("DeleteReport", json!({ "arn": arns[0] })).await;
    yard.ok("DeleteReport", json!({ "arn": arns[0] })).await;
    let found = yard.ok("BatchGetReports", json!({ "reportArns": arns })).await;
    assert_eq!(found["reportsNotFound"], json!([arns[0]]));
    let (_, error) = yard.call("DescribeTestCases", json!({ "reportArn": arns[0] })).await;
    assert_eq!(error["__type"], "ResourceNotFoundException", "{error}");
    let (_, error) = yard.call("DeleteReportGroup", json!({ "arn": group_arn })).await;
    assert_eq!(error["__type"], "InvalidInputException", "{error}");
    yard.ok("DeleteReportGroup", json!({ "arn": group_arn, "deleteReports": true })).await;
    TestYard::until(Duration::from_secs(10), || async {
        let listed = yard.ok("ListReportGroups", json!({})).await;
        (listed["reportGroups"] == json!([])).then_some(())
    })
    .await;
    assert_eq!(yard.ok("ListReports", json!({})).await["reports"], json!([]));
}

async fn what_is_wrong_with_a_report_fails_the_phase_and_is_told() {
    let yard = Yard::start().await;
    let no_export = json!({ "exportConfigType": "NO_EXPORT" });
    let covers = json!({ "name": "covers", "type": "CODE_COVERAGE", "exportConfig": no_export });
    yard.ok("CreateReportGroup", covers).await;
    let wrong_type = group(&yard, "covers");
    let (missing, elsewhere) =
        (group(&yard, "none"), group(&yard, "covers").replace("us-east-1", "eu-west-1"));
    for (files, given, patterns, told, has_report) in [
        (vec![], "unit", "r.xml", "unit: [report files not found: r.xml]", true),
        (
            vec![("r.xml", "<testsuite><testcase>")],
            "unit",
            "r.xml",
            "unit: [r.xml is no JUNITXML: ",
            true,
        ),
        (
            vec![("r.xml", "hello")],
            "unit",
            "r.xml",
            "unit: [no file is of the format JUNITXML: r.xml: text outside",
            true,
        ),
        (
            vec![("r.xml", GOOD)],
            wrong_type.as_str(),
            "r.xml",
            "is of the type CODE_COVERAGE",
            false,
        ),
        (vec![("r.xml", GOOD)], missing.as_str(), "r.xml", "does not exist", false),
        (vec![("r.xml", GOOD)], elsewhere.as_str(), "r.xml", "of another account or region", false),
        (vec![("r.xml", GOOD)], "a b", "r.xml", "Invalid report group name", false),
    ] {
        // The one beside it is made all the same.
        let reports = format!("  {given}:\n    files: {patterns}\n  fine:\n    files: good.xml\n");
        let files: Vec<_> = files.into_iter().chain([("good.xml", GOOD)]).collect();
        let build = run_spec(&yard, &spec(&files, 0, &reports)).await;
        assert_eq!(build["buildStatus"], "FAILED", "{told}");
        let why = message(&build, "UPLOAD_ARTIFACTS");
        assert!(why.starts_with("Error in UPLOAD_ARTIFACTS phase: ["), "{why}");
        assert!(why.contains(told), "{why}");
        let count = build["reportArns"].as_array().unwrap().len();
        assert_eq!(count, 1 + usize::from(has_report), "{why}");
        if has_report {
            assert_eq!(report(&yard, &build, 0).await["status"], "INCOMPLETE", "{why}");
        }
        assert_eq!(report(&yard, &build, count - 1).await["status"], "SUCCEEDED", "{why}");
    }
}

async fn the_service_role_needs_the_rights_of_reports() {
    let yard = Yard::start().await;
    let actions = ["CreateReportGroup", "CreateReport", "BatchPutTestCases", "UpdateReport"];
    let errors = [
        "error creating report group: AccessDeniedException",
        "error creating report: AccessDeniedException",
        "error putting test cases: AccessDeniedException",
        "error updating report: AccessDeniedException",
    ];
    for (count, error) in errors.iter().enumerate() {
        let allowed: Vec<String> =
            actions.iter().take(count).map(|it| format!("codebuild:{it}")).collect();
        let logs = json!({ "Effect": "Allow", "Action": "logs:*", "Resource": "*" });
        let may = json!({
            "Effect": "Allow",
            "Action": if allowed.is_empty() { vec!["codebuild:ListBuilds".to_owned()] } else { allowed },
            "Resource": group(&yard, "pp-*"),
        });
        let role = yard.yard.role(
            &format!("role{count}"),
            json!({
                "Version": "2012-10-17", "Statement": [logs, may],
            }),
        );
        yard.call("DeleteProject", json!({ "name": "pp" })).await;
        let spec = spec(&[("r.xml", GOOD)], 0, "  unit:\n    files: r.xml\n");
        let mut project = yard.project("pp", &spec);
        project["serviceRole"] = json!(role);
        yard.ok("CreateProject", project).await;
        let id = yard.start_build(json!({ "projectName": "pp" })).await;
        let build = yard.finished(&id).await;
        let why = message(&build, "UPLOAD_ARTIFACTS");
        assert!(why.contains(error), "{why}");
        assert!(why.contains("report-group/pp-unit"), "{why}");
        if count > 1 {
            assert_eq!(report(&yard, &build, 0).await["status"], "INCOMPLETE");
        }
    }
}

async fn raw_results_are_exported() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/results", Vec::new()).await;
    let s3 = |packaging: &str, owner: Option<&str>| {
        let mut destination =
            json!({ "bucket": "results", "path": "raw/", "packaging": packaging });
        if let Some(owner) = owner {
            destination["bucketOwner"] = json!(owner);
        }
        json!({ "exportConfigType": "S3", "s3Destination": destination })
    };
    let make = json!({ "name": "raw", "type": "TEST", "exportConfig": s3("NONE", None) });
    yard.ok("CreateReportGroup", make).await;
    let arn = group(&yard, "raw");
    let reports = format!("  {arn}:\n    files: ['**/*.xml']\n    base-directory: out\n");
    let files = [("out/a/r.xml", GOOD), ("out/b/s.xml", GOOD)];
    let build = run_spec(&yard, &spec(&files, 0, &reports)).await;
    let id = |build: &Value| {
        build["reportArns"][0].as_str().unwrap().rsplit(':').next().unwrap().to_owned()
    };
    let body =
        yard.s3("GET", &format!("/results/raw/raw/{}/a/r.xml", id(&build)), Vec::new()).await;
    assert_eq!(String::from_utf8(body).unwrap(), GOOD);
    let told = report(&yard, &build, 0).await;
    assert_eq!(told["exportConfig"]["s3Destination"]["packaging"], "NONE");

    yard.ok("UpdateReportGroup", json!({ "arn": arn, "exportConfig": s3("ZIP", None) })).await;
    let flat = format!("{reports}    discard-paths: yes\n");
    let build = run_spec(&yard, &spec(&files, 0, &flat)).await;
    let body = yard.s3("GET", &format!("/results/raw/raw/{}.zip", id(&build)), Vec::new()).await;
    assert!(body.starts_with(b"PK"));
    for name in ["r.xml", "s.xml"] {
        assert!(body.windows(name.len()).any(|it| it == name.as_bytes()));
    }
    assert!(!body.windows(4).any(|it| it == b"a/r."));

    let other = s3("ZIP", Some("999999999999"));
    yard.ok("UpdateReportGroup", json!({ "arn": arn, "exportConfig": other })).await;
    let build = run_spec(&yard, &spec(&files, 0, &reports)).await;
    let why = message(&build, "UPLOAD_ARTIFACTS");
    assert!(why.contains("error exporting raw results: AccessDenied"), "{why}");
    assert_eq!(report(&yard, &build, 0).await["status"], "INCOMPLETE");
}

async fn reports_are_gone_after_thirty_days() {
    let clock = types::ManualClock::new(types::Clock::now(&types::SystemClock));
    let mut services = vec![codeyard_svc_codebuild::service(), svc_s3::service()];
    services.extend(svc_management::services());
    services.extend(svc_security::services());
    let test_yard = TestYard::builder(services).clock(clock.clone()).start().await;
    let everything = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }],
    });
    let role = test_yard.role("build", everything);
    let yard = Yard { yard: test_yard, role, told: Told::default() };
    let build = run_spec(&yard, &spec(&[("r.xml", GOOD)], 0, "  unit:\n    files: r.xml\n")).await;
    let arn = &build["reportArns"][0];
    let month = 30 * 24 * 60 * 60;
    clock.advance_millis((month - 60) * 1000);
    // By now signatures of this moment are not believed, so the operations are called inside.
    let arns = vec![arn.as_str().unwrap().to_owned()];
    let batch = || BatchGetReportsInput { report_arns: arns.clone() };
    let found = inside(&yard).call(BatchGetReports, batch()).await.unwrap();
    assert_eq!(found.reports.unwrap().len(), 1);
    clock.advance_millis(120_000);
    let found = inside(&yard).call(BatchGetReports, batch()).await.unwrap();
    assert_eq!(found.reports_not_found, Some(arns.clone()));
    let found = inside(&yard).call(ListReports, ListReportsInput::default()).await.unwrap();
    assert_eq!(found.reports, Some(Vec::new()));
    let input = DescribeTestCasesInput { report_arn: arns[0].clone(), ..Default::default() };
    let error = inside(&yard).call(DescribeTestCases, input).await.unwrap_err();
    assert_eq!(error.code, "ResourceNotFoundException");
    // Swept, its group is empty: it can be deleted.
    TestYard::until(Duration::from_secs(10), || async {
        let arn = group(&yard, "pp-unit");
        let input = DeleteReportGroupInput { arn, delete_reports: None };
        inside(&yard).call(DeleteReportGroup, input).await.ok()
    })
    .await;
}

/// The API without a signature, as the role.
fn inside(yard: &Yard) -> Cx {
    let request = SessionRequest {
        role_arn: yard.role.clone(),
        service: "codebuild.amazonaws.com".to_owned(),
        session_name: "test".to_owned(),
        ..SessionRequest::default()
    };
    let session = yard.yard.yard().assume_role(&request).unwrap();
    let region = yard.yard.yard().config().region.clone();
    Cx::background(yard.yard.yard(), session.caller, region, "codebuild.amazonaws.com")
}

async fn a_report_of_many_cases_keeps_the_failures() {
    let yard = Yard::start().await;
    let spec = "version: 0.2\nphases:\n  build:\n    commands:\n      - python3 -c \"print('<testsuite name=\\\\'s\\\\'>' + ''.join('<testcase name=\\\\'t%d\\\\' classname=\\\\'c\\\\' time=\\\\'0.001\\\\'>%s</testcase>' % (i, '<failure/>' if i % 1000 == 999 else '') for i in range(100000)) + '</testsuite>')\" > r.xml\nreports:\n  unit:\n    files: r.xml\n";
    let build = run_spec(&yard, spec).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
    let told = report(&yard, &build, 0).await;
    assert_eq!(told["truncated"], true);
    assert_eq!(told["testSummary"]["total"], 100_000);
    assert_eq!(told["testSummary"]["statusCounts"]["FAILED"], 100);
    let arn = &build["reportArns"][0];
    let input = json!({ "reportArn": arn, "filter": { "status": "FAILED" } });
    let page = yard.ok("DescribeTestCases", input).await;
    assert_eq!(page["testCases"].as_array().unwrap().len(), 100);
    let (mut count, mut token) = (0, Value::Null);
    loop {
        let mut input = json!({ "reportArn": arn });
        if !token.is_null() {
            input["nextToken"] = token;
        }
        let page = yard.ok("DescribeTestCases", input).await;
        count += page["testCases"].as_array().unwrap().len();
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(count, 500);
}

/// Nobody names these files, but for those in `named`.
async fn reports_are_discovered() {
    let yard = Yard::start().await;
    let spec = r#"version: 0.2
phases:
  build:
    commands:
      - mkdir -p out named
      - printf '<testsuite name="s"><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>' > out/one.xml
      - cp out/one.xml out/two.xml; cp out/one.xml named/three.xml
      - printf '<coverage line-rate="0.5" version="1"><packages><package name="p"><classes><class name="c" filename="c.py"><lines><line number="1" hits="1"/><line number="2" hits="0"/></lines></class></classes></package></packages></coverage>' > out/coverage.xml
      - echo '<project/>' > pom.xml; echo '{"coverage":1}' > x.json
"#;
    let named = format!("{spec}reports:\n  unit:\n    files: [named/*.xml]\n");
    yard.ok("CreateProject", yard.project("pp", &named)).await;
    let run = async |more: Value| {
        let mut input = more;
        input["projectName"] = json!("pp");
        let build = yard.finished(&yard.start_build(input).await).await;
        assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
        let arns = build["reportArns"].clone();
        if arns.as_array().is_none_or(Vec::is_empty) {
            return (build, Vec::new());
        }
        let found = yard.ok("BatchGetReports", json!({ "reportArns": arns })).await;
        (build, found["reports"].as_array().unwrap().clone())
    };
    let (build, reports) = run(json!({})).await;
    let log = yard.log(&build).await;
    assert!(log.contains("Report auto-discover found 4 report file(s)"), "{log}");
    let named = |name: &str| reports.iter().find(|it| it["name"] == name).expect("a report");
    assert_eq!(reports.len(), 3, "{reports:?}");
    assert_eq!(named("pp-unit")["testSummary"]["total"], 2);
    let tests = named("pp-JUNITXML-AutoDiscovered");
    assert_eq!((&tests["testSummary"]["total"], &tests["status"]), (&json!(4), &json!("FAILED")));
    let lines = named("pp-COBERTURAXML-AutoDiscovered");
    assert_eq!(lines["codeCoverageSummary"]["lineCoveragePercentage"], 50.0);

    let variable = |name: &str, value: &str| {
        json!({ "buildspecOverride": spec,
                "environmentVariablesOverride": [{ "name": name, "value": value }] })
    };
    let (_, reports) = run(variable("CODEBUILD_CONFIG_AUTO_DISCOVER_DIR", "named/*xml")).await;
    assert_eq!(reports.len(), 1, "{reports:?}");
    assert_eq!(reports[0]["testSummary"]["total"], 2);
    let (build, reports) = run(variable("CODEBUILD_CONFIG_AUTO_DISCOVER", "false")).await;
    let log = yard.log(&build).await;
    assert!(reports.is_empty() && !log.contains("auto-discover"), "{reports:?} {log}");

    // Who may make no report groups has a build like any other.
    let logs = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "logs:*", "Resource": "*" }] });
    let role = yard.yard.role("narrow", logs);
    let mut project = yard.project("narrow", spec);
    project["serviceRole"] = json!(role);
    yard.ok("CreateProject", project).await;
    let id = yard.start_build(json!({ "projectName": "narrow" })).await;
    let build = yard.finished(&id).await;
    let log = yard.log(&build).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{log}");
    assert!(log.contains("Report auto-discover, JUNITXML-AutoDiscovered: "), "{log}");
    assert!(log.contains("codebuild:CreateReportGroup"), "{log}");
    // Other names of that beginning are CodeBuild's.
    let (status, _) = yard
        .call("StartBuild", {
            let mut input = variable("CODEBUILD_SRC_DIR", "/x");
            input["projectName"] = json!("pp");
            input
        })
        .await;
    assert_eq!(status, 400);
}

crate::tests![
    reports_are_discovered,
    report_groups_are_made_changed_listed_and_deleted,
    a_failed_build_tells_its_tests_and_coverage,
    trends_and_listings_follow_the_builds,
    what_is_wrong_with_a_report_fails_the_phase_and_is_told,
    the_service_role_needs_the_rights_of_reports,
    raw_results_are_exported,
    reports_are_gone_after_thirty_days,
    a_report_of_many_cases_keeps_the_failures,
];
