//! Git repositories: the smart protocol over byte streams, objects, differences, and commits made
//! without a working copy.
//!
//! **Who holds the truth.** References live in the caller's [`RefStore`] and change only there, by
//! compare-and-swap; packs are kept by the caller's [`PackStore`], and become the repository's in
//! the same transaction. The bare directory of a [`Repository`] is a plain copy of both for git's
//! own programs to read, in memory or on disk ([`Cache`]), and may be wiped at any time. What is
//! refused before the transaction leaves nothing behind; what is not taken by it is given up.
//! Objects never go: packs are only ever replaced by packs that have all of their objects.
//!
//! **Fetches** are stock `git upload-pack`. **Pushes** are ours: the commands are parsed and
//! decided upon here, `git index-pack --strict` checks the pack in quarantine, `git rev-list`
//! checks that nothing is missing ([`Repository::receive_pack`]). There are no hooks.
//!
//! **Reading** is in this process, on `gix-odb` ([`Objects`]). It adds 45 CPU-seconds to a debug
//! build and 77 to a release build, much of it for crates that the house has anyway; what it buys
//! is reading a file without starting a child or asking a shared one.
//!
//! Nothing here knows HTTP: see [`ByteStream`].

mod blame;
mod body;
mod cache;
mod change;
mod commands;
mod diff;
mod edit;
mod error;
mod fsck;
mod gate;
pub mod limits;
mod log;
mod ls_refs;
pub mod merge;
mod model;
mod objects;
mod oid;
mod pack;
mod packs;
mod path;
mod pktline;
#[doc(hidden)]
pub mod points;
mod process;
mod projection;
mod push_stream;
mod quarantine;
mod receive;
mod refs;
mod repack;
mod repository;
pub mod secrets;
mod session;
mod sizes;
mod sync;
mod upload;

pub use blame::BlameRange;
pub use body::{ByteStream, Encoding, bytes_stream};
pub use cache::{Cache, CacheOptions, Usage};
pub use change::{Change, Draft, Installed};
pub use commands::{Command, PushRequest, PushRequestReader};
pub use diff::{Difference, Side, Wanted};
pub use edit::{Edit, EditError, Edited, FileChange, FileMode};
pub use error::{GitError, Result};
pub use log::Log;
pub use model::{Commit, EntryKind, Signature, Tag, TreeEntry};
pub use objects::{History, Kind, Objects};
pub use oid::{Oid, OidError};
pub use packs::{Answer, NewPack, PackStore, Part, SealedPack, StoredPack};
pub use path::{PathError, check_path};
#[doc(hidden)]
pub use receive::read_push_request;
pub use refs::{
    ATOMIC_FAILURE, RefSnapshot, RefStore, RefUpdate, Refusal, apply_to_map, candidates,
    check_update, is_valid_name, parents, why_not_made,
};
pub use repository::Repository;
pub use upload::{Protocol, Service};
