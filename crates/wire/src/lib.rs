//! The AWS protocols: JSON 1.0 and 1.1, Query, REST-JSON and REST-XML, each one interpreter over
//! the member tables of [`shape`]. EC2 Query and RPC v2 CBOR join as variants of [`Protocol`] when
//! a service needs them.
//!
//! The wire formats are those of the Smithy AWS protocol documents; errors take the form that
//! botocore's parsers read. Nothing here knows a service.

mod decode;
mod digest;
mod encode;
mod query;
mod rest;
mod route;
pub mod uri;
pub mod xml;

pub use decode::{Request, decode};
pub use encode::{Response, encode, encode_error};
pub use route::{Route, RouteMatch};
pub use types::{Error, ErrorKind, errors};

/// How requests and answers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `application/x-amz-json-1.0`, operation in `X-Amz-Target`.
    Json10,
    /// `application/x-amz-json-1.1`, operation in `X-Amz-Target`.
    Json11,
    /// Form-encoded requests with `Action` and `Version`, XML answers.
    Query {
        /// The XML namespace of answers.
        namespace: &'static str,
    },
    /// JSON bodies; operation by method and path.
    RestJson,
    /// XML bodies; operation by method, path, query and headers. S3.
    RestXml,
}

/// The deepest nesting that a request may have, in any protocol.
pub const MAX_DEPTH: usize = 64;
/// The most parameters that a Query request may have.
pub const MAX_QUERY_PARAMETERS: usize = 10_000;
