//! The stream of changes: server-sent events that say which resource changed, and no more. Pages
//! read again what they show of it, through the services' operations.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html>

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use engine::{BoxFuture, EngineError, Subscriber};
use service::{Cx, Error, Yard, common};
use shape::{Body, BodyError, BodyStream, Empty, Shape};
use store::Event;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast, mpsc};
use tokio::time::Instant;

use crate::watched;

/// Events that a slow reader may be behind; then it is told to read everything again.
const MAX_BEHIND: usize = 1024;
/// Streams at once.
const MAX_STREAMS: usize = 256;
/// Of these, one caller's: nobody takes them all.
const MAX_OF_ONE: usize = 64;
/// A stream ends after so long, so that the next one is authorized anew: changed policies count.
const LIFETIME: Duration = Duration::from_secs(300);
/// How often a stream that has nothing to tell shows that it is there.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Decisions that a stream keeps.
const MAX_DECISIONS: usize = 4096;

shape::operations! { "codeyard-console";
    /// Tells what changes, as it changes, of what the caller may read.
    WatchChanges(Empty) -> WatchChangesOutput;
}

/// The stream.
#[derive(Shape, Default)]
pub struct WatchChangesOutput {
    /// `text/event-stream`.
    #[shape(header = "content-type")]
    pub content_type: String,
    /// Nothing on the way may keep or gather it.
    #[shape(header = "cache-control")]
    pub cache_control: String,
    /// Events `change` with `{"arn", "detailType", "time"}`, and `lost` where some were missed.
    #[shape(payload)]
    pub body: Body,
}

/// Where all events pass.
struct Hub {
    events: broadcast::Sender<Arc<Event>>,
    free: Arc<Semaphore>,
    /// Streams by the ARN of whose they are.
    taken: Mutex<HashMap<String, usize>>,
}

/// A place among the streams, given back when it is dropped.
struct Place {
    hub: Arc<Hub>,
    caller: String,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    fn take(hub: &Arc<Hub>, caller: &str) -> Result<Self, Error> {
        let full =
            |most| common::THROTTLING.error(format!("{most} pages watch already. Close some."));
        let permit = hub.free.clone().try_acquire_owned().map_err(|_| full(MAX_STREAMS))?;
        let mut taken = hub.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(caller.to_owned()).or_default();
        if *count >= MAX_OF_ONE {
            return Err(full(MAX_OF_ONE));
        }
        *count += 1;
        drop(taken);
        Ok(Self { hub: hub.clone(), caller: caller.to_owned(), _permit: permit })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.hub.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.caller) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.caller);
            }
        }
    }
}

impl Hub {
    fn of(yard: &Yard) -> Arc<Self> {
        yard.extension(|| Self {
            events: broadcast::Sender::new(MAX_BEHIND),
            free: Arc::new(Semaphore::new(MAX_STREAMS)),
            taken: Mutex::default(),
        })
    }
}

struct Feed(Yard);

impl Subscriber for Feed {
    fn name(&self) -> &'static str {
        "console-changes"
    }

    fn deliver(&self, event: Arc<Event>) -> BoxFuture<Result<(), EngineError>> {
        // An error means that nobody watches.
        let _ = Hub::of(&self.0).events.send(event);
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Brings events to the streams.
pub(crate) fn subscriber(yard: &Yard) -> Arc<dyn Subscriber> {
    Arc::new(Feed(yard.clone()))
}

pub(crate) async fn watch(cx: Cx, _: Empty) -> Result<WatchChangesOutput, Error> {
    let hub = Hub::of(cx.yard());
    let place = Place::take(&hub, &cx.caller().arn)?;
    let events = hub.events.subscribe();
    let (to, pieces) = mpsc::channel(16);
    tokio::spawn(async move {
        tell(&cx, events, &to).await;
        drop(place);
    });
    Ok(WatchChangesOutput {
        content_type: "text/event-stream".to_owned(),
        cache_control: "no-store".to_owned(),
        body: Body::stream(Pieces(pieces), None),
    })
}

struct Pieces(mpsc::Receiver<Bytes>);

impl BodyStream for Pieces {
    fn poll_piece(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        self.0.poll_recv(cx).map(|piece| piece.map(Ok))
    }
}

/// Tells until the reader or the yard goes, the session ends, or the stream is old.
async fn tell(cx: &Cx, mut events: broadcast::Receiver<Arc<Event>>, to: &mpsc::Sender<Bytes>) {
    let left = cx.caller().expires.map(|end| end.since(cx.now()).max(0));
    let left = left.and_then(|millis| u64::try_from(millis).ok()).map(Duration::from_millis);
    let end = Instant::now() + left.unwrap_or(LIFETIME).min(LIFETIME);
    let mut decisions = HashMap::new();
    let mut piece = Bytes::from_static(b": watching\n\n");
    loop {
        if to.send(piece).await.is_err() {
            return;
        }
        piece = loop {
            tokio::select! {
                () = tokio::time::sleep_until(end) => return,
                () = cx.yard().stopping() => return,
                () = to.closed() => return,
                () = tokio::time::sleep(HEARTBEAT) => break Bytes::from_static(b":\n\n"),
                event = events.recv() => match event {
                    Ok(event) => if let Some(told) = tellable(cx, &event, &mut decisions) {
                        break told;
                    },
                    Err(broadcast::error::RecvError::Lagged(_)) => {
                        break Bytes::from_static(b"event: lost\ndata: {}\n\n");
                    }
                    Err(broadcast::error::RecvError::Closed) => return,
                },
            }
        };
    }
}

/// An event as the caller may know of it, if it may.
fn tellable(cx: &Cx, event: &Event, decisions: &mut HashMap<String, bool>) -> Option<Bytes> {
    if event.account != cx.account().as_str() || event.region != cx.region().as_str() {
        return None;
    }
    let change = watched::change(event)?;
    if decisions.len() >= MAX_DECISIONS {
        decisions.clear();
    }
    let may = *decisions.entry(change.subject()).or_insert_with(|| change.may_be_told(cx));
    may.then(|| watched::message(&change.arn, event).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_all_places() {
        let hub = Arc::new(Hub {
            events: broadcast::Sender::new(1),
            free: Arc::new(Semaphore::new(MAX_STREAMS)),
            taken: Mutex::default(),
        });
        let mut anns: Vec<_> = (0..MAX_OF_ONE).map(|_| Place::take(&hub, "ann").unwrap()).collect();
        assert!(Place::take(&hub, "ann").is_err());
        assert!(Place::take(&hub, "bob").is_ok());
        anns.pop();
        assert!(Place::take(&hub, "ann").is_ok());
        drop(anns);
        assert!(hub.taken.lock().unwrap().is_empty());
        assert_eq!(hub.free.available_permits(), MAX_STREAMS);
    }
}
