//! The other side of [`crate::local`]'s nursery: waits, and forks a supervisor when asked.

use crate::sys::{self, Forked};
use nix::cmsg_space;
use nix::sys::signal::Signal;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg};
use std::io::{self, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::path::Path;

/// Forks supervisors for the requests on standard input, until there can be no more of them.
pub fn run(base: &Path) -> Result<(), String> {
    super::leave_the_yard()?;
    // Then the kernel buries supervisors: nobody here waits for them.
    sys::ignore_signal(Signal::SIGCHLD).map_err(super::text("ignore a signal"))?;
    let stdin = io::stdin();
    loop {
        let asked = next(stdin.as_fd()).map_err(super::text("hear of requests"))?;
        let Some(stdio) = asked else { return Ok(()) };
        // Without a supervisor the other ends of its descriptors close, which tells.
        if let Ok(Forked::Child) = sys::fork() {
            let _ = sys::default_signal(Signal::SIGCHLD);
            for (descriptor, number) in stdio.iter().zip(0..) {
                sys::place_descriptor(descriptor.as_fd(), number)
                    .map_err(super::text("take its descriptors"))?;
            }
            drop(stdio);
            return super::run(base);
        }
    }
}

/// The descriptors of the next request; none once the yard is gone.
fn next(requests: BorrowedFd<'_>) -> io::Result<Option<Vec<OwnedFd>>> {
    let mut byte = [0];
    let mut space = cmsg_space!([RawFd; 3]);
    let mut bytes = [IoSliceMut::new(&mut byte)];
    let flags = MsgFlags::MSG_CMSG_CLOEXEC;
    let received = loop {
        match recvmsg::<()>(requests.as_raw_fd(), &mut bytes, Some(&mut space), flags) {
            Err(nix::errno::Errno::EINTR) => {}
            Err(nix::errno::Errno::ECONNRESET) => return Ok(None),
            other => break other?,
        }
    };
    if received.bytes == 0 {
        return Ok(None);
    }
    let messages = received.cmsgs()?;
    let descriptors = messages.flat_map(|message| match message {
        ControlMessageOwned::ScmRights(descriptors) => descriptors,
        _ => Vec::new(),
    });
    Ok(Some(descriptors.map(sys::own_descriptor).collect()))
}
