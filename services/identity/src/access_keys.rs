//! Long-term access keys.

use api_identity::iam::*;
use blobs::KeyRef;
use service::{Cx, Error, Yard};
use shape::{Bytes, Empty};
use store::{Query, ReadTx};
use types::{IdAlphabet, random_id, random_secret};

use crate::entity::{self, change, load, scope};
use crate::listing::Page;
use crate::model::{self, BY_ACCESS_KEY, shown_status};
use crate::{errors, names, usage, users};

/// Most keys of one user.
const MAX_KEYS: usize = 2;
/// Letters and digits of a secret.
const SECRET_LEN: usize = 40;

/// A new key id; `prefix` is `AKIA` for long-term keys, `ASIA` for sessions.
pub(crate) fn new_id(prefix: &str) -> String {
    format!("{prefix}{}", random_id(IdAlphabet::Base32, 16))
}

/// A new secret.
pub(crate) fn new_secret() -> String {
    random_secret(SECRET_LEN)
}

fn sealing_context(id: &str) -> Vec<u8> {
    format!("iam access key {id}").into_bytes()
}

/// The secret of a key that was sealed by this yard.
pub(crate) fn open_secret(yard: &Yard, key: &model::AccessKey) -> Result<String, Error> {
    let opened = yard
        .blobs()
        .unseal(&sealing_context(&key.id), &key.sealed_secret)
        .map_err(Error::internal)?;
    String::from_utf8(opened.to_vec()).map_err(|_| Error::internal("a secret that is no text"))
}

pub(crate) async fn create(
    cx: Cx,
    input: CreateAccessKeyInput,
) -> Result<CreateAccessKeyOutput, Error> {
    let user_name = users::named_or_self(&cx, input.user_name)?;
    let (id, secret) = (new_id("AKIA"), new_secret());
    let sealed = cx
        .blobs()
        .seal(&KeyRef::Yard, &sealing_context(&id), secret.as_bytes())
        .map_err(Error::internal)?;
    let key = model::AccessKey {
        id: id.clone(),
        sealed_secret: Bytes::from(sealed),
        active: true,
        created: names::whole_seconds(cx.now()),
    };
    let created = key.created;
    change::<model::User>(&cx, &user_name, move |_, user| {
        if user.access_keys.len() >= MAX_KEYS {
            return Err(errors::LIMIT_EXCEEDED
                .error(format!("Cannot exceed quota for AccessKeysPerUser: {MAX_KEYS}")));
        }
        user.access_keys.push(key.clone());
        Ok(())
    })
    .await?;
    let access_key = AccessKey {
        user_name,
        access_key_id: id,
        status: StatusType::Active,
        secret_access_key: secret,
        create_date: Some(created),
    };
    Ok(CreateAccessKeyOutput { access_key })
}

fn missing(id: &str) -> Error {
    errors::NO_SUCH_ENTITY.error(format!("The Access Key with id {id} cannot be found."))
}

/// Reads a status that a client may set.
pub(crate) fn settable(status: StatusType) -> Result<bool, Error> {
    match status {
        StatusType::Active => Ok(true),
        StatusType::Inactive => Ok(false),
        StatusType::Expired => {
            Err(errors::INVALID_INPUT.error("The status can be set to Active or Inactive only."))
        }
    }
}

pub(crate) async fn update(cx: Cx, input: UpdateAccessKeyInput) -> Result<Empty, Error> {
    let user_name = users::named_or_self(&cx, input.user_name)?;
    let active = settable(input.status)?;
    change::<model::User>(&cx, &user_name, move |_, user| {
        let key = user.access_keys.iter_mut().find(|key| key.id == input.access_key_id);
        key.ok_or_else(|| missing(&input.access_key_id))?.active = active;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn delete(cx: Cx, input: DeleteAccessKeyInput) -> Result<Empty, Error> {
    let user_name = users::named_or_self(&cx, input.user_name)?;
    let (scope, id) = (scope(&cx), input.access_key_id);
    entity::write(&cx, move |tx| {
        let mut user = load::<model::User>(tx, &scope, &user_name)?;
        let before = user.access_keys.len();
        user.access_keys.retain(|key| key.id != id);
        if user.access_keys.len() == before {
            return Err(missing(&id));
        }
        tx.update(&scope, &user)?;
        usage::forget(tx, &id)
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn list(
    cx: Cx,
    input: ListAccessKeysInput,
) -> Result<ListAccessKeysOutput, Error> {
    let user_name = users::named_or_self(&cx, input.user_name)?;
    let listing = format!("ListAccessKeys {user_name}");
    let page = Page::new(listing, input.marker.as_deref(), input.max_items)?;
    let user = cx.read(|tx| load::<model::User>(tx, &scope(&cx), &user_name))?;
    let shown = |key: &model::AccessKey| AccessKeyMetadata {
        user_name: Some(user.name.clone()),
        access_key_id: Some(key.id.clone()),
        status: Some(shown_status(key.active)),
        create_date: Some(key.created),
    };
    let keys = user.access_keys.iter().map(shown).collect();
    let (access_key_metadata, rest) =
        page.of(keys, |key| key.access_key_id.clone().unwrap_or_default());
    Ok(ListAccessKeysOutput {
        access_key_metadata,
        is_truncated: rest.is_truncated,
        marker: rest.marker,
    })
}

/// Whose key it is.
pub(crate) fn owner(
    tx: &ReadTx<'_>,
    id: &str,
) -> Result<Option<store::Stored<model::User>>, Error> {
    let found = tx.find_anywhere::<model::User>(BY_ACCESS_KEY, id, &Query::first(1))?;
    Ok(found.items.into_iter().next())
}

pub(crate) async fn last_used(
    cx: Cx,
    input: GetAccessKeyLastUsedInput,
) -> Result<GetAccessKeyLastUsedOutput, Error> {
    let id = input.access_key_id;
    let (user, used) = cx.read(|tx| Ok((owner(tx, &id)?, usage::of(tx, &id)?)))?;
    let user =
        user.filter(|user| user.scope.account == *cx.account()).ok_or_else(|| missing(&id))?;
    let used = match used {
        Some(used) => AccessKeyLastUsed {
            last_used_date: Some(used.time),
            service_name: used.service,
            region: used.region,
        },
        None => AccessKeyLastUsed {
            last_used_date: None,
            service_name: "N/A".into(),
            region: "N/A".into(),
        },
    };
    Ok(GetAccessKeyLastUsedOutput {
        user_name: Some(user.name.clone()),
        access_key_last_used: Some(used),
    })
}
