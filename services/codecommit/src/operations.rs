//! CodeCommit's table.

use std::collections::BTreeMap;

use api_developer::codecommit::*;
use service::{Cx, Error, Protocol, RawRoute, Right, Service, op};

use crate::events::REPOSITORY_STATE_CHANGE;
use crate::model::{arn, right, right_on_branch};
use crate::{branches, differences, errors, http, reading, repos, repositories, tags, writing};

const EVENTS: &[&str] = &[REPOSITORY_STATE_CHANGE];

/// The service.
pub fn service() -> Service {
    let service = Service::new("codecommit", Protocol::Json11)
        .target("CodeCommit_20150413")
        .raw(RawRoute::new(http::PREFIX, http::handle))
        .on_start(repos::sweep);
    lacking(contents(branch_rows(repository_rows(service))))
}

/// `op(CALL, HANDLER)` with its right on the repository that a member names.
macro_rules! on_repository {
    ($call:ident, $handler:path) => {
        on_repository!($call, $handler, repository_name)
    };
    ($call:ident, $handler:path, $member:ident) => {
        op($call, $handler)
            .errors(errors::ALL)
            .rights(|cx, input| Ok(vec![right(cx, stringify!($call), &input.$member)?]))
    };
}

/// The same for changes of one branch, which policies can name by `codecommit:References`.
macro_rules! on_branch {
    ($call:ident, $handler:path) => {
        op($call, $handler).write().errors(errors::ALL).events(EVENTS).rights(|cx, input| {
            let (name, branch) = (&input.repository_name, &input.branch_name);
            Ok(vec![right_on_branch(cx, stringify!($call), name, branch)?])
        })
    };
}

fn repository_rows(service: Service) -> Service {
    service
        .operation(
            op(CreateRepository, repositories::create_repository)
                .write()
                .partial("kmsKeyId; cloneUrlSsh is not answered")
                .errors(errors::ALL)
                .rights(|cx, input| {
                    let right =
                        Right::new("codecommit:CreateRepository", arn(cx, &input.repository_name));
                    Ok(vec![with_request_tags(right, input.tags.iter().flatten())])
                }),
        )
        .operation(on_repository!(GetRepository, repositories::get_repository))
        .operation(
            op(BatchGetRepositories, repositories::batch_get_repositories)
                .errors(errors::ALL)
                .rights(|cx, input| {
                    let names = input.repository_names.iter();
                    names.map(|name| right(cx, "BatchGetRepositories", name)).collect()
                }),
        )
        .operation(
            op(ListRepositories, repositories::list_repositories)
                .list()
                .errors(errors::ALL)
                .paginated("nextToken", "", repositories::PAGE),
        )
        .operation(on_repository!(DeleteRepository, repositories::delete_repository).write())
        .operation(
            on_repository!(UpdateRepositoryName, repositories::update_repository_name, old_name)
                .write(),
        )
        .operation(
            on_repository!(
                UpdateRepositoryDescription,
                repositories::update_repository_description
            )
            .write(),
        )
        .operation(on_repository!(UpdateDefaultBranch, repositories::update_default_branch).write())
        .operation(op(TagResource, tags::tag_resource).tagging().errors(errors::ALL).rights(
            |cx, input| {
                let right = tagged(cx, "TagResource", &input.resource_arn)?;
                Ok(vec![with_request_tags(right, &input.tags)])
            },
        ))
        .operation(op(UntagResource, tags::untag_resource).tagging().errors(errors::ALL).rights(
            |cx, input| {
                let right = tagged(cx, "UntagResource", &input.resource_arn)?;
                Ok(vec![right.with_values("aws:TagKeys", input.tag_keys.clone())])
            },
        ))
        .operation(
            op(ListTagsForResource, tags::list_tags_for_resource).errors(errors::ALL).rights(
                |cx, input| Ok(vec![tagged(cx, "ListTagsForResource", &input.resource_arn)?]),
            ),
        )
}

fn branch_rows(service: Service) -> Service {
    service
        .operation(on_branch!(CreateBranch, branches::create_branch))
        .operation(on_branch!(DeleteBranch, branches::delete_branch))
        .operation(op(GetBranch, branches::get_branch).errors(errors::ALL).rights(|cx, input| {
            let name = input.repository_name.as_deref().unwrap_or_default();
            Ok(vec![right(cx, "GetBranch", name)?])
        }))
        .operation(on_repository!(ListBranches, branches::list_branches).list().paginated(
            "nextToken",
            "",
            branches::PAGE,
        ))
}

fn contents(service: Service) -> Service {
    service
        .operation(on_repository!(GetFile, reading::get_file))
        .operation(on_branch!(PutFile, writing::put_file))
        .operation(on_branch!(DeleteFile, writing::delete_file))
        .operation(on_branch!(CreateCommit, writing::create_commit))
        .operation(on_repository!(GetFolder, reading::get_folder))
        .operation(on_repository!(GetCommit, reading::get_commit))
        .operation(on_repository!(BatchGetCommits, reading::batch_get_commits))
        .operation(on_repository!(GetBlob, reading::get_blob))
        .operation(
            on_repository!(GetDifferences, differences::get_differences)
                .partial("renames are shown as a deletion and an addition")
                .paginated("NextToken", "MaxResults", differences::PAGE),
        )
}

/// A right on the repository of an ARN; a bad ARN is refused before anything is looked at.
fn tagged(cx: &Cx, action: &str, resource: &str) -> Result<Right, Error> {
    right(cx, action, &tags::repository_of(cx, resource)?)
}

fn with_request_tags<'a>(
    right: Right,
    tags: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> Right {
    let tags: BTreeMap<&String, &String> = tags.into_iter().collect();
    if tags.is_empty() {
        return right;
    }
    let keys = tags.keys().map(|key| (*key).clone()).collect();
    tags.into_iter().fold(right.with_values("aws:TagKeys", keys), |right, (key, value)| {
        right.with(format!("aws:RequestTag/{key}"), value.clone())
    })
}

fn lacking(service: Service) -> Service {
    service.lacks(&[
        "AssociateApprovalRuleTemplateWithRepository",
        "BatchAssociateApprovalRuleTemplateWithRepositories",
        "BatchDescribeMergeConflicts",
        "BatchDisassociateApprovalRuleTemplateFromRepositories",
        "CreateApprovalRuleTemplate",
        "CreatePullRequest",
        "CreatePullRequestApprovalRule",
        "CreateUnreferencedMergeCommit",
        "DeleteApprovalRuleTemplate",
        "DeleteCommentContent",
        "DeletePullRequestApprovalRule",
        "DescribeMergeConflicts",
        "DescribePullRequestEvents",
        "DisassociateApprovalRuleTemplateFromRepository",
        "EvaluatePullRequestApprovalRules",
        "GetApprovalRuleTemplate",
        "GetBlobDifferences",
        "GetComment",
        "GetCommentReactions",
        "GetCommentsForComparedCommit",
        "GetCommentsForPullRequest",
        "GetMergeCommit",
        "GetMergeConflicts",
        "GetMergeOptions",
        "GetPullRequest",
        "GetPullRequestApprovalStates",
        "GetPullRequestOverrideState",
        "GetRepositoryTriggers",
        "ListApprovalRuleTemplates",
        "ListAssociatedApprovalRuleTemplatesForRepository",
        "ListFileCommitHistory",
        "ListPullRequests",
        "ListRepositoriesForApprovalRuleTemplate",
        "MergeBranchesByFastForward",
        "MergeBranchesBySquash",
        "MergeBranchesByThreeWay",
        "MergePullRequestByFastForward",
        "MergePullRequestBySquash",
        "MergePullRequestByThreeWay",
        "OverridePullRequestApprovalRules",
        "PostCommentForComparedCommit",
        "PostCommentForPullRequest",
        "PostCommentReply",
        "PutCommentReaction",
        "PutRepositoryTriggers",
        "TestRepositoryTriggers",
        "UpdateApprovalRuleTemplateContent",
        "UpdateApprovalRuleTemplateDescription",
        "UpdateApprovalRuleTemplateName",
        "UpdateComment",
        "UpdatePullRequestApprovalRuleContent",
        "UpdatePullRequestApprovalState",
        "UpdatePullRequestDescription",
        "UpdatePullRequestStatus",
        "UpdatePullRequestTitle",
        "UpdateRepositoryEncryptionKey",
    ])
}
