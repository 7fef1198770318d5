//! A further program in a container, and its streams.

use super::engine::{Engine, engine_error, read};
use super::http::{Request, encoded};
use crate::contract::Error;
use serde_json::{Value, json};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// How long an engine may take to start it.
const START: Duration = Duration::from_secs(60);
/// How long it may take to tell of its end, once its streams have ended.
const END: Duration = Duration::from_secs(10);

/// What to run.
pub(crate) struct Order<'a> {
    pub argv: Vec<String>,
    /// By name or number, as the container knows them.
    pub user: &'a str,
    /// With a terminal, of this many rows and columns.
    pub terminal: Option<(u16, u16)>,
}

/// A program under way.
#[derive(Clone)]
pub(crate) struct Exec {
    engine: Engine,
    id: String,
}

/// Its streams: with a terminal, bytes as they are; without, frames of a header of 8 bytes (1 for
/// output, 2 for errors; the last four are the length) and what was written.
pub(crate) struct Streams {
    pub socket: UnixStream,
    /// What has come already.
    pub first: Vec<u8>,
}

impl Exec {
    /// Starts it.
    pub fn start(
        engine: &Engine,
        container: &str,
        order: &Order<'_>,
    ) -> Result<(Self, Streams), Error> {
        let what = "run a program in the container";
        let terminal = order.terminal.is_some();
        let body = json!({
            "AttachStdin": true, "AttachStdout": true, "AttachStderr": true, "Tty": terminal,
            "User": order.user, "Cmd": order.argv,
        });
        let path = format!("/containers/{}/exec", encoded(container));
        let answer = engine.send("POST", path, Some(&body), START);
        let made = read(what, answer.or_else(|error| engine_error(what, error))?)?;
        let id = made.get("Id").and_then(Value::as_str);
        let Some(id) = id else { return engine_error(what, "the engine tells no id of it") };
        let exec = Self { engine: engine.clone(), id: id.to_owned() };
        let request = Request {
            method: "POST",
            path: format!("/exec/{}/start", encoded(id)),
            body: Some(&json!({ "Detach": false, "Tty": terminal })),
            header: None,
            patience: START,
        };
        let answer = request.send(engine.socket()).or_else(|error| engine_error(what, error))?;
        if !answer.is_success() {
            return engine_error(what, answer.refusal());
        }
        let streams = answer.into_stream().or_else(|error| engine_error(what, error))?;
        if let Some((rows, columns)) = order.terminal {
            exec.resize(rows, columns);
        }
        Ok((exec, streams))
    }

    /// Tells its terminal its size. One that has ended needs none.
    pub fn resize(&self, rows: u16, columns: u16) {
        let path = format!("/exec/{}/resize?h={rows}&w={columns}", encoded(&self.id));
        let _ = self.engine.send("POST", path, None, START);
    }

    /// The exit status, once the streams have ended; none where the engine knows nothing of the
    /// program any more.
    pub fn status(&self) -> Option<i32> {
        let give_up = Instant::now() + END;
        loop {
            let path = format!("/exec/{}/json", encoded(&self.id));
            let answer = self.engine.send("GET", path, None, START).ok()?;
            let found = answer.is_success().then(|| answer.json().ok())??;
            let code = found.get("ExitCode").and_then(Value::as_i64);
            if found.get("Running").and_then(Value::as_bool) == Some(false) {
                return code.and_then(|code| i32::try_from(code).ok());
            }
            if give_up < Instant::now() {
                return None;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
