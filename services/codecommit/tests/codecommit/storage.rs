//! How repositories are kept: sealed under their key, served from copies that may be lost.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use ::service::{GitCache, Protocol, Service};
use blobs::{Backend, BlobId, Blobs, Entry, MemoryBackend, Sink, Source};
use codeyard_svc_codecommit::{own_operations, service};
use serde_json::{Value, json};
use store::{Range, StoreError};
use tempfile::TempDir;
use testkit::{REGION, TestYard, TestYardBuilder};

use crate::support::{Work, Yard};

const DEFAULT_KEY: &str = "alias/aws/codecommit";
/// Longer than an answer of KMS is believed.
const KEY_MEMORY: Duration = Duration::from_secs(15);

fn builder() -> TestYardBuilder {
    let mut services = svc_security::services();
    let own = Service::new("codeyard", Protocol::Json11).target("Codeyard_20261121");
    services.extend([service(), own_operations(own)]);
    TestYard::builder(services)
        .keyring(|store, master| Arc::new(svc_security::KmsKeyring::new(store.clone(), master)))
}

async fn start(builder: TestYardBuilder) -> Yard {
    Yard { yard: builder.start().await, home: TempDir::new().unwrap() }
}

impl Yard {
    async fn kms(&self, operation: &str, input: Value) -> Value {
        let target = format!("TrentService.{operation}");
        let (status, answer) = self.yard.json("kms", &target, input).await;
        assert_eq!(status, 200, "{operation}: {answer}");
        answer
    }

    async fn key(&self, more: Value) -> String {
        let made = self.kms("CreateKey", more).await;
        made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
    }

    /// Everything plain is lost.
    fn wipe(&self) {
        for folder in ["git-memory", "git-cache"] {
            let folder = self.yard.dir().join(folder);
            // A repacking that has just been written down still puts its files there.
            let gone = || match std::fs::remove_dir_all(&folder) {
                Err(e) if e.kind() == std::io::ErrorKind::DirectoryNotEmpty => false,
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => true,
                removed => removed.is_ok(),
            };
            assert!((0..100).any(|_| gone()), "{} stays", folder.display());
        }
    }

    /// The rows of packs.
    pub fn packs(&self) -> Vec<Value> {
        let read = |tx: &store::ReadTx<'_>| tx.scan_raw("codecommit-pack", &Range::all());
        let rows: Result<_, StoreError> = self.yard.yard().store().read(read);
        rows.unwrap().iter().map(|(_, row)| serde_json::from_slice(row).unwrap()).collect()
    }

    pub fn blobs(&self) -> Vec<PathBuf> {
        files_below(&self.yard.dir().join("blobs/areas/git"))
    }

    async fn key_of(&self, name: &str) -> Value {
        let got = self.ok("GetRepository", json!({"repositoryName": name})).await;
        got["repositoryMetadata"]["kmsKeyId"].clone()
    }

    async fn file(&self, path: &str) -> (u16, Value) {
        self.call("GetFile", json!({"repositoryName": "r", "filePath": path})).await
    }
}

pub fn files_below(dir: &std::path::Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(dir) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files_below(&path)),
            false => found.push(path),
        }
    }
    found
}

/// Text that does not shrink much.
pub fn noise(lines: u64) -> String {
    (0..lines).map(|i| format!("{:x}\n", i.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_may_be_lost_at_any_time() {
    let yard = start(builder()).await;
    yard.repository("r").await;
    let work = yard.work("work", &yard.root_url("r")).await;
    work.commit("large", &noise(20_000)).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    assert_eq!((yard.packs().len(), yard.blobs().len()), (1, 1), "one push, one blob");
    let tip = work.commit("small", "one\n").await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    assert_eq!((yard.packs().len(), yard.blobs().len()), (2, 1), "a small pack costs no blob");
    let secret = b"9e3779b97f4a7c15";
    let files = files_below(yard.yard.dir());
    let sealed =
        files.iter().filter(|file| !file.components().any(|c| c.as_os_str() == "git-memory"));
    for file in sealed {
        let bytes = std::fs::read(file).unwrap();
        assert!(!bytes.windows(secret.len()).any(|it| it == secret), "{}", file.display());
    }
    for round in 0..3 {
        yard.wipe();
        let clone = yard.clone_to(&format!("clone{round}"), &yard.root_url("r")).await;
        assert_eq!(clone.ok(&["rev-parse", "HEAD"]).await, tip);
        clone.ok(&["fsck", "--strict"]).await;
        yard.wipe();
        assert_eq!(yard.file("small").await.0, 200);
    }
    yard.wipe();
    let commit = json!({"repositoryName": "r", "branchName": "main", "filePath": "api",
                        "fileContent": "b25l", "parentCommitId": tip});
    yard.ok("PutFile", commit).await;
    yard.wipe();
    work.ok(&["pull", "-q", "--rebase", "origin", "main"]).await;
    work.commit("later", "two\n").await;
    yard.wipe();
    work.ok(&["push", "-q", "origin", "main"]).await;
    assert_eq!(yard.packs().len(), 4);
    yard.ok("DeleteRepository", json!({"repositoryName": "r"})).await;
    assert_eq!(yard.packs().len(), 0);
    yard.yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_refused_push_stays() {
    let yard = start(builder()).await;
    yard.repository("r").await;
    let work = yard.work("work", &yard.root_url("r")).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    let (packs, blobs) = (yard.packs(), yard.blobs());
    // Somebody else is faster, with a large push.
    let slow = yard.clone_to("slow", &yard.root_url("r")).await;
    work.commit("file", "two\n").await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    slow.commit("large", &noise(20_000)).await;
    let refused = slow.fails(&["push", "--force-with-lease", "origin", "main"]).await;
    assert!(refused.contains("stale info") || refused.contains("rejected"), "{refused}");
    // Names that would reach into .git, in all the ways that file systems fold names.
    let blob = slow.ok(&["hash-object", "-w", "large"]).await;
    let mut tried = 0;
    for name in [".git", ".GIT", ".Git", ".git ", "git~1", "GIT~1", ".git.", "..", "a\\..\\.git"] {
        let tree = slow.raw_tree(&format!("100644 blob {blob}\t{name}"));
        let Some(tree) = tree else { continue };
        tried += 1;
        let commit = slow.ok(&["commit-tree", "-m", "trick", &tree]).await;
        let refused = slow.fails(&["push", "origin", &format!("{commit}:refs/heads/x")]).await;
        assert!(refused.contains("unpack"), "{name:?}: {refused}");
    }
    assert!(tried >= 8, "{tried}");
    let modules = "[submodule \"x\"]\n\tpath = x\n\turl = -u./payload\n";
    std::fs::write(slow.0.join(".gitmodules"), modules).unwrap();
    let blob = slow.ok(&["hash-object", "-w", ".gitmodules"]).await;
    let tree = slow.raw_tree(&format!("100644 blob {blob}\t.gitmodules")).unwrap();
    let commit = slow.ok(&["commit-tree", "-m", "trick", &tree]).await;
    let refused = slow.fails(&["push", "origin", &format!("{commit}:refs/heads/x")]).await;
    assert!(refused.contains("unpack"), "{refused}");
    assert_eq!((yard.packs().len(), yard.blobs()), (packs.len() + 1, blobs));
    let branches = yard.ok("ListBranches", json!({"repositoryName": "r"})).await;
    assert_eq!(branches["branches"], json!(["main"]));
    yard.yard.stop().await;
}

impl Work {
    /// A tree as it is told, if this git can write it.
    fn raw_tree(&self, entry: &str) -> Option<String> {
        let mut command = std::process::Command::new("git");
        command.args(["-c", "core.protectNTFS=false", "-c", "core.protectHFS=false", "mktree"]);
        command.current_dir(&self.0).stdin(std::process::Stdio::piped());
        let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(
            &mut child.stdin.take().unwrap(),
            format!("{entry}\n").as_bytes(),
        )
        .unwrap();
        let output = child.wait_with_output().unwrap();
        let tree = String::from_utf8(output.stdout).unwrap().trim().to_owned();
        output.status.success().then_some(tree)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_chosen_and_refused() {
    let yard = start(builder()).await;
    yard.repository("plain").await;
    let described = yard.kms("DescribeKey", json!({"KeyId": DEFAULT_KEY})).await;
    let default = described["KeyMetadata"]["Arn"].clone();
    assert_eq!(yard.key_of("plain").await, default, "the AWS managed key, made at first use");
    let arn = yard.key(json!({})).await;
    let id = arn.rsplit('/').next().unwrap();
    yard.kms("CreateAlias", json!({"AliasName": "alias/mine", "TargetKeyId": id})).await;
    let alias_arn = format!("arn:aws:kms:{REGION}:123456789012:alias/mine");
    for (name, key) in [("a", arn.as_str()), ("b", id), ("c", "alias/mine"), ("d", &alias_arn)] {
        yard.ok("CreateRepository", json!({"repositoryName": name, "kmsKeyId": key})).await;
        assert_eq!(yard.key_of(name).await, json!(arn), "{key}");
    }
    let disabled = yard.key(json!({})).await;
    yard.kms("DisableKey", json!({"KeyId": disabled})).await;
    let doomed = yard.key(json!({})).await;
    yard.kms("ScheduleKeyDeletion", json!({"KeyId": doomed, "PendingWindowInDays": 7})).await;
    let rsa = json!({"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"});
    let (status, made) = yard.yard.json("kms", "TrentService.CreateKey", rsa).await;
    let mut wrong = vec![
        ("EncryptionKeyDisabledException", disabled),
        ("EncryptionKeyInvalidUsageException", doomed),
        ("EncryptionKeyNotFoundException", "alias/nobody".to_owned()),
        ("EncryptionKeyInvalidIdException", "not a key".to_owned()),
    ];
    if status == 200 {
        let arn = made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned();
        wrong.push(("EncryptionKeyInvalidUsageException", arn));
    }
    for (code, key) in wrong {
        let create = json!({"repositoryName": "no", "kmsKeyId": key});
        yard.refused(code, "CreateRepository", create).await;
        let update = json!({"repositoryName": "plain", "kmsKeyId": key});
        yard.refused(code, "UpdateRepositoryEncryptionKey", update).await;
    }
    let missing = json!({"repositoryName": "plain"});
    yard.refused("EncryptionKeyRequiredException", "UpdateRepositoryEncryptionKey", missing).await;
    let eve = yard.yard.user(
        "eve",
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "codecommit:*", "Resource": "*"}]}),
    );
    let create = json!({"repositoryName": "no", "kmsKeyId": arn});
    let (status, answer) = yard.call_as(&eve, "CreateRepository", create).await;
    assert_eq!(status, 400);
    assert_eq!(answer["__type"], "EncryptionKeyAccessDeniedException", "{answer}");
    // The default key needs no right on KMS of one's own.
    let create = json!({"repositoryName": "eves"});
    assert_eq!(yard.call_as(&eve, "CreateRepository", create).await.0, 200);
    // Nor do the yard's own operations, which the key takes for CodeCommit's.
    let commit = json!({"repositoryName": "eves", "branchName": "main",
        "putFiles": [{"filePath": "a", "fileContent": "YQ=="}]});
    yard.ok("CreateCommit", commit).await;
    let list = json!({"repositoryName": "eves"});
    let target = "Codeyard_20261121.ListCommits";
    let (status, answer) = yard.yard.json_as(&eve, "codeyard", target, list).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(yard.call("GetRepository", json!({"repositoryName": "no"})).await.0, 400);
    yard.yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_disabled_stops_access() {
    let yard = start(builder()).await;
    let key = yard.key(json!({})).await;
    yard.ok("CreateRepository", json!({"repositoryName": "r", "kmsKeyId": key})).await;
    let work = yard.work("work", &yard.root_url("r")).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    assert_eq!(yard.file("file").await.0, 200);
    yard.kms("DisableKey", json!({"KeyId": key})).await;
    let code = TestYard::until(KEY_MEMORY, async || {
        let (status, answer) = yard.file("file").await;
        (status != 200).then(|| answer["__type"].as_str().unwrap().to_owned())
    })
    .await;
    assert_eq!(code, "EncryptionKeyDisabledException");
    let refused = work.fails(&["fetch", "origin"]).await;
    assert!(
        refused.contains("remote: The repository's encryption key cannot be used"),
        "{refused}"
    );
    assert!(refused.contains("is disabled"), "{refused}");
    work.commit("file", "two\n").await;
    let refused = work.fails(&["push", "origin", "main"]).await;
    assert!(refused.contains("is disabled"), "{refused}");
    yard.kms("EnableKey", json!({"KeyId": key})).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    assert_eq!(yard.file("file").await.0, 200);
    yard.yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_reseals_what_is_there() {
    let yard = start(builder()).await;
    let (old, new) = (yard.key(json!({})).await, yard.key(json!({})).await);
    yard.ok("CreateRepository", json!({"repositoryName": "r", "kmsKeyId": old})).await;
    let work = yard.work("work", &yard.root_url("r")).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    work.commit("large", &noise(20_000)).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    let update = json!({"repositoryName": "r", "kmsKeyId": new});
    let updated = yard.ok("UpdateRepositoryEncryptionKey", update).await;
    assert_eq!(updated["originalKmsKeyId"], json!(old));
    assert_eq!(updated["kmsKeyId"], json!(new));
    assert_eq!(yard.key_of("r").await, json!(new));
    TestYard::until(Duration::from_secs(20), async || {
        let keys: BTreeSet<String> =
            yard.packs().iter().map(|row| row["kmsKey"].as_str().unwrap().to_owned()).collect();
        (keys == BTreeSet::from([new.clone()])).then_some(())
    })
    .await;
    assert_eq!(yard.packs().len(), 2);
    // Nothing is under the old key any more.
    yard.kms("DisableKey", json!({"KeyId": old})).await;
    yard.wipe();
    let clone = yard.clone_to("clone", &yard.root_url("r")).await;
    clone.ok(&["fsck", "--strict"]).await;
    assert!(clone.0.join("large").exists());
    yard.yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_is_told_and_spreads_nowhere() {
    let yard = start(builder()).await;
    yard.repository("r").await;
    let work = yard.work("work", &yard.root_url("r")).await;
    work.commit("large", &noise(20_000)).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    let blob = yard.blobs().remove(0);
    let good = std::fs::read(&blob).unwrap();
    let mut bad = good.clone();
    let middle = bad.len() / 2;
    bad[middle] ^= 1;
    for broken in [Some(bad), None] {
        match &broken {
            Some(bad) => std::fs::write(&blob, bad).unwrap(),
            None => std::fs::remove_file(&blob).unwrap(),
        }
        yard.wipe();
        let (status, answer) = yard.file("file").await;
        assert_eq!(status, 500);
        assert_eq!(answer["__type"], "EncryptionIntegrityChecksFailedException", "{answer}");
        let refused = work.fails(&["fetch", "origin"]).await;
        assert!(refused.contains("sealed data are damaged"), "{refused}");
        assert_eq!(
            yard.call("GetBranch", json!({"repositoryName": "r", "branchName": "main"})).await.0,
            200
        );
    }
    std::fs::write(&blob, good).unwrap();
    assert_eq!(yard.file("file").await.0, 200);
    yard.yard.stop().await;
}

/// A disk that takes so many bytes and then is full.
struct Small(Arc<dyn Backend>, Arc<AtomicI64>);

struct SmallSink(Box<dyn Sink>, Arc<AtomicI64>);

impl Backend for Small {
    fn area(&self, name: &str) -> blobs::Result<Arc<dyn Backend>> {
        Ok(Arc::new(Self(self.0.area(name)?, self.1.clone())))
    }
    fn create(&self, id: BlobId) -> blobs::Result<Box<dyn Sink>> {
        Ok(Box::new(SmallSink(self.0.create(id)?, self.1.clone())))
    }
    fn open(&self, id: BlobId) -> blobs::Result<Box<dyn Source>> {
        self.0.open(id)
    }
    fn delete(&self, id: BlobId) -> blobs::Result<()> {
        self.0.delete(id)
    }
    fn list(&self, after: Option<BlobId>, limit: usize) -> blobs::Result<Vec<Entry>> {
        self.0.list(after, limit)
    }
}

impl Sink for SmallSink {
    fn append(&mut self, bytes: &[u8]) -> blobs::Result<()> {
        if self.1.fetch_sub(bytes.len() as i64, Ordering::SeqCst) < bytes.len() as i64 {
            let full = std::io::ErrorKind::StorageFull.into();
            return Err(blobs::Error::io("write a blob", full));
        }
        self.0.append(bytes)
    }
    fn commit(self: Box<Self>) -> blobs::Result<()> {
        self.0.commit()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_pushes_and_changes_nothing() {
    let left = Arc::new(AtomicI64::new(100_000));
    let small = Small(Arc::new(MemoryBackend::new()), left.clone());
    let yard = start(builder().blobs(|keyring| Blobs::new(Arc::new(small), keyring))).await;
    yard.repository("r").await;
    let work = yard.work("work", &yard.root_url("r")).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    let tip = work.ok(&["rev-parse", "HEAD"]).await;
    work.commit("large", &noise(40_000)).await;
    let refused = work.fails(&["push", "origin", "main"]).await;
    assert!(refused.contains("disk is full"), "{refused}");
    let content = "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4";
    let put = json!({"repositoryName": "r", "branchName": "main", "filePath": "f",
                     "fileContent": content, "parentCommitId": tip});
    assert_eq!(yard.packs().len(), 1);
    assert_eq!(yard.call("PutFile", put).await.0, 200, "what is small still fits into the store");
    left.store(10_000_000, Ordering::SeqCst);
    work.ok(&["pull", "-q", "--rebase", "origin", "main"]).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    yard.wipe();
    yard.clone_to("clone", &yard.root_url("r")).await.ok(&["fsck", "--strict"]).await;
    yard.yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_alone_refuses_what_does_not_fit() {
    let cache = |dir: &std::path::Path| GitCache {
        memory_dir: Some(dir.join("git-memory")),
        memory_bytes: 600 << 10,
        memory_only: true,
    };
    let yard = start(builder().git_cache(cache)).await;
    yard.repository("r").await;
    let work = yard.work("work", &yard.root_url("r")).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    work.commit("large", &noise(100_000)).await;
    let refused = work.fails(&["push", "origin", "main"]).await;
    assert!(refused.contains("--git-cache-mib"), "{refused}");
    assert!(!yard.yard.dir().join("git-cache").exists(), "never on disk");
    assert_eq!(yard.packs().len(), 1);
    // Each fits alone; together they do not.
    for i in 0..4 {
        let name = format!("r{i}");
        yard.repository(&name).await;
        let work = yard.work(&name, &yard.root_url(&name)).await;
        work.commit("some", &noise(10_000 + i)).await;
        work.ok(&["push", "-q", "origin", "main"]).await;
    }
    for round in 0..2 {
        for i in 0..4 {
            let input = json!({"repositoryName": format!("r{i}"), "filePath": "some"});
            assert_eq!(yard.call("GetFile", input).await.0, 200, "{round} {i}");
        }
    }
    let used: u64 = files_below(&yard.yard.dir().join("git-memory"))
        .iter()
        .filter(|file| file.to_string_lossy().contains("objects/pack"))
        .map(|file| std::fs::metadata(file).unwrap().len())
        .sum();
    assert!(used <= 600 << 10, "{used}");
    yard.yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pushes_and_fetches_go_on_while_packs_are_put_together() {
    let yard = start(builder()).await;
    yard.repository("r").await;
    let works = [
        yard.work("one", &yard.root_url("r")).await,
        yard.work("two", &yard.root_url("r")).await,
        yard.work("three", &yard.root_url("r")).await,
    ];
    let pushing = |at: usize| {
        let work = &works[at];
        async move {
            for i in 0..16 {
                work.commit("file", &format!("{at} {i}\n")).await;
                work.ok(&["push", "-q", "--force", "origin", &format!("main:branch{at}")]).await;
            }
        }
    };
    tokio::join!(pushing(0), pushing(1), pushing(2));
    let packs = TestYard::until(Duration::from_secs(20), async || {
        let count = yard.packs().len();
        (count < 32).then_some(count)
    })
    .await;
    assert!(packs >= 1);
    yard.wipe();
    let clone = yard.clone_to("clone", &yard.root_url("r")).await;
    clone.ok(&["fsck", "--strict"]).await;
    for (at, work) in works.iter().enumerate() {
        let tip = work.ok(&["rev-parse", "HEAD"]).await;
        assert_eq!(clone.ok(&["rev-parse", &format!("origin/branch{at}")]).await, tip);
    }
    yard.yard.stop().await;
}

/// A large repository gets a bitmap and a commit-graph soon after its push, and has them again
/// right after its copy was lost.
#[tokio::test(flavor = "multi_thread")]
async fn large_repositories_get_what_makes_fetches_fast() {
    const COMMITS: usize = 3_500;
    let yard = start(builder()).await;
    yard.repository("r").await;
    let work = Work(yard.home.path().join("large"));
    std::fs::create_dir(&work.0).unwrap();
    work.ok(&["init", "-q", "-b", "main"]).await;
    let mut stream = String::new();
    for i in 0..COMMITS {
        stream.push_str(&format!(
            "commit refs/heads/main\ncommitter A <a@b.c> {} +0000\ndata 1\nx\n\
             M 100644 inline dir/file{}\ndata {}\n{i:08}\n\n",
            1_700_000_000 + i,
            i % 50,
            9,
        ));
    }
    std::fs::write(work.0.join("stream"), stream).unwrap();
    let mut import = std::process::Command::new("git");
    import.args(["fast-import", "--quiet"]).current_dir(&work.0);
    import.stdin(std::fs::File::open(work.0.join("stream")).unwrap());
    assert!(import.status().unwrap().success());
    work.ok(&["push", "-q", &yard.root_url("r"), "main"]).await;
    let parts = TestYard::until(Duration::from_secs(60), async || {
        let packs = yard.packs();
        let parts = packs[0]["parts"].as_array().unwrap();
        let names: Vec<_> =
            parts.iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect();
        names.contains(&"bitmap".to_owned()).then_some(names)
    })
    .await;
    assert!(parts.contains(&"graph".to_owned()), "{parts:?}");
    assert_eq!(yard.packs().len(), 1);
    yard.wipe();
    let clone = yard.clone_to("clone", &yard.root_url("r")).await;
    assert_eq!(clone.ok(&["rev-list", "--count", "HEAD"]).await, COMMITS.to_string());
    let served = files_below(&yard.yard.dir().join("git-memory"));
    for name in [".bitmap", "commit-graph", ".rev"] {
        assert!(served.iter().any(|it| it.to_string_lossy().ends_with(name)), "{name}");
    }
    yard.yard.stop().await;
}

/// Ten thousand repositories are rows and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn repositories_at_rest_are_rows() {
    const MAKERS: usize = 10;
    const EACH: usize = 150;
    let yard = Arc::new(start(builder()).await);
    let make = |maker: usize| {
        let yard = yard.clone();
        tokio::spawn(async move {
            for i in 0..EACH {
                yard.repository(&format!("r{maker}-{i}")).await;
            }
        })
    };
    for maker in (0..MAKERS).map(make).collect::<Vec<_>>() {
        maker.await.unwrap();
    }
    let read = |tx: &store::ReadTx<'_>| {
        tx.scan_raw("codecommit-refv", &Range::all().limit(10)).map(|rows| rows.len())
    };
    let rows: Result<_, StoreError> = yard.yard.yard().store().read(read);
    assert_eq!(rows.unwrap(), 0, "references cost nothing before there are any");
    assert_eq!(files_below(&yard.yard.dir().join("git-memory")).len(), 0);
    assert_eq!(files_below(&yard.yard.dir().join("git-cache")).len(), 0);
    assert_eq!((yard.packs().len(), yard.blobs().len()), (0, 0));
    let listed = yard.ok("ListRepositories", json!({})).await;
    assert_eq!(listed["repositories"].as_array().unwrap().len(), 1000, "a page of them");
    assert!(listed["nextToken"].is_string());
}
