//! The bare repository between source and yard. It stays until the import is done, so that one
//! that was interrupted goes on with what was fetched.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use super::git::{Git, progress};
use super::source::{Listing, Source};
use super::yard::Refs;
use crate::failure::{Context as _, Failure, Outcome};

/// See the module.
pub(super) struct Work {
    pub dir: PathBuf,
    lock: PathBuf,
    /// Held until the import ends, however it does.
    _held: File,
}

impl Work {
    /// The one for importing `source` into `name` of a yard, new or found again.
    pub fn open(source: &Source, yard: &str, name: &str) -> Outcome<Self> {
        let folder = folder()?;
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .context(format_args!("make {}", folder.display()))?;
        let all = format!("{}\n{yard}\n{name}", source.place);
        let key: String = auth::sigv4::sha256_hex(all.as_bytes()).chars().take(16).collect();
        let (dir, lock) = (folder.join(format!("{key}.git")), folder.join(format!("{key}.lock")));
        let held = File::create(&lock).context(format_args!("make {}", lock.display()))?;
        match held.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::new(format!(
                    "another import of {} into {name} is under way",
                    source.shown()
                )));
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).context(format_args!("lock {}", lock.display()));
            }
        }
        Git::new()
            .args(["init", "--quiet", "--bare", "--template="])
            .arg(&dir)
            .output("make a repository to work in")?;
        Ok(Self { dir, lock, _held: held })
    }

    /// `git` in it.
    pub fn git(&self) -> Git {
        Git::within(&self.dir)
    }

    /// Brings all branches and tags of the source here; what was fetched before is not fetched
    /// again, and what the source no longer has goes.
    pub fn fetch(&self, source: &Source, listing: &Listing) -> Outcome<Refs> {
        let what = format!("fetch from {}", source.shown());
        if let Some(objects) = &source.objects {
            self.borrow(objects)?;
        }
        self.git()
            .args(["fetch", "--no-tags", "--prune", "--force", "--no-write-fetch-head", progress()])
            .args(["--", &source.place])
            .args(["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"])
            .watched(&what)?;
        let refs = self.refs()?;
        if self.dir.join("shallow").exists() {
            return Err(Failure::new(format!(
                "{} is a shallow clone: its history is not all there",
                source.shown()
            )));
        }
        // The source may have moved on meanwhile, but it cannot have lost everything.
        let missing: Vec<&String> =
            listing.refs.keys().filter(|name| !refs.contains_key(*name)).collect();
        if missing.is_empty() {
            return Ok(refs);
        }
        let first = missing.first().map(|name| name.as_str()).unwrap_or_default();
        Err(Failure::new(format!(
            "failed to {what}: {} of its references did not come, {first} among them",
            missing.len()
        ))
        .hint("if they were deleted there just now, run this again"))
    }

    /// Objects of a repository on this machine are read where they are.
    fn borrow(&self, objects: &Path) -> Outcome<()> {
        let text = objects.to_str().filter(|text| !text.contains('\n') && !text.starts_with('"'));
        let Some(text) = text else { return Ok(()) };
        let file = self.dir.join("objects/info/alternates");
        fs::create_dir_all(self.dir.join("objects/info"))
            .and_then(|()| fs::write(&file, format!("{text}\n")))
            .context(format_args!("write {}", file.display()))
    }

    fn refs(&self) -> Outcome<Refs> {
        let listed = self
            .git()
            .args(["for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags"])
            .output("list what was fetched")?;
        let pair =
            |line: &str| line.split_once(' ').map(|(oid, name)| (name.to_owned(), oid.to_owned()));
        Ok(listed.lines().filter_map(pair).collect())
    }

    /// Those of `oids` that are here.
    pub fn known<'a>(&self, oids: impl Iterator<Item = &'a str>) -> Outcome<Vec<String>> {
        let asked: String = oids.map(|oid| format!("{oid}\n")).collect();
        let answers = self
            .git()
            .args(["cat-file", "--batch-check=%(objectname) %(objecttype)"])
            .with_input("look objects up", &asked)?;
        let there = |line: &str| {
            let (oid, kind) = line.split_once(' ')?;
            (kind != "missing").then(|| oid.to_owned())
        };
        Ok(answers.lines().filter_map(there).collect())
    }

    /// The commits that `wanted` stand on and `there` do not, oldest first.
    pub fn commits(&self, wanted: &Refs, there: &[String]) -> Outcome<Vec<String>> {
        let wanted = wanted.values().map(|oid| format!("{oid}\n"));
        let there = there.iter().map(|oid| format!("^{oid}\n"));
        let listed = self
            .git()
            .args(["rev-list", "--reverse", "--topo-order", "--stdin"])
            .with_input("list the history", &wanted.chain(there).collect::<String>())?;
        Ok(listed.lines().map(str::to_owned).collect())
    }

    /// Whether `old` is in the history of `new`.
    pub fn is_ancestor(&self, old: &str, new: &str) -> Outcome<bool> {
        self.git().args(["merge-base", "--is-ancestor", old, new]).holds()
    }

    /// Whether files of some branch are kept in Git LFS.
    pub fn has_lfs(&self, refs: &Refs) -> Outcome<bool> {
        /// Branches that are looked at.
        const MOST: usize = 200;
        let branches = refs.iter().filter(|(name, _)| name.starts_with("refs/heads/"));
        let tips: Vec<&String> = branches.map(|(_, oid)| oid).take(MOST).collect();
        if tips.is_empty() {
            return Ok(false);
        }
        self.git()
            .args(["grep", "--quiet", "-e", "filter=lfs"])
            .args(tips)
            .args(["--", ":(glob)**/.gitattributes"])
            .holds()
    }

    /// Takes it away when the import is done.
    pub fn remove(self) -> Outcome<()> {
        fs::remove_dir_all(&self.dir).context(format_args!("remove {}", self.dir.display()))?;
        // While it is still held: whoever waits for it finds a new one.
        fs::remove_file(&self.lock).context(format_args!("remove {}", self.lock.display()))
    }
}

/// `$XDG_CACHE_HOME/codeyard/imports`, or `~/.cache/codeyard/imports`.
fn folder() -> Outcome<PathBuf> {
    let absolute =
        |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
        .map(|cache| cache.join("codeyard").join("imports"))
        .ok_or_else(|| {
            Failure::new(
                "failed to find a folder for caches: neither HOME nor XDG_CACHE_HOME is set",
            )
        })
}
