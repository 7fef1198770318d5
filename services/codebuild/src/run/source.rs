//! Sources: fetched as the service role, into a directory that the sandbox will show.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use api_developer::codebuild::{ProjectSource, SourceType};
use api_storage::s3;
use base64::Engine as _;
use formats::archive;
use serde_json::{Value, json};
use service::Cx;
use tokio::io::AsyncWriteExt as _;

use super::{Cut, Job};
use crate::model::BuildRecord;
use crate::validate::repository_name;

const CODE: &str = "CLIENT_ERROR";

/// What was fetched; the record of it is journalled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Downloaded {
    /// The commit or revision of the primary source.
    pub resolved: Option<String>,
    /// The secondary sources.
    pub secondary: Vec<Secondary>,
    /// The build specification.
    pub buildspec: String,
}

/// One secondary source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Secondary {
    pub id: String,
    pub version: Option<String>,
    pub resolved: Option<String>,
}

/// Where sources are inside: a number, as in AWS, that differs from build to build.
fn inside(uuid: &str, part: &str) -> String {
    let digits = uuid.bytes().filter(u8::is_ascii_digit).take(9).map(char::from);
    format!("/codebuild/output/src{}/{part}", digits.collect::<String>())
}

impl Downloaded {
    /// The primary source's directory inside.
    pub fn inside(&self, uuid: &str) -> String {
        inside(uuid, "src")
    }

    pub fn to_json(&self) -> Value {
        let secondary = self.secondary.iter().map(|secondary| {
            json!({ "id": secondary.id, "version": secondary.version, "resolved": secondary.resolved })
        });
        json!({
            "resolved": self.resolved,
            "secondary": secondary.collect::<Vec<_>>(),
            "buildspec": self.buildspec,
        })
    }

    pub fn from_json(value: &Value) -> Self {
        let text = |value: &Value, name: &str| value.get(name)?.as_str().map(str::to_owned);
        let secondary = value.get("secondary").and_then(Value::as_array).into_iter().flatten();
        Self {
            resolved: text(value, "resolved"),
            secondary: secondary
                .map(|it| Secondary {
                    id: text(it, "id").unwrap_or_default(),
                    version: text(it, "version"),
                    resolved: text(it, "resolved"),
                })
                .collect(),
            buildspec: text(value, "buildspec").unwrap_or_default(),
        }
    }
}

impl Secondary {
    /// The source's directory inside.
    pub fn inside(&self, uuid: &str) -> String {
        inside(uuid, &self.directory())
    }

    /// The name of its directory.
    pub fn directory(&self) -> String {
        format!("src_{}", self.id)
    }
}

/// Whether fetching may take a while: the build's owner should see that it goes on.
pub(super) fn takes_time(record: &BuildRecord) -> bool {
    let build = &record.build;
    let primary = build.source.as_ref();
    build.secondary_sources.as_ref().is_some_and(|sources| !sources.is_empty())
        || primary.is_none_or(|source| {
            let inline = source.buildspec.as_deref().is_some_and(super::buildspec::is_inline);
            source.kind != SourceType::NoSource || !inline
        })
}

/// Fetches everything into `work`, which is made afresh.
pub(super) async fn download(job: &Job, cx: &Cx, work: &Path) -> Result<Downloaded, Cut> {
    fresh(job, work).await?;
    let build = &job.record.build;
    let primary = build.source.clone().unwrap_or_default();
    let resolved =
        fetch(job, cx, &primary, build.source_version.as_deref(), &work.join("src")).await?;
    let mut secondary = Vec::new();
    for source in build.secondary_sources.iter().flatten() {
        let id = source.source_identifier.clone().unwrap_or_default();
        let versions = build.secondary_source_versions.iter().flatten();
        let version = versions
            .filter(|version| version.source_identifier == id)
            .map(|version| version.source_version.clone())
            .next();
        let mut one = Secondary { id, version, resolved: None };
        let target = work.join(one.directory());
        one.resolved = fetch(job, cx, source, one.version.as_deref(), &target).await?;
        secondary.push(one);
    }
    let buildspec = buildspec(cx, &primary, &work.join("src")).await?;
    Ok(Downloaded { resolved, secondary, buildspec })
}

async fn fresh(job: &Job, work: &Path) -> Result<(), Cut> {
    if work.exists() {
        let driver = job.rooms.sandboxes(&job.yard).map_err(Cut::retry)?;
        driver.remove_tree(work.to_owned()).await.map_err(Cut::retry)?;
    }
    fs::create_dir_all(work).map_err(Cut::retry)
}

/// Fetches one source; returns the commit, where there are commits.
async fn fetch(
    job: &Job,
    cx: &Cx,
    source: &ProjectSource,
    version: Option<&str>,
    target: &Path,
) -> Result<Option<String>, Cut> {
    let location = source.location.as_deref().unwrap_or_default();
    match source.kind {
        SourceType::NoSource => {
            fs::create_dir_all(target).map_err(Cut::retry)?;
            Ok(None)
        }
        SourceType::Codecommit => {
            let name = repository_name(location)
                .ok_or_else(|| Cut::failed(CODE, format!("{location} is no CodeCommit URL")))?;
            let depth = source.git_clone_depth.filter(|depth| *depth > 0);
            clone(job, name, version, depth, target).await.map(Some)
        }
        SourceType::S3 => {
            from_s3(cx, location, version, target).await?;
            Ok(None)
        }
        SourceType::Codepipeline => {
            // The version is the pipeline's source revision, not one of the artifact.
            from_s3(cx, location, None, target).await?;
            Ok(version.map(str::to_owned))
        }
        other => Err(Cut::failed(CODE, format!("the source type {other} is not supported"))),
    }
}

/// Clones through this yard's own door, with a password as the credential helper makes it.
async fn clone(
    job: &Job,
    name: &str,
    version: Option<&str>,
    depth: Option<i32>,
    target: &Path,
) -> Result<String, Cut> {
    let session = job.rooms.session(&job.yard, &job.record).map_err(Cut::retry)?;
    let endpoint = job.yard.endpoint();
    let path = format!("/v1/repos/{name}");
    let password = auth::sigv4::git::password(
        &endpoint.host,
        &path,
        &session.secret_access_key,
        job.run.scope().region.as_str(),
        job.now(),
    );
    let user = format!("{}%{}", session.access_key_id, session.session_token);
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    let git = Git {
        directory: target.to_owned(),
        header: format!("Authorization: Basic {basic}"),
        deadline: Instant::now()
            + Duration::from_millis(u64::try_from(job.time_left()).unwrap_or(0)),
    };
    let url = format!("{}{path}", endpoint.url());
    let version = version.map(str::to_owned);
    let cloned = tokio::task::spawn_blocking(move || git.clone(&url, version.as_deref(), depth));
    match cloned.await {
        Ok(done) => done.map_err(|why| Cut::failed(CODE, why)),
        Err(error) => Err(Cut::retry(error)),
    }
}

struct Git {
    directory: PathBuf,
    header: String,
    deadline: Instant,
}

impl Git {
    fn clone(
        &self,
        url: &str,
        version: Option<&str>,
        depth: Option<i32>,
    ) -> Result<String, String> {
        fs::create_dir_all(&self.directory).map_err(|error| error.to_string())?;
        self.run(&["init", "--quiet"])?;
        self.run(&["remote", "add", "origin", url])?;
        let depth = depth.map(|depth| format!("--depth={depth}"));
        let version = version.filter(|version| !version.is_empty());
        let is_commit =
            |text: &str| text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit());
        match version {
            Some(version) if version.starts_with('-') => {
                return Err(format!("git rev-parse: {version} is no version"));
            }
            Some(commit) if is_commit(commit) && depth.is_some() => {
                self.fetch(depth.as_deref(), &[commit])?;
                self.run(&["checkout", "--quiet", commit])?;
            }
            _ => {
                self.fetch(
                    depth.as_deref(),
                    &["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"],
                )?;
                self.checkout(version)?;
            }
        }
        Ok(self.run(&["rev-parse", "HEAD"])?.trim().to_owned())
    }

    fn fetch(&self, depth: Option<&str>, what: &[&str]) -> Result<(), String> {
        let mut words = vec!["fetch", "--quiet", "--no-tags"];
        words.extend(depth);
        words.push("origin");
        words.extend(what);
        self.run(&words).map(drop)
    }

    fn checkout(&self, version: Option<&str>) -> Result<(), String> {
        let Some(version) = version else {
            // The default branch.
            self.run(&["remote", "set-head", "origin", "--auto"])?;
            let head = self.run(&["symbolic-ref", "--short", "refs/remotes/origin/HEAD"])?;
            let branch = head.trim().trim_start_matches("origin/").to_owned();
            return self.run(&["checkout", "--quiet", "-B", &branch, head.trim()]).map(drop);
        };
        let short = version.strip_prefix("refs/heads/").unwrap_or(version);
        let branch = format!("refs/remotes/origin/{short}");
        if self.run(&["rev-parse", "--verify", "--quiet", &branch]).is_ok() {
            return self.run(&["checkout", "--quiet", "-B", short, &branch]).map(drop);
        }
        self.run(&["checkout", "--quiet", "--detach", version]).map(drop)
    }

    /// Runs git apart from the machine's and the user's configuration, without hooks.
    fn run(&self, words: &[&str]) -> Result<String, String> {
        let settings = [
            ("http.extraHeader", self.header.as_str()),
            ("core.hooksPath", "/dev/null"),
            ("protocol.allow", "never"),
            ("protocol.http.allow", "always"),
            ("protocol.https.allow", "always"),
        ];
        let mut command = Command::new("git");
        command
            .args(words)
            .current_dir(&self.directory)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", "/nonexistent")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_TERMINAL_PROMPT", "0")
            // Secrets go by the environment: everybody may read a command line.
            .env("GIT_CONFIG_COUNT", settings.len().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (index, (key, value)) in settings.into_iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{index}"), key);
            command.env(format!("GIT_CONFIG_VALUE_{index}"), value);
        }
        let mut child = command.spawn().map_err(|error| format!("git does not run: {error}"))?;
        while child.try_wait().map_err(|error| error.to_string())?.is_none() {
            if Instant::now() > self.deadline {
                // Waited for below.
                let _ = child.kill();
                let _ = child.wait();
                return Err("git took longer than the build may".into());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let output = child.wait_with_output().map_err(|error| error.to_string())?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let verb = words.first().copied().unwrap_or_default();
        Err(format!("git {verb}: {}", String::from_utf8_lossy(&output.stderr).trim()))
    }
}

/// `BUCKET/KEY` of a zip archive, or `BUCKET/FOLDER/`.
async fn from_s3(cx: &Cx, location: &str, version: Option<&str>, target: &Path) -> Result<(), Cut> {
    let location = location.strip_prefix("arn:aws:s3:::").unwrap_or(location);
    let (bucket, key) = location
        .split_once('/')
        .ok_or_else(|| Cut::failed(CODE, format!("{location} is not BUCKET/KEY")))?;
    if key.is_empty() || key.ends_with('/') {
        return folder(cx, bucket, key, target).await;
    }
    let archive = target.with_extension("zip");
    get(cx, bucket, key, version, &archive).await?;
    let (from, to) = (archive.clone(), target.to_owned());
    let unpacked = tokio::task::spawn_blocking(move || {
        let file = fs::File::open(&from).map_err(|error| error.to_string())?;
        archive::unpack(archive::Kind::Zip, file, &to, &archive::Limits::default())
            .map_err(|error| error.to_string())
    });
    match unpacked.await {
        Ok(done) => done.map_err(|why| Cut::failed(CODE, format!("{location}: {why}")))?,
        Err(error) => return Err(Cut::retry(error)),
    };
    fs::remove_file(archive).map_err(Cut::retry)
}

async fn folder(cx: &Cx, bucket: &str, prefix: &str, target: &Path) -> Result<(), Cut> {
    fs::create_dir_all(target).map_err(Cut::retry)?;
    let mut token = None;
    loop {
        let input = s3::ListObjectsV2Input {
            bucket: bucket.to_owned(),
            prefix: Some(prefix.to_owned()),
            continuation_token: token,
            ..Default::default()
        };
        let page = cx
            .call(s3::ListObjectsV2, input)
            .await
            .map_err(|error| denied(bucket, prefix, &error))?;
        for object in page.contents.iter().flatten() {
            let key = object.key.as_deref().unwrap_or_default();
            let below = key.strip_prefix(prefix).unwrap_or(key);
            if below.is_empty() || below.ends_with('/') {
                continue;
            }
            let plain = below.split('/').all(|part| !matches!(part, "" | "." | ".."));
            if !plain {
                return Err(Cut::failed(
                    CODE,
                    format!("the key {key} is no path below the folder"),
                ));
            }
            let path = target.join(below);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(Cut::retry)?;
            }
            get(cx, bucket, key, None, &path).await?;
        }
        token = page.next_continuation_token;
        if token.is_none() {
            return Ok(());
        }
    }
}

async fn get(
    cx: &Cx,
    bucket: &str,
    key: &str,
    version: Option<&str>,
    target: &Path,
) -> Result<(), Cut> {
    let input = s3::GetObjectInput {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        version_id: version.map(str::to_owned),
        ..Default::default()
    };
    let mut output =
        cx.call(s3::GetObject, input).await.map_err(|error| denied(bucket, key, &error))?;
    let mut file = tokio::fs::File::create(target).await.map_err(Cut::retry)?;
    while let Some(piece) = output.body.next().await {
        file.write_all(&piece.map_err(Cut::retry)?).await.map_err(Cut::retry)?;
    }
    file.flush().await.map_err(Cut::retry)
}

fn denied(bucket: &str, key: &str, error: &wire::Error) -> Cut {
    if error.status >= 500 && error.code != "NotImplemented" {
        return Cut::retry(error);
    }
    Cut::failed(
        CODE,
        format!(
            "{}: {} status code: {}, for {bucket}/{key}",
            error.code, error.message, error.status
        ),
    )
}

/// The specification: in the project, in a bucket, or in the source.
async fn buildspec(cx: &Cx, source: &ProjectSource, root: &Path) -> Result<String, Cut> {
    let given = source.buildspec.as_deref().map(str::trim).filter(|text| !text.is_empty());
    match given {
        Some(text) if super::buildspec::is_inline(text) => {
            Ok(source.buildspec.clone().unwrap_or_default())
        }
        Some(arn) if arn.starts_with("arn:") => {
            let place = arn.rsplit_once(":::").and_then(|(_, place)| place.split_once('/'));
            let (bucket, key) = place.ok_or_else(|| {
                Cut::failed("YAML_FILE_ERROR", format!("{arn} is no object's ARN"))
            })?;
            let input = s3::GetObjectInput {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
                ..Default::default()
            };
            let output =
                cx.call(s3::GetObject, input).await.map_err(|error| denied(bucket, key, &error))?;
            let limit = usize::try_from(super::buildspec::MAX_BYTES).unwrap_or(usize::MAX);
            let bytes = output
                .body
                .collect(limit)
                .await
                .map_err(|error| Cut::failed("YAML_FILE_ERROR", format!("{arn}: {error}")))?;
            String::from_utf8(bytes.to_vec())
                .map_err(|_| Cut::failed("YAML_FILE_ERROR", format!("{arn} is not UTF-8")))
        }
        Some(path) => super::buildspec::read(root, path),
        None => super::buildspec::read(root, "buildspec.yml"),
    }
}
