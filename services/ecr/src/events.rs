//! What ECR announces on the default event bus.
//!
//! <https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html>

use serde_json::{Value, json};
use store::{Event, StoreError, WriteTx};
use types::Timestamp;

use crate::uploads::Place;

/// Detail type of what is pushed and deleted.
pub(crate) const IMAGE_ACTION: &str = "ECR Image Action";

/// What happened to an image.
#[derive(Clone, Copy)]
pub(crate) enum Action {
    Push,
    Delete,
}

/// Tells what happened to an image, or to one of its tags.
pub(crate) fn image_action(
    tx: &mut WriteTx<'_>,
    place: &Place,
    action: Action,
    digest: &str,
    tag: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let action = match action {
        Action::Push => "PUSH",
        Action::Delete => "DELETE",
    };
    let mut detail = json!({
        "result": "SUCCESS",
        "repository-name": place.repository.name,
        "image-digest": digest,
        "action-type": action,
    });
    if let (Some(tag), Some(detail)) = (tag, detail.as_object_mut()) {
        detail.insert("image-tag".to_owned(), Value::from(tag));
    }
    tx.emit(Event {
        id: types::uuid(),
        source: "aws.ecr".to_owned(),
        detail_type: IMAGE_ACTION.to_owned(),
        account: place.scope.account.to_string(),
        region: place.scope.region.to_string(),
        time: now,
        resources: Vec::new(),
        detail,
    })
}
