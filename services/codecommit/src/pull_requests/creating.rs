//! CreatePullRequest.

use api::{CreatePullRequestInput, CreatePullRequestOutput, PullRequestStatusEnum, Target};
use api_developer::codecommit as api;
use git::Oid;
use service::Cx;
use store::{ReadTx, Stored, WriteTx};
use types::Scope;
use wire::Error;

use super::history::{By, What};
use super::model::{Found, MAX_OPEN, PullRequest, count_open};
use super::questions::{Answers, Unsettled, settle};
use super::showing::shown;
use super::updating::check_title;
use crate::approvals::content::{Content, For};
use crate::approvals::model::{Association, Revision};
use crate::comments::Once;
use crate::model::{Repository, branch_ref};
use crate::{errors, refs};

/// A pull request to be made.
struct Wish {
    title: String,
    description: Option<String>,
    target: Target,
    once: Once,
    by: By,
}

/// The same token with the same parameters answers what the first request made, as that is now.
pub(crate) async fn create_pull_request(
    cx: Cx,
    input: CreatePullRequestInput,
) -> Result<CreatePullRequestOutput, Error> {
    check_title(&input.title)?;
    let target = one_target(input.targets)?;
    let description = input.description.filter(|text| !text.is_empty());
    let parameters = [
        input.title.as_str(),
        description.as_deref().unwrap_or_default(),
        &target.repository_name,
        &target.source_reference,
        target.destination_reference.as_deref().unwrap_or_default(),
    ];
    let once = Once::new(input.client_request_token, &parameters)?;
    let by = By::of(&cx);
    let scope = cx.scope();
    let repository = cx.read(|tx| Repository::load(tx, &scope, &target.repository_name))?;
    let wish = Wish { title: input.title, description, target, once, by };
    let found =
        settle(&cx, &repository.id, move |tx, answers| create(tx, &scope, &wish, answers)).await?;
    Ok(CreatePullRequestOutput { pull_request: shown(&cx, found).await? })
}

fn one_target(targets: Vec<Target>) -> Result<Target, Error> {
    let mut targets = targets.into_iter();
    let first = targets.next();
    let first = first.ok_or_else(|| errors::TARGETS_REQUIRED.error("A target is required."))?;
    let Some(second) = targets.next() else { return Ok(first) };
    if targets.chain([second]).any(|other| other.repository_name != first.repository_name) {
        return Err(errors::MULTIPLE_REPOSITORIES_IN_PULL_REQUEST
            .error("A pull request is in one repository; its targets name several."));
    }
    Err(errors::INVALID_TARGETS.error("A pull request has exactly one target."))
}

fn create(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    wish: &Wish,
    answers: &Answers,
) -> Result<Found, Unsettled> {
    let Wish { target, by, once, .. } = wish;
    let repository = Repository::load(tx, scope, &target.repository_name)?;
    if let Some(pull_request) = earlier(tx, scope, wish, &repository.id)? {
        return Ok(Found { pull_request, repository });
    }
    let source_reference = full_name(&target.source_reference)?;
    let destination_reference = match &target.destination_reference {
        Some(name) => full_name(name)?,
        None => repository.head().ok_or_else(|| {
            errors::REFERENCE_DOES_NOT_EXIST
                .error(format!("The repository {} has no default branch.", repository.name))
        })?,
    };
    if source_reference == destination_reference {
        return Err(Unsettled::Failed(
            errors::SOURCE_AND_DESTINATION_ARE_SAME
                .error(format!("The source and the destination are both {source_reference}.")),
        ));
    }
    let source = tip(tx, &repository, &source_reference)?;
    let destination = tip(tx, &repository, &destination_reference)?;
    refuse_too_many(tx, &repository)?;
    let merge_base = answers.base(source, destination)?;
    let id = tx.next_sequence(&format!("codecommit pull requests of {scope}"))?.to_string();
    let revision = Revision::begin(&id);
    let mut pull_request = PullRequest {
        id,
        repository_id: repository.id.clone(),
        title: wish.title.clone(),
        description: wish.description.clone(),
        status: PullRequestStatusEnum::Open,
        author_arn: by.caller.arn.clone(),
        created: by.now,
        active: by.now,
        source_reference,
        destination_reference,
        source_commit: source.to_string(),
        destination_commit: destination.to_string(),
        merge_base: merge_base.map(|base| base.to_string()),
        revision_id: revision.id.clone(),
        token: once.token.clone(),
        request_sha256: once.digest.clone(),
        rules: Vec::new(),
        merged: None,
        events: 0,
    };
    for template in Association::templates(tx, scope, &repository.id)? {
        // Every template was read before it was kept.
        let content = Content::parse(&template.content, For::Template).map_err(Error::internal)?;
        if content.is_for(&pull_request.destination_reference) {
            pull_request.rules.push(template.rule(by));
        }
    }
    let version = tx.insert(scope, &pull_request)?;
    tx.insert(scope, &revision)?;
    let pull_request = Stored { value: pull_request, version, scope: scope.clone() };
    let mut found = Found { pull_request, repository };
    found.happened(tx, by, What::Created)?;
    for rule in found.pull_request.rules.clone() {
        found.happened(tx, by, What::RuleCreated(&rule))?;
    }
    found.save(tx)?;
    Ok(found)
}

/// What the caller made with the same token before. Its repository may have been renamed since,
/// and another one have its name: then this is another request.
fn earlier(
    tx: &ReadTx<'_>,
    scope: &Scope,
    wish: &Wish,
    repository_id: &str,
) -> Result<Option<Stored<PullRequest>>, Error> {
    let Some(token) = &wish.once.token else { return Ok(None) };
    match PullRequest::by_token(tx, scope, &wish.by.caller.arn, token)? {
        Some(found)
            if found.request_sha256 == wish.once.digest && found.repository_id == repository_id =>
        {
            Ok(Some(found))
        }
        Some(_) => Err(errors::IDEMPOTENCY_PARAMETER_MISMATCH
            .error("The client request token was used for a request with other parameters.")),
        None => Ok(None),
    }
}

fn refuse_too_many(tx: &ReadTx<'_>, repository: &Repository) -> Result<(), Error> {
    if count_open(tx, &repository.id)? < MAX_OPEN {
        return Ok(());
    }
    Err(errors::MAXIMUM_OPEN_PULL_REQUESTS_EXCEEDED.error(format!(
        "The repository {} has {MAX_OPEN} open pull requests, the most there can be. Close some.",
        repository.name
    )))
}

/// A branch's full name, of that or its short one.
fn full_name(name: &str) -> Result<String, Error> {
    if name.is_empty() {
        return Err(errors::REFERENCE_NAME_REQUIRED.error("The name of a branch is required."));
    }
    let full = if name.starts_with("refs/") { name.to_owned() } else { branch_ref(name) };
    if !git::is_valid_name(&full) {
        return Err(errors::INVALID_REFERENCE_NAME
            .error(format!("{name:?} is not a reference name: see git-check-ref-format.")));
    }
    if !full.starts_with("refs/heads/") {
        return Err(errors::REFERENCE_TYPE_NOT_SUPPORTED
            .error(format!("{name} is not a branch; pull requests are between branches.")));
    }
    Ok(full)
}

/// Where a branch is.
fn tip(tx: &ReadTx<'_>, repository: &Repository, reference: &str) -> Result<Oid, Error> {
    if let Some(oid) = refs::get(tx, &repository.id, reference)? {
        return Ok(oid);
    }
    let short = reference.strip_prefix("refs/heads/").unwrap_or(reference);
    Err(match refs::get(tx, &repository.id, &format!("refs/tags/{short}"))? {
        Some(_) => errors::REFERENCE_TYPE_NOT_SUPPORTED
            .error(format!("{short} is a tag; pull requests are between branches.")),
        None => errors::REFERENCE_DOES_NOT_EXIST
            .error(format!("The branch {short} does not exist in repository {}.", repository.name)),
    })
}
