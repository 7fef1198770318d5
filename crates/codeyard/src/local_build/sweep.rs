//! What earlier builds left that were killed: sandboxes that run on, and folders.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sandbox::{Local, LocalConfig, Sandbox as _};

use crate::data_dir;
use crate::failure::{Context as _, Outcome};

/// How the folders' names start.
pub(super) const PREFIX: &str = "codeyard-build-";
/// A younger folder may be one whose yard is still starting.
const YOUNG: Duration = Duration::from_secs(60);

/// Ends and removes them, as far as they are this user's and their yards are gone.
pub(super) async fn left_over(temporary: &Path) {
    for folder in folders(temporary) {
        if let Err(failure) = remove(&folder).await {
            tracing::warn!(folder = %folder.display(), %failure, "an earlier build's folder stays");
        }
    }
}

fn folders(temporary: &Path) -> Vec<PathBuf> {
    let own = nix::unistd::geteuid().as_raw();
    let entries = std::fs::read_dir(temporary).into_iter().flatten().flatten();
    let left = entries.filter(|entry| {
        let named = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let Ok(found) = entry.metadata() else { return false };
        let old = found.modified().is_ok_and(|at| at.elapsed().is_ok_and(|age| age > YOUNG));
        named && found.is_dir() && found.uid() == own && old
    });
    left.map(|entry| entry.path()).filter(|path| data_dir::running(path).is_none()).collect()
}

async fn remove(folder: &Path) -> Outcome<()> {
    let base = folder.join("builds").join("sandboxes");
    if base.is_dir() {
        let supervisor = std::env::current_exe().context("find this program")?;
        let config =
            LocalConfig { base, hide: Vec::new(), seal_key: None, supervisor: Some(supervisor) };
        let driver = Local::new(config).context("look at its sandboxes")?;
        for id in driver.list().await.context("list its sandboxes")? {
            driver.destroy(&id).await.context(format_args!("end its sandbox {id}"))?;
        }
        driver.remove_tree(folder.to_owned()).await.context("remove it")?;
    }
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
    .context("remove it")
}
