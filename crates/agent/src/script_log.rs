//! What scripts print: a file for the operator, and the last lines for the yard.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use types::{Clock, SystemClock};

/// How much of the end is sent, in bytes.
const MAX_TAIL: usize = 2048;
/// How large the log of one deployment may grow, in bytes; what follows is not written.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// The log of one lifecycle event's scripts.
pub(crate) struct ScriptLog {
    deployment_id: String,
    file: File,
    written: u64,
    /// All deployments of this host.
    common: Option<File>,
    tail: VecDeque<String>,
    tail_bytes: usize,
}

impl ScriptLog {
    /// Opens `logs/scripts.log` below the deployment's folder, and the log of all deployments.
    pub(crate) fn open(root: &Path, deployment: &Path, deployment_id: &str) -> io::Result<Self> {
        let append = |folder: &Path, name: &str| {
            std::fs::create_dir_all(folder)?;
            OpenOptions::new().create(true).append(true).open(folder.join(name))
        };
        let file = append(&deployment.join("logs"), "scripts.log")?;
        let common = append(&root.join("deployment-logs"), "codedeploy-agent-deployments.log")?;
        let written = file.metadata()?.len();
        let common_is_full = common.metadata()?.len() >= MAX_FILE;
        Ok(Self {
            deployment_id: deployment_id.to_owned(),
            file,
            written,
            common: (!common_is_full).then_some(common),
            tail: VecDeque::new(),
            tail_bytes: 0,
        })
    }

    /// Adds a line. A full disk does not stop the script: the tail is kept in memory anyway.
    pub(crate) fn line(&mut self, text: &str) {
        let text = text.trim_end_matches(['\n', '\r']);
        let now = SystemClock.now().iso8601();
        if self.written < MAX_FILE {
            let mut line = format!("{now} {text}\n");
            self.written += line.len() as u64;
            if self.written >= MAX_FILE {
                line += "the log is full: what follows is not kept\n";
            }
            if let Err(error) = self.file.write_all(line.as_bytes()) {
                tracing::warn!(%error, "the script log cannot be written");
            }
            if let Some(common) = &mut self.common {
                let line = format!("[{now}] [{}]{text}\n", self.deployment_id);
                if let Err(error) = common.write_all(line.as_bytes()) {
                    tracing::warn!(%error, "the deployments log cannot be written");
                }
            }
        }
        self.keep(text);
    }

    fn keep(&mut self, text: &str) {
        let from = text.len().saturating_sub(MAX_TAIL - 1);
        let from = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let line = format!("{}\n", text.get(from..).unwrap_or_default());
        self.tail_bytes += line.len();
        self.tail.push_back(line);
        while self.tail_bytes > MAX_TAIL {
            let Some(gone) = self.tail.pop_front() else { break };
            self.tail_bytes -= gone.len();
        }
    }

    /// The last lines, at most [`MAX_TAIL`] bytes.
    pub(crate) fn tail(&self) -> String {
        self.tail.iter().map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = ScriptLog::open(folder.path(), &folder.path().join("d"), "d-1").unwrap();
        for index in 0..1000 {
            log.line(&format!("line {index}\n"));
        }
        let tail = log.tail();
        assert!(tail.len() <= MAX_TAIL && tail.len() > MAX_TAIL - 20);
        assert!(tail.ends_with("line 999\n"));
        log.line(&"ü".repeat(5000));
        assert!(log.tail().len() <= MAX_TAIL && log.tail().ends_with("ü\n"));
        let file = std::fs::read_to_string(folder.path().join("d/logs/scripts.log")).unwrap();
        assert_eq!(file.lines().count(), 1001);
    }
}
