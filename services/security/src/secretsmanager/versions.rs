//! Versions and their values: put, read, staged.

use api_security::secretsmanager::{
    ApiErrorType, BatchGetSecretValueInput, BatchGetSecretValueOutput, GetSecretValueInput,
    GetSecretValueOutput, ListSecretVersionIdsInput, ListSecretVersionIdsOutput,
    PutSecretValueInput, PutSecretValueOutput, SecretOutput, SecretVersionsListEntry,
    UpdateSecretVersionStageInput,
};
use service::{Cx, Error};
use shape::Bytes;
use types::{PageToken, Timestamp};

use super::model::{CURRENT, SealedValue, Secret, Version};
use super::value::{self, Plain};
use super::{errors, find, list, page_size, secrets};

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// Values that `BatchGetSecretValue` answers at once.
const BATCH: usize = 20;

/// The stored value of a version.
///
/// # Errors
/// `ResourceNotFoundException`
pub(crate) fn value_of(cx: &Cx, secret: &Secret, version_id: &str) -> Result<SealedValue, Error> {
    let (scope, key) = (cx.scope(), secret.value_key(version_id));
    let value = cx.read(|tx| Ok(tx.get::<SealedValue>(&scope, &key)?))?;
    value
        .map(store::Stored::into_inner)
        .ok_or_else(|| no_value(&format!("VersionId: {version_id}")))
}

fn no_value(what: &str) -> Error {
    errors::NOT_FOUND
        .error(format!("Secrets Manager can't find the specified secret value for {what}"))
}

/// Whether a version has exactly this value.
pub(crate) async fn is_same(
    cx: &Cx,
    secret: &Secret,
    version_id: &str,
    plain: &Plain,
) -> Result<bool, Error> {
    let stored = value_of(cx, secret, version_id)?;
    let known = value::open(cx, secret, version_id, &stored).await?;
    Ok(known.bytes() == plain.bytes() && stored.binary == matches!(plain, Plain::Binary(_)))
}

/// Whether a request token was used before, for this very value.
///
/// # Errors
/// `ResourceExistsException` where it was used for another.
pub(crate) async fn is_repeated(
    cx: &Cx,
    secret: &Secret,
    token: &str,
    plain: &Plain,
) -> Result<bool, Error> {
    if secret.version(token).is_none() {
        return Ok(false);
    }
    if is_same(cx, secret, token, plain).await? {
        return Ok(true);
    }
    Err(errors::RESOURCE_EXISTS
        .error("You can't modify an existing version, you can only create a new version."))
}

/// [PutSecretValue](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html)
pub(crate) async fn put_secret_value(
    cx: Cx,
    input: PutSecretValueInput,
) -> Result<PutSecretValueOutput, Error> {
    if input.rotation_token.is_some() {
        return Err(errors::INVALID_PARAMETER
            .error("RotationToken (rotation) is not supported by Codeyard."));
    }
    let plain = Plain::given(input.secret_string, input.secret_binary)?.ok_or_else(|| {
        errors::INVALID_REQUEST.error("You must provide either SecretString or SecretBinary.")
    })?;
    let stages = input.version_stages.unwrap_or_else(|| vec![CURRENT.to_owned()]);
    check_stages(&stages)?;
    let (scope, now) = (cx.scope(), cx.now());
    let token = input.client_request_token.unwrap_or_else(types::uuid);
    let secret = find::load(&cx, &input.secret_id)?.into_inner();
    secret.not_deleted()?;
    if is_repeated(&cx, &secret, &token, &plain).await? {
        return Ok(put_output(&cx, &secret, &token));
    }
    let sealed = value::seal(&cx, &secret, &token, &plain).await?;
    let version_id = token.clone();
    let secret = cx
        .write(move |tx| {
            let mut known = find::load_in(tx, &scope, &secret.name)?;
            known.not_deleted()?;
            let moved = known.suffix != secret.suffix || known.kms_key_id != secret.kms_key_id;
            if moved || known.version(&token).is_some() {
                return Err(errors::INVALID_REQUEST
                    .error("The secret was changed at the same time. Try again."));
            }
            let kms_key_id = known.kms_key_id.clone();
            let version =
                Version { id: token.clone(), created: now, kms_key_id, ..Version::default() };
            for gone in known.value.add(version, &stages)? {
                tx.delete::<SealedValue>(&scope, &known.value_key(&gone))?;
            }
            tx.update(&scope, &known)?;
            tx.insert(&scope, &sealed)?;
            Ok(known.into_inner())
        })
        .await?;
    Ok(put_output(&cx, &secret, &version_id))
}

fn put_output(cx: &Cx, secret: &Secret, version_id: &str) -> PutSecretValueOutput {
    PutSecretValueOutput {
        arn: secret.arn(&cx.scope()),
        name: secret.name.clone(),
        version_id: version_id.to_owned(),
        version_stages: secret
            .version(version_id)
            .map(|version| version.stages.clone())
            .unwrap_or_default(),
    }
}

fn check_stages(stages: &[String]) -> Result<(), Error> {
    let fits = |stage: &String| (1..=256).contains(&stage.chars().count());
    if stages.iter().all(fits) {
        return Ok(());
    }
    Err(errors::INVALID_PARAMETER.error("Staging labels have 1 to 256 characters."))
}

/// [GetSecretValue](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html)
pub(crate) async fn get_secret_value(
    cx: Cx,
    input: GetSecretValueInput,
) -> Result<GetSecretValueOutput, Error> {
    let secret = find::load(&cx, &input.secret_id)?.into_inner();
    read(&cx, &secret, input.version_id.as_deref(), input.version_stage.as_deref()).await
}

async fn read(
    cx: &Cx,
    secret: &Secret,
    id: Option<&str>,
    stage: Option<&str>,
) -> Result<GetSecretValueOutput, Error> {
    secret.not_deleted()?;
    let version = choose(secret, id, stage)?;
    let stored = value_of(cx, secret, &version.id)?;
    let (text, binary) = match value::open(cx, secret, &version.id, &stored).await? {
        Plain::Text(text) => (Some(text.to_string()), None),
        Plain::Binary(bytes) => (None, Some(bytes)),
    };
    note_access(cx, secret, version).await?;
    Ok(shown(cx, secret, version, text, binary))
}

fn shown(
    cx: &Cx,
    secret: &Secret,
    version: &Version,
    secret_string: Option<String>,
    secret_binary: Option<Bytes>,
) -> GetSecretValueOutput {
    GetSecretValueOutput {
        arn: secret.arn(&cx.scope()),
        name: secret.name.clone(),
        version_id: version.id.clone(),
        secret_binary,
        secret_string,
        version_stages: version.stages.clone(),
        created_date: version.created,
    }
}

fn choose<'a>(
    secret: &'a Secret,
    id: Option<&str>,
    stage: Option<&str>,
) -> Result<&'a Version, Error> {
    let Some(id) = id else {
        let stage = stage.unwrap_or(CURRENT);
        return secret.staged(stage).ok_or_else(|| no_value(&format!("staging label: {stage}")));
    };
    let version = secret.version(id).ok_or_else(|| no_value(&format!("VersionId: {id}")))?;
    match stage {
        Some(stage) if !version.stages.iter().any(|it| it == stage) => Err(errors::INVALID_REQUEST
            .error(
                "You provided a VersionStage that is not associated to the provided VersionId.",
            )),
        _ => Ok(version),
    }
}

/// Notes on what day a secret was last read: one write a day.
async fn note_access(cx: &Cx, secret: &Secret, version: &Version) -> Result<(), Error> {
    let now = cx.now().millis();
    let today = Timestamp::from_millis(now - now.rem_euclid(DAY_MILLIS));
    if secret.accessed == Some(today) && version.accessed == Some(today) {
        return Ok(());
    }
    let (scope, name, id) = (cx.scope(), secret.name.clone(), version.id.clone());
    cx.write(move |tx| {
        if let Some(mut known) = tx.get::<Secret>(&scope, &name)? {
            known.accessed = Some(today);
            for version in known.versions.iter_mut().filter(|version| version.id == id) {
                version.accessed = Some(today);
            }
            tx.update(&scope, &known)?;
        }
        Ok(())
    })
    .await
}

/// [BatchGetSecretValue](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html)
pub(crate) async fn batch_get_secret_value(
    cx: Cx,
    input: BatchGetSecretValueInput,
) -> Result<BatchGetSecretValueOutput, Error> {
    let (ids, next_token) = match (input.secret_id_list, input.filters) {
        (Some(ids), None) if input.max_results.is_none() && input.next_token.is_none() => {
            (ids, None)
        }
        (None, Some(filters)) if !filters.is_empty() => {
            let limit = page_size(input.max_results, BATCH);
            list::matching_names(&cx, &filters, limit, input.next_token.as_deref())?
        }
        _ => {
            return Err(errors::INVALID_PARAMETER.error(
                "Either SecretIdList or Filters must be given, and MaxResults and NextToken go \
                 with Filters only.",
            ));
        }
    };
    let mut output = BatchGetSecretValueOutput { next_token, ..Default::default() };
    for id in ids {
        match read_allowed(&cx, &id).await {
            Ok(value) => output.secret_values.push(value),
            Err(error) => output.errors.push(ApiErrorType {
                secret_id: id,
                error_code: error.code.into_owned(),
                message: error.message,
            }),
        }
    }
    Ok(output)
}

/// Each secret of a batch needs the right to read it.
async fn read_allowed(cx: &Cx, secret_id: &str) -> Result<GetSecretValueOutput, Error> {
    let right = find::right_on(cx, "secretsmanager:GetSecretValue", secret_id)?;
    cx.touch(right.resource.clone());
    cx.authorize("secretsmanager", &right)?;
    let secret = find::load(cx, secret_id)?.into_inner();
    read(cx, &secret, None, None).await
}

/// [UpdateSecretVersionStage](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html)
pub(crate) async fn update_secret_version_stage(
    cx: Cx,
    input: UpdateSecretVersionStageInput,
) -> Result<SecretOutput, Error> {
    let now = cx.now();
    let (stage, to, from) =
        (input.version_stage, input.move_to_version_id, input.remove_from_version_id);
    let (secret, ()) = secrets::change(&cx, input.secret_id, move |secret| {
        move_stage(secret, &stage, from.as_deref(), to.as_deref())?;
        secret.changed = now;
        Ok(())
    })
    .await?;
    Ok(SecretOutput { arn: secret.arn(&cx.scope()), name: secret.name })
}

fn move_stage(
    secret: &mut Secret,
    stage: &str,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<(), Error> {
    let invalid = |message: String| Err(errors::INVALID_PARAMETER.error(message));
    for id in from.into_iter().chain(to) {
        if secret.version(id).is_none() {
            return Err(no_value(&format!("VersionId: {id}")));
        }
    }
    let attached = secret.staged(stage).map(|version| version.id.clone());
    match (attached.as_deref(), from) {
        (Some(attached), None) if to != Some(attached) => {
            return invalid(format!(
                "The parameter RemoveFromVersionId can't be empty. Staging label {stage} is \
                 currently attached to version {attached}, so you must explicitly reference that \
                 version in RemoveFromVersionId."
            ));
        }
        (attached, Some(from)) if attached != Some(from) => {
            return invalid(format!(
                "The staging label {stage} is not attached to version {from}."
            ));
        }
        _ => {}
    }
    if to.is_none() {
        if from.is_none() {
            return invalid(
                "Either MoveToVersionId or RemoveFromVersionId must be given.".to_owned(),
            );
        }
        if stage == CURRENT {
            return invalid(format!(
                "You can't remove the staging label {CURRENT}; you can move it to another version."
            ));
        }
    }
    secret.stage(stage, to);
    Ok(())
}

/// [ListSecretVersionIds](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecretVersionIds.html)
pub(crate) async fn list_secret_version_ids(
    cx: Cx,
    input: ListSecretVersionIdsInput,
) -> Result<ListSecretVersionIdsOutput, Error> {
    let secret = find::load(&cx, &input.secret_id)?.into_inner();
    let all = input.include_deprecated == Some(true);
    let listing = format!("ListSecretVersionIds {} {all}", secret.value_key(""));
    let after = match &input.next_token {
        Some(token) => {
            Some(PageToken::decode(&listing, token).map_err(|_| super::invalid_token())?)
        }
        None => None,
    };
    let limit = page_size(input.max_results, 100);
    let listed = secret.versions.iter().filter(|version| all || !version.stages.is_empty());
    let rest = listed.skip_while(|version| after.as_ref().is_some_and(|id| *id != version.id));
    let mut page: Vec<&Version> = rest.skip(usize::from(after.is_some())).take(limit + 1).collect();
    let more = page.len() > limit;
    page.truncate(limit);
    let last = page.last().filter(|_| more);
    let next_token = last.map(|version| PageToken::encode(&listing, &version.id));
    let versions = page.into_iter().map(|version| SecretVersionsListEntry {
        version_id: version.id.clone(),
        version_stages: version.stages.clone(),
        last_accessed_date: version.accessed,
        created_date: version.created,
        kms_key_ids: Some(vec![
            version.kms_key_id.clone().unwrap_or_else(|| "DefaultEncryptionKey".to_owned()),
        ]),
    });
    Ok(ListSecretVersionIdsOutput {
        versions: versions.collect(),
        next_token,
        arn: secret.arn(&cx.scope()),
        name: secret.name.clone(),
    })
}
