//! Keeps every event in the outbox for tests to look at: without subscribers it is trimmed soon.

use std::sync::Arc;

use engine::{BoxFuture, EngineError, Subscriber};
use service::{Protocol, Service};
use store::Event;

/// Waits on its first event for good, so that nothing behind it is trimmed.
struct Keeper;

impl Subscriber for Keeper {
    fn name(&self) -> &'static str {
        "testkit.keeper"
    }

    fn deliver(&self, _event: Arc<Event>) -> BoxFuture<Result<(), EngineError>> {
        Box::pin(std::future::pending())
    }
}

/// The services, and one that lets no event be forgotten.
pub(crate) fn with_all_events(mut services: Vec<Service>) -> Vec<Service> {
    let keeper = Service::new("testkit", Protocol::Json11).subscriber(|_| Arc::new(Keeper));
    services.push(keeper);
    services
}
