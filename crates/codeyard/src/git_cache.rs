//! Where plain copies of git repositories may lie: a tmpfs, as far as there is one.

use std::path::Path;

use clap::{Arg, ArgMatches, value_parser};
use nix::sys::statfs::{TMPFS_MAGIC, statfs};
use nix::unistd::{AccessFlags, access};
use service::GitCache;

use crate::failure::{Failure, Outcome};

/// The tmpfs that Linux systems have for shared memory.
const SHARED_MEMORY: &str = "/dev/shm";
/// MiB of plain copies in memory unless told otherwise.
const DEFAULT_MIB: u64 = 1024;

/// What the user asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GitCacheOptions {
    memory_only: bool,
    mib: u64,
}

/// The options of `up` that tell.
pub(crate) fn arguments() -> [Arg; 2] {
    [
        Arg::new("git-cache")
            .long("git-cache")
            .value_parser(["auto", "memory"])
            .default_value("auto")
            .help(
                "Where plain copies of git repositories may lie: in memory and, what does not fit, \
                 in the data directory's git-cache; or in memory alone, refusing the rest",
            ),
        Arg::new("git-cache-mib")
            .long("git-cache-mib")
            .value_name("N")
            .value_parser(value_parser!(u64).range(1..=1 << 20))
            .help(format!(
                "MiB of plain copies in memory; never more than half of what the tmpfs has free \
                 [default: {DEFAULT_MIB}]"
            )),
    ]
}

impl GitCacheOptions {
    /// As given on the command line.
    pub(crate) fn of(matches: &ArgMatches) -> Self {
        Self {
            memory_only: matches.get_one::<String>("git-cache").is_some_and(|it| it == "memory"),
            mib: matches.get_one::<u64>("git-cache-mib").copied().unwrap_or(DEFAULT_MIB),
        }
    }

    /// What this machine has for it.
    ///
    /// # Errors
    /// Where memory alone is asked for and there is no tmpfs to write to.
    pub(crate) fn resolve(&self) -> Outcome<GitCache> {
        self.resolve_at(Path::new(SHARED_MEMORY))
    }

    fn resolve_at(&self, tmpfs: &Path) -> Outcome<GitCache> {
        let free = free_bytes(tmpfs);
        if free.is_none() && self.memory_only {
            return Err(Failure::new(format!(
                "--git-cache memory needs a tmpfs at {} that this user can write to",
                tmpfs.display()
            ))
            .hint("mount one there, or leave the option out"));
        }
        let bytes = (self.mib << 20).min(free.unwrap_or_default() / 2);
        Ok(GitCache {
            memory_dir: free.map(|_| tmpfs.to_owned()),
            memory_bytes: bytes,
            memory_only: self.memory_only,
        })
    }
}

/// Bytes free in a tmpfs; `None` if it is none or this user cannot write there.
fn free_bytes(path: &Path) -> Option<u64> {
    let found = statfs(path).ok().filter(|found| found.filesystem_type() == TMPFS_MAGIC)?;
    access(path, AccessFlags::W_OK | AccessFlags::X_OK).ok()?;
    let block = u64::try_from(found.block_size()).ok()?;
    found.blocks_available().checked_mul(block)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_no_memory() {
        assert_eq!(free_bytes(Path::new("/proc")), None);
        assert_eq!(free_bytes(Path::new("/nonexistent")), None);
        let mut asked = GitCacheOptions { memory_only: false, mib: 1 };
        assert!(asked.resolve().unwrap().memory_bytes <= 1 << 20);
        let without = asked.resolve_at(Path::new("/proc")).unwrap();
        let disk_alone = GitCache { memory_dir: None, memory_bytes: 0, memory_only: false };
        assert_eq!(without, disk_alone);
        asked.memory_only = true;
        let refused = asked.resolve_at(Path::new("/proc")).unwrap_err().to_string();
        assert!(refused.contains("--git-cache memory needs a tmpfs at /proc"), "{refused}");
    }
}
