//! Commands under way, on disk: one file each, from before the command runs until the yard knows
//! its result.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::files;

/// A command and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tracked {
    pub(crate) command: String,
    /// The script that runs: its process id and when it began.
    pub(crate) script: Option<(u32, u64)>,
    /// `Succeeded` or `Failed` with the diagnostics, once the command has ended.
    pub(crate) result: Option<(String, String)>,
}

/// The folder of those files.
#[derive(Clone, Debug)]
pub(crate) struct Tracker {
    folder: PathBuf,
    /// The next command of a deployment may arrive while the last one is being forgotten.
    one_at_a_time: Arc<Mutex<()>>,
}

impl Tracker {
    pub(crate) fn new(root: &Path) -> Self {
        Self { folder: root.join("ongoing-deployment"), one_at_a_time: Arc::default() }
    }

    /// Notes the state of a deployment's command.
    pub(crate) fn note(&self, deployment_id: &str, tracked: &Tracked) -> io::Result<()> {
        let json = json!({
            "host_command_identifier": tracked.command,
            "script": tracked.script.map(|(pid, started)| json!([pid, started])),
            "result": tracked.result.as_ref().map(|(status, payload)| json!([status, payload])),
        });
        let _turn = self.one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner);
        files::write_durably(&self.folder.join(deployment_id), json.to_string().as_bytes())
    }

    /// The yard knows the result of a command. The note of a later one stays.
    pub(crate) fn forget(&self, deployment_id: &str, command: &str) -> io::Result<()> {
        let path = self.folder.join(deployment_id);
        let _turn = self.one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner);
        match fs::read_to_string(&path) {
            Ok(text) if read(&text).command == command => files::remove(&path),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// What an earlier agent left: deployment ids with their commands.
    pub(crate) fn left(&self) -> io::Result<Vec<(String, Tracked)>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut left = Vec::new();
        for entry in entries {
            let path = entry?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            if name.ends_with(".new") {
                // Never finished, so what it would have replaced counts.
                files::remove(&path)?;
                continue;
            }
            left.push((name.to_owned(), read(&fs::read_to_string(&path)?)));
        }
        left.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(left)
    }
}

fn read(text: &str) -> Tracked {
    let json: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let Some(command) = json.get("host_command_identifier").and_then(Value::as_str) else {
        // The published agent writes the bare identifier.
        return Tracked { command: text.trim().to_owned(), script: None, result: None };
    };
    let pair = |name: &str| json.get(name).and_then(Value::as_array).map(Vec::as_slice);
    Tracked {
        command: command.to_owned(),
        script: match pair("script") {
            Some([pid, started]) => {
                pid.as_u64().and_then(|pid| u32::try_from(pid).ok()).zip(started.as_u64())
            }
            _ => None,
        },
        result: match pair("result") {
            Some([Value::String(status), Value::String(payload)]) => {
                Some((status.clone(), payload.clone()))
            }
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let tracker = Tracker::new(folder.path());
        assert_eq!(tracker.left().unwrap(), []);
        let mut tracked = Tracked { command: "{\"odd\":1}".to_owned(), script: None, result: None };
        tracker.note("d-2", &tracked).unwrap();
        tracked.script = Some((7, 1 << 40));
        tracked.result = Some(("Failed".to_owned(), "{}".to_owned()));
        tracker.note("d-1", &tracked).unwrap();
        fs::write(folder.path().join("ongoing-deployment/d-3"), "ruby's\n").unwrap();
        fs::write(folder.path().join("ongoing-deployment/d-4.new"), "torn").unwrap();
        let left = tracker.left().unwrap();
        assert_eq!(left.len(), 3);
        assert_eq!(left[0], ("d-1".to_owned(), tracked));
        assert_eq!(left[1].1.script, None);
        assert_eq!(left[2].1.command, "ruby's");
        tracker.forget("d-1", "another").unwrap();
        assert_eq!(tracker.left().unwrap().len(), 3);
        tracker.forget("d-1", "{\"odd\":1}").unwrap();
        tracker.forget("d-1", "{\"odd\":1}").unwrap();
        assert_eq!(tracker.left().unwrap().len(), 2);
    }
}
