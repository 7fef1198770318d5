//! Credentials for sources.

use service::Service;

/// Their rows.
pub(super) fn rows(service: Service) -> Service {
    service.lacks(&["DeleteSourceCredentials", "ImportSourceCredentials", "ListSourceCredentials"])
}
