//! What CodeDeploy announces, after "CodeDeploy events" in the EventBridge guide.

use serde_json::json;
use store::Event;
use types::{Scope, Timestamp};

use crate::arn;
use crate::model::{Deployment, Target};

/// Detail type of a deployment's events.
pub(crate) const DEPLOYMENT: &str = "CodeDeploy Deployment State-change Notification";
/// Detail type of an instance's events.
pub(crate) const INSTANCE: &str = "CodeDeploy Instance State-change Notification";
/// Both.
pub(crate) const ALL: &[&str] = &[DEPLOYMENT, INSTANCE];

/// A deployment has begun or ended: START, SUCCESS, FAILURE or STOP.
pub(crate) fn deployment(
    scope: &Scope,
    deployment: &Deployment,
    state: &str,
    now: Timestamp,
) -> Event {
    event(scope, deployment, DEPLOYMENT, state, None, now)
}

/// An instance has begun or ended in a deployment.
pub(crate) fn instance(
    scope: &Scope,
    deployment: &Deployment,
    target: &Target,
    state: &str,
    now: Timestamp,
) -> Event {
    event(scope, deployment, INSTANCE, state, Some(target), now)
}

fn event(
    scope: &Scope,
    deployment: &Deployment,
    detail_type: &str,
    state: &str,
    target: Option<&Target>,
    now: Timestamp,
) -> Event {
    let mut detail = json!({
        "region": scope.region.as_str(),
        "deploymentId": deployment.id,
        "instanceGroupId": deployment.group_id,
        "deploymentGroup": deployment.group_name,
        "application": deployment.application_name,
        "state": state,
    });
    let mut resources = vec![
        arn::application(scope, &deployment.application_name),
        arn::group(scope, &deployment.application_name, &deployment.group_name),
    ];
    if let Some(target) = target {
        if let Some(detail) = detail.as_object_mut() {
            detail.insert("instanceId".to_owned(), json!(target.instance_name));
        }
        resources.insert(0, target.instance_arn.clone());
    }
    Event {
        id: types::uuid(),
        source: "aws.codedeploy".to_owned(),
        detail_type: detail_type.to_owned(),
        account: scope.account.to_string(),
        region: scope.region.to_string(),
        time: now,
        resources,
        detail,
    }
}
