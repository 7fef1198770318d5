//! Making a served directory follow the list of its packs: what is missing is loaded, what is gone
//! is dropped, what a push is about to bring is let be.

use crate::cache::{Lease, Place};
use crate::packs::{NewPack, Part, StoredPack, stem};
use crate::projection::ARRIVING;
use crate::repository::lock;
use crate::{GitError, Oid, Repository, Result};
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// How often to look anew when packs are replaced while they are loaded.
const LOOKS: usize = 8;

/// What a directory was brought to.
#[derive(Default)]
pub(crate) struct Synced {
    ids: Option<Vec<String>>,
    /// The pack whose commit-graph lies there.
    graph: Option<String>,
}

/// A pack that waits in the directory for its transaction. Until this is dropped, nobody takes its
/// files away; then they become the repository's if the list has the pack.
pub(crate) struct Pending {
    repository: Repository,
    stem: String,
}

impl Pending {
    /// Its transaction has made it the repository's: moves it in.
    pub(crate) fn arrive(self) {
        let moved = self.repository.move_in(|name| stem_of(name) == self.stem);
        // What could not be moved, the next look at the list moves, or loads.
        if let Err(error) = moved {
            tracing::warn!(dir = %self.repository.0.dir.display(), %error, "a pack came late");
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        let mut pending = lock(&self.repository.0.pending);
        if let Some(count) = pending.get_mut(&self.stem) {
            *count -= 1;
            if *count == 0 {
                pending.remove(&self.stem);
            }
        }
        drop(pending);
        self.repository.0.unsettled.store(true, Ordering::Release);
    }
}

impl Repository {
    /// The cache that it is in.
    pub(crate) fn room_cache(&self) -> Result<crate::Cache> {
        let none = || GitError::CutOff("the repository is in no cache".to_owned());
        self.0.room.as_ref().ok_or_else(none)?.cache()
    }

    /// Where something may be written that does not fit beside the copy in memory; `None` where
    /// there is no such place.
    pub(crate) fn folder_on_disk(&self) -> Result<Option<PathBuf>> {
        let Some(room) = &self.0.room else { return Ok(None) };
        let cache = room.cache()?;
        cache.0.has_disk().then(|| cache.0.root(Place::Disk)).transpose()
    }

    /// Brings the directory to what its store lists now. Cheap when nothing has changed.
    ///
    /// # Errors
    /// [`GitError::NoRoom`] where it has outgrown its place; what the store says.
    pub async fn sync(&self) -> Result<()> {
        let mut synced = self.0.synced.lock().await;
        for _ in 0..LOOKS {
            let unsettled = self.0.unsettled.swap(false, Ordering::AcqRel);
            let known = if unsettled { None } else { synced.ids.as_ref() };
            let (wanted, settled) = match self.look(known).await {
                Ok(Some(news)) => news,
                Ok(None) => return self.check_there(),
                Err(error) => {
                    self.0.unsettled.fetch_or(unsettled, Ordering::AcqRel);
                    return Err(error);
                }
            };
            let ids = ids(&wanted);
            match self.bring(&wanted, settled, &mut synced).await {
                Ok(true) => {
                    synced.ids = Some(ids);
                    return Ok(());
                }
                // A pack was replaced by another meanwhile.
                Ok(false) => synced.ids = None,
                Err(error) => {
                    synced.ids = None;
                    return Err(error);
                }
            }
        }
        Err(GitError::CutOff("the packs keep changing".to_owned()))
    }

    /// The list of the packs and the files here that are settled; `None` where the list is the
    /// `known` one. The list is the younger of both: a settled file that it does not have is gone,
    /// while others may become the repository's at any time.
    async fn look(
        &self,
        known: Option<&Vec<String>>,
    ) -> Result<Option<(Vec<StoredPack>, HashSet<String>)>> {
        if known.is_some() && known == Some(&ids(&self.0.packs.list().await?)) {
            return Ok(None);
        }
        let settled = self.settled().await?;
        Ok(Some((self.0.packs.list().await?, settled)))
    }

    /// Files of packs that wait for no transaction.
    async fn settled(&self) -> Result<HashSet<String>> {
        let repository = self.clone();
        blocking("list the plain copy", move || {
            let mut files = list(&repository.arriving())?;
            files.extend(list(&repository.packs_here())?);
            // After that: a push waits before its files come.
            let pending = lock(&repository.0.pending);
            let settled = files.into_keys().filter(|name| !pending.contains_key(stem_of(name)));
            Ok(settled.collect())
        })
        .await
    }

    /// Where packs lie that are the repository's.
    fn packs_here(&self) -> PathBuf {
        self.0.dir.join("objects/pack")
    }

    /// Where packs wait for their transaction.
    fn arriving(&self) -> PathBuf {
        self.0.dir.join(ARRIVING).join("pack")
    }

    /// Notices that somebody has wiped the directory.
    pub(crate) fn check_there(&self) -> Result<()> {
        std::fs::metadata(self.0.dir.join("HEAD"))
            .map(drop)
            .map_err(GitError::io("look at the plain copy"))
    }

    /// `false`: a pack is no longer there.
    async fn bring(
        &self,
        wanted: &[StoredPack],
        settled: HashSet<String>,
        synced: &mut Synced,
    ) -> Result<bool> {
        let folder = self.packs_here();
        let stems: HashSet<String> = wanted.iter().map(|pack| stem(&pack.name)).collect();
        let repository = self.clone();
        let here = blocking("list the plain copy", move || {
            repository.move_in(|name| stems.contains(stem_of(name)))?;
            list(&folder)
        })
        .await?;
        let graph = wanted.iter().rev().find(|pack| pack.has(Part::Graph));
        let missing = |pack: &StoredPack, part: Part| match part {
            Part::Graph => {
                graph.is_some_and(|newest| newest.id == pack.id)
                    && synced.graph.as_ref() != Some(&pack.id)
            }
            part => !here.contains_key(&file_name(&pack.name, part)),
        };
        let to_load: Vec<(&StoredPack, Vec<(Part, u64)>)> = wanted
            .iter()
            .map(|pack| {
                let parts = pack.parts.iter().copied();
                (pack, parts.filter(|(part, _)| missing(pack, *part)).collect::<Vec<_>>())
            })
            .filter(|(_, parts)| !parts.is_empty())
            .collect();
        if let Some(room) = &self.0.room {
            // What a new directory was made with is room enough for all that was listed then.
            let bytes: u64 = to_load.iter().flat_map(|(_, parts)| parts).map(|(_, s)| s).sum();
            if synced.ids.is_some() && bytes > 0 {
                room.grow(bytes).await?;
            }
        }
        for (pack, parts) in &to_load {
            if !self.load(pack, parts).await? {
                return Ok(false);
            }
        }
        if let Some(graph) = graph {
            synced.graph = Some(graph.id.clone());
        }
        self.drop_gone(wanted, settled).await?;
        self.0.unmapped.send_replace(crate::repack::is_full_due(wanted));
        Ok(true)
    }

    /// Moves files in that wait for the transaction of their pack, which has come to pass. Blocks.
    fn move_in(&self, wanted: impl Fn(&str) -> bool) -> io::Result<()> {
        let (arriving, folder) = (self.arriving(), self.packs_here());
        let mut files: Vec<String> = list(&arriving)?.into_keys().collect();
        files.retain(|name| wanted(name));
        // The index last, so that nobody finds one without its pack.
        files.sort_by_key(|name| name.ends_with(".idx"));
        for name in &files {
            match std::fs::rename(arriving.join(name), folder.join(name)) {
                // Somebody else moves it in as well.
                Err(e) if e.kind() == io::ErrorKind::NotFound && folder.join(name).exists() => {}
                moved => moved?,
            }
        }
        let packs = files.iter().filter(|name| name.ends_with(".idx"));
        packs.for_each(|_| self.pack_added());
        Ok(())
    }

    async fn load(&self, pack: &StoredPack, parts: &[(Part, u64)]) -> Result<bool> {
        let objects = self.0.dir.join("objects");
        let target = |part: Part| match part {
            Part::Graph => objects.join("info/commit-graph"),
            part => objects.join("pack").join(file_name(&pack.name, part)),
        };
        let passing = |part: Part| {
            objects.join("pack").join(format!("tmp_load_{}.{}", pack.name, part.name()))
        };
        let files: Vec<(Part, PathBuf)> =
            parts.iter().map(|(part, _)| (*part, passing(*part))).collect();
        if !self.0.packs.load(pack, &files).await? {
            return Ok(false);
        }
        let mut renames: Vec<(Part, PathBuf, PathBuf)> =
            files.into_iter().map(|(part, path)| (part, path, target(part))).collect();
        // The index last, so that nobody finds one without its pack.
        renames.sort_by_key(|(part, ..)| Part::ALL.iter().position(|known| known == part));
        blocking("put a pack in its place", move || {
            renames.iter().filter(|(_, from, to)| from != to).try_for_each(|(_, from, to)| {
                match std::fs::rename(from, to) {
                    // A store of plain files has it in its place already.
                    Err(e) if e.kind() == io::ErrorKind::NotFound && to.exists() => Ok(()),
                    renamed => renamed,
                }
            })
        })
        .await?;
        self.pack_added();
        Ok(true)
    }

    /// Removes those `settled` files that are of no listed pack, and tells the cache what the rest
    /// takes.
    async fn drop_gone(&self, wanted: &[StoredPack], mut settled: HashSet<String>) -> Result<()> {
        let keep: HashSet<String> = wanted.iter().map(|pack| stem(&pack.name)).collect();
        settled.retain(|name| !keep.contains(stem_of(name)));
        let (repository, graph) = (self.clone(), self.0.dir.join("objects/info/commit-graph"));
        let (removed, bytes) = blocking("drop packs that are gone", move || {
            let graph = std::fs::metadata(graph).map_or(0, |meta| meta.len());
            let (_, arriving) = repository.clear(&repository.arriving(), &settled)?;
            let (removed, bytes) = repository.clear(&repository.packs_here(), &settled)?;
            Ok((removed, bytes + arriving + graph))
        })
        .await?;
        if removed {
            self.forget_odb();
        }
        if let Some(room) = &self.0.room {
            room.set(bytes);
        }
        Ok(())
    }

    /// Removes the files of packs that are `gone` and not pending once more. Answers whether there
    /// were any, and the bytes of the rest.
    fn clear(&self, folder: &Path, gone: &HashSet<String>) -> io::Result<(bool, u64)> {
        let (mut removed, mut bytes) = (false, 0);
        let mut here: Vec<(String, u64)> = list(folder)?.into_iter().collect();
        // Without its index nobody looks for a pack.
        here.sort_by_key(|(name, _)| !name.ends_with(".idx"));
        for (name, size) in here {
            let stem = stem_of(&name);
            let pending = lock(&self.0.pending);
            if !gone.contains(&name) || pending.contains_key(stem) || !stem.starts_with("pack-") {
                bytes += size;
            } else {
                std::fs::remove_file(folder.join(&name))?;
                removed = true;
            }
        }
        Ok((removed, bytes))
    }

    /// [`Repository::install`]; where the directory has outgrown memory, a copy on disk takes its
    /// place, which is answered, too.
    pub(crate) async fn install_where_it_fits(
        &self,
        pack: &NewPack,
        lease: Option<&Lease>,
    ) -> Result<(Self, Pending)> {
        let needed = pack.bytes();
        if let Some(pending) = self.install(pack, lease).await? {
            return Ok((self.clone(), pending));
        }
        let no_room = |cache: &crate::Cache| cache.no_room(needed);
        let cache = self.room_cache()?;
        let Some(moved) = cache.move_to_disk(&self.0.id, &self.0.packs).await? else {
            return Err(no_room(&cache));
        };
        match moved.install(pack, lease).await? {
            Some(pending) => Ok((moved, pending)),
            None => Err(no_room(&cache)),
        }
    }

    /// Moves a pack into the directory before its transaction, so that nobody has to load it
    /// after. It waits where no other push sees its objects, which may not come to stay. `None`
    /// where it does not fit: then the directory has outgrown its place.
    pub(crate) async fn install(
        &self,
        pack: &NewPack,
        lease: Option<&Lease>,
    ) -> Result<Option<Pending>> {
        if let Some(room) = &self.0.room {
            let bytes = pack.bytes();
            let absorbed = lease.is_some_and(|lease| room.absorb(lease, bytes));
            if !absorbed && let Err(error) = room.grow(bytes).await {
                return if error.is_lack_of_room() { Ok(None) } else { Err(error) };
            }
        }
        let stem = stem(&pack.name);
        *lock(&self.0.pending).entry(stem.clone()).or_default() += 1;
        let pending = Pending { repository: self.clone(), stem };
        let objects = match &self.0.room {
            Some(_) => ARRIVING,
            // The directory is its own store.
            None => "objects",
        };
        let (folder, files) = (self.0.dir.join(objects).join("pack"), pack.files.clone());
        let name = pack.name;
        let moved = blocking("move a pack into the repository", move || {
            let places = files.into_iter().filter(|(part, ..)| *part != Part::Graph);
            for (part, from, _) in places {
                let to = folder.join(file_name(&name, part));
                if !to.exists() {
                    move_file(&from, &to)?;
                }
            }
            Ok(())
        })
        .await;
        if self.0.room.is_none() {
            self.pack_added();
        }
        match moved {
            Ok(()) => Ok(Some(pending)),
            Err(error) if error.is_lack_of_room() && self.0.room.is_some() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn ids(packs: &[StoredPack]) -> Vec<String> {
    packs.iter().map(|pack| pack.id.clone()).collect()
}

/// What a pack's file is called without its ending.
fn stem_of(file: &str) -> &str {
    file.split_once('.').map_or(file, |(stem, _)| stem)
}

fn file_name(name: &Oid, part: Part) -> String {
    format!("{}.{}", stem(name), part.name())
}

/// The files of packs with their sizes.
fn list(folder: &Path) -> io::Result<HashMap<String, u64>> {
    let mut files = HashMap::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if let (Ok(name), Ok(meta)) = (entry.file_name().into_string(), entry.metadata()) {
            files.insert(name, meta.len());
        }
    }
    Ok(files)
}

/// A rename, or a copy where the file lies on another file system.
fn move_file(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::rename(from, to) {
        Err(e) if e.kind() == io::ErrorKind::CrossesDevices => {
            let passing = to.with_extension(format!("tmp_{}", types::uuid()));
            let copied = std::fs::copy(from, &passing).and_then(|_| std::fs::rename(&passing, to));
            if copied.is_err() {
                // What stays is dropped with the directory.
                let _ = std::fs::remove_file(&passing);
            }
            copied
        }
        renamed => renamed,
    }
}

/// File operations on a thread where they may block.
pub(crate) async fn blocking<T: Send + 'static>(
    what: &'static str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|e| GitError::CutOff(e.to_string()))?.map_err(GitError::io(what))
}
