//! What projects and builds may ask for. Everything that AWS knows and this does not is refused
//! here, by name.

use std::collections::BTreeSet;

use api_developer::codebuild::*;
use wire::Error;

use crate::errors::{invalid, unsupported};
use crate::images;

/// The settings that a project has and a build may override, borrowed from either.
pub(crate) struct Settings<'a> {
    pub source: &'a ProjectSource,
    pub secondary_sources: &'a [ProjectSource],
    pub secondary_source_versions: &'a [ProjectSourceVersion],
    pub artifacts: &'a ProjectArtifacts,
    pub secondary_artifacts: &'a [ProjectArtifacts],
    pub cache: Option<&'a ProjectCache>,
    pub environment: &'a ProjectEnvironment,
    pub logs: Option<&'a LogsConfig>,
    pub encryption_key: Option<&'a str>,
    pub service_role: &'a str,
}

/// Checks them all.
pub(crate) fn settings(settings: &Settings<'_>) -> Result<(), Error> {
    source(settings.source)?;
    sources_beside(settings)?;
    artifacts(settings.artifacts, settings.source)?;
    artifacts_beside(settings)?;
    if settings.cache.is_some_and(|cache| cache.kind != CacheType::NoCache) {
        return Err(unsupported("cache"));
    }
    environment(settings.environment)?;
    if let Some(logs) = settings.logs {
        logs_config(logs)?;
    }
    if settings.encryption_key.is_some_and(|key| key != "alias/aws/s3" && !key.contains(":kms:")) {
        return Err(invalid("Invalid encryption key: it must be the ARN of a KMS key"));
    }
    if !settings.service_role.starts_with("arn:") || !settings.service_role.contains(":role/") {
        return Err(invalid(
            "Invalid service role: Service role account ID does not match caller's account",
        ));
    }
    Ok(())
}

fn source(source: &ProjectSource) -> Result<(), Error> {
    let location = source.location.as_deref().unwrap_or_default();
    match source.kind {
        SourceType::Codecommit => {
            if repository_name(location).is_none() {
                return Err(invalid(
                    "Invalid project source: location must be a valid CodeCommit repository URL",
                ));
            }
        }
        SourceType::S3 => {
            if !location.contains('/') || location.starts_with('/') {
                return Err(invalid(
                    "Invalid project source: location must be a valid S3 source, BUCKET/KEY",
                ));
            }
        }
        SourceType::Codepipeline => {}
        SourceType::NoSource => {
            if source.location.is_some() {
                return Err(invalid(
                    "Invalid project source: location must not be specified for NO_SOURCE",
                ));
            }
            if source.buildspec.as_deref().is_none_or(|text| text.trim().is_empty()) {
                return Err(invalid(
                    "Invalid buildspec: a buildspec must be specified for source type NO_SOURCE",
                ));
            }
        }
        other => return Err(unsupported(&format!("The source type {other}"))),
    }
    let set = [
        (source.auth.is_some(), "source.auth"),
        (source.report_build_status == Some(true), "source.reportBuildStatus"),
        (source.build_status_config.is_some(), "source.buildStatusConfig"),
        (source.insecure_ssl == Some(true), "source.insecureSsl"),
        (
            source.git_submodules_config.as_ref().is_some_and(|config| config.fetch_submodules),
            "source.gitSubmodulesConfig.fetchSubmodules",
        ),
    ];
    refuse_set(&set)?;
    if source.git_clone_depth.is_some_and(|depth| depth < 0) {
        return Err(invalid("Invalid git clone depth: it must not be negative"));
    }
    Ok(())
}

fn refuse_set(set: &[(bool, &str)]) -> Result<(), Error> {
    match set.iter().find(|(is_set, _)| *is_set) {
        Some((_, name)) => Err(unsupported(name)),
        None => Ok(()),
    }
}

fn sources_beside(settings: &Settings<'_>) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    for secondary in settings.secondary_sources {
        source(secondary)?;
        let from_pipeline = secondary.kind == SourceType::Codepipeline;
        let id =
            identifier(secondary.source_identifier.as_deref(), "secondary source", from_pipeline)?;
        if secondary.kind == SourceType::NoSource {
            return Err(invalid("Invalid secondary source: its type must not be NO_SOURCE"));
        }
        if secondary.buildspec.is_some() {
            return Err(invalid("Invalid secondary source: it must not have a buildspec"));
        }
        if !seen.insert(id) {
            return Err(invalid(format!("Duplicate source identifier: {id}")));
        }
    }
    for version in settings.secondary_source_versions {
        if !seen.contains(version.source_identifier.as_str()) {
            return Err(invalid(format!(
                "Invalid secondary source version: there is no secondary source {}",
                version.source_identifier
            )));
        }
    }
    Ok(())
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

/// Identifiers become part of variable names. Those that a pipeline gives are its artifacts'
/// names, which may have hyphens too.
fn identifier<'a>(id: Option<&'a str>, what: &str, from_pipeline: bool) -> Result<&'a str, Error> {
    let allowed = |id: &&str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || (c == '-' && from_pipeline);
        !id.is_empty() && id.len() <= 128 && id.chars().all(fits)
    };
    id.filter(allowed).ok_or_else(|| {
        invalid(format!(
            "Invalid {what}: an identifier of letters, digits and underscores, at most 128, is required"
        ))
    })
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
            let name = artifacts.name.as_deref().unwrap_or_default();
            if name.is_empty() && artifacts.override_artifact_name != Some(true) {
                return Err(invalid("Invalid artifacts: name is required for S3 artifacts"));
            }
        }
    }
    let owner = artifacts.bucket_owner_access;
    refuse_set(&[(
        owner.is_some_and(|access| access != BucketOwnerAccess::None),
        "bucketOwnerAccess",
    )])
}

fn environment(environment: &ProjectEnvironment) -> Result<(), Error> {
    if environment.kind != EnvironmentType::LinuxContainer {
        return Err(unsupported(&format!("The environment type {}", environment.kind)));
    }
    if !images::is_curated(&environment.image) {
        return Err(unsupported(&format!(
            "The image {} (only the names that ListCuratedEnvironmentImages answers are)",
            environment.image
        )));
    }
    if compute(environment.compute_type).is_none() {
        return Err(unsupported(&format!("The compute type {}", environment.compute_type)));
    }
    refuse_set(&[
        (environment.compute_configuration.is_some(), "environment.computeConfiguration"),
        (environment.fleet.is_some(), "environment.fleet"),
        (environment.privileged_mode == Some(true), "environment.privilegedMode"),
        (environment.certificate.is_some(), "environment.certificate"),
        (environment.registry_credential.is_some(), "environment.registryCredential"),
        (
            environment.image_pull_credentials_type == Some(ImagePullCredentialsType::ServiceRole),
            "environment.imagePullCredentialsType SERVICE_ROLE",
        ),
        (environment.docker_server.is_some(), "environment.dockerServer"),
        (environment.host_kernel.is_some(), "environment.hostKernel"),
    ])?;
    let mut seen = BTreeSet::new();
    for variable in environment.environment_variables.iter().flatten() {
        check_variable(variable)?;
        if !seen.insert(&variable.name) {
            return Err(invalid(format!("Duplicate environment variable name: {}", variable.name)));
        }
    }
    Ok(())
}

/// Checks one environment variable.
pub(crate) fn check_variable(variable: &EnvironmentVariable) -> Result<(), Error> {
    let name = &variable.name;
    if !is_variable_name(name) {
        return Err(invalid(format!("Invalid environment variable name: {name}")));
    }
    if name.starts_with("CODEBUILD_") {
        return Err(invalid(format!(
            "Invalid environment variable name: {name}; names that start with CODEBUILD_ are reserved"
        )));
    }
    if variable.value.contains('\0') {
        return Err(invalid(format!("Invalid value of the environment variable {name}")));
    }
    Ok(())
}

/// Whether shells take it as a variable's name.
pub(crate) fn is_variable_name(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts_well && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Memory of a compute type, in bytes; none if it is not offered.
pub(crate) fn compute(kind: ComputeType) -> Option<u64> {
    let gib = match kind {
        ComputeType::BuildGeneral1Small => 4,
        ComputeType::BuildGeneral1Medium => 8,
        ComputeType::BuildGeneral1Large => 16,
        ComputeType::BuildGeneral1Xlarge => 72,
        ComputeType::BuildGeneral12xlarge => 145,
        _ => return None,
    };
    Some(gib << 30)
}

fn logs_config(logs: &LogsConfig) -> Result<(), Error> {
    if logs.s3_logs.as_ref().is_some_and(|s3| s3.status == LogsConfigStatusType::Enabled) {
        return Err(unsupported("logsConfig.s3Logs"));
    }
    Ok(())
}

/// What only projects have.
pub(crate) fn project(input: &CreateProjectInput) -> Result<(), Error> {
    refuse_set(&[
        (input.vpc_config.is_some(), "vpcConfig"),
        (input.badge_enabled == Some(true), "badgeEnabled"),
        (
            input.file_system_locations.as_ref().is_some_and(|list| !list.is_empty()),
            "fileSystemLocations",
        ),
        (input.build_batch_config.is_some(), "buildBatchConfig"),
        (input.auto_retry_limit.is_some_and(|limit| limit != 0), "autoRetryLimit"),
    ])?;
    if input.concurrent_build_limit.is_some_and(|limit| limit < 1) {
        return Err(invalid("Invalid concurrent build limit: it must be at least 1"));
    }
    let mut keys = BTreeSet::new();
    for tag in input.tags.iter().flatten() {
        let key = tag.key.as_deref().unwrap_or_default();
        if key.is_empty() || key.to_ascii_lowercase().starts_with("aws:") || !keys.insert(key) {
            return Err(invalid(format!("Invalid tag key: {key:?}")));
        }
    }
    Ok(())
}

/// Overrides that no build can have here.
pub(crate) fn overrides(input: &StartBuildInput) -> Result<(), Error> {
    refuse_set(&[
        (input.source_auth_override.is_some(), "sourceAuthOverride"),
        (input.insecure_ssl_override == Some(true), "insecureSslOverride"),
        (input.report_build_status_override == Some(true), "reportBuildStatusOverride"),
        (input.build_status_config_override.is_some(), "buildStatusConfigOverride"),
        (input.certificate_override.is_some(), "certificateOverride"),
        (input.registry_credential_override.is_some(), "registryCredentialOverride"),
        (input.host_kernel_override.is_some(), "hostKernelOverride"),
        (input.debug_session_enabled == Some(true), "debugSessionEnabled"),
        (input.fleet_override.is_some(), "fleetOverride"),
        (input.auto_retry_limit_override.is_some_and(|limit| limit != 0), "autoRetryLimitOverride"),
    ])
}

/// The repository's name in a CodeCommit clone URL, whichever host it names.
pub(crate) fn repository_name(location: &str) -> Option<&str> {
    let (scheme, rest) = location.split_once("://")?;
    let (_, name) = rest.split_once("/v1/repos/")?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let fits = matches!(scheme, "http" | "https")
        && !name.is_empty()
        && name.len() <= 100
        && name.chars().all(allowed)
        && !matches!(name, "." | "..");
    fits.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_by_any_host() {
        for url in [
            "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/my-repo",
            "http://127.0.0.1:4566/v1/repos/my-repo",
        ] {
            assert_eq!(repository_name(url), Some("my-repo"));
        }
        for url in [
            "my-repo",
            "ssh://h/v1/repos/r",
            "https://h/v1/repos/",
            "https://h/v1/repos/a/b",
            "https://h/v1/repos/..",
        ] {
            assert_eq!(repository_name(url), None, "{url}");
        }
    }
}
