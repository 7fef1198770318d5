//! Webhooks, and who sees a project.

use api_developer::codebuild::*;
use service::{RawRoute, Service, op};

use super::PRINCIPAL;
use crate::model::right;
use crate::{badges, errors, visibility, webhooks};

/// Their rows.
pub(super) fn rows(service: Service) -> Service {
    service
        .raw(RawRoute::new(webhooks::PREFIX, webhooks::handle))
        .raw(RawRoute::new(badges::PREFIX, badges::handle))
        .raw(RawRoute::new(visibility::PREFIX, visibility::handle))
        .operation(
            op(CreateWebhook, webhooks::create_webhook)
                .write()
                .partial("WORKFLOW_JOB_QUEUED and WORKFLOW_NAME, GITHUB_GLOBAL, Buildkite")
                .errors(errors::ALL)
                .rights(|cx, input| Ok(vec![right(cx, "CreateWebhook", &input.project_name)?])),
        )
        .operation(
            op(UpdateWebhook, webhooks::update_webhook)
                .write()
                .partial("as CreateWebhook")
                .errors(errors::ALL)
                .rights(|cx, input| Ok(vec![right(cx, "UpdateWebhook", &input.project_name)?])),
        )
        .operation(
            op(DeleteWebhook, webhooks::delete_webhook)
                .write()
                .errors(errors::ALL)
                .rights(|cx, input| Ok(vec![right(cx, "DeleteWebhook", &input.project_name)?])),
        )
        .operation(
            op(UpdateProjectVisibility, visibility::update_project_visibility)
                .write()
                .errors(errors::ALL)
                .rights(|cx, input| {
                    Ok(vec![right(cx, "UpdateProjectVisibility", &input.project_arn)?])
                })
                .pass_role(PRINCIPAL, |input| input.resource_access_role.as_deref()),
        )
}
