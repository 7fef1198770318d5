//! The floor of `ls-remote`: a server that does nothing but answer as the yard does, with bytes that
//! are the same each time. What git takes with it is git's own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

/// Refuses a request that does not sign in.
const UNAUTHORIZED: &str = "HTTP/1.1 401 Unauthorized\r\ncontent-type: text/plain\r\n\
    www-authenticate: Basic realm=\"floor\"\r\ncontent-length: 0\r\n\r\n";

/// Serves on a free port until the process ends; answers its URL.
pub(crate) fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1/repos/floor", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            std::thread::spawn(move || serve(socket.unwrap()));
        }
    });
    url
}

/// Answers until the client goes.
fn serve(mut socket: TcpStream) {
    socket.set_nodelay(true).unwrap();
    let mut requests = BufReader::new(socket.try_clone().unwrap());
    let commit = "1".repeat(40);
    let capabilities = [
        "# service=git-upload-pack\n",
        "",
        "version 2\n",
        "agent=git/2\n",
        "ls-refs\n",
        "fetch=shallow wait-for-done filter\n",
        "server-option\n",
        "object-format=sha1\n",
        "",
    ];
    let head = format!("{commit} HEAD symref-target:refs/heads/main\n");
    let main = format!("{commit} refs/heads/main\n");
    let capabilities = answer("advertisement", &capabilities);
    let references = answer("result", &[&head, &main, ""]);
    loop {
        let (mut first, mut signed_in, mut length) = (String::new(), false, 0);
        loop {
            let mut line = String::new();
            if requests.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let line = line.trim_end().to_ascii_lowercase();
            match line.split_once(": ") {
                Some(("authorization", _)) => signed_in = true,
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(_) => {}
                None if line.is_empty() => break,
                None => first = line,
            }
        }
        requests.read_exact(&mut vec![0; length]).unwrap();
        let answer = match first.starts_with("get") {
            _ if !signed_in => UNAUTHORIZED,
            true => &capabilities,
            false => &references,
        };
        socket.write_all(answer.as_bytes()).unwrap();
    }
}

/// An answer of these lines; an empty one is a flush.
fn answer(kind: &str, lines: &[&str]) -> String {
    let line = |line: &&str| match line.len() {
        0 => "0000".to_owned(),
        length => format!("{:04x}{line}", length + 4),
    };
    let body: String = lines.iter().map(line).collect();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/x-git-upload-pack-{kind}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}
