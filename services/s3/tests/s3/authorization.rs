//! Who may do what.

use serde_json::{Value, json};
use testkit::{Keys, TestYard};

use crate::{send, yard};

const KMS_KEY_HEADER: &str = "x-amz-server-side-encryption-aws-kms-key-id";

fn allow(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

async fn as_user(yard: &TestYard, keys: &Keys, method: &str, target: &str, body: &[u8]) -> u16 {
    yard.send(Some(keys), "s3", method, target, &[], body.to_vec()).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn each_action_is_asked_for_on_its_resource() {
    let yard = yard().await;
    send(&yard, "PUT", "/bucket", &[], b"").await;
    send(&yard, "PUT", "/bucket/a/k", &[("x-amz-tagging", "team=red")], b"x").await;
    send(&yard, "PUT", "/bucket/b/k", &[], b"x").await;
    let reader = yard.user(
        "reader",
        allow(json!([
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/a/*"},
            {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::bucket",
             "Condition": {"StringLike": {"s3:prefix": "a/*"}}},
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*",
             "Condition": {"StringEquals": {"s3:ExistingObjectTag/team": "blue"}}},
        ])),
    );
    let cases = [
        ("GET", "/bucket/a/k", 200),
        ("HEAD", "/bucket/a/k", 200),
        ("GET", "/bucket/b/k", 403),
        ("GET", "/bucket/a/absent", 404),
        ("GET", "/bucket/b/absent", 403),
        ("GET", "/bucket?list-type=2&prefix=a/", 200),
        ("GET", "/bucket?list-type=2", 403),
        ("GET", "/bucket?versions", 403),
        ("PUT", "/bucket/a/k", 403),
        ("DELETE", "/bucket/a/k", 403),
        ("GET", "/bucket/a/k?tagging", 403),
        ("GET", "/bucket/a/k?versionId=null", 403),
        ("GET", "/bucket?policy", 403),
        ("GET", "/", 403),
        ("DELETE", "/bucket", 403),
        ("POST", "/bucket/a/k?uploads", 403),
    ];
    for (method, target, status) in cases {
        assert_eq!(as_user(&yard, &reader, method, target, b"").await, status, "{method} {target}");
    }
    send(&yard, "PUT", "/bucket/b/k", &[("x-amz-tagging", "team=blue")], b"x").await;
    assert_eq!(as_user(&yard, &reader, "GET", "/bucket/b/k", b"").await, 200);
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_decided_object_by_object() {
    let yard = yard().await;
    send(&yard, "PUT", "/bucket", &[], b"").await;
    for key in ["a/k", "b/k"] {
        send(&yard, "PUT", &format!("/bucket/{key}"), &[], b"x").await;
    }
    let deleter = yard.user(
        "deleter",
        allow(json!([{"Effect": "Allow", "Action": "s3:DeleteObject",
                      "Resource": "arn:aws:s3:::bucket/a/*"}])),
    );
    let body = b"<Delete><Object><Key>a/k</Key></Object><Object><Key>b/k</Key></Object></Delete>";
    let answer =
        yard.send(Some(&deleter), "s3", "POST", "/bucket?delete", &[], body.to_vec()).await;
    assert_eq!(answer.status, 200);
    let text = answer.text();
    assert!(text.contains("<Deleted><Key>a/k</Key></Deleted>"), "{text}");
    assert!(text.contains("<Error><Key>b/k</Key><Code>AccessDenied</Code>"), "{text}");
    assert_eq!(send(&yard, "GET", "/bucket/b/k", &[], b"").await.status, 200);
    assert_eq!(send(&yard, "GET", "/bucket/a/k", &[], b"").await.status, 404);
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_policy_grants_and_denies() {
    let yard = yard().await;
    send(&yard, "PUT", "/bucket", &[], b"").await;
    send(&yard, "PUT", "/bucket/k", &[], b"x").await;
    let nobody = yard.user(
        "nobody",
        allow(json!([{"Effect": "Deny", "Action": "iam:*",
                                                   "Resource": "*"}])),
    );
    assert_eq!(as_user(&yard, &nobody, "GET", "/bucket/k", b"").await, 403);
    let policy = allow(json!([
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:user/nobody"},
         "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject",
         "Resource": "arn:aws:s3:::bucket/*"},
    ]));
    let put = send(&yard, "PUT", "/bucket?policy", &[], policy.to_string().as_bytes()).await;
    assert_eq!(put.status, 204, "{}", put.text());
    assert_eq!(as_user(&yard, &nobody, "GET", "/bucket/k", b"").await, 200);
    let denied = send(&yard, "DELETE", "/bucket/k", &[], b"").await;
    assert_eq!(denied.status, 403, "a deny binds even root");
    assert_eq!(send(&yard, "DELETE", "/bucket?policy", &[], b"").await.status, 204);
    assert_eq!(as_user(&yard, &nobody, "GET", "/bucket/k", b"").await, 403);
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_reads_its_source() {
    let yard = yard().await;
    send(&yard, "PUT", "/bucket", &[], b"").await;
    send(&yard, "PUT", "/bucket/secret", &[], b"x").await;
    send(&yard, "PUT", "/bucket/open", &[], b"x").await;
    let copier = yard.user(
        "copier",
        allow(json!([
            {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::bucket/*"},
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/open"},
        ])),
    );
    for (source, status) in [("/bucket/open", 200), ("/bucket/secret", 403)] {
        let headers = [("x-amz-copy-source", source)];
        let answer = yard.send(Some(&copier), "s3", "PUT", "/bucket/t", &headers, vec![]).await;
        assert_eq!(answer.status, status, "{source}: {}", answer.text());
    }
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sse_kms_needs_the_key() {
    let yard = yard().await;
    send(&yard, "PUT", "/bucket", &[], b"").await;
    let key = crate::fake_kms::KEY;
    let headers = [("x-amz-server-side-encryption", "aws:kms"), (KMS_KEY_HEADER, key)];
    assert_eq!(send(&yard, "PUT", "/bucket/k", &headers, b"x").await.status, 200);
    let s3_only = yard
        .user("s3-only", allow(json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}])));
    let both = yard.user(
        "both",
        allow(json!([
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
            {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
             "Resource": key},
        ])),
    );
    assert_eq!(as_user(&yard, &s3_only, "GET", "/bucket/k", b"").await, 403);
    assert_eq!(as_user(&yard, &both, "GET", "/bucket/k", b"").await, 200);
    for (keys, status) in [(&s3_only, 403), (&both, 200)] {
        let answer = yard.send(Some(keys), "s3", "PUT", "/bucket/k", &headers, b"y".to_vec()).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    yard.stop().await;
}

/// As S3's guide has it: `kms:GenerateDataKey` to begin an upload, `kms:Decrypt` to add to it, and
/// to complete one that has checksums.
#[tokio::test(flavor = "multi_thread")]
async fn parts_under_sse_kms_need_the_key() {
    let yard = yard().await;
    send(&yard, "PUT", "/bucket", &[], b"").await;
    send(&yard, "PUT", "/bucket/source", &[], b"x").await;
    let sealed = [
        ("x-amz-server-side-encryption", "aws:kms"),
        ("x-amz-checksum-algorithm", "CRC32"),
        (KMS_KEY_HEADER, crate::fake_kms::KEY),
    ];
    let begin = async |keys: &Keys, headers: &[(&str, &str)]| {
        yard.send(Some(keys), "s3", "POST", "/bucket/k?uploads", headers, vec![]).await
    };
    let with = |name: &str, actions: Value| {
        yard.user(
            name,
            allow(json!([
                {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
                {"Effect": "Allow", "Action": actions, "Resource": crate::fake_kms::KEY},
            ])),
        )
    };
    let generator = with("generator", json!("kms:GenerateDataKey"));
    let decrypter = with("decrypter", json!("kms:Decrypt"));
    assert_eq!(begin(&decrypter, &sealed).await.status, 403);
    let begun = begin(&generator, &sealed).await;
    let text = begun.text();
    assert_eq!(begun.status, 200, "{text}");
    let id = text.split("UploadId>").nth(1).unwrap().trim_end_matches("</").to_owned();
    let part = format!("/bucket/k?partNumber=1&uploadId={id}");
    assert_eq!(as_user(&yard, &generator, "PUT", &part, b"x").await, 403);
    let copied = [("x-amz-copy-source", "/bucket/source")];
    for (keys, status) in [(&generator, 403), (&decrypter, 200)] {
        let answer = yard.send(Some(keys), "s3", "PUT", &part, &copied, vec![]).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    let put = yard.send(Some(&decrypter), "s3", "PUT", &part, &[], b"x".to_vec()).await;
    assert_eq!(put.status, 200, "{}", put.text());
    let complete = format!("/bucket/k?uploadId={id}");
    let etag = put.header("etag").unwrap();
    let body = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part>\
         </CompleteMultipartUpload>"
    );
    for (keys, status) in [(&generator, 403), (&decrypter, 200)] {
        let answer = as_user(&yard, keys, "POST", &complete, body.as_bytes()).await;
        assert_eq!(answer, status);
    }
    // Without a KMS key nobody asks for one.
    let plain = begin(&generator, &[]).await.text();
    let id = plain.split("UploadId>").nth(1).unwrap().trim_end_matches("</").to_owned();
    let part = format!("/bucket/k?partNumber=1&uploadId={id}");
    assert_eq!(as_user(&yard, &generator, "PUT", &part, b"x").await, 200);
    yard.stop().await;
}

/// AWS lets the root user of a bucket's account change its policy whatever the policy says.
#[tokio::test(flavor = "multi_thread")]
async fn root_is_not_locked_out_by_a_bucket_policy() {
    let yard = yard().await;
    send(&yard, "PUT", "/bucket", &[], b"").await;
    let deny = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"],
    }]});
    let put = send(&yard, "PUT", "/bucket?policy", &[], deny.to_string().as_bytes()).await;
    assert!(put.status < 300, "{}", put.text());
    let everything = json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]);
    let user = yard.user("administrator", allow(everything));
    assert_eq!(send(&yard, "GET", "/bucket", &[], b"").await.status, 403);
    assert_eq!(as_user(&yard, &user, "DELETE", "/bucket?policy", b"").await, 403);
    assert_eq!(send(&yard, "GET", "/bucket?policy", &[], b"").await.status, 200);
    assert_eq!(send(&yard, "DELETE", "/bucket?policy", &[], b"").await.status, 204);
    assert_eq!(send(&yard, "GET", "/bucket", &[], b"").await.status, 200);
    yard.stop().await;
}
