//! The quickstart as an operation of the yard, for the console: a process of this program that
//! works with the running yard, as somebody's terminal would.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use api_developer::codeyard::{
    GetQuickstart, GetQuickstartInput, QuickstartRun, QuickstartStatus, StartQuickstart,
    StartQuickstartInput,
};
use service::{Cx, Error, ErrorKind, Service, op};

/// Lines that are kept.
const MOST_LINES: usize = 500;
/// Longest line that is kept, in bytes.
const LONGEST_LINE: u64 = 4096;
/// Behind this heading are credentials, which are for the terminal of who has the data directory.
const CREDENTIALS: &str = "== Next";

const REFUSED: ErrorKind = ErrorKind::new("QuickstartRefusedException", 400);

/// The last run.
#[derive(Default)]
struct Last(Mutex<QuickstartRun>);

impl Last {
    fn lock(&self) -> MutexGuard<'_, QuickstartRun> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds the operations to the service `codeyard`.
pub(crate) fn own_operations(service: Service) -> Service {
    service
        .operation(op(StartQuickstart, start).write().errors(&[REFUSED]))
        .operation(op(GetQuickstart, get))
}

async fn get(cx: Cx, _: GetQuickstartInput) -> Result<QuickstartRun, Error> {
    Ok(cx.yard().extension(Last::default).lock().clone())
}

async fn start(cx: Cx, _: StartQuickstartInput) -> Result<QuickstartRun, Error> {
    let config = cx.yard().config();
    if config.test_mode {
        return Err(REFUSED.error(
            "The quickstart keeps what it makes, and test mode keeps nothing: start the yard without --test-mode.",
        ));
    }
    let last = cx.yard().extension(Last::default);
    let mut run = last.lock();
    if run.status == QuickstartStatus::InProgress {
        return Ok(run.clone());
    }
    let child = spawn(&config.program, &config.data_dir).map_err(Error::internal)?;
    *run = QuickstartRun {
        status: QuickstartStatus::InProgress,
        started: Some(cx.now()),
        lines: Vec::new(),
    };
    let answer = run.clone();
    drop(run);
    let theirs = last.clone();
    std::thread::Builder::new()
        .name("quickstart".to_owned())
        .spawn(move || follow(child, &theirs))
        .map_err(|error| {
            last.lock().status = QuickstartStatus::Failed;
            Error::internal(error)
        })?;
    Ok(answer)
}

fn spawn(program: &Path, data_dir: &Path) -> std::io::Result<Child> {
    let mut command = Command::new(program);
    command.args(["quickstart", "--data-dir"]).arg(data_dir);
    // What the yard was started with may name another one.
    for name in ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
}

/// Keeps what a run says until it ends.
fn follow(mut child: Child, last: &Arc<Last>) {
    let (output, errors) = (child.stdout.take(), child.stderr.take());
    std::thread::scope(|scope| {
        if let Some(errors) = errors {
            scope.spawn(|| keep(errors, last));
        }
        if let Some(output) = output {
            keep(output, last);
        }
    });
    let done = child.wait().is_ok_and(|status| status.success());
    last.lock().status = if done { QuickstartStatus::Succeeded } else { QuickstartStatus::Failed };
}

fn keep(from: impl Read, last: &Last) {
    let mut from = BufReader::new(from);
    let mut silent = false;
    loop {
        let mut line = Vec::new();
        match (&mut from).take(LONGEST_LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        silent = silent || line.starts_with(CREDENTIALS);
        if silent {
            continue;
        }
        let mut run = last.lock();
        if run.lines.len() == MOST_LINES {
            run.lines.remove(0);
        }
        run.lines.push(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_and_all_behind_them_are_not_kept() {
        let last = Last::default();
        let long = "x".repeat(5000);
        keep(format!("== Live after 2 s\n{long}\n== Next\n  password p\n").as_bytes(), &last);
        let lines = &last.lock().lines;
        assert_eq!(lines.first().map(String::as_str), Some("== Live after 2 s"));
        assert_eq!(lines.len(), 3, "the long line is cut in two");
        assert!(!lines.iter().any(|line| line.contains("password")));
    }

    #[test]
    fn the_newest_lines_are_kept() {
        let last = Last::default();
        let text: String = (0..MOST_LINES + 7).map(|n| format!("{n}\n")).collect();
        keep(text.as_bytes(), &last);
        assert_eq!(last.lock().lines.first().map(String::as_str), Some("7"));
        assert_eq!(last.lock().lines.len(), MOST_LINES);
    }
}
