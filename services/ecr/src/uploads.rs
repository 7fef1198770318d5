//! Uploads of layers: begun, gone on with part by part, completed. Each part is a blob that is
//! durable when its sender is told so; the layer is its parts behind each other.

use api_containers::ecr::*;
use service::{Cx, Error};
use shape::Body;
use store::{ReadTx, Stored};
use types::Scope;

use crate::body::{self, MAX_LAYER};
use crate::model::{Layer, Repository, Upload, within};
use crate::{collect, errors, rights};

/// Parts of a layer; AWS's quota.
const MAX_PARTS: usize = 4_200;
/// Least bytes of a part that is not the last; AWS's quota. The registry protocol knows no such
/// bound.
const MIN_PART: i64 = 5 << 20;
/// The size of parts that clients are asked for, in bytes.
const PART_SIZE: i64 = 10 << 20;

/// A repository, and the registry that it is in.
#[derive(Clone)]
pub(crate) struct Place {
    pub scope: Scope,
    pub repository: Repository,
}

impl Place {
    /// The repository of that name.
    pub fn find(cx: &Cx, scope: Scope, name: &str) -> Result<Self, Error> {
        let found = cx.read(|tx| Repository::load(tx, &scope, name))?;
        Ok(Self { scope, repository: found.into_inner() })
    }

    /// Of an operation's input.
    pub fn of(cx: &Cx, registry_id: Option<&str>, name: &str) -> Result<Self, Error> {
        Self::find(cx, rights::registry(cx, registry_id)?, name)
    }

    /// The account of the registry.
    pub fn registry_id(&self) -> String {
        self.scope.account.to_string()
    }

    /// As messages end.
    pub fn words(&self) -> String {
        errors::place(&self.repository.name, self.scope.account.as_str())
    }

    fn upload(&self, tx: &ReadTx<'_>, id: &str) -> Result<Stored<Upload>, Error> {
        tx.get(&self.scope, &within(&self.repository.id, id))?.ok_or_else(|| {
            errors::no_upload(id, &self.repository.name, self.scope.account.as_str())
        })
    }
}

/// The upload of that id.
pub(crate) fn find(cx: &Cx, place: &Place, id: &str) -> Result<Upload, Error> {
    Ok(cx.read(|tx| place.upload(tx, id))?.into_inner())
}

/// Where a part lies in its layer, by its first and its last byte, as its sender says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub first: i64,
    pub last: i64,
}

impl Span {
    /// How many bytes that are; none where the last comes before the first.
    pub fn len(self) -> Option<i64> {
        let len = self.last.checked_sub(self.first)?.checked_add(1)?;
        (len > 0).then_some(len)
    }
}

/// Begins an upload; answers its id.
pub(crate) async fn begin(cx: &Cx, place: &Place) -> Result<String, Error> {
    let upload = Upload {
        repository: place.repository.id.clone(),
        id: types::uuid(),
        touched: cx.now(),
        ..Upload::default()
    };
    let (id, place) = (upload.id.clone(), place.clone());
    cx.write(move |tx| {
        Repository::again(tx, &place.scope, &place.repository)?;
        tx.insert(&place.scope, &upload)?;
        collect::note_upload(tx, &place.scope, &upload)?;
        Ok(())
    })
    .await?;
    Ok(id)
}

/// Goes on with an upload: the body's bytes come behind those that are there, and are so many, if
/// the sender says. Answers the upload as it is then.
pub(crate) async fn append(
    cx: &Cx,
    place: &Place,
    id: &str,
    span: Option<Span>,
    body: Body,
) -> Result<Upload, Error> {
    let upload = find(cx, place, id)?;
    if span.is_some_and(|span| span.first != upload.size) {
        return Err(not_next(place, &upload));
    }
    let differs = |len: i64| span.is_some_and(|span| span.len() != Some(len));
    if let Some(len) = body.len().map(|len| i64::try_from(len).unwrap_or(i64::MAX))
        && differs(len)
    {
        return Err(not_as_long(place, &upload, len));
    }
    if upload.parts.len() >= MAX_PARTS {
        return Err(errors::LIMIT_EXCEEDED
            .error(format!("A layer is uploaded in at most {MAX_PARTS} parts.")));
    }
    let key = place.repository.key_ref()?;
    let part = body::keep(cx.yard(), &key, body, MAX_LAYER - upload.size).await?;
    // Of what comes in chunks nobody knows the length before it is there.
    if part.size == 0 || differs(part.size) {
        body::discard(cx.yard(), &part).await;
        return match differs(part.size) {
            true => Err(not_as_long(place, &upload, part.size)),
            false => Ok(upload),
        };
    }
    let (inner, id, now, kept) = (place.clone(), id.to_owned(), cx.now(), part.clone());
    let written = cx
        .write(move |tx| {
            let mut found = inner.upload(tx, &id)?;
            // Somebody else went on with it meanwhile.
            if found.size != upload.size || found.parts.len() != upload.parts.len() {
                return Err(not_next(&inner, &found));
            }
            collect::own(tx, &kept.blob)?;
            found.size += kept.size;
            found.parts.push(kept.clone());
            found.touched = now;
            tx.update(&inner.scope, &found)?;
            Ok(found.into_inner())
        })
        .await;
    if written.is_err() {
        body::discard(cx.yard(), &part).await;
    }
    written
}

/// A part that is not the next one.
fn not_next(place: &Place, upload: &Upload) -> Error {
    let why = format!(
        "The part does not begin where the upload with id '{}' ends, at byte {}",
        upload.id, upload.size
    );
    unfit(place, upload, why)
}

/// A part that has more or fewer bytes than its sender says.
fn not_as_long(place: &Place, upload: &Upload, len: i64) -> Error {
    let why = format!("The part has {len} bytes, and its first and last byte say otherwise");
    unfit(place, upload, why)
}

fn unfit(place: &Place, upload: &Upload, why: String) -> Error {
    let last = upload.size - 1;
    errors::INVALID_LAYER_PART
        .error(why)
        .with("registryId", place.registry_id())
        .with("repositoryName", place.repository.name.clone())
        .with("uploadId", upload.id.clone())
        .with("lastValidByteReceived", last.to_string())
}

/// A layer that an upload has become.
pub(crate) struct Completed {
    pub digest: String,
    /// The repository had it already.
    pub existed: bool,
}

/// Makes a layer of an upload whose bytes have one of these digests.
pub(crate) async fn complete(
    cx: &Cx,
    place: &Place,
    id: &str,
    digests: &[String],
) -> Result<Completed, Error> {
    let upload = find(cx, place, id)?;
    let digest = body::digest_of(cx.yard(), &upload.parts).await?;
    if !digests.contains(&digest) {
        return Err(errors::INVALID_LAYER.error(format!(
            "Layer upload with id '{id}' has the digest '{digest}' and not '{}'",
            digests.join("', '")
        )));
    }
    let (inner, id, now) = (place.clone(), id.to_owned(), cx.now());
    cx.write(move |tx| {
        let repository = Repository::again(tx, &inner.scope, &inner.repository)?;
        let found = inner.upload(tx, &id)?;
        if found.parts != upload.parts {
            return Err(not_next(&inner, &found));
        }
        if Layer::get(tx, &inner.scope, &repository.id, &digest)?.is_some() {
            collect::remove_upload(tx, &inner.scope, &found, now)?;
            return Ok(Completed { digest: digest.clone(), existed: true });
        }
        let layer = Layer {
            repository: repository.id.clone(),
            digest: digest.clone(),
            size: found.size,
            content: found.id.clone(),
            parts: found.parts.clone(),
        };
        // Its parts keep their owner: now it is the layer.
        tx.delete::<Upload>(&inner.scope, &within(&repository.id, &id))?;
        collect::put_layer(tx, &inner.scope, &layer, now)?;
        Ok(Completed { digest: digest.clone(), existed: false })
    })
    .await
}

/// Gives an upload up, with its bytes.
pub(crate) async fn cancel(cx: &Cx, place: &Place, id: &str) -> Result<(), Error> {
    let (place, id, now) = (place.clone(), id.to_owned(), cx.now());
    cx.write(move |tx| {
        let found = place.upload(tx, &id)?;
        collect::remove_upload(tx, &place.scope, &found, now)?;
        Ok(())
    })
    .await
}

/// [InitiateLayerUpload](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_InitiateLayerUpload.html)
pub(crate) async fn initiate_layer_upload(
    cx: Cx,
    input: InitiateLayerUploadInput,
) -> Result<InitiateLayerUploadOutput, Error> {
    let place = Place::of(&cx, input.registry_id.as_deref(), &input.repository_name)?;
    let upload_id = begin(&cx, &place).await?;
    Ok(InitiateLayerUploadOutput { upload_id: Some(upload_id), part_size: Some(PART_SIZE) })
}

/// [UploadLayerPart](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UploadLayerPart.html)
pub(crate) async fn upload_layer_part(
    cx: Cx,
    input: UploadLayerPartInput,
) -> Result<UploadLayerPartOutput, Error> {
    let place = Place::of(&cx, input.registry_id.as_deref(), &input.repository_name)?;
    let span = Span { first: input.part_first_byte, last: input.part_last_byte };
    let body = Body::Full(input.layer_part_blob);
    let upload = append(&cx, &place, &input.upload_id, Some(span), body).await?;
    Ok(UploadLayerPartOutput {
        registry_id: Some(place.registry_id()),
        repository_name: Some(input.repository_name),
        upload_id: Some(input.upload_id),
        last_byte_received: Some(upload.size - 1),
    })
}

/// [CompleteLayerUpload](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CompleteLayerUpload.html)
pub(crate) async fn complete_layer_upload(
    cx: Cx,
    input: CompleteLayerUploadInput,
) -> Result<CompleteLayerUploadOutput, Error> {
    let place = Place::of(&cx, input.registry_id.as_deref(), &input.repository_name)?;
    let upload = find(&cx, &place, &input.upload_id)?;
    let Some((_, before_last)) = upload.parts.split_last() else {
        let id = &input.upload_id;
        return Err(errors::EMPTY_UPLOAD
            .error(format!("The upload with id '{id}' has no parts in {}", place.words())));
    };
    if before_last.iter().any(|part| part.size < MIN_PART) {
        return Err(errors::LAYER_PART_TOO_SMALL
            .error(format!("Layer parts must be at least {MIN_PART} bytes, but for the last")));
    }
    let done = complete(&cx, &place, &input.upload_id, &input.layer_digests).await?;
    if done.existed {
        return Err(errors::LAYER_ALREADY_EXISTS.error(format!(
            "Layer with digest '{}' already exists in {}",
            done.digest,
            place.words()
        )));
    }
    Ok(CompleteLayerUploadOutput {
        registry_id: Some(place.registry_id()),
        repository_name: Some(input.repository_name),
        upload_id: Some(input.upload_id),
        layer_digest: Some(done.digest),
    })
}
