//! Which commits others stand on, by stock `git rev-list`: it knows the commit-graph and skips what
//! did not touch a path.

use crate::process::{git, run};
use crate::{GitError, Oid, Repository, Result};
use std::time::Duration;
use tokio::process::Command;
use tokio::sync::Semaphore;

/// How long one question about history may take, waiting for its turn included.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Questions that are answered at once: each can keep a core busy.
static TURNS: Semaphore = Semaphore::const_new(4);

/// Which commits are asked for.
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// Where to begin; all must be there.
    pub tips: Vec<Oid>,
    /// Only those that changed this file or folder, as git simplifies history.
    pub path: Option<String>,
    /// Commits to leave out in front.
    pub skip: usize,
    /// At most so many.
    pub limit: usize,
}

impl Repository {
    /// The tips and what they stand on, no commit before one that stands on it, otherwise the newest
    /// first.
    ///
    /// # Errors
    /// [`GitError::TooLarge`] where it takes longer than 20 s.
    pub async fn log(&self, log: &Log) -> Result<Vec<Oid>> {
        if log.tips.is_empty() || log.limit == 0 {
            return Ok(Vec::new());
        }
        self.sync().await?;
        let mut command = git(self.dir(), "rev-list");
        // A path is a path here, whatever characters it has.
        command.env("GIT_LITERAL_PATHSPECS", "1").arg("--date-order");
        command.args([format!("--skip={}", log.skip), format!("--max-count={}", log.limit)]);
        command.args(log.tips.iter().map(Oid::to_string)).arg("--").args(log.path.as_deref());
        let most = log.limit.saturating_mul(41);
        let output = ask(command, "rev-list", most).await?;
        output
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| Oid::from_hex(line).map_err(|error| strange("rev-list", &error)))
            .collect()
    }
}

/// What a child says that reads history; at most `most` bytes of it.
///
/// # Errors
/// [`GitError::TooLarge`] where it says more or takes too long.
pub(crate) async fn ask(command: Command, name: &'static str, most: usize) -> Result<Vec<u8>> {
    let work = async {
        let _turn = TURNS.acquire().await.map_err(|error| strange(name, &error))?;
        run(command, name, b"", most.saturating_add(1)).await?.success(name)
    };
    // Whoever gives up lets go of the child, which kills it.
    let output = tokio::time::timeout(TIMEOUT, work).await.map_err(|_| GitError::TooLarge {
        what: "the time that reading this history takes, in seconds,",
        limit: TIMEOUT.as_secs(),
    })??;
    if output.len() > most {
        return Err(GitError::TooLarge {
            what: "what git tells of it, in bytes,",
            limit: most as u64,
        });
    }
    Ok(output)
}

pub(crate) fn strange(command: &'static str, problem: &impl ToString) -> GitError {
    GitError::Child { command, problem: problem.to_string() }
}
