//! Shapes of CloudWatch Logs, after the
//! [API reference](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/).

use std::collections::BTreeMap;

use shape::{Empty, Shape};

shape::operations! { "logs";
    CreateLogGroup(CreateLogGroupInput) -> Empty;
    DeleteLogGroup(DeleteLogGroupInput) -> Empty;
    DescribeLogGroups(DescribeLogGroupsInput) -> DescribeLogGroupsOutput;
    PutLogGroupDeletionProtection(PutLogGroupDeletionProtectionInput) -> Empty;
    CreateLogStream(CreateLogStreamInput) -> Empty;
    DeleteLogStream(DeleteLogStreamInput) -> Empty;
    DescribeLogStreams(DescribeLogStreamsInput) -> DescribeLogStreamsOutput;
    PutLogEvents(PutLogEventsInput) -> PutLogEventsOutput;
    GetLogEvents(GetLogEventsInput) -> GetLogEventsOutput;
    FilterLogEvents(FilterLogEventsInput) -> FilterLogEventsOutput;
    PutRetentionPolicy(PutRetentionPolicyInput) -> Empty;
    DeleteRetentionPolicy(DeleteRetentionPolicyInput) -> Empty;
    PutResourcePolicy(PutResourcePolicyInput) -> PutResourcePolicyOutput;
    DeleteResourcePolicy(DeleteResourcePolicyInput) -> Empty;
    DescribeResourcePolicies(DescribeResourcePoliciesInput) -> DescribeResourcePoliciesOutput;
    TagResource(TagResourceInput) -> Empty;
    UntagResource(UntagResourceInput) -> Empty;
    ListTagsForResource(ListTagsForResourceInput) -> ListTagsForResourceOutput;
    TagLogGroup(TagLogGroupInput) -> Empty;
    UntagLogGroup(UntagLogGroupInput) -> Empty;
    ListTagsLogGroup(ListTagsLogGroupInput) -> ListTagsLogGroupOutput;
}

shape::string_enum! {
    /// Log group class.
    pub enum LogGroupClass { Standard = "STANDARD", InfrequentAccess = "INFREQUENT_ACCESS", Delivery = "DELIVERY", Essentials = "ESSENTIALS" }
}

shape::string_enum! {
    /// Order by.
    pub enum OrderBy { LogStreamName = "LogStreamName", LastEventTime = "LastEventTime" }
}

shape::string_enum! {
    /// Policy scope.
    pub enum PolicyScope { Account = "ACCOUNT", Resource = "RESOURCE" }
}

shape::string_enum! {
    /// Data protection status.
    pub enum DataProtectionStatus { Activated = "ACTIVATED", Deleted = "DELETED", Archived = "ARCHIVED", Disabled = "DISABLED" }
}

shape::string_enum! {
    /// Inherited property.
    pub enum InheritedProperty { AccountDataProtection = "ACCOUNT_DATA_PROTECTION" }
}

shape::string_enum! {
    /// Entity rejection error type.
    pub enum EntityRejectionErrorType { InvalidEntity = "InvalidEntity", InvalidTypeValue = "InvalidTypeValue", InvalidKeyAttributes = "InvalidKeyAttributes", InvalidAttributes = "InvalidAttributes", EntitySizeTooLarge = "EntitySizeTooLarge", UnsupportedLogGroupType = "UnsupportedLogGroupType", MissingRequiredFields = "MissingRequiredFields" }
}

/// [CreateLogGroup](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CreateLogGroupInput {
    #[shape(required, min = 1, max = 512, pattern = r"[\.\-_/#A-Za-z0-9]+")]
    pub log_group_name: String,
    #[shape(max = 256)]
    pub kms_key_id: Option<String>,
    #[shape(min = 1, max = 50)]
    pub tags: Option<BTreeMap<String, String>>,
    pub log_group_class: Option<LogGroupClass>,
    pub deletion_protection_enabled: Option<bool>,
}

/// [DeleteLogGroup](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeleteLogGroupInput {
    #[shape(required, min = 1, max = 512, pattern = r"[\.\-_/#A-Za-z0-9]+")]
    pub log_group_name: String,
}

/// [DescribeLogGroups](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DescribeLogGroupsInput {
    #[shape(max = 20)]
    pub account_identifiers: Option<Vec<String>>,
    #[shape(min = 1, max = 512, pattern = r"[\.\-_/#A-Za-z0-9]+")]
    pub log_group_name_prefix: Option<String>,
    #[shape(max = 512, pattern = r"[\.\-_/#A-Za-z0-9]*")]
    pub log_group_name_pattern: Option<String>,
    #[shape(min = 1)]
    pub next_token: Option<String>,
    #[shape(min = 1, max = 50)]
    pub limit: Option<i32>,
    pub include_linked_accounts: Option<bool>,
    pub log_group_class: Option<LogGroupClass>,
    #[shape(min = 1, max = 50)]
    pub log_group_identifiers: Option<Vec<String>>,
}

/// [PutLogGroupDeletionProtection](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogGroupDeletionProtection.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct PutLogGroupDeletionProtectionInput {
    #[shape(required, min = 1, max = 2048, pattern = r"[\w#+=/:,.@-]*")]
    pub log_group_identifier: String,
    #[shape(required)]
    pub deletion_protection_enabled: bool,
}

/// [CreateLogStream](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CreateLogStreamInput {
    #[shape(required, min = 1, max = 512, pattern = r"[\.\-_/#A-Za-z0-9]+")]
    pub log_group_name: String,
    #[shape(required, min = 1, max = 512, pattern = r"[^:*]*")]
    pub log_stream_name: String,
}

/// [DeleteLogStream](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogStream.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeleteLogStreamInput {
    #[shape(required, min = 1, max = 512, pattern = r"[\.\-_/#A-Za-z0-9]+")]
    pub log_group_name: String,
    #[shape(required, min = 1, max = 512, pattern = r"[^:*]*")]
    pub log_stream_name: String,
}

/// [DescribeLogStreams](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DescribeLogStreamsInput {
    #[shape(min = 1, max = 512, pattern = r"[\.\-_/#A-Za-z0-9]+")]
    pub log_group_name: Option<String>,
    #[shape(min = 1, max = 2048, pattern = r"[\w#+=/:,.@-]*")]
    pub log_group_identifier: Option<String>,
    #[shape(min = 1, max = 512, pattern = r"[^:*]*")]
    pub log_stream_name_prefix: Option<String>,
    pub order_by: Option<OrderBy>,
    pub descending: Option<bool>,
    #[shape(min = 1)]
    pub next_token: Option<String>,
    #[shape(min = 1, max = 50)]
    pub limit: Option<i32>,
}

/// [PutLogEvents](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct PutLogEventsInput {
    #[shape(required, min = 1, max = 512, pattern = r"[\.\-_/#A-Za-z0-9]+")]
    pub log_group_name: String,
    #[shape(required, min = 1, max = 512, pattern = r"[^:*]*")]
    pub log_stream_name: String,
    #[shape(required, min = 1, max = 10000)]
    pub log_events: Vec<InputLogEvent>,
    #[shape(min = 1)]
    pub sequence_token: Option<String>,
    pub entity: Option<Entity>,
}

/// [InputLogEvent](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_InputLogEvent.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct InputLogEvent {
    #[shape(required)]
    pub timestamp: i64,
    #[shape(required)]
    pub message: String,
}

/// [Entity](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Entity.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct Entity {
    #[shape(min = 2, max = 4)]
    pub key_attributes: Option<BTreeMap<String, String>>,
    #[shape(max = 10)]
    pub attributes: Option<BTreeMap<String, String>>,
}

/// [GetLogEvents](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetLogEventsInput {
    #[shape(min = 1, max = 512, pattern = r"[\.\-_/#A-Za-z0-9]+")]
    pub log_group_name: Option<String>,
    #[shape(min = 1, max = 2048, pattern = r"[\w#+=/:,.@-]*")]
    pub log_group_identifier: Option<String>,
    #[shape(required, min = 1, max = 512, pattern = r"[^:*]*")]
    pub log_stream_name: String,
    #[shape(min = 0)]
    pub start_time: Option<i64>,
    #[shape(min = 0)]
    pub end_time: Option<i64>,
    #[shape(min = 1)]
    pub next_token: Option<String>,
    #[shape(min = 1, max = 10000)]
    pub limit: Option<i32>,
    pub start_from_head: Option<bool>,
    pub unmask: Option<bool>,
}

/// [FilterLogEvents](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct FilterLogEventsInput {
    #[shape(min = 1, max = 512, pattern = r"[\.\-_/#A-Za-z0-9]+")]
    pub log_group_name: Option<String>,
    #[shape(min = 1, max = 2048, pattern = r"[\w#+=/:,.@-]*")]
    pub log_group_identifier: Option<String>,
    #[shape(min = 1, max = 100)]
    pub log_stream_names: Option<Vec<String>>,
    #[shape(min = 1, max = 512, pattern = r"[^:*]*")]
    pub log_stream_name_prefix: Option<String>,
    #[shape(min = 0)]
    pub start_time: Option<i64>,
    #[shape(min = 0)]
    pub end_time: Option<i64>,
    #[shape(max = 1024)]
    pub filter_pattern: Option<String>,
    #[shape(min = 1)]
    pub next_token: Option<String>,
    #[shape(min = 1, max = 10000)]
    pub limit: Option<i32>,
    pub interleaved: Option<bool>,
    pub unmask: Option<bool>,
    pub start_from_head: Option<bool>,
}

/// [PutRetentionPolicy](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct PutRetentionPolicyInput {
    #[shape(required, min = 1, max = 512, pattern = r"[\.\-_/#A-Za-z0-9]+")]
    pub log_group_name: String,
    #[shape(required)]
    pub retention_in_days: i32,
}

/// [DeleteRetentionPolicy](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteRetentionPolicy.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeleteRetentionPolicyInput {
    #[shape(required, min = 1, max = 512, pattern = r"[\.\-_/#A-Za-z0-9]+")]
    pub log_group_name: String,
}

/// [PutResourcePolicy](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct PutResourcePolicyInput {
    pub policy_name: Option<String>,
    #[shape(min = 1, max = 51200)]
    pub policy_document: Option<String>,
    pub resource_arn: Option<String>,
    #[shape(min = 1)]
    pub expected_revision_id: Option<String>,
}

/// [DeleteResourcePolicy](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteResourcePolicy.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeleteResourcePolicyInput {
    pub policy_name: Option<String>,
    pub resource_arn: Option<String>,
    #[shape(min = 1)]
    pub expected_revision_id: Option<String>,
}

/// [DescribeResourcePolicies](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeResourcePolicies.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DescribeResourcePoliciesInput {
    #[shape(min = 1)]
    pub next_token: Option<String>,
    #[shape(min = 1, max = 50)]
    pub limit: Option<i32>,
    pub resource_arn: Option<String>,
    pub policy_scope: Option<PolicyScope>,
}

/// [TagResource](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct TagResourceInput {
    #[shape(required, min = 1, max = 1011, pattern = r"[\w+=/:,.@-]*")]
    pub resource_arn: String,
    #[shape(required, min = 1, max = 50)]
    pub tags: BTreeMap<String, String>,
}

/// [UntagResource](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagResource.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct UntagResourceInput {
    #[shape(required, min = 1, max = 1011, pattern = r"[\w+=/:,.@-]*")]
    pub resource_arn: String,
    #[shape(required, max = 50)]
    pub tag_keys: Vec<String>,
}

/// [ListTagsForResource](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsForResource.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListTagsForResourceInput {
    #[shape(required, min = 1, max = 1011, pattern = r"[\w+=/:,.@-]*")]
    pub resource_arn: String,
}

/// [TagLogGroup](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagLogGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct TagLogGroupInput {
    #[shape(required, min = 1, max = 512, pattern = r"[\.\-_/#A-Za-z0-9]+")]
    pub log_group_name: String,
    #[shape(required, min = 1, max = 50)]
    pub tags: BTreeMap<String, String>,
}

/// [UntagLogGroup](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagLogGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct UntagLogGroupInput {
    #[shape(required, min = 1, max = 512, pattern = r"[\.\-_/#A-Za-z0-9]+")]
    pub log_group_name: String,
    #[shape(required, min = 1)]
    pub tags: Vec<String>,
}

/// [ListTagsLogGroup](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsLogGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListTagsLogGroupInput {
    #[shape(required, min = 1, max = 512, pattern = r"[\.\-_/#A-Za-z0-9]+")]
    pub log_group_name: String,
}

/// [DescribeLogGroups](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DescribeLogGroupsOutput {
    pub log_groups: Vec<LogGroup>,
    pub next_token: Option<String>,
}

/// [LogGroup](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct LogGroup {
    pub log_group_name: Option<String>,
    pub creation_time: Option<i64>,
    pub retention_in_days: Option<i32>,
    pub metric_filter_count: Option<i32>,
    pub arn: Option<String>,
    pub stored_bytes: Option<i64>,
    pub kms_key_id: Option<String>,
    pub data_protection_status: Option<DataProtectionStatus>,
    pub inherited_properties: Vec<InheritedProperty>,
    pub log_group_class: Option<LogGroupClass>,
    pub log_group_arn: Option<String>,
    pub deletion_protection_enabled: Option<bool>,
    pub bearer_token_authentication_enabled: Option<bool>,
}

/// [DescribeLogStreams](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DescribeLogStreamsOutput {
    pub log_streams: Vec<LogStream>,
    pub next_token: Option<String>,
}

/// [LogStream](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogStream.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct LogStream {
    pub log_stream_name: Option<String>,
    pub creation_time: Option<i64>,
    pub first_event_timestamp: Option<i64>,
    pub last_event_timestamp: Option<i64>,
    pub last_ingestion_time: Option<i64>,
    pub upload_sequence_token: Option<String>,
    pub arn: Option<String>,
    pub stored_bytes: Option<i64>,
}

/// [PutLogEvents](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct PutLogEventsOutput {
    pub next_sequence_token: Option<String>,
    pub rejected_log_events_info: Option<RejectedLogEventsInfo>,
    pub rejected_entity_info: Option<RejectedEntityInfo>,
}

/// [RejectedLogEventsInfo](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_RejectedLogEventsInfo.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct RejectedLogEventsInfo {
    pub too_new_log_event_start_index: Option<i32>,
    pub too_old_log_event_end_index: Option<i32>,
    pub expired_log_event_end_index: Option<i32>,
}

/// [RejectedEntityInfo](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_RejectedEntityInfo.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct RejectedEntityInfo {
    #[shape(required)]
    pub error_type: EntityRejectionErrorType,
}

/// [GetLogEvents](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetLogEventsOutput {
    pub events: Vec<OutputLogEvent>,
    pub next_forward_token: Option<String>,
    pub next_backward_token: Option<String>,
}

/// [OutputLogEvent](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_OutputLogEvent.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct OutputLogEvent {
    pub timestamp: Option<i64>,
    pub message: Option<String>,
    pub ingestion_time: Option<i64>,
}

/// [FilterLogEvents](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct FilterLogEventsOutput {
    pub events: Vec<FilteredLogEvent>,
    pub searched_log_streams: Vec<SearchedLogStream>,
    pub next_token: Option<String>,
}

/// [FilteredLogEvent](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilteredLogEvent.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct FilteredLogEvent {
    pub log_stream_name: Option<String>,
    pub timestamp: Option<i64>,
    pub message: Option<String>,
    pub ingestion_time: Option<i64>,
    pub event_id: Option<String>,
}

/// [SearchedLogStream](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_SearchedLogStream.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct SearchedLogStream {
    pub log_stream_name: Option<String>,
    pub searched_completely: Option<bool>,
}

/// [PutResourcePolicy](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct PutResourcePolicyOutput {
    pub resource_policy: Option<ResourcePolicy>,
    pub revision_id: Option<String>,
}

/// [ResourcePolicy](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ResourcePolicy.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ResourcePolicy {
    pub policy_name: Option<String>,
    pub policy_document: Option<String>,
    pub last_updated_time: Option<i64>,
    pub policy_scope: Option<PolicyScope>,
    pub resource_arn: Option<String>,
    pub revision_id: Option<String>,
}

/// [DescribeResourcePolicies](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeResourcePolicies.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DescribeResourcePoliciesOutput {
    pub resource_policies: Vec<ResourcePolicy>,
    pub next_token: Option<String>,
}

/// [ListTagsForResource](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsForResource.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListTagsForResourceOutput {
    pub tags: Option<BTreeMap<String, String>>,
}

/// [ListTagsLogGroup](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsLogGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListTagsLogGroupOutput {
    pub tags: Option<BTreeMap<String, String>>,
}
