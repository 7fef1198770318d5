//! Where the files of one sandbox are.

use crate::spec::SandboxId;
use crate::spool::Seal;
use std::path::{Path, PathBuf};

/// Directory of one sandbox.
#[derive(Clone, Debug)]
pub struct Layout {
    id: SandboxId,
    directory: PathBuf,
}

impl Layout {
    /// Name of the file with the directories that it began with.
    pub const MADE: &str = "made";

    pub fn new(base: &Path, id: &SandboxId) -> Self {
        Self { id: id.clone(), directory: base.join(id.as_str()) }
    }

    pub fn id(&self) -> &SandboxId {
        &self.id
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The file of that name in a sandbox's directory.
    pub fn made_in(directory: &Path) -> PathBuf {
        directory.join(Self::MADE)
    }

    /// Files of the present or last run.
    pub fn run(&self) -> PathBuf {
        self.directory.join("run")
    }

    /// Which processes supervisor and init are, and what a cleaner must know.
    pub fn identity(&self) -> PathBuf {
        self.run().join("identity.json")
    }

    pub fn journal(&self) -> PathBuf {
        self.run().join("journal")
    }

    pub fn output(&self) -> PathBuf {
        self.run().join("output")
    }

    /// There from the moment the sandbox has ended.
    pub fn end(&self) -> PathBuf {
        self.run().join("end")
    }

    /// There when it was asked to stop.
    pub fn stop(&self) -> PathBuf {
        self.run().join("stop")
    }

    /// Directory with a file for each further program's door (`enter`).
    pub fn doors(&self) -> PathBuf {
        self.run().join("doors")
    }

    /// What the supervisor itself complains of.
    pub fn complaints(&self) -> PathBuf {
        self.run().join("supervisor.log")
    }

    pub fn root(&self) -> PathBuf {
        self.directory.join("root")
    }

    pub fn uppers(&self) -> PathBuf {
        self.directory.join("layers")
    }

    pub fn tmp(&self) -> PathBuf {
        self.run().join("tmp")
    }

    /// Directory of the named pipe by which a shell tells of finished commands.
    pub fn replies(&self) -> PathBuf {
        self.run().join("shell")
    }

    /// The seal of one of its files.
    pub fn seal(&self, key: Option<&[u8; 32]>, name: &str) -> Option<Seal> {
        key.map(|key| Seal::new(key, self.id.as_str(), name))
    }
}
