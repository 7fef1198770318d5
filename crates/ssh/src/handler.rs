//! What is behind the door: who may sign in, and what is run.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

use bytes::Bytes;
use futures_core::Stream;

use crate::Output;

/// A future with a long life.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What a client sends to a command.
pub type ByteStream = Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send>>;

/// What is known of a user name. The texts are shown to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// The public key with which this user signs in, as SSH sends it.
    Key(Vec<u8>),
    /// This public key was shut out; whoever has it is told why.
    Inactive(Vec<u8>, String),
    /// There is no such user; why that may be.
    Nobody(String),
}

/// A command that a client wants run.
pub struct Exec {
    /// Who signed in.
    pub user: String,
    /// The command line.
    pub command: String,
    /// Variables that [`Handler::takes_variable`] took.
    pub environment: Vec<(String, String)>,
    /// Where from.
    pub source_ip: IpAddr,
    /// What the client calls itself: `SSH-2.0-OpenSSH_9.2…`
    pub client: String,
    /// What the client sends.
    pub input: ByteStream,
    /// Where the answer goes.
    pub output: Output,
}

/// What an SSH server serves.
pub trait Handler: Send + Sync + 'static {
    /// What is known of a user name. It must not wait for anything.
    fn known(&self, user: &str) -> Known;

    /// What the client is told when it offers another key than the user's.
    fn wrong_key(&self, user: &str, algorithm: &str) -> String;

    /// What the client is told that signs in and wants a shell, or anything but a command.
    fn no_shell(&self, user: &str) -> String;

    /// Whether a variable may be set for a command.
    fn takes_variable(&self, name: &str) -> bool;

    /// Runs a command; answers its exit status. It is dropped when the client leaves.
    fn exec(&self, exec: Exec) -> BoxFuture<u32>;
}
