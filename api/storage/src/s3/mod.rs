//! Amazon S3's shapes, after the [API reference](https://docs.aws.amazon.com/AmazonS3/latest/API/).
//!
//! Members have AWS's names and meanings. Conditions and dates in headers are kept as text: HTTP
//! has it that a date that cannot be read is as if it were not there.

mod attributes;
mod buckets;
mod lists;
mod multipart;
mod objects;

pub use attributes::*;
pub use buckets::*;
pub use lists::*;
pub use multipart::*;
pub use objects::*;

use shape::{Empty, Shape};

/// The namespace of S3's XML documents.
pub const XML_NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// An account, by its canonical user id.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct Owner {
    #[shape(name = "ID")]
    pub id: Option<String>,
    pub display_name: Option<String>,
}

shape::string_enum! {
    /// How an object's bytes are summed up.
    pub enum ChecksumAlgorithm {
        Crc32 = "CRC32", Crc32c = "CRC32C", Crc64Nvme = "CRC64NVME", Sha1 = "SHA1",
        Sha256 = "SHA256",
    }
}
shape::string_enum! {
    /// Whether a multipart object's checksum is one of its bytes or of its parts' checksums.
    pub enum ChecksumType { FullObject = "FULL_OBJECT", Composite = "COMPOSITE" }
}
shape::string_enum! {
    /// Asks for checksums in the answer.
    pub enum ChecksumMode { Enabled = "ENABLED" }
}
shape::string_enum! {
    /// Whether a copy takes over the source's metadata or tags.
    pub enum Directive { Copy = "COPY", Replace = "REPLACE" }
}
shape::string_enum! {
    /// Whether a copy takes over the source's annotations.
    pub enum AnnotationDirective { Copy = "COPY", Exclude = "EXCLUDE" }
}
shape::string_enum! {
    /// How keys are written in listings.
    pub enum EncodingType { Url = "url" }
}
shape::string_enum! {
    /// Who agrees to pay.
    pub enum RequestPayer { Requester = "requester" }
}
shape::string_enum! {
    /// Whether versions are kept.
    pub enum VersioningStatus { Enabled = "Enabled", Suspended = "Suspended" }
}

shape::operations! { "s3";
    ListBuckets(ListBucketsInput) -> ListBucketsOutput;
    CreateBucket(CreateBucketInput) -> CreateBucketOutput;
    DeleteBucket(BucketInput) -> StatusOutput;
    HeadBucket(BucketInput) -> HeadBucketOutput;
    GetBucketLocation(BucketInput) -> GetBucketLocationOutput;
    GetBucketVersioning(BucketInput) -> GetBucketVersioningOutput;
    PutBucketVersioning(PutBucketVersioningInput) -> Empty;
    GetBucketEncryption(BucketInput) -> GetBucketEncryptionOutput;
    PutBucketEncryption(PutBucketEncryptionInput) -> Empty;
    DeleteBucketEncryption(BucketInput) -> StatusOutput;
    GetBucketPolicy(BucketInput) -> GetBucketPolicyOutput;
    PutBucketPolicy(PutBucketPolicyInput) -> StatusOutput;
    DeleteBucketPolicy(BucketInput) -> StatusOutput;
    GetBucketPolicyStatus(BucketInput) -> GetBucketPolicyStatusOutput;
    GetBucketTagging(BucketInput) -> GetBucketTaggingOutput;
    PutBucketTagging(PutBucketTaggingInput) -> StatusOutput;
    DeleteBucketTagging(BucketInput) -> StatusOutput;
    GetPublicAccessBlock(BucketInput) -> GetPublicAccessBlockOutput;
    PutPublicAccessBlock(PutPublicAccessBlockInput) -> Empty;
    DeletePublicAccessBlock(BucketInput) -> StatusOutput;
    GetBucketOwnershipControls(BucketInput) -> GetBucketOwnershipControlsOutput;
    GetBucketAcl(BucketInput) -> AclOutput;
    GetBucketNotificationConfiguration(BucketInput) -> GetBucketNotificationConfigurationOutput;
    PutBucketNotificationConfiguration(PutBucketNotificationConfigurationInput) -> Empty;
    GetBucketRequestPayment(BucketInput) -> GetBucketRequestPaymentOutput;
    GetBucketLogging(BucketInput) -> GetBucketLoggingOutput;
    GetBucketAccelerateConfiguration(GetBucketAccelerateConfigurationInput) -> GetBucketAccelerateConfigurationOutput;
    GetBucketLifecycleConfiguration(BucketInput) -> Empty;
    GetBucketCors(BucketInput) -> Empty;
    GetBucketWebsite(BucketInput) -> Empty;
    GetBucketReplication(BucketInput) -> Empty;
    GetObjectLockConfiguration(BucketInput) -> Empty;

    PutObject(PutObjectInput) -> PutObjectOutput;
    GetObject(GetObjectInput) -> GetObjectOutput;
    HeadObject(HeadObjectInput) -> HeadObjectOutput;
    DeleteObject(DeleteObjectInput) -> DeleteObjectOutput;
    DeleteObjects(DeleteObjectsInput) -> DeleteObjectsOutput;
    CopyObject(CopyObjectInput) -> CopyObjectOutput;
    GetObjectAttributes(GetObjectAttributesInput) -> GetObjectAttributesOutput;
    GetObjectTagging(GetObjectTaggingInput) -> GetObjectTaggingOutput;
    PutObjectTagging(PutObjectTaggingInput) -> VersionOutput;
    DeleteObjectTagging(DeleteObjectTaggingInput) -> VersionOutput;
    GetObjectAcl(GetObjectAclInput) -> AclOutput;

    ListObjects(ListObjectsInput) -> ListObjectsOutput;
    ListObjectsV2(ListObjectsV2Input) -> ListObjectsV2Output;
    ListObjectVersions(ListObjectVersionsInput) -> ListObjectVersionsOutput;

    CreateMultipartUpload(CreateMultipartUploadInput) -> CreateMultipartUploadOutput;
    UploadPart(UploadPartInput) -> UploadPartOutput;
    UploadPartCopy(UploadPartCopyInput) -> UploadPartCopyOutput;
    CompleteMultipartUpload(CompleteMultipartUploadInput) -> CompleteMultipartUploadOutput;
    AbortMultipartUpload(AbortMultipartUploadInput) -> StatusOutput;
    ListParts(ListPartsInput) -> ListPartsOutput;
    ListMultipartUploads(ListMultipartUploadsInput) -> ListMultipartUploadsOutput;
}
