//! Reports: what the files that a buildspec names, and others that look like reports, tell of tests
//! and coverage, brought into report groups as the service role, whether the commands succeeded or
//! not.
//!
//! All groups are tried, and artifacts are uploaded all the same; what went wrong then fails the
//! phase, as AWS words it. A report that was begun and could not be completed is `INCOMPLETE`.
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/test-report.html>

mod discover;
mod export;
mod group;
mod read;
mod words;

use std::sync::Arc;

use api_developer::codebuild::{BuildPhase, TestReportSummary};
use api_developer::codebuild::{Report as Shown, ReportStatusType, ReportType};
use engine::EngineError;
use formats::buildspec::Report;
use sandbox::Masker;
use serde_json::{Value, json};
use service::Cx;
use store::{Durability, WakeKey};
use wire::Error;

pub(super) use self::words::words;
use super::artifacts::{places, texts};
use super::follow::Ended;
use super::launch::{self, Prepared};
use super::log::Log;
use super::{Cut, Job, objects};
use crate::model::BuildRecord;
use crate::phases::without_encoded;
use crate::reports::model::{self, DAYS, GroupRecord, ReportRecord};
use crate::reports::{expiry, rows};
use discover::Discovered;
use read::{Kept, Read};

/// Rows that one transaction puts.
const ROWS: usize = 100;

/// Why a group got no complete report.
enum Why {
    /// The build's fault, in a sentence.
    Build(String),
    /// The runner can't go on now.
    Cut(Cut),
}

impl From<EngineError> for Why {
    fn from(error: EngineError) -> Self {
        Self::Cut(error.into())
    }
}

impl Why {
    /// An operation failed.
    fn refused(doing: &str, error: &Error) -> Self {
        match objects::is_passing(error) {
            true => Self::Cut(Cut::retry(error)),
            false => Self::Build(format!("{doing}: {}: {}", error.code, error.message)),
        }
    }
}

/// Makes the build's reports. Answers what the phase is to fail with, once the artifacts are up.
pub(super) async fn process(
    job: &mut Job,
    cx: &Cx,
    log: &mut Log,
    prepared: &Prepared,
    ended: &Ended,
) -> Result<Option<String>, Cut> {
    let found = discover::find(job, prepared).await?;
    if prepared.spec.reports.is_empty() && found.is_empty() {
        log.tell(found.lines);
        return Ok(None);
    }
    // Files take their time: meanwhile all that has happened should be seen.
    log.flush(job).await?;
    job.change(Durability::Ordered, |_| Vec::new()).await?;
    let work = all(job, cx, prepared, ended, &found);
    let done = launch::step(&job.run, "reports", work, |it| it, Some(show)).await?;
    show(&mut job.record, &done);
    log.tell(texts(&done, "lines"));
    let errors = texts(&done, "errors");
    let failed = !errors.is_empty();
    Ok(failed.then(|| format!("Error in UPLOAD_ARTIFACTS phase: [{}]", errors.join(", "))))
}

fn show(record: &mut BuildRecord, done: &Value) -> Vec<BuildPhase> {
    record.build.report_arns = Some(texts(done, "arns"));
    Vec::new()
}

async fn all(
    job: &Job,
    cx: &Cx,
    prepared: &Prepared,
    ended: &Ended,
    found: &Discovered,
) -> Result<Value, Cut> {
    let (mut arns, mut lines, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    let masker = Arc::new(job.masker(cx, &prepared.spec).await?);
    let Some(reports) = words::expanded(&prepared.spec, ended.names.as_deref()) else {
        errors.push("the names of the report groups could not be expanded".to_owned());
        return Ok(json!({ "arns": arns, "lines": lines, "errors": errors }));
    };
    let make = async |place: usize, report: &Report| {
        let (masker, lines) = (masker.clone(), Vec::new());
        let mut making = Making { job, cx, place, masker, record: None, lines };
        let result = making.run(prepared, report).await;
        (making, result)
    };
    for (place, report) in reports.iter().enumerate() {
        let (mut making, result) = make(place, report).await;
        if let Some(record) = &making.record {
            arns.push(model::report_arn(job.run.scope(), &record.id));
        }
        lines.append(&mut making.lines);
        match result {
            Ok(()) => {}
            Err(Why::Cut(cut)) => return Err(cut),
            Err(Why::Build(why)) => {
                making.incomplete().await?;
                let why = masker.text(&without_encoded(why));
                lines.push(format!("Report group {}: {why}", report.group));
                errors.push(format!("{}: [{why}]", report.group));
            }
        }
    }
    lines.extend(found.lines.iter().cloned());
    let others = found.others(places(job, prepared), reports.clone()).await?;
    for (at, report) in others.iter().enumerate() {
        let (mut making, result) = make(reports.len() + at, report).await;
        if let Some(record) = &making.record {
            arns.push(model::report_arn(job.run.scope(), &record.id));
        }
        lines.append(&mut making.lines);
        match result {
            Ok(()) => {}
            Err(Why::Cut(cut)) => return Err(cut),
            // Nobody has asked for it.
            Err(Why::Build(why)) => {
                making.incomplete().await?;
                let why = masker.text(&without_encoded(why));
                lines.push(format!("Report auto-discover, {}: {why}", report.group));
            }
        }
    }
    Ok(json!({ "arns": arns, "lines": lines, "errors": errors }))
}

/// A report that is being made.
struct Making<'a> {
    job: &'a Job,
    cx: &'a Cx,
    /// Of the group in the buildspec.
    place: usize,
    /// What the files tell is shown to who may see the report, not to who may see the secrets.
    masker: Arc<Masker>,
    /// Once it is there.
    record: Option<ReportRecord>,
    /// For the log.
    lines: Vec<String>,
}

impl Making<'_> {
    async fn run(&mut self, prepared: &Prepared, report: &Report) -> Result<(), Why> {
        let kind = match report.format.is_coverage() {
            true => ReportType::CodeCoverage,
            false => ReportType::Test,
        };
        let found = group::find_or_create(self.job, self.cx, &report.group, kind).await?;
        let (group, merges_into) = found;
        self.may("CreateReport", "error creating report", &group.name)?;
        let record = self.begin(&group, kind, merges_into).await?;
        let read =
            read::read(places(self.job, prepared), report.clone(), self.masker.clone()).await?;
        self.lines.extend(read.lines.iter().map(|line| self.masker.text(line)));
        self.put(&record, &read).await?;
        export::export(self.job, self.cx, &record, &read).await?;
        self.may("UpdateReport", "error updating report", &group.name)?;
        let (status, told) = (status(&read.kept), summary(&read.kept));
        let arn = model::report_arn(self.job.run.scope(), &record.id);
        self.update(&record, move |record| complete(record, status, &read.kept)).await?;
        self.lines.push(format!("Report {arn}: {status}, {told}"));
        Ok(())
    }

    /// Whether the service role has a right that only builds need.
    fn may(&self, action: &str, doing: &str, group: &str) -> Result<(), Why> {
        let arn = model::group_arn(self.job.run.scope(), group);
        let right = model::right(self.cx, action, &arn);
        let may = right.and_then(|right| self.cx.authorize("codebuild", &right));
        may.map_err(|error| Why::refused(doing, &error))
    }

    /// Begins the report, or finds the one that an earlier run of this build began.
    async fn begin(
        &mut self,
        group: &GroupRecord,
        kind: ReportType,
        merges_into: Option<String>,
    ) -> Result<ReportRecord, Why> {
        let (job, now, name) = (self.job, self.job.now(), group.name.clone());
        let scope = job.run.scope().clone();
        let id = format!("{name}:{}", model::uuid(&[job.record.uuid(), &self.place.to_string()]));
        // To the second, as AWS has it.
        let expired = types::Timestamp::from_secs(now.plus_secs(DAYS * 24 * 60 * 60).secs());
        let record = ReportRecord {
            report: Shown {
                arn: Some(model::report_arn(&scope, &id)),
                kind: Some(kind),
                name: Some(name.clone()),
                report_group_arn: Some(model::group_arn(&scope, &name)),
                execution_id: Some(job.record.arn().to_owned()),
                status: Some(ReportStatusType::Generating),
                created: Some(now),
                expired: Some(expired),
                export_config: group.group.export_config.clone(),
                ..Shown::default()
            },
            id,
            source_version: job.record.build.resolved_source_version.clone(),
            project: job.record.project().to_owned(),
            flaky_cases: 0,
            merges_into,
        };
        let made = job.run.write(move |tx| {
            let group = tx.get::<GroupRecord>(&scope, &name)?;
            if group.is_none_or(|group| group.is_deleting()) {
                return Ok(None);
            }
            if let Some(known) = tx.get::<ReportRecord>(&scope, &record.id)? {
                return Ok(Some(known.into_inner()));
            }
            tx.insert(&scope, &record)?;
            tx.wake(&WakeKey::new(expiry::REPORTS, &scope, record.id.as_str()), expired)?;
            Ok(Some(record.clone()))
        });
        let gone = || Why::Build("the report group is being deleted".to_owned());
        let record = made.await?.ok_or_else(gone)?;
        self.record = Some(record.clone());
        Ok(record)
    }

    /// Puts the rows, replacing what an earlier run put.
    async fn put(&self, record: &ReportRecord, read: &Read) -> Result<(), Why> {
        let (run, group) = (&self.job.run, record.group());
        let uuid = record.uuid().to_owned();
        run.write(move |tx| Ok(rows::forget(tx, &uuid)?)).await?;
        match &read.kept {
            Kept::Tests(tests) => {
                self.may("BatchPutTestCases", "error putting test cases", group)?;
                for (at, some) in tests.rows.chunks(ROWS).enumerate() {
                    let (uuid, some) = (record.uuid().to_owned(), some.to_vec());
                    run.write(move |tx| Ok(rows::put_cases(tx, &uuid, at * ROWS, &some)?)).await?;
                }
                if let Some(passed) = tests.passed.clone() {
                    let uuid = record.uuid().to_owned();
                    run.write(move |tx| Ok(rows::put_passed(tx, &uuid, &passed)?)).await?;
                }
            }
            Kept::Coverage(files) => {
                self.may("BatchPutCodeCoverages", "error putting code coverages", group)?;
                for (at, some) in files.rows.chunks(ROWS).enumerate() {
                    let (uuid, some) = (record.uuid().to_owned(), some.to_vec());
                    run.write(move |tx| Ok(rows::put_files(tx, &uuid, at * ROWS, &some)?)).await?;
                }
            }
        }
        Ok(())
    }

    /// The report could not be completed.
    async fn incomplete(&self) -> Result<(), EngineError> {
        let Some(record) = &self.record else { return Ok(()) };
        let change = |record: &mut ReportRecord| {
            record.report.status = Some(ReportStatusType::Incomplete);
        };
        self.update(record, change).await
    }

    /// Changes the report, if nobody has deleted it meanwhile.
    async fn update(
        &self,
        record: &ReportRecord,
        change: impl Fn(&mut ReportRecord) + Send + 'static,
    ) -> Result<(), EngineError> {
        let (scope, id) = (self.job.run.scope().clone(), record.id.clone());
        let written = self.job.run.write(move |tx| {
            if let Some(mut record) = tx.get::<ReportRecord>(&scope, &id)? {
                change(&mut record);
                tx.update(&scope, &record)?;
            } else if let Some((_, uuid)) = id.rsplit_once(':') {
                rows::forget(tx, uuid)?;
            }
            Ok(())
        });
        written.await
    }
}

fn status(kept: &Kept) -> ReportStatusType {
    match kept {
        Kept::Tests(tests) if tests.has_failures() => ReportStatusType::Failed,
        _ => ReportStatusType::Succeeded,
    }
}

fn complete(record: &mut ReportRecord, status: ReportStatusType, kept: &Kept) {
    let report = &mut record.report;
    report.status = Some(status);
    match kept {
        Kept::Tests(tests) => {
            report.truncated = Some(tests.is_truncated());
            report.test_summary = Some(tests.summary.clone());
            record.flaky_cases = tests.flaky;
        }
        Kept::Coverage(files) => {
            report.truncated = Some(files.truncated);
            report.code_coverage_summary = Some(files.summary.clone());
        }
    }
}

/// For the log.
fn summary(kept: &Kept) -> String {
    match kept {
        Kept::Tests(tests) => {
            let TestReportSummary { total, status_counts, .. } = &tests.summary;
            let some = status_counts.iter().filter(|(_, count)| **count > 0);
            let counts: Vec<String> =
                some.map(|(status, count)| format!("{count} {status}")).collect();
            format!("{total} test cases: {}", counts.join(", "))
        }
        Kept::Coverage(files) => {
            let lines = files.summary.line_coverage_percentage;
            let lines = lines.map_or("no lines".to_owned(), |lines| format!("{lines}% of lines"));
            format!("{} files: {lines} covered", files.rows.len())
        }
    }
}
