//! ListFileCommitHistory: the commits that changed a file, across renames.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use api_developer::codecommit::*;
use git::merge::lines::lines;
use git::{EntryKind, Objects, Oid, TreeEntry, Wanted};
use service::Cx;
use types::PageToken;
use wire::Error;

use crate::model::Repository;
use crate::reading::{commit_at, file_path, shown, specified};
use crate::{errors, paging, repos};

/// Versions on one page if the caller does not say, and at most.
pub(crate) const PAGE: usize = 100;
/// Commits that one call looks at.
const MAX_COMMITS: usize = 200_000;
/// Files that a commit took away and that are looked at for where a file came from.
const MAX_CANDIDATES: usize = 400;
/// The largest file that is compared with others for that, in bytes.
const MAX_COMPARED: u64 = 1 << 20;

/// Newest first. A file has a version in each commit that made it differ from what all of that
/// commit's parents have; where it is new, it may be a file of a parent that the commit took away,
/// if at least half of it is the same, as `git log --follow` has it.
///
/// AWS documents no error for the path: of one that no commit has, and so of one that none can have,
/// there are no versions.
pub(crate) async fn list_file_commit_history(
    cx: Cx,
    input: ListFileCommitHistoryInput,
) -> Result<ListFileCommitHistoryOutput, Error> {
    let path = file_path(&input.file_path).ok().map(|path| path.as_bytes().to_vec());
    let page = paging::size(input.max_results, PAGE)?;
    let listing = format!("ListFileCommitHistory {:?} {}", input.commit_specifier, input.file_path);
    // Pages after the first go on from the same commit, wherever the branch is by then.
    let (pinned, skip) = match paging::after(&listing, input.next_token.as_deref())? {
        None => (None, 0),
        Some(key) => {
            let parts = key.split_once(' ');
            let parts = parts.and_then(|(oid, skip)| Some((oid.parse().ok()?, skip.parse().ok()?)));
            let (oid, skip): (Oid, usize) = parts.ok_or_else(paging::bad_token)?;
            (Some(oid), skip)
        }
    };
    let (found, tip) = cx.read(|tx| {
        let found = Repository::load(tx, &cx.scope(), &input.repository_name)?;
        let tip = match pinned {
            Some(oid) => oid,
            None => specified(tx, &found, input.commit_specifier.as_deref())?,
        };
        Ok((found, tip))
    })?;
    let work = move |objects: &Objects| {
        let tip = commit_at(objects, &tip)?.oid;
        let Some(path) = path else { return Ok(ListFileCommitHistoryOutput::default()) };
        let end = skip.saturating_add(page);
        let mut walk = Walk::new(objects);
        walk.visit(tip, path, None)?;
        walk.run(end.saturating_add(1))?;
        let more = walk.versions.len() > end;
        let versions = walk.versions.into_iter().skip(skip).take(page);
        let revision_dag = versions.map(|version| version.shown()).collect();
        let next_token = more.then(|| PageToken::encode(&listing, &format!("{tip} {end}")));
        Ok(ListFileCommitHistoryOutput { revision_dag, next_token })
    };
    repos::open(&cx, &found.id).await?.read(work).await
}

/// A commit that changed the file.
struct Version {
    commit: git::Commit,
    blob: Oid,
    path: Vec<u8>,
    children: Vec<Oid>,
}

impl Version {
    fn shown(self) -> FileVersion {
        FileVersion {
            commit: Some(shown(&self.commit)),
            blob_id: Some(self.blob.to_string()),
            path: Some(String::from_utf8_lossy(&self.path).into_owned()),
            revision_children: self.children.iter().map(ToString::to_string).collect(),
        }
    }
}

/// A place where the file has been, and the versions that came after it.
#[derive(Default)]
struct Visit {
    children: Vec<Oid>,
    /// Where its version is in the list, if it changed the file.
    version: Option<usize>,
}

/// What the walk needs of each commit.
#[derive(Clone)]
struct Brief {
    tree: Oid,
    parents: Vec<Oid>,
    date: i64,
}

struct Walk<'a> {
    objects: &'a Objects,
    commits: HashMap<Oid, Brief>,
    visits: HashMap<(Oid, Vec<u8>), Visit>,
    /// The youngest first; of the same age the first that came.
    queue: BinaryHeap<(i64, Reverse<usize>, Oid, Vec<u8>)>,
    came: usize,
    versions: Vec<Version>,
    /// What lies at a path below a folder: commits share most of theirs.
    entries: HashMap<(Oid, Vec<u8>), Option<TreeEntry>>,
}

impl<'a> Walk<'a> {
    fn new(objects: &'a Objects) -> Self {
        Self {
            objects,
            commits: HashMap::new(),
            visits: HashMap::new(),
            queue: BinaryHeap::new(),
            came: 0,
            versions: Vec::new(),
            entries: HashMap::new(),
        }
    }

    fn commit(&mut self, oid: Oid) -> Result<Brief, Error> {
        if let Some(commit) = self.commits.get(&oid) {
            return Ok(commit.clone());
        }
        if self.commits.len() >= MAX_COMMITS {
            return Err(errors::TIPS_DIVERGENCE_EXCEEDED.error(format!(
                "The file's history has more than {MAX_COMMITS} commits. Use a git client."
            )));
        }
        let git::Commit { tree, parents, committer, .. } = self.objects.commit(&oid)?;
        let brief = Brief { tree, parents, date: committer.seconds };
        self.commits.insert(oid, brief.clone());
        Ok(brief)
    }

    /// The file at a path below a folder; a folder is none.
    fn file(&mut self, tree: Oid, path: &[u8]) -> Result<Option<TreeEntry>, Error> {
        let key = (tree, path.to_vec());
        if let Some(known) = self.entries.get(&key) {
            return Ok(known.clone());
        }
        let found = match path.iter().position(|byte| *byte == b'/') {
            Some(slash) => {
                let (name, rest) = path.split_at(slash);
                let folder = self.objects.entry_at(&tree, name)?;
                match folder.filter(|entry| entry.kind == EntryKind::Tree) {
                    Some(folder) => self.file(folder.oid, rest.get(1..).unwrap_or_default())?,
                    None => None,
                }
            }
            None => {
                let entry = self.objects.entry_at(&tree, path)?;
                entry.filter(|e| !matches!(e.kind, EntryKind::Tree | EntryKind::Submodule))
            }
        };
        self.entries.insert(key, found.clone());
        Ok(found)
    }

    /// Goes on at a place, if that tells something new of it.
    fn visit(&mut self, oid: Oid, path: Vec<u8>, child: Option<Oid>) -> Result<(), Error> {
        let date = self.commit(oid)?.date;
        let new = !self.visits.contains_key(&(oid, path.clone()));
        let visit = self.visits.entry((oid, path.clone())).or_default();
        let child = child.filter(|child| !visit.children.contains(child));
        visit.children.extend(child);
        if let Some(version) = visit.version.and_then(|at| self.versions.get_mut(at)) {
            version.children.extend(child);
        } else if new || child.is_some() {
            self.queue.push((date, Reverse(self.came), oid, path));
            self.came += 1;
        }
        Ok(())
    }

    /// Goes back until there are so many versions or no more commits.
    fn run(&mut self, wanted: usize) -> Result<(), Error> {
        while self.versions.len() < wanted {
            let Some((_, _, oid, path)) = self.queue.pop() else { break };
            self.step(oid, path)?;
        }
        Ok(())
    }

    fn step(&mut self, oid: Oid, path: Vec<u8>) -> Result<(), Error> {
        let commit = self.commit(oid)?;
        let Some(file) = self.file(commit.tree, &path)? else { return Ok(()) };
        let children = match self.visits.get(&(oid, path.clone())) {
            Some(visit) if visit.version.is_none() => visit.children.clone(),
            _ => return Ok(()),
        };
        let mut before = Vec::new();
        for parent in &commit.parents {
            let tree = self.commit(*parent)?.tree;
            let there = self.file(tree, &path)?;
            if there.as_ref() == Some(&file) {
                // As git simplifies history: the file came from here, whatever else was merged.
                for child in children.iter().map(|child| Some(*child)).chain([None]) {
                    self.visit(*parent, path.clone(), child)?;
                }
                return Ok(());
            }
            before.push((*parent, tree, there));
        }
        if let Some(visit) = self.visits.get_mut(&(oid, path.clone())) {
            visit.version = Some(self.versions.len());
        }
        let (tree, commit) = (commit.tree, self.objects.commit(&oid)?);
        self.versions.push(Version { commit, blob: file.oid, path: path.clone(), children });
        let is_new = before.iter().all(|(_, _, there)| there.is_none());
        for (parent, parent_tree, there) in before {
            if there.is_some() {
                self.visit(parent, path.clone(), Some(oid))?;
            } else if is_new && let Some(old) = origin(self.objects, parent_tree, tree, &file)? {
                self.visit(parent, old, Some(oid))?;
            }
        }
        Ok(())
    }
}

/// The file that was taken away and became `file`, if there is one.
fn origin(
    objects: &Objects,
    before: Oid,
    after: Oid,
    file: &TreeEntry,
) -> Result<Option<Vec<u8>>, Error> {
    let all = Wanted { under: None, behind: None, limit: usize::MAX };
    let gone: Vec<git::Side> = objects
        .differences(Some(&before), Some(&after), all)?
        .into_iter()
        .filter(|difference| difference.after.is_none())
        .filter_map(|difference| difference.before)
        .filter(|side| side.kind != EntryKind::Submodule)
        .take(MAX_CANDIDATES)
        .collect();
    if let Some(same) = gone.iter().find(|side| side.oid == file.oid) {
        return Ok(Some(same.path.clone()));
    }
    let read = |oid: &Oid| -> Result<Option<Vec<u8>>, Error> {
        match objects.header(oid)? {
            Some((_, size)) if size <= MAX_COMPARED => Ok(objects.blob(oid, MAX_COMPARED)?),
            _ => Ok(None),
        }
    };
    let Some(new) = read(&file.oid)?.filter(|content| !content.is_empty()) else {
        return Ok(None);
    };
    let mut best: Option<(usize, Vec<u8>)> = None;
    for side in gone {
        let Some(old) = read(&side.oid)? else { continue };
        let percent = common(&old, &new) * 100 / old.len().max(new.len());
        if percent >= 50 && best.as_ref().is_none_or(|(most, _)| percent > *most) {
            best = Some((percent, side.path));
        }
    }
    Ok(best.map(|(_, path)| path))
}

/// Bytes of `new` in lines that `old` has, too.
fn common(old: &[u8], new: &[u8]) -> usize {
    let known: HashSet<&[u8]> = lines(old).into_iter().collect();
    let kept = lines(new).into_iter().filter(|line| known.contains(line));
    kept.map(<[u8]>::len).sum::<usize>().min(old.len())
}
