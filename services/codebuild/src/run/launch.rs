//! From provisioning to running commands: the log stream, the source, the sandbox.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use api_developer::codebuild::{BuildPhase, BuildPhaseType, BuildStatusType};
use engine::{EngineError, Run};
use formats::buildspec::{Buildspec, OnFailure as SpecOnFailure, Phase};
use sandbox::{
    AfterFailure, Bind, Handle, Limits, Masker, OnFailure, Plan, Program, Root, Sandbox as _,
    Shell, Spec, Stage,
};
use serde_json::{Value, json};
use service::Cx;
use shape::Timestamp;
use store::{Durability, WriteTx};

use super::certificate;
use super::container;
use super::environment::{self, Environment};
use super::log::Log;
use super::runtimes::{self, Chosen};
use super::source::{self, Downloaded};
use super::{Cut, Job, buildspec};
use crate::model::BuildRecord;
use crate::phases::{self, Context};
use crate::{images, local_sources, rooms, validate};

/// Processes and threads of one build at a time.
pub(super) const MAX_PROCESSES: u32 = 8_192;

/// The phases that run commands, in order; the plan's stages.
pub(super) const COMMAND_PHASES: [BuildPhaseType; 4] = [
    BuildPhaseType::Install,
    BuildPhaseType::PreBuild,
    BuildPhaseType::Build,
    BuildPhaseType::PostBuild,
];

/// What is known before the commands run, and needed after.
pub(super) struct Prepared {
    pub spec: Buildspec,
    pub downloaded: Downloaded,
}

/// An outcome that is journalled, so that a run that comes again comes to it again.
fn journalled<T>(
    outcome: Result<T, Cut>,
    to_json: impl FnOnce(T) -> Value,
) -> Result<Value, EngineError> {
    match outcome {
        Ok(value) => Ok(json!({ "done": to_json(value) })),
        Err(Cut::Ended(status, context)) => Ok(json!({
            "ended": status.as_str(), "code": context.code, "message": context.message,
        })),
        Err(Cut::Engine(error)) => Err(error),
    }
}

/// The reverse of [`journalled`].
pub(super) fn recorded(outcome: &Value) -> Result<&Value, Cut> {
    if let Some(done) = outcome.get("done") {
        return Ok(done);
    }
    let text = |name: &str| outcome.get(name).and_then(Value::as_str).unwrap_or_default();
    let status = BuildStatusType::parse(text("ended")).unwrap_or(BuildStatusType::Fault);
    Err(Cut::Ended(status, Context::new(text("code"), text("message"))))
}

/// Runs a step whose failure may be the build's. Once it is done, `then` changes the stored record
/// with it; the caller's copy is the caller's to change.
pub(super) async fn step<T>(
    run: &Run,
    name: &str,
    work: impl Future<Output = Result<T, Cut>>,
    to_json: impl FnOnce(T) -> Value,
    then: Option<impl Fn(&mut BuildRecord, &Value) -> Vec<BuildPhase> + Send + 'static>,
) -> Result<Value, Cut> {
    let writer = run.clone();
    let change = move |tx: &mut WriteTx<'_>, output: &Value| {
        if let (Some(then), Ok(done)) = (&then, recorded(output)) {
            super::change_in(tx, &writer, &|record: &mut BuildRecord| then(record, done))?;
        }
        Ok(())
    };
    // Not synced: in a power failure the sandbox dies too, and all is done again or told as lost.
    let work = || async { journalled(work.await, to_json) };
    let output = run.repeatable_step(name, work, change).await?;
    recorded(&output).cloned()
}

impl Job {
    /// Makes the log stream and fetches the sources.
    pub(super) async fn prepare(&mut self, cx: &Cx, log: &mut Log) -> Result<Prepared, Cut> {
        if phases::current(&self.record.build) == Some(BuildPhaseType::Provisioning) {
            log.create_stream(self).await?;
            // Before the sources: a missing image is the end of PROVISIONING.
            container::place(self, cx).await?;
            let now = self.now();
            let begin = move |record: &mut BuildRecord| begin_download(record, now);
            if source::takes_time(&self.record) {
                self.change(Durability::Ordered, begin).await?;
            } else {
                self.defer(begin);
            }
        }
        let directory = rooms::work_directory(&self.yard, self.record.uuid());
        let deferred = self.take_deferred();
        let then = move |record: &mut BuildRecord, done: &Value| {
            let ended = deferred(record);
            resolve(record, &Downloaded::from_json(done));
            ended
        };
        let work = source::download(self, cx, &directory);
        let done = step(&self.run, "download", work, |it| it.to_json(), Some(then)).await?;
        let downloaded = Downloaded::from_json(&done);
        resolve(&mut self.record, &downloaded);
        let spec = buildspec::parse(&downloaded.buildspec)?;
        Ok(Prepared { spec, downloaded })
    }

    /// The build's sandbox: the one that runs already, or a new one.
    pub(super) async fn sandbox(
        &mut self,
        cx: &Cx,
        prepared: &Prepared,
    ) -> Result<Arc<dyn Handle>, Cut> {
        let driver = self.rooms.sandboxes(&self.yard).map_err(Cut::retry)?;
        let id = rooms::sandbox_id(&self.record).map_err(Cut::retry)?;
        match driver.attach(&id).await {
            Ok(handle) => {
                let status = handle.status().await.map_err(Cut::retry)?;
                if status.started_at > 0 || status.end.is_none() {
                    return Ok(handle);
                }
                // Its start was cut short before any command ran.
                driver.destroy(&id).await.map_err(Cut::retry)?;
            }
            Err(sandbox::Error::NotFound(_)) => {}
            Err(error) => return Err(Cut::retry(error)),
        }
        self.refuse_stopped()?;
        let started_now = Mutex::new(None);
        let mut spec = self.sandbox_spec(cx, prepared).await?;
        self.furnish(&mut spec)?;
        super::cache::restore(self, cx, prepared, &mut spec).await?;
        let start = async {
            match driver.start(spec).await {
                Ok(handle) => {
                    *started_now.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle);
                    Ok(())
                }
                Err(error @ (sandbox::Error::Unsupported(_) | sandbox::Error::Invalid(_))) => {
                    Err(Cut::failed("CLIENT_ERROR", error.to_string()))
                }
                Err(error @ sandbox::Error::Start { .. }) => {
                    Err(Cut::failed("CLIENT_ERROR", error.to_string()))
                }
                Err(error) => Err(Cut::retry(error)),
            }
        };
        let then = None::<fn(&mut BuildRecord, &Value) -> Vec<BuildPhase>>;
        step(&self.run, "start sandbox", start, |()| Value::Null, then).await?;
        let started_now = started_now.into_inner().unwrap_or_else(PoisonError::into_inner);
        started_now.ok_or_else(|| {
            Cut::Ended(
                BuildStatusType::Fault,
                Context::new("INTERNAL_SERVICE_ERROR", "the build's sandbox is gone"),
            )
        })
    }

    pub(super) fn refuse_stopped(&self) -> Result<(), Cut> {
        self.watch().check()
    }

    async fn sandbox_spec(&mut self, cx: &Cx, prepared: &Prepared) -> Result<Spec, Cut> {
        let Prepared { spec, downloaded } = prepared;
        let ticket = self.ticket().await?;
        if spec.phases.is_empty() {
            return Err(Cut::failed(
                formats::buildspec::Error::CODE,
                "the buildspec has no phases: it is there for batches",
            ));
        }
        let mut environment = environment::resolve(self, cx, spec, downloaded, &ticket).await?;
        let export = environment.exported(&spec.env.exported_variables);
        let runtimes = self.choose_runtimes(spec, &environment).await?;
        let aliases = self.apply_runtimes(&runtimes, &mut environment)?;
        let mut told = tell(
            spec,
            self.record.build.build_batch_arn.is_some(),
            &environment.told,
            &runtimes.told,
        );
        told.extend(downloaded.told.iter().cloned());
        told.extend(self.record.webhook.as_ref().and_then(|webhook| webhook.notice()));
        let Environment { variables, secrets, .. } = environment;
        self.secrets = Some(secrets.clone());
        let driver = self.rooms.sandboxes(&self.yard).map_err(Cut::retry)?;
        let mut place = container::place(self, cx).await?;
        told.extend(super::layers::lend(self, place.as_mut().map(|it| &mut it.container)).await?);
        let trusted = self.trust(cx, place.as_mut().map(|it| &mut it.container)).await?;
        let isolation = match &place {
            Some(place) => place.container.isolation(&place.info),
            None => driver.probe().await.map_err(Cut::retry)?,
        };
        if let Some(place) = &place {
            told.extend(place.told.iter().cloned());
        }
        let uuid = self.record.uuid();
        let workdir = downloaded.inside(uuid);
        let plan = Plan {
            shell: match spec.env.shell {
                Some(formats::buildspec::Shell::Bash) => Shell::Bash,
                _ => Shell::Sh,
            },
            shell_per_command: spec.version == formats::buildspec::Version::V0_1,
            run_as: spec.run_as.clone(),
            announce: Some("Container".to_owned()),
            preamble: preamble(self, prepared, &isolation, told, &workdir),
            succeeding_variable: Some("CODEBUILD_BUILD_SUCCEEDING".to_owned()),
            stages: stages(spec),
            export,
            expand: [super::artifacts::words(spec), super::reports::words(spec)].concat(),
        };
        let compute = self.record.build.environment.as_ref().map(|it| it.compute_type);
        let time_left = u64::try_from(self.time_left()).unwrap_or(0).max(1);
        Ok(Spec {
            id: rooms::sandbox_id(&self.record).map_err(Cut::retry)?,
            root: Root::Ephemeral,
            workdir: workdir.into(),
            env: variables,
            secrets,
            binds: binds(self, downloaded).into_iter().chain(aliases).chain(trusted).collect(),
            hide: Vec::new(),
            limits: Limits {
                memory_bytes: validate::compute(compute.unwrap_or_default())
                    .map(|compute| compute.memory_bytes),
                pids: Some(MAX_PROCESSES),
                wall_clock: Some(Duration::from_millis(time_left)),
                ..Limits::default()
            },
            container: place.map(|place| place.container),
            program: Program::Plan(plan),
        })
    }
}

impl Job {
    /// What replaces the environment's secrets in what the yard tells of the build's files. A run
    /// that found the build under way reads them again.
    pub(super) async fn masker(&self, cx: &Cx, spec: &Buildspec) -> Result<Masker, Cut> {
        let secrets = match &self.secrets {
            Some(secrets) => secrets.clone(),
            None => environment::secrets(self, cx, spec).await?,
        };
        Ok(Masker::new(secrets.iter().map(String::as_str)))
    }

    /// Has the build trust the environment's certificate; what its sandbox must show for it.
    async fn trust(
        &self,
        cx: &Cx,
        container: Option<&mut sandbox::docker::Container>,
    ) -> Result<Vec<Bind>, Cut> {
        let Some(path) = certificate::fetch(self, cx).await? else { return Ok(Vec::new()) };
        match container {
            None => certificate::binds(&path).map_err(Cut::retry),
            Some(container) => {
                container.trusts = Some(std::fs::read_to_string(path).map_err(Cut::retry)?);
                Ok(Vec::new())
            }
        }
    }

    /// What `runtime-versions` asks for. Programs are asked for their versions, which may take a
    /// while.
    async fn choose_runtimes(
        &self,
        spec: &Buildspec,
        environment: &Environment,
    ) -> Result<Chosen, Cut> {
        let (spec, variables) = (spec.clone(), environment.variables.clone());
        // Programs are asked for their versions outside of the sandbox: none of those.
        let mut builds_own = local_sources::lent(&self.yard, self.record.project());
        builds_own.push(self.yard.config().data_dir.clone());
        let image = self.record.build.environment.as_ref().map(|it| it.image.clone());
        // Those of this machine don't show in containers.
        let is_curated = !container::is_wanted(&self.yard, &self.record)
            && image.is_none_or(|image| images::is_curated(&image));
        let choose = move || {
            runtimes::choose(&runtimes::Request {
                spec: &spec,
                variables: &variables,
                builds_own: &builds_own,
                is_curated,
            })
        };
        tokio::task::spawn_blocking(choose).await.map_err(Cut::retry)?
    }

    /// Puts what was chosen into the environment; answers what the sandbox must show for it.
    fn apply_runtimes(
        &self,
        chosen: &Chosen,
        environment: &mut Environment,
    ) -> Result<Option<Bind>, Cut> {
        for (name, value) in &chosen.variables {
            // Who sets JAVA_HOME means it.
            if environment.get(name).is_none() {
                environment.set(name, value.as_str());
            }
        }
        let first = chosen.path.iter().map(|path| path.to_string_lossy().into_owned());
        let mut path: Vec<String> = first.collect();
        let mut bind = None;
        if !chosen.aliases.is_empty() {
            let host = rooms::work_directory(&self.yard, self.record.uuid()).join("runtimes");
            make_aliases(&host, &chosen.aliases).map_err(Cut::retry)?;
            path.insert(0, runtimes::ALIASES.to_owned());
            bind = Some(Bind { host, inside: runtimes::ALIASES.into(), read_only: true });
        }
        if !path.is_empty() {
            path.push(environment.get("PATH").unwrap_or(sandbox::DEFAULT_PATH).to_owned());
            environment.set("PATH", path.join(":"));
        }
        Ok(bind)
    }
}

fn make_aliases(directory: &Path, aliases: &[(String, PathBuf)]) -> std::io::Result<()> {
    if directory.exists() {
        std::fs::remove_dir_all(directory)?;
    }
    std::fs::create_dir_all(directory)?;
    aliases
        .iter()
        .try_for_each(|(name, program)| std::os::unix::fs::symlink(program, directory.join(name)))
}

/// The log's lines between source and commands: what of the buildspec is done otherwise than its
/// author may expect, and what the commands will find.
fn tell(
    spec: &Buildspec,
    in_batch: bool,
    environment: &[String],
    runtimes: &[String],
) -> Vec<String> {
    let mut lines = environment.to_vec();
    if let Some(batch) = spec.batch.as_ref().filter(|_| !in_batch) {
        lines.push(format!(
            "The batch section (line {}) is for StartBuildBatch: this build runs the phases alone",
            batch.at.line
        ));
    }
    if let Some(proxy) = &spec.proxy {
        for (set, key, what) in [
            (proxy.upload_artifacts, "upload-artifacts", "artifacts"),
            (proxy.logs, "logs", "logs"),
        ] {
            if set {
                lines.push(format!(
                    "proxy.{key}: {what} go to this yard without a network, so through no proxy"
                ));
            }
        }
    }
    lines.extend_from_slice(runtimes);
    lines
}

fn resolve(record: &mut BuildRecord, downloaded: &Downloaded) {
    if downloaded.resolved.is_some() {
        record.build.resolved_source_version.clone_from(&downloaded.resolved);
    }
    if downloaded.reference.is_some() {
        record.source_ref.clone_from(&downloaded.reference);
    }
}

/// Out of `PROVISIONING`, unless that is past.
fn begin_download(record: &mut BuildRecord, now: Timestamp) -> Vec<BuildPhase> {
    if phases::current(&record.build) != Some(BuildPhaseType::Provisioning) {
        return Vec::new();
    }
    phases::next(&mut record.build, BuildPhaseType::DownloadSource, now).into_iter().collect()
}

fn binds(job: &Job, downloaded: &Downloaded) -> Vec<Bind> {
    let uuid = job.record.uuid();
    let work = rooms::work_directory(&job.yard, uuid);
    let primary =
        Bind { host: work.join("src"), inside: downloaded.inside(uuid).into(), read_only: false };
    let secondary = downloaded.secondary.iter().map(|secondary| Bind {
        host: work.join(secondary.directory()),
        inside: secondary.inside(uuid).into(),
        read_only: false,
    });
    [primary].into_iter().chain(secondary).collect()
}

fn stages(spec: &Buildspec) -> Vec<Stage> {
    let phases = spec.phases.in_order();
    let stage = |(kind, (_, phase)): (BuildPhaseType, (&str, Option<&Phase>))| {
        let phase = phase.cloned().unwrap_or_default();
        Stage {
            name: kind.as_str().to_owned(),
            commands: phase.commands,
            finally: phase.finally,
            on_failure: match phase.on_failure {
                None => OnFailure::Default,
                Some(SpecOnFailure::Continue) => OnFailure::Continue,
                Some(SpecOnFailure::Abort) => OnFailure::Abort,
                Some(SpecOnFailure::Retry { count, pattern }) => {
                    OnFailure::Retry { count, pattern }
                }
            },
            after_failure: match kind {
                BuildPhaseType::Build => AfterFailure::Next,
                _ => AfterFailure::Stop,
            },
            run_as: phase.run_as,
        }
    };
    COMMAND_PHASES.into_iter().zip(phases).map(stage).collect()
}

/// The log's first lines, in AWS's manner, and how the build is isolated.
fn preamble(
    job: &Job,
    prepared: &Prepared,
    isolation: &sandbox::Isolation,
    told: Vec<String>,
    workdir: &str,
) -> Vec<String> {
    let mut lines = vec![format!("Codeyard sandbox, isolation level {}", isolation.level.name())];
    lines.extend(isolation.reasons.iter().map(|reason| format!("Isolation: {reason}")));
    lines.push("Phase is DOWNLOAD_SOURCE".to_owned());
    lines.push(format!("CODEBUILD_SRC_DIR={workdir}"));
    let given = job.record.build.source.as_ref().and_then(|source| source.buildspec.as_deref());
    let location = match given.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) if buildspec::is_inline(text) => "the project's buildspec".to_owned(),
        Some(arn) if arn.starts_with("arn:") => arn.to_owned(),
        Some(path) => format!("{workdir}/{path}"),
        None => format!("{workdir}/buildspec.yml"),
    };
    lines.push(format!("YAML location is {location}"));
    lines.push("Processing environment variables".to_owned());
    lines.extend(told);
    lines.push(format!("Moving to directory {workdir}"));
    let phases = prepared.spec.phases.in_order();
    let found: Vec<(&str, &Phase)> =
        phases.into_iter().filter_map(|(name, phase)| Some((name, phase?))).collect();
    lines.push(format!("Phases found in YAML: {}", found.len()));
    for (name, phase) in found {
        let count = phase.commands.len() + phase.finally.len();
        lines.push(format!(" {}: {count} commands", name.to_ascii_uppercase()));
    }
    lines.push("Phase complete: DOWNLOAD_SOURCE State: SUCCEEDED".to_owned());
    lines.push("Phase context status code:  Message: ".to_owned());
    lines
}
