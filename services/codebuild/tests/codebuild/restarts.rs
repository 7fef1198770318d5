//! A yard that dies and comes back: its builds go on.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use api_developer::codebuild::{self, Build, BuildStatusType};
use api_management::logs;
use api_storage::s3;
use auth::policy::{Attached, Policy, PolicyKind, Principal};
use blobs::{Blobs, MasterKeyring};
use engine::kill;
use serde_json::json;
use service::{
    AccessKey, Caller, Config, Cx, Endpoint, Error, Grants, Identity, NoAudit, Registry, Session,
    SessionRequest, Yard, YardBuilder,
};
use store::Store;
use types::{Account, Region};

/// First argument of a process that is the yard of a test; data directory and buildspec follow.
pub const PLAY_YARD: &str = "__play_yard";

/// Everybody is root and may do everything.
struct Everybody;

impl Everybody {
    fn caller() -> Caller {
        let all = json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }],
        });
        let policy = Policy::from_value(PolicyKind::Identity, &all).unwrap();
        let attached = Attached { source: "all".into(), policy: Arc::new(policy) };
        let arn = "arn:aws:iam::123456789012:root".to_owned();
        Caller {
            account: Account::new("123456789012").unwrap(),
            principal: Principal::Root { account: "123456789012".into() },
            arn,
            user_id: "123456789012".into(),
            access_key_id: None,
            grants: Arc::new(Grants { identity: vec![attached], ..Grants::default() }),
            context: Vec::new(),
            expires: None,
        }
    }
}

impl Identity for Everybody {
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
            caller: Self::caller(),
            access_key_id: "ASIAEXAMPLE".into(),
            secret_access_key: "secret".into(),
            session_token: "token".into(),
            expires: yard.clock().now().plus_secs(3600),
        })
    }

    fn root(&self, _: &Account) -> Caller {
        Self::caller()
    }

    fn anonymous(&self, _: &Yard) -> Caller {
        Self::caller()
    }
}

async fn open(dir: &Path) -> Yard {
    std::fs::create_dir_all(dir).unwrap();
    let mut services = vec![codeyard_svc_codebuild::service(), svc_s3::service()];
    services.extend(svc_management::services());
    let keyring = Arc::new(MasterKeyring::open_or_create(&dir.join("master.key")).unwrap());
    YardBuilder {
        config: Config {
            account: Account::new("123456789012").unwrap(),
            region: Region::new("us-east-1").unwrap(),
            data_dir: dir.to_owned(),
            endpoint: Endpoint { scheme: "http", host: "127.0.0.1:1".into() },
            test_mode: false,
            root_access_key_id: String::new(),
            root_secret_access_key: String::new(),
            program: std::env::current_exe().unwrap(),
            build_slots: 1,
            loopback_providers: true,
            ssh: None,
            git_cache: service::GitCache::within(dir),
            containers: service::Containers::default(),
        },
        registry: Arc::new(Registry::new(services)),
        store: Store::open(dir, store::Options { sync: false }).unwrap(),
        blobs: Blobs::open(&dir.join("blobs"), keyring).unwrap(),
        clock: types::system_clock(),
        identity: Arc::new(Everybody),
        audit: Arc::new(NoAudit),
    }
    .start()
    .await
    .unwrap()
}

fn root_cx(yard: &Yard) -> Cx {
    Cx::background(yard, Everybody::caller(), yard.config().region.clone(), "test")
}

/// A yard that runs one build, or one batch of that buildspec: starts it unless an earlier life
/// did, and ends once it has ended.
pub fn play_yard(dir: &OsStr, buildspec: &OsStr) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let yard = open(Path::new(dir)).await;
        let cx = root_cx(&yard);
        let has_outputs = buildspec.to_str().is_some_and(|text| text.contains("artifacts:"));
        if has_outputs {
            let bucket = s3::CreateBucketInput { bucket: "bucket".into(), ..Default::default() };
            match cx.call(s3::CreateBucket, bucket).await {
                Err(error) if !error.code.starts_with("BucketAlready") => panic!("{error}"),
                _ => {}
            }
        }
        let project = codebuild::CreateProjectInput {
            name: "pp".into(),
            source: codebuild::ProjectSource {
                kind: codebuild::SourceType::NoSource,
                buildspec: buildspec.to_str().map(str::to_owned),
                ..Default::default()
            },
            artifacts: match has_outputs {
                true => codebuild::ProjectArtifacts {
                    kind: codebuild::ArtifactsType::S3,
                    location: Some("bucket".into()),
                    name: Some("out".into()),
                    packaging: Some(codebuild::ArtifactPackaging::Zip),
                    ..Default::default()
                },
                false => codebuild::ProjectArtifacts {
                    kind: codebuild::ArtifactsType::NoArtifacts,
                    ..Default::default()
                },
            },
            environment: codebuild::ProjectEnvironment {
                kind: codebuild::EnvironmentType::LinuxContainer,
                image: "aws/codebuild/standard:7.0".into(),
                compute_type: codebuild::ComputeType::BuildGeneral1Small,
                ..Default::default()
            },
            cache: Some(codebuild::ProjectCache {
                kind: codebuild::CacheType::Local,
                modes: Some(vec![codebuild::CacheMode::LocalCustomCache]),
                ..Default::default()
            }),
            service_role: "arn:aws:iam::123456789012:role/r".into(),
            build_batch_config: Some(codebuild::ProjectBuildBatchConfig {
                service_role: Some("arn:aws:iam::123456789012:role/r".into()),
                combine_artifacts: Some(has_outputs),
                ..Default::default()
            }),
            ..Default::default()
        };
        match cx.call(codebuild::CreateProject, project).await {
            Err(error) if error.code != "ResourceAlreadyExistsException" => panic!("{error}"),
            _ => {}
        }
        if buildspec.to_str().is_some_and(|text| text.contains("batch:")) {
            run_batch(&cx).await;
            yard.stop(Duration::from_secs(5)).await;
            return;
        }
        let input = codebuild::StartBuildInput {
            project_name: "pp".into(),
            idempotency_token: Some("once".into()),
            ..Default::default()
        };
        let id = cx.call(codebuild::StartBuild, input).await.unwrap().build.unwrap().id.unwrap();
        while build(&cx, &id).await.build_complete != Some(true) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        yard.stop(Duration::from_secs(5)).await;
    });
}

async fn run_batch(cx: &Cx) {
    let input = codebuild::StartBuildBatchInput {
        project_name: "pp".into(),
        idempotency_token: Some("once".into()),
        ..Default::default()
    };
    let batch = cx.call(codebuild::StartBuildBatch, input).await.unwrap().build_batch.unwrap();
    let id = batch.id.unwrap();
    while batch_of(cx, &id).await.complete != Some(true) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn batch_of(cx: &Cx, id: &str) -> codebuild::BuildBatch {
    let input = codebuild::BatchGetBuildBatchesInput { ids: vec![id.to_owned()] };
    let output = cx.call(codebuild::BatchGetBuildBatches, input).await.unwrap();
    output.build_batches.unwrap().remove(0)
}

async fn build(cx: &Cx, id: &str) -> Build {
    let input = codebuild::BatchGetBuildsInput { ids: vec![id.to_owned()] };
    let output = cx.call(codebuild::BatchGetBuilds, input).await.unwrap();
    output.builds.unwrap().remove(0)
}

/// The build of a data directory whose yard has ended, and its log.
async fn look(dir: &Path) -> (Build, String) {
    let yard = open(dir).await;
    let cx = root_cx(&yard);
    let ids = cx.call(codebuild::ListBuilds, Default::default()).await.unwrap().ids.unwrap();
    assert_eq!(ids.len(), 1, "one request, one build");
    let build = build(&cx, &ids[0]).await;
    let names = build.logs.clone().unwrap();
    let (mut text, mut token) = (String::new(), None);
    loop {
        let input = logs::GetLogEventsInput {
            log_group_name: names.group_name.clone(),
            log_stream_name: names.stream_name.clone().unwrap(),
            start_from_head: Some(true),
            next_token: token.clone(),
            ..Default::default()
        };
        let page = cx.call(logs::GetLogEvents, input).await.unwrap();
        text.extend(page.events.into_iter().filter_map(|event| event.message));
        if page.next_forward_token == token {
            break;
        }
        token = page.next_forward_token;
    }
    yard.stop(Duration::from_secs(5)).await;
    (build, text)
}

fn spawn(dir: &Path, buildspec: &str, kill_after: Option<u64>) -> std::process::Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg(PLAY_YARD).arg(dir).arg(buildspec).stderr(Stdio::null());
    if let Some(step) = kill_after {
        command.env(kill::VARIABLE, step.to_string());
    }
    command.spawn().unwrap()
}

fn output(log: &str) -> String {
    let own = log.lines().filter(|line| !line.starts_with("[Container] "));
    own.map(|line| format!("{line}\n")).collect()
}

const PHASES: usize = 11;

/// Exactly one end, every phase once, the output complete.
async fn check(dir: &Path, wanted: &str) {
    let (build, log) = look(dir).await;
    assert_eq!(build.build_status, Some(BuildStatusType::Succeeded), "{log}");
    assert_eq!(build.phases.unwrap().len(), PHASES);
    assert_eq!(output(&log), wanted);
    assert_eq!(log.matches("Entering phase BUILD").count(), 1, "the commands ran once: {log}");
}

async fn killed_after_every_step_the_build_ends_once() {
    let dir = tempfile::tempdir().unwrap();
    let spec = "version: 0.2\nphases:\n  build:\n    commands: [\"echo one\", \"sleep 0.05\", \"echo two > two; cat two\"]\ncache:\n  paths: [two]\n";
    let base = dir.path().to_owned();
    let steps = tokio::task::spawn_blocking(move || {
        kill::after_every_step(40, |round, kill_after| {
            let status = spawn(&base.join(round.to_string()), spec, kill_after).wait();
            match status.map_err(|error| error.to_string())?.success() {
                true => Ok(kill::Ended::Finished),
                false => Ok(kill::Ended::Killed),
            }
        })
    })
    .await
    .unwrap()
    .unwrap();
    println!("{steps} steps");
    for round in 0..=steps {
        let dir = dir.path().join(round.to_string());
        check(&dir, "one\ntwo\n").await;
        // The cache is kept whole, and once.
        let mut kept = std::fs::read_dir(dir.join("builds/caches")).unwrap();
        let project = kept.next().unwrap().unwrap().path();
        assert!(kept.next().is_none(), "one project");
        assert_eq!(std::fs::read_dir(project).unwrap().count(), 1, "one cache");
    }
}

async fn killed_after_every_step_a_batch_ends_once() {
    let dir = tempfile::tempdir().unwrap();
    let spec = "version: 0.2\nbatch:\n  build-graph:\n    - identifier: a\n    - identifier: b\n      depend-on: [a]\nphases:\n  build:\n    commands: [\"touch $CODEBUILD_BATCH_BUILD_IDENTIFIER\"]\nartifacts:\n  files: ['*']\n";
    let base = dir.path().to_owned();
    let steps = tokio::task::spawn_blocking(move || {
        kill::after_every_step(80, |round, kill_after| {
            let status = spawn(&base.join(round.to_string()), spec, kill_after).wait();
            match status.map_err(|error| error.to_string())?.success() {
                true => Ok(kill::Ended::Finished),
                false => Ok(kill::Ended::Killed),
            }
        })
    })
    .await
    .unwrap()
    .unwrap();
    println!("{steps} steps");
    let mut digests: Option<String> = None;
    for round in 0..=steps {
        let yard = open(&dir.path().join(round.to_string())).await;
        let cx = root_cx(&yard);
        let ids = cx.call(codebuild::ListBuildBatches, Default::default()).await.unwrap();
        let ids = ids.ids.unwrap();
        assert_eq!(ids.len(), 1, "one request, one batch");
        let batch = batch_of(&cx, &ids[0]).await;
        assert_eq!(batch.build_batch_status, Some(BuildStatusType::Succeeded), "{round}");
        let groups = batch.build_groups.unwrap();
        let names: Vec<_> = groups.iter().filter_map(|it| it.identifier.as_deref()).collect();
        assert_eq!(names, ["DOWNLOAD_SOURCE", "a", "b"]);
        let phases: Vec<_> = batch.phases.unwrap().iter().filter_map(|it| it.phase_type).collect();
        assert_eq!(phases.len(), 5, "{phases:?}");
        assert_eq!(phases[3], codebuild::BuildBatchPhaseType::CombineArtifacts);
        let combined = batch.artifacts.unwrap();
        assert_eq!(combined.location.as_deref(), Some("arn:aws:s3:::bucket/out"));
        // The same archive, whenever the yard died.
        let digest = combined.sha256sum.unwrap();
        assert_eq!(digests.get_or_insert_with(|| digest.clone()), &digest, "{round}");
        // Each group had one build, and there is no other.
        let builds = cx.call(codebuild::ListBuilds, Default::default()).await.unwrap();
        assert_eq!(builds.ids.unwrap().len(), 3, "{round}");
        for group in groups {
            assert_eq!(group.prior_build_summary_list, None);
            let summary = group.current_build_summary.unwrap();
            assert_eq!(summary.build_status, Some(BuildStatusType::Succeeded));
        }
        yard.stop(Duration::from_secs(5)).await;
    }
}

async fn killed_at_any_time_the_log_has_no_gap() {
    let spec = "version: 0.2\nphases:\n  build:\n    commands: [\"for i in $(seq 60); do echo $i; sleep 0.01; done\"]\n";
    let wanted: String = (1..=60).map(|n| format!("{n}\n")).collect();
    for (round, millis) in [60, 150, 300, 450, 600].into_iter().enumerate() {
        let dir = tempfile::tempdir().unwrap();
        for life in 0..4 {
            let mut yard = spawn(dir.path(), spec, None);
            let until = Instant::now() + Duration::from_millis(millis + 37 * life);
            while Instant::now() < until && yard.try_wait().unwrap().is_none() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            yard.kill().unwrap();
            yard.wait().unwrap();
        }
        assert!(spawn(dir.path(), spec, None).wait().unwrap().success());
        let (build, log) = look(dir.path()).await;
        assert_eq!(build.build_status, Some(BuildStatusType::Succeeded), "{round}: {log}");
        // A batch whose record died with the yard comes twice: that is no gap.
        let mut lines: Vec<&str> = Vec::new();
        let all = output(&log);
        for line in all.lines() {
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        assert_eq!(lines.join("\n") + "\n", wanted, "{round}");
    }
}

crate::tests![
    killed_after_every_step_the_build_ends_once,
    killed_after_every_step_a_batch_ends_once,
    killed_at_any_time_the_log_has_no_gap,
];
