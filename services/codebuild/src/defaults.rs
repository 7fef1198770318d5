//! What settings mean that nobody has given: AWS's answers tell it, and tools that compare wanted
//! with actual settings read it there.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Project.html>

use api_developer::codebuild::*;

use crate::providers::Provider;

/// Completes a project's settings.
pub(crate) fn project(project: &mut Project) {
    project
        .source
        .iter_mut()
        .chain(project.secondary_sources.iter_mut().flatten())
        .for_each(source);
    let name = project.name.clone().unwrap_or_default();
    let outputs = project.artifacts.iter_mut();
    outputs
        .chain(project.secondary_artifacts.iter_mut().flatten())
        .for_each(|output| artifacts(output, &name));
    project.environment.iter_mut().for_each(environment);
    if let Some(s3) = project.logs_config.as_mut().and_then(|logs| logs.s3_logs.as_mut()) {
        s3_logs(s3);
    }
}

/// Completes a source.
pub(crate) fn source(source: &mut ProjectSource) {
    source.insecure_ssl.get_or_insert(false);
    if Provider::of(source.kind).is_some() {
        source.report_build_status.get_or_insert(false);
    }
}

/// Completes what tells of outputs; where there are none, nothing of it has a meaning. In a bucket
/// an output is called as its project, and one of several by its identifier, if nobody has named it:
/// <https://docs.aws.amazon.com/codebuild/latest/userguide/getting-started-cli.html>.
pub(crate) fn artifacts(artifacts: &mut ProjectArtifacts, project: &str) {
    if artifacts.kind == ArtifactsType::NoArtifacts {
        return;
    }
    if artifacts.kind == ArtifactsType::S3 {
        artifacts.namespace_type.get_or_insert(ArtifactNamespace::None);
        artifacts.name.take_if(|name| name.is_empty());
        let own = artifacts.artifact_identifier.as_deref().filter(|id| !id.is_empty());
        artifacts.name.get_or_insert_with(|| own.unwrap_or(project).to_owned());
    }
    artifacts.packaging.get_or_insert(ArtifactPackaging::None);
    artifacts.encryption_disabled.get_or_insert(false);
}

/// Completes an environment.
pub(crate) fn environment(environment: &mut ProjectEnvironment) {
    environment.privileged_mode.get_or_insert(false);
    environment.image_pull_credentials_type.get_or_insert(ImagePullCredentialsType::Codebuild);
    for variable in environment.environment_variables.get_or_insert_default() {
        variable.kind.get_or_insert(EnvironmentVariableType::Plaintext);
    }
}

/// Completes what tells of a log in a bucket.
pub(crate) fn s3_logs(logs: &mut S3LogsConfig) {
    logs.encryption_disabled.get_or_insert(false);
}
