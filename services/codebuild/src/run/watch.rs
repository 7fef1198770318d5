//! What may cut a build short while the runner works for it: somebody stops it, or its time is
//! over. Commands are stopped by their sandbox; what the yard itself does is left off.

use std::sync::Arc;
use std::time::Duration;

use engine::{EngineError, Run};
use service::Yard;
use shape::Timestamp;
use tokio::sync::Notify;

use super::{Cut, Job, follow};
use crate::builds;

/// How often to look at the clock.
const LOOK: Duration = Duration::from_secs(1);

/// A view of a build from beside who works for it.
pub(super) struct Watch {
    yard: Yard,
    run: Run,
    stop: Arc<Notify>,
    deadline: Timestamp,
}

impl Job {
    /// A view of the build.
    pub(super) fn watch(&self) -> Watch {
        Watch {
            yard: self.yard.clone(),
            run: self.run.clone(),
            stop: self.rooms.stop_signal(&self.record.id),
            deadline: self.now().plus_millis(self.time_left()),
        }
    }
}

impl Watch {
    /// Refuses to go on if the build was stopped or its time is over.
    pub fn check(&self) -> Result<(), Cut> {
        let stored = self.yard.read(|tx| builds::load(tx, self.run.scope(), self.run.key()));
        if stored.map_err(EngineError::from)?.stop_requested {
            return Err(follow::stopped());
        }
        if self.run.now() >= self.deadline {
            return Err(follow::timed_out());
        }
        Ok(())
    }

    /// Does what may take long, and leaves it off once [`Watch::check`] refuses.
    pub async fn unless_cut<T>(
        &self,
        work: impl Future<Output = Result<T, Cut>>,
    ) -> Result<T, Cut> {
        tokio::select! {
            done = work => done,
            cut = self.cut() => Err(cut),
        }
    }

    async fn cut(&self) -> Cut {
        loop {
            // A signal may be from before this run, so that nobody wants it stopped.
            tokio::select! {
                () = self.stop.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
            if let Err(cut) = self.check() {
                return cut;
            }
        }
    }
}
