//! CodePipeline's table.

use api_developer::codepipeline::*;
use api_developer::codeyard::GetDeliveryMeasures;
use service::{Protocol, Right, Service, op};

use crate::actions::{Actions, role};
use crate::cleanup::Cleanup;
use crate::listening::Listener;
use crate::polling::Polling;
use crate::{
    action_types, approvals, arn, errors, events, executions, history, measures, pipelines, state,
    tags, transitions,
};

/// What moving executions tells.
const EVENTS: &[&str] = &[events::PIPELINE, events::STAGE, events::ACTION];

/// Why no pipeline has what these operations work on.
const LACKING: &[&str] = &[
    "AcknowledgeJob",
    "AcknowledgeThirdPartyJob",
    "CreateCustomActionType",
    "DeleteCustomActionType",
    "DeleteWebhook",
    "DeregisterWebhookWithThirdParty",
    "GetJobDetails",
    "GetThirdPartyJobDetails",
    "ListDeployActionExecutionTargets",
    "ListRuleExecutions",
    "ListRuleTypes",
    "ListWebhooks",
    "OverrideStageCondition",
    "PollForJobs",
    "PollForThirdPartyJobs",
    "PutActionRevision",
    "PutJobFailureResult",
    "PutJobSuccessResult",
    "PutThirdPartyJobFailureResult",
    "PutThirdPartyJobSuccessResult",
    "PutWebhook",
    "RegisterWebhookWithThirdParty",
    "RollbackStage",
    "UpdateActionType",
];

/// The service.
pub fn service() -> Service {
    let service = Service::new("codepipeline", Protocol::Json11)
        .target("CodePipeline_20150709")
        .reconciler(Actions::reconciler)
        .reconciler(Polling::reconciler)
        .reconciler(|_| Cleanup::reconciler())
        .subscriber(Listener::subscriber)
        .lacks(LACKING);
    reading(running(keeping(service)))
}

/// `op(CALL, HANDLER)` with its right on the pipeline that a member names, or on what further
/// members name below it.
macro_rules! on_pipeline {
    ($call:ident, $handler:path, $pipeline:ident $(, $below:ident)*) => {
        op($call, $handler).errors(errors::ALL).rights(|cx, input| {
            let below: &[&str] = &[$(&input.$below),*];
            Ok(vec![arn::right(cx, stringify!($call), &input.$pipeline, below)?])
        })
    };
}

/// The same for the pipeline whose ARN is given.
macro_rules! on_arn {
    ($call:ident, $handler:path) => {
        op($call, $handler).errors(errors::ALL)
    };
}

fn keeping(service: Service) -> Service {
    service
        .operation(
            op(CreatePipeline, pipelines::create_pipeline)
                .write()
                .partial(
                    "V1 structure and variables; CodeCommit, connection, S3, CodeBuild, CodeDeploy and manual approval \
                     actions in one region",
                )
                .errors(errors::ALL)
                .events(EVENTS)
                .rights(|cx, input| {
                    let name = &input.pipeline.name;
                    let right =
                        Right::new("codepipeline:CreatePipeline", arn::of(cx, name));
                    Ok(vec![arn::with_request_tags(right, input.tags.iter().flatten())])
                })
                .pass_role(role::PRINCIPAL, |input| Some(&input.pipeline.role_arn))
                .also(|_, input| passed_connections(&input.pipeline)),
        )
        .operation(
            op(UpdatePipeline, pipelines::update_pipeline)
                .write()
                .partial("what CreatePipeline takes")
                .errors(errors::ALL)
                .events(EVENTS)
                .rights(|cx, input| {
                    Ok(vec![arn::right(cx, "UpdatePipeline", &input.pipeline.name, &[])?])
                })
                .pass_role(role::PRINCIPAL, |input| Some(&input.pipeline.role_arn))
                .also(|_, input| passed_connections(&input.pipeline)),
        )
        .operation(on_pipeline!(GetPipeline, pipelines::get_pipeline, name))
        .operation(
            op(ListPipelines, pipelines::list_pipelines).list().errors(errors::ALL).paginated(
                "nextToken",
                "maxResults",
                pipelines::PAGE,
            ),
        )
        .operation(on_pipeline!(DeletePipeline, pipelines::delete_pipeline, name).write())
        .operation(on_arn!(TagResource, tags::tag_resource).tagging().rights(|cx, input| {
            let name = arn::pipeline_of(cx, &input.resource_arn)?;
            let right = arn::right(cx, "TagResource", &name, &[])?;
            Ok(vec![arn::with_request_tags(right, input.tags.iter())])
        }))
        .operation(on_arn!(UntagResource, tags::untag_resource).tagging().rights(|cx, input| {
            let name = arn::pipeline_of(cx, &input.resource_arn)?;
            let right = arn::right(cx, "UntagResource", &name, &[])?;
            Ok(vec![right.with_values("aws:TagKeys", input.tag_keys.clone())])
        }))
        .operation(
            on_arn!(ListTagsForResource, tags::list_tags_for_resource)
                .paginated("nextToken", "maxResults", tags::PAGE)
                .rights(|cx, input| {
                    let name = arn::pipeline_of(cx, &input.resource_arn)?;
                    Ok(vec![arn::right(cx, "ListTagsForResource", &name, &[])?])
                }),
        )
}

/// Whoever has a pipeline use a connection must be allowed to hand it over.
fn passed_connections(pipeline: &PipelineDeclaration) -> Vec<Right> {
    let actions = pipeline.stages.iter().flat_map(|stage| &stage.actions);
    let arns = actions.filter_map(|action| action.configuration.as_ref()?.get("ConnectionArn"));
    let right = |arn: &String| {
        let service = match arn.starts_with("arn:aws:codestar-connections:") {
            true => "codestar-connections",
            false => "codeconnections",
        };
        Right::new(format!("{service}:PassConnection"), arn.as_str())
            .with(format!("{service}:PassedToService"), role::PRINCIPAL)
    };
    arns.map(right).collect()
}

fn running(service: Service) -> Service {
    service
        .operation(
            on_pipeline!(StartPipelineExecution, executions::start_pipeline_execution, name)
                .write()
                .idempotent("clientRequestToken")
                .events(EVENTS),
        )
        .operation(
            on_pipeline!(StopPipelineExecution, executions::stop_pipeline_execution, pipeline_name)
                .write()
                .events(EVENTS),
        )
        .operation(
            on_pipeline!(
                RetryStageExecution,
                executions::retry_stage_execution,
                pipeline_name,
                stage_name
            )
            .write()
            .events(EVENTS),
        )
        .operation(
            on_pipeline!(
                PutApprovalResult,
                approvals::put_approval_result,
                pipeline_name,
                stage_name,
                action_name
            )
            .write()
            .events(EVENTS),
        )
        .operation(
            on_pipeline!(
                DisableStageTransition,
                transitions::disable_stage_transition,
                pipeline_name,
                stage_name
            )
            .write(),
        )
        .operation(
            on_pipeline!(
                EnableStageTransition,
                transitions::enable_stage_transition,
                pipeline_name,
                stage_name
            )
            .write()
            .events(EVENTS),
        )
}

fn reading(service: Service) -> Service {
    service
        .operation(on_pipeline!(GetPipelineState, state::get_pipeline_state, name))
        .operation(on_pipeline!(
            GetPipelineExecution,
            history::get_pipeline_execution,
            pipeline_name
        ))
        .operation(
            on_pipeline!(ListPipelineExecutions, history::list_pipeline_executions, pipeline_name)
                .list()
                .paginated("nextToken", "maxResults", history::PAGE),
        )
        .operation(
            on_pipeline!(ListActionExecutions, history::list_action_executions, pipeline_name)
                .list()
                .paginated("nextToken", "maxResults", history::PAGE),
        )
        .operation(op(ListActionTypes, action_types::list_action_types).list().errors(errors::ALL))
        .operation(op(GetActionType, action_types::get_action_type).errors(errors::ALL).on(
            |cx, input| {
                let GetActionTypeInput { category, owner, provider, version } = input;
                arn::of(cx, &format!("actiontype:{owner}/{category}/{provider}/{version}"))
            },
        ))
}

/// Adds operations of Codeyard's own on what CodePipeline keeps to the service `codeyard`.
pub fn own_operations(service: Service) -> Service {
    service.operation(
        op(GetDeliveryMeasures, measures::get_delivery_measures)
            .action("codepipeline:ListPipelines")
            .list()
            .errors(errors::ALL),
    )
}
