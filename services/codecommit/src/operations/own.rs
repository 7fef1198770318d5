//! Operations of Codeyard's own on repositories, rows of the service `codeyard`.

use api_developer::codeyard::{GetBlame, ListCommits, ListReferences};
use service::{Service, op};

use crate::errors;
use crate::model::right;
use crate::own::{blame, commits, references};

/// Adds them to that service.
pub fn own_operations(service: Service) -> Service {
    service
        .operation(
            op(ListCommits, commits::list_commits)
                .action("codecommit:GetCommitHistory")
                .errors(errors::ALL)
                .rights(|cx, input| {
                    Ok(vec![right(cx, "GetCommitHistory", &input.repository_name)?])
                })
                .paginated("nextToken", "maxResults", commits::PAGE),
        )
        .operation(
            op(GetBlame, blame::get_blame)
                .action("codecommit:GetFile")
                .errors(errors::ALL)
                .rights(|cx, input| Ok(vec![right(cx, "GetFile", &input.repository_name)?])),
        )
        .operation(
            op(ListReferences, references::list_references)
                .action("codecommit:GetReferences")
                .errors(errors::ALL)
                .rights(|cx, input| Ok(vec![right(cx, "GetReferences", &input.repository_name)?]))
                .paginated("nextToken", "maxResults", references::PAGE),
        )
}
