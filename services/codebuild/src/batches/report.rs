//! What providers are told of a batch: one status for all of its builds, when they begin and when
//! the batch has ended. With `REPORT_INDIVIDUAL_BUILDS` each build tells its own instead.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build.html#batch-report-mode>

use api_developer::codebuild::*;
use store::{ReadTx, StoreError};
use types::Scope;

use super::model::BatchRecord;
use super::run::{Drive, build_of};
use crate::model;
use crate::providers::{Api, Repository, State, Status};
use crate::run::{self, commit_of, fill, status_context};
use crate::source_credentials;

/// Whether each build of a batch tells its own status.
pub(crate) fn reports_each(
    tx: &ReadTx<'_>,
    scope: &Scope,
    batch: &str,
) -> Result<bool, StoreError> {
    let found = tx.get::<BatchRecord>(scope, batch)?;
    Ok(found.is_some_and(|record| is_individual(&record)))
}

fn is_individual(record: &BatchRecord) -> bool {
    let config = record.batch.build_batch_config.as_ref();
    let mode = config.and_then(|config| config.batch_report_mode);
    mode == Some(BatchReportModeType::ReportIndividualBuilds)
}

/// What a batch's end is called.
fn words(status: BuildStatusType) -> (State, &'static str) {
    match status {
        BuildStatusType::InProgress => (State::Running, "Batch build started"),
        BuildStatusType::Succeeded => (State::Succeeded, "Batch build succeeded"),
        BuildStatusType::Stopped => (State::Stopped, "Batch build was stopped"),
        BuildStatusType::TimedOut => (State::Failed, "Batch build timed out"),
        BuildStatusType::Fault => (State::Errored, "Batch build failed for a fault of the system"),
        BuildStatusType::Failed => (State::Failed, "Batch build failed"),
    }
}

impl Drive {
    /// Tells the batch's status; why it could not, if it should have.
    pub(super) async fn report(
        &self,
        record: &BatchRecord,
        status: BuildStatusType,
    ) -> Option<String> {
        let why = self.try_report(record, status).await.err()?;
        Some(format!("The batch's status could not be reported: {why}"))
    }

    async fn try_report(
        &self,
        record: &BatchRecord,
        status: BuildStatusType,
    ) -> Result<(), String> {
        let template = &record.template;
        let Some(source) = &template.build.source else { return Ok(()) };
        let is_asked = source.report_build_status == Some(true);
        let location = source.location.as_deref().unwrap_or_default();
        let Some(repository) = Repository::of(source.kind, location) else { return Ok(()) };
        // What an event started is reported wherever that is possible.
        if !is_asked && template.webhook.is_none() || is_individual(record) {
            return Ok(());
        }
        let cx = self.as_service_role(record).map_err(|cut| match cut {
            run::Cut::Ended(_, context) => context.message,
            run::Cut::Engine(error) => error.to_string(),
        })?;
        let credential = source_credentials::of_source(&cx, self.run.scope(), source).await;
        let credential = credential.map_err(|error| error.message)?;
        let name = repository.provider.name();
        if credential.is_none() {
            return match is_asked {
                true => Err(format!("there are no source credentials for {name}")),
                false => Ok(()),
            };
        }
        let mut known = template.clone();
        let resolved = record.batch.resolved_source_version.clone();
        known.build.resolved_source_version = resolved.or_else(|| self.commit_read(record));
        let commit = commit_of(&known).ok_or("the commit is not known")?;
        let api = Api::new(&repository, credential, source.insecure_ssl == Some(true));
        let status = self.status(record, source, status);
        api.post_status(&commit, &status).await.map_err(|error| format!("{name}: {error}"))
    }

    /// The commit in which the buildspec was, also where nothing could be made of it.
    fn commit_read(&self, record: &BatchRecord) -> Option<String> {
        let reader = record.groups().first()?.current_build_summary.as_ref()?;
        let (scope, arn) = (self.run.scope(), reader.arn.as_deref()?);
        let found = self.run.store().read(|tx| build_of(tx, scope, arn)).ok()??;
        found.into_inner().build.resolved_source_version
    }

    fn status(
        &self,
        record: &BatchRecord,
        source: &ProjectSource,
        status: BuildStatusType,
    ) -> Status {
        let (state, verb) = words(status);
        let region = self.run.scope().region.as_str();
        let variables = self.variables(record);
        let config = source.build_status_config.clone().unwrap_or_default();
        let filled = |text: Option<String>| {
            text.filter(|text| !text.is_empty()).map(|text| fill(&text, &variables))
        };
        let context = || format!("{} BuildBatch", status_context(region, record.project()));
        Status {
            state,
            context: filled(config.context).unwrap_or_else(context),
            target_url: filled(config.target_url).or_else(|| Some(self.url(record))),
            description: format!("{verb} for project {}", record.project()),
        }
    }

    /// The batch's page in the console, of the shape that AWS's has.
    fn url(&self, record: &BatchRecord) -> String {
        let scope = self.run.scope();
        format!(
            "{}/codesuite/codebuild/{}/projects/{}/batch/{}/?region={}",
            self.yard.endpoint().url(),
            scope.account.as_str(),
            record.project(),
            wire::uri::encode(&record.id, false),
            scope.region.as_str()
        )
    }

    /// The variables that context and URL may name; where a build has its own, the batch's.
    fn variables(&self, record: &BatchRecord) -> Vec<(&'static str, String)> {
        let (scope, batch) = (self.run.scope(), &record.batch);
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let mut all = vec![
            ("AWS_REGION", scope.region.to_string()),
            ("AWS_DEFAULT_REGION", scope.region.to_string()),
            ("CODEBUILD_BUILD_ARN", record.arn().to_owned()),
            ("CODEBUILD_BUILD_ID", record.id.clone()),
            ("CODEBUILD_BUILD_NUMBER", batch.build_batch_number.unwrap_or_default().to_string()),
            ("CODEBUILD_BUILD_URL", self.url(record)),
            ("CODEBUILD_INITIATOR", text(&batch.initiator)),
            ("CODEBUILD_PROJECT_ARN", model::project_arn(scope, record.project())),
            ("CODEBUILD_SOURCE_VERSION", text(&batch.source_version)),
            ("CODEBUILD_RESOLVED_SOURCE_VERSION", text(&batch.resolved_source_version)),
        ];
        let told = record.template.webhook.iter().flat_map(|webhook| webhook.variables());
        all.extend(told.map(|(name, value)| (name, value.to_owned())));
        all
    }
}
