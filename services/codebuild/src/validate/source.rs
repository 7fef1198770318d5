//! Where a build's files come from.

use std::collections::BTreeSet;

use api_developer::codebuild::*;
use wire::Error;

use super::{Settings, identifier};
use crate::errors::invalid;
use crate::providers::{self, Provider, Repository};
use crate::source_credentials;

/// Checks the sources.
pub(super) fn check(settings: &Settings<'_>) -> Result<(), Error> {
    source(settings.source)?;
    sources_beside(settings)?;
    certificate(settings)
}

/// The certificate is an object, for hosts of sources and for the build itself.
fn certificate(settings: &Settings<'_>) -> Result<(), Error> {
    let Some(place) = settings.environment.certificate.as_deref() else { return Ok(()) };
    let place = place.strip_prefix("arn:aws:s3:::").unwrap_or(place);
    match place.split_once('/').is_some_and(|(bucket, key)| !bucket.is_empty() && !key.is_empty()) {
        true => Ok(()),
        false => {
            Err(invalid("Invalid environment: the certificate must be the ARN of an S3 object"))
        }
    }
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
        kind if location == providers::SCOPED && Provider::of(kind).is_some() => {}
        kind => {
            if Repository::of(kind, location).is_none() {
                return Err(invalid(format!(
                    "Invalid project source: location must be a valid {kind} repository URL"
                )));
            }
        }
    }
    provided(source)?;
    if source.git_clone_depth.is_some_and(|depth| depth < 0) {
        return Err(invalid("Invalid git clone depth: it must not be negative"));
    }
    Ok(())
}

/// What only sources at a provider have.
fn provided(source: &ProjectSource) -> Result<(), Error> {
    let has_provider = Provider::of(source.kind).is_some();
    let only_there = [
        (source.auth.is_some(), "auth"),
        (source.report_build_status == Some(true), "reportBuildStatus"),
        (source.build_status_config.is_some(), "buildStatusConfig"),
        (source.insecure_ssl == Some(true), "insecureSsl"),
    ];
    if let Some((_, name)) = only_there.iter().find(|(is_set, _)| *is_set && !has_provider) {
        return Err(invalid(format!(
            "Invalid project source: {name} is not for the source type {}",
            source.kind
        )));
    }
    let Some(auth) = &source.auth else { return Ok(()) };
    match (auth.kind, auth.resource.as_deref().filter(|it| !it.is_empty())) {
        (SourceAuthType::Codeconnections, resource) => {
            match resource.is_some_and(source_credentials::is_connection_arn) {
                true => Ok(()),
                false => Err(invalid(
                    "Invalid project source: the auth resource must be the ARN of a connection",
                )),
            }
        }
        (SourceAuthType::SecretsManager, resource) => {
            match resource.is_some_and(source_credentials::is_secret_arn) {
                true => Ok(()),
                false => Err(invalid(
                    "Invalid project source: the auth resource must be the ARN of a secret",
                )),
            }
        }
        // The account's credentials for the provider, whatever way they were imported.
        (SourceAuthType::Oauth, None) => Ok(()),
        (SourceAuthType::Oauth, Some(resource)) => {
            let own = source_credentials::server_type(source.kind)
                .is_some_and(|server| resource.ends_with(&source_credentials::arn_end(server)));
            match own {
                true => Ok(()),
                false => Err(invalid(format!(
                    "Invalid project source: {resource} is not the ARN of credentials for {}",
                    source.kind
                ))),
            }
        }
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
