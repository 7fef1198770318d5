//! Commits made through the API: PutFile, DeleteFile, CreateCommit.

use std::collections::HashSet;

use api_developer::codecommit::*;
use git::{Draft, Edit, EditError, Edited, FileChange, FileMode, Oid, RefUpdate, Signature};
use service::Cx;
use wire::Error;

use crate::model::{self, Repository, branch_ref};
use crate::reading::{MAX_FILE, file_mode, file_path};
use crate::refs::{self, StoreRefs};
use crate::{errors, repos, secret_scanning};

/// Files that one commit may change; AWS's quota.
pub(crate) const MAX_FILES: usize = 100;
/// Bytes of all files that one commit brings together; AWS's quota (which only its error tells).
pub(crate) const MAX_CONTENT: usize = 7 << 20;
/// Characters of an author's name; AWS's quota.
const MAX_NAME: usize = 1_024;
/// Characters of an e-mail address; AWS's quota.
const MAX_EMAIL: usize = 256;
/// Bytes of a commit message; AWS's quota.
const MAX_MESSAGE: usize = 256 << 10;
/// Folders that a file may lie in, one in the other; AWS's quota.
const MAX_DEPTH: usize = 20;
/// Bytes of a folder's own list of entries; AWS's quota.
const MAX_FOLDER: u64 = 6 << 20;

/// What a commit is to be made of.
struct Wish {
    repository: String,
    branch: String,
    parent: Option<String>,
    name: Option<String>,
    email: Option<String>,
    message: String,
    keep_empty_folders: bool,
}

/// A commit that has been made.
struct Made {
    commit: Oid,
    edited: Edited,
}

pub(crate) async fn put_file(cx: Cx, input: PutFileInput) -> Result<PutFileOutput, Error> {
    let path = file_path(&input.file_path)?.to_owned();
    check_depth(&path)?;
    if input.file_content.is_empty() {
        return Err(errors::FILE_CONTENT_REQUIRED
            .error(format!("{path} is empty: an empty file is made by CreateCommit, or by git.")));
    }
    let wish = Wish {
        repository: input.repository_name,
        branch: input.branch_name,
        parent: input.parent_commit_id,
        name: input.name,
        email: input.email,
        message: input.commit_message.unwrap_or_else(|| format!("Put {path}")),
        keep_empty_folders: false,
    };
    let edit = Edit::Put {
        path: path.clone(),
        mode: input.file_mode.map(mode),
        content: input.file_content.to_vec(),
    };
    let same = errors::SAME_FILE_CONTENT
        .error(format!("{path} already has this content and mode in branch {}.", wish.branch));
    let made = commit(&cx, wish, same, move |_, _| Ok(vec![edit])).await?;
    let file = made.edited.added.iter().chain(&made.edited.updated).next();
    Ok(PutFileOutput {
        commit_id: made.commit.to_string(),
        blob_id: file.map(|file| file.oid.to_string()).unwrap_or_default(),
        tree_id: made.edited.tree.to_string(),
    })
}

pub(crate) async fn delete_file(cx: Cx, input: DeleteFileInput) -> Result<DeleteFileOutput, Error> {
    let path = file_path(&input.file_path)?.to_owned();
    let wish = Wish {
        repository: input.repository_name,
        branch: input.branch_name,
        parent: Some(input.parent_commit_id),
        name: input.name,
        email: input.email,
        message: input.commit_message.unwrap_or_else(|| format!("Delete {path}")),
        keep_empty_folders: input.keep_empty_folders.unwrap_or_default(),
    };
    let missing = errors::FILE_DOES_NOT_EXIST.error(format!("{path} does not exist."));
    let edit = Edit::Delete { path: path.clone() };
    // DeleteFile documents no error of its own for a folder: that is no file.
    let no_file = missing.clone();
    let made = commit(&cx, wish, missing, move |_, _| Ok(vec![edit])).await;
    let made = made.map_err(|error| match error.is(errors::INVALID_DELETION_PARAMETER) {
        true => no_file,
        false => error,
    })?;
    let file = made.edited.deleted.first();
    Ok(DeleteFileOutput {
        commit_id: made.commit.to_string(),
        blob_id: file.map(|file| file.oid.to_string()).unwrap_or_default(),
        tree_id: made.edited.tree.to_string(),
        file_path: path,
    })
}

pub(crate) async fn create_commit(
    cx: Cx,
    input: CreateCommitInput,
) -> Result<CreateCommitOutput, Error> {
    let puts = input.put_files.unwrap_or_default();
    let deletes = input.delete_files.unwrap_or_default();
    let modes = input.set_file_modes.unwrap_or_default();
    check_entries(&puts, &deletes, &modes)?;
    let message = input.commit_message.filter(|text| !text.is_empty()).unwrap_or_else(|| {
        let files = puts.len() + deletes.len() + modes.len();
        format!("Change {files} {}", if files == 1 { "file" } else { "files" })
    });
    let wish = Wish {
        repository: input.repository_name,
        branch: input.branch_name,
        parent: input.parent_commit_id,
        name: input.author_name,
        email: input.email,
        message,
        keep_empty_folders: input.keep_empty_folders.unwrap_or_default(),
    };
    let nothing = errors::NO_CHANGE
        .error(format!("The commit would change nothing in branch {}.", wish.branch));
    let build = move |draft: &Draft, base: Option<&Oid>| {
        let mut edits = Vec::new();
        for entry in deletes {
            edits.push(Edit::Delete { path: file_path(&entry.file_path)?.to_owned() });
        }
        for entry in modes {
            let path = file_path(&entry.file_path)?.to_owned();
            edits.push(Edit::SetMode { path, mode: mode(entry.file_mode) });
        }
        for entry in puts {
            put_entry(draft, base, entry, &mut edits)?;
        }
        Ok(edits)
    };
    let made = commit(&cx, wish, nothing, build).await?;
    let metadata = |change: FileChange| FileMetadata {
        absolute_path: Some(change.path),
        blob_id: Some(change.oid.to_string()),
        file_mode: file_mode(change.kind),
    };
    Ok(CreateCommitOutput {
        commit_id: Some(made.commit.to_string()),
        tree_id: Some(made.edited.tree.to_string()),
        files_added: made.edited.added.into_iter().map(metadata).collect(),
        files_updated: made.edited.updated.into_iter().map(metadata).collect(),
        files_deleted: made.edited.deleted.into_iter().map(metadata).collect(),
    })
}

/// What AWS refuses whatever is in the repository.
fn check_entries(
    puts: &[PutFileEntry],
    deletes: &[DeleteFileEntry],
    modes: &[SetFileModeEntry],
) -> Result<(), Error> {
    let count = puts.len() + deletes.len() + modes.len();
    if count == 0 {
        return Err(errors::FILE_ENTRY_REQUIRED
            .error("The commit needs at least one file to put, delete or set the mode of."));
    }
    if count > MAX_FILES {
        return Err(errors::MAXIMUM_FILE_ENTRIES_EXCEEDED.error(format!(
            "The commit changes {count} files; at most {MAX_FILES} can be changed at once. \
             Use a git client."
        )));
    }
    let mut paths = HashSet::new();
    for entry in puts {
        check_depth(file_path(&entry.file_path)?)?;
        check_source(entry)?;
    }
    let put = puts.iter().map(|e| &e.file_path);
    let others = deletes.iter().map(|e| &e.file_path).chain(modes.iter().map(|e| &e.file_path));
    for path in put.chain(others) {
        if !paths.insert(file_path(path)?) {
            return Err(errors::SAME_PATH_REQUEST.error(format!("{path} is named more than once.")));
        }
    }
    check_folders(puts)?;
    let content = puts.iter().flat_map(|entry| &entry.file_content).map(bytes::Bytes::len);
    if content.sum::<usize>() > MAX_CONTENT {
        return Err(errors::FILE_CONTENT_SIZE_LIMIT_EXCEEDED.error(format!(
            "The files of the commit have more than {MAX_CONTENT} bytes together. \
             Use a git client."
        )));
    }
    Ok(())
}

/// Refuses paths that AWS refuses to write, though git may have them.
fn check_depth(path: &str) -> Result<(), Error> {
    match path.matches('/').count() > MAX_DEPTH {
        true => Err(errors::INVALID_PATH
            .error(format!("The path {path} lies in more than {MAX_DEPTH} folders."))),
        false => Ok(()),
    }
}

/// Refuses to put a file where another one that is put needs a folder.
fn check_folders(puts: &[PutFileEntry]) -> Result<(), Error> {
    let files: HashSet<&str> =
        puts.iter().map(|entry| file_path(&entry.file_path)).collect::<Result<_, _>>()?;
    for file in &files {
        let folders = file.match_indices('/').filter_map(|(at, _)| file.get(..at));
        for folder in folders {
            if files.contains(folder) {
                return Err(errors::PUT_FILE_ENTRY_CONFLICT.error(format!(
                    "{folder} is put as a file, and {file} needs it as a folder."
                )));
            }
        }
    }
    Ok(())
}

/// Refuses to add to folders that have too many entries to be rewritten here.
fn check_room(draft: &Draft, base: Option<&Oid>, edits: &[Edit]) -> Result<(), Error> {
    let mut seen = HashSet::new();
    for edit in edits {
        let (Edit::Put { path, .. } | Edit::PutBlob { path, .. }) = edit else { continue };
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let Some(base) = base.filter(|_| seen.insert(folder)) else { continue };
        let Some(tree) = draft.objects().folder_at(base, folder.as_bytes())? else { continue };
        if draft.objects().header(&tree)?.is_some_and(|(_, size)| size > MAX_FOLDER) {
            return Err(errors::FOLDER_CONTENT_SIZE_LIMIT_EXCEEDED.error(format!(
                "The list of what is in folder {folder} has more than {MAX_FOLDER} bytes. Use a \
                 git client."
            )));
        }
    }
    Ok(())
}

fn check_source(entry: &PutFileEntry) -> Result<(), Error> {
    let path = &entry.file_path;
    match (&entry.file_content, &entry.source_file) {
        (Some(_), None) => Ok(()),
        (None, None) => Err(errors::SOURCE_FILE_OR_CONTENT_REQUIRED
            .error(format!("{path} needs a source file or content."))),
        (Some(_), Some(_)) => Err(errors::FILE_CONTENT_AND_SOURCE_FILE_SPECIFIED
            .error(format!("{path} has both a source file and content."))),
        (None, Some(source)) => {
            if file_path(&source.file_path)?.rsplit('/').next() == Some(".gitkeep") {
                return Err(errors::RESTRICTED_SOURCE_FILE
                    .error("A .gitkeep file cannot be copied or moved."));
            }
            Ok(())
        }
    }
}

fn put_entry(
    draft: &Draft,
    base: Option<&Oid>,
    entry: PutFileEntry,
    edits: &mut Vec<Edit>,
) -> Result<(), Error> {
    let path = file_path(&entry.file_path)?.to_owned();
    let mode = entry.file_mode.map(mode);
    let Some(source) = entry.source_file else {
        let content = entry.file_content.unwrap_or_default().to_vec();
        edits.push(Edit::Put { path, mode, content });
        return Ok(());
    };
    let from = file_path(&source.file_path)?;
    let found = match base {
        Some(base) => draft.objects().entry_at(base, from.as_bytes())?,
        None => None,
    };
    let found = found.and_then(|entry| Some((entry.oid, file_mode(entry.kind)?)));
    let (blob, had) = found.ok_or_else(|| {
        errors::FILE_DOES_NOT_EXIST.error(format!("The source file {from} does not exist."))
    })?;
    edits.push(Edit::PutBlob { path, mode: mode.or(Some(self::mode(had))), blob });
    if source.is_move == Some(true) {
        edits.push(Edit::Delete { path: from.to_owned() });
    }
    Ok(())
}

pub(crate) fn mode(mode: FileModeType) -> FileMode {
    match mode {
        FileModeType::Normal => FileMode::Normal,
        FileModeType::Executable => FileMode::Executable,
        FileModeType::Symlink => FileMode::Symlink,
    }
}

/// Makes a commit on the tip of a branch and moves the branch to it. `unchanged` is the answer to
/// edits that change nothing.
async fn commit(
    cx: &Cx,
    wish: Wish,
    unchanged: Error,
    edits: impl FnOnce(&Draft, Option<&Oid>) -> Result<Vec<Edit>, Error> + Send + 'static,
) -> Result<Made, Error> {
    model::check_branch(&wish.branch)?;
    let who = author(cx, wish.name.as_deref(), wish.email.as_deref())?;
    check_message(&wish.message)?;
    let found = cx.read(|tx| Repository::load(tx, &cx.scope(), &wish.repository))?.value;
    let (id, blocks_secrets) = (&found.id, secret_scanning::blocks(&found));
    let repository = repos::open(cx, id).await?;
    let change = repository.change().await;
    // Only now: whoever had the turn before may have moved the branch.
    let parent = parent(cx, &wish)?;
    let parent = match parent {
        Parent::Tip(tip) => Some(tip),
        Parent::None => None,
        Parent::Outdated(given) => {
            let known = move |objects: &git::Objects| Ok::<_, Error>(objects.find_commit(&given)?);
            return Err(match repository.read(known).await? {
                Some(_) => outdated(&wish.branch),
                None => errors::PARENT_COMMIT_DOES_NOT_EXIST
                    .error(format!("The parent commit {given} does not exist.")),
            });
        }
    };
    let (message, keep) = (wish.message, wish.keep_empty_folders);
    let build = move |draft: &mut Draft| -> Result<Made, Error> {
        let base = parent.map(|parent| draft.objects().commit(&parent)).transpose()?;
        let base = base.map(|commit| commit.tree);
        let edits = edits(draft, base.as_ref())?;
        check_room(draft, base.as_ref(), &edits)?;
        let deletes: HashSet<String> = edits.iter().filter_map(deleted).collect();
        let edited = draft.edit(base.as_ref(), edits, keep).map_err(|error| match error {
            EditError::IsFolder(path) if deletes.contains(&path) => {
                errors::INVALID_DELETION_PARAMETER.error(format!(
                    "{path} cannot be deleted: it is a folder. Delete the files in it."
                ))
            }
            error => errors::bad_edit(error),
        })?;
        if edited.is_empty() {
            return Err(unchanged);
        }
        let parents: Vec<Oid> = parent.into_iter().collect();
        let commit = draft.commit(&edited.tree, &parents, &who, &who, &message)?;
        check_draft(draft)?;
        secret_scanning::check(draft, &commit, blocks_secrets)?;
        Ok(Made { commit, edited })
    };
    let (made, installed) = change.write(build).await?;
    let update = RefUpdate { name: branch_ref(&wish.branch), old: parent, new: Some(made.commit) };
    let refs = StoreRefs::new(cx, id).bringing(&installed);
    let outcome = refs.change(vec![update], true).await?;
    if outcome.into_iter().all(|result| result.is_ok()) {
        installed.keep();
        return Ok(made);
    }
    installed.undo().await?;
    Err(outdated(&wish.branch))
}

fn deleted(edit: &Edit) -> Option<String> {
    match edit {
        Edit::Delete { path } => Some(path.clone()),
        _ => None,
    }
}

/// Refuses files for which git would refuse the commit if it was pushed.
pub(crate) fn check_draft(draft: &Draft) -> Result<(), Error> {
    match draft.fsck()? {
        None => Ok(()),
        Some(why) => Err(errors::INVALID_PATH
            .error(format!("The commit was not made: git refuses a file of it: {why}."))),
    }
}

fn outdated(branch: &str) -> Error {
    errors::PARENT_COMMIT_ID_OUTDATED.error(format!(
        "The parent commit is not the tip of branch {branch}. Get the tip and try again."
    ))
}

enum Parent {
    /// The tip of the branch, as the caller said.
    Tip(Oid),
    /// The repository is empty: this makes its first commit.
    None,
    /// Not the tip, if it is a commit at all.
    Outdated(Oid),
}

fn parent(cx: &Cx, wish: &Wish) -> Result<Parent, Error> {
    let given: Option<Oid> = match &wish.parent {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| {
            errors::INVALID_PARENT_COMMIT_ID.error(format!("{text} is not a full commit ID."))
        })?),
    };
    cx.read(|tx| {
        let found = Repository::load(tx, &cx.scope(), &wish.repository)?;
        match (refs::get(tx, &found.id, &branch_ref(&wish.branch))?, given) {
            (Some(tip), Some(given)) if tip == given => Ok(Parent::Tip(tip)),
            (Some(_), None) => Err(errors::PARENT_COMMIT_ID_REQUIRED
                .error(format!("Branch {} has commits: name its tip.", wish.branch))),
            (Some(_), Some(given)) => Ok(Parent::Outdated(given)),
            (None, given) if refs::is_empty(tx, &found.id)? => {
                Ok(given.map_or(Parent::None, Parent::Outdated))
            }
            (None, _) => {
                let tag = format!("refs/tags/{}", wish.branch);
                Err(match refs::get(tx, &found.id, &tag)? {
                    Some(_) => errors::BRANCH_NAME_IS_TAG_NAME
                        .error(format!("{} is a tag, not a branch.", wish.branch)),
                    None => errors::no_branch(&found, &wish.branch),
                })
            }
        }
    })
}

/// Author and committer: as given, or by the caller's ARN.
pub(crate) fn author(cx: &Cx, name: Option<&str>, email: Option<&str>) -> Result<Signature, Error> {
    let (name, email) = (name.unwrap_or_default(), email.unwrap_or_default());
    if name.chars().count() > MAX_NAME {
        return Err(errors::NAME_LENGTH_EXCEEDED
            .error(format!("The author's name is longer than {MAX_NAME} characters.")));
    }
    let bad = |c: char| c.is_control() || "<>".contains(c);
    if email.chars().count() > MAX_EMAIL || email.contains(bad) {
        return Err(errors::INVALID_EMAIL.error("The e-mail address is not valid."));
    }
    let given = Signature::new(name, email, cx.now().secs());
    if !given.name.is_empty() {
        return Ok(given);
    }
    Ok(Signature::new(&cx.caller().arn, email, cx.now().secs()))
}

/// Refuses commit messages that are too long.
pub(crate) fn check_message(message: &str) -> Result<(), Error> {
    if message.len() > MAX_MESSAGE {
        return Err(errors::COMMIT_MESSAGE_LENGTH_EXCEEDED
            .error(format!("The commit message is longer than {MAX_MESSAGE} bytes.")));
    }
    Ok(())
}

const _: () = assert!(MAX_FILE == 6_291_456, "the shapes' bound on content is the same quota");
