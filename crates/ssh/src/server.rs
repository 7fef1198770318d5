//! Accepts connections.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::connection::{Given, serve};
use crate::handler::Handler;
use crate::keys::HostKey;
use crate::places::Places;

/// A door that is open; it closes with [`Serving::stop`].
pub struct Serving {
    /// Where it listens.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Serving {
    /// Takes no new connections and lets commands that run end, at most for `grace`.
    pub async fn stop(self, grace: Duration) {
        let _ = self.stop.send(true);
        let abort = self.task.abort_handle();
        if tokio::time::timeout(grace, self.task).await.is_err() {
            abort.abort();
        }
    }
}

/// Serves SSH at `listener`, known by `host_keys` (the preferred one first).
///
/// # Errors
/// Where the listener has no address.
pub fn open<H: Handler>(
    listener: TcpListener,
    host_keys: Vec<HostKey>,
    handler: Arc<H>,
) -> std::io::Result<Serving> {
    let address = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(accept(listener, Arc::new(host_keys), handler, stopped));
    Ok(Serving { address, stop, task })
}

async fn accept<H: Handler>(
    listener: TcpListener,
    host_keys: Arc<Vec<HostKey>>,
    handler: Arc<H>,
    mut stopped: watch::Receiver<bool>,
) {
    let places = Arc::new(Places::default());
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => break,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((socket, peer)) => {
                let Some(place) = places.take(peer.ip()) else {
                    // Closed without a word: a word would cost what there is none of.
                    tracing::warn!(%peer, "too many SSH connections at once; one was not taken");
                    continue;
                };
                let _ = socket.set_nodelay(true);
                let (handler, host_keys) = (handler.clone(), host_keys.clone());
                let stopped = stopped.clone();
                connections
                    .spawn(serve(socket, Given { handler, host_keys, peer, place, stopped }));
            }
            Err(error) => {
                // Out of file descriptors, mostly: wait for connections to end.
                tracing::warn!(%error, "failed to accept an SSH connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}
