//! Shapes and operations: management.
