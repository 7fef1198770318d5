//! The backend in memory: an ordered map whose parts are shared between snapshots and copied when
//! changed, so that a snapshot costs one reference count and readers never wait for the writer.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use crate::backend::{Backend, Bounds, RawRead, RawWrite, Visit};
use crate::writer::{Hooks, Job, WriteSide, Writer, lock};
use crate::{Durability, StoreError};

/// Entries in a leaf before it is split.
const LEAF: usize = 64;

type Entry = (Arc<[u8]>, Arc<[u8]>);

/// Sorted entries in sorted leaves, none of them empty.
#[derive(Clone, Default)]
struct Leaves(Arc<Vec<Arc<Vec<Entry>>>>);

impl Leaves {
    /// The leaf that holds `key` or would.
    fn leaf_of(&self, key: &[u8]) -> usize {
        let above = self.0.partition_point(|leaf| leaf.first().is_some_and(|e| *e.0 <= *key));
        above.saturating_sub(1)
    }

    fn get(&self, key: &[u8]) -> Option<&Entry> {
        let leaf = self.0.get(self.leaf_of(key))?;
        let at = leaf.binary_search_by(|entry| (*entry.0).cmp(key)).ok()?;
        leaf.get(at)
    }

    fn put(&mut self, key: &[u8], value: &[u8]) {
        let at_leaf = self.leaf_of(key);
        let leaves = Arc::make_mut(&mut self.0);
        let Some(leaf) = leaves.get_mut(at_leaf) else {
            leaves.push(Arc::new(vec![(key.into(), value.into())]));
            return;
        };
        let leaf = Arc::make_mut(leaf);
        match leaf.binary_search_by(|entry| (*entry.0).cmp(key)) {
            Ok(at) => {
                if let Some(entry) = leaf.get_mut(at) {
                    entry.1 = value.into();
                }
            }
            Err(at) => leaf.insert(at, (key.into(), value.into())),
        }
        if leaf.len() > LEAF {
            let right = leaf.split_off(LEAF / 2);
            leaves.insert(at_leaf + 1, Arc::new(right));
        }
    }

    fn delete(&mut self, key: &[u8]) {
        if self.get(key).is_none() {
            return;
        }
        let at_leaf = self.leaf_of(key);
        let leaves = Arc::make_mut(&mut self.0);
        if let Some(leaf) = leaves.get_mut(at_leaf) {
            let leaf = Arc::make_mut(leaf);
            leaf.retain(|entry| *entry.0 != *key);
            if leaf.is_empty() {
                leaves.remove(at_leaf);
            }
        }
    }

    fn delete_range(&mut self, start: &[u8], end: &[u8]) {
        let first = self.leaf_of(start);
        let leaves = Arc::make_mut(&mut self.0);
        for leaf in leaves.iter_mut().skip(first) {
            if leaf.first().is_some_and(|entry| *entry.0 >= *end) {
                break;
            }
            Arc::make_mut(leaf).retain(|(key, _)| **key < *start || **key >= *end);
        }
        leaves.retain(|leaf| !leaf.is_empty());
    }

    fn scan(&self, bounds: &Bounds, visit: Visit<'_>) {
        let within = |key: &[u8]| key >= bounds.start.as_slice() && key < bounds.end.as_slice();
        let mut left = bounds.limit;
        let mut show = |entry: &Entry| {
            if left == 0 {
                return ControlFlow::Break(());
            }
            left -= 1;
            visit(&entry.0, &entry.1)
        };
        let (first, last) = (self.leaf_of(&bounds.start), self.leaf_of(&bounds.end));
        let leaves = self.0.get(first..=last).unwrap_or_default();
        if bounds.reverse {
            for entry in leaves.iter().rev().flat_map(|leaf| leaf.iter().rev()) {
                if within(&entry.0) && show(entry).is_break() {
                    return;
                }
            }
        } else {
            for entry in leaves.iter().flat_map(|leaf| leaf.iter()) {
                if within(&entry.0) && show(entry).is_break() {
                    return;
                }
            }
        }
    }
}

pub(crate) struct Memory {
    writer: Writer,
    committed: Arc<Mutex<Leaves>>,
}

impl Memory {
    pub fn open(hooks: Arc<Hooks>) -> Result<Self, StoreError> {
        let committed = Arc::<Mutex<Leaves>>::default();
        let side = WriteMemory {
            working: Snapshot::default(),
            saved: Leaves::default(),
            committed: committed.clone(),
        };
        Ok(Self { writer: Writer::spawn(side, hooks)?, committed })
    }
}

impl Backend for Memory {
    fn read(&self, f: &mut dyn FnMut(&dyn RawRead)) -> Result<(), StoreError> {
        let now = lock(&self.committed).clone();
        f(&Snapshot(RefCell::new(now)));
        Ok(())
    }

    fn submit(&self, job: Box<dyn Job>) {
        self.writer.submit(job);
    }

    fn close(&self) {
        self.writer.close();
    }
}

#[derive(Default)]
struct Snapshot(RefCell<Leaves>);

impl RawRead for Snapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.borrow().get(key).map(|entry| entry.1.to_vec()))
    }

    fn scan(&self, bounds: &Bounds, visit: Visit<'_>) -> Result<(), StoreError> {
        // A copy, so that the visitor may do with the transaction what it likes.
        let leaves = self.0.borrow().clone();
        leaves.scan(bounds, visit);
        Ok(())
    }
}

impl RawWrite for Snapshot {
    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.0.borrow_mut().put(key, value);
        Ok(())
    }

    fn delete(&self, key: &[u8]) -> Result<(), StoreError> {
        self.0.borrow_mut().delete(key);
        Ok(())
    }

    fn delete_range(&self, start: &[u8], end: &[u8]) -> Result<(), StoreError> {
        self.0.borrow_mut().delete_range(start, end);
        Ok(())
    }
}

struct WriteMemory {
    working: Snapshot,
    saved: Leaves,
    committed: Arc<Mutex<Leaves>>,
}

impl WriteSide for WriteMemory {
    fn begin(&mut self, _: Durability) -> Result<(), StoreError> {
        Ok(())
    }

    fn savepoint(&mut self) -> Result<(), StoreError> {
        self.saved = self.working.0.borrow().clone();
        Ok(())
    }

    fn end_savepoint(&mut self, keep: bool) -> Result<(), StoreError> {
        let saved = std::mem::take(&mut self.saved);
        if !keep {
            *self.working.0.borrow_mut() = saved;
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        *lock(&self.committed) = self.working.0.borrow().clone();
        Ok(())
    }

    fn rollback(&mut self) {
        *self.working.0.borrow_mut() = lock(&self.committed).clone();
    }

    fn raw(&self) -> &dyn RawWrite {
        &self.working
    }

    fn idle(&mut self) {}
}
