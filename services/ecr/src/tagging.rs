//! Tags of repositories.

use std::collections::BTreeMap;

use api_containers::ecr::*;
use service::{Cx, Error};
use shape::Empty;
use types::{Account, Arn, Region, Scope};

use crate::errors;
use crate::model::Repository;
use crate::repositories::change;

/// Tags of one repository; AWS's quota.
const MAX_TAGS: usize = 50;

/// The repository that an ARN means.
pub(crate) fn repository_of(cx: &Cx, arn: &str) -> Result<(Scope, String), Error> {
    let bad = || {
        errors::invalid(
            "resourceArn",
            format_args!("{arn} is not the ARN of a repository in this Region"),
        )
    };
    let parsed: Arn = arn.parse().map_err(|_| bad())?;
    let name = parsed.resource_of_type("repository").filter(|name| !name.is_empty());
    let account = Account::new(&parsed.account).map_err(|_| bad())?;
    let region = Region::new(&parsed.region).map_err(|_| bad())?;
    match name {
        Some(name) if parsed.service == "ecr" && region == *cx.region() => {
            Ok((Scope::new(account, region), name.to_owned()))
        }
        _ => Err(bad()),
    }
}

/// Tags that a caller gives, checked.
pub(crate) fn checked(tags: Vec<Tag>) -> Result<BTreeMap<String, String>, Error> {
    let mut map = BTreeMap::new();
    for Tag { key, value } in tags {
        check_key(&key)?;
        if value.chars().count() > 256 || !value.chars().all(is_tag_letter) {
            return Err(errors::INVALID_TAG_PARAMETER
                .error(format!("The value of the tag '{key}' is not valid")));
        }
        if map.insert(key.clone(), value).is_some() {
            return Err(errors::INVALID_TAG_PARAMETER
                .error(format!("The tag key '{key}' is there more than once")));
        }
    }
    Ok(map)
}

fn check_key(key: &str) -> Result<(), Error> {
    let fits = (1..=128).contains(&key.chars().count())
        && key.chars().all(is_tag_letter)
        && !key.to_ascii_lowercase().starts_with("aws:");
    match fits {
        true => Ok(()),
        false => {
            Err(errors::INVALID_TAG_PARAMETER.error(format!("The tag key '{key}' is not valid")))
        }
    }
}

fn is_tag_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == ' ' || "_.:/=+-@".contains(letter)
}

/// Refuses too many.
pub(crate) fn check_count(count: usize) -> Result<(), Error> {
    match count > MAX_TAGS {
        true => Err(errors::TOO_MANY_TAGS
            .error(format!("The number of tags exceeds the limit of {MAX_TAGS}"))),
        false => Ok(()),
    }
}

/// [TagResource](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_TagResource.html)
pub(crate) async fn tag_resource(cx: Cx, input: TagResourceInput) -> Result<Empty, Error> {
    let (scope, name) = repository_of(&cx, &input.resource_arn)?;
    let tags = checked(input.tags)?;
    change(&cx, scope, &name, move |repository| {
        repository.tags.extend(tags.clone());
        check_count(repository.tags.len())
    })
    .await?;
    Ok(Empty {})
}

/// [UntagResource](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UntagResource.html)
pub(crate) async fn untag_resource(cx: Cx, input: UntagResourceInput) -> Result<Empty, Error> {
    let (scope, name) = repository_of(&cx, &input.resource_arn)?;
    input.tag_keys.iter().try_for_each(|key| check_key(key))?;
    change(&cx, scope, &name, move |repository| {
        repository.tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

/// [ListTagsForResource](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListTagsForResource.html)
pub(crate) async fn list_tags_for_resource(
    cx: Cx,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceOutput, Error> {
    let (scope, name) = repository_of(&cx, &input.resource_arn)?;
    let found = cx.read(|tx| Repository::load(tx, &scope, &name))?.into_inner();
    let tags = found.tags.into_iter().map(|(key, value)| Tag { key, value }).collect();
    Ok(ListTagsForResourceOutput { tags })
}
