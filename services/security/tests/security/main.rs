//! KMS, Parameter Store and Secrets Manager behind a real gateway.
#![allow(clippy::unwrap_used)]

mod kms;
mod kms_access;
mod observer;
mod secrets;
mod ssm;
mod stock;

use std::sync::Arc;

use serde_json::Value;
use svc_security::KmsKeyring;
use testkit::{Keys, TestYard};

/// A yard with the three services, whose blobs can be sealed under KMS keys.
pub async fn yard() -> TestYard {
    TestYard::builder(svc_security::services())
        .keyring(|store, master| Arc::new(KmsKeyring::new(store.clone(), master)))
        .start()
        .await
}

/// A service's client: calls an operation and takes the answer apart.
pub struct Client<'a> {
    yard: &'a TestYard,
    keys: Keys,
    service: &'static str,
    target: &'static str,
}

impl<'a> Client<'a> {
    /// KMS as root.
    pub fn kms(yard: &'a TestYard) -> Self {
        Self { yard, keys: yard.root(), service: "kms", target: "TrentService" }
    }

    /// Parameter Store as root.
    pub fn ssm(yard: &'a TestYard) -> Self {
        Self { yard, keys: yard.root(), service: "ssm", target: "AmazonSSM" }
    }

    /// Secrets Manager as root.
    pub fn secrets(yard: &'a TestYard) -> Self {
        Self { yard, keys: yard.root(), service: "secretsmanager", target: "secretsmanager" }
    }

    /// The same service as somebody else.
    pub fn with(mut self, keys: &Keys) -> Self {
        self.keys = keys.clone();
        self
    }

    async fn call(&self, operation: &str, input: Value) -> (u16, Value) {
        let target = format!("{}.{operation}", self.target);
        self.yard.json_as(&self.keys, self.service, &target, input).await
    }

    /// The answer of a call that succeeds.
    pub async fn ok(&self, operation: &str, input: Value) -> Value {
        let shown = input.to_string();
        let (status, answer) = self.call(operation, input).await;
        assert_eq!(status, 200, "{operation} {shown}: {answer}");
        answer
    }

    /// The code and message of a call that fails.
    pub async fn fails(&self, operation: &str, input: Value) -> (String, String) {
        let shown = input.to_string();
        let (status, answer) = self.call(operation, input).await;
        assert!((400..500).contains(&status), "{operation} {shown}: {status} {answer}");
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        let code = text("__type").rsplit('#').next().unwrap_or_default().to_owned();
        let message = if answer["message"].is_string() { text("message") } else { text("Message") };
        (code, message)
    }

    /// The code of a call that fails.
    pub async fn code(&self, operation: &str, input: Value) -> String {
        self.fails(operation, input).await.0
    }
}

/// The text of a member.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
