//! Sources from S3, artifacts to S3.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::harness::{Yard, message};

const SPEC: &str = "version: 0.2\nphases:\n  build:\n    commands:\n      - cat data.txt\n      - mkdir -p out/deep\n      - echo one > out/1.txt\n      - echo two > out/deep/2.txt\n      - echo secondary > second.txt\n";

/// A zip archive of these files.
fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let dir = std::env::temp_dir().join(format!("codebuild-zip-{}", types::uuid()));
    let names: Vec<(String, String)> =
        files.iter().map(|(name, _)| ((*name).to_owned(), (*name).to_owned())).collect();
    for (name, content) in files {
        let path = dir.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let out = std::io::Cursor::new(Vec::new());
    let links = formats::archive::Links::Keep;
    let packed = formats::archive::pack_zip(out, &dir, &names, links).unwrap().into_inner();
    std::fs::remove_dir_all(dir).unwrap();
    packed
}

/// Names and contents in a zip archive, as python sees them.
fn unzip(bytes: &[u8]) -> Value {
    let path = std::env::temp_dir().join(format!("codebuild-{}.zip", types::uuid()));
    std::fs::write(&path, bytes).unwrap();
    let script = "import json,sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); print(json.dumps({n: z.read(n).decode() for n in z.namelist()}))";
    let output = Command::new("python3").args(["-c", script]).arg(&path).output().unwrap();
    std::fs::remove_file(path).unwrap();
    serde_json::from_slice(&output.stdout).expect("a zip archive")
}

async fn run(yard: &Yard, project: Value, input: Value) -> Value {
    yard.call("DeleteProject", json!({ "name": "pp" })).await;
    yard.ok("CreateProject", project).await;
    let mut input = input;
    input["projectName"] = json!("pp");
    let id = yard.start_build(input).await;
    yard.finished(&id).await
}

async fn sources_come_from_archives_and_folders() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let files = [("buildspec.yml", SPEC), ("data.txt", "data\n"), ("sub/x", "x")];
    yard.s3("PUT", "/bucket/in/source.zip", zip(&files)).await;
    for (name, content) in files {
        yard.s3("PUT", &format!("/bucket/folder/{name}"), content.as_bytes().to_vec()).await;
    }
    for location in ["bucket/in/source.zip", "bucket/folder/", "arn:aws:s3:::bucket/in/source.zip"]
    {
        let mut project = yard.project("pp", "");
        project["source"] = json!({ "type": "S3", "location": location });
        let build = run(&yard, project, json!({})).await;
        assert_eq!(build["buildStatus"], "SUCCEEDED", "{location}: {build}");
        assert_eq!(yard.output(&build).await, "data\n");
    }
    let mut project = yard.project("pp", "");
    project["source"] = json!({ "type": "S3", "location": "bucket/none.zip" });
    let build = run(&yard, project, json!({})).await;
    assert!(message(&build, "DOWNLOAD_SOURCE").contains("NoSuchKey"), "{build}");

    // Folders.
    let failing = [
        (json!("bucket/vanished/"), json!({}), "there is nothing at bucket/vanished/"),
        (json!("bucket/folder/"), json!({ "sourceVersion": "v1" }), "bucket/folder/ is a folder"),
    ];
    for (location, input, why) in failing {
        let mut project = yard.project("pp", SPEC);
        project["source"]["type"] = json!("S3");
        project["source"]["location"] = location;
        let build = run(&yard, project, input).await;
        assert_eq!(build["buildStatus"], "FAILED", "{build}");
        assert!(message(&build, "DOWNLOAD_SOURCE").contains(why), "{build}");
    }
    yard.s3("PUT", "/bucket/empty/", Vec::new()).await;
    let mut project = yard.project("pp", "version: 0.2\nphases: {build: {commands: ['true']}}");
    project["source"]["type"] = json!("S3");
    project["source"]["location"] = json!("bucket/empty/");
    let build = run(&yard, project, json!({})).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");

    let mut project = yard.project("pp", "");
    project["source"] = json!({
        "type": "NO_SOURCE",
        "buildspec": "arn:aws:s3:::bucket/folder/buildspec.yml",
    });
    let build = run(&yard, project, json!({})).await;
    assert!(message(&build, "BUILD").contains("cat data.txt"), "{build}");
}

async fn keys_that_are_no_folder_fail_the_build() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/source", Vec::new()).await;
    yard.s3("PUT", "/source/app/a", b"x".to_vec()).await;
    yard.s3("PUT", "/source/app/a/b", b"x".to_vec()).await;
    let mut project = yard.project("pp", "version: 0.2\nphases: {build: {commands: ['true']}}");
    project["source"]["type"] = json!("S3");
    project["source"]["location"] = json!("source/app/");
    let build = run(&yard, project, json!({})).await;
    assert_eq!(build["buildStatus"], "FAILED", "{build}");
    let why = message(&build, "DOWNLOAD_SOURCE");
    assert!(why.contains("app/a/b is below another key"), "{why}");
}

async fn secondary_sources_have_their_own_directories() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    yard.s3("PUT", "/bucket/two.zip", zip(&[("two.txt", "two\n")])).await;
    let spec =
        "version: 0.2\nphases:\n  build:\n    commands: [\"cat $CODEBUILD_SRC_DIR_two/two.txt\"]\n";
    let mut project = yard.project("pp", spec);
    project["secondarySources"] =
        json!([{ "type": "S3", "location": "bucket/two.zip", "sourceIdentifier": "two" }]);
    let build = run(&yard, project, json!({})).await;
    assert_eq!(yard.output(&build).await, "two\n", "{build}");
}

async fn artifacts_go_to_s3() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let spec = |artifacts: &str| {
        format!("{}artifacts:\n{artifacts}", SPEC.replace("      - cat data.txt\n", ""))
    };
    let project = |spec: String, artifacts: Value| {
        let mut project = yard.project("pp", &spec);
        project["artifacts"] = artifacts;
        project
    };
    let files = "  files: ['**/*']\n  base-directory: out\n";
    // An archive.
    let zipped = json!({ "type": "S3", "location": "bucket", "path": "builds", "name": "out.zip", "packaging": "ZIP" });
    let build = run(&yard, project(spec(files), zipped.clone()), json!({})).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
    assert_eq!(build["artifacts"]["location"], "arn:aws:s3:::bucket/builds/out.zip");
    let bytes = yard.s3("GET", "/bucket/builds/out.zip", Vec::new()).await;
    assert_eq!(unzip(&bytes), json!({ "1.txt": "one\n", "deep/2.txt": "two\n" }));
    let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(build["artifacts"]["sha256sum"], json!(digest));
    // A folder, by build id.
    let folder = json!({ "type": "S3", "location": "bucket", "name": "f", "namespaceType": "BUILD_ID", "packaging": "NONE" });
    let build = run(&yard, project(spec(files), folder), json!({})).await;
    let uuid = build["id"].as_str().unwrap().rsplit(':').next().unwrap().to_owned();
    assert_eq!(yard.s3("GET", &format!("/bucket/{uuid}/f/deep/2.txt"), Vec::new()).await, b"two\n");
    // A name that the shell expands, and no folders.
    let mut named = zipped.clone();
    named["overrideArtifactName"] = json!(true);
    let flat = "  files: ['**/*.txt']\n  base-directory: out\n  discard-paths: yes\n  name: v-$(cat out/1.txt).zip\n";
    let build = run(&yard, project(spec(flat), named), json!({})).await;
    assert_eq!(build["artifacts"]["location"], "arn:aws:s3:::bucket/builds/v-one.zip", "{build}");
    let bytes = yard.s3("GET", "/bucket/builds/v-one.zip", Vec::new()).await;
    assert_eq!(unzip(&bytes), json!({ "1.txt": "one\n", "2.txt": "two\n" }));
    // Secondary ones.
    let both =
        "  files: [out/1.txt]\n  secondary-artifacts:\n    second:\n      files: [second.txt]\n";
    let mut project = project(spec(both), zipped.clone());
    project["secondaryArtifacts"] = json!([{
        "type": "S3", "location": "bucket", "name": "second.zip", "packaging": "ZIP", "artifactIdentifier": "second",
    }]);
    let build = run(&yard, project, json!({})).await;
    assert_eq!(build["secondaryArtifacts"][0]["artifactIdentifier"], "second", "{build}");
    let bytes = yard.s3("GET", "/bucket/second.zip", Vec::new()).await;
    assert_eq!(unzip(&bytes), json!({ "second.txt": "secondary\n" }));
}

async fn missing_artifacts_and_buckets_fail_the_upload() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    for (bucket, files, said) in [
        ("bucket", "nothing-*", "no matching artifact paths found"),
        ("no-such", "f", "NoSuchBucket"),
    ] {
        let spec = format!(
            "version: 0.2\nphases:\n  build:\n    commands: [\"touch f\"]\nartifacts:\n  files: ['{files}']\n"
        );
        let mut project = yard.project("pp", &spec);
        project["artifacts"] =
            json!({ "type": "S3", "location": bucket, "name": "n", "packaging": "ZIP" });
        let build = run(&yard, project, json!({})).await;
        assert_eq!(build["buildStatus"], "FAILED");
        assert!(message(&build, "UPLOAD_ARTIFACTS").contains(said), "{build}");
    }
}

async fn a_pipeline_gives_source_and_artifacts() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/pipe", Vec::new()).await;
    let spec = format!("{SPEC}artifacts:\n  files: ['**/*']\n  base-directory: out\n");
    yard.s3("PUT", "/pipe/app/Source/abc", zip(&[("buildspec.yml", &spec), ("data.txt", "d\n")]))
        .await;
    let mut project = yard.project("pp", "");
    project["source"] = json!({ "type": "CODEPIPELINE" });
    project["artifacts"] = json!({ "type": "CODEPIPELINE" });
    yard.ok("CreateProject", project.clone()).await;
    let (status, _) = yard.call("StartBuild", json!({ "projectName": "pp" })).await;
    assert_eq!(status, 400, "only CodePipeline can start it");
    let build = run(&yard, project, json!({
        "sourceLocationOverride": "pipe/app/Source/abc",
        "sourceVersion": "0123456789",
        "artifactsOverride": { "type": "CODEPIPELINE", "location": "pipe", "path": "app/Build", "name": "xyz" },
    }))
    .await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
    assert_eq!(build["resolvedSourceVersion"], "0123456789");
    let bytes = yard.s3("GET", "/pipe/app/Build/xyz", Vec::new()).await;
    assert_eq!(unzip(&bytes), json!({ "1.txt": "one\n", "deep/2.txt": "two\n" }));
    assert!(!Path::new("/codebuild/output").exists(), "it is inside only");
}

crate::tests![
    sources_come_from_archives_and_folders,
    keys_that_are_no_folder_fail_the_build,
    secondary_sources_have_their_own_directories,
    artifacts_go_to_s3,
    missing_artifacts_and_buckets_fail_the_upload,
    a_pipeline_gives_source_and_artifacts,
];
