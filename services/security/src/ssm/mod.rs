//! AWS Systems Manager, as far as it is Parameter Store.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-parameter-store.html>

mod delete;
mod errors;
mod events;
mod filters;
mod get;
mod history;
mod lacks;
mod list;
mod model;
mod names;
mod operations;
mod put;
mod tags;
mod value;

use service::Error;

pub use operations::service;

/// How many to answer.
fn page_size(asked: Option<i32>, default: usize) -> usize {
    asked.and_then(|size| usize::try_from(size).ok()).unwrap_or(default)
}

/// The error for a token that a listing did not give out.
fn invalid_token() -> Error {
    errors::INVALID_NEXT_TOKEN.error("The specified token isn't valid.")
}
