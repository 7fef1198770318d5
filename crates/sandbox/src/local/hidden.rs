//! What no sandbox may see, besides the yard's own files: homes, and keys elsewhere on the machine.

use crate::inside::homes::Homes;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Tools that are installed in homes, which builds may see and can't change. Whole directories only
/// where nobody keeps keys, settings or caches beside the tools.
const TOOLS: &[&str] = &[
    ".asdf",
    ".bun/bin",
    ".cargo/bin",
    ".composer/vendor",
    ".config/composer/vendor",
    ".deno/bin",
    ".dotnet/dotnet",
    ".dotnet/host",
    ".dotnet/packs",
    ".dotnet/sdk",
    ".dotnet/shared",
    ".dotnet/tools",
    ".gem/ruby",
    ".ghcup",
    ".goenv",
    ".jenv",
    ".krew/bin",
    ".local/bin",
    ".local/lib",
    ".local/pipx",
    ".local/share/fnm",
    ".local/share/mise",
    ".local/share/pipx",
    ".local/share/pnpm",
    ".local/share/uv",
    ".nix-profile",
    ".nodenv",
    ".npm-global",
    ".nvm",
    ".phpenv",
    ".pyenv",
    ".rbenv",
    ".rustup",
    ".rvm",
    ".sdkman",
    ".volta",
    ".yarn/bin",
    "go/bin",
];

/// Keys and other people's containers on the machine.
const ON_THE_MACHINE: &[&str] = &[
    "/etc/gshadow",
    "/etc/gshadow-",
    "/etc/shadow",
    "/etc/shadow-",
    "/etc/kubernetes",
    "/etc/rancher",
    "/etc/ssl/private",
    "/var/lib/containerd",
    "/var/lib/containers",
    "/var/lib/docker",
    "/var/lib/kubelet",
    "/var/lib/rancher",
];

/// What is below these is the system's, even where a system user calls it home.
const SYSTEM: &[&str] = &[
    "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/proc", "/run", "/sbin", "/sys",
    "/usr",
];
/// These hold more than homes: they are no home, but a directory in them may be one.
const SHARED: &[&str] = &["/", "/home", "/media", "/mnt", "/opt", "/srv", "/tmp", "/var"];

/// Keys that are there now, and where symbolic links of them lead.
pub fn keys() -> Vec<PathBuf> {
    let mut found = BTreeSet::new();
    for path in ON_THE_MACHINE {
        note(&mut found, Path::new(path));
    }
    for entry in fs::read_dir("/etc/ssh").into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("ssh_host_") && name.ends_with("_key") {
            note(&mut found, &entry.path());
        }
    }
    found.into_iter().collect()
}

/// These paths and where symbolic links of them lead.
pub fn resolved(paths: impl IntoIterator<Item = PathBuf>) -> Vec<PathBuf> {
    let mut found = BTreeSet::new();
    for path in paths {
        note(&mut found, &path);
    }
    found.into_iter().collect()
}

fn note(found: &mut BTreeSet<PathBuf>, path: &Path) {
    // Most are not there, and asking that is much cheaper than resolving.
    if fs::symlink_metadata(path).is_err() {
        return;
    }
    if let Ok(real) = fs::canonicalize(path) {
        found.insert(real);
        found.insert(path.to_owned());
    }
}

/// The homes of this machine's users, and the tools in them.
pub fn homes() -> Homes {
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let mut homes: BTreeSet<PathBuf> = passwd.lines().filter_map(home_of_a_user).collect();
    homes.insert("/root".into());
    homes.extend(std::env::var_os("HOME").map(PathBuf::from));
    for entry in fs::read_dir("/home").into_iter().flatten().flatten() {
        homes.insert(entry.path());
    }
    let mut all = BTreeSet::new();
    for home in homes.iter().filter(|home| is_possible(home) && home.is_dir()) {
        note(&mut all, home);
    }
    all.retain(|home| is_possible(home));
    let mut empty: BTreeSet<PathBuf> = all.clone();
    // Whoever has no home yet has none of his own there either.
    note(&mut empty, Path::new("/home"));
    let tops = empty.clone();
    empty.retain(|path| !tops.iter().any(|top| path != top && path.starts_with(top)));
    let tools = all
        .iter()
        .flat_map(|home| TOOLS.iter().map(move |tool| home.join(tool)))
        .filter(|tool| fs::symlink_metadata(tool).is_ok())
        .collect();
    Homes { empty: empty.into_iter().collect(), each: all.into_iter().collect(), tools }
}

/// Whether sandboxes show something of this machine at a path or below it: tools in homes, and
/// elsewhere what a directory has.
pub fn shows_at(path: &Path) -> bool {
    let homes = homes();
    let is_tool = homes.tools.iter().any(|tool| tool.starts_with(path) || path.starts_with(tool));
    let is_empty = homes.empty.iter().any(|home| path.starts_with(home));
    is_tool || !is_empty && fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some())
}

/// The home in a line of /etc/passwd, if somebody logs in there.
fn home_of_a_user(line: &str) -> Option<PathBuf> {
    let mut fields = line.split(':');
    let (home, shell) = (fields.nth(5)?, fields.next().unwrap_or_default());
    let logs_in = !["nologin", "false", "sync"].iter().any(|none| shell.ends_with(none));
    logs_in.then(|| home.into())
}

fn is_possible(home: &Path) -> bool {
    home.is_absolute()
        && !SHARED.iter().any(|shared| home == Path::new(shared))
        && !SYSTEM.iter().any(|system| home.starts_with(system))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn homes_are_where_somebody_logs_in() {
        let home = |line: &str| home_of_a_user(line).filter(|home| is_possible(home));
        for (line, found) in [
            ("a:x:1000:1000:A:/home/a:/bin/bash", Some("/home/a")),
            ("b:x:1001:1001::/data/b:/usr/bin/zsh", Some("/data/b")),
            ("postgres:x:108:113::/var/lib/postgresql:/bin/bash", Some("/var/lib/postgresql")),
            ("www-data:x:33:33::/var/www:/usr/sbin/nologin", None),
            ("sync:x:4:65534:sync:/bin:/bin/sync", None),
            ("games:x:5:60:games:/usr/games:/bin/sh", None),
            ("odd:x:5:60::/:/bin/sh", None),
            ("odd:x:5:60::/var:/bin/sh", None),
            ("odd", None),
        ] {
            assert_eq!(home(line), found.map(PathBuf::from), "{line}");
        }
    }
}
