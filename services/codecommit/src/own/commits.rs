//! ListCommits: what a branch, a tag or a commit stands on.

use std::collections::HashMap;

use api_developer::codeyard::{ListCommitsInput, ListCommitsOutput, ListedCommit};
use git::{GitError, Log, Objects, Oid};
use service::Cx;
use types::PageToken;
use wire::Error;

use super::brief;
use crate::model::Repository;
use crate::reading::{commit_at, file_path, specified};
use crate::{errors, paging, refs, repos};

/// Commits on one page if the caller does not say, and at most.
pub(crate) const PAGE: usize = 100;
/// Where a listing begins at most, as the shape has it.
const MAX_TIPS: usize = 10;
/// References that are looked at for those that point at a commit.
const MAX_REFERENCES: usize = 5_000;

pub(crate) async fn list_commits(
    cx: Cx,
    input: ListCommitsInput,
) -> Result<ListCommitsOutput, Error> {
    let page = paging::size(input.max_results, PAGE)?;
    let path = match input.file_path.as_deref().map(|path| path.trim_matches('/')) {
        None | Some("") => None,
        Some(path) => Some(file_path(path)?.to_owned()),
    };
    let listing =
        format!("ListCommits {} {:?} {path:?}", input.repository_name, input.commit_specifiers);
    let pinned = match paging::after(&listing, input.next_token.as_deref())? {
        None => None,
        Some(key) => Some(Pinned::parse(&key).ok_or_else(paging::bad_token)?),
    };
    let (found, given, named) = cx.read(|tx| {
        let found = Repository::load(tx, &cx.scope(), &input.repository_name)?;
        let tips = match (&pinned, input.commit_specifiers.as_slice()) {
            (Some(pinned), _) => Ok(pinned.tips.clone()),
            (None, []) => specified(tx, &found, None).map(|tip| vec![tip]),
            (None, several) => {
                several.iter().map(|name| specified(tx, &found, Some(name))).collect()
            }
        }?;
        let named = refs::list(tx, &found.id, "refs/", None, MAX_REFERENCES)?;
        Ok((found, tips, named))
    })?;
    let skip = pinned.map_or(0, |pinned| pinned.skip);
    let repository = repos::open(&cx, &found.id).await?;
    let peel = move |objects: &Objects| {
        let tips = given.iter().map(|oid| Ok(commit_at(objects, oid)?.oid));
        tips.collect::<Result<Vec<Oid>, Error>>()
    };
    let tips = repository.read(peel).await?;
    let log = Log { tips, path, skip, limit: page + 1 };
    let mut commits = repository.log(&log).await.map_err(too_long)?;
    let more = commits.len() > page;
    commits.truncate(page);
    let next = Pinned { tips: log.tips, skip: skip.saturating_add(page) };
    let next_token = more.then(|| PageToken::encode(&listing, &next.to_string()));
    let show = move |objects: &Objects| {
        let mut pointing = by_commit(objects, named)?;
        let show = |oid: &Oid| -> Result<ListedCommit, Error> {
            let commit = Some(brief(&objects.commit(oid)?));
            Ok(ListedCommit { commit, references: pointing.remove(oid).unwrap_or_default() })
        };
        let commits = commits.iter().map(show).collect::<Result<_, Error>>()?;
        Ok(ListCommitsOutput { commits, next_token })
    };
    repository.read(show).await
}

/// A history that takes too long to read.
pub(super) fn too_long(error: GitError) -> Error {
    match error {
        GitError::TooLarge { .. } => errors::TIPS_DIVERGENCE_EXCEEDED.error(format!(
            "The history is too long for this operation: {error}. Use a git client."
        )),
        error => error.into(),
    }
}

/// The names of the references that point at each commit, by themselves or by a tag object.
fn by_commit(
    objects: &Objects,
    named: Vec<(String, Oid)>,
) -> Result<HashMap<Oid, Vec<String>>, Error> {
    let mut pointing: HashMap<Oid, Vec<String>> = HashMap::new();
    for (name, oid) in named {
        if let Some(commit) = objects.peel_to_commit(&oid)? {
            pointing.entry(commit).or_default().push(name);
        }
    }
    Ok(pointing)
}

/// Where a listing goes on.
#[derive(Debug, PartialEq)]
struct Pinned {
    tips: Vec<Oid>,
    skip: usize,
}

impl Pinned {
    fn parse(key: &str) -> Option<Self> {
        let mut parts = key.split(' ');
        let skip = parts.next()?.parse().ok()?;
        let tips: Vec<Oid> = parts.map(str::parse).collect::<Result<_, _>>().ok()?;
        (tips.len() <= MAX_TIPS).then_some(Self { tips, skip })
    }
}

impl std::fmt::Display for Pinned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.skip)?;
        self.tips.iter().try_for_each(|tip| write!(f, " {tip}"))
    }
}
