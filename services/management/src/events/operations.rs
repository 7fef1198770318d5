//! The table of EventBridge.

use api_management::events::*;
use service::{Cx, Protocol, Right, Service, op};
use wire::Error;

use super::arn::{bus_arn, right, rule_of_arn};
use super::deliver::Deliverer;
use super::receive::Bus;
use super::{PRINCIPAL, errors, put, rules, targets};

/// What AWS has and this yard lacks.
const LACKS: &[&str] = &[
    "ActivateEventSource",
    "CancelReplay",
    "CreateApiDestination",
    "CreateArchive",
    "CreateConnection",
    "CreateEndpoint",
    "CreateEventBus",
    "CreatePartnerEventSource",
    "DeactivateEventSource",
    "DeauthorizeConnection",
    "DeleteApiDestination",
    "DeleteArchive",
    "DeleteConnection",
    "DeleteEndpoint",
    "DeleteEventBus",
    "DeletePartnerEventSource",
    "DescribeApiDestination",
    "DescribeArchive",
    "DescribeConnection",
    "DescribeEndpoint",
    "DescribeEventSource",
    "DescribePartnerEventSource",
    "DescribeReplay",
    "ListApiDestinations",
    "ListArchives",
    "ListConnections",
    "ListEndpoints",
    "ListEventSources",
    "ListPartnerEventSourceAccounts",
    "ListPartnerEventSources",
    "ListReplays",
    "PutPartnerEvents",
    "PutPermission",
    "RemovePermission",
    "StartReplay",
    "UpdateApiDestination",
    "UpdateArchive",
    "UpdateConnection",
    "UpdateEndpoint",
    "UpdateEventBus",
];

pub(crate) fn service() -> Service {
    let service = Service::new("events", Protocol::Json11)
        .target("AWSEvents")
        .lacks(LACKS)
        .subscriber(Bus::subscriber)
        .reconciler(Deliverer::reconciler);
    tagging(bus_rows(target_rows(rule_rows(service))))
}

fn rule_rows(service: Service) -> Service {
    service
        .operation(
            op(PutRule, rules::put_rule)
                .write()
                .rights(|cx, i| {
                    let tags = i.tags.as_deref().unwrap_or_default();
                    Ok(vec![with_request_tags(right(cx, "events:PutRule", &i.name)?, tags)])
                })
                .errors(&[errors::INVALID_PATTERN, errors::LIMIT_EXCEEDED, errors::NOT_FOUND])
                .partial("schedules, RoleArn and buses other than default are refused"),
        )
        .operation(
            op(DescribeRule, rules::describe_rule)
                .rights(|cx, i| on(cx, "events:DescribeRule", &i.name))
                .errors(&[errors::NOT_FOUND]),
        )
        .operation(
            op(ListRules, rules::list_rules)
                .list()
                .on(|cx, _| super::arn::rule_arn(&cx.scope(), "*"))
                .paginated("NextToken", "Limit", 100)
                .errors(&[errors::NOT_FOUND]),
        )
        .operation(
            op(DeleteRule, rules::delete_rule)
                .write()
                .rights(|cx, i| on(cx, "events:DeleteRule", &i.name))
                .errors(&[errors::NOT_FOUND]),
        )
        .operation(
            op(EnableRule, rules::enable_rule)
                .write()
                .rights(|cx, i| on(cx, "events:EnableRule", &i.name))
                .errors(&[errors::NOT_FOUND]),
        )
        .operation(
            op(DisableRule, rules::disable_rule)
                .write()
                .rights(|cx, i| on(cx, "events:DisableRule", &i.name))
                .errors(&[errors::NOT_FOUND]),
        )
}

fn target_rows(service: Service) -> Service {
    service
        .operation(
            op(PutTargets, targets::put_targets)
                .write()
                .rights(|cx, i| {
                    let arns = i.targets.iter().map(|target| target.arn.clone()).collect();
                    let right = right(cx, "events:PutTargets", &i.rule)?;
                    Ok(vec![right.with_values("events:TargetArn", arns)])
                })
                .also(|_, i| {
                    let roles = i.targets.iter().filter_map(|target| target.role_arn.as_ref());
                    roles
                        .map(|role| {
                            Right::new("iam:PassRole", role).with("iam:PassedToService", PRINCIPAL)
                        })
                        .collect()
                })
                .errors(&[errors::NOT_FOUND, errors::LIMIT_EXCEEDED])
                .partial("targets are pipelines, build projects and log groups"),
        )
        .operation(
            op(RemoveTargets, targets::remove_targets)
                .write()
                .rights(|cx, i| on(cx, "events:RemoveTargets", &i.rule))
                .errors(&[errors::NOT_FOUND]),
        )
        .operation(
            op(ListTargetsByRule, targets::list_targets_by_rule)
                .list()
                .rights(|cx, i| on(cx, "events:ListTargetsByRule", &i.rule))
                .paginated("NextToken", "Limit", 100)
                .errors(&[errors::NOT_FOUND]),
        )
        .operation(
            op(ListRuleNamesByTarget, rules::list_rule_names_by_target)
                .list()
                .on(|cx, _| super::arn::rule_arn(&cx.scope(), "*"))
                .paginated("NextToken", "Limit", 100)
                .errors(&[errors::NOT_FOUND]),
        )
}

fn bus_rows(service: Service) -> Service {
    service
        .operation(
            op(PutEvents, put::put_events)
                .write()
                .data_event()
                .rights(|cx, i| {
                    let bus = bus_arn(&cx.scope());
                    let right = |entry: &PutEventsRequestEntry| {
                        Right::new("events:PutEvents", bus.as_str())
                            .with("events:source", entry.source.as_deref().unwrap_or_default())
                            .with(
                                "events:detail-type",
                                entry.detail_type.as_deref().unwrap_or_default(),
                            )
                    };
                    Ok(i.entries.iter().map(right).collect())
                })
                .partial("EndpointId and TraceHeader are refused"),
        )
        .operation(op(TestEventPattern, put::test_event_pattern).errors(&[errors::INVALID_PATTERN]))
        .operation(
            op(DescribeEventBus, put::describe_event_bus)
                .on(|cx, _| bus_arn(&cx.scope()))
                .errors(&[errors::NOT_FOUND]),
        )
        .operation(op(ListEventBuses, put::list_event_buses).list().paginated(
            "NextToken",
            "Limit",
            100,
        ))
}

fn tagging(service: Service) -> Service {
    service
        .operation(
            op(TagResource, rules::tag_resource)
                .tagging()
                .rights(|cx, i| {
                    let rule = rule_of_arn(&cx.scope(), &i.resource_arn)?;
                    Ok(vec![with_request_tags(right(cx, "events:TagResource", &rule)?, &i.tags)])
                })
                .errors(&[errors::NOT_FOUND]),
        )
        .operation(
            op(UntagResource, rules::untag_resource)
                .tagging()
                .rights(|cx, i| {
                    let rule = rule_of_arn(&cx.scope(), &i.resource_arn)?;
                    let right = right(cx, "events:UntagResource", &rule)?;
                    Ok(vec![right.with_values("aws:TagKeys", i.tag_keys.clone())])
                })
                .errors(&[errors::NOT_FOUND]),
        )
        .operation(
            op(ListTagsForResource, rules::list_tags_for_resource)
                .list()
                .rights(|cx, i| {
                    let rule = rule_of_arn(&cx.scope(), &i.resource_arn)?;
                    on(cx, "events:ListTagsForResource", &rule)
                })
                .errors(&[errors::NOT_FOUND]),
        )
}

fn on(cx: &Cx, action: &str, rule: &str) -> Result<Vec<Right>, Error> {
    right(cx, action, rule).map(|right| vec![right])
}

fn with_request_tags(mut right: Right, tags: &[Tag]) -> Right {
    if tags.is_empty() {
        return right;
    }
    for tag in tags {
        right = right.with(format!("aws:RequestTag/{}", tag.key), &tag.value);
    }
    right.with_values("aws:TagKeys", tags.iter().map(|tag| tag.key.clone()).collect())
}
