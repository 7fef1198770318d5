//! Measurements, run by hand: `cargo test --release -p codeyard-store speed -- --ignored --nocapture`

use std::time::Instant;

use store::{Durability, Options, Range, Store, StoreError};

use crate::runtime;

#[test]
#[ignore = "a measurement"]
fn measure() {
    let dir = tempfile::tempdir().unwrap();
    measure_store("memory", &Store::memory().unwrap());
    measure_store("sqlite", &Store::open(dir.path(), Options::default()).unwrap());
    let begin = Instant::now();
    drop(Store::memory().unwrap());
    println!("a new store in memory: {:?}", begin.elapsed());
}

fn measure_store(name: &str, store: &Store) {
    for (writers, durability) in [
        (1, Durability::Synced),
        (1, Durability::Ordered),
        (64, Durability::Synced),
        (64, Durability::Ordered),
    ] {
        let (rounds, begin) = (6400 / writers, Instant::now());
        runtime().block_on(async {
            let tasks: Vec<_> = (0..writers)
                .map(|task| {
                    let store = store.clone();
                    tokio::spawn(async move {
                        for round in 0..rounds {
                            store
                                .write_with::<_, StoreError>(durability, move |tx| {
                                    let key = format!("key-{task}-{round}");
                                    tx.put_raw("t", key.as_bytes(), &[b'x'; 700])
                                })
                                .await
                                .unwrap();
                        }
                    })
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
        });
        let rate = f64::from(writers * rounds) / begin.elapsed().as_secs_f64();
        println!("{name}: {writers} writers, {durability:?}: {rate:.0} writes/s");
    }
    let (rounds, begin) = (100_000, Instant::now());
    for round in 0..rounds {
        let key = format!("key-{}-{}", round % 64, round % 100);
        store.read::<_, StoreError>(|tx| tx.get_raw("t", key.as_bytes())).unwrap().unwrap();
    }
    println!("{name}: get {:.2} µs", begin.elapsed().as_secs_f64() * 1e6 / f64::from(rounds));
    let (rounds, begin) = (1000, Instant::now());
    for _ in 0..rounds {
        let found = store.read(|tx| tx.scan_raw("t", &Range::all().limit(100))).unwrap();
        assert_eq!(found.len(), 100);
    }
    println!("{name}: scan 100 {:.1} µs", begin.elapsed().as_secs_f64() * 1e6 / f64::from(rounds));
}
