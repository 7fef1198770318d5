//! `codeyard builds list`.

use clap::{Arg, Command as Clap, value_parser};
use client::Client;
use serde_json::{Value, json};

use super::call;
use crate::build_progress::seconds_between;
use crate::failure::Outcome;

/// How many are shown unless told otherwise.
pub(super) const COUNT: usize = 20;
/// Builds that BatchGetBuilds takes at once.
const BATCH: usize = 100;

pub(super) fn command_line() -> Clap {
    Clap::new("list")
        .about("List the newest builds")
        .arg(Arg::new("project").value_name("PROJECT").help("Only this project's"))
        .arg(
            Arg::new("count")
                .long("count")
                .value_name("N")
                .value_parser(value_parser!(usize))
                .help(format!("How many at most [default: {COUNT}]")),
        )
}

/// Newest first.
pub(super) async fn run(client: &Client, project: Option<&str>, count: usize) -> Outcome<()> {
    let ids = newest(client, project, count).await?;
    for some in ids.chunks(BATCH) {
        let found = call(client, "BatchGetBuilds", json!({"ids": some})).await?;
        let builds = found["builds"].as_array().map(Vec::as_slice).unwrap_or_default();
        for id in some {
            // One may have been deleted since it was listed.
            if let Some(build) = builds.iter().find(|build| build["id"] == id.as_str()) {
                println!("{}", line(build));
            }
        }
    }
    Ok(())
}

async fn newest(client: &Client, project: Option<&str>, count: usize) -> Outcome<Vec<String>> {
    let mut ids = Vec::new();
    let mut token = Value::Null;
    while ids.len() < count {
        let page = match project {
            Some(name) => {
                let mut input = json!({"projectName": name});
                continue_at(&mut input, &token);
                call(client, "ListBuildsForProject", input).await?
            }
            None => {
                let mut input = json!({});
                continue_at(&mut input, &token);
                call(client, "ListBuilds", input).await?
            }
        };
        let listed = page["ids"].as_array().into_iter().flatten();
        ids.extend(listed.filter_map(Value::as_str).map(str::to_owned));
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    ids.truncate(count);
    Ok(ids)
}

fn continue_at(input: &mut Value, token: &Value) {
    if !token.is_null() {
        input["nextToken"] = token.clone();
    }
}

fn line(build: &Value) -> String {
    let text = |name: &str| build[name].as_str().unwrap_or("-").to_owned();
    let lasted = match build["buildComplete"] == true {
        true => seconds_between(&build["startTime"], &build["endTime"]),
        false => text("currentPhase"),
    };
    format!(
        "{:<11}  {:>10}  {:<40}  {}  {}",
        text("buildStatus"),
        lasted,
        text("id"),
        text("initiator"),
        text("resolvedSourceVersion"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_how_long_or_how_far() {
        let mut build = json!({"id": "p:1", "buildStatus": "IN_PROGRESS", "buildComplete": false,
            "currentPhase": "BUILD", "startTime": 1.0});
        assert!(line(&build).contains("BUILD"), "{}", line(&build));
        build["buildComplete"] = json!(true);
        build["endTime"] = json!(3.5);
        assert!(line(&build).contains("2.50 s"), "{}", line(&build));
    }
}
