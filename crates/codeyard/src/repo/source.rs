//! What is imported from: anything that git can fetch from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::git::Git;
use super::yard::Refs;
use super::{count, say};
use crate::failure::{Context as _, Failure, Outcome};

/// A repository elsewhere.
pub(super) struct Source {
    /// As git takes it; paths are absolute.
    pub place: String,
    /// The object directory of a repository on this machine: nothing has to be copied from it.
    pub objects: Option<PathBuf>,
}

/// What a source has.
pub(super) struct Listing {
    /// Branches and tags.
    pub refs: Refs,
    /// The branch that is checked out when it is cloned.
    pub head: Option<String>,
}

impl Source {
    /// Finds out what is meant, and refuses what cannot be imported whole.
    pub fn find(text: &str) -> Outcome<Self> {
        if text.starts_with('-') {
            return Err(Failure::new(format!("{text:?} is neither a URL nor a path")));
        }
        let path = Path::new(text);
        if !path.exists() {
            // git's own form for SSH, `host:path`, has no `://`.
            if !text.contains(':') {
                return Err(Failure::new(format!("there is no repository at {text}")));
            }
            return Ok(Self { place: text.to_owned(), objects: None });
        }
        let path = path.canonicalize().context(format_args!("find {text}"))?;
        let place = path
            .to_str()
            .ok_or_else(|| Failure::new(format!("the path {} is not text", path.display())))?
            .to_owned();
        if !path.is_dir() {
            return Ok(Self { place, objects: None });
        }
        let ask = |question: &[&str]| {
            let git = Git::new().args(["-C", &place, "rev-parse", "--path-format=absolute"]);
            let answer = git.args(question).output(&format!("read the repository at {place}"))?;
            Ok::<_, Failure>(answer.trim_end_matches('\n').to_owned())
        };
        if ask(&["--is-shallow-repository"])? == "true" {
            return Err(Failure::new(format!(
                "{place} is a shallow clone: its history is not all there"
            ))
            .hint("complete it first: git fetch --unshallow"));
        }
        let promised =
            Git::new().args(["-C", &place, "config", "extensions.partialClone"]).holds()?;
        if promised {
            return Err(Failure::new(format!(
                "{place} is a partial clone: not all of its files are there"
            ))
            .hint("import from where it was cloned from, or from a full clone"));
        }
        let objects = PathBuf::from(ask(&["--git-path", "objects"])?);
        Ok(Self { place, objects: Some(objects) })
    }

    /// What it has. What is neither branch nor tag is told of, and left out.
    pub fn list(&self) -> Outcome<Listing> {
        let listed = Git::new()
            .args(["ls-remote", "--symref", "--", &self.place])
            .output(&format!("list the references of {}", self.shown()))?;
        let mut refs = Refs::new();
        let mut head = None;
        let mut others: BTreeMap<String, usize> = BTreeMap::new();
        for line in listed.lines() {
            let Some((value, name)) = line.split_once('\t') else { continue };
            if let Some(target) = value.strip_prefix("ref: ") {
                if name == "HEAD" {
                    head = target.strip_prefix("refs/heads/").map(str::to_owned);
                }
            } else if name.starts_with("refs/heads/") || name.starts_with("refs/tags/") {
                if !name.ends_with("^{}") {
                    refs.insert(name.to_owned(), value.to_owned());
                }
            } else if name.starts_with("refs/") && !name.ends_with("^{}") {
                let folder = name.split('/').nth(1).unwrap_or_default();
                *others.entry(format!("refs/{folder}")).or_default() += 1;
            }
        }
        let head = head.filter(|branch| refs.contains_key(&format!("refs/heads/{branch}")));
        tell(&self.shown(), &refs, head.as_deref(), &others);
        if refs.is_empty() {
            return Err(Failure::new(format!("{} has no branches and no tags", self.shown())));
        }
        Ok(Listing { refs, head })
    }

    /// For people: without the password that a URL may have.
    pub fn shown(&self) -> String {
        let Some((scheme, rest)) = self.place.split_once("://") else { return self.place.clone() };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        match authority.rsplit_once('@') {
            Some((_, host)) => format!("{scheme}://{host}/{path}"),
            None => self.place.clone(),
        }
    }
}

fn tell(place: &str, refs: &Refs, head: Option<&str>, others: &BTreeMap<String, usize>) {
    let branches = refs.keys().filter(|name| name.starts_with("refs/heads/")).count();
    say(format_args!(
        "{place} has {} and {}{}",
        count(branches, "branch", "branches"),
        count(refs.len() - branches, "tag", "tags"),
        head.map(|branch| format!(", {branch} by default")).unwrap_or_default(),
    ));
    if !others.is_empty() {
        let folders: Vec<String> =
            others.iter().map(|(folder, count)| format!("{folder}/ ({count})")).collect();
        say(format_args!("left out, being neither branches nor tags: {}", folders.join(", ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        let shown = |place: &str| Source { place: place.to_owned(), objects: None }.shown();
        assert_eq!(shown("https://ann:pw@host:1/a/b.git"), "https://host:1/a/b.git");
        assert_eq!(shown("https://host/a@b"), "https://host/a@b");
        assert_eq!(shown("git@host:a/b"), "git@host:a/b");
    }
}
