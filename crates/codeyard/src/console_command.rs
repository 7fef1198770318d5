//! `codeyard console`: opens the web console, signed in as whoever the keys at hand belong to.

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use clap::{Arg, ArgAction, ArgMatches, Command as Clap};
use serde_json::json;

use crate::failure::{Context as _, Failure, Outcome};
use crate::found_yard::{self, Found};

/// What to do.
pub(crate) struct Request {
    data_dir: PathBuf,
    named: bool,
    /// Print the link without opening it.
    only_print: bool,
}

/// The subcommand, with the argument for the data directory as all have it.
pub(crate) fn command_line(data_dir: impl Fn() -> Arg) -> Clap {
    Clap::new("console")
        .about("Open the web console in a browser, signed in by a one-time link")
        .after_help(
            "The link signs in as root of the yard that runs on the data directory or, where \
             AWS_ENDPOINT_URL and AWS_ACCESS_KEY_ID name another, as the user whose key that is. \
             It is good once, for two minutes.",
        )
        .arg(
            Arg::new("print")
                .long("print")
                .action(ArgAction::SetTrue)
                .help("Print the link and open nothing"),
        )
        .arg(data_dir())
}

/// What the subcommand was given.
pub(crate) fn request(matches: &ArgMatches, data_dir: impl Fn(&ArgMatches) -> PathBuf) -> Request {
    Request {
        data_dir: data_dir(matches),
        named: found_yard::is_named(matches),
        only_print: matches.get_flag("print"),
    }
}

/// Prints the link and opens it.
pub(crate) fn run(request: &Request) -> Outcome<ExitCode> {
    let found = Found::yard(&request.data_dir, request.named, "AWS_ENDPOINT_URL_CODEYARD_SIGNIN")?;
    let target = "CodeyardSignIn_20261121.CreateSignInCode";
    let made = crate::run::small_runtime()?
        .block_on(found.client.json("codeyard-signin", target, json!({})))
        .context("get a sign-in code")?;
    let code = made["code"].as_str().ok_or_else(|| Failure::new("the yard gave no code"))?;
    // Behind the `#`, so that browsers send it to nobody and keep it out of other sites' sight.
    let link = format!("{}/console/#/sign-in?code={code}", found.client.url);
    println!("{link}");
    if !request.only_print && !open(&link) {
        eprintln!("codeyard: no browser could be started: open the link by hand");
    }
    Ok(ExitCode::SUCCESS)
}

/// Starts the user's browser, if one can be.
fn open(link: &str) -> bool {
    let is_graphical =
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|it| std::env::var_os(it).is_some());
    if !is_graphical {
        return false;
    }
    let started = Command::new("xdg-open")
        .arg(link)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    started.is_ok_and(|status| status.success())
}
