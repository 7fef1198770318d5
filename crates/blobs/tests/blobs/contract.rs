//! The contract of backends, the same for each.

use std::sync::Arc;

use codeyard_blobs::{Backend, Blobs, DiskBackend, Error, KeyRef, MemoryBackend};

use crate::{block_on, keyring, pattern};

/// Runs every clause against a backend; a new backend needs only another line here.
macro_rules! contract {
    ($($backend:ident: $open:expr;)*) => {$(
        mod $backend {
            use super::*;
            contract!(@ $open; whole_and_ranges unfinished_is_invisible delete_is_idempotent
                open_readers_survive_deletion lists_in_order areas_are_apart large_by_pieces);
        }
    )*};
    (@ $open:expr; $($clause:ident)*) => {$(
        #[test]
        fn $clause() {
            let dir = tempfile::tempdir().unwrap();
            let open: fn(&std::path::Path) -> Arc<dyn Backend> = $open;
            block_on(super::$clause(Blobs::new(open(dir.path()), keyring())));
        }
    )*};
}

contract! {
    disk: |dir| Arc::new(DiskBackend::open(dir).unwrap());
    memory: |_| Arc::new(MemoryBackend::new());
}

const CHUNK: usize = 65_536;

async fn read(blobs: &Blobs, id: codeyard_blobs::BlobId, range: std::ops::Range<u64>) -> Vec<u8> {
    let mut reader = blobs.reader(id, range).await.unwrap();
    let mut all = Vec::new();
    while let Some(piece) = reader.next().await.unwrap() {
        assert!(!piece.is_empty());
        all.extend_from_slice(&piece);
    }
    all
}

async fn whole_and_ranges(blobs: Blobs) {
    let sizes =
        [0, 1, 100, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 8 * CHUNK, 8 * CHUNK + 1, 20 * CHUNK];
    for size in sizes {
        let bytes = pattern(size);
        let blob = blobs.put_bytes(&KeyRef::Yard, &bytes).await.unwrap();
        assert_eq!(blob.size, size as u64);
        assert_eq!(blobs.get_bytes(blob.id, blob.size).await.unwrap(), bytes);
        assert_eq!(blobs.reader(blob.id, ..).await.unwrap().size(), blob.size);
        let edges = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 8 * CHUNK - 1, 8 * CHUNK, size / 2, size];
        for start in edges {
            for end in edges {
                if start <= end && end <= size {
                    let part = read(&blobs, blob.id, start as u64..end as u64).await;
                    assert!(part == bytes[start..end], "{start}..{end} of {size}");
                } else {
                    let refused = blobs.reader(blob.id, start as u64..end as u64).await;
                    assert!(matches!(refused, Err(Error::OutOfRange { .. })));
                }
            }
        }
        if size > 0 {
            let refused = blobs.get_bytes(blob.id, size as u64 - 1).await;
            assert!(matches!(refused, Err(Error::TooLarge { .. })));
        }
    }
}

async fn unfinished_is_invisible(blobs: Blobs) {
    for size in [0, 10, CHUNK, 40 * CHUNK] {
        let mut writer = blobs.writer(&KeyRef::Yard);
        writer.write(&pattern(size)).await.unwrap();
        assert_eq!(blobs.list(None, 10).await.unwrap(), []);
        drop(writer);
    }
    assert_eq!(blobs.list(None, 10).await.unwrap(), []);
}

async fn delete_is_idempotent(blobs: Blobs) {
    let blob = blobs.put_bytes(&KeyRef::Yard, b"x").await.unwrap();
    blobs.delete(blob.id).await.unwrap();
    blobs.delete(blob.id).await.unwrap();
    let gone = blobs.get_bytes(blob.id, 1).await;
    assert!(matches!(gone, Err(Error::NotFound(id)) if id == blob.id));
}

async fn open_readers_survive_deletion(blobs: Blobs) {
    let bytes = pattern(50 * CHUNK);
    let blob = blobs.put_bytes(&KeyRef::Yard, &bytes).await.unwrap();
    let mut reader = blobs.reader(blob.id, ..).await.unwrap();
    blobs.delete(blob.id).await.unwrap();
    let mut all = Vec::new();
    while let Some(piece) = reader.next().await.unwrap() {
        all.extend_from_slice(&piece);
    }
    assert!(all == bytes);
}

async fn lists_in_order(blobs: Blobs) {
    let mut ids = Vec::new();
    for _ in 0..50 {
        ids.push(blobs.put_bytes(&KeyRef::Yard, b"abc").await.unwrap().id);
    }
    ids.sort();
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = blobs.list(after, 7).await.unwrap();
        assert!(page.len() <= 7);
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        assert!(page.iter().all(|e| e.stored > 3 && e.modified.elapsed().unwrap().as_secs() < 60));
        listed.extend(page.into_iter().map(|entry| entry.id));
    }
    assert_eq!(listed, ids);
}

async fn areas_are_apart(blobs: Blobs) {
    let (a, b) = (blobs.area("s3").unwrap(), blobs.area("ab").unwrap());
    let blob = a.put_bytes(&KeyRef::Yard, b"mine").await.unwrap();
    assert!(b.get_bytes(blob.id, 10).await.is_err());
    assert!(blobs.get_bytes(blob.id, 10).await.is_err());
    assert_eq!(
        b.list(None, 10).await.unwrap().len() + blobs.list(None, 10).await.unwrap().len(),
        0
    );
    assert_eq!(blobs.area("s3").unwrap().get_bytes(blob.id, 10).await.unwrap(), "mine");
    for name in ["", "S3", "../x", "a/b", "1a", "a234567890123456789012345678901234"] {
        assert!(matches!(blobs.area(name), Err(Error::AreaName(_))), "{name}");
    }
}

async fn large_by_pieces(blobs: Blobs) {
    let bytes = pattern(5 << 20);
    for step in [1 << 20, 100_000, 1000] {
        let mut writer = blobs.writer(&KeyRef::Yard);
        for part in bytes.chunks(step) {
            writer.write(part).await.unwrap();
        }
        let blob = writer.finish().await.unwrap();
        assert!(read(&blobs, blob.id, 0..blob.size).await == bytes);
    }
}
