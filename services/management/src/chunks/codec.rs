//! How records stand in a chunk.
//!
//! A chunk is blocks one after the other, one per append, compressed with LZ4:
//!
//! ```text
//! block:  ingested (8)  first record's time (8)  records (4)  length of what follows (4)
//! record: time since the record before (zigzag varint)  length (varint)  bytes
//! ```
//! Numbers are little-endian. LZ4 packs build logs at 500 MB/s and needs no C compiler.

use store::StoreError;

use super::damaged;

/// Largest chunk, uncompressed: what a damaged length may make us allocate.
pub(super) const MAX_RAW: u64 = 64 << 20;
const HEADER: usize = 24;

/// Records on their way into a track, in the order of their coming.
pub(crate) struct Block {
    pub(super) raw: Vec<u8>,
    pub(super) compressed: Vec<u8>,
    pub(super) records: u64,
    /// Bytes of the records themselves.
    pub(super) bytes: u64,
    pub(super) min_time: i64,
    pub(super) max_time: i64,
    pub(super) ingested: i64,
    pub(super) ordered: bool,
}

/// A record's place in an uncompressed chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub time: i64,
    pub ordinal: u64,
    pub ingested: i64,
    pub start: usize,
    pub end: usize,
}

impl Block {
    /// A block of records, each with its time in milliseconds. `None` if there are none.
    pub fn new<'a>(
        ingested: i64,
        records: impl IntoIterator<Item = (i64, &'a [u8])>,
    ) -> Option<Self> {
        let mut raw = vec![0; HEADER];
        let (mut count, mut bytes, mut ordered) = (0_u32, 0, true);
        let (mut first, mut last) = (None, 0);
        let (mut min_time, mut max_time) = (i64::MAX, i64::MIN);
        for (time, record) in records {
            let since = time.wrapping_sub(*first.get_or_insert(time)).wrapping_sub(last);
            ordered &= since >= 0;
            last = last.wrapping_add(since);
            put_varint(&mut raw, ((since << 1) ^ (since >> 63)) as u64);
            put_varint(&mut raw, record.len() as u64);
            raw.extend_from_slice(record);
            count += 1;
            bytes += record.len() as u64;
            (min_time, max_time) = (min_time.min(time), max_time.max(time));
        }
        let length = u32::try_from(raw.len() - HEADER).ok()?;
        let mut header = Vec::with_capacity(HEADER);
        header.extend_from_slice(&ingested.to_le_bytes());
        header.extend_from_slice(&first?.to_le_bytes());
        header.extend_from_slice(&count.to_le_bytes());
        header.extend_from_slice(&length.to_le_bytes());
        raw.get_mut(..HEADER)?.copy_from_slice(&header);
        let compressed = compress(&raw);
        let records = u64::from(count);
        Some(Self { raw, compressed, records, bytes, min_time, max_time, ingested, ordered })
    }
}

pub(super) fn compress(raw: &[u8]) -> Vec<u8> {
    lz4_flex::block::compress(raw)
}

pub(super) fn decompress(data: &[u8], raw: u64) -> Result<Vec<u8>, StoreError> {
    if raw > MAX_RAW {
        return Err(damaged("size"));
    }
    lz4_flex::block::decompress(data, raw as usize).map_err(|_| damaged("data"))
}

/// The places of all records of an uncompressed chunk.
pub(super) fn entries(raw: &[u8], first_ordinal: u64) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::new();
    let mut ordinal = first_ordinal;
    let mut at = 0;
    while at < raw.len() {
        let read = || -> Option<_> {
            let header = raw.get(at..at + HEADER)?;
            let (ingested, rest) = header.split_first_chunk::<8>()?;
            let (time, rest) = rest.split_first_chunk::<8>()?;
            let (count, rest) = rest.split_first_chunk::<4>()?;
            let (length, _) = rest.split_first_chunk::<4>()?;
            Some((
                i64::from_le_bytes(*ingested),
                i64::from_le_bytes(*time),
                u32::from_le_bytes(*count),
                u32::from_le_bytes(*length) as usize,
            ))
        };
        let (ingested, mut time, count, length) = read().ok_or_else(|| damaged("block"))?;
        at += HEADER;
        let end_of_block = at + length;
        for _ in 0..count {
            let since = take_varint(raw, &mut at).ok_or_else(|| damaged("record"))?;
            time = time.wrapping_add((since >> 1) as i64 ^ -((since & 1) as i64));
            let length = take_varint(raw, &mut at).ok_or_else(|| damaged("record"))?;
            let end = usize::try_from(length).ok().and_then(|length| at.checked_add(length));
            let end = end.filter(|end| *end <= raw.len()).ok_or_else(|| damaged("record"))?;
            entries.push(Entry { time, ordinal, ingested, start: at, end });
            ordinal += 1;
            at = end;
        }
        if at != end_of_block {
            return Err(damaged("block"));
        }
    }
    Ok(entries)
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn take_varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn blocks_round_trip(blocks in proptest::collection::vec(
            (any::<i64>(), proptest::collection::vec(
                (any::<i64>(), proptest::collection::vec(any::<u8>(), 0..200)), 1..20)), 1..4))
        {
            let mut raw = Vec::new();
            let mut expected = Vec::new();
            for (ingested, records) in &blocks {
                let block =
                    Block::new(*ingested, records.iter().map(|(t, r)| (*t, r.as_slice()))).unwrap();
                prop_assert_eq!(decompress(&block.compressed, block.raw.len() as u64).unwrap(), block.raw.clone());
                prop_assert_eq!(block.records, records.len() as u64);
                raw.extend_from_slice(&block.raw);
                expected.extend(records.iter().map(|(time, record)| (*time, *ingested, record.clone())));
            }
            let found: Vec<_> = entries(&raw, 1).unwrap().into_iter()
                .map(|it| (it.time, it.ingested, raw[it.start..it.end].to_vec())).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn damaged_chunks_are_errors(bytes in proptest::collection::vec(any::<u8>(), 0..200), raw in any::<u64>()) {
            let _ = entries(&bytes, 1);
            let _ = decompress(&bytes, raw % (4 * MAX_RAW));
        }
    }
}
