//! What is shared with other accounts.

use api_developer::codebuild::*;
use service::{Right, Service, op};

use crate::{errors, listing, sharing};

/// Their rows.
pub(super) fn rows(service: Service) -> Service {
    service
        .operation(
            op(PutResourcePolicy, sharing::put_resource_policy).write().errors(errors::ALL).rights(
                |_, input| {
                    Ok(vec![Right::new("codebuild:PutResourcePolicy", input.resource_arn.as_str())])
                },
            ),
        )
        .operation(op(GetResourcePolicy, sharing::get_resource_policy).errors(errors::ALL).rights(
            |_, input| {
                Ok(vec![Right::new("codebuild:GetResourcePolicy", input.resource_arn.as_str())])
            },
        ))
        .operation(
            op(DeleteResourcePolicy, sharing::delete_resource_policy)
                .write()
                .errors(errors::ALL)
                .rights(|_, input| {
                    let arn = input.resource_arn.as_str();
                    Ok(vec![Right::new("codebuild:DeleteResourcePolicy", arn)])
                }),
        )
        .operation(
            op(ListSharedProjects, sharing::list_shared_projects)
                .list()
                .errors(errors::ALL)
                .paginated("nextToken", "maxResults", listing::PAGE),
        )
        .operation(
            op(ListSharedReportGroups, sharing::list_shared_report_groups)
                .list()
                .errors(errors::ALL)
                .paginated("nextToken", "maxResults", listing::PAGE),
        )
}
