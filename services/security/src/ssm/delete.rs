//! Parameters are deleted, with all their versions.

use api_security::ssm::{DeleteParameterInput, DeleteParametersInput, DeleteParametersOutput};
use service::{Cx, Error};
use shape::Empty;
use store::{Query, WriteTx};
use types::{Scope, Timestamp};

use super::events::{self, Change};
use super::get;
use super::model::{Parameter, PastVersion, past_prefix};

/// [DeleteParameter](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html)
pub(crate) async fn delete_parameter(cx: Cx, input: DeleteParameterInput) -> Result<Empty, Error> {
    let (scope, now) = (cx.scope(), cx.now());
    cx.write(move |tx| match delete(tx, &scope, &input.name, now)? {
        true => Ok(Empty {}),
        false => Err(get::not_found(&input.name)),
    })
    .await
}

/// [DeleteParameters](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameters.html)
pub(crate) async fn delete_parameters(
    cx: Cx,
    input: DeleteParametersInput,
) -> Result<DeleteParametersOutput, Error> {
    let (scope, now) = (cx.scope(), cx.now());
    cx.write(move |tx| {
        let mut output = DeleteParametersOutput::default();
        for name in &input.names {
            match delete(tx, &scope, name, now)? {
                true => output.deleted_parameters.push(name.clone()),
                false => output.invalid_parameters.push(name.clone()),
            }
        }
        Ok(output)
    })
    .await
}

/// Deletes a parameter; says whether it was there.
fn delete(tx: &mut WriteTx<'_>, scope: &Scope, name: &str, now: Timestamp) -> Result<bool, Error> {
    let Some(parameter) = tx.get::<Parameter>(scope, name)? else { return Ok(false) };
    let past = Query::first(1000).prefix(&past_prefix(name));
    for version in tx.list::<PastVersion>(scope, &past)?.items {
        let key = store::Resource::key(&version.value);
        tx.delete::<PastVersion>(scope, &key)?;
    }
    tx.delete::<Parameter>(scope, name)?;
    events::emit(tx, scope, &parameter, Change::Delete, now)?;
    Ok(true)
}
