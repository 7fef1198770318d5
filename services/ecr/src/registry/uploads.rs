//! Layers on their way in: at once, in one piece after another, or from another repository.

use serde_json::json;
use service::{Error, RawResponse};
use shape::Body;

use super::errors::invalid;
use super::{Asked, short};
use crate::digest::is_digest;
use crate::errors::INVALID_LAYER_PART;
use crate::layers;
use crate::model::Upload;
use crate::uploads::{self, Place, Span};

/// `POST /v2/NAME/blobs/uploads/`
pub(super) async fn begin(asked: &Asked<'_>, name: &str, body: Body) -> Result<RawResponse, Error> {
    let beginning = async {
        let place = asked.place("InitiateLayerUpload", name)?;
        if let (Some(digest), Some(from)) = (asked.query.get("mount"), asked.query.get("from"))
            && mount(asked, &place, from, digest).await?
        {
            return Ok(Err(created(name, digest)));
        }
        Ok(Ok(uploads::begin(asked.cx, &place).await?))
    };
    let begun = asked.recorded("InitiateLayerUpload", name, json!({}), beginning).await?;
    let id = match begun {
        Ok(id) => id,
        Err(mounted) => return Ok(mounted),
    };
    match asked.query.get("digest") {
        Some(digest) => finish(asked, name, &id, digest, body).await,
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
    let upload = part(asked, name, id, body).await?;
    Ok(accepted(202, name, &upload))
}

/// A piece behind those that are there.
async fn part(asked: &Asked<'_>, name: &str, id: &str, body: Body) -> Result<Upload, Error> {
    let span = span(asked);
    let mut parameters = json!({ "uploadId": short(id) });
    if let (Ok(Some(span)), Some(parameters)) = (&span, parameters.as_object_mut()) {
        parameters.insert("partFirstByte".to_owned(), json!(span.first));
        parameters.insert("partLastByte".to_owned(), json!(span.last));
    }
    let work = async {
        let place = asked.place("UploadLayerPart", name)?;
        uploads::append(asked.cx, &place, id, span?, body).await
    };
    asked.recorded("UploadLayerPart", name, parameters, work).await
}

/// `PUT /v2/NAME/blobs/uploads/ID?digest=DIGEST`, with the last piece or without.
pub(super) async fn complete(
    asked: &Asked<'_>,
    name: &str,
    id: &str,
    body: Body,
) -> Result<RawResponse, Error> {
    finish(asked, name, id, asked.query.get("digest").unwrap_or_default(), body).await
}

async fn finish(
    asked: &Asked<'_>,
    name: &str,
    id: &str,
    digest: &str,
    body: Body,
) -> Result<RawResponse, Error> {
    let is_known = is_digest(digest);
    if is_known && !body.is_empty() {
        part(asked, name, id, body).await?;
    }
    let work = async {
        let place = asked.place("CompleteLayerUpload", name)?;
        if !is_known {
            let why = "An upload is ended with its sha256 digest.";
            return Err(invalid("DIGEST_INVALID", why));
        }
        uploads::complete(asked.cx, &place, id, &[digest.to_owned()]).await
    };
    let parameters = json!({ "uploadId": short(id), "layerDigests": [short(digest)] });
    asked.recorded("CompleteLayerUpload", name, parameters, work).await?;
    Ok(created(name, digest))
}

/// `DELETE /v2/NAME/blobs/uploads/ID`
pub(super) async fn cancel(asked: &Asked<'_>, name: &str, id: &str) -> Result<RawResponse, Error> {
    let place = asked.place("UploadLayerPart", name)?;
    uploads::cancel(asked.cx, &place, id).await?;
    Ok(RawResponse { status: 204, headers: Vec::new(), body: Body::Empty })
}

/// Where the piece belongs, if the client says: `FIRST-LAST`.
fn span(asked: &Asked<'_>) -> Result<Option<Span>, Error> {
    let Some(header) = asked.header("content-range") else { return Ok(None) };
    let span = parse_span(header).filter(|span| span.len().is_some());
    match span {
        Some(span) => Ok(Some(span)),
        None => Err(INVALID_LAYER_PART
            .error(format!("The Content-Range {header} is not of the form FIRST-LAST."))),
    }
}

/// The specification's `FIRST-LAST`; RFC 9110's `bytes FIRST-LAST/LENGTH` is understood too.
fn parse_span(header: &str) -> Option<Span> {
    let text = header.strip_prefix("bytes").unwrap_or(header).trim_start_matches([' ', '=']);
    let (first, last) = text.split('/').next()?.split_once('-')?;
    let number = |text: &str| {
        let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i64>().ok().filter(|_| is_plain)
    };
    Some(Span { first: number(first.trim())?, last: number(last.trim())? })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        let of = |first, last| Some(Span { first, last });
        for (header, span) in [
            ("0-4", of(0, 4)),
            ("bytes 5-9/*", of(5, 9)),
            ("bytes=5-9", of(5, 9)),
            ("4-0", of(4, 0)),
            ("0-", None),
            ("-4", None),
            ("+1-2", None),
            ("0", None),
            ("0-99999999999999999999", None),
        ] {
            assert_eq!(parse_span(header), span, "{header}");
        }
        assert_eq!(of(0, 4).and_then(Span::len), Some(5));
        assert_eq!(of(4, 3).and_then(Span::len), None);
        assert_eq!(of(0, i64::MAX).and_then(Span::len), None);
    }
}
