//! What the API commits, looked through before it is written: a draft's message, its new files and
//! their names.

use std::collections::HashMap;

use super::scan::scan_name;
use super::{Leak, MAX_FINDINGS, Place, scan};
use crate::change::Draft;
use crate::model::{Commit, parse_tree};
use crate::pack::NewObject;
use crate::{EntryKind, Kind, Oid, Result};

impl Draft {
    /// The secrets in what `commit` of this draft brings new into the repository; at most
    /// [`MAX_FINDINGS`].
    ///
    /// # Errors
    /// Where objects cannot be read.
    pub fn find_secrets(&self, commit: &Oid) -> Result<Vec<Leak>> {
        let added: HashMap<Oid, &NewObject> =
            self.added().iter().map(|object| (object.oid, object)).collect();
        let Some(made) = added.get(commit) else { return Ok(Vec::new()) };
        let commit = Commit::parse(*commit, &made.data)?;
        let leak = |finding, place| Leak { finding, commit: commit.oid, place };
        let mut leaks = Vec::new();
        // A new file is in new folders only: what is not in the draft was there before.
        let mut folders = vec![(Vec::new(), commit.tree)];
        while let Some((prefix, tree)) = folders.pop() {
            let Some(tree) = added.get(&tree) else { continue };
            for entry in parse_tree(tree.oid, &tree.data)? {
                let path = [prefix.as_slice(), &entry.name].concat();
                if entry.kind == EntryKind::Tree {
                    folders.push(([path.as_slice(), b"/"].concat(), entry.oid));
                    continue;
                }
                if let Some(finding) = scan_name(&path)
                    && !self.was_there(&commit, &path)?
                {
                    leaks.push(leak(finding, Place::Name(path.clone())));
                }
                let file = added.get(&entry.oid).filter(|object| object.kind == Kind::Blob);
                for finding in file.map(|file| scan(&file.data)).unwrap_or_default() {
                    leaks.push(leak(finding, Place::File(path.clone())));
                }
            }
        }
        leaks.sort_by_cached_key(|leak| match &leak.place {
            Place::File(path) | Place::Name(path) => (path.clone(), leak.finding.line),
            Place::CommitMessage | Place::TagMessage => (Vec::new(), leak.finding.line),
        });
        let message = scan(commit.message.as_bytes()).into_iter();
        leaks.extend(message.map(|finding| leak(finding, Place::CommitMessage)));
        leaks.truncate(MAX_FINDINGS);
        Ok(leaks)
    }

    /// Whether a parent of the commit has a file of that path.
    fn was_there(&self, commit: &Commit, path: &[u8]) -> Result<bool> {
        for parent in &commit.parents {
            let tree = self.objects().commit(parent)?.tree;
            if self.objects().entry_at(&tree, path)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
