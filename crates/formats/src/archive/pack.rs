//! Packing.

use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;

use super::{Error, io_at, refused};

/// Files from this size on need the large form of zip; smaller ones stay readable everywhere.
const LARGE_FILE: u64 = u32::MAX as u64;

/// What becomes of symbolic links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// Kept as links, if their targets are relative and inside the folder.
    Keep,
    /// Replaced by the files that they lead to; links to folders are walked. What leads out of
    /// the folder is not packed but refused: it could be anything on this machine.
    Follow,
}

/// Everything below a folder but folders, as relative paths with `/`, sorted. With
/// [`Links::Follow`], links to folders inside are walked. What can't be packed is listed too, and
/// refused when it is: links that lead out, nowhere or in a circle, sockets, pipes and devices,
/// and names that are not UTF-8 (with U+FFFD for what they are). Most of these nobody asks for.
///
/// # Errors
/// [`Error::Io`] where a folder cannot be read.
pub fn list(root: &Path, links: Links) -> Result<Vec<String>, Error> {
    let mut found = Vec::new();
    let real = root.canonicalize().map_err(io_at(root))?;
    walk(root, &real, String::new(), links, &mut vec![real.clone()], &mut found)?;
    found.sort_unstable();
    Ok(found)
}

fn walk(
    folder: &Path,
    root: &Path,
    prefix: String,
    links: Links,
    inside: &mut Vec<PathBuf>,
    found: &mut Vec<String>,
) -> Result<(), Error> {
    for entry in fs::read_dir(folder).map_err(io_at(folder))? {
        let entry = entry.map_err(io_at(folder))?;
        let path = entry.path();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().map_err(io_at(&path))?;
        let is_folder = kind.is_dir()
            || kind.is_symlink()
                && links == Links::Follow
                && follow(&path, &name, root).is_ok_and(|real| real.is_dir());
        let real = match is_folder && entry.file_name().to_str().is_some() {
            true => Some(path.canonicalize().map_err(io_at(&path))?),
            false => None,
        };
        match real.filter(|real| !inside.contains(real)) {
            None => found.push(name),
            Some(real) => {
                inside.push(real);
                walk(&path, root, format!("{name}/"), links, inside, found)?;
                inside.pop();
            }
        }
    }
    Ok(())
}

/// Where a listed path really is: a file below the root.
///
/// # Errors
/// [`Error::Io`], or [`Error::Refused`] for what is no file or not below the root.
pub fn file_below(root: &Path, path: &str) -> Result<PathBuf, Error> {
    let root = root.canonicalize().map_err(io_at(root))?;
    file_at(&root, path, path)
}

fn file_at(root: &Path, path: &str, name: &str) -> Result<PathBuf, Error> {
    let path = root.join(path);
    if name.contains(char::REPLACEMENT_CHARACTER) && fs::symlink_metadata(&path).is_err() {
        return Err(refused(name, "has a name that is not UTF-8"));
    }
    let real = follow(&path, name, root)?;
    // Before it is opened: a pipe would be waited for.
    let found = fs::metadata(&real).map_err(io_at(&real))?;
    match found.is_file() {
        true => Ok(real),
        false if found.is_dir() => Err(refused(name, "is a link that leads in a circle")),
        false => Err(refused(name, "is neither file, folder nor link")),
    }
}

/// Packs files below `root` into a zip: `entries` are pairs of a path below `root` and the name in
/// the archive. The same files give the same bytes: entries in order of their names, one fixed
/// date, modes reduced to 0644, 0755.
///
/// # Errors
/// [`Error::Io`], or [`Error::Refused`] for two entries of one name and links that lead out.
pub fn pack_zip<W: Write + Seek>(
    out: W,
    root: &Path,
    entries: &[(String, String)],
    links: Links,
) -> Result<W, Error> {
    let real = root.canonicalize().map_err(io_at(root))?;
    let mut sorted: Vec<&(String, String)> = entries.iter().collect();
    sorted.sort_unstable_by(|a, b| a.1.cmp(&b.1));
    for pair in sorted.windows(2) {
        if let [(first, name), (second, other)] = pair
            && name == other
        {
            return Err(refused(name, format!("would be both {first:?} and {second:?}")));
        }
    }
    let mut zip = zip::ZipWriter::new(out);
    for (source, name) in sorted {
        add(&mut zip, &real, source, name, links)?;
    }
    zip.finish().map_err(|error| Error::Io(root.to_owned(), io::Error::other(error)))
}

fn add<W: Write + Seek>(
    zip: &mut zip::ZipWriter<W>,
    root: &Path,
    source: &str,
    name: &str,
    links: Links,
) -> Result<(), Error> {
    let path = root.join(source);
    let failed = |error| Error::Io(path.clone(), io::Error::other(error));
    // The default date is 1980-01-01, the same each time.
    let options = SimpleFileOptions::default();
    let is_link = fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_symlink());
    // A folder on the way may be a link itself.
    let parent = path.parent().unwrap_or(root);
    if !parent.canonicalize().map_err(io_at(parent))?.starts_with(root) {
        return Err(refused(name, "is a link that leads out of its folder"));
    }
    if is_link && links == Links::Keep {
        let target = fs::read_link(&path).map_err(io_at(&path))?;
        let leads_out = refused(name, "is a link that leads out of its folder");
        let Some(text) = target.to_str() else { return Err(leads_out) };
        // Both as text, because the archive is unpacked elsewhere, and really; it may dangle.
        let stays = super::links::resolve(Path::new(name), &target, &Default::default()).is_ok()
            && path.canonicalize().map_or(true, |real| real.starts_with(root));
        return if stays {
            zip.add_symlink(name, text, options).map_err(failed)
        } else {
            Err(leads_out)
        };
    }
    let real = file_at(root, source, name)?;
    let mut file = File::open(&real).map_err(io_at(&real))?;
    let meta = file.metadata().map_err(io_at(&real))?;
    let mode = if meta.permissions().mode() & 0o111 == 0 { 0o644 } else { 0o755 };
    let options = options.unix_permissions(mode).large_file(meta.len() >= LARGE_FILE);
    zip.start_file(name, options).map_err(failed)?;
    io::copy(&mut file, zip).map_err(io_at(&real)).map(drop)
}

/// Where a path leads, which must be below the root.
fn follow(path: &Path, name: &str, root: &Path) -> Result<PathBuf, Error> {
    let real = path.canonicalize().map_err(io_at(path))?;
    match real.starts_with(root) {
        true => Ok(real),
        false => Err(refused(name, "is a link that leads out of its folder")),
    }
}
