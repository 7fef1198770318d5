//! Uploads in parts.

use std::collections::BTreeMap;

use shape::{Body, Shape, Timestamp};

use super::{ChecksumType, CommonPrefix, EncodingType, Owner, RequestPayer};

/// [CreateMultipartUpload](https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateMultipartUploadInput {
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
    #[shape(header = "x-amz-checksum-algorithm")]
    pub checksum_algorithm: Option<String>,
    #[shape(header = "x-amz-checksum-type")]
    pub checksum_type: Option<ChecksumType>,
    #[shape(header = "x-amz-request-payer")]
    pub request_payer: Option<RequestPayer>,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
}

/// A begun upload.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "InitiateMultipartUploadResult",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct CreateMultipartUploadOutput {
    pub bucket: Option<String>,
    pub key: Option<String>,
    pub upload_id: Option<String>,
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
    #[shape(header = "x-amz-checksum-algorithm")]
    pub checksum_algorithm: Option<String>,
    #[shape(header = "x-amz-checksum-type")]
    pub checksum_type: Option<ChecksumType>,
}

/// [UploadPart](https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UploadPartInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(required, label)]
    pub key: String,
    #[shape(required, query = "uploadId")]
    pub upload_id: String,
    #[shape(required, query = "partNumber")]
    pub part_number: i32,
    #[shape(payload)]
    pub body: Body,
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

/// A stored part.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UploadPartOutput {
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

/// [UploadPartCopy](https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UploadPartCopyInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(required, label)]
    pub key: String,
    #[shape(required, query = "uploadId")]
    pub upload_id: String,
    #[shape(required, query = "partNumber")]
    pub part_number: i32,
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
    #[shape(header = "x-amz-copy-source-range")]
    pub copy_source_range: Option<String>,
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
    #[shape(header = "x-amz-request-payer")]
    pub request_payer: Option<RequestPayer>,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
    #[shape(header = "x-amz-source-expected-bucket-owner")]
    pub expected_source_bucket_owner: Option<String>,
}

/// A copied part.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UploadPartCopyOutput {
    #[shape(header = "x-amz-copy-source-version-id")]
    pub copy_source_version_id: Option<String>,
    #[shape(payload)]
    pub copy_part_result: Option<CopyPartResult>,
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

/// The part.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "CopyPartResult",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct CopyPartResult {
    #[shape(time = "iso")]
    pub last_modified: Option<Timestamp>,
    #[shape(name = "ETag")]
    pub etag: Option<String>,
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

/// [CompleteMultipartUpload](https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CompleteMultipartUploadInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(required, label)]
    pub key: String,
    #[shape(required, query = "uploadId")]
    pub upload_id: String,
    #[shape(payload)]
    pub multipart_upload: Option<CompletedMultipartUpload>,
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
    #[shape(header = "x-amz-checksum-type")]
    pub checksum_type: Option<ChecksumType>,
    #[shape(header = "x-amz-mp-object-size")]
    pub mpu_object_size: Option<i64>,
    #[shape(header = "if-match")]
    pub if_match: Option<String>,
    #[shape(header = "if-none-match")]
    pub if_none_match: Option<String>,
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

/// The parts that make the object, in order.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "CompleteMultipartUpload",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct CompletedMultipartUpload {
    #[shape(flat, xml = "Part")]
    pub parts: Option<Vec<CompletedPart>>,
}

/// A part by number and entity tag.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CompletedPart {
    #[shape(name = "ETag")]
    pub etag: Option<String>,
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
    #[shape(name = "ChecksumSHA512")]
    pub checksum_sha512: Option<String>,
    #[shape(name = "ChecksumMD5")]
    pub checksum_md5: Option<String>,
    #[shape(name = "ChecksumXXHASH64")]
    pub checksum_xxhash64: Option<String>,
    #[shape(name = "ChecksumXXHASH3")]
    pub checksum_xxhash3: Option<String>,
    #[shape(name = "ChecksumXXHASH128")]
    pub checksum_xxhash128: Option<String>,
    pub part_number: Option<i32>,
}

/// The made object.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "CompleteMultipartUploadResult",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct CompleteMultipartUploadOutput {
    pub location: Option<String>,
    pub bucket: Option<String>,
    pub key: Option<String>,
    #[shape(name = "ETag")]
    pub etag: Option<String>,
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
}

/// [AbortMultipartUpload](https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct AbortMultipartUploadInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(required, label)]
    pub key: String,
    #[shape(required, query = "uploadId")]
    pub upload_id: String,
    #[shape(header = "x-amz-if-match-initiated-time")]
    pub if_match_initiated_time: Option<String>,
    #[shape(header = "x-amz-request-payer")]
    pub request_payer: Option<RequestPayer>,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
}

/// Nothing but a status.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct StatusOutput {
    #[shape(status)]
    pub status: Option<i32>,
}

/// [ListParts](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListPartsInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(required, label)]
    pub key: String,
    #[shape(required, query = "uploadId")]
    pub upload_id: String,
    #[shape(query = "max-parts")]
    pub max_parts: Option<i32>,
    #[shape(query = "part-number-marker")]
    pub part_number_marker: Option<i32>,
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

/// A page of parts.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "ListPartsResult",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct ListPartsOutput {
    pub bucket: Option<String>,
    pub key: Option<String>,
    pub upload_id: Option<String>,
    pub part_number_marker: Option<i32>,
    pub next_part_number_marker: Option<i32>,
    pub max_parts: Option<i32>,
    pub is_truncated: Option<bool>,
    #[shape(flat, xml = "Part")]
    pub parts: Option<Vec<Part>>,
    pub initiator: Option<Owner>,
    pub owner: Option<Owner>,
    pub storage_class: Option<String>,
    pub checksum_algorithm: Option<String>,
    pub checksum_type: Option<ChecksumType>,
}

/// A part as listed.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct Part {
    pub part_number: Option<i32>,
    #[shape(time = "iso")]
    pub last_modified: Option<Timestamp>,
    #[shape(name = "ETag")]
    pub etag: Option<String>,
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

/// [ListMultipartUploads](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListMultipartUploadsInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(query = "delimiter")]
    pub delimiter: Option<String>,
    #[shape(query = "encoding-type")]
    pub encoding_type: Option<EncodingType>,
    #[shape(query = "key-marker")]
    pub key_marker: Option<String>,
    #[shape(query = "max-uploads")]
    pub max_uploads: Option<i32>,
    #[shape(query = "prefix")]
    pub prefix: Option<String>,
    #[shape(query = "upload-id-marker")]
    pub upload_id_marker: Option<String>,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
    #[shape(header = "x-amz-request-payer")]
    pub request_payer: Option<RequestPayer>,
}

/// A page of begun uploads.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "ListMultipartUploadsResult",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct ListMultipartUploadsOutput {
    pub bucket: Option<String>,
    pub key_marker: Option<String>,
    pub upload_id_marker: Option<String>,
    pub next_key_marker: Option<String>,
    pub next_upload_id_marker: Option<String>,
    pub prefix: Option<String>,
    pub delimiter: Option<String>,
    pub encoding_type: Option<EncodingType>,
    pub max_uploads: Option<i32>,
    pub is_truncated: Option<bool>,
    #[shape(flat, xml = "Upload")]
    pub uploads: Option<Vec<MultipartUpload>>,
    #[shape(flat)]
    pub common_prefixes: Option<Vec<CommonPrefix>>,
}

/// A begun upload as listed.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct MultipartUpload {
    pub key: Option<String>,
    pub upload_id: Option<String>,
    pub initiator: Option<Owner>,
    pub owner: Option<Owner>,
    pub storage_class: Option<String>,
    #[shape(time = "iso")]
    pub initiated: Option<Timestamp>,
    pub checksum_algorithm: Option<String>,
    pub checksum_type: Option<ChecksumType>,
}
