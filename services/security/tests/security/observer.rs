//! Time and events in tests: a clock that they move, and a listener.

use std::sync::{Arc, Mutex};

use engine::{BoxFuture, EngineError, Subscriber};
use service::{Cx, Protocol, Service};
use store::Event;
use svc_security::KmsKeyring;
use testkit::TestYard;
use types::{Account, ManualClock, Region, SharedClock, Timestamp};

pub const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Hears every event.
#[derive(Clone, Default)]
pub struct Observer(Arc<Mutex<Vec<Event>>>);

impl Observer {
    /// A service that does nothing else.
    pub fn service(&self) -> Service {
        let listener = self.clone();
        let subscriber: Arc<dyn Subscriber> = Arc::new(listener);
        Service::new("observer", Protocol::Json11).subscriber(move |_| subscriber.clone())
    }

    /// What was heard so far.
    pub fn told(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }
}

impl Subscriber for Observer {
    fn name(&self) -> &'static str {
        "observer"
    }

    fn deliver(&self, event: Arc<Event>) -> BoxFuture<Result<(), EngineError>> {
        self.0.lock().unwrap().push(event.as_ref().clone());
        Box::pin(std::future::ready(Ok(())))
    }
}

/// A yard whose clock a test moves. Requests are signed by the real clock, so what happens after a
/// move is asked in process.
pub struct Timeless {
    pub yard: TestYard,
    pub clock: Arc<ManualClock>,
    /// As root.
    pub cx: Cx,
    pub observer: Observer,
}

pub async fn timeless() -> Timeless {
    let clock = ManualClock::new(Timestamp::from_secs(1_800_000_000));
    let shared: SharedClock = clock.clone();
    let observer = Observer::default();
    let mut services = svc_security::services();
    services.push(observer.service());
    let yard = TestYard::builder(services)
        .clock(shared)
        .keyring(|store, master| Arc::new(KmsKeyring::new(store.clone(), master)))
        .start()
        .await;
    let account = Account::new(testkit::ACCOUNT).unwrap();
    let root = service::Identity::root(yard.identity.as_ref(), &account);
    let region = Region::new(testkit::REGION).unwrap();
    let cx = Cx::background(yard.yard(), root, region, "test");
    Timeless { yard, clock, cx, observer }
}
