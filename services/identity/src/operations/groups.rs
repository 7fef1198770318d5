//! Rows of groups.

use api_identity::iam::*;
use service::{Cx, Error, Service, op};

use super::path_of;
use crate::{attachments, errors, groups, inline, model, rights};

/// Groups.
pub(super) fn rows(service: Service) -> Service {
    service
        .operation(
            op(CreateGroup, groups::create)
                .write()
                .rights(|cx, i| {
                    Ok(vec![rights::on_new::<model::Group>(
                        cx,
                        "iam:CreateGroup",
                        i.path.as_deref(),
                        &i.group_name,
                    )])
                })
                .errors(&[errors::LIMIT_EXCEEDED, errors::ALREADY_EXISTS, errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(GetGroup, groups::get)
                .rights(|cx, i| {
                    Ok(vec![rights::on::<model::Group>(cx, "iam:GetGroup", &i.group_name)])
                })
                .paginated("Marker", "MaxItems", 100)
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(UpdateGroup, groups::update)
                .write()
                .rights(|cx, i| {
                    let right = rights::on::<model::Group>(cx, "iam:UpdateGroup", &i.group_name);
                    let name = i.new_group_name.as_deref().unwrap_or(&i.group_name);
                    let path = i
                        .new_path
                        .as_deref()
                        .or_else(|| path_of(&right.resource, "group", &i.group_name));
                    let renamed = rights::on_new::<model::Group>(cx, "iam:UpdateGroup", path, name);
                    Ok(if renamed.resource == right.resource {
                        vec![right]
                    } else {
                        vec![right, renamed]
                    })
                })
                .errors(&[errors::NO_SUCH_ENTITY, errors::ALREADY_EXISTS, errors::LIMIT_EXCEEDED]),
        )
        .operation(
            op(DeleteGroup, groups::delete)
                .write()
                .rights(|cx, i| {
                    Ok(vec![rights::on::<model::Group>(cx, "iam:DeleteGroup", &i.group_name)])
                })
                .errors(&[errors::NO_SUCH_ENTITY, errors::DELETE_CONFLICT, errors::LIMIT_EXCEEDED]),
        )
        .operation(op(ListGroups, groups::list).list().paginated("Marker", "MaxItems", 100))
        .operation(
            op(AddUserToGroup, groups::add_user)
                .write()
                .rights(|cx, i| {
                    Ok(vec![rights::on::<model::Group>(cx, "iam:AddUserToGroup", &i.group_name)])
                })
                .errors(&[errors::NO_SUCH_ENTITY, errors::LIMIT_EXCEEDED]),
        )
        .operation(
            op(RemoveUserFromGroup, groups::remove_user)
                .write()
                .rights(|cx, i| {
                    Ok(vec![rights::on::<model::Group>(
                        cx,
                        "iam:RemoveUserFromGroup",
                        &i.group_name,
                    )])
                })
                .errors(&[errors::NO_SUCH_ENTITY, errors::LIMIT_EXCEEDED]),
        )
        .operation(
            op(PutGroupPolicy, |cx, i| {
                inline::put::<model::Group>(cx, i.group_name, i.policy_name, i.policy_document)
            })
            .permissions()
            .rights(|cx, i| {
                Ok(vec![rights::on::<model::Group>(cx, "iam:PutGroupPolicy", &i.group_name)])
            })
            .errors(&[
                errors::LIMIT_EXCEEDED,
                errors::MALFORMED_POLICY,
                errors::NO_SUCH_ENTITY,
            ]),
        )
        .operation(
            op(GetGroupPolicy, get_group_policy)
                .rights(|cx, i| {
                    Ok(vec![rights::on::<model::Group>(cx, "iam:GetGroupPolicy", &i.group_name)])
                })
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(DeleteGroupPolicy, |cx, i| {
                inline::delete::<model::Group>(cx, i.group_name, i.policy_name)
            })
            .permissions()
            .rights(|cx, i| {
                Ok(vec![rights::on::<model::Group>(cx, "iam:DeleteGroupPolicy", &i.group_name)])
            })
            .errors(&[errors::NO_SUCH_ENTITY, errors::LIMIT_EXCEEDED]),
        )
        .operation(
            op(ListGroupPolicies, |cx, i| {
                inline::list::<model::Group>(cx, i.group_name, i.marker, i.max_items)
            })
            .list()
            .rights(|cx, i| {
                Ok(vec![rights::on::<model::Group>(cx, "iam:ListGroupPolicies", &i.group_name)])
            })
            .paginated("Marker", "MaxItems", 100)
            .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(AttachGroupPolicy, |cx, i| {
                attachments::attach::<model::Group>(cx, i.group_name, i.policy_arn)
            })
            .permissions()
            .rights(|cx, i| {
                let right = rights::on::<model::Group>(cx, "iam:AttachGroupPolicy", &i.group_name);
                Ok(vec![right.with("iam:PolicyARN", &i.policy_arn)])
            })
            .errors(&[
                errors::NO_SUCH_ENTITY,
                errors::LIMIT_EXCEEDED,
                errors::INVALID_INPUT,
            ]),
        )
        .operation(
            op(DetachGroupPolicy, |cx, i| {
                attachments::detach::<model::Group>(cx, i.group_name, i.policy_arn)
            })
            .permissions()
            .rights(|cx, i| {
                let right = rights::on::<model::Group>(cx, "iam:DetachGroupPolicy", &i.group_name);
                Ok(vec![right.with("iam:PolicyARN", &i.policy_arn)])
            })
            .errors(&[
                errors::NO_SUCH_ENTITY,
                errors::LIMIT_EXCEEDED,
                errors::INVALID_INPUT,
            ]),
        )
        .operation(
            op(ListAttachedGroupPolicies, |cx, i| {
                attachments::list::<model::Group>(
                    cx,
                    i.group_name,
                    i.path_prefix,
                    i.marker,
                    i.max_items,
                )
            })
            .list()
            .rights(|cx, i| {
                Ok(vec![rights::on::<model::Group>(
                    cx,
                    "iam:ListAttachedGroupPolicies",
                    &i.group_name,
                )])
            })
            .paginated("Marker", "MaxItems", 100)
            .errors(&[errors::NO_SUCH_ENTITY, errors::INVALID_INPUT]),
        )
}

async fn get_group_policy(cx: Cx, input: GroupPolicyInput) -> Result<GetGroupPolicyOutput, Error> {
    let policy_document = inline::get::<model::Group>(&cx, &input.group_name, &input.policy_name)?;
    let GroupPolicyInput { group_name, policy_name } = input;
    Ok(GetGroupPolicyOutput { group_name, policy_name, policy_document })
}
