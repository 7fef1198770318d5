//! `codeyard builds`: the builds of a running yard, by its public API.

mod batch;
mod list;
mod start;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command as Clap};
use client::Client;
use serde_json::{Value, json};

use crate::build_progress::BuildProgress;
use crate::failure::{Failure, Outcome};
use crate::found_yard::{self, Found};
use crate::screen::Screen;

/// What to do, and with which yard.
pub(crate) struct Request {
    action: Action,
    data_dir: PathBuf,
    named: bool,
}

enum Action {
    List { project: Option<String>, count: usize },
    Watch { build: String },
    Start(start::Wish),
}

/// Does it. A build that is watched and does not succeed makes the command fail.
pub(crate) fn run(request: Request) -> Outcome<ExitCode> {
    let yard = Found::yard(&request.data_dir, request.named, "AWS_ENDPOINT_URL_CODEBUILD")?;
    let client = yard.client;
    crate::run::small_runtime()?.block_on(async {
        match request.action {
            Action::List { project, count } => {
                list::run(&client, project.as_deref(), count).await?;
                Ok(ExitCode::SUCCESS)
            }
            Action::Watch { build } => {
                let screen = Screen::new();
                if let Some(id) = batch_id(&client, &build).await? {
                    return batch::watch(&client, &screen, &id).await;
                }
                let id = build_id(&client, &build).await?;
                watch(&client, &screen, &id).await
            }
            Action::Start(wish) => start::run(&client, &wish).await,
        }
    })
}

/// Calls an operation of CodeBuild.
async fn call(client: &Client, operation: &str, input: Value) -> Outcome<Value> {
    let target = format!("CodeBuild_20161006.{operation}");
    Ok(client.json("codebuild", &target, input).await?)
}

/// The id that is meant: a build's id or ARN, or a project's name for its newest build.
async fn build_id(client: &Client, given: &str) -> Outcome<String> {
    let name = match given.rsplit_once(":build/") {
        Some((_, id)) => id,
        None => given,
    };
    if name.contains(':') {
        return Ok(name.to_owned());
    }
    let listed = call(client, "ListBuildsForProject", json!({"projectName": name})).await?;
    let newest = listed["ids"][0].as_str().map(str::to_owned);
    newest.ok_or_else(|| {
        Failure::new(format!("the project {name} has no builds yet"))
            .hint(format!("start one with `codeyard builds start {name}`"))
    })
}

/// The batch that is meant, by its id or ARN, if it is one.
async fn batch_id(client: &Client, given: &str) -> Outcome<Option<String>> {
    if let Some((_, id)) = given.rsplit_once(":build-batch/") {
        return Ok(Some(id.to_owned()));
    }
    // The ids of batches look as those of builds.
    if !given.contains(':') || given.starts_with("arn:") {
        return Ok(None);
    }
    let found = call(client, "BatchGetBuilds", json!({"ids": [given]})).await?;
    if found["builds"][0].is_object() {
        return Ok(None);
    }
    Ok(batch::find(client, given).await?.map(|_| given.to_owned()))
}

/// Tells a build to its end.
async fn watch(client: &Client, screen: &Screen, id: &str) -> Outcome<ExitCode> {
    screen.heading(id);
    let build = BuildProgress::new(client, screen, id).until_the_end().await?;
    let status = build["buildStatus"].as_str().unwrap_or_default();
    let lasted = crate::build_progress::seconds_between(&build["startTime"], &build["endTime"]);
    if status == "SUCCEEDED" {
        screen.good(&format!("{status} after {lasted}"));
        return Ok(ExitCode::SUCCESS);
    }
    screen.bad(&format!("the build ended after {lasted}: {status}"));
    Ok(ExitCode::FAILURE)
}

/// The subcommand, with the argument for the data directory as all have it.
pub(crate) fn command_line(data_dir: impl Fn() -> Arg) -> Clap {
    Clap::new("builds")
        .about("The builds of a running yard: list, start, watch")
        .after_help(
            "The yard is the one that runs on the data directory, used as root; or, unless \
             --data-dir is given, the one that AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY name.",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(list::command_line().arg(data_dir()))
        .subcommand(
            Clap::new("watch")
                .about(
                    "Tell a build or a batch as it goes: phases with durations, lines of the log",
                )
                .arg(Arg::new("build").value_name("BUILD|BATCH|PROJECT").required(true).help(
                    "The id or ARN of a build or of a batch, or a project's name for its \
                             newest build",
                ))
                .arg(data_dir()),
        )
        .subcommand(start::command_line().arg(data_dir()))
}

/// What the subcommand was given.
pub(crate) fn request(matches: &ArgMatches, data_dir: impl Fn(&ArgMatches) -> PathBuf) -> Request {
    let text = |it: &ArgMatches, name: &str| it.get_one::<String>(name).cloned();
    let (action, it) = match matches.subcommand() {
        Some(("watch", it)) => (Action::Watch { build: text(it, "build").unwrap_or_default() }, it),
        Some(("start", it)) => (Action::Start(start::Wish::of(it)), it),
        Some((_, it)) => (
            Action::List {
                project: text(it, "project"),
                count: it.get_one::<usize>("count").copied().unwrap_or(list::COUNT),
            },
            it,
        ),
        // clap lets nothing else through.
        None => (Action::List { project: None, count: list::COUNT }, matches),
    };
    Request { action, data_dir: data_dir(it), named: found_yard::is_named(it) }
}

/// An argument that may come several times.
fn repeated(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::Append)
}
