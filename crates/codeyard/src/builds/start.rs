//! `codeyard builds start`.

use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command as Clap};
use client::Client;
use serde_json::{Value, json};

use super::{batch, call, repeated, watch};
use crate::cli;
use crate::failure::{Failure, Outcome};
use crate::screen::Screen;

/// What to start.
pub(super) struct Wish {
    project: String,
    version: Option<String>,
    variables: Vec<(String, String)>,
    batch: bool,
    debug: bool,
    detach: bool,
}

pub(super) fn command_line() -> Clap {
    Clap::new("start")
        .about("Start a build and tell it to its end; fails unless it succeeds")
        .arg(Arg::new("project").value_name("PROJECT").required(true).help("The project's name"))
        .arg(
            Arg::new("source-version")
                .long("source-version")
                .value_name("VERSION")
                .help("Branch, tag, commit or object version, instead of the project's"),
        )
        .arg(
            repeated("env")
                .short('e')
                .value_name("NAME=VALUE")
                .value_parser(cli::pair)
                .help("An environment variable, before the project's; may be repeated"),
        )
        .arg(
            Arg::new("batch")
                .long("batch")
                .action(ArgAction::SetTrue)
                .help("Start a batch: the builds that the batch section of the buildspec tells"),
        )
        .arg(Arg::new("debug").long("debug").action(ArgAction::SetTrue).help(
            "Wait where the buildspec says codebuild-breakpoint, until codebuild-resume is run in \
             a `codeyard shell`",
        ))
        .arg(
            Arg::new("detach")
                .long("detach")
                .action(ArgAction::SetTrue)
                .help("Print the build's id and don't wait for it"),
        )
}

impl Wish {
    pub fn of(matches: &ArgMatches) -> Self {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let variables = matches.get_many::<(String, String)>("env").unwrap_or_default();
        Self {
            project: text("project").unwrap_or_default(),
            version: text("source-version"),
            variables: variables.cloned().collect(),
            batch: matches.get_flag("batch"),
            debug: matches.get_flag("debug"),
            detach: matches.get_flag("detach"),
        }
    }

    fn input(&self) -> Value {
        let variable = |(name, value): &(String, String)| json!({"name": name, "value": value});
        let mut input = json!({"projectName": self.project});
        if let Some(version) = &self.version {
            input["sourceVersion"] = json!(version);
        }
        if self.debug {
            input["debugSessionEnabled"] = json!(true);
        }
        if !self.variables.is_empty() {
            let variables: Vec<Value> = self.variables.iter().map(variable).collect();
            input["environmentVariablesOverride"] = json!(variables);
        }
        input
    }
}

pub(super) async fn run(client: &Client, wish: &Wish) -> Outcome<ExitCode> {
    let (operation, member) = match wish.batch {
        true => ("StartBuildBatch", "buildBatch"),
        false => ("StartBuild", "build"),
    };
    let started = call(client, operation, wish.input()).await?;
    let id = started[member]["id"].as_str();
    let id = id.ok_or_else(|| Failure::new("the yard told no id of the build"))?;
    if wish.detach {
        println!("{id}");
        return Ok(ExitCode::SUCCESS);
    }
    match wish.batch {
        true => batch::watch(client, &Screen::new(), id).await,
        false => watch(client, &Screen::new(), id).await,
    }
}
