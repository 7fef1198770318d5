//! A bounded load: one signed request, repeated over some kept-alive connections.

use std::time::{Duration, Instant};

use auth::sigv4::{self, Credentials, SignedPayload};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use types::Clock;

/// What to ask, of whom.
#[derive(Clone)]
pub(crate) struct Question {
    pub(crate) host: String,
    pub(crate) service: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
    pub(crate) access_key_id: String,
    pub(crate) secret: String,
}

impl Question {
    /// The request's bytes, signed now: good for fifteen minutes.
    fn bytes(&self) -> Vec<u8> {
        let mut headers = vec![("host", self.host.clone())];
        headers.extend(self.headers.iter().cloned());
        let hash = sigv4::sha256_hex(self.body.as_bytes());
        let borrowed: Vec<(&str, &[u8])> =
            headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        let view = sigv4::Request {
            method: "POST",
            path: "/",
            query: "",
            headers: &borrowed,
            payload_sha256: Some(&hash),
        };
        let credentials = Credentials {
            access_key_id: &self.access_key_id,
            secret_access_key: &self.secret,
            session_token: None,
        };
        let now = types::SystemClock.now();
        let signed =
            sigv4::sign(&view, &credentials, "us-east-1", self.service, SignedPayload::Sha256, now);
        let mut head = String::from("POST / HTTP/1.1\r\n");
        for (name, value) in headers.iter().chain(&signed.unwrap()) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n{}", self.body.len(), self.body));
        head.into_bytes()
    }
}

/// Asks for `time` over `connections` and answers requests per second. Every answer must be 200.
pub(crate) async fn per_second(question: &Question, connections: usize, time: Duration) -> f64 {
    let bytes = question.bytes();
    let began = Instant::now();
    let deadline = began + time;
    let tasks: Vec<_> = (0..connections)
        .map(|_| {
            let (bytes, host) = (bytes.clone(), question.host.clone());
            tokio::spawn(async move {
                let mut count = 0u64;
                let mut stream = TcpStream::connect(&host).await.unwrap();
                stream.set_nodelay(true).unwrap();
                let mut buffer = Vec::with_capacity(16 << 10);
                while Instant::now() < deadline {
                    if !ask(&mut stream, &bytes, &mut buffer).await {
                        // Some peers close after each answer.
                        stream = TcpStream::connect(&host).await.unwrap();
                        stream.set_nodelay(true).unwrap();
                    }
                    count += 1;
                }
                count
            })
        })
        .collect();
    let mut total = 0;
    for task in tasks {
        total += task.await.unwrap();
    }
    total as f64 / began.elapsed().as_secs_f64()
}

/// One request and its whole answer; whether the connection can be used again.
async fn ask(stream: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) -> bool {
    stream.write_all(request).await.unwrap();
    buffer.clear();
    let (head, length) = loop {
        assert!(stream.read_buf(buffer).await.unwrap() > 0, "the peer closed without an answer");
        if let Some(end) = buffer.windows(4).position(|it| it == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |it| it.trim().parse::<usize>().unwrap());
            break (head, end + 4 + length);
        }
    };
    while buffer.len() < length {
        assert!(stream.read_buf(buffer).await.unwrap() > 0, "the answer ended early");
    }
    let ok = head.starts_with("http/1.1 200") || head.starts_with("http/1.0 200");
    assert!(ok, "{}", String::from_utf8_lossy(buffer));
    !head.contains("connection: close") && head.starts_with("http/1.1")
}
