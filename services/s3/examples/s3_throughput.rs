//! Measures S3 through its door: `cargo run --release -p codeyard-svc-s3 --example s3_throughput`.

#![allow(clippy::panic)]

use std::time::{Duration, Instant};

use api_storage::s3::{GetObject, GetObjectInput, PutObject, PutObjectInput};
use service::Cx;
use shape::Body;
use testkit::TestYard;
use types::{Account, Region};

const SMALL: usize = 2000;
const LISTED: usize = 20_000;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let yard = TestYard::start(vec![codeyard_svc_s3::service()]).await;
    let root = yard.root();
    let send = |method: &'static str, target: String, body: Vec<u8>| {
        let (yard, root) = (&yard, &root);
        async move {
            let answer = yard.send(Some(root), "s3", method, &target, &[], body).await;
            assert!(answer.status < 300, "{method} {target}: {}", answer.text());
            answer
        }
    };
    send("PUT", "/bucket".to_owned(), Vec::new()).await;
    let each = |what: &str, count: usize, time: Duration| {
        let micros = time.as_secs_f64() * 1e6 / count as f64;
        println!("{what}: {micros:.0} µs each, {:.0} a second", 1e6 / micros);
    };
    for size in [1 << 10, 64 << 10] {
        let start = Instant::now();
        for at in 0..SMALL {
            send("PUT", format!("/bucket/{size}/{at}"), vec![7; size]).await;
        }
        each(&format!("put {size} bytes over HTTP, one at a time"), SMALL, start.elapsed());
        let start = Instant::now();
        for at in 0..SMALL {
            send("GET", format!("/bucket/{size}/{at}"), Vec::new()).await;
        }
        each(&format!("get {size} bytes over HTTP, one at a time"), SMALL, start.elapsed());
    }

    let account = Account::new(testkit::ACCOUNT).unwrap_or_else(|e| panic!("{e}"));
    let caller = yard.yard().identity().root(&account);
    let region = Region::new(testkit::REGION).unwrap_or_else(|e| panic!("{e}"));
    let cx = Cx::background(yard.yard(), caller, region, "throughput");
    let start = Instant::now();
    let lanes: Vec<_> = (0..16)
        .map(|lane| {
            let cx = cx.clone();
            tokio::spawn(async move {
                for at in 0..LISTED / 16 {
                    put(&cx, format!("list/{:02}/{at:05}-{lane}", at % 20), vec![7; 100]).await;
                }
            })
        })
        .collect();
    for lane in lanes {
        let _ = lane.await;
    }
    each("put 100 bytes in process, 16 at once", LISTED, start.elapsed());
    for (what, target) in [
        ("list 1,000 of 20,000", "/bucket?list-type=2&prefix=list/"),
        ("list 20 common prefixes of 20,000", "/bucket?list-type=2&prefix=list/&delimiter=/"),
    ] {
        let start = Instant::now();
        for _ in 0..50 {
            send("GET", target.to_owned(), Vec::new()).await;
        }
        each(what, 50, start.elapsed());
    }

    let large = 512 << 20;
    let start = Instant::now();
    put(&cx, "large".to_owned(), vec![7; large]).await;
    let rate = |time: Duration| large as f64 / 1e6 / time.as_secs_f64();
    println!("put 512 MiB in process: {:.0} MB/s", rate(start.elapsed()));
    let start = Instant::now();
    let input = GetObjectInput {
        bucket: "bucket".to_owned(),
        key: "large".to_owned(),
        ..GetObjectInput::default()
    };
    let output = cx.call(GetObject, input).await;
    let mut body = output.unwrap_or_else(|e| panic!("{e}")).body;
    while let Some(piece) = body.next().await {
        drop(piece.unwrap_or_else(|e| panic!("{e}")));
    }
    println!("get 512 MiB in process: {:.0} MB/s", rate(start.elapsed()));
    yard.stop().await;
}

async fn put(cx: &Cx, key: String, body: Vec<u8>) {
    let (bucket, body) = ("bucket".to_owned(), Body::Full(body.into()));
    let input = PutObjectInput { bucket, key, body, ..PutObjectInput::default() };
    cx.call(PutObject, input).await.unwrap_or_else(|e| panic!("{e}"));
}
