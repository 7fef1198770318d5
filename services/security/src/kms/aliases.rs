//! Aliases: names for keys that can be pointed elsewhere.

use api_security::kms::{
    AliasInput, AliasListEntry, DeleteAliasInput, ListAliasesInput, ListAliasesOutput,
};
use service::{Cx, Error};
use shape::Empty;
use store::{Query, ReadTx};
use types::Scope;

use super::find::{self, Forms};
use super::model::{ALIASES_OF_KEY, Alias, alias_arn};
use super::rights::MAX_ALIASES;
use super::{errors, managed, page};

/// Refuses names that are none, and AWS's own.
fn check_name(name: &str) -> Result<(), Error> {
    if !name.starts_with("alias/") || name == "alias/" {
        return Err(errors::VALIDATION.error("Alias must start with the prefix \"alias/\"."));
    }
    if name.starts_with(managed::RESERVED) || name.contains(':') {
        return Err(errors::INVALID_ALIAS_NAME
            .error(format!("{name} is not a name that you can give to a key.")));
    }
    Ok(())
}

fn check_room(tx: &ReadTx<'_>, scope: &Scope, key_id: &str) -> Result<(), Error> {
    let taken = tx.by_index::<Alias>(scope, ALIASES_OF_KEY, key_id, &Query::first(MAX_ALIASES))?;
    if taken.items.len() >= MAX_ALIASES {
        return Err(errors::LIMIT_EXCEEDED.error(format!("A key can have {MAX_ALIASES} aliases.")));
    }
    Ok(())
}

fn missing(scope: &Scope, name: &str) -> Error {
    errors::NOT_FOUND.error(format!("Alias {} is not found.", alias_arn(scope, name)))
}

/// [CreateAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html)
pub(crate) async fn create_alias(cx: Cx, input: AliasInput) -> Result<Empty, Error> {
    check_name(&input.alias_name)?;
    let (scope, now) = (cx.scope(), cx.now());
    cx.write(move |tx| {
        let key = find::load_in(tx, &scope, &input.target_key_id)?;
        key.not_pending_deletion(&scope)?;
        if tx.exists::<Alias>(&scope, &input.alias_name)? {
            let arn = alias_arn(&scope, &input.alias_name);
            return Err(errors::ALREADY_EXISTS
                .error(format!("An alias with the name {arn} already exists")));
        }
        check_room(tx, &scope, &key.id)?;
        let name = input.alias_name.clone();
        let alias = Alias { name, key_id: key.into_inner().id, created: now, updated: now };
        tx.insert(&scope, &alias)?;
        Ok(Empty {})
    })
    .await
}

/// [UpdateAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateAlias.html)
pub(crate) async fn update_alias(cx: Cx, input: AliasInput) -> Result<Empty, Error> {
    check_name(&input.alias_name)?;
    let (scope, now) = (cx.scope(), cx.now());
    cx.write(move |tx| {
        let key = find::load_in(tx, &scope, &input.target_key_id)?;
        key.not_pending_deletion(&scope)?;
        let alias = tx.get::<Alias>(&scope, &input.alias_name)?;
        let mut alias = alias.ok_or_else(|| missing(&scope, &input.alias_name))?;
        if alias.key_id != key.id {
            check_room(tx, &scope, &key.id)?;
        }
        alias.key_id = key.into_inner().id;
        alias.updated = now;
        tx.update(&scope, &alias)?;
        Ok(Empty {})
    })
    .await
}

/// The key to which an alias points now, so that rights on it can be asked for.
pub(crate) fn target(cx: &Cx, name: &str) -> Result<Option<String>, Error> {
    let scope = cx.scope();
    cx.read(|tx| Ok(tx.get::<Alias>(&scope, name)?.map(|alias| alias.into_inner().key_id)))
}

/// [DeleteAlias](https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteAlias.html)
pub(crate) async fn delete_alias(cx: Cx, input: DeleteAliasInput) -> Result<Empty, Error> {
    check_name(&input.alias_name)?;
    let scope = cx.scope();
    cx.write(move |tx| match tx.delete::<Alias>(&scope, &input.alias_name)? {
        true => Ok(Empty {}),
        false => Err(missing(&scope, &input.alias_name)),
    })
    .await
}

/// [ListAliases](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html)
pub(crate) async fn list_aliases(
    cx: Cx,
    input: ListAliasesInput,
) -> Result<ListAliasesOutput, Error> {
    let scope = cx.scope();
    let key = match &input.key_id {
        Some(name) => Some(find::load(&cx, name, Forms::KeyOnly).await?.into_inner().id),
        None => None,
    };
    let listing = format!("ListAliases {}", key.as_deref().unwrap_or_default());
    let query = Query::first(page::limit(input.limit, 50))
        .after(page::after(&listing, input.marker.as_deref())?);
    let found = cx.read(|tx| {
        Ok(match &key {
            Some(id) => tx.by_index::<Alias>(&scope, ALIASES_OF_KEY, id, &query)?,
            None => tx.list::<Alias>(&scope, &query)?,
        })
    })?;
    let entries = found.items.into_iter().map(|alias| {
        let alias = alias.into_inner();
        AliasListEntry {
            alias_arn: alias_arn(&scope, &alias.name),
            alias_name: alias.name,
            target_key_id: Some(alias.key_id),
            creation_date: Some(alias.created),
            last_updated_date: Some(alias.updated),
        }
    });
    Ok(ListAliasesOutput {
        aliases: entries.collect(),
        truncated: found.next.is_some(),
        next_marker: page::marker(&listing, found.next),
    })
}
