//! A batch of builds as it goes: its own phases, and those and the lines of each of its builds
//! behind the build's name.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use client::Client;
use serde_json::{Value, json};

use super::call;
use crate::build_progress::{BuildProgress, seconds_between};
use crate::failure::{Failure, Outcome};
use crate::screen::Screen;

/// How often is looked.
const TICK: Duration = Duration::from_millis(150);

/// The batch of this id, if there is one.
pub(super) async fn find(client: &Client, id: &str) -> Outcome<Option<Value>> {
    let mut found = call(client, "BatchGetBuildBatches", json!({"ids": [id]})).await?;
    Ok(found.pointer_mut("/buildBatches/0").map(Value::take))
}

/// Tells a batch to its end. It fails unless the batch succeeds.
pub(super) async fn watch(client: &Client, screen: &Screen, id: &str) -> Outcome<ExitCode> {
    screen.heading(id);
    let mut told = Told { builds: BTreeMap::new(), phases: 0 };
    let batch = loop {
        let batch = find(client, id).await?.ok_or_else(|| {
            Failure::new(format!("there is no batch {id}"))
                .hint("`aws codebuild list-build-batches` tells the newest ones")
        })?;
        told.tell(client, screen, &batch).await?;
        if batch["complete"] == true {
            break batch;
        }
        tokio::time::sleep(TICK).await;
    };
    for group in groups(&batch) {
        let status = &group["currentBuildSummary"]["buildStatus"];
        let status = status.as_str().unwrap_or("was not started");
        let line = format!("{}: {status}", name(group));
        match status {
            "SUCCEEDED" => screen.good(&line),
            _ => screen.bad(&line),
        }
    }
    let status = batch["buildBatchStatus"].as_str().unwrap_or_default();
    let lasted = seconds_between(&batch["startTime"], &batch["endTime"]);
    if status == "SUCCEEDED" {
        screen.good(&format!("{status} after {lasted}"));
        return Ok(ExitCode::SUCCESS);
    }
    screen.bad(&format!("the batch ended after {lasted}: {status}"));
    Ok(ExitCode::FAILURE)
}

fn groups(batch: &Value) -> impl Iterator<Item = &Value> {
    batch["buildGroups"].as_array().into_iter().flatten()
}

fn name(group: &Value) -> &str {
    group["identifier"].as_str().unwrap_or_default()
}

/// What has been told of a batch.
struct Told<'a> {
    /// Its builds by their ids, with those of which all has been told.
    builds: BTreeMap<String, (BuildProgress<'a>, bool)>,
    /// How many of its phases.
    phases: usize,
}

impl<'a> Told<'a> {
    async fn tell(&mut self, client: &'a Client, screen: &'a Screen, batch: &Value) -> Outcome<()> {
        for group in groups(batch) {
            let arn = group["currentBuildSummary"]["arn"].as_str();
            let Some((_, id)) = arn.and_then(|arn| arn.rsplit_once(":build/")) else { continue };
            let new = || (BuildProgress::new(client, screen, id).named(name(group)), false);
            let (build, is_over) = self.builds.entry(id.to_owned()).or_insert_with(new);
            if !*is_over {
                *is_over = build.look().await?["buildComplete"] == true;
            }
        }
        let phases = batch["phases"].as_array().map(Vec::as_slice).unwrap_or_default();
        let ended = |phase: &&Value| phase["phaseStatus"].is_string();
        for phase in phases.iter().skip(self.phases).take_while(ended) {
            crate::build_progress::phase(screen, "", phase);
            self.phases += 1;
        }
        Ok(())
    }
}
