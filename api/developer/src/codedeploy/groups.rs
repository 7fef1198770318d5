//! Deployment groups.

use shape::{Shape, Timestamp};

use super::{ComputePlatform, RevisionLocation, Tag, TagFilter};

/// [BatchGetDeploymentGroups](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeploymentGroups.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetDeploymentGroupsInput {
    #[shape(
        required,
        missing = "ApplicationNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidApplicationNameException"
    )]
    pub application_name: String,
    #[shape(required, missing = "DeploymentGroupNameRequiredException")]
    pub deployment_group_names: Vec<String>,
}

/// [BatchGetDeploymentGroups](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeploymentGroups.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetDeploymentGroupsOutput {
    pub deployment_groups_info: Option<Vec<DeploymentGroupInfo>>,
    pub error_message: Option<String>,
}

/// [DeploymentGroupInfo](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentGroupInfo.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeploymentGroupInfo {
    pub application_name: Option<String>,
    pub deployment_group_id: Option<String>,
    pub deployment_group_name: Option<String>,
    pub deployment_config_name: Option<String>,
    pub ec2_tag_filters: Option<Vec<EC2TagFilter>>,
    pub on_premises_instance_tag_filters: Option<Vec<TagFilter>>,
    pub auto_scaling_groups: Option<Vec<AutoScalingGroup>>,
    pub service_role_arn: Option<String>,
    pub target_revision: Option<RevisionLocation>,
    pub trigger_configurations: Option<Vec<TriggerConfig>>,
    pub alarm_configuration: Option<AlarmConfiguration>,
    pub auto_rollback_configuration: Option<AutoRollbackConfiguration>,
    pub deployment_style: Option<DeploymentStyle>,
    pub outdated_instances_strategy: Option<OutdatedInstancesStrategy>,
    pub blue_green_deployment_configuration: Option<BlueGreenDeploymentConfiguration>,
    pub load_balancer_info: Option<LoadBalancerInfo>,
    pub last_successful_deployment: Option<LastDeploymentInfo>,
    pub last_attempted_deployment: Option<LastDeploymentInfo>,
    pub ec2_tag_set: Option<EC2TagSet>,
    pub on_premises_tag_set: Option<OnPremisesTagSet>,
    pub compute_platform: Option<ComputePlatform>,
    pub ecs_services: Option<Vec<ECSService>>,
    pub termination_hook_enabled: Option<bool>,
    pub ec2_deployment_options: Option<EC2DeploymentOptions>,
}

/// [EC2DeploymentOptions](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_EC2DeploymentOptions.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct EC2DeploymentOptions {
    pub auto_scaling_group_processes_to_suspend: Option<Vec<AutoScalingGroupProcess>>,
}

shape::string_enum! {
    /// A process of an Auto Scaling group.
    pub enum AutoScalingGroupProcess {
        AzRebalance = "AZRebalance", InstanceRefresh = "InstanceRefresh",
        ScheduledActions = "ScheduledActions", Terminate = "Terminate",
    }
}

/// [EC2TagFilter](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_EC2TagFilter.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct EC2TagFilter {
    pub key: Option<String>,
    pub value: Option<String>,
    #[shape(name = "Type")]
    pub kind: Option<EC2TagFilterType>,
}

shape::string_enum! {
    /// EC2 tag filter type.
    pub enum EC2TagFilterType { KeyOnly = "KEY_ONLY", ValueOnly = "VALUE_ONLY", KeyAndValue = "KEY_AND_VALUE" }
}

/// [AutoScalingGroup](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_AutoScalingGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct AutoScalingGroup {
    pub name: Option<String>,
    pub hook: Option<String>,
    pub termination_hook: Option<String>,
}

/// [TriggerConfig](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TriggerConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct TriggerConfig {
    pub trigger_name: Option<String>,
    pub trigger_target_arn: Option<String>,
    pub trigger_events: Option<Vec<TriggerEventType>>,
}

shape::string_enum! {
    /// Trigger event type.
    pub enum TriggerEventType { DeploymentStart = "DeploymentStart", DeploymentSuccess = "DeploymentSuccess", DeploymentFailure = "DeploymentFailure", DeploymentStop = "DeploymentStop", DeploymentRollback = "DeploymentRollback", DeploymentReady = "DeploymentReady", InstanceStart = "InstanceStart", InstanceSuccess = "InstanceSuccess", InstanceFailure = "InstanceFailure", InstanceReady = "InstanceReady" }
}

/// [AlarmConfiguration](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_AlarmConfiguration.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct AlarmConfiguration {
    pub enabled: Option<bool>,
    pub ignore_poll_alarm_failure: Option<bool>,
    pub alarms: Option<Vec<Alarm>>,
}

/// [Alarm](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_Alarm.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct Alarm {
    pub name: Option<String>,
}

/// [AutoRollbackConfiguration](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_AutoRollbackConfiguration.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct AutoRollbackConfiguration {
    pub enabled: Option<bool>,
    pub events: Option<Vec<AutoRollbackEvent>>,
}

shape::string_enum! {
    /// Auto rollback event.
    pub enum AutoRollbackEvent { DeploymentFailure = "DEPLOYMENT_FAILURE", DeploymentStopOnAlarm = "DEPLOYMENT_STOP_ON_ALARM", DeploymentStopOnRequest = "DEPLOYMENT_STOP_ON_REQUEST" }
}

/// [DeploymentStyle](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentStyle.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeploymentStyle {
    pub deployment_type: Option<DeploymentType>,
    pub deployment_option: Option<DeploymentOption>,
}

shape::string_enum! {
    /// Deployment type.
    pub enum DeploymentType { InPlace = "IN_PLACE", BlueGreen = "BLUE_GREEN" }
}

shape::string_enum! {
    /// Deployment option.
    pub enum DeploymentOption { WithTrafficControl = "WITH_TRAFFIC_CONTROL", WithoutTrafficControl = "WITHOUT_TRAFFIC_CONTROL" }
}

shape::string_enum! {
    /// Outdated instances strategy.
    pub enum OutdatedInstancesStrategy { Update = "UPDATE", Ignore = "IGNORE" }
}

/// [BlueGreenDeploymentConfiguration](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BlueGreenDeploymentConfiguration.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BlueGreenDeploymentConfiguration {
    pub terminate_blue_instances_on_deployment_success: Option<BlueInstanceTerminationOption>,
    pub deployment_ready_option: Option<DeploymentReadyOption>,
    pub green_fleet_provisioning_option: Option<GreenFleetProvisioningOption>,
}

/// [BlueInstanceTerminationOption](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BlueInstanceTerminationOption.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BlueInstanceTerminationOption {
    pub action: Option<InstanceAction>,
    pub termination_wait_time_in_minutes: Option<i32>,
}

shape::string_enum! {
    /// Instance action.
    pub enum InstanceAction { Terminate = "TERMINATE", KeepAlive = "KEEP_ALIVE" }
}

/// [DeploymentReadyOption](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentReadyOption.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeploymentReadyOption {
    pub action_on_timeout: Option<DeploymentReadyAction>,
    pub wait_time_in_minutes: Option<i32>,
}

shape::string_enum! {
    /// Deployment ready action.
    pub enum DeploymentReadyAction { ContinueDeployment = "CONTINUE_DEPLOYMENT", StopDeployment = "STOP_DEPLOYMENT" }
}

/// [GreenFleetProvisioningOption](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GreenFleetProvisioningOption.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GreenFleetProvisioningOption {
    pub action: Option<GreenFleetProvisioningAction>,
}

shape::string_enum! {
    /// Green fleet provisioning action.
    pub enum GreenFleetProvisioningAction { DiscoverExisting = "DISCOVER_EXISTING", CopyAutoScalingGroup = "COPY_AUTO_SCALING_GROUP" }
}

/// [LoadBalancerInfo](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_LoadBalancerInfo.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct LoadBalancerInfo {
    pub elb_info_list: Option<Vec<ELBInfo>>,
    pub target_group_info_list: Option<Vec<TargetGroupInfo>>,
    pub target_group_pair_info_list: Option<Vec<TargetGroupPairInfo>>,
}

/// [ELBInfo](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ELBInfo.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ELBInfo {
    pub name: Option<String>,
}

/// [TargetGroupInfo](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TargetGroupInfo.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct TargetGroupInfo {
    pub name: Option<String>,
}

/// [TargetGroupPairInfo](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TargetGroupPairInfo.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct TargetGroupPairInfo {
    pub target_groups: Option<Vec<TargetGroupInfo>>,
    pub prod_traffic_route: Option<TrafficRoute>,
    pub test_traffic_route: Option<TrafficRoute>,
}

/// [TrafficRoute](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TrafficRoute.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct TrafficRoute {
    pub listener_arns: Option<Vec<String>>,
}

/// [LastDeploymentInfo](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_LastDeploymentInfo.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct LastDeploymentInfo {
    pub deployment_id: Option<String>,
    pub status: Option<DeploymentStatus>,
    pub end_time: Option<Timestamp>,
    pub create_time: Option<Timestamp>,
}

shape::string_enum! {
    /// Deployment status.
    pub enum DeploymentStatus { Created = "Created", Queued = "Queued", InProgress = "InProgress", Baking = "Baking", Succeeded = "Succeeded", Failed = "Failed", Stopped = "Stopped", Ready = "Ready" }
}

/// [EC2TagSet](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_EC2TagSet.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct EC2TagSet {
    pub ec2_tag_set_list: Option<Vec<Vec<EC2TagFilter>>>,
}

/// [OnPremisesTagSet](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_OnPremisesTagSet.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct OnPremisesTagSet {
    pub on_premises_tag_set_list: Option<Vec<Vec<TagFilter>>>,
}

/// [ECSService](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ECSService.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ECSService {
    pub service_name: Option<String>,
    pub cluster_name: Option<String>,
}

/// [CreateDeploymentGroup](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeploymentGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CreateDeploymentGroupInput {
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
        required,
        missing = "DeploymentGroupNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidDeploymentGroupNameException"
    )]
    pub deployment_group_name: String,
    #[shape(
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidDeploymentConfigNameException"
    )]
    pub deployment_config_name: Option<String>,
    pub ec2_tag_filters: Option<Vec<EC2TagFilter>>,
    pub on_premises_instance_tag_filters: Option<Vec<TagFilter>>,
    pub auto_scaling_groups: Option<Vec<String>>,
    #[shape(required, missing = "RoleRequiredException")]
    pub service_role_arn: String,
    pub trigger_configurations: Option<Vec<TriggerConfig>>,
    pub alarm_configuration: Option<AlarmConfiguration>,
    pub auto_rollback_configuration: Option<AutoRollbackConfiguration>,
    pub outdated_instances_strategy: Option<OutdatedInstancesStrategy>,
    pub deployment_style: Option<DeploymentStyle>,
    pub blue_green_deployment_configuration: Option<BlueGreenDeploymentConfiguration>,
    pub load_balancer_info: Option<LoadBalancerInfo>,
    pub ec2_tag_set: Option<EC2TagSet>,
    pub ecs_services: Option<Vec<ECSService>>,
    pub on_premises_tag_set: Option<OnPremisesTagSet>,
    pub tags: Option<Vec<Tag>>,
    pub termination_hook_enabled: Option<bool>,
    pub ec2_deployment_options: Option<EC2DeploymentOptions>,
}

/// [CreateDeploymentGroup](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeploymentGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CreateDeploymentGroupOutput {
    pub deployment_group_id: Option<String>,
}

/// [DeleteDeploymentGroup](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeleteDeploymentGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeleteDeploymentGroupInput {
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
        required,
        missing = "DeploymentGroupNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidDeploymentGroupNameException"
    )]
    pub deployment_group_name: String,
}

/// [DeleteDeploymentGroup](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeleteDeploymentGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeleteDeploymentGroupOutput {
    pub hooks_not_cleaned_up: Option<Vec<AutoScalingGroup>>,
}

/// [GetDeploymentGroup](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeploymentGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetDeploymentGroupInput {
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
        required,
        missing = "DeploymentGroupNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidDeploymentGroupNameException"
    )]
    pub deployment_group_name: String,
}

/// [GetDeploymentGroup](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeploymentGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetDeploymentGroupOutput {
    pub deployment_group_info: Option<DeploymentGroupInfo>,
}

/// [ListDeploymentGroups](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeploymentGroups.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListDeploymentGroupsInput {
    #[shape(
        required,
        missing = "ApplicationNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidApplicationNameException"
    )]
    pub application_name: String,
    pub next_token: Option<String>,
}

/// [ListDeploymentGroups](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeploymentGroups.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListDeploymentGroupsOutput {
    pub application_name: Option<String>,
    pub deployment_groups: Option<Vec<String>>,
    pub next_token: Option<String>,
}

/// [UpdateDeploymentGroup](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_UpdateDeploymentGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct UpdateDeploymentGroupInput {
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
        required,
        missing = "DeploymentGroupNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidDeploymentGroupNameException"
    )]
    pub current_deployment_group_name: String,
    #[shape(
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidDeploymentGroupNameException"
    )]
    pub new_deployment_group_name: Option<String>,
    #[shape(
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidDeploymentConfigNameException"
    )]
    pub deployment_config_name: Option<String>,
    pub ec2_tag_filters: Option<Vec<EC2TagFilter>>,
    pub on_premises_instance_tag_filters: Option<Vec<TagFilter>>,
    pub auto_scaling_groups: Option<Vec<String>>,
    pub service_role_arn: Option<String>,
    pub trigger_configurations: Option<Vec<TriggerConfig>>,
    pub alarm_configuration: Option<AlarmConfiguration>,
    pub auto_rollback_configuration: Option<AutoRollbackConfiguration>,
    pub outdated_instances_strategy: Option<OutdatedInstancesStrategy>,
    pub deployment_style: Option<DeploymentStyle>,
    pub blue_green_deployment_configuration: Option<BlueGreenDeploymentConfiguration>,
    pub load_balancer_info: Option<LoadBalancerInfo>,
    pub ec2_tag_set: Option<EC2TagSet>,
    pub ecs_services: Option<Vec<ECSService>>,
    pub on_premises_tag_set: Option<OnPremisesTagSet>,
    pub termination_hook_enabled: Option<bool>,
    pub ec2_deployment_options: Option<EC2DeploymentOptions>,
}

/// [UpdateDeploymentGroup](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_UpdateDeploymentGroup.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct UpdateDeploymentGroupOutput {
    pub hooks_not_cleaned_up: Option<Vec<AutoScalingGroup>>,
}
