//! Bytes are neither lost nor leaked.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use store::WakeKey;
use testkit::TestYard;
use types::{Account, Clock as _, ManualClock, Region, Scope, SystemClock};

use crate::oci::{Engine, digest};
use crate::{builder, ok, refused};

/// Files of ECR's blobs.
fn blobs_in(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    entries
        .flatten()
        .flat_map(|entry| match entry.path() {
            path if path.is_dir() => blobs_in(&path),
            path if entry.file_name().len() == 32 => vec![path],
            _ => Vec::new(),
        })
        .collect()
}

async fn wake(yard: &TestYard, kind: &'static str, key: &'static str) {
    let scope = Scope::new(Account::new("000000000000").unwrap(), Region::global());
    let (key, now) = (WakeKey::new(kind, &scope, key), yard.yard().clock().now());
    yard.yard().write(move |tx| Ok(tx.wake(&key, now)?)).await.unwrap();
}

/// Has all that is due be looked at, and then what was given up be swept.
async fn until_there_are(yard: &TestYard, clock: &ManualClock, count: usize) {
    let blobs = yard.dir().join("blobs");
    let (clock, blobs) = (clock, &blobs);
    TestYard::until(Duration::from_secs(20), || async move {
        wake(yard, "ecr.collect", "all").await;
        clock.advance_millis(120_000);
        wake(yard, "ecr.sweep", "blobs").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        (blobs_in(blobs).len() == count).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forgotten_bytes_go_and_no_others() {
    let clock = ManualClock::new(SystemClock.now());
    let yard = builder().clock(Arc::clone(&clock) as types::SharedClock).start().await;
    for name in ["app", "gone"] {
        ok(&yard, "CreateRepository", json!({ "repositoryName": name })).await;
    }
    let engine = Engine::login(&yard).await;
    let kept = engine.push("app", "kept", &[b"shared", b"only kept"]).await;
    let dropped = engine.push("app", "dropped", &[b"shared", b"only dropped"]).await;
    engine.push_blob("app", b"of no image").await;
    let at = engine.begin("app").await;
    assert_eq!(engine.send("PATCH", &at, &[], b"broken off").await.status, 202);
    engine.push("gone", "v1", &[b"1", b"2"]).await;
    // Two manifests, a config that both have, three layers, one more, one part; of the other
    // repository a manifest, a config and two layers; and what was sent twice, to be swept.
    assert_eq!(blobs_in(&yard.dir().join("blobs")).len(), 8 + 4 + 2);
    ok(&yard, "DeleteRepository", json!({ "repositoryName": "gone", "force": true })).await;
    let ids = json!({ "repositoryName": "app", "imageIds": [{ "imageDigest": dropped }] });
    ok(&yard, "BatchDeleteImage", ids).await;
    until_there_are(&yard, &clock, 7).await;
    // Within a day a push can be gone on with.
    assert_eq!(engine.get(&at).await.status, 204);
    clock.advance_millis(25 * 3_600_000);
    until_there_are(&yard, &clock, 4).await;
    // Signatures are of today, and the token has ended.
    clock.advance_millis(SystemClock.now().since(clock.now()));
    assert_eq!(engine.get(&at).await.status, 404);
    for gone in [&b"only dropped"[..], b"of no image"] {
        assert_eq!(engine.get(&format!("/v2/app/blobs/{}", digest(gone))).await.status, 404);
    }
    assert_eq!(engine.get(&format!("/v2/app/manifests/{kept}")).await.status, 200);
    for left in [&b"shared"[..], b"only kept"] {
        assert_eq!(engine.get(&format!("/v2/app/blobs/{}", digest(left))).await.body, left);
    }
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_bodies_leave_nothing() {
    let yard = crate::with_repository("app").await;
    let engine = Engine::login(&yard).await;
    let at = engine.begin("app").await;
    engine.send("PATCH", &at, &[], b"12345").await;
    let blobs = yard.dir().join("blobs");
    assert_eq!(blobs_in(&blobs).len(), 1);
    assert_eq!(engine.send("PATCH", &at, &[("content-range", "9-10")], b"xx").await.status, 416);
    assert_eq!(engine.send("PATCH", &at, &[("content-range", "x")], b"xx").await.status, 416);
    assert_eq!(engine.send("PATCH", &at, &[], b"").await.status, 202);
    let bad = engine.put_manifest("app", "v1", crate::oci::DOCKER, &json!({})).await;
    assert_eq!(bad.status, 400);
    assert_eq!(blobs_in(&blobs).len(), 1);
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn layers_are_sealed_under_the_repositorys_key() {
    let yard = crate::yard().await;
    let (_, key) = yard.json("kms", "TrentService.CreateKey", json!({})).await;
    let key = &key["KeyMetadata"]["KeyId"];
    let encryption = json!({ "encryptionType": "KMS", "kmsKey": key });
    let made = ok(
        &yard,
        "CreateRepository",
        json!({ "repositoryName": "app", "encryptionConfiguration": encryption }),
    )
    .await;
    let arn = made["repository"]["encryptionConfiguration"]["kmsKey"].as_str().unwrap();
    assert!(arn.starts_with("arn:aws:kms:"), "{made}");
    let engine = Engine::login(&yard).await;
    engine.push("app", "v1", &[b"a secret that no file shows"]).await;
    for file in blobs_in(&yard.dir().join("blobs")) {
        let bytes = std::fs::read(file).unwrap();
        assert!(!bytes.windows(8).any(|it| it == b"a secret"));
    }
    yard.json("kms", "TrentService.DisableKey", json!({ "KeyId": key })).await;
    TestYard::until(Duration::from_secs(10), || async {
        (engine.get("/v2/app/manifests/v1").await.status == 403).then_some(())
    })
    .await;
    let input = json!({ "repositoryName": "app", "imageIds": [{ "imageTag": "v1" }] });
    assert_eq!(refused(&yard, "BatchGetImage", input).await, "KmsException");
    let disabled = json!({ "repositoryName": "other", "encryptionConfiguration": encryption });
    assert_eq!(refused(&yard, "CreateRepository", disabled).await, "KmsException");
    yard.stop().await;
}
