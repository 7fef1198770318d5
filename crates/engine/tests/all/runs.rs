//! When runs begin and what follows them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use engine::{Engine, EngineError, Next, Options};
use store::{Store, StoreError};
use tokio::sync::{Semaphore, mpsc};
use types::{ManualClock, Timestamp, system_clock};

use crate::{Scripted, is_clean, key, options, raw, start, until, wake, wake_at};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wake_up_leads_to_a_run_soon() {
    let dir = tempfile::tempdir().unwrap();
    for store in
        [Store::memory().unwrap(), Store::open(dir.path(), store::Options::default()).unwrap()]
    {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let reconciler = Arc::new(Scripted::new(move |run| {
            sender.send((run.key().to_owned(), Instant::now())).unwrap();
            async { Ok(Next::Done) }
        }));
        let engine = start(&store, &reconciler).await;
        let mut delays = Vec::new();
        for n in 0..50 {
            let name = format!("k{n}");
            wake(&store, &name).await;
            let answered = Instant::now();
            let (ran, at) = receiver.recv().await.unwrap();
            assert_eq!(ran, name);
            delays.push(at.saturating_duration_since(answered));
        }
        delays.sort();
        println!("wake to run: median {:?}, worst {:?}", delays[25], delays[49]);
        assert!(delays[25] < Duration::from_millis(20));
        until("all is clean", || is_clean(&store)).await;
        engine.shutdown(Duration::from_secs(1)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn never_two_runs_of_one_key_and_no_wake_up_is_lost() {
    let store = Store::memory().unwrap();
    let (running, runs) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (inside, count) = (running.clone(), runs.clone());
    let reconciler = Arc::new(Scripted::new(move |run| {
        let (inside, count) = (inside.clone(), count.clone());
        async move {
            assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
            let wished = raw(run.store(), "t", b"wish").unwrap();
            tokio::time::sleep(Duration::from_millis(2)).await;
            inside.fetch_sub(1, Ordering::SeqCst);
            count.fetch_add(1, Ordering::SeqCst);
            run.write(move |tx| Ok(tx.put_raw("t", b"is", wished.as_bytes())?)).await?;
            Ok(Next::Wait)
        }
    }));
    let engine = start(&store, &reconciler).await;
    for n in 0..200 {
        let key = key("one");
        store
            .write::<_, StoreError>(move |tx| {
                tx.put_raw("t", b"wish", n.to_string().as_bytes())?;
                tx.wake(&key, Timestamp::default())
            })
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_micros(n * 10)).await;
    }
    until("the last wish is fulfilled", || raw(&store, "t", b"is").as_deref() == Some("199")).await;
    assert!(runs.load(Ordering::SeqCst) > 10);
    engine.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrency_is_kept() {
    let store = Store::memory().unwrap();
    let (running, most, done) =
        (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (r, m, d) = (running.clone(), most.clone(), done.clone());
    let reconciler = Arc::new(Scripted::new(move |_| {
        let (r, m, d) = (r.clone(), m.clone(), d.clone());
        async move {
            m.fetch_max(r.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(3)).await;
            r.fetch_sub(1, Ordering::SeqCst);
            d.fetch_add(1, Ordering::SeqCst);
            Ok(Next::Done)
        }
    }));
    for n in 0..40 {
        wake(&store, &n.to_string()).await;
    }
    let engine = start(&store, &reconciler).await;
    until("all ran", || done.load(Ordering::SeqCst) == 40).await;
    assert_eq!(most.load(Ordering::SeqCst), 4);
    engine.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn runs_again_at_the_time_that_it_said() {
    let store = Store::memory().unwrap();
    let clock = ManualClock::new(Timestamp::from_secs(1_000_000));
    let runs = Arc::new(AtomicU32::new(0));
    let count = runs.clone();
    let reconciler = Arc::new(Scripted::new(move |run| {
        let n = count.fetch_add(1, Ordering::SeqCst);
        async move { Ok(if n < 2 { Next::At(run.now().plus_secs(3600)) } else { Next::Done }) }
    }));
    let engine = Engine::builder(store.clone(), clock.clone())
        .reconciler(reconciler)
        .options(options())
        .start()
        .await
        .unwrap();
    wake_at(&store, "k", Timestamp::from_secs(1_000_010)).await;
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert_eq!(runs.load(Ordering::SeqCst), 0, "not before its time");
    clock.advance_millis(10_000);
    until("the first run", || runs.load(Ordering::SeqCst) == 1).await;
    clock.advance_millis(3_599_000);
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    clock.advance_millis(1_000);
    until("the second run", || runs.load(Ordering::SeqCst) == 2).await;
    wake(&store, "k").await;
    until("a wake-up comes before the time", || runs.load(Ordering::SeqCst) == 3).await;
    until("all is clean", || is_clean(&store)).await;
    engine.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_and_panics_are_repeated_and_end_honestly() {
    for give_up in [false, true] {
        let store = Store::memory().unwrap();
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let reconciler = Arc::new(Scripted::new(move |run| {
            sender.send(run.attempt()).unwrap();
            async move {
                // A run that wakes itself must not get around its pause.
                let key = run.wake_key().clone();
                run.write(move |tx| Ok(tx.wake(&key, Timestamp::default())?)).await?;
                match run.attempt() {
                    1 => panic!("on purpose"),
                    2 if give_up => Err(EngineError::give_up("hopeless")),
                    _ => Err(EngineError::retry("still bad")),
                }
            }
        }));
        let engine = start(&store, &reconciler).await;
        wake(&store, "k").await;
        until("it is given up", || raw(&store, "ended", b"reason").is_some()).await;
        let reason = raw(&store, "ended", b"reason").unwrap();
        assert_eq!(reason, if give_up { "hopeless" } else { "still bad" });
        let attempts: Vec<_> = std::iter::from_fn(|| receiver.try_recv().ok()).collect();
        assert_eq!(attempts[..2], [1, 2]);
        assert_eq!(reconciler.exhausted.load(Ordering::SeqCst), 1);
        engine.shutdown(Duration::from_secs(1)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_engine_takes_over_at_once() {
    let store = Store::memory().unwrap();
    let hang = Arc::new(Semaphore::new(0));
    let (gate, attempts) = (hang.clone(), Arc::new(AtomicU32::new(0)));
    let seen = attempts.clone();
    let reconciler = Arc::new(Scripted::new(move |run| {
        let (gate, seen) = (gate.clone(), seen.clone());
        async move {
            seen.store(u32::try_from(run.attempt()).unwrap(), Ordering::SeqCst);
            gate.acquire().await.unwrap().forget();
            Ok(Next::Done)
        }
    }));
    let engine = start(&store, &reconciler).await;
    wake(&store, "k").await;
    until("it hangs", || attempts.load(Ordering::SeqCst) == 1).await;
    drop(engine);
    let engine = start(&store, &reconciler).await;
    until("it is taken up", || attempts.load(Ordering::SeqCst) == 2).await;

    // A stop that is not a death gives the lease back and counts no attempt.
    engine.shutdown(Duration::from_millis(10)).await;
    attempts.store(0, Ordering::SeqCst);
    hang.add_permits(1);
    let engine = start(&store, &reconciler).await;
    until("it is taken up", || attempts.load(Ordering::SeqCst) == 2).await;
    until("all is clean", || is_clean(&store)).await;
    engine.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_waits_for_runs_within_the_grace() {
    let store = Store::memory().unwrap();
    let ended = Arc::new(AtomicU32::new(0));
    let count = ended.clone();
    let reconciler = Arc::new(Scripted::new(move |run| {
        let count = count.clone();
        async move {
            run.stopping().await;
            tokio::time::sleep(Duration::from_millis(20)).await;
            count.fetch_add(1, Ordering::SeqCst);
            Ok(Next::Done)
        }
    }));
    let engine = start(&store, &reconciler).await;
    wake(&store, "k").await;
    let runs = || !store.read(|tx| tx.scan_raw("lease", &store::Range::all())).unwrap().is_empty();
    until("it runs", runs).await;
    engine.shutdown(Duration::from_secs(5)).await;
    assert_eq!(ended.load(Ordering::SeqCst), 1);
    assert!(is_clean(&store));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_lost_his_lease_cannot_write() {
    let store = Store::memory().unwrap();
    let clock = ManualClock::new(Timestamp::from_secs(1_000_000));
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let hang = Arc::new(Semaphore::new(0));
    let gate = hang.clone();
    let reconciler = Arc::new(Scripted::new(move |run| {
        let (sender, gate) = (sender.clone(), gate.clone());
        async move {
            gate.acquire().await.unwrap().forget();
            let wrote = run.write(|tx| Ok(tx.put_raw("t", b"k", b"v")?)).await;
            sender.send(wrote.clone()).unwrap();
            wrote.map(|()| Next::Done)
        }
    }));
    let engine = |lease| {
        let options = Options { exclusive: false, lease, ..options() };
        Engine::builder(store.clone(), clock.clone())
            .reconciler(reconciler.clone())
            .options(options)
            .start()
    };
    // The first engine renews so rarely that its lease runs out.
    let slow = engine(Duration::from_secs(3600)).await.unwrap();
    wake_at(&store, "k", Timestamp::default()).await;
    let leases = || store.read(|tx| tx.scan_raw("lease", &store::Range::all())).unwrap();
    until("the first engine has it", || leases().len() == 1).await;
    let first = leases();
    let quick = engine(Duration::from_millis(50)).await.unwrap();
    wake_at(&store, "k", Timestamp::default()).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(leases()[0].1[..8], first[0].1[..8], "a living lease is respected");
    clock.advance_millis(3_600_000);
    until("the second engine has it", || leases()[0].1[..8] != first[0].1[..8]).await;
    hang.add_permits(2);
    let answers = [receiver.recv().await.unwrap(), receiver.recv().await.unwrap()];
    let fenced = |it: &&Result<(), EngineError>| {
        matches!(it, Err(EngineError::Store(StoreError::Fenced(_))))
    };
    assert_eq!(answers.iter().filter(fenced).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|it| it.is_ok()).count(), 1, "{answers:?}");
    quick.shutdown(Duration::from_secs(1)).await;
    slow.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test]
async fn two_reconcilers_of_one_kind_are_refused() {
    let store = Store::memory().unwrap();
    let reconciler = || Arc::new(Scripted::new(|_| async { Ok(Next::Done) }));
    let refused = Engine::builder(store, system_clock())
        .reconciler(reconciler())
        .reconciler(reconciler())
        .start()
        .await;
    assert!(matches!(refused, Err(EngineError::GiveUp(_))));
}
