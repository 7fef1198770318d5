//! Why a connection ends before its time.

use std::io;

/// `SSH_DISCONNECT_PROTOCOL_ERROR`
pub(crate) const PROTOCOL_ERROR: u32 = 2;
/// `SSH_DISCONNECT_KEY_EXCHANGE_FAILED`
pub(crate) const KEY_EXCHANGE_FAILED: u32 = 3;
/// `SSH_DISCONNECT_MAC_ERROR`
pub(crate) const MAC_ERROR: u32 = 5;
/// `SSH_DISCONNECT_SERVICE_NOT_AVAILABLE`
pub(crate) const SERVICE_NOT_AVAILABLE: u32 = 7;
/// `SSH_DISCONNECT_BY_APPLICATION`
pub(crate) const BY_APPLICATION: u32 = 11;
/// `SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE`
pub(crate) const NO_MORE_AUTH_METHODS: u32 = 14;

/// The end of a connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum End {
    /// The client is gone, or said that it goes.
    #[error("the client left")]
    Left,
    /// The network failed.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The client is told why, and sent away.
    #[error("{text} ({code})")]
    Refused {
        /// One of RFC 4253's reasons.
        code: u32,
        /// For the client to show.
        text: String,
    },
}

impl End {
    pub(crate) fn refused(code: u32, text: impl Into<String>) -> Self {
        Self::Refused { code, text: text.into() }
    }

    pub(crate) fn protocol(text: impl Into<String>) -> Self {
        Self::refused(PROTOCOL_ERROR, text)
    }
}

pub(crate) type Result<T> = std::result::Result<T, End>;
