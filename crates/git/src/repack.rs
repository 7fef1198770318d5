//! Putting packs together in the background, so that fetches stay fast.
//!
//! Many small packs are rolled up geometrically: each push is rewritten a logarithmic number of
//! times. A large repository also gets one full pack with a bitmap, a reverse index and a
//! commit-graph with changed paths, all kept with it: clones reuse it, and a fetch does not walk
//! what it can look up, also right after the plain copy was lost.
//!
//! Nobody waits for any of it, and no object ever goes, reachable or not: a push that is being
//! checked may need it. The new pack takes the old ones' place in one transaction, if they are all
//! still there.

use crate::limits::{FULL_PACK_FROM_OBJECTS, REPACK_AT_PACKS};
use crate::packs::{NewPack, Part, StoredPack, stem};
use crate::points::reach;
use crate::process::{LEAN, git, run_behind};
use crate::projection::INCOMING;
use crate::sync::blocking;
use crate::{Cache, GitError, Repository, Result};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::sync::Semaphore;

/// Repacking takes processor and memory from those who wait: one at a time.
static ONE: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(1));
/// How long after a push small packs are put together at the earliest.
const REPACK_DELAY: Duration = Duration::from_secs(2);
/// How long putting one repository together may take.
const REPACK_TIMEOUT: Duration = Duration::from_secs(60 * 60);
/// Each pack that stays has at least this many times the objects of all smaller ones together.
const FACTOR: u64 = 2;
/// A full pack is made anew when what is outside of it has this part of its objects (one n-th).
const OUTSIDE_PART: u64 = 2;

/// What is to be put together.
enum Plan {
    /// These packs, to a pack like any other.
    Roll(Vec<StoredPack>),
    /// All packs, with everything that helps fetches.
    Full(Vec<StoredPack>),
}

impl Plan {
    fn packs(&self) -> &[StoredPack] {
        match self {
            Self::Roll(packs) | Self::Full(packs) => packs,
        }
    }
}

/// What to do about these packs, if there are `at` or more small ones or a full one is due.
fn plan(mut packs: Vec<StoredPack>, at: usize) -> Option<Plan> {
    if is_full_due(&packs) {
        return Some(Plan::Full(packs));
    }
    packs.retain(|pack| !pack.has(Part::Bitmap));
    (packs.len() >= at).then(|| roll(packs)).flatten().map(Plan::Roll)
}

/// Whether there is so much without a bitmap that it is time for a full pack of everything.
pub(crate) fn is_full_due(packs: &[StoredPack]) -> bool {
    let objects = |mapped: bool| {
        let these = packs.iter().filter(|pack| pack.has(Part::Bitmap) == mapped);
        these.map(|pack| pack.objects).sum::<u64>()
    };
    objects(false) >= FULL_PACK_FROM_OBJECTS.max(objects(true) / OUTSIDE_PART)
}

/// The smaller packs that break the geometric order.
fn roll(mut packs: Vec<StoredPack>) -> Option<Vec<StoredPack>> {
    packs.sort_by_key(|pack| pack.objects);
    // The largest ones that are in order among themselves stay.
    let broken = packs.windows(2).rposition(|pair| match pair {
        [smaller, larger] => larger.objects < FACTOR * smaller.objects,
        _ => false,
    })?;
    let mut rolled = broken + 2;
    let sum = |count: usize| packs.iter().take(count).map(|pack| pack.objects).sum::<u64>();
    while packs.get(rolled).is_some_and(|next| next.objects < FACTOR * sum(rolled)) {
        rolled += 1;
    }
    packs.truncate(rolled);
    Some(packs)
}

impl Repository {
    /// Repacks in the background where pushes have left something to put together.
    pub fn maintain(&self) {
        let mut repository = self.clone();
        tokio::spawn(async move {
            // Without its bitmap each clone of a large repository takes memory by its size; small
            // packs can wait, as who has just pushed often fetches or pushes again.
            let listed = repository.0.packs.list().await;
            if !listed.is_ok_and(|packs| is_full_due(&packs)) {
                match repository.after_a_while().await {
                    Ok(Some(again)) => repository = again,
                    Ok(None) => return,
                    Err(e) => return tracing::warn!("failed to repack: {e}"),
                }
            }
            if let Err(e) = repository.repack_if_scattered(REPACK_AT_PACKS).await
                // A copy that was given up meanwhile is repacked after the next push.
                && repository.check_there().is_ok()
            {
                tracing::warn!(dir = %repository.0.dir.display(), "failed to repack: {e}");
            }
        });
    }

    /// [`Repository::maintain`] for a fetch that has to wait its turn: the yard that took the push
    /// may have died before it made the bitmap. Once for each copy; a push tries again.
    pub(crate) fn want_bitmap(&self) {
        if !self.0.bitmap_wanted.swap(true, Ordering::AcqRel) {
            self.maintain();
        }
    }

    /// The repository when small packs may be put together; `None` if there is nothing to do.
    /// Waiting is not use: the copy may be given up meanwhile, and is made anew for this.
    async fn after_a_while(self) -> Result<Option<Self>> {
        let (id, packs) = (self.0.id.clone(), Arc::clone(&self.0.packs));
        let cache = self.0.room.as_ref().map(|room| room.cache()).transpose()?;
        let waiting = (Arc::downgrade(&self.0), cache.as_ref().map(Cache::downgrade));
        drop((self, cache));
        tokio::time::sleep(REPACK_DELAY).await;
        if plan(packs.list().await?, REPACK_AT_PACKS).is_none() {
            return Ok(None);
        }
        let (inner, cache) = waiting;
        if let Some(inner) = inner.upgrade() {
            return Ok(Some(Self(inner)));
        }
        match cache.and_then(|cache| cache.upgrade()) {
            Some(shared) => Cache(shared).open(&id, &packs).await.map(Some),
            // The yard stops.
            None => Ok(None),
        }
    }

    /// Repacks if there are `packs` or more that are not in order, or if a full pack is due.
    /// Answers whether it did.
    pub async fn repack_if_scattered(&self, packs: usize) -> Result<bool> {
        self.repack(move |listed| plan(listed, packs)).await
    }

    /// Puts everything into one pack with bitmap and commit-graph. Answers whether it did: not if
    /// another repack was faster.
    pub async fn repack_fully(&self) -> Result<bool> {
        self.repack(|packs| (!packs.is_empty()).then_some(Plan::Full(packs))).await
    }

    async fn repack(&self, plan: impl FnOnce(Vec<StoredPack>) -> Option<Plan>) -> Result<bool> {
        if self.0.repacking.swap(true, Ordering::AcqRel) {
            return Ok(false);
        }
        let done = async {
            let _one = ONE.acquire().await.map_err(|e| GitError::CutOff(e.to_string()))?;
            match plan(self.0.packs.list().await?) {
                Some(plan) => self.put_together(plan).await,
                None => Ok(false),
            }
        }
        .await;
        self.0.repacking.store(false, Ordering::Release);
        done
    }

    async fn put_together(&self, plan: Plan) -> Result<bool> {
        let bytes = plan.packs().iter().map(StoredPack::bytes).sum();
        // As much again as there is, for as long as it takes.
        let (here, lease) = match &self.0.room {
            None => (self.clone(), None),
            Some(room) => match room.lease(room.place(), bytes).await {
                Ok(lease) => (self.clone(), Some(lease)),
                Err(error) if error.is_lack_of_room() => {
                    match room.cache()?.apart(&self.0.packs).await? {
                        Some(apart) => (apart, None),
                        None => return Err(error),
                    }
                }
                Err(error) => return Err(error),
            },
        };
        here.sync().await?;
        // Bitmap and commit-graph are of what the directory's references reach.
        here.project_stored_refs().await?;
        let scratch = here.scratch().await?;
        let made = match &plan {
            Plan::Roll(packs) => here.roll_up(scratch.path(), packs).await?,
            Plan::Full(_) => here.pack_all(scratch.path()).await?,
        };
        here.check_complete(&plan, &made).await?;
        let sealed = self.0.packs.seal(made.clone()).await?;
        let pending = match Repository::is_same(self, &here) {
            true => self.install(&made, lease.as_ref()).await?,
            false => None,
        };
        let old = plan.packs().iter().map(|pack| pack.id.clone()).collect();
        reach("repack-sealed");
        let replaced = self.0.packs.replace(old, sealed.clone()).await;
        reach("repack-replaced");
        drop(pending);
        if !matches!(replaced, Ok(true)) {
            self.0.packs.discard(sealed).await;
        }
        let replaced = replaced?;
        self.sync().await?;
        Ok(replaced)
    }

    fn is_same(a: &Self, b: &Self) -> bool {
        std::sync::Arc::ptr_eq(&a.0, &b.0)
    }

    /// An object directory of its own that sees the repository's.
    async fn scratch(&self) -> Result<TempDir> {
        let incoming = self.0.dir.join(INCOMING);
        blocking("make a folder to repack in", move || {
            let dir = tempfile::Builder::new().prefix("repack-").tempdir_in(incoming)?;
            std::fs::create_dir(dir.path().join("pack"))?;
            std::fs::create_dir(dir.path().join("info"))?;
            std::fs::write(dir.path().join("info/alternates"), "../../objects\n")?;
            Ok(dir)
        })
        .await
    }

    fn pack_objects(&self, scratch: &Path, options: &[&str]) -> Command {
        let mut command = git(&self.0.dir, "-c");
        // The yard has others to serve meanwhile.
        command.args(["pack.threads=1", "-c", "pack.windowMemory=64m", "-c", LEAN]);
        command.args(["pack-objects", "-q"]);
        command.args(["--delta-base-offset", "--non-empty"]).args(options);
        command.arg(scratch.join("pack/pack"));
        command
    }

    async fn roll_up(&self, scratch: &Path, packs: &[StoredPack]) -> Result<NewPack> {
        let command = self.pack_objects(scratch, &["--stdin-packs"]);
        let names: String =
            packs.iter().map(|pack| format!("{}.pack\n", stem(&pack.name))).collect();
        made(command, names, scratch).await
    }

    async fn pack_all(&self, scratch: &Path) -> Result<NewPack> {
        let options =
            ["--all", "--keep-unreachable", "--keep-true-parents", "--write-bitmap-index"];
        made(self.pack_objects(scratch, &options), String::new(), scratch).await?;
        let mut graph = git(&self.0.dir, "commit-graph");
        graph.args(["write", "--reachable", "--changed-paths", "--no-progress"]);
        graph.env("GIT_OBJECT_DIRECTORY", scratch);
        let finished = run_behind(graph, "commit-graph", b"", 0, REPACK_TIMEOUT).await?;
        finished.success("commit-graph")?;
        found(scratch).await
    }

    /// Never trust a program with the only copy: every object of the old packs is in the new one.
    async fn check_complete(&self, plan: &Plan, made: &NewPack) -> Result<()> {
        let index = |pack: &NewPack| {
            let mut parts = pack.files.iter();
            parts.find(|(part, ..)| *part == Part::Index).map(|(_, path, _)| path.clone())
        };
        let new = index(made).unwrap_or_default();
        let folder = self.0.dir.join("objects/pack");
        let old: Vec<PathBuf> = plan
            .packs()
            .iter()
            .map(|pack| folder.join(format!("{}.idx", stem(&pack.name))))
            .collect();
        let complete = blocking("compare the packs", move || {
            let new = crate::pack::object_names(&new)?;
            for old in old {
                let names = crate::pack::object_names(&old)?;
                if names.iter().any(|name| new.binary_search(name).is_err()) {
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .await?;
        if complete {
            return Ok(());
        }
        let problem = "it left out objects; the old packs stay".to_owned();
        Err(GitError::Child { command: "pack-objects", problem })
    }
}

async fn made(command: Command, input: String, scratch: &Path) -> Result<NewPack> {
    let finished =
        run_behind(command, "pack-objects", input.as_bytes(), 64, REPACK_TIMEOUT).await?;
    finished.success("pack-objects")?;
    found(scratch).await
}

async fn found(scratch: &Path) -> Result<NewPack> {
    let dir = scratch.to_owned();
    let found = blocking("look at the new pack", move || NewPack::find(&dir)).await?;
    found.ok_or_else(|| GitError::Child {
        command: "pack-objects",
        problem: "it left no pack".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Oid;

    fn packs(objects: &[u64]) -> Vec<StoredPack> {
        let pack = |(at, objects): (usize, &u64)| StoredPack {
            id: at.to_string(),
            name: Oid::ZERO,
            objects: *objects,
            parts: Vec::new(),
        };
        objects.iter().enumerate().map(pack).collect()
    }

    #[test]
    fn what_breaks_the_order_is_rolled_up() {
        let rolled = |objects: &[u64]| roll(packs(objects)).map_or(0, |packs| packs.len());
        assert_eq!(rolled(&[]), 0);
        assert_eq!(rolled(&[7]), 0);
        assert_eq!(rolled(&[1, 2, 4, 8]), 0);
        assert_eq!(rolled(&[3, 3]), 2);
        assert_eq!(rolled(&[3, 3, 3, 3]), 4);
        assert_eq!(rolled(&[1000, 3, 3]), 2);
        // The two make six, which is too close to ten, and so on.
        assert_eq!(rolled(&[3, 3, 10, 30, 1000]), 4);
    }

    #[test]
    fn large_repositories_get_a_full_pack() {
        let full = |packs| matches!(plan(packs, 32), Some(Plan::Full(_)));
        assert!(full(packs(&[FULL_PACK_FROM_OBJECTS])));
        assert!(!full(packs(&[FULL_PACK_FROM_OBJECTS - 1])));
        let mut large = packs(&[1_000_000, 100_000]);
        large[0].parts.push((Part::Bitmap, 1));
        assert!(plan(large.clone(), 32).is_none());
        large[1].objects = 500_000;
        assert!(full(large));
    }
}
