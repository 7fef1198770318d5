//! Handing events to subscribers, each at its own pace, and trimming what all of them have.
//!
//! | space | key | value |
//! |---|---|---|
//! | `cursor` | subscriber | number of the last event that it has (8 bytes) |

use std::sync::Arc;
use std::time::Duration;

use store::{Durability, Key, ReadTx, StoreError};
use tokio::sync::{Notify, watch};

use crate::engine::Shared;
use crate::{EngineError, Subscriber};

const CURSORS: &str = "cursor";
/// Events read at once; the cursor is kept after each such page.
const PAGE: usize = 64;
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

/// Delivers to one subscriber.
pub(crate) struct Delivery {
    shared: Arc<Shared>,
    subscriber: Arc<dyn Subscriber>,
    events: watch::Receiver<()>,
    passed: Arc<Notify>,
}

impl Delivery {
    pub fn new(
        shared: Arc<Shared>,
        subscriber: Arc<dyn Subscriber>,
        events: watch::Receiver<()>,
        passed: Arc<Notify>,
    ) -> Self {
        Self { shared, subscriber, events, passed }
    }

    pub async fn run(mut self) {
        let mut stopping = self.shared.stopping.subscribe();
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => {}
            () = self.deliver_all() => {}
        }
    }

    async fn deliver_all(&mut self) {
        let mut failures = 0;
        loop {
            // Marked as seen before the look, so that nothing falls between.
            self.events.borrow_and_update();
            match self.deliver_page(&mut failures).await {
                Ok(true) => {}
                Ok(false) => {
                    if self.events.changed().await.is_err() {
                        return;
                    }
                }
                Err(EngineError::Store(StoreError::Closed)) => return,
                Err(error) => {
                    failures += 1;
                    let name = self.subscriber.name();
                    tracing::warn!(subscriber = name, failures, %error, "failed to deliver");
                    let pause = self.shared.options.backoff.pause_millis(failures);
                    tokio::time::sleep(Duration::from_millis(pause.unsigned_abs())).await;
                }
            }
        }
    }

    /// Delivers a page of events; `false` if there was none.
    async fn deliver_page(&self, failures: &mut u32) -> Result<bool, EngineError> {
        let name = self.subscriber.name();
        let events = self.shared.store.read::<_, StoreError>(|tx| {
            let after = cursor(tx, name)?;
            tx.events_after(after, PAGE)
        })?;
        let mut delivered = None;
        let mut result = Ok(!events.is_empty());
        for (number, event) in events {
            match self.subscriber.deliver(Arc::new(event)).await {
                Ok(()) => *failures = 0,
                Err(error @ EngineError::GiveUp(_)) => {
                    tracing::error!(subscriber = name, number, %error, "an event is passed over");
                }
                Err(error) => {
                    result = Err(error);
                    break;
                }
            }
            delivered = Some(number);
        }
        if let Some(number) = delivered {
            // Not synced: after a power failure the page is delivered again.
            self.shared
                .store
                .write_with::<_, StoreError>(Durability::Ordered, move |tx| {
                    let value = Key::new().number(number);
                    tx.put_raw(CURSORS, name.as_bytes(), value.as_bytes())
                })
                .await?;
            self.passed.notify_one();
        }
        result
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
