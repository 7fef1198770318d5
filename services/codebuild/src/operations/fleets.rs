//! Fleets of reserved machines.

use service::Service;

/// Their rows.
pub(super) fn rows(service: Service) -> Service {
    service.lacks(&["BatchGetFleets", "CreateFleet", "DeleteFleet", "ListFleets", "UpdateFleet"])
}
