//! Acceptance tests: the stock clients against the real binary.
