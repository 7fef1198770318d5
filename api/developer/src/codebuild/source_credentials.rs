//! Credentials for sources.
