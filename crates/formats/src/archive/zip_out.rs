//! A zip file as it is written: headers, sizes beyond 4 GiB, the directory at the end.
//! <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>

use std::io::{self, Read, Seek, SeekFrom, Write};

use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// Numbers from here on need the large form.
const LARGE: u64 = u32::MAX as u64;
/// Midnight of the first day that zip knows, so that the same files give the same bytes.
const DATE: u16 = 0x21;
const UTF8: u16 = 0x0800;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// The fastest: outputs go to a bucket near by.
const LEVEL: u32 = 1;
const PIECE: usize = 128 << 10;
/// Sizes in the large form, in a local header: number, length, two sizes.
const LARGE_EXTRA: usize = 20;

/// Content as it goes into the archive.
pub(super) struct Content {
    method: u16,
    crc: u32,
    size: u64,
    data: Vec<u8>,
}

impl Content {
    /// As it is.
    pub fn stored(data: Vec<u8>) -> Self {
        let mut crc = Crc::new();
        crc.update(&data);
        Self { method: STORED, crc: crc.sum(), size: data.len() as u64, data }
    }
}

/// Makes contents, one after the other, with memory of its own.
pub(super) struct Deflater(Compress);

impl Deflater {
    pub fn new() -> Self {
        Self(Compress::new(Compression::new(LEVEL), false))
    }

    /// Compresses data, unless that makes it no smaller.
    pub fn content(&mut self, data: Vec<u8>) -> io::Result<Content> {
        self.0.reset();
        let mut out = Vec::with_capacity(data.len() / 2 + 64);
        loop {
            let done = usize::try_from(self.0.total_in()).unwrap_or(usize::MAX);
            let rest = data.get(done..).unwrap_or_default();
            let status = self.0.compress_vec(rest, &mut out, FlushCompress::Finish)?;
            if status == Status::StreamEnd {
                break;
            }
            if out.len() >= data.len() {
                return Ok(Content::stored(data));
            }
            out.reserve(out.capacity().max(PIECE));
        }
        if out.len() >= data.len() {
            return Ok(Content::stored(data));
        }
        let mut crc = Crc::new();
        crc.update(&data);
        Ok(Content { method: DEFLATED, crc: crc.sum(), size: data.len() as u64, data: out })
    }
}

/// One entry, as the directory tells of it.
struct Entry {
    name: String,
    /// Type and permissions.
    mode: u32,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
    offset: u64,
}

/// The archive under way.
pub(super) struct ZipOut<W> {
    out: W,
    at: u64,
    entries: Vec<Entry>,
}

impl<W: Write + Seek> ZipOut<W> {
    pub fn new(out: W) -> Self {
        Self { out, at: 0, entries: Vec::new() }
    }

    /// Adds an entry whose content is at hand.
    pub fn add(&mut self, name: &str, mode: u32, content: &Content) -> io::Result<()> {
        let entry = Entry {
            name: name.to_owned(),
            mode,
            method: content.method,
            crc: content.crc,
            packed: content.data.len() as u64,
            size: content.size,
            offset: self.at,
        };
        self.write(&local(&entry, false)?)?;
        self.write(&content.data)?;
        self.entries.push(entry);
        Ok(())
    }

    /// Adds an entry piece by piece, of any size.
    pub fn add_stream(&mut self, name: &str, mode: u32, from: &mut impl Read) -> io::Result<()> {
        let mut entry = Entry {
            name: name.to_owned(),
            mode,
            method: DEFLATED,
            crc: 0,
            packed: 0,
            size: 0,
            offset: self.at,
        };
        self.write(&local(&entry, true)?)?;
        let began = self.at;
        let mut deflate = Compress::new(Compression::new(LEVEL), false);
        let (mut crc, mut piece) = (Crc::new(), vec![0; PIECE]);
        let mut packed = Vec::with_capacity(2 * PIECE);
        loop {
            let length = match from.read(&mut piece) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            let data = piece.get(..length).unwrap_or_default();
            crc.update(data);
            let flush = if length == 0 { FlushCompress::Finish } else { FlushCompress::None };
            let (before, mut done) = (deflate.total_in(), 0);
            loop {
                let rest = data.get(done..).unwrap_or_default();
                let status = deflate.compress_vec(rest, &mut packed, flush)?;
                done = usize::try_from(deflate.total_in() - before).unwrap_or(usize::MAX);
                let full = packed.len() == packed.capacity();
                self.write(&packed)?;
                packed.clear();
                let taken = done >= length && !full && flush == FlushCompress::None;
                if status == Status::StreamEnd || taken {
                    break;
                }
            }
            if length == 0 {
                break;
            }
        }
        entry.crc = crc.sum();
        entry.size = deflate.total_in();
        entry.packed = self.at - began;
        // What is known only now.
        self.out.seek(SeekFrom::Start(entry.offset))?;
        self.out.write_all(&local(&entry, true)?)?;
        self.out.seek(SeekFrom::Start(self.at))?;
        self.entries.push(entry);
        Ok(())
    }

    fn write(&mut self, data: &[u8]) -> io::Result<()> {
        self.out.write_all(data)?;
        self.at += data.len() as u64;
        Ok(())
    }

    /// Writes the directory.
    pub fn finish(mut self) -> io::Result<W> {
        let began = self.at;
        for entry in std::mem::take(&mut self.entries) {
            self.write(&central(&entry)?)?;
            self.entries.push(entry);
        }
        let (count, length) = (self.entries.len() as u64, self.at - began);
        let mut end = Vec::new();
        if count >= u64::from(u16::MAX) || began >= LARGE || length >= LARGE {
            end.extend(0x0606_4b50_u32.to_le_bytes());
            end.extend(44_u64.to_le_bytes());
            end.extend([45, 3, 45, 0]);
            end.extend([0; 8]);
            for number in [count, count, length, began] {
                end.extend(number.to_le_bytes());
            }
            end.extend(0x0706_4b50_u32.to_le_bytes());
            end.extend([0; 4]);
            end.extend(self.at.to_le_bytes());
            end.extend(1_u32.to_le_bytes());
        }
        end.extend(0x0605_4b50_u32.to_le_bytes());
        end.extend([0; 4]);
        let count = u16::try_from(count).unwrap_or(u16::MAX);
        end.extend(count.to_le_bytes());
        end.extend(count.to_le_bytes());
        end.extend(small(length).to_le_bytes());
        end.extend(small(began).to_le_bytes());
        end.extend([0; 2]);
        self.write(&end)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn name_length(entry: &Entry) -> io::Result<u16> {
    u16::try_from(entry.name.len()).map_err(|_| io::Error::other("its name is too long for a zip"))
}

/// What stands in front of the content. The large form has room for any size.
fn local(entry: &Entry, large: bool) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(64 + entry.name.len());
    head.extend(0x0403_4b50_u32.to_le_bytes());
    head.extend(if large { 45_u16 } else { 20 }.to_le_bytes());
    for number in [UTF8, entry.method, 0, DATE] {
        head.extend(number.to_le_bytes());
    }
    head.extend(entry.crc.to_le_bytes());
    let sizes = [entry.packed, entry.size];
    for size in sizes {
        head.extend(if large { u32::MAX } else { small(size) }.to_le_bytes());
    }
    head.extend(name_length(entry)?.to_le_bytes());
    head.extend(u16::try_from(if large { LARGE_EXTRA } else { 0 }).unwrap_or(0).to_le_bytes());
    head.extend(entry.name.as_bytes());
    if large {
        head.extend([1, 0, 16, 0]);
        head.extend(entry.size.to_le_bytes());
        head.extend(entry.packed.to_le_bytes());
    }
    Ok(head)
}

fn central(entry: &Entry) -> io::Result<Vec<u8>> {
    let numbers = [entry.size, entry.packed, entry.offset];
    let mut extra: Vec<u8> = Vec::new();
    for number in numbers.into_iter().filter(|number| *number >= LARGE) {
        extra.extend(number.to_le_bytes());
    }
    let length = extra.len();
    let needed: u16 = if length == 0 { 20 } else { 45 };
    let mut head = Vec::with_capacity(80 + entry.name.len());
    head.extend(0x0201_4b50_u32.to_le_bytes());
    // Made on Unix, so that modes count.
    head.extend([45, 3]);
    for number in [needed, UTF8, entry.method, 0, DATE] {
        head.extend(number.to_le_bytes());
    }
    head.extend(entry.crc.to_le_bytes());
    head.extend(small(entry.packed).to_le_bytes());
    head.extend(small(entry.size).to_le_bytes());
    head.extend(name_length(entry)?.to_le_bytes());
    let extra_length = if length == 0 { 0 } else { length + 4 };
    head.extend(u16::try_from(extra_length).unwrap_or(0).to_le_bytes());
    head.extend([0; 6]);
    head.extend((entry.mode << 16).to_le_bytes());
    head.extend(small(entry.offset).to_le_bytes());
    head.extend(entry.name.as_bytes());
    if length != 0 {
        head.extend(1_u16.to_le_bytes());
        head.extend(u16::try_from(length).unwrap_or(0).to_le_bytes());
        head.extend(extra);
    }
    Ok(head)
}
