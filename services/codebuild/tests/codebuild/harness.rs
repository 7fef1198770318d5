//! What the tests share.

use std::time::Duration;

use std::sync::{Arc, Mutex};

use engine::{BoxFuture, EngineError, Subscriber};
use serde_json::{Value, json};
use service::{Protocol, Service};
use store::Event;
use testkit::TestYard;

/// A test by its name.
pub type Test = (&'static str, fn());

/// Runs an async test on a runtime of its own.
pub fn block_on<F: Future<Output = ()>>(test: F) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}

/// Registers async functions as tests.
#[macro_export]
macro_rules! tests {
    ($($name:ident),* $(,)?) => {
        pub const TESTS: &[$crate::harness::Test] = &[$(
            (concat!(module_path!(), "::", stringify!($name)), || $crate::harness::block_on($name())),
        )*];
    };
}

/// Every event that was told, in order.
#[derive(Clone, Default)]
pub struct Told(Arc<Mutex<Vec<Value>>>);

impl Told {
    pub fn all(&self) -> Vec<Value> {
        self.0.lock().unwrap().clone()
    }
}

impl Subscriber for Told {
    fn name(&self) -> &'static str {
        "told"
    }

    fn deliver(&self, event: Arc<Event>) -> BoxFuture<Result<(), EngineError>> {
        self.0.lock().unwrap().push(json!({
            "source": event.source, "type": event.detail_type, "detail": event.detail,
            "resources": event.resources,
        }));
        Box::pin(std::future::ready(Ok(())))
    }
}

/// A yard with CodeBuild, what it needs, and a role that may do everything.
pub struct Yard {
    pub yard: TestYard,
    pub role: String,
    pub told: Told,
}

impl Yard {
    pub async fn start() -> Self {
        Self::with_containers(service::Containers::default()).await
    }

    /// With a container engine.
    pub async fn with_containers(containers: service::Containers) -> Self {
        let mut services =
            vec![codeyard_svc_codebuild::service(), svc_codecommit::service(), svc_s3::service()];
        services.push(svc_ecr::service());
        services.extend(svc_codeconnections::services());
        services.push(svc_codeconnections::own_operations(codeyard_svc_codebuild::own_service()));
        services.extend(svc_management::services());
        services.extend(svc_security::services());
        let told = Told::default();
        let heard = told.clone();
        let listener = Service::new("listener", Protocol::Json11);
        services.push(listener.subscriber(move |_| Arc::new(heard.clone())));
        let yard = TestYard::builder(services)
            .containers(containers)
            // Repositories are sealed under keys of KMS.
            .keyring(|store, master| Arc::new(svc_security::KmsKeyring::new(store.clone(), master)))
            .start()
            .await;
        let everything = json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }],
        });
        let role = yard.role("build", everything);
        Self { yard, role, told }
    }

    pub async fn call(&self, operation: &str, input: Value) -> (u16, Value) {
        self.yard.json("codebuild", &format!("CodeBuild_20161006.{operation}"), input).await
    }

    pub async fn ok(&self, operation: &str, input: Value) -> Value {
        let (status, output) = self.call(operation, input).await;
        assert_eq!(status, 200, "{operation}: {output}");
        output
    }

    pub async fn other(&self, service: &str, target: &str, input: Value) -> Value {
        let (status, output) = self.yard.json(service, target, input).await;
        assert_eq!(status, 200, "{target}: {output}");
        output
    }

    /// Sends an S3 request as root; answers the body.
    pub async fn s3(&self, method: &str, path: &str, body: Vec<u8>) -> Vec<u8> {
        let answer = self.yard.send(Some(&self.yard.root()), "s3", method, path, &[], body).await;
        assert!(answer.status < 300, "{method} {path}: {} {}", answer.status, answer.text());
        answer.body.to_vec()
    }

    /// A project without source whose buildspec is given.
    pub fn project(&self, name: &str, buildspec: &str) -> Value {
        json!({
            "name": name,
            "source": { "type": "NO_SOURCE", "buildspec": buildspec },
            "artifacts": { "type": "NO_ARTIFACTS" },
            "environment": {
                "type": "LINUX_CONTAINER",
                "image": "aws/codebuild/standard:7.0",
                "computeType": "BUILD_GENERAL1_SMALL",
            },
            "serviceRole": self.role,
        })
    }

    pub async fn create(&self, name: &str, buildspec: &str) {
        self.ok("CreateProject", self.project(name, buildspec)).await;
    }

    pub async fn start_build(&self, input: Value) -> String {
        let output = self.ok("StartBuild", input).await;
        output["build"]["id"].as_str().unwrap().to_owned()
    }

    pub async fn build(&self, id: &str) -> Value {
        self.ok("BatchGetBuilds", json!({ "ids": [id] })).await["builds"][0].clone()
    }

    /// The build once it has ended.
    pub async fn finished(&self, id: &str) -> Value {
        TestYard::until(Duration::from_secs(60), || async {
            let build = self.build(id).await;
            (build["buildComplete"] == true).then_some(build)
        })
        .await
    }

    /// Makes a project of that buildspec and runs it once.
    pub async fn run(&self, buildspec: &str) -> Value {
        self.create("pp", buildspec).await;
        let id = self.start_build(json!({ "projectName": "pp" })).await;
        self.finished(&id).await
    }

    /// The whole log of a build.
    pub async fn log(&self, build: &Value) -> String {
        let mut text = String::new();
        let mut token = Value::Null;
        loop {
            let mut input = json!({
                "logGroupName": build["logs"]["groupName"],
                "logStreamName": build["logs"]["streamName"],
                "startFromHead": true,
            });
            if token != Value::Null {
                input["nextToken"] = token.clone();
            }
            let page = self.other("logs", "Logs_20140328.GetLogEvents", input).await;
            for event in page["events"].as_array().unwrap() {
                text.push_str(event["message"].as_str().unwrap());
            }
            if page["nextForwardToken"] == token {
                return text;
            }
            token = page["nextForwardToken"].clone();
        }
    }

    /// The log of a build that may not have begun one yet.
    pub async fn log_so_far(&self, build: &Value) -> Option<String> {
        let input = json!({
            "logGroupName": build["logs"]["groupName"],
            "logStreamNamePrefix": build["logs"]["streamName"],
        });
        let target = "Logs_20140328.DescribeLogStreams";
        let (_, streams) = self.yard.json("logs", target, input).await;
        let begun = streams["logStreams"].as_array().is_some_and(|streams| !streams.is_empty());
        if begun { Some(self.log(build).await) } else { None }
    }

    /// The log without what the runner tells.
    pub async fn output(&self, build: &Value) -> String {
        let log = self.log(build).await;
        let own = log.lines().filter(|line| !line.starts_with("[Container] "));
        own.map(|line| format!("{line}\n")).collect()
    }
}

/// Sandboxes outlive their yard by design, and would outlive a failed test too.
impl Drop for Yard {
    fn drop(&mut self) {
        kill_sandboxes(self.yard.dir());
        if std::thread::panicking() {
            // The engine goes on for a moment, and may start what was waiting for a slot.
            std::thread::sleep(Duration::from_millis(500));
            kill_sandboxes(self.yard.dir());
        }
    }
}

fn kill_sandboxes(dir: &std::path::Path) {
    for entry in std::fs::read_dir(dir.join("builds/sandboxes")).into_iter().flatten().flatten() {
        let Ok(text) = std::fs::read_to_string(entry.path().join("run/identity.json")) else {
            continue;
        };
        let identity: Value = serde_json::from_str(&text).unwrap_or_default();
        // The init's death takes all else along.
        if let Some(pid) = identity["init"]["pid"].as_i64() {
            let _ = std::process::Command::new("kill").args(["-9", &pid.to_string()]).output();
        }
    }
}

/// Phase, status and context of each phase.
pub fn phases(build: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = build["phases"].as_array().unwrap();
    all.iter()
        .map(|phase| {
            let code = &phase["contexts"][0]["statusCode"];
            (text(&phase["phaseType"]), text(&phase["phaseStatus"]), text(code))
        })
        .collect()
}

/// The context's message of a phase.
pub fn message(build: &Value, phase: &str) -> String {
    let all = build["phases"].as_array().unwrap();
    let phase = all.iter().find(|it| it["phaseType"] == phase).expect("the phase");
    phase["contexts"][0]["message"].as_str().unwrap().to_owned()
}
