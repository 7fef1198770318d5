//! Plain copies of packs that are kept elsewhere: wiped, evicted, refused, moved, repacked.

use crate::support::{Work, git_in};
use codeyard_git::{
    Answer, Cache, CacheOptions, EntryKind, GitError, NewPack, Oid, PackStore, Part, RefSnapshot,
    RefStore, RefUpdate, Refusal, Repository, Result, SealedPack, Signature, StoredPack, TreeEntry,
    apply_to_map,
};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// A pack's files.
pub type Files = HashMap<Part, Vec<u8>>;

/// The truth of one repository, in memory.
#[derive(Default)]
pub struct Vault {
    pub packs: Mutex<BTreeMap<u64, (StoredPack, Arc<Files>)>>,
    pub refs: Mutex<RefSnapshot>,
    next: AtomicU64,
    /// Held by who lets nothing be sealed for a while.
    pub sealing: tokio::sync::Mutex<()>,
    /// Comes to pass while the next pack is loaded.
    pub meanwhile: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    sealed: AtomicU64,
    discarded: AtomicU64,
}

struct Sealed(StoredPack, Arc<Files>);

impl Vault {
    pub fn insert(&self, pack: &SealedPack) {
        let sealed = pack.take::<Sealed>().unwrap();
        let id = self.next.fetch_add(1, Ordering::SeqCst);
        let stored = StoredPack { id: id.to_string(), ..sealed.0.clone() };
        self.packs.lock().unwrap().insert(id, (stored, sealed.1.clone()));
    }

    pub fn count(&self) -> usize {
        self.packs.lock().unwrap().len()
    }

    fn bytes(&self) -> u64 {
        self.packs.lock().unwrap().values().map(|(pack, _)| pack.bytes()).sum()
    }

    pub fn tip(&self) -> Option<Oid> {
        self.refs.lock().unwrap().refs.get("refs/heads/main").copied()
    }
}

fn ready<'a, T: Send + 'a>(value: T) -> Answer<'a, T> {
    Box::pin(std::future::ready(value))
}

impl PackStore for Vault {
    fn list(&self) -> Answer<'_, Result<Vec<StoredPack>>> {
        ready(Ok(self.packs.lock().unwrap().values().map(|(pack, _)| pack.clone()).collect()))
    }

    fn load<'a>(
        &'a self,
        pack: &'a StoredPack,
        files: &'a [(Part, PathBuf)],
    ) -> Answer<'a, Result<bool>> {
        let found = self.packs.lock().unwrap().get(&pack.id.parse().unwrap()).cloned();
        let Some((_, bytes)) = found else { return ready(Ok(false)) };
        files.iter().for_each(|(part, path)| std::fs::write(path, &bytes[part]).unwrap());
        let meanwhile = self.meanwhile.lock().unwrap().take();
        meanwhile.into_iter().for_each(|work| work());
        ready(Ok(true))
    }

    fn seal(&self, pack: NewPack) -> Answer<'_, Result<SealedPack>> {
        Box::pin(async move {
            let _turn = self.sealing.lock().await;
            self.sealed.fetch_add(1, Ordering::SeqCst);
            let parts = pack.files.iter().map(|(part, _, size)| (*part, *size)).collect();
            let files: Files = pack
                .files
                .iter()
                .map(|(part, path, _)| (*part, std::fs::read(path).unwrap()))
                .collect();
            let stored =
                StoredPack { id: String::new(), name: pack.name, objects: pack.objects, parts };
            Ok(SealedPack::new(pack.name, Arc::new(Sealed(stored, Arc::new(files)))))
        })
    }

    fn discard(&self, _pack: SealedPack) -> Answer<'_, ()> {
        self.discarded.fetch_add(1, Ordering::SeqCst);
        ready(())
    }

    fn refs(&self) -> Answer<'_, Result<Option<RefSnapshot>>> {
        ready(Ok(Some(self.refs.lock().unwrap().clone())))
    }

    fn replace(&self, old: Vec<String>, new: SealedPack) -> Answer<'_, Result<bool>> {
        let ids: Vec<u64> = old.iter().map(|id| id.parse().unwrap()).collect();
        let mut packs = self.packs.lock().unwrap();
        if !ids.iter().all(|id| packs.contains_key(id)) {
            return ready(Ok(false));
        }
        ids.iter().for_each(|id| drop(packs.remove(id)));
        drop(packs);
        self.insert(&new);
        ready(Ok(true))
    }
}

impl RefStore for Vault {
    fn version(&self) -> Answer<'_, Result<u64>> {
        ready(Ok(self.refs.lock().unwrap().version))
    }

    fn snapshot(&self) -> Answer<'_, Result<RefSnapshot>> {
        ready(Ok(self.refs.lock().unwrap().clone()))
    }

    fn apply(
        &self,
        updates: Vec<RefUpdate>,
        atomic: bool,
        packs: Vec<SealedPack>,
    ) -> Answer<'_, Result<Vec<std::result::Result<(), Refusal>>>> {
        let mut refs = self.refs.lock().unwrap();
        let results = apply_to_map(&mut refs.refs, &updates, atomic);
        if results.iter().any(|result| result.is_ok()) {
            packs.iter().for_each(|pack| self.insert(pack));
            refs.version += 1;
        }
        ready(Ok(results))
    }
}

pub struct Yard {
    pub home: TempDir,
    pub runtime: tokio::runtime::Runtime,
}

impl Yard {
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        Self { home: TempDir::new().unwrap(), runtime }
    }

    pub fn cache(&self, memory_bytes: u64, disk: bool) -> Cache {
        Cache::new(CacheOptions {
            memory: Some(self.home.path().join("memory")),
            memory_bytes,
            disk: disk.then(|| self.home.path().join("disk")),
            disk_bytes: 1 << 30,
        })
    }

    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    pub fn open(&self, cache: &Cache, id: &str, vault: &Arc<Vault>) -> Result<Repository> {
        let packs: Arc<dyn PackStore> = vault.clone();
        self.block_on(cache.open(id, &packs))
    }
}

/// Bytes that do not shrink when zipped.
pub fn noise(seed: u64, count: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut step = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(&mut step).flatten().take(count).collect()
}

/// One more commit on main, of a file with these bytes. `stale`: on a tip that is not main's.
pub async fn commit(
    repository: &Repository,
    vault: &Vault,
    content: Vec<u8>,
    stale: bool,
) -> Result<bool> {
    let change = repository.change().await;
    let parent = vault.tip();
    let build = move |draft: &mut codeyard_git::Draft| {
        let oid = draft.blob(content)?;
        let entry = TreeEntry { name: b"file".to_vec(), kind: EntryKind::File, oid };
        let tree = draft.tree(vec![entry])?;
        let who = Signature::new("Ann", "a@b.c", 1_700_000_000);
        let parents: Vec<Oid> = parent.into_iter().collect();
        draft.commit(&tree, &parents, &who, &who, "edit")
    };
    let (oid, installed) = change.write(build).await?;
    let old = if stale { Some(Oid::from_bytes([9; 20])) } else { parent };
    let update = RefUpdate { name: "refs/heads/main".to_owned(), old, new: Some(oid) };
    let results = vault.apply(vec![update], true, installed.packs()).await?;
    if results[0].is_ok() {
        installed.keep();
    } else {
        installed.undo().await?;
    }
    Ok(results[0].is_ok())
}

pub fn history(repository: &Repository, vault: &Vault) -> usize {
    let objects = repository.objects().unwrap();
    let tip = vault.tip().unwrap();
    objects
        .history(&tip)
        .map(|commit| {
            let tree = commit.unwrap().tree;
            let entry = objects.entry_at(&tree, b"file").unwrap().unwrap();
            assert!(objects.blob(&entry.oid, 64 << 20).unwrap().is_some());
        })
        .count()
}

fn files(folder: PathBuf) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[test]
fn a_wiped_copy_is_made_anew() {
    let yard = Yard::new();
    let vault = Arc::new(Vault::default());
    let cache = yard.cache(1 << 20, true);
    for i in 0..3 {
        let repository = yard.open(&cache, "r", &vault).unwrap();
        assert!(yard.block_on(commit(&repository, &vault, noise(i, 100), false)).unwrap());
    }
    let first = yard.open(&cache, "r", &vault).unwrap();
    let dir = first.dir().to_owned();
    assert_eq!(history(&first, &vault), 3);
    drop(first);
    cache.forget("r");
    yard.block_on(async {
        while dir.exists() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    });
    assert_eq!(history(&yard.open(&cache, "r", &vault).unwrap(), &vault), 3);
    // Somebody wipes the directory under our feet.
    let known = yard.open(&cache, "r", &vault).unwrap();
    std::fs::remove_dir_all(known.dir().parent().unwrap()).unwrap();
    assert!(yard.block_on(commit(&known, &vault, vec![1], false)).is_err());
    let anew = yard.open(&cache, "r", &vault).unwrap();
    assert!(anew.dir() != known.dir() && history(&anew, &vault) == 3);
    // Another yard on the same store, and this one after it.
    let other = yard.cache(1 << 20, true);
    let there = yard.open(&other, "r", &vault).unwrap();
    assert_eq!(history(&there, &vault), 3);
    assert!(yard.block_on(commit(&there, &vault, noise(7, 100), false)).unwrap());
    assert_eq!(history(&yard.open(&cache, "r", &vault).unwrap(), &vault), 4);
    let root = there.dir().parent().unwrap().to_owned();
    other.close();
    assert!(!root.exists());
    let packs: Arc<dyn PackStore> = vault.clone();
    assert!(yard.block_on(other.open("r", &packs)).is_err());
}

#[test]
fn what_is_refused_leaves_nothing() {
    let yard = Yard::new();
    let vault = Arc::new(Vault::default());
    let cache = yard.cache(1 << 20, true);
    let repository = yard.open(&cache, "r", &vault).unwrap();
    assert!(yard.block_on(commit(&repository, &vault, noise(1, 100), false)).unwrap());
    let before = files(repository.dir().join("objects/pack"));
    let used = cache.usage();
    assert!(!yard.block_on(commit(&repository, &vault, noise(2, 5000), true)).unwrap());
    assert_eq!(vault.count(), 1);
    assert_eq!(vault.discarded.load(Ordering::SeqCst), 1);
    assert_eq!(files(repository.dir().join("objects/pack")), before);
    assert_eq!(cache.usage(), used);
}

/// Who built on a pack whose transaction fails would have built on nothing.
#[test]
fn what_waits_for_its_transaction_is_unseen() {
    let yard = Yard::new();
    let vault = Arc::new(Vault::default());
    let cache = yard.cache(1 << 20, true);
    let repository = yard.open(&cache, "r", &vault).unwrap();
    assert!(yard.block_on(commit(&repository, &vault, noise(1, 100), false)).unwrap());
    let sees = |oid: &Oid| repository.objects().unwrap().header(oid).unwrap().is_some();
    for taken in [false, true] {
        let (oid, installed) = yard.block_on(async {
            let change = repository.change().await;
            change.write(|draft| draft.blob(noise(2, 5000))).await.unwrap()
        });
        // Somebody else opens it, who brings it up to date.
        vault.refs.lock().unwrap().version += 1;
        drop(yard.open(&cache, "r", &vault).unwrap());
        assert!(!sees(&oid));
        let ahead = repository.read_ahead::<_, GitError>(move |objects| objects.header(&oid));
        assert!(yard.block_on(ahead).unwrap().is_some());
        let old = if taken { None } else { Some(Oid::from_bytes([9; 20])) };
        let update = RefUpdate { name: "refs/tags/x".to_owned(), old, new: Some(oid) };
        yard.block_on(async {
            let results = vault.apply(vec![update], true, installed.packs()).await.unwrap();
            assert_eq!(results[0].is_ok(), taken);
            match taken {
                true => installed.keep(),
                false => installed.undo().await.unwrap(),
            }
        });
        assert_eq!(sees(&oid), taken);
        assert_eq!(files(repository.dir().join("arriving/pack")), 0);
    }
    assert_eq!(vault.count(), 2);
}

/// What came to pass since the packs were listed is no reason to take its pack away again.
#[test]
fn a_pack_that_arrives_while_others_are_loaded_stays() {
    let yard = Yard::new();
    let vault = Arc::new(Vault::default());
    let (cache, elsewhere) = (yard.cache(1 << 20, true), yard.cache(1 << 20, true));
    let repository = yard.open(&cache, "r", &vault).unwrap();
    assert!(yard.block_on(commit(&repository, &vault, noise(1, 100), false)).unwrap());
    let (_, installed) = yard.block_on(async {
        let change = repository.change().await;
        change.write(|draft| draft.blob(noise(2, 5000))).await.unwrap()
    });
    // Another yard's commit has to be loaded here.
    let other = yard.open(&elsewhere, "r", &vault).unwrap();
    assert!(yard.block_on(commit(&other, &vault, noise(3, 100), false)).unwrap());
    let arrive = {
        let vault = vault.clone();
        move || {
            installed.packs().iter().for_each(|pack| vault.insert(pack));
            installed.keep();
        }
    };
    *vault.meanwhile.lock().unwrap() = Some(Box::new(arrive));
    yard.block_on(repository.sync()).unwrap();
    let names = std::fs::read_dir(repository.dir().join("objects/pack")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!((names.filter(|name| name.ends_with(".idx")).count(), vault.count()), (3, 3));
}

#[test]
fn the_longest_unused_goes_and_what_is_in_use_stays() {
    const CAP: u64 = 350 << 10;
    let yard = Yard::new();
    let cache = yard.cache(CAP, false);
    let vaults: Vec<Arc<Vault>> = (0..6).map(|_| Arc::default()).collect();
    for (i, vault) in vaults.iter().enumerate() {
        let repository = yard.open(&cache, &i.to_string(), vault).unwrap();
        yard.block_on(commit(&repository, vault, noise(i as u64, 100 << 10), false)).unwrap();
        assert!(cache.usage().memory <= CAP, "{:?}", cache.usage());
    }
    assert!(cache.usage().repositories <= 3);
    let kept = yard.open(&cache, "0", &vaults[0]).unwrap();
    for round in 0..3 {
        for (i, vault) in vaults.iter().enumerate().skip(1) {
            let repository = yard.open(&cache, &i.to_string(), vault).unwrap();
            assert_eq!(history(&repository, vault), 1, "round {round}");
            assert!(cache.usage().memory <= CAP, "{:?}", cache.usage());
        }
    }
    assert_eq!(history(&kept, &vaults[0]), 1);
    // All the room is in use: nothing more fits, and that is told.
    let more: Vec<Repository> =
        (1..3).map(|i| yard.open(&cache, &i.to_string(), &vaults[i]).unwrap()).collect();
    let refused = yard.open(&cache, "5", &vaults[5]);
    assert!(matches!(refused, Err(GitError::NoRoom { limit: CAP, .. })), "{refused:?}");
    drop(more);
    assert_eq!(history(&yard.open(&cache, "5", &vaults[5]).unwrap(), &vaults[5]), 1);
}

#[test]
fn what_does_not_fit_goes_to_disk_or_is_refused() {
    let yard = Yard::new();
    let vault = Arc::new(Vault::default());
    let strict = yard.cache(100 << 10, false);
    let repository = yard.open(&strict, "r", &vault).unwrap();
    assert!(yard.block_on(commit(&repository, &vault, noise(1, 1000), false)).unwrap());
    let refused = yard.block_on(commit(&repository, &vault, noise(2, 200 << 10), false));
    assert!(matches!(refused, Err(GitError::NoRoom { .. })), "{refused:?}");
    assert_eq!((vault.count(), vault.discarded.load(Ordering::SeqCst)), (1, 1));
    assert_eq!(history(&yard.open(&strict, "r", &vault).unwrap(), &vault), 1);
    assert!(!yard.home.path().join("disk").exists(), "the disk is forbidden");

    let cache = yard.cache(100 << 10, true);
    let repository = yard.open(&cache, "r", &vault).unwrap();
    assert!(repository.dir().starts_with(yard.home.path().join("memory")));
    assert!(yard.block_on(commit(&repository, &vault, noise(2, 200 << 10), false)).unwrap());
    let moved = yard.open(&cache, "r", &vault).unwrap();
    assert!(moved.dir().starts_with(yard.home.path().join("disk")), "{moved:?}");
    assert_eq!(history(&moved, &vault), 2);
    assert!(cache.usage().disk >= 200 << 10 && cache.usage().memory < 100 << 10);
    let refused = yard.open(&strict, "r", &vault);
    assert!(matches!(refused, Err(GitError::NoRoom { .. })), "{refused:?}");
}

/// Readers, writers and a second yard go on while packs are rolled up; nothing is lost, also not
/// when the copies are.
#[test]
fn repacking_among_pushes_loses_nothing() {
    const COMMITS: usize = 60;
    let yard = Yard::new();
    let vault = Arc::new(Vault::default());
    let (here, there) = (yard.cache(1 << 20, true), yard.cache(1 << 20, true));
    let packs: Arc<dyn PackStore> = vault.clone();
    yard.block_on(async {
        let writing = async {
            for i in 0..COMMITS {
                let repository = here.open("r", &packs).await.unwrap();
                assert!(commit(&repository, &vault, noise(i as u64, 200), false).await.unwrap());
            }
        };
        let repacking = async {
            let mut done = 0;
            while done < 5 {
                let repository = there.open("r", &packs).await.unwrap();
                // The tip is of now, later than the opening.
                if let Some(tip) = vault.tip() {
                    let count = move |objects: &codeyard_git::Objects| {
                        Ok::<_, GitError>(objects.history(&tip).map_while(Result::ok).count())
                    };
                    assert!(repository.read(count).await.unwrap() > 0);
                }
                done += usize::from(repository.repack_if_scattered(3).await.unwrap());
                tokio::task::yield_now().await;
            }
        };
        tokio::join!(writing, repacking);
    });
    for cache in [&here, &there] {
        let repository = yard.open(cache, "r", &vault).unwrap();
        assert_eq!(history(&repository, &vault), COMMITS);
        yard.block_on(repository.project_refs(vault.as_ref())).unwrap();
        Work(repository.dir().to_owned()).ok(&["fsck", "--strict"]);
        let here: usize =
            vault.packs.lock().unwrap().values().map(|(pack, _)| pack.parts.len()).sum();
        assert_eq!(files(repository.dir().join("objects/pack")), here, "what is gone was dropped");
    }
    here.forget("r");
    assert_eq!(history(&yard.open(&here, "r", &vault).unwrap(), &vault), COMMITS);
}

/// A full pack brings what makes fetches fast, and brings it back after the copy was lost. What
/// no reference reaches stays in it.
#[test]
fn a_full_pack_comes_with_its_companions() {
    let yard = Yard::new();
    let vault = Arc::new(Vault::default());
    let cache = yard.cache(10 << 20, true);
    let repository = yard.open(&cache, "r", &vault).unwrap();
    for i in 0..5 {
        assert!(yard.block_on(commit(&repository, &vault, noise(i, 100), false)).unwrap());
    }
    let lost = vault.tip().unwrap();
    let before = repository.objects().unwrap().commit(&lost).unwrap().parents[0];
    vault.refs.lock().unwrap().refs.insert("refs/heads/main".to_owned(), before);
    vault.refs.lock().unwrap().version += 1;
    assert!(yard.block_on(repository.repack_fully()).unwrap());
    assert_eq!(vault.count(), 1);
    let parts: Vec<Part> =
        vault.packs.lock().unwrap().values().next().unwrap().0.parts.iter().map(|p| p.0).collect();
    for part in Part::ALL {
        assert!(parts.contains(&part), "{part:?} of {parts:?}");
    }
    drop(repository);
    cache.forget("r");
    let repository = yard.open(&cache, "r", &vault).unwrap();
    assert!(repository.objects().unwrap().commit(&lost).is_ok(), "objects never go");
    assert!(repository.dir().join("objects/info/commit-graph").is_file());
    yard.block_on(repository.project_refs(vault.as_ref())).unwrap();
    let git = |args: &[&str]| {
        let output = git_in(repository.dir()).args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    git(&["commit-graph", "verify"]);
    git(&["rev-list", "--test-bitmap", "main"]);
    assert_eq!(git(&["rev-list", "--count", "main"]).trim(), "4");
    assert_eq!(cache.usage().memory, vault.bytes());
}
