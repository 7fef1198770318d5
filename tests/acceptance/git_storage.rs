//! Repositories outlive their yard's sudden death, and nothing plain outlives the yard.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use crate::harness::{CODEYARD, Data, User, Yard, said, until};

const REPOSITORIES: usize = 3;

/// Git as an IAM user of the yard, by a git credential.
pub struct Git {
    user: User,
    pub dir: tempfile::TempDir,
    userinfo: String,
}

impl Git {
    /// Makes the repositories and a credential for them.
    pub fn new(yard: &Yard) -> Self {
        let root = yard.root();
        for i in 0..REPOSITORIES {
            root.aws(&["codecommit", "create-repository", "--repository-name", &format!("r{i}")]);
        }
        root.aws(&["iam", "create-user", "--user-name", "dev"]);
        let policy = "arn:aws:iam::aws:policy/AWSCodeCommitPowerUser";
        let inline = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"codecommit:*","Resource":"*"}]}"#;
        let attach = ["iam", "attach-user-policy", "--user-name", "dev", "--policy-arn", policy];
        if !root.try_aws(&attach).status.success() {
            root.aws(&[
                "iam",
                "put-user-policy",
                "--user-name",
                "dev",
                "--policy-name",
                "p",
                "--policy-document",
                inline,
            ]);
        }
        let made = root.aws(&[
            "iam",
            "create-service-specific-credential",
            "--user-name",
            "dev",
            "--service-name",
            "codecommit.amazonaws.com",
        ]);
        let made = &made["ServiceSpecificCredential"];
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        let encode = |text: &str| {
            let byte = |b: u8| match b {
                b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
                b => format!("%{b:02X}"),
            };
            text.bytes().map(byte).collect::<String>()
        };
        let userinfo =
            format!("{}:{}", encode(&text("ServiceUserName")), encode(&text("ServicePassword")));
        let mut user = root.clone();
        user.environment.retain(|(name, _)| !name.starts_with("AWS_"));
        Self { user, dir: tempfile::tempdir().unwrap(), userinfo }
    }

    pub fn url(&self, yard: &Yard, name: &str) -> String {
        let host = yard.url.strip_prefix("http://").unwrap();
        format!("http://{}@{host}/v1/repos/{name}", self.userinfo)
    }

    pub fn try_run(&self, dir: &Path, arguments: &[&str]) -> Output {
        let mut command = self.user.command("git");
        command.args(["-c", "user.name=Dev", "-c", "user.email=dev@localhost"]);
        command.args(arguments).current_dir(dir).output().unwrap()
    }

    pub fn run(&self, dir: &Path, arguments: &[&str]) -> String {
        let output = self.try_run(dir, arguments);
        assert!(output.status.success(), "git {arguments:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    pub fn work(&self, name: &str) -> PathBuf {
        let dir = self.dir.path().join(name);
        std::fs::create_dir(&dir).unwrap();
        self.run(&dir, &["init", "-q", "-b", "main"]);
        dir
    }

    /// One more commit; every third is too large to be kept in the store itself.
    pub fn commit(&self, dir: &Path, number: u64) -> String {
        let lines = if number.is_multiple_of(3) { 20_000 } else { 1 };
        let text: String = (0..lines)
            .map(|i| format!("{:x}\n", (number * 100_000 + i).wrapping_mul(0x9e37_79b9_7f4a_7c15)))
            .collect();
        std::fs::write(dir.join(format!("file{}", number % 7)), text).unwrap();
        self.run(dir, &["add", "-A"]);
        self.run(dir, &["commit", "-q", "-m", &format!("number {number}")]);
        self.run(dir, &["rev-parse", "HEAD"])
    }

    /// What the yard says the branch is at, in a fresh and whole clone.
    pub fn cloned_tip(&self, yard: &Yard, name: &str) -> Option<String> {
        let dir = tempfile::tempdir().unwrap();
        self.run(dir.path(), &["clone", "-q", "--bare", &self.url(yard, name), "c"]);
        let clone = dir.path().join("c");
        self.run(&clone, &["fsck", "--strict", "--full"]);
        let tip = self.try_run(&clone, &["rev-parse", "-q", "--verify", "main"]);
        tip.status.success().then(|| String::from_utf8(tip.stdout).unwrap().trim().to_owned())
    }
}

/// The folders in memory that the yard's process has.
fn memory_of(yard: &Yard) -> Vec<PathBuf> {
    let handles = std::fs::read_dir(format!("/proc/{}/fd", yard.child.id())).unwrap();
    let open = handles.filter_map(|it| std::fs::read_link(it.ok()?.path()).ok());
    open.filter(|it| it.starts_with("/dev/shm") && it.extension().is_some_and(|e| e == "lock"))
        .map(|it| it.with_extension(""))
        .collect()
}

fn in_git_cache(data: &Data) -> usize {
    std::fs::read_dir(data.path().join("git-cache")).map_or(0, |it| it.count())
}

/// The yard dies at several instants of pushes. Whatever git was told is there afterwards, whole,
/// although all plain copies are lost each time; what it was not told left nothing wrong.
#[test]
fn acknowledged_pushes_survive_kill_9() {
    let data = Data::new();
    let mut yard = Yard::up(&data, &[], &[]);
    let git = Git::new(&yard);
    let works: Vec<PathBuf> = (0..REPOSITORIES).map(|i| git.work(&format!("w{i}"))).collect();
    let mut number = 0;
    let mut acknowledged: Vec<Option<String>> = vec![None; REPOSITORIES];
    let mut tried: Vec<Vec<String>> = vec![Vec::new(); REPOSITORIES];
    for delay in [15, 40, 80, 130, 200, 300, 450, 700] {
        let urls: Vec<String> =
            (0..REPOSITORIES).map(|i| git.url(&yard, &format!("r{i}"))).collect();
        let (child, memory) = (yard.child.id(), memory_of(&yard));
        std::thread::scope(|scope| {
            let killing = scope.spawn(move || {
                std::thread::sleep(Duration::from_millis(delay));
                let pid = child.to_string();
                let killed = std::process::Command::new("kill").args(["-9", &pid]).status();
                assert!(killed.unwrap().success());
            });
            let git = &git;
            let pushing = (0..REPOSITORIES).map(|i| {
                let (work, url) = (&works[i], &urls[i]);
                let first = number + 1 + 1000 * i as u64;
                scope.spawn(move || {
                    let (mut told, mut tried) = (None, Vec::new());
                    for n in first..first + 50 {
                        let tip = git.commit(work, n);
                        tried.push(tip.clone());
                        if !git.try_run(work, &["push", "-q", url, "main"]).status.success() {
                            break;
                        }
                        told = Some(tip);
                    }
                    (told, tried)
                })
            });
            let pushing: Vec<_> = pushing.collect();
            for (i, pushed) in pushing.into_iter().enumerate() {
                let (told, all) = pushed.join().unwrap();
                tried[i].extend(all);
                if told.is_some() {
                    acknowledged[i] = told;
                }
            }
            killing.join().unwrap();
        });
        number += 100;
        drop(yard);
        yard = Yard::up(&data, &[], &[]);
        for i in 0..REPOSITORIES {
            let tip = git.cloned_tip(&yard, &format!("r{i}"));
            let place = |oid: &Option<String>| {
                oid.as_ref().map_or(0, |oid| 1 + tried[i].iter().position(|it| it == oid).unwrap())
            };
            // The last one may have been made without its client being told.
            let (is, least) = (place(&tip), place(&acknowledged[i]));
            assert!(is >= least, "after {delay} ms: r{i} is at {is}, acknowledged was {least}");
            assert!(is <= tried[i].len());
        }
        until(Duration::from_secs(20), "what the dead yard left in memory goes", || {
            memory.iter().all(|folder| !folder.exists()).then_some(())
        });
    }
    assert!(acknowledged.iter().any(Option::is_some), "no push was ever quick enough");
    // An orderly end leaves nothing plain either.
    let memory = memory_of(&yard);
    assert!(!memory.is_empty(), "it serves from memory");
    assert!(yard.terminate().success());
    assert!(memory.iter().all(|folder| !folder.exists()));
    assert_eq!(in_git_cache(&data), 0);
    unowned_blobs_are_swept(&data, &git);
}

fn area(data: &Data) -> PathBuf {
    data.path().join("blobs/areas/git")
}

/// The sealed packs that are there for good.
pub fn blobs(data: &Data) -> Vec<PathBuf> {
    let shards = std::fs::read_dir(area(data)).unwrap().map(|it| it.unwrap().path());
    let shards = shards.filter(|it| it.is_dir() && it.file_name().unwrap() != "tmp");
    shards.flat_map(|it| std::fs::read_dir(it).unwrap()).map(|it| it.unwrap().path()).collect()
}

/// A blob without a row, as a death between the two leaves one.
fn unowned_blobs_are_swept(data: &Data, git: &Git) {
    let area = area(data);
    let owned = blobs(data);
    let some = owned.first().expect("large pushes are blobs");
    let name = "00000000000000000000000000000001";
    std::fs::create_dir_all(area.join("00")).unwrap();
    let unowned = area.join("00").join(name);
    std::fs::copy(some, &unowned).unwrap();
    std::thread::sleep(Duration::from_millis(20));
    let yard = Yard::up(data, &[], &[]);
    until(Duration::from_secs(20), "the unowned blob goes", || (!unowned.exists()).then_some(()));
    for i in 0..REPOSITORIES {
        git.cloned_tip(&yard, &format!("r{i}"));
    }
}

/// A machine without a tmpfs: what may lie in memory alone is refused at the start, and else
/// everything lies on disk while the yard runs.
#[test]
fn without_a_tmpfs() {
    let allowed = Command::new("unshare").args(["-rm", "true"]).output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        return eprintln!("SKIPPED: this user may not mount in a namespace");
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let up = |data: &Data, more: &[&str]| {
        let mut command = Command::new("unshare");
        let mount = "mount --bind \"$0\" /dev/shm && exec \"$@\"";
        command.args(["-rm", "sh", "-c", mount]).arg(folder.path()).arg(CODEYARD);
        command.args(["up", "--listen", "127.0.0.1:0", "--ssh-listen", "off"]).args(more);
        command.arg("--data-dir").arg(data.path());
        command
    };
    let data = Data::new();
    let output = up(&data, &["--git-cache", "memory"]).output().unwrap();
    assert!(!output.status.success());
    let said = said(&output);
    assert!(said.contains("--git-cache memory needs a tmpfs at /dev/shm"), "{said}");
    let yard = Yard::start(up(&data, &[]), data.path());
    let git = Git::new(&yard);
    let work = git.work("w");
    let tip = git.commit(&work, 3);
    git.run(&work, &["push", "-q", &git.url(&yard, "r0"), "main"]);
    assert_eq!(git.cloned_tip(&yard, "r0"), Some(tip));
    assert!(in_git_cache(&data) > 0, "it serves from disk");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    assert!(yard.terminate().success());
    assert_eq!(in_git_cache(&data), 0);
}

/// With `--git-cache memory` nothing plain ever lies on disk, and what does not fit is refused.
#[test]
fn memory_alone_when_asked_for() {
    let data = Data::new();
    let yard = Yard::up(&data, &["--git-cache", "memory", "--git-cache-mib", "1"], &[]);
    let git = Git::new(&yard);
    let work = git.work("w");
    git.commit(&work, 1);
    git.run(&work, &["push", "-q", &git.url(&yard, "r0"), "main"]);
    let noise: String = (0..200_000_u64)
        .map(|i| format!("{:x}\n", i.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
        .collect();
    std::fs::write(work.join("large"), noise).unwrap();
    git.commit(&work, 2);
    let refused = git.try_run(&work, &["push", &git.url(&yard, "r0"), "main"]);
    assert!(!refused.status.success());
    assert!(said(&refused).contains("--git-cache-mib"), "{}", said(&refused));
    assert!(!data.path().join("git-cache").exists());
    assert!(git.cloned_tip(&yard, "r0").is_some());
}
