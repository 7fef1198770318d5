//! Listings of objects and versions.

use shape::{Shape, Timestamp};

use super::{ChecksumType, EncodingType, Owner, RequestPayer};

/// [ListObjects](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListObjectsInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(query = "delimiter")]
    pub delimiter: Option<String>,
    #[shape(query = "encoding-type")]
    pub encoding_type: Option<EncodingType>,
    #[shape(query = "marker")]
    pub marker: Option<String>,
    #[shape(query = "max-keys")]
    pub max_keys: Option<i32>,
    #[shape(query = "prefix")]
    pub prefix: Option<String>,
    #[shape(header = "x-amz-request-payer")]
    pub request_payer: Option<RequestPayer>,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
    #[shape(header = "x-amz-optional-object-attributes")]
    pub optional_object_attributes: Option<Vec<String>>,
}

/// A page of objects.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "ListBucketResult",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct ListObjectsOutput {
    pub name: Option<String>,
    pub prefix: Option<String>,
    pub marker: Option<String>,
    pub next_marker: Option<String>,
    pub max_keys: Option<i32>,
    pub delimiter: Option<String>,
    pub encoding_type: Option<EncodingType>,
    pub is_truncated: Option<bool>,
    #[shape(flat)]
    pub contents: Option<Vec<Object>>,
    #[shape(flat)]
    pub common_prefixes: Option<Vec<CommonPrefix>>,
}

/// [ListObjectsV2](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListObjectsV2Input {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(query = "delimiter")]
    pub delimiter: Option<String>,
    #[shape(query = "encoding-type")]
    pub encoding_type: Option<EncodingType>,
    #[shape(query = "max-keys")]
    pub max_keys: Option<i32>,
    #[shape(query = "prefix")]
    pub prefix: Option<String>,
    #[shape(query = "continuation-token")]
    pub continuation_token: Option<String>,
    #[shape(query = "fetch-owner")]
    pub fetch_owner: Option<bool>,
    #[shape(query = "start-after")]
    pub start_after: Option<String>,
    #[shape(header = "x-amz-request-payer")]
    pub request_payer: Option<RequestPayer>,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
    #[shape(header = "x-amz-optional-object-attributes")]
    pub optional_object_attributes: Option<Vec<String>>,
}

/// A page of objects.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "ListBucketResult",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct ListObjectsV2Output {
    pub name: Option<String>,
    pub prefix: Option<String>,
    pub start_after: Option<String>,
    pub continuation_token: Option<String>,
    pub next_continuation_token: Option<String>,
    pub key_count: Option<i32>,
    pub max_keys: Option<i32>,
    pub delimiter: Option<String>,
    pub encoding_type: Option<EncodingType>,
    pub is_truncated: Option<bool>,
    #[shape(flat)]
    pub contents: Option<Vec<Object>>,
    #[shape(flat)]
    pub common_prefixes: Option<Vec<CommonPrefix>>,
}

/// An object as listed.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct Object {
    pub key: Option<String>,
    #[shape(time = "iso")]
    pub last_modified: Option<Timestamp>,
    #[shape(name = "ETag")]
    pub etag: Option<String>,
    #[shape(flat)]
    pub checksum_algorithm: Option<Vec<String>>,
    pub checksum_type: Option<ChecksumType>,
    pub size: Option<i64>,
    pub owner: Option<Owner>,
    pub storage_class: Option<String>,
}

/// What keys share up to a delimiter.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CommonPrefix {
    pub prefix: Option<String>,
}

/// [ListObjectVersions](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListObjectVersionsInput {
    #[shape(required, label)]
    pub bucket: String,
    #[shape(query = "delimiter")]
    pub delimiter: Option<String>,
    #[shape(query = "encoding-type")]
    pub encoding_type: Option<EncodingType>,
    #[shape(query = "key-marker")]
    pub key_marker: Option<String>,
    #[shape(query = "max-keys")]
    pub max_keys: Option<i32>,
    #[shape(query = "prefix")]
    pub prefix: Option<String>,
    #[shape(query = "version-id-marker")]
    pub version_id_marker: Option<String>,
    #[shape(header = "x-amz-request-payer")]
    pub request_payer: Option<RequestPayer>,
    #[shape(header = "x-amz-expected-bucket-owner")]
    pub expected_bucket_owner: Option<String>,
    #[shape(header = "x-amz-optional-object-attributes")]
    pub optional_object_attributes: Option<Vec<String>>,
}

/// A page of versions and delete markers.
#[derive(Shape, Default, Clone)]
#[shape(
    case = "pascal",
    xml_root = "ListVersionsResult",
    xml_namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
)]
pub struct ListObjectVersionsOutput {
    pub name: Option<String>,
    pub prefix: Option<String>,
    pub key_marker: Option<String>,
    pub version_id_marker: Option<String>,
    pub next_key_marker: Option<String>,
    pub next_version_id_marker: Option<String>,
    pub max_keys: Option<i32>,
    pub delimiter: Option<String>,
    pub encoding_type: Option<EncodingType>,
    pub is_truncated: Option<bool>,
    #[shape(flat, xml = "Version")]
    pub versions: Option<Vec<ObjectVersion>>,
    #[shape(flat, xml = "DeleteMarker")]
    pub delete_markers: Option<Vec<DeleteMarkerEntry>>,
    #[shape(flat)]
    pub common_prefixes: Option<Vec<CommonPrefix>>,
}

/// A version as listed.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ObjectVersion {
    pub key: Option<String>,
    pub version_id: Option<String>,
    pub is_latest: Option<bool>,
    #[shape(time = "iso")]
    pub last_modified: Option<Timestamp>,
    #[shape(name = "ETag")]
    pub etag: Option<String>,
    #[shape(flat)]
    pub checksum_algorithm: Option<Vec<String>>,
    pub checksum_type: Option<ChecksumType>,
    pub size: Option<i64>,
    pub owner: Option<Owner>,
    pub storage_class: Option<String>,
}

/// A delete marker as listed.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DeleteMarkerEntry {
    pub key: Option<String>,
    pub version_id: Option<String>,
    pub is_latest: Option<bool>,
    #[shape(time = "iso")]
    pub last_modified: Option<Timestamp>,
    pub owner: Option<Owner>,
}
