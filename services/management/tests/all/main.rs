//! One binary for all tests of the management family.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

extern crate codeyard_svc_management as management;

mod cloudtrail;
mod events;
mod logs;
mod stock;

use serde_json::Value;
use testkit::{Keys, TestYard};

/// Calls an operation that must succeed.
async fn ok(yard: &TestYard, target: &str, input: Value) -> Value {
    let (status, body) = yard.json(service_of(target), target, input).await;
    assert_eq!(status, 200, "{target}: {body}");
    body
}

/// Calls an operation that must fail; answers the error's code and message.
async fn refused(yard: &TestYard, target: &str, input: Value) -> (String, String) {
    refused_as(yard, &yard.root(), target, input).await
}

async fn refused_as(yard: &TestYard, keys: &Keys, target: &str, input: Value) -> (String, String) {
    let (status, body) = yard.json_as(keys, service_of(target), target, input).await;
    assert_ne!(status, 200, "{target}: {body}");
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    let code = text("__type").unwrap_or_default();
    let message = text("message").or_else(|| text("Message")).unwrap_or_default();
    (code, message)
}

fn service_of(target: &str) -> &'static str {
    match target.split('_').next().unwrap_or_default() {
        "Logs" => "logs",
        target if target.starts_with("AWSEvents") => "events",
        _ => "cloudtrail",
    }
}
