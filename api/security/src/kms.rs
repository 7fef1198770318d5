//! AWS KMS's shapes, after the [API reference](https://docs.aws.amazon.com/kms/latest/APIReference/).

use std::collections::BTreeMap;

use shape::{Bytes, Empty, Shape, Timestamp};

shape::operations! { "kms";
    CreateKey(CreateKeyInput) -> KeyMetadataOutput;
    DescribeKey(DescribeKeyInput) -> KeyMetadataOutput;
    ListKeys(ListKeysInput) -> ListKeysOutput;
    EnableKey(KeyInput) -> Empty;
    DisableKey(KeyInput) -> Empty;
    ScheduleKeyDeletion(ScheduleKeyDeletionInput) -> ScheduleKeyDeletionOutput;
    CancelKeyDeletion(KeyInput) -> KeyIdOutput;
    UpdateKeyDescription(UpdateKeyDescriptionInput) -> Empty;
    GetKeyPolicy(GetKeyPolicyInput) -> GetKeyPolicyOutput;
    PutKeyPolicy(PutKeyPolicyInput) -> Empty;
    ListKeyPolicies(KeyPageInput) -> ListKeyPoliciesOutput;
    TagResource(TagResourceInput) -> Empty;
    UntagResource(UntagResourceInput) -> Empty;
    ListResourceTags(KeyPageInput) -> ListResourceTagsOutput;
    CreateAlias(AliasInput) -> Empty;
    UpdateAlias(AliasInput) -> Empty;
    DeleteAlias(DeleteAliasInput) -> Empty;
    ListAliases(ListAliasesInput) -> ListAliasesOutput;
    Encrypt(EncryptInput) -> EncryptOutput;
    Decrypt(DecryptInput) -> DecryptOutput;
    ReEncrypt(ReEncryptInput) -> ReEncryptOutput;
    GenerateDataKey(GenerateDataKeyInput) -> GenerateDataKeyOutput;
    GenerateDataKeyWithoutPlaintext(GenerateDataKeyWithoutPlaintextInput)
        -> GenerateDataKeyWithoutPlaintextOutput;
    GenerateRandom(GenerateRandomInput) -> GenerateRandomOutput;
    GetKeyRotationStatus(KeyInput) -> GetKeyRotationStatusOutput;
    EnableKeyRotation(EnableKeyRotationInput) -> Empty;
    DisableKeyRotation(KeyInput) -> Empty;
    ListKeyRotations(ListKeyRotationsInput) -> ListKeyRotationsOutput;
    RotateKeyOnDemand(KeyInput) -> KeyIdOutput;
}

shape::string_enum! {
    /// What a key is for.
    pub enum KeyUsageType {
        EncryptDecrypt = "ENCRYPT_DECRYPT", SignVerify = "SIGN_VERIFY",
        GenerateVerifyMac = "GENERATE_VERIFY_MAC", KeyAgreement = "KEY_AGREEMENT",
        EncapsulateDecapsulate = "ENCAPSULATE_DECAPSULATE",
    }
}
shape::string_enum! {
    /// What a key is made of.
    pub enum KeySpec {
        SymmetricDefault = "SYMMETRIC_DEFAULT", Rsa2048 = "RSA_2048", Rsa3072 = "RSA_3072",
        Rsa4096 = "RSA_4096", EccNistP256 = "ECC_NIST_P256", EccNistP384 = "ECC_NIST_P384",
        EccNistP521 = "ECC_NIST_P521", EccSecgP256k1 = "ECC_SECG_P256K1", Hmac224 = "HMAC_224",
        Hmac256 = "HMAC_256", Hmac384 = "HMAC_384", Hmac512 = "HMAC_512", Sm2 = "SM2",
        MlDsa44 = "ML_DSA_44", MlDsa65 = "ML_DSA_65", MlDsa87 = "ML_DSA_87",
        EccNistEdwards25519 = "ECC_NIST_EDWARDS25519", MlKem512 = "ML_KEM_512",
        MlKem768 = "ML_KEM_768", MlKem1024 = "ML_KEM_1024",
    }
}
shape::string_enum! {
    /// Where key material comes from.
    pub enum OriginType {
        AwsKms = "AWS_KMS", External = "EXTERNAL", AwsCloudHsm = "AWS_CLOUDHSM",
        ExternalKeyStore = "EXTERNAL_KEY_STORE",
    }
}
shape::string_enum! {
    /// What may be done with a key at the moment.
    pub enum KeyState {
        Enabled = "Enabled", Disabled = "Disabled", PendingDeletion = "PendingDeletion",
        Creating = "Creating", PendingImport = "PendingImport",
        PendingReplicaDeletion = "PendingReplicaDeletion", Unavailable = "Unavailable",
        Updating = "Updating",
    }
}
shape::string_enum! {
    /// Whether key material ends.
    pub enum ExpirationModelType {
        KeyMaterialExpires = "KEY_MATERIAL_EXPIRES",
        KeyMaterialDoesNotExpire = "KEY_MATERIAL_DOES_NOT_EXPIRE",
    }
}
shape::string_enum! {
    /// Who manages a key.
    pub enum KeyManagerType { Customer = "CUSTOMER", Aws = "AWS" }
}
shape::string_enum! {
    /// How plaintext is encrypted.
    pub enum EncryptionAlgorithmSpec {
        SymmetricDefault = "SYMMETRIC_DEFAULT", RsaesOaepSha1 = "RSAES_OAEP_SHA_1",
        RsaesOaepSha256 = "RSAES_OAEP_SHA_256", Sm2Pke = "SM2PKE",
    }
}
shape::string_enum! {
    /// The size of a data key.
    pub enum DataKeySpec { Aes256 = "AES_256", Aes128 = "AES_128" }
}
shape::string_enum! {
    /// How an enclave is answered.
    pub enum KeyEncryptionMechanism { RsaesOaepSha256 = "RSAES_OAEP_SHA_256" }
}
shape::string_enum! {
    /// What a dry run leaves out.
    pub enum DryRunModifierType { IgnoreCiphertext = "IGNORE_CIPHERTEXT" }
}
shape::string_enum! {
    /// Which material a listing of rotations shows.
    pub enum IncludeKeyMaterial {
        RotationsOnly = "ROTATIONS_ONLY", AllKeyMaterial = "ALL_KEY_MATERIAL",
    }
}
shape::string_enum! {
    /// Whether imported material is there.
    pub enum ImportState { Imported = "IMPORTED", PendingImport = "PENDING_IMPORT" }
}
shape::string_enum! {
    /// Whether material encrypts or only decrypts.
    pub enum KeyMaterialState {
        Current = "CURRENT", NonCurrent = "NON_CURRENT", PendingRotation = "PENDING_ROTATION",
        PendingMultiRegion = "PENDING_MULTI_REGION_IMPORT_AND_ROTATION",
    }
}
shape::string_enum! {
    /// Whose keys a listing shows.
    pub enum ResourceOwner { Own = "SELF", OtherAccountsViaRam = "OTHER_ACCOUNTS_VIA_RAM" }
}
shape::string_enum! {
    /// What caused a rotation.
    pub enum RotationType { Automatic = "AUTOMATIC", OnDemand = "ON_DEMAND" }
}

/// A label on a key.
#[derive(Shape, Default, Clone, PartialEq, Eq)]
#[shape(case = "pascal")]
pub struct Tag {
    #[shape(required, min = 1, max = 128)]
    pub tag_key: String,
    #[shape(required, max = 256)]
    pub tag_value: String,
}

/// An enclave that is to be answered instead of the caller.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct RecipientInfo {
    pub key_encryption_algorithm: Option<KeyEncryptionMechanism>,
    #[shape(min = 1, max = 262_144)]
    pub attestation_document: Option<Bytes>,
}

/// What everyone may know of a key.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct KeyMetadata {
    #[shape(name = "AWSAccountId")]
    pub aws_account_id: String,
    pub key_id: String,
    pub arn: String,
    pub creation_date: Timestamp,
    pub enabled: bool,
    pub description: String,
    pub key_usage: KeyUsageType,
    pub key_state: KeyState,
    pub deletion_date: Option<Timestamp>,
    pub valid_to: Option<Timestamp>,
    pub origin: OriginType,
    pub custom_key_store_id: Option<String>,
    pub cloud_hsm_cluster_id: Option<String>,
    pub expiration_model: Option<ExpirationModelType>,
    pub key_manager: KeyManagerType,
    pub customer_master_key_spec: KeySpec,
    pub key_spec: KeySpec,
    pub encryption_algorithms: Option<Vec<EncryptionAlgorithmSpec>>,
    pub signing_algorithms: Option<Vec<String>>,
    pub key_agreement_algorithms: Option<Vec<String>>,
    pub multi_region: bool,
    pub multi_region_configuration: Option<MultiRegionConfiguration>,
    pub pending_deletion_window_in_days: Option<i32>,
    pub mac_algorithms: Option<Vec<String>>,
    pub xks_key_configuration: Option<XksKeyConfigurationType>,
    pub current_key_material_id: Option<String>,
}

/// A multi-Region key's family.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct MultiRegionConfiguration {
    pub multi_region_key_type: Option<String>,
    pub primary_key: Option<MultiRegionKey>,
    pub replica_keys: Option<Vec<MultiRegionKey>>,
}

/// One key of a multi-Region family.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct MultiRegionKey {
    pub arn: Option<String>,
    pub region: Option<String>,
}

/// A key outside AWS.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct XksKeyConfigurationType {
    pub id: Option<String>,
}

/// [CreateKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateKeyInput {
    #[shape(min = 1, max = 131_072, pattern = r"[\x09\x0A\x0D\x20-\u00FF]+")]
    pub policy: Option<String>,
    #[shape(max = 8192)]
    pub description: Option<String>,
    pub key_usage: Option<KeyUsageType>,
    pub customer_master_key_spec: Option<KeySpec>,
    pub key_spec: Option<KeySpec>,
    pub origin: Option<OriginType>,
    #[shape(min = 1, max = 64)]
    pub custom_key_store_id: Option<String>,
    pub bypass_policy_lockout_safety_check: Option<bool>,
    pub tags: Option<Vec<Tag>>,
    pub multi_region: Option<bool>,
    #[shape(min = 1, max = 128, pattern = r"[a-zA-Z0-9\-_.]+")]
    pub xks_key_id: Option<String>,
}

/// A key, described.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct KeyMetadataOutput {
    pub key_metadata: KeyMetadata,
}

/// [DescribeKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DescribeKeyInput {
    #[shape(required, min = 1, max = 2048)]
    pub key_id: String,
    #[shape(max = 10)]
    pub grant_tokens: Option<Vec<String>>,
}

/// The input of operations that take a key and nothing else.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct KeyInput {
    #[shape(required, min = 1, max = 2048)]
    pub key_id: String,
}

/// The key that an operation was done on.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct KeyIdOutput {
    pub key_id: String,
}

/// The input of listings that belong to one key.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct KeyPageInput {
    #[shape(required, min = 1, max = 2048)]
    pub key_id: String,
    #[shape(min = 1, max = 1000)]
    pub limit: Option<i32>,
    #[shape(min = 1, max = 1024)]
    pub marker: Option<String>,
}

/// [ListKeys](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListKeysInput {
    #[shape(min = 1, max = 1000)]
    pub limit: Option<i32>,
    #[shape(min = 1, max = 1024)]
    pub marker: Option<String>,
    #[shape(min = 1, max = 2)]
    pub resource_owners: Option<Vec<ResourceOwner>>,
}

/// A page of keys.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListKeysOutput {
    pub keys: Vec<KeyListEntry>,
    pub next_marker: Option<String>,
    pub truncated: bool,
}

/// A key in a listing.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct KeyListEntry {
    pub key_id: String,
    pub key_arn: String,
}

/// [ScheduleKeyDeletion](https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ScheduleKeyDeletionInput {
    #[shape(required, min = 1, max = 2048)]
    pub key_id: String,
    #[shape(min = 1, max = 365)]
    pub pending_window_in_days: Option<i32>,
}

/// When a key will be gone.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ScheduleKeyDeletionOutput {
    pub key_id: String,
    pub deletion_date: Timestamp,
    pub key_state: KeyState,
    pub pending_window_in_days: i32,
}

/// [UpdateKeyDescription](https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateKeyDescription.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UpdateKeyDescriptionInput {
    #[shape(required, min = 1, max = 2048)]
    pub key_id: String,
    #[shape(required, max = 8192)]
    pub description: String,
}

/// [GetKeyPolicy](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetKeyPolicyInput {
    #[shape(required, min = 1, max = 2048)]
    pub key_id: String,
    #[shape(min = 1, max = 128, pattern = r"\w+")]
    pub policy_name: Option<String>,
}

/// A key policy.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetKeyPolicyOutput {
    pub policy: String,
    pub policy_name: String,
}

/// [PutKeyPolicy](https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutKeyPolicyInput {
    #[shape(required, min = 1, max = 2048)]
    pub key_id: String,
    #[shape(min = 1, max = 128, pattern = r"\w+")]
    pub policy_name: Option<String>,
    #[shape(required, min = 1, max = 131_072, pattern = r"[\x09\x0A\x0D\x20-\u00FF]+")]
    pub policy: String,
    pub bypass_policy_lockout_safety_check: Option<bool>,
}

/// A page of policy names; there is never another than `default`.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListKeyPoliciesOutput {
    pub policy_names: Vec<String>,
    pub next_marker: Option<String>,
    pub truncated: bool,
}

/// [TagResource](https://docs.aws.amazon.com/kms/latest/APIReference/API_TagResource.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct TagResourceInput {
    #[shape(required, min = 1, max = 2048)]
    pub key_id: String,
    #[shape(required)]
    pub tags: Vec<Tag>,
}

/// [UntagResource](https://docs.aws.amazon.com/kms/latest/APIReference/API_UntagResource.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UntagResourceInput {
    #[shape(required, min = 1, max = 2048)]
    pub key_id: String,
    #[shape(required)]
    pub tag_keys: Vec<String>,
}

/// A page of tags.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListResourceTagsOutput {
    pub tags: Vec<Tag>,
    pub next_marker: Option<String>,
    pub truncated: bool,
}

/// [CreateAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html),
/// [UpdateAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateAlias.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct AliasInput {
    #[shape(required, min = 1, max = 256, pattern = "[a-zA-Z0-9:/_-]+")]
    pub alias_name: String,
    #[shape(required, min = 1, max = 2048)]
    pub target_key_id: String,
}

/// [DeleteAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteAlias.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DeleteAliasInput {
    #[shape(required, min = 1, max = 256, pattern = "[a-zA-Z0-9:/_-]+")]
    pub alias_name: String,
}

/// [ListAliases](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListAliasesInput {
    #[shape(min = 1, max = 2048)]
    pub key_id: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub limit: Option<i32>,
    #[shape(min = 1, max = 1024)]
    pub marker: Option<String>,
}

/// A page of aliases.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListAliasesOutput {
    pub aliases: Vec<AliasListEntry>,
    pub next_marker: Option<String>,
    pub truncated: bool,
}

/// An alias in a listing.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct AliasListEntry {
    pub alias_name: String,
    pub alias_arn: String,
    pub target_key_id: Option<String>,
    pub creation_date: Option<Timestamp>,
    pub last_updated_date: Option<Timestamp>,
}

/// [Encrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct EncryptInput {
    #[shape(required, min = 1, max = 2048)]
    pub key_id: String,
    #[shape(required, sensitive, min = 1, max = 4096)]
    pub plaintext: Bytes,
    pub encryption_context: Option<BTreeMap<String, String>>,
    #[shape(max = 10)]
    pub grant_tokens: Option<Vec<String>>,
    pub encryption_algorithm: Option<EncryptionAlgorithmSpec>,
    pub dry_run: Option<bool>,
}

/// What was encrypted.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct EncryptOutput {
    pub ciphertext_blob: Bytes,
    pub key_id: String,
    pub encryption_algorithm: EncryptionAlgorithmSpec,
}

/// [Decrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DecryptInput {
    #[shape(min = 1, max = 6144)]
    pub ciphertext_blob: Option<Bytes>,
    pub encryption_context: Option<BTreeMap<String, String>>,
    #[shape(max = 10)]
    pub grant_tokens: Option<Vec<String>>,
    #[shape(min = 1, max = 2048)]
    pub key_id: Option<String>,
    pub encryption_algorithm: Option<EncryptionAlgorithmSpec>,
    pub recipient: Option<RecipientInfo>,
    pub dry_run: Option<bool>,
    pub dry_run_modifiers: Option<Vec<DryRunModifierType>>,
}

/// What was decrypted.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DecryptOutput {
    pub key_id: String,
    #[shape(sensitive)]
    pub plaintext: Bytes,
    pub encryption_algorithm: EncryptionAlgorithmSpec,
    pub ciphertext_for_recipient: Option<Bytes>,
    pub key_material_id: Option<String>,
}

/// [ReEncrypt](https://docs.aws.amazon.com/kms/latest/APIReference/API_ReEncrypt.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ReEncryptInput {
    #[shape(min = 1, max = 6144)]
    pub ciphertext_blob: Option<Bytes>,
    pub source_encryption_context: Option<BTreeMap<String, String>>,
    #[shape(min = 1, max = 2048)]
    pub source_key_id: Option<String>,
    #[shape(required, min = 1, max = 2048)]
    pub destination_key_id: String,
    pub destination_encryption_context: Option<BTreeMap<String, String>>,
    pub source_encryption_algorithm: Option<EncryptionAlgorithmSpec>,
    pub destination_encryption_algorithm: Option<EncryptionAlgorithmSpec>,
    #[shape(max = 10)]
    pub grant_tokens: Option<Vec<String>>,
    pub dry_run: Option<bool>,
    pub dry_run_modifiers: Option<Vec<DryRunModifierType>>,
}

/// What was encrypted anew.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ReEncryptOutput {
    pub ciphertext_blob: Bytes,
    pub source_key_id: String,
    pub key_id: String,
    pub source_encryption_algorithm: EncryptionAlgorithmSpec,
    pub destination_encryption_algorithm: EncryptionAlgorithmSpec,
    pub source_key_material_id: Option<String>,
    pub destination_key_material_id: Option<String>,
}

/// [GenerateDataKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GenerateDataKeyInput {
    #[shape(required, min = 1, max = 2048)]
    pub key_id: String,
    pub encryption_context: Option<BTreeMap<String, String>>,
    #[shape(min = 1, max = 1024)]
    pub number_of_bytes: Option<i32>,
    pub key_spec: Option<DataKeySpec>,
    #[shape(max = 10)]
    pub grant_tokens: Option<Vec<String>>,
    pub recipient: Option<RecipientInfo>,
    pub dry_run: Option<bool>,
}

/// A data key, in the clear and encrypted.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GenerateDataKeyOutput {
    pub ciphertext_blob: Bytes,
    #[shape(sensitive)]
    pub plaintext: Bytes,
    pub key_id: String,
    pub ciphertext_for_recipient: Option<Bytes>,
    pub key_material_id: Option<String>,
}

/// [GenerateDataKeyWithoutPlaintext](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyWithoutPlaintext.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GenerateDataKeyWithoutPlaintextInput {
    #[shape(required, min = 1, max = 2048)]
    pub key_id: String,
    pub encryption_context: Option<BTreeMap<String, String>>,
    pub key_spec: Option<DataKeySpec>,
    #[shape(min = 1, max = 1024)]
    pub number_of_bytes: Option<i32>,
    #[shape(max = 10)]
    pub grant_tokens: Option<Vec<String>>,
    pub dry_run: Option<bool>,
}

/// A data key, encrypted.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GenerateDataKeyWithoutPlaintextOutput {
    pub ciphertext_blob: Bytes,
    pub key_id: String,
    pub key_material_id: Option<String>,
}

/// [GenerateRandom](https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateRandom.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GenerateRandomInput {
    #[shape(min = 1, max = 1024)]
    pub number_of_bytes: Option<i32>,
    #[shape(min = 1, max = 64)]
    pub custom_key_store_id: Option<String>,
    pub recipient: Option<RecipientInfo>,
}

/// Random bytes.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GenerateRandomOutput {
    #[shape(sensitive)]
    pub plaintext: Bytes,
    pub ciphertext_for_recipient: Option<Bytes>,
}

/// [GetKeyRotationStatus](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetKeyRotationStatusOutput {
    pub key_rotation_enabled: bool,
    pub key_id: String,
    pub rotation_period_in_days: Option<i32>,
    pub next_rotation_date: Option<Timestamp>,
    pub on_demand_rotation_start_date: Option<Timestamp>,
}

/// [EnableKeyRotation](https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct EnableKeyRotationInput {
    #[shape(required, min = 1, max = 2048)]
    pub key_id: String,
    #[shape(min = 90, max = 2560)]
    pub rotation_period_in_days: Option<i32>,
}

/// [ListKeyRotations](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyRotations.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListKeyRotationsInput {
    #[shape(required, min = 1, max = 2048)]
    pub key_id: String,
    pub include_key_material: Option<IncludeKeyMaterial>,
    #[shape(min = 1, max = 1000)]
    pub limit: Option<i32>,
    #[shape(min = 1, max = 1024)]
    pub marker: Option<String>,
}

/// A page of rotations.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListKeyRotationsOutput {
    pub rotations: Vec<RotationsListEntry>,
    pub next_marker: Option<String>,
    pub truncated: bool,
}

/// A rotation, or the material that it brought.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct RotationsListEntry {
    pub key_id: String,
    pub key_material_id: Option<String>,
    pub key_material_description: Option<String>,
    pub import_state: Option<ImportState>,
    pub key_material_state: Option<KeyMaterialState>,
    pub expiration_model: Option<ExpirationModelType>,
    pub valid_to: Option<Timestamp>,
    pub rotation_date: Option<Timestamp>,
    pub rotation_type: Option<RotationType>,
}
