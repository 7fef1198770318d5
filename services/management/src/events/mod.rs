//! EventBridge: the default bus, its rules, and what follows from an event that fits one.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/>
//!
//! Events come from the store's outbox, whoever put them there. For each rule that an event fits
//! and each of its targets a delivery is made, in one transaction and under a key that the event
//! gives it, so that an event that comes twice is delivered once. A reconciler brings deliveries
//! to their targets.

mod arn;
mod deliver;
mod errors;
mod model;
mod operations;
mod pattern;
mod put;
mod receive;
mod rules;
mod targets;
mod transform;

pub(crate) use operations::service;

/// Whether an event fits a pattern; an error says why the pattern is none.
pub fn fits_event(pattern: &str, event: &serde_json::Value) -> Result<bool, String> {
    Ok(pattern::Pattern::parse(pattern)?.matches(event))
}

/// The only bus there is.
const DEFAULT_BUS: &str = "default";
/// The service as roles' trust policies name it.
const PRINCIPAL: &str = "events.amazonaws.com";
