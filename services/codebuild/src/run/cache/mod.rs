//! What a build leaves for the next one: fetched before its commands run, kept after them.
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/build-caching.html>
//!
//! A cache never fails a build: what goes wrong is told in the log. It is kept after builds that
//! succeed, so that none inherits what a failed one left half-way.
//!
//! Folders outside of the source directory are directories of the build's own that the sandbox
//! shows at their place, so that they can be filled before it starts and read after it has ended.

mod key;
mod paths;
mod storage;

use std::borrow::Cow;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use api_developer::codebuild::{BuildPhase, CacheMode, CacheType, ProjectCache};
use formats::archive::{self, Limits};
use formats::buildspec::Cache;
use sandbox::{Bind, Plan, Program, Sandbox as _, Spec};
use serde_json::{Value, json};
use service::Cx;

pub(super) use self::key::digest;
use self::paths::Paths;
use self::storage::{Kept, Store};
use super::artifacts::texts;
use super::container;
use super::launch::{self, Prepared};
use super::objects::Storing;
use super::{Cut, Job};
use crate::model::{BuildRecord, ProjectRecord};
use crate::rooms;

/// How long the shell may take for a cache's key and paths.
const EXPANSION: Duration = Duration::from_secs(60);
/// The archive as it is fetched, and as it is made.
const FETCHED: &str = "cache-fetched.tar.zst";
const MADE: &str = "cache-made.tar.zst";
type Then = fn(&mut BuildRecord, &Value) -> Vec<BuildPhase>;

/// A build's cache, as it was found; journalled.
#[derive(Clone)]
pub(super) struct Found {
    store: Store,
    /// Patterns, expanded.
    patterns: Vec<String>,
    /// Where it is kept afterwards.
    name: String,
    /// Whether that can be replaced: without a key.
    replaces: bool,
    /// What is under the name was put back.
    is_there: bool,
    /// How the files were after that.
    state: Option<u64>,
}

impl Found {
    fn to_json(&self) -> Value {
        json!({
            "store": self.store.to_json(),
            "patterns": self.patterns,
            "name": self.name,
            "replaces": self.replaces,
            "isThere": self.is_there,
            "state": self.state.map(|state| state.to_string()),
        })
    }

    fn from_json(value: &Value) -> Option<Self> {
        let flag = |name: &str| value.get(name).and_then(Value::as_bool).unwrap_or(false);
        Some(Self {
            store: Store::from_json(value.get("store")?)?,
            patterns: texts(value, "patterns"),
            name: value.get("name")?.as_str()?.to_owned(),
            replaces: flag("replaces"),
            is_there: flag("isThere"),
            state: value.get("state").and_then(Value::as_str).and_then(|it| it.parse().ok()),
        })
    }
}

/// Where the project keeps files that the buildspec names, if it does.
fn store(job: &Job) -> Option<Store> {
    let cache = job.record.build.cache.as_ref()?;
    let has = |mode: CacheMode| cache.modes.as_ref().is_some_and(|modes| modes.contains(&mode));
    match cache.kind {
        CacheType::S3 => Some(Store::s3(cache.location.as_deref()?)),
        CacheType::Local if has(CacheMode::LocalCustomCache) => Some(Store::local(&job.yard)),
        _ => None,
    }
}

/// Puts back what earlier builds have kept, before the sandbox starts, and shows it there.
pub(super) async fn restore(
    job: &mut Job,
    cx: &Cx,
    prepared: &Prepared,
    sandbox: &mut Spec,
) -> Result<(), Cut> {
    let Some(store) = store(job) else { return Ok(()) };
    let Some(spec) = &prepared.spec.cache else {
        let line = "Unable to initialize cache download: no paths specified to be cached";
        announce(sandbox, vec![line.to_owned()]);
        return Ok(());
    };
    let work = async {
        let mut lines = Vec::new();
        let found = find(job, cx, prepared, sandbox, spec, store, &mut lines).await;
        if let Err(why) = &found {
            lines.push(format!("Unable to download cache: {why}"));
        }
        Ok(json!({ "found": found.ok().map(|found| found.to_json()), "lines": lines }))
    };
    let done = launch::step(&job.run, "restore cache", work, |it| it, None::<Then>).await?;
    let found = done.get("found").and_then(Found::from_json);
    if let Some(found) = &found {
        sandbox.binds.extend(binds(job, prepared, found).map_err(Cut::retry)?);
    }
    announce(sandbox, texts(&done, "lines"));
    job.cache = Some(found);
    Ok(())
}

/// Puts lines into the log's beginning, in front of the last step before the commands.
fn announce(sandbox: &mut Spec, lines: Vec<String>) {
    if let Program::Plan(plan) = &mut sandbox.program {
        let here = plan.preamble.iter().position(|line| line.starts_with("Moving to directory"));
        let here = here.unwrap_or(plan.preamble.len());
        plan.preamble.splice(here..here, lines);
    }
}

fn paths(job: &Job, prepared: &Prepared, patterns: &[String], lines: &mut Vec<String>) -> Paths {
    let uuid = job.record.uuid();
    let work = rooms::work_directory(&job.yard, uuid);
    // A container has files of its own everywhere.
    let shows = if container::is_wanted(&job.yard, &job.record) {
        |_: &Path| false
    } else {
        sandbox::shows_at
    };
    Paths::new(patterns, &sources(uuid, prepared), &work, shows, lines)
}

/// The sources' directories inside, and their names below the workspace.
fn sources(uuid: &str, prepared: &Prepared) -> Vec<(String, String)> {
    let primary = (prepared.downloaded.inside(uuid), "src".to_owned());
    let secondary = prepared.downloaded.secondary.iter();
    let secondary = secondary.map(|it| (it.inside(uuid), it.directory()));
    [primary].into_iter().chain(secondary).collect()
}

/// A pattern as it is the same in each build: where sources are differs.
fn placed<'a>(pattern: &'a str, sources: &[(String, String)]) -> Cow<'a, str> {
    for (at, (inside, name)) in sources.iter().enumerate() {
        let below = pattern.strip_prefix(inside.as_str()).and_then(|it| it.strip_prefix('/'));
        match below {
            Some(below) if at == 0 => return Cow::Borrowed(below),
            Some(below) => return Cow::Owned(format!("{name}:{below}")),
            None => {}
        }
    }
    Cow::Borrowed(pattern)
}

fn binds(job: &Job, prepared: &Prepared, found: &Found) -> std::io::Result<Vec<Bind>> {
    let made = paths(job, prepared, &found.patterns, &mut Vec::new()).make()?;
    let bind = |(host, inside)| Bind { host, inside, read_only: false };
    Ok(made.into_iter().map(bind).collect())
}

async fn find(
    job: &Job,
    cx: &Cx,
    prepared: &Prepared,
    sandbox: &Spec,
    spec: &Cache,
    store: Store,
    lines: &mut Vec<String>,
) -> Result<Found, String> {
    let Keys { key, fallbacks, patterns } = keys(job, sandbox, spec).await?;
    let scope = scope(job)?;
    let paths = paths(job, prepared, &patterns, lines);
    if paths.is_empty() {
        return Err("no paths that can be cached".to_owned());
    }
    // AWS's "cache version": other paths make another cache.
    let sources = sources(job.record.uuid(), prepared);
    let same: Vec<_> = patterns.iter().map(|pattern| placed(pattern, &sources)).collect();
    let version = key::digest(same.iter().map(AsRef::as_ref));
    let keyed = |key: &str| Ok::<_, String>(format!("{scope}/{version}-{}", key::encoded(key)?));
    let name = match &key {
        Some(key) => keyed(key)?,
        None => format!("{scope}/cache"),
    };
    paths.make().map_err(|error| error.to_string())?;
    let mut found = Found {
        store,
        patterns,
        name: name.clone(),
        replaces: key.is_none(),
        is_there: false,
        state: None,
    };
    if !spec.action.restores() {
        return Ok(found);
    }
    let archive = rooms::work_directory(&job.yard, job.record.uuid()).join(FETCHED);
    let mut fetched = found.store.fetch(cx, &name, &archive).await.map(|it| (it, name.clone()));
    found.is_there = matches!(fetched, Ok((Some(_), _)));
    for fallback in fallbacks.iter().filter(|_| key.is_some()) {
        if !matches!(fetched, Ok((None, _))) {
            break;
        }
        let start = keyed(fallback)?;
        fetched = match found.store.newest(cx, &start).await {
            Ok(Some(name)) => found.store.fetch(cx, &name, &archive).await.map(|it| (it, name)),
            Ok(None) => Ok((None, start)),
            Err(why) => Err(why),
        };
    }
    match fetched {
        Ok((Some(size), from)) => {
            let from = found.store.shown(&from);
            let done = put_back(archive.clone(), size, paths).await;
            // Whatever came of it.
            let _ = fs::remove_file(&archive);
            match done {
                Ok((done, state)) => {
                    found.state = Some(state);
                    lines.push(format!("Downloaded cache from {from}: {size} bytes"));
                    let kept = match done.left_out {
                        0 => String::new(),
                        count => format!(", {count} that the source has too left as they are"),
                    };
                    lines.push(format!("Decompressed cache: {} file(s){kept}", done.files));
                }
                Err(why) => {
                    // What is there is no good: it may be replaced where that is possible.
                    found.is_there = false;
                    lines.push(format!("Unable to decompress cache from {from}: {why}"));
                }
            }
        }
        Ok((None, _)) => lines.push(format!("No cache found at {}", found.store.shown(&name))),
        Err(why) => lines.push(format!("Unable to download cache: {why}")),
    }
    Ok(found)
}

/// Unpacks an archive; the files' state after it.
async fn put_back(
    archive: PathBuf,
    size: u64,
    paths: Paths,
) -> Result<(archive::PutBack, u64), String> {
    let work = move || {
        let file = std::io::BufReader::new(File::open(&archive)?);
        Ok::<_, std::io::Error>(
            archive::put_back(file, size, &paths.places(), &Limits::default())
                .and_then(|done| Ok((done, paths.with_files(archive::state)?))),
        )
    };
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?;
    done.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}

/// What all names of a project's caches begin with, or of all caches of a namespace. Another
/// version begins when the project's cache is invalidated.
fn scope(job: &Job) -> Result<String, String> {
    let read =
        job.run.store().read(|tx| tx.get::<ProjectRecord>(job.run.scope(), job.record.project()));
    let project = read.map_err(|error: store::StoreError| error.to_string())?;
    let project = project.ok_or("the project is gone")?;
    let version = project.cache_version.unwrap_or(0).to_string();
    let cache = job.record.build.cache.as_ref();
    let shared = cache.filter(|cache| cache.kind == CacheType::S3);
    let shared = shared.and_then(|cache: &ProjectCache| cache.cache_namespace.as_deref());
    Ok(match shared.filter(|name| !name.is_empty()) {
        Some(name) => key::digest(["namespace", name, &version]),
        None => {
            let arn = project.project.arn.as_deref().unwrap_or_default();
            // One of the same name that comes later is another project.
            let made = project.project.created.unwrap_or_default().millis().to_string();
            key::digest(["project", arn, &made, &version])
        }
    })
}

struct Keys {
    key: Option<String>,
    fallbacks: Vec<String>,
    patterns: Vec<String>,
}

/// Key and paths with what the shell makes of them, in the build's environment and at its sources.
async fn keys(job: &Job, sandbox: &Spec, spec: &Cache) -> Result<Keys, String> {
    let source = rooms::work_directory(&job.yard, job.record.uuid()).join("src");
    let given = spec.key.iter().chain(&spec.fallback_keys).cloned().collect::<Vec<_>>();
    let hashed = tokio::task::spawn_blocking(move || {
        given.iter().map(|key| key::with_hashes(key, &source)).collect::<Result<Vec<_>, _>>()
    });
    let mut words = hashed.await.map_err(|error| error.to_string())??;
    words.extend(spec.paths.iter().cloned());
    let dynamic: Vec<String> = words.iter().filter(|word| key::is_dynamic(word)).cloned().collect();
    if !dynamic.is_empty() {
        let mut values = expand(job, sandbox, dynamic).await?.into_iter();
        for word in words.iter_mut().filter(|word| key::is_dynamic(word)) {
            *word = values.next().ok_or("the shell did not expand the cache's key and paths")?;
        }
    }
    let patterns = words.split_off(spec.key.iter().len() + spec.fallback_keys.len());
    let fallbacks = words.split_off(spec.key.iter().len());
    Ok(Keys { key: words.pop(), fallbacks, patterns })
}

/// Asks a shell in a sandbox of its own, like the build's, which starts when its cache is there.
async fn expand(job: &Job, like: &Spec, words: Vec<String>) -> Result<Vec<String>, String> {
    let Program::Plan(plan) = &like.program else { return Err("no plan".to_owned()) };
    let driver = job.rooms.sandboxes(&job.yard)?;
    let id = sandbox::SandboxId::new(format!("{}-keys", job.record.uuid()))
        .map_err(|error| error.to_string())?;
    // What an earlier run may have left.
    driver.destroy(&id).await.map_err(|error| error.to_string())?;
    let plan = Plan {
        stages: Vec::new(),
        preamble: Vec::new(),
        announce: None,
        export: Vec::new(),
        expand: words,
        ..plan.clone()
    };
    let mut spec = Spec { id: id.clone(), program: Program::Plan(plan), ..like.clone() };
    spec.limits.wall_clock = Some(spec.limits.wall_clock.unwrap_or(EXPANSION).min(EXPANSION));
    let asked = async {
        let handle = driver.start(spec).await?;
        sandbox::wait(handle.as_ref()).await
    };
    let status = asked.await;
    let gone = driver.destroy(&id).await;
    let status = status.map_err(|error| error.to_string())?;
    gone.map_err(|error| error.to_string())?;
    let expanded = status.end.and_then(|end| end.expanded);
    expanded.ok_or_else(|| "the shell did not expand the cache's key and paths".to_owned())
}

/// Whether the build may have something to keep.
pub(super) fn saves(job: &Job, prepared: &Prepared) -> bool {
    store(job).is_some() && prepared.spec.cache.as_ref().is_some_and(|spec| spec.action.saves())
}

/// Keeps the files for the next build; answers what to tell in the log.
pub(super) async fn save(job: &mut Job, cx: &Cx, prepared: &Prepared) -> Result<Vec<String>, Cut> {
    let found = match job.cache.take() {
        Some(found) => found,
        // An earlier run began the build: what it found is in the journal.
        None => {
            let none = async { Ok(json!({ "found": null })) };
            let done = launch::step(&job.run, "restore cache", none, |it| it, None::<Then>).await?;
            done.get("found").and_then(Found::from_json)
        }
    };
    let Some(found) = found else {
        return Ok(vec!["The cache is not saved: it could not be prepared".to_owned()]);
    };
    let work = async {
        let mut lines = Vec::new();
        if let Err(why) = keep(job, cx, prepared, &found, &mut lines).await {
            lines.push(format!("Unable to upload cache: {why}"));
        }
        Ok(json!({ "lines": lines }))
    };
    let done = launch::step(&job.run, "save cache", work, |it| it, None::<Then>).await?;
    Ok(texts(&done, "lines"))
}

async fn keep(
    job: &Job,
    cx: &Cx,
    prepared: &Prepared,
    found: &Found,
    lines: &mut Vec<String>,
) -> Result<(), String> {
    let at = found.store.shown(&found.name);
    if found.is_there && !found.replaces {
        lines.push(format!("The cache of this key is there already: {at}"));
        return Ok(());
    }
    let archive = rooms::work_directory(&job.yard, job.record.uuid()).join(MADE);
    let paths = paths(job, prepared, &found.patterns, &mut Vec::new());
    let (to, unchanged) = (archive.clone(), found.state.filter(|_| found.is_there));
    let packed = tokio::task::spawn_blocking(move || pack(&paths, &to, unchanged));
    let packed = packed.await.map_err(|error| error.to_string())?.map_err(|it| it.to_string());
    let packed = match packed {
        Ok(Packed::Archive { files, bytes }) => {
            lines.push(format!("Expanding cache paths: {}", found.patterns.join(", ")));
            lines.push(format!("Found {files} file(s) for the cache: {bytes} bytes compressed"));
            let storing = Storing::of(&job.record, None);
            found.store.keep(cx, &storing, &found.name, &archive, found.replaces).await.map(Some)
        }
        Ok(Packed::Nothing) => {
            lines.push("The cache paths match no files: there is nothing to upload".to_owned());
            Ok(None)
        }
        Ok(Packed::Unchanged) => {
            lines.push(format!("The cache has not changed: {at}"));
            Ok(None)
        }
        Err(why) => Err(why),
    };
    // Whatever came of it; a local cache has taken it away.
    let _ = fs::remove_file(&archive);
    match packed? {
        Some(Kept::Now) => lines.push(format!("Uploaded cache to {at}")),
        Some(Kept::Before) => lines.push(format!("The cache of this key is there already: {at}")),
        None => {}
    }
    Ok(())
}

enum Packed {
    Archive { files: usize, bytes: u64 },
    Nothing,
    Unchanged,
}

fn pack(paths: &Paths, to: &Path, before: Option<u64>) -> Result<Packed, archive::Error> {
    let failed = |error| archive::Error::Io(to.to_owned(), error);
    paths.with_files(|parts| {
        if parts.iter().all(|part| part.files.is_empty()) {
            return Ok(Packed::Nothing);
        }
        if before.is_some() && before == Some(archive::state(parts)?) {
            return Ok(Packed::Unchanged);
        }
        let (file, files) = archive::keep(File::create(to).map_err(failed)?, parts)?;
        Ok(Packed::Archive { files, bytes: file.metadata().map_err(failed)?.len() })
    })
}
