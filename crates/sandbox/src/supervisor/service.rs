//! Runs a service: one long-living program, started again if the spec says so.

use crate::spec::Service;
use crate::status::EndKind;
use crate::supervisor::plan::Interrupt;
use crate::supervisor::pump::{Event, Pump};
use serde_json::json;
use std::time::{Duration, Instant};

/// Pause before the first restart; doubles up to the longest, and starts anew after a run of at
/// least the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Starts the program; why not, if it can't be.
pub fn start(service: &Service, pump: &mut Pump) -> Result<Result<(), String>, Interrupt> {
    let user = service.run_as.as_deref().unwrap_or("root");
    pump.ask_init(&json!({ "argv": service.argv, "user": user }))?;
    loop {
        match pump.next(None)? {
            Event::Init(answer) => {
                return Ok(match answer.get("refused").and_then(|reason| reason.as_str()) {
                    Some(reason) => Err(reason.to_owned()),
                    None => Ok(()),
                });
            }
            Event::Reply(_) | Event::Timer => {}
            other => return Err(Interrupt::End(ended_by(other))),
        }
    }
}

/// Waits for the end of a program that has been started.
pub fn run(service: &Service, pump: &mut Pump) -> EndKind {
    match attend(service, pump) {
        Ok(end) | Err(Interrupt::End(end)) => end,
        Err(Interrupt::Broken(error)) => EndKind::Lost(format!("the supervisor failed: {error}")),
    }
}

fn attend(service: &Service, pump: &mut Pump) -> Result<EndKind, Interrupt> {
    let mut pause = FIRST_PAUSE;
    let mut started = Instant::now();
    let mut restart_at = None;
    loop {
        match pump.next(restart_at)? {
            Event::Stop(reason) => return graceful_stop(service, pump, reason),
            Event::Init(message) => {
                let Some(code) = message.get("exited").and_then(|code| code.as_i64()) else {
                    continue;
                };
                for note in pump.sink.take_notes() {
                    pump.journal.note(&note)?;
                }
                if !service.restart {
                    return Ok(EndKind::Exited(i32::try_from(code).unwrap_or(255)));
                }
                if started.elapsed() >= LONGEST_PAUSE {
                    pause = FIRST_PAUSE;
                }
                let seconds = pause.as_secs();
                pump.journal
                    .note(&format!("the program ended with {code}; restart in {seconds} s"))?;
                restart_at = Some(Instant::now() + pause);
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            Event::Timer => {
                restart_at = None;
                started = Instant::now();
                if let Err(reason) = start(service, pump)? {
                    pump.journal.note(&format!("the program can't be started again: {reason}"))?;
                    restart_at = Some(Instant::now() + pause);
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
            Event::Reply(_) => {}
            other => return Ok(ended_by(other)),
        }
    }
}

/// Asks the program to end and waits for a while; the caller kills what is left.
fn graceful_stop(service: &Service, pump: &mut Pump, reason: String) -> Result<EndKind, Interrupt> {
    pump.ask_init(&json!({ "signal": nix::libc::SIGTERM }))?;
    let patience = Instant::now() + service.grace;
    loop {
        match pump.next(Some(patience))? {
            Event::Init(message) if message.get("exited").is_some() => break,
            Event::Timer | Event::InitDied | Event::Deadline => break,
            _ => {}
        }
    }
    Ok(EndKind::Stopped(reason))
}

fn ended_by(event: Event) -> EndKind {
    match event {
        Event::Stop(reason) => EndKind::Stopped(reason),
        Event::Deadline => EndKind::TimedOut,
        Event::LimitExceeded(limit) => EndKind::LimitExceeded(limit),
        Event::InitDied | Event::Reply(_) | Event::Init(_) | Event::Timer => {
            EndKind::Lost("the sandbox's init was killed".into())
        }
    }
}
