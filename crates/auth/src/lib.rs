//! Who calls, and may they: signature verification ([`sigv4`]) and IAM policy evaluation
//! ([`policy`]). Pure: no I/O, no clock of its own, no async. Whatever must be looked up between
//! the steps (secrets, policies) the caller looks up.

pub mod policy;
pub mod sigv2;
pub mod sigv4;
