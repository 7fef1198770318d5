//! Submodules: level by level, over HTTPS only, with the source's credentials for the source's
//! own host and for no other; with those of a connection for what the role may use it for.

use std::path::{Path, PathBuf};

use super::super::{Cut, Job};
use super::remote::{self, Remote};
use forge::git::Failure;

/// How deep submodules may have submodules.
const MAX_DEPTH: usize = 10;
/// How many there may be in all.
const MAX_COUNT: usize = 1_000;

/// Fetches the submodules of a checked-out repository and theirs.
pub(super) async fn fetch(job: &Job, remote: &Remote, root: &Path) -> Result<(), FetchError> {
    let mut level = vec![(root.to_owned(), remote.url.clone())];
    let mut count = 0;
    for _ in 0..MAX_DEPTH {
        let mut next = Vec::new();
        for (directory, url) in level {
            next.extend(fetch_in(job, remote, &directory, &url).await?);
        }
        count += next.len();
        if count > MAX_COUNT {
            let why = format!("there are more than {MAX_COUNT} submodules");
            return Err(FetchError::Git(Failure::Other(why)));
        }
        if next.is_empty() {
            return Ok(());
        }
        level = next;
    }
    let why = format!("submodules are nested more than {MAX_DEPTH} levels deep");
    Err(FetchError::Git(Failure::Other(why)))
}

/// Why they did not come.
pub(super) enum FetchError {
    Git(Failure),
    Cut(Cut),
}

impl From<Failure> for FetchError {
    fn from(failure: Failure) -> Self {
        Self::Git(failure)
    }
}

/// Fetches one repository's own submodules; answers where they are and come from.
async fn fetch_in(
    job: &Job,
    remote: &Remote,
    directory: &Path,
    url: &str,
) -> Result<Vec<(PathBuf, String)>, FetchError> {
    let plain = directory.join(".gitmodules").symlink_metadata().is_ok_and(|meta| meta.is_file());
    if !plain {
        return Ok(Vec::new());
    }
    let words = [
        "config",
        "--null",
        "--file",
        ".gitmodules",
        "--get-regexp",
        r"^submodule\..*\.(path|url)$",
    ];
    let told = match remote.git.run(directory, &words).await {
        Ok(told) => told,
        // There is none in it.
        Err(Failure::Other(_)) => return Ok(Vec::new()),
        Err(other) => return Err(other.into()),
    };
    let modules = modules(&told);
    let mut git = remote.git.clone();
    for module in &modules {
        let resolved = resolve(url, &module.url);
        let settings = remote::settings_for(job, remote, &resolved).await;
        for setting in settings.map_err(FetchError::Cut)? {
            // git sends a header as often as it is told to.
            if !git.settings.contains(&setting) {
                git = git.with([setting]);
            }
        }
    }
    git.run(directory, &["submodule", "--quiet", "update", "--init"]).await?;
    let fetched = modules.iter().filter(|module| is_fetched(directory, &module.path));
    let place = |module: &Module| (directory.join(&module.path), resolve(url, &module.url));
    Ok(fetched.map(place).collect())
}

/// Whether git has put a submodule there: one that the commit does not have was not fetched. What
/// is reached through a link may be anybody's, and git does what a repository's settings say.
fn is_fetched(directory: &Path, path: &str) -> bool {
    let mut at = directory.to_owned();
    let is_below = path.split('/').all(|part| {
        at.push(part);
        at.symlink_metadata().is_ok_and(|found| found.is_dir())
    });
    is_below && at.join(".git").symlink_metadata().is_ok_and(|found| found.is_file())
}

#[derive(Default)]
struct Module {
    path: String,
    url: String,
}

/// The modules that `git config --null` tells.
fn modules(told: &str) -> Vec<Module> {
    let mut all = std::collections::BTreeMap::<&str, Module>::new();
    for entry in told.split('\0') {
        let Some((key, value)) = entry.split_once('\n') else { continue };
        let Some((name, member)) = key.rsplit_once('.') else { continue };
        let module = all.entry(name).or_default();
        match member {
            "path" => value.clone_into(&mut module.path),
            _ => value.clone_into(&mut module.url),
        }
    }
    let is_plain = |path: &str| path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    all.into_values().filter(|module| is_plain(&module.path)).collect()
}

/// A submodule's URL; one that begins with `./` or `../` is relative to the repository's.
fn resolve(base: &str, url: &str) -> String {
    let (mut base, mut rest) = (base.trim_end_matches('/'), url);
    if !rest.starts_with("./") && !rest.starts_with("../") {
        return url.to_owned();
    }
    loop {
        if let Some(behind) = rest.strip_prefix("../") {
            base = base.rsplit_once('/').map_or(base, |(above, _)| above);
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix("./") {
            rest = behind;
        } else {
            return format!("{base}/{rest}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_urls() {
        for (url, expected) in [
            ("../lib", "https://h/o/lib"),
            ("../../p/lib.git", "https://h/p/lib.git"),
            ("./lib", "https://h/o/r/lib"),
            ("https://g/x", "https://g/x"),
        ] {
            assert_eq!(resolve("https://h/o/r", url), expected);
        }
    }

    #[test]
    fn links_are_no_submodules() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::create_dir_all(at("a/b")).unwrap();
        std::fs::write(at("a/b/.git"), "gitdir: x").unwrap();
        std::os::unix::fs::symlink("a", at("up")).unwrap();
        std::os::unix::fs::symlink("a/b", at("link")).unwrap();
        assert!(is_fetched(dir.path(), "a/b"));
        for path in ["link", "up/b", "a", "none"] {
            assert!(!is_fetched(dir.path(), path), "{path}");
        }
    }

    #[test]
    fn modules_are_read() {
        let told = "submodule.a.b.path\nlib/a\0submodule.a.b.url\n../a\0submodule.c.path\n../c\0submodule.c.url\nx\0";
        let found: Vec<_> = modules(told).into_iter().map(|it| (it.path, it.url)).collect();
        assert_eq!(found, [("lib/a".to_owned(), "../a".to_owned())]);
    }
}
