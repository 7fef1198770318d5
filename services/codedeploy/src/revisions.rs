//! Revisions of applications.

use api_developer::codedeploy::*;
use service::Cx;
use shape::Empty;
use store::{Query, ReadTx, Stored};
use types::Scope;
use wire::Error;

use crate::model::{Application, DeploymentGroup, Revision};
use crate::{checks, errors, listing};

/// The default page of listings.
pub(crate) const PAGE: usize = 100;
const MAX_BATCH: usize = 25;

pub(crate) async fn register(
    cx: Cx,
    input: RegisterApplicationRevisionInput,
) -> Result<Empty, Error> {
    checks::revision(&input.revision)?;
    checks::description(&input.description)?;
    let (scope, now) = (cx.scope(), cx.now());
    cx.write(move |tx| {
        let application = Application::load(tx, &scope, &input.application_name)?;
        let key = Revision::key_of(&application.id, &input.revision);
        let mut revision = match tx.get::<Revision>(&scope, &key)? {
            Some(existing) => existing.into_inner(),
            None => Revision {
                application_id: application.id.clone(),
                location: input.revision.clone(),
                register_time: now,
                ..Revision::default()
            },
        };
        revision.description = input.description.clone().or(revision.description);
        tx.put(&scope, &revision)?;
        Ok(Empty {})
    })
    .await
}

fn group_names(tx: &ReadTx<'_>, scope: &Scope, revision: &Revision) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for id in &revision.group_ids {
        names.extend(DeploymentGroup::by_id(tx, scope, id)?.map(|group| group.into_inner().name));
    }
    Ok(names)
}

fn load(
    tx: &ReadTx<'_>,
    scope: &Scope,
    application: &Application,
    location: &RevisionLocation,
) -> Result<Stored<Revision>, Error> {
    tx.get(scope, &Revision::key_of(&application.id, location))?
        .ok_or_else(|| errors::REVISION_DOES_NOT_EXIST.error("The named revision does not exist."))
}

pub(crate) async fn get(
    cx: Cx,
    input: GetApplicationRevisionInput,
) -> Result<GetApplicationRevisionOutput, Error> {
    checks::revision(&input.revision)?;
    let info = cx.read(|tx| {
        let application = Application::load(tx, &cx.scope(), &input.application_name)?;
        let found = load(tx, &cx.scope(), &application, &input.revision)?;
        Ok(found.info(group_names(tx, &cx.scope(), &found)?))
    })?;
    Ok(GetApplicationRevisionOutput {
        application_name: Some(input.application_name),
        revision: Some(input.revision),
        revision_info: Some(info),
    })
}

pub(crate) async fn batch_get(
    cx: Cx,
    input: BatchGetApplicationRevisionsInput,
) -> Result<BatchGetApplicationRevisionsOutput, Error> {
    checks::batch(&input.revisions, MAX_BATCH, errors::REVISION_REQUIRED, "revisions")?;
    input.revisions.iter().try_for_each(checks::revision)?;
    let (infos, missing) = cx.read(|tx| {
        let application = Application::load(tx, &cx.scope(), &input.application_name)?;
        let (mut infos, mut missing) = (Vec::new(), 0);
        for location in &input.revisions {
            match tx.get::<Revision>(&cx.scope(), &Revision::key_of(&application.id, location))? {
                Some(found) => infos.push(RevisionInfo {
                    revision_location: Some(location.clone()),
                    generic_revision_info: Some(found.info(group_names(tx, &cx.scope(), &found)?)),
                }),
                None => missing += 1,
            }
        }
        Ok((infos, missing))
    })?;
    Ok(BatchGetApplicationRevisionsOutput {
        application_name: Some(input.application_name),
        error_message: (missing > 0).then(|| format!("{missing} of the revisions do not exist.")),
        revisions: Some(infos),
    })
}

pub(crate) async fn list(
    cx: Cx,
    input: ListApplicationRevisionsInput,
) -> Result<ListApplicationRevisionsOutput, Error> {
    let nonempty = |text: &Option<String>| text.as_ref().is_none_or(|text| !text.is_empty());
    if !nonempty(&input.s3_bucket) {
        return Err(errors::INVALID_BUCKET_NAME_FILTER.error("The bucket name is empty."));
    }
    if input.s3_key_prefix.is_some() && input.s3_bucket.is_none() {
        return Err(errors::INVALID_KEY_PREFIX_FILTER
            .error("A key prefix can be used together with a bucket name only."));
    }
    let mut all = cx.read(|tx| {
        let application = Application::load(tx, &cx.scope(), &input.application_name)?;
        let prefix = format!("{}/", application.id);
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let query = Query::first(1000).prefix(&prefix).after(after);
            let page = tx.list::<Revision>(&cx.scope(), &query)?;
            all.extend(page.items.into_iter().map(Stored::into_inner));
            after = page.next;
            if after.is_none() {
                return Ok(all);
            }
        }
    })?;
    all.retain(|revision| is_wanted(revision, &input));
    let by = input.sort_by.unwrap_or_default();
    all.sort_by_key(|revision| match by {
        ApplicationRevisionSortBy::RegisterTime => Some(revision.register_time),
        ApplicationRevisionSortBy::FirstUsedTime => revision.first_used_time,
        ApplicationRevisionSortBy::LastUsedTime => revision.last_used_time,
    });
    if input.sort_order == Some(SortOrder::Descending) {
        all.reverse();
    }
    let (page, next_token) =
        listing::slice("ListApplicationRevisions", input.next_token.as_deref(), all, PAGE)?;
    Ok(ListApplicationRevisionsOutput {
        revisions: Some(page.into_iter().map(|revision| revision.location).collect()),
        next_token,
    })
}

fn is_wanted(revision: &Revision, input: &ListApplicationRevisionsInput) -> bool {
    let s3 = revision.location.s3_location.as_ref();
    let bucket = s3.and_then(|s3| s3.bucket.as_ref());
    let key = s3.and_then(|s3| s3.key.as_deref()).unwrap_or_default();
    let deployed = !revision.group_ids.is_empty();
    input.s3_bucket.as_ref().is_none_or(|wanted| bucket == Some(wanted))
        && input.s3_key_prefix.as_ref().is_none_or(|prefix| key.starts_with(prefix.as_str()))
        && match input.deployed {
            Some(ListStateFilterAction::Include) => deployed,
            Some(ListStateFilterAction::Exclude) => !deployed,
            Some(ListStateFilterAction::Ignore) | None => true,
        }
}
