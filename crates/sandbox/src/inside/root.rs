//! The root directory of a sandbox: copy-on-write where the kernel allows it.
//!
//! Order matters for safety. What comes from the host is taken hold of as detached mounts first;
//! then the new root is entered and the host's tree let go; only then are the detached mounts
//! attached. A persistent sandbox's files may contain any symbolic link: followed then, it leads
//! to somewhere inside.

use crate::inside::homes::{self, Homes};
use crate::inside::special;
use crate::machine::{Machine, RootStyle, Users};
use crate::spec::Spec;
use crate::sys::{self, MountFlags};
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use std::ffi::CString;
use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Mounts of the host beyond this number are left out.
const MAX_SUBMOUNTS: usize = 32;

/// Top-level directories that get something of their own instead of the host's.
const SPECIAL: &[&str] = &["proc", "sys", "dev", "run", "tmp", "lost+found"];

/// Where the machine's owner attaches file systems that no program is installed into. Elsewhere a
/// build may add files to one that the machine itself can't write to.
const ATTACHED: &[&str] = &["/media", "/mnt", "/snap"];

/// Directories an ordinary user's sandbox can add files to although the host's belong to root: an
/// empty directory in the upper layer takes the place of the host's, whose entries shine through.
const OPENED: &[&str] = &[
    "/etc/default",
    "/etc/profile.d",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/etc",
    "/usr/local/include",
    "/usr/local/lib",
    "/usr/local/sbin",
    "/usr/local/share",
    "/usr/local/src",
    "/usr/share",
    "/usr/src",
    "/var/cache",
    "/var/lib",
    "/var/local",
    "/var/log",
    "/var/mail",
    "/var/opt",
    "/var/spool",
    "/var/tmp",
    "/var/www",
    "/var/www/html",
];

/// Host directories that hold one sandbox.
pub struct Places {
    /// An empty directory to mount the root on.
    pub root: PathBuf,
    /// Upper layers.
    pub uppers: PathBuf,
    /// An empty directory that becomes `/tmp`.
    pub tmp: PathBuf,
    /// The directory that holds the reply pipe.
    pub replies: PathBuf,
}

/// How to mount overlays here.
#[derive(Clone, Copy)]
pub struct Overlay {
    pub user_xattr: bool,
    pub volatile: bool,
}

/// Mounts made from now on stay in this namespace.
pub fn make_private() -> io::Result<()> {
    let none = None::<&str>;
    Ok(mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?)
}

/// Whether detached mounts can be made and restricted.
pub fn try_detached_mounts(directory: &Path) -> io::Result<()> {
    let clone = sys::clone_mount(&c_path(directory)?, false)?;
    sys::restrict_mount(clone.as_fd(), MountFlags::READ_ONLY, false)
}

/// Whether /proc of this pid namespace can be had.
pub fn try_proc() -> io::Result<()> {
    special::new_proc().map(drop)
}

/// Whether an overlay can be mounted over `lower`, with its changes below `place`.
pub fn try_overlay(lower: &Path, place: &Path, in_memory: bool, how: Overlay) -> io::Result<()> {
    fs::create_dir_all(place)?;
    if in_memory {
        mount_memory(place)?;
    }
    let target = place.join("target");
    fs::create_dir_all(&target)?;
    let done = mount_overlay(lower, &place.join("layer"), &target, how, &[])
        // Layers are shown to work by a file that gets through to the upper one.
        .and_then(|()| fs::write(target.join("codeyard-probe"), b""))
        .and_then(|()| fs::metadata(place.join("layer/upper/codeyard-probe")).map(drop));
    // Mounted or not, nothing of it may stay in the way of the next attempt.
    let _ = umount2(&target, MntFlags::MNT_DETACH);
    if in_memory {
        let _ = umount2(place, MntFlags::MNT_DETACH);
    }
    done
}

/// Makes the root, enters it, and lets go of the host's. Returns what the user should know.
pub fn build(
    spec: &Spec,
    machine: &Machine,
    places: &Places,
    hidden: &[PathBuf],
    homes: &Homes,
) -> Result<Vec<String>, String> {
    let mut notes = Vec::new();
    make_private().map_err(failed("make mounts private"))?;
    if machine.upper_in_memory {
        mount_memory(&places.uppers).map_err(failed("mount memory for changed files"))?;
    }
    let parts = special::collect(spec, machine, places, homes, &mut notes)?;
    let how = Overlay {
        user_xattr: machine.user_xattr(),
        // Skipping syncs is right for what is thrown away, wrong for what is kept.
        volatile: machine.volatile && spec.root == crate::spec::Root::Ephemeral,
    };
    let showing = match machine.root {
        RootStyle::Whole => whole(places, hidden, homes, how, &mut notes)?,
        RootStyle::Pieces => pieces(machine, places, homes, Some(how), &mut notes)?,
        RootStyle::ReadOnly => pieces(machine, places, homes, None, &mut notes)?,
    };
    enter(&places.root).map_err(failed("enter the new root"))?;
    special::attach(spec, machine, parts, hidden, &showing, &mut notes)?;
    Ok(notes)
}

/// For `map_err`: says what was tried.
pub fn failed<E: std::fmt::Display>(what: impl Into<String>) -> impl FnOnce(E) -> String {
    let what = what.into();
    move |error| format!("failed to {what}: {error}")
}

/// A path for the kernel.
pub fn c_path(path: &Path) -> io::Result<CString> {
    CString::new(path.as_os_str().as_bytes()).map_err(io::Error::other)
}

fn enter(root: &Path) -> io::Result<()> {
    nix::unistd::chdir(root)?;
    // The old root ends up on top of the new one, where it can be taken off.
    nix::unistd::pivot_root(".", ".")?;
    umount2(".", MntFlags::MNT_DETACH)?;
    nix::unistd::chdir("/")?;
    Ok(())
}

fn mount_memory(target: &Path) -> io::Result<()> {
    let none = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    Ok(mount(Some("tmpfs"), target, Some("tmpfs"), none, Some("mode=755"))?)
}

/// Mounts an overlay in which the directories `empty`, below `lower`, show nothing of the host's.
fn mount_overlay(
    lower: &Path,
    layer: &Path,
    target: &Path,
    how: Overlay,
    empty: &[&PathBuf],
) -> io::Result<()> {
    let lower_text = lower.to_str().filter(|path| !path.contains([',', ':', '\\']));
    let lower_text = lower_text.ok_or_else(|| io::Error::other("its name has odd characters"))?;
    make_layer(layer, lower)?;
    for path in empty {
        homes::hide_in_layer(&layer.join("upper"), lower, path, how.user_xattr)?;
    }
    // Relative names, so that nothing in the path of the state directory needs quoting.
    nix::unistd::chdir(layer)?;
    let mut options = format!("lowerdir={lower_text},upperdir=upper,workdir=work");
    if how.user_xattr {
        options.push_str(",userxattr");
    }
    if how.volatile {
        options.push_str(",volatile");
    }
    // A device file that lies about somewhere on the host must not open inside.
    let flags = MsFlags::MS_NODEV;
    let done = mount(Some("overlay"), target, Some("overlay"), flags, Some(options.as_str()));
    nix::unistd::chdir("/")?;
    Ok(done?)
}

/// Makes upper and work directory; the upper one shows inside with its own mode and owner.
fn make_layer(layer: &Path, lower: &Path) -> io::Result<()> {
    let upper = layer.join("upper");
    if !upper.is_dir() {
        fs::create_dir_all(&upper)?;
        let mode = fs::metadata(lower)?.mode() & 0o7777;
        fs::set_permissions(&upper, fs::Permissions::from_mode(mode))?;
    }
    match fs::DirBuilder::new().mode(0o700).create(layer.join("work")) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// One overlay over everything, and one over each further file system of the host. Returns the
/// homes that still show.
fn whole(
    places: &Places,
    hidden: &[PathBuf],
    homes: &Homes,
    how: Overlay,
    notes: &mut Vec<String>,
) -> Result<Vec<PathBuf>, String> {
    let root = Path::new("/");
    let empty: Vec<&PathBuf> = homes.empty.iter().collect();
    mount_overlay(root, &places.uppers.join("root"), &places.root, how, &empty)
        .map_err(failed("mount the root overlay"))?;
    let mut showing = Vec::new();
    let mounts = fs::read_to_string("/proc/self/mountinfo").map_err(failed("list mounts"))?;
    let mut wanted: Vec<Submount> = mounts.lines().filter_map(submount).collect();
    // Of several at one path the last one shows.
    wanted.reverse();
    wanted.sort_by(|one, other| one.path.cmp(&other.path));
    wanted.dedup_by(|one, other| one.path == other.path);
    let unseen = |path: &Path| hidden.iter().chain(&homes.empty).any(|it| path.starts_with(it));
    wanted.retain(|mount| !unseen(&mount.path));
    if wanted.len() > MAX_SUBMOUNTS {
        notes.push(format!(
            "only {MAX_SUBMOUNTS} of {} mounted file systems show inside",
            wanted.len()
        ));
        wanted.truncate(MAX_SUBMOUNTS);
    }
    for (number, Submount { path, read_only }) in wanted.iter().enumerate() {
        let Ok(below) = path.strip_prefix("/") else { continue };
        let target = places.root.join(below);
        if !is_plain(&places.root, below) {
            continue;
        }
        let layer = places.uppers.join(format!("mount{number}"));
        let empty: Vec<&PathBuf> = homes.below(path).collect();
        // What nobody can write to needs no layer, unless homes in it are to be hidden. What is
        // mounted below it has its own turn, or is nothing for a sandbox: a /proc, perhaps.
        let needs_layer = !read_only || !empty.is_empty();
        if !needs_layer && show_read_only(path, &target, false).is_ok() {
            continue;
        }
        if path.is_dir() && mount_overlay(path, &layer, &target, how, &empty).is_ok() {
            continue;
        }
        showing.extend(empty.into_iter().cloned());
        if let Err(error) = show_read_only(path, &target, true) {
            notes.push(format!("{} does not show inside: {error}", path.display()));
        }
    }
    Ok(showing)
}

/// A file system of the host's below its root.
#[derive(Debug, PartialEq, Eq)]
struct Submount {
    path: PathBuf,
    /// On the host, and to be so inside.
    read_only: bool,
}

/// The mount in a line of mountinfo, if its files belong into the sandbox.
fn submount(line: &str) -> Option<Submount> {
    const WITHOUT_FILES: &[&str] = &[
        "autofs",
        "binfmt_misc",
        "bpf",
        "cgroup",
        "cgroup2",
        "configfs",
        "debugfs",
        "devpts",
        "devtmpfs",
        "efivarfs",
        "fusectl",
        "hugetlbfs",
        "mqueue",
        "nsfs",
        "proc",
        "pstore",
        "ramfs",
        "rpc_pipefs",
        "securityfs",
        "sysfs",
        "tracefs",
    ];
    let (before, after) = line.split_once(" - ")?;
    let mut before = before.split(' ').skip(4);
    let (point, options) = (before.next()?, before.next()?);
    let mut after = after.split(' ');
    let (kind, its_own) = (after.next()?, after.nth(1).unwrap_or_default());
    let path = PathBuf::from(unescape(point));
    let read_only = ATTACHED.iter().any(|top| path.starts_with(top))
        && [options, its_own].iter().any(|all| all.split(',').any(|it| it == "ro"));
    let first = path.components().nth(1)?.as_os_str().to_str()?;
    let containers = ["/var/lib/docker", "/var/lib/containers", "/var/lib/kubelet"];
    let left_out = SPECIAL.contains(&first)
        || WITHOUT_FILES.contains(&kind)
        || containers.iter().any(|container| path.starts_with(container));
    (!left_out).then_some(Submount { path, read_only })
}

/// Mount points are written with blanks as `\040` and so on.
fn unescape(text: &str) -> std::ffi::OsString {
    use std::os::unix::ffi::OsStringExt;
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..3).and_then(|code| std::str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 8).ok());
        match code.filter(|_| *first == b'\\') {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(3..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    std::ffi::OsString::from_vec(bytes)
}

/// Whether a path below `root` exists and has no symbolic link in it.
fn is_plain(root: &Path, below: &Path) -> bool {
    let mut path = root.to_owned();
    below.components().all(|part| {
        path.push(part);
        fs::symlink_metadata(&path).is_ok_and(|found| !found.is_symlink())
    })
}

/// A root of the host's top-level directories, each with its own overlay, or read-only where
/// there can be none (or `how` is none). Returns the homes that still show.
fn pieces(
    machine: &Machine,
    places: &Places,
    homes: &Homes,
    how: Option<Overlay>,
    notes: &mut Vec<String>,
) -> Result<Vec<PathBuf>, String> {
    let mut showing = Vec::new();
    let base = places.uppers.join("root");
    fs::create_dir_all(&base).map_err(failed("make the root directory"))?;
    c_path(&base)
        .and_then(|base| sys::clone_mount(&base, false))
        .and_then(|clone| sys::move_mount(clone.as_fd(), &c_path(&places.root)?))
        .map_err(failed("mount the root directory"))?;
    let entries = fs::read_dir("/").map_err(failed("list /"))?;
    for entry in entries {
        let entry = entry.map_err(failed("list /"))?;
        let name = entry.file_name();
        let host = Path::new("/").join(&name);
        let target = places.root.join(&name);
        let Ok(found) = fs::symlink_metadata(&host) else { continue };
        let there = fs::symlink_metadata(&target).is_ok();
        if found.is_symlink() {
            if let (false, Ok(to)) = (there, fs::read_link(&host)) {
                std::os::unix::fs::symlink(to, &target)
                    .map_err(failed(format!("link {}", host.display())))?;
            }
        } else if found.is_dir() && !SPECIAL.iter().any(|special| *special == name) {
            if !there {
                fs::create_dir(&target).map_err(failed(format!("make {}", host.display())))?;
            }
            // A home is an empty directory, kept with the root.
            if is_plain(&places.root, Path::new(&name)) && !homes.empty.contains(&host) {
                let empty: Vec<&PathBuf> = homes.below(&host).collect();
                if !piece(machine, places, (&host, &target), how, &empty, notes) {
                    showing.extend(empty.into_iter().cloned());
                }
            }
        }
    }
    Ok(showing)
}

/// Fills one top-level directory; whether the homes in it, `empty`, are out of sight.
fn piece(
    machine: &Machine,
    places: &Places,
    (host, target): (&Path, &Path),
    how: Option<Overlay>,
    empty: &[&PathBuf],
    notes: &mut Vec<String>,
) -> bool {
    // Not ours to read: an empty directory, kept with the root, stands in.
    if fs::read_dir(host).is_err() {
        return true;
    }
    let layer = places.uppers.join("pieces").join(unrooted(host));
    let tried = match how {
        Some(how) => {
            open_directories(machine, host, &layer);
            mount_overlay(host, &layer, target, how, empty)
        }
        // Empty like a home.
        None if host == Path::new("/srv") => return true,
        None => Err(io::Error::other("overlays are refused")),
    };
    let Err(overlay) = tried else { return true };
    match show_read_only(host, target, true) {
        Ok(()) if how.is_some() => {
            notes.push(format!("{} is read-only inside: {overlay}", host.display()));
        }
        Ok(()) => {}
        Err(error) => notes.push(format!("{} does not show inside: {error}", host.display())),
    }
    false
}

/// See [`OPENED`]. Best effort: what fails stays as it is on the host.
fn open_directories(machine: &Machine, host: &Path, layer: &Path) {
    if !matches!(machine.users, Users::Single | Users::Subordinate { .. }) {
        return;
    }
    for open in OPENED.iter().map(Path::new) {
        let (Ok(below), true) = (open.strip_prefix(host), is_plain(Path::new("/"), unrooted(open)))
        else {
            continue;
        };
        let upper = layer.join("upper").join(below);
        if make_layer(layer, host).is_ok()
            && !upper.exists()
            && upper.parent().is_some_and(Path::is_dir)
        {
            let _ = fs::create_dir(upper);
        }
    }
}

fn unrooted(path: &Path) -> &Path {
    path.strip_prefix("/").unwrap_or(path)
}

/// Shows a host path, and all mounted below it if `recursive`, read-only.
fn show_read_only(host: &Path, target: &Path, recursive: bool) -> io::Result<()> {
    let clone = sys::clone_mount(&c_path(host)?, recursive)?;
    let flags = MountFlags::READ_ONLY.and(MountFlags::NO_DEV);
    sys::restrict_mount(clone.as_fd(), flags, recursive)?;
    sys::move_mount(clone.as_fd(), &c_path(target)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mountinfo_lines() {
        let line = |point: &str, how: &str, kind: &str, its_own: &str| {
            format!("28 27 0:25 / {point} {how} shared:1 - {kind} src {its_own}")
        };
        let mount = |path: &str, read_only| Some(Submount { path: path.into(), read_only });
        for (point, how, its_own, found) in [
            ("/home", "rw,noatime", "rw,discard", mount("/home", false)),
            ("/my\\040disk", "rw", "rw", mount("/my disk", false)),
            ("/snap/x", "ro,nodev", "rw", mount("/snap/x", true)),
            ("/snap/x", "rw,nodev", "ro,errors=continue", mount("/snap/x", true)),
            // Builds install programs there.
            ("/usr", "ro,nodev", "ro", mount("/usr", false)),
        ] {
            assert_eq!(submount(&line(point, how, "ext4", its_own)), found, "{point}");
        }
        for (point, kind) in [
            ("/", "ext4"),
            ("/proc/x", "ext4"),
            ("/x", "cgroup2"),
            ("/var/lib/docker/m", "overlay"),
        ] {
            assert_eq!(submount(&line(point, "rw", kind, "rw")), None, "{point}");
        }
    }
}
