//! Artifacts in every form that the guide has, and logs in buckets.

use std::io::Read as _;

use serde_json::{Value, json};

use crate::harness::{Yard, message};

async fn run(yard: &Yard, project: Value) -> Value {
    yard.call("DeleteProject", json!({ "name": "pp" })).await;
    yard.ok("CreateProject", project).await;
    let id = yard.start_build(json!({ "projectName": "pp" })).await;
    yard.finished(&id).await
}

async fn keys(yard: &Yard, bucket: &str) -> Vec<String> {
    let listed = yard.s3("GET", &format!("/{bucket}?list-type=2"), Vec::new()).await;
    let listed = String::from_utf8(listed).unwrap();
    let keys = listed.split("<Key>").skip(1);
    keys.map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

fn spec(commands: &str, artifacts: &str) -> String {
    format!("version: 0.2\nphases:\n  build:\n    commands: [{commands}]\nartifacts:\n{artifacts}")
}

async fn headers(yard: &Yard, path: &str) -> std::collections::BTreeMap<String, String> {
    let answer = yard.yard.send(Some(&yard.yard.root()), "s3", "HEAD", path, &[], Vec::new()).await;
    assert_eq!(answer.status, 200, "{path}");
    let pairs = answer
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()));
    pairs.collect()
}

async fn a_folder_of_hidden_deep_and_odd_files() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let commands = "'mkdir -p a/b empty; echo 1 > a/b/c; echo 2 > .hidden; mkfifo pipe; ln -s nowhere broken; ln -s a/b/c link; ln -s .. a/up'";
    let mut project = yard.project("pp", &spec(commands, "  files: ['**/*']\n  s3-prefix: p\n"));
    project["artifacts"] = json!({ "type": "S3", "location": "bucket", "name": "/", "path": "x" });
    let build = run(&yard, project).await;
    let log = yard.log(&build).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{log}");
    assert_eq!(keys(&yard, "bucket").await, ["x/.hidden", "x/a/b/c", "x/link"]);
    for line in [
        "Expanding base directory path: .",
        "Expanding **/*",
        "Found 3 file(s)",
        "Skipping invalid file path pipe: it is neither file, folder nor link",
        "Skipping invalid file path broken: it is a link that leads nowhere",
        "Skipping invalid file path a/up: it is a link that leads in a circle",
        "s3-prefix has no effect",
        "Phase complete: UPLOAD_ARTIFACTS State: SUCCEEDED",
    ] {
        assert!(log.contains(line), "{line}: {log}");
    }
    assert_eq!(build["artifacts"]["location"], "arn:aws:s3:::bucket/x");
    assert_eq!(build["artifacts"].get("md5sum"), None);
    let found = headers(&yard, "/bucket/x/a/b/c").await;
    assert_eq!(found["x-amz-meta-codebuild-buildarn"], build["arn"].as_str().unwrap());
}

/// As AWS's first walkthrough has it: nobody says what the outputs are called.
async fn outputs_without_a_name_are_called_as_their_project() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let artifacts =
        "  files: [target/f.jar]\n  secondary-artifacts:\n    docs:\n      files: [d]\n";
    let commands = "'mkdir target; echo 1 > target/f.jar; echo 2 > d'";
    let mut project = yard.project("pp", &spec(commands, artifacts));
    project["artifacts"] = json!({ "type": "S3", "location": "bucket" });
    project["secondaryArtifacts"] = json!([{
        "type": "S3", "location": "bucket", "artifactIdentifier": "docs", "packaging": "ZIP",
        "overrideArtifactName": true, "name": "",
    }]);
    let build = run(&yard, project).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{}", yard.log(&build).await);
    assert_eq!(keys(&yard, "bucket").await, ["docs", "pp/target/f.jar"]);
    let shown = yard.ok("BatchGetProjects", json!({ "names": ["pp"] })).await;
    let project = &shown["projects"][0];
    assert_eq!(project["artifacts"]["name"], "pp");
    assert_eq!(project["secondaryArtifacts"][0]["name"], "docs");
    let over = json!({ "type": "S3", "location": "bucket", "path": "over", "packaging": "ZIP" });
    let input = json!({ "projectName": "pp", "artifactsOverride": over });
    let build = yard.finished(&yard.start_build(input).await).await;
    assert_eq!(build["artifacts"]["location"], "arn:aws:s3:::bucket/over/pp", "{build}");
}

async fn prefixes_variables_and_links() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let commands = "'mkdir -p out/sub; echo 1 > out/sub/f; ln -s sub/f out/l; export OUT=out'";
    let artifacts = "  files: ['**/*']\n  base-directory: $CODEBUILD_SRC_DIR/$OUT\n  s3-prefix: pre/$OUT\n  enable-symlinks: yes\n  name: n-$(date +%Y)-$CODEBUILD_BUILD_NUMBER.zip\n";
    let mut project = yard.project("pp", &spec(commands, artifacts));
    project["artifacts"] = json!({
        "type": "S3", "location": "bucket", "name": "given", "namespaceType": "BUILD_ID",
        "packaging": "ZIP", "overrideArtifactName": true, "encryptionDisabled": true,
        "bucketOwnerAccess": "FULL",
    });
    let build = run(&yard, project.clone()).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{}", yard.log(&build).await);
    let uuid = build["id"].as_str().unwrap().rsplit(':').next().unwrap();
    let keys = keys(&yard, "bucket").await;
    assert_eq!(keys.len(), 1);
    assert!(keys[0].starts_with(&format!("pre/out/{uuid}/n-20")) && keys[0].ends_with("-1.zip"));
    let shown = &build["artifacts"];
    assert_eq!(shown["location"], format!("arn:aws:s3:::bucket/{}", keys[0]));
    assert_eq!(shown["overrideArtifactName"], true);
    assert_eq!(shown["encryptionDisabled"], true);
    assert_eq!(shown["bucketOwnerAccess"], "FULL");
    let bytes = yard.s3("GET", &format!("/bucket/{}", keys[0]), Vec::new()).await;
    let dir = tempfile::tempdir().unwrap();
    let limits = formats::archive::Limits::default();
    let to = dir.path().join("out");
    formats::archive::unpack(
        formats::archive::Kind::Zip,
        std::io::Cursor::new(bytes),
        &to,
        &limits,
    )
    .unwrap();
    assert_eq!(std::fs::read_link(to.join("l")).unwrap(), std::path::Path::new("sub/f"));
    // Lists for others than the owner need a bucket that has them.
    project["artifacts"]["bucketOwnerAccess"] = json!("READ_ONLY");
    let build = run(&yard, project).await;
    assert!(
        message(&build, "UPLOAD_ARTIFACTS").contains("AccessControlListNotSupported"),
        "{build}"
    );
}

async fn files_of_one_name_and_links_out() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let flat = "  files: ['**/same']\n  discard-paths: yes\n";
    let mut project = yard.project(
        "pp",
        &spec("'mkdir a b; echo 1 > a/same; echo 2 > b/same; ln -s /etc/passwd b/out'", flat),
    );
    for packaging in ["ZIP", "NONE"] {
        project["artifacts"] =
            json!({ "type": "S3", "location": "bucket", "name": "n", "packaging": packaging });
        let build = run(&yard, project.clone()).await;
        let log = yard.log(&build).await;
        assert!(log.contains("Replacing a/same with b/same"), "{log}");
    }
    assert_eq!(yard.s3("GET", "/bucket/n/same", Vec::new()).await, b"2\n");
    project["source"]["buildspec"] = json!(spec("'ln -s /etc/passwd out'", "  files: ['**/*']\n"));
    let build = run(&yard, project).await;
    assert!(message(&build, "UPLOAD_ARTIFACTS").contains("leads out of its folder"), "{build}");
}

async fn a_customer_key_encrypts_and_is_asked_for() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let made = yard.other("kms", "TrentService.CreateKey", json!({})).await;
    let key = made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned();
    let mut project = yard.project("pp", &spec("'echo 1 > f'", "  files: [f]\n"));
    project["artifacts"] =
        json!({ "type": "S3", "location": "bucket", "name": "out.zip", "packaging": "ZIP" });
    project["encryptionKey"] = json!(key);
    let build = run(&yard, project.clone()).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{}", yard.log(&build).await);
    let found = headers(&yard, "/bucket/out.zip").await;
    assert_eq!(found["x-amz-server-side-encryption"], "aws:kms");
    assert_eq!(found["x-amz-server-side-encryption-aws-kms-key-id"], key);
    // Without the right to the key.
    let no_kms = json!({
        "Version": "2012-10-17",
        "Statement": [
            { "Effect": "Allow", "Action": ["logs:*", "s3:*"], "Resource": "*" },
            { "Effect": "Deny", "Action": "kms:*", "Resource": "*" },
        ],
    });
    let mut refused = project.clone();
    refused["serviceRole"] = json!(yard.yard.role("no-kms", no_kms));
    let build = run(&yard, refused.clone()).await;
    assert_eq!(build["buildStatus"], "FAILED");
    let why = message(&build, "UPLOAD_ARTIFACTS");
    assert!(why.contains("AccessDenied") && why.contains("kms:GenerateDataKey"), "{why}");
    // It does not come into play where encryption is disabled.
    refused["artifacts"]["encryptionDisabled"] = json!(true);
    let build = run(&yard, refused).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
}

async fn logs_go_to_a_bucket() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let spec = "version: 0.2\nphases:\n  build:\n    commands: ['printf \"a\\\\377b\\n\"', 'seq 1000', 'printf end']\n";
    let mut project = yard.project("pp", spec);
    project["logsConfig"] = json!({
        "cloudWatchLogs": { "status": "DISABLED" },
        "s3Logs": { "status": "ENABLED", "location": "bucket/logs" },
    });
    let build = run(&yard, project.clone()).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
    let uuid = build["id"].as_str().unwrap().rsplit(':').next().unwrap();
    let logs = &build["logs"];
    assert_eq!(logs["s3LogsArn"], format!("arn:aws:s3:::bucket/logs/{uuid}.gz"));
    assert_eq!(logs.get("groupName"), None);
    let packed = yard.s3("GET", &format!("/bucket/logs/{uuid}.gz"), Vec::new()).await;
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut text).unwrap();
    assert!(text.windows(3).any(|bytes| bytes == b"a\xffb"), "as it was written");
    let text = String::from_utf8_lossy(&text);
    assert!(text.contains("\n1\n") && text.contains("\n1000\n"));
    assert!(text.contains("Running command seq 1000"), "{text}");
    assert!(text.ends_with("Phase context status code:  Message: \n"), "{text}");
    // Before any command, too.
    let mut broken = project.clone();
    broken["source"] = json!({ "type": "S3", "location": "bucket/none.zip" });
    let build = run(&yard, broken).await;
    let uuid = build["id"].as_str().unwrap().rsplit(':').next().unwrap();
    let packed = yard.s3("GET", &format!("/bucket/logs/{uuid}.gz"), Vec::new()).await;
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
    assert!(text.contains("Phase complete: DOWNLOAD_SOURCE State: FAILED"), "{text}");
    // Where they can't be put, the build says so.
    let logs_only = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "logs:*", "Resource": "*" }],
    });
    project["serviceRole"] = json!(yard.yard.role("logs-only", logs_only));
    project["logsConfig"]["cloudWatchLogs"] = json!({ "status": "ENABLED" });
    let build = run(&yard, project.clone()).await;
    assert_eq!(build["buildStatus"], "FAILED");
    let why = message(&build, "UPLOAD_ARTIFACTS");
    assert!(why.contains("does not allow AWS CodeBuild to put the log"), "{why}");
    assert!(yard.log(&build).await.contains("does not allow AWS CodeBuild to put the log"));
    project["logsConfig"]["s3Logs"] = json!({ "status": "ENABLED" });
    let (status, answer) = yard.call("CreateProject", project).await;
    assert_eq!(status, 400);
    assert!(answer.to_string().contains("s3Logs"), "{answer}");
}

crate::tests![
    a_folder_of_hidden_deep_and_odd_files,
    outputs_without_a_name_are_called_as_their_project,
    prefixes_variables_and_links,
    files_of_one_name_and_links_out,
    a_customer_key_encrypts_and_is_asked_for,
    logs_go_to_a_bucket,
];
