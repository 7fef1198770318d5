//! What is kept: pipelines, their versions, executions and action executions.
//!
//! | kind | key | found by |
//! |---|---|---|
//! | pipeline | name | what it polls |
//! | version | pipeline's uid, version | |
//! | execution | id | pipeline's uid (newest last), whether active, client token |
//! | action execution | id | pipeline's uid, execution, what it waits for outside |
//!
//! A pipeline's uid is new with every creation: executions of a deleted pipeline never show up
//! under a new one of the same name.

use std::collections::BTreeMap;

use api_developer::codepipeline::{
    ActionExecutionStatus, ActionTypeId, ArtifactDetail, ArtifactRevision, ErrorDetails,
    ExecutionTrigger, PipelineDeclaration, PipelineExecutionStatus, SourceRevision,
    SourceRevisionOverride, StageExecutionStatus, Tag,
};
use shape::{Shape, Timestamp};
use store::{Index, Key, Resource};

/// A pipeline and where its executions stand.
#[derive(Shape, Default, Clone)]
pub struct Pipeline {
    /// Its name.
    pub name: String,
    /// Tells it from earlier pipelines of that name.
    pub uid: String,
    /// Its newest version's number.
    pub version: i32,
    /// When it was created.
    pub created: Timestamp,
    /// When it was last updated.
    pub updated: Timestamp,
    /// Its newest structure.
    pub declaration: PipelineDeclaration,
    /// Its tags, in the order of their keys.
    pub tags: Vec<Tag>,
    /// The number that its last execution or action execution got.
    pub last_number: i64,
    /// Stages whose inbound transition was ever changed.
    pub transitions: BTreeMap<String, Transition>,
    /// The executions that stages saw last.
    pub stages: BTreeMap<String, StageRecord>,
    /// The last execution of every action, by `STAGE/ACTION`.
    pub actions: BTreeMap<String, String>,
    /// The revision that was last seen of each polled source, by action.
    pub seen: BTreeMap<String, String>,
    /// What it polls: `codecommit:REPOSITORY/BRANCH`, `s3:BUCKET/KEY`.
    pub polls: Vec<String>,
}

/// A stage's inbound transition.
#[derive(Shape, Default, Clone)]
pub struct Transition {
    /// Executions may not enter.
    pub disabled: bool,
    /// Why not.
    pub reason: Option<String>,
    /// Who changed it last.
    pub changed_by: String,
    /// When it was changed last.
    pub changed_at: Timestamp,
}

/// Which executions a stage saw last.
#[derive(Shape, Default, Clone)]
pub struct StageRecord {
    /// The one that entered last.
    pub latest: Option<StageVisit>,
    /// The one that waits in front, or was stopped there.
    pub inbound: Option<StageVisit>,
    /// How often the latest one was retried here.
    pub retries: i32,
}

/// An execution at a stage.
#[derive(Shape, Default, Clone)]
pub struct StageVisit {
    /// The execution.
    pub execution_id: String,
    /// How it stands there.
    pub status: StageExecutionStatus,
}

impl Resource for Pipeline {
    const KIND: &'static str = "codepipeline.pipeline";

    fn key(&self) -> String {
        self.name.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        self.polls.iter().map(|polled| Index::new("polls", polled)).collect()
    }
}

impl Pipeline {
    /// The next number: executions and action executions are sorted by it.
    pub fn next_number(&mut self) -> i64 {
        self.last_number += 1;
        self.last_number
    }
}

/// A pipeline's structure as it once was.
#[derive(Shape, Default, Clone)]
pub struct PipelineVersion {
    /// The pipeline.
    pub pipeline_uid: String,
    /// Counted from 1.
    pub version: i32,
    /// When it was made.
    pub created: Timestamp,
    /// The structure.
    pub declaration: PipelineDeclaration,
}

impl PipelineVersion {
    /// The key of a pipeline's version.
    pub fn key_of(pipeline_uid: &str, version: i32) -> String {
        format!("{pipeline_uid}/{version:010}")
    }
}

impl Resource for PipelineVersion {
    const KIND: &'static str = "codepipeline.version";

    fn key(&self) -> String {
        Self::key_of(&self.pipeline_uid, self.version)
    }
}

/// An execution of a pipeline.
#[derive(Shape, Default, Clone)]
pub struct Execution {
    /// A UUID.
    pub id: String,
    /// The pipeline's name.
    pub pipeline: String,
    /// The pipeline.
    pub pipeline_uid: String,
    /// The pipeline's version when this started: it is the one that is executed.
    pub version: i32,
    /// Grows from execution to execution of a pipeline.
    pub number: i64,
    /// How it stands.
    pub status: PipelineExecutionStatus,
    /// Why, where the status alone does not tell.
    pub status_summary: Option<String>,
    /// What started it.
    pub trigger: ExecutionTrigger,
    /// By which repeated requests to start it are recognized.
    pub token: Option<String>,
    /// When it started.
    pub started: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// Revisions that its sources take instead of the newest.
    pub overrides: Vec<SourceRevisionOverride>,
    /// The comment of the request to stop it.
    pub stop_reason: Option<String>,
    /// Whether it was requested to stop.
    pub stop_requested: bool,
    /// The stage that it is in or waits for, or where it ended.
    pub stage: String,
    /// It is in that stage, rather than in front of it.
    pub entered: bool,
    /// The stages that it was in, in order.
    pub stages: Vec<StageRun>,
    /// The artifacts that it has, by name.
    pub artifacts: BTreeMap<String, ArtifactDetail>,
    /// The variables that it has, by namespace.
    pub namespaces: BTreeMap<String, BTreeMap<String, String>>,
    /// Revisions of its source artifacts.
    pub artifact_revisions: Vec<ArtifactRevision>,
    /// The same by source action.
    pub source_revisions: Vec<SourceRevision>,
}

/// An execution in one stage.
#[derive(Shape, Default, Clone)]
pub struct StageRun {
    /// The stage.
    pub name: String,
    /// How the execution stands in it.
    pub status: StageExecutionStatus,
    /// How often it was retried.
    pub retries: i32,
    /// The actions that were started, without those that a retry starts again.
    pub actions: Vec<ActionSummary>,
}

/// What the rules need to know of an action execution.
#[derive(Shape, Default, Clone)]
pub struct ActionSummary {
    /// The action.
    pub name: String,
    /// The action execution.
    pub id: String,
    /// How it stands.
    pub status: ActionExecutionStatus,
}

impl Execution {
    /// Whether it may still change by itself.
    pub fn is_active(&self) -> bool {
        matches!(
            self.status,
            PipelineExecutionStatus::InProgress | PipelineExecutionStatus::Stopping
        )
    }

    /// It in the stage where it is, if it has entered it.
    pub fn current(&self) -> Option<&StageRun> {
        self.stages.iter().find(|run| self.entered && run.name == self.stage)
    }

    /// It in the stage where it is, if it has entered it.
    pub fn current_mut(&mut self) -> Option<&mut StageRun> {
        let (entered, stage) = (self.entered, &self.stage);
        self.stages.iter_mut().find(|run| entered && run.name == *stage)
    }
}

impl Resource for Execution {
    const KIND: &'static str = "codepipeline.execution";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        let number = Key::new().signed(self.number);
        let mut indexes =
            vec![Index::new("pipeline", &self.pipeline_uid).sorted_by(number.clone())];
        if self.is_active() {
            indexes.push(Index::new("active", &self.pipeline_uid).sorted_by(number));
        }
        if let Some(token) = &self.token {
            indexes.push(Index::new("token", format!("{}/{token}", self.pipeline_uid)));
        }
        indexes
    }
}

/// An execution of an action.
#[derive(Shape, Default, Clone)]
pub struct ActionRun {
    /// A UUID.
    pub id: String,
    /// The execution that it is part of.
    pub execution_id: String,
    /// The pipeline's name.
    pub pipeline: String,
    /// The pipeline.
    pub pipeline_uid: String,
    /// The version that is executed.
    pub version: i32,
    /// The stage.
    pub stage: String,
    /// The action.
    pub name: String,
    /// What it does.
    pub action_type: ActionTypeId,
    /// Grows from action execution to action execution of a pipeline.
    pub number: i64,
    /// The pipeline's role.
    pub pipeline_role_arn: String,
    /// The action's own role, which the pipeline's role assumes.
    pub role_arn: Option<String>,
    /// As it was declared.
    pub configuration: BTreeMap<String, String>,
    /// With variables put in.
    pub resolved: BTreeMap<String, String>,
    /// Where its variables go.
    pub namespace: Option<String>,
    /// As it was declared.
    pub region: Option<String>,
    /// What it takes.
    pub inputs: Vec<ArtifactDetail>,
    /// The source revisions from which that comes, by artifact.
    pub input_revisions: BTreeMap<String, String>,
    /// What it makes; the places are fixed when it starts.
    pub outputs: Vec<ArtifactDetail>,
    /// The artifact store's key, where it has one of its own.
    pub encryption_key: Option<String>,
    /// The revision to take instead of the newest.
    pub revision_override: Option<SourceRevisionOverride>,
    /// When it started.
    pub started: Timestamp,
    /// When its status or progress last changed.
    pub updated: Timestamp,
    /// When it is given up.
    pub expires: Option<Timestamp>,
    /// How it stands.
    pub status: ActionExecutionStatus,
    /// Who changed it last, where that was a person.
    pub updated_by: Option<String>,
    /// What happened, in a sentence.
    pub summary: Option<String>,
    /// A manual approval's token.
    pub token: Option<String>,
    /// The build, deployment or revision outside.
    pub external_id: Option<String>,
    /// Where that can be seen.
    pub external_url: Option<String>,
    /// By which events about it find this: `codebuild:BUILD_ARN`, `codedeploy:DEPLOYMENT_ID`.
    pub waits_for: Option<String>,
    /// Why it failed.
    pub error: Option<ErrorDetails>,
    /// What it gives to later actions.
    pub output_variables: BTreeMap<String, String>,
    /// The revision that a source took.
    pub revision: Option<ArtifactRevision>,
}

impl Resource for ActionRun {
    const KIND: &'static str = "codepipeline.action";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        let number = Key::new().signed(self.number);
        let mut indexes = vec![
            Index::new("pipeline", &self.pipeline_uid).sorted_by(number.clone()),
            Index::new("execution", &self.execution_id).sorted_by(number),
        ];
        if self.status == ActionExecutionStatus::InProgress
            && let Some(awaited) = &self.waits_for
        {
            indexes.push(Index::new("awaited", awaited));
        }
        indexes
    }
}

impl ActionRun {
    /// A value of the configuration with variables put in.
    pub fn configured(&self, key: &str) -> Option<&str> {
        self.resolved.get(key).map(String::as_str)
    }
}
