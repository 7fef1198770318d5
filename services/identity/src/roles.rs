//! Roles.

use api_identity::iam::*;
use service::{Cx, Error};
use shape::Empty;
use types::Account;

use crate::entity::{self, Entity, load, must_be_free, scope};
use crate::listing::Page;
use crate::model::{self, key_of, shown_boundary, shown_tags};
use crate::{attachments, documents, errors, names, totals, usage, users};

/// How long sessions of a role may last where it does not say, in seconds.
const DEFAULT_SESSION_SECS: i32 = 3600;

fn shown(role: &model::Role, account: &Account) -> Role {
    Role {
        path: role.path.clone(),
        role_name: role.name.clone(),
        role_id: role.id.clone(),
        arn: role.arn(account),
        create_date: role.created,
        assume_role_policy_document: Some(documents::encoded(&role.trust_policy)),
        description: role.description.clone(),
        max_session_duration: Some(role.max_session_secs),
        permissions_boundary: shown_boundary(role.boundary.as_ref()),
        tags: (!role.tags.is_empty()).then(|| shown_tags(&role.tags)),
        role_last_used: None,
    }
}

pub(crate) async fn create(cx: Cx, input: CreateRoleInput) -> Result<CreateRoleOutput, Error> {
    let role = model::Role {
        name: input.role_name,
        path: names::path_or_root(input.path),
        id: names::unique_id("AROA"),
        created: names::whole_seconds(cx.now()),
        boundary: input.permissions_boundary,
        tags: names::merge_tags(Vec::new(), input.tags.as_deref().unwrap_or_default())?,
        policies: model::Policies::default(),
        trust_policy: input.assume_role_policy_document,
        description: input.description,
        max_session_secs: input.max_session_duration.unwrap_or(DEFAULT_SESSION_SECS),
    };
    let (scope, account) = (scope(&cx), cx.account().clone());
    let output = CreateRoleOutput { role: shown(&role, &account) };
    entity::write(&cx, move |tx| {
        documents::check_trust(tx, &role.trust_policy)?;
        must_be_free::<model::Role>(tx, &scope, &role.name)?;
        if let Some(boundary) = &role.boundary {
            attachments::must_be_attachable(tx, &scope, &account, boundary)?;
        }
        totals::count(tx, &scope, totals::ROLES, 1)?;
        tx.insert(&scope, &role)?;
        Ok(())
    })
    .await?;
    Ok(output)
}

pub(crate) async fn get(cx: Cx, input: RoleInput) -> Result<GetRoleOutput, Error> {
    let (role, used) = cx.read(|tx| {
        let role = load::<model::Role>(tx, &scope(&cx), &input.role_name)?;
        let used = usage::of(tx, &role.id)?;
        Ok((role, used))
    })?;
    let mut role = shown(&role, cx.account());
    role.role_last_used = Some(match used {
        Some(used) => RoleLastUsed { last_used_date: Some(used.time), region: Some(used.region) },
        None => RoleLastUsed::default(),
    });
    Ok(GetRoleOutput { role })
}

pub(crate) async fn update(cx: Cx, input: UpdateRoleInput) -> Result<UpdateRoleOutput, Error> {
    entity::change::<model::Role>(&cx, &input.role_name, move |_, role| {
        if let Some(description) = &input.description {
            role.description = Some(description.clone());
        }
        if let Some(secs) = input.max_session_duration {
            role.max_session_secs = secs;
        }
        Ok(())
    })
    .await?;
    Ok(UpdateRoleOutput {})
}

pub(crate) async fn update_description(
    cx: Cx,
    input: UpdateRoleDescriptionInput,
) -> Result<UpdateRoleDescriptionOutput, Error> {
    let description = input.description;
    entity::change::<model::Role>(&cx, &input.role_name, move |_, role| {
        role.description = Some(description.clone());
        Ok(())
    })
    .await?;
    let role = cx.read(|tx| load::<model::Role>(tx, &scope(&cx), &input.role_name))?;
    Ok(UpdateRoleDescriptionOutput { role: Some(shown(&role, cx.account())) })
}

pub(crate) async fn delete(cx: Cx, input: RoleInput) -> Result<Empty, Error> {
    let scope = scope(&cx);
    entity::write(&cx, move |tx| {
        let role = load::<model::Role>(tx, &scope, &input.role_name)?;
        let conflict = [
            (!role.policies.attached.is_empty(), "detach all policies"),
            (!role.policies.inline.is_empty(), "delete policies"),
        ];
        if let Some((_, what)) = conflict.iter().find(|(there, _)| *there) {
            return Err(
                errors::DELETE_CONFLICT.error(format!("Cannot delete entity, must {what} first."))
            );
        }
        totals::count(tx, &scope, totals::ROLES, -1)?;
        tx.delete::<model::Role>(&scope, &key_of(&role.name))?;
        usage::forget(tx, &role.id)
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn list(cx: Cx, input: ListByPathInput) -> Result<ListRolesOutput, Error> {
    let prefix = input.path_prefix.unwrap_or_default();
    let page = Page::new(format!("ListRoles{prefix}"), input.marker.as_deref(), input.max_items)?;
    let (roles, rest) = cx.read(|tx| {
        page.of_resources::<model::Role>(tx, &scope(&cx), |role| role.path.starts_with(&prefix))
    })?;
    let listed = |role: &model::Role| Role {
        permissions_boundary: None,
        tags: None,
        ..shown(role, cx.account())
    };
    Ok(ListRolesOutput {
        roles: roles.iter().map(listed).collect(),
        is_truncated: rest.is_truncated,
        marker: rest.marker,
    })
}

pub(crate) async fn update_trust(
    cx: Cx,
    input: UpdateAssumeRolePolicyInput,
) -> Result<Empty, Error> {
    let document = input.policy_document;
    entity::change::<model::Role>(&cx, &input.role_name, move |tx, role| {
        documents::check_trust(tx, &document)?;
        role.trust_policy.clone_from(&document);
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn tag(cx: Cx, input: TagRoleInput) -> Result<Empty, Error> {
    entity::change::<model::Role>(&cx, &input.role_name, move |_, role| {
        role.tags = names::merge_tags(std::mem::take(&mut role.tags), &input.tags)?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn untag(cx: Cx, input: UntagRoleInput) -> Result<Empty, Error> {
    entity::change::<model::Role>(&cx, &input.role_name, move |_, role| {
        role.tags = names::without_tags(std::mem::take(&mut role.tags), &input.tag_keys);
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn list_tags(cx: Cx, input: RolePageInput) -> Result<ListTagsOutput, Error> {
    let role = cx.read(|tx| load::<model::Role>(tx, &scope(&cx), &input.role_name))?;
    users::tags_page("ListRoleTags", &role.name, &role.tags, input.marker, input.max_items)
}
