//! All files of a commit as a zip that is made while it is uploaded.
//!
//! AWS guards this by `codecommit:UploadArchive`, which is an IAM action without an operation: the
//! role must be allowed that, and needs no right to read single files. So the right is checked
//! first, and the files are then read in the role's name with the rights of the account.

use std::collections::VecDeque;
use std::future::Future;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use api_developer::codecommit::{self, FileModeType};
use bytes::Bytes;
use service::{Cx, Right};
use shape::{Body, BodyError};
use tokio::sync::mpsc;
use types::Arn;
use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

use super::pieces::Pieces;
use super::{Trouble, Work, role};

/// The largest repository that is taken, in bytes of all files together; AWS's quota.
const MAX_BYTES: u64 = 1 << 30;
/// The most files that are taken.
const MAX_FILES: usize = 200_000;
/// Pieces of the zip that may wait for the store.
const PIECES: usize = 4;

/// The body of the zip, and the work that fills it; both go on together.
pub(super) fn of_commit(
    work: &Work,
    repository: &str,
    commit_id: &str,
) -> Result<(impl Future<Output = Result<(), Trouble>>, Body), Trouble> {
    let cx = reader(work, repository)?;
    let (sender, receiver) = mpsc::channel(PIECES);
    let (repository, commit_id) = (repository.to_owned(), commit_id.to_owned());
    let fill = async move {
        let mut archive = Archive::new(sender);
        match archive.take(&cx, &repository, &commit_id).await {
            Ok(()) => archive.finish().await,
            Err(trouble) => {
                archive.fail().await;
                Err(trouble)
            }
        }
    };
    Ok((fill, Body::stream(Pieces(receiver), None)))
}

fn reader(work: &Work, repository: &str) -> Result<Cx, Trouble> {
    let scope = work.run.scope();
    let (region, account) = (scope.region.as_str(), scope.account.as_str());
    let arn = Arn::new("codecommit", region, account, repository).to_string();
    work.cx
        .authorize("codecommit", &Right::new("codecommit:UploadArchive", arn))
        .map_err(Trouble::with(format!("reading the files of repository {repository}")))?;
    let mut caller = work.yard.identity().root(&scope.account);
    caller.arn.clone_from(&work.cx.caller().arn);
    caller.user_id.clone_from(&work.cx.caller().user_id);
    Ok(Cx::background(&work.yard, caller, scope.region.clone(), role::PRINCIPAL))
}

/// What the zip writer has written and nobody has taken yet.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Archive {
    zip: ZipWriter<StreamWriter<Written>>,
    written: Written,
    sender: mpsc::Sender<Result<Bytes, BodyError>>,
    files: usize,
    bytes: u64,
}

/// A file or link to be packed.
struct Entry {
    path: String,
    blob_id: String,
    mode: Option<FileModeType>,
}

impl Archive {
    fn new(sender: mpsc::Sender<Result<Bytes, BodyError>>) -> Self {
        let written = Written::default();
        let zip = ZipWriter::new_stream(written.clone());
        Self { zip, written, sender, files: 0, bytes: 0 }
    }

    async fn take(&mut self, cx: &Cx, repository: &str, commit_id: &str) -> Result<(), Trouble> {
        let mut folders = VecDeque::from(["/".to_owned()]);
        while let Some(folder) = folders.pop_front() {
            let input = codecommit::GetFolderInput {
                repository_name: repository.to_owned(),
                commit_specifier: Some(commit_id.to_owned()),
                folder_path: folder,
            };
            let output = cx.call(codecommit::GetFolder, input).await;
            let output = output.map_err(Trouble::with("reading a folder of the repository"))?;
            folders.extend(output.sub_folders.into_iter().filter_map(|it| it.absolute_path));
            let files =
                output.files.into_iter().map(|it| (it.absolute_path, it.blob_id, it.file_mode));
            let links = output
                .symbolic_links
                .into_iter()
                .map(|it| (it.absolute_path, it.blob_id, it.file_mode));
            for (path, blob_id, mode) in files.chain(links) {
                if let (Some(path), Some(blob_id)) = (path, blob_id) {
                    self.add(cx, repository, Entry { path, blob_id, mode }).await?;
                }
            }
        }
        Ok(())
    }

    async fn add(&mut self, cx: &Cx, repository: &str, entry: Entry) -> Result<(), Trouble> {
        let Entry { path, blob_id, mode } = entry;
        let input = codecommit::GetBlobInput { repository_name: repository.to_owned(), blob_id };
        let output = cx.call(codecommit::GetBlob, input).await;
        let content = output.map_err(Trouble::with(format!("reading the file {path}")))?.content;
        self.files += 1;
        self.bytes = self.bytes.saturating_add(content.len() as u64);
        if self.files > MAX_FILES || self.bytes > MAX_BYTES {
            return Err(Trouble::configuration(format!(
                "The repository {repository} is too large: a source artifact may have \
                 {MAX_FILES} files of {MAX_BYTES} bytes together."
            )));
        }
        self.pack(&path, &content, mode).map_err(|error| {
            Trouble::configuration(format!("The file {path} cannot be packed: {error}"))
        })?;
        self.hand_over().await;
        Ok(())
    }

    fn pack(
        &mut self,
        path: &str,
        content: &[u8],
        mode: Option<FileModeType>,
    ) -> Result<(), Box<dyn std::error::Error>> {
        // The default date is the same each time, and so is the zip.
        let options = SimpleFileOptions::default();
        if mode == Some(FileModeType::Symlink) {
            self.zip.add_symlink(path, std::str::from_utf8(content)?, options)?;
            return Ok(());
        }
        let bits = if mode == Some(FileModeType::Executable) { 0o755 } else { 0o644 };
        self.zip.start_file(path, options.unix_permissions(bits))?;
        self.zip.write_all(content)?;
        Ok(())
    }

    /// Gives what is written to the store; if that takes no more, its own error tells why.
    async fn hand_over(&self) {
        let written = self.written.take();
        if !written.is_empty() {
            let _ = self.sender.send(Ok(written.into())).await;
        }
    }

    async fn finish(self) -> Result<(), Trouble> {
        let Self { zip, written, sender, .. } = self;
        zip.finish().map_err(|error| {
            Trouble::configuration(format!("The artifact cannot be packed: {error}"))
        })?;
        let _ = sender.send(Ok(written.take().into())).await;
        Ok(())
    }

    /// Lets the upload fail, so that no half of a zip is taken for a whole.
    async fn fail(self) {
        let error = BodyError::new("IncompleteBody", "The artifact could not be read to its end.");
        let _ = self.sender.send(Err(error)).await;
    }
}
