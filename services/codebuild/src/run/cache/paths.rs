//! Which files a cache has: patterns below the sources' directories, and folders elsewhere.

use std::path::{Path, PathBuf};

use formats::archive::{Links, Listed, Part, Tree};
use formats::glob::Glob;

/// Directories of the sandbox's own, where nothing can be kept.
const SPECIAL: [&str; 5] = ["/proc", "/sys", "/dev", "/run", "/codebuild"];

/// The files below one folder.
struct Below {
    /// In the archive.
    name: String,
    /// Here.
    host: PathBuf,
    /// Inside; none for a source's directory, which is there anyway.
    inside: Option<String>,
    globs: Vec<Glob>,
}

/// See the module.
#[derive(Default)]
pub(super) struct Paths {
    all: Vec<Below>,
}

impl Paths {
    /// Sorts patterns: those below the directories of `sources` (inside, and their names below
    /// `work`; the primary one first, which relative patterns mean) and those elsewhere, whose
    /// folders are to be below `work`. Where this machine `shows` files of its own, and what else
    /// can't be kept, is left out, and told.
    pub fn new(
        patterns: &[String],
        sources: &[(String, String)],
        work: &Path,
        shows: fn(&Path) -> bool,
        lines: &mut Vec<String>,
    ) -> Self {
        let mut below_sources = vec![Vec::new(); sources.len()];
        let mut elsewhere: Vec<(String, Vec<String>)> = Vec::new();
        for given in patterns {
            let mut pattern = given.trim().trim_end_matches('/').to_owned();
            if let Some(rest) = pattern.strip_prefix("~/") {
                pattern = format!("/root/{rest}");
            }
            let Some(below_root) = pattern.strip_prefix('/') else {
                below_sources.first_mut().into_iter().for_each(|all| all.push(pattern.clone()));
                continue;
            };
            let mut all = sources.iter().zip(&mut below_sources);
            let own = all.find_map(|((inside, _), patterns)| {
                let below = pattern.strip_prefix(inside.as_str())?;
                let is_itself = below.is_empty().then_some("**");
                Some((patterns, is_itself.or_else(|| below.strip_prefix('/'))?.to_owned()))
            });
            if let Some((patterns, below)) = own {
                patterns.push(below);
                continue;
            }
            match folder_of(below_root, shows) {
                Ok((folder, rest)) => elsewhere.push((folder, vec![rest])),
                Err(why) => lines.push(format!("Skipping cache path {given}: {why}")),
            }
        }
        let mut all = Vec::new();
        let globs = |patterns: &[String], lines: &mut Vec<String>| {
            patterns.iter().flat_map(|pattern| compiled(pattern, lines)).collect::<Vec<_>>()
        };
        for ((_, name), patterns) in sources.iter().zip(&below_sources) {
            let found = globs(patterns, lines);
            if !found.is_empty() {
                let (name, host) = (name.clone(), work.join(name));
                all.push(Below { name, host, inside: None, globs: found });
            }
        }
        for (folder, patterns) in outermost(elsewhere) {
            let host = work.join("cache").join(all.len().to_string());
            let name = format!("abs{folder}");
            let globs = globs(&patterns, lines);
            all.push(Below { name, host, inside: Some(folder), globs });
        }
        Self { all }
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Names in the archive, and the folders here.
    pub fn places(&self) -> Vec<(String, PathBuf)> {
        self.all.iter().map(|below| (below.name.clone(), below.host.clone())).collect()
    }

    /// Folders here that belong elsewhere inside: made now.
    pub fn make(&self) -> std::io::Result<Vec<(PathBuf, PathBuf)>> {
        let mut made = Vec::new();
        for below in &self.all {
            if let Some(inside) = &below.inside {
                std::fs::create_dir_all(&below.host)?;
                made.push((below.host.clone(), PathBuf::from(inside)));
            }
        }
        Ok(made)
    }

    /// Calls with the files that there are now.
    pub fn with_files<T>(
        &self,
        then: impl FnOnce(&[Part<'_>]) -> Result<T, formats::archive::Error>,
    ) -> Result<T, formats::archive::Error> {
        let mut found: Vec<(&str, Tree, Vec<Listed>)> = Vec::new();
        for below in &self.all {
            let tree = Tree::open(&below.host)?;
            let mut files = tree.list(Links::Keep)?;
            files.retain(|file| {
                file.found.obstacle().is_none()
                    && below.globs.iter().any(|glob| glob.matches(&file.path))
            });
            found.push((&below.name, tree, files));
        }
        let part = |(name, tree, files)| Part { name, tree, files };
        let parts: Vec<Part<'_>> =
            found.iter().map(|(name, tree, files)| part((*name, tree, files.as_slice()))).collect();
        then(&parts)
    }
}

/// A path is that of a file, or of a folder with all that is in it.
fn compiled(pattern: &str, lines: &mut Vec<String>) -> Vec<Glob> {
    match (Glob::new(pattern), Glob::new(&format!("{pattern}/**"))) {
        (Ok(file), Ok(folder)) => vec![file, folder],
        (Err(why), _) | (_, Err(why)) => {
            lines.push(format!("Skipping cache path {pattern}: {why}"));
            Vec::new()
        }
    }
}

/// The folder of an absolute pattern, with a leading slash, and the pattern below it: what is in
/// front of the first wildcard. A path without any is a folder.
fn folder_of(below_root: &str, shows: fn(&Path) -> bool) -> Result<(String, String), String> {
    let names: Vec<&str> =
        below_root.split('/').filter(|name| !matches!(*name, "" | ".")).collect();
    if names.contains(&"..") {
        return Err("it leads out of its folder with \"..\"".to_owned());
    }
    let literal = names.iter().take_while(|name| !name.contains(['*', '?', '[', '{', '\\']));
    let length = literal.count();
    let (folder, rest) = names.split_at(length);
    let folder = format!("/{}", folder.join("/"));
    let rest = if rest.is_empty() { "**".to_owned() } else { rest.join("/") };
    let special = SPECIAL.iter().any(|special| Path::new(&folder).starts_with(special));
    if length < 2 || special {
        return Err(format!("{folder} is no folder of which a build can have one of its own"));
    }
    if shows(Path::new(&folder)) {
        return Err(format!("this machine's own {folder} shows in builds, and is not covered"));
    }
    Ok((folder, rest))
}

/// Folders in other folders of the list become part of those.
fn outermost(mut folders: Vec<(String, Vec<String>)>) -> Vec<(String, Vec<String>)> {
    folders.sort();
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    for (folder, patterns) in folders {
        match all.last_mut().filter(|(outer, _)| Path::new(&folder).starts_with(outer)) {
            Some((outer, known)) => {
                let below = folder.strip_prefix(outer.as_str()).unwrap_or_default();
                let below = below.trim_start_matches('/');
                known.extend(patterns.into_iter().map(|pattern| match below {
                    "" => pattern,
                    below => format!("{below}/{pattern}"),
                }));
            }
            None => all.push((folder, patterns)),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_sorted_by_their_folders() {
        let work = tempfile::tempdir().unwrap();
        let sources =
            [("/codebuild/output/src1/src", "src"), ("/codebuild/output/src1/src_two", "src_two")]
                .map(|(inside, name)| (inside.to_owned(), name.to_owned()));
        let mut lines = Vec::new();
        let given = [
            "node_modules/**/*",
            "/codebuild/output/src1/src/vendor",
            "/codebuild/output/src1/src_two/dep/**/*",
            "/codebuild/output/src1/src_three/**/*",
            "/root/.m2/**/*",
            "/root/.m2/repository/org/**/*",
            "~/.cache/pip/**/*",
            "/opt/no-such-folder/of/tools/",
            "/",
            "/root/**/*",
            "/proc/self/**",
            "/usr/bin/**/*",
            "/root/../etc/x/**",
            "a[",
        ]
        .map(str::to_owned);
        let paths = Paths::new(&given, &sources, work.path(), sandbox::shows_at, &mut lines);
        let names: Vec<String> = paths.places().into_iter().map(|(name, _)| name).collect();
        let wanted = [
            "src",
            "src_two",
            "abs/opt/no-such-folder/of/tools",
            "abs/root/.cache/pip",
            "abs/root/.m2",
        ];
        assert_eq!(names, wanted);
        assert_eq!(lines.len(), 7, "{lines:?}");
        assert_eq!(paths.make().unwrap().len(), 3);

        for (host, files) in [
            (work.path().join("src"), vec!["node_modules/a", "vendor/deep/b", "other"]),
            (work.path().join("src_two"), vec!["dep/d", "other"]),
            (work.path().join("cache/4"), vec!["repository/org/c", "settings.xml"]),
        ] {
            for file in files {
                std::fs::create_dir_all(host.join(file).parent().unwrap()).unwrap();
                std::fs::write(host.join(file), "").unwrap();
            }
        }
        let found = paths.with_files(|parts| {
            let all = parts.iter().flat_map(|part| {
                part.files.iter().map(|file| format!("{}/{}", part.name, file.path))
            });
            Ok(all.collect::<Vec<_>>())
        });
        assert_eq!(
            found.unwrap(),
            [
                "src/node_modules/a",
                "src/vendor/deep/b",
                "src_two/dep/d",
                "abs/root/.m2/repository/org/c",
                "abs/root/.m2/settings.xml"
            ]
        );
    }
}
