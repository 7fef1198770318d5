//! Pull requests.

use api_developer::codecommit::*;
use service::{Right, Service, op};

use super::on_repository;
use crate::errors;
use crate::events::REPOSITORY_STATE_CHANGE;
use crate::events::pull_requests::PULL_REQUEST_STATE_CHANGE;
use crate::model::right;
use crate::pull_requests::access::{right_on_pull_request, right_to_merge};
use crate::pull_requests::{self, PAGE};

const EVENTS: &[&str] = &[PULL_REQUEST_STATE_CHANGE];
const MERGE_EVENTS: &[&str] = &[PULL_REQUEST_STATE_CHANGE, REPOSITORY_STATE_CHANGE];

/// `op(CALL, HANDLER)` with its right on the repository of the pull request that is named.
macro_rules! on_pull_request {
    ($call:ident, $handler:path) => {
        op($call, $handler).errors(errors::ALL).rights(|cx, input| {
            Ok(vec![right_on_pull_request(cx, stringify!($call), &input.pull_request_id)?])
        })
    };
}

pub(super) use on_pull_request;

/// `op(CALL, HANDLER)` that merges a pull request into its branch, which policies can name by
/// `codecommit:References`.
macro_rules! merging {
    ($call:ident, $handler:path) => {
        op($call, $handler).write().errors(errors::ALL).events(MERGE_EVENTS).rights(|cx, input| {
            Ok(vec![right_to_merge(cx, stringify!($call), &input.pull_request_id)?])
        })
    };
}

pub(super) fn rows(service: Service) -> Service {
    service
        .operation(
            op(CreatePullRequest, pull_requests::create_pull_request)
                .write()
                .errors(errors::ALL)
                .events(EVENTS)
                .idempotent("clientRequestToken")
                .rights(|cx, input| {
                    if input.targets.is_empty() {
                        let anywhere = cx.arn("codecommit", "*");
                        return Ok(vec![Right::new("codecommit:CreatePullRequest", anywhere)]);
                    }
                    let targets = input.targets.iter();
                    targets.map(|it| right(cx, "CreatePullRequest", &it.repository_name)).collect()
                }),
        )
        .operation(on_pull_request!(GetPullRequest, pull_requests::get_pull_request))
        .operation(
            on_repository!(ListPullRequests, pull_requests::list_pull_requests).list().paginated(
                "nextToken",
                "maxResults",
                PAGE,
            ),
        )
        .operation(
            on_pull_request!(
                DescribePullRequestEvents,
                pull_requests::describe_pull_request_events
            )
            .paginated("nextToken", "maxResults", PAGE),
        )
        .operation(
            on_pull_request!(UpdatePullRequestTitle, pull_requests::update_pull_request_title)
                .write(),
        )
        .operation(
            on_pull_request!(
                UpdatePullRequestDescription,
                pull_requests::update_pull_request_description
            )
            .write(),
        )
        .operation(
            on_pull_request!(UpdatePullRequestStatus, pull_requests::update_pull_request_status)
                .write()
                .events(EVENTS),
        )
        .operation(merging!(
            MergePullRequestByFastForward,
            pull_requests::merge_pull_request_by_fast_forward
        ))
        .operation(merging!(MergePullRequestBySquash, pull_requests::merge_pull_request_by_squash))
        .operation(merging!(
            MergePullRequestByThreeWay,
            pull_requests::merge_pull_request_by_three_way
        ))
}
