//! The CodeDeploy deploy action.
//!
//! After the [action reference](https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeDeploy.html).
//!
//! `CreateDeployment` has no idempotency token. So every deployment carries the id of its action
//! execution in its description, and a step whose earlier attempt may have got through looks for
//! that before it creates another.

use api_developer::codedeploy::{
    self, BundleType, CreateDeploymentInput, DeploymentInfo, DeploymentStatus, RevisionLocation,
    RevisionLocationType, S3Location, TimeRange,
};
use serde_json::json;
use service::Cx;

use super::{Progress, Trouble, Work, role};
use crate::flow::Completion;

/// How long to wait for the event that a deployment has ended before looking, in milliseconds.
const LOOK_AGAIN: i64 = 15_000;
/// How far clocks and transactions may be apart when deployments are looked for, in seconds.
const SLACK: i64 = 60;

pub(super) async fn perform(work: &Work) -> Result<Progress, Trouble> {
    let step = work.step("create", |step| async move {
        let earlier = if step.attempt > 1 { find(work).await? } else { None };
        let id = match earlier {
            Some(id) => id,
            None => create(work).await?,
        };
        Ok(json!(id))
    });
    let id = step.await?.as_str().unwrap_or_default().to_owned();
    work.waits_for(format!("codedeploy:{id}"), id.clone(), None).await?;
    let input = codedeploy::GetDeploymentInput { deployment_id: id.clone() };
    let output = work.cx.call(codedeploy::GetDeployment, input).await;
    let what = format!("calling getDeployment for {id}");
    let deployment = output.map_err(Trouble::with(what))?.deployment_info.unwrap_or_default();
    Ok(match deployment.status {
        Some(DeploymentStatus::Succeeded) => Progress::ended(Completion {
            summary: Some("Deployment Succeeded".to_owned()),
            external_id: Some(id),
            ..Completion::default()
        }),
        Some(DeploymentStatus::Failed | DeploymentStatus::Stopped) => {
            Progress::ended(failed(&id, &deployment))
        }
        _ => Progress::Waits(LOOK_AGAIN),
    })
}

fn failed(id: &str, deployment: &DeploymentInfo) -> Completion {
    let stopped = deployment.status == Some(DeploymentStatus::Stopped);
    let how = if stopped { "was stopped" } else { "failed" };
    let why = deployment.error_information.as_ref().and_then(|it| it.message.as_deref());
    let message = match why {
        Some(why) => format!("Deployment {id} {how}: {why}"),
        None => format!("Deployment {id} {how}"),
    };
    Completion {
        summary: Some(format!("Deployment {id} {how}")),
        external_id: Some(id.to_owned()),
        ..Completion::failed("JobFailed", message)
    }
}

/// By what a deployment is recognized as this action's.
fn mark(work: &Work) -> String {
    format!("action execution {}", work.action.id)
}

async fn create(work: &Work) -> Result<String, Trouble> {
    let (bucket, key) = work.input()?;
    let action = &work.action;
    let input = CreateDeploymentInput {
        application_name: work.required("ApplicationName")?.to_owned(),
        deployment_group_name: Some(work.required("DeploymentGroupName")?.to_owned()),
        description: Some(format!(
            "Created by pipeline {}, execution {}, {}",
            action.pipeline,
            action.execution_id,
            mark(work)
        )),
        revision: Some(RevisionLocation {
            revision_type: Some(RevisionLocationType::S3),
            s3_location: Some(S3Location {
                bucket: Some(bucket),
                key: Some(key),
                bundle_type: Some(BundleType::Zip),
                ..S3Location::default()
            }),
            ..RevisionLocation::default()
        }),
        ..CreateDeploymentInput::default()
    };
    let output = work.cx.call(codedeploy::CreateDeployment, input).await;
    let output = output.map_err(Trouble::with("calling createDeployment"))?;
    output
        .deployment_id
        .ok_or_else(|| Trouble::configuration("CodeDeploy answered no deployment id."))
}

/// The deployment that an earlier attempt of the step has made, if it got that far. The role need
/// not be allowed to list deployments: this only finds out what was done in its name.
async fn find(work: &Work) -> Result<Option<String>, Trouble> {
    let scope = work.run.scope();
    let account = work.yard.identity().root(&scope.account);
    let cx = Cx::background(&work.yard, account, scope.region.clone(), role::PRINCIPAL);
    let mut input = codedeploy::ListDeploymentsInput {
        application_name: Some(work.required("ApplicationName")?.to_owned()),
        deployment_group_name: Some(work.required("DeploymentGroupName")?.to_owned()),
        create_time_range: Some(TimeRange {
            start: Some(work.action.started.plus_secs(-SLACK)),
            end: None,
        }),
        ..Default::default()
    };
    let mark = mark(work);
    loop {
        let page = match cx.call(codedeploy::ListDeployments, input.clone()).await {
            // No application or group: then there is no deployment either.
            Err(error) if error.status < 500 => return Ok(None),
            page => page.map_err(Trouble::with("looking for the deployment"))?,
        };
        for id in page.deployments.into_iter().flatten() {
            let ask = codedeploy::GetDeploymentInput { deployment_id: id.clone() };
            let found = cx.call(codedeploy::GetDeployment, ask).await;
            let found = found.map_err(Trouble::with("looking for the deployment"))?;
            let description = found.deployment_info.and_then(|it| it.description);
            if description.is_some_and(|it| it.ends_with(&mark)) {
                return Ok(Some(id));
            }
        }
        match page.next_token {
            Some(next) => input.next_token = Some(next),
            None => return Ok(None),
        }
    }
}
