//! Merge commits that no reference needs, and the merge commits that there are.

use api_developer::codecommit::*;
use git::{Objects, Oid};
use serde_json::json;
use service::Cx;
use wire::Error;

use super::facts::{self, Recorded};
use super::land::draft;
use super::sides::Sides;
use super::{How, Words, prepare};
use crate::model::Repository;
use crate::{errors, events, refs, repos, secret_scanning};

/// Commits of the destination in which a merge is looked for.
const MAX_LOOKED_AT: usize = 1_000;

pub(crate) async fn create_unreferenced_merge_commit(
    cx: Cx,
    input: CreateUnreferencedMergeCommitInput,
) -> Result<CreateUnreferencedMergeCommitOutput, Error> {
    if input.merge_option == super::MergeOption::FastForwardMerge {
        return Err(errors::INVALID_MERGE_OPTION.error(
            "A fast-forward makes no merge commit: choose SQUASH_MERGE or THREE_WAY_MERGE.",
        ));
    }
    let (name, email) = (input.author_name.as_deref(), input.email.as_deref());
    let words = Words::new(&cx, name, email, input.commit_message)?;
    let how = How::new(
        input.merge_option,
        input.conflict_detail_level,
        input.conflict_resolution_strategy,
        input.conflict_resolution,
        input.keep_empty_folders,
    )?;
    let (source_name, destination_name) =
        (input.source_commit_specifier, input.destination_commit_specifier);
    let (found, named) = Sides::load(&cx, &input.repository_name, &source_name, &destination_name)?;
    let repository = repos::open(&cx, &found.id).await?;
    let work = move |objects: &Objects| {
        let Sides { source, destination } = named.commits(objects)?;
        prepare(objects, source, destination, how)
    };
    let prepared = repository.read(work).await?;
    if !prepared.is_mergeable() {
        return Err(prepared.manual_merge_required());
    }
    let facts = prepared.facts();
    let default = format!("Merge '{source_name}' into '{destination_name}'");
    let blocks_secrets = secret_scanning::blocks(&found);
    let (landed, installed) = draft(&repository, prepared, words, default, blocks_secrets).await?;
    let output = CreateUnreferencedMergeCommitOutput {
        commit_id: Some(landed.commit.to_string()),
        tree_id: Some(landed.tree.to_string()),
    };
    if !landed.is_new {
        // The destination has the result of the merge: nothing was made, nothing is told.
        installed.keep();
        return Ok(output);
    }
    let (id, caller, now) = (found.id.clone(), cx.caller().arn.clone(), cx.now());
    let packs = installed.packs();
    let told = cx
        .store()
        .write(move |tx| {
            let Some(repository) = Repository::by_id(tx, &id)? else {
                return Ok::<_, store::StoreError>(false);
            };
            refs::bring(tx, &repository, &packs, now)?;
            facts.record(tx, &id, landed.commit)?;
            let mut detail = facts.detail();
            detail.insert("commitId".to_owned(), json!(landed.commit.to_string()));
            tx.emit(events::unreferenced_merge_commit_created(&repository, detail, &caller, now))?;
            Ok(true)
        })
        .await?;
    if !told {
        installed.undo().await?;
        return Err(errors::no_repository(&found.name));
    }
    installed.keep();
    Ok(output)
}

/// The merge commit of two commits: the latest that was made of them here, referenced or not, or
/// else the one in the destination's own line by which the source came into it.
pub(crate) async fn get_merge_commit(
    cx: Cx,
    input: GetMergeCommitInput,
) -> Result<GetMergeCommitOutput, Error> {
    let (source, destination) =
        (&input.source_commit_specifier, &input.destination_commit_specifier);
    let (found, named) = Sides::load(&cx, &input.repository_name, source, destination)?;
    let repository = repos::open(&cx, &found.id).await?;
    let work = move |objects: &Objects| {
        let sides = named.commits(objects)?;
        Ok::<_, Error>((sides, line(objects, sides.destination)?))
    };
    let (Sides { source, destination }, line) = repository.read(work).await?;
    let (recorded, merged) = cx.read(|tx| {
        let recorded = Recorded::find(tx, &found.id, source, destination)?.filter(|recorded| {
            input.conflict_detail_level.is_none_or(|level| level == recorded.level)
                && input.conflict_resolution_strategy.is_none_or(|s| s == recorded.strategy)
        });
        for (commit, parents) in &line {
            let by_git = parents.iter().skip(1).any(|parent| *parent == source);
            if by_git || facts::is_merge_of(tx, &found.id, *commit, source)? {
                return Ok((recorded, Some(*commit)));
            }
        }
        Ok((recorded, None))
    })?;
    let base = match &recorded {
        Some(recorded) => Some(recorded.base),
        None => {
            let bases = move |objects: &Objects| {
                objects.merge_bases(&destination, &source).map_err(super::failed)
            };
            repository.read(bases).await?.first().copied()
        }
    };
    let merged = recorded.map(|recorded| recorded.commit).or(merged);
    Ok(GetMergeCommitOutput {
        source_commit_id: Some(source.to_string()),
        destination_commit_id: Some(destination.to_string()),
        base_commit_id: base.map(|oid| oid.to_string()),
        merged_commit_id: merged.map(|oid| oid.to_string()),
    })
}

/// A commit and its first ancestors, the youngest first, with their parents.
fn line(objects: &Objects, tip: Oid) -> Result<Vec<(Oid, Vec<Oid>)>, Error> {
    let (mut found, mut next) = (Vec::new(), Some(tip));
    while let Some(oid) = next.filter(|_| found.len() < MAX_LOOKED_AT) {
        let commit = objects.commit(&oid)?;
        next = commit.parents.first().copied();
        found.push((oid, commit.parents));
    }
    Ok(found)
}
