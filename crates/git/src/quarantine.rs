//! A pushed pack before it is accepted: indexed and checked in a directory of its own, where
//! nobody else sees its objects, and gone with it when it is refused.

use crate::body::BodyReader;
use crate::cache::{Lease, Place};
use crate::limits::{MAX_GIT_BLOB, MAX_PACK_BYTES, MAX_STDERR, PUSH_TIMEOUT, SMALL_PUSH};
use crate::packs::NewPack;
use crate::pktline::{Band, banded};
use crate::process::{Running, git, read_bounded};
use crate::projection::INCOMING;
use crate::sync::blocking;
use crate::{GitError, Repository, Result};
use bytes::Bytes;
use std::io;
use std::path::Path;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStderr, ChildStdin};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// With `--strict`, no object comes in whose links lead nowhere, neither into the pack nor into the
/// repository: this is what keeps a repository whole.
/// fsck's complaints that are let pass, as other hosts do: old histories have them and cannot be
/// pushed otherwise, and they harm nobody. Everything else that fsck warns of refuses the pack.
pub(crate) const TOLERATED: &str =
    "--strict=zeroPaddedFilemode=ignore,badTimezone=ignore,missingSpaceBeforeDate=ignore";

/// A pack header: `PACK`, version, number of objects.
const HEADER_LEN: usize = 12;
/// The checksum at a pack's end.
const TRAILER_LEN: usize = 20;

/// What `git index-pack --stdin` answers: `pack`, a tab, the pack's name, an end of line.
const ANSWER_LEN: usize = 46;

/// Room set aside beyond a pack's own bytes for its index and the bases of a thin one: this many
/// bytes, and as many again as the pack has.
const ROOM_BESIDE: u64 = 64 << 10;

/// See the module.
pub(crate) struct Quarantine {
    dir: TempDir,
    lease: Option<Lease>,
    indexing: Option<Indexing>,
    /// Its objects may be what the pack's are made from.
    repository: Repository,
}

struct Indexing {
    running: Running,
    stdout: JoinHandle<io::Result<Vec<u8>>>,
    stderr: JoinHandle<Vec<u8>>,
    /// The child took everything.
    fed: bool,
}

/// The beginning of a pack, and whether it is all of it.
struct Beginning {
    pieces: Vec<Bytes>,
    bytes: u64,
    whole: bool,
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
        let beginning = begin(header, body).await?;
        let (place, lease) = match find_place(repository, &beginning).await {
            Ok(found) => found,
            Err(error) => {
                // The client reads nothing before it has sent everything.
                body.drain().await?;
                return Err(error);
            }
        };
        let at_home = place == repository.0.place();
        let parent = match place {
            Some(place) if !at_home => repository.room_cache()?.0.root(place)?,
            _ => repository.dir().join(INCOMING),
        };
        let alternate = match at_home {
            // Relative, so that no character of the data directory's path has to be quoted.
            true => "../../objects".to_owned(),
            false => repository.dir().join("objects").display().to_string(),
        };
        let dir = blocking("make a quarantine", move || make_dir(&parent, &alternate)).await?;
        let mut command = git(repository.dir(), "index-pack");
        command.args(["--stdin", "--fix-thin", TOLERATED, "--show-resolving-progress"]);
        command.arg(format!("--max-input-size={MAX_PACK_BYTES}"));
        if beginning.whole {
            // A few objects are not worth more threads.
            command.arg("--threads=1");
        }
        command.env("GIT_OBJECT_DIRECTORY", dir.path()).env("GIT_QUARANTINE_PATH", dir.path());
        // A delta of a few bytes can make an object of any size, in memory. What is no delta may
        // stay on disk, and is measured afterwards.
        command.env("GIT_ALLOC_LIMIT", (MAX_GIT_BLOB + 1).to_string());
        let mut running = Running::start(command, "index-pack")?;
        let stdin = running.stdin()?;
        let stdout = tokio::spawn(read_bounded(running.stdout()?, MAX_STDERR));
        let stderr = tokio::spawn(relay(running.stderr()?, progress));
        let indexing = Indexing { running, stdout, stderr, fed: false };
        let repository = repository.clone();
        let mut quarantine = Self { dir, lease, indexing: Some(indexing), repository };
        let fed = quarantine.feed(stdin, beginning, body).await?;
        if let Some(indexing) = &mut quarantine.indexing {
            indexing.fed = fed;
        }
        Ok(Some(quarantine))
    }

    /// Gives the child the pack as it comes. Answers whether it took everything.
    async fn feed(
        &self,
        mut stdin: ChildStdin,
        beginning: Beginning,
        body: &mut BodyReader,
    ) -> Result<bool> {
        let mut fed = true;
        for piece in beginning.pieces {
            fed = fed && stdin.write_all(&piece).await.is_ok();
        }
        while let Some(chunk) = body.chunk().await? {
            if let Some(lease) = &self.lease
                && let Err(error) = lease.grow(2 * chunk.len() as u64).await
            {
                body.drain().await?;
                return Err(error);
            }
            // A child that has seen enough has said why; the client still wants to be read.
            fed = fed && stdin.write_all(&chunk).await.is_ok();
        }
        Ok(fed)
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

    /// What was set aside for it.
    pub(crate) fn lease(&self) -> Option<&Lease> {
        self.lease.as_ref()
    }

    /// The pack, once it is indexed. Its files go with the quarantine.
    pub(crate) async fn pack(&self) -> Result<NewPack> {
        let dir = self.dir().to_owned();
        let found = blocking("look at the pack", move || NewPack::find(&dir)).await?;
        let found = found.ok_or_else(|| GitError::Child {
            command: "index-pack",
            problem: "it left no pack".to_owned(),
        })?;
        if let Some(lease) = &self.lease {
            lease.set(found.bytes());
        }
        tracing::debug!(dir = %self.repository.dir().display(), pack = %found.name, "indexed");
        Ok(found)
    }
}

/// Reads until it is known that the pack is small, or that it is not.
async fn begin(header: Bytes, body: &mut BodyReader) -> Result<Beginning> {
    let mut beginning =
        Beginning { bytes: header.len() as u64, pieces: vec![header], whole: false };
    while beginning.bytes <= SMALL_PUSH as u64 {
        match body.chunk().await? {
            Some(piece) => {
                beginning.bytes += piece.len() as u64;
                beginning.pieces.push(piece);
            }
            None => {
                beginning.whole = true;
                break;
            }
        }
    }
    Ok(beginning)
}

/// Where the pack waits: beside its repository, but a large one not in memory if the disk is
/// allowed. `None` for a repository outside of caches.
async fn find_place(
    repository: &Repository,
    beginning: &Beginning,
) -> Result<(Option<Place>, Option<Lease>)> {
    let Some(room) = &repository.0.room else { return Ok((None, None)) };
    let bytes = 2 * beginning.bytes + ROOM_BESIDE;
    let has_disk = room.cache()?.0.has_disk();
    let mut place = room.place();
    if has_disk && !beginning.whole {
        place = Place::Disk;
    }
    let lease = match room.lease(place, bytes).await {
        Err(error) if error.is_lack_of_room() && has_disk => {
            place = Place::Disk;
            room.lease(place, bytes).await?
        }
        lease => lease?,
    };
    Ok((Some(place), Some(lease)))
}

fn make_dir(parent: &Path, alternate: &str) -> io::Result<TempDir> {
    let dir = tempfile::Builder::new().prefix("push-").tempdir_in(parent)?;
    std::fs::create_dir(dir.path().join("pack"))?;
    std::fs::create_dir(dir.path().join("info"))?;
    std::fs::write(dir.path().join("info/alternates"), format!("{alternate}\n"))?;
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
