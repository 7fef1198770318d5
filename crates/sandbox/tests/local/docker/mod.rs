//! The same suite in containers of an engine that is started for it, and what containers alone do.

mod containers;
mod doors;
#[path = "../../../../testkit/src/engine.rs"]
#[allow(dead_code)]
mod engine;
#[path = "../harness.rs"]
mod harness;
#[path = "../lifecycle.rs"]
mod lifecycle;
#[path = "../limits.rs"]
mod limits;
mod place;
#[path = "../plans.rs"]
mod plans;
