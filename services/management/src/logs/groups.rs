//! Log groups.

use api_management::logs::*;
use service::Cx;
use shape::Empty;
use store::{Query, WakeKey};
use types::PageToken;
use wire::Error;

use super::arn::{group_arn, group_of_identifier, group_track};
use super::errors::{self, bad_token, invalid, no_group, unsupported};
use super::model::{LogGroup, LogStream, forget_bytes, group_bytes};
use super::retention::{RETENTION, is_retention};
use super::tags;
use crate::chunks;

const PAGE: usize = 50;
/// Streams taken away in one transaction.
const DELETE_BATCH: usize = 500;

pub(super) async fn create_log_group(cx: Cx, input: CreateLogGroupInput) -> Result<Empty, Error> {
    if input.kms_key_id.is_some() {
        return Err(unsupported("kmsKeyId"));
    }
    if input.log_group_class.is_some_and(|class| class != LogGroupClass::Standard) {
        return Err(unsupported("A logGroupClass other than STANDARD"));
    }
    tags::check(input.tags.iter().flatten())?;
    let group = LogGroup {
        name: input.log_group_name,
        created: cx.now(),
        retention_in_days: None,
        tags: input.tags,
        deletion_protected: input.deletion_protection_enabled == Some(true),
    };
    let scope = cx.scope();
    cx.write(move |tx| {
        if tx.exists::<LogGroup>(&scope, &group.name)? {
            return Err(errors::ALREADY_EXISTS.error("The specified log group already exists"));
        }
        tx.insert(&scope, &group)?;
        Ok(Empty {})
    })
    .await
}

pub(super) async fn delete_log_group(cx: Cx, input: DeleteLogGroupInput) -> Result<Empty, Error> {
    // Its streams go first, some at a time: a transaction holds up every other writer.
    loop {
        let (scope, name) = (cx.scope(), input.log_group_name.clone());
        let done = cx
            .write(move |tx| {
                let group = tx.get::<LogGroup>(&scope, &name)?.ok_or_else(no_group)?;
                if group.deletion_protected {
                    return Err(errors::VALIDATION.error(
                        "The log group cannot be deleted while its deletion protection is enabled.",
                    ));
                }
                let streams = Query::first(DELETE_BATCH).prefix(&LogStream::key_of(&name, ""));
                let streams = tx.list::<LogStream>(&scope, &streams)?;
                for stream in &streams.items {
                    super::streams::delete(tx, &scope, stream)?;
                }
                if streams.next.is_some() {
                    return Ok(false);
                }
                chunks::delete(tx, &group_track(&scope, &name))?;
                forget_bytes(tx, &scope, &name)?;
                tx.cancel_wake(&WakeKey::new(RETENTION, &scope, name.as_str()))?;
                tx.delete::<LogGroup>(&scope, &name)?;
                Ok(true)
            })
            .await?;
        if done {
            return Ok(Empty {});
        }
    }
}

pub(super) async fn describe_log_groups(
    cx: Cx,
    input: DescribeLogGroupsInput,
) -> Result<DescribeLogGroupsOutput, Error> {
    if input.include_linked_accounts == Some(true) || input.account_identifiers.is_some() {
        return Err(unsupported("Looking into linked accounts"));
    }
    let (prefix, pattern) = (input.log_group_name_prefix, input.log_group_name_pattern);
    if prefix.is_some() && pattern.is_some() {
        return Err(invalid(
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
        ));
    }
    let scope = cx.scope();
    let identifiers = input.log_group_identifiers.map(|identifiers| {
        identifiers
            .iter()
            .map(|identifier| group_of_identifier(&scope, identifier))
            .collect::<Result<Vec<_>, _>>()
    });
    let identifiers = identifiers.transpose()?;
    let listing = format!("DescribeLogGroups:{prefix:?}:{pattern:?}:{identifiers:?}");
    let after = input.next_token.map(|token| PageToken::decode(&listing, &token));
    let mut query = Query {
        after: after.transpose().map_err(|_| bad_token())?,
        ..Query::first(PAGE).prefix(prefix.as_deref().unwrap_or_default())
    };
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(PAGE);
    let wanted = |group: &LogGroup| {
        pattern.as_ref().is_none_or(|part| group.name.contains(part.as_str()))
            && identifiers.as_ref().is_none_or(|names| names.contains(&group.name))
            && input.log_group_class.is_none_or(|class| class == LogGroupClass::Standard)
    };
    cx.read(|tx| {
        let mut output = DescribeLogGroupsOutput::default();
        loop {
            let page = tx.list::<LogGroup>(&scope, &query)?;
            for group in page.items {
                if wanted(&group) {
                    if output.log_groups.len() == limit {
                        let last =
                            output.log_groups.last().and_then(|it| it.log_group_name.clone());
                        output.next_token =
                            last.map(|name| PageToken::encode(&listing, name.as_str()));
                        return Ok(output);
                    }
                    let stored = group_bytes(tx, &scope, &group.name)?;
                    output.log_groups.push(describe(&scope, &group, stored));
                }
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok(output),
            }
        }
    })
}

fn describe(scope: &types::Scope, group: &LogGroup, stored: u64) -> api_management::logs::LogGroup {
    let arn = group_arn(scope, &group.name);
    api_management::logs::LogGroup {
        log_group_name: Some(group.name.clone()),
        creation_time: Some(group.created.millis()),
        retention_in_days: group.retention_in_days,
        metric_filter_count: Some(0),
        arn: Some(format!("{arn}:*")),
        stored_bytes: i64::try_from(stored).ok(),
        log_group_class: Some(LogGroupClass::Standard),
        log_group_arn: Some(arn),
        deletion_protection_enabled: Some(group.deletion_protected),
        ..Default::default()
    }
}

pub(super) async fn put_deletion_protection(
    cx: Cx,
    input: PutLogGroupDeletionProtectionInput,
) -> Result<Empty, Error> {
    let scope = cx.scope();
    let name = group_of_identifier(&scope, &input.log_group_identifier)?;
    cx.write(move |tx| {
        let mut group = tx.get::<LogGroup>(&scope, &name)?.ok_or_else(no_group)?;
        group.deletion_protected = input.deletion_protection_enabled;
        tx.update(&scope, &group)?;
        Ok(Empty {})
    })
    .await
}

pub(super) async fn put_retention_policy(
    cx: Cx,
    input: PutRetentionPolicyInput,
) -> Result<Empty, Error> {
    if !is_retention(input.retention_in_days) {
        return Err(invalid(format!(
            "{} is not a number of days that a retention policy can have.",
            input.retention_in_days
        )));
    }
    set_retention(cx, input.log_group_name, Some(input.retention_in_days)).await
}

pub(super) async fn delete_retention_policy(
    cx: Cx,
    input: DeleteRetentionPolicyInput,
) -> Result<Empty, Error> {
    set_retention(cx, input.log_group_name, None).await
}

async fn set_retention(cx: Cx, name: String, days: Option<i32>) -> Result<Empty, Error> {
    let (scope, now) = (cx.scope(), cx.now());
    cx.write(move |tx| {
        let mut group = tx.get::<LogGroup>(&scope, &name)?.ok_or_else(no_group)?;
        group.retention_in_days = days;
        tx.update(&scope, &group)?;
        if days.is_some() {
            tx.wake(&WakeKey::new(RETENTION, &scope, name.as_str()), now)?;
        }
        Ok(Empty {})
    })
    .await
}
