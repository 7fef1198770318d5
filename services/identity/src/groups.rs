//! Groups and who is in them.

use api_identity::iam::*;
use service::{Cx, Error};
use shape::Empty;
use store::{MAX_SCAN, Query, ReadTx};
use types::{Account, Scope};

use crate::entity::{self, Entity, load, must_be_free, scope};
use crate::listing::Page;
use crate::model::{self, BY_GROUP, key_of};
use crate::{errors, names, totals, users};

/// Most groups that a user may be in.
const MAX_GROUPS: usize = 10;

fn shown(group: &model::Group, account: &Account) -> Group {
    Group {
        path: group.path.clone(),
        group_name: group.name.clone(),
        group_id: group.id.clone(),
        arn: group.arn(account),
        create_date: group.created,
    }
}

/// Who is in a group.
fn members(tx: &ReadTx<'_>, scope: &Scope, name: &str) -> Result<Vec<model::User>, Error> {
    let query = Query::first(MAX_SCAN - 1);
    let found = tx.by_index::<model::User>(scope, BY_GROUP, &key_of(name), &query)?;
    Ok(found.items.into_iter().map(|user| user.value).collect())
}

pub(crate) async fn create(cx: Cx, input: CreateGroupInput) -> Result<CreateGroupOutput, Error> {
    let group = model::Group {
        name: input.group_name,
        path: names::path_or_root(input.path),
        id: names::unique_id("AGPA"),
        created: names::whole_seconds(cx.now()),
        ..model::Group::default()
    };
    let output = CreateGroupOutput { group: shown(&group, cx.account()) };
    let scope = scope(&cx);
    entity::write(&cx, move |tx| {
        must_be_free::<model::Group>(tx, &scope, &group.name)?;
        totals::count(tx, &scope, totals::GROUPS, 1)?;
        tx.insert(&scope, &group)?;
        Ok(())
    })
    .await?;
    Ok(output)
}

pub(crate) async fn get(cx: Cx, input: GroupPageInput) -> Result<GetGroupOutput, Error> {
    let listing = format!("GetGroup {}", input.group_name);
    let page = Page::new(listing, input.marker.as_deref(), input.max_items)?;
    let (group, members) = cx.read(|tx| {
        let scope = scope(&cx);
        let group = load::<model::Group>(tx, &scope, &input.group_name)?;
        let members = members(tx, &scope, &group.name)?;
        Ok((group, members))
    })?;
    let (members, rest) = page.of(members, |user| key_of(&user.name));
    Ok(GetGroupOutput {
        group: shown(&group, cx.account()),
        users: members.iter().map(|user| users::listed(user, cx.account())).collect(),
        is_truncated: rest.is_truncated,
        marker: rest.marker,
    })
}

pub(crate) async fn update(cx: Cx, input: UpdateGroupInput) -> Result<Empty, Error> {
    let scope = scope(&cx);
    entity::write(&cx, move |tx| {
        let mut group = load::<model::Group>(tx, &scope, &input.group_name)?.into_inner();
        if let Some(path) = &input.new_path {
            group.path.clone_from(path);
        }
        if let Some(name) = input.new_group_name.as_ref().filter(|name| **name != group.name) {
            if !name.eq_ignore_ascii_case(&group.name) {
                must_be_free::<model::Group>(tx, &scope, name)?;
            }
            for mut user in members(tx, &scope, &group.name)? {
                user.groups.retain(|other| *other != group.name);
                user.groups.push(name.clone());
                tx.put(&scope, &user)?;
            }
            tx.delete::<model::Group>(&scope, &key_of(&group.name))?;
            group.name.clone_from(name);
        }
        tx.put(&scope, &group)?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn delete(cx: Cx, input: GroupInput) -> Result<Empty, Error> {
    let scope = scope(&cx);
    entity::write(&cx, move |tx| {
        let group = load::<model::Group>(tx, &scope, &input.group_name)?;
        let conflict = [
            (!members(tx, &scope, &group.name)?.is_empty(), "remove users from group"),
            (!group.policies.attached.is_empty(), "detach all policies"),
            (!group.policies.inline.is_empty(), "delete policies"),
        ];
        if let Some((_, what)) = conflict.iter().find(|(there, _)| *there) {
            return Err(
                errors::DELETE_CONFLICT.error(format!("Cannot delete entity, must {what} first."))
            );
        }
        totals::count(tx, &scope, totals::GROUPS, -1)?;
        tx.delete::<model::Group>(&scope, &key_of(&group.name))?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn list(cx: Cx, input: ListByPathInput) -> Result<ListGroupsOutput, Error> {
    let prefix = input.path_prefix.unwrap_or_default();
    let page = Page::new(format!("ListGroups{prefix}"), input.marker.as_deref(), input.max_items)?;
    let (groups, rest) = cx.read(|tx| {
        page.of_resources::<model::Group>(tx, &scope(&cx), |group| group.path.starts_with(&prefix))
    })?;
    Ok(ListGroupsOutput {
        groups: groups.iter().map(|group| shown(group, cx.account())).collect(),
        is_truncated: rest.is_truncated,
        marker: rest.marker,
    })
}

pub(crate) async fn list_for_user(cx: Cx, input: UserPageInput) -> Result<ListGroupsOutput, Error> {
    let listing = format!("ListGroupsForUser {}", input.user_name);
    let page = Page::new(listing, input.marker.as_deref(), input.max_items)?;
    let groups = cx.read(|tx| {
        let scope = scope(&cx);
        let user = load::<model::User>(tx, &scope, &input.user_name)?;
        let groups = user.groups.iter().map(|name| load::<model::Group>(tx, &scope, name));
        groups.collect::<Result<Vec<_>, _>>()
    })?;
    let (groups, rest) = page.of(groups, |group| key_of(&group.name));
    Ok(ListGroupsOutput {
        groups: groups.iter().map(|group| shown(group, cx.account())).collect(),
        is_truncated: rest.is_truncated,
        marker: rest.marker,
    })
}

pub(crate) async fn add_user(cx: Cx, input: GroupMemberInput) -> Result<Empty, Error> {
    let scope = scope(&cx);
    entity::write(&cx, move |tx| {
        let group = load::<model::Group>(tx, &scope, &input.group_name)?;
        let mut user = load::<model::User>(tx, &scope, &input.user_name)?;
        if user.groups.contains(&group.name) {
            return Ok(());
        }
        if user.groups.len() >= MAX_GROUPS {
            return Err(errors::LIMIT_EXCEEDED
                .error(format!("Cannot exceed quota for GroupsPerUser: {MAX_GROUPS}")));
        }
        user.groups.push(group.name.clone());
        tx.update(&scope, &user)?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn remove_user(cx: Cx, input: GroupMemberInput) -> Result<Empty, Error> {
    let scope = scope(&cx);
    entity::write(&cx, move |tx| {
        let group = load::<model::Group>(tx, &scope, &input.group_name)?;
        let mut user = load::<model::User>(tx, &scope, &input.user_name)?;
        user.groups.retain(|name| *name != group.name);
        tx.update(&scope, &user)?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}
