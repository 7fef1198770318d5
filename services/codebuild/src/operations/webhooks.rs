//! Webhooks, and who sees a project.

use service::Service;

/// Their rows.
pub(super) fn rows(service: Service) -> Service {
    service.lacks(&["CreateWebhook", "DeleteWebhook", "UpdateProjectVisibility", "UpdateWebhook"])
}
