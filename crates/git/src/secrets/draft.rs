//! What the API commits, looked through before it is written: a draft's new files.

use std::collections::HashMap;

use super::{Leak, MAX_FINDINGS, scan};
use crate::change::Draft;
use crate::model::{Commit, parse_tree};
use crate::pack::NewObject;
use crate::{EntryKind, Kind, Oid, Result};

impl Draft {
    /// The secrets in the files that `commit` of this draft brings new into the repository; at
    /// most [`MAX_FINDINGS`].
    ///
    /// # Errors
    /// Only where the draft's own objects cannot be read.
    pub fn find_secrets(&self, commit: &Oid) -> Result<Vec<Leak>> {
        let added: HashMap<Oid, &NewObject> =
            self.added().iter().map(|object| (object.oid, object)).collect();
        let Some(made) = added.get(commit) else { return Ok(Vec::new()) };
        // A new file is in new folders only: what is not in the draft was there before.
        let mut folders = vec![(Vec::new(), Commit::parse(*commit, &made.data)?.tree)];
        let mut leaks = Vec::new();
        while let Some((prefix, tree)) = folders.pop() {
            let Some(tree) = added.get(&tree) else { continue };
            for entry in parse_tree(tree.oid, &tree.data)? {
                let path = [prefix.as_slice(), &entry.name].concat();
                if entry.kind == EntryKind::Tree {
                    folders.push(([path.as_slice(), b"/"].concat(), entry.oid));
                    continue;
                }
                let file = added.get(&entry.oid).filter(|object| object.kind == Kind::Blob);
                for finding in file.map(|file| scan(&file.data)).unwrap_or_default() {
                    leaks.push(Leak { finding, commit: *commit, path: path.clone() });
                }
            }
        }
        leaks.sort_by(|a, b| (&a.path, a.finding.line).cmp(&(&b.path, b.finding.line)));
        leaks.truncate(MAX_FINDINGS);
        Ok(leaks)
    }
}
