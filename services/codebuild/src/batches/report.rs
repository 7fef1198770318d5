//! What providers are told of a batch: one status for all of its builds, when they begin and when
//! the batch has ended. With `REPORT_INDIVIDUAL_BUILDS` each build tells its own instead.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build.html#batch-report-mode>

use api_developer::codebuild::*;
use store::{ReadTx, StoreError};
use types::Scope;

use super::look::build_of;
use super::model::BatchRecord;
use super::run::Drive;
use crate::providers::State;
use crate::run;
use crate::statuses::{Subject, status_context};

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
        if is_individual(record) {
            return Ok(());
        }
        let cx = self.as_service_role(record).map_err(|cut| match cut {
            run::Cut::Ended(_, context) => context.message,
            run::Cut::Engine(error) => error.to_string(),
        })?;
        let batch = &record.batch;
        let mut known = record.template.clone();
        let resolved = batch.resolved_source_version.clone();
        known.build.resolved_source_version = resolved.or_else(|| self.commit_read(record));
        let scope = self.run.scope();
        let context = status_context(scope.region.as_str(), record.project());
        let subject = Subject {
            scope,
            record: &known,
            arn: record.arn(),
            id: &record.id,
            number: batch.build_batch_number.unwrap_or_default(),
            initiator: batch.initiator.as_deref(),
            url: self.url(record),
            context: format!("{context} BuildBatch"),
        };
        let (state, verb) = words(status);
        subject.tell(&cx, state, verb).await
    }

    /// The commit in which the buildspec was, also where nothing could be made of it.
    fn commit_read(&self, record: &BatchRecord) -> Option<String> {
        let reader = record.groups().first()?.current_build_summary.as_ref()?;
        let (scope, arn) = (self.run.scope(), reader.arn.as_deref()?);
        let found = self.run.store().read(|tx| build_of(tx, scope, arn)).ok()??;
        found.into_inner().build.resolved_source_version
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
}
