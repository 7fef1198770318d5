//! Triggers of repositories: which there are. None can be yet: what they would call, topics of SNS
//! and functions of Lambda, is not here. They will be set off from where every change of a
//! reference comes by, `tell` in [`crate::refs`].

use api_developer::codecommit::*;
use service::{Cx, common};
use store::{Key, StoreError, WriteTx};
use wire::Error;

use crate::errors;
use crate::model::Repository;

/// Triggers of one repository; AWS's quota.
const MAX_TRIGGERS: usize = 10;
/// By repository id: the id of its configuration, once that was put.
const CONFIGURATIONS: &str = "codecommit-triggers";
/// Why there can be no trigger.
pub(crate) const NO_TARGETS: &str =
    "triggers call topics of SNS and functions of Lambda, which are not here yet";

fn key(repository_id: &str) -> Vec<u8> {
    Key::new().text(repository_id).into()
}

/// A repository begins with a configuration without triggers, which has the repository's own id.
pub(crate) async fn get_repository_triggers(
    cx: Cx,
    input: GetRepositoryTriggersInput,
) -> Result<GetRepositoryTriggersOutput, Error> {
    let configuration_id = cx.read(|tx| {
        let repository = Repository::load(tx, &cx.scope(), &input.repository_name)?;
        match tx.get_raw(CONFIGURATIONS, &key(&repository.id))? {
            Some(id) => String::from_utf8(id).map_err(Error::internal),
            None => Ok(repository.value.id),
        }
    })?;
    let configuration_id = Some(configuration_id);
    Ok(GetRepositoryTriggersOutput { configuration_id, triggers: Vec::new() })
}

/// Takes the configuration without triggers, and refuses every other.
pub(crate) async fn put_repository_triggers(
    cx: Cx,
    input: PutRepositoryTriggersInput,
) -> Result<PutRepositoryTriggersOutput, Error> {
    let scope = cx.scope();
    let repository = cx.read(|tx| Repository::load(tx, &scope, &input.repository_name))?;
    if input.triggers.len() > MAX_TRIGGERS {
        return Err(errors::MAXIMUM_REPOSITORY_TRIGGERS_EXCEEDED
            .error(format!("A repository has at most {MAX_TRIGGERS} triggers.")));
    }
    if let Some(trigger) = input.triggers.first() {
        return Err(common::NOT_IMPLEMENTED.error(format!(
            "The trigger {} for {} is not supported: {NO_TARGETS}. docs/coverage.md lists what \
             is. EventBridge tells of the same changes.",
            trigger.name, trigger.destination_arn
        )));
    }
    let configuration_id = types::uuid();
    let id = configuration_id.clone();
    cx.write(move |tx| {
        Repository::load(tx, &scope, &repository.name)?;
        Ok(tx.put_raw(CONFIGURATIONS, &key(&repository.id), id.as_bytes())?)
    })
    .await?;
    Ok(PutRepositoryTriggersOutput { configuration_id: Some(configuration_id) })
}

/// Forgets a deleted repository's.
pub(crate) fn delete(tx: &mut WriteTx<'_>, repository_id: &str) -> Result<(), StoreError> {
    tx.delete_raw(CONFIGURATIONS, &key(repository_id))
}
