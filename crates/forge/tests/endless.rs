//! Servers that never come to an end: what is fetched from them is bounded by its size.
// Helpers of tests are tests too, which clippy.toml can't know.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use codeyard_forge::git::{Failure, Git, deadline};
use codeyard_forge::{Room, http, size};
use tokio::sync::Notify;

const TIP: &str = "0123456789abcdef0123456789abcdef01234567";

/// Serves each connection by what it asks for; ends with the process.
fn server(answer: fn(&str, &mut TcpStream) -> std::io::Result<()>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || {
                let mut stream = stream.unwrap();
                let mut head = BufReader::new(stream.try_clone().unwrap());
                let (mut request, mut length) = (String::new(), 0);
                loop {
                    let mut line = String::new();
                    if head.read_line(&mut line).unwrap() <= 2 {
                        break;
                    }
                    if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                    request.push_str(&line);
                }
                let mut body = vec![0; length];
                head.read_exact(&mut body).unwrap();
                request.push_str(&String::from_utf8_lossy(&body));
                // The other side hangs up.
                let _ = answer(&request, &mut stream);
            });
        }
    });
    url
}

fn head(stream: &mut TcpStream, kind: &str) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n")
}

fn packet(text: &str) -> String {
    format!("{:04x}{text}", text.len() + 4)
}

/// git's protocol, version 2, up to a pack whose one blob has no end.
fn endless_pack(request: &str, stream: &mut TcpStream) -> std::io::Result<()> {
    if request.starts_with("GET") {
        head(stream, "application/x-git-upload-pack-advertisement")?;
        let lines = ["version 2\n", "ls-refs\n", "fetch=shallow\n", "object-format=sha1\n"];
        let lines: String = lines.iter().map(|line| packet(line)).collect();
        return write!(stream, "{}0000{lines}0000", packet("# service=git-upload-pack\n"));
    }
    head(stream, "application/x-git-upload-pack-result")?;
    if request.contains("command=ls-refs") {
        return write!(stream, "{}0000", packet(&format!("{TIP} refs/heads/main\n")));
    }
    write!(stream, "{}", packet("packfile\n"))?;
    // One object: a blob of 2^39 bytes, as zlib's stored blocks.
    let mut pack = b"PACK\0\0\0\x02\0\0\0\x01".to_vec();
    pack.extend([0xb0, 0x80, 0x80, 0x80, 0x80, 0x10, 0x78, 0x01]);
    loop {
        pack.extend([0, 0xff, 0xff, 0, 0]);
        pack.extend([b'x'; 0xffff]);
        for piece in pack.chunks(60_000) {
            write!(stream, "{:04x}\x01", piece.len() + 5)?;
            stream.write_all(piece)?;
        }
        pack.clear();
    }
}

/// References without end.
fn endless_references(_: &str, stream: &mut TcpStream) -> std::io::Result<()> {
    head(stream, "application/x-git-upload-pack-advertisement")?;
    let line = packet(&format!("{TIP} refs/heads/{}\n", "x".repeat(60_000)));
    write!(stream, "{}0000", packet("# service=git-upload-pack\n"))?;
    loop {
        stream.write_all(line.as_bytes())?;
    }
}

fn endless_answer(_: &str, stream: &mut TcpStream) -> std::io::Result<()> {
    head(stream, "application/json")?;
    loop {
        stream.write_all(&[b' '; 1 << 16])?;
    }
}

fn git(room: Room) -> Git {
    Git {
        settings: Vec::new(),
        protocols: "http",
        deadline: deadline(60_000),
        stop: Arc::new(Notify::new()),
        room,
    }
}

async fn fetched(url: &str) -> (Failure, u64) {
    let dir = tempfile::tempdir().unwrap();
    let git = git(Room::with_memory(dir.path(), 8 << 20, 64 << 20));
    git.run(dir.path(), &["init", "--quiet", "--bare"]).await.unwrap();
    let failure = git.run(dir.path(), &["fetch", "--quiet", url, "main"]).await.unwrap_err();
    (failure, size(dir.path()))
}

#[tokio::test]
async fn a_pack_without_end_fills_no_more_than_its_room() {
    let (failure, left) = fetched(&server(endless_pack)).await;
    let told = "it takes more than 8 MiB, the most that is fetched";
    assert_eq!(failure, Failure::TooLarge(told.to_owned()));
    // No file grows past the room, and there are but the hooks and settings beside it.
    assert!(left < 9 << 20, "{left}");
}

#[tokio::test]
async fn a_checkout_larger_than_its_pack_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let (from, to) = (dir.path().join("from"), dir.path().join("to"));
    std::fs::create_dir_all(&from).unwrap();
    std::fs::create_dir_all(&to).unwrap();
    let wide = git(Room::new(dir.path(), 1 << 40)).on_files();
    wide.run(&from, &["init", "--quiet"]).await.unwrap();
    // Next to nothing in a pack.
    for number in 0..32 {
        std::fs::write(from.join(format!("{number}")), vec![b'0'; 1 << 20]).unwrap();
    }
    wide.run(&from, &["add", "."]).await.unwrap();
    let me = ["user.name", "user.email"].map(|key| (key.to_owned(), "me".to_owned()));
    wide.with(me).run(&from, &["commit", "--quiet", "-m", "bomb"]).await.unwrap();
    let narrow = wide.within(Room::new(&to, 8 << 20));
    let url = format!("file://{}", from.display());
    narrow.run(&to, &["init", "--quiet"]).await.unwrap();
    narrow.run(&to, &["fetch", "--quiet", &url, "HEAD"]).await.unwrap();
    let mut failure = None;
    // However fast this machine is, the next of several looks sees it.
    for _ in 0..200 {
        let checkout = narrow.run(&to, &["checkout", "--quiet", "--force", "FETCH_HEAD"]).await;
        if let Err(why) = checkout {
            failure = Some(why);
            break;
        }
    }
    let told = "it takes more than 8 MiB, the most that is fetched";
    assert_eq!(failure, Some(Failure::TooLarge(told.to_owned())));
}

#[tokio::test]
async fn references_without_end_take_so_much_memory_only() {
    let (failure, _) = fetched(&server(endless_references)).await;
    let told = "git fetch takes more than 64 MiB of memory, the most it may";
    assert_eq!(failure, Failure::TooLarge(told.to_owned()));
}

#[tokio::test]
async fn an_answer_without_end_is_cut_short() {
    let url = server(endless_answer);
    let began = Instant::now();
    let request =
        http::Request { method: "GET", url: &url, headers: vec![], body: None, insecure: false };
    let told = http::send(request).await.err().unwrap();
    assert!(told.ends_with("its answer is longer than 8 MiB"), "{told}");
    assert!(began.elapsed() < Duration::from_secs(15));
}
