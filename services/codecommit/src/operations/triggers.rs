//! Triggers.

use service::Service;

pub(super) fn rows(service: Service) -> Service {
    service.lacks(&["GetRepositoryTriggers", "PutRepositoryTriggers", "TestRepositoryTriggers"])
}
