//! Owners, modes, access lists and labels.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use formats::appspec::{Acl, Context, Permission};
use nix::unistd::{Group, User};

/// Applies a permission to an object. Gives the object's real path if it got an SELinux label,
/// which the next install must take off again.
pub(super) fn apply(object: &Path, permission: &Permission) -> Result<Option<PathBuf>, String> {
    let failed = |what: &str, error: &dyn std::fmt::Display| {
        format!("The {what} of {} could not be set: {error}", object.display())
    };
    // First the owner: the kernel takes special bits of the mode away when it changes.
    if permission.owner.is_some() || permission.group.is_some() {
        let (uid, gid) = ids(permission).map_err(|why| failed("owner", &why))?;
        chown(object, uid, gid).map_err(|error| failed("owner", &error))?;
    }
    if let Some(mode) = permission.mode {
        fs::set_permissions(object, fs::Permissions::from_mode(mode.bits()))
            .map_err(|error| failed("mode", &error))?;
    }
    if let Some(acl) = &permission.acls {
        set_acl(object, acl).map_err(|why| failed("access list", &why))?;
    }
    match &permission.context {
        Some(context) => {
            set_context(object, context).map(Some).map_err(|why| failed("SELinux context", &why))
        }
        None => Ok(None),
    }
}

fn ids(permission: &Permission) -> Result<(Option<u32>, Option<u32>), String> {
    let uid = match &permission.owner {
        Some(name) => match User::from_name(name) {
            Ok(Some(user)) => Some(user.uid.as_raw()),
            Ok(None) => return Err(format!("there is no user {name}")),
            Err(error) => return Err(format!("the user {name} cannot be looked up: {error}")),
        },
        None => None,
    };
    let gid = match &permission.group {
        Some(name) => match Group::from_name(name) {
            Ok(Some(group)) => Some(group.gid.as_raw()),
            Ok(None) => return Err(format!("there is no group {name}")),
            Err(error) => return Err(format!("the group {name} cannot be looked up: {error}")),
        },
        None => None,
    };
    Ok((uid, gid))
}

fn set_acl(object: &Path, acl: &Acl) -> Result<(), String> {
    let mode = fs::metadata(object).map_err(|error| error.to_string())?.permissions().mode();
    let entries: Vec<String> = acl.complete(mode).iter().map(ToString::to_string).collect();
    run(Command::new("setfacl").arg("--set").arg(entries.join(",")).arg("--").arg(object))
}

fn set_context(object: &Path, context: &Context) -> Result<PathBuf, String> {
    let object = object.canonicalize().map_err(|error| error.to_string())?;
    let mut semanage = Command::new("semanage");
    semanage.args(["fcontext", "-a"]);
    if let Some(user) = &context.user {
        semanage.args(["-s", user]);
    }
    semanage.args(["-t", &context.kind]);
    if let Some(range) = &context.range {
        semanage.args(["-r", &range.to_string()]);
    }
    run(semanage.arg(&object))?;
    run(Command::new("restorecon").arg("-v").arg(&object))?;
    Ok(object)
}

/// Takes the label's rule off. As in the published agent, a failure changes nothing: the file is
/// removed anyway.
pub(super) fn forget_context(object: &Path) {
    if let Err(why) = run(Command::new("semanage").args(["fcontext", "-d"]).arg(object)) {
        tracing::warn!(object = %object.display(), why, "an SELinux rule stays");
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => format!("this host has no {name}"),
        _ => format!("{name}: {error}"),
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{name} failed ({}): {}", output.status, said.trim()))
}
