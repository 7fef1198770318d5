//! Key material: made, sealed under the yard's master key, opened for one use.

use api_security::kms::RotationType;
use blobs::{Blobs, KeyRef};
use service::Error;
use shape::Bytes;
use types::{Scope, Timestamp};
use zeroize::Zeroizing;

use super::ciphertext::to_hex;
use super::model::{Key, Material, key_arn};

/// Fresh material for the key of this id.
///
/// # Errors
/// Where the master key does not seal.
pub(crate) fn create(
    blobs: &Blobs,
    scope: &Scope,
    key_id: &str,
    now: Timestamp,
    rotation: Option<RotationType>,
) -> Result<Material, Error> {
    let id = to_hex(&types::random_bytes::<32>());
    let secret = Zeroizing::new(types::random_bytes::<32>());
    let sealed = blobs.seal(&KeyRef::Yard, &place(scope, key_id, &id), secret.as_slice())?;
    Ok(Material { id, sealed: Bytes::from(sealed), created: now, rotation })
}

/// The material of that id, in the clear.
///
/// # Errors
/// Why it does not open; `None` where the key has no such material.
pub(crate) fn open(
    blobs: &Blobs,
    scope: &Scope,
    key: &Key,
    material_id: &str,
) -> Result<Option<Zeroizing<[u8; 32]>>, blobs::Error> {
    let Some(material) = key.materials.iter().find(|material| material.id == material_id) else {
        return Ok(None);
    };
    let plain = blobs.unseal(&place(scope, &key.id, material_id), &material.sealed)?;
    Ok(<[u8; 32]>::try_from(plain.as_slice()).ok().map(Zeroizing::new))
}

/// Binds sealed material to its key and generation.
fn place(scope: &Scope, key_id: &str, material_id: &str) -> Vec<u8> {
    format!("kms material {} {material_id}", key_arn(scope, key_id)).into_bytes()
}
