//! Pull requests that somebody must approve by a comment before they are built:
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/pull-request-build-policy.html>.

use api_developer::codebuild::{
    PullRequestBuildCommentApproval as Approval, PullRequestBuildPolicy,
};

use super::event::{Event, Kind};
use crate::providers::Api;

/// Whether an event's build waits for a comment.
///
/// # Errors
/// A sentence, where the provider does not tell the author's role.
pub(super) async fn is_needed(
    policy: Option<&PullRequestBuildPolicy>,
    event: &Event,
    api: impl AsyncFnOnce() -> Result<Api, String>,
) -> Result<bool, String> {
    let Some(policy) = policy else { return Ok(false) };
    // Who merged it may change the repository.
    let is_asked = event.kind.is_of_pull_request() && event.kind != Kind::PullRequestMerged;
    let is_meant = match policy.requires_comment_approval {
        Approval::Disabled => false,
        Approval::AllPullRequests => true,
        Approval::ForkPullRequests => event.is_fork,
    };
    if !is_asked || !is_meant {
        return Ok(false);
    }
    Ok(!is_approver(policy, &event.author, &api().await?).await?)
}

/// Whether a user has one of the policy's roles.
pub(super) async fn is_approver(
    policy: &PullRequestBuildPolicy,
    user: &str,
    api: &Api,
) -> Result<bool, String> {
    if api.credential.is_none() {
        return Err(
            "the pull request build policy needs source credentials to find out roles".into()
        );
    }
    let role = api.role_of(user).await;
    let role = role.map_err(|error| format!("the role of {user} is not known: {error}"))?;
    let roles = policy.approver_roles.as_deref().unwrap_or_default();
    Ok(role.is_some_and(|role| roles.contains(&role)))
}

/// The commit that a comment approves: `/codebuild_run(COMMIT)` on a line of its own.
pub(super) fn approved_commit(comment: &str) -> Option<&str> {
    comment.lines().find_map(|line| {
        let commit = line.trim().strip_prefix("/codebuild_run(")?.strip_suffix(')')?.trim();
        let is_commit = commit.len() >= 12 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_commit.then_some(commit)
    })
}

/// Whether an approved commit is the head; Bitbucket tells the beginning of a head only.
pub(super) fn is_head(approved: &str, head: &str) -> bool {
    !head.is_empty() && (approved.starts_with(head) || approved == head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments() {
        let id = "046e8b67481d53bdc86c3f6affdd5d1afae6d369";
        assert_eq!(approved_commit(&format!("/codebuild_run({id})")), Some(id));
        assert_eq!(approved_commit(&format!("fine!\n  /codebuild_run({id})\r\nthanks")), Some(id));
        for text in [
            "",
            "/codebuild_run()",
            "/codebuild_run(main)",
            "/codebuild_run(046e8b6)",
            "> /codebuild_run(x",
        ] {
            assert_eq!(approved_commit(text), None, "{text}");
        }
        assert!(
            is_head(id, id)
                && is_head(id, &id[..12])
                && !is_head(id, "")
                && !is_head(&id[..12], id)
        );
    }
}
