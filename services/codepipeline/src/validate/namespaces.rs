//! Variables across a pipeline: namespaces are unique, and what is referenced was made before.

use std::collections::{BTreeMap, BTreeSet};

use api_developer::codepipeline::PipelineDeclaration;
use wire::Error;

use super::run_order;
use crate::variables::{self, PIPELINE_EXECUTION_ID, PIPELINE_NAMESPACE, VARIABLES_NAMESPACE};
use crate::{errors, pipeline_variables};

pub(super) fn check(pipeline: &PipelineDeclaration) -> Result<(), Error> {
    let namespaces = producers(pipeline)?;
    for (stage_at, stage) in pipeline.stages.iter().enumerate() {
        for action in &stage.actions {
            for (key, value) in action.configuration.iter().flatten() {
                for reference in variables::references(value) {
                    let here = (stage_at, run_order(action));
                    if let Some(problem) = problem(reference, here, &namespaces, pipeline) {
                        return Err(errors::INVALID_ACTION_DECLARATION.error(format!(
                            "Valid format for a pipeline execution variable reference is a \
                             namespace and a key separated by a period (.). The following \
                             pipeline execution variables are {problem}. StageName=[{}], \
                             ActionName=[{}], ActionConfigurationKey=[{key}], \
                             VariableReferenceText=[{reference}]",
                            stage.name, action.name
                        )));
                    }
                }
            }
        }
    }
    Ok(())
}

fn problem(
    reference: &str,
    here: (usize, i32),
    namespaces: &BTreeMap<&str, (usize, i32)>,
    pipeline: &PipelineDeclaration,
) -> Option<&'static str> {
    let Some((namespace, key)) = variables::split(reference) else {
        return Some("not in that format");
    };
    if namespace == PIPELINE_NAMESPACE {
        return (key != PIPELINE_EXECUTION_ID)
            .then_some("referencing a variable that the namespace codepipeline does not have");
    }
    if namespace == VARIABLES_NAMESPACE {
        return (!pipeline_variables::is_declared(pipeline, key))
            .then_some("referencing a variable that the pipeline does not declare");
    }
    match namespaces.get(namespace) {
        None => Some("referencing a namespace that does not exist"),
        Some(producer) if *producer >= here => {
            Some("referencing a namespace that is not produced by a preceding action")
        }
        Some(_) => None,
    }
}

/// Where each namespace is filled: position of the stage, run order in it.
fn producers(pipeline: &PipelineDeclaration) -> Result<BTreeMap<&str, (usize, i32)>, Error> {
    let actions = || {
        pipeline
            .stages
            .iter()
            .enumerate()
            .flat_map(|(at, stage)| stage.actions.iter().map(move |action| (at, action)))
    };
    let artifacts: BTreeSet<&str> = actions()
        .flat_map(|(_, action)| action.output_artifacts.iter().flatten())
        .map(|artifact| artifact.name.as_str())
        .collect();
    let mut namespaces = BTreeMap::new();
    for (stage_at, action) in actions() {
        let Some(namespace) = action.namespace.as_deref() else { continue };
        let invalid = |why: &str| {
            errors::INVALID_ACTION_DECLARATION
                .error(format!("Namespace {namespace} in action {} {why}", action.name))
        };
        if [PIPELINE_NAMESPACE, VARIABLES_NAMESPACE].contains(&namespace) {
            return Err(invalid("is reserved"));
        }
        if artifacts.contains(namespace) {
            return Err(invalid("is the name of an artifact of the pipeline"));
        }
        if namespaces.insert(namespace, (stage_at, run_order(action))).is_some() {
            return Err(invalid("has been used more than once in the pipeline"));
        }
    }
    Ok(namespaces)
}
