//! CodeCommit.
