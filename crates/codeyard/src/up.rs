//! `codeyard up`: a yard in the foreground.

use std::process::ExitCode;
use std::time::Instant;

use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt;

use crate::cli::UpOptions;
use crate::failure::{Context as _, Outcome};
use crate::run;

/// Runs until SIGTERM or Ctrl-C.
pub(crate) fn run(options: UpOptions) -> Outcome<ExitCode> {
    let began = Instant::now();
    start_log(options.json_log);
    run::runtime()?.block_on(async {
        let running = run::start(&options).await?;
        if let Some(note) = &running.note {
            eprintln!("codeyard: {note}");
        }
        if options.test_mode {
            eprintln!(
                "codeyard: TEST MODE: nothing is kept, any access key is root, NOTHING IS PROTECTED"
            );
        }
        println!("{}", running.ready_line(began));
        stop_asked().await?;
        eprintln!("codeyard: stopping; deployment hosts go on");
        running.stop().await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Returns at the first SIGTERM or Ctrl-C.
pub(crate) async fn stop_asked() -> Outcome<()> {
    let mut terminate = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listen for Ctrl-C")?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Logs go to standard error; `CODEYARD_LOG` is off, error, warn (the default), info, debug or
/// trace.
pub(crate) fn start_log(json: bool) {
    let level = std::env::var("CODEYARD_LOG").ok().and_then(|it| it.parse::<LevelFilter>().ok());
    let log = fmt().with_max_level(level.unwrap_or(LevelFilter::WARN)).with_writer(std::io::stderr);
    // A second log in one process is no harm: the first stays.
    let _ = if json { log.json().try_init() } else { log.with_target(false).try_init() };
}
