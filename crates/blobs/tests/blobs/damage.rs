//! Whatever happens to the stored bytes, what is read is what was written, or an error.

use std::{fs, sync::LazyLock};

use codeyard_blobs::{BlobRef, Blobs, Error, KeyRef, KeyringError};
use proptest::prelude::*;

use crate::{block_on, file_of, keyring, on_disk, pattern};

const SEALED_CHUNK: usize = 65_536 + 16;

fn stored(size: usize) -> (tempfile::TempDir, Blobs, BlobRef, Vec<u8>) {
    let (dir, blobs) = on_disk();
    let blob = block_on(blobs.put_bytes(&KeyRef::Yard, &pattern(size))).unwrap();
    let sealed = fs::read(file_of(&dir, blob.id)).unwrap();
    (dir, blobs, blob, sealed)
}

fn refused(dir: &tempfile::TempDir, blobs: &Blobs, blob: BlobRef, sealed: &[u8]) -> bool {
    fs::write(file_of(dir, blob.id), sealed).unwrap();
    match block_on(blobs.get_bytes(blob.id, 1 << 30)) {
        Ok(_) => false,
        Err(Error::Damaged { .. } | Error::Keyring(KeyringError::Unopened)) => true,
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn every_changed_bit_of_a_small_blob_is_found() {
    let (dir, blobs, blob, sealed) = stored(40);
    for at in 0..sealed.len() {
        for bit in 0..8 {
            let mut changed = sealed.clone();
            changed[at] ^= 1 << bit;
            assert!(refused(&dir, &blobs, blob, &changed), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn every_truncation_and_extension_is_found() {
    let (dir, blobs, blob, sealed) = stored(3 * 65_536 + 5);
    let header = sealed.len() - 3 * SEALED_CHUNK - 21;
    let cuts = (0..header + 40).chain((0..4).flat_map(|n| {
        let edge = header + n * SEALED_CHUNK;
        edge.saturating_sub(20)..edge + 20
    }));
    for cut in cuts.chain(sealed.len() - 21..sealed.len()) {
        assert!(refused(&dir, &blobs, blob, &sealed[..cut]), "cut to {cut}");
    }
    let longer = [sealed.as_slice(), &[0]].concat();
    assert!(refused(&dir, &blobs, blob, &longer));
    let repeated = [sealed.as_slice(), &sealed[sealed.len() - SEALED_CHUNK..]].concat();
    assert!(refused(&dir, &blobs, blob, &repeated));
}

#[test]
fn reordered_chunks_are_found() {
    let (dir, blobs, blob, sealed) = stored(4 * 65_536);
    let header = sealed.len() - 4 * SEALED_CHUNK;
    for (a, b) in [(0, 1), (1, 2), (2, 3), (0, 3)] {
        let mut swapped = sealed.clone();
        let (low, high) = swapped.split_at_mut(header + b * SEALED_CHUNK);
        low[header + a * SEALED_CHUNK..][..SEALED_CHUNK].swap_with_slice(&mut high[..SEALED_CHUNK]);
        assert!(refused(&dir, &blobs, blob, &swapped), "{a} and {b}");
    }
}

#[test]
fn one_blob_in_the_place_of_another_is_found() {
    let (dir, blobs) = on_disk();
    let a = block_on(blobs.put_bytes(&KeyRef::Yard, b"allow")).unwrap();
    let b = block_on(blobs.put_bytes(&KeyRef::Yard, b"deny!")).unwrap();
    let sealed = fs::read(file_of(&dir, b.id)).unwrap();
    assert!(refused(&dir, &blobs, a, &sealed));
}

#[test]
fn undamaged_ranges_stay_readable_and_damaged_ones_never_yield_a_byte() {
    let (dir, blobs, blob, mut sealed) = stored(20 * 65_536);
    let header = sealed.len() - 20 * SEALED_CHUNK;
    sealed[header + 12 * SEALED_CHUNK + 77] ^= 1;
    fs::write(file_of(&dir, blob.id), &sealed).unwrap();
    block_on(async {
        let mut reader = blobs.reader(blob.id, 0..65_536 * 8).await.unwrap();
        assert_eq!(reader.next().await.unwrap().unwrap().len(), 65_536 * 8);
        let mut reader = blobs.reader(blob.id, ..).await.unwrap();
        assert_eq!(reader.next().await.unwrap().unwrap().len(), 65_536 * 8);
        assert!(matches!(reader.next().await, Err(Error::Damaged { .. })));
        assert!(reader.next().await.unwrap().is_none());
    });
}

#[test]
fn another_key_opens_nothing() {
    let (dir, blobs) = on_disk();
    let blob = block_on(blobs.put_bytes(&KeyRef::Yard, b"x")).unwrap();
    let other = blobs.with_keyring(keyring());
    let refused = block_on(other.get_bytes(blob.id, 10));
    assert!(matches!(refused, Err(Error::Keyring(KeyringError::Unopened))));
    assert!(matches!(Blobs::open(dir.path(), keyring()), Err(Error::WrongMasterKey)));
}

/// One blob that many cases share: three chunks, the last one short.
static BLOB: LazyLock<(tempfile::TempDir, Blobs, BlobRef, Vec<u8>)> =
    LazyLock::new(|| stored(2 * 65_536 + 1000));

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_changed_byte_of_a_large_blob_is_found(at in any::<prop::sample::Index>(), mask in 1..=255_u8) {
        let (dir, blobs, blob, sealed) = &*BLOB;
        let mut changed = sealed.clone();
        changed[at.index(sealed.len())] ^= mask;
        prop_assert!(refused(dir, blobs, *blob, &changed));
    }

    #[test]
    fn what_was_written_in_any_steps_is_read_in_any_range(
        steps in prop::collection::vec(0..150_000_usize, 0..12),
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
    ) {
        let bytes = pattern(steps.iter().sum());
        let (a, b) = (from.index(bytes.len() + 1), to.index(bytes.len() + 1));
        let range = a.min(b)..a.max(b);
        let read = block_on(async {
            let blobs = Blobs::in_memory();
            let mut writer = blobs.writer(&KeyRef::Yard);
            let mut rest = bytes.as_slice();
            for step in steps {
                let (now, later) = rest.split_at(step);
                writer.write(now).await.unwrap();
                rest = later;
            }
            let blob = writer.finish().await.unwrap();
            let range = range.start as u64..range.end as u64;
            let mut reader = blobs.reader(blob.id, range).await.unwrap();
            let mut read = Vec::new();
            while let Some(piece) = reader.next().await.unwrap() {
                read.extend_from_slice(&piece);
            }
            read
        });
        prop_assert!(read == bytes[range]);
    }
}
