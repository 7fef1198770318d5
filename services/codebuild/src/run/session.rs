//! Debug sessions: `codebuild-breakpoint` waits until `codebuild-resume` is run in a shell inside.
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/session-manager.html>
//!
//! Every build has the two commands, as two files of the yard's that its sandbox shows; without a
//! session they do nothing, as AWS has it. A breakpoint waits at a named pipe of its own below
//! `/tmp`, so it costs nothing while it waits, and the time limit holds all the same.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use api_developer::codebuild::DebugSession;
use sandbox::{Bind, Spec};

use super::{Cut, Job, shards};
use crate::model::BuildRecord;
use crate::rooms;

/// Where the commands are inside.
const INSIDE: &str = "/usr/local/bin";
const BREAKPOINT: &str = "codebuild-breakpoint";
const RESUME: &str = "codebuild-resume";
/// What both are where there is no session.
const IGNORED: &str = "ignored";

/// The directory of its pipes is everybody's: who waits and who resumes may be two users.
const BREAKPOINT_SCRIPT: &str = r#"#!/bin/sh
# Waits until codebuild-resume is run in the same build.
session=/tmp/.codebuild-session
gate=$session/$$
mkdir -p -m 0777 "$session" || exit
rm -f "$gate" && mkfifo -m 0666 "$gate" && chmod 0666 "$gate" || exit
trap 'rm -f "$gate"' EXIT
trap 'exit 130' HUP INT TERM
exec 9<>"$gate" || exit
echo "Paused at codebuild-breakpoint. Look around: codeyard shell $CODEBUILD_BUILD_ID"
echo "Go on: codebuild-resume, in that shell"
read -r word <&9
echo "Resumed by codebuild-resume"
"#;

const RESUME_SCRIPT: &str = r#"#!/bin/sh
# Has whatever waits at codebuild-breakpoint go on.
found=
for gate in /tmp/.codebuild-session/*; do
  [ -p "$gate" ] || continue
  found=1
  # Open for both, because nobody may be there any more.
  echo go 1<>"$gate" || exit
done
[ -n "$found" ] && exit
echo "codebuild-resume: nothing waits at a codebuild-breakpoint" >&2
exit 1
"#;

const IGNORED_SCRIPT: &str = r#"#!/bin/sh
echo "${0##*/} is ignored: the build was started without a debug session"
"#;

/// Whether a build has a session.
fn is_enabled(record: &BuildRecord) -> bool {
    let session = record.build.debug_session.as_ref();
    session.and_then(|session| session.session_enabled) == Some(true)
}

impl Job {
    /// Adds what every build has, and what makes a sandbox of it where it is one.
    pub(super) fn furnish(&mut self, spec: &mut Spec) -> Result<(), Cut> {
        let tools = rooms::directory(&self.yard).join("bin");
        for (name, text) in
            [(BREAKPOINT, BREAKPOINT_SCRIPT), (RESUME, RESUME_SCRIPT), (IGNORED, IGNORED_SCRIPT)]
        {
            provide(&tools.join(name), text).map_err(Cut::retry)?;
        }
        for (name, text) in [shards::GLOB_SEARCH, shards::TESTS_RUN] {
            let host = tools.join(name);
            provide(&host, text).map_err(Cut::retry)?;
            let inside = PathBuf::from(INSIDE).join(name);
            spec.binds.push(Bind { host, inside, read_only: true });
        }
        let enabled = is_enabled(&self.record);
        for name in [BREAKPOINT, RESUME] {
            spec.binds.push(Bind {
                host: tools.join(if enabled { name } else { IGNORED }),
                inside: PathBuf::from(INSIDE).join(name),
                read_only: true,
            });
        }
        if enabled {
            let target = format!("codebuild:{}", self.record.uuid());
            self.defer(move |record| {
                record.build.debug_session = Some(DebugSession {
                    session_enabled: Some(true),
                    session_target: Some(target.clone()),
                });
                Vec::new()
            });
        }
        match self.record.sandbox {
            Some(_) => self.make_sandbox(spec),
            None => Ok(()),
        }
    }
}

/// Writes a program, whole or not at all, unless it is there as it should be.
fn provide(path: &Path, text: &str) -> io::Result<()> {
    if fs::read(path).is_ok_and(|there| there == text.as_bytes()) {
        return Ok(());
    }
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    // A name of its own: several builds may be the first.
    let fresh = path.with_extension(types::uuid());
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o755).open(&fresh)?;
    file.write_all(text.as_bytes())?;
    drop(file);
    fs::rename(fresh, path)
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use super::*;

    /// The scripts as they are, in the shells that images have; only their directory is another.
    #[test]
    fn one_waits_for_the_other() {
        let dir = tempfile::tempdir().unwrap();
        let own = dir.path().join("session");
        let script = |text: &str| text.replace("/tmp/.codebuild-session", own.to_str().unwrap());
        for shell in ["sh", "bash"] {
            let run = |text: &str| {
                let mut command = Command::new(shell);
                command.arg("-c").arg(script(text)).env("CODEBUILD_BUILD_ID", "p:u");
                command
            };
            let early = run(RESUME_SCRIPT).output().unwrap();
            assert_eq!(early.status.code(), Some(1), "{shell}");
            let mut waits: Vec<_> = (0..2)
                .map(|_| run(BREAKPOINT_SCRIPT).stdout(Stdio::piped()).spawn().unwrap())
                .collect();
            let give_up = Instant::now() + Duration::from_secs(20);
            while fs::read_dir(&own).map_or(0, Iterator::count) < 2 {
                assert!(Instant::now() < give_up);
                std::thread::sleep(Duration::from_millis(5));
            }
            // One that was killed leaves its pipe, which holds nobody up.
            let stale = own.join("1");
            assert!(Command::new("mkfifo").arg(&stale).status().unwrap().success());
            std::thread::sleep(Duration::from_millis(100));
            assert!(waits.iter_mut().all(|it| it.try_wait().unwrap().is_none()), "{shell}");
            assert!(run(RESUME_SCRIPT).status().unwrap().success(), "{shell}");
            for wait in waits {
                let done = wait.wait_with_output().unwrap();
                assert!(done.status.success(), "{shell}");
                let said = String::from_utf8(done.stdout).unwrap();
                assert!(said.contains("codeyard shell p:u") && said.contains("Resumed"), "{said}");
            }
            fs::remove_file(stale).unwrap();
        }
    }

    #[test]
    fn programs_are_provided_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bin/x");
        provide(&path, "old").unwrap();
        provide(&path, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(dir.path().join("bin")).unwrap().count(), 1);
    }
}
