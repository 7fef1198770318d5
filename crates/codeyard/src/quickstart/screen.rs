//! Progress for a person: styled with a moving status line in a terminal, plain lines elsewhere.

use std::io::{IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};

/// Where progress is shown.
pub(super) struct Screen {
    terminal: bool,
    /// The status line that stands there now.
    status: Mutex<String>,
}

impl Screen {
    pub(super) fn new() -> Self {
        Self { terminal: std::io::stdout().is_terminal(), status: Mutex::default() }
    }

    /// A new part begins.
    pub(super) fn heading(&self, text: &str) {
        if self.terminal {
            self.put(&format!("\n\x1b[1m{text}\x1b[0m"));
        } else {
            self.put(&format!("== {text}"));
        }
    }

    /// A line that stays.
    pub(super) fn line(&self, text: &str) {
        self.put(text);
    }

    /// A line of somebody else's output: control characters are taken out, so that it cannot move
    /// the cursor or retitle the terminal.
    pub(super) fn output(&self, text: &str) {
        let text: String = text.chars().filter(|c| !c.is_control() || *c == '\t').collect();
        if self.terminal {
            self.put(&format!("    \x1b[2m{text}\x1b[0m"));
        } else {
            self.put(&format!("    {text}"));
        }
    }

    /// Something ended well.
    pub(super) fn good(&self, text: &str) {
        if self.terminal {
            self.put(&format!("  \x1b[32m✓\x1b[0m {text}"));
        } else {
            self.put(&format!("  ok {text}"));
        }
    }

    /// Something ended badly.
    pub(super) fn bad(&self, text: &str) {
        if self.terminal {
            self.put(&format!("  \x1b[31m✗\x1b[0m {text}"));
        } else {
            self.put(&format!("  FAILED {text}"));
        }
    }

    /// What goes on just now; replaced by whatever comes next. Nothing where there is no terminal.
    pub(super) fn status(&self, text: &str) {
        let mut status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        if self.terminal && *status != text {
            text.clone_into(&mut status);
            print!("\r\x1b[K  … {text}");
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
