//! Amazon ECR's shapes, after the
//! [API reference](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/).

mod images;
mod layers;
mod repositories;

pub use images::*;
pub use layers::*;
pub use repositories::*;

use shape::Field;

/// The account of a registry.
const REGISTRY_ID: Field = Field { pattern: Some("[0-9]{12}"), ..Field::named("registryId") };

/// The name of a repository, namespaces included.
const REPOSITORY_NAME: Field = Field {
    min: Some(2),
    max: Some(256),
    pattern: Some(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*"),
    ..Field::named("repositoryName")
};

/// The id of a layer upload.
const UPLOAD_ID: Field = Field {
    pattern: Some("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"),
    ..Field::named("uploadId")
};
