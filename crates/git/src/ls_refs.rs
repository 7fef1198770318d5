//! `ls-refs` of protocol v2 (gitprotocol-v2), with which every fetch begins, answered without a
//! child. What is not understood here is left to git itself.

use crate::body::BodyReader;
use crate::pktline::{FLUSH, Header, put_line};
use crate::sync::blocking;
use crate::{Repository, Result};
use bytes::{Bytes, BytesMut};

/// How such a request begins.
const COMMAND: &[u8] = b"command=ls-refs";
/// The longest request that is answered here, in bytes.
const MAX_REQUEST: usize = 64 << 10;

/// What is asked.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct LsRefs {
    peel: bool,
    symrefs: bool,
    /// Names begin with one of these; with anything if there are none.
    prefixes: Vec<Vec<u8>>,
}

impl LsRefs {
    /// Looks whether a request is one of these; takes nothing from it.
    pub(crate) async fn peek(body: &mut BodyReader) -> Result<Option<Self>> {
        let beginning = body.peek(4 + COMMAND.len()).await?;
        if !beginning.get(4..).is_some_and(|line| line.starts_with(COMMAND)) {
            return Ok(None);
        }
        Ok(Self::parse(body.peek(MAX_REQUEST).await?))
    }

    fn parse(mut request: &[u8]) -> Option<Self> {
        let mut asked = Self::default();
        let mut arguments = false;
        for at in 0.. {
            let (header, rest) = request.split_first_chunk::<4>()?;
            match Header::parse(*header).ok()? {
                Header::Payload(length) => {
                    let (line, rest) = rest.split_at_checked(length)?;
                    let line = line.strip_suffix(b"\n").unwrap_or(line);
                    match (at, arguments) {
                        (0, _) if line == COMMAND => {}
                        (0, _) => return None,
                        (_, true) => asked.argument(line)?,
                        (_, false) if line.starts_with(b"agent=") => {}
                        (_, false) if line == b"object-format=sha1" => {}
                        _ => return None,
                    }
                    request = rest;
                }
                Header::Delimiter if at > 0 && !arguments => {
                    arguments = true;
                    request = rest;
                }
                Header::Flush if at > 0 && rest.is_empty() => return Some(asked),
                _ => return None,
            }
        }
        None
    }

    fn argument(&mut self, line: &[u8]) -> Option<()> {
        match line {
            b"peel" => self.peel = true,
            b"symrefs" => self.symrefs = true,
            line => self.prefixes.push(line.strip_prefix(b"ref-prefix ")?.to_vec()),
        }
        Some(())
    }

    fn wants(&self, name: &[u8]) -> bool {
        self.prefixes.is_empty() || self.prefixes.iter().any(|prefix| name.starts_with(prefix))
    }

    /// The answer, from what git would read.
    fn answer(&self, head: &[u8], packed: &[u8]) -> Bytes {
        let head = head.strip_prefix(b"ref: ").unwrap_or_default().trim_ascii_end();
        let (mut first, mut out) = (BytesMut::new(), BytesMut::new());
        let mut lines = packed.split(|byte| *byte == b'\n').peekable();
        while let Some(line) = lines.next() {
            // What a tag points at is on a line of its own behind it.
            let peeled = lines.peek().and_then(|next| next.strip_prefix(b"^"));
            let Some((oid, name)) = line.split_at_checked(40) else { continue };
            let Some(name) = name.strip_prefix(b" ") else { continue };
            let peeled = match peeled.filter(|_| self.peel) {
                Some(peeled) => [b" peeled:", peeled].concat(),
                None => Vec::new(),
            };
            if name == head && self.wants(b"HEAD") {
                let target = match self.symrefs {
                    true => [b" symref-target:", name].concat(),
                    false => Vec::new(),
                };
                put_line(&mut first, &[oid, b" HEAD", &target, &peeled, b"\n"].concat());
            }
            if self.wants(name) {
                put_line(&mut out, &[oid, b" ", name, &peeled, b"\n"].concat());
            }
        }
        first.extend_from_slice(&out);
        first.extend_from_slice(FLUSH);
        first.freeze()
    }
}

impl Repository {
    /// The answer as the directory shows the references.
    pub(crate) async fn list_refs(&self, asked: LsRefs) -> Result<Bytes> {
        let dir = self.0.dir.clone();
        let read =
            move || Ok((std::fs::read(dir.join("HEAD"))?, std::fs::read(dir.join("packed-refs"))?));
        let (head, packed) = blocking("read the references", read).await?;
        Ok(asked.answer(&head, &packed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_left_to_git() {
        let whole = b"0014command=ls-refs\n0012agent=git/2.4700010009peel\n\
            0014ref-prefix HEAD\n0000";
        let asked = LsRefs::parse(whole).unwrap_or_default();
        assert!(asked.peel && !asked.symrefs);
        assert_eq!(asked.prefixes, [b"HEAD"]);
        assert_eq!(LsRefs::parse(b"0014command=ls-refs\n0000"), Some(LsRefs::default()));
        for other in [
            &whole[..whole.len() - 1],
            b"0011command=fetch0000",
            b"0014command=ls-refs\n00000000",
            b"0014command=ls-refs\n0001000aunborn0000",
            b"0014command=ls-refs\n0018object-format=sha2560000",
            b"0014command=ls-refs\n000100010000",
            b"0014command=ls-refs\n0014command=ls-refs\n0000",
            b"",
        ] {
            assert_eq!(LsRefs::parse(other), None, "{}", String::from_utf8_lossy(other));
        }
    }

    proptest! {
        #[test]
        fn no_request_breaks_it(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let whole = [b"0014command=ls-refs\n0001", &bytes[..]].concat();
            for request in [&bytes, &whole] {
                if let Some(asked) = LsRefs::parse(request) {
                    let _ = asked.answer(&bytes, &bytes);
                }
            }
        }
    }
}
