//! Reading an artifact's files one after the other, in constant memory.
//!
//! A zip tells at its end what is in it, so it is kept in a file meanwhile: one without a name,
//! that no other process can open and that is gone when this process is.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use bytes::Bytes;
use shape::{Body, BodyError};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use zip::ZipArchive;

use super::pieces::Pieces;

/// The most files of an artifact; AWS's quota.
const MAX_FILES: usize = 100_000;
/// The most bytes that an artifact's files may have together.
const MAX_BYTES: u64 = 16 << 30;
/// Bytes read at once.
const PIECE: usize = 256 << 10;

/// An artifact's files.
pub(super) struct Files {
    zip: Option<ZipArchive<File>>,
    /// Position in the zip, name and size in bytes of every file.
    pub entries: Vec<(usize, String, u64)>,
}

fn unreadable(error: impl std::fmt::Display) -> String {
    format!("The artifact is not a readable zip: {error}")
}

impl Files {
    /// Takes a zip in.
    ///
    /// # Errors
    /// A sentence that tells what is wrong with it.
    pub async fn open(dir: &Path, mut body: Body) -> Result<Self, String> {
        let mut file = tempfile::tempfile_in(dir).map_err(unreadable)?;
        while let Some(piece) = body.next().await {
            let piece = piece.map_err(unreadable)?;
            file = blocking(move || {
                file.write_all(&piece)?;
                Ok(file)
            })
            .await
            .map_err(unreadable)?;
        }
        let (zip, entries) = spawn_blocking(move || list(file)).await.map_err(unreadable)??;
        Ok(Self { zip: Some(zip), entries })
    }

    /// The bytes of the file at that position. The one before must have been read to its end, or
    /// dropped.
    ///
    /// # Errors
    /// A sentence that tells what is wrong.
    pub async fn read(
        &mut self,
        at: usize,
        size: u64,
        with: impl AsyncFnOnce(Body) -> Result<(), super::Trouble>,
    ) -> Result<(), super::Trouble> {
        let Some(mut zip) = self.zip.take() else {
            return Err(super::Trouble::configuration("The artifact could not be read again."));
        };
        let (sender, receiver) = mpsc::channel(2);
        let reading = spawn_blocking(move || {
            if let Err(error) = pump(&mut zip, at, &sender) {
                // Whoever does not take it has an error of its own.
                let _ = sender.blocking_send(Err(BodyError::new("IncompleteBody", error)));
            }
            zip
        });
        let result = with(Body::stream(Pieces(receiver), Some(size))).await;
        self.zip = reading.await.ok();
        result
    }
}

async fn blocking<T: Send + 'static>(
    f: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    spawn_blocking(f).await.map_err(io::Error::other)?
}

type Listed = (ZipArchive<File>, Vec<(usize, String, u64)>);

fn list(file: File) -> Result<Listed, String> {
    let mut zip = ZipArchive::new(file).map_err(unreadable)?;
    let mut entries = Vec::new();
    let mut total = 0u64;
    for at in 0..zip.len() {
        let entry = zip.by_index(at).map_err(unreadable)?;
        if entry.is_dir() {
            continue;
        }
        let name = entry.name().map_err(unreadable)?.into_owned();
        if entry.enclosed_name().is_none() {
            return Err(format!("The artifact's file {name:?} has a name that leads out of it."));
        }
        if entry.is_symlink() {
            return Err(format!(
                "The artifact's file {name:?} is a symbolic link, which S3 cannot hold."
            ));
        }
        total = total.saturating_add(entry.size());
        entries.push((at, name, entry.size()));
        if entries.len() > MAX_FILES || total > MAX_BYTES {
            return Err(format!(
                "The artifact has more than {MAX_FILES} files or {MAX_BYTES} bytes."
            ));
        }
    }
    Ok((zip, entries))
}

fn pump(
    zip: &mut ZipArchive<File>,
    at: usize,
    sender: &mpsc::Sender<Result<Bytes, BodyError>>,
) -> Result<(), String> {
    let entry = zip.by_index(at).map_err(unreadable)?;
    // What is told of the size may be a lie.
    let mut entry = entry.take(MAX_BYTES);
    loop {
        let mut piece = vec![0; PIECE];
        let read = entry.read(&mut piece).map_err(unreadable)?;
        if read == 0 {
            return Ok(());
        }
        piece.truncate(read);
        if sender.blocking_send(Ok(piece.into())).is_err() {
            return Ok(());
        }
    }
}
