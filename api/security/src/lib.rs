//! Shapes and operations: security.
