//! Tags of connections and hosts.

use std::collections::BTreeSet;

use api_developer::codeconnections::*;
use service::Cx;
use shape::Empty;
use wire::Error;

use crate::arn::{Kind, Named};
use crate::errors;
use crate::model::{ConnectionRecord, HostRecord};

/// Most tags of a resource, as the model bounds them.
const MAX_TAGS: usize = 200;

/// Tags in the order of their keys, if they may be set.
///
/// # Errors
/// `ValidationException` for a key that is used twice or is AWS's own.
pub(crate) fn checked(mut tags: Vec<Tag>) -> Result<Vec<Tag>, Error> {
    let mut keys = BTreeSet::new();
    for tag in &tags {
        if tag.key.to_ascii_lowercase().starts_with("aws:") {
            return Err(errors::invalid(format!(
                "The tag key '{}' is not valid: keys that begin with aws: are reserved",
                tag.key
            )));
        }
        if !keys.insert(tag.key.as_str()) {
            return Err(errors::invalid(format!("The tag key '{}' is used twice", tag.key)));
        }
    }
    tags.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(tags)
}

async fn change(
    cx: &Cx,
    arn: &str,
    with: impl Fn(&mut Vec<Tag>) -> Result<(), Error> + Send + 'static,
) -> Result<Empty, Error> {
    let named = find(cx, arn)?;
    let arn = arn.to_owned();
    cx.write(move |tx| {
        let scope = &named.scope;
        match named.kind {
            Kind::Connection => {
                let found = tx.get::<ConnectionRecord>(scope, &named.id)?;
                let found = found.filter(|it| it.arn(scope) == arn);
                let mut stored = found.ok_or_else(|| errors::not_found(&arn))?;
                with(&mut stored.tags)?;
                tx.update(scope, &stored)?;
            }
            Kind::Host => {
                let found = tx.get::<HostRecord>(scope, &named.id)?;
                let found = found.filter(|it| it.arn(scope) == arn);
                let mut stored = found.ok_or_else(|| errors::not_found(&arn))?;
                with(&mut stored.tags)?;
                tx.update(scope, &stored)?;
            }
        }
        Ok(Empty {})
    })
    .await
}

fn find(cx: &Cx, arn: &str) -> Result<Named, Error> {
    let named = Named::parse(arn).filter(|named| named.scope == cx.scope());
    named.ok_or_else(|| errors::not_found(arn))
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_TagResource.html>
pub(crate) async fn tag_resource(cx: Cx, input: TagResourceInput) -> Result<Empty, Error> {
    let new = checked(input.tags)?;
    change(&cx, &input.resource_arn, move |tags| {
        tags.retain(|tag| new.iter().all(|new| new.key != tag.key));
        tags.extend(new.iter().cloned());
        tags.sort_by(|a, b| a.key.cmp(&b.key));
        match tags.len() {
            0..=MAX_TAGS => Ok(()),
            count => Err(errors::LIMIT_EXCEEDED
                .error(format!("A resource can have at most {MAX_TAGS} tags; these are {count}"))),
        }
    })
    .await
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_UntagResource.html>
pub(crate) async fn untag_resource(cx: Cx, input: UntagResourceInput) -> Result<Empty, Error> {
    let keys = input.tag_keys;
    change(&cx, &input.resource_arn, move |tags| {
        tags.retain(|tag| !keys.contains(&tag.key));
        Ok(())
    })
    .await
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_ListTagsForResource.html>
pub(crate) async fn list_tags_for_resource(
    cx: Cx,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceOutput, Error> {
    let arn = input.resource_arn;
    let named = find(&cx, &arn)?;
    let scope = &named.scope;
    let tags = cx.read(|tx| {
        Ok(match named.kind {
            Kind::Connection => tx
                .get::<ConnectionRecord>(scope, &named.id)?
                .filter(|it| it.arn(scope) == arn)
                .map(|it| it.into_inner().tags),
            Kind::Host => tx
                .get::<HostRecord>(scope, &named.id)?
                .filter(|it| it.arn(scope) == arn)
                .map(|it| it.into_inner().tags),
        })
    })?;
    let tags = tags.ok_or_else(|| errors::not_found(&arn))?;
    Ok(ListTagsForResourceOutput { tags: Some(tags) })
}
