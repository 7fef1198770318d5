//! Bundles: zip, tar and tgz, unpacked safely, and zip packed reproducibly; files that are kept
//! from build to build.
//!
//! Unpacking trusts nothing in the archive: paths that leave the target, absolute links, links
//! that lead out (also through other links), devices, and archives that grow beyond [`Limits`]
//! are refused, and nothing is ever written through a link.

mod keep;
mod links;
mod pack;
mod tree;
mod unpack;
mod zip_out;

use std::fmt;
use std::io;
use std::path::PathBuf;

pub use keep::{Part, PutBack, keep, put_back, state};
pub use pack::pack_zip;
pub use tree::{Found, Links, Listed, Tree};
pub use unpack::{Unpacked, unpack};

/// What an archive is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// PKZIP, with stored or deflated entries.
    Zip,
    /// Uncompressed tar.
    Tar,
    /// Tar under gzip.
    Tgz,
}

impl Kind {
    /// CodeDeploy's bundle types: `zip`, `tar`, `tgz`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "zip" => Some(Self::Zip),
            "tar" => Some(Self::Tar),
            "tgz" => Some(Self::Tgz),
            _ => None,
        }
    }
}

/// How much an archive may unpack to.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most entries.
    pub entries: usize,
    /// The most bytes of all files together.
    pub bytes: u64,
    /// The most bytes for each byte of the archive, once [`Self::free_bytes`] are unpacked.
    pub ratio: u64,
    /// Bytes that any archive may unpack to, whatever its own size.
    pub free_bytes: u64,
}

impl Default for Limits {
    /// 200,000 entries, 16 GiB, 200 times the archive's size above 64 MiB.
    fn default() -> Self {
        Self { entries: 200_000, bytes: 16 << 30, ratio: 200, free_bytes: 64 << 20 }
    }
}

/// Why an archive was not unpacked or packed.
#[derive(Debug)]
pub enum Error {
    /// Reading or writing failed.
    Io(PathBuf, io::Error),
    /// The archive is damaged or of another kind.
    Damaged(String),
    /// An entry is refused; its name and why.
    Refused(String, String),
    /// A limit was exceeded.
    TooLarge(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Damaged(why) => write!(f, "the archive cannot be read: {why}"),
            Self::Refused(name, why) => write!(f, "the archive's entry {name:?} {why}"),
            Self::TooLarge(why) => write!(f, "the archive is too large: {why}"),
        }
    }
}

impl std::error::Error for Error {}

fn io_at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Error {
    let path = path.into();
    move |error| Error::Io(path, error)
}

fn refused(name: &str, why: impl Into<String>) -> Error {
    Error::Refused(name.to_owned(), why.into())
}
