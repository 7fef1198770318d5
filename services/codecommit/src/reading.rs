//! What is in a repository: files, folders, blobs, commits.

use api_developer::codecommit::*;
use git::{EntryKind, Kind, Objects, Oid, Signature, TreeEntry};
use service::Cx;
use store::{ReadTx, Stored};
use wire::Error;

use crate::model::Repository;
use crate::{errors, refs, repos};

/// The largest file that GetFile answers and PutFile takes, in bytes; AWS's quota.
pub(crate) const MAX_FILE: u64 = 6 << 20;
/// The largest blob that GetBlob answers, in bytes; AWS's quota.
pub(crate) const MAX_BLOB: u64 = 20 << 20;

/// What a commit specifier means: a full commit id, a branch, a tag or any full reference name;
/// without one, or with `HEAD`, the default branch. The object is not looked at yet.
pub(crate) fn specified(
    tx: &ReadTx<'_>,
    repository: &Repository,
    specifier: Option<&str>,
) -> Result<Oid, Error> {
    let missing = |what: &str| {
        errors::COMMIT_DOES_NOT_EXIST
            .error(format!("{what} does not exist in repository {}.", repository.name))
    };
    let Some(specifier) = specifier.filter(|text| *text != "HEAD") else {
        let head = repository.head().ok_or_else(|| missing("A default branch"))?;
        return refs::get(tx, &repository.id, &head)?.ok_or_else(|| missing(&head));
    };
    if let Ok(oid) = specifier.parse() {
        return Ok(oid);
    }
    let names = git::candidates(specifier);
    if names.is_empty() {
        return Err(errors::INVALID_COMMIT
            .error(format!("{specifier} is neither a commit ID nor a reference name.")));
    }
    for name in names {
        if let Some(oid) = refs::get(tx, &repository.id, &name)? {
            return Ok(oid);
        }
    }
    Err(missing(specifier))
}

/// The commit that `oid` is or tags.
pub(crate) fn commit_at(objects: &Objects, oid: &Oid) -> Result<git::Commit, Error> {
    let commit = match objects.peel_to_commit(oid)? {
        Some(commit) => objects.find_commit(&commit)?,
        None => None,
    };
    commit.ok_or_else(|| {
        errors::COMMIT_DOES_NOT_EXIST.error(format!("The commit {oid} does not exist."))
    })
}

/// The repository of a read and what its specifier means.
fn load(cx: &Cx, name: &str, specifier: Option<&str>) -> Result<(Stored<Repository>, Oid), Error> {
    cx.read(|tx| {
        let found = Repository::load(tx, &cx.scope(), name)?;
        let oid = specified(tx, &found, specifier)?;
        Ok((found, oid))
    })
}

/// The API's word for a file's mode. Folders and submodules have none.
pub(crate) fn file_mode(kind: EntryKind) -> Option<FileModeType> {
    match kind {
        EntryKind::File => Some(FileModeType::Normal),
        EntryKind::Executable => Some(FileModeType::Executable),
        EntryKind::Symlink => Some(FileModeType::Symlink),
        EntryKind::Tree | EntryKind::Submodule => None,
    }
}

/// A path as git writes it: AWS lets callers write a slash in front.
pub(crate) fn file_path(path: &str) -> Result<&str, Error> {
    let path = path.strip_prefix('/').unwrap_or(path);
    git::check_path(path).map_err(|error| errors::bad_path(&error))?;
    Ok(path)
}

pub(crate) async fn get_file(cx: Cx, input: GetFileInput) -> Result<GetFileOutput, Error> {
    let path = file_path(&input.file_path)?.to_owned();
    let (found, oid) = load(&cx, &input.repository_name, input.commit_specifier.as_deref())?;
    let work = move |objects: &Objects| {
        let commit = commit_at(objects, &oid)?;
        let missing = || {
            errors::FILE_DOES_NOT_EXIST
                .error(format!("Could not find path {path} in commit {}.", commit.oid))
        };
        let entry = objects.entry_at(&commit.tree, path.as_bytes())?.ok_or_else(missing)?;
        let file_mode = file_mode(entry.kind).ok_or_else(missing)?;
        let (size, content) = blob(objects, &entry.oid, MAX_FILE, missing)?;
        Ok(GetFileOutput {
            commit_id: commit.oid.to_string(),
            blob_id: entry.oid.to_string(),
            file_path: path.clone(),
            file_mode,
            file_size: size,
            file_content: content.into(),
        })
    };
    repos::open(&cx, &found.id).await?.read(work).await
}

fn blob(
    objects: &Objects,
    oid: &Oid,
    limit: u64,
    missing: impl Fn() -> Error,
) -> Result<(i64, Vec<u8>), Error> {
    match objects.header(oid)? {
        Some((Kind::Blob, size)) if size <= limit => {
            let content = objects.blob(oid, limit)?.ok_or_else(missing)?;
            Ok((i64::try_from(size).unwrap_or(i64::MAX), content))
        }
        Some((Kind::Blob, size)) => Err(errors::FILE_TOO_LARGE.error(format!(
            "The blob {oid} has {size} bytes; at most {limit} can be had here. Use a git client."
        ))),
        _ => Err(missing()),
    }
}

pub(crate) async fn get_blob(cx: Cx, input: GetBlobInput) -> Result<GetBlobOutput, Error> {
    let found = cx.read(|tx| Repository::load(tx, &cx.scope(), &input.repository_name))?;
    let oid: Oid = input.blob_id.parse().map_err(|_| {
        errors::INVALID_BLOB_ID.error(format!("{} is not a full blob ID.", input.blob_id))
    })?;
    let work = move |objects: &Objects| {
        let missing =
            || errors::BLOB_ID_DOES_NOT_EXIST.error(format!("The blob {oid} does not exist."));
        let (_, content) = blob(objects, &oid, MAX_BLOB, missing)?;
        Ok(GetBlobOutput { content: content.into() })
    };
    repos::open(&cx, &found.id).await?.read(work).await
}

pub(crate) async fn get_folder(cx: Cx, input: GetFolderInput) -> Result<GetFolderOutput, Error> {
    let path = input.folder_path.trim_start_matches('/').trim_end_matches('/').to_owned();
    if !path.is_empty() {
        git::check_path(&path).map_err(|error| errors::bad_path(&error))?;
    }
    let (found, oid) = load(&cx, &input.repository_name, input.commit_specifier.as_deref())?;
    let work = move |objects: &Objects| {
        let commit = commit_at(objects, &oid)?;
        let tree = objects.folder_at(&commit.tree, path.as_bytes())?.ok_or_else(|| {
            errors::FOLDER_DOES_NOT_EXIST
                .error(format!("Could not find folder {path} in commit {}.", commit.oid))
        })?;
        let mut output = GetFolderOutput {
            commit_id: commit.oid.to_string(),
            folder_path: path.clone(),
            tree_id: Some(tree.to_string()),
            ..GetFolderOutput::default()
        };
        for entry in objects.tree(&tree)? {
            show_entry(&mut output, &entry);
        }
        Ok(output)
    };
    repos::open(&cx, &found.id).await?.read(work).await
}

fn show_entry(output: &mut GetFolderOutput, entry: &TreeEntry) {
    let name = String::from_utf8_lossy(&entry.name).into_owned();
    let absolute_path = Some(match output.folder_path.as_str() {
        "" => name.clone(),
        folder => format!("{folder}/{name}"),
    });
    let (relative_path, id) = (Some(name), Some(entry.oid.to_string()));
    let file_mode = file_mode(entry.kind);
    match entry.kind {
        EntryKind::Tree => {
            output.sub_folders.push(Folder { tree_id: id, absolute_path, relative_path });
        }
        EntryKind::File | EntryKind::Executable => {
            output.files.push(File { blob_id: id, absolute_path, relative_path, file_mode });
        }
        EntryKind::Symlink => output.symbolic_links.push(SymbolicLink {
            blob_id: id,
            absolute_path,
            relative_path,
            file_mode,
        }),
        EntryKind::Submodule => {
            output.sub_modules.push(SubModule { commit_id: id, absolute_path, relative_path });
        }
    }
}

pub(crate) async fn get_commit(cx: Cx, input: GetCommitInput) -> Result<GetCommitOutput, Error> {
    let found = cx.read(|tx| Repository::load(tx, &cx.scope(), &input.repository_name))?;
    let oid = commit_id(&input.commit_id)?;
    let work = move |objects: &Objects| match objects.find_commit(&oid)? {
        Some(commit) => Ok(GetCommitOutput { commit: shown(&commit) }),
        None => {
            Err(errors::COMMIT_ID_DOES_NOT_EXIST.error(format!("The commit {oid} does not exist.")))
        }
    };
    repos::open(&cx, &found.id).await?.read(work).await
}

fn commit_id(text: &str) -> Result<Oid, Error> {
    text.parse()
        .map_err(|_| errors::INVALID_COMMIT_ID.error(format!("{text} is not a full commit ID.")))
}

/// A commit as the API shows it.
pub(crate) fn shown(commit: &git::Commit) -> Commit {
    let who = |who: &Signature| UserInfo {
        name: Some(who.name.clone()),
        email: Some(who.email.clone()),
        date: Some(format!("{} {}", who.seconds, who.offset)),
    };
    Commit {
        commit_id: Some(commit.oid.to_string()),
        tree_id: Some(commit.tree.to_string()),
        parents: commit.parents.iter().map(ToString::to_string).collect(),
        message: Some(commit.message.clone()),
        author: Some(who(&commit.author)),
        committer: Some(who(&commit.committer)),
        additional_data: Some(String::new()),
    }
}

pub(crate) async fn batch_get_commits(
    cx: Cx,
    input: BatchGetCommitsInput,
) -> Result<BatchGetCommitsOutput, Error> {
    if input.commit_ids.is_empty() {
        return Err(errors::COMMIT_IDS_LIST_REQUIRED.error("A list of commit IDs is required."));
    }
    let found = cx.read(|tx| Repository::load(tx, &cx.scope(), &input.repository_name))?;
    let work = move |objects: &Objects| {
        let mut output = BatchGetCommitsOutput::default();
        for id in &input.commit_ids {
            let failed = match commit_id(id) {
                Err(error) => error,
                Ok(oid) => match objects.find_commit(&oid)? {
                    Some(commit) => {
                        output.commits.push(shown(&commit));
                        continue;
                    }
                    None => errors::COMMIT_ID_DOES_NOT_EXIST
                        .error(format!("The commit {oid} does not exist.")),
                },
            };
            output.errors.push(BatchGetCommitsError {
                commit_id: Some(id.clone()),
                error_code: Some(failed.code.into_owned()),
                error_message: Some(failed.message),
            });
        }
        Ok(output)
    };
    repos::open(&cx, &found.id).await?.read(work).await
}
