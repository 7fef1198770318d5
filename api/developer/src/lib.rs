//! Shapes and operations: developer.
