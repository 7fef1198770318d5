//! One run of a reconciler, and its journalled steps.

use std::collections::HashSet;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use store::{Durability, Key, ReadTx, Store, StoreError, WakeKey, WriteTx};
use tokio::sync::watch;
use types::{Scope, SharedClock, Timestamp};

use crate::lease::{JOURNAL, Lease, Progress, fence};
use crate::{EngineError, kill};

/// One run of a reconciler for one key. Clones are the same run.
#[derive(Clone)]
pub struct Run {
    inner: Arc<Inner>,
}

struct Inner {
    key: WakeKey,
    /// Of the lease.
    token: u64,
    progress: Progress,
    store: Store,
    clock: SharedClock,
    stopping: watch::Receiver<bool>,
    /// Names of the steps that this run has come by.
    named: Mutex<HashSet<String>>,
    /// Its last step has given the lease back.
    ended: Arc<AtomicBool>,
}

/// What a step's closure gets to know about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The same whenever this step of this run is tried again; 32 hexadecimal digits. Pass it on
    /// to whatever recognizes repetitions.
    pub idempotency_key: String,
    /// 1 at first; higher if an earlier attempt was begun and its end is unknown.
    pub attempt: u64,
}

/// A step as it is journalled.
struct Entry {
    input: Value,
    output: Option<Value>,
    attempt: u64,
}

impl Entry {
    fn decode(bytes: &[u8]) -> Option<Self> {
        let Value::Object(mut entry) = serde_json::from_slice(bytes).ok()? else { return None };
        Some(Self {
            input: entry.remove("input")?,
            attempt: entry.get("attempt")?.as_u64()?,
            output: entry.remove("output"),
        })
    }

    fn encode(&self, idempotency_key: &str) -> Vec<u8> {
        let mut entry = json!({
            "input": self.input,
            "attempt": self.attempt,
            "idempotencyKey": idempotency_key,
        });
        if let (Some(entry), Some(output)) = (entry.as_object_mut(), &self.output) {
            entry.insert("output".to_owned(), output.clone());
        }
        entry.to_string().into_bytes()
    }
}

impl Run {
    pub(crate) fn new(
        key: WakeKey,
        lease: &Lease,
        progress: Progress,
        store: Store,
        clock: SharedClock,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        let (named, ended) = (Mutex::default(), Arc::default());
        let token = lease.token;
        let inner = Inner { key, token, progress, store, clock, stopping, named, ended };
        Self { inner: Arc::new(inner) }
    }

    /// The same run, about to come by its steps again.
    pub(crate) fn afresh(&self) -> Self {
        let Inner { key, token, progress, store, clock, stopping, ended, .. } = &*self.inner;
        Self {
            inner: Arc::new(Inner {
                key: key.clone(),
                token: *token,
                progress: *progress,
                store: store.clone(),
                clock: clock.clone(),
                stopping: stopping.clone(),
                named: Mutex::default(),
                ended: ended.clone(),
            }),
        }
    }

    /// The resource's owner.
    pub fn scope(&self) -> &Scope {
        &self.inner.key.scope
    }

    /// The resource's key.
    pub fn key(&self) -> &str {
        &self.inner.key.key
    }

    /// Kind, owner and key.
    pub fn wake_key(&self) -> &WakeKey {
        &self.inner.key
    }

    /// How many runs in a row have completed no step, this one included; 1 at first.
    pub fn attempt(&self) -> u64 {
        self.inner.progress.attempts
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Now, by the yard's clock.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    pub(crate) fn token(&self) -> u64 {
        self.inner.token
    }

    /// Whether [`Run::last_step_tx`] was committed.
    pub(crate) fn has_ended(&self) -> bool {
        self.inner.ended.load(Ordering::Acquire)
    }

    /// Whether the yard is stopping: long runs should come to an end.
    pub fn is_stopping(&self) -> bool {
        *self.inner.stopping.borrow()
    }

    /// Returns when the yard is stopping.
    pub async fn stopping(&self) {
        let mut stopping = self.inner.stopping.clone();
        // An engine that is gone has stopped.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    }

    /// Fails in a write transaction unless this run still has its lease, so that a run that was
    /// taken over cannot write any more. Steps do this on their own.
    ///
    /// # Errors
    /// [`StoreError::Fenced`].
    pub fn fence(&self, tx: &ReadTx<'_>) -> Result<(), StoreError> {
        fence(tx, &self.inner.key, self.inner.token)
    }

    /// A fenced write that is not a step: it happens again when the run does.
    ///
    /// # Errors
    /// Those of `f` and of the store.
    pub fn write<T: Send + 'static>(
        &self,
        f: impl Fn(&mut WriteTx<'_>) -> Result<T, EngineError> + Send + 'static,
    ) -> impl Future<Output = Result<T, EngineError>> + Send + 'static {
        let run = self.clone();
        self.inner.store.write(move |tx| {
            run.fence(tx)?;
            f(tx)
        })
    }

    /// Does something outside of the store, once: what `f` answers is journalled, and later runs
    /// get that answer without calling `f`. `input` must be the same in every run. An error of
    /// `f` is not journalled; the step is tried again in the next run.
    ///
    /// # Errors
    /// Those of `f` and of the store; [`EngineError::GiveUp`] if the step's name was used before in
    /// this run or its input has changed.
    pub async fn step<F, Fut>(&self, name: &str, input: Value, f: F) -> Result<Value, EngineError>
    where
        F: FnOnce(Step) -> Fut,
        Fut: Future<Output = Result<Value, EngineError>>,
    {
        self.step_with(Durability::Synced, name, input, f).await
    }

    /// [`Run::step`] with a choice of what its answer survives. An answer that is lost in a power
    /// failure means that the step is done again.
    ///
    /// # Errors
    /// Those of [`Run::step`].
    pub async fn step_with<F, Fut>(
        &self,
        durability: Durability,
        name: &str,
        input: Value,
        f: F,
    ) -> Result<Value, EngineError>
    where
        F: FnOnce(Step) -> Fut,
        Fut: Future<Output = Result<Value, EngineError>>,
    {
        self.name(name)?;
        if let Some(output) = self.inner.store.read(|tx| self.recorded(tx, name, &input))?.1 {
            return Ok(output);
        }
        let step = self.begin(name, input.clone()).await?;
        let attempt = step.attempt;
        let output = f(step).await?;
        let (run, name) = (self.clone(), name.to_owned());
        let output = self
            .inner
            .store
            .write_with(durability, move |tx| {
                run.complete(tx, &name, input.clone(), output.clone(), attempt)
            })
            .await?;
        kill::step_committed();
        Ok(output)
    }

    /// Does something that may be done any number of times, where doing it again only costs time:
    /// its beginning is not noted, which saves a write, and its answer is as durable as an
    /// unsynced write. `then` goes into the transaction that journals the answer, for what is to
    /// change with it.
    ///
    /// # Errors
    /// Those of `f`, `then` and the store; [`EngineError::GiveUp`] as for [`Run::step`].
    pub async fn repeatable_step<Fut>(
        &self,
        name: &str,
        f: impl FnOnce() -> Fut,
        then: impl Fn(&mut WriteTx<'_>, &Value) -> Result<(), EngineError> + Send + 'static,
    ) -> Result<Value, EngineError>
    where
        Fut: Future<Output = Result<Value, EngineError>>,
    {
        self.name(name)?;
        if let Some(output) = self.inner.store.read(|tx| self.recorded(tx, name, &Value::Null))?.1 {
            return Ok(output);
        }
        let output = f().await?;
        let (run, name) = (self.clone(), name.to_owned());
        let output = self
            .inner
            .store
            .write_with(Durability::Ordered, move |tx| {
                let output = run.complete(tx, &name, Value::Null, output.clone(), 1)?;
                then(tx, &output)?;
                Ok::<_, EngineError>(output)
            })
            .await?;
        kill::step_committed();
        Ok(output)
    }

    /// [`Run::step_tx`] as the last thing that this run does: its transaction also ends the run,
    /// as [`crate::Next::Done`] would, which the reconciler must then answer.
    ///
    /// # Errors
    /// Those of `f` and of the store; [`EngineError::GiveUp`] as for [`Run::step`].
    pub async fn last_step_tx<T: Send + 'static>(
        &self,
        name: &str,
        f: impl Fn(&mut WriteTx<'_>) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        self.name(name)?;
        let run = self.clone();
        let output = self
            .inner
            .store
            .write(move |tx| {
                run.fence(tx)?;
                let output = f(tx)?;
                Progress::drop(tx, &run.inner.key)?;
                Lease::drop(tx, &run.inner.key)?;
                Ok::<_, EngineError>(output)
            })
            .await?;
        self.inner.ended.store(true, Ordering::Release);
        kill::step_committed();
        Ok(output)
    }

    /// Does something in the store, exactly once: `f` and the journal entry are one transaction.
    ///
    /// # Errors
    /// Those of [`Run::step`].
    pub async fn step_tx(
        &self,
        name: &str,
        input: Value,
        f: impl Fn(&mut WriteTx<'_>) -> Result<Value, EngineError> + Send + 'static,
    ) -> Result<Value, EngineError> {
        self.name(name)?;
        if let Some(output) = self.inner.store.read(|tx| self.recorded(tx, name, &input))?.1 {
            return Ok(output);
        }
        let (run, name) = (self.clone(), name.to_owned());
        let output = self
            .inner
            .store
            .write(move |tx| {
                run.fence(tx)?;
                let (attempts, recorded) = run.recorded(tx, &name, &input)?;
                match recorded {
                    Some(output) => Ok(output),
                    None => {
                        let output = f(tx)?;
                        run.complete(tx, &name, input.clone(), output, attempts + 1)
                    }
                }
            })
            .await?;
        kill::step_committed();
        Ok(output)
    }

    /// Two steps of one name in one run would share one journal entry.
    fn name(&self, name: &str) -> Result<(), EngineError> {
        let mut named = self.inner.named.lock().unwrap_or_else(PoisonError::into_inner);
        if named.insert(name.to_owned()) {
            Ok(())
        } else {
            Err(EngineError::GiveUp(format!("the step {name:?} was taken twice in one run")))
        }
    }

    fn entry_key(&self, name: &str) -> Key {
        self.inner.key.store_key().text(name)
    }

    /// How often the step was begun, and its output if it was completed.
    fn recorded(
        &self,
        tx: &ReadTx<'_>,
        name: &str,
        input: &Value,
    ) -> Result<(u64, Option<Value>), EngineError> {
        let Some(bytes) = tx.get_raw(JOURNAL, self.entry_key(name).as_bytes())? else {
            return Ok((0, None));
        };
        let entry = Entry::decode(&bytes)
            .ok_or_else(|| StoreError::Corrupt(format!("the journal at step {name:?}")))?;
        if entry.input != *input {
            return Err(EngineError::GiveUp(format!(
                "the input of the step {name:?} is not what it was when the step was first taken"
            )));
        }
        Ok((entry.attempt, entry.output))
    }

    /// Notes that the step begins. Not synced: its idempotency key does not depend on the note,
    /// and after a power failure only the attempt number may be too low.
    async fn begin(&self, name: &str, input: Value) -> Result<Step, EngineError> {
        let (run, name) = (self.clone(), name.to_owned());
        self.inner
            .store
            .write_with(Durability::Ordered, move |tx| {
                run.fence(tx)?;
                let attempt = run.recorded(tx, &name, &input)?.0 + 1;
                let entry = Entry { input: input.clone(), output: None, attempt };
                let idempotency_key = run.idempotency_key(&name);
                let key = run.entry_key(&name);
                tx.put_raw(JOURNAL, key.as_bytes(), &entry.encode(&idempotency_key))?;
                Ok(Step { idempotency_key, attempt })
            })
            .await
    }

    /// Notes the step's answer. It is progress, so attempts are counted anew.
    fn complete(
        &self,
        tx: &mut WriteTx<'_>,
        name: &str,
        input: Value,
        output: Value,
        attempt: u64,
    ) -> Result<Value, EngineError> {
        self.fence(tx)?;
        let entry = Entry { input, output: Some(output), attempt };
        let entry_bytes = entry.encode(&self.idempotency_key(name));
        tx.put_raw(JOURNAL, self.entry_key(name).as_bytes(), &entry_bytes)?;
        Progress { attempts: 0, ..self.inner.progress }.keep(tx, &self.inner.key)?;
        Ok(entry.output.unwrap_or_default())
    }

    fn idempotency_key(&self, name: &str) -> String {
        let key = self.entry_key(name).number(self.inner.progress.number);
        hex::encode(Sha256::digest(key.as_bytes()).get(..16).unwrap_or_default())
    }
}
