//! Events and their subscribers.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use engine::{BoxFuture, Engine, EngineError, Subscriber};
use store::{Event, Store, StoreError};
use types::system_clock;

use crate::{options, until};

struct Recorder {
    name: &'static str,
    seen: Mutex<Vec<String>>,
    failing: AtomicBool,
    tries: AtomicU32,
}

impl Recorder {
    fn new(name: &'static str) -> Arc<Self> {
        Arc::new(Self {
            name,
            seen: Mutex::default(),
            failing: AtomicBool::new(false),
            tries: AtomicU32::new(0),
        })
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

impl Subscriber for Recorder {
    fn name(&self) -> &'static str {
        self.name
    }

    fn deliver(&self, event: Arc<Event>) -> BoxFuture<Result<(), EngineError>> {
        self.tries.fetch_add(1, Ordering::SeqCst);
        let result = if self.failing.load(Ordering::SeqCst) {
            Err(EngineError::retry("not now"))
        } else if event.source == "poison" {
            Err(EngineError::give_up("never"))
        } else {
            self.seen.lock().unwrap().push(event.id.clone());
            Ok(())
        };
        Box::pin(async { result })
    }
}

async fn emit(store: &Store, id: u32, source: &'static str) {
    let event = Event { id: id.to_string(), source: source.to_owned(), ..Event::default() };
    store.write::<_, StoreError>(move |tx| tx.emit(event.clone())).await.unwrap();
}

async fn start(store: &Store, subscribers: &[&Arc<Recorder>]) -> Engine {
    let mut builder = Engine::builder(store.clone(), system_clock()).options(options());
    for subscriber in subscribers {
        builder = builder.subscriber((*subscriber).clone());
    }
    builder.start().await.unwrap()
}

fn kept(store: &Store) -> usize {
    store.read(|tx| tx.events_after(0, 1000)).unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_gets_everything_in_order() {
    let store = Store::memory().unwrap();
    let (a, b) = (Recorder::new("a"), Recorder::new("b"));
    b.failing.store(true, Ordering::SeqCst);
    emit(&store, 0, "s").await;
    let engine = start(&store, &[&a, &b]).await;
    for id in 1..200 {
        emit(&store, id, if id == 100 { "poison" } else { "s" }).await;
    }
    let all: Vec<String> = (0..200).filter(|id| *id != 100).map(|id| id.to_string()).collect();
    until("a has all though b fails", || a.seen() == all).await;
    assert!(b.seen().is_empty());
    until("b is tried again", || b.tries.load(Ordering::SeqCst) > 5).await;
    assert_eq!(kept(&store), 200, "b still needs them");
    b.failing.store(false, Ordering::SeqCst);
    until("b has all", || b.seen() == all).await;
    emit(&store, 200, "s").await;
    until("the outbox is trimmed", || kept(&store) == 0).await;
    engine.shutdown(Duration::from_secs(1)).await;

    // The place in the stream outlives the engine.
    emit(&store, 201, "s").await;
    let engine = start(&store, &[&a]).await;
    until("the rest comes", || a.seen().last().unwrap() == "201").await;
    assert_eq!(a.seen().len(), 201);
    engine.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_subscribers_nothing_piles_up() {
    let store = Store::memory().unwrap();
    emit(&store, 0, "s").await;
    let engine = start(&store, &[]).await;
    until("the outbox is trimmed", || kept(&store) == 0).await;
    engine.shutdown(Duration::from_secs(1)).await;
}
