//! Manifests: read, put, deleted.

use api_containers::ecr::{ImageFailureCode, ImageIdentifier};
use service::{Error, ErrorKind, RawResponse};
use shape::Body;

use super::errors::invalid;
use super::{Asked, refusal};
use crate::images::{self, Deleted, Name, Pushed};
use crate::manifest::MAX_MANIFEST;

/// `GET` and `HEAD /v2/NAME/manifests/REFERENCE`
pub(super) async fn get(
    asked: &Asked<'_>,
    name: &str,
    reference: &str,
) -> Result<RawResponse, Error> {
    let place = asked.place("BatchGetImage", name)?;
    let Some(parsed) = Name::parse(reference) else { return Ok(unknown(reference)) };
    let found = asked.cx.read(|tx| images::find(tx, &place, &parsed))?;
    let Some(image) = found else { return Ok(unknown(reference)) };
    let mut response = RawResponse {
        status: 200,
        headers: vec![
            ("content-type".to_owned(), image.media_type.clone()),
            ("docker-content-digest".to_owned(), image.digest.clone()),
            ("etag".to_owned(), format!("\"{}\"", image.digest)),
        ],
        body: Body::Empty,
    };
    if asked.request.method == "HEAD" {
        response.headers.push(("content-length".to_owned(), image.manifest_size.to_string()));
        return Ok(response);
    }
    response.body = images::manifest_of(asked.cx, &image).await?.into();
    images::note_pull(asked.cx, &place, &image).await;
    Ok(response)
}

fn unknown(reference: &str) -> RawResponse {
    let message = format!("Requested image not found: {reference}");
    refusal(404, "MANIFEST_UNKNOWN", &message)
}

/// `PUT /v2/NAME/manifests/REFERENCE`
pub(super) async fn put(
    asked: &Asked<'_>,
    name: &str,
    reference: &str,
    body: Body,
) -> Result<RawResponse, Error> {
    let place = asked.place("PutImage", name)?;
    let (tag, digest) = match Name::parse(reference) {
        Some(Name::Tag(tag)) => (Some(tag), None),
        Some(Name::Digest(digest)) => (None, Some(digest)),
        None => {
            let message = format!("'{reference}' is neither a tag nor a sha256 digest.");
            return Err(invalid("TAG_INVALID", message));
        }
    };
    let bytes = body.collect(MAX_MANIFEST).await.map_err(|error| {
        let status = if error.code == "EntityTooLarge" { 413 } else { 400 };
        ErrorKind::new(error.code, status).error(error.message)
    })?;
    let media_type = asked.header("content-type").map(|it| it.split(';').next().unwrap_or(it));
    let media_type = media_type.map(|it| it.trim().to_owned());
    let done = images::put(asked.cx, &place, Pushed { bytes, media_type, tag, digest }).await?;
    let mut headers = vec![
        ("location".to_owned(), format!("/v2/{name}/manifests/{reference}")),
        ("docker-content-digest".to_owned(), done.image.digest.clone()),
    ];
    // Says that referrers are kept without the client's help.
    headers.extend(done.image.subject.map(|subject| ("oci-subject".to_owned(), subject)));
    Ok(RawResponse { status: 201, headers, body: Body::Empty })
}

/// `DELETE /v2/NAME/manifests/REFERENCE`
pub(super) async fn delete(
    asked: &Asked<'_>,
    name: &str,
    reference: &str,
) -> Result<RawResponse, Error> {
    let place = asked.place("BatchDeleteImage", name)?;
    let id = match Name::parse(reference) {
        Some(Name::Tag(tag)) => ImageIdentifier { image_tag: Some(tag), image_digest: None },
        Some(Name::Digest(digest)) => {
            ImageIdentifier { image_tag: None, image_digest: Some(digest) }
        }
        None => return Ok(unknown(reference)),
    };
    let now = asked.cx.now();
    match asked.cx.write(move |tx| images::delete(tx, &place, &id, now)).await? {
        Deleted::Done(_) => Ok(RawResponse { status: 202, headers: Vec::new(), body: Body::Empty }),
        // The API answers these, too, and refuses nothing.
        Deleted::Failed(ImageFailureCode::ImageNotFound, _) => Ok(unknown(reference)),
        Deleted::Failed(_, why) => Ok(refusal(400, "UNSUPPORTED", &why)),
    }
}
