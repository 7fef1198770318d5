//! What the audit trail keeps of every call.

use serde_json::Value;
use types::{Account, Region, Timestamp};

/// One call, as CloudTrail's record tells it. Sensitive members are already hidden.
#[derive(Clone, Debug)]
pub struct AuditRecord {
    /// Unique id of the record.
    pub event_id: String,
    /// The id that the answer carried.
    pub request_id: String,
    /// When it was handled.
    pub time: Timestamp,
    /// Owner of the trail.
    pub account: Account,
    /// Where it was called.
    pub region: Region,
    /// `codecommit.amazonaws.com`
    pub event_source: String,
    /// Operation name.
    pub event_name: String,
    /// Changes nothing.
    pub read_only: bool,
    /// Caller's ARN.
    pub caller_arn: String,
    /// Name by which LookupEvents finds the caller: user name, role session name or `root`.
    pub user_name: String,
    /// Unique id of the caller.
    pub principal_id: String,
    /// Access key that signed.
    pub access_key_id: Option<String>,
    /// Where from.
    pub source_ip: String,
    /// What with.
    pub user_agent: String,
    /// Input, sensitive members hidden.
    pub request_parameters: Value,
    /// Error code and message, where it failed.
    pub error: Option<(String, String)>,
    /// ARNs of the resources that were concerned.
    pub resources: Vec<String>,
}

/// Where audit records go. Must not block: records are gathered and written in batches, so the
/// last few before a `kill -9` may be lost, as CloudTrail's own delivery is not synchronous either.
pub trait AuditSink: Send + Sync + 'static {
    /// Takes a record.
    fn record(&self, record: AuditRecord);
}

/// Keeps nothing; for tests of single services.
pub struct NoAudit;

impl AuditSink for NoAudit {
    fn record(&self, _record: AuditRecord) {}
}
