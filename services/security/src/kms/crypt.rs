//! Encryption, decryption, data keys.

use std::collections::BTreeMap;

use api_security::kms::{
    DataKeySpec, DecryptInput, DecryptOutput, DryRunModifierType, EncryptInput, EncryptOutput,
    EncryptionAlgorithmSpec, GenerateDataKeyInput, GenerateDataKeyOutput,
    GenerateDataKeyWithoutPlaintextInput, GenerateDataKeyWithoutPlaintextOutput,
    GenerateRandomInput, GenerateRandomOutput, ReEncryptInput, ReEncryptOutput, RecipientInfo,
};
use service::{Cx, Error, ErrorKind, Right};
use shape::Bytes;
use types::Scope;
use zeroize::Zeroizing;

use super::ciphertext::{self, Ciphertext, Purpose};
use super::find::{self, Forms, Named};
use super::model::{Key, key_arn};
use super::{errors, material, refuse_grant_tokens, rights};

/// Largest encryption context, in bytes of its names and values.
const MAX_CONTEXT: usize = 8192;

type EncryptionContext = BTreeMap<String, String>;

/// [Encrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html)
pub(crate) async fn encrypt(cx: Cx, input: EncryptInput) -> Result<EncryptOutput, Error> {
    refuse_grant_tokens(input.grant_tokens.as_deref())?;
    check_algorithm(input.encryption_algorithm)?;
    let context = check_context(input.encryption_context)?;
    let key = find::load(&cx, &input.key_id, Forms::AnyForm).await?;
    key.usable(&cx.scope())?;
    refuse_dry_run(input.dry_run)?;
    let ciphertext_blob = seal(&cx, &key, &context, &input.plaintext)?;
    Ok(EncryptOutput {
        ciphertext_blob,
        key_id: key_arn(&cx.scope(), &key.id),
        encryption_algorithm: EncryptionAlgorithmSpec::SymmetricDefault,
    })
}

/// The right to decrypt a blob, by the key that it names.
///
/// # Errors
/// `InvalidCiphertextException` where it is no blob of KMS's.
pub(crate) fn decrypt_rights(
    cx: &Cx,
    action: &str,
    blob: Option<&Bytes>,
    context: Option<&EncryptionContext>,
) -> Result<Vec<Right>, Error> {
    let blob = parse(blob)?;
    let here = key_in(&cx.scope(), &blob)?;
    let right = rights::on_key(cx, action, &here, Forms::KeyOnly)?;
    Ok(vec![rights::with_context(right, context)])
}

/// [Decrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html)
pub(crate) async fn decrypt(cx: Cx, input: DecryptInput) -> Result<DecryptOutput, Error> {
    refuse_grant_tokens(input.grant_tokens.as_deref())?;
    refuse_recipient(input.recipient.as_ref())?;
    refuse_modifiers(input.dry_run_modifiers.as_deref())?;
    check_algorithm(input.encryption_algorithm)?;
    let context = check_context(input.encryption_context)?;
    let opened =
        open(&cx, input.ciphertext_blob.as_ref(), input.key_id.as_deref(), &context).await?;
    refuse_dry_run(input.dry_run)?;
    Ok(DecryptOutput {
        key_id: opened.key_arn,
        plaintext: Bytes::copy_from_slice(&opened.plaintext),
        encryption_algorithm: EncryptionAlgorithmSpec::SymmetricDefault,
        ciphertext_for_recipient: None,
        key_material_id: Some(opened.material_id),
    })
}

/// The rights to decrypt under one key and encrypt under another.
///
/// # Errors
/// As [`decrypt_rights`] and [`rights::on_key`].
pub(crate) fn re_encrypt_rights(cx: &Cx, input: &ReEncryptInput) -> Result<Vec<Right>, Error> {
    let source = input.source_encryption_context.as_ref();
    let mut from = decrypt_rights(cx, "kms:ReEncryptFrom", input.ciphertext_blob.as_ref(), source)?;
    let to = rights::on_key(cx, "kms:ReEncryptTo", &input.destination_key_id, Forms::AnyForm)?;
    let to = rights::with_context(to, input.destination_encryption_context.as_ref());
    let same = from.iter().all(|from| from.resource == to.resource).to_string();
    from.push(to);
    Ok(from.into_iter().map(|right| right.with("kms:ReEncryptOnSameKey", same.clone())).collect())
}

/// [ReEncrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_ReEncrypt.html)
pub(crate) async fn re_encrypt(cx: Cx, input: ReEncryptInput) -> Result<ReEncryptOutput, Error> {
    refuse_grant_tokens(input.grant_tokens.as_deref())?;
    refuse_modifiers(input.dry_run_modifiers.as_deref())?;
    check_algorithm(input.source_encryption_algorithm)?;
    check_algorithm(input.destination_encryption_algorithm)?;
    let from = check_context(input.source_encryption_context)?;
    let to = check_context(input.destination_encryption_context)?;
    let blob = input.ciphertext_blob.as_ref();
    let opened = open(&cx, blob, input.source_key_id.as_deref(), &from).await?;
    let key = find::load(&cx, &input.destination_key_id, Forms::AnyForm).await?;
    key.usable(&cx.scope())?;
    refuse_dry_run(input.dry_run)?;
    Ok(ReEncryptOutput {
        ciphertext_blob: seal(&cx, &key, &to, &opened.plaintext)?,
        source_key_id: opened.key_arn,
        key_id: key_arn(&cx.scope(), &key.id),
        source_encryption_algorithm: EncryptionAlgorithmSpec::SymmetricDefault,
        destination_encryption_algorithm: EncryptionAlgorithmSpec::SymmetricDefault,
        source_key_material_id: Some(opened.material_id),
        destination_key_material_id: Some(key.current()?.id.clone()),
    })
}

/// [GenerateDataKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html)
pub(crate) async fn generate_data_key(
    cx: Cx,
    input: GenerateDataKeyInput,
) -> Result<GenerateDataKeyOutput, Error> {
    refuse_grant_tokens(input.grant_tokens.as_deref())?;
    refuse_recipient(input.recipient.as_ref())?;
    let size = data_key_size(input.number_of_bytes, input.key_spec)?;
    let context = check_context(input.encryption_context)?;
    let key = find::load(&cx, &input.key_id, Forms::AnyForm).await?;
    key.usable(&cx.scope())?;
    refuse_dry_run(input.dry_run)?;
    let plaintext = random(size);
    Ok(GenerateDataKeyOutput {
        ciphertext_blob: seal(&cx, &key, &context, &plaintext)?,
        plaintext: Bytes::copy_from_slice(&plaintext),
        key_id: key_arn(&cx.scope(), &key.id),
        ciphertext_for_recipient: None,
        key_material_id: Some(key.current()?.id.clone()),
    })
}

/// [GenerateDataKeyWithoutPlaintext](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyWithoutPlaintext.html)
pub(crate) async fn generate_data_key_without_plaintext(
    cx: Cx,
    input: GenerateDataKeyWithoutPlaintextInput,
) -> Result<GenerateDataKeyWithoutPlaintextOutput, Error> {
    let with_plaintext = GenerateDataKeyInput {
        key_id: input.key_id,
        encryption_context: input.encryption_context,
        number_of_bytes: input.number_of_bytes,
        key_spec: input.key_spec,
        grant_tokens: input.grant_tokens,
        recipient: None,
        dry_run: input.dry_run,
    };
    let made = generate_data_key(cx, with_plaintext).await?;
    Ok(GenerateDataKeyWithoutPlaintextOutput {
        ciphertext_blob: made.ciphertext_blob,
        key_id: made.key_id,
        key_material_id: made.key_material_id,
    })
}

/// [GenerateRandom](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateRandom.html)
pub(crate) async fn generate_random(
    _cx: Cx,
    input: GenerateRandomInput,
) -> Result<GenerateRandomOutput, Error> {
    refuse_recipient(input.recipient.as_ref())?;
    if input.custom_key_store_id.is_some() {
        return Err(errors::UNSUPPORTED.error("CustomKeyStoreId is not supported by Codeyard."));
    }
    let size = input.number_of_bytes.and_then(|size| usize::try_from(size).ok());
    let size = size.ok_or_else(|| errors::VALIDATION.error("NumberOfBytes is required."))?;
    let plaintext = Bytes::copy_from_slice(&random(size));
    Ok(GenerateRandomOutput { plaintext, ciphertext_for_recipient: None })
}

fn data_key_size(bytes: Option<i32>, spec: Option<DataKeySpec>) -> Result<usize, Error> {
    match (bytes.and_then(|bytes| usize::try_from(bytes).ok()), spec) {
        (Some(bytes), None) => Ok(bytes),
        (None, Some(DataKeySpec::Aes256)) => Ok(32),
        (None, Some(DataKeySpec::Aes128)) => Ok(16),
        _ => Err(errors::VALIDATION.error("Please specify either number of bytes or key spec.")),
    }
}

fn random(size: usize) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(size + 32));
    while bytes.len() < size {
        bytes.extend_from_slice(Zeroizing::new(types::random_bytes::<32>()).as_slice());
    }
    bytes.truncate(size);
    bytes
}

fn seal(cx: &Cx, key: &Key, context: &EncryptionContext, plaintext: &[u8]) -> Result<Bytes, Error> {
    let scope = cx.scope();
    let id = &key.current()?.id;
    let secret = material::open(cx.blobs(), &scope, key, id)?
        .ok_or_else(|| Error::internal("a key's current material is gone"))?;
    ciphertext::seal(Purpose::Caller, &key_arn(&scope, &key.id), id, &secret, context, plaintext)
        .map(Bytes::from)
        .map_err(|_| Error::internal("the plaintext could not be encrypted"))
}

struct Opened {
    key_arn: String,
    material_id: String,
    plaintext: Zeroizing<Vec<u8>>,
}

/// Opens a blob; the caller's right to do so is checked already, by the key that it names.
async fn open(
    cx: &Cx,
    blob: Option<&Bytes>,
    expected_key: Option<&str>,
    context: &EncryptionContext,
) -> Result<Opened, Error> {
    let scope = cx.scope();
    let blob = parse(blob)?;
    let key_id = key_in(&scope, &blob)?;
    let key = cx.read(|tx| Named::Id(key_id.clone()).find(tx, &scope))?.ok_or_else(unknown_key)?;
    if let Some(expected) = expected_key
        && find::load(cx, expected, Forms::AnyForm).await?.id != key_id
    {
        return Err(errors::INCORRECT_KEY.error(
            "The key ID in the request does not identify a CMK that can perform this operation.",
        ));
    }
    key.usable(&scope)?;
    let secret = material::open(cx.blobs(), &scope, &key, &blob.material_id)?;
    let secret = secret.ok_or_else(invalid_ciphertext)?;
    let plaintext = blob.open(&secret, context).map_err(|_| invalid_ciphertext())?;
    let key_arn = key_arn(&scope, &key_id);
    Ok(Opened { key_arn, material_id: blob.material_id, plaintext })
}

fn parse(blob: Option<&Bytes>) -> Result<Ciphertext<'_>, Error> {
    let blob = blob.ok_or_else(|| errors::VALIDATION.error("CiphertextBlob is required."))?;
    Ciphertext::parse(Purpose::Caller, blob).map_err(|_| invalid_ciphertext())
}

/// The id of the key that a blob names, if it is one of this account and Region.
fn key_in(scope: &Scope, blob: &Ciphertext<'_>) -> Result<String, Error> {
    match Named::parse(scope, blob.key_arn, Forms::KeyOnly) {
        Ok(Named::Id(id)) => Ok(id),
        _ => Err(unknown_key()),
    }
}

fn invalid_ciphertext() -> Error {
    errors::INVALID_CIPHERTEXT.error(
        "The ciphertext is corrupted, is not KMS's, or was made with another encryption context.",
    )
}

fn unknown_key() -> Error {
    ErrorKind::new("AccessDeniedException", 400).error(
        "The ciphertext refers to a customer master key that does not exist, does not exist in \
         this region, or you are not allowed to access.",
    )
}

fn check_algorithm(algorithm: Option<EncryptionAlgorithmSpec>) -> Result<(), Error> {
    match algorithm {
        None | Some(EncryptionAlgorithmSpec::SymmetricDefault) => Ok(()),
        Some(other) => Err(errors::INVALID_KEY_USAGE
            .error(format!("Algorithm {other} is incompatible with key spec SYMMETRIC_DEFAULT."))),
    }
}

fn check_context(context: Option<EncryptionContext>) -> Result<EncryptionContext, Error> {
    let context = context.unwrap_or_default();
    let size: usize = context.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size > MAX_CONTEXT {
        return Err(errors::VALIDATION.error(format!(
            "EncryptionContext can have {MAX_CONTEXT} bytes, and this has {size}."
        )));
    }
    Ok(context)
}

fn refuse_recipient(recipient: Option<&RecipientInfo>) -> Result<(), Error> {
    match recipient {
        None => Ok(()),
        Some(_) => {
            Err(errors::UNSUPPORTED.error("Recipient (enclaves) is not supported by Codeyard."))
        }
    }
}

fn refuse_modifiers(modifiers: Option<&[DryRunModifierType]>) -> Result<(), Error> {
    match modifiers {
        None | Some([]) => Ok(()),
        Some(_) => Err(errors::UNSUPPORTED.error("DryRunModifiers is not supported by Codeyard.")),
    }
}

/// A dry run ends where the work would begin.
fn refuse_dry_run(dry_run: Option<bool>) -> Result<(), Error> {
    match dry_run {
        Some(true) => Err(errors::DRY_RUN
            .error("The request would have succeeded, but the DryRun option is set.")),
        _ => Ok(()),
    }
}
