//! Objects read, compared and made here, against stock git.

use crate::support::{Work, Yard};
use codeyard_git::{
    Edit, EditError, EntryKind, FileMode, GitError, Kind, Oid, RefStore, RefUpdate, Signature,
};
use std::collections::BTreeMap;

fn pushed(yard: &Yard) -> (Work, Oid) {
    let work = yard.working_copy("work");
    work.commit("a/b/c.txt", "deep\n");
    work.commit("a/run.sh", "#!/bin/sh\n");
    work.ok(&["update-index", "--chmod=+x", "a/run.sh"]);
    std::os::unix::fs::symlink("run.sh", work.0.join("a/link")).unwrap();
    work.ok(&["add", "a/link"]);
    let tip = work.commit("z.txt", "last\n");
    work.ok(&["push", "-q", "origin", "main"]);
    (work, tip.parse().unwrap())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn reads_what_git_reads() {
    let yard = Yard::open();
    let (work, tip) = pushed(&yard);
    let objects = yard.repository.objects().unwrap();
    let commit = objects.commit(&tip).unwrap();
    assert_eq!(commit.tree.to_string(), work.ok(&["rev-parse", "HEAD^{tree}"]));
    assert_eq!((commit.author.name.as_str(), commit.message.as_str()), ("Ann", "write z.txt\n"));
    let mut listed = String::new();
    objects
        .walk(&commit.tree, |path, entry| {
            listed.push_str(&format!("{} {} {}\n", entry.kind.octal(), entry.oid, text(path)));
            Ok(())
        })
        .unwrap();
    let theirs =
        work.ok(&["ls-tree", "-r", "--format=%(objectmode) %(objectname) %(path)", "HEAD"]);
    assert_eq!(listed.trim(), theirs);
    let history: Vec<String> = objects.history(&tip).map(|c| c.unwrap().oid.to_string()).collect();
    assert_eq!(history.join("\n"), work.ok(&["rev-list", "HEAD"]));
    let entry = objects.entry_at(&commit.tree, b"a/b/c.txt").unwrap().unwrap();
    assert_eq!(objects.blob(&entry.oid, 100).unwrap().unwrap(), b"deep\n");
    assert!(matches!(objects.blob(&entry.oid, 4), Err(GitError::TooLarge { .. })));
    assert_eq!(objects.blob(&tip, 100).unwrap(), None);
    assert_eq!(objects.header(&entry.oid).unwrap(), Some((Kind::Blob, 5)));
    assert_eq!(objects.header(&Oid::from_bytes([9; 20])).unwrap(), None);
    for missing in ["a/x", "z.txt/y", "", "/", "a/"] {
        assert_eq!(objects.entry_at(&commit.tree, missing.as_bytes()).unwrap(), None);
    }
    assert!(objects.folder_at(&commit.tree, b"a/b").unwrap().is_some());
    assert!(objects.folder_at(&commit.tree, b"z.txt").unwrap().is_none());
    let first: Oid = work.ok(&["rev-list", "--max-parents=0", "HEAD"]).parse().unwrap();
    assert!(objects.is_ancestor(&first, &tip).unwrap());
    assert!(!objects.is_ancestor(&tip, &first).unwrap());
}

#[test]
fn finds_the_differences_that_git_finds() {
    let yard = Yard::open();
    let (work, first) = pushed(&yard);
    work.ok(&["rm", "-q", "a/b/c.txt"]);
    std::fs::remove_file(work.0.join("z.txt")).unwrap();
    work.commit("z.txt/now-a-folder", "x\n");
    work.ok(&["update-index", "--chmod=-x", "a/run.sh"]);
    std::fs::write(work.0.join("a-b"), "sorts between\n").unwrap();
    let second = work.commit("file", "changed\n");
    work.ok(&["push", "-q", "origin", "main"]);
    let objects = yard.repository.objects().unwrap();
    let tree = |oid: &Oid| objects.commit(oid).unwrap().tree;
    let (a, b) = (tree(&first), tree(&second.parse().unwrap()));
    let shown = |a: Option<&Oid>, b: Option<&Oid>, under: Option<&[u8]>| {
        let mut lines = Vec::new();
        for d in objects.diff(a, b, under).unwrap() {
            let status = match (&d.before, &d.after) {
                (None, _) => "A",
                (_, None) => "D",
                _ => "M",
            };
            lines.push(format!("{status}\t{}", text(d.path())));
        }
        lines.sort();
        lines.join("\n")
    };
    let git = |args: &[&str]| {
        let out = work.ok(&[&["diff-tree", "-r", "--no-renames", "--name-status"], args].concat());
        let mut lines: Vec<&str> = out.lines().collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    let first = first.to_string();
    assert_eq!(shown(Some(&a), Some(&b), None), git(&[&first, &second]));
    assert_eq!(shown(Some(&b), Some(&a), None), git(&[&second, &first]));
    assert_eq!(shown(Some(&a), Some(&b), Some(b"a")), git(&[&first, &second, "--", "a"]));
    assert_eq!(shown(Some(&a), Some(&b), Some(b"z.txt")), git(&[&first, &second, "--", "z.txt"]));
    let empty = work.ok(&["mktree"]);
    assert_eq!(shown(None, Some(&b), None), git(&[&empty, &second]));
    assert_eq!(shown(Some(&a), Some(&a), None), "");
}

fn put(path: &str, content: &str) -> Edit {
    Edit::Put { path: path.to_owned(), mode: None, content: content.into() }
}

fn delete(path: &str) -> Edit {
    Edit::Delete { path: path.to_owned() }
}

/// Edits the tip of main and moves main to a commit of the result.
fn commit(yard: &Yard, edits: Vec<Edit>, keep: bool) -> Result<codeyard_git::Edited, EditError> {
    yard.block_on(async {
        let old = yard.refs.state.lock().unwrap().refs.get("refs/heads/main").copied();
        let change = yard.repository.change().await;
        let ((oid, edited), installed) = change
            .write(move |draft| {
                let base = old.map(|oid| draft.objects().commit(&oid)).transpose()?;
                let edited = draft.edit(base.map(|c| c.tree).as_ref(), edits, keep)?;
                let who = Signature::new("Ann", "ann@example.com", 1_700_000_000);
                let parents: Vec<Oid> = old.into_iter().collect();
                let oid = draft.commit(&edited.tree, &parents, &who, &who, "edit")?;
                Ok::<_, EditError>((oid, edited))
            })
            .await?;
        let update = RefUpdate { name: "refs/heads/main".to_owned(), old, new: Some(oid) };
        assert!(yard.refs.apply(vec![update], true, installed.packs()).await.unwrap()[0].is_ok());
        installed.keep();
        Ok(edited)
    })
}

/// Path to mode of all files, by a stock clone.
fn files(yard: &Yard, name: &str) -> BTreeMap<String, String> {
    let clone = yard.clone_to(name, &[]);
    clone.ok(&["fsck", "--strict"]);
    let listed = clone.ok(&["ls-tree", "-r", "--format=%(path) %(objectmode)", "HEAD"]);
    listed
        .lines()
        .filter_map(|l| l.split_once(' '))
        .map(|(p, m)| (p.to_owned(), m.to_owned()))
        .collect()
}

#[test]
fn edits_without_a_working_copy() {
    let yard = Yard::open();
    let made =
        commit(&yard, vec![put("a/b/c", "1"), put("a.b", "2"), put("a-b", "3")], false).unwrap();
    assert_eq!(made.added.len(), 3);
    assert_eq!(files(&yard, "c1").keys().collect::<Vec<_>>(), ["a-b", "a.b", "a/b/c"]);
    let made = commit(
        &yard,
        vec![
            put("a/b/c", "1"),
            put("a.b", "changed"),
            Edit::SetMode { path: "a-b".to_owned(), mode: FileMode::Executable },
        ],
        false,
    )
    .unwrap();
    assert_eq!(made.updated.iter().map(|c| c.path.as_str()).collect::<Vec<_>>(), ["a-b", "a.b"]);
    assert!(made.added.is_empty());
    assert_eq!(files(&yard, "c2")["a-b"], "100755");
    // A file's own folder makes room for it, and a file for a folder.
    let made = commit(
        &yard,
        vec![delete("a/b/c"), put("a", "file"), delete("a.b"), put("a.b/x", "")],
        true,
    )
    .unwrap();
    assert_eq!(made.deleted.len(), 2);
    assert_eq!(files(&yard, "c3").keys().collect::<Vec<_>>(), ["a", "a-b", "a.b/x"]);
    let made = commit(&yard, vec![delete("a.b/x")], true).unwrap();
    assert_eq!(made.added[0].path, "a.b/.gitkeep");
    commit(&yard, vec![delete("a.b/.gitkeep")], false).unwrap();
    assert_eq!(files(&yard, "c4").keys().collect::<Vec<_>>(), ["a", "a-b"]);
    yard.git(&["fsck", "--strict"]);
}

#[test]
fn edits_that_cannot_be() {
    let yard = Yard::open();
    commit(&yard, vec![put("dir/file", "1"), put("top", "2")], false).unwrap();
    let before = yard.contents();
    let refused = |edits: Vec<Edit>| commit(&yard, edits, false).unwrap_err();
    assert!(matches!(refused(vec![put("dir", "x")]), EditError::IsFolder(_)));
    assert!(matches!(refused(vec![put("top/x", "x")]), EditError::ParentIsFile(_)));
    assert!(matches!(refused(vec![delete("none")]), EditError::NotFound(_)));
    assert!(matches!(refused(vec![delete("dir")]), EditError::IsFolder(_)));
    assert!(matches!(refused(vec![delete("top/x")]), EditError::NotFound(_)));
    assert!(matches!(refused(vec![put("a", "1"), delete("a")]), EditError::Twice(_)));
    assert!(matches!(refused(vec![put(".git/config", "x")]), EditError::Path(_)));
    assert_eq!(yard.contents(), before);
    let same = commit(&yard, vec![put("top", "2")], false).unwrap();
    assert!(same.is_empty());
}

#[test]
fn an_undone_change_leaves_nothing() {
    let yard = Yard::open();
    commit(&yard, vec![put("a", "1")], false).unwrap();
    let before = yard.contents();
    yard.block_on(async {
        let write = |draft: &mut codeyard_git::Draft| draft.blob(b"never".to_vec());
        let (oid, installed) = yard.repository.change().await.write(write).await.unwrap();
        assert!(yard.repository.objects().unwrap().header(&oid).unwrap().is_some());
        installed.undo().await.unwrap();
        assert!(yard.repository.objects().unwrap().header(&oid).unwrap().is_none());
    });
    assert_eq!(yard.contents(), before);
}

/// Readers go on while packs come, are put together and go.
#[test]
fn reading_while_repacking() {
    let yard = Yard::open();
    commit(&yard, vec![put("f", "0")], false).unwrap();
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reading = || {
            let mut rounds = 0;
            while !stop.load(std::sync::atomic::Ordering::SeqCst) {
                let tip: Oid = yard.tip("refs/heads/main").unwrap().parse().unwrap();
                let objects = yard.repository.objects().unwrap();
                for commit in objects.history(&tip) {
                    let tree = commit.unwrap().tree;
                    let entry = objects.entry_at(&tree, b"f").unwrap().unwrap();
                    objects.blob(&entry.oid, 1 << 20).unwrap().unwrap();
                }
                rounds += 1;
            }
            rounds
        };
        let readers = [scope.spawn(reading), scope.spawn(reading)];
        for i in 1..60 {
            commit(&yard, vec![put("f", &i.to_string())], false).unwrap();
            if i % 5 == 0 {
                yard.block_on(yard.repository.repack_if_scattered(2)).unwrap();
            }
        }
        stop.store(true, std::sync::atomic::Ordering::SeqCst);
        for reader in readers {
            assert!(reader.join().unwrap() > 0);
        }
    });
    yard.git(&["fsck", "--strict"]);
}

#[test]
fn many_commits_and_large_files() {
    let yard = Yard::open();
    for i in 0..80 {
        commit(&yard, vec![put(&format!("f{}", i % 7), &"x".repeat(i * 1000))], false).unwrap();
    }
    let clone = yard.clone_to("clone", &[]);
    clone.ok(&["fsck", "--strict"]);
    assert_eq!(clone.ok(&["rev-list", "--count", "HEAD"]), "80");
    let entry = EntryKind::File;
    assert_eq!(entry.octal(), "100644");
}
