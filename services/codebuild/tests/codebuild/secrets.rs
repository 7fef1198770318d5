//! Secrets in what the yard itself tells of a build: its log here and in S3, phases' contexts,
//! exported variables, the names of artifacts, reports. A build's own output files are its own.

use std::io::Read as _;

use serde_json::{Value, json};

use crate::harness::{Yard, message};

const SECRET: &str = "hunter2-of-the-yard";

const SPEC: &str = r#"version: 0.2
env:
  parameter-store:
    P: /p
  exported-variables: [SHOWN]
phases:
  build:
    commands:
      - export SHOWN="x $P"
      - echo "said $P"; printf %s "$P" | cut -c1-7 | tr -d '\n'; printf %s "$P" | cut -c8-
      - |
        printf '<testsuite name="suite %s"><testcase classname="class %s" name="case %s"><failure message="no %s">at %s</failure></testcase></testsuite>' "$P" "$P" "$P" "$P" "$P" > "r-$P.xml"
      - printf 'SF:src/%s.c\nDA:1,1\nend_of_record\n' "$P" > cover.info
      - printf '<testsuite name="%s"><broken' "$P" > broken.xml
      - echo "$P" > mine.txt
  post_build:
    commands:
      - test "$P" = x
reports:
  unit:
    files: 'r-*.xml'
  cover:
    files: cover.info
    file-format: LCOV
  broken:
    files: broken.xml
artifacts:
  files: mine.txt
  name: out-$P
"#;

async fn secrets_are_not_told() {
    let yard = Yard::start().await;
    let parameter = json!({ "Name": "/p", "Value": SECRET, "Type": "SecureString" });
    yard.other("ssm", "AmazonSSM.PutParameter", parameter).await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let mut project = yard.project("pp", SPEC);
    project["artifacts"] = json!({
        "type": "S3", "location": "bucket", "name": "n", "overrideArtifactName": true,
    });
    project["logsConfig"] = json!({ "s3Logs": { "status": "ENABLED", "location": "bucket/logs" } });
    yard.ok("CreateProject", project).await;
    let id = yard.start_build(json!({ "projectName": "pp" })).await;
    let build = yard.finished(&id).await;
    assert_eq!(build["buildStatus"], "FAILED", "{build}");
    assert!(message(&build, "POST_BUILD").contains("exit status 1"), "{build}");
    assert!(message(&build, "UPLOAD_ARTIFACTS").contains("broken"), "{build}");
    assert_eq!(
        build["exportedEnvironmentVariables"],
        json!([{ "name": "SHOWN", "value": "x ***" }])
    );
    let mut told = vec![("the build", build.to_string()), ("the log", yard.log(&build).await)];
    let uuid = id.split_once(':').unwrap().1;
    let packed = yard.s3("GET", &format!("/bucket/logs/{uuid}.gz"), Vec::new()).await;
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut text).unwrap();
    assert!(text.contains("said ***\n***"), "{text}");
    told.push(("the log in S3", text));
    let listed = yard.s3("GET", "/bucket?list-type=2", Vec::new()).await;
    told.push(("the bucket", String::from_utf8(listed).unwrap()));
    let reports = yard.ok("BatchGetReports", json!({ "reportArns": build["reportArns"] })).await;
    told.push(("the reports", reports.to_string()));
    let arns: Vec<Value> = build["reportArns"].as_array().unwrap().clone();
    let cases = yard.ok("DescribeTestCases", json!({ "reportArn": arns[0] })).await;
    let case = &cases["testCases"][0];
    for (member, text) in [
        ("name", "case ***"),
        ("prefix", "class ***"),
        ("testSuiteName", "suite ***"),
        ("testRawDataPath", "r-***.xml"),
    ] {
        assert_eq!(case[member], text, "{case}");
    }
    assert!(case["message"].as_str().unwrap().contains("no ***"), "{case}");
    told.push(("the test cases", cases.to_string()));
    let coverage = yard.ok("DescribeCodeCoverages", json!({ "reportArn": arns[1] })).await;
    assert_eq!(coverage["codeCoverages"][0]["filePath"], "src/***.c");
    told.push(("the coverage", coverage.to_string()));
    told.push(("the events", json!(yard.told.all()).to_string()));
    for (what, text) in &told {
        assert!(!text.contains(SECRET), "{what}: {text}");
    }
    // The build's own file is as the build made it.
    let own = yard.s3("GET", "/bucket/out-***/mine.txt", Vec::new()).await;
    assert_eq!(String::from_utf8(own).unwrap().trim(), SECRET);
}

/// What a denial encodes for its caller is not in the build's phases.
async fn denials_are_short() {
    let yard = Yard::start().await;
    let denied = json!({ "Effect": "Deny", "Action": "*", "Resource": "*" });
    let role = yard.yard.role("none", json!({ "Version": "2012-10-17", "Statement": [denied] }));
    let mut project = yard.project("pp", "version: 0.2\nphases: {build: {commands: ['true']}}");
    project["serviceRole"] = json!(role);
    yard.ok("CreateProject", project).await;
    let build = yard.finished(&yard.start_build(json!({ "projectName": "pp" })).await).await;
    let why = message(&build, "PROVISIONING");
    assert!(why.contains("logs:CreateLogStream") && !why.contains("Encoded"), "{why}");
    assert!(why.len() < 1_000, "{why}");
}

crate::tests![secrets_are_not_told, denials_are_short];
