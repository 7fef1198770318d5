//! Builds.

use api_developer::codebuild::*;
use service::{Service, op};

use super::{EVENTS, PRINCIPAL, on_all};
use crate::model::{right, right_of_build};
use crate::{builds, errors, listing};

/// The rows of builds.
pub(super) fn rows(service: Service) -> Service {
    service
        .operation(
            op(StartBuild, builds::start_build)
                .write()
                .partial("what CreateProject does not take")
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
