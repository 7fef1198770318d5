//! The journal of a run: what the supervisor writes as it goes, and how that reads as a status.
//! One JSON object per line; the first member says what happened. Unknown events are skipped, so
//! that a newer supervisor's journal can be read.

use crate::spool::{Reader, Seal, Writer};
use crate::status::{
    CommandStatus, End, EndKind, Isolation, Level, StageOutcome, StageStatus, Status,
};
use serde_json::{Value, json};
use std::fs;
use std::io;
use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Version of journal and end file.
const VERSION: u64 = 1;

/// Milliseconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// The writing side.
pub struct Journal {
    writer: Writer,
}

impl Journal {
    /// Makes its file.
    pub fn create(path: &Path, seal: Option<Seal>) -> io::Result<Self> {
        Ok(Self { writer: Writer::create(path, seal)? })
    }

    /// The program is about to run.
    pub fn started(&mut self, isolation: &Isolation) -> io::Result<()> {
        self.write(&json!({
            "event": "started",
            "version": VERSION,
            "at": now(),
            "level": isolation.level.name(),
            "reasons": isolation.reasons,
        }))?;
        self.write_out()
    }

    /// When [`Self::write_out`] should be called, if it should.
    pub fn due(&self) -> Option<Instant> {
        self.writer.due()
    }

    /// Writes what is gathered.
    pub fn write_out(&mut self) -> io::Result<()> {
        self.writer.write_out()
    }

    pub fn stage(&mut self, index: usize, name: &str, attempt: u32) -> io::Result<()> {
        self.write(&json!({
            "event": "stage", "at": now(), "index": index, "name": name, "attempt": attempt,
        }))
    }

    pub fn command(
        &mut self,
        index: usize,
        finally: bool,
        text: &str,
        offset: u64,
    ) -> io::Result<()> {
        self.write(&json!({
            "event": "command", "at": now(), "index": index, "finally": finally, "text": text,
            "offset": offset,
        }))
    }

    /// The command that is running ended; without a code it was cut short. `not_run` is why no
    /// shell could run it.
    pub fn command_end(
        &mut self,
        exit: Option<i32>,
        not_run: Option<&str>,
        offset: u64,
    ) -> io::Result<()> {
        let mut event =
            json!({ "event": "commandEnd", "at": now(), "exit": exit, "offset": offset });
        if let (Some(members), Some(why)) = (event.as_object_mut(), not_run) {
            members.insert("notRun".to_owned(), why.into());
        }
        self.write(&event)
    }

    pub fn stage_end(&mut self, outcome: StageOutcome) -> io::Result<()> {
        self.write(&json!({ "event": "stageEnd", "at": now(), "outcome": outcome.name() }))
    }

    pub fn note(&mut self, text: &str) -> io::Result<()> {
        self.write(&json!({ "event": "note", "text": text }))
    }

    pub fn sync(&mut self) -> io::Result<()> {
        self.writer.sync()
    }

    fn write(&mut self, event: &Value) -> io::Result<()> {
        // In one write, so that a reader or a kill finds whole lines or none.
        self.writer.append(format!("{event}\n").as_bytes())
    }
}

/// The reading side: follows a journal and folds it into a status.
pub struct Follower {
    reader: Reader,
    offset: u64,
    partial: Vec<u8>,
    status: Option<Status>,
}

impl Follower {
    pub fn open(path: &Path, seal: Option<Seal>) -> io::Result<Self> {
        Ok(Self { reader: Reader::open(path, seal)?, offset: 0, partial: Vec::new(), status: None })
    }

    /// Reads what is new; the status so far, if the start has been written.
    pub fn status(&mut self) -> io::Result<Option<&Status>> {
        loop {
            let data = self.reader.read_at(self.offset, 1 << 16)?;
            if data.is_empty() {
                return Ok(self.status.as_ref());
            }
            self.offset += data.len() as u64;
            self.partial.extend_from_slice(&data);
            while let Some(end) = self.partial.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.partial.drain(..=end).collect();
                let event = serde_json::from_slice(&line).map_err(|error| {
                    io::Error::new(io::ErrorKind::InvalidData, format!("the journal: {error}"))
                })?;
                apply(&mut self.status, &event);
            }
        }
    }
}

fn apply(status: &mut Option<Status>, event: &Value) {
    let at = event.get("at").and_then(Value::as_i64).unwrap_or_default();
    let text = |name| event.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let index = || number(event, "index").and_then(|n| usize::try_from(n).ok()).unwrap_or_default();
    let kind = event.get("event").and_then(Value::as_str).unwrap_or_default();
    if kind == "started" {
        let reasons = event.get("reasons").and_then(Value::as_array);
        let reasons = reasons.into_iter().flatten().filter_map(Value::as_str);
        *status = Some(Status {
            isolation: Isolation {
                level: Level::from_name(&text("level")),
                reasons: reasons.map(str::to_owned).collect(),
            },
            started_at: at,
            stages: Vec::new(),
            notes: Vec::new(),
            end: None,
        });
        return;
    }
    let Some(status) = status else { return };
    let stages = &mut status.stages;
    match kind {
        "note" => status.notes.push(text("text")),
        "stage" => stages.push(StageStatus {
            index: index(),
            name: text("name"),
            attempt: number(event, "attempt").and_then(|n| u32::try_from(n).ok()).unwrap_or(1),
            started_at: at,
            ended_at: None,
            outcome: None,
            commands: Vec::new(),
        }),
        "stageEnd" => {
            if let Some(stage) = stages.last_mut() {
                stage.ended_at = Some(at);
                stage.outcome = Some(StageOutcome::from_name(&text("outcome")));
            }
        }
        "command" => {
            if let Some(stage) = stages.last_mut() {
                stage.commands.push(CommandStatus {
                    index: index(),
                    finally: event.get("finally").and_then(Value::as_bool).unwrap_or(false),
                    text: text("text"),
                    started_at: at,
                    ended_at: None,
                    exit_code: None,
                    not_run: None,
                    output_start: number(event, "offset").unwrap_or_default(),
                    output_end: None,
                });
            }
        }
        "commandEnd" => {
            if let Some(command) = stages.last_mut().and_then(|stage| stage.commands.last_mut()) {
                let exit = event.get("exit").and_then(Value::as_i64);
                command.ended_at = Some(at);
                command.exit_code = exit.and_then(|code| i32::try_from(code).ok());
                let not_run = event.get("notRun").and_then(Value::as_str);
                command.not_run = not_run.map(str::to_owned);
                command.output_end = number(event, "offset");
            }
        }
        _ => {}
    }
}

fn number(of: &Value, name: &str) -> Option<u64> {
    of.get(name).and_then(Value::as_u64)
}

/// Writes the end of a run: whole or not at all.
pub fn write_end(path: &Path, seal: Option<Seal>, end: &End) -> io::Result<()> {
    let (kind, detail) = end.kind.to_parts();
    let text = json!({
        "version": VERSION,
        "kind": kind,
        "detail": detail,
        "at": end.at,
        "outputBytes": end.output_bytes,
        "droppedBytes": end.dropped_bytes,
        "exports": end.exports.iter().map(|(name, value)| json!([name, value])).collect::<Vec<_>>(),
        "expanded": end.expanded,
        "workdir": end.workdir,
    });
    let fresh = path.with_extension(format!("{}", std::process::id()));
    let _ = fs::remove_file(&fresh); // of an earlier process of this pid, if at all
    let mut writer = Writer::create(&fresh, seal)?;
    writer.append(text.to_string().as_bytes())?;
    writer.write_out()?;
    fs::rename(&fresh, path)
}

/// Makes a renamed file survive a power cut: its contents, then its name.
pub fn sync_file(path: &Path) -> io::Result<()> {
    fs::File::open(path)?.sync_all()?;
    path.parent().map_or(Ok(()), |parent| fs::File::open(parent)?.sync_all())
}

/// The end of a run, if it has come.
pub fn read_end(path: &Path, seal: impl FnOnce() -> Option<Seal>) -> io::Result<Option<End>> {
    let file = match fs::File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let reader = Reader::of(file, seal());
    let mut text = Vec::new();
    loop {
        let piece = reader.read_at(text.len() as u64, 1 << 20)?;
        if piece.is_empty() {
            break;
        }
        text.extend_from_slice(&piece);
    }
    let value: Value = serde_json::from_slice(&text)?;
    let malformed = || io::Error::new(io::ErrorKind::InvalidData, "the end record is malformed");
    end_from_json(&value).map(Some).ok_or_else(malformed)
}

fn end_from_json(value: &Value) -> Option<End> {
    let kind = value.get("kind")?.as_str()?;
    let exports =
        value.get("exports")?.as_array()?.iter().map(|pair| match pair.as_array()?.as_slice() {
            [name, value] => Some((name.as_str()?.to_owned(), value.as_str()?.to_owned())),
            _ => None,
        });
    Some(End {
        kind: EndKind::from_parts(kind, value.get("detail")?)?,
        at: value.get("at")?.as_i64()?,
        output_bytes: number(value, "outputBytes")?,
        dropped_bytes: number(value, "droppedBytes")?,
        exports: exports.collect::<Option<_>>()?,
        expanded: value.get("expanded").and_then(Value::as_array).map(|words| {
            words.iter().map(|word| word.as_str().unwrap_or_default().to_owned()).collect()
        }),
        workdir: value.get("workdir")?.as_str().map(str::to_owned),
    })
}
