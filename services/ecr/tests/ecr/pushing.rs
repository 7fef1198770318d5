//! Pushes and pulls by the registry protocol.

use serde_json::{Value, json};

use crate::oci::{DOCKER, Engine, INDEX, OCI, code, digest, image};
use crate::{ok, with_repository};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pushed_is_pulled() {
    let yard = with_repository("team/app").await;
    let engine = Engine::login(&yard).await;
    assert_eq!(engine.get("/v2/").await.status, 200);
    let large: Vec<u8> = (0..3_000_000_u32).map(|at| ((at * 31) >> 3) as u8).collect();
    let pushed = engine.push("team/app", "v1", &[&large, b"small"]).await;

    for reference in ["v1", &pushed] {
        let answer = engine.get(&format!("/v2/team/app/manifests/{reference}")).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(DOCKER)));
        assert_eq!(digest(&answer.body), pushed);
        let target = format!("/v2/team/app/manifests/{reference}");
        let head = engine.send("HEAD", &target, &[], b"").await;
        assert_eq!(head.header("docker-content-digest"), Some(pushed.as_str()));
        let length = answer.body.len().to_string();
        assert_eq!(head.header("content-length"), Some(length.as_str()));
    }
    let at = format!("/v2/team/app/blobs/{}", digest(&large));
    let head = engine.send("HEAD", &at, &[], b"").await;
    assert_eq!((head.status, head.header("content-length")), (200, Some("3000000")));
    assert_eq!(engine.get(&at).await.body, large);
    let part = engine.send("GET", &at, &[("range", "bytes=2999990-")], b"").await;
    assert_eq!(part.header("content-range"), Some("bytes 2999990-2999999/3000000"));
    assert_eq!((part.status, &part.body[..]), (206, &large[2_999_990..]));
    assert_eq!(engine.send("GET", &at, &[("range", "bytes=3000000-")], b"").await.status, 416);

    let absent = engine.get(&format!("/v2/team/app/blobs/{}", digest(b"no"))).await;
    assert_eq!((absent.status, code(&absent).as_str()), (404, "BLOB_UNKNOWN"));
    let absent = engine.get("/v2/team/app/manifests/v2").await;
    assert_eq!((absent.status, code(&absent).as_str()), (404, "MANIFEST_UNKNOWN"));
    let absent = engine.get("/v2/team/other/manifests/v1").await;
    assert_eq!((absent.status, code(&absent).as_str()), (404, "NAME_UNKNOWN"));
    let absent = engine.send("POST", "/v2/team/other/blobs/uploads/", &[], b"").await;
    assert_eq!((absent.status, code(&absent).as_str()), (404, "NAME_UNKNOWN"));
    assert!(absent.text().contains("'team/other' does not exist in the registry with id"));
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_in_pieces_are_gone_on_with_where_they_broke_off() {
    let yard = with_repository("app").await;
    let engine = Engine::login(&yard).await;
    let at = engine.begin("app").await;
    let answer = engine.send("PATCH", &at, &[("content-range", "0-4")], b"first").await;
    assert_eq!((answer.status, answer.header("range")), (202, Some("0-4")));
    let again = engine.send("PATCH", &at, &[("content-range", "0-4")], b"first").await;
    assert_eq!((again.status, code(&again).as_str()), (416, "BLOB_UPLOAD_INVALID"));
    let status = engine.get(&at).await;
    assert_eq!((status.status, status.header("range")), (204, Some("0-4")));
    let answer = engine.send("PATCH", &at, &[], b" second").await;
    assert_eq!(answer.header("range"), Some("0-11"));
    let whole = digest(b"first second third");
    let wrong = engine.send("PUT", &format!("{at}?digest={whole}"), &[], b"").await;
    assert_eq!((wrong.status, code(&wrong).as_str()), (400, "DIGEST_INVALID"));
    let done = engine.send("PUT", &format!("{at}?digest={whole}"), &[], b" third").await;
    assert_eq!(done.status, 201, "{}", done.text());
    let blob = engine.get(&format!("/v2/app/blobs/{whole}")).await;
    assert_eq!(blob.text(), "first second third");
    let part =
        engine.send("GET", &format!("/v2/app/blobs/{whole}"), &[("range", "bytes=3-8")], b"").await;
    assert_eq!(part.text(), "st sec", "a range over pieces");
    let gone = engine.get(&at).await;
    assert_eq!((gone.status, code(&gone).as_str()), (404, "BLOB_UPLOAD_UNKNOWN"));

    let once = digest(b"at once");
    let target = format!("/v2/app/blobs/uploads/?digest={once}");
    assert_eq!(engine.send("POST", &target, &[], b"at once").await.status, 201);
    assert_eq!(engine.send("POST", &target, &[], b"at once").await.status, 201, "it is there");
    assert_eq!(engine.send("POST", &target, &[], b"other").await.status, 400);
    let at = engine.begin("app").await;
    assert_eq!(engine.send("DELETE", &at, &[], b"").await.status, 204);
    assert_eq!(engine.get(&at).await.status, 404);
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pieces_are_where_and_as_long_as_they_say() {
    let yard = with_repository("app").await;
    let engine = Engine::login(&yard).await;
    let at = engine.begin("app").await;
    assert_eq!(engine.send("PATCH", &at, &[("content-range", "0-4")], b"first").await.status, 202);
    for (range, bytes) in [
        // Before and behind what is there, shorter and longer than they say, backwards, nonsense.
        ("4-8", "piece"),
        ("6-10", "piece"),
        ("5-8", "piece"),
        ("5-10", "piece"),
        ("9-5", "piece"),
        ("5-", "piece"),
        ("x", "piece"),
        ("5-9", ""),
    ] {
        for method in ["PATCH", "PUT"] {
            if method == "PUT" && bytes.is_empty() {
                continue;
            }
            let whole = digest(format!("first{bytes}").as_bytes());
            let query = if method == "PUT" { format!("?digest={whole}") } else { String::new() };
            let target = format!("{at}{query}");
            let headers = [("content-range", range)];
            let answer = engine.send(method, &target, &headers, bytes.as_bytes()).await;
            let told = (answer.status, code(&answer));
            assert_eq!(told, (416, "BLOB_UPLOAD_INVALID".to_owned()), "{method} {range}");
        }
    }
    // Nothing of all that has come in.
    assert_eq!(engine.get(&at).await.header("range"), Some("0-4"));
    let whole = digest(b"firstpiece");
    let headers = [("content-range", "5-9")];
    let done = engine.send("PUT", &format!("{at}?digest={whole}"), &headers, b"piece").await;
    assert_eq!(done.status, 201, "{}", done.text());
    yard.stop().await;
}

/// AWS tells the largest of an index; a sum of sums would soon be no number.
#[tokio::test(flavor = "multi_thread")]
async fn an_index_is_as_large_as_its_largest_image() {
    let yard = with_repository("app").await;
    let engine = Engine::login(&yard).await;
    let small = engine.push("app", "small", &[b"a"]).await;
    let large = engine.push("app", "large", &[b"a", b"a longer layer"]).await;
    let size = |digest: String| {
        let yard = &yard;
        async move {
            let ids = json!([{ "imageDigest": digest }]);
            let input = json!({ "repositoryName": "app", "imageIds": ids });
            let found = ok(yard, "DescribeImages", input).await;
            found["imageDetails"][0]["imageSizeInBytes"].as_i64().unwrap()
        }
    };
    let (one, other) = (size(small.clone()).await, size(large.clone()).await);
    assert!(one < other);
    let mut listed = vec![large, small];
    for level in 0..3 {
        let children: Vec<Value> = listed
            .iter()
            .map(|digest| json!({ "mediaType": DOCKER, "digest": digest, "size": 1 }))
            .collect();
        listed.clear();
        for name in ["a", "b"] {
            let index = json!({
                "schemaVersion": 2, "mediaType": INDEX, "manifests": children,
                "annotations": { "name": name },
            });
            let tag = format!("index-{level}-{name}");
            assert_eq!(engine.put_manifest("app", &tag, INDEX, &index).await.status, 201);
            let index = digest(index.to_string().as_bytes());
            assert_eq!(size(index.clone()).await, other, "{tag}");
            listed.push(index);
        }
    }
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn layers_are_mounted_by_who_could_pull_them() {
    let yard = with_repository("one").await;
    ok(&yard, "CreateRepository", json!({ "repositoryName": "two" })).await;
    let root = Engine::login(&yard).await;
    let layer = root.push_blob("one", b"shared").await;
    let mount = format!("/v2/two/blobs/uploads/?mount={layer}&from=one");
    let statement = |action: Value, resource: &str| {
        let resource = format!("arn:aws:ecr:us-east-1:123456789012:repository/{resource}");
        json!({ "Effect": "Allow", "Action": action, "Resource": resource })
    };
    let token =
        json!({ "Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*" });
    let narrow = yard.user(
        "narrow",
        json!({ "Version": "2012-10-17", "Statement": [token, statement(json!("ecr:*"), "two")] }),
    );
    let narrow = Engine::login_as(&yard, &narrow).await;
    assert_eq!(narrow.send("POST", &mount, &[], b"").await.status, 202, "to be sent");
    assert_eq!(narrow.get(&format!("/v2/two/blobs/{layer}")).await.status, 404);
    assert_eq!(root.send("POST", &mount, &[], b"").await.status, 201);
    assert_eq!(narrow.get(&format!("/v2/two/blobs/{layer}")).await.text(), "shared");
    // What one repository gives up, the other has still.
    ok(&yard, "DeleteRepository", json!({ "repositoryName": "one", "force": true })).await;
    assert_eq!(root.get(&format!("/v2/two/blobs/{layer}")).await.text(), "shared");
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn manifests_name_what_is_there() {
    let yard = with_repository("app").await;
    let engine = Engine::login(&yard).await;
    let config = engine.push_blob("app", b"{}").await;
    let missing = image(b"{}", &[b"missing"]);
    let answer = engine.put_manifest("app", "v1", DOCKER, &missing).await;
    assert_eq!((answer.status, code(&answer).as_str()), (404, "MANIFEST_BLOB_UNKNOWN"));
    assert!(answer.text().contains(&digest(b"missing")), "{}", answer.text());
    let mut lying = image(b"{}", &[]);
    lying["config"]["size"] = json!(3);
    let answer = engine.put_manifest("app", "v1", DOCKER, &lying).await;
    assert_eq!((answer.status, code(&answer).as_str()), (400, "MANIFEST_INVALID"));
    let other = digest(b"other");
    let answer = engine.put_manifest("app", &other, DOCKER, &image(b"{}", &[])).await;
    assert_eq!((answer.status, code(&answer).as_str()), (400, "DIGEST_INVALID"));
    let answer = engine.put_manifest("app", "-bad", DOCKER, &image(b"{}", &[])).await;
    assert_eq!((answer.status, code(&answer).as_str()), (400, "TAG_INVALID"));
    let old = json!({ "schemaVersion": 1 });
    let answer = engine.put_manifest("app", "v1", DOCKER, &old).await;
    assert!(answer.text().contains("schema 1"), "{}", answer.text());

    let good = image(b"{}", &[]);
    let child = digest(good.to_string().as_bytes());
    let index = json!({
        "schemaVersion": 2, "mediaType": INDEX,
        "manifests": [{ "mediaType": DOCKER, "digest": child, "size": good.to_string().len() }],
    });
    let answer = engine.put_manifest("app", "many", INDEX, &index).await;
    assert_eq!(code(&answer), "MANIFEST_BLOB_UNKNOWN", "{}", answer.text());
    assert_eq!(engine.put_manifest("app", &child, DOCKER, &good).await.status, 201);
    assert_eq!(engine.put_manifest("app", "many", INDEX, &index).await.status, 201);
    let answer = engine.send("DELETE", &format!("/v2/app/manifests/{child}"), &[], b"").await;
    assert_eq!(answer.status, 400, "an index lists it: {}", answer.text());

    let artifact = json!({
        "schemaVersion": 2, "mediaType": OCI, "artifactType": "application/x.sbom",
        "config": { "mediaType": "application/vnd.oci.empty.v1+json", "digest": config, "size": 2 },
        "layers": [],
        "subject": { "mediaType": DOCKER, "digest": child, "size": good.to_string().len() },
        "annotations": { "made": "today" },
    });
    let by = digest(artifact.to_string().as_bytes());
    let answer = engine.put_manifest("app", &by, OCI, &artifact).await;
    assert_eq!((answer.status, answer.header("oci-subject")), (201, Some(child.as_str())));
    let referrers = engine.get(&format!("/v2/app/referrers/{child}")).await;
    assert_eq!(referrers.header("content-type"), Some(INDEX));
    let found = &referrers.json()["manifests"];
    assert_eq!(
        (&found[0]["digest"], &found[0]["annotations"]["made"]),
        (&json!(by), &json!("today"))
    );
    let none = engine.get(&format!("/v2/app/referrers/{child}?artifactType=application/y")).await;
    assert_eq!(none.json()["manifests"], json!([]));
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_move_unless_the_repository_is_immutable() {
    let yard = with_repository("app").await;
    let engine = Engine::login(&yard).await;
    let first = engine.push("app", "v1", &[b"a"]).await;
    let second = engine.push("app", "v1", &[b"b"]).await;
    assert_ne!(first, second);
    let now = engine.send("HEAD", "/v2/app/manifests/v1", &[], b"").await;
    assert_eq!(now.header("docker-content-digest"), Some(second.as_str()));
    let input = json!({
        "repositoryName": "app",
        "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
        "imageTagMutabilityExclusionFilters": [{ "filterType": "WILDCARD", "filter": "dev*" }],
    });
    ok(&yard, "PutImageTagMutability", input).await;
    engine.push("app", "v1", &[b"b"]).await;
    engine.push_blob("app", b"c").await;
    let config = json!({ "architecture": "amd64", "os": "linux", "about": 1 }).to_string();
    let third = image(config.as_bytes(), &[b"c"]);
    let answer = engine.put_manifest("app", "v1", DOCKER, &third).await;
    assert_eq!((answer.status, code(&answer).as_str()), (400, "TAG_INVALID"));
    assert!(answer.text().contains("because the repository is immutable"), "{}", answer.text());
    engine.push("app", "dev1", &[b"a"]).await;
    engine.push("app", "dev1", &[b"b"]).await;

    let tags = |query: &'static str| {
        let engine = &engine;
        async move { engine.get(&format!("/v2/app/tags/list{query}")).await }
    };
    assert_eq!(tags("").await.json(), json!({ "name": "app", "tags": ["dev1", "v1"] }));
    let page = tags("?n=1").await;
    assert_eq!(page.json()["tags"], json!(["dev1"]));
    assert_eq!(page.header("link"), Some("</v2/app/tags/list?n=1&last=dev1>; rel=\"next\""));
    let page = tags("?n=1&last=dev1").await;
    assert_eq!((page.json()["tags"].clone(), page.header("link")), (json!(["v1"]), None));
    assert_eq!(tags("?n=x").await.status, 400);
    assert_eq!(engine.get("/v2/_catalog").await.json(), json!({ "repositories": ["app"] }));
    yard.stop().await;
}
