//! Fleets of reserved machines.

use api_developer::codebuild::*;
use service::{Right, Service, op};
use types::{Arn, Scope};

use super::on_all;
use crate::{errors, fleets, listing};

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
        .lacks(&["CreateFleet", "DeleteFleet", "UpdateFleet"])
}
