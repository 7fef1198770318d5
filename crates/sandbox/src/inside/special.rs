//! The parts of the root that are not the host's: /proc, /dev, /sys, /run, /tmp, binds, covers.

use crate::inside::homes::{self, Furniture, Homes};
use crate::inside::root::{Places, c_path, failed};
use crate::machine::{Machine, RootStyle, Users};
use crate::spec::Spec;
use crate::sys::{self, MountFlags};
use nix::mount::{MsFlags, mount};
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Where a plan's shell tells of finished commands: a named pipe.
pub const REPLIES: &str = "/run/codeyard/replies";

const DEVICES: &[&str] = &["full", "null", "random", "tty", "urandom", "zero"];

/// Ways from /proc to the machine itself, closed for a sandbox whose root is the machine's root.
const PROC_READ_ONLY: &[&str] =
    &["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];
const PROC_COVERED: &[&str] = &[
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/timer_list",
    "/proc/kallsyms",
    "/proc/kpagecount",
    "/proc/kpageflags",
];

/// A mount that belongs at a path inside.
pub struct Part {
    mount: OwnedFd,
    inside: PathBuf,
    directory: bool,
}

impl Part {
    /// What the host has at this path, and below it, to be seen and not changed.
    pub fn read_only(path: &Path) -> io::Result<Self> {
        let flags = MountFlags::NO_SUID.and(MountFlags::NO_DEV).and(MountFlags::READ_ONLY);
        part(path, path, flags, true)
    }

    /// Where it belongs.
    pub fn inside(&self) -> &Path {
        &self.inside
    }

    /// Puts it there.
    pub fn put(&self) -> Result<(), String> {
        put(self)
    }
}

/// Taken from the host, not attached anywhere yet.
pub struct Parts {
    proc: OwnedFd,
    devices: Vec<Part>,
    /// /tmp, /sys, the file that /etc/resolv.conf links to.
    system: Vec<Part>,
    homes: Furniture,
    binds: Vec<Part>,
}

/// /proc of the pid namespace we are in.
pub fn new_proc() -> io::Result<OwnedFd> {
    let flags = MountFlags::NO_SUID.and(MountFlags::NO_DEV).and(MountFlags::NO_EXEC);
    sys::new_filesystem(c"proc", &[], flags)
}

/// Takes hold of everything while the host's tree can still be seen.
pub fn collect(
    spec: &Spec,
    machine: &Machine,
    places: &Places,
    homes: &Homes,
    notes: &mut Vec<String>,
) -> Result<Parts, String> {
    let quiet = MountFlags::NO_SUID.and(MountFlags::NO_DEV);
    let mut devices = Vec::new();
    let there =
        DEVICES.iter().map(|name| Path::new("/dev").join(name)).filter(|path| path.exists());
    for path in there {
        devices.push(
            part(&path, &path, MountFlags::NO_SUID.and(MountFlags::NO_EXEC), false)
                .map_err(failed(format!("take {}", path.display())))?,
        );
    }
    let mut system =
        vec![part(&places.tmp, Path::new("/tmp"), quiet, false).map_err(failed("take /tmp"))?];
    let replies = Path::new(REPLIES).parent().unwrap_or(Path::new("/run"));
    system.push(
        part(&places.replies, replies, quiet.and(MountFlags::READ_ONLY), false)
            .map_err(failed("take the reply pipe"))?,
    );
    // In a user namespace only whole trees can be taken.
    let whole = machine.users != Users::Host;
    let flags = quiet.and(MountFlags::READ_ONLY).and(MountFlags::NO_EXEC);
    match part(Path::new("/sys"), Path::new("/sys"), flags, whole) {
        Ok(part) => system.push(part),
        Err(error) => notes.push(format!("/sys is empty inside: {error}")),
    }
    // Often a link into /run, which is fresh inside.
    if let Ok(resolver) = fs::canonicalize("/etc/resolv.conf")
        && resolver.starts_with("/run")
    {
        let flags = quiet.and(MountFlags::READ_ONLY);
        let taken = part(&resolver, &resolver, flags, false);
        system.push(taken.map_err(failed("take the resolver's file"))?);
    }
    let mut binds = Vec::new();
    for bind in &spec.binds {
        let flags = if bind.read_only { quiet.and(MountFlags::READ_ONLY) } else { quiet };
        binds.push(
            part(&bind.host, &bind.inside, flags, true)
                .map_err(failed(format!("take {}", bind.host.display())))?,
        );
    }
    let proc = new_proc().map_err(failed("make /proc"))?;
    let homes = homes::collect(homes, notes);
    Ok(Parts { proc, devices, system, homes, binds })
}

fn part(host: &Path, inside: &Path, flags: MountFlags, recursive: bool) -> io::Result<Part> {
    let mount = sys::clone_mount(&c_path(host)?, recursive)?;
    sys::restrict_mount(mount.as_fd(), flags, recursive)?;
    Ok(Part { mount, inside: inside.to_owned(), directory: fs::metadata(host)?.is_dir() })
}

/// Puts everything in its place, in the new root. `showing` are homes that the root could not hide.
pub fn attach(
    spec: &Spec,
    machine: &Machine,
    parts: Parts,
    hidden: &[PathBuf],
    showing: &[PathBuf],
    notes: &mut Vec<String>,
) -> Result<(), String> {
    fresh_directory("/dev", "mode=755,size=64k", MsFlags::MS_NOEXEC)?;
    for device in &parts.devices {
        put(device)?;
    }
    devices_beside(machine)?;
    for home in showing {
        // In memory: better than to be seen.
        fresh_directory(home, "mode=755", MsFlags::empty())?;
    }
    parts.homes.put()?;
    // After the tools: somebody may keep a yard's data among them.
    let mut covers = Covers::default();
    for path in hidden {
        covers.put(path)?;
    }
    fresh_directory("/run", "mode=755", MsFlags::empty())?;
    make_directory(Path::new("/proc"))?;
    sys::move_mount(parts.proc.as_fd(), c"/proc").map_err(failed("mount /proc"))?;
    if matches!(machine.users, Users::Host | Users::Identity) {
        close_proc(&mut covers, notes)?;
    }
    if machine.root == RootStyle::ReadOnly {
        fresh_directory("/var/tmp", "mode=1777", MsFlags::empty())?;
    }
    for part in parts.system.iter().chain(&parts.binds) {
        put(part)?;
    }
    make_directory(&spec.workdir)
}

fn put(part: &Part) -> Result<(), String> {
    let path = &part.inside;
    if part.directory {
        make_directory(path)?;
    } else {
        make_directory(path.parent().unwrap_or(Path::new("/")))?;
        if fs::symlink_metadata(path).is_err() {
            File::create(path).map_err(failed(format!("make {}", path.display())))?;
        }
    }
    c_path(path)
        .and_then(|target| sys::move_mount(part.mount.as_fd(), &target))
        .map_err(failed(format!("mount {}", path.display())))
}

fn make_directory(path: &Path) -> Result<(), String> {
    fs::create_dir_all(path).map_err(failed(format!("make {}", path.display())))
}

fn fresh_directory(path: impl AsRef<Path>, options: &str, flags: MsFlags) -> Result<(), String> {
    let path = path.as_ref();
    make_directory(path)?;
    let flags = flags | MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    mount(Some("tmpfs"), path, Some("tmpfs"), flags, Some(options))
        .map_err(failed(format!("mount {}", path.display())))
}

/// What belongs into /dev besides device files.
fn devices_beside(machine: &Machine) -> Result<(), String> {
    let quiet = MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC;
    fresh_directory("/dev/shm", "mode=1777", MsFlags::MS_NOEXEC)?;
    make_directory(Path::new("/dev/pts"))?;
    let group = if machine.users == Users::Single { "" } else { ",gid=5" };
    let options = format!("newinstance,ptmxmode=0666,mode=0620{group}");
    // Without terminals most programs run all the same.
    if mount(Some("devpts"), "/dev/pts", Some("devpts"), quiet, Some(options.as_str())).is_ok() {
        symlink("pts/ptmx", "/dev/ptmx").map_err(failed("link /dev/ptmx"))?;
    }
    for (name, to) in [("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")] {
        symlink(format!("/proc/self/fd{to}"), Path::new("/dev").join(name))
            .map_err(failed(format!("link /dev/{name}")))?;
    }
    Ok(())
}

/// What makes paths show nothing.
#[derive(Default)]
struct Covers {
    /// A directory that is covered already.
    empty: Option<PathBuf>,
}

impl Covers {
    fn put(&mut self, path: &Path) -> Result<(), String> {
        let Ok(found) = fs::metadata(path) else {
            return Ok(()); // nothing to see there
        };
        let none = None::<&str>;
        let covered = match (&self.empty, found.is_dir()) {
            (_, false) => mount(Some("/dev/null"), path, none, MsFlags::MS_BIND, none),
            // Showing one empty file system again takes much less than another one.
            (Some(empty), true) => mount(Some(empty), path, none, MsFlags::MS_BIND, none),
            (None, true) => {
                let flags = MsFlags::MS_RDONLY
                    | MsFlags::MS_NOSUID
                    | MsFlags::MS_NODEV
                    | MsFlags::MS_NOEXEC;
                mount(Some("tmpfs"), path, Some("tmpfs"), flags, Some("mode=000,size=4k"))
            }
        };
        covered.map_err(failed(format!("hide {}", path.display())))?;
        if found.is_dir() && self.empty.is_none() {
            self.empty = Some(path.to_owned());
        }
        Ok(())
    }
}

fn close_proc(covers: &mut Covers, notes: &mut Vec<String>) -> Result<(), String> {
    for path in PROC_READ_ONLY.iter().map(Path::new).filter(|path| path.exists()) {
        c_path(path)
            .and_then(|name| {
                let clone = sys::clone_mount(&name, true)?;
                sys::restrict_mount(clone.as_fd(), MountFlags::READ_ONLY, true)?;
                sys::move_mount(clone.as_fd(), &name)
            })
            .map_err(failed(format!("make {} read-only", path.display())))?;
    }
    for path in PROC_COVERED.iter().map(Path::new) {
        if let Err(error) = covers.put(path) {
            notes.push(error);
        }
    }
    Ok(())
}
