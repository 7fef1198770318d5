//! Shapes and operations: storage.
