//! What outlives the process: keys, sessions, policies.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use api_identity::iam::{CreateAccessKey, CreateAccessKeyInput, CreateRole, CreateRoleInput};
use api_identity::iam::{CreateUser, CreateUserInput};
use blobs::{Blobs, MasterKeyring};
use codeyard_svc_identity::{IamIdentity, services};
use service::{
    Config, Cx, Endpoint, NoAudit, Registry, Session, SessionRequest, Yard, YardBuilder,
};
use store::Store;
use types::{Account, Region};

use crate::{ACCOUNT, policy, trusts};

async fn open(dir: &Path) -> Yard {
    let region = Region::new(testkit::REGION).unwrap();
    let master = MasterKeyring::open_or_create(&dir.join("master.key")).unwrap();
    YardBuilder {
        config: Config {
            account: Account::new(ACCOUNT).unwrap(),
            region,
            data_dir: dir.to_owned(),
            endpoint: Endpoint { scheme: "http", host: "127.0.0.1:1".into() },
            test_mode: false,
            root_access_key_id: testkit::ROOT_KEY.into(),
            root_secret_access_key: testkit::ROOT_SECRET.into(),
            program: std::env::current_exe().unwrap(),
            build_slots: 1,
            ssh: None,
            git_cache: service::GitCache::within(dir),
            containers: service::Containers::default(),
            loopback_providers: false,
        },
        registry: Arc::new(Registry::new(services())),
        store: Store::open(dir, store::Options::default()).unwrap(),
        blobs: Blobs::open(&dir.join("blobs"), Arc::new(master)).unwrap(),
        clock: types::system_clock(),
        identity: Arc::new(IamIdentity::new()),
        audit: Arc::new(NoAudit),
    }
    .start()
    .await
    .unwrap()
}

fn as_root(yard: &Yard) -> Cx {
    let account = Account::new(ACCOUNT).unwrap();
    let region = yard.config().region.clone();
    Cx::background(yard, yard.identity().root(&account), region, "test")
}

/// The caller behind a session's credentials.
fn caller_of(yard: &Yard, session: &Session) -> Option<String> {
    let token = Some(session.session_token.as_str());
    let found = yard.identity().by_access_key(yard, &session.access_key_id, token).unwrap();
    found.filter(|key| key.secret == session.secret_access_key).map(|key| key.caller.arn)
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_sessions_outlive_the_process() {
    let dir = tempfile::tempdir().unwrap();
    let yard = open(dir.path()).await;
    let root = as_root(&yard);
    let name = "alice".to_owned();
    root.call(CreateUser, CreateUserInput { user_name: name.clone(), ..Default::default() })
        .await
        .unwrap();
    let key = root
        .call(CreateAccessKey, CreateAccessKeyInput { user_name: Some(name) })
        .await
        .unwrap()
        .access_key;
    let trust = policy(&trusts(r#"{"Service":"codebuild.amazonaws.com"}"#));
    let role = CreateRoleInput {
        role_name: "builder".into(),
        assume_role_policy_document: trust,
        ..Default::default()
    };
    let role_arn = root.call(CreateRole, role).await.unwrap().role.arn;
    let request = SessionRequest {
        role_arn,
        service: "codebuild.amazonaws.com".into(),
        session_name: "build-1".into(),
        ..SessionRequest::default()
    };
    let session = yard.assume_role(&request).unwrap();
    let before = caller_of(&yard, &session);
    assert!(before.is_some());
    drop(root);
    yard.stop(Duration::ZERO).await;
    yard.store().close();
    drop(yard);

    let yard = open(dir.path()).await;
    assert_eq!(caller_of(&yard, &session), before);
    let found = yard.identity().by_access_key(&yard, &key.access_key_id, None).unwrap().unwrap();
    assert_eq!(found.secret, key.secret_access_key);
    assert_eq!(found.caller.arn, format!("arn:aws:iam::{ACCOUNT}:user/alice"));
    // Another yard, with another master key, knows neither.
    let elsewhere = tempfile::tempdir().unwrap();
    let other = open(elsewhere.path()).await;
    let token = Some(session.session_token.as_str());
    let foreign = other.identity().by_access_key(&other, &session.access_key_id, token);
    assert_eq!(foreign.err().unwrap().code, "InvalidClientTokenId");
    assert!(other.identity().by_access_key(&other, &key.access_key_id, None).unwrap().is_none());
    yard.stop(Duration::ZERO).await;
    other.stop(Duration::ZERO).await;
}
