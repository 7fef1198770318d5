//! The table of CloudWatch Logs.

use std::collections::BTreeMap;

use api_management::logs::*;
use service::{Cx, Protocol, Right, Service, op};
use wire::Error;

use super::arn::{group_arn, group_of_identifier, named_group, right, with_tags};
use super::retention::Sweeper;
use super::tags::tagged_group;
use super::{errors, filter, groups, policies, put, read, streams, tags};

/// What AWS has and this yard lacks.
const LACKS: &[&str] = &[
    "AssociateKmsKey",
    "AssociateSourceToS3TableIntegration",
    "CancelExportTask",
    "CancelImportTask",
    "CreateDelivery",
    "CreateExportTask",
    "CreateImportTask",
    "CreateLogAnomalyDetector",
    "CreateLookupTable",
    "CreateScheduledQuery",
    "DeleteAccountPolicy",
    "DeleteDataProtectionPolicy",
    "DeleteDelivery",
    "DeleteDeliveryDestination",
    "DeleteDeliveryDestinationPolicy",
    "DeleteDeliverySource",
    "DeleteDestination",
    "DeleteIndexPolicy",
    "DeleteIntegration",
    "DeleteLogAnomalyDetector",
    "DeleteLookupTable",
    "DeleteMetricFilter",
    "DeleteQueryDefinition",
    "DeleteScheduledQuery",
    "DeleteSubscriptionFilter",
    "DeleteSyslogConfiguration",
    "DeleteTransformer",
    "DescribeAccountPolicies",
    "DescribeConfigurationTemplates",
    "DescribeDeliveries",
    "DescribeDeliveryDestinations",
    "DescribeDeliverySources",
    "DescribeDestinations",
    "DescribeExportTasks",
    "DescribeFieldIndexes",
    "DescribeImportTaskBatches",
    "DescribeImportTasks",
    "DescribeIndexPolicies",
    "DescribeLookupTables",
    "DescribeMetricFilters",
    "DescribeQueries",
    "DescribeQueryDefinitions",
    "DescribeSubscriptionFilters",
    "DisassociateKmsKey",
    "DisassociateSourceFromS3TableIntegration",
    "GetDataProtectionPolicy",
    "GetDelivery",
    "GetDeliveryDestination",
    "GetDeliveryDestinationPolicy",
    "GetDeliverySource",
    "GetIntegration",
    "GetLogAnomalyDetector",
    "GetLogFields",
    "GetLogGroupFields",
    "GetLogObject",
    "GetLogRecord",
    "GetLookupTable",
    "GetQueryResults",
    "GetScheduledQuery",
    "GetScheduledQueryHistory",
    "GetStorageTierPolicy",
    "GetTransformer",
    "ListAggregateLogGroupSummaries",
    "ListAnomalies",
    "ListIntegrations",
    "ListLogAnomalyDetectors",
    "ListLogGroups",
    "ListLogGroupsForQuery",
    "ListScheduledQueries",
    "ListSourcesForS3TableIntegration",
    "ListSyslogConfigurations",
    "PutAccountPolicy",
    "PutBearerTokenAuthentication",
    "PutDataProtectionPolicy",
    "PutDeliveryDestination",
    "PutDeliveryDestinationPolicy",
    "PutDeliverySource",
    "PutDestination",
    "PutDestinationPolicy",
    "PutIndexPolicy",
    "PutIntegration",
    "PutMetricFilter",
    "PutQueryDefinition",
    "PutStorageTierPolicy",
    "PutSubscriptionFilter",
    "PutSyslogConfiguration",
    "PutTransformer",
    "StartLiveTail",
    "StartQuery",
    "StopQuery",
    "TestTransformer",
    "UpdateAnomaly",
    "UpdateDeliveryConfiguration",
    "UpdateLogAnomalyDetector",
    "UpdateLookupTable",
    "UpdateScheduledQuery",
    "TestMetricFilter",
];

pub(crate) fn service() -> Service {
    let service = Service::new("logs", Protocol::Json11)
        .target("Logs_20140328")
        .validation(errors::INVALID_PARAMETER)
        .lacks(LACKS)
        .reconciler(|_| Sweeper::reconciler());
    tagging(events(policy_rows(group_rows(service))))
}

fn group_rows(service: Service) -> Service {
    service
        .operation(
            op(CreateLogGroup, groups::create_log_group)
                .write()
                .rights(|cx, i| {
                    let right = right(cx, "logs:CreateLogGroup", &i.log_group_name, "")?;
                    Ok(vec![with_request_tags(right, i.tags.iter().flatten())])
                })
                .errors(&[errors::ALREADY_EXISTS, errors::INVALID_PARAMETER])
                .partial("kmsKeyId and log group classes other than STANDARD are refused"),
        )
        .operation(
            op(DeleteLogGroup, groups::delete_log_group)
                .write()
                .rights(|cx, i| on(cx, "logs:DeleteLogGroup", &i.log_group_name, ""))
                .errors(&[errors::NOT_FOUND, errors::VALIDATION]),
        )
        .operation(
            op(DescribeLogGroups, groups::describe_log_groups)
                .list()
                .rights(|cx, _| on(cx, "logs:DescribeLogGroups", "", ""))
                .paginated("nextToken", "limit", 50)
                .partial("linked accounts are refused"),
        )
        .operation(
            op(PutLogGroupDeletionProtection, groups::put_deletion_protection)
                .write()
                .rights(|cx, i| {
                    let group = group_of_identifier(&cx.scope(), &i.log_group_identifier)?;
                    on(cx, "logs:PutLogGroupDeletionProtection", &group, "")
                })
                .errors(&[errors::NOT_FOUND]),
        )
        .operation(
            op(PutRetentionPolicy, groups::put_retention_policy)
                .write()
                .rights(|cx, i| on(cx, "logs:PutRetentionPolicy", &i.log_group_name, ""))
                .errors(&[errors::NOT_FOUND]),
        )
        .operation(
            op(DeleteRetentionPolicy, groups::delete_retention_policy)
                .write()
                .rights(|cx, i| on(cx, "logs:DeleteRetentionPolicy", &i.log_group_name, ""))
                .errors(&[errors::NOT_FOUND]),
        )
}

fn policy_rows(service: Service) -> Service {
    service
        .operation(
            op(PutResourcePolicy, policies::put_resource_policy)
                .permissions()
                .errors(&[errors::LIMIT_EXCEEDED])
                .partial("policies on single resources are refused"),
        )
        .operation(
            op(DeleteResourcePolicy, policies::delete_resource_policy)
                .permissions()
                .errors(&[errors::NOT_FOUND])
                .partial("policies on single resources are refused"),
        )
        .operation(
            op(DescribeResourcePolicies, policies::describe_resource_policies)
                .list()
                .paginated("nextToken", "limit", 10)
                .partial("policies on single resources are refused"),
        )
}

fn events(service: Service) -> Service {
    service
        .operation(
            op(CreateLogStream, streams::create_log_stream)
                .write()
                .rights(|cx, i| on(cx, "logs:CreateLogStream", &i.log_group_name, ""))
                .errors(&[errors::ALREADY_EXISTS, errors::NOT_FOUND]),
        )
        .operation(
            op(DeleteLogStream, streams::delete_log_stream)
                .write()
                .rights(|cx, i| {
                    on(cx, "logs:DeleteLogStream", &i.log_group_name, &i.log_stream_name)
                })
                .errors(&[errors::NOT_FOUND]),
        )
        .operation(
            op(DescribeLogStreams, streams::describe_log_streams)
                .list()
                .rights(|cx, i| {
                    let (name, identifier) = (&i.log_group_name, &i.log_group_identifier);
                    let group = named_group(cx, name.as_deref(), identifier.as_deref())?;
                    on(cx, "logs:DescribeLogStreams", &group, "")
                })
                .paginated("nextToken", "limit", 50)
                .errors(&[errors::NOT_FOUND]),
        )
        .operation(
            op(PutLogEvents, put::put_log_events)
                .write()
                .data_event()
                .rights(|cx, i| on(cx, "logs:PutLogEvents", &i.log_group_name, &i.log_stream_name))
                .errors(&[errors::NOT_FOUND, errors::UNAVAILABLE])
                .partial("entity is refused"),
        )
        .operation(
            op(GetLogEvents, read::get_log_events)
                .data_event()
                .rights(|cx, i| {
                    let (name, identifier) = (&i.log_group_name, &i.log_group_identifier);
                    let group = named_group(cx, name.as_deref(), identifier.as_deref())?;
                    on(cx, "logs:GetLogEvents", &group, &i.log_stream_name)
                })
                .errors(&[errors::NOT_FOUND]),
        )
        .operation(
            op(FilterLogEvents, filter::filter_log_events)
                .data_event()
                .rights(|cx, i| {
                    let (name, identifier) = (&i.log_group_name, &i.log_group_identifier);
                    let group = named_group(cx, name.as_deref(), identifier.as_deref())?;
                    on(cx, "logs:FilterLogEvents", &group, "")
                })
                .paginated("nextToken", "limit", 10_000)
                .errors(&[errors::NOT_FOUND])
                .partial("space-delimited filter patterns are refused"),
        )
}

fn tagging(service: Service) -> Service {
    service
        .operation(
            op(TagResource, tags::tag_resource)
                .tagging()
                .rights(|cx, i| {
                    let group = tagged_group(&cx.scope(), &i.resource_arn)?;
                    let right = on_tags(cx, "logs:TagResource", &group)?;
                    Ok(vec![with_request_tags(right, &i.tags)])
                })
                .errors(&[errors::NOT_FOUND, errors::TOO_MANY_TAGS]),
        )
        .operation(
            op(UntagResource, tags::untag_resource)
                .tagging()
                .rights(|cx, i| {
                    let group = tagged_group(&cx.scope(), &i.resource_arn)?;
                    let right = on_tags(cx, "logs:UntagResource", &group)?;
                    Ok(vec![right.with_values("aws:TagKeys", i.tag_keys.clone())])
                })
                .errors(&[errors::NOT_FOUND]),
        )
        .operation(
            op(ListTagsForResource, tags::list_tags_for_resource)
                .list()
                .rights(|cx, i| {
                    let group = tagged_group(&cx.scope(), &i.resource_arn)?;
                    Ok(vec![on_tags(cx, "logs:ListTagsForResource", &group)?])
                })
                .errors(&[errors::NOT_FOUND]),
        )
        .operation(
            op(TagLogGroup, tags::tag_log_group)
                .tagging()
                .rights(|cx, i| {
                    let right = right(cx, "logs:TagLogGroup", &i.log_group_name, "")?;
                    Ok(vec![with_request_tags(right, &i.tags)])
                })
                .errors(&[errors::NOT_FOUND]),
        )
        .operation(
            op(UntagLogGroup, tags::untag_log_group)
                .tagging()
                .rights(|cx, i| {
                    let right = right(cx, "logs:UntagLogGroup", &i.log_group_name, "")?;
                    Ok(vec![right.with_values("aws:TagKeys", i.tags.clone())])
                })
                .errors(&[errors::NOT_FOUND]),
        )
        .operation(
            op(ListTagsLogGroup, tags::list_tags_log_group)
                .list()
                .rights(|cx, i| on(cx, "logs:ListTagsLogGroup", &i.log_group_name, ""))
                .errors(&[errors::NOT_FOUND]),
        )
}

fn on(cx: &Cx, action: &str, group: &str, stream: &str) -> Result<Vec<Right>, Error> {
    right(cx, action, group, stream).map(|right| vec![right])
}

/// The newer tagging operations name the group's ARN without anything behind it.
fn on_tags(cx: &Cx, action: &str, group: &str) -> Result<Right, Error> {
    with_tags(cx, Right::new(action, group_arn(&cx.scope(), group)), group)
}

fn with_request_tags<'a>(
    mut right: Right,
    tags: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> Right {
    let tags: BTreeMap<_, _> = tags.into_iter().collect();
    if tags.is_empty() {
        return right;
    }
    for (key, value) in &tags {
        right = right.with(format!("aws:RequestTag/{key}"), value.as_str());
    }
    right.with_values("aws:TagKeys", tags.into_keys().cloned().collect())
}
