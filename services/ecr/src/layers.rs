//! Layers that are there: looked for, mounted from other repositories, downloaded.

use api_containers::ecr::Layer as LayerShape;
use api_containers::ecr::*;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use blobs::KeyRef;
use service::{Cx, Error, Yard};
use shape::Timestamp;

use crate::digest::is_digest;
use crate::model::{Layer, Repository};
use crate::uploads::Place;
use crate::{collect, errors, state};

/// What engines call a layer whose media type no manifest has told yet.
const LAYER_TYPE: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";
/// For so long a download address is good, in milliseconds; AWS's is so for an hour.
const DOWNLOAD_MS: i64 = 3_600_000;
/// The parameter of a download address that stands for its right.
pub(crate) const DOWNLOAD_PARAMETER: &str = "X-Codeyard-Download";
const DOWNLOAD_CONTEXT: &[u8] = b"ecr layer download";

/// The layer of a digest, if the repository has it.
pub(crate) fn find(cx: &Cx, place: &Place, digest: &str) -> Result<Option<Layer>, Error> {
    let found = cx.read(|tx| Ok(Layer::get(tx, &place.scope, &place.repository.id, digest)?))?;
    Ok(found.map(store::Stored::into_inner))
}

/// Lets a repository have a layer of another one in the same registry, without its bytes being
/// sent again. False where that can't be: it is not there, or it is sealed under another key.
pub(crate) async fn mount(
    cx: &Cx,
    place: &Place,
    from: &Place,
    digest: &str,
) -> Result<bool, Error> {
    if from.scope != place.scope || from.repository.kms_key != place.repository.kms_key {
        return Ok(false);
    }
    let (place, from, digest, now) = (place.clone(), from.clone(), digest.to_owned(), cx.now());
    cx.write(move |tx| {
        let repository = Repository::again(tx, &place.scope, &place.repository)?;
        if Layer::get(tx, &place.scope, &repository.id, &digest)?.is_some() {
            return Ok(true);
        }
        let found = Layer::get(tx, &from.scope, &from.repository.id, &digest)?;
        let Some(found) = found else { return Ok(false) };
        let layer = Layer { repository: repository.id.clone(), ..found.into_inner() };
        collect::put_layer(tx, &place.scope, &layer, now)?;
        Ok(true)
    })
    .await
}

/// [BatchCheckLayerAvailability](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchCheckLayerAvailability.html)
pub(crate) async fn batch_check_layer_availability(
    cx: Cx,
    input: BatchCheckLayerAvailabilityInput,
) -> Result<BatchCheckLayerAvailabilityOutput, Error> {
    let place = Place::of(&cx, input.registry_id.as_deref(), &input.repository_name)?;
    let mut output = BatchCheckLayerAvailabilityOutput::default();
    for digest in input.layer_digests {
        if !is_digest(&digest) {
            let code = match digest.is_empty() {
                true => LayerFailureCode::MissingLayerDigest,
                false => LayerFailureCode::InvalidLayerDigest,
            };
            output.failures.push(LayerFailure {
                failure_reason: Some(format!("'{digest}' is no sha256 digest")),
                layer_digest: Some(digest),
                failure_code: Some(code),
            });
            continue;
        }
        let found = find(&cx, &place, &digest)?;
        output.layers.push(LayerShape {
            layer_availability: Some(match found {
                Some(_) => LayerAvailability::Available,
                None => LayerAvailability::Unavailable,
            }),
            layer_size: found.as_ref().map(|it| it.size),
            media_type: found.is_some().then(|| LAYER_TYPE.to_owned()),
            layer_digest: Some(digest),
        });
    }
    Ok(output)
}

/// [GetDownloadUrlForLayer](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetDownloadUrlForLayer.html)
pub(crate) async fn get_download_url_for_layer(
    cx: Cx,
    input: GetDownloadUrlForLayerInput,
) -> Result<GetDownloadUrlForLayerOutput, Error> {
    let place = Place::of(&cx, input.registry_id.as_deref(), &input.repository_name)?;
    let digest = input.layer_digest;
    if find(&cx, &place, &digest)?.is_none() {
        return Err(errors::LAYERS_NOT_FOUND.error(format!(
            "The layer with digest '{digest}' does not exist in {}",
            place.words()
        )));
    }
    let expires = cx.now().plus_millis(DOWNLOAD_MS);
    let (scope, repository) = (&place.scope, &place.repository);
    let right = format!("{}\n{scope}\n{}\n{digest}", expires.millis(), repository.id);
    let sealed = state::of(cx.yard())
        .blobs(cx.yard())?
        .seal(&KeyRef::Yard, DOWNLOAD_CONTEXT, right.as_bytes())
        .map_err(errors::of_blob)?;
    let (url, name, right) = (cx.endpoint().url(), &repository.name, BASE64.encode(sealed));
    Ok(GetDownloadUrlForLayerOutput {
        download_url: Some(format!("{url}/v2/{name}/blobs/{digest}?{DOWNLOAD_PARAMETER}={right}")),
        layer_digest: Some(digest),
    })
}

/// The layer that a download address is for, if this yard made it and it has not ended.
pub(crate) fn downloaded(yard: &Yard, right: &str, digest: &str) -> Result<Option<Layer>, Error> {
    let Ok(sealed) = BASE64.decode(right) else { return Ok(None) };
    let Ok(right) = state::of(yard).blobs(yard)?.unseal(DOWNLOAD_CONTEXT, &sealed) else {
        return Ok(None);
    };
    let Ok(right) = std::str::from_utf8(&right) else { return Ok(None) };
    let mut parts = right.split('\n');
    let expires = parts.next().and_then(|it| it.parse().ok()).map(Timestamp::from_millis);
    let scope = parts.next().and_then(types::Scope::parse);
    let (Some(expires), Some(scope), Some(repository)) = (expires, scope, parts.next()) else {
        return Ok(None);
    };
    if expires <= yard.clock().now() || parts.next() != Some(digest) {
        return Ok(None);
    }
    let found = yard.read(|tx| Ok(Layer::get(tx, &scope, repository, digest)?))?;
    Ok(found.map(store::Stored::into_inner))
}
