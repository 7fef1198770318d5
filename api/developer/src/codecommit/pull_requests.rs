//! Pull requests and their events.

use shape::{Shape, Timestamp};

use super::bounds::REPOSITORY_NAME;
use super::{
    ApprovalRule, ApprovalRuleEventMetadata, ApprovalRuleOverriddenEventMetadata,
    ApprovalStateChangedEventMetadata, ConflictDetailLevelTypeEnum, ConflictResolution,
    ConflictResolutionStrategyTypeEnum,
};

shape::operations! { "codecommit";
    CreatePullRequest(CreatePullRequestInput) -> CreatePullRequestOutput;
    GetPullRequest(GetPullRequestInput) -> GetPullRequestOutput;
    ListPullRequests(ListPullRequestsInput) -> ListPullRequestsOutput;
    UpdatePullRequestTitle(UpdatePullRequestTitleInput) -> UpdatePullRequestTitleOutput;
    UpdatePullRequestDescription(UpdatePullRequestDescriptionInput)
        -> UpdatePullRequestDescriptionOutput;
    UpdatePullRequestStatus(UpdatePullRequestStatusInput) -> UpdatePullRequestStatusOutput;
    DescribePullRequestEvents(DescribePullRequestEventsInput) -> DescribePullRequestEventsOutput;
    MergePullRequestByFastForward(MergePullRequestByFastForwardInput) -> MergePullRequestOutput;
    MergePullRequestBySquash(MergePullRequestInput) -> MergePullRequestOutput;
    MergePullRequestByThreeWay(MergePullRequestInput) -> MergePullRequestOutput;
}

shape::string_enum! {
    /// Whether a pull request can still be merged. Closed is final.
    pub enum PullRequestStatusEnum { Open = "OPEN", Closed = "CLOSED" }
}

shape::string_enum! {
    /// How branches are merged.
    pub enum MergeOptionTypeEnum {
        FastForwardMerge = "FAST_FORWARD_MERGE",
        SquashMerge = "SQUASH_MERGE",
        ThreeWayMerge = "THREE_WAY_MERGE",
    }
}

shape::string_enum! {
    /// What happened to a pull request.
    pub enum PullRequestEventType {
        PullRequestCreated = "PULL_REQUEST_CREATED",
        PullRequestStatusChanged = "PULL_REQUEST_STATUS_CHANGED",
        PullRequestSourceReferenceUpdated = "PULL_REQUEST_SOURCE_REFERENCE_UPDATED",
        PullRequestMergeStateChanged = "PULL_REQUEST_MERGE_STATE_CHANGED",
        PullRequestApprovalRuleCreated = "PULL_REQUEST_APPROVAL_RULE_CREATED",
        PullRequestApprovalRuleUpdated = "PULL_REQUEST_APPROVAL_RULE_UPDATED",
        PullRequestApprovalRuleDeleted = "PULL_REQUEST_APPROVAL_RULE_DELETED",
        PullRequestApprovalRuleOverridden = "PULL_REQUEST_APPROVAL_RULE_OVERRIDDEN",
        PullRequestApprovalStateChanged = "PULL_REQUEST_APPROVAL_STATE_CHANGED",
    }
}

/// [Target](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_Target.html). One that
/// says nothing of where it is, an empty one first of all, is no target.
#[derive(Shape, Default, Clone)]
pub struct Target {
    #[shape(required, missing = "TargetRequiredException", like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, missing = "ReferenceNameRequiredException")]
    pub source_reference: String,
    pub destination_reference: Option<String>,
}

/// [MergeMetadata](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_MergeMetadata.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct MergeMetadata {
    pub is_merged: Option<bool>,
    pub merged_by: Option<String>,
    pub merge_commit_id: Option<String>,
    pub merge_option: Option<MergeOptionTypeEnum>,
}

/// [PullRequestTarget](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PullRequestTarget.html)
#[derive(Shape, Default, Clone)]
pub struct PullRequestTarget {
    pub repository_name: Option<String>,
    pub source_reference: Option<String>,
    pub destination_reference: Option<String>,
    pub destination_commit: Option<String>,
    pub source_commit: Option<String>,
    pub merge_base: Option<String>,
    pub merge_metadata: Option<MergeMetadata>,
}

/// [PullRequest](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PullRequest.html)
#[derive(Shape, Default, Clone)]
pub struct PullRequest {
    pub pull_request_id: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub last_activity_date: Option<Timestamp>,
    pub creation_date: Option<Timestamp>,
    pub pull_request_status: Option<PullRequestStatusEnum>,
    pub author_arn: Option<String>,
    pub pull_request_targets: Vec<PullRequestTarget>,
    pub client_request_token: Option<String>,
    pub revision_id: Option<String>,
    pub approval_rules: Vec<ApprovalRule>,
}

/// [CreatePullRequest](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreatePullRequest.html)
#[derive(Shape, Default, Clone)]
pub struct CreatePullRequestInput {
    #[shape(
        required,
        missing = "TitleRequiredException",
        max = 150,
        invalid = "InvalidTitleException"
    )]
    pub title: String,
    #[shape(max = 10240, invalid = "InvalidDescriptionException")]
    pub description: Option<String>,
    #[shape(required, missing = "TargetsRequiredException")]
    pub targets: Vec<Target>,
    pub client_request_token: Option<String>,
}

/// [CreatePullRequest](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreatePullRequest.html)
#[derive(Shape, Default, Clone)]
pub struct CreatePullRequestOutput {
    #[shape(required)]
    pub pull_request: PullRequest,
}

/// [GetPullRequest](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetPullRequest.html)
#[derive(Shape, Default, Clone)]
pub struct GetPullRequestInput {
    #[shape(required, missing = "PullRequestIdRequiredException")]
    pub pull_request_id: String,
}

/// [GetPullRequest](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetPullRequest.html)
#[derive(Shape, Default, Clone)]
pub struct GetPullRequestOutput {
    #[shape(required)]
    pub pull_request: PullRequest,
}

/// [ListPullRequests](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListPullRequests.html)
#[derive(Shape, Default, Clone)]
pub struct ListPullRequestsInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    pub author_arn: Option<String>,
    #[shape(invalid = "InvalidPullRequestStatusException")]
    pub pull_request_status: Option<PullRequestStatusEnum>,
    pub next_token: Option<String>,
    pub max_results: Option<i32>,
}

/// [ListPullRequests](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_ListPullRequests.html)
#[derive(Shape, Default, Clone)]
pub struct ListPullRequestsOutput {
    #[shape(required)]
    pub pull_request_ids: Vec<String>,
    pub next_token: Option<String>,
}

/// [UpdatePullRequestTitle](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdatePullRequestTitle.html)
#[derive(Shape, Default, Clone)]
pub struct UpdatePullRequestTitleInput {
    #[shape(required, missing = "PullRequestIdRequiredException")]
    pub pull_request_id: String,
    #[shape(
        required,
        missing = "TitleRequiredException",
        max = 150,
        invalid = "InvalidTitleException"
    )]
    pub title: String,
}

/// [UpdatePullRequestTitle](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdatePullRequestTitle.html)
#[derive(Shape, Default, Clone)]
pub struct UpdatePullRequestTitleOutput {
    #[shape(required)]
    pub pull_request: PullRequest,
}

/// [UpdatePullRequestDescription](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdatePullRequestDescription.html)
#[derive(Shape, Default, Clone)]
pub struct UpdatePullRequestDescriptionInput {
    #[shape(required, missing = "PullRequestIdRequiredException")]
    pub pull_request_id: String,
    #[shape(
        required,
        missing = "InvalidDescriptionException",
        max = 10240,
        invalid = "InvalidDescriptionException"
    )]
    pub description: String,
}

/// [UpdatePullRequestDescription](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdatePullRequestDescription.html)
#[derive(Shape, Default, Clone)]
pub struct UpdatePullRequestDescriptionOutput {
    #[shape(required)]
    pub pull_request: PullRequest,
}

/// [UpdatePullRequestStatus](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdatePullRequestStatus.html)
#[derive(Shape, Default, Clone)]
pub struct UpdatePullRequestStatusInput {
    #[shape(required, missing = "PullRequestIdRequiredException")]
    pub pull_request_id: String,
    #[shape(
        required,
        missing = "PullRequestStatusRequiredException",
        invalid = "InvalidPullRequestStatusException"
    )]
    pub pull_request_status: PullRequestStatusEnum,
}

/// [UpdatePullRequestStatus](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_UpdatePullRequestStatus.html)
#[derive(Shape, Default, Clone)]
pub struct UpdatePullRequestStatusOutput {
    #[shape(required)]
    pub pull_request: PullRequest,
}

/// [DescribePullRequestEvents](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DescribePullRequestEvents.html)
#[derive(Shape, Default, Clone)]
pub struct DescribePullRequestEventsInput {
    #[shape(required, missing = "PullRequestIdRequiredException")]
    pub pull_request_id: String,
    #[shape(invalid = "InvalidPullRequestEventTypeException")]
    pub pull_request_event_type: Option<PullRequestEventType>,
    pub actor_arn: Option<String>,
    pub next_token: Option<String>,
    pub max_results: Option<i32>,
}

/// [PullRequestCreatedEventMetadata](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PullRequestCreatedEventMetadata.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct PullRequestCreatedEventMetadata {
    pub repository_name: Option<String>,
    pub source_commit_id: Option<String>,
    pub destination_commit_id: Option<String>,
    pub merge_base: Option<String>,
}

/// [PullRequestStatusChangedEventMetadata](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PullRequestStatusChangedEventMetadata.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct PullRequestStatusChangedEventMetadata {
    pub pull_request_status: Option<PullRequestStatusEnum>,
}

/// [PullRequestSourceReferenceUpdatedEventMetadata](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PullRequestSourceReferenceUpdatedEventMetadata.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct PullRequestSourceReferenceUpdatedEventMetadata {
    pub repository_name: Option<String>,
    pub before_commit_id: Option<String>,
    pub after_commit_id: Option<String>,
    pub merge_base: Option<String>,
}

/// [PullRequestMergedStateChangedEventMetadata](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PullRequestMergedStateChangedEventMetadata.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct PullRequestMergedStateChangedEventMetadata {
    pub repository_name: Option<String>,
    pub destination_reference: Option<String>,
    pub merge_metadata: Option<MergeMetadata>,
}

/// [PullRequestEvent](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PullRequestEvent.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct PullRequestEvent {
    pub pull_request_id: Option<String>,
    pub event_date: Option<Timestamp>,
    pub pull_request_event_type: Option<PullRequestEventType>,
    pub actor_arn: Option<String>,
    pub pull_request_created_event_metadata: Option<PullRequestCreatedEventMetadata>,
    pub pull_request_status_changed_event_metadata: Option<PullRequestStatusChangedEventMetadata>,
    pub pull_request_source_reference_updated_event_metadata:
        Option<PullRequestSourceReferenceUpdatedEventMetadata>,
    pub pull_request_merged_state_changed_event_metadata:
        Option<PullRequestMergedStateChangedEventMetadata>,
    pub approval_rule_event_metadata: Option<ApprovalRuleEventMetadata>,
    pub approval_state_changed_event_metadata: Option<ApprovalStateChangedEventMetadata>,
    pub approval_rule_overridden_event_metadata: Option<ApprovalRuleOverriddenEventMetadata>,
}

/// [DescribePullRequestEvents](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DescribePullRequestEvents.html)
#[derive(Shape, Default, Clone)]
pub struct DescribePullRequestEventsOutput {
    #[shape(required)]
    pub pull_request_events: Vec<PullRequestEvent>,
    pub next_token: Option<String>,
}

/// [MergePullRequestByFastForward](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_MergePullRequestByFastForward.html)
#[derive(Shape, Default, Clone)]
pub struct MergePullRequestByFastForwardInput {
    #[shape(required, missing = "PullRequestIdRequiredException")]
    pub pull_request_id: String,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    pub source_commit_id: Option<String>,
}

/// [MergePullRequestBySquash](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_MergePullRequestBySquash.html)
/// and
/// [MergePullRequestByThreeWay](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_MergePullRequestByThreeWay.html)
#[derive(Shape, Default, Clone)]
pub struct MergePullRequestInput {
    #[shape(required, missing = "PullRequestIdRequiredException")]
    pub pull_request_id: String,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    pub source_commit_id: Option<String>,
    #[shape(invalid = "InvalidConflictDetailLevelException")]
    pub conflict_detail_level: Option<ConflictDetailLevelTypeEnum>,
    #[shape(invalid = "InvalidConflictResolutionStrategyException")]
    pub conflict_resolution_strategy: Option<ConflictResolutionStrategyTypeEnum>,
    pub commit_message: Option<String>,
    pub author_name: Option<String>,
    pub email: Option<String>,
    pub keep_empty_folders: Option<bool>,
    pub conflict_resolution: Option<ConflictResolution>,
}

/// What the merges of pull requests answer.
#[derive(Shape, Default, Clone)]
pub struct MergePullRequestOutput {
    pub pull_request: Option<PullRequest>,
}
