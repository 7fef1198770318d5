//! Managed policies on users, groups and roles, as grants and as boundaries.

use api_identity::iam::{AttachedPolicy, ListAttachedPoliciesOutput};
use service::{Cx, Error};
use shape::Empty;
use store::ReadTx;
use types::{Account, Scope};

use crate::entity::{Entity, change, load, scope};
use crate::listing::Page;
use crate::model::{Role, User};
use crate::{errors, managed, names, policies};

/// Most managed policies on one user, group or role.
const MAX_ATTACHED: usize = 10;

/// Refuses ARNs of managed policies that do not exist.
pub(crate) fn must_be_attachable(
    tx: &ReadTx<'_>,
    scope: &Scope,
    account: &Account,
    arn: &str,
) -> Result<(), Error> {
    if managed::find(arn).is_some() || policies::load(tx, scope, account, arn).is_ok() {
        return Ok(());
    }
    Err(errors::NO_SUCH_ENTITY.error(format!("Policy {arn} does not exist or is not attachable.")))
}

pub(crate) async fn attach<E: Entity>(cx: Cx, name: String, arn: String) -> Result<Empty, Error> {
    let (scope, account) = (scope(&cx), cx.account().clone());
    change::<E>(&cx, &name, move |tx, entity| {
        must_be_attachable(tx, &scope, &account, &arn)?;
        let attached = &mut entity.policies_mut().attached;
        if attached.contains(&arn) {
            return Ok(());
        }
        if attached.len() >= MAX_ATTACHED {
            return Err(errors::LIMIT_EXCEEDED.error(format!(
                "Cannot exceed quota for PoliciesPer{}: {MAX_ATTACHED}",
                E::TITLE
            )));
        }
        attached.push(arn.clone());
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn detach<E: Entity>(cx: Cx, name: String, arn: String) -> Result<Empty, Error> {
    change::<E>(&cx, &name, move |_, entity| {
        let attached = &mut entity.policies_mut().attached;
        let before = attached.len();
        attached.retain(|other| *other != arn);
        if attached.len() == before {
            return Err(errors::NO_SUCH_ENTITY.error(format!("Policy {arn} was not found.")));
        }
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn list<E: Entity>(
    cx: Cx,
    name: String,
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<i32>,
) -> Result<ListAttachedPoliciesOutput, Error> {
    let prefix = path_prefix.unwrap_or_default();
    let listing = format!("attached {} {name} {prefix}", E::NOUN);
    let page = Page::new(listing, marker.as_deref(), max_items)?;
    let entity = cx.read(|tx| load::<E>(tx, &scope(&cx), &name))?;
    let attached = entity.policies().attached.iter();
    let attached = attached.filter(|arn| policies::path_of(arn).starts_with(&prefix));
    let shown = |arn: &String| AttachedPolicy {
        policy_name: Some(names::name_of(arn).to_owned()),
        policy_arn: Some(arn.clone()),
    };
    let (attached_policies, rest) =
        page.of(attached.map(shown).collect(), |it| it.policy_arn.clone().unwrap_or_default());
    Ok(ListAttachedPoliciesOutput {
        attached_policies,
        is_truncated: rest.is_truncated,
        marker: rest.marker,
    })
}

/// What can have a permissions boundary.
pub(crate) trait Bounded: Entity {
    fn boundary_mut(&mut self) -> &mut Option<String>;
}

impl Bounded for User {
    fn boundary_mut(&mut self) -> &mut Option<String> {
        &mut self.boundary
    }
}

impl Bounded for Role {
    fn boundary_mut(&mut self) -> &mut Option<String> {
        &mut self.boundary
    }
}

pub(crate) async fn put_boundary<E: Bounded>(
    cx: Cx,
    name: String,
    arn: String,
) -> Result<Empty, Error> {
    let (scope, account) = (scope(&cx), cx.account().clone());
    change::<E>(&cx, &name, move |tx, entity| {
        must_be_attachable(tx, &scope, &account, &arn)?;
        *entity.boundary_mut() = Some(arn.clone());
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn delete_boundary<E: Bounded>(cx: Cx, name: String) -> Result<Empty, Error> {
    change::<E>(&cx, &name, |_, entity| match entity.boundary_mut().take() {
        Some(_) => Ok(()),
        None => Err(errors::NO_SUCH_ENTITY.error(format!(
            "The {} with name {} has no permissions boundary.",
            E::NOUN,
            entity.name()
        ))),
    })
    .await?;
    Ok(Empty {})
}
