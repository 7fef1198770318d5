//! A yard for tests: some services behind a real gateway on a free loopback port, with a data
//! directory of its own, and a client that signs.
//!
//! ```ignore
//! let yard = TestYard::start(vec![codecommit::service()]).await;
//! let (status, body) = yard.json("codecommit", "CodeCommit_20150413.CreateRepository",
//!                                json!({"repositoryName": "r"})).await;
//! let narrow = yard.user("eve", json!({"Version": "2012-10-17", "Statement": []}));
//! let (status, body) = yard.json_as(&narrow, "codecommit", "…", json!({})).await;
//! ```
//! Identity is faked: one root, users by [`TestYard::user`], roles by [`TestYard::role`]; every
//! service may assume every role. Nothing here is for use outside tests: failures panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod engine;
mod identity;
mod keeper;
pub mod venv;

use std::sync::Arc;
use std::time::Duration;

pub use client::{Answer, Client, Keys};
pub use identity::FakeIdentity;

use blobs::{Blobs, MasterKeyring};
use gateway::{Gateway, Serving};
use serde_json::Value;
use service::{
    AuditSink, Config, Endpoint, Identity, NoAudit, Registry, Service, Yard, YardBuilder,
};
use store::Store;
use types::{Account, Region, SharedClock};

/// The account of test yards.
pub const ACCOUNT: &str = "123456789012";
/// The region of test yards.
pub const REGION: &str = "us-east-1";
/// Root's access key in test yards.
pub const ROOT_KEY: &str = "AKIAROOTROOTROOTROOT";
/// Root's secret in test yards.
pub const ROOT_SECRET: &str = "root-secret-of-the-test-yard";

/// A running yard for tests. Its data directory goes when it is dropped.
pub struct TestYard {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    /// The faked identities.
    pub identity: Arc<FakeIdentity>,
    yard: Yard,
    serving: Option<Serving>,
    dir: tempfile::TempDir,
}

type MakeAudit = Box<dyn FnOnce(&Store, &SharedClock) -> Arc<dyn AuditSink>>;
type MakeKeyring = Box<dyn FnOnce(&Store, Arc<MasterKeyring>) -> Arc<dyn blobs::Keyring>>;
type MakeBlobs = Box<dyn FnOnce(Arc<dyn blobs::Keyring>) -> Blobs>;
type MakeGitCache = Box<dyn FnOnce(&std::path::Path) -> service::GitCache>;

/// What may differ from the usual in a test yard.
pub struct TestYardBuilder {
    services: Vec<Service>,
    clock: SharedClock,
    program: std::path::PathBuf,
    identity: Option<Arc<dyn Identity>>,
    audit: Option<MakeAudit>,
    test_mode: bool,
    keyring: Option<MakeKeyring>,
    git_cache: Option<MakeGitCache>,
    containers: service::Containers,
    loopback_providers: bool,
    blobs: Option<MakeBlobs>,
}

impl TestYardBuilder {
    /// The clock.
    #[must_use]
    pub fn clock(mut self, clock: SharedClock) -> Self {
        self.clock = clock;
        self
    }

    /// The program that runs supervisors and agents.
    #[must_use]
    pub fn program(mut self, program: impl Into<std::path::PathBuf>) -> Self {
        self.program = program.into();
        self
    }

    /// The real identity service in place of the fake.
    #[must_use]
    pub fn identity(mut self, identity: Arc<dyn Identity>) -> Self {
        self.identity = Some(identity);
        self
    }

    /// The real audit trail.
    #[must_use]
    pub fn audit(
        mut self,
        make: impl FnOnce(&Store, &SharedClock) -> Arc<dyn AuditSink> + 'static,
    ) -> Self {
        self.audit = Some(Box::new(make));
        self
    }

    /// A keyring beside the yard's own.
    #[must_use]
    pub fn keyring(
        mut self,
        make: impl FnOnce(&Store, Arc<MasterKeyring>) -> Arc<dyn blobs::Keyring> + 'static,
    ) -> Self {
        self.keyring = Some(Box::new(make));
        self
    }

    /// The container engine for builds, and what it is for.
    #[must_use]
    pub fn containers(mut self, containers: service::Containers) -> Self {
        self.containers = containers;
        self
    }

    /// Sources at GitHub, GitLab and Bitbucket are there, and not on this machine.
    #[must_use]
    pub fn without_loopback_providers(mut self) -> Self {
        self.loopback_providers = false;
        self
    }

    /// Where plain copies of repositories lie, by the yard's data directory.
    #[must_use]
    pub fn git_cache(
        mut self,
        make: impl FnOnce(&std::path::Path) -> service::GitCache + 'static,
    ) -> Self {
        self.git_cache = Some(Box::new(make));
        self
    }

    /// Other blobs than a folder's, for instance on a medium that fails.
    #[must_use]
    pub fn blobs(mut self, make: impl FnOnce(Arc<dyn blobs::Keyring>) -> Blobs + 'static) -> Self {
        self.blobs = Some(Box::new(make));
        self
    }

    /// A yard that takes any access key.
    #[must_use]
    pub fn test_mode(mut self) -> Self {
        self.test_mode = true;
        self
    }

    /// Starts the yard.
    pub async fn start(self) -> TestYard {
        let dir = tempfile::tempdir().expect("a directory for the test yard");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let host = listener.local_addr().expect("an address").to_string();
        let account = Account::new(ACCOUNT).expect("an account");
        let fake = Arc::new(FakeIdentity::new(account.clone()));
        let config = Config {
            account,
            region: Region::new(REGION).expect("a region"),
            data_dir: dir.path().to_owned(),
            endpoint: Endpoint { scheme: "http", host: host.clone() },
            test_mode: self.test_mode,
            root_access_key_id: ROOT_KEY.to_owned(),
            root_secret_access_key: ROOT_SECRET.to_owned(),
            program: self.program,
            build_slots: 2,
            ssh: None,
            git_cache: self
                .git_cache
                .map_or_else(|| service::GitCache::within(dir.path()), |make| make(dir.path())),
            containers: self.containers,
            loopback_providers: self.loopback_providers,
        };
        let store = Store::open(dir.path(), store::Options { sync: false }).expect("a store");
        let master = Arc::new(
            MasterKeyring::open_or_create(&dir.path().join("master.key")).expect("a master key"),
        );
        let keyring: Arc<dyn blobs::Keyring> = match self.keyring {
            Some(make) => make(&store, master),
            None => master,
        };
        let blobs = match self.blobs {
            Some(make) => make(keyring),
            None => Blobs::open(&dir.path().join("blobs"), keyring).expect("a blob store"),
        };
        let audit = match self.audit {
            Some(make) => make(&store, &self.clock),
            None => Arc::new(NoAudit),
        };
        let yard = YardBuilder {
            config,
            registry: Arc::new(Registry::new(keeper::with_all_events(self.services))),
            store,
            blobs,
            clock: self.clock,
            identity: self.identity.unwrap_or_else(|| fake.clone()),
            audit,
        }
        .start()
        .await
        .expect("the yard starts");
        let serving = Gateway::new(yard.clone(), None).serve(listener).expect("an open door");
        TestYard {
            url: format!("http://{host}"),
            identity: fake,
            yard,
            serving: Some(serving),
            dir,
        }
    }
}

impl TestYard {
    /// A yard with these services and nothing unusual.
    pub async fn start(services: Vec<Service>) -> Self {
        Self::builder(services).start().await
    }

    /// A yard with these services.
    pub fn builder(services: Vec<Service>) -> TestYardBuilder {
        TestYardBuilder {
            services,
            clock: types::system_clock(),
            program: std::env::current_exe().unwrap_or_default(),
            identity: None,
            audit: None,
            keyring: None,
            git_cache: None,
            containers: service::Containers::default(),
            loopback_providers: true,
            blobs: None,
            test_mode: false,
        }
    }

    /// The yard itself.
    pub fn yard(&self) -> &Yard {
        &self.yard
    }

    /// Its data directory.
    pub fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    /// Root's keys.
    pub fn root(&self) -> Keys {
        Keys::new(ROOT_KEY, ROOT_SECRET)
    }

    /// A user with one inline policy, and its keys.
    pub fn user(&self, name: &str, policy: Value) -> Keys {
        self.identity.add_user(name, &policy)
    }

    /// A role with one inline policy that every service may assume; answers its ARN.
    pub fn role(&self, name: &str, policy: Value) -> String {
        self.identity.add_role(name, &policy)
    }

    /// Calls a JSON operation as root: `target` is the whole `X-Amz-Target`.
    pub async fn json(&self, service: &str, target: &str, input: Value) -> (u16, Value) {
        self.json_as(&self.root(), service, target, input).await
    }

    /// Calls a JSON operation with these keys.
    pub async fn json_as(
        &self,
        keys: &Keys,
        service: &str,
        target: &str,
        input: Value,
    ) -> (u16, Value) {
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)];
        let body = input.to_string().into_bytes();
        let answer = self.send(Some(keys), service, "POST", "/", &headers, body).await;
        (answer.status, answer.json())
    }

    /// Calls a Query operation with these keys; answers the XML text.
    pub async fn query_as(
        &self,
        keys: &Keys,
        service: &str,
        parameters: &[(&str, &str)],
    ) -> (u16, String) {
        let pair = |(name, value): &(&str, &str)| {
            format!("{}={}", wire::uri::encode(name, false), wire::uri::encode(value, false))
        };
        let body = parameters.iter().map(pair).collect::<Vec<_>>().join("&");
        let headers = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
        let answer = self.send(Some(keys), service, "POST", "/", &headers, body.into_bytes()).await;
        (answer.status, answer.text())
    }

    /// Sends any request; `target` is path and query. Signed where there are keys.
    pub async fn send(
        &self,
        keys: Option<&Keys>,
        service: &str,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let client = Client {
            region: REGION.to_owned(),
            keys: keys.cloned(),
            ..Client::unsigned(&self.url)
        };
        client.send(service, method, target, headers, body).await.expect("an answer")
    }

    /// Asks again until `done` says yes, at most for `limit`.
    ///
    /// # Panics
    /// When it never does.
    pub async fn until<T, Fut>(limit: Duration, mut ask: impl FnMut() -> Fut) -> T
    where
        Fut: Future<Output = Option<T>>,
    {
        let deadline = std::time::Instant::now() + limit;
        loop {
            if let Some(value) = ask().await {
                return value;
            }
            assert!(std::time::Instant::now() < deadline, "it did not come to pass in {limit:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Closes the door and ends background work.
    pub async fn stop(mut self) {
        if let Some(serving) = self.serving.take() {
            serving.stop(Duration::from_secs(1)).await;
        }
        self.yard.stop(Duration::from_secs(1)).await;
    }
}
