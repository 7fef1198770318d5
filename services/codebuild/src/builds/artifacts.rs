//! Where the outputs of a build go.

use api_developer::codebuild::*;

/// `arn:aws:s3:::BUCKET/PATH/NAMESPACE/NAME`, as far as it is known before the build has run.
pub(crate) fn artifact_location(artifacts: &ProjectArtifacts, uuid: &str) -> Option<String> {
    // Where nothing is put, a location has no meaning.
    let bucket =
        artifacts.location.as_deref().filter(|_| artifacts.kind != ArtifactsType::NoArtifacts)?;
    let key = artifact_key(artifacts, uuid, artifacts.name.as_deref().unwrap_or_default());
    Some(format!("arn:aws:s3:::{bucket}/{key}"))
}

/// The key of an output in its bucket: path, build id where asked for, name.
pub(crate) fn artifact_key(artifacts: &ProjectArtifacts, uuid: &str, name: &str) -> String {
    let path = artifacts.path.as_deref().unwrap_or_default().trim_matches('/');
    let namespace = match artifacts.namespace_type {
        Some(ArtifactNamespace::BuildId) => uuid,
        _ => "",
    };
    let parts = [path, namespace, name.trim_start_matches('/')];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
}
