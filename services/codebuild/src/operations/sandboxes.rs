//! Sandboxes and commands in them.

use service::Service;

/// Their rows.
pub(super) fn rows(service: Service) -> Service {
    service.lacks(&[
        "BatchGetCommandExecutions",
        "BatchGetSandboxes",
        "ListCommandExecutionsForSandbox",
        "ListSandboxes",
        "ListSandboxesForProject",
        "StartCommandExecution",
        "StartSandbox",
        "StartSandboxConnection",
        "StopSandbox",
    ])
}
