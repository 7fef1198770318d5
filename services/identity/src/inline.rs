//! Inline policies of users, groups and roles.

use api_identity::iam::ListPolicyNamesOutput;
use service::{Cx, Error};
use shape::Empty;

use crate::entity::{Entity, change, load, scope};
use crate::listing::Page;
use crate::{documents, errors};

pub(crate) async fn put<E: Entity>(
    cx: Cx,
    name: String,
    policy_name: String,
    document: String,
) -> Result<Empty, Error> {
    documents::check_identity(&document)?;
    change::<E>(&cx, &name, move |_, entity| {
        let inline = &mut entity.policies_mut().inline;
        inline.insert(policy_name.clone(), document.clone());
        let size: usize = inline.values().map(|document| documents::size(document)).sum();
        if size > E::MAX_INLINE {
            return Err(errors::LIMIT_EXCEEDED.error(format!(
                "Maximum policy size of {} bytes exceeded for {} {}",
                E::MAX_INLINE,
                E::NOUN,
                entity.name()
            )));
        }
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

fn missing<E: Entity>(policy_name: &str) -> Error {
    errors::NO_SUCH_ENTITY
        .error(format!("The {} policy with name {policy_name} cannot be found.", E::NOUN))
}

/// The document, percent-encoded as answers carry it.
pub(crate) fn get<E: Entity>(cx: &Cx, name: &str, policy_name: &str) -> Result<String, Error> {
    let entity = cx.read(|tx| load::<E>(tx, &scope(cx), name))?;
    match entity.policies().inline.get(policy_name) {
        Some(document) => Ok(documents::encoded(document)),
        None => Err(missing::<E>(policy_name)),
    }
}

pub(crate) async fn delete<E: Entity>(
    cx: Cx,
    name: String,
    policy_name: String,
) -> Result<Empty, Error> {
    change::<E>(&cx, &name, move |_, entity| {
        match entity.policies_mut().inline.remove(&policy_name) {
            Some(_) => Ok(()),
            None => Err(missing::<E>(&policy_name)),
        }
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn list<E: Entity>(
    cx: Cx,
    name: String,
    marker: Option<String>,
    max_items: Option<i32>,
) -> Result<ListPolicyNamesOutput, Error> {
    let page = Page::new(format!("inline {} {name}", E::NOUN), marker.as_deref(), max_items)?;
    let entity = cx.read(|tx| load::<E>(tx, &scope(&cx), &name))?;
    let names = entity.policies().inline.keys().cloned().collect();
    let (policy_names, rest) = page.of(names, String::clone);
    Ok(ListPolicyNamesOutput { policy_names, is_truncated: rest.is_truncated, marker: rest.marker })
}
