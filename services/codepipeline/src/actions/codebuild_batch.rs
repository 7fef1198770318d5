//! The CodeBuild action with `BatchEnabled`: a batch of builds in place of one.
//!
//! After AWS's [sample](https://docs.aws.amazon.com/codebuild/latest/userguide/sample-pipeline-batch.html).
//! With `CombineArtifacts` the only output artifact is that of all builds together. Else the output
//! artifacts are the builds', which find them by their names: `BUILD`, `BUILD_ARTIFACT`.

use api_developer::codebuild::{
    self, BuildBatch, BuildStatusType, ProjectBuildBatchConfig, SortOrderType, StartBuildBatchInput,
};
use engine::Step;
use serde_json::{Value, json};
use service::Cx;
use store::{Query, StoreError};

use super::codebuild::{MAX_ACTIONS, TOKEN_LASTS, start as start_one};
use super::{Progress, Trouble, Work, role};
use crate::flow::Completion;
use crate::model::ActionRun;

/// How often to look whether the batch has ended, in milliseconds: no event tells.
const LOOK_AGAIN: i64 = 1_000;

/// Whether an action is one of these.
pub(super) fn is_wanted(action: &ActionRun) -> bool {
    action.configured("BatchEnabled") == Some("true")
}

/// Whether the outputs of its builds become one.
pub(super) fn combines(action: &ActionRun) -> bool {
    action.configured("CombineArtifacts") == Some("true")
}

pub(super) async fn perform(work: &Work) -> Result<Progress, Trouble> {
    if combines(&work.action) && work.action.outputs.len() > 1 {
        return Err(Trouble::configuration(
            "Combined artifacts of a batch build are only one; the action has more than one output \
             artifact.",
        ));
    }
    let step = work.step("start batch", |step| async move {
        let batch = match find(work, &step).await? {
            Some(batch) => batch,
            None => {
                let input = start(work, step.idempotency_key)?;
                let output = work.cx.call(codebuild::StartBuildBatch, input).await;
                let output = output.map_err(Trouble::with("calling startBuildBatch"))?;
                output.build_batch.unwrap_or_default()
            }
        };
        Ok(json!({ "id": batch.id, "arn": batch.arn }))
    });
    let started = step.await?;
    let text = |member: &str| started.get(member).and_then(Value::as_str).unwrap_or_default();
    let id = text("id").to_owned();
    work.waits_for(format!("codebuild:{}", text("arn")), id.clone(), None).await?;
    let batch = look(work, &id).await?;
    Ok(match batch.build_batch_status {
        Some(BuildStatusType::InProgress) | None => Progress::Waits(LOOK_AGAIN),
        Some(BuildStatusType::Succeeded) => {
            Progress::ended(Completion { external_id: Some(id), ..Completion::default() })
        }
        Some(status) => Progress::ended(failed(&id, &batch, status)),
    })
}

fn start(work: &Work, idempotency_token: String) -> Result<StartBuildBatchInput, Trouble> {
    let one = start_one(work, idempotency_token)?;
    Ok(StartBuildBatchInput {
        project_name: one.project_name,
        source_type_override: one.source_type_override,
        source_location_override: one.source_location_override,
        source_version: one.source_version,
        secondary_sources_override: one.secondary_sources_override,
        secondary_sources_version_override: one.secondary_sources_version_override,
        artifacts_override: one.artifacts_override,
        secondary_artifacts_override: one.secondary_artifacts_override,
        environment_variables_override: one.environment_variables_override,
        encryption_key_override: one.encryption_key_override,
        idempotency_token: one.idempotency_token,
        // The action decides, whatever the project says.
        build_batch_config_override: Some(ProjectBuildBatchConfig {
            combine_artifacts: Some(combines(&work.action)),
            ..ProjectBuildBatchConfig::default()
        }),
        ..StartBuildBatchInput::default()
    })
}

/// The batch that an earlier attempt of the step has started, where CodeBuild may have forgotten
/// the idempotency token; see the action of one build.
async fn find(work: &Work, step: &Step) -> Result<Option<BuildBatch>, Trouble> {
    let started = work.action.started;
    if step.attempt == 1 || work.run.now().since(started) < TOKEN_LASTS {
        return Ok(None);
    }
    let (scope, trouble) = (work.run.scope(), || Trouble::with("looking for the batch"));
    let account = work.yard.identity().root(&scope.account);
    let cx = Cx::background(&work.yard, account, scope.region.clone(), role::PRINCIPAL);
    let wanted = start(work, String::new())?;
    let mut list = codebuild::ListBuildBatchesForProjectInput {
        project_name: Some(wanted.project_name.clone()),
        sort_order: Some(SortOrderType::Descending),
        ..Default::default()
    };
    loop {
        let page = match cx.call(codebuild::ListBuildBatchesForProject, list.clone()).await {
            // No project: then there is no batch either.
            Err(error) if error.status < 500 => return Ok(None),
            page => page.map_err(trouble())?,
        };
        let ids = page.ids.unwrap_or_default();
        if ids.is_empty() {
            return Ok(None);
        }
        let input = codebuild::BatchGetBuildBatchesInput { ids };
        let output = cx.call(codebuild::BatchGetBuildBatches, input).await.map_err(trouble())?;
        for batch in output.build_batches.into_iter().flatten() {
            if batch.start_time.is_some_and(|at| at < started) {
                return Ok(None);
            }
            if is_ours(work, &wanted, &batch)? {
                return Ok(Some(batch));
            }
        }
        match page.next_token {
            Some(next) => list.next_token = Some(next),
            None => return Ok(None),
        }
    }
}

/// Whether a batch is what the action has started: it takes the same artifact, which belongs to
/// this execution alone, and no other action waits for it.
fn is_ours(
    work: &Work,
    wanted: &StartBuildBatchInput,
    batch: &BuildBatch,
) -> Result<bool, Trouble> {
    let source = batch.source.as_ref().and_then(|source| source.location.as_ref());
    if source != wanted.source_location_override.as_ref() {
        return Ok(false);
    }
    let others = work.yard.store().read::<_, StoreError>(|tx| {
        let query = Query::first(MAX_ACTIONS);
        tx.by_index::<ActionRun>(work.run.scope(), "execution", &work.action.execution_id, &query)
    })?;
    Ok(others.items.iter().all(|other| other.external_id != batch.id))
}

async fn look(work: &Work, id: &str) -> Result<BuildBatch, Trouble> {
    let input = codebuild::BatchGetBuildBatchesInput { ids: vec![id.to_owned()] };
    let output = work.cx.call(codebuild::BatchGetBuildBatches, input).await;
    let output = output.map_err(Trouble::with(format!("calling batchGetBuildBatches for {id}")))?;
    output
        .build_batches
        .into_iter()
        .flatten()
        .next()
        .ok_or_else(|| Trouble::failed("JobFailed", format!("The batch {id} is gone.")))
}

fn failed(id: &str, batch: &BuildBatch, status: BuildStatusType) -> Completion {
    let summary = format!("Build batch terminated with state: {status}");
    let contexts = batch.phases.iter().flatten().filter_map(|phase| phase.contexts.as_ref());
    let told = contexts.flatten().next().map(|context| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        format!(", Code: {}, Message: {}", text(&context.status_code), text(&context.message))
    });
    Completion {
        summary: Some(summary.clone()),
        external_id: Some(id.to_owned()),
        ..Completion::failed("JobFailed", format!("{summary}{}", told.unwrap_or_default()))
    }
}
