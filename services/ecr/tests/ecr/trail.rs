//! What pushes and pulls leave in the audit trail.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use service::{AuditRecord, AuditSink};

use crate::oci::{DOCKER, Engine, digest, image};
use crate::{builder, call, ok};

#[derive(Clone, Default)]
struct Trail(Arc<Mutex<Vec<AuditRecord>>>);

impl AuditSink for Trail {
    fn record(&self, record: AuditRecord) {
        self.0.lock().unwrap().push(record);
    }
}

impl Trail {
    /// What has come since it was asked last: the name, whether it only reads, and its error.
    fn news(&self) -> Vec<(String, bool, Option<String>)> {
        let new = std::mem::take(&mut *self.0.lock().unwrap());
        let told = |it: AuditRecord| (it.event_name, it.read_only, it.error.map(|error| error.0));
        new.into_iter().map(told).collect()
    }

    /// The parameters of the last.
    fn last(&self) -> Value {
        self.0.lock().unwrap().last().unwrap().request_parameters.clone()
    }
}

fn done(name: &str, read_only: bool) -> (String, bool, Option<String>) {
    (name.to_owned(), read_only, None)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_is_recorded_as_the_operation_that_it_is() {
    let trail = Trail::default();
    let sink = trail.clone();
    let yard = builder().audit(move |_, _| Arc::new(sink)).start().await;
    ok(&yard, "CreateRepository", json!({ "repositoryName": "app" })).await;
    let engine = Engine::login(&yard).await;
    trail.news();

    let config = b"{}";
    let at = engine.begin("app").await;
    engine.send("PATCH", &at, &[("content-range", "0-0")], b"{").await;
    let mut parameters = trail.last();
    let upload = parameters["uploadId"].take();
    assert!(at.ends_with(upload.as_str().unwrap()));
    parameters.as_object_mut().unwrap().remove("uploadId");
    let expected = json!({
        "registryId": "123456789012", "repositoryName": "app",
        "partFirstByte": 0, "partLastByte": 0,
    });
    assert_eq!(parameters, expected);
    let whole = digest(config);
    engine.send("PUT", &format!("{at}?digest={whole}"), &[], b"}").await;
    assert_eq!(trail.last()["layerDigests"], json!([whole]));
    let part = done("UploadLayerPart", false);
    let (begun, ended) = (done("InitiateLayerUpload", false), done("CompleteLayerUpload", false));
    assert_eq!(trail.news(), [begun.clone(), part.clone(), part.clone(), ended.clone()]);
    let at_once = format!("/v2/app/blobs/uploads/?digest={}", digest(b"layer"));
    engine.send("POST", &at_once, &[], b"layer").await;
    assert_eq!(trail.news(), [begun.clone(), part.clone(), ended]);

    engine.put_manifest("app", "v1", DOCKER, &image(config, &[b"layer"])).await;
    assert_eq!(trail.last()["imageTag"], "v1");
    engine.get("/v2/app/manifests/v1").await;
    assert_eq!(trail.last()["imageIds"], json!([{ "imageTag": "v1" }]));
    engine.send("HEAD", &format!("/v2/app/blobs/{whole}"), &[], b"").await;
    engine.get(&format!("/v2/app/blobs/{whole}")).await;
    assert_eq!(trail.last()["layerDigest"], json!(whole));
    engine.get("/v2/app/tags/list").await;
    engine.get("/v2/_catalog").await;
    engine.send("DELETE", "/v2/app/manifests/v1", &[], b"").await;
    let names = [
        ("PutImage", false),
        ("BatchGetImage", true),
        ("BatchCheckLayerAvailability", true),
        ("GetDownloadUrlForLayer", true),
        ("ListImages", true),
        ("DescribeRepositories", true),
        ("BatchDeleteImage", false),
    ];
    assert_eq!(trail.news(), names.map(|(name, reads)| done(name, reads)));

    // What was refused is recorded as such.
    let at = engine.begin("app").await;
    engine.send("PATCH", &at, &[("content-range", "5-9")], b"wrong").await;
    engine.send("PUT", &format!("{at}?digest=none"), &[], b"").await;
    engine.put_manifest("app", "-bad", DOCKER, &image(config, &[])).await;
    let failed = |name: &str, code: &str| (name.to_owned(), false, Some(code.to_owned()));
    let expected = [
        begun,
        failed("UploadLayerPart", "InvalidLayerPartException"),
        failed("CompleteLayerUpload", "InvalidParameterException"),
        failed("PutImage", "InvalidParameterException"),
    ];
    assert_eq!(trail.news(), expected);

    // Whatever is sent, so much of it.
    let at = format!("/v2/app/blobs/uploads/{}", "x".repeat(2_000));
    engine.send("PATCH", &at, &[], b"layer").await;
    assert_eq!(trail.last()["uploadId"].as_str().map(|it| it.chars().count()), Some(256));
    trail.news();

    // By the API too, without the bytes.
    let begun = ok(&yard, "InitiateLayerUpload", json!({ "repositoryName": "app" })).await;
    let input = json!({
        "repositoryName": "app", "uploadId": begun["uploadId"],
        "partFirstByte": 0, "partLastByte": 3, "layerPartBlob": "YWJjZA==",
    });
    assert_eq!(call(&yard, "UploadLayerPart", input).await.0, 200);
    assert_eq!(trail.last()["layerPartBlob"], "<4 bytes>");
    assert_eq!(trail.news(), [done("InitiateLayerUpload", false), part]);
    yard.stop().await;
}
