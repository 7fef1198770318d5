//! Triggers.

use shape::Shape;

use super::bounds::REPOSITORY_NAME;

shape::operations! { "codecommit";
    GetRepositoryTriggers(GetRepositoryTriggersInput) -> GetRepositoryTriggersOutput;
    PutRepositoryTriggers(PutRepositoryTriggersInput) -> PutRepositoryTriggersOutput;
}

shape::string_enum! {
    /// What sets a trigger off.
    pub enum RepositoryTriggerEventEnum {
        All = "all",
        UpdateReference = "updateReference",
        CreateReference = "createReference",
        DeleteReference = "deleteReference",
    }
}

/// [RepositoryTrigger](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_RepositoryTrigger.html)
#[derive(Shape, Default, Clone)]
pub struct RepositoryTrigger {
    #[shape(required, missing = "RepositoryTriggerNameRequiredException")]
    pub name: String,
    #[shape(required, missing = "RepositoryTriggerDestinationArnRequiredException")]
    pub destination_arn: String,
    pub custom_data: Option<String>,
    pub branches: Option<Vec<String>>,
    #[shape(
        required,
        missing = "RepositoryTriggerEventsListRequiredException",
        invalid = "InvalidRepositoryTriggerEventsException"
    )]
    pub events: Vec<RepositoryTriggerEventEnum>,
}

/// [GetRepositoryTriggers](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetRepositoryTriggers.html)
#[derive(Shape, Default, Clone)]
pub struct GetRepositoryTriggersInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
}

/// [GetRepositoryTriggers](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetRepositoryTriggers.html)
#[derive(Shape, Default, Clone)]
pub struct GetRepositoryTriggersOutput {
    pub configuration_id: Option<String>,
    pub triggers: Vec<RepositoryTrigger>,
}

/// [PutRepositoryTriggers](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PutRepositoryTriggers.html)
#[derive(Shape, Default, Clone)]
pub struct PutRepositoryTriggersInput {
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    #[shape(required, missing = "RepositoryTriggersListRequiredException")]
    pub triggers: Vec<RepositoryTrigger>,
}

/// [PutRepositoryTriggers](https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PutRepositoryTriggers.html)
#[derive(Shape, Default, Clone)]
pub struct PutRepositoryTriggersOutput {
    pub configuration_id: Option<String>,
}
