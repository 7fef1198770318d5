//! Branches.

use api_developer::codecommit::*;
use service::{Service, op};

use super::{EVENTS, on_branch, on_repository};
use crate::model::{right, right_on_branch};
use crate::{branches, errors};

pub(super) fn rows(service: Service) -> Service {
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
