//! Amazon S3: buckets and objects over REST-XML.
//!
//! Invariants:
//! - **Rows name bytes.** Listings and metadata are rows of the store, bodies are blobs. A blob is
//!   durable before the transaction that names it, and removed only after the one that ceased to:
//!   whatever instant the process dies at, no object lacks its bytes, and what no row names is
//!   swept (`service::OwnedBlobs`). Small bodies are sealed into the store itself.
//! - **One order.** All versions of all keys of a bucket lie in one ordered space, the newest
//!   version of a key first. Every listing is a walk over it that skips what it rolls up.
//! - **A write is one transaction**: conditions, the row, the end of the version that it replaces,
//!   and the event.
//! - **Constant memory**: bodies pass through in pieces, on the way in, out and across.
//! - Object ACLs do not exist: every bucket is `BucketOwnerEnforced`, as AWS's new ones are.
//! - A bucket is served whatever region its request is signed for; `HeadBucket` and
//!   `GetBucketLocation` tell where it is.

mod about;
mod attributes;
mod body;
mod buckets;
mod checksum;
mod complete;
mod conditions;
mod copy;
mod delete;
mod encryption;
mod errors;
mod events;
mod get;
mod keyspace;
mod list;
mod model;
mod multipart;
mod names;
mod operations;
mod public;
mod put;
mod range;
mod rights;
mod settings;
mod state;
mod sweep;
mod tags;
mod versions;

use service::{Protocol, Service};

/// The service.
pub fn service() -> Service {
    operations::table(Service::new("s3", Protocol::RestXml))
        .reconciler(sweep::sweeper)
        .on_start(|yard| sweep::BLOBS.wake_at_start(yard))
}
