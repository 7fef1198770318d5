//! The services beside CodePipeline, faked: a repository, buckets, builds and deployments that do
//! what the test says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use api_developer::codebuild::{
    self, Build, BuildArtifacts, BuildBatch, BuildBatchPhase, BuildPhase, BuildPhaseType,
    BuildStatusType, ExportedEnvironmentVariable, PhaseContext, ProjectSource,
    StartBuildBatchInput, StartBuildInput,
};
use api_developer::codecommit::{self, BranchInfo, Commit, FileModeType, Folder, UserInfo};
use api_developer::codedeploy::{self, CreateDeploymentInput, DeploymentInfo, DeploymentStatus};
use api_identity::sts;
use api_storage::s3;
use engine::{BoxFuture, EngineError, Subscriber};
use serde_json::{Value, json};
use service::{Protocol, Service, SessionRequest, Yard, op};
use shape::Bytes;
use store::Event;
use types::Timestamp;
use wire::{Error, ErrorKind};

pub const NOT_FOUND: ErrorKind = ErrorKind::new("NotFound", 404);

/// What the faked services hold.
#[derive(Default)]
pub struct State {
    /// Path, executable, content; `link:TARGET` is a link.
    pub files: Vec<(&'static str, bool, Bytes)>,
    pub commit: String,
    pub message: String,
    /// By `BUCKET/KEY`.
    pub objects: BTreeMap<String, Object>,
    pub unversioned: bool,
    pub started: Vec<StartBuildInput>,
    pub builds: BTreeMap<String, Build>,
    pub started_batches: Vec<StartBuildBatchInput>,
    /// How all batches have ended, once they have.
    pub batches_end: Option<BuildStatusType>,
    pub created: Vec<CreateDeploymentInput>,
    pub deployments: BTreeMap<String, DeploymentInfo>,
    /// So many answers of calls that start something get lost.
    pub lost_answers: usize,
    /// Builds and deployments succeed at once.
    pub prompt: bool,
    /// Idempotency tokens are as old as CodeBuild forgets them.
    pub forgets_tokens: bool,
    /// All events, in their order.
    pub events: Vec<Event>,
}

#[derive(Clone, Default)]
pub struct Object {
    pub content: Bytes,
    pub version: String,
    pub content_type: Option<String>,
    pub cache_control: Option<String>,
    pub kms_key: Option<String>,
}

/// The faked services.
#[derive(Clone, Default)]
pub struct World(Arc<Mutex<State>>);

impl World {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub fn services(&self) -> Vec<Service> {
        vec![self.codecommit(), self.s3(), self.codebuild(), self.codedeploy(), sts()]
    }

    /// The handler of an operation that looks at the state.
    fn with<I, O>(
        &self,
        f: impl Fn(&mut State, I) -> Result<O, Error> + Send + Sync + 'static,
    ) -> impl Fn(service::Cx, I) -> std::future::Ready<Result<O, Error>> + Send + Sync + 'static
    {
        let world = self.clone();
        move |_, input| std::future::ready(f(&mut world.state(), input))
    }

    /// A service that does nothing but note all events.
    pub fn recorder(&self) -> Service {
        let world = self.clone();
        Service::new("recorder", Protocol::Json11)
            .subscriber(move |_| Arc::new(Recorder(world.clone())))
    }

    fn codecommit(&self) -> Service {
        Service::new("codecommit", Protocol::Json11)
            .target("CodeCommit_20150413")
            .operation(op(
                codecommit::GetBranch,
                self.with(|state, _| {
                    let commit_id = Some(state.commit.clone());
                    Ok(codecommit::GetBranchOutput {
                        branch: Some(BranchInfo { commit_id, ..BranchInfo::default() }),
                    })
                }),
            ))
            .operation(op(
                codecommit::GetCommit,
                self.with(|state, input: codecommit::GetCommitInput| {
                    let by = |date: &str| {
                        Some(UserInfo { date: Some(date.to_owned()), ..UserInfo::default() })
                    };
                    Ok(codecommit::GetCommitOutput {
                        commit: Commit {
                            commit_id: Some(input.commit_id),
                            message: Some(state.message.clone()),
                            author: by("1700000000 +0100"),
                            committer: by("1700000060 +0000"),
                            ..Commit::default()
                        },
                    })
                }),
            ))
            .operation(op(codecommit::GetFolder, self.with(folder)))
            .operation(op(
                codecommit::GetBlob,
                self.with(|state, input: codecommit::GetBlobInput| {
                    let at: usize = input.blob_id.parse().unwrap();
                    Ok(codecommit::GetBlobOutput { content: state.files[at].2.clone() })
                }),
            ))
    }

    fn s3(&self) -> Service {
        let world = self.clone();
        let put = move |_, input: s3::PutObjectInput| {
            let world = world.clone();
            async move {
                let at = format!("{}/{}", input.bucket, input.key);
                let content = input.body.collect(64 << 20).await;
                let content = content
                    .map_err(|error| ErrorKind::new("IncompleteBody", 400).error(error.message))?;
                let version = format!("v{}", types::random_id(types::IdAlphabet::Hex, 8));
                world.state().objects.insert(
                    at,
                    Object {
                        content,
                        version: version.clone(),
                        content_type: input.content_type,
                        cache_control: input.cache_control,
                        kms_key: input.ssekms_key_id,
                    },
                );
                Ok(s3::PutObjectOutput { version_id: Some(version), ..Default::default() })
            }
        };
        Service::new("s3", Protocol::RestXml)
            .operation(
                op(s3::PutObject, put)
                    .streams()
                    .route("PUT /{Bucket}/{Key+}")
                    .on(|_, input| format!("arn:aws:s3:::{}/{}", input.bucket, input.key)),
            )
            .operation(
                op(
                    s3::GetObject,
                    self.with(|state, input: s3::GetObjectInput| {
                        let object = object(state, &input.bucket, &input.key, &input.version_id)?;
                        Ok(s3::GetObjectOutput {
                            body: object.content.into(),
                            content_type: object.content_type,
                            ..Default::default()
                        })
                    }),
                )
                .route("GET /{Bucket}/{Key+}"),
            )
            .operation(
                op(
                    s3::HeadObject,
                    self.with(|state, input: s3::HeadObjectInput| {
                        let object = object(state, &input.bucket, &input.key, &input.version_id)?;
                        Ok(s3::HeadObjectOutput {
                            etag: Some(format!("\"etag-{}\"", object.version)),
                            version_id: Some(object.version),
                            ..Default::default()
                        })
                    }),
                )
                .route("HEAD /{Bucket}/{Key+}"),
            )
            .operation(
                op(
                    s3::GetBucketVersioning,
                    self.with(|state, _| {
                        let status = (!state.unversioned).then_some(s3::VersioningStatus::Enabled);
                        Ok(s3::GetBucketVersioningOutput { status })
                    }),
                )
                .route("GET /{Bucket}?versioning"),
            )
    }

    fn codebuild(&self) -> Service {
        Service::new("codebuild", Protocol::Json11)
            .target("CodeBuild_20161006")
            .operation(op(codebuild::StartBuild, self.with(start_build)))
            .operation(op(
                codebuild::BatchGetBuilds,
                self.with(|state, input: codebuild::BatchGetBuildsInput| {
                    let builds = input.ids.iter().filter_map(|id| state.builds.get(id).cloned());
                    Ok(codebuild::BatchGetBuildsOutput {
                        builds: Some(builds.collect()),
                        ..Default::default()
                    })
                }),
            ))
            .operation(op(codebuild::StartBuildBatch, self.with(start_batch)))
            .operation(op(
                codebuild::BatchGetBuildBatches,
                self.with(|state, input: codebuild::BatchGetBuildBatchesInput| {
                    let batch = |id: &String| batch(state, id);
                    Ok(codebuild::BatchGetBuildBatchesOutput {
                        build_batches: Some(input.ids.iter().map(batch).collect()),
                        ..Default::default()
                    })
                }),
            ))
            .operation(op(
                codebuild::ListBuildBatchesForProject,
                self.with(|state, _| {
                    let count = state.started_batches.len();
                    let ids = (0..count).rev().map(|at| format!("batch:{at}")).collect();
                    Ok(codebuild::ListBuildBatchesForProjectOutput {
                        ids: Some(ids),
                        next_token: None,
                    })
                }),
            ))
            .operation(op(
                codebuild::ListBuildsForProject,
                self.with(|state, _| {
                    let ids = state.builds.keys().rev().cloned().collect();
                    Ok(codebuild::ListBuildsForProjectOutput { ids: Some(ids), next_token: None })
                }),
            ))
    }

    fn codedeploy(&self) -> Service {
        Service::new("codedeploy", Protocol::Json11)
            .target("CodeDeploy_20141006")
            .operation(op(codedeploy::CreateDeployment, self.with(create_deployment)))
            .operation(op(
                codedeploy::GetDeployment,
                self.with(|state, input: codedeploy::GetDeploymentInput| {
                    let deployment_info = state.deployments.get(&input.deployment_id).cloned();
                    Ok(codedeploy::GetDeploymentOutput { deployment_info })
                }),
            ))
            .operation(op(
                codedeploy::ListDeployments,
                self.with(|state, _| {
                    let ids = state.deployments.keys().cloned().collect();
                    Ok(codedeploy::ListDeploymentsOutput {
                        deployments: Some(ids),
                        next_token: None,
                    })
                }),
            ))
    }

    /// The builds that were started.
    pub fn builds(&self) -> Vec<String> {
        self.state().builds.keys().cloned().collect()
    }

    /// Lets a build end, and tells.
    pub async fn end_build(&self, yard: &Yard, id: &str, status: BuildStatusType) {
        let arn = {
            let mut state = self.state();
            let build = state.builds.get_mut(id).expect("a build");
            end(build, status);
            build.arn.clone()
        };
        let detail = json!({"build-id": arn, "build-status": status.as_str()});
        tell(yard, "aws.codebuild", "CodeBuild Build State Change", detail).await;
    }

    /// Lets a deployment end, and tells.
    pub async fn end_deployment(&self, yard: &Yard, id: &str, status: DeploymentStatus) {
        self.state().deployments.get_mut(id).expect("a deployment").status = Some(status);
        let detail = json!({"deploymentId": id, "state": "SUCCESS"});
        let kind = "CodeDeploy Deployment State-change Notification";
        tell(yard, "aws.codedeploy", kind, detail).await;
    }
}

/// An STS that lets whoever may assume a role assume it, if there is one.
fn sts() -> Service {
    let assume = |cx: service::Cx, input: sts::AssumeRoleInput| async move {
        let session = cx.yard().assume_role(&SessionRequest {
            role_arn: input.role_arn.clone(),
            session_name: input.role_session_name,
            ..SessionRequest::default()
        });
        let denied = || {
            let what = format!("not authorized to perform sts:AssumeRole on {}", input.role_arn);
            ErrorKind::new("AccessDenied", 403).error(what)
        };
        let session = session.map_err(|_| denied())?;
        let credentials = sts::Credentials {
            access_key_id: session.access_key_id,
            secret_access_key: session.secret_access_key,
            session_token: session.session_token,
            expiration: session.expires,
        };
        Ok(sts::AssumeRoleOutput { credentials: Some(credentials), ..Default::default() })
    };
    Service::new("sts", Protocol::Json11)
        .operation(op(sts::AssumeRole, assume).on(|_, input| input.role_arn.clone()))
}

struct Recorder(World);

impl Subscriber for Recorder {
    fn name(&self) -> &'static str {
        "recorder"
    }

    fn deliver(&self, event: Arc<Event>) -> BoxFuture<Result<(), EngineError>> {
        let mut state = self.0.state();
        if state.events.iter().all(|known| known.id != event.id) {
            state.events.push((*event).clone());
        }
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Tells an event, as another service would.
pub async fn tell(yard: &Yard, source: &str, detail_type: &str, detail: Value) {
    let event = Event {
        id: types::uuid(),
        source: source.to_owned(),
        detail_type: detail_type.to_owned(),
        account: testkit::ACCOUNT.to_owned(),
        region: testkit::REGION.to_owned(),
        time: yard.clock().now(),
        resources: Vec::new(),
        detail,
    };
    yard.write(move |tx| Ok(tx.emit(event.clone())?)).await.unwrap();
}

fn folder(
    state: &mut State,
    input: codecommit::GetFolderInput,
) -> Result<codecommit::GetFolderOutput, Error> {
    let folder = input.folder_path.trim_matches('/');
    let mut output = codecommit::GetFolderOutput::default();
    for (at, (path, executable, content)) in state.files.iter().enumerate() {
        let rest = match folder {
            "" => path,
            folder => match path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) {
                Some(rest) => rest,
                None => continue,
            },
        };
        if let Some((name, _)) = rest.split_once('/') {
            let below = format!("{folder}/{name}").trim_start_matches('/').to_owned();
            if output.sub_folders.iter().all(|it| it.absolute_path.as_ref() != Some(&below)) {
                output.sub_folders.push(Folder { absolute_path: Some(below), ..<_>::default() });
            }
        } else if content.starts_with(b"link:") {
            output.symbolic_links.push(codecommit::SymbolicLink {
                absolute_path: Some((*path).to_owned()),
                blob_id: Some(at.to_string()),
                file_mode: Some(FileModeType::Symlink),
                ..<_>::default()
            });
        } else {
            let mode = if *executable { FileModeType::Executable } else { FileModeType::Normal };
            output.files.push(codecommit::File {
                absolute_path: Some((*path).to_owned()),
                blob_id: Some(at.to_string()),
                file_mode: Some(mode),
                ..<_>::default()
            });
        }
    }
    Ok(output)
}

fn object(
    state: &State,
    bucket: &str,
    key: &str,
    version: &Option<String>,
) -> Result<Object, Error> {
    let found = state.objects.get(&format!("{bucket}/{key}"));
    found
        .filter(|object| version.as_ref().is_none_or(|version| *version == object.version))
        .cloned()
        .ok_or_else(|| NOT_FOUND.error(format!("There is no {bucket}/{key}.")))
}

fn lost(state: &mut State) -> Result<(), Error> {
    if state.lost_answers == 0 {
        return Ok(());
    }
    state.lost_answers -= 1;
    Err(Error::internal("the answer got lost"))
}

fn end(build: &mut Build, status: BuildStatusType) {
    build.build_status = Some(status);
    build.build_complete = Some(true);
    let exported = |name: &str, value: &str| ExportedEnvironmentVariable {
        name: Some(name.to_owned()),
        value: Some(value.to_owned()),
    };
    build.exported_environment_variables = Some(vec![exported("VERSION", "1.2.3")]);
    if status != BuildStatusType::Succeeded {
        build.phases = Some(vec![BuildPhase {
            phase_type: Some(BuildPhaseType::Build),
            phase_status: Some(status),
            contexts: Some(vec![PhaseContext {
                status_code: Some("COMMAND_EXECUTION_ERROR".to_owned()),
                message: Some(
                    "Error while executing command: make test. Reason: exit status 1".to_owned(),
                ),
            }]),
            ..BuildPhase::default()
        }]);
    }
}

fn start_build(
    state: &mut State,
    input: StartBuildInput,
) -> Result<codebuild::StartBuildOutput, Error> {
    let known = state
        .started
        .iter()
        .position(|it| it.idempotency_token == input.idempotency_token && !state.forgets_tokens);
    let id = match known {
        Some(at) => format!("{}:{at:04}", input.project_name),
        None => {
            let id = format!("{}:{:04}", input.project_name, state.started.len());
            let artifacts = input.artifacts_override.clone().unwrap_or_default();
            let place = artifacts.location.as_ref().map(|bucket| {
                let (path, name) = (artifacts.path.clone(), artifacts.name.clone());
                format!("{bucket}/{}/{}", path.unwrap_or_default(), name.unwrap_or_default())
            });
            let mut build = Build {
                id: Some(id.clone()),
                arn: Some(format!("arn:aws:codebuild:us-east-1:123456789012:build/{id}")),
                start_time: Some(types::system_clock().now().plus_secs(3600 * 24 * 365)),
                build_status: Some(BuildStatusType::InProgress),
                source: Some(ProjectSource {
                    location: input.source_location_override.clone(),
                    ..ProjectSource::default()
                }),
                artifacts: Some(BuildArtifacts {
                    location: place.as_ref().map(|place| format!("arn:aws:s3:::{place}")),
                    ..BuildArtifacts::default()
                }),
                ..Build::default()
            };
            if let Some(place) = place {
                let source = input.source_location_override.clone().unwrap_or_default();
                // What is built is what was taken.
                let built = state.objects.get(&source).cloned().unwrap_or_default();
                state.objects.insert(place, built);
            }
            if state.prompt {
                end(&mut build, BuildStatusType::Succeeded);
            }
            state.builds.insert(id.clone(), build);
            state.started.push(input);
            id
        }
    };
    lost(state)?;
    Ok(codebuild::StartBuildOutput { build: state.builds.get(&id).cloned() })
}

fn start_batch(
    state: &mut State,
    input: StartBuildBatchInput,
) -> Result<codebuild::StartBuildBatchOutput, Error> {
    let known = |it: &StartBuildBatchInput| it.idempotency_token == input.idempotency_token;
    let known = state.started_batches.iter().position(known).filter(|_| !state.forgets_tokens);
    let at = known.unwrap_or(state.started_batches.len());
    if known.is_none() {
        state.started_batches.push(input);
    }
    lost(state)?;
    Ok(codebuild::StartBuildBatchOutput { build_batch: Some(batch(state, &format!("batch:{at}"))) })
}

fn batch(state: &State, id: &str) -> BuildBatch {
    let at: usize = id.trim_start_matches("batch:").parse().unwrap();
    let ended = state.batches_end;
    let why = PhaseContext {
        status_code: Some("BATCH_FAILED".to_owned()),
        message: Some("Not succeeded: build1".to_owned()),
    };
    let failed = ended.is_some_and(|status| status != BuildStatusType::Succeeded);
    BuildBatch {
        id: Some(id.to_owned()),
        arn: Some(format!("arn:aws:codebuild:us-east-1:123456789012:build-batch/{id}")),
        start_time: Some(types::system_clock().now().plus_secs(3600 * 24 * 365)),
        build_batch_status: Some(ended.unwrap_or(BuildStatusType::InProgress)),
        source: Some(ProjectSource {
            location: state.started_batches[at].source_location_override.clone(),
            ..ProjectSource::default()
        }),
        phases: failed.then(|| {
            vec![BuildBatchPhase { contexts: Some(vec![why]), ..BuildBatchPhase::default() }]
        }),
        ..BuildBatch::default()
    }
}

fn create_deployment(
    state: &mut State,
    input: CreateDeploymentInput,
) -> Result<codedeploy::CreateDeploymentOutput, Error> {
    let id = format!("d-{:09}", state.created.len());
    let status =
        if state.prompt { DeploymentStatus::Succeeded } else { DeploymentStatus::InProgress };
    state.deployments.insert(
        id.clone(),
        DeploymentInfo {
            deployment_id: Some(id.clone()),
            description: input.description.clone(),
            create_time: Some(Timestamp::from_secs(0)),
            status: Some(status),
            ..DeploymentInfo::default()
        },
    );
    state.created.push(input);
    lost(state)?;
    Ok(codedeploy::CreateDeploymentOutput { deployment_id: Some(id) })
}
