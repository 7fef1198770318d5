//! Pages of listings that let the caller say how long they are.

use types::PageToken;
use wire::Error;

use crate::errors;

/// A page token that this listing did not give out.
pub(crate) fn bad_token() -> Error {
    errors::INVALID_CONTINUATION_TOKEN.error("The specified continuation token is not valid.")
}

/// The key behind which a listing goes on.
///
/// # Errors
/// `InvalidContinuationTokenException` for tokens of other listings: `listing` names the operation
/// and whatever must not change between pages.
pub(crate) fn after(listing: &str, token: Option<&str>) -> Result<Option<String>, Error> {
    token.map(|token| PageToken::decode(listing, token)).transpose().map_err(|_| bad_token())
}

/// How many entries a page has: `most` at most and if the caller does not say.
///
/// # Errors
/// `InvalidMaxResultsException`.
pub(crate) fn size(max_results: Option<i32>, most: usize) -> Result<usize, Error> {
    let Some(wanted) = max_results else { return Ok(most) };
    match usize::try_from(wanted) {
        Ok(wanted) if wanted > 0 => Ok(wanted.min(most)),
        _ => Err(errors::INVALID_MAX_RESULTS
            .error(format!("maxResults {wanted} is not a positive number."))),
    }
}

/// Which page of a listing is asked for.
pub(crate) struct Page {
    listing: String,
    /// Go on behind this.
    pub after: Option<String>,
    pub size: usize,
}

impl Page {
    /// The page that a request asks for.
    ///
    /// # Errors
    /// Those of [`size`] and [`after`].
    pub fn new(
        listing: &str,
        token: Option<String>,
        max_results: Option<i32>,
        most: usize,
    ) -> Result<Self, Error> {
        let (size, after) = (size(max_results, most)?, after(listing, token.as_deref())?);
        Ok(Self { listing: listing.to_owned(), after, size })
    }

    /// The token of the page behind this one, where the store says that there is one.
    pub fn next(&self, next: Option<String>) -> Option<String> {
        next.map(|key| PageToken::encode(&self.listing, &key))
    }
}
