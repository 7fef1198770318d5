//! Checksums: what clients send, what is computed on the way, and what parts make together.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html>

use api_storage::s3::{ChecksumAlgorithm, ChecksumType};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use crc_fast::CrcAlgorithm;
use md5::Digest as _;
use service::Error;

use crate::errors;
use crate::model::StoredChecksum;

/// Sums up bytes as they come.
pub enum Hasher {
    /// CRC of either width.
    Crc(ChecksumAlgorithm, Box<crc_fast::Digest>),
    /// SHA-1.
    Sha1(Box<sha1::Sha1>),
    /// SHA-256.
    Sha256(Box<sha2::Sha256>),
}

impl Hasher {
    /// A sum of nothing yet.
    pub fn new(algorithm: ChecksumAlgorithm) -> Self {
        match crc(algorithm) {
            Some(kind) => Self::Crc(algorithm, Box::new(crc_fast::Digest::new(kind))),
            None if algorithm == ChecksumAlgorithm::Sha1 => Self::Sha1(Box::default()),
            None => Self::Sha256(Box::default()),
        }
    }

    /// Takes bytes in.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Crc(_, digest) => digest.update(bytes),
            Self::Sha1(digest) => digest.update(bytes),
            Self::Sha256(digest) => digest.update(bytes),
        }
    }

    /// The sum's bytes.
    pub fn finish(self) -> Vec<u8> {
        match self {
            Self::Crc(algorithm, digest) => crc_bytes(algorithm, digest.finalize()),
            Self::Sha1(digest) => digest.finalize().to_vec(),
            Self::Sha256(digest) => digest.finalize().to_vec(),
        }
    }
}

fn crc(algorithm: ChecksumAlgorithm) -> Option<CrcAlgorithm> {
    match algorithm {
        ChecksumAlgorithm::Crc32 => Some(CrcAlgorithm::Crc32IsoHdlc),
        ChecksumAlgorithm::Crc32c => Some(CrcAlgorithm::Crc32Iscsi),
        ChecksumAlgorithm::Crc64Nvme => Some(CrcAlgorithm::Crc64Nvme),
        ChecksumAlgorithm::Sha1 | ChecksumAlgorithm::Sha256 => None,
    }
}

fn crc_bytes(algorithm: ChecksumAlgorithm, value: u64) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let skip = bytes.len() - len(algorithm);
    bytes.get(skip..).unwrap_or_default().to_vec()
}

/// Bytes of a sum.
const fn len(algorithm: ChecksumAlgorithm) -> usize {
    match algorithm {
        ChecksumAlgorithm::Crc32 | ChecksumAlgorithm::Crc32c => 4,
        ChecksumAlgorithm::Crc64Nvme => 8,
        ChecksumAlgorithm::Sha1 => 20,
        ChecksumAlgorithm::Sha256 => 32,
    }
}

/// `x-amz-checksum-…`
pub const fn header(algorithm: ChecksumAlgorithm) -> &'static str {
    match algorithm {
        ChecksumAlgorithm::Crc32 => "x-amz-checksum-crc32",
        ChecksumAlgorithm::Crc32c => "x-amz-checksum-crc32c",
        ChecksumAlgorithm::Crc64Nvme => "x-amz-checksum-crc64nvme",
        ChecksumAlgorithm::Sha1 => "x-amz-checksum-sha1",
        ChecksumAlgorithm::Sha256 => "x-amz-checksum-sha256",
    }
}

fn of_header(name: &str) -> Option<ChecksumAlgorithm> {
    ChecksumAlgorithm::ALL.iter().copied().find(|it| header(*it).eq_ignore_ascii_case(name))
}

/// The sums in an input or output, by algorithm.
#[derive(Default)]
pub struct Sums {
    pub crc32: Option<String>,
    pub crc32c: Option<String>,
    pub crc64nvme: Option<String>,
    pub sha1: Option<String>,
    pub sha256: Option<String>,
}

impl Sums {
    fn all(&self) -> [(ChecksumAlgorithm, &Option<String>); 5] {
        [
            (ChecksumAlgorithm::Crc32, &self.crc32),
            (ChecksumAlgorithm::Crc32c, &self.crc32c),
            (ChecksumAlgorithm::Crc64Nvme, &self.crc64nvme),
            (ChecksumAlgorithm::Sha1, &self.sha1),
            (ChecksumAlgorithm::Sha256, &self.sha256),
        ]
    }

    /// The one sum that is given, if one is.
    pub fn single(&self) -> Result<Option<(ChecksumAlgorithm, &str)>, Error> {
        let all = self.all();
        let mut given =
            all.into_iter().filter_map(|(algorithm, sum)| Some((algorithm, sum.as_deref()?)));
        let first = given.next();
        if given.next().is_some() {
            return Err(errors::INVALID_REQUEST.error(
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not \
                 allowed.",
            ));
        }
        Ok(first)
    }

    /// A stored sum in its place.
    pub fn of(stored: Option<&StoredChecksum>) -> Self {
        let mut sums = Self::default();
        if let Some(stored) = stored {
            let place = match ChecksumAlgorithm::parse(&stored.algorithm) {
                Some(ChecksumAlgorithm::Crc32) => &mut sums.crc32,
                Some(ChecksumAlgorithm::Crc32c) => &mut sums.crc32c,
                Some(ChecksumAlgorithm::Crc64Nvme) => &mut sums.crc64nvme,
                Some(ChecksumAlgorithm::Sha1) => &mut sums.sha1,
                Some(ChecksumAlgorithm::Sha256) => &mut sums.sha256,
                None => return sums,
            };
            *place = Some(stored.value.clone());
        }
        sums
    }
}

/// Takes the five sums out of a shape's members, or puts them there.
macro_rules! sums_of {
    ($shape:expr) => {
        $crate::checksum::Sums {
            crc32: $shape.checksum_crc32.take(),
            crc32c: $shape.checksum_crc32c.take(),
            crc64nvme: $shape.checksum_crc64nvme.take(),
            sha1: $shape.checksum_sha1.take(),
            sha256: $shape.checksum_sha256.take(),
        }
    };
}

macro_rules! set_sums {
    ($shape:expr, $stored:expr) => {{
        let sums = $crate::checksum::Sums::of($stored);
        $shape.checksum_crc32 = sums.crc32;
        $shape.checksum_crc32c = sums.crc32c;
        $shape.checksum_crc64nvme = sums.crc64nvme;
        $shape.checksum_sha1 = sums.sha1;
        $shape.checksum_sha256 = sums.sha256;
    }};
}

/// Refuses, by name, sums of kinds that are not computed here.
macro_rules! refuse_other_sums {
    ($shape:expr) => {
        $crate::checksum::refuse_others(&[
            ("x-amz-checksum-sha512", $shape.checksum_sha512.is_some()),
            ("x-amz-checksum-md5", $shape.checksum_md5.is_some()),
            ("x-amz-checksum-xxhash64", $shape.checksum_xxhash64.is_some()),
            ("x-amz-checksum-xxhash3", $shape.checksum_xxhash3.is_some()),
            ("x-amz-checksum-xxhash128", $shape.checksum_xxhash128.is_some()),
        ])
    };
}
pub(crate) use {refuse_other_sums, set_sums, sums_of};

pub fn refuse_others(given: &[(&str, bool)]) -> Result<(), Error> {
    match given.iter().find(|(_, is_given)| *is_given) {
        Some((name, _)) => Err(errors::not_implemented(name)),
        None => Ok(()),
    }
}

/// What a client expects of the bytes it sends.
pub struct Expected {
    /// What is computed.
    pub algorithm: ChecksumAlgorithm,
    /// What it must come to, where a header says.
    value: Option<Vec<u8>>,
    /// What it must come to is told behind the bytes.
    trailer: bool,
    /// The client chose the algorithm.
    pub asked: bool,
}

impl Expected {
    /// From the request's headers: a sum, or the name of a trailer that will hold it, or neither,
    /// where `default` is computed.
    pub fn of_request(
        sums: &Sums,
        sdk_algorithm: Option<&str>,
        trailer: Option<&str>,
        default: ChecksumAlgorithm,
    ) -> Result<Self, Error> {
        let in_trailer = checksum_trailer(trailer)?;
        let in_header = sums.single()?;
        let asked = in_header.is_some() || in_trailer.is_some();
        let expected = match (in_header, in_trailer) {
            (Some(_), Some(_)) => {
                return Err(errors::INVALID_REQUEST.error(
                    "Expecting a single x-amz-checksum- header. Multiple checksum Types are not \
                     allowed.",
                ));
            }
            (Some((algorithm, text)), None) => {
                let value = Some(parse(algorithm, text)?);
                Self { algorithm, value, trailer: false, asked }
            }
            (None, Some(algorithm)) => Self { algorithm, value: None, trailer: true, asked },
            (None, None) => Self { algorithm: default, value: None, trailer: false, asked },
        };
        match sdk_algorithm {
            Some(name) if !asked => {
                check_algorithm_name(name)?;
                Err(errors::INVALID_REQUEST.error(
                    "x-amz-sdk-checksum-algorithm specified, but no corresponding \
                     x-amz-checksum-* or x-amz-trailer headers were found.",
                ))
            }
            Some(name) if check_algorithm_name(name)? != expected.algorithm => {
                Err(errors::INVALID_REQUEST
                    .error("Value for x-amz-sdk-checksum-algorithm header is invalid."))
            }
            _ => Ok(expected),
        }
    }

    /// Compares with what was computed, once the bytes and their trailers are all here.
    pub fn check(
        &self,
        computed: &[u8],
        trailer: impl Fn(&str) -> Option<String>,
    ) -> Result<(), Error> {
        let expected = match (&self.value, self.trailer) {
            (Some(value), _) => value.clone(),
            (None, true) => {
                let name = header(self.algorithm);
                let text = trailer(name).ok_or_else(|| {
                    errors::INVALID_REQUEST.error(format!("The trailer {name} is missing."))
                })?;
                parse(self.algorithm, &text)?
            }
            (None, false) => return Ok(()),
        };
        if expected == computed {
            return Ok(());
        }
        let name = self.algorithm;
        Err(errors::BAD_DIGEST
            .error(format!("The {name} you specified did not match the calculated checksum.")))
    }
}

/// An algorithm by name; those that S3 knows and Codeyard does not are refused as such.
pub fn check_algorithm_name(name: &str) -> Result<ChecksumAlgorithm, Error> {
    match ChecksumAlgorithm::parse(&name.to_ascii_uppercase()) {
        Some(algorithm) => Ok(algorithm),
        None if ["SHA512", "MD5", "XXHASH64", "XXHASH3", "XXHASH128"]
            .contains(&name.to_ascii_uppercase().as_str()) =>
        {
            Err(errors::not_implemented(&format!("The checksum algorithm {name}")))
        }
        None => Err(errors::INVALID_REQUEST.error(
            "Checksum algorithm provided is unsupported. Please try again with any of the valid \
             types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
        )),
    }
}

fn checksum_trailer(trailer: Option<&str>) -> Result<Option<ChecksumAlgorithm>, Error> {
    let names = trailer.unwrap_or_default().split(',').map(str::trim);
    let mut found = None;
    for name in names.filter(|it| it.to_ascii_lowercase().starts_with("x-amz-checksum-")) {
        found = Some(of_header(name).ok_or_else(|| errors::not_implemented(name))?);
    }
    Ok(found)
}

/// A sum's bytes from its text.
pub fn parse(algorithm: ChecksumAlgorithm, text: &str) -> Result<Vec<u8>, Error> {
    match BASE64.decode(text.trim()) {
        Ok(bytes) if bytes.len() == len(algorithm) => Ok(bytes),
        _ => Err(errors::INVALID_REQUEST
            .error(format!("Value for {} header is invalid.", header(algorithm)))),
    }
}

/// A sum over all bytes, as it is kept.
pub fn full(algorithm: ChecksumAlgorithm, sum: &[u8]) -> StoredChecksum {
    StoredChecksum {
        algorithm: algorithm.as_str().to_owned(),
        value: BASE64.encode(sum),
        kind: ChecksumType::FullObject,
    }
}

/// What the parts' sums make together: the sum of all bytes, which only CRCs can tell, or the sum
/// of the sums. `None` where a part lacks its sum.
pub fn combine<'a>(
    algorithm: ChecksumAlgorithm,
    kind: ChecksumType,
    parts: impl Iterator<Item = (i64, Option<&'a StoredChecksum>)>,
) -> Option<StoredChecksum> {
    let mut count = 0_usize;
    let mut composite = Hasher::new(algorithm);
    let mut whole = None;
    for (size, stored) in parts {
        let stored = stored.filter(|it| it.algorithm == algorithm.as_str())?;
        let sum = BASE64.decode(&stored.value).ok()?;
        count += 1;
        composite.update(&sum);
        if let Some(kind) = crc(algorithm) {
            let value = sum.iter().fold(0, |value, byte| (value << 8) | u64::from(*byte));
            whole = Some(match whole {
                None => value,
                Some(before) => {
                    crc_fast::checksum_combine(kind, before, value, size.unsigned_abs())
                }
            });
        }
    }
    match kind {
        ChecksumType::FullObject => Some(full(algorithm, &crc_bytes(algorithm, whole?))),
        ChecksumType::Composite => Some(StoredChecksum {
            algorithm: algorithm.as_str().to_owned(),
            value: format!("{}-{count}", BASE64.encode(composite.finish())),
            kind,
        }),
    }
}

/// The expected MD5 of a request, from `Content-MD5`.
pub fn parse_content_md5(text: Option<&str>) -> Result<Option<[u8; 16]>, Error> {
    let Some(text) = text else { return Ok(None) };
    let bytes = BASE64.decode(text.trim()).ok().and_then(|it| <[u8; 16]>::try_from(it).ok());
    match bytes {
        Some(bytes) => Ok(Some(bytes)),
        None => Err(errors::INVALID_DIGEST.error("The Content-MD5 you specified was invalid.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(algorithm: ChecksumAlgorithm, bytes: &[u8]) -> Vec<u8> {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(bytes);
        hasher.finish()
    }

    #[test]
    fn known_sums() {
        // The check values of the CRC catalogue, and FIPS 180's of "abc".
        let known = [
            (ChecksumAlgorithm::Crc32, "123456789", "cbf43926"),
            (ChecksumAlgorithm::Crc32c, "123456789", "e3069283"),
            (ChecksumAlgorithm::Crc64Nvme, "123456789", "ae8b14860a799888"),
            (ChecksumAlgorithm::Sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ];
        for (algorithm, text, expected) in known {
            assert_eq!(hex::encode(sum(algorithm, text.as_bytes())), expected, "{algorithm}");
        }
    }

    #[test]
    fn parts_sum_up_to_the_whole() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|i| (i * 7 / 3) as u8).collect();
        for algorithm in &ChecksumAlgorithm::ALL[..3] {
            let parts: Vec<_> = [&bytes[..1], &bytes[1..60_000], &bytes[60_000..]]
                .map(|part| (part.len() as i64, full(*algorithm, &sum(*algorithm, part))))
                .into();
            let together = combine(
                *algorithm,
                ChecksumType::FullObject,
                parts.iter().map(|(size, sum)| (*size, Some(sum))),
            );
            assert_eq!(together, Some(full(*algorithm, &sum(*algorithm, &bytes))));
        }
        let none =
            combine(ChecksumAlgorithm::Sha1, ChecksumType::FullObject, [(1, None)].into_iter());
        assert_eq!(none, None);
    }

    #[test]
    fn requests_that_contradict_themselves_are_refused() {
        let one = Sums { crc32: Some("AAAAAA==".into()), ..Sums::default() };
        let two = Sums { sha1: Some("x".into()), crc32: Some("y".into()), ..Sums::default() };
        let crc64 = ChecksumAlgorithm::Crc64Nvme;
        assert!(Expected::of_request(&two, None, None, crc64).is_err());
        assert!(Expected::of_request(&one, None, Some("x-amz-checksum-sha1"), crc64).is_err());
        assert!(Expected::of_request(&one, Some("SHA256"), None, crc64).is_err());
        assert!(Expected::of_request(&Sums::default(), Some("CRC32"), None, crc64).is_err());
        assert!(Expected::of_request(&one, Some("CRC32"), None, crc64).is_ok());
        let short = Sums { crc32: Some("AAA=".into()), ..Sums::default() };
        assert!(Expected::of_request(&short, None, None, crc64).is_err());
    }
}
