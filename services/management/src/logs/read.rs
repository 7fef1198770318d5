//! GetLogEvents.
//!
//! A token is a direction and the place of an event: `f/` goes on behind it, `b/` before it. When
//! there is nothing more, the answer's token is the one that was given.

use api_management::logs::{GetLogEventsInput, GetLogEventsOutput, OutputLogEvent};
use service::Cx;
use wire::Error;

use super::arn::{named_group, stream_track};
use super::errors::{bad_token, no_group, no_stream};
use super::model::{LogGroup, LogStream};
use super::{MAX_ANSWER_BYTES, MAX_ANSWER_EVENTS};
use crate::chunks::{Direction, Head, Position, Reader};

pub(super) async fn get_log_events(
    cx: Cx,
    input: GetLogEventsInput,
) -> Result<GetLogEventsOutput, Error> {
    let group =
        named_group(&cx, input.log_group_name.as_deref(), input.log_group_identifier.as_deref())?;
    let token = input.next_token.as_deref().map(Token::parse).transpose()?;
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok());
    let limit = limit.unwrap_or(MAX_ANSWER_EVENTS);
    let direction = match token {
        Some(token) => token.direction,
        None if input.start_from_head == Some(true) => Direction::Forward,
        None => Direction::Backward,
    };
    let scope = cx.scope();
    cx.read(|tx| {
        let group_row = tx.get::<LogGroup>(&scope, &group)?.ok_or_else(no_group)?;
        if !tx.exists::<LogStream>(&scope, &LogStream::key_of(&group, &input.log_stream_name))? {
            return Err(no_stream());
        }
        let first = input.start_time.unwrap_or(i64::MIN).max(group_row.cutoff(cx.now()));
        let end = input.end_time.unwrap_or(i64::MAX);
        let from = match (direction, token) {
            (Direction::Forward, Some(token)) => token.position.max(Position::before(first)),
            (Direction::Forward, None) => Position::before(first),
            (Direction::Backward, Some(token)) => token.position.min(Position::before(end)),
            (Direction::Backward, None) => Position::before(end),
        };
        let track = stream_track(&scope, &group, &input.log_stream_name);
        let head = Head::of(tx, &track)?.unwrap_or_default();
        let mut reader = Reader::new(tx, &track, &head, direction, from)?;
        let (mut found, mut bytes) = (Vec::new(), 0);
        while found.len() < limit {
            let Some(position) = reader.peek()? else { break };
            if position.time < first || position.time >= end {
                break;
            }
            let Some(event) = reader.next()? else { break };
            bytes += event.record.len();
            if bytes > MAX_ANSWER_BYTES && !found.is_empty() {
                break;
            }
            found.push(event);
        }
        if direction == Direction::Backward {
            found.reverse();
        }
        // Where nothing was found, both tokens stand where the search began.
        let here = token.map_or(from, |token| token.position);
        let (oldest, newest) = match (found.first(), found.last()) {
            (Some(oldest), Some(newest)) => (oldest.position, newest.position),
            _ => (here, here),
        };
        Ok(GetLogEventsOutput {
            events: found
                .into_iter()
                .map(|event| OutputLogEvent {
                    timestamp: Some(event.position.time),
                    message: Some(String::from_utf8_lossy(&event.record).into_owned()),
                    ingestion_time: Some(event.ingested),
                })
                .collect(),
            next_forward_token: Some(Token::new(Direction::Forward, newest).to_string()),
            next_backward_token: Some(Token::new(Direction::Backward, oldest).to_string()),
        })
    })
}

/// Where a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Token {
    direction: Direction,
    position: Position,
}

impl Token {
    fn new(direction: Direction, position: Position) -> Self {
        Self { direction, position }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        let direction = match text.get(..2) {
            Some("f/") => Direction::Forward,
            Some("b/") => Direction::Backward,
            _ => return Err(bad_token()),
        };
        let digits = text.get(2..).filter(|digits| digits.len() == 56).ok_or_else(bad_token)?;
        let number = |part: Option<&str>| {
            let part = part.filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
            part.and_then(|part| part.parse::<u64>().ok()).ok_or_else(bad_token)
        };
        let time = number(digits.get(..28))?;
        Ok(Self {
            direction,
            position: Position {
                time: (time ^ (1 << 63)) as i64,
                ordinal: number(digits.get(28..))?,
            },
        })
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let direction = match self.direction {
            Direction::Forward => "f",
            Direction::Backward => "b",
        };
        let time = self.position.time as u64 ^ (1 << 63);
        write!(f, "{direction}/{time:028}{:028}", self.position.ordinal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_round_trip() {
        for time in [i64::MIN, -1, 0, 1_700_000_000_000, i64::MAX] {
            for ordinal in [0, 1, u64::MAX] {
                let token = Token::new(Direction::Backward, Position { time, ordinal });
                let text = token.to_string();
                assert_eq!(text.len(), 58);
                assert_eq!(Token::parse(&text).unwrap(), token);
            }
        }
        for bad in ["", "f/", "x/0", "f/é", &format!("f/{:+056}", 1), &"f/9".repeat(20)] {
            assert!(Token::parse(bad).is_err(), "{bad}");
        }
    }
}
