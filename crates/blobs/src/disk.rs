//! Blobs as files: `XX/ID`, where XX are the id's first two digits, and `tmp/ID` while
//! they are written; another area is a folder in `areas`.
//!
//! **What durability costs.** A commit is an `fdatasync` of the file, a rename, and an `fsync` of
//! the folder. Commits run in parallel on blocking threads, and the file system's journal joins
//! syncs that overlap, so many small blobs written at once pay far less than twice a sync each.
//! They are not queued for one another here: that would make a lone write wait. A caller with very
//! small values should rather [seal](crate::Blobs::seal) them into its store row, which pays
//! nothing beside the store's own group commit.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    BlobId, Error, Result,
    backend::{Backend, Entry, Sink, Source},
};

/// A folder of blobs. Only one process may have it open: opening removes unfinished blobs.
pub struct DiskBackend {
    dir: PathBuf,
    tmp: PathBuf,
}

impl DiskBackend {
    /// Opens a folder, which is made (mode 0700) if absent, and removes what unfinished writers
    /// of an earlier process left.
    ///
    /// # Errors
    /// The folder can't be made, read or cleaned.
    pub fn open(dir: &Path) -> Result<Self> {
        let tmp = dir.join("tmp");
        let opened = || {
            DirBuilder::new().recursive(true).mode(0o700).create(&tmp)?;
            for left in fs::read_dir(&tmp)? {
                fs::remove_file(left?.path())?;
            }
            sync_dir(dir)
        };
        opened().map_err(|e| Error::io("open the folder of blobs", e))?;
        Ok(Self { dir: dir.to_owned(), tmp })
    }

    fn shard(&self, id: BlobId) -> PathBuf {
        let [first, ..] = id.as_bytes();
        self.dir.join(format!("{first:02x}"))
    }

    fn path(&self, id: BlobId) -> PathBuf {
        self.shard(id).join(id.to_string())
    }
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Writes a small file so that it is either whole or absent, also after a crash.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let tmp = path.with_extension("new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&tmp)?;
    file.write_all(bytes)?;
    file.sync_data()?;
    fs::rename(&tmp, path)?;
    path.parent().map_or(Ok(()), sync_dir)
}

impl Backend for DiskBackend {
    fn area(&self, name: &str) -> Result<Arc<dyn Backend>> {
        Ok(Arc::new(Self::open(&self.dir.join("areas").join(name))?))
    }

    fn create(&self, id: BlobId) -> Result<Box<dyn Sink>> {
        let tmp = self.tmp.join(id.to_string());
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&tmp)
            .map_err(|e| Error::io("create a blob", e))?;
        let (dir, shard) = (self.dir.clone(), self.shard(id));
        Ok(Box::new(DiskSink { file, tmp: Some(tmp), place: self.path(id), shard, dir }))
    }

    fn open(&self, id: BlobId) -> Result<Box<dyn Source>> {
        let failed = |e: io::Error| match e.kind() {
            io::ErrorKind::NotFound => Error::NotFound(id),
            _ => Error::io("open a blob", e),
        };
        let file = File::open(self.path(id)).map_err(failed)?;
        let len = file.metadata().map_err(failed)?.len();
        Ok(Box::new(DiskSource { file, len }))
    }

    fn delete(&self, id: BlobId) -> Result<()> {
        match fs::remove_file(self.path(id)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::io("delete a blob", e)),
            _ => Ok(()),
        }
    }

    fn list(&self, after: Option<BlobId>, limit: usize) -> Result<Vec<Entry>> {
        let mut found = Vec::new();
        let first = after.map_or(0, |id| id.as_bytes()[0]);
        for shard in first..=u8::MAX {
            let dir = self.dir.join(format!("{shard:02x}"));
            let mut entries = list_shard(&dir, after).map_err(|e| Error::io("list blobs", e))?;
            entries.sort_unstable_by_key(|entry| entry.id);
            found.append(&mut entries);
            if found.len() >= limit {
                found.truncate(limit);
                break;
            }
        }
        Ok(found)
    }
}

fn list_shard(dir: &Path, after: Option<BlobId>) -> io::Result<Vec<Entry>> {
    let mut found = Vec::new();
    let names = match fs::read_dir(dir) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(found),
        names => names?,
    };
    for name in names {
        let name = name?;
        // A file that somebody else put here is no blob.
        let id = name.file_name().to_str().and_then(|text| text.parse::<BlobId>().ok());
        let Some(id) = id.filter(|id| Some(*id) > after) else { continue };
        match name.metadata() {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            meta => {
                let meta = meta?;
                found.push(Entry { id, stored: meta.len(), modified: meta.modified()? });
            }
        }
    }
    Ok(found)
}

struct DiskSink {
    file: File,
    /// The passing name, until the blob has its own.
    tmp: Option<PathBuf>,
    place: PathBuf,
    shard: PathBuf,
    dir: PathBuf,
}

impl DiskSink {
    fn publish(&mut self) -> io::Result<()> {
        let Some(tmp) = &self.tmp else { return Ok(()) };
        self.file.sync_data()?;
        match fs::rename(tmp, &self.place) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                match DirBuilder::new().mode(0o700).create(&self.shard) {
                    Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
                    _ => sync_dir(&self.dir)?,
                }
                fs::rename(tmp, &self.place)?;
            }
            renamed => renamed?,
        }
        self.tmp = None;
        if let Err(e) = sync_dir(&self.shard) {
            // Not known to be durable, so it must not be visible either.
            let _ = fs::remove_file(&self.place);
            return Err(e);
        }
        Ok(())
    }
}

impl Sink for DiskSink {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|e| Error::io("write a blob", e))
    }

    fn commit(mut self: Box<Self>) -> Result<()> {
        self.publish().map_err(|e| Error::io("commit a blob", e))
    }
}

impl Drop for DiskSink {
    fn drop(&mut self) {
        if let Some(tmp) = &self.tmp {
            // What can't be removed now is removed at the next opening.
            let _ = fs::remove_file(tmp);
        }
    }
}

struct DiskSource {
    file: File,
    len: u64,
}

impl Source for DiskSource {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        self.file.read_exact_at(into, offset).map_err(|e| Error::io("read a blob", e))
    }
}
