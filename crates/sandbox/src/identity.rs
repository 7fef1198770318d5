//! Which process is meant: a pid alone may come to mean another process.

use crate::sys;
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::OnceLock;

/// A process, told apart from any other that had or will have its pid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Process id.
    pub pid: i32,
    /// Its start, in clock ticks since boot.
    start: u64,
    /// Which boot.
    boot: String,
}

impl Identity {
    /// Of a running process.
    pub fn of(pid: i32) -> io::Result<Self> {
        Ok(Self { pid, start: start_time(pid)?, boot: boot_id()?.to_owned() })
    }

    /// Of this process.
    pub fn own() -> io::Result<Self> {
        Self::of(i32::try_from(std::process::id()).map_err(io::Error::other)?)
    }

    /// A handle on the process if it still runs. A zombie runs no more.
    pub fn open(&self) -> Option<OwnedFd> {
        if boot_id().ok()? != self.boot {
            return None;
        }
        // First the handle, then the check: what is checked is what the handle holds.
        let pidfd = sys::pidfd_open(self.pid).ok()?;
        (start_time(self.pid).ok()? == self.start).then_some(pidfd)
    }

    /// Whether it still runs.
    pub fn is_alive(&self) -> bool {
        self.open().is_some()
    }

    /// Whether the machine has been restarted since.
    pub fn is_of_another_boot(&self) -> bool {
        boot_id().is_ok_and(|boot| boot != self.boot)
    }

    /// Sends it a signal; false if it no longer runs.
    pub fn signal(&self, signal: Signal) -> io::Result<bool> {
        match self.open() {
            None => Ok(false),
            Some(pidfd) => match sys::pidfd_signal(pidfd.as_fd(), signal) {
                Err(error) if error.raw_os_error() == Some(nix::libc::ESRCH) => Ok(false),
                other => other.map(|()| true),
            },
        }
    }

    pub fn to_json(&self) -> Value {
        json!({ "pid": self.pid, "start": self.start, "boot": self.boot })
    }

    pub fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            pid: i32::try_from(value.get("pid")?.as_i64()?).ok()?,
            start: value.get("start")?.as_u64()?,
            boot: value.get("boot")?.as_str()?.to_owned(),
        })
    }
}

/// Of this boot, which a process does not outlive.
fn boot_id() -> io::Result<&'static str> {
    static BOOT: OnceLock<String> = OnceLock::new();
    if let Some(boot) = BOOT.get() {
        return Ok(boot);
    }
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id")?;
    Ok(BOOT.get_or_init(|| boot.trim_end().to_owned()))
}

/// Field 22 of /proc/PID/stat, for a process that is no zombie.
fn start_time(pid: i32) -> io::Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The command name may contain anything, parentheses too: fields count from the last one.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let mut fields = fields.split_ascii_whitespace();
    let state = fields.next();
    if matches!(state, None | Some("Z" | "X")) {
        return Err(io::Error::other("the process has ended"));
    }
    let start = fields.nth(18).and_then(|field| field.parse().ok());
    start.ok_or_else(|| io::Error::other("/proc shows no start time"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_process_of_the_same_pid_is_not_mistaken() {
        let own = Identity::own().unwrap();
        assert!(own.is_alive());
        assert!(!Identity { start: own.start + 1, ..own.clone() }.is_alive());
        let earlier = Identity { boot: "earlier".into(), ..own.clone() };
        assert!(!earlier.is_alive() && earlier.is_of_another_boot());
        assert_eq!(Identity::from_json(&own.to_json()), Some(own));
    }

    #[test]
    fn a_zombie_is_not_alive() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let identity = Identity::of(child.id() as i32).unwrap();
        assert!(identity.signal(Signal::SIGKILL).unwrap());
        // Not waited for yet: it stays as a zombie.
        while identity.is_alive() {
            std::thread::yield_now();
        }
        assert!(!identity.signal(Signal::SIGKILL).unwrap());
        child.wait().unwrap();
    }
}
