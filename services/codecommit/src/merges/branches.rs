//! Branches merged with each other.

use api_developer::codecommit::*;
use git::Oid;
use service::Cx;
use wire::Error;

use super::sides::Sides;
use super::{How, Landing, MergeOption, Words, land, prepare};
use crate::model::{self, Repository};
use crate::{errors, refs, repos};

pub(crate) async fn merge_branches_by_fast_forward(
    cx: Cx,
    input: MergeBranchesByFastForwardInput,
) -> Result<MergeBranchesOutput, Error> {
    let input = MergeBranchesInput {
        repository_name: input.repository_name,
        source_commit_specifier: input.source_commit_specifier,
        destination_commit_specifier: input.destination_commit_specifier,
        target_branch: input.target_branch,
        ..MergeBranchesInput::default()
    };
    merge(cx, input, MergeOption::FastForwardMerge).await
}

pub(crate) async fn merge_branches_by_squash(
    cx: Cx,
    input: MergeBranchesInput,
) -> Result<MergeBranchesOutput, Error> {
    merge(cx, input, MergeOption::SquashMerge).await
}

pub(crate) async fn merge_branches_by_three_way(
    cx: Cx,
    input: MergeBranchesInput,
) -> Result<MergeBranchesOutput, Error> {
    merge(cx, input, MergeOption::ThreeWayMerge).await
}

/// The branch that a merge moves: the target that was named or else the destination. `None` if
/// that is no name of a branch.
pub(crate) fn target(
    repository: Option<&Repository>,
    named: Option<&str>,
    destination: &str,
) -> Option<String> {
    let branch = match (named, destination) {
        (Some(named), _) => named,
        (None, "HEAD") => repository?.default_branch.as_deref()?,
        (None, id) if id.parse::<Oid>().is_ok() => return None,
        (None, name) => match name.strip_prefix("refs/heads/") {
            Some(branch) => branch,
            None if name.starts_with("refs/") => return None,
            None => name,
        },
    };
    Some(branch.to_owned())
}

fn action(option: MergeOption) -> &'static str {
    match option {
        MergeOption::FastForwardMerge => "MergeBranchesByFastForward",
        MergeOption::SquashMerge => "MergeBranchesBySquash",
        MergeOption::ThreeWayMerge => "MergeBranchesByThreeWay",
    }
}

/// What a merge of branches is about.
struct Found {
    id: String,
    branch: String,
    named: Sides,
    tip: Oid,
}

fn find(cx: &Cx, input: &MergeBranchesInput) -> Result<Found, Error> {
    cx.read(|tx| {
        let found = Repository::load(tx, &cx.scope(), &input.repository_name)?;
        let named = input.target_branch.as_deref();
        if let Some(name) = named
            && model::check_branch(name).is_err()
        {
            return Err(errors::INVALID_TARGET_BRANCH
                .error(format!("{name} is not a valid name of a branch.")));
        }
        let branch =
            target(Some(&found), named, &input.destination_commit_specifier).ok_or_else(|| {
                errors::BRANCH_NAME_REQUIRED.error(format!(
                    "The destination {} is no branch: name the target branch.",
                    input.destination_commit_specifier
                ))
            })?;
        let (source, destination) =
            (&input.source_commit_specifier, &input.destination_commit_specifier);
        let named = Sides::find(tx, &found, source, destination)?;
        let tip = match refs::get(tx, &found.id, &model::branch_ref(&branch))? {
            Some(tip) => tip,
            None if refs::get(tx, &found.id, &format!("refs/tags/{branch}"))?.is_some() => {
                return Err(errors::BRANCH_NAME_IS_TAG_NAME
                    .error(format!("{branch} is a tag, not a branch.")));
            }
            None => return Err(errors::no_branch(&found, &branch)),
        };
        Ok(Found { id: found.id.clone(), branch, named, tip })
    })
}

async fn merge(
    cx: Cx,
    input: MergeBranchesInput,
    option: MergeOption,
) -> Result<MergeBranchesOutput, Error> {
    let words = Words::new(
        &cx,
        input.author_name.as_deref(),
        input.email.as_deref(),
        input.commit_message.clone(),
    )?;
    let how = How::new(
        option,
        input.conflict_detail_level,
        input.conflict_resolution_strategy,
        input.conflict_resolution.clone(),
        input.keep_empty_folders,
    )?;
    let Found { id, branch, named, tip } = find(&cx, &input)?;
    // The default branch, which HEAD means, may have changed since the request was authorized.
    let right = model::right_on_branch(&cx, action(option), &input.repository_name, &branch)?;
    cx.authorize("codecommit", &right)?;
    let name = branch.clone();
    let work = move |objects: &git::Objects| {
        let Sides { source, destination } = named.commits(objects)?;
        if destination != tip {
            let behind = objects.leads_to(&destination, &tip).map_err(super::failed)?;
            return Err(match behind {
                true => errors::CONCURRENT_REFERENCE_UPDATE.error(format!(
                    "Branch {name} has moved on from {destination} to {tip}. Look at the branch \
                     and try again."
                )),
                false => errors::INVALID_TARGET_BRANCH.error(format!(
                    "The tip of the target branch {name} is {tip}, not the destination commit \
                     {destination}."
                )),
            });
        }
        prepare(objects, source, destination, how)
    };
    let prepared = repos::open(&cx, &id).await?.read(work).await?;
    if !prepared.is_mergeable() {
        return Err(prepared.manual_merge_required());
    }
    let landing = Landing {
        repository: &id,
        branch: &branch,
        source_name: &input.source_commit_specifier,
        prepared,
        words,
    };
    let (landed, ()) = land(&cx, landing, |_, _| Ok(())).await?;
    Ok(MergeBranchesOutput {
        commit_id: Some(landed.commit.to_string()),
        tree_id: Some(landed.tree.to_string()),
    })
}
