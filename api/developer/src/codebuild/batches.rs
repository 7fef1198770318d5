//! Batches of builds.
