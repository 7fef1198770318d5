//! Log streams.

use api_management::logs::{
    CreateLogStreamInput, DeleteLogStreamInput, DescribeLogStreamsInput, DescribeLogStreamsOutput,
    OrderBy,
};
use service::Cx;
use shape::Empty;
use store::{Key, MAX_SCAN, Query, ReadTx, StoreError, WriteTx};
use types::{PageToken, Scope};
use wire::Error;

use super::arn::{group_track, named_group, stream_arn, stream_track};
use super::errors::{self, bad_token, invalid, no_group, no_stream};
use super::model::{LogGroup, LogStream, count_bytes};
use crate::chunks::{self, Head};

const PAGE: usize = 50;

pub(super) async fn create_log_stream(cx: Cx, input: CreateLogStreamInput) -> Result<Empty, Error> {
    let stream =
        LogStream { group: input.log_group_name, name: input.log_stream_name, created: cx.now() };
    let scope = cx.scope();
    let durability = super::put::durability(&cx);
    cx.store()
        .write_with(durability, move |tx| {
            if !tx.exists::<LogGroup>(&scope, &stream.group)? {
                return Err(no_group());
            }
            if tx.exists::<LogStream>(&scope, &LogStream::key_of(&stream.group, &stream.name))? {
                return Err(errors::ALREADY_EXISTS.error("The specified log stream already exists"));
            }
            tx.insert(&scope, &stream)?;
            Ok(Empty {})
        })
        .await
}

pub(super) async fn delete_log_stream(cx: Cx, input: DeleteLogStreamInput) -> Result<Empty, Error> {
    let scope = cx.scope();
    cx.write(move |tx| {
        if !tx.exists::<LogGroup>(&scope, &input.log_group_name)? {
            return Err(no_group());
        }
        let key = LogStream::key_of(&input.log_group_name, &input.log_stream_name);
        let stream = tx.get::<LogStream>(&scope, &key)?.ok_or_else(no_stream)?;
        delete(tx, &scope, &stream)?;
        Ok(Empty {})
    })
    .await
}

/// Takes a stream away with its events.
pub(super) fn delete(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    stream: &LogStream,
) -> Result<(), StoreError> {
    let track = stream_track(scope, &stream.group, &stream.name);
    if let Some(head) = Head::of(tx, &track)? {
        count_bytes(tx, scope, &stream.group, head.stored, 0)?;
        chunks::delete(tx, &track)?;
    }
    tx.delete::<LogStream>(scope, &LogStream::key_of(&stream.group, &stream.name))?;
    Ok(())
}

pub(super) async fn describe_log_streams(
    cx: Cx,
    input: DescribeLogStreamsInput,
) -> Result<DescribeLogStreamsOutput, Error> {
    let group =
        named_group(&cx, input.log_group_name.as_deref(), input.log_group_identifier.as_deref())?;
    let by_time = input.order_by == Some(OrderBy::LastEventTime);
    let prefix = input.log_stream_name_prefix.unwrap_or_default();
    if by_time && !prefix.is_empty() {
        return Err(invalid("Cannot order by LastEventTime with a logStreamNamePrefix."));
    }
    let descending = input.descending == Some(true);
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(PAGE);
    let listing = format!("DescribeLogStreams:{group}:{prefix}:{by_time}:{descending}");
    let after = input.next_token.map(|token| PageToken::decode(&listing, &token));
    let after = after.transpose().map_err(|_| bad_token())?;
    let scope = cx.scope();
    cx.read(|tx| {
        if !tx.exists::<LogGroup>(&scope, &group)? {
            return Err(no_group());
        }
        let page = if by_time {
            by_last_event(tx, &scope, &group, after, limit, descending)?
        } else {
            let mut query = Query::first(limit).prefix(&LogStream::key_of(&group, &prefix));
            query.after = after;
            query.reverse = descending;
            let page = tx.list::<LogStream>(&scope, &query)?;
            let names = page.items.iter().map(|stream| stream.name.clone()).collect();
            (names, page.next)
        };
        let mut output = DescribeLogStreamsOutput {
            next_token: page.1.map(|next| PageToken::encode(&listing, &next)),
            ..Default::default()
        };
        for name in page.0 {
            let key = LogStream::key_of(&group, &name);
            if let Some(stream) = tx.get::<LogStream>(&scope, &key)? {
                output.log_streams.push(describe(tx, &scope, &stream)?);
            }
        }
        Ok(output)
    })
}

type Names = (Vec<String>, Option<String>);

/// Names in the order of their newest event; those without events count as oldest.
fn by_last_event(
    tx: &ReadTx<'_>,
    scope: &Scope,
    group: &str,
    after: Option<String>,
    limit: usize,
    descending: bool,
) -> Result<Names, Error> {
    let mut all = Vec::new();
    let mut query = Query::first(1000).prefix(&LogStream::key_of(group, ""));
    loop {
        let page = tx.list::<LogStream>(scope, &query)?;
        for stream in page.items {
            let head = Head::of(tx, &stream_track(scope, group, &stream.name))?;
            // Sorts as text does, so that it can be a page token.
            let time = head.map_or(0, |head| head.max_time.max(0));
            all.push((format!("{time:020}"), stream.name.clone()));
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    all.sort();
    if descending {
        all.reverse();
    }
    let cursor = |it: &(String, String)| format!("{}:{}", it.0, it.1);
    if let Some(after) = after {
        all.retain(|it| if descending { cursor(it) < after } else { cursor(it) > after });
    }
    let more = all.len() > limit;
    all.truncate(limit);
    let next = all.last().filter(|_| more).map(cursor);
    Ok((all.into_iter().map(|(_, name)| name).collect(), next))
}

fn describe(
    tx: &ReadTx<'_>,
    scope: &Scope,
    stream: &LogStream,
) -> Result<api_management::logs::LogStream, Error> {
    let head = Head::of(tx, &stream_track(scope, &stream.group, &stream.name))?;
    let head = head.filter(|head| head.records > 0);
    Ok(api_management::logs::LogStream {
        log_stream_name: Some(stream.name.clone()),
        creation_time: Some(stream.created.millis()),
        first_event_timestamp: head.map(|head| head.min_time),
        last_event_timestamp: head.map(|head| head.max_time),
        last_ingestion_time: head.map(|head| head.ingested),
        upload_sequence_token: Some(super::put::sequence_token(&head.unwrap_or_default())),
        arn: Some(stream_arn(scope, &stream.group, &stream.name)),
        // AWS reports zero for every stream since 2019; the group tells its bytes.
        stored_bytes: Some(0),
    })
}

/// The tracks of a group with their heads, by stream name, for readers of the whole group.
pub(super) fn heads(
    tx: &ReadTx<'_>,
    scope: &Scope,
    group: &str,
) -> Result<Vec<(String, Head)>, StoreError> {
    let prefix = group_track(scope, group);
    let mut all: Vec<(String, Head)> = Vec::new();
    let mut after: Option<Vec<u8>> = None;
    loop {
        let page = Head::all(tx, &prefix, after.as_deref(), MAX_SCAN)?;
        let Some((last, _)) = page.last() else { return Ok(all) };
        after = Some(last.clone());
        all.extend(
            page.into_iter().filter_map(|(key, head)| Some((Key::parts(&key).text()?, head))),
        );
    }
}
