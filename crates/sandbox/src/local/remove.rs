//! Removing trees that a sandbox filled.

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, openat, renameat};
use nix::sys::stat::{FchmodatFlags, Mode, fchmod, fchmodat, fstat};
use nix::unistd::{UnlinkatFlags, unlinkat};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;

/// Directories within each other that are entered at once. Each takes a descriptor and a part of
/// the stack, and a sandbox makes as many as it likes: what is deeper is moved up first.
const DEEPEST: usize = 64;

/// Removes a directory and everything below it, symbolic links unfollowed, also through
/// directories that their owner (we) may not enter. What is gone already is fine.
pub fn tree(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Ok(found) if found.is_dir() => {}
        _ => return fs::remove_dir_all(path),
    }
    let top = enter(AT_FDCWD, path.as_os_str())?;
    let mut moved = 0;
    loop {
        let before = moved;
        empty(&top, &top, 0, &mut moved)?;
        if moved == before {
            return fs::remove_dir(path);
        }
    }
}

/// Opens a directory, with all rights for its owner.
fn enter(parent: BorrowedFd<'_>, name: &OsStr) -> io::Result<OwnedFd> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let opened = match openat(parent, name, flags, Mode::empty()) {
        Err(Errno::EACCES) => {
            fchmodat(parent, name, Mode::S_IRWXU, FchmodatFlags::FollowSymlink)?;
            openat(parent, name, flags, Mode::empty())?
        }
        other => other?,
    };
    if fstat(&opened)?.st_mode & 0o700 != 0o700 {
        // Whoever may do all the same goes on; who may not is told by what fails then.
        let _ = fchmod(&opened, Mode::S_IRWXU);
    }
    Ok(opened)
}

/// Removes what is in a directory; directories that are too deep are moved to `top` and counted.
fn empty(directory: &OwnedFd, top: &OwnedFd, depth: usize, moved: &mut u64) -> io::Result<()> {
    for entry in fs::read_dir(format!("/proc/self/fd/{}", directory.as_raw_fd()))? {
        let entry = entry?;
        let name = entry.file_name();
        if !entry.file_type()?.is_dir() {
            unlinkat(directory, name.as_os_str(), UnlinkatFlags::NoRemoveDir)?;
            continue;
        }
        let inner = enter(directory.as_fd(), &name)?;
        if depth < DEEPEST {
            empty(&inner, top, depth + 1, moved)?;
            unlinkat(directory, name.as_os_str(), UnlinkatFlags::RemoveDir)?;
        } else {
            raise(directory, &name, top, moved)?;
        }
    }
    Ok(())
}

/// Moves a directory to the top, by a name that nothing has there.
fn raise(directory: &OwnedFd, name: &OsStr, top: &OwnedFd, moved: &mut u64) -> io::Result<()> {
    loop {
        *moved += 1;
        match renameat(directory, name, top, format!(".deeper-{moved}").as_str()) {
            Err(Errno::EEXIST | Errno::ENOTEMPTY | Errno::ENOTDIR) => {}
            other => return Ok(other?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn closed_directories_go_too() {
        let dir = tempfile::tempdir().unwrap();
        let deep = dir.path().join("a/b");
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("f"), "x").unwrap();
        fs::set_permissions(&deep, fs::Permissions::from_mode(0o000)).unwrap();
        tree(&dir.path().join("a")).unwrap();
        assert!(!dir.path().join("a").exists());
        tree(&dir.path().join("a")).unwrap();
    }

    #[test]
    fn directories_may_be_deep() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().join("a");
        fs::create_dir_all(top.join(".deeper-1/x")).unwrap();
        fs::write(top.join(".deeper-2"), "x").unwrap();
        let mut at = enter(AT_FDCWD, top.as_os_str()).unwrap();
        // More than fit on the stack of a thread, and more than descriptors.
        for _ in 0..20_000 {
            nix::sys::stat::mkdirat(&at, "d", Mode::S_IRWXU).unwrap();
            at = enter(at.as_fd(), OsStr::new("d")).unwrap();
        }
        drop(at);
        tree(&top).unwrap();
        assert!(!top.exists());
    }
}
