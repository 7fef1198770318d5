//! `codeyard repo import` and `codeyard repo export`: whole repositories in and out of a running
//! yard, by the public API and git, as any client would.

mod export;
mod git;
mod import;
mod source;
mod work;
mod yard;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command as Clap, value_parser};

use crate::failure::Outcome;
use crate::found_yard;

/// Commits that go with one push while a history comes in: what an interruption loses at most.
const BATCH: u32 = 5_000;

/// What to do, and with which yard.
pub(crate) struct Request {
    action: Action,
    data_dir: PathBuf,
    /// The directory was named: the environment does not count.
    named: bool,
}

enum Action {
    Import { source: String, name: String, batch: usize },
    Export { name: String, path: PathBuf, bundle: bool },
}

/// Does it.
pub(crate) fn run(request: Request) -> Outcome<ExitCode> {
    let yard = yard::Yard::find(&request.data_dir, request.named)?;
    match request.action {
        Action::Import { source, name, batch } => import::run(&yard, &source, &name, batch)?,
        Action::Export { name, path, bundle } => export::run(&yard, &name, &path, bundle)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The subcommand, with the argument for the data directory as all have it.
pub(crate) fn command_line(data_dir: impl Fn() -> Arg) -> Clap {
    Clap::new("repo")
        .about("Whole CodeCommit repositories, in and out of a running yard")
        .after_help(
            "The yard is the one that runs on the data directory, used as root; or, unless \
             --data-dir is given, the one that AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY name.",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Clap::new("import")
                .about("Bring all branches and tags of a git repository into one of the yard")
                .after_help(
                    "Interrupted, it goes on where it was when it is run again. Run once more \
                     later, it brings what is new; it never forces and never deletes.",
                )
                .arg(
                    Arg::new("source")
                        .value_name("URL|PATH")
                        .required(true)
                        .help("What git can fetch from: a URL, a folder, a bundle"),
                )
                .arg(
                    Arg::new("name")
                        .value_name("NAME")
                        .required(true)
                        .help("The repository in the yard; made if there is none"),
                )
                .arg(
                    Arg::new("batch")
                        .long("batch")
                        .value_name("COMMITS")
                        .value_parser(value_parser!(u32).range(1..))
                        .help(format!("Commits that go with one push [default: {BATCH}]")),
                )
                .arg(data_dir()),
        )
        .subcommand(
            Clap::new("export")
                .about("Write a repository of the yard to a mirror clone, or to one file")
                .arg(
                    Arg::new("name")
                        .value_name("NAME")
                        .required(true)
                        .help("The repository in the yard"),
                )
                .arg(
                    Arg::new("path")
                        .value_name("PATH")
                        .required(true)
                        .value_parser(value_parser!(PathBuf))
                        .help("Where to; there must be nothing yet"),
                )
                .arg(
                    Arg::new("bundle")
                        .long("bundle")
                        .action(ArgAction::SetTrue)
                        .help("Write a git bundle: one file that git can clone from"),
                )
                .arg(data_dir()),
        )
}

/// What the subcommand was given.
pub(crate) fn request(matches: &ArgMatches, data_dir: impl Fn(&ArgMatches) -> PathBuf) -> Request {
    let text =
        |it: &ArgMatches, name: &str| it.get_one::<String>(name).cloned().unwrap_or_default();
    let (action, it) = match matches.subcommand() {
        Some(("export", it)) => {
            let path = it.get_one::<PathBuf>("path").cloned().unwrap_or_default();
            (Action::Export { name: text(it, "name"), path, bundle: it.get_flag("bundle") }, it)
        }
        Some((_, it)) => {
            let batch = it.get_one::<u32>("batch").copied().unwrap_or(BATCH);
            let batch = usize::try_from(batch).unwrap_or(usize::MAX);
            (Action::Import { source: text(it, "source"), name: text(it, "name"), batch }, it)
        }
        // clap lets nothing else through.
        None => (Action::Import { source: String::new(), name: String::new(), batch: 1 }, matches),
    };
    let named = found_yard::is_named(it);
    Request { action, data_dir: data_dir(it), named }
}

/// Tells how far it is.
fn say(text: impl std::fmt::Display) {
    eprintln!("codeyard: {text}");
}

/// `1 branch`, `2 branches`
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
