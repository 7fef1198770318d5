//! Targets of deployments, and instances, as the older operations call them.

use std::collections::BTreeMap;

use shape::{Shape, Timestamp};

use super::TargetGroupInfo;

/// [BatchGetDeploymentInstances](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeploymentInstances.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetDeploymentInstancesInput {
    #[shape(required, missing = "DeploymentIdRequiredException")]
    pub deployment_id: String,
    #[shape(required, missing = "InstanceIdRequiredException")]
    pub instance_ids: Vec<String>,
}

/// [BatchGetDeploymentInstances](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeploymentInstances.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetDeploymentInstancesOutput {
    pub instances_summary: Option<Vec<InstanceSummary>>,
    pub error_message: Option<String>,
}

/// [InstanceSummary](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_InstanceSummary.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct InstanceSummary {
    pub deployment_id: Option<String>,
    pub instance_id: Option<String>,
    pub status: Option<InstanceStatus>,
    pub last_updated_at: Option<Timestamp>,
    pub lifecycle_events: Option<Vec<LifecycleEvent>>,
    pub instance_type: Option<InstanceType>,
}

shape::string_enum! {
    /// Instance status.
    pub enum InstanceStatus { Pending = "Pending", InProgress = "InProgress", Succeeded = "Succeeded", Failed = "Failed", Skipped = "Skipped", Unknown = "Unknown", Ready = "Ready" }
}

/// [LifecycleEvent](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_LifecycleEvent.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct LifecycleEvent {
    pub lifecycle_event_name: Option<String>,
    pub diagnostics: Option<Diagnostics>,
    pub start_time: Option<Timestamp>,
    pub end_time: Option<Timestamp>,
    pub status: Option<LifecycleEventStatus>,
}

/// [Diagnostics](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_Diagnostics.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct Diagnostics {
    pub error_code: Option<LifecycleErrorCode>,
    pub script_name: Option<String>,
    pub message: Option<String>,
    pub log_tail: Option<String>,
}

shape::string_enum! {
    /// Lifecycle error code.
    pub enum LifecycleErrorCode { Success = "Success", ScriptMissing = "ScriptMissing", ScriptNotExecutable = "ScriptNotExecutable", ScriptTimedOut = "ScriptTimedOut", ScriptFailed = "ScriptFailed", UnknownError = "UnknownError" }
}

shape::string_enum! {
    /// Lifecycle event status.
    pub enum LifecycleEventStatus { Pending = "Pending", InProgress = "InProgress", Succeeded = "Succeeded", Failed = "Failed", Skipped = "Skipped", Unknown = "Unknown" }
}

shape::string_enum! {
    /// Instance type.
    pub enum InstanceType { Blue = "Blue", Green = "Green" }
}

/// [BatchGetDeploymentTargets](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeploymentTargets.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetDeploymentTargetsInput {
    #[shape(required, missing = "DeploymentIdRequiredException")]
    pub deployment_id: String,
    #[shape(required, missing = "DeploymentTargetIdRequiredException")]
    pub target_ids: Vec<String>,
}

/// [BatchGetDeploymentTargets](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeploymentTargets.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetDeploymentTargetsOutput {
    pub deployment_targets: Option<Vec<DeploymentTarget>>,
}

/// [DeploymentTarget](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentTarget.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeploymentTarget {
    pub deployment_target_type: Option<DeploymentTargetType>,
    pub instance_target: Option<InstanceTarget>,
    pub lambda_target: Option<LambdaTarget>,
    pub ecs_target: Option<ECSTarget>,
    pub cloud_formation_target: Option<CloudFormationTarget>,
}

shape::string_enum! {
    /// Deployment target type.
    pub enum DeploymentTargetType { InstanceTarget = "InstanceTarget", LambdaTarget = "LambdaTarget", ECSTarget = "ECSTarget", CloudFormationTarget = "CloudFormationTarget" }
}

/// [InstanceTarget](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_InstanceTarget.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct InstanceTarget {
    pub deployment_id: Option<String>,
    pub target_id: Option<String>,
    pub target_arn: Option<String>,
    pub status: Option<TargetStatus>,
    pub last_updated_at: Option<Timestamp>,
    pub lifecycle_events: Option<Vec<LifecycleEvent>>,
    pub instance_label: Option<TargetLabel>,
}

shape::string_enum! {
    /// Target status.
    pub enum TargetStatus { Pending = "Pending", InProgress = "InProgress", Succeeded = "Succeeded", Failed = "Failed", Skipped = "Skipped", Unknown = "Unknown", Ready = "Ready" }
}

shape::string_enum! {
    /// Target label.
    pub enum TargetLabel { Blue = "Blue", Green = "Green" }
}

/// [LambdaTarget](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_LambdaTarget.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct LambdaTarget {
    pub deployment_id: Option<String>,
    pub target_id: Option<String>,
    pub target_arn: Option<String>,
    pub status: Option<TargetStatus>,
    pub last_updated_at: Option<Timestamp>,
    pub lifecycle_events: Option<Vec<LifecycleEvent>>,
    pub lambda_function_info: Option<LambdaFunctionInfo>,
}

/// [LambdaFunctionInfo](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_LambdaFunctionInfo.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct LambdaFunctionInfo {
    pub function_name: Option<String>,
    pub function_alias: Option<String>,
    pub current_version: Option<String>,
    pub target_version: Option<String>,
    pub target_version_weight: Option<f64>,
}

/// [ECSTarget](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ECSTarget.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ECSTarget {
    pub deployment_id: Option<String>,
    pub target_id: Option<String>,
    pub target_arn: Option<String>,
    pub last_updated_at: Option<Timestamp>,
    pub lifecycle_events: Option<Vec<LifecycleEvent>>,
    pub status: Option<TargetStatus>,
    pub task_sets_info: Option<Vec<ECSTaskSet>>,
}

/// [ECSTaskSet](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ECSTaskSet.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ECSTaskSet {
    pub identifer: Option<String>,
    pub desired_count: Option<i64>,
    pub pending_count: Option<i64>,
    pub running_count: Option<i64>,
    pub status: Option<String>,
    pub traffic_weight: Option<f64>,
    pub target_group: Option<TargetGroupInfo>,
    pub task_set_label: Option<TargetLabel>,
}

/// [CloudFormationTarget](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CloudFormationTarget.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CloudFormationTarget {
    pub deployment_id: Option<String>,
    pub target_id: Option<String>,
    pub last_updated_at: Option<Timestamp>,
    pub lifecycle_events: Option<Vec<LifecycleEvent>>,
    pub status: Option<TargetStatus>,
    pub resource_type: Option<String>,
    pub target_version_weight: Option<f64>,
}

/// [GetDeploymentInstance](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeploymentInstance.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetDeploymentInstanceInput {
    #[shape(required, missing = "DeploymentIdRequiredException")]
    pub deployment_id: String,
    #[shape(required, missing = "InstanceIdRequiredException")]
    pub instance_id: String,
}

/// [GetDeploymentInstance](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeploymentInstance.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetDeploymentInstanceOutput {
    pub instance_summary: Option<InstanceSummary>,
}

/// [GetDeploymentTarget](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeploymentTarget.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetDeploymentTargetInput {
    #[shape(required, missing = "DeploymentIdRequiredException")]
    pub deployment_id: String,
    #[shape(required, missing = "DeploymentTargetIdRequiredException")]
    pub target_id: String,
}

/// [GetDeploymentTarget](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeploymentTarget.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetDeploymentTargetOutput {
    pub deployment_target: Option<DeploymentTarget>,
}

/// [ListDeploymentInstances](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeploymentInstances.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListDeploymentInstancesInput {
    #[shape(required, missing = "DeploymentIdRequiredException")]
    pub deployment_id: String,
    pub next_token: Option<String>,
    pub instance_status_filter: Option<Vec<InstanceStatus>>,
    pub instance_type_filter: Option<Vec<InstanceType>>,
}

/// [ListDeploymentInstances](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeploymentInstances.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListDeploymentInstancesOutput {
    pub instances_list: Option<Vec<String>>,
    pub next_token: Option<String>,
}

/// [ListDeploymentTargets](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeploymentTargets.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListDeploymentTargetsInput {
    #[shape(required, missing = "DeploymentIdRequiredException")]
    pub deployment_id: String,
    pub next_token: Option<String>,
    pub target_filters: Option<BTreeMap<String, Vec<String>>>,
}

/// [ListDeploymentTargets](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeploymentTargets.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListDeploymentTargetsOutput {
    pub target_ids: Option<Vec<String>>,
    pub next_token: Option<String>,
}
