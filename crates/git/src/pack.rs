//! Packs of our own making (gitformat-pack): few objects, no deltas, with their index.

use crate::{GitError, Kind, Oid, Result};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use gix_hash::Kind::Sha1;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// An object that is not in the repository yet.
pub(crate) struct NewObject {
    pub(crate) oid: Oid,
    pub(crate) kind: Kind,
    pub(crate) data: Vec<u8>,
}

struct Placed {
    oid: Oid,
    crc: u32,
    offset: usize,
}

/// The name that git gives to an object.
pub(crate) fn name_of(kind: Kind, data: &[u8]) -> Result<Oid> {
    let made = gix_object::compute_hash(Sha1, kind.gix(), data);
    let name = made.map_err(|e| GitError::CutOff(format!("hash an object: {e}")))?;
    Oid::from_gix(&name).map_err(|e| GitError::CutOff(e.to_string()))
}

fn checksum(data: &[u8]) -> Result<Oid> {
    let mut hasher = gix_hash::hasher(Sha1);
    hasher.update(data);
    let sum = hasher.try_finalize().map_err(|e| GitError::CutOff(format!("hash a pack: {e}")))?;
    Oid::from_gix(&sum).map_err(|e| GitError::CutOff(e.to_string()))
}

/// Writes `objects` as a pack into `folder`, synced to disk. Answers the files, the index last;
/// none if the very same pack is there already.
pub(crate) fn write(folder: &Path, objects: &[NewObject]) -> Result<Vec<PathBuf>> {
    let (pack, placed) = encode(objects).map_err(GitError::io("zip a pack"))?;
    let sum = checksum(&pack)?;
    let index = encode_index(placed, &sum);
    let index_sum = checksum(&index)?;
    let path = |extension: &str| folder.join(format!("pack-{sum}.{extension}"));
    if path("idx").exists() {
        return Ok(Vec::new());
    }
    let put = |path: &Path, content: &[u8], sum: &Oid| -> io::Result<()> {
        let mut file = tempfile::Builder::new().prefix("tmp_").tempfile_in(folder)?;
        file.write_all(content)?;
        file.write_all(sum.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path).map(drop).map_err(|e| e.error)
    };
    put(&path("pack"), &pack, &sum)
        .and_then(|()| put(&path("idx"), &index, &index_sum))
        .and_then(|()| sync_folder(folder))
        .map_err(GitError::io("write a pack"))?;
    Ok(vec![path("pack"), path("idx")])
}

/// Makes a folder's new names durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// All but the trailing checksum.
fn encode(objects: &[NewObject]) -> io::Result<(Vec<u8>, Vec<Placed>)> {
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    pack.extend_from_slice(&u32::try_from(objects.len()).map_err(io::Error::other)?.to_be_bytes());
    let mut placed = Vec::with_capacity(objects.len());
    for object in objects {
        let offset = pack.len();
        pack.extend(entry_header(object.kind, object.data.len()));
        let mut zip = ZlibEncoder::new(pack, Compression::fast());
        zip.write_all(&object.data)?;
        pack = zip.finish()?;
        let mut crc = flate2::Crc::new();
        crc.update(pack.get(offset..).unwrap_or_default());
        placed.push(Placed { oid: object.oid, crc: crc.sum(), offset });
    }
    Ok((pack, placed))
}

/// Type and size: four bits of size in the first byte, seven in each further one.
fn entry_header(kind: Kind, size: usize) -> Vec<u8> {
    let kind = match kind {
        Kind::Commit => 1,
        Kind::Tree => 2,
        Kind::Blob => 3,
        Kind::Tag => 4_u8,
    };
    let mut out = vec![(kind << 4) | (size & 0x0f) as u8];
    let mut rest = size >> 4;
    while rest > 0 {
        if let Some(last) = out.last_mut() {
            *last |= 0x80;
        }
        out.push((rest & 0x7f) as u8);
        rest >>= 7;
    }
    out
}

/// Version 2, all but the trailing checksum.
fn encode_index(mut placed: Vec<Placed>, pack_sum: &Oid) -> Vec<u8> {
    placed.sort_by_key(|object| object.oid);
    let mut out = b"\xfftOc\0\0\0\x02".to_vec();
    let mut below = 0_u32;
    for first in 0..=u8::MAX {
        let here = placed.iter().filter(|object| object.oid.as_bytes()[0] == first).count();
        below += here as u32;
        out.extend_from_slice(&below.to_be_bytes());
    }
    placed.iter().for_each(|object| out.extend_from_slice(object.oid.as_bytes()));
    placed.iter().for_each(|object| out.extend_from_slice(&object.crc.to_be_bytes()));
    // Drafts are far below the 2 GiB at which offsets take another form.
    placed.iter().for_each(|object| out.extend_from_slice(&(object.offset as u32).to_be_bytes()));
    out.extend_from_slice(pack_sum.as_bytes());
    out
}

/// Moves the packs that `git index-pack` left in `from` into `to`, the index last so that nobody
/// finds one without its pack. Answers what was not there before.
pub(crate) fn migrate(from: &Path, to: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(from)? {
        files.push(entry?.file_name());
    }
    files.sort_by_key(|name| Path::new(name).extension().is_some_and(|e| e == "idx"));
    let mut moved = Vec::new();
    for name in files {
        let target = to.join(&name);
        if !target.exists() {
            std::fs::rename(from.join(&name), &target)?;
            moved.push(target);
        }
    }
    sync_folder(to)?;
    Ok(moved)
}
