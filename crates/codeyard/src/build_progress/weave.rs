//! A build's phases among the lines of its log. The two come from different services, the log a
//! little later: each phase is told behind the lines that it printed.

use std::collections::VecDeque;

/// The phases whose end the log tells.
const LOGGED: [&str; 6] =
    ["DOWNLOAD_SOURCE", "INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD", "UPLOAD_ARTIFACTS"];

/// What is to be shown next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item {
    Line(String),
    /// A phase, by its place among the build's phases.
    Phase(usize),
}

/// What waits to be shown.
#[derive(Default)]
pub(super) struct Weave {
    lines: VecDeque<String>,
    /// How many phases have been shown.
    shown: usize,
    /// The phases to show before the log goes on.
    due: usize,
}

impl Weave {
    /// A further line of the log.
    pub(super) fn line(&mut self, line: &str) {
        self.lines.push_back(line.to_owned());
    }

    /// What can be shown now. `ended` are the phases that have, in order; `over` says that nothing
    /// more will come.
    pub(super) fn ready(&mut self, ended: &[&str], over: bool) -> Vec<Item> {
        let mut items = Vec::new();
        // The log tells nothing of these, and what comes before them is shown.
        while ended.get(self.shown).is_some_and(|name| !LOGGED.contains(name)) {
            self.show_up_to(self.shown + 1, &mut items);
        }
        while let Some(line) = self.lines.front() {
            let completed = completed(line).map(|name| ended.iter().position(|it| *it == name));
            if completed == Some(None) && !over {
                // Its duration is known at the next look.
                break;
            }
            let is_about_the_end = line.contains("Phase context status code:");
            if self.due > self.shown && !is_about_the_end {
                let due = self.due;
                self.show_up_to(due, &mut items);
            }
            items.extend(self.lines.pop_front().map(Item::Line));
            if let Some(Some(at)) = completed {
                self.due = self.due.max(at + 1);
            }
            if is_about_the_end {
                let due = self.due;
                self.show_up_to(due, &mut items);
            }
        }
        if over {
            self.show_up_to(ended.len(), &mut items);
        }
        items
    }

    fn show_up_to(&mut self, count: usize, items: &mut Vec<Item>) {
        items.extend((self.shown..count).map(Item::Phase));
        self.shown = self.shown.max(count);
    }
}

/// The phase whose end a line of the log tells.
fn completed(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("Phase complete: ")?;
    let (name, _) = rest.split_once(" State: ")?;
    LOGGED.contains(&name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(items: Vec<Item>, phases: &[&str]) -> Vec<String> {
        let text = |item| match item {
            Item::Line(line) => line,
            Item::Phase(at) => format!("<{}>", phases[at]),
        };
        items.into_iter().map(text).collect()
    }

    #[test]
    fn phases_come_behind_their_lines() {
        let phases = ["SUBMITTED", "QUEUED", "DOWNLOAD_SOURCE", "INSTALL", "BUILD", "FINALIZING"];
        let mut weave = Weave::default();
        assert_eq!(shown(weave.ready(&phases[..1], false), &phases), ["<SUBMITTED>"]);
        // Both phases have ended, but the log is behind.
        assert_eq!(shown(weave.ready(&phases[..4], false), &phases), ["<QUEUED>"]);
        for line in ["a", "Phase complete: DOWNLOAD_SOURCE State: SUCCEEDED"] {
            weave.line(line);
        }
        let ready = shown(weave.ready(&phases[..4], false), &phases);
        assert_eq!(ready, ["a", "Phase complete: DOWNLOAD_SOURCE State: SUCCEEDED"]);
        for line in [
            "Phase context status code:  Message:",
            "b",
            "Phase complete: INSTALL State: SUCCEEDED",
            "c",
            "Phase complete: BUILD State: FAILED",
            "Phase context status code: COMMAND_EXECUTION_ERROR",
        ] {
            weave.line(line);
        }
        // The log is ahead of what is known of the last phase.
        let ready = shown(weave.ready(&phases[..4], false), &phases);
        let install = "Phase complete: INSTALL State: SUCCEEDED";
        assert_eq!(
            ready,
            [
                "Phase context status code:  Message:",
                "<DOWNLOAD_SOURCE>",
                "b",
                install,
                "<INSTALL>",
                "c"
            ]
        );
        let ready = shown(weave.ready(&phases, true), &phases);
        assert_eq!(ready[0], "Phase complete: BUILD State: FAILED");
        assert_eq!(ready[2..], ["<BUILD>", "<FINALIZING>"]);
        assert!(weave.ready(&phases, true).is_empty(), "each is shown once");
    }

    #[test]
    fn nothing_is_held_back_for_ever() {
        let mut weave = Weave::default();
        weave.line("Phase complete: NOTHING State: known");
        weave.line("Phase complete: BUILD State: SUCCEEDED");
        assert_eq!(weave.ready(&["SUBMITTED"], false).len(), 2);
        assert_eq!(weave.ready(&["SUBMITTED"], true).len(), 1);
    }
}
