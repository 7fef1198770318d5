//! `codeyard reports`: what a running yard knows of tests that AWS's clients don't ask for.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command as Clap, value_parser};
use client::Client;
use serde_json::{Value, json};

use crate::failure::{Failure, Outcome};
use crate::found_yard::{self, Found};

/// Reports that are looked at unless told otherwise.
const REPORTS: i64 = 30;

/// What to do, and with which yard.
pub(crate) struct Request {
    group: String,
    reports: i64,
    json: bool,
    data_dir: PathBuf,
    named: bool,
}

/// Tells the flaky tests of a report group.
pub(crate) fn run(request: &Request) -> Outcome<ExitCode> {
    let yard = Found::yard(&request.data_dir, request.named, "AWS_ENDPOINT_URL_CODEBUILD")?;
    crate::run::small_runtime()?.block_on(async {
        let group = group_arn(&yard.client, &request.group).await?;
        let found = flaky(&yard.client, &group, request.reports).await?;
        if request.json {
            println!("{found:#}");
        } else {
            tell(&found);
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// The ARN of a group that may be given by its name.
async fn group_arn(client: &Client, given: &str) -> Outcome<String> {
    if given.starts_with("arn:") {
        return Ok(given.to_owned());
    }
    let mut input = json!({});
    loop {
        let target = "CodeBuild_20161006.ListReportGroups";
        let page = client.json("codebuild", target, input).await?;
        let mut arns = page["reportGroups"].as_array().into_iter().flatten();
        let is_meant =
            |arn: &&str| arn.rsplit_once("report-group/").is_some_and(|it| it.1 == given);
        if let Some(arn) = arns.find_map(|arn| arn.as_str().filter(is_meant)) {
            return Ok(arn.to_owned());
        }
        if page["nextToken"].is_null() {
            return Err(Failure::new(format!("there is no report group {given}")).hint(
                "groups that a buildspec names are called PROJECT-NAME; \
                 `aws codebuild list-report-groups` lists all",
            ));
        }
        input = json!({ "nextToken": page["nextToken"] });
    }
}

/// All pages as one answer.
async fn flaky(client: &Client, group: &str, reports: i64) -> Outcome<Value> {
    let (mut tests, mut token) = (Vec::new(), Value::Null);
    loop {
        let mut input = json!({ "reportGroupArn": group, "numOfReports": reports });
        if !token.is_null() {
            input["nextToken"] = token;
        }
        let mut page = client.json("codeyard", "Codeyard_20261121.ListFlakyTests", input).await?;
        if let Value::Array(mut some) = page["flakyTests"].take() {
            tests.append(&mut some);
        }
        token = page["nextToken"].take();
        if token.is_null() {
            let analyzed = page["reportsAnalyzed"].take();
            return Ok(json!({ "reportsAnalyzed": analyzed, "flakyTests": tests }));
        }
    }
}

fn tell(found: &Value) {
    let tests = found["flakyTests"].as_array().map(Vec::as_slice).unwrap_or_default();
    let analyzed = &found["reportsAnalyzed"];
    if tests.is_empty() {
        println!("no flaky tests in the last {analyzed} reports");
        return;
    }
    println!("{} flaky tests in the last {analyzed} reports", tests.len());
    for test in tests {
        let text = |name: &str| test[name].as_str().unwrap_or_default();
        let name = match text("prefix") {
            "" => text("name").to_owned(),
            prefix => format!("{prefix} {}", text("name")),
        };
        println!("\n{name}");
        println!(
            "  passed {}, failed {}, changed {} times: {}",
            test["passed"],
            test["failed"],
            test["changes"],
            evidence(test).join(", ")
        );
        if let Some(line) = text("message").lines().find(|line| !line.trim().is_empty()) {
            println!("  {}", line.trim());
        }
        println!("  {}", text("lastFailedReportArn"));
    }
}

fn evidence(test: &Value) -> Vec<String> {
    let words = test["evidence"].as_array().into_iter().flatten().filter_map(Value::as_str);
    words
        .map(|word| match word {
            "SAME_SOURCE_VERSION" => {
                let version = test["sourceVersion"].as_str().unwrap_or_default();
                format!("both passed and failed of {version}")
            }
            "RETRIED" => "passed after attempts that failed".to_owned(),
            "ALTERNATES" => "keeps changing".to_owned(),
            other => other.to_owned(),
        })
        .collect()
}

/// The subcommand, with the argument for the data directory as all have it.
pub(crate) fn command_line(data_dir: impl Fn() -> Arg) -> Clap {
    Clap::new("reports")
        .about("The test reports of a running yard: tell its flaky tests")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Clap::new("flaky")
                .about("List the tests that both pass and fail without a reason in the source")
                .arg(
                    Arg::new("group")
                        .value_name("GROUP")
                        .required(true)
                        .help("A report group's name or ARN"),
                )
                .arg(
                    Arg::new("reports")
                        .long("reports")
                        .value_name("N")
                        .value_parser(value_parser!(i64).range(1..=100))
                        .help(format!("How many of the newest reports [default: {REPORTS}]")),
                )
                .arg(
                    Arg::new("json")
                        .long("json")
                        .action(clap::ArgAction::SetTrue)
                        .help("Print JSON"),
                )
                .arg(data_dir()),
        )
}

/// What the subcommand was given.
pub(crate) fn request(matches: &ArgMatches, data_dir: impl Fn(&ArgMatches) -> PathBuf) -> Request {
    // clap lets nothing else through.
    let it = matches.subcommand().map_or(matches, |(_, it)| it);
    Request {
        group: it.get_one::<String>("group").cloned().unwrap_or_default(),
        reports: it.get_one::<i64>("reports").copied().unwrap_or(REPORTS),
        json: it.get_flag("json"),
        data_dir: data_dir(it),
        named: found_yard::is_named(it),
    }
}
