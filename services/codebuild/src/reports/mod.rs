//! Report groups and the reports in them: what builds told of their tests and coverage, for 30
//! days. Builds write them in [`crate::run`]; here is what is kept, and the operations on it.
//!
//! - A report's test cases and its coverage are rows of their own ([`rows`]), so that a report of
//!   many costs little to list. At most [`collect::MAX_CASES`] cases are kept, failures first; of
//!   the others a digest of those that passed, which [`flaky`] needs.
//! - A report is gone for every caller when its time is over ([`expiry`]), whether it has been
//!   swept yet or not.
//! - Rights are on report groups, also those of reports.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/test-reporting.html>

pub(crate) mod cases;
pub(crate) mod collect;
pub(crate) mod coverage;
pub(crate) mod expiry;
pub(crate) mod flaky;
pub(crate) mod groups;
pub(crate) mod merge;
pub(crate) mod model;
pub(crate) mod records;
pub(crate) mod rows;
pub(crate) mod trend;
