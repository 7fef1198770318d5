//! Pull requests.

use service::Service;

pub(super) fn rows(service: Service) -> Service {
    service.lacks(&[
        "CreatePullRequest",
        "DescribePullRequestEvents",
        "GetPullRequest",
        "ListPullRequests",
        "UpdatePullRequestDescription",
        "UpdatePullRequestStatus",
        "UpdatePullRequestTitle",
    ])
}
