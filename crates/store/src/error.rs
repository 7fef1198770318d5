//! What can go wrong in the store.

use std::path::PathBuf;

/// A failed read or write. A failed write has changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The disk or the database refused.
    #[error("failed to use the store: {0}")]
    Io(String),
    /// No space is left for the data directory.
    #[error("the disk that holds the data directory is full")]
    Full,
    /// A resource of that kind and key is there already.
    #[error("{kind} {key:?} already exists")]
    AlreadyExists {
        /// The resource's kind.
        kind: &'static str,
        /// Its key.
        key: String,
    },
    /// Somebody else changed or deleted the resource since it was read.
    #[error("{kind} {key:?} was changed at the same time")]
    Conflict {
        /// The resource's kind.
        kind: &'static str,
        /// Its key.
        key: String,
    },
    /// A key, value or scan past its limit.
    #[error("{what} of {size} is over the limit of {limit}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// How large it is.
        size: usize,
        /// How large it may be.
        limit: usize,
    },
    /// Data that this program cannot have written.
    #[error("the store holds unreadable data: {0}")]
    Corrupt(String),
    /// The data was written by a newer Codeyard.
    #[error(
        "{what} has schema version {found}, this Codeyard knows up to {known}: use a newer Codeyard"
    )]
    NewerSchema {
        /// The data directory or the kind of document.
        what: String,
        /// The version found.
        found: u32,
        /// The newest version known here.
        known: u32,
    },
    /// Another process has the data directory.
    #[error("the data directory {} is in use by {holder}", dir.display())]
    InUse {
        /// The directory.
        dir: PathBuf,
        /// Who has it, as it wrote itself down.
        holder: String,
    },
    /// Too many writes wait already.
    #[error("the store is overloaded: too many writes are waiting")]
    Busy,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The transaction's closure panicked.
    #[error("the transaction was abandoned: {0}")]
    Abandoned(String),
    /// A write stands for something that is no longer so, for instance a lost lease.
    #[error("refused: {0}")]
    Fenced(String),
}

/// What a client is told when the store fails under its request; the details go to the log.
impl From<StoreError> for types::Error {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed under a request");
        match error {
            StoreError::Busy => types::ErrorKind::new("ServiceUnavailable", 503)
                .error("The yard is overloaded. Please try again."),
            _ => types::Error::internal("the store failed; the yard's log tells why"),
        }
    }
}
