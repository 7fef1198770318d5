//! Fleets of reserved machines.
//!
//! A yard's builds run on the yard's own machine, which is there whether or not somebody reserves
//! it: so no fleet can be made, and those who list them are told that there is none.

use api_developer::codebuild::*;
use service::Cx;
use wire::Error;

use crate::errors;

pub(crate) async fn list_fleets(
    _cx: Cx,
    input: ListFleetsInput,
) -> Result<ListFleetsOutput, Error> {
    // No page was ever followed by another.
    if input.next_token.is_some() {
        return Err(errors::invalid("Invalid next token provided"));
    }
    Ok(ListFleetsOutput { next_token: None, fleets: Some(Vec::new()) })
}

pub(crate) async fn batch_get_fleets(
    _cx: Cx,
    input: BatchGetFleetsInput,
) -> Result<BatchGetFleetsOutput, Error> {
    Ok(BatchGetFleetsOutput { fleets: Some(Vec::new()), fleets_not_found: Some(input.names) })
}
