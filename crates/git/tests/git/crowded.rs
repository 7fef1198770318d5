//! Many at once, and hardly any room.

use crate::caching::{Files, Vault, Yard, commit, history, noise};
use crate::support::{Work, pkt};
use codeyard_git::{
    ByteStream, Encoding, Oid, Part, Protocol, RefStore, RefUpdate, Repository, StoredPack,
    bytes_stream,
};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const OBJECTS: usize = 12_000;

/// A large pack without a bitmap in a vault, as a push leaves it whose yard died right after it.
fn large(dir: &Path) -> Arc<Vault> {
    let work = Work(dir.join("large"));
    std::fs::create_dir(&work.0).unwrap();
    work.ok(&["init", "-q", "-b", "main"]);
    let mut child = Command::new("git")
        .args(["fast-import", "--quiet"])
        .current_dir(&work.0)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = std::io::BufWriter::new(child.stdin.take().unwrap());
    write!(out, "commit refs/heads/main\ncommitter A <a@b.c> 1700000000 +0000\ndata 1\nx\n")
        .unwrap();
    for i in 0..OBJECTS {
        write!(out, "M 100644 inline d{}/f{i}\ndata 150\n", i % 100).unwrap();
        out.write_all(&noise(i as u64, 150)).unwrap();
        writeln!(out).unwrap();
    }
    drop(out);
    assert!(child.wait().unwrap().success());
    work.ok(&["repack", "-adq"]);
    let tip: Oid = work.ok(&["rev-parse", "main"]).parse().unwrap();
    let (mut files, mut name) = (Files::new(), None);
    for entry in std::fs::read_dir(work.0.join(".git/objects/pack")).unwrap() {
        let path = entry.unwrap().path();
        let part = path.extension().and_then(|it| Part::parse(it.to_str().unwrap()));
        if let Some(part) = part {
            let stem = path.file_stem().unwrap().to_str().unwrap();
            name = Some(stem.strip_prefix("pack-").unwrap().parse::<Oid>().unwrap());
            files.insert(part, std::fs::read(&path).unwrap());
        }
    }
    let vault = Arc::new(Vault::default());
    let parts = files.iter().map(|(part, bytes)| (*part, bytes.len() as u64)).collect();
    let objects = OBJECTS as u64 + 102;
    let stored = StoredPack { id: "1000".to_owned(), name: name.unwrap(), objects, parts };
    vault.packs.lock().unwrap().insert(1000, (stored, Arc::new(files)));
    let mut refs = vault.refs.lock().unwrap();
    refs.refs.insert("refs/heads/main".to_owned(), tip);
    refs.version = 1;
    drop(refs);
    vault
}

/// How many clones are being packed in `dir`.
fn packing(dir: &Path) -> usize {
    let is_one = |process: &std::fs::DirEntry| {
        let command = std::fs::read_to_string(process.path().join("cmdline")).unwrap_or_default();
        let words: Vec<&str> = command.split('\0').collect();
        // The shell that waits has the same words behind its own.
        words.first().is_some_and(|program| program.ends_with("git"))
            && words.contains(&"pack-objects")
            && words.contains(&"--stdout")
            && std::fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == dir)
    };
    std::fs::read_dir("/proc").unwrap().flatten().filter(is_one).count()
}

async fn clone(repository: &Repository, vault: &Vault) -> ByteStream {
    let want = format!("want {}\n", vault.tip().unwrap());
    let request = format!("{}0001{}{}0000", pkt("command=fetch"), pkt(&want), pkt("done\n"));
    let body = bytes_stream(request);
    repository.upload_pack(body, Encoding::Identity, Protocol::V2, vault).await.unwrap()
}

async fn next(answer: &mut ByteStream) -> Option<Vec<u8>> {
    let piece = std::future::poll_fn(|cx| answer.as_mut().poll_next(cx)).await;
    piece.map(|piece| piece.unwrap().to_vec())
}

async fn read_until(answer: &mut ByteStream, text: &str) {
    let mut all = Vec::new();
    loop {
        all.extend(next(answer).await.expect("more is to come"));
        if String::from_utf8_lossy(&all).contains(text) {
            return;
        }
    }
}

async fn rest(mut answer: ByteStream) -> usize {
    let mut bytes = 0;
    while let Some(piece) = next(&mut answer).await {
        bytes += piece.len();
    }
    bytes
}

/// Without a bitmap each clone takes memory by the repository's size: they take turns, and are told
/// so, until the bitmap is there.
#[test]
fn clones_without_a_bitmap_take_turns() {
    let yard = Yard::new();
    let vault = large(yard.home.path());
    let cache = yard.cache(64 << 20, true);
    let repository = yard.open(&cache, "r", &vault).unwrap();
    let dir = repository.dir().to_owned();
    yard.block_on(async {
        // The first one that has to take a turn also has the bitmap made.
        let sealing = vault.sealing.lock().await;
        // One that stands still has its turn all the same.
        let mut first = clone(&repository, &vault).await;
        read_until(&mut first, "PACK").await;
        let mut others = Vec::new();
        for _ in 0..4 {
            let mut other = clone(&repository, &vault).await;
            read_until(&mut other, "Waiting for other clones").await;
            others.push(other);
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(packing(&dir), 1);
        // The first one leaves: the next one's turn.
        drop(first);
        let mut next = others.remove(0);
        read_until(&mut next, "PACK").await;
        assert_eq!(packing(&dir), 1);
        drop(sealing);
        let has_bitmap = || {
            let packs = vault.packs.lock().unwrap();
            packs.values().any(|(pack, _)| pack.parts.iter().any(|(part, _)| *part == Part::Bitmap))
        };
        let deadline = Instant::now() + Duration::from_secs(60);
        while !has_bitmap() {
            assert!(Instant::now() < deadline, "nobody makes the bitmap");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for other in others {
            assert!(rest(other).await > OBJECTS * 150);
        }
        assert!(rest(next).await > OBJECTS * 150);
        // From now on nobody waits.
        let mut both = [clone(&repository, &vault).await, clone(&repository, &vault).await];
        for one in &mut both {
            read_until(one, "PACK").await;
        }
        assert_eq!(packing(&dir), 2);
    });
}

/// Small packs are put together a while after a push, also if their copy was given up meanwhile.
#[test]
fn a_copy_that_went_before_its_repacking_is_made_anew() {
    let yard = Yard::new();
    let vault = Arc::new(Vault::default());
    let cache = yard.cache(1 << 20, true);
    for i in 0..codeyard_git::limits::REPACK_AT_PACKS as u64 {
        let repository = yard.open(&cache, "r", &vault).unwrap();
        assert!(yard.block_on(commit(&repository, &vault, noise(i, 100), false)).unwrap());
    }
    cache.forget("r");
    assert_eq!(cache.usage().repositories, 0);
    let deadline = Instant::now() + Duration::from_secs(20);
    while vault.count() >= codeyard_git::limits::REPACK_AT_PACKS {
        assert!(Instant::now() < deadline, "{} packs stay", vault.count());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Others use the tmpfs as well: what does not fit any more goes to disk, as far as it may.
#[test]
fn a_full_tmpfs_is_no_reason_to_refuse() {
    let home = TempDir::new().unwrap();
    let memory = home.path().join("memory");
    std::fs::create_dir(&memory).unwrap();
    let mount = "mount -t tmpfs -o size=4m none \"$0\" && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", mount]).arg(&memory).arg(std::env::current_exe().unwrap());
    command.args(["--exact", "crowded::in_a_full_tmpfs", "--ignored"]).env("TMPFS", &memory);
    let allowed = Command::new("unshare").args(["-rm", "true"]).output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        return eprintln!("SKIPPED: this user may not mount a tmpfs in a namespace");
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{output:?}");
}

#[test]
#[ignore = "run by a_full_tmpfs_is_no_reason_to_refuse"]
fn in_a_full_tmpfs() {
    let memory = std::path::PathBuf::from(std::env::var_os("TMPFS").unwrap());
    let yard = Yard::new();
    let options = |disk: bool| codeyard_git::CacheOptions {
        memory: Some(memory.clone()),
        memory_bytes: 1 << 30,
        disk: disk.then(|| yard.home.path().join("disk")),
        disk_bytes: 1 << 30,
    };
    let filler = memory.join("filler");
    let fill = || {
        let mut file = std::fs::File::create(&filler).unwrap();
        while file.write_all(&[1; 4096]).is_ok() {}
    };
    // A push, a change through the API and a first opening, with a copy that lies in memory.
    for way in 0..3 {
        let vault = Arc::new(Vault::default());
        let cache = codeyard_git::Cache::new(options(true));
        let repository = yard.open(&cache, "r", &vault).unwrap();
        assert!(yard.block_on(commit(&repository, &vault, noise(1, 100), false)).unwrap());
        assert!(repository.dir().starts_with(&memory));
        fill();
        let done = match way {
            0 => push(&yard, &repository, &vault),
            1 => yard.block_on(commit(&repository, &vault, noise(2, 20_000), false)).unwrap(),
            _ => {
                let moved = yard.open(&cache, "r", &vault).unwrap();
                yard.block_on(commit(&moved, &vault, noise(2, 20_000), false)).unwrap()
            }
        };
        assert!(done, "{way}");
        let moved = yard.open(&cache, "r", &vault).unwrap();
        assert!(moved.dir().starts_with(yard.home.path().join("disk")), "{way}: {moved:?}");
        yard.block_on(moved.project_refs(vault.as_ref())).unwrap();
        assert_eq!(history(&moved, &vault), 2);
        drop((moved, repository));
        cache.close();
        std::fs::remove_file(&filler).unwrap();
    }
    // Without a disk it is refused, and the words do not tell to raise a limit that is not the one.
    let vault = Arc::new(Vault::default());
    let cache = codeyard_git::Cache::new(options(false));
    let repository = yard.open(&cache, "r", &vault).unwrap();
    fill();
    let refused = yard.block_on(commit(&repository, &vault, noise(1, 100), false)).unwrap_err();
    assert!(refused.is_lack_of_room(), "{refused}");
    assert_eq!(vault.count(), 0);
}

/// Pushes one more commit on main, as git sends it.
fn push(yard: &Yard, repository: &Repository, vault: &Arc<Vault>) -> bool {
    let work = Work(yard.home.path().join("work"));
    std::fs::create_dir(&work.0).unwrap();
    work.ok(&["init", "-q", "-b", "main"]);
    std::fs::create_dir_all(work.0.join(".git/objects/info")).unwrap();
    let alternate = repository.dir().join("objects").display().to_string();
    std::fs::write(work.0.join(".git/objects/info/alternates"), alternate).unwrap();
    let tip = vault.tip().unwrap();
    work.ok(&["reset", "-q", "--hard", &tip.to_string()]);
    let new = work.commit("file", "pushed\n");
    let mut pack = Command::new("git")
        .args(["pack-objects", "--revs", "--stdout", "-q"])
        .current_dir(&work.0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    write!(pack.stdin.take().unwrap(), "{new}\n^{tip}\n").unwrap();
    let pack = pack.wait_with_output().unwrap().stdout;
    let command = pkt(&format!("{tip} {new} refs/heads/main\0report-status"));
    let body = bytes_stream([command.as_bytes(), b"0000", &pack].concat());
    let refs: Arc<dyn RefStore> = vault.clone();
    yard.block_on(async {
        let decide = async |updates: Vec<RefUpdate>| updates.iter().map(|_| Ok(())).collect();
        let answer = repository.receive_pack(body, Encoding::Identity, refs, decide).await;
        let mut answer = answer.unwrap();
        let mut all = Vec::new();
        while let Some(piece) = next(&mut answer).await {
            all.extend(piece);
        }
        let said = String::from_utf8_lossy(&all).into_owned();
        assert!(said.contains("ok refs/heads/main"), "{said}");
        true
    })
}
