//! GetPullRequest, and what all operations show of a pull request.

use api_developer::codecommit as api;
use git::{Objects, Oid};
use service::Cx;
use wire::Error;

use super::model::{Found, PullRequest};
use super::questions::merge_base;
use crate::{refs, repos};

/// The pull request as the API shows it. While it is open, its destination is where that branch is
/// now.
pub(crate) async fn shown(cx: &Cx, found: Found) -> Result<api::PullRequest, Error> {
    let Found { mut pull_request, repository } = found;
    if pull_request.is_open() {
        let branch = &pull_request.destination_reference;
        let tip = cx.read(|tx| Ok(refs::get(tx, &repository.id, branch)?))?;
        let moved = tip.filter(|tip| tip.to_string() != pull_request.destination_commit);
        if let Some(tip) = moved {
            let source: Oid = commit(&pull_request.source_commit)?;
            let base = move |objects: &Objects| merge_base(objects, source, tip);
            let base = repos::open(cx, &repository.id).await?.read(base).await?;
            pull_request.destination_commit = tip.to_string();
            pull_request.merge_base = base.map(|base| base.to_string());
        }
    }
    Ok(pull_request.shown(&repository.name))
}

/// An id that the yard kept itself.
pub(super) fn commit(text: &str) -> Result<Oid, Error> {
    text.parse().map_err(Error::internal)
}

pub(crate) async fn get_pull_request(
    cx: Cx,
    input: api::GetPullRequestInput,
) -> Result<api::GetPullRequestOutput, Error> {
    let found = cx.read(|tx| PullRequest::load(tx, &cx.scope(), &input.pull_request_id))?;
    Ok(api::GetPullRequestOutput { pull_request: shown(&cx, found).await? })
}
