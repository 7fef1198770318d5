//! A process that is killed while it writes leaves whole blobs and nothing else.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
};

use codeyard_blobs::{BlobId, Blobs, KeyRef, MasterKeyring};

use crate::{block_on, pattern};

const CHILD: &str = "CODEYARD_BLOBS_CRASH_CHILD";

fn open(dir: &Path) -> Blobs {
    let key = MasterKeyring::open_or_create(&dir.join("master.key")).unwrap();
    Blobs::open(&dir.join("blobs"), std::sync::Arc::new(key)).unwrap()
}

/// The child's part: writes blobs of all sizes at once, until it is killed, and tells each that
/// it was promised.
#[test]
fn child_writes_until_killed() {
    let Some(dir) = std::env::var_os(CHILD) else { return };
    let blobs = open(Path::new(&dir));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    for lane in 0..4_usize {
        let blobs = blobs.clone();
        runtime.spawn(async move {
            for turn in 0.. {
                let size = [10, 70_000, 3_000_000][(turn + lane) % 3];
                let blob = blobs.put_bytes(&KeyRef::Yard, &pattern(size)).await.unwrap();
                let mut out = std::io::stdout().lock();
                writeln!(out, "written {} {size}", blob.id).unwrap();
                out.flush().unwrap();
            }
        });
    }
    runtime.block_on(std::future::pending::<()>());
}

#[test]
fn killed_while_writing() {
    let mut caught_unfinished = false;
    for round in 0..8 {
        let dir = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["crash::child_writes_until_killed", "--exact", "--nocapture"])
            .env(CHILD, dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut promised = BTreeSet::new();
        for line in lines {
            let line = line.unwrap();
            if let Some((_, said)) = line.split_once("written ") {
                promised.insert(said.to_owned());
            }
            if promised.len() == 10 + round {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();

        let tmp = dir.path().join("blobs/tmp");
        caught_unfinished |= fs::read_dir(&tmp).unwrap().next().is_some();
        let blobs = open(dir.path());
        assert!(fs::read_dir(&tmp).unwrap().next().is_none(), "unfinished blobs are cleaned");
        block_on(async {
            for said in &promised {
                let (id, size) = said.split_once(' ').unwrap();
                let (id, size) = (id.parse::<BlobId>().unwrap(), size.parse::<usize>().unwrap());
                assert!(blobs.get_bytes(id, 1 << 30).await.unwrap() == pattern(size));
            }
            for entry in blobs.list(None, 100_000).await.unwrap() {
                blobs.get_bytes(entry.id, 1 << 30).await.expect("what is visible is whole");
            }
        });
    }
    assert!(caught_unfinished, "no round was killed in the middle of a write");
}
