//! The reports of a fan-out's builds, merged when the batch ends: one for each report group of the
//! buildspec, in that group, as the builds' service role.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/parallel-test-auto-merge.html>

use std::collections::BTreeMap;

use api_developer::codebuild::*;
use engine::EngineError;
use service::Cx;
use store::{ReadTx, WakeKey};
use types::Scope;
use wire::Error;

use super::look::build_of;
use super::model::BatchRecord;
use super::plan;
use super::run::Drive;
use crate::errors;
use crate::reports::merge::{self, Part};
use crate::reports::model::{self, DAYS, GroupRecord, ReportRecord};
use crate::reports::{expiry, rows};
use crate::run;

/// What came of merging.
#[derive(Default)]
pub(super) struct MergedReports {
    pub arns: Vec<String>,
    /// Why some could not be merged.
    pub trouble: Option<String>,
}

impl Drive {
    /// Merges the reports of a fan-out's builds. Doing so again makes the same reports.
    pub(super) async fn merge_reports(
        &self,
        record: &BatchRecord,
    ) -> Result<MergedReports, EngineError> {
        let mut merged = MergedReports::default();
        if record.tasks.iter().all(|task| task.shard.is_none()) {
            return Ok(merged);
        }
        let found = self.run.store().read(|tx| parts(tx, self.run.scope(), record));
        let found = found.map_err(EngineError::from)?;
        if found.is_empty() {
            return Ok(merged);
        }
        let cx = match self.as_service_role(record) {
            Ok(cx) => cx,
            Err(run::Cut::Engine(error)) => return Err(error),
            Err(run::Cut::Ended(_, context)) => {
                merged.trouble = Some(context.message);
                return Ok(merged);
            }
        };
        let count = plan::tasks(record).count();
        for (group, parts) in found {
            match self.merge(&cx, record, &group, &parts, parts.len() == count).await {
                Ok(arn) => merged.arns.push(arn),
                Err(error) if error.status >= 500 => return Err(EngineError::retry(error)),
                Err(error) => {
                    let why = format!("{group}: {}: {}", error.code, error.message);
                    merged.trouble = Some(why);
                }
            }
        }
        Ok(merged)
    }

    async fn merge(
        &self,
        cx: &Cx,
        batch: &BatchRecord,
        group: &str,
        parts: &[Part],
        is_complete: bool,
    ) -> Result<String, Error> {
        let (scope, now) = (self.run.scope().clone(), self.run.now());
        let kinds = parts.iter().find_map(|part| part.record.report.kind);
        let kind = kinds.unwrap_or(ReportType::Test);
        let put = match kind {
            ReportType::Test => "BatchPutTestCases",
            ReportType::CodeCoverage => "BatchPutCodeCoverages",
        };
        let found = group_of(cx, &scope, group, kind).await?;
        let group_arn = model::group_arn(&scope, group);
        for action in ["CreateReport", put, "UpdateReport"] {
            cx.authorize("codebuild", &model::right(cx, action, &group_arn)?)?;
        }
        // Another after a retry.
        let began = batch.began_at.unwrap_or_default().millis().to_string();
        let id = format!("{group}:{}", model::uuid(&[batch.uuid(), &began, group]));
        let arn = model::report_arn(&scope, &id);
        let status = merge::status(parts, is_complete);
        let expired = types::Timestamp::from_secs(now.plus_secs(DAYS * 24 * 60 * 60).secs());
        let (cases, files) = (merge::cases(parts), merge::coverage(parts));
        let is_tests = kind == ReportType::Test;
        let truncated = if is_tests { cases.is_truncated() } else { files.truncated };
        let record = ReportRecord {
            report: Report {
                arn: Some(arn.clone()),
                kind: Some(kind),
                name: Some(group.to_owned()),
                report_group_arn: Some(group_arn),
                execution_id: Some(batch.arn().to_owned()),
                status: Some(status),
                created: Some(now),
                expired: Some(expired),
                export_config: found.group.export_config.clone(),
                truncated: Some(truncated),
                test_summary: is_tests.then(|| cases.summary.clone()),
                code_coverage_summary: (!is_tests).then(|| files.summary.clone()),
            },
            id,
            source_version: batch.batch.resolved_source_version.clone(),
            project: batch.project().to_owned(),
            flaky_cases: cases.flaky,
            merges_into: None,
        };
        let written = self.run.write(move |tx| {
            rows::forget(tx, record.uuid())?;
            match is_tests {
                true => rows::put_cases(tx, record.uuid(), 0, &cases.rows)?,
                false => rows::put_files(tx, record.uuid(), 0, &files.rows)?,
            }
            if let Some(passed) = cases.passed.as_ref().filter(|_| is_tests) {
                rows::put_passed(tx, record.uuid(), passed)?;
            }
            tx.put(&scope, &record)?;
            Ok(tx.wake(&WakeKey::new(expiry::REPORTS, &scope, record.id.as_str()), expired)?)
        });
        written.await.map_err(|error| service::common::INTERNAL.error(error.to_string()))?;
        Ok(arn)
    }
}

/// The batch's group, made where it is missing.
async fn group_of(
    cx: &Cx,
    scope: &Scope,
    name: &str,
    kind: ReportType,
) -> Result<GroupRecord, Error> {
    let find = || cx.read(|tx| Ok(tx.get::<GroupRecord>(scope, name)?));
    if let Some(found) = find()? {
        return Ok(found.into_inner());
    }
    let export_config = ReportExportConfig {
        export_config_type: Some(ReportExportConfigType::NoExport),
        s3_destination: None,
    };
    let input = CreateReportGroupInput { name: name.to_owned(), kind, export_config, tags: None };
    match cx.call(CreateReportGroup, input).await {
        // A batch beside this one made it meanwhile.
        Err(error) if error.code != errors::ALREADY_EXISTS.code => return Err(error),
        _ => {}
    }
    let gone = || errors::NOT_FOUND.error("the report group is gone");
    Ok(find()?.ok_or_else(gone)?.into_inner())
}

/// The builds' reports by the groups that they are merged into, in the builds' order.
fn parts(
    tx: &ReadTx<'_>,
    scope: &Scope,
    record: &BatchRecord,
) -> Result<BTreeMap<String, Vec<Part>>, Error> {
    let mut all = BTreeMap::<String, Vec<Part>>::new();
    for group in plan::tasks(record) {
        let summary = group.current_build_summary.as_ref();
        let Some(arn) = summary.and_then(|summary| summary.arn.as_deref()) else { continue };
        let Some(build) = build_of(tx, scope, arn)? else { continue };
        for arn in build.build.report_arns.iter().flatten() {
            let Some(id) = model::report_id(scope, arn)? else { continue };
            let Some(record) = tx.get::<ReportRecord>(scope, id)? else { continue };
            let Some(into) = record.merges_into.clone() else { continue };
            let part = Part {
                cases: rows::cases(tx, record.uuid())?,
                passed: rows::passed(tx, record.uuid())?,
                files: rows::files(tx, record.uuid())?,
                record: record.into_inner(),
            };
            all.entry(into).or_default().push(part);
        }
    }
    Ok(all)
}
