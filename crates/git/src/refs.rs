//! References: their names, how they change, and the store that holds the truth of them.

use crate::limits::{MAX_BRANCH_NAME, MAX_REFERENCE_NAME, MAX_REFERENCE_PART};
use crate::packs::{Answer, SealedPack};
use crate::{Oid, Result};
use std::collections::BTreeMap;

/// All references of a repository at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RefSnapshot {
    /// Grows with every change of a reference or of the default branch; never goes back.
    pub version: u64,
    /// The full name of the default branch, which `HEAD` stands for.
    pub head: Option<String>,
    /// Full name to object.
    pub refs: BTreeMap<String, Oid>,
}

/// One wished change of a reference. `old` is what it must be for the change to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefUpdate {
    /// The full name, `refs/…`.
    pub name: String,
    /// What it is now; `None`: it does not exist.
    pub old: Option<Oid>,
    /// What it becomes; `None`: it is deleted.
    pub new: Option<Oid>,
}

/// Why one reference was not changed. The git client shows the first line in parentheses behind
/// the reference and all lines as `remote:` messages.
pub type Refusal = String;

/// Where references live. The repository's directory on disk only has a projection of it
/// ([`crate::Repository::project_refs`]).
pub trait RefStore: Send + Sync {
    /// [`RefSnapshot::version`] alone: asked on every access, so it should be cheap.
    fn version(&self) -> Answer<'_, Result<u64>>;

    /// Everything.
    fn snapshot(&self) -> Answer<'_, Result<RefSnapshot>>;

    /// Changes references by compare-and-swap in one transaction: each whose `old` still holds,
    /// or with `atomic` all or none. Answers one result per update, in their order. `Err` means
    /// that it is not known what changed.
    ///
    /// The same transaction makes `packs` part of the repository, if it changes anything or if
    /// there are no updates: so what a reference points at is there for good when it does.
    fn apply(
        &self,
        updates: Vec<RefUpdate>,
        atomic: bool,
        packs: Vec<SealedPack>,
    ) -> Answer<'_, Result<Vec<std::result::Result<(), Refusal>>>>;

    /// Whether changes that were decided upon before their objects came in may still be made, one
    /// answer for each in their order. Asked right before [`RefStore::apply`]: a large push takes
    /// its time, in which who pushes may have been shut out.
    fn still_may(&self, updates: &[RefUpdate]) -> Vec<std::result::Result<(), Refusal>> {
        vec![Ok(()); updates.len()]
    }

    /// Whether pushes with secrets in them are to be refused ([`crate::secrets`]).
    fn refuses_secrets(&self) -> Result<bool> {
        Ok(false)
    }
}

/// Whether `name` is a full reference name by the rules of git-check-ref-format, under `refs/`
/// and no longer than [`MAX_REFERENCE_NAME`], its parts no longer than [`MAX_REFERENCE_PART`].
pub fn is_valid_name(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("refs/") else { return false };
    let forbidden = |c: char| {
        c.is_ascii_control() || matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\')
    };
    let good_part = |part: &str| {
        (1..=MAX_REFERENCE_PART).contains(&part.chars().count())
            && !part.starts_with('.')
            && !part.ends_with(".lock")
    };
    name.len() <= MAX_REFERENCE_NAME
        && rest.split('/').all(good_part)
        && !name.contains(forbidden)
        && !name.contains("..")
        && !name.contains("@{")
        && !name.ends_with('.')
}

/// Why no reference of this valid name is made or moved, though one that is there may be deleted.
/// These names mean something else to git or to people's commands, and `refs/codeyard/` is the
/// yard's own but for what an import puts there. All other names, those of other hosts' pull
/// requests or notes among them, are data.
pub fn why_not_made(name: &str) -> Option<Refusal> {
    if name.starts_with("refs/codeyard/") && !name.starts_with("refs/codeyard/import/") {
        return Some("refs/codeyard/ is the yard's own: choose another name".to_owned());
    }
    let branch = name.strip_prefix("refs/heads/");
    if let Some(short) = branch.or_else(|| name.strip_prefix("refs/tags/"))
        && short.starts_with('-')
    {
        let why = "begins with a dash, so that commands would take it for an option";
        return Some(format!("'{short}' {why}: choose another name"));
    }
    let branch = branch?;
    let is_id = branch.len() == 40 && branch.bytes().all(|byte| byte.is_ascii_hexdigit());
    match branch {
        "HEAD" | "@" => Some(format!(
            "a branch cannot be called {branch}, which means the commit that is checked out: \
             choose another name"
        )),
        _ if is_id => Some(
            "a branch cannot have the form of a commit ID, 40 hexadecimal digits: choose another \
             name"
                .to_owned(),
        ),
        _ if branch.chars().count() > MAX_BRANCH_NAME => {
            Some(format!("a branch name has at most {MAX_BRANCH_NAME} characters"))
        }
        _ => None,
    }
}

/// The names that `rev` may stand for, in git's order of preference (gitrevisions). The one that
/// exists first is meant.
pub fn candidates(rev: &str) -> Vec<String> {
    ["", "refs/", "refs/tags/", "refs/heads/"]
        .iter()
        .map(|prefix| format!("{prefix}{rev}"))
        .filter(|name| is_valid_name(name))
        .collect()
}

/// The folders that `name` lies in, which therefore cannot be references themselves:
/// `refs/heads/a` for `refs/heads/a/b`.
pub fn parents(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('/').filter_map(|(at, _)| name.get(..at)).filter(|p| p.contains('/'))
}

/// The rules of a change, for stores to apply inside their transaction: compare-and-swap, and
/// no reference inside another one's name. `get` looks one reference up and `has_below` tells
/// whether any reference begins with a prefix that ends in a slash.
pub fn check_update(
    update: &RefUpdate,
    get: impl Fn(&str) -> Option<Oid>,
    has_below: impl Fn(&str) -> bool,
) -> std::result::Result<(), Refusal> {
    let now = get(&update.name);
    if now != update.old {
        return Err(match (update.old, now) {
            (None, Some(_)) => "reference already exists".to_owned(),
            (Some(_), None) => "reference was deleted meanwhile".to_owned(),
            _ => "reference was changed meanwhile, fetch first".to_owned(),
        });
    }
    if update.new.is_some() && now.is_none() {
        if let Some(above) = parents(&update.name).find(|above| get(above).is_some()) {
            return Err(format!("'{above}' exists; cannot create '{}'", update.name));
        }
        if has_below(&format!("{}/", update.name)) {
            return Err(format!("'{0}/…' exists; cannot create '{0}'", update.name));
        }
    }
    Ok(())
}

/// [`RefStore::apply`] for a store that has all references in a map.
pub fn apply_to_map(
    refs: &mut BTreeMap<String, Oid>,
    updates: &[RefUpdate],
    atomic: bool,
) -> Vec<std::result::Result<(), Refusal>> {
    let mut changed = refs.clone();
    let mut results = Vec::with_capacity(updates.len());
    // Deletions first: `a` may make room for `a/b` in the same push.
    let mut order: Vec<usize> = (0..updates.len()).collect();
    order.sort_by_key(|&i| updates.get(i).is_some_and(|u| u.new.is_some()));
    results.resize(updates.len(), Ok(()));
    for i in order {
        let (Some(update), Some(result)) = (updates.get(i), results.get_mut(i)) else { continue };
        *result = check_update(
            update,
            |name| changed.get(name).copied(),
            |prefix| {
                changed
                    .range(prefix.to_owned()..)
                    .next()
                    .is_some_and(|(k, _)| k.starts_with(prefix))
            },
        );
        if result.is_ok() {
            match update.new {
                Some(new) => changed.insert(update.name.clone(), new),
                None => changed.remove(&update.name),
            };
        }
    }
    if atomic && results.iter().any(std::result::Result::is_err) {
        for result in results.iter_mut().filter(|r| r.is_ok()) {
            *result = Err(ATOMIC_FAILURE.to_owned());
        }
    } else {
        *refs = changed;
    }
    results
}

/// What the other references of an atomic push are told when one is refused.
pub const ATOMIC_FAILURE: &str = "atomic push failed: another reference was refused";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const A: Oid = Oid::from_bytes([1; 20]);
    const B: Oid = Oid::from_bytes([2; 20]);

    fn update(name: &str, old: Option<Oid>, new: Option<Oid>) -> RefUpdate {
        RefUpdate { name: name.to_owned(), old, new }
    }

    #[test]
    fn compare_and_swap() {
        let mut refs = BTreeMap::from([("refs/heads/main".to_owned(), A)]);
        let results = apply_to_map(
            &mut refs,
            &[
                update("refs/heads/main", None, Some(B)),
                update("refs/heads/new", None, Some(B)),
                update("refs/heads/gone", Some(A), None),
            ],
            false,
        );
        assert_eq!(results.iter().map(|r| r.is_ok()).collect::<Vec<_>>(), [false, true, false]);
        assert_eq!(refs.len(), 2);
        let before = refs.clone();
        let results = apply_to_map(
            &mut refs,
            &[update("refs/heads/main", Some(A), Some(B)), update("refs/heads/new", Some(A), None)],
            true,
        );
        assert!(results.iter().all(std::result::Result::is_err));
        assert_eq!(refs, before);
    }

    #[test]
    fn names_inside_names() {
        let mut refs = BTreeMap::from([("refs/heads/a".to_owned(), A)]);
        let inside = update("refs/heads/a/b", None, Some(B));
        assert!(apply_to_map(&mut refs, std::slice::from_ref(&inside), false)[0].is_err());
        let swap = [inside, update("refs/heads/a", Some(A), None)];
        assert!(apply_to_map(&mut refs, &swap, true).iter().all(std::result::Result::is_ok));
        let above = update("refs/heads/a", None, Some(A));
        assert!(apply_to_map(&mut refs, &[above], false)[0].is_err());
        let beside = update("refs/heads/a.b", None, Some(A));
        assert!(apply_to_map(&mut refs, &[beside], false)[0].is_ok());
    }

    #[test]
    fn what_a_revision_may_mean() {
        assert_eq!(candidates("v1"), ["refs/v1", "refs/tags/v1", "refs/heads/v1"]);
        assert_eq!(candidates("refs/heads/x")[0], "refs/heads/x");
        assert!(candidates("a..b").is_empty());
    }

    fn git_thinks(name: &str) -> bool {
        std::process::Command::new("git")
            .args(["check-ref-format", name])
            .status()
            .is_ok_and(|status| status.success())
    }

    #[test]
    fn agrees_with_git() {
        for name in [
            "refs/heads/main",
            "refs/heads/a/b",
            "refs/heads/.a",
            "refs/heads/a.lock",
            "refs/heads/a.lock/b",
            "refs/heads/a..b",
            "refs/heads/a b",
            "refs/heads/a~",
            "refs/heads/@",
            "refs/heads/@{",
            "refs/heads/a@{b",
            "refs/heads/a.",
            "refs/heads/a/",
            "refs/heads//a",
            "refs/heads/a\\b",
            "refs/heads/ü",
            "refs/heads/\u{7f}",
            "refs/",
            "refs/x",
            "refs/heads/-a",
            "refs/heads/a?b",
            "refs/heads/a*",
            "refs/heads/a[",
        ] {
            assert_eq!(is_valid_name(name), git_thinks(name), "{name:?}");
        }
        assert!(!is_valid_name("HEAD") && !is_valid_name("heads/main"));
        let long = |part: usize| format!("refs/heads/{}/b", "a".repeat(part));
        assert!(is_valid_name(&long(MAX_REFERENCE_PART)));
        assert!(!is_valid_name(&long(MAX_REFERENCE_PART + 1)));
        assert!(is_valid_name(&format!("refs/heads/{}", "🎉".repeat(MAX_BRANCH_NAME))));
    }

    #[test]
    fn names_that_mislead_are_not_made() {
        for name in [
            "refs/heads/HEAD",
            "refs/heads/@",
            "refs/heads/-f",
            "refs/tags/--all",
            "refs/heads/0123456789abcdef0123456789ABCDEF01234567",
            "refs/codeyard/x",
            "refs/codeyard/imports",
            &format!("refs/heads/a/{}", "b".repeat(MAX_BRANCH_NAME - 1)),
        ] {
            assert!(is_valid_name(name) && why_not_made(name).is_some(), "{name}");
        }
        for name in [
            "refs/heads/main",
            "refs/heads/a/HEAD",
            "refs/heads/a/-b",
            "refs/heads/0123456789abcdef0123456789abcdef0123456",
            "refs/tags/0123456789abcdef0123456789abcdef01234567",
            "refs/codeyard/import/1",
            "refs/notes/commits",
            "refs/pull/1/head",
            &format!("refs/heads/{}", "é".repeat(MAX_BRANCH_NAME)),
        ] {
            assert_eq!(why_not_made(name), None, "{name}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
        #[test]
        fn agrees_with_git_on_anything(tail in "[a./@{}~^: lock*\\\\]{0,8}") {
            let name = format!("refs/heads/{tail}");
            prop_assert_eq!(is_valid_name(&name), git_thinks(&name), "{:?}", name);
        }
    }
}
