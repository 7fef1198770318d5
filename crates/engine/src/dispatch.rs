//! The dispatcher of one kind: leases what is due, runs it, and writes down what is next.

use std::collections::HashMap;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use store::{Durability, StoreError, WakeKey, WriteTx};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinSet};
use types::Timestamp;

use crate::engine::Shared;
use crate::lease::{Lease, Progress, acquire, fence};
use crate::{BoxFuture, EngineError, Next, Reconciler, Run};

pub(crate) struct Dispatcher {
    shared: Arc<Shared>,
    reconciler: Arc<dyn Reconciler>,
    /// Wake-ups of this kind were committed.
    woken: Arc<Notify>,
    running: HashMap<WakeKey, (u64, AbortHandle)>,
    tasks: JoinSet<WakeKey>,
}

impl Dispatcher {
    pub fn new(shared: Arc<Shared>, reconciler: Arc<dyn Reconciler>, woken: Arc<Notify>) -> Self {
        Self { shared, reconciler, woken, running: HashMap::new(), tasks: JoinSet::new() }
    }

    /// Runs until the engine stops, then waits for its runs or, after the grace, abandons them.
    pub async fn run(mut self) {
        let mut stopping = self.shared.stopping.subscribe();
        let mut renewal = tokio::time::interval(self.shared.options.lease / 3);
        while !*stopping.borrow_and_update() {
            let pause = match self.start_due().await {
                Ok(pause) => pause,
                Err(StoreError::Closed) => break,
                Err(error) => {
                    tracing::error!(kind = self.reconciler.kind(), %error, "failed to start runs");
                    Some(Duration::from_secs(1))
                }
            };
            tokio::select! {
                () = self.woken.notified() => {}
                () = sleep(pause) => {}
                Some(ended) = self.tasks.join_next_with_id() => self.forget(ended),
                _ = renewal.tick() => self.renew().await,
                _ = stopping.changed() => {}
            }
        }
        self.stop().await;
    }

    /// Leases and starts what is due, as far as there is room; returns after what time to look
    /// again.
    async fn start_due(&mut self) -> Result<Option<Duration>, StoreError> {
        let kind = self.reconciler.kind();
        let now = self.shared.clock.now();
        let room = self.reconciler.concurrency().max(1).saturating_sub(self.running.len());
        if room == 0 {
            return Ok(None);
        }
        // Keys that run already may be due again: those wait for their run to end.
        let wakes = self.shared.store.read(|tx| tx.wakes(kind, room + self.running.len() + 1))?;
        let mut waiting = wakes.into_iter().filter(|wake| !self.running.contains_key(&wake.key));
        let mut due = Vec::new();
        let mut later = None;
        for wake in waiting.by_ref() {
            if wake.at > now {
                later = Some(wake.at);
                break;
            }
            if due.len() == room {
                break;
            }
            due.push(wake.key);
        }
        let refused = if due.is_empty() { false } else { self.start(due, now).await? };
        Ok(if refused {
            // Somebody else has a lease: look again when it may have ended.
            Some(self.shared.options.lease / 3)
        } else {
            later.map(|at| self.pause_until(at, now))
        })
    }

    /// The yard's clock may be set by a test, so that no sleep is longer than a tick.
    fn pause_until(&self, at: Timestamp, now: Timestamp) -> Duration {
        let millis = u64::try_from(at.since(now)).unwrap_or(0).max(1);
        Duration::from_millis(millis).min(self.shared.options.tick)
    }

    async fn start(&mut self, due: Vec<WakeKey>, now: Timestamp) -> Result<bool, StoreError> {
        let wanted = due.len();
        let owner = self.shared.owner.clone();
        let lease_millis = self.shared.lease_millis();
        // Not synced: if the lease is lost in a power failure, so is all that was done under it,
        // and the wake-up is there again.
        let leased = self
            .shared
            .store
            .write_with::<_, StoreError>(Durability::Ordered, move |tx| {
                let mut leased = Vec::new();
                for key in &due {
                    if let Some((lease, progress)) = acquire(tx, key, &owner, now, lease_millis)? {
                        leased.push((key.clone(), lease, progress));
                    }
                }
                Ok(leased)
            })
            .await?;
        let refused = leased.len() < wanted;
        for (key, lease, progress) in leased {
            let run = Run::new(
                key.clone(),
                &lease,
                progress,
                self.shared.store.clone(),
                self.shared.clock.clone(),
                self.shared.stopping.subscribe(),
            );
            let (shared, reconciler) = (self.shared.clone(), self.reconciler.clone());
            let task = self.tasks.spawn(async move {
                let key = run.wake_key().clone();
                run_once(&shared, &*reconciler, run).await;
                key
            });
            self.running.insert(key, (lease.token, task));
        }
        Ok(refused)
    }

    fn forget(&mut self, ended: Result<(tokio::task::Id, WakeKey), tokio::task::JoinError>) {
        match ended {
            Ok((_, key)) => {
                self.running.remove(&key);
            }
            // Reconcilers' panics are caught; what is left are aborts.
            Err(error) => self.running.retain(|_, (_, task)| task.id() != error.id()),
        }
    }

    /// Renews the leases of what runs, and wakes what somebody died with.
    async fn renew(&self) {
        let kind = self.reconciler.kind();
        let now = self.shared.clock.now();
        let expires = now.plus_millis(self.shared.lease_millis());
        let running: HashMap<_, _> =
            self.running.iter().map(|(key, (token, _))| (key.clone(), *token)).collect();
        let result = async {
            // An idle yard writes nothing.
            if self.shared.store.read(|tx| Lease::all(tx, kind))?.is_empty() {
                return Ok(());
            }
            let renew = move |tx: &mut WriteTx<'_>| {
                for (key, mut lease) in Lease::all(tx, kind)? {
                    if running.get(&key) == Some(&lease.token) {
                        lease.expires = expires;
                        lease.keep(tx, &key)?;
                    } else if lease.expires <= now {
                        tx.wake(&key, now)?;
                    }
                }
                Ok::<_, StoreError>(())
            };
            self.shared.store.write_with(Durability::Ordered, renew).await
        };
        if let Err(error) = result.await {
            tracing::error!(kind, %error, "failed to renew leases");
        }
    }

    async fn stop(mut self) {
        let grace = *self.shared.grace.borrow();
        let all_ended = async {
            while let Some(ended) = self.tasks.join_next_with_id().await {
                self.forget(ended);
            }
        };
        if tokio::time::timeout(grace, all_ended).await.is_ok() {
            return;
        }
        let left: Vec<_> =
            self.running.iter().map(|(key, (token, _))| (key.clone(), *token)).collect();
        self.tasks.shutdown().await;
        let result = self
            .shared
            .store
            .write::<_, StoreError>(move |tx| {
                for (key, token) in &left {
                    if fence(tx, key, *token).is_ok() {
                        abandon(tx, key)?;
                    }
                }
                Ok(())
            })
            .await;
        if let Err(error) = result {
            tracing::warn!(kind = self.reconciler.kind(), %error, "failed to give leases back");
        }
    }
}

async fn sleep(pause: Option<Duration>) {
    match pause {
        Some(pause) => tokio::time::sleep(pause).await,
        None => std::future::pending().await,
    }
}

/// When to wake what was cut short: it has begun, and must not wait behind what has not.
pub(crate) const FIRST: Timestamp = Timestamp::from_millis(0);

/// Gives a key back as if its run had not begun.
fn abandon(tx: &mut WriteTx<'_>, key: &WakeKey) -> Result<(), StoreError> {
    Lease::drop(tx, key)?;
    if let Some(progress) = Progress::of(tx, key)? {
        let attempts = progress.attempts.saturating_sub(1);
        Progress { attempts, ..progress }.keep(tx, key)?;
    }
    tx.wake(key, FIRST)
}

/// How a run ended.
#[derive(Clone)]
enum Outcome {
    Next(Next),
    /// The reconciler's last word was spoken: what follows is as after [`Next::Done`].
    Exhausted,
    Failed,
    Stopped,
}

async fn run_once(shared: &Shared, reconciler: &dyn Reconciler, run: Run) {
    let outcome = match caught(reconciler.reconcile(run.clone())).await {
        Ok(next) => Outcome::Next(next),
        Err(EngineError::Stopping) => Outcome::Stopped,
        Err(EngineError::Store(StoreError::Fenced(_))) => {
            tracing::warn!(kind = reconciler.kind(), key = run.key(), "the run was taken over");
            return;
        }
        Err(error) => after_error(reconciler, &run, error).await,
    };
    if run.has_ended() {
        return;
    }
    if let Err(error) = finish(shared, &run, outcome).await {
        // The lease stays and is renewed by nobody: the key is woken when it has expired.
        tracing::error!(kind = reconciler.kind(), key = run.key(), %error, "failed to end a run");
    }
}

async fn after_error(reconciler: &dyn Reconciler, run: &Run, error: EngineError) -> Outcome {
    let (kind, key, attempt) = (reconciler.kind(), run.key(), run.attempt());
    // Attempts are counted anew after a step was completed, so the number is read again.
    let attempts = run.store().read(|tx| Progress::of(tx, run.wake_key()));
    let attempts = attempts.ok().flatten().map_or(attempt, |progress| progress.attempts.max(1));
    let hopeless = matches!(error, EngineError::GiveUp(_));
    if !hopeless && attempts < u64::from(reconciler.max_attempts().max(1)) {
        tracing::warn!(kind, key, attempt, %error, "a run failed and will be repeated");
        return Outcome::Failed;
    }
    tracing::warn!(kind, key, attempt, %error, "a run failed for good");
    match caught(reconciler.on_exhausted(run.afresh(), error)).await {
        Ok(()) => Outcome::Exhausted,
        Err(EngineError::Stopping) => Outcome::Stopped,
        Err(error) => {
            tracing::error!(kind, key, attempt, %error, "failed to end what failed for good");
            Outcome::Failed
        }
    }
}

/// The future's answer, with a panic turned into an error.
async fn caught<T>(mut future: BoxFuture<Result<T, EngineError>>) -> Result<T, EngineError> {
    poll_fn(move |cx| {
        catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))).unwrap_or_else(|panic| {
            let message = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_default();
            std::task::Poll::Ready(Err(EngineError::Retry(format!(
                "the reconciler panicked: {message}"
            ))))
        })
    })
    .await
}

/// Gives the lease back and writes down what is next. Not synced: what the steps did is, and a
/// run whose end is lost in a power failure finds them done.
async fn finish(shared: &Shared, run: &Run, outcome: Outcome) -> Result<(), StoreError> {
    let (key, token) = (run.wake_key().clone(), run.token());
    let now = shared.clock.now();
    let backoff = shared.options.backoff;
    shared
        .store
        .write_with(Durability::Ordered, move |tx| {
            fence(tx, &key, token)?;
            match outcome {
                Outcome::Stopped => return abandon(tx, &key),
                Outcome::Next(Next::Done) | Outcome::Exhausted => Progress::drop(tx, &key)?,
                Outcome::Next(next) => {
                    if let Some(progress) = Progress::of(tx, &key)? {
                        Progress { attempts: 0, ..progress }.keep(tx, &key)?;
                    }
                    if let Next::At(at) = next {
                        tx.wake(&key, at)?;
                    }
                }
                Outcome::Failed => {
                    // A wake-up that the failed run itself committed must not undo the pause.
                    tx.cancel_wake(&key)?;
                    let attempts = Progress::of(tx, &key)?.map_or(1, |it| it.attempts.max(1));
                    let attempts = u32::try_from(attempts).unwrap_or(u32::MAX);
                    tx.wake(&key, now.plus_millis(backoff.pause_millis(attempts)))?;
                }
            }
            Lease::drop(tx, &key)
        })
        .await
}
