//! Tags on keys.

use api_security::kms::{
    KeyPageInput, ListResourceTagsOutput, Tag, TagResourceInput, UntagResourceInput,
};
use service::{Cx, Error};
use shape::Empty;

use super::find::{self, Forms};
use super::{errors, keys, page};

/// Most tags of a key.
const MAX_TAGS: usize = 50;

/// The tags `old` with `new` over them.
///
/// # Errors
/// `TagException` for reserved and repeated keys, `LimitExceededException` past the quota.
pub(crate) fn merged(mut old: Vec<Tag>, new: Vec<Tag>) -> Result<Vec<Tag>, Error> {
    for (at, tag) in new.iter().enumerate() {
        if tag.tag_key.to_ascii_lowercase().starts_with("aws:") {
            return Err(errors::TAG.error("Tags beginning with aws: are reserved."));
        }
        if new.iter().take(at).any(|other| other.tag_key == tag.tag_key) {
            return Err(errors::TAG.error(format!("Duplicate tag key: {}", tag.tag_key)));
        }
    }
    old.retain(|tag| !new.iter().any(|other| other.tag_key == tag.tag_key));
    old.extend(new);
    if old.len() > MAX_TAGS {
        return Err(errors::LIMIT_EXCEEDED.error(format!("A key can have {MAX_TAGS} tags.")));
    }
    Ok(old)
}

/// [TagResource](https://docs.aws.amazon.com/kms/latest/APIReference/API_TagResource.html)
pub(crate) async fn tag_resource(cx: Cx, input: TagResourceInput) -> Result<Empty, Error> {
    keys::change(&cx, &input.key_id, move |scope, key| {
        key.not_pending_deletion(scope)?;
        key.tags = merged(std::mem::take(&mut key.tags), input.tags.clone())?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

/// [UntagResource](https://docs.aws.amazon.com/kms/latest/APIReference/API_UntagResource.html)
pub(crate) async fn untag_resource(cx: Cx, input: UntagResourceInput) -> Result<Empty, Error> {
    keys::change(&cx, &input.key_id, move |scope, key| {
        key.not_pending_deletion(scope)?;
        key.tags.retain(|tag| !input.tag_keys.contains(&tag.tag_key));
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

/// [ListResourceTags](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html)
pub(crate) async fn list_resource_tags(
    cx: Cx,
    input: KeyPageInput,
) -> Result<ListResourceTagsOutput, Error> {
    let key = find::load(&cx, &input.key_id, Forms::KeyOnly).await?.into_inner();
    let listing = format!("ListResourceTags {}", key.id);
    let limit = page::limit(input.limit, 50);
    let (tags, next_marker) = page::slice(&listing, key.tags, limit, input.marker.as_deref())?;
    Ok(ListResourceTagsOutput { tags, truncated: next_marker.is_some(), next_marker })
}
