//! Secrets are deleted: marked first, gone after the recovery window.
//!
//! <https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html>

use std::sync::Arc;

use api_security::secretsmanager::{
    DeleteSecretInput, DeleteSecretOutput, SecretInput, SecretOutput,
};
use engine::{BoxFuture, EngineError, Next, Reconciler, Run};
use service::{Cx, Error, Yard};
use store::{WakeKey, WriteTx};
use types::{IdAlphabet, Scope};

use super::model::{SealedValue, Secret, arn_of};
use super::{errors, find};

const KIND: &str = "secretsmanager.secret";
/// Days of the recovery window: by default, at least, at most.
const WINDOW_DAYS: (i64, i64, i64) = (30, 7, 30);
const DAY_SECS: i64 = 24 * 60 * 60;

/// [DeleteSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html)
pub(crate) async fn delete_secret(
    cx: Cx,
    input: DeleteSecretInput,
) -> Result<DeleteSecretOutput, Error> {
    let (default, least, most) = WINDOW_DAYS;
    let force = input.force_delete_without_recovery == Some(true);
    if force && input.recovery_window_in_days.is_some() {
        return Err(errors::INVALID_PARAMETER.error(
            "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
        ));
    }
    let days = input.recovery_window_in_days.unwrap_or(default);
    if !(least..=most).contains(&days) {
        return Err(errors::INVALID_PARAMETER.error(format!(
            "The RecoveryWindowInDays value must be between {least} and {most} days (inclusive)."
        )));
    }
    let (scope, now) = (cx.scope(), cx.now());
    let deletion_date = if force { now } else { now.plus_secs(days * DAY_SECS) };
    cx.write(move |tx| {
        let Some(mut secret) = find::find(tx, &scope, &input.secret_id)? else {
            // AWS answers so: nothing of that name is there afterwards, which is what was asked.
            return match force && !input.secret_id.starts_with("arn:") {
                true => Ok(never_there(&scope, &input.secret_id, deletion_date)),
                false => {
                    Err(errors::NOT_FOUND.error("Secrets Manager can't find the specified secret."))
                }
            };
        };
        let wake = WakeKey::new(KIND, &scope, secret.name.clone());
        if force {
            purge(tx, &scope, &secret)?;
            tx.cancel_wake(&wake)?;
        } else {
            secret.not_deleted()?;
            secret.deleted = Some(now);
            secret.purge_at = Some(deletion_date);
            tx.update(&scope, &secret)?;
            tx.wake(&wake, deletion_date)?;
        }
        let arn = secret.arn(&scope);
        Ok(DeleteSecretOutput { arn, name: secret.into_inner().name, deletion_date })
    })
    .await
}

fn never_there(scope: &Scope, name: &str, deletion_date: types::Timestamp) -> DeleteSecretOutput {
    let suffix = types::random_id(IdAlphabet::Alphanumeric, 6);
    DeleteSecretOutput {
        arn: arn_of(scope, &format!("{name}-{suffix}")),
        name: name.to_owned(),
        deletion_date,
    }
}

/// Takes away a secret and all its values.
fn purge(tx: &mut WriteTx<'_>, scope: &Scope, secret: &Secret) -> Result<(), store::StoreError> {
    for version in &secret.versions {
        tx.delete::<SealedValue>(scope, &secret.value_key(&version.id))?;
    }
    tx.delete::<Secret>(scope, &secret.name)?;
    Ok(())
}

/// [RestoreSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RestoreSecret.html)
pub(crate) async fn restore_secret(cx: Cx, input: SecretInput) -> Result<SecretOutput, Error> {
    let scope = cx.scope();
    cx.write(move |tx| {
        let mut secret = find::load_in(tx, &scope, &input.secret_id)?;
        secret.deleted = None;
        secret.purge_at = None;
        tx.update(&scope, &secret)?;
        tx.cancel_wake(&WakeKey::new(KIND, &scope, secret.name.clone()))?;
        Ok(SecretOutput { arn: secret.arn(&scope), name: secret.into_inner().name })
    })
    .await
}

/// Takes secrets away when their recovery window has ended.
pub(crate) struct Purger;

impl Purger {
    /// The reconciler of a yard.
    pub fn of(_yard: &Yard) -> Arc<dyn Reconciler> {
        Arc::new(Self)
    }
}

impl Reconciler for Purger {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn concurrency(&self) -> usize {
        2
    }

    fn reconcile(&self, run: Run) -> BoxFuture<Result<Next, EngineError>> {
        Box::pin(async move {
            let (scope, name, now) = (run.scope().clone(), run.key().to_owned(), run.now());
            run.write(move |tx| {
                let Some(secret) = tx.get::<Secret>(&scope, &name)? else { return Ok(Next::Done) };
                match secret.purge_at {
                    Some(at) if at <= now => {
                        purge(tx, &scope, &secret)?;
                        Ok(Next::Done)
                    }
                    Some(at) => Ok(Next::At(at)),
                    None => Ok(Next::Done),
                }
            })
            .await
        })
    }

    /// Nothing here fails but the store: the secret stays marked, and is looked at again a day
    /// later.
    fn on_exhausted(&self, run: Run, _error: EngineError) -> BoxFuture<Result<(), EngineError>> {
        Box::pin(async move {
            let (wake, again) = (run.wake_key().clone(), run.now().plus_secs(DAY_SECS));
            run.write(move |tx| Ok(tx.wake(&wake, again)?)).await
        })
    }
}
