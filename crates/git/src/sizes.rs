//! How large the objects of a pushed pack are, without unpacking them: AWS takes files up to a
//! limit only, and zipped zeros are small.
//!
//! What is made of deltas, index-pack makes in memory, where it is held to the limit. What is left
//! are objects that are zipped as a whole, and only those that take many bytes of the pack can be
//! too large.

use crate::limits::MAX_GIT_BLOB;
use crate::packs::{NewPack, Part};
use crate::sync::blocking;
use crate::{GitError, Result};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Enough of an entry to hold its type and size.
const HEAD: usize = 16;
/// Zipping makes nothing smaller than its n-th part (zlib's own figure is 1,032).
const MOST_ZIPPED: u64 = 1_040;

impl NewPack {
    /// Refuses a pack with an object above [`MAX_GIT_BLOB`].
    ///
    /// # Errors
    /// [`GitError::TooLarge`]; the pack cannot be read.
    pub(crate) async fn check_sizes(&self) -> Result<()> {
        self.check_sizes_within(MAX_GIT_BLOB).await
    }

    async fn check_sizes_within(&self, limit: u64) -> Result<()> {
        let part = |wanted: Part| -> Option<(PathBuf, u64)> {
            let mut files = self.files.iter();
            files.find(|(part, ..)| *part == wanted).map(|(_, path, size)| (path.clone(), *size))
        };
        let (Some((pack, bytes)), Some((index, _))) = (part(Part::Pack), part(Part::Index)) else {
            return Ok(());
        };
        if bytes <= limit / MOST_ZIPPED {
            return Ok(());
        }
        let measure = move || has_larger(&pack, bytes, &index, limit);
        match blocking("measure the objects", measure).await? {
            true => Err(GitError::TooLarge { what: "an object in the push", limit }),
            false => Ok(()),
        }
    }
}

/// Whether an object that is not a delta has more than `limit` bytes.
fn has_larger(pack: &Path, bytes: u64, index: &Path, limit: u64) -> io::Result<bool> {
    let starts = crate::pack::object_offsets(index)?;
    let ends = starts.iter().copied().skip(1).chain([bytes]);
    let file = File::open(pack)?;
    for (start, end) in starts.iter().copied().zip(ends) {
        if end.saturating_sub(start) <= limit / MOST_ZIPPED {
            continue;
        }
        let mut head = [0; HEAD];
        file.read_exact_at(&mut head, start)?;
        let cut = || io::Error::new(io::ErrorKind::InvalidData, "an entry of the pack is cut");
        if size_of(&head).ok_or_else(cut)? > limit {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The size that an entry of a pack begins with, of its object or of its delta.
fn size_of(entry: &[u8]) -> Option<u64> {
    let (first, rest) = entry.split_first()?;
    let mut size = u64::from(first & 0x0f);
    if first & 0x80 == 0 {
        return Some(size);
    }
    for (at, byte) in rest.iter().enumerate().take(8) {
        size |= u64::from(byte & 0x7f) << (4 + 7 * at);
        if byte & 0x80 == 0 {
            return Some(size);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_of_entries() {
        // A blob of 1,000 bytes: 1000 = 0x3e8.
        assert_eq!(size_of(&[0xb8, 0x3e]), Some(1000));
        assert_eq!(size_of(&[0x3f]), Some(15));
        assert_eq!(size_of(&[0xb0, 0x80, 0x80, 0x80, 0x60]), Some(3 << 30));
        assert_eq!(size_of(&[]), None);
        assert_eq!(size_of(&[0xb8]), None);
        assert_eq!(size_of(&[0xff; HEAD]), None);
    }

    #[test]
    fn zipped_zeros_above_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let object = |data: Vec<u8>| {
            let oid = crate::pack::name_of(crate::Kind::Blob, &data).unwrap();
            crate::pack::NewObject { oid, kind: crate::Kind::Blob, data }
        };
        let limit = 4 << 20;
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for (size, fits) in [(limit, true), (limit + 1, false)] {
            let objects = [object(b"small".to_vec()), object(vec![0; size]), object(vec![1])];
            let pack = crate::pack::write(folder.path(), &objects).unwrap();
            assert!(pack.bytes() < 64 << 10, "zeros are small");
            let checked = runtime.block_on(pack.check_sizes_within(limit as u64));
            assert_eq!(checked.is_ok(), fits, "{checked:?}");
        }
    }

    proptest! {
        #[test]
        fn no_entry_breaks_it(bytes in proptest::collection::vec(any::<u8>(), 0..HEAD)) {
            let _ = size_of(&bytes);
        }
    }
}
