//! Amazon ECR as engines and API clients see it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod api;
mod authorization;
mod keeping;
mod oci;
mod pushing;
mod stock;
mod trail;

use std::sync::Arc;

use serde_json::{Value, json};
use testkit::{Keys, TestYard};

/// A yard with ECR and KMS.
async fn yard() -> TestYard {
    builder().start().await
}

fn builder() -> testkit::TestYardBuilder {
    let mut services = vec![codeyard_svc_ecr::service()];
    services.extend(svc_security::services());
    TestYard::builder(services)
        .keyring(|store, master| Arc::new(svc_security::KmsKeyring::new(store.clone(), master)))
}

/// Calls an operation as root.
async fn call(yard: &TestYard, operation: &str, input: Value) -> (u16, Value) {
    call_as(yard, &yard.root(), operation, input).await
}

async fn call_as(yard: &TestYard, keys: &Keys, operation: &str, input: Value) -> (u16, Value) {
    let target = format!("AmazonEC2ContainerRegistry_V20150921.{operation}");
    yard.json_as(keys, "ecr", &target, input).await
}

/// The answer of an operation that must succeed.
async fn ok(yard: &TestYard, operation: &str, input: Value) -> Value {
    let (status, output) = call(yard, operation, input).await;
    assert_eq!(status, 200, "{operation}: {output}");
    output
}

/// The code of an operation that must be refused.
async fn refused(yard: &TestYard, operation: &str, input: Value) -> String {
    let (status, output) = call(yard, operation, input).await;
    assert_ne!(status, 200, "{operation}: {output}");
    output["__type"].as_str().unwrap_or_default().to_owned()
}

async fn with_repository(name: &str) -> TestYard {
    let yard = yard().await;
    ok(&yard, "CreateRepository", json!({ "repositoryName": name })).await;
    yard
}
