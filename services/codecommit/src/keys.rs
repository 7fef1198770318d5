//! The KMS key of a repository: chosen when it is made, changed by UpdateRepositoryEncryptionKey,
//! and asked for whenever somebody wants to get at what is in the repository.
//!
//! KMS itself decides, for the very caller (`kms:ViaService` is CodeCommit), with the repository's
//! id as encryption context. Choosing a key makes a data key under it which nobody uses but as a
//! proof: every access has KMS decrypt it. The packs are sealed under the same KMS key by the yard.
//!
//! <https://docs.aws.amazon.com/codecommit/latest/userguide/encryption.html>

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use api_developer::codecommit::*;
use api_security::kms;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use service::{Cx, Error};
use store::Stored;

use crate::model::Repository;
use crate::{errors, storage};

/// The key of repositories for which none is named: AWS managed, made at its first use.
const DEFAULT_KEY: &str = "alias/aws/codecommit";
/// The encryption context that key policies can name.
const CONTEXT: &str = "aws:codecommit:id";
/// For so long an answer of KMS is believed: a key that is disabled, or a right that is taken
/// away, stops all access within this time, whatever is cached.
pub(crate) const KEY_MEMORY: Duration = Duration::from_secs(5);
/// Answers remembered at once.
const MAX_REMEMBERED: usize = 10_000;

/// A key that the caller may use for a repository.
#[derive(Default, Clone)]
pub(crate) struct Chosen {
    /// Its ARN; none in a yard without KMS, where the yard's own key seals.
    pub arn: Option<String>,
    /// A data key that only who may use the key can have decrypted.
    pub proof: Option<String>,
}

fn has_kms(cx: &Cx) -> bool {
    cx.yard().registry().operation("kms", "Decrypt").is_some()
}

fn context(repository: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(CONTEXT.to_owned(), repository.to_owned())])
}

/// Has KMS look up the key that the caller names, and decide whether he may use it.
///
/// # Errors
/// The `EncryptionKey…` errors.
pub(crate) async fn choose(
    cx: &Cx,
    named: Option<&str>,
    repository: &str,
) -> Result<Chosen, Error> {
    if !has_kms(cx) {
        return match named {
            None => Ok(Chosen::default()),
            Some(_) => Err(errors::ENCRYPTION_KEY_UNAVAILABLE
                .error("This yard runs without KMS, so no key can be chosen.")),
        };
    }
    let input = kms::GenerateDataKeyWithoutPlaintextInput {
        key_id: named.unwrap_or(DEFAULT_KEY).to_owned(),
        encryption_context: Some(context(repository)),
        key_spec: Some(kms::DataKeySpec::Aes256),
        ..Default::default()
    };
    let made = cx.call(kms::GenerateDataKeyWithoutPlaintext, input).await;
    let made = made.map_err(|error| refused(error, errors::ENCRYPTION_KEY_INVALID_USAGE))?;
    Ok(Chosen { arn: Some(made.key_id), proof: Some(BASE64.encode(&made.ciphertext_blob)) })
}

/// KMS's errors as CodeCommit passes them on; `unusable` is what a key is called that is neither
/// disabled nor gone and cannot be used.
fn refused(error: Error, unusable: service::ErrorKind) -> Error {
    let kind = match error.code.as_ref() {
        "NotFoundException" => errors::ENCRYPTION_KEY_NOT_FOUND,
        "DisabledException" => errors::ENCRYPTION_KEY_DISABLED,
        "KMSInvalidStateException" | "InvalidKeyUsageException" => unusable,
        "AccessDeniedException" => errors::ENCRYPTION_KEY_ACCESS_DENIED,
        "InvalidArnException" | "ValidationException" => errors::ENCRYPTION_KEY_INVALID_ID,
        "InvalidCiphertextException" | "IncorrectKeyException" => {
            errors::ENCRYPTION_INTEGRITY_CHECKS_FAILED
        }
        _ => errors::ENCRYPTION_KEY_UNAVAILABLE,
    };
    kind.error(format!("The repository's encryption key cannot be used: {}", error.message))
}

/// What KMS said lately, by what it was asked.
#[derive(Default)]
struct Remembered(Mutex<HashMap<Asked, Instant>>);

#[derive(PartialEq, Eq, Hash)]
struct Asked {
    repository: String,
    proof: String,
    caller: String,
    /// Sessions of one name may have different policies.
    access_key: Option<String>,
}

impl Remembered {
    fn is_fresh(&self, asked: &Asked) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(asked).is_some_and(|at| at.elapsed() < KEY_MEMORY)
    }

    fn keep(&self, asked: Asked) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_REMEMBERED {
            known.retain(|_, at| at.elapsed() < KEY_MEMORY);
        }
        if known.len() < MAX_REMEMBERED {
            known.insert(asked, Instant::now());
        }
    }
}

/// Refuses an access by who may not use the repository's key now.
///
/// # Errors
/// The `EncryptionKey…` errors. Then the plain copy is given up, too, if the key is at fault.
pub(crate) async fn check(cx: &Cx, repository: &Stored<Repository>) -> Result<(), Error> {
    let (Some(arn), Some(proof)) = (&repository.kms_key, &repository.key_proof) else {
        return Ok(());
    };
    let remembered = cx.yard().extension(Remembered::default);
    let asked = Asked {
        repository: repository.id.clone(),
        proof: proof.clone(),
        caller: cx.caller().arn.clone(),
        access_key: cx.caller().access_key_id.clone(),
    };
    if remembered.is_fresh(&asked) {
        return Ok(());
    }
    let input = kms::DecryptInput {
        ciphertext_blob: BASE64.decode(proof).ok().map(Into::into),
        encryption_context: Some(context(&repository.id)),
        key_id: Some(arn.clone()),
        ..Default::default()
    };
    // Operations of the yard's own on repositories serve `codeyard`, which keys do not know.
    let there = cx.in_name_of("codecommit", repository.scope.region.clone());
    match there.call(kms::Decrypt, input).await {
        Ok(_) => {
            remembered.keep(asked);
            Ok(())
        }
        Err(error) => {
            let error = refused(error, errors::ENCRYPTION_KEY_UNAVAILABLE);
            if error.code != errors::ENCRYPTION_KEY_ACCESS_DENIED.code {
                storage::of(cx.yard()).cache().forget(&repository.id);
            }
            Err(error)
        }
    }
}

pub(crate) async fn update_repository_encryption_key(
    cx: Cx,
    input: UpdateRepositoryEncryptionKeyInput,
) -> Result<UpdateRepositoryEncryptionKeyOutput, Error> {
    let found = cx.read(|tx| Repository::load(tx, &cx.scope(), &input.repository_name))?;
    // Who may not read what is sealed now may not have it sealed otherwise.
    check(&cx, &found).await?;
    let chosen = choose(&cx, Some(&input.kms_key_id), &found.id).await?;
    let (scope, now, id) = (cx.scope(), cx.now(), found.id.clone());
    let (name, arn) = (input.repository_name, chosen.arn.clone());
    let original = cx
        .write(move |tx| {
            let mut found = Repository::load(tx, &scope, &name)?;
            if found.id != id {
                return Err(errors::no_repository(&name));
            }
            let original = found.kms_key.clone();
            if original != chosen.arn {
                found.kms_key.clone_from(&chosen.arn);
                found.key_proof.clone_from(&chosen.proof);
                found.modified = now;
                tx.update(&scope, &found)?;
                storage::wake_reseal(tx, &found, now)?;
            }
            Ok(original)
        })
        .await?;
    Ok(UpdateRepositoryEncryptionKeyOutput {
        repository_id: Some(found.id.clone()),
        kms_key_id: arn,
        original_kms_key_id: original,
    })
}
