//! Projects.

use api_developer::codebuild::*;
use service::{Right, Service, op};

use super::{PRINCIPAL, on_all, with_tags};
use crate::model::{project_arn, right};
use crate::{errors, listing, projects};

/// The rows of projects.
pub(super) fn rows(service: Service) -> Service {
    service
        .operation(
            op(CreateProject, projects::create_project)
                .write()
                .partial(
                    "environments other than Linux containers of the machine's architecture, \
                     Lambda and reserved compute, docker servers, host kernels; \
                     vpcConfig, file systems",
                )
                .errors(errors::ALL)
                .rights(|cx, input| {
                    let right = Right::new(
                        "codebuild:CreateProject",
                        project_arn(&cx.scope(), &input.name),
                    );
                    Ok(vec![with_tags(right, input.tags.as_deref().unwrap_or_default())])
                })
                .pass_role(PRINCIPAL, |input| Some(&input.service_role))
                .pass_role(PRINCIPAL, |input| {
                    input.build_batch_config.as_ref()?.service_role.as_deref()
                }),
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
                .pass_role(PRINCIPAL, |input| input.service_role.as_deref())
                .pass_role(PRINCIPAL, |input| {
                    input.build_batch_config.as_ref()?.service_role.as_deref()
                }),
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
        .operation(
            op(InvalidateProjectCache, projects::invalidate_project_cache)
                .write()
                .errors(errors::ALL)
                .rights(|cx, input| {
                    Ok(vec![right(cx, "InvalidateProjectCache", &input.project_name)?])
                }),
        )
}
