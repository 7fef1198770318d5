//! The variables of a V2 pipeline itself: declared by it, given when an execution starts, read as
//! `#{variables.NAME}`.
//!
//! After [Working with variables](https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-variables.html).

use std::collections::{BTreeMap, BTreeSet};

use api_developer::codepipeline::{
    PipelineDeclaration, PipelineType, PipelineVariable, ResolvedPipelineVariable,
};
use wire::Error;

use crate::errors;
use crate::variables::VARIABLES_NAMESPACE;

/// Checks what a pipeline declares.
///
/// # Errors
/// `InvalidStructureException` for a V1 pipeline that declares any, and for a name declared twice.
pub fn check(pipeline: &PipelineDeclaration) -> Result<(), Error> {
    let declared = pipeline.variables.as_deref().unwrap_or_default();
    if !declared.is_empty() && pipeline.pipeline_type != Some(PipelineType::V2) {
        return Err(errors::INVALID_STRUCTURE.error(
            "The pipeline declares variables, which only V2 pipelines have: set pipelineType to V2",
        ));
    }
    let mut names = BTreeSet::new();
    for variable in declared {
        if !names.insert(&variable.name) {
            return Err(errors::INVALID_STRUCTURE.error(format!(
                "Variable name must be unique within a pipeline. {} has been used more than once",
                variable.name
            )));
        }
    }
    Ok(())
}

/// Whether a pipeline declares a variable.
pub fn is_declared(pipeline: &PipelineDeclaration, name: &str) -> bool {
    pipeline.variables.iter().flatten().any(|variable| variable.name == name)
}

/// The values of an execution that nobody gives any to: the defaults. An action that reads a
/// variable without one fails and says so.
pub fn defaults(pipeline: &PipelineDeclaration) -> BTreeMap<String, String> {
    let declared = pipeline.variables.iter().flatten();
    declared.filter_map(|it| Some((it.name.clone(), it.default_value.clone()?))).collect()
}

/// The values of an execution that is started with these.
///
/// # Errors
/// `ValidationException` for a name that is not declared or given twice, and for a variable that
/// has neither a value nor a default.
pub fn resolve(
    pipeline: &PipelineDeclaration,
    given: &[PipelineVariable],
) -> Result<BTreeMap<String, String>, Error> {
    let invalid = |what: String| Err(errors::VALIDATION.error(what));
    let mut values = BTreeMap::new();
    for PipelineVariable { name, value } in given {
        if !is_declared(pipeline, name) {
            return invalid(format!("Pipeline '{}' declares no variable '{name}'", pipeline.name));
        }
        if values.insert(name.clone(), value.clone()).is_some() {
            return invalid(format!("Variable '{name}' is given twice"));
        }
    }
    let mut resolved = defaults(pipeline);
    resolved.append(&mut values);
    let missing = |name: &&String| !resolved.contains_key(*name);
    let declared = pipeline.variables.iter().flatten().map(|variable| &variable.name);
    let missing: Vec<&str> = declared.filter(missing).map(String::as_str).collect();
    match missing.is_empty() {
        true => Ok(resolved),
        false => invalid(format!(
            "These variables have no default value, and none was given: {}",
            missing.join(", ")
        )),
    }
}

/// What an execution has of them, for those who ask.
pub fn shown(
    namespaces: &BTreeMap<String, BTreeMap<String, String>>,
) -> Option<Vec<ResolvedPipelineVariable>> {
    let values = namespaces.get(VARIABLES_NAMESPACE)?;
    let shown = values.iter().map(|(name, value)| ResolvedPipelineVariable {
        name: Some(name.clone()),
        resolved_value: Some(value.clone()),
    });
    Some(shown.collect())
}
