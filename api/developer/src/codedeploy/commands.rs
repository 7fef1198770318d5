//! The command service that agents call, `CodeDeployCommandService_v20141006`. AWS documents it
//! nowhere but in its published agent.

use shape::{Empty, Shape};

shape::operations! { "codedeploy-commands";
    PollHostCommand(PollHostCommandInput) -> PollHostCommandOutput;
    GetDeploymentSpecification(GetDeploymentSpecificationInput) -> GetDeploymentSpecificationOutput;
    PutHostCommandAcknowledgement(PutHostCommandAcknowledgementInput) -> PutHostCommandAcknowledgementOutput;
    PutHostCommandComplete(PutHostCommandCompleteInput) -> Empty;
}

/// The same operations under the name whose calls IAM policies allow or deny.
pub mod secure {
    use shape::Empty;

    use super::{
        GetDeploymentSpecificationInput, GetDeploymentSpecificationOutput, PollHostCommandInput,
        PollHostCommandOutput, PutHostCommandAcknowledgementInput,
        PutHostCommandAcknowledgementOutput, PutHostCommandCompleteInput,
    };

    shape::operations! { "codedeploy-commands-secure";
        PollHostCommand(PollHostCommandInput) -> PollHostCommandOutput;
        GetDeploymentSpecification(GetDeploymentSpecificationInput) -> GetDeploymentSpecificationOutput;
        PutHostCommandAcknowledgement(PutHostCommandAcknowledgementInput) -> PutHostCommandAcknowledgementOutput;
        PutHostCommandComplete(PutHostCommandCompleteInput) -> Empty;
    }
}

shape::string_enum! {
    /// How a command stands.
    pub enum HostCommandStatus {
        Pending = "Pending", InProgress = "InProgress", Succeeded = "Succeeded", Failed = "Failed",
    }
}

/// A text and its format.
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct Envelope {
    /// `PKCS7/JSON` for specifications, `JSON` for diagnostics.
    #[shape(min = 1, max = 64)]
    pub format: Option<String>,
    /// The text; diagnostics have at most 8,192 characters.
    pub payload: Option<String>,
}

/// Asks for work.
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct PollHostCommandInput {
    /// The host's IAM ARN.
    #[shape(required)]
    pub host_identifier: String,
}

/// Work, if there is any.
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct PollHostCommandOutput {
    /// One command.
    pub host_command: Option<HostCommandInstance>,
}

/// One command for a host.
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct HostCommandInstance {
    /// Names the command in answers to it.
    pub host_command_identifier: String,
    /// The host's IAM ARN.
    pub host_identifier: String,
    /// Names the deployment's specification.
    pub deployment_execution_id: String,
    /// A lifecycle event.
    pub command_name: String,
    /// Unused by agents.
    pub nonce: i64,
}

/// Asks what is deployed.
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct GetDeploymentSpecificationInput {
    /// From the command.
    #[shape(required, min = 1, max = 129)]
    pub deployment_execution_id: String,
    /// The host's IAM ARN.
    #[shape(required)]
    pub host_identifier: String,
}

/// What is deployed.
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct GetDeploymentSpecificationOutput {
    /// `CodeDeploy`
    pub deployment_system: String,
    /// The specification.
    pub deployment_specification: DeploymentSpecification,
}

/// A specification in its envelope.
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct DeploymentSpecification {
    /// For all hosts.
    pub generic_envelope: Envelope,
}

/// Tells that a command has arrived.
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct PutHostCommandAcknowledgementInput {
    /// From the command.
    #[shape(required)]
    pub host_command_identifier: String,
    /// `{"IsCommandNoop": bool}`
    pub diagnostics: Option<Envelope>,
    /// How long the event's scripts may take, in seconds.
    pub host_command_max_duration_in_seconds: Option<i32>,
}

/// Whether it is still wanted.
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct PutHostCommandAcknowledgementOutput {
    /// How the command stands.
    pub command_status: HostCommandStatus,
}

/// Tells how a command ended.
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct PutHostCommandCompleteInput {
    /// From the command.
    #[shape(required)]
    pub host_command_identifier: String,
    /// `Succeeded` or `Failed`.
    #[shape(required)]
    pub command_status: HostCommandStatus,
    /// `{"error_code", "script_name", "message", "log"}`
    pub diagnostics: Option<Envelope>,
}
