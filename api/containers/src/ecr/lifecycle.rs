//! Lifecycle policies: which images go by themselves.

use shape::{Shape, Timestamp};

use super::{ImageIdentifier, REGISTRY_ID, REPOSITORY_NAME, RepositoryInput, TagStatus};

shape::operations! { "ecr";
    PutLifecyclePolicy(PutLifecyclePolicyInput) -> LifecyclePolicyOutput;
    GetLifecyclePolicy(RepositoryInput) -> LifecyclePolicyOutput;
    DeleteLifecyclePolicy(RepositoryInput) -> LifecyclePolicyOutput;
    StartLifecyclePolicyPreview(StartLifecyclePolicyPreviewInput)
        -> StartLifecyclePolicyPreviewOutput;
    GetLifecyclePolicyPreview(GetLifecyclePolicyPreviewInput) -> GetLifecyclePolicyPreviewOutput;
}

shape::string_enum! {
    /// How far a preview is.
    pub enum LifecyclePolicyPreviewStatus {
        InProgress = "IN_PROGRESS", Complete = "COMPLETE", Expired = "EXPIRED", Failed = "FAILED",
    }
}

shape::string_enum! {
    /// What becomes of an image.
    pub enum ImageActionType { Expire = "EXPIRE", Transition = "TRANSITION" }
}

/// [PutLifecyclePolicy](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutLifecyclePolicy.html)
#[derive(Shape, Default, Clone)]
pub struct PutLifecyclePolicyInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, min = 100, max = 30720)]
    pub lifecycle_policy_text: String,
}

/// A repository's lifecycle policy, as it is or was.
#[derive(Shape, Default, Clone)]
pub struct LifecyclePolicyOutput {
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
    pub lifecycle_policy_text: Option<String>,
    pub last_evaluated_at: Option<Timestamp>,
}

/// [StartLifecyclePolicyPreview](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_StartLifecyclePolicyPreview.html)
#[derive(Shape, Default, Clone)]
pub struct StartLifecyclePolicyPreviewInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(min = 100, max = 30720)]
    pub lifecycle_policy_text: Option<String>,
}

/// [StartLifecyclePolicyPreview](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_StartLifecyclePolicyPreview.html)
#[derive(Shape, Default, Clone)]
pub struct StartLifecyclePolicyPreviewOutput {
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
    pub lifecycle_policy_text: Option<String>,
    pub status: Option<LifecyclePolicyPreviewStatus>,
}

/// Which results of a preview are meant.
#[derive(Shape, Default, Clone)]
pub struct LifecyclePolicyPreviewFilter {
    pub tag_status: Option<TagStatus>,
}

/// [GetLifecyclePolicyPreview](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetLifecyclePolicyPreview.html)
#[derive(Shape, Default, Clone)]
pub struct GetLifecyclePolicyPreviewInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(min = 1, max = 100)]
    pub image_ids: Option<Vec<ImageIdentifier>>,
    pub next_token: Option<String>,
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
    pub filter: Option<LifecyclePolicyPreviewFilter>,
}

/// What a rule does.
#[derive(Shape, Default, Clone)]
pub struct LifecyclePolicyRuleAction {
    #[shape(name = "type")]
    pub kind: Option<ImageActionType>,
}

/// [LifecyclePolicyPreviewResult](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_LifecyclePolicyPreviewResult.html)
#[derive(Shape, Default, Clone)]
pub struct LifecyclePolicyPreviewResult {
    pub image_tags: Option<Vec<String>>,
    pub image_digest: Option<String>,
    pub image_pushed_at: Option<Timestamp>,
    pub action: Option<LifecyclePolicyRuleAction>,
    pub applied_rule_priority: Option<i32>,
}

/// How many images a preview is of.
#[derive(Shape, Default, Clone)]
pub struct LifecyclePolicyPreviewSummary {
    pub expiring_image_total_count: Option<i32>,
}

/// [GetLifecyclePolicyPreview](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetLifecyclePolicyPreview.html)
#[derive(Shape, Default, Clone)]
pub struct GetLifecyclePolicyPreviewOutput {
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
    pub lifecycle_policy_text: Option<String>,
    pub status: Option<LifecyclePolicyPreviewStatus>,
    pub next_token: Option<String>,
    pub preview_results: Vec<LifecyclePolicyPreviewResult>,
    pub summary: Option<LifecyclePolicyPreviewSummary>,
}
