//! Install: removes what the last revision installed, then copies files and sets permissions as
//! the AppSpec file says. All of it is planned before anything is copied, so that a mistake in the
//! AppSpec file is found while the host is still as it was (but for the last revision's files).

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use formats::appspec::{AppSpec, FileExistsBehavior, ObjectType, Permission};
use serde_json::{Value, json};

use crate::files::{below, normalize, remove, write_durably};

mod permissions;

/// Marks a line of the cleanup file that stands for an SELinux rule rather than a file.
const CONTEXT_LINE: &str = "semanage\0";

/// One thing to do.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    MakeFolder(PathBuf),
    Copy { from: PathBuf, to: PathBuf, replace: bool },
    Permit { object: PathBuf, permission: usize },
}

/// Installs a revision of a deployment group.
pub(crate) fn install(
    instructions: &Path,
    group_id: &str,
    archive: &Path,
    spec: &AppSpec,
    behavior: FileExistsBehavior,
) -> Result<(), String> {
    let cleanup = instructions.join(format!("{group_id}-cleanup"));
    let failed = |path: &Path, error: io::Error| format!("{}: {error}", path.display());
    remove_last(&cleanup)?;
    let steps = plan(archive, spec, spec.file_exists_behavior.unwrap_or(behavior))?;
    let listing = instructions.join(format!("{group_id}-install.json"));
    write_durably(&listing, describe(&steps, spec).to_string().as_bytes())
        .map_err(|error| failed(&listing, error))?;
    let mut list = File::create(&cleanup).map_err(|error| failed(&cleanup, error))?;
    for step in &steps {
        match step {
            Step::MakeFolder(path) => {
                fs::create_dir(path).map_err(|error| failed(path, error))?;
                // After: a folder that somebody else made meanwhile is not ours to remove.
                note(&mut list, path).map_err(|error| failed(&cleanup, error))?;
            }
            Step::Copy { from, to, replace } => {
                note(&mut list, to).map_err(|error| failed(&cleanup, error))?;
                copy(from, to, *replace).map_err(|error| failed(to, error))?;
            }
            Step::Permit { object, permission } => {
                if let Some(permission) = spec.permissions.get(*permission)
                    && let Some(labelled) = permissions::apply(object, permission)?
                {
                    let line = format!("{CONTEXT_LINE}{}\n", labelled.display());
                    list.write_all(line.as_bytes()).map_err(|error| failed(&cleanup, error))?;
                }
            }
        }
    }
    list.sync_all().map_err(|error| failed(&cleanup, error))
}

fn note(list: &mut File, path: &Path) -> io::Result<()> {
    list.write_all(format!("{}\n", path.display()).as_bytes())
}

/// Removes what the cleanup file lists, last first, and the file. Folders that are not empty stay.
fn remove_last(cleanup: &Path) -> Result<(), String> {
    let text = match fs::read_to_string(cleanup) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(format!("{}: {error}", cleanup.display())),
    };
    // A line without its end was never finished: what it would name was not touched.
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    for line in whole.lines().rev() {
        if let Some(object) = line.strip_prefix(CONTEXT_LINE) {
            permissions::forget_context(Path::new(object));
            continue;
        }
        let path = Path::new(line);
        let removed = match fs::symlink_metadata(path) {
            Ok(meta) if meta.is_dir() => match fs::remove_dir(path) {
                Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
                other => other,
            },
            Ok(_) => fs::remove_file(path),
            Err(_) => Ok(()),
        };
        removed.map_err(|error| format!("{line} of the last revision: {error}"))?;
    }
    remove(cleanup).map_err(|error| format!("{}: {error}", cleanup.display()))
}

struct Plan {
    steps: Vec<Step>,
    copies: BTreeMap<PathBuf, PathBuf>,
    folders: BTreeSet<PathBuf>,
    behavior: FileExistsBehavior,
}

fn plan(archive: &Path, spec: &AppSpec, behavior: FileExistsBehavior) -> Result<Vec<Step>, String> {
    let mut plan =
        Plan { steps: Vec::new(), copies: BTreeMap::new(), folders: BTreeSet::new(), behavior };
    let root = archive.canonicalize().map_err(|error| format!("{}: {error}", archive.display()))?;
    for mapping in &spec.files {
        let source = below(archive, &mapping.source);
        let destination = normalize(&mapping.destination)
            .map_err(|why| format!("The destination of {} is wrong: {why}", mapping.source))?;
        let real = source.canonicalize().map_err(|_| {
            format!(
                "The AppSpec file names the source {}, which the revision does not have",
                mapping.source
            )
        })?;
        if !real.starts_with(&root) {
            return Err(format!("The source {} lies outside the revision", mapping.source));
        }
        if source.is_dir() {
            plan.missing_ancestors(&destination)?;
            plan.folder(&source, &destination)?;
        } else {
            let name = source.file_name().ok_or("a source has no name")?;
            let file = destination.join(name);
            plan.missing_ancestors(&file)?;
            plan.file(&source, &file)?;
        }
    }
    for (index, permission) in spec.permissions.iter().enumerate() {
        plan.permission(index, permission)?;
    }
    Ok(plan.steps)
}

impl Plan {
    fn missing_ancestors(&mut self, path: &Path) -> Result<(), String> {
        let missing: Vec<PathBuf> = path
            .ancestors()
            .skip(1)
            .take_while(|parent| !parent.exists())
            .map(Path::to_owned)
            .collect();
        missing.into_iter().rev().try_for_each(|folder| self.make_folder(folder))
    }

    fn make_folder(&mut self, path: PathBuf) -> Result<(), String> {
        check_name(&path)?;
        if let Some(source) = self.copies.get(&path) {
            return Err(format!(
                "The AppSpec file needs {} as a folder and as a copy of {}",
                path.display(),
                source.display()
            ));
        }
        if self.folders.insert(path.clone()) {
            self.steps.push(Step::MakeFolder(path));
        }
        Ok(())
    }

    fn folder(&mut self, source: &Path, destination: &Path) -> Result<(), String> {
        if !destination.is_dir() {
            self.make_folder(destination.to_owned())?;
        }
        let failed = |error: io::Error| format!("{}: {error}", source.display());
        let mut entries = fs::read_dir(source)
            .and_then(|entries| entries.collect::<io::Result<Vec<_>>>())
            .map_err(failed)?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let (from, to) = (entry.path(), destination.join(entry.file_name()));
            // A link to a folder is copied as a link.
            if entry.file_type().map_err(failed)?.is_dir() {
                self.folder(&from, &to)?;
            } else {
                self.file(&from, &to)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, from: &Path, to: &Path) -> Result<(), String> {
        check_name(to)?;
        let existing = fs::symlink_metadata(to).ok();
        let replace = match (&existing, self.behavior) {
            (None, _) => false,
            (Some(_), FileExistsBehavior::Disallow) => {
                return Err(format!(
                    "The deployment failed because a specified file already exists at this \
                     location: {}",
                    to.display()
                ));
            }
            (Some(_), FileExistsBehavior::Retain) => return Ok(()),
            (Some(meta), FileExistsBehavior::Overwrite) if meta.is_dir() => {
                return Err(format!(
                    "{} is a folder on this host, a file in the revision",
                    to.display()
                ));
            }
            (Some(_), FileExistsBehavior::Overwrite) => true,
        };
        if self.folders.contains(to) {
            return Err(format!(
                "The AppSpec file needs {} as a folder and as a copy of {}",
                to.display(),
                from.display()
            ));
        }
        if let Some(other) = self.copies.insert(to.to_owned(), from.to_owned()) {
            return Err(format!(
                "The AppSpec file specifies two sources, {} and {}, for {}",
                other.display(),
                from.display(),
                to.display()
            ));
        }
        self.steps.push(Step::Copy { from: from.to_owned(), to: to.to_owned(), replace });
        Ok(())
    }

    fn permission(&mut self, index: usize, permission: &Permission) -> Result<(), String> {
        let object = normalize(&permission.object)
            .map_err(|why| format!("A permission's object is wrong: {why}"))?;
        let mut objects: Vec<PathBuf> = Vec::new();
        if self.copies.contains_key(&object) {
            if permission.types.contains(&ObjectType::File) {
                permission.check_for_file()?;
                objects.push(object);
            }
        } else if self.folders.contains(&object) || object.is_dir() {
            let folder = object.to_string_lossy();
            let means = |path: &&PathBuf| permission.means(&path.to_string_lossy(), &folder);
            if permission.types.contains(&ObjectType::File) {
                objects.extend(self.copies.keys().filter(means).cloned());
                let default = permission.acls.as_ref().is_some_and(|acls| acls.has_default());
                if default && !objects.is_empty() {
                    return Err(format!(
                        "The acls for {folder} have a default entry, which only folders have, but \
                         mean files too: set its type to directory"
                    ));
                }
            }
            if permission.types.contains(&ObjectType::Directory) {
                objects.extend(self.folders.iter().filter(means).cloned());
            }
        } else {
            tracing::warn!(object = %object.display(), "a permission means nothing that is installed");
        }
        for object in objects {
            let twice = self
                .steps
                .iter()
                .any(|step| matches!(step, Step::Permit { object: other, .. } if *other == object));
            if twice {
                return Err(format!(
                    "The AppSpec file sets the permissions of {} twice",
                    object.display()
                ));
            }
            self.steps.push(Step::Permit { object, permission: index });
        }
        Ok(())
    }
}

/// The cleanup file has one name a line.
fn check_name(path: &Path) -> Result<(), String> {
    match path.to_str() {
        Some(text) if !text.contains(['\n', '\0']) => Ok(()),
        _ => Err(format!("the name {path:?} cannot be installed")),
    }
}

/// Copies a file with its mode and time, or a link as a link. What is replaced is unlinked first:
/// a program that runs from it goes on, and a link is not written through.
fn copy(from: &Path, to: &Path, replace: bool) -> io::Result<()> {
    if replace {
        remove(to)?;
    }
    let meta = fs::symlink_metadata(from)?;
    if meta.is_symlink() {
        return std::os::unix::fs::symlink(fs::read_link(from)?, to);
    }
    let mut source = File::open(from)?;
    let mut target = File::options().write(true).create_new(true).open(to)?;
    io::copy(&mut source, &mut target)?;
    target.set_permissions(meta.permissions())?;
    target.set_modified(meta.modified()?)
}

/// The plan in the published agent's words.
fn describe(steps: &[Step], spec: &AppSpec) -> Value {
    let mut all = Vec::new();
    for step in steps {
        match step {
            Step::MakeFolder(path) => all.push(json!({"type": "mkdir", "directory": path})),
            Step::Copy { from, to, .. } => {
                all.push(json!({"type": "copy", "source": from, "destination": to}));
            }
            Step::Permit { object, permission } => {
                let Some(permission) = spec.permissions.get(*permission) else { continue };
                if permission.owner.is_some() || permission.group.is_some() {
                    all.push(json!({"type": "chown", "owner": permission.owner,
                        "group": permission.group, "file": object}));
                }
                if let Some(mode) = permission.mode {
                    all.push(json!({"type": "chmod", "mode": format!("{:o}", mode.bits()),
                        "file": object}));
                }
                if permission.acls.is_some() {
                    all.push(json!({"type": "setfacl", "file": object}));
                }
                if permission.context.is_some() {
                    all.push(json!({"type": "semanage", "file": object}));
                }
            }
        }
    }
    json!({"instructions": all})
}

#[cfg(test)]
mod tests;
