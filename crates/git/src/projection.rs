//! References as git's own programs read them: `packed-refs` and `HEAD`, derived from the store.

use crate::objects::Objects;
use crate::{GitError, Oid, RefSnapshot, Result};
use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

/// Where pushes are kept until they are accepted, inside the repository.
pub(crate) const INCOMING: &str = "incoming";

/// The object directory, with the repository's own behind it, where packs wait for the transaction
/// that makes them the repository's; in one that is a copy.
pub(crate) const ARRIVING: &str = "arriving";

/// `HEAD` of a repository that has no default branch yet.
pub(crate) const UNBORN_HEAD: &str = "ref: refs/heads/main\n";

/// Writes both files whole.
pub(crate) fn write(dir: &Path, snapshot: &RefSnapshot, objects: &Objects) -> Result<()> {
    let known = read_peeled(dir);
    let mut packed = String::from("# pack-refs with: peeled fully-peeled sorted \n");
    for (name, oid) in &snapshot.refs {
        packed.push_str(&format!("{oid} {name}\n"));
        let peeled = match known.get(oid) {
            Some(peeled) => *peeled,
            // One damaged reference must not hide all the others.
            None => objects.peel_tag(oid).unwrap_or_else(|error| {
                tracing::error!(dir = %dir.display(), name, "a reference is damaged: {error}");
                None
            }),
        };
        if let Some(peeled) = peeled {
            packed.push_str(&format!("^{peeled}\n"));
        }
    }
    let head = match &snapshot.head {
        Some(name) => format!("ref: {name}\n"),
        None => UNBORN_HEAD.to_owned(),
    };
    replace(dir, "packed-refs", packed.as_bytes())
        .and_then(|()| replace(dir, "HEAD", head.as_bytes()))
        .map_err(GitError::io("write the references"))
}

/// What the references of the last projection peel to, so that old tags are not read again.
fn read_peeled(dir: &Path) -> HashMap<Oid, Option<Oid>> {
    let text = std::fs::read(dir.join("packed-refs")).unwrap_or_default();
    let mut peeled: HashMap<Oid, Option<Oid>> = HashMap::new();
    let mut last = None;
    for line in text.split(|&b| b == b'\n') {
        let hex = |from: usize| line.get(from..from + 40).and_then(|h| Oid::from_hex(h).ok());
        if line.first() == Some(&b'^') {
            if let (Some(tag), Some(target)) = (last, hex(1)) {
                peeled.insert(tag, Some(target));
            }
        } else if let Some(oid) = hex(0) {
            peeled.insert(oid, None);
            last = Some(oid);
        }
    }
    peeled
}

/// Not synced to disk: what a power cut spoils is written again.
fn replace(dir: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let mut file = tempfile::Builder::new().prefix("tmp_").tempfile_in(dir)?;
    file.write_all(content)?;
    file.persist(dir.join(name)).map(drop).map_err(|e| e.error)
}
