//! What the fuzz targets run: one plain function for each parser that reads what strangers send.
//! None may panic, hang or break the promise that it checks, whatever the bytes.
//!
//! The functions are compiled a second time, into an ordinary test of the test kit, which runs the
//! committed seeds and mutations of them. See docs/fuzzing.md.

mod files;
mod identity;
mod patterns;
mod protocols;
mod ssh;

/// A parser under test.
pub type Target = fn(&[u8]);

/// All of them, by the names of their seeds' folders.
pub const TARGETS: &[(&str, Target)] = &[
    ("appspec", files::appspec),
    ("buildspec", files::buildspec),
    ("chunks", identity::chunks),
    ("coverage_report", files::coverage_report),
    ("event_pattern", patterns::event_pattern),
    ("git_push", protocols::git_push),
    ("glob", patterns::glob),
    ("json", protocols::json),
    ("log_filter", patterns::log_filter),
    ("policy", identity::policy),
    ("query", protocols::query),
    ("rest_json", protocols::rest_json),
    ("rest_xml", protocols::rest_xml),
    ("scalars", patterns::scalars),
    ("sigv4", identity::sigv4),
    ("specification", files::specification),
    ("ssh", ssh::ssh),
    ("ssh_command", ssh::ssh_command),
    ("tar", files::tar),
    ("test_report", files::test_report),
    ("uri", protocols::uri),
    ("xml", protocols::xml),
    ("yaml", files::yaml),
    ("zip", files::zip),
];

/// Runs the target of that name.
pub fn run(name: &str, data: &[u8]) {
    if let Some((_, target)) = TARGETS.iter().find(|(known, _)| *known == name) {
        target(data);
    }
}

/// The text before the first line end and what is behind it.
fn first_line(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, ""))
}
