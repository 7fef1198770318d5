//! Which blobs are S3's: rows name them, and the yard's sweeper removes the rest, but for what is
//! being read.

use std::sync::Arc;
use std::time::SystemTime;

use blobs::{BlobId, Blobs};
use engine::Reconciler;
use service::{BlobOwner, Error, OwnedBlobs, Yard};

use crate::state::{self, State};

/// S3's blobs.
pub static BLOBS: OwnedBlobs =
    OwnedBlobs { kind: "s3.sweep", key: "blobs", owned: "s3-owned", garbage: "s3-garbage" };

struct Owner {
    yard: Yard,
    state: Arc<State>,
}

impl BlobOwner for Owner {
    fn blobs(&self) -> Result<Blobs, Error> {
        self.state.blobs(&self.yard)
    }

    fn started(&self) -> SystemTime {
        self.state.started
    }

    fn is_in_use(&self, blob: BlobId) -> bool {
        self.state.is_pinned(blob)
    }
}

/// The reconciler that removes what no row names.
pub fn sweeper(yard: &Yard) -> Arc<dyn Reconciler> {
    BLOBS.sweeper(Arc::new(Owner { yard: yard.clone(), state: state::of(yard) }))
}
