//! A sandbox for tests: runs nothing, plays what the test wrote.

use crate::contract::{BoxFuture, Error, Handle, MAX_READ, Sandbox};
use crate::journal::now;
use crate::spec::{Root, SandboxId, Spec};
use crate::status::{End, EndKind, Isolation, Level, StageStatus, Status};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Sandboxes that exist in memory only. Every start is recorded; a sandbox runs until the test
/// ends it through [`Fake::run`], or somebody stops it.
#[derive(Clone, Default)]
pub struct Fake {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    runs: BTreeMap<SandboxId, FakeRun>,
    started: Vec<Spec>,
    refusal: Option<String>,
}

/// One fake sandbox, for the test to play with.
#[derive(Clone)]
pub struct FakeRun {
    id: SandboxId,
    play: Arc<Mutex<Play>>,
    news: watch::Sender<()>,
}

struct Play {
    root: Root,
    status: Status,
    output: Vec<u8>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Fake {
    /// No sandboxes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every spec started so far, in order.
    pub fn started(&self) -> Vec<Spec> {
        lock(&self.shared).started.clone()
    }

    /// Refuses every start from now on for this reason, or (`None`) no more.
    pub fn refuse(&self, reason: Option<&str>) {
        lock(&self.shared).refusal = reason.map(str::to_owned);
    }

    /// The sandbox of that id, if there is one.
    pub fn run(&self, id: &SandboxId) -> Option<FakeRun> {
        lock(&self.shared).runs.get(id).cloned()
    }
}

impl FakeRun {
    /// Adds output.
    pub fn write(&self, output: &[u8]) {
        lock(&self.play).output.extend_from_slice(output);
        self.news.send_replace(());
    }

    /// Replaces the stages that the status tells of.
    pub fn stages(&self, stages: Vec<StageStatus>) {
        lock(&self.play).status.stages = stages;
        self.news.send_replace(());
    }

    /// Ends it, unless it has ended.
    pub fn end(&self, kind: EndKind, exports: Vec<(String, String)>) {
        let mut play = lock(&self.play);
        let output_bytes = play.output.len() as u64;
        play.status.end.get_or_insert(End {
            kind,
            at: now(),
            output_bytes,
            dropped_bytes: 0,
            exports,
            expanded: None,
            workdir: None,
        });
        drop(play);
        self.news.send_replace(());
    }
}

impl Sandbox for Fake {
    fn start(&self, spec: Spec) -> BoxFuture<'_, Result<Arc<dyn Handle>, Error>> {
        Box::pin(async move {
            spec.validate()?;
            let id = spec.id.clone();
            let mut shared = lock(&self.shared);
            if let Some(reason) = shared.refusal.clone() {
                return Err(Error::Start { id, reason });
            }
            if let Some(there) = shared.runs.get(&id) {
                let play = lock(&there.play);
                if play.root == Root::Ephemeral || play.status.end.is_none() {
                    return Err(Error::Exists(id));
                }
            }
            let isolation =
                Isolation { level: Level::None, reasons: vec!["nothing runs: a fake".into()] };
            let status = Status {
                isolation,
                started_at: now(),
                stages: Vec::new(),
                notes: Vec::new(),
                end: None,
            };
            let run = FakeRun {
                id: id.clone(),
                play: Arc::new(Mutex::new(Play { root: spec.root, status, output: Vec::new() })),
                news: watch::Sender::new(()),
            };
            shared.runs.insert(id, run.clone());
            shared.started.push(spec);
            Ok(handle(run))
        })
    }

    fn attach<'a>(&'a self, id: &'a SandboxId) -> BoxFuture<'a, Result<Arc<dyn Handle>, Error>> {
        Box::pin(async move { self.run(id).map(handle).ok_or_else(|| Error::NotFound(id.clone())) })
    }

    fn list(&self) -> BoxFuture<'_, Result<Vec<SandboxId>, Error>> {
        Box::pin(async move { Ok(lock(&self.shared).runs.keys().cloned().collect()) })
    }

    fn destroy<'a>(&'a self, id: &'a SandboxId) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let gone = lock(&self.shared).runs.remove(id);
            if let Some(run) = gone {
                run.end(EndKind::Stopped("destroyed".into()), Vec::new());
            }
            Ok(())
        })
    }

    fn probe(&self) -> BoxFuture<'_, Result<Isolation, Error>> {
        Box::pin(async move {
            Ok(Isolation { level: Level::None, reasons: vec!["nothing runs: a fake".into()] })
        })
    }
}

struct FakeHandle {
    run: FakeRun,
    receiver: tokio::sync::Mutex<watch::Receiver<()>>,
}

fn handle(run: FakeRun) -> Arc<dyn Handle> {
    let mut receiver = run.news.subscribe();
    receiver.mark_changed();
    Arc::new(FakeHandle { run, receiver: tokio::sync::Mutex::new(receiver) })
}

impl Handle for FakeHandle {
    fn id(&self) -> &SandboxId {
        &self.run.id
    }

    fn status(&self) -> BoxFuture<'_, Result<Status, Error>> {
        Box::pin(async move { Ok(lock(&self.run.play).status.clone()) })
    }

    fn read_output(&self, offset: u64, max: usize) -> BoxFuture<'_, Result<Vec<u8>, Error>> {
        Box::pin(async move {
            let play = lock(&self.run.play);
            let from = usize::try_from(offset).unwrap_or(usize::MAX).min(play.output.len());
            let rest = play.output.get(from..).unwrap_or_default();
            Ok(rest.get(..max.min(MAX_READ).min(rest.len())).unwrap_or_default().to_vec())
        })
    }

    fn changed(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            // The sender lives as long as this handle.
            let _ = self.receiver.lock().await.changed().await;
        })
    }

    fn stop<'a>(&'a self, reason: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            self.run.end(EndKind::Stopped(reason.into()), Vec::new());
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::wait;
    use crate::spec::{Limits, Program, Service};

    fn spec(root: Root) -> Spec {
        Spec {
            id: SandboxId::new("s").unwrap(),
            root,
            workdir: "/".into(),
            env: Vec::new(),
            secrets: Vec::new(),
            binds: Vec::new(),
            hide: Vec::new(),
            limits: Limits::default(),
            container: None,
            program: Program::Service(Service {
                argv: vec!["x".into()],
                run_as: None,
                restart: false,
                grace: crate::spec::DEFAULT_GRACE,
            }),
        }
    }

    #[tokio::test]
    async fn plays_what_the_test_wrote() {
        let fake = Fake::new();
        let handle = fake.start(spec(Root::Ephemeral)).await.unwrap();
        let run = fake.run(handle.id()).unwrap();
        let ended = tokio::spawn({
            let handle = fake.attach(handle.id()).await.unwrap();
            async move { wait(handle.as_ref()).await.unwrap().end.unwrap() }
        });
        run.write(b"hello");
        assert_eq!(handle.read_output(1, 3).await.unwrap(), b"ell");
        run.end(EndKind::Exited(3), Vec::new());
        handle.stop("too late").await.unwrap();
        let ended = ended.await.unwrap();
        assert_eq!((ended.kind, ended.output_bytes), (EndKind::Exited(3), 5));
        assert_eq!(fake.started().len(), 1);
    }

    #[tokio::test]
    async fn keeps_the_contract_of_ids() {
        let fake = Fake::new();
        let handle = fake.start(spec(Root::Persistent)).await.unwrap();
        assert!(matches!(fake.start(spec(Root::Persistent)).await, Err(Error::Exists(_))));
        handle.stop("x").await.unwrap();
        fake.start(spec(Root::Persistent)).await.unwrap();
        fake.destroy(handle.id()).await.unwrap();
        fake.destroy(handle.id()).await.unwrap();
        assert!(matches!(fake.attach(handle.id()).await, Err(Error::NotFound(_))));
        fake.refuse(Some("no room"));
        let refused = fake.start(spec(Root::Ephemeral)).await.err().unwrap();
        assert!(refused.to_string().contains("no room"));
    }
}
