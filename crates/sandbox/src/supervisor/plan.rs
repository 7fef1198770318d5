//! Runs a plan: stage by stage, command by command, in one shell.

use crate::journal::now;
use crate::spec::{AfterFailure, OnFailure, Plan, Stage};
use crate::status::{EndKind, StageOutcome};
use crate::supervisor::group::Group;
use crate::supervisor::pump::{Event, Pump};
use crate::supervisor::shell::{self, Frame, Snapshot};
use regex_lite::Regex;
use serde_json::json;
use std::io;
use std::path::Path;

/// What cuts a plan short.
pub enum Interrupt {
    /// It ends so.
    End(EndKind),
    /// The supervisor itself failed.
    Broken(io::Error),
}

impl From<io::Error> for Interrupt {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

/// The state of a plan under way.
pub struct Runner<'a> {
    plan: &'a Plan,
    /// Where the first shell starts.
    workdir: &'a Path,
    pump: &'a mut Pump,
    group: &'a Group,
    killed_for_memory: u64,
    /// The user whose shell is running.
    shell: Option<String>,
    /// The user of the last shell.
    last_user: Option<String>,
    /// Whether shells are to be told that something has failed.
    failing: bool,
    snapshot: Option<Snapshot>,
    /// Number of the last request to a shell.
    number: u64,
    failed: bool,
    /// Lines in front of the plan's preamble.
    pub told: Vec<String>,
}

/// Results that go into the end record.
#[derive(Default)]
pub struct Results {
    pub exports: Vec<(String, String)>,
    pub expanded: Option<Vec<String>>,
    pub workdir: Option<String>,
}

impl<'a> Runner<'a> {
    pub fn new(plan: &'a Plan, workdir: &'a Path, pump: &'a mut Pump, group: &'a Group) -> Self {
        Self {
            plan,
            workdir,
            pump,
            group,
            killed_for_memory: 0,
            shell: None,
            last_user: None,
            failing: false,
            snapshot: None,
            number: 0,
            failed: false,
            told: Vec::new(),
        }
    }

    /// Starts the first shell, so that a missing shell or user shows at once.
    pub fn start(&mut self) -> Result<Result<(), String>, Interrupt> {
        let user = self.plan.run_as.clone().unwrap_or_else(|| "root".into());
        self.start_shell(&user)
    }

    /// Runs to the end.
    pub fn run(&mut self) -> (EndKind, Results) {
        match self.stages().and_then(|()| self.results()) {
            Ok(results) => {
                let end = if self.failed { EndKind::Failed } else { EndKind::Succeeded };
                (end, results)
            }
            Err(Interrupt::End(end)) => (end, self.last_known()),
            Err(Interrupt::Broken(error)) => {
                (EndKind::Lost(format!("the supervisor failed: {error}")), self.last_known())
            }
        }
    }

    fn last_known(&self) -> Results {
        let workdir = self.snapshot.as_ref().map(|snapshot| snapshot.workdir.clone());
        Results { workdir, ..Results::default() }
    }

    fn stages(&mut self) -> Result<(), Interrupt> {
        let told = std::mem::take(&mut self.told);
        for line in told.iter().chain(&self.plan.preamble) {
            self.announce(line);
        }
        for (index, stage) in self.plan.stages.iter().enumerate() {
            let outcome = self.attempts(index, stage)?;
            if outcome == StageOutcome::Succeeded {
                continue;
            }
            match &stage.on_failure {
                OnFailure::Continue => {}
                OnFailure::Abort => {
                    self.failed = true;
                    break;
                }
                OnFailure::Default | OnFailure::Retry { .. } => {
                    self.failed = true;
                    if stage.after_failure == AfterFailure::Stop {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    fn attempts(&mut self, index: usize, stage: &Stage) -> Result<StageOutcome, Interrupt> {
        let (retries, pattern) = match &stage.on_failure {
            OnFailure::Retry { count, pattern } => (*count, pattern.as_deref()),
            _ => (0, None),
        };
        let pattern = pattern.map(Regex::new).transpose().map_err(io::Error::other)?;
        let (was_failing, started_in) = (self.failing, self.directory());
        let mut attempt = 1;
        loop {
            if pattern.is_some() {
                self.pump.sink.remember();
            }
            self.pump.journal.stage(index, &stage.name, attempt)?;
            let failure = match self.stage(stage) {
                Ok(failure) => failure,
                Err(interrupt) => {
                    self.pump.journal.stage_end(StageOutcome::Interrupted)?;
                    return Err(interrupt);
                }
            };
            let printed = self.pump.sink.take_tail();
            let Some(failure) = failure else {
                self.pump.journal.stage_end(StageOutcome::Succeeded)?;
                return Ok(StageOutcome::Succeeded);
            };
            let matches = pattern.as_ref().is_none_or(|pattern| {
                pattern.is_match(&failure) || pattern.is_match(&String::from_utf8_lossy(&printed))
            });
            if attempt > retries || !matches {
                self.pump.journal.stage_end(StageOutcome::Failed)?;
                return Ok(StageOutcome::Failed);
            }
            self.pump.journal.stage_end(StageOutcome::Retried)?;
            attempt += 1;
            self.announce(&format!("Retrying phase {}, attempt {attempt}", stage.name));
            self.failing = was_failing;
            self.tell_succeeding();
            self.return_to(&started_in);
        }
    }

    /// Where the next command would run.
    fn directory(&self) -> String {
        match &self.snapshot {
            Some(snapshot) => snapshot.workdir.clone(),
            None => self.workdir.to_string_lossy().into_owned(),
        }
    }

    /// Has the next command run there.
    fn return_to(&mut self, directory: &str) {
        if self.shell.is_some() {
            self.pump.send(&shell::enter(directory));
        }
        if let Some(snapshot) = &mut self.snapshot {
            directory.clone_into(&mut snapshot.workdir);
        }
    }

    /// Runs a stage once; the message of its failure, if it failed.
    fn stage(&mut self, stage: &Stage) -> Result<Option<String>, Interrupt> {
        self.announce(&format!("Entering phase {}", stage.name));
        let user = stage.run_as.as_ref().or(self.plan.run_as.as_ref());
        let user = user.map_or("root", String::as_str);
        let mut failure = None;
        for (finally, commands) in [(false, &stage.commands), (true, &stage.finally)] {
            for (index, command) in commands.iter().enumerate() {
                if let Some(message) = self.step(index, finally, command, user)? {
                    self.failing = true;
                    self.tell_succeeding();
                    failure.get_or_insert(message);
                    break;
                }
            }
        }
        let (state, code) = match failure {
            None => ("SUCCEEDED", ""),
            Some(_) => ("FAILED", "COMMAND_EXECUTION_ERROR"),
        };
        self.announce(&format!("Phase complete: {} State: {state}", stage.name));
        let message = failure.as_deref().unwrap_or_default();
        self.announce(&format!("Phase context status code: {code} Message: {message}"));
        Ok(failure)
    }

    /// Runs one command; the message of its failure, if it failed.
    fn step(
        &mut self,
        index: usize,
        finally: bool,
        command: &str,
        user: &str,
    ) -> Result<Option<String>, Interrupt> {
        self.announce(&format!("Running command {command}"));
        let masked = self.pump.sink.mask(command);
        self.pump.journal.command(index, finally, &masked, self.pump.sink.offset())?;
        let result = self.command(command, user);
        self.pump.drain_output()?;
        if self.plan.announce.is_some() {
            // The announcement comes between anyway, so no secret can be completed.
            self.pump.sink.flush();
        }
        let (code, not_run) = match &result {
            Ok(Ok(code)) => (Some(*code), None),
            // As a shell's answer to a program that can't be run.
            Ok(Err(reason)) => (Some(126), Some(self.pump.sink.mask(reason))),
            Err(_) => (None, None),
        };
        let offset = self.pump.sink.offset();
        self.pump.journal.command_end(code, not_run.as_deref(), offset)?;
        self.tell_notes()?;
        match result? {
            Ok(0) => Ok(None),
            Ok(code) => {
                self.announce(&format!(
                    "Command did not exit successfully {command} exit status {code}"
                ));
                Ok(Some(format!(
                    "Error while executing command: {command}. Reason: exit status {code}"
                )))
            }
            Err(reason) => {
                self.announce(&format!("Command could not be run: {reason}"));
                Ok(Some(format!("Error while executing command: {command}. Reason: {reason}")))
            }
        }
    }

    /// Has the shell run a command; its exit code, or why there is no shell to run it.
    fn command(&mut self, text: &str, user: &str) -> Result<Result<i32, String>, Interrupt> {
        if self.plan.shell_per_command && self.number > 0 {
            self.forget_shell()?;
        }
        if let Err(reason) = self.ensure_shell(user)? {
            return Ok(Err(reason));
        }
        self.number += 1;
        let script = shell::command(self.number, text);
        self.pump.send(&script);
        let mut exit_told = None;
        loop {
            match self.event()? {
                ShellEvent::Frame(Frame::Command { number, code, snapshot })
                    if number == self.number =>
                {
                    self.snapshot = Some(snapshot);
                    return Ok(Ok(code));
                }
                ShellEvent::Frame(Frame::Exit { code, snapshot }) => {
                    self.snapshot = Some(snapshot);
                    exit_told = Some(code);
                }
                ShellEvent::Frame(_) => {}
                ShellEvent::Ended(code) => return Ok(Ok(exit_told.unwrap_or(code))),
            }
        }
    }

    /// Keeps the variable that tells later commands whether all went well so far.
    fn tell_succeeding(&mut self) {
        if let (Some(name), true) = (&self.plan.succeeding_variable, self.shell.is_some()) {
            self.pump.send(&shell::export(name, if self.failing { "0" } else { "1" }));
        }
    }

    fn ensure_shell(&mut self, user: &str) -> Result<Result<(), String>, Interrupt> {
        match &self.shell {
            Some(current) if current == user => return Ok(Ok(())),
            Some(_) => self.end_shell()?,
            None => {}
        }
        self.start_shell(user)
    }

    /// The next shell starts as the first one did.
    fn forget_shell(&mut self) -> Result<(), Interrupt> {
        if self.shell.is_some() {
            self.end_shell()?;
        }
        self.snapshot = None;
        Ok(())
    }

    fn end_shell(&mut self) -> Result<(), Interrupt> {
        self.pump.ask_init(&json!({ "signal": nix::libc::SIGKILL }))?;
        while !matches!(self.event()?, ShellEvent::Ended(_)) {}
        Ok(())
    }

    fn start_shell(&mut self, user: &str) -> Result<Result<(), String>, Interrupt> {
        self.pump.forget_shell()?;
        self.pump.ask_init(&json!({
            "argv": self.plan.shell.argv(), "user": user, "script": true,
        }))?;
        let answer = loop {
            match self.pump.next(None)? {
                Event::Init(answer) => break answer,
                Event::Reply(_) | Event::Timer => {}
                other => return Err(interrupt(other)),
            }
        };
        if let Some(reason) = answer.get("refused").and_then(|reason| reason.as_str()) {
            return Ok(Err(reason.to_owned()));
        }
        let started = answer.get("started");
        let text = |name: &str| {
            started.and_then(|s| s.get(name)).and_then(|v| v.as_str()).unwrap_or_default()
        };
        self.pump.send(&shell::prologue());
        if let Some(snapshot) = &self.snapshot {
            self.pump.send(&shell::restore(snapshot));
            if self.last_user.as_deref() != Some(user) {
                for (name, value) in
                    [("HOME", text("home")), ("USER", text("user")), ("LOGNAME", text("user"))]
                {
                    self.pump.send(&shell::export(name, value));
                }
            }
        }
        self.last_user = Some(user.to_owned());
        self.shell = Some(user.to_owned());
        self.tell_succeeding();
        Ok(Ok(()))
    }

    /// Asks the shell for the final values.
    fn results(&mut self) -> Result<Results, Interrupt> {
        let mut results = self.last_known();
        if self.plan.export.is_empty() && self.plan.expand.is_empty() {
            return Ok(results);
        }
        let user = self.last_user.clone().unwrap_or_else(|| "root".into());
        if self.plan.shell_per_command {
            self.forget_shell()?;
        }
        if let Err(reason) = self.ensure_shell(&user)? {
            self.note(&format!("the final values can't be read: {reason}"))?;
            return Ok(results);
        }
        self.number += 1;
        self.pump.send(&shell::values(self.number, &self.plan.export, &self.plan.expand));
        let mut expanded = Vec::new();
        loop {
            match self.event()? {
                ShellEvent::Frame(Frame::Value { number, name, value })
                    if number == self.number =>
                {
                    let value = self.pump.sink.mask(&value);
                    if self.plan.export.contains(&name) {
                        results.exports.push((name, value));
                    } else {
                        expanded.push(value);
                    }
                }
                ShellEvent::Frame(Frame::ValuesEnd { number }) if number == self.number => {
                    let complete = expanded.len() == self.plan.expand.len();
                    results.expanded = complete.then_some(expanded);
                    for name in &self.plan.export {
                        if !results.exports.iter().any(|(known, _)| known == name) {
                            self.announce(&format!(
                                "The variable {name} is not exported: it is not set"
                            ));
                        }
                    }
                    return Ok(results);
                }
                ShellEvent::Frame(_) => {}
                ShellEvent::Ended(_) => {
                    self.note("the final values can't be read: the shell ended")?;
                    return Ok(results);
                }
            }
        }
    }

    /// The next thing the shell tells, or its end.
    fn event(&mut self) -> Result<ShellEvent, Interrupt> {
        loop {
            match self.pump.next(None)? {
                Event::Reply(frame) => {
                    if let Some(frame) = shell::parse(&frame) {
                        return Ok(ShellEvent::Frame(frame));
                    }
                }
                Event::Init(message) => {
                    if let Some(code) = message.get("exited").and_then(|code| code.as_i64()) {
                        self.shell = None;
                        return Ok(ShellEvent::Ended(i32::try_from(code).unwrap_or(255)));
                    }
                }
                Event::Timer => {}
                other => return Err(interrupt(other)),
            }
        }
    }

    fn announce(&mut self, text: &str) {
        if let Some(word) = &self.plan.announce {
            let mark = format!("[{word}] {} ", log_time(now_micros()));
            self.pump.sink.write_own(mark.as_bytes());
            self.pump.sink.write(format!("{text}\n").as_bytes());
        }
    }

    fn note(&mut self, text: &str) -> io::Result<()> {
        self.announce(text);
        self.pump.journal.note(text)
    }

    fn tell_notes(&mut self) -> io::Result<()> {
        for note in self.pump.sink.take_notes() {
            self.pump.journal.note(&note)?;
        }
        let killed = self.group.killed_for_memory();
        if killed > self.killed_for_memory {
            self.killed_for_memory = killed;
            self.note("a process was killed because the sandbox was out of memory")?;
        }
        Ok(())
    }
}

enum ShellEvent {
    Frame(Frame),
    Ended(i32),
}

/// The events that end a plan.
fn interrupt(event: Event) -> Interrupt {
    Interrupt::End(match event {
        Event::Stop(reason) => EndKind::Stopped(reason),
        Event::Deadline => EndKind::TimedOut,
        Event::LimitExceeded(limit) => EndKind::LimitExceeded(limit),
        Event::InitDied | Event::Reply(_) | Event::Init(_) | Event::Timer => {
            EndKind::Lost("the sandbox's init was killed".into())
        }
    })
}

fn now_micros() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(now().saturating_mul(1000), |since| {
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    })
}

/// `2024/01/31 12:00:00.000000`, in UTC, as CodeBuild's logs have it.
pub fn log_time(micros: i64) -> String {
    let seconds = micros.div_euclid(1_000_000);
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days to civil date, counting years from March so that leap days come last.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!(
        "{year:04}/{month:02}/{day:02} {:02}:{:02}:{:02}.{:06}",
        second / 3600,
        second / 60 % 60,
        second % 60,
        micros.rem_euclid(1_000_000)
    )
}

#[cfg(test)]
mod tests {
    use super::log_time;

    #[test]
    fn log_times() {
        assert_eq!(log_time(0), "1970/01/01 00:00:00.000000");
        assert_eq!(log_time(1_709_210_096_000_007), "2024/02/29 12:34:56.000007");
        assert_eq!(log_time(1_735_689_599_999_999), "2024/12/31 23:59:59.999999");
        assert_eq!(log_time(4_107_542_400_000_000), "2100/03/01 00:00:00.000000");
    }
}
