//! Homes inside: empty directories of the sandbox's own, with the tools of the host's shown
//! read-only.

use crate::codec;
use crate::inside::root::c_path;
use crate::inside::special::Part;
use crate::sys;
use serde_json::{Value, json};
use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The host's homes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Homes {
    /// Directories of which nothing shows: `/root`, `/home`, homes elsewhere. None is below another.
    pub empty: Vec<PathBuf>,
    /// Every home; each is one of the above or below one.
    pub each: Vec<PathBuf>,
    /// What shows of them all the same.
    pub tools: Vec<PathBuf>,
}

impl Homes {
    pub fn to_json(&self) -> Value {
        let paths = |paths: &[PathBuf]| -> Value {
            paths.iter().map(|path| codec::path_to_json(path)).collect()
        };
        json!({
            "empty": paths(&self.empty), "each": paths(&self.each), "tools": paths(&self.tools),
        })
    }

    pub fn from_json(value: &Value) -> Self {
        let paths = |name: &str| {
            let paths = value.get(name).and_then(Value::as_array).into_iter().flatten();
            paths.filter_map(codec::path_from_json).collect()
        };
        Self { empty: paths("empty"), each: paths("each"), tools: paths("tools") }
    }

    /// The empty directories at or below a path.
    pub fn below<'a>(&'a self, path: &'a Path) -> impl Iterator<Item = &'a PathBuf> {
        self.empty.iter().filter(move |empty| empty.starts_with(path))
    }
}

/// Puts a directory into an upper layer that hides what the lower one has at this path; directories
/// on the way are like the lower one's.
pub fn hide_in_layer(upper: &Path, lower: &Path, path: &Path, user_xattr: bool) -> io::Result<()> {
    let below = path.strip_prefix(lower).map_err(io::Error::other)?;
    let (mut host, mut inside) = (lower.to_owned(), upper.to_owned());
    for part in below.components() {
        host.push(part);
        inside.push(part);
        make_like(&inside, &host)?;
    }
    sys::make_opaque(&c_path(&inside)?, user_xattr)
}

/// Makes a directory with mode and owner of another; one that is there stays as it is.
fn make_like(path: &Path, like: &Path) -> io::Result<()> {
    match fs::DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        other => other?,
    }
    let found = fs::metadata(like)?;
    own(path, &found);
    fs::set_permissions(path, fs::Permissions::from_mode(found.mode() & 0o7777))
}

/// Gives a path to the owner of something else. Where there is one user only it is his anyway.
fn own(path: &Path, like: &fs::Metadata) {
    let _ = std::os::unix::fs::chown(path, Some(like.uid()), Some(like.gid()));
}

/// Homes as they are to be made inside.
pub struct Furniture {
    homes: Vec<(PathBuf, fs::Metadata)>,
    tools: Vec<Part>,
}

/// Takes hold of the tools, and looks at whose the homes are, while they can be seen.
pub fn collect(homes: &Homes, notes: &mut Vec<String>) -> Furniture {
    let each = homes.each.iter();
    let homes_found = each.filter_map(|home| Some((home.clone(), fs::metadata(home).ok()?)));
    let mut tools = Vec::new();
    for path in &homes.tools {
        match Part::read_only(path) {
            Ok(part) => tools.push(part),
            // A link that leads nowhere, or a home that is not ours to read.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
            Err(error) => notes.push(format!("{} does not show inside: {error}", path.display())),
        }
    }
    Furniture { homes: homes_found.collect(), tools }
}

impl Furniture {
    /// Makes the homes and puts the tools into them.
    pub fn put(&self) -> Result<(), String> {
        let failed = |path: &Path, error: io::Error| {
            format!("failed to make the home {}: {error}", path.display())
        };
        for (home, found) in &self.homes {
            make(home, found).map_err(|error| failed(home, error))?;
        }
        for tool in &self.tools {
            let home = self.homes.iter().rev().find(|(home, _)| tool.inside().starts_with(home));
            if let (Some((home, found)), Some(parent)) = (home, tool.inside().parent()) {
                let mut path = home.clone();
                for part in parent.strip_prefix(home).unwrap_or(Path::new("")).components() {
                    path.push(part);
                    make(&path, found).map_err(|error| failed(&path, error))?;
                }
            }
            tool.put()?;
        }
        Ok(())
    }
}

/// Makes a directory for a home's owner, and what leads there.
fn make(path: &Path, like: &fs::Metadata) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => {
            other?;
            own(path, like);
            fs::set_permissions(path, fs::Permissions::from_mode(like.mode() & 0o777))
        }
    }
}
