//! Pages of names and ids.

use api_developer::codebuild::SortOrderType;
use store::{Query, ReadTx, Resource};
use types::{PageToken, Scope};
use wire::Error;

use crate::errors;

/// Names or ids on one page.
pub(crate) const PAGE: usize = 100;

/// A page's size where the caller may say one, of 1 to [`PAGE`].
pub(crate) fn limit(max_results: Option<i32>) -> usize {
    max_results.and_then(|most| usize::try_from(most).ok()).map_or(PAGE, |most| most.clamp(1, PAGE))
}

/// A listing: which, in what order, from where.
pub(crate) struct Wanted<'a> {
    /// Operation and filter; a token of one listing is refused by another.
    pub name: String,
    /// Index and its value; all resources by key if none.
    pub index: Option<(&'static str, &'a str)>,
    pub order: SortOrderType,
    pub token: Option<&'a str>,
    /// At most so many.
    pub limit: usize,
}

/// One page of keys, and the token of the next.
pub(crate) fn page<R: Resource>(
    tx: &ReadTx<'_>,
    scope: &Scope,
    wanted: &Wanted<'_>,
) -> Result<(Vec<String>, Option<String>), Error> {
    let bad_token = |_| errors::invalid("Invalid next token provided");
    let after = wanted.token.map(|token| PageToken::decode(&wanted.name, token)).transpose();
    let query = Query {
        after: after.map_err(bad_token)?,
        limit: wanted.limit,
        reverse: wanted.order == SortOrderType::Descending,
        ..Query::default()
    };
    let found = match wanted.index {
        Some((index, value)) => tx.by_index::<R>(scope, index, value, &query)?,
        None => tx.list::<R>(scope, &query)?,
    };
    let next = found.next.map(|next| PageToken::encode(&wanted.name, &next));
    Ok((found.items.iter().map(|item| item.value.key()).collect(), next))
}
