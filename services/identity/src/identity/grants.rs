//! The policies that go with a user, role or session.

use auth::policy::Attached;
use service::{Error, Grants};
use store::ReadTx;
use types::Scope;

use super::cache::Cache;
use super::session::Claims;
use crate::entity::{Entity, load};
use crate::model::{Group, User};
use crate::{managed, policies};

/// The document of a managed policy's default version; `None` where there is no such policy.
pub(crate) fn document_of(
    tx: &ReadTx<'_>,
    scope: &Scope,
    arn: &str,
) -> Result<Option<String>, Error> {
    if let Some(policy) = managed::find(arn) {
        return Ok(Some(policy.document.clone()));
    }
    let policy = match policies::load(tx, scope, &scope.account, arn) {
        Ok(policy) => policy,
        Err(error) if error.status < 500 => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(policy.default().map(|version| version.document.clone()))
}

fn attached(
    tx: &ReadTx<'_>,
    scope: &Scope,
    arn: &str,
    cache: &Cache,
) -> Result<Option<Attached>, Error> {
    let Some(document) = document_of(tx, scope, arn)? else { return Ok(None) };
    Ok(Some(Attached { source: arn.into(), policy: cache.policy(&document)? }))
}

/// Inline and managed policies of one entity, and its groups' where it is a user.
fn collect<E: Entity>(
    tx: &ReadTx<'_>,
    scope: &Scope,
    entity: &E,
    cache: &Cache,
    found: &mut Vec<Attached>,
) -> Result<(), Error> {
    let arn = entity.arn(&scope.account);
    for (name, document) in &entity.policies().inline {
        let source = format!("{arn}/{name}").into();
        found.push(Attached { source, policy: cache.policy(document)? });
    }
    for arn in &entity.policies().attached {
        found.extend(attached(tx, scope, arn, cache)?);
    }
    Ok(())
}

/// What a user or role may, without any session's limits.
pub(crate) fn of_entity<E: Entity>(
    tx: &ReadTx<'_>,
    scope: &Scope,
    entity: &E,
    cache: &Cache,
) -> Result<Grants, Error> {
    let mut identity = Vec::new();
    collect(tx, scope, entity, cache, &mut identity)?;
    if let Some(user) = (entity as &dyn std::any::Any).downcast_ref::<User>() {
        for group in &user.groups {
            let group = load::<Group>(tx, scope, group)?;
            collect(tx, scope, &group.value, cache, &mut identity)?;
        }
    }
    let boundary = match entity.boundary() {
        // A boundary that cannot be found must not lift the limit.
        Some(arn) => Some(attached(tx, scope, arn, cache)?.ok_or_else(|| {
            Error::internal(format!("the permissions boundary {arn} is missing"))
        })?),
        None => None,
    };
    Ok(Grants { identity, boundary, session: None })
}

/// The policies that were given when a session began.
pub(super) fn of_session(
    tx: &ReadTx<'_>,
    scope: &Scope,
    claims: &Claims,
    cache: &Cache,
) -> Result<Vec<Attached>, Error> {
    let mut found = Vec::new();
    for document in &claims.policies {
        found.push(Attached { source: "session".into(), policy: cache.policy(document)? });
    }
    for arn in &claims.policy_arns {
        found.extend(attached(tx, scope, arn, cache)?);
    }
    Ok(found)
}
