//! Control groups: memory and process limits that the kernel enforces, where we may make them.

use crate::spec::Limits;
use nix::unistd::Uid;
use serde_json::{Value, json};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Directories in which a group can be made for each sandbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parents {
    /// Of the memory controller.
    memory: Option<PathBuf>,
    /// Of the pids controller; the same as `memory` in version 2.
    pids: Option<PathBuf>,
}

impl Parents {
    /// Looks for them, and tries them.
    pub fn find(reasons: &mut Vec<String>) -> Self {
        let memberships = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let unified = unified_parent(&memberships, &mounts);
        let of = |controller: &str| {
            unified.clone().or_else(|| legacy_parent(controller, &memberships, &mounts))
        };
        let parents = Self { memory: of("memory"), pids: of("pids") };
        for (parent, what) in [(&parents.memory, "memory"), (&parents.pids, "process")] {
            if parent.is_none() {
                reasons.push(format!(
                    "no control group can be made for the {what} limit: the supervisor watches \
                     it and kills when it is exceeded"
                ));
            }
        }
        parents
    }

    pub fn to_json(&self) -> Value {
        json!({
            "memory": self.memory.as_deref().map(crate::codec::path_to_json),
            "pids": self.pids.as_deref().map(crate::codec::path_to_json),
        })
    }

    pub fn from_json(value: Option<&Value>) -> Self {
        let path =
            |name| value.and_then(|value| value.get(name)).and_then(crate::codec::path_from_json);
        Self { memory: path("memory"), pids: path("pids") }
    }
}

/// The group of one sandbox.
#[derive(Default)]
pub struct Group {
    directories: Vec<PathBuf>,
    /// Opened before the sandbox lets go of the host's files.
    members: Vec<File>,
    /// The file that counts processes killed for their memory.
    events: Option<PathBuf>,
    /// Whether the kernel enforces the memory limit.
    pub holds_memory: bool,
    /// Whether the kernel enforces the process limit.
    pub holds_pids: bool,
}

impl Group {
    /// Makes it, for the limits given. What can't be made is not held; the caller watches it.
    pub fn create(parents: &Parents, id: &str, limits: &Limits) -> Self {
        let mut group = Self::default();
        if let (Some(parent), Some(bytes)) = (&parents.memory, limits.memory_bytes) {
            let directory = parent.join(group_name(id));
            group.holds_memory = group.add(
                &directory,
                &[
                    ("memory.max", bytes.to_string()),
                    ("memory.limit_in_bytes", bytes.to_string()),
                    // Otherwise what doesn't fit goes to swap.
                    ("memory.swap.max", "0".into()),
                    ("memory.memsw.limit_in_bytes", bytes.to_string()),
                ],
            );
            group.events = ["memory.events", "memory.oom_control"]
                .map(|name| directory.join(name))
                .into_iter()
                .find(|path| path.exists());
        }
        if let (Some(parent), Some(pids)) = (&parents.pids, limits.pids) {
            let directory = parent.join(group_name(id));
            group.holds_pids = group.add(&directory, &[("pids.max", pids.to_string())]);
        }
        group
    }

    /// Makes a directory and writes those limits that it knows; the first known one must hold.
    fn add(&mut self, directory: &Path, limits: &[(&str, String)]) -> bool {
        let made = match fs::create_dir(directory) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        };
        if made.is_err() {
            return false;
        }
        if !self.directories.iter().any(|known| known == directory) {
            self.directories.push(directory.to_owned());
            match OpenOptions::new().write(true).open(directory.join("cgroup.procs")) {
                Ok(members) => self.members.push(members),
                Err(_) => return false,
            }
        }
        let mut written = limits
            .iter()
            .map(|(name, value)| (directory.join(name), value))
            .filter(|(path, _)| path.exists())
            .map(|(path, value)| fs::write(path, value).is_ok());
        let first = written.next().unwrap_or(false);
        // Swap accounting is often off; the memory limit holds without it.
        written.for_each(drop);
        first
    }

    /// The one that a sandbox has already, as far as it has one.
    pub fn existing(parents: &Parents, id: &str) -> Self {
        let mut group = Self::default();
        for parent in [&parents.memory, &parents.pids].into_iter().flatten() {
            let members = parent.join(group_name(id)).join("cgroup.procs");
            group.members.extend(OpenOptions::new().write(true).open(members));
        }
        group
    }

    /// One that others keep; for what it counts.
    pub fn of_others(events: Option<PathBuf>) -> Self {
        Self { events, holds_memory: true, holds_pids: true, ..Self::default() }
    }

    /// Puts the calling process in.
    pub fn join(&self) -> io::Result<()> {
        self.members.iter().try_for_each(|mut members| members.write_all(b"0"))
    }

    /// How many processes were killed for their memory so far.
    pub fn killed_for_memory(&self) -> u64 {
        let text = self.events.as_deref().and_then(|path| fs::read_to_string(path).ok());
        let count = text.as_deref().unwrap_or_default().lines().find_map(|line| {
            line.strip_prefix("oom_kill ").and_then(|count| count.trim().parse().ok())
        });
        count.unwrap_or(0)
    }

    /// Removes it; for when no process is in it any more.
    pub fn remove(&self) {
        for directory in &self.directories {
            remove_directory(directory);
        }
    }
}

/// Removes what a killed supervisor may have left.
pub fn remove_left_over(parents: &Parents, id: &str) {
    for parent in [&parents.memory, &parents.pids].into_iter().flatten() {
        remove_directory(&parent.join(group_name(id)));
    }
}

/// The file that counts the processes killed for their memory in the group of a process.
pub fn memory_events(pid: i32) -> Option<PathBuf> {
    let memberships = fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let member = |names: &str| {
        memberships.lines().find_map(|line| {
            let (controllers, path) = line.split_once(':')?.1.split_once(':')?;
            controllers.split(',').any(|name| name == names).then_some(path)
        })
    };
    let mount = |kind: &str, option: &str| {
        mounts.lines().find_map(|line| {
            let (before, after) = line.split_once(" - ")?;
            let is_it = after.starts_with(kind) && after.contains(option);
            is_it.then(|| before.split(' ').nth(4)).flatten()
        })
    };
    let legacy = member("memory").zip(mount("cgroup ", "memory"));
    let legacy = legacy.map(|(path, mount)| (path, mount, "memory.oom_control"));
    let unified = || Some((member("")?, mount("cgroup2 ", "")?, "memory.events"));
    let (path, mount, file) = legacy.or_else(unified)?;
    let file = Path::new(mount).join(path.trim_start_matches('/')).join(file);
    file.exists().then_some(file)
}

fn group_name(id: &str) -> String {
    format!("codeyard-{id}")
}

/// The kernel may need a moment to notice that the last process has gone.
fn remove_directory(directory: &Path) {
    for pause in [0, 1, 2, 5, 10, 20, 50] {
        std::thread::sleep(Duration::from_millis(pause));
        match fs::remove_dir(directory) {
            Err(error) if error.raw_os_error() == Some(nix::libc::EBUSY) => {}
            _ => return,
        }
    }
}

/// Where a controller of version 1 takes us: below the group we are in.
fn legacy_parent(controller: &str, memberships: &str, mounts: &str) -> Option<PathBuf> {
    let own = memberships.lines().find_map(|line| {
        let (_, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        controllers.split(',').any(|name| name == controller).then_some(path)
    })?;
    let mount = mounts.lines().find_map(|line| {
        let (before, after) = line.split_once(" - ")?;
        let mut after = after.split(' ');
        let is_ours = after.next()? == "cgroup"
            && after.nth(1)?.split(',').any(|option| option == controller);
        is_ours.then(|| before.split(' ').nth(4)).flatten()
    })?;
    let mount = Path::new(mount);
    let below = mount.join(own.trim_start_matches('/'));
    let parent = if below.is_dir() { below } else { mount.to_owned() };
    works(&parent, &[]).then_some(parent)
}

/// Where version 2 takes us: a group of ours at the top for root, else in the user's delegated one.
fn unified_parent(memberships: &str, mounts: &str) -> Option<PathBuf> {
    let own = memberships.lines().find_map(|line| line.strip_prefix("0::"))?;
    let mount = mounts.lines().find_map(|line| {
        let (before, after) = line.split_once(" - ")?;
        after.starts_with("cgroup2 ").then(|| before.split(' ').nth(4)).flatten()
    })?;
    let top = if Uid::effective().is_root() {
        PathBuf::from(mount)
    } else {
        let service = format!("user@{}.service", Uid::effective());
        let end = own.find(&service)? + service.len();
        Path::new(mount).join(own.get(..end)?.trim_start_matches('/'))
    };
    let parent = top.join("codeyard");
    if !parent.is_dir() {
        fs::create_dir(&parent).ok()?;
    }
    // Passed on already, or to be passed on now; the trial below tells.
    for directory in [&top, &parent] {
        let _ = fs::write(directory.join("cgroup.subtree_control"), "+memory +pids");
    }
    if works(&parent, &["memory.max", "pids.max"]) {
        return Some(parent);
    }
    // Leave no useless group behind; one that is in use stays.
    let _ = fs::remove_dir(&parent);
    None
}

/// Whether a group can be made here that has these files.
fn works(parent: &Path, files: &[&str]) -> bool {
    let trial = parent.join(format!("codeyard-probe-{}", std::process::id()));
    if fs::create_dir(&trial).is_err() {
        return false;
    }
    let usable = OpenOptions::new().write(true).open(trial.join("cgroup.procs")).is_ok()
        && files.iter().all(|file| trial.join(file).exists());
    remove_directory(&trial);
    usable
}
