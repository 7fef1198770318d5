//! ListPullRequests and DescribePullRequestEvents.

use api_developer::codecommit::*;
use service::Cx;
use store::Query;
use types::Arn;
use wire::{Error, ErrorKind};

use super::PAGE;
use super::history::Entry;
use super::model;
use crate::errors;
use crate::model::Repository;
use crate::paging::Page;

/// Checks the ARN of a user by whom a listing is narrowed. Users are not looked up: who did
/// something and was deleted later is still found by it.
fn check_user(cx: &Cx, arn: &str, invalid: ErrorKind, missing: ErrorKind) -> Result<(), Error> {
    let parsed: Option<Arn> = arn.parse().ok();
    let parsed = parsed.filter(|arn| matches!(arn.service.as_str(), "iam" | "sts"));
    let Some(parsed) = parsed else {
        return Err(invalid.error(format!("{arn} is not the ARN of a user or a role session.")));
    };
    if parsed.account != cx.account().as_str() {
        return Err(missing.error(format!("{arn} does not exist in account {}.", cx.account())));
    }
    Ok(())
}

/// Those with the latest activity first.
pub(crate) async fn list_pull_requests(
    cx: Cx,
    input: ListPullRequestsInput,
) -> Result<ListPullRequestsOutput, Error> {
    let author = input.author_arn.as_deref();
    if let Some(arn) = author {
        check_user(&cx, arn, errors::INVALID_AUTHOR_ARN, errors::AUTHOR_DOES_NOT_EXIST)?;
    }
    let status = input.pull_request_status;
    let listing = format!("ListPullRequests {} {status:?} {author:?}", input.repository_name);
    let page = Page::new(&listing, input.next_token, input.max_results, PAGE)?;
    let scope = cx.scope();
    let found = cx.read(|tx| {
        let repository = Repository::load(tx, &scope, &input.repository_name)?;
        let query = Query::first(page.size).after(page.after.clone()).reversed();
        let (id, query) = (&repository.id, &query);
        Ok(model::PullRequest::of_repository(tx, &scope, id, status, author, query)?)
    })?;
    Ok(ListPullRequestsOutput {
        pull_request_ids: found.items.into_iter().map(|found| found.value.id).collect(),
        next_token: page.next(found.next),
    })
}

pub(crate) async fn describe_pull_request_events(
    cx: Cx,
    input: DescribePullRequestEventsInput,
) -> Result<DescribePullRequestEventsOutput, Error> {
    let actor = input.actor_arn.as_deref();
    if let Some(arn) = actor {
        check_user(&cx, arn, errors::INVALID_ACTOR_ARN, errors::ACTOR_DOES_NOT_EXIST)?;
    }
    let (id, kind) = (&input.pull_request_id, input.pull_request_event_type);
    let listing = format!("DescribePullRequestEvents {id} {kind:?} {actor:?}");
    let page = Page::new(&listing, input.next_token, input.max_results, PAGE)?;
    let scope = cx.scope();
    let found = cx.read(|tx| {
        model::PullRequest::load(tx, &scope, id)?;
        let query = Query::first(page.size).after(page.after.clone());
        Ok(Entry::list(tx, &scope, id, kind, actor, &query)?)
    })?;
    Ok(DescribePullRequestEventsOutput {
        pull_request_events: found.items.into_iter().map(|found| found.value.event).collect(),
        next_token: page.next(found.next),
    })
}
