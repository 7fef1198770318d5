//! The command line.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command as Clap, value_parser};
use types::{Account, Region};

use crate::containers;
use crate::failure::{Context as _, Outcome};
use crate::git_cache::{self, GitCacheOptions};
use crate::{
    agent_command, builds, connections, console_command, credentials, data_dir, doctor, hosts,
    local_build, process, quickstart, repo, reports, shell, ssh_door, trust, up,
};

/// Where a yard listens unless told otherwise.
pub(crate) const DEFAULT_LISTEN: &str = "127.0.0.1:4566";

/// How a yard is to be run.
#[derive(Clone, Debug)]
pub(crate) struct UpOptions {
    /// Address asked for by the user; `None` means the usual one, or another if it is taken.
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) ssh: ssh_door::Wish,
    pub(crate) data_dir: PathBuf,
    pub(crate) account: Option<Account>,
    pub(crate) region: Option<Region>,
    pub(crate) test_mode: bool,
    /// Test mode may listen where other machines reach it.
    pub(crate) expose_test_mode: bool,
    pub(crate) json_log: bool,
    pub(crate) build_slots: usize,
    pub(crate) git_cache: GitCacheOptions,
    pub(crate) containers: service::Containers,
    pub(crate) loopback_providers: bool,
}

/// What to do.
pub(crate) enum Command {
    Up(UpOptions),
    Quickstart { up: UpOptions, exit: bool, remove: bool },
    Env { data_dir: PathBuf, shell: String, profile: Option<String> },
    Console(console_command::Request),
    Doctor { data_dir: PathBuf },
    Status { data_dir: PathBuf },
    Down { data_dir: PathBuf },
    Host { data_dir: PathBuf, action: hosts::Action },
    Agent { config: PathBuf, endpoint: String, ca_bundle: Option<PathBuf>, root: PathBuf },
    Ca { data_dir: PathBuf, wanted: trust::Wanted },
    Repo(repo::Request),
    Builds(builds::Request),
    Reports(reports::Request),
    Connections(connections::Request),
    Build(Box<local_build::Options>),
    Shell(shell::Request),
    Coverage,
}

impl Command {
    /// Does it.
    pub(crate) fn run(self) -> Outcome<ExitCode> {
        match self {
            Self::Up(options) => up::run(options),
            Self::Quickstart { up, exit, remove } => quickstart::run(up, exit, remove),
            Self::Env { data_dir, shell, profile } => {
                credentials::run(&data_dir, &shell, profile.as_deref())
            }
            Self::Console(request) => console_command::run(&request),
            Self::Doctor { data_dir } => doctor::run(&data_dir),
            Self::Status { data_dir } => process::status(&data_dir),
            Self::Down { data_dir } => process::down(&data_dir),
            Self::Host { data_dir, action } => hosts::run(&data_dir, action),
            Self::Agent { config, endpoint, ca_bundle, root } => {
                agent_command::run(&config, endpoint, ca_bundle.as_deref(), root)
            }
            Self::Ca { data_dir, wanted } => trust::run(&data_dir, wanted),
            Self::Repo(request) => repo::run(request),
            Self::Builds(request) => builds::run(request),
            Self::Reports(request) => reports::run(&request),
            Self::Connections(request) => connections::run(request),
            Self::Build(options) => local_build::run(*options),
            Self::Shell(request) => shell::run(&request),
            Self::Coverage => {
                print!("{}", crate::services::coverage_page());
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

/// Reads the arguments; ends the process with usage or help where they are off or ask for it.
pub(crate) fn parse(arguments: Vec<OsString>) -> Outcome<Command> {
    let matches = command().get_matches_from(arguments);
    Ok(match matches.subcommand() {
        Some(("up", it)) => Command::Up(up_options(it)),
        Some(("quickstart", it)) => Command::Quickstart {
            up: up_options(it),
            exit: it.get_flag("exit"),
            remove: it.get_flag("remove"),
        },
        Some(("env", it)) => Command::Env {
            data_dir: data_dir_of(it),
            shell: text(it, "shell").unwrap_or_else(|| "sh".to_owned()),
            profile: text(it, "profile"),
        },
        Some(("console", it)) => Command::Console(console_command::request(it, data_dir_of)),
        Some(("doctor", it)) => Command::Doctor { data_dir: data_dir_of(it) },
        Some(("status", it)) => Command::Status { data_dir: data_dir_of(it) },
        Some(("down", it)) => Command::Down { data_dir: data_dir_of(it) },
        Some(("ca", it)) => Command::Ca {
            data_dir: data_dir_of(it),
            wanted: match (it.get_flag("install-hint"), it.get_flag("known-hosts")) {
                (true, _) => trust::Wanted::InstallHint,
                (_, true) => trust::Wanted::KnownHosts,
                _ => trust::Wanted::Certificate,
            },
        },
        Some(("host", it)) => host(it),
        Some(("repo", it)) => Command::Repo(repo::request(it, data_dir_of)),
        Some(("build", it)) => Command::Build(Box::new(local_build::Options::of(it)?)),
        Some(("shell", it)) => Command::Shell(shell::request(it, data_dir_of)),
        Some(("builds", it)) => Command::Builds(builds::request(it, data_dir_of)),
        Some(("reports", it)) => Command::Reports(reports::request(it, data_dir_of)),
        Some(("connections", it)) => Command::Connections(connections::request(it, data_dir_of)),
        Some(("agent", it)) => Command::Agent {
            config: path(it, "config"),
            endpoint: text(it, "endpoint").unwrap_or_default(),
            ca_bundle: it.get_one::<PathBuf>("ca-bundle").cloned(),
            root: path(it, "root"),
        },
        // clap lets nothing else through.
        _ => Command::Coverage,
    })
}

/// The options of a yard that only this process uses, as `codeyard up` would have them.
///
/// # Errors
/// None that its arguments could cause.
pub(crate) fn private_yard(data_dir: &Path) -> Outcome<UpOptions> {
    let words = ["up", "--listen", "127.0.0.1:0", "--ssh-listen", "off", "--data-dir"];
    let words = words.map(OsString::from).into_iter().chain([data_dir.as_os_str().to_owned()]);
    let matches = with_up_arguments(Clap::new("up")).try_get_matches_from(words);
    Ok(up_options(&matches.context("prepare a yard")?))
}

fn host(matches: &ArgMatches) -> Command {
    let (action, it) = match matches.subcommand() {
        Some(("add", it)) => (
            hosts::Action::Add {
                name: text(it, "name").unwrap_or_default(),
                tags: it.get_many::<(String, String)>("tag").unwrap_or_default().cloned().collect(),
                buckets: it.get_many::<String>("bucket").unwrap_or_default().cloned().collect(),
            },
            it,
        ),
        Some(("remove", it)) => {
            (hosts::Action::Remove { name: text(it, "name").unwrap_or_default() }, it)
        }
        Some((_, it)) => (hosts::Action::List, it),
        None => (hosts::Action::List, matches),
    };
    Command::Host { data_dir: data_dir_of(it), action }
}

fn text(matches: &ArgMatches, name: &str) -> Option<String> {
    matches.get_one::<String>(name).cloned()
}

fn path(matches: &ArgMatches, name: &str) -> PathBuf {
    matches.get_one::<PathBuf>(name).cloned().unwrap_or_default()
}

fn data_dir_of(matches: &ArgMatches) -> PathBuf {
    matches.get_one::<PathBuf>("data-dir").cloned().unwrap_or_else(data_dir::default_path)
}

fn up_options(matches: &ArgMatches) -> UpOptions {
    UpOptions {
        listen: matches.get_one::<SocketAddr>("listen").copied(),
        ssh: matches.get_one::<ssh_door::Wish>("ssh-listen").copied().unwrap_or_default(),
        data_dir: data_dir_of(matches),
        account: matches.get_one::<Account>("account-id").cloned(),
        region: matches.get_one::<Region>("region").cloned(),
        test_mode: matches.get_flag("test-mode"),
        expose_test_mode: matches.get_flag("expose-test-mode"),
        json_log: text(matches, "log").is_some_and(|log| log == "json"),
        build_slots: usize::from(matches.get_one::<u16>("build-slots").copied().unwrap_or(2)),
        git_cache: GitCacheOptions::of(matches),
        containers: containers::of(matches),
        loopback_providers: matches.get_flag("loopback-providers"),
    }
}

fn command() -> Clap {
    Clap::new("codeyard")
        .about("The AWS developer tools on your own machine, really run")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            with_up_arguments(Clap::new("quickstart"))
                .about("Start a yard, push a sample application through it, leave it serving")
                .arg(flag("exit").help("Stop after checking that the pushed application serves"))
                .arg(
                    flag("remove")
                        .help("Take away what an earlier quickstart made")
                        .conflicts_with("exit"),
                ),
        )
        .subcommand(with_up_arguments(Clap::new("up")).about("Run a yard in the foreground"))
        .subcommand(
            Clap::new("env")
                .about("Print what AWS clients need to use the yard as root")
                .arg(data_dir_argument())
                .arg(
                    Arg::new("shell")
                        .long("shell")
                        .value_parser(["sh", "fish", "powershell"])
                        .default_value("sh")
                        .help("The shell that will read the output"),
                )
                .arg(
                    Arg::new("profile")
                        .long("profile")
                        .value_name("NAME")
                        .help("Write a profile of the AWS CLI instead of printing"),
                ),
        )
        .subcommand(console_command::command_line(data_dir_argument))
        .subcommand(
            Clap::new("doctor")
                .about("Tell what this machine offers and what follows")
                .arg(data_dir_argument()),
        )
        .subcommand(
            Clap::new("status")
                .about("Tell whether a yard runs on the data directory")
                .arg(data_dir_argument()),
        )
        .subcommand(
            Clap::new("down")
                .about("Stop the yard that runs on the data directory")
                .arg(data_dir_argument()),
        )
        .subcommand(
            Clap::new("ca")
                .about("Print the certificate that clients trust to reach the yard over TLS")
                .arg(
                    flag("install-hint")
                        .help("Print how git, curl, pip, Node.js and AWS clients are told of it"),
                )
                .arg(
                    flag("known-hosts")
                        .conflicts_with("install-hint")
                        .help("Print the lines for ~/.ssh/known_hosts instead"),
                )
                .arg(data_dir_argument()),
        )
        .subcommand(host_command())
        .subcommand(repo::command_line(data_dir_argument))
        .subcommand(builds::command_line(data_dir_argument))
        .subcommand(reports::command_line(data_dir_argument))
        .subcommand(connections::command_line(data_dir_argument))
        .subcommand(local_build::command_line())
        .subcommand(shell::command_line(data_dir_argument))
        .subcommand(agent_command_line())
        .subcommand(
            Clap::new("coverage").about("Print the coverage page: what each operation can do"),
        )
}

fn host_command() -> Clap {
    let name = || {
        Arg::new("name")
            .required(true)
            .value_parser(hosts::parse_name)
            .help("Name of the host: 1 to 40 letters, digits and hyphens")
    };
    Clap::new("host")
        .about("Deployment hosts on this machine, for CodeDeploy")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Clap::new("add")
                .about("Register and start a host with an agent in a sandbox of its own")
                .arg(name())
                .arg(
                    Arg::new("tag")
                        .long("tag")
                        .value_name("KEY=VALUE")
                        .action(ArgAction::Append)
                        .value_parser(hosts::parse_tag)
                        .help("Tag of the on-premises instance; may be repeated"),
                )
                .arg(
                    Arg::new("bucket")
                        .long("bucket")
                        .value_name("BUCKET")
                        .action(ArgAction::Append)
                        .value_parser(hosts::parse_bucket)
                        .help("A bucket whose revisions the host may read; may be repeated"),
                )
                .arg(data_dir_argument()),
        )
        .subcommand(
            Clap::new("remove")
                .about("Stop and deregister a host, and remove its files")
                .arg(name())
                .arg(data_dir_argument()),
        )
        .subcommand(Clap::new("list").about("List the hosts").arg(data_dir_argument()))
}

fn agent_command_line() -> Clap {
    Clap::new("agent")
        .about("Run the CodeDeploy agent on this host")
        .arg(
            Arg::new("config")
                .long("config")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .default_value("/etc/codedeploy-agent/conf/codedeploy.onpremises.yml")
                .help("What `aws deploy register` wrote"),
        )
        .arg(
            Arg::new("endpoint")
                .long("endpoint")
                .value_name("URL")
                .required(true)
                .help("The yard, https://HOST:PORT, or http:// where nobody can listen in"),
        )
        .arg(
            Arg::new("ca-bundle")
                .long("ca-bundle")
                .value_name("FILE")
                .env_or("AWS_CA_BUNDLE")
                .value_parser(value_parser!(PathBuf))
                .help("What to trust over https: what `codeyard ca` prints on the yard's machine"),
        )
        .arg(
            Arg::new("root")
                .long("root")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .default_value("/opt/codedeploy-agent/deployment-root")
                .help("Where revisions, logs and state are kept"),
        )
}

/// Reads `NAME=VALUE`.
///
/// # Errors
/// Without a name or an equals sign.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("it is not of the form NAME=VALUE".to_owned()),
    }
}

fn flag(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue)
}

fn data_dir_argument() -> Arg {
    Arg::new("data-dir")
        .long("data-dir")
        .value_name("DIR")
        .env_or("CODEYARD_DATA_DIR")
        .value_parser(value_parser!(PathBuf))
        .help("Where everything is kept [default: the user's data folder]")
}

/// An environment variable as the default of an argument.
trait EnvOr {
    fn env_or(self, variable: &str) -> Self;
}

impl EnvOr for Arg {
    fn env_or(self, variable: &str) -> Self {
        match std::env::var_os(variable) {
            Some(value) if !value.is_empty() => {
                self.default_value(value.to_string_lossy().into_owned())
            }
            _ => self,
        }
    }
}

fn with_up_arguments(command: Clap) -> Clap {
    command
        .arg(
            Arg::new("listen")
                .long("listen")
                .value_name("ADDR:PORT")
                .value_parser(value_parser!(SocketAddr))
                .help(format!(
                    "Where to listen [default: {DEFAULT_LISTEN}, or a free port if that is taken]"
                )),
        )
        .arg(
            Arg::new("ssh-listen")
                .long("ssh-listen")
                .value_name("ADDR:PORT")
                .value_parser(ssh_door::Wish::parse)
                .help(format!(
                    "Where to serve git over SSH, or off [default: {}, or a free port]",
                    ssh_door::DEFAULT_LISTEN
                )),
        )
        .arg(data_dir_argument())
        .arg(
            Arg::new("account-id")
                .long("account-id")
                .value_name("N")
                .value_parser(|text: &str| Account::new(text))
                .help("The AWS account, twelve digits; fixed at the first start [default: 000000000000]"),
        )
        .arg(
            Arg::new("region")
                .long("region")
                .value_name("R")
                .value_parser(|text: &str| Region::new(text))
                .help("The region of clients that name none [default: us-east-1]"),
        )
        .arg(flag("test-mode").help(
            "For test suites: keep nothing, take any access key as root. Nothing is protected",
        ))
        .arg(flag("expose-test-mode").requires("test-mode").help(
            "Let test mode listen where other machines reach it: any of them can then run programs \
             as this user",
        ))
        .args(git_cache::arguments())
        .args(containers::arguments())
        .arg(flag("loopback-providers").help(
            "Let GITHUB, GITLAB and BITBUCKET sources be on this machine, for tests: the account's \
             tokens for them then go to any server here that a build names",
        ))
        .arg(
            Arg::new("build-slots")
                .long("build-slots")
                .value_name("N")
                .value_parser(value_parser!(u16).range(1..=64))
                .help("Builds that run at once; others queue [default: 2]"),
        )
        .arg(
            Arg::new("log")
                .long("log")
                .value_parser(["text", "json"])
                .default_value("text")
                .help("Form of the log on standard error; CODEYARD_LOG sets its level"),
        )
}
