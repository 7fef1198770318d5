//! Rows of SSH public keys, passwords and MFA devices.

use api_identity::iam::*;
use service::{Right, Service, op};

use crate::{errors, login_profiles, mfa, model, rights, ssh_keys};

/// All of them.
pub(super) fn rows(service: Service) -> Service {
    mfa_devices(login_profiles(ssh_public_keys(service)))
}

/// `op(CALL, HANDLER)` with its right on the user that the input names.
macro_rules! on_user {
    ($call:ident, $handler:path) => {
        op($call, $handler).rights(|cx, i| {
            let action = concat!("iam:", stringify!($call));
            Ok(vec![rights::on::<model::User>(cx, action, &i.user_name)])
        })
    };
}

/// The same where a client may leave the user out to mean itself.
macro_rules! on_user_or_self {
    ($call:ident, $handler:path) => {
        op($call, $handler).rights(|cx, i| {
            let action = concat!("iam:", stringify!($call));
            Ok(vec![rights::on_user_or_self(cx, action, i.user_name.as_deref())])
        })
    };
}

fn ssh_public_keys(service: Service) -> Service {
    service
        .operation(on_user!(UploadSSHPublicKey, ssh_keys::upload).write().errors(&[
            errors::LIMIT_EXCEEDED,
            errors::NO_SUCH_ENTITY,
            errors::INVALID_PUBLIC_KEY,
            errors::DUPLICATE_SSH_PUBLIC_KEY,
            errors::UNRECOGNIZED_PUBLIC_KEY_ENCODING,
        ]))
        .operation(
            on_user!(GetSSHPublicKey, ssh_keys::get)
                .errors(&[errors::NO_SUCH_ENTITY, errors::UNRECOGNIZED_PUBLIC_KEY_ENCODING]),
        )
        .operation(
            on_user_or_self!(ListSSHPublicKeys, ssh_keys::list)
                .list()
                .paginated("Marker", "MaxItems", 100)
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            on_user!(UpdateSSHPublicKey, ssh_keys::update)
                .write()
                .errors(&[errors::NO_SUCH_ENTITY, errors::INVALID_INPUT]),
        )
        .operation(
            on_user!(DeleteSSHPublicKey, ssh_keys::delete)
                .write()
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
}

fn login_profiles(service: Service) -> Service {
    service
        .operation(on_user_or_self!(CreateLoginProfile, login_profiles::create).write().errors(&[
            errors::ALREADY_EXISTS,
            errors::NO_SUCH_ENTITY,
            errors::PASSWORD_POLICY_VIOLATION,
        ]))
        .operation(
            on_user_or_self!(GetLoginProfile, login_profiles::get)
                .list()
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            on_user!(UpdateLoginProfile, login_profiles::update)
                .write()
                .errors(&[errors::NO_SUCH_ENTITY, errors::PASSWORD_POLICY_VIOLATION]),
        )
        .operation(
            on_user_or_self!(DeleteLoginProfile, login_profiles::delete)
                .write()
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(ChangePassword, login_profiles::change_password)
                .write()
                .rights(|cx, _| Ok(vec![rights::on_user_or_self(cx, "iam:ChangePassword", None)]))
                .errors(&[
                    errors::NO_SUCH_ENTITY,
                    errors::INVALID_USER_TYPE,
                    errors::LIMIT_EXCEEDED,
                    errors::ENTITY_TEMPORARILY_UNMODIFIABLE,
                    errors::PASSWORD_POLICY_VIOLATION,
                ]),
        )
}

fn mfa_devices(service: Service) -> Service {
    service
        .operation(
            op(CreateVirtualMFADevice, mfa::create)
                .write()
                .rights(|cx, i| {
                    let path = i.path.as_deref().unwrap_or("/");
                    let serial = mfa::serial_of(cx.account(), path, &i.virtual_mfa_device_name);
                    let right = Right::new("iam:CreateVirtualMFADevice", serial);
                    Ok(vec![rights::request_tags(right, i.tags.as_deref())])
                })
                .errors(&[errors::LIMIT_EXCEEDED, errors::INVALID_INPUT, errors::ALREADY_EXISTS]),
        )
        .operation(on_user!(EnableMFADevice, mfa::enable).write().errors(&[
            errors::ALREADY_EXISTS,
            errors::INVALID_AUTHENTICATION_CODE,
            errors::LIMIT_EXCEEDED,
            errors::NO_SUCH_ENTITY,
        ]))
        .operation(on_user!(ResyncMFADevice, mfa::resync).write().errors(&[
            errors::INVALID_AUTHENTICATION_CODE,
            errors::NO_SUCH_ENTITY,
            errors::LIMIT_EXCEEDED,
        ]))
        .operation(
            on_user_or_self!(DeactivateMFADevice, mfa::deactivate)
                .write()
                .errors(&[errors::NO_SUCH_ENTITY, errors::LIMIT_EXCEEDED]),
        )
        .operation(
            op(DeleteVirtualMFADevice, mfa::delete)
                .write()
                .rights(|cx, i| {
                    Ok(vec![rights::on_mfa(cx, "iam:DeleteVirtualMFADevice", &i.serial_number)])
                })
                .errors(&[errors::NO_SUCH_ENTITY, errors::DELETE_CONFLICT, errors::LIMIT_EXCEEDED]),
        )
        .operation(
            on_user_or_self!(ListMFADevices, mfa::list)
                .list()
                .paginated("Marker", "MaxItems", 100)
                .errors(&[errors::NO_SUCH_ENTITY]),
        )
        .operation(
            op(ListVirtualMFADevices, mfa::list_virtual)
                .list()
                .paginated("Marker", "MaxItems", 100),
        )
        .operation(
            op(TagMFADevice, mfa::tag)
                .tagging()
                .rights(|cx, i| {
                    let right = rights::on_mfa(cx, "iam:TagMFADevice", &i.serial_number);
                    Ok(vec![rights::request_tags(right, Some(&i.tags))])
                })
                .errors(&[errors::INVALID_INPUT, errors::NO_SUCH_ENTITY, errors::LIMIT_EXCEEDED]),
        )
        .operation(
            op(UntagMFADevice, mfa::untag)
                .tagging()
                .rights(|cx, i| {
                    let right = rights::on_mfa(cx, "iam:UntagMFADevice", &i.serial_number);
                    Ok(vec![right.with_values("aws:TagKeys", i.tag_keys.clone())])
                })
                .errors(&[errors::NO_SUCH_ENTITY, errors::INVALID_INPUT]),
        )
        .operation(
            op(ListMFADeviceTags, mfa::list_tags)
                .list()
                .rights(|cx, i| {
                    Ok(vec![rights::on_mfa(cx, "iam:ListMFADeviceTags", &i.serial_number)])
                })
                .paginated("Marker", "MaxItems", 100)
                .errors(&[errors::NO_SUCH_ENTITY, errors::INVALID_INPUT]),
        )
}
