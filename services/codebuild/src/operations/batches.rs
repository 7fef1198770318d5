//! Batches of builds.

use api_developer::codebuild::*;
use service::{Right, Service, op};

use super::{EVENTS, PRINCIPAL, on_all};
use crate::batches::{self, right_of_batch};
use crate::model::right;
use crate::{errors, listing};

/// Their rows.
pub(super) fn rows(service: Service) -> Service {
    service
        .operation(
            op(StartBuildBatch, batches::start_build_batch)
                .write()
                .errors(errors::ALL)
                .events(EVENTS)
                .idempotent("idempotencyToken")
                .rights(|cx, input| Ok(vec![right(cx, "StartBuildBatch", &input.project_name)?]))
                .pass_role(PRINCIPAL, |input| input.service_role_override.as_deref())
                .pass_role(PRINCIPAL, |input| {
                    input.build_batch_config_override.as_ref()?.service_role.as_deref()
                }),
        )
        .operation(
            op(StopBuildBatch, batches::stop_build_batch)
                .write()
                .errors(errors::ALL)
                .events(EVENTS)
                .rights(|cx, input| Ok(vec![right_of_batch(cx, "StopBuildBatch", &input.id)?])),
        )
        .operation(
            op(RetryBuildBatch, batches::retry_build_batch)
                .write()
                .errors(errors::ALL)
                .events(EVENTS)
                .idempotent("idempotencyToken")
                .rights(|cx, input| {
                    let id = input.id.as_deref().unwrap_or_default();
                    Ok(vec![right_of_batch(cx, "RetryBuildBatch", id)?])
                }),
        )
        .operation(
            op(BatchGetBuildBatches, batches::batch_get_build_batches).errors(errors::ALL).rights(
                |cx, input| on_all(&input.ids, |id| right_of_batch(cx, "BatchGetBuildBatches", id)),
            ),
        )
        .operation(
            op(DeleteBuildBatch, batches::delete_build_batch)
                .write()
                .errors(errors::ALL)
                .rights(|cx, input| Ok(vec![right_of_batch(cx, "DeleteBuildBatch", &input.id)?])),
        )
        .operation(
            op(ListBuildBatches, batches::list_build_batches).list().errors(errors::ALL).paginated(
                "nextToken",
                "maxResults",
                listing::PAGE,
            ),
        )
        .operation(
            op(ListBuildBatchesForProject, batches::list_build_batches_for_project)
                .list()
                .errors(errors::ALL)
                .rights(|cx, input| match input.project_name.as_deref() {
                    Some(name) => Ok(vec![right(cx, "ListBuildBatchesForProject", name)?]),
                    None => Ok(vec![Right::new("codebuild:ListBuildBatchesForProject", "*")]),
                })
                .paginated("nextToken", "maxResults", listing::PAGE),
        )
}
