//! What this machine's kernel allows a sandbox, found by trying.

use crate::codec::{self, Malformed};
use crate::inside::namespaces;
use crate::inside::root;
use crate::status::{Isolation, Level};
use crate::supervisor::group;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// How user ids inside relate to those outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Users {
    /// The same, no user namespace: for a yard that runs as root.
    Host,
    /// The same, in a user namespace.
    Identity,
    /// Root inside is the yard's user; there are no others.
    Single,
    /// Root inside is the yard's user; others are its subordinate ids.
    Subordinate {
        /// First subordinate user id and their number.
        uids: (u32, u32),
        /// First subordinate group id and their number.
        gids: (u32, u32),
    },
}

/// How the root directory is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RootStyle {
    /// One overlay over `/`.
    Whole,
    /// One overlay over each of `/usr`, `/etc`, …
    Pieces,
    /// Read-only views of them.
    ReadOnly,
}

/// What works here.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    pub users: Users,
    pub root: RootStyle,
    /// Overlays can skip syncing to disk.
    pub volatile: bool,
    /// Changed files must be kept in memory, as the state directory can't hold them.
    pub upper_in_memory: bool,
    pub groups: group::Parents,
    pub isolation: Isolation,
}

/// What one process inside found.
struct Found {
    root: RootStyle,
    volatile: bool,
    upper_in_memory: bool,
}

impl Machine {
    /// Tries. `scratch` is an empty directory where the sandboxes' state will be. Only for a
    /// single-threaded process.
    pub fn discover(scratch: &Path) -> Self {
        let mut reasons = Vec::new();
        for users in namespaces::candidates(&mut reasons) {
            match attempt(&users, scratch) {
                Ok(found) => return Self::found(users, found, reasons),
                Err(error) => reasons.push(format!("{}: {error}", describe(&users))),
            }
        }
        Self {
            users: Users::Host,
            root: RootStyle::ReadOnly,
            volatile: false,
            upper_in_memory: false,
            groups: group::Parents::default(),
            isolation: Isolation { level: Level::None, reasons },
        }
    }

    fn found(users: Users, found: Found, mut reasons: Vec<String>) -> Self {
        match found.root {
            RootStyle::Whole => {}
            RootStyle::Pieces => reasons.push(
                "the kernel lets this user lay a copy-on-write layer over the system's \
                 directories one by one only: files owned by others can't be changed inside"
                    .into(),
            ),
            RootStyle::ReadOnly => reasons.push(
                "the kernel refuses overlays: the system's directories are read-only inside".into(),
            ),
        }
        if found.upper_in_memory {
            reasons.push(
                "the data directory's file system can't hold an overlay: changed files are kept \
                 in memory, and persistent sandboxes are refused"
                    .into(),
            );
        }
        if users == Users::Single {
            reasons.push(
                "root is the only user inside (no newuidmap, or no subordinate ids in \
                 /etc/subuid and /etc/subgid): run-as is refused, chown and package managers fail"
                    .into(),
            );
        }
        let groups = group::Parents::find(&mut reasons);
        let level = if reasons.is_empty() { Level::Full } else { Level::Reduced };
        Self {
            users,
            root: found.root,
            volatile: found.volatile,
            upper_in_memory: found.upper_in_memory,
            groups,
            isolation: Isolation { level, reasons },
        }
    }

    /// In a user namespace only extended attributes of users can be written.
    pub fn user_xattr(&self) -> bool {
        self.users != Users::Host
    }

    pub fn to_json(&self) -> Value {
        let users = match &self.users {
            Users::Host => json!("host"),
            Users::Identity => json!("identity"),
            Users::Single => json!("single"),
            Users::Subordinate { uids, gids } => json!([uids.0, uids.1, gids.0, gids.1]),
        };
        json!({
            "users": users,
            "root": root_name(self.root),
            "volatile": self.volatile,
            "upperInMemory": self.upper_in_memory,
            "groups": self.groups.to_json(),
            "level": self.isolation.level.name(),
            "reasons": self.isolation.reasons,
        })
    }

    pub fn from_json(value: &Value) -> Result<Self, Malformed> {
        let machine = value.as_object().ok_or(Malformed("machine"))?;
        let users = match machine.get("users").ok_or(Malformed("users"))? {
            Value::String(name) if name == "host" => Users::Host,
            Value::String(name) if name == "identity" => Users::Identity,
            Value::String(name) if name == "single" => Users::Single,
            Value::Array(_) => {
                let ids = codec::list(machine, "users", |id| {
                    id.as_u64().and_then(|id| u32::try_from(id).ok())
                })?;
                match ids.as_slice() {
                    &[uid, uids, gid, gids] => {
                        Users::Subordinate { uids: (uid, uids), gids: (gid, gids) }
                    }
                    _ => return Err(Malformed("users")),
                }
            }
            _ => return Err(Malformed("users")),
        };
        Ok(Self {
            users,
            root: root_from_name(&codec::text(machine, "root")?).ok_or(Malformed("root"))?,
            volatile: codec::flag(machine, "volatile")?,
            upper_in_memory: codec::flag(machine, "upperInMemory")?,
            groups: group::Parents::from_json(machine.get("groups")),
            isolation: Isolation {
                level: Level::from_name(&codec::text(machine, "level")?),
                reasons: codec::texts(machine, "reasons")?,
            },
        })
    }
}

const fn root_name(root: RootStyle) -> &'static str {
    match root {
        RootStyle::Whole => "whole",
        RootStyle::Pieces => "pieces",
        RootStyle::ReadOnly => "read-only",
    }
}

fn root_from_name(name: &str) -> Option<RootStyle> {
    [RootStyle::Whole, RootStyle::Pieces, RootStyle::ReadOnly]
        .into_iter()
        .find(|root| root_name(*root) == name)
}

fn describe(users: &Users) -> &'static str {
    match users {
        Users::Host => "namespaces as root failed",
        Users::Identity => "namespaces in a user namespace with all ids failed",
        Users::Single => "namespaces in a user namespace failed",
        Users::Subordinate { .. } => "namespaces with subordinate ids failed",
    }
}

/// Enters namespaces with these users and sees which roots can be made there.
fn attempt(users: &Users, scratch: &Path) -> Result<Found, String> {
    let place = scratch.to_owned();
    let user_xattr = *users != Users::Host;
    let (child, mut answer) = namespaces::enter(users, move |mut stream| {
        let line = match try_inside(&place, user_xattr) {
            Ok(found) => json!({
                "root": root_name(found.root),
                "volatile": found.volatile,
                "upperInMemory": found.upper_in_memory,
            }),
            Err(error) => json!({ "error": error }),
        };
        // If nobody listens any more, there is nobody to tell.
        let _ = stream.write_all(line.to_string().as_bytes());
    })
    .map_err(|error| error.to_string())?;
    let mut line = String::new();
    let read = answer.read_to_string(&mut line);
    namespaces::reap(child);
    read.map_err(|error| error.to_string())?;
    let answer: Value = serde_json::from_str(&line).map_err(|_| "it died".to_owned())?;
    if let Some(error) = answer.get("error").and_then(Value::as_str) {
        return Err(error.to_owned());
    }
    let flag = |name| answer.get(name).and_then(Value::as_bool).unwrap_or(false);
    let root = answer.get("root").and_then(Value::as_str).and_then(root_from_name);
    Ok(Found {
        root: root.ok_or("it answered nonsense")?,
        volatile: flag("volatile"),
        upper_in_memory: flag("upperInMemory"),
    })
}

fn try_inside(scratch: &Path, user_xattr: bool) -> Result<Found, String> {
    root::make_private().map_err(|error| format!("mounts can't be made private: {error}"))?;
    root::try_detached_mounts(scratch)
        .map_err(|error| format!("detached mounts (Linux 5.12) are refused: {error}"))?;
    root::try_proc().map_err(|error| format!("a /proc of its own is refused: {error}"))?;
    let mut attempts = 0;
    let mut works = |lower: &str, in_memory: bool, volatile: bool| {
        attempts += 1;
        let place = scratch.join(format!("try{attempts}"));
        let options = root::Overlay { user_xattr, volatile };
        root::try_overlay(Path::new(lower), &place, in_memory, options).is_ok()
    };
    for upper_in_memory in [false, true] {
        for (lower, root) in [("/", RootStyle::Whole), ("/usr", RootStyle::Pieces)] {
            for volatile in [true, false] {
                if works(lower, upper_in_memory, volatile) {
                    return Ok(Found { root, volatile, upper_in_memory });
                }
            }
        }
    }
    Ok(Found { root: RootStyle::ReadOnly, volatile: false, upper_in_memory: false })
}

/// Where a process's files of its own are: `scratch` for discovery.
pub fn scratch_below(base: &Path) -> PathBuf {
    base.join(format!(".probe-{}", std::process::id()))
}
