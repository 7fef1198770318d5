//! Statuses at commits, by which providers are told of builds and of batches.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildStatusConfig.html>

use service::Cx;
use types::Scope;

use crate::model::{self, BuildRecord};
use crate::providers::{Api, Repository, State, Status};
use crate::run::authorities;
use crate::source_credentials;

/// What is told of: a build, or a batch by what its builds have in common.
pub(crate) struct Subject<'a> {
    pub scope: &'a Scope,
    /// Where the source, the webhook's event and the commit are.
    pub record: &'a BuildRecord,
    pub arn: &'a str,
    pub id: &'a str,
    pub number: i64,
    pub initiator: Option<&'a str>,
    /// Its page in the console.
    pub url: String,
    /// What its statuses are called, unless the project names them.
    pub context: String,
}

impl Subject<'_> {
    /// Tells its state, as its service role, where the project asks for it; what an event started is
    /// told of wherever that is possible.
    ///
    /// # Errors
    /// A sentence: the provider should have been told and was not.
    pub async fn tell(&self, cx: &Cx, state: State, verb: &str) -> Result<(), String> {
        let build = &self.record.build;
        let Some(source) = &build.source else { return Ok(()) };
        let is_asked = source.report_build_status == Some(true);
        let location = source.location.as_deref().unwrap_or_default();
        let Some(repository) = Repository::of(source.kind, location) else { return Ok(()) };
        if !is_asked && self.record.webhook.is_none() {
            return Ok(());
        }
        let credential = source_credentials::of_source(cx, self.scope, source).await;
        let credential = credential.map_err(|error| error.message)?;
        let name = repository.provider.name();
        if credential.is_none() {
            return match is_asked {
                true => Err(format!("there are no source credentials for {name}")),
                false => Ok(()),
            };
        }
        let commit = commit_of(self.record).ok_or("the commit is not known")?;
        let authorities = authorities(cx, build.environment.as_ref(), source.kind).await?;
        let api = Api::new(&repository, credential, source.insecure_ssl == Some(true));
        let done = api.trusting(authorities).post_status(&commit, &self.status(state, verb)).await;
        done.map_err(|error| format!("{name}: {error}"))
    }

    fn status(&self, state: State, verb: &str) -> Status {
        let variables = self.variables();
        let source = self.record.build.source.as_ref();
        let config = source.and_then(|source| source.build_status_config.clone());
        let config = config.unwrap_or_default();
        let filled = |text: Option<String>| {
            text.filter(|text| !text.is_empty()).map(|text| fill(&text, &variables))
        };
        Status {
            state,
            context: filled(config.context).unwrap_or_else(|| self.context.clone()),
            target_url: filled(config.target_url).or_else(|| Some(self.url.clone())),
            description: format!("{verb} for project {}", self.record.project()),
        }
    }

    /// The variables that context and URL may name.
    fn variables(&self) -> Vec<(&'static str, String)> {
        let (scope, build) = (self.scope, &self.record.build);
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let mut all = vec![
            ("AWS_REGION", scope.region.to_string()),
            ("AWS_DEFAULT_REGION", scope.region.to_string()),
            ("CODEBUILD_BUILD_ARN", self.arn.to_owned()),
            ("CODEBUILD_BUILD_ID", self.id.to_owned()),
            ("CODEBUILD_BUILD_NUMBER", self.number.to_string()),
            ("CODEBUILD_BUILD_URL", self.url.clone()),
            ("CODEBUILD_INITIATOR", self.initiator.unwrap_or_default().to_owned()),
            ("CODEBUILD_PROJECT_ARN", model::project_arn(scope, self.record.project())),
            ("CODEBUILD_SOURCE_VERSION", text(&build.source_version)),
            ("CODEBUILD_RESOLVED_SOURCE_VERSION", text(&build.resolved_source_version)),
        ];
        let told = self.record.webhook.iter().flat_map(|webhook| webhook.variables());
        all.extend(told.map(|(name, value)| (name, value.to_owned())));
        all
    }
}

/// The name of a project's statuses, unless the project has one.
pub(crate) fn status_context(region: &str, project: &str) -> String {
    format!("AWS CodeBuild {region} ({project})")
}

/// The commit that is built, or that was to be.
fn commit_of(record: &BuildRecord) -> Option<String> {
    let is_commit = |id: &&String| {
        matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let told = record.webhook.as_ref().and_then(|webhook| webhook.head_commit.as_ref());
    let build = &record.build;
    let known = [build.resolved_source_version.as_ref(), told, build.source_version.as_ref()];
    known.into_iter().flatten().find(is_commit).cloned()
}

/// Puts the variables in; a name that is none stays as it is.
fn fill(text: &str, variables: &[(&'static str, String)]) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        filled.push_str(before);
        let braced = after.strip_prefix('{').and_then(|inside| inside.split_once('}'));
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = after.find(|c| !plain(c)).unwrap_or(after.len());
        let (name, behind) = braced.unwrap_or_else(|| after.split_at(end));
        match variables.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => {
                filled.push_str(value);
                rest = behind;
            }
            None => {
                filled.push('$');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates() {
        let variables =
            [("AWS_REGION", "eu-west-1".to_owned()), ("CODEBUILD_BUILD_NUMBER", "24".into())];
        for (text, expected) in [
            ("https://h/?region=$AWS_REGION", "https://h/?region=eu-west-1"),
            ("Build #$CODEBUILD_BUILD_NUMBER - x", "Build #24 - x"),
            ("${AWS_REGION}s", "eu-west-1s"),
            ("$AWS_REGIONS $ $5 ${X} ${", "$AWS_REGIONS $ $5 ${X} ${"),
            ("plain", "plain"),
        ] {
            assert_eq!(fill(text, &variables), expected);
        }
    }
}
