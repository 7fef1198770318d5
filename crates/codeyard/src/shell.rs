//! `codeyard shell`: a terminal in a build that runs or waits at a breakpoint.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::{Arg, ArgMatches, Command as Clap, value_parser};
use serde_json::{Value, json};

use crate::failure::{Context as _, Failure, Outcome};
use crate::found_yard::Found;

/// What to open.
pub(crate) struct Request {
    target: String,
    user: String,
    program: Vec<OsString>,
    data_dir: PathBuf,
}

/// The subcommand, with the argument for the data directory as all have it.
pub(crate) fn command_line(data_dir: impl Fn() -> Arg) -> Clap {
    Clap::new("shell")
        .about("Open a terminal in a build or sandbox that runs, or run a program there")
        .after_help(
            "A build waits for it where its buildspec says `codebuild-breakpoint`, if it was \
             started with a debug session; `codebuild-resume` lets it go on. Works on the yard's \
             own machine, for the yard's own user.",
        )
        .arg(
            Arg::new("target")
                .value_name("BUILD|PROJECT|SANDBOX")
                .required(true)
                .help("A build's or sandbox's id or ARN, or a project's name for its newest build"),
        )
        .arg(
            Arg::new("user")
                .long("user")
                .short('u')
                .value_name("NAME")
                .default_value("root")
                .help("Who to be inside"),
        )
        .arg(
            Arg::new("program")
                .value_name("PROGRAM")
                .num_args(1..)
                .last(true)
                .value_parser(value_parser!(OsString))
                .help("What to run, with its arguments, instead of a shell"),
        )
        .arg(data_dir())
}

/// What the subcommand was given.
pub(crate) fn request(matches: &ArgMatches, data_dir: impl Fn(&ArgMatches) -> PathBuf) -> Request {
    let text = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    Request {
        target: text("target"),
        user: text("user"),
        program: matches.get_many::<OsString>("program").unwrap_or_default().cloned().collect(),
        data_dir: data_dir(matches),
    }
}

/// Opens it; its status is the command's.
pub(crate) fn run(request: &Request) -> Outcome<ExitCode> {
    // The one that runs on the data directory: the sandbox is entered on this machine.
    let yard = Found::yard(&request.data_dir, true, "")?;
    let uuid = crate::run::small_runtime()?.block_on(running(&yard, &request.target))?;
    let sandbox = request.data_dir.join("builds").join("sandboxes").join(uuid);
    // This process becomes it: one without threads can take on another's namespaces, and whoever
    // ends the command ends the shell.
    let program = std::env::current_exe().context("find this program")?;
    let error = Command::new(program)
        .arg(sandbox::SUPERVISOR_ARGUMENT)
        .arg("enter")
        .arg(&sandbox)
        .arg(&request.user)
        .args(&request.program)
        .exec();
    Err(error).context("start the shell")
}

/// The uuid of the build or sandbox that is meant, if it runs.
async fn running(yard: &Found, given: &str) -> Outcome<String> {
    let call = |operation: &str, input: Value| {
        let target = format!("CodeBuild_20161006.{operation}");
        async move { yard.client.json("codebuild", &target, input).await }
    };
    let (_, name) = given.rsplit_once("/").unwrap_or(("", given));
    let id = match name.contains(':') {
        true => name.to_owned(),
        false => {
            let input = json!({"projectName": name});
            let listed = call("ListBuildsForProject", input).await?;
            let newest = listed["ids"][0].as_str().map(str::to_owned);
            newest.ok_or_else(|| Failure::new(format!("the project {name} has no builds yet")))?
        }
    };
    let (_, uuid) = id.rsplit_once(':').unwrap_or(("", &id));
    let found = call("BatchGetBuilds", json!({"ids": [id]})).await?;
    match &found["builds"][0] {
        Value::Null => {}
        build if build["buildComplete"] == true => {
            return Err(Failure::new(format!("the build {id} has ended"))
                .hint("let it wait: start it with a debug session and codebuild-breakpoint"));
        }
        _ => return Ok(uuid.to_owned()),
    }
    let found = call("BatchGetSandboxes", json!({"ids": [id]})).await?;
    match &found["sandboxes"][0] {
        Value::Null => Err(Failure::new(format!("there is no build or sandbox {id}"))),
        one if one["endTime"].is_null() => Ok(uuid.to_owned()),
        _ => Err(Failure::new(format!("the sandbox {id} has ended"))),
    }
}
