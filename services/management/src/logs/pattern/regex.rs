//! Regular expressions in patterns: `%…%`.

use regex_lite::{Regex, RegexBuilder};

/// What one expression may take when compiled, in bytes.
const MAX_COMPILED: usize = 64 << 10;

/// Compiles what stands between the percent signs. AWS takes a subset of the usual syntax; the
/// engine here takes linear time whatever it is given.
pub(super) fn compile(expression: &str) -> Result<Regex, String> {
    if expression.is_empty() {
        return Err("a regular expression is empty".to_owned());
    }
    RegexBuilder::new(expression)
        .size_limit(MAX_COMPILED)
        .build()
        .map_err(|error| format!("%{expression}% is not a regular expression: {error}"))
}
