//! From deliveries to targets: each is tried until it arrives, its time is over, or its target
//! says no for good.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html>

use std::sync::Arc;

use api_management::events::Target;
use engine::{Backoff, BoxFuture, EngineError, Next, Reconciler, Run};
use serde_json::{Map, Value, json};
use service::{Cx, SessionRequest, Yard, dispatch};
use types::{Region, Scope, Timestamp};
use wire::Error;

use super::arn::rule_arn;
use super::errors::invalid;
use super::model::{Delivery, DeliveryState};
use super::targets::Destination;
use super::{PRINCIPAL, transform};
use crate::logs;

/// The reconciler's kind; its keys are deliveries'.
pub(super) const DELIVERY: &str = "events.delivery";
const CONCURRENCY: usize = 16;
/// AWS's retry policy where the target has none.
const MAX_ATTEMPTS: i32 = 185;
const MAX_AGE_SECS: i32 = 86_400;
const BACKOFF: Backoff = Backoff { first_millis: 500, longest_millis: 300_000 };
/// How long a delivery that has ended is remembered: an event may come again until its place in
/// the outbox is kept.
const REMEMBER_SECS: i64 = 3600;

/// Brings events to their targets.
pub(super) struct Deliverer {
    yard: Yard,
}

impl Deliverer {
    pub fn reconciler(yard: &Yard) -> Arc<dyn Reconciler> {
        Arc::new(Self { yard: yard.clone() })
    }
}

impl Reconciler for Deliverer {
    fn kind(&self) -> &'static str {
        DELIVERY
    }

    fn concurrency(&self) -> usize {
        CONCURRENCY
    }

    fn reconcile(&self, run: Run) -> BoxFuture<Result<Next, EngineError>> {
        Box::pin(reconcile(self.yard.clone(), run))
    }

    fn on_exhausted(&self, run: Run, error: EngineError) -> BoxFuture<Result<(), EngineError>> {
        Box::pin(async move {
            let reason = error.to_string();
            finish(&run, DeliveryState::Failed, Some(reason)).await?;
            let key = run.wake_key().clone();
            let at = run.now().plus_secs(REMEMBER_SECS);
            run.write(move |tx| Ok(tx.wake(&key, at)?)).await
        })
    }
}

async fn reconcile(yard: Yard, run: Run) -> Result<Next, EngineError> {
    let delivery = run.store().read(|tx| tx.get::<Delivery>(run.scope(), run.key()))?;
    let Some(delivery) = delivery else { return Ok(Next::Done) };
    let forgotten_at = delivery.created.plus_secs(REMEMBER_SECS);
    if delivery.state != DeliveryState::Pending {
        if run.now() < forgotten_at {
            return Ok(Next::At(forgotten_at));
        }
        let fenced = run.clone();
        run.write(move |tx| Ok(tx.delete::<Delivery>(fenced.scope(), fenced.key())?)).await?;
        return Ok(Next::Done);
    }
    // What the target answers is journalled either way: a target that said no is not asked again
    // under the same attempt's key.
    let attempt = delivery.attempts;
    let outcome = run
        .step(&format!("attempt {attempt}"), Value::Null, |step| async {
            match invoke(&yard, run.scope(), &delivery, step.idempotency_key).await {
                Ok(()) => Ok(json!({})),
                Err(error) => Ok(json!({
                    "error": error.to_string(),
                    "retry": is_temporary(&error),
                })),
            }
        })
        .await?;
    let Some(reason) = outcome.get("error").and_then(Value::as_str) else {
        finish(&run, DeliveryState::Delivered, None).await?;
        return Ok(Next::At(forgotten_at));
    };
    let reason = reason.to_owned();
    let temporary = outcome.get("retry") == Some(&Value::Bool(true));
    match next_attempt(&delivery, run.now()).filter(|_| temporary) {
        Some(at) => {
            postpone(&run, reason).await?;
            Ok(Next::At(at))
        }
        None => {
            let rule = &delivery.rule;
            tracing::warn!(
                rule,
                target = delivery.target.arn,
                reason,
                "an event was not delivered"
            );
            finish(&run, DeliveryState::Failed, Some(reason)).await?;
            Ok(Next::At(forgotten_at))
        }
    }
}

/// When to try again, unless the target's retry policy is used up.
fn next_attempt(delivery: &Delivery, now: Timestamp) -> Option<Timestamp> {
    let policy = delivery.target.retry_policy.clone().unwrap_or_default();
    let retries = policy.maximum_retry_attempts.unwrap_or(MAX_ATTEMPTS);
    let age = policy.maximum_event_age_in_seconds.unwrap_or(MAX_AGE_SECS);
    if delivery.attempts >= retries {
        return None;
    }
    let failures = u32::try_from(delivery.attempts).unwrap_or(0).saturating_add(1);
    let at = now.plus_millis(BACKOFF.pause_millis(failures));
    (at <= delivery.created.plus_secs(age.into())).then_some(at)
}

async fn finish(
    run: &Run,
    state: DeliveryState,
    reason: Option<String>,
) -> Result<(), EngineError> {
    change(run, move |delivery| {
        delivery.state = state;
        delivery.reason.clone_from(&reason);
        // Kept for its place only.
        delivery.event = Value::Null;
    })
    .await
}

async fn postpone(run: &Run, reason: String) -> Result<(), EngineError> {
    change(run, move |delivery| {
        delivery.attempts = delivery.attempts.saturating_add(1);
        delivery.reason = Some(reason.clone());
    })
    .await
}

async fn change(
    run: &Run,
    change: impl Fn(&mut Delivery) + Send + 'static,
) -> Result<(), EngineError> {
    let fenced = run.clone();
    run.write(move |tx| {
        if let Some(mut delivery) = tx.get::<Delivery>(fenced.scope(), fenced.key())? {
            change(&mut delivery);
            tx.update(fenced.scope(), &delivery)?;
        }
        Ok(())
    })
    .await
}

/// Whether an error may go away: the target's trouble or too many requests, not a refusal.
fn is_temporary(error: &Error) -> bool {
    error.status >= 500 && error.status != 501
        || error.status == 429
        || ["Throttling", "TooManyRequests", "LimitExceeded", "ConcurrentModification"]
            .iter()
            .any(|code| error.code.contains(code))
}

async fn invoke(
    yard: &Yard,
    scope: &Scope,
    delivery: &Delivery,
    idempotency_key: String,
) -> Result<(), Error> {
    let (target, now) = (&delivery.target, yard.clock().now());
    let (rule, arn) = (&delivery.rule, rule_arn(scope, &delivery.rule));
    let input =
        transform::input(target, &delivery.event, &delivery.rule, &arn, now).map_err(invalid)?;
    match Destination::of(scope, &target.arn)? {
        Destination::LogGroup(group) => {
            let allowed = yard.read(|tx| logs::may_deliver(tx, scope, PRINCIPAL, &group, &arn))?;
            if !allowed {
                return Err(invalid(format!(
                    "No resource policy lets {PRINCIPAL} write into the log group {group}."
                )));
            }
            let store = yard.store();
            logs::put_from_service(store, scope, &group, &delivery.rule, now, &input).await
        }
        Destination::Pipeline(name) => {
            let mut call = overrides(target, &input)?;
            call.insert("name".to_owned(), json!(name));
            call.insert("clientRequestToken".to_owned(), json!(idempotency_key));
            call_as_role(
                yard,
                scope,
                target,
                ("codepipeline", "StartPipelineExecution"),
                call,
                rule,
                &arn,
            )
            .await
        }
        Destination::Project(name) => {
            let mut call = overrides(target, &input)?;
            call.insert("projectName".to_owned(), json!(name));
            call.insert("idempotencyToken".to_owned(), json!(idempotency_key));
            let start = ("codebuild", "StartBuild");
            call_as_role(yard, scope, target, start, call, rule, &arn).await
        }
    }
}

/// What the target's input sets beside the resource itself. The bare event sets nothing.
fn overrides(target: &Target, input: &str) -> Result<Map<String, Value>, Error> {
    if !transform::is_given(target) {
        return Ok(Map::new());
    }
    match serde_json::from_str(input) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(invalid(format!("The input of target {} is no JSON object.", target.id))),
    }
}

/// Calls another service's operation by name, as the target's role: what a target's input may set
/// is known to that operation alone.
async fn call_as_role(
    yard: &Yard,
    scope: &Scope,
    target: &Target,
    (service, operation): (&str, &str),
    input: Map<String, Value>,
    rule: &str,
    rule_arn: &str,
) -> Result<(), Error> {
    let registry = yard.registry().clone();
    let Some((service, operation)) = registry.operation(service, operation) else {
        return Err(invalid(format!("This yard has no {service}, where {} is.", target.arn)));
    };
    let mut shape = (operation.input)();
    let known = shape.schema().fields;
    if let Some(name) = input.keys().find(|name| !known.iter().any(|field| field.name == **name)) {
        return Err(invalid(format!("{} has no member {name}.", operation.name)));
    }
    shape::json::from_value(shape.as_mut(), &Value::Object(input))
        .map_err(|error| invalid(format!("{} at {}", error.message, error.path)))?;
    let problems = shape::validate(shape.as_ref());
    if !problems.is_empty() {
        return Err(service.errors.validation_error(&problems));
    }
    let session = yard.assume_role(&SessionRequest {
        role_arn: target.role_arn.clone().unwrap_or_default(),
        service: PRINCIPAL.to_owned(),
        // What it calls tells by it which rule did.
        session_name: rule.to_owned(),
        source_arn: Some(rule_arn.to_owned()),
        ..SessionRequest::default()
    })?;
    let region: Region = scope.region.clone();
    let cx = Cx::background(yard, session.caller, region, PRINCIPAL);
    dispatch(&cx, service, operation, shape).await.map(|_| ())
}
