//! Pull requests: what they are ([`model`]), who may use them ([`access`]), and what happens to
//! them ([`history`]).
//!
//! - A pull request follows its branches in the transaction that changes those ([`following`]):
//!   a push to its source begins a new revision, a push that fast-forwards its destination to its
//!   source merges it, and it is closed when one of the two is deleted.
//! - What only the repository's objects tell, such as a merge base, is found out before that
//!   transaction; one that needs more asks and is run again ([`questions`]).
//! - Closed is final.

pub(crate) mod access;
mod creating;
pub(crate) mod following;
pub(crate) mod history;
mod listing;
mod merging;
pub(crate) mod model;
pub(crate) mod questions;
mod showing;
pub(crate) mod tips;
mod updating;

use store::{StoreError, WriteTx};
use types::Scope;

use crate::approvals::model::Revision;

pub(crate) use creating::create_pull_request;
pub(crate) use listing::{describe_pull_request_events, list_pull_requests};
pub(crate) use merging::{
    merge_pull_request_by_fast_forward, merge_pull_request_by_squash,
    merge_pull_request_by_three_way,
};
pub(crate) use showing::get_pull_request;
pub(crate) use updating::{
    update_pull_request_description, update_pull_request_status, update_pull_request_title,
};

/// Entries on one page of the listings if the caller does not say, and at most.
pub(crate) const PAGE: usize = 100;

/// Takes away all pull requests of a deleted repository.
pub(crate) fn delete_all(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    repository_id: &str,
) -> Result<(), StoreError> {
    loop {
        let query = store::Query::first(PAGE);
        let page = model::PullRequest::of_repository(tx, scope, repository_id, None, None, &query)?;
        for found in &page.items {
            history::Entry::delete_all(tx, scope, &found.id)?;
            Revision::delete_all(tx, scope, &found.id)?;
            tx.delete::<model::PullRequest>(scope, &found.id)?;
        }
        if page.next.is_none() {
            return model::forget_count(tx, repository_id);
        }
    }
}
