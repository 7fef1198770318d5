//! Putting an engine together, starting and stopping it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use store::{Store, StoreError};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use types::SharedClock;

use crate::dispatch::{Dispatcher, FIRST};
use crate::lease::Lease;
use crate::outbox::{Delivery, Recent, Trimmer};
use crate::{Backoff, EngineError, Reconciler, Subscriber};

/// How an engine behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long a lease lasts without being renewed.
    pub lease: Duration,
    /// The longest sleep before the clock is looked at again.
    pub tick: Duration,
    /// Pauses after errors.
    pub backoff: Backoff,
    /// Whether this process alone has the store, so that every lease found at the start is a dead
    /// process's.
    pub exclusive: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(30),
            tick: Duration::from_secs(1),
            backoff: Backoff::default(),
            exclusive: true,
        }
    }
}

/// What the engine's tasks share.
pub(crate) struct Shared {
    pub store: Store,
    pub clock: SharedClock,
    pub options: Options,
    /// This engine, as owner of leases.
    pub owner: String,
    pub stopping: watch::Sender<bool>,
    pub grace: watch::Sender<Duration>,
    pub recent: Arc<Recent>,
}

impl Shared {
    pub fn lease_millis(&self) -> i64 {
        i64::try_from(self.options.lease.as_millis()).unwrap_or(i64::MAX)
    }
}

/// An engine to be started.
pub struct Builder {
    store: Store,
    clock: SharedClock,
    options: Options,
    reconcilers: Vec<Arc<dyn Reconciler>>,
    subscribers: Vec<Arc<dyn Subscriber>>,
}

impl Builder {
    /// Adds a reconciler.
    #[must_use]
    pub fn reconciler(mut self, reconciler: Arc<dyn Reconciler>) -> Self {
        self.reconcilers.push(reconciler);
        self
    }

    /// Adds a subscriber to all events. One that was never there before gets what the outbox
    /// still holds.
    #[must_use]
    pub fn subscriber(mut self, subscriber: Arc<dyn Subscriber>) -> Self {
        self.subscribers.push(subscriber);
        self
    }

    /// Sets the options.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Takes over what a dead process left, and starts.
    ///
    /// # Errors
    /// [`EngineError::GiveUp`] if two reconcilers have one kind or two subscribers one name;
    /// otherwise those of the store.
    pub async fn start(self) -> Result<Engine, EngineError> {
        let mut woken = HashMap::new();
        for reconciler in &self.reconcilers {
            if woken.insert(reconciler.kind(), Arc::new(Notify::new())).is_some() {
                let kind = reconciler.kind();
                return Err(EngineError::GiveUp(format!("two reconcilers are called {kind:?}")));
            }
        }
        let mut names: Vec<_> = self.subscribers.iter().map(|it| it.name()).collect();
        names.sort_unstable();
        if let Some([name, _]) = names.array_windows().find(|[a, b]| a == b) {
            return Err(EngineError::GiveUp(format!("two subscribers are called {name:?}")));
        }
        let shared = Arc::new(Shared {
            store: self.store,
            clock: self.clock,
            options: self.options,
            owner: types::uuid(),
            stopping: watch::Sender::new(false),
            grace: watch::Sender::new(Duration::ZERO),
            recent: Arc::default(),
        });
        if shared.options.exclusive {
            take_over(&shared, woken.keys().copied().collect()).await?;
        }

        let mut tasks = JoinSet::new();
        let events = watch::Sender::new(());
        let passed = Arc::new(Notify::new());
        tasks.spawn(Trimmer::new(shared.clone(), names, passed.clone(), events.subscribe()).run());
        for subscriber in self.subscribers {
            let delivery =
                Delivery::new(shared.clone(), subscriber, events.subscribe(), passed.clone());
            tasks.spawn(delivery.run());
        }
        for reconciler in self.reconcilers {
            let notify = woken.get(reconciler.kind()).cloned().unwrap_or_default();
            tasks.spawn(Dispatcher::new(shared.clone(), reconciler, notify).run());
        }
        let recent = shared.recent.clone();
        shared.store.on_commit(move |touched| {
            for kind in &touched.wakes {
                if let Some(woken) = woken.get(kind) {
                    woken.notify_one();
                }
            }
            if !touched.events.is_empty() {
                recent.add(&touched.events);
                events.send_replace(());
            }
        });
        Ok(Engine { shared, tasks })
    }
}

/// Wakes every key that was being run when a process died, before all that waits.
async fn take_over(shared: &Shared, kinds: Vec<&'static str>) -> Result<(), StoreError> {
    let count = shared
        .store
        .write::<_, StoreError>(move |tx| {
            let mut count = 0;
            for kind in &kinds {
                for (key, _) in Lease::all(tx, kind)? {
                    Lease::drop(tx, &key)?;
                    tx.wake(&key, FIRST)?;
                    count += 1;
                }
            }
            Ok(count)
        })
        .await?;
    if count > 0 {
        tracing::info!(count, "took over what was running");
    }
    Ok(())
}

/// A running engine. Dropping it stops everything at once, as a death would; the next engine on
/// the store takes over.
pub struct Engine {
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
}

impl Engine {
    /// An engine on `store`, to be filled and started.
    pub fn builder(store: Store, clock: SharedClock) -> Builder {
        Builder {
            store,
            clock,
            options: Options::default(),
            reconcilers: Vec::new(),
            subscribers: Vec::new(),
        }
    }

    /// Starts nothing new, lets runs end for `grace`, then ends them where they are and gives
    /// their leases back.
    pub async fn shutdown(mut self, grace: Duration) {
        self.shared.grace.send_replace(grace);
        self.shared.stopping.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}
