//! Routes that are no AWS operations: git over HTTP, health, downloads.

use std::sync::Arc;

use http::HeaderMap;
use shape::Body;
use wire::Response;

use crate::operation::BoxFuture;
use crate::{Endpoint, Yard};

/// A request as it came, not authenticated.
pub struct RawRequest {
    /// Method in capitals.
    pub method: String,
    /// Path, still encoded.
    pub path: String,
    /// Query string, still encoded.
    pub query: String,
    /// All headers.
    pub headers: HeaderMap,
    /// Payload.
    pub body: Body,
    /// Peer's address.
    pub source_ip: std::net::IpAddr,
    /// The address by which the client reached the yard.
    pub endpoint: Endpoint,
    /// The id that the answer will carry.
    pub request_id: String,
}

impl RawRequest {
    /// A header's text, if it has any.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// An answer to a raw request.
pub type RawResponse = Response;

/// Handles raw requests, authenticating them itself.
pub type RawHandler = Arc<dyn Fn(Yard, RawRequest) -> BoxFuture<RawResponse> + Send + Sync>;

/// What is known of a request before it is decided who answers it.
pub struct RawHead<'a> {
    /// Method in capitals.
    pub method: &'a str,
    /// Path, still encoded.
    pub path: &'a str,
    /// Query string, still encoded.
    pub query: &'a str,
    /// All headers.
    pub headers: &'a HeaderMap,
}

/// A path prefix and its handler.
#[derive(Clone)]
pub struct RawRoute {
    /// For instance `/v1/repos/`.
    pub prefix: &'static str,
    /// Its handler.
    pub handler: RawHandler,
    /// Whether it is for such a request; else it goes its way as if there were no route.
    pub when: fn(&RawHead<'_>) -> bool,
}

impl RawRoute {
    /// A route.
    pub fn new<Fut>(
        prefix: &'static str,
        handler: impl Fn(Yard, RawRequest) -> Fut + Send + Sync + 'static,
    ) -> Self
    where
        Fut: Future<Output = RawResponse> + Send + 'static,
    {
        let handler =
            Arc::new(move |yard, request| -> BoxFuture<_> { Box::pin(handler(yard, request)) });
        Self { prefix, handler, when: |_| true }
    }

    /// For some requests only.
    #[must_use]
    pub fn when(mut self, when: fn(&RawHead<'_>) -> bool) -> Self {
        self.when = when;
        self
    }
}
