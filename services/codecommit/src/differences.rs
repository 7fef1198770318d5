//! GetDifferences.

use api_developer::codecommit::*;
use git::{EntryKind, Objects, Oid, Side, Wanted};
use service::Cx;
use types::PageToken;
use wire::Error;

use crate::model::Repository;
use crate::reading::{commit_at, file_path, specified};
use crate::{errors, paging, repos};

/// Differences on one page if the caller does not say, and at most.
pub(crate) const PAGE: usize = 100;

/// A rename is a deletion and an addition: AWS documents no other way to show one. Where both paths
/// are given and differ, what lies at the one is compared with what lies at the other.
pub(crate) async fn get_differences(
    cx: Cx,
    input: GetDifferencesInput,
) -> Result<GetDifferencesOutput, Error> {
    let page = paging::size(input.max_results, PAGE)?;
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
    let behind = paging::after(&listing, input.next_token.as_deref())?
        .map(|key| decode(&key).ok_or_else(paging::bad_token))
        .transpose()?;
    let work = move |objects: &Objects| {
        let tree = |oid: &Oid| commit_at(objects, oid).map(|commit| commit.tree);
        let before = before.as_ref().map(tree).transpose()?;
        let after = tree(&after)?;
        let wanted = Wanted { under: None, behind: behind.as_deref(), limit: page + 1 };
        compare(objects, before, after, (before_path.as_deref(), after_path.as_deref()), wanted)
    };
    let mut found = repos::open(&cx, &found.id).await?.read(work).await?;
    let more = found.len() > page;
    found.truncate(page);
    let last = found.last().filter(|_| more).map(|(key, _)| encode(key));
    Ok(GetDifferencesOutput {
        differences: found.into_iter().map(|(_, difference)| shown(difference)).collect(),
        next_token: last.map(|key| PageToken::encode(&listing, &key)),
    })
}

/// A path's bytes, which need not be text, in a page token.
fn encode(path: &[u8]) -> String {
    path.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn decode(key: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let byte = |pair: &[u8]| Some(digit(pair.first()?)? << 4 | digit(pair.get(1)?)?);
    key.as_bytes().chunks(2).map(byte).collect()
}

/// Differences with the paths by which they are ordered.
type Found = Vec<(Vec<u8>, git::Difference)>;

fn compare(
    objects: &Objects,
    before: Option<Oid>,
    after: Oid,
    (before_path, after_path): (Option<&str>, Option<&str>),
    wanted: Wanted<'_>,
) -> Result<Found, Error> {
    // Without a commit before, everything is new and its path says nothing.
    let before_path = before_path.filter(|_| before.is_some());
    let one_path = match (before_path, after_path) {
        (Some(a), Some(b)) if a != b => {
            return across(objects, (before, a), (after, b), wanted);
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
    let wanted = Wanted { under: one_path.map(str::as_bytes), ..wanted };
    let found = objects.differences(before.as_ref(), Some(&after), wanted)?;
    Ok(found.into_iter().map(|difference| (difference.path().to_vec(), difference)).collect())
}

/// What lies at one path against what lies at another.
fn across(
    objects: &Objects,
    (before, before_path): (Option<Oid>, &str),
    (after, after_path): (Oid, &str),
    wanted: Wanted<'_>,
) -> Result<Found, Error> {
    let at = |tree: Option<Oid>, path: &str| -> Result<git::TreeEntry, Error> {
        let entry = match tree {
            Some(tree) => objects.entry_at(&tree, path.as_bytes())?,
            None => None,
        };
        entry.ok_or_else(|| no_path(path))
    };
    let (a, b) = (at(before, before_path)?, at(Some(after), after_path)?);
    let mut found = Found::new();
    let file = |entry: &git::TreeEntry, path: &str| {
        (entry.kind != EntryKind::Tree).then(|| Side {
            path: path.as_bytes().to_vec(),
            kind: entry.kind,
            oid: entry.oid,
        })
    };
    let (before, after) = (file(&a, before_path), file(&b, after_path));
    let same = a.kind == b.kind && a.oid == b.oid;
    // The two themselves come before what is below them: their path is the empty one.
    if !same && (before.is_some() || after.is_some()) && wanted.behind.is_none() {
        found.push((Vec::new(), git::Difference { before, after }));
    }
    let folder = |entry: &git::TreeEntry| (entry.kind == EntryKind::Tree).then_some(entry.oid);
    let move_under = |side: &mut Option<Side>, folder: &str| {
        if let Some(side) = side {
            side.path = [folder.as_bytes(), b"/", &side.path].concat();
        }
    };
    for mut difference in objects.differences(folder(&a).as_ref(), folder(&b).as_ref(), wanted)? {
        let key = difference.path().to_vec();
        move_under(&mut difference.before, before_path);
        move_under(&mut difference.after, after_path);
        found.push((key, difference));
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
