//! Rows of users, their keys and credentials.

use api_identity::iam::*;
use service::{Cx, Error, Service, op};

use super::path_of;
use crate::{
    access_keys, attachments, errors, git_credentials, groups, inline, model, rights, users,
};

/// Users.
pub(super) fn rows(service: Service) -> Service {
    service
        .operation(
            op(CreateUser, users::create)
                .write()
                .rights(|cx, i| {
                    let right = rights::on_new::<model::User>(
                        cx,
                        "iam:CreateUser",
                        i.path.as_deref(),
                        &i.user_name,
                    );
                    let right = rights::request_tags(right, i.tags.as_deref());
                    Ok(vec![rights::request_boundary(right, i.permissions_boundary.as_deref())])
                })
                .errors(&[
                    errors::LIMIT_EXCEEDED,
                    errors::ALREADY_EXISTS,
                    errors::NO_SUCH_ENTITY,
                    errors::INVALID_INPUT,
                ]),
        )
        .operation(
            op(GetUser, users::get)
                .rights(|cx, i| {
                    Ok(vec![rights::on_user_or_self(cx, "iam:GetUser", i.user_name.as_deref())])
                })
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(UpdateUser, users::update)
                .write()
                .rights(|cx, i| {
                    let right = rights::on::<model::User>(cx, "iam:UpdateUser", &i.user_name);
                    let name = i.new_user_name.as_deref().unwrap_or(&i.user_name);
                    let path = i
                        .new_path
                        .as_deref()
                        .or_else(|| path_of(&right.resource, "user", &i.user_name));
                    let renamed = rights::on_new::<model::User>(cx, "iam:UpdateUser", path, name);
                    Ok(if renamed.resource == right.resource {
                        vec![right]
                    } else {
                        vec![right, renamed]
                    })
                })
                .errors(&[errors::NO_SUCH_ENTITY, errors::LIMIT_EXCEEDED, errors::ALREADY_EXISTS]),
        )
        .operation(
            op(DeleteUser, users::delete)
                .write()
                .rights(|cx, i| {
                    Ok(vec![rights::on::<model::User>(cx, "iam:DeleteUser", &i.user_name)])
                })
                .errors(&[errors::LIMIT_EXCEEDED, errors::NO_SUCH_ENTITY, errors::DELETE_CONFLICT]),
        )
        .operation(op(ListUsers, users::list).list().paginated("Marker", "MaxItems", 100))
        .operation(
            op(TagUser, users::tag)
                .tagging()
                .rights(|cx, i| {
                    let right = rights::on::<model::User>(cx, "iam:TagUser", &i.user_name);
                    Ok(vec![rights::request_tags(right, Some(&i.tags))])
                })
                .errors(&[errors::NO_SUCH_ENTITY, errors::LIMIT_EXCEEDED, errors::INVALID_INPUT]),
        )
        .operation(
            op(UntagUser, users::untag)
                .tagging()
                .rights(|cx, i| {
                    let right = rights::on::<model::User>(cx, "iam:UntagUser", &i.user_name);
                    Ok(vec![right.with_values("aws:TagKeys", i.tag_keys.clone())])
                })
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(ListUserTags, users::list_tags)
                .list()
                .rights(|cx, i| {
                    Ok(vec![rights::on::<model::User>(cx, "iam:ListUserTags", &i.user_name)])
                })
                .paginated("Marker", "MaxItems", 100)
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(PutUserPermissionsBoundary, |cx, i| {
                attachments::put_boundary::<model::User>(cx, i.user_name, i.permissions_boundary)
            })
            .permissions()
            .rights(|cx, i| {
                let right =
                    rights::on::<model::User>(cx, "iam:PutUserPermissionsBoundary", &i.user_name);
                Ok(vec![rights::request_boundary(right, Some(&i.permissions_boundary))])
            })
            .errors(&[errors::NO_SUCH_ENTITY, errors::INVALID_INPUT]),
        )
        .operation(
            op(DeleteUserPermissionsBoundary, |cx, i| {
                attachments::delete_boundary::<model::User>(cx, i.user_name)
            })
            .permissions()
            .rights(|cx, i| {
                Ok(vec![rights::on::<model::User>(
                    cx,
                    "iam:DeleteUserPermissionsBoundary",
                    &i.user_name,
                )])
            })
            .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(PutUserPolicy, |cx, i| {
                inline::put::<model::User>(cx, i.user_name, i.policy_name, i.policy_document)
            })
            .permissions()
            .rights(|cx, i| {
                Ok(vec![rights::on::<model::User>(cx, "iam:PutUserPolicy", &i.user_name)])
            })
            .errors(&[
                errors::LIMIT_EXCEEDED,
                errors::MALFORMED_POLICY,
                errors::NO_SUCH_ENTITY,
            ]),
        )
        .operation(
            op(GetUserPolicy, get_user_policy)
                .rights(|cx, i| {
                    Ok(vec![rights::on::<model::User>(cx, "iam:GetUserPolicy", &i.user_name)])
                })
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(DeleteUserPolicy, |cx, i| {
                inline::delete::<model::User>(cx, i.user_name, i.policy_name)
            })
            .permissions()
            .rights(|cx, i| {
                Ok(vec![rights::on::<model::User>(cx, "iam:DeleteUserPolicy", &i.user_name)])
            })
            .errors(&[errors::NO_SUCH_ENTITY, errors::LIMIT_EXCEEDED]),
        )
        .operation(
            op(ListUserPolicies, |cx, i| {
                inline::list::<model::User>(cx, i.user_name, i.marker, i.max_items)
            })
            .list()
            .rights(|cx, i| {
                Ok(vec![rights::on::<model::User>(cx, "iam:ListUserPolicies", &i.user_name)])
            })
            .paginated("Marker", "MaxItems", 100)
            .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(AttachUserPolicy, |cx, i| {
                attachments::attach::<model::User>(cx, i.user_name, i.policy_arn)
            })
            .permissions()
            .rights(|cx, i| {
                let right = rights::on::<model::User>(cx, "iam:AttachUserPolicy", &i.user_name);
                Ok(vec![right.with("iam:PolicyARN", &i.policy_arn)])
            })
            .errors(&[
                errors::NO_SUCH_ENTITY,
                errors::LIMIT_EXCEEDED,
                errors::INVALID_INPUT,
            ]),
        )
        .operation(
            op(DetachUserPolicy, |cx, i| {
                attachments::detach::<model::User>(cx, i.user_name, i.policy_arn)
            })
            .permissions()
            .rights(|cx, i| {
                let right = rights::on::<model::User>(cx, "iam:DetachUserPolicy", &i.user_name);
                Ok(vec![right.with("iam:PolicyARN", &i.policy_arn)])
            })
            .errors(&[
                errors::NO_SUCH_ENTITY,
                errors::LIMIT_EXCEEDED,
                errors::INVALID_INPUT,
            ]),
        )
        .operation(
            op(ListAttachedUserPolicies, |cx, i| {
                attachments::list::<model::User>(
                    cx,
                    i.user_name,
                    i.path_prefix,
                    i.marker,
                    i.max_items,
                )
            })
            .list()
            .rights(|cx, i| {
                Ok(vec![rights::on::<model::User>(
                    cx,
                    "iam:ListAttachedUserPolicies",
                    &i.user_name,
                )])
            })
            .paginated("Marker", "MaxItems", 100)
            .errors(&[errors::NO_SUCH_ENTITY, errors::INVALID_INPUT]),
        )
        .operation(
            op(ListGroupsForUser, groups::list_for_user)
                .list()
                .rights(|cx, i| {
                    Ok(vec![rights::on::<model::User>(cx, "iam:ListGroupsForUser", &i.user_name)])
                })
                .paginated("Marker", "MaxItems", 100)
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
}

/// Keys and credentials.
pub(super) fn keys(service: Service) -> Service {
    service
        .operation(
            op(CreateAccessKey, access_keys::create)
                .write()
                .rights(|cx, i| {
                    Ok(vec![rights::on_user_or_self(
                        cx,
                        "iam:CreateAccessKey",
                        i.user_name.as_deref(),
                    )])
                })
                .errors(&[errors::NO_SUCH_ENTITY, errors::LIMIT_EXCEEDED]),
        )
        .operation(
            op(UpdateAccessKey, access_keys::update)
                .write()
                .rights(|cx, i| {
                    Ok(vec![rights::on_user_or_self(
                        cx,
                        "iam:UpdateAccessKey",
                        i.user_name.as_deref(),
                    )])
                })
                .errors(&[errors::NO_SUCH_ENTITY, errors::LIMIT_EXCEEDED, errors::INVALID_INPUT]),
        )
        .operation(
            op(DeleteAccessKey, access_keys::delete)
                .write()
                .rights(|cx, i| {
                    Ok(vec![rights::on_user_or_self(
                        cx,
                        "iam:DeleteAccessKey",
                        i.user_name.as_deref(),
                    )])
                })
                .errors(&[errors::NO_SUCH_ENTITY, errors::LIMIT_EXCEEDED]),
        )
        .operation(
            op(ListAccessKeys, access_keys::list)
                .list()
                .rights(|cx, i| {
                    Ok(vec![rights::on_user_or_self(
                        cx,
                        "iam:ListAccessKeys",
                        i.user_name.as_deref(),
                    )])
                })
                .paginated("Marker", "MaxItems", 100)
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(op(GetAccessKeyLastUsed, access_keys::last_used).rights(|cx, i| {
            let owner = cx.read(|tx| access_keys::owner(tx, &i.access_key_id))?;
            let name = owner.filter(|user| user.scope.account == *cx.account());
            let name = name.map_or_else(|| "*".to_owned(), |user| user.name.clone());
            Ok(vec![rights::on::<model::User>(cx, "iam:GetAccessKeyLastUsed", &name)])
        }))
        .operation(
            op(CreateServiceSpecificCredential, git_credentials::create)
                .write()
                .rights(|cx, i| {
                    Ok(vec![rights::on::<model::User>(
                        cx,
                        "iam:CreateServiceSpecificCredential",
                        &i.user_name,
                    )])
                })
                .errors(&[
                    errors::LIMIT_EXCEEDED,
                    errors::NO_SUCH_ENTITY,
                    errors::NOT_SUPPORTED_SERVICE,
                ]),
        )
        .operation(
            op(ListServiceSpecificCredentials, git_credentials::list)
                .list()
                .rights(|cx, i| {
                    Ok(vec![rights::on_user_or_self(
                        cx,
                        "iam:ListServiceSpecificCredentials",
                        i.user_name.as_deref(),
                    )])
                })
                .paginated("Marker", "MaxItems", 100)
                .errors(&[errors::NO_SUCH_ENTITY, errors::NOT_SUPPORTED_SERVICE]),
        )
        .operation(
            op(UpdateServiceSpecificCredential, git_credentials::update)
                .write()
                .rights(|cx, i| {
                    Ok(vec![rights::on_user_or_self(
                        cx,
                        "iam:UpdateServiceSpecificCredential",
                        i.user_name.as_deref(),
                    )])
                })
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(ResetServiceSpecificCredential, git_credentials::reset)
                .write()
                .rights(|cx, i| {
                    Ok(vec![rights::on_user_or_self(
                        cx,
                        "iam:ResetServiceSpecificCredential",
                        i.user_name.as_deref(),
                    )])
                })
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(DeleteServiceSpecificCredential, git_credentials::delete)
                .write()
                .rights(|cx, i| {
                    Ok(vec![rights::on_user_or_self(
                        cx,
                        "iam:DeleteServiceSpecificCredential",
                        i.user_name.as_deref(),
                    )])
                })
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
}

async fn get_user_policy(cx: Cx, input: UserPolicyInput) -> Result<GetUserPolicyOutput, Error> {
    let policy_document = inline::get::<model::User>(&cx, &input.user_name, &input.policy_name)?;
    let UserPolicyInput { user_name, policy_name } = input;
    Ok(GetUserPolicyOutput { user_name, policy_name, policy_document })
}
