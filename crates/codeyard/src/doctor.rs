//! `codeyard doctor`: what this machine offers, and what follows for the user.

use std::path::Path;
use std::process::{Command, ExitCode};

use sandbox::{Level, Local, LocalConfig, Sandbox as _};

use crate::failure::{Context as _, Outcome};

/// The oldest git with `index-pack --fix-thin --strict` and protocol v2 as the yard uses them.
const OLDEST_GIT: (u32, u32) = (2, 31);

/// Prints one line for each thing, good or missing.
pub(crate) fn run(data_dir: &Path) -> Outcome<ExitCode> {
    println!("codeyard {}", env!("CARGO_PKG_VERSION"));
    println!("data directory: {}", data_dir.display());
    let mut usable = git();
    usable &= sandbox_level()?;
    tool(
        "python3",
        &["--version"],
        "the quickstart's sample application and tests of Python projects run",
        "the quickstart's sample application cannot run",
    );
    tool(
        "node",
        &["--version"],
        "builds that ask for nodejs can run",
        "builds that ask for nodejs cannot run",
    );
    docker();
    Ok(if usable { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    first_line_of(Command::new(program).args(arguments))
}

fn first_line_of(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then(|| text.lines().next().unwrap_or_default().to_owned())
}

fn git() -> bool {
    let Some(line) = first_line("git", &["--version"]) else {
        println!("git: MISSING; repositories cannot be hosted without it: install git");
        return false;
    };
    match git_version(&line) {
        Some(version) if version >= OLDEST_GIT => {
            println!("git: {line}; repositories can be hosted");
            true
        }
        _ => {
            let (major, minor) = OLDEST_GIT;
            println!("git: {line} is TOO OLD; the yard needs {major}.{minor} or newer");
            false
        }
    }
}

fn git_version(line: &str) -> Option<(u32, u32)> {
    let mut numbers = line.strip_prefix("git version ")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// Builds and hosts run in a sandbox; how well it isolates depends on the machine.
fn sandbox_level() -> Outcome<bool> {
    let scratch = tempfile::tempdir().context("make a scratch directory")?;
    let local = Local::new(LocalConfig {
        base: scratch.path().to_owned(),
        hide: Vec::new(),
        seal_key: None,
        supervisor: None,
    })
    .context("prepare a sandbox")?;
    match crate::run::small_runtime()?.block_on(local.probe()) {
        Ok(isolation) => {
            let level = match isolation.level {
                Level::Full => "full: builds and hosts see a machine of their own",
                _ => "less than full: builds and hosts share more with this machine",
            };
            println!("sandbox: {level}");
            for reason in &isolation.reasons {
                println!("  - {reason}");
            }
            if !sandbox::hides_abstract_sockets() {
                println!(
                    "  - the kernel is older than 6.12, or has no Landlock: builds reach other \
                     programs' abstract Unix sockets"
                );
            }
            Ok(true)
        }
        Err(error) => {
            println!("sandbox: MISSING; builds and deployment hosts cannot run: {error}");
            Ok(false)
        }
    }
}

/// A tool that builds and hosts use: it counts where they look for it, not on the user's `PATH`.
fn tool(program: &str, arguments: &[&str], there: &str, missing: &str) {
    let mut command = Command::new(program);
    match first_line_of(command.args(arguments).env("PATH", sandbox::DEFAULT_PATH)) {
        Some(line) => println!("{program}: {line}; {there}"),
        None => println!("{program}: not in {}; {missing}", sandbox::DEFAULT_PATH),
    }
}

fn docker() {
    match first_line("docker", &["version", "--format", "{{.Server.Version}}"]) {
        Some(version) => println!(
            "docker: engine {version}; not used yet: builds in container images are refused by name"
        ),
        None => println!("docker: no engine; builds run in the local sandbox"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        assert_eq!(git_version("git version 2.47.3"), Some((2, 47)));
        assert_eq!(git_version("git version 2.39.5 (Apple Git-154)"), Some((2, 39)));
        assert_eq!(git_version("gitte"), None);
    }
}
