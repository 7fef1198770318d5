//! Tags of pipelines.

use std::collections::BTreeSet;

use api_developer::codepipeline::*;
use service::Cx;
use shape::Empty;
use types::PageToken;
use wire::Error;

use crate::model::Pipeline;
use crate::pipelines::after;
use crate::{arn, errors};

/// Most tags of a pipeline; AWS's quota.
const MAX_TAGS: usize = 50;
/// Tags in a page, if the request does not tell.
pub const PAGE: usize = 100;

/// Tags in the order of their keys, if they may be set.
///
/// # Errors
/// `InvalidTagsException`, `TooManyTagsException`.
pub fn checked(mut tags: Vec<Tag>) -> Result<Vec<Tag>, Error> {
    tags.sort_by(|a, b| a.key.cmp(&b.key));
    let mut keys = BTreeSet::new();
    for tag in &tags {
        if tag.key.to_ascii_lowercase().starts_with("aws:") {
            return Err(errors::INVALID_TAGS.error(format!(
                "The tag key '{}' is not valid: keys that begin with aws: are reserved",
                tag.key
            )));
        }
        if !tag.key.chars().chain(tag.value.chars()).all(is_allowed) {
            return Err(errors::INVALID_TAGS.error(format!(
                "The tag '{}' is not valid: letters, digits, spaces and + - = . _ : / @ are \
                 allowed",
                tag.key
            )));
        }
        if !keys.insert(&tag.key) {
            return Err(
                errors::INVALID_TAGS.error(format!("The tag key '{}' is used twice", tag.key))
            );
        }
    }
    too_many(tags.len())?;
    Ok(tags)
}

fn is_allowed(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ' ' | '+' | '-' | '=' | '.' | '_' | ':' | '/' | '@')
}

fn too_many(count: usize) -> Result<(), Error> {
    match count {
        0..=MAX_TAGS => Ok(()),
        _ => Err(errors::TOO_MANY_TAGS
            .error(format!("A pipeline can have at most {MAX_TAGS} tags; these are {count}"))),
    }
}

fn no_resource(resource_arn: &str) -> Error {
    errors::RESOURCE_NOT_FOUND.error(format!("The resource {resource_arn} was not found"))
}

async fn change(
    cx: &Cx,
    resource_arn: &str,
    with: impl Fn(&mut Vec<Tag>) -> Result<(), Error> + Send + 'static,
) -> Result<Empty, Error> {
    let name = arn::pipeline_of(cx, resource_arn)?;
    let (scope, resource_arn) = (cx.scope(), resource_arn.to_owned());
    cx.write(move |tx| {
        let mut pipeline =
            tx.get::<Pipeline>(&scope, &name)?.ok_or_else(|| no_resource(&resource_arn))?;
        with(&mut pipeline.tags)?;
        tx.update(&scope, &pipeline)?;
        Ok(Empty {})
    })
    .await
}

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_TagResource.html>
pub async fn tag_resource(cx: Cx, input: TagResourceInput) -> Result<Empty, Error> {
    let new = checked(input.tags)?;
    change(&cx, &input.resource_arn, move |tags| {
        tags.retain(|tag| new.iter().all(|new| new.key != tag.key));
        tags.extend(new.iter().cloned());
        tags.sort_by(|a, b| a.key.cmp(&b.key));
        too_many(tags.len())
    })
    .await
}

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_UntagResource.html>
pub async fn untag_resource(cx: Cx, input: UntagResourceInput) -> Result<Empty, Error> {
    let keys = input.tag_keys;
    if let Some(bad) = keys.iter().find(|key| !(1..=128).contains(&key.chars().count())) {
        return Err(errors::INVALID_TAGS.error(format!("The tag key '{bad}' is not valid")));
    }
    change(&cx, &input.resource_arn, move |tags| {
        tags.retain(|tag| !keys.contains(&tag.key));
        Ok(())
    })
    .await
}

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListTagsForResource.html>
pub async fn list_tags_for_resource(
    cx: Cx,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceOutput, Error> {
    const LISTING: &str = "ListTagsForResource";
    let name = arn::pipeline_of(&cx, &input.resource_arn)?;
    let pipeline = cx.read(|tx| Ok(tx.get::<Pipeline>(&cx.scope(), &name)?))?;
    let tags = pipeline.ok_or_else(|| no_resource(&input.resource_arn))?.value.tags;
    let limit = input.max_results.map_or(PAGE, |it| usize::try_from(it).unwrap_or(PAGE));
    let after = after(LISTING, input.next_token.as_deref())?;
    let mut rest = tags.into_iter().filter(|tag| after.as_ref().is_none_or(|it| tag.key > *it));
    let page: Vec<Tag> = rest.by_ref().take(limit).collect();
    let more = rest.next().and(page.last());
    let next_token = more.map(|last| PageToken::encode(LISTING, &last.key));
    Ok(ListTagsForResourceOutput { tags: Some(page), next_token })
}
