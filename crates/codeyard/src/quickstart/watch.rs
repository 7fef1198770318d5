//! The pipeline as it goes: stages, build phases and log, deployment events per host.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use client::Client;
use serde_json::{Value, json};

use super::names::NAME;
use crate::build_progress::{BuildProgress, seconds_between};
use crate::failure::{Failure, Outcome};
use crate::screen::Screen;

/// How often is looked.
const TICK: Duration = Duration::from_millis(60);
/// How long a push may take to start the pipeline.
const START_TIMEOUT: Duration = Duration::from_secs(10);

/// One execution being watched.
struct Watch<'a> {
    client: &'a Client,
    screen: &'a Screen,
    execution: String,
    /// What has been told already.
    told: HashSet<String>,
    /// The build under way, and its id.
    build: Option<(String, BuildProgress<'a>)>,
}

/// Watches the execution of `commit` to its end; starts one where none comes.
pub(super) async fn pipeline(client: &Client, commit: &str, screen: &Screen) -> Outcome<()> {
    screen.heading("Pipeline");
    let execution = find_execution(client, commit, screen).await?;
    let mut watch = Watch { client, screen, execution, told: HashSet::new(), build: None };
    watch.until_the_end().await
}

async fn call(client: &Client, operation: &str, input: Value) -> Outcome<Value> {
    let target = format!("CodePipeline_20150709.{operation}");
    Ok(client.json("codepipeline", &target, input).await?)
}

/// The newest execution of the commit that has not ended; where none shows up in time, a new one.
async fn find_execution(client: &Client, commit: &str, screen: &Screen) -> Outcome<String> {
    let began = Instant::now();
    loop {
        let listed = call(client, "ListPipelineExecutions", json!({"pipelineName": NAME})).await?;
        let all = listed["pipelineExecutionSummaries"].as_array();
        let of_commit = |it: &&Value| {
            let revisions = it["sourceRevisions"].as_array();
            revisions.into_iter().flatten().any(|revision| revision["revisionId"] == commit)
        };
        let found = all.into_iter().flatten().find(of_commit);
        let id = found.and_then(|it| it["pipelineExecutionId"].as_str());
        match (id, found.and_then(|it| it["status"].as_str())) {
            (Some(id), Some("InProgress")) => return Ok(id.to_owned()),
            // It ended before: its result is not what serves now.
            (Some(id), Some(_)) if began.elapsed() < TICK => {
                tracing::info!(id, "an earlier execution of the commit has ended");
                break;
            }
            (Some(id), Some(_)) => return Ok(id.to_owned()),
            _ if began.elapsed() > START_TIMEOUT => break,
            _ => {
                screen.status("waiting for the push to start the pipeline");
                tokio::time::sleep(TICK).await;
            }
        }
    }
    let started = call(client, "StartPipelineExecution", json!({"name": NAME})).await?;
    let id = started["pipelineExecutionId"].as_str();
    screen.line("  started the pipeline again");
    id.map(str::to_owned).ok_or_else(|| Failure::new("the pipeline told no execution id"))
}

impl Watch<'_> {
    async fn until_the_end(&mut self) -> Outcome<()> {
        loop {
            self.actions().await?;
            let input = json!({"pipelineName": NAME, "pipelineExecutionId": self.execution});
            let found = call(self.client, "GetPipelineExecution", input).await?;
            let execution = &found["pipelineExecution"];
            match execution["status"].as_str() {
                Some("Succeeded") => {
                    self.actions().await?;
                    return Ok(());
                }
                Some("InProgress" | "Stopping") | None => tokio::time::sleep(TICK).await,
                Some(status) => {
                    self.actions().await?;
                    let summary = execution["statusSummary"].as_str().unwrap_or_default();
                    return Err(Failure::new(format!(
                        "the pipeline ended with {status}. {summary}"
                    )));
                }
            }
        }
    }

    /// Tells what is new of each action, oldest first.
    async fn actions(&mut self) -> Outcome<()> {
        let input =
            json!({"pipelineName": NAME, "filter": {"pipelineExecutionId": self.execution}});
        let listed = call(self.client, "ListActionExecutions", input).await?;
        let actions = listed["actionExecutionDetails"].as_array().cloned().unwrap_or_default();
        for action in actions.iter().rev() {
            let id = action["actionExecutionId"].as_str().unwrap_or_default().to_owned();
            let name = format!(
                "{} · {}",
                action["stageName"].as_str().unwrap_or_default(),
                action["actionName"].as_str().unwrap_or_default()
            );
            if self.told.contains(&format!("{id} ended")) {
                continue;
            }
            if self.first(format!("{id} began")) {
                self.screen.line(&format!("  {name}"));
            }
            self.inside(action).await?;
            self.ended(action, &id, &name);
        }
        Ok(())
    }

    fn first(&mut self, what: String) -> bool {
        self.told.insert(what)
    }

    fn ended(&mut self, action: &Value, id: &str, name: &str) {
        let status = action["status"].as_str().unwrap_or_default();
        let seconds = seconds_between(&action["startTime"], &action["lastUpdateTime"]);
        match status {
            "InProgress" => self.screen.status(name),
            "Succeeded" => {
                self.screen.good(&format!("{name} ({seconds})"));
                self.first(format!("{id} ended"));
            }
            _ => {
                let result = &action["output"]["executionResult"];
                let why = result["errorDetails"]["message"]
                    .as_str()
                    .or_else(|| result["externalExecutionSummary"].as_str())
                    .unwrap_or("no reason was told");
                self.screen.bad(&format!("{name} ({seconds}): {status}: {why}"));
                self.first(format!("{id} ended"));
            }
        }
    }

    /// What goes on inside an action: the build's log and phases, the deployment's events.
    async fn inside(&mut self, action: &Value) -> Outcome<()> {
        let external = action["output"]["executionResult"]["externalExecutionId"].as_str();
        let Some(external) = external else { return Ok(()) };
        match action["input"]["actionTypeId"]["provider"].as_str() {
            Some("CodeBuild") => self.build(external).await,
            Some("CodeDeploy") => self.deployment(external).await,
            _ => Ok(()),
        }
    }

    async fn build(&mut self, id: &str) -> Outcome<()> {
        if self.build.as_ref().is_none_or(|(known, _)| known != id) {
            self.build = Some((id.to_owned(), BuildProgress::new(self.client, self.screen, id)));
        }
        match &mut self.build {
            Some((_, progress)) => progress.look().await.map(drop),
            None => Ok(()),
        }
    }

    async fn deployment(&mut self, id: &str) -> Outcome<()> {
        let call = |operation: &str, input: Value| {
            let target = format!("CodeDeploy_20141006.{operation}");
            let client = self.client;
            async move { client.json("codedeploy", &target, input).await }
        };
        let listed = call("ListDeploymentTargets", json!({"deploymentId": id})).await?;
        let targets = listed["targetIds"].as_array().cloned().unwrap_or_default();
        if targets.is_empty() {
            return Ok(());
        }
        let input = json!({"deploymentId": id, "targetIds": targets});
        let found = call("BatchGetDeploymentTargets", input).await?;
        for target in found["deploymentTargets"].as_array().into_iter().flatten() {
            let target = &target["instanceTarget"];
            let host = target["targetId"].as_str().unwrap_or_default().to_owned();
            for event in target["lifecycleEvents"].as_array().into_iter().flatten() {
                self.lifecycle_event(id, &host, event);
            }
        }
        Ok(())
    }

    fn lifecycle_event(&mut self, deployment: &str, host: &str, event: &Value) {
        let name = event["lifecycleEventName"].as_str().unwrap_or_default();
        let status = event["status"].as_str().unwrap_or_default();
        if !matches!(status, "Succeeded" | "Failed") || event["startTime"].is_null() {
            return;
        }
        if self.first(format!("{deployment} {host} {name}")) {
            let seconds = seconds_between(&event["startTime"], &event["endTime"]);
            self.screen.line(&format!("    {host} {name} {status} ({seconds})"));
            if status == "Failed" {
                let log = event["diagnostics"]["logTail"].as_str().unwrap_or_default();
                log.lines().for_each(|line| self.screen.output(line));
            }
        }
    }
}
