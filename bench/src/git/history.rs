//! Histories, made by `git fast-import`.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::remote::git;

/// Folders of the large tree, and files in each.
const FOLDERS: usize = 60;
const FILES: usize = 40;

/// A working copy of `commits` small commits on main, packed as git packs.
pub(crate) fn make(dir: &Path, commits: usize) {
    std::fs::create_dir_all(dir).unwrap();
    git(dir, &["init", "--quiet", "--initial-branch", "main"]);
    let mut child = Command::new("git")
        .current_dir(dir)
        .args(["fast-import", "--quiet"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = std::io::BufWriter::new(child.stdin.take().unwrap());
    for commit in 0..commits {
        let text = format!("line {commit}\n").repeat(40 + commit % 60);
        let file = (commit * 7) % (FOLDERS * FILES);
        writeln!(out, "commit refs/heads/main").unwrap();
        writeln!(out, "committer A <a@localhost> {} +0000", 1_600_000_000 + commit).unwrap();
        writeln!(out, "data 7\nchange").unwrap();
        writeln!(out, "\nM 100644 inline d{}/f{file}.txt", file % FOLDERS).unwrap();
        writeln!(out, "data {}\n{text}", text.len()).unwrap();
    }
    drop(out);
    assert!(child.wait().unwrap().success());
    git(dir, &["reset", "--quiet", "--hard", "main"]);
    git(dir, &["repack", "-adq"]);
}

/// One more commit on top.
pub(crate) fn commit(dir: &Path, text: &str) {
    std::fs::write(dir.join("d0/f0.txt"), text).unwrap();
    git(dir, &["-c", "user.name=A", "-c", "user.email=a@localhost", "commit", "-qam", text]);
}
