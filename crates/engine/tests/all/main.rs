//! One binary for all tests of the engine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

extern crate codeyard_engine as engine;

#[cfg(debug_assertions)]
mod killed;
mod outbox;
mod runs;
mod steps;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use engine::{Backoff, BoxFuture, Engine, EngineError, Next, Options, Reconciler, Run};
use store::{Store, StoreError, WakeKey};
use types::{Account, Region, Scope, Timestamp, system_clock};

type Reconcile = Box<dyn Fn(Run) -> BoxFuture<Result<Next, EngineError>> + Send + Sync>;

/// A reconciler made of a closure.
struct Scripted {
    kind: &'static str,
    concurrency: usize,
    max_attempts: u32,
    reconcile: Reconcile,
    exhausted: AtomicU32,
}

impl Scripted {
    fn new<F>(reconcile: impl Fn(Run) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Next, EngineError>> + Send + 'static,
    {
        Self {
            kind: "test",
            concurrency: 4,
            max_attempts: 3,
            reconcile: Box::new(move |run| Box::pin(reconcile(run))),
            exhausted: AtomicU32::new(0),
        }
    }
}

impl Reconciler for Scripted {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn concurrency(&self) -> usize {
        self.concurrency
    }

    fn reconcile(&self, run: Run) -> BoxFuture<Result<Next, EngineError>> {
        (self.reconcile)(run)
    }

    fn on_exhausted(&self, run: Run, error: EngineError) -> BoxFuture<Result<(), EngineError>> {
        self.exhausted.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            let reason = error.to_string();
            run.write(move |tx| Ok(tx.put_raw("ended", b"reason", reason.as_bytes())?)).await
        })
    }

    fn max_attempts(&self) -> u32 {
        self.max_attempts
    }
}

fn options() -> Options {
    Options {
        tick: Duration::from_millis(5),
        backoff: Backoff { first_millis: 2, longest_millis: 20 },
        ..Options::default()
    }
}

async fn start(store: &Store, reconciler: &Arc<Scripted>) -> Engine {
    Engine::builder(store.clone(), system_clock())
        .reconciler(reconciler.clone())
        .options(options())
        .start()
        .await
        .unwrap()
}

fn key(name: &str) -> WakeKey {
    let scope =
        Scope::new(Account::new("000000000001").unwrap(), Region::new("us-east-1").unwrap());
    WakeKey::new("test", &scope, name)
}

async fn wake_at(store: &Store, name: &str, at: Timestamp) {
    let key = key(name);
    store.write::<_, StoreError>(move |tx| tx.wake(&key, at)).await.unwrap();
}

async fn wake(store: &Store, name: &str) {
    wake_at(store, name, Timestamp::default()).await;
}

/// Waits until the condition holds, at most some seconds.
async fn until(what: &str, condition: impl Fn() -> bool) {
    let begin = Instant::now();
    while !condition() {
        assert!(begin.elapsed() < Duration::from_secs(10), "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn raw(store: &Store, space: &'static str, key: &[u8]) -> Option<String> {
    let value = store.read::<_, StoreError>(|tx| tx.get_raw(space, key)).unwrap();
    value.map(|bytes| String::from_utf8(bytes).unwrap())
}

/// Nothing of any run is left in the store.
fn is_clean(store: &Store) -> bool {
    ["lease", "run", "journal", "wake", "due"].into_iter().all(|space| {
        store
            .read::<_, StoreError>(|tx| tx.scan_raw(space, &store::Range::all()))
            .unwrap()
            .is_empty()
    })
}
