//! Unpacking.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, UNIX_EPOCH};

use super::{Error, Kind, Limits, io_at, links, refused};

/// Bits of a mode that are kept: no set-user-id, set-group-id or sticky bit comes from an archive.
const MODE_MASK: u32 = 0o777;
/// The longest name and the longest link target, in bytes: Linux takes no longer ones.
pub(super) const MAX_NAME: usize = 4096;
/// The most bytes between the content of two files of a tar: names, attributes and sparse maps,
/// which the tar reader holds in memory, however long they say they are.
pub(super) const MAX_TAR_HEADERS: u64 = 1 << 20;

/// What was unpacked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unpacked {
    /// Files and links.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// Unpacks an archive into `target`, which is made if absent and must be empty and nobody else's.
/// On an error, part of the archive may be there: the caller removes the folder.
///
/// # Errors
/// See [`Error`].
pub fn unpack(
    kind: Kind,
    mut archive: impl Read + Seek,
    target: &Path,
    limits: &Limits,
) -> Result<Unpacked, Error> {
    let damaged = |error: io::Error| Error::Damaged(error.to_string());
    let size = archive.seek(io::SeekFrom::End(0)).map_err(damaged)?;
    archive.rewind().map_err(damaged)?;
    fs::create_dir_all(target).map_err(io_at(target))?;
    if fs::read_dir(target).map_err(io_at(target))?.next().is_some() {
        return Err(Error::Io(target.to_owned(), io::ErrorKind::DirectoryNotEmpty.into()));
    }
    let allowed = limits.bytes.min(limits.free_bytes.max(size.saturating_mul(limits.ratio)));
    let mut unpacker = Unpacker {
        target,
        allowed,
        entries: limits.entries,
        left: allowed,
        links: BTreeMap::new(),
        folders: Vec::new(),
        done: Unpacked::default(),
    };
    match kind {
        Kind::Zip => unpacker.zip(archive)?,
        Kind::Tar => unpacker.tar(archive)?,
        Kind::Tgz => unpacker.tar(flate2::read::MultiGzDecoder::new(archive))?,
    }
    unpacker.finish()
}

struct Unpacker<'a> {
    target: &'a Path,
    allowed: u64,
    entries: usize,
    left: u64,
    /// Made last, so that nothing is ever written through one.
    links: BTreeMap<PathBuf, PathBuf>,
    /// Modes of folders, set last: a read-only folder could not be filled.
    folders: Vec<(PathBuf, u32)>,
    done: Unpacked,
}

impl Unpacker<'_> {
    fn zip(&mut self, archive: impl Read + Seek) -> Result<(), Error> {
        let damaged = |error: zip::result::ZipError| Error::Damaged(error.to_string());
        let mut zip = zip::ZipArchive::new(archive).map_err(damaged)?;
        for index in 0..zip.len() {
            self.count_entry()?;
            let mut entry = zip.by_index(index).map_err(damaged)?;
            let name = entry.name().map_err(damaged)?.into_owned();
            if entry.encrypted() {
                return Err(refused(&name, "is encrypted"));
            }
            let Some(path) = safe_path(&name)? else { continue };
            let mode = entry.unix_mode();
            if entry.is_dir() {
                self.folder(&name, &path, mode.unwrap_or(0o755))?;
            } else if entry.is_symlink() {
                let mut link = String::new();
                entry
                    .by_ref()
                    .take(MAX_NAME as u64 + 1)
                    .read_to_string(&mut link)
                    .map_err(|error| Error::Damaged(error.to_string()))?;
                self.link(&name, path, PathBuf::from(link))?;
            } else if entry.is_file() {
                self.file(&name, &path, mode.unwrap_or(0o644), None, &mut entry)?;
            } else {
                return Err(refused(&name, "is neither file, folder nor link"));
            }
        }
        Ok(())
    }

    fn tar(&mut self, archive: impl Read) -> Result<(), Error> {
        let damaged = |error: io::Error| Error::Damaged(error.to_string());
        let headers = Rc::new(Cell::new(MAX_TAR_HEADERS));
        let mut tar = tar::Archive::new(Metered { from: archive, left: headers.clone() });
        let mut entries = tar.entries().map_err(damaged)?;
        loop {
            headers.set(MAX_TAR_HEADERS);
            let Some(entry) = entries.next() else { break };
            headers.set(u64::MAX);
            self.count_entry()?;
            let mut entry = entry.map_err(damaged)?;
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let kind = entry.header().entry_type();
            if kind.is_pax_global_extensions() {
                continue;
            }
            let path = entry.path().map_err(damaged)?.into_owned();
            let Some(path) = safe_components(&name, &path)? else { continue };
            let mode = entry.header().mode().unwrap_or(0o644);
            let modified = entry.header().mtime().ok();
            if kind.is_dir() {
                self.folder(&name, &path, mode)?;
            } else if kind.is_symlink() {
                let link = entry.link_name().map_err(damaged)?;
                let link = link.ok_or_else(|| refused(&name, "is a link without a target"))?;
                self.link(&name, path, link.into_owned())?;
            } else if kind.is_hard_link() {
                let link = entry.link_name().map_err(damaged)?;
                let link = link.ok_or_else(|| refused(&name, "is a link without a target"))?;
                self.hard_link(&name, &path, &link)?;
            } else if kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse() {
                self.file(&name, &path, mode, modified, &mut entry)?;
            } else {
                return Err(refused(&name, "is neither file, folder nor link"));
            }
        }
        Ok(())
    }

    fn count_entry(&mut self) -> Result<(), Error> {
        self.entries = self
            .entries
            .checked_sub(1)
            .ok_or_else(|| Error::TooLarge("it has too many entries".to_owned()))?;
        Ok(())
    }

    fn too_large(&self) -> Error {
        Error::TooLarge(format!("it unpacks to more than {} bytes", self.allowed))
    }

    fn folder(&mut self, name: &str, path: &Path, mode: u32) -> Result<(), Error> {
        self.make_folders(name, path)?;
        // Whoever unpacks must be able to remove what is there.
        self.folders.push((path.to_owned(), (mode & MODE_MASK) | 0o700));
        Ok(())
    }

    fn file(
        &mut self,
        name: &str,
        path: &Path,
        mode: u32,
        modified: Option<u64>,
        content: &mut impl Read,
    ) -> Result<(), Error> {
        let full = self.place(name, path)?;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&full)
            .map_err(io_at(&full))?;
        let written = copy_limited(content, &mut file, self.left, &full)?;
        self.left = written.1.ok_or_else(|| self.too_large())?;
        // Set on the open file: the process's umask does not apply.
        file.set_permissions(fs::Permissions::from_mode(mode & MODE_MASK)).map_err(io_at(&full))?;
        if let Some(at) =
            modified.and_then(|secs| UNIX_EPOCH.checked_add(Duration::from_secs(secs)))
        {
            file.set_modified(at).map_err(io_at(&full))?;
        }
        self.done.files += 1;
        self.done.bytes += written.0;
        Ok(())
    }

    fn link(&mut self, name: &str, path: PathBuf, target: PathBuf) -> Result<(), Error> {
        let length = target.as_os_str().len();
        if length == 0 {
            return Err(refused(name, "is a link without a target"));
        }
        if length > MAX_NAME {
            return Err(refused(name, "is a link with too long a target"));
        }
        // They wait in memory.
        let held = length + path.as_os_str().len();
        self.left = self.left.checked_sub(held as u64).ok_or_else(|| self.too_large())?;
        self.place(name, &path)?;
        self.links.insert(path, target);
        self.done.files += 1;
        Ok(())
    }

    /// A hard link names an earlier file of the archive.
    fn hard_link(&mut self, name: &str, path: &Path, target: &Path) -> Result<(), Error> {
        let wrong = || refused(name, "is a hard link to something that is no earlier file");
        let target = safe_components(name, target)?.ok_or_else(wrong)?;
        if target == path {
            return Err(wrong());
        }
        if let Some(link) = self.links.get(&target).cloned() {
            // Relative links mean something else in another folder.
            return if target.parent() == path.parent() {
                self.link(name, path.to_owned(), link)
            } else {
                Err(wrong())
            };
        }
        let full_target = self.target.join(&target);
        self.check_parents(name, &target)?;
        if !fs::symlink_metadata(&full_target).is_ok_and(|meta| meta.is_file()) {
            return Err(wrong());
        }
        let full = self.place(name, path)?;
        fs::hard_link(&full_target, &full).map_err(io_at(&full))?;
        self.done.files += 1;
        Ok(())
    }

    /// The full path for a new file or link, with its folders made and an earlier entry of the
    /// same name removed: in a tar the last one counts.
    fn place(&mut self, name: &str, path: &Path) -> Result<PathBuf, Error> {
        self.check_parents(name, path)?;
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            self.make_folders(name, parent)?;
        }
        let full = self.target.join(path);
        self.links.remove(path);
        match fs::symlink_metadata(&full) {
            Ok(meta) if meta.is_dir() => Err(refused(name, "has the name of a folder")),
            Ok(_) => fs::remove_file(&full).map_err(io_at(&full)).map(|()| full),
            Err(_) => Ok(full),
        }
    }

    fn make_folders(&mut self, name: &str, path: &Path) -> Result<(), Error> {
        self.check_parents(name, path)?;
        if self.links.contains_key(path) {
            return Err(refused(name, "has the name of a link"));
        }
        let full = self.target.join(path);
        fs::create_dir_all(&full).map_err(io_at(&full))
    }

    /// Links are not on the disk yet, so what is there is plain; only their names are taken.
    fn check_parents(&self, name: &str, path: &Path) -> Result<(), Error> {
        match path.ancestors().skip(1).any(|parent| self.links.contains_key(parent)) {
            true => Err(refused(name, "lies below a link")),
            false => Ok(()),
        }
    }

    fn finish(self) -> Result<Unpacked, Error> {
        for (path, target) in &self.links {
            let name = path.to_string_lossy();
            links::resolve(path, target, &self.links).map_err(|why| refused(&name, why))?;
        }
        for (path, target) in &self.links {
            let full = self.target.join(path);
            std::os::unix::fs::symlink(target, &full).map_err(io_at(&full))?;
        }
        for (path, mode) in self.folders.iter().rev() {
            let full = self.target.join(path);
            fs::set_permissions(&full, fs::Permissions::from_mode(*mode)).map_err(io_at(&full))?;
        }
        Ok(self.done)
    }
}

/// A reader that fails when more is read than is left.
pub(super) struct Metered<R> {
    pub from: R,
    pub left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(into)?;
        let left = self.left.get().checked_sub(count as u64).ok_or_else(|| {
            io::Error::other(format!("more than {MAX_TAR_HEADERS} bytes between two files"))
        })?;
        self.left.set(left);
        Ok(count)
    }
}

/// Copies everything; gives the bytes and what is left of the allowance, `None` if exceeded.
fn copy_limited(
    from: &mut impl Read,
    to: &mut File,
    left: u64,
    path: &Path,
) -> Result<(u64, Option<u64>), Error> {
    let mut buffer = vec![0; 64 * 1024];
    let mut written = 0_u64;
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => return Ok((written, left.checked_sub(written))),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Error::Damaged(error.to_string())),
        };
        written += count as u64;
        if written > left {
            return Ok((written, None));
        }
        to.write_all(buffer.get(..count).unwrap_or_default()).map_err(io_at(path))?;
    }
}

/// A name inside an archive as a path below the target; `None` for the target itself.
fn safe_path(name: &str) -> Result<Option<PathBuf>, Error> {
    safe_components(name, Path::new(name))
}

fn safe_components(name: &str, path: &Path) -> Result<Option<PathBuf>, Error> {
    if path.as_os_str().len() > MAX_NAME {
        let start: String = name.chars().take(40).collect();
        return Err(refused(&format!("{start}…"), "has too long a name"));
    }
    let mut safe = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(part) if part.as_encoded_bytes().contains(&0) => {
                return Err(refused(name, "has a NUL in its name"));
            }
            Component::Normal(part) => safe.push(part),
            Component::CurDir => {}
            Component::ParentDir => {
                return Err(refused(name, "leads out of the archive with \"..\""));
            }
            Component::RootDir | Component::Prefix(_) => {
                return Err(refused(name, "has an absolute path"));
            }
        }
    }
    Ok(if safe.as_os_str().is_empty() { None } else { Some(safe) })
}
