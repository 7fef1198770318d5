//! The CodeBuild build and test action.
//!
//! After the [action reference](https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html).
//!
//! A build that a pipeline starts takes its sources from the artifact bucket and puts its
//! artifacts there, whatever its project says: source and artifacts are overridden with type
//! `CODEPIPELINE` and the places, `BUCKET/KEY`; the source version is the revision from which the
//! artifact comes. With one output artifact it is the build's primary one; of several, each is a
//! secondary one under its name.

use std::collections::BTreeMap;

use api_developer::codebuild::{
    self, ArtifactPackaging, ArtifactsType, Build, BuildStatusType, EnvironmentVariable,
    EnvironmentVariableType, ProjectArtifacts, ProjectSource, ProjectSourceVersion, SortOrderType,
    SourceType, StartBuildInput,
};
use api_developer::codepipeline::ArtifactDetail;
use engine::Step;
use serde_json::{Value, json};
use service::Cx;
use store::{Query, StoreError};

use super::{Progress, Trouble, Work, codebuild_batch, place, role};
use crate::flow::Completion;
use crate::model::ActionRun;

/// How long to wait for the event that a build has ended before looking, in milliseconds.
const LOOK_AGAIN: i64 = 15_000;
/// How long CodeBuild is sure to remember an idempotency token, in milliseconds: AWS tells five
/// minutes.
pub(super) const TOKEN_LASTS: i64 = 4 * 60 * 1000;
/// Most action executions of one execution that are looked through.
pub(super) const MAX_ACTIONS: usize = 5000;

pub(super) async fn perform(work: &Work) -> Result<Progress, Trouble> {
    let step = work.step("start", |step| async move {
        let build = match find(work, &step).await? {
            Some(build) => build,
            None => {
                let input = start(work, step.idempotency_key)?;
                let output = work.cx.call(codebuild::StartBuild, input).await;
                output.map_err(Trouble::with("calling startBuild"))?.build.unwrap_or_default()
            }
        };
        Ok(json!({ "id": build.id, "arn": build.arn }))
    });
    let started = step.await?;
    let text = |member: &str| started.get(member).and_then(Value::as_str).unwrap_or_default();
    let (id, arn) = (text("id").to_owned(), text("arn"));
    let mut build = look(work, &id).await?;
    if build.build_status == Some(BuildStatusType::InProgress) {
        work.waits_for(format!("codebuild:{arn}"), id.clone(), url(&build)).await?;
        // Whether it ended before anybody could be told is seen only after that.
        build = look(work, &id).await?;
    }
    Ok(match build.build_status {
        Some(BuildStatusType::InProgress) | None => Progress::Waits(LOOK_AGAIN),
        Some(BuildStatusType::Succeeded) => Progress::ended(succeeded(&id, build)),
        Some(status) => Progress::ended(failed(&id, &build, status)),
    })
}

/// The build that an earlier attempt of the step has started, where CodeBuild may have forgotten
/// the idempotency token. The role need not be allowed to list builds: this only finds out what
/// was done in its name.
async fn find(work: &Work, step: &Step) -> Result<Option<Build>, Trouble> {
    let started = work.action.started;
    if step.attempt == 1 || work.run.now().since(started) < TOKEN_LASTS {
        return Ok(None);
    }
    let (scope, trouble) = (work.run.scope(), || Trouble::with("looking for the build"));
    let account = work.yard.identity().root(&scope.account);
    let cx = Cx::background(&work.yard, account, scope.region.clone(), role::PRINCIPAL);
    let wanted = start(work, String::new())?;
    let mut list = codebuild::ListBuildsForProjectInput {
        project_name: wanted.project_name.clone(),
        sort_order: Some(SortOrderType::Descending),
        ..Default::default()
    };
    loop {
        let page = match cx.call(codebuild::ListBuildsForProject, list.clone()).await {
            // No project: then there is no build either.
            Err(error) if error.status < 500 => return Ok(None),
            page => page.map_err(trouble())?,
        };
        let ids = page.ids.unwrap_or_default();
        if ids.is_empty() {
            return Ok(None);
        }
        let input = codebuild::BatchGetBuildsInput { ids };
        let output = cx.call(codebuild::BatchGetBuilds, input).await.map_err(trouble())?;
        for build in output.builds.into_iter().flatten() {
            if build.start_time.is_some_and(|at| at < started) {
                return Ok(None);
            }
            if is_ours(work, &wanted, &build)? {
                return Ok(Some(build));
            }
        }
        match page.next_token {
            Some(next) => list.next_token = Some(next),
            None => return Ok(None),
        }
    }
}

/// Whether a build is what the action has started: it takes the same artifact, which belongs to
/// this execution alone, puts its own at the same place, and no other action waits for it.
fn is_ours(work: &Work, wanted: &StartBuildInput, build: &Build) -> Result<bool, Trouble> {
    let source = build.source.as_ref().and_then(|source| source.location.as_ref());
    let target = |artifacts: &ProjectArtifacts| {
        let (bucket, name) = (artifacts.location.as_ref()?, artifacts.name.as_ref()?);
        let path = artifacts.path.as_deref().unwrap_or_default();
        Some(format!("arn:aws:s3:::{bucket}/{path}/{name}"))
    };
    let places = build.artifacts.as_ref().and_then(|artifacts| artifacts.location.clone());
    if source != wanted.source_location_override.as_ref()
        || places != wanted.artifacts_override.as_ref().and_then(target)
    {
        return Ok(false);
    }
    let others = work.yard.store().read::<_, StoreError>(|tx| {
        let query = Query::first(MAX_ACTIONS);
        tx.by_index::<ActionRun>(work.run.scope(), "execution", &work.action.execution_id, &query)
    })?;
    Ok(others.items.iter().all(|other| other.external_id != build.id))
}

async fn look(work: &Work, id: &str) -> Result<Build, Trouble> {
    let input = codebuild::BatchGetBuildsInput { ids: vec![id.to_owned()] };
    let output = work.cx.call(codebuild::BatchGetBuilds, input).await;
    let output = output.map_err(Trouble::with(format!("calling batchGetBuilds for {id}")))?;
    output
        .builds
        .into_iter()
        .flatten()
        .next()
        .ok_or_else(|| Trouble::failed("JobFailed", format!("The build {id} is gone.")))
}

fn url(build: &Build) -> Option<String> {
    build.logs.as_ref().and_then(|logs| logs.deep_link.clone())
}

fn succeeded(id: &str, build: Build) -> Completion {
    let external_url = url(&build);
    let exported = build.exported_environment_variables.into_iter().flatten();
    let variables: BTreeMap<_, _> =
        exported.filter_map(|it| Some((it.name?, it.value.unwrap_or_default()))).collect();
    Completion {
        external_id: Some(id.to_owned()),
        external_url,
        variables,
        ..Completion::default()
    }
}

fn failed(id: &str, build: &Build, status: BuildStatusType) -> Completion {
    let mut message = format!("Build terminated with state: {status}");
    let failing = build.phases.iter().flatten().find(|phase| {
        !matches!(
            phase.phase_status,
            None | Some(BuildStatusType::Succeeded | BuildStatusType::InProgress)
        )
    });
    if let Some(phase) = failing {
        if let Some(kind) = phase.phase_type {
            message.push_str(&format!(". Phase: {kind}"));
        }
        if let Some(context) = phase.contexts.iter().flatten().next() {
            let code = context.status_code.as_deref().unwrap_or_default();
            let text = context.message.as_deref().unwrap_or_default();
            message.push_str(&format!(", Code: {code}, Message: {text}"));
        }
    }
    Completion {
        summary: Some(format!("Build terminated with state: {status}")),
        external_id: Some(id.to_owned()),
        external_url: url(build),
        ..Completion::failed("JobFailed", message)
    }
}

pub(super) fn start(work: &Work, idempotency_token: String) -> Result<StartBuildInput, Trouble> {
    let action = &work.action;
    let named =
        |artifact: &&ArtifactDetail| artifact.name.as_deref() == action.configured("PrimarySource");
    let primary = action.inputs.iter().find(named).or_else(|| action.inputs.first());
    let location = |artifact: &ArtifactDetail| {
        place(artifact.s3location.as_ref()).map(|(bucket, key)| format!("{bucket}/{key}"))
    };
    let Some(primary) = primary else {
        return Err(Trouble::configuration("The action has no input artifact."));
    };
    let secondary: Vec<ProjectSource> = action
        .inputs
        .iter()
        .filter(|artifact| artifact.name != primary.name)
        .map(|artifact| {
            Ok(ProjectSource {
                kind: SourceType::Codepipeline,
                location: Some(location(artifact)?),
                source_identifier: artifact.name.clone(),
                ..ProjectSource::default()
            })
        })
        .collect::<Result<_, Trouble>>()?;
    let revision =
        |artifact: &ArtifactDetail| action.input_revisions.get(artifact.name.as_ref()?).cloned();
    let versions: Vec<ProjectSourceVersion> = action
        .inputs
        .iter()
        .filter(|artifact| artifact.name != primary.name)
        .filter_map(|artifact| {
            Some(ProjectSourceVersion {
                source_identifier: artifact.name.clone()?,
                source_version: revision(artifact)?,
            })
        })
        .collect();
    let variables = match action.configured("EnvironmentVariables") {
        Some(json) => environment(json).map_err(Trouble::configuration)?,
        None => Vec::new(),
    };
    // The builds of a batch find theirs by their names.
    let by_name = codebuild_batch::is_wanted(action) && !codebuild_batch::combines(action);
    let (artifacts, secondary_artifacts) = match action.outputs.as_slice() {
        [only] if !by_name => (output(only, None)?, Vec::new()),
        several => {
            let secondary = several.iter().map(|it| output(it, it.name.clone()));
            // A pipeline's build has no primary artifact where it is given no place for one.
            let none = ProjectArtifacts { kind: ArtifactsType::Codepipeline, ..<_>::default() };
            (none, secondary.collect::<Result<_, Trouble>>()?)
        }
    };
    Ok(StartBuildInput {
        project_name: work.required("ProjectName")?.to_owned(),
        source_type_override: Some(SourceType::Codepipeline),
        source_location_override: Some(location(primary)?),
        source_version: revision(primary),
        secondary_sources_version_override: Some(versions).filter(|it| !it.is_empty()),
        secondary_sources_override: Some(secondary).filter(|it| !it.is_empty()),
        artifacts_override: Some(artifacts),
        secondary_artifacts_override: Some(secondary_artifacts).filter(|it| !it.is_empty()),
        environment_variables_override: Some(variables).filter(|it| !it.is_empty()),
        encryption_key_override: action.encryption_key.clone(),
        idempotency_token: Some(idempotency_token),
        ..StartBuildInput::default()
    })
}

/// Where an artifact goes: `LOCATION/PATH/NAME`.
fn output(
    artifact: &ArtifactDetail,
    identifier: Option<String>,
) -> Result<ProjectArtifacts, Trouble> {
    let (bucket, key) = place(artifact.s3location.as_ref())?;
    let (path, name) = key.rsplit_once('/').unwrap_or(("", &key));
    Ok(ProjectArtifacts {
        kind: ArtifactsType::Codepipeline,
        location: Some(bucket),
        path: Some(path.to_owned()),
        name: Some(name.to_owned()),
        packaging: Some(ArtifactPackaging::Zip),
        artifact_identifier: identifier,
        ..ProjectArtifacts::default()
    })
}

/// Reads `EnvironmentVariables`: a JSON array of objects with name, value and perhaps type.
///
/// # Errors
/// A sentence that tells what is wrong.
pub fn environment(json: &str) -> Result<Vec<EnvironmentVariable>, String> {
    let parsed: Value =
        serde_json::from_str(json).map_err(|error| format!("it is not JSON: {error}"))?;
    let Value::Array(entries) = parsed else {
        return Err("it must be an array of objects".to_owned());
    };
    entries.iter().map(variable).collect()
}

fn variable(entry: &Value) -> Result<EnvironmentVariable, String> {
    let Value::Object(members) = entry else {
        return Err(format!("{entry} is not an object with name, value and type"));
    };
    if let Some(other) = members.keys().find(|key| !["name", "value", "type"].contains(&&***key)) {
        return Err(format!("it has an unknown member '{other}'"));
    }
    let text = |member: &str| match members.get(member) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(format!("the {member} {other} is not a string")),
    };
    let name = text("name")?.filter(|name| !name.is_empty()).ok_or("a name is missing")?;
    let value = text("value")?.ok_or_else(|| format!("the value of '{name}' is missing"))?;
    let kind = match text("type")? {
        None => EnvironmentVariableType::Plaintext,
        Some(word) => EnvironmentVariableType::parse(&word)
            .ok_or_else(|| format!("the type '{word}' of '{name}' is not known"))?,
    };
    Ok(EnvironmentVariable { name, value, kind: Some(kind) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environments_are_read() {
        let json =
            r#"[{"name":"A","value":"1"},{"name":"B","value":"p","type":"PARAMETER_STORE"}]"#;
        let read = environment(json).unwrap();
        assert_eq!((read[0].name.as_str(), read[0].value.as_str()), ("A", "1"));
        assert_eq!(read[0].kind, Some(EnvironmentVariableType::Plaintext));
        assert_eq!(read[1].kind, Some(EnvironmentVariableType::ParameterStore));
        for bad in [
            "",
            "{}",
            "[1]",
            r#"[{"value":"1"}]"#,
            r#"[{"name":"","value":"1"}]"#,
            r#"[{"name":"A"}]"#,
            r#"[{"name":"A","value":1}]"#,
            r#"[{"name":"A","value":"1","type":"X"}]"#,
            r#"[{"name":"A","value":"1","kind":"PLAINTEXT"}]"#,
        ] {
            assert!(environment(bad).is_err(), "{bad}");
        }
    }
}
