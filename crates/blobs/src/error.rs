//! What can go wrong with a blob, in terms its caller can act on.

use crate::{BlobId, KeyringError};

/// Why a blob could not be written, read, listed or removed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no blob of that id in this area.
    #[error("blob {0} does not exist")]
    NotFound(BlobId),
    /// The stored bytes are not what was written: changed, cut short, reordered, or another
    /// blob's. Nothing of the damaged piece has been handed out.
    #[error("{what} is damaged: {reason}")]
    Damaged {
        /// Which blob or value.
        what: String,
        /// What did not fit.
        reason: &'static str,
    },
    /// The keyring could not make or open the data key.
    #[error("failed to obtain the data key")]
    Keyring(#[from] KeyringError),
    /// The disk, quota or file-size limit is reached. Nothing of the blob is left behind.
    #[error("no room left to {doing}")]
    Full {
        /// What was being done.
        doing: &'static str,
        /// The system's own error.
        source: std::io::Error,
    },
    /// Any other error of the medium.
    #[error("failed to {doing}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The system's own error.
        source: std::io::Error,
    },
    /// The blob holds more bytes than the caller is ready to take into memory.
    #[error("blob {id} holds {size} bytes, more than the {max} asked for at most")]
    TooLarge {
        /// Which blob.
        id: BlobId,
        /// Its size in bytes.
        size: u64,
        /// The caller's bound in bytes.
        max: u64,
    },
    /// The range does not lie within the blob. Ranges are never clamped: the caller knows the
    /// size, so a range beyond the end means that caller and blob disagree.
    #[error("range {start}..{end} does not lie within the {size} bytes of blob {id}")]
    OutOfRange {
        /// Which blob.
        id: BlobId,
        /// First byte asked for.
        start: u64,
        /// One past the last byte asked for.
        end: u64,
        /// The blob's size in bytes.
        size: u64,
    },
    /// A write failed or was cancelled before, so this writer can only be dropped.
    #[error("this blob's writer has failed before")]
    WriterFailed,
    /// An area's name is not of the form `[a-z][a-z0-9-]{0,31}`.
    #[error("{0:?} is no name for an area of blobs")]
    AreaName(String),
    /// The data directory was sealed under another master key.
    #[error("the master key does not open this data directory")]
    WrongMasterKey,
}

/// The result of an operation on blobs.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Sorts an error of the medium: lack of room apart from everything else.
    pub fn io(doing: &'static str, source: std::io::Error) -> Self {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        match source.kind() {
            StorageFull | QuotaExceeded | FileTooLarge => Self::Full { doing, source },
            _ => Self::Io { doing, source },
        }
    }

    pub(crate) fn damaged(id: BlobId, reason: &'static str) -> Self {
        Self::Damaged { what: format!("blob {id}"), reason }
    }
}

/// What a client is told when a blob fails under its request. The variants that a service answers
/// by its own code are taken before this is.
impl From<Error> for types::Error {
    fn from(error: Error) -> Self {
        match &error {
            Error::Full { .. } => {
                types::ErrorKind::new("ServiceUnavailable", 503).error("The yard's disk is full.")
            }
            other => types::Error::internal(other),
        }
    }
}
