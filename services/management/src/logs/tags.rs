//! Tags of log groups, in the two generations of operations that AWS has for them.

use std::collections::BTreeMap;

use api_management::logs::{
    ListTagsForResourceInput, ListTagsForResourceOutput, ListTagsLogGroupInput,
    ListTagsLogGroupOutput, TagLogGroupInput, TagResourceInput, UntagLogGroupInput,
    UntagResourceInput,
};
use service::Cx;
use shape::Empty;
use types::Scope;
use wire::Error;

use super::arn::group_of_identifier;
use super::errors::{self, invalid, no_group};
use super::model::LogGroup;

const MAX_TAGS: usize = 50;
const MAX_KEY: usize = 128;
const MAX_VALUE: usize = 256;

/// Refuses tags that AWS refuses.
pub(super) fn check<'a>(
    tags: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> Result<(), Error> {
    let allowed = |text: &str| {
        text.chars().all(|it| it.is_alphanumeric() || it == ' ' || "_.:/=+-@".contains(it))
    };
    for (key, value) in tags {
        let (key_len, value_len) = (key.chars().count(), value.chars().count());
        if key_len == 0 || key_len > MAX_KEY || value_len > MAX_VALUE {
            return Err(invalid(format!("The tag {key:?} is too long or has no key.")));
        }
        if !allowed(key) || !allowed(value) {
            return Err(invalid(format!("The tag {key:?} has characters that tags cannot have.")));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid("Tag keys cannot begin with aws:, which is reserved."));
        }
    }
    Ok(())
}

/// The group that a tagging operation names; only groups can have tags here.
pub(super) fn tagged_group(scope: &Scope, arn: &str) -> Result<String, Error> {
    if !arn.starts_with("arn:") {
        return Err(invalid(format!("{arn} is not an ARN.")));
    }
    group_of_identifier(scope, arn)
}

pub(super) async fn tag_resource(cx: Cx, input: TagResourceInput) -> Result<Empty, Error> {
    let group = tagged_group(&cx.scope(), &input.resource_arn)?;
    add(cx, group, input.tags).await
}

pub(super) async fn tag_log_group(cx: Cx, input: TagLogGroupInput) -> Result<Empty, Error> {
    add(cx, input.log_group_name, input.tags).await
}

async fn add(cx: Cx, name: String, tags: BTreeMap<String, String>) -> Result<Empty, Error> {
    check(&tags)?;
    let scope = cx.scope();
    cx.write(move |tx| {
        let mut group = tx.get::<LogGroup>(&scope, &name)?.ok_or_else(no_group)?;
        let all = group.tags.get_or_insert_default();
        all.extend(tags.clone());
        if all.len() > MAX_TAGS {
            return Err(
                errors::TOO_MANY_TAGS.error(format!("A log group can have {MAX_TAGS} tags."))
            );
        }
        tx.update(&scope, &group)?;
        Ok(Empty {})
    })
    .await
}

pub(super) async fn untag_resource(cx: Cx, input: UntagResourceInput) -> Result<Empty, Error> {
    let group = tagged_group(&cx.scope(), &input.resource_arn)?;
    remove(cx, group, input.tag_keys).await
}

pub(super) async fn untag_log_group(cx: Cx, input: UntagLogGroupInput) -> Result<Empty, Error> {
    remove(cx, input.log_group_name, input.tags).await
}

async fn remove(cx: Cx, name: String, keys: Vec<String>) -> Result<Empty, Error> {
    let scope = cx.scope();
    cx.write(move |tx| {
        let mut group = tx.get::<LogGroup>(&scope, &name)?.ok_or_else(no_group)?;
        if let Some(tags) = &mut group.tags {
            tags.retain(|key, _| !keys.contains(key));
        }
        tx.update(&scope, &group)?;
        Ok(Empty {})
    })
    .await
}

pub(super) async fn list_tags_for_resource(
    cx: Cx,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceOutput, Error> {
    let group = tagged_group(&cx.scope(), &input.resource_arn)?;
    list(&cx, &group).map(|tags| ListTagsForResourceOutput { tags })
}

pub(super) async fn list_tags_log_group(
    cx: Cx,
    input: ListTagsLogGroupInput,
) -> Result<ListTagsLogGroupOutput, Error> {
    list(&cx, &input.log_group_name).map(|tags| ListTagsLogGroupOutput { tags })
}

fn list(cx: &Cx, name: &str) -> Result<Option<BTreeMap<String, String>>, Error> {
    let group = cx.read(|tx| Ok(tx.get::<LogGroup>(&cx.scope(), name)?))?;
    let group = group.ok_or_else(no_group)?.into_inner();
    Ok(Some(group.tags.unwrap_or_default()))
}
