//! Managed policies: the customer's own, with versions, and AWS's, which can only be read.

use api_identity::iam::*;
use service::{Cx, Error};
use shape::Empty;
use store::{MAX_SCAN, Query, ReadTx, Stored};
use types::{Account, Arn, Scope};

use crate::entity::{self, Entity, scope};
use crate::listing::Page;
use crate::managed::{self, AwsPolicy};
use crate::model::{self, BY_BOUNDARY, BY_POLICY, ManagedPolicy, Version, key_of, shown_tags};
use crate::{documents, errors, names, totals, users};

/// Most versions of one policy.
const MAX_VERSIONS: usize = 5;

fn arn_of(policy: &ManagedPolicy, account: &Account) -> String {
    names::arn(account, "policy", &policy.path, &policy.name)
}

/// The path in a managed policy's ARN.
pub(crate) fn path_of(arn: &str) -> &str {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
    let rest = resource.strip_prefix("policy").unwrap_or_default();
    rest.rsplit_once('/').map_or("/", |(path, _)| rest.get(..=path.len()).unwrap_or("/"))
}

fn not_found(arn: &str) -> Error {
    errors::NO_SUCH_ENTITY.error(format!("Policy {arn} was not found."))
}

/// A policy of the account.
pub(crate) fn load(
    tx: &ReadTx<'_>,
    scope: &Scope,
    account: &Account,
    arn: &str,
) -> Result<Stored<ManagedPolicy>, Error> {
    let invalid = || errors::INVALID_INPUT.error(format!("ARN {arn} is not valid."));
    let parsed: Arn = arn.parse().map_err(|_| invalid())?;
    if parsed.service != "iam" || !parsed.resource.starts_with("policy/") {
        return Err(invalid());
    }
    let found = tx.get::<ManagedPolicy>(scope, &key_of(names::name_of(arn)))?;
    found.filter(|policy| arn_of(policy, account) == arn).ok_or_else(|| not_found(arn))
}

/// The same, for operations that change it.
fn load_own(
    tx: &ReadTx<'_>,
    scope: &Scope,
    account: &Account,
    arn: &str,
) -> Result<Stored<ManagedPolicy>, Error> {
    if managed::is_aws(arn) {
        return Err(errors::ACCESS_DENIED
            .error(format!("The policy {arn} is managed by AWS and cannot be changed.")));
    }
    load(tx, scope, account, arn)
}

/// How many users, groups and roles have it, and how many have it as boundary.
fn uses(tx: &ReadTx<'_>, scope: &Scope, arn: &str) -> Result<(i32, i32), Error> {
    let query = Query::first(MAX_SCAN - 1);
    let attached = tx.by_index::<model::User>(scope, BY_POLICY, arn, &query)?.items.len()
        + tx.by_index::<model::Group>(scope, BY_POLICY, arn, &query)?.items.len()
        + tx.by_index::<model::Role>(scope, BY_POLICY, arn, &query)?.items.len();
    let bounding = tx.by_index::<model::User>(scope, BY_BOUNDARY, arn, &query)?.items.len()
        + tx.by_index::<model::Role>(scope, BY_BOUNDARY, arn, &query)?.items.len();
    let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    Ok((number(attached), number(bounding)))
}

fn shown(policy: &ManagedPolicy, account: &Account, (attached, bounding): (i32, i32)) -> Policy {
    Policy {
        policy_name: Some(policy.name.clone()),
        policy_id: Some(policy.id.clone()),
        arn: Some(arn_of(policy, account)),
        path: Some(policy.path.clone()),
        default_version_id: Some(format!("v{}", policy.default_version)),
        attachment_count: Some(attached),
        permissions_boundary_usage_count: Some(bounding),
        is_attachable: Some(true),
        description: policy.description.clone(),
        create_date: Some(policy.created),
        update_date: Some(policy.updated),
        tags: (!policy.tags.is_empty()).then(|| shown_tags(&policy.tags)),
    }
}

fn shown_aws(policy: &AwsPolicy, (attached, bounding): (i32, i32)) -> Policy {
    Policy {
        policy_name: Some(policy.name.clone()),
        policy_id: Some(policy.id.clone()),
        arn: Some(policy.arn.clone()),
        path: Some(policy.path.clone()),
        default_version_id: Some("v1".into()),
        attachment_count: Some(attached),
        permissions_boundary_usage_count: Some(bounding),
        is_attachable: Some(true),
        description: Some(policy.description.clone()),
        create_date: Some(managed::created()),
        update_date: Some(managed::created()),
        tags: None,
    }
}

pub(crate) async fn create(cx: Cx, input: CreatePolicyInput) -> Result<PolicyOutput, Error> {
    documents::check_managed(&input.policy_document)?;
    let now = names::whole_seconds(cx.now());
    let policy = ManagedPolicy {
        name: input.policy_name,
        path: names::path_or_root(input.path),
        id: names::unique_id("ANPA"),
        created: now,
        updated: now,
        description: input.description,
        tags: names::merge_tags(Vec::new(), input.tags.as_deref().unwrap_or_default())?,
        default_version: 1,
        last_version: 1,
        versions: vec![Version { number: 1, document: input.policy_document, created: now }],
    };
    let output = PolicyOutput { policy: Some(shown(&policy, cx.account(), (0, 0))) };
    let scope = scope(&cx);
    entity::write(&cx, move |tx| {
        if tx.exists::<ManagedPolicy>(&scope, &key_of(&policy.name))? {
            return Err(errors::ALREADY_EXISTS.error(format!(
                "A policy called {} already exists. Duplicate names are not allowed.",
                policy.name
            )));
        }
        totals::count(tx, &scope, totals::POLICIES, 1)?;
        tx.insert(&scope, &policy)?;
        Ok(())
    })
    .await?;
    Ok(output)
}

pub(crate) async fn get(cx: Cx, input: PolicyInput) -> Result<PolicyOutput, Error> {
    let arn = input.policy_arn;
    let policy = cx.read(|tx| {
        let scope = scope(&cx);
        if let Some(policy) = managed::find(&arn) {
            return Ok(shown_aws(policy, uses(tx, &scope, &arn)?));
        }
        let policy = load(tx, &scope, cx.account(), &arn)?;
        Ok(shown(&policy, cx.account(), uses(tx, &scope, &arn)?))
    })?;
    Ok(PolicyOutput { policy: Some(policy) })
}

pub(crate) async fn delete(cx: Cx, input: PolicyInput) -> Result<Empty, Error> {
    let (scope, account) = (scope(&cx), cx.account().clone());
    entity::write(&cx, move |tx| {
        let policy = load_own(tx, &scope, &account, &input.policy_arn)?;
        if uses(tx, &scope, &input.policy_arn)? != (0, 0) {
            return Err(
                errors::DELETE_CONFLICT.error("Cannot delete a policy attached to entities.")
            );
        }
        if policy.versions.len() > 1 {
            return Err(errors::DELETE_CONFLICT.error(
                "This policy has more than one version. Before you delete a policy, you must \
                 delete the policy's versions. The default version is deleted with the policy.",
            ));
        }
        totals::count(tx, &scope, totals::POLICIES, -1)?;
        tx.delete::<ManagedPolicy>(&scope, &key_of(&policy.name))?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn list(cx: Cx, input: ListPoliciesInput) -> Result<ListPoliciesOutput, Error> {
    let which = input.scope.unwrap_or_default();
    let prefix = input.path_prefix.unwrap_or_default();
    let only_attached = input.only_attached == Some(true);
    let usage = input.policy_usage_filter;
    let listing = format!("ListPolicies {which} {only_attached} {usage:?} {prefix}");
    let page = Page::new(listing, input.marker.as_deref(), input.max_items)?;
    let (policies, rest) = cx.read(|tx| {
        let scope = scope(&cx);
        let mut all: Vec<Policy> = Vec::new();
        if which != PolicyScopeType::Local {
            for policy in managed::all().iter().filter(|it| it.path.starts_with(&prefix)) {
                all.push(shown_aws(policy, uses(tx, &scope, &policy.arn)?));
            }
        }
        if which != PolicyScopeType::Aws {
            let own = tx.list::<ManagedPolicy>(&scope, &Query::first(MAX_SCAN - 1))?;
            for policy in own.items.iter().filter(|it| it.path.starts_with(&prefix)) {
                let uses = uses(tx, &scope, &arn_of(policy, cx.account()))?;
                // Listings leave out descriptions and tags.
                let policy = shown(policy, cx.account(), uses);
                all.push(Policy { description: None, tags: None, ..policy });
            }
        }
        let counts = |policy: &Policy| match usage {
            Some(PolicyUsageType::PermissionsBoundary) => policy.permissions_boundary_usage_count,
            Some(PolicyUsageType::PermissionsPolicy) => policy.attachment_count,
            None => policy
                .attachment_count
                .zip(policy.permissions_boundary_usage_count)
                .map(|(attached, bounding)| attached.saturating_add(bounding)),
        };
        if only_attached || usage.is_some() {
            all.retain(|policy| counts(policy).is_some_and(|count| count > 0));
        }
        Ok(page.of(all, |policy| policy.arn.clone().unwrap_or_default()))
    })?;
    Ok(ListPoliciesOutput { policies, is_truncated: rest.is_truncated, marker: rest.marker })
}

fn shown_version(policy: &ManagedPolicy, version: &Version, with_document: bool) -> PolicyVersion {
    PolicyVersion {
        document: with_document.then(|| documents::encoded(&version.document)),
        version_id: Some(version.id()),
        is_default_version: Some(version.number == policy.default_version),
        create_date: Some(version.created),
    }
}

pub(crate) async fn create_version(
    cx: Cx,
    input: CreatePolicyVersionInput,
) -> Result<PolicyVersionOutput, Error> {
    documents::check_managed(&input.policy_document)?;
    let (scope, account) = (scope(&cx), cx.account().clone());
    let now = names::whole_seconds(cx.now());
    let version = entity::write(&cx, move |tx| {
        let mut policy = load_own(tx, &scope, &account, &input.policy_arn)?;
        if policy.versions.len() >= MAX_VERSIONS {
            return Err(errors::LIMIT_EXCEEDED.error(format!(
                "A managed policy can have up to {MAX_VERSIONS} versions. Before you create a \
                 new version, you must delete an existing version."
            )));
        }
        let number = policy.last_version.saturating_add(1);
        let version = Version { number, document: input.policy_document.clone(), created: now };
        policy.last_version = number;
        policy.updated = now;
        if input.set_as_default == Some(true) {
            policy.default_version = number;
        }
        policy.versions.push(version.clone());
        tx.update(&scope, &policy)?;
        Ok(shown_version(&policy, &version, false))
    })
    .await?;
    Ok(PolicyVersionOutput { policy_version: Some(version) })
}

fn no_version(arn: &str, id: &str) -> Error {
    errors::NO_SUCH_ENTITY
        .error(format!("Policy {arn} version {id} does not exist or is not attachable."))
}

pub(crate) async fn get_version(
    cx: Cx,
    input: PolicyVersionInput,
) -> Result<PolicyVersionOutput, Error> {
    let (arn, id) = (&input.policy_arn, &input.version_id);
    let version = match managed::find(arn) {
        Some(policy) if id == "v1" => shown_aws_version(policy, true),
        Some(_) => return Err(no_version(arn, id)),
        None => {
            let policy = cx.read(|tx| load(tx, &scope(&cx), cx.account(), arn))?;
            let version = policy.versions.iter().find(|version| version.id() == *id);
            shown_version(&policy, version.ok_or_else(|| no_version(arn, id))?, true)
        }
    };
    Ok(PolicyVersionOutput { policy_version: Some(version) })
}

fn shown_aws_version(policy: &AwsPolicy, with_document: bool) -> PolicyVersion {
    PolicyVersion {
        document: with_document.then(|| documents::encoded(&policy.document)),
        version_id: Some("v1".into()),
        is_default_version: Some(true),
        create_date: Some(managed::created()),
    }
}

pub(crate) async fn list_versions(
    cx: Cx,
    input: PolicyPageInput,
) -> Result<ListPolicyVersionsOutput, Error> {
    let arn = input.policy_arn;
    let page =
        Page::new(format!("ListPolicyVersions {arn}"), input.marker.as_deref(), input.max_items)?;
    let all = match managed::find(&arn) {
        Some(policy) => vec![shown_aws_version(policy, false)],
        None => {
            let policy = cx.read(|tx| load(tx, &scope(&cx), cx.account(), &arn))?;
            policy.versions.iter().map(|version| shown_version(&policy, version, false)).collect()
        }
    };
    // Newest first: IAM lists them so.
    let newest_first = |version: &PolicyVersion| {
        let id = version.version_id.as_deref().unwrap_or_default();
        let number: u32 = id.trim_start_matches('v').parse().unwrap_or_default();
        format!("{:010}", u32::MAX - number)
    };
    let (versions, rest) = page.of(all, newest_first);
    Ok(ListPolicyVersionsOutput { versions, is_truncated: rest.is_truncated, marker: rest.marker })
}

pub(crate) async fn set_default(cx: Cx, input: PolicyVersionInput) -> Result<Empty, Error> {
    let (scope, account) = (scope(&cx), cx.account().clone());
    let now = names::whole_seconds(cx.now());
    entity::write(&cx, move |tx| {
        let (arn, id) = (&input.policy_arn, &input.version_id);
        let mut policy = load_own(tx, &scope, &account, arn)?;
        let version = policy.versions.iter().find(|version| version.id() == *id);
        policy.default_version = version.ok_or_else(|| no_version(arn, id))?.number;
        policy.updated = now;
        tx.update(&scope, &policy)?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn delete_version(cx: Cx, input: PolicyVersionInput) -> Result<Empty, Error> {
    let (scope, account) = (scope(&cx), cx.account().clone());
    entity::write(&cx, move |tx| {
        let (arn, id) = (&input.policy_arn, &input.version_id);
        let mut policy = load_own(tx, &scope, &account, arn)?;
        let version = policy.versions.iter().find(|version| version.id() == *id);
        let number = version.ok_or_else(|| no_version(arn, id))?.number;
        if number == policy.default_version {
            return Err(
                errors::DELETE_CONFLICT.error("Cannot delete the default version of a policy.")
            );
        }
        policy.versions.retain(|version| version.number != number);
        tx.update(&scope, &policy)?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

/// One user, group or role that has a policy.
enum Holder {
    User(PolicyUser),
    Group(PolicyGroup),
    Role(PolicyRole),
}

fn holders<E: Entity>(
    tx: &ReadTx<'_>,
    scope: &Scope,
    arn: &str,
    input: &ListEntitiesForPolicyInput,
    kind: EntityType,
    make: impl Fn(&E) -> Holder,
) -> Result<Vec<(String, Holder)>, Error> {
    if input.entity_filter.is_some_and(|filter| filter != kind) {
        return Ok(Vec::new());
    }
    let query = Query::first(MAX_SCAN - 1);
    let mut found = Vec::new();
    if input.policy_usage_filter != Some(PolicyUsageType::PermissionsBoundary) {
        found.extend(tx.by_index::<E>(scope, BY_POLICY, arn, &query)?.items);
    }
    // Groups have no boundaries, and no such index.
    if input.policy_usage_filter != Some(PolicyUsageType::PermissionsPolicy) {
        for bounded in tx.by_index::<E>(scope, BY_BOUNDARY, arn, &query)?.items {
            if !found.iter().any(|known| known.name() == bounded.name()) {
                found.push(bounded);
            }
        }
    }
    let prefix = input.path_prefix.as_deref().unwrap_or_default();
    let fitting = found.iter().filter(|entity| entity.path().starts_with(prefix));
    Ok(fitting.map(|it| (format!("{} {}", E::NOUN, it.key()), make(it))).collect())
}

pub(crate) async fn list_entities(
    cx: Cx,
    input: ListEntitiesForPolicyInput,
) -> Result<ListEntitiesForPolicyOutput, Error> {
    let arn = &input.policy_arn;
    let listing = format!(
        "ListEntitiesForPolicy {arn} {:?} {:?} {:?}",
        input.entity_filter, input.policy_usage_filter, input.path_prefix
    );
    let page = Page::new(listing, input.marker.as_deref(), input.max_items)?;
    let all = cx.read(|tx| {
        let scope = scope(&cx);
        if managed::find(arn).is_none() {
            load(tx, &scope, cx.account(), arn)?;
        }
        let mut all = holders::<model::User>(tx, &scope, arn, &input, EntityType::User, |user| {
            Holder::User(PolicyUser {
                user_name: Some(user.name.clone()),
                user_id: Some(user.id.clone()),
            })
        })?;
        all.extend(holders::<model::Group>(tx, &scope, arn, &input, EntityType::Group, |group| {
            Holder::Group(PolicyGroup {
                group_name: Some(group.name.clone()),
                group_id: Some(group.id.clone()),
            })
        })?);
        all.extend(holders::<model::Role>(tx, &scope, arn, &input, EntityType::Role, |role| {
            Holder::Role(PolicyRole {
                role_name: Some(role.name.clone()),
                role_id: Some(role.id.clone()),
            })
        })?);
        Ok(all)
    })?;
    let (found, rest) = page.of(all, |(key, _)| key.clone());
    let mut output = ListEntitiesForPolicyOutput {
        is_truncated: rest.is_truncated,
        marker: rest.marker,
        ..ListEntitiesForPolicyOutput::default()
    };
    for (_, holder) in found {
        match holder {
            Holder::User(user) => output.policy_users.push(user),
            Holder::Group(group) => output.policy_groups.push(group),
            Holder::Role(role) => output.policy_roles.push(role),
        }
    }
    Ok(output)
}

/// Changes a policy's tags.
async fn retag(
    cx: &Cx,
    arn: String,
    edit: impl Fn(Vec<model::Tag>) -> Result<Vec<model::Tag>, Error> + Send + 'static,
) -> Result<Empty, Error> {
    let (scope, account) = (scope(cx), cx.account().clone());
    entity::write(cx, move |tx| {
        let mut policy = load_own(tx, &scope, &account, &arn)?;
        policy.tags = edit(std::mem::take(&mut policy.tags))?;
        tx.update(&scope, &policy)?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn tag(cx: Cx, input: TagPolicyInput) -> Result<Empty, Error> {
    retag(&cx, input.policy_arn, move |tags| names::merge_tags(tags, &input.tags)).await
}

pub(crate) async fn untag(cx: Cx, input: UntagPolicyInput) -> Result<Empty, Error> {
    let keys = input.tag_keys;
    retag(&cx, input.policy_arn, move |tags| Ok(names::without_tags(tags, &keys))).await
}

pub(crate) async fn list_tags(cx: Cx, input: PolicyPageInput) -> Result<ListTagsOutput, Error> {
    let arn = input.policy_arn;
    let tags = match managed::find(&arn) {
        Some(_) => Vec::new(),
        None => cx.read(|tx| load(tx, &scope(&cx), cx.account(), &arn))?.into_inner().tags,
    };
    users::tags_page("ListPolicyTags", &arn, &tags, input.marker, input.max_items)
}
