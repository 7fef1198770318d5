//! Which files an output takes, and under which names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use formats::archive::{Found, Links, Listed, Tree};
use formats::buildspec::ArtifactFiles;
use formats::glob::{Glob, Selection};

/// Of the paths that are left out so many are named in the log.
const MAX_NAMED: usize = 20;

/// Where the sources are: inside the sandbox, and here.
pub(in crate::run) struct Places {
    /// The primary source first.
    pub sources: Vec<(String, PathBuf)>,
}

/// What was chosen.
pub(in crate::run) struct Chosen {
    /// The folder that the paths are below.
    pub root: PathBuf,
    /// Path below the root, and name in the output.
    pub files: Vec<(String, String)>,
    /// What to tell in the log.
    pub lines: Vec<String>,
}

/// Chooses, in AWS's order: base directory, patterns, exclusions, names.
pub(in crate::run) fn choose(
    places: &Places,
    files: &ArtifactFiles,
    links: Links,
) -> Result<Chosen, String> {
    let given = files.base_directory.as_deref().unwrap_or_default();
    let (inside, root, base) = places.base(given)?;
    let tree = Tree::open(root).map_err(|error| error.to_string())?;
    let listed = tree.list(links).map_err(|error| error.to_string())?;
    let told = if base.is_empty() { "." } else { given };
    let mut lines = vec![
        format!("Expanding base directory path: {told}"),
        "Assembling file list".to_owned(),
        format!("Expanding {told}"),
        format!("Expanding file paths for base directory {told}"),
        "Assembling file list".to_owned(),
    ];
    let below = below(listed, &base)?;
    if below.is_empty() {
        return Err(match base.is_empty() {
            true => "no matching artifact paths found".to_owned(),
            false => format!("no matching base directory path found for {given}"),
        });
    }
    let relative = |patterns: &[String]| -> Vec<String> {
        patterns.iter().map(|pattern| relative_to(inside, pattern)).collect()
    };
    let patterns = relative(&files.files);
    let selection = Selection::new(&patterns, &relative(&files.exclude_paths))?;
    lines.extend(files.files.iter().map(|pattern| format!("Expanding {pattern}")));
    let mut left_out = Vec::new();
    let mut chosen = BTreeMap::new();
    for (listed, below) in below.into_iter().filter(|(_, below)| selection.takes(below)) {
        match listed.found {
            Found::File | Found::Link => {}
            // Nothing is lost with what has no content of its own.
            Found::LeadsNowhere | Found::Circle | Found::Special => {
                let why = listed.found.obstacle().unwrap_or_default();
                left_out.push(format!("Skipping invalid file path {}: it {why}", listed.path));
                continue;
            }
            Found::LeadsOut | Found::NotUtf8 => {
                let why = listed.found.obstacle().unwrap_or_default();
                return Err(format!("the file {:?} {why}", listed.path));
            }
        }
        let name = match files.discard_paths {
            true => below.rsplit('/').next().unwrap_or(&below).to_owned(),
            false => below,
        };
        // One output has one file of a name: the last takes it, as in a bucket.
        if let Some(lost) = chosen.insert(name.clone(), listed.path.clone()) {
            left_out.push(format!("Replacing {lost} with {}: both are {name}", listed.path));
        }
    }
    let more = left_out.len().saturating_sub(MAX_NAMED);
    left_out.truncate(MAX_NAMED);
    lines.extend(left_out);
    if more > 0 {
        lines.push(format!("{more} more paths were left out or replaced"));
    }
    if chosen.is_empty() {
        return Err("no matching artifact paths found".to_owned());
    }
    lines.push(format!("Found {} file(s)", chosen.len()));
    let files = chosen.into_iter().map(|(name, path)| (path, name)).collect();
    Ok(Chosen { root: root.to_owned(), files, lines })
}

impl Places {
    /// The source that a base directory is in: its path inside and here, and the directory's path
    /// below it, empty for itself.
    fn base(&self, given: &str) -> Result<(&str, &Path, String), String> {
        let missing = || format!("no matching base directory path found for {given}");
        let trimmed = given.trim_end_matches('/');
        let primary = self.sources.first().ok_or_else(missing)?;
        if !given.starts_with('/') {
            let below = relative_to(&primary.0, trimmed);
            return Ok((&primary.0, &primary.1, if below == "." { String::new() } else { below }));
        }
        // As $CODEBUILD_SRC_DIR and $CODEBUILD_SRC_DIR_source expand to.
        let (source, below) = self
            .sources
            .iter()
            .filter_map(|source| {
                let below = trimmed.strip_prefix(source.0.as_str())?;
                (below.is_empty() || below.starts_with('/')).then_some((source, below))
            })
            .next()
            .ok_or_else(missing)?;
        Ok((&source.0, &source.1, below.trim_start_matches('/').to_owned()))
    }
}

/// A pattern below a folder, without the folder and without a leading `./`.
fn relative_to(folder: &str, pattern: &str) -> String {
    let below = pattern.strip_prefix(folder).and_then(|below| below.strip_prefix('/'));
    let below = below.unwrap_or(pattern);
    below.strip_prefix("./").unwrap_or(below).to_owned()
}

/// What is below the base directory, which may be a pattern, with its path below it.
fn below(all: Vec<Listed>, base: &str) -> Result<Vec<(Listed, String)>, String> {
    if base.is_empty() {
        return Ok(all.into_iter().map(|listed| (listed.clone(), listed.path)).collect());
    }
    let glob = Glob::new(base)?;
    let below = |listed: Listed| {
        let slashes = listed.path.match_indices('/').map(|(at, _)| at);
        let rest = slashes
            .filter_map(|at| listed.path.split_at_checked(at))
            .find(|(folder, _)| glob.matches(folder))
            .map(|(_, rest)| rest.trim_start_matches('/').to_owned())?;
        Some((listed, rest))
    };
    Ok(all.into_iter().filter_map(below).collect())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join("src").join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        dir
    }

    fn files(base: &str, files: &[&str], exclude: &[&str], discard_paths: bool) -> ArtifactFiles {
        let list = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect();
        ArtifactFiles {
            files: list(files),
            exclude_paths: list(exclude),
            base_directory: (!base.is_empty()).then(|| base.to_owned()),
            discard_paths,
            ..ArtifactFiles::default()
        }
    }

    fn chosen(dir: &tempfile::TempDir, files: &ArtifactFiles) -> Result<Chosen, String> {
        let places = Places {
            sources: vec![
                ("/codebuild/output/src1/src".to_owned(), dir.path().join("src")),
                ("/codebuild/output/src1/src_two".to_owned(), dir.path().join("src/two")),
            ],
        };
        choose(&places, files, Links::Follow)
    }

    fn names(dir: &tempfile::TempDir, files: &ArtifactFiles) -> Result<Vec<String>, String> {
        Ok(chosen(dir, files)?.files.into_iter().map(|(_, name)| name).collect())
    }

    #[test]
    fn files_are_chosen_below_the_base_directory() {
        let dir = tree(&["a.txt", "out/x/1.js", "out/y/2.js", "out/y/2.map", "dist-1/z", ".env"]);
        fs::create_dir_all(dir.path().join("src/two")).unwrap();
        fs::write(dir.path().join("src/two/f"), "").unwrap();
        let src = "/codebuild/output/src1/src";
        let two = "/codebuild/output/src1/src_two";
        let at = |pattern: &str| format!("{src}/{pattern}");
        for (base, patterns, exclude, flat, want) in [
            ("", vec!["*"], vec![], false, vec![".env", "a.txt"]),
            ("", vec!["*"], vec!["**/.*"], false, vec!["a.txt"]),
            ("out", vec!["**/*"], vec!["**/*.map"], false, vec!["x/1.js", "y/2.js"]),
            ("./out/", vec!["**/*.js"], vec![], true, vec!["1.js", "2.js"]),
            ("dist-*", vec!["z"], vec![], false, vec!["z"]),
            (&at("out"), vec!["x/*"], vec![], false, vec!["x/1.js"]),
            (two, vec!["*"], vec![], false, vec!["f"]),
            (".", vec!["./a.txt"], vec![], false, vec!["a.txt"]),
            ("", vec![&at("a.txt")], vec![], false, vec!["a.txt"]),
        ] {
            let got = names(&dir, &files(base, &patterns, &exclude, flat)).unwrap();
            assert_eq!(got, want, "{base} {patterns:?}");
        }
        let all = names(&dir, &files("", &["**/*"], &[], false)).unwrap();
        assert_eq!(all.len(), 7);
        for (base, pattern, want) in [
            ("", "*.exe", "no matching artifact paths found"),
            ("none", "*", "no matching base directory path found for none"),
            ("/etc", "*", "no matching base directory path found for /etc"),
            ("/codebuild/output/src1/srcery", "*", "no matching base directory"),
            ("out", "a.txt", "no matching artifact paths found"),
        ] {
            let why = names(&dir, &files(base, &[pattern], &[], false)).unwrap_err();
            assert!(why.contains(want), "{why}");
        }
    }

    #[test]
    fn of_files_of_one_name_the_last_is_taken() {
        let dir = tree(&["a/same", "b/same"]);
        let chosen = chosen(&dir, &files("", &["**/*"], &[], true)).unwrap();
        assert_eq!(chosen.files, [("b/same".to_owned(), "same".to_owned())]);
        assert!(chosen.lines.iter().any(|line| line.contains("Replacing a/same")));
        assert!(chosen.lines.iter().any(|line| line == "Found 1 file(s)"));
    }

    #[test]
    fn links_out_of_the_sources_are_refused_where_they_are_chosen() {
        let dir = tree(&["f"]);
        symlink("/etc/passwd", dir.path().join("src/link")).unwrap();
        let why = names(&dir, &files("", &["**/*"], &[], false)).unwrap_err();
        assert!(why.contains("\"link\" is a link that leads out"), "{why}");
        assert_eq!(names(&dir, &files("", &["f"], &[], false)).unwrap(), ["f"]);
    }

    #[test]
    fn what_has_no_content_is_left_out_and_told() {
        let dir = tree(&["out/a.txt"]);
        let root = dir.path().join("src");
        symlink("..", root.join("out/circle")).unwrap();
        symlink("none", root.join("broken")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(root.join("pipe")).status().unwrap();
        assert!(made.success());
        let chosen = chosen(&dir, &files("", &["**/*"], &[], false)).unwrap();
        assert_eq!(chosen.files.len(), 1);
        for name in ["out/circle", "broken", "socket", "pipe"] {
            let line = format!("Skipping invalid file path {name}: it is ");
            assert!(chosen.lines.iter().any(|told| told.starts_with(&line)), "{name}");
        }
        let why = names(&dir, &files("", &["pipe"], &[], false)).unwrap_err();
        assert_eq!(why, "no matching artifact paths found");
    }
}
