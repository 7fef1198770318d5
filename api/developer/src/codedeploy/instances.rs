//! On-premises instances.

use shape::{Shape, Timestamp};

use super::Tag;

/// [AddTagsToOnPremisesInstances](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_AddTagsToOnPremisesInstances.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct AddTagsToOnPremisesInstancesInput {
    #[shape(required, missing = "TagRequiredException")]
    pub tags: Vec<Tag>,
    #[shape(required, missing = "InstanceNameRequiredException")]
    pub instance_names: Vec<String>,
}

/// [TagFilter](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TagFilter.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct TagFilter {
    pub key: Option<String>,
    pub value: Option<String>,
    #[shape(name = "Type")]
    pub kind: Option<TagFilterType>,
}

shape::string_enum! {
    /// Tag filter type.
    pub enum TagFilterType { KeyOnly = "KEY_ONLY", ValueOnly = "VALUE_ONLY", KeyAndValue = "KEY_AND_VALUE" }
}

/// [BatchGetOnPremisesInstances](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetOnPremisesInstances.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetOnPremisesInstancesInput {
    #[shape(required, missing = "InstanceNameRequiredException")]
    pub instance_names: Vec<String>,
}

/// [BatchGetOnPremisesInstances](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetOnPremisesInstances.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetOnPremisesInstancesOutput {
    pub instance_infos: Option<Vec<InstanceInfo>>,
}

/// [InstanceInfo](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_InstanceInfo.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct InstanceInfo {
    pub instance_name: Option<String>,
    pub iam_session_arn: Option<String>,
    pub iam_user_arn: Option<String>,
    pub instance_arn: Option<String>,
    pub register_time: Option<Timestamp>,
    pub deregister_time: Option<Timestamp>,
    pub tags: Option<Vec<Tag>>,
}

/// [DeregisterOnPremisesInstance](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeregisterOnPremisesInstance.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeregisterOnPremisesInstanceInput {
    #[shape(
        required,
        missing = "InstanceNameRequiredException",
        min = 1,
        max = 100,
        invalid = "InvalidInstanceNameException"
    )]
    pub instance_name: String,
}

/// [GetOnPremisesInstance](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetOnPremisesInstance.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetOnPremisesInstanceInput {
    #[shape(
        required,
        missing = "InstanceNameRequiredException",
        min = 1,
        max = 100,
        invalid = "InvalidInstanceNameException"
    )]
    pub instance_name: String,
}

/// [GetOnPremisesInstance](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetOnPremisesInstance.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetOnPremisesInstanceOutput {
    pub instance_info: Option<InstanceInfo>,
}

/// [ListOnPremisesInstances](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListOnPremisesInstances.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListOnPremisesInstancesInput {
    #[shape(invalid = "InvalidRegistrationStatusException")]
    pub registration_status: Option<RegistrationStatus>,
    pub tag_filters: Option<Vec<TagFilter>>,
    pub next_token: Option<String>,
}

shape::string_enum! {
    /// Registration status.
    pub enum RegistrationStatus { Registered = "Registered", Deregistered = "Deregistered" }
}

/// [ListOnPremisesInstances](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListOnPremisesInstances.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListOnPremisesInstancesOutput {
    pub instance_names: Option<Vec<String>>,
    pub next_token: Option<String>,
}

/// [RegisterOnPremisesInstance](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_RegisterOnPremisesInstance.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct RegisterOnPremisesInstanceInput {
    #[shape(
        required,
        missing = "InstanceNameRequiredException",
        min = 1,
        max = 100,
        invalid = "InvalidInstanceNameException"
    )]
    pub instance_name: String,
    pub iam_session_arn: Option<String>,
    pub iam_user_arn: Option<String>,
}

/// [RemoveTagsFromOnPremisesInstances](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_RemoveTagsFromOnPremisesInstances.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct RemoveTagsFromOnPremisesInstancesInput {
    #[shape(required, missing = "TagRequiredException")]
    pub tags: Vec<Tag>,
    #[shape(required, missing = "InstanceNameRequiredException")]
    pub instance_names: Vec<String>,
}
