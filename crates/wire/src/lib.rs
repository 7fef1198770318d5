//! AWS protocols.
