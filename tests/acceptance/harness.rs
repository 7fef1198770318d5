//! A yard in a process of its own, and the clients that talk to it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use sandbox::{Local, LocalConfig, Sandbox};
use serde_json::Value;

/// The program under test.
pub const CODEYARD: &str = env!("CARGO_BIN_EXE_codeyard");

/// A data directory whose deployment hosts end with it.
pub struct Data {
    pub dir: tempfile::TempDir,
}

impl Data {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// `codeyard ARGUMENTS --data-dir …`
    pub fn codeyard(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(CODEYARD);
        command.args(arguments).arg("--data-dir").arg(self.path());
        clean(&mut command);
        command
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        let hosts = self.path().join("hosts");
        if !hosts.exists() {
            return;
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let config = LocalConfig {
                base: hosts,
                hide: Vec::new(),
                seal_key: None,
                supervisor: Some(PathBuf::from(CODEYARD)),
            };
            let local = Local::new(config).unwrap();
            for id in local.list().await.unwrap() {
                local.destroy(&id).await.unwrap();
            }
        });
    }
}

/// No setting of the machine's user reaches what is tested.
fn clean(command: &mut Command) {
    for (name, _) in std::env::vars() {
        if name.starts_with("AWS_") || name.starts_with("CODEYARD_") || name.starts_with("GIT_") {
            command.env_remove(name);
        }
    }
}

/// A yard that runs.
pub struct Yard {
    pub url: String,
    pub child: Child,
    pub data: PathBuf,
    _out: BufReader<ChildStdout>,
}

impl Yard {
    /// `codeyard up` on a free port, ready.
    pub fn up(data: &Data, more: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = data.codeyard(&["up", "--listen", "127.0.0.1:0"]);
        command.args(more).envs(environment.iter().copied());
        Self::start(command, data.path())
    }

    /// Starts the program and waits for the line that says that it is ready.
    pub fn start(mut command: Command, data: &Path) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let url = line.strip_prefix("ready ").and_then(|it| it.split(' ').next());
        let url = url.unwrap_or_else(|| panic!("no ready line but {line:?}")).to_owned();
        Self { url, child, data: data.to_owned(), _out: out }
    }

    /// What `codeyard env` says.
    pub fn root_environment(&self) -> Vec<(String, String)> {
        let mut command = Command::new(CODEYARD);
        command.args(["env", "--data-dir"]).arg(&self.data);
        clean(&mut command);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .filter_map(|line| line.strip_prefix("export ")?.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned()))
            .collect()
    }

    /// A client as root.
    pub fn root(&self) -> User {
        User { environment: self.root_environment() }
    }

    /// A client as an IAM user with an inline policy, made through the stock CLI.
    pub fn user(&self, name: &str, policy: &Value) -> User {
        let root = self.root();
        root.aws(&["iam", "create-user", "--user-name", name]);
        let policy = policy.to_string();
        root.aws(&[
            "iam",
            "put-user-policy",
            "--user-name",
            name,
            "--policy-name",
            "p",
            "--policy-document",
            &policy,
        ]);
        let made = root.aws(&["iam", "create-access-key", "--user-name", name]);
        let key = &made["AccessKey"];
        root.with_keys(
            key["AccessKeyId"].as_str().unwrap(),
            key["SecretAccessKey"].as_str().unwrap(),
        )
    }

    /// Ends it as `kill -9` does.
    pub fn kill_9(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it as an operator does, and answers its exit status.
    pub fn terminate(mut self) -> std::process::ExitStatus {
        signal(&self.child, "-TERM");
        self.child.wait().unwrap()
    }

    /// Waits until it has died by itself; `None` if it has not in time.
    pub fn died(&mut self, limit: Duration) -> Option<std::process::ExitStatus> {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }
}

impl Drop for Yard {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn signal(child: &Child, signal: &str) {
    let done = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(done.success());
}

/// Somebody with credentials.
#[derive(Clone)]
pub struct User {
    pub environment: Vec<(String, String)>,
}

impl User {
    /// The same yard with other keys.
    pub fn with_keys(&self, id: &str, secret: &str) -> Self {
        let mut user = self.clone();
        for (name, value) in &mut user.environment {
            match name.as_str() {
                "AWS_ACCESS_KEY_ID" => id.clone_into(value),
                "AWS_SECRET_ACCESS_KEY" => secret.clone_into(value),
                _ => {}
            }
        }
        user
    }

    /// Adds a session token.
    pub fn with_token(mut self, token: &str) -> Self {
        self.environment.push(("AWS_SESSION_TOKEN".to_owned(), token.to_owned()));
        self
    }

    /// A command with this user's environment and the stock clients on its path.
    pub fn command(&self, program: &str) -> Command {
        let bin = testkit::venv::bin();
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
        let program = match bin.join(program) {
            stock if stock.exists() => stock,
            _ => PathBuf::from(program),
        };
        let mut command = Command::new(program);
        clean(&mut command);
        command
            .envs(self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())))
            .env("PATH", path)
            .env("HOME", "/nonexistent")
            .env("AWS_PAGER", "")
            .env("AWS_MAX_ATTEMPTS", "1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_CONFIG_NOSYSTEM", "1");
        command
    }

    /// The stock CLI; answers its JSON and fails the test if it fails.
    pub fn aws(&self, arguments: &[&str]) -> Value {
        let output = self.try_aws(arguments);
        assert!(output.status.success(), "aws {arguments:?}: {}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
    }

    /// The stock CLI, whatever comes of it.
    pub fn try_aws(&self, arguments: &[&str]) -> Output {
        self.command("aws").args(["--output", "json"]).args(arguments).output().unwrap()
    }

    /// The stock CLI, which must be refused with this code; answers what it said.
    pub fn refused(&self, code: &str, arguments: &[&str]) -> String {
        let output = self.try_aws(arguments);
        let said = said(&output);
        assert!(!output.status.success() && said.contains(code), "aws {arguments:?}: {said}");
        said
    }
}

/// Everything that a program said.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Asks until there is an answer.
pub fn until<T>(limit: Duration, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "{what}: not within {limit:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Plain GET without credentials: status and text.
pub fn get(url: &str) -> Option<(u16, String)> {
    let rest = url.strip_prefix("http://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let client = client::Client::unsigned(format!("http://{host}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let answer = runtime
        .block_on(async { client.send("", "GET", &format!("/{path}"), &[], Vec::new()).await })
        .ok()?;
    Some((answer.status, answer.text()))
}
