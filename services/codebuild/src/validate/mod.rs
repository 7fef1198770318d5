//! What projects and builds may ask for. Everything that AWS knows and this does not is refused
//! here, by name.

mod artifacts;
mod environment;
mod overrides;
mod project;
mod source;

use api_developer::codebuild::*;
use wire::Error;

pub(crate) use environment::{check_variable, compute, is_variable_name};
pub(crate) use overrides::overrides;
pub(crate) use project::project;
pub(crate) use source::repository_name;

use crate::errors::{invalid, unsupported};

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
    source::check(settings)?;
    artifacts::check(settings)?;
    if settings.cache.is_some_and(|cache| cache.kind != CacheType::NoCache) {
        return Err(unsupported("cache"));
    }
    environment::check(settings.environment)?;
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

fn logs_config(logs: &LogsConfig) -> Result<(), Error> {
    if logs.s3_logs.as_ref().is_some_and(|s3| s3.status == LogsConfigStatusType::Enabled) {
        return Err(unsupported("logsConfig.s3Logs"));
    }
    Ok(())
}

fn refuse_set(set: &[(bool, &str)]) -> Result<(), Error> {
    match set.iter().find(|(is_set, _)| *is_set) {
        Some((_, name)) => Err(unsupported(name)),
        None => Ok(()),
    }
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
