//! Rows of managed policies, the account and the simulator.

use api_identity::iam::*;
use service::{Right, Service, op};

use crate::{errors, names, policies, rights, simulation, totals};

/// Managed policies and what is about the whole account.
pub(super) fn rows(service: Service) -> Service {
    service
        .operation(
            op(CreatePolicy, policies::create)
                .permissions()
                .rights(|cx, i| {
                    let path = i.path.as_deref().unwrap_or("/");
                    let arn = names::arn(cx.account(), "policy", path, &i.policy_name);
                    Ok(vec![rights::request_tags(
                        Right::new("iam:CreatePolicy", arn),
                        i.tags.as_deref(),
                    )])
                })
                .errors(&[
                    errors::INVALID_INPUT,
                    errors::LIMIT_EXCEEDED,
                    errors::ALREADY_EXISTS,
                    errors::MALFORMED_POLICY,
                ]),
        )
        .operation(
            op(GetPolicy, policies::get)
                .rights(|cx, i| Ok(vec![rights::on_policy(cx, "iam:GetPolicy", &i.policy_arn)]))
                .errors(&[errors::NO_SUCH_ENTITY, errors::INVALID_INPUT]),
        )
        .operation(
            op(DeletePolicy, policies::delete)
                .permissions()
                .rights(|cx, i| Ok(vec![rights::on_policy(cx, "iam:DeletePolicy", &i.policy_arn)]))
                .errors(&[
                    errors::NO_SUCH_ENTITY,
                    errors::LIMIT_EXCEEDED,
                    errors::INVALID_INPUT,
                    errors::DELETE_CONFLICT,
                ]),
        )
        .operation(
            op(CreatePolicyVersion, policies::create_version)
                .permissions()
                .rights(|cx, i| {
                    Ok(vec![rights::on_policy(cx, "iam:CreatePolicyVersion", &i.policy_arn)])
                })
                .errors(&[
                    errors::NO_SUCH_ENTITY,
                    errors::MALFORMED_POLICY,
                    errors::INVALID_INPUT,
                    errors::LIMIT_EXCEEDED,
                ]),
        )
        .operation(
            op(GetPolicyVersion, policies::get_version)
                .rights(|cx, i| {
                    Ok(vec![rights::on_policy(cx, "iam:GetPolicyVersion", &i.policy_arn)])
                })
                .errors(&[errors::NO_SUCH_ENTITY, errors::INVALID_INPUT]),
        )
        .operation(
            op(ListPolicyVersions, policies::list_versions)
                .list()
                .rights(|cx, i| {
                    Ok(vec![rights::on_policy(cx, "iam:ListPolicyVersions", &i.policy_arn)])
                })
                .paginated("Marker", "MaxItems", 100)
                .errors(&[errors::NO_SUCH_ENTITY, errors::INVALID_INPUT]),
        )
        .operation(
            op(SetDefaultPolicyVersion, policies::set_default)
                .permissions()
                .rights(|cx, i| {
                    Ok(vec![rights::on_policy(cx, "iam:SetDefaultPolicyVersion", &i.policy_arn)])
                })
                .errors(&[errors::NO_SUCH_ENTITY, errors::INVALID_INPUT, errors::LIMIT_EXCEEDED]),
        )
        .operation(
            op(DeletePolicyVersion, policies::delete_version)
                .permissions()
                .rights(|cx, i| {
                    Ok(vec![rights::on_policy(cx, "iam:DeletePolicyVersion", &i.policy_arn)])
                })
                .errors(&[
                    errors::NO_SUCH_ENTITY,
                    errors::LIMIT_EXCEEDED,
                    errors::INVALID_INPUT,
                    errors::DELETE_CONFLICT,
                ]),
        )
        .operation(
            op(ListEntitiesForPolicy, policies::list_entities)
                .list()
                .rights(|cx, i| {
                    Ok(vec![rights::on_policy(cx, "iam:ListEntitiesForPolicy", &i.policy_arn)])
                })
                .paginated("Marker", "MaxItems", 100)
                .errors(&[errors::NO_SUCH_ENTITY, errors::INVALID_INPUT]),
        )
        .operation(
            op(ListPolicyTags, policies::list_tags)
                .list()
                .rights(|cx, i| {
                    Ok(vec![rights::on_policy(cx, "iam:ListPolicyTags", &i.policy_arn)])
                })
                .paginated("Marker", "MaxItems", 100)
                .errors(&[errors::NO_SUCH_ENTITY, errors::INVALID_INPUT]),
        )
        .operation(op(ListPolicies, policies::list).list().paginated("Marker", "MaxItems", 100))
        .operation(
            op(TagPolicy, policies::tag)
                .tagging()
                .rights(|cx, i| {
                    let right = rights::on_policy(cx, "iam:TagPolicy", &i.policy_arn);
                    Ok(vec![rights::request_tags(right, Some(&i.tags))])
                })
                .errors(&[errors::NO_SUCH_ENTITY, errors::LIMIT_EXCEEDED, errors::INVALID_INPUT]),
        )
        .operation(
            op(UntagPolicy, policies::untag)
                .tagging()
                .rights(|cx, i| {
                    let right = rights::on_policy(cx, "iam:UntagPolicy", &i.policy_arn);
                    Ok(vec![right.with_values("aws:TagKeys", i.tag_keys.clone())])
                })
                .errors(&[errors::NO_SUCH_ENTITY, errors::INVALID_INPUT]),
        )
        .operation(op(GetAccountSummary, totals::summary).list())
        .operation(
            op(SimulatePrincipalPolicy, simulation::principal)
                .rights(|_, i| {
                    Ok(vec![Right::new("iam:SimulatePrincipalPolicy", &i.policy_source_arn)])
                })
                .paginated("Marker", "MaxItems", 100)
                .errors(&[errors::NO_SUCH_ENTITY, errors::INVALID_INPUT])
                .partial(
                    "Statements come without their positions; ResourceHandlingOption and \
                     PolicyExclusionList are refused.",
                ),
        )
        .operation(
            op(SimulateCustomPolicy, simulation::custom)
                .paginated("Marker", "MaxItems", 100)
                .errors(&[errors::INVALID_INPUT])
                .partial(
                    "Statements come without their positions; ResourceHandlingOption and \
                     OrderedOrganizationPolicyInputList are refused.",
                ),
        )
}
