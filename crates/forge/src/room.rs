//! How much of disk and memory git may fill. What it fetches says nothing of its size before it is there,
//! and a small pack may be of large files: so the folders that it writes to are looked at while it
//! runs.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::git::Failure;

/// How often a folder is looked at; less often where that takes long itself.
const LOOK: Duration = Duration::from_millis(500);
/// Looking takes at most this part of the time.
const SHARE: u32 = 20;

/// What git and each program of its own may take of memory, in bytes, unless there is said
/// otherwise: what a server sends may be there as a whole.
const MEMORY: u64 = 4 << 30;

/// A folder, and the bytes below which it stays. Clones are the same room.
#[derive(Clone, Debug)]
pub struct Room(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    directory: PathBuf,
    bytes: u64,
    memory: u64,
    next: Mutex<Instant>,
}

impl Room {
    /// So many bytes in all that is below a folder, which need not be there yet.
    pub fn new(directory: impl Into<PathBuf>, bytes: u64) -> Self {
        Self::with_memory(directory, bytes, MEMORY)
    }

    /// The same with so many bytes of memory for each program, in place of 4 GiB.
    pub fn with_memory(directory: impl Into<PathBuf>, bytes: u64, memory: u64) -> Self {
        let (directory, next) = (directory.into(), Mutex::new(Instant::now() + LOOK));
        Self(Arc::new(Inner { directory, bytes, memory, next }))
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.0.bytes
    }

    pub(crate) fn memory(&self) -> u64 {
        self.0.memory
    }

    /// Waits until there are more; says so.
    pub(crate) async fn overflow(&self) -> Failure {
        loop {
            tokio::time::sleep_until(self.next().into()).await;
            if self.is_full().await {
                return self.full();
            }
        }
    }

    pub(crate) async fn is_full(&self) -> bool {
        let room = self.clone();
        tokio::task::spawn_blocking(move || room.look()).await.unwrap_or(false)
    }

    pub(crate) fn full(&self) -> Failure {
        let most = human(self.0.bytes);
        Failure::TooLarge(format!("it takes more than {most}, the most that is fetched"))
    }

    pub(crate) fn out_of_memory(&self, verb: &str) -> Failure {
        let most = human(self.0.memory);
        Failure::TooLarge(format!("git {verb} takes more than {most} of memory, the most it may"))
    }

    /// Many calls of git after each other are looked at as one.
    fn next(&self) -> Instant {
        *self.0.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self) -> bool {
        let began = Instant::now();
        let size = size(&self.0.directory);
        let pause = LOOK.max(began.elapsed() * SHARE);
        *self.0.next.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + pause;
        size >= self.0.bytes
    }
}

/// The bytes of all files below a folder; what goes meanwhile counts as nothing.
pub fn size(directory: &Path) -> u64 {
    let (mut total, mut waiting) = (0_u64, vec![directory.to_owned()]);
    while let Some(directory) = waiting.pop() {
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            let Ok(found) = entry.metadata() else { continue };
            match found.is_dir() {
                true => waiting.push(entry.path()),
                false => total = total.saturating_add(found.len()),
            }
        }
    }
    total
}

/// In words.
fn human(bytes: u64) -> String {
    match bytes {
        _ if bytes >= 1 << 30 => format!("{} GiB", bytes >> 30),
        _ if bytes >= 1 << 20 => format!("{} MiB", bytes >> 20),
        _ => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_below_count_and_links_do_not() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("a/b")).unwrap();
        std::fs::write(dir.path().join("a/b/c"), [0; 100]).unwrap();
        std::fs::write(dir.path().join("d"), [0; 10]).unwrap();
        std::os::unix::fs::symlink("/", dir.path().join("e")).unwrap();
        let size = size(dir.path());
        assert!((110..200).contains(&size), "{size}");
        assert!(Room::new(dir.path(), 100).look() && !Room::new(dir.path(), 1_000).look());
    }
}
