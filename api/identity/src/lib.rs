//! Shapes and operations: identity.
