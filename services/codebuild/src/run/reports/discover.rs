//! Reports that no buildspec names: found among the build's files by their form, as AWS does in all
//! builds. `CODEBUILD_CONFIG_AUTO_DISCOVER` set to `false`, by the project, the request or the
//! buildspec, turns it off, and `CODEBUILD_CONFIG_AUTO_DISCOVER_DIR` is a pattern of where to look.
//!
//! What is found by the way fails nothing. Files that a report of the buildspec names are not found
//! again.
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/test-reporting.html>

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use formats::archive::{Found, Links, Tree};
use formats::buildspec::{ArtifactFiles, Buildspec, Report, ReportFormat};
use formats::glob::Glob;
use formats::reports::recognize;

use super::super::artifacts::choose::{Places, choose};
use super::super::artifacts::places;
use super::super::launch::Prepared;
use super::super::{Cut, Job};
use crate::validate::DISCOVERY;

/// What AWS gives the search, too.
const TIME: Duration = Duration::from_secs(5);
/// A larger file is no report that somebody has forgotten to name.
const MAX_BYTES: u64 = 16 << 20;
/// Files of one report.
const MAX_FILES: usize = 1_000;

/// What was found.
#[derive(Default)]
pub(super) struct Discovered {
    root: PathBuf,
    /// Paths below the root.
    files: BTreeMap<&'static str, (ReportFormat, Vec<String>)>,
    /// For the log.
    pub lines: Vec<String>,
}

impl Discovered {
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The same of the files that none of these reports is to be made of, whatever came of it.
    pub async fn others(&self, places: Places, named: Vec<Report>) -> Result<Vec<Report>, Cut> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        let taken = tokio::task::spawn_blocking(move || {
            let files = |report| choose(&places, &wanted(report), Links::Follow).ok();
            let all = named.into_iter().filter_map(files).flat_map(|chosen| {
                chosen.files.into_iter().map(move |(path, _)| chosen.root.join(path))
            });
            all.collect::<BTreeSet<_>>()
        });
        Ok(self.reports(&taken.await.map_err(Cut::retry)?))
    }

    /// A report for each format, of the files that are not taken.
    fn reports(&self, taken: &BTreeSet<PathBuf>) -> Vec<Report> {
        let left = |paths: &[String]| -> Vec<String> {
            let left = paths.iter().filter(|path| !taken.contains(&self.root.join(path)));
            left.take(MAX_FILES).map(|path| literal(path)).collect()
        };
        let all = self.files.values().map(|(format, paths)| (*format, left(paths)));
        all.filter(|(_, files)| !files.is_empty())
            .map(|(format, files)| report(format, files))
            .collect()
    }
}

fn wanted(report: Report) -> ArtifactFiles {
    let Report { files, base_directory, .. } = report;
    ArtifactFiles { files, base_directory, ..ArtifactFiles::default() }
}

fn report(format: ReportFormat, files: Vec<String>) -> Report {
    Report {
        group: format!("{}-AutoDiscovered", format.as_str()),
        files,
        base_directory: None,
        discard_paths: false,
        format,
        at: Default::default(),
    }
}

/// A path as a pattern that nothing else matches.
fn literal(path: &str) -> String {
    let special = |c: char| matches!(c, '*' | '?' | '[' | ']' | '{' | '}' | '!' | '\\');
    path.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

/// Looks for them, unless it is told not to.
pub(super) async fn find(job: &Job, prepared: &Prepared) -> Result<Discovered, Cut> {
    let [switch, place] = DISCOVERY;
    let set = |name: &str| setting(job, &prepared.spec, name);
    if set(switch).is_some_and(|value| value.eq_ignore_ascii_case("false")) {
        return Ok(Discovered::default());
    }
    let pattern = set(place).filter(|given| !given.is_empty());
    let pattern = pattern.unwrap_or_else(|| "**/*".to_owned());
    let Some((_, root)) = places(job, prepared).sources.into_iter().next() else {
        return Ok(Discovered::default());
    };
    let looked = tokio::task::spawn_blocking(move || look(&root, &pattern));
    Ok(looked.await.map_err(Cut::retry)?.unwrap_or_else(|why| Discovered {
        lines: vec![format!("Report auto-discover: {why}")],
        ..Discovered::default()
    }))
}

/// The value of a plain variable: the build's own, else the buildspec's.
fn setting(job: &Job, spec: &Buildspec, name: &str) -> Option<String> {
    let environment = job.record.build.environment.as_ref();
    let given = environment.and_then(|it| it.environment_variables.as_ref());
    let given = given.into_iter().flatten().find(|variable| variable.name == name);
    let own = spec.env.variables.iter().find(|(known, _)| known == name);
    given.map(|variable| variable.value.clone()).or_else(|| own.map(|(_, value)| value.clone()))
}

fn look(root: &Path, pattern: &str) -> Result<Discovered, String> {
    let began = Instant::now();
    let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
    let glob = Glob::new(pattern)?;
    let tree = Tree::open(root).map_err(|error| error.to_string())?;
    let listed = tree.list(Links::Keep).map_err(|error| error.to_string())?;
    let mut found = Discovered { root: root.to_owned(), ..Discovered::default() };
    for file in listed.into_iter().filter(|file| file.found == Found::File) {
        let is_git = file.path.starts_with(".git/") || file.path.contains("/.git/");
        if is_git || !may_be(&file.path) || !glob.matches(&file.path) {
            continue;
        }
        if began.elapsed() > TIME {
            found.lines.push(format!("Report auto-discover stopped after {} s", TIME.as_secs()));
            break;
        }
        // What can't be read is no report that anybody expects.
        let Some(format) = content(&tree, &file.path).and_then(|it| recognize(&file.path, &it))
        else {
            continue;
        };
        let (_, files) = found.files.entry(format.as_str()).or_insert((format, Vec::new()));
        files.push(file.path);
    }
    let count: usize = found.files.values().map(|(_, files)| files.len()).sum();
    if count > 0 {
        found.lines.push(format!(
            "Report auto-discover found {count} report file(s) in {:.6} seconds",
            began.elapsed().as_secs_f64()
        ));
    }
    Ok(found)
}

fn may_be(path: &str) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    matches!(ending.as_deref(), Some("xml" | "json" | "trx"))
}

fn content(tree: &Tree, path: &str) -> Option<Vec<u8>> {
    if tree.file_metadata(path).ok()?.len() > MAX_BYTES {
        return None;
    }
    let mut content = Vec::new();
    tree.file(path).ok()?.take(MAX_BYTES).read_to_end(&mut content).ok()?;
    Some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_where_they_may_be() {
        let dir = tempfile::tempdir().unwrap();
        let suite = "<testsuite><testcase name='t'/></testsuite>";
        for path in ["a.xml", "out/[b].xml", ".git/c.xml", "out/d.txt"] {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, suite).unwrap();
        }
        std::fs::write(dir.path().join("pom.xml"), "<project/>").unwrap();
        let files = |pattern: &str, taken: &[&str]| {
            let taken = taken.iter().map(|path| dir.path().join(path)).collect();
            let reports = look(dir.path(), pattern).unwrap().reports(&taken);
            reports.into_iter().flat_map(|report| report.files).collect::<Vec<_>>()
        };
        assert_eq!(files("**/*", &[]), ["a.xml", "out/\\[b\\].xml"]);
        assert_eq!(files("out/*xml", &[]), ["out/\\[b\\].xml"]);
        assert_eq!(files("**/*", &["out/[b].xml"]), ["a.xml"]);
        assert!(files("none/**/*", &[]).is_empty());
        assert!(Glob::new(&literal("out/[b].xml")).unwrap().matches("out/[b].xml"));
        assert!(look(dir.path(), "[").is_err());
    }
}
