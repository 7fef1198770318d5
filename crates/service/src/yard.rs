//! A yard: the rooms that one running Codeyard shares among its services.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use blobs::Blobs;
use engine::Engine;
use store::{ReadTx, Store, WriteTx};
use tokio::sync::watch;
use types::{Account, Region, SharedClock};
use wire::Error;

use crate::{AuditSink, Endpoint, Identity, Registry, Session, SessionRequest};

/// What does not change while a yard runs.
#[derive(Clone, Debug)]
pub struct Config {
    /// The account that owns everything, unless test mode says otherwise.
    pub account: Account,
    /// Region of calls that name none.
    pub region: Region,
    /// Where services keep what is neither in the store nor in blobs: git caches, sandboxes.
    pub data_dir: PathBuf,
    /// The address that clients in sandboxes and background work use.
    pub endpoint: Endpoint,
    /// Any access key is root, nothing is kept.
    pub test_mode: bool,
    /// Root's access key.
    pub root_access_key_id: String,
    /// Root's secret.
    pub root_secret_access_key: String,
    /// This program, for sandboxes' supervisors and agents.
    pub program: PathBuf,
    /// Builds that may run at once.
    pub build_slots: usize,
    /// Where git over SSH listens, if it does.
    pub ssh: Option<std::net::SocketAddr>,
    /// Where plain copies of git repositories may lie.
    pub git_cache: GitCache,
    /// The container engine, and what it is for.
    pub containers: Containers,
    /// Sources of the types GITHUB, GITLAB and BITBUCKET may be on this machine: their account's
    /// tokens then go to whatever listens here.
    pub loopback_providers: bool,
}

/// The container engine that builds may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Containers {
    /// Its address, as `DOCKER_HOST` has it; `None`: there is none.
    pub address: Option<String>,
    /// Builds with CodeBuild's own images run there too.
    pub curated: bool,
    /// Builds may have `privilegedMode`, with which they are what the engine is: root on this
    /// machine, as a rule.
    pub privileged: bool,
}

/// Where plain copies of sealed git repositories may lie while the yard runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitCache {
    /// A folder on a tmpfs, where the yard makes one of its own; `None`: there is none.
    pub memory_dir: Option<PathBuf>,
    /// Bytes of copies in memory.
    pub memory_bytes: u64,
    /// Never on disk: what does not fit into memory is refused.
    pub memory_only: bool,
}

impl GitCache {
    /// A cache in `dir`, whatever it lies on: for tests, whose files go with their directory.
    pub fn within(dir: &std::path::Path) -> Self {
        Self { memory_dir: Some(dir.join("git-memory")), memory_bytes: 1 << 30, memory_only: false }
    }
}

/// The rooms of a running Codeyard; cheap to clone. A reset replaces the whole yard, so that old
/// work can never touch new state.
#[derive(Clone)]
pub struct Yard(Arc<Inner>);

struct Inner {
    config: Config,
    registry: Arc<Registry>,
    store: Store,
    blobs: Blobs,
    clock: SharedClock,
    identity: Arc<dyn Identity>,
    audit: Arc<dyn AuditSink>,
    engine: Mutex<Option<Engine>>,
    extensions: RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    stopping: watch::Sender<bool>,
}

/// What a yard is built of.
pub struct YardBuilder {
    /// See [`Config`].
    pub config: Config,
    /// All services.
    pub registry: Arc<Registry>,
    /// Durable state.
    pub store: Store,
    /// Bytes.
    pub blobs: Blobs,
    /// Time.
    pub clock: SharedClock,
    /// The IAM service's door.
    pub identity: Arc<dyn Identity>,
    /// The audit trail; made from the store, since a yard has one of its own.
    pub audit: Arc<dyn AuditSink>,
}

impl YardBuilder {
    /// Puts the yard together and starts its background work on the current Tokio runtime.
    ///
    /// # Errors
    /// Where the engine cannot take over what an earlier process left.
    pub async fn start(self) -> Result<Yard, Error> {
        let yard = Yard(Arc::new(Inner {
            config: self.config,
            registry: self.registry,
            store: self.store,
            blobs: self.blobs,
            clock: self.clock,
            identity: self.identity,
            audit: self.audit,
            engine: Mutex::default(),
            extensions: RwLock::default(),
            stopping: watch::Sender::new(false),
        }));
        let mut builder = Engine::builder(yard.store().clone(), yard.clock().clone());
        for service in yard.registry().services() {
            for make in &service.reconcilers {
                builder = builder.reconciler(make(&yard));
            }
            for make in &service.subscribers {
                builder = builder.subscriber(make(&yard));
            }
        }
        for service in yard.registry().services() {
            for hook in &service.on_start {
                hook(&yard);
            }
        }
        let engine = builder.start().await.map_err(Error::internal)?;
        *yard.0.engine.lock().unwrap_or_else(PoisonError::into_inner) = Some(engine);
        Ok(yard)
    }
}

impl Yard {
    /// What does not change.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// All services.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.0.registry
    }

    /// Durable state.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Bytes.
    pub fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }

    /// Time.
    pub fn clock(&self) -> &SharedClock {
        &self.0.clock
    }

    /// The IAM service's door.
    pub fn identity(&self) -> &Arc<dyn Identity> {
        &self.0.identity
    }

    /// The audit trail.
    pub fn audit(&self) -> &Arc<dyn AuditSink> {
        &self.0.audit
    }

    /// The address for work that no client asked for.
    pub fn endpoint(&self) -> Endpoint {
        self.0.config.endpoint.clone()
    }

    /// Ends background work: takes nothing new, waits up to `grace` for running steps. Reconcilers
    /// hold the yard and the yard holds the engine: without this call neither is ever freed.
    pub async fn stop(&self, grace: std::time::Duration) {
        self.close();
        let engine = self.0.engine.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(engine) = engine {
            engine.shutdown(grace).await;
        }
        for service in self.registry().services() {
            for hook in &service.on_stop {
                hook(self);
            }
        }
    }

    /// Tells what waits without end (long polls, streams of events) that the yard is about to stop.
    /// To be called before the door closes, which waits for answers that are under way.
    pub fn close(&self) {
        self.0.stopping.send_replace(true);
    }

    /// Returns once the yard is being stopped.
    pub async fn stopping(&self) {
        // The yard holds the sender, so this cannot fail while it is waited for.
        let _ = self.0.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }

    /// Reads one snapshot of the store. Inline and quick: no waiting, no files, no other calls
    /// inside.
    ///
    /// # Errors
    /// Whatever the closure returns.
    pub fn read<T>(&self, f: impl FnOnce(&ReadTx<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.0.store.read(f)
    }

    /// Runs one transaction on the store; durable when it returns. The closure may run more than
    /// once, so it has no effects but those on the transaction. An error changes nothing.
    ///
    /// # Errors
    /// Whatever the closure returns.
    pub fn write<T: Send + 'static>(
        &self,
        f: impl Fn(&mut WriteTx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> impl Future<Output = Result<T, Error>> + Send + 'static {
        self.0.store.write(f)
    }

    /// Assumes a role for a service of the yard.
    ///
    /// # Errors
    /// Where the role does not exist or does not trust the service.
    pub fn assume_role(&self, request: &SessionRequest) -> Result<Session, Error> {
        self.0.identity.assume_role_for_service(self, request)
    }

    /// A service's in-memory companion in this yard (caches, waiting pollers), made at first use.
    pub fn extension<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        let id = TypeId::of::<T>();
        let known =
            self.0.extensions.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some(Ok(known)) = known.map(Arc::downcast) {
            return known;
        }
        let mut all = self.0.extensions.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(Ok(known)) = all.get(&id).cloned().map(Arc::downcast) {
            return known;
        }
        let fresh = Arc::new(make());
        all.insert(id, fresh.clone());
        fresh
    }
}
