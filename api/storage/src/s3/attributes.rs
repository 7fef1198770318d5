//! What hangs on objects: attributes, tags and access control lists.

use shape::{Shape, Timestamp};

use super::{ChecksumType, Owner, RequestPayer};

/// [GetObjectAttributes](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetObjectAttributesInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(required, label)]
    pub key: String,
    #[shape(query = "versionId")]
    pub version_id: Option<String>,
    #[shape(header = "x-amz-max-parts")]
    pub max_parts: Option<i32>,
    #[shape(header = "x-amz-part-number-marker")]
    pub part_number_marker: Option<i32>,
    #[shape(required, header = "x-amz-object-attributes")]
    pub object_attributes: Vec<String>,
    #[shape(
        name = "SSECustomerAlgorithm",
        header = "x-amz-server-side-encryption-customer-algorithm"
    )]
    pub sse_customer_algorithm: Option<String>,
    #[shape(
        name = "SSECustomerKey",
        header = "x-amz-server-side-encryption-customer-key",
        sensitive
    )]
    pub sse_customer_key: Option<String>,
    #[shape(name = "SSECustomerKeyMD5", header = "x-amz-server-side-encryption-customer-key-md5")]
    pub sse_customer_key_md5: Option<String>,
    #[shape(header = "x-amz-request-payer")]
    pub request_payer: Option<RequestPayer>,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
}

/// The attributes that were asked for.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "GetObjectAttributesResponse",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct GetObjectAttributesOutput {
    #[shape(header = "x-amz-delete-marker")]
    pub delete_marker: Option<bool>,
    #[shape(header = "last-modified")]
    pub last_modified: Option<Timestamp>,
    #[shape(header = "x-amz-version-id")]
    pub version_id: Option<String>,
    #[shape(name = "ETag")]
    pub etag: Option<String>,
    pub checksum: Option<Checksum>,
    pub object_parts: Option<ObjectParts>,
    pub storage_class: Option<String>,
    pub object_size: Option<i64>,
}

/// An object's checksum.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct Checksum {
    #[shape(name = "ChecksumCRC32")]
    pub checksum_crc32: Option<String>,
    #[shape(name = "ChecksumCRC32C")]
    pub checksum_crc32c: Option<String>,
    #[shape(name = "ChecksumCRC64NVME")]
    pub checksum_crc64nvme: Option<String>,
    #[shape(name = "ChecksumSHA1")]
    pub checksum_sha1: Option<String>,
    #[shape(name = "ChecksumSHA256")]
    pub checksum_sha256: Option<String>,
    pub checksum_type: Option<ChecksumType>,
}

/// An object's parts.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ObjectParts {
    #[shape(xml = "PartsCount")]
    pub total_parts_count: Option<i32>,
    pub part_number_marker: Option<i32>,
    pub next_part_number_marker: Option<i32>,
    pub max_parts: Option<i32>,
    pub is_truncated: Option<bool>,
    #[shape(flat, xml = "Part")]
    pub parts: Option<Vec<ObjectPart>>,
}

/// A part with a checksum.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ObjectPart {
    pub part_number: Option<i32>,
    pub size: Option<i64>,
    #[shape(name = "ChecksumCRC32")]
    pub checksum_crc32: Option<String>,
    #[shape(name = "ChecksumCRC32C")]
    pub checksum_crc32c: Option<String>,
    #[shape(name = "ChecksumCRC64NVME")]
    pub checksum_crc64nvme: Option<String>,
    #[shape(name = "ChecksumSHA1")]
    pub checksum_sha1: Option<String>,
    #[shape(name = "ChecksumSHA256")]
    pub checksum_sha256: Option<String>,
}

/// [GetObjectTagging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetObjectTaggingInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(required, label)]
    pub key: String,
    #[shape(query = "versionId")]
    pub version_id: Option<String>,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
    #[shape(header = "x-amz-request-payer")]
    pub request_payer: Option<RequestPayer>,
}

/// The tags.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "Tagging",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct GetObjectTaggingOutput {
    #[shape(header = "x-amz-version-id")]
    pub version_id: Option<String>,
    #[shape(item = "Tag")]
    pub tag_set: Vec<Tag>,
}

/// [PutObjectTagging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutObjectTaggingInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(required, label)]
    pub key: String,
    #[shape(query = "versionId")]
    pub version_id: Option<String>,
    #[shape(name = "ContentMD5", header = "content-md5")]
    pub content_md5: Option<String>,
    #[shape(header = "x-amz-sdk-checksum-algorithm")]
    pub checksum_algorithm: Option<String>,
    #[shape(required, payload)]
    pub tagging: Tagging,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
    #[shape(header = "x-amz-request-payer")]
    pub request_payer: Option<RequestPayer>,
}

/// The version that was changed.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct VersionOutput {
    #[shape(status)]
    pub status: Option<i32>,
    #[shape(header = "x-amz-version-id")]
    pub version_id: Option<String>,
}

/// Tags.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "Tagging",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct Tagging {
    #[shape(required, item = "Tag")]
    pub tag_set: Vec<Tag>,
}

/// A tag.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct Tag {
    #[shape(required)]
    pub key: String,
    #[shape(required)]
    pub value: String,
}

/// [GetObjectAcl](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetObjectAclInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(required, label)]
    pub key: String,
    #[shape(query = "versionId")]
    pub version_id: Option<String>,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
    #[shape(header = "x-amz-request-payer")]
    pub request_payer: Option<RequestPayer>,
}

/// Who may do what by access control list: the owner, everything.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "AccessControlPolicy",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct AclOutput {
    pub owner: Option<Owner>,
    #[shape(xml = "AccessControlList", item = "Grant")]
    pub grants: Option<Vec<Grant>>,
}

/// A grantee and what it may.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct Grant {
    pub grantee: Option<Grantee>,
    pub permission: Option<String>,
}

/// A grantee.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct Grantee {
    #[shape(name = "ID")]
    pub id: Option<String>,
    pub display_name: Option<String>,
    #[shape(name = "Type", attribute, xml = "xsi:type")]
    pub kind: String,
}

/// [DeleteObjectTagging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DeleteObjectTaggingInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(required, label)]
    pub key: String,
    #[shape(query = "versionId")]
    pub version_id: Option<String>,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
}
