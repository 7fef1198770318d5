//! The README's first command and what follows it: a second push, a push whose test fails,
//! running again, removing.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Data, User, Yard, get, said, signal, until};

/// How long the whole quickstart may take here, builds of this test included.
const LIMIT: Duration = Duration::from_secs(120);

/// A `codeyard quickstart` that stays up.
pub struct Quickstart {
    child: Child,
    pub lines: Vec<String>,
    pub urls: Vec<String>,
}

impl Quickstart {
    /// Runs it until it says that it stays up.
    pub fn start(data: &Data) -> Self {
        let mut child = data
            .codeyard(&["quickstart", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        let deadline = Instant::now() + LIMIT;
        let mut lines = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match receive.recv_timeout(left) {
                Ok(line) => {
                    let done = line.contains("The yard stays up");
                    lines.push(line);
                    if done {
                        break;
                    }
                }
                Err(_) => {
                    let _ = child.kill();
                    panic!("the quickstart did not go live:\n{}", lines.join("\n"));
                }
            }
        }
        let urls = lines.iter().filter(|line| line.contains("  serves commit "));
        let urls = urls.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect();
        Self { child, lines, urls }
    }

    /// Ends the yard in order; the hosts go on.
    pub fn stop(mut self) {
        signal(&self.child, "-TERM");
        assert!(self.child.wait().unwrap().success());
    }

    pub fn text(&self) -> String {
        self.lines.join("\n")
    }
}

impl Drop for Quickstart {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Root's environment of the yard on a data directory.
pub fn root(data: &Data) -> User {
    let output = data.codeyard(&["env"]).output().unwrap();
    let environment = said(&output)
        .lines()
        .filter_map(|line| line.strip_prefix("export ")?.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned()))
        .collect();
    User { environment }
}

/// A clone of the quickstart's repository, made by its developer.
pub struct Clone {
    user: User,
    pub dir: tempfile::TempDir,
}

impl Clone {
    pub fn new(data: &Data) -> Self {
        let file = data.path().join("quickstart/git.json");
        let known: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let mut user = root(data);
        let url = user
            .environment
            .iter()
            .find(|(name, _)| name == "AWS_ENDPOINT_URL")
            .map(|(_, url)| format!("{url}/v1/repos/quickstart"))
            .unwrap();
        // What signs in is the git credential alone.
        user.environment.retain(|(name, _)| !name.starts_with("AWS_"));
        let text = |name: &str| known[name].as_str().unwrap().to_owned();
        user.environment.push(("GIT_USER".to_owned(), text("userName")));
        user.environment.push(("GIT_SECRET".to_owned(), text("password")));
        let clone = Self { user, dir: tempfile::tempdir().unwrap() };
        clone.git(&["clone", "--quiet", &url, "."]);
        clone
    }

    pub fn try_git(&self, arguments: &[&str]) -> std::process::Output {
        const HELPER: &str = "credential.helper=!f() { echo username=\"$GIT_USER\"; echo password=\"$GIT_SECRET\"; }; f";
        self.command()
            .args(["-c", HELPER, "-c", "user.name=Dev", "-c", "user.email=dev@localhost"])
            .args(arguments)
            .output()
            .unwrap()
    }

    fn command(&self) -> Command {
        let mut command = self.user.command("git");
        command.current_dir(self.dir.path());
        command
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        let output = self.try_git(arguments);
        assert!(output.status.success(), "git {arguments:?}: {}", said(&output));
        said(&output)
    }

    /// Replaces text in a file, commits, pushes; answers the commit.
    pub fn change(&self, file: &str, from: &str, to: &str) -> String {
        let path = self.dir.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        std::fs::write(&path, text.replace(from, to)).unwrap();
        self.git(&["commit", "--quiet", "--all", "--message", "Change"]);
        self.git(&["push", "--quiet", "origin", "HEAD:main"]);
        self.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }
}

/// Every execution of the pipeline for that commit.
pub fn executions(root: &User, commit: &str) -> Vec<Value> {
    of_commit(&root.aws(LIST), commit)
}

/// The same from a yard that may be dying: nothing where it does not answer.
pub fn executions_if_up(root: &User, commit: &str) -> Vec<Value> {
    let output = root.try_aws(LIST);
    of_commit(&serde_json::from_slice(&output.stdout).unwrap_or(Value::Null), commit)
}

const LIST: &[&str] =
    &["codepipeline", "list-pipeline-executions", "--pipeline-name", "quickstart"];

fn of_commit(listed: &Value, commit: &str) -> Vec<Value> {
    let all = listed["pipelineExecutionSummaries"].as_array().cloned().unwrap_or_default();
    all.into_iter().filter(|it| it["sourceRevisions"][0]["revisionId"] == commit).collect()
}

/// Waits for the end of the commit's execution and answers it.
pub fn ended(root: &User, commit: &str) -> Value {
    until(LIMIT, "the pipeline ends", || {
        let found = executions(root, commit);
        let ended = |it: &&Value| it["status"] != "InProgress" && it["status"] != "Stopping";
        found.iter().find(ended).cloned()
    })
}

fn serves(urls: &[String], text: &str) {
    for url in urls {
        let (status, page) = get(url).unwrap_or_else(|| panic!("{url} does not answer"));
        assert!(status == 200 && page.contains(text), "{url} serves {page} and not {text}");
    }
}

#[test]
fn one_push_goes_live_and_so_does_the_next() {
    let data = Data::new();
    let quickstart = Quickstart::start(&data);
    let text = quickstart.text();
    assert_eq!(quickstart.urls.len(), 2, "{text}");
    for part in [
        "test_it_tells_the_commit",
        "PRE_BUILD SUCCEEDED",
        "ApplicationStart Succeeded",
        "Live after",
        "git clone http",
        "get-pipeline-state",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    serves(&quickstart.urls, "Hello from Codeyard");
    let root = root(&data);

    let clone = Clone::new(&data);
    let commit = clone.change("app.py", "Hello from Codeyard", "Second version");
    assert_eq!(ended(&root, &commit)["status"], "Succeeded");
    serves(&quickstart.urls, "Second version");
    serves(&quickstart.urls, &commit);

    // A failing test stops at Build, and the old version goes on serving.
    let broken = clone.change("test_app.py", "abc123</code>", "nonsense</code>");
    let failed = ended(&root, &broken);
    assert_eq!(failed["status"], "Failed", "{failed}");
    let state = root.aws(&["codepipeline", "get-pipeline-state", "--name", "quickstart"]);
    let build = &state["stageStates"][1];
    assert_eq!(build["latestExecution"]["status"], "Failed", "{state}");
    let id = build["actionStates"][0]["latestExecution"]["externalExecutionId"].as_str().unwrap();
    let found = root.aws(&["codebuild", "batch-get-builds", "--ids", id]);
    let phases = found["builds"][0]["phases"].as_array().unwrap();
    let phase = phases.iter().find(|it| it["phaseType"] == "PRE_BUILD").unwrap();
    let why = phase["contexts"][0]["message"].as_str().unwrap();
    assert!(why.contains("python3 -m unittest"), "which command failed: {why}");
    let group = found["builds"][0]["logs"]["groupName"].as_str().unwrap();
    let log = root.aws(&["logs", "filter-log-events", "--log-group-name", group]);
    assert!(log.to_string().contains("nonsense"), "its output is in the log: {log}");
    serves(&quickstart.urls, &commit);

    // The developer may do nothing else.
    let denied = clone.try_git(&["push", "origin", "--delete", "main"]);
    assert!(!denied.status.success(), "{}", said(&denied));
    quickstart.stop();
}

#[test]
fn it_continues_from_what_is_there_and_can_be_removed() {
    let data = Data::new();
    let first = Quickstart::start(&data);
    let urls = first.urls.clone();
    first.stop();
    serves(&urls, "Hello from Codeyard");
    let again = Quickstart::start(&data);
    assert!(again.text().contains("is live already"), "{}", again.text());
    again.stop();

    let exit =
        data.codeyard(&["quickstart", "--exit", "--listen", "127.0.0.1:0"]).output().unwrap();
    assert!(exit.status.success() && said(&exit).contains("Live after"), "{}", said(&exit));
    assert!(get(&urls[0]).is_none(), "--exit leaves nothing running");

    let removed =
        data.codeyard(&["quickstart", "--remove", "--listen", "127.0.0.1:0"]).output().unwrap();
    assert!(removed.status.success(), "{}", said(&removed));
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    assert_eq!(root.aws(&["codecommit", "list-repositories"]), json!({"repositories": []}));
    assert_eq!(root.aws(&["codepipeline", "list-pipelines"]), json!({"pipelines": []}));
    assert_eq!(root.aws(&["iam", "list-users"])["Users"], json!([]));
    assert!(!folder_has_entries(&data.path().join("hosts.d")));
}

fn folder_has_entries(dir: &Path) -> bool {
    std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some())
}

#[test]
fn failures_are_told_with_a_status() {
    let data = Data::new();
    let output = data.codeyard(&["quickstart", "--test-mode"]).output().unwrap();
    assert!(!output.status.success() && said(&output).contains("test mode keeps nothing"));
}

/// Where these tests run as root, the quickstart runs once as nobody: with less isolation, and live
/// all the same.
#[test]
fn an_ordinary_user_goes_live_too() {
    let me = Command::new("id").arg("-u").output().unwrap();
    if said(&me).trim() != "0" {
        println!("skipped: an_ordinary_user_goes_live_too: the other tests run as one already");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let program = dir.path().join("codeyard");
    std::fs::copy(crate::harness::CODEYARD, &program).unwrap();
    let as_nobody = |arguments: &[&str]| {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"])
            .arg(&program)
            .args(arguments)
            .arg("--data-dir")
            .arg(dir.path().join("data"))
            .env("HOME", dir.path())
            .current_dir(dir.path());
        command.output().unwrap()
    };
    let owned = Command::new("chown").arg("65534:65534").arg(dir.path()).status().unwrap();
    assert!(owned.success());
    let live = as_nobody(&["quickstart", "--exit", "--listen", "127.0.0.1:0"]);
    assert!(live.status.success() && said(&live).contains("Live after"), "{}", said(&live));
    assert!(said(&live).contains("isolation level"), "the build's log tells: {}", said(&live));
    let removed = as_nobody(&["quickstart", "--remove", "--listen", "127.0.0.1:0"]);
    assert!(removed.status.success(), "{}", said(&removed));
}
