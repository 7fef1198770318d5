//! A pushed pack before it is accepted: indexed and checked in a directory of its own, where
//! nobody else sees its objects, and gone with it when it is refused.

use crate::body::BodyReader;
use crate::limits::{MAX_PACK_BYTES, MAX_STDERR, PUSH_TIMEOUT};
use crate::pktline::{Band, banded};
use crate::process::{Running, git, read_bounded};
use crate::projection::INCOMING;
use crate::{GitError, Repository, Result};
use bytes::Bytes;
use std::io;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::ChildStderr;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// fsck's complaints that are let pass, as other hosts do: old histories have them and cannot be
/// pushed otherwise, and they harm nobody. Everything else that fsck warns of refuses the pack.
const TOLERATED: &str =
    "--strict=zeroPaddedFilemode=ignore,badTimezone=ignore,missingSpaceBeforeDate=ignore";

/// A pack header: `PACK`, version, number of objects.
const HEADER_LEN: usize = 12;
/// The checksum at a pack's end.
const TRAILER_LEN: usize = 20;

/// What `git index-pack --stdin` answers: `pack`, a tab, the pack's name, an end of line.
const ANSWER_LEN: usize = 46;

/// See the module.
pub(crate) struct Quarantine {
    dir: TempDir,
    indexing: Option<Indexing>,
}

struct Indexing {
    running: Running,
    stdout: JoinHandle<io::Result<Vec<u8>>>,
    stderr: JoinHandle<Vec<u8>>,
    /// The child took everything.
    fed: bool,
}

impl Quarantine {
    /// Reads the rest of a push into a new quarantine. `None` for a pack without objects.
    /// Progress goes to `progress` as far as it has room.
    pub(crate) async fn receive(
        repository: &Repository,
        body: &mut BodyReader,
        progress: Option<mpsc::Sender<io::Result<Bytes>>>,
    ) -> Result<Option<Self>> {
        let header = body.exactly(HEADER_LEN).await?;
        let bad = || GitError::Protocol("the push has no pack".to_owned());
        let rest = header.strip_prefix(b"PACK").ok_or_else(bad)?;
        let (version, count) = rest.split_first_chunk::<4>().ok_or_else(bad)?;
        if !matches!(u32::from_be_bytes(*version), 2 | 3) {
            return Err(bad());
        }
        if count == [0; 4] {
            body.exactly(TRAILER_LEN).await?;
            return Ok(None);
        }
        let incoming = repository.dir().join(INCOMING);
        let dir = tokio::task::spawn_blocking(move || make_dir(&incoming))
            .await
            .map_err(|e| GitError::CutOff(e.to_string()))?
            .map_err(GitError::io("make a quarantine"))?;
        let mut command = git(repository.dir(), "index-pack");
        command.args(["--stdin", "--fix-thin", TOLERATED, "--show-resolving-progress"]);
        command.arg(format!("--max-input-size={MAX_PACK_BYTES}"));
        command.env("GIT_OBJECT_DIRECTORY", dir.path()).env("GIT_QUARANTINE_PATH", dir.path());
        let mut running = Running::start(command, "index-pack")?;
        let mut stdin = running.stdin()?;
        let stdout = tokio::spawn(read_bounded(running.stdout()?, MAX_STDERR));
        let stderr = tokio::spawn(relay(running.stderr()?, progress));
        let mut indexing = Indexing { running, stdout, stderr, fed: false };
        indexing.fed = stdin.write_all(&header).await.is_ok();
        while let Some(chunk) = body.chunk().await? {
            // A child that has seen enough has said why; the client still wants to be read.
            indexing.fed = indexing.fed && stdin.write_all(&chunk).await.is_ok();
        }
        Ok(Some(Self { dir, indexing: Some(indexing) }))
    }

    /// Waits until the pack is indexed and found good.
    pub(crate) async fn indexed(mut self) -> Result<Self> {
        if let Some(Indexing { mut running, stdout, stderr, fed }) = self.indexing.take() {
            let status = tokio::time::timeout(PUSH_TIMEOUT, running.wait())
                .await
                .map_err(|_| GitError::CutOff("checking the pack took too long".to_owned()))??;
            let lost = |e: tokio::task::JoinError| GitError::CutOff(e.to_string());
            let said = stderr.await.map_err(lost)?;
            let made = stdout.await.map_err(lost)?.map_err(GitError::io("read from git"))?;
            if !status.success() {
                let problem = String::from_utf8_lossy(&said).trim().to_owned();
                return Err(GitError::Child { command: "index-pack", problem });
            }
            // What follows a pack, index-pack leaves unread or hands on after its answer.
            if !fed || made.len() != ANSWER_LEN {
                return Err(GitError::Protocol("bytes after the pack".to_owned()));
            }
        }
        Ok(self)
    }

    /// The object directory, with the repository's own behind it.
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Where its packs are.
    pub(crate) fn packs(&self) -> PathBuf {
        self.dir().join("pack")
    }
}

fn make_dir(incoming: &Path) -> io::Result<TempDir> {
    let dir = tempfile::Builder::new().prefix("push-").tempdir_in(incoming)?;
    std::fs::create_dir(dir.path().join("pack"))?;
    std::fs::create_dir(dir.path().join("info"))?;
    // Relative, so that no character of the data directory's path has to be quoted.
    std::fs::write(dir.path().join("info/alternates"), "../../objects\n")?;
    Ok(dir)
}

/// Keeps the last of what the child says and passes it on to the client as it comes.
async fn relay(
    mut stderr: ChildStderr,
    progress: Option<mpsc::Sender<io::Result<Bytes>>>,
) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut buffer = vec![0; 4 << 10];
    while let Ok(count) = stderr.read(&mut buffer).await {
        let Some(got) = buffer.get(..count).filter(|got| !got.is_empty()) else { break };
        kept.extend_from_slice(got);
        let excess = kept.len().saturating_sub(MAX_STDERR);
        kept.drain(..excess);
        if let Some(progress) = &progress {
            // Progress that nobody takes up in time is no longer of interest.
            let _ = progress.try_send(Ok(banded(Band::Progress, got)));
        }
    }
    kept
}
