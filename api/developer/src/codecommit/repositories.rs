//! Repositories, their names, default branches and tags.

use std::collections::BTreeMap;

use shape::{Empty, Shape, Timestamp};

use super::bounds::{BRANCH_NAME, REPOSITORY_NAME};

shape::operations! { "codecommit";
    CreateRepository(CreateRepositoryInput) -> CreateRepositoryOutput;
    GetRepository(GetRepositoryInput) -> GetRepositoryOutput;
    BatchGetRepositories(BatchGetRepositoriesInput) -> BatchGetRepositoriesOutput;
    ListRepositories(ListRepositoriesInput) -> ListRepositoriesOutput;
    DeleteRepository(DeleteRepositoryInput) -> DeleteRepositoryOutput;
    UpdateRepositoryName(UpdateRepositoryNameInput) -> Empty;
    UpdateRepositoryDescription(UpdateRepositoryDescriptionInput) -> Empty;
    UpdateDefaultBranch(UpdateDefaultBranchInput) -> Empty;
    UpdateRepositoryEncryptionKey(UpdateRepositoryEncryptionKeyInput)
        -> UpdateRepositoryEncryptionKeyOutput;
    TagResource(TagResourceInput) -> Empty;
    UntagResource(UntagResourceInput) -> Empty;
    ListTagsForResource(ListTagsForResourceInput) -> ListTagsForResourceOutput;
}

shape::string_enum! {
    /// By what repositories are listed.
    pub enum SortBy { RepositoryName = "repositoryName", LastModifiedDate = "lastModifiedDate" }
}

shape::string_enum! {
    /// Which way.
    pub enum Order { Ascending = "ascending", Descending = "descending" }
}

shape::string_enum! {
    /// Why one of many repositories is not answered.
    pub enum BatchGetRepositoriesErrorCode {
        RepositoryDoesNotExist = "RepositoryDoesNotExistException",
        EncryptionIntegrityChecksFailed = "EncryptionIntegrityChecksFailedException",
        EncryptionKeyAccessDenied = "EncryptionKeyAccessDeniedException",
        EncryptionKeyDisabled = "EncryptionKeyDisabledException",
        EncryptionKeyNotFound = "EncryptionKeyNotFoundException",
        EncryptionKeyUnavailable = "EncryptionKeyUnavailableException",
    }
}

/// [RepositoryMetadata](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_RepositoryMetadata.html)
#[derive(Shape, Default, Clone)]
pub struct RepositoryMetadata {
    pub account_id: Option<String>,
    pub repository_id: Option<String>,
    pub repository_name: Option<String>,
    pub repository_description: Option<String>,
    pub default_branch: Option<String>,
    pub last_modified_date: Option<Timestamp>,
    pub creation_date: Option<Timestamp>,
    pub clone_url_http: Option<String>,
    pub clone_url_ssh: Option<String>,
    #[shape(name = "Arn")]
    pub arn: Option<String>,
    pub kms_key_id: Option<String>,
}

/// [CreateRepository](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateRepository.html)
#[derive(Shape, Default, Clone)]
pub struct CreateRepositoryInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(max = 1000, invalid = "InvalidRepositoryDescriptionException")]
    pub repository_description: Option<String>,
    pub tags: Option<BTreeMap<String, String>>,
    #[shape(pattern = r"[a-zA-Z0-9:/_-]+", invalid = "EncryptionKeyInvalidIdException")]
    pub kms_key_id: Option<String>,
}

/// [CreateRepository](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateRepository.html)
#[derive(Shape, Default, Clone)]
pub struct CreateRepositoryOutput {
    pub repository_metadata: Option<RepositoryMetadata>,
}

/// [GetRepository](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetRepository.html)
#[derive(Shape, Default, Clone)]
pub struct GetRepositoryInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
}

/// [GetRepository](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetRepository.html)
#[derive(Shape, Default, Clone)]
pub struct GetRepositoryOutput {
    pub repository_metadata: Option<RepositoryMetadata>,
}

/// [BatchGetRepositories](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchGetRepositories.html)
#[derive(Shape, Default, Clone)]
pub struct BatchGetRepositoriesInput {
    #[shape(
        required,
        missing = "RepositoryNamesRequiredException",
        max = 100,
        invalid = "MaximumRepositoryNamesExceededException"
    )]
    pub repository_names: Vec<String>,
}

/// [BatchGetRepositoriesError](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchGetRepositoriesError.html)
#[derive(Shape, Default, Clone)]
pub struct BatchGetRepositoriesError {
    pub repository_id: Option<String>,
    pub repository_name: Option<String>,
    pub error_code: Option<BatchGetRepositoriesErrorCode>,
    pub error_message: Option<String>,
}

/// [BatchGetRepositories](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_BatchGetRepositories.html)
#[derive(Shape, Default, Clone)]
pub struct BatchGetRepositoriesOutput {
    pub repositories: Vec<RepositoryMetadata>,
    pub repositories_not_found: Vec<String>,
    pub errors: Vec<BatchGetRepositoriesError>,
}

/// [ListRepositories](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListRepositories.html)
#[derive(Shape, Default, Clone)]
pub struct ListRepositoriesInput {
    pub next_token: Option<String>,
    #[shape(invalid = "InvalidSortByException")]
    pub sort_by: Option<SortBy>,
    #[shape(invalid = "InvalidOrderException")]
    pub order: Option<Order>,
}

/// [RepositoryNameIdPair](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_RepositoryNameIdPair.html)
#[derive(Shape, Default, Clone)]
pub struct RepositoryNameIdPair {
    pub repository_name: Option<String>,
    pub repository_id: Option<String>,
}

/// [ListRepositories](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListRepositories.html)
#[derive(Shape, Default, Clone)]
pub struct ListRepositoriesOutput {
    pub repositories: Vec<RepositoryNameIdPair>,
    pub next_token: Option<String>,
}

/// [DeleteRepository](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteRepository.html)
#[derive(Shape, Default, Clone)]
pub struct DeleteRepositoryInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
}

/// [DeleteRepository](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteRepository.html)
#[derive(Shape, Default, Clone)]
pub struct DeleteRepositoryOutput {
    pub repository_id: Option<String>,
}

/// [UpdateRepositoryName](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateRepositoryName.html)
#[derive(Shape, Default, Clone)]
pub struct UpdateRepositoryNameInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub old_name: String,
    #[shape(required, like = REPOSITORY_NAME)]
    pub new_name: String,
}

/// [UpdateRepositoryDescription](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateRepositoryDescription.html)
#[derive(Shape, Default, Clone)]
pub struct UpdateRepositoryDescriptionInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(max = 1000, invalid = "InvalidRepositoryDescriptionException")]
    pub repository_description: Option<String>,
}

/// [UpdateDefaultBranch](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateDefaultBranch.html)
#[derive(Shape, Default, Clone)]
pub struct UpdateDefaultBranchInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, like = BRANCH_NAME)]
    pub default_branch_name: String,
}

/// [TagResource](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_TagResource.html)
#[derive(Shape, Default, Clone)]
pub struct TagResourceInput {
    #[shape(required, missing = "ResourceArnRequiredException")]
    pub resource_arn: String,
    #[shape(required, missing = "TagsMapRequiredException")]
    pub tags: BTreeMap<String, String>,
}

/// [UntagResource](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UntagResource.html)
#[derive(Shape, Default, Clone)]
pub struct UntagResourceInput {
    #[shape(required, missing = "ResourceArnRequiredException")]
    pub resource_arn: String,
    #[shape(required, missing = "TagKeysListRequiredException")]
    pub tag_keys: Vec<String>,
}

/// [ListTagsForResource](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListTagsForResource.html)
#[derive(Shape, Default, Clone)]
pub struct ListTagsForResourceInput {
    #[shape(required, missing = "ResourceArnRequiredException")]
    pub resource_arn: String,
    pub next_token: Option<String>,
}

/// [ListTagsForResource](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListTagsForResource.html)
#[derive(Shape, Default, Clone)]
pub struct ListTagsForResourceOutput {
    pub tags: BTreeMap<String, String>,
    pub next_token: Option<String>,
}

/// [UpdateRepositoryEncryptionKey](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateRepositoryEncryptionKey.html)
#[derive(Shape, Default, Clone)]
pub struct UpdateRepositoryEncryptionKeyInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(
        required,
        missing = "EncryptionKeyRequiredException",
        pattern = r"[a-zA-Z0-9:/_-]+",
        invalid = "EncryptionKeyInvalidIdException"
    )]
    pub kms_key_id: String,
}

/// [UpdateRepositoryEncryptionKey](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdateRepositoryEncryptionKey.html)
#[derive(Shape, Default, Clone)]
pub struct UpdateRepositoryEncryptionKeyOutput {
    pub repository_id: Option<String>,
    pub kms_key_id: Option<String>,
    pub original_kms_key_id: Option<String>,
}
