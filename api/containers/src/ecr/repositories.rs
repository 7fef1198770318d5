//! Repositories, their settings, policies and tags, and the registry's token.

use shape::{Empty, Shape, Timestamp};

use super::{REGISTRY_ID, REPOSITORY_NAME};

shape::operations! { "ecr";
    CreateRepository(CreateRepositoryInput) -> RepositoryOutput;
    DescribeRepositories(DescribeRepositoriesInput) -> DescribeRepositoriesOutput;
    DeleteRepository(DeleteRepositoryInput) -> RepositoryOutput;
    PutImageTagMutability(PutImageTagMutabilityInput) -> PutImageTagMutabilityOutput;
    PutImageScanningConfiguration(PutImageScanningConfigurationInput)
        -> PutImageScanningConfigurationOutput;
    SetRepositoryPolicy(SetRepositoryPolicyInput) -> RepositoryPolicyOutput;
    GetRepositoryPolicy(RepositoryInput) -> RepositoryPolicyOutput;
    DeleteRepositoryPolicy(RepositoryInput) -> RepositoryPolicyOutput;
    TagResource(TagResourceInput) -> Empty;
    UntagResource(UntagResourceInput) -> Empty;
    ListTagsForResource(ListTagsForResourceInput) -> ListTagsForResourceOutput;
    GetAuthorizationToken(GetAuthorizationTokenInput) -> GetAuthorizationTokenOutput;
    DescribeRegistry(Empty) -> DescribeRegistryOutput;
}

shape::string_enum! {
    /// Whether a tag may move to another image.
    pub enum ImageTagMutability {
        Mutable = "MUTABLE", Immutable = "IMMUTABLE",
        ImmutableWithExclusion = "IMMUTABLE_WITH_EXCLUSION",
        MutableWithExclusion = "MUTABLE_WITH_EXCLUSION",
    }
}

shape::string_enum! {
    /// How a filter chooses tags.
    pub enum ImageTagMutabilityExclusionFilterType { Wildcard = "WILDCARD" }
}

shape::string_enum! {
    /// How a repository's bytes are sealed.
    pub enum EncryptionType { Aes256 = "AES256", Kms = "KMS", KmsDsse = "KMS_DSSE" }
}

/// [Tag](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Tag.html)
#[derive(Shape, Default, Clone, PartialEq, Eq)]
#[shape(case = "pascal")]
pub struct Tag {
    #[shape(required)]
    pub key: String,
    #[shape(required)]
    pub value: String,
}

/// Tags that a repository's setting does not hold for.
#[derive(Shape, Default, Clone, PartialEq, Eq)]
pub struct ImageTagMutabilityExclusionFilter {
    #[shape(required)]
    pub filter_type: ImageTagMutabilityExclusionFilterType,
    #[shape(required, min = 1, max = 128, pattern = r"^[0-9a-zA-Z._*-]{1,128}$")]
    pub filter: String,
}

/// Whether images are scanned for vulnerabilities when they are pushed.
#[derive(Shape, Default, Clone, PartialEq, Eq)]
pub struct ImageScanningConfiguration {
    pub scan_on_push: Option<bool>,
}

/// How a repository's bytes are sealed.
#[derive(Shape, Default, Clone, PartialEq, Eq)]
pub struct EncryptionConfiguration {
    #[shape(required)]
    pub encryption_type: EncryptionType,
    #[shape(min = 1, max = 2048)]
    pub kms_key: Option<String>,
}

/// [Repository](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Repository.html)
#[derive(Shape, Default, Clone)]
pub struct Repository {
    pub repository_arn: Option<String>,
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
    pub repository_uri: Option<String>,
    pub created_at: Option<Timestamp>,
    pub image_tag_mutability: Option<ImageTagMutability>,
    pub image_tag_mutability_exclusion_filters: Option<Vec<ImageTagMutabilityExclusionFilter>>,
    pub image_scanning_configuration: Option<ImageScanningConfiguration>,
    pub encryption_configuration: Option<EncryptionConfiguration>,
}

/// [CreateRepository](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html)
#[derive(Shape, Default, Clone)]
pub struct CreateRepositoryInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    pub tags: Option<Vec<Tag>>,
    pub image_tag_mutability: Option<ImageTagMutability>,
    #[shape(min = 1, max = 5)]
    pub image_tag_mutability_exclusion_filters: Option<Vec<ImageTagMutabilityExclusionFilter>>,
    pub image_scanning_configuration: Option<ImageScanningConfiguration>,
    pub encryption_configuration: Option<EncryptionConfiguration>,
}

/// A repository, as it has become or was.
#[derive(Shape, Default, Clone)]
pub struct RepositoryOutput {
    pub repository: Option<Repository>,
}

/// [DescribeRepositories](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html)
#[derive(Shape, Default, Clone)]
pub struct DescribeRepositoriesInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(min = 1, max = 100)]
    pub repository_names: Option<Vec<String>>,
    pub next_token: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub max_results: Option<i32>,
}

/// [DescribeRepositories](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html)
#[derive(Shape, Default, Clone)]
pub struct DescribeRepositoriesOutput {
    pub repositories: Vec<Repository>,
    pub next_token: Option<String>,
}

/// [DeleteRepository](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html)
#[derive(Shape, Default, Clone)]
pub struct DeleteRepositoryInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    pub force: Option<bool>,
}

/// [PutImageTagMutability](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImageTagMutability.html)
#[derive(Shape, Default, Clone)]
pub struct PutImageTagMutabilityInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required)]
    pub image_tag_mutability: ImageTagMutability,
    #[shape(min = 1, max = 5)]
    pub image_tag_mutability_exclusion_filters: Option<Vec<ImageTagMutabilityExclusionFilter>>,
}

/// [PutImageTagMutability](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImageTagMutability.html)
#[derive(Shape, Default, Clone)]
pub struct PutImageTagMutabilityOutput {
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
    pub image_tag_mutability: Option<ImageTagMutability>,
    pub image_tag_mutability_exclusion_filters: Option<Vec<ImageTagMutabilityExclusionFilter>>,
}

/// [PutImageScanningConfiguration](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImageScanningConfiguration.html)
#[derive(Shape, Default, Clone)]
pub struct PutImageScanningConfigurationInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required)]
    pub image_scanning_configuration: ImageScanningConfiguration,
}

/// [PutImageScanningConfiguration](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImageScanningConfiguration.html)
#[derive(Shape, Default, Clone)]
pub struct PutImageScanningConfigurationOutput {
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
    pub image_scanning_configuration: Option<ImageScanningConfiguration>,
}

/// [SetRepositoryPolicy](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html)
#[derive(Shape, Default, Clone)]
pub struct SetRepositoryPolicyInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, min = 0, max = 10240)]
    pub policy_text: String,
    pub force: Option<bool>,
}

/// The input of operations that take a repository and nothing else.
#[derive(Shape, Default, Clone)]
pub struct RepositoryInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
}

/// A repository's policy, as it is or was.
#[derive(Shape, Default, Clone)]
pub struct RepositoryPolicyOutput {
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
    pub policy_text: Option<String>,
}

/// [TagResource](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_TagResource.html)
#[derive(Shape, Default, Clone)]
pub struct TagResourceInput {
    #[shape(required)]
    pub resource_arn: String,
    #[shape(required)]
    pub tags: Vec<Tag>,
}

/// [UntagResource](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UntagResource.html)
#[derive(Shape, Default, Clone)]
pub struct UntagResourceInput {
    #[shape(required)]
    pub resource_arn: String,
    #[shape(required)]
    pub tag_keys: Vec<String>,
}

/// [ListTagsForResource](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListTagsForResource.html)
#[derive(Shape, Default, Clone)]
pub struct ListTagsForResourceInput {
    #[shape(required)]
    pub resource_arn: String,
}

/// [ListTagsForResource](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListTagsForResource.html)
#[derive(Shape, Default, Clone)]
pub struct ListTagsForResourceOutput {
    pub tags: Vec<Tag>,
}

/// [GetAuthorizationToken](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html)
#[derive(Shape, Default, Clone)]
pub struct GetAuthorizationTokenInput {
    #[shape(min = 1, max = 10)]
    pub registry_ids: Option<Vec<String>>,
}

/// [AuthorizationData](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_AuthorizationData.html)
#[derive(Shape, Default, Clone)]
pub struct AuthorizationData {
    #[shape(sensitive)]
    pub authorization_token: Option<String>,
    pub expires_at: Option<Timestamp>,
    pub proxy_endpoint: Option<String>,
}

/// [GetAuthorizationToken](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html)
#[derive(Shape, Default, Clone)]
pub struct GetAuthorizationTokenOutput {
    pub authorization_data: Vec<AuthorizationData>,
}

/// Where a registry's images are copied to.
#[derive(Shape, Default, Clone)]
pub struct ReplicationConfiguration {
    pub rules: Vec<Empty>,
}

/// [DescribeRegistry](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRegistry.html)
#[derive(Shape, Default, Clone)]
pub struct DescribeRegistryOutput {
    pub registry_id: Option<String>,
    pub replication_configuration: Option<ReplicationConfiguration>,
}
