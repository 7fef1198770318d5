//! Layers and configs, read.

use std::ops::Range;

use service::{Error, ErrorKind, RawRequest, RawResponse, Yard};
use shape::Body;

use super::{Asked, refusal};
use crate::body;
use crate::layers;
use crate::model::Layer;

/// `HEAD /v2/NAME/blobs/DIGEST`
pub(super) fn head(asked: &Asked<'_>, name: &str, digest: &str) -> Result<RawResponse, Error> {
    let place = asked.place("BatchCheckLayerAvailability", name)?;
    let Some(layer) = layers::find(asked.cx, &place, digest)? else { return Ok(unknown(digest)) };
    // What would be answered to a GET: the answer's length is that of the layer.
    let mut response = answer(&layer);
    response.headers.push(("content-length".to_owned(), layer.size.to_string()));
    Ok(response)
}

/// `GET /v2/NAME/blobs/DIGEST`
pub(super) async fn get(asked: &Asked<'_>, name: &str, digest: &str) -> Result<RawResponse, Error> {
    let place = asked.place("GetDownloadUrlForLayer", name)?;
    match layers::find(asked.cx, &place, digest)? {
        Some(layer) => send(asked.cx.yard(), asked.request, &layer).await,
        None => Ok(unknown(digest)),
    }
}

/// The same by an address of GetDownloadUrlForLayer, which has its right in itself.
pub(super) async fn download(
    yard: &Yard,
    request: &RawRequest,
    right: &str,
    digest: &str,
) -> Result<RawResponse, Error> {
    let Some(layer) = layers::downloaded(yard, right, digest)? else {
        return Ok(refusal(
            403,
            "DENIED",
            "The download address has expired or is not this yard's.",
        ));
    };
    match request.method.as_str() {
        "GET" => send(yard, request, &layer).await,
        _ => Ok(refusal(405, "UNSUPPORTED", "A download address is for GET.")),
    }
}

fn unknown(digest: &str) -> RawResponse {
    let message = format!("The layer with digest '{digest}' does not exist in the repository.");
    refusal(404, "BLOB_UNKNOWN", &message)
}

fn answer(layer: &Layer) -> RawResponse {
    RawResponse {
        status: 200,
        headers: vec![
            ("content-type".to_owned(), "application/octet-stream".to_owned()),
            ("docker-content-digest".to_owned(), layer.digest.clone()),
            ("etag".to_owned(), format!("\"{}\"", layer.digest)),
            ("accept-ranges".to_owned(), "bytes".to_owned()),
        ],
        body: Body::Empty,
    }
}

async fn send(yard: &Yard, request: &RawRequest, layer: &Layer) -> Result<RawResponse, Error> {
    let size = layer.size.unsigned_abs();
    let range = request.header("range").map_or(Ok(None), |header| parse_range(header, size))?;
    let mut response = answer(layer);
    if let Some(range) = &range {
        response.status = 206;
        let last = range.end.saturating_sub(1);
        let text = format!("bytes {}-{last}/{size}", range.start);
        response.headers.push(("content-range".to_owned(), text));
    }
    response.body = body::open(yard, &layer.parts, range.unwrap_or(0..size)).await?;
    Ok(response)
}

/// The bytes that a `Range` header means; none where it is not understood, for which RFC 9110 has
/// the whole be answered.
fn parse_range(header: &str, size: u64) -> Result<Option<Range<u64>>, Error> {
    let Some((first, last)) = header.strip_prefix("bytes=").and_then(|it| it.split_once('-'))
    else {
        return Ok(None);
    };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let range = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Some(first), None) if last.trim().is_empty() => first..size,
        (None, Some(count)) if first.trim().is_empty() => size.saturating_sub(count)..size,
        _ => return Ok(None),
    };
    if range.start >= range.end {
        return Err(ErrorKind::new("RangeNotSatisfiable", 416)
            .error(format!("The range {header} is not within {size} bytes.")));
    }
    Ok(Some(range))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (header, range) in [
            ("bytes=0-0", Some(0..1)),
            ("bytes=2-", Some(2..10)),
            ("bytes=-3", Some(7..10)),
            ("bytes=5-99", Some(5..10)),
            ("bytes=5-4", None),
            ("bytes=a-b", None),
            ("bytes=0-1,3-4", None),
            ("items=0-1", None),
        ] {
            assert_eq!(parse_range(header, 10).unwrap(), range, "{header}");
        }
        for header in ["bytes=10-", "bytes=10-12", "bytes=-0"] {
            assert_eq!(parse_range(header, 10).unwrap_err().status, 416, "{header}");
        }
    }
}
