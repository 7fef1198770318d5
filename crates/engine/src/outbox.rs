//! Handing events to subscribers, each at its own pace, and trimming what all of them have.
//!
//! | space | key | value |
//! |---|---|---|
//! | `cursor` | subscriber | number of the last event that it has (8 bytes) |

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use store::{Durability, Event, Key, ReadTx, Store, StoreError};
use tokio::sync::{Notify, watch};

use crate::engine::Shared;
use crate::{EngineError, Subscriber};

const CURSORS: &str = "cursor";
/// Events read at once.
const PAGE: usize = 64;
/// Events kept in memory.
const MAX_RECENT: usize = 128;
/// How long a subscriber's place may stay unwritten.
const CURSOR_INTERVAL: Duration = Duration::from_millis(100);
/// How often the outbox is trimmed at most.
const TRIM_INTERVAL: Duration = Duration::from_secs(1);

fn cursor(tx: &ReadTx<'_>, name: &str) -> Result<u64, StoreError> {
    match tx.get_raw(CURSORS, name.as_bytes())? {
        None => Ok(0),
        Some(bytes) => Key::parts(&bytes)
            .number()
            .ok_or_else(|| StoreError::Corrupt(format!("the cursor of {name:?}"))),
    }
}

/// The newest events, as they were committed, so that they need not be read for each subscriber.
#[derive(Default)]
pub(crate) struct Recent(Mutex<VecDeque<(u64, Arc<Event>)>>);

impl Recent {
    /// Adds what was committed.
    pub fn add(&self, events: &[(u64, Arc<Event>)]) {
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (number, event) in events {
            // Numbers have no gaps: what does not follow on what is known starts anew.
            if recent.back().is_some_and(|(last, _)| last + 1 != *number) {
                recent.clear();
            }
            recent.push_back((*number, event.clone()));
        }
        let over = recent.len().saturating_sub(MAX_RECENT);
        recent.drain(..over);
    }

    /// The next events behind a number, at most [`PAGE`].
    fn after(&self, store: &Store, after: u64) -> Result<Vec<(u64, Arc<Event>)>, StoreError> {
        let recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.front().is_some_and(|(first, _)| *first <= after + 1) {
            let behind = recent.iter().filter(|(number, _)| *number > after);
            return Ok(behind.take(PAGE).cloned().collect());
        }
        drop(recent);
        let read = store.read(|tx| tx.events_after(after, PAGE))?.into_iter();
        Ok(read.map(|(number, event)| (number, Arc::new(event))).collect())
    }
}

/// Delivers to one subscriber.
pub(crate) struct Delivery {
    shared: Arc<Shared>,
    subscriber: Arc<dyn Subscriber>,
    events: watch::Receiver<()>,
    passed: Arc<Notify>,
    place: Place,
}

/// How far a subscriber has come. It is written down now and then: events that came since come
/// again after the death of the process, as they may at any time.
#[derive(Default)]
struct Place {
    /// Number of the last event that it has; `None` until it was read from the store.
    reached: Option<u64>,
    /// When the first event came that is not written down.
    unwritten_since: Option<Instant>,
}

impl Place {
    fn reach(&mut self, number: u64) {
        self.reached = Some(number);
        self.unwritten_since.get_or_insert_with(Instant::now);
    }

    /// After what time it is to be written down, if it is.
    fn due_in(&self) -> Option<Duration> {
        self.unwritten_since.map(|since| CURSOR_INTERVAL.saturating_sub(since.elapsed()))
    }
}

impl Delivery {
    pub fn new(
        shared: Arc<Shared>,
        subscriber: Arc<dyn Subscriber>,
        events: watch::Receiver<()>,
        passed: Arc<Notify>,
    ) -> Self {
        Self { shared, subscriber, events, passed, place: Place::default() }
    }

    pub async fn run(mut self) {
        let mut stopping = self.shared.stopping.subscribe();
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => {}
            () = self.deliver_all() => {}
        }
        if let Err(error) = self.keep_place().await {
            let name = self.subscriber.name();
            tracing::warn!(subscriber = name, %error, "events of the last moments will come again");
        }
    }

    async fn deliver_all(&mut self) {
        let mut failures = 0;
        loop {
            // Marked as seen before the look, so that nothing falls between.
            self.events.borrow_and_update();
            let delivered = match self.deliver_page(&mut failures).await {
                Ok(true) => self.keep_place_if_due().await,
                Ok(false) => match self.wait().await {
                    Ok(()) => self.keep_place_if_due().await,
                    Err(_) => return,
                },
                Err(error) => Err(error),
            };
            match delivered {
                Ok(()) => {}
                Err(EngineError::Store(StoreError::Closed)) => return,
                Err(error) => {
                    failures += 1;
                    let name = self.subscriber.name();
                    tracing::warn!(subscriber = name, failures, %error, "failed to deliver");
                    // What went well before stands. If this fails too, it is tried again later.
                    let _ = self.keep_place().await;
                    let pause = self.shared.options.backoff.pause_millis(failures);
                    tokio::time::sleep(Duration::from_millis(pause.unsigned_abs())).await;
                }
            }
        }
    }

    /// Waits for events, or until its place is to be written down.
    async fn wait(&mut self) -> Result<(), watch::error::RecvError> {
        match self.place.due_in() {
            None => self.events.changed().await,
            Some(pause) => {
                tokio::time::timeout(pause, self.events.changed()).await.unwrap_or(Ok(()))
            }
        }
    }

    /// Delivers a page of events; `false` if there was none.
    async fn deliver_page(&mut self, failures: &mut u32) -> Result<bool, EngineError> {
        let name = self.subscriber.name();
        let after = match self.place.reached {
            Some(reached) => reached,
            None => self.shared.store.read(|tx| cursor(tx, name))?,
        };
        self.place.reached = Some(after);
        let events = self.shared.recent.after(&self.shared.store, after)?;
        let any = !events.is_empty();
        for (number, event) in events {
            match self.subscriber.deliver(event).await {
                Ok(()) => *failures = 0,
                Err(error @ EngineError::GiveUp(_)) => {
                    tracing::error!(subscriber = name, number, %error, "an event is passed over");
                }
                Err(error) => return Err(error),
            }
            self.place.reach(number);
        }
        Ok(any)
    }

    async fn keep_place_if_due(&mut self) -> Result<(), EngineError> {
        match self.place.due_in() {
            Some(Duration::ZERO) => Ok(self.keep_place().await?),
            _ => Ok(()),
        }
    }

    async fn keep_place(&mut self) -> Result<(), StoreError> {
        let name = self.subscriber.name();
        let (Some(number), Some(_)) = (self.place.reached, self.place.unwritten_since) else {
            return Ok(());
        };
        // Not synced: after a power failure these events are delivered again.
        self.shared
            .store
            .write_with::<_, StoreError>(Durability::Ordered, move |tx| {
                let value = Key::new().number(number);
                tx.put_raw(CURSORS, name.as_bytes(), value.as_bytes())
            })
            .await?;
        self.place.unwritten_since = None;
        self.passed.notify_one();
        Ok(())
    }
}

/// Takes away what every subscriber has.
pub(crate) struct Trimmer {
    shared: Arc<Shared>,
    names: Vec<&'static str>,
    passed: Arc<Notify>,
    events: watch::Receiver<()>,
}

impl Trimmer {
    pub fn new(
        shared: Arc<Shared>,
        names: Vec<&'static str>,
        passed: Arc<Notify>,
        events: watch::Receiver<()>,
    ) -> Self {
        Self { shared, names, passed, events }
    }

    pub async fn run(mut self) {
        let mut stopping = self.shared.stopping.subscribe();
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => {}
            () = self.trim_always() => {}
        }
    }

    async fn trim_always(&mut self) {
        loop {
            match self.trim().await {
                Ok(()) => {}
                Err(StoreError::Closed) => return,
                Err(error) => tracing::warn!(%error, "failed to trim the outbox"),
            }
            // Without subscribers nobody passes anything, and events themselves call.
            if self.names.is_empty() {
                if self.events.changed().await.is_err() {
                    return;
                }
            } else {
                self.passed.notified().await;
            }
            tokio::time::sleep(TRIM_INTERVAL).await;
        }
    }

    async fn trim(&self) -> Result<(), StoreError> {
        let through = self.shared.store.read::<_, StoreError>(|tx| {
            let mut through = tx.last_event()?;
            for name in &self.names {
                through = through.min(cursor(tx, name)?);
            }
            let any = tx.events_after(0, 1)?.first().is_some_and(|(number, _)| *number <= through);
            Ok(any.then_some(through))
        })?;
        let Some(through) = through else { return Ok(()) };
        self.shared.store.write_with(Durability::Ordered, move |tx| tx.trim_events(through)).await
    }
}
