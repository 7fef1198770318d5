//! All services of the house, found by name, target or signing name.

use std::collections::HashMap;

use wire::RouteMatch;

use crate::{Operation, RawHead, RawRoute, Service};

/// The services that the binary was wired with.
pub struct Registry {
    services: Vec<Service>,
    by_operation: HashMap<(&'static str, &'static str), (usize, usize)>,
    by_target: HashMap<&'static str, usize>,
    by_signing_name: HashMap<&'static str, usize>,
}

impl Registry {
    /// Indexes the tables.
    pub fn new(services: Vec<Service>) -> Self {
        let mut by_operation = HashMap::new();
        let mut by_target = HashMap::new();
        let mut by_signing_name = HashMap::new();
        for (at, service) in services.iter().enumerate() {
            by_signing_name.insert(service.name, at);
            by_signing_name.extend(service.aliases.iter().map(|alias| (*alias, at)));
            by_target.extend(service.targets.iter().map(|target| (*target, at)));
            for (row, operation) in service.operations.iter().enumerate() {
                by_operation.entry((service.name, operation.name)).or_insert((at, row));
            }
        }
        Self { services, by_operation, by_target, by_signing_name }
    }

    /// All services, in wiring order.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// An operation by its service's name and its own.
    pub fn operation(&self, service: &str, name: &str) -> Option<(&Service, &Operation)> {
        let (at, row) = self.by_operation.get(&(service, name))?;
        let service = self.services.get(*at)?;
        Some((service, service.operations.get(*row)?))
    }

    /// The service behind an `X-Amz-Target` prefix.
    pub fn by_target(&self, prefix: &str) -> Option<&Service> {
        self.services.get(*self.by_target.get(prefix)?)
    }

    /// The service that requests signed with that name are for.
    pub fn by_signing_name(&self, name: &str) -> Option<&Service> {
        self.services.get(*self.by_signing_name.get(name)?)
    }

    /// The raw route that is for such a request and whose prefix its path has, the longest first.
    pub fn raw_route(&self, head: &RawHead<'_>) -> Option<&RawRoute> {
        let routes = self.services.iter().flat_map(|service| &service.routes);
        routes
            .filter(|route| head.path.starts_with(route.prefix) && (route.when)(head))
            .max_by_key(|it| it.prefix.len())
    }
}

impl Service {
    /// The REST operation that a request means.
    pub fn route(
        &self,
        method: &str,
        path: &str,
        query: &[(String, String)],
        has_header: &dyn Fn(&str) -> bool,
    ) -> Option<(&Operation, RouteMatch)> {
        self.operations
            .iter()
            .filter_map(|row| {
                let found = row.route.as_ref()?.matches(method, path, query, has_header)?;
                Some((row, found))
            })
            .max_by_key(|(_, found)| found.weight)
    }
}
