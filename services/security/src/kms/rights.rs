//! What a caller must be allowed, and by whom: key policies decide, and what they delegate to the
//! account its IAM policies decide further.
//!
//! <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>

use std::collections::BTreeMap;

use service::{Cx, Error, Right};
use store::{Query, ReadTx};
use types::Scope;

use super::find::{Forms, Named};
use super::managed;
use super::model::{ALIASES_OF_KEY, Alias, Key, alias_arn, key_arn};
use crate::policy;

/// Most aliases of one key that conditions see: AWS's quota.
pub(crate) const MAX_ALIASES: usize = 50;

/// The right to do `action` with the key that a caller named.
///
/// # Errors
/// As [`Named::parse`]; `NotFoundException` for aliases that are not there. A key id that is not
/// there is the handler's to tell, once the caller may ask for it.
pub(crate) fn on_key(cx: &Cx, action: &str, name: &str, forms: Forms) -> Result<Right, Error> {
    let scope = cx.scope();
    let named = Named::parse(&scope, name, forms)?;
    let (key, aliases) = cx.read(|tx| match named.find(tx, &scope)? {
        Some(key) => {
            let aliases = aliases_of(tx, &scope, &key.id)?;
            Ok((Some(key), aliases))
        }
        None => Ok((None, Vec::new())),
    })?;
    let right = match (&key, &named) {
        (Some(key), _) => existing(cx, &scope, action, key, aliases)?,
        (None, Named::Id(id)) => Right::new(action, key_arn(&scope, id)),
        (None, Named::Alias(alias)) => {
            let service = managed::service_of(alias).ok_or_else(|| named.not_found(&scope))?;
            let arn = key_arn(&scope, &managed::key_id(&scope, alias));
            let policy = policy::attached(cx, &arn, &managed::policy(&scope, service))?;
            Key::default()
                .describe(Right::new(action, arn).deciding_policy(policy))
                .with_values("kms:ResourceAliases", vec![alias.clone()])
        }
    };
    let right = request_keys(cx, right);
    Ok(match named {
        Named::Alias(alias) => right.with("kms:RequestAlias", alias),
        Named::Id(_) => right,
    })
}

fn existing(
    cx: &Cx,
    scope: &Scope,
    action: &str,
    key: &Key,
    aliases: Vec<String>,
) -> Result<Right, Error> {
    let arn = key_arn(scope, &key.id);
    let policy = policy::attached(cx, &arn, &key.policy)?;
    let right = key.describe(Right::new(action, arn).deciding_policy(policy));
    Ok(right.with_values("kms:ResourceAliases", aliases))
}

fn aliases_of(tx: &ReadTx<'_>, scope: &Scope, key_id: &str) -> Result<Vec<String>, Error> {
    let query = Query::first(MAX_ALIASES);
    let found = tx.by_index::<Alias>(scope, ALIASES_OF_KEY, key_id, &query)?;
    Ok(found.items.into_iter().map(|alias| alias.into_inner().name).collect())
}

/// The right to do `action` with an alias itself; keys' policies have no say in it.
pub(crate) fn on_alias(cx: &Cx, action: &str, alias: &str) -> Right {
    request_keys(cx, Right::new(action, alias_arn(&cx.scope(), alias)))
}

/// The right to do what concerns no key.
pub(crate) fn on_all(cx: &Cx, action: &str) -> Right {
    request_keys(cx, Right::new(action, "*"))
}

/// Adds the condition keys that tell of the request.
fn request_keys(cx: &Cx, right: Right) -> Right {
    let right = right.with("kms:CallerAccount", cx.account().as_str());
    match via_service(cx) {
        Some(service) => right.with("kms:ViaService", service),
        None => right,
    }
}

/// The service through which the caller comes, as `kms:ViaService` calls it.
fn via_service(cx: &Cx) -> Option<String> {
    let origin = cx.origin();
    let service = origin.user_agent.strip_suffix(".amazonaws.com").filter(|_| origin.depth > 0)?;
    Some(format!("{service}.{}.amazonaws.com", cx.region()))
}

/// Adds the condition keys that tell of an encryption context.
pub(crate) fn with_context(right: Right, context: Option<&BTreeMap<String, String>>) -> Right {
    let Some(context) = context.filter(|context| !context.is_empty()) else { return right };
    let names = context.keys().cloned().collect();
    context
        .iter()
        .fold(right, |right, (name, value)| {
            right.with(format!("kms:EncryptionContext:{name}"), value.clone())
        })
        .with_values("kms:EncryptionContextKeys", names)
}
