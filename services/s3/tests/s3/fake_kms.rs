//! A KMS with one key that can be used, one that is disabled and one that may not be used.

use std::sync::Arc;

use api_security::kms::{
    Decrypt, DecryptInput, DecryptOutput, GenerateDataKey, GenerateDataKeyInput,
    GenerateDataKeyOutput,
};
use blobs::{DataKey, KeyRef, Keyring, KeyringError, MasterKeyring};
use service::{Cx, Error, ErrorKind, Protocol, Service, op};

pub const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/usable";
pub const DISABLED: &str = "arn:aws:kms:us-east-1:123456789012:key/disabled";

#[derive(Clone)]
pub struct FakeKms;

impl FakeKms {
    pub fn service(&self) -> Service {
        Service::new("kms", Protocol::Json11)
            .target("TrentService")
            .operation(
                op(GenerateDataKey, generate).on(|_, input| resolve(&input.key_id).to_owned()),
            )
            .operation(op(Decrypt, decrypt).on(|_, input| input.key_id.clone().unwrap_or_default()))
    }

    pub fn keyring(&self, master: Arc<MasterKeyring>) -> impl Keyring + use<> {
        FakeKeyring(master)
    }
}

fn resolve(key: &str) -> &str {
    match key {
        "alias/aws/s3" | "usable" => KEY,
        other => other,
    }
}

fn check(key: &str) -> Result<(), Error> {
    match key {
        KEY => Ok(()),
        DISABLED => Err(ErrorKind::new("DisabledException", 400).error("It is disabled.")),
        _ => Err(ErrorKind::new("NotFoundException", 400).error("There is no such key.")),
    }
}

async fn generate(_cx: Cx, input: GenerateDataKeyInput) -> Result<GenerateDataKeyOutput, Error> {
    let key = resolve(&input.key_id);
    check(key)?;
    let context = input.encryption_context.unwrap_or_default();
    let proof = format!("{key}|{}", context["aws:s3:arn"]);
    Ok(GenerateDataKeyOutput {
        ciphertext_blob: proof.into(),
        key_id: key.to_owned(),
        ..Default::default()
    })
}

async fn decrypt(_cx: Cx, input: DecryptInput) -> Result<DecryptOutput, Error> {
    let key = input.key_id.unwrap_or_default();
    check(&key)?;
    let context = input.encryption_context.unwrap_or_default();
    let proof = format!("{key}|{}", context["aws:s3:arn"]);
    if input.ciphertext_blob.as_deref() != Some(proof.as_bytes()) {
        return Err(ErrorKind::new("InvalidCiphertextException", 400).error("Not ours."));
    }
    Ok(DecryptOutput::default())
}

/// Wraps everything under the master key and remembers for which key.
struct FakeKeyring(Arc<MasterKeyring>);

impl Keyring for FakeKeyring {
    fn data_key(&self, key: &KeyRef) -> Result<DataKey, KeyringError> {
        match key {
            KeyRef::Kms(arn) if arn != KEY => Err(KeyringError::NoSuchKey(arn.clone())),
            _ => self.0.data_key(&KeyRef::Yard),
        }
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<zeroize::Zeroizing<[u8; 32]>, KeyringError> {
        self.0.unwrap(wrapped)
    }
}
