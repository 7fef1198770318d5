//! Objects in S3, put and fetched as the build's service role.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use api_developer::codebuild::BucketOwnerAccess;
use api_storage::s3;
use service::Cx;
use shape::{Body, BodyError, BodyStream, Bytes};
use tokio::io::AsyncWriteExt as _;
use wire::Error;

use crate::model::BuildRecord;

/// Bytes read at once for an upload.
const PIECE: usize = 256 << 10;

/// How a build's objects are to be stored.
#[derive(Clone, Default)]
pub(super) struct Storing {
    /// The customer's key; without one the bucket's own encryption counts.
    pub kms_key: Option<String>,
    /// The canned access control list.
    pub acl: Option<String>,
    /// The account that must own the bucket.
    pub expected_owner: Option<String>,
    /// `x-amz-meta-…`
    pub metadata: BTreeMap<String, String>,
}

impl Storing {
    /// With the build's key, unless encryption is disabled or the key is S3's own.
    pub fn of(record: &BuildRecord, encryption_disabled: Option<bool>) -> Self {
        let key = record.build.encryption_key.clone();
        let own = |key: &String| {
            encryption_disabled != Some(true) && !key.is_empty() && !key.ends_with("alias/aws/s3")
        };
        Self { kms_key: key.filter(own), ..Self::default() }
    }

    /// What the owner of the bucket may do with the objects:
    /// <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectArtifacts.html>.
    pub fn owner_access(mut self, access: Option<BucketOwnerAccess>) -> Self {
        self.acl = match access {
            None | Some(BucketOwnerAccess::None) => None,
            Some(BucketOwnerAccess::ReadOnly) => Some("bucket-owner-read".to_owned()),
            Some(BucketOwnerAccess::Full) => Some("bucket-owner-full-control".to_owned()),
        };
        self
    }
}

/// One object that is put.
pub(super) struct Put<'a> {
    pub bucket: &'a str,
    pub key: &'a str,
    pub file: File,
    pub content_type: Option<&'a str>,
    /// Only if there is no object of this key.
    pub if_absent: bool,
}

/// Puts a file.
pub(super) async fn put(cx: &Cx, storing: &Storing, put: Put<'_>) -> Result<(), Error> {
    let failed = |error: std::io::Error| {
        service::common::INTERNAL.error(format!("failed to read {}: {error}", put.key))
    };
    let length = put.file.metadata().map_err(failed)?.len();
    let kms = storing.kms_key.as_ref();
    let input = s3::PutObjectInput {
        bucket: put.bucket.to_owned(),
        key: put.key.to_owned(),
        body: Body::stream(FileStream { file: put.file }, Some(length)),
        content_length: i64::try_from(length).ok(),
        content_type: put.content_type.map(str::to_owned),
        server_side_encryption: kms.map(|_| "aws:kms".to_owned()),
        ssekms_key_id: kms.cloned(),
        acl: storing.acl.clone(),
        expected_bucket_owner: storing.expected_owner.clone(),
        metadata: storing.metadata.clone(),
        if_none_match: put.if_absent.then(|| "*".to_owned()),
        ..Default::default()
    };
    cx.call(s3::PutObject, input).await.map(drop)
}

/// Fetches an object, or a version of it, into a file; returns its size in bytes.
pub(super) async fn get(
    cx: &Cx,
    bucket: &str,
    key: &str,
    version: Option<&str>,
    to: &Path,
) -> Result<u64, Error> {
    let internal = |error: &dyn std::fmt::Display| {
        service::common::INTERNAL.error(format!("failed to fetch {key}: {error}"))
    };
    let input = s3::GetObjectInput {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        version_id: version.map(str::to_owned),
        ..Default::default()
    };
    let mut output = cx.call(s3::GetObject, input).await?;
    let mut file = tokio::fs::File::create(to).await.map_err(|error| internal(&error))?;
    let mut size = 0;
    while let Some(piece) = output.body.next().await {
        let piece = piece.map_err(|error| internal(&error))?;
        size += piece.len() as u64;
        file.write_all(&piece).await.map_err(|error| internal(&error))?;
    }
    file.flush().await.map_err(|error| internal(&error))?;
    Ok(size)
}

/// The newest object under a prefix, if there is one.
pub(super) async fn newest(cx: &Cx, bucket: &str, prefix: &str) -> Result<Option<String>, Error> {
    let (mut newest, mut token) = (None, None);
    loop {
        let input = s3::ListObjectsV2Input {
            bucket: bucket.to_owned(),
            prefix: Some(prefix.to_owned()),
            continuation_token: token,
            ..Default::default()
        };
        let page = cx.call(s3::ListObjectsV2, input).await?;
        for object in page.contents.into_iter().flatten() {
            let found = Some((object.last_modified, object.key));
            if newest < found {
                newest = found;
            }
        }
        token = page.next_continuation_token;
        if token.is_none() {
            return Ok(newest.and_then(|(_, key)| key));
        }
    }
}

/// Whether it may go better another time: not the build's fault.
pub(super) fn is_passing(error: &Error) -> bool {
    error.status >= 500 && error.code != "NotImplemented"
}

/// A file, piece by piece.
struct FileStream {
    file: File,
}

impl BodyStream for FileStream {
    fn poll_piece(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        let mut piece = vec![0; PIECE];
        Poll::Ready(match self.file.read(&mut piece) {
            Ok(0) => None,
            Ok(length) => {
                piece.truncate(length);
                Some(Ok(piece.into()))
            }
            Err(error) => Some(Err(BodyError::new("InternalError", error.to_string()))),
        })
    }
}
