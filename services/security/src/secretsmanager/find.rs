//! How callers name secrets: by name, by ARN, or by ARN without its random end.

use service::{Cx, Error, Right};
use store::{ReadTx, Stored};
use types::{Arn, Scope};

use super::errors;
use super::model::{Secret, arn_of};
use crate::policy;

/// Letters of an ARN's random end, with its hyphen.
const SUFFIX: usize = 7;

/// The secret that a caller named, if it is there.
pub(crate) fn find(
    tx: &ReadTx<'_>,
    scope: &Scope,
    secret_id: &str,
) -> Result<Option<Stored<Secret>>, Error> {
    if !secret_id.starts_with("arn:") {
        return Ok(tx.get::<Secret>(scope, secret_id)?);
    }
    let Some(rest) = resource_here(scope, secret_id) else { return Ok(None) };
    let split = rest.len().saturating_sub(SUFFIX);
    if let (Some(name), Some(end)) = (rest.get(..split), rest.get(split..))
        && let Some(suffix) = end.strip_prefix('-')
        && let Some(secret) = tx.get::<Secret>(scope, name)?
        && secret.suffix == suffix
    {
        return Ok(Some(secret));
    }
    Ok(tx.get::<Secret>(scope, &rest)?)
}

/// What stands behind `secret:` in an ARN of this account and Region.
fn resource_here(scope: &Scope, text: &str) -> Option<String> {
    let arn: Arn = text.parse().ok()?;
    let here = arn.service == "secretsmanager"
        && arn.region == scope.region.as_str()
        && arn.account == scope.account.as_str();
    arn.resource.strip_prefix("secret:").filter(|_| here).map(str::to_owned)
}

/// The secret that a caller named, inside a transaction.
///
/// # Errors
/// `ResourceNotFoundException`
pub(crate) fn load_in(
    tx: &ReadTx<'_>,
    scope: &Scope,
    secret_id: &str,
) -> Result<Stored<Secret>, Error> {
    find(tx, scope, secret_id)?
        .ok_or_else(|| errors::NOT_FOUND.error("Secrets Manager can't find the specified secret."))
}

/// The secret that a caller named.
///
/// # Errors
/// `ResourceNotFoundException`
pub(crate) fn load(cx: &Cx, secret_id: &str) -> Result<Stored<Secret>, Error> {
    let scope = cx.scope();
    cx.read(|tx| load_in(tx, &scope, secret_id))
}

/// The right to do `action` with the secret that a caller named.
///
/// # Errors
/// Where the store fails. A secret that is not there is the handler's to tell, once the caller may
/// ask for it.
pub(crate) fn right_on(cx: &Cx, action: &str, secret_id: &str) -> Result<Right, Error> {
    let scope = cx.scope();
    let right = match cx.read(|tx| find(tx, &scope, secret_id))? {
        Some(secret) => {
            let arn = secret.arn(&scope);
            let attached = match &secret.policy {
                Some(text) => Some(policy::attached(cx, &arn, text)?),
                None => None,
            };
            let right = Right::new(action, arn.clone()).policy(attached);
            secret.describe(right).with("secretsmanager:SecretId", arn)
        }
        None if secret_id.starts_with("arn:") => Right::new(action, secret_id),
        None => Right::new(action, arn_of(&scope, secret_id)),
    };
    Ok(right)
}
