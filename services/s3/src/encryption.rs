//! How objects are sealed: with the yard's own key (SSE-S3) or a customer's (SSE-KMS).
//!
//! For SSE-KMS the caller must be allowed to use the key, which KMS itself decides: a write asks
//! it for a data key, a read has it decrypt that data key, each with the object's ARN as
//! encryption context, as S3 does. The bytes are sealed under the same KMS key by `blobs`.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>

use std::collections::BTreeMap;

use api_security::kms;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use blobs::KeyRef;
use service::{Cx, Error};
use types::Region;

use crate::model::{Bucket, Encryption};
use crate::{errors, names};

const AES256: &str = "AES256";
const AWS_KMS: &str = "aws:kms";
/// The key that S3 has in each account for those who name none.
const S3_KEY: &str = "alias/aws/s3";

/// What a request says of its encryption.
#[derive(Default)]
pub struct Asked<'a> {
    pub algorithm: Option<&'a str>,
    pub kms_key: Option<&'a str>,
    pub context: Option<&'a str>,
    pub bucket_key: Option<bool>,
}

macro_rules! asked {
    ($input:expr) => {
        $crate::encryption::Asked {
            algorithm: $input.server_side_encryption.as_deref(),
            kms_key: $input.ssekms_key_id.as_deref(),
            context: $input.ssekms_encryption_context.as_deref(),
            bucket_key: $input.bucket_key_enabled,
        }
    };
}

/// Refuses keys that clients bring along (SSE-C), be it by one of the three headers alone.
macro_rules! refuse_customer_key {
    ($input:expr) => {
        $crate::encryption::no_customer_key([
            &$input.sse_customer_algorithm,
            &$input.sse_customer_key,
            &$input.sse_customer_key_md5,
        ])
    };
    (source of $input:expr) => {
        $crate::encryption::no_customer_key([
            &$input.copy_source_sse_customer_algorithm,
            &$input.copy_source_sse_customer_key,
            &$input.copy_source_sse_customer_key_md5,
        ])
    };
}
pub(crate) use {asked, refuse_customer_key};

pub fn no_customer_key(given: [&Option<String>; 3]) -> Result<(), Error> {
    if given.iter().any(|it| it.is_some()) {
        return Err(errors::not_implemented(
            "Server-side encryption with customer-provided keys (SSE-C)",
        ));
    }
    Ok(())
}

/// Checks an algorithm and a key against each other.
pub fn check_algorithm(algorithm: &str, kms_key: Option<&str>) -> Result<(), Error> {
    match algorithm {
        AES256 if kms_key.is_some() => Err(errors::invalid_argument(
            "Server Side Encryption with KMS managed key requires HTTP header \
             x-amz-server-side-encryption : aws:kms",
            "x-amz-server-side-encryption",
            algorithm,
        )),
        AES256 | AWS_KMS => Ok(()),
        "aws:kms:dsse" | "aws:fsx" => {
            Err(errors::not_implemented(&format!("Server-side encryption with {algorithm}")))
        }
        _ => Err(errors::INVALID_ENCRYPTION.error(
            "The encryption request that you specified is not valid. The valid value is AES256.",
        )),
    }
}

/// Decides how a new object is sealed; for SSE-KMS the caller must be allowed to use the key.
pub async fn for_write(
    cx: &Cx,
    bucket: &Bucket,
    key: &str,
    asked: &Asked<'_>,
) -> Result<(Encryption, KeyRef), Error> {
    if asked.context.is_some() {
        return Err(errors::not_implemented("x-amz-server-side-encryption-context"));
    }
    let default = bucket.encryption.as_ref();
    let (algorithm, kms_key, bucket_key) = match asked.algorithm {
        Some(algorithm) => {
            check_algorithm(algorithm, asked.kms_key)?;
            (algorithm, asked.kms_key, asked.bucket_key)
        }
        None if asked.kms_key.is_some() => {
            return Err(errors::invalid_argument(
                "Server Side Encryption with KMS managed key requires HTTP header \
                 x-amz-server-side-encryption : aws:kms",
                "x-amz-server-side-encryption",
                "null",
            ));
        }
        None => (
            default.map_or(AES256, |it| it.algorithm.as_str()),
            default.and_then(|it| it.kms_key.as_deref()),
            asked.bucket_key.or(default.and_then(|it| it.bucket_key)),
        ),
    };
    if algorithm == AES256 {
        let encryption = Encryption { algorithm: AES256.to_owned(), ..Encryption::default() };
        return Ok((encryption, KeyRef::Yard));
    }
    // A bucket's own default key serves a request that names the algorithm alone.
    let kms_key = kms_key
        .or(default.filter(|it| it.algorithm == AWS_KMS).and_then(|it| it.kms_key.as_deref()))
        .unwrap_or(S3_KEY);
    // The data key itself is not used, but this is the action that S3 asks for, and so the one
    // that policies name.
    let input = kms::GenerateDataKeyInput {
        key_id: kms_key.to_owned(),
        encryption_context: Some(context(bucket, key)),
        key_spec: Some(kms::DataKeySpec::Aes256),
        ..Default::default()
    };
    let there = key_region(cx, bucket)?;
    let proof = there.call(kms::GenerateDataKey, input).await.map_err(kms_error)?;
    let encryption = Encryption {
        algorithm: AWS_KMS.to_owned(),
        kms_key: Some(proof.key_id.clone()),
        bucket_key,
        proof: Some(BASE64.encode(&proof.ciphertext_blob)),
    };
    let key = proof.key_id.parse().map_err(Error::internal)?;
    Ok((encryption, key))
}

/// Refuses a read, or an addition to an upload, by who may not use its KMS key.
pub async fn for_read(
    cx: &Cx,
    bucket: &Bucket,
    key: &str,
    encryption: Option<&Encryption>,
) -> Result<(), Error> {
    let Some(encryption) = encryption.filter(|it| it.algorithm == AWS_KMS) else { return Ok(()) };
    let proof = encryption.proof.as_deref().and_then(|it| BASE64.decode(it).ok());
    let input = kms::DecryptInput {
        ciphertext_blob: proof.map(Into::into),
        encryption_context: Some(context(bucket, key)),
        key_id: encryption.kms_key.clone(),
        ..Default::default()
    };
    key_region(cx, bucket)?.call(kms::Decrypt, input).await.map(drop).map_err(kms_error)
}

/// Keys lie where the bucket does, wherever its request was signed for.
fn key_region(cx: &Cx, bucket: &Bucket) -> Result<Cx, Error> {
    Ok(cx.in_region(Region::new(&bucket.region).map_err(Error::internal)?))
}

/// The key under which the bytes of an upload's parts are sealed.
pub fn key_ref(encryption: Option<&Encryption>) -> Result<KeyRef, Error> {
    match encryption.and_then(|it| it.kms_key.as_deref()) {
        Some(arn) => arn.parse().map_err(Error::internal),
        None => Ok(KeyRef::Yard),
    }
}

fn context(bucket: &Bucket, key: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("aws:s3:arn".to_owned(), names::object_arn(&bucket.name, key))])
}

/// KMS's errors as S3 passes them on.
fn kms_error(error: Error) -> Error {
    match error.code.as_ref() {
        "NotFoundException" => errors::KMS_NOT_FOUND.error(error.message),
        "DisabledException" => errors::KMS_DISABLED.error(error.message),
        "KMSInvalidStateException" => errors::KMS_INVALID_STATE.error(error.message),
        "InvalidKeyUsageException" => errors::KMS_INVALID_USAGE.error(error.message),
        "AccessDeniedException" => errors::ACCESS_DENIED.error(error.message),
        _ => error,
    }
}
