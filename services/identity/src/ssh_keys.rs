//! SSH public keys: who signs in to git over SSH.

use api_identity::iam::*;
use service::{Cx, Error};
use shape::{Bytes, Empty};
use store::{Query, ReadTx, Stored};

use crate::access_keys::{new_id, settable};
use crate::entity::{self, change, load, scope};
use crate::listing::Page;
use crate::model::{self, BY_SSH_KEY, SshKey, shown_status};
use crate::public_key::{BadKey, RsaKey};
use crate::{errors, names, usage, users};

/// Most keys of one user.
const MAX_KEYS: usize = 5;

fn refused(bad: BadKey) -> Error {
    match bad {
        BadKey::Encoding(why) => errors::UNRECOGNIZED_PUBLIC_KEY_ENCODING
            .error(format!("The public key is not in a form that is known: {why}.")),
        BadKey::Invalid(why) => {
            errors::INVALID_PUBLIC_KEY.error(format!("The public key is not valid: {why}."))
        }
    }
}

fn missing(id: &str) -> Error {
    errors::NO_SUCH_ENTITY.error(format!("The Public Key with id {id} cannot be found."))
}

/// As answers show a key.
fn shown(user: &str, key: &SshKey, encoding: EncodingType) -> Result<SSHPublicKey, Error> {
    let rsa = RsaKey::from_blob(&key.blob)
        .map_err(|_| Error::internal(format!("the SSH key {} is damaged", key.id)))?;
    Ok(SSHPublicKey {
        user_name: user.to_owned(),
        ssh_public_key_id: key.id.clone(),
        fingerprint: rsa.fingerprint(),
        ssh_public_key_body: match encoding {
            EncodingType::Ssh => rsa.openssh(),
            EncodingType::Pem => rsa.pem(),
        },
        status: shown_status(key.active),
        upload_date: Some(key.uploaded),
    })
}

pub(crate) async fn upload(
    cx: Cx,
    input: UploadSSHPublicKeyInput,
) -> Result<SSHPublicKeyOutput, Error> {
    let rsa = RsaKey::parse(&input.ssh_public_key_body).map_err(refused)?;
    let key = SshKey {
        id: new_id("APKA"),
        blob: Bytes::from(rsa.blob()),
        active: true,
        uploaded: names::whole_seconds(cx.now()),
    };
    let fresh = key.clone();
    change::<model::User>(&cx, &input.user_name, move |_, user| {
        if user.ssh_keys.iter().any(|known| known.blob == fresh.blob) {
            return Err(errors::DUPLICATE_SSH_PUBLIC_KEY.error(format!(
                "The SSH public key is already associated with the user {}.",
                user.name
            )));
        }
        if user.ssh_keys.len() >= MAX_KEYS {
            return Err(errors::LIMIT_EXCEEDED
                .error(format!("Cannot exceed quota for SSHPublicKeysPerUser: {MAX_KEYS}")));
        }
        user.ssh_keys.push(fresh.clone());
        Ok(())
    })
    .await?;
    let shown = shown(&input.user_name, &key, EncodingType::Ssh)?;
    Ok(SSHPublicKeyOutput { ssh_public_key: Some(shown) })
}

pub(crate) async fn get(cx: Cx, input: GetSSHPublicKeyInput) -> Result<SSHPublicKeyOutput, Error> {
    let user = cx.read(|tx| load::<model::User>(tx, &scope(&cx), &input.user_name))?;
    let id = &input.ssh_public_key_id;
    let key = user.ssh_keys.iter().find(|key| key.id == *id).ok_or_else(|| missing(id))?;
    let shown = shown(&user.name, key, input.encoding)?;
    Ok(SSHPublicKeyOutput { ssh_public_key: Some(shown) })
}

pub(crate) async fn list(
    cx: Cx,
    input: ListSSHPublicKeysInput,
) -> Result<ListSSHPublicKeysOutput, Error> {
    let user_name = users::named_or_self(&cx, input.user_name)?;
    let listing = format!("ListSSHPublicKeys {user_name}");
    let page = Page::new(listing, input.marker.as_deref(), input.max_items)?;
    let user = cx.read(|tx| load::<model::User>(tx, &scope(&cx), &user_name))?;
    let shown = |key: &SshKey| SSHPublicKeyMetadata {
        user_name: user.name.clone(),
        ssh_public_key_id: key.id.clone(),
        status: shown_status(key.active),
        upload_date: key.uploaded,
    };
    let all = user.ssh_keys.iter().map(shown).collect();
    let (ssh_public_keys, rest) =
        page.of(all, |key: &SSHPublicKeyMetadata| key.ssh_public_key_id.clone());
    Ok(ListSSHPublicKeysOutput {
        ssh_public_keys,
        is_truncated: rest.is_truncated,
        marker: rest.marker,
    })
}

pub(crate) async fn update(cx: Cx, input: UpdateSSHPublicKeyInput) -> Result<Empty, Error> {
    let active = settable(input.status)?;
    change::<model::User>(&cx, &input.user_name, move |_, user| {
        let id = &input.ssh_public_key_id;
        let key = user.ssh_keys.iter_mut().find(|key| key.id == *id);
        key.ok_or_else(|| missing(id))?.active = active;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn delete(cx: Cx, input: DeleteSSHPublicKeyInput) -> Result<Empty, Error> {
    let (scope, id) = (scope(&cx), input.ssh_public_key_id);
    entity::write(&cx, move |tx| {
        let mut user = load::<model::User>(tx, &scope, &input.user_name)?;
        let before = user.ssh_keys.len();
        user.ssh_keys.retain(|key| key.id != id);
        if user.ssh_keys.len() == before {
            return Err(missing(&id));
        }
        tx.update(&scope, &user)?;
        usage::forget(tx, &id)
    })
    .await?;
    Ok(Empty {})
}

/// Whose key it is, whatever its status.
pub(crate) fn owner(tx: &ReadTx<'_>, id: &str) -> Result<Option<Stored<model::User>>, Error> {
    let found = tx.find_anywhere::<model::User>(BY_SSH_KEY, id, &Query::first(1))?;
    Ok(found.items.into_iter().next())
}
