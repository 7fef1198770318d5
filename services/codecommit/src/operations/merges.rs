//! Merges and their conflicts.

use api_developer::codecommit::*;
use service::{Cx, Error, Right, Service, op};

use super::{EVENTS, on_repository};
use crate::model::{Repository, right, right_on_branch};
use crate::{errors, merges};

/// `op(CALL, HANDLER)` with its right on the repository, and on the branch that the merge moves
/// where it is known: policies can name that by `codecommit:References`.
macro_rules! merging {
    ($call:ident, $handler:path, $target:expr) => {
        op($call, $handler).write().errors(errors::ALL).events(EVENTS).rights(|cx, input| {
            let target: Option<String> = $target(input);
            let (name, to) = (&input.repository_name, &input.destination_commit_specifier);
            Ok(vec![moves(cx, stringify!($call), name, target.as_deref(), to)?])
        })
    };
}

pub(super) fn rows(service: Service) -> Service {
    service
        .operation(merging!(
            MergeBranchesByFastForward,
            merges::merge_branches_by_fast_forward,
            |input: &MergeBranchesByFastForwardInput| input.target_branch.clone()
        ))
        .operation(merging!(
            MergeBranchesBySquash,
            merges::merge_branches_by_squash,
            |input: &MergeBranchesInput| input.target_branch.clone()
        ))
        .operation(merging!(
            MergeBranchesByThreeWay,
            merges::merge_branches_by_three_way,
            |input: &MergeBranchesInput| input.target_branch.clone()
        ))
        .operation(merging!(
            CreateUnreferencedMergeCommit,
            merges::create_unreferenced_merge_commit,
            |_: &CreateUnreferencedMergeCommitInput| None
        ))
        .operation(on_repository!(GetMergeCommit, merges::get_merge_commit))
        .operation(on_repository!(GetMergeOptions, merges::get_merge_options))
        .operation(on_repository!(GetMergeConflicts, merges::get_merge_conflicts).paginated(
            "nextToken",
            "maxConflictFiles",
            merges::PAGE,
        ))
        .operation(
            on_repository!(DescribeMergeConflicts, merges::describe_merge_conflicts).paginated(
                "nextToken",
                "maxMergeHunks",
                merges::PAGE,
            ),
        )
        .operation(
            on_repository!(BatchDescribeMergeConflicts, merges::batch_describe_merge_conflicts)
                .paginated("nextToken", "maxConflictFiles", merges::PAGE),
        )
}

fn moves(
    cx: &Cx,
    action: &str,
    name: &str,
    target: Option<&str>,
    destination: &str,
) -> Result<Right, Error> {
    let found = cx.read(|tx| Ok(tx.get::<Repository>(&cx.scope(), name)?))?;
    match merges::target(found.as_ref().map(|found| &found.value), target, destination) {
        Some(branch) => right_on_branch(cx, action, name, &branch),
        None => right(cx, action, name),
    }
}
