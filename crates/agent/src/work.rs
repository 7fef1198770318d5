//! The agent's loop: poll, carry out, report; and what is left from before a crash.

use std::collections::HashSet;
use std::fmt;
use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::commands::{Commands, HostCommand, SpecError};
use crate::config::Config;
use crate::diagnostics::{self, Code, Failure};
use crate::execute::Executor;
use crate::http;
use crate::script;
use crate::specification::Specification;
use crate::tracker::{Tracked, Tracker};

/// The most commands that run at once, each of another deployment.
const MAX_RUNNING: usize = 16;
/// The pause between polls that found nothing, where the server does not hold them back itself.
const IDLE_PAUSE: Duration = Duration::from_secs(1);
/// The first pause after an error; each further one is longer, up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LAST_PAUSE: Duration = Duration::from_secs(15);

/// Why the agent does not run.
#[derive(Debug)]
pub enum Error {
    /// The configuration cannot work; why.
    Config(String),
    /// The root folder cannot be used.
    Root(PathBuf, std::io::Error),
    /// Another agent uses the root folder.
    InUse(PathBuf),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(why) => f.write_str(why),
            Self::Root(path, error) => write!(f, "{}: {error}", path.display()),
            Self::InUse(path) => write!(f, "another agent runs in {}", path.display()),
        }
    }
}

impl std::error::Error for Error {}

/// Runs the agent until `stop` becomes true or its sender is gone; commands that run then have
/// [`Config::stop_grace`] to end. A yard that is away is waited for.
///
/// # Errors
/// See [`Error`]; all of them at the start.
pub async fn run(config: Config, mut stop: watch::Receiver<bool>) -> Result<(), Error> {
    let commands = Commands::new(&config).map_err(Error::Config)?;
    let root = config.root_dir.clone();
    let grace = config.stop_grace;
    let _lock = lock(&root)?;
    let agent = Agent {
        commands,
        executor: Executor::new(Arc::new(config)).map_err(Error::Config)?,
        tracker: Tracker::new(&root),
        active: Arc::default(),
    };
    let left = agent.tracker.left().map_err(|error| Error::Root(root, error))?;
    let stopped = async move {
        // An error means that nobody can ask any more, which asks too.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    tokio::pin!(stopped);
    tokio::select! {
        () = agent.recover(left) => {}
        () = &mut stopped => return Ok(()),
    }
    let mut running = JoinSet::new();
    tokio::select! {
        () = agent.poll(&mut running) => {}
        () = stopped => {}
    }
    let all = async { while running.join_next().await.is_some() {} };
    if timeout(grace, all).await.is_err() {
        tracing::warn!("commands still run and are given up");
    }
    running.shutdown().await;
    Ok(())
}

fn lock(root: &PathBuf) -> Result<File, Error> {
    let failed = |error| Error::Root(root.clone(), error);
    fs::create_dir_all(root).map_err(failed)?;
    let file = File::create(root.join(".lock")).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(Error::InUse(root.clone())),
        Err(fs::TryLockError::Error(error)) => Err(failed(error)),
    }
}

#[derive(Clone)]
struct Agent {
    commands: Commands,
    executor: Executor,
    tracker: Tracker,
    /// Commands under way: a yard that missed an acknowledgement hands a command out again.
    active: Arc<Mutex<HashSet<String>>>,
}

impl Agent {
    /// Reports the commands that an earlier agent did not finish. They never run again.
    async fn recover(&self, left: Vec<(String, Tracked)>) {
        for (deployment_id, tracked) in left {
            tracing::warn!(deployment_id, "a command was under way when the agent ended");
            if let (Some((pid, started)), None) = (tracked.script, &tracked.result) {
                script::kill_left_behind(pid, started);
            }
            let failure = Failure {
                code: Code::FailedAfterRestart,
                ..Failure::other(
                    "Failed: Failing in-progress lifecycle event after an agent restart.",
                )
            };
            let (status, payload) =
                tracked.result.unwrap_or_else(|| ("Failed".to_owned(), failure.payload()));
            self.report(&tracked.command, &status, &payload).await;
            self.forget(&deployment_id, &tracked.command);
        }
    }

    async fn poll(&self, running: &mut JoinSet<()>) {
        let mut pause = FIRST_PAUSE;
        loop {
            while running.try_join_next().is_some() {}
            if running.len() >= MAX_RUNNING {
                running.join_next().await;
            }
            let began = Instant::now();
            match self.commands.poll().await {
                Ok(Some(command)) => {
                    pause = FIRST_PAUSE;
                    tracing::info!(
                        command = command.name,
                        execution = command.execution,
                        "arrived"
                    );
                    let agent = self.clone();
                    running.spawn(async move { agent.process(command).await });
                }
                Ok(None) => {
                    pause = FIRST_PAUSE;
                    sleep(IDLE_PAUSE.saturating_sub(began.elapsed())).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "polling failed");
                    sleep(pause).await;
                    pause = (pause * 2).min(LAST_PAUSE);
                }
            }
        }
    }

    async fn process(&self, command: HostCommand) {
        let active = || self.active.lock().unwrap_or_else(PoisonError::into_inner);
        if !active().insert(command.identifier.clone()) {
            return;
        }
        self.carry_out(&command).await;
        active().remove(&command.identifier);
    }

    async fn carry_out(&self, command: &HostCommand) {
        if let Err(failure) = self.try_process(command).await {
            tracing::warn!(command = command.name, message = failure.message, "failed");
            self.report(&command.identifier, "Failed", &failure.payload()).await;
        }
    }

    /// Errors from before the command runs; later ones are reported here.
    async fn try_process(&self, command: &HostCommand) -> Result<(), Failure> {
        let text = self.specification(&command.execution).await?;
        let spec = Specification::parse(&text).map_err(Failure::other)?;
        let is_noop = self.executor.is_noop(&command.name, &spec).map_err(Failure::other)?;
        let mut tracked =
            Tracked { command: command.identifier.clone(), script: None, result: None };
        // Before the acknowledgement: from then on the yard does not hand it out again.
        self.tracker
            .note(&spec.deployment_id, &tracked)
            .map_err(|error| Failure::other(format!("the state on disk: {error}")))?;
        let status = self.acknowledge(&command.identifier, is_noop).await;
        if matches!(status.as_deref(), Err(_) | Ok("Succeeded" | "Failed")) {
            if is_noop && status.as_deref() == Ok("Failed") {
                let payload = diagnostics::success("CompletedNoopCommand", "");
                self.report(&command.identifier, "Succeeded", &payload).await;
            }
            self.forget(&spec.deployment_id, &command.identifier);
            return status.map(drop);
        }
        let started = |pid| {
            let running = Tracked {
                script: script::start_time(pid).map(|started| (pid, started)),
                ..tracked.clone()
            };
            // Without it, a crash leaves the script running, which is reported all the same.
            if let Err(error) = self.tracker.note(&spec.deployment_id, &running) {
                tracing::warn!(%error, "the script is not noted on disk");
            }
        };
        let result = match self.executor.run(&command.name, &spec, started).await {
            Ok(payload) => ("Succeeded".to_owned(), payload),
            Err(failure) => {
                tracing::warn!(command = command.name, message = failure.message, "failed");
                ("Failed".to_owned(), failure.payload())
            }
        };
        tracked.result = Some(result.clone());
        if let Err(error) = self.tracker.note(&spec.deployment_id, &tracked) {
            tracing::warn!(%error, "the result is not noted on disk");
        }
        self.report(&command.identifier, &result.0, &result.1).await;
        self.forget(&spec.deployment_id, &command.identifier);
        Ok(())
    }

    async fn specification(&self, execution: &str) -> Result<Vec<u8>, Failure> {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.commands.specification(execution).await {
                Ok(text) => return Ok(text),
                Err(SpecError::Bad(why)) => return Err(Failure::other(why)),
                Err(SpecError::Call(error)) => wait_or_fail(error, &mut pause).await?,
            }
        }
    }

    async fn acknowledge(&self, identifier: &str, is_noop: bool) -> Result<String, Failure> {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.commands.acknowledge(identifier, is_noop).await {
                Ok(status) => return Ok(status),
                Err(error) => wait_or_fail(error, &mut pause).await?,
            }
        }
    }

    /// Tells a result, however long the yard is away. Where it does not want it (the deployment is
    /// over, say), there is nobody left to tell.
    async fn report(&self, identifier: &str, status: &str, payload: &str) {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.commands.complete(identifier, status, payload).await {
                Ok(()) => return,
                Err(error) if error.is_passing() => {
                    tracing::warn!(%error, "the result is told again");
                    sleep(pause).await;
                    pause = (pause * 2).min(LAST_PAUSE);
                }
                Err(error) => {
                    tracing::warn!(%error, "the yard does not take the result");
                    return;
                }
            }
        }
    }

    fn forget(&self, deployment_id: &str, command: &str) {
        if let Err(error) = self.tracker.forget(deployment_id, command) {
            tracing::warn!(%error, deployment_id, "the state on disk stays");
        }
    }
}

async fn wait_or_fail(error: http::Error, pause: &mut Duration) -> Result<(), Failure> {
    if !error.is_passing() {
        return Err(Failure::other(error.to_string()));
    }
    tracing::warn!(%error, "tried again");
    sleep(*pause).await;
    *pause = (*pause * 2).min(LAST_PAUSE);
    Ok(())
}
