//! Directories of sandboxes that are gone, emptied for those to come: making and removing some
//! twenty directories is a good part of what a short sandbox costs.
//!
//! What a sandbox may have written is removed. A directory that it could reach is kept only if it
//! is as a new one would be.

use crate::layout::Layout;
use crate::local::remove;
use crate::made::Made;
use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Below the base directory, with a number that changes with what is kept.
const PLACE: &str = ".spares-3";
const PLACES: &str = ".spares-";
/// More than this are not kept.
const ENOUGH: usize = 8;

/// Directories that no sandbox can reach.
const OURS: &[&str] = &["run", "run/shell", "root", "layers", "layers/root", "layers/root/work"];
/// The reply pipe is on a read-only mount inside.
const KEPT_FILE: &str = "run/shell/replies";

/// See the module.
pub struct Spares {
    place: PathBuf,
    all: Mutex<Vec<Spare>>,
}

struct Spare {
    directory: PathBuf,
    kind: String,
}

impl Spares {
    /// Finds those that an earlier yard has left.
    pub fn below(base: &Path) -> Self {
        let entries = |path: &Path| fs::read_dir(path).into_iter().flatten().flatten();
        for entry in entries(base) {
            let name = entry.file_name();
            if name != PLACE && name.to_string_lossy().starts_with(PLACES) {
                // Of an older binary. What does not go now goes another time.
                let _ = remove::tree(&entry.path());
            }
        }
        let place = base.join(PLACE);
        let spares = entries(&place).filter_map(|entry| {
            let Some(made) = Made::read(&Layout::made_in(&entry.path())) else {
                // After a power cut, perhaps.
                let _ = remove::tree(&entry.path());
                return None;
            };
            Some(Spare { directory: entry.path(), kind: made.kind })
        });
        let all = Mutex::new(spares.collect());
        Self { place, all }
    }

    /// Puts a spare one of this kind there, if there is one and nothing is there.
    pub fn take(&self, target: &Path, kind: &str) -> bool {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(spare) = all.pop() {
            if spare.kind != kind {
                // The machine has changed: none of this kind will be wanted soon.
                let _ = remove::tree(&spare.directory);
                continue;
            }
            let taken = fs::rename(&spare.directory, target).is_ok();
            if !taken {
                all.push(spare);
            }
            return taken;
        }
        false
    }

    /// Empties a directory in which nothing runs any more and keeps it; false if there are enough,
    /// or it was never ready. After an error it is to be removed altogether.
    pub fn give(&self, directory: &Path) -> io::Result<bool> {
        let count = self.all.lock().unwrap_or_else(PoisonError::into_inner).len();
        let name = directory.file_name().filter(|_| count < ENOUGH);
        let made = Made::read(&Layout::made_in(directory));
        let Some((name, made)) = name.zip(made) else { return Ok(false) };
        empty(directory, Path::new(""), &made)?;
        match fs::DirBuilder::new().mode(0o700).create(&self.place) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => other?,
        }
        let spare = Spare { directory: self.place.join(name), kind: made.kind };
        fs::rename(directory, &spare.directory)?;
        self.all.lock().unwrap_or_else(PoisonError::into_inner).push(spare);
        Ok(true)
    }
}

/// Removes what is in a directory of ours, `below` its sandbox's, but for what is kept.
fn empty(directory: &Path, below: &Path, made: &Made) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let (path, below) = (entry.path(), below.join(entry.file_name()));
        if below == Path::new(KEPT_FILE) || below == Path::new(Layout::MADE) {
            continue;
        }
        if !entry.file_type()?.is_dir() {
            fs::remove_file(&path)?;
        } else if OURS.iter().any(|kept| below == Path::new(kept)) || made.has(&path, &below)? {
            empty(&path, &below, made)?;
        } else {
            remove::tree(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inside::homes::Homes;
    use crate::spec::{Bind, Limits, Program, Root, SandboxId, Service, Spec};
    use std::os::unix::fs::PermissionsExt;

    fn spec(id: &str) -> Spec {
        Spec {
            id: SandboxId::new(id.to_owned()).unwrap(),
            root: Root::Ephemeral,
            workdir: "/codebuild/output/src1/src".into(),
            env: Vec::new(),
            secrets: Vec::new(),
            binds: vec![Bind {
                host: "/".into(),
                inside: "/home/one/cache".into(),
                read_only: false,
            }],
            hide: Vec::new(),
            limits: Limits::default(),
            container: None,
            program: Program::Service(Service {
                argv: vec!["true".into()],
                run_as: None,
                restart: false,
                grace: std::time::Duration::ZERO,
            }),
        }
    }

    const NEW: &[&str] = &[
        "run/shell",
        "run/tmp",
        "root",
        "layers/root/work",
        "layers/root/upper/root/.cargo/bin",
        "layers/root/upper/home/one/cache",
        "layers/root/upper/var/lib/two",
        "layers/root/upper/codebuild/output/src1/src",
        "layers/mount0/upper/x",
    ];

    #[test]
    fn nothing_that_was_written_is_left() {
        let base = tempfile::tempdir().unwrap();
        let old = base.path().join(".spares-1/x");
        fs::create_dir_all(&old).unwrap();
        let broken = base.path().join(PLACE).join("x");
        fs::create_dir_all(&broken).unwrap();
        let spares = Spares::below(base.path());
        assert!(!old.exists() && !broken.exists());
        let (one, two) = (base.path().join("one"), base.path().join("two"));
        assert!(!spares.take(&two, "kind"));
        NEW.iter().for_each(|below| fs::create_dir_all(one.join(below)).unwrap());
        assert!(!spares.give(&one).unwrap(), "never ready");
        let layout = Layout::new(base.path(), &spec("one").id);
        let homes = Homes { each: vec!["/home/one".into()], ..Homes::default() };
        let made = Made::look(&layout, "kind".into(), &spec("one"), &homes).unwrap();
        made.write(&Layout::made_in(&one)).unwrap();
        // Changed by whoever was inside.
        let upper = one.join("layers/root/upper");
        fs::set_permissions(upper.join("var"), fs::Permissions::from_mode(0o777)).unwrap();
        for below in ["run/journal", "run/shell/replies", "run/tmp/x", "layers/root/upper/root/y"] {
            fs::write(one.join(below), "x").unwrap();
        }
        fs::create_dir_all(upper.join("etc/deep")).unwrap();
        std::os::unix::fs::symlink("/etc", upper.join("link")).unwrap();
        // In the place of one that it found.
        fs::remove_dir_all(upper.join("root/.cargo/bin")).unwrap();
        std::os::unix::fs::symlink("/etc", upper.join("root/.cargo/bin")).unwrap();
        assert!(spares.give(&one).unwrap());
        assert!(!one.exists());
        let spares = Spares::below(base.path());
        assert!(spares.take(&two, "kind"), "another yard finds it");
        let mut left = Vec::new();
        let mut unseen = vec![two.clone()];
        while let Some(directory) = unseen.pop() {
            for entry in fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                left.push(path.strip_prefix(&two).unwrap().to_str().unwrap().to_owned());
                if path.is_dir() {
                    unseen.push(path);
                }
            }
        }
        left.sort();
        let upper = "layers/root/upper";
        let mut kept = vec![
            "layers".to_owned(),
            "layers/root".into(),
            "layers/root/work".into(),
            "made".into(),
            "root".into(),
            "run".into(),
            "run/shell".into(),
            "run/shell/replies".into(),
            "run/tmp".into(),
            upper.into(),
        ];
        let shown = ["codebuild", "codebuild/output", "home", "home/one", "root", "root/.cargo"];
        kept.extend(shown.map(|below| format!("{upper}/{below}")));
        kept.sort();
        assert_eq!(left, kept);
    }

    #[test]
    fn a_changed_machine_gets_new_ones() {
        let base = tempfile::tempdir().unwrap();
        let spares = Spares::below(base.path());
        let (one, two) = (base.path().join("one"), base.path().join("two"));
        NEW.iter().for_each(|below| fs::create_dir_all(one.join(below)).unwrap());
        let layout = Layout::new(base.path(), &spec("one").id);
        let made = Made::look(&layout, "old".into(), &spec("one"), &Homes::default()).unwrap();
        made.write(&Layout::made_in(&one)).unwrap();
        assert!(spares.give(&one).unwrap());
        assert!(!spares.take(&two, "new"));
        assert!(fs::read_dir(base.path().join(PLACE)).unwrap().next().is_none());
    }
}
