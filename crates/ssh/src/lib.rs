//! An SSH server for commands: the protocol alone, without knowledge of git, IAM or files.
//!
//! It speaks what every client of the last ten years knows, and nothing else: Curve25519 or P-256
//! (with strict key exchange where the client has it), Ed25519 or ECDSA host keys, AES-GCM, and
//! sign-in by RSA keys with SHA-2, the only ones that IAM takes. Shells, terminals, forwarding and
//! subsystems are refused. The cryptography is ring's, which TLS brings along anyway; why no SSH
//! library is used is told in `docs/adr/0008-ssh-on-ring.md`.
//!
//! One task per connection reads, answers and sends ([`server`] accepts, `connection` runs,
//! `transport` agrees on keys, `userauth` lets in, `channels` hands out commands). A client's
//! commands get at most [`limits::WINDOW`] bytes ahead of what they have read, and the client gets
//! at most [`limits::HIGH_WATER`] ahead of what it has taken: slow readers on either side hold up
//! the other, not the memory.

mod channel;
mod channels;
mod cipher;
mod connection;
#[doc(hidden)]
pub mod door;
mod error;
mod handler;
mod kex;
mod keys;
pub mod limits;
mod msg;
mod places;
mod server;
mod transport;
mod userauth;
mod wire;

pub use channel::Output;
pub use handler::{BoxFuture, ByteStream, Exec, Handler, Known};
pub use keys::{HostKey, HostKeyError, HostKeyKind};
pub use server::{Serving, open};
