//! One bare repository directory: where its objects are kept and served from.

use crate::limits::REPACK_AT_PACKS;
use crate::objects::Objects;
use crate::process::{git, run};
use crate::{GitError, Kind, Oid, RefStore, Result, projection};
use gix_odb::store::init::{Options, Slots};
use std::collections::HashMap;
use std::fmt;
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// Packs that may be added before the object database is opened anew.
const SLOTS_TO_SPARE: u16 = 64;

/// A bare repository on disk. Cheap to clone; all handles of a directory in one process share
/// one state, so that changes to it are ordered.
#[derive(Clone)]
pub struct Repository(Arc<Inner>);

struct Inner {
    dir: PathBuf,
    odb: Mutex<Option<OpenStore>>,
    /// The version of the references that the directory shows.
    projected: AsyncMutex<Option<u64>>,
    /// Held from the moment the objects of a change are checked until its references have
    /// changed or its objects are gone again.
    changing: Arc<AsyncMutex<()>>,
    repacking: AtomicBool,
}

struct OpenStore {
    store: Arc<gix_odb::Store>,
    spare: u16,
}

/// The repositories that are open in this process.
static OPEN: LazyLock<Mutex<HashMap<PathBuf, Weak<Inner>>>> = LazyLock::new(Mutex::default);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing is left half done under these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Repository").field(&self.0.dir).finish()
    }
}

impl Repository {
    /// Makes an empty bare repository in `dir`, which may exist if it is empty or holds what an
    /// interrupted `create` left. Blocks for a few file operations.
    pub fn create(dir: &Path) -> Result<Self> {
        let write = |name: &str, text: &str| std::fs::write(dir.join(name), text);
        let make = || -> io::Result<()> {
            // What is pushed here is nobody else's on the machine to read.
            DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
            for folder in ["objects/pack", "objects/info", "refs", projection::INCOMING] {
                std::fs::create_dir_all(dir.join(folder))?;
            }
            write("config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n")?;
            // What makes the directory a repository comes last.
            write("HEAD", projection::UNBORN_HEAD)
        };
        make().map_err(GitError::io("create the repository"))?;
        Self::open(dir)
    }

    /// Opens the repository that [`Repository::create`] made in `dir`. The first one to open it in
    /// this process clears away what interrupted pushes left. Blocks for a few file operations.
    pub fn open(dir: &Path) -> Result<Self> {
        let dir = dir.canonicalize().map_err(GitError::io("open the repository"))?;
        let mut open = lock(&OPEN);
        if let Some(inner) = open.get(&dir).and_then(Weak::upgrade) {
            return Ok(Self(inner));
        }
        if !dir.join("HEAD").is_file() {
            let source = io::Error::new(io::ErrorKind::NotFound, "no HEAD in the directory");
            return Err(GitError::Io { what: "open the repository", source });
        }
        let incoming = dir.join(projection::INCOMING);
        match std::fs::remove_dir_all(&incoming) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => std::fs::create_dir_all(&incoming),
        }
        .map_err(GitError::io("clear away interrupted pushes"))?;
        open.retain(|_, inner| inner.strong_count() > 0);
        let inner = Arc::new(Inner {
            dir: dir.clone(),
            odb: Mutex::new(None),
            projected: AsyncMutex::new(None),
            changing: Arc::default(),
            repacking: AtomicBool::new(false),
        });
        open.insert(dir, Arc::downgrade(&inner));
        Ok(Self(inner))
    }

    /// Removes the repository's directory for good. Fetches that still run may break.
    pub fn remove(dir: &Path) -> Result<()> {
        match std::fs::remove_dir_all(dir) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                Err(GitError::Io { what: "remove the repository", source: e })
            }
            _ => Ok(()),
        }
    }

    /// Its directory.
    pub fn dir(&self) -> &Path {
        &self.0.dir
    }

    /// Makes the directory show the references as `refs` has them, if they have changed since the
    /// last time. The store is the truth; `packed-refs` and `HEAD` on disk are derived from it
    /// for the git children to read, rewritten whole, and made anew by the first access of each
    /// process. So whatever a crash leaves there is put right before anybody reads it.
    pub async fn project_refs(&self, refs: &dyn RefStore) -> Result<()> {
        let mut projected = self.0.projected.lock().await;
        let version = refs.version().await?;
        if *projected == Some(version) {
            return Ok(());
        }
        let snapshot = refs.snapshot().await?;
        let version = snapshot.version;
        let dir = self.0.dir.clone();
        self.read(move |objects| projection::write(&dir, &snapshot, objects)).await?;
        *projected = Some(version);
        Ok(())
    }

    /// Runs `work` on a thread where it may block, with the objects to read.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&Objects) -> std::result::Result<T, E> + Send + 'static,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<GitError> + Send + 'static,
    {
        let repository = self.clone();
        let work = move || work(&repository.objects().map_err(E::from)?);
        let done = tokio::task::spawn_blocking(work).await;
        done.unwrap_or_else(|e| Err(E::from(GitError::CutOff(e.to_string()))))
    }

    /// The objects, to read on a thread that may block.
    pub fn objects(&self) -> Result<Objects> {
        Ok(Objects::new(&self.open_odb()?, Some(self.clone())))
    }

    pub(crate) fn open_odb(&self) -> Result<Arc<gix_odb::Store>> {
        let mut odb = lock(&self.0.odb);
        let open = match odb.take() {
            Some(open) => open,
            None => OpenStore::at(&self.0.dir, &self.0.dir.join("objects"))?,
        };
        let store = Arc::clone(&open.store);
        *odb = Some(open);
        Ok(store)
    }

    /// Waits for its turn to change the repository.
    pub(crate) async fn lock_changes(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.0.changing).lock_owned().await
    }

    /// Tells the object database that a pack has come; it has room for so many only.
    pub(crate) fn pack_added(&self) {
        let mut odb = lock(&self.0.odb);
        *odb = odb.take().and_then(|open| {
            let spare = open.spare.checked_sub(1)?;
            Some(OpenStore { spare, ..open })
        });
    }

    /// Opens the object database anew at the next read, after packs have gone.
    pub(crate) fn forget_odb(&self) {
        *lock(&self.0.odb) = None;
    }

    /// Whether all of `tips` and all that they need are in the object directory `objects`
    /// (relative to the repository) or its alternates.
    pub(crate) async fn check_connected(&self, objects: &Path, tips: &[Oid]) -> Result<Connected> {
        let mut command = git(&self.0.dir, "rev-list");
        command.args(["--objects", "--stdin", "--not", "--all", "--quiet"]);
        command.env("GIT_OBJECT_DIRECTORY", objects);
        let input: String = tips.iter().map(|oid| format!("{oid}\n")).collect();
        let finished = run(command, "rev-list", input.as_bytes(), 0).await?;
        Ok(match finished.status.code() {
            Some(0) => Connected::Yes,
            Some(_) => Connected::No(finished.stderr.trim().to_owned()),
            None => {
                return Err(finished
                    .success("rev-list")
                    .err()
                    .unwrap_or_else(|| GitError::CutOff("rev-list was killed".to_owned())));
            }
        })
    }

    /// What each of `asked` is in the object directory `folder` or in the repository.
    pub(crate) async fn kinds_in(
        &self,
        folder: &Path,
        asked: Vec<Oid>,
    ) -> Result<Vec<Option<Kind>>> {
        let (dir, folder) = (self.0.dir.clone(), folder.to_owned());
        self.read(move |here| {
            let open = OpenStore::at(&dir, &folder)?;
            let incoming = Objects::new(&open.store, None);
            let kind = |oid: &Oid| -> Result<Option<Kind>> {
                let found = match incoming.header(oid)? {
                    Some(found) => Some(found),
                    None => here.header(oid)?,
                };
                Ok(found.map(|(kind, _)| kind))
            };
            asked.iter().map(kind).collect()
        })
        .await
    }

    /// Repacks in the background where pushes have left many packs. Packs grow geometrically:
    /// each push is rewritten a logarithmic number of times, and nothing is ever dropped.
    pub fn maintain(&self) {
        let repository = self.clone();
        tokio::spawn(async move {
            if let Err(e) = repository.repack_if_scattered(REPACK_AT_PACKS).await {
                tracing::warn!(dir = %repository.0.dir.display(), "failed to repack: {e}");
            }
        });
    }

    /// Repacks if there are `packs` or more. Answers whether it did.
    pub async fn repack_if_scattered(&self, packs: usize) -> Result<bool> {
        let folder = self.0.dir.join("objects/pack");
        let count = tokio::task::spawn_blocking(move || count_packs(&folder))
            .await
            .map_err(|e| GitError::CutOff(e.to_string()))?
            .map_err(GitError::io("count the packs"))?;
        if count < packs || self.0.repacking.swap(true, Ordering::AcqRel) {
            return Ok(false);
        }
        let mut command = git(&self.0.dir, "repack");
        command.args(["-d", "--geometric=2", "-q"]);
        let finished = run(command, "repack", b"", 0).await;
        self.0.repacking.store(false, Ordering::Release);
        finished?.success("repack")?;
        self.forget_odb();
        Ok(true)
    }
}

/// The answer of a connectivity check.
pub(crate) enum Connected {
    Yes,
    No(String),
}

impl OpenStore {
    /// Opens the object directory `folder` of the repository in `dir`.
    fn at(dir: &Path, folder: &Path) -> Result<Self> {
        let open = || -> io::Result<Self> {
            let packs = u16::try_from(count_packs(&dir.join("objects/pack"))?);
            let slots = packs.unwrap_or(u16::MAX).saturating_add(SLOTS_TO_SPARE).min(0x7ffe);
            let store = gix_odb::Store::at_opts(
                folder.to_owned(),
                gix_hash::Kind::Sha1,
                &mut std::iter::empty(),
                Options {
                    slots: Slots::Given(slots),
                    use_multi_pack_index: true,
                    alloc_limit_bytes: usize::try_from(crate::limits::MAX_OBJECT_IN_MEMORY).ok(),
                    current_dir: Some(dir.to_owned()),
                    ..Options::default()
                },
            )?;
            Ok(Self { store: Arc::new(store), spare: SLOTS_TO_SPARE / 2 })
        };
        open().map_err(GitError::io("open the object database"))
    }
}

fn count_packs(folder: &Path) -> io::Result<usize> {
    let mut count = 0;
    for entry in std::fs::read_dir(folder)? {
        count +=
            usize::from(Path::new(&entry?.file_name()).extension().is_some_and(|e| e == "idx"));
    }
    Ok(count)
}
