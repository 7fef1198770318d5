//! Secrets: created, described, updated, tagged.

use std::collections::BTreeMap;

use api_security::secretsmanager as api;
use api_security::secretsmanager::{
    CreateSecretInput, CreateSecretOutput, DescribeSecretOutput, SecretInput, TagResourceInput,
    UntagResourceInput, UpdateSecretInput, UpdateSecretOutput,
};
use service::{Cx, Error};
use shape::Empty;
use store::Stored;
use types::IdAlphabet;

use super::model::{CURRENT, SealedValue, Secret, Tag, Version};
use super::value::{self, Plain};
use super::{errors, find, versions};

/// Most tags of a secret.
const MAX_TAGS: usize = 50;

/// [CreateSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html)
pub(crate) async fn create_secret(
    cx: Cx,
    input: CreateSecretInput,
) -> Result<CreateSecretOutput, Error> {
    check_name(&input.name)?;
    refuse_type(input.kind.as_deref())?;
    let replicas = input.add_replica_regions.as_ref().is_some_and(|regions| !regions.is_empty());
    if replicas || input.force_overwrite_replica_secret == Some(true) {
        return Err(errors::INVALID_PARAMETER
            .error("AddReplicaRegions (replication) is not supported by Codeyard."));
    }
    if input.cross_account_primary_arn.is_some() {
        return Err(errors::INVALID_PARAMETER
            .error("CrossAccountPrimaryARN (replication) is not supported by Codeyard."));
    }
    let (scope, now) = (cx.scope(), cx.now());
    let plain = Plain::given(input.secret_string, input.secret_binary)?;
    let token = input.client_request_token.unwrap_or_else(types::uuid);
    let existing = cx.read(|tx| Ok(tx.get::<Secret>(&scope, &input.name)?))?;
    if let Some(existing) = existing {
        return created_before(&cx, &existing, &token, plain.as_ref()).await;
    }
    let mut secret = Secret {
        name: input.name,
        suffix: types::random_id(IdAlphabet::Alphanumeric, 6),
        description: input.description,
        kms_key_id: input.kms_key_id.filter(|key| !key.is_empty()),
        created: now,
        changed: now,
        tags: merged(Vec::new(), input.tags.unwrap_or_default())?,
        ..Secret::default()
    };
    let sealed = match &plain {
        Some(plain) => {
            let kms_key_id = secret.kms_key_id.clone();
            let version =
                Version { id: token.clone(), created: now, kms_key_id, ..Version::default() };
            secret.add(version, &[CURRENT.to_owned()])?;
            Some(value::seal(&cx, &secret, &token, plain).await?)
        }
        None => None,
    };
    let output = CreateSecretOutput {
        arn: secret.arn(&scope),
        name: secret.name.clone(),
        version_id: sealed.is_some().then_some(token),
        replication_status: None,
    };
    cx.touch(output.arn.clone());
    cx.write(move |tx| {
        if let Some(existing) = tx.get::<Secret>(&scope, &secret.name)? {
            return Err(exists(&existing));
        }
        tx.insert(&scope, &secret)?;
        if let Some(sealed) = &sealed {
            tx.insert(&scope, sealed)?;
        }
        Ok(())
    })
    .await?;
    Ok(output)
}

/// A secret of that name is there: the same request again is answered as before.
async fn created_before(
    cx: &Cx,
    existing: &Secret,
    token: &str,
    plain: Option<&Plain>,
) -> Result<CreateSecretOutput, Error> {
    if let (Some(plain), None, Some(_)) = (plain, existing.deleted, existing.version(token))
        && versions::is_same(cx, existing, token, plain).await?
    {
        return Ok(CreateSecretOutput {
            arn: existing.arn(&cx.scope()),
            name: existing.name.clone(),
            version_id: Some(token.to_owned()),
            replication_status: None,
        });
    }
    Err(exists(existing))
}

fn exists(existing: &Secret) -> Error {
    match existing.deleted {
        Some(_) => errors::INVALID_REQUEST.error(
            "You can't create this secret because a secret with this name is already scheduled \
             for deletion.",
        ),
        None => errors::RESOURCE_EXISTS.error(format!(
            "The operation failed because the secret {} already exists.",
            existing.name
        )),
    }
}

fn check_name(name: &str) -> Result<(), Error> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-/_+=.@!".contains(&b);
    if name.bytes().all(fits) {
        return Ok(());
    }
    Err(errors::VALIDATION.error(
        "Invalid name. Must be a valid name containing alphanumeric characters, or any of the \
         following: -/_+=.@!",
    ))
}

/// Partners' secrets have a type; those are not here.
fn refuse_type(kind: Option<&str>) -> Result<(), Error> {
    match kind {
        None | Some("") => Ok(()),
        Some(_) => Err(errors::INVALID_PARAMETER.error("Type is not supported by Codeyard.")),
    }
}

/// [DescribeSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html)
pub(crate) async fn describe_secret(
    cx: Cx,
    input: SecretInput,
) -> Result<DescribeSecretOutput, Error> {
    let secret = find::load(&cx, &input.secret_id)?;
    Ok(DescribeSecretOutput {
        arn: secret.arn(&cx.scope()),
        name: secret.name.clone(),
        description: secret.description.clone(),
        kms_key_id: secret.kms_key_id.clone(),
        last_changed_date: Some(secret.changed),
        last_accessed_date: secret.accessed,
        deleted_date: secret.deleted,
        tags: shown_tags(&secret),
        version_ids_to_stages: stages(&secret),
        created_date: secret.created,
        ..DescribeSecretOutput::default()
    })
}

/// The tags as listings show them.
pub(crate) fn shown_tags(secret: &Secret) -> Option<Vec<api::Tag>> {
    let shown = |tag: &Tag| api::Tag { key: Some(tag.key.clone()), value: Some(tag.value.clone()) };
    (!secret.tags.is_empty()).then(|| secret.tags.iter().map(shown).collect())
}

/// The versions that have labels, and these.
pub(crate) fn stages(secret: &Secret) -> Option<BTreeMap<String, Vec<String>>> {
    let staged = secret.versions.iter().filter(|version| !version.stages.is_empty());
    let stages: BTreeMap<_, _> =
        staged.map(|version| (version.id.clone(), version.stages.clone())).collect();
    (!stages.is_empty()).then_some(stages)
}

/// [UpdateSecret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html)
pub(crate) async fn update_secret(
    cx: Cx,
    input: UpdateSecretInput,
) -> Result<UpdateSecretOutput, Error> {
    refuse_type(input.kind.as_deref())?;
    let (scope, now) = (cx.scope(), cx.now());
    let plain = Plain::given(input.secret_string, input.secret_binary)?;
    let secret = find::load(&cx, &input.secret_id)?;
    secret.not_deleted()?;
    let mut updated = secret.clone();
    if let Some(description) = input.description {
        updated.description = Some(description);
    }
    let mut values = match input.kms_key_id {
        Some(key) => under_other_key(&cx, &mut updated, key).await?,
        None => Vec::new(),
    };
    let token = input.client_request_token.unwrap_or_else(types::uuid);
    let mut version_id = None;
    let mut gone = Vec::new();
    if let Some(plain) = &plain {
        version_id = Some(token.clone());
        if !versions::is_repeated(&cx, &updated, &token, plain).await? {
            values.push(value::seal(&cx, &updated, &token, plain).await?);
            let kms_key_id = updated.kms_key_id.clone();
            let version = Version { id: token, created: now, kms_key_id, ..Version::default() };
            let left = updated.add(version, &[CURRENT.to_owned()])?;
            gone = left.iter().map(|id| updated.value_key(id)).collect();
        }
    }
    updated.changed = now;
    let (arn, name) = (updated.arn(&scope), updated.name.clone());
    cx.write(move |tx| {
        // What was sealed above belongs to the secret as it was then.
        let known = find::load_in(tx, &scope, &updated.name)?;
        if known.version != updated.version {
            return Err(errors::INVALID_REQUEST
                .error("The secret was changed at the same time. Try again."));
        }
        tx.update(&scope, &updated)?;
        for value in &values {
            tx.put(&scope, value)?;
        }
        for key in &gone {
            tx.delete::<SealedValue>(&scope, key)?;
        }
        Ok(())
    })
    .await?;
    Ok(UpdateSecretOutput { arn, name, version_id })
}

/// Gives a secret another key; the values that have labels are sealed anew under it.
async fn under_other_key(
    cx: &Cx,
    secret: &mut Stored<Secret>,
    key: String,
) -> Result<Vec<SealedValue>, Error> {
    let former = secret.value.clone();
    secret.kms_key_id = Some(key).filter(|key| !key.is_empty());
    if secret.kms_key_id == former.kms_key_id {
        return Ok(Vec::new());
    }
    let mut values = Vec::new();
    let staged = former.versions.iter().filter(|version| !version.stages.is_empty());
    for version in staged {
        let sealed = versions::value_of(cx, &former, &version.id)?;
        let plain = value::open(cx, &former, &version.id, &sealed).await?;
        values.push(value::seal(cx, secret, &version.id, &plain).await?);
    }
    let kms_key_id = secret.kms_key_id.clone();
    for version in secret.versions.iter_mut().filter(|version| !version.stages.is_empty()) {
        version.kms_key_id.clone_from(&kms_key_id);
    }
    Ok(values)
}

/// Changes a secret that is not marked for deletion, in one transaction.
pub(crate) async fn change<T: Send + 'static>(
    cx: &Cx,
    secret_id: String,
    change: impl Fn(&mut Secret) -> Result<T, Error> + Send + 'static,
) -> Result<(Secret, T), Error> {
    let scope = cx.scope();
    cx.write(move |tx| {
        let mut secret = find::load_in(tx, &scope, &secret_id)?;
        secret.not_deleted()?;
        let answer = change(&mut secret.value)?;
        tx.update(&scope, &secret)?;
        Ok((secret.into_inner(), answer))
    })
    .await
}

/// The tags `old` with `new` over them.
fn merged(mut old: Vec<Tag>, new: Vec<api::Tag>) -> Result<Vec<Tag>, Error> {
    for tag in new {
        let key = tag
            .key
            .filter(|key| !key.is_empty())
            .ok_or_else(|| errors::INVALID_PARAMETER.error("A tag must have a key."))?;
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(errors::INVALID_PARAMETER.error("Tag keys can't begin with aws:."));
        }
        old.retain(|tag| tag.key != key);
        old.push(Tag { key, value: tag.value.unwrap_or_default() });
    }
    if old.len() > MAX_TAGS {
        return Err(errors::INVALID_PARAMETER.error(format!("A secret can have {MAX_TAGS} tags.")));
    }
    Ok(old)
}

/// [TagResource](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html)
pub(crate) async fn tag_resource(cx: Cx, input: TagResourceInput) -> Result<Empty, Error> {
    let tags = input.tags;
    change(&cx, input.secret_id, move |secret| {
        secret.tags = merged(std::mem::take(&mut secret.tags), tags.clone())?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

/// [UntagResource](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UntagResource.html)
pub(crate) async fn untag_resource(cx: Cx, input: UntagResourceInput) -> Result<Empty, Error> {
    let keys = input.tag_keys;
    change(&cx, input.secret_id, move |secret| {
        secret.tags.retain(|tag| !keys.contains(&tag.key));
        Ok(())
    })
    .await?;
    Ok(Empty {})
}
