//! Journalled steps.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use engine::{EngineError, Next, Run, Step};
use serde_json::{Value, json};
use store::Store;
use tokio::sync::mpsc;

use crate::{Scripted, is_clean, raw, start, until, wake};

/// Three steps; the middle one fails twice.
async fn three_steps(
    run: Run,
    taken: mpsc::UnboundedSender<(&'static str, Step)>,
) -> Result<Next, EngineError> {
    let first = run
        .step("first", json!({"n": 1}), |step| {
            taken.send(("first", step)).unwrap();
            async { Ok(json!("one")) }
        })
        .await?;
    assert_eq!(first, "one");
    let second = run
        .step("second", first, |step| {
            let attempt = step.attempt;
            taken.send(("second", step)).unwrap();
            async move {
                if attempt < 3 { Err(EngineError::retry("not yet")) } else { Ok(json!(attempt)) }
            }
        })
        .await?;
    run.step_tx("third", second, |tx| Ok(json!(tx.next_sequence("thirds")?))).await?;
    Ok(Next::Done)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_completed_step_is_not_taken_again() {
    let store = Store::memory().unwrap();
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let reconciler = Arc::new(Scripted::new(move |run| three_steps(run, sender.clone())));
    let engine = start(&store, &reconciler).await;
    wake(&store, "k").await;
    until("it is done", || {
        store.read(|tx| tx.last_sequence("thirds")) == Ok(1) && is_clean(&store)
    })
    .await;
    let taken: Vec<_> = std::iter::from_fn(|| receiver.try_recv().ok()).collect();
    let names: Vec<_> = taken.iter().map(|(name, step)| (*name, step.attempt)).collect();
    assert_eq!(names, [("first", 1), ("second", 1), ("second", 2), ("second", 3)]);
    let key = |at: usize| taken[at].1.idempotency_key.clone();
    assert_eq!((key(1), key(2)), (key(2), key(3)), "a step keeps its key");
    assert_ne!(key(0), key(1), "and has its own");

    // After `Done` everything begins anew.
    wake(&store, "k").await;
    until("it is done again", || store.read(|tx| tx.last_sequence("thirds")) == Ok(2)).await;
    assert_eq!(receiver.recv().await.unwrap().0, "first");
    assert_ne!(receiver.recv().await.unwrap().1.idempotency_key, key(1));
    engine.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_that_was_cut_off_is_taken_again_with_its_key() {
    let store = Store::memory().unwrap();
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let reconciler = Arc::new(Scripted::new(move |run| {
        let sender = sender.clone();
        async move {
            run.step("cut off", Value::Null, |step| async move {
                let first = step.attempt == 1;
                sender.send(step).unwrap();
                if first {
                    std::future::pending::<()>().await;
                }
                Ok(Value::Null)
            })
            .await?;
            Ok(Next::Done)
        }
    }));
    let engine = start(&store, &reconciler).await;
    wake(&store, "k").await;
    let first = receiver.recv().await.unwrap();
    drop(engine);
    let engine = start(&store, &reconciler).await;
    let second = receiver.recv().await.unwrap();
    assert_eq!((first.attempt, second.attempt), (1, 2));
    assert_eq!(first.idempotency_key, second.idempotency_key);
    engine.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_step_of_the_store_leaves_nothing() {
    let store = Store::memory().unwrap();
    let tries = Arc::new(AtomicU32::new(0));
    let reconciler = Arc::new(Scripted::new(move |run| {
        let tries = tries.clone();
        async move {
            run.step_tx("write", Value::Null, move |tx| {
                tx.put_raw("t", b"k", b"half")?;
                if tries.fetch_add(1, Ordering::SeqCst) == 0 {
                    return Err(EngineError::retry("no"));
                }
                tx.put_raw("t", b"k", b"whole")?;
                Ok(Value::Null)
            })
            .await?;
            Ok(Next::Wait)
        }
    }));
    let engine = start(&store, &reconciler).await;
    wake(&store, "k").await;
    until("it is written", || raw(&store, "t", b"k").as_deref() == Some("whole")).await;
    engine.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ambiguous_steps_are_given_up() {
    for changing in [false, true] {
        let store = Store::memory().unwrap();
        let runs = Arc::new(AtomicU32::new(0));
        let reconciler = Arc::new(Scripted::new(move |run| {
            let n = runs.fetch_add(1, Ordering::SeqCst);
            async move {
                let input = if changing { json!(n) } else { Value::Null };
                run.step("same", input.clone(), |_| async { Ok(Value::Null) }).await?;
                if changing {
                    return Ok(Next::At(run.now()));
                }
                run.step("same", input, |_| async { Ok(Value::Null) }).await?;
                Ok(Next::Done)
            }
        }));
        let engine = start(&store, &reconciler).await;
        wake(&store, "k").await;
        until("it is given up", || raw(&store, "ended", b"reason").is_some()).await;
        assert!(raw(&store, "ended", b"reason").unwrap().contains("\"same\""));
        engine.shutdown(Duration::from_secs(1)).await;
    }
}
