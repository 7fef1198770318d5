//! Layers: looked for, uploaded in parts, downloaded.

use shape::{Bytes, Shape};

use super::{REGISTRY_ID, REPOSITORY_NAME, UPLOAD_ID};

shape::operations! { "ecr";
    BatchCheckLayerAvailability(BatchCheckLayerAvailabilityInput)
        -> BatchCheckLayerAvailabilityOutput;
    GetDownloadUrlForLayer(GetDownloadUrlForLayerInput) -> GetDownloadUrlForLayerOutput;
    InitiateLayerUpload(InitiateLayerUploadInput) -> InitiateLayerUploadOutput;
    UploadLayerPart(UploadLayerPartInput) -> UploadLayerPartOutput;
    CompleteLayerUpload(CompleteLayerUploadInput) -> CompleteLayerUploadOutput;
}

shape::string_enum! {
    /// Whether a repository has a layer.
    pub enum LayerAvailability {
        Available = "AVAILABLE", Unavailable = "UNAVAILABLE", Archived = "ARCHIVED",
    }
}

shape::string_enum! {
    /// Why a layer was not looked for.
    pub enum LayerFailureCode {
        InvalidLayerDigest = "InvalidLayerDigest", MissingLayerDigest = "MissingLayerDigest",
    }
}

/// [BatchCheckLayerAvailability](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchCheckLayerAvailability.html)
#[derive(Shape, Default, Clone)]
pub struct BatchCheckLayerAvailabilityInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, min = 1, max = 100)]
    pub layer_digests: Vec<String>,
}

/// [Layer](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Layer.html)
#[derive(Shape, Default, Clone)]
pub struct Layer {
    pub layer_digest: Option<String>,
    pub layer_availability: Option<LayerAvailability>,
    /// Bytes.
    pub layer_size: Option<i64>,
    pub media_type: Option<String>,
}

/// [LayerFailure](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_LayerFailure.html)
#[derive(Shape, Default, Clone)]
pub struct LayerFailure {
    pub layer_digest: Option<String>,
    pub failure_code: Option<LayerFailureCode>,
    pub failure_reason: Option<String>,
}

/// [BatchCheckLayerAvailability](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchCheckLayerAvailability.html)
#[derive(Shape, Default, Clone)]
pub struct BatchCheckLayerAvailabilityOutput {
    pub layers: Vec<Layer>,
    pub failures: Vec<LayerFailure>,
}

/// [GetDownloadUrlForLayer](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetDownloadUrlForLayer.html)
#[derive(Shape, Default, Clone)]
pub struct GetDownloadUrlForLayerInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, pattern = r"[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+")]
    pub layer_digest: String,
}

/// [GetDownloadUrlForLayer](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetDownloadUrlForLayer.html)
#[derive(Shape, Default, Clone)]
pub struct GetDownloadUrlForLayerOutput {
    #[shape(sensitive)]
    pub download_url: Option<String>,
    pub layer_digest: Option<String>,
}

/// [InitiateLayerUpload](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_InitiateLayerUpload.html)
#[derive(Shape, Default, Clone)]
pub struct InitiateLayerUploadInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
}

/// [InitiateLayerUpload](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_InitiateLayerUpload.html)
#[derive(Shape, Default, Clone)]
pub struct InitiateLayerUploadOutput {
    pub upload_id: Option<String>,
    /// Bytes that a part should have.
    pub part_size: Option<i64>,
}

/// [UploadLayerPart](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UploadLayerPart.html)
#[derive(Shape, Default, Clone)]
pub struct UploadLayerPartInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, like = UPLOAD_ID)]
    pub upload_id: String,
    #[shape(required, min = 0)]
    pub part_first_byte: i64,
    #[shape(required, min = 0)]
    pub part_last_byte: i64,
    #[shape(required, min = 0, max = 20971520)]
    pub layer_part_blob: Bytes,
}

/// [UploadLayerPart](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UploadLayerPart.html)
#[derive(Shape, Default, Clone)]
pub struct UploadLayerPartOutput {
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
    pub upload_id: Option<String>,
    pub last_byte_received: Option<i64>,
}

/// [CompleteLayerUpload](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CompleteLayerUpload.html)
#[derive(Shape, Default, Clone)]
pub struct CompleteLayerUploadInput {
    #[shape(like = REGISTRY_ID)]
    pub registry_id: Option<String>,
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, like = UPLOAD_ID)]
    pub upload_id: String,
    #[shape(required, min = 1, max = 100)]
    pub layer_digests: Vec<String>,
}

/// [CompleteLayerUpload](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CompleteLayerUpload.html)
#[derive(Shape, Default, Clone)]
pub struct CompleteLayerUploadOutput {
    pub registry_id: Option<String>,
    pub repository_name: Option<String>,
    pub upload_id: Option<String>,
    pub layer_digest: Option<String>,
}
