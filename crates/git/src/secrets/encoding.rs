//! Texts as one byte per character, whatever they are written in: what is looked for is ASCII.

/// A text is told from its first so many bytes, in bytes; as git tells texts.
const PROBE: usize = 8_000;
/// Characters without a mark of their order from which on they are told by their zero bytes.
const MIN_UNITS: usize = 8;
/// Stands for every character that is not ASCII.
const OTHER: u8 = 0x80;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    /// UTF-8, and everything else that has ASCII in it.
    Bytes,
    Utf16Le,
    Utf16Be,
}

impl Encoding {
    /// By the byte order mark, or where every other byte is zero, as in English text.
    fn of(probe: &[u8]) -> Self {
        match probe {
            [0xff, 0xfe, ..] => return Self::Utf16Le,
            [0xfe, 0xff, ..] => return Self::Utf16Be,
            _ => {}
        }
        let zeros = |from: usize| probe.iter().skip(from).step_by(2).filter(|b| **b == 0).count();
        let (first, second, units) = (zeros(0), zeros(1), probe.len() / 2);
        let most = |zeros: usize| units >= MIN_UNITS && zeros * 4 > units * 3;
        match (first, second) {
            (0, second) if most(second) => Self::Utf16Le,
            (first, 0) if most(first) => Self::Utf16Be,
            _ => Self::Bytes,
        }
    }
}

/// Reads a text that comes in pieces.
#[derive(Default)]
pub(super) struct Reader {
    /// Nothing before there is enough to tell.
    encoding: Option<Encoding>,
    /// What came and was not read yet.
    kept: Vec<u8>,
}

impl Reader {
    /// Reads what comes next, as far as it can be, into `text`.
    pub fn read(&mut self, bytes: &[u8], text: &mut Vec<u8>) {
        if self.kept.is_empty() && self.encoding == Some(Encoding::Bytes) {
            text.extend_from_slice(bytes);
            return;
        }
        self.kept.extend_from_slice(bytes);
        if self.kept.len() >= PROBE || self.encoding.is_some() {
            self.drain(text);
        }
    }

    /// Reads the rest.
    pub fn finish(&mut self, text: &mut Vec<u8>) {
        self.drain(text);
    }

    fn drain(&mut self, text: &mut Vec<u8>) {
        let kept = &self.kept;
        let encoding =
            *self.encoding.get_or_insert_with(|| Encoding::of(kept.get(..PROBE).unwrap_or(kept)));
        if encoding == Encoding::Bytes {
            text.append(&mut self.kept);
            return;
        }
        let whole = self.kept.len() & !1;
        for unit in self.kept.chunks_exact(2) {
            let (high, low) = match (encoding, unit) {
                (Encoding::Utf16Be, &[high, low]) | (_, &[low, high]) => (high, low),
                _ => continue,
            };
            text.push(if high == 0 && low.is_ascii() { low } else { OTHER });
        }
        self.kept.drain(..whole);
    }
}
