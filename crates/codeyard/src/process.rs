//! `codeyard status` and `codeyard down`: a yard that runs elsewhere.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use client::Client;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::data_dir::{DataDir, RunningYard};
use crate::failure::{Context as _, Failure, Outcome};

/// How long a yard may take to stop; builds get its grace period.
const STOP_TIMEOUT: Duration = Duration::from_secs(60);

/// Tells whether a yard runs, and answers.
pub(crate) fn status(path: &Path) -> Outcome<ExitCode> {
    let data = DataDir::existing(path)?;
    let Some(yard) = data.running() else {
        println!("stopped (data directory {})", data.path.display());
        return Ok(ExitCode::from(3));
    };
    match health(&yard) {
        Ok(health) => {
            println!(
                "running {}{} (process {}, account {}, region {}, data directory {})",
                yard.url,
                ssh_note(&yard, &data),
                yard.pid,
                health["account"].as_str().unwrap_or("?"),
                health["region"].as_str().unwrap_or("?"),
                data.path.display()
            );
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            println!("process {} runs but {} does not answer: {error}", yard.pid, yard.url);
            Ok(ExitCode::from(4))
        }
    }
}

/// Where SSH is, and by which keys it is known.
fn ssh_note(yard: &RunningYard, data: &DataDir) -> String {
    let Some(address) = &yard.ssh else { return String::new() };
    let prints = crate::ssh_door::host_keys(data)
        .map(|keys| keys.iter().map(|key| format!(" {}", key.fingerprint())).collect::<String>());
    format!(", git over SSH at {address}{}", prints.unwrap_or_default())
}

fn health(yard: &RunningYard) -> Outcome<serde_json::Value> {
    let client = Client::unsigned(&yard.url);
    let answer = crate::run::small_runtime()?.block_on(async {
        let ask = client.send("", "GET", gateway::HEALTH_PATH, &[], Vec::new());
        tokio::time::timeout(Duration::from_secs(5), ask).await
    });
    let answer = answer.map_err(|_| Failure::new("no answer within 5 seconds"))??;
    Ok(answer.json())
}

/// Stops a yard and waits until it is gone.
pub(crate) fn down(path: &Path) -> Outcome<ExitCode> {
    let data = DataDir::existing(path)?;
    let Some(yard) = data.running() else {
        println!("no yard runs on {}", data.path.display());
        return Ok(ExitCode::SUCCESS);
    };
    kill(Pid::from_raw(yard.pid), Signal::SIGTERM)
        .context(format_args!("stop process {}", yard.pid))?;
    let deadline = Instant::now() + STOP_TIMEOUT;
    // Its note goes before it has let go of the store: the next yard needs the process gone.
    while yard.is_there() {
        if Instant::now() > deadline {
            return Err(Failure::new(format!(
                "process {} has not stopped in {} seconds",
                yard.pid,
                STOP_TIMEOUT.as_secs()
            ))
            .hint(
                "its log tells what it waits for; deployment hosts and builds survive a kill -9",
            ));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    println!("stopped {} (process {}); deployment hosts go on", yard.url, yard.pid);
    Ok(ExitCode::SUCCESS)
}
