//! What builds leave, by the stock CLI: artifacts under a customer's key, caches.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::developer::{finished, log, role};
use crate::harness::{Data, User, Yard};

fn project(user: &User, name: &str, role: &str, more: &Value) {
    let mut project = json!({
        "name": name,
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0",
                        "computeType": "BUILD_GENERAL1_SMALL"},
        "serviceRole": role,
    });
    let members = more.as_object().unwrap().clone();
    project.as_object_mut().unwrap().extend(members);
    user.aws(&["codebuild", "create-project", "--cli-input-json", &project.to_string()]);
}

fn built(user: &User, name: &str) -> Value {
    let started = user.aws(&["codebuild", "start-build", "--project-name", name]);
    finished(user, started["build"]["id"].as_str().unwrap())
}

#[test]
fn an_artifact_is_sealed_under_a_customers_key() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    root.aws(&["s3", "mb", "s3://outputs"]);
    let made = root.aws(&["kms", "create-key"]);
    let key = made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned();
    let plain = json!([
        {"Effect": "Allow", "Action": "logs:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::outputs/*"},
    ]);
    let mut with_key = plain.clone();
    with_key.as_array_mut().unwrap().push(
        json!({"Effect": "Allow", "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": key}),
    );
    let settings = json!({
        "source": {"type": "NO_SOURCE", "buildspec":
            "version: 0.2\nphases:\n  build:\n    commands: ['echo sealed > f']\nartifacts:\n  files: [f]\n"},
        "artifacts": {"type": "S3", "location": "outputs", "name": "out.zip", "packaging": "ZIP"},
        "encryptionKey": key,
    });
    let allowed = role(&root, "with-key", "codebuild.amazonaws.com", &with_key);
    project(&root, "allowed", &allowed, &settings);
    let build = built(&root, "allowed");
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{}", log(&root, &build));
    let object = root.aws(&["s3api", "head-object", "--bucket", "outputs", "--key", "out.zip"]);
    assert_eq!(object["ServerSideEncryption"], "aws:kms");
    assert_eq!(object["SSEKMSKeyId"], key);
    assert_eq!(object["Metadata"]["codebuild-buildarn"], build["arn"]);

    let refused = role(&root, "without-key", "codebuild.amazonaws.com", &plain);
    project(&root, "refused", &refused, &settings);
    let build = built(&root, "refused");
    assert_eq!(build["buildStatus"], "FAILED", "{build}");
    let phases = build["phases"].as_array().unwrap();
    let upload = phases.iter().find(|phase| phase["phaseType"] == "UPLOAD_ARTIFACTS").unwrap();
    let why = upload["contexts"][0]["message"].as_str().unwrap();
    assert!(why.contains("kms:GenerateDataKey"), "{why}");
}

/// Seconds that the commands took.
fn seconds(build: &Value) -> f64 {
    let phases = build["phases"].as_array().unwrap();
    let phase = phases.iter().find(|phase| phase["phaseType"] == "BUILD").unwrap();
    let at = |name: &str| phase[name].as_f64().unwrap();
    at("endTime") - at("startTime")
}

#[test]
fn a_java_library_is_compiled_once_and_cached() {
    let javac = Command::new("javac").arg("-version").stdout(Stdio::null()).status();
    if !javac.is_ok_and(|status| status.success()) {
        println!("skipped: a_java_library_is_compiled_once: there is no javac");
        return;
    }
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    root.aws(&["s3", "mb", "s3://java"]);
    let dir = tempfile::tempdir().unwrap();
    let files = [
        ("buildspec.yml", BUILDSPEC),
        (
            "lib/Greeting.java",
            "public class Greeting { public static String of(String name) { return \"Hello, \" + name; } }\n",
        ),
        (
            "Main.java",
            "public class Main { public static void main(String[] all) { System.out.println(Greeting.of(\"cache\")); } }\n",
        ),
    ];
    for (name, content) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        let to = format!("s3://java/source/{name}");
        root.aws(&["s3", "cp", path.to_str().unwrap(), &to]);
    }
    let statements = json!([
        {"Effect": "Allow", "Action": "logs:*", "Resource": "*"},
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
         "Resource": ["arn:aws:s3:::java", "arn:aws:s3:::java/*"]},
    ]);
    let role = role(&root, "java", "codebuild.amazonaws.com", &statements);
    let settings = json!({
        "source": {"type": "S3", "location": "java/source/"},
        "cache": {"type": "S3", "location": "java/cache"},
    });
    project(&root, "java", &role, &settings);
    let (first, second) = (built(&root, "java"), built(&root, "java"));
    for (build, compiled) in [(&first, true), (&second, false)] {
        let text = log(&root, build);
        assert_eq!(build["buildStatus"], "SUCCEEDED", "{text}");
        assert!(text.contains("\nHello, cache\n"), "{text}");
        assert_eq!(text.contains("\ncompiling the library\n"), compiled, "{text}");
        assert_eq!(text.contains("Uploaded cache to arn:aws:s3:::java/cache/"), compiled, "{text}");
    }
    assert!(seconds(&second) < seconds(&first), "{} {}", seconds(&second), seconds(&first));
    root.aws(&["codebuild", "invalidate-project-cache", "--project-name", "java"]);
    assert!(log(&root, &built(&root, "java")).contains("\ncompiling the library\n"));
}

const BUILDSPEC: &str = r#"version: 0.2
phases:
  build:
    commands:
      - |
        if [ ! -e built/lib.jar ]; then
          echo compiling the library
          mkdir -p built/classes
          javac -d built/classes lib/*.java
          jar --create --file built/lib.jar -C built/classes .
        fi
      - java -cp built/lib.jar Main.java
cache:
  key: lib-$(codebuild-hash-files 'lib/**/*.java')
  paths: [built/lib.jar]
"#;
