//! Where a build's outputs go.

use std::collections::BTreeSet;

use api_developer::codebuild::*;
use wire::Error;

use super::{Settings, identifier};
use crate::errors::invalid;

/// Checks the artifacts.
pub(super) fn check(settings: &Settings<'_>) -> Result<(), Error> {
    artifacts(settings.artifacts, settings.source)?;
    artifacts_beside(settings)
}

fn artifacts_beside(settings: &Settings<'_>) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    for secondary in settings.secondary_artifacts {
        artifacts(secondary, settings.source)?;
        let from_pipeline = secondary.kind == ArtifactsType::Codepipeline;
        let id = identifier(
            secondary.artifact_identifier.as_deref(),
            "secondary artifacts",
            from_pipeline,
        )?;
        if !seen.insert(id) {
            return Err(invalid(format!("Duplicate artifact identifier: {id}")));
        }
    }
    Ok(())
}

fn artifacts(artifacts: &ProjectArtifacts, source: &ProjectSource) -> Result<(), Error> {
    let from_pipeline = source.kind == SourceType::Codepipeline;
    match artifacts.kind {
        ArtifactsType::NoArtifacts => {
            if from_pipeline {
                return Err(invalid(
                    "Invalid artifacts: artifact type must be CODEPIPELINE for source type CODEPIPELINE",
                ));
            }
        }
        ArtifactsType::Codepipeline => {
            if !from_pipeline {
                return Err(invalid(
                    "Invalid artifacts: source type must be CODEPIPELINE for artifact type CODEPIPELINE",
                ));
            }
        }
        ArtifactsType::S3 => {
            let bucket = artifacts.location.as_deref().unwrap_or_default();
            if bucket.is_empty() || bucket.contains('/') {
                return Err(invalid("Invalid artifacts: location must be a valid S3 bucket"));
            }
        }
    }
    Ok(())
}
