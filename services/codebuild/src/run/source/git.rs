//! Sources in git repositories.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;

use super::super::{Cut, Job};
use super::CODE;

/// Clones through this yard's own door, with a password as the credential helper makes it.
pub(super) async fn clone(
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
