//! Keys: made, described, enabled and disabled, deleted after a while.

use api_security::kms::{
    CreateKeyInput, DescribeKeyInput, KeyIdOutput, KeyInput, KeyListEntry, KeyMetadataOutput,
    KeySpec, KeyState, KeyUsageType, ListKeysInput, ListKeysOutput, OriginType, ResourceOwner,
    ScheduleKeyDeletionInput, ScheduleKeyDeletionOutput, UpdateKeyDescriptionInput,
};
use service::{Cx, Error};
use shape::Empty;
use store::{Query, Stored};
use types::Scope;

use super::find::{self, Forms};
use super::model::{Key, key_arn};
use super::{errors, lifecycle, material, page, policies, tags};

/// Days that a key waits for its deletion: by default, at least, at most.
const WINDOW_DAYS: (i32, i32, i32) = (30, 7, 30);

/// [CreateKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html)
pub(crate) async fn create_key(cx: Cx, input: CreateKeyInput) -> Result<KeyMetadataOutput, Error> {
    refuse_other_kinds(&input)?;
    let (scope, now) = (cx.scope(), cx.now());
    let policy = match input.policy {
        Some(policy) => {
            let bypass = input.bypass_policy_lockout_safety_check == Some(true);
            policies::check(&cx, &policy, bypass)?;
            policy
        }
        None => policies::default(&scope),
    };
    let id = types::uuid();
    let key = Key {
        materials: vec![material::create(cx.blobs(), &scope, &id, now, None)?],
        id,
        created: now,
        description: input.description.unwrap_or_default(),
        policy,
        tags: tags::merged(Vec::new(), input.tags.unwrap_or_default())?,
        ..Key::default()
    };
    let key_metadata = key.metadata(&scope);
    cx.touch(key_metadata.arn.clone());
    cx.write(move |tx| Ok(tx.insert(&scope, &key)?)).await?;
    Ok(KeyMetadataOutput { key_metadata })
}

/// Only symmetric encryption keys of KMS's own making are here.
fn refuse_other_kinds(input: &CreateKeyInput) -> Result<(), Error> {
    let refuse = |what: String| {
        Err(errors::UNSUPPORTED.error(format!("{what} is not supported by Codeyard.")))
    };
    if input.key_spec.is_some() && input.customer_master_key_spec.is_some() {
        return Err(errors::VALIDATION.error(
            "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. \
             CustomerMasterKeySpec is deprecated.",
        ));
    }
    if let Some(spec) = input.key_spec.or(input.customer_master_key_spec)
        && spec != KeySpec::SymmetricDefault
    {
        return refuse(format!("KeySpec {spec}"));
    }
    match input.key_usage {
        None | Some(KeyUsageType::EncryptDecrypt) => {}
        Some(usage) => {
            return Err(errors::VALIDATION.error(format!(
                "KeyUsage {usage} is not compatible with KeySpec SYMMETRIC_DEFAULT"
            )));
        }
    }
    match input.origin {
        None | Some(OriginType::AwsKms) => {}
        Some(origin) => return refuse(format!("Origin {origin}")),
    }
    if input.multi_region == Some(true) {
        return refuse("MultiRegion".to_owned());
    }
    if input.custom_key_store_id.is_some() {
        return refuse("CustomKeyStoreId".to_owned());
    }
    if input.xks_key_id.is_some() {
        return refuse("XksKeyId".to_owned());
    }
    Ok(())
}

/// [DescribeKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html)
pub(crate) async fn describe_key(
    cx: Cx,
    input: DescribeKeyInput,
) -> Result<KeyMetadataOutput, Error> {
    super::refuse_grant_tokens(input.grant_tokens.as_deref())?;
    let key = find::load(&cx, &input.key_id, Forms::AnyForm).await?;
    Ok(KeyMetadataOutput { key_metadata: key.metadata(&cx.scope()) })
}

/// [ListKeys](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html)
pub(crate) async fn list_keys(cx: Cx, input: ListKeysInput) -> Result<ListKeysOutput, Error> {
    let owners = input.resource_owners.unwrap_or_default();
    if owners.contains(&ResourceOwner::OtherAccountsViaRam) {
        return Err(errors::UNSUPPORTED
            .error("ResourceOwners OTHER_ACCOUNTS_VIA_RAM is not supported by Codeyard."));
    }
    let scope = cx.scope();
    let query = Query::first(page::limit(input.limit, 100))
        .after(page::after("ListKeys", input.marker.as_deref())?);
    let found = cx.read(|tx| Ok(tx.list::<Key>(&scope, &query)?))?;
    let keys = found
        .items
        .into_iter()
        .map(|key| KeyListEntry { key_arn: key_arn(&scope, &key.id), key_id: key.into_inner().id });
    Ok(ListKeysOutput {
        keys: keys.collect(),
        truncated: found.next.is_some(),
        next_marker: page::marker("ListKeys", found.next),
    })
}

/// Changes a key in one transaction and sees to it that its next change comes.
pub(crate) async fn change(
    cx: &Cx,
    name: &str,
    change: impl Fn(&Scope, &mut Stored<Key>) -> Result<(), Error> + Send + 'static,
) -> Result<Key, Error> {
    let (scope, name) = (cx.scope(), name.to_owned());
    cx.write(move |tx| {
        let mut key = find::load_in(tx, &scope, &name)?;
        change(&scope, &mut key)?;
        tx.update(&scope, &key)?;
        lifecycle::wake(tx, &scope, &key)?;
        Ok(key.into_inner())
    })
    .await
}

/// [EnableKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKey.html)
pub(crate) async fn enable_key(cx: Cx, input: KeyInput) -> Result<Empty, Error> {
    switch(&cx, &input.key_id, KeyState::Enabled).await
}

/// [DisableKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKey.html)
pub(crate) async fn disable_key(cx: Cx, input: KeyInput) -> Result<Empty, Error> {
    switch(&cx, &input.key_id, KeyState::Disabled).await
}

async fn switch(cx: &Cx, name: &str, state: KeyState) -> Result<Empty, Error> {
    change(cx, name, move |scope, key| {
        key.not_pending_deletion(scope)?;
        key.state = state;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

/// [UpdateKeyDescription](https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateKeyDescription.html)
pub(crate) async fn update_key_description(
    cx: Cx,
    input: UpdateKeyDescriptionInput,
) -> Result<Empty, Error> {
    change(&cx, &input.key_id, move |scope, key| {
        key.not_pending_deletion(scope)?;
        key.description.clone_from(&input.description);
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

/// [ScheduleKeyDeletion](https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html)
pub(crate) async fn schedule_key_deletion(
    cx: Cx,
    input: ScheduleKeyDeletionInput,
) -> Result<ScheduleKeyDeletionOutput, Error> {
    let (default, least, most) = WINDOW_DAYS;
    let days = input.pending_window_in_days.unwrap_or(default);
    if !(least..=most).contains(&days) {
        return Err(errors::VALIDATION.error(format!(
            "PendingWindowInDays must be between {least} and {most} days, and was {days}."
        )));
    }
    let deletion_date = lifecycle::days_after(cx.now(), days);
    let key = change(&cx, &input.key_id, move |scope, key| {
        key.not_pending_deletion(scope)?;
        key.state = KeyState::PendingDeletion;
        key.deletion_date = Some(deletion_date);
        key.deletion_window_days = Some(days);
        Ok(())
    })
    .await?;
    Ok(ScheduleKeyDeletionOutput {
        key_id: key_arn(&cx.scope(), &key.id),
        deletion_date,
        key_state: key.state,
        pending_window_in_days: days,
    })
}

/// [CancelKeyDeletion](https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html)
pub(crate) async fn cancel_key_deletion(cx: Cx, input: KeyInput) -> Result<KeyIdOutput, Error> {
    let key = change(&cx, &input.key_id, |scope, key| {
        if key.state != KeyState::PendingDeletion {
            let arn = key_arn(scope, &key.id);
            return Err(errors::INVALID_STATE.error(format!("{arn} is not pending deletion.")));
        }
        key.state = KeyState::Disabled;
        key.deletion_date = None;
        key.deletion_window_days = None;
        Ok(())
    })
    .await?;
    Ok(KeyIdOutput { key_id: key_arn(&cx.scope(), &key.id) })
}
