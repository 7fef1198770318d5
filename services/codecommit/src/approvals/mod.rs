//! Approval rules of pull requests, and the templates that make them.
//!
//! - Approvals and overrides belong to one revision of a pull request: a push to its source begins
//!   a new one, which nobody has approved yet.
//! - Rules are copied from a template when a pull request is created; what becomes of the template
//!   later changes nothing about them.
//! - Authors do not approve their own pull requests. Callers are always of the repository's own
//!   account, so members of pools that name another account never count, as AWS has it.

pub(crate) mod associations;
pub(crate) mod content;
pub(crate) mod model;
pub(crate) mod pool;
pub(crate) mod reviews;
pub(crate) mod rules;
pub(crate) mod templates;
