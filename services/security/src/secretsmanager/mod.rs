//! AWS Secrets Manager: secrets in versions with staging labels, each value sealed under the
//! secret's KMS key.
//!
//! <https://docs.aws.amazon.com/secretsmanager/latest/userguide/>

mod deletion;
mod errors;
mod find;
mod list;
mod model;
mod operations;
mod password;
mod policies;
mod secrets;
mod value;
mod versions;

use service::Error;

pub use operations::service;

/// How many to answer.
fn page_size(asked: Option<i32>, default: usize) -> usize {
    asked.and_then(|size| usize::try_from(size).ok()).unwrap_or(default)
}

/// The error for a token that a listing did not give out.
fn invalid_token() -> Error {
    errors::INVALID_NEXT_TOKEN.error("The NextToken value is invalid.")
}
