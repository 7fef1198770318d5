//! Listings in pages: `Marker`, `MaxItems`, `IsTruncated`.

use service::Error;
use store::{Query, ReadTx, Resource};
use types::{PageToken, Scope};

use crate::errors;

/// How many where the client does not say.
const DEFAULT_ITEMS: usize = 100;
/// How many documents one look at the store takes.
const CHUNK: usize = 500;

/// Which page is wanted.
pub(crate) struct Page {
    listing: String,
    after: Option<String>,
    limit: usize,
}

/// What an answer carries beside the items.
pub(crate) struct Rest {
    pub(crate) is_truncated: bool,
    pub(crate) marker: Option<String>,
}

impl Page {
    /// Reads a client's wish. `listing` tells markers of different listings apart.
    pub(crate) fn new(
        listing: impl Into<String>,
        marker: Option<&str>,
        max_items: Option<i32>,
    ) -> Result<Self, Error> {
        let listing = listing.into();
        let after = match marker {
            Some(marker) => Some(PageToken::decode(&listing, marker).map_err(|_| {
                errors::VALIDATION.error("The marker is not one that this operation returned.")
            })?),
            None => None,
        };
        let limit = max_items.and_then(|max| usize::try_from(max).ok()).unwrap_or(DEFAULT_ITEMS);
        Ok(Self { listing, after, limit })
    }

    /// One page of items that are all at hand, by key.
    pub(crate) fn of<T>(&self, mut items: Vec<T>, key: impl Fn(&T) -> String) -> (Vec<T>, Rest) {
        items.sort_by_cached_key(&key);
        if let Some(after) = &self.after {
            items.retain(|item| key(item) > *after);
        }
        self.cut(items, key)
    }

    fn cut<T>(&self, mut items: Vec<T>, key: impl Fn(&T) -> String) -> (Vec<T>, Rest) {
        let is_truncated = items.len() > self.limit;
        items.truncate(self.limit);
        let marker = items
            .last()
            .filter(|_| is_truncated)
            .map(|last| PageToken::encode(&self.listing, &key(last)));
        (items, Rest { is_truncated, marker })
    }

    /// One page of an account's documents of one kind that fit.
    pub(crate) fn of_resources<E: Resource>(
        &self,
        tx: &ReadTx<'_>,
        scope: &Scope,
        fits: impl Fn(&E) -> bool,
    ) -> Result<(Vec<E>, Rest), Error> {
        let mut found: Vec<E> = Vec::new();
        let mut after = self.after.clone();
        loop {
            let listing = tx.list::<E>(scope, &Query::first(CHUNK).after(after))?;
            after = listing.next;
            found.extend(listing.items.into_iter().map(|it| it.value).filter(|it| fits(it)));
            if after.is_none() || found.len() > self.limit {
                return Ok(self.cut(found, E::key));
            }
        }
    }
}
