//! Whether a pipeline's structure can be executed, decided at the door.
//!
//! After the [structure reference](https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html)
//! and the [quotas](https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html). What
//! AWS has and this does not is refused by name.

mod action;
mod artifacts;
mod namespaces;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use api_developer::codepipeline::{
    ActionCategory, ActionDeclaration, ArtifactStore, ExecutionMode, PipelineDeclaration,
    PipelineType, StageDeclaration,
};
use wire::Error;

use crate::{errors, pipeline_variables};

/// Least stages of a pipeline.
const MIN_STAGES: usize = 2;
/// Most stages of a pipeline.
const MAX_STAGES: usize = 50;
/// Most actions of a stage.
const MAX_ACTIONS_OF_STAGE: usize = 50;
/// Most actions of a pipeline.
const MAX_ACTIONS: usize = 500;

/// Brings a structure into the form in which it is kept and shown: defaults filled in.
pub fn normalize(mut pipeline: PipelineDeclaration, version: i32) -> PipelineDeclaration {
    pipeline.version = Some(version);
    pipeline.pipeline_type.get_or_insert(PipelineType::V1);
    pipeline.execution_mode.get_or_insert(ExecutionMode::Superseded);
    for stage in &mut pipeline.stages {
        for action in &mut stage.actions {
            action.run_order.get_or_insert(1);
            action.configuration.get_or_insert_default();
            action.input_artifacts.get_or_insert_default();
            action.output_artifacts.get_or_insert_default();
        }
    }
    pipeline
}

/// The bucket of a pipeline's artifacts. `None` only for structures that [`check`] refuses.
pub fn artifact_store(pipeline: &PipelineDeclaration) -> Option<&ArtifactStore> {
    let by_region = || pipeline.artifact_stores.as_ref()?.values().next();
    pipeline.artifact_store.as_ref().or_else(by_region)
}

/// The order in which an action runs within its stage.
pub fn run_order(action: &ActionDeclaration) -> i32 {
    action.run_order.unwrap_or(1)
}

/// Checks a structure, normalized or not.
///
/// # Errors
/// AWS's `Invalid…Exception` for the part that is wrong, `LimitExceededException` for too much.
pub fn check(pipeline: &PipelineDeclaration, region: &str) -> Result<(), Error> {
    check_features(pipeline)?;
    pipeline_variables::check(pipeline)?;
    check_artifact_stores(pipeline, region)?;
    check_stages(pipeline)?;
    for stage in &pipeline.stages {
        for declared in &stage.actions {
            action::check(declared, region)?;
        }
    }
    artifacts::check(pipeline)?;
    namespaces::check(pipeline)
}

/// What only V2 pipelines may use is not there yet.
fn check_features(pipeline: &PipelineDeclaration) -> Result<(), Error> {
    let refuse = |what: &str| {
        Err(errors::INVALID_STRUCTURE
            .error(format!("{what} of V2 pipelines are not supported yet")))
    };
    let mode = pipeline.execution_mode.unwrap_or_default();
    if mode != ExecutionMode::Superseded {
        return refuse(&format!("executionMode {mode} is not possible: execution modes"));
    }
    if pipeline.triggers.as_ref().is_some_and(|it| !it.is_empty()) {
        return refuse("triggers");
    }
    Ok(())
}

fn check_artifact_stores(pipeline: &PipelineDeclaration, region: &str) -> Result<(), Error> {
    let invalid = |what: String| Err(errors::INVALID_STRUCTURE.error(what));
    match (&pipeline.artifact_store, &pipeline.artifact_stores) {
        (None, None) => invalid(
            "Either artifactStore or artifactStores must be specified in the pipeline.".to_owned(),
        ),
        (Some(_), Some(_)) => invalid(
            "Only one of artifactStore and artifactStores may be specified in the pipeline."
                .to_owned(),
        ),
        (None, Some(stores)) => {
            if let Some(other) = stores.keys().find(|key| *key != region) {
                return invalid(format!(
                    "artifactStores names the region {other}: cross-region actions are not \
                     supported yet"
                ));
            }
            match stores.is_empty() {
                true => invalid(format!("artifactStores has no artifact store for {region}.")),
                false => Ok(()),
            }
        }
        (Some(_), None) => Ok(()),
    }
}

fn check_stages(pipeline: &PipelineDeclaration) -> Result<(), Error> {
    let stages = &pipeline.stages;
    if stages.len() < MIN_STAGES {
        return Err(errors::INVALID_STRUCTURE.error(format!(
            "Pipeline has only {} stage(s). There should be a minimum of {MIN_STAGES} stages in a \
             pipeline",
            stages.len()
        )));
    }
    if stages.len() > MAX_STAGES {
        return Err(errors::LIMIT_EXCEEDED.error(format!(
            "Pipeline has {} stages. There can be a maximum of {MAX_STAGES} stages in a pipeline",
            stages.len()
        )));
    }
    let total: usize = stages.iter().map(|stage| stage.actions.len()).sum();
    if total > MAX_ACTIONS {
        return Err(errors::LIMIT_EXCEEDED.error(format!(
            "Pipeline has {total} actions. There can be a maximum of {MAX_ACTIONS} actions in a \
             pipeline"
        )));
    }
    let mut names = BTreeSet::new();
    for (at, stage) in stages.iter().enumerate() {
        if !names.insert(&stage.name) {
            return Err(errors::INVALID_STAGE_DECLARATION.error(format!(
                "Stage name must be unique within a pipeline. {} has been used more than once",
                stage.name
            )));
        }
        check_stage(stage, at == 0)?;
    }
    Ok(())
}

fn check_stage(stage: &StageDeclaration, first: bool) -> Result<(), Error> {
    let name = &stage.name;
    let invalid = |what: String| Err(errors::INVALID_STAGE_DECLARATION.error(what));
    if stage.blockers.as_ref().is_some_and(|it| !it.is_empty()) {
        return Err(errors::INVALID_BLOCKER_DECLARATION
            .error(format!("Stage {name} declares blockers, which are reserved for future use")));
    }
    let conditions = [
        ("onFailure", stage.on_failure.is_some()),
        ("onSuccess", stage.on_success.is_some()),
        ("beforeEntry", stage.before_entry.is_some()),
    ];
    if let Some((what, _)) = conditions.iter().find(|(_, set)| *set) {
        return invalid(format!(
            "Stage {name} declares {what}: conditions of V2 pipelines are not supported yet"
        ));
    }
    if stage.actions.is_empty() {
        return invalid(format!("Stage {name} must have at least one action"));
    }
    if stage.actions.len() > MAX_ACTIONS_OF_STAGE {
        return Err(errors::LIMIT_EXCEEDED.error(format!(
            "Stage {name} has {} actions. There can be a maximum of {MAX_ACTIONS_OF_STAGE} \
             actions in a stage",
            stage.actions.len()
        )));
    }
    let mut names = BTreeSet::new();
    for action in &stage.actions {
        if !names.insert(&action.name) {
            return Err(errors::INVALID_ACTION_DECLARATION.error(format!(
                "Action name must be unique within a stage. {} has been used more than once in \
                 stage {name}",
                action.name
            )));
        }
        let source = action.action_type_id.category == ActionCategory::Source;
        if first && !source {
            return invalid(format!(
                "Stage {name} is the first stage of the pipeline and can contain only source \
                 actions; {} is not one",
                action.name
            ));
        }
        if !first && source {
            return invalid(format!(
                "Stage {name} contains the source action {}. Only the first stage of a pipeline \
                 can contain source actions",
                action.name
            ));
        }
    }
    Ok(())
}
