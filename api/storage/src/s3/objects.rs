//! Objects, one at a time and in batches.

use std::collections::BTreeMap;

use shape::{Body, Shape, Timestamp};

use super::{AnnotationDirective, ChecksumMode, ChecksumType, Directive, RequestPayer};

/// [PutObject](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutObjectInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(required, label)]
    pub key: String,
    #[shape(payload)]
    pub body: Body,
    #[shape(name = "ACL", header = "x-amz-acl")]
    pub acl: Option<String>,
    #[shape(header = "x-amz-grant-full-control")]
    pub grant_full_control: Option<String>,
    #[shape(header = "x-amz-grant-read")]
    pub grant_read: Option<String>,
    #[shape(name = "GrantReadACP", header = "x-amz-grant-read-acp")]
    pub grant_read_acp: Option<String>,
    #[shape(name = "GrantWriteACP", header = "x-amz-grant-write-acp")]
    pub grant_write_acp: Option<String>,
    #[shape(header = "cache-control")]
    pub cache_control: Option<String>,
    #[shape(header = "content-disposition")]
    pub content_disposition: Option<String>,
    #[shape(header = "content-encoding")]
    pub content_encoding: Option<String>,
    #[shape(header = "content-language")]
    pub content_language: Option<String>,
    #[shape(header = "content-type")]
    pub content_type: Option<String>,
    #[shape(header = "expires")]
    pub expires: Option<String>,
    #[shape(header = "content-length")]
    pub content_length: Option<i64>,
    #[shape(name = "ContentMD5", header = "content-md5")]
    pub content_md5: Option<String>,
    #[shape(header = "x-amz-sdk-checksum-algorithm")]
    pub checksum_algorithm: Option<String>,
    #[shape(name = "ChecksumCRC32", header = "x-amz-checksum-crc32")]
    pub checksum_crc32: Option<String>,
    #[shape(name = "ChecksumCRC32C", header = "x-amz-checksum-crc32c")]
    pub checksum_crc32c: Option<String>,
    #[shape(name = "ChecksumCRC64NVME", header = "x-amz-checksum-crc64nvme")]
    pub checksum_crc64nvme: Option<String>,
    #[shape(name = "ChecksumSHA1", header = "x-amz-checksum-sha1")]
    pub checksum_sha1: Option<String>,
    #[shape(name = "ChecksumSHA256", header = "x-amz-checksum-sha256")]
    pub checksum_sha256: Option<String>,
    #[shape(name = "ChecksumSHA512", header = "x-amz-checksum-sha512")]
    pub checksum_sha512: Option<String>,
    #[shape(name = "ChecksumMD5", header = "x-amz-checksum-md5")]
    pub checksum_md5: Option<String>,
    #[shape(name = "ChecksumXXHASH64", header = "x-amz-checksum-xxhash64")]
    pub checksum_xxhash64: Option<String>,
    #[shape(name = "ChecksumXXHASH3", header = "x-amz-checksum-xxhash3")]
    pub checksum_xxhash3: Option<String>,
    #[shape(name = "ChecksumXXHASH128", header = "x-amz-checksum-xxhash128")]
    pub checksum_xxhash128: Option<String>,
    #[shape(header = "x-amz-trailer")]
    pub trailer: Option<String>,
    #[shape(header = "if-match")]
    pub if_match: Option<String>,
    #[shape(header = "if-none-match")]
    pub if_none_match: Option<String>,
    #[shape(header = "x-amz-write-offset-bytes")]
    pub write_offset_bytes: Option<i64>,
    #[shape(headers = "x-amz-meta-")]
    pub metadata: BTreeMap<String, String>,
    #[shape(header = "x-amz-server-side-encryption")]
    pub server_side_encryption: Option<String>,
    #[shape(
        name = "SSEKMSKeyId",
        header = "x-amz-server-side-encryption-aws-kms-key-id",
        sensitive
    )]
    pub ssekms_key_id: Option<String>,
    #[shape(
        name = "SSEKMSEncryptionContext",
        header = "x-amz-server-side-encryption-context",
        sensitive
    )]
    pub ssekms_encryption_context: Option<String>,
    #[shape(header = "x-amz-server-side-encryption-bucket-key-enabled")]
    pub bucket_key_enabled: Option<bool>,
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
    #[shape(header = "x-amz-storage-class")]
    pub storage_class: Option<String>,
    #[shape(header = "x-amz-website-redirect-location")]
    pub website_redirect_location: Option<String>,
    #[shape(header = "x-amz-tagging")]
    pub tagging: Option<String>,
    #[shape(header = "x-amz-object-lock-mode")]
    pub object_lock_mode: Option<String>,
    #[shape(header = "x-amz-object-lock-retain-until-date")]
    pub object_lock_retain_until_date: Option<String>,
    #[shape(header = "x-amz-object-lock-legal-hold")]
    pub object_lock_legal_hold_status: Option<String>,
    #[shape(header = "x-amz-object-lock-event-hold")]
    pub object_lock_event_hold: Option<String>,
    #[shape(header = "x-amz-object-lock-event-hold-duration-days")]
    pub object_lock_event_hold_duration_days: Option<String>,
    #[shape(header = "x-amz-object-lock-event-hold-duration-years")]
    pub object_lock_event_hold_duration_years: Option<String>,
    #[shape(header = "x-amz-request-payer")]
    pub request_payer: Option<RequestPayer>,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
}

/// What was stored.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutObjectOutput {
    #[shape(name = "ETag", header = "etag")]
    pub etag: Option<String>,
    #[shape(name = "ChecksumCRC32", header = "x-amz-checksum-crc32")]
    pub checksum_crc32: Option<String>,
    #[shape(name = "ChecksumCRC32C", header = "x-amz-checksum-crc32c")]
    pub checksum_crc32c: Option<String>,
    #[shape(name = "ChecksumCRC64NVME", header = "x-amz-checksum-crc64nvme")]
    pub checksum_crc64nvme: Option<String>,
    #[shape(name = "ChecksumSHA1", header = "x-amz-checksum-sha1")]
    pub checksum_sha1: Option<String>,
    #[shape(name = "ChecksumSHA256", header = "x-amz-checksum-sha256")]
    pub checksum_sha256: Option<String>,
    #[shape(header = "x-amz-checksum-type")]
    pub checksum_type: Option<ChecksumType>,
    #[shape(header = "x-amz-server-side-encryption")]
    pub server_side_encryption: Option<String>,
    #[shape(
        name = "SSEKMSKeyId",
        header = "x-amz-server-side-encryption-aws-kms-key-id",
        sensitive
    )]
    pub ssekms_key_id: Option<String>,
    #[shape(header = "x-amz-server-side-encryption-bucket-key-enabled")]
    pub bucket_key_enabled: Option<bool>,
    #[shape(header = "x-amz-version-id")]
    pub version_id: Option<String>,
    #[shape(header = "x-amz-object-size")]
    pub size: Option<i64>,
}

/// [GetObject](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetObjectInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(required, label)]
    pub key: String,
    #[shape(header = "if-match")]
    pub if_match: Option<String>,
    #[shape(header = "if-none-match")]
    pub if_none_match: Option<String>,
    #[shape(header = "if-modified-since")]
    pub if_modified_since: Option<String>,
    #[shape(header = "if-unmodified-since")]
    pub if_unmodified_since: Option<String>,
    #[shape(header = "range")]
    pub range: Option<String>,
    #[shape(query = "response-cache-control")]
    pub response_cache_control: Option<String>,
    #[shape(query = "response-content-disposition")]
    pub response_content_disposition: Option<String>,
    #[shape(query = "response-content-encoding")]
    pub response_content_encoding: Option<String>,
    #[shape(query = "response-content-language")]
    pub response_content_language: Option<String>,
    #[shape(query = "response-content-type")]
    pub response_content_type: Option<String>,
    #[shape(query = "response-expires")]
    pub response_expires: Option<String>,
    #[shape(query = "versionId")]
    pub version_id: Option<String>,
    #[shape(query = "partNumber", min = 1, max = 10000)]
    pub part_number: Option<i32>,
    #[shape(header = "x-amz-checksum-mode")]
    pub checksum_mode: Option<ChecksumMode>,
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

/// An object and what is known of it.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetObjectOutput {
    #[shape(payload)]
    pub body: Body,
    #[shape(status)]
    pub status: Option<i32>,
    #[shape(header = "x-amz-delete-marker")]
    pub delete_marker: Option<bool>,
    #[shape(header = "accept-ranges")]
    pub accept_ranges: Option<String>,
    #[shape(header = "last-modified")]
    pub last_modified: Option<Timestamp>,
    #[shape(header = "content-length")]
    pub content_length: Option<i64>,
    #[shape(name = "ETag", header = "etag")]
    pub etag: Option<String>,
    #[shape(name = "ChecksumCRC32", header = "x-amz-checksum-crc32")]
    pub checksum_crc32: Option<String>,
    #[shape(name = "ChecksumCRC32C", header = "x-amz-checksum-crc32c")]
    pub checksum_crc32c: Option<String>,
    #[shape(name = "ChecksumCRC64NVME", header = "x-amz-checksum-crc64nvme")]
    pub checksum_crc64nvme: Option<String>,
    #[shape(name = "ChecksumSHA1", header = "x-amz-checksum-sha1")]
    pub checksum_sha1: Option<String>,
    #[shape(name = "ChecksumSHA256", header = "x-amz-checksum-sha256")]
    pub checksum_sha256: Option<String>,
    #[shape(header = "x-amz-checksum-type")]
    pub checksum_type: Option<ChecksumType>,
    #[shape(header = "x-amz-version-id")]
    pub version_id: Option<String>,
    #[shape(header = "cache-control")]
    pub cache_control: Option<String>,
    #[shape(header = "content-disposition")]
    pub content_disposition: Option<String>,
    #[shape(header = "content-encoding")]
    pub content_encoding: Option<String>,
    #[shape(header = "content-language")]
    pub content_language: Option<String>,
    #[shape(header = "content-type")]
    pub content_type: Option<String>,
    #[shape(header = "expires")]
    pub expires: Option<String>,
    #[shape(header = "content-range")]
    pub content_range: Option<String>,
    #[shape(header = "x-amz-website-redirect-location")]
    pub website_redirect_location: Option<String>,
    #[shape(header = "x-amz-server-side-encryption")]
    pub server_side_encryption: Option<String>,
    #[shape(headers = "x-amz-meta-")]
    pub metadata: BTreeMap<String, String>,
    #[shape(
        name = "SSEKMSKeyId",
        header = "x-amz-server-side-encryption-aws-kms-key-id",
        sensitive
    )]
    pub ssekms_key_id: Option<String>,
    #[shape(header = "x-amz-server-side-encryption-bucket-key-enabled")]
    pub bucket_key_enabled: Option<bool>,
    #[shape(header = "x-amz-storage-class")]
    pub storage_class: Option<String>,
    #[shape(header = "x-amz-mp-parts-count")]
    pub parts_count: Option<i32>,
    #[shape(header = "x-amz-tagging-count")]
    pub tag_count: Option<i32>,
}

/// [HeadObject](https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct HeadObjectInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(required, label)]
    pub key: String,
    #[shape(header = "if-match")]
    pub if_match: Option<String>,
    #[shape(header = "if-none-match")]
    pub if_none_match: Option<String>,
    #[shape(header = "if-modified-since")]
    pub if_modified_since: Option<String>,
    #[shape(header = "if-unmodified-since")]
    pub if_unmodified_since: Option<String>,
    #[shape(header = "range")]
    pub range: Option<String>,
    #[shape(query = "response-cache-control")]
    pub response_cache_control: Option<String>,
    #[shape(query = "response-content-disposition")]
    pub response_content_disposition: Option<String>,
    #[shape(query = "response-content-encoding")]
    pub response_content_encoding: Option<String>,
    #[shape(query = "response-content-language")]
    pub response_content_language: Option<String>,
    #[shape(query = "response-content-type")]
    pub response_content_type: Option<String>,
    #[shape(query = "response-expires")]
    pub response_expires: Option<String>,
    #[shape(query = "versionId")]
    pub version_id: Option<String>,
    #[shape(query = "partNumber", min = 1, max = 10000)]
    pub part_number: Option<i32>,
    #[shape(header = "x-amz-checksum-mode")]
    pub checksum_mode: Option<ChecksumMode>,
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

/// What is known of an object.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct HeadObjectOutput {
    #[shape(status)]
    pub status: Option<i32>,
    #[shape(header = "x-amz-delete-marker")]
    pub delete_marker: Option<bool>,
    #[shape(header = "accept-ranges")]
    pub accept_ranges: Option<String>,
    #[shape(header = "last-modified")]
    pub last_modified: Option<Timestamp>,
    #[shape(header = "content-length")]
    pub content_length: Option<i64>,
    #[shape(name = "ETag", header = "etag")]
    pub etag: Option<String>,
    #[shape(name = "ChecksumCRC32", header = "x-amz-checksum-crc32")]
    pub checksum_crc32: Option<String>,
    #[shape(name = "ChecksumCRC32C", header = "x-amz-checksum-crc32c")]
    pub checksum_crc32c: Option<String>,
    #[shape(name = "ChecksumCRC64NVME", header = "x-amz-checksum-crc64nvme")]
    pub checksum_crc64nvme: Option<String>,
    #[shape(name = "ChecksumSHA1", header = "x-amz-checksum-sha1")]
    pub checksum_sha1: Option<String>,
    #[shape(name = "ChecksumSHA256", header = "x-amz-checksum-sha256")]
    pub checksum_sha256: Option<String>,
    #[shape(header = "x-amz-checksum-type")]
    pub checksum_type: Option<ChecksumType>,
    #[shape(header = "x-amz-version-id")]
    pub version_id: Option<String>,
    #[shape(header = "cache-control")]
    pub cache_control: Option<String>,
    #[shape(header = "content-disposition")]
    pub content_disposition: Option<String>,
    #[shape(header = "content-encoding")]
    pub content_encoding: Option<String>,
    #[shape(header = "content-language")]
    pub content_language: Option<String>,
    #[shape(header = "content-type")]
    pub content_type: Option<String>,
    #[shape(header = "expires")]
    pub expires: Option<String>,
    #[shape(header = "content-range")]
    pub content_range: Option<String>,
    #[shape(header = "x-amz-website-redirect-location")]
    pub website_redirect_location: Option<String>,
    #[shape(header = "x-amz-server-side-encryption")]
    pub server_side_encryption: Option<String>,
    #[shape(headers = "x-amz-meta-")]
    pub metadata: BTreeMap<String, String>,
    #[shape(
        name = "SSEKMSKeyId",
        header = "x-amz-server-side-encryption-aws-kms-key-id",
        sensitive
    )]
    pub ssekms_key_id: Option<String>,
    #[shape(header = "x-amz-server-side-encryption-bucket-key-enabled")]
    pub bucket_key_enabled: Option<bool>,
    #[shape(header = "x-amz-storage-class")]
    pub storage_class: Option<String>,
    #[shape(header = "x-amz-mp-parts-count")]
    pub parts_count: Option<i32>,
    #[shape(header = "x-amz-tagging-count")]
    pub tag_count: Option<i32>,
}

/// [CopyObject](https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CopyObjectInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(required, label)]
    pub key: String,
    #[shape(name = "ACL", header = "x-amz-acl")]
    pub acl: Option<String>,
    #[shape(header = "x-amz-grant-full-control")]
    pub grant_full_control: Option<String>,
    #[shape(header = "x-amz-grant-read")]
    pub grant_read: Option<String>,
    #[shape(name = "GrantReadACP", header = "x-amz-grant-read-acp")]
    pub grant_read_acp: Option<String>,
    #[shape(name = "GrantWriteACP", header = "x-amz-grant-write-acp")]
    pub grant_write_acp: Option<String>,
    #[shape(header = "cache-control")]
    pub cache_control: Option<String>,
    #[shape(header = "content-disposition")]
    pub content_disposition: Option<String>,
    #[shape(header = "content-encoding")]
    pub content_encoding: Option<String>,
    #[shape(header = "content-language")]
    pub content_language: Option<String>,
    #[shape(header = "content-type")]
    pub content_type: Option<String>,
    #[shape(header = "expires")]
    pub expires: Option<String>,
    #[shape(header = "x-amz-checksum-algorithm")]
    pub checksum_algorithm: Option<String>,
    #[shape(required, header = "x-amz-copy-source")]
    pub copy_source: String,
    #[shape(header = "x-amz-copy-source-if-match")]
    pub copy_source_if_match: Option<String>,
    #[shape(header = "x-amz-copy-source-if-modified-since")]
    pub copy_source_if_modified_since: Option<String>,
    #[shape(header = "x-amz-copy-source-if-none-match")]
    pub copy_source_if_none_match: Option<String>,
    #[shape(header = "x-amz-copy-source-if-unmodified-since")]
    pub copy_source_if_unmodified_since: Option<String>,
    #[shape(header = "if-match")]
    pub if_match: Option<String>,
    #[shape(header = "if-none-match")]
    pub if_none_match: Option<String>,
    #[shape(headers = "x-amz-meta-")]
    pub metadata: BTreeMap<String, String>,
    #[shape(header = "x-amz-metadata-directive")]
    pub metadata_directive: Option<Directive>,
    #[shape(header = "x-amz-tagging-directive")]
    pub tagging_directive: Option<Directive>,
    #[shape(header = "x-amz-object-annotation-directive")]
    pub annotation_directive: Option<AnnotationDirective>,
    #[shape(header = "x-amz-server-side-encryption")]
    pub server_side_encryption: Option<String>,
    #[shape(
        name = "SSEKMSKeyId",
        header = "x-amz-server-side-encryption-aws-kms-key-id",
        sensitive
    )]
    pub ssekms_key_id: Option<String>,
    #[shape(
        name = "SSEKMSEncryptionContext",
        header = "x-amz-server-side-encryption-context",
        sensitive
    )]
    pub ssekms_encryption_context: Option<String>,
    #[shape(header = "x-amz-server-side-encryption-bucket-key-enabled")]
    pub bucket_key_enabled: Option<bool>,
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
    #[shape(
        name = "CopySourceSSECustomerAlgorithm",
        header = "x-amz-copy-source-server-side-encryption-customer-algorithm"
    )]
    pub copy_source_sse_customer_algorithm: Option<String>,
    #[shape(
        name = "CopySourceSSECustomerKey",
        header = "x-amz-copy-source-server-side-encryption-customer-key",
        sensitive
    )]
    pub copy_source_sse_customer_key: Option<String>,
    #[shape(
        name = "CopySourceSSECustomerKeyMD5",
        header = "x-amz-copy-source-server-side-encryption-customer-key-md5"
    )]
    pub copy_source_sse_customer_key_md5: Option<String>,
    #[shape(header = "x-amz-storage-class")]
    pub storage_class: Option<String>,
    #[shape(header = "x-amz-website-redirect-location")]
    pub website_redirect_location: Option<String>,
    #[shape(header = "x-amz-tagging")]
    pub tagging: Option<String>,
    #[shape(header = "x-amz-object-lock-mode")]
    pub object_lock_mode: Option<String>,
    #[shape(header = "x-amz-object-lock-retain-until-date")]
    pub object_lock_retain_until_date: Option<String>,
    #[shape(header = "x-amz-object-lock-legal-hold")]
    pub object_lock_legal_hold_status: Option<String>,
    #[shape(header = "x-amz-object-lock-event-hold")]
    pub object_lock_event_hold: Option<String>,
    #[shape(header = "x-amz-object-lock-event-hold-duration-days")]
    pub object_lock_event_hold_duration_days: Option<String>,
    #[shape(header = "x-amz-object-lock-event-hold-duration-years")]
    pub object_lock_event_hold_duration_years: Option<String>,
    #[shape(header = "x-amz-request-payer")]
    pub request_payer: Option<RequestPayer>,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
    #[shape(header = "x-amz-source-expected-bucket-owner")]
    pub expected_source_bucket_owner: Option<String>,
}

/// What was copied.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CopyObjectOutput {
    #[shape(payload)]
    pub copy_object_result: Option<CopyObjectResult>,
    #[shape(header = "x-amz-copy-source-version-id")]
    pub copy_source_version_id: Option<String>,
    #[shape(header = "x-amz-version-id")]
    pub version_id: Option<String>,
    #[shape(header = "x-amz-server-side-encryption")]
    pub server_side_encryption: Option<String>,
    #[shape(
        name = "SSEKMSKeyId",
        header = "x-amz-server-side-encryption-aws-kms-key-id",
        sensitive
    )]
    pub ssekms_key_id: Option<String>,
    #[shape(header = "x-amz-server-side-encryption-bucket-key-enabled")]
    pub bucket_key_enabled: Option<bool>,
}

/// The copy.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "CopyObjectResult",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct CopyObjectResult {
    #[shape(time = "iso")]
    pub last_modified: Option<Timestamp>,
    #[shape(name = "ETag")]
    pub etag: Option<String>,
    pub checksum_type: Option<ChecksumType>,
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

/// [DeleteObject](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DeleteObjectInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(required, label)]
    pub key: String,
    #[shape(name = "MFA", header = "x-amz-mfa")]
    pub mfa: Option<String>,
    #[shape(query = "versionId")]
    pub version_id: Option<String>,
    #[shape(header = "x-amz-bypass-governance-retention")]
    pub bypass_governance_retention: Option<bool>,
    #[shape(header = "if-match")]
    pub if_match: Option<String>,
    #[shape(header = "x-amz-if-match-last-modified-time")]
    pub if_match_last_modified_time: Option<String>,
    #[shape(header = "x-amz-if-match-size")]
    pub if_match_size: Option<i64>,
    #[shape(header = "x-amz-request-payer")]
    pub request_payer: Option<RequestPayer>,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
}

/// What was deleted: a version, or nothing but a delete marker made.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DeleteObjectOutput {
    #[shape(status)]
    pub status: Option<i32>,
    #[shape(header = "x-amz-delete-marker")]
    pub delete_marker: Option<bool>,
    #[shape(header = "x-amz-version-id")]
    pub version_id: Option<String>,
}

/// [DeleteObjects](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DeleteObjectsInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(required, payload)]
    pub delete: Delete,
    #[shape(name = "MFA", header = "x-amz-mfa")]
    pub mfa: Option<String>,
    #[shape(header = "x-amz-bypass-governance-retention")]
    pub bypass_governance_retention: Option<bool>,
    #[shape(name = "ContentMD5", header = "content-md5")]
    pub content_md5: Option<String>,
    #[shape(header = "x-amz-sdk-checksum-algorithm")]
    pub checksum_algorithm: Option<String>,
    #[shape(header = "x-amz-request-payer")]
    pub request_payer: Option<RequestPayer>,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
}

/// Up to 1,000 objects to delete.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "Delete",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct Delete {
    #[shape(required, flat, xml = "Object", min = 1, max = 1000, invalid = "MalformedXML")]
    pub objects: Vec<ObjectIdentifier>,
    pub quiet: Option<bool>,
}

/// An object, or a version of it.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ObjectIdentifier {
    #[shape(required)]
    pub key: String,
    pub version_id: Option<String>,
    #[shape(name = "ETag")]
    pub etag: Option<String>,
    pub last_modified_time: Option<String>,
    pub size: Option<i64>,
}

/// What became of each.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "DeleteResult",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct DeleteObjectsOutput {
    #[shape(flat)]
    pub deleted: Option<Vec<DeletedObject>>,
    #[shape(flat, xml = "Error")]
    pub errors: Option<Vec<DeleteError>>,
}

/// One that is deleted.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DeletedObject {
    pub key: Option<String>,
    pub version_id: Option<String>,
    pub delete_marker: Option<bool>,
    pub delete_marker_version_id: Option<String>,
}

/// One that is not.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DeleteError {
    pub key: Option<String>,
    pub version_id: Option<String>,
    pub code: Option<String>,
    pub message: Option<String>,
}
