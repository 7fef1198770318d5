//! Packs of our own making (gitformat-pack): few objects, no deltas, with their index.

use crate::packs::{NewPack, Part};
use crate::{GitError, Kind, Oid, Result};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use gix_hash::Kind::Sha1;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

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

/// Writes `objects` as a pack into `folder`.
pub(crate) fn write(folder: &Path, objects: &[NewObject]) -> Result<NewPack> {
    let (pack, placed) = encode(objects).map_err(GitError::io("zip a pack"))?;
    let sum = checksum(&pack)?;
    let index = encode_index(placed, &sum);
    let index_sum = checksum(&index)?;
    let name = sum;
    let mut files = Vec::new();
    let parts = [(Part::Pack, &pack, &sum), (Part::Index, &index, &index_sum)];
    for (part, content, sum) in parts {
        let path = folder.join(format!("pack-{}.{}", name, part.name()));
        let mut file = File::create(&path).map_err(GitError::io("write a pack"))?;
        file.write_all(content)
            .and_then(|()| file.write_all(sum.as_bytes()))
            .map_err(GitError::io("write a pack"))?;
        files.push((part, path, content.len() as u64 + 20));
    }
    Ok(NewPack { name: sum, objects: objects.len() as u64, files })
}

/// Where an index (version 2) has its table of counts, and the names behind it.
const FANOUT: u64 = 8;
const FANOUT_LEN: u64 = 256 * 4;

/// How many objects the pack of an index has.
pub(crate) fn count_objects(index: &Path) -> io::Result<u64> {
    let file = File::open(index)?;
    let mut head = [0; 8];
    file.read_exact_at(&mut head, 0)?;
    if head != *b"\xfftOc\0\0\0\x02" {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "no pack index of version 2"));
    }
    let mut last = [0; 4];
    file.read_exact_at(&mut last, FANOUT + FANOUT_LEN - 4)?;
    Ok(u64::from(u32::from_be_bytes(last)))
}

/// The names of the objects in the pack of an index, sorted.
pub(crate) fn object_names(index: &Path) -> io::Result<Vec<Oid>> {
    let count = usize::try_from(count_objects(index)?).map_err(io::Error::other)?;
    let mut names = vec![0; count.saturating_mul(20)];
    File::open(index)?.read_exact_at(&mut names, FANOUT + FANOUT_LEN)?;
    let (names, _) = names.as_chunks::<20>();
    Ok(names.iter().copied().map(Oid::from_bytes).collect())
}

/// Where each object begins in the pack of an index.
pub(crate) fn object_offsets(index: &Path) -> io::Result<Vec<u64>> {
    let count = count_objects(index)?;
    let entries = usize::try_from(count).map_err(io::Error::other)?;
    let file = File::open(index)?;
    // Behind the names come as many checksums, then the offsets; those from 2 GiB on are numbers
    // in a table of longer ones behind.
    let start = FANOUT + FANOUT_LEN + count * 24;
    let mut short = vec![0; entries.saturating_mul(4)];
    file.read_exact_at(&mut short, start)?;
    let mut offsets = Vec::with_capacity(entries);
    for word in short.as_chunks::<4>().0 {
        let word = u32::from_be_bytes(*word);
        if word & 0x8000_0000 == 0 {
            offsets.push(u64::from(word));
            continue;
        }
        let mut long = [0; 8];
        let at = u64::from(word & 0x7fff_ffff);
        file.read_exact_at(&mut long, start + count * 4 + at * 8)?;
        offsets.push(u64::from_be_bytes(long));
    }
    offsets.sort_unstable();
    Ok(offsets)
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
