//! Sandboxes and commands in them. Resources as in the
//! [service authorization reference](https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodebuild.html).

use api_developer::codebuild::*;
use service::{ErrorKind, Right, Service, op};

use super::on_all;
use crate::listing::PAGE;
use crate::model::right;
use crate::sandboxes::{self, right_of_project, right_of_sandbox};
use crate::{errors, run};

const INVALID: &[ErrorKind] = &[errors::INVALID_INPUT];
const INVALID_OR_MISSING: &[ErrorKind] = &[errors::INVALID_INPUT, errors::NOT_FOUND];

/// Their rows.
pub(super) fn rows(service: Service) -> Service {
    command_rows(sandbox_rows(service.reconciler(run::sandbox_reconciler))).refuses(
        "StartSandboxConnection",
        "it is for the Session Manager plugin, whose service is not here: `codeyard shell` \
             opens a terminal in a sandbox",
        None,
    )
}

fn sandbox_rows(service: Service) -> Service {
    service
        .operation(
            op(StartSandbox, sandboxes::start_sandbox)
                .write()
                .errors(INVALID_OR_MISSING)
                .idempotent("idempotencyToken")
                .rights(|cx, input| match input.project_name.as_deref() {
                    Some(name) => Ok(vec![right(cx, "StartSandbox", name)?]),
                    None => Ok(vec![Right::new("codebuild:StartSandbox", "*")]),
                }),
        )
        .operation(
            op(StopSandbox, sandboxes::stop_sandbox)
                .write()
                .errors(INVALID_OR_MISSING)
                .rights(|cx, input| Ok(vec![right_of_project(cx, "StopSandbox", &input.id)?])),
        )
        .operation(op(BatchGetSandboxes, sandboxes::batch_get_sandboxes).errors(INVALID).rights(
            |cx, input| on_all(&input.ids, |id| right_of_project(cx, "BatchGetSandboxes", id)),
        ))
        .operation(op(ListSandboxes, sandboxes::list_sandboxes).list().errors(INVALID).paginated(
            "nextToken",
            "maxResults",
            PAGE,
        ))
        .operation(
            op(ListSandboxesForProject, sandboxes::list_sandboxes_for_project)
                .list()
                .errors(INVALID_OR_MISSING)
                .rights(|cx, input| {
                    Ok(vec![right(cx, "ListSandboxesForProject", &input.project_name)?])
                })
                .paginated("nextToken", "maxResults", PAGE),
        )
}

fn command_rows(service: Service) -> Service {
    service
        .operation(
            op(StartCommandExecution, sandboxes::start_command_execution)
                .write()
                .errors(INVALID_OR_MISSING)
                .rights(|cx, input| {
                    Ok(vec![right_of_sandbox(cx, "StartCommandExecution", &input.sandbox_id)])
                }),
        )
        .operation(
            op(BatchGetCommandExecutions, sandboxes::batch_get_command_executions)
                .errors(INVALID)
                .rights(|cx, input| {
                    Ok(vec![right_of_sandbox(cx, "BatchGetCommandExecutions", &input.sandbox_id)])
                }),
        )
        .operation(
            op(ListCommandExecutionsForSandbox, sandboxes::list_command_executions_for_sandbox)
                .list()
                .errors(INVALID_OR_MISSING)
                .rights(|cx, input| {
                    let action = "ListCommandExecutionsForSandbox";
                    Ok(vec![right_of_sandbox(cx, action, &input.sandbox_id)])
                })
                .paginated("nextToken", "maxResults", PAGE),
        )
}
