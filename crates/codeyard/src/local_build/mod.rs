//! `codeyard build`: a folder built by its buildspec, here and now.
//!
//! The build is one like any other, in a yard that lives as long as the command: a role that may do
//! everything in that yard, a project whose sources are the folders, a bucket for what comes out.

mod aws;
mod files;
mod options;
mod project;
mod sweep;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use client::{Client, Keys};
use serde_json::{Value, json};

use crate::build_progress::BuildProgress;
use crate::failure::{Context as _, Failure, Outcome};
use crate::screen::Screen;
use crate::{cli, run, up};

pub(crate) use options::{Options, command_line};

/// The status of a command that Ctrl-C ended.
const INTERRUPTED: u8 = 130;
/// How long the sandbox may take to be gone at the end.
const REMOVAL: Duration = Duration::from_secs(5);

/// Builds.
pub(crate) fn run(options: Options) -> Outcome<ExitCode> {
    let scratch = tempfile::Builder::new()
        .prefix(sweep::PREFIX)
        .tempdir()
        .context("make a directory for the build")?;
    let place = scratch.path().canonicalize().context("find the build's directory")?;
    if place.starts_with(&options.source) {
        return Err(Failure::new(format!(
            "{} contains {}, where the build would copy it to",
            options.source.display(),
            place.display()
        ))
        .hint("set TMPDIR to a folder outside of the source"));
    }
    up::start_log(false);
    let done = run::runtime()?.block_on(async {
        sweep::left_over(&std::env::temp_dir()).await;
        let running = run::start(&yard_options(&place, &options)?).await?;
        let done = in_yard(&running, &options).await;
        running.stop().await?;
        done
    });
    remove(scratch)?;
    done
}

/// The yard's, in which nobody else can start a build.
fn yard_options(place: &Path, options: &Options) -> Outcome<cli::UpOptions> {
    let mut yard = cli::private_yard(place)?;
    yard.containers.privileged = options.privileged;
    Ok(yard)
}

async fn in_yard(running: &run::Running, options: &Options) -> Outcome<ExitCode> {
    let keys = Keys::new(running.data.root.id.as_str(), running.data.root.secret.as_str());
    let client = Client::new(running.url.as_str(), running.data.region.as_str(), keys);
    svc_codebuild::lend(
        &running.yard(),
        project::NAME,
        svc_codebuild::Folders {
            primary: options.source.clone(),
            secondary: options.secondary.clone(),
            in_place: options.mount,
        },
    );
    let made = project::make(&client, running.data.account.as_str(), options).await?;
    let started = call(&client, "StartBuild", json!({"projectName": project::NAME})).await?;
    let id = started["build"]["id"].as_str().map(str::to_owned);
    let id = id.ok_or_else(|| Failure::new("the yard told no id of the build"))?;
    let screen = Screen::new();
    let build = tokio::select! {
        build = follow(&client, &screen, &id) => build?,
        asked = up::stop_asked() => {
            asked?;
            call(&client, "StopBuild", json!({"id": id})).await?;
            follow(&client, &screen, &id).await?;
            return Ok(ExitCode::from(INTERRUPTED));
        }
    };
    conclude(&client, &screen, &build, options, &made).await
}

async fn follow(client: &Client, screen: &Screen, id: &str) -> Outcome<Value> {
    BuildProgress::new(client, screen, id).until_the_end().await
}

async fn conclude(
    client: &Client,
    screen: &Screen,
    build: &Value,
    options: &Options,
    made: &project::Made,
) -> Outcome<ExitCode> {
    let status = build["buildStatus"].as_str().unwrap_or_default();
    let lasted = crate::build_progress::seconds_between(&build["startTime"], &build["endTime"]);
    if let Some(folder) = &options.artifacts {
        for file in files::artifacts(client, made, folder).await? {
            screen.line(&format!("  {}", file.display()));
        }
    }
    if let Some(folder) = &options.reports {
        for file in files::reports(client, made, folder).await? {
            screen.line(&format!("  {}", file.display()));
        }
    }
    tests(client, screen, build).await?;
    if status == "SUCCEEDED" {
        screen.good(&format!("{status} after {lasted}"));
        return Ok(ExitCode::SUCCESS);
    }
    screen.bad(&format!("the build ended after {lasted}: {status}"));
    Ok(ExitCode::FAILURE)
}

/// What the reports say of tests.
async fn tests(client: &Client, screen: &Screen, build: &Value) -> Outcome<()> {
    let arns = &build["reportArns"];
    if arns.as_array().is_none_or(Vec::is_empty) {
        return Ok(());
    }
    let found = call(client, "BatchGetReports", json!({"reportArns": arns})).await?;
    for report in found["reports"].as_array().into_iter().flatten() {
        let name = report["name"].as_str().unwrap_or_default();
        let summary = &report["testSummary"];
        if let Some(total) = summary["total"].as_u64() {
            let counts = &summary["statusCounts"];
            let counted = counts.as_object().into_iter().flatten().filter(|(_, n)| **n != 0);
            let counted = counted.map(|(status, n)| format!("{n} {}", status.to_lowercase()));
            let counted = counted.collect::<Vec<_>>().join(", ");
            screen.line(&format!("  report {name}: {total} tests: {counted}"));
        }
        if let Some(percent) = report["codeCoverageSummary"]["lineCoveragePercentage"].as_f64() {
            screen.line(&format!("  report {name}: {percent:.1}% of lines covered"));
        }
    }
    Ok(())
}

/// Calls an operation of CodeBuild.
async fn call(client: &Client, operation: &str, input: Value) -> Outcome<Value> {
    let target = format!("CodeBuild_20161006.{operation}");
    Ok(client.json("codebuild", &target, input).await?)
}

/// What the sandbox leaves behind goes while we look: it may take a moment.
fn remove(scratch: tempfile::TempDir) -> Outcome<()> {
    let path = scratch.keep();
    let began = std::time::Instant::now();
    loop {
        match std::fs::remove_dir_all(&path) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(_) if began.elapsed() < REMOVAL => std::thread::sleep(Duration::from_millis(20)),
            Err(error) => return Err(still_there(&path, &error)),
        }
    }
}

fn still_there(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("failed to remove {}: {error}", path.display()))
        .hint("the build has ended; remove the folder by hand")
}
