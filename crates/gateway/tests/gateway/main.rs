//! The front door, from the outside: protocols through the stock SDK, and everything hostile.
#![allow(missing_docs, clippy::panic)]

mod services;

use serde_json::json;
use testkit::{Keys, TestYard};

async fn yard() -> TestYard {
    TestYard::start(services::all()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn stock_boto3_speaks_every_protocol() {
    let yard = yard().await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/gateway/boto3_spike.py");
    let output = tokio::process::Command::new(testkit::venv::bin().join("python"))
        .args([script, &yard.url, &yard.root().id, &yard.root().secret])
        .output()
        .await
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("all protocols hold"), "{text}");
}

const GET: &str = "CodeCommit_20150413.GetRepository";

#[tokio::test(flavor = "multi_thread")]
async fn malformed_messages_get_aws_errors() {
    let yard = yard().await;
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", GET)];
    let deep = "[".repeat(100_000);
    for (body, code, says) in [
        ("{", "SerializationException", "Malformed JSON"),
        ("[]", "SerializationException", "Expected a structure"),
        (r#"{"repositoryName": 5}"#, "SerializationException", "'repositoryName'"),
        (deep.as_str(), "SerializationException", "nested deeper"),
        ("{}", "RepositoryNameRequiredException", "must not be null"),
        ("", "RepositoryNameRequiredException", "must not be null"),
    ] {
        let body = body.as_bytes().to_vec();
        let answer = yard.send(Some(&yard.root()), "codecommit", "POST", "/", &headers, body).await;
        let json = answer.json();
        assert_eq!((answer.status, json["__type"].as_str()), (400, Some(code)), "{json}");
        assert!(json["message"].as_str().unwrap().contains(says), "{json}");
        assert!(answer.header("x-amzn-requestid").is_some() && answer.header("date").is_some());
    }
    let (status, json) = yard.json("codecommit", "CodeCommit_20150413.Nonsense", json!({})).await;
    assert_eq!((status, json["__type"].as_str()), (400, Some("UnknownOperationException")));
    let (status, json) = yard.json("ghost", "Ghost_20200101.Boo", json!({})).await;
    assert_eq!((status, json["__type"].as_str()), (400, Some("UnknownOperationException")));
    let (status, xml) = yard.query_as(&yard.root(), "iam", &[("Version", "2010-05-08")]).await;
    assert!(status == 400 && xml.contains("<Code>MissingAction</Code>"), "{xml}");
}

#[tokio::test(flavor = "multi_thread")]
async fn unsigned_and_foreign_signatures_are_refused() {
    let yard = yard().await;
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", GET)];
    let body = br#"{"repositoryName":"r"}"#.to_vec();
    let answer = yard.send(None, "codecommit", "POST", "/", &headers, body.clone()).await;
    assert_eq!(answer.json()["__type"], "MissingAuthenticationTokenException");
    let answer = yard.send(Some(&yard.root()), "iam", "POST", "/", &headers, body.clone()).await;
    assert_eq!(answer.json()["__type"], "InvalidSignatureException", "{}", answer.text());
    let nobody = Keys::new("AKIANOBODY", "x");
    let answer = yard.send(Some(&nobody), "codecommit", "POST", "/", &headers, body).await;
    assert_eq!(answer.json()["__type"], "UnrecognizedClientException");
    let answer = yard.send(None, "s3", "GET", "/b/k", &[], Vec::new()).await;
    assert_eq!(answer.status, 403, "{}", answer.text());
    assert!(answer.text().contains("<Code>AccessDenied</Code>"), "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_decide_and_refusals_can_be_decoded() {
    let yard = yard().await;
    let arn = format!("arn:aws:codecommit:us-east-1:{}:mine", testkit::ACCOUNT);
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "codecommit:Get*", "Resource": "*"},
        {"Sid": "NotOthers", "Effect": "Deny", "Action": "*", "NotResource": arn},
    ]});
    let eve = yard.user("eve", policy);
    let name = |name: &str| json!({"repositoryName": name});
    assert_eq!(yard.json_as(&eve, "codecommit", GET, name("mine")).await.0, 200);
    let (status, refused) = yard.json_as(&eve, "codecommit", GET, name("other")).await;
    assert_eq!((status, refused["__type"].as_str()), (400, Some("AccessDeniedException")));
    let message = refused["message"].as_str().unwrap();
    assert!(message.contains("user/eve is not authorized to perform: codecommit:GetRepository"));
    assert!(message.contains("explicit deny in an identity-based policy"), "{message}");
    let encoded = message.rsplit(": ").next().unwrap();
    let decoded = service::decode_authorization_message(yard.yard(), encoded).unwrap();
    assert!(
        decoded.contains("NotOthers") && decoded.contains("\"explicitDeny\":true"),
        "{decoded}"
    );
    assert!(service::decode_authorization_message(yard.yard(), &encoded[1..]).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_yards_own_pages() {
    let yard = yard().await;
    let answer = yard.send(None, "", "GET", gateway::HEALTH_PATH, &[], Vec::new()).await;
    assert_eq!((answer.status, answer.json()["status"].as_str()), (200, Some("ok")));
    let answer = yard.send(None, "", "POST", gateway::RESET_PATH, &[], Vec::new()).await;
    assert_eq!(answer.status, 403, "reset is for test mode");
    let answer = yard.send(None, "", "GET", "/_codeyard/nothing", &[], Vec::new()).await;
    assert_eq!(answer.status, 404);
}

/// The memory for bodies is one process's, and so all tests' in it: one of these at a time.
static LARGE_BODIES: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

#[tokio::test(flavor = "multi_thread")]
async fn large_bodies_and_heads_are_bounded() {
    let _alone = LARGE_BODIES.lock().await;
    let yard = yard().await;
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", GET)];
    let body = vec![b' '; gateway::MAX_BODY + 1];
    let answer = yard.send(Some(&yard.root()), "codecommit", "POST", "/", &headers, body).await;
    assert_eq!(answer.status, 413, "{}", answer.text());
    let long = "x".repeat(4 * gateway::MAX_HEAD);
    let answer = yard.send(None, "s3", "GET", "/b/k", &[("x-long", &long)], Vec::new()).await;
    assert_eq!(answer.status, 431);
}

/// A client that is refused while it sends is told so: it is not cut off with its words unread.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_while_sending_reads_why() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let yard = yard().await;
    let host = yard.url.trim_start_matches("http://").to_owned();
    let piece = vec![b'x'; 1 << 20];
    for (head, pieces, status) in [
        ("PUT /b/k HTTP/1.1\r\nauthorization: AWS4-HMAC-SHA256 nonsense", 24, "400"),
        ("PUT /b/k HTTP/1.1\r\nx-amz-target: Ghost.Boo", 24, "400"),
        ("POST /x HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded", 24, "413"),
    ] {
        let mut client = tokio::net::TcpStream::connect(&host).await.unwrap();
        let head = format!("{head}\r\nhost: {host}\r\ncontent-length: {}\r\n\r\n", pieces << 20);
        client.write_all(head.as_bytes()).await.unwrap();
        for _ in 0..pieces {
            client.write_all(&piece).await.unwrap();
        }
        let mut answer = [0; 12];
        client.read_exact(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert_eq!(answer, format!("HTTP/1.1 {status}"), "{head}");
        // Everything of it was read: the connection serves the next request.
        client.write_all(b"GET /_codeyard/health HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        let mut rest = vec![0; 4096];
        let mut all = String::new();
        while !all.contains("HTTP/1.1 200") {
            let count = client.read(&mut rest).await.unwrap();
            assert!(count > 0, "{all}");
            all.push_str(&String::from_utf8_lossy(&rest[..count]));
        }
    }
    // Who asks first whether he may is not made to send it.
    let mut client = tokio::net::TcpStream::connect(&host).await.unwrap();
    let head = format!(
        "PUT /b/k HTTP/1.1\r\nauthorization: AWS4-HMAC-SHA256 nonsense\r\nhost: {host}\r\n\
         expect: 100-continue\r\ncontent-length: 1000000\r\n\r\n"
    );
    client.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    client.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 400");
}

/// Nobody can check these chunks' signatures, but their framing is no part of the object.
#[tokio::test(flavor = "multi_thread")]
async fn unproven_chunked_bodies_are_taken_out_of_their_chunks() {
    let yard = TestYard::builder(services::all()).test_mode().start().await;
    let nobody = Keys::new("AKIANOBODY", "x");
    let signature = "0".repeat(64);
    let signed =
        format!("3;chunk-signature={signature}\r\nabc\r\n0;chunk-signature={signature}\r\n");
    let trailer = "x-amz-checksum-crc32:NSRBwg==\r\n";
    for (kind, body, sum) in [
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", format!("{signed}\r\n"), None),
        (
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
            format!("{signed}{trailer}x-amz-trailer-signature:{signature}\r\n\r\n"),
            Some("NSRBwg=="),
        ),
        (
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            format!("3\r\nabc\r\n0\r\n{trailer}\r\n"),
            Some("NSRBwg=="),
        ),
    ] {
        let trailers = if sum.is_some() { "x-amz-checksum-crc32" } else { "" };
        let headers = [
            ("x-amz-content-sha256", kind),
            ("x-amz-decoded-content-length", "3"),
            ("x-amz-trailer", trailers),
        ];
        let put = |headers: Vec<(&'static str, String)>, body: &str| {
            let (yard, nobody, body) = (&yard, &nobody, body.as_bytes().to_vec());
            async move {
                let headers: Vec<(&str, &str)> =
                    headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
                yard.send(Some(nobody), "s3", "PUT", "/b/k", &headers, body).await
            }
        };
        let all = headers.map(|(name, value)| (name, value.to_owned())).to_vec();
        let answer = put(all.clone(), &body).await;
        assert_eq!(answer.status, 200, "{kind}: {}", answer.text());
        assert_eq!(answer.header("etag"), Some("\"3-0\""), "{kind}");
        assert_eq!(answer.header("x-amz-checksum-crc32"), sum, "{kind}");
        let answer = put(all, &body.replace("abc", "abcd")).await;
        assert_ne!(answer.status, 200, "{kind}: a chunk longer than it says");
        let answer = put(vec![("x-amz-content-sha256", kind.to_owned())], &body).await;
        assert_eq!(answer.status, 411, "{kind}: {}", answer.text());
    }
}

/// Signatures cover the body, so anybody can make the yard read one: all of them together must fit.
#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_read_before_their_sender_is_known_are_bounded_together() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let _alone = LARGE_BODIES.lock().await;
    let yard = yard().await;
    let host = yard.url.trim_start_matches("http://").to_owned();
    let head = format!(
        "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n\r\n",
        gateway::MAX_BODY
    );
    let almost = vec![b'a'; gateway::MAX_BODY - 1];
    let mut stalled = Vec::new();
    for _ in 0..gateway::MAX_BUFFERED / gateway::MAX_BODY {
        let mut client = tokio::net::TcpStream::connect(&host).await.unwrap();
        client.write_all(head.as_bytes()).await.unwrap();
        client.write_all(&almost).await.unwrap();
        stalled.push(client);
    }
    // Where one of those was refused, since all of them race, this one takes its place.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        assert!(std::time::Instant::now() < deadline, "every body was taken");
        let mut client = tokio::net::TcpStream::connect(&host).await.unwrap();
        client.write_all(head.as_bytes()).await.unwrap();
        // Also what is refused is read to its end.
        client.write_all(&almost).await.unwrap();
        let mut answer = [0; 2048];
        let read = client.read(&mut answer);
        let read = tokio::time::timeout(std::time::Duration::from_secs(2), read).await;
        let Ok(count) = read else {
            stalled.push(client);
            continue;
        };
        if String::from_utf8_lossy(&answer[..count.unwrap_or(0)]).contains("slow down") {
            break;
        }
    }
    let (status, _) = yard.json("codecommit", GET, json!({"repositoryName": "r"})).await;
    assert_eq!(status, 200, "small requests go on");
    drop(stalled);
}

#[tokio::test(flavor = "multi_thread")]
async fn test_mode_takes_no_requests_of_foreign_web_pages() {
    let yard = TestYard::builder(services::all()).test_mode().start().await;
    let nobody = Keys::new("AKIANOBODY", "x");
    let status = async |origin: Option<&str>| {
        let mut headers =
            vec![("content-type", "application/x-amz-json-1.1"), ("x-amz-target", GET)];
        headers.extend(origin.map(|origin| ("origin", origin)));
        let body = br#"{"repositoryName":"r"}"#.to_vec();
        yard.send(Some(&nobody), "codecommit", "POST", "/", &headers, body).await.status
    };
    for local in
        [None, Some("http://localhost:3000"), Some("http://127.0.0.1"), Some("http://[::1]:1")]
    {
        assert_eq!(status(local).await, 200, "{local:?}");
    }
    for foreign in
        ["https://evil.example", "null", "http://127.0.0.1.evil.example", "http://localhost.evil"]
    {
        assert_eq!(status(Some(foreign)).await, 403, "{foreign}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_waits_is_told_when_nobody_waits_for_it() {
    let yard = std::sync::Arc::new(yard().await);
    let ended = || {
        let abandoned = yard.yard().extension(services::Abandoned::default);
        abandoned.0.load(std::sync::atomic::Ordering::SeqCst)
    };
    let waits = || {
        let yard = yard.clone();
        tokio::spawn(async move {
            yard.json("codecommit", GET, json!({"repositoryName": "wait"})).await
        })
    };
    let settle = || tokio::time::sleep(std::time::Duration::from_millis(300));
    let limit = std::time::Duration::from_secs(5);
    let (leaves, stays) = (waits(), waits());
    settle().await;
    assert_eq!(ended(), 0);
    leaves.abort();
    TestYard::until(limit, || async { (ended() > 0).then_some(()) }).await;
    settle().await;
    assert_eq!(ended(), 1, "the other client still waits");
    yard.yard().stop(std::time::Duration::ZERO).await;
    let answered = tokio::time::timeout(limit, stays).await.unwrap().unwrap();
    assert_eq!((answered.0, ended()), (200, 2));
}
