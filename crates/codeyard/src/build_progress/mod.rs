//! A build as it goes, for a person: its phases with their durations among the lines of its log.

mod weave;

use std::time::Duration;

use client::Client;
use serde_json::{Value, json};

use crate::failure::{Failure, Outcome};
use crate::screen::Screen;
use weave::{Item, Weave};

/// How often is looked.
const TICK: Duration = Duration::from_millis(60);

/// One build being told.
pub(crate) struct BuildProgress<'a> {
    client: &'a Client,
    screen: &'a Screen,
    id: String,
    /// In front of each line.
    name: String,
    log_token: Option<String>,
    weave: Weave,
}

impl<'a> BuildProgress<'a> {
    /// Nothing of it has been told yet.
    pub(crate) fn new(client: &'a Client, screen: &'a Screen, id: &str) -> Self {
        let weave = Weave::default();
        Self { client, screen, id: id.to_owned(), name: String::new(), log_token: None, weave }
    }

    /// With a name in front of each line, where several builds are told at once.
    pub(crate) fn named(mut self, name: &str) -> Self {
        self.name = format!("{name} | ");
        self
    }

    /// Tells it to its end, and returns it.
    pub(crate) async fn until_the_end(&mut self) -> Outcome<Value> {
        loop {
            let build = self.look().await?;
            if build["buildComplete"] == true {
                return Ok(build);
            }
            tokio::time::sleep(TICK).await;
        }
    }

    /// Tells what is new, and returns the build as it is now.
    pub(crate) async fn look(&mut self) -> Outcome<Value> {
        let input = json!({"ids": [self.id]});
        let mut found =
            self.client.json("codebuild", "CodeBuild_20161006.BatchGetBuilds", input).await?;
        let build = found.pointer_mut("/builds/0").map(Value::take).ok_or_else(|| {
            Failure::new(format!("there is no build {}", self.id))
                .hint("`codeyard builds list` tells the newest ones")
        })?;
        self.read_log(&build["logs"]).await?;
        let phases: Vec<&Value> = build["phases"].as_array().into_iter().flatten().collect();
        let ended: Vec<&str> = phases
            .iter()
            .filter(|phase| phase["phaseStatus"].is_string())
            .map(|phase| phase["phaseType"].as_str().unwrap_or_default())
            .collect();
        for item in self.weave.ready(&ended, build["buildComplete"] == true) {
            match item {
                Item::Line(line) => self.screen.output(&format!("{}{line}", self.name)),
                Item::Phase(at) => {
                    let ended = phases.get(at).into_iter();
                    ended.for_each(|ended| phase(self.screen, &self.name, ended));
                }
            }
        }
        Ok(build)
    }

    async fn read_log(&mut self, logs: &Value) -> Outcome<()> {
        let (Some(group), Some(stream)) = (logs["groupName"].as_str(), logs["streamName"].as_str())
        else {
            return Ok(());
        };
        loop {
            let mut input =
                json!({"logGroupName": group, "logStreamName": stream, "startFromHead": true});
            if let Some(token) = &self.log_token {
                input["nextToken"] = json!(token);
            }
            let page = match self.client.json("logs", "Logs_20140328.GetLogEvents", input).await {
                // The first line makes the stream.
                Err(error) if error.is("ResourceNotFoundException") => return Ok(()),
                page => page?,
            };
            let events = page["events"].as_array().cloned().unwrap_or_default();
            for event in &events {
                let text = event["message"].as_str().unwrap_or_default();
                self.weave.line(text.trim_end());
            }
            self.log_token = page["nextForwardToken"].as_str().map(str::to_owned);
            if events.is_empty() {
                return Ok(());
            }
        }
    }
}

/// Tells a phase that has ended, of the build or batch of this name.
pub(crate) fn phase(screen: &Screen, of: &str, phase: &Value) {
    let name = phase["phaseType"].as_str().unwrap_or_default();
    let status = phase["phaseStatus"].as_str().unwrap_or_default();
    let seconds = seconds_between(&phase["startTime"], &phase["endTime"]);
    screen.line(&format!("    {of}{name} {status} ({seconds})"));
    for context in phase["contexts"].as_array().into_iter().flatten() {
        if let Some(message) = context["message"].as_str().filter(|it| !it.is_empty()) {
            screen.bad(&format!("{of}{message}"));
        }
    }
}

/// The time between two timestamps of the API.
pub(crate) fn seconds_between(from: &Value, to: &Value) -> String {
    match (from.as_f64(), to.as_f64()) {
        (Some(from), Some(to)) => format!("{:.2} s", (to - from).max(0.0)),
        _ => "? s".to_owned(),
    }
}
