//! Shapes of AWS CodeDeploy, after the
//! [API reference](https://docs.aws.amazon.com/codedeploy/latest/APIReference/), and of the
//! command service that its agents call.

// Members have AWS's names and meanings; each input names the page that tells them.
#![allow(missing_docs)]

mod applications;
pub mod commands;
mod configs;
mod deployments;
mod groups;
mod instances;
mod tags;
mod targets;

use shape::Empty;

pub use applications::*;
pub use configs::*;
pub use deployments::*;
pub use groups::*;
pub use instances::*;
pub use tags::*;
pub use targets::*;

shape::operations! { "codedeploy";
    AddTagsToOnPremisesInstances(AddTagsToOnPremisesInstancesInput) -> Empty;
    BatchGetOnPremisesInstances(BatchGetOnPremisesInstancesInput) -> BatchGetOnPremisesInstancesOutput;
    DeregisterOnPremisesInstance(DeregisterOnPremisesInstanceInput) -> Empty;
    GetOnPremisesInstance(GetOnPremisesInstanceInput) -> GetOnPremisesInstanceOutput;
    ListOnPremisesInstances(ListOnPremisesInstancesInput) -> ListOnPremisesInstancesOutput;
    RegisterOnPremisesInstance(RegisterOnPremisesInstanceInput) -> Empty;
    RemoveTagsFromOnPremisesInstances(RemoveTagsFromOnPremisesInstancesInput) -> Empty;
    BatchGetApplicationRevisions(BatchGetApplicationRevisionsInput) -> BatchGetApplicationRevisionsOutput;
    BatchGetApplications(BatchGetApplicationsInput) -> BatchGetApplicationsOutput;
    CreateApplication(CreateApplicationInput) -> CreateApplicationOutput;
    DeleteApplication(DeleteApplicationInput) -> Empty;
    GetApplication(GetApplicationInput) -> GetApplicationOutput;
    GetApplicationRevision(GetApplicationRevisionInput) -> GetApplicationRevisionOutput;
    ListApplicationRevisions(ListApplicationRevisionsInput) -> ListApplicationRevisionsOutput;
    ListApplications(ListApplicationsInput) -> ListApplicationsOutput;
    RegisterApplicationRevision(RegisterApplicationRevisionInput) -> Empty;
    UpdateApplication(UpdateApplicationInput) -> Empty;
    CreateDeploymentConfig(CreateDeploymentConfigInput) -> CreateDeploymentConfigOutput;
    DeleteDeploymentConfig(DeleteDeploymentConfigInput) -> Empty;
    GetDeploymentConfig(GetDeploymentConfigInput) -> GetDeploymentConfigOutput;
    ListDeploymentConfigs(ListDeploymentConfigsInput) -> ListDeploymentConfigsOutput;
    BatchGetDeploymentGroups(BatchGetDeploymentGroupsInput) -> BatchGetDeploymentGroupsOutput;
    CreateDeploymentGroup(CreateDeploymentGroupInput) -> CreateDeploymentGroupOutput;
    DeleteDeploymentGroup(DeleteDeploymentGroupInput) -> DeleteDeploymentGroupOutput;
    GetDeploymentGroup(GetDeploymentGroupInput) -> GetDeploymentGroupOutput;
    ListDeploymentGroups(ListDeploymentGroupsInput) -> ListDeploymentGroupsOutput;
    UpdateDeploymentGroup(UpdateDeploymentGroupInput) -> UpdateDeploymentGroupOutput;
    BatchGetDeployments(BatchGetDeploymentsInput) -> BatchGetDeploymentsOutput;
    ContinueDeployment(ContinueDeploymentInput) -> Empty;
    CreateDeployment(CreateDeploymentInput) -> CreateDeploymentOutput;
    GetDeployment(GetDeploymentInput) -> GetDeploymentOutput;
    ListDeployments(ListDeploymentsInput) -> ListDeploymentsOutput;
    StopDeployment(StopDeploymentInput) -> StopDeploymentOutput;
    BatchGetDeploymentInstances(BatchGetDeploymentInstancesInput) -> BatchGetDeploymentInstancesOutput;
    BatchGetDeploymentTargets(BatchGetDeploymentTargetsInput) -> BatchGetDeploymentTargetsOutput;
    GetDeploymentInstance(GetDeploymentInstanceInput) -> GetDeploymentInstanceOutput;
    GetDeploymentTarget(GetDeploymentTargetInput) -> GetDeploymentTargetOutput;
    ListDeploymentInstances(ListDeploymentInstancesInput) -> ListDeploymentInstancesOutput;
    ListDeploymentTargets(ListDeploymentTargetsInput) -> ListDeploymentTargetsOutput;
    ListTagsForResource(ListTagsForResourceInput) -> ListTagsForResourceOutput;
    TagResource(TagResourceInput) -> Empty;
    UntagResource(UntagResourceInput) -> Empty;
}
