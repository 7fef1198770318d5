//! The two names under which AWS has this service: clients, ARNs and policies may use either.
//!
//! What is made at one door has that door's name in its ARN and is seen at both.

use wire::Error;

/// One of the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    CodeConnections,
    /// The older one.
    CodeStarConnections,
}

impl Door {
    /// Signing name, IAM prefix and service of ARNs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CodeConnections => "codeconnections",
            Self::CodeStarConnections => "codestar-connections",
        }
    }

    /// The `X-Amz-Target` prefix.
    pub const fn target(self) -> &'static str {
        match self {
            Self::CodeConnections => "com.amazonaws.codeconnections.CodeConnections_20231201",
            Self::CodeStarConnections => {
                "com.amazonaws.codestar.connections.CodeStar_connections_20191201"
            }
        }
    }

    /// An error as it is told here: the older model gives none a status of its own.
    pub fn spelled(self, mut error: Error) -> Error {
        if self == Self::CodeStarConnections && (400..500).contains(&error.status) {
            error.status = 400;
        }
        error
    }
}
