//! Reading repositories by a connection: where a branch is, and all files of a commit.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use api_developer::codeconnections::*;
use bytes::Bytes;
use forge::git::{Failure, Git, deadline};
use forge::{Provider, Room, take_apart};
use service::{Cx, Yard};
use shape::{Body, BodyError, BodyStream, Timestamp};
use tempfile::TempDir;
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;
use tokio::sync::{Notify, mpsc};
use wire::Error;

use crate::errors;
use crate::uses::{Open, open};

/// Milliseconds in which a provider must tell where a branch is.
const BRANCH_TIME: i64 = 30_000;
/// Milliseconds in which a commit's files must have come.
const ARCHIVE_TIME: i64 = 10 * 60_000;
/// The largest archive that is handed on, in bytes; AWS's quota for repositories.
const MAX_ARCHIVE: u64 = 1 << 30;
/// What a commit's files and their archive may take while they are put together, in bytes: an older
/// server sends the whole branch.
const MAX_ROOM: u64 = 4 << 30;
/// Bytes of an archive that are read at once.
const PIECE: usize = 256 << 10;
/// Pieces that may wait for whoever takes them.
const PIECES: usize = 4;
/// Every file of a commit belongs to its archive, as it is.
const ATTRIBUTES: &str = "* -export-ignore -export-subst\n";

/// A repository at the end of a connection.
struct Remote {
    url: String,
    git: Git,
}

fn remote(
    open: &Open,
    input: &ConnectionUse,
    folder: &TempDir,
    millis: i64,
) -> Result<Remote, Error> {
    let id = input.full_repository_id.as_deref().unwrap_or_default();
    let origin = open.place.origin.as_str();
    let parts = id.split('/').count();
    let fits = match open.place.provider {
        Provider::GitLab => parts >= 2,
        _ => parts == 2,
    };
    let url = format!("{origin}/{id}");
    // By one name only: a policy that denies the use for a repository knows no other.
    let is_plain = !id.to_ascii_lowercase().ends_with(".git");
    if !fits || !is_plain || take_apart(&url).is_none_or(|(_, _, path)| path != id) {
        return Err(errors::invalid(format!(
            "The repository id {id} is not valid: it must be OWNER/NAME, without .git"
        )));
    }
    // Both hold for this host only: git matches it with each URL that it is given.
    let settings = vec![
        (format!("http.{origin}/.extraHeader"), open.credential.git_header(open.place.provider)),
        (format!("http.{origin}/.followRedirects"), "false".to_owned()),
    ];
    let protocols = if origin.starts_with("https://") { "https" } else { "http:https" };
    Ok(Remote {
        url: format!("{url}.git"),
        git: Git {
            settings,
            protocols,
            deadline: deadline(millis),
            stop: Arc::new(Notify::new()),
            room: Room::new(folder.path(), MAX_ROOM),
        },
    })
}

fn told(failure: Failure, input: &ConnectionUse) -> Error {
    let id = input.full_repository_id.as_deref().unwrap_or_default();
    match failure {
        Failure::Denied(why) => errors::UNAVAILABLE.error(format!(
            "The provider does not let connection {} read the repository {id}: {why}",
            input.connection_arn
        )),
        Failure::NoRepository(why) => {
            errors::NOT_FOUND.error(format!("The repository {id} was not found: {why}"))
        }
        Failure::NoReference(why) => errors::NOT_FOUND
            .error(format!("The branch or commit was not found in the repository {id}: {why}")),
        Failure::Late => errors::UNAVAILABLE.error(format!("The provider of {id} took too long")),
        Failure::Stopped => errors::UNAVAILABLE.error("It was stopped"),
        Failure::TooLarge(why) | Failure::Other(why) => {
            errors::UNAVAILABLE.error(format!("The repository {id} could not be read: {why}"))
        }
        Failure::Broken(why) => Error::internal(why),
    }
}

/// Where calls have their folders.
fn folders(yard: &Yard) -> PathBuf {
    yard.config().data_dir.join("codeconnections")
}

/// A folder for one call, which goes with it.
fn folder(cx: &Cx) -> Result<TempDir, Error> {
    let parent = folders(cx.yard());
    std::fs::create_dir_all(&parent).map_err(Error::internal)?;
    tempfile::tempdir_in(parent).map_err(Error::internal)
}

/// Removes the folders of calls that ended with an earlier yard.
pub(crate) fn tidy(yard: &Yard) {
    let path = folders(yard);
    match std::fs::remove_dir_all(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(path = %path.display(), %error, "failed to remove what calls left");
        }
        _ => {}
    }
}

/// Where a branch is, by `git ls-remote`.
pub(crate) async fn get_connection_branch(
    cx: Cx,
    input: ConnectionUse,
) -> Result<ConnectionBranch, Error> {
    let open = open(&cx, &input.connection_arn)?;
    let folder = folder(&cx)?;
    let remote = remote(&open, &input, &folder, BRANCH_TIME)?;
    let branch = input.branch_name.as_deref().unwrap_or_default();
    let reference = format!("refs/heads/{branch}");
    let words = ["ls-remote", "--quiet", "--", &remote.url, &reference];
    let listed = remote.git.run(folder.path(), &words).await;
    let listed = listed.map_err(|failure| told(failure, &input))?;
    let found = listed.lines().filter_map(|line| line.split_once('\t'));
    let found = found.filter(|(_, name)| *name == reference).map(|(id, _)| id.to_owned()).next();
    let commit_id = found.ok_or_else(|| {
        told(Failure::NoReference(format!("there is no branch {branch}")), &input)
    })?;
    Ok(ConnectionBranch { commit_id })
}

/// All files of a commit as a zip archive, by a fetch of that commit alone.
pub(crate) async fn get_connection_archive(
    cx: Cx,
    input: ConnectionUse,
) -> Result<ConnectionArchive, Error> {
    let open = open(&cx, &input.connection_arn)?;
    let folder = folder(&cx)?;
    let remote = remote(&open, &input, &folder, ARCHIVE_TIME)?;
    let commit = input.commit_id.clone().unwrap_or_default();
    if !matches!(commit.len(), 40 | 64) || !commit.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(errors::invalid(format!("{commit} is no commit's id")));
    }
    let path = folder.path();
    fetch(&remote, path, &input, &commit).await.map_err(|failure| told(failure, &input))?;
    let packed = pack(&remote, path, &commit).await.map_err(|failure| told(failure, &input))?;
    let facts = facts(&packed);
    let file = File::open(path.join("archive.zip")).await.map_err(Error::internal)?;
    let size = file.metadata().await.map_err(Error::internal)?.len();
    if size > MAX_ARCHIVE {
        return Err(errors::UNAVAILABLE.error(format!(
            "The files of commit {commit} take {size} bytes as an archive; at most {MAX_ARCHIVE} are taken"
        )));
    }
    let (sender, receiver) = mpsc::channel(PIECES);
    tokio::spawn(hand_over(folder, file, sender));
    Ok(ConnectionArchive {
        commit_id: Some(commit),
        provider_type: Some(open.provider_type),
        body: Body::stream(Pieces(receiver), Some(size)),
        ..facts
    })
}

async fn fetch(
    remote: &Remote,
    path: &Path,
    input: &ConnectionUse,
    commit: &str,
) -> Result<(), Failure> {
    let git = &remote.git;
    git.run(path, &["init", "--quiet", "--bare", "repository"]).await?;
    let repository = path.join("repository");
    let one = ["fetch", "--quiet", "--no-tags", "--depth=1", "--", &remote.url, commit];
    match git.run(&repository, &one).await {
        // Older servers hand out the tips of branches only.
        Err(Failure::NoReference(why)) => {
            let Some(branch) = &input.branch_name else { return Err(Failure::NoReference(why)) };
            let branch = format!("refs/heads/{branch}");
            let whole = ["fetch", "--quiet", "--no-tags", "--", &remote.url, &branch];
            git.run(&repository, &whole).await?;
        }
        done => {
            done?;
        }
    }
    let is_there = ["cat-file", "-e", &format!("{commit}^{{commit}}")];
    let missing = |_| Failure::NoReference(format!("there is no commit {commit}"));
    git.run(&repository, &is_there).await.map(drop).map_err(missing)
}

/// Packs the files; answers what the commit says of itself.
async fn pack(remote: &Remote, path: &Path, commit: &str) -> Result<String, Failure> {
    let repository = path.join("repository");
    let broken = |error: std::io::Error| Failure::Broken(error.to_string());
    let info = repository.join("info");
    std::fs::create_dir_all(&info).map_err(broken)?;
    std::fs::write(info.join("attributes"), ATTRIBUTES).map_err(broken)?;
    let git = remote.git.on_files();
    let archive = ["archive", "--format=zip", "--output=../archive.zip", commit];
    git.run(&repository, &archive).await?;
    let format = "--format=%at%x00%ct%x00%an%x00%ae%x00%B";
    git.run(&repository, &["log", "-1", "--no-show-signature", format, commit]).await
}

fn facts(told: &str) -> ConnectionArchive {
    let mut parts = told.splitn(5, '\0').map(str::to_owned);
    let date = |seconds: Option<String>| seconds?.parse().ok().map(Timestamp::from_secs);
    ConnectionArchive {
        author_date: date(parts.next()),
        committer_date: date(parts.next()),
        author_name: parts.next(),
        author_email: parts.next(),
        message: parts.next().map(|message| message.trim_end().to_owned()),
        ..ConnectionArchive::default()
    }
}

/// Gives the archive to whoever takes it; the folder goes at the end.
async fn hand_over(
    folder: TempDir,
    mut file: File,
    sender: mpsc::Sender<Result<Bytes, BodyError>>,
) {
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        let piece = match (&mut file).take(PIECE as u64).read_to_end(&mut piece).await {
            Ok(0) => break,
            Ok(_) => Ok(Bytes::from(piece)),
            Err(error) => Err(BodyError::new("IncompleteBody", error.to_string())),
        };
        let is_last = piece.is_err();
        // Nobody takes it any more: its call has failed, and says so.
        if sender.send(piece).await.is_err() || is_last {
            break;
        }
    }
    drop(folder);
}

/// The pieces of a channel, to its end.
struct Pieces(mpsc::Receiver<Result<Bytes, BodyError>>);

impl BodyStream for Pieces {
    fn poll_piece(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        self.0.poll_recv(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_tell_of_themselves() {
        let facts = facts("1700000000\x001700000060\0Ada\0ada@example.com\0Say\n\nhello\n\n");
        assert_eq!(facts.author_date, Some(Timestamp::from_secs(1_700_000_000)));
        assert_eq!(facts.committer_date, Some(Timestamp::from_secs(1_700_000_060)));
        assert_eq!(facts.author_name.as_deref(), Some("Ada"));
        assert_eq!(facts.author_email.as_deref(), Some("ada@example.com"));
        assert_eq!(facts.message.as_deref(), Some("Say\n\nhello"));
    }
}
