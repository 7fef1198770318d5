//! Virtual MFA devices: seeds for authenticator applications, and the codes that they show.
//!
//! A device is a document of its own, which knows its user. Its seed is sealed under the yard's
//! key. A code counts once: the device keeps the last step that was used, and how far its clock is
//! off.

use api_identity::iam::*;
use blobs::KeyRef;
use service::{Cx, Error, Yard};
use shape::{Bytes, Empty};
use store::{Query, ReadTx, Resource as _, Stored, WriteTx};
use types::{Account, Scope};

use crate::entity::{self, load, scope};
use crate::listing::Page;
use crate::model::{self, BY_MFA_USER, MfaDevice, shown_tags};
use crate::totp::{self, SEED_LEN, SIGN_IN_WINDOW};
use crate::{errors, names, qr, totals, users};

/// Most devices of one user.
const MAX_DEVICES: usize = 8;

fn sealing_context(serial: &str) -> Vec<u8> {
    format!("iam mfa device {serial}").into_bytes()
}

fn open_seed(yard: &Yard, serial: &str, device: &MfaDevice) -> Result<Vec<u8>, Error> {
    let opened = yard.blobs().unseal(&sealing_context(serial), &device.sealed_seed);
    Ok(opened.map_err(Error::internal)?.to_vec())
}

/// The ARN that names a device.
pub(crate) fn serial_of(account: &Account, path: &str, name: &str) -> String {
    names::arn(account, "mfa", path, name)
}

fn missing(serial: &str) -> Error {
    errors::NO_SUCH_ENTITY
        .error(format!("VirtualMFADevice with serial number {serial} does not exist."))
}

fn invalid_code() -> Error {
    errors::INVALID_AUTHENTICATION_CODE
        .error("Authentication code for device is not valid. Use two codes that follow each other.")
}

/// The device that a serial number names in this account.
fn find(tx: &ReadTx<'_>, scope: &Scope, serial: &str) -> Result<Stored<MfaDevice>, Error> {
    let prefix = names::arn(&scope.account, "mfa", "", "");
    let key = serial.strip_prefix(&prefix).ok_or_else(|| missing(serial))?;
    tx.get::<MfaDevice>(scope, key)?.ok_or_else(|| missing(serial))
}

/// The device, which must be the user's.
fn find_of(
    tx: &ReadTx<'_>,
    scope: &Scope,
    serial: &str,
    user: &str,
) -> Result<Stored<MfaDevice>, Error> {
    let device = find(tx, scope, serial)?;
    if device.user.as_deref() != Some(user) {
        return Err(errors::NO_SUCH_ENTITY
            .error(format!("MFA Device {serial} is not associated with the user {user}.")));
    }
    Ok(device)
}

/// All devices of a user.
fn all_of(tx: &ReadTx<'_>, scope: &Scope, user: &str) -> Result<Vec<Stored<MfaDevice>>, Error> {
    let query = Query::first(MAX_DEVICES);
    let found = tx.by_index::<MfaDevice>(scope, BY_MFA_USER, &model::key_of(user), &query)?;
    Ok(found.items)
}

/// Whether a user has a device.
pub(crate) fn has_any(tx: &ReadTx<'_>, scope: &Scope, user: &str) -> Result<bool, Error> {
    Ok(!all_of(tx, scope, user)?.is_empty())
}

/// Keeps the devices of a user that is called otherwise now.
pub(crate) fn rename(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    old: &str,
    new: &str,
) -> Result<(), Error> {
    for mut device in all_of(tx, scope, old)? {
        device.user = Some(new.to_owned());
        tx.update(scope, &device)?;
    }
    Ok(())
}

pub(crate) async fn create(
    cx: Cx,
    input: CreateVirtualMFADeviceInput,
) -> Result<CreateVirtualMFADeviceOutput, Error> {
    let seed = types::random_bytes::<SEED_LEN>();
    let name = input.virtual_mfa_device_name;
    let path = names::path_or_root(input.path);
    let serial = serial_of(cx.account(), &path, &name);
    let sealed = cx
        .blobs()
        .seal(&KeyRef::Yard, &sealing_context(&serial), &seed)
        .map_err(Error::internal)?;
    let device = MfaDevice {
        name,
        path,
        sealed_seed: Bytes::from(sealed),
        tags: names::merge_tags(Vec::new(), input.tags.as_deref().unwrap_or_default())?,
        ..MfaDevice::default()
    };
    let secret = totp::base32(&seed);
    let label = format!("{}@{}", device.name, cx.account());
    let url = format!("otpauth://totp/{label}?secret={secret}");
    let output = VirtualMFADevice {
        serial_number: serial,
        base32_string_seed: Some(Bytes::from(secret.into_bytes())),
        qr_code_png: Some(Bytes::from(qr::png(&url)?)),
        tags: (!device.tags.is_empty()).then(|| shown_tags(&device.tags)),
        ..VirtualMFADevice::default()
    };
    let scope = scope(&cx);
    entity::write(&cx, move |tx| {
        if tx.exists::<MfaDevice>(&scope, &device.key())? {
            return Err(errors::ALREADY_EXISTS
                .error("MFADevice entity at the same path and name already exists."));
        }
        totals::count(tx, &scope, totals::MFA_DEVICES, 1)?;
        tx.insert(&scope, &device)?;
        Ok(())
    })
    .await?;
    Ok(CreateVirtualMFADeviceOutput { virtual_mfa_device: output })
}

/// Finds where the clock of a device stands by two codes that follow each other.
fn synchronize(cx: &Cx, device: &mut MfaDevice, input: &MFADeviceCodesInput) -> Result<(), Error> {
    let seed = open_seed(cx.yard(), &input.serial_number, device)?;
    let codes = (input.authentication_code1.as_str(), input.authentication_code2.as_str());
    let now = totp::step(cx.now());
    let step = totp::find_pair(&seed, codes, now, device.last_step).ok_or_else(invalid_code)?;
    device.drift = step.saturating_sub(now);
    device.last_step = step;
    Ok(())
}

pub(crate) async fn enable(cx: Cx, input: MFADeviceCodesInput) -> Result<Empty, Error> {
    let (context, scope) = (cx.clone(), scope(&cx));
    entity::write(&cx, move |tx| {
        let user = load::<model::User>(tx, &scope, &input.user_name)?;
        let mut device = find(tx, &scope, &input.serial_number)?;
        if device.user.is_some() {
            return Err(errors::ALREADY_EXISTS
                .error(format!("MFA Device {} is already in use.", input.serial_number)));
        }
        if all_of(tx, &scope, &user.name)?.len() >= MAX_DEVICES {
            return Err(errors::LIMIT_EXCEEDED
                .error(format!("Cannot exceed quota for MFADevicesPerUser: {MAX_DEVICES}")));
        }
        synchronize(&context, &mut device, &input)?;
        device.user = Some(user.name.clone());
        device.enabled = Some(names::whole_seconds(context.now()));
        totals::count(tx, &scope, totals::MFA_DEVICES_IN_USE, 1)?;
        tx.update(&scope, &device)?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn resync(cx: Cx, input: MFADeviceCodesInput) -> Result<Empty, Error> {
    let (context, scope) = (cx.clone(), scope(&cx));
    entity::write(&cx, move |tx| {
        let user = load::<model::User>(tx, &scope, &input.user_name)?;
        let mut device = find_of(tx, &scope, &input.serial_number, &user.name)?;
        synchronize(&context, &mut device, &input)?;
        tx.update(&scope, &device)?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn deactivate(cx: Cx, input: DeactivateMFADeviceInput) -> Result<Empty, Error> {
    let user_name = users::named_or_self(&cx, input.user_name)?;
    let scope = scope(&cx);
    entity::write(&cx, move |tx| {
        let user = load::<model::User>(tx, &scope, &user_name)?;
        let mut device = find_of(tx, &scope, &input.serial_number, &user.name)?;
        device.user = None;
        device.enabled = None;
        totals::count(tx, &scope, totals::MFA_DEVICES_IN_USE, -1)?;
        tx.update(&scope, &device)?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn delete(cx: Cx, input: DeleteVirtualMFADeviceInput) -> Result<Empty, Error> {
    let scope = scope(&cx);
    entity::write(&cx, move |tx| {
        let device = find(tx, &scope, &input.serial_number)?;
        if device.user.is_some() {
            return Err(errors::DELETE_CONFLICT
                .error("Cannot delete entity, must deactivate the MFA device first."));
        }
        totals::count(tx, &scope, totals::MFA_DEVICES, -1)?;
        tx.delete::<MfaDevice>(&scope, &device.key())?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn list(
    cx: Cx,
    input: ListMFADevicesInput,
) -> Result<ListMFADevicesOutput, Error> {
    let user_name = users::named_or_self(&cx, input.user_name)?;
    let listing = format!("ListMFADevices {user_name}");
    let page = Page::new(listing, input.marker.as_deref(), input.max_items)?;
    let devices = cx.read(|tx| {
        let user = load::<model::User>(tx, &scope(&cx), &user_name)?;
        all_of(tx, &scope(&cx), &user.name)
    })?;
    let shown = |device: &Stored<MfaDevice>| {
        Some(MFADevice {
            user_name: device.user.clone()?,
            serial_number: serial_of(cx.account(), &device.path, &device.name),
            enable_date: device.enabled?,
        })
    };
    let all = devices.iter().filter_map(shown).collect();
    let (mfa_devices, rest) = page.of(all, |device: &MFADevice| device.serial_number.clone());
    Ok(ListMFADevicesOutput { mfa_devices, is_truncated: rest.is_truncated, marker: rest.marker })
}

pub(crate) async fn list_virtual(
    cx: Cx,
    input: ListVirtualMFADevicesInput,
) -> Result<ListVirtualMFADevicesOutput, Error> {
    let status = input.assignment_status.unwrap_or_default();
    let listing = format!("ListVirtualMFADevices {status}");
    let page = Page::new(listing, input.marker.as_deref(), input.max_items)?;
    let fits = |device: &MfaDevice| match status {
        AssignmentStatusType::Any => true,
        AssignmentStatusType::Assigned => device.user.is_some(),
        AssignmentStatusType::Unassigned => device.user.is_none(),
    };
    let scope = scope(&cx);
    let shown = |tx: &ReadTx<'_>, device: MfaDevice| {
        let user = device.user.as_deref().map(|name| load::<model::User>(tx, &scope, name));
        Ok(VirtualMFADevice {
            serial_number: serial_of(cx.account(), &device.path, &device.name),
            user: user.transpose()?.map(|user| users::listed(&user, cx.account())),
            enable_date: device.enabled,
            ..VirtualMFADevice::default()
        })
    };
    let (virtual_mfa_devices, rest) = cx.read(|tx| {
        let (devices, rest) = page.of_resources::<MfaDevice>(tx, &scope, fits)?;
        let devices: Result<Vec<_>, Error> =
            devices.into_iter().map(|device| shown(tx, device)).collect();
        Ok((devices?, rest))
    })?;
    Ok(ListVirtualMFADevicesOutput {
        virtual_mfa_devices,
        is_truncated: rest.is_truncated,
        marker: rest.marker,
    })
}

async fn change_tags(
    cx: &Cx,
    serial: String,
    edit: impl Fn(Vec<model::Tag>) -> Result<Vec<model::Tag>, Error> + Send + 'static,
) -> Result<Empty, Error> {
    let scope = scope(cx);
    entity::write(cx, move |tx| {
        let mut device = find(tx, &scope, &serial)?;
        device.tags = edit(std::mem::take(&mut device.tags))?;
        tx.update(&scope, &device)?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn tag(cx: Cx, input: TagMFADeviceInput) -> Result<Empty, Error> {
    change_tags(&cx, input.serial_number, move |tags| names::merge_tags(tags, &input.tags)).await
}

pub(crate) async fn untag(cx: Cx, input: UntagMFADeviceInput) -> Result<Empty, Error> {
    let keys = input.tag_keys;
    change_tags(&cx, input.serial_number, move |tags| Ok(names::without_tags(tags, &keys))).await
}

pub(crate) async fn list_tags(
    cx: Cx,
    input: ListMFADeviceTagsInput,
) -> Result<ListTagsOutput, Error> {
    let device = cx.read(|tx| find(tx, &scope(&cx), &input.serial_number))?;
    let serial = &input.serial_number;
    users::tags_page("ListMFADeviceTags", serial, &device.tags, input.marker, input.max_items)
}

/// The tags of a device for conditions; none where there is no such device.
pub(crate) fn tags_of(cx: &Cx, serial: &str) -> Vec<model::Tag> {
    cx.read(|tx| Ok(find(tx, &scope(cx), serial)?.into_inner().tags)).unwrap_or_default()
}

/// Whether a code is of one of a user's devices; it is used up by this.
pub(crate) async fn spend_of_any(cx: &Cx, user: &str, code: String) -> Result<bool, Error> {
    let (context, scope, user) = (cx.clone(), scope(cx), user.to_owned());
    cx.write(move |tx| {
        let now = totp::step(context.now());
        for mut device in all_of(tx, &scope, &user)? {
            let serial = serial_of(&scope.account, &device.path, &device.name);
            let seed = open_seed(context.yard(), &serial, &device)?;
            let around = now.saturating_add(device.drift);
            let step = totp::find(&seed, &code, around, SIGN_IN_WINDOW, device.last_step);
            let Some(step) = step else { continue };
            device.drift = step.saturating_sub(now);
            device.last_step = step;
            tx.update(&scope, &device)?;
            return Ok(true);
        }
        Ok(false)
    })
    .await
}

/// Serial number and code as a client gives them with a call of STS.
pub(crate) struct Proof {
    serial: String,
    code: String,
}

impl Proof {
    /// Reads them: both, or neither.
    pub(crate) fn given(
        serial: Option<&String>,
        code: Option<&String>,
    ) -> Result<Option<Self>, Error> {
        match (serial, code) {
            (None, None) => Ok(None),
            (Some(serial), Some(code)) => {
                Ok(Some(Self { serial: serial.clone(), code: code.clone() }))
            }
            _ => Err(errors::ACCESS_DENIED.error(
                "MultiFactorAuthentication failed, must provide both MFA serial number and one \
                 time pass code.",
            )),
        }
    }

    /// Finds the caller's device and the step of the code. It is not used up by this.
    pub(crate) fn check(
        &self,
        cx: &Cx,
        tx: &ReadTx<'_>,
    ) -> Result<(Stored<MfaDevice>, i64), Error> {
        let not_yours = || {
            errors::ACCESS_DENIED.error(
                "MultiFactorAuthentication failed, unable to validate MFA code. Please verify \
                 your MFA serial number is valid and associated with this user.",
            )
        };
        let auth::policy::Principal::User { arn, .. } = &cx.caller().principal else {
            return Err(not_yours());
        };
        let user = names::name_of(arn);
        let device = find_of(tx, &scope(cx), &self.serial, user).map_err(|_| not_yours())?;
        let seed = open_seed(cx.yard(), &self.serial, &device)?;
        let around = totp::step(cx.now()).saturating_add(device.drift);
        let step = totp::find(&seed, &self.code, around, SIGN_IN_WINDOW, device.last_step);
        let step = step.ok_or_else(|| {
            errors::ACCESS_DENIED.error(
                "MultiFactorAuthentication failed with invalid MFA one time pass code. A code \
                 counts once: wait for the next one.",
            )
        })?;
        Ok((device, step))
    }

    /// Proves the code and uses it up.
    pub(crate) async fn spend(self, cx: &Cx) -> Result<(), Error> {
        let (context, scope) = (cx.clone(), scope(cx));
        cx.write(move |tx| {
            let (mut device, step) = self.check(&context, tx)?;
            device.drift = step.saturating_sub(totp::step(context.now()));
            device.last_step = step;
            tx.update(&scope, &device)?;
            Ok(())
        })
        .await
    }
}
