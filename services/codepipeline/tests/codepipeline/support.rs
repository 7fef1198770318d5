//! A yard with CodePipeline and the faked services, and what tests ask of it.

use std::time::Duration;

use serde_json::{Value, json};
use service::{Cx, Protocol, Service};
use testkit::{Keys, TestYard};
use types::SharedClock;

use crate::world::World;

/// Long enough on a busy machine.
const LIMIT: Duration = Duration::from_secs(20);

pub struct Bench {
    pub yard: TestYard,
    pub world: World,
    pub role: String,
}

/// What the pipeline's role may do in most tests.
fn everything() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Resource": "*",
        "Action": ["codecommit:GetBranch", "codecommit:GetCommit", "codecommit:UploadArchive",
                   "s3:*", "codebuild:StartBuild", "codebuild:BatchGetBuilds",
                   "codebuild:StartBuildBatch", "codebuild:BatchGetBuildBatches",
                   "codedeploy:CreateDeployment", "codedeploy:GetDeployment"],
    }]})
}

impl Bench {
    pub async fn new() -> Self {
        Self::with_clock(types::system_clock()).await
    }

    pub async fn with_clock(clock: SharedClock) -> Self {
        let world = World::default();
        {
            let mut state = world.state();
            state.commit = "c0ffee0000000000000000000000000000000001".to_owned();
            state.message = "Say \"hello\"\nat length".to_owned();
            state.files = vec![
                ("README.md", false, "read me".into()),
                ("bin/run", true, "#!/bin/sh".into()),
                ("site/index.html", false, "<p>hello</p>".into()),
                ("site/css/a.css", false, "p {}".into()),
            ];
        }
        let mut services = world.services();
        services.push(world.recorder());
        services.push(codeyard_svc_codepipeline::service());
        let own = Service::new("codeyard", Protocol::Json11).target("Codeyard_20261121");
        services.push(codeyard_svc_codepipeline::own_operations(own));
        let yard = TestYard::builder(services).clock(clock).start().await;
        let role = yard.role("pipeline", everything());
        Self { yard, world, role }
    }

    /// Root's context, without a client.
    pub fn inside(&self) -> Cx {
        let yard = self.yard.yard();
        let config = yard.config();
        let root = yard.identity().root(&config.account);
        Cx::background(yard, root, config.region.clone(), "test")
    }

    /// Calls an operation as root.
    pub async fn call(&self, operation: &str, input: Value) -> (u16, Value) {
        self.call_as(&self.yard.root(), operation, input).await
    }

    pub async fn call_as(&self, keys: &Keys, operation: &str, input: Value) -> (u16, Value) {
        let target = format!("CodePipeline_20150709.{operation}");
        self.yard.json_as(keys, "codepipeline", &target, input).await
    }

    /// Calls an operation that goes well.
    pub async fn ok(&self, operation: &str, input: Value) -> Value {
        let (status, body) = self.call(operation, input).await;
        assert_eq!(status, 200, "{operation}: {body}");
        body
    }

    /// Calls an operation that is refused; answers code and message.
    pub async fn refused(&self, operation: &str, input: Value) -> (String, String) {
        let (status, body) = self.call(operation, input).await;
        let refused = refusal(&body);
        // The one error of the model that has a status of its own.
        let wanted = if refused.0 == "ConflictException" { 409 } else { 400 };
        assert_eq!(status, wanted, "{operation}: {body}");
        refused
    }

    /// Creates the pipeline `p` of these stages; answers the id of its first execution.
    pub async fn create(&self, stages: Value) -> String {
        self.ok("CreatePipeline", json!({"pipeline": self.pipeline(stages)})).await;
        self.latest().await["pipelineExecutionId"].as_str().unwrap().to_owned()
    }

    pub fn pipeline(&self, stages: Value) -> Value {
        json!({
            "name": "p",
            "roleArn": self.role,
            "artifactStore": {"type": "S3", "location": "artifacts"},
            "stages": stages,
        })
    }

    /// The newest execution.
    pub async fn latest(&self) -> Value {
        let input = json!({"pipelineName": "p", "maxResults": 1});
        let mut body = self.ok("ListPipelineExecutions", input).await;
        body["pipelineExecutionSummaries"][0].take()
    }

    pub async fn execution(&self, id: &str) -> Value {
        let input = json!({"pipelineName": "p", "pipelineExecutionId": id});
        self.ok("GetPipelineExecution", input).await["pipelineExecution"].take()
    }

    /// Waits until an execution has that status.
    pub async fn comes_to(&self, id: &str, status: &str) -> Value {
        let ask = async || {
            let execution = self.execution(id).await;
            (execution["status"] == status).then_some(execution)
        };
        let come = tokio::time::timeout(LIMIT, until(ask)).await;
        match come {
            Ok(execution) => execution,
            Err(_) => panic!("{status} did not come: {:#}", self.state().await),
        }
    }

    pub async fn state(&self) -> Value {
        self.ok("GetPipelineState", json!({"name": "p"})).await
    }

    /// A stage of the pipeline's state.
    pub async fn stage(&self, at: usize) -> Value {
        self.state().await["stageStates"][at].take()
    }

    /// The actions of an execution, newest first.
    pub async fn actions(&self, id: &str) -> Vec<Value> {
        let input = json!({"pipelineName": "p", "filter": {"pipelineExecutionId": id}});
        let mut body = self.ok("ListActionExecutions", input).await;
        body["actionExecutionDetails"].as_array_mut().map(std::mem::take).unwrap()
    }

    /// The newest execution of an action.
    pub async fn action(&self, id: &str, name: &str) -> Value {
        let actions = self.actions(id).await;
        let found = actions.iter().find(|it| it["actionName"] == name);
        found.unwrap_or_else(|| panic!("no {name}: {actions:?}")).clone()
    }

    /// Waits until an action is in progress and known outside (or has a token).
    pub async fn action_waits(&self, stage: usize, action: usize) -> Value {
        let ask = async || {
            let stage = self.stage(stage).await;
            let latest = &stage["actionStates"][action]["latestExecution"];
            let outside = latest["externalExecutionId"].is_string() || latest["token"].is_string();
            (latest["status"] == "InProgress" && outside).then(|| latest.clone())
        };
        tokio::time::timeout(LIMIT, until(ask)).await.expect("an action that waits")
    }

    /// Waits until that many builds were started.
    pub async fn builds(&self, count: usize) -> Vec<String> {
        let ask = async || {
            let builds = self.world.builds();
            (builds.len() >= count).then_some(builds)
        };
        tokio::time::timeout(LIMIT, until(ask)).await.expect("builds")
    }
}

async fn until<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    loop {
        if let Some(value) = ask().await {
            return value;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Code and message of an error.
pub fn refusal(body: &Value) -> (String, String) {
    let code = body["__type"].as_str().unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or_default();
    let message = body["message"].as_str().or(body["Message"].as_str());
    (code.to_owned(), message.unwrap_or_default().to_owned())
}

pub fn action(name: &str, category: &str, provider: &str, configuration: Value) -> Value {
    json!({
        "name": name,
        "actionTypeId":
            {"category": category, "owner": "AWS", "provider": provider, "version": "1"},
        "configuration": configuration,
    })
}

pub fn source() -> Value {
    let configuration =
        json!({"RepositoryName": "r", "BranchName": "main", "PollForSourceChanges": "false"});
    let mut action = action("Take", "Source", "CodeCommit", configuration);
    action["outputArtifacts"] = json!([{"name": "SourceArtifact"}]);
    action["namespace"] = json!("SourceVariables");
    json!({"name": "Source", "actions": [action]})
}

pub fn build(name: &str, output: Option<&str>) -> Value {
    let mut action = action(name, "Build", "CodeBuild", json!({"ProjectName": "b"}));
    action["inputArtifacts"] = json!([{"name": "SourceArtifact"}]);
    if let Some(output) = output {
        action["outputArtifacts"] = json!([{"name": output}]);
    }
    action
}

pub fn approval(name: &str) -> Value {
    action(name, "Approval", "Manual", json!({}))
}

pub fn deploy(name: &str, input: &str) -> Value {
    let configuration = json!({"ApplicationName": "a", "DeploymentGroupName": "g"});
    let mut action = action(name, "Deploy", "CodeDeploy", configuration);
    action["inputArtifacts"] = json!([{"name": input}]);
    action
}

pub fn stage(name: &str, actions: Value) -> Value {
    json!({"name": name, "actions": actions})
}
