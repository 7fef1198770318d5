//! The aws-chunked body, decoded and verified as it streams in.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html>

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::claim::empty_sha256;
use super::error::{Error, ErrorKind};
use super::key::{CredentialScope, SigningKey, sha256_hex};

/// The longest line that may introduce a chunk, in bytes.
pub const MAX_CHUNK_HEADER_BYTES: usize = 512;

/// The most bytes that all trailers together may have.
pub const MAX_TRAILER_BYTES: usize = 8 * 1024;

const TRAILER_SIGNATURE: &str = "x-amz-trailer-signature";

/// The trailers announced by `x-amz-trailer`.
#[derive(Clone, Debug, Default)]
pub struct TrailerNames(Vec<String>);

impl TrailerNames {
    /// Reads the header's value: names separated by commas.
    pub fn parse(header: &str) -> Self {
        let names = header.split(',').map(|name| name.trim().to_ascii_lowercase());
        Self(names.filter(|name| !name.is_empty()).collect())
    }
}

/// A header that came after the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trailer {
    /// Lower-case.
    pub name: String,
    /// Trimmed.
    pub value: String,
}

/// Takes an aws-chunked body apart.
///
/// Data is handed out before its chunk's signature can be checked, so that memory stays constant
/// however large the chunks are: the caller must discard everything when an error follows, and
/// may take the body for good only after [`ChunkDecoder::finish`].
pub struct ChunkDecoder {
    signing: Option<Signing>,
    /// Signatures are there but nobody knows the key.
    skips_signatures: bool,
    /// `None` where the body ends without trailers.
    announced: Option<TrailerNames>,
    expected_len: Option<u64>,
    decoded_len: u64,
    state: State,
    line: Vec<u8>,
    trailers: Vec<Trailer>,
    trailer_bytes: usize,
}

struct Signing {
    key: SigningKey,
    timestamp: String,
    scope: CredentialScope,
    previous: String,
    /// The signature that the current chunk's header gives.
    claimed: String,
    data: Sha256,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Header,
    Data(u64),
    DataEnd(u8),
    Trailers,
    /// Behind the trailers' signature or the last chunk: an empty line.
    End,
    Done,
    /// An error was reported; nothing more comes.
    Failed,
}

impl ChunkDecoder {
    pub(crate) fn signed(
        (key, timestamp, scope, seed): (SigningKey, String, CredentialScope, String),
        expected_len: Option<u64>,
        announced: Option<TrailerNames>,
    ) -> Self {
        let signing = Signing {
            key,
            timestamp,
            scope,
            previous: seed,
            claimed: String::new(),
            data: Sha256::new(),
        };
        Self::new(Some(signing), expected_len, announced)
    }

    pub(crate) fn unsigned(expected_len: Option<u64>, announced: Option<TrailerNames>) -> Self {
        Self::new(None, expected_len, announced)
    }

    /// For a body whose signatures nobody can check.
    pub(crate) fn skipping(expected_len: Option<u64>, announced: Option<TrailerNames>) -> Self {
        Self { skips_signatures: true, ..Self::new(None, expected_len, announced) }
    }

    fn new(
        signing: Option<Signing>,
        expected_len: Option<u64>,
        announced: Option<TrailerNames>,
    ) -> Self {
        Self {
            signing,
            skips_signatures: false,
            announced,
            expected_len,
            decoded_len: 0,
            state: State::Header,
            line: Vec::new(),
            trailers: Vec::new(),
            trailer_bytes: 0,
        }
    }

    /// How many bytes of payload have been handed out.
    pub fn decoded_len(&self) -> u64 {
        self.decoded_len
    }

    /// Takes from the front of `input` and returns the next piece of payload, or `None` when
    /// `input` is used up. Call it until then for each buffer that arrives.
    ///
    /// # Errors
    /// [`ErrorKind::MalformedChunk`], [`ErrorKind::IncompleteBody`] where the body is longer than
    /// announced, [`ErrorKind::MalformedTrailer`], [`ErrorKind::SignatureMismatch`]. After an
    /// error every further call fails.
    pub fn next<'i>(&mut self, input: &mut &'i [u8]) -> Result<Option<&'i [u8]>, Error> {
        let result = self.step(input);
        if result.is_err() {
            self.state = State::Failed;
        }
        result
    }

    fn step<'i>(&mut self, input: &mut &'i [u8]) -> Result<Option<&'i [u8]>, Error> {
        loop {
            if input.is_empty() {
                return Ok(None);
            }
            match self.state {
                State::Header => match self.take_line(input, MAX_CHUNK_HEADER_BYTES)? {
                    Some(line) => self.begin_chunk(&line)?,
                    None => return Ok(None),
                },
                State::Data(left) => {
                    let take = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
                    let (piece, rest) = input.split_at(take);
                    *input = rest;
                    let left = left - take as u64;
                    self.state = if left == 0 { State::DataEnd(b'\r') } else { State::Data(left) };
                    self.decoded_len += take as u64;
                    if let Some(signing) = &mut self.signing {
                        signing.data.update(piece);
                    }
                    return Ok(Some(piece));
                }
                State::DataEnd(want) => {
                    let Some((&byte, rest)) = input.split_first() else { return Ok(None) };
                    if byte != want {
                        return Err(malformed("a chunk is longer than its header says"));
                    }
                    *input = rest;
                    if want == b'\r' {
                        self.state = State::DataEnd(b'\n');
                    } else {
                        self.check_chunk()?;
                        self.state = State::Header;
                    }
                }
                State::Trailers => match self.take_line(input, MAX_TRAILER_BYTES)? {
                    Some(line) => self.trailer_line(&line)?,
                    None => return Ok(None),
                },
                State::End => match self.take_line(input, 2)? {
                    Some(line) if line.is_empty() => self.state = State::Done,
                    Some(_) => return Err(malformed("the last chunk is followed by more")),
                    None => return Ok(None),
                },
                State::Done => return Err(malformed("the body goes on behind its end")),
                State::Failed => return Err(malformed("the body was refused already")),
            }
        }
    }

    /// A whole line without its end, once it is there.
    fn take_line(&mut self, input: &mut &[u8], limit: usize) -> Result<Option<Vec<u8>>, Error> {
        let (line, complete) = match input.iter().position(|byte| *byte == b'\n') {
            Some(at) => (&input[..at], true),
            None => (*input, false),
        };
        if self.line.len() + line.len() > limit {
            return Err(malformed("a line between the chunks is too long"));
        }
        self.line.extend_from_slice(line);
        *input = &input[line.len() + usize::from(complete)..];
        if !complete {
            return Ok(None);
        }
        let mut line = std::mem::take(&mut self.line);
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(Some(line))
    }

    fn begin_chunk(&mut self, line: &[u8]) -> Result<(), Error> {
        let line =
            std::str::from_utf8(line).map_err(|_| malformed("a chunk header is not text"))?;
        let (size, extension) = line.split_once(';').unwrap_or((line, ""));
        let plain = !size.is_empty() && size.len() <= 16 && !size.starts_with('+');
        let size = match u64::from_str_radix(size, 16) {
            Ok(size) if plain => size,
            _ => return Err(malformed("a chunk has no valid size")),
        };
        if let Some(signing) = &mut self.signing {
            let Some(claimed) = extension.trim().strip_prefix("chunk-signature=") else {
                return Err(malformed("a chunk has no signature"));
            };
            claimed.clone_into(&mut signing.claimed);
        }
        let total = self.decoded_len.checked_add(size);
        if total.is_none_or(|total| self.expected_len.is_some_and(|expected| total > expected)) {
            return Err(incomplete(
                "The request body is longer than x-amz-decoded-content-length says.",
            ));
        }
        if size > 0 {
            self.state = State::Data(size);
            return Ok(());
        }
        self.check_chunk()?;
        if self.expected_len.is_some_and(|expected| expected != self.decoded_len) {
            return Err(incomplete(
                "You did not provide the number of bytes specified by the \
                 x-amz-decoded-content-length HTTP header",
            ));
        }
        self.state = if self.announced.is_some() { State::Trailers } else { State::End };
        Ok(())
    }

    /// Holds the data since the last chunk's end against the signature in the header.
    fn check_chunk(&mut self) -> Result<(), Error> {
        let Some(signing) = &mut self.signing else { return Ok(()) };
        let data = hex::encode(signing.data.finalize_reset());
        let to_sign = format!(
            "AWS4-HMAC-SHA256-PAYLOAD\n{}\n{}\n{}\n{}\n{data}",
            signing.timestamp,
            signing.scope,
            signing.previous,
            empty_sha256()
        );
        let claimed = std::mem::take(&mut signing.claimed);
        signing.check(&to_sign, &claimed)
    }

    fn trailer_line(&mut self, line: &[u8]) -> Result<(), Error> {
        self.trailer_bytes += line.len() + 2;
        if self.trailer_bytes > MAX_TRAILER_BYTES {
            return Err(bad_trailer());
        }
        if line.is_empty() {
            // Signed trailers end with their signature; S3's own guide has an empty line before.
            let signature_follows = self.signing.is_some() || self.skips_signatures;
            return if signature_follows { Ok(()) } else { self.end_trailers() };
        }
        let line = std::str::from_utf8(line).map_err(|_| bad_trailer())?;
        let (name, value) = line.split_once(':').ok_or_else(bad_trailer)?;
        let trailer =
            Trailer { name: name.trim().to_ascii_lowercase(), value: value.trim().to_owned() };
        if trailer.name == TRAILER_SIGNATURE {
            return self.check_trailers(&trailer.value);
        }
        let announced = self.announced.iter().any(|names| names.0.contains(&trailer.name));
        if !announced || self.trailers.iter().any(|other| other.name == trailer.name) {
            return Err(bad_trailer());
        }
        self.trailers.push(trailer);
        Ok(())
    }

    fn check_trailers(&mut self, claimed: &str) -> Result<(), Error> {
        if self.skips_signatures {
            self.state = State::End;
            return self.check_announced();
        }
        let Some(signing) = &mut self.signing else { return Err(bad_trailer()) };
        let mut text = String::new();
        for trailer in &self.trailers {
            text += &format!("{}:{}\n", trailer.name, trailer.value);
        }
        let to_sign = format!(
            "AWS4-HMAC-SHA256-TRAILER\n{}\n{}\n{}\n{}",
            signing.timestamp,
            signing.scope,
            signing.previous,
            sha256_hex(text.as_bytes())
        );
        signing.check(&to_sign, claimed)?;
        self.state = State::End;
        self.check_announced()
    }

    fn end_trailers(&mut self) -> Result<(), Error> {
        self.state = State::Done;
        self.check_announced()
    }

    fn check_announced(&self) -> Result<(), Error> {
        let missing = |name: &String| !self.trailers.iter().any(|trailer| trailer.name == *name);
        match &self.announced {
            Some(names) if names.0.iter().any(missing) => Err(bad_trailer()),
            _ => Ok(()),
        }
    }

    /// Ends the body and hands out its trailers, in the order received. Whether a checksum among
    /// them fits the payload is for the caller to check.
    ///
    /// # Errors
    /// [`ErrorKind::IncompleteBody`] where the body broke off.
    pub fn finish(self) -> Result<Vec<Trailer>, Error> {
        // Some clients leave out the very last line end.
        let ended = match self.state {
            State::Done => true,
            State::End => self.line.is_empty() || self.line == b"\r",
            _ => false,
        };
        if ended {
            Ok(self.trailers)
        } else {
            Err(incomplete("The request body terminated unexpectedly"))
        }
    }
}

impl Signing {
    fn check(&mut self, to_sign: &str, claimed: &str) -> Result<(), Error> {
        let expected = hex::encode(self.key.sign(to_sign.as_bytes()));
        if !bool::from(expected.as_bytes().ct_eq(claimed.as_bytes())) {
            return Err(Error::new(
                ErrorKind::SignatureMismatch,
                "The request signature we calculated does not match the signature you provided. \
                 Check your key and signing method.",
            ));
        }
        self.previous = expected;
        Ok(())
    }
}

fn malformed(what: &str) -> Error {
    Error::new(
        ErrorKind::MalformedChunk,
        format!("The aws-chunked request body is malformed: {what}."),
    )
}

fn incomplete(message: &str) -> Error {
    Error::new(ErrorKind::IncompleteBody, message)
}

fn bad_trailer() -> Error {
    Error::new(
        ErrorKind::MalformedTrailer,
        "The request contained trailing data that was not well-formed or did not conform to our \
         published schema.",
    )
}
