//! Clients that speak something else, or too much of it.

use std::time::Duration;

use codeyard_ssh::limits;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::Server;

async fn says(server: &Server, bytes: &[u8]) -> String {
    let mut socket = TcpStream::connect(server.serving.address).await.unwrap();
    socket.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    let read = socket.read_to_end(&mut answer);
    let ended = tokio::time::timeout(Duration::from_secs(10), read).await;
    // A reset is an end, too.
    let _ = ended.expect("the server ends the connection");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn other_protocols_are_sent_away() {
    let server = Server::with_key(TempDir::new().unwrap(), Vec::new()).await;
    for (bytes, why) in [
        (&b"GET / HTTP/1.1\r\n\r\n"[..], "this is SSH 2.0"),
        (b"SSH-1.5-old\r\n", "this is SSH 2.0"),
        (&[b'x'; 400], "that was no SSH version"),
        (b"SSH-2.0-x\r\n\xff\xff\xff\xff\0\0\0\0", "impossible length"),
        // SERVICE_REQUEST before there are keys.
        (b"SSH-2.0-x\r\n\0\0\0\x0c\x04\x05\0\0\0\x01x\0\0\0\0\0", "keys have to be agreed"),
        // An offer that is cut short.
        (b"SSH-2.0-x\r\n\0\0\0\x0c\x04\x14\0\0\0\x01x\0\0\0\0\0", "cut short"),
    ] {
        let answer = says(&server, bytes).await;
        assert!(answer.starts_with("SSH-2.0-Codeyard_"), "{answer}");
        assert!(answer.contains(why), "{bytes:?}: {answer}");
    }
}

/// A connection from `address`, and the first byte that the server says; none if it hangs up.
async fn stranger(server: &Server, address: &str) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{address}:0").parse().unwrap()).unwrap();
    let mut socket = socket.connect(server.serving.address).await.unwrap();
    let mut greeting = [0; 1];
    socket.read_exact(&mut greeting).await.is_ok().then_some(socket)
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_few() {
    let server = Server::with_key(TempDir::new().unwrap(), Vec::new()).await;
    let mut waiting = Vec::new();
    for address in ["127.0.0.1", "127.0.0.2"] {
        for _ in 0..limits::MAX_STRANGERS_OF_ADDRESS {
            waiting.push(stranger(&server, address).await.unwrap());
        }
        assert!(stranger(&server, address).await.is_none(), "{address} has its share");
    }
    assert!(stranger(&server, "127.0.0.3").await.is_none(), "all places are taken");
    drop(waiting);
    for _ in 0..100 {
        if stranger(&server, "127.0.0.1").await.is_some() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("nobody is let in any more");
}
