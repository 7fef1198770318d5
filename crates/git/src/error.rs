//! What can go wrong, in the words that a git client or an API caller needs.

use crate::Oid;
use std::io;

/// A failure of this crate. `Protocol` and `TooLarge` are the client's fault, the rest is ours.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// What the client sent is not the git protocol. Nothing was changed.
    #[error("bad git request: {0}")]
    Protocol(String),
    /// The client sent more than a limit of [`crate::limits`] allows. Nothing was changed.
    #[error("{what} is larger than the limit of {limit}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// The limit, in what's own unit.
        limit: u64,
    },
    /// An object that should be there is not, or is of another kind.
    #[error("object {oid}: {problem}")]
    Object {
        /// The object asked for.
        oid: Oid,
        /// What is wrong with it.
        problem: String,
    },
    /// The references could not be read or changed.
    #[error("references: {0}")]
    References(String),
    /// A git child process failed.
    #[error("git {command} failed: {problem}")]
    Child {
        /// The git subcommand.
        command: &'static str,
        /// Its last words.
        problem: String,
    },
    /// The repository's directory could not be read or written.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// The plain copy does not fit where it may lie ([`crate::CacheOptions`]). Nothing was changed.
    #[error(
        "no room for {needed} bytes of plain git data: the yard may keep {limit} bytes in memory \
         and none on disk. Raise --git-cache-mib, or allow the disk with --git-cache auto"
    )]
    NoRoom {
        /// Bytes that were needed.
        needed: u64,
        /// Bytes that there may be.
        limit: u64,
    },
    /// Whoever keeps the packs refused, in the words that the client is to see: a key that is
    /// disabled, a disk that is full.
    #[error("{}", .0.message)]
    Refused(types::Error),
    /// Work given to a thread did not come back.
    #[error("the work was cut off: {0}")]
    CutOff(String),
}

impl GitError {
    pub(crate) fn io(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { what, source }
    }

    /// Whether there was no room for what was to be written, by our own count or the system's.
    pub fn is_lack_of_room(&self) -> bool {
        use io::ErrorKind::{QuotaExceeded, StorageFull};
        match self {
            Self::NoRoom { .. } => true,
            Self::Io { source, .. } => matches!(source.kind(), StorageFull | QuotaExceeded),
            _ => false,
        }
    }

    pub(crate) fn object(oid: Oid, problem: impl Into<String>) -> Self {
        Self::Object { oid, problem: problem.into() }
    }

    /// Whether the one who asked is to blame (an HTTP 4xx), rather than the yard.
    pub fn is_clients_fault(&self) -> bool {
        matches!(self, Self::Protocol(_) | Self::TooLarge { .. })
    }
}

/// What the functions of this crate return.
pub type Result<T> = std::result::Result<T, GitError>;

/// What a client is told when a repository fails under its request. What a service answers by its
/// own code is taken before this is.
impl From<GitError> for types::Error {
    fn from(error: GitError) -> Self {
        match error {
            GitError::Protocol(_) | GitError::TooLarge { .. } => {
                types::ErrorKind::new("InvalidRequestException", 400).error(error.to_string())
            }
            GitError::Refused(error) => error,
            error if error.is_lack_of_room() => {
                tracing::error!(%error, "no room for a repository");
                types::ErrorKind::new("ServiceUnavailable", 503).error(error.to_string())
            }
            error => {
                tracing::error!(%error, "a repository failed under a request");
                types::Error::internal("the repository failed; the yard's log tells why")
            }
        }
    }
}
