//! Starts the user's programs inside.

use crate::supervisor::group::Group;
use crate::sys::{self, Forked};
use nix::sys::signal::{SigSet, SigmaskHow, Signal, sigprocmask};
use nix::unistd::{Gid, Pid, Uid};
use std::ffi::CString;
use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

/// Capabilities left to root inside, by number: chown, dac_override, fowner, fsetid, kill, setgid,
/// setuid, setpcap, net_bind_service, net_raw, sys_chroot, audit_write, setfcap. Without sys_admin
/// it can't take covers off; without dac_read_search it can't open files by handle.
const CAPABILITIES: &[u32] = &[0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 29, 31];

/// A user as /etc/passwd and /etc/group inside tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
    pub home: String,
    pub shell: String,
    pub groups: Vec<u32>,
}

impl User {
    /// Looks a user up, by name or number.
    pub fn find(name: &str) -> Result<Self, String> {
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let groups = fs::read_to_string("/etc/group").unwrap_or_default();
        let mut user = passwd
            .lines()
            .find_map(|line| Self::from_line(line, name))
            .or_else(|| (name == "root").then(Self::root))
            .ok_or_else(|| format!("there is no user {name:?} inside the sandbox"))?;
        user.groups = groups.lines().filter_map(|line| membership(line, &user.name)).collect();
        user.groups.push(user.gid);
        Ok(user)
    }

    fn root() -> Self {
        let text = |value: &str| value.to_owned();
        Self {
            name: text("root"),
            uid: 0,
            gid: 0,
            home: text("/root"),
            shell: text("/bin/sh"),
            groups: Vec::new(),
        }
    }

    fn from_line(line: &str, wanted: &str) -> Option<Self> {
        let fields: Vec<&str> = line.split(':').collect();
        let &[name, _, uid, gid, _, home, shell] = fields.as_slice() else {
            return None;
        };
        (name == wanted || uid == wanted).then_some(())?;
        Some(Self {
            name: name.to_owned(),
            uid: uid.parse().ok()?,
            gid: gid.parse().ok()?,
            home: home.to_owned(),
            shell: shell.to_owned(),
            groups: Vec::new(),
        })
    }
}

fn membership(line: &str, user: &str) -> Option<u32> {
    let fields: Vec<&str> = line.split(':').collect();
    let &[_, _, gid, members] = fields.as_slice() else {
        return None;
    };
    members.split(',').any(|member| member == user).then(|| gid.parse().ok())?
}

/// What to start, with everything the new process needs.
pub struct Program<'a> {
    pub argv: Vec<CString>,
    pub env: Vec<CString>,
    /// Directories to look for a program without a slash.
    pub path: String,
    pub workdir: &'a Path,
    pub user: &'a User,
    /// Whether groups can be changed here; they can't with a single mapped user.
    pub set_groups: bool,
    /// Descriptors by the number they get.
    pub descriptors: Vec<(BorrowedFd<'a>, i32)>,
    /// Standard input is a terminal: that of its session.
    pub terminal: bool,
    /// It is killed when the process that started it dies.
    pub dies_with_parent: bool,
    pub group: &'a Group,
    pub max_processes: Option<u32>,
}

/// Starts a program; returns when it runs, or why it doesn't.
pub fn start(program: &Program<'_>) -> Result<Pid, String> {
    let (mut result, report) = io::pipe().map_err(|error| error.to_string())?;
    match sys::fork().map_err(|error| format!("failed to fork: {error}"))? {
        Forked::Child => {
            drop(result);
            let mut report = report;
            let error = run(program);
            // The parent reads why; the exit code tells the rest.
            let _ = report.write_all(error.as_bytes());
            sys::exit_now(127)
        }
        Forked::Parent(pid) => {
            drop(report);
            let mut error = String::new();
            // The pipe closes when the program runs.
            result.read_to_string(&mut error).map_err(|error| error.to_string())?;
            if error.is_empty() {
                return Ok(pid);
            }
            crate::inside::namespaces::reap(pid);
            Err(error)
        }
    }
}

/// Becomes the program; returns only what went wrong.
fn run(program: &Program<'_>) -> String {
    if let Err(error) = prepare(program) {
        return error;
    }
    let Some(name) = program.argv.first() else {
        return "there is no program to run".into();
    };
    let candidates = if name.as_bytes().contains(&b'/') {
        vec![name.clone()]
    } else {
        let name = name.to_string_lossy();
        let places = program.path.split(':').filter(|place| !place.is_empty());
        places.filter_map(|place| CString::new(format!("{place}/{name}")).ok()).collect()
    };
    let mut failure = nix::errno::Errno::ENOENT;
    for candidate in candidates {
        let error = match nix::unistd::execve(&candidate, &program.argv, &program.env) {
            Err(error) => error,
            Ok(never) => match never {},
        };
        if error != nix::errno::Errno::ENOENT {
            failure = error;
        }
    }
    format!("failed to run {}: {}", name.to_string_lossy(), failure.desc())
}

fn prepare(program: &Program<'_>) -> Result<(), String> {
    let step =
        |what: &'static str| move |error: nix::errno::Errno| format!("failed to {what}: {error}");
    nix::unistd::setsid().map_err(step("start a session"))?;
    program.group.join().map_err(|error| format!("failed to join the control group: {error}"))?;
    if let Some(max) = program.max_processes {
        use nix::sys::resource::{Resource, setrlimit};
        setrlimit(Resource::RLIMIT_NPROC, max.into(), max.into())
            .map_err(step("limit processes"))?;
    }
    sys::join_new_keyring();
    crate::inside::seccomp::refuse_calls();
    move_descriptors(program).map_err(|error| format!("failed to place descriptors: {error}"))?;
    let user = program.user;
    if program.set_groups {
        let groups: Vec<Gid> = user.groups.iter().copied().map(Gid::from_raw).collect();
        nix::unistd::setgroups(&groups).map_err(step("set groups"))?;
    }
    sys::keep_only_capabilities(CAPABILITIES)
        .map_err(|error| format!("failed to drop capabilities: {error}"))?;
    let (uid, gid) = (Uid::from_raw(user.uid), Gid::from_raw(user.gid));
    nix::unistd::setresgid(gid, gid, gid).map_err(step("change the group"))?;
    nix::unistd::setresuid(uid, uid, uid).map_err(step("change the user"))?;
    nix::unistd::chdir(program.workdir)
        .map_err(|error| format!("failed to enter {}: {error}", program.workdir.display()))?;
    if program.terminal {
        sys::take_terminal().map_err(|error| format!("failed to take the terminal: {error}"))?;
    }
    if program.dies_with_parent {
        // Here, because a change of users takes it back.
        nix::sys::prctl::set_pdeathsig(Signal::SIGKILL).map_err(step("tie it to its parent"))?;
    }
    // Rust ignores SIGPIPE, whoever started the yard or a shell perhaps more, and we block some;
    // programs expect the defaults.
    for signal in Signal::iterator().filter(|it| !matches!(it, Signal::SIGKILL | Signal::SIGSTOP)) {
        sys::default_signal(signal).map_err(step("reset a signal"))?;
    }
    sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None)
        .map_err(step("unblock signals"))
}

/// First out of the way of the wanted numbers, then onto them.
fn move_descriptors(program: &Program<'_>) -> io::Result<()> {
    let mut moved = Vec::new();
    for (descriptor, number) in &program.descriptors {
        moved.push((sys::duplicate_above(descriptor.as_fd(), 300)?, *number));
    }
    for (descriptor, number) in &moved {
        sys::place_descriptor(descriptor.as_fd(), *number)?;
    }
    Ok(())
}
