//! GetDifferences.

use api_developer::codecommit::*;
use git::{EntryKind, Objects, Oid, Side};
use service::Cx;
use types::PageToken;
use wire::Error;

use crate::model::Repository;
use crate::reading::{commit_at, file_path, specified};
use crate::{errors, repos, repositories};

/// Differences on one page if the caller does not say, and at most.
pub(crate) const PAGE: usize = 100;

/// Renames are shown as a deletion and an addition. Where both paths are given and differ, what
/// lies at the one is compared with what lies at the other.
pub(crate) async fn get_differences(
    cx: Cx,
    input: GetDifferencesInput,
) -> Result<GetDifferencesOutput, Error> {
    let limit = match input.max_results {
        None => PAGE,
        Some(wanted) => usize::try_from(wanted).ok().filter(|n| *n > 0).ok_or_else(|| {
            errors::INVALID_MAX_RESULTS.error(format!("MaxResults {wanted} is not positive."))
        })?,
    };
    let path = |path: &Option<String>| match path.as_deref() {
        None | Some("" | "/") => Ok(None),
        Some(path) => file_path(path.trim_end_matches('/')).map(|path| Some(path.to_owned())),
    };
    let (before_path, after_path) = (path(&input.before_path)?, path(&input.after_path)?);
    let (found, before, after) = cx.read(|tx| {
        let found = Repository::load(tx, &cx.scope(), &input.repository_name)?;
        let before = match &input.before_commit_specifier {
            None => None,
            Some(specifier) => Some(specified(tx, &found, Some(specifier))?),
        };
        let after = specified(tx, &found, Some(&input.after_commit_specifier))?;
        Ok((found, before, after))
    })?;
    let listing = format!("GetDifferences {before:?} {after} {before_path:?} {after_path:?}");
    let skip = match &input.next_token {
        None => 0,
        Some(token) => PageToken::decode(&listing, token)
            .ok()
            .and_then(|key| key.parse::<usize>().ok())
            .ok_or_else(repositories::bad_token)?,
    };
    let work = move |objects: &Objects| {
        let tree = |oid: &Oid| commit_at(objects, oid).map(|commit| commit.tree);
        let before = before.as_ref().map(tree).transpose()?;
        let after = tree(&after)?;
        compare(objects, before, after, before_path.as_deref(), after_path.as_deref())
    };
    let all = repos::open(&cx, &found.id).await?.read(work).await?;
    let end = skip.saturating_add(limit.min(PAGE));
    let more = all.len() > end;
    Ok(GetDifferencesOutput {
        differences: all.into_iter().skip(skip).take(end - skip).map(shown).collect(),
        next_token: more.then(|| PageToken::encode(&listing, &end.to_string())),
    })
}

fn compare(
    objects: &Objects,
    before: Option<Oid>,
    after: Oid,
    before_path: Option<&str>,
    after_path: Option<&str>,
) -> Result<Vec<git::Difference>, Error> {
    // Without a commit before, everything is new and its path says nothing.
    let before_path = before_path.filter(|_| before.is_some());
    let one_path = match (before_path, after_path) {
        (Some(a), Some(b)) if a != b => {
            return across(objects, before, after, a, b);
        }
        (a, b) => b.or(a),
    };
    if let Some(path) = one_path {
        let there = |tree: &Oid| objects.entry_at(tree, path.as_bytes());
        let exists =
            there(&after)?.is_some() || before.as_ref().map(there).transpose()?.flatten().is_some();
        if !exists {
            return Err(no_path(path));
        }
    }
    Ok(objects.diff(before.as_ref(), Some(&after), one_path.map(str::as_bytes))?)
}

/// What lies at one path against what lies at another.
fn across(
    objects: &Objects,
    before: Option<Oid>,
    after: Oid,
    before_path: &str,
    after_path: &str,
) -> Result<Vec<git::Difference>, Error> {
    let at = |tree: Option<Oid>, path: &str| -> Result<git::TreeEntry, Error> {
        let entry = match tree {
            Some(tree) => objects.entry_at(&tree, path.as_bytes())?,
            None => None,
        };
        entry.ok_or_else(|| no_path(path))
    };
    let (a, b) = (at(before, before_path)?, at(Some(after), after_path)?);
    let folder = |entry: &git::TreeEntry| (entry.kind == EntryKind::Tree).then_some(entry.oid);
    let mut found = objects.diff(folder(&a).as_ref(), folder(&b).as_ref(), None)?;
    let move_under = |side: &mut Option<Side>, folder: &str| {
        if let Some(side) = side {
            side.path = [folder.as_bytes(), b"/", &side.path].concat();
        }
    };
    for difference in &mut found {
        move_under(&mut difference.before, before_path);
        move_under(&mut difference.after, after_path);
    }
    let file = |entry: &git::TreeEntry, path: &str| {
        (entry.kind != EntryKind::Tree).then(|| Side {
            path: path.as_bytes().to_vec(),
            kind: entry.kind,
            oid: entry.oid,
        })
    };
    let (before, after) = (file(&a, before_path), file(&b, after_path));
    let same = a.kind == b.kind && a.oid == b.oid;
    if !same && (before.is_some() || after.is_some()) {
        found.push(git::Difference { before, after });
    }
    Ok(found)
}

fn no_path(path: &str) -> Error {
    errors::PATH_DOES_NOT_EXIST.error(format!("The path {path} is in neither commit."))
}

fn shown(difference: git::Difference) -> Difference {
    let change_type = match (&difference.before, &difference.after) {
        (None, _) => ChangeType::Added,
        (_, None) => ChangeType::Deleted,
        _ => ChangeType::Modified,
    };
    let blob = |side: Side| BlobMetadata {
        blob_id: Some(side.oid.to_string()),
        path: Some(String::from_utf8_lossy(&side.path).into_owned()),
        mode: Some(side.kind.octal().to_owned()),
    };
    Difference {
        before_blob: difference.before.map(blob),
        after_blob: difference.after.map(blob),
        change_type: Some(change_type),
    }
}
