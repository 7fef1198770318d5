//! PutEvents and TestEventPattern.

use api_management::events::{
    DescribeEventBusInput, DescribeEventBusOutput, EventBus, ListEventBusesInput,
    ListEventBusesOutput, PutEventsInput, PutEventsOutput, PutEventsRequestEntry,
    PutEventsResultEntry, TestEventPatternInput, TestEventPatternOutput,
};
use serde_json::Value;
use service::Cx;
use store::Event;
use types::Scope;
use wire::Error;

use super::DEFAULT_BUS;
use super::arn::{bus_arn, check_bus};
use super::errors::{bad_pattern, invalid, unsupported};
use super::pattern::Pattern;

/// Bytes of all entries of a request.
const MAX_BYTES: usize = 1 << 20;
/// What an entry's time counts for.
const TIME_BYTES: usize = 14;

pub(super) async fn put_events(cx: Cx, input: PutEventsInput) -> Result<PutEventsOutput, Error> {
    if input.endpoint_id.is_some() {
        return Err(unsupported("EndpointId"));
    }
    let bytes: usize = input.entries.iter().map(size).sum();
    if bytes > MAX_BYTES {
        return Err(invalid(format!(
            "Total size of the entries in the request is over the limit of {MAX_BYTES} bytes."
        )));
    }
    let mut output = PutEventsOutput { failed_entry_count: Some(0), ..Default::default() };
    let mut events = Vec::new();
    for entry in input.entries {
        match accept(&cx, entry) {
            Ok(event) => {
                let event_id = Some(event.id.clone());
                output.entries.push(PutEventsResultEntry { event_id, ..Default::default() });
                events.push(event);
            }
            Err((code, message)) => {
                output.failed_entry_count = output.failed_entry_count.map(|count| count + 1);
                output.entries.push(PutEventsResultEntry {
                    error_code: Some(code.to_owned()),
                    error_message: Some(message),
                    ..Default::default()
                });
            }
        }
    }
    cx.write(move |tx| {
        for event in &events {
            tx.emit(event.clone())?;
        }
        Ok(())
    })
    .await?;
    Ok(output)
}

fn size(entry: &PutEventsRequestEntry) -> usize {
    let text = |text: &Option<String>| text.as_deref().map_or(0, str::len);
    let resources: usize = entry.resources.iter().flatten().map(String::len).sum();
    let time = if entry.time.is_some() { TIME_BYTES } else { 0 };
    time + text(&entry.source) + text(&entry.detail_type) + text(&entry.detail) + resources
}

/// The event that an entry tells, or AWS's code and message for why it is none.
fn accept(cx: &Cx, entry: PutEventsRequestEntry) -> Result<Event, (&'static str, String)> {
    let needed = |value: Option<String>, name: &str| {
        value.filter(|it| !it.is_empty()).ok_or_else(|| {
            let why =
                format!("Parameter {name} is not valid. Reason: {name} is a required argument.");
            ("InvalidArgument", why)
        })
    };
    let scope = cx.scope();
    check_bus(&scope, entry.event_bus_name.as_deref())
        .map_err(|error| ("InvalidArgument", error.message))?;
    if entry.trace_header.is_some() {
        let why = "TraceHeader is not supported by Codeyard.".to_owned();
        return Err(("InvalidArgument", why));
    }
    let source = needed(entry.source, "Source")?;
    let detail_type = needed(entry.detail_type, "DetailType")?;
    let detail = needed(entry.detail, "Detail")?;
    if source.to_ascii_lowercase().starts_with("aws.") {
        let why = "Not authorized for the source.".to_owned();
        return Err(("NotAuthorizedForSourceException", why));
    }
    let detail: Value = serde_json::from_str(&detail)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| ("MalformedDetail", "Detail is malformed.".to_owned()))?;
    Ok(Event {
        id: types::uuid(),
        source,
        detail_type,
        account: scope.account.to_string(),
        region: scope.region.to_string(),
        time: entry.time.unwrap_or_else(|| cx.now()),
        resources: entry.resources.unwrap_or_default(),
        detail,
    })
}

pub(super) async fn test_event_pattern(
    _cx: Cx,
    input: TestEventPatternInput,
) -> Result<TestEventPatternOutput, Error> {
    let pattern = Pattern::parse(&input.event_pattern).map_err(|why| bad_pattern(&why))?;
    let event: Value = serde_json::from_str(&input.event)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| invalid("Parameter Event is not valid. Reason: it is no JSON object."))?;
    for name in ["id", "account", "source", "time", "region", "resources", "detail-type"] {
        if event.get(name).is_none() {
            return Err(invalid(format!(
                "Parameter Event is not valid. Reason: {name} is a required argument."
            )));
        }
    }
    Ok(TestEventPatternOutput { result: Some(pattern.matches(&event)) })
}

pub(super) async fn describe_event_bus(
    cx: Cx,
    input: DescribeEventBusInput,
) -> Result<DescribeEventBusOutput, Error> {
    let scope = cx.scope();
    check_bus(&scope, input.name.as_deref())?;
    Ok(DescribeEventBusOutput {
        name: Some(DEFAULT_BUS.to_owned()),
        arn: Some(bus_arn(&scope)),
        ..Default::default()
    })
}

pub(super) async fn list_event_buses(
    cx: Cx,
    input: ListEventBusesInput,
) -> Result<ListEventBusesOutput, Error> {
    if input.next_token.is_some() {
        return Err(super::errors::bad_token());
    }
    let wanted = DEFAULT_BUS.starts_with(input.name_prefix.as_deref().unwrap_or_default());
    let buses = wanted.then(|| describe_bus(&cx.scope()));
    Ok(ListEventBusesOutput { event_buses: buses.into_iter().collect(), next_token: None })
}

fn describe_bus(scope: &Scope) -> EventBus {
    EventBus { name: Some(DEFAULT_BUS.to_owned()), arn: Some(bus_arn(scope)), ..Default::default() }
}
