//! The data directory: what is in it, and who may read it.
//!
//! ```text
//! settings.json   account and default region, fixed at the first start; the layout's number
//! root.json       root's access key (0600)
//! ssh-ed25519.key ecdsa-sha2-nistp256.key   host keys of SSH (0600)
//! ca.pem ca.key   the yard's own certificate authority (key 0600)
//! master.key      what everything at rest is sealed under (0600)
//! yard.json       the running yard: process, address
//! store/ blobs/ git-cache/ builds/ hosts/ hosts.d/
//! ```

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use types::{Account, IdAlphabet, Region, random_id, random_secret};

use crate::failure::{Context as _, Failure, Outcome};

/// The directories that are made here. The others' services make theirs as closed.
const OWN: [&str; 4] = ["store", "builds", "hosts.d", "quickstart"];

const SETTINGS: &str = "settings.json";
/// What is where in the directory. Grows with every change that an older or a newer binary would
/// misread; 1 kept repositories as plain directories and wrote no number.
const LAYOUT: u64 = 2;
const DEFAULT_ACCOUNT: &str = "000000000000";
const DEFAULT_REGION: &str = "us-east-1";

/// `$XDG_DATA_HOME/codeyard`, or `~/.local/share/codeyard`.
pub(crate) fn default_path() -> PathBuf {
    let absolute =
        |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|it| it.is_absolute());
    absolute("XDG_DATA_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/share")))
        .unwrap_or_else(|| PathBuf::from("/var/lib"))
        .join("codeyard")
}

/// Root's access key.
#[derive(Clone)]
pub(crate) struct RootKey {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// A yard that runs, as it wrote itself down.
#[derive(Clone, Debug)]
pub(crate) struct RunningYard {
    pub(crate) pid: i32,
    pub(crate) url: String,
    /// Where it serves git over SSH, if it does.
    pub(crate) ssh: Option<String>,
    began: u64,
}

impl RunningYard {
    /// Whether its process is still there, whatever is noted.
    pub(crate) fn is_there(&self) -> bool {
        u32::try_from(self.pid).ok().and_then(began) == Some(self.began)
    }
}

/// A data directory.
#[derive(Clone)]
pub(crate) struct DataDir {
    pub(crate) path: PathBuf,
    pub(crate) account: Account,
    pub(crate) region: Region,
    pub(crate) root: RootKey,
}

impl DataDir {
    /// Opens the directory, making it and what is missing in it.
    pub(crate) fn open(
        path: &Path,
        account: Option<&Account>,
        region: Option<&Region>,
    ) -> Outcome<Self> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .context(format_args!("make the data directory {}", path.display()))?;
        close_to_others(path)?;
        let path = path.canonicalize().context(format_args!("find {}", path.display()))?;
        for own in OWN {
            private_dir(&path.join(own))?;
        }
        let (account, region) = settings(&path, account, region)?;
        let root = root_key(&path)?;
        Ok(Self { path, account, region, root })
    }

    /// Opens a directory that a yard has used before, to talk to it.
    pub(crate) fn existing(path: &Path) -> Outcome<Self> {
        if !path.join(SETTINGS).exists() {
            return Err(Failure::new(format!("no yard has used {} yet", path.display()))
                .hint("start one with `codeyard up`, or name another directory with --data-dir"));
        }
        Self::open(path, None, None)
    }

    /// The certificate authority's certificate and private key as PEM, made at first use.
    pub(crate) fn authority(&self) -> Outcome<(String, String)> {
        let (certificate, key) = (self.path.join("ca.pem"), self.path.join("ca.key"));
        if certificate.exists() && key.exists() {
            let read = |file: &Path| {
                fs::read_to_string(file).context(format_args!("read {}", file.display()))
            };
            return Ok((read(&certificate)?, read(&key)?));
        }
        let made = gateway::Certificates::new_authority().context("make the yard's authority")?;
        write_private_text(&key, &made.1)?;
        write_private_text(&certificate, &made.0)?;
        Ok(made)
    }

    /// The yard that runs on it, if one does.
    pub(crate) fn running(&self) -> Option<RunningYard> {
        running(&self.path)
    }

    /// Where a yard on this directory listened last.
    pub(crate) fn last_url(&self) -> Option<String> {
        let noted = read_json(&self.path.join("yard.json")).ok()??;
        noted["url"].as_str().map(str::to_owned)
    }

    /// Where a yard on this directory served git over SSH last.
    pub(crate) fn last_ssh(&self) -> Option<String> {
        let noted = read_json(&self.path.join("yard.json")).ok()??;
        noted["lastSsh"].as_str().map(str::to_owned)
    }

    /// Notes that this process runs a yard at `url`.
    pub(crate) fn note_running(&self, url: &str, ssh: Option<SocketAddr>) -> Outcome<()> {
        let pid = std::process::id();
        self.note(&json!({"pid": pid, "began": began(pid), "url": url, "ssh": ssh.map(|it| it.to_string()),
            "lastSsh": self.noted_ssh(ssh)}))
    }

    /// Notes that no yard runs any more; the address stays known for the next start.
    pub(crate) fn note_stopped(&self, url: &str, ssh: Option<SocketAddr>) -> Outcome<()> {
        self.note(&json!({"url": url, "lastSsh": self.noted_ssh(ssh)}))
    }

    /// A yard without SSH leaves the address of the last one with it.
    fn noted_ssh(&self, ssh: Option<SocketAddr>) -> Option<String> {
        ssh.map(|address| address.to_string()).or_else(|| self.last_ssh())
    }

    /// Not synced: after a power failure no yard runs, and what is then unreadable is not believed.
    fn note(&self, noted: &Value) -> Outcome<()> {
        let file = self.path.join("yard.json");
        replace(&file, &format!("{noted:#}\n"), false)
            .context(format_args!("write {}", file.display()))
    }
}

/// The yard that runs on a directory: noted, and its process is there.
pub(crate) fn running(path: &Path) -> Option<RunningYard> {
    let noted = read_json(&path.join("yard.json")).ok()??;
    let yard = RunningYard {
        pid: i32::try_from(noted["pid"].as_u64()?).ok()?,
        url: noted["url"].as_str().unwrap_or_default().to_owned(),
        ssh: noted["ssh"].as_str().map(str::to_owned),
        began: noted["began"].as_u64()?,
    };
    // A process id may have gone to somebody else since, be it to another yard or a supervisor.
    yard.is_there().then_some(yard)
}

/// When a process began, in the kernel's ticks since the machine did; with its id, that names it.
/// One that has ended and was not waited for by its parent yet is no process any more.
fn began(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The program's name, in parentheses, may contain anything. It is the second field; the third
    // is the state, and the 22nd is wanted.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

/// Makes a directory that only this user can look into; one of an older version is closed.
pub(crate) fn private_dir(path: &Path) -> Outcome<()> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(0o700)))
        .context(format_args!("make {}", path.display()))
}

/// A directory of the yard's own is closed to other users. One that holds something else is left
/// as it is: closing `/tmp`, say, would break the machine.
fn close_to_others(path: &Path) -> Outcome<()> {
    let look = || format!("look at {}", path.display());
    let mode = fs::metadata(path).context(look())?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let empty = fs::read_dir(path).context(look())?.next().is_none();
    if !empty && !path.join(SETTINGS).exists() {
        return Err(Failure::new(format!(
            "{} holds other files and is open to other users",
            path.display()
        ))
        .hint(
            "name a directory of the yard's own with --data-dir; it is made if it is not there",
        ));
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
        .context(format_args!("close {} to other users", path.display()))
}

fn settings(
    path: &Path,
    account: Option<&Account>,
    region: Option<&Region>,
) -> Outcome<(Account, Region)> {
    let file = path.join(SETTINGS);
    let known = read_json(&file)?;
    if let Some(known) = &known {
        check_layout(path, known["layout"].as_u64().unwrap_or(1))?;
    }
    let text = |name: &str| known.as_ref().and_then(|it| it[name].as_str()).map(str::to_owned);
    let known_account = text("account");
    if let (Some(known), Some(asked)) = (&known_account, account)
        && known != asked.as_str()
    {
        return Err(Failure::new(format!(
            "{} belongs to account {known}, not {asked}",
            path.display()
        ))
        .hint("leave --account-id out, or use another --data-dir"));
    }
    let account = match (account, known_account) {
        (Some(account), _) => account.clone(),
        (None, known) => Account::new(known.as_deref().unwrap_or(DEFAULT_ACCOUNT))
            .context(format_args!("read {}", file.display()))?,
    };
    let region = match region {
        Some(region) => region.clone(),
        None => Region::new(text("region").as_deref().unwrap_or(DEFAULT_REGION))
            .context(format_args!("read {}", file.display()))?,
    };
    let wanted = json!({"account": account.as_str(), "region": region.as_str(), "layout": LAYOUT});
    if known.as_ref() != Some(&wanted) {
        write_private(&file, &wanted)?;
    }
    Ok((account, region))
}

/// Refuses what another binary has laid out, rather than to find repositories without objects.
fn check_layout(path: &Path, layout: u64) -> Outcome<()> {
    if layout == LAYOUT {
        return Ok(());
    }
    let hint = if layout < LAYOUT {
        "clone its repositories with the older binary, then start anew with another --data-dir"
    } else {
        "use that binary, or another --data-dir"
    };
    let age = if layout < LAYOUT { "an older" } else { "a newer" };
    Err(Failure::new(format!(
        "{} was written by {age} codeyard (layout {layout}, this one knows {LAYOUT})",
        path.display()
    ))
    .hint(hint))
}

fn root_key(path: &Path) -> Outcome<RootKey> {
    let file = path.join("root.json");
    if let Some(known) = read_json(&file)? {
        let text = |name: &str| known[name].as_str().map(str::to_owned);
        return match (text("accessKeyId"), text("secretAccessKey")) {
            (Some(id), Some(secret)) => Ok(RootKey { id, secret }),
            _ => Err(Failure::new(format!("{} is damaged", file.display()))
                .hint("remove it to get a new access key for root")),
        };
    }
    let root = RootKey {
        id: format!("AKIA{}", random_id(IdAlphabet::Base32, 16)),
        secret: random_secret(40),
    };
    write_private(&file, &json!({"accessKeyId": root.id, "secretAccessKey": root.secret}))?;
    Ok(root)
}

pub(crate) fn read_json(file: &Path) -> Outcome<Option<Value>> {
    match fs::read(file) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .context(format_args!("read {}", file.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context(format_args!("read {}", file.display())),
    }
}

/// Writes a file that only this user can read, wholly or not at all.
pub(crate) fn write_private(file: &Path, value: &Value) -> Outcome<()> {
    write_private_text(file, &format!("{value:#}\n"))
}

/// Writes a file that only this user can read, wholly or not at all.
pub(crate) fn write_private_text(file: &Path, text: &str) -> Outcome<()> {
    replace(file, text, true).context(format_args!("write {}", file.display()))
}

fn replace(file: &Path, text: &str, sync: bool) -> std::io::Result<()> {
    let fresh = file.with_extension(format!("new-{}", std::process::id()));
    let mut out =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    out.write_all(text.as_bytes())?;
    if sync {
        out.sync_all()?;
    }
    fs::rename(&fresh, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn directories_of_others_are_left_as_they_are() {
        let dir = tempfile::tempdir().unwrap();
        let shared = dir.path().join("shared");
        fs::create_dir(&shared).unwrap();
        fs::set_permissions(&shared, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(shared.join("theirs"), b"").unwrap();
        assert!(DataDir::open(&shared, None, None).is_err());
        assert_eq!(mode(&shared), 0o755);
        assert!(!shared.join("root.json").exists());
        fs::remove_file(shared.join("theirs")).unwrap();
        let data = DataDir::open(&shared, None, None).unwrap();
        assert_eq!((mode(&shared), mode(&shared.join("root.json"))), (0o700, 0o600));
        fs::set_permissions(&shared, fs::Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(shared.join("store"), fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(DataDir::existing(&shared).unwrap().root.id, data.root.id);
        assert_eq!(mode(&shared), 0o700);
        for own in OWN {
            assert_eq!(mode(&shared.join(own)), 0o700, "{own}");
        }
    }

    #[test]
    fn what_another_layout_wrote_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data");
        DataDir::open(&path, None, None).unwrap();
        DataDir::existing(&path).unwrap();
        for (written, said) in [
            (json!({"account": "000000000000", "region": "us-east-1"}), "an older codeyard"),
            (json!({"account": "000000000000", "layout": LAYOUT + 1}), "a newer codeyard"),
        ] {
            write_private(&path.join(SETTINGS), &written).unwrap();
            let refused = DataDir::existing(&path).err().unwrap().to_string();
            assert!(refused.contains(said), "{refused}");
        }
    }

    #[test]
    fn a_process_id_alone_is_no_yard() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(&dir.path().join("data"), None, None).unwrap();
        assert!(data.running().is_none());
        data.note_running("http://127.0.0.1:1", None).unwrap();
        let yard = data.running().unwrap();
        assert_eq!(yard.pid, i32::try_from(std::process::id()).unwrap());
        // The process has ended, and its id belongs to a younger one now.
        let began = began(std::process::id()).unwrap() - 1;
        let stale = json!({"pid": std::process::id(), "began": began, "url": ""});
        write_private(&data.path.join("yard.json"), &stale).unwrap();
        assert!(data.running().is_none());
        data.note_stopped("http://127.0.0.1:1", None).unwrap();
        assert!(data.running().is_none());
        assert!(yard.is_there(), "it has said so but not ended yet");
        assert_eq!(data.last_url().as_deref(), Some("http://127.0.0.1:1"));
    }
}
