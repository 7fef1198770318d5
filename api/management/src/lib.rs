//! Shapes of the management family: CloudWatch Logs, EventBridge, CloudTrail.
//!
//! Pure data: no rule of any service lives here.

// Members have AWS's names and meanings; each operation's page tells them.
#![allow(missing_docs)]

pub mod cloudtrail;
pub mod events;
pub mod logs;
