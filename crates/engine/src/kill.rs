//! Dying on purpose: in debug builds, `CODEYARD_KILL_AFTER_STEP=N` aborts the process right after
//! the `N`-th journalled step has been committed. [`after_every_step`] is the test that uses it.

/// Names the step after which to die, counting from 1.
pub const VARIABLE: &str = "CODEYARD_KILL_AFTER_STEP";

/// Called after every commit of a step.
#[cfg(debug_assertions)]
pub(crate) fn step_committed() {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static LAST: OnceLock<Option<u64>> = OnceLock::new();
    static STEPS: AtomicU64 = AtomicU64::new(0);
    let last = LAST.get_or_init(|| std::env::var(VARIABLE).ok()?.parse().ok());
    if last.is_some_and(|last| STEPS.fetch_add(1, Ordering::SeqCst) + 1 == last) {
        std::process::abort();
    }
}

#[cfg(not(debug_assertions))]
pub(crate) fn step_committed() {}

/// How a process under test ended.
#[cfg(debug_assertions)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Its work was done.
    Finished,
    /// It died after the step that was asked for.
    Killed,
}

/// Kills a process after its first journalled step, then, with fresh state, after its second, and
/// so on, and lets it finish each time; then once more with the same state after every single
/// step. Returns how many steps there are.
///
/// `run(round, kill)` runs the process on the state of that round until it has done its work or
/// has died, passing `kill` in [`VARIABLE`]; it sees for itself that the end state is right when
/// the process finished.
///
/// # Errors
/// Those of `run`; and if the process finishes though killed `most` times, or never finishes.
#[cfg(debug_assertions)]
pub fn after_every_step(
    most: u64,
    mut run: impl FnMut(u64, Option<u64>) -> Result<Ended, String>,
) -> Result<u64, String> {
    let mut steps = 0;
    for step in 1.. {
        if run(step, Some(step))? == Ended::Finished {
            break;
        }
        steps = step;
        if run(step, None)? != Ended::Finished {
            return Err(format!("the process did not finish after it was killed at step {step}"));
        }
        if step == most {
            return Err(format!("there are more than {most} steps"));
        }
    }
    for _ in 0..=steps {
        if run(0, Some(1))? == Ended::Finished {
            return Ok(steps);
        }
    }
    Err(format!("killed after every step, the process took more than {steps} steps"))
}
