//! Sandboxes made of Linux namespaces, on this machine.
//!
//! Invariants: the yard never forks by itself, supervisors are forked by a helper process; all
//! state of a sandbox is in files below the base directory, so that any yard can go on with it;
//! a process is signalled only after its start time has been compared.

mod handle;
mod hidden;
mod news;
mod nursery;
pub mod remove;
mod spares;

pub use hidden::shows_at;

use crate::codec;
use crate::contract::{BoxFuture, Error, Handle, Sandbox};
use crate::docker::{self, Engine};
use crate::identity::Identity;
use crate::inside::homes::Homes;
use crate::journal;
use crate::layout::Layout;
use crate::machine::{Machine, RootStyle};
use crate::made;
use crate::spec::{Root, SandboxId, Spec};
use crate::status::{End, EndKind, Isolation, Level};
use crate::supervisor::group;
use crate::sys;
use handle::LocalHandle;
use news::News;
use nix::sys::signal::Signal;
use nursery::Nursery;
use serde_json::{Value, json};
use spares::Spares;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// How long a supervisor may take to clean up before it is killed itself.
const PATIENCE: Duration = Duration::from_secs(15);

/// How to run sandboxes here.
#[derive(Clone, Debug)]
pub struct LocalConfig {
    /// Directory for all sandboxes' state; made if missing. Hidden from every sandbox.
    pub base: PathBuf,
    /// Further paths hidden from every sandbox: the yard's data directory above all.
    pub hide: Vec<PathBuf>,
    /// Output and journal are sealed with this key, if given.
    pub seal_key: Option<[u8; 32]>,
    /// Binary whose `main` hands `__sandbox …` to [`crate::supervisor_main`]; by default this one.
    pub supervisor: Option<PathBuf>,
}

/// Tells the file system that the subdirectories of a directory come and go and have nothing to do
/// with each other: each is then put where it is quickly made. Where that can't be told, nothing
/// happens.
pub fn spread_subdirectories(directory: &Path) {
    let _ = fs::File::open(directory).and_then(|it| sys::spread_subdirectories(it.as_fd()));
}

/// The driver.
pub struct Local {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    config: LocalConfig,
    machine: OnceLock<Machine>,
    probing: Mutex<()>,
    news: News,
    nursery: Nursery,
    spares: Spares,
    /// Ids that are being started or destroyed at the moment.
    busy: Mutex<Vec<SandboxId>>,
}

impl Local {
    /// Makes the base directory; tries nothing out yet.
    pub fn new(config: LocalConfig) -> Result<Self, Error> {
        if !config.base.is_absolute() {
            return Err(Error::Unsupported(format!("{:?} is not an absolute path", config.base)));
        }
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&config.base)
            .map_err(during(format!("make {}", config.base.display())))?;
        spread_subdirectories(&config.base);
        let news = News::start().map_err(during("start a thread"))?;
        let spares = Spares::below(&config.base);
        let inner = Inner {
            config,
            machine: OnceLock::new(),
            probing: Mutex::default(),
            news,
            nursery: Nursery::default(),
            spares,
            busy: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Removes a tree that a sandbox wrote to through a bind, whoever owns its files now.
    pub async fn remove_tree(&self, path: PathBuf) -> Result<(), Error> {
        self.blocking(move |inner| inner.remove_tree(&path)).await
    }

    /// Removes the containers that an engine has of sandboxes that have ended or are gone: of
    /// starts that were cut short, or from when the engine did not answer. Those that run stay.
    pub async fn sweep_containers(&self, engine: &Engine) -> Result<(), Error> {
        let engine = engine.clone();
        self.blocking(move |inner| inner.sweep_containers(&engine)).await
    }

    /// The name of a volume of this driver's own, by what it is for: letters, digits, `-`.
    pub fn volume(&self, what: &str) -> String {
        format!("{}{what}", docker::volume_prefix(&self.inner.config.base))
    }

    /// Whether a container of another sandbox, or somebody else's, has a volume.
    pub async fn is_volume_in_use(
        &self,
        engine: &Engine,
        volume: &str,
        by_other_than: &SandboxId,
    ) -> Result<bool, Error> {
        let (engine, volume, own) = (engine.clone(), volume.to_owned(), by_other_than.to_string());
        self.blocking(move |_| {
            Ok(engine.users_of(&volume)?.iter().any(|sandbox| !sandbox.starts_with(&own)))
        })
        .await
    }

    /// The volumes of this driver's own whose names begin as [`Local::volume`] has it, and their
    /// sizes in bytes. The engine may take seconds to find them out.
    pub async fn volumes(&self, engine: &Engine, what: &str) -> Result<Vec<(String, u64)>, Error> {
        let (engine, prefix) = (engine.clone(), self.volume(what));
        self.blocking(move |_| engine.volumes(&prefix)).await
    }

    /// Removes the volumes of this driver's own whose names begin so, but for `keep`. Those that
    /// a container has stay.
    pub async fn remove_volumes(
        &self,
        engine: &Engine,
        what: &str,
        keep: Option<&str>,
    ) -> Result<(), Error> {
        let (engine, prefix) = (engine.clone(), self.volume(what));
        let keep = keep.map(str::to_owned);
        self.blocking(move |_| {
            let names = engine.volume_names(&prefix)?;
            let gone = names.iter().filter(|name| keep.as_ref() != Some(*name));
            gone.map(|name| engine.remove_volume(name)).find(Result::is_err).unwrap_or(Ok(true))
        })
        .await
        .map(drop)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Arc<Inner>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let inner = self.inner.clone();
        match tokio::task::spawn_blocking(move || work(&inner)).await {
            Ok(done) => done,
            Err(error) => {
                Err(Error::Io { what: "run a task".into(), source: io::Error::other(error) })
            }
        }
    }
}

impl Sandbox for Local {
    fn start(&self, spec: Spec) -> BoxFuture<'_, Result<Arc<dyn Handle>, Error>> {
        Box::pin(self.blocking(move |inner| {
            inner.start(spec).map(|handle| Arc::new(handle) as Arc<dyn Handle>)
        }))
    }

    fn attach<'a>(&'a self, id: &'a SandboxId) -> BoxFuture<'a, Result<Arc<dyn Handle>, Error>> {
        let id = id.clone();
        Box::pin(self.blocking(move |inner| {
            inner.attach(&id).map(|handle| Arc::new(handle) as Arc<dyn Handle>)
        }))
    }

    fn list(&self) -> BoxFuture<'_, Result<Vec<SandboxId>, Error>> {
        Box::pin(self.blocking(|inner| inner.list()))
    }

    fn destroy<'a>(&'a self, id: &'a SandboxId) -> BoxFuture<'a, Result<(), Error>> {
        let id = id.clone();
        Box::pin(self.blocking(move |inner| inner.destroy(&id)))
    }

    fn probe(&self) -> BoxFuture<'_, Result<Isolation, Error>> {
        Box::pin(self.blocking(|inner| Ok(inner.machine()?.isolation.clone())))
    }
}

fn during(what: impl Into<String>) -> impl FnOnce(io::Error) -> Error {
    let what = what.into();
    move |source| Error::Io { what, source }
}

/// An id that is being started or destroyed; free again when dropped.
struct Busy<'a> {
    inner: &'a Inner,
    id: SandboxId,
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let mut busy = self.inner.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.retain(|id| *id != self.id);
    }
}

impl Inner {
    pub(crate) fn seal_key(&self) -> Option<&[u8; 32]> {
        self.config.seal_key.as_ref()
    }

    fn layout(&self, id: &SandboxId) -> Layout {
        Layout::new(&self.config.base, id)
    }

    fn claim(&self, id: &SandboxId) -> Option<Busy<'_>> {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if busy.contains(id) {
            return None;
        }
        busy.push(id.clone());
        Some(Busy { inner: self, id: id.clone() })
    }

    fn supervisor(&self, verb: &str, argument: &Path) -> Command {
        let own = || PathBuf::from("/proc/self/exe");
        let mut command = Command::new(self.config.supervisor.clone().unwrap_or_else(own));
        command.arg(crate::supervisor::ARGUMENT).arg(verb).arg(argument);
        // Nothing of the yard's environment is the sandbox's business, except where tools are.
        let path = std::env::var_os("PATH");
        command.env_clear().envs(path.map(|path| ("PATH", path)));
        command
    }

    fn machine(&self) -> Result<&Machine, Error> {
        if let Some(machine) = self.machine.get() {
            return Ok(machine);
        }
        // One tries; the others wait for what it finds.
        let _probing = self.probing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(machine) = self.machine.get() {
            return Ok(machine);
        }
        let output = self
            .supervisor("probe", &self.config.base)
            .stdin(Stdio::null())
            .output()
            .map_err(during("run the sandbox probe"))?;
        let answer: Option<Value> = serde_json::from_slice(&output.stdout).ok();
        let machine = answer.as_ref().map(Machine::from_json);
        match machine {
            Some(Ok(machine)) => Ok(self.machine.get_or_init(|| machine)),
            _ => Err(Error::Unsupported(format!(
                "the sandbox probe failed: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            ))),
        }
    }

    fn start(self: &Arc<Self>, spec: Spec) -> Result<LocalHandle, Error> {
        spec.validate()?;
        let machine = match spec.container {
            None => Some(self.machine()?),
            Some(_) => None,
        };
        check_possible(&spec, machine)?;
        let id = spec.id.clone();
        let Some(_busy) = self.claim(&id) else {
            return Err(Error::Exists(id));
        };
        let layout = self.layout(&id);
        // A container shows nothing of this machine's but its binds.
        let homes = machine.map(|_| hidden::homes()).unwrap_or_default();
        let kind = machine.map(|machine| made::kind(machine, &homes));
        self.make_room(&layout, spec.root, kind.as_deref())?;
        let started = self.spawn(&layout, &spec, machine, &homes);
        if let Err(error) = started {
            // A persistent sandbox keeps its files; otherwise nothing is left of a failed start.
            let gone = match spec.root {
                Root::Ephemeral => layout.directory().to_owned(),
                Root::Persistent => layout.run(),
            };
            self.remove_tree(&gone)?;
            return Err(error);
        }
        LocalHandle::open(self.clone(), layout)
    }

    /// Makes the directories of a new run, and clears away an ended one of the same sandbox.
    fn make_room(
        self: &Arc<Self>,
        layout: &Layout,
        root: Root,
        kind: Option<&str>,
    ) -> Result<(), Error> {
        if root == Root::Ephemeral
            && kind.is_some_and(|kind| self.spares.take(layout.directory(), kind))
        {
            return Ok(());
        }
        let make = |path: &Path| fs::DirBuilder::new().mode(0o700).create(path);
        match make(layout.directory()) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let handle = LocalHandle::open(self.clone(), layout.clone())?;
                if root == Root::Ephemeral || handle.end()?.is_none() {
                    return Err(Error::Exists(layout.id().clone()));
                }
                self.remove_tree(&layout.run())?;
            }
            other => other.map_err(during("make the sandbox's directory"))?,
        }
        make(&layout.run()).map_err(during("make the sandbox's directory"))
    }

    fn spawn(
        &self,
        layout: &Layout,
        spec: &Spec,
        machine: Option<&Machine>,
        homes: &Homes,
    ) -> Result<(), Error> {
        let failed = |reason: String| Error::Start { id: spec.id.clone(), reason };
        let complaints = fs::File::create(layout.complaints()).map_err(during("make a file"))?;
        let (theirs, mut to_it) = io::pipe().map_err(during("make a pipe"))?;
        let (from_it, ours) = io::pipe().map_err(during("make a pipe"))?;
        let stdio = [theirs.into(), ours.into(), complaints.into()];
        self.nursery
            .start(|| self.supervisor("nurse", &self.config.base), &stdio)
            .map_err(during("start the sandbox's supervisor"))?;
        drop(stdio);
        let order = json!({
            "spec": codec::spec_to_json(spec),
            "machine": machine.map(Machine::to_json),
            "hidden": machine.map(|_| self.hidden(spec)).unwrap_or_default().iter()
                .map(|path| codec::path_to_json(path)).collect::<Vec<_>>(),
            "homes": homes.to_json(),
            "sealKey": self.config.seal_key.map(|key| key.to_vec()),
        });
        let told = to_it.write_all(order.to_string().as_bytes());
        // Closing it ends the order.
        drop(to_it);
        let mut line = String::new();
        let heard = BufReader::new(from_it).read_line(&mut line);
        told.map_err(|error| failed(format!("the supervisor took no order: {error}")))?;
        let answer: Option<Value> = heard.ok().and_then(|_| serde_json::from_str(&line).ok());
        if answer.as_ref().is_some_and(|answer| answer.get("started").is_some()) {
            return Ok(());
        }
        let reason =
            answer.as_ref().and_then(|answer| answer.get("failed")).and_then(Value::as_str);
        let said = || {
            let complaints = fs::read_to_string(layout.complaints()).unwrap_or_default();
            format!("its supervisor died: {}", complaints.trim())
        };
        Err(failed(reason.map_or_else(said, str::to_owned)))
    }

    fn hidden(&self, spec: &Spec) -> Vec<PathBuf> {
        let own = [self.config.base.clone()];
        let told = own.into_iter().chain(self.config.hide.clone()).chain(spec.hide.clone());
        let mut hidden = hidden::resolved(told);
        hidden.extend(hidden::keys());
        hidden.sort();
        hidden.dedup();
        // Below what is hidden there is nothing left to hide.
        let all = hidden.clone();
        hidden.retain(|path| !all.iter().any(|other| path != other && path.starts_with(other)));
        hidden
    }

    fn attach(self: &Arc<Self>, id: &SandboxId) -> Result<LocalHandle, Error> {
        let layout = self.layout(id);
        if !layout.directory().is_dir() {
            return Err(Error::NotFound(id.clone()));
        }
        let handle = LocalHandle::open(self.clone(), layout)?;
        handle.end()?;
        Ok(handle)
    }

    fn list(&self) -> Result<Vec<SandboxId>, Error> {
        let entries = fs::read_dir(&self.config.base).map_err(during("list the sandboxes"))?;
        let mut ids: Vec<SandboxId> = entries
            .flatten()
            .filter_map(|entry| SandboxId::new(entry.file_name().into_string().ok()?).ok())
            .collect();
        ids.sort();
        Ok(ids)
    }

    fn destroy(&self, id: &SandboxId) -> Result<(), Error> {
        let layout = self.layout(id);
        let give_up = Instant::now() + PATIENCE;
        let _busy = loop {
            match self.claim(id) {
                Some(busy) => break busy,
                // Being started or destroyed: then it is our turn.
                None if Instant::now() < give_up => std::thread::sleep(Duration::from_millis(5)),
                None => return Err(Error::Exists(id.clone())),
            }
        };
        if !layout.directory().is_dir() {
            return Ok(());
        }
        let found = read_identity(&layout)?;
        self.kill(&layout)?;
        // Elsewhere the layers have another form, and other owners.
        let whole = self.machine.get().is_some_and(|machine| machine.root == RootStyle::Whole);
        let is_container = found.is_some_and(|found| found.container.is_some());
        // Where sandboxes reach each other by abstract sockets, another one may have got hold of a
        // directory of this one, and would go on to see what the next one does there.
        let is_alone = sys::can_scope_abstract_sockets();
        if whole
            && is_alone
            && !is_container
            && self.spares.give(layout.directory()).unwrap_or(false)
        {
            return Ok(());
        }
        self.remove_tree(layout.directory())
    }

    /// Ends everything of a sandbox at once, supervisor included.
    fn kill(&self, layout: &Layout) -> Result<(), Error> {
        let Some(found) = read_identity(layout)? else {
            return Ok(());
        };
        // Init's death takes all of the sandbox with it; the supervisor then ends by itself. A
        // container's is not ours to kill: it ends when the supervisor does.
        let init = found.init.as_ref().filter(|_| found.container.is_none());
        for process in init.into_iter().chain([&found.supervisor]) {
            process.signal(Signal::SIGKILL).map_err(during("kill the sandbox"))?;
        }
        if let Some((engine, name)) = &found.container
            && let Err(error) = engine.remove(name)
        {
            // It has ended, or is about to; what is left of it is swept when a yard starts.
            tracing::warn!(container = name, %error, "a container is left for later");
        }
        let give_up = Instant::now() + PATIENCE;
        while found.init.as_ref().is_some_and(Identity::is_alive) || found.supervisor.is_alive() {
            if Instant::now() > give_up {
                let source = io::Error::other("it does not die");
                return Err(Error::Io { what: format!("kill sandbox {}", layout.id()), source });
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        group::remove_left_over(&found.groups, layout.id().as_str());
        Ok(())
    }

    fn sweep_containers(self: &Arc<Self>, engine: &Engine) -> Result<(), Error> {
        for (container, sandbox) in engine.containers(&docker::yard_name(&self.config.base))? {
            let Ok(id) = SandboxId::new(sandbox) else { continue };
            // One that is being started has its records first.
            let runs = match self.attach(&id) {
                Ok(handle) => handle.end()?.is_none(),
                Err(Error::NotFound(_)) => false,
                Err(error) => return Err(error),
            };
            if !runs {
                engine.remove(&container)?;
            }
        }
        Ok(())
    }

    fn remove_tree(&self, path: &Path) -> Result<(), Error> {
        let first = remove::tree(path);
        let Err(error) = first else { return Ok(()) };
        let output = self.supervisor("remove", path).stdin(Stdio::null()).output();
        match output {
            Ok(output) if output.status.success() => {}
            _ => return Err(during(format!("remove {}", path.display()))(error)),
        }
        remove::tree(path).map_err(during(format!("remove {}", path.display())))
    }

    /// The end that the supervisor has recorded, if it has.
    pub(crate) fn recorded_end(&self, layout: &Layout) -> Result<Option<End>, Error> {
        journal::read_end(&layout.end(), || layout.seal(self.seal_key(), "end"))
            .map_err(during("read how the sandbox ended"))
    }

    /// The recorded end, or the end of a sandbox whose supervisor is gone without recording one;
    /// then nothing of it is left running. None while it runs.
    pub(crate) fn end(&self, layout: &Layout) -> Result<Option<End>, Error> {
        if let Some(end) = self.recorded_end(layout)? {
            return Ok(Some(end));
        }
        let found = read_identity(layout)?;
        if found.as_ref().is_some_and(|found| found.supervisor.is_alive()) {
            return Ok(None);
        }
        // Its last act may have been to record the end.
        if let Some(end) = self.recorded_end(layout)? {
            return Ok(Some(end));
        }
        if found.is_none()
            && self.busy.lock().unwrap_or_else(PoisonError::into_inner).contains(layout.id())
        {
            return Ok(None); // being started right now
        }
        let reason = match &found {
            None => "the yard ended before the sandbox had started",
            Some(found) if found.supervisor.is_of_another_boot() => "the machine was restarted",
            Some(_) => "its supervisor was killed",
        };
        if found.is_some() {
            self.kill(layout)?;
        }
        let written = fs::metadata(layout.output()).map_or(0, |found| found.len());
        let end = End {
            kind: EndKind::Lost(reason.into()),
            at: journal::now(),
            output_bytes: written,
            dropped_bytes: 0,
            exports: Vec::new(),
            expanded: None,
            workdir: None,
        };
        journal::write_end(&layout.end(), layout.seal(self.seal_key(), "end"), &end)
            .map_err(during("record the end of the sandbox"))?;
        Ok(Some(end))
    }
}

/// What the supervisor recorded of itself.
pub(crate) struct Found {
    pub(crate) supervisor: Identity,
    /// None of a container that this machine doesn't see.
    pub(crate) init: Option<Identity>,
    pub(crate) groups: group::Parents,
    pub(crate) container: Option<(Engine, String)>,
}

pub(crate) fn read_identity(layout: &Layout) -> Result<Option<Found>, Error> {
    let text = match fs::read(layout.identity()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(during("read the sandbox's identity"))?,
    };
    let value: Value = serde_json::from_slice(&text)
        .map_err(|error| during("read the sandbox's identity")(error.into()))?;
    let identity = |name| value.get(name).and_then(Identity::from_json);
    Ok(identity("supervisor").map(|supervisor| Found {
        supervisor,
        init: identity("init"),
        groups: group::Parents::from_json(value.get("groups")),
        container: value.get("container").and_then(|container| {
            let socket = codec::path_from_json(container.get("socket")?)?;
            Some((Engine::on(socket), container.get("name")?.as_str()?.to_owned()))
        }),
    }))
}

fn check_possible(spec: &Spec, machine: Option<&Machine>) -> Result<(), Error> {
    match machine {
        Some(machine) => check_machine(spec, machine)?,
        None if spec.root == Root::Persistent => {
            return Err(Error::Unsupported("a persistent sandbox in a container".into()));
        }
        None => {}
    }
    if let Some(bind) = spec.binds.iter().find(|bind| !bind.host.exists()) {
        let message = format!("bind source {} does not exist", bind.host.display());
        return Err(Error::Invalid(crate::spec::InvalidSpec(message)));
    }
    Ok(())
}

fn check_machine(spec: &Spec, machine: &Machine) -> Result<(), Error> {
    if machine.isolation.level == Level::None {
        return Err(Error::Unsupported(machine.isolation.reasons.join("; ")));
    }
    if machine.users == crate::machine::Users::Single
        && let Some(user) = spec.users().next()
    {
        return Err(Error::Unsupported(format!(
            "run-as {user:?}: the sandbox has no user but root here ({})",
            machine.isolation.reasons.join("; ")
        )));
    }
    if spec.root == Root::Persistent && machine.upper_in_memory {
        return Err(Error::Unsupported(
            "a persistent sandbox: the data directory's file system can't hold an overlay".into(),
        ));
    }
    Ok(())
}
