//! Fleets of reserved machines.
