//! The rules by which executions move through a pipeline. Pure: state in, the next move out.
//!
//! After [How pipeline executions work](https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html):
//! - a stage is locked while an execution is in it, and what ends in a stage unlocks it;
//! - one execution waits in front of a stage; a newer one that comes supersedes it;
//! - a disabled transition holds whoever waits in front of the stage;
//! - actions of one run order run together, those of the next follow when all have succeeded;
//! - a failed action lets those beside it finish, then fails the stage and the execution;
//! - a requested stop lets running actions finish, then stops the execution.

use std::sync::Arc;

use api_developer::codepipeline::{
    ActionExecutionStatus, PipelineDeclaration, StageDeclaration, StageExecutionStatus,
};

use crate::model::{Execution, Pipeline, StageRun};
use crate::validate::run_order;

/// An execution with the structure that it executes.
#[derive(Clone, Debug)]
pub struct Active {
    /// The execution.
    pub execution: Execution,
    /// The pipeline's structure when it started.
    pub declaration: Arc<PipelineDeclaration>,
}

/// One move of one execution; `at` is its position among those given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// It waits behind a newer one, which takes its place.
    Supersede { at: usize },
    /// It stops where it waits.
    StopWaiting { at: usize },
    /// It enters the stage in front of which it waits.
    Enter { at: usize },
    /// An action of its stage starts: position within the stage.
    Start { at: usize, action: usize },
    /// It is through with its stage.
    EndStage { at: usize, status: StageExecutionStatus },
}

/// The next move, if any can be made. `executions` are in the order of their numbers; those that
/// are not active any more are passed over.
pub fn next(pipeline: &Pipeline, executions: &[Active]) -> Option<Move> {
    let active =
        || executions.iter().enumerate().filter(|(_, active)| active.execution.is_active());
    active()
        .filter(|(_, active)| active.execution.entered)
        .find_map(|(at, active)| in_stage(at, active))
        .or_else(|| {
            active()
                .filter(|(_, active)| !active.execution.entered)
                .find_map(|(at, active)| in_front(pipeline, executions, at, &active.execution))
        })
}

/// What an execution does that is in a stage.
fn in_stage(at: usize, active: &Active) -> Option<Move> {
    let execution = &active.execution;
    let run = execution.current()?;
    let stage = stage_of(&active.declaration, &execution.stage)?;
    let is = |status| run.actions.iter().any(|action| action.status == status);
    if is(ActionExecutionStatus::InProgress) {
        // Actions that run beside each other all end by themselves before anything else happens;
        // but those of the same run order that have not started yet do start.
        return match execution.stop_requested || is(ActionExecutionStatus::Failed) {
            true => None,
            false => start(at, stage, run),
        };
    }
    if is(ActionExecutionStatus::Failed) {
        return Some(Move::EndStage { at, status: StageExecutionStatus::Failed });
    }
    if execution.stop_requested {
        return Some(Move::EndStage { at, status: StageExecutionStatus::Stopped });
    }
    start(at, stage, run).or(Some(Move::EndStage { at, status: StageExecutionStatus::Succeeded }))
}

/// Starts the next action of the lowest run order that is not all through.
fn start(at: usize, stage: &StageDeclaration, run: &StageRun) -> Option<Move> {
    let status =
        |name: &str| run.actions.iter().find(|action| action.name == name).map(|it| it.status);
    let through = |name: &str| status(name) == Some(ActionExecutionStatus::Succeeded);
    let order =
        stage.actions.iter().filter(|action| !through(&action.name)).map(run_order).min()?;
    let action = stage
        .actions
        .iter()
        .position(|action| run_order(action) == order && status(&action.name).is_none())?;
    Some(Move::Start { at, action })
}

/// What an execution does that waits in front of a stage.
fn in_front(
    pipeline: &Pipeline,
    executions: &[Active],
    at: usize,
    execution: &Execution,
) -> Option<Move> {
    if execution.stop_requested {
        return Some(Move::StopWaiting { at });
    }
    let others: Vec<&Execution> = executions
        .iter()
        .map(|active| &active.execution)
        .filter(|other| other.is_active() && other.stage == execution.stage)
        .collect();
    let newer_waits =
        others.iter().any(|it| !it.entered && !it.stop_requested && it.number > execution.number);
    if newer_waits {
        return Some(Move::Supersede { at });
    }
    let locked = others.iter().any(|other| other.entered);
    let disabled =
        pipeline.transitions.get(&execution.stage).is_some_and(|transition| transition.disabled);
    (!locked && !disabled).then_some(Move::Enter { at })
}

/// The stage of that name.
pub fn stage_of<'a>(
    declaration: &'a PipelineDeclaration,
    name: &str,
) -> Option<&'a StageDeclaration> {
    declaration.stages.iter().find(|stage| stage.name == name)
}

/// The stage behind the one of that name.
pub fn stage_after<'a>(
    declaration: &'a PipelineDeclaration,
    name: &str,
) -> Option<&'a StageDeclaration> {
    let at = declaration.stages.iter().position(|stage| stage.name == name)?;
    declaration.stages.get(at + 1)
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
