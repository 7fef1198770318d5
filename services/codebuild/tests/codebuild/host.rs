//! A provider's host on this machine: git over HTTP and HTTPS by git's own backend, and an API
//! that answers what it was told and remembers what it was asked.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use gateway::{Certificates, Gateway, Serving};
use serde_json::{Value, json};
use service::{Protocol, RawRequest, RawRoute, Service};
use testkit::TestYard;
use wire::Response;

/// What the API was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub authorization: String,
    pub body: Value,
}

#[derive(Default)]
struct Inner {
    root: PathBuf,
    /// User and password, where one is wanted.
    password: Option<String>,
    asked: Vec<Asked>,
    answers: HashMap<String, (u16, Value)>,
    /// The `Authorization` of each git request.
    signed: Vec<String>,
}

pub struct Host {
    inner: Arc<Mutex<Inner>>,
    _yard: TestYard,
    _serving: Serving,
    dir: tempfile::TempDir,
    /// `127.0.0.1:PORT`, which speaks HTTP and TLS.
    pub address: String,
    /// The certificate that its own is signed by.
    pub authority: String,
}

impl Host {
    pub async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let inner = Arc::new(Mutex::new(Inner { root: dir.path().to_owned(), ..Inner::default() }));
        let shared = inner.clone();
        let route = RawRoute::new("/", move |_, request| answer(shared.clone(), request));
        let yard = TestYard::start(vec![Service::new("host", Protocol::Json11).raw(route)]).await;
        let (authority, key) = Certificates::new_authority().unwrap();
        let certificates = Certificates::under(&key, &["127.0.0.1".to_owned()]).unwrap();
        let gateway = Gateway::with_tls(yard.yard().clone(), None, Some(&certificates));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let serving = gateway.serve(listener).unwrap();
        let address = serving.address.to_string();
        Self { inner, _yard: yard, _serving: serving, dir, address, authority }
    }

    pub fn http(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    pub fn https(&self, path: &str) -> String {
        format!("https://{}/{path}", self.address)
    }

    /// Only who has this user and password is let in to git.
    pub fn wants(&self, user_and_password: &str) {
        self.inner.lock().unwrap().password = Some(user_and_password.to_owned());
    }

    /// What the API answers to `METHOD PATH`.
    pub fn answers(&self, request: &str, status: u16, body: Value) {
        self.inner.lock().unwrap().answers.insert(request.to_owned(), (status, body));
    }

    /// What the API was asked so far, once.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.inner.lock().unwrap().asked)
    }

    /// The `Authorization` of each git request so far, once.
    pub fn signed(&self) -> Vec<String> {
        std::mem::take(&mut self.inner.lock().unwrap().signed)
    }

    /// A new repository; answers where one works on it.
    pub fn repository(&self, path: &str) -> Work {
        let bare = self.dir.path().join(format!("{path}.git"));
        std::fs::create_dir_all(&bare).unwrap();
        run(&bare, &["init", "--quiet", "--bare", "--initial-branch=main"]);
        let work = self.dir.path().join("work").join(path);
        std::fs::create_dir_all(&work).unwrap();
        run(&work, &["init", "--quiet", "--initial-branch=main"]);
        run(&work, &["remote", "add", "origin", bare.to_str().unwrap()]);
        Work { directory: work }
    }

    pub fn remove(&self, path: &str) {
        std::fs::remove_dir_all(self.dir.path().join(format!("{path}.git"))).unwrap();
    }
}

/// A clone that tests push from.
pub struct Work {
    pub directory: PathBuf,
}

impl Work {
    /// Commits files and pushes them to a reference; answers the commit.
    pub fn push(&self, files: &[(&str, &str)], reference: &str) -> String {
        for (name, content) in files {
            let path = self.directory.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        run(&self.directory, &["add", "--all"]);
        run(&self.directory, &["commit", "--quiet", "--allow-empty", "-m", "a change"]);
        run(
            &self.directory,
            &["push", "--quiet", "--force", "origin", &format!("HEAD:{reference}")],
        );
        run(&self.directory, &["rev-parse", "HEAD"])
    }

    pub fn git(&self, words: &[&str]) -> String {
        run(&self.directory, words)
    }
}

fn run(directory: &Path, words: &[&str]) -> String {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.com",
            "-c",
            "protocol.file.allow=always",
        ])
        .args(words)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn answer(inner: Arc<Mutex<Inner>>, request: RawRequest) -> Response {
    let is_api = ["/api/", "/2.0/"].iter().any(|prefix| request.path.starts_with(prefix));
    if is_api { api(&inner, request).await } else { git(&inner, request).await }
}

async fn api(inner: &Mutex<Inner>, request: RawRequest) -> Response {
    let header = |name: &str| request.header(name).map(str::to_owned);
    let authorization = header("authorization").or_else(|| header("private-token"));
    let mut path = request.path.clone();
    if !request.query.is_empty() {
        path = format!("{path}?{}", request.query);
    }
    let method = request.method.clone();
    let body = request.body.collect(1 << 20).await.unwrap();
    let mut inner = inner.lock().unwrap();
    inner.asked.push(Asked {
        method: method.clone(),
        path: path.clone(),
        authorization: authorization.unwrap_or_default(),
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    });
    let usual = match method.as_str() {
        "GET" => (404, json!({ "message": "Not Found" })),
        "DELETE" => (204, Value::Null),
        _ => (201, json!({ "id": 7, "uuid": "{u-7}" })),
    };
    let (status, body) = inner.answers.get(&format!("{method} {path}")).cloned().unwrap_or(usual);
    let mut response = Response::new(status);
    if body != Value::Null {
        response.body = body.to_string().into_bytes().into();
    }
    response
}

async fn git(inner: &Mutex<Inner>, request: RawRequest) -> Response {
    let given = request.header("authorization").unwrap_or_default().to_owned();
    let (root, password) = {
        let mut inner = inner.lock().unwrap();
        inner.signed.push(given.clone());
        (inner.root.clone(), inner.password.clone())
    };
    if let Some(password) = password {
        let wanted = base64::engine::general_purpose::STANDARD.encode(password);
        if given != format!("Basic {wanted}") {
            let mut response = Response::new(401);
            response.headers.push(("www-authenticate".into(), "Basic realm=\"git\"".into()));
            return response;
        }
    }
    let header = |name: &str| request.header(name).unwrap_or_default().to_owned();
    let mut command = Command::new("git");
    command
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("REQUEST_METHOD", &request.method)
        .env("PATH_INFO", &request.path)
        .env("QUERY_STRING", &request.query)
        .env("CONTENT_TYPE", header("content-type"))
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("GIT_PROTOCOL", header("git-protocol"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let body = request.body.collect(64 << 20).await.unwrap();
    let output = tokio::task::spawn_blocking(move || {
        use std::io::Write as _;
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let feeder = std::thread::spawn(move || stdin.write_all(&body));
        let output = child.wait_with_output().unwrap();
        let _ = feeder.join();
        output.stdout
    })
    .await
    .unwrap();
    let end = output.windows(4).position(|it| it == b"\r\n\r\n").unwrap_or(output.len());
    let mut response = Response::new(200);
    for line in String::from_utf8_lossy(&output[..end]).lines() {
        let Some((name, value)) = line.split_once(": ") else { continue };
        match name {
            "Status" => response.status = value[..3].parse().unwrap(),
            _ => response.headers.push((name.to_ascii_lowercase(), value.to_owned())),
        }
    }
    response.body = output.get(end + 4..).unwrap_or_default().to_vec().into();
    response
}
