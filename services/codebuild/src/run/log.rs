//! The build's log: forwarded to CloudWatch Logs as the service role, line by line.
//!
//! How far it has come is kept in the store after each batch: a runner that takes over goes on
//! there, so nothing is left out; a batch whose record was lost with the process comes twice.

use std::time::Instant;

use api_developer::codebuild::{BuildPhaseType, BuildStatusType};
use api_management::logs::{
    CreateLogGroup, CreateLogGroupInput, CreateLogStream, CreateLogStreamInput, InputLogEvent,
    PutLogEvents, PutLogEventsInput,
};
use engine::EngineError;
use sandbox::Handle;
use service::Cx;
use store::{Durability, Key, StoreError};
use types::Timestamp;
use wire::Error;

use super::{Cut, Job, s3_logs};
use crate::phases::Context;

/// Space of the store: how many bytes of a build's output are in its log, by uuid.
const SPACE: &str = "cblog";
/// Limits of PutLogEvents.
const MAX_EVENTS: usize = 10_000;
const MAX_BATCH: usize = 1_048_576;
const EVENT_OVERHEAD: usize = 26;
/// Longer lines are cut.
const MAX_LINE: usize = 200_000;
/// Output is forwarded when it has waited so long, or when there is so much.
const PAUSE_MILLIS: u128 = 150;
/// The longest of the runner's own lines at the end, in bytes.
const MAX_OWN_LINE: usize = 20_000;
/// A few calls' worth, so that most of them are full.
const MAX_HELD: usize = 4 * MAX_BATCH;

/// See the module.
pub(super) struct Log {
    cx: Cx,
    /// None where the project wants no log.
    target: Option<Target>,
    /// Bytes of the output that are in the log.
    offset: u64,
    /// Output read that is not in the log yet.
    held: Vec<u8>,
    /// When the oldest of it was read.
    held_since: Option<Instant>,
    /// Lines of the runner's own, for the end.
    own: Vec<String>,
}

struct Target {
    cx: Cx,
    group: String,
    stream: String,
}

impl Log {
    /// Goes on where an earlier runner stopped.
    pub fn open(job: &Job, cx: Cx) -> Result<Self, EngineError> {
        let logs = job.record.build.logs.as_ref();
        let names = logs.and_then(|logs| logs.group_name.clone().zip(logs.stream_name.clone()));
        let key = key(job);
        let offset = job.run.store().read(|tx| {
            let stored = tx.get_raw(SPACE, key.as_bytes())?;
            Ok::<_, StoreError>(stored.and_then(|bytes| Key::parts(&bytes).number()).unwrap_or(0))
        })?;
        Ok(Self {
            target: names.map(|(group, stream)| Target { cx: cx.clone(), group, stream }),
            cx,
            offset,
            held: Vec::new(),
            held_since: None,
            own: Vec::new(),
        })
    }

    /// Makes the stream, and the group where it is missing.
    pub async fn create_stream(&self, job: &Job) -> Result<(), Cut> {
        let Some(target) = &self.target else { return Ok(()) };
        let refused = |error: &Error| {
            if error.status >= 500 && error.code != "NotImplemented" {
                return Cut::retry(error);
            }
            Cut::failed(
                "ACCESS_DENIED",
                format!(
                    "Service role {} does not allow AWS CodeBuild to create Amazon CloudWatch \
                     Logs log streams for build {}. Error message: {}",
                    job.record.service_role(),
                    job.record.arn(),
                    error.message
                ),
            )
        };
        match target.stream().await {
            Err(error) if error.code == "ResourceNotFoundException" => {
                match target.group().await {
                    Err(error) if error.code != "ResourceAlreadyExistsException" => {
                        return Err(refused(&error));
                    }
                    _ => {}
                }
                target.stream().await.map_err(|error| refused(&error))
            }
            other => other.map_err(|error| refused(&error)),
        }
    }

    /// Whether output has been read that is still to be forwarded.
    pub fn is_waiting(&self) -> bool {
        self.held_since.is_some()
    }

    /// Takes new output in and forwards it when there is much or it has waited.
    pub async fn forward(&mut self, job: &Job, handle: &dyn Handle) -> Result<(), Cut> {
        if self.target.is_none() {
            return Ok(());
        }
        loop {
            let from = self.offset + self.held.len() as u64;
            let piece = handle.read_output(from, sandbox::MAX_READ).await.map_err(Cut::retry)?;
            let ended = piece.is_empty();
            if !ended {
                self.held.extend(piece);
                self.held_since.get_or_insert_with(Instant::now);
            }
            let waited = self.held_since.is_some_and(|at| at.elapsed().as_millis() >= PAUSE_MILLIS);
            if waited || self.held.len() >= MAX_HELD {
                self.put_held(job).await?;
            }
            if ended {
                return Ok(());
            }
        }
    }

    /// Puts the whole lines that are held.
    async fn put_held(&mut self, job: &Job) -> Result<(), Cut> {
        let mut held = std::mem::take(&mut self.held);
        self.held_since = None;
        let mut done = 0;
        loop {
            let rest = held.get(done..).unwrap_or_default();
            let (events, length) = batch(rest, false, job.now());
            if events.is_empty() {
                break;
            }
            self.put(events).await?;
            done += length;
            self.offset += length as u64;
            self.keep_offset(job).await?;
        }
        held.drain(..done);
        self.held = held;
        Ok(())
    }

    /// Puts all that is held: the build's output has ended.
    pub async fn flush(&mut self, job: &Job) -> Result<(), Cut> {
        if self.put_rest(job, Vec::new()).await? {
            self.keep_offset(job).await?;
        }
        Ok(())
    }

    /// Puts all that is held and the runner's own lines, and the whole log into a bucket where that
    /// is wanted. How far the log has come is not kept any more: the end of the build follows at
    /// once.
    pub async fn close(&mut self, job: &Job) -> Result<(), Cut> {
        let time = log_time(job.now());
        let own = std::mem::take(&mut self.own).into_iter();
        let mut own: Vec<String> = own.map(|line| format!("[Container] {time} {line}\n")).collect();
        let in_s3 = s3_logs::put(job, &self.cx, &own).await;
        if let Err(Cut::Ended(_, context)) = &in_s3 {
            own.push(format!("[Container] {time} {}: {}\n", context.code, context.message));
        }
        self.put_rest(job, own).await?;
        in_s3
    }

    /// Puts what is held to its last byte, with the runner's own lines behind it, in as few calls
    /// as can be; tells whether there was anything.
    async fn put_rest(&mut self, job: &Job, own: Vec<String>) -> Result<bool, Cut> {
        // One time for all: events must be in the order of theirs.
        let now = job.now();
        let held = std::mem::take(&mut self.held);
        self.held_since = None;
        let (mut done, mut own) = (0, own.into_iter().peekable());
        loop {
            let rest = held.get(done..).unwrap_or_default();
            let (mut events, length) = batch(rest, true, now);
            if done + length == held.len() {
                let mut size: usize =
                    events.iter().map(|it| it.message.len() + EVENT_OVERHEAD).sum();
                while let Some(message) = own.next_if(|line| {
                    size += line.len() + EVENT_OVERHEAD;
                    events.len() < MAX_EVENTS && size <= MAX_BATCH
                }) {
                    events.push(InputLogEvent { timestamp: now.millis(), message });
                }
            }
            self.put(events).await?;
            done += length;
            self.offset += length as u64;
            if done == held.len() && own.peek().is_none() {
                return Ok(done > 0);
            }
        }
    }

    async fn keep_offset(&self, job: &Job) -> Result<(), EngineError> {
        let (run, key, offset) = (job.run.clone(), key(job), self.offset);
        job.run
            .store()
            .write_with(Durability::Ordered, move |tx| {
                run.fence(tx)?;
                tx.put_raw(SPACE, key.as_bytes(), Key::new().number(offset).as_bytes())
            })
            .await
            .map_err(EngineError::from)
    }

    /// Lines of the runner's own, in AWS's manner, for the end of the log.
    pub fn tell<L: AsRef<str>>(&mut self, lines: impl IntoIterator<Item = L>) {
        for line in lines {
            let line = &crate::phases::without_encoded(line.as_ref().to_owned());
            // A context may hold a command of any length.
            let end = line.floor_char_boundary(MAX_OWN_LINE);
            self.own.push(line.get(..end).unwrap_or(line).to_owned());
        }
    }

    /// A phase that was cut short.
    pub fn phase_failed(&mut self, phase: Option<BuildPhaseType>, context: &Context) {
        let Some(phase) = phase else { return };
        let state = match context.code.as_str() {
            "BUILD_TIMED_OUT" => BuildStatusType::TimedOut,
            "" => BuildStatusType::Stopped,
            _ => BuildStatusType::Failed,
        };
        self.tell([
            format!("Phase complete: {phase} State: {state}"),
            format!("Phase context status code: {} Message: {}", context.code, context.message),
        ]);
    }

    async fn put(&self, events: Vec<InputLogEvent>) -> Result<(), Cut> {
        let Some(target) = self.target.as_ref().filter(|_| !events.is_empty()) else {
            return Ok(());
        };
        let input = PutLogEventsInput {
            log_group_name: target.group.clone(),
            log_stream_name: target.stream.clone(),
            log_events: events,
            ..PutLogEventsInput::default()
        };
        match target.cx.call(PutLogEvents, input).await {
            Ok(_) => Ok(()),
            Err(error) if error.status >= 500 => Err(Cut::retry(error)),
            Err(error) => Err(Cut::failed(
                "CLIENT_ERROR",
                format!("the log can't be written: {}: {}", error.code, error.message),
            )),
        }
    }
}

impl Target {
    async fn group(&self) -> Result<(), Error> {
        let input =
            CreateLogGroupInput { log_group_name: self.group.clone(), ..Default::default() };
        self.cx.call(CreateLogGroup, input).await.map(drop)
    }

    async fn stream(&self) -> Result<(), Error> {
        let input = CreateLogStreamInput {
            log_group_name: self.group.clone(),
            log_stream_name: self.stream.clone(),
        };
        match self.cx.call(CreateLogStream, input).await {
            // Made by an earlier run of this runner.
            Err(error) if error.code == "ResourceAlreadyExistsException" => Ok(()),
            other => other.map(drop),
        }
    }
}

fn key(job: &Job) -> Key {
    Key::new().text(job.record.uuid())
}

/// Forgets how far a build's log has come.
pub(super) fn forget(tx: &mut store::WriteTx<'_>, uuid: &str) -> Result<(), StoreError> {
    tx.delete_raw(SPACE, Key::new().text(uuid).as_bytes())
}

/// As many lines from the start of `data` as fit into one call, and their length. The last line
/// counts without its end only if there will be no more.
fn batch(data: &[u8], complete: bool, now: Timestamp) -> (Vec<InputLogEvent>, usize) {
    let (mut events, mut length, mut size) = (Vec::new(), 0, 0);
    while events.len() < MAX_EVENTS {
        let rest = data.get(length..).unwrap_or_default();
        let window = rest.get(..MAX_LINE).unwrap_or(rest);
        let line = match window.iter().position(|byte| *byte == b'\n') {
            Some(end) => window.get(..=end).unwrap_or(window),
            None if window.len() == MAX_LINE || (complete && !window.is_empty()) => window,
            None => break,
        };
        // In the worst case each byte is replaced by a character of three.
        let message = String::from_utf8_lossy(line);
        if size + message.len() + EVENT_OVERHEAD > MAX_BATCH {
            break;
        }
        size += message.len() + EVENT_OVERHEAD;
        length += line.len();
        events.push(InputLogEvent { timestamp: now.millis(), message: message.into_owned() });
    }
    (events, length)
}

/// `2024/01/31 12:00:00.000000`, in UTC.
fn log_time(now: Timestamp) -> String {
    let iso = now.iso8601();
    let part = |from: usize, to: usize| iso.get(from..to).unwrap_or_default();
    let micros = now.millis().rem_euclid(1000) * 1000;
    format!("{}/{}/{} {}.{micros:06}", part(0, 4), part(5, 7), part(8, 10), part(11, 19))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(data: &[u8], complete: bool) -> (Vec<String>, usize) {
        let (events, length) = batch(data, complete, Timestamp::from_millis(5));
        (events.into_iter().map(|event| event.message).collect(), length)
    }

    #[test]
    fn whole_lines_until_the_end() {
        assert_eq!(lines(b"a\nb\nc", false), (vec!["a\n".into(), "b\n".into()], 4));
        assert_eq!(lines(b"c", true), (vec!["c".into()], 1));
        assert_eq!(lines(b"c", false), (vec![], 0));
        assert_eq!(lines(b"\xff\n", false), (vec!["\u{fffd}\n".into()], 2));
    }

    #[test]
    fn batches_keep_the_limits() {
        let many = b"x\n".repeat(MAX_EVENTS + 5);
        assert_eq!(lines(&many, false).0.len(), MAX_EVENTS);
        let long = vec![b'x'; 3 * MAX_LINE];
        assert_eq!(lines(&long, false).1, 3 * MAX_LINE);
        let wide = vec![0xff; MAX_LINE * 2];
        assert_eq!(lines(&wide, false).0.len(), 1);
    }

    #[test]
    fn times() {
        assert_eq!(
            log_time(Timestamp::from_millis(1_709_210_096_007)),
            "2024/02/29 12:34:56.007000"
        );
    }
}
