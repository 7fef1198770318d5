//! Where the output goes: masked, bounded, onto disk.

use crate::mask::Masker;
use crate::spool::Writer;
use std::io;
use std::time::Instant;

/// How much of the output's end is remembered, in bytes.
const TAIL: usize = 64 << 10;

/// The output of a sandbox.
pub struct Sink {
    masker: Masker,
    writer: Writer,
    limit: u64,
    dropped: u64,
    masked: Vec<u8>,
    /// The end of what came since [`Self::remember`].
    tail: Option<Vec<u8>>,
    /// What was kept last did not end its line.
    is_within_line: bool,
    notes: Vec<String>,
}

impl Sink {
    pub fn new(masker: Masker, writer: Writer, limit: u64) -> Self {
        Self {
            masker,
            writer,
            limit,
            dropped: 0,
            masked: Vec::new(),
            tail: None,
            is_within_line: false,
            notes: Vec::new(),
        }
    }

    /// Takes output in.
    pub fn write(&mut self, data: &[u8]) {
        let mut masked = std::mem::take(&mut self.masked);
        masked.clear();
        self.masker.push(data, &mut masked);
        self.keep(&masked);
        self.masked = masked;
    }

    /// Takes in what is the supervisor's own and has nothing of the user's: a secret that looks like
    /// a part of it shows in it nothing of what it is. It begins a line of its own.
    pub fn write_own(&mut self, data: &[u8]) {
        self.flush();
        if self.is_within_line {
            self.keep(b"\n");
        }
        self.keep(data);
    }

    /// Lets go of what was held back as the possible start of a secret.
    pub fn flush(&mut self) {
        let mut masked = std::mem::take(&mut self.masked);
        masked.clear();
        self.masker.flush(&mut masked);
        self.keep(&masked);
        self.masked = masked;
    }

    /// Bytes kept so far.
    pub fn offset(&self) -> u64 {
        self.writer.length()
    }

    /// Bytes not kept.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// A text with secrets replaced.
    pub fn mask(&self, text: &str) -> String {
        self.masker.text(text)
    }

    /// What the user should know since the last call.
    pub fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// When [`Self::write_out`] should be called, if it should.
    pub fn due(&self) -> Option<Instant> {
        self.writer.due()
    }

    /// Writes what is gathered.
    pub fn write_out(&mut self) {
        let before = self.writer.length();
        if let Err(error) = self.writer.write_out() {
            self.lose(before, &error);
        }
    }

    fn lose(&mut self, before: u64, error: &io::Error) {
        self.dropped += before.saturating_sub(self.writer.length());
        self.notes.push(format!("output is dropped from here on, it can't be written: {error}"));
    }

    pub fn sync(&mut self) -> io::Result<()> {
        self.writer.sync()
    }

    /// Keeps the last [`TAIL`] bytes of what comes from now on in memory.
    pub fn remember(&mut self) {
        self.tail = Some(Vec::new());
    }

    /// What was to be remembered, and no more of it.
    pub fn take_tail(&mut self) -> Vec<u8> {
        self.tail.take().unwrap_or_default()
    }

    /// Output never fails a build: what finds no room is counted and told.
    fn keep(&mut self, data: &[u8]) {
        if let Some(last) = data.last() {
            self.is_within_line = *last != b'\n';
        }
        if let Some(tail) = &mut self.tail {
            tail.extend_from_slice(data.get(data.len().saturating_sub(TAIL)..).unwrap_or(data));
            tail.drain(..tail.len().saturating_sub(TAIL));
        }
        if self.dropped > 0 {
            self.dropped += data.len() as u64;
            return;
        }
        let room = usize::try_from(self.limit.saturating_sub(self.writer.length()));
        let fits = room.unwrap_or(usize::MAX).min(data.len());
        let (kept, over) = data.split_at(fits);
        let before = self.writer.length() + kept.len() as u64;
        if let Err(error) = self.writer.append(kept) {
            self.lose(before, &error);
            self.dropped += over.len() as u64;
            return;
        }
        if !over.is_empty() {
            self.dropped += over.len() as u64;
            let note = format!("output beyond {} bytes is dropped", self.limit);
            // The note itself may go over the limit: it is what makes the limit bearable.
            if let Err(error) = self.writer.append(format!("\n[{note}]\n").as_bytes()) {
                self.notes.push(format!("the note on dropped output can't be written: {error}"));
            }
            self.notes.push(note);
        }
    }
}
