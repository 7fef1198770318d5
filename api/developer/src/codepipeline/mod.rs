//! AWS CodePipeline's shapes, after the
//! [API reference](https://docs.aws.amazon.com/codepipeline/latest/APIReference/Welcome.html).

// Members have AWS's names and meanings; each input names the page that tells them.
#![allow(missing_docs)]

mod action_types;
mod executions;
mod state;
mod structure;
mod tags;

pub use action_types::*;
pub use executions::*;
pub use state::*;
pub use structure::*;
pub use tags::*;

use shape::Empty;

shape::operations! { "codepipeline";
    CreatePipeline(CreatePipelineInput) -> CreatePipelineOutput;
    UpdatePipeline(UpdatePipelineInput) -> UpdatePipelineOutput;
    GetPipeline(GetPipelineInput) -> GetPipelineOutput;
    ListPipelines(ListPipelinesInput) -> ListPipelinesOutput;
    DeletePipeline(DeletePipelineInput) -> Empty;

    ListActionTypes(ListActionTypesInput) -> ListActionTypesOutput;
    GetActionType(GetActionTypeInput) -> GetActionTypeOutput;

    TagResource(TagResourceInput) -> Empty;
    UntagResource(UntagResourceInput) -> Empty;
    ListTagsForResource(ListTagsForResourceInput) -> ListTagsForResourceOutput;

    StartPipelineExecution(StartPipelineExecutionInput) -> StartPipelineExecutionOutput;
    StopPipelineExecution(StopPipelineExecutionInput) -> StopPipelineExecutionOutput;
    RetryStageExecution(RetryStageExecutionInput) -> RetryStageExecutionOutput;
    PutApprovalResult(PutApprovalResultInput) -> PutApprovalResultOutput;
    DisableStageTransition(DisableStageTransitionInput) -> Empty;
    EnableStageTransition(EnableStageTransitionInput) -> Empty;

    GetPipelineState(GetPipelineStateInput) -> GetPipelineStateOutput;
    GetPipelineExecution(GetPipelineExecutionInput) -> GetPipelineExecutionOutput;
    ListPipelineExecutions(ListPipelineExecutionsInput) -> ListPipelineExecutionsOutput;
    ListActionExecutions(ListActionExecutionsInput) -> ListActionExecutionsOutput;
}
