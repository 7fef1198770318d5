//! Turns for fetches from a large repository that has no bitmap yet.
//!
//! Without a bitmap each `git pack-objects` looks at every object and takes memory by their number.
//! So of each repository one at a time does, until the bitmap is there, which is made as soon as
//! the push is in. They wait at the packing itself, where git starts a hook in place of
//! `pack-objects`: by then clients have said what they want, so that nobody has a turn who only
//! talks, and git itself keeps them alive, whichever protocol they speak. A client that takes its
//! pack slowly, or not at all, does not keep the others waiting for ever: its turn is over before
//! its packing is.

use crate::limits::{MAX_TURN, TURN_TIMEOUT};
use crate::pktline::put_line;
use crate::projection::INCOMING;
use crate::sync::blocking;
use crate::{GitError, Repository, Result};
use bytes::{Bytes, BytesMut};
use rustix::fs::{CWD, Mode, mkfifoat};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe::{OpenOptions, Receiver, Sender};
use tokio::sync::{OwnedSemaphorePermit, TryAcquireError};

/// By it the hook asks for a turn.
const ASK: &str = "ask";
/// By it the hook is told: one word, or `wait` and then one word.
const TELL: &str = "tell";

/// What a client is told whose turn did not come in time.
const TOO_MANY: &str = "Too many clones at once of a repository that is not prepared for it yet. \
                        Try again in a few minutes.";

/// What one `git upload-pack` asks, in a folder that goes with it.
pub(crate) struct Gate {
    folder: TempDir,
    asked: Receiver,
    tell: Sender,
    repository: Repository,
    /// How long a turn is waited for.
    patience: Duration,
    refused: Refused,
}

/// Whether a gate refused a turn.
#[derive(Clone, Default)]
pub(crate) struct Refused(Arc<AtomicBool>);

impl Refused {
    /// What the client is still to hear then: the end of the pack's stream, which git shows as
    /// `fatal: remote error`. Of a pack that fails by itself git would say that the repository may
    /// be corrupt.
    pub(crate) fn last_word(&self) -> Option<Bytes> {
        self.0.load(Ordering::Relaxed).then(|| {
            let mut out = BytesMut::new();
            put_line(&mut out, format!("\x03{TOO_MANY}\n").as_bytes());
            out.freeze()
        })
    }
}

impl Gate {
    /// Where it is needed: `None` for a repository that is small or has its bitmap.
    pub(crate) async fn of(repository: &Repository) -> Result<Option<Self>> {
        if !*repository.0.unmapped.borrow() {
            return Ok(None);
        }
        repository.want_bitmap();
        let incoming = repository.dir().join(INCOMING);
        let folder = blocking("make a gate", move || {
            let folder = tempfile::Builder::new().prefix("gate-").tempdir_in(incoming)?;
            for name in [ASK, TELL] {
                mkfifoat(CWD, folder.path().join(name), Mode::RUSR | Mode::WUSR)?;
            }
            Ok(folder)
        })
        .await?;
        Self::open(folder, repository).map(Some).map_err(GitError::io("open a gate"))
    }

    fn open(folder: TempDir, repository: &Repository) -> io::Result<Self> {
        // Both ways, so that it is open before the other side comes and after it has gone.
        let both_ways = |name: &str| (OpenOptions::new(), folder.path().join(name));
        let (mut options, path) = both_ways(ASK);
        let asked = options.read_write(true).open_receiver(path)?;
        let (mut options, path) = both_ways(TELL);
        let tell = options.read_write(true).open_sender(path)?;
        let (repository, refused) = (repository.clone(), Refused::default());
        Ok(Self { folder, asked, tell, repository, patience: TURN_TIMEOUT, refused })
    }

    /// Tells of refusals while the gate is kept.
    pub(crate) fn refused(&self) -> Refused {
        self.refused.clone()
    }

    #[cfg(test)]
    pub(crate) fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// The setting by which `upload-pack` asks here. Git starts a shell with it, and the command
    /// that it would have started behind it. Without a turn it ends git, which has nothing to add
    /// to [`Refused::last_word`].
    pub(crate) fn setting(&self) -> String {
        let name = self.folder.path().file_name().unwrap_or_default();
        let folder = Path::new(INCOMING).join(name);
        let folder = folder.display();
        format!(
            "uploadpack.packObjectsHook=\
             echo > {folder}/{ASK}; exec 3< {folder}/{TELL}; read -r word <&3; \
             if [ \"$word\" = wait ]; then \
             case \" $* \" in *' --progress '*) \
             echo 'Waiting for other clones: the repository is being prepared for many.' >&2;; \
             esac; read -r word <&3; fi; exec 3<&-; \
             if [ \"$word\" != go ]; then kill -9 $PPID; exit 1; fi; exec"
        )
    }

    /// Gives a turn whenever it is asked for, and takes it back at the next time, or when it has
    /// lasted too long. It goes on as long as it is let; it answers what went wrong.
    pub(crate) async fn keep(mut self) -> GitError {
        let mut turn = None;
        loop {
            if let Err(error) = self.hear(turn.take()).await {
                return GitError::io("hear at the gate")(error);
            }
            let told = match self.turn().await {
                Ok(given) => {
                    turn = given;
                    self.tell.write_all(b"go\n").await
                }
                Err(TooLong) => {
                    self.refused.0.store(true, Ordering::Relaxed);
                    self.tell.write_all(b"no\n").await
                }
            };
            if let Err(error) = told {
                return GitError::io("speak at the gate")(error);
            }
        }
    }

    /// Waits until a turn is asked for, and holds the last one meanwhile, as long as it may last.
    async fn hear(&mut self, turn: Option<OwnedSemaphorePermit>) -> io::Result<u8> {
        let asked = self.asked.read_u8();
        tokio::pin!(asked);
        let soon = tokio::time::timeout(MAX_TURN, &mut asked).await;
        drop(turn);
        match soon {
            Ok(asked) => asked,
            Err(_) => asked.await,
        }
    }

    /// A turn; `None` once nobody needs one any more.
    async fn turn(&mut self) -> std::result::Result<Option<OwnedSemaphorePermit>, TooLong> {
        let packing = &self.repository.0.packing;
        match packing.clone().try_acquire_owned() {
            Ok(turn) => return Ok(Some(turn)),
            Err(TryAcquireError::Closed) => return Ok(None),
            Err(TryAcquireError::NoPermits) => {}
        }
        // A client that has gone does not hear it, and ends this with its child.
        let _ = self.tell.write_all(b"wait\n").await;
        let mut unmapped = self.repository.0.unmapped.subscribe();
        let turn = async {
            tokio::select! {
                biased;
                _ = unmapped.wait_for(|unmapped| !unmapped) => None,
                turn = packing.clone().acquire_owned() => turn.ok(),
            }
        };
        tokio::time::timeout(self.patience, turn).await.map_err(|_| TooLong)
    }
}

struct TooLong;

#[cfg(test)]
mod tests {
    use super::*;

    async fn word(told: &mut Receiver) -> String {
        let mut word = String::new();
        loop {
            match told.read_u8().await.unwrap() {
                b'\n' => return word,
                letter => word.push(char::from(letter)),
            }
        }
    }

    /// Asks as the hook does; answers what it hears by.
    async fn ask(gate: &Gate) -> Receiver {
        let told = OpenOptions::new().open_receiver(gate.folder.path().join(TELL)).unwrap();
        let ask = OpenOptions::new().open_sender(gate.folder.path().join(ASK));
        ask.unwrap().write_all(b"\n").await.unwrap();
        told
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_end_keeps_others_waiting_for_a_while_only() {
        let home = TempDir::new().unwrap();
        let repository = Repository::create(&home.path().join("r.git")).unwrap();
        repository.0.unmapped.send_replace(true);
        let first = Gate::of(&repository).await.unwrap().unwrap();
        let second = Gate::of(&repository).await.unwrap().unwrap();
        let mut first_told = ask(&first).await;
        let mut second_told = ask(&second).await;
        let first = tokio::spawn(first.keep());
        assert_eq!(word(&mut first_told).await, "go");
        let second = tokio::spawn(second.keep());
        assert_eq!(word(&mut second_told).await, "wait");
        assert_eq!(word(&mut second_told).await, "go");
        assert!(!first.is_finished() && !second.is_finished());
    }
}
