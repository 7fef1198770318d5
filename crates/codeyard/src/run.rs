//! Putting a yard together from its rooms.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use blobs::{Blobs, MasterKeyring};
use gateway::{Certificates, Gateway, Serving};
use service::{Config, Endpoint, Registry, Yard, YardBuilder};
use store::Store;
use types::{SharedClock, system_clock};

use crate::cli::UpOptions;
use crate::data_dir::DataDir;
use crate::failure::{Context as _, Failure, Outcome};
use crate::{port, ssh_door};

/// How long the door waits for open requests when the yard stops.
const DOOR_GRACE: Duration = Duration::from_secs(2);
/// How long running steps may take when the yard stops. Builds and deployments go on without it.
const ENGINE_GRACE: Duration = Duration::from_secs(10);

/// A yard that runs in this process.
pub(crate) struct Running {
    pub(crate) url: String,
    pub(crate) data: DataDir,
    /// Why it listens elsewhere than usual, if it does.
    pub(crate) note: Option<String>,
    gateway: Arc<Gateway>,
    serving: Serving,
    ssh: Option<ssh::Serving>,
    /// Test mode's files; they go with the yard.
    _scratch: Option<tempfile::TempDir>,
    test_mode: bool,
}

/// A runtime for commands that only wait for others.
pub(crate) fn small_runtime() -> Outcome<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().context("start the runtime")
}

/// The runtime of a yard.
pub(crate) fn runtime() -> Outcome<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("start the runtime")
}

/// Starts a yard and opens its door.
pub(crate) async fn start(options: &UpOptions) -> Outcome<Running> {
    if options.test_mode && !options.expose_test_mode {
        port::only_here(options.listen)?;
        port::only_here(options.ssh.address())?;
    }
    let scratch = match options.test_mode {
        true => Some(tempfile::tempdir().context("make a directory for throw-away state")?),
        false => None,
    };
    let path = scratch.as_ref().map_or(options.data_dir.as_path(), |dir| dir.path());
    let data = DataDir::open(path, options.account.as_ref(), options.region.as_ref())?;
    // A first start waits mostly for the disk: the authority's files beside the store's.
    let authority = tokio::task::spawn_blocking({
        let data = data.clone();
        move || Ok::<_, Failure>((data.authority()?, ssh_door::host_keys(&data)?))
    });
    let store = match options.test_mode {
        true => Store::memory().context("open the store")?,
        false => open_store(&data)?,
    };
    let (listener, note) = port::listen(options.listen, data.last_url().as_deref()).await?;
    let address = listener.local_addr().context("read the address")?;
    let ssh_listener = ssh_door::listen(options.ssh, data.last_ssh().as_deref()).await?;
    let ssh_address = match &ssh_listener {
        Some(listener) => Some(listener.local_addr().context("read the address for SSH")?),
        None => None,
    };
    let endpoint = Endpoint { scheme: "http", host: port::reached_at(address).to_string() };
    let config = Config {
        account: data.account.clone(),
        region: data.region.clone(),
        data_dir: data.path.clone(),
        endpoint: endpoint.clone(),
        test_mode: options.test_mode,
        root_access_key_id: data.root.id.clone(),
        root_secret_access_key: data.root.secret.clone(),
        program: program()?,
        build_slots: options.build_slots,
        ssh: ssh_address,
        git_cache: options.git_cache.resolve()?,
        containers: options.containers.clone(),
        loopback_providers: options.loopback_providers || options.test_mode,
    };
    let registry = Arc::new(Registry::new(crate::services::all()));
    let yard = assemble(config.clone(), registry.clone(), store).await?;
    let rebuild: Option<gateway::Rebuild> = options.test_mode.then(|| {
        let make: gateway::Rebuild = Box::new(move || {
            let (config, registry) = (config.clone(), registry.clone());
            Box::pin(async move { fresh(config, registry).await })
        });
        make
    });
    let ((_, authority_key), host_keys) =
        authority.await.context("make the yard's authority")??;
    let tls =
        Certificates::under(&authority_key, &port::names_of(address)).context("prepare TLS")?;
    let gateway = Gateway::with_tls(yard, rebuild, Some(&tls));
    let serving = gateway.serve(listener).context("open the door")?;
    let git_over_ssh = {
        let gateway = gateway.clone();
        svc_codecommit::GitOverSsh::new(move || gateway.yard())
    };
    let ssh = match ssh_listener {
        Some(listener) => {
            Some(ssh::open(listener, host_keys, git_over_ssh).context("open the door for SSH")?)
        }
        None => None,
    };
    let url = endpoint.url();
    data.note_running(&url, ssh_address)?;
    if !options.test_mode {
        crate::hosts::resume(&data, &url).await;
    }
    Ok(Running {
        url,
        data,
        note,
        gateway,
        serving,
        ssh,
        _scratch: scratch,
        test_mode: options.test_mode,
    })
}

fn open_store(data: &DataDir) -> Outcome<Store> {
    let dir = data.path.join("store");
    Store::open(&dir, store::Options::default()).map_err(|error| {
        let failure = Failure::new(&error);
        match data.running() {
            Some(yard) => failure.hint(format!(
                "the yard at {} (process {}) has it; stop it with `codeyard down`, or use another --data-dir",
                yard.url, yard.pid
            )),
            None => failure,
        }
    })
}

/// This program, as supervisors and hosts start it. While it runs it stays the same file even if a
/// build replaces it.
fn program() -> Outcome<PathBuf> {
    std::env::current_exe().context("find this program")
}

async fn assemble(config: Config, registry: Arc<Registry>, store: Store) -> Outcome<Yard> {
    let master = MasterKeyring::open_or_create(&config.data_dir.join("master.key"))
        .context("open the master key")?;
    let keyring = Arc::new(svc_security::KmsKeyring::new(store.clone(), Arc::new(master)));
    let blobs = Blobs::open(&blobs_dir(&config.data_dir), keyring).context("open the blobs")?;
    let clock = system_clock();
    Ok(builder(config, registry, store, blobs, clock)?.start().await?)
}

fn blobs_dir(data_dir: &Path) -> PathBuf {
    data_dir.join("blobs")
}

fn builder(
    config: Config,
    registry: Arc<Registry>,
    store: Store,
    blobs: Blobs,
    clock: SharedClock,
) -> Result<YardBuilder, service::Error> {
    let audit = svc_management::AuditTrail::start(store.clone(), clock.clone())?;
    let identity = Arc::new(svc_identity::IamIdentity::new());
    Ok(YardBuilder { config, registry, store, blobs, clock, identity, audit })
}

/// A yard with nothing in it, for a reset in test mode. The old one's blobs stay on disk until the
/// process ends: they are sealed, unreachable and in a scratch directory.
async fn fresh(mut config: Config, registry: Arc<Registry>) -> Result<Yard, service::Error> {
    config.data_dir = config.data_dir.join(format!("reset-{}", types::uuid()));
    std::fs::create_dir_all(&config.data_dir).map_err(service::Error::internal)?;
    let store = Store::memory()?;
    let master = Arc::new(MasterKeyring::ephemeral());
    let keyring = Arc::new(svc_security::KmsKeyring::new(store.clone(), master));
    let backend = Arc::new(blobs::MemoryBackend::new());
    let blobs = Blobs::new(backend, keyring);
    builder(config, registry, store, blobs, system_clock())?.start().await
}

impl Running {
    /// The yard itself.
    pub(crate) fn yard(&self) -> Yard {
        self.gateway.yard()
    }

    /// Where git over SSH is served, if it is.
    pub(crate) fn ssh_address(&self) -> Option<std::net::SocketAddr> {
        self.ssh.as_ref().map(|ssh| ssh.address)
    }

    /// What a user is told once everything is open.
    pub(crate) fn ready_line(&self, began: std::time::Instant) -> String {
        let ready = format!("ready {} in {} ms", self.url, began.elapsed().as_millis());
        match self.ssh_address() {
            Some(address) => format!("{ready}, git over SSH at {address}"),
            None => ready,
        }
    }

    /// Stops in order: the door, then background work. Builds, deployments and hosts go on
    /// without it and are found again at the next start.
    pub(crate) async fn stop(self) -> Outcome<()> {
        let yard = self.gateway.yard();
        yard.close();
        let ssh_address = self.ssh_address();
        let ssh = async {
            if let Some(ssh) = self.ssh {
                ssh.stop(DOOR_GRACE).await;
            }
        };
        tokio::join!(self.serving.stop(DOOR_GRACE), ssh);
        yard.stop(ENGINE_GRACE).await;
        match self.test_mode {
            true => Ok(()),
            false => self.data.note_stopped(&self.url, ssh_address),
        }
    }
}
