//! Folders of this machine in the place of a project's sources: what `codeyard build` lends to the
//! yard that it runs in its own process. No API reaches this.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use service::Yard;

/// What a project's builds find instead of their sources.
#[derive(Clone, Debug)]
pub struct Folders {
    /// Instead of the primary source.
    pub primary: PathBuf,
    /// Instead of the secondary sources, by their identifiers.
    pub secondary: Vec<(String, PathBuf)>,
    /// Builds work in the primary folder itself, rather than in a copy.
    pub in_place: bool,
}

#[derive(Default)]
struct Lent(Mutex<HashMap<String, Arc<Folders>>>);

/// Has the builds of a project find these folders from now on.
pub fn lend(yard: &Yard, project: &str, folders: Folders) {
    let lent = yard.extension(Lent::default);
    let mut lent = lent.0.lock().unwrap_or_else(PoisonError::into_inner);
    lent.insert(project.to_owned(), Arc::new(folders));
}

/// A folder in the place of a source.
pub(crate) struct Folder {
    path: PathBuf,
    in_place: bool,
}

/// The folder that stands for a source of the project; the primary one has no identifier.
pub(crate) fn find(yard: &Yard, project: &str, identifier: Option<&str>) -> Option<Folder> {
    let lent = yard.extension(Lent::default);
    let lent = lent.0.lock().unwrap_or_else(PoisonError::into_inner);
    let folders = lent.get(project)?;
    match identifier {
        None => Some(Folder { path: folders.primary.clone(), in_place: folders.in_place }),
        Some(wanted) => {
            let (_, path) = folders.secondary.iter().find(|(known, _)| known == wanted)?;
            Some(Folder { path: path.clone(), in_place: false })
        }
    }
}

/// The folders that stand for a project's sources: whatever builds find there is theirs.
pub(crate) fn lent(yard: &Yard, project: &str) -> Vec<PathBuf> {
    let lent = yard.extension(Lent::default);
    let lent = lent.0.lock().unwrap_or_else(PoisonError::into_inner);
    let folders = lent.get(project).into_iter();
    folders
        .flat_map(|it| [&it.primary].into_iter().chain(it.secondary.iter().map(|(_, path)| path)))
        .cloned()
        .collect()
}

impl Folder {
    /// Puts it where the build looks, uncommitted files and all.
    pub fn place(&self, target: &Path) -> Result<(), String> {
        if self.in_place {
            // What the sandbox shows is what the link leads to.
            return std::os::unix::fs::symlink(&self.path, target)
                .map_err(|error| error.to_string());
        }
        std::fs::create_dir_all(target).map_err(|error| error.to_string())?;
        let copied = Command::new("cp")
            .args(["-a", "--reflink=auto", "--"])
            .arg(self.path.join("."))
            .arg(target)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("cp does not run: {error}"))?;
        match copied.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&copied.stderr).trim().to_owned()),
        }
    }
}
