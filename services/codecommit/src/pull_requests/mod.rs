//! Pull requests: what they are ([`model`]), who may use them ([`access`]), and what happens to
//! them.

pub(crate) mod access;
pub(crate) mod model;
