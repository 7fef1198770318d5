//! Reading a track, forward or backward, from any place.

use store::{Key, ReadTx, StoreError};

use super::codec::{self, Entry};
use super::{DATA, Head, Meta, Position, damaged};

/// Descriptions of chunks read at once.
const PAGE: usize = 1000;

/// Which way to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Backward,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub position: Position,
    /// When it came.
    pub ingested: i64,
    pub record: Vec<u8>,
}

/// A chunk that was opened: its records in reading order.
struct Opened {
    raw: Vec<u8>,
    entries: Vec<Entry>,
    at: usize,
}

impl Opened {
    fn peek(&self) -> Option<Position> {
        let entry = self.entries.get(self.at)?;
        Some(Position { time: entry.time, ordinal: entry.ordinal })
    }
}

/// Where descriptions of further chunks come from.
enum Chunks {
    /// In the order of their numbers, which is that of time: those left, first and behind the
    /// last.
    Ordered(u64, u64),
    /// All of them, the next one last.
    Listed(Vec<Meta>),
}

/// Shows a track's records one by one. Opens a chunk only when its first record is due.
pub(crate) struct Reader<'t, 's> {
    tx: &'t ReadTx<'s>,
    track: Key,
    direction: Direction,
    /// Shows only what is behind this, in reading direction.
    from: Position,
    chunks: Chunks,
    next_chunk: Option<Meta>,
    opened: Vec<Opened>,
    /// Bytes of the chunks opened so far, uncompressed.
    pub opened_bytes: u64,
}

impl<'t, 's> Reader<'t, 's> {
    /// A reader of what lies behind `from` in that direction.
    pub fn new(
        tx: &'t ReadTx<'s>,
        track: &Key,
        head: &Head,
        direction: Direction,
        from: Position,
    ) -> Result<Self, StoreError> {
        let mut reader = Self {
            tx,
            track: track.clone(),
            direction,
            from,
            chunks: Chunks::Listed(Vec::new()),
            next_chunk: None,
            opened: Vec::new(),
            opened_bytes: 0,
        };
        reader.chunks = if head.ordered { reader.seek(head)? } else { reader.list_all()? };
        reader.next_chunk = reader.describe_next()?;
        Ok(reader)
    }

    /// Finds the first chunk that reaches behind `from`, by halving.
    fn seek(&self, head: &Head) -> Result<Chunks, StoreError> {
        let (mut low, mut high) = (head.first, head.next);
        while low < high {
            let middle = low + (high - low) / 2;
            let meta = Meta::of(self.tx, &self.track, middle)?;
            let is_left = match self.direction {
                Direction::Forward => meta.highest() <= self.from,
                Direction::Backward => meta.lowest() < self.from,
            };
            if is_left { low = middle + 1 } else { high = middle }
        }
        Ok(match self.direction {
            Direction::Forward => Chunks::Ordered(low, head.next),
            Direction::Backward => Chunks::Ordered(head.first, low),
        })
    }

    /// Lists all chunks that reach behind `from`, the first in reading order last.
    fn list_all(&self) -> Result<Chunks, StoreError> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let page = Meta::page(self.tx, &self.track, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some(last.sequence);
            all.extend(page.into_iter().filter(|meta| match self.direction {
                Direction::Forward => meta.max_time >= self.from.time,
                Direction::Backward => meta.min_time <= self.from.time,
            }));
        }
        match self.direction {
            Direction::Forward => all.sort_by_key(|meta| std::cmp::Reverse(meta.lowest())),
            Direction::Backward => all.sort_by_key(Meta::highest),
        }
        Ok(Chunks::Listed(all))
    }

    fn describe_next(&mut self) -> Result<Option<Meta>, StoreError> {
        let sequence = match (&mut self.chunks, self.direction) {
            (Chunks::Listed(left), _) => return Ok(left.pop()),
            (Chunks::Ordered(first, end), _) if *first >= *end => return Ok(None),
            (Chunks::Ordered(first, _), Direction::Forward) => {
                *first += 1;
                *first - 1
            }
            (Chunks::Ordered(_, end), Direction::Backward) => {
                *end -= 1;
                *end
            }
        };
        Meta::of(self.tx, &self.track, sequence).map(Some)
    }

    fn open(&mut self, meta: &Meta) -> Result<(), StoreError> {
        let key = self.track.clone().number(meta.sequence);
        let data = self.tx.get_raw(DATA, key.as_bytes())?.ok_or_else(|| damaged("data"))?;
        let raw = codec::decompress(&data, meta.raw)?;
        let mut entries = codec::entries(&raw, meta.first_ordinal)?;
        entries.sort_by_key(|entry| (entry.time, entry.ordinal));
        if self.direction == Direction::Backward {
            entries.reverse();
        }
        let is_behind = |entry: &Entry| {
            let position = Position { time: entry.time, ordinal: entry.ordinal };
            match self.direction {
                Direction::Forward => position > self.from,
                Direction::Backward => position < self.from,
            }
        };
        let at = entries.partition_point(|entry| !is_behind(entry));
        self.opened_bytes += raw.len() as u64;
        self.opened.push(Opened { raw, entries, at });
        Ok(())
    }

    /// The chunk, among those opened, whose record is next.
    fn nearest(&self) -> Option<(usize, Position)> {
        let open = self.opened.iter().enumerate();
        let due = open.filter_map(|(index, chunk)| Some((index, chunk.peek()?)));
        match self.direction {
            Direction::Forward => due.min_by_key(|(_, position)| *position),
            Direction::Backward => due.max_by_key(|(_, position)| *position),
        }
    }

    /// Where the next record stands.
    pub fn peek(&mut self) -> Result<Option<Position>, StoreError> {
        Ok(self.advance()?.map(|(_, position)| position))
    }

    /// Opens what has to be open to know which record is next.
    fn advance(&mut self) -> Result<Option<(usize, Position)>, StoreError> {
        loop {
            let nearest = self.nearest();
            let Some(meta) = self.next_chunk else { return Ok(nearest) };
            let is_due = match (nearest, self.direction) {
                (None, _) => true,
                (Some((_, position)), Direction::Forward) => meta.lowest() <= position,
                (Some((_, position)), Direction::Backward) => meta.highest() >= position,
            };
            if !is_due {
                return Ok(nearest);
            }
            self.opened.retain(|chunk| chunk.peek().is_some());
            self.open(&meta)?;
            self.next_chunk = self.describe_next()?;
        }
    }

    /// The next record.
    pub fn next(&mut self) -> Result<Option<Found>, StoreError> {
        let Some((index, position)) = self.advance()? else { return Ok(None) };
        let chunk = self.opened.get_mut(index).ok_or_else(|| damaged("place"))?;
        let entry = *chunk.entries.get(chunk.at).ok_or_else(|| damaged("place"))?;
        chunk.at += 1;
        let record = chunk.raw.get(entry.start..entry.end).ok_or_else(|| damaged("record"))?;
        Ok(Some(Found { position, ingested: entry.ingested, record: record.to_vec() }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Block, append, expire};
    use super::*;
    use proptest::prelude::*;
    use store::Store;

    fn track() -> Key {
        Key::new().text("test")
    }

    fn read(store: &Store, direction: Direction, from: Position) -> Vec<Found> {
        store
            .read::<_, StoreError>(|tx| {
                let head = Head::of(tx, &track())?.unwrap_or_default();
                let mut reader = Reader::new(tx, &track(), &head, direction, from)?;
                let mut all = Vec::new();
                while let Some(found) = reader.next()? {
                    all.push(found);
                }
                Ok(all)
            })
            .unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() })]
        #[test]
        fn reads_in_the_order_of_time_from_anywhere(
            appends in proptest::collection::vec(
                (proptest::collection::vec(0..60_i64, 1..8), 1..40_000_usize), 0..12),
            sorted in any::<bool>(),
            from in (0..62_i64, 0..40_u64),
            cutoff in 0..70_i64,
        ) {
            let store = Store::memory().unwrap();
            let mut times: Vec<i64> = appends.iter().flat_map(|(times, _)| times.clone()).collect();
            if sorted {
                times.sort_unstable();
            }
            let mut times = times.into_iter();
            let mut model = Vec::new();
            for (ingested, (wanted, size)) in appends.iter().enumerate() {
                let records: Vec<(i64, Vec<u8>)> = times.by_ref().take(wanted.len()).enumerate()
                    .map(|(n, time)| (time, vec![n as u8; size / wanted.len()])).collect();
                for (time, record) in &records {
                    let position = Position { time: *time, ordinal: model.len() as u64 + 1 };
                    model.push(Found { position, ingested: ingested as i64, record: record.clone() });
                }
                store.write_blocking::<_, StoreError>(move |tx| {
                    let records = records.iter().map(|(time, record)| (*time, record.as_slice()));
                    append(tx, &track(), &Block::new(ingested as i64, records).unwrap())
                }).unwrap();
            }
            model.sort_by_key(|found| found.position);
            let from = Position { time: from.0, ordinal: from.1 };
            let behind: Vec<_> = model.iter().filter(|it| it.position > from).cloned().collect();
            prop_assert_eq!(read(&store, Direction::Forward, from), behind);
            let before: Vec<_> = model.iter().rev().filter(|it| it.position < from).cloned().collect();
            prop_assert_eq!(read(&store, Direction::Backward, from), before);

            let (_, more) = store.write_blocking::<_, StoreError>(move |tx| expire(tx, &track(), cutoff)).unwrap();
            prop_assert!(!more);
            let left = read(&store, Direction::Forward, Position::before(i64::MIN));
            let kept: Vec<_> = model.iter().filter(|it| left.contains(it)).cloned().collect();
            prop_assert_eq!(&left, &kept, "nothing changes its place");
            prop_assert!(model.iter().filter(|it| it.position.time >= cutoff).all(|it| left.contains(it)));
            if let Some(head) = store.read(|tx| Head::of(tx, &track())).unwrap() {
                let stored: u64 = store.read(|tx| Meta::page(tx, &track(), None, 1000)).unwrap().iter().map(|it| it.stored).sum();
                prop_assert_eq!(head.stored, stored);
                prop_assert_eq!(head.is_empty(), left.is_empty());
            }
        }
    }
}
