//! `kill -9` in the middle of writes: what was answered is there, nothing is there by half.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use store::{Durability, Options, Range, Store, StoreError};

use crate::runtime;

const DIR: &str = "CODEYARD_TEST_CRASH_DIR";

/// The process to be killed: writes pairs from many tasks and prints each number once answered.
#[test]
fn child() {
    let Ok(dir) = std::env::var(DIR) else { return };
    let store = Store::open(Path::new(&dir), Options::default()).unwrap();
    runtime().block_on(async {
        let tasks: Vec<tokio::task::JoinHandle<()>> = (0..8)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move {
                    for _ in 0..u32::MAX {
                        let durability = match types::random_bytes() {
                            [n] if n % 2 == 0 => Durability::Synced,
                            _ => Durability::Ordered,
                        };
                        let number = store
                            .write_with::<_, StoreError>(durability, |tx| {
                                let number = tx.next_sequence("n")?;
                                tx.put_raw("left", &number.to_be_bytes(), &vec![1; 3000])?;
                                tx.put_raw("right", &number.to_be_bytes(), &vec![2; 3000])?;
                                Ok(number)
                            })
                            .await
                            .unwrap();
                        let mut out = std::io::stdout().lock();
                        writeln!(out, "answered {number}").unwrap();
                        out.flush().unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

#[test]
fn a_killed_writer_leaves_whole_transactions() {
    let dir = tempfile::tempdir().unwrap();
    let mut answered = BTreeSet::new();
    for round in 0..5 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::child", "--nocapture"])
            .env(DIR, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let reader = std::thread::spawn(move || -> Vec<u64> {
            lines
                .map_while(Result::ok)
                .filter_map(|line| line.strip_prefix("answered ")?.parse().ok())
                .collect()
        });
        std::thread::sleep(Duration::from_millis(150 + 77 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        answered.extend(reader.join().unwrap());

        let store = Store::open(dir.path(), Options::default()).unwrap();
        let keys = |space| -> BTreeSet<u64> {
            let mut keys = BTreeSet::new();
            let mut after: Option<Vec<u8>> = None;
            loop {
                let range = Range::all().after(after.clone());
                let page = store.read(|tx| tx.scan_raw(space, &range)).unwrap();
                let Some((last, _)) = page.last() else { return keys };
                after = Some(last.clone());
                keys.extend(
                    page.iter().map(|(k, _)| u64::from_be_bytes(k.as_slice().try_into().unwrap())),
                );
            }
        };
        let (left, right) = (keys("left"), keys("right"));
        assert_eq!(left, right, "no half of a pair without the other");
        assert!(answered.is_subset(&left), "what was answered is there");
        let last = store.read(|tx| tx.last_sequence("n")).unwrap();
        assert_eq!(left, (1..=last).collect(), "and nothing is missing between");
    }
    assert!(answered.len() > 100, "the child wrote: {}", answered.len());
}

const FULL: &str = "CODEYARD_TEST_FULL_DIR";

/// Runs where no file may grow over a limit, as if the disk were full.
#[test]
fn child_with_a_full_disk() {
    let Ok(dir) = std::env::var(FULL) else { return };
    let store = Store::open(Path::new(&dir), Options::default()).unwrap();
    let write = |n: u32, len: usize| {
        store.write_blocking::<_, StoreError>(move |tx| {
            tx.put_raw("left", &n.to_be_bytes(), &vec![1; len])?;
            tx.put_raw("right", &n.to_be_bytes(), &vec![1; len])
        })
    };
    let refused = (0..200).find_map(|n| write(n, 50_000).err().map(|error| (n, error)));
    let (n, error) = refused.unwrap();
    assert!(matches!(error, StoreError::Full | StoreError::Io(_)), "{error}");
    for space in ["left", "right"] {
        let found = store.read(|tx| tx.scan_raw(space, &Range::all())).unwrap();
        assert_eq!(found.len(), n as usize, "{space} holds what was answered and no more");
    }
    println!("refused with {error}");
}

#[test]
fn a_full_disk_is_a_clean_error() {
    let dir = tempfile::tempdir().unwrap();
    let child = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 4000; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child_with_a_full_disk", "--nocapture"])
        .env(FULL, dir.path())
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && output.contains("refused with"), "{output}");
    // With room again, everything goes on.
    let store = Store::open(dir.path(), Options::default()).unwrap();
    store.write_blocking::<_, StoreError>(|tx| tx.put_raw("left", b"more", &[0; 9])).unwrap();
}
