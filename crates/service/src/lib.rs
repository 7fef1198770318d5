//! What a service is: a table of operations, and the context in which its handlers run.
//!
//! A service crate declares one [`Service`] with one row ([`op`]) per operation. The row alone
//! drives routing, authorization, audit, the coverage page and the conformance tests (law 3). A
//! request from the network and a call from another service ([`Cx::call`]) take the same way
//! through [`dispatch`]: bounds → authorization → handler → audit.
//!
//! ```text
//! pub fn service() -> Service {
//!     Service::new("codecommit", Protocol::Json11)
//!         .target("CodeCommit_20150413")
//!         .operation(op(CreateRepository, repositories::create_repository).write().on(arn::of_input))
//!         .lacks(&["CreatePullRequest", "MergeBranchesByFastForward"])
//! }
//! ```
//! A handler is `async fn create_repository(cx: Cx, input: CreateRepositoryInput) ->
//! Result<CreateRepositoryOutput, Error>`: validate → one store transaction → output.

mod audit;
mod authorize;
mod blob_pieces;
mod caller;
mod cx;
mod dispatch;
mod ending;
mod errors;
mod operation;
mod owned_blobs;
mod raw;
mod registry;
mod table;
mod yard;

pub use audit::{AuditRecord, AuditSink, NoAudit};
pub use authorize::{
    AuthorizationFailure, decode_authorization_message, encode_authorization_message,
};
pub use blob_pieces::BlobPieces;
pub use caller::{AccessKey, Caller, Grants, Identity, Session, SessionRequest, SshKey};
pub use cx::{Cx, Endpoint, Origin, Trailers};
pub use dispatch::{MAX_CALL_DEPTH, dispatch};
pub use ending::{Attention, Ending};
pub use errors::common;
pub use operation::{Access, Op, Operation, Right, Status, op};
pub use owned_blobs::{BlobOwner, OwnedBlobs};
pub use raw::{RawHandler, RawHead, RawRequest, RawResponse, RawRoute};
pub use registry::Registry;
pub use table::{Service, ServiceErrors};
pub use wire::{Error, ErrorKind, Protocol};
pub use yard::{Config, Containers, GitCache, Yard, YardBuilder};
