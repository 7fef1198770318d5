//! Whatever the text, the parsers answer, and what they take they take whole.

use codeyard_formats::{appspec, buildspec, glob::Glob, yaml};
use proptest::prelude::*;

/// Texts that look enough like YAML to get past its first character.
fn yamlish() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("version: 0.2\n"),
        Just("phases:"),
        Just("  build:"),
        Just("    commands:"),
        Just("      - "),
        Just("on-failure: "),
        Just("RETRY-"),
        Just("&a "),
        Just("*a "),
        Just("!t "),
        Just("? "),
        Just(": "),
        Just("- "),
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(","),
        Just("\n"),
        Just("  "),
        Just("\t"),
        Just("|\n"),
        Just(">-\n"),
        Just("'"),
        Just("\""),
        Just("\\x"),
        Just("#"),
        Just("<<: "),
        Just("---\n"),
        Just("%YAML 1.2\n"),
        Just("é"),
        Just("\u{0}"),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn no_null() -> impl Strategy<Value = String> {
    "[ -~äß€😀]{0,40}"
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(text in prop_oneof![yamlish(), any::<String>()]) {
        let _ = yaml::parse(&text);
        let _ = buildspec::parse(&text);
        let _ = appspec::parse(&text);
    }

    #[test]
    fn errors_point_into_the_text(text in yamlish()) {
        if let Err(error) = yaml::parse(&text) {
            prop_assert!(error.at.line >= 1 && error.at.line <= text.lines().count() + 2, "{error}");
        }
    }

    #[test]
    fn commands_come_back_as_written(commands in prop::collection::vec(no_null(), 0..8)) {
        let list: Vec<String> = commands.iter().map(|command| quoted(command)).collect();
        let text = format!("{{version: 0.2, phases: {{build: {{commands: [{}]}}}}}}", list.join(", "));
        let spec = buildspec::parse(&text).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        prop_assert_eq!(spec.phases.build.map(|build| build.commands), Some(commands));
    }

    #[test]
    fn variables_come_back_in_order(values in prop::collection::vec(no_null(), 1..8)) {
        let list: Vec<String> = values
            .iter()
            .enumerate()
            .map(|(index, value)| format!("V{index}: {}", quoted(value)))
            .collect();
        let text = format!(
            "{{version: 0.2, phases: {{build: {{commands: [a]}}}}, env: {{variables: {{{}}}}}}}",
            list.join(", ")
        );
        let spec = buildspec::parse(&text).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        let got: Vec<String> = spec.env.variables.into_iter().map(|(_, value)| value).collect();
        prop_assert_eq!(got, values);
    }

    #[test]
    fn a_path_matches_itself_and_everything_matches_it(
        names in prop::collection::vec("[a-z0-9._]{1,8}", 1..6)
    ) {
        let path = names.iter().map(|name| format!("{name}x")).collect::<Vec<_>>().join("/");
        prop_assert!(Glob::new(&path).map_err(TestCaseError::fail)?.matches(&path));
        prop_assert!(Glob::new("**/*").map_err(TestCaseError::fail)?.matches(&path));
        prop_assert_eq!(Glob::new("*").map_err(TestCaseError::fail)?.matches(&path), names.len() == 1);
    }

    #[test]
    fn globs_answer(pattern in "[ab*?/\\[\\]{},!\\\\-]{0,30}", path in "[ab/]{0,30}") {
        if let Ok(glob) = Glob::new(&pattern) {
            let _ = glob.matches(&path);
            let _ = glob.folder();
        }
    }
}
