//! The CodeCommit source action: the newest commit of a branch, or a given one, as a zip.
//!
//! After the [action reference](https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeCommit.html).

use std::collections::BTreeMap;

use api_developer::codecommit::{self, Commit};
use api_developer::codepipeline::ArtifactRevision;
use api_storage::s3;
use serde_json::json;
use types::Timestamp;

use super::{Progress, Trouble, Work, repository_zip};
use crate::flow::{Completion, cut};

/// The longest commit message in a variable, in bytes; AWS's quota for it.
pub(super) const MAX_MESSAGE: usize = 100 << 10;

pub(super) async fn perform(work: &Work) -> Result<Progress, Trouble> {
    let repository = work.required("RepositoryName")?;
    let branch = work.required("BranchName")?;
    let step =
        work.step("commit", |_| async { Ok(json!(newest(work, repository, branch).await?)) });
    let commit_id = step.await?.as_str().unwrap_or_default().to_owned();
    let commit = commit(work, repository, &commit_id).await?;
    work.step("upload", |_| async {
        upload(work, repository, &commit_id).await?;
        Ok(json!({}))
    })
    .await?;
    Ok(Progress::ended(completion(work, repository, branch, &commit_id, &commit)))
}

/// The commit to take. It is journalled: whatever is pushed meanwhile belongs to the next
/// execution.
async fn newest(work: &Work, repository: &str, branch: &str) -> Result<String, Trouble> {
    if let Some(given) = &work.action.revision_override {
        return Ok(given.revision_value.clone());
    }
    let input = codecommit::GetBranchInput {
        repository_name: Some(repository.to_owned()),
        branch_name: Some(branch.to_owned()),
    };
    let output =
        work.cx.call(codecommit::GetBranch, input).await.map_err(Trouble::with(format!(
            "reading branch {branch} of repository {repository}"
        )))?;
    output.branch.and_then(|branch| branch.commit_id).ok_or_else(|| {
        Trouble::configuration(format!("The branch {branch} of {repository} has no commit."))
    })
}

async fn commit(work: &Work, repository: &str, commit_id: &str) -> Result<Commit, Trouble> {
    let input = codecommit::GetCommitInput {
        repository_name: repository.to_owned(),
        commit_id: commit_id.to_owned(),
    };
    let output = work.cx.call(codecommit::GetCommit, input).await;
    let what = format!("reading commit {commit_id} of repository {repository}");
    Ok(output.map_err(Trouble::with(what))?.commit)
}

async fn upload(work: &Work, repository: &str, commit_id: &str) -> Result<(), Trouble> {
    let (bucket, key) = work.output()?;
    let (archive, body) = repository_zip::of_commit(work, repository, commit_id)?;
    let input = s3::PutObjectInput {
        bucket: bucket.clone(),
        key,
        body,
        content_type: Some("application/zip".to_owned()),
        server_side_encryption: work.action.encryption_key.as_ref().map(|_| "aws:kms".to_owned()),
        ssekms_key_id: work.action.encryption_key.clone(),
        ..Default::default()
    };
    let (archived, stored) = tokio::join!(archive, work.cx.call(s3::PutObject, input));
    // If reading fails, so does storing, and only the former tells why.
    archived?;
    stored.map_err(Trouble::with(format!("storing the artifact in bucket {bucket}")))?;
    Ok(())
}

fn completion(
    work: &Work,
    repository: &str,
    branch: &str,
    commit_id: &str,
    commit: &Commit,
) -> Completion {
    let message = commit.message.as_deref().unwrap_or_default();
    let author = commit.author.as_ref().and_then(|it| it.date.as_deref());
    let committer = commit.committer.as_ref().and_then(|it| it.date.as_deref());
    let mut variables = BTreeMap::new();
    let mut set = |key: &str, value: String| variables.insert(key.to_owned(), value);
    set("RepositoryName", repository.to_owned());
    set("BranchName", branch.to_owned());
    set("CommitId", commit_id.to_owned());
    set("CommitMessage", head(message, MAX_MESSAGE).to_owned());
    for (key, date) in [("AuthorDate", author), ("CommitterDate", committer)] {
        if let Some(at) = date.and_then(git_date) {
            set(key, at.iso8601());
        }
    }
    let summary = Some(cut(message.trim_end(), 2048)).filter(|it| !it.is_empty());
    let artifact = work.action.outputs.first().and_then(|artifact| artifact.name.clone());
    Completion {
        summary: summary.clone(),
        external_id: Some(commit_id.to_owned()),
        variables,
        revision: Some(ArtifactRevision {
            name: artifact,
            revision_id: Some(commit_id.to_owned()),
            revision_summary: summary,
            created: committer.and_then(git_date),
            ..ArtifactRevision::default()
        }),
        ..Completion::default()
    }
}

/// At most `limit` bytes of a text, cut between characters.
pub(super) fn head(text: &str, limit: usize) -> &str {
    let end = (0..=limit.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// CodeCommit tells dates as git writes them: seconds and an offset, `1700000000 +0100`.
fn git_date(date: &str) -> Option<Timestamp> {
    let seconds = date.split_whitespace().next()?;
    seconds.parse().ok().map(Timestamp::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(head("aä", 2), "a");
        assert_eq!(head("aä", 3), "aä");
        assert_eq!(head("", 3), "");
    }

    #[test]
    fn dates_are_read_as_git_writes_them() {
        assert_eq!(git_date("1700000000 +0100"), Some(Timestamp::from_secs(1_700_000_000)));
        assert_eq!(git_date(""), None);
        assert_eq!(git_date("yesterday"), None);
    }
}
