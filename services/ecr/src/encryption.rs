//! The key that a repository's bytes are sealed under: chosen when it is made, for good.
//!
//! KMS looks the key up for the caller, who must be allowed `kms:DescribeKey`. Who pulls and
//! pushes needs no right to the key, as with AWS, where the repository has grants of its own.
//!
//! <https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html>

use api_containers::ecr::{EncryptionConfiguration, EncryptionType};
use api_security::kms;
use service::{Cx, Error};

use crate::errors;

/// The key of repositories that name none: AWS managed.
const DEFAULT_KEY: &str = "alias/aws/ecr";

/// The ARN of the key; none where the yard's own seals.
pub(crate) async fn choose(
    cx: &Cx,
    asked: Option<&EncryptionConfiguration>,
) -> Result<Option<String>, Error> {
    let Some(asked) = asked else { return Ok(None) };
    match (asked.encryption_type, &asked.kms_key) {
        (EncryptionType::Aes256, None) => Ok(None),
        (EncryptionType::Aes256, Some(_)) => {
            Err(errors::invalid("encryptionConfiguration", "AES256 takes no kmsKey"))
        }
        (EncryptionType::KmsDsse, _) => {
            Err(errors::unsupported("The encryption type KMS_DSSE (two layers of encryption)"))
        }
        (EncryptionType::Kms, key) => {
            let key_id = key.clone().unwrap_or_else(|| DEFAULT_KEY.to_owned());
            let input = kms::DescribeKeyInput { key_id, ..Default::default() };
            let found = cx.call(kms::DescribeKey, input).await.map_err(refused)?.key_metadata;
            let usable = found.key_spec == kms::KeySpec::SymmetricDefault
                && found.key_usage == kms::KeyUsageType::EncryptDecrypt;
            if !usable {
                let why = format!("{} is no symmetric key for encryption", found.arn);
                return Err(errors::KMS.error(why).with("kmsError", "InvalidKeyUsageException"));
            }
            if !found.enabled {
                let why = format!("{} is disabled.", found.arn);
                return Err(errors::KMS.error(why).with("kmsError", "DisabledException"));
            }
            Ok(Some(found.arn))
        }
    }
}

/// KMS's errors as ECR passes them on.
fn refused(error: Error) -> Error {
    match error.status {
        500.. => error,
        _ => errors::KMS.error(error.message.clone()).with("kmsError", error.code.to_string()),
    }
}

/// The setting as answers show it.
pub(crate) fn shown(kms_key: Option<&str>) -> EncryptionConfiguration {
    match kms_key {
        Some(key) => EncryptionConfiguration {
            encryption_type: EncryptionType::Kms,
            kms_key: Some(key.to_owned()),
        },
        None => EncryptionConfiguration::default(),
    }
}
