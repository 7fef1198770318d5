//! Git repositories: the smart protocol over byte streams, objects, differences, and commits made
//! without a working copy.
//!
//! **Who holds the truth.** References live in the caller's [`RefStore`] and change only there, by
//! compare-and-swap. The bare directory of a [`Repository`] holds the objects, and a projection of
//! the references for git's own programs to read, which is rewritten whenever it differs
//! ([`Repository::project_refs`]); no crash between the two can do harm. Objects come into the
//! directory before the references that need them change; if those are refused, the objects are
//! taken away again. Only a yard that dies between the two leaves objects that nothing refers to.
//!
//! **Fetches** are stock `git upload-pack`. **Pushes** are ours: the commands are parsed and
//! decided upon here, `git index-pack --strict` checks the pack in quarantine, `git rev-list`
//! checks that nothing is missing ([`Repository::receive_pack`]). There are no hooks.
//!
//! **Reading** is in this process, on `gix-odb` ([`Objects`]). It adds 45 CPU-seconds to a debug
//! build and 77 to a release build, much of it for crates that the house has anyway; what it buys
//! is reading a file without starting a child or asking a shared one.
//!
//! The directory is plain for now: sealing repositories under their key comes with CodeCommit in
//! full, where it becomes a cache of sealed packs. What is added to a repository is always a whole
//! pack, so that it can.
//!
//! Nothing here knows HTTP: see [`ByteStream`].

mod body;
mod change;
mod commands;
mod diff;
mod edit;
mod error;
pub mod limits;
pub mod merge;
mod model;
mod objects;
mod oid;
mod pack;
mod path;
mod pktline;
mod push_stream;
mod process;
mod projection;
mod quarantine;
mod receive;
mod refs;
mod session;
mod repository;
mod upload;

pub use body::{ByteStream, Encoding, bytes_stream};
pub use change::{Change, Draft, Installed};
pub use commands::{Command, PushRequest, PushRequestReader};
pub use diff::{Difference, Side};
pub use edit::{Edit, EditError, Edited, FileChange, FileMode};
pub use error::{GitError, Result};
pub use model::{Commit, EntryKind, Signature, TreeEntry};
pub use objects::{History, Kind, Objects};
pub use oid::{Oid, OidError};
pub use path::{PathError, check_path};
#[doc(hidden)]
pub use receive::read_push_request;
pub use refs::{
    ATOMIC_FAILURE, Answer, RefSnapshot, RefStore, RefUpdate, Refusal, apply_to_map, candidates,
    check_update, is_valid_name, parents,
};
pub use repository::Repository;
pub use upload::{Protocol, Service};
