//! The runtimes that this machine has.
//!
//! Programs are asked for their version outside of a sandbox, so only those are asked that no
//! build could have put there: nothing below the yard's data directory or in a source, and nothing
//! that another user than the yard's or root owns.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::version::Version;

/// How long a program may take to tell its version.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most files looked at for one runtime.
const MAX_CANDIDATES: usize = 100;
/// The most versions that are remembered.
const MAX_REMEMBERED: usize = 1_000;

/// A runtime that builds can use.
pub(super) struct Runtime {
    /// As `runtime-versions` calls it.
    pub name: &'static str,
    /// The program by which it is known.
    pub program: &'static str,
    /// What makes the program tell its version.
    argument: &'static str,
    /// Where else than on `PATH` it may be; `~` is a home whose tools builds see, `*` any text
    /// without a slash.
    places: &'static [&'static str],
}

/// Those of the guide's "Available runtimes" that are programs.
pub(super) const RUNTIMES: &[Runtime] = &[
    Runtime {
        name: "dotnet",
        program: "dotnet",
        argument: "--version",
        places: &["~/.dotnet/dotnet", "/usr/share/dotnet/dotnet", "/usr/lib/dotnet/dotnet"],
    },
    Runtime {
        name: "golang",
        program: "go",
        argument: "version",
        places: &[
            "/usr/local/go*/bin/go",
            "/usr/lib/go-*/bin/go",
            "/opt/go*/bin/go",
            "/opt/hostedtoolcache/go/*/x64/bin/go",
            "~/.goenv/versions/*/bin/go",
            "~/.asdf/installs/golang/*/go/bin/go",
            "~/.local/share/mise/installs/go/*/bin/go",
        ],
    },
    Runtime {
        name: "java",
        program: "java",
        argument: "-version",
        places: &[
            "/usr/lib/jvm/*/bin/java",
            "/opt/java/*/bin/java",
            "/opt/jdk*/bin/java",
            "/opt/hostedtoolcache/Java_*/*/x64/bin/java",
            "~/.sdkman/candidates/java/*/bin/java",
            "~/.asdf/installs/java/*/bin/java",
            "~/.local/share/mise/installs/java/*/bin/java",
        ],
    },
    Runtime {
        name: "nodejs",
        program: "node",
        argument: "--version",
        places: &[
            "~/.nvm/versions/node/*/bin/node",
            "~/.nodenv/versions/*/bin/node",
            "~/.volta/tools/image/node/*/bin/node",
            "~/.asdf/installs/nodejs/*/bin/node",
            "~/.local/share/fnm/node-versions/*/installation/bin/node",
            "~/.local/share/mise/installs/node/*/bin/node",
            "/usr/local/n/versions/node/*/bin/node",
            "/usr/local/lib/nodejs/*/bin/node",
            "/opt/node*/bin/node",
            "/opt/hostedtoolcache/node/*/x64/bin/node",
        ],
    },
    Runtime {
        name: "php",
        program: "php",
        argument: "--version",
        places: &[
            "/usr/bin/php[0-9]*",
            "/usr/local/bin/php[0-9]*",
            "~/.phpenv/versions/*/bin/php",
            "~/.asdf/installs/php/*/bin/php",
            "~/.local/share/mise/installs/php/*/bin/php",
        ],
    },
    Runtime {
        name: "python",
        program: "python3",
        argument: "--version",
        places: &[
            "/usr/bin/python[0-9]*",
            "/usr/local/bin/python[0-9]*",
            "~/.pyenv/versions/*/bin/python3",
            "~/.asdf/installs/python/*/bin/python3",
            "~/.local/share/mise/installs/python/*/bin/python3",
            "~/.local/share/uv/python/*/bin/python3",
            "/opt/python*/bin/python3",
            "/opt/hostedtoolcache/Python/*/x64/bin/python3",
        ],
    },
    Runtime {
        name: "ruby",
        program: "ruby",
        argument: "--version",
        places: &[
            "/usr/bin/ruby[0-9]*",
            "/usr/local/bin/ruby[0-9]*",
            "~/.rbenv/versions/*/bin/ruby",
            "~/.rvm/rubies/*/bin/ruby",
            "~/.asdf/installs/ruby/*/bin/ruby",
            "~/.local/share/mise/installs/ruby/*/bin/ruby",
            "/opt/ruby*/bin/ruby",
            "/opt/hostedtoolcache/Ruby/*/x64/bin/ruby",
        ],
    },
];

/// A version of a runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Installed {
    pub version: Version,
    /// The program, as builds see it too.
    pub program: PathBuf,
    /// It is what commands get that just name it.
    pub first_on_path: bool,
}

/// Where to look.
pub(super) struct Machine<'a> {
    /// The directories in which commands look for programs.
    pub path: &'a str,
    /// The folders with what builds bring along or can change.
    pub builds_own: &'a [PathBuf],
    /// Homes whose tools builds see.
    pub homes: Vec<PathBuf>,
}

impl Machine<'_> {
    /// Every version of a runtime that is here, what is first on the path first, the others from
    /// the newest on.
    pub fn installed(&self, runtime: &Runtime) -> Vec<Installed> {
        let mut seen = Vec::new();
        let mut found: Vec<Installed> = Vec::new();
        let on_path = self.path.split(':').filter(|dir| is_place(dir));
        let on_path = on_path.map(|dir| Path::new(dir).join(runtime.program));
        let mut first_on_path = true;
        for program in on_path {
            if !program.is_file() {
                continue;
            }
            // Whatever it is, it hides those that come later on the path.
            let first = std::mem::take(&mut first_on_path);
            self.look(runtime, program, first, &mut seen, &mut found);
        }
        for place in runtime.places {
            for program in self.expand(place) {
                self.look(runtime, program, false, &mut seen, &mut found);
            }
        }
        found.sort_by(|a, b| b.first_on_path.cmp(&a.first_on_path).then(b.version.cmp(&a.version)));
        found
    }

    fn look(
        &self,
        runtime: &Runtime,
        program: PathBuf,
        first_on_path: bool,
        seen: &mut Vec<PathBuf>,
        found: &mut Vec<Installed>,
    ) {
        let Ok(real) = program.canonicalize() else { return };
        if seen.len() >= MAX_CANDIDATES || seen.contains(&real) || !self.is_trusted(&real) {
            return;
        }
        if let Some(version) = version_of(runtime, &real) {
            found.push(Installed { version, program, first_on_path });
        }
        seen.push(real);
    }

    fn is_trusted(&self, program: &Path) -> bool {
        let real = |folder: &PathBuf| folder.canonicalize().unwrap_or_else(|_| folder.clone());
        if self.builds_own.iter().any(|folder| program.starts_with(real(folder))) {
            return false;
        }
        let own = |path: &Path| {
            std::fs::metadata(path).is_ok_and(|found| {
                let owner = found.uid();
                (owner == 0 || owner == nix_euid()) && found.mode() & 0o002 == 0
            })
        };
        own(program) && program.parent().is_some_and(own)
    }

    /// The files that a pattern names.
    pub fn expand(&self, pattern: &str) -> Vec<PathBuf> {
        let Some(below) = pattern.strip_prefix("~/") else {
            return expand(Path::new("/"), pattern.trim_start_matches('/'));
        };
        self.homes.iter().flat_map(|home| expand(home, below)).collect()
    }
}

/// Whether a directory of a build's path is one of the machine's: below `/proc` and `/dev` there are
/// links to wherever the yard was started, which may be a source.
fn is_place(directory: &str) -> bool {
    let path = Path::new(directory);
    let names = path.components().filter(|part| !matches!(part, Component::CurDir));
    let mut plain = true;
    let clean: PathBuf =
        names.inspect(|part| plain &= !matches!(part, Component::ParentDir)).collect();
    plain && path.is_absolute() && !["/proc", "/dev"].iter().any(|it| clean.starts_with(it))
}

/// Who the yard runs as: the owner of its own process directory.
fn nix_euid() -> u32 {
    static OWN: LazyLock<u32> =
        LazyLock::new(|| std::fs::metadata("/proc/self").map_or(0, |found| found.uid()));
    *OWN
}

fn expand(root: &Path, pattern: &str) -> Vec<PathBuf> {
    let mut all = vec![root.to_owned()];
    for part in pattern.split('/') {
        if !part.contains('*') {
            all.iter_mut().for_each(|path| path.push(part));
            all.retain(|path| path.exists());
            continue;
        }
        let (before, after) = part.split_once('*').unwrap_or((part, ""));
        let digit = before.strip_suffix("[0-9]");
        let fits = |name: &str| {
            let rest = name.strip_prefix(digit.unwrap_or(before));
            let rest = rest.and_then(|rest| rest.strip_suffix(after));
            // Behind a digit only more of the version: python3.11, not python3-config.
            rest.is_some_and(|rest| {
                digit.is_none()
                    || (!rest.is_empty() && rest.bytes().all(|c| c.is_ascii_digit() || c == b'.'))
            })
        };
        all = all
            .iter()
            .filter_map(|path| std::fs::read_dir(path).ok())
            .flat_map(|entries| entries.flatten())
            .filter(|entry| entry.file_name().to_str().is_some_and(fits))
            .map(|entry| entry.path())
            .take(MAX_CANDIDATES)
            .collect();
        all.sort();
    }
    all
}

/// What a program says of itself, asked once as long as it does not change.
fn version_of(runtime: &Runtime, program: &Path) -> Option<Version> {
    type Known = HashMap<(PathBuf, u64, Option<SystemTime>), Option<Version>>;
    static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);
    let found = std::fs::metadata(program).ok()?;
    let key = (program.to_owned(), found.len(), found.modified().ok());
    if let Some(known) = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return known.clone();
    }
    let version =
        said(program, runtime.argument).and_then(|text| Version::find(runtime.name, &text));
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= MAX_REMEMBERED {
        known.clear();
    }
    known.insert(key, version.clone());
    version
}

/// The first 4 KiB of what it prints, if it succeeds in time.
fn said(program: &Path, argument: &str) -> Option<String> {
    use std::io::Read as _;
    let mut child = Command::new(program)
        .arg(argument)
        .env_clear()
        .env("PATH", sandbox::DEFAULT_PATH)
        // dotnet wants one to keep what it has told its user.
        .env("HOME", "/nonexistent")
        .env("DOTNET_NOLOGO", "1")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let until = Instant::now() + PATIENCE;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(1)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    };
    let mut text = Vec::new();
    // A pipe holds more than a version needs, so nothing waits for this reader.
    child.stdout.take()?.take(4096).read_to_end(&mut text).ok()?;
    child.stderr.take()?.take(4096).read_to_end(&mut text).ok()?;
    status.success().then(|| String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn program(path: &Path, says: &str) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, format!("#!/bin/sh\necho {says}\n")).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn node() -> &'static Runtime {
        RUNTIMES.iter().find(|it| it.name == "nodejs").unwrap()
    }

    #[test]
    fn versions_of_homes_and_of_the_path() {
        let home = tempfile::tempdir().unwrap();
        let tools = home.path().join("tools");
        program(&tools.join("node"), "v99.1.2");
        for version in ["18.1.0", "20.2.0"] {
            let place = format!(".nvm/versions/node/v{version}/bin/node");
            program(&home.path().join(place), &format!("v{version}"));
        }
        let machine = Machine {
            path: tools.to_str().unwrap(),
            builds_own: &[],
            homes: vec![home.path().to_owned()],
        };
        let mut found = machine.installed(node());
        found.retain(|it| it.program.starts_with(home.path()));
        let told: Vec<(String, bool)> =
            found.iter().map(|it| (it.version.to_string(), it.first_on_path)).collect();
        let told: Vec<(&str, bool)> =
            told.iter().map(|(text, first)| (text.as_str(), *first)).collect();
        assert_eq!(told, [("99.1.2", true), ("20.2.0", false), ("18.1.0", false)]);
    }

    #[test]
    fn what_a_build_could_have_made_is_not_asked() {
        let data = tempfile::tempdir().unwrap();
        let trap = data.path().join("src");
        let evidence = data.path().join("evidence");
        program(&trap.join("node"), &format!("v1.2.3; touch {}", evidence.display()));
        let path = trap.to_str().unwrap();
        let own = [data.path().to_owned()];
        let machine = Machine { path, builds_own: &own, homes: Vec::new() };
        assert!(machine.installed(node()).iter().all(|it| !it.program.starts_with(data.path())));
        assert!(!evidence.exists());
        // Nor what anybody may write.
        let machine = Machine { path, builds_own: &[], homes: Vec::new() };
        std::fs::set_permissions(&trap, std::fs::Permissions::from_mode(0o777)).unwrap();
        assert!(machine.installed(node()).iter().all(|it| !it.program.starts_with(data.path())));
        assert!(!evidence.exists());
    }

    #[test]
    fn where_the_yard_was_started_is_no_place_of_programs() {
        for directory in ["/usr/bin", "/opt/go/bin", "/process", "/"] {
            assert!(is_place(directory), "{directory}");
        }
        for directory in [
            "/proc/self/cwd/bin",
            "//proc//1/root/x",
            "/./proc/self/cwd",
            "/usr/../proc/self/cwd",
            "/dev/fd/3",
            "bin",
            "",
        ] {
            assert!(!is_place(directory), "{directory}");
        }
    }

    #[test]
    fn patterns() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["python3", "python3.11", "python3-config", "python2.7m", "python"] {
            program(&dir.path().join(name), "x");
        }
        let found = expand(dir.path(), "python[0-9]*");
        let names: Vec<&str> =
            found.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["python3", "python3.11"]);
    }
}
