//! What projects and builds may ask for. Everything that AWS knows and this does not is refused
//! here, by name.

mod artifacts;
mod cache;
mod environment;
mod logs;
mod overrides;
mod project;
mod source;

use api_developer::codebuild::*;
use wire::Error;

pub(crate) use environment::{DISCOVERY, check_variable, compute, is_variable_name};
pub(crate) use overrides::overrides;
pub(crate) use project::{batch_config, project, tags};
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
    if let Some(cache) = settings.cache {
        cache::check(cache)?;
    }
    environment::check(settings.environment)?;
    if let Some(logs) = settings.logs {
        logs::check(logs)?;
    }
    if settings.encryption_key.is_some_and(|key| !key.contains(":kms:")) {
        return Err(invalid(
            "Invalid encryption key: it must be the ARN of a KMS key, or alias/ and an alias' name",
        ));
    }
    if !is_role(settings.service_role) {
        return Err(invalid(
            "Invalid service role: Service role account ID does not match caller's account",
        ));
    }
    Ok(())
}

/// Whether it is the ARN of a role.
fn is_role(arn: &str) -> bool {
    arn.starts_with("arn:") && arn.contains(":role/")
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
