//! `codeyard connections`: the handshake of connections, for which AWS has its console.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command as Clap, value_parser};
use client::Client;
use serde_json::{Value, json};

use crate::failure::{Context as _, Failure, Outcome};
use crate::found_yard::{self, Found};

/// Signing name and target of the service.
const SERVICE: &str = "codeconnections";
const TARGET: &str = "com.amazonaws.codeconnections.CodeConnections_20231201";
/// Longest token that is read, in bytes.
const MAX_TOKEN: u64 = 4096;

/// What to do, and with which yard.
pub(crate) struct Request {
    action: Action,
    data_dir: PathBuf,
    named: bool,
}

enum Action {
    List,
    Authorize {
        connection: String,
        /// `-`: standard input.
        token_file: PathBuf,
        username: Option<String>,
        unverified: bool,
    },
}

/// Does it.
pub(crate) fn run(request: Request) -> Outcome<ExitCode> {
    // Before a yard is looked for: what is piped in should not be lost to an error behind it.
    let token = match &request.action {
        Action::Authorize { token_file, .. } => read_token(token_file)?,
        Action::List => String::new(),
    };
    let variable = "AWS_ENDPOINT_URL_CODECONNECTIONS";
    let yard = Found::yard(&request.data_dir, request.named, variable)?;
    crate::run::small_runtime()?.block_on(async {
        let connections = all(&yard.client).await?;
        match request.action {
            Action::List => list(&connections),
            Action::Authorize { connection, username, unverified, .. } => {
                let arn = arn_of(&connections, &connection)?;
                let mut input = json!({ "ConnectionArn": arn, "Token": token });
                if let Some(username) = username {
                    input["Username"] = json!(username);
                }
                if unverified {
                    input["SkipVerification"] = json!(true);
                }
                let target = "Codeyard_20261121.AuthorizeConnection";
                let done = yard.client.json("codeyard", target, input).await?;
                let name = done["Connection"]["ConnectionName"].as_str().unwrap_or_default();
                match done["ProviderUser"].as_str() {
                    Some(user) => println!("{name} is available, as {user}"),
                    None => println!("{name} is available; the provider was not asked"),
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// The token in a file or on standard input, without the line's end.
fn read_token(file: &std::path::Path) -> Outcome<String> {
    let mut text = String::new();
    if file.as_os_str() == "-" {
        let read = std::io::stdin().lock().take(MAX_TOKEN).read_to_string(&mut text);
        read.context("read the token from standard input")?;
    } else {
        let what = format!("read the token from {}", file.display());
        let opened = std::fs::File::open(file).context(&what)?;
        opened.take(MAX_TOKEN).read_to_string(&mut text).context(&what)?;
    }
    let token = text.trim_end_matches(['\r', '\n']).to_owned();
    match token.is_empty() {
        false => Ok(token),
        true => Err(Failure::new("there is no token in what was given")),
    }
}

async fn all(client: &Client) -> Outcome<Vec<Value>> {
    let (mut found, mut input) = (Vec::new(), json!({}));
    loop {
        let target = format!("{TARGET}.ListConnections");
        let mut page = client.json(SERVICE, &target, input).await?;
        if let Value::Array(mut some) = page["Connections"].take() {
            found.append(&mut some);
        }
        if page["NextToken"].is_null() {
            return Ok(found);
        }
        input = json!({ "NextToken": page["NextToken"] });
    }
}

/// The ARN of a connection that may be given by its name.
fn arn_of(connections: &[Value], given: &str) -> Outcome<String> {
    if given.starts_with("arn:") {
        return Ok(given.to_owned());
    }
    let found = connections.iter().find(|it| it["ConnectionName"] == given);
    found.and_then(|it| it["ConnectionArn"].as_str()).map(str::to_owned).ok_or_else(|| {
        Failure::new(format!("there is no connection {given}"))
            .hint("`codeyard connections list` lists all; `aws codeconnections create-connection` makes one")
    })
}

fn list(connections: &[Value]) {
    if connections.is_empty() {
        println!("no connections; `aws codeconnections create-connection` makes one");
    }
    for it in connections {
        let text = |name: &str| it[name].as_str().unwrap_or_default();
        println!(
            "{:<10} {:<23} {:<32} {}",
            text("ConnectionStatus"),
            text("ProviderType"),
            text("ConnectionName"),
            text("ConnectionArn")
        );
    }
}

/// The subcommand, with the argument for the data directory as all have it.
pub(crate) fn command_line(data_dir: impl Fn() -> Arg) -> Clap {
    Clap::new("connections")
        .about("The connections to GitHub, GitLab and Bitbucket of a running yard")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Clap::new("list").about("List the connections").arg(data_dir()))
        .subcommand(
            Clap::new("authorize")
                .about("Make a connection available with a token of the provider's")
                .arg(
                    Arg::new("connection")
                        .value_name("CONNECTION")
                        .required(true)
                        .help("A connection's ARN or name"),
                )
                .arg(
                    Arg::new("token-file")
                        .long("token-file")
                        .value_name("FILE")
                        .required(true)
                        .value_parser(value_parser!(PathBuf))
                        .help("Where the token is; - for standard input"),
                )
                .arg(
                    Arg::new("username")
                        .long("username")
                        .value_name("USER")
                        .help("The user whose app password the token is; Bitbucket only"),
                )
                .arg(Arg::new("no-verify").long("no-verify").action(ArgAction::SetTrue).help(
                    "Don't ask the provider whose the token is: for tokens that stand for no user",
                ))
                .arg(data_dir()),
        )
}

/// What the subcommand was given.
pub(crate) fn request(matches: &ArgMatches, data_dir: impl Fn(&ArgMatches) -> PathBuf) -> Request {
    let (action, it) = match matches.subcommand() {
        Some(("authorize", it)) => (
            Action::Authorize {
                connection: it.get_one::<String>("connection").cloned().unwrap_or_default(),
                token_file: it.get_one::<PathBuf>("token-file").cloned().unwrap_or_default(),
                username: it.get_one::<String>("username").cloned(),
                unverified: it.get_flag("no-verify"),
            },
            it,
        ),
        Some((_, it)) => (Action::List, it),
        // clap lets nothing else through.
        None => (Action::List, matches),
    };
    Request { action, data_dir: data_dir(it), named: found_yard::is_named(it) }
}
