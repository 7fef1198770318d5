//! All of the above once more without being root.

use std::process::Command;

#[test]
fn the_same_as_an_ordinary_user() {
    if !nix::unistd::Uid::effective().is_root() {
        println!("skipped: not root, so the other tests have shown it");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    nix::unistd::chown(dir.path(), Some(65534.into()), Some(65534.into())).unwrap();
    // Where homes are, so that there is something to hide; elsewhere if need be.
    let home = tempfile::Builder::new().prefix("codeyard-test").tempdir_in("/home");
    let home = home.unwrap_or_else(|_| tempfile::tempdir().unwrap());
    nix::unistd::chown(home.path(), Some(65534.into()), Some(65534.into())).unwrap();
    let user = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let as_user = || {
        let mut command = Command::new("setpriv");
        command.args(user).env("TMPDIR", dir.path()).env("HOME", home.path());
        command
    };
    let exe = std::env::current_exe().unwrap();
    let may_run = as_user().arg("test").arg("-x").arg(&exe).status();
    if !may_run.is_ok_and(|status| status.success()) {
        println!("skipped: no setpriv, or an ordinary user can't run {}", exe.display());
        return;
    }
    let output = as_user().arg(exe).arg("--test-threads=4").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "failed as an ordinary user");
    assert!(!said.contains(" 0 passed"), "no test ran");
}
