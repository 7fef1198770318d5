//! Repositories that are not of this yard: how git is run against their hosts, how it signs in
//! there, and how the hosts' APIs are reached.
//!
//! What comes from there is bounded in time and size.
//!
//! A credential goes to the host that it is for and to no other: git is given it for one origin,
//! the API's client follows no redirects.

mod credential;
pub mod git;
pub mod http;
mod provider;
mod room;

pub use credential::Credential;
pub use provider::{Provider, is_loopback, take_apart};
pub use room::{Room, size};
