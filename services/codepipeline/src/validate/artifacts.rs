//! Artifacts across a pipeline: one producer each, and produced before they are consumed.

use std::collections::{BTreeMap, BTreeSet};

use api_developer::codepipeline::PipelineDeclaration;
use wire::Error;

use super::run_order;
use crate::errors;

pub(super) fn check(pipeline: &PipelineDeclaration) -> Result<(), Error> {
    let produced = producers(pipeline)?;
    for (stage_at, stage) in pipeline.stages.iter().enumerate() {
        for action in &stage.actions {
            let here = (stage_at, run_order(action));
            let mut consumed = BTreeSet::new();
            for input in action.input_artifacts.iter().flatten() {
                if !consumed.insert(&input.name) {
                    return Err(errors::INVALID_ACTION_DECLARATION.error(format!(
                        "Input Artifact Bundle {} is declared more than once in action {}",
                        input.name, action.name
                    )));
                }
                if produced.get(input.name.as_str()).is_none_or(|producer| *producer >= here) {
                    return Err(errors::INVALID_ACTION_DECLARATION.error(format!(
                        "Input Artifact Bundle {} in action {} is not declared as Output Artifact \
                         Bundle in any of the preceding actions.",
                        input.name, action.name
                    )));
                }
            }
        }
    }
    Ok(())
}

/// Where each artifact is produced: position of the stage, run order in it.
fn producers(pipeline: &PipelineDeclaration) -> Result<BTreeMap<&str, (usize, i32)>, Error> {
    let mut produced = BTreeMap::new();
    for (stage_at, stage) in pipeline.stages.iter().enumerate() {
        for action in &stage.actions {
            for output in action.output_artifacts.iter().flatten() {
                let here = (stage_at, run_order(action));
                if produced.insert(output.name.as_str(), here).is_some() {
                    return Err(errors::INVALID_ACTION_DECLARATION.error(format!(
                        "Output Artifact Bundle name must be unique within a pipeline. {} has \
                         been used more than once.",
                        output.name
                    )));
                }
            }
        }
    }
    Ok(produced)
}
