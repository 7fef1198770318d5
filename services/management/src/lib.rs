//! Logs, EventBridge, CloudTrail.
