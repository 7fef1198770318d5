//! Doing what started actions are for: one reconciler, one key per action execution.
//!
//! Everything that lets an action start or an execution go on happens in transactions ([`flow`]);
//! here is only what happens outside. Each effect is a journalled step and recognizable when it is
//! repeated: builds by their idempotency token, deployments by the action execution's id in their
//! description, uploads because they go to the same key again. So a yard that is killed at any
//! instant starts nothing twice, and the end of an action is reported once, by the transaction that
//! also moves its execution.

pub mod codebuild;
mod codebuild_batch;
mod codecommit;
mod codedeploy;
pub mod connection_source;
mod pieces;
mod repository_zip;
pub mod role;
mod s3_deploy;
mod s3_source;
mod unzip;

use std::future::Future;
use std::sync::Arc;

use api_developer::codepipeline::{ActionExecutionStatus, S3Location};
use engine::{BoxFuture, EngineError, Next, Reconciler, Run, Step};
use serde_json::{Value, json};
use service::{Cx, Yard};
use store::StoreError;
use types::Timestamp;
use wire::Error;

use crate::catalog::{self, Provider};
use crate::flow::{self, Completion};
use crate::model::ActionRun;

/// The reconciler's kind.
pub const KIND: &str = "codepipeline.action";
/// Most actions that are worked on at the same time. Those that wait for a build, a deployment or
/// a person are not being worked on.
const CONCURRENCY: usize = 32;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// After how many seconds an action is given up, after AWS's quotas.
pub fn time_limit(provider: Provider, asked_minutes: Option<i32>) -> Option<i64> {
    match provider {
        Provider::ManualApproval => {
            Some(asked_minutes.map_or(7 * DAY, |minutes| i64::from(minutes) * MINUTE))
        }
        Provider::CodeBuild => Some(8 * HOUR),
        Provider::CodeDeploy => Some(5 * DAY),
        Provider::CodeCommit | Provider::Connection | Provider::S3Source | Provider::S3Deploy => {
            None
        }
    }
}

/// Drives actions.
pub struct Actions {
    yard: Yard,
}

impl Actions {
    /// The reconciler of a yard.
    pub fn reconciler(yard: &Yard) -> Arc<dyn Reconciler> {
        Arc::new(Self { yard: yard.clone() })
    }
}

impl Reconciler for Actions {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn concurrency(&self) -> usize {
        CONCURRENCY
    }

    fn reconcile(&self, run: Run) -> BoxFuture<Result<Next, EngineError>> {
        let yard = self.yard.clone();
        Box::pin(async move { drive(yard, run).await })
    }

    fn on_exhausted(&self, run: Run, error: EngineError) -> BoxFuture<Result<(), EngineError>> {
        Box::pin(async move {
            let completion = Completion::failed("JobFailed", error.to_string());
            complete(&run, completion).await
        })
    }
}

/// How far an action is.
pub(crate) enum Progress {
    /// It has ended.
    Ended(Box<Completion>),
    /// It goes on elsewhere: look again when woken, at the latest after this many milliseconds.
    Waits(i64),
}

/// What stands in the way of an action.
pub(crate) enum Trouble {
    /// A service refused.
    Refused {
        /// What was tried, for the reader of the error details.
        what: String,
        /// What the service said.
        error: Box<Error>,
    },
    /// The action cannot go well.
    Failed(Box<Completion>),
    /// The engine or the store: the run is repeated.
    Engine(EngineError),
}

impl From<EngineError> for Trouble {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Engine(error.into())
    }
}

impl Progress {
    /// It has ended.
    pub(crate) fn ended(completion: Completion) -> Self {
        Self::Ended(Box::new(completion))
    }
}

impl Trouble {
    /// For `map_err`: the service refused what was tried.
    pub(crate) fn with(what: impl Into<String>) -> impl FnOnce(Error) -> Self {
        let what = what.into();
        move |error| Self::Refused { what, error: Box::new(error) }
    }

    /// The action ends with that code.
    pub(crate) fn failed(code: &str, message: impl Into<String>) -> Self {
        Self::Failed(Box::new(Completion::failed(code, message)))
    }

    /// The configuration or what it names is not right.
    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::failed("ConfigurationError", message)
    }
}

/// An action being worked on.
pub(crate) struct Work {
    pub yard: Yard,
    pub run: Run,
    pub action: ActionRun,
    /// The context of its role.
    pub cx: Cx,
}

impl Work {
    /// A value of the configuration that the door has made sure of.
    pub(crate) fn required(&self, key: &str) -> Result<&str, Trouble> {
        self.action
            .configured(key)
            .ok_or_else(|| Trouble::configuration(format!("The configuration has no {key}.")))
    }

    /// Where the only output artifact goes.
    pub(crate) fn output(&self) -> Result<(String, String), Trouble> {
        place(self.action.outputs.first().and_then(|artifact| artifact.s3location.as_ref()))
    }

    /// Where the only input artifact is.
    pub(crate) fn input(&self) -> Result<(String, String), Trouble> {
        place(self.action.inputs.first().and_then(|artifact| artifact.s3location.as_ref()))
    }

    /// A journalled step; what stands in its way is not journalled.
    pub(crate) async fn step<F, Fut>(&self, name: &str, f: F) -> Result<Value, Trouble>
    where
        F: FnOnce(Step) -> Fut,
        Fut: Future<Output = Result<Value, Trouble>>,
    {
        let mut trouble = None;
        let stands_in_the_way = &mut trouble;
        let result = self
            .run
            .step(name, json!({ "action": self.action.id }), |step| async move {
                f(step).await.map_err(|found| {
                    *stands_in_the_way = Some(found);
                    EngineError::retry("the step met trouble")
                })
            })
            .await;
        match (result, trouble) {
            (_, Some(trouble)) => Err(trouble),
            (result, None) => result.map_err(Trouble::Engine),
        }
    }

    /// Notes what the action waits for outside, where its users and events about it find it.
    pub(crate) async fn waits_for(
        &self,
        awaited: String,
        id: String,
        url: Option<String>,
    ) -> Result<(), Trouble> {
        if self.action.waits_for.as_ref() == Some(&awaited) {
            return Ok(());
        }
        let (scope, now) = (self.run.scope().clone(), self.run.now());
        let action = self.action.id.clone();
        let noted = self.run.write(move |tx| {
            let Some(mut action) = tx.get::<ActionRun>(&scope, &action)? else { return Ok(()) };
            action.waits_for = Some(awaited.clone());
            action.external_id = Some(id.clone());
            action.external_url.clone_from(&url);
            action.updated = now;
            tx.put(&scope, &action.value)?;
            Ok(())
        });
        Ok(noted.await?)
    }
}

fn place(location: Option<&S3Location>) -> Result<(String, String), Trouble> {
    let parts = location.and_then(|it| Some((it.bucket.clone()?, it.key.clone()?)));
    parts.ok_or_else(|| Trouble::configuration("The action has no artifact where it needs one."))
}

async fn drive(yard: Yard, run: Run) -> Result<Next, EngineError> {
    let stored = yard.store().read::<_, StoreError>(|tx| tx.get(run.scope(), run.key()))?;
    let stored = stored.map(store::Stored::<ActionRun>::into_inner);
    let Some(action) = stored.filter(|it| it.status == ActionExecutionStatus::InProgress) else {
        return Ok(Next::Done);
    };
    let expires = action.expires;
    if expires.is_some_and(|at| at <= run.now()) {
        return end(&run, timed_out(&action)).await;
    }
    match perform(yard, run.clone(), action).await {
        Ok(Progress::Waits(millis)) => {
            Ok(Next::At(earlier(run.now().plus_millis(millis), expires)))
        }
        Ok(Progress::Ended(completion)) | Err(Trouble::Failed(completion)) => {
            end(&run, *completion).await
        }
        Err(Trouble::Engine(error)) => Err(error),
        Err(Trouble::Refused { what, error }) => match verdict(&what, &error) {
            Some(completion) => end(&run, completion).await,
            None => Err(EngineError::retry(format!("{what}: {error}"))),
        },
    }
}

fn earlier(at: Timestamp, other: Option<Timestamp>) -> Timestamp {
    other.map_or(at, |other| at.min(other))
}

async fn perform(yard: Yard, run: Run, action: ActionRun) -> Result<Progress, Trouble> {
    let Some(kind) = catalog::find(&action.action_type) else {
        return Err(Trouble::configuration("The action's type is not known any more."));
    };
    if kind.provider == Provider::ManualApproval {
        // Woken early: the person has still time.
        return Ok(Progress::Waits(DAY * 1000));
    }
    let (role, own_role) = (&action.pipeline_role_arn, action.role_arn.as_deref());
    let cx = role::context(&yard, run.scope(), &action.pipeline, role, own_role).await?;
    let work = Work { yard, run, action, cx };
    match kind.provider {
        Provider::CodeCommit => codecommit::perform(&work).await,
        Provider::Connection => connection_source::perform(&work).await,
        Provider::S3Source => s3_source::perform(&work).await,
        Provider::CodeBuild if codebuild_batch::is_wanted(&work.action) => {
            codebuild_batch::perform(&work).await
        }
        Provider::CodeBuild => codebuild::perform(&work).await,
        Provider::CodeDeploy => codedeploy::perform(&work).await,
        Provider::S3Deploy => s3_deploy::perform(&work).await,
        Provider::ManualApproval => Ok(Progress::Waits(DAY * 1000)),
    }
}

async fn end(run: &Run, completion: Completion) -> Result<Next, EngineError> {
    complete(run, completion).await?;
    Ok(Next::Done)
}

/// Ends the action, unless it has ended meanwhile, and lets its execution go on.
async fn complete(run: &Run, completion: Completion) -> Result<(), EngineError> {
    let (scope, id, now) = (run.scope().clone(), run.key().to_owned(), run.now());
    run.write(move |tx| Ok(flow::complete(tx, &scope, now, &id, &completion)?)).await.map(drop)
}

fn timed_out(action: &ActionRun) -> Completion {
    let what = match action.token {
        Some(_) => "The approval request was neither approved nor rejected in time.",
        None => "The action did not end in time.",
    };
    Completion::failed("JobFailed", format!("{what} Action execution has timed out."))
}

/// How a service's refusal ends an action. `None`: it may go better next time.
fn verdict(what: &str, error: &Error) -> Option<Completion> {
    let throttled = error.code.contains("Throttl") || error.code == "SlowDown";
    if throttled || (error.status >= 500 && error.status != 501) {
        return None;
    }
    if error.code.starts_with("AccessDenied") {
        let message = format!(
            "The service role or action role doesn't have the permissions required: {what}. Update \
             the IAM role permissions, and then try again. Error: {}",
            error.message
        );
        return Some(Completion::failed("PermissionError", message));
    }
    let code = if error.status == 404 { "ConfigurationError" } else { "JobFailed" };
    let message = format!("Error {what}: {} ({})", error.message, error.code);
    Some(Completion::failed(code, message))
}
