//! Files that are kept for the next build: packed as tar under zstd, and put back among files that
//! are there already.
//!
//! Links are kept as they are, wherever they lead: they mean something inside a sandbox. So nothing
//! here ever goes through one.

use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use rustix::fs::{AtFlags, CWD, Mode, OFlags};
use rustix::io::Errno;

use super::tree::{Found, Listed, Tree};
use super::unpack::{MAX_NAME, MAX_TAR_HEADERS, Metered};
use super::{Error, Limits, io_at, refused};

/// zstd's fastest level but one: what is kept is read again soon, from a disk near by.
const LEVEL: i32 = 1;
const MODE_MASK: u32 = 0o777;

/// Files of one folder, under one name in the archive.
pub struct Part<'a> {
    /// In front of the files' paths in the archive, without a slash at either end.
    pub name: &'a str,
    /// The folder.
    pub tree: &'a Tree,
    /// Files and links below it; others are left out.
    pub files: &'a [Listed],
}

/// Packs; returns the writer and the number of files and links.
///
/// # Errors
/// [`Error::Io`], also where a file shrinks while it is read.
pub fn keep<W: Write>(out: W, parts: &[Part<'_>]) -> Result<(W, usize), Error> {
    let failed = |error| Error::Io(PathBuf::from("the archive"), error);
    let zstd = zstd::Encoder::new(out, LEVEL).map_err(failed)?;
    let mut tar = tar::Builder::new(io::BufWriter::with_capacity(256 << 10, zstd));
    let mut count = 0;
    for part in parts {
        for file in part.files {
            count += usize::from(add(&mut tar, part, file)?);
        }
    }
    let zstd = tar.into_inner().map_err(failed)?;
    let zstd = zstd.into_inner().map_err(|error| failed(error.into_error()))?;
    Ok((zstd.finish().map_err(failed)?, count))
}

fn add<W: Write>(tar: &mut tar::Builder<W>, part: &Part<'_>, file: &Listed) -> Result<bool, Error> {
    let path = &file.path;
    let name = format!("{}/{path}", part.name);
    let mut header = tar::Header::new_gnu();
    match file.found {
        Found::File => {
            let content = part.tree.known_file(path)?;
            let found = content.metadata().map_err(io_at(path))?;
            header.set_entry_type(tar::EntryType::Regular);
            header.set_mode(found.mode() & MODE_MASK);
            header.set_mtime(u64::try_from(found.mtime()).unwrap_or(0));
            header.set_size(found.len());
            let mut exact = Exact { from: content, left: found.len() };
            tar.append_data(&mut header, &name, &mut exact).map_err(io_at(path))?;
            Ok(true)
        }
        Found::Link => {
            let Some(target) = part.tree.link(path)? else { return Ok(false) };
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_mode(0o777);
            header.set_size(0);
            tar.append_link(&mut header, &name, target).map_err(io_at(path))?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// As many bytes as the header says, or an error: anything else would damage what follows.
struct Exact {
    from: File,
    left: u64,
}

impl Read for Exact {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(into.len());
        let Some(into) = into.get_mut(..wanted).filter(|into| !into.is_empty()) else {
            return Ok(0);
        };
        let count = self.from.read(into)?;
        if count == 0 {
            return Err(io::Error::other("it has shrunk while it was read"));
        }
        self.left -= count as u64;
        Ok(count)
    }
}

/// Tells one state of files from another by their names, sizes, modes and times: rewritten files
/// have other times, and what [`put_back`] has written has whole seconds.
///
/// # Errors
/// [`Error::Io`].
pub fn state(parts: &[Part<'_>]) -> Result<u64, Error> {
    let mut hasher = DefaultHasher::new();
    for part in parts {
        part.name.hash(&mut hasher);
        for file in part.files.iter().filter(|file| file.found.obstacle().is_none()) {
            let found = part.tree.own_metadata(&file.path)?;
            (&file.path, found.mode(), found.len(), found.mtime(), found.mtime_nsec())
                .hash(&mut hasher);
        }
    }
    Ok(hasher.finish())
}

/// What was put back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PutBack {
    /// Files and links written.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Left out, because there is something of that name, or because they belong nowhere.
    pub left_out: usize,
}

/// Unpacks what [`keep`] has packed: entries under a name of `places` into that folder. What is
/// there stays as it is, and nothing is written through a link.
///
/// # Errors
/// See [`Error`]. Part of the files may be there then.
pub fn put_back(
    archive: impl Read,
    size: u64,
    places: &[(String, PathBuf)],
    limits: &Limits,
) -> Result<PutBack, Error> {
    let damaged = |error: io::Error| Error::Damaged(error.to_string());
    let mut roots = Vec::new();
    for (name, folder) in places {
        roots.push((name.as_str(), Root::open(folder)?));
    }
    let allowed = limits.bytes.min(limits.free_bytes.max(size.saturating_mul(limits.ratio)));
    let headers = std::rc::Rc::new(std::cell::Cell::new(MAX_TAR_HEADERS));
    let zstd = zstd::Decoder::new(archive).map_err(damaged)?;
    let mut tar = tar::Archive::new(Metered { from: zstd, left: headers.clone() });
    let mut entries = tar.entries().map_err(damaged)?;
    let (mut done, mut count) = (PutBack::default(), 0);
    loop {
        headers.set(MAX_TAR_HEADERS);
        let Some(entry) = entries.next() else { return Ok(done) };
        headers.set(u64::MAX);
        let mut entry = entry.map_err(damaged)?;
        count += 1;
        if count > limits.entries {
            return Err(Error::TooLarge("it has too many entries".to_owned()));
        }
        let path = entry.path().map_err(damaged)?.into_owned();
        if path.as_os_str().len() > MAX_NAME {
            return Err(refused("an entry", "has too long a name"));
        }
        let Some((root, below)) = belongs(&mut roots, &path)? else {
            done.left_out += 1;
            continue;
        };
        let size = entry.size();
        if done.bytes.saturating_add(size) > allowed {
            return Err(Error::TooLarge(format!("it unpacks to more than {allowed} bytes")));
        }
        let written = match entry.header().entry_type() {
            tar::EntryType::Regular => root.file(&below, &mut entry)?,
            tar::EntryType::Symlink => {
                let target = entry.link_name().map_err(damaged)?;
                let target = target.filter(|it| it.as_os_str().len() <= MAX_NAME);
                let name = path.to_string_lossy();
                let target = target.ok_or_else(|| refused(&name, "is a link without a target"))?;
                root.link(&below, &target)?
            }
            _ => return Err(refused(&path.to_string_lossy(), "is neither file nor link")),
        };
        match written {
            true => {
                done.files += 1;
                done.bytes += size;
            }
            false => done.left_out += 1,
        }
    }
}

/// The folder that an entry belongs to, and its path below it.
fn belongs<'a>(
    roots: &'a mut [(&str, Root)],
    path: &Path,
) -> Result<Option<(&'a mut Root, PathBuf)>, Error> {
    if !path.components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(refused(&path.to_string_lossy(), "leads out of the archive"));
    }
    // Of folders within folders the innermost.
    let mut found: Option<(usize, &mut Root, PathBuf)> = None;
    for (name, root) in roots {
        if let Ok(below) = path.strip_prefix(*name)
            && found.as_ref().is_none_or(|(length, ..)| *length < name.len())
        {
            found = Some((name.len(), root, below.to_owned()));
        }
    }
    Ok(found.map(|(_, root, below)| (root, below)))
}

/// A folder that is written to, with the folder below it that was last.
struct Root {
    folder: OwnedFd,
    last: Option<(PathBuf, OwnedFd)>,
}

impl Root {
    fn open(path: &Path) -> Result<Self, Error> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = rustix::fs::openat(CWD, path, flags, Mode::empty());
        let folder = opened.map_err(|error| Error::Io(path.to_owned(), error.into()))?;
        Ok(Self { folder, last: None })
    }

    /// The folder of a path, made if it is missing; none if something else is in the way, as a link
    /// is.
    fn parent(&mut self, path: &Path) -> Result<Option<&OwnedFd>, Error> {
        let parent = path.parent().unwrap_or(Path::new(""));
        if self.last.as_ref().is_none_or(|(last, _)| last != parent) {
            let Some(opened) = self.descend(parent)? else { return Ok(None) };
            self.last = Some((parent.to_owned(), opened));
        }
        Ok(self.last.as_ref().map(|(_, folder)| folder))
    }

    fn descend(&self, parent: &Path) -> Result<Option<OwnedFd>, Error> {
        let failed = |error: Errno| Error::Io(parent.to_owned(), error.into());
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut at = self.folder.try_clone().map_err(io_at(parent))?;
        for part in parent {
            match rustix::fs::mkdirat(&at, part, Mode::from_raw_mode(0o755)) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(error) => return Err(failed(error)),
            }
            at = match rustix::fs::openat(&at, part, flags, Mode::empty()) {
                Ok(next) => next,
                Err(Errno::NOTDIR | Errno::LOOP) => return Ok(None),
                Err(error) => return Err(failed(error)),
            };
        }
        Ok(Some(at))
    }

    fn file<R: Read>(&mut self, path: &Path, entry: &mut tar::Entry<'_, R>) -> Result<bool, Error> {
        let (Some(name), Some(parent)) = (path.file_name(), self.parent(path)?) else {
            return Ok(false);
        };
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file = match rustix::fs::openat(parent, name, flags, Mode::from_raw_mode(0o600)) {
            Ok(file) => File::from(file),
            Err(Errno::EXIST) => return Ok(false),
            Err(error) => return Err(Error::Io(path.to_owned(), error.into())),
        };
        let written = io::copy(entry, &mut file).map_err(io_at(path))?;
        if written != entry.size() {
            return Err(Error::Damaged("it ends within a file".to_owned()));
        }
        let mode = entry.header().mode().unwrap_or(0o644) & MODE_MASK;
        rustix::fs::fchmod(&file, Mode::from_raw_mode(mode))
            .map_err(|error| Error::Io(path.to_owned(), error.into()))?;
        let modified = entry.header().mtime().unwrap_or(0);
        if let Some(at) = UNIX_EPOCH.checked_add(Duration::from_secs(modified)) {
            file.set_modified(at).map_err(io_at(path))?;
        }
        Ok(true)
    }

    fn link(&mut self, path: &Path, target: &Path) -> Result<bool, Error> {
        let (Some(name), Some(parent)) = (path.file_name(), self.parent(path)?) else {
            return Ok(false);
        };
        match rustix::fs::symlinkat(target, parent, name) {
            Ok(()) => {}
            Err(Errno::EXIST) => return Ok(false),
            Err(error) => return Err(Error::Io(path.to_owned(), error.into())),
        }
        // A rewritten link shows by its time, as a file does.
        let epoch = rustix::fs::Timespec { tv_sec: 0, tv_nsec: 0 };
        let times = rustix::fs::Timestamps { last_access: epoch, last_modification: epoch };
        rustix::fs::utimensat(parent, name, &times, AtFlags::SYMLINK_NOFOLLOW)
            .map_err(|error| Error::Io(path.to_owned(), error.into()))?;
        Ok(true)
    }
}
