//! Agents that wait for work: who polls is told at once when a command is there.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use types::Scope;

/// The agents of a yard that have ever polled.
#[derive(Default)]
pub(crate) struct Board(Mutex<HashMap<(String, String), Arc<Bell>>>);

/// The bell of one host.
#[derive(Default)]
struct Bell {
    rings: watch::Sender<u64>,
    polls: AtomicU64,
}

/// A poll that waits. A host has one at a time: an agent that was killed cannot hang up its poll,
/// but its successor's poll ends it.
pub(crate) struct Waiting {
    bell: Arc<Bell>,
    number: u64,
    rings: watch::Receiver<u64>,
}

impl Board {
    fn bell(&self, scope: &Scope, host_arn: &str) -> Arc<Bell> {
        let mut bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bells.entry((scope.to_string(), host_arn.to_owned())).or_default().clone()
    }

    /// Begins to wait in place of all earlier polls of this host.
    pub(crate) fn wait(&self, scope: &Scope, host_arn: &str) -> Waiting {
        let bell = self.bell(scope, host_arn);
        let number = bell.polls.fetch_add(1, Ordering::SeqCst) + 1;
        let waiting = Waiting { rings: bell.rings.subscribe(), number, bell };
        waiting.bell.ring();
        waiting
    }

    /// Tells a host that there is a command.
    pub(crate) fn ring(&self, scope: &Scope, host_arn: &str) {
        self.bell(scope, host_arn).ring();
    }
}

impl Bell {
    fn ring(&self) {
        self.rings.send_modify(|rings| *rings = rings.wrapping_add(1));
    }
}

impl Waiting {
    /// Whether a later poll has taken its place.
    pub(crate) fn is_superseded(&self) -> bool {
        self.bell.polls.load(Ordering::SeqCst) != self.number
    }

    /// Notes all rings so far, so that only later ones end [`Waiting::rung`].
    pub(crate) fn note(&mut self) {
        self.rings.mark_unchanged();
    }

    /// Returns at the first ring since [`Waiting::note`].
    pub(crate) async fn rung(&mut self) {
        // The bell holds the sender, so this cannot fail while it is waited for.
        let _ = self.rings.changed().await;
    }
}
