//! Tags of repositories. `TagPolicyException` cannot arise: tag policies are those of an organization
//! (AWS Organizations), and a yard's accounts are in none.

use api_developer::codecommit::*;
use service::Cx;
use shape::Empty;
use types::Arn;
use wire::Error;

use crate::model::{self, Repository};
use crate::repositories::too_many_tags;
use crate::{errors, paging};

/// The name of the repository that an ARN of this account and region means.
pub(crate) fn repository_of(cx: &Cx, arn: &str) -> Result<String, Error> {
    let bad = || {
        errors::INVALID_RESOURCE_ARN
            .error(format!("{arn} is not the ARN of a repository in this account and region."))
    };
    let parsed: Arn = arn.parse().map_err(|_| bad())?;
    let here = parsed.partition == "aws"
        && parsed.service == "codecommit"
        && parsed.region == cx.region().as_str()
        && parsed.account == cx.account().as_str();
    if !here || parsed.resource.is_empty() {
        return Err(bad());
    }
    Ok(parsed.resource)
}

pub(crate) async fn tag_resource(cx: Cx, input: TagResourceInput) -> Result<Empty, Error> {
    let name = repository_of(&cx, &input.resource_arn)?;
    model::check_tags(&input.tags)?;
    let scope = cx.scope();
    cx.write(move |tx| {
        let mut found = Repository::load(tx, &scope, &name)?;
        found.tags.extend(input.tags.clone());
        if found.tags.len() > model::MAX_TAGS {
            return Err(too_many_tags());
        }
        tx.update(&scope, &found)?;
        Ok(Empty {})
    })
    .await
}

pub(crate) async fn untag_resource(cx: Cx, input: UntagResourceInput) -> Result<Empty, Error> {
    let name = repository_of(&cx, &input.resource_arn)?;
    if input.tag_keys.is_empty() {
        return Err(errors::TAG_KEYS_LIST_REQUIRED.error("A list of tag keys is required."));
    }
    for key in &input.tag_keys {
        model::check_tag_key(key, errors::INVALID_TAG_KEYS_LIST)?;
    }
    let scope = cx.scope();
    cx.write(move |tx| {
        let mut found = Repository::load(tx, &scope, &name)?;
        found.tags.retain(|key, _| !input.tag_keys.contains(key));
        tx.update(&scope, &found)?;
        Ok(Empty {})
    })
    .await
}

/// All tags fit on one page: a token is never given out, so none is taken.
pub(crate) async fn list_tags_for_resource(
    cx: Cx,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceOutput, Error> {
    let name = repository_of(&cx, &input.resource_arn)?;
    if input.next_token.is_some() {
        return Err(paging::bad_token());
    }
    let found = cx.read(|tx| Repository::load(tx, &cx.scope(), &name))?;
    Ok(ListTagsForResourceOutput { tags: found.value.tags, next_token: None })
}
