//! Rotation: new material encrypts, and old material still decrypts what it encrypted.
//!
//! <https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html>

use api_security::kms::{
    EnableKeyRotationInput, GetKeyRotationStatusOutput, IncludeKeyMaterial, KeyIdOutput, KeyInput,
    KeyMaterialState, KeyState, ListKeyRotationsInput, ListKeyRotationsOutput, RotationType,
    RotationsListEntry,
};
use service::{Cx, Error};
use shape::Empty;
use types::Scope;

use super::find::{self, Forms};
use super::model::{Key, Material, key_arn};
use super::{errors, keys, lifecycle, material, page};

/// Days between automatic rotations where nobody says.
const DEFAULT_PERIOD_DAYS: i32 = 365;
/// Most rotations on demand in a key's life.
const MAX_ON_DEMAND: usize = 25;

/// [EnableKeyRotation](https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html)
pub(crate) async fn enable_key_rotation(
    cx: Cx,
    input: EnableKeyRotationInput,
) -> Result<Empty, Error> {
    let now = cx.now();
    keys::change(&cx, &input.key_id, move |scope, key| {
        key.usable(scope)?;
        let period = input
            .rotation_period_in_days
            .or(key.rotation_period_days)
            .unwrap_or(DEFAULT_PERIOD_DAYS);
        if key.rotation_period_days != Some(period) {
            key.rotation_period_days = Some(period);
            key.next_rotation = Some(lifecycle::days_after(now, period));
        }
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

/// [DisableKeyRotation](https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKeyRotation.html)
pub(crate) async fn disable_key_rotation(cx: Cx, input: KeyInput) -> Result<Empty, Error> {
    keys::change(&cx, &input.key_id, |scope, key| {
        key.usable(scope)?;
        key.rotation_period_days = None;
        key.next_rotation = None;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

/// [GetKeyRotationStatus](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html)
pub(crate) async fn get_key_rotation_status(
    cx: Cx,
    input: KeyInput,
) -> Result<GetKeyRotationStatusOutput, Error> {
    let key = find::load(&cx, &input.key_id, Forms::KeyOnly).await?;
    // While a key waits for its deletion, nothing rotates it.
    let enabled = key.rotation_period_days.is_some() && key.state != KeyState::PendingDeletion;
    Ok(GetKeyRotationStatusOutput {
        key_rotation_enabled: enabled,
        key_id: key_arn(&cx.scope(), &key.id),
        rotation_period_in_days: key.rotation_period_days.filter(|_| enabled),
        next_rotation_date: key.next_rotation.filter(|_| enabled),
        on_demand_rotation_start_date: None,
    })
}

/// [RotateKeyOnDemand](https://docs.aws.amazon.com/kms/latest/APIReference/API_RotateKeyOnDemand.html)
pub(crate) async fn rotate_key_on_demand(cx: Cx, input: KeyInput) -> Result<KeyIdOutput, Error> {
    let (scope, now) = (cx.scope(), cx.now());
    let id = find::load(&cx, &input.key_id, Forms::KeyOnly).await?.into_inner().id;
    let on_demand = Some(RotationType::OnDemand);
    let fresh = material::create(cx.blobs(), &scope, &id, now, on_demand)?;
    keys::change(&cx, &id, move |scope, key| {
        key.usable(scope)?;
        let done = key.materials.iter().filter(|it| it.rotation == on_demand).count();
        if done >= MAX_ON_DEMAND {
            return Err(errors::LIMIT_EXCEEDED.error(format!(
                "A key can be rotated on demand {MAX_ON_DEMAND} times, and this one was."
            )));
        }
        key.materials.push(fresh.clone());
        Ok(())
    })
    .await?;
    Ok(KeyIdOutput { key_id: key_arn(&scope, &id) })
}

/// [ListKeyRotations](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyRotations.html)
pub(crate) async fn list_key_rotations(
    cx: Cx,
    input: ListKeyRotationsInput,
) -> Result<ListKeyRotationsOutput, Error> {
    let key = find::load(&cx, &input.key_id, Forms::KeyOnly).await?;
    let all = input.include_key_material == Some(IncludeKeyMaterial::AllKeyMaterial);
    let listing = format!("ListKeyRotations {} {all}", key.id);
    let entries = entries(&cx.scope(), &key, all);
    let (limit, marker) = (page::limit(input.limit, 100), input.marker.as_deref());
    let (rotations, next_marker) = page::slice(&listing, entries, limit, marker)?;
    Ok(ListKeyRotationsOutput { rotations, truncated: next_marker.is_some(), next_marker })
}

fn entries(scope: &Scope, key: &Key, all: bool) -> Vec<RotationsListEntry> {
    let key_id = key_arn(scope, &key.id);
    let last = key.materials.len().saturating_sub(1);
    let entry = |(at, material): (usize, &Material)| RotationsListEntry {
        key_id: key_id.clone(),
        key_material_id: Some(material.id.clone()),
        key_material_state: all.then_some(match at == last {
            true => KeyMaterialState::Current,
            false => KeyMaterialState::NonCurrent,
        }),
        rotation_date: material.rotation.map(|_| material.created),
        rotation_type: material.rotation,
        ..RotationsListEntry::default()
    };
    let shown = key.materials.iter().enumerate();
    shown.filter(|(_, material)| all || material.rotation.is_some()).map(entry).collect()
}
