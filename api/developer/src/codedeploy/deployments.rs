//! Deployments.

use shape::{Shape, Timestamp};

use super::{
    AlarmConfiguration, AutoRollbackConfiguration, BlueGreenDeploymentConfiguration,
    ComputePlatform, DeploymentStatus, DeploymentStyle, EC2DeploymentOptions, EC2TagFilter,
    EC2TagSet, LoadBalancerInfo, RevisionLocation,
};

/// [BatchGetDeployments](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeployments.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetDeploymentsInput {
    #[shape(required, missing = "DeploymentIdRequiredException")]
    pub deployment_ids: Vec<String>,
}

/// [BatchGetDeployments](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeployments.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetDeploymentsOutput {
    pub deployments_info: Option<Vec<DeploymentInfo>>,
}

/// [DeploymentInfo](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentInfo.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeploymentInfo {
    pub application_name: Option<String>,
    pub deployment_group_name: Option<String>,
    pub deployment_config_name: Option<String>,
    pub deployment_id: Option<String>,
    pub previous_revision: Option<RevisionLocation>,
    pub revision: Option<RevisionLocation>,
    pub status: Option<DeploymentStatus>,
    pub error_information: Option<ErrorInformation>,
    pub create_time: Option<Timestamp>,
    pub start_time: Option<Timestamp>,
    pub complete_time: Option<Timestamp>,
    pub deployment_overview: Option<DeploymentOverview>,
    pub description: Option<String>,
    pub creator: Option<DeploymentCreator>,
    pub ignore_application_stop_failures: Option<bool>,
    pub auto_rollback_configuration: Option<AutoRollbackConfiguration>,
    pub update_outdated_instances_only: Option<bool>,
    pub rollback_info: Option<RollbackInfo>,
    pub deployment_style: Option<DeploymentStyle>,
    pub target_instances: Option<TargetInstances>,
    pub instance_termination_wait_time_started: Option<bool>,
    pub blue_green_deployment_configuration: Option<BlueGreenDeploymentConfiguration>,
    pub load_balancer_info: Option<LoadBalancerInfo>,
    pub additional_deployment_status_info: Option<String>,
    pub file_exists_behavior: Option<FileExistsBehavior>,
    pub deployment_status_messages: Option<Vec<String>>,
    pub compute_platform: Option<ComputePlatform>,
    pub external_id: Option<String>,
    pub related_deployments: Option<RelatedDeployments>,
    pub override_alarm_configuration: Option<AlarmConfiguration>,
    pub deployment_mode: Option<DeploymentMode>,
    pub ec2_deployment_options: Option<EC2DeploymentOptions>,
}

/// [ErrorInformation](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ErrorInformation.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ErrorInformation {
    pub code: Option<ErrorCode>,
    pub message: Option<String>,
}

shape::string_enum! {
    /// Error code.
    pub enum ErrorCode { AgentIssue = "AGENT_ISSUE", AlarmActive = "ALARM_ACTIVE", ApplicationMissing = "APPLICATION_MISSING", AutoscalingValidationError = "AUTOSCALING_VALIDATION_ERROR", AutoScalingConfiguration = "AUTO_SCALING_CONFIGURATION", AutoScalingIamRolePermissions = "AUTO_SCALING_IAM_ROLE_PERMISSIONS", CodedeployResourceCannotBeFound = "CODEDEPLOY_RESOURCE_CANNOT_BE_FOUND", CustomerApplicationUnhealthy = "CUSTOMER_APPLICATION_UNHEALTHY", DeploymentGroupMissing = "DEPLOYMENT_GROUP_MISSING", EcsUpdateError = "ECS_UPDATE_ERROR", ElasticLoadBalancingInvalid = "ELASTIC_LOAD_BALANCING_INVALID", ElbInvalidInstance = "ELB_INVALID_INSTANCE", HealthConstraints = "HEALTH_CONSTRAINTS", HealthConstraintsInvalid = "HEALTH_CONSTRAINTS_INVALID", HookExecutionFailure = "HOOK_EXECUTION_FAILURE", IamRoleMissing = "IAM_ROLE_MISSING", IamRolePermissions = "IAM_ROLE_PERMISSIONS", InternalError = "INTERNAL_ERROR", InvalidEcsService = "INVALID_ECS_SERVICE", InvalidLambdaConfiguration = "INVALID_LAMBDA_CONFIGURATION", InvalidLambdaFunction = "INVALID_LAMBDA_FUNCTION", InvalidRevision = "INVALID_REVISION", ManualStop = "MANUAL_STOP", MissingBlueGreenDeploymentConfiguration = "MISSING_BLUE_GREEN_DEPLOYMENT_CONFIGURATION", MissingElbInformation = "MISSING_ELB_INFORMATION", MissingGithubToken = "MISSING_GITHUB_TOKEN", NoEc2Subscription = "NO_EC2_SUBSCRIPTION", NoInstances = "NO_INSTANCES", OverMaxInstances = "OVER_MAX_INSTANCES", ResourceLimitExceeded = "RESOURCE_LIMIT_EXCEEDED", RevisionMissing = "REVISION_MISSING", Throttled = "THROTTLED", Timeout = "TIMEOUT", CloudformationStackFailure = "CLOUDFORMATION_STACK_FAILURE" }
}

/// [DeploymentOverview](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentOverview.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct DeploymentOverview {
    pub pending: Option<i64>,
    pub in_progress: Option<i64>,
    pub succeeded: Option<i64>,
    pub failed: Option<i64>,
    pub skipped: Option<i64>,
    pub ready: Option<i64>,
}

shape::string_enum! {
    /// Deployment creator.
    pub enum DeploymentCreator { User = "user", Autoscaling = "autoscaling", CodeDeployRollback = "codeDeployRollback", CodeDeploy = "CodeDeploy", CodeDeployAutoUpdate = "CodeDeployAutoUpdate", CloudFormation = "CloudFormation", CloudFormationRollback = "CloudFormationRollback", AutoscalingTermination = "autoscalingTermination" }
}

shape::string_enum! {
    /// What a deployment does.
    pub enum DeploymentMode { Standard = "STANDARD", Restart = "RESTART" }
}

/// [RollbackInfo](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_RollbackInfo.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct RollbackInfo {
    pub rollback_deployment_id: Option<String>,
    pub rollback_triggering_deployment_id: Option<String>,
    pub rollback_message: Option<String>,
}

/// [TargetInstances](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TargetInstances.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct TargetInstances {
    pub tag_filters: Option<Vec<EC2TagFilter>>,
    pub auto_scaling_groups: Option<Vec<String>>,
    pub ec2_tag_set: Option<EC2TagSet>,
}

shape::string_enum! {
    /// File exists behavior.
    pub enum FileExistsBehavior { Disallow = "DISALLOW", Overwrite = "OVERWRITE", Retain = "RETAIN" }
}

/// [RelatedDeployments](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_RelatedDeployments.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct RelatedDeployments {
    pub auto_update_outdated_instances_root_deployment_id: Option<String>,
    pub auto_update_outdated_instances_deployment_ids: Option<Vec<String>>,
}

/// [ContinueDeployment](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ContinueDeployment.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ContinueDeploymentInput {
    pub deployment_id: Option<String>,
    pub deployment_wait_type: Option<DeploymentWaitType>,
}

shape::string_enum! {
    /// Deployment wait type.
    pub enum DeploymentWaitType { ReadyWait = "READY_WAIT", TerminationWait = "TERMINATION_WAIT" }
}

/// [CreateDeployment](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeployment.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CreateDeploymentInput {
    #[shape(
        required,
        missing = "ApplicationNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidApplicationNameException"
    )]
    pub application_name: String,
    #[shape(
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidDeploymentGroupNameException"
    )]
    pub deployment_group_name: Option<String>,
    pub revision: Option<RevisionLocation>,
    #[shape(
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidDeploymentConfigNameException"
    )]
    pub deployment_config_name: Option<String>,
    pub description: Option<String>,
    pub ignore_application_stop_failures: Option<bool>,
    pub target_instances: Option<TargetInstances>,
    pub auto_rollback_configuration: Option<AutoRollbackConfiguration>,
    pub update_outdated_instances_only: Option<bool>,
    #[shape(invalid = "InvalidFileExistsBehaviorException")]
    pub file_exists_behavior: Option<FileExistsBehavior>,
    pub override_alarm_configuration: Option<AlarmConfiguration>,
    pub deployment_mode: Option<DeploymentMode>,
    pub ec2_deployment_options: Option<EC2DeploymentOptions>,
}

/// [CreateDeployment](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeployment.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CreateDeploymentOutput {
    pub deployment_id: Option<String>,
}

/// [GetDeployment](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeployment.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetDeploymentInput {
    #[shape(required, missing = "DeploymentIdRequiredException")]
    pub deployment_id: String,
}

/// [GetDeployment](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeployment.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetDeploymentOutput {
    pub deployment_info: Option<DeploymentInfo>,
}

/// [ListDeployments](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeployments.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListDeploymentsInput {
    #[shape(
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidApplicationNameException"
    )]
    pub application_name: Option<String>,
    #[shape(
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidDeploymentGroupNameException"
    )]
    pub deployment_group_name: Option<String>,
    pub external_id: Option<String>,
    #[shape(invalid = "InvalidDeploymentStatusException")]
    pub include_only_statuses: Option<Vec<DeploymentStatus>>,
    pub create_time_range: Option<TimeRange>,
    pub next_token: Option<String>,
}

/// [TimeRange](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TimeRange.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct TimeRange {
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
}

/// [ListDeployments](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeployments.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListDeploymentsOutput {
    pub deployments: Option<Vec<String>>,
    pub next_token: Option<String>,
}

/// [StopDeployment](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_StopDeployment.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StopDeploymentInput {
    #[shape(required, missing = "DeploymentIdRequiredException")]
    pub deployment_id: String,
    pub auto_rollback_enabled: Option<bool>,
}

/// [StopDeployment](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_StopDeployment.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StopDeploymentOutput {
    pub status: Option<StopStatus>,
    pub status_message: Option<String>,
}

shape::string_enum! {
    /// Stop status.
    pub enum StopStatus { Pending = "Pending", Succeeded = "Succeeded" }
}
