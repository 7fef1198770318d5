//! LookupEvents.

use api_management::cloudtrail::{LookupEventsInput, LookupEventsOutput};
use service::Cx;
use types::PageToken;
use wire::Error;

use super::errors;
use super::record::Record;
use super::track;
use crate::chunks::{Direction, Head, Position, Reader};

const PAGE: usize = 50;
/// Bytes searched by one request; where that is not enough the answer says where to go on.
const MAX_SEARCHED_BYTES: u64 = 64 << 20;
/// How much later than its own time a record may stand in its trail.
const SLACK_MILLIS: i64 = 60_000;

pub(super) async fn lookup_events(
    cx: Cx,
    input: LookupEventsInput,
) -> Result<LookupEventsOutput, Error> {
    if input.event_category.is_some() {
        return Err(
            errors::INVALID_EVENT_CATEGORY.error("Insight events are not supported by Codeyard.")
        );
    }
    let attributes = input.lookup_attributes.unwrap_or_default();
    if attributes.len() > 1 {
        return Err(errors::INVALID_LOOKUP_ATTRIBUTES
            .error("You can specify only one lookup attribute in a request."));
    }
    let (start, end) = (input.start_time, input.end_time);
    if start.zip(end).is_some_and(|(start, end)| start > end) {
        return Err(errors::INVALID_TIME_RANGE.error("The start time is after the end time."));
    }
    let listing = format!("LookupEvents:{attributes:?}:{start:?}:{end:?}");
    let bad_token = || errors::INVALID_NEXT_TOKEN.error("The next token is not valid.");
    let from = match &input.next_token {
        Some(token) => {
            let text = PageToken::decode(&listing, token).map_err(|_| bad_token())?;
            parse(&text).ok_or_else(bad_token)?
        }
        None => match end {
            Some(end) => Position::behind(end.plus_millis(SLACK_MILLIS).millis()),
            None => Position::behind(i64::MAX),
        },
    };
    let limit = input.max_results.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(PAGE);
    let track = track(cx.account(), cx.region());
    cx.read(|tx| {
        let head = Head::of(tx, &track)?.unwrap_or_default();
        let mut reader = Reader::new(tx, &track, &head, Direction::Backward, from)?;
        let mut output = LookupEventsOutput::default();
        while let Some(found) = reader.next()? {
            // No record stands before its own time.
            if start.is_some_and(|start| found.position.time < start.millis()) {
                break;
            }
            let record = Record::parse(&found.record)
                .ok_or_else(|| Error::internal("the audit trail holds an unreadable record"))?;
            let within = start.is_none_or(|start| record.time >= start)
                // The end is given in seconds and takes in the whole second.
                && end.is_none_or(|end| record.time.secs() <= end.secs());
            let wanted =
                attributes.iter().all(|it| record.has(it.attribute_key, &it.attribute_value));
            if within && wanted {
                output.events.push(record.event());
            }
            let full = output.events.len() >= limit || reader.opened_bytes > MAX_SEARCHED_BYTES;
            if full && reader.peek()?.is_some() {
                let Position { time, ordinal } = found.position;
                output.next_token = Some(PageToken::encode(&listing, &format!("{time}:{ordinal}")));
                break;
            }
        }
        Ok(output)
    })
}

fn parse(text: &str) -> Option<Position> {
    let (time, ordinal) = text.split_once(':')?;
    Some(Position { time: time.parse().ok()?, ordinal: ordinal.parse().ok()? })
}
