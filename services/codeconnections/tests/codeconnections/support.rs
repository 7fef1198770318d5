//! What the tests share.

use serde_json::{Value, json};
use service::{Protocol, Service};
use testkit::{Keys, TestYard};

use crate::host::Host;

/// The two doors: signing name and target prefix.
pub const NEW: (&str, &str) =
    ("codeconnections", "com.amazonaws.codeconnections.CodeConnections_20231201");
pub const OLD: (&str, &str) =
    ("codestar-connections", "com.amazonaws.codestar.connections.CodeStar_connections_20191201");

/// The services of most tests.
pub fn services() -> Vec<Service> {
    let own = Service::new("codeyard", Protocol::Json11).target("Codeyard_20261121");
    let mut services = codeyard_svc_codeconnections::services();
    services.push(codeyard_svc_codeconnections::own_operations(own));
    services
}

pub struct Bench {
    pub yard: TestYard,
}

impl Bench {
    pub async fn new() -> Self {
        Self { yard: TestYard::start(services()).await }
    }

    /// Calls an operation at a door as root.
    pub async fn call(&self, door: (&str, &str), operation: &str, input: Value) -> (u16, Value) {
        self.call_as(&self.yard.root(), door, operation, input).await
    }

    pub async fn call_as(
        &self,
        keys: &Keys,
        (service, target): (&str, &str),
        operation: &str,
        input: Value,
    ) -> (u16, Value) {
        self.yard.json_as(keys, service, &format!("{target}.{operation}"), input).await
    }

    pub async fn ok(&self, operation: &str, input: Value) -> Value {
        let (status, output) = self.call(NEW, operation, input).await;
        assert_eq!(status, 200, "{operation}: {output}");
        output
    }

    /// Status, code and message of a refusal.
    pub async fn refused(&self, operation: &str, input: Value) -> (u16, String, String) {
        refusal(self.call(NEW, operation, input).await)
    }

    pub async fn own(&self, operation: &str, input: Value) -> (u16, Value) {
        self.yard.json("codeyard", &format!("Codeyard_20261121.{operation}"), input).await
    }

    /// A host for a provider type; answers its ARN.
    pub async fn host(&self, kind: &str, host: &Host) -> String {
        let input = json!({
            "Name": "my host", "ProviderType": kind, "ProviderEndpoint": host.http(""),
        });
        self.ok("CreateHost", input).await["HostArn"].as_str().unwrap().to_owned()
    }

    /// A connection through a new host, which the provider has let in.
    pub async fn connection(&self, host: &Host) -> String {
        let at = self.host("GitHubEnterpriseServer", host).await;
        let input = json!({ "ConnectionName": "there", "HostArn": at });
        let made = self.ok("CreateConnection", input).await;
        let arn = made["ConnectionArn"].as_str().unwrap().to_owned();
        host.answers("GET /api/v3/user", 200, json!({ "login": "ada" }));
        let (status, done) = self
            .own("AuthorizeConnection", json!({ "ConnectionArn": arn, "Token": "t0ken" }))
            .await;
        assert_eq!(status, 200, "{done}");
        arn
    }
}

pub fn refusal((status, body): (u16, Value)) -> (u16, String, String) {
    assert_ne!(status, 200, "{body}");
    let code = body["__type"].as_str().unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or_default().to_owned();
    let message = body["message"].as_str().or(body["Message"].as_str()).unwrap_or_default();
    (status, code, message.to_owned())
}
