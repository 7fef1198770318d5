//! Images: put, listed, described, read, deleted.

use std::collections::BTreeMap;

use shape::{Shape, Timestamp};

use super::{REGISTRY_ID, REPOSITORY_NAME};

shape::operations! { "ecr";
    PutImage(PutImageInput) -> PutImageOutput;
    BatchGetImage(BatchGetImageInput) -> BatchGetImageOutput;
    BatchDeleteImage(BatchDeleteImageInput) -> BatchDeleteImageOutput;
    ListImages(ListImagesInput) -> ListImagesOutput;
    DescribeImages(DescribeImagesInput) -> DescribeImagesOutput;
    ListImageReferrers(ListImageReferrersInput) -> ListImageReferrersOutput;
}

shape::string_enum! {
    /// Which images are meant, by whether they have a tag.
    pub enum TagStatus { Tagged = "TAGGED", Untagged = "UNTAGGED", Any = "ANY" }
}

shape::string_enum! {
    /// Which images are meant, by where they are kept.
    pub enum ImageStatusFilter {
        Active = "ACTIVE", Archived = "ARCHIVED", Activating = "ACTIVATING", Any = "ANY",
    }
}

shape::string_enum! {
    /// Where an image is kept.
    pub enum ImageStatus {
        Active = "ACTIVE", Archived = "ARCHIVED", Activating = "ACTIVATING",
    }
}

shape::string_enum! {
    /// Why one of many images is not answered.
    pub enum ImageFailureCode {
        InvalidImageDigest = "InvalidImageDigest", InvalidImageTag = "InvalidImageTag",
        ImageTagDoesNotMatchDigest = "ImageTagDoesNotMatchDigest",
        ImageNotFound = "ImageNotFound", MissingDigestAndTag = "MissingDigestAndTag",
        ImageReferencedByManifestList = "ImageReferencedByManifestList", KmsError = "KmsError",
        UpstreamAccessDenied = "UpstreamAccessDenied",
        UpstreamTooManyRequests = "UpstreamTooManyRequests",
        UpstreamUnavailable = "UpstreamUnavailable", ImageInaccessible = "ImageInaccessible",
    }
}

/// [ImageIdentifier](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageIdentifier.html)
#[derive(Shape, Default, Clone, PartialEq, Eq)]
pub struct ImageIdentifier {
    pub image_digest: Option<String>,
    #[shape(min = 1, max = 300)]
    pub image_tag: Option<String>,
}

/// [Image](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Image.html)
#[derive(Shape, Default, Clone)]
pub struct Image {
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
    pub image_id: Option<ImageIdentifier>,
    pub image_manifest: Option<String>,
    pub image_manifest_media_type: Option<String>,
}

/// [ImageFailure](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageFailure.html)
#[derive(Shape, Default, Clone)]
pub struct ImageFailure {
    pub image_id: Option<ImageIdentifier>,
    pub failure_code: Option<ImageFailureCode>,
    pub failure_reason: Option<String>,
}

/// [PutImage](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html)
#[derive(Shape, Default, Clone)]
pub struct PutImageInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, min = 1, max = 4194304)]
    pub image_manifest: String,
    pub image_manifest_media_type: Option<String>,
    #[shape(min = 1, max = 300)]
    pub image_tag: Option<String>,
    pub image_digest: Option<String>,
}

/// [PutImage](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html)
#[derive(Shape, Default, Clone)]
pub struct PutImageOutput {
    pub image: Option<Image>,
}

/// [BatchGetImage](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html)
#[derive(Shape, Default, Clone)]
pub struct BatchGetImageInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, min = 1, max = 100)]
    pub image_ids: Vec<ImageIdentifier>,
    #[shape(min = 1, max = 100)]
    pub accepted_media_types: Option<Vec<String>>,
}

/// [BatchGetImage](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html)
#[derive(Shape, Default, Clone)]
pub struct BatchGetImageOutput {
    pub images: Vec<Image>,
    pub failures: Vec<ImageFailure>,
}

/// [BatchDeleteImage](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html)
#[derive(Shape, Default, Clone)]
pub struct BatchDeleteImageInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, min = 1, max = 100)]
    pub image_ids: Vec<ImageIdentifier>,
}

/// [BatchDeleteImage](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html)
#[derive(Shape, Default, Clone)]
pub struct BatchDeleteImageOutput {
    pub image_ids: Vec<ImageIdentifier>,
    pub failures: Vec<ImageFailure>,
}

/// Which images a listing is of.
#[derive(Shape, Default, Clone)]
pub struct ListImagesFilter {
    pub tag_status: Option<TagStatus>,
    pub image_status: Option<ImageStatusFilter>,
}

/// [ListImages](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImages.html)
#[derive(Shape, Default, Clone)]
pub struct ListImagesInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    pub next_token: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub max_results: Option<i32>,
    pub filter: Option<ListImagesFilter>,
}

/// [ListImages](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImages.html)
#[derive(Shape, Default, Clone)]
pub struct ListImagesOutput {
    pub image_ids: Vec<ImageIdentifier>,
    pub next_token: Option<String>,
}

/// [DescribeImages](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html)
#[derive(Shape, Default, Clone)]
pub struct DescribeImagesInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(min = 1, max = 100)]
    pub image_ids: Option<Vec<ImageIdentifier>>,
    pub next_token: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub max_results: Option<i32>,
    pub filter: Option<ListImagesFilter>,
}

/// [ImageDetail](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageDetail.html)
#[derive(Shape, Default, Clone)]
pub struct ImageDetail {
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
    pub image_digest: Option<String>,
    pub image_tags: Option<Vec<String>>,
    /// Of its layers and its configuration, as they are stored; of an index, all that it names.
    pub image_size_in_bytes: Option<i64>,
    pub image_pushed_at: Option<Timestamp>,
    pub image_manifest_media_type: Option<String>,
    pub artifact_media_type: Option<String>,
    pub last_recorded_pull_time: Option<Timestamp>,
    pub subject_manifest_digest: Option<String>,
    pub image_status: Option<ImageStatus>,
}

/// [DescribeImages](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html)
#[derive(Shape, Default, Clone)]
pub struct DescribeImagesOutput {
    pub image_details: Vec<ImageDetail>,
    pub next_token: Option<String>,
}

/// The image that others refer to.
#[derive(Shape, Default, Clone)]
pub struct SubjectIdentifier {
    #[shape(required)]
    pub image_digest: String,
}

/// Which referrers are meant.
#[derive(Shape, Default, Clone)]
pub struct ListImageReferrersFilter {
    #[shape(min = 0, max = 5)]
    pub artifact_types: Option<Vec<String>>,
    pub artifact_status: Option<ImageStatusFilter>,
}

/// [ListImageReferrers](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImageReferrers.html)
#[derive(Shape, Default, Clone)]
pub struct ListImageReferrersInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required)]
    pub subject_id: SubjectIdentifier,
    pub filter: Option<ListImageReferrersFilter>,
    pub next_token: Option<String>,
    #[shape(min = 1, max = 50)]
    pub max_results: Option<i32>,
}

/// [ImageReferrer](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageReferrer.html)
#[derive(Shape, Default, Clone)]
pub struct ImageReferrer {
    pub digest: String,
    pub media_type: String,
    pub artifact_type: Option<String>,
    pub size: i64,
    #[shape(omit_empty)]
    pub annotations: BTreeMap<String, String>,
    pub artifact_status: Option<ImageStatus>,
}

/// [ListImageReferrers](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImageReferrers.html)
#[derive(Shape, Default, Clone)]
pub struct ListImageReferrersOutput {
    pub referrers: Vec<ImageReferrer>,
    pub next_token: Option<String>,
}
