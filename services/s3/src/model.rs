//! What S3 keeps: buckets, versions of objects, uploads and their parts.

use std::collections::BTreeMap;

use shape::{Shape, Timestamp};
use store::{Index, Resource};

use api_storage::s3::{ChecksumType, PublicAccessBlockConfiguration, Tag, VersioningStatus};

/// Index by which a bucket is found whoever owns it.
pub const BY_NAME: &str = "name";

/// A bucket and its settings. Its scope is its owner's account.
#[derive(Shape, Default, Clone)]
pub struct Bucket {
    pub name: String,
    /// Unique among all buckets that ever were: what is left of a deleted bucket can never show
    /// up in a new one of the same name.
    pub id: String,
    pub account: String,
    pub region: String,
    pub created: Timestamp,
    pub versioning: Option<VersioningStatus>,
    pub encryption: Option<DefaultEncryption>,
    pub policy: Option<String>,
    pub tags: Option<Vec<Tag>>,
    pub public_access_block: Option<PublicAccessBlockConfiguration>,
    /// The default event bus is told of every change.
    pub event_bridge: bool,
}

impl Resource for Bucket {
    const KIND: &'static str = "s3.bucket";

    fn key(&self) -> String {
        self.name.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        vec![Index::global(BY_NAME, &self.name)]
    }
}

/// How a bucket's new objects are sealed where the request does not say.
#[derive(Shape, Default, Clone)]
pub struct DefaultEncryption {
    /// `AES256` or `aws:kms`.
    pub algorithm: String,
    /// As the client wrote it: ARN, id or alias.
    pub kms_key: Option<String>,
    pub bucket_key: Option<bool>,
}

/// One version of an object, or a delete marker.
#[derive(Shape, Default, Clone)]
pub struct Version {
    pub version_id: String,
    /// Its place in the order in which versions were made, over all buckets.
    pub sequence: i64,
    #[shape(omit_empty)]
    pub delete_marker: Option<bool>,
    pub last_modified: Timestamp,
    pub size: i64,
    /// Without quotes.
    pub etag: String,
    pub body: Option<StoredBody>,
    pub checksum: Option<StoredChecksum>,
    pub encryption: Option<Encryption>,
    pub attributes: Option<Attributes>,
    pub tags: Option<Vec<Tag>>,
    /// Number of parts of an object that was uploaded in parts.
    pub parts: Option<i32>,
}

impl Version {
    /// Whether it stands for the absence of the object.
    pub fn is_delete_marker(&self) -> bool {
        self.delete_marker == Some(true)
    }

    /// The entity tag as headers and listings have it.
    pub fn quoted_etag(&self) -> String {
        format!("\"{}\"", self.etag)
    }

    /// The storage class as listings have it.
    pub fn storage_class(&self) -> String {
        let class = self.attributes.as_ref().and_then(|it| it.storage_class.clone());
        class.unwrap_or_else(|| "STANDARD".to_owned())
    }
}

/// Where the bytes are: exactly one of these.
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StoredBody {
    /// In that blob.
    pub blob: Option<String>,
    /// Sealed in the store, in the row of that name: small bodies, which so cost no sync of
    /// their own.
    pub inline: Option<String>,
    /// In the parts of that upload's manifest.
    pub manifest: Option<String>,
}

/// A checksum as it is kept.
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StoredChecksum {
    pub algorithm: String,
    /// In base64, with `-N` behind a composite of N parts.
    pub value: String,
    pub kind: ChecksumType,
}

/// How a version is sealed.
#[derive(Shape, Default, Clone, PartialEq)]
pub struct Encryption {
    /// `AES256` or `aws:kms`.
    pub algorithm: String,
    /// The KMS key's ARN.
    pub kms_key: Option<String>,
    pub bucket_key: Option<bool>,
    /// A data key wrapped by KMS, in base64. Nothing is sealed with it: who may have KMS unwrap it
    /// may read the object.
    pub proof: Option<String>,
}

/// Headers and user metadata that go with an object.
#[derive(Shape, Default, Clone, PartialEq)]
pub struct Attributes {
    pub cache_control: Option<String>,
    pub content_disposition: Option<String>,
    pub content_encoding: Option<String>,
    pub content_language: Option<String>,
    pub content_type: Option<String>,
    pub expires: Option<String>,
    pub storage_class: Option<String>,
    pub website_redirect_location: Option<String>,
    #[shape(omit_empty)]
    pub metadata: BTreeMap<String, String>,
}

/// A multipart upload that has begun.
#[derive(Shape, Default, Clone)]
pub struct Upload {
    pub initiated: Timestamp,
    pub initiator: String,
    pub attributes: Attributes,
    pub tags: Option<Vec<Tag>>,
    pub encryption: Option<Encryption>,
    /// Which checksum parts and object have; the one that S3 itself chooses where the client
    /// named none.
    pub checksum_algorithm: String,
    pub checksum_type: ChecksumType,
    /// Whether the client named it.
    pub checksum_asked: bool,
}

/// An uploaded part.
#[derive(Shape, Default, Clone)]
pub struct Part {
    pub number: i32,
    pub size: i64,
    /// Without quotes.
    pub etag: String,
    pub last_modified: Timestamp,
    pub blob: String,
    pub checksum: Option<StoredChecksum>,
}

/// The parts of a completed upload, in order.
#[derive(Shape, Default, Clone)]
pub struct Manifest {
    pub parts: Vec<Part>,
}
