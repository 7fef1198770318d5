//! The packs of one repository: rows in the store, bytes sealed under the repository's key.

use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use blobs::{Blobs, KeyRef};
use git::points::reach;
use git::{Answer, GitError, NewPack, PackStore, Part, RefSnapshot, SealedPack, StoredPack};
use service::{Error, Yard};
use store::{ReadTx, StoreError};

use super::keyring::refused;
use super::rows::{self, Row, RowPart};
use crate::model::Repository;
use crate::refs;

/// A pack up to this many bytes is sealed into the store itself, which costs a push no sync of its
/// own.
const MAX_IN_STORE: u64 = 32 << 10;
/// Bytes read at once.
const PIECE: usize = 512 << 10;

/// A pack whose bytes are safe, for a transaction to make it one of the repository's.
pub(crate) struct Sealed {
    pub row: Row,
    /// A small pack's sealed bytes.
    pub bytes: Option<Vec<u8>>,
}

/// See the module. What is true of a repository is looked up each time: others may change it.
pub(crate) struct StorePacks {
    yard: Yard,
    id: String,
}

fn store_failed(error: StoreError) -> GitError {
    GitError::References(error.to_string())
}

fn cut_off(error: impl std::fmt::Display) -> GitError {
    GitError::CutOff(error.to_string())
}

/// File operations on a thread where they may block.
async fn blocking<T: Send + 'static>(
    what: &'static str,
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> git::Result<T> {
    let done = tokio::task::spawn_blocking(work).await.map_err(cut_off)?;
    done.map_err(|source| GitError::Io { what, source })
}

/// What binds sealed bytes in the store to their place.
fn context(repository: &str, name: &str) -> Vec<u8> {
    format!("codecommit pack {repository}/{name}").into_bytes()
}

/// The key that a row or a repository names.
pub(super) fn key_ref(kms_key: Option<&str>) -> Result<KeyRef, Error> {
    kms_key.map_or(Ok(KeyRef::Yard), |arn| arn.parse().map_err(Error::internal))
}

impl StorePacks {
    pub fn new(yard: &Yard, id: &str) -> Self {
        Self { yard: yard.clone(), id: id.to_owned() }
    }

    fn read<T>(&self, f: impl FnOnce(&ReadTx<'_>) -> Result<T, StoreError>) -> git::Result<T> {
        self.yard.store().read(f).map_err(store_failed)
    }

    pub(super) fn blobs(&self) -> git::Result<Blobs> {
        super::of(&self.yard).blobs(&self.yard).map_err(GitError::Refused)
    }

    /// The ARN of the repository's key now.
    fn kms_key(&self) -> git::Result<Option<String>> {
        let found = self.read(|tx| Repository::by_id(tx, &self.id))?;
        Ok(found.and_then(|repository| repository.value.kms_key))
    }

    async fn seal_files(&self, pack: NewPack) -> git::Result<SealedPack> {
        let kms_key = self.kms_key()?;
        let key = key_ref(kms_key.as_deref()).map_err(GitError::Refused)?;
        let blobs = self.blobs()?;
        let part = |(part, _, size): &(Part, PathBuf, u64)| RowPart {
            name: part.name().to_owned(),
            size: i64::try_from(*size).unwrap_or(i64::MAX),
        };
        let mut row = Row {
            name: pack.name.to_string(),
            objects: i64::try_from(pack.objects).unwrap_or(i64::MAX),
            parts: pack.files.iter().map(part).collect(),
            blob: None,
            kms_key,
        };
        let bytes = match pack.bytes() <= MAX_IN_STORE {
            true => {
                let context = context(&self.id, &row.name);
                let sealed = move || {
                    let mut plain = Vec::new();
                    for (_, path, size) in &pack.files {
                        append(&mut plain, path, *size)?;
                    }
                    Ok(blobs.seal(&key, &context, &plain))
                };
                Some(blocking("read the new pack", sealed).await?.map_err(refused)?)
            }
            false => {
                let mut writer = blobs.writer(&key);
                for (_, path, size) in pack.files {
                    write_file(&mut writer, path, size).await?;
                }
                reach("blob-written");
                row.blob = Some(writer.finish().await.map_err(refused)?.id.to_string());
                reach("blob-synced");
                None
            }
        };
        let name = pack.name;
        Ok(SealedPack::new(name, Arc::new(Sealed { row, bytes })))
    }

    /// A small pack's bytes under another key.
    pub(super) async fn reseal_data(
        &self,
        name: &str,
        data: Vec<u8>,
        key: KeyRef,
    ) -> Result<Vec<u8>, Error> {
        let (blobs, context) = (self.blobs()?, context(&self.id, name));
        let work = move || blobs.seal(&key, &context, &blobs.unseal(&context, &data)?);
        let sealed = tokio::task::spawn_blocking(work).await.map_err(Error::internal)?;
        sealed.map_err(super::keyring::blob_error)
    }

    async fn load_files(&self, pack: &StoredPack, files: &[(Part, PathBuf)]) -> git::Result<bool> {
        let sequence: u64 = pack.id.parse().map_err(cut_off)?;
        let found = self.read(|tx| {
            let row = rows::get(tx, &self.id, sequence)?;
            Ok(match row {
                Some(row) if row.blob.is_none() => {
                    let data = rows::data(tx, &self.id, sequence)?;
                    Some((row, data))
                }
                other => other.map(|row| (row, None)),
            })
        })?;
        let Some((row, data)) = found else { return Ok(false) };
        let places = row.places();
        let wanted = files.iter().filter_map(|(part, path)| {
            let (_, start, size) = places.iter().find(|(known, ..)| known == part)?;
            Some((path.clone(), *start, *size))
        });
        let wanted: Vec<(PathBuf, u64, u64)> = wanted.collect();
        if wanted.len() != files.len() {
            return Ok(false);
        }
        let Some(data) = data else { return self.load_blob(&row, sequence, wanted).await };
        let (blobs, context) = (self.blobs()?, context(&self.id, &row.name));
        let opened = tokio::task::spawn_blocking(move || blobs.unseal(&context, &data)).await;
        let plain = opened.map_err(cut_off)?.map_err(refused)?;
        blocking("write the plain copy", move || {
            for (path, start, size) in wanted {
                let range = usize::try_from(start).ok().zip(usize::try_from(start + size).ok());
                let bytes = range.and_then(|(start, end)| plain.get(start..end));
                let short = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
                std::fs::write(path, bytes.ok_or_else(short)?)?;
            }
            Ok(())
        })
        .await?;
        Ok(true)
    }

    async fn load_blob(
        &self,
        row: &Row,
        sequence: u64,
        wanted: Vec<(PathBuf, u64, u64)>,
    ) -> git::Result<bool> {
        let blobs = self.blobs()?;
        let Some(blob) = row.blob() else {
            return Err(refused(lost(row)));
        };
        for (path, start, size) in wanted {
            let mut reader = match blobs.reader(blob, start..start + size).await {
                Ok(reader) => reader,
                Err(blobs::Error::NotFound(_)) => {
                    // Replaced meanwhile, or lost?
                    let now = self.read(|tx| rows::get(tx, &self.id, sequence))?;
                    return match now {
                        Some(now) if now.blob == row.blob => Err(refused(lost(row))),
                        _ => Ok(false),
                    };
                }
                Err(error) => return Err(refused(error)),
            };
            let mut file = blocking("write the plain copy", move || File::create(path)).await?;
            while let Some(piece) = reader.next().await.map_err(refused)? {
                file = blocking("write the plain copy", move || {
                    file.write_all(&piece)?;
                    Ok(file)
                })
                .await?;
            }
        }
        Ok(true)
    }
}

impl Row {
    /// Where each part begins in the sealed bytes, and its size.
    fn places(&self) -> Vec<(Part, u64, u64)> {
        let mut start = 0;
        let mut places = Vec::new();
        for part in &self.parts {
            let size = u64::try_from(part.size).unwrap_or_default();
            if let Some(part) = Part::parse(&part.name) {
                places.push((part, start, size));
            }
            start += size;
        }
        places
    }
}

/// The bytes of a row are not there.
fn lost(row: &Row) -> blobs::Error {
    blobs::Error::Damaged { what: format!("pack {}", row.name), reason: "its bytes are missing" }
}

fn append(plain: &mut Vec<u8>, path: &std::path::Path, size: u64) -> std::io::Result<()> {
    let before = plain.len();
    File::open(path)?.take(size).read_to_end(plain)?;
    match (plain.len() - before) as u64 == size {
        true => Ok(()),
        false => Err(std::io::ErrorKind::UnexpectedEof.into()),
    }
}

/// Writes `size` bytes of a file into a blob, in constant memory.
async fn write_file(writer: &mut blobs::Writer, path: PathBuf, size: u64) -> git::Result<()> {
    let open = move || File::open(path).map(|file| file.take(size));
    let mut file = blocking("read the new pack", open).await?;
    let mut written = 0;
    let mut buffer = Vec::with_capacity(PIECE);
    loop {
        (file, buffer) = blocking("read the new pack", move || {
            buffer.clear();
            file.by_ref().take(PIECE as u64).read_to_end(&mut buffer)?;
            Ok((file, buffer))
        })
        .await?;
        if buffer.is_empty() {
            break;
        }
        written += buffer.len() as u64;
        writer.write(&buffer).await.map_err(refused)?;
    }
    match written == size {
        true => Ok(()),
        false => Err(cut_off("the new pack changed while it was sealed")),
    }
}

impl PackStore for StorePacks {
    fn list(&self) -> Answer<'_, git::Result<Vec<StoredPack>>> {
        let listed = self.read(|tx| {
            let rows = rows::list(tx, &self.id)?;
            let stored = |(sequence, row): &(u64, Row)| {
                let damaged = || StoreError::Corrupt("a pack's row".to_owned());
                row.stored(*sequence).ok_or_else(damaged)
            };
            rows.iter().map(stored).collect::<Result<Vec<_>, _>>()
        });
        Box::pin(std::future::ready(listed))
    }

    fn load<'a>(
        &'a self,
        pack: &'a StoredPack,
        files: &'a [(Part, PathBuf)],
    ) -> Answer<'a, git::Result<bool>> {
        Box::pin(self.load_files(pack, files))
    }

    fn seal(&self, pack: NewPack) -> Answer<'_, git::Result<SealedPack>> {
        Box::pin(self.seal_files(pack))
    }

    fn discard(&self, pack: SealedPack) -> Answer<'_, ()> {
        Box::pin(async move {
            let blob = pack.peek::<Sealed>().and_then(|sealed| sealed.row.blob());
            if let (Some(blob), Ok(blobs)) = (blob, self.blobs())
                && let Err(error) = blobs.delete(blob).await
            {
                // The sweeper finds it later.
                tracing::warn!(%error, "failed to remove the bytes of a refused push");
            }
        })
    }

    fn refs(&self) -> Answer<'_, git::Result<Option<RefSnapshot>>> {
        let read = self.read(|tx| refs::snapshot(tx, &self.id));
        Box::pin(std::future::ready(read.map(Some)))
    }

    fn replace(&self, old: Vec<String>, new: SealedPack) -> Answer<'_, git::Result<bool>> {
        Box::pin(async move {
            let sequences: Result<Vec<u64>, _> = old.iter().map(|id| id.parse()).collect();
            let sequences = sequences.map_err(cut_off)?;
            let (id, now) = (self.id.clone(), self.yard.clock().now());
            let replaced = self.yard.store().write(move |tx| {
                let Some(repository) = Repository::by_id(tx, &id)? else { return Ok(false) };
                let mut rows = Vec::new();
                for sequence in &sequences {
                    match rows::get(tx, &id, *sequence)? {
                        Some(row) => rows.push((*sequence, row)),
                        None => return Ok(false),
                    }
                }
                for (sequence, row) in &rows {
                    rows::delete(tx, &id, *sequence, row, now)?;
                }
                rows::insert(tx, &repository, &new, now)?;
                Ok::<_, StoreError>(true)
            });
            replaced.await.map_err(store_failed)
        })
    }
}
