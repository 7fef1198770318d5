//! A yard on loopback that hands out commands one after the other and keeps what it is told.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::fs;
use std::io::{Cursor, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth::sigv4;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use codeyard_agent::{Config, Credentials, OnPremises};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use types::{Clock, SystemClock};

const SECRET: &str = "secret";
const HOST: &str = "arn:aws:iam::123456789012:user/AWS/CodeDeploy/host-1";

#[derive(Default)]
pub struct Script {
    /// Command names that wait, with the deployment that they belong to.
    pub commands: VecDeque<(String, String)>,
    pub specifications: HashMap<String, Value>,
    pub objects: HashMap<String, (Vec<u8>, &'static str)>,
    /// Command, status, diagnostics.
    pub completed: Vec<(String, String, Value)>,
    pub acknowledged: Vec<(String, bool)>,
    /// What acknowledgements are answered; `InProgress` if nothing is said.
    pub acknowledge_with: HashMap<String, &'static str>,
    /// So many answers are 503 before the next good one.
    pub failures: usize,
    pub targets: Vec<String>,
    /// Handed out and not ended: a deployment's commands come one at a time.
    in_flight: bool,
}

#[derive(Clone)]
pub struct Yard {
    pub script: Arc<Mutex<Script>>,
    changed: Arc<Notify>,
    pub address: SocketAddr,
}

impl Yard {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let yard = Self {
            script: Arc::default(),
            changed: Arc::default(),
            address: listener.local_addr().unwrap(),
        };
        let serving = yard.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let yard = serving.clone();
                tokio::spawn(async move {
                    let service = service_fn(|request| {
                        let yard = yard.clone();
                        async move { Ok::<_, Infallible>(yard.answer(request).await) }
                    });
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        yard
    }

    pub fn with<T>(&self, change: impl FnOnce(&mut Script) -> T) -> T {
        let result = change(&mut self.script.lock().unwrap());
        self.changed.notify_waiters();
        result
    }

    /// Hands out commands of a deployment and waits until all have ended. Gives their results.
    pub async fn deploy(&self, deployment: &str, commands: &[&str]) -> Vec<(String, Value)> {
        let already = self.with(|script| {
            for command in commands {
                script.commands.push_back(((*command).to_owned(), deployment.to_owned()));
            }
            script.completed.len()
        });
        self.completed(already + commands.len()).await.split_off(already)
    }

    /// Waits for that many results.
    pub async fn completed(&self, count: usize) -> Vec<(String, Value)> {
        let wait = async {
            loop {
                let changed = self.changed.notified();
                let done = self.script.lock().unwrap().completed.clone();
                if done.len() >= count {
                    return done.into_iter().map(|(_, status, said)| (status, said)).collect();
                }
                let _ = tokio::time::timeout(Duration::from_millis(50), changed).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), wait).await.expect("results in time")
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let respond = |status: u16, text: Vec<u8>| {
            Response::builder().status(status).body(Full::new(Bytes::from(text))).unwrap()
        };
        if let Err(why) = verify(&parts, &body) {
            return respond(403, json!({"__type": "Signature", "message": why}).to_string().into());
        }
        let fails = self.with(|script| {
            script.failures = script.failures.saturating_sub(1);
            script.failures > 0
        });
        if fails {
            return respond(503, b"{}".to_vec());
        }
        let Some(target) = parts.headers.get("x-amz-target") else {
            let found = self.with(|script| {
                script.objects.get(parts.uri.path_and_query().unwrap().as_str()).cloned()
            });
            return match found {
                Some((bytes, etag)) => {
                    Response::builder().header("etag", etag).body(Full::new(bytes.into())).unwrap()
                }
                None => respond(404, b"<Error><Code>NoSuchKey</Code></Error>".to_vec()),
            };
        };
        let target = target.to_str().unwrap().to_owned();
        let (_, operation) = target.split_once('.').unwrap();
        let input: Value = serde_json::from_slice(&body).unwrap();
        let answer = match operation {
            "PollHostCommand" => self.poll(&input).await,
            other => self.with(|script| script.answer(other, &input)),
        };
        self.with(|script| script.targets.push(target));
        match answer {
            Ok(json) => respond(200, json.to_string().into()),
            Err(why) => respond(
                400,
                json!({"__type": "ClientException", "message": why}).to_string().into(),
            ),
        }
    }

    async fn poll(&self, input: &Value) -> Result<Value, String> {
        assert_eq!(input["HostIdentifier"], HOST);
        for _ in 0..20 {
            if let Some((name, deployment)) = self.with(Script::next) {
                return Ok(json!({"HostCommand": {
                    "HostCommandIdentifier": format!("{deployment}/{name}"),
                    "HostIdentifier": HOST,
                    "DeploymentExecutionId": format!("arn/x/y/{deployment}"),
                    "CommandName": name,
                    "Nonce": 1,
                }}));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(json!({}))
    }

    /// A configuration of an agent that keeps its files in `root`.
    pub fn config(&self, root: PathBuf) -> Config {
        let host = OnPremises {
            region: "us-east-1".to_owned(),
            host_identifier: HOST.to_owned(),
            credentials: Credentials {
                access_key_id: "AKIDEXAMPLE".to_owned(),
                secret_access_key: SECRET.to_owned(),
                session_token: None,
            },
        };
        let mut config = Config::new(format!("http://{}", self.address), root, host);
        config.stop_grace = Duration::from_millis(200);
        config
    }

    /// Puts a bundle where a deployment's specification says; gives the specification to change.
    pub fn revision(
        &self,
        deployment: &str,
        files: &[(&str, &str)],
        change: impl FnOnce(&mut Value),
    ) {
        let mut specification = json!({
            "DeploymentId": deployment,
            "DeploymentGroupId": "group-id",
            "DeploymentGroupName": "group",
            "ApplicationName": "app",
            "DeploymentCreator": "user",
            "DeploymentType": "IN_PLACE",
            "AgentActionOverrides": null,
            "Revision": {"RevisionType": "S3", "S3Revision":
                {"Bucket": "bucket", "Key": format!("{deployment} x.zip"), "BundleType": "zip"}},
        });
        change(&mut specification);
        self.with(|script| {
            script.specifications.insert(deployment.to_owned(), specification);
            script
                .objects
                .insert(format!("/bucket/{deployment}%20x.zip"), (zip_of(files), "\"etag\""));
        });
    }
}

impl Script {
    fn next(&mut self) -> Option<(String, String)> {
        let next = if self.in_flight { None } else { self.commands.pop_front() };
        self.in_flight |= next.is_some();
        next
    }

    fn answer(&mut self, operation: &str, input: &Value) -> Result<Value, String> {
        let command = || input["HostCommandIdentifier"].as_str().unwrap().to_owned();
        let diagnostics = || {
            assert_eq!(input["Diagnostics"]["Format"], "JSON");
            serde_json::from_str::<Value>(input["Diagnostics"]["Payload"].as_str().unwrap())
                .unwrap()
        };
        match operation {
            "GetDeploymentSpecification" => {
                let id = input["DeploymentExecutionId"].as_str().unwrap();
                let (_, id) = id.rsplit_once('/').unwrap();
                let text = self.specifications.get(id).ok_or("no such deployment")?.to_string();
                Ok(json!({
                    "DeploymentSystem": "CodeDeploy",
                    "DeploymentSpecification": {"GenericEnvelope":
                        {"Format": "PKCS7/JSON", "Payload": signed(text.as_bytes())}},
                }))
            }
            "PutHostCommandAcknowledgement" => {
                let noop = diagnostics()["IsCommandNoop"].as_bool().unwrap();
                let command = command();
                let status = self.acknowledge_with.get(&command).copied().unwrap_or("InProgress");
                self.in_flight = status == "InProgress";
                self.acknowledged.push((command, noop));
                Ok(json!({"CommandStatus": status}))
            }
            "PutHostCommandComplete" => {
                let status = input["CommandStatus"].as_str().unwrap().to_owned();
                self.in_flight = false;
                self.completed.push((command(), status, diagnostics()));
                Ok(json!({}))
            }
            other => Err(format!("unknown operation {other}")),
        }
    }
}

fn verify(parts: &hyper::http::request::Parts, body: &[u8]) -> Result<(), String> {
    let headers: Vec<(&str, &[u8])> =
        parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let hash = sigv4::sha256_hex(body);
    let request = sigv4::Request {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        headers: &headers,
        payload_sha256: Some(&hash),
    };
    let claim = sigv4::parse(&request).map_err(|error| error.to_string())?.ok_or("unsigned")?;
    let service = match parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok()) {
        None => "s3",
        Some(target) if target.starts_with("CodeDeployCommandService_v20141006.") => {
            "codedeploy-commands"
        }
        Some(_) => "codedeploy-commands-secure",
    };
    claim.expect_service(service).map_err(|error| error.to_string())?;
    claim.verify(&request, SECRET, SystemClock.now()).map(drop).map_err(|error| error.to_string())
}

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let inside = parts.concat();
    let length = (inside.len() as u32).to_be_bytes();
    [&[tag, 0x84], length.as_slice(), &inside].concat()
}

/// The form of PKCS #7 signed data, with a signer that signed nothing: the agent takes any.
fn signed(content: &[u8]) -> String {
    let data = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
    let signed_data = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
    let signer = tlv(0x31, &[&tlv(0x30, &[&[2, 1, 1]])]);
    let explicit = tlv(0xa0, &[&tlv(0x04, &[content])]);
    let info = tlv(0x30, &[&tlv(0x06, &[&data]), &explicit]);
    let inner = tlv(0x30, &[&[2, 1, 1], &tlv(0x31, &[]), &info, &signer]);
    let der = tlv(0x30, &[&tlv(0x06, &[&signed_data]), &tlv(0xa0, &[&inner])]);
    format!("-----BEGIN PKCS7-----\n{}\n-----END PKCS7-----\n", STANDARD.encode(der))
}

fn zip_of(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        let options = zip::write::SimpleFileOptions::default().unix_permissions(0o644);
        zip.start_file(*name, options).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An agent under test, and the folder of its host.
pub struct Host {
    pub folder: tempfile::TempDir,
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<()>>,
}

impl Host {
    pub fn start(yard: &Yard, change: impl FnOnce(&mut Config)) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), yard, change)
    }

    pub fn start_in(
        folder: tempfile::TempDir,
        yard: &Yard,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let mut config = yard.config(folder.path().join("root"));
        change(&mut config);
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(async move { codeyard_agent::run(config, stopped).await.unwrap() });
        Self { folder, stop, task: Some(task) }
    }

    pub fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// Waits until a file has some content.
    pub async fn appears(&self, name: &str) -> String {
        for _ in 0..500 {
            let text = self.read(name);
            if text.ends_with('\n') {
                return text;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{name} did not appear");
    }

    /// Ends the agent as its operator would.
    pub async fn stop(mut self) -> tempfile::TempDir {
        let _ = self.stop.send(true);
        self.task.take().unwrap().await.unwrap();
        self.folder
    }
}
