//! What an action starts with: configuration with variables put in, artifacts, revisions, a time
//! limit.

use std::collections::BTreeMap;

use api_developer::codepipeline::{
    ActionDeclaration, ArtifactDetail, PipelineDeclaration, S3Location,
};
use types::{IdAlphabet, random_id};

use crate::catalog::{self, Provider};
use crate::flow::cut;
use crate::model::{ActionRun, Execution};
use crate::{actions, validate, variables};

/// A new execution of an action, and what is wrong with its configuration if variables are put in.
pub fn new_run(
    declaration: &PipelineDeclaration,
    execution: &Execution,
    action: &ActionDeclaration,
    number: i64,
) -> (ActionRun, Option<String>) {
    let configuration = action.configuration.clone().unwrap_or_default();
    let resolved = variables::resolve(&configuration, &execution.id, &execution.namespaces);
    let (resolved, problem) = match resolved {
        Ok(resolved) => (resolved, None),
        Err(problem) => (BTreeMap::new(), Some(problem)),
    };
    let store = validate::artifact_store(declaration);
    let place = |artifact: &str| S3Location {
        bucket: store.map(|store| store.location.clone()),
        key: Some(artifact_key(&declaration.name, artifact)),
    };
    let outputs = action.output_artifacts.iter().flatten().map(|it| ArtifactDetail {
        name: Some(it.name.clone()),
        s3location: Some(place(&it.name)),
    });
    let provider = catalog::find(&action.action_type_id).map(|kind| kind.provider);
    let approval = provider == Some(Provider::ManualApproval);
    let now = execution.updated;
    let run = ActionRun {
        id: types::uuid(),
        execution_id: execution.id.clone(),
        pipeline: execution.pipeline.clone(),
        pipeline_uid: execution.pipeline_uid.clone(),
        version: execution.version,
        stage: execution.stage.clone(),
        name: action.name.clone(),
        action_type: action.action_type_id.clone(),
        number,
        pipeline_role_arn: declaration.role_arn.clone(),
        role_arn: action.role_arn.clone(),
        configuration,
        resolved,
        namespace: action.namespace.clone(),
        region: action.region.clone(),
        inputs: inputs_of(action).filter_map(|it| execution.artifacts.get(it).cloned()).collect(),
        input_revisions: inputs_of(action)
            .filter_map(|name| Some((name.to_owned(), source_revision(execution, name)?)))
            .collect(),
        outputs: outputs.collect(),
        encryption_key: store.and_then(|it| Some(it.encryption_key.as_ref()?.id.clone())),
        revision_override: execution
            .overrides
            .iter()
            .find(|it| it.action_name == action.name)
            .cloned(),
        started: now,
        updated: now,
        expires: provider
            .and_then(|it| actions::time_limit(it, action.timeout_in_minutes))
            .map(|seconds| now.plus_secs(seconds)),
        token: approval.then(types::uuid),
        ..ActionRun::default()
    };
    (run, problem)
}

fn inputs_of(action: &ActionDeclaration) -> impl Iterator<Item = &str> {
    action.input_artifacts.iter().flatten().map(|artifact| artifact.name.as_str())
}

/// The revision from which an artifact comes: its own if a source made it, else that of the only
/// source.
fn source_revision(execution: &Execution, artifact: &str) -> Option<String> {
    let revisions = &execution.artifact_revisions;
    let own = revisions.iter().find(|revision| revision.name.as_deref() == Some(artifact));
    let only = match revisions.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    own.or(only)?.revision_id.clone()
}

/// `PIPELINE/ARTIFACT/RANDOM`, the names cut to 20 and 10 characters, as AWS lays artifacts out.
fn artifact_key(pipeline: &str, artifact: &str) -> String {
    let random = random_id(IdAlphabet::Alphanumeric, 7);
    format!("{}/{}/{random}", cut(pipeline, 20), cut(artifact, 10))
}
