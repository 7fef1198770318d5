//! What git can do is the same, whichever way it comes.

use std::path::Path;

use serde_json::json;

use super::{Way, World};

fn ways(world: &World) -> Vec<Way> {
    let ann = world.user(
        "ann",
        json!([{"Effect": "Allow", "Action": ["codecommit:GitPull", "codecommit:GitPush"],
                "Resource": "*"}]),
    );
    for name in ["r1", "r2", "r3", "r4"] {
        world.repository(name);
    }
    let mut ways = vec![
        world.helper(&ann, "r1"),
        world.password(&ann, "ann", "r2"),
        world.remote_helper(&ann, "r3"),
    ];
    ways.extend(world.ssh(&ann, "ann", "r4"));
    ways
}

#[test]
fn everything_that_git_does() {
    let world = World::new(&[]);
    for way in ways(&world) {
        let dir = tempfile::tempdir().unwrap();
        let work = dir.path().join("work");
        way.git(dir.path(), &["clone", "--quiet", &way.url, "work"]);
        pushes(&way, &work);
        clones(&way, dir.path());
        large(&way, dir.path());
    }
}

fn pushes(way: &Way, work: &Path) {
    let first = way.commit(work, "src/a.txt", "one\n");
    way.git(work, &["push", "--quiet", "origin", "HEAD:main"]);
    let second = way.commit(work, "src/b.txt", &"text\n".repeat(5000));
    way.git(work, &["tag", "-a", "-m", "the first", "v1"]);
    way.git(work, &["push", "--quiet", "--follow-tags", "origin", "HEAD:main", "HEAD:topic"]);
    let listed = way.git(work, &["ls-remote", "origin"]);
    assert!(listed.contains(&format!("{second}\trefs/heads/topic")), "{}: {listed}", way.name);
    assert!(listed.contains(&format!("{second}\trefs/tags/v1^{{}}")), "{}: {listed}", way.name);

    // Back, which only force can.
    let back = ["push", "--quiet", "origin", &format!("{first}:topic")];
    assert!(way.refused(work, &back).contains("rejected"), "{}", way.name);
    way.git(work, &["push", "--quiet", "--force", "origin", &format!("{first}:topic")]);
    way.git(work, &["push", "--quiet", "origin", "--delete", "topic"]);
    assert!(!way.git(work, &["ls-remote", "origin"]).contains("topic"), "{}", way.name);

    // All or nothing.
    let both = ["push", "--atomic", "origin", "HEAD:one", &format!("{first}:main")];
    way.refused(work, &both);
    assert!(!way.git(work, &["ls-remote", "origin"]).contains("refs/heads/one"), "{}", way.name);
    way.git(work, &["push", "--quiet", "--atomic", "origin", "HEAD:one", "HEAD:two"]);
    way.git(work, &["push", "--quiet", "origin", ":one", ":two"]);

    let said = way.refused(work, &["push", "--push-option=ci.skip", "origin", "HEAD:options"]);
    assert!(said.contains("the receiving end does not support push options"), "{said}");
    way.git(work, &["push", "origin", "HEAD:main"]);
    way.git(work, &["push", "--dry-run", "origin", "HEAD:other"]);
}

fn clones(way: &Way, dir: &Path) {
    for version in ["0", "1", "2"] {
        let name = format!("version-{version}");
        let setting = format!("protocol.version={version}");
        way.git(dir, &["-c", &setting, "clone", "--quiet", &way.url, &name]);
        let log = way.git(&dir.join(&name), &["rev-list", "--count", "HEAD"]);
        assert_eq!(log, "2", "{} {setting}", way.name);
        way.git(&dir.join(&name), &["-c", &setting, "fetch", "--quiet", "--tags"]);
        way.git(&dir.join(&name), &["fsck", "--strict"]);
    }
    way.git(dir, &["clone", "--quiet", "--depth", "1", &way.url, "shallow"]);
    let shallow = dir.join("shallow");
    assert_eq!(way.git(&shallow, &["rev-list", "--count", "HEAD"]), "1", "{}", way.name);
    way.git(&shallow, &["fetch", "--quiet", "--deepen", "1"]);
    assert_eq!(way.git(&shallow, &["rev-list", "--count", "HEAD"]), "2", "{}", way.name);
    way.git(dir, &["clone", "--quiet", "--depth", "1", &way.url, "shallow-2"]);
    let shallow = dir.join("shallow-2");
    way.commit(&shallow, "from-shallow.txt", "x");
    way.git(&shallow, &["push", "--quiet", "origin", "HEAD:from-shallow"]);
    way.git(&shallow, &["fetch", "--quiet", "--unshallow"]);
    assert_eq!(way.git(&shallow, &["rev-list", "--count", "HEAD"]), "3", "{}", way.name);
    way.git(&shallow, &["push", "--quiet", "origin", "--delete", "from-shallow"]);

    for filter in ["blob:none", "tree:0"] {
        let name = format!("partial-{}", filter.replace(':', "-"));
        let option = format!("--filter={filter}");
        way.git(dir, &["clone", "--quiet", "--no-checkout", &option, &way.url, &name]);
        let partial = dir.join(&name);
        let missing = way.git(&partial, &["rev-list", "--objects", "--missing=print", "HEAD"]);
        assert!(missing.contains('?'), "{} {filter}: nothing is missing", way.name);
        // What is missing comes when it is asked for.
        way.git(&partial, &["checkout", "--quiet", "main"]);
        assert_eq!(std::fs::read_to_string(partial.join("src/a.txt")).unwrap(), "one\n");
    }
    way.git(dir, &["clone", "--quiet", "--filter=blob:none", "--sparse", &way.url, "sparse"]);
    let sparse = dir.join("sparse");
    assert!(!sparse.join("src").exists(), "{}", way.name);
    way.git(&sparse, &["sparse-checkout", "set", "src"]);
    assert!(sparse.join("src/a.txt").exists(), "{}", way.name);
}

/// More than any buffer on the way holds, in chunks and with a client that asks first.
fn large(way: &Way, dir: &Path) {
    let work = dir.join("work");
    let mut noise = 0x2545_f491_4f6c_dd1d_u64;
    let bytes: Vec<u8> = std::iter::repeat_with(|| {
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        noise.to_be_bytes()
    })
    .take(1_500_000)
    .flatten()
    .collect();
    std::fs::write(work.join("noise"), &bytes).unwrap();
    way.git(&work, &["add", "--all"]);
    way.git(&work, &["commit", "--quiet", "--message", "noise"]);
    let settings = ["-c", "http.postBuffer=65536", "-c", "http.extraHeader=Expect: 100-continue"];
    way.git(&work, &[&settings[..], &["push", "--quiet", "origin", "HEAD:large"]].concat());
    way.git(dir, &["clone", "--quiet", "--branch", "large", &way.url, "large"]);
    assert!(std::fs::read(dir.join("large/noise")).unwrap() == bytes, "{}", way.name);
    // A fetch that asks with much, which git zips.
    for number in 0..25 {
        way.commit(&work, "counter.txt", &number.to_string());
    }
    way.git(&work, &["push", "--quiet", "origin", "HEAD:main"]);
    way.git(&dir.join("large"), &["fetch", "--quiet", "origin"]);
}
