//! What a yard's builds share in memory: the sandbox driver, stop signals, role sessions.

use std::collections::HashMap;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sandbox::{Local, LocalConfig, Sandbox as _, SandboxId};
use service::{Session, SessionRequest, Yard};
use shape::Timestamp;
use tokio::sync::Notify;
use wire::Error;

use crate::model::BuildRecord;
use crate::{run, sandboxes};

/// A session is given out while it lasts at least so long, in milliseconds.
const SESSION_RESERVE: i64 = 15 * 60 * 1000;
/// How long a session lasts, in seconds.
const SESSION_SECONDS: u32 = 3_600;
/// The key that seals the sandboxes' output and journals on disk, itself sealed.
const SEAL_FILE: &str = "spool.key";
const SEAL_CONTEXT: &[u8] = b"codebuild spool key";

/// See the module.
#[derive(Default)]
pub(crate) struct Rooms {
    driver: Mutex<Option<Arc<Local>>>,
    stops: Mutex<HashMap<String, Arc<Notify>>>,
    sessions: Mutex<HashMap<String, Session>>,
    /// Which build has which volume of Docker layers.
    layers: Mutex<HashMap<String, String>>,
}

impl Rooms {
    /// The yard's.
    pub fn of(yard: &Yard) -> Arc<Self> {
        yard.extension(Self::default)
    }

    /// The sandbox driver, made at first use.
    pub fn sandboxes(&self, yard: &Yard) -> Result<Arc<Local>, String> {
        // Held while it is made: two makers would seal with two keys, of which one is lost.
        let mut driver = lock(&self.driver);
        if let Some(driver) = &*driver {
            return Ok(driver.clone());
        }
        let config = yard.config();
        let base = directory(yard).join("sandboxes");
        let made = Local::new(LocalConfig {
            base,
            hide: vec![config.data_dir.clone()],
            seal_key: Some(seal_key(yard)?),
            supervisor: Some(config.program.clone()),
        })
        .map_err(|error| error.to_string())?;
        let work = directory(yard).join("work");
        std::fs::create_dir_all(&work).map_err(|error| error.to_string())?;
        sandbox::spread_subdirectories(&work);
        Ok(driver.insert(Arc::new(made)).clone())
    }

    /// Where a runner waits for somebody to stop its build.
    pub fn stop_signal(&self, id: &str) -> Arc<Notify> {
        lock(&self.stops).entry(id.to_owned()).or_default().clone()
    }

    /// Tells the build's runner, if there is one.
    pub fn stop(&self, id: &str) {
        if let Some(signal) = lock(&self.stops).get(id) {
            signal.notify_one();
        }
    }

    /// A session in the build's role, fresh or young enough.
    pub fn session(&self, yard: &Yard, record: &BuildRecord) -> Result<Session, Error> {
        let now = yard.clock().now();
        let young = |session: &&Session| session.expires.since(now) > SESSION_RESERVE;
        if let Some(session) = lock(&self.sessions).get(record.uuid()).filter(young) {
            return Ok(session.clone());
        }
        let session = yard.assume_role(&SessionRequest {
            role_arn: record.service_role().to_owned(),
            service: "codebuild.amazonaws.com".to_owned(),
            session_name: format!("AWSCodeBuild-{}", record.uuid()),
            seconds: SESSION_SECONDS,
            source_arn: Some(record.arn().to_owned()),
            ..SessionRequest::default()
        })?;
        lock(&self.sessions).insert(record.uuid().to_owned(), session.clone());
        Ok(session)
    }

    /// Whether the build may have a volume: whether no other has it.
    pub fn claim_layers(&self, volume: &str, uuid: &str) -> bool {
        let mut layers = lock(&self.layers);
        layers.entry(volume.to_owned()).or_insert_with(|| uuid.to_owned()) == uuid
    }

    /// The build has none any more.
    pub fn release_layers(&self, uuid: &str) {
        lock(&self.layers).retain(|_, holder| holder != uuid);
    }

    /// Forgets a build that has ended.
    pub fn forget(&self, record: &BuildRecord) {
        lock(&self.stops).remove(&record.id);
        lock(&self.stops).remove(&sandboxes::news(&record.id));
        lock(&self.sessions).remove(record.uuid());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where builds keep files.
pub(crate) fn directory(yard: &Yard) -> PathBuf {
    yard.config().data_dir.join("builds")
}

/// The directory of one build's sources, on the host.
pub(crate) fn work_directory(yard: &Yard, uuid: &str) -> PathBuf {
    directory(yard).join("work").join(uuid)
}

/// Where local caches are kept.
pub(crate) fn cache_directory(yard: &Yard) -> PathBuf {
    directory(yard).join("caches")
}

/// The build's name as a sandbox.
pub(crate) fn sandbox_id(record: &BuildRecord) -> Result<SandboxId, String> {
    SandboxId::new(record.uuid()).map_err(|error| error.to_string())
}

fn seal_key(yard: &Yard) -> Result<[u8; 32], String> {
    let directory = directory(yard);
    std::fs::create_dir_all(&directory).map_err(|error| error.to_string())?;
    let path = directory.join(SEAL_FILE);
    match std::fs::read(&path) {
        Ok(sealed) => {
            let key = yard.blobs().unseal(SEAL_CONTEXT, &sealed).map_err(|e| e.to_string())?;
            key.as_slice().try_into().map_err(|_| "the spool key is damaged".to_owned())
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key: [u8; 32] = types::random_bytes();
            let sealed = yard
                .blobs()
                .seal(&blobs::KeyRef::Yard, SEAL_CONTEXT, &key)
                .map_err(|error| error.to_string())?;
            write_once(&path, &sealed).map_err(|error| error.to_string())?;
            Ok(key)
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Whole or not at all.
fn write_once(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let fresh = path.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(fresh, path)
}

/// Removes what a build left on the host: its sandbox and its sources.
pub(crate) async fn clean_up(yard: &Yard, record: &BuildRecord) {
    let rooms = Rooms::of(yard);
    rooms.forget(record);
    if let Err(error) = remove(yard, &rooms, record.uuid(), Some(record)).await {
        tracing::warn!(build = record.id, %error, "failed to remove what a build left");
    }
    if run::runs_in_container(yard, record) {
        // Of starts that were cut short while the engine was still at it.
        if let Err(error) = sweep_containers(yard, &rooms).await {
            tracing::warn!(%error, "failed to look for containers that builds left");
        }
        run::give_back_layers(yard, record).await;
    }
}

async fn remove(
    yard: &Yard,
    rooms: &Rooms,
    uuid: &str,
    record: Option<&BuildRecord>,
) -> Result<(), String> {
    let driver = rooms.sandboxes(yard)?;
    let id = SandboxId::new(uuid).map_err(|error| error.to_string())?;
    driver.destroy(&id).await.map_err(|error| error.to_string())?;
    let work = work_directory(yard, uuid);
    let Err(error) = driver.remove_tree(work.clone()).await else { return Ok(()) };
    // A container that was killed may leave files of root's where the yard is not root.
    let image = record
        .filter(|record| run::runs_in_container(yard, record))
        .and_then(|record| record.build.environment.as_ref())
        .map(|environment| environment.image.clone());
    let engine = run::engine(yard)?;
    let told = |why: String| {
        let path = work.display();
        format!("{error}; {path} has to be removed by hand, by a user who may: {why}")
    };
    let (Some(image), Some(engine)) = (image, engine) else {
        return Err(told("the yard knows no container that could".to_owned()));
    };
    engine.empty(&image, &work).await.map_err(|error| told(error.to_string()))?;
    driver.remove_tree(work.clone()).await.map_err(|error| told(error.to_string()))
}

/// Removes, once a yard starts, what builds of its predecessor left that are complete or unknown.
pub(crate) fn sweep(yard: &Yard) {
    let base = directory(yard);
    if !base.is_dir() {
        return;
    }
    let yard = yard.clone();
    tokio::spawn(async move {
        let rooms = Rooms::of(&yard);
        for uuid in left_over(&base) {
            let found = yard.read(|tx| Ok(BuildRecord::by_uuid(tx, &uuid)?));
            let needed = match &found {
                Ok(Some(record)) => !record.is_complete(),
                Ok(None) => false,
                Err(error) => {
                    tracing::warn!(%error, "failed to look a build up");
                    true
                }
            };
            let record = found.ok().flatten();
            let record = record.as_ref().map(|record| &record.value);
            if !needed && let Err(error) = remove(&yard, &rooms, &uuid, record).await {
                tracing::warn!(build = uuid, %error, "failed to remove what a build left");
            }
        }
        if let Err(error) = sweep_containers(&yard, &rooms).await {
            tracing::warn!(%error, "failed to look for containers that builds left");
        }
    });
}

/// Those of starts that were cut short, and of when the engine did not answer.
async fn sweep_containers(yard: &Yard, rooms: &Rooms) -> Result<(), String> {
    let Some(address) = &yard.config().containers.address else { return Ok(()) };
    let engine = sandbox::docker::Engine::at(address).map_err(|error| error.to_string())?;
    let driver = rooms.sandboxes(yard)?;
    driver.sweep_containers(&engine).await.map_err(|error| error.to_string())
}

fn left_over(base: &Path) -> Vec<String> {
    let names = |directory: &str| {
        let entries = std::fs::read_dir(base.join(directory)).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect::<Vec<_>>()
    };
    let mut all = [names("sandboxes"), names("work")].concat();
    // Builds' names only: the driver keeps other things of its own there.
    all.retain(|name| name.len() == 36 && !name.starts_with('.'));
    all.sort();
    all.dedup();
    all
}

/// Milliseconds since 1970, as the sandbox tells time, by the yard's clock: the two differ where a
/// test sets the clock.
pub(crate) fn timestamp(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}
