//! Pushes and pulls in the audit trail, like the operations of the API that do the same.
//!
//! <https://docs.aws.amazon.com/AmazonECR/latest/userguide/logging-using-cloudtrail.html>

use serde_json::Value;
use service::{AuditRecord, Error};

use super::{Asked, short};
use crate::model;

/// Operations that change something.
const WRITES: [&str; 5] = [
    "PutImage",
    "BatchDeleteImage",
    "InitiateLayerUpload",
    "UploadLayerPart",
    "CompleteLayerUpload",
];

/// Records one, with its parameters beside registry and repository; `*` is no repository.
pub(super) fn record(
    asked: &Asked<'_>,
    event: &str,
    name: &str,
    mut parameters: Value,
    error: Option<&Error>,
) {
    let (cx, caller) = (asked.cx, asked.cx.caller());
    let on_repository = name != "*";
    if let Some(parameters) = parameters.as_object_mut() {
        parameters.insert("registryId".to_owned(), Value::from(asked.scope.account.as_str()));
        if on_repository {
            parameters.insert("repositoryName".to_owned(), Value::from(short(name)));
        }
    }
    cx.yard().audit().record(AuditRecord {
        event_id: types::uuid(),
        request_id: cx.request_id().to_owned(),
        time: cx.now(),
        account: caller.account.clone(),
        region: cx.region().clone(),
        event_source: "ecr.amazonaws.com".to_owned(),
        event_name: event.to_owned(),
        read_only: !WRITES.contains(&event),
        caller_arn: caller.arn.clone(),
        user_name: caller.arn.rsplit(['/', ':']).next().unwrap_or_default().to_owned(),
        principal_id: caller.user_id.clone(),
        access_key_id: caller.access_key_id.clone(),
        source_ip: cx.origin().source_ip.to_string(),
        user_agent: cx.origin().user_agent.clone(),
        request_parameters: parameters,
        error: error.map(|error| (error.code.to_string(), error.message.clone())),
        resources: on_repository.then(|| model::arn(&asked.scope, name)).into_iter().collect(),
    });
}
