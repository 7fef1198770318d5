//! The formats from outside: tables of samples, properties, archives on the disk.

// Test code, though clippy sees that only in the functions marked so.
#![allow(clippy::unwrap_used, clippy::panic)]

mod archives;
mod buildspec_bad;
mod buildspec_good;
mod corpus;
mod keeping;
mod properties;
mod reports;
