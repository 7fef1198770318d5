//! The front door: one port for every service.
//!
//! A request is routed (by target, signing name, path), authenticated (SigV4), decoded by its
//! service's protocol, and handed to [`service::dispatch`], which authorizes, runs and audits it.
//! Raw routes (git over HTTP) and the yard's own `/_codeyard/` pages branch off before.

mod authenticate;
mod internal;
mod payload;
mod respond;
mod route;
mod server;
mod tls;
mod unread;

pub use internal::{HEALTH_PATH, RESET_PATH, Rebuild};
pub use server::{Gateway, Serving};
pub use tls::{Certificates, TlsError};

/// Largest body of a request that is not streamed, in bytes. The largest that AWS takes of these
/// is CloudFormation's and Lambda's inline payloads, at 6 MB and less.
pub const MAX_BODY: usize = 16 << 20;
/// How much of a body that nobody wants is read and dropped before its request is answered.
pub const MAX_DRAINED: usize = 4 * MAX_BODY;
/// How long that is done at most, in seconds.
pub const MAX_LINGER_SECS: u64 = 30;
/// Most bytes of bodies in memory at once, of all requests that are not streamed. Their signatures
/// cover the body, so that it is read before anybody knows who sent it.
pub const MAX_BUFFERED: usize = 16 * MAX_BODY;
/// How long a client may pause within a body that is not streamed, in seconds.
pub const BODY_STALL_SECS: u64 = 30;
/// Largest request head, in bytes.
pub const MAX_HEAD: usize = 64 << 10;
/// Most headers of a request.
pub const MAX_HEADERS: usize = 128;
/// How long a client may take for its request head, in seconds.
pub const HEAD_TIMEOUT_SECS: u64 = 60;
/// Most requests in work at once; beyond, clients are told to slow down.
pub const MAX_IN_FLIGHT: usize = 2048;
