//! KMS's pages: `Limit`, `Marker`, `NextMarker`, `Truncated`.

use service::Error;
use types::PageToken;

use super::errors;

/// How many to answer.
pub(crate) fn limit(asked: Option<i32>, default: usize) -> usize {
    asked.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(default)
}

/// Where to go on.
///
/// # Errors
/// `InvalidMarkerException` for a marker that this listing did not give out.
pub(crate) fn after(listing: &str, marker: Option<&str>) -> Result<Option<String>, Error> {
    let decode = |marker| {
        PageToken::decode(listing, marker).map_err(|_| {
            errors::INVALID_MARKER.error("The marker is not one that this operation returned.")
        })
    };
    marker.map(decode).transpose()
}

/// The marker of the page behind `next`.
pub(crate) fn marker(listing: &str, next: Option<String>) -> Option<String> {
    next.map(|next| PageToken::encode(listing, &next))
}

/// One page of a list that is at hand as a whole; positions are the markers.
///
/// # Errors
/// As [`after`].
pub(crate) fn slice<T>(
    listing: &str,
    items: Vec<T>,
    limit: usize,
    marker: Option<&str>,
) -> Result<(Vec<T>, Option<String>), Error> {
    let start = match after(listing, marker)? {
        Some(position) => position.parse::<usize>().map_err(|_| {
            errors::INVALID_MARKER.error("The marker is not one that this operation returned.")
        })?,
        None => 0,
    };
    let end = start.saturating_add(limit);
    let next = (end < items.len()).then(|| PageToken::encode(listing, &end.to_string()));
    Ok((items.into_iter().skip(start).take(limit).collect(), next))
}
