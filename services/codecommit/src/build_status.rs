//! Builds told of at pull requests: when CodeBuild announces a build of a commit that open pull
//! requests stand at, each of them gets a comment with its status, and the comment changes with
//! the build. AWS's own sample does so with a Lambda function:
//! <https://aws.amazon.com/blogs/devops/validating-aws-codecommit-pull-requests-with-aws-codebuild-and-aws-lambda/>.
//!
//! There is one comment for each pull request, project and commit. Events come at least once and
//! of several builds of a commit: only what is newer changes it. A comment whose content somebody
//! has deleted stays so.

use std::sync::Arc;

use api_developer::codebuild::{BatchGetBuilds, BatchGetBuildsInput};
use api_developer::codecommit::PullRequestStatusEnum;
use engine::{BoxFuture, EngineError, Subscriber};
use git::Oid;
use serde_json::Value;
use service::{Caller, Cx, Yard};
use store::{Event, Query, ReadTx, WriteTx};
use types::{Account, Region, Scope, Timestamp};
use wire::Error;

use crate::comments::{Kept, announced};
use crate::model::Repository;
use crate::pull_requests::model::{MAX_OPEN, PullRequest};
use crate::settings::BUILD_STATUS;

/// Who writes the comments. No user or role has such an ARN.
const AUTHOR: &str = "codebuild.amazonaws.com";
/// Characters of a commit's id that are shown.
const SHOWN: usize = 8;

/// Listens to CodeBuild.
pub(crate) struct Watcher {
    yard: Yard,
}

impl Watcher {
    /// The subscriber of a yard.
    pub fn subscriber(yard: &Yard) -> Arc<dyn Subscriber> {
        Arc::new(Self { yard: yard.clone() })
    }
}

impl Subscriber for Watcher {
    fn name(&self) -> &'static str {
        "codecommit-build-status"
    }

    fn deliver(&self, event: Arc<Event>) -> BoxFuture<Result<(), EngineError>> {
        let yard = self.yard.clone();
        Box::pin(async move {
            // What fails here concerns one build; what comes after must not wait for it.
            tell(&yard, &event).await.map_err(|error| EngineError::GiveUp(error.to_string()))
        })
    }
}

/// A build with a CodeCommit source, as an event tells of it.
#[derive(Clone, Debug, PartialEq)]
struct Build {
    /// `PROJECT:UUID`
    id: String,
    project: String,
    number: i64,
    status: String,
    repository: String,
    /// As asked for: a commit, a reference with a commit, a reference, nothing.
    version: Option<String>,
    log: Option<String>,
}

impl Build {
    fn of(event: &Event) -> Option<Self> {
        if event.source != "aws.codebuild" || event.detail_type != "CodeBuild Build State Change" {
            return None;
        }
        let text = |pointer: &str| event.detail.pointer(pointer).and_then(Value::as_str);
        let information = |name: &str| text(&format!("/additional-information/{name}"));
        if information("source/type")? != "CODECOMMIT" {
            return None;
        }
        let (_, repository) = information("source/location")?.split_once("/v1/repos/")?;
        let (_, id) = text("/build-id")?.split_once(":build/")?;
        let number = event.detail.pointer("/additional-information/build-number");
        Some(Self {
            id: id.to_owned(),
            project: text("/project-name")?.to_owned(),
            // As AWS has it: a number with a fraction.
            number: number.and_then(Value::as_f64).map_or(0, |number| number as i64),
            status: text("/build-status")?.to_owned(),
            repository: repository.to_owned(),
            version: information("source-version").map(str::to_owned),
            log: information("logs/deep-link").map(str::to_owned),
        })
    }

    /// The commit, if the event tells it.
    fn commit(&self) -> Option<Oid> {
        let version = self.version.as_deref()?;
        // `refs/heads/main^{COMMIT}`
        let inner = version.split_once("^{").and_then(|(_, rest)| rest.strip_suffix('}'));
        inner.unwrap_or(version).parse().ok()
    }

    /// What is newer is greater: a later build, and of one build its end.
    fn order(&self) -> String {
        format!("build {:019} {}", self.number, u8::from(self.status != "IN_PROGRESS"))
    }

    fn text(&self, commit: &str) -> String {
        let commit = commit.get(..SHOWN).unwrap_or(commit);
        let log = self.log.as_ref().map(|link| format!("\n\n[Log]({link})")).unwrap_or_default();
        format!(
            "**{}**: build {} of project {} for commit {commit}{log}\n\nBuild ID: {}",
            self.status, self.number, self.project, self.id
        )
    }
}

async fn tell(yard: &Yard, event: &Event) -> Result<(), Error> {
    let Some(build) = Build::of(event) else { return Ok(()) };
    let (Ok(account), Ok(region)) = (Account::new(&event.account), Region::new(&event.region))
    else {
        return Ok(());
    };
    let scope = Scope::new(account, region);
    // Most builds concern no pull request; only a read is spent on them.
    let open = yard.read(|tx| open_tips(tx, &scope, &build.repository))?;
    if open.is_empty() {
        return Ok(());
    }
    let commit = match build.commit() {
        Some(commit) => Some(commit),
        None => resolved(yard, &scope, &build).await?,
    };
    let Some(commit) = commit.map(|commit| commit.to_string()) else { return Ok(()) };
    let caller = Caller { arn: AUTHOR.to_owned(), ..yard.identity().root(&scope.account) };
    for (id, _) in open.into_iter().filter(|(_, tip)| *tip == commit) {
        let (scope, build, caller) = (scope.clone(), build.clone(), caller.clone());
        let (commit, now) = (commit.clone(), yard.clock().now());
        yard.write(move |tx| comment(tx, &scope, &id, &build, &commit, &caller, now)).await?;
    }
    Ok(())
}

/// The open pull requests of a repository, with the commits that they stand at.
fn open_tips(
    tx: &ReadTx<'_>,
    scope: &Scope,
    repository: &str,
) -> Result<Vec<(String, String)>, Error> {
    let Some(found) = tx.get::<Repository>(scope, repository)? else { return Ok(Vec::new()) };
    if BUILD_STATUS.is_changed(&found) {
        return Ok(Vec::new());
    }
    let (open, query) = (Some(PullRequestStatusEnum::Open), Query::first(MAX_OPEN));
    let open = PullRequest::of_repository(tx, scope, &found.id, open, None, &query)?;
    Ok(open.items.into_iter().map(|it| (it.value.id, it.value.source_commit)).collect())
}

/// The commit of a build that was asked for by a branch, as CodeBuild has found it; nothing while
/// it has not yet.
async fn resolved(yard: &Yard, scope: &Scope, build: &Build) -> Result<Option<Oid>, Error> {
    let root = yard.identity().root(&scope.account);
    let cx = Cx::background(yard, root, scope.region.clone(), "codecommit.amazonaws.com");
    let input = BatchGetBuildsInput { ids: vec![build.id.clone()] };
    let found = cx.call(BatchGetBuilds, input).await?;
    let version =
        found.builds.into_iter().flatten().find_map(|build| build.resolved_source_version);
    Ok(version.and_then(|version| version.parse().ok()))
}

/// Posts the comment, or changes it.
fn comment(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    id: &str,
    build: &Build,
    commit: &str,
    caller: &Caller,
    now: Timestamp,
) -> Result<(), Error> {
    let Some(found) = PullRequest::find(tx, scope, id)? else { return Ok(()) };
    let pull_request = &found.pull_request;
    if !pull_request.is_open() || pull_request.source_commit != commit {
        return Ok(());
    }
    let token = format!("build-status {id} {} {commit}", build.project);
    let order = build.order();
    if let Some(mut known) = Kept::by_token(tx, scope, AUTHOR, &token)? {
        if known.content.is_none() || known.request >= order {
            return Ok(());
        }
        known.content = Some(build.text(commit));
        known.modified = now;
        known.request = order;
        tx.update(scope, &known)?;
        tx.emit(announced(&known, &found.repository, caller, true, now))?;
        return Ok(());
    }
    let mut comment = Kept {
        id: format!("{}:{}", found.repository.id, types::uuid()),
        repository: found.repository.id.clone(),
        pull_request: Some(id.to_owned()),
        before_commit: Some(pull_request.destination_commit.clone()),
        after_commit: commit.to_owned(),
        author: AUTHOR.to_owned(),
        content: Some(build.text(commit)),
        created: now,
        modified: now,
        token: Some(token),
        request: order,
        ..Kept::default()
    };
    comment.insert(tx, scope)?;
    tx.emit(announced(&comment, &found.repository, caller, false, now))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(version: &str) -> Event {
        Event {
            source: "aws.codebuild".to_owned(),
            detail_type: "CodeBuild Build State Change".to_owned(),
            detail: json!({
                "build-status": "SUCCEEDED",
                "project-name": "p",
                "build-id": "arn:aws:codebuild:us-east-1:123456789012:build/p:1-2",
                "additional-information": {
                    "build-number": 12.0,
                    "source": {"type": "CODECOMMIT", "location": "https://h/v1/repos/r"},
                    "source-version": version,
                    "logs": {"deep-link": "https://log"},
                },
            }),
            ..Event::default()
        }
    }

    #[test]
    fn events_tell_of_builds() {
        let commit = "a".repeat(40);
        let build = Build::of(&event(&commit)).unwrap();
        assert_eq!((build.id.as_str(), build.project.as_str(), build.number), ("p:1-2", "p", 12));
        assert_eq!((build.repository.as_str(), build.commit()), ("r", commit.parse().ok()));
        assert_eq!(
            build.text(&commit),
            "**SUCCEEDED**: build 12 of project p for commit aaaaaaaa\n\n[Log](https://log)\n\n\
             Build ID: p:1-2"
        );
        let of_branch = Build::of(&event(&format!("refs/heads/x^{{{commit}}}"))).unwrap();
        assert_eq!(of_branch.commit(), commit.parse().ok());
        assert_eq!(Build::of(&event("main")).unwrap().commit(), None);
        let mut other = event(&commit);
        other.detail["additional-information"]["source"]["type"] = json!("S3");
        assert_eq!(Build::of(&other), None);
    }

    #[test]
    fn later_builds_and_ends_are_newer() {
        let of = |number, status: &str| {
            let mut build = Build::of(&event("main")).unwrap();
            build.number = number;
            build.status = status.to_owned();
            build.order()
        };
        assert!(of(2, "IN_PROGRESS") < of(2, "FAILED"));
        assert!(of(2, "FAILED") < of(10, "IN_PROGRESS"));
        assert!(of(10, "SUCCEEDED") >= of(10, "FAILED"));
    }
}
