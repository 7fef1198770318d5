//! What other services' events mean here: a build or deployment that an action waits for has
//! changed, or a polled source has.

use std::sync::Arc;

use api_developer::codepipeline::ActionExecutionStatus;
use engine::{BoxFuture, EngineError, Subscriber};
use serde_json::Value;
use service::Yard;
use store::{Event, Query, StoreError, WakeKey, WriteTx};
use types::{Account, Region, Scope, Timestamp};

use crate::model::{ActionRun, Pipeline};
use crate::{actions, polling};

/// Actions that may wait for one build or deployment.
const MAX_WAITING: usize = 100;

/// What an event is about.
enum News {
    /// Something that actions wait for: `codebuild:BUILD_ARN`, `codedeploy:DEPLOYMENT_ID`.
    Awaited(String),
    /// A branch's new commit.
    Branch { source: String, commit_id: String },
    /// A changed object.
    Object { source: String },
}

/// Listens to all events.
pub struct Listener {
    yard: Yard,
}

impl Listener {
    /// The subscriber of a yard.
    pub fn subscriber(yard: &Yard) -> Arc<dyn Subscriber> {
        Arc::new(Self { yard: yard.clone() })
    }
}

impl Subscriber for Listener {
    fn name(&self) -> &'static str {
        "codepipeline"
    }

    fn deliver(&self, event: Arc<Event>) -> BoxFuture<Result<(), EngineError>> {
        let yard = self.yard.clone();
        Box::pin(async move { deliver(&yard, &event).await })
    }
}

async fn deliver(yard: &Yard, event: &Event) -> Result<(), EngineError> {
    let Some(news) = news(event) else { return Ok(()) };
    let (Ok(account), Ok(region)) = (Account::new(&event.account), Region::new(&event.region))
    else {
        return Ok(());
    };
    let scope = Scope::new(account, region);
    // Most events concern no pipeline; only a read is spent on them.
    let concerned = yard.store().read::<_, StoreError>(|tx| {
        Ok(match &news {
            News::Awaited(awaited) => !tx
                .by_index::<ActionRun>(&scope, "awaited", awaited, &Query::first(1))?
                .items
                .is_empty(),
            News::Branch { source, .. } | News::Object { source } => !tx
                .by_index::<Pipeline>(&scope, "polls", source, &Query::first(1))?
                .items
                .is_empty(),
        })
    })?;
    if !concerned {
        return Ok(());
    }
    let now = yard.clock().now();
    yard.store().write(move |tx| act(tx, &scope, &news, now)).await?;
    Ok(())
}

fn act(tx: &mut WriteTx<'_>, scope: &Scope, news: &News, now: Timestamp) -> Result<(), StoreError> {
    match news {
        News::Awaited(awaited) => {
            let query = Query::first(MAX_WAITING);
            for action in tx.by_index::<ActionRun>(scope, "awaited", awaited, &query)?.items {
                if action.status == ActionExecutionStatus::InProgress {
                    tx.wake(&WakeKey::new(actions::KIND, scope, &action.id), now)?;
                }
            }
            Ok(())
        }
        News::Branch { source, commit_id } => {
            polling::branch_changed(tx, scope, source, commit_id, now)
        }
        News::Object { source } => polling::object_changed(tx, scope, source, now),
    }
}

fn news(event: &Event) -> Option<News> {
    let text = |pointer: &str| event.detail.pointer(pointer).and_then(Value::as_str);
    match (event.source.as_str(), event.detail_type.as_str()) {
        ("aws.codebuild", "CodeBuild Build State Change") => {
            Some(News::Awaited(format!("codebuild:{}", text("/build-id")?)))
        }
        ("aws.codedeploy", "CodeDeploy Deployment State-change Notification") => {
            Some(News::Awaited(format!("codedeploy:{}", text("/deploymentId")?)))
        }
        ("aws.codecommit", "CodeCommit Repository State Change") => {
            if text("/referenceType")? != "branch" {
                return None;
            }
            let source = polling::branch(text("/repositoryName")?, text("/referenceName")?);
            Some(News::Branch { source, commit_id: text("/commitId")?.to_owned() })
        }
        ("aws.s3", "Object Created") => {
            let source = polling::object(text("/bucket/name")?, text("/object/key")?);
            Some(News::Object { source })
        }
        _ => None,
    }
}
