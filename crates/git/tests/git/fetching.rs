//! Clones and fetches in every form, compared with what was pushed.

use crate::support::{Yard, git_in, pkt};
use codeyard_git::{Protocol, Repository, bytes_stream};
use std::process::Stdio;
use std::time::{Duration, Instant};

#[test]
fn an_empty_repository_can_be_cloned() {
    let yard = Yard::open();
    let clone = yard.clone_to("clone", &[]);
    assert_eq!(clone.ok(&["ls-remote"]), "");
}

#[test]
fn clones_in_all_protocols() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    work.commit("a/b", "two\n");
    work.ok(&["tag", "-a", "v1", "-m", "one"]);
    work.ok(&["tag", "light"]);
    work.ok(&["push", "-q", "origin", "main", "--tags"]);
    let tip = work.ok(&["rev-parse", "HEAD"]);
    for protocol in ["0", "1", "2"] {
        let setting = format!("protocol.version={protocol}");
        let clone = yard.clone_to(&format!("clone{protocol}"), &["-c", &setting]);
        assert_eq!(clone.ok(&["rev-parse", "HEAD"]), tip);
        assert_eq!(clone.ok(&["symbolic-ref", "HEAD"]), "refs/heads/main");
        assert_eq!(clone.ok(&["rev-parse", "v1^{commit}"]), tip);
        clone.ok(&["fsck", "--strict"]);
        let listed = clone.ok(&["-c", &setting, "ls-remote", "origin"]);
        assert!(listed.contains(&format!("{tip}\trefs/tags/v1^{{}}")), "{listed}");
        assert!(listed.starts_with(&format!("{tip}\tHEAD")), "{listed}");
    }
}

/// The very bytes that git itself would answer.
#[test]
fn references_are_listed_as_git_lists_them() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    work.ok(&["tag", "-a", "v1", "-m", "one"]);
    work.ok(&["tag", "-a", "v2", "-m", "of a tag", "v1"]);
    work.ok(&["tag", "light"]);
    work.ok(&["push", "-q", "origin", "main", "main:main2", "main:refs/notes/x", "--tags"]);
    let ask = |arguments: &[&str]| {
        let arguments: String = arguments.iter().map(|argument| pkt(argument)).collect();
        let agent = pkt("agent=git/test");
        let request = format!("{}{agent}0001{arguments}0000", pkt("command=ls-refs\n"));
        let answered = yard.block_on(async {
            let body = bytes_stream(request.clone());
            let (encoding, protocol) = (Default::default(), Protocol::V2);
            let refs = yard.refs.as_ref();
            let answer = yard.repository.upload_pack(body, encoding, protocol, refs).await;
            let mut answer = answer.unwrap();
            let mut all = Vec::new();
            while let Some(piece) = std::future::poll_fn(|cx| answer.as_mut().poll_next(cx)).await {
                all.extend_from_slice(&piece.unwrap());
            }
            all
        });
        let mut child = git_in(yard.repository.dir())
            .args(["upload-pack", "--stateless-rpc", "."])
            .env("GIT_PROTOCOL", "version=2")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), request.as_bytes()).unwrap();
        let expected = child.wait_with_output().unwrap();
        let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(shown(&answered), shown(&expected.stdout), "{arguments}");
    };
    for arguments in [
        &[][..],
        &["peel", "symrefs"],
        &["peel", "symrefs", "ref-prefix refs/tags/"],
        &["symrefs\n", "ref-prefix HEAD\n", "ref-prefix refs/heads/main\n"],
        &["ref-prefix refs/nothing"],
    ] {
        ask(arguments);
        yard.refs.state.lock().unwrap().version += 1;
    }
    // A default branch that is not there.
    yard.refs.state.lock().unwrap().head = Some("refs/heads/gone".to_owned());
    yard.refs.state.lock().unwrap().version += 1;
    ask(&["peel", "symrefs"]);
}

#[test]
fn shallow_partial_and_later_fetches() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    for i in 0..10 {
        work.commit("file", &format!("{i}\n"));
    }
    work.ok(&["push", "-q", "origin", "main"]);
    for protocol in ["protocol.version=0", "protocol.version=2"] {
        let name = |kind: &str| format!("{kind}{protocol}");
        let shallow = yard.clone_to(&name("shallow"), &["-c", protocol, "--depth=2"]);
        assert_eq!(shallow.ok(&["rev-list", "--count", "HEAD"]), "2");
        shallow.ok(&["fetch", "-q", "--unshallow"]);
        assert_eq!(shallow.ok(&["rev-list", "--count", "HEAD"]), "11");
        let partial = yard
            .clone_to(&name("partial"), &["-c", protocol, "--filter=blob:none", "--no-checkout"]);
        partial.ok(&["checkout", "-q", "main"]);
        assert_eq!(std::fs::read_to_string(partial.0.join("file")).unwrap(), "9\n");
    }
    let clone = yard.clone_to("later", &[]);
    let tip = work.commit("file", "later\n");
    work.ok(&["push", "-q", "origin", "main"]);
    clone.ok(&["pull", "-q", "--ff-only"]);
    assert_eq!(clone.ok(&["rev-parse", "HEAD"]), tip);
}

/// A fetch that wants so much that the client zips its request.
#[test]
fn a_zipped_request() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    work.ok(&["push", "-q", "origin", "main"]);
    let clone = yard.clone_to("clone", &["-c", "protocol.version=0"]);
    for i in 0..40 {
        work.commit("file", &format!("{i}\n"));
        work.ok(&["branch", &format!("b{i}")]);
    }
    work.ok(&["push", "-q", "--all", "origin"]);
    let output = git_in(&clone.0)
        .args(["fetch", "-q", "origin"])
        .env("GIT_TRACE_CURL", "1")
        .output()
        .unwrap();
    assert!(output.status.success());
    let trace = String::from_utf8_lossy(&output.stderr).to_lowercase();
    assert!(trace.contains("content-encoding: gzip"), "the test does not test what it should");
    assert_eq!(clone.ok(&["rev-parse", "origin/b39"]), work.ok(&["rev-parse", "b39"]));
}

#[test]
fn the_projection_follows_the_store() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    work.ok(&["push", "-q", "origin", "main"]);
    let tip = work.ok(&["rev-parse", "HEAD"]);
    // As if the yard had died before it wrote the references, and been started again.
    std::fs::write(yard.repository.dir().join("packed-refs"), "garbage\n").unwrap();
    {
        let mut state = yard.refs.state.lock().unwrap();
        let id = state.refs["refs/heads/main"];
        state.refs.insert("refs/heads/other".to_owned(), id);
        state.head = Some("refs/heads/other".to_owned());
        state.version += 1;
    }
    let listed = work.ok(&["ls-remote", "--symref", "origin"]);
    assert!(listed.contains("ref: refs/heads/other\tHEAD"), "{listed}");
    assert!(listed.contains(&format!("{tip}\trefs/heads/other")), "{listed}");
}

#[test]
fn a_dropped_answer_ends_the_child() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    let big: String =
        (0..400_000_u64).map(|i| format!("{}\n", i.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
    work.commit("big", &big);
    work.ok(&["push", "-q", "origin", "main"]);
    let tip = yard.tip("refs/heads/main").unwrap();
    let children = || children_in(yard.repository.dir());
    yard.block_on(async {
        let want = format!("0032want {tip}\n00000009done\n");
        let protocol = codeyard_git::Protocol::V0;
        let mut answer = yard
            .repository
            .upload_pack(bytes_stream(want), Default::default(), protocol, yard.refs.as_ref())
            .await
            .unwrap();
        std::future::poll_fn(|cx| answer.as_mut().poll_next(cx)).await.unwrap().unwrap();
        assert!(children() > 0);
        drop(answer);
        let deadline = Instant::now() + Duration::from_secs(10);
        while children() > 0 {
            assert!(Instant::now() < deadline, "git lives on");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
}

/// A client that signs in and then says nothing does not keep a child for ever.
#[tokio::test(start_paused = true)]
async fn a_silent_fetch_ends() {
    let home = tempfile::TempDir::new().unwrap();
    let repository = Repository::create(&home.path().join("r")).unwrap();
    let refs = crate::support::MemoryRefs::default();
    let silent: codeyard_git::ByteStream = Box::pin(Silent);
    let began = tokio::time::Instant::now();
    let mut answer = repository.fetch_session(silent, Protocol::V0, &refs).await.unwrap();
    let ended = loop {
        match std::future::poll_fn(|cx| answer.as_mut().poll_next(cx)).await {
            Some(Ok(_)) => {}
            other => break other,
        }
    };
    let error = ended.expect("it was cut off, not ended").unwrap_err();
    assert!(error.to_string().contains("stood still"), "{error}");
    let took = began.elapsed();
    let limit = codeyard_git::limits::STALL_TIMEOUT;
    assert!((limit..2 * limit + Duration::from_secs(1)).contains(&took), "{took:?}");
    drop(answer);
    tokio::time::resume();
    while children_in(repository.dir()) > 0 {
        assert!(began.elapsed() < took + Duration::from_secs(10), "git lives on");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

struct Silent;

impl futures_core::Stream for Silent {
    type Item = std::io::Result<bytes::Bytes>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Pending
    }
}

/// The right to read is for whole repositories, and partial clones ask for objects by their names:
/// whoever knows one has it, in each version of the protocol. No list tells of it.
#[test]
fn an_object_is_had_by_its_name() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    work.ok(&["push", "-q", "origin", "main"]);
    let base = work.ok(&["rev-parse", "HEAD"]);
    let gone = work.commit("file", "gone\n");
    let blob = work.ok(&["rev-parse", "HEAD:file"]);
    work.ok(&["push", "-q", "origin", "main:gone"]);
    work.ok(&["push", "-q", "origin", ":gone"]);
    let elsewhere = Yard::open();
    elsewhere.working_copy("work").ok(&["push", "-q", "origin", "main"]);
    for version in ["0", "2"] {
        let setting = format!("protocol.version={version}");
        let clone = yard.clone_to(&format!("clone{version}"), &["-c", &setting]);
        assert_eq!(clone.ok(&["rev-parse", "HEAD"]), base);
        assert!(!clone.run(&["cat-file", "-e", &gone]).status.success(), "not unasked");
        assert!(!clone.ok(&["-c", &setting, "ls-remote", "origin"]).contains(&gone));
        let said = clone.fails(&["-c", &setting, "fetch", &elsewhere.url, &gone]);
        assert!(said.contains("not our ref"), "{version}: {said}");
        clone.ok(&["-c", &setting, "fetch", "-q", "origin", &gone]);
        assert_eq!(clone.ok(&["rev-parse", "FETCH_HEAD"]), gone);
        clone.ok(&["-c", &setting, "fetch", "-q", "origin", &blob]);
    }
}

/// Processes that work in `dir`, zombies included as far as they show it.
fn children_in(dir: &std::path::Path) -> usize {
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter(|entry| std::fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd == dir))
        .count()
}

#[test]
fn a_bad_fetch_is_refused() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    work.ok(&["push", "-q", "origin", "main"]);
    let fetch = |body: &str| {
        yard.block_on(async {
            let mut answer = yard
                .repository
                .upload_pack(
                    bytes_stream(body.to_owned()),
                    Default::default(),
                    codeyard_git::Protocol::V0,
                    yard.refs.as_ref(),
                )
                .await
                .unwrap();
            let mut all = Vec::new();
            while let Some(part) = std::future::poll_fn(|cx| answer.as_mut().poll_next(cx)).await {
                match part {
                    Ok(part) => all.extend_from_slice(&part),
                    Err(e) => return Err(e.to_string()),
                }
            }
            Ok(String::from_utf8_lossy(&all).into_owned())
        })
    };
    let missing = "1".repeat(40);
    let told = fetch(&format!("0032want {missing}\n00000009done\n")).unwrap();
    assert!(told.contains("ERR upload-pack: not our ref"), "{told}");
    assert!(fetch("zzzz").is_err());
}

#[test]
fn opening_what_is_not_there_fails() {
    let home = tempfile::TempDir::new().unwrap();
    assert!(Repository::open(&home.path().join("none")).is_err());
    assert!(Repository::open(home.path()).is_err());
    let made = Repository::create(&home.path().join("r")).unwrap();
    let garbage = made.dir().join("incoming/push-1");
    std::fs::create_dir(&garbage).unwrap();
    drop(made);
    Repository::open(&home.path().join("r")).unwrap();
    assert!(!garbage.exists());
    Repository::remove(&home.path().join("r")).unwrap();
    assert!(!home.path().join("r").exists());
}
