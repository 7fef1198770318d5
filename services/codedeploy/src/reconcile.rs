//! Drives deployments: resolves the targets, begins as many as may be away, gives each its
//! lifecycle events one by one, and ends the deployment.
//!
//! Each decision is one journalled transaction on what the documents say, so a run may end at any
//! point. What agents report is written by [`crate::commands`], which wakes this.

use std::sync::Arc;

use api_developer::codedeploy::{
    DeploymentStatus, Diagnostics, ErrorCode, LifecycleErrorCode, LifecycleEventStatus,
    TargetStatus,
};
use engine::{BoxFuture, EngineError, Next, Reconciler, Run};
use serde_json::{Value, json};
use service::{SessionRequest, Yard};
use store::Stored;
use types::Timestamp;

use crate::arn;
use crate::begin;
use crate::board::Board;
use crate::events;
use crate::finish;
use crate::model::{Command, CommandState, Deployment, RECONCILER, Target};
use crate::schedule;

/// How long an agent may take to fetch a command, in seconds.
pub(crate) const PICKUP_SECS: i64 = 300;
/// How many deployments are looked at at the same time.
const CONCURRENCY: usize = 16;

/// Events whose failure a deployment may ignore.
const STOP_EVENTS: [&str; 1] = ["ApplicationStop"];

/// The reconciler of a yard's deployments.
pub(crate) fn deployments(yard: &Yard) -> Arc<dyn Reconciler> {
    Arc::new(Deployments { yard: yard.clone() })
}

struct Deployments {
    yard: Yard,
}

impl Reconciler for Deployments {
    fn kind(&self) -> &'static str {
        RECONCILER
    }

    fn concurrency(&self) -> usize {
        CONCURRENCY
    }

    fn reconcile(&self, run: Run) -> BoxFuture<Result<Next, EngineError>> {
        let yard = self.yard.clone();
        Box::pin(async move { reconcile(&yard, &run).await })
    }

    fn on_exhausted(&self, run: Run, error: EngineError) -> BoxFuture<Result<(), EngineError>> {
        Box::pin(async move {
            let message = format!("The deployment could not go on: {error}");
            finish::abandon(&run, message).await
        })
    }
}

/// What is to be done next for a target.
enum Action {
    Start,
    Issue(String),
    Expire,
    Withdraw,
    End(TargetStatus),
}

async fn reconcile(yard: &Yard, run: &Run) -> Result<Next, EngineError> {
    loop {
        let Some((deployment, targets)) = load(run)? else { return Ok(Next::Done) };
        if deployment.has_ended() {
            return Ok(Next::Done);
        }
        if deployment.status == DeploymentStatus::Created && !deployment.stop_requested {
            let role = check_role(yard, run, &deployment).await?;
            begin::begin(run, role).await?;
            continue;
        }
        let now = run.now();
        let actions = plan(&deployment, &targets, now);
        if actions.is_empty() {
            let all: Vec<&Target> = targets.iter().map(|target| &target.value).collect();
            if all.iter().any(|target| target.status == TargetStatus::InProgress) {
                return Ok(next_look(&all));
            }
            finish::finish(run).await?;
            return Ok(Next::Done);
        }
        for (name, action) in actions {
            act(yard, run, &name, action).await?;
        }
    }
}

type Loaded = (Stored<Deployment>, Vec<Stored<Target>>);

fn load(run: &Run) -> Result<Option<Loaded>, EngineError> {
    run.store().read(|tx| {
        let Some(deployment) = tx.get::<Deployment>(run.scope(), run.key())? else {
            return Ok(None);
        };
        let targets = Deployment::targets(tx, run.scope(), run.key())?;
        Ok(Some((deployment, targets)))
    })
}

/// The service role must be there and trust CodeDeploy, or the deployment fails, as AWS's do.
async fn check_role(
    yard: &Yard,
    run: &Run,
    deployment: &Deployment,
) -> Result<Option<String>, EngineError> {
    let request = SessionRequest {
        role_arn: deployment.service_role_arn.clone(),
        service: crate::PRINCIPAL.to_owned(),
        session_name: deployment.id.clone(),
        source_arn: Some(arn::group(
            run.scope(),
            &deployment.application_name,
            &deployment.group_name,
        )),
        ..SessionRequest::default()
    };
    let yard = yard.clone();
    let output = run
        .step("role", json!(deployment.service_role_arn), |_| async move {
            Ok(match yard.assume_role(&request) {
                Ok(_) => Value::Null,
                Err(error) => json!(error.to_string()),
            })
        })
        .await?;
    Ok(output.as_str().map(str::to_owned))
}

fn next_look(targets: &[&Target]) -> Next {
    let deadlines = targets.iter().filter_map(|target| target.command.as_ref()).map(|c| c.deadline);
    deadlines.min().map_or(Next::Wait, Next::At)
}

fn plan(
    deployment: &Deployment,
    targets: &[Stored<Target>],
    now: Timestamp,
) -> Vec<(String, Action)> {
    let mut actions = Vec::new();
    for target in targets.iter().filter(|target| target.status == TargetStatus::InProgress) {
        let action = match &target.command {
            Some(command) if command.deadline <= now => Action::Expire,
            Some(command)
                if deployment.stop_requested && command.state != CommandState::Running =>
            {
                Action::Withdraw
            }
            Some(_) => continue,
            None if has_failed(deployment, target) => Action::End(TargetStatus::Failed),
            None => match target.next_event() {
                // What has begun and did not get to its end is neither the old nor the new.
                Some(_) if deployment.stop_requested => Action::End(TargetStatus::Failed),
                Some(event) => {
                    Action::Issue(event.lifecycle_event_name.clone().unwrap_or_default())
                }
                None => Action::End(TargetStatus::Succeeded),
            },
        };
        actions.push((target.instance_name.clone(), action));
    }
    if actions.is_empty() && !deployment.stop_requested {
        let all: Vec<&Target> = targets.iter().map(|target| &target.value).collect();
        let away = usize::try_from(deployment.may_be_away).unwrap_or(0);
        for index in schedule::startable(&all, away) {
            if let Some(target) = all.get(index) {
                actions.push((target.instance_name.clone(), Action::Start));
            }
        }
    }
    actions
}

fn has_failed(deployment: &Deployment, target: &Target) -> bool {
    target.events.iter().any(|event| {
        let name = event.lifecycle_event_name.as_deref().unwrap_or_default();
        let ignored = deployment.ignore_application_stop_failures && STOP_EVENTS.contains(&name);
        event.status == Some(LifecycleEventStatus::Failed) && !ignored
    })
}

async fn act(yard: &Yard, run: &Run, name: &str, action: Action) -> Result<(), EngineError> {
    let host = match action {
        Action::Start => start(run, name).await?,
        Action::Issue(event) => issue(run, name, &event).await?,
        Action::Expire => return expire(run, name).await,
        Action::Withdraw => return withdraw(run, name).await,
        Action::End(status) => return end(run, name, status).await,
    };
    if let Some(host) = host.as_str() {
        yard.extension(Board::default).ring(run.scope(), host);
    }
    Ok(())
}

async fn start(run: &Run, name: &str) -> Result<Value, EngineError> {
    let (scope, id, name, now) =
        (run.scope().clone(), run.key().to_owned(), name.to_owned(), run.now());
    run.step_tx(&format!("start/{name}"), Value::Null, move |tx| {
        let (Some(deployment), Some(mut target)) = (
            tx.get::<Deployment>(&scope, &id)?,
            tx.get::<Target>(&scope, &Target::key_of(&id, &name))?,
        ) else {
            return Ok(Value::Null);
        };
        target.status = TargetStatus::InProgress;
        target.last_updated = now;
        tx.emit(events::instance(&scope, &deployment, &target, "START", now))?;
        let first = target.next_event().and_then(|event| event.lifecycle_event_name.clone());
        command(&mut target, &first.unwrap_or_default(), now);
        tx.update(&scope, &target)?;
        Ok(json!(target.host_arn))
    })
    .await
}

async fn issue(run: &Run, name: &str, event: &str) -> Result<Value, EngineError> {
    let (scope, now) = (run.scope().clone(), run.now());
    let (key, event) = (Target::key_of(run.key(), name), event.to_owned());
    run.step_tx(&format!("issue/{name}/{event}"), Value::Null, move |tx| {
        let Some(mut target) = tx.get::<Target>(&scope, &key)? else { return Ok(Value::Null) };
        command(&mut target, &event, now);
        tx.update(&scope, &target)?;
        Ok(json!(target.host_arn))
    })
    .await
}

fn command(target: &mut Target, event: &str, now: Timestamp) {
    let nonce = types::random_id(types::IdAlphabet::LowerAlphanumeric, 12);
    target.command = Some(Command {
        id: format!("{}/{}/{event}/{nonce}", target.deployment_id, target.instance_name),
        event: event.to_owned(),
        state: CommandState::Pending,
        sent: None,
        deadline: now.plus_secs(PICKUP_SECS),
    });
    target.last_updated = now;
}

/// Gives up a command whose time is over. Not a step: the agent's report may come in between, and
/// then there is nothing to give up.
async fn expire(run: &Run, name: &str) -> Result<(), EngineError> {
    let (scope, now) = (run.scope().clone(), run.now());
    let key = Target::key_of(run.key(), name);
    run.write(move |tx| {
        let Some(mut target) = tx.get::<Target>(&scope, &key)? else { return Ok(()) };
        let Some(command) = target.command.clone().filter(|command| command.deadline <= now) else {
            return Ok(());
        };
        let message = match command.state {
            CommandState::Running => {
                "The CodeDeploy agent did not report the end of the lifecycle event in time. Check \
                 the agent's logs on the host."
            }
            _ => {
                "CodeDeploy agent was not able to receive the lifecycle event. Check the \
                 CodeDeploy agent logs on your host and make sure the agent is running and can \
                 connect to the CodeDeploy server."
            }
        };
        let diagnostics = Diagnostics {
            error_code: Some(LifecycleErrorCode::UnknownError),
            script_name: Some(String::new()),
            message: Some(message.to_owned()),
            log_tail: Some(String::new()),
        };
        target.end_event(now, LifecycleEventStatus::Failed, diagnostics);
        tx.update(&scope, &target)?;
        Ok(())
    })
    .await
}

/// Takes back a command that no agent has begun.
async fn withdraw(run: &Run, name: &str) -> Result<(), EngineError> {
    let (scope, now) = (run.scope().clone(), run.now());
    let key = Target::key_of(run.key(), name);
    run.write(move |tx| {
        let Some(mut target) = tx.get::<Target>(&scope, &key)? else { return Ok(()) };
        if target.command.as_ref().is_some_and(|it| it.state != CommandState::Running) {
            target.command = None;
            target.last_updated = now;
            tx.update(&scope, &target)?;
        }
        Ok(())
    })
    .await
}

async fn end(run: &Run, name: &str, status: TargetStatus) -> Result<(), EngineError> {
    let (scope, id, name, now) =
        (run.scope().clone(), run.key().to_owned(), name.to_owned(), run.now());
    run.step_tx(&format!("end/{name}"), Value::Null, move |tx| {
        let (Some(deployment), Some(mut target)) = (
            tx.get::<Deployment>(&scope, &id)?,
            tx.get::<Target>(&scope, &Target::key_of(&id, &name))?,
        ) else {
            return Ok(Value::Null);
        };
        finish::end_target(tx, &scope, &deployment, &mut target, status, now)?;
        tx.update(&scope, &target)?;
        Ok(Value::Null)
    })
    .await
    .map(drop)
}

/// The error of a deployment that lost too many instances, as AWS words it.
pub(crate) fn health_error() -> (ErrorCode, &'static str) {
    (
        ErrorCode::HealthConstraints,
        "The overall deployment failed because too many individual instances failed deployment, \
         too few healthy instances are available for deployment, or some instances in your \
         deployment group are experiencing problems.",
    )
}
