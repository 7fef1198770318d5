//! A medium that is full, or fails, is told as such and leaves nothing behind.

use std::{
    fs, io,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use codeyard_blobs::{
    Backend, BlobId, Blobs, DiskBackend, Entry, Error, KeyRef, Result, Sink, Source,
};

use crate::{block_on, keyring, pattern};

/// A disk that takes so many bytes and then is full; committing costs one.
struct Small(Arc<dyn Backend>, Arc<AtomicI64>);

struct SmallSink(Box<dyn Sink>, Arc<AtomicI64>);

fn charge(left: &AtomicI64, bytes: usize) -> Result<()> {
    if left.fetch_sub(bytes as i64, Ordering::Relaxed) < bytes as i64 {
        return Err(Error::io("write a blob", io::ErrorKind::StorageFull.into()));
    }
    Ok(())
}

impl Backend for Small {
    fn area(&self, name: &str) -> Result<Arc<dyn Backend>> {
        self.0.area(name)
    }
    fn create(&self, id: BlobId) -> Result<Box<dyn Sink>> {
        Ok(Box::new(SmallSink(self.0.create(id)?, self.1.clone())))
    }
    fn open(&self, id: BlobId) -> Result<Box<dyn Source>> {
        self.0.open(id)
    }
    fn delete(&self, id: BlobId) -> Result<()> {
        self.0.delete(id)
    }
    fn list(&self, after: Option<BlobId>, limit: usize) -> Result<Vec<Entry>> {
        self.0.list(after, limit)
    }
}

impl Sink for SmallSink {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        charge(&self.1, bytes.len())?;
        self.0.append(bytes)
    }
    fn commit(self: Box<Self>) -> Result<()> {
        charge(&self.1, 1)?;
        self.0.commit()
    }
}

#[test]
fn a_full_disk_leaves_nothing_wherever_it_strikes() {
    let bytes = pattern(2_500_000);
    let measured = Blobs::in_memory();
    block_on(measured.put_bytes(&KeyRef::Yard, &bytes)).unwrap();
    let sealed_len = block_on(measured.list(None, 1)).unwrap()[0].stored as i64;
    for room in [0, 50, 90, 300_000, 600_000, 1_200_000, sealed_len - 1, sealed_len] {
        let dir = tempfile::tempdir().unwrap();
        let disk = Arc::new(DiskBackend::open(dir.path()).unwrap());
        let left = Arc::new(AtomicI64::new(room));
        let blobs = Blobs::new(Arc::new(Small(disk, left.clone())), keyring());
        let failed = block_on(blobs.put_bytes(&KeyRef::Yard, &bytes));
        assert!(matches!(failed, Err(Error::Full { .. })), "{room}: {failed:?}");
        assert_eq!(block_on(blobs.list(None, 1)).unwrap(), []);
        assert_eq!(fs::read_dir(dir.path().join("tmp")).unwrap().count(), 0, "{room}");
        left.store(sealed_len + 1, Ordering::Relaxed);
        let blob = block_on(blobs.put_bytes(&KeyRef::Yard, &bytes)).unwrap();
        assert!(block_on(blobs.get_bytes(blob.id, blob.size)).unwrap() == bytes);
    }
}

#[test]
fn a_failed_writer_keeps_failing() {
    let full = Small(Arc::new(codeyard_blobs::MemoryBackend::new()), Arc::new(AtomicI64::new(0)));
    let blobs = Blobs::new(Arc::new(full), keyring());
    block_on(async {
        let mut writer = blobs.writer(&KeyRef::Yard);
        let mut errors = Vec::new();
        for _ in 0..4 {
            errors.extend(writer.write(&pattern(600_000)).await.err());
        }
        assert!(matches!(errors[0], Error::Full { .. }));
        assert!(errors[1..].iter().all(|e| matches!(e, Error::WriterFailed)));
        assert!(matches!(writer.finish().await, Err(Error::WriterFailed)));
    });
}

#[test]
fn a_refused_key_leaves_nothing() {
    let (dir, blobs) = crate::on_disk();
    let key = "arn:aws:kms:us-east-1:123456789012:key/x".parse().unwrap();
    let refused = block_on(blobs.put_bytes(&key, b"x"));
    assert!(matches!(refused, Err(Error::Keyring(codeyard_blobs::KeyringError::NoSuchKey(_)))));
    assert_eq!(fs::read_dir(dir.path().join("tmp")).unwrap().count(), 0);
}

const CHILD: &str = "CODEYARD_BLOBS_LIMITED_CHILD";

/// The child's part: writes under a limit on file sizes that the system enforces.
#[test]
fn child_writes_under_a_limit() {
    let Some(dir) = std::env::var_os(CHILD) else { return };
    let blobs = Blobs::open(std::path::Path::new(&dir), keyring()).unwrap();
    let failed = block_on(blobs.put_bytes(&KeyRef::Yard, &pattern(2_000_000)));
    assert!(matches!(failed, Err(Error::Full { .. })), "{failed:?}");
    block_on(blobs.put_bytes(&KeyRef::Yard, &pattern(50_000))).unwrap();
}

#[test]
fn a_limit_of_the_system_is_told_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let exe = std::env::current_exe().unwrap();
    let limited =
        r#"trap '' XFSZ; ulimit -f 1000; exec "$0" full::child_writes_under_a_limit --exact"#;
    let out = Command::new("bash").args(["-c", limited]).arg(exe).env(CHILD, dir.path()).output();
    let out = out.unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
    assert_eq!(fs::read_dir(dir.path().join("tmp")).unwrap().count(), 0);
}
