//! CodeBuild's table.

use api_developer::codebuild::*;
use service::{Error, Protocol, RawRoute, Right, Service, op};

use crate::events::{PHASE_CHANGE, STATE_CHANGE};
use crate::model::{project_arn, right, right_of_build};
use crate::{builds, credentials, errors, images, listing, projects, queue, rooms, run};

const EVENTS: &[&str] = &[STATE_CHANGE, PHASE_CHANGE];
const PRINCIPAL: &str = "codebuild.amazonaws.com";

/// The service.
pub fn service() -> Service {
    let service = Service::new("codebuild", Protocol::Json11)
        .target("CodeBuild_20161006")
        .validation(errors::INVALID_INPUT)
        .raw(RawRoute::new(credentials::PREFIX, credentials::handle))
        .reconciler(run::reconciler)
        .reconciler(queue::reconciler)
        .on_start(rooms::sweep);
    lacking(build_rows(project_rows(service)))
}

fn project_rows(service: Service) -> Service {
    service
        .operation(
            op(CreateProject, projects::create_project)
                .write()
                .partial(
                    "sources other than CODECOMMIT, S3, CODEPIPELINE and NO_SOURCE; cache, \
                     vpcConfig, badges, batches, file systems, S3 logs, images other than the \
                     curated names",
                )
                .errors(errors::ALL)
                .rights(|cx, input| {
                    let right = Right::new(
                        "codebuild:CreateProject",
                        project_arn(&cx.scope(), &input.name),
                    );
                    Ok(vec![with_tags(right, input.tags.as_deref().unwrap_or_default())])
                })
                .pass_role(PRINCIPAL, |input| Some(&input.service_role)),
        )
        .operation(
            op(UpdateProject, projects::update_project)
                .write()
                .partial("as CreateProject")
                .errors(errors::ALL)
                .rights(|cx, input| {
                    let right = right(cx, "UpdateProject", &input.name)?;
                    Ok(vec![with_tags(right, input.tags.as_deref().unwrap_or_default())])
                })
                .pass_role(PRINCIPAL, |input| input.service_role.as_deref()),
        )
        .operation(
            op(DeleteProject, projects::delete_project)
                .write()
                .errors(errors::ALL)
                .rights(|cx, input| Ok(vec![right(cx, "DeleteProject", &input.name)?])),
        )
        .operation(op(ListProjects, projects::list_projects).list().errors(errors::ALL).paginated(
            "nextToken",
            "",
            listing::PAGE,
        ))
        .operation(
            op(BatchGetProjects, projects::batch_get_projects).errors(errors::ALL).rights(
                |cx, input| on_all(&input.names, |name| right(cx, "BatchGetProjects", name)),
            ),
        )
        .operation(op(ListCuratedEnvironmentImages, images::list_curated_environment_images).list())
}

fn build_rows(service: Service) -> Service {
    service
        .operation(
            op(StartBuild, builds::start_build)
                .write()
                .partial(
                    "source auth, certificates, fleets, debug sessions, auto-retry; in buildspecs \
                     cache, reports, batch, proxy and on-failure RETRY",
                )
                .errors(errors::ALL)
                .events(EVENTS)
                .idempotent("idempotencyToken")
                .rights(|cx, input| Ok(vec![right(cx, "StartBuild", &input.project_name)?]))
                .pass_role(PRINCIPAL, |input| input.service_role_override.as_deref()),
        )
        .operation(
            op(StopBuild, builds::stop_build)
                .write()
                .errors(errors::ALL)
                .events(EVENTS)
                .rights(|cx, input| Ok(vec![right_of_build(cx, "StopBuild", &input.id)?])),
        )
        .operation(
            op(RetryBuild, builds::retry_build)
                .write()
                .errors(errors::ALL)
                .events(EVENTS)
                .idempotent("idempotencyToken")
                .rights(|cx, input| {
                    let id = input.id.as_deref().unwrap_or_default();
                    Ok(vec![right_of_build(cx, "RetryBuild", id)?])
                }),
        )
        .operation(
            op(BatchGetBuilds, builds::batch_get_builds).errors(errors::ALL).rights(|cx, input| {
                on_all(&input.ids, |id| right_of_build(cx, "BatchGetBuilds", id))
            }),
        )
        .operation(op(ListBuilds, builds::list_builds).list().errors(errors::ALL).paginated(
            "nextToken",
            "",
            listing::PAGE,
        ))
        .operation(
            op(ListBuildsForProject, builds::list_builds_for_project)
                .list()
                .errors(errors::ALL)
                .rights(|cx, input| {
                    Ok(vec![right(cx, "ListBuildsForProject", &input.project_name)?])
                })
                .paginated("nextToken", "", listing::PAGE),
        )
        .operation(
            op(BatchDeleteBuilds, builds::batch_delete_builds).write().errors(errors::ALL).rights(
                |cx, input| on_all(&input.ids, |id| right_of_build(cx, "BatchDeleteBuilds", id)),
            ),
        )
}

fn on_all(
    names: &[String],
    right: impl Fn(&String) -> Result<Right, Error>,
) -> Result<Vec<Right>, Error> {
    let mut rights: Vec<Right> = names.iter().map(right).collect::<Result<_, _>>()?;
    // Many builds of one project need its right once.
    rights.dedup_by(|a, b| a.resource == b.resource);
    Ok(rights)
}

fn with_tags(right: Right, tags: &[Tag]) -> Right {
    if tags.is_empty() {
        return right;
    }
    let keys = tags.iter().filter_map(|tag| tag.key.clone()).collect();
    tags.iter().fold(right.with_values("aws:TagKeys", keys), |right, tag| {
        match (&tag.key, &tag.value) {
            (Some(key), Some(value)) => right.with(format!("aws:RequestTag/{key}"), value.clone()),
            _ => right,
        }
    })
}

fn lacking(service: Service) -> Service {
    service.lacks(&[
        "BatchGetBuildBatches",
        "BatchGetCommandExecutions",
        "BatchGetFleets",
        "BatchGetReportGroups",
        "BatchGetReports",
        "BatchGetSandboxes",
        "CreateFleet",
        "CreateReportGroup",
        "CreateWebhook",
        "DeleteBuildBatch",
        "DeleteFleet",
        "DeleteReport",
        "DeleteReportGroup",
        "DeleteResourcePolicy",
        "DeleteSourceCredentials",
        "DeleteWebhook",
        "DescribeCodeCoverages",
        "DescribeTestCases",
        "GetReportGroupTrend",
        "GetResourcePolicy",
        "ImportSourceCredentials",
        "InvalidateProjectCache",
        "ListBuildBatches",
        "ListBuildBatchesForProject",
        "ListCommandExecutionsForSandbox",
        "ListFleets",
        "ListReportGroups",
        "ListReports",
        "ListReportsForReportGroup",
        "ListSandboxes",
        "ListSandboxesForProject",
        "ListSharedProjects",
        "ListSharedReportGroups",
        "ListSourceCredentials",
        "PutResourcePolicy",
        "RetryBuildBatch",
        "StartBuildBatch",
        "StartCommandExecution",
        "StartSandbox",
        "StartSandboxConnection",
        "StopBuildBatch",
        "StopSandbox",
        "UpdateFleet",
        "UpdateProjectVisibility",
        "UpdateReportGroup",
        "UpdateWebhook",
    ])
}
