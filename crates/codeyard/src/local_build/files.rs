//! What a local build leaves: its artifacts and the files of its reports.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Component, Path, PathBuf};

use client::Client;

use super::project::{self, BUCKET, Made, REPORTS};
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

/// Puts the files of the reports into a folder, a folder of its own for each report.
pub(super) async fn reports(client: &Client, made: &Made, folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    for report in &made.reports {
        let prefix = format!("{REPORTS}/{}/", project::group(report));
        for key in keys(client, &prefix).await? {
            // The first part is the id of the one report that the group has.
            let below = key.strip_prefix(&prefix).and_then(|rest| rest.split_once('/'));
            let name = below.map_or(key.as_str(), |(_, name)| name);
            let inside = |path: &str| {
                Path::new(path).components().all(|it| matches!(it, Component::Normal(_)))
            };
            if !inside(name) || !inside(report) {
                return Err(Failure::new(format!("the report's file {name} lies outside of it")));
            }
            let file = folder.join(report).join(name);
            if let Some(parent) = file.parent() {
                std::fs::create_dir_all(parent)
                    .context(format_args!("make {}", parent.display()))?;
            }
            if fetch(client, &key, &file).await? {
                files.push(file);
            }
        }
    }
    Ok(files)
}

/// The keys of all objects below a prefix.
async fn keys(client: &Client, prefix: &str) -> Outcome<Vec<String>> {
    let mut keys = Vec::new();
    let mut token = String::new();
    loop {
        let mut target =
            format!("/{BUCKET}?list-type=2&prefix={}", wire::uri::encode(prefix, false));
        if !token.is_empty() {
            target.push_str("&continuation-token=");
            target.push_str(&wire::uri::encode(&token, false));
        }
        let answer = client.s3("GET", &target, &[], Vec::new()).await?;
        let listed = wire::xml::parse(&answer.body).context("read the list of report files")?;
        let texts = listed.children.iter().filter(|node| node.name == "Contents");
        keys.extend(texts.filter_map(|node| Some(node.child("Key")?.text.clone())));
        match listed.child("NextContinuationToken") {
            Some(next) => next.text.clone_into(&mut token),
            None => return Ok(keys),
        }
    }
}

/// Fetches an object; answers whether there is one. The file is whole or not there.
async fn fetch(client: &Client, name: &str, file: &Path) -> Outcome<bool> {
    let target = format!("/{BUCKET}/{}", wire::uri::encode(name, true));
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
