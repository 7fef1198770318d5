//! What batches leave: outputs put together, a pipeline's outputs, the status that a provider is
//! told; and builds that are stopped while the yard itself works for them.

use std::io::Cursor;
use std::time::Duration;

use api_storage::s3;
use formats::archive;
use serde_json::{Value, json};
use service::{Protocol, Service, op};
use testkit::TestYard;

use crate::batches::{finished, group, pairs, phases, start};
use crate::harness::{self, Yard};
use crate::host::Host;

const SPEC: &str = "version: 0.2
batch:
  build-list:
    - identifier: one
    - identifier: two
    - identifier: bare
      buildspec: \"version: 0.2\\nphases: {build: {commands: ['true']}}\"
phases:
  build:
    commands:
      - mkdir -p out && echo $CODEBUILD_BATCH_BUILD_IDENTIFIER > out/$CODEBUILD_BATCH_BUILD_IDENTIFIER
      - test $CODEBUILD_BATCH_BUILD_IDENTIFIER = one || sleep 0.2
      - echo $CODEBUILD_BATCH_BUILD_IDENTIFIER > out/same
artifacts:
  files: ['**/*']
  base-directory: out
";

async fn keys(yard: &Yard, bucket: &str) -> Vec<String> {
    let listed = yard.s3("GET", &format!("/{bucket}?list-type=2"), Vec::new()).await;
    let listed = String::from_utf8(listed).unwrap();
    let keys = listed.split("<Key>").skip(1);
    keys.map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

async fn batch_of(yard: &Yard, project: Value) -> Value {
    yard.call("DeleteProject", json!({ "name": "pp" })).await;
    yard.ok("CreateProject", project).await;
    finished(yard, &start(yard, json!({ "projectName": "pp" })).await).await
}

fn combining(yard: &Yard, spec: &str, artifacts: Value) -> Value {
    let mut project = yard.project("pp", spec);
    project["artifacts"] = artifacts;
    project["buildBatchConfig"] = json!({ "serviceRole": yard.role, "combineArtifacts": true });
    project
}

/// Name and content of each file in an archive in a bucket.
async fn unzipped(yard: &Yard, path: &str) -> Vec<(String, String)> {
    let bytes = yard.s3("GET", path, Vec::new()).await;
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("x");
    let limits = archive::Limits::default();
    archive::unpack(archive::Kind::Zip, Cursor::new(bytes), &target, &limits).unwrap();
    let tree = archive::Tree::open(&target).unwrap();
    let listed = tree.list(archive::Links::Keep).unwrap();
    let content = |path: &str| std::fs::read_to_string(target.join(path)).unwrap();
    listed.into_iter().map(|it| (it.path.clone(), content(&it.path))).collect()
}

async fn artifacts_are_combined() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let zip = json!({
        "type": "S3", "location": "bucket", "path": "p", "name": "all.zip", "packaging": "ZIP",
    });
    let batch = batch_of(&yard, combining(&yard, SPEC, zip)).await;
    assert_eq!(batch["buildBatchStatus"], "SUCCEEDED", "{batch}");
    assert_eq!(
        phases(&batch),
        pairs(&[
            ("SUBMITTED", "SUCCEEDED"),
            ("DOWNLOAD_BATCHSPEC", "SUCCEEDED"),
            ("IN_PROGRESS", "SUCCEEDED"),
            ("COMBINE_ARTIFACTS", "SUCCEEDED"),
            ("SUCCEEDED", "SUCCEEDED"),
        ])
    );
    assert_eq!(batch["artifacts"]["location"], "arn:aws:s3:::bucket/p/all.zip");
    assert_eq!(batch["artifacts"]["sha256sum"].as_str().unwrap().len(), 64);
    let pair = |name: &str, content: &str| (name.to_owned(), format!("{content}\n"));
    // Of one path the later build's, whichever ended last.
    let wanted = [pair("one", "one"), pair("same", "two"), pair("two", "two")];
    assert_eq!(unzipped(&yard, "/bucket/p/all.zip").await, wanted);
    // Each build's own is where its summary says.
    let own = &group(&batch, "one")["currentBuildSummary"]["primaryArtifact"]["location"];
    let place = own.as_str().unwrap().strip_prefix("arn:aws:s3:::").unwrap();
    let wanted = [pair("one", "one"), pair("same", "one")];
    assert_eq!(unzipped(&yard, &format!("/{place}")).await, wanted);
    assert_eq!(keys(&yard, "bucket").await.len(), 3);

    // A folder, under the batch's id, and a secondary output.
    yard.s3("PUT", "/folder", Vec::new()).await;
    let folder = json!({
        "type": "S3", "location": "folder", "name": "all", "packaging": "NONE",
        "namespaceType": "BUILD_ID",
    });
    let spec = format!(
        "{}  secondary-artifacts:\n    extra:\n      files: [out/$CODEBUILD_BATCH_BUILD_IDENTIFIER]\n      discard-paths: yes\n",
        SPEC.replace("    - identifier: bare\n", "    - identifier: three\n").replace(
            "      buildspec: \"version: 0.2\\nphases: {build: {commands: ['true']}}\"\n",
            ""
        )
    );
    let mut project = combining(&yard, &spec, folder);
    project["secondaryArtifacts"] = json!([{
        "type": "S3", "location": "folder", "name": "extra.zip", "packaging": "ZIP",
        "artifactIdentifier": "extra",
    }]);
    let batch = batch_of(&yard, project).await;
    assert_eq!(batch["buildBatchStatus"], "SUCCEEDED", "{batch}");
    let uuid = batch["id"].as_str().unwrap().rsplit(':').next().unwrap();
    let location = format!("arn:aws:s3:::folder/{uuid}/all");
    assert_eq!(batch["artifacts"]["location"], location);
    assert_eq!(batch["artifacts"].get("sha256sum"), None);
    let all = keys(&yard, "folder").await;
    let own: Vec<_> = all.iter().filter(|key| key.starts_with(uuid)).collect();
    let wanted = ["one", "same", "three", "two"].map(|name| format!("{uuid}/all/{name}"));
    assert_eq!(own, wanted.iter().collect::<Vec<_>>());
    let extra = &batch["secondaryArtifacts"][0];
    assert_eq!(
        (&extra["artifactIdentifier"], &extra["location"]),
        (&json!("extra"), &json!("arn:aws:s3:::folder/extra.zip"))
    );
    let names: Vec<_> =
        unzipped(&yard, "/folder/extra.zip").await.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["one", "three", "two"]);
}

async fn what_cannot_be_combined_fails_the_batch() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let zip = json!({
        "type": "S3", "location": "bucket", "name": "all.zip", "packaging": "ZIP",
        "overrideArtifactName": true,
    });
    let named = format!("{SPEC}  name: $CODEBUILD_BATCH_BUILD_IDENTIFIER.zip\n");
    let batch = batch_of(&yard, combining(&yard, &named, zip.clone())).await;
    let why = |batch: &Value| {
        assert_eq!(batch["buildBatchStatus"], "FAILED", "{batch}");
        assert_eq!(batch["phases"][3]["phaseType"], "COMBINE_ARTIFACTS", "{batch}");
        batch["phases"][3]["contexts"][0]["message"].as_str().unwrap().to_owned()
    };
    let told = why(&batch);
    assert!(told.contains("different names") && told.contains("one.zip, two.zip"), "{told}");

    // The builds' role needs to read what they put there.
    let blind = yard.yard.role(
        "blind",
        json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "*", "Resource": "*" },
            { "Effect": "Deny", "Action": "s3:GetObject", "Resource": "*" },
        ]}),
    );
    let mut project = combining(&yard, SPEC, zip);
    project["serviceRole"] = json!(blind);
    let batch = batch_of(&yard, project).await;
    let told = why(&batch);
    assert!(told.contains("AccessDenied") && told.contains("fetch bucket/"), "{told}");
    // A retry runs nothing again that has succeeded: it combines.
    yard.yard.role(
        "blind",
        json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "*", "Resource": "*" },
        ]}),
    );
    let id = batch["id"].as_str().unwrap();
    yard.ok("RetryBuildBatch", json!({ "id": id, "retryType": "RETRY_FAILED_BUILDS" })).await;
    let again = finished(&yard, id).await;
    assert_eq!(again["buildBatchStatus"], "SUCCEEDED", "{again}");
    let summary = |batch: &Value| group(batch, "one")["currentBuildSummary"]["arn"].clone();
    assert_eq!(summary(&again), summary(&batch));
    assert_eq!(again["artifacts"]["location"], "arn:aws:s3:::bucket/all.zip");
    assert_eq!(phases(&again).len(), 5);
}

async fn a_pipelines_outputs_are_found_by_name() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/store", Vec::new()).await;
    let spec = "version: 0.2\nbatch:\n  build-list:\n    - identifier: one\n    - identifier: two\nphases:\n  build:\n    commands: ['echo $CODEBUILD_BATCH_BUILD_IDENTIFIER > f']\nartifacts:\n  files: [f]\n  secondary-artifacts:\n    more:\n      files: [f, buildspec.yml]\n";
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("buildspec.yml"), spec).unwrap();
    let entries = [("buildspec.yml".to_owned(), "buildspec.yml".to_owned())];
    let empty = Cursor::new(Vec::new());
    let packed = archive::pack_zip(empty, dir.path(), &entries, archive::Links::Keep).unwrap();
    yard.s3("PUT", "/store/in.zip", packed.into_inner()).await;
    let mut project = yard.project("pp", "");
    project["source"] = json!({ "type": "CODEPIPELINE" });
    project["artifacts"] = json!({ "type": "CODEPIPELINE" });
    project["buildBatchConfig"] = json!({ "serviceRole": yard.role });
    yard.ok("CreateProject", project).await;
    let output = |id: Option<&str>, name: &str| {
        let mut output = json!({
            "type": "CODEPIPELINE", "location": "store", "path": "o", "name": name,
            "packaging": "ZIP",
        });
        if let Some(id) = id {
            output["artifactIdentifier"] = json!(id);
        }
        output
    };
    let input = |artifacts: Value, secondary: Value, combine: bool| {
        json!({
            "projectName": "pp", "sourceTypeOverride": "CODEPIPELINE",
            "sourceLocationOverride": "store/in.zip", "artifactsOverride": artifacts,
            "secondaryArtifactsOverride": secondary,
            "buildBatchConfigOverride": { "combineArtifacts": combine },
        })
    };
    let none = json!({ "type": "CODEPIPELINE" });
    let outputs =
        json!([output(Some("one"), "a"), output(Some("two"), "b"), output(Some("two_more"), "c"),]);
    // The other build has secondary artifacts that the pipeline does not ask for.
    let id = start(&yard, input(none.clone(), outputs, false)).await;
    let batch = finished(&yard, &id).await;
    assert_eq!(batch["buildBatchStatus"], "SUCCEEDED", "{batch}");
    for (key, names, content) in [
        ("a", &["f"][..], "one\n"),
        ("b", &["f"], "two\n"),
        ("c", &["buildspec.yml", "f"], "two\n"),
    ] {
        let files = unzipped(&yard, &format!("/store/o/{key}")).await;
        assert_eq!(files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), names);
        assert_eq!(files.last().unwrap().1, content);
    }
    let (status, refused) = yard.call("RetryBuildBatch", json!({ "id": id })).await;
    assert_eq!(status, 400, "{refused}");
    let stray = json!([output(Some("three"), "d")]);
    let batch = finished(&yard, &start(&yard, input(none, stray, false)).await).await;
    let why = batch["phases"][1]["contexts"][0]["message"].as_str().unwrap();
    assert!(why.contains("the output artifact three is that of no build"), "{why}");
    let id = start(&yard, input(output(None, "all"), json!([]), true)).await;
    let batch = finished(&yard, &id).await;
    assert_eq!(batch["buildBatchStatus"], "SUCCEEDED", "{batch}");
    assert_eq!(unzipped(&yard, "/store/o/all").await, [("f".to_owned(), "two\n".to_owned())]);
}

async fn reports_of_a_fan_out_are_merged() {
    let yard = Yard::start().await;
    let spec = r#"version: 0.2
batch:
  build-fanout:
    parallelism: 2
    ignore-failure: true
phases:
  build:
    commands:
      - printf '<testsuite name="s"><testcase name="t%s" time="0.%s"/></testsuite>' $CODEYARD_SHARD 1$CODEYARD_SHARD > r.xml
      - printf 'SF:a.c\nDA:1,1\nDA:2,0\nend_of_record\nSF:b%s.c\nDA:1,1\nend_of_record\n' $CODEYARD_SHARD > c.info
      - if [ $CODEYARD_SHARD = "$BREAK" ]; then rm c.info; sed -i 's|/>|><failure/></testcase>|' r.xml; fi
reports:
  unit:
    files: r.xml
  lines:
    files: c.info
    file-format: LCOV
"#;
    let batch = batch_of(&yard, combining(&yard, spec, json!({ "type": "NO_ARTIFACTS" }))).await;
    assert_eq!(batch["buildBatchStatus"], "SUCCEEDED", "{batch}");
    let found = yard.ok("BatchGetReports", json!({ "reportArns": batch["reportArns"] })).await;
    let found: Vec<&Value> = found["reports"].as_array().unwrap().iter().collect();
    let named = |name: &str| *found.iter().find(|it| it["name"] == name).expect("a merged report");
    assert_eq!(found.len(), 2, "{batch}");
    let unit = named("pp-unit");
    assert_eq!((&unit["status"], &unit["executionId"]), (&json!("SUCCEEDED"), &batch["arn"]));
    assert_eq!(unit["testSummary"]["total"], 2);
    assert_eq!(unit["testSummary"]["statusCounts"]["SUCCEEDED"], 2);
    assert_eq!(unit["testSummary"]["durationInNanoSeconds"], 110_000_000);
    let cases = yard.ok("DescribeTestCases", json!({ "reportArn": unit["arn"] })).await;
    assert_eq!(cases["testCases"].as_array().unwrap().len(), 2, "{cases}");
    let lines = named("pp-lines");
    assert_eq!(lines["codeCoverageSummary"]["linesCovered"], 4, "{lines}");
    assert_eq!(lines["codeCoverageSummary"]["linesMissed"], 2);
    let files = yard.ok("DescribeCodeCoverages", json!({ "reportArn": lines["arn"] })).await;
    assert_eq!(files["codeCoverages"].as_array().unwrap().len(), 3, "{files}");
    // Each build has groups of its own beside.
    let groups = yard.ok("ListReportGroups", json!({})).await.to_string();
    for name in ["pp-unitBuildFanoutShard0", "pp-linesBuildFanoutShard1"] {
        assert!(groups.contains(name), "{groups}");
    }
    // One that failed, and one that is missing.
    let broken = json!({ "projectName": "pp", "environmentVariablesOverride": [{ "name": "BREAK", "value": "1" }] });
    let batch = finished(&yard, &start(&yard, broken).await).await;
    let found = yard.ok("BatchGetReports", json!({ "reportArns": batch["reportArns"] })).await;
    let status = |name: &str| {
        let mut all = found["reports"].as_array().unwrap().iter();
        all.find(|it| it["name"] == name).map(|it| it["status"].clone())
    };
    assert_eq!(status("pp-unit"), Some(json!("FAILED")), "{found}");
    assert_eq!(status("pp-lines"), Some(json!("INCOMPLETE")), "{found}");
}

async fn providers_are_told_of_batches() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let spec = "version: 0.2\nbatch:\n  build-list:\n    - identifier: one\n    - identifier: two\nphases:\n  build:\n    commands: ['test -z \"$FAIL\"']\n";
    let work = host.repository("o/r");
    let commit = work.push(&[("buildspec.yml", spec)], "refs/heads/main");
    let path = format!("/api/v3/repos/o/r/statuses/{commit}");
    let mut project = yard.project("pp", "");
    project["source"] = json!({
        "type": "GITHUB_ENTERPRISE", "location": host.http("o/r.git"), "reportBuildStatus": true,
    });
    project["buildBatchConfig"] = json!({ "serviceRole": yard.role });
    yard.ok("CreateProject", project).await;
    // Without credentials the batch goes on, and says so.
    let batch = finished(&yard, &start(&yard, json!({ "projectName": "pp" })).await).await;
    assert_eq!(batch["buildBatchStatus"], "SUCCEEDED", "{batch}");
    let note = batch["phases"][3]["contexts"][0].clone();
    assert_eq!(note["statusCode"], "REPORT_FAILED", "{batch}");
    assert!(note["message"].as_str().unwrap().contains("no source credentials for GitHub"));
    yard.ok(
        "ImportSourceCredentials",
        json!({
            "serverType": "GITHUB_ENTERPRISE", "authType": "PERSONAL_ACCESS_TOKEN", "token": "t0",
        }),
    )
    .await;
    host.asked();
    for (fail, last) in [("", "success"), ("1", "failure")] {
        let id = start(
            &yard,
            json!({
                "projectName": "pp",
                "environmentVariablesOverride": [{ "name": "FAIL", "value": fail }],
            }),
        )
        .await;
        let batch = finished(&yard, &id).await;
        let asked = host.asked();
        assert!(asked.iter().all(|it| it.path == path), "{asked:?}");
        let told: Vec<_> = asked.iter().map(|it| it.body["state"].as_str().unwrap()).collect();
        assert_eq!(told, ["pending", last], "{batch}");
        assert_eq!(asked[1].body["context"], "AWS CodeBuild us-east-1 (pp) BuildBatch");
        assert!(asked[1].body["target_url"].as_str().unwrap().contains("/projects/pp/batch/pp"));
    }
    // One for each build instead, as the request asks.
    let each = json!({
        "projectName": "pp",
        "buildBatchConfigOverride": { "batchReportMode": "REPORT_INDIVIDUAL_BUILDS" },
    });
    finished(&yard, &start(&yard, each).await).await;
    let asked = host.asked();
    let mut told: Vec<_> = asked
        .iter()
        .map(|it| format!("{} {}", it.body["context"].as_str().unwrap(), it.body["state"]))
        .collect();
    told.sort();
    let of = |name: &str, state: &str| format!("AWS CodeBuild us-east-1 (pp) {name} \"{state}\"");
    assert_eq!(
        told,
        [of("one", "pending"), of("one", "success"), of("two", "pending"), of("two", "success"),]
    );
}

/// A yard whose buckets never answer.
async fn with_hanging_buckets(clock: types::SharedClock) -> Yard {
    async fn never<I, O>(_: service::Cx, _: I) -> Result<O, wire::Error> {
        std::future::pending().await
    }
    let buckets = Service::new("s3", Protocol::RestXml)
        .operation(
            op(s3::PutObject, never)
                .streams()
                .route("PUT /{Bucket}/{Key+}")
                .on(|_, input| format!("arn:aws:s3:::{}/{}", input.bucket, input.key)),
        )
        .operation(
            op(s3::GetObject, never)
                .route("GET /{Bucket}/{Key+}")
                .on(|_, input| format!("arn:aws:s3:::{}/{}", input.bucket, input.key)),
        );
    let mut services = vec![codeyard_svc_codebuild::service(), buckets];
    services.extend(svc_management::services());
    let yard = TestYard::builder(services).clock(clock).start().await;
    let everything = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }],
    });
    let role = yard.role("r", everything);
    Yard { yard, role, told: Default::default() }
}

async fn comes_to(yard: &Yard, id: &str, phase: &str) {
    TestYard::until(Duration::from_secs(30), || async {
        (yard.build(id).await["currentPhase"] == phase).then_some(())
    })
    .await;
}

async fn uploads_can_be_stopped() {
    let yard = with_hanging_buckets(types::system_clock()).await;
    let spec =
        "version: 0.2\nphases:\n  build:\n    commands: ['touch f']\nartifacts:\n  files: [f]\n";
    let mut project = yard.project("pp", spec);
    project["artifacts"] = json!({ "type": "S3", "location": "bucket", "name": "out" });
    yard.ok("CreateProject", project).await;
    let id = yard.start_build(json!({ "projectName": "pp" })).await;
    comes_to(&yard, &id, "UPLOAD_ARTIFACTS").await;
    yard.ok("StopBuild", json!({ "id": id })).await;
    let build = yard.finished(&id).await;
    assert_eq!(build["buildStatus"], "STOPPED", "{build}");
    let all = harness::phases(&build);
    let upload = all.iter().find(|(phase, ..)| phase == "UPLOAD_ARTIFACTS").unwrap();
    assert_eq!(upload.1, "STOPPED", "{all:?}");
}

async fn hanging_downloads_time_out() {
    // Five minutes is the least AWS allows: the clock is moved instead.
    let clock = types::ManualClock::new(types::system_clock().now());
    let yard = with_hanging_buckets(clock.clone()).await;
    let mut project = yard.project("pp", "");
    project["source"] = json!({ "type": "S3", "location": "bucket/source.zip" });
    yard.ok("CreateProject", project).await;
    let id = yard.start_build(json!({ "projectName": "pp", "timeoutInMinutesOverride": 5 })).await;
    comes_to(&yard, &id, "DOWNLOAD_SOURCE").await;
    clock.advance_millis(6 * 60_000);
    let build = yard.finished(&id).await;
    assert_eq!(build["buildStatus"], "TIMED_OUT", "{build}");
    let all = harness::phases(&build);
    let download = all.iter().find(|(phase, ..)| phase == "DOWNLOAD_SOURCE").unwrap();
    assert_eq!((download.1.as_str(), download.2.as_str()), ("TIMED_OUT", "BUILD_TIMED_OUT"));
}

crate::tests![
    artifacts_are_combined,
    what_cannot_be_combined_fails_the_batch,
    a_pipelines_outputs_are_found_by_name,
    reports_of_a_fan_out_are_merged,
    providers_are_told_of_batches,
    uploads_can_be_stopped,
    hanging_downloads_time_out,
];
