//! CloudWatch Logs: log groups, log streams and their events.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/>
//!
//! A stream's events are a track of [`crate::chunks`]. Bytes are counted per group and in all; the
//! yard takes [`MAX_STORED_BYTES`] and then refuses new events by name.

mod arn;
mod errors;
mod filter;
mod groups;
mod model;
mod operations;
mod pattern;
mod policies;
mod put;
mod read;
mod retention;
mod streams;
mod tags;

pub(crate) use operations::service;
pub(crate) use policies::may_deliver;
pub(crate) use put::put_from_service;

/// Whether a message fits a filter pattern; an error says why the pattern is none.
pub fn fits_message(pattern: &str, message: &str) -> Result<bool, String> {
    Ok(pattern::Pattern::parse(pattern)?.matches(message))
}

/// What all log events together may take, compressed: 10 GiB.
pub(crate) const MAX_STORED_BYTES: u64 = 10 << 30;
/// Bytes of messages in one answer.
const MAX_ANSWER_BYTES: usize = 1 << 20;
/// Events in one answer.
const MAX_ANSWER_EVENTS: usize = 10_000;
