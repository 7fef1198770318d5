//! Reports and report groups.
