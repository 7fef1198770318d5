//! What a client may ask for at most. The quotas of
//! <https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html> where AWS has one.

use std::time::Duration;

/// The largest pkt-line there is, its four length digits included (gitprotocol-common).
pub const MAX_PKT_LINE: usize = 65_520;

/// References that one push may create, update or delete; AWS's quota.
pub const MAX_PUSH_COMMANDS: usize = 4_000;

/// `shallow` lines that one push may carry.
pub const MAX_SHALLOW_LINES: usize = 100_000;

/// The longest reference name in bytes: that of a branch with the longest name of the widest
/// characters.
pub const MAX_REFERENCE_NAME: usize = "refs/heads/".len() + 4 * MAX_BRANCH_NAME;

/// The longest name of a branch, in characters; AWS's quota.
pub const MAX_BRANCH_NAME: usize = 256;

/// The longest part of a reference name between slashes, in characters, so that AWS's longest
/// branches have room. Git clients that keep references in files, whose names have 255 bytes at
/// most with the `.lock` of their making, clone longer parts, but cannot fetch them later: they say
/// so, and fetch all others.
pub const MAX_REFERENCE_PART: usize = MAX_BRANCH_NAME;

/// The largest pack that one push may bring, in bytes.
pub const MAX_PACK_BYTES: u64 = 8 << 30;

/// The largest request that a fetch may send (wants and haves, unzipped), in bytes.
pub const MAX_FETCH_REQUEST_BYTES: u64 = 32 << 20;

/// The longest path of a file, in bytes; AWS's quota.
pub const MAX_PATH: usize = 4_096;

/// The largest object that is ever held in memory, in bytes. A larger one is for git clients only.
pub const MAX_OBJECT_IN_MEMORY: u64 = 64 << 20;

/// The largest tag, tree or commit object that is read, in bytes. AWS's quota for commit metadata.
pub const MAX_METADATA_BYTES: u64 = 20 << 20;

/// How many tags may point at each other before one is taken for bad.
pub const MAX_TAG_DEPTH: usize = 16;

/// How long one fetch may take as a whole.
pub const FETCH_TIMEOUT: Duration = Duration::from_secs(2 * 60 * 60);

/// How long receiving a push's pack may take, and then again how long checking it may.
pub const PUSH_TIMEOUT: Duration = Duration::from_secs(2 * 60 * 60);

/// How long either side of a transfer may stand still.
pub const STALL_TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// How often a client that waits for its pack to be checked is told that we live.
pub const KEEP_ALIVE: Duration = Duration::from_secs(5);

/// How long a fetch may wait for its turn at a large repository that has no bitmap yet.
pub const TURN_TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// How long a fetch may keep others from their turns. One that goes on for longer has as a rule
/// done its counting and waits for a slow client.
pub const MAX_TURN: Duration = Duration::from_secs(2 * 60);

/// How long a short child process (an advertisement, a repack step) may take.
pub const HELPER_TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// What of a child's standard error is kept for a message, in bytes.
pub const MAX_STDERR: usize = 16 << 10;

/// Bytes moved at once between a client and a child.
pub const CHUNK: usize = 64 << 10;

/// From this many packs on, a repository is repacked in the background.
pub const REPACK_AT_PACKS: usize = 32;

/// The largest file that a push may bring, in bytes; AWS's quota for a git blob.
pub const MAX_GIT_BLOB: u64 = 2 << 30;

/// A pushed pack up to this size, in bytes, waits in memory for its check; a larger one on disk
/// where that is allowed.
pub const SMALL_PUSH: usize = 4 << 20;

/// From this many objects on, a repository gets a full pack with bitmap and commit-graph.
pub const FULL_PACK_FROM_OBJECTS: u64 = 10_000;

/// Bytes of plain copies in memory unless the yard is told otherwise.
pub const DEFAULT_MEMORY_BYTES: u64 = 1 << 30;

/// Bytes of plain copies on disk above which the longest unused go.
pub const DISK_CACHE_BYTES: u64 = 20 << 30;
