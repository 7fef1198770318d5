//! What callers must be allowed to do, with the condition keys that IAM's own actions have.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html>

use api_identity::iam;
use service::{Cx, Right};

use crate::entity::{self, Entity};
use crate::model::{Tag, User};
use crate::{managed, mfa, names, policies};

/// An action on a user, group or role, with its tags and boundary for conditions. One that does
/// not exist is authorized under the name it would have at the root path.
pub(crate) fn on<E: Entity>(cx: &Cx, action: &str, name: &str) -> Right {
    let found = cx.read(|tx| entity::load::<E>(tx, &entity::scope(cx), name)).ok();
    match found {
        Some(found) => {
            let right = Right::new(action, found.arn(cx.account()));
            let right = resource_tags(right, found.tags());
            match found.boundary() {
                Some(boundary) => right.with("iam:PermissionsBoundary", boundary),
                None => right,
            }
        }
        None => Right::new(action, names::arn(cx.account(), E::NOUN, "/", name)),
    }
}

/// An action on a user that a client may leave out to mean itself.
pub(crate) fn on_user_or_self(cx: &Cx, action: &str, name: Option<&str>) -> Right {
    match name {
        Some(name) => on::<User>(cx, action, name),
        None => Right::new(action, cx.caller().principal.name().into_owned()),
    }
}

/// An action that makes a user, group or role.
pub(crate) fn on_new<E: Entity>(cx: &Cx, action: &str, path: Option<&str>, name: &str) -> Right {
    Right::new(action, names::arn(cx.account(), E::NOUN, path.unwrap_or("/"), name))
}

/// An action on a managed policy.
pub(crate) fn on_policy(cx: &Cx, action: &str, arn: &str) -> Right {
    let right = Right::new(action, arn);
    // AWS's policies are nobody's, and everybody's to read.
    let right = if managed::is_aws(arn) { right.owned_by(cx.account().as_str()) } else { right };
    match cx.read(|tx| policies::load(tx, &entity::scope(cx), cx.account(), arn)) {
        Ok(found) => resource_tags(right, &found.tags),
        Err(_) => right,
    }
}

/// An action on an MFA device.
pub(crate) fn on_mfa(cx: &Cx, action: &str, serial: &str) -> Right {
    resource_tags(Right::new(action, serial), &mfa::tags_of(cx, serial))
}

fn resource_tags(right: Right, tags: &[Tag]) -> Right {
    tags.iter().fold(right, |right, tag| {
        right
            .with(format!("aws:ResourceTag/{}", tag.key), &tag.value)
            .with(format!("iam:ResourceTag/{}", tag.key), &tag.value)
    })
}

/// Adds the tags that a request brings.
pub(crate) fn request_tags(right: Right, tags: Option<&[iam::Tag]>) -> Right {
    let tags = tags.unwrap_or_default();
    if tags.is_empty() {
        return right;
    }
    let keys = tags.iter().map(|tag| tag.key.clone()).collect();
    tags.iter()
        .fold(right, |right, tag| right.with(format!("aws:RequestTag/{}", tag.key), &tag.value))
        .with_values("aws:TagKeys", keys)
}

/// Adds the boundary that a request sets.
pub(crate) fn request_boundary(right: Right, boundary: Option<&str>) -> Right {
    match boundary {
        Some(boundary) => right.with("iam:PermissionsBoundary", boundary),
        None => right,
    }
}
