//! Fleets of reserved machines.

use api_developer::codebuild::*;
use service::{Right, Service, op};
use types::{Arn, Scope};

use super::on_all;
use crate::{errors, fleets, listing};

const RESERVED: &str = "fleets are machines that AWS keeps for you: builds run on the yard's own, as \
                        many at once as `codeyard up --build-slots` says";

/// As far as it can be told from a name.
fn fleet_arn(scope: &Scope, name: &str) -> String {
    let resource = format!("fleet/{name}");
    Arn::new("codebuild", scope.region.as_str(), scope.account.as_str(), resource).to_string()
}

/// Their rows.
pub(super) fn rows(service: Service) -> Service {
    service
        .operation(op(BatchGetFleets, fleets::batch_get_fleets).errors(errors::ALL).rights(
            |cx, input| {
                on_all(&input.names, |name| {
                    let arn = match name.starts_with("arn:") {
                        true => name.clone(),
                        false => fleet_arn(&cx.scope(), name),
                    };
                    Ok(Right::new("codebuild:BatchGetFleets", arn))
                })
            },
        ))
        .operation(op(ListFleets, fleets::list_fleets).list().errors(errors::ALL).paginated(
            "nextToken",
            "maxResults",
            listing::PAGE,
        ))
        .refuses("CreateFleet", RESERVED, None)
        .refuses("DeleteFleet", RESERVED, None)
        .refuses("UpdateFleet", RESERVED, None)
}
