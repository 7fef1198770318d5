//! The keyring that wraps data keys under one master key, kept in a file.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
};

use aes_gcm::{Aes256Gcm, KeyInit};
use zeroize::Zeroizing;

use crate::{
    keys::{DataKey, KeyRef, Keyring, KeyringError},
    seal::{TAG, open_in_place, seal_in_place},
};

/// First line of the key file, before the 64 hexadecimal digits.
const FILE_PREFIX: &str = "codeyard-master-key-1 ";
/// What a wrapped data key begins with, so that a keyring of several kinds can tell its own.
const WRAPPED_PREFIX: &[u8; 4] = b"CYM1";
const NONCE: usize = 12;

/// Why the master key file was refused.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// Others than its owner may read or change it.
    #[error("{path} may be read by others (mode {mode:04o}); make it 0600")]
    Exposed {
        /// The file.
        path: String,
        /// Its permission bits.
        mode: u32,
    },
    /// It is not a file that [`MasterKeyring::open_or_create`] wrote.
    #[error("{0} is no master key file")]
    Malformed(String),
    /// It could not be read or made.
    #[error("failed to {doing} the master key file {path}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: String,
        /// The system's own error.
        source: io::Error,
    },
}

/// Wraps data keys with AES-256-GCM under one 256-bit master key and a random nonce, which is
/// sound for 2³² data keys.
pub struct MasterKeyring {
    cipher: Aes256Gcm,
}

impl MasterKeyring {
    /// Opens the key file, or makes it with a random key when there is none: mode 0600, durable
    /// before this returns. Two processes that make it at once end with the same key.
    ///
    /// # Errors
    /// The file may be read by others, is malformed, or can't be read or made.
    pub fn open_or_create(path: &Path) -> Result<Self, MasterKeyError> {
        let failed = |doing| {
            move |source| MasterKeyError::Io { doing, path: path.display().to_string(), source }
        };
        match File::open(path) {
            Ok(file) => Self::read(file, path),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                create(path).map_err(failed("create"))?;
                Self::read(File::open(path).map_err(failed("open"))?, path)
            }
            Err(e) => Err(failed("open")(e)),
        }
    }

    /// A key that is never stored: what it sealed is lost with it. For throw-away state.
    pub fn ephemeral() -> Self {
        Self::new(&Zeroizing::new(types::random_bytes()))
    }

    fn new(key: &Zeroizing<[u8; 32]>) -> Self {
        Self { cipher: Aes256Gcm::new((&**key).into()) }
    }

    fn read(mut file: File, path: &Path) -> Result<Self, MasterKeyError> {
        let shown = || path.display().to_string();
        let failed = |source| MasterKeyError::Io { doing: "read", path: shown(), source };
        let meta = file.metadata().map_err(failed)?;
        if !meta.is_file() || meta.len() > 1024 {
            return Err(MasterKeyError::Malformed(shown()));
        }
        let mode = meta.mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(MasterKeyError::Exposed { path: shown(), mode });
        }
        let mut text = Zeroizing::new(String::with_capacity(1024));
        file.read_to_string(&mut text).map_err(failed)?;
        let mut key = Zeroizing::new([0; 32]);
        text.strip_prefix(FILE_PREFIX)
            .and_then(|rest| hex::decode_to_slice(rest.trim_end(), &mut *key).ok())
            .ok_or_else(|| MasterKeyError::Malformed(shown()))?;
        Ok(Self::new(&key))
    }
}

/// Writes a new key under a passing name and links it into place, so that a key file is either
/// whole or absent, and a file that exists is never replaced.
fn create(path: &Path) -> io::Result<()> {
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    let key = Zeroizing::new(types::random_bytes::<32>());
    let mut line = Zeroizing::new([0; 64]);
    hex::encode_to_slice(*key, &mut *line).map_err(io::Error::other)?;
    let tmp = dir.join(format!(".master-key-{}", hex::encode(types::random_bytes::<8>())));
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&tmp)?;
        file.write_all(FILE_PREFIX.as_bytes())?;
        file.write_all(&*line)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        match std::fs::hard_link(&tmp, path) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => Err(e),
            _ => Ok(()),
        }
    })();
    let removed = std::fs::remove_file(&tmp);
    written.and(removed)?;
    File::open(dir)?.sync_all()
}

impl Keyring for MasterKeyring {
    fn data_key(&self, key: &KeyRef) -> Result<DataKey, KeyringError> {
        if *key != KeyRef::Yard {
            return Err(KeyringError::NoSuchKey(key.to_string()));
        }
        let plaintext = Zeroizing::new(types::random_bytes::<32>());
        let nonce = types::random_bytes::<NONCE>();
        let mut sealed = *plaintext;
        let tag = seal_in_place(&self.cipher, &nonce, WRAPPED_PREFIX, &mut sealed)
            .map_err(|_| KeyringError::Unavailable("failed to wrap the data key".into()))?;
        let wrapped = [WRAPPED_PREFIX.as_slice(), &nonce, &sealed, &tag].concat();
        Ok(DataKey { plaintext, wrapped })
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeyringError> {
        let opened = || {
            let rest = wrapped.strip_prefix(WRAPPED_PREFIX)?;
            let (nonce, rest) = rest.split_first_chunk::<NONCE>()?;
            let (sealed, tag) = rest.split_first_chunk::<32>()?;
            let tag: &[u8; TAG] = tag.try_into().ok()?;
            let mut key = Zeroizing::new(*sealed);
            open_in_place(&self.cipher, nonce, WRAPPED_PREFIX, &mut *key, tag).ok()?;
            Some(key)
        };
        opened().ok_or(KeyringError::Unopened)
    }
}
