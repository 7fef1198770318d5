//! Progress for a person: styled with a moving status line in a terminal, plain lines elsewhere.

use std::io::{IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};

/// Where progress is shown.
pub(crate) struct Screen {
    terminal: bool,
    /// The status line that stands there now.
    status: Mutex<String>,
}

impl Screen {
    pub(crate) fn new() -> Self {
        Self { terminal: std::io::stdout().is_terminal(), status: Mutex::default() }
    }

    /// A new part begins.
    pub(crate) fn heading(&self, text: &str) {
        let text = plain(text);
        if self.terminal {
            self.put(&format!("\n\x1b[1m{text}\x1b[0m"));
        } else {
            self.put(&format!("== {text}"));
        }
    }

    /// A line that stays.
    pub(crate) fn line(&self, text: &str) {
        self.put(&plain(text));
    }

    /// A line of somebody else's output.
    pub(crate) fn output(&self, text: &str) {
        let text = plain(text);
        if self.terminal {
            self.put(&format!("    \x1b[2m{text}\x1b[0m"));
        } else {
            self.put(&format!("    {text}"));
        }
    }

    /// Something ended well.
    pub(crate) fn good(&self, text: &str) {
        let text = plain(text);
        if self.terminal {
            self.put(&format!("  \x1b[32m✓\x1b[0m {text}"));
        } else {
            self.put(&format!("  ok {text}"));
        }
    }

    /// Something ended badly.
    pub(crate) fn bad(&self, text: &str) {
        let text = plain(text);
        if self.terminal {
            self.put(&format!("  \x1b[31m✗\x1b[0m {text}"));
        } else {
            self.put(&format!("  FAILED {text}"));
        }
    }

    /// What goes on just now; replaced by whatever comes next. Nothing where there is no terminal.
    pub(crate) fn status(&self, text: &str) {
        let mut status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        if self.terminal && *status != text {
            text.clone_into(&mut status);
            print!("\r\x1b[K  … {}", plain(text));
            let _ = std::io::stdout().flush();
        }
    }

    fn put(&self, text: &str) {
        let mut status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        if self.terminal && !status.is_empty() {
            print!("\r\x1b[K");
            status.clear();
        }
        println!("{text}");
        let _ = std::io::stdout().flush();
    }
}

/// Without control characters: names, messages and output come from buildspecs and scripts, and may
/// not move the cursor or retitle the terminal. Lines stay lines.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\t' | '\n')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(plain("a\x1b]0;title\x07\tb\r\u{9b}2J\nc"), "a]0;title\tb2J\nc");
    }
}
