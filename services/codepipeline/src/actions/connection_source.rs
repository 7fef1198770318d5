//! The CodeStarSourceConnection source action: the newest commit of a branch at GitHub, GitLab or
//! Bitbucket, or a given one, as a zip. CodeConnections reads the repository; the pipeline's role
//! must be allowed to use the connection.
//!
//! After the [action reference](https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html).

use std::collections::BTreeMap;

use api_developer::codeconnections::{
    ConnectionUse, GetConnectionArchive, GetConnectionBranch, ProviderType,
};
use api_developer::codepipeline::ArtifactRevision;
use api_storage::s3;
use serde_json::{Value, json};
use service::Cx;
use types::Timestamp;
use wire::Error;

use super::codecommit::{MAX_MESSAGE, head};
use super::{Progress, Trouble, Work};
use crate::flow::{Completion, cut};

/// Characters of a commit's message in the summary, which is JSON and may have 2,048.
const MAX_SUMMARY: usize = 1_000;

/// What an action takes its source from.
pub struct Source<'a> {
    pub connection: &'a str,
    pub repository: &'a str,
    pub branch: &'a str,
}

impl<'a> Source<'a> {
    /// As an action is configured, if it is.
    pub fn of(configured: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        Some(Self {
            connection: configured("ConnectionArn")?,
            repository: configured("FullRepositoryId")?,
            branch: configured("BranchName")?,
        })
    }

    fn wanted(&self) -> ConnectionUse {
        ConnectionUse {
            connection_arn: self.connection.to_owned(),
            full_repository_id: Some(self.repository.to_owned()),
            branch_name: Some(self.branch.to_owned()),
            ..ConnectionUse::default()
        }
    }

    /// The newest commit of the branch.
    ///
    /// # Errors
    /// What CodeConnections says: the role may not use the connection, the connection is not
    /// AVAILABLE, the provider does not let it.
    pub async fn newest(&self, cx: &Cx) -> Result<String, Error> {
        Ok(cx.call(GetConnectionBranch, self.wanted()).await?.commit_id)
    }

    fn trouble(&self) -> impl FnOnce(Error) -> Trouble {
        let (arn, repository) = (self.connection.to_owned(), self.repository.to_owned());
        move |error| match error.code.starts_with("AccessDenied") {
            true => Trouble::failed(
                "PermissionError",
                format!(
                    "Unable to use Connection: {arn}. The provided role does not have sufficient \
                     permissions. Error: {}",
                    error.message
                ),
            ),
            false => Trouble::with(format!("reading the repository {repository}"))(error),
        }
    }
}

pub(super) async fn perform(work: &Work) -> Result<Progress, Trouble> {
    let source = Source {
        connection: work.required("ConnectionArn")?,
        repository: work.required("FullRepositoryId")?,
        branch: work.required("BranchName")?,
    };
    let commit = work.step("commit", |_| async { Ok(json!(commit(work, &source).await?)) }).await?;
    let commit = commit.as_str().unwrap_or_default();
    let facts = work.step("upload", |_| upload(work, &source, commit)).await?;
    Ok(Progress::ended(completion(work, &source, commit, &facts)))
}

/// The commit to take. It is journalled: whatever is pushed meanwhile belongs to the next
/// execution.
async fn commit(work: &Work, source: &Source<'_>) -> Result<String, Trouble> {
    match &work.action.revision_override {
        Some(given) => Ok(given.revision_value.clone()),
        None => source.newest(&work.cx).await.map_err(source.trouble()),
    }
}

/// Puts all files of the commit into the artifact bucket; answers what is known of the commit.
async fn upload(work: &Work, source: &Source<'_>, commit: &str) -> Result<Value, Trouble> {
    let input = ConnectionUse { commit_id: Some(commit.to_owned()), ..source.wanted() };
    let archive = work.cx.call(GetConnectionArchive, input).await.map_err(source.trouble())?;
    let facts = json!({
        "provider": archive.provider_type.map(ProviderType::as_str),
        "authored": archive.author_date.map(Timestamp::millis),
        "committed": archive.committer_date.map(Timestamp::millis),
        "name": archive.author_name,
        "email": archive.author_email,
        "message": archive.message.as_deref().map(|message| head(message, MAX_MESSAGE)),
    });
    let (bucket, key) = work.output()?;
    let input = s3::PutObjectInput {
        bucket: bucket.clone(),
        key,
        body: archive.body,
        content_type: Some("application/zip".to_owned()),
        server_side_encryption: work.action.encryption_key.as_ref().map(|_| "aws:kms".to_owned()),
        ssekms_key_id: work.action.encryption_key.clone(),
        ..Default::default()
    };
    let stored = work.cx.call(s3::PutObject, input).await;
    stored.map_err(Trouble::with(format!("storing the artifact in bucket {bucket}")))?;
    Ok(facts)
}

fn completion(work: &Work, source: &Source<'_>, commit: &str, facts: &Value) -> Completion {
    let text = |name: &str| facts.get(name).and_then(Value::as_str).map(str::to_owned);
    let date = |name: &str| facts.get(name).and_then(Value::as_i64).map(Timestamp::from_millis);
    let variables = [
        ("ConnectionArn", Some(source.connection.to_owned())),
        ("FullRepositoryName", Some(source.repository.to_owned())),
        ("BranchName", Some(source.branch.to_owned())),
        ("CommitId", Some(commit.to_owned())),
        ("CommitMessage", text("message")),
        ("AuthorDate", date("authored").map(Timestamp::iso8601)),
        ("AuthorDisplayName", text("name")),
        ("AuthorEmail", text("email")),
        ("ProviderType", text("provider")),
    ];
    let message = cut(&text("message").unwrap_or_default(), MAX_SUMMARY);
    // As AWS words it for connections.
    let summary = json!({ "ProviderType": text("provider"), "CommitMessage": message }).to_string();
    Completion {
        summary: Some(summary.clone()),
        external_id: Some(commit.to_owned()),
        variables: variables
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)))
            .collect::<BTreeMap<_, _>>(),
        revision: Some(ArtifactRevision {
            name: work.action.outputs.first().and_then(|artifact| artifact.name.clone()),
            revision_id: Some(commit.to_owned()),
            revision_summary: Some(summary),
            created: date("committed"),
            ..ArtifactRevision::default()
        }),
        ..Completion::default()
    }
}
