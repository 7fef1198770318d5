//! The management family: CloudWatch Logs, EventBridge and CloudTrail.
//!
//! They share a crate because they share a foundation: [`chunks`] keeps log streams and the audit
//! trail alike. Otherwise they know each other only by their public operations.
//!
//! Invariants: log events are never a row each; an event is matched against a rule once, however
//! often it is delivered; the audit trail never holds up a request.

mod chunks;
mod cloudtrail;
mod events;
mod logs;

use service::Service;

pub use cloudtrail::AuditTrail;
// For the fuzz targets alone.
#[doc(hidden)]
pub use {events::fits_event, logs::fits_message};

/// CloudWatch Logs, EventBridge and CloudTrail.
pub fn services() -> Vec<Service> {
    vec![logs::service(), events::service(), cloudtrail::service()]
}
