//! Who may, by IAM's policies and the repository's own.

use std::sync::Arc;

use serde_json::{Value, json};
use types::{Clock as _, ManualClock, SystemClock};

use crate::oci::{Engine, code};
use crate::{builder, call_as, ok, refused, with_repository};

fn allow(actions: &[&str]) -> Value {
    let mut all = vec!["ecr:GetAuthorizationToken"];
    all.extend_from_slice(actions);
    json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": all, "Resource": "*" },
    ] })
}

const PULL: [&str; 3] =
    ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_in_without_a_token() {
    let yard = with_repository("app").await;
    let ping = |authorization: Option<&'static str>| {
        let headers: Vec<_> = authorization.iter().map(|it| ("authorization", *it)).collect();
        let yard = &yard;
        async move { yard.send(None, "ecr", "GET", "/v2/", &headers, Vec::new()).await }
    };
    for authorization in [None, Some("Basic QVdTOm5v"), Some("Basic %"), Some("Bearer x")] {
        let answer = ping(authorization).await;
        assert_eq!((answer.status, code(&answer).as_str()), (401, "UNAUTHORIZED"));
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(challenge.starts_with("Basic realm=\"https://"), "{challenge}");
        assert_eq!(answer.header("docker-distribution-api-version"), Some("registry/2.0"));
    }
    let nobody = yard.user(
        "nobody",
        json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "ecr:BatchGetImage", "Resource": "*" },
    ] }),
    );
    let (status, error) = call_as(&yard, &nobody, "GetAuthorizationToken", json!({})).await;
    assert_eq!((status, error["__type"].as_str()), (400, Some("AccessDeniedException")));
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_is_asked_for_its_right() {
    let yard = with_repository("app").await;
    let root = Engine::login(&yard).await;
    root.push("app", "v1", &[b"layer"]).await;
    let layer = crate::oci::digest(b"layer");
    let blob = format!("/v2/app/blobs/{layer}");
    let reader = Engine::login_as(&yard, &yard.user("reader", allow(&PULL))).await;
    assert_eq!(reader.get("/v2/app/manifests/v1").await.status, 200);
    assert_eq!(reader.get(&blob).await.text(), "layer");
    for (method, target) in [
        ("POST", "/v2/app/blobs/uploads/"),
        ("PUT", "/v2/app/manifests/v2"),
        ("DELETE", "/v2/app/manifests/v1"),
        ("GET", "/v2/app/tags/list"),
        ("GET", "/v2/_catalog"),
        ("POST", "/v2/none/blobs/uploads/"),
    ] {
        let answer = reader.send(method, target, &[], b"{}").await;
        assert_eq!((answer.status, code(&answer).as_str()), (403, "DENIED"), "{method} {target}");
        assert!(answer.text().contains("is not authorized to perform: ecr:"), "{}", answer.text());
    }
    let half =
        Engine::login_as(&yard, &yard.user("half", allow(&["ecr:InitiateLayerUpload"]))).await;
    let at = half.begin("app").await;
    assert_eq!(half.send("PATCH", &at, &[], b"x").await.status, 403);
    let blind = Engine::login_as(&yard, &yard.user("blind", allow(&PULL[..2]))).await;
    assert_eq!(blind.get("/v2/app/manifests/v1").await.status, 200);
    assert_eq!(blind.get(&blob).await.status, 403);
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repositorys_policy_grants_and_forbids() {
    let yard = with_repository("app").await;
    let root = Engine::login(&yard).await;
    root.push("app", "v1", &[b"layer"]).await;
    let guest = yard.user("guest", allow(&[]));
    let engine = Engine::login_as(&yard, &guest).await;
    assert_eq!(engine.get("/v2/app/manifests/v1").await.status, 403);
    let none = json!({ "repositoryName": "app" });
    assert_eq!(
        refused(&yard, "GetRepositoryPolicy", none.clone()).await,
        "RepositoryPolicyNotFoundException"
    );
    let policy = |effect: &str, actions: Value, principal: &str| {
        json!({ "Version": "2012-10-17", "Statement": [{
            "Sid": "new statement", "Effect": effect, "Principal": { "AWS": principal },
            "Action": actions,
        }] })
        .to_string()
    };
    let guest_arn = "arn:aws:iam::123456789012:user/guest";
    let text = policy("Allow", json!(PULL), guest_arn);
    let set = |text: &str| json!({ "repositoryName": "app", "policyText": text });
    ok(&yard, "SetRepositoryPolicy", set(&text)).await;
    assert_eq!(ok(&yard, "GetRepositoryPolicy", none.clone()).await["policyText"], text);
    assert_eq!(engine.get("/v2/app/manifests/v1").await.status, 200);
    let root_arn = "arn:aws:iam::123456789012:root";
    let text = policy("Deny", json!("ecr:BatchGetImage"), root_arn);
    ok(&yard, "SetRepositoryPolicy", set(&text)).await;
    assert_eq!(root.get("/v2/app/manifests/v1").await.status, 403, "a denial binds all");
    let locked = policy("Deny", json!("ecr:*"), root_arn);
    for bad in ["", "{}", &locked] {
        let code = refused(&yard, "SetRepositoryPolicy", set(bad)).await;
        assert_eq!(code, "InvalidParameterException", "{bad}");
    }
    ok(&yard, "DeleteRepositoryPolicy", none.clone()).await;
    assert_eq!(root.get("/v2/app/manifests/v1").await.status, 200);
    assert_eq!(engine.get("/v2/app/manifests/v1").await.status, 403);
    assert_eq!(
        refused(&yard, "DeleteRepositoryPolicy", none).await,
        "RepositoryPolicyNotFoundException"
    );
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_end_with_their_time_and_their_user() {
    let clock = ManualClock::new(SystemClock.now());
    let yard = builder().clock(Arc::clone(&clock) as types::SharedClock).start().await;
    ok(&yard, "CreateRepository", json!({ "repositoryName": "app" })).await;
    let keys = yard.user("user", allow(&PULL));
    let root = Engine::login(&yard).await;
    let user = Engine::login_as(&yard, &keys).await;
    clock.advance_millis(12 * 3_600_000 - 1_000);
    assert_eq!(user.get("/v2/").await.status, 200);
    yard.identity.remove_key(&keys.id);
    assert_eq!(user.get("/v2/").await.status, 401, "the user is gone");
    clock.advance_millis(1_000);
    let answer = root.get("/v2/").await;
    assert_eq!((answer.status, code(&answer).as_str()), (403, "DENIED"));
    assert!(answer.text().contains("has expired"), "{}", answer.text());
    yard.stop().await;
}
