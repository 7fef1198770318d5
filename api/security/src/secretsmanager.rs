//! AWS Secrets Manager's shapes, after the
//! [API reference](https://docs.aws.amazon.com/secretsmanager/latest/apireference/).

use std::collections::BTreeMap;

use shape::{Bytes, Shape, Timestamp};

shape::operations! { "secretsmanager";
    CreateSecret(CreateSecretInput) -> CreateSecretOutput;
    GetSecretValue(GetSecretValueInput) -> GetSecretValueOutput;
    BatchGetSecretValue(BatchGetSecretValueInput) -> BatchGetSecretValueOutput;
    PutSecretValue(PutSecretValueInput) -> PutSecretValueOutput;
    UpdateSecret(UpdateSecretInput) -> UpdateSecretOutput;
    UpdateSecretVersionStage(UpdateSecretVersionStageInput) -> SecretOutput;
    DescribeSecret(SecretInput) -> DescribeSecretOutput;
    ListSecrets(ListSecretsInput) -> ListSecretsOutput;
    ListSecretVersionIds(ListSecretVersionIdsInput) -> ListSecretVersionIdsOutput;
    DeleteSecret(DeleteSecretInput) -> DeleteSecretOutput;
    RestoreSecret(SecretInput) -> SecretOutput;
    TagResource(TagResourceInput) -> shape::Empty;
    UntagResource(UntagResourceInput) -> shape::Empty;
    GetRandomPassword(GetRandomPasswordInput) -> GetRandomPasswordOutput;
    PutResourcePolicy(PutResourcePolicyInput) -> ResourcePolicyOutput;
    GetResourcePolicy(ResourcePolicyInput) -> GetResourcePolicyOutput;
    DeleteResourcePolicy(ResourcePolicyInput) -> ResourcePolicyOutput;
    ValidateResourcePolicy(ValidateResourcePolicyInput) -> ValidateResourcePolicyOutput;
}

shape::string_enum! {
    /// By what secrets are chosen.
    pub enum FilterNameStringType {
        All = "all", Name = "name", Description = "description", TagKey = "tag-key",
        TagValue = "tag-value", PrimaryRegion = "primary-region",
        OwningService = "owning-service",
    }
}
shape::string_enum! {
    /// Which way a listing runs.
    pub enum SortOrderType { Desc = "desc", Asc = "asc" }
}
shape::string_enum! {
    /// By what a listing is sorted.
    pub enum SortByType {
        CreatedDate = "created-date", LastAccessedDate = "last-accessed-date",
        LastChangedDate = "last-changed-date", Name = "name",
    }
}
shape::string_enum! {
    /// How far a replica is.
    pub enum StatusType { InSync = "InSync", Failed = "Failed", InProgress = "InProgress" }
}

/// A label on a secret.
#[derive(Shape, Default, Clone, PartialEq, Eq)]
#[shape(case = "pascal")]
pub struct Tag {
    #[shape(min = 1, max = 128)]
    pub key: Option<String>,
    #[shape(max = 256)]
    pub value: Option<String>,
}

/// What secrets must have to be listed.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct Filter {
    pub key: Option<FilterNameStringType>,
    #[shape(min = 1, max = 10)]
    pub values: Option<Vec<String>>,
}

/// A Region to replicate to.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ReplicaRegionType {
    #[shape(min = 1, max = 128, pattern = r"([a-z]+-)+\d+")]
    pub region: Option<String>,
    #[shape(max = 2048)]
    pub kms_key_id: Option<String>,
}

/// How a replica is.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ReplicationStatusType {
    pub region: Option<String>,
    pub kms_key_id: Option<String>,
    pub status: Option<StatusType>,
    pub status_message: Option<String>,
    pub last_accessed_date: Option<Timestamp>,
}

/// The secret in another account of which this is a replica.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CrossAccountPrimaryType {
    #[shape(name = "PrimarySecretARN")]
    pub primary_secret_arn: Option<String>,
    pub replication_status: Option<String>,
    pub status_message: Option<String>,
}

/// A replica in another account.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CrossAccountReplicaType {
    #[shape(name = "ReplicaSecretARN")]
    pub replica_secret_arn: Option<String>,
    #[shape(name = "ReplicationRoleARN")]
    pub replication_role_arn: Option<String>,
    pub replication_status: Option<String>,
    pub status_message: Option<String>,
}

/// When a secret is rotated.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct RotationRulesType {
    pub automatically_after_days: Option<i64>,
    pub duration: Option<String>,
    pub schedule_expression: Option<String>,
}

/// How a partner's secret is rotated.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ExternalSecretRotationMetadataItem {
    pub key: Option<String>,
    pub value: Option<String>,
}

/// The input of operations that take a secret and nothing else.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct SecretInput {
    #[shape(required, min = 1, max = 2048)]
    pub secret_id: String,
}

/// The secret that an operation was done on.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct SecretOutput {
    #[shape(name = "ARN")]
    pub arn: String,
    pub name: String,
}

/// [CreateSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateSecretInput {
    #[shape(required, min = 1, max = 512)]
    pub name: String,
    #[shape(min = 32, max = 64)]
    pub client_request_token: Option<String>,
    #[shape(max = 2048)]
    pub description: Option<String>,
    #[shape(max = 2048)]
    pub kms_key_id: Option<String>,
    #[shape(sensitive, min = 1, max = 65_536)]
    pub secret_binary: Option<Bytes>,
    #[shape(sensitive, min = 1, max = 65_536)]
    pub secret_string: Option<String>,
    pub tags: Option<Vec<Tag>>,
    #[shape(min = 1)]
    pub add_replica_regions: Option<Vec<ReplicaRegionType>>,
    pub force_overwrite_replica_secret: Option<bool>,
    #[shape(name = "Type", max = 256)]
    pub kind: Option<String>,
    #[shape(name = "CrossAccountPrimaryARN", min = 20, max = 2048)]
    pub cross_account_primary_arn: Option<String>,
}

/// The new secret.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateSecretOutput {
    #[shape(name = "ARN")]
    pub arn: String,
    pub name: String,
    pub version_id: Option<String>,
    pub replication_status: Option<Vec<ReplicationStatusType>>,
}

/// [GetSecretValue](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetSecretValueInput {
    #[shape(required, min = 1, max = 2048)]
    pub secret_id: String,
    #[shape(min = 32, max = 64)]
    pub version_id: Option<String>,
    #[shape(min = 1, max = 256)]
    pub version_stage: Option<String>,
}

/// A version's value; also what [BatchGetSecretValue] lists.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetSecretValueOutput {
    #[shape(name = "ARN")]
    pub arn: String,
    pub name: String,
    pub version_id: String,
    #[shape(sensitive)]
    pub secret_binary: Option<Bytes>,
    #[shape(sensitive)]
    pub secret_string: Option<String>,
    pub version_stages: Vec<String>,
    pub created_date: Timestamp,
}

/// [BatchGetSecretValue](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct BatchGetSecretValueInput {
    #[shape(min = 1, max = 20)]
    pub secret_id_list: Option<Vec<String>>,
    #[shape(max = 10)]
    pub filters: Option<Vec<Filter>>,
    #[shape(min = 1, max = 20)]
    pub max_results: Option<i32>,
    #[shape(min = 1, max = 4096)]
    pub next_token: Option<String>,
}

/// Values, and why there are not more.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct BatchGetSecretValueOutput {
    pub secret_values: Vec<GetSecretValueOutput>,
    pub next_token: Option<String>,
    pub errors: Vec<ApiErrorType>,
}

/// Why a secret's value was not told.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ApiErrorType {
    pub secret_id: String,
    pub error_code: String,
    pub message: String,
}

/// [PutSecretValue](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutSecretValueInput {
    #[shape(required, min = 1, max = 2048)]
    pub secret_id: String,
    #[shape(min = 32, max = 64)]
    pub client_request_token: Option<String>,
    #[shape(sensitive, min = 1, max = 65_536)]
    pub secret_binary: Option<Bytes>,
    #[shape(sensitive, min = 1, max = 65_536)]
    pub secret_string: Option<String>,
    #[shape(min = 1, max = 20)]
    pub version_stages: Option<Vec<String>>,
    #[shape(sensitive, min = 36, max = 256, pattern = r"[a-zA-Z0-9\-]+")]
    pub rotation_token: Option<String>,
}

/// The new version.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutSecretValueOutput {
    #[shape(name = "ARN")]
    pub arn: String,
    pub name: String,
    pub version_id: String,
    pub version_stages: Vec<String>,
}

/// [UpdateSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UpdateSecretInput {
    #[shape(required, min = 1, max = 2048)]
    pub secret_id: String,
    #[shape(min = 32, max = 64)]
    pub client_request_token: Option<String>,
    #[shape(max = 2048)]
    pub description: Option<String>,
    #[shape(max = 2048)]
    pub kms_key_id: Option<String>,
    #[shape(sensitive, min = 1, max = 65_536)]
    pub secret_binary: Option<Bytes>,
    #[shape(sensitive, min = 1, max = 65_536)]
    pub secret_string: Option<String>,
    #[shape(name = "Type", max = 256)]
    pub kind: Option<String>,
}

/// The changed secret, and its new version where there is one.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UpdateSecretOutput {
    #[shape(name = "ARN")]
    pub arn: String,
    pub name: String,
    pub version_id: Option<String>,
}

/// [UpdateSecretVersionStage](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UpdateSecretVersionStageInput {
    #[shape(required, min = 1, max = 2048)]
    pub secret_id: String,
    #[shape(required, min = 1, max = 256)]
    pub version_stage: String,
    #[shape(min = 32, max = 64)]
    pub remove_from_version_id: Option<String>,
    #[shape(min = 32, max = 64)]
    pub move_to_version_id: Option<String>,
}

/// A secret without its values.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DescribeSecretOutput {
    #[shape(name = "ARN")]
    pub arn: String,
    pub name: String,
    #[shape(name = "Type")]
    pub kind: Option<String>,
    pub description: Option<String>,
    pub kms_key_id: Option<String>,
    pub rotation_enabled: Option<bool>,
    #[shape(name = "RotationLambdaARN")]
    pub rotation_lambda_arn: Option<String>,
    pub rotation_rules: Option<RotationRulesType>,
    pub external_secret_rotation_metadata: Option<Vec<ExternalSecretRotationMetadataItem>>,
    pub external_secret_rotation_role_arn: Option<String>,
    pub last_rotated_date: Option<Timestamp>,
    pub last_changed_date: Option<Timestamp>,
    pub last_accessed_date: Option<Timestamp>,
    pub deleted_date: Option<Timestamp>,
    pub next_rotation_date: Option<Timestamp>,
    pub tags: Option<Vec<Tag>>,
    pub version_ids_to_stages: Option<BTreeMap<String, Vec<String>>>,
    pub owning_service: Option<String>,
    pub created_date: Timestamp,
    pub primary_region: Option<String>,
    pub replication_status: Option<Vec<ReplicationStatusType>>,
    pub cross_account_primary: Option<CrossAccountPrimaryType>,
    pub cross_account_replicas: Option<Vec<CrossAccountReplicaType>>,
}

/// [ListSecrets](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListSecretsInput {
    pub include_planned_deletion: Option<bool>,
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
    #[shape(min = 1, max = 4096)]
    pub next_token: Option<String>,
    #[shape(max = 10)]
    pub filters: Option<Vec<Filter>>,
    pub sort_order: Option<SortOrderType>,
    pub sort_by: Option<SortByType>,
}

/// A page of secrets.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListSecretsOutput {
    pub secret_list: Vec<SecretListEntry>,
    pub next_token: Option<String>,
}

/// A secret in a listing.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct SecretListEntry {
    #[shape(name = "ARN")]
    pub arn: String,
    pub name: String,
    #[shape(name = "Type")]
    pub kind: Option<String>,
    pub description: Option<String>,
    pub kms_key_id: Option<String>,
    pub rotation_enabled: Option<bool>,
    #[shape(name = "RotationLambdaARN")]
    pub rotation_lambda_arn: Option<String>,
    pub rotation_rules: Option<RotationRulesType>,
    pub external_secret_rotation_metadata: Option<Vec<ExternalSecretRotationMetadataItem>>,
    pub external_secret_rotation_role_arn: Option<String>,
    pub last_rotated_date: Option<Timestamp>,
    pub last_changed_date: Option<Timestamp>,
    pub last_accessed_date: Option<Timestamp>,
    pub deleted_date: Option<Timestamp>,
    pub next_rotation_date: Option<Timestamp>,
    pub tags: Option<Vec<Tag>>,
    pub secret_versions_to_stages: Option<BTreeMap<String, Vec<String>>>,
    pub owning_service: Option<String>,
    pub created_date: Timestamp,
    pub primary_region: Option<String>,
}

/// [ListSecretVersionIds](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecretVersionIds.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListSecretVersionIdsInput {
    #[shape(required, min = 1, max = 2048)]
    pub secret_id: String,
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
    #[shape(min = 1, max = 4096)]
    pub next_token: Option<String>,
    pub include_deprecated: Option<bool>,
}

/// A page of versions.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListSecretVersionIdsOutput {
    pub versions: Vec<SecretVersionsListEntry>,
    pub next_token: Option<String>,
    #[shape(name = "ARN")]
    pub arn: String,
    pub name: String,
}

/// A version in a listing.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct SecretVersionsListEntry {
    pub version_id: String,
    #[shape(omit_empty)]
    pub version_stages: Vec<String>,
    pub last_accessed_date: Option<Timestamp>,
    pub created_date: Timestamp,
    pub kms_key_ids: Option<Vec<String>>,
}

/// [DeleteSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DeleteSecretInput {
    #[shape(required, min = 1, max = 2048)]
    pub secret_id: String,
    pub recovery_window_in_days: Option<i64>,
    pub force_delete_without_recovery: Option<bool>,
}

/// When a secret will be gone.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DeleteSecretOutput {
    #[shape(name = "ARN")]
    pub arn: String,
    pub name: String,
    pub deletion_date: Timestamp,
}

/// [TagResource](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct TagResourceInput {
    #[shape(required, min = 1, max = 2048)]
    pub secret_id: String,
    #[shape(required)]
    pub tags: Vec<Tag>,
}

/// [UntagResource](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UntagResource.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UntagResourceInput {
    #[shape(required, min = 1, max = 2048)]
    pub secret_id: String,
    #[shape(required)]
    pub tag_keys: Vec<String>,
}

/// [GetRandomPassword](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetRandomPasswordInput {
    #[shape(min = 1, max = 4096)]
    pub password_length: Option<i64>,
    #[shape(max = 4096)]
    pub exclude_characters: Option<String>,
    pub exclude_numbers: Option<bool>,
    pub exclude_punctuation: Option<bool>,
    pub exclude_uppercase: Option<bool>,
    pub exclude_lowercase: Option<bool>,
    pub include_space: Option<bool>,
    pub require_each_included_type: Option<bool>,
}

/// A password.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetRandomPasswordOutput {
    #[shape(sensitive)]
    pub random_password: String,
}

/// [PutResourcePolicy](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutResourcePolicyInput {
    #[shape(required, min = 1, max = 2048)]
    pub secret_id: String,
    #[shape(required, min = 1, max = 20_480)]
    pub resource_policy: String,
    pub block_public_policy: Option<bool>,
    #[shape(min = 1, max = 64, pattern = r"[0-9A-Za-z\-_]+")]
    pub policy_name: Option<String>,
}

/// [GetResourcePolicy](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html),
/// [DeleteResourcePolicy](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteResourcePolicy.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ResourcePolicyInput {
    #[shape(required, min = 1, max = 2048)]
    pub secret_id: String,
    #[shape(min = 1, max = 64, pattern = r"[0-9A-Za-z\-_]+")]
    pub policy_name: Option<String>,
}

/// The policy that an operation was done on.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ResourcePolicyOutput {
    #[shape(name = "ARN")]
    pub arn: String,
    pub name: String,
    pub policy_name: String,
}

/// A secret's policy, where it has one.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetResourcePolicyOutput {
    #[shape(name = "ARN")]
    pub arn: String,
    pub name: String,
    pub resource_policy: Option<String>,
    pub policy_name: String,
}

/// [ValidateResourcePolicy](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ValidateResourcePolicy.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ValidateResourcePolicyInput {
    #[shape(min = 1, max = 2048)]
    pub secret_id: Option<String>,
    #[shape(required, min = 1, max = 20_480)]
    pub resource_policy: String,
}

/// What is wrong with a policy.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ValidateResourcePolicyOutput {
    pub policy_validation_passed: bool,
    pub validation_errors: Vec<ValidationErrorsEntry>,
}

/// One thing that is wrong with a policy.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ValidationErrorsEntry {
    pub check_name: Option<String>,
    pub error_message: Option<String>,
}
