//! The yard dies at each instant between which a push, a repacking and a change of keys come to
//! pass. What was acknowledged is there afterwards and whole; of the rest there is nothing.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use git::points::{POINTS, VARIABLE};

use crate::git_storage::{Git, blobs};
use crate::harness::{Data, Yard, until};

const PATIENCE: Duration = Duration::from_secs(60);
const REPOSITORY: &str = "r0";
/// Its packs when it gets another key: the first push, and the one that came to pass.
const PACKS: usize = 2;

struct World {
    data: Data,
    git: Git,
    work: PathBuf,
    /// Of commits: every third is large, and so is each here.
    number: u64,
    /// What the branch is at, as far as anybody was told.
    tip: String,
}

fn sealed(data: &Data) -> BTreeSet<PathBuf> {
    blobs(data).into_iter().collect()
}

impl World {
    fn new() -> Self {
        let data = Data::new();
        let yard = Yard::up(&data, &[], &[]);
        let git = Git::new(&yard);
        let work = git.work("work");
        let tip = git.commit(&work, 3);
        git.run(&work, &["push", "-q", &git.url(&yard, REPOSITORY), "main"]);
        assert!(yard.terminate().success());
        Self { data, git, work, number: 3, tip }
    }

    /// A yard that dies when it comes to the point.
    fn doomed(&self, point: &str) -> Yard {
        Yard::up(&self.data, &[], &[(VARIABLE, point)])
    }

    fn dies(mut yard: Yard, point: &str) {
        let status = yard.died(PATIENCE).unwrap_or_else(|| panic!("{point} was never reached"));
        assert!(!status.success(), "{point}: {status}");
    }

    /// A push on whose way the yard dies; whether it has come to pass is asked afterwards.
    fn push(&mut self, point: &str, comes_to_pass: bool) {
        let before = sealed(&self.data);
        let yard = self.doomed(point);
        self.number += 3;
        let new = self.git.commit(&self.work, self.number);
        let url = self.git.url(&yard, REPOSITORY);
        let pushed = self.git.try_run(&self.work, &["push", "-q", &url, "main"]);
        assert!(!pushed.status.success(), "{point}: the dead do not answer");
        Self::dies(yard, point);
        let yard = Yard::up(&self.data, &[], &[]);
        let tip = self.git.cloned_tip(&yard, REPOSITORY).unwrap();
        if comes_to_pass {
            self.tip = new;
        }
        assert_eq!(tip, self.tip, "{point}");
        let more = usize::from(comes_to_pass);
        until(PATIENCE, &format!("{point}: what nobody names goes"), || {
            let after = sealed(&self.data);
            (after.is_superset(&before) && after.len() == before.len() + more).then_some(())
        });
        assert!(yard.terminate().success());
    }

    /// A push that is told of, and the yard's death while it puts the packs together.
    fn repack(&mut self, point: &str, comes_to_pass: bool) {
        let name = if comes_to_pass { "r1" } else { "r2" };
        let before = sealed(&self.data);
        let yard = self.doomed(point);
        let work = self.git.work(point);
        let tip = self.many_objects(&work);
        self.git.run(&work, &["push", "-q", &self.git.url(&yard, name), "main"]);
        Self::dies(yard, point);
        let yard = Yard::up(&self.data, &[], &[]);
        assert_eq!(self.git.cloned_tip(&yard, name), Some(tip), "{point}");
        // The old pack stays for a while after the new one has its place.
        let more = if comes_to_pass { 2 } else { 1 };
        until(PATIENCE, &format!("{point}: the new pack goes, or the old one waits"), || {
            let after = sealed(&self.data);
            (after.is_superset(&before) && after.len() == before.len() + more).then_some(())
        });
        assert!(yard.terminate().success());
    }

    fn many_objects(&self, work: &Path) -> String {
        let mut stream = String::from(
            "commit refs/heads/main\ncommitter A <a@localhost> 1700000000 +0000\ndata 1\nx\n",
        );
        for i in 0..10_500 {
            write!(stream, "M 100644 inline d{}/f{i}\ndata 6\n{i:05}\n\n", i % 50).unwrap();
        }
        let mut import = std::process::Command::new("git")
            .args(["fast-import", "--quiet"])
            .current_dir(work)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut import.stdin.take().unwrap(), stream.as_bytes()).unwrap();
        assert!(import.wait().unwrap().success());
        self.git.run(work, &["rev-parse", "main"])
    }

    /// Another key, and the yard's death while it seals the packs under it. The next one goes on.
    fn reseal(&mut self, point: &str) {
        let before = sealed(&self.data);
        let yard = self.doomed(point);
        let key = yard.root().aws(&["kms", "create-key"]);
        let key = key["KeyMetadata"]["KeyId"].as_str().unwrap();
        let change = ["codecommit", "update-repository-encryption-key", "--repository-name"];
        // It may die before it answers.
        yard.root().try_aws(&[&change[..], &[REPOSITORY, "--kms-key-id", key]].concat());
        Self::dies(yard, point);
        let yard = Yard::up(&self.data, &[], &[]);
        until(PATIENCE, &format!("{point}: each pack is sealed anew, once"), || {
            let fresh = sealed(&self.data).difference(&before).count();
            (fresh == PACKS).then_some(())
        });
        assert_eq!(self.git.cloned_tip(&yard, REPOSITORY).as_ref(), Some(&self.tip), "{point}");
        assert!(yard.terminate().success());
    }
}

#[test]
fn whatever_instant_the_yard_dies_at() {
    let mut world = World::new();
    for point in POINTS {
        match point {
            "push-indexed" | "blob-written" | "blob-synced" | "push-waiting" => {
                world.push(point, false);
            }
            "push-committed" => world.push(point, true),
            "repack-sealed" => world.repack(point, false),
            "repack-replaced" => world.repack(point, true),
            "reseal-written" | "reseal-replaced" => world.reseal(point),
            other => panic!("nobody dies at {other}"),
        }
    }
    // And it goes on.
    let yard = Yard::up(&world.data, &[], &[]);
    let tip = world.git.commit(&world.work, world.number + 3);
    world.git.run(&world.work, &["push", "-q", &world.git.url(&yard, REPOSITORY), "main"]);
    assert_eq!(world.git.cloned_tip(&yard, REPOSITORY), Some(tip));
}
