//! A service: its table and what the front door must know of it.

use std::sync::Arc;

use engine::{Reconciler, Subscriber};
use shape::{Empty, Shape};
use wire::{ErrorKind, Protocol, Route};

use crate::errors::common;
use crate::{Access, Operation, RawRoute, Status, Yard};

type ReconcilerFactory = Box<dyn Fn(&Yard) -> Arc<dyn Reconciler> + Send + Sync>;
type SubscriberFactory = Box<dyn Fn(&Yard) -> Arc<dyn Subscriber> + Send + Sync>;
type StartHook = Box<dyn Fn(&Yard) + Send + Sync>;

/// The codes by which a service spells the common errors.
#[derive(Clone, Copy, Debug)]
pub struct ServiceErrors {
    /// The caller may not.
    pub access_denied: ErrorKind,
    /// A value is missing or out of bounds, and the member has no code of its own.
    pub validation: ErrorKind,
    /// The message does not have the form of its shape.
    pub serialization: ErrorKind,
    /// Too many requests at once.
    pub throttling: ErrorKind,
}

impl ServiceErrors {
    const fn of(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Query { .. } => Self {
                access_denied: common::ACCESS_DENIED,
                validation: common::VALIDATION_QUERY,
                serialization: common::MALFORMED_QUERY,
                throttling: ErrorKind::new("Throttling", 400),
            },
            Protocol::RestXml => Self {
                access_denied: common::ACCESS_DENIED,
                validation: ErrorKind::new("InvalidArgument", 400),
                serialization: ErrorKind::new("MalformedXML", 400),
                throttling: common::SLOW_DOWN,
            },
            Protocol::RestJson => Self {
                access_denied: ErrorKind::new("AccessDeniedException", 403),
                validation: common::VALIDATION_JSON,
                serialization: common::SERIALIZATION,
                throttling: ErrorKind::new("ThrottlingException", 429),
            },
            Protocol::Json10 | Protocol::Json11 => Self {
                access_denied: common::ACCESS_DENIED_JSON,
                validation: common::VALIDATION_JSON,
                serialization: common::SERIALIZATION,
                throttling: common::THROTTLING,
            },
        }
    }
}

/// A service's table, background work and raw routes.
pub struct Service {
    /// Signing name, IAM prefix and audit source (`NAME.amazonaws.com`).
    pub name: &'static str,
    /// Further signing names by which clients reach it.
    pub aliases: Vec<&'static str>,
    /// How it speaks.
    pub protocol: Protocol,
    /// `X-Amz-Target` prefixes.
    pub targets: Vec<&'static str>,
    /// API version, in Query requests.
    pub version: &'static str,
    /// How it spells the common errors.
    pub errors: ServiceErrors,
    /// The table.
    pub operations: Vec<Operation>,
    /// Routes that are no operations: git over HTTP.
    pub routes: Vec<RawRoute>,
    /// Global: its resources belong to no region.
    pub global: bool,
    pub(crate) reconcilers: Vec<ReconcilerFactory>,
    pub(crate) subscribers: Vec<SubscriberFactory>,
    pub(crate) on_start: Vec<StartHook>,
    pub(crate) on_stop: Vec<StartHook>,
}

impl Service {
    /// A service without operations yet.
    pub fn new(name: &'static str, protocol: Protocol) -> Self {
        Self {
            name,
            aliases: Vec::new(),
            protocol,
            targets: Vec::new(),
            version: "",
            errors: ServiceErrors::of(protocol),
            operations: Vec::new(),
            routes: Vec::new(),
            global: false,
            reconcilers: Vec::new(),
            subscribers: Vec::new(),
            on_start: Vec::new(),
            on_stop: Vec::new(),
        }
    }

    /// Also reached under this signing name.
    #[must_use]
    pub fn alias(mut self, name: &'static str) -> Self {
        self.aliases.push(name);
        self
    }

    /// An `X-Amz-Target` prefix, without the dot.
    #[must_use]
    pub fn target(mut self, prefix: &'static str) -> Self {
        self.targets.push(prefix);
        self
    }

    /// The API version of Query requests.
    #[must_use]
    pub fn version(mut self, version: &'static str) -> Self {
        self.version = version;
        self
    }

    /// Its resources belong to no region.
    #[must_use]
    pub fn global(mut self) -> Self {
        self.global = true;
        self
    }

    /// The code for values out of bounds, where it is not the protocol's usual one.
    #[must_use]
    pub fn validation(mut self, kind: ErrorKind) -> Self {
        self.errors.validation = kind;
        self
    }

    /// The code for callers who may not, where it is not the protocol's usual one.
    #[must_use]
    pub fn access_denied(mut self, kind: ErrorKind) -> Self {
        self.errors.access_denied = kind;
        self
    }

    /// Adds a row.
    #[must_use]
    pub fn operation(mut self, row: impl Into<Operation>) -> Self {
        self.operations.push(row.into());
        self
    }

    /// Names operations that AWS has and this does not: refused by name, and told on the coverage
    /// page.
    #[must_use]
    pub fn lacks(mut self, names: &[&'static str]) -> Self {
        for name in names {
            self.operations.push(self.refused_row(name, "not built yet", None));
        }
        self
    }

    /// One operation that is refused, with the reason and, for REST, its route.
    #[must_use]
    pub fn refuses(
        mut self,
        name: &'static str,
        reason: &'static str,
        route: Option<&'static str>,
    ) -> Self {
        self.operations.push(self.refused_row(name, reason, route.map(Route::new)));
        self
    }

    fn refused_row(
        &self,
        name: &'static str,
        why: &'static str,
        route: Option<Route>,
    ) -> Operation {
        Operation {
            name,
            service: self.name,
            action: format!("{}:{name}", self.name),
            access: Access::Read,
            status: Status::Refused(why),
            errors: &[],
            route,
            events: &[],
            idempotency_token: None,
            pagination: None,
            data_event: true,
            always_allowed: false,
            streams: false,
            input: || Box::new(Empty {}) as Box<dyn Shape>,
            output: || Box::new(Empty {}) as Box<dyn Shape>,
            rights: None,
            handler: None,
        }
    }

    /// A route that is no operation.
    #[must_use]
    pub fn raw(mut self, route: RawRoute) -> Self {
        self.routes.push(route);
        self
    }

    /// Background work: a reconciler made for each yard.
    #[must_use]
    pub fn reconciler(
        mut self,
        make: impl Fn(&Yard) -> Arc<dyn Reconciler> + Send + Sync + 'static,
    ) -> Self {
        self.reconcilers.push(Box::new(make));
        self
    }

    /// Interest in events: a subscriber made for each yard.
    #[must_use]
    pub fn subscriber(
        mut self,
        make: impl Fn(&Yard) -> Arc<dyn Subscriber> + Send + Sync + 'static,
    ) -> Self {
        self.subscribers.push(Box::new(make));
        self
    }

    /// Runs once for each yard, before its engine starts.
    #[must_use]
    pub fn on_start(mut self, hook: impl Fn(&Yard) + Send + Sync + 'static) -> Self {
        self.on_start.push(Box::new(hook));
        self
    }

    /// Runs when a yard stops, after its engine: for what must not outlive it.
    #[must_use]
    pub fn on_stop(mut self, hook: impl Fn(&Yard) + Send + Sync + 'static) -> Self {
        self.on_stop.push(Box::new(hook));
        self
    }

    /// The row of that name.
    pub fn find(&self, name: &str) -> Option<&Operation> {
        self.operations.iter().find(|row| row.name == name)
    }
}
