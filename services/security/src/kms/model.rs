//! Keys and aliases as they are stored.

use api_security::kms::{
    EncryptionAlgorithmSpec, KeyManagerType, KeyMetadata, KeySpec, KeyState, KeyUsageType,
    OriginType, RotationType, Tag,
};
use service::{Error, Right};
use shape::{Bytes, Shape};
use store::{Index, Resource};
use types::{Arn, Scope, Timestamp};

use super::errors;

/// One generation of a key's material. Ciphertext names the generation that made it.
#[derive(Shape, Default, Clone)]
pub(crate) struct Material {
    /// 64 hexadecimal digits.
    pub id: String,
    /// The AES-256 key, sealed under the yard's master key.
    pub sealed: Bytes,
    pub created: Timestamp,
    /// What brought it; the first one came with the key.
    pub rotation: Option<RotationType>,
}

/// A symmetric key.
#[derive(Shape, Default, Clone)]
pub(crate) struct Key {
    /// A UUID.
    pub id: String,
    pub created: Timestamp,
    pub description: String,
    /// `Enabled`, `Disabled` or `PendingDeletion`.
    pub state: KeyState,
    pub manager: KeyManagerType,
    pub policy: String,
    pub tags: Vec<Tag>,
    pub deletion_date: Option<Timestamp>,
    pub deletion_window_days: Option<i32>,
    /// Oldest first; the last one encrypts.
    pub materials: Vec<Material>,
    /// Days between automatic rotations, where they are on.
    pub rotation_period_days: Option<i32>,
    pub next_rotation: Option<Timestamp>,
}

impl Resource for Key {
    const KIND: &'static str = "kms.key";

    fn key(&self) -> String {
        self.id.clone()
    }
}

/// A key's ARN.
pub(crate) fn key_arn(scope: &Scope, id: &str) -> String {
    let (region, account) = (scope.region.as_str(), scope.account.as_str());
    Arn::new("kms", region, account, format!("key/{id}")).to_string()
}

/// An alias's ARN; `name` begins with `alias/`.
pub(crate) fn alias_arn(scope: &Scope, name: &str) -> String {
    Arn::new("kms", scope.region.as_str(), scope.account.as_str(), name).to_string()
}

impl Key {
    /// The material that encrypts.
    pub fn current(&self) -> Result<&Material, Error> {
        self.materials.last().ok_or_else(|| Error::internal("a key without material"))
    }

    /// What everyone may know of it.
    pub fn metadata(&self, scope: &Scope) -> KeyMetadata {
        let spec = KeySpec::SymmetricDefault;
        KeyMetadata {
            aws_account_id: scope.account.to_string(),
            key_id: self.id.clone(),
            arn: key_arn(scope, &self.id),
            creation_date: self.created,
            enabled: self.state == KeyState::Enabled,
            description: self.description.clone(),
            key_usage: KeyUsageType::EncryptDecrypt,
            key_state: self.state,
            deletion_date: self.deletion_date,
            origin: OriginType::AwsKms,
            key_manager: self.manager,
            customer_master_key_spec: spec,
            key_spec: spec,
            encryption_algorithms: Some(vec![EncryptionAlgorithmSpec::SymmetricDefault]),
            current_key_material_id: self.materials.last().map(|material| material.id.clone()),
            ..KeyMetadata::default()
        }
    }

    /// Refuses a key with which nothing may be encrypted or decrypted at the moment.
    ///
    /// # Errors
    /// `DisabledException`, `KMSInvalidStateException`.
    pub fn usable(&self, scope: &Scope) -> Result<(), Error> {
        match self.state {
            KeyState::Disabled => {
                let arn = key_arn(scope, &self.id);
                Err(errors::DISABLED.error(format!("{arn} is disabled.")))
            }
            _ => self.not_pending_deletion(scope),
        }
    }

    /// Refuses a key that waits for its deletion.
    ///
    /// # Errors
    /// `KMSInvalidStateException`.
    pub fn not_pending_deletion(&self, scope: &Scope) -> Result<(), Error> {
        if self.state == KeyState::PendingDeletion {
            let arn = key_arn(scope, &self.id);
            return Err(errors::INVALID_STATE.error(format!("{arn} is pending deletion.")));
        }
        Ok(())
    }

    /// Adds the condition keys that tell of the key itself.
    #[must_use]
    pub fn describe(&self, right: Right) -> Right {
        let right = right
            .with("kms:KeySpec", KeySpec::SymmetricDefault.as_str())
            .with("kms:KeyUsage", KeyUsageType::EncryptDecrypt.as_str())
            .with("kms:KeyOrigin", OriginType::AwsKms.as_str())
            .with("kms:MultiRegion", "false");
        self.tags.iter().fold(right, |right, tag| {
            right.with(format!("aws:ResourceTag/{}", tag.tag_key), tag.tag_value.clone())
        })
    }
}

/// A name for a key.
#[derive(Shape, Default, Clone)]
pub(crate) struct Alias {
    /// `alias/NAME`
    pub name: String,
    /// A UUID.
    pub key_id: String,
    pub created: Timestamp,
    pub updated: Timestamp,
}

/// The index of aliases by their key.
pub(crate) const ALIASES_OF_KEY: &str = "key";

impl Resource for Alias {
    const KIND: &'static str = "kms.alias";

    fn key(&self) -> String {
        self.name.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        vec![Index::new(ALIASES_OF_KEY, self.key_id.clone())]
    }
}
