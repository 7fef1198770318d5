//! Pages of listings that let the caller say how long they are.

use types::PageToken;
use wire::Error;

use crate::{errors, repositories};

/// Which page of a listing is asked for.
pub(crate) struct Page {
    listing: String,
    /// Go on behind this.
    pub after: Option<String>,
    pub size: usize,
}

impl Page {
    /// The page that a request asks for; `most` entries at most and if it does not say.
    ///
    /// # Errors
    /// `InvalidMaxResultsException`, and `InvalidContinuationTokenException` for tokens of other
    /// listings: `listing` names the operation and whatever must not change between pages.
    pub fn new(
        listing: &str,
        token: Option<String>,
        max_results: Option<i32>,
        most: usize,
    ) -> Result<Self, Error> {
        let size = match max_results {
            None => most,
            Some(wanted) => match usize::try_from(wanted) {
                Ok(wanted) if wanted > 0 => wanted.min(most),
                _ => {
                    return Err(errors::INVALID_MAX_RESULTS
                        .error(format!("maxResults {wanted} is not a positive number.")));
                }
            },
        };
        let after = token.map(|token| PageToken::decode(listing, &token)).transpose();
        let after = after.map_err(|_| repositories::bad_token())?;
        Ok(Self { listing: listing.to_owned(), after, size })
    }

    /// The token of the page behind this one, where the store says that there is one.
    pub fn next(&self, next: Option<String>) -> Option<String> {
        next.map(|key| PageToken::encode(&self.listing, &key))
    }
}
