//! Tags, referrers and repositories, in pages.

use serde_json::{Value, json};
use service::{Error, RawResponse};
use store::Query;

use super::{Asked, json_answer, refusal};
use crate::digest::is_digest;
use crate::listing;
use crate::manifest::OCI_INDEX;
use crate::model::Repository;

/// Entries on a page, at most and where the client does not say.
const PAGE: usize = 1_000;
/// Referrers that are answered: the protocol leaves it to the registry to answer them at once.
const MAX_REFERRERS: usize = 9_999;

fn page_size(asked: &Asked<'_>) -> Option<usize> {
    match asked.query.get("n") {
        None => Some(PAGE),
        Some(text) => text.parse::<usize>().ok().map(|n| n.min(PAGE)),
    }
}

fn bad_size() -> RawResponse {
    refusal(400, "PAGINATION_NUMBER_INVALID", "n must be a number.")
}

/// The address of the page behind, as a header.
fn next_page(path: &str, size: usize, last: Option<&str>) -> Option<(String, String)> {
    let last = wire::uri::encode(last?, false);
    Some(("link".to_owned(), format!("<{path}?n={size}&last={last}>; rel=\"next\"")))
}

/// `GET /v2/NAME/tags/list`
pub(super) fn tags(asked: &Asked<'_>, name: &str) -> Result<RawResponse, Error> {
    let place = asked.place("ListImages", name)?;
    let Some(size) = page_size(asked) else { return Ok(bad_size()) };
    let last = asked.query.get("last");
    let (rows, next) = match size {
        0 => (Vec::new(), None),
        size => asked.cx.read(|tx| listing::tags(tx, &place, last, size))?,
    };
    let tags: Vec<String> = rows.into_iter().map(|row| row.tag).collect();
    let mut response = json_answer(200, &json!({ "name": name, "tags": tags }));
    let path = format!("/v2/{name}/tags/list");
    response.headers.extend(next_page(&path, size, next.as_deref()));
    Ok(response)
}

/// `GET /v2/_catalog`: the repositories of the registry.
pub(super) fn catalog(asked: &Asked<'_>) -> Result<RawResponse, Error> {
    asked.authorize("DescribeRepositories", "*")?;
    let Some(size) = page_size(asked).filter(|size| *size > 0) else { return Ok(bad_size()) };
    let query = Query::first(size).after(asked.query.get("last").map(str::to_owned));
    let page = asked.cx.read(|tx| Ok(tx.list::<Repository>(&asked.scope, &query)?))?;
    let names: Vec<&str> = page.items.iter().map(|it| it.name.as_str()).collect();
    let mut response = json_answer(200, &json!({ "repositories": names }));
    response.headers.extend(next_page("/v2/_catalog", size, page.next.as_deref()));
    Ok(response)
}

/// `GET /v2/NAME/referrers/DIGEST`
pub(super) fn referrers(asked: &Asked<'_>, name: &str, digest: &str) -> Result<RawResponse, Error> {
    let place = asked.place("ListImageReferrers", name)?;
    if !is_digest(digest) {
        return Ok(refusal(400, "DIGEST_INVALID", "The digest is no sha256 digest."));
    }
    let wanted = asked.query.get("artifactType");
    let query = Query::first(MAX_REFERRERS);
    let (found, _) = asked.cx.read(|tx| listing::referrers(tx, &place, digest, &query))?;
    let is_wanted = |kind: Option<&str>| wanted.is_none_or(|wanted| kind == Some(wanted));
    let manifests: Vec<Value> = found
        .iter()
        .filter(|image| is_wanted(image.artifact_type.as_deref()))
        .map(|image| {
            let mut entry = json!({
                "mediaType": image.media_type,
                "digest": image.digest,
                "size": image.manifest_size,
                "artifactType": image.artifact_type,
            });
            if let (false, Some(entry)) = (image.annotations.is_empty(), entry.as_object_mut()) {
                entry.insert("annotations".to_owned(), json!(image.annotations));
            }
            entry
        })
        .collect();
    let index = json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": manifests });
    let mut response = json_answer(200, &index);
    response.headers = vec![("content-type".to_owned(), OCI_INDEX.to_owned())];
    if wanted.is_some() {
        let applied = ("oci-filters-applied".to_owned(), "artifactType".to_owned());
        response.headers.push(applied);
    }
    Ok(response)
}
