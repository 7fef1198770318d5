//! Users.

use api_identity::iam::*;
use auth::policy::Principal;
use service::{Cx, Error};
use shape::Empty;
use types::Account;

use crate::entity::{self, Entity, load, must_be_free, scope};
use crate::listing::Page;
use crate::model::{self, shown_boundary, shown_tags};
use crate::{attachments, errors, mfa, names, totals};

/// A user as answers show it. Listings leave out tags and boundary.
fn shown(user: &model::User, account: &Account) -> User {
    User {
        path: user.path.clone(),
        user_name: user.name.clone(),
        user_id: user.id.clone(),
        arn: user.arn(account),
        create_date: user.created,
        password_last_used: user.login.as_ref().and_then(|login| login.last_used),
        permissions_boundary: shown_boundary(user.boundary.as_ref()),
        tags: (!user.tags.is_empty()).then(|| shown_tags(&user.tags)),
    }
}

pub(crate) fn listed(user: &model::User, account: &Account) -> User {
    User { permissions_boundary: None, tags: None, ..shown(user, account) }
}

pub(crate) async fn create(cx: Cx, input: CreateUserInput) -> Result<CreateUserOutput, Error> {
    let user = model::User {
        name: input.user_name,
        path: names::path_or_root(input.path),
        id: names::unique_id("AIDA"),
        created: names::whole_seconds(cx.now()),
        boundary: input.permissions_boundary,
        tags: names::merge_tags(Vec::new(), input.tags.as_deref().unwrap_or_default())?,
        ..model::User::default()
    };
    let (scope, account) = (scope(&cx), cx.account().clone());
    let output = CreateUserOutput { user: shown(&user, &account) };
    entity::write(&cx, move |tx| {
        must_be_free::<model::User>(tx, &scope, &user.name)?;
        if let Some(boundary) = &user.boundary {
            attachments::must_be_attachable(tx, &scope, &account, boundary)?;
        }
        totals::count(tx, &scope, totals::USERS, 1)?;
        tx.insert(&scope, &user)?;
        Ok(())
    })
    .await?;
    Ok(output)
}

pub(crate) async fn get(cx: Cx, input: GetUserInput) -> Result<GetUserOutput, Error> {
    let name = match (input.user_name, &cx.caller().principal) {
        (Some(name), _) => name,
        (None, Principal::User { arn, .. }) => names::name_of(arn).to_owned(),
        (None, Principal::Root { account }) => {
            let root = User {
                path: "/".into(),
                user_name: "root".into(),
                user_id: account.clone(),
                arn: cx.caller().arn.clone(),
                ..User::default()
            };
            return Ok(GetUserOutput { user: root });
        }
        (None, _) => return Err(needs_a_name()),
    };
    let user = cx.read(|tx| load::<model::User>(tx, &scope(&cx), &name))?;
    Ok(GetUserOutput { user: shown(&user, cx.account()) })
}

/// The refusal of calls that leave out the user's name, by callers that are no users.
pub(crate) fn needs_a_name() -> Error {
    errors::VALIDATION.error("Must specify userName when calling with non-User credentials")
}

/// The user that a call means: the one it names, or the caller.
pub(crate) fn named_or_self(cx: &Cx, name: Option<String>) -> Result<String, Error> {
    match (name, &cx.caller().principal) {
        (Some(name), _) => Ok(name),
        (None, Principal::User { arn, .. }) => Ok(names::name_of(arn).to_owned()),
        (None, _) => Err(needs_a_name()),
    }
}

pub(crate) async fn update(cx: Cx, input: UpdateUserInput) -> Result<Empty, Error> {
    let scope = scope(&cx);
    entity::write(&cx, move |tx| {
        let found = load::<model::User>(tx, &scope, &input.user_name)?;
        let mut user = found.value.clone();
        if let Some(path) = &input.new_path {
            user.path.clone_from(path);
        }
        if let Some(name) = input.new_user_name.as_ref().filter(|name| **name != user.name) {
            if !name.eq_ignore_ascii_case(&user.name) {
                must_be_free::<model::User>(tx, &scope, name)?;
            }
            mfa::rename(tx, &scope, &user.name, name)?;
            tx.delete::<model::User>(&scope, &model::key_of(&user.name))?;
            user.name.clone_from(name);
        }
        tx.put(&scope, &user)?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn delete(cx: Cx, input: UserInput) -> Result<Empty, Error> {
    let scope = scope(&cx);
    entity::write(&cx, move |tx| {
        let user = load::<model::User>(tx, &scope, &input.user_name)?;
        let conflict = [
            (!user.groups.is_empty(), "remove users from group"),
            (!user.policies.attached.is_empty(), "detach all policies"),
            (!user.policies.inline.is_empty(), "delete policies"),
            (!user.access_keys.is_empty(), "delete access keys"),
            (!user.git_credentials.is_empty(), "delete service specific credentials"),
            (!user.ssh_keys.is_empty(), "delete SSH public keys"),
            (user.login.is_some(), "delete login profile"),
            (mfa::has_any(tx, &scope, &user.name)?, "deactivate MFA devices"),
        ];
        if let Some((_, what)) = conflict.iter().find(|(there, _)| *there) {
            return Err(
                errors::DELETE_CONFLICT.error(format!("Cannot delete entity, must {what} first."))
            );
        }
        totals::count(tx, &scope, totals::USERS, -1)?;
        tx.delete::<model::User>(&scope, &model::key_of(&user.name))?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn list(cx: Cx, input: ListByPathInput) -> Result<ListUsersOutput, Error> {
    let prefix = input.path_prefix.unwrap_or_default();
    let page = Page::new(format!("ListUsers{prefix}"), input.marker.as_deref(), input.max_items)?;
    let (users, rest) = cx.read(|tx| {
        page.of_resources::<model::User>(tx, &scope(&cx), |user| user.path.starts_with(&prefix))
    })?;
    Ok(ListUsersOutput {
        users: users.iter().map(|user| listed(user, cx.account())).collect(),
        is_truncated: rest.is_truncated,
        marker: rest.marker,
    })
}

pub(crate) async fn tag(cx: Cx, input: TagUserInput) -> Result<Empty, Error> {
    entity::change::<model::User>(&cx, &input.user_name, move |_, user| {
        user.tags = names::merge_tags(std::mem::take(&mut user.tags), &input.tags)?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn untag(cx: Cx, input: UntagUserInput) -> Result<Empty, Error> {
    entity::change::<model::User>(&cx, &input.user_name, move |_, user| {
        user.tags = names::without_tags(std::mem::take(&mut user.tags), &input.tag_keys);
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn list_tags(cx: Cx, input: UserPageInput) -> Result<ListTagsOutput, Error> {
    let user = cx.read(|tx| load::<model::User>(tx, &scope(&cx), &input.user_name))?;
    tags_page("ListUserTags", &user.name, &user.tags, input.marker, input.max_items)
}

/// A page of tags.
pub(crate) fn tags_page(
    operation: &str,
    name: &str,
    tags: &[model::Tag],
    marker: Option<String>,
    max_items: Option<i32>,
) -> Result<ListTagsOutput, Error> {
    let page = Page::new(format!("{operation} {name}"), marker.as_deref(), max_items)?;
    let (tags, rest) = page.of(shown_tags(tags), |tag| tag.key.clone());
    Ok(ListTagsOutput { tags, is_truncated: rest.is_truncated, marker: rest.marker })
}
