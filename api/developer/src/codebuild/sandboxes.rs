//! Sandboxes and commands in them.
