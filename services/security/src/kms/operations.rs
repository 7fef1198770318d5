//! KMS's table.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html>

use api_security::kms::{
    AliasInput, CancelKeyDeletion, CreateAlias, CreateKey, Decrypt, DeleteAlias, DescribeKey,
    DisableKey, DisableKeyRotation, EnableKey, EnableKeyRotation, Encrypt, GenerateDataKey,
    GenerateDataKeyWithoutPlaintext, GenerateRandom, GetKeyPolicy, GetKeyRotationStatus,
    ListAliases, ListKeyPolicies, ListKeyRotations, ListKeys, ListResourceTags, PutKeyPolicy,
    ReEncrypt, RotateKeyOnDemand, ScheduleKeyDeletion, TagResource, UntagResource, UpdateAlias,
    UpdateKeyDescription,
};
use service::{Cx, Error, Op, Protocol, Right, Service, op};
use shape::Call;

use super::find::Forms;
use super::lifecycle::KeyLifecycle;
use super::rights::{on_alias, on_all, on_key, with_context};
use super::{aliases, crypt, errors, keys, policies, rotation, tags};

/// AWS KMS.
pub fn service() -> Service {
    let service =
        Service::new("kms", Protocol::Json11).target("TrentService").reconciler(KeyLifecycle::of);
    cryptography(management(service)).lacks(&[
        "ConnectCustomKeyStore",
        "CreateCustomKeyStore",
        "CreateGrant",
        "Decapsulate",
        "DeleteCustomKeyStore",
        "DeleteImportedKeyMaterial",
        "DeriveSharedSecret",
        "DescribeCustomKeyStores",
        "DisconnectCustomKeyStore",
        "Encapsulate",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateMac",
        "GetKeyLastUsage",
        "GetParametersForImport",
        "GetPublicKey",
        "ImportKeyMaterial",
        "ListGrants",
        "ListRetirableGrants",
        "ReplicateKey",
        "RetireGrant",
        "RevokeGrant",
        "Sign",
        "UpdateCustomKeyStore",
        "UpdatePrimaryRegion",
        "Verify",
        "VerifyMac",
    ])
}

fn management(service: Service) -> Service {
    service
        .operation(
            op(CreateKey, keys::create_key)
                .write()
                .partial("symmetric encryption keys of KMS's own making, in one Region")
                .errors(&[errors::LIMIT_EXCEEDED, errors::MALFORMED_POLICY, errors::TAG])
                .rights(|cx, input| {
                    let bypass = input.bypass_policy_lockout_safety_check == Some(true);
                    let right = on_all(cx, "kms:CreateKey")
                        .with("kms:BypassPolicyLockoutSafetyCheck", bypass.to_string())
                        .with("kms:KeySpec", "SYMMETRIC_DEFAULT")
                        .with("kms:KeyUsage", "ENCRYPT_DECRYPT")
                        .with("kms:KeyOrigin", "AWS_KMS")
                        .with("kms:MultiRegion", "false");
                    let tags = input.tags.iter().flatten();
                    let mut rights = vec![];
                    if input.tags.as_ref().is_some_and(|tags| !tags.is_empty()) {
                        rights.push(request_tags(on_all(cx, "kms:TagResource"), tags.clone()));
                    }
                    rights.push(request_tags(right, tags));
                    Ok(rights)
                }),
        )
        .operation(
            keyed(op(DescribeKey, keys::describe_key), Forms::AnyForm, |i| &i.key_id)
                .errors(&[errors::NOT_FOUND, errors::INVALID_ARN]),
        )
        .operation(
            op(ListKeys, keys::list_keys)
                .list()
                .partial("the account's own keys")
                .errors(&[errors::INVALID_MARKER, errors::UNSUPPORTED])
                .paginated("Marker", "Limit", 100),
        )
        .operation(changing(op(EnableKey, keys::enable_key), |i| &i.key_id))
        .operation(changing(op(DisableKey, keys::disable_key), |i| &i.key_id))
        .operation(
            op(ScheduleKeyDeletion, keys::schedule_key_deletion)
                .write()
                .errors(CHANGE_ERRORS)
                .events(&["KMS CMK Deletion"])
                .rights(|cx, i| {
                    let right = on_key(cx, "kms:ScheduleKeyDeletion", &i.key_id, Forms::KeyOnly)?;
                    let days = i.pending_window_in_days.unwrap_or(30).to_string();
                    Ok(vec![right.with("kms:ScheduleKeyDeletionPendingWindowInDays", days)])
                }),
        )
        .operation(changing(op(CancelKeyDeletion, keys::cancel_key_deletion), |i| &i.key_id))
        .operation(changing(op(UpdateKeyDescription, keys::update_key_description), |i| &i.key_id))
        .operation(
            keyed(op(GetKeyPolicy, policies::get_key_policy), Forms::KeyOnly, |i| &i.key_id)
                .errors(&[errors::NOT_FOUND, errors::INVALID_ARN]),
        )
        .operation(
            op(PutKeyPolicy, policies::put_key_policy)
                .permissions()
                .errors(&[
                    errors::NOT_FOUND,
                    errors::INVALID_ARN,
                    errors::LIMIT_EXCEEDED,
                    errors::MALFORMED_POLICY,
                    errors::UNSUPPORTED,
                ])
                .rights(|cx, i| {
                    let bypass = i.bypass_policy_lockout_safety_check == Some(true);
                    let right = on_key(cx, "kms:PutKeyPolicy", &i.key_id, Forms::KeyOnly)?;
                    Ok(vec![right.with("kms:BypassPolicyLockoutSafetyCheck", bypass.to_string())])
                }),
        )
        .operation(
            keyed(op(ListKeyPolicies, policies::list_key_policies), Forms::KeyOnly, |i| &i.key_id)
                .list()
                .errors(&[errors::NOT_FOUND, errors::INVALID_ARN, errors::INVALID_MARKER])
                .paginated("Marker", "Limit", 100),
        )
        .operation(op(TagResource, tags::tag_resource).tagging().errors(TAG_ERRORS).rights(
            |cx, i| {
                let right = on_key(cx, "kms:TagResource", &i.key_id, Forms::KeyOnly)?;
                Ok(vec![request_tags(right, i.tags.iter())])
            },
        ))
        .operation(op(UntagResource, tags::untag_resource).tagging().errors(TAG_ERRORS).rights(
            |cx, i| {
                let right = on_key(cx, "kms:UntagResource", &i.key_id, Forms::KeyOnly)?;
                Ok(vec![right.with_values("aws:TagKeys", i.tag_keys.clone())])
            },
        ))
        .operation(
            keyed(op(ListResourceTags, tags::list_resource_tags), Forms::KeyOnly, |i| &i.key_id)
                .errors(&[errors::NOT_FOUND, errors::INVALID_ARN, errors::INVALID_MARKER])
                .paginated("Marker", "Limit", 50),
        )
        .operation(
            op(CreateAlias, aliases::create_alias)
                .write()
                .errors(&[
                    errors::ALREADY_EXISTS,
                    errors::INVALID_ALIAS_NAME,
                    errors::NOT_FOUND,
                    errors::LIMIT_EXCEEDED,
                    errors::INVALID_STATE,
                ])
                .rights(|cx, i| alias_and_target(cx, "kms:CreateAlias", i)),
        )
        .operation(
            op(UpdateAlias, aliases::update_alias)
                .write()
                .errors(&[errors::NOT_FOUND, errors::LIMIT_EXCEEDED, errors::INVALID_STATE])
                .rights(|cx, i| {
                    let mut rights = alias_and_target(cx, "kms:UpdateAlias", i)?;
                    rights.extend(former_target(cx, "kms:UpdateAlias", &i.alias_name)?);
                    Ok(rights)
                }),
        )
        .operation(
            op(DeleteAlias, aliases::delete_alias)
                .write()
                .errors(&[errors::NOT_FOUND, errors::INVALID_STATE])
                .rights(|cx, i| {
                    let mut rights = vec![on_alias(cx, "kms:DeleteAlias", &i.alias_name)];
                    rights.extend(former_target(cx, "kms:DeleteAlias", &i.alias_name)?);
                    Ok(rights)
                }),
        )
        .operation(
            op(ListAliases, aliases::list_aliases)
                .list()
                .errors(&[errors::NOT_FOUND, errors::INVALID_ARN, errors::INVALID_MARKER])
                .paginated("Marker", "Limit", 50),
        )
        .operation(
            keyed(
                op(GetKeyRotationStatus, rotation::get_key_rotation_status),
                Forms::KeyOnly,
                |i| &i.key_id,
            )
            .errors(&[errors::NOT_FOUND, errors::INVALID_ARN]),
        )
        .operation(
            op(EnableKeyRotation, rotation::enable_key_rotation)
                .write()
                .errors(ROTATION_ERRORS)
                .events(&["KMS CMK Rotation"])
                .rights(|cx, i| {
                    let right = on_key(cx, "kms:EnableKeyRotation", &i.key_id, Forms::KeyOnly)?;
                    let days = i.rotation_period_in_days.unwrap_or(365).to_string();
                    Ok(vec![right.with("kms:RotationPeriodInDays", days)])
                }),
        )
        .operation(
            changing(op(DisableKeyRotation, rotation::disable_key_rotation), |i| &i.key_id)
                .errors(ROTATION_ERRORS),
        )
        .operation(
            keyed(op(ListKeyRotations, rotation::list_key_rotations), Forms::KeyOnly, |i| {
                &i.key_id
            })
            .list()
            .errors(&[errors::NOT_FOUND, errors::INVALID_ARN, errors::INVALID_MARKER])
            .paginated("Marker", "Limit", 100),
        )
        .operation(
            changing(op(RotateKeyOnDemand, rotation::rotate_key_on_demand), |i| &i.key_id)
                .errors(ROTATION_ERRORS),
        )
}

fn cryptography(service: Service) -> Service {
    service
        .operation(
            op(Encrypt, crypt::encrypt)
                .write()
                .partial("no grant tokens")
                .errors(CRYPT_ERRORS)
                .rights(|cx, i| {
                    let right = on_key(cx, "kms:Encrypt", &i.key_id, Forms::AnyForm)?
                        .with("kms:EncryptionAlgorithm", "SYMMETRIC_DEFAULT");
                    Ok(vec![with_context(right, i.encryption_context.as_ref())])
                }),
        )
        .operation(
            op(Decrypt, crypt::decrypt)
                .write()
                .partial("no grant tokens, no enclaves")
                .errors(CRYPT_ERRORS)
                .rights(|cx, i| {
                    let context = i.encryption_context.as_ref();
                    crypt::decrypt_rights(cx, "kms:Decrypt", i.ciphertext_blob.as_ref(), context)
                }),
        )
        .operation(
            op(ReEncrypt, crypt::re_encrypt)
                .write()
                .partial("no grant tokens")
                .errors(CRYPT_ERRORS)
                .rights(crypt::re_encrypt_rights),
        )
        .operation(
            op(GenerateDataKey, crypt::generate_data_key)
                .write()
                .partial("no grant tokens, no enclaves")
                .errors(CRYPT_ERRORS)
                .rights(|cx, i| {
                    let right = on_key(cx, "kms:GenerateDataKey", &i.key_id, Forms::AnyForm)?;
                    Ok(vec![with_context(right, i.encryption_context.as_ref())])
                }),
        )
        .operation(
            op(GenerateDataKeyWithoutPlaintext, crypt::generate_data_key_without_plaintext)
                .write()
                .partial("no grant tokens")
                .errors(CRYPT_ERRORS)
                .rights(|cx, i| {
                    let action = "kms:GenerateDataKeyWithoutPlaintext";
                    let right = on_key(cx, action, &i.key_id, Forms::AnyForm)?;
                    Ok(vec![with_context(right, i.encryption_context.as_ref())])
                }),
        )
        .operation(
            op(GenerateRandom, crypt::generate_random)
                .write()
                .partial("no custom key stores, no enclaves")
                .errors(&[errors::UNSUPPORTED]),
        )
}

const CHANGE_ERRORS: &[service::ErrorKind] =
    &[errors::NOT_FOUND, errors::INVALID_ARN, errors::INVALID_STATE];
const TAG_ERRORS: &[service::ErrorKind] = &[
    errors::NOT_FOUND,
    errors::INVALID_ARN,
    errors::INVALID_STATE,
    errors::LIMIT_EXCEEDED,
    errors::TAG,
];
const ROTATION_ERRORS: &[service::ErrorKind] = &[
    errors::NOT_FOUND,
    errors::INVALID_ARN,
    errors::INVALID_STATE,
    errors::DISABLED,
    errors::LIMIT_EXCEEDED,
];
const CRYPT_ERRORS: &[service::ErrorKind] = &[
    errors::NOT_FOUND,
    errors::DISABLED,
    errors::INVALID_STATE,
    errors::INVALID_CIPHERTEXT,
    errors::INCORRECT_KEY,
    errors::INVALID_KEY_USAGE,
    errors::INVALID_GRANT_TOKEN,
    errors::DRY_RUN,
];

/// A row whose action is on the key that one member names.
fn keyed<C: Call>(
    row: Op<C>,
    forms: Forms,
    key: impl Fn(&C::Input) -> &str + Send + Sync + 'static,
) -> Op<C> {
    let action = format!("kms:{}", C::NAME);
    row.rights(move |cx, input| Ok(vec![on_key(cx, &action, key(input), forms)?]))
}

/// A row that changes the key that one member names.
fn changing<C: Call>(row: Op<C>, key: impl Fn(&C::Input) -> &str + Send + Sync + 'static) -> Op<C> {
    keyed(row, Forms::KeyOnly, key).write().errors(CHANGE_ERRORS)
}

fn request_tags<'a>(
    right: Right,
    tags: impl Iterator<Item = &'a api_security::kms::Tag> + Clone,
) -> Right {
    let keys: Vec<String> = tags.clone().map(|tag| tag.tag_key.clone()).collect();
    if keys.is_empty() {
        return right;
    }
    tags.fold(right, |right, tag| {
        right.with(format!("aws:RequestTag/{}", tag.tag_key), tag.tag_value.clone())
    })
    .with_values("aws:TagKeys", keys)
}

/// Rights on an alias and on the key that it is to name.
fn alias_and_target(cx: &Cx, action: &str, input: &AliasInput) -> Result<Vec<Right>, Error> {
    Ok(vec![
        on_alias(cx, action, &input.alias_name),
        on_key(cx, action, &input.target_key_id, Forms::KeyOnly)?,
    ])
}

/// The right on the key that an alias names now.
fn former_target(cx: &Cx, action: &str, alias: &str) -> Result<Option<Right>, Error> {
    let target = aliases::target(cx, alias)?;
    target.map(|key| on_key(cx, action, &key, Forms::KeyOnly)).transpose()
}
