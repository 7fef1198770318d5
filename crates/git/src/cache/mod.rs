//! The directories that git serves from: plain copies of sealed packs, that may be wiped at any
//! time.
//!
//! A repository lies in memory (a folder on a tmpfs) as long as the cap there allows, with the
//! longest unused going out for it, else in a folder on disk. What is in use is never taken away:
//! whoever has a [`Repository`] keeps its directory, and it is removed when the last handle is
//! dropped. What makes a directory, and what brings it up to date, is its list of packs
//! ([`PackStore`]); nothing here is the truth of anything.

mod room;
mod scratch;

use crate::packs::PackStore;
use crate::repository::Inner;
use crate::{GitError, Repository, Result};
pub(crate) use room::{Lease, Room};
use rustix::fs::statvfs;
use scratch::Scratch;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use tokio::sync::Mutex as AsyncMutex;

/// Directories kept at most, whatever their size: each costs some inodes and open files.
const MAX_DIRECTORIES: usize = 512;
/// Bytes of the tmpfs that are left free for references and folders of the copies that lie there.
const RESERVE: u64 = 1 << 20;
/// How often a repository that changes while it is opened is opened anew.
const TRIES: usize = 4;

/// Where plain copies may lie and how many bytes of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheOptions {
    /// A folder on a tmpfs in which to make one's own; `None`: nothing is kept in memory.
    pub memory: Option<PathBuf>,
    /// Bytes of plain copies in memory.
    pub memory_bytes: u64,
    /// A folder on disk in which to make one's own; `None`: plain copies never touch the disk, and
    /// what does not fit into memory is refused.
    pub disk: Option<PathBuf>,
    /// Bytes of plain copies on disk above which the longest unused go. What is in use may exceed
    /// it.
    pub disk_bytes: u64,
}

/// What lies in a cache now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes in memory, those set aside for pushes included.
    pub memory: u64,
    /// Bytes on disk, likewise.
    pub disk: u64,
    /// Repositories.
    pub repositories: usize,
}

/// Where a copy lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Memory,
    Disk,
}

/// See the module. Cheap to clone.
#[derive(Clone)]
pub struct Cache(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    options: CacheOptions,
    roots: Mutex<Roots>,
    state: Mutex<State>,
}

/// The folders, made when first needed.
#[derive(Default)]
struct Roots {
    memory: Option<Scratch>,
    disk: Option<Scratch>,
    closed: bool,
}

#[derive(Default)]
struct State {
    /// Counts uses, to tell the longest unused.
    uses: u64,
    entries: HashMap<String, Entry>,
    memory: u64,
    disk: u64,
    /// Held while a repository's directory is made, and while it is changed through the API.
    opening: HashMap<String, Weak<AsyncMutex<()>>>,
    changing: HashMap<String, Weak<AsyncMutex<()>>>,
}

struct Entry {
    used: u64,
    inner: Arc<Inner>,
}

/// The guarded data are whole between any two statements, so a holder's panic spoils nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The one lock of that name, as long as anybody has it.
fn named(locks: &mut HashMap<String, Weak<AsyncMutex<()>>>, id: &str) -> Arc<AsyncMutex<()>> {
    if let Some(known) = locks.get(id).and_then(Weak::upgrade) {
        return known;
    }
    locks.retain(|_, lock| lock.strong_count() > 0);
    let fresh = Arc::default();
    locks.insert(id.to_owned(), Arc::downgrade(&fresh));
    fresh
}

impl Cache {
    /// An empty cache. Folders are made when they are first needed, and removed by
    /// [`Cache::close`] or with the last handle.
    pub fn new(options: CacheOptions) -> Self {
        Self(Arc::new(Shared { options, roots: Mutex::default(), state: Mutex::default() }))
    }

    /// For whoever waits: does not keep it alive.
    pub(crate) fn downgrade(&self) -> Weak<Shared> {
        Arc::downgrade(&self.0)
    }

    /// Removes what killed processes of this user left in the folders of these options. Blocks.
    ///
    /// # Errors
    /// The folders cannot be read or cleared.
    pub fn sweep(options: &CacheOptions) -> io::Result<usize> {
        let parents = [&options.memory, &options.disk];
        parents.into_iter().flatten().map(|parent| scratch::sweep(parent)).sum()
    }

    /// The repository of that name, with all the packs that its store lists now.
    ///
    /// # Errors
    /// [`GitError::NoRoom`] where it does not fit and the disk is forbidden; what the store says;
    /// the folder cannot be written.
    pub async fn open(&self, id: &str, packs: &Arc<dyn PackStore>) -> Result<Repository> {
        for _ in 0..TRIES {
            let repository = match self.known(id) {
                Some(known) if !self.0.has_outgrown(&known) => known,
                Some(outgrown) => {
                    self.drop_entry(id, Some(&outgrown));
                    continue;
                }
                None => {
                    let opening = named(&mut lock(&self.0.state).opening, id);
                    let _turn = opening.lock().await;
                    match self.known(id) {
                        Some(known) => known,
                        None => return self.make(id, packs).await,
                    }
                }
            };
            let synced = repository.sync().await;
            if synced.is_ok() {
                return Ok(repository);
            }
            self.drop_entry(id, Some(&repository));
            match synced {
                // It has outgrown its place, or its directory was wiped: make it anew.
                Err(GitError::NoRoom { .. } | GitError::Io { .. }) => {}
                synced => return synced.map(|()| repository),
            }
        }
        Err(GitError::CutOff("the repository keeps changing".to_owned()))
    }

    fn known(&self, id: &str) -> Option<Repository> {
        let mut state = lock(&self.0.state);
        state.uses += 1;
        let now = state.uses;
        let entry = state.entries.get_mut(id)?;
        entry.used = now;
        Some(Repository(Arc::clone(&entry.inner)))
    }

    /// Makes the directory where it fits.
    async fn make(&self, id: &str, packs: &Arc<dyn PackStore>) -> Result<Repository> {
        let listed = packs.list().await?;
        let bytes: u64 = listed.iter().map(crate::StoredPack::bytes).sum();
        let mut refused = None;
        if self.0.options.memory.is_some() {
            match self.make_at(Place::Memory, id, packs, bytes).await {
                // No room by our count or by the tmpfs's own.
                Err(error) if error.is_lack_of_room() => refused = Some(error),
                made => return made,
            }
        }
        match refused {
            Some(error) if self.0.options.disk.is_none() => Err(error),
            _ => self.make_at(Place::Disk, id, packs, bytes).await,
        }
    }

    async fn make_at(
        &self,
        place: Place,
        id: &str,
        packs: &Arc<dyn PackStore>,
        bytes: u64,
    ) -> Result<Repository> {
        let repository = self.fresh(place, id, packs, bytes).await?;
        repository.sync().await?;
        let mut state = lock(&self.0.state);
        state.uses += 1;
        let entry = Entry { used: state.uses, inner: Arc::clone(&repository.0) };
        let former = state.entries.insert(id.to_owned(), entry);
        let surplus = match state.entries.len() > MAX_DIRECTORIES {
            true => state.take_oldest_idle(|_| true),
            false => None,
        };
        drop(state);
        drop((former, surplus));
        Ok(repository)
    }

    /// An empty directory that nobody else knows, with room for this many bytes.
    async fn fresh(
        &self,
        place: Place,
        id: &str,
        packs: &Arc<dyn PackStore>,
        bytes: u64,
    ) -> Result<Repository> {
        let room = Room::reserve(&self.0, place, bytes).await?;
        let dir = self.0.root(place)?.join(format!("{}.git", types::uuid()));
        let changing = named(&mut lock(&self.0.state).changing, id);
        let (id, packs) = (id.to_owned(), Arc::clone(packs));
        let make = move || Inner::make(&dir, id, packs, changing, room);
        let inner = tokio::task::spawn_blocking(make)
            .await
            .map_err(|e| GitError::CutOff(e.to_string()))??;
        Ok(Repository(Arc::new(inner)))
    }

    /// A copy of its own on disk, for work that needs more room than there is in memory; `None`
    /// where the disk is forbidden.
    pub(crate) async fn apart(&self, packs: &Arc<dyn PackStore>) -> Result<Option<Repository>> {
        if self.0.options.disk.is_none() {
            return Ok(None);
        }
        let bytes = packs.list().await?.iter().map(crate::StoredPack::bytes).sum();
        let copy = self.fresh(Place::Disk, "", packs, bytes).await?;
        copy.sync().await?;
        Ok(Some(copy))
    }

    /// Makes a repository's copy one on disk; `None` where that is forbidden.
    pub(crate) async fn move_to_disk(
        &self,
        id: &str,
        packs: &Arc<dyn PackStore>,
    ) -> Result<Option<Repository>> {
        if self.0.options.disk.is_none() {
            return Ok(None);
        }
        let opening = named(&mut lock(&self.0.state).opening, id);
        let _turn = opening.lock().await;
        let bytes = packs.list().await?.iter().map(crate::StoredPack::bytes).sum();
        self.make_at(Place::Disk, id, packs, bytes).await.map(Some)
    }

    /// What is answered where this many bytes do not fit into memory.
    pub(crate) fn no_room(&self, needed: u64) -> GitError {
        GitError::NoRoom { needed, limit: self.0.limit(Place::Memory) }
    }

    /// Takes a repository's copy away; whoever uses it now keeps it until he is done.
    pub fn forget(&self, id: &str) {
        self.drop_entry(id, None);
    }

    /// Takes an entry away, if it is still this one.
    fn drop_entry(&self, id: &str, only: Option<&Repository>) {
        let mut state = lock(&self.0.state);
        let is_it = state.entries.get(id).is_some_and(|entry| {
            only.is_none_or(|repository| Arc::ptr_eq(&entry.inner, &repository.0))
        });
        let entry = if is_it { state.entries.remove(id) } else { None };
        drop(state);
        drop(entry);
    }

    /// What lies in it now.
    pub fn usage(&self) -> Usage {
        let state = lock(&self.0.state);
        Usage { memory: state.memory, disk: state.disk, repositories: state.entries.len() }
    }

    /// Removes all copies and takes no new ones. Blocks.
    pub fn close(&self) {
        let entries = std::mem::take(&mut lock(&self.0.state).entries);
        entries.values().for_each(|entry| entry.inner.close());
        drop(entries);
        let mut roots = lock(&self.0.roots);
        roots.closed = true;
        let gone = (roots.memory.take(), roots.disk.take());
        drop(roots);
        drop(gone);
    }
}

impl Shared {
    /// One's own folder in a place.
    pub(crate) fn root(&self, place: Place) -> Result<PathBuf> {
        let mut roots = lock(&self.roots);
        if roots.closed {
            return Err(GitError::CutOff("the yard is stopping".to_owned()));
        }
        let (root, parent) = match place {
            Place::Memory => (&mut roots.memory, &self.options.memory),
            Place::Disk => (&mut roots.disk, &self.options.disk),
        };
        let made = match root {
            Some(made) => made,
            none => {
                let parent = parent.as_deref().unwrap_or(Path::new(""));
                let make = Scratch::make(parent);
                none.insert(make.map_err(GitError::io("make a folder for plain copies"))?)
            }
        };
        Ok(made.dir().to_owned())
    }

    pub(crate) fn has_disk(&self) -> bool {
        self.options.disk.is_some()
    }

    /// Bytes that the system still has free for copies in memory, less a reserve for the small files
    /// of those that lie there: other programs use the tmpfs as well.
    fn free_memory(&self) -> u64 {
        let parent = self.options.memory.as_deref().and_then(|parent| statvfs(parent).ok());
        // A folder that is not there yet says nothing against itself.
        parent.map_or(u64::MAX, |it| (it.f_bavail * it.f_frsize).saturating_sub(RESERVE))
    }

    /// Whether nothing more can be written where a copy lies, and there is another place for it.
    fn has_outgrown(&self, repository: &Repository) -> bool {
        repository.0.place() == Some(Place::Memory) && self.has_disk() && self.free_memory() == 0
    }

    fn cap(&self, place: Place) -> u64 {
        match place {
            Place::Memory => self.options.memory_bytes,
            Place::Disk => self.options.disk_bytes,
        }
    }

    /// What may lie there at most now.
    fn limit(&self, place: Place) -> u64 {
        let cap = self.cap(place);
        match place {
            Place::Disk => cap,
            Place::Memory => cap.min(lock(&self.state).memory.saturating_add(self.free_memory())),
        }
    }

    /// Sets bytes aside, for which the longest unused copies go. `false`: there is no room even
    /// so. On disk there always is.
    async fn reserve(&self, place: Place, bytes: u64) -> bool {
        let cap = self.cap(place);
        if place == Place::Memory && bytes > cap {
            return false;
        }
        loop {
            let victim = {
                let mut state = lock(&self.state);
                let used = state.used(place);
                let fits = used.saturating_add(bytes) <= cap
                    && (place == Place::Disk || bytes <= self.free_memory());
                let victim = match fits {
                    true => None,
                    false => state.take_oldest_idle(|inner| inner.place() == Some(place)),
                };
                match victim {
                    Some(victim) => victim,
                    None if fits || place == Place::Disk => {
                        *state.used_mut(place) += bytes;
                        return true;
                    }
                    None => return false,
                }
            };
            // Its room is free when its files are gone.
            let closed = tokio::task::spawn_blocking(move || victim.close()).await;
            if closed.is_err() {
                return false;
            }
        }
    }

    fn release(&self, place: Place, bytes: u64) {
        let mut state = lock(&self.state);
        let used = state.used_mut(place);
        *used = used.saturating_sub(bytes);
    }

    /// Counts what has come to lie there already.
    fn count(&self, place: Place, bytes: u64) {
        *lock(&self.state).used_mut(place) += bytes;
    }
}

impl State {
    fn used(&self, place: Place) -> u64 {
        match place {
            Place::Memory => self.memory,
            Place::Disk => self.disk,
        }
    }

    fn used_mut(&mut self, place: Place) -> &mut u64 {
        match place {
            Place::Memory => &mut self.memory,
            Place::Disk => &mut self.disk,
        }
    }

    /// Takes out the entry that was not used for the longest time and is not in use: nobody but
    /// this map has it, and only through this map could anybody get it.
    fn take_oldest_idle(&mut self, wanted: impl Fn(&Inner) -> bool) -> Option<Arc<Inner>> {
        let idle = self
            .entries
            .iter()
            .filter(|(_, entry)| Arc::strong_count(&entry.inner) == 1 && wanted(&entry.inner));
        let oldest = idle.min_by_key(|(_, entry)| entry.used).map(|(id, _)| id.clone())?;
        self.entries.remove(&oldest).map(|entry| entry.inner)
    }
}
