//! Limits that the kernel doesn't enforce for us: looked at now and then.

use crate::identity::Identity;
use crate::spec::Limits;
use crate::supervisor::group::Group;
use nix::unistd::Pid;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Time between two looks.
const INTERVAL: Duration = Duration::from_millis(100);

/// What to look at.
pub struct Watch {
    memory_bytes: Option<u64>,
    pids: Option<u32>,
    doors: PathBuf,
    next: Instant,
}

impl Watch {
    /// Watches those limits that the group doesn't hold, with what came in by the doors.
    pub fn new(limits: &Limits, group: &Group, doors: PathBuf) -> Self {
        Self {
            memory_bytes: limits.memory_bytes.filter(|_| !group.holds_memory),
            pids: limits.pids.filter(|_| !group.holds_pids),
            doors,
            next: Instant::now() + INTERVAL,
        }
    }

    /// When to look next, if there is anything to look at.
    pub fn next_look(&self) -> Option<Instant> {
        (self.memory_bytes.is_some() || self.pids.is_some()).then_some(self.next)
    }

    /// Looks if it is time; says which limit is exceeded.
    pub fn look(&mut self, init: Pid, now: Instant) -> Option<String> {
        if self.next_look().is_none_or(|next| next > now) {
            return None;
        }
        let (processes, memory) = usage(init, &self.doors);
        self.next = Instant::now() + INTERVAL;
        if let Some(limit) = self.pids.filter(|limit| processes > u64::from(*limit)) {
            return Some(format!("{processes} processes, more than the limit of {limit}"));
        }
        let limit = self.memory_bytes.filter(|limit| memory > *limit)?;
        Some(format!("{memory} bytes of memory, more than the limit of {limit}"))
    }
}

/// Threads and resident memory of everything below init and the doors, without these.
fn usage(init: Pid, doors: &Path) -> (u64, u64) {
    let mut unseen = children(init.as_raw());
    for door in fs::read_dir(doors).into_iter().flatten().flatten() {
        let text = fs::read(door.path()).ok();
        let value = text.and_then(|text| serde_json::from_slice(&text).ok());
        let door = value.as_ref().and_then(Identity::from_json).filter(Identity::is_alive);
        unseen.extend(door.into_iter().flat_map(|door| children(door.pid)));
    }
    let (mut threads, mut pages) = (0, 0);
    while let Some(pid) = unseen.pop() {
        let read = |name: &str| fs::read_to_string(format!("/proc/{pid}/{name}")).ok();
        let field = |text: Option<String>, index: usize| {
            let field = text.as_deref().and_then(|text| text.split_ascii_whitespace().nth(index));
            field.and_then(|field| field.parse::<u64>().ok())
        };
        let stat = read("stat").and_then(|stat| Some(stat.rsplit_once(')')?.1.to_owned()));
        threads += field(stat, 17).unwrap_or(1);
        pages += field(read("statm"), 1).unwrap_or(0);
        unseen.extend(children(pid));
    }
    let page = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE).ok().flatten();
    (threads, pages * page.and_then(|size| u64::try_from(size).ok()).unwrap_or(4096))
}

fn children(pid: i32) -> Vec<i32> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return Vec::new();
    };
    tasks
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|list| list.split_ascii_whitespace().flat_map(str::parse).collect::<Vec<i32>>())
        .collect()
}
