//! One bare repository directory, from which git serves: a plain copy of packs that are kept
//! elsewhere.

use crate::cache::{Place, Room};
use crate::objects::Objects;
use crate::packs::{FolderPacks, PackStore};
use crate::{GitError, Kind, Oid, RefSnapshot, RefStore, Result, projection};
use gix_odb::store::init::{Options, Slots};
use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, Semaphore, watch};

/// Packs that may be added before the object database is opened anew.
const SLOTS_TO_SPARE: u16 = 64;

/// A bare repository's directory. Cheap to clone; as long as there is a handle, the directory
/// stays. Comes from a [`crate::Cache`], or by [`Repository::create`] for tests and tools.
#[derive(Clone)]
pub struct Repository(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) dir: PathBuf,
    /// What it is called in its cache.
    pub(crate) id: String,
    /// The truth.
    pub(crate) packs: Arc<dyn PackStore>,
    /// What it takes of a cache. `None`: the directory is somebody's own and stays.
    pub(crate) room: Option<Room>,
    odb: Mutex<Option<OpenStore>>,
    /// The version of the references that the directory shows.
    projected: AsyncMutex<Option<u64>>,
    pub(crate) synced: AsyncMutex<crate::sync::Synced>,
    /// What was installed is not in the list yet, or no longer to be.
    pub(crate) unsettled: AtomicBool,
    /// Packs whose transaction is still to come, by their stem, with how many pushes bring them.
    pub(crate) pending: Mutex<HashMap<String, usize>>,
    /// Spares changes through the API the loss of a race; what decides is compare-and-swap.
    changing: Arc<AsyncMutex<()>>,
    pub(crate) repacking: AtomicBool,
    /// Whether it is large and has no bitmap, so that fetches take turns at packing.
    pub(crate) unmapped: watch::Sender<bool>,
    pub(crate) packing: Arc<Semaphore>,
    /// A fetch has asked for the bitmap.
    pub(crate) bitmap_wanted: AtomicBool,
    closed: AtomicBool,
}

struct OpenStore {
    store: Arc<gix_odb::Store>,
    spare: u16,
}

/// The directories that are open in this process outside of caches.
static OPEN: LazyLock<Mutex<HashMap<PathBuf, Weak<Inner>>>> = LazyLock::new(Mutex::default);

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing is left half done under these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Repository").field(&self.0.dir).finish()
    }
}

/// Makes an empty bare repository in `dir`.
fn make_dir(dir: &Path) -> Result<()> {
    let write = |name: &str, text: &str| std::fs::write(dir.join(name), text);
    let make = || -> io::Result<()> {
        // What is pushed here is nobody else's on the machine to read.
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        for folder in ["objects/pack", "objects/info", "refs", projection::INCOMING] {
            std::fs::create_dir_all(dir.join(folder))?;
        }
        for folder in ["pack", "info"] {
            std::fs::create_dir_all(dir.join(projection::ARRIVING).join(folder))?;
        }
        write(&format!("{}/info/alternates", projection::ARRIVING), "../objects\n")?;
        write("config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n")?;
        // What makes the directory a repository comes last.
        write("HEAD", projection::UNBORN_HEAD)
    };
    make().map_err(GitError::io("create the repository"))
}

impl Inner {
    /// An empty directory that follows `packs`. Blocks for a few file operations.
    pub(crate) fn make(
        dir: &Path,
        id: String,
        packs: Arc<dyn PackStore>,
        changing: Arc<AsyncMutex<()>>,
        room: Room,
    ) -> Result<Self> {
        make_dir(dir)?;
        let mut inner = Self::of(dir.to_owned(), packs);
        inner.id = id;
        inner.changing = changing;
        inner.room = Some(room);
        Ok(inner)
    }

    fn of(dir: PathBuf, packs: Arc<dyn PackStore>) -> Self {
        Self {
            dir,
            id: String::new(),
            packs,
            room: None,
            odb: Mutex::new(None),
            projected: AsyncMutex::new(None),
            synced: AsyncMutex::default(),
            unsettled: AtomicBool::new(false),
            pending: Mutex::default(),
            changing: Arc::default(),
            repacking: AtomicBool::new(false),
            unmapped: watch::Sender::new(false),
            packing: Arc::new(Semaphore::new(1)),
            bitmap_wanted: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        }
    }

    /// Where it lies, if it is in a cache.
    pub(crate) fn place(&self) -> Option<Place> {
        self.room.as_ref().map(Room::place)
    }

    /// Removes a cached copy. Blocks.
    pub(crate) fn close(&self) {
        if self.room.is_some() && !self.closed.swap(true, Ordering::AcqRel) {
            remove(&self.dir);
        }
    }
}

fn remove(dir: &Path) {
    match std::fs::remove_dir_all(dir) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(dir = %dir.display(), "failed to remove a plain copy: {e}");
        }
        _ => {}
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let Some(room) = self.room.take() else { return };
        if *self.closed.get_mut() {
            return;
        }
        let dir = std::mem::take(&mut self.dir);
        let gone = move || {
            remove(&dir);
            drop(room);
        };
        // The last handle may be dropped where nobody may block.
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(gone)),
            Err(_) => gone(),
        }
    }
}

impl Repository {
    /// Makes an empty bare repository in `dir`, which may exist if it is empty or holds what an
    /// interrupted `create` left. The directory itself is where its packs are kept, plain and not
    /// synced: for tests and for tools. Blocks for a few file operations.
    pub fn create(dir: &Path) -> Result<Self> {
        make_dir(dir)?;
        Self::open(dir)
    }

    /// Opens the repository that [`Repository::create`] made in `dir`; all handles of it in one
    /// process share one state. The first one to open it clears away what interrupted pushes left.
    /// Blocks for a few file operations.
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
        let packs = Arc::new(FolderPacks(dir.join("objects/pack")));
        let inner = Arc::new(Inner::of(dir.clone(), packs));
        open.insert(dir, Arc::downgrade(&inner));
        Ok(Self(inner))
    }

    /// Removes the directory of [`Repository::create`] for good. Fetches that still run may break.
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
    /// last time. The store is the truth; `packed-refs` and `HEAD` in the directory are derived
    /// from it for the git children to read.
    pub async fn project_refs(&self, refs: &dyn RefStore) -> Result<()> {
        let mut projected = self.0.projected.lock().await;
        let version = refs.version().await?;
        if *projected == Some(version) {
            return Ok(());
        }
        let snapshot = refs.snapshot().await?;
        self.show(snapshot, &mut projected).await
    }

    /// [`Repository::project_refs`] as the store of the packs tells them.
    pub(crate) async fn project_stored_refs(&self) -> Result<()> {
        self.check_there()?;
        let mut projected = self.0.projected.lock().await;
        match self.0.packs.refs().await? {
            Some(snapshot) if *projected != Some(snapshot.version) => {
                self.show(snapshot, &mut projected).await
            }
            _ => Ok(()),
        }
    }

    async fn show(&self, snapshot: RefSnapshot, projected: &mut Option<u64>) -> Result<()> {
        // Only now: packs never lose objects, so these have all that the snapshot needs.
        self.sync().await?;
        let version = snapshot.version;
        let dir = self.0.dir.clone();
        self.read(move |objects| projection::write(&dir, &snapshot, objects)).await?;
        *projected = Some(version);
        Ok(())
    }

    /// Runs `work` on a thread where it may block, with the objects to read: at least all those
    /// that references needed when the future is first polled.
    pub fn read<T, E>(
        &self,
        work: impl FnOnce(&Objects) -> std::result::Result<T, E> + Send + 'static,
    ) -> impl Future<Output = std::result::Result<T, E>> + Send + 'static
    where
        T: Send + 'static,
        E: From<GitError> + Send + 'static,
    {
        answer(self.clone().work(Repository::objects, erase(work)))
    }

    /// [`Repository::read`] for the transaction that makes objects part of the repository: with
    /// those that wait for it.
    pub fn read_ahead<T, E>(
        &self,
        work: impl FnOnce(&Objects) -> std::result::Result<T, E> + Send + 'static,
    ) -> impl Future<Output = std::result::Result<T, E>> + Send + 'static
    where
        T: Send + 'static,
        E: From<GitError> + Send + 'static,
    {
        answer(self.clone().work(|repository| Objects::ahead(repository.clone()), erase(work)))
    }

    async fn work(self, open: fn(&Self) -> Result<Objects>, work: Work) -> Result<Made> {
        self.sync().await?;
        let work = move || Ok(work(&open(&self)?));
        let done = tokio::task::spawn_blocking(work).await;
        done.unwrap_or_else(|e| Err(GitError::CutOff(e.to_string())))
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

    /// The database of what is there and of what waits for its transaction.
    pub(crate) fn open_ahead(&self) -> Result<Arc<gix_odb::Store>> {
        match &self.0.room {
            Some(_) => {
                let open = OpenStore::at(&self.0.dir, &self.0.dir.join(projection::ARRIVING))?;
                Ok(open.store)
            }
            // The directory is its own store.
            None => {
                self.forget_odb();
                self.open_odb()
            }
        }
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

    /// Runs `work` on a thread where it may block, with the objects of the object directory `folder`
    /// and of those behind it, and with the repository's own.
    pub(crate) async fn read_in<T: Send + 'static>(
        &self,
        folder: &Path,
        work: impl FnOnce(&Objects, &Objects) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (dir, folder) = (self.0.dir.clone(), folder.to_owned());
        self.read(move |here| work(&Objects::new(&OpenStore::at(&dir, &folder)?.store, None), here))
            .await
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

/// What reads objects, its result's type erased: the way to a thread and back is compiled once and
/// not for each of some dozen closures.
type Work = Box<dyn FnOnce(&Objects) -> Made + Send>;
pub(crate) type Made = Box<dyn Any + Send>;

fn erase<T, E>(work: impl FnOnce(&Objects) -> std::result::Result<T, E> + Send + 'static) -> Work
where
    T: Send + 'static,
    E: Send + 'static,
{
    Box::new(move |objects| Box::new(work(objects)))
}

async fn answer<T, E>(
    working: impl Future<Output = Result<Made>> + Send,
) -> std::result::Result<T, E>
where
    T: Send + 'static,
    E: From<GitError> + Send + 'static,
{
    unpack::<std::result::Result<T, E>>(working.await?)?
}

/// Gives a result its type back.
pub(crate) fn unpack<T: 'static>(made: Made) -> Result<T> {
    match made.downcast() {
        Ok(made) => Ok(*made),
        Err(_) => Err(GitError::CutOff("its result is of another type".to_owned())),
    }
}
