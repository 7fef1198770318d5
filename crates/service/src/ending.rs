//! Whether anybody still waits for an answer.

use tokio::sync::watch;

/// Tells a handler that the client has gone, so that what only waits need not wait on.
#[derive(Clone, Debug, Default)]
pub struct Ending(Option<watch::Receiver<()>>);

/// Held as long as somebody waits for the answer.
#[derive(Debug)]
pub struct Attention {
    _sender: watch::Sender<()>,
}

impl Ending {
    /// An ending that comes when the [`Attention`] is dropped.
    pub fn new() -> (Attention, Self) {
        let (sender, receiver) = watch::channel(());
        (Attention { _sender: sender }, Self(Some(receiver)))
    }

    /// Returns when nobody waits for the answer any more; never for work that no client asked for.
    pub async fn comes(&self) {
        match self.0.clone() {
            // Nothing is ever sent: only the sender's end ends this.
            Some(mut receiver) => while receiver.changed().await.is_ok() {},
            None => std::future::pending().await,
        }
    }
}
