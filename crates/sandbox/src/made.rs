//! The directories that a new sandbox has before any program runs in it, noted so that an ended
//! one can be told from a new one, and emptied instead of made again.

use crate::codec;
use crate::inside::homes::Homes;
use crate::layout::Layout;
use crate::machine::Machine;
use crate::spec::Spec;
use crate::sys;
use nix::fcntl::OFlag;
use nix::sys::stat::Mode;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{CString, OsStr};
use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The overlay's upper layer, below a sandbox's directory.
const UPPER: &str = "layers/root/upper";
/// Becomes `/tmp`.
const TMP: &str = "run/tmp";
/// Every build has it, whatever the name of its own directory there.
const COMMON: &str = "/codebuild/output";
/// What the kernel notes of a directory that was changed in no other way.
const KERNELS_OWN: [&[u8]; 2] = [b"trusted.overlay.impure", b"trusted.overlay.origin"];

/// See the module.
pub struct Made {
    /// What the sandbox was made for: others have other directories.
    pub kind: String,
    directories: BTreeMap<PathBuf, Look>,
}

/// What can be seen of a directory, but for its times.
#[derive(Debug, PartialEq, Eq)]
struct Look {
    mode: u32,
    uid: u32,
    gid: u32,
    /// What `chattr` sets. One that was large is told by its index, which stays when it is emptied.
    flags: u32,
    /// Names and values of extended attributes, access control lists among them.
    attributes: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Sandboxes that agree in this begin with the same directories, but for those of their binds.
pub fn kind(machine: &Machine, homes: &Homes) -> String {
    // Directories of the upper layer are made like those of the host's that they stand for.
    let all = homes.empty.iter().chain(&homes.each);
    let likes: BTreeSet<&Path> = all.flat_map(|home| home.ancestors()).collect();
    let looks = likes.into_iter().filter_map(|path| {
        let found = fs::metadata(path).ok()?;
        Some(format!(" {:o}:{}:{}", found.mode(), found.uid(), found.gid()))
    });
    format!("{} {}{}", machine.to_json(), homes.to_json(), looks.collect::<String>())
}

impl Made {
    /// Looks at a sandbox in which nothing has run yet. Directories that are there for this one's
    /// binds and working directory are left out.
    pub fn look(layout: &Layout, kind: String, spec: &Spec, homes: &Homes) -> io::Result<Self> {
        let mut directories = BTreeMap::new();
        let mut unseen = vec![PathBuf::from(TMP), PathBuf::from(UPPER)];
        while let Some(below) = unseen.pop() {
            let path = layout.directory().join(&below);
            directories.insert(below.clone(), Look::at(&path)?);
            for entry in fs::read_dir(&path)? {
                let entry = entry?;
                let below = below.join(entry.file_name());
                if entry.file_type()?.is_dir() && !is_for_this_one(&below, spec, homes) {
                    unseen.push(below);
                }
            }
        }
        Ok(Self { kind, directories })
    }

    /// Whether a directory is one of these and looks as it did.
    pub fn has(&self, path: &Path, below: &Path) -> io::Result<bool> {
        match self.directories.get(below) {
            Some(look) => Ok(Look::at(path)? == *look),
            None => Ok(false),
        }
    }

    /// Keeps it in a file.
    pub fn write(&self, file: &Path) -> io::Result<()> {
        let directories = self.directories.iter().map(|(below, look)| {
            let bytes = |it: &[u8]| codec::path_to_json(Path::new(OsStr::from_bytes(it)));
            let attributes = look.attributes.iter();
            let attributes = attributes.map(|(name, value)| json!([bytes(name), bytes(value)]));
            json!({
                "path": codec::path_to_json(below),
                "mode": look.mode,
                "uid": look.uid,
                "gid": look.gid,
                "flags": look.flags,
                "attributes": attributes.collect::<Value>(),
            })
        });
        let all = json!({ "kind": self.kind, "directories": directories.collect::<Value>() });
        fs::write(file, all.to_string())
    }

    /// Reads one that was kept. None where there is none, or not a whole one.
    pub fn read(file: &Path) -> Option<Self> {
        let all: Value = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
        let directories = all.get("directories")?.as_array()?.iter().map(|directory| {
            let number = |name: &str| u32::try_from(directory.get(name)?.as_u64()?).ok();
            let attributes = directory.get("attributes")?.as_array()?.iter();
            let bytes = |it| Some(codec::path_from_json(it)?.into_os_string().into_vec());
            let attributes: Option<Vec<(Vec<u8>, Vec<u8>)>> =
                attributes.map(|pair| Some((bytes(pair.get(0)?)?, bytes(pair.get(1)?)?))).collect();
            let look = Look {
                mode: number("mode")?,
                uid: number("uid")?,
                gid: number("gid")?,
                flags: number("flags")?,
                attributes: attributes?,
            };
            Some((codec::path_from_json(directory.get("path")?)?, look))
        });
        Some(Self {
            kind: all.get("kind")?.as_str()?.to_owned(),
            directories: directories.collect::<Option<_>>()?,
        })
    }
}

impl Look {
    fn at(path: &Path) -> io::Result<Self> {
        let found = fs::symlink_metadata(path)?;
        let text = |bytes: &[u8]| CString::new(bytes).map_err(io::Error::other);
        let file = text(path.as_os_str().as_bytes())?;
        let mut attributes = Vec::new();
        for name in sys::attributes(&file)? {
            if !KERNELS_OWN.contains(&name.as_slice()) {
                let value = sys::attribute(&file, &text(&name)?)?;
                attributes.push((name, value));
            }
        }
        attributes.sort();
        let opened = nix::fcntl::open(
            path,
            OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC,
            Mode::empty(),
        )?;
        Ok(Self {
            mode: found.mode() & 0o7777,
            uid: found.uid(),
            gid: found.gid(),
            flags: sys::inode_flags(opened.as_fd())?,
            attributes,
        })
    }
}

/// Whether a directory of the upper layer leads to a bind or to the working directory, and to
/// nothing that every sandbox has.
fn is_for_this_one(below: &Path, spec: &Spec, homes: &Homes) -> bool {
    let Ok(inside) = below.strip_prefix(UPPER) else { return false };
    let leads_to = |path: &Path| path.strip_prefix("/").is_ok_and(|path| path.starts_with(inside));
    let is_common = leads_to(Path::new(COMMON))
        || homes.empty.iter().chain(&homes.each).any(|home| leads_to(home));
    !is_common && (leads_to(&spec.workdir) || spec.binds.iter().any(|bind| leads_to(&bind.inside)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::{RootStyle, Users};
    use crate::status::{Isolation, Level};
    use crate::supervisor::group::Parents;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn another_machine_or_home_is_another_kind() {
        let home = tempfile::tempdir().unwrap();
        let machine = Machine {
            users: Users::Host,
            root: RootStyle::Whole,
            volatile: true,
            upper_in_memory: false,
            groups: Parents::default(),
            isolation: Isolation { level: Level::Full, reasons: Vec::new() },
        };
        let homes = Homes { each: vec![home.path().to_owned()], ..Homes::default() };
        let before = kind(&machine, &homes);
        assert_eq!(kind(&machine, &homes), before);
        assert_ne!(kind(&machine, &Homes::default()), before);
        assert_ne!(kind(&Machine { volatile: false, ..machine.clone() }, &homes), before);
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o711)).unwrap();
        assert_ne!(kind(&machine, &homes), before);
    }

    #[test]
    fn attributes_flags_and_size_are_looked_at() {
        let dir = tempfile::tempdir().unwrap();
        let before = Look::at(dir.path()).unwrap();
        assert_eq!(Look::at(dir.path()).unwrap(), before);
        // Where the file system has attributes, or flags.
        let file = CString::new(dir.path().as_os_str().as_bytes()).unwrap();
        if sys::make_opaque(&file, true).is_ok() {
            let one = Look::at(dir.path()).unwrap();
            assert_eq!(one.attributes, [(b"user.overlay.opaque".to_vec(), b"y".to_vec())]);
            assert_ne!(one, before);
        }
        let before = Look::at(dir.path()).unwrap();
        let changed = std::process::Command::new("chattr").arg("+S").arg(dir.path()).output();
        if changed.is_ok_and(|output| output.status.success()) {
            assert_ne!(Look::at(dir.path()).unwrap(), before);
        }
        let file = dir.path().join("made");
        let directories = [(PathBuf::new(), Look::at(dir.path()).unwrap())].into();
        Made { kind: "kind".into(), directories }.write(&file).unwrap();
        assert!(Made::read(&file).unwrap().has(dir.path(), Path::new("")).unwrap());
    }
}
