//! What blobs promise, checked from outside.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod contract;
mod crash;
mod damage;
mod full;
mod keyring;
mod values;

use std::{path::PathBuf, sync::Arc};

use codeyard_blobs::{BlobId, Blobs, Keyring, MasterKeyring};

/// Blobs in a passing folder, and the folder.
fn on_disk() -> (tempfile::TempDir, Blobs) {
    let dir = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(dir.path(), keyring()).unwrap();
    (dir, blobs)
}

fn keyring() -> Arc<dyn Keyring> {
    Arc::new(MasterKeyring::ephemeral())
}

fn file_of(dir: &tempfile::TempDir, id: BlobId) -> PathBuf {
    let name = id.to_string();
    dir.path().join(&name[..2]).join(name)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Bytes that differ everywhere, so that a misplaced piece shows.
fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i.wrapping_mul(2_654_435_761) >> 11) as u8).collect()
}
