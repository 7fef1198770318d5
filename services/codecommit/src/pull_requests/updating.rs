//! Changes of a pull request's title, description and status.

use api_developer::codecommit::*;
use git::Oid;
use service::Cx;
use store::ReadTx;
use wire::Error;

use super::history::{By, What};
use super::model::{self, Found};
use super::questions::{Unsettled, settle};
use super::showing::{commit, shown};
use crate::{errors, refs};

/// Refuses titles that say nothing; their length is the shapes' matter.
pub(super) fn check_title(title: &str) -> Result<(), Error> {
    if title.trim().is_empty() {
        return Err(errors::TITLE_REQUIRED.error("A title is required."));
    }
    Ok(())
}

pub(crate) async fn update_pull_request_title(
    cx: Cx,
    input: UpdatePullRequestTitleInput,
) -> Result<UpdatePullRequestTitleOutput, Error> {
    check_title(&input.title)?;
    let change = move |pull_request: &mut model::PullRequest| {
        pull_request.title.clone_from(&input.title);
    };
    let pull_request = update(&cx, input.pull_request_id, change).await?;
    Ok(UpdatePullRequestTitleOutput { pull_request })
}

/// An empty description takes it away.
pub(crate) async fn update_pull_request_description(
    cx: Cx,
    input: UpdatePullRequestDescriptionInput,
) -> Result<UpdatePullRequestDescriptionOutput, Error> {
    let change = move |pull_request: &mut model::PullRequest| {
        pull_request.description = Some(input.description.clone()).filter(|text| !text.is_empty());
    };
    let pull_request = update(&cx, input.pull_request_id, change).await?;
    Ok(UpdatePullRequestDescriptionOutput { pull_request })
}

async fn update(
    cx: &Cx,
    id: String,
    change: impl Fn(&mut model::PullRequest) + Send + 'static,
) -> Result<PullRequest, Error> {
    let (scope, now) = (cx.scope(), cx.now());
    let found = cx
        .write(move |tx| {
            let mut found = model::PullRequest::load_open(tx, &scope, &id)?;
            change(&mut found.pull_request.value);
            found.pull_request.active = now;
            found.save(tx)?;
            Ok(found)
        })
        .await?;
    shown(cx, found).await
}

/// Open ones can be closed, and that is all; saying what is so already changes nothing.
pub(crate) async fn update_pull_request_status(
    cx: Cx,
    input: UpdatePullRequestStatusInput,
) -> Result<UpdatePullRequestStatusOutput, Error> {
    let (scope, by, id) = (cx.scope(), By::of(&cx), input.pull_request_id);
    let wanted = input.pull_request_status;
    let repository = cx.read(|tx| Ok(model::PullRequest::load(tx, &scope, &id)?.repository))?;
    let work = move |tx: &mut store::WriteTx<'_>, answers: &super::questions::Answers| {
        let mut found = model::PullRequest::load(tx, &scope, &id)?;
        if found.pull_request.status == wanted {
            return Ok(found);
        }
        if wanted == PullRequestStatusEnum::Open {
            return Err(Unsettled::Failed(
                errors::INVALID_PULL_REQUEST_STATUS_UPDATE
                    .error(format!("The pull request {id} is closed and cannot be opened again.")),
            ));
        }
        if let Some((source, destination)) = moved(tx, &found)? {
            let base = answers.base(source, destination)?;
            found.pull_request.destination_commit = destination.to_string();
            found.pull_request.merge_base = base.map(|base| base.to_string());
        }
        found.pull_request.status = PullRequestStatusEnum::Closed;
        found.happened(tx, &by, What::Closed)?;
        found.save(tx)?;
        Ok(found)
    };
    let found = settle(&cx, &repository.id, work).await?;
    Ok(UpdatePullRequestStatusOutput { pull_request: shown(&cx, found).await? })
}

/// Source and destination, where the destination is no longer what the pull request keeps.
fn moved(tx: &ReadTx<'_>, found: &Found) -> Result<Option<(Oid, Oid)>, Error> {
    let Found { pull_request, repository } = found;
    let tip = refs::get(tx, &repository.id, &pull_request.destination_reference)?;
    let Some(tip) = tip.filter(|tip| tip.to_string() != pull_request.destination_commit) else {
        return Ok(None);
    };
    Ok(Some((commit(&pull_request.source_commit)?, tip)))
}
