//! Bytes are neither lost nor leaked.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use blobs::KeyRef;
use store::WakeKey;
use testkit::TestYard;
use types::{Account, Clock as _, ManualClock, Region, Scope, SystemClock};

use crate::send;

/// Files of blobs below a folder.
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

async fn yard() -> (TestYard, Arc<ManualClock>) {
    let clock = ManualClock::new(SystemClock.now());
    let yard = TestYard::builder(vec![codeyard_svc_s3::service()]).clock(clock.clone());
    (yard.start().await, clock)
}

/// Wakes the sweeper, which does not see a clock that is set.
async fn sweep(yard: &TestYard) {
    let scope = Scope::new(Account::new("000000000000").unwrap(), Region::global());
    let (key, now) = (WakeKey::new("s3.sweep", &scope, "blobs"), yard.yard().clock().now());
    yard.yard().write(move |tx| Ok(tx.wake(&key, now)?)).await.unwrap();
}

async fn until_there_are(yard: &TestYard, count: usize) {
    let blobs = yard.dir().join("blobs");
    let seen = || async { (blobs_in(&blobs).len() == count).then_some(()) };
    TestYard::until(Duration::from_secs(10), seen).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn overwritten_and_deleted_bytes_are_swept_and_no_others() {
    let (yard, clock) = yard().await;
    let body = vec![7; 100_000];
    send(&yard, "PUT", "/bucket", &[], b"").await;
    for _ in 0..3 {
        send(&yard, "PUT", "/bucket/overwritten", &[], &body).await;
    }
    for key in ["kept", "deleted"] {
        send(&yard, "PUT", &format!("/bucket/{key}"), &[], &body).await;
    }
    send(&yard, "DELETE", "/bucket/deleted", &[], b"").await;
    let blobs = yard.dir().join("blobs");
    assert_eq!(blobs_in(&blobs).len(), 5);
    sweep(&yard).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(blobs_in(&blobs).len(), 5, "within the grace nothing goes");
    clock.advance_millis(2 * 60 * 1000);
    sweep(&yard).await;
    until_there_are(&yard, 2).await;
    for key in ["overwritten", "kept"] {
        let answer = send(&yard, "GET", &format!("/bucket/{key}"), &[], b"").await;
        assert_eq!((answer.status, answer.body.len()), (200, body.len()));
    }
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_uploads_leave_nothing() {
    let (yard, _) = yard().await;
    let body = vec![7; 3_000_000];
    send(&yard, "PUT", "/bucket", &[], b"").await;
    let wrong: [&[(&str, &str)]; 4] = [
        &[("x-amz-checksum-crc32", "AAAAAA==")],
        &[("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==")],
        &[("if-match", "\"x\"")],
        &[("x-amz-storage-class", "GLACIER")],
    ];
    for headers in wrong {
        let answer = send(&yard, "PUT", "/bucket/k", headers, &body).await;
        assert!(answer.status >= 400, "{headers:?}");
    }
    let answer = send(&yard, "PUT", "/bucket/k?partNumber=1&uploadId=none", &[], &body).await;
    assert_eq!(answer.status, 404);
    until_there_are(&yard, 0).await;
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_left_between_blob_and_row_is_swept() {
    let (yard, clock) = yard().await;
    let body = vec![7; 100_000];
    send(&yard, "PUT", "/bucket", &[], b"").await;
    send(&yard, "PUT", "/bucket/k", &[], &body).await;
    let area = yard.yard().blobs().area("s3").unwrap();
    area.put_bytes(&KeyRef::Yard, &body).await.unwrap();
    let long_ago = SystemTime::now() - Duration::from_secs(7200);
    let files = blobs_in(&yard.dir().join("blobs"));
    assert_eq!(files.len(), 2);
    for file in files {
        std::fs::File::options().write(true).open(file).unwrap().set_modified(long_ago).unwrap();
    }
    // The search at the start is over; the next comes in an hour.
    clock.advance_millis(2 * 3600 * 1000);
    sweep(&yard).await;
    until_there_are(&yard, 1).await;
    clock.advance_millis(-2 * 3600 * 1000);
    let answer = send(&yard, "GET", "/bucket/k", &[], b"").await;
    assert_eq!((answer.status, answer.body.len()), (200, body.len()));
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_gets_what_it_began_to_read() {
    use service::Cx;
    let (yard, clock) = yard().await;
    send(&yard, "PUT", "/bucket", &[], b"").await;
    let created = send(&yard, "POST", "/bucket/k?uploads", &[], b"").await.text();
    let upload = created.split("<UploadId>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let part = vec![7; 5 << 20];
    let mut list = String::from("<CompleteMultipartUpload>");
    for number in 1..=3 {
        let target = format!("/bucket/k?partNumber={number}&uploadId={upload}");
        let answer = send(&yard, "PUT", &target, &[], &part).await;
        let etag = answer.header("etag").unwrap();
        list += &format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>");
    }
    list += "</CompleteMultipartUpload>";
    let target = format!("/bucket/k?uploadId={upload}");
    assert_eq!(send(&yard, "POST", &target, &[], list.as_bytes()).await.status, 200);

    let root = yard.yard().identity().root(&Account::new(testkit::ACCOUNT).unwrap());
    let region = Region::new(testkit::REGION).unwrap();
    let cx = Cx::background(yard.yard(), root, region, "test");
    let input = api_storage::s3::GetObjectInput {
        bucket: "bucket".into(),
        key: "k".into(),
        ..Default::default()
    };
    let mut output = cx.call(api_storage::s3::GetObject, input).await.unwrap();
    let mut read = output.body.next().await.unwrap().unwrap().len();
    send(&yard, "DELETE", "/bucket/k", &[], b"").await;
    clock.advance_millis(2 * 60 * 1000);
    sweep(&yard).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    while let Some(piece) = output.body.next().await {
        read += piece.unwrap().len();
    }
    assert_eq!(read, 15 << 20);
    drop(output);
    clock.advance_millis(2 * 60 * 1000);
    sweep(&yard).await;
    until_there_are(&yard, 0).await;
    yard.stop().await;
}
