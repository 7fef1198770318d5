//! A repository as the store keeps it, and AWS's rules about it.

use std::collections::BTreeMap;

use api_developer::codecommit::RepositoryMetadata;
use service::{Cx, Right};
use shape::{Shape, Timestamp};
use store::{Index, Key, ReadTx, Resource, Stored};
use types::Scope;
use wire::Error;

use crate::{errors, settings};

/// Repositories of one account in one region; AWS's quota.
pub(crate) const MAX_REPOSITORIES: usize = 5_000;
/// Tags of one repository; AWS's quota.
pub(crate) const MAX_TAGS: usize = 50;
/// The one value of the index by date.
pub(crate) const BY_DATE: &str = "by-date";
pub(crate) const EVERY: &str = "all";
/// Finds the regions that have a repository of a name.
const BY_NAME: &str = "by-name";
/// Finds a repository however it is named now.
const BY_ID: &str = "by-id";

/// A repository. Its references and its packs are in raw spaces ([`crate::refs`],
/// [`crate::storage`]).
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Repository {
    pub name: String,
    /// Never changes and is never used again.
    pub id: String,
    pub description: Option<String>,
    /// Without `refs/heads/`. The first branch becomes it.
    pub default_branch: Option<String>,
    pub created: Timestamp,
    pub modified: Timestamp,
    pub tags: BTreeMap<String, String>,
    /// The ARN of the KMS key that its packs are sealed under, or are to be ([`crate::keys`]);
    /// none: the yard's own key.
    pub kms_key: Option<String>,
    /// A data key under it, as only who may use the key can have it decrypted.
    pub key_proof: Option<String>,
}

impl Resource for Repository {
    const KIND: &'static str = "codecommit.repository";

    fn key(&self) -> String {
        self.name.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        vec![
            Index::new(BY_DATE, EVERY).sorted_by(Key::new().time(self.modified)),
            Index::global(BY_NAME, &self.name),
            Index::global(BY_ID, &self.id),
        ]
    }
}

impl Repository {
    /// The repository, or AWS's error.
    pub fn load(tx: &ReadTx<'_>, scope: &Scope, name: &str) -> Result<Stored<Self>, Error> {
        tx.get(scope, name)?.ok_or_else(|| errors::no_repository(name))
    }

    /// By its id, whatever its name is now; `None` once it is deleted.
    pub fn by_id(tx: &ReadTx<'_>, id: &str) -> Result<Option<Stored<Self>>, store::StoreError> {
        let found = tx.find_anywhere::<Self>(BY_ID, id, &store::Query::first(1))?;
        Ok(found.items.into_iter().next())
    }

    /// Where repositories of that name are.
    pub fn scopes_of(tx: &ReadTx<'_>, name: &str) -> Result<Vec<Scope>, store::StoreError> {
        let found = tx.find_anywhere::<Self>(BY_NAME, name, &store::Query::first(100))?;
        Ok(found.items.into_iter().map(|item| item.scope).collect())
    }

    /// As the API shows it.
    pub fn metadata(&self, cx: &Cx) -> RepositoryMetadata {
        RepositoryMetadata {
            account_id: Some(cx.account().to_string()),
            repository_id: Some(self.id.clone()),
            repository_name: Some(self.name.clone()),
            repository_description: self.description.clone(),
            default_branch: self.default_branch.clone(),
            last_modified_date: Some(self.modified),
            creation_date: Some(self.created),
            clone_url_http: Some(format!("{}/v1/repos/{}", cx.endpoint().url(), self.name)),
            clone_url_ssh: clone_url_ssh(cx, &self.name),
            arn: Some(arn(cx, &self.name)),
            kms_key_id: self.kms_key.clone(),
        }
    }

    /// The full name of the default branch's reference.
    pub fn head(&self) -> Option<String> {
        self.default_branch.as_deref().map(branch_ref)
    }
}

/// Where the repository is over SSH, if that is served: at the host by which the client reached
/// the yard, unless SSH listens at one address of its own.
fn clone_url_ssh(cx: &Cx, name: &str) -> Option<String> {
    let address = cx.yard().config().ssh?;
    let endpoint = &cx.endpoint().host;
    let host = match endpoint.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => endpoint,
    };
    let ip = address.ip().to_canonical();
    let reached = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    let is_local = host == "localhost" || reached.is_ok_and(|reached| reached.is_loopback());
    let host = match ip.is_unspecified() || (ip.is_loopback() && is_local) {
        true => host.to_owned(),
        false if ip.is_ipv6() => format!("[{ip}]"),
        false => ip.to_string(),
    };
    Some(match address.port() {
        22 => format!("ssh://{host}/v1/repos/{name}"),
        port => format!("ssh://{host}:{port}/v1/repos/{name}"),
    })
}

/// A repository's ARN.
pub(crate) fn arn(cx: &Cx, name: &str) -> String {
    cx.arn("codecommit", name)
}

/// A branch's reference.
pub(crate) fn branch_ref(branch: &str) -> String {
    format!("refs/heads/{branch}")
}

/// A right on a repository, with its tags as condition keys.
pub(crate) fn right(cx: &Cx, action: &str, name: &str) -> Result<Right, Error> {
    let mut right = Right::new(format!("codecommit:{action}"), arn(cx, name));
    let found = cx.read(|tx| Ok(tx.get::<Repository>(&cx.scope(), name)?))?;
    for (key, value) in found.iter().flat_map(|repository| &repository.tags) {
        right = right.with(format!("aws:ResourceTag/{key}"), value.clone());
    }
    Ok(right)
}

/// [`right`] to change one branch.
pub(crate) fn right_on_branch(
    cx: &Cx,
    action: &str,
    name: &str,
    branch: &str,
) -> Result<Right, Error> {
    Ok(right(cx, action, name)?.with("codecommit:References", branch_ref(branch)))
}

/// Refuses what cannot be a repository's name, in lists, where the shapes do not.
pub(crate) fn check_given_name(name: &str) -> Result<(), Error> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    if (1..=100).contains(&name.len()) && name.bytes().all(allowed) {
        return Ok(());
    }
    Err(errors::INVALID_REPOSITORY_NAME.error(format!("Repository name {name} is not valid.")))
}

/// Refuses names that AWS refuses beyond their pattern.
pub(crate) fn check_name(name: &str) -> Result<(), Error> {
    if name.to_ascii_lowercase().ends_with(".git") || matches!(name, "." | "..") {
        return Err(errors::INVALID_REPOSITORY_NAME.error(format!(
            "Repository name {name} is not valid: it cannot be . or .. or end in .git."
        )));
    }
    Ok(())
}

/// Refuses what is no branch name.
pub(crate) fn check_branch(branch: &str) -> Result<(), Error> {
    let full = branch_ref(branch);
    let bad = |why: &str| {
        errors::INVALID_BRANCH_NAME.error(format!("The branch name {branch} is not valid: {why}."))
    };
    if !git::is_valid_name(&full) {
        return Err(bad("see git-check-ref-format"));
    }
    git::why_not_made(&full).map_or(Ok(()), |why| Err(bad(&why)))
}

/// Refuses tags that AWS refuses.
pub(crate) fn check_tags(tags: &BTreeMap<String, String>) -> Result<(), Error> {
    settings::check_tags(tags)?;
    for (key, value) in tags {
        check_tag_key(key, errors::INVALID_TAGS_MAP)?;
        if value.chars().count() > 256 {
            return Err(errors::INVALID_TAGS_MAP
                .error(format!("The value of the tag {key} is longer than 256 characters.")));
        }
    }
    Ok(())
}

/// Refuses a tag key that AWS refuses; `kind` is for bad lengths.
pub(crate) fn check_tag_key(key: &str, kind: wire::ErrorKind) -> Result<(), Error> {
    if key.to_ascii_lowercase().starts_with("aws:") {
        return Err(errors::INVALID_SYSTEM_TAG_USAGE
            .error(format!("The tag key {key} is reserved: it begins with aws:.")));
    }
    if key.is_empty() || key.chars().count() > 128 {
        return Err(kind.error("A tag key has 1 to 128 characters."));
    }
    Ok(())
}
