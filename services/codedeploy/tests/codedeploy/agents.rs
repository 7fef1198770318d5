//! The real agent on real files: what is deployed is there, and serves.

use std::collections::HashMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use agent::{Config, Credentials, OnPremises};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::yard::{Deploy, Host, revision};

type Objects = Arc<Mutex<HashMap<String, Vec<u8>>>>;

/// The least of an S3: objects by their paths.
async fn bucket(objects: Objects) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let objects = objects.clone();
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.unwrap());
                }
                let head = String::from_utf8(head).unwrap();
                let path = head.split(' ').nth(1).unwrap();
                let found = objects.lock().unwrap().get(path).cloned();
                let (status, body) = match found {
                    Some(bytes) => ("200 OK", bytes),
                    None => ("404 Not Found", b"<Error><Code>NoSuchKey</Code></Error>".to_vec()),
                };
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {}\r\nETag: \"e\"\r\n\r\n",
                    body.len()
                );
                stream.write_all(head.as_bytes()).await.unwrap();
                stream.write_all(&body).await.unwrap();
            });
        }
    });
    url
}

fn bundle(host: &Path, version: &str, validate: &str) -> Vec<u8> {
    let spec = "version: 0.0
os: linux
files: [{source: /version.txt, destination: HOST/srv}]
hooks:
  ApplicationStart: [{location: start.sh, timeout: 10}]
  ValidateService: [{location: validate.sh, timeout: 10}]
";
    let start = "#!/bin/sh\necho \"$DEPLOYMENT_ID $LIFECYCLE_EVENT\" >> HOST/started\n";
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("appspec.yml", spec),
        ("version.txt", version),
        ("start.sh", start),
        ("validate.sh", validate),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        let text = text.replace("HOST", host.to_str().unwrap());
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn start_agent(deploy: &Deploy, s3: &str, host: &Host, folder: &Path) -> watch::Sender<bool> {
    let on_premises = OnPremises {
        region: testkit::REGION.to_owned(),
        host_identifier: host.arn.clone(),
        credentials: Credentials {
            access_key_id: host.keys.id.clone(),
            secret_access_key: host.keys.secret.clone(),
            session_token: None,
        },
    };
    let mut config = Config::new(deploy.yard.url.clone(), folder.join("root"), on_premises);
    config.s3_endpoint = Some(s3.to_owned());
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move { agent::run(config, stopped).await.unwrap() });
    stop
}

#[tokio::test(flavor = "multi_thread")]
async fn revisions_go_live_and_bad_ones_go_back() {
    let deploy = Deploy::start().await;
    deploy.group("CodeDeployDefault.AllAtOnce").await;
    let folder = tempfile::tempdir().unwrap();
    let objects = Objects::default();
    let s3 = bucket(objects.clone()).await;
    let mut agents = Vec::new();
    // Both hosts get the same bundle, so they share one root for what it installs.
    let host = deploy.host("one").await;
    agents.push(start_agent(&deploy, &s3, &host, folder.path()));
    for (key, version, validate) in
        [("one", "1", "#!/bin/sh\nexit 0\n"), ("two", "2", "#!/bin/sh\necho not well; exit 3\n")]
    {
        let bytes = bundle(folder.path(), version, validate);
        objects.lock().unwrap().insert(format!("/bucket/{key}.zip"), bytes);
    }
    let began = std::time::Instant::now();
    let id = deploy.create(json!({})).await;
    let info = deploy.ended(&id).await;
    let took = began.elapsed();
    assert_eq!(info["status"], "Succeeded", "{info} {}", deploy.target(&id, "one").await);
    assert_eq!(fs::read_to_string(folder.path().join("srv/version.txt")).unwrap(), "1");
    assert!(took.as_secs() < 5, "a deployment took {took:?}");
    println!("a deployment of seven events took {took:?}");

    let rollback = json!({"enabled": true, "events": ["DEPLOYMENT_FAILURE"]});
    let bad = deploy
        .create(json!({"revision": revision("two"), "autoRollbackConfiguration": rollback}))
        .await;
    let info = deploy.ended(&bad).await;
    assert_eq!(info["status"], "Failed");
    let target = deploy.target(&bad, "one").await;
    let diagnostics = &target["lifecycleEvents"][6]["diagnostics"];
    assert_eq!(diagnostics["errorCode"], "ScriptFailed");
    assert!(diagnostics["logTail"].as_str().unwrap().contains("[stdout]not well"), "{diagnostics}");
    let back = info["rollbackInfo"]["rollbackDeploymentId"].as_str().unwrap();
    assert_eq!(deploy.ended(back).await["status"], "Succeeded");
    assert_eq!(fs::read_to_string(folder.path().join("srv/version.txt")).unwrap(), "1");
    let started = fs::read_to_string(folder.path().join("started")).unwrap();
    let expected: Vec<String> =
        [&id, &bad, back].iter().map(|id| format!("{id} ApplicationStart")).collect();
    assert_eq!(started.lines().collect::<Vec<_>>(), expected);

    // A revision that is not there fails at its download.
    let missing = deploy.create(json!({"revision": revision("none")})).await;
    assert_eq!(deploy.ended(&missing).await["status"], "Failed");
    let target = deploy.target(&missing, "one").await;
    let message = target["lifecycleEvents"][1]["diagnostics"]["message"].as_str().unwrap();
    assert!(message.contains("s3://bucket/none.zip") && message.contains("NoSuchKey"), "{message}");
    for stop in agents {
        let _ = stop.send(true);
    }
    deploy.yard.stop().await;
}
