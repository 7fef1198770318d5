//! A folder that somebody else has filled, read without ever leaving it.
//!
//! Every path is resolved by the kernel below the folder (`openat2` with `RESOLVE_BENEATH`), so
//! that no link leads to other files of this machine; where the kernel lacks that call, real paths
//! are compared.
//!
//! Root inside a sandbox reads whatever modes say, and a folder of mode 000 is no obstacle to it;
//! where the yard's user is an ordinary one, who owns these files, they are lent the right for as
//! long as they are read.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use super::{Error, io_at, refused};

/// What becomes of symbolic links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// Kept as links, if their targets are relative and inside the folder.
    Keep,
    /// Replaced by the files that they lead to; links to folders are walked. What leads out of
    /// the folder is not packed but refused: it could be anything on this machine.
    Follow,
}

/// What a listed path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A file, or (with [`Links::Follow`]) a link to one inside the folder.
    File,
    /// A link, with [`Links::Keep`].
    Link,
    /// A link that leads out of the folder.
    LeadsOut,
    /// A link to what is not there.
    LeadsNowhere,
    /// A link to a folder that it is in.
    Circle,
    /// A socket, a pipe or a device.
    Special,
    /// Its name is not UTF-8; what is listed has U+FFFD for what is not.
    NotUtf8,
}

impl Found {
    /// Why it can't be packed, to follow its name; none if it can.
    pub fn obstacle(self) -> Option<&'static str> {
        match self {
            Self::File | Self::Link => None,
            Self::LeadsOut => Some("is a link that leads out of its folder"),
            Self::LeadsNowhere => Some("is a link that leads nowhere"),
            Self::Circle => Some("is a link that leads in a circle"),
            Self::Special => Some("is neither file, folder nor link"),
            Self::NotUtf8 => Some("has a name that is not UTF-8"),
        }
    }
}

/// One path below the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Relative, with `/`.
    pub path: String,
    /// What it is.
    pub found: Found,
}

/// See the module.
pub struct Tree {
    path: PathBuf,
    folder: OwnedFd,
    /// Whether the kernel resolves below the folder.
    beneath: bool,
    /// Folders that have more rights until all is read.
    lent: Mutex<Vec<Lent>>,
}

impl Tree {
    /// Opens a folder.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn open(path: &Path) -> Result<Self, Error> {
        let real = path.canonicalize().map_err(io_at(path))?;
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = rustix::fs::openat(CWD, &real, flags, Mode::empty());
        let folder = opened.map_err(|error| Error::Io(path.to_owned(), error.into()))?;
        let tried = beneath(&folder, Path::new("."), OFlags::PATH);
        Ok(Self { path: real, folder, beneath: tried.is_ok(), lent: Mutex::default() })
    }

    /// Everything below but folders, sorted by path. With [`Links::Follow`], links to folders
    /// inside are walked. What can't be packed is listed too: most of it nobody asks for.
    ///
    /// # Errors
    /// [`Error::Io`] where a folder cannot be read.
    pub fn list(&self, links: Links) -> Result<Vec<Listed>, Error> {
        let mut listing = Listing { tree: self, links, inside: Vec::new(), listed: Vec::new() };
        let root = fs::metadata(&self.path).map_err(io_at(&self.path))?;
        listing.inside.push((root.dev(), root.ino()));
        if !may_be_listed(&root) {
            self.lend_folder(".");
        }
        listing.walk("")?;
        listing.listed.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Ok(listing.listed)
    }

    /// Length and mode of what a path leads to, below the folder.
    ///
    /// # Errors
    /// [`Error::Refused`] for what is no file or leads out, [`Error::Io`].
    pub fn file_metadata(&self, path: &str) -> Result<Metadata, Error> {
        let file = self.resolve(path, OFlags::PATH)?;
        let found = file.metadata().map_err(io_at(path))?;
        match found.is_file() {
            true => Ok(found),
            false if found.is_dir() => Err(refused(path, "is a link that leads in a circle")),
            false => Err(refused(path, "is neither file, folder nor link")),
        }
    }

    /// Opens the file that a path leads to, below the folder.
    ///
    /// # Errors
    /// As [`Self::file_metadata`].
    pub fn file(&self, path: &str) -> Result<File, Error> {
        // Looked at before it is opened: to open a device may do something.
        self.file_metadata(path)?;
        self.known_file(path)
    }

    /// Opens what [`Self::file_metadata`] has found to be a file.
    pub(super) fn known_file(&self, path: &str) -> Result<File, Error> {
        self.resolve(path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY)
    }

    /// The target of a path that is a link itself; none for other things.
    ///
    /// # Errors
    /// [`Error::Refused`] where a folder on the way leads out, [`Error::Io`].
    pub fn link(&self, path: &str) -> Result<Option<PathBuf>, Error> {
        let (parent, name) = path.rsplit_once('/').unwrap_or((".", path));
        let parent = self.resolve(parent, OFlags::PATH | OFlags::DIRECTORY);
        // It is the entry that is refused, not the folder.
        let parent = parent.map_err(|error| match error {
            Error::Refused(_, why) => Error::Refused(path.to_owned(), why),
            other => other,
        })?;
        match rustix::fs::readlinkat(parent, name, Vec::new()) {
            Ok(target) => {
                use std::os::unix::ffi::OsStringExt;
                Ok(Some(std::ffi::OsString::from_vec(target.into_bytes()).into()))
            }
            Err(Errno::INVAL) => Ok(None),
            Err(error) => Err(Error::Io(path.into(), error.into())),
        }
    }

    /// Length, mode and times of a path itself, links unfollowed.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn own_metadata(&self, path: &str) -> Result<Metadata, Error> {
        fs::symlink_metadata(self.path.join(path)).map_err(io_at(path))
    }

    fn resolve(&self, path: &str, flags: OFlags) -> Result<File, Error> {
        let mut opened = self.try_resolve(path, flags);
        if opened.as_ref().is_err_and(|error| *error == Errno::ACCESS) {
            for (at, _) in path.match_indices('/') {
                self.lend_folder(path.get(..at).unwrap_or_default());
            }
            // Given back at once: what is opened shows its own mode.
            let _lent = self.lend(path, 0o400);
            opened = self.try_resolve(path, flags);
        }
        opened.map(File::from).map_err(|error| match error {
            Errno::XDEV => refused(path, "is a link that leads out of its folder"),
            Errno::LOOP => refused(path, "is a link that leads in a circle"),
            // Its real name was not to be had as text.
            Errno::NOENT if path.contains(char::REPLACEMENT_CHARACTER) => {
                refused(path, "has a name that is not UTF-8")
            }
            error => Error::Io(path.into(), error.into()),
        })
    }

    fn try_resolve(&self, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
        match self.beneath {
            true => beneath(&self.folder, Path::new(path), flags),
            false => self.resolve_by_name(path, flags),
        }
    }

    /// Gives a folder's owner, if that is who we are, the right to list and to enter it.
    fn lend_folder(&self, path: &str) {
        if let Some(lent) = self.lend(path, LISTED) {
            self.lent.lock().unwrap_or_else(PoisonError::into_inner).push(lent);
        }
    }

    /// Adds rights to what a path leads to, if it lacks them and is our own; what can't be changed
    /// stays as it is, and is told by whoever reads it.
    fn lend(&self, path: &str, rights: u32) -> Option<Lent> {
        let us = rustix::process::geteuid();
        if us.is_root() {
            return None;
        }
        let file = File::from(self.try_resolve(path, OFlags::PATH).ok()?);
        let found = file.metadata().ok()?;
        let mode = found.mode() & 0o7777;
        if mode & rights == rights || found.uid() != us.as_raw() {
            return None;
        }
        let lent = Lent { file, mode };
        lent.set(mode | rights).ok()?;
        Some(lent)
    }

    fn resolve_by_name(&self, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
        let errno = |error: io::Error| Errno::from_io_error(&error).unwrap_or(Errno::IO);
        let real = self.path.join(path).canonicalize().map_err(errno)?;
        if !real.starts_with(&self.path) {
            return Err(Errno::XDEV);
        }
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        rustix::fs::openat(CWD, &real, flags, Mode::empty())
    }
}

/// What a folder's owner needs to list and to enter it.
const LISTED: u32 = 0o500;

fn may_be_listed(folder: &Metadata) -> bool {
    folder.mode() & LISTED == LISTED
}

/// A file or folder that has more rights until this is dropped.
struct Lent {
    file: File,
    mode: u32,
}

impl Lent {
    fn set(&self, mode: u32) -> io::Result<()> {
        // By its descriptor, whatever is at its path by now; fchmod takes none that is for a path.
        let path = format!("/proc/self/fd/{}", self.file.as_raw_fd());
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // What is gone by now has no need of it.
        let _ = self.set(self.mode);
    }
}

fn beneath(folder: &OwnedFd, path: &Path, flags: OFlags) -> Result<OwnedFd, Errno> {
    let how = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    loop {
        match rustix::fs::openat2(folder, path, flags | OFlags::CLOEXEC, Mode::empty(), how) {
            // Something was renamed on this machine just now.
            Err(Errno::AGAIN | Errno::INTR) => {}
            other => return other,
        }
    }
}

struct Listing<'a> {
    tree: &'a Tree,
    links: Links,
    /// The folders that lead to where we are, by device and inode.
    inside: Vec<(u64, u64)>,
    listed: Vec<Listed>,
}

impl Listing<'_> {
    /// Lists a folder; its path is empty or ends in a slash.
    fn walk(&mut self, folder: &str) -> Result<(), Error> {
        let full = self.tree.path.join(folder);
        for entry in fs::read_dir(&full).map_err(io_at(&full))? {
            let entry = entry.map_err(io_at(&full))?;
            let path = format!("{folder}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type().map_err(io_at(&path))?;
            if entry.file_name().to_str().is_none() {
                self.listed.push(Listed { path, found: Found::NotUtf8 });
            } else if kind.is_dir() {
                let found = entry.metadata().map_err(io_at(&path))?;
                self.enter(path, &found)?;
            } else if kind.is_file() {
                self.listed.push(Listed { path, found: Found::File });
            } else if !kind.is_symlink() {
                self.listed.push(Listed { path, found: Found::Special });
            } else if self.links == Links::Keep {
                self.listed.push(Listed { path, found: Found::Link });
            } else {
                self.follow(path)?;
            }
        }
        Ok(())
    }

    fn enter(&mut self, path: String, folder: &Metadata) -> Result<(), Error> {
        let id = (folder.dev(), folder.ino());
        if self.inside.contains(&id) {
            self.listed.push(Listed { path, found: Found::Circle });
            return Ok(());
        }
        self.inside.push(id);
        if !may_be_listed(folder) {
            self.tree.lend_folder(&path);
        }
        self.walk(&format!("{path}/"))?;
        self.inside.pop();
        Ok(())
    }

    fn follow(&mut self, path: String) -> Result<(), Error> {
        let found = match self.tree.resolve(&path, OFlags::PATH) {
            Ok(target) => {
                let target = target.metadata().map_err(io_at(&path))?;
                if target.is_dir() {
                    return self.enter(path, &target);
                }
                if target.is_file() { Found::File } else { Found::Special }
            }
            Err(Error::Refused(_, why)) if why.contains("circle") => Found::Circle,
            Err(Error::Refused(..)) => Found::LeadsOut,
            Err(_) => Found::LeadsNowhere,
        };
        self.listed.push(Listed { path, found });
        Ok(())
    }
}
