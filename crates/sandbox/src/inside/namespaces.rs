//! A process in namespaces of its own, and the mapping of its users.

use crate::machine::Users;
use crate::sys::{self, Forked};
use nix::sched::CloneFlags;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::{Pid, Uid};
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};

/// The mappings worth trying here, best first.
pub fn candidates(reasons: &mut Vec<String>) -> Vec<Users> {
    if Uid::effective().is_root() {
        return vec![Users::Host, Users::Identity, Users::Single];
    }
    match subordinate_ids() {
        Ok(users) => vec![users, Users::Single],
        Err(reason) => {
            reasons.push(reason);
            vec![Users::Single]
        }
    }
}

/// Runs `body` as the first process of new namespaces, with its users mapped; returns its pid and
/// the other end of the stream that `body` gets. It dies when this process dies. Only for a
/// single-threaded process.
pub fn enter(users: &Users, body: impl FnOnce(UnixStream)) -> io::Result<(Pid, UnixStream)> {
    let (mut ours, mut theirs) = UnixStream::pair()?;
    let mut flags = CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS;
    if *users != Users::Host {
        flags |= CloneFlags::CLONE_NEWUSER;
    }
    match sys::clone_process(flags)? {
        Forked::Child => {
            drop(ours);
            let dies_with_parent = nix::sys::prctl::set_pdeathsig(Signal::SIGKILL);
            // The byte says that the users are mapped; no byte, that the parent is gone.
            let mut go = [0u8];
            if dies_with_parent.is_ok() && theirs.read_exact(&mut go).is_ok() {
                body(theirs);
            }
            sys::exit_now(0)
        }
        Forked::Parent(child) => {
            drop(theirs);
            let mapped = map_users(users, child).and_then(|()| ours.write_all(b"g"));
            match mapped {
                Ok(()) => Ok((child, ours)),
                Err(error) => {
                    // A child of ours that nobody has waited for: the pid can't mean another.
                    let _ = kill(child, Signal::SIGKILL);
                    reap(child);
                    Err(error)
                }
            }
        }
    }
}

/// Waits for a child that is ending.
pub fn reap(child: Pid) {
    while waitpid(child, None) == Err(nix::errno::Errno::EINTR) {}
}

fn map_users(users: &Users, child: Pid) -> io::Result<()> {
    let file = |name: &str| format!("/proc/{child}/{name}");
    match users {
        Users::Host => Ok(()),
        Users::Identity => {
            std::fs::write(file("uid_map"), identity_map("/proc/self/uid_map")?)?;
            std::fs::write(file("gid_map"), identity_map("/proc/self/gid_map")?)
        }
        Users::Single => {
            // The kernel asks for this before an ordinary user may map groups.
            std::fs::write(file("setgroups"), "deny")?;
            std::fs::write(file("uid_map"), format!("0 {} 1\n", Uid::effective()))?;
            let group = nix::unistd::Gid::effective();
            std::fs::write(file("gid_map"), format!("0 {group} 1\n"))
        }
        Users::Subordinate { uids, gids } => {
            let user = Uid::effective().as_raw();
            let group = nix::unistd::Gid::effective().as_raw();
            run_map_tool("newuidmap", child, user, *uids)?;
            run_map_tool("newgidmap", child, group, *gids)
        }
    }
}

/// Every id known here, as itself.
fn identity_map(own: &str) -> io::Result<String> {
    let mut map = String::new();
    for line in std::fs::read_to_string(own)?.lines() {
        let mut fields = line.split_ascii_whitespace();
        if let (Some(inside), Some(count)) = (fields.next(), fields.nth(1)) {
            map.push_str(&format!("{inside} {inside} {count}\n"));
        }
    }
    Ok(map)
}

fn run_map_tool(tool: &str, child: Pid, own: u32, (first, count): (u32, u32)) -> io::Result<()> {
    let words = [child.as_raw() as u32, 0, own, 1, 1, first, count];
    let output = Command::new(tool)
        .args(words.iter().map(u32::to_string))
        .stdin(Stdio::null())
        .output()
        .map_err(|error| io::Error::other(format!("failed to run {tool}: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("{tool} failed: {}", said.trim())))
}

/// This user's ranges in /etc/subuid and /etc/subgid, if the tools that use them are there.
fn subordinate_ids() -> Result<Users, String> {
    for tool in ["newuidmap", "newgidmap"] {
        let paths = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
        if !std::env::split_paths(&paths).any(|dir| dir.join(tool).is_file()) {
            return Err(format!("{tool} is not installed"));
        }
    }
    let user = Uid::effective();
    let name = user_name(user.as_raw());
    let range = |file: &str| {
        subordinate_range(Path::new(file), user.as_raw(), name.as_deref())
            .ok_or_else(|| format!("{file} gives this user no subordinate ids"))
    };
    Ok(Users::Subordinate { uids: range("/etc/subuid")?, gids: range("/etc/subgid")? })
}

fn subordinate_range(file: &Path, uid: u32, name: Option<&str>) -> Option<(u32, u32)> {
    let text = std::fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let owner = fields.next()?;
        if Some(owner) != name && owner.parse() != Ok(uid) {
            return None;
        }
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    })
}

fn user_name(uid: u32) -> Option<String> {
    let passwd = std::fs::read_to_string("/etc/passwd").ok()?;
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}
