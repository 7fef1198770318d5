//! What every backend must do. Instantiated for memory and SQLite.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use store::{Durability, MAX_KEY, MAX_SCAN, MAX_VALUE, Options, Range, Store, StoreError};

use crate::{on_every_backend, runtime};

type R<T = ()> = Result<T, StoreError>;

fn put(store: &Store, entries: &[(&str, &str)]) {
    let entries: Vec<_> = entries.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    store
        .write_blocking::<_, StoreError>(move |tx| {
            for (key, value) in &entries {
                tx.put_raw("t", key.as_bytes(), value.as_bytes())?;
            }
            Ok(())
        })
        .unwrap();
}

fn keys(store: &Store, space: &'static str, range: &Range) -> Vec<String> {
    let entries = store.read(|tx| tx.scan_raw(space, range)).unwrap();
    entries.into_iter().map(|(key, _)| String::from_utf8(key).unwrap()).collect()
}

#[test]
fn gets_what_was_put() {
    on_every_backend(|store| {
        put(store, &[("a", "1"), ("b", ""), ("", "empty key")]);
        let get = |key: &str| store.read(|tx| tx.get_raw("t", key.as_bytes())).unwrap();
        assert_eq!(get("a"), Some(b"1".to_vec()));
        assert_eq!(get("b"), Some(vec![]));
        assert_eq!(get(""), Some(b"empty key".to_vec()));
        assert_eq!(get("c"), None);
        put(store, &[("a", "2")]);
        assert_eq!(get("a"), Some(b"2".to_vec()));
        store.write_blocking::<_, StoreError>(|tx| tx.delete_raw("t", b"a")).unwrap();
        assert_eq!(get("a"), None);
    });
}

#[test]
fn scans_in_both_directions_within_bounds() {
    on_every_backend(|store| {
        put(store, &[("a", ""), ("ab", ""), ("b", ""), ("b\u{ff}", ""), ("c", "")]);
        store.write_blocking::<_, StoreError>(|tx| tx.put_raw("t2", b"x", b"")).unwrap();
        store.write_blocking::<_, StoreError>(|tx| tx.put_raw("s", b"y", b"")).unwrap();
        let all = ["a", "ab", "b", "bÿ", "c"];
        assert_eq!(keys(store, "t", &Range::all()), all);
        let backwards: Vec<_> = all.into_iter().rev().collect();
        assert_eq!(keys(store, "t", &Range::all().reverse(true)), backwards);
        assert_eq!(keys(store, "t", &Range::prefix("b")), ["b", "bÿ"]);
        assert_eq!(keys(store, "t", &Range::prefix("b").reverse(true).limit(1)), ["bÿ"]);
        assert_eq!(keys(store, "t", &Range::between("ab", "c")), ["ab", "b", "bÿ"]);
        assert_eq!(keys(store, "t", &Range::all().after(Some("ab")).limit(2)), ["b", "bÿ"]);
        assert_eq!(keys(store, "t", &Range::all().after(Some("b")).reverse(true)), ["ab", "a"]);
        assert_eq!(keys(store, "t", &Range::all().after(Some("0"))), all);
        assert!(keys(store, "t", &Range::between("c", "a")).is_empty());
        assert!(keys(store, "t", &Range::all().limit(0)).is_empty());
        assert!(keys(store, "t", &Range::all().after(Some("z"))).is_empty());
        assert!(keys(store, "unknown", &Range::all()).is_empty());
    });
}

#[test]
fn deletes_ranges() {
    on_every_backend(|store| {
        let many: Vec<String> = (0..300).map(|n| format!("{n:03}")).collect();
        let many: Vec<_> = many.iter().map(|key| (key.as_str(), "v")).collect();
        put(store, &many);
        store.write_blocking::<_, StoreError>(|tx| tx.delete_range("t", b"010", b"290")).unwrap();
        let left = keys(store, "t", &Range::all());
        assert_eq!((left.len(), left[9].as_str(), left[10].as_str()), (20, "009", "290"));
        store.write_blocking::<_, StoreError>(|tx| tx.delete_prefix("t", b"29")).unwrap();
        assert_eq!(keys(store, "t", &Range::all()).len(), 10);
        store.write_blocking::<_, StoreError>(|tx| tx.delete_prefix("t", b"")).unwrap();
        assert!(keys(store, "t", &Range::all()).is_empty());
    });
}

#[test]
fn limits_are_kept() {
    on_every_backend(|store| {
        let put = |key: usize, value: usize| {
            store.write_blocking::<_, StoreError>(move |tx| {
                tx.put_raw("t", &vec![b'k'; key], &vec![b'v'; value])
            })
        };
        put(MAX_KEY, MAX_VALUE).unwrap();
        assert!(matches!(put(MAX_KEY + 1, 0), Err(StoreError::TooLarge { .. })));
        assert!(matches!(put(1, MAX_VALUE + 1), Err(StoreError::TooLarge { .. })));
        let scan = store.read(|tx| tx.scan_raw("t", &Range::all().limit(MAX_SCAN + 1)));
        assert!(matches!(scan, Err(StoreError::TooLarge { .. })));
        let length = store.read::<_, StoreError>(|tx| {
            let mut length = 0;
            tx.visit_raw("t", &Range::all(), |_, value| {
                length = value.len();
                ControlFlow::Break(())
            })?;
            Ok(length)
        });
        assert_eq!(length, Ok(MAX_VALUE));
    });
}

#[test]
fn an_error_undoes_its_own_write_and_no_other() {
    on_every_backend(|store| {
        runtime().block_on(async {
            let writes = (0..50).map(|n: u32| {
                let store = store.clone();
                tokio::spawn(async move {
                    store
                        .write::<_, StoreError>(move |tx| {
                            assert_eq!(tx.get_raw("t", &n.to_be_bytes())?, None);
                            tx.put_raw("t", &n.to_be_bytes(), b"x")?;
                            assert!(tx.get_raw("t", &n.to_be_bytes())?.is_some(), "own writes");
                            match n % 3 {
                                0 => Ok(()),
                                1 => Err(StoreError::Fenced("on purpose".to_owned())),
                                _ => panic!("on purpose"),
                            }
                        })
                        .await
                })
            });
            for (n, write) in writes.collect::<Vec<_>>().into_iter().enumerate() {
                let expected = match n % 3 {
                    0 => Ok(()),
                    1 => Err(StoreError::Fenced("on purpose".to_owned())),
                    _ => Err(StoreError::Abandoned("on purpose".to_owned())),
                };
                assert_eq!(write.await.unwrap(), expected);
            }
        });
        assert_eq!(store.read(|tx| tx.scan_raw("t", &Range::all())).unwrap().len(), 17);
    });
}

#[test]
fn a_read_sees_one_moment() {
    on_every_backend(|store| {
        let stop = Arc::new(AtomicBool::new(false));
        let (theirs, ours) = (stop.clone(), store.clone());
        let writer = std::thread::spawn(move || {
            let mut n = 0_u64;
            while !theirs.load(Ordering::Relaxed) {
                n += 1;
                ours.write_blocking::<_, StoreError>(move |tx| {
                    tx.put_raw("t", b"a", &n.to_be_bytes())?;
                    tx.put_raw("t", b"z", &n.to_be_bytes())
                })
                .unwrap();
            }
        });
        for _ in 0..300 {
            let same = store.read::<_, StoreError>(|tx| {
                let first = tx.get_raw("t", b"a")?;
                std::thread::sleep(Duration::from_micros(300));
                // Another snapshot inside this one must not block, nor move it.
                store.read::<_, StoreError>(|inner| inner.get_raw("t", b"a"))?;
                Ok(first == tx.get_raw("t", b"z")?)
            });
            assert_eq!(same, Ok(true));
        }
        stop.store(true, Ordering::Relaxed);
        writer.join().unwrap();
    });
}

#[test]
fn writes_are_serial_however_many_write() {
    on_every_backend(|store| {
        runtime().block_on(async {
            let tasks: Vec<_> = (0..40)
                .map(|task| {
                    let store = store.clone();
                    tokio::spawn(async move {
                        for round in 0..10 {
                            let durability = match (task + round) % 2 {
                                0 => Durability::Synced,
                                _ => Durability::Ordered,
                            };
                            let mine = store
                                .write_with::<_, StoreError>(durability, |tx| tx.next_sequence("n"))
                                .await
                                .unwrap();
                            let seen = store.read(|tx| tx.last_sequence("n")).unwrap();
                            assert!(seen >= mine, "an answered write is seen by later reads");
                        }
                    })
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
        });
        assert_eq!(store.read(|tx| tx.last_sequence("n")), Ok(400));
        assert_eq!(store.read(|tx| tx.last_sequence("other")), Ok(0));
    });
}

#[test]
fn closing_finishes_what_waits_and_refuses_the_rest() {
    on_every_backend(|store| {
        let done = Arc::new(AtomicU64::new(0));
        runtime().block_on(async {
            let waiting: Vec<_> = (0..20)
                .map(|_| {
                    let (store, done) = (store.clone(), done.clone());
                    tokio::spawn(async move {
                        let answer = store.write(|tx| tx.next_sequence("n")).await;
                        done.fetch_add(u64::from(answer.is_ok()), Ordering::SeqCst);
                    })
                })
                .collect();
            tokio::task::yield_now().await;
            store.close();
            for task in waiting {
                task.await.unwrap();
            }
        });
        let refused: R<u64> = store.write_blocking(|tx| tx.next_sequence("n"));
        assert_eq!(refused, Err(StoreError::Closed));
        assert_eq!(store.read(|tx| tx.last_sequence("n")), Ok(done.load(Ordering::SeqCst)));
    });
}

#[test]
fn a_closure_may_hold_the_last_handle() {
    let dir = tempfile::tempdir().unwrap();
    for store in [Store::memory(), Store::open(dir.path(), Options::default())] {
        let store = store.unwrap();
        let (gone, wait) = std::sync::mpsc::channel();
        let (sender, receiver) = std::sync::mpsc::channel();
        let handle = store.clone();
        runtime().block_on(async {
            let write = store.write::<_, StoreError>(move |tx| {
                let _ = (&handle, wait.recv());
                tx.put_raw("t", b"k", b"v")?;
                let _ = sender.send(());
                Ok(())
            });
            // Polled once, then dropped: the write goes on alone.
            tokio::select! { biased; _ = write => {}, () = tokio::task::yield_now() => {} }
        });
        drop(store);
        gone.send(()).unwrap();
        receiver.recv_timeout(Duration::from_secs(5)).unwrap();
    }
}

#[test]
fn one_process_has_the_directory() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), Options::default()).unwrap();
    put(&store, &[("a", "1")]);
    match Store::open(dir.path(), Options::default()) {
        Err(StoreError::InUse { holder, .. }) => {
            assert_eq!(holder, format!("process {}", std::process::id()));
        }
        other => panic!("{other:?}"),
    }
    drop(store);
    let store = Store::open(dir.path(), Options::default()).unwrap();
    assert_eq!(keys(&store, "t", &Range::all()), ["a"]);
}

#[test]
fn what_is_no_database_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("store.db"), vec![7; 20_000]).unwrap();
    let refused = Store::open(dir.path(), Options::default()).unwrap_err();
    assert!(matches!(refused, StoreError::Corrupt(_)), "{refused}");
    let refused = Store::open(&dir.path().join("missing"), Options::default()).unwrap_err();
    assert!(matches!(refused, StoreError::Io(_)), "{refused}");
}
