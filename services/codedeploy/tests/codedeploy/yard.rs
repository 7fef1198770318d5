//! A yard with CodeDeploy in it, and hosts that do as they are told.

use std::sync::Arc;
use std::time::Duration;

use codeyard_svc_codedeploy::services;
use engine::{BoxFuture, EngineError, Subscriber};
use serde_json::{Value, json};
use service::Service;
use store::Event;
use testkit::{Client, Keys, TestYard};
use tokio::sync::{Mutex, mpsc};

pub const LIMIT: Duration = Duration::from_secs(20);

/// Everything that the yard announced.
#[derive(Default)]
pub struct Heard(pub std::sync::Mutex<Vec<Event>>);

struct Ear(Arc<Heard>);

impl Subscriber for Ear {
    fn name(&self) -> &'static str {
        "test.ear"
    }

    fn deliver(&self, event: Arc<Event>) -> BoxFuture<Result<(), EngineError>> {
        self.0.0.lock().unwrap().push((*event).clone());
        Box::pin(async { Ok(()) })
    }
}

pub struct Deploy {
    pub yard: TestYard,
    pub heard: Arc<Heard>,
}

impl Deploy {
    pub async fn start() -> Self {
        Self::with(|builder| builder).await
    }

    pub async fn with(
        change: impl FnOnce(testkit::TestYardBuilder) -> testkit::TestYardBuilder,
    ) -> Self {
        let heard = Arc::new(Heard::default());
        let ear = heard.clone();
        let mut all = services();
        all.push(
            Service::new("test-ear", wire::Protocol::Json11)
                .subscriber(move |_| Arc::new(Ear(ear.clone()))),
        );
        let yard = change(TestYard::builder(all)).start().await;
        Self { yard, heard }
    }

    pub async fn call(&self, operation: &str, input: Value) -> (u16, Value) {
        self.yard.json("codedeploy", &format!("CodeDeploy_20141006.{operation}"), input).await
    }

    /// A call that must succeed.
    pub async fn ok(&self, operation: &str, input: Value) -> Value {
        let (status, body) = self.call(operation, input.clone()).await;
        assert_eq!(status, 200, "{operation} {input}: {body}");
        body
    }

    /// A call that must be refused; gives its code and message.
    pub async fn refused(&self, operation: &str, input: Value) -> (String, String) {
        let (status, body) = self.call(operation, input.clone()).await;
        assert!((400..500).contains(&status), "{operation} {input}: {status} {body}");
        let code = body["__type"].as_str().unwrap_or_default();
        let code = code.rsplit('#').next().unwrap_or_default().to_owned();
        (code, body["message"].as_str().or(body["Message"].as_str()).unwrap_or_default().to_owned())
    }

    /// An application `app` with a group `group` of all instances tagged `env=test`.
    pub async fn group(&self, config: &str) {
        let role = self.yard.role("deploy", s3_only());
        self.ok("CreateApplication", json!({"applicationName": "app"})).await;
        self.ok(
            "CreateDeploymentGroup",
            json!({
                "applicationName": "app", "deploymentGroupName": "group",
                "serviceRoleArn": role, "deploymentConfigName": config,
                "onPremisesInstanceTagFilters":
                    [{"Key": "env", "Value": "test", "Type": "KEY_AND_VALUE"}],
            }),
        )
        .await;
    }

    /// A registered and tagged instance, with the credentials of its agent.
    pub async fn host(&self, name: &str) -> Host {
        let keys = self.yard.user(name, s3_only());
        let arn = format!("arn:aws:iam::{}:user/{name}", testkit::ACCOUNT);
        let register = json!({"instanceName": name, "iamUserArn": arn});
        self.ok("RegisterOnPremisesInstance", register).await;
        let tags = json!({"tags": [{"Key": "env", "Value": "test"}], "instanceNames": [name]});
        self.ok("AddTagsToOnPremisesInstances", tags).await;
        Host { name: name.to_owned(), arn, keys, queue: Mutex::default(), kept: Mutex::default() }
    }

    pub async fn create(&self, change: Value) -> String {
        let mut input = json!({
            "applicationName": "app", "deploymentGroupName": "group", "revision": revision("one"),
        });
        for (name, value) in change.as_object().unwrap() {
            input[name] = value.clone();
        }
        let answer = self.ok("CreateDeployment", input).await;
        answer["deploymentId"].as_str().unwrap().to_owned()
    }

    pub async fn get(&self, id: &str) -> Value {
        self.ok("GetDeployment", json!({"deploymentId": id})).await["deploymentInfo"].clone()
    }

    /// Waits until a deployment is over.
    pub async fn ended(&self, id: &str) -> Value {
        TestYard::until(LIMIT, || async {
            let info = self.get(id).await;
            let status = info["status"].as_str().unwrap_or_default().to_owned();
            matches!(status.as_str(), "Succeeded" | "Failed" | "Stopped").then_some(info)
        })
        .await
    }

    pub async fn target(&self, deployment: &str, instance: &str) -> Value {
        let input = json!({"deploymentId": deployment, "targetId": instance});
        let answer = self.ok("GetDeploymentTarget", input).await;
        answer["deploymentTarget"]["instanceTarget"].clone()
    }

    pub async fn statuses(&self, deployment: &str, instances: &[&str]) -> Vec<String> {
        let mut all = Vec::new();
        for instance in instances {
            let target = self.target(deployment, instance).await;
            all.push(target["status"].as_str().unwrap().to_owned());
        }
        all
    }

    async fn host_call(&self, host: &Host, operation: &str, input: Value) -> (u16, Value) {
        let target = format!("CodeDeployCommandService_v20141006.{operation}");
        self.yard.json_as(&host.keys, "codedeploy-commands", &target, input).await
    }

    /// The next command that a host was given.
    pub async fn poll(&self, host: &Host) -> Option<Value> {
        if let Some(kept) = host.kept.lock().await.take() {
            return Some(kept);
        }
        let mut queue = host.queue.lock().await;
        let queue = queue.get_or_insert_with(|| {
            let (commands, queue) = mpsc::unbounded_channel();
            let client = Client::new(&self.yard.url, testkit::REGION, host.keys.clone());
            tokio::spawn(poll_on(client, host.arn.clone(), commands));
            queue
        });
        queue.recv().await
    }

    /// One poll, which may bring nothing.
    pub async fn poll_once(&self, host: &Host) -> Value {
        let input = json!({"HostIdentifier": host.arn});
        self.host_call(host, "PollHostCommand", input).await.1
    }

    pub async fn acknowledge(&self, host: &Host, command: &Value, noop: bool) -> String {
        let input = json!({
            "HostCommandIdentifier": command["HostCommandIdentifier"],
            "Diagnostics": {"Format": "JSON", "Payload": json!({"IsCommandNoop": noop}).to_string()},
        });
        let (status, body) = self.host_call(host, "PutHostCommandAcknowledgement", input).await;
        assert_eq!(status, 200, "{body}");
        body["CommandStatus"].as_str().unwrap().to_owned()
    }

    pub async fn complete(
        &self,
        host: &Host,
        command: &Value,
        code: u8,
        log: &str,
    ) -> (u16, Value) {
        let payload = json!({
            "error_code": code, "script_name": if code == 0 { "" } else { "run.sh" },
            "message": if code == 0 { "Succeeded" } else { "it failed" }, "log": log,
        });
        let input = json!({
            "HostCommandIdentifier": command["HostCommandIdentifier"],
            "CommandStatus": if code == 0 { "Succeeded" } else { "Failed" },
            "Diagnostics": {"Format": "JSON", "Payload": payload.to_string()},
        });
        self.host_call(host, "PutHostCommandComplete", input).await
    }

    pub async fn specification(&self, host: &Host, execution: &Value) -> (u16, Value) {
        let input = json!({"DeploymentExecutionId": execution, "HostIdentifier": host.arn});
        self.host_call(host, "GetDeploymentSpecification", input).await
    }

    /// Serves a host's commands until the deployment is over, failing at the event named. Gives
    /// the events that were run.
    pub async fn serve(&self, host: &Host, deployment: &str, fail_at: &str) -> Vec<String> {
        let mut run = Vec::new();
        let work = async {
            while let Some(command) = self.poll(host).await {
                if !command["HostCommandIdentifier"].as_str().unwrap().starts_with(deployment) {
                    // A rollback has begun already.
                    *host.kept.lock().await = Some(command);
                    return std::future::pending().await;
                }
                let event = command["CommandName"].as_str().unwrap().to_owned();
                assert_eq!(self.acknowledge(host, &command, false).await, "InProgress");
                let fails = event == fail_at;
                run.push(event);
                let code = if fails { 4 } else { 0 };
                assert_eq!(self.complete(host, &command, code, "a log").await.0, 200);
            }
        };
        tokio::select! {
            () = work => {}
            _ = self.ended(deployment) => {}
        }
        run
    }

    pub fn states(&self, detail_type: &str) -> Vec<String> {
        let heard = self.heard.0.lock().unwrap();
        let of_type = heard.iter().filter(|event| event.detail_type.contains(detail_type));
        of_type.map(|event| event.detail["state"].as_str().unwrap().to_owned()).collect()
    }
}

pub struct Host {
    pub name: String,
    pub arn: String,
    pub keys: Keys,
    queue: Mutex<Option<mpsc::UnboundedReceiver<Value>>>,
    /// A command that was taken out of the queue too early.
    kept: Mutex<Option<Value>>,
}

/// Polls without end, as agents do.
async fn poll_on(client: Client, arn: String, commands: mpsc::UnboundedSender<Value>) {
    let headers = [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", "CodeDeployCommandService_v20141006.PollHostCommand"),
    ];
    let body = json!({"HostIdentifier": arn}).to_string().into_bytes();
    while !commands.is_closed() {
        let answer = client.send("codedeploy-commands", "POST", "/", &headers, body.clone()).await;
        match answer {
            Ok(answer) if answer.status == 200 => {
                let command = answer.json()["HostCommand"].clone();
                if !command.is_null() && commands.send(command).is_err() {
                    return;
                }
            }
            _ => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// What `aws deploy register` lets hosts do.
fn s3_only() -> Value {
    json!({"Version": "2012-10-17", "Statement":
        [{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}]})
}

pub fn revision(key: &str) -> Value {
    json!({"revisionType": "S3",
        "s3Location": {"bucket": "bucket", "key": format!("{key}.zip"), "bundleType": "zip"}})
}
