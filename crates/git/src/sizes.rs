//! How large the objects of a pushed pack are, without unpacking them: AWS takes files up to a
//! limit only, and zipped zeros are small.

use crate::limits::MAX_GIT_BLOB;
use crate::packs::{NewPack, Part};
use crate::sync::blocking;
use crate::{GitError, Result};
use flate2::{Decompress, FlushDecompress};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Enough of an entry: type and size, the base of a delta, and the beginning of what is zipped with
/// the longest table of codes that it can have.
const HEAD: usize = 512;
/// Enough unzipped bytes of a delta to hold both of its sizes.
const DELTA_HEAD: usize = 20;
/// Bytes of a pack that are looked at together.
const WINDOW: usize = 1 << 20;

impl NewPack {
    /// Refuses a pack with an object above [`MAX_GIT_BLOB`].
    ///
    /// # Errors
    /// [`GitError::TooLarge`]; the pack cannot be read.
    pub(crate) async fn check_sizes(&self) -> Result<()> {
        let path = |wanted: Part| -> Option<PathBuf> {
            self.files.iter().find(|(part, ..)| *part == wanted).map(|(_, path, _)| path.clone())
        };
        let (Some(pack), Some(index)) = (path(Part::Pack), path(Part::Index)) else {
            return Ok(());
        };
        let largest = blocking("measure the objects", move || largest(&pack, &index)).await?;
        if largest > MAX_GIT_BLOB {
            return Err(GitError::TooLarge { what: "an object in the push", limit: MAX_GIT_BLOB });
        }
        Ok(())
    }
}

fn bad(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// Bytes of the largest object.
fn largest(pack: &Path, index: &Path) -> io::Result<u64> {
    let offsets = crate::pack::object_offsets(index)?;
    let file = File::open(pack)?;
    let mut unzip = Decompress::new(true);
    let mut largest = 0;
    let (mut window, mut start) = (Vec::new(), 0_u64);
    for offset in offsets {
        let beyond = |window: &[u8]| start + (window.len() as u64) < offset + HEAD as u64;
        if beyond(&window) {
            start = offset;
            window.resize(WINDOW, 0);
            let count = read_up_to(&file, &mut window, start)?;
            window.truncate(count);
        }
        let at = usize::try_from(offset - start).map_err(io::Error::other)?;
        let end = window.len().min(at + HEAD);
        let entry = window.get(at..end).unwrap_or_default();
        largest = largest.max(size_of(entry, &mut unzip)?);
    }
    Ok(largest)
}

/// Fills the buffer from the file as far as that goes.
fn read_up_to(file: &File, into: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = into.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, offset + filled as u64)? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

/// The size of the object whose entry begins so.
fn size_of(entry: &[u8], unzip: &mut Decompress) -> io::Result<u64> {
    let cut = || bad("an entry of the pack is cut short");
    let (first, mut rest) = entry.split_first().ok_or_else(cut)?;
    let mut size = u64::from(first & 0x0f);
    let (mut shift, mut more) = (4, first & 0x80 != 0);
    while more {
        let (byte, tail) = rest.split_first().ok_or_else(cut)?;
        size |= u64::from(byte & 0x7f).checked_shl(shift).ok_or_else(cut)?;
        (rest, shift, more) = (tail, shift + 7, byte & 0x80 != 0);
    }
    let zipped = match (first >> 4) & 7 {
        // A delta: what it makes is told in its own head.
        6 => {
            let end = rest.iter().position(|byte| byte & 0x80 == 0).ok_or_else(cut)?;
            rest.get(end + 1..).ok_or_else(cut)?
        }
        7 => rest.get(20..).ok_or_else(cut)?,
        _ => return Ok(size),
    };
    let mut delta = [0; DELTA_HEAD];
    unzip.reset(true);
    unzip.decompress(zipped, &mut delta, FlushDecompress::None).map_err(io::Error::other)?;
    let made = usize::try_from(unzip.total_out()).map_err(io::Error::other)?;
    let (_, rest) = varint(delta.get(..made).unwrap_or_default()).ok_or_else(cut)?;
    varint(rest).map(|(size, _)| size).ok_or_else(cut)
}

/// Seven bits in each byte, the low ones first.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (at, byte) in bytes.iter().enumerate().take(9) {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(at + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use proptest::prelude::*;
    use std::io::Write;

    fn zip(bytes: &[u8]) -> Vec<u8> {
        let mut out = ZlibEncoder::new(Vec::new(), Compression::default());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    #[test]
    fn sizes_of_all_kinds_of_entries() {
        // A blob of 1,000 bytes: 1000 = 0x3e8.
        assert_eq!(size_of(&[0xb8, 0x3e], &mut Decompress::new(true)).unwrap(), 1000);
        let delta = zip(&[0xe8, 0x07, 0x80, 0x80, 0x01, 1, 2, 3]);
        let offset = [&[0x68, 0x81, 0x02], delta.as_slice()].concat();
        assert_eq!(size_of(&offset, &mut Decompress::new(true)).unwrap(), 1 << 14);
        let named = [&[0x78], [7; 20].as_slice(), delta.as_slice()].concat();
        assert_eq!(size_of(&named, &mut Decompress::new(true)).unwrap(), 1 << 14);
        assert!(size_of(&[], &mut Decompress::new(true)).is_err());
        assert!(size_of(&[0xb8], &mut Decompress::new(true)).is_err());
    }

    #[test]
    fn a_pack_with_an_object_above_the_quota() {
        let folder = tempfile::tempdir().unwrap();
        let data = vec![b'x'; 1000];
        let oid = crate::pack::name_of(crate::Kind::Blob, &data).unwrap();
        let objects = [crate::pack::NewObject { oid, kind: crate::Kind::Blob, data }];
        let pack = crate::pack::write(folder.path(), &objects).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(pack.check_sizes()).unwrap();
        // Its entry, behind the pack's head of twelve bytes, now says three GiB.
        let mut bytes = std::fs::read(&pack.files[0].1).unwrap();
        bytes[12..17].copy_from_slice(&[0xb0, 0x80, 0x80, 0x80, 0x60]);
        std::fs::write(&pack.files[0].1, bytes).unwrap();
        let refused = runtime.block_on(pack.check_sizes());
        assert!(
            matches!(refused, Err(GitError::TooLarge { limit: MAX_GIT_BLOB, .. })),
            "{refused:?}"
        );
    }

    proptest! {
        #[test]
        fn no_entry_breaks_it(bytes in proptest::collection::vec(any::<u8>(), 0..HEAD)) {
            let _ = size_of(&bytes, &mut Decompress::new(true));
        }
    }
}
