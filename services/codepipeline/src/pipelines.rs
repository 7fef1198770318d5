//! Creating, updating, reading and deleting pipelines.

use std::collections::BTreeSet;

use api_developer::codepipeline::*;
use service::Cx;
use shape::{Empty, Timestamp};
use store::{Query, WakeKey};
use types::PageToken;
use wire::Error;

use crate::actions::role;
use crate::flow::{Flow, Start};
use crate::model::{Execution, Pipeline, PipelineVersion};
use crate::{arn, cleanup, errors, plan, polling, tags, validate};

/// Most pipelines of an account in a region; AWS's quota.
const MAX_PIPELINES: usize = 1000;
/// Pipelines in a page, if the request does not tell.
pub const PAGE: usize = 1000;

/// The error for a pipeline that is not there.
pub fn not_found(cx: &Cx, name: &str) -> Error {
    errors::PIPELINE_NOT_FOUND
        .error(format!("Account '{}' does not have a pipeline with name '{name}'", cx.account()))
}

/// Whether CodePipeline may act as the role.
fn check_role(cx: &Cx, pipeline: &PipelineDeclaration) -> Result<(), Error> {
    let request = role::session_request(&cx.scope(), &pipeline.role_arn, &pipeline.name);
    match cx.yard().assume_role(&request) {
        Ok(_) => Ok(()),
        Err(error) if error.status >= 500 => Err(error),
        Err(_) => Err(errors::INVALID_STRUCTURE.error(format!(
            "CodePipeline is not authorized to perform AssumeRole on role {}",
            pipeline.role_arn
        ))),
    }
}

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_CreatePipeline.html>
pub async fn create_pipeline(
    cx: Cx,
    input: CreatePipelineInput,
) -> Result<CreatePipelineOutput, Error> {
    let declaration = validate::normalize(input.pipeline, 1);
    validate::check(&declaration, cx.region().as_str())?;
    let tags = tags::checked(input.tags.unwrap_or_default())?;
    check_role(&cx, &declaration)?;
    let now = cx.now();
    let pipeline = Pipeline {
        name: declaration.name.clone(),
        uid: types::uuid(),
        version: 1,
        created: now,
        updated: now,
        polls: polling::polled(&declaration),
        declaration: declaration.clone(),
        tags: tags.clone(),
        ..Pipeline::default()
    };
    let inner = cx.clone();
    cx.write(move |tx| {
        let scope = inner.scope();
        if tx.exists::<Pipeline>(&scope, &pipeline.name)? {
            return Err(errors::NAME_IN_USE.error(format!(
                "A pipeline with the name '{}' already exists in account '{}'",
                pipeline.name,
                inner.account()
            )));
        }
        if tx.count::<Pipeline>(&scope, MAX_PIPELINES)? >= MAX_PIPELINES {
            return Err(errors::LIMIT_EXCEEDED.error(format!(
                "The account has {MAX_PIPELINES} pipelines in this region, which is the limit"
            )));
        }
        tx.insert(&scope, &version_of(&pipeline, now))?;
        let mut flow = Flow::create(&scope, pipeline.clone(), now);
        let trigger = ExecutionTrigger {
            trigger_type: Some(TriggerType::CreatePipeline),
            trigger_detail: Some(inner.caller().arn.clone()),
        };
        flow.start(tx, Start { trigger, ..Start::default() })?;
        flow.run(tx)?;
        polling::arm(tx, &scope, &pipeline, now)?;
        Ok(())
    })
    .await?;
    let tags = Some(tags).filter(|tags| !tags.is_empty());
    Ok(CreatePipelineOutput { pipeline: Some(declaration), tags })
}

fn version_of(pipeline: &Pipeline, now: Timestamp) -> PipelineVersion {
    PipelineVersion {
        pipeline_uid: pipeline.uid.clone(),
        version: pipeline.version,
        created: now,
        declaration: pipeline.declaration.clone(),
    }
}

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_UpdatePipeline.html>
pub async fn update_pipeline(
    cx: Cx,
    input: UpdatePipelineInput,
) -> Result<UpdatePipelineOutput, Error> {
    let name = input.pipeline.name.clone();
    if !cx.read(|tx| Ok(tx.exists::<Pipeline>(&cx.scope(), &name)?))? {
        return Err(not_found(&cx, &name));
    }
    let declaration = validate::normalize(input.pipeline, 1);
    validate::check(&declaration, cx.region().as_str())?;
    check_role(&cx, &declaration)?;
    let now = cx.now();
    let inner = cx.clone();
    let declaration = cx
        .write(move |tx| {
            let scope = inner.scope();
            let mut flow = Flow::of_request(tx, &inner, &declaration.name)?;
            let pipeline = flow.pipeline_mut();
            pipeline.version += 1;
            pipeline.updated = now;
            pipeline.declaration = validate::normalize(declaration.clone(), pipeline.version);
            pipeline.polls = polling::polled(&pipeline.declaration);
            forget_what_is_gone(pipeline);
            let pipeline = pipeline.clone();
            tx.insert(&scope, &version_of(&pipeline, now))?;
            let changed: Vec<usize> = (0..flow.executions().len())
                .filter(|at| {
                    flow.executions()
                        .get(*at)
                        .is_some_and(|it| !goes_on_alike(it, &pipeline.declaration))
                })
                .collect();
            for at in changed {
                flow.cancel(tx, at)?;
            }
            flow.run(tx)?;
            polling::arm(tx, &scope, &pipeline, now)?;
            Ok(pipeline.declaration)
        })
        .await?;
    Ok(UpdatePipelineOutput { pipeline: Some(declaration) })
}

/// A stage or action that comes back under an old name begins anew.
fn forget_what_is_gone(pipeline: &mut Pipeline) {
    let stages = &pipeline.declaration.stages;
    let is_stage = |name: &String| stages.iter().any(|stage| stage.name == *name);
    let actions: BTreeSet<String> = stages
        .iter()
        .flat_map(|stage| stage.actions.iter().map(|it| format!("{}/{}", stage.name, it.name)))
        .collect();
    pipeline.stages.retain(|name, _| is_stage(name));
    pipeline.transitions.retain(|name, _| is_stage(name));
    pipeline.actions.retain(|name, _| actions.contains(name));
    pipeline.seen.retain(|name, _| {
        let sources = stages.first().map(|stage| &stage.actions);
        sources.into_iter().flatten().any(|action| action.name == *name)
    });
}

/// Whether what an execution has still before it is the same in the new structure.
fn goes_on_alike(active: &plan::Active, new: &PipelineDeclaration) -> bool {
    let remaining = |declaration: &PipelineDeclaration| {
        let stages = declaration.stages.iter();
        stages.skip_while(|it| it.name != active.execution.stage).cloned().collect::<Vec<_>>()
    };
    let stays = remaining(new);
    !stays.is_empty()
        && stays == remaining(&active.declaration)
        && validate::artifact_store(new) == validate::artifact_store(&active.declaration)
}

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipeline.html>
pub async fn get_pipeline(cx: Cx, input: GetPipelineInput) -> Result<GetPipelineOutput, Error> {
    cx.read(|tx| {
        let scope = cx.scope();
        let found = tx.get::<Pipeline>(&scope, &input.name)?;
        let pipeline = found.ok_or_else(|| not_found(&cx, &input.name))?.into_inner();
        let declaration = match input.version {
            Some(version) if version != pipeline.version => {
                let key = PipelineVersion::key_of(&pipeline.uid, version);
                let found = tx.get::<PipelineVersion>(&scope, &key)?;
                let found = found.ok_or_else(|| {
                    errors::VERSION_NOT_FOUND.error(format!(
                        "Account '{}' does not have a pipeline with name '{}' in version \
                         '{version}'",
                        cx.account(),
                        input.name
                    ))
                })?;
                found.value.declaration
            }
            _ => pipeline.declaration.clone(),
        };
        let metadata = PipelineMetadata {
            pipeline_arn: Some(arn::of(&cx, &pipeline.name)),
            created: Some(pipeline.created),
            updated: Some(pipeline.updated),
            polling_disabled_at: None,
        };
        Ok(GetPipelineOutput { pipeline: Some(declaration), metadata: Some(metadata) })
    })
}

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListPipelines.html>
pub async fn list_pipelines(
    cx: Cx,
    input: ListPipelinesInput,
) -> Result<ListPipelinesOutput, Error> {
    const LISTING: &str = "ListPipelines";
    let limit = input.max_results.map_or(PAGE, |it| usize::try_from(it).unwrap_or(PAGE));
    let after = after(LISTING, input.next_token.as_deref())?;
    let page =
        cx.read(|tx| Ok(tx.list::<Pipeline>(&cx.scope(), &Query::first(limit).after(after))?))?;
    let summary = |pipeline: &Pipeline| PipelineSummary {
        name: Some(pipeline.name.clone()),
        version: Some(pipeline.version),
        pipeline_type: pipeline.declaration.pipeline_type,
        execution_mode: pipeline.declaration.execution_mode,
        created: Some(pipeline.created),
        updated: Some(pipeline.updated),
    };
    Ok(ListPipelinesOutput {
        pipelines: Some(page.items.iter().map(|it| summary(it)).collect()),
        next_token: page.next.map(|next| PageToken::encode(LISTING, &next)),
    })
}

/// The key behind which a page begins.
///
/// # Errors
/// `InvalidNextTokenException` for tokens that this listing did not give out.
pub fn after(listing: &str, token: Option<&str>) -> Result<Option<String>, Error> {
    token.map(|token| PageToken::decode(listing, token)).transpose().map_err(|_| {
        errors::INVALID_NEXT_TOKEN.error("The next token is not one that this operation returned.")
    })
}

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_DeletePipeline.html>
///
/// What runs is abandoned. A pipeline that is not there counts as deleted, as it does at AWS.
pub async fn delete_pipeline(cx: Cx, input: DeletePipelineInput) -> Result<Empty, Error> {
    let inner = cx.clone();
    cx.write(move |tx| {
        let (scope, now) = (inner.scope(), inner.now());
        let Some(mut flow) = Flow::load(tx, &scope, &input.name, now)? else { return Ok(()) };
        for at in 0..flow.executions().len() {
            flow.abandon_actions(tx, at)?;
        }
        let uid = flow.pipeline().uid.clone();
        tx.delete::<Pipeline>(&scope, &input.name)?;
        for active in flow.executions() {
            tx.delete::<Execution>(&scope, &active.execution.id)?;
        }
        tx.cancel_wake(&WakeKey::new(polling::KIND, &scope, &input.name))?;
        tx.wake(&WakeKey::new(cleanup::KIND, &scope, uid), now)?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}
