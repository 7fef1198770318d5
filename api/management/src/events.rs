//! Shapes of Amazon EventBridge, after the
//! [API reference](https://docs.aws.amazon.com/eventbridge/latest/APIReference/).

use std::collections::BTreeMap;

use shape::{Empty, Shape, Timestamp};

shape::operations! { "events";
    DescribeEventBus(DescribeEventBusInput) -> DescribeEventBusOutput;
    ListEventBuses(ListEventBusesInput) -> ListEventBusesOutput;
    PutRule(PutRuleInput) -> PutRuleOutput;
    DescribeRule(DescribeRuleInput) -> DescribeRuleOutput;
    ListRules(ListRulesInput) -> ListRulesOutput;
    DeleteRule(DeleteRuleInput) -> Empty;
    EnableRule(EnableRuleInput) -> Empty;
    DisableRule(DisableRuleInput) -> Empty;
    PutTargets(PutTargetsInput) -> PutTargetsOutput;
    RemoveTargets(RemoveTargetsInput) -> RemoveTargetsOutput;
    ListTargetsByRule(ListTargetsByRuleInput) -> ListTargetsByRuleOutput;
    ListRuleNamesByTarget(ListRuleNamesByTargetInput) -> ListRuleNamesByTargetOutput;
    PutEvents(PutEventsInput) -> PutEventsOutput;
    TestEventPattern(TestEventPatternInput) -> TestEventPatternOutput;
    TagResource(TagResourceInput) -> TagResourceOutput;
    UntagResource(UntagResourceInput) -> UntagResourceOutput;
    ListTagsForResource(ListTagsForResourceInput) -> ListTagsForResourceOutput;
}

shape::string_enum! {
    /// Rule state.
    pub enum RuleState { Enabled = "ENABLED", Disabled = "DISABLED", EnabledWithAllCloudtrailManagementEvents = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" }
}

shape::string_enum! {
    /// Launch type.
    pub enum LaunchType { Ec2 = "EC2", Fargate = "FARGATE", External = "EXTERNAL" }
}

shape::string_enum! {
    /// Assign public ip.
    pub enum AssignPublicIp { Enabled = "ENABLED", Disabled = "DISABLED" }
}

shape::string_enum! {
    /// Placement constraint type.
    pub enum PlacementConstraintType { DistinctInstance = "distinctInstance", MemberOf = "memberOf" }
}

shape::string_enum! {
    /// Placement strategy type.
    pub enum PlacementStrategyType { Random = "random", Spread = "spread", Binpack = "binpack" }
}

shape::string_enum! {
    /// Propagate tags.
    pub enum PropagateTags { TaskDefinition = "TASK_DEFINITION" }
}

shape::string_enum! {
    /// Include detail.
    pub enum IncludeDetail { None = "NONE", Full = "FULL" }
}

shape::string_enum! {
    /// Level.
    pub enum Level { Off = "OFF", Error = "ERROR", Info = "INFO", Trace = "TRACE" }
}

/// [DescribeEventBus](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeEventBus.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct DescribeEventBusInput {
    #[shape(
        min = 1,
        max = 1600,
        pattern = r"(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/\.\-_A-Za-z0-9]+"
    )]
    pub name: Option<String>,
}

/// [ListEventBuses](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListEventBuses.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ListEventBusesInput {
    #[shape(min = 1, max = 256, pattern = r"[/\.\-_A-Za-z0-9]+")]
    pub name_prefix: Option<String>,
    #[shape(min = 1, max = 2048)]
    pub next_token: Option<String>,
    #[shape(min = 1, max = 100)]
    pub limit: Option<i32>,
}

/// [PutRule](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct PutRuleInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\.\-_A-Za-z0-9]+")]
    pub name: String,
    #[shape(max = 256)]
    pub schedule_expression: Option<String>,
    #[shape(max = 4096)]
    pub event_pattern: Option<String>,
    pub state: Option<RuleState>,
    #[shape(max = 512)]
    pub description: Option<String>,
    #[shape(min = 1, max = 1600)]
    pub role_arn: Option<String>,
    pub tags: Option<Vec<Tag>>,
    #[shape(
        min = 1,
        max = 1600,
        pattern = r"(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/\.\-_A-Za-z0-9]+"
    )]
    pub event_bus_name: Option<String>,
}

/// [Tag](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Tag.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct Tag {
    #[shape(required, min = 1, max = 128)]
    pub key: String,
    #[shape(required, max = 256)]
    pub value: String,
}

/// [DescribeRule](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct DescribeRuleInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\.\-_A-Za-z0-9]+")]
    pub name: String,
    #[shape(
        min = 1,
        max = 1600,
        pattern = r"(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/\.\-_A-Za-z0-9]+"
    )]
    pub event_bus_name: Option<String>,
}

/// [ListRules](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ListRulesInput {
    #[shape(min = 1, max = 64, pattern = r"[\.\-_A-Za-z0-9]+")]
    pub name_prefix: Option<String>,
    #[shape(
        min = 1,
        max = 1600,
        pattern = r"(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/\.\-_A-Za-z0-9]+"
    )]
    pub event_bus_name: Option<String>,
    #[shape(min = 1, max = 2048)]
    pub next_token: Option<String>,
    #[shape(min = 1, max = 100)]
    pub limit: Option<i32>,
}

/// [DeleteRule](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteRule.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct DeleteRuleInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\.\-_A-Za-z0-9]+")]
    pub name: String,
    #[shape(
        min = 1,
        max = 1600,
        pattern = r"(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/\.\-_A-Za-z0-9]+"
    )]
    pub event_bus_name: Option<String>,
    pub force: Option<bool>,
}

/// [EnableRule](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EnableRule.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct EnableRuleInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\.\-_A-Za-z0-9]+")]
    pub name: String,
    #[shape(
        min = 1,
        max = 1600,
        pattern = r"(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/\.\-_A-Za-z0-9]+"
    )]
    pub event_bus_name: Option<String>,
}

/// [DisableRule](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DisableRule.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct DisableRuleInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\.\-_A-Za-z0-9]+")]
    pub name: String,
    #[shape(
        min = 1,
        max = 1600,
        pattern = r"(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/\.\-_A-Za-z0-9]+"
    )]
    pub event_bus_name: Option<String>,
}

/// [PutTargets](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct PutTargetsInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\.\-_A-Za-z0-9]+")]
    pub rule: String,
    #[shape(
        min = 1,
        max = 1600,
        pattern = r"(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/\.\-_A-Za-z0-9]+"
    )]
    pub event_bus_name: Option<String>,
    #[shape(required, min = 1, max = 100)]
    pub targets: Vec<Target>,
}

/// [Target](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct Target {
    #[shape(required, min = 1, max = 64, pattern = r"[\.\-_A-Za-z0-9]+")]
    pub id: String,
    #[shape(required, min = 1, max = 1600)]
    pub arn: String,
    #[shape(min = 1, max = 1600)]
    pub role_arn: Option<String>,
    #[shape(max = 8192)]
    pub input: Option<String>,
    #[shape(max = 256)]
    pub input_path: Option<String>,
    pub input_transformer: Option<InputTransformer>,
    pub kinesis_parameters: Option<KinesisParameters>,
    pub run_command_parameters: Option<RunCommandParameters>,
    pub ecs_parameters: Option<EcsParameters>,
    pub batch_parameters: Option<BatchParameters>,
    pub sqs_parameters: Option<SqsParameters>,
    pub http_parameters: Option<HttpParameters>,
    pub redshift_data_parameters: Option<RedshiftDataParameters>,
    pub sage_maker_pipeline_parameters: Option<SageMakerPipelineParameters>,
    pub dead_letter_config: Option<DeadLetterConfig>,
    pub retry_policy: Option<RetryPolicy>,
    pub app_sync_parameters: Option<AppSyncParameters>,
}

/// [InputTransformer](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct InputTransformer {
    #[shape(max = 100)]
    pub input_paths_map: Option<BTreeMap<String, String>>,
    #[shape(required, min = 1, max = 8192)]
    pub input_template: String,
}

/// [KinesisParameters](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_KinesisParameters.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct KinesisParameters {
    #[shape(required, max = 256)]
    pub partition_key_path: String,
}

/// [RunCommandParameters](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RunCommandParameters.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct RunCommandParameters {
    #[shape(required, min = 1, max = 5)]
    pub run_command_targets: Vec<RunCommandTarget>,
}

/// [RunCommandTarget](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RunCommandTarget.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct RunCommandTarget {
    #[shape(required, min = 1, max = 128)]
    pub key: String,
    #[shape(required, min = 1, max = 50)]
    pub values: Vec<String>,
}

/// [EcsParameters](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EcsParameters.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct EcsParameters {
    #[shape(required, min = 1, max = 1600)]
    pub task_definition_arn: String,
    #[shape(min = 1)]
    pub task_count: Option<i32>,
    pub launch_type: Option<LaunchType>,
    pub network_configuration: Option<NetworkConfiguration>,
    pub platform_version: Option<String>,
    pub group: Option<String>,
    #[shape(max = 6)]
    pub capacity_provider_strategy: Option<Vec<CapacityProviderStrategyItem>>,
    #[shape(name = "EnableECSManagedTags")]
    pub enable_ecs_managed_tags: Option<bool>,
    pub enable_execute_command: Option<bool>,
    #[shape(max = 10)]
    pub placement_constraints: Option<Vec<PlacementConstraint>>,
    #[shape(max = 5)]
    pub placement_strategy: Option<Vec<PlacementStrategy>>,
    pub propagate_tags: Option<PropagateTags>,
    #[shape(max = 1024)]
    pub reference_id: Option<String>,
    pub tags: Option<Vec<Tag>>,
}

/// [NetworkConfiguration](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_NetworkConfiguration.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct NetworkConfiguration {
    #[shape(name = "awsvpcConfiguration")]
    pub awsvpc_configuration: Option<AwsVpcConfiguration>,
}

/// [AwsVpcConfiguration](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_AwsVpcConfiguration.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct AwsVpcConfiguration {
    #[shape(required)]
    pub subnets: Vec<String>,
    pub security_groups: Option<Vec<String>>,
    pub assign_public_ip: Option<AssignPublicIp>,
}

/// [CapacityProviderStrategyItem](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CapacityProviderStrategyItem.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct CapacityProviderStrategyItem {
    #[shape(name = "capacityProvider", required, min = 1, max = 255)]
    pub capacity_provider: String,
    #[shape(name = "weight", min = 0, max = 1000)]
    pub weight: Option<i32>,
    #[shape(name = "base", min = 0, max = 100000)]
    pub base: Option<i32>,
}

/// [PlacementConstraint](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PlacementConstraint.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct PlacementConstraint {
    #[shape(name = "type")]
    pub kind: Option<PlacementConstraintType>,
    #[shape(name = "expression", max = 2000)]
    pub expression: Option<String>,
}

/// [PlacementStrategy](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PlacementStrategy.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct PlacementStrategy {
    #[shape(name = "type")]
    pub kind: Option<PlacementStrategyType>,
    #[shape(name = "field", max = 255)]
    pub field: Option<String>,
}

/// [BatchParameters](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_BatchParameters.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct BatchParameters {
    #[shape(required)]
    pub job_definition: String,
    #[shape(required)]
    pub job_name: String,
    pub array_properties: Option<BatchArrayProperties>,
    pub retry_strategy: Option<BatchRetryStrategy>,
}

/// [BatchArrayProperties](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_BatchArrayProperties.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct BatchArrayProperties {
    pub size: Option<i32>,
}

/// [BatchRetryStrategy](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_BatchRetryStrategy.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct BatchRetryStrategy {
    pub attempts: Option<i32>,
}

/// [SqsParameters](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_SqsParameters.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct SqsParameters {
    #[shape(max = 100)]
    pub message_group_id: Option<String>,
}

/// [HttpParameters](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_HttpParameters.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct HttpParameters {
    pub path_parameter_values: Option<Vec<String>>,
    pub header_parameters: Option<BTreeMap<String, String>>,
    pub query_string_parameters: Option<BTreeMap<String, String>>,
}

/// [RedshiftDataParameters](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RedshiftDataParameters.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct RedshiftDataParameters {
    #[shape(
        min = 1,
        max = 1600,
        pattern = r"(^arn:aws([a-z]|\-)*:secretsmanager:[a-z0-9-.]+:.*)|(\$(\.[\w_-]+(\[(\d+|\*)\])*)*)"
    )]
    pub secret_manager_arn: Option<String>,
    #[shape(required, min = 1, max = 64)]
    pub database: String,
    #[shape(min = 1, max = 128)]
    pub db_user: Option<String>,
    #[shape(min = 1, max = 100000, sensitive)]
    pub sql: Option<String>,
    #[shape(min = 1, max = 500)]
    pub statement_name: Option<String>,
    pub with_event: Option<bool>,
    #[shape(max = 40, sensitive)]
    pub sqls: Option<Vec<String>>,
}

/// [SageMakerPipelineParameters](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_SageMakerPipelineParameters.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct SageMakerPipelineParameters {
    #[shape(max = 200)]
    pub pipeline_parameter_list: Option<Vec<SageMakerPipelineParameter>>,
}

/// [SageMakerPipelineParameter](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_SageMakerPipelineParameter.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct SageMakerPipelineParameter {
    #[shape(required, min = 1, max = 256, pattern = r"[a-zA-Z0-9](-*[a-zA-Z0-9])*")]
    pub name: String,
    #[shape(required, max = 1024)]
    pub value: String,
}

/// [DeadLetterConfig](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeadLetterConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct DeadLetterConfig {
    #[shape(min = 1, max = 1600)]
    pub arn: Option<String>,
}

/// [RetryPolicy](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct RetryPolicy {
    #[shape(min = 0, max = 185)]
    pub maximum_retry_attempts: Option<i32>,
    #[shape(min = 60, max = 86400)]
    pub maximum_event_age_in_seconds: Option<i32>,
}

/// [AppSyncParameters](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_AppSyncParameters.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct AppSyncParameters {
    #[shape(name = "GraphQLOperation", min = 1, max = 1048576, sensitive)]
    pub graph_ql_operation: Option<String>,
}

/// [RemoveTargets](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RemoveTargets.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct RemoveTargetsInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\.\-_A-Za-z0-9]+")]
    pub rule: String,
    #[shape(
        min = 1,
        max = 1600,
        pattern = r"(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/\.\-_A-Za-z0-9]+"
    )]
    pub event_bus_name: Option<String>,
    #[shape(required, min = 1, max = 100)]
    pub ids: Vec<String>,
    pub force: Option<bool>,
}

/// [ListTargetsByRule](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTargetsByRule.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ListTargetsByRuleInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\.\-_A-Za-z0-9]+")]
    pub rule: String,
    #[shape(
        min = 1,
        max = 1600,
        pattern = r"(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/\.\-_A-Za-z0-9]+"
    )]
    pub event_bus_name: Option<String>,
    #[shape(min = 1, max = 2048)]
    pub next_token: Option<String>,
    #[shape(min = 1, max = 100)]
    pub limit: Option<i32>,
}

/// [ListRuleNamesByTarget](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRuleNamesByTarget.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ListRuleNamesByTargetInput {
    #[shape(required, min = 1, max = 1600)]
    pub target_arn: String,
    #[shape(
        min = 1,
        max = 1600,
        pattern = r"(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/\.\-_A-Za-z0-9]+"
    )]
    pub event_bus_name: Option<String>,
    #[shape(min = 1, max = 2048)]
    pub next_token: Option<String>,
    #[shape(min = 1, max = 100)]
    pub limit: Option<i32>,
}

/// [PutEvents](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct PutEventsInput {
    #[shape(required, min = 1, max = 10)]
    pub entries: Vec<PutEventsRequestEntry>,
    #[shape(min = 1, max = 50, pattern = r"[A-Za-z0-9\-]+[\.][A-Za-z0-9\-]+")]
    pub endpoint_id: Option<String>,
}

/// [PutEventsRequestEntry](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct PutEventsRequestEntry {
    pub time: Option<Timestamp>,
    pub source: Option<String>,
    pub resources: Option<Vec<String>>,
    pub detail_type: Option<String>,
    pub detail: Option<String>,
    #[shape(
        min = 1,
        max = 1600,
        pattern = r"(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[\.\-_A-Za-z0-9]+"
    )]
    pub event_bus_name: Option<String>,
    #[shape(min = 1, max = 500)]
    pub trace_header: Option<String>,
}

/// [TestEventPattern](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct TestEventPatternInput {
    #[shape(required, max = 4096)]
    pub event_pattern: String,
    #[shape(required)]
    pub event: String,
}

/// [TagResource](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TagResource.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct TagResourceInput {
    #[shape(name = "ResourceARN", required, min = 1, max = 1600)]
    pub resource_arn: String,
    #[shape(required)]
    pub tags: Vec<Tag>,
}

/// [UntagResource](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UntagResource.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct UntagResourceInput {
    #[shape(name = "ResourceARN", required, min = 1, max = 1600)]
    pub resource_arn: String,
    #[shape(required)]
    pub tag_keys: Vec<String>,
}

/// [ListTagsForResource](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTagsForResource.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ListTagsForResourceInput {
    #[shape(name = "ResourceARN", required, min = 1, max = 1600)]
    pub resource_arn: String,
}

/// [DescribeEventBus](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeEventBus.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct DescribeEventBusOutput {
    pub name: Option<String>,
    pub arn: Option<String>,
    pub description: Option<String>,
    pub kms_key_identifier: Option<String>,
    pub dead_letter_config: Option<DeadLetterConfig>,
    pub policy: Option<String>,
    pub log_config: Option<LogConfig>,
    pub creation_time: Option<Timestamp>,
    pub last_modified_time: Option<Timestamp>,
    pub managed_by: Option<String>,
}

/// [LogConfig](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_LogConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct LogConfig {
    pub include_detail: Option<IncludeDetail>,
    pub level: Option<Level>,
}

/// [ListEventBuses](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListEventBuses.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ListEventBusesOutput {
    pub event_buses: Vec<EventBus>,
    pub next_token: Option<String>,
}

/// [EventBus](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EventBus.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct EventBus {
    pub name: Option<String>,
    pub arn: Option<String>,
    pub description: Option<String>,
    pub policy: Option<String>,
    pub creation_time: Option<Timestamp>,
    pub last_modified_time: Option<Timestamp>,
}

/// [PutRule](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct PutRuleOutput {
    pub rule_arn: Option<String>,
}

/// [DescribeRule](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct DescribeRuleOutput {
    pub name: Option<String>,
    pub arn: Option<String>,
    pub event_pattern: Option<String>,
    pub schedule_expression: Option<String>,
    pub state: Option<RuleState>,
    pub description: Option<String>,
    pub role_arn: Option<String>,
    pub managed_by: Option<String>,
    pub event_bus_name: Option<String>,
    pub created_by: Option<String>,
}

/// [ListRules](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ListRulesOutput {
    pub rules: Vec<Rule>,
    pub next_token: Option<String>,
}

/// [Rule](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Rule.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct Rule {
    pub name: Option<String>,
    pub arn: Option<String>,
    pub event_pattern: Option<String>,
    pub state: Option<RuleState>,
    pub description: Option<String>,
    pub schedule_expression: Option<String>,
    pub role_arn: Option<String>,
    pub managed_by: Option<String>,
    pub event_bus_name: Option<String>,
}

/// [PutTargets](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct PutTargetsOutput {
    pub failed_entry_count: Option<i32>,
    pub failed_entries: Vec<PutTargetsResultEntry>,
}

/// [PutTargetsResultEntry](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargetsResultEntry.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct PutTargetsResultEntry {
    pub target_id: Option<String>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
}

/// [RemoveTargets](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RemoveTargets.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct RemoveTargetsOutput {
    pub failed_entry_count: Option<i32>,
    pub failed_entries: Vec<RemoveTargetsResultEntry>,
}

/// [RemoveTargetsResultEntry](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RemoveTargetsResultEntry.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct RemoveTargetsResultEntry {
    pub target_id: Option<String>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
}

/// [ListTargetsByRule](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTargetsByRule.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ListTargetsByRuleOutput {
    pub targets: Vec<Target>,
    pub next_token: Option<String>,
}

/// [ListRuleNamesByTarget](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRuleNamesByTarget.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ListRuleNamesByTargetOutput {
    pub rule_names: Vec<String>,
    pub next_token: Option<String>,
}

/// [PutEvents](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct PutEventsOutput {
    pub failed_entry_count: Option<i32>,
    pub entries: Vec<PutEventsResultEntry>,
}

/// [PutEventsResultEntry](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct PutEventsResultEntry {
    pub event_id: Option<String>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
}

/// [TestEventPattern](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct TestEventPatternOutput {
    pub result: Option<bool>,
}

/// [TagResource](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TagResource.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct TagResourceOutput {}

/// [UntagResource](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UntagResource.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct UntagResourceOutput {}

/// [ListTagsForResource](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTagsForResource.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ListTagsForResourceOutput {
    pub tags: Vec<Tag>,
}
