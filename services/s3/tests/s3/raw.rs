//! Requests that stock clients do not send.

use testkit::TestYard;

use crate::{send, yard};

async fn with_bucket() -> TestYard {
    let yard = yard().await;
    assert_eq!(send(&yard, "PUT", "/bucket", &[], b"").await.status, 200);
    yard
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_documents_are_refused() {
    let yard = with_bucket().await;
    let too_deep = "<Delete>".repeat(100);
    for body in ["", "<", "<Delete>", "<Other/>", "no xml", &too_deep, "<Delete></Delete>"] {
        let answer = send(&yard, "POST", "/bucket?delete", &[], body.as_bytes()).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
        assert!(answer.text().contains("<Code>MalformedXML</Code>"), "{}", answer.text());
    }
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_xml_with_a_request_id() {
    let yard = with_bucket().await;
    let answer = send(&yard, "GET", "/bucket/absent", &[], b"").await;
    assert_eq!(answer.status, 404);
    let text = answer.text();
    for piece in [
        "<Code>NoSuchKey</Code>",
        "<Message>The specified key does not exist.</Message>",
        "<Key>absent</Key>",
        "<RequestId>",
    ] {
        assert!(text.contains(piece), "{text}");
    }
    assert!(answer.header("x-amz-request-id").is_some() && answer.header("date").is_some());
    let head = send(&yard, "HEAD", "/bucket/absent", &[], b"").await;
    assert_eq!((head.status, head.body.len()), (404, 0));
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_and_subresources_that_do_not_exist() {
    let yard = with_bucket().await;
    let answer = send(&yard, "PATCH", "/bucket/k", &[], b"").await;
    assert_eq!(answer.status, 405, "{}", answer.text());
    let answer = send(&yard, "PUT", "/bucket/k?acl", &[], b"").await;
    assert_eq!(answer.status, 501);
    assert!(answer.text().contains("PutObjectAcl"), "{}", answer.text());
    let answer = send(&yard, "PUT", "/bucket/k?uploadId=x", &[], b"x").await;
    assert_ne!(answer.status, 200, "an upload without a part number is no PutObject");
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn checksums_that_are_not_computed_are_refused_by_name() {
    let yard = with_bucket().await;
    let headers = [("x-amz-checksum-xxhash3", "AAAA")];
    let answer = send(&yard, "PUT", "/bucket/k", &headers, b"x").await;
    assert_eq!(answer.status, 501);
    assert!(answer.text().contains("xxhash3"), "{}", answer.text());
    let two = [("x-amz-checksum-crc32", "AAAAAA=="), ("x-amz-checksum-sha1", "AAAA")];
    let answer = send(&yard, "PUT", "/bucket/k", &two, b"x").await;
    assert_eq!(answer.status, 400);
    assert_eq!(send(&yard, "GET", "/bucket/k", &[], b"").await.status, 404, "nothing was kept");

    // Documents have sums, too.
    send(&yard, "PUT", "/bucket/k", &[], b"x").await;
    let document = b"<Delete><Object><Key>k</Key></Object></Delete>";
    for (header, value, code) in [
        ("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==", "BadDigest"),
        ("x-amz-checksum-crc32", "AAAAAA==", "BadDigest"),
        ("x-amz-checksum-xxhash3", "AAAA", "NotImplemented"),
    ] {
        let answer = send(&yard, "POST", "/bucket?delete", &[(header, value)], document).await;
        assert!(answer.text().contains(&format!("<Code>{code}</Code>")), "{}", answer.text());
    }
    assert_eq!(send(&yard, "GET", "/bucket/k", &[], b"").await.status, 200, "nothing went");
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_clients_bring_are_refused_by_any_of_their_headers() {
    let yard = with_bucket().await;
    for header in ["algorithm", "key", "key-md5"] {
        let name = format!("x-amz-server-side-encryption-customer-{header}");
        for (method, target) in
            [("PUT", "/bucket/k"), ("GET", "/bucket/k"), ("POST", "/bucket/k?uploads")]
        {
            let answer = send(&yard, method, target, &[(&name, "AES256")], b"").await;
            assert_eq!(answer.status, 501, "{method} {target} {name}");
            assert!(answer.text().contains("SSE-C"), "{}", answer.text());
        }
    }
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn anyone_may_read_what_a_public_policy_gives_and_nothing_else() {
    let yard = with_bucket().await;
    send(&yard, "PUT", "/bucket/k", &[], b"public").await;
    let anonymous = |target: &'static str| yard.send(None, "s3", "GET", target, &[], Vec::new());
    assert_eq!(anonymous("/bucket/k").await.status, 403);
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",
        "Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}]}"#;
    let put = || send(&yard, "PUT", "/bucket?policy", &[], policy.as_bytes());
    assert_eq!(put().await.status, 403, "public policies are blocked at first");
    assert_eq!(send(&yard, "DELETE", "/bucket?publicAccessBlock", &[], b"").await.status, 204);
    assert_eq!(put().await.status, 204);
    let answer = anonymous("/bucket/k").await;
    assert_eq!((answer.status, answer.text().as_str()), (200, "public"));
    assert_eq!(anonymous("/bucket/k?response-content-type=text/html").await.status, 400);
    assert_eq!(anonymous("/bucket/absent").await.status, 403, "absence is told to listers only");
    assert_eq!(anonymous("/bucket").await.status, 403);
    let restrict = b"<PublicAccessBlockConfiguration>\
        <RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>";
    assert_eq!(send(&yard, "PUT", "/bucket?publicAccessBlock", &[], restrict).await.status, 200);
    assert_eq!(anonymous("/bucket/k").await.status, 403);
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_event_bus_is_told_where_the_bucket_asks() {
    let yard = with_bucket().await;
    let events = || {
        let read = |tx: &store::ReadTx<'_>| tx.events_after(0, 100);
        yard.yard().store().read(read).unwrap().into_iter().map(|(_, it)| it).collect::<Vec<_>>()
    };
    send(&yard, "PUT", "/bucket/before", &[], b"x").await;
    assert!(events().is_empty());
    let on = b"<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>";
    assert_eq!(send(&yard, "PUT", "/bucket?notification", &[], on).await.status, 200);
    send(&yard, "PUT", "/bucket/k", &[], b"four").await;
    send(&yard, "DELETE", "/bucket/k", &[], b"").await;
    send(&yard, "DELETE", "/bucket/k", &[], b"").await;
    let told = events();
    let kinds: Vec<_> = told.iter().map(|it| it.detail_type.as_str()).collect();
    assert_eq!(kinds, ["Object Created", "Object Deleted"]);
    assert_eq!(told[0].source, "aws.s3");
    assert_eq!(told[0].resources, ["arn:aws:s3:::bucket"]);
    assert_eq!(told[0].detail["bucket"]["name"], "bucket");
    assert_eq!(told[0].detail["object"]["key"], "k");
    assert_eq!(told[0].detail["object"]["size"], 4);
    assert_eq!(told[0].detail["reason"], "PutObject");
    assert_eq!(told[1].detail["deletion-type"], "Permanently Deleted");
    yard.stop().await;
}

/// A body as newer clients send it over TLS: chunks without signatures, a checksum behind them.
#[tokio::test(flavor = "multi_thread")]
async fn chunked_bodies_with_a_checksum_behind() {
    let yard = with_bucket().await;
    crate::stock::run_against(&yard, "chunked.py").await;
    yard.stop().await;
}
