//! Lets a container that has a network of its own reach one address of this machine: the yard's,
//! which listens on loopback alone.
//!
//! A process of its own, the supervisor's child, listens at the same address inside and passes
//! bytes on. It takes the rights over the container's network that root has; it ends with the
//! supervisor.

use crate::sys::{self, Forked};
use nix::sched::{CloneFlags, setns};
use nix::sys::signal::Signal;
use std::fs::File;
use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// Connections at one time; more wait.
const MOST: usize = 128;

/// Opens it for the container of this process, at `inside`, for what is at `address` here; returns
/// when it listens. Only for a single-threaded process.
pub fn open(pid: i32, inside: SocketAddr, address: SocketAddr) -> Result<(), String> {
    let listener = listen_inside(pid, inside)
        .map_err(|error| format!("failed to listen at {inside} inside the container: {error}"))?;
    let supervisor = nix::unistd::getpid();
    match sys::fork().map_err(|error| format!("failed to fork: {error}"))? {
        Forked::Parent(_) => Ok(()),
        Forked::Child => {
            let null = File::options().read(true).write(true).open("/dev/null");
            for number in 0..3 {
                // The yard waits for the end of what the supervisor tells it.
                let _ = null.as_ref().map(|null| sys::place_descriptor(null.as_fd(), number));
            }
            let tied = nix::sys::prctl::set_pdeathsig(Signal::SIGKILL);
            if tied.is_ok() && nix::unistd::getppid() == supervisor {
                serve(&listener, address);
            }
            sys::exit_now(0)
        }
    }
}

fn listen_inside(pid: i32, address: SocketAddr) -> io::Result<TcpListener> {
    let here = File::open("/proc/self/ns/net")?;
    let there = File::open(format!("/proc/{pid}/ns/net"))?;
    setns(there.as_fd(), CloneFlags::CLONE_NEWNET)?;
    let listener = TcpListener::bind(address);
    // A supervisor in the container's network would be none of this machine's any more.
    setns(here.as_fd(), CloneFlags::CLONE_NEWNET)?;
    listener
}

fn serve(listener: &TcpListener, address: SocketAddr) {
    let open = Arc::new(());
    loop {
        while Arc::strong_count(&open) > MOST {
            thread::sleep(Duration::from_millis(10));
        }
        let Ok((inside, _)) = listener.accept() else {
            // Out of descriptors, say.
            thread::sleep(Duration::from_millis(10));
            continue;
        };
        let counted = open.clone();
        // Without a thread the connection closes, which tells.
        let _ = thread::Builder::new().spawn(move || {
            let _counted = counted;
            // Refused here is refused there.
            if let Ok(outside) = TcpStream::connect(address) {
                pass_on(inside, outside);
            }
        });
    }
}

fn pass_on(inside: TcpStream, outside: TcpStream) {
    let (Ok(mut from), Ok(mut to)) = (inside.try_clone(), outside.try_clone()) else { return };
    let there = thread::Builder::new().spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    let (mut from, mut to) = (outside, inside);
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
    if let Ok(there) = there {
        let _ = there.join();
    }
}
