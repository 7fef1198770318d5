//! The command service, `CodeDeployCommandService_v20141006`: JSON 1.1.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::config::Config;
use crate::http::{Call, Endpoint, Error};
use crate::pkcs7;

/// What the yard wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostCommand {
    pub(crate) identifier: String,
    pub(crate) host: String,
    pub(crate) execution: String,
    /// A lifecycle event's name, `DownloadBundle` or `Install`.
    pub(crate) name: String,
}

/// The command service's client.
#[derive(Clone, Debug)]
pub(crate) struct Commands {
    endpoint: Endpoint,
    prefix: &'static str,
    host: String,
}

impl Commands {
    pub(crate) fn new(config: &Config) -> Result<Self, String> {
        let (service, prefix) = if config.auth_policy {
            ("codedeploy-commands-secure", "CodeDeployCommandService")
        } else {
            ("codedeploy-commands", "CodeDeployCommandService_v20141006")
        };
        let endpoint = Endpoint::new(&config.endpoint, service, config)?;
        Ok(Self { endpoint, prefix, host: config.host_identifier.clone() })
    }

    /// Waits for a command, at most as long as the server lets a poll wait.
    pub(crate) async fn poll(&self) -> Result<Option<HostCommand>, Error> {
        let answer = self.call("PollHostCommand", json!({"HostIdentifier": self.host})).await?;
        let Some(command) = answer.get("HostCommand").filter(|command| !command.is_null()) else {
            return Ok(None);
        };
        let text = |name: &str| {
            command.get(name).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| {
                Error::Unreachable(format!("the yard sent a command without {name}"))
            })
        };
        let command = HostCommand {
            identifier: text("HostCommandIdentifier")?,
            host: text("HostIdentifier")?,
            execution: text("DeploymentExecutionId")?,
            name: text("CommandName")?,
        };
        if !self.host.contains(&command.host) {
            return Err(Error::Unreachable(format!(
                "the yard sent a command for {}, not for {}",
                command.host, self.host
            )));
        }
        Ok(Some(command))
    }

    /// Tells that a command has arrived; gives what the yard thinks of it now.
    pub(crate) async fn acknowledge(
        &self,
        identifier: &str,
        is_noop: bool,
    ) -> Result<String, Error> {
        let payload = json!({"IsCommandNoop": is_noop}).to_string();
        let answer = self
            .call(
                "PutHostCommandAcknowledgement",
                json!({
                    "Diagnostics": {"Format": "JSON", "Payload": payload},
                    "HostCommandIdentifier": identifier,
                }),
            )
            .await?;
        Ok(answer.get("CommandStatus").and_then(Value::as_str).unwrap_or_default().to_owned())
    }

    /// The content of a deployment's specification, a JSON text.
    pub(crate) async fn specification(&self, execution: &str) -> Result<Vec<u8>, SpecError> {
        let answer = self
            .call(
                "GetDeploymentSpecification",
                json!({"DeploymentExecutionId": execution, "HostIdentifier": self.host}),
            )
            .await
            .map_err(SpecError::Call)?;
        let bad = |why: String| SpecError::Bad(why);
        match answer.get("DeploymentSystem").and_then(Value::as_str) {
            Some("CodeDeploy") => {}
            other => {
                return Err(bad(format!("the deployment system {other:?} is not CodeDeploy")));
            }
        }
        let envelope = answer
            .pointer("/DeploymentSpecification/GenericEnvelope")
            .ok_or_else(|| bad("the yard sent no specification".to_owned()))?;
        let member = |name: &str| {
            envelope
                .get(name)
                .and_then(Value::as_str)
                .ok_or_else(|| bad(format!("the specification has no {name}")))
        };
        match member("Format")? {
            "PKCS7/JSON" => pkcs7::content(member("Payload")?).map_err(SpecError::Bad),
            other => Err(bad(format!(
                "the specification has the format {other}: only PKCS7/JSON is taken"
            ))),
        }
    }

    /// Tells how a command ended; `status` is `Succeeded` or `Failed`.
    pub(crate) async fn complete(
        &self,
        identifier: &str,
        status: &str,
        payload: &str,
    ) -> Result<(), Error> {
        let input = json!({
            "CommandStatus": status,
            "Diagnostics": {"Format": "JSON", "Payload": payload},
            "HostCommandIdentifier": identifier,
        });
        self.call("PutHostCommandComplete", input).await.map(drop)
    }

    async fn call(&self, operation: &str, input: Value) -> Result<Value, Error> {
        let call = Call {
            method: "POST",
            path: "/".to_owned(),
            query: String::new(),
            headers: vec![
                ("content-type", "application/x-amz-json-1.1".to_owned()),
                ("x-amz-target", format!("{}.{operation}", self.prefix)),
                ("x-amz-codedeploy-agent-version", env!("CARGO_PKG_VERSION").to_owned()),
            ],
            body: Bytes::from(input.to_string()),
        };
        let body = self.endpoint.call(call).await?;
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body)
            .map_err(|error| Error::Unreachable(format!("{operation} answered no JSON: {error}")))
    }
}

/// Why there is no specification.
#[derive(Debug)]
pub(crate) enum SpecError {
    /// The call failed.
    Call(Error),
    /// What came cannot be used.
    Bad(String),
}
