//! The yard ends at every turn of a deployment; the deployment goes on, and nothing happens twice.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use api_developer::codedeploy::commands::*;
use api_developer::codedeploy::*;
use auth::policy::Principal;
use base64::Engine as _;
use blobs::{Blobs, MasterKeyring};
use codeyard_svc_codedeploy::services;
use service::{
    AccessKey, Caller, Config, Cx, Endpoint, Error, Identity, NoAudit, Registry, Session,
    SessionRequest, Yard, YardBuilder,
};
use store::Store;
use types::{Account, Region};

const HOST: &str = "arn:aws:iam::123456789012:user/one";

/// Root alone, as whom everything is called; roles may be assumed, whatever they are.
struct RootOnly;

impl Identity for RootOnly {
    fn by_access_key(
        &self,
        _: &Yard,
        _: &str,
        _: Option<&str>,
    ) -> Result<Option<AccessKey>, Error> {
        Ok(None)
    }

    fn by_git_credential(&self, _: &Yard, _: &str, _: &str) -> Result<Option<Caller>, Error> {
        Ok(None)
    }

    fn assume_role_for_service(&self, yard: &Yard, _: &SessionRequest) -> Result<Session, Error> {
        Ok(Session {
            caller: self.root(&yard.config().account),
            access_key_id: String::new(),
            secret_access_key: String::new(),
            session_token: String::new(),
            expires: yard.clock().now(),
        })
    }

    fn root(&self, account: &Account) -> Caller {
        Caller {
            account: account.clone(),
            principal: Principal::Root { account: account.to_string() },
            arn: format!("arn:aws:iam::{account}:root"),
            user_id: account.to_string(),
            access_key_id: None,
            grants: Arc::default(),
            context: Vec::new(),
            expires: None,
        }
    }

    fn anonymous(&self, yard: &Yard) -> Caller {
        self.root(&yard.config().account)
    }
}

async fn open(dir: &Path) -> (Yard, Cx) {
    let account = Account::new(testkit::ACCOUNT).unwrap();
    let master = MasterKeyring::open_or_create(&dir.join("master.key")).unwrap();
    let yard = YardBuilder {
        config: Config {
            account: account.clone(),
            region: Region::new(testkit::REGION).unwrap(),
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
        store: Store::open(dir, store::Options { sync: false }).unwrap(),
        blobs: Blobs::open(&dir.join("blobs"), Arc::new(master)).unwrap(),
        clock: types::system_clock(),
        identity: Arc::new(RootOnly),
        audit: Arc::new(NoAudit),
    }
    .start()
    .await
    .unwrap();
    let root = yard.identity().root(&account);
    let cx = Cx::background(&yard, root, yard.config().region.clone(), "test");
    (yard, cx)
}

async fn close(yard: Yard, cx: Cx) {
    // No grace: what runs is given up wherever it is.
    yard.stop(Duration::ZERO).await;
    drop(cx);
    yard.store().close();
}

async fn set_up(cx: &Cx) {
    let register = RegisterOnPremisesInstanceInput {
        instance_name: "one".into(),
        iam_user_arn: Some(HOST.into()),
        ..Default::default()
    };
    cx.call(RegisterOnPremisesInstance, register).await.unwrap();
    let tag = Tag { key: Some("env".into()), value: Some("test".into()) };
    let tags =
        AddTagsToOnPremisesInstancesInput { tags: vec![tag], instance_names: vec!["one".into()] };
    cx.call(AddTagsToOnPremisesInstances, tags).await.unwrap();
    let application =
        CreateApplicationInput { application_name: "app".into(), ..Default::default() };
    cx.call(CreateApplication, application).await.unwrap();
    let filter =
        TagFilter { key: Some("env".into()), value: None, kind: Some(TagFilterType::KeyOnly) };
    let group = CreateDeploymentGroupInput {
        application_name: "app".into(),
        deployment_group_name: "group".into(),
        service_role_arn: "arn:aws:iam::123456789012:role/deploy".into(),
        on_premises_instance_tag_filters: Some(vec![filter]),
        ..Default::default()
    };
    cx.call(CreateDeploymentGroup, group).await.unwrap();
}

async fn deploy(cx: &Cx) -> String {
    let s3 = S3Location {
        bucket: Some("b".into()),
        key: Some("k".into()),
        bundle_type: Some(BundleType::Zip),
        ..Default::default()
    };
    let input = CreateDeploymentInput {
        application_name: "app".into(),
        deployment_group_name: Some("group".into()),
        revision: Some(RevisionLocation {
            revision_type: Some(RevisionLocationType::S3),
            s3_location: Some(s3),
            ..Default::default()
        }),
        ..Default::default()
    };
    cx.call(CreateDeployment, input).await.unwrap().deployment_id.unwrap()
}

async fn poll(cx: &Cx) -> HostCommandInstance {
    loop {
        let input = PollHostCommandInput { host_identifier: HOST.into() };
        if let Some(command) = cx.call(PollHostCommand, input).await.unwrap().host_command {
            return command;
        }
    }
}

/// The point of the P-256 key in the certificate of a signed message.
fn public_key(pem: &str) -> Vec<u8> {
    // id-ecPublicKey, prime256v1, and a bit string of 66 bytes that begins with no unused bits.
    const HEAD: &[u8] = &[
        0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
        0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    ];
    let text: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = base64::engine::general_purpose::STANDARD.decode(text).unwrap();
    let at = der.windows(HEAD.len()).position(|window| window == HEAD).unwrap() + HEAD.len();
    der[at..at + 65].to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_survives_the_yards_end_at_every_turn() {
    let dir = tempfile::tempdir().unwrap();
    let (mut yard, mut cx) = open(dir.path()).await;
    set_up(&cx).await;
    let id = deploy(&cx).await;
    let mut run = Vec::new();
    let mut keys = Vec::new();
    while run.len() < 7 {
        close(yard, cx).await;
        (yard, cx) = open(dir.path()).await;
        let command = poll(&cx).await;
        let specification = GetDeploymentSpecificationInput {
            deployment_execution_id: command.deployment_execution_id,
            host_identifier: HOST.into(),
        };
        let specification = cx.call(GetDeploymentSpecification, specification).await.unwrap();
        let envelope = specification.deployment_specification.generic_envelope;
        keys.push(public_key(&envelope.payload.unwrap()));
        let identifier = command.host_command_identifier;
        let acknowledge = PutHostCommandAcknowledgementInput {
            host_command_identifier: identifier.clone(),
            ..Default::default()
        };
        let answer = cx.call(PutHostCommandAcknowledgement, acknowledge).await.unwrap();
        assert_eq!(answer.command_status, HostCommandStatus::InProgress);
        // Between the acknowledgement and the report.
        close(yard, cx).await;
        (yard, cx) = open(dir.path()).await;
        let complete = PutHostCommandCompleteInput {
            host_command_identifier: identifier,
            command_status: HostCommandStatus::Succeeded,
            diagnostics: None,
        };
        cx.call(PutHostCommandComplete, complete).await.unwrap();
        run.push(command.command_name);
    }
    let expected = [
        "ApplicationStop",
        "DownloadBundle",
        "BeforeInstall",
        "Install",
        "AfterInstall",
        "ApplicationStart",
        "ValidateService",
    ];
    assert_eq!(run, expected);
    keys.dedup();
    assert_eq!(keys.len(), 1, "the key outlives the process");
    close(yard, cx).await;
    let (yard, cx) = open(dir.path()).await;
    let ended = testkit::TestYard::until(crate::yard::LIMIT, || async {
        let input = GetDeploymentInput { deployment_id: id.clone() };
        let info = cx.call(GetDeployment, input).await.unwrap().deployment_info.unwrap();
        info.complete_time.and(info.status)
    })
    .await;
    assert_eq!(ended, DeploymentStatus::Succeeded);
    close(yard, cx).await;
}

/// Who handed it out is dead, and perhaps so is its answer: the next yard does not wait for an
/// acknowledgement that may never come.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_yard_handed_out_is_handed_out_again_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let (yard, cx) = open(dir.path()).await;
    set_up(&cx).await;
    deploy(&cx).await;
    let lost = poll(&cx).await;
    close(yard, cx).await;
    let (yard, cx) = open(dir.path()).await;
    let began = std::time::Instant::now();
    let again = poll(&cx).await;
    assert_eq!(again.host_command_identifier, lost.host_command_identifier);
    let waited = began.elapsed();
    assert!(waited < Duration::from_secs(8), "{waited:?}, and a live yard's waits for 15 s");
    close(yard, cx).await;
}
