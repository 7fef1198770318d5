//! The quickstart application, made by the yard itself for who learns with the console.

use shape::{Shape, Timestamp};

shape::operations! { "codeyard";
    StartQuickstart(StartQuickstartInput) -> QuickstartRun;
    GetQuickstart(GetQuickstartInput) -> QuickstartRun;
}

/// Does what `codeyard quickstart` does: creates a repository, roles, a build project, deployment
/// hosts and a pipeline, pushes a sample application and follows it until it serves. Whatever is
/// there already is kept. Works as root, so it takes a right of its own, `codeyard:StartQuickstart`.
/// While one runs, answers with that one. Refused in test mode, which keeps nothing.
#[derive(Shape, Default, Clone, PartialEq)]
pub struct StartQuickstartInput {}

/// Tells how far the last one came. Needs the right `codeyard:GetQuickstart`.
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetQuickstartInput {}

/// A run of the quickstart since the yard was started.
#[derive(Shape, Default, Clone, PartialEq)]
pub struct QuickstartRun {
    /// How it stands.
    pub status: QuickstartStatus,
    /// When it was started.
    pub started: Option<Timestamp>,
    /// What it said, without credentials; the last 500 lines.
    pub lines: Vec<String>,
}

shape::string_enum! {
    /// How a run of the quickstart stands.
    pub enum QuickstartStatus {
        NotStarted = "NOT_STARTED",
        InProgress = "IN_PROGRESS",
        Succeeded = "SUCCEEDED",
        Failed = "FAILED",
    }
}
