//! Deployment configurations.

use shape::{Shape, Timestamp};

use super::ComputePlatform;

/// [CreateDeploymentConfig](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeploymentConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CreateDeploymentConfigInput {
    #[shape(
        required,
        missing = "DeploymentConfigNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidDeploymentConfigNameException"
    )]
    pub deployment_config_name: String,
    pub minimum_healthy_hosts: Option<MinimumHealthyHosts>,
    pub traffic_routing_config: Option<TrafficRoutingConfig>,
    #[shape(invalid = "InvalidComputePlatformException")]
    pub compute_platform: Option<ComputePlatform>,
    pub zonal_config: Option<ZonalConfig>,
}

/// [MinimumHealthyHosts](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_MinimumHealthyHosts.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct MinimumHealthyHosts {
    #[shape(name = "type")]
    pub kind: Option<MinimumHealthyHostsType>,
    pub value: Option<i32>,
}

shape::string_enum! {
    /// Minimum healthy hosts type.
    pub enum MinimumHealthyHostsType { HostCount = "HOST_COUNT", FleetPercent = "FLEET_PERCENT" }
}

/// [TrafficRoutingConfig](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TrafficRoutingConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct TrafficRoutingConfig {
    #[shape(name = "type")]
    pub kind: Option<TrafficRoutingType>,
    pub time_based_canary: Option<TimeBasedCanary>,
    pub time_based_linear: Option<TimeBasedLinear>,
}

shape::string_enum! {
    /// Traffic routing type.
    pub enum TrafficRoutingType { TimeBasedCanary = "TimeBasedCanary", TimeBasedLinear = "TimeBasedLinear", AllAtOnce = "AllAtOnce" }
}

/// [TimeBasedCanary](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TimeBasedCanary.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct TimeBasedCanary {
    pub canary_percentage: Option<i32>,
    pub canary_interval: Option<i32>,
}

/// [TimeBasedLinear](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TimeBasedLinear.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct TimeBasedLinear {
    pub linear_percentage: Option<i32>,
    pub linear_interval: Option<i32>,
}

/// [ZonalConfig](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ZonalConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ZonalConfig {
    pub first_zone_monitor_duration_in_seconds: Option<i64>,
    pub monitor_duration_in_seconds: Option<i64>,
    pub minimum_healthy_hosts_per_zone: Option<MinimumHealthyHostsPerZone>,
}

/// [MinimumHealthyHostsPerZone](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_MinimumHealthyHostsPerZone.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct MinimumHealthyHostsPerZone {
    #[shape(name = "type")]
    pub kind: Option<MinimumHealthyHostsPerZoneType>,
    pub value: Option<i32>,
}

shape::string_enum! {
    /// Minimum healthy hosts per zone type.
    pub enum MinimumHealthyHostsPerZoneType { HostCount = "HOST_COUNT", FleetPercent = "FLEET_PERCENT" }
}

/// [CreateDeploymentConfig](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeploymentConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CreateDeploymentConfigOutput {
    pub deployment_config_id: Option<String>,
}

/// [DeleteDeploymentConfig](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeleteDeploymentConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeleteDeploymentConfigInput {
    #[shape(
        required,
        missing = "DeploymentConfigNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidDeploymentConfigNameException"
    )]
    pub deployment_config_name: String,
}

/// [GetDeploymentConfig](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeploymentConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetDeploymentConfigInput {
    #[shape(
        required,
        missing = "DeploymentConfigNameRequiredException",
        min = 1,
        max = 100,
        pattern = r"[A-Za-z0-9._+=,@-]+",
        invalid = "InvalidDeploymentConfigNameException"
    )]
    pub deployment_config_name: String,
}

/// [GetDeploymentConfig](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeploymentConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetDeploymentConfigOutput {
    pub deployment_config_info: Option<DeploymentConfigInfo>,
}

/// [DeploymentConfigInfo](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentConfigInfo.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeploymentConfigInfo {
    pub deployment_config_id: Option<String>,
    pub deployment_config_name: Option<String>,
    pub minimum_healthy_hosts: Option<MinimumHealthyHosts>,
    pub create_time: Option<Timestamp>,
    pub compute_platform: Option<ComputePlatform>,
    pub traffic_routing_config: Option<TrafficRoutingConfig>,
    pub zonal_config: Option<ZonalConfig>,
}

/// [ListDeploymentConfigs](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeploymentConfigs.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListDeploymentConfigsInput {
    pub next_token: Option<String>,
}

/// [ListDeploymentConfigs](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeploymentConfigs.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListDeploymentConfigsOutput {
    pub deployment_configs_list: Option<Vec<String>>,
    pub next_token: Option<String>,
}
