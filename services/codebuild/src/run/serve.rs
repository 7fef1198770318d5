//! Runs a sandbox: a loop inside starts the commands that it is told of, each in a shell of its own,
//! and they run beside each other.
//!
//! The loop and this runner share a directory. A command is a file there, and its name goes into a
//! named pipe; what it writes goes into files beside it, and so does its status, by a rename. So
//! neither needs the other to be there: a yard that comes back reads what has ended meanwhile. What
//! is in the directory belongs to whoever is inside: links are not followed, and nothing but plain
//! files is read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use api_developer::codebuild::{BuildPhase, BuildPhaseType, BuildStatusType};
use blobs::KeyRef;
use engine::EngineError;
use rustix::fs::OFlags;
use sandbox::{Bind, EndKind, Handle, Masker, Program, Service, Spec};
use store::Durability;

use super::follow::{stopped, timed_out};
use super::log::Log;
use super::{Cut, Job};
use crate::model::BuildRecord;
use crate::phases::{self, Context};
use crate::rooms;
use crate::sandboxes::{self, CommandRecord, status};

/// The shared directory inside.
const INSIDE: &str = "/codebuild/commands";
/// The named pipe in it.
const WAKE: &str = "wake";
/// The loop.
const LOOP: &str = "loop.sh";
/// The secrets of a sandbox, sealed, for the yards to come.
const SECRETS: &str = "secrets";
const SECRETS_CONTEXT: &[u8] = b"codebuild sandbox secrets";
/// So much of a command's output its record keeps, in bytes, of either stream.
const MAX_CONTENT: usize = 64 << 10;
/// Secrets are looked for in so much more, so that none is cut in two.
const MARGIN: usize = 128 << 10;
/// How long output may wait for more of it before it is forwarded.
const OUTPUT_PAUSE: Duration = Duration::from_millis(150);
/// How soon to look again for a loop that does not listen yet.
const SOON: Duration = Duration::from_millis(20);
/// What what is running has to end by itself when the sandbox is stopped.
const GRACE: Duration = Duration::from_secs(2);

/// A command's output goes into the log when it has ended, so that two never mix.
const LOOP_SCRIPT: &str = r#"cd "$1" || exit
at=/codebuild/commands
exec 9<>"$at/wake" || exit
echo "[Container] Sandbox ready for commands"
while read -r id <&9; do
  case $id in '' | *[!0-9a-f-]*) continue ;; esac
  [ -e "$at/$id.started" ] && continue
  : >"$at/$id.started"
  (
    (
      exec 9>&-
      echo "[Container] Running command $id"
      sh "$at/$id.sh" </dev/null >"$at/$id.out" 2>"$at/$id.err"
      code=$?
      cat "$at/$id.out" "$at/$id.err"
      echo "$code" >"$at/$id.new"
      mv "$at/$id.new" "$at/$id.exit"
      echo "[Container] Command $id exited with $code"
    ) &
  )
done
"#;

fn directory(job: &Job) -> PathBuf {
    rooms::work_directory(&job.yard, job.record.uuid()).join("commands")
}

impl Job {
    /// Puts the loop in the place of the buildspec's commands.
    pub(super) fn make_sandbox(&mut self, spec: &mut Spec) -> Result<(), Cut> {
        let directory = directory(self);
        prepare(&directory).map_err(Cut::retry)?;
        self.keep_secrets(&spec.secrets).map_err(Cut::retry)?;
        spec.binds.push(Bind { host: directory, inside: INSIDE.into(), read_only: false });
        spec.program = Program::Service(Service {
            argv: vec![
                "sh".to_owned(),
                format!("{INSIDE}/{LOOP}"),
                spec.workdir.to_string_lossy().into_owned(),
            ],
            run_as: None,
            restart: false,
            grace: GRACE,
        });
        Ok(())
    }

    fn keep_secrets(&self, secrets: &[String]) -> Result<(), String> {
        let text = serde_json::Value::from(secrets.to_vec()).to_string();
        let sealed = self.yard.blobs().seal(&KeyRef::Yard, SECRETS_CONTEXT, text.as_bytes());
        let path = rooms::work_directory(&self.yard, self.record.uuid()).join(SECRETS);
        fs::write(path, sealed.map_err(|error| error.to_string())?)
            .map_err(|error| error.to_string())
    }

    fn secrets(&self) -> Result<Vec<String>, String> {
        let path = rooms::work_directory(&self.yard, self.record.uuid()).join(SECRETS);
        let sealed = fs::read(path).map_err(|error| error.to_string())?;
        let text = self.yard.blobs().unseal(SECRETS_CONTEXT, &sealed);
        let text = text.map_err(|error| error.to_string())?;
        serde_json::from_slice(&text).map_err(|error| error.to_string())
    }

    /// Serves the sandbox until it has ended; how is always the answer's error.
    pub(super) async fn serve(
        &mut self,
        handle: &dyn Handle,
        log: &mut Log,
    ) -> Result<BuildStatusType, Cut> {
        if phases::current(&self.record.build) == Some(BuildPhaseType::DownloadSource) {
            let now = self.now();
            self.change(Durability::Synced, move |record| begin_serving(record, now)).await?;
        }
        let secrets = self.secrets().map_err(Cut::retry)?;
        let commands = Commands { directory: directory(self), secrets };
        let stop = self.rooms.stop_signal(&self.record.id);
        let news = self.rooms.stop_signal(&sandboxes::news(&self.record.id));
        let run = self.run.clone();
        let mut stop_asked = self.is_stop_requested()?;
        let mut stopping = false;
        loop {
            let status = handle.status().await.map_err(Cut::retry)?;
            // What is inside may keep commands from being sent, but not the sandbox from being stopped.
            let sends = status.end.is_none() && !stop_asked;
            let waits = sends && !commands.send(self).await?;
            commands.collect(self, status.end.is_some()).await?;
            log.forward(self, handle).await?;
            if let Some(end) = &status.end {
                return Err(self.served(&end.kind)?);
            }
            if stop_asked && !stopping {
                handle.stop("StopSandbox").await.map_err(Cut::retry)?;
                stopping = true;
            }
            tokio::select! {
                () = handle.changed() => {}
                () = news.notified() => {}
                () = stop.notified() => stop_asked = self.is_stop_requested()?,
                () = tokio::time::sleep(OUTPUT_PAUSE), if log.is_waiting() => {}
                () = tokio::time::sleep(SOON), if waits => {}
                // The sandbox goes on without us; the next yard serves it on.
                () = run.stopping() => return Err(Cut::Engine(EngineError::Stopping)),
            }
        }
    }

    fn served(&self, end: &EndKind) -> Result<Cut, Cut> {
        let fault = |why: String| {
            Cut::Ended(BuildStatusType::Fault, Context::new("INTERNAL_SERVICE_ERROR", why))
        };
        Ok(match end {
            EndKind::TimedOut => timed_out(),
            EndKind::Stopped(_) if self.is_stop_requested()? => match stopped() {
                Cut::Ended(status, _) => {
                    Cut::Ended(status, Context::new("", "Sandbox stopped by a StopSandbox request"))
                }
                other => other,
            },
            EndKind::Stopped(reason) => fault(format!("the sandbox was stopped: {reason}")),
            EndKind::LimitExceeded(limit) => {
                Cut::failed("CLIENT_ERROR", format!("the sandbox was killed: {limit}"))
            }
            EndKind::Lost(reason) => fault(format!("the sandbox was lost: {reason}")),
            EndKind::Exited(code) => {
                fault(format!("what starts the sandbox's commands ended with {code}"))
            }
            EndKind::Succeeded | EndKind::Failed => fault("the sandbox ended by itself".into()),
        })
    }
}

fn begin_serving(record: &mut BuildRecord, now: shape::Timestamp) -> Vec<BuildPhase> {
    if phases::current(&record.build) != Some(BuildPhaseType::DownloadSource) {
        return Vec::new();
    }
    phases::next(&mut record.build, BuildPhaseType::Build, now).into_iter().collect()
}

/// The shared directory as a sandbox finds it.
fn prepare(directory: &Path) -> io::Result<()> {
    if directory.exists() {
        fs::remove_dir_all(directory)?;
    }
    fs::create_dir_all(directory)?;
    fs::write(directory.join(LOOP), LOOP_SCRIPT)?;
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mkfifoat(rustix::fs::CWD, directory.join(WAKE), mode).map_err(io::Error::from)
}

/// The runner's side of the shared directory.
struct Commands {
    directory: PathBuf,
    secrets: Vec<String>,
}

/// How a command stands.
struct Seen {
    exit: Option<String>,
    out: Option<String>,
    err: Option<String>,
}

impl Commands {
    /// Has the loop start what it has not; whether it could be told of all.
    async fn send(&self, job: &Job) -> Result<bool, EngineError> {
        let id = &job.record.id;
        let waiting = job.run.store().read(|tx| sandboxes::under_way(tx, job.run.scope(), id))?;
        let mut sent = Vec::new();
        let mut all = true;
        for record in waiting.iter().filter(|record| record.status() == status::SUBMITTED) {
            if !self.tell(record).map_err(EngineError::retry)? {
                all = false;
                break;
            }
            sent.push(record.id.clone());
        }
        let now = job.now();
        self.change(job, sent, move |record, _| {
            record.execution.status = Some(status::IN_PROGRESS.to_owned());
            record.execution.start_time = Some(now);
        })
        .await?;
        Ok(all)
    }

    /// False if the loop does not listen, yet or any more.
    fn tell(&self, record: &CommandRecord) -> io::Result<bool> {
        let command = record.execution.command.as_deref().unwrap_or_default();
        let (fresh, script) = (self.file(&record.id, "sh.new"), self.file(&record.id, "sh"));
        // Somebody inside may have put something else there.
        match fs::remove_file(&fresh) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o644).open(&fresh)?;
        file.write_all(command.as_bytes())?;
        file.write_all(b"\n")?;
        fs::rename(fresh, script)?;
        let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW;
        let pipe = OpenOptions::new()
            .write(true)
            .custom_flags(flags.bits().cast_signed())
            .open(self.directory.join(WAKE));
        let mut pipe = match pipe {
            Ok(pipe) if pipe.metadata()?.file_type().is_fifo() => pipe,
            _ => return Ok(false),
        };
        Ok(pipe.write_all(format!("{}\n", record.id).as_bytes()).is_ok())
    }

    /// Writes down what has ended; of what can't end any more, what it wrote so far.
    async fn collect(&self, job: &Job, over: bool) -> Result<(), EngineError> {
        let id = &job.record.id;
        let known = job.run.store().read(|tx| sandboxes::under_way(tx, job.run.scope(), id))?;
        for record in known.iter().filter(|record| record.status() == status::IN_PROGRESS) {
            let seen = self.look(&record.id, over);
            if seen.exit.is_none() && !over {
                continue;
            }
            let now = job.now();
            self.change(job, vec![record.id.clone()], move |record, _| {
                let execution = &mut record.execution;
                execution.standard_output_content.clone_from(&seen.out);
                execution.standard_err_content.clone_from(&seen.err);
                if let Some(code) = &seen.exit {
                    let good = if code == "0" { status::SUCCEEDED } else { status::FAILED };
                    execution.status = Some(good.to_owned());
                    execution.exit_code = Some(code.clone());
                    execution.end_time = Some(now);
                }
            })
            .await?;
        }
        Ok(())
    }

    fn look(&self, id: &str, over: bool) -> Seen {
        let exit = read(&self.file(id, "exit"), 16).map(|(bytes, _)| bytes);
        let exit = exit.and_then(|bytes| String::from_utf8(bytes).ok());
        // Whatever else is written there is no status.
        let exit =
            exit.and_then(|text| text.trim().parse::<u8>().ok()).map(|code| code.to_string());
        let content = |name: &str| match exit.is_some() || over {
            true => self.content(&self.file(id, name)),
            false => None,
        };
        let (out, err) = (content("out"), content("err"));
        Seen { exit, out, err }
    }

    /// What was written, without secrets and not endlessly; none if it is nothing.
    fn content(&self, path: &Path) -> Option<String> {
        let (bytes, is_cut) = read(path, MAX_CONTENT + MARGIN)?;
        let mut masker = Masker::new(self.secrets.iter().map(String::as_str));
        let mut masked = Vec::new();
        masker.push(&bytes, &mut masked);
        if !is_cut {
            masker.flush(&mut masked);
        }
        let text = String::from_utf8_lossy(&masked);
        let end = text.floor_char_boundary(MAX_CONTENT);
        let mut kept = text.get(..end).unwrap_or_default().to_owned();
        if is_cut || end < text.len() {
            kept.push_str("\n[only the beginning: the sandbox's log has it all]\n");
        }
        (!kept.is_empty()).then_some(kept)
    }

    fn file(&self, id: &str, name: &str) -> PathBuf {
        self.directory.join(format!("{id}.{name}"))
    }

    async fn change(
        &self,
        job: &Job,
        ids: Vec<String>,
        change: impl Fn(&mut CommandRecord, &str) + Send + 'static,
    ) -> Result<(), EngineError> {
        if ids.is_empty() {
            return Ok(());
        }
        let (scope, sandbox) = (job.run.scope().clone(), job.record.id.clone());
        job.run
            .write(move |tx| {
                for mut record in sandboxes::under_way(tx, &scope, &sandbox)? {
                    if ids.contains(&record.id) {
                        change(&mut record.value, &sandbox);
                        tx.update(&scope, &record)?;
                    }
                }
                Ok(())
            })
            .await
    }
}

/// The first bytes of a plain file, and whether there are more; none if it is not there or is
/// something else.
fn read(path: &Path, most: usize) -> Option<(Vec<u8>, bool)> {
    let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path);
    let file: File = file.ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(most as u64 + 1).read_to_end(&mut bytes).ok()?;
    let is_cut = bytes.len() > most;
    bytes.truncate(most);
    Some((bytes, is_cut))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_plain_file_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("plain"), "abc").unwrap();
        std::os::unix::fs::symlink(at("plain"), at("link")).unwrap();
        fs::create_dir(at("directory")).unwrap();
        prepare(&at("shared")).unwrap();
        assert_eq!(read(&at("plain"), 2), Some((b"ab".to_vec(), true)));
        assert_eq!(read(&at("plain"), 3), Some((b"abc".to_vec(), false)));
        for name in ["link", "directory", "shared/wake", "missing"] {
            assert_eq!(read(&at(name), 9), None, "{name}");
        }
    }

    #[test]
    fn a_status_is_a_number() {
        let dir = tempfile::tempdir().unwrap();
        let commands = Commands { directory: dir.path().to_owned(), secrets: Vec::new() };
        for (text, status) in
            [("0\n", Some("0")), ("255", Some("255")), ("", None), ("<b>0</b>", None), ("-1", None)]
        {
            fs::write(dir.path().join("x.exit"), text).unwrap();
            assert_eq!(commands.look("x", false).exit.as_deref(), status, "{text}");
        }
    }

    #[test]
    fn contents_are_bounded_and_without_secrets() {
        let dir = tempfile::tempdir().unwrap();
        let commands =
            Commands { directory: dir.path().to_owned(), secrets: vec!["hunter22".into()] };
        let path = dir.path().join("x");
        let content = |text: &str| {
            fs::write(&path, text).unwrap();
            commands.content(&path)
        };
        assert_eq!(content(""), None);
        assert_eq!(content("say hunter22!").as_deref(), Some("say ***!"));
        // On both sides of both bounds.
        for before in [MAX_CONTENT - 4, MAX_CONTENT + MARGIN - 4] {
            let text = format!("{}hunter22{}", "x".repeat(before), "y".repeat(2 * MARGIN));
            let kept = content(&text).unwrap();
            assert!(!kept.contains("hunt") && kept.contains("only the beginning"));
            assert!(kept.len() < MAX_CONTENT + 100);
        }
    }
}
