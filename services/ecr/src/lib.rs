//! Amazon ECR: a registry of container images that engines push to and pull from over the
//! distribution protocol, and its API.
//!
//! Invariants:
//! - **Rows name bytes.** A blob is durable before the transaction that names it, and removed only
//!   after the one that ceased to. A killed yard leaves uploads that can be gone on with, and blobs
//!   that no row names, which are swept (`service::OwnedBlobs`).
//! - **A layer is its parts.** Each request of an upload leaves one sealed blob; completing it
//!   makes a layer of them without writing them again. A repository has a layer once; repositories
//!   that mount it share its bytes.
//! - **Digests are proven** when bytes come in, and the blobs' seals prove them on the way out.
//! - **Constant memory**: layers pass through in pieces. Manifests, of at most 4 MiB, do not.
//! - **One right**: a request of an engine is asked for the right of the API's operation that does
//!   the same, of who its token stands for, as that one's policies are now.
//! - What no image is made of and nobody goes on with goes after a day (`collect.rs`).

mod body;
mod collect;
mod digest;
mod encryption;
mod errors;
mod events;
mod images;
mod layers;
mod listing;
mod manifest;
mod model;
mod operations;
mod policies;
mod registry;
mod repositories;
mod rights;
mod state;
mod tagging;
mod tokens;
mod uploads;

use service::{RawRoute, Service};

/// The service.
pub fn service() -> Service {
    operations::table()
        .reconciler(state::sweeper)
        .reconciler(collect::collector)
        .raw(RawRoute::new(registry::PREFIX, registry::handle).when(registry::is_ours))
        .on_start(|yard| {
            // From now on nothing that this yard writes is older than its start.
            drop(state::of(yard));
            state::BLOBS.wake_at_start(yard);
        })
}
