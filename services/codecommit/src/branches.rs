//! Branches: made, deleted, shown, listed.

use api_developer::codecommit::*;
use git::{Oid, RefUpdate};
use service::Cx;
use shape::Empty;
use types::PageToken;
use wire::Error;

use crate::model::{self, Repository, branch_ref};
use crate::refs::{self, StoreRefs};
use crate::{errors, paging, repos};

/// Branches on one page of ListBranches.
pub(crate) const PAGE: usize = 100;

pub(crate) async fn create_branch(cx: Cx, input: CreateBranchInput) -> Result<Empty, Error> {
    model::check_branch(&input.branch_name)?;
    let found = cx.read(|tx| Repository::load(tx, &cx.scope(), &input.repository_name))?;
    let commit: Oid = input.commit_id.parse().map_err(|_| {
        errors::INVALID_COMMIT_ID.error(format!("{} is not a full commit ID.", input.commit_id))
    })?;
    let repository = repos::open(&cx, &found.id).await?;
    // Under its own turn: no push takes the commit away between the look and the change.
    let turn = repository.change().await;
    let exists = repository
        .read(move |objects| Ok::<_, Error>(objects.find_commit(&commit)?.is_some()))
        .await?;
    if !exists {
        return Err(errors::COMMIT_DOES_NOT_EXIST
            .error(format!("Commit {commit} does not exist in {}.", found.name)));
    }
    let update = RefUpdate { name: branch_ref(&input.branch_name), old: None, new: Some(commit) };
    let outcome = StoreRefs::new(&cx, &found.id).change(vec![update], true).await?;
    drop(turn);
    match outcome.into_iter().find_map(Result::err) {
        None => Ok(Empty {}),
        Some(why) => {
            let name = &input.branch_name;
            Err(errors::BRANCH_NAME_EXISTS.error(format!("Cannot create branch {name}: {why}.")))
        }
    }
}

/// Deleting what is not there is no error, as AWS has it.
pub(crate) async fn delete_branch(
    cx: Cx,
    input: DeleteBranchInput,
) -> Result<DeleteBranchOutput, Error> {
    model::check_branch(&input.branch_name)?;
    let name = branch_ref(&input.branch_name);
    let (id, old) = cx.read(|tx| {
        let found = Repository::load(tx, &cx.scope(), &input.repository_name)?;
        if found.default_branch.as_ref() == Some(&input.branch_name) {
            return Err(default_branch(&input.branch_name));
        }
        Ok((found.id.clone(), refs::get(tx, &found.id, &name)?))
    })?;
    let Some(old) = old else { return Ok(DeleteBranchOutput::default()) };
    let update = RefUpdate { name, old: Some(old), new: None };
    let outcome = StoreRefs::new(&cx, &id).change(vec![update], true).await?;
    if let Some(why) = outcome.into_iter().find_map(Result::err) {
        // Somebody made it the default branch or moved it, just now.
        return Err(errors::OPERATION_NOT_ALLOWED
            .error(format!("Branch {} was not deleted: {why}.", input.branch_name)));
    }
    let deleted =
        BranchInfo { branch_name: Some(input.branch_name), commit_id: Some(old.to_string()) };
    Ok(DeleteBranchOutput { deleted_branch: Some(deleted) })
}

fn default_branch(name: &str) -> Error {
    errors::DEFAULT_BRANCH_CANNOT_BE_DELETED
        .error(format!("Branch {name} is the default branch and cannot be deleted."))
}

pub(crate) async fn get_branch(cx: Cx, input: GetBranchInput) -> Result<GetBranchOutput, Error> {
    let repository = input
        .repository_name
        .ok_or_else(|| errors::REPOSITORY_NAME_REQUIRED.error("A repository name is required."))?;
    let branch = input
        .branch_name
        .ok_or_else(|| errors::BRANCH_NAME_REQUIRED.error("A branch name is required."))?;
    model::check_branch(&branch)?;
    let tip = cx.read(|tx| {
        let found = Repository::load(tx, &cx.scope(), &repository)?;
        refs::get(tx, &found.id, &branch_ref(&branch))?
            .ok_or_else(|| errors::no_branch(&found, &branch))
    })?;
    let info = BranchInfo { branch_name: Some(branch), commit_id: Some(tip.to_string()) };
    Ok(GetBranchOutput { branch: Some(info) })
}

pub(crate) async fn list_branches(
    cx: Cx,
    input: ListBranchesInput,
) -> Result<ListBranchesOutput, Error> {
    let listing = format!("ListBranches {}", input.repository_name);
    let after = paging::after(&listing, input.next_token.as_deref())?;
    let mut found = cx.read(|tx| {
        let repository = Repository::load(tx, &cx.scope(), &input.repository_name)?;
        Ok(refs::list(tx, &repository.id, "refs/heads/", after.as_deref(), PAGE + 1)?)
    })?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let last = found.last().map(|(name, _)| name.clone()).filter(|_| more);
    let short = |(name, _): (String, Oid)| {
        name.strip_prefix("refs/heads/").map_or(name.clone(), str::to_owned)
    };
    Ok(ListBranchesOutput {
        branches: found.into_iter().map(short).collect(),
        next_token: last.map(|name| PageToken::encode(&listing, &name)),
    })
}
