//! Merges and their conflicts.

use service::Service;

pub(super) fn rows(service: Service) -> Service {
    service.lacks(&[
        "BatchDescribeMergeConflicts",
        "CreateUnreferencedMergeCommit",
        "DescribeMergeConflicts",
        "GetMergeCommit",
        "GetMergeConflicts",
        "GetMergeOptions",
        "MergeBranchesByFastForward",
        "MergeBranchesBySquash",
        "MergeBranchesByThreeWay",
        "MergePullRequestByFastForward",
        "MergePullRequestBySquash",
        "MergePullRequestByThreeWay",
    ])
}
