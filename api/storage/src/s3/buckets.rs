//! Buckets and their settings.

use shape::{Empty, Shape, Timestamp};

use super::{Owner, RequestPayer, Tag, Tagging, VersioningStatus};

/// Any operation on a bucket that needs nothing but its name.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct BucketInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
}

/// [CreateBucket](https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateBucketInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(name = "ACL", header = "x-amz-acl")]
    pub acl: Option<String>,
    #[shape(header = "x-amz-grant-full-control")]
    pub grant_full_control: Option<String>,
    #[shape(header = "x-amz-grant-read")]
    pub grant_read: Option<String>,
    #[shape(name = "GrantReadACP", header = "x-amz-grant-read-acp")]
    pub grant_read_acp: Option<String>,
    #[shape(header = "x-amz-grant-write")]
    pub grant_write: Option<String>,
    #[shape(name = "GrantWriteACP", header = "x-amz-grant-write-acp")]
    pub grant_write_acp: Option<String>,
    #[shape(payload)]
    pub create_bucket_configuration: Option<CreateBucketConfiguration>,
    #[shape(header = "x-amz-bucket-object-lock-enabled")]
    pub object_lock_enabled_for_bucket: Option<bool>,
    #[shape(header = "x-amz-object-ownership")]
    pub object_ownership: Option<String>,
    #[shape(header = "x-amz-bucket-namespace")]
    pub bucket_namespace: Option<String>,
}

/// Where and how a bucket is made.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "CreateBucketConfiguration",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct CreateBucketConfiguration {
    pub location_constraint: Option<String>,
    pub location: Option<LocationInfo>,
    pub bucket: Option<BucketInfo>,
    #[shape(item = "Tag")]
    pub tags: Option<Vec<Tag>>,
}

/// Where a directory bucket lies.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct LocationInfo {
    #[shape(name = "Type")]
    pub kind: Option<String>,
    pub name: Option<String>,
}

/// What a directory bucket is.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct BucketInfo {
    pub data_redundancy: Option<String>,
    #[shape(name = "Type")]
    pub kind: Option<String>,
}

/// A made bucket.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateBucketOutput {
    #[shape(header = "location")]
    pub location: Option<String>,
    #[shape(header = "x-amz-bucket-arn")]
    pub bucket_arn: Option<String>,
}

/// Where a bucket is.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct HeadBucketOutput {
    #[shape(header = "x-amz-bucket-arn")]
    pub bucket_arn: Option<String>,
    #[shape(header = "x-amz-bucket-region")]
    pub bucket_region: Option<String>,
    #[shape(header = "x-amz-access-point-alias")]
    pub access_point_alias: Option<bool>,
}

/// [ListBuckets](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListBucketsInput {
    #[shape(query = "max-buckets", min = 1, max = 10000)]
    pub max_buckets: Option<i32>,
    #[shape(query = "continuation-token")]
    pub continuation_token: Option<String>,
    #[shape(query = "prefix")]
    pub prefix: Option<String>,
    #[shape(query = "bucket-region")]
    pub bucket_region: Option<String>,
}

/// A page of buckets.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "ListAllMyBucketsResult",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct ListBucketsOutput {
    pub owner: Option<Owner>,
    #[shape(item = "Bucket")]
    pub buckets: Vec<Bucket>,
    pub continuation_token: Option<String>,
    pub prefix: Option<String>,
}

/// A bucket as listed.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct Bucket {
    pub name: Option<String>,
    #[shape(time = "iso")]
    pub creation_date: Option<Timestamp>,
    pub bucket_region: Option<String>,
    pub bucket_arn: Option<String>,
}

/// Where a bucket is, as the XML document that clients read.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetBucketLocationOutput {
    #[shape(payload)]
    pub location_constraint: String,
    #[shape(header = "content-type")]
    pub content_type: Option<String>,
}

/// Whether versions are kept; nothing in a bucket where that was never set.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "VersioningConfiguration",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct GetBucketVersioningOutput {
    pub status: Option<VersioningStatus>,
}

/// [PutBucketVersioning](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutBucketVersioningInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(name = "ContentMD5", header = "content-md5")]
    pub content_md5: Option<String>,
    #[shape(header = "x-amz-sdk-checksum-algorithm")]
    pub checksum_algorithm: Option<String>,
    #[shape(name = "MFA", header = "x-amz-mfa")]
    pub mfa: Option<String>,
    #[shape(required, payload)]
    pub versioning_configuration: VersioningConfiguration,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
}

/// Whether versions are kept.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "VersioningConfiguration",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct VersioningConfiguration {
    #[shape(name = "MFADelete", xml = "MfaDelete")]
    pub mfa_delete: Option<String>,
    #[shape(invalid = "MalformedXML")]
    pub status: Option<VersioningStatus>,
}

/// How new objects are sealed.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetBucketEncryptionOutput {
    #[shape(payload)]
    pub server_side_encryption_configuration: Option<ServerSideEncryptionConfiguration>,
}

/// [PutBucketEncryption](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutBucketEncryptionInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(name = "ContentMD5", header = "content-md5")]
    pub content_md5: Option<String>,
    #[shape(header = "x-amz-sdk-checksum-algorithm")]
    pub checksum_algorithm: Option<String>,
    #[shape(required, payload)]
    pub server_side_encryption_configuration: ServerSideEncryptionConfiguration,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
}

/// How new objects are sealed.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "ServerSideEncryptionConfiguration",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct ServerSideEncryptionConfiguration {
    #[shape(required, flat, xml = "Rule", min = 1, max = 1, invalid = "MalformedXML")]
    pub rules: Vec<ServerSideEncryptionRule>,
}

/// One rule.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ServerSideEncryptionRule {
    pub apply_server_side_encryption_by_default: Option<ServerSideEncryptionByDefault>,
    pub bucket_key_enabled: Option<bool>,
    pub blocked_encryption_types: Option<BlockedEncryptionTypes>,
}

/// Kinds of encryption that new objects may not ask for.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct BlockedEncryptionTypes {
    #[shape(flat)]
    pub encryption_type: Option<Vec<String>>,
}

/// The algorithm and the key.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ServerSideEncryptionByDefault {
    #[shape(name = "SSEAlgorithm", required)]
    pub sse_algorithm: String,
    #[shape(name = "KMSMasterKeyID", sensitive)]
    pub kms_master_key_id: Option<String>,
}

/// The bucket's policy.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetBucketPolicyOutput {
    #[shape(payload)]
    pub policy: Option<String>,
    #[shape(header = "content-type")]
    pub content_type: Option<String>,
}

/// [PutBucketPolicy](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutBucketPolicyInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(name = "ContentMD5", header = "content-md5")]
    pub content_md5: Option<String>,
    #[shape(header = "x-amz-sdk-checksum-algorithm")]
    pub checksum_algorithm: Option<String>,
    #[shape(header = "x-amz-confirm-remove-self-bucket-access")]
    pub confirm_remove_self_bucket_access: Option<bool>,
    #[shape(required, payload)]
    pub policy: String,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
}

/// Whether the policy makes the bucket public.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetBucketPolicyStatusOutput {
    #[shape(payload)]
    pub policy_status: Option<PolicyStatus>,
}

/// Whether the policy makes the bucket public.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "PolicyStatus",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct PolicyStatus {
    pub is_public: Option<bool>,
}

/// The tags.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "Tagging",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct GetBucketTaggingOutput {
    #[shape(item = "Tag")]
    pub tag_set: Vec<Tag>,
}

/// [PutBucketTagging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutBucketTaggingInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(name = "ContentMD5", header = "content-md5")]
    pub content_md5: Option<String>,
    #[shape(header = "x-amz-sdk-checksum-algorithm")]
    pub checksum_algorithm: Option<String>,
    #[shape(required, payload)]
    pub tagging: Tagging,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
}

/// What public access is blocked.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetPublicAccessBlockOutput {
    #[shape(payload)]
    pub public_access_block_configuration: Option<PublicAccessBlockConfiguration>,
}

/// [PutPublicAccessBlock](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutPublicAccessBlockInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(name = "ContentMD5", header = "content-md5")]
    pub content_md5: Option<String>,
    #[shape(header = "x-amz-sdk-checksum-algorithm")]
    pub checksum_algorithm: Option<String>,
    #[shape(required, payload)]
    pub public_access_block_configuration: PublicAccessBlockConfiguration,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
}

/// What public access is blocked.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "PublicAccessBlockConfiguration",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct PublicAccessBlockConfiguration {
    pub block_public_acls: bool,
    pub ignore_public_acls: bool,
    pub block_public_policy: bool,
    pub restrict_public_buckets: bool,
}

/// Who owns new objects.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetBucketOwnershipControlsOutput {
    #[shape(payload)]
    pub ownership_controls: Option<OwnershipControls>,
}

/// Who owns new objects.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "OwnershipControls",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct OwnershipControls {
    #[shape(flat, xml = "Rule")]
    pub rules: Vec<OwnershipControlsRule>,
}

/// One rule.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct OwnershipControlsRule {
    pub object_ownership: String,
}

/// Who is told of changes.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "NotificationConfiguration",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct GetBucketNotificationConfigurationOutput {
    pub event_bridge_configuration: Option<EventBridgeConfiguration>,
}

/// [PutBucketNotificationConfiguration](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutBucketNotificationConfigurationInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(required, payload)]
    pub notification_configuration: NotificationConfiguration,
    #[shape(header = "x-amz-skip-destination-validation")]
    pub skip_destination_validation: Option<bool>,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
}

/// Who is told of changes. Only EventBridge can be; the others are read to be refused by name.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "NotificationConfiguration",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct NotificationConfiguration {
    #[shape(flat, xml = "TopicConfiguration")]
    pub topic_configurations: Option<Vec<Empty>>,
    #[shape(flat, xml = "QueueConfiguration")]
    pub queue_configurations: Option<Vec<Empty>>,
    #[shape(flat, xml = "CloudFunctionConfiguration")]
    pub lambda_function_configurations: Option<Vec<Empty>>,
    pub event_bridge_configuration: Option<EventBridgeConfiguration>,
}

/// The default event bus is told of every change.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct EventBridgeConfiguration {}

/// Who pays.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "RequestPaymentConfiguration",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct GetBucketRequestPaymentOutput {
    pub payer: Option<String>,
}

/// Access logging, which is always off.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "BucketLoggingStatus",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct GetBucketLoggingOutput {
    pub logging_enabled: Option<LoggingEnabled>,
}

/// Where access is logged.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct LoggingEnabled {
    pub target_bucket: String,
    pub target_prefix: String,
}

/// [GetBucketAccelerateConfiguration](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAccelerateConfiguration.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetBucketAccelerateConfigurationInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(header = "x-amz-request-payer")]
    pub request_payer: Option<RequestPayer>,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
}

/// Transfer acceleration, which is never set.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "AccelerateConfiguration",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct GetBucketAccelerateConfigurationOutput {
    pub status: Option<String>,
}
