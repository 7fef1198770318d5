//! Transactions as callers see them: raw key spaces and sequences here; resources, events and
//! wake-ups in their own modules.

use std::ops::{ControlFlow, Deref};

use crate::backend::{Bounds, RawRead, RawWrite};
use crate::key::after_prefix;
use crate::{MAX_KEY, MAX_SCAN, MAX_VALUE, StoreError, Touched};

const SEQUENCES: &str = "seq";

/// One moment of the store. A [`WriteTx`] is one too, and shows its own changes.
pub struct ReadTx<'a> {
    raw: &'a dyn RawRead,
}

/// A transaction. All of it is kept or nothing.
pub struct WriteTx<'a> {
    read: ReadTx<'a>,
    raw: &'a dyn RawWrite,
    pub(crate) touched: Touched,
    failure: Option<StoreError>,
}

impl<'a> Deref for WriteTx<'a> {
    type Target = ReadTx<'a>;

    fn deref(&self) -> &ReadTx<'a> {
        &self.read
    }
}

/// Keys and their values, in the order of the scan.
pub type Entries = Vec<(Vec<u8>, Vec<u8>)>;

/// Which keys of a space a scan shows.
#[derive(Clone, Debug)]
pub struct Range {
    start: Vec<u8>,
    end: Option<Vec<u8>>,
    after: Option<Vec<u8>>,
    limit: usize,
    reverse: bool,
}

impl Range {
    /// Every key of the space; at most [`MAX_SCAN`] entries, like all ranges without a limit.
    pub fn all() -> Self {
        Self { start: Vec::new(), end: None, after: None, limit: MAX_SCAN, reverse: false }
    }

    /// The keys that begin with `prefix`.
    pub fn prefix(prefix: impl Into<Vec<u8>>) -> Self {
        let start = prefix.into();
        Self { end: after_prefix(&start), start, ..Self::all() }
    }

    /// Keys from `start` on and before `end`.
    pub fn between(start: impl Into<Vec<u8>>, end: impl Into<Vec<u8>>) -> Self {
        Self { start: start.into(), end: Some(end.into()), ..Self::all() }
    }

    /// Only what comes after `key` in the direction of the scan.
    #[must_use]
    pub fn after(mut self, key: Option<impl Into<Vec<u8>>>) -> Self {
        self.after = key.map(Into::into);
        self
    }

    /// At most `limit` entries; more than [`MAX_SCAN`] is refused by the scan.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// From the last key to the first.
    #[must_use]
    pub fn reverse(mut self, reverse: bool) -> Self {
        self.reverse = reverse;
        self
    }

    fn bounds(&self, space: &'static str) -> Result<Bounds, StoreError> {
        if self.limit > MAX_SCAN {
            return Err(StoreError::TooLarge { what: "a scan", size: self.limit, limit: MAX_SCAN });
        }
        let mut start = raw_key(space, &self.start);
        let mut end = match &self.end {
            Some(end) => raw_key(space, end),
            None => [space.as_bytes(), &[1]].concat(),
        };
        if let Some(after) = &self.after {
            let after = raw_key(space, after);
            if self.reverse {
                end = end.min(after);
            } else {
                // The first key behind `after`.
                start = start.max([after, vec![0]].concat());
            }
        }
        Ok(Bounds { start, end, limit: self.limit, reverse: self.reverse })
    }
}

impl<'a> ReadTx<'a> {
    pub(crate) fn new(raw: &'a dyn RawRead) -> Self {
        Self { raw }
    }

    /// The value under `key` in `space`.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the disk refuses.
    pub fn get_raw(&self, space: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.raw.get(&raw_key(space, key))
    }

    /// The entries of `range`, in key order.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] if more than [`MAX_SCAN`] are asked for.
    pub fn scan_raw(&self, space: &'static str, range: &Range) -> Result<Entries, StoreError> {
        let mut entries = Vec::new();
        self.visit_raw(space, range, |key, value| {
            entries.push((key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        })?;
        Ok(entries)
    }

    /// Shows the entries of `range` in key order, without copying them, until `visit` has enough.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] if more than [`MAX_SCAN`] are asked for.
    pub fn visit_raw(
        &self,
        space: &'static str,
        range: &Range,
        mut visit: impl FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let bounds = range.bounds(space)?;
        if bounds.start >= bounds.end || bounds.limit == 0 {
            return Ok(());
        }
        let skip = space.len() + 1;
        self.raw.scan(&bounds, &mut |key, value| visit(key.get(skip..).unwrap_or_default(), value))
    }

    /// The number that [`WriteTx::next_sequence`] gave last under `name`; 0 before the first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the record is damaged.
    pub fn last_sequence(&self, name: &str) -> Result<u64, StoreError> {
        match self.get_raw(SEQUENCES, name.as_bytes())? {
            None => Ok(0),
            Some(bytes) => bytes
                .try_into()
                .map(u64::from_be_bytes)
                .map_err(|_| StoreError::Corrupt(format!("sequence {name:?}"))),
        }
    }
}

impl<'a> WriteTx<'a> {
    pub(crate) fn new(raw: &'a dyn RawWrite) -> Self {
        Self { read: ReadTx { raw }, raw, touched: Touched::default(), failure: None }
    }

    pub(crate) fn into_outcome(self) -> (Touched, Option<StoreError>) {
        (self.touched, self.failure)
    }

    /// Puts `value` under `key` in `space`.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] past [`MAX_KEY`] or [`MAX_VALUE`].
    pub fn put_raw(
        &mut self,
        space: &'static str,
        key: &[u8],
        value: &[u8],
    ) -> Result<(), StoreError> {
        if key.len() > MAX_KEY {
            return Err(StoreError::TooLarge { what: "a key", size: key.len(), limit: MAX_KEY });
        }
        if value.len() > MAX_VALUE {
            let size = value.len();
            return Err(StoreError::TooLarge { what: "a value", size, limit: MAX_VALUE });
        }
        let result = self.raw.put(&raw_key(space, key), value);
        self.remember(result)
    }

    /// Takes away what is under `key` in `space`, if anything is.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the disk refuses.
    pub fn delete_raw(&mut self, space: &'static str, key: &[u8]) -> Result<(), StoreError> {
        let result = self.raw.delete(&raw_key(space, key));
        self.remember(result)
    }

    /// Takes away all keys that begin with `prefix`; an empty prefix empties the space.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the disk refuses.
    pub fn delete_prefix(&mut self, space: &'static str, prefix: &[u8]) -> Result<(), StoreError> {
        let bounds = Range::prefix(prefix).bounds(space)?;
        let result = self.raw.delete_range(&bounds.start, &bounds.end);
        self.remember(result)
    }

    /// Takes away the keys from `start` on and before `end`.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the disk refuses.
    pub fn delete_range(
        &mut self,
        space: &'static str,
        start: &[u8],
        end: &[u8],
    ) -> Result<(), StoreError> {
        if start >= end {
            return Ok(());
        }
        let result = self.raw.delete_range(&raw_key(space, start), &raw_key(space, end));
        self.remember(result)
    }

    /// The next number under `name`: 1, 2, 3, … Numbers of transactions that fail are given again.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the record is damaged.
    pub fn next_sequence(&mut self, name: &str) -> Result<u64, StoreError> {
        let next = self.last_sequence(name)?.saturating_add(1);
        self.put_raw(SEQUENCES, name.as_bytes(), &next.to_be_bytes())?;
        Ok(next)
    }

    /// After a failed write the transaction's state is unknown: it must not be committed even if
    /// the closure goes on as if nothing had happened.
    fn remember(&mut self, result: Result<(), StoreError>) -> Result<(), StoreError> {
        if let Err(error) = &result {
            self.failure.get_or_insert_with(|| error.clone());
        }
        result
    }
}

fn raw_key(space: &'static str, key: &[u8]) -> Vec<u8> {
    debug_assert!(
        !space.is_empty()
            && space.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
        "spaces are lower-case letters, digits and hyphens"
    );
    let mut raw = Vec::with_capacity(space.len() + 1 + key.len());
    raw.extend_from_slice(space.as_bytes());
    raw.push(0);
    raw.extend_from_slice(key);
    raw
}
