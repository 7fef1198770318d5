//! Requests to an engine over its Unix socket.
//!
//! HTTP/1.0, on purpose: the answer is then neither chunked nor followed by another, but ends with
//! the connection. Synchronous, because supervisors have no runtime; the yard calls it from
//! blocking tasks.

use serde_json::Value;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// The largest answer that is kept, in bytes.
const MAX_ANSWER: u64 = 64 << 20;
/// The longest line of an answer that is read line by line, in bytes.
const MAX_LINE: u64 = 1 << 20;

/// One request.
pub struct Request<'a> {
    pub method: &'a str,
    /// With the query, encoded.
    pub path: String,
    /// Sent as JSON.
    pub body: Option<&'a Value>,
    /// One header more: name and value, which must have no line end.
    pub header: Option<(&'a str, String)>,
    /// How long the engine may be silent.
    pub patience: Duration,
}

/// The status, and a body to be read.
pub struct Answer {
    pub status: u16,
    body: BufReader<UnixStream>,
}

impl Request<'_> {
    /// Sends it; returns when the status has come.
    pub fn send(&self, socket: &Path) -> io::Result<Answer> {
        let mut stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(self.patience))?;
        stream.set_write_timeout(Some(self.patience))?;
        let body = self.body.map(Value::to_string).unwrap_or_default();
        let mut head = format!("{} {} HTTP/1.0\r\nHost: docker\r\n", self.method, self.path);
        if self.body.is_some() {
            head.push_str("Content-Type: application/json\r\n");
        }
        if let Some((name, value)) = &self.header {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.as_bytes())?;
        let mut body = BufReader::new(stream);
        let line = line(&mut body)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| nonsense(&line))?;
        while !self::line(&mut body)?.is_empty() {}
        Ok(Answer { status, body })
    }
}

impl Answer {
    /// Whether the engine has done what it was asked for.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The whole body; null if it is empty.
    pub fn json(self) -> io::Result<Value> {
        let mut text = Vec::new();
        self.body.take(MAX_ANSWER).read_to_end(&mut text)?;
        if text.trim_ascii().is_empty() {
            return Ok(Value::Null);
        }
        Ok(serde_json::from_slice(&text)?)
    }

    /// What comes after the head, to be read and written by somebody else, who is given what has
    /// come already.
    pub fn into_stream(self) -> io::Result<super::exec::Streams> {
        let first = self.body.buffer().to_vec();
        let socket = self.body.into_inner();
        socket.set_read_timeout(None)?;
        socket.set_write_timeout(None)?;
        Ok(super::exec::Streams { socket, first })
    }

    /// Why the engine refuses, in its own words.
    pub fn refusal(self) -> String {
        let status = self.status;
        let body = self.json().ok();
        let message = body.as_ref().and_then(|body| body.get("message")).and_then(Value::as_str);
        message.map_or_else(|| format!("status {status}"), |message| message.trim().to_owned())
    }

    /// A body of one JSON value on each line, as they come.
    pub fn each(mut self, mut told: impl FnMut(&Value)) -> io::Result<()> {
        loop {
            let mut text = Vec::new();
            if (&mut self.body).take(MAX_LINE).read_until(b'\n', &mut text)? == 0 {
                return Ok(());
            }
            if !text.trim_ascii().is_empty() {
                told(&serde_json::from_slice(&text)?);
            }
        }
    }
}

fn line(body: &mut BufReader<UnixStream>) -> io::Result<String> {
    let mut line = Vec::new();
    if body.take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the engine hung up"));
    }
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

fn nonsense(line: &str) -> io::Error {
    let message = format!("the engine does not speak HTTP: {line:?}");
    io::Error::new(io::ErrorKind::InvalidData, message)
}

/// A value for a query or a path segment.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    fn answered(text: &'static str) -> io::Result<Answer> {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("s");
        let listener = UnixListener::bind(&socket).unwrap();
        let engine = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap();
            stream.write_all(text.as_bytes()).unwrap();
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        let patience = Duration::from_secs(5);
        let path = format!("/images/{}/json", encoded("a/b:1 ü"));
        let request = Request { method: "GET", path, body: None, header: None, patience };
        let answer = request.send(&socket);
        let asked = engine.join().unwrap();
        assert!(asked.starts_with("GET /images/a%2Fb%3A1%20%C3%BC/json HTTP/1.0\r\n"), "{asked}");
        answer
    }

    #[test]
    fn answers_and_refusals() {
        let answer = answered("HTTP/1.0 200 OK\r\nA: b\r\n\r\n{\"x\":1}").unwrap();
        assert!(answer.is_success());
        assert_eq!(answer.json().unwrap()["x"], 1);
        let refused = answered("HTTP/1.0 404 No\r\n\r\n{\"message\":\"No such image: x\\n\"}");
        assert_eq!(refused.unwrap().refusal(), "No such image: x");
        assert_eq!(answered("HTTP/1.0 500 No\r\n\r\nboom").unwrap().refusal(), "status 500");
        let mut told = Vec::new();
        let lines = answered("HTTP/1.0 200 OK\r\n\r\n{\"a\":1}\r\n\n{\"a\":2}").unwrap();
        lines.each(|value| told.push(value["a"].as_i64())).unwrap();
        assert_eq!(told, [Some(1), Some(2)]);
    }

    #[test]
    fn what_is_no_engine_is_told() {
        assert!(answered("SSH-2.0-x\r\n").is_err());
        assert!(answered("").is_err());
        assert!(answered("HTTP/1.0 200 OK\r\nA: b\r\n").is_err(), "cut in the head");
    }
}
