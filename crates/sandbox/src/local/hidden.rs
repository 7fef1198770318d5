//! What no sandbox may see, besides the yard's own files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Keys and tokens below a home directory.
const IN_HOMES: &[&str] = &[
    ".aws",
    ".azure",
    ".boto",
    ".cargo/credentials",
    ".cargo/credentials.toml",
    ".config/configstore",
    ".config/doctl",
    ".config/gcloud",
    ".config/gh",
    ".config/git/credentials",
    ".config/glab-cli",
    ".config/hub",
    ".config/op",
    ".config/rclone",
    ".config/sops",
    ".databrickscfg",
    ".docker",
    ".git-credentials",
    ".gnupg",
    ".kube",
    ".local/share/keyrings",
    ".m2/settings-security.xml",
    ".mozilla",
    ".my.cnf",
    ".netrc",
    ".oci",
    ".password-store",
    ".pgpass",
    ".pypirc",
    ".s3cfg",
    ".ssh",
    ".terraform.d/credentials.tfrc.json",
    ".vault-token",
    ".bash_history",
    ".zsh_history",
    ".python_history",
    ".psql_history",
    ".mysql_history",
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    ".m2/settings.xml",
    ".gradle/gradle.properties",
    ".config/pip",
    ".pip",
    ".gem/credentials",
    ".bundle/config",
    ".composer/auth.json",
    ".config/composer/auth.json",
    ".config/containers/auth.json",
    ".config/chromium",
    ".config/google-chrome",
    ".config/Code",
    ".local/share/codeyard",
];

/// What builds may see of a home's hidden entries: tools that are installed there, less the keys
/// among them that [`IN_HOMES`] names. Every other hidden entry holds somebody's settings, history
/// or secrets.
const SHOWN_IN_HOMES: &[&str] = &[
    ".asdf",
    ".bun",
    ".cargo",
    ".deno",
    ".dotnet",
    ".goenv",
    ".gradle",
    ".jenv",
    ".local",
    ".m2",
    ".nix-profile",
    ".nodenv",
    ".nvm",
    ".phpenv",
    ".pyenv",
    ".rbenv",
    ".rustup",
    ".rvm",
    ".sdkman",
    ".volta",
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

/// Homes of system users, which have no keys.
const SYSTEM: &[&str] = &["/bin", "/dev", "/proc", "/run", "/sbin", "/usr"];

/// Everything of that kind that is there now, and where symbolic links of it lead.
pub fn credentials() -> Vec<PathBuf> {
    let mut found = BTreeSet::new();
    for home in homes() {
        for name in IN_HOMES {
            note(&mut found, &home.join(name));
        }
        for entry in fs::read_dir(&home).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with('.') && !SHOWN_IN_HOMES.contains(&name.as_ref()) {
                note(&mut found, &entry.path());
            }
        }
    }
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

fn homes() -> BTreeSet<PathBuf> {
    let mut homes = BTreeSet::from([PathBuf::from("/root")]);
    homes.extend(std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute()));
    for entry in fs::read_dir("/home").into_iter().flatten().flatten() {
        homes.insert(entry.path());
    }
    for line in fs::read_to_string("/etc/passwd").unwrap_or_default().lines() {
        if let Some(home) = line.split(':').nth(5).filter(|home| home.len() > 1) {
            homes.insert(PathBuf::from(home));
        }
    }
    homes.retain(|home| !SYSTEM.iter().any(|system| home.starts_with(system)) && home.is_dir());
    homes
}
