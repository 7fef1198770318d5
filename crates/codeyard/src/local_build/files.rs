//! What a local build leaves: its artifacts as files.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use client::Client;

use super::project::{BUCKET, Made};
use crate::failure::{Context as _, Failure, Outcome};

/// Bytes that are fetched at once.
const PIECE: u64 = 16 << 20;

/// Puts the outputs that there are into a folder, which is made if it is not there.
pub(super) async fn artifacts(
    client: &Client,
    made: &Made,
    folder: &Path,
) -> Outcome<Vec<PathBuf>> {
    std::fs::create_dir_all(folder).context(format_args!("make {}", folder.display()))?;
    let mut files = Vec::new();
    for name in &made.outputs {
        let file = folder.join(name);
        if fetch(client, name, &file).await? {
            files.push(file);
        }
    }
    Ok(files)
}

/// Fetches an object; answers whether there is one. The file is whole or not there.
async fn fetch(client: &Client, name: &str, file: &Path) -> Outcome<bool> {
    let target = format!("/{BUCKET}/{}", wire::uri::encode(name, false));
    let folder = file.parent().unwrap_or(Path::new("."));
    // As any file that this user makes: the umask takes away what it takes away.
    let mut whole = tempfile::Builder::new()
        .permissions(std::fs::Permissions::from_mode(0o666))
        .tempfile_in(folder)
        .context(format_args!("write to {}", folder.display()))?;
    let mut at = 0;
    loop {
        let range = format!("bytes={at}-{}", at + PIECE - 1);
        let answer = match client.s3("GET", &target, &[("range", &range)], Vec::new()).await {
            Err(error) if error.is("NoSuchKey") => return Ok(false),
            answer => answer?,
        };
        whole.write_all(&answer.body).context(format_args!("write {}", file.display()))?;
        at += answer.body.len() as u64;
        let total = answer.header("content-range").and_then(|it| it.rsplit('/').next());
        let total = total.and_then(|total| total.parse::<u64>().ok());
        match total {
            Some(total) if at < total && !answer.body.is_empty() => {}
            Some(total) if at < total => {
                return Err(Failure::new(format!("{name} came short: {at} of {total} bytes")));
            }
            _ => break,
        }
    }
    whole.persist(file).context(format_args!("write {}", file.display()))?;
    Ok(true)
}
