//! Pushes: what is taken, what is refused, and that refusals leave nothing behind.

use crate::support::{Work, Yard, git_in, pkt, push_raw};
use std::process::Stdio;
use std::sync::atomic::Ordering;

const Z: &str = "0000000000000000000000000000000000000000";

#[test]
fn create_update_force_delete() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    let said = work.run(&["push", "origin", "main"]);
    assert!(String::from_utf8_lossy(&said.stderr).contains("[new branch]"), "{said:?}");
    let first = yard.tip("refs/heads/main").unwrap();
    let second = work.commit("file", "two\n");
    work.ok(&["push", "-q", "origin", "main", "main:refs/heads/side", "main:refs/notes/x"]);
    assert_eq!(yard.tip("refs/heads/main").unwrap(), second);
    work.ok(&["reset", "-q", "--hard", &first]);
    let third = work.commit("file", "other\n");
    assert!(work.fails(&["push", "origin", "main"]).contains("non-fast-forward"));
    work.ok(&["push", "-q", "--force", "origin", "main"]);
    assert_eq!(yard.tip("refs/heads/main").unwrap(), third);
    work.ok(&["push", "-q", "origin", ":side"]);
    assert_eq!(yard.tip("refs/heads/side"), None);
    let refused = work.fails(&["push", "origin", ":main"]);
    assert!(refused.contains("[remote rejected] main (the default branch cannot be deleted)"));
    yard.git(&["fsck", "--strict"]);
}

#[test]
fn the_owner_decides_per_reference() {
    let yard = Yard::deciding(|update| match update.name.as_str() {
        "refs/heads/main" => Err("denied by policy\nask an administrator".to_owned()),
        _ => Ok(()),
    });
    let work = yard.working_copy("work");
    let said = work.fails(&["push", "origin", "main", "main:side"]);
    assert!(said.contains("! [remote rejected] main -> main (denied by policy)"), "{said}");
    assert!(said.contains("remote: error: refs/heads/main: ask an administrator"), "{said}");
    assert!(said.contains("main -> side"), "{said}");
    assert!(yard.tip("refs/heads/side").is_some() && yard.tip("refs/heads/main").is_none());
    let before = yard.contents();
    work.commit("file", "more\n");
    let said = work.fails(&["push", "--atomic", "origin", "main", "main:side", "main:third"]);
    assert!(said.contains("main -> third (atomic push failed"), "{said}");
    assert_eq!(yard.tip("refs/heads/third"), None);
    work.fails(&["push", "origin", "main"]);
    assert_eq!(yard.contents(), before);
}

#[test]
fn a_thin_pack_and_a_tag() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    let text: String = (0..3000).map(|i| format!("line {i}\n")).collect();
    work.commit("long", &text);
    work.ok(&["push", "-q", "origin", "main"]);
    work.commit("long", &text.replace("line 7\n", "line seven\n"));
    work.ok(&["tag", "-a", "v1", "-m", "tag"]);
    work.ok(&["push", "-q", "--thin", "origin", "main", "v1"]);
    yard.git(&["fsck", "--strict"]);
    let clone = yard.clone_to("clone", &[]);
    assert_eq!(clone.ok(&["rev-parse", "v1"]), work.ok(&["rev-parse", "v1"]));
}

/// Over the size from which git sends in chunks after an empty try.
#[test]
fn a_large_push_in_chunks() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    let noise: String = (0..200_000_u64)
        .map(|i| format!("{:x}\n", i.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
        .collect();
    work.commit("noise", &noise);
    work.ok(&["-c", "http.postBuffer=65536", "push", "-q", "origin", "main"]);
    assert_eq!(yard.tip("refs/heads/main").unwrap(), work.ok(&["rev-parse", "HEAD"]));
}

#[test]
fn tricky_trees_are_refused() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    let blob = work.ok(&["rev-parse", "HEAD:file"]);
    for name in [".git", "..", ".", ".GIT", ".git ", "git~1", "a/b", ".g\u{200c}it"] {
        let tree = hash_tree(&work, &format!("100644 {name}\0"), &blob);
        let commit = work.ok(&["commit-tree", &tree, "-m", "trick"]);
        let refused = work.fails(&["push", "origin", &format!("{commit}:refs/heads/trick")]);
        assert!(refused.contains("remote rejected"), "{name:?}: {refused}");
        assert!(refused.contains("unpack failed"), "{name:?}: {refused}");
    }
    assert_eq!(yard.contents(), Vec::<String>::new());
}

/// Writes a tree that git's own commands would not write.
fn hash_tree(work: &Work, head: &str, blob: &str) -> String {
    let id: Vec<u8> =
        (0..20).map(|i| u8::from_str_radix(&blob[2 * i..2 * i + 2], 16).unwrap()).collect();
    let bytes = [head.as_bytes(), &id].concat();
    let file = work.0.join(".git/tree");
    std::fs::write(&file, bytes).unwrap();
    work.ok(&["hash-object", "-t", "tree", "-w", "--literally", file.to_str().unwrap()])
}

pub fn pack_of(work: &Work, revisions: &str) -> Vec<u8> {
    let mut child = git_in(&work.0)
        .args(["pack-objects", "--revs", "--stdout", "-q"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), revisions.as_bytes()).unwrap();
    child.wait_with_output().unwrap().stdout
}

pub fn request(commands: &[String], pack: &[u8]) -> Vec<u8> {
    let mut body = String::new();
    for (i, command) in commands.iter().enumerate() {
        let capabilities = if i == 0 { "\0report-status" } else { "" };
        body.push_str(&pkt(&format!("{command}{capabilities}")));
    }
    body.push_str("0000");
    [body.as_bytes(), pack].concat()
}

#[test]
fn bad_packs_are_refused() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    let tip = work.ok(&["rev-parse", "HEAD"]);
    let create = [format!("{Z} {tip} refs/heads/main")];
    let good = pack_of(&work, "HEAD\n");
    let mut flipped = good.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xff;
    for bad in [flipped, good[..good.len() - 5].to_vec(), [&good[..], b"more"].concat()] {
        match push_raw(&yard, request(&create, &bad)) {
            Ok(told) => assert!(told.contains("ng refs/heads/main") && !told.contains("unpack ok")),
            Err(e) => assert!(e.is_clients_fault(), "{e}"),
        }
    }
    for bad in [&b"PACK\0\0\0\x09\0\0\0\x01"[..], b"KCAP", b""] {
        assert!(push_raw(&yard, request(&create, bad)).unwrap_err().is_clients_fault());
    }
    // A pack that is good in itself, but whose commit's tree is not there.
    let second = work.commit("file", "two\n");
    let alone = pack_of(&work, &format!("{second}\n^{tip}\n"));
    let told =
        push_raw(&yard, request(&[format!("{Z} {second} refs/heads/main")], &alone)).unwrap();
    assert!(told.contains("unpack did not receive expected object"), "{told}");
    assert!(told.contains("ng refs/heads/main missing necessary objects\n"), "{told}");
    // A thin pack, whose delta's base is not here.
    let long: String = (0..3000).map(|i| format!("line {i}\n")).collect();
    let base = work.commit("file", &long);
    let thin = work.commit("file", &long.replace("line 7\n", "line seven\n"));
    let mut child = git_in(&work.0)
        .args(["pack-objects", "--revs", "--thin", "--stdout", "-q"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let revisions = format!("{thin}\n^{base}\n");
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), revisions.as_bytes()).unwrap();
    let pack = child.wait_with_output().unwrap().stdout;
    let told = push_raw(&yard, request(&[format!("{Z} {thin} refs/heads/main")], &pack)).unwrap();
    assert!(told.contains("unresolved delta") && told.contains("ng refs/heads/main"), "{told}");
    // A reference to an object that nobody sent.
    let missing = "1".repeat(40);
    let told =
        push_raw(&yard, request(&[format!("{Z} {missing} refs/heads/main")], &good)).unwrap();
    assert!(told.contains("ng refs/heads/main object 1111"), "{told}");
    assert_eq!((yard.tip("refs/heads/main"), yard.contents()), (None, Vec::<String>::new()));
    let told = push_raw(&yard, request(&create, &good)).unwrap();
    assert!(told.contains("unpack ok") && told.contains("ok refs/heads/main"), "{told}");
}

/// Each link that an object can have, into nothing: beside a good reference in the same push, which
/// cannot be told apart.
#[test]
fn no_link_may_lead_nowhere() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    work.ok(&["push", "-q", "origin", "main"]);
    let tip = work.ok(&["rev-parse", "HEAD"]);
    let (tree, blob) = (format!("{tip}^{{tree}}"), format!("{tip}:file"));
    let (tree, blob) = (work.ok(&["rev-parse", &tree]), work.ok(&["rev-parse", &blob]));
    let nowhere = "1".repeat(40);
    let write = |kind: &str, content: &[u8]| {
        let file = work.0.join(".git/object");
        std::fs::write(&file, content).unwrap();
        work.ok(&["hash-object", "-t", kind, "-w", "--literally", file.to_str().unwrap()])
    };
    let commit = |tree: &str, parents: &str| {
        let text = format!(
            "tree {tree}\n{parents}author A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n"
        );
        write("commit", text.as_bytes())
    };
    let tag = |object: &str, kind: &str| {
        let text = format!("object {object}\ntype {kind}\ntag t\ntagger A <a@b> 1 +0000\n\nx\n");
        write("tag", text.as_bytes())
    };
    let entry = |mode: &str, oid: &str| {
        let id: Vec<u8> =
            (0..20).map(|i| u8::from_str_radix(&oid[2 * i..2 * i + 2], 16).unwrap()).collect();
        write("tree", &[format!("{mode} name\0").as_bytes(), &id].concat())
    };
    let before = yard.contents();
    let push = |oid: &str, name: &str, others: &[&str]| {
        let list: String =
            std::iter::once(oid).chain(others.iter().copied()).collect::<Vec<_>>().join("\n");
        let mut child = git_in(&work.0)
            .args(["pack-objects", "--stdout", "-q"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), list.as_bytes()).unwrap();
        let pack = child.wait_with_output().unwrap().stdout;
        let commands = [format!("{Z} {oid} {name}"), format!("{Z} {tip} refs/heads/good")];
        push_raw(&yard, request(&commands, &pack)).unwrap()
    };
    let parent = |oid: &str| format!("parent {oid}\n");
    let (no_blob, no_tree) = (entry("100644", &nowhere), entry("40000", &nowhere));
    let below = commit(&no_blob, "");
    for (oid, name, others) in [
        (commit(&nowhere, ""), "refs/heads/x", vec![]),
        (commit(&tree, &parent(&nowhere)), "refs/heads/x", vec![]),
        (commit(&tree, &format!("{}{}", parent(&tip), parent(&nowhere))), "refs/heads/x", vec![]),
        (commit(&tree, &parent(&blob)), "refs/heads/x", vec![]),
        (commit(&blob, ""), "refs/heads/x", vec![]),
        (below.clone(), "refs/heads/x", vec![no_blob.as_str()]),
        (commit(&tree, &parent(&below)), "refs/heads/x", vec![]),
        (no_tree, "refs/tags/x", vec![]),
        (entry("40000", &blob), "refs/tags/x", vec![]),
        (entry("100644", &tree), "refs/tags/x", vec![]),
        (tag(&nowhere, "commit"), "refs/tags/x", vec![]),
        (tag(&tip, "tree"), "refs/tags/x", vec![]),
    ] {
        let told = push(&oid, name, &others);
        assert!(told.contains("ng refs/heads/good") && told.contains("ng refs/"), "{told}");
        assert!(!told.contains("unpack ok"), "{told}");
        assert_eq!(yard.contents(), before);
    }
    // A submodule's commit is nobody's here.
    let module = commit(&entry("160000", &nowhere), &parent(&tip));
    let tree = work.ok(&["rev-parse", &format!("{module}^{{tree}}")]);
    let told = push(&module, "refs/heads/module", &[&tree]);
    assert!(told.contains("ok refs/heads/module"), "{told}");
    yard.git(&["fsck", "--strict"]);
}

#[test]
fn odd_commands_are_refused_one_by_one() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    let tip = work.ok(&["rev-parse", "HEAD"]);
    let tree = work.ok(&["rev-parse", "HEAD^{tree}"]);
    let told = push_raw(
        &yard,
        request(
            &[
                format!("{Z} {tip} refs/heads/good"),
                format!("{Z} {tip} refs/heads/../x"),
                format!("{Z} {tip} HEAD"),
                format!("{Z} {tip} refs/heads/good/inside"),
                format!("{Z} {tree} refs/heads/tree"),
                format!("{Z} {tree} refs/tags/tree"),
                format!("{tip} {Z} refs/heads/none"),
                format!("{tip} {tip} refs/heads/none2"),
            ],
            &pack_of(&work, "HEAD\n"),
        ),
    )
    .unwrap();
    let verdicts: Vec<&str> =
        told.split(['\n']).filter_map(|line| line.get(4..6)).filter(|v| *v != "un").collect();
    assert_eq!(verdicts, ["ok", "ng", "ng", "ng", "ng", "ok", "ng", "ng"], "{told}");
    assert!(told.contains("a branch must point at a commit"));
    yard.git(&["fsck", "--strict"]);
}

/// Names come from strangers, and what is told of them goes to a terminal.
#[test]
fn a_refused_name_moves_no_cursor() {
    let yard = Yard::open();
    let a = "1".repeat(40);
    for capabilities in ["report-status", "report-status side-band-64k"] {
        let command = format!("{a} {Z} refs/heads/\u{1b}[2J\u{7}\u{7f}\u{9b}x\0{capabilities}");
        let said = push_raw(&yard, format!("{}0000", pkt(&command))).unwrap();
        assert!(said.contains("ng refs/heads/ [2J   x not a valid reference name"), "{said:?}");
        // Beside ends of line there is nothing but the side band's own numbers.
        let odd = |c: &char| c.is_control() && !matches!(c, '\n' | '\u{1}' | '\u{2}');
        assert_eq!(said.chars().find(odd), None, "{said:?}");
    }
}

#[test]
fn of_concurrent_pushes_one_wins() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    work.ok(&["push", "-q", "origin", "main"]);
    let clones: Vec<Work> = (0..6).map(|i| yard.clone_to(&format!("c{i}"), &[])).collect();
    let tips: Vec<String> =
        clones.iter().enumerate().map(|(i, c)| c.commit("file", &format!("{i}\n"))).collect();
    let children: Vec<_> = clones
        .iter()
        .map(|c| {
            git_in(&c.0).args(["push", "origin", "main"]).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let outputs: Vec<_> = children.into_iter().map(|c| c.wait_with_output().unwrap()).collect();
    let winners: Vec<usize> = (0..6).filter(|&i| outputs[i].status.success()).collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(yard.tip("refs/heads/main").unwrap(), tips[winners[0]]);
    for loser in (0..6).filter(|i| !winners.contains(i)) {
        let said = String::from_utf8_lossy(&outputs[loser].stderr);
        assert!(said.contains("fetch first") || said.contains("non-fast-forward"), "{said}");
    }
    yard.git(&["fsck", "--strict"]);
    let packs = yard.contents().iter().filter(|name| name.ends_with(".idx")).count();
    assert_eq!(packs, 2, "losers leave nothing behind");
}

#[test]
fn a_broken_store_promises_nothing() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    yard.refs.broken.store(true, Ordering::SeqCst);
    assert!(work.fails(&["push", "origin", "main"]).contains("internal error"));
    assert_eq!(yard.tip("refs/heads/main"), None);
    yard.refs.broken.store(false, Ordering::SeqCst);
    work.ok(&["push", "-q", "origin", "main"]);
}

#[test]
fn from_a_shallow_clone() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    work.commit("file", "two\n");
    work.commit("file", "three\n");
    work.ok(&["push", "-q", "origin", "main"]);
    let shallow = yard.clone_to("shallow", &["--depth=1"]);
    shallow.commit("file", "four\n");
    shallow.ok(&["push", "-q", "origin", "main"]);
    let other = Yard::open();
    shallow.ok(&["remote", "set-url", "origin", &other.url]);
    let refused = shallow.fails(&["push", "origin", "main"]);
    assert!(refused.contains("git fetch --unshallow first"), "{refused}");
    assert_eq!(other.contents(), Vec::<String>::new());
}

#[test]
fn many_pushes_are_repacked() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    for i in 0..8 {
        work.commit("file", &format!("{i}\n"));
        work.ok(&["push", "-q", "origin", "main"]);
    }
    let tip: codeyard_git::Oid = yard.tip("refs/heads/main").unwrap().parse().unwrap();
    let count = |yard: &Yard| {
        let objects = yard.repository.objects().unwrap();
        objects.history(&tip).filter_map(Result::ok).count()
    };
    assert_eq!(count(&yard), 9);
    let kept = yard.repository.objects().unwrap();
    assert!(yard.block_on(yard.repository.repack_if_scattered(4)).unwrap());
    assert!(!yard.block_on(yard.repository.repack_if_scattered(4)).unwrap());
    assert_eq!(count(&yard), 9);
    assert_eq!(kept.history(&tip).filter_map(Result::ok).count(), 9);
    yard.git(&["fsck", "--strict"]);
}

/// The client leaves in the middle of its pack, and again before all commands are there.
#[test]
fn a_client_that_leaves_leaves_nothing() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    let tip = work.ok(&["rev-parse", "HEAD"]);
    let whole = request(&[format!("{Z} {tip} refs/heads/main")], &pack_of(&work, "HEAD\n"));
    let host = yard.url.strip_prefix("http://").unwrap().trim_end_matches("/r");
    for sent in [20, whole.len() - 10] {
        let mut socket = std::net::TcpStream::connect(host).unwrap();
        let head =
            format!("POST /r/git-receive-pack HTTP/1.1\r\nContent-Length: {}\r\n\r\n", whole.len());
        std::io::Write::write_all(&mut socket, head.as_bytes()).unwrap();
        std::io::Write::write_all(&mut socket, &whole[..sent]).unwrap();
        drop(socket);
    }
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    std::thread::sleep(std::time::Duration::from_millis(200));
    while !yard.contents().is_empty() {
        assert!(std::time::Instant::now() < deadline, "{:?}", yard.contents());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(yard.tip("refs/heads/main"), None);
    work.ok(&["push", "-q", "origin", "main"]);
}
