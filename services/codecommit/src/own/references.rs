//! ListReferences: branches, tags and all else that has a name.

use api_developer::codecommit::UserInfo;
use api_developer::codeyard::{ListReferencesInput, ListReferencesOutput, Reference};
use git::{Objects, Oid};
use service::Cx;
use wire::Error;

use super::cut;
use crate::model::Repository;
use crate::paging::Page;
use crate::{refs, repos};

/// References on one page if the caller does not say, and at most.
pub(crate) const PAGE: usize = 100;

pub(crate) async fn list_references(
    cx: Cx,
    input: ListReferencesInput,
) -> Result<ListReferencesOutput, Error> {
    let prefix = input.prefix.unwrap_or_default();
    let listing = format!("ListReferences {} {prefix}", input.repository_name);
    let page = Page::new(&listing, input.next_token, input.max_results, PAGE)?;
    let (found, mut named) = cx.read(|tx| {
        let found = Repository::load(tx, &cx.scope(), &input.repository_name)?;
        let named = refs::list(tx, &found.id, &prefix, page.after.as_deref(), page.size + 1)?;
        Ok((found, named))
    })?;
    let more = named.len() > page.size;
    named.truncate(page.size);
    let next_token = page.next(named.last().map(|(name, _)| name.clone()).filter(|_| more));
    let work = move |objects: &Objects| {
        let references = named.into_iter().map(|(name, oid)| shown(objects, name, &oid));
        let references = references.collect::<Result<_, Error>>()?;
        Ok(ListReferencesOutput { references, next_token })
    };
    repos::open(&cx, &found.id).await?.read(work).await
}

fn shown(objects: &Objects, name: String, oid: &Oid) -> Result<Reference, Error> {
    let tag = objects.find_tag(oid)?;
    let tagger = tag.as_ref().and_then(|tag| tag.tagger.as_ref()).map(|who| UserInfo {
        name: Some(who.name.clone()),
        email: Some(who.email.clone()),
        date: Some(format!("{} {}", who.seconds, who.offset)),
    });
    Ok(Reference {
        name,
        object_id: oid.to_string(),
        commit_id: objects.peel_to_commit(oid)?.map(|commit| commit.to_string()),
        tagger,
        message: tag.map(|tag| cut(&tag.message)),
    })
}
