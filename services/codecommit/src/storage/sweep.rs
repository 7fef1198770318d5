//! Which blobs are CodeCommit's: packs' rows name them, and the yard's sweeper removes the rest.
//! Who comes too late to a blob looks at the list of packs again.

use std::sync::Arc;
use std::time::SystemTime;

use blobs::Blobs;
use engine::Reconciler;
use service::{BlobOwner, Error, OwnedBlobs, Yard};

use super::Storage;

/// The blobs of packs.
pub(super) static BLOBS: OwnedBlobs = OwnedBlobs {
    kind: "codecommit.sweep",
    key: "packs",
    owned: "codecommit-blob",
    garbage: "codecommit-garbage",
};

struct Owner {
    yard: Yard,
    storage: Arc<Storage>,
}

impl BlobOwner for Owner {
    fn blobs(&self) -> Result<Blobs, Error> {
        self.storage.blobs(&self.yard)
    }

    fn started(&self) -> SystemTime {
        self.storage.started
    }
}

/// The reconciler that removes what no row names.
pub(crate) fn sweeper(yard: &Yard) -> Arc<dyn Reconciler> {
    BLOBS.sweeper(Arc::new(Owner { yard: yard.clone(), storage: super::of(yard) }))
}
