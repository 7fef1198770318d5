//! The command service: what agents ask and tell.

use std::time::Duration;

use api_developer::codedeploy::commands::*;
use api_developer::codedeploy::{
    Diagnostics, FileExistsBehavior, LifecycleErrorCode, LifecycleEventStatus, TargetStatus,
};
use auth::policy::Principal;
use serde_json::{Value, json};
use service::{Cx, Error, common};
use shape::Empty;
use store::{Durability, Query, ReadTx, Stored};
use tokio::time::Instant;
use types::{Scope, Timestamp};

use crate::board::Board;
use crate::errors::host as errors;
use crate::instances;
use crate::model::{Command, CommandState, Deployment, Target, wake};
use crate::signer::signer;

/// How long a poll waits for work; agents give up after 80 s.
const POLL_WAIT: Duration = Duration::from_secs(10);
/// How often a waiting poll looks by itself, for commands that another process issued.
const POLL_LOOK: Duration = Duration::from_secs(2);
/// After how many seconds a command that was handed out and not acknowledged is handed out again.
const REDELIVER_SECS: i64 = 15;
/// How long an event may run after its acknowledgement if the agent does not say, in seconds; and
/// what an agent may say.
const MAX_RUN_SECS: i64 = 4200;
const MIN_RUN_SECS: i64 = 60;
/// The longest diagnostics that are taken, in characters.
const MAX_DIAGNOSTICS: usize = 8192;
/// All events that the AppSpec file of a deployment may name; traffic events stay without effect
/// where there is no load balancer, as in AWS.
const ALL_EVENTS: [&str; 11] = [
    "BeforeBlockTraffic",
    "AfterBlockTraffic",
    "ApplicationStop",
    "DownloadBundle",
    "BeforeInstall",
    "Install",
    "AfterInstall",
    "ApplicationStart",
    "BeforeAllowTraffic",
    "AfterAllowTraffic",
    "ValidateService",
];

/// An agent speaks for the host whose credentials it has, and for no other. The account's root,
/// who may do anything, may also be any host.
fn check_host(cx: &Cx, host_arn: &str) -> Result<(), Error> {
    let caller = cx.caller();
    if caller.arn == host_arn || matches!(caller.principal, Principal::Root { .. }) {
        return Ok(());
    }
    Err(common::ACCESS_DENIED_JSON
        .error(format!("{} cannot act as the host {host_arn}.", caller.arn)))
}

pub(crate) async fn poll(
    cx: Cx,
    input: PollHostCommandInput,
) -> Result<PollHostCommandOutput, Error> {
    let host = input.host_identifier;
    check_host(&cx, &host)?;
    let registered = cx.read(|tx| instances::by_host(tx, &cx.scope(), &host))?;
    if registered.is_none() {
        return Err(errors::CLIENT.error(format!("The host {host} is not registered.")));
    }
    let mut waiting = cx.yard().extension(Board::default).wait(&cx.scope(), &host);
    let end = Instant::now() + POLL_WAIT;
    let abandoned = cx.abandoned();
    tokio::pin!(abandoned);
    loop {
        waiting.note();
        let now = Instant::now();
        if waiting.is_superseded() {
            return Ok(PollHostCommandOutput::default());
        }
        if let Some(command) = hand_out(&cx, &host).await? {
            return Ok(PollHostCommandOutput { host_command: Some(command) });
        }
        if now >= end {
            return Ok(PollHostCommandOutput::default());
        }
        tokio::select! {
            biased;
            // A command that is handed to nobody is lost until it is handed out again.
            () = &mut abandoned => return Ok(PollHostCommandOutput::default()),
            () = waiting.rung() => {}
            () = tokio::time::sleep_until(end.min(now + POLL_LOOK)) => {}
        }
    }
}

/// The first command for a host that is not handed out yet, or was so in vain.
fn waiting(
    tx: &ReadTx<'_>,
    scope: &Scope,
    host: &str,
    now: Timestamp,
    opened: Timestamp,
) -> Result<Option<Stored<Target>>, Error> {
    let found = tx.by_index::<Target>(scope, "command", host, &Query::first(100))?;
    Ok(found.items.into_iter().find(|target| {
        let sent = target.command.as_ref().and_then(|command| command.sent);
        sent.is_none_or(|sent| sent < opened || sent.plus_secs(REDELIVER_SECS) <= now)
    }))
}

/// When this yard was first polled. What was handed out before that, another yard handed out, whose
/// death may have taken it along: it is not waited for.
struct Opened(Timestamp);

async fn hand_out(cx: &Cx, host: &str) -> Result<Option<HostCommandInstance>, Error> {
    let (scope, host, now) = (cx.scope(), host.to_owned(), cx.now());
    let opened = cx.yard().extension(|| Opened(now)).0;
    // Most looks find nothing, and need no transaction for it.
    if cx.read(|tx| waiting(tx, &scope, &host, now, opened))?.is_none() {
        return Ok(None);
    }
    // If the note of it is lost in a power failure, the command is handed out again.
    cx.store()
        .write_with(Durability::Ordered, move |tx| {
            let Some(mut target) = waiting(tx, &scope, &host, now, opened)? else {
                return Ok(None);
            };
            let execution = execution_id(&scope, &target.deployment_id);
            let Some(command) = &mut target.command else { return Ok(None) };
            command.state = CommandState::Sent;
            command.sent = Some(now);
            let command = HostCommandInstance {
                host_command_identifier: command.id.clone(),
                host_identifier: host.clone(),
                deployment_execution_id: execution,
                command_name: command.event.clone(),
                nonce: 0,
            };
            tx.update(&scope, &target)?;
            Ok(Some(command))
        })
        .await
}

/// Agents check its form: three parts before the last.
fn execution_id(scope: &Scope, deployment_id: &str) -> String {
    format!("{}/{}/{deployment_id}/1", scope.account, scope.region)
}

/// The deployment and instance that a command's identifier names.
fn target_key(identifier: &str) -> Result<String, Error> {
    let mut parts = identifier.split('/');
    match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(deployment), Some(instance), Some(_), Some(_), None) => {
            Ok(Target::key_of(deployment, instance))
        }
        _ => Err(errors::CLIENT.error("The host command identifier is invalid.")),
    }
}

fn load(tx: &ReadTx<'_>, scope: &Scope, key: &str) -> Result<Stored<Target>, Error> {
    tx.get(scope, key)?
        .ok_or_else(|| errors::CLIENT.error("The host command identifier is unknown."))
}

pub(crate) async fn acknowledge(
    cx: Cx,
    input: PutHostCommandAcknowledgementInput,
) -> Result<PutHostCommandAcknowledgementOutput, Error> {
    let key = target_key(&input.host_command_identifier)?;
    let (scope, now) = (cx.scope(), cx.now());
    check_host(&cx, &cx.read(|tx| load(tx, &scope, &key))?.host_arn)?;
    let is_noop =
        json_of(&input.diagnostics)?.get("IsCommandNoop").and_then(Value::as_bool).unwrap_or(false);
    let run_secs = input
        .host_command_max_duration_in_seconds
        .map_or(MAX_RUN_SECS, |secs| i64::from(secs).clamp(MIN_RUN_SECS, MAX_RUN_SECS));
    // If it is lost in a power failure, the agent's report still ends the event.
    let command_status = cx
        .store()
        .write_with(Durability::Ordered, move |tx| {
            let mut target = load(tx, &scope, &key)?;
            let Some(command) = current(&mut target, &input.host_command_identifier) else {
                return Ok(past_status(&target, &input.host_command_identifier));
            };
            if is_noop {
                // There is nothing to run, so nothing is run.
                let diagnostics = diagnostics(LifecycleErrorCode::Success, "", "Succeeded", "");
                target.end_event(now, LifecycleEventStatus::Succeeded, diagnostics);
                tx.update(&scope, &target)?;
                wake(tx, &scope, &target.deployment_id)?;
                return Ok(HostCommandStatus::Succeeded);
            }
            command.state = CommandState::Running;
            command.deadline = now.plus_secs(run_secs);
            let event = command.event.clone();
            if let Some(event) = target.event_mut(&event) {
                event.status = Some(LifecycleEventStatus::InProgress);
                event.start_time = event.start_time.or(Some(now));
            }
            target.last_updated = now;
            tx.update(&scope, &target)?;
            // The deadline is another now.
            wake(tx, &scope, &target.deployment_id)?;
            Ok::<_, Error>(HostCommandStatus::InProgress)
        })
        .await?;
    Ok(PutHostCommandAcknowledgementOutput { command_status })
}

/// The command that the identifier names, if it is still the target's.
fn current<'a>(target: &'a mut Target, identifier: &str) -> Option<&'a mut Command> {
    if target.status != TargetStatus::InProgress {
        return None;
    }
    target.command.as_mut().filter(|command| command.id == identifier)
}

/// What became of a command that is over.
fn past_status(target: &Target, identifier: &str) -> HostCommandStatus {
    let name = identifier.split('/').nth(2);
    let succeeded = target.events.iter().any(|event| {
        event.lifecycle_event_name.as_deref() == name
            && event.status == Some(LifecycleEventStatus::Succeeded)
    });
    if succeeded { HostCommandStatus::Succeeded } else { HostCommandStatus::Failed }
}

pub(crate) async fn complete(cx: Cx, input: PutHostCommandCompleteInput) -> Result<Empty, Error> {
    let status = match input.command_status {
        HostCommandStatus::Succeeded => LifecycleEventStatus::Succeeded,
        HostCommandStatus::Failed => LifecycleEventStatus::Failed,
        other => {
            return Err(errors::CLIENT
                .error(format!("A command cannot end as {other}: Succeeded or Failed.")));
        }
    };
    let key = target_key(&input.host_command_identifier)?;
    let (scope, now) = (cx.scope(), cx.now());
    check_host(&cx, &cx.read(|tx| load(tx, &scope, &key))?.host_arn)?;
    let diagnostics = reported(&json_of(&input.diagnostics)?);
    cx.write(move |tx| {
        let mut target = load(tx, &scope, &key)?;
        if current(&mut target, &input.host_command_identifier).is_some() {
            target.end_event(now, status, diagnostics.clone());
            tx.update(&scope, &target)?;
            return wake(tx, &scope, &target.deployment_id).map_err(Error::from);
        }
        // An agent that missed the answer tells again what is known; anything else comes too late.
        let known = past_status(&target, &input.host_command_identifier);
        if known == input.command_status {
            return Ok(());
        }
        Err(errors::CLIENT.error("The command is over: its deployment goes on without it."))
    })
    .await?;
    Ok(Empty {})
}

fn json_of(envelope: &Option<Envelope>) -> Result<Value, Error> {
    let Some(envelope) = envelope else { return Ok(Value::Null) };
    let payload = envelope.payload.as_deref().unwrap_or_default();
    if payload.chars().count() > MAX_DIAGNOSTICS {
        return Err(errors::CLIENT
            .error(format!("The diagnostics have more than {MAX_DIAGNOSTICS} characters.")));
    }
    match envelope.format.as_deref() {
        Some("JSON") => serde_json::from_str(payload)
            .map_err(|error| errors::CLIENT.error(format!("The diagnostics are no JSON: {error}"))),
        other => Err(errors::CLIENT.error(format!(
            "The diagnostics have the format {}: it must be JSON.",
            other.unwrap_or("none")
        ))),
    }
}

/// An agent's diagnostics in the public API's words.
fn reported(json: &Value) -> Diagnostics {
    let text = |name: &str| json.get(name).and_then(Value::as_str).unwrap_or_default();
    let code = match json.get("error_code").and_then(Value::as_u64) {
        Some(0) => LifecycleErrorCode::Success,
        Some(1) => LifecycleErrorCode::ScriptMissing,
        Some(2) => LifecycleErrorCode::ScriptNotExecutable,
        Some(3) => LifecycleErrorCode::ScriptTimedOut,
        // Outputs left open count as a failure of the script.
        Some(4 | 6) => LifecycleErrorCode::ScriptFailed,
        _ => LifecycleErrorCode::UnknownError,
    };
    diagnostics(code, text("script_name"), text("message"), text("log"))
}

fn diagnostics(code: LifecycleErrorCode, script: &str, message: &str, log: &str) -> Diagnostics {
    Diagnostics {
        error_code: Some(code),
        script_name: Some(script.to_owned()),
        message: Some(message.to_owned()),
        log_tail: Some(log.to_owned()),
    }
}

pub(crate) async fn specification(
    cx: Cx,
    input: GetDeploymentSpecificationInput,
) -> Result<GetDeploymentSpecificationOutput, Error> {
    let host = &input.host_identifier;
    check_host(&cx, host)?;
    let scope = cx.scope();
    let unknown = || errors::CLIENT.error("The deployment is unknown, or not for this host.");
    let mut parts = input.deployment_execution_id.split('/');
    let (Some(account), Some(region), Some(id)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(unknown());
    };
    if account != scope.account.as_str() || region != scope.region.as_str() {
        return Err(unknown());
    }
    let deployment = cx.read(|tx| {
        let deployment = tx.get::<Deployment>(&scope, id)?.ok_or_else(unknown)?;
        let targets = Deployment::targets(tx, &scope, id)?;
        if !targets.iter().any(|target| target.host_arn == *host) {
            return Err(unknown());
        }
        Ok(deployment)
    })?;
    let payload = signer(&cx).await?.sign(describe(&deployment).to_string().as_bytes());
    let payload = payload.ok_or_else(|| Error::internal("a specification could not be signed"))?;
    Ok(GetDeploymentSpecificationOutput {
        deployment_system: "CodeDeploy".to_owned(),
        deployment_specification: DeploymentSpecification {
            generic_envelope: Envelope {
                format: Some("PKCS7/JSON".to_owned()),
                payload: Some(payload),
            },
        },
    })
}

fn describe(deployment: &Deployment) -> Value {
    let s3 = deployment.revision.s3_location.clone().unwrap_or_default();
    let mut revision = json!({
        "Bucket": s3.bucket,
        "Key": s3.key,
        "BundleType": s3.bundle_type.map(|kind| kind.as_str()),
    });
    // Agents compare what is there, so what is not must be absent.
    for (name, value) in [("Version", s3.version), ("ETag", s3.e_tag)] {
        if let (Some(revision), Some(value)) = (revision.as_object_mut(), value)
            && !value.is_empty()
        {
            revision.insert(name.to_owned(), Value::from(value));
        }
    }
    let behavior: FileExistsBehavior = deployment.file_exists_behavior;
    json!({
        "DeploymentId": deployment.id,
        "DeploymentGroupId": deployment.group_id,
        "DeploymentGroupName": deployment.group_name,
        "ApplicationName": deployment.application_name,
        "DeploymentCreator": deployment.creator.as_str(),
        "DeploymentType": "IN_PLACE",
        "AppSpecFilename": "appspec.yml",
        "AgentActionOverrides": {"AgentOverrides": {"FileExistsBehavior": behavior.as_str()}},
        "AllPossibleLifecycleEvents": ALL_EVENTS,
        "Revision": {"RevisionType": "S3", "S3Revision": revision},
    })
}
