//! The `codeyard` program: its command line, and the wiring of all rooms into one yard.

mod agent_command;
mod build_progress;
mod builds;
mod cli;
mod connections;
mod console_command;
mod containers;
mod credentials;
mod data_dir;
mod doctor;
mod failure;
mod found_yard;
mod git_cache;
mod hosts;
mod local_build;
mod port;
mod process;
mod quickstart;
mod repo;
mod reports;
mod run;
mod screen;
mod services;
mod shell;
mod ssh_door;
mod trust;
mod up;

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    // Supervisors come first: they must not find a thread running.
    if arguments.get(1).is_some_and(|first| first == sandbox::SUPERVISOR_ARGUMENT) {
        sandbox::supervisor_main(arguments.drain(2..));
    }
    match cli::parse(arguments).and_then(cli::Command::run) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("codeyard: {failure}");
            ExitCode::FAILURE
        }
    }
}
