//! A container engine for tests: a `dockerd` of one's own, with an image made of this machine's
//! programs, since no registry may be reachable.
//!
//! Standard library only: crates below the yard include this file by its path.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// The image that every such engine has.
pub const IMAGE: &str = "codeyard-test:1";

/// What is in the image.
const PROGRAMS: &[&str] = &[
    "bash",
    "sh",
    "basename",
    "base64",
    "cat",
    "chmod",
    "chown",
    "cp",
    "cut",
    "date",
    "dd",
    "df",
    "dirname",
    "echo",
    "env",
    "expr",
    "false",
    "find",
    "getent",
    "grep",
    "gzip",
    "head",
    "hostname",
    "id",
    "kill",
    "ln",
    "ls",
    "mkdir",
    "mkfifo",
    "mktemp",
    "mount",
    "mv",
    "nohup",
    "nproc",
    "printf",
    "ps",
    "pwd",
    "rm",
    "rmdir",
    "sed",
    "seq",
    "setpriv",
    "setsid",
    "sha256sum",
    "sleep",
    "sort",
    "stat",
    "stty",
    "tail",
    "tar",
    "tee",
    "test",
    "timeout",
    "touch",
    "tr",
    "true",
    "umount",
    "uname",
    "wc",
    "yes",
];

/// What an image needs to run an engine inside.
pub const ENGINE_PROGRAMS: &[&str] =
    &["dockerd", "containerd", "containerd-shim-runc-v2", "runc", "docker"];

/// A running engine. It ends, and all of it is removed, when this is dropped or the process ends,
/// however it ends.
pub struct TestEngine {
    directory: PathBuf,
    keeper: Child,
}

impl TestEngine {
    /// The one that all tests of this process share; or why there can be none.
    pub fn shared() -> Result<&'static Self, String> {
        static SHARED: OnceLock<Result<TestEngine, String>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref().map_err(Clone::clone)
    }

    /// Starts one with [`IMAGE`] in it.
    pub fn start() -> Result<Self, String> {
        if !is_root() {
            return Err("no container engine: starting one takes root".into());
        }
        for program in ["dockerd", "containerd", "runc", "docker"] {
            which(program).ok_or_else(|| {
                format!("no container engine: {program} is not installed (Debian's docker.io)")
            })?;
        }
        let directory = std::env::temp_dir().join(format!(
            "codeyard-engine-{}-{}",
            std::process::id(),
            number()
        ));
        fs::create_dir_all(&directory).map_err(|error| error.to_string())?;
        // A shell between us and the engine, which learns of our end by that of its input.
        let script = "cd \"$1\" || exit 1
            dockerd --data-root \"$1/data\" --exec-root \"$1/exec\" --pidfile \"$1/pid\" \
                -H \"unix://$1/socket\" --iptables=false --bridge=none \
                >\"$1/log\" 2>&1 </dev/null &
            cat >/dev/null
            kill -TERM \"$(cat \"$1/pid\")\" 2>/dev/null
            wait
            # Of an engine that a test has killed: what looked after its containers, and mounts.
            for line in /proc/[0-9]*/cmdline; do
                grep -qaF \"$1/\" \"$line\" 2>/dev/null || continue
                pid=${line#/proc/}
                kill -9 \"${pid%/cmdline}\" 2>/dev/null
            done
            sort -r /proc/self/mounts | while read -r _ place _; do
                case $place in \"$1\"/*) umount \"$place\" 2>/dev/null ;; esac
            done
            cd / && rm -rf \"$1\"";
        let keeper = Command::new("setsid")
            .args(["sh", "-c", script, "sh"])
            .arg(&directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        let engine = Self { directory, keeper };
        engine.wait()?;
        engine.import(IMAGE, &[])?;
        Ok(engine)
    }

    /// Its socket.
    pub fn socket(&self) -> PathBuf {
        self.directory.join("socket")
    }

    /// Its address, as `DOCKER_HOST` has it.
    pub fn address(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// The pid of `dockerd`, for tests that kill it.
    pub fn pid(&self) -> Option<i32> {
        fs::read_to_string(self.directory.join("pid")).ok()?.trim().parse().ok()
    }

    /// What `docker` prints for these arguments.
    pub fn docker(&self, arguments: &[&str]) -> Result<String, String> {
        let done = Command::new("docker")
            .args(["-H", &self.address()])
            .args(arguments)
            .output()
            .map_err(|error| error.to_string())?;
        if !done.status.success() {
            return Err(String::from_utf8_lossy(&done.stderr).into_owned());
        }
        Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned())
    }

    /// Makes an image of the usual programs and these, with the libraries that they need.
    pub fn import(&self, image: &str, more: &[&str]) -> Result<(), String> {
        self.import_with(image, more, &[], |_| Ok(()))
    }

    /// Makes an image of the usual programs, these, and what `add` puts below the root directory
    /// that it is given; `changes` are instructions of a Dockerfile, such as `ENV` and
    /// `ENTRYPOINT`.
    pub fn import_with(
        &self,
        image: &str,
        more: &[&str],
        changes: &[&str],
        add: impl FnOnce(&Path) -> Result<(), String>,
    ) -> Result<(), String> {
        let root = self.directory.join(format!("root-{}", number()));
        fill(&root, PROGRAMS.iter().chain(more).copied()).map_err(|error| error.to_string())?;
        add(&root)?;
        let tar = Command::new("tar")
            .arg("-C")
            .arg(&root)
            .args(["-c", "."])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let tar = tar.stdout.ok_or("tar has no output")?;
        let done = Command::new("docker")
            .args(["-H", &self.address(), "import"])
            .args(changes.iter().flat_map(|change| ["--change", change]))
            .args(["-", image])
            .stdin(tar)
            .output()
            .map_err(|error| error.to_string())?;
        fs::remove_dir_all(&root).map_err(|error| error.to_string())?;
        match done.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&done.stderr).into_owned()),
        }
    }

    fn wait(&self) -> Result<(), String> {
        let give_up = Instant::now() + Duration::from_secs(60);
        while Instant::now() < give_up {
            if UnixStream::connect(self.socket()).is_ok() && self.docker(&["version"]).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
        let mut end: Vec<&str> = log.lines().rev().take(5).collect();
        end.reverse();
        Err(format!("no container engine: dockerd does not come up: {}", end.join(" | ")))
    }
}

impl Drop for TestEngine {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Tells, past the test's captured output, that a test did not run.
pub fn skipped(why: &str) {
    let name = std::thread::current().name().unwrap_or("a test").to_owned();
    let _ = writeln!(std::io::stderr(), "SKIPPED {name}: {why}");
}

fn number() -> u32 {
    static NEXT: Mutex<u32> = Mutex::new(0);
    let mut next = NEXT.lock().unwrap_or_else(PoisonError::into_inner);
    *next += 1;
    *next
}

fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .any(|line| line.starts_with("Uid:") && line.split_whitespace().nth(2) == Some("0"))
}

fn which(program: &str) -> Option<PathBuf> {
    let places = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];
    // A docker command of another make may come first in the path: Debian's goes with its dockerd.
    let places = places.iter().filter(|place| program != "docker" || **place == "/usr/bin");
    places.map(|place| Path::new(place).join(program)).find(|path| path.exists())
}

/// A root directory with these programs: those that are not here are left out.
fn fill<'a>(root: &Path, programs: impl Iterator<Item = &'a str>) -> std::io::Result<()> {
    for directory in
        ["bin", "etc", "root", "tmp", "usr/bin", "usr/sbin", "var/lib", "var/run", "run"]
    {
        fs::create_dir_all(root.join(directory))?;
    }
    fs::set_permissions(root.join("tmp"), fs::Permissions::from_mode(0o1777))?;
    for file in ["/etc/passwd", "/etc/group"] {
        fs::copy(file, root.join(&file[1..]))?;
    }
    let mut libraries = BTreeSet::new();
    for program in programs {
        let Some(path) = which(program) else { continue };
        fs::copy(&path, root.join("bin").join(program))?;
        let needs = Command::new("ldd").arg(&path).output()?;
        for word in String::from_utf8_lossy(&needs.stdout).split_whitespace() {
            if word.starts_with('/') {
                libraries.insert(word.trim_end_matches(':').to_owned());
            }
        }
    }
    for library in libraries {
        let inside = root.join(&library[1..]);
        if let Some(parent) = inside.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(&library, inside)?;
    }
    Ok(())
}
