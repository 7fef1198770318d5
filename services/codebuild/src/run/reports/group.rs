//! The report group that a buildspec means.

use api_developer::codebuild::{
    CreateReportGroup, CreateReportGroupInput, ReportExportConfig, ReportExportConfigType,
    ReportType,
};
use service::Cx;

use super::super::{Cut, Job};
use super::Why;
use crate::errors;
use crate::reports::groups::check_name;
use crate::reports::merge::SHARD;
use crate::reports::model::{self, GroupRecord};

/// The group of an ARN, or `PROJECT-NAME`, which is made where it is missing:
/// <https://docs.aws.amazon.com/codebuild/latest/userguide/test-report-group-naming.html>. A build of
/// a fan-out has a group of its own, and then the second is the name of the batch's.
pub(super) async fn find_or_create(
    job: &Job,
    cx: &Cx,
    given: &str,
    kind: ReportType,
) -> Result<(GroupRecord, Option<String>), Why> {
    let build = |why: String| Why::Build(why);
    let scope = job.run.scope();
    let is_arn = given.starts_with("arn:");
    let whole = if is_arn {
        let name = model::group_name(scope, given).map_err(|error| build(error.message))?;
        let elsewhere = || build("the report group is of another account or region".to_owned());
        name.ok_or_else(elsewhere)?.to_owned()
    } else {
        let name = format!("{}-{given}", job.record.project());
        name
    };
    let shard = job.record.part.as_ref().and_then(|part| part.shard);
    let name = match shard {
        Some(shard) => format!("{whole}{SHARD}{shard}"),
        None => whole.clone(),
    };
    check_name(&name).map_err(|error| build(error.message))?;
    let find_named = |name: &str| {
        let found = job.yard.read(|tx| tx.get::<GroupRecord>(scope, name).map_err(Into::into));
        found.map_err(|error: wire::Error| Why::Cut(Cut::retry(error)))
    };
    let find = || find_named(&name);
    if is_arn && find_named(&whole)?.is_none() {
        return Err(build("the report group does not exist".to_owned()));
    }
    let group = match find()? {
        Some(found) => found,
        None => {
            let input = CreateReportGroupInput {
                name: name.clone(),
                kind,
                export_config: ReportExportConfig {
                    export_config_type: Some(ReportExportConfigType::NoExport),
                    s3_destination: None,
                },
                tags: None,
            };
            match cx.call(CreateReportGroup, input).await {
                // Another build made it meanwhile.
                Err(error) if error.code == errors::ALREADY_EXISTS.code => {}
                made => {
                    made.map_err(|error| Why::refused("error creating report group", &error))?;
                }
            }
            find()?.ok_or_else(|| build("the report group is gone".to_owned()))?
        }
    };
    let group = group.into_inner();
    let known = group.group.kind.unwrap_or(kind);
    match known == kind {
        true => Ok((group, shard.map(|_| whole))),
        false => Err(build(format!(
            "the report group {name} is of the type {known}, the file format is of {kind}"
        ))),
    }
}
