//! What happens to keys by themselves: automatic rotation, and the end after a scheduled deletion.

use std::sync::Arc;

use api_security::kms::{KeyState, RotationType};
use engine::{BoxFuture, EngineError, Next, Reconciler, Run};
use serde_json::json;
use service::{Error, Yard};
use store::{Event, Query, WakeKey, WriteTx};
use types::{Scope, Timestamp};

use super::material;
use super::model::{ALIASES_OF_KEY, Alias, Key, key_arn};

const KIND: &str = "kms.key";
const DAY_SECS: i64 = 24 * 60 * 60;

/// `days` later.
pub(crate) fn days_after(at: Timestamp, days: i32) -> Timestamp {
    at.plus_secs(i64::from(days).saturating_mul(DAY_SECS))
}

/// When something is to happen to the key next.
fn next_change(key: &Key) -> Option<Timestamp> {
    match key.state {
        KeyState::PendingDeletion => key.deletion_date,
        // A disabled key is rotated once it is enabled again.
        KeyState::Disabled => None,
        _ => key.next_rotation,
    }
}

/// Sees to it that the key is looked at when something is to happen to it; in the same transaction
/// as whatever changes that.
pub(crate) fn wake(tx: &mut WriteTx<'_>, scope: &Scope, key: &Key) -> Result<(), Error> {
    let wake = WakeKey::new(KIND, scope, key.id.clone());
    match next_change(key) {
        Some(at) => tx.wake(&wake, at)?,
        None => tx.cancel_wake(&wake)?,
    }
    Ok(())
}

/// Rotates and deletes keys when their time has come.
pub(crate) struct KeyLifecycle {
    yard: Yard,
}

impl KeyLifecycle {
    /// The reconciler of a yard.
    pub fn of(yard: &Yard) -> Arc<dyn Reconciler> {
        Arc::new(Self { yard: yard.clone() })
    }
}

impl Reconciler for KeyLifecycle {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn concurrency(&self) -> usize {
        2
    }

    fn reconcile(&self, run: Run) -> BoxFuture<Result<Next, EngineError>> {
        let yard = self.yard.clone();
        Box::pin(async move { advance(&yard, &run).await })
    }

    /// Nothing here fails but the store and the master key, and no key's state could tell of it:
    /// the key stays as it is, and is looked at again a day later.
    fn on_exhausted(&self, run: Run, _error: EngineError) -> BoxFuture<Result<(), EngineError>> {
        Box::pin(async move {
            let again = days_after(run.now(), 1);
            let wake = run.wake_key().clone();
            run.write(move |tx| Ok(tx.wake(&wake, again)?)).await
        })
    }
}

/// Does what is due, in one transaction, and tells when to look again.
async fn advance(yard: &Yard, run: &Run) -> Result<Next, EngineError> {
    let (scope, id, now) = (run.scope().clone(), run.key().to_owned(), run.now());
    let rotation = Some(RotationType::Automatic);
    let fresh =
        material::create(yard.blobs(), &scope, &id, now, rotation).map_err(EngineError::retry)?;
    let next = run
        .write(move |tx| {
            let Some(mut key) = tx.get::<Key>(&scope, &id)? else { return Ok(None) };
            match next_change(&key) {
                Some(at) if at <= now => {}
                next => return Ok(next),
            }
            if key.state == KeyState::PendingDeletion {
                delete(tx, &scope, &key, now)?;
                return Ok(None);
            }
            key.materials.push(fresh.clone());
            key.next_rotation = key.rotation_period_days.map(|days| days_after(now, days));
            tx.update(&scope, &key)?;
            tx.emit(event(&scope, &key.id, "KMS CMK Rotation", now))?;
            Ok(key.next_rotation)
        })
        .await?;
    Ok(next.map_or(Next::Done, Next::At))
}

fn delete(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    key: &Key,
    now: Timestamp,
) -> Result<(), EngineError> {
    loop {
        let aliases = tx.by_index::<Alias>(scope, ALIASES_OF_KEY, &key.id, &Query::first(100))?;
        for alias in &aliases.items {
            tx.delete::<Alias>(scope, &alias.name)?;
        }
        if aliases.next.is_none() {
            break;
        }
    }
    tx.delete::<Key>(scope, &key.id)?;
    tx.emit(event(scope, &key.id, "KMS CMK Deletion", now))?;
    Ok(())
}

fn event(scope: &Scope, key_id: &str, detail_type: &str, now: Timestamp) -> Event {
    Event {
        id: types::uuid(),
        source: "aws.kms".to_owned(),
        detail_type: detail_type.to_owned(),
        account: scope.account.to_string(),
        region: scope.region.to_string(),
        time: now,
        resources: vec![key_arn(scope, key_id)],
        detail: json!({"key-id": key_id}),
    }
}
