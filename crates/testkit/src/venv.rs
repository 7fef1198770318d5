//! The stock clients: a pinned Python environment under the target directory, made at first use.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What the environment holds, exactly.
const PINS: &[&str] =
    &["awscli==1.46.3", "boto3==1.44.5", "botocore==1.44.5", "git-remote-codecommit==1.17"];

/// The directory that holds `aws`, `python` and `git-remote-codecommit`.
///
/// # Panics
/// Where python3 is missing or the packages cannot be had: the README's promise needs both.
pub fn bin() -> &'static Path {
    static BIN: OnceLock<PathBuf> = OnceLock::new();
    BIN.get_or_init(|| {
        let dir = target_dir().join("test-venv");
        let stamp = dir.join("pins.txt");
        let wanted = PINS.join("\n");
        let lock = std::fs::File::create(target_dir().join("test-venv.lock")).expect("a lock file");
        lock.lock().expect("the lock on the environment");
        if std::fs::read_to_string(&stamp).ok().as_deref() != Some(&wanted) {
            let _ = std::fs::remove_dir_all(&dir);
            run(Command::new("python3").args(["-m", "venv"]).arg(&dir));
            run(Command::new(dir.join("bin/python"))
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
                .args(PINS));
            std::fs::write(&stamp, wanted).expect("a note of what is installed");
        }
        dir.join("bin")
    })
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?} failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The workspace's target directory, found from the running test's own place in it.
fn target_dir() -> PathBuf {
    let exe = std::env::current_exe().expect("the test's own path");
    let mut dir = exe.as_path();
    while let Some(parent) = dir.parent() {
        if parent.join("CACHEDIR.TAG").exists() {
            return parent.to_owned();
        }
        dir = parent;
    }
    panic!("{} is in no target directory", exe.display())
}
