//! The phases of a build, and how one follows the other.

use api_developer::codebuild::{Build, BuildPhase, BuildPhaseType, BuildStatusType, PhaseContext};
use shape::Timestamp;

/// Why a phase did not succeed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Context {
    pub code: String,
    pub message: String,
}

impl Context {
    /// A denial's encoded part is left out, as AWS's contexts are without: it is some kilobytes for
    /// the caller of an operation to decode, and a phase has no caller.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: without_encoded(message.into()) }
    }
}

const ENCODED: &str = ". Encoded authorization failure message: ";

/// A text without the encoded parts of denials.
pub(crate) fn without_encoded(mut text: String) -> String {
    while let Some(at) = text.find(ENCODED) {
        let is_code =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_');
        let code = text.get(at + ENCODED.len()..).unwrap_or_default();
        let end = at + ENCODED.len() + code.find(|c| !is_code(c)).unwrap_or(code.len());
        text.replace_range(at..end, "");
    }
    text
}

/// Begins a phase.
pub(crate) fn begin(build: &mut Build, phase: BuildPhaseType, at: Timestamp) {
    build.current_phase = Some(phase.as_str().to_owned());
    build.phases.get_or_insert_default().push(BuildPhase {
        phase_type: Some(phase),
        start_time: Some(at),
        ..BuildPhase::default()
    });
}

/// Ends the phase under way, if one is.
pub(crate) fn end(
    build: &mut Build,
    status: BuildStatusType,
    context: Option<&Context>,
    at: Timestamp,
) -> Option<BuildPhase> {
    let phase = build.phases.as_mut()?.last_mut().filter(|phase| phase.end_time.is_none())?;
    let lasted = phase.start_time.map_or(0, |start| at.since(start).max(0));
    phase.phase_status = Some(status);
    phase.end_time = Some(at);
    phase.duration_in_seconds = Some(lasted / 1000);
    phase.contexts = Some(vec![PhaseContext {
        status_code: Some(context.map(|it| it.code.clone()).unwrap_or_default()),
        message: Some(context.map(|it| it.message.clone()).unwrap_or_default()),
    }]);
    Some(phase.clone())
}

/// Ends the phase under way well and begins the next.
pub(crate) fn next(build: &mut Build, phase: BuildPhaseType, at: Timestamp) -> Option<BuildPhase> {
    let ended = end(build, BuildStatusType::Succeeded, None, at);
    begin(build, phase, at);
    ended
}

/// The phase under way.
pub(crate) fn current(build: &Build) -> Option<BuildPhaseType> {
    let last = build.phases.as_deref().and_then(<[_]>::last)?;
    last.phase_type.filter(|_| last.end_time.is_none())
}

/// Ends the build: `COMPLETED` has a start and nothing more, as in AWS.
pub(crate) fn complete(build: &mut Build, status: BuildStatusType, at: Timestamp) {
    begin(build, BuildPhaseType::Completed, at);
    build.build_status = Some(status);
    build.build_complete = Some(true);
    build.end_time = Some(at);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_are_without_what_is_encoded() {
        let message = format!("[g: [denied{ENCODED}abc+/=-_], h: [denied{ENCODED}x]] and so on");
        assert_eq!(Context::new("C", message).message, "[g: [denied], h: [denied]] and so on");
        assert_eq!(Context::new("C", format!("no{ENCODED}")).message, "no");
    }
}
