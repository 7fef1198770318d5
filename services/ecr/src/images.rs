//! Images: put, read, deleted. A manifest is a blob of its own; a tag is a row that names an image.

use api_containers::ecr::Image as ImageShape;
use api_containers::ecr::*;
use bytes::Bytes;
use service::{Cx, Error};
use shape::{Body, Timestamp};
use store::{Durability, ReadTx, Resource as _, Stored, WriteTx};

use crate::digest::{self, is_digest};
use crate::events::{self, Action};
use crate::manifest::{self, MAX_MANIFEST, Manifest};
use crate::model::{Image, ImageTag, Layer, MAX_IMAGE_TAGS, Repository, within};
use crate::uploads::Place;
use crate::{body, collect, errors};

/// How old a recorded pull must be to be recorded anew, in milliseconds: AWS's is so for a day.
const PULL_RECORD_MS: i64 = 24 * 3_600_000;

/// An image by its tag or its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Tag(String),
    Digest(String),
}

impl Name {
    /// As the registry protocol has it in its paths.
    pub fn parse(text: &str) -> Option<Self> {
        if is_digest(text) {
            return Some(Self::Digest(text.to_owned()));
        }
        is_tag(text).then(|| Self::Tag(text.to_owned()))
    }
}

/// A tag as ECR takes it.
pub(crate) fn is_tag(text: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    text.bytes().next().is_some_and(word)
        && text.len() <= 300
        && text.bytes().all(|b| word(b) || b == b'.' || b == b'-')
}

/// The image of a name.
pub(crate) fn find(
    tx: &ReadTx<'_>,
    place: &Place,
    name: &Name,
) -> Result<Option<Stored<Image>>, Error> {
    let id = &place.repository.id;
    let digest = match name {
        Name::Digest(digest) => digest.clone(),
        Name::Tag(tag) => match tx.get::<ImageTag>(&place.scope, &within(id, tag))? {
            Some(found) => found.into_inner().digest,
            None => return Ok(None),
        },
    };
    Ok(Image::get(tx, &place.scope, id, &digest)?)
}

/// A manifest to be put.
pub(crate) struct Pushed {
    pub bytes: Bytes,
    pub media_type: Option<String>,
    pub tag: Option<String>,
    pub digest: Option<String>,
}

/// An image that was put.
pub(crate) struct Put {
    pub image: Image,
    /// It was there already, under this tag if it has one.
    pub existed: bool,
}

/// Puts an image in: all that it names must be there.
pub(crate) async fn put(cx: &Cx, place: &Place, pushed: Pushed) -> Result<Put, Error> {
    let Pushed { bytes, media_type, tag, digest: expected } = pushed;
    if let Some(tag) = tag.as_deref().filter(|tag| !is_tag(tag)) {
        return Err(errors::invalid("imageTag", format_args!("'{tag}' is no image tag")));
    }
    let digest = digest::of(&bytes);
    if expected.as_ref().is_some_and(|expected| *expected != digest) {
        return Err(errors::IMAGE_DIGEST_DOES_NOT_MATCH.error(format!(
            "The provided image digest '{}' does not match the digest '{digest}' calculated for \
             the image manifest",
            expected.unwrap_or_default()
        )));
    }
    let manifest = manifest::parse(&bytes, media_type.as_deref())
        .map_err(|why| errors::invalid("imageManifest", why))?;
    // Known to fail: then nothing need be written.
    cx.read(|tx| check(tx, place, &manifest).map(drop))?;
    let manifest_size = i64::try_from(bytes.len()).map_err(Error::internal)?;
    let key = place.repository.key_ref()?;
    let part = body::keep(cx.yard(), &key, Body::Full(bytes), i64::MAX).await?;
    let image = Image {
        repository: place.repository.id.clone(),
        digest,
        media_type: manifest.media_type.clone(),
        artifact_type: manifest.artifact_type.clone(),
        manifest: part.blob.clone(),
        manifest_size,
        size: 0,
        pushed: cx.now(),
        pulled: None,
        layers: manifest.layers.iter().map(|(digest, _)| digest.clone()).collect(),
        children: manifest.children.clone(),
        subject: manifest.subject.clone(),
        annotations: manifest.annotations.clone(),
    };
    let inner = place.clone();
    let written = cx.write(move |tx| commit(tx, &inner, &manifest, &image, tag.as_deref())).await;
    if !matches!(&written, Ok((_, true))) {
        body::discard(cx.yard(), &part).await;
    }
    written.map(|(put, _)| put)
}

/// Whether all that a manifest names is there; the bytes of it, and of an index those of the
/// largest that it lists, as AWS tells them.
fn check(tx: &ReadTx<'_>, place: &Place, manifest: &Manifest) -> Result<i64, Error> {
    let (scope, id) = (&place.scope, &place.repository.id);
    let (mut size, mut missing) = (0, Vec::new());
    for (digest, told) in &manifest.layers {
        match Layer::get(tx, scope, id, digest)? {
            Some(layer) if layer.size == *told => size += told,
            Some(layer) => {
                return Err(errors::invalid(
                    "imageManifest",
                    format_args!("the layer {digest} has {} bytes, not {told}", layer.size),
                ));
            }
            None => missing.push(digest.as_str()),
        }
    }
    if !missing.is_empty() {
        return Err(errors::LAYERS_NOT_FOUND.error(format!(
            "Layers with digests '[{}]' required for pushing image into {} do not exist",
            missing.join(", "),
            place.words()
        )));
    }
    for digest in &manifest.children {
        match Image::get(tx, scope, id, digest)? {
            Some(child) => size = child.size.max(size),
            None => missing.push(digest),
        }
    }
    if !missing.is_empty() {
        return Err(errors::REFERENCED_IMAGES_NOT_FOUND.error(format!(
            "Images with digests '[{}]' required for pushing image into {} do not exist",
            missing.join(", "),
            place.words()
        )));
    }
    Ok(size)
}

/// Writes image and tag; answers whether the manifest's blob has its row now.
fn commit(
    tx: &mut WriteTx<'_>,
    place: &Place,
    manifest: &Manifest,
    image: &Image,
    tag: Option<&str>,
) -> Result<(Put, bool), Error> {
    let repository = Repository::again(tx, &place.scope, &place.repository)?;
    let size = check(tx, place, manifest)?;
    let known = Image::get(tx, &place.scope, &repository.id, &image.digest)?;
    let (is_new, now) = (known.is_none(), image.pushed);
    let image = match known {
        Some(known) => known.into_inner(),
        None => Image { size, ..image.clone() },
    };
    if is_new {
        collect::own(tx, &image.manifest)?;
        tx.insert(&place.scope, &image)?;
    }
    let tagged = match tag {
        Some(tag) => put_tag(tx, place, &repository, &image, tag)?,
        None => false,
    };
    if is_new || tagged {
        events::image_action(tx, place, Action::Push, &image.digest, tag, now)?;
    }
    Ok((Put { image, existed: !is_new && !tagged }, is_new))
}

/// Lets a tag stand for an image; whether it did not yet.
fn put_tag(
    tx: &mut WriteTx<'_>,
    place: &Place,
    repository: &Repository,
    image: &Image,
    tag: &str,
) -> Result<bool, Error> {
    let known = tx.get::<ImageTag>(&place.scope, &repository.within(tag))?;
    if known.as_ref().is_some_and(|known| known.digest == image.digest) {
        return Ok(false);
    }
    if known.is_some() && !repository.may_move(tag) {
        return Err(errors::IMAGE_TAG_ALREADY_EXISTS.error(format!(
            "The image tag '{tag}' already exists in the '{}' repository and cannot be overwritten \
             because the repository is immutable.",
            repository.name
        )));
    }
    if image.tags(tx, &place.scope)?.len() >= MAX_IMAGE_TAGS {
        return Err(
            errors::LIMIT_EXCEEDED.error(format!("An image has at most {MAX_IMAGE_TAGS} tags."))
        );
    }
    let row = ImageTag {
        repository: repository.id.clone(),
        tag: tag.to_owned(),
        digest: image.digest.clone(),
    };
    tx.put(&place.scope, &row)?;
    Ok(true)
}

/// The bytes of an image's manifest.
pub(crate) async fn manifest_of(cx: &Cx, image: &Image) -> Result<Bytes, Error> {
    let most = i64::try_from(MAX_MANIFEST).unwrap_or(i64::MAX);
    body::read(cx.yard(), &image.manifest, most).await
}

/// Notes that an image was pulled, once a day.
pub(crate) async fn note_pull(cx: &Cx, place: &Place, image: &Image) {
    let now = cx.now();
    if image.pulled.is_some_and(|at| now.since(at) < PULL_RECORD_MS) {
        return;
    }
    let (scope, key) = (place.scope.clone(), image.key());
    let noted = cx.yard().store().write_with(Durability::Ordered, move |tx: &mut WriteTx<'_>| {
        let Some(mut found) = tx.get::<Image>(&scope, &key)? else { return Ok(()) };
        found.pulled = Some(now);
        tx.update(&scope, &found).map(drop)
    });
    let noted: Result<(), store::StoreError> = noted.await;
    if let Err(error) = noted {
        tracing::warn!(%error, "failed to note when an image was pulled");
    }
}

/// Takes an image out, with all its tags. What it is made of goes where no other image is.
pub(crate) fn remove(
    tx: &mut WriteTx<'_>,
    place: &Place,
    image: &Image,
    now: Timestamp,
) -> Result<Vec<String>, Error> {
    let tags = image.tags(tx, &place.scope)?;
    for tag in &tags {
        tx.delete::<ImageTag>(&place.scope, &place.repository.within(tag))?;
    }
    tx.delete::<Image>(&place.scope, &image.key())?;
    collect::give_up_blob(tx, &image.manifest, now)?;
    for digest in &image.layers {
        if let Some(layer) = Layer::get(tx, &place.scope, &image.repository, digest)?
            && !layer.is_referenced(tx, &place.scope)?
        {
            collect::note_layer(tx, &place.scope, &image.repository, digest, now)?;
        }
    }
    Ok(tags)
}

/// What became of one image to be deleted.
pub(crate) enum Deleted {
    Done(Vec<ImageIdentifier>),
    Failed(ImageFailureCode, String),
}

/// Deletes an image, by its digest with all its tags, or one tag of it, with which the image goes
/// if it was the last.
pub(crate) fn delete(
    tx: &mut WriteTx<'_>,
    place: &Place,
    id: &ImageIdentifier,
    now: Timestamp,
) -> Result<Deleted, Error> {
    let image = match resolve(tx, place, id)? {
        Ok(image) => image,
        Err((code, why)) => return Ok(Deleted::Failed(code, why)),
    };
    let named = |tag: Option<String>| ImageIdentifier {
        image_digest: Some(image.digest.clone()),
        image_tag: tag,
    };
    if let Some(tag) = &id.image_tag {
        let others = image.tags(tx, &place.scope)?;
        if others.len() > 1 {
            tx.delete::<ImageTag>(&place.scope, &place.repository.within(tag))?;
            events::image_action(tx, place, Action::Delete, &image.digest, Some(tag), now)?;
            return Ok(Deleted::Done(vec![named(Some(tag.clone()))]));
        }
    }
    if image.is_listed(tx, &place.scope)? {
        let why = "Requested image referenced by manifest list";
        return Ok(Deleted::Failed(
            ImageFailureCode::ImageReferencedByManifestList,
            format!("{why}: {}", image.digest),
        ));
    }
    let tags = remove(tx, place, &image, now)?;
    if tags.is_empty() {
        events::image_action(tx, place, Action::Delete, &image.digest, None, now)?;
        return Ok(Deleted::Done(vec![named(None)]));
    }
    for tag in &tags {
        events::image_action(tx, place, Action::Delete, &image.digest, Some(tag), now)?;
    }
    Ok(Deleted::Done(tags.into_iter().map(|tag| named(Some(tag))).collect()))
}

/// The image that an identifier means, or why there is none.
fn resolve(
    tx: &ReadTx<'_>,
    place: &Place,
    id: &ImageIdentifier,
) -> Result<Result<Stored<Image>, (ImageFailureCode, String)>, Error> {
    let failed = |code, why: &str| Ok(Err((code, why.to_owned())));
    if id.image_digest.as_deref().is_some_and(|digest| !is_digest(digest)) {
        let code = ImageFailureCode::InvalidImageDigest;
        return failed(code, "Invalid request parameters: the image digest is no sha256 digest");
    }
    if id.image_tag.as_deref().is_some_and(|tag| !is_tag(tag)) {
        return failed(ImageFailureCode::InvalidImageTag, "Invalid image tag");
    }
    let name = match (&id.image_tag, &id.image_digest) {
        (Some(tag), _) => Name::Tag(tag.clone()),
        (None, Some(digest)) => Name::Digest(digest.clone()),
        (None, None) => {
            let code = ImageFailureCode::MissingDigestAndTag;
            return failed(code, "Invalid request parameters: both tag and digest cannot be null");
        }
    };
    let found = find(tx, place, &name)?;
    let Some(found) = found else {
        return failed(ImageFailureCode::ImageNotFound, "Requested image not found");
    };
    match &id.image_digest {
        Some(digest) if *digest != found.digest => failed(
            ImageFailureCode::ImageTagDoesNotMatchDigest,
            "Requested tag does not match the digest",
        ),
        _ => Ok(Ok(found)),
    }
}

/// [PutImage](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html)
pub(crate) async fn put_image(cx: Cx, input: PutImageInput) -> Result<PutImageOutput, Error> {
    let place = Place::of(&cx, input.registry_id.as_deref(), &input.repository_name)?;
    let pushed = Pushed {
        bytes: Bytes::from(input.image_manifest.clone()),
        media_type: input.image_manifest_media_type,
        tag: input.image_tag.clone(),
        digest: input.image_digest,
    };
    let done = put(&cx, &place, pushed).await?;
    if done.existed {
        return Err(errors::IMAGE_ALREADY_EXISTS.error(format!(
            "Image with digest '{}' and tag '{}' already exists in {}",
            done.image.digest,
            input.image_tag.as_deref().unwrap_or("null"),
            place.words()
        )));
    }
    let id = ImageIdentifier {
        image_digest: Some(done.image.digest.clone()),
        image_tag: input.image_tag,
    };
    let image = shown(&place, &done.image, id, input.image_manifest);
    Ok(PutImageOutput { image: Some(image) })
}

fn shown(place: &Place, image: &Image, id: ImageIdentifier, manifest: String) -> ImageShape {
    ImageShape {
        registry_id: Some(place.registry_id()),
        repository_name: Some(place.repository.name.clone()),
        image_id: Some(id),
        image_manifest: Some(manifest),
        image_manifest_media_type: Some(image.media_type.clone()),
    }
}

/// [BatchGetImage](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html)
pub(crate) async fn batch_get_image(
    cx: Cx,
    input: BatchGetImageInput,
) -> Result<BatchGetImageOutput, Error> {
    let place = Place::of(&cx, input.registry_id.as_deref(), &input.repository_name)?;
    let mut output = BatchGetImageOutput::default();
    for id in input.image_ids {
        let found = cx.read(|tx| resolve(tx, &place, &id))?;
        let image = match found {
            Ok(image) => image.into_inner(),
            Err((code, why)) => {
                output.failures.push(ImageFailure {
                    image_id: Some(id),
                    failure_code: Some(code),
                    failure_reason: Some(why),
                });
                continue;
            }
        };
        // ECR converts none, either: it answers the type that was pushed.
        let accepted = input.accepted_media_types.as_ref();
        if accepted.is_some_and(|types| !types.contains(&image.media_type)) {
            output.failures.push(ImageFailure {
                image_id: Some(id),
                failure_code: Some(ImageFailureCode::ImageNotFound),
                failure_reason: Some(format!(
                    "Requested image is of the type {}, which acceptedMediaTypes leaves out",
                    image.media_type
                )),
            });
            continue;
        }
        let manifest = manifest_of(&cx, &image).await?;
        let manifest = String::from_utf8(manifest.to_vec()).map_err(Error::internal)?;
        note_pull(&cx, &place, &image).await;
        let id = ImageIdentifier { image_digest: Some(image.digest.clone()), ..id };
        output.images.push(shown(&place, &image, id, manifest));
    }
    Ok(output)
}

/// [BatchDeleteImage](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html)
pub(crate) async fn batch_delete_image(
    cx: Cx,
    input: BatchDeleteImageInput,
) -> Result<BatchDeleteImageOutput, Error> {
    let place = Place::of(&cx, input.registry_id.as_deref(), &input.repository_name)?;
    let now = cx.now();
    cx.write(move |tx| {
        let mut output = BatchDeleteImageOutput::default();
        for id in &input.image_ids {
            match delete(tx, &place, id, now)? {
                Deleted::Done(ids) => output.image_ids.extend(ids),
                Deleted::Failed(code, why) => output.failures.push(ImageFailure {
                    image_id: Some(id.clone()),
                    failure_code: Some(code),
                    failure_reason: Some(why),
                }),
            }
        }
        Ok(output)
    })
    .await
}
