//! Pages of listings.

use store::{Listing, Query};
use types::PageToken;
use wire::Error;

use crate::errors;

/// The query for a page: `listing` names the operation and its filters.
pub(crate) fn page(listing: &str, token: Option<&str>, size: usize) -> Result<Query, Error> {
    let after = token
        .filter(|token| !token.is_empty())
        .map(|token| {
            PageToken::decode(listing, token).map_err(|_| {
                errors::INVALID_NEXT_TOKEN.error("The specified next token is invalid.")
            })
        })
        .transpose()?;
    Ok(Query::first(size).after(after))
}

/// The token of the page behind this one.
pub(crate) fn next<R>(listing: &str, page: &Listing<R>) -> Option<String> {
    page.next.as_ref().map(|next| PageToken::encode(listing, next))
}

/// A page of a list that is in memory, after its filters.
pub(crate) fn slice<T>(
    listing: &str,
    token: Option<&str>,
    all: Vec<T>,
    size: usize,
) -> Result<(Vec<T>, Option<String>), Error> {
    let after = page(listing, token, size)?.after;
    let start = match &after {
        Some(after) => after.parse::<usize>().map_err(|_| {
            errors::INVALID_NEXT_TOKEN.error("The specified next token is invalid.")
        })?,
        None => 0,
    };
    let end = start.saturating_add(size);
    let next = (end < all.len()).then(|| PageToken::encode(listing, &end.to_string()));
    Ok((all.into_iter().skip(start).take(size).collect(), next))
}
