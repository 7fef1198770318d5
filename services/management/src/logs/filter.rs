//! FilterLogEvents: events of many streams in the order of time, those that match a pattern.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use api_management::logs::{FilterLogEventsInput, FilterLogEventsOutput, FilteredLogEvent};
use service::Cx;
use store::{Key, ReadTx};
use types::{PageToken, Scope};
use wire::Error;

use super::arn::{group_track, named_group, stream_track};
use super::errors::{bad_token, invalid, no_group, no_stream};
use super::model::{LogGroup, LogStream};
use super::pattern::Pattern;
use super::{MAX_ANSWER_BYTES, MAX_ANSWER_EVENTS, streams};
use crate::chunks::{Direction, Found, Head, Position, Reader};

/// Newest first is not offered before this: 2024-01-01T00:00:00Z.
const FIRST_BACKWARD_START: i64 = 1_704_067_200_000;
/// Bytes searched by one request; where that is not enough the answer says where to go on.
const MAX_SEARCHED_BYTES: u64 = 64 << 20;

pub(super) async fn filter_log_events(
    cx: Cx,
    input: FilterLogEventsInput,
) -> Result<FilterLogEventsOutput, Error> {
    let group =
        named_group(&cx, input.log_group_name.as_deref(), input.log_group_identifier.as_deref())?;
    if input.log_stream_names.is_some() && input.log_stream_name_prefix.is_some() {
        return Err(invalid(
            "Log stream names and log stream name prefix are mutually exclusive parameters.",
        ));
    }
    let pattern = Pattern::parse(input.filter_pattern.as_deref().unwrap_or_default())
        .map_err(|error| invalid(format!("Invalid filter pattern: {error}")))?;
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok());
    let limit = limit.unwrap_or(MAX_ANSWER_EVENTS);
    let listing = format!(
        "FilterLogEvents:{group}:{:?}:{:?}:{:?}:{:?}:{:?}",
        input.log_stream_names,
        input.log_stream_name_prefix,
        input.filter_pattern,
        input.start_time,
        input.end_time
    );
    let place = match &input.next_token {
        Some(token) => {
            let text = PageToken::decode(&listing, token).map_err(|_| bad_token())?;
            Some(Place::parse(&text).ok_or_else(bad_token)?)
        }
        None => None,
    };
    let direction = match (&place, input.start_from_head) {
        (Some(place), _) => place.direction,
        (None, Some(false)) => Direction::Backward,
        (None, _) => Direction::Forward,
    };
    let too_early = input.start_time.is_some_and(|start| start < FIRST_BACKWARD_START);
    if direction == Direction::Backward && too_early {
        return Err(invalid(
            "startFromHead can be false only when startTime is on or after Jan 1, 2024 00:00:00 \
             UTC.",
        ));
    }
    let scope = cx.scope();
    cx.read(|tx| {
        let group_row = tx.get::<LogGroup>(&scope, &group)?.ok_or_else(no_group)?;
        let wanted = wanted_streams(tx, &scope, &group, &input)?;
        let first = input.start_time.unwrap_or(i64::MIN).max(group_row.cutoff(cx.now()));
        let end = input.end_time.unwrap_or(i64::MAX);
        let mut merged = Merged::new(tx, group_track(&scope, &group), direction, first, end);
        merged.wait_for(wanted, place.as_ref());
        let mut output = FilterLogEventsOutput::default();
        let mut bytes = 0;
        while let Some((stream, found)) = merged.next()? {
            let place = Place { direction, position: found.position, stream: stream.clone() };
            let message = String::from_utf8_lossy(&found.record);
            if pattern.matches(&message) {
                bytes += message.len();
                output.events.push(FilteredLogEvent {
                    event_id: Some(place.event_id()),
                    log_stream_name: Some(stream),
                    timestamp: Some(found.position.time),
                    message: Some(message.into_owned()),
                    ingestion_time: Some(found.ingested),
                });
            }
            let full = output.events.len() >= limit
                || bytes >= MAX_ANSWER_BYTES
                || merged.searched_bytes() > MAX_SEARCHED_BYTES;
            if full && merged.has_more()? {
                output.next_token = Some(PageToken::encode(&listing, &place.to_string()));
                break;
            }
        }
        Ok(output)
    })
}

fn wanted_streams(
    tx: &ReadTx<'_>,
    scope: &Scope,
    group: &str,
    input: &FilterLogEventsInput,
) -> Result<Vec<(String, Head)>, Error> {
    let Some(names) = &input.log_stream_names else {
        let prefix = input.log_stream_name_prefix.as_deref().unwrap_or_default();
        let mut all = streams::heads(tx, scope, group)?;
        all.retain(|(name, _)| name.starts_with(prefix));
        return Ok(all);
    };
    let mut wanted = BTreeMap::new();
    for name in names {
        if !tx.exists::<LogStream>(scope, &LogStream::key_of(group, name))? {
            return Err(no_stream());
        }
        if let Some(head) = Head::of(tx, &stream_track(scope, group, name))? {
            wanted.insert(name.clone(), head);
        }
    }
    Ok(wanted.into_iter().collect())
}

/// Where an answer ended, over all streams: they are in the order of time, name and ordinal.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    direction: Direction,
    position: Position,
    stream: String,
}

impl Place {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(4, ':');
        let direction = match parts.next()? {
            "f" => Direction::Forward,
            "b" => Direction::Backward,
            _ => return None,
        };
        let time = parts.next()?.parse().ok()?;
        let ordinal = parts.next()?.parse().ok()?;
        let stream = parts.next()?.to_owned();
        Some(Self { direction, position: Position { time, ordinal }, stream })
    }

    /// Where a stream goes on behind this place, in either direction.
    fn in_stream(&self, stream: &str) -> Position {
        match stream.cmp(self.stream.as_str()) {
            Ordering::Less => Position::behind(self.position.time),
            Ordering::Equal => self.position,
            Ordering::Greater => Position::before(self.position.time),
        }
    }

    /// The same for one event in every answer, and another's never: 56 digits, as AWS has them.
    fn event_id(&self) -> String {
        let stream = self.stream.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        format!("{:016}{stream:020}{:020}", self.position.time.max(0), self.position.ordinal)
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let direction = match self.direction {
            Direction::Forward => 'f',
            Direction::Backward => 'b',
        };
        let Position { time, ordinal } = self.position;
        write!(f, "{direction}:{time}:{ordinal}:{}", self.stream)
    }
}

/// A stream that has not been opened yet.
struct Waiting {
    name: String,
    head: Head,
    from: Position,
    /// No event of it comes before this, in reading direction.
    first_time: i64,
}

/// The events of many streams as one. A stream is opened when its first event may be due.
struct Merged<'t, 's> {
    tx: &'t ReadTx<'s>,
    /// Where the group's tracks begin.
    track: Key,
    direction: Direction,
    /// Only events from here on…
    first: i64,
    /// …and before this.
    end: i64,
    /// The first one last.
    waiting: Vec<Waiting>,
    open: Vec<(String, Reader<'t, 's>)>,
    closed_bytes: u64,
}

impl<'t, 's> Merged<'t, 's> {
    fn new(tx: &'t ReadTx<'s>, track: Key, direction: Direction, first: i64, end: i64) -> Self {
        let (waiting, open) = (Vec::new(), Vec::new());
        Self { tx, track, direction, first, end, waiting, open, closed_bytes: 0 }
    }

    fn wait_for(&mut self, streams: Vec<(String, Head)>, place: Option<&Place>) {
        let (first, end) = (Position::before(self.first), Position::before(self.end));
        for (name, head) in streams {
            let place = place.map(|place| place.in_stream(&name));
            let (from, first_time, reaches) = match self.direction {
                Direction::Forward => {
                    let from = place.unwrap_or(first).max(first);
                    (from, head.min_time.max(from.time), head.max_time >= from.time)
                }
                Direction::Backward => {
                    let from = place.unwrap_or(end).min(end);
                    (from, head.max_time.min(from.time), head.min_time <= from.time)
                }
            };
            if !head.is_empty() && reaches {
                self.waiting.push(Waiting { name, head, from, first_time });
            }
        }
        match self.direction {
            Direction::Forward => self.waiting.sort_by_key(|it| std::cmp::Reverse(it.first_time)),
            Direction::Backward => self.waiting.sort_by_key(|it| it.first_time),
        }
    }

    /// Which of two comes first in reading direction.
    fn order<T: Ord>(&self, a: &T, b: &T) -> Ordering {
        match self.direction {
            Direction::Forward => a.cmp(b),
            Direction::Backward => b.cmp(a),
        }
    }

    fn is_within(&self, time: i64) -> bool {
        self.first <= time && time < self.end
    }

    /// The open stream whose event is next, with every stream open that could come before it.
    fn nearest(&mut self) -> Result<Option<usize>, Error> {
        loop {
            let mut nearest: Option<(i64, usize)> = None;
            let mut at = 0;
            while let Some((_, reader)) = self.open.get_mut(at) {
                let position = reader.peek()?;
                let opened_bytes = reader.opened_bytes;
                let Some(position) = position.filter(|it| self.is_within(it.time)) else {
                    self.closed_bytes += opened_bytes;
                    self.open.remove(at);
                    continue;
                };
                let place = |time, at| (time, self.open.get(at).map(|(name, _)| name));
                if nearest.is_none_or(|(time, other)| {
                    self.order(&place(position.time, at), &place(time, other)).is_lt()
                }) {
                    nearest = Some((position.time, at));
                }
                at += 1;
            }
            let due = self.waiting.last().is_some_and(|next| {
                nearest.is_none_or(|(time, _)| self.order(&next.first_time, &time).is_le())
            });
            match self.waiting.pop_if(|_| due) {
                Some(next) => {
                    let track = self.track.clone().text(&next.name);
                    let reader =
                        Reader::new(self.tx, &track, &next.head, self.direction, next.from)?;
                    self.open.push((next.name, reader));
                }
                None => return Ok(nearest.map(|(_, at)| at)),
            }
        }
    }

    fn next(&mut self) -> Result<Option<(String, Found)>, Error> {
        let Some(at) = self.nearest()? else { return Ok(None) };
        let Some((name, reader)) = self.open.get_mut(at) else { return Ok(None) };
        Ok(reader.next()?.map(|found| (name.clone(), found)))
    }

    fn has_more(&mut self) -> Result<bool, Error> {
        Ok(self.nearest()?.is_some())
    }

    fn searched_bytes(&self) -> u64 {
        self.open.iter().map(|(_, reader)| reader.opened_bytes).sum::<u64>() + self.closed_bytes
    }
}
