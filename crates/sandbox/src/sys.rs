//! The kernel calls that have no safe wrapper, each as one small function.
//!
//! This and `inside::exec` are the only modules of the crate that may use `unsafe`.
#![allow(unsafe_code)]

use nix::errno::Errno;
use nix::libc;
use nix::sched::CloneFlags;
use nix::sys::signal::Signal;
use nix::unistd::Pid;
use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

/// What `clone_process` and `fork` return: the same call, seen from both sides.
pub enum Forked {
    /// In the caller: the new process.
    Parent(Pid),
    /// In the new process.
    Child,
}

/// Forks into new namespaces. Must be called from a single-threaded process only, as the child
/// goes on to allocate.
pub fn clone_process(namespaces: CloneFlags) -> io::Result<Forked> {
    let flags = namespaces.bits() as libc::c_long | libc::c_long::from(libc::SIGCHLD);
    // SAFETY: without CLONE_VM and with a null stack this is fork(2) with namespaces: the child
    // gets a copy of the memory and goes on at this very point; no pointer is handed over. The
    // caller is single-threaded, so no lock can be held by a thread that the child lacks.
    let pid = unsafe { libc::syscall(libc::SYS_clone, flags, 0usize, 0usize, 0usize, 0usize) };
    match Errno::result(pid)? {
        0 => Ok(Forked::Child),
        pid => Ok(Forked::Parent(Pid::from_raw(pid as libc::pid_t))),
    }
}

/// Plain fork(2), under the same condition as [`clone_process`].
pub fn fork() -> io::Result<Forked> {
    // SAFETY: the caller is single-threaded (see above), so the child may allocate.
    match unsafe { nix::unistd::fork() }? {
        nix::unistd::ForkResult::Parent { child } => Ok(Forked::Parent(child)),
        nix::unistd::ForkResult::Child => Ok(Forked::Child),
    }
}

/// A handle on a process that cannot come to mean another one.
pub fn pidfd_open(pid: i32) -> io::Result<OwnedFd> {
    // SAFETY: plain integers in, a new descriptor or -1 out; we become its only owner.
    unsafe {
        let fd = Errno::result(libc::syscall(libc::SYS_pidfd_open, pid, 0))?;
        Ok(OwnedFd::from_raw_fd(fd as i32))
    }
}

/// Sends a signal to the process behind a pidfd.
pub fn pidfd_signal(pidfd: BorrowedFd<'_>, signal: Signal) -> io::Result<()> {
    // SAFETY: a null siginfo is allowed and means "as kill(2) would".
    let done = unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            pidfd.as_raw_fd(),
            signal as i32,
            std::ptr::null::<libc::siginfo_t>(),
            0,
        )
    };
    Errno::result(done)?;
    Ok(())
}

/// Bytes waiting in a pipe.
pub fn bytes_waiting(fd: BorrowedFd<'_>) -> usize {
    let mut waiting: libc::c_int = 0;
    // SAFETY: FIONREAD writes one int to the address given, which outlives the call.
    let done = unsafe { libc::ioctl(fd.as_raw_fd(), libc::FIONREAD, &mut waiting) };
    if done < 0 { 0 } else { usize::try_from(waiting).unwrap_or(0) }
}

/// Leaves the session keyring of whoever started us.
pub fn join_new_keyring() {
    // SAFETY: a null name asks for an anonymous keyring; nothing is written to memory. A kernel
    // without keyrings answers an error, and then there is none to leave.
    unsafe {
        libc::syscall(
            libc::SYS_keyctl,
            libc::KEYCTL_JOIN_SESSION_KEYRING as libc::c_long,
            std::ptr::null::<libc::c_char>(),
        )
    };
}

/// Takes capabilities out of the bounding set, so that no exec'd program can get them back.
pub fn keep_only_capabilities(keep: &[u32]) -> io::Result<()> {
    for capability in 0..64u32 {
        if keep.contains(&capability) {
            continue;
        }
        // SAFETY: PR_CAPBSET_DROP takes integers only.
        let done =
            unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability as libc::c_ulong, 0, 0, 0) };
        match Errno::result(done) {
            Ok(_) => {}
            Err(Errno::EINVAL) => break, // beyond the last capability of this kernel
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// A detached copy of the mount at a path, to be put elsewhere by [`move_mount`].
pub fn clone_mount(path: &CStr, recursive: bool) -> io::Result<OwnedFd> {
    let mut flags = libc::OPEN_TREE_CLONE | libc::OPEN_TREE_CLOEXEC;
    if recursive {
        flags |= libc::AT_RECURSIVE as libc::c_uint;
    }
    // SAFETY: the path is a C string that outlives the call; we own the descriptor returned.
    unsafe {
        let fd = libc::syscall(libc::SYS_open_tree, libc::AT_FDCWD, path.as_ptr(), flags);
        Ok(OwnedFd::from_raw_fd(Errno::result(fd)? as i32))
    }
}

/// `struct mount_attr` of linux/mount.h.
#[repr(C)]
struct MountAttr {
    set: u64,
    clear: u64,
    propagation: u64,
    userns_fd: u64,
}

/// Restrictions put on a mount.
#[derive(Clone, Copy)]
pub struct MountFlags(u64);

impl MountFlags {
    /// Nothing can be written through it.
    pub const READ_ONLY: Self = Self(0x1);
    /// Set-user-id programs lose that.
    pub const NO_SUID: Self = Self(0x2);
    /// Device files don't open.
    pub const NO_DEV: Self = Self(0x4);
    /// Nothing can be executed from it.
    pub const NO_EXEC: Self = Self(0x8);

    /// Both.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn fsmount_attributes(self) -> libc::c_uint {
        self.0 as libc::c_uint
    }
}

/// Restricts a mount (and, if `recursive`, all below it).
pub fn restrict_mount(fd: BorrowedFd<'_>, flags: MountFlags, recursive: bool) -> io::Result<()> {
    let attr = MountAttr { set: flags.0, clear: 0, propagation: 0, userns_fd: 0 };
    let at = libc::AT_EMPTY_PATH | if recursive { libc::AT_RECURSIVE } else { 0 };
    // SAFETY: the empty path and the attribute block outlive the call, and its true size is told.
    let done = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            fd.as_raw_fd(),
            c"".as_ptr(),
            at,
            &attr as *const MountAttr,
            std::mem::size_of::<MountAttr>(),
        )
    };
    Errno::result(done)?;
    Ok(())
}

/// Attaches a detached mount at a path.
pub fn move_mount(fd: BorrowedFd<'_>, target: &CStr) -> io::Result<()> {
    // SAFETY: both paths are C strings that outlive the call.
    let done = unsafe {
        libc::syscall(
            libc::SYS_move_mount,
            fd.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_FDCWD,
            target.as_ptr(),
            libc::MOVE_MOUNT_F_EMPTY_PATH | libc::MOVE_MOUNT_T_SYMLINKS,
        )
    };
    Errno::result(done)?;
    Ok(())
}

/// Makes a file system that is mounted nowhere yet, to be put somewhere by [`move_mount`].
pub fn new_filesystem(
    kind: &CStr,
    options: &[(&CStr, CString)],
    flags: MountFlags,
) -> io::Result<OwnedFd> {
    // From linux/mount.h.
    const FSCONFIG_SET_STRING: libc::c_uint = 1;
    const FSCONFIG_CMD_CREATE: libc::c_uint = 6;
    const CLOEXEC: libc::c_uint = 1;
    // SAFETY: every pointer is a C string that outlives its call or null where the command takes
    // none; each descriptor returned is owned by us alone.
    unsafe {
        let context = Errno::result(libc::syscall(libc::SYS_fsopen, kind.as_ptr(), CLOEXEC))?;
        let context = OwnedFd::from_raw_fd(context as i32);
        for (key, value) in options {
            Errno::result(libc::syscall(
                libc::SYS_fsconfig,
                context.as_raw_fd(),
                FSCONFIG_SET_STRING,
                key.as_ptr(),
                value.as_ptr(),
                0,
            ))?;
        }
        Errno::result(libc::syscall(
            libc::SYS_fsconfig,
            context.as_raw_fd(),
            FSCONFIG_CMD_CREATE,
            std::ptr::null::<libc::c_char>(),
            std::ptr::null::<libc::c_char>(),
            0,
        ))?;
        let mount = libc::syscall(
            libc::SYS_fsmount,
            context.as_raw_fd(),
            CLOEXEC,
            flags.fsmount_attributes(),
        );
        Ok(OwnedFd::from_raw_fd(Errno::result(mount)? as i32))
    }
}

/// Gives the descriptor the given number, open across exec. For a child that is about to exec.
pub fn place_descriptor(fd: BorrowedFd<'_>, number: i32) -> io::Result<()> {
    // SAFETY: dup2 replaces whatever had that number. The callers are children about to exec,
    // which use no descriptor of that number otherwise.
    Errno::result(unsafe { libc::dup2(fd.as_raw_fd(), number) })?;
    if fd.as_raw_fd() == number {
        // SAFETY: dup2 onto itself keeps close-on-exec; clearing it touches no memory.
        Errno::result(unsafe { libc::fcntl(number, libc::F_SETFD, 0) })?;
    }
    Ok(())
}

/// Marks a directory of an overlay's upper layer: nothing of the lower one shows through it.
pub fn make_opaque(path: &CStr, user_xattr: bool) -> io::Result<()> {
    let name = if user_xattr { c"user.overlay.opaque" } else { c"trusted.overlay.opaque" };
    let value = b"y";
    // SAFETY: path and name are C strings and the value's true length is told; all outlive the
    // call.
    let done = unsafe {
        libc::lsetxattr(path.as_ptr(), name.as_ptr(), value.as_ptr().cast(), value.len(), 0)
    };
    Errno::result(done)?;
    Ok(())
}

/// The names of a file's extended attributes; a link is not followed.
pub fn attributes(path: &CStr) -> io::Result<Vec<Vec<u8>>> {
    let mut names = vec![0u8; 4096];
    // SAFETY: the path is a C string, and the buffer is as long as told; both outlive the call.
    let length = unsafe { libc::llistxattr(path.as_ptr(), names.as_mut_ptr().cast(), names.len()) };
    match Errno::result(length) {
        Ok(length) => names.truncate(usize::try_from(length).unwrap_or(0)),
        // The file system has none.
        Err(Errno::ENOTSUP) => names.clear(),
        Err(error) => return Err(error.into()),
    }
    let split = names.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    Ok(split.map(<[u8]>::to_vec).collect())
}

/// The value of one of a file's extended attributes; a link is not followed.
pub fn attribute(path: &CStr, name: &CStr) -> io::Result<Vec<u8>> {
    let mut value = vec![0u8; 4096];
    // SAFETY: path and name are C strings, and the buffer is as long as told; all outlive the call.
    let length = unsafe {
        libc::lgetxattr(path.as_ptr(), name.as_ptr(), value.as_mut_ptr().cast(), value.len())
    };
    value.truncate(usize::try_from(Errno::result(length)?).unwrap_or(0));
    Ok(value)
}

/// What `lsattr` shows of a directory, as the bits of linux/fs.h; none where the file system has
/// no such flags.
pub fn inode_flags(directory: BorrowedFd<'_>) -> io::Result<u32> {
    let mut flags: libc::c_int = 0;
    // SAFETY: the call writes one int at the address given, which outlives it.
    let asked = unsafe { libc::ioctl(directory.as_raw_fd(), libc::FS_IOC_GETFLAGS, &mut flags) };
    match Errno::result(asked) {
        Ok(_) => Ok(flags as u32),
        Err(Errno::ENOTTY | Errno::ENOTSUP) => Ok(0),
        Err(error) => Err(error.into()),
    }
}

/// Whether the kernel can keep a process from the abstract Unix sockets of others (Linux 6.12).
pub fn can_scope_abstract_sockets() -> bool {
    const VERSION: libc::c_uint = 1;
    const WITH_SCOPES: libc::c_long = 6;
    // SAFETY: asked for its version, the call takes no memory.
    let version = unsafe {
        libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<u64>(), 0usize, VERSION)
    };
    version >= WITH_SCOPES
}

/// Keeps this process and its children from connecting to abstract Unix sockets of others, where
/// the kernel can do that.
pub fn keep_to_own_abstract_sockets() {
    if !can_scope_abstract_sockets() {
        return;
    }
    // `struct landlock_ruleset_attr` of linux/landlock.h: files, network, scopes.
    const SCOPE_ABSTRACT_UNIX_SOCKET: u64 = 1;
    let rules: [u64; 3] = [0, 0, SCOPE_ABSTRACT_UNIX_SOCKET];
    // SAFETY: the rules outlive the call, and their true size is told; the descriptor is ours.
    unsafe {
        let size = std::mem::size_of_val(&rules);
        let made = libc::syscall(libc::SYS_landlock_create_ruleset, rules.as_ptr(), size, 0);
        if let Ok(fd) = Errno::result(made) {
            let fd = OwnedFd::from_raw_fd(fd as i32);
            libc::syscall(libc::SYS_landlock_restrict_self, fd.as_raw_fd(), 0);
        }
    }
}

/// Installs a filter on the system calls of this process and its children.
pub fn filter_calls(program: &[libc::sock_filter]) -> io::Result<()> {
    // Without it, older kernels slow all of the process down.
    const SPEC_ALLOW: libc::c_ulong = 4;
    let program = libc::sock_fprog {
        len: u16::try_from(program.len()).map_err(io::Error::other)?,
        filter: program.as_ptr().cast_mut(),
    };
    // SAFETY: the program outlives the call, which only reads it, and its true length is told.
    let done = unsafe {
        libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, SPEC_ALLOW, &program)
    };
    Errno::result(done)?;
    Ok(())
}

/// Takes over a descriptor that was received over a socket.
pub fn own_descriptor(number: i32) -> OwnedFd {
    // SAFETY: the kernel has made this descriptor for this process in the message that it came
    // with, and only the caller, who read that message, knows of it.
    unsafe { OwnedFd::from_raw_fd(number) }
}

/// Lets the file system put each subdirectory of this directory somewhere else on the disk, as for
/// trees that have nothing to do with each other. Where sandboxes come and go, the search for free
/// inodes would otherwise go over all those lately freed, again and again. Only some file systems
/// know of that.
pub fn spread_subdirectories(directory: BorrowedFd<'_>) -> io::Result<()> {
    // From linux/fs.h.
    const FS_TOPDIR_FL: libc::c_int = 0x0002_0000;
    let mut flags: libc::c_int = 0;
    // SAFETY: both calls read or write one int at the address given, which outlives them.
    unsafe {
        Errno::result(libc::ioctl(directory.as_raw_fd(), libc::FS_IOC_GETFLAGS, &mut flags))?;
        flags |= FS_TOPDIR_FL;
        Errno::result(libc::ioctl(directory.as_raw_fd(), libc::FS_IOC_SETFLAGS, &flags))?;
    }
    Ok(())
}

/// Ends this process at once: no destructors, no buffers flushed.
pub fn exit_now(code: i32) -> ! {
    // SAFETY: _exit takes an integer and never returns.
    unsafe { libc::_exit(code) }
}

/// Has all descriptors from a number on close when a program starts.
pub fn close_on_exec_from(number: u32) -> io::Result<()> {
    const CLOEXEC: libc::c_uint = 4;
    // SAFETY: changes nothing but flags of descriptors; no pointer is handed over.
    let result =
        unsafe { libc::syscall(libc::SYS_close_range, number, libc::c_uint::MAX, CLOEXEC) };
    Errno::result(result).map(drop).map_err(io::Error::from)
}

/// A copy of a descriptor with a number of at least `least`, closed on exec.
pub fn duplicate_above(fd: BorrowedFd<'_>, least: i32) -> io::Result<OwnedFd> {
    // SAFETY: F_DUPFD_CLOEXEC makes a new descriptor, which we own alone.
    unsafe {
        let copy = Errno::result(libc::fcntl(fd.as_raw_fd(), libc::F_DUPFD_CLOEXEC, least))?;
        Ok(OwnedFd::from_raw_fd(copy))
    }
}

/// Makes a signal have no effect.
pub fn ignore_signal(signal: Signal) -> nix::Result<()> {
    // SAFETY: SIG_IGN installs no handler, so there is no code that could run at a bad moment.
    unsafe { nix::sys::signal::signal(signal, nix::sys::signal::SigHandler::SigIgn) }.map(drop)
}

/// Gives a signal its default effect.
pub fn default_signal(signal: Signal) -> nix::Result<()> {
    // SAFETY: SIG_DFL installs no handler, so there is no code that could run at a bad moment.
    unsafe { nix::sys::signal::signal(signal, nix::sys::signal::SigHandler::SigDfl) }.map(drop)
}

/// The size of a terminal; none if it is none.
pub fn window_size(terminal: BorrowedFd<'_>) -> Option<libc::winsize> {
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: the kernel fills the structure, which outlives the call.
    let done = unsafe { libc::ioctl(terminal.as_raw_fd(), libc::TIOCGWINSZ, &raw mut size) };
    (done == 0).then_some(size)
}

/// Tells a terminal its size; one that can't be told keeps what it has.
pub fn set_window_size(terminal: BorrowedFd<'_>, size: &libc::winsize) {
    // SAFETY: the kernel reads the structure, which outlives the call.
    unsafe { libc::ioctl(terminal.as_raw_fd(), libc::TIOCSWINSZ, std::ptr::from_ref(size)) };
}

/// Makes standard input the terminal of this session.
pub fn take_terminal() -> io::Result<()> {
    // SAFETY: no memory is involved.
    match unsafe { libc::ioctl(0, libc::TIOCSCTTY, 0) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
