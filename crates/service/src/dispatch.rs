//! The one way to an operation's handler.

use serde_json::Value;
use shape::{Call, Peek, Shape};
use types::Region;
use wire::Error;

use crate::errors::common;
use crate::{AuditRecord, Cx, Operation, Service, ServiceErrors, Status};

/// How deep calls within the yard may nest.
pub const MAX_CALL_DEPTH: u8 = 16;
/// Longest text that the audit trail keeps of one member, in characters.
const MAX_AUDITED_TEXT: usize = 2048;

/// Runs an operation on a decoded and bounds-checked input: authorization → handler → audit.
///
/// # Errors
/// Whatever the client is told.
pub async fn dispatch(
    cx: &Cx,
    service: &Service,
    operation: &Operation,
    input: Box<dyn Shape>,
) -> Result<Box<dyn Shape>, Error> {
    if let Status::Refused(why) = operation.status {
        return Err(refusal(operation, why));
    }
    cx.serve(service.name);
    let audited = !operation.data_event;
    let parameters = if audited { audited_value(input.as_ref()) } else { Value::Null };
    let mut resources = Vec::new();
    let result = run(cx, service, operation, input, &mut resources).await;
    if audited {
        audit(cx, service, operation, parameters, resources, result.as_ref().err());
    }
    result
}

async fn run(
    cx: &Cx,
    service: &Service,
    operation: &Operation,
    input: Box<dyn Shape>,
    resources: &mut Vec<String>,
) -> Result<Box<dyn Shape>, Error> {
    let Some(handler) = &operation.handler else {
        return Err(refusal(operation, "not built yet"));
    };
    let input = input.into_any();
    if !operation.always_allowed {
        for right in operation.rights(cx, input.as_ref())? {
            if right.resource != "*" && right.action != "iam:PassRole" {
                resources.push(right.resource.clone());
            }
            crate::authorize::authorize(cx, service.name, &right)?;
        }
    }
    handler(cx.clone(), input).await
}

/// An operation that AWS has and this does not.
fn refusal(operation: &Operation, why: &str) -> Error {
    common::NOT_IMPLEMENTED.error(format!(
        "{}:{} is not supported by Codeyard ({why}). docs/coverage.md lists what is.",
        operation.service, operation.name
    ))
}

/// The typed client behind [`Cx::call`].
pub(crate) async fn call<C: Call>(cx: &Cx, _call: C, input: C::Input) -> Result<C::Output, Error> {
    let registry = cx.yard().registry().clone();
    let Some((service, operation)) = registry.operation(C::SERVICE, C::NAME) else {
        return Err(Error::internal(format!("{}:{} is not wired", C::SERVICE, C::NAME)));
    };
    if cx.origin().depth >= MAX_CALL_DEPTH {
        return Err(Error::internal(format!(
            "{}:{} was called through more than {MAX_CALL_DEPTH} services: a loop?",
            C::SERVICE,
            C::NAME
        )));
    }
    let problems = shape::validate(&input);
    if !problems.is_empty() {
        return Err(validation_error(&service.errors, &problems));
    }
    let region = if service.global { Region::global() } else { cx.region().clone() };
    let inner = cx.deeper(region);
    let output = dispatch(&inner, service, operation, Box::new(input)).await?;
    match output.into_any().downcast::<C::Output>() {
        Ok(output) => Ok(*output),
        Err(_) => Err(Error::internal(format!("{} answered another shape", C::NAME))),
    }
}

/// The error for values that are missing or out of bounds: the first member with a code of its own
/// decides, else all are told under the service's code.
pub(crate) fn validation_error(errors: &ServiceErrors, problems: &shape::Problems) -> Error {
    match problems.0.iter().find_map(|problem| Some((problem.code?, problem))) {
        Some((code, problem)) => wire::ErrorKind::new(code, 400).error(problem.message.clone()),
        None => errors.validation.error(problems.to_string()),
    }
}

impl ServiceErrors {
    /// The error for values that are missing or out of bounds.
    pub fn validation_error(&self, problems: &shape::Problems) -> Error {
        validation_error(self, problems)
    }
}

/// An input as the audit trail keeps it: sensitive members and payloads hidden, long texts cut.
fn audited_value(shape: &dyn Shape) -> Value {
    let mut object = serde_json::Map::new();
    for (index, field) in shape.schema().fields.iter().enumerate() {
        let value = match shape.peek(index) {
            Peek::Absent => continue,
            _ if field.sensitive => Value::from("HIDDEN_DUE_TO_SECURITY_REASONS"),
            peek => audited_peek(&peek),
        };
        object.insert(field.name.to_owned(), value);
    }
    Value::Object(object)
}

fn audited_peek(peek: &Peek<'_>) -> Value {
    match peek {
        Peek::Absent => Value::Null,
        Peek::String(text) if text.len() > MAX_AUDITED_TEXT => {
            Value::from(text.chars().take(MAX_AUDITED_TEXT).collect::<String>() + "…")
        }
        Peek::String(text) => Value::from(*text),
        Peek::Bool(value) => Value::from(*value),
        Peek::Long(value) => Value::from(*value),
        Peek::Double(value) => Value::from(*value),
        Peek::Blob(bytes) => Value::from(format!("<{} bytes>", bytes.len())),
        Peek::Timestamp(at) => Value::from(at.iso8601()),
        Peek::Document(value) => (*value).clone(),
        Peek::Enum(word) => Value::from(word.word()),
        Peek::Struct(shape) => audited_value(*shape),
        Peek::List(list) => {
            Value::Array((0..list.count()).map(|at| audited_peek(&list.at(at))).collect())
        }
        Peek::Map(map) => {
            let mut object = serde_json::Map::new();
            map.visit(&mut |key, value| {
                object.insert(key.to_owned(), audited_peek(&value));
            });
            Value::Object(object)
        }
        Peek::Body(body) => Value::from(format!("{body:?}")),
    }
}

fn audit(
    cx: &Cx,
    service: &Service,
    operation: &Operation,
    request_parameters: Value,
    mut resources: Vec<String>,
    error: Option<&Error>,
) {
    for arn in cx.touched() {
        if !resources.contains(&arn) {
            resources.push(arn);
        }
    }
    let caller = cx.caller();
    cx.yard().audit().record(AuditRecord {
        event_id: types::uuid(),
        request_id: cx.request_id().to_owned(),
        time: cx.now(),
        account: caller.account.clone(),
        region: cx.region().clone(),
        event_source: format!("{}.amazonaws.com", service.name),
        event_name: operation.name.to_owned(),
        read_only: operation.access.is_read_only(),
        caller_arn: caller.arn.clone(),
        user_name: caller.arn.rsplit(['/', ':']).next().unwrap_or_default().to_owned(),
        principal_id: caller.user_id.clone(),
        access_key_id: caller.access_key_id.clone(),
        source_ip: cx.origin().source_ip.to_string(),
        user_agent: cx.origin().user_agent.clone(),
        request_parameters,
        error: error.map(|error| (error.code.to_string(), error.message.clone())),
        resources,
    });
}
