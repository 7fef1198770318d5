//! The cache mode `LOCAL_DOCKER_LAYER_CACHE`: a volume of the engine for what the engine inside
//! keeps, from build to build of a project.
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/build-caching.html>
//!
//! Invariants: one build at a time has a project's volume, since two engines would spoil it; who
//! has it is known here and, from before the yard's start, by the engine's containers.

use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use api_developer::codebuild::{CacheMode, CacheType};
use sandbox::docker::{Container, Engine, Volume};
use service::Yard;
use types::Scope;

use super::cache::digest;
use super::{Cut, Job};
use crate::model::{self, BuildRecord, ProjectRecord};
use crate::rooms::{self, Rooms};
use crate::sharing;

/// Where the engine inside keeps its layers.
const INSIDE: &str = "/var/lib/docker";
/// All such volumes of a yard together, in bytes: the longest unused go.
const BYTES: u64 = 20 << 30;
/// How many characters of a digest tell projects apart.
const DIGITS: usize = 20;

/// Whether the build's project asks for it.
fn is_wanted(record: &BuildRecord) -> bool {
    let cache = record.build.cache.as_ref().filter(|cache| cache.kind == CacheType::Local);
    let mut modes = cache.and_then(|cache| cache.modes.as_ref()).into_iter().flatten();
    modes.any(|mode| *mode == CacheMode::LocalDockerLayerCache)
}

fn is_privileged(record: &BuildRecord) -> bool {
    record.build.environment.as_ref().is_some_and(|it| it.privileged_mode == Some(true))
}

/// Gives the container the project's volume, if it is to be had; what to tell in the log.
pub(super) async fn lend(
    job: &Job,
    container: Option<&mut Container>,
) -> Result<Option<String>, Cut> {
    if !is_wanted(&job.record) {
        return Ok(None);
    }
    let Some(container) = container.filter(|container| container.privileged) else {
        return Ok(Some(
            "The cache mode LOCAL_DOCKER_LAYER_CACHE is for builds with privilegedMode: it is \
             ignored"
                .to_owned(),
        ));
    };
    let Some(what) = current(&job.yard, job.run.scope(), job.record.project())? else {
        return Ok(None);
    };
    let driver = job.rooms.sandboxes(&job.yard).map_err(Cut::retry)?;
    let name = driver.volume(&what);
    let busy = "Docker layer cache: another build of the project has it; this one goes without";
    if !job.rooms.claim_layers(&name, job.record.uuid()) {
        return Ok(Some(busy.to_owned()));
    }
    let id = rooms::sandbox_id(&job.record).map_err(Cut::retry)?;
    let in_use = driver.is_volume_in_use(&container.engine, &name, &id).await;
    if in_use.map_err(Cut::retry)? {
        job.rooms.release_layers(job.record.uuid());
        return Ok(Some(busy.to_owned()));
    }
    let marker = markers(&job.yard).join(&name);
    let kept = marker.exists();
    touch(&marker).map_err(Cut::retry)?;
    container.volumes.push(Volume { name, inside: INSIDE.into() });
    Ok(Some(match kept {
        true => format!("Docker layer cache: {INSIDE} is as an earlier build has left it"),
        false => format!("Docker layer cache: {INSIDE} is kept for the project's next build"),
    }))
}

/// What the project's volume is called, in the driver's way: another one after each invalidation,
/// and of another project of the same name.
fn current(yard: &Yard, scope: &Scope, project: &str) -> Result<Option<String>, Cut> {
    let found = yard.read(|tx| Ok(tx.get::<ProjectRecord>(scope, project)?));
    let Some(found) = found.map_err(Cut::retry)? else { return Ok(None) };
    let made = found.project.created.unwrap_or_default().millis();
    let version = found.cache_version.unwrap_or(0);
    Ok(Some(format!("{}{made}-{version}", of_project(scope, project))))
}

/// What the names of all volumes of a project begin with.
fn of_project(scope: &Scope, project: &str) -> String {
    let digest = digest([model::project_arn(scope, project).as_str()]);
    format!("layers-{}-", digest.get(..DIGITS).unwrap_or(&digest))
}

/// Whose time of change is that of a volume's last use.
fn markers(yard: &Yard) -> PathBuf {
    rooms::directory(yard).join("layers")
}

fn touch(marker: &std::path::Path) -> std::io::Result<()> {
    if let Some(folder) = marker.parent() {
        fs::create_dir_all(folder)?;
    }
    let file = fs::File::options().create(true).append(true).open(marker)?;
    file.set_modified(SystemTime::now())
}

/// After a build: removes what is too much, and what was invalidated meanwhile; then another build
/// may have the volume.
pub(crate) async fn give_back(yard: &Yard, record: &BuildRecord) {
    if !is_wanted(record) || !is_privileged(record) {
        return;
    }
    if let Err(error) = tidy(yard, record).await {
        tracing::warn!(build = record.id, %error, "failed to tidy up the Docker layer cache");
    }
    Rooms::of(yard).release_layers(record.uuid());
}

async fn tidy(yard: &Yard, record: &BuildRecord) -> Result<(), String> {
    let Some(engine) = engine(yard)? else { return Ok(()) };
    let driver = Rooms::of(yard).sandboxes(yard)?;
    let told = |error: sandbox::Error| error.to_string();
    let Some(scope) = sharing::scope_of(record.arn()) else { return Ok(()) };
    let now = current(yard, &scope, record.project()).map_err(|_| "the project can't be read")?;
    let keep = now.map(|what| driver.volume(&what));
    let of_project = of_project(&scope, record.project());
    driver.remove_volumes(&engine, &of_project, keep.as_deref()).await.map_err(told)?;
    let mut volumes = driver.volumes(&engine, "layers-").await.map_err(told)?;
    let used = |name: &str| {
        let found = fs::metadata(markers(yard).join(name)).and_then(|found| found.modified());
        found.unwrap_or(SystemTime::UNIX_EPOCH)
    };
    volumes.sort_by_key(|(name, _)| std::cmp::Reverse(used(name)));
    for name in surplus(&volumes, BYTES) {
        let what = name.strip_prefix(&driver.volume("")).unwrap_or(name);
        driver.remove_volumes(&engine, what, None).await.map_err(told)?;
        // So that the next build is not told of what is gone.
        let _ = fs::remove_file(markers(yard).join(name));
    }
    Ok(())
}

/// Of volumes and their sizes, the last used first, those that go beyond so many bytes together.
fn surplus(volumes: &[(String, u64)], most: u64) -> Vec<&str> {
    let sums = volumes.iter().scan(0_u64, |sum, (name, bytes)| {
        *sum = sum.saturating_add(*bytes);
        Some((name.as_str(), *sum))
    });
    sums.filter(|(_, sum)| *sum > most).map(|(name, _)| name).collect()
}

/// The engine that the yard uses, if it uses one.
pub(crate) fn engine(yard: &Yard) -> Result<Option<Engine>, String> {
    let address = yard.config().containers.address.as_deref();
    address.map(Engine::at).transpose().map_err(|error| error.to_string())
}

/// Drops what is kept of a project: in the background, as the engine may be slow. What a build has
/// just now goes when it has ended.
pub(crate) fn forget(yard: &Yard, scope: &Scope, project: &str) {
    let (yard, of_project) = (yard.clone(), of_project(scope, project));
    if !markers(&yard).is_dir() {
        return;
    }
    tokio::spawn(async move {
        let forget = async {
            let Some(engine) = engine(&yard)? else { return Ok(()) };
            let driver = Rooms::of(&yard).sandboxes(&yard)?;
            let gone = driver.remove_volumes(&engine, &of_project, None).await;
            gone.map_err(|error| error.to_string())
        };
        if let Err::<(), String>(error) = forget.await {
            tracing::warn!(%error, "failed to drop a Docker layer cache");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_unused_volumes_are_too_much() {
        let volumes = [("new", 5), ("large", 8), ("small", 1), ("old", 1)];
        let volumes = volumes.map(|(name, bytes)| (name.to_owned(), bytes));
        assert_eq!(surplus(&volumes, 15), Vec::<&str>::new());
        assert_eq!(surplus(&volumes, 13), ["small", "old"]);
        assert_eq!(surplus(&volumes, 5), ["large", "small", "old"]);
        assert_eq!(surplus(&volumes, 0), ["new", "large", "small", "old"]);
    }
}
