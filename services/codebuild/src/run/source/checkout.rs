//! A repository's files at a version:
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/sample-source-version.html>.
//!
//! Without a depth the whole repository is fetched, all its branches and tags, as AWS does; with
//! a depth, or with a reference and its commit, only what the version needs.

use std::path::{Path, PathBuf};

use crate::providers::Provider;
use forge::git::{Failure, Git};

const BRANCHES: &str = "+refs/heads/*:refs/remotes/origin/*";
const TAGS: &str = "+refs/tags/*:refs/tags/*";

/// What to build of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// The default branch.
    Default,
    /// A whole commit id.
    Commit(String),
    /// A full reference, and a commit on it.
    Reference(String, Option<String>),
    /// A branch, a tag or the beginning of a commit id.
    Name(String),
}

impl Version {
    /// What a source version says. Pull requests are the provider's.
    pub fn parse(text: &str, provider: Option<Provider>) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::Default);
        }
        if is_commit(text) {
            return Ok(Self::Commit(text.to_ascii_lowercase()));
        }
        let (name, commit) = match text.split_once("^{") {
            Some((name, rest)) => match rest.strip_suffix('}').filter(|id| is_commit(id)) {
                Some(id) => (name, Some(id.to_ascii_lowercase())),
                None => return Err(format!("{text} is not REFERENCE^{{full commit id}}")),
            },
            None => (text, None),
        };
        if !is_reference_name(name) {
            return Err(format!("{text} is no version of a repository"));
        }
        if let Some(number) = name.strip_prefix("pr/").and_then(|number| number.parse().ok()) {
            let reference = provider.and_then(|provider| provider.pull_reference(number));
            return match reference {
                Some(reference) => Ok(Self::Reference(reference, commit)),
                None => {
                    Err(format!("{text}: the source provider has no references of pull requests"))
                }
            };
        }
        match (name.starts_with("refs/"), commit) {
            (true, commit) => Ok(Self::Reference(name.to_owned(), commit)),
            (false, Some(commit)) => {
                Ok(Self::Reference(format!("refs/heads/{name}"), Some(commit)))
            }
            (false, None) => Ok(Self::Name(name.to_owned())),
        }
    }
}

fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// git's own rules for names, as far as one could do harm.
fn is_reference_name(name: &str) -> bool {
    let odd = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
    !name.is_empty()
        && name.len() <= 1_024
        && !name.starts_with(['-', '/'])
        && !name.ends_with(['/', '.'])
        && !name.contains(odd)
        && !name.contains("..")
        && !name.contains("//")
        && !name.contains("@{")
}

/// What was checked out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CheckedOut {
    pub commit: String,
    /// The branch or tag, where it was one.
    pub reference: Option<String>,
}

/// A repository being fetched into a folder.
pub(super) struct Checkout<'a> {
    pub git: &'a Git,
    pub url: &'a str,
    pub depth: Option<i32>,
    /// A copy of the repository, fresh, to fetch from.
    pub mirror: Option<PathBuf>,
    pub target: &'a Path,
}

impl Checkout<'_> {
    /// Fetches and checks out.
    pub async fn version(&self, version: &Version) -> Result<CheckedOut, Failure> {
        self.run(&["init", "--quiet", "--template="]).await?;
        self.run(&["remote", "add", "origin", self.url]).await?;
        match version {
            Version::Default => self.default_branch().await,
            Version::Commit(commit) => self.commit(commit).await,
            Version::Reference(name, commit) => self.reference(name, commit.as_deref()).await,
            Version::Name(name) => self.name(name).await,
        }
    }

    async fn run(&self, words: &[&str]) -> Result<String, Failure> {
        self.git.run(self.target, words).await
    }

    /// Fetches references, or commits by their ids.
    async fn fetch(&self, what: &[&str]) -> Result<(), Failure> {
        let depth = self.depth.map(|depth| format!("--depth={depth}"));
        let mirror = self.mirror.as_ref().map(|place| format!("file://{}", place.display()));
        let mut words = vec!["fetch", "--quiet", "--no-tags", "--no-recurse-submodules"];
        words.extend(depth.as_deref());
        words.push(mirror.as_deref().unwrap_or("origin"));
        words.extend(what);
        let git = if mirror.is_some() { &self.git.on_files() } else { self.git };
        git.run(self.target, &words).await.map(drop)
    }

    async fn default_branch(&self) -> Result<CheckedOut, Failure> {
        if self.depth.is_none() {
            self.fetch(&[BRANCHES, TAGS]).await?;
        }
        let told = self.run(&["ls-remote", "--symref", "origin", "HEAD"]).await?;
        let head = told.lines().find_map(|line| line.strip_prefix("ref: ")?.strip_suffix("\tHEAD"));
        let Some(head) = head.filter(|head| is_reference_name(head)) else {
            // A head that is no branch, or nothing at all.
            if told.trim().is_empty() {
                return Err(Failure::NoReference("the repository is empty".into()));
            }
            self.fetch(&["HEAD"]).await?;
            return self.detached("FETCH_HEAD", None).await;
        };
        if self.depth.is_some() {
            self.fetch(&[&format!("+{head}:{}", local(head))]).await?;
        }
        self.branch_or_tag(head).await
    }

    async fn commit(&self, commit: &str) -> Result<CheckedOut, Failure> {
        if self.depth.is_some() && self.fetch_commit(commit).await? {
            return self.detached(commit, None).await;
        }
        self.fetch(&[BRANCHES, TAGS]).await?;
        if !self.has(commit).await? && !self.fetch_commit(commit).await? {
            return Err(Failure::NoReference(format!("there is no commit {commit}")));
        }
        self.detached(commit, None).await
    }

    /// A commit by its id, which not every server gives; tells whether it did.
    async fn fetch_commit(&self, commit: &str) -> Result<bool, Failure> {
        match self.fetch(&[commit]).await {
            Ok(()) => Ok(true),
            Err(Failure::NoReference(_)) => Ok(false),
            Err(other) => Err(other),
        }
    }

    async fn has(&self, commit: &str) -> Result<bool, Failure> {
        match self.run(&["cat-file", "-e", &format!("{commit}^{{commit}}")]).await {
            Ok(_) => Ok(true),
            Err(
                failure @ (Failure::Late
                | Failure::Stopped
                | Failure::TooLarge(_)
                | Failure::Broken(_)),
            ) => Err(failure),
            Err(_) => Ok(false),
        }
    }

    async fn reference(&self, name: &str, commit: Option<&str>) -> Result<CheckedOut, Failure> {
        let spec = format!("+{name}:{}", local(name));
        match (self.depth, commit) {
            (None, None) => self.fetch(&[BRANCHES, TAGS, &spec]).await?,
            _ => self.fetch(&[&spec]).await?,
        }
        let Some(commit) = commit else { return self.branch_or_tag(name).await };
        if !self.has(commit).await? && !self.fetch_commit(commit).await? {
            return Err(Failure::NoReference(format!("there is no commit {commit} on {name}")));
        }
        self.detached(commit, Some(name)).await
    }

    async fn name(&self, name: &str) -> Result<CheckedOut, Failure> {
        let (branch, tag) = (format!("refs/heads/{name}"), format!("refs/tags/{name}"));
        if self.depth.is_some() {
            for reference in [&branch, &tag] {
                match self.fetch(&[&format!("+{reference}:{}", local(reference))]).await {
                    Ok(()) => return self.branch_or_tag(reference).await,
                    Err(Failure::NoReference(_)) => {}
                    Err(other) => return Err(other),
                }
            }
        }
        // The beginning of a commit id can be found in all commits only.
        let whole = Self { depth: None, mirror: self.mirror.clone(), ..*self };
        whole.fetch(&[BRANCHES, TAGS]).await?;
        for reference in [&branch, &tag] {
            if self.has(&local(reference)).await? {
                return self.branch_or_tag(reference).await;
            }
        }
        let is_short = name.len() >= 4 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_short && self.has(name).await? {
            return self.detached(name, None).await;
        }
        Err(Failure::NoReference(format!("there is no branch, tag or commit {name}")))
    }

    /// Checks out what was fetched of a reference.
    async fn branch_or_tag(&self, name: &str) -> Result<CheckedOut, Failure> {
        let fetched = local(name);
        let Some(branch) = name.strip_prefix("refs/heads/") else {
            return self.detached(&fetched, Some(name)).await;
        };
        self.run(&["checkout", "--quiet", "-B", branch, &fetched]).await?;
        self.checked_out(Some(name)).await
    }

    async fn detached(&self, what: &str, name: Option<&str>) -> Result<CheckedOut, Failure> {
        self.run(&["checkout", "--quiet", "--detach", what]).await?;
        self.checked_out(name).await
    }

    async fn checked_out(&self, name: Option<&str>) -> Result<CheckedOut, Failure> {
        let commit = self.run(&["rev-parse", "HEAD"]).await?.trim().to_owned();
        Ok(CheckedOut { commit, reference: name.map(str::to_owned) })
    }
}

/// Where a server's reference is kept.
fn local(name: &str) -> String {
    match name.strip_prefix("refs/heads/") {
        Some(branch) => format!("refs/remotes/origin/{branch}"),
        None if name.starts_with("refs/tags/") => name.to_owned(),
        None => format!("refs/remotes/origin/{}", name.strip_prefix("refs/").unwrap_or(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        let reference = |name: &str| Version::Reference(name.into(), None);
        let at = |name: &str| Version::Reference(name.into(), Some(id.into()));
        for (text, provider, expected) in [
            ("", None, Version::Default),
            (id, None, Version::Commit(id.into())),
            ("main", None, Version::Name("main".into())),
            ("a/b-1.2", None, Version::Name("a/b-1.2".into())),
            ("0123456", None, Version::Name("0123456".into())),
            ("refs/heads/main", None, reference("refs/heads/main")),
            ("refs/tags/v1", None, reference("refs/tags/v1")),
            (&format!("refs/heads/main^{{{id}}}"), None, at("refs/heads/main")),
            (&format!("main^{{{id}}}"), None, at("refs/heads/main")),
            ("pr/7", Some(Provider::GitHub), reference("refs/pull/7/head")),
            ("pr/7", Some(Provider::GitLab), reference("refs/merge-requests/7/head")),
            (&format!("refs/pull/7/head^{{{id}}}"), Some(Provider::GitHub), at("refs/pull/7/head")),
            ("pr/x", Some(Provider::GitHub), Version::Name("pr/x".into())),
        ] {
            assert_eq!(Version::parse(text, provider), Ok(expected), "{text}");
        }
        for text in [
            "-x",
            "--upload-pack=x",
            "a b",
            "a..b",
            "a:b",
            "main^{short}",
            "main^{",
            "a^",
            "HEAD~1",
            "a\nb",
            "/a",
            "a@{1}",
            "a*",
        ] {
            assert!(Version::parse(text, Some(Provider::GitHub)).is_err(), "{text}");
        }
        assert!(Version::parse("pr/7", Some(Provider::Bitbucket)).is_err());
        assert!(Version::parse("pr/7", None).is_err());
    }
}
