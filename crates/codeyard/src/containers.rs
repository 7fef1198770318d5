//! Which container engine builds may use.

use std::path::Path;

use clap::{Arg, ArgAction, ArgMatches};
use service::Containers;

/// Where Docker's socket is unless told otherwise.
const DEFAULT_SOCKET: &str = "/var/run/docker.sock";

/// The options of `up` that tell.
pub(crate) fn arguments() -> [Arg; 3] {
    [
        Arg::new("docker-host").long("docker-host").value_name("ADDRESS").help(
            "The Docker or Podman engine for builds in container images, as unix:///path, or none \
             [default: DOCKER_HOST, else /var/run/docker.sock where it is]",
        ),
        Arg::new("sandbox")
            .long("sandbox")
            .value_parser(["local", "docker"])
            .default_value("local")
            .help(
                "Where builds with CodeBuild's own images run: in a sandbox with this machine's \
                 programs, or in containers of the engine, which must have the images",
            ),
        Arg::new("privileged-builds").long("privileged-builds").action(ArgAction::SetTrue).help(
            "Let projects have privilegedMode: with an engine that runs as root, whoever may \
                 start their builds can become root on this machine",
        ),
    ]
}

/// As given on the command line, or found.
pub(crate) fn of(matches: &ArgMatches) -> Containers {
    let given = matches.get_one::<String>("docker-host").cloned();
    let from_environment = || std::env::var("DOCKER_HOST").ok().filter(|host| !host.is_empty());
    let found = || Path::new(DEFAULT_SOCKET).exists().then(|| format!("unix://{DEFAULT_SOCKET}"));
    let address = given.or_else(from_environment).or_else(found).filter(|host| host != "none");
    Containers {
        address,
        curated: matches.get_one::<String>("sandbox").is_some_and(|place| place == "docker"),
        privileged: matches.get_flag("privileged-builds"),
    }
}
