//! Random transactions against a `BTreeMap` that does the same.

use std::collections::BTreeMap;

use proptest::prelude::*;
use store::{Range, StoreError};

use crate::on_every_backend;

#[derive(Clone, Debug)]
enum Change {
    Put(Vec<u8>, Vec<u8>),
    Delete(Vec<u8>),
    DeleteRange(Vec<u8>, Vec<u8>),
    DeletePrefix(Vec<u8>),
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(prop_oneof![Just(0), Just(1), Just(97), Just(255)], 0..5)
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        8 => (key(), proptest::collection::vec(any::<u8>(), 0..40)).prop_map(|(k, v)| Change::Put(k, v)),
        3 => key().prop_map(Change::Delete),
        1 => (key(), key()).prop_map(|(a, b)| Change::DeleteRange(a, b)),
        1 => key().prop_map(Change::DeletePrefix),
    ]
}

fn apply(model: &mut BTreeMap<Vec<u8>, Vec<u8>>, change: &Change) {
    match change {
        Change::Put(key, value) => {
            model.insert(key.clone(), value.clone());
        }
        Change::Delete(key) => {
            model.remove(key);
        }
        Change::DeleteRange(start, end) => model.retain(|key, _| key < start || key >= end),
        Change::DeletePrefix(prefix) => model.retain(|key, _| !key.starts_with(prefix)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..Default::default() })]
    #[test]
    fn behaves_like_an_ordered_map(
        transactions in proptest::collection::vec((proptest::collection::vec(change(), 0..120), any::<bool>()), 1..8),
        scans in proptest::collection::vec((key(), key(), proptest::option::of(key()), 0..50_usize, any::<bool>()), 1..20),
    ) {
        on_every_backend(|store| {
            let mut model = BTreeMap::new();
            for (changes, keep) in transactions.clone() {
                if keep {
                    changes.iter().for_each(|change| apply(&mut model, change));
                }
                let result = store.write_blocking(move |tx| {
                    for change in &changes {
                        match change {
                            Change::Put(key, value) => tx.put_raw("t", key, value)?,
                            Change::Delete(key) => tx.delete_raw("t", key)?,
                            Change::DeleteRange(start, end) => tx.delete_range("t", start, end)?,
                            Change::DeletePrefix(prefix) => tx.delete_prefix("t", prefix)?,
                        }
                    }
                    if keep { Ok(()) } else { Err(StoreError::Fenced("no".to_owned())) }
                });
                assert_eq!(result.is_ok(), keep);
                let all = store.read(|tx| tx.scan_raw("t", &Range::all())).unwrap();
                assert_eq!(all, model.clone().into_iter().collect::<Vec<_>>());
            }
            for (start, end, after, limit, reverse) in &scans {
                let range = Range::between(start.clone(), end.clone())
                    .after(after.clone()).limit(*limit).reverse(*reverse);
                let found = store.read(|tx| tx.scan_raw("t", &range)).unwrap();
                let mut expected: Vec<_> = model.iter()
                    .filter(|(key, _)| *key >= start && *key < end)
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect();
                if *reverse {
                    expected.reverse();
                }
                if let Some(after) = after {
                    expected.retain(|(key, _)| if *reverse { key < after } else { key > after });
                }
                expected.truncate(*limit);
                assert_eq!(found, expected);
            }
        });
    }
}
