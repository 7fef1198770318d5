//! Layers on their way in: at once, in one piece after another, or from another repository.

use service::{Error, ErrorKind, RawResponse};
use shape::Body;

use super::{Asked, refusal};
use crate::digest::is_digest;
use crate::layers;
use crate::model::Upload;
use crate::uploads::{self, Place};

/// `POST /v2/NAME/blobs/uploads/`
pub(super) async fn begin(asked: &Asked<'_>, name: &str, body: Body) -> Result<RawResponse, Error> {
    let place = asked.place("InitiateLayerUpload", name)?;
    if let (Some(digest), Some(from)) = (asked.query.get("mount"), asked.query.get("from"))
        && mount(asked, &place, from, digest).await?
    {
        return Ok(created(name, digest));
    }
    let id = uploads::begin(asked.cx, &place).await?;
    match asked.query.get("digest") {
        Some(digest) => {
            asked.authorize("UploadLayerPart", name)?;
            asked.authorize("CompleteLayerUpload", name)?;
            finish(asked, &place, &id, digest, body).await
        }
        None => Ok(accepted(202, name, &Upload { id, ..Upload::default() })),
    }
}

/// Whether the layer could be had from the other repository. Where not, the protocol has the client
/// send it.
async fn mount(asked: &Asked<'_>, place: &Place, from: &str, digest: &str) -> Result<bool, Error> {
    if !is_digest(digest) {
        return Ok(false);
    }
    // Who could not pull it from there shall not get at it here.
    for action in ["BatchCheckLayerAvailability", "GetDownloadUrlForLayer"] {
        if asked.authorize(action, from).is_err() {
            return Ok(false);
        }
    }
    match Place::find(asked.cx, place.scope.clone(), from) {
        Ok(from) => layers::mount(asked.cx, place, &from, digest).await,
        Err(_) => Ok(false),
    }
}

/// `GET /v2/NAME/blobs/uploads/ID`
pub(super) fn status(asked: &Asked<'_>, name: &str, id: &str) -> Result<RawResponse, Error> {
    let place = asked.place("UploadLayerPart", name)?;
    let upload = uploads::find(asked.cx, &place, id)?;
    Ok(accepted(204, name, &upload))
}

/// `PATCH /v2/NAME/blobs/uploads/ID`
pub(super) async fn append(
    asked: &Asked<'_>,
    name: &str,
    id: &str,
    body: Body,
) -> Result<RawResponse, Error> {
    let place = asked.place("UploadLayerPart", name)?;
    let first = first_byte(asked)?;
    let upload = uploads::append(asked.cx, &place, id, first, body).await?;
    Ok(accepted(202, name, &upload))
}

/// `PUT /v2/NAME/blobs/uploads/ID?digest=DIGEST`, with the last piece or without.
pub(super) async fn complete(
    asked: &Asked<'_>,
    name: &str,
    id: &str,
    body: Body,
) -> Result<RawResponse, Error> {
    let place = asked.place("CompleteLayerUpload", name)?;
    let Some(digest) = asked.query.get("digest") else {
        return Ok(refusal(400, "DIGEST_INVALID", "The upload is ended with its digest."));
    };
    if !body.is_empty() {
        asked.authorize("UploadLayerPart", name)?;
    }
    finish(asked, &place, id, digest, body).await
}

async fn finish(
    asked: &Asked<'_>,
    place: &Place,
    id: &str,
    digest: &str,
    body: Body,
) -> Result<RawResponse, Error> {
    if !is_digest(digest) {
        return Ok(refusal(400, "DIGEST_INVALID", "The digest is no sha256 digest."));
    }
    if !body.is_empty() {
        uploads::append(asked.cx, place, id, first_byte(asked)?, body).await?;
    }
    uploads::complete(asked.cx, place, id, &[digest.to_owned()]).await?;
    Ok(created(&place.repository.name, digest))
}

/// `DELETE /v2/NAME/blobs/uploads/ID`
pub(super) async fn cancel(asked: &Asked<'_>, name: &str, id: &str) -> Result<RawResponse, Error> {
    let place = asked.place("UploadLayerPart", name)?;
    uploads::cancel(asked.cx, &place, id).await?;
    Ok(RawResponse { status: 204, headers: Vec::new(), body: Body::Empty })
}

/// Where the piece belongs, if the client says: `FIRST-LAST`.
fn first_byte(asked: &Asked<'_>) -> Result<Option<i64>, Error> {
    let Some(header) = asked.header("content-range") else { return Ok(None) };
    let text = header.trim_start_matches("bytes").trim_start_matches([' ', '=']);
    let first = text.split_once('-').and_then(|(first, _)| first.parse::<i64>().ok());
    match first.filter(|first| *first >= 0) {
        Some(first) => Ok(Some(first)),
        None => Err(ErrorKind::new("InvalidContentRange", 416)
            .error(format!("The Content-Range {header} is not of the form FIRST-LAST."))),
    }
}

fn created(name: &str, digest: &str) -> RawResponse {
    RawResponse {
        status: 201,
        headers: vec![
            ("location".to_owned(), format!("/v2/{name}/blobs/{digest}")),
            ("docker-content-digest".to_owned(), digest.to_owned()),
        ],
        body: Body::Empty,
    }
}

fn accepted(status: u16, name: &str, upload: &Upload) -> RawResponse {
    // An empty upload has no last byte; `0-0` is what registries say.
    let last = (upload.size - 1).max(0);
    RawResponse {
        status,
        headers: vec![
            ("location".to_owned(), format!("/v2/{name}/blobs/uploads/{}", upload.id)),
            ("range".to_owned(), format!("0-{last}")),
            ("docker-upload-uuid".to_owned(), upload.id.clone()),
        ],
        body: Body::Empty,
    }
}
