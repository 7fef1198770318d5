//! Append-only files of a sandbox: its output and its journal.
//!
//! Unsealed, the file holds the bytes as they are. Sealed, it is a row of records: the offset of
//! the record's first byte in the plain stream (8 bytes), the plain length (4), both little
//! endian, a random nonce (12), and the bytes under AES-256-GCM. The sandbox's id, the file's name
//! and the record's offset are authenticated with it, so records can't be moved or exchanged.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const HEADER: usize = 24;
const TAG: usize = 16;
/// Largest plain length of one record, so that readers need little memory.
const MAX_RECORD: usize = 1 << 20;

/// The key to seal with, bound to one sandbox and file.
#[derive(Clone)]
pub struct Seal {
    cipher: Aes256Gcm,
    binding: String,
}

impl Seal {
    /// For the file `name` of sandbox `id`.
    pub fn new(key: &[u8; 32], id: &str, name: &str) -> Self {
        Self { cipher: Aes256Gcm::new(key.into()), binding: format!("{id}/{name}") }
    }

    fn authenticated(&self, header: &[u8]) -> Vec<u8> {
        [self.binding.as_bytes(), b"\0", header].concat()
    }
}

/// What is appended is gathered for so long, for each write wakes the readers; the supervisor's
/// death, not the yard's, takes what was not written yet with it.
const GATHER: Duration = Duration::from_millis(10);
/// This much is not gathered, in bytes.
const MUCH: usize = 64 << 10;

/// Writes one.
pub struct Writer {
    file: File,
    seal: Option<Seal>,
    /// Plain bytes appended, gathered ones included.
    length: u64,
    gathered: Vec<u8>,
    /// When the gathered bytes are to be written.
    due: Option<Instant>,
}

impl Writer {
    /// Makes the file; it must not exist.
    pub fn create(path: &Path, seal: Option<Seal>) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(path)?;
        Ok(Self { file, seal, length: 0, gathered: Vec::new(), due: None })
    }

    /// Plain bytes appended so far, less those that could not be written.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// When [`Self::write_out`] should be called, if it should.
    pub fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Appends plain bytes; after an error they and what was gathered before are lost.
    pub fn append(&mut self, data: &[u8]) -> io::Result<()> {
        self.gathered.extend_from_slice(data);
        self.length += data.len() as u64;
        if self.gathered.len() >= MUCH {
            return self.write_out();
        }
        self.due.get_or_insert_with(|| Instant::now() + GATHER);
        Ok(())
    }

    /// Writes what is gathered; after an error it is lost.
    pub fn write_out(&mut self) -> io::Result<()> {
        self.due = None;
        let data = std::mem::take(&mut self.gathered);
        let mut written = 0;
        let start = self.length - data.len() as u64;
        let done = self.write(start, &data, &mut written);
        if done.is_err() {
            self.length = start + written;
        }
        self.gathered = data;
        self.gathered.clear();
        done
    }

    fn write(&mut self, start: u64, data: &[u8], written: &mut u64) -> io::Result<()> {
        let Some(seal) = &self.seal else {
            self.file.write_all(data)?;
            *written = data.len() as u64;
            return Ok(());
        };
        for piece in data.chunks(MAX_RECORD) {
            let record = seal_record(seal, start + *written, piece)?;
            self.file.write_all(&record)?;
            *written += piece.len() as u64;
        }
        Ok(())
    }

    /// Makes everything written so far survive a power cut.
    pub fn sync(&mut self) -> io::Result<()> {
        self.write_out()?;
        self.file.sync_data()
    }
}

fn seal_record(seal: &Seal, offset: u64, plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut record = Vec::with_capacity(HEADER + plain.len() + TAG);
    record.extend_from_slice(&offset.to_le_bytes());
    record.extend_from_slice(&(plain.len() as u32).to_le_bytes());
    let mut nonce = [0u8; 12];
    getrandom::fill(&mut nonce).map_err(io::Error::other)?;
    let aad = seal.authenticated(&record);
    let sealed = seal
        .cipher
        .encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: &aad })
        .map_err(|_| io::Error::other("the record could not be sealed"))?;
    record.extend_from_slice(&nonce);
    record.extend_from_slice(&sealed);
    Ok(record)
}

/// Reads one while it is being written.
pub struct Reader {
    file: File,
    seal: Option<Seal>,
    /// A record's start: (offset in the plain stream, position in the file).
    last: Mutex<(u64, u64)>,
}

impl Reader {
    /// Opens the file.
    pub fn open(path: &Path, seal: Option<Seal>) -> io::Result<Self> {
        Ok(Self::of(File::open(path)?, seal))
    }

    /// Reads a file that is open.
    pub fn of(file: File, seal: Option<Seal>) -> Self {
        Self { file, seal, last: Mutex::new((0, 0)) }
    }

    /// Up to `max` plain bytes from a plain offset on; empty at the present end.
    pub fn read_at(&self, offset: u64, max: usize) -> io::Result<Vec<u8>> {
        match &self.seal {
            None => self.read_plain(offset, max),
            Some(seal) => self.read_sealed(seal, offset, max),
        }
    }

    fn read_plain(&self, offset: u64, max: usize) -> io::Result<Vec<u8>> {
        let there = self.file.metadata()?.len().saturating_sub(offset);
        let mut data = vec![0; max.min(usize::try_from(there).unwrap_or(max))];
        let mut read = 0;
        while let Some(rest) = data.get_mut(read..).filter(|rest| !rest.is_empty()) {
            match self.file.read_at(rest, offset + read as u64)? {
                0 => break,
                more => read += more,
            }
        }
        data.truncate(read);
        Ok(data)
    }

    fn read_sealed(&self, seal: &Seal, offset: u64, max: usize) -> io::Result<Vec<u8>> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut start, mut position) = if last.0 <= offset { *last } else { (0, 0) };
        let mut found = Vec::new();
        // Records are as short as what was written at once: one answer joins many.
        while found.len() < max {
            let Some((header, length)) = self.header(start, position)? else { break };
            let end = start + length as u64;
            if offset < end {
                let at = position + HEADER as u64;
                let Some(plain) = self.open_record(seal, &header, at, length)? else { break };
                *last = (start, position);
                let skip =
                    usize::try_from(offset.saturating_sub(start)).map_err(io::Error::other)?;
                let rest = plain.get(skip..).unwrap_or_default();
                found.extend_from_slice(rest.get(..max - found.len()).unwrap_or(rest));
            }
            (start, position) = (end, position + (HEADER + length + TAG) as u64);
        }
        Ok(found)
    }

    /// The plain bytes of the record whose sealed bytes are at `at`, if it has been written whole.
    fn open_record(
        &self,
        seal: &Seal,
        header: &[u8],
        at: u64,
        length: usize,
    ) -> io::Result<Option<Vec<u8>>> {
        let Some(sealed) = self.exactly(at, length + TAG)? else { return Ok(None) };
        let (clear, nonce) = header.split_at(12);
        let nonce: [u8; 12] = nonce.try_into().map_err(io::Error::other)?;
        let aad = seal.authenticated(clear);
        seal.cipher
            .decrypt(&Nonce::from(nonce), Payload { msg: &sealed, aad: &aad })
            .map(Some)
            .map_err(|_| damaged("does not open with this key, or was changed"))
    }

    /// The header of the record at `position`, if it has been written whole.
    fn header(&self, start: u64, position: u64) -> io::Result<Option<(Vec<u8>, usize)>> {
        let Some(header) = self.exactly(position, HEADER)? else {
            return Ok(None);
        };
        let offset = header.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes));
        let length = header
            .get(8..)
            .and_then(|rest| rest.first_chunk::<4>())
            .map(|bytes| u32::from_le_bytes(*bytes) as usize);
        match (offset, length) {
            (Some(offset), Some(length)) if offset == start && length <= MAX_RECORD => {
                Ok(Some((header, length)))
            }
            _ => Err(damaged("has a record out of order")),
        }
    }

    fn exactly(&self, position: u64, length: usize) -> io::Result<Option<Vec<u8>>> {
        let mut data = vec![0; length];
        match self.file.read_exact_at(&mut data, position) {
            Ok(()) => Ok(Some(data)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the sealed file {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(dir: &Path, seal: Option<Seal>) -> Vec<u8> {
        let mut writer = Writer::create(&dir.join("f"), seal).unwrap();
        let mut all = Vec::new();
        for n in 0..50u8 {
            let piece: Vec<u8> =
                (0..usize::from(n) * 7).map(|i| (i as u8).wrapping_add(n)).collect();
            if !piece.is_empty() {
                writer.append(&piece).unwrap();
            }
            if n % 3 == 0 {
                writer.write_out().unwrap();
            }
            all.extend(piece);
        }
        assert_eq!(writer.length(), all.len() as u64);
        writer.write_out().unwrap();
        all
    }

    #[test]
    fn any_offset_reads_back_sealed_and_plain() {
        for key in [None, Some([7u8; 32])] {
            let dir = tempfile::tempdir().unwrap();
            let seal = key.map(|key| Seal::new(&key, "id", "f"));
            let all = written(dir.path(), seal.clone());
            let reader = Reader::open(&dir.path().join("f"), seal).unwrap();
            for offset in (0..all.len()).chain((0..all.len()).rev().step_by(31)) {
                let got = reader.read_at(offset as u64, 100).unwrap();
                assert!(!got.is_empty());
                assert_eq!(got, all[offset..offset + got.len()]);
            }
            assert!(reader.read_at(all.len() as u64, 10).unwrap().is_empty());
        }
    }

    #[test]
    fn one_answer_joins_many_records() {
        let dir = tempfile::tempdir().unwrap();
        let seal = Some(Seal::new(&[7; 32], "id", "f"));
        let all = written(dir.path(), seal.clone());
        let reader = Reader::open(&dir.path().join("f"), seal).unwrap();
        assert_eq!(reader.read_at(0, all.len() + 1).unwrap(), all);
        assert_eq!(reader.read_at(1000, 500).unwrap(), all[1000..1500]);
        assert_eq!(reader.read_at(1500, usize::MAX).unwrap(), all[1500..]);
    }

    #[test]
    fn a_sealed_file_shows_nothing_and_opens_for_its_own_name_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        let mut writer = Writer::create(&path, Some(Seal::new(&[1; 32], "id", "f"))).unwrap();
        writer.append(b"plain text").unwrap();
        writer.write_out().unwrap();
        let raw = std::fs::read(&path).unwrap();
        assert!(!raw.windows(5).any(|window| window == b"plain"));
        for other in [Seal::new(&[2; 32], "id", "f"), Seal::new(&[1; 32], "other", "f")] {
            let reader = Reader::open(&path, Some(other)).unwrap();
            assert!(reader.read_at(0, 10).is_err());
        }
    }

    #[test]
    fn a_torn_last_record_is_not_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        let seal = Seal::new(&[1; 32], "id", "f");
        let mut writer = Writer::create(&path, Some(seal.clone())).unwrap();
        for text in [b"one", b"two"] {
            writer.append(text).unwrap();
            writer.write_out().unwrap();
        }
        let length = std::fs::metadata(&path).unwrap().len();
        OpenOptions::new().write(true).open(&path).unwrap().set_len(length - 1).unwrap();
        let reader = Reader::open(&path, Some(seal)).unwrap();
        assert_eq!(reader.read_at(0, 10).unwrap(), b"one");
        assert!(reader.read_at(3, 10).unwrap().is_empty());
    }
}
