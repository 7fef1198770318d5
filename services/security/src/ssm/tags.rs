//! Tags on parameters; nothing else of Systems Manager's is here to have any.

use api_security::ssm::{
    AddTagsToResourceInput, ListTagsForResourceInput, ListTagsForResourceOutput,
    RemoveTagsFromResourceInput, ResourceTypeForTagging, Tag,
};
use service::{Cx, Error, Right};
use shape::Empty;
use store::Stored;

use super::errors;
use super::model::{self, Parameter};

/// Most tags of a parameter.
const MAX_TAGS: usize = 50;

/// The tags `old` with `new` over them.
///
/// # Errors
/// `ValidationException` for reserved and repeated keys and letters that may not be,
/// `TooManyTagsError` past the quota.
pub(crate) fn merged(mut old: Vec<Tag>, new: Vec<Tag>) -> Result<Vec<Tag>, Error> {
    for (at, tag) in new.iter().enumerate() {
        let reserved = tag.key.to_ascii_lowercase().starts_with("aws:");
        if reserved || !is_tag_text(&tag.key) || !is_tag_text(&tag.value) {
            return Err(errors::VALIDATION.error(format!(
                "The tag {:?} is not valid: keys can't begin with aws:, and keys and values have \
                 letters, digits, spaces and _.:/=+-@",
                tag.key
            )));
        }
        if new.iter().take(at).any(|other| other.key == tag.key) {
            return Err(errors::VALIDATION.error(format!("Duplicate tag key: {}", tag.key)));
        }
    }
    old.retain(|tag| !new.iter().any(|other| other.key == tag.key));
    old.extend(new);
    if old.len() > MAX_TAGS {
        return Err(errors::TOO_MANY_TAGS.error(format!("A parameter can have {MAX_TAGS} tags.")));
    }
    Ok(old)
}

fn is_tag_text(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c))
}

/// Adds the condition keys that tell of tags in the request.
pub(crate) fn describe_new(right: Right, tags: &[Tag]) -> Right {
    if tags.is_empty() {
        return right;
    }
    tags.iter()
        .fold(right, |right, tag| {
            right.with(format!("aws:RequestTag/{}", tag.key), tag.value.clone())
        })
        .with_values("aws:TagKeys", tags.iter().map(|tag| tag.key.clone()).collect())
}

/// Adds the condition keys that tell of a parameter, if it is there.
pub(crate) fn describe_existing(cx: &Cx, name: &str, right: Right) -> Result<Right, Error> {
    let scope = cx.scope();
    let parameter = cx.read(|tx| Ok(tx.get::<Parameter>(&scope, name)?))?;
    Ok(match parameter {
        Some(parameter) => parameter.describe(right),
        None => right,
    })
}

/// The right on a parameter, with what is known of it.
pub(crate) fn right_on(cx: &Cx, action: &str, name: &str) -> Result<Right, Error> {
    describe_existing(cx, name, Right::new(action, model::arn(&cx.scope(), name)))
}

/// Refuses what is no parameter.
///
/// # Errors
/// `InvalidResourceType`
fn only_parameters(kind: ResourceTypeForTagging) -> Result<(), Error> {
    match kind {
        ResourceTypeForTagging::Parameter => Ok(()),
        other => Err(errors::INVALID_RESOURCE_TYPE
            .error(format!("Resources of type {other} are not supported by Codeyard."))),
    }
}

fn no_such_resource() -> Error {
    errors::INVALID_RESOURCE_ID.error(
        "The resource ID is not valid. Verify that you entered the correct ID and try again.",
    )
}

async fn change(
    cx: &Cx,
    kind: ResourceTypeForTagging,
    name: String,
    change: impl Fn(&mut Stored<Parameter>) -> Result<(), Error> + Send + 'static,
) -> Result<Empty, Error> {
    only_parameters(kind)?;
    let scope = cx.scope();
    cx.write(move |tx| {
        let parameter = tx.get::<Parameter>(&scope, &name)?;
        let mut parameter = parameter.ok_or_else(no_such_resource)?;
        change(&mut parameter)?;
        tx.update(&scope, &parameter)?;
        Ok(Empty {})
    })
    .await
}

/// [AddTagsToResource](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AddTagsToResource.html)
pub(crate) async fn add_tags_to_resource(
    cx: Cx,
    input: AddTagsToResourceInput,
) -> Result<Empty, Error> {
    let tags = input.tags;
    change(&cx, input.resource_type, input.resource_id, move |parameter| {
        parameter.tags = merged(std::mem::take(&mut parameter.tags), tags.clone())?;
        Ok(())
    })
    .await
}

/// [RemoveTagsFromResource](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RemoveTagsFromResource.html)
pub(crate) async fn remove_tags_from_resource(
    cx: Cx,
    input: RemoveTagsFromResourceInput,
) -> Result<Empty, Error> {
    let keys = input.tag_keys;
    change(&cx, input.resource_type, input.resource_id, move |parameter| {
        parameter.tags.retain(|tag| !keys.contains(&tag.key));
        Ok(())
    })
    .await
}

/// [ListTagsForResource](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListTagsForResource.html)
pub(crate) async fn list_tags_for_resource(
    cx: Cx,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceOutput, Error> {
    only_parameters(input.resource_type)?;
    let scope = cx.scope();
    let parameter = cx.read(|tx| Ok(tx.get::<Parameter>(&scope, &input.resource_id)?))?;
    let parameter = parameter.ok_or_else(no_such_resource)?;
    Ok(ListTagsForResourceOutput { tag_list: parameter.into_inner().tags })
}
