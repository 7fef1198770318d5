//! Commits, files and differences.

use api_developer::codecommit::*;
use service::{Service, op};

use super::{EVENTS, on_branch, on_repository};
use crate::model::{right, right_on_branch};
use crate::{blob_differences, differences, errors, history, reading, writing};

pub(super) fn rows(service: Service) -> Service {
    service
        .operation(on_repository!(GetFile, reading::get_file))
        .operation(on_branch!(PutFile, writing::put_file))
        .operation(on_branch!(DeleteFile, writing::delete_file))
        .operation(on_branch!(CreateCommit, writing::create_commit))
        .operation(on_repository!(GetFolder, reading::get_folder))
        .operation(on_repository!(GetCommit, reading::get_commit))
        .operation(on_repository!(BatchGetCommits, reading::batch_get_commits))
        .operation(on_repository!(GetBlob, reading::get_blob))
        .operation(on_repository!(GetDifferences, differences::get_differences).paginated(
            "NextToken",
            "MaxResults",
            differences::PAGE,
        ))
        .operation(
            on_repository!(GetBlobDifferences, blob_differences::get_blob_differences).paginated(
                "NextToken",
                "MaxResults",
                blob_differences::PAGE,
            ),
        )
        .operation(
            on_repository!(ListFileCommitHistory, history::list_file_commit_history).paginated(
                "nextToken",
                "maxResults",
                history::PAGE,
            ),
        )
}
