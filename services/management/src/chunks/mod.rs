//! Streams of timed records, kept as compressed chunks: log streams and the audit trail.
//!
//! A track is one such stream. Records keep the order in which they came as their ordinal (1, 2,
//! 3, …) and are read in the order of time and ordinal. A chunk holds many records, compressed;
//! beside it stands a small row that tells what is in it, so that readers find their place without
//! opening chunks. Small appends are merged into the last chunk until it is worth its row: there
//! is never a row per record.
//!
//! | space | key | value |
//! |---|---|---|
//! | `log-head` | track | the track as a whole ([`Head`]) |
//! | `log-meta` | track, sequence number | what the chunk holds ([`Meta`]) |
//! | `log-data` | track, sequence number | the chunk |

mod codec;
mod reader;

use store::{Key, Range, ReadTx, StoreError, WriteTx};

pub(crate) use codec::Block;
pub(crate) use reader::{Direction, Found, Reader};

const HEADS: &str = "log-head";
const METAS: &str = "log-meta";
const DATA: &str = "log-data";
/// A chunk that is smaller than this, uncompressed, takes further records in.
const WORTH_A_ROW: usize = 64 << 10;
/// Chunks looked at by one call of [`expire`].
const EXPIRE_BATCH: usize = 500;

/// A place between records: behind the one with this time and ordinal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    /// Milliseconds since the epoch.
    pub time: i64,
    pub ordinal: u64,
}

impl Position {
    /// The place before all records of that time.
    pub fn before(time: i64) -> Self {
        Self { time, ordinal: 0 }
    }

    /// The place behind all records of that time.
    pub fn behind(time: i64) -> Self {
        Self { time, ordinal: u64::MAX }
    }
}

/// A track as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// Sequence numbers of its chunks: from `first` on and before `next`.
    pub first: u64,
    pub next: u64,
    /// Records ever appended.
    pub records: u64,
    /// Bytes of records ever appended.
    pub offset: u64,
    /// Bytes that its chunks take, compressed.
    pub stored: u64,
    pub min_time: i64,
    pub max_time: i64,
    /// When the last records came.
    pub ingested: i64,
    /// Records came in the order of their times, so that chunks are in that order too and have
    /// no gaps in their numbers.
    pub ordered: bool,
}

/// What a chunk holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Meta {
    pub sequence: u64,
    /// Ordinal of its first record.
    pub first_ordinal: u64,
    pub records: u64,
    pub min_time: i64,
    pub max_time: i64,
    /// Bytes of records in the track before it.
    pub offset: u64,
    /// Its bytes, uncompressed and compressed.
    pub raw: u64,
    pub stored: u64,
}

impl Head {
    pub fn is_empty(&self) -> bool {
        self.first == self.next
    }

    fn encode(&self) -> Vec<u8> {
        Key::new()
            .number(self.first)
            .number(self.next)
            .number(self.records)
            .number(self.offset)
            .number(self.stored)
            .signed(self.min_time)
            .signed(self.max_time)
            .signed(self.ingested)
            .number(u64::from(self.ordered))
            .into()
    }

    fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        let mut parts = Key::parts(bytes);
        let mut read = || {
            Some(Self {
                first: parts.number()?,
                next: parts.number()?,
                records: parts.number()?,
                offset: parts.number()?,
                stored: parts.number()?,
                min_time: parts.signed()?,
                max_time: parts.signed()?,
                ingested: parts.signed()?,
                ordered: parts.number()? == 1,
            })
        };
        read().ok_or_else(|| damaged("head"))
    }

    /// The head of a track; `None` before its first record.
    pub fn of(tx: &ReadTx<'_>, track: &Key) -> Result<Option<Self>, StoreError> {
        let bytes = tx.get_raw(HEADS, track.as_bytes())?;
        bytes.map(|bytes| Self::decode(&bytes)).transpose()
    }

    fn keep(&self, tx: &mut WriteTx<'_>, track: &Key) -> Result<(), StoreError> {
        tx.put_raw(HEADS, track.as_bytes(), &self.encode())
    }

    /// A page of the heads of all tracks that begin with `prefix`, with the rest of their keys.
    pub fn all(
        tx: &ReadTx<'_>,
        prefix: &Key,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, Self)>, StoreError> {
        let after = after.map(|rest| [prefix.as_bytes(), rest].concat());
        let range = Range::prefix(prefix.clone()).after(after).limit(limit);
        let skip = prefix.as_bytes().len();
        tx.scan_raw(HEADS, &range)?
            .into_iter()
            .map(|(key, value)| {
                Ok((key.get(skip..).unwrap_or_default().to_vec(), Self::decode(&value)?))
            })
            .collect()
    }
}

impl Meta {
    /// No record of the chunk stands before this.
    fn lowest(&self) -> Position {
        Position { time: self.min_time, ordinal: self.first_ordinal }
    }

    /// No record of the chunk stands behind this.
    fn highest(&self) -> Position {
        let ordinal = self.first_ordinal.saturating_add(self.records).saturating_sub(1);
        Position { time: self.max_time, ordinal }
    }

    fn encode(&self) -> Vec<u8> {
        Key::new()
            .number(self.first_ordinal)
            .number(self.records)
            .signed(self.min_time)
            .signed(self.max_time)
            .number(self.offset)
            .number(self.raw)
            .number(self.stored)
            .into()
    }

    fn decode(sequence: u64, bytes: &[u8]) -> Result<Self, StoreError> {
        let mut parts = Key::parts(bytes);
        let mut read = || {
            Some(Self {
                sequence,
                first_ordinal: parts.number()?,
                records: parts.number()?,
                min_time: parts.signed()?,
                max_time: parts.signed()?,
                offset: parts.number()?,
                raw: parts.number()?,
                stored: parts.number()?,
            })
        };
        read().ok_or_else(|| damaged("description"))
    }

    fn find(tx: &ReadTx<'_>, track: &Key, sequence: u64) -> Result<Option<Self>, StoreError> {
        let bytes = tx.get_raw(METAS, track.clone().number(sequence).as_bytes())?;
        bytes.map(|bytes| Self::decode(sequence, &bytes)).transpose()
    }

    fn of(tx: &ReadTx<'_>, track: &Key, sequence: u64) -> Result<Self, StoreError> {
        Self::find(tx, track, sequence)?.ok_or_else(|| damaged("description"))
    }

    /// The descriptions of all chunks behind `after`, at most `limit`.
    fn page(
        tx: &ReadTx<'_>,
        track: &Key,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Self>, StoreError> {
        let after = after.map(|sequence| track.clone().number(sequence));
        let range = Range::prefix(track.clone()).after(after).limit(limit);
        let skip = track.as_bytes().len();
        tx.scan_raw(METAS, &range)?
            .into_iter()
            .map(|(key, value)| {
                let mut parts = Key::parts(key.get(skip..).unwrap_or_default());
                Self::decode(parts.number().ok_or_else(|| damaged("key"))?, &value)
            })
            .collect()
    }
}

fn damaged(what: &str) -> StoreError {
    StoreError::Corrupt(format!("the {what} of a chunk of records"))
}

/// Appends a block; returns the head before and after.
pub(crate) fn append(
    tx: &mut WriteTx<'_>,
    track: &Key,
    block: &Block,
) -> Result<(Head, Head), StoreError> {
    let before = Head::of(tx, track)?.unwrap_or(Head { ordered: true, ..Head::default() });
    let mut head = before;
    let last = match before.is_empty() {
        true => None,
        // Where records came out of order, the last chunk may have expired before others.
        false => Meta::find(tx, track, before.next.saturating_sub(1))?,
    };
    let mut meta = Meta {
        sequence: before.next,
        first_ordinal: before.records + 1,
        records: block.records,
        min_time: block.min_time,
        max_time: block.max_time,
        offset: before.offset,
        raw: block.raw.len() as u64,
        stored: block.compressed.len() as u64,
    };
    let data = match last {
        Some(last) if last.raw as usize + block.raw.len() <= WORTH_A_ROW => {
            let key = track.clone().number(last.sequence);
            let data = tx.get_raw(DATA, key.as_bytes())?.ok_or_else(|| damaged("data"))?;
            let raw = [codec::decompress(&data, last.raw)?, block.raw.clone()].concat();
            let data = codec::compress(&raw);
            head.stored = head.stored.saturating_sub(last.stored);
            meta = Meta {
                records: last.records + block.records,
                min_time: last.min_time.min(block.min_time),
                max_time: last.max_time.max(block.max_time),
                raw: raw.len() as u64,
                stored: data.len() as u64,
                ..last
            };
            data
        }
        _ => {
            head.next += 1;
            block.compressed.clone()
        }
    };
    let key = track.clone().number(meta.sequence);
    tx.put_raw(DATA, key.as_bytes(), &data)?;
    tx.put_raw(METAS, key.as_bytes(), &meta.encode())?;

    head.stored += meta.stored;
    head.records += block.records;
    head.offset += block.bytes;
    head.ingested = block.ingested;
    if before.is_empty() {
        (head.min_time, head.max_time) = (block.min_time, block.max_time);
        head.ordered = block.ordered;
    } else {
        head.ordered &= block.ordered && block.min_time >= before.max_time;
        head.min_time = before.min_time.min(block.min_time);
        head.max_time = before.max_time.max(block.max_time);
    }
    head.keep(tx, track)?;
    Ok((before, head))
}

/// Takes a track away.
pub(crate) fn delete(tx: &mut WriteTx<'_>, track: &Key) -> Result<(), StoreError> {
    for space in [HEADS, METAS, DATA] {
        tx.delete_prefix(space, track.as_bytes())?;
    }
    Ok(())
}

/// Takes away the chunks whose records are all older than `cutoff`; returns the bytes that this
/// freed and whether there may be more to do.
pub(crate) fn expire(
    tx: &mut WriteTx<'_>,
    track: &Key,
    cutoff: i64,
) -> Result<(u64, bool), StoreError> {
    let Some(mut head) = Head::of(tx, track)? else { return Ok((0, false)) };
    if head.is_empty() || head.min_time >= cutoff {
        return Ok((0, false));
    }
    let (mut freed, mut after, mut seen) = (0, None, 0);
    let (mut min_time, mut first) = (i64::MAX, head.next);
    'pages: loop {
        let page = Meta::page(tx, track, after, EXPIRE_BATCH)?;
        let Some(last) = page.last() else { break };
        after = Some(last.sequence);
        for meta in &page {
            if meta.max_time < cutoff && seen < EXPIRE_BATCH {
                let key = track.clone().number(meta.sequence);
                tx.delete_raw(METAS, key.as_bytes())?;
                tx.delete_raw(DATA, key.as_bytes())?;
                freed += meta.stored;
                seen += 1;
            } else {
                first = first.min(meta.sequence);
                min_time = min_time.min(meta.min_time);
                if head.ordered {
                    break 'pages;
                }
            }
        }
    }
    head.first = first;
    head.min_time = if head.is_empty() { head.max_time } else { min_time };
    head.stored = head.stored.saturating_sub(freed);
    head.keep(tx, track)?;
    Ok((freed, seen == EXPIRE_BATCH))
}

/// Takes away the oldest chunks of a track whose records came in order, until the rest takes at
/// most `most` bytes.
pub(crate) fn shrink(tx: &mut WriteTx<'_>, track: &Key, most: u64) -> Result<(), StoreError> {
    let Some(mut head) = Head::of(tx, track)?.filter(|head| head.ordered) else { return Ok(()) };
    if head.stored <= most {
        return Ok(());
    }
    while head.stored > most && head.first + 1 < head.next {
        let meta = Meta::of(tx, track, head.first)?;
        let key = track.clone().number(meta.sequence);
        tx.delete_raw(METAS, key.as_bytes())?;
        tx.delete_raw(DATA, key.as_bytes())?;
        head.first += 1;
        head.stored = head.stored.saturating_sub(meta.stored);
        head.min_time = Meta::of(tx, track, head.first)?.min_time;
    }
    head.keep(tx, track)
}
