//! Rows of roles.

use api_identity::iam::*;
use service::{Cx, Error, Service, op};

use crate::{attachments, errors, inline, model, rights, roles};

/// Roles.
pub(super) fn rows(service: Service) -> Service {
    service
        .operation(
            op(CreateRole, roles::create)
                .write()
                .rights(|cx, i| {
                    let right = rights::on_new::<model::Role>(
                        cx,
                        "iam:CreateRole",
                        i.path.as_deref(),
                        &i.role_name,
                    );
                    let right = rights::request_tags(right, i.tags.as_deref());
                    Ok(vec![rights::request_boundary(right, i.permissions_boundary.as_deref())])
                })
                .errors(&[
                    errors::LIMIT_EXCEEDED,
                    errors::INVALID_INPUT,
                    errors::ALREADY_EXISTS,
                    errors::MALFORMED_POLICY,
                ]),
        )
        .operation(
            op(GetRole, roles::get)
                .rights(|cx, i| {
                    Ok(vec![rights::on::<model::Role>(cx, "iam:GetRole", &i.role_name)])
                })
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(UpdateRole, roles::update)
                .write()
                .rights(|cx, i| {
                    Ok(vec![rights::on::<model::Role>(cx, "iam:UpdateRole", &i.role_name)])
                })
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(UpdateRoleDescription, roles::update_description)
                .write()
                .rights(|cx, i| {
                    Ok(vec![rights::on::<model::Role>(
                        cx,
                        "iam:UpdateRoleDescription",
                        &i.role_name,
                    )])
                })
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(DeleteRole, roles::delete)
                .write()
                .rights(|cx, i| {
                    Ok(vec![rights::on::<model::Role>(cx, "iam:DeleteRole", &i.role_name)])
                })
                .errors(&[errors::NO_SUCH_ENTITY, errors::DELETE_CONFLICT, errors::LIMIT_EXCEEDED]),
        )
        .operation(op(ListRoles, roles::list).list().paginated("Marker", "MaxItems", 100))
        .operation(
            op(UpdateAssumeRolePolicy, roles::update_trust)
                .permissions()
                .rights(|cx, i| {
                    Ok(vec![rights::on::<model::Role>(
                        cx,
                        "iam:UpdateAssumeRolePolicy",
                        &i.role_name,
                    )])
                })
                .errors(&[
                    errors::NO_SUCH_ENTITY,
                    errors::MALFORMED_POLICY,
                    errors::LIMIT_EXCEEDED,
                ]),
        )
        .operation(
            op(TagRole, roles::tag)
                .tagging()
                .rights(|cx, i| {
                    let right = rights::on::<model::Role>(cx, "iam:TagRole", &i.role_name);
                    Ok(vec![rights::request_tags(right, Some(&i.tags))])
                })
                .errors(&[errors::NO_SUCH_ENTITY, errors::LIMIT_EXCEEDED, errors::INVALID_INPUT]),
        )
        .operation(
            op(UntagRole, roles::untag)
                .tagging()
                .rights(|cx, i| {
                    let right = rights::on::<model::Role>(cx, "iam:UntagRole", &i.role_name);
                    Ok(vec![right.with_values("aws:TagKeys", i.tag_keys.clone())])
                })
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(ListRoleTags, roles::list_tags)
                .list()
                .rights(|cx, i| {
                    Ok(vec![rights::on::<model::Role>(cx, "iam:ListRoleTags", &i.role_name)])
                })
                .paginated("Marker", "MaxItems", 100)
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(PutRolePermissionsBoundary, |cx, i| {
                attachments::put_boundary::<model::Role>(cx, i.role_name, i.permissions_boundary)
            })
            .permissions()
            .rights(|cx, i| {
                let right =
                    rights::on::<model::Role>(cx, "iam:PutRolePermissionsBoundary", &i.role_name);
                Ok(vec![rights::request_boundary(right, Some(&i.permissions_boundary))])
            })
            .errors(&[errors::NO_SUCH_ENTITY, errors::INVALID_INPUT]),
        )
        .operation(
            op(DeleteRolePermissionsBoundary, |cx, i| {
                attachments::delete_boundary::<model::Role>(cx, i.role_name)
            })
            .permissions()
            .rights(|cx, i| {
                Ok(vec![rights::on::<model::Role>(
                    cx,
                    "iam:DeleteRolePermissionsBoundary",
                    &i.role_name,
                )])
            })
            .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(PutRolePolicy, |cx, i| {
                inline::put::<model::Role>(cx, i.role_name, i.policy_name, i.policy_document)
            })
            .permissions()
            .rights(|cx, i| {
                Ok(vec![rights::on::<model::Role>(cx, "iam:PutRolePolicy", &i.role_name)])
            })
            .errors(&[
                errors::LIMIT_EXCEEDED,
                errors::MALFORMED_POLICY,
                errors::NO_SUCH_ENTITY,
            ]),
        )
        .operation(
            op(GetRolePolicy, get_role_policy)
                .rights(|cx, i| {
                    Ok(vec![rights::on::<model::Role>(cx, "iam:GetRolePolicy", &i.role_name)])
                })
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(DeleteRolePolicy, |cx, i| {
                inline::delete::<model::Role>(cx, i.role_name, i.policy_name)
            })
            .permissions()
            .rights(|cx, i| {
                Ok(vec![rights::on::<model::Role>(cx, "iam:DeleteRolePolicy", &i.role_name)])
            })
            .errors(&[errors::NO_SUCH_ENTITY, errors::LIMIT_EXCEEDED]),
        )
        .operation(
            op(ListRolePolicies, |cx, i| {
                inline::list::<model::Role>(cx, i.role_name, i.marker, i.max_items)
            })
            .list()
            .rights(|cx, i| {
                Ok(vec![rights::on::<model::Role>(cx, "iam:ListRolePolicies", &i.role_name)])
            })
            .paginated("Marker", "MaxItems", 100)
            .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(AttachRolePolicy, |cx, i| {
                attachments::attach::<model::Role>(cx, i.role_name, i.policy_arn)
            })
            .permissions()
            .rights(|cx, i| {
                let right = rights::on::<model::Role>(cx, "iam:AttachRolePolicy", &i.role_name);
                Ok(vec![right.with("iam:PolicyARN", &i.policy_arn)])
            })
            .errors(&[
                errors::NO_SUCH_ENTITY,
                errors::LIMIT_EXCEEDED,
                errors::INVALID_INPUT,
            ]),
        )
        .operation(
            op(DetachRolePolicy, |cx, i| {
                attachments::detach::<model::Role>(cx, i.role_name, i.policy_arn)
            })
            .permissions()
            .rights(|cx, i| {
                let right = rights::on::<model::Role>(cx, "iam:DetachRolePolicy", &i.role_name);
                Ok(vec![right.with("iam:PolicyARN", &i.policy_arn)])
            })
            .errors(&[
                errors::NO_SUCH_ENTITY,
                errors::LIMIT_EXCEEDED,
                errors::INVALID_INPUT,
            ]),
        )
        .operation(
            op(ListAttachedRolePolicies, |cx, i| {
                attachments::list::<model::Role>(
                    cx,
                    i.role_name,
                    i.path_prefix,
                    i.marker,
                    i.max_items,
                )
            })
            .list()
            .rights(|cx, i| {
                Ok(vec![rights::on::<model::Role>(
                    cx,
                    "iam:ListAttachedRolePolicies",
                    &i.role_name,
                )])
            })
            .paginated("Marker", "MaxItems", 100)
            .errors(&[errors::NO_SUCH_ENTITY, errors::INVALID_INPUT]),
        )
}

async fn get_role_policy(cx: Cx, input: RolePolicyInput) -> Result<GetRolePolicyOutput, Error> {
    let policy_document = inline::get::<model::Role>(&cx, &input.role_name, &input.policy_name)?;
    let RolePolicyInput { role_name, policy_name } = input;
    Ok(GetRolePolicyOutput { role_name, policy_name, policy_document })
}
