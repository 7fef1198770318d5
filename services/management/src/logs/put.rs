//! PutLogEvents: its rules, and the way of events into their stream.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>

use api_management::logs::{
    InputLogEvent, PutLogEventsInput, PutLogEventsOutput, RejectedLogEventsInfo,
};
use service::Cx;
use store::{Durability, Store, WriteTx};
use types::{Scope, Timestamp};
use wire::Error;

use super::MAX_STORED_BYTES;
use super::arn::stream_track;
use super::errors::{self, invalid, no_group, no_stream, unsupported};
use super::model::{LogGroup, LogStream, all_bytes, count_bytes};
use crate::chunks::{self, Block, Head};

/// Bytes of one batch: its messages and [`EVENT_OVERHEAD`] for each.
const MAX_BATCH_BYTES: usize = 1_048_576;
const EVENT_OVERHEAD: usize = 26;
const MAX_SPAN_MILLIS: i64 = 24 * 3_600_000;
const MAX_AGE_MILLIS: i64 = 14 * 24 * 3_600_000;
const MAX_AHEAD_MILLIS: i64 = 2 * 3_600_000;

pub(super) async fn put_log_events(
    cx: Cx,
    input: PutLogEventsInput,
) -> Result<PutLogEventsOutput, Error> {
    if input.entity.is_some() {
        return Err(unsupported("entity"));
    }
    let events = input.log_events;
    check_batch(&events)?;
    let (scope, now) = (cx.scope(), cx.now());
    let group = cx
        .read(|tx| Ok(tx.get::<LogGroup>(&scope, &input.log_group_name)?))?
        .ok_or_else(no_group)?;
    let accepted = Accepted::of(&events, now, group.cutoff(now));
    let block = Block::new(
        now.millis(),
        events
            .get(accepted.from..accepted.to)
            .unwrap_or_default()
            .iter()
            .map(|event| (event.timestamp, event.message.as_bytes())),
    );
    let (group, stream) = (input.log_group_name, input.log_stream_name);
    let head = cx
        .store()
        .write_with(durability(&cx), move |tx| {
            if !tx.exists::<LogGroup>(&scope, &group)? {
                return Err(no_group());
            }
            if !tx.exists::<LogStream>(&scope, &LogStream::key_of(&group, &stream))? {
                return Err(no_stream());
            }
            match &block {
                Some(block) => append(tx, &scope, &group, &stream, block),
                None => {
                    Ok(Head::of(tx, &stream_track(&scope, &group, &stream))?.unwrap_or_default())
                }
            }
        })
        .await?;
    Ok(PutLogEventsOutput {
        next_sequence_token: Some(sequence_token(&head)),
        rejected_log_events_info: accepted.rejected(events.len()),
        ..Default::default()
    })
}

/// A client is told what survives a power failure. Another service of the yard that writes its own
/// log has a record of its own to write, and is told to sync by that: its record never comes to
/// disk without what was written here before.
pub(super) fn durability(cx: &Cx) -> Durability {
    if cx.origin().depth > 0 { Durability::Ordered } else { Durability::Synced }
}

fn append(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    group: &str,
    stream: &str,
    block: &Block,
) -> Result<Head, Error> {
    if all_bytes(tx)? >= MAX_STORED_BYTES {
        return Err(errors::UNAVAILABLE.error(format!(
            "The yard's log events take {} GiB, which is its limit. Delete log groups or give \
             them a retention policy.",
            MAX_STORED_BYTES >> 30
        )));
    }
    let (before, after) = chunks::append(tx, &stream_track(scope, group, stream), block)?;
    count_bytes(tx, scope, group, before.stored, after.stored)?;
    Ok(after)
}

/// A message from another service of the yard into a group, making the stream where it lacks.
/// The caller has checked that it may.
///
/// # Errors
/// Where the group does not exist or the store fails.
pub(crate) async fn put_from_service(
    store: &Store,
    scope: &Scope,
    group: &str,
    stream: &str,
    now: Timestamp,
    message: &str,
) -> Result<(), Error> {
    let Some(block) = Block::new(now.millis(), [(now.millis(), message.as_bytes())]) else {
        return Ok(());
    };
    let (scope, group, stream) = (scope.clone(), group.to_owned(), stream.to_owned());
    store
        .write(move |tx| {
            if !tx.exists::<LogGroup>(&scope, &group)? {
                return Err(no_group());
            }
            if !tx.exists::<LogStream>(&scope, &LogStream::key_of(&group, &stream))? {
                let (group, name) = (group.clone(), stream.clone());
                tx.insert(&scope, &LogStream { group, name, created: now })?;
            }
            append(tx, &scope, &group, &stream, &block).map(|_| ())
        })
        .await
}

/// Not asked for any more, but still answered.
pub(super) fn sequence_token(head: &Head) -> String {
    format!("{:056}", head.records)
}

/// The bounds of single events are checked here and not by their shape: a shape's check names
/// every member on its way, which a million lines would feel.
fn check_batch(events: &[InputLogEvent]) -> Result<(), Error> {
    for (at, event) in events.iter().enumerate() {
        let (value, member, constraint) = if event.message.is_empty() {
            (String::new(), "message", "length greater than or equal to 1")
        } else if event.timestamp < 0 {
            (event.timestamp.to_string(), "timestamp", "value greater than or equal to 0")
        } else {
            continue;
        };
        return Err(invalid(format!(
            "1 validation error detected: Value '{value}' at 'logEvents.{}.member.{member}' \
             failed to satisfy constraint: Member must have {constraint}",
            at + 1
        )));
    }
    let bytes: usize = events.iter().map(|event| event.message.len() + EVENT_OVERHEAD).sum();
    if bytes > MAX_BATCH_BYTES {
        return Err(invalid(format!(
            "Upload too large: {bytes} bytes exceeds limit of {MAX_BATCH_BYTES}"
        )));
    }
    if !events.is_sorted_by_key(|event| event.timestamp) {
        return Err(invalid(
            "Log events in a single PutLogEvents request must be in chronological order.",
        ));
    }
    let span = match (events.first(), events.last()) {
        (Some(first), Some(last)) => last.timestamp.saturating_sub(first.timestamp),
        _ => 0,
    };
    if span > MAX_SPAN_MILLIS {
        return Err(invalid(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 \
             hours.",
        ));
    }
    Ok(())
}

/// Which events of a batch are taken; the batch is in the order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Accepted {
    /// Before this they are past the group's retention.
    expired: usize,
    /// Before this they are too old for anybody.
    too_old: usize,
    from: usize,
    to: usize,
}

impl Accepted {
    fn of(events: &[InputLogEvent], now: Timestamp, cutoff: i64) -> Self {
        let before = |time: i64| events.partition_point(|event| event.timestamp < time);
        let too_old = before(now.plus_millis(-MAX_AGE_MILLIS).millis());
        let expired = before(cutoff);
        let to = before(now.plus_millis(MAX_AHEAD_MILLIS).millis().saturating_add(1));
        Self { expired, too_old, from: too_old.max(expired).min(to), to }
    }

    fn rejected(&self, count: usize) -> Option<RejectedLogEventsInfo> {
        let index = |at: usize| i32::try_from(at).ok();
        let info = RejectedLogEventsInfo {
            too_new_log_event_start_index: index(self.to).filter(|_| self.to < count),
            too_old_log_event_end_index: index(self.too_old).filter(|_| self.too_old > 0),
            expired_log_event_end_index: index(self.expired).filter(|_| self.expired > 0),
        };
        (info != RejectedLogEventsInfo::default()).then_some(info)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(times: &[i64]) -> Vec<InputLogEvent> {
        let event = |time: &i64| InputLogEvent { timestamp: *time, message: "m".to_owned() };
        times.iter().map(event).collect()
    }

    #[test]
    fn batches_keep_the_rules() {
        assert!(check_batch(&at(&[1, 1, 2])).is_ok());
        assert!(check_batch(&at(&[2, 1])).is_err());
        assert!(check_batch(&at(&[0, MAX_SPAN_MILLIS])).is_ok());
        assert!(check_batch(&at(&[0, MAX_SPAN_MILLIS + 1])).is_err());
        let message = "m".repeat(MAX_BATCH_BYTES - EVENT_OVERHEAD);
        let mut events = vec![InputLogEvent { timestamp: 0, message }];
        assert!(check_batch(&events).is_ok());
        events[0].message.push('m');
        assert!(check_batch(&events).is_err());
    }

    #[test]
    fn old_and_future_events_are_told() {
        let now = Timestamp::from_secs(100 * 86_400);
        let day = 86_400_000;
        let events = at(&[80 * day, 90 * day, 99 * day, 100 * day, 100 * day + 7_200_001]);
        let accepted = Accepted::of(&events, now, 95 * day);
        assert_eq!((accepted.from, accepted.to), (2, 4));
        let rejected = accepted.rejected(5).unwrap();
        assert_eq!(rejected.too_old_log_event_end_index, Some(1));
        assert_eq!(rejected.expired_log_event_end_index, Some(2));
        assert_eq!(rejected.too_new_log_event_start_index, Some(4));
        assert_eq!(Accepted::of(&at(&[99 * day]), now, i64::MIN).rejected(1), None);
        let all_future = Accepted::of(&at(&[200 * day]), now, i64::MIN);
        assert_eq!((all_future.from, all_future.to), (0, 0));
    }
}
