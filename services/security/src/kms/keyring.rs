//! Customer keys for blobs: data keys wrapped under KMS keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use api_security::kms::KeyState;
use blobs::{Blobs, DataKey, KeyRef, Keyring, KeyringError, MasterKeyring, MemoryBackend};
use store::{Store, Stored};
use types::{Account, Arn, Region, Scope};
use zeroize::Zeroizing;

use super::ciphertext::{self, Ciphertext, Purpose};
use super::material;
use super::model::Key;

/// What a data key wrapped under a KMS key begins with.
const WRAPPED_PREFIX: &[u8; 4] = b"CYK1";

/// The keyring of a yard: [`KeyRef::Yard`] under the master key, [`KeyRef::Kms`] under the KMS key
/// of that ARN, as long as it is enabled.
///
/// It authorizes nobody: a service that seals for a caller asks KMS first whether the caller may.
/// What it wraps is out of the reach of `kms:Decrypt`.
pub struct KmsKeyring {
    store: Store,
    master: Arc<MasterKeyring>,
    /// Opens key material; it holds no blobs.
    vault: Blobs,
}

impl KmsKeyring {
    /// A keyring over the KMS keys in `store`, whose material `master` seals.
    pub fn new(store: Store, master: Arc<MasterKeyring>) -> Self {
        let vault = Blobs::new(Arc::new(MemoryBackend::new()), master.clone());
        Self { store, master, vault }
    }

    /// The key of that ARN and its owner, if it may be used.
    fn usable(&self, arn: &str) -> Result<Stored<Key>, KeyringError> {
        let no_such = || KeyringError::NoSuchKey(arn.to_owned());
        let (scope, id) = place_of(arn).ok_or_else(no_such)?;
        let key = self
            .store
            .read(|tx| tx.get::<Key>(&scope, &id))
            .map_err(|error| KeyringError::Unavailable(error.to_string()))?
            .ok_or_else(no_such)?;
        match key.state {
            KeyState::Enabled => Ok(key),
            _ => Err(KeyringError::Disabled(arn.to_owned())),
        }
    }

    fn material(&self, key: &Stored<Key>, id: &str) -> Result<Zeroizing<[u8; 32]>, KeyringError> {
        material::open(&self.vault, &key.scope, key, id)
            .map_err(|error| KeyringError::Unavailable(error.to_string()))?
            .ok_or(KeyringError::Unopened)
    }
}

/// Owner and id of the key that an ARN names.
fn place_of(arn: &str) -> Option<(Scope, String)> {
    let arn: Arn = arn.parse().ok()?;
    let scope = Scope::new(Account::new(&arn.account).ok()?, Region::new(&arn.region).ok()?);
    let id = arn.resource.strip_prefix("key/")?.to_owned();
    (arn.service == "kms").then_some((scope, id))
}

impl Keyring for KmsKeyring {
    fn data_key(&self, key: &KeyRef) -> Result<DataKey, KeyringError> {
        let KeyRef::Kms(arn) = key else { return self.master.data_key(key) };
        let key = self.usable(arn)?;
        let current = key.materials.last().ok_or(KeyringError::Unopened)?;
        let secret = self.material(&key, &current.id)?;
        let plaintext = Zeroizing::new(types::random_bytes::<32>());
        let none = BTreeMap::new();
        let wrapped =
            ciphertext::seal(Purpose::BlobKey, arn, &current.id, &secret, &none, &*plaintext)
                .map_err(|_| KeyringError::Unavailable("failed to wrap the data key".into()))?;
        Ok(DataKey { plaintext, wrapped: [WRAPPED_PREFIX.as_slice(), &wrapped].concat() })
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeyringError> {
        let Some(wrapped) = wrapped.strip_prefix(WRAPPED_PREFIX) else {
            return self.master.unwrap(wrapped);
        };
        let wrapped =
            Ciphertext::parse(Purpose::BlobKey, wrapped).map_err(|_| KeyringError::Unopened)?;
        let key = self.usable(wrapped.key_arn)?;
        let secret = self.material(&key, &wrapped.material_id)?;
        let plain = wrapped.open(&secret, &BTreeMap::new()).map_err(|_| KeyringError::Unopened)?;
        <[u8; 32]>::try_from(plain.as_slice())
            .map(Zeroizing::new)
            .map_err(|_| KeyringError::Unopened)
    }
}
