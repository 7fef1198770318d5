//! Images.

use api_developer::codebuild::*;
use service::{Service, op};

use crate::images;

/// The rows of images.
pub(super) fn rows(service: Service) -> Service {
    service
        .operation(op(ListCuratedEnvironmentImages, images::list_curated_environment_images).list())
}
