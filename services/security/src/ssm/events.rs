//! `Parameter Store Change`, in the transaction of the change.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-cwe.html>

use serde_json::json;
use service::Error;
use store::{Event, WriteTx};
use types::{Scope, Timestamp};

use super::model::{self, Parameter};

/// What happened to a parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    Create,
    Update,
    Delete,
    Label,
}

impl Change {
    const fn word(self) -> &'static str {
        match self {
            Self::Create => "Create",
            Self::Update => "Update",
            Self::Delete => "Delete",
            Self::Label => "LabelParameterVersion",
        }
    }
}

/// Tells of a change.
pub(crate) fn emit(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    parameter: &Parameter,
    change: Change,
    now: Timestamp,
) -> Result<(), Error> {
    let mut detail = json!({
        "operation": change.word(),
        "name": parameter.name,
        "type": parameter.current.kind.as_str(),
    });
    if let (Some(detail), Some(description)) =
        (detail.as_object_mut(), &parameter.current.description)
    {
        detail.insert("description".to_owned(), json!(description));
    }
    Ok(tx.emit(Event {
        id: types::uuid(),
        source: "aws.ssm".to_owned(),
        detail_type: "Parameter Store Change".to_owned(),
        account: scope.account.to_string(),
        region: scope.region.to_string(),
        time: now,
        resources: vec![model::arn(scope, &parameter.name)],
        detail,
    })?)
}
