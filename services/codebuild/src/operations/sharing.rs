//! What is shared with other accounts.

use service::Service;

/// Their rows.
pub(super) fn rows(service: Service) -> Service {
    service.lacks(&[
        "DeleteResourcePolicy",
        "GetResourcePolicy",
        "ListSharedProjects",
        "ListSharedReportGroups",
        "PutResourcePolicy",
    ])
}
