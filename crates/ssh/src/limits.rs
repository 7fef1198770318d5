//! What a client may use of the yard at most.

use std::time::Duration;

/// The largest packet that is read, in bytes without length and tag (RFC 4253, section 6.1).
pub const MAX_PACKET: usize = 35_000;
/// The longest first line of a client, in bytes (RFC 4253, section 4.2).
pub const MAX_VERSION_LINE: usize = 255;
/// The most data in one packet of a channel, both ways, in bytes.
pub const MAX_CHANNEL_DATA: u32 = 32 << 10;
/// What a channel's client may send before its command has read it, in bytes.
pub const WINDOW: u32 = 2 << 20;
/// Beyond so many bytes that a client has not taken, its commands wait.
pub const HIGH_WATER: usize = 256 << 10;
/// Beyond so many bytes that a client has not taken, nothing more is read from it.
pub const MAX_UNSENT: usize = 1 << 20;
/// Connections at once.
pub const MAX_CONNECTIONS: usize = 512;
/// Connections at once whose users are not known yet.
pub const MAX_STRANGERS: usize = 64;
/// Connections at once from one address (of IPv6: from one /64). Behind a proxy all users have one.
pub const MAX_CONNECTIONS_OF_ADDRESS: usize = MAX_CONNECTIONS / 2;
/// Of these, connections whose users are not known yet.
pub const MAX_STRANGERS_OF_ADDRESS: usize = MAX_STRANGERS / 2;
/// Channels of one connection at once.
pub const MAX_CHANNELS: usize = 10;
/// Questions and wrong answers when signing in before a client is sent away. Agents hold several
/// keys.
pub const MAX_AUTH_TRIES: u32 = 12;
/// Environment variables that a client may set for one command.
pub const MAX_VARIABLES: usize = 8;
/// The longest command line or variable, in bytes.
pub const MAX_COMMAND: usize = 8 << 10;
/// How long a client may take to sign in.
pub const LOGIN_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a connection stays open with nothing to do.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(10 * 60);
/// After so long without a sign of life a client is asked for one.
pub const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// After so long without a sign of life a client is taken for gone.
pub const DEAD_AFTER: Duration = Duration::from_secs(5 * 60);
/// After so many bytes in one direction, new keys are agreed on (RFC 4253, section 9).
pub const REKEY_BYTES: u64 = 1 << 30;
/// After so many packets in one direction, new keys are agreed on: their numbers must not repeat.
pub const REKEY_PACKETS: u32 = 1 << 30;
