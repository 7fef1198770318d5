//! `codeyard repo import` and `codeyard repo export`, also when they or the yard are killed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::harness::{Data, Yard, said};

/// Commits of the large history.
const COMMITS: usize = 6_000;

/// A data directory and a place for repositories and caches.
struct Here {
    data: Data,
    home: tempfile::TempDir,
}

impl Here {
    fn new() -> Self {
        Self { data: Data::new(), home: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn repo(&self, arguments: &[&str]) -> Command {
        let mut command = self.data.codeyard(&[&["repo"], arguments].concat());
        command.env("XDG_CACHE_HOME", self.path("cache"));
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command
    }

    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.repo(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        said(&output)
    }

    fn fails(&self, arguments: &[&str]) -> String {
        let output = self.repo(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", said(&output));
        said(&output)
    }

    /// What an import left for the next one.
    fn left(&self) -> usize {
        let folder = self.path("cache/codeyard/imports");
        std::fs::read_dir(folder).map_or(0, Iterator::count)
    }

    /// The yard's repository, by an export that is checked with stock git.
    fn exported(&self, name: &str, to: &str) -> PathBuf {
        let path = self.path(to);
        self.ok(&["export", name, path.to_str().unwrap()]);
        git(&path, &["fsck", "--full", "--strict"]);
        path
    }
}

fn git_command(dir: &Path) -> Command {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars() {
        if name.starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command.current_dir(dir).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Ann").env(format!("GIT_{who}_EMAIL"), "a@b.c");
    }
    command
}

fn git(dir: &Path, arguments: &[&str]) -> String {
    let output: Output = git_command(dir).args(arguments).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", said(&output));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Branches and tags.
fn refs(dir: &Path) -> BTreeMap<String, String> {
    let listed =
        git(dir, &["for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags"]);
    let pair = |line: &str| line.split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned()));
    listed.lines().filter_map(pair).collect()
}

/// A bare repository with this many commits on `trunk`, a merged side branch every hundred, tags
/// of both kinds, and references that are neither branches nor tags.
fn history(dir: &Path, commits: usize) {
    std::fs::create_dir(dir).unwrap();
    git(dir, &["init", "-q", "--bare", "-b", "trunk"]);
    let mut stream = String::new();
    let who = |at: usize| format!("committer Ann <a@b.c> {} +0000\n", 1_600_000_000 + at);
    for at in 1..=commits {
        let side = at % 100 == 50;
        let branch = if side { "side" } else { "trunk" };
        write!(stream, "commit refs/heads/{branch}\nmark :{at}\n{}data 2\nc\n", who(at)).unwrap();
        if side {
            writeln!(stream, "from :{}", at - 1).unwrap();
        } else if at % 100 == 51 && at > 51 {
            writeln!(stream, "from :{}\nmerge :{}", at - 2, at - 1).unwrap();
        } else if at == 51 {
            writeln!(stream, "from :49\nmerge :50").unwrap();
        }
        let text = format!("{at}\n").repeat(40);
        write!(stream, "M 644 inline d{}/f{}\ndata {}\n{text}\n", at % 7, at % 300, text.len())
            .unwrap();
    }
    write!(stream, "reset refs/notes/commits\nfrom :{}\n", commits / 2).unwrap();
    write!(stream, "reset refs/pull/1/head\nfrom :{}\n", commits / 3).unwrap();
    write!(stream, "reset refs/tags/light\nfrom :{}\n", commits / 2).unwrap();
    write!(stream, "tag v1\nfrom :{commits}\ntagger Ann <a@b.c> 1600000000 +0000\ndata 2\nt\n")
        .unwrap();
    let mut child =
        git_command(dir).args(["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_repository_comes_in_whole_and_goes_out_whole() {
    let here = Here::new();
    let yard = Yard::up(&here.data, &[], &[]);
    let source = here.path("source.git");
    history(&source, 1_000);
    let source_text = source.to_str().unwrap().to_owned();

    let said = here.ok(&["import", &source_text, "r", "--batch", "300"]);
    for part in [
        "2 branches and 2 tags, trunk by default",
        "left out, being neither branches nor tags: refs/notes/ (1), refs/pull/ (1)",
        "made the repository r",
        "1000 commits to bring",
        "pushed 300 of 1000 commits",
        "pushed 900 of 1000 commits",
        "imported 2 branches and 2 tags into r",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("LFS"), "{said}");
    assert_eq!(here.left(), 0, "nothing is kept when it is done");
    let out = here.exported("r", "out.git");
    assert_eq!(refs(&out), refs(&source));
    let all = git(&out, &["for-each-ref", "--format=%(refname)"]);
    assert!(!all.contains("refs/codeyard"), "{all}");
    let metadata = yard.root().aws(&["codecommit", "get-repository", "--repository-name", "r"]);
    assert_eq!(metadata["repositoryMetadata"]["defaultBranch"], "trunk");

    // Again brings what is new, from a working copy as well, by URL as well.
    let work = here.path("work");
    git(here.home.path(), &["clone", "-q", &source_text, "work"]);
    std::fs::write(work.join(".gitattributes"), "*.bin filter=lfs diff=lfs merge=lfs -text\n")
        .unwrap();
    git(&work, &["add", "-A"]);
    git(&work, &["commit", "-q", "-m", "lfs"]);
    git(&work, &["push", "-q", "origin", "trunk"]);
    let said = here.ok(&["import", &format!("file://{source_text}"), "r"]);
    assert!(said.contains("1 commit to bring") && said.contains("Git LFS"), "{said}");
    let said = here.ok(&["import", &source_text, "r"]);
    assert!(said.contains("0 commits to bring"), "{said}");

    // A bundle is one file, which is a source as well.
    let bundle = here.path("r.bundle");
    here.ok(&["export", "r", bundle.to_str().unwrap(), "--bundle"]);
    git(here.home.path(), &["clone", "-q", "--mirror", bundle.to_str().unwrap(), "unbundled.git"]);
    assert_eq!(refs(&here.path("unbundled.git")), refs(&source));
    here.ok(&["import", bundle.to_str().unwrap(), "from-bundle"]);
    assert_eq!(refs(&here.exported("from-bundle", "again.git")), refs(&source));

    // What would be forced is refused, with nothing changed.
    git(&work, &["reset", "-q", "--hard", "HEAD~3"]);
    git(&work, &["commit", "-q", "--allow-empty", "-m", "other"]);
    git(&work, &["push", "-q", "-f", "origin", "trunk", "trunk:new"]);
    let before = refs(&out);
    let said = here.fails(&["import", &source_text, "r"]);
    assert!(said.contains("refs/heads/trunk") && said.contains("nothing was changed"), "{said}");
    let now = refs(&here.exported("r", "later.git"));
    assert!(!now.contains_key("refs/heads/new") && now.len() == before.len());
}

#[test]
fn what_cannot_be_done_is_told() {
    let here = Here::new();
    let said = here.fails(&["import", "/nowhere", "r"]);
    assert!(said.contains("no yard has used"), "{said}");
    let yard = Yard::up(&here.data, &[], &[]);
    let source = here.path("source.git");
    history(&source, 60);
    let source = source.to_str().unwrap().to_owned();
    let (shallow, empty) = (here.path("shallow"), here.path("empty"));
    let url = format!("file://{source}");
    git(here.home.path(), &["clone", "-q", "--depth", "1", &url, "shallow"]);
    git(here.home.path(), &["init", "-q", "empty"]);
    let listening = format!("{}/nothing-here", yard.url);
    for (arguments, part) in [
        (vec!["import", "/nowhere", "r"], "there is no repository at /nowhere"),
        (vec!["import", &listening, "r"], "failed to list the references"),
        (vec!["import", shallow.to_str().unwrap(), "r"], "is a shallow clone"),
        (vec!["import", empty.to_str().unwrap(), "r"], "has no branches and no tags"),
        (vec!["import", &source, "not a name"], "InvalidRepositoryNameException"),
        (vec!["export", "none", "/tmp/codeyard-never"], "has no repository none"),
        (vec!["export", "none", &source], "there is something at"),
    ] {
        let said = here.fails(&arguments);
        assert!(said.contains(part), "{part}: {said}");
    }
    let made = yard.root().aws(&["codecommit", "list-repositories"]);
    assert_eq!(made["repositories"], serde_json::json!([]), "nothing was made on the way");

    // An empty one goes out as what it is, but not as a bundle.
    yard.root().aws(&["codecommit", "create-repository", "--repository-name", "void"]);
    let out = here.path("void.git");
    let said = here.fails(&["export", "void", out.to_str().unwrap(), "--bundle"]);
    assert!(said.contains("void is empty") && !out.exists(), "{said}");
    here.ok(&["export", "void", out.to_str().unwrap()]);
    let left: Vec<_> = std::fs::read_dir(here.home.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'))
        .collect();
    assert!(left.is_empty(), "{left:?}");

    // By the environment, as anybody with keys; without the right, the yard's own words.
    let eve = yard.user(
        "eve",
        &serde_json::json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "codecommit:Get*", "Resource": "*"},
        ]}),
    );
    let mut command = Command::new(crate::harness::CODEYARD);
    command.args(["repo", "import", &source, "r"]).env("XDG_CACHE_HOME", here.path("cache"));
    command.envs(eve.environment.iter().map(|(name, value)| (name, value)));
    let output = command.output().unwrap();
    let refused = crate::harness::said(&output);
    assert!(refused.contains("codecommit:CreateRepository"), "{refused}");
}

/// Starts an import and waits until it has told twice that a piece is through.
fn import_in_the_middle(here: &Here, source: &str) -> std::process::Child {
    let mut command = here.repo(&["import", source, "r", "--batch", "500"]);
    let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut told = Vec::new();
    while told.iter().filter(|line: &&String| line.contains("pushed ")).count() < 2 {
        match lines.next() {
            Some(line) => told.push(line.unwrap()),
            None => panic!("it ended before two pieces were through: {told:#?}"),
        }
    }
    // Whoever reads no more must not stop it.
    std::thread::spawn(move || lines.for_each(drop));
    child
}

#[test]
fn an_import_that_is_killed_goes_on_where_it_was() {
    let here = Here::new();
    let source = here.path("source.git");
    history(&source, COMMITS);
    let text = source.to_str().unwrap().to_owned();
    let yard = Yard::up(&here.data, &[], &[]);

    // kill -9 of the importer.
    let mut importer = import_in_the_middle(&here, &text);
    importer.kill().unwrap();
    importer.wait().unwrap();
    assert!(here.left() > 0, "what was fetched is kept");
    let commits = |said: &str| -> usize {
        let line = said.lines().find(|line| line.ends_with("commits to bring")).unwrap();
        line.split(' ').nth(1).unwrap().parse().unwrap()
    };

    // kill -9 of the yard, under the next one.
    let importer = import_in_the_middle(&here, &text);
    yard.kill_9();
    let ended = importer.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(1), "it does not pass for done");
    let said = here.fails(&["import", &text, "r"]);
    assert!(said.contains("no yard runs"), "{said}");

    let _yard = Yard::up(&here.data, &[], &[]);
    let said = here.ok(&["import", &text, "r", "--batch", "500"]);
    assert!(said.contains("going on"), "{said}");
    assert!(commits(&said) <= COMMITS - 4 * 500, "four pieces were through: {said}");
    assert_eq!(here.left(), 0);
    assert_eq!(refs(&here.exported("r", "out.git")), refs(&source));
}
