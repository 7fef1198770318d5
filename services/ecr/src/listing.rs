//! Images, listed and described.

use api_containers::ecr::*;
use service::{Cx, Error};
use store::{Query, ReadTx};
use types::PageToken;

use crate::digest::is_digest;
use crate::errors;
use crate::images::{self, Name};
use crate::model::{BY_SUBJECT, Image, ImageTag, within};
use crate::uploads::Place;

/// Entries on a page whose length the caller does not say.
pub(crate) const PAGE: usize = 100;
/// Rows that are looked at in one go.
const BATCH: usize = 1_000;

/// Where a listing goes on.
pub(crate) fn after(listing: &str, token: Option<&str>) -> Result<Option<String>, Error> {
    let bad = |_| errors::invalid("nextToken", "the token is not one of this listing");
    token.map(|token| PageToken::decode(listing, token)).transpose().map_err(bad)
}

/// How many entries a page has.
pub(crate) fn size(max_results: Option<i32>) -> usize {
    max_results.and_then(|it| usize::try_from(it).ok()).unwrap_or(PAGE)
}

/// All images are active: none can be archived here.
fn shows_active(status: Option<ImageStatusFilter>) -> bool {
    let active = [None, Some(ImageStatusFilter::Active), Some(ImageStatusFilter::Any)];
    active.contains(&status)
}

/// The key of an entry as it lies behind the repository's id.
fn name_of(key: &str) -> &str {
    key.split_once('/').map_or(key, |(_, name)| name)
}

/// Tags of a repository behind one, and where the next page begins.
pub(crate) fn tags(
    tx: &ReadTx<'_>,
    place: &Place,
    after: Option<&str>,
    limit: usize,
) -> Result<(Vec<ImageTag>, Option<String>), Error> {
    let id = &place.repository.id;
    let query = Query::first(limit).prefix(&within(id, "")).after(after.map(|it| within(id, it)));
    let page = tx.list::<ImageTag>(&place.scope, &query)?;
    let items = page.items.into_iter().map(store::Stored::into_inner).collect();
    Ok((items, page.next.map(|key| name_of(&key).to_owned())))
}

/// Images of a repository that `wanted` lets through, behind a digest, and where the next page
/// begins.
fn images(
    tx: &ReadTx<'_>,
    place: &Place,
    mut after: Option<String>,
    limit: usize,
    wanted: impl Fn(&Image) -> Result<bool, Error>,
) -> Result<(Vec<Image>, Option<String>), Error> {
    let id = &place.repository.id;
    let mut found = Vec::new();
    loop {
        let behind = after.as_deref().map(|it| within(id, it));
        let query = Query::first(BATCH).prefix(&within(id, "")).after(behind);
        let page = tx.list::<Image>(&place.scope, &query)?;
        let mut items = page.items.into_iter().map(store::Stored::into_inner).peekable();
        while let Some(image) = items.next() {
            let digest = image.digest.clone();
            if wanted(&image)? {
                found.push(image);
            }
            if found.len() == limit && (items.peek().is_some() || page.next.is_some()) {
                return Ok((found, Some(digest)));
            }
        }
        match page.next {
            Some(key) => after = Some(name_of(&key).to_owned()),
            None => return Ok((found, None)),
        }
    }
}

/// [ListImages](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImages.html):
/// first all tags, then the images without any.
pub(crate) async fn list_images(cx: Cx, input: ListImagesInput) -> Result<ListImagesOutput, Error> {
    let place = Place::of(&cx, input.registry_id.as_deref(), &input.repository_name)?;
    let filter = input.filter.unwrap_or_default();
    if !shows_active(filter.image_status) {
        return Ok(ListImagesOutput::default());
    }
    let status = filter.tag_status.unwrap_or(TagStatus::Any);
    let listing = format!("ListImages {} {status}", place.repository.id);
    let start = after(&listing, input.next_token.as_deref())?;
    let limit = size(input.max_results);
    cx.read(|tx| {
        let mut ids = Vec::new();
        let token =
            |kind: &str, at: &str| Some(PageToken::encode(&listing, &format!("{kind}{at}")));
        let (tag_after, image_after) = match start.as_deref().map(|it| it.split_at(1)) {
            Some(("u", digest)) => {
                (None, Some(Some(digest.to_owned()).filter(|it| !it.is_empty())))
            }
            Some((_, tag)) => (Some(tag), None),
            None => (None, None),
        };
        if status != TagStatus::Untagged && image_after.is_none() {
            let (found, next) = tags(tx, &place, tag_after, limit)?;
            ids.extend(found.into_iter().map(|row| ImageIdentifier {
                image_digest: Some(row.digest),
                image_tag: Some(row.tag),
            }));
            if let Some(next) = next {
                return Ok(ListImagesOutput { image_ids: ids, next_token: token("t", &next) });
            }
        }
        if status == TagStatus::Tagged {
            return Ok(ListImagesOutput { image_ids: ids, next_token: None });
        }
        if ids.len() == limit {
            return Ok(ListImagesOutput { image_ids: ids, next_token: token("u", "") });
        }
        let untagged = |image: &Image| Ok(image.tags(tx, &place.scope)?.is_empty());
        let room = limit - ids.len();
        let (found, next) = images(tx, &place, image_after.flatten(), room, untagged)?;
        ids.extend(
            found
                .into_iter()
                .map(|image| ImageIdentifier { image_digest: Some(image.digest), image_tag: None }),
        );
        let next_token = next.and_then(|digest| token("u", &digest));
        Ok(ListImagesOutput { image_ids: ids, next_token })
    })
}

/// [DescribeImages](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html)
pub(crate) async fn describe_images(
    cx: Cx,
    input: DescribeImagesInput,
) -> Result<DescribeImagesOutput, Error> {
    let place = Place::of(&cx, input.registry_id.as_deref(), &input.repository_name)?;
    if let Some(ids) = &input.image_ids {
        if input.next_token.is_some() || input.max_results.is_some() {
            return Err(errors::invalid("imageIds", "with imageIds there are no pages"));
        }
        return describe(&cx, &place, ids, &input.filter.unwrap_or_default());
    }
    let filter = input.filter.unwrap_or_default();
    if !shows_active(filter.image_status) {
        return Ok(DescribeImagesOutput::default());
    }
    let status = filter.tag_status.unwrap_or(TagStatus::Any);
    let listing = format!("DescribeImages {} {status}", place.repository.id);
    let start = after(&listing, input.next_token.as_deref())?;
    cx.read(|tx| {
        let wanted = |image: &Image| has_status(tx, &place, image, status);
        let (found, next) = images(tx, &place, start, size(input.max_results), wanted)?;
        let details = found.iter().map(|image| detail(tx, &place, image));
        Ok(DescribeImagesOutput {
            image_details: details.collect::<Result<_, _>>()?,
            next_token: next.map(|digest| PageToken::encode(&listing, &digest)),
        })
    })
}

fn has_status(
    tx: &ReadTx<'_>,
    place: &Place,
    image: &Image,
    status: TagStatus,
) -> Result<bool, Error> {
    Ok(match status {
        TagStatus::Any => true,
        TagStatus::Tagged => !image.tags(tx, &place.scope)?.is_empty(),
        TagStatus::Untagged => image.tags(tx, &place.scope)?.is_empty(),
    })
}

/// The images of these identifiers that the filter lets through, each once.
fn describe(
    cx: &Cx,
    place: &Place,
    ids: &[ImageIdentifier],
    filter: &ListImagesFilter,
) -> Result<DescribeImagesOutput, Error> {
    let status = filter.tag_status.unwrap_or(TagStatus::Any);
    cx.read(|tx| {
        let mut output = DescribeImagesOutput::default();
        for id in ids {
            let name = match (&id.image_tag, &id.image_digest) {
                (Some(tag), _) => Name::Tag(tag.clone()),
                (None, Some(digest)) => Name::Digest(digest.clone()),
                (None, None) => {
                    let why = "both tag and digest cannot be null";
                    return Err(errors::invalid("imageIds", why));
                }
            };
            let found = images::find(tx, place, &name)?;
            let same =
                |image: &Image| id.image_digest.as_ref().is_none_or(|it| *it == image.digest);
            let Some(image) = found.filter(|image| same(image)) else {
                let word = |it: &Option<String>| it.clone().unwrap_or_else(|| "null".to_owned());
                return Err(errors::IMAGE_NOT_FOUND.error(format!(
                    "The image with imageId {{imageDigest:'{}', imageTag:'{}'}} does not exist \
                     within {}",
                    word(&id.image_digest),
                    word(&id.image_tag),
                    place.words()
                )));
            };
            let known = |it: &ImageDetail| it.image_digest.as_ref() == Some(&image.digest);
            let passes =
                shows_active(filter.image_status) && has_status(tx, place, &image, status)?;
            if passes && !output.image_details.iter().any(known) {
                output.image_details.push(detail(tx, place, &image)?);
            }
        }
        Ok(output)
    })
}

fn detail(tx: &ReadTx<'_>, place: &Place, image: &Image) -> Result<ImageDetail, Error> {
    let tags = image.tags(tx, &place.scope)?;
    Ok(ImageDetail {
        registry_id: Some(place.registry_id()),
        repository_name: Some(place.repository.name.clone()),
        image_digest: Some(image.digest.clone()),
        image_tags: (!tags.is_empty()).then_some(tags),
        image_size_in_bytes: Some(image.size),
        image_pushed_at: Some(image.pushed),
        image_manifest_media_type: Some(image.media_type.clone()),
        artifact_media_type: image.artifact_type.clone(),
        last_recorded_pull_time: image.pulled,
        subject_manifest_digest: image.subject.clone(),
        image_status: Some(ImageStatus::Active),
    })
}

/// Images about the one of that digest, and where the next page begins.
pub(crate) fn referrers(
    tx: &ReadTx<'_>,
    place: &Place,
    subject: &str,
    query: &Query,
) -> Result<(Vec<Image>, Option<String>), Error> {
    let of = place.repository.within(subject);
    let page = tx.by_index::<Image>(&place.scope, BY_SUBJECT, &of, query)?;
    Ok((page.items.into_iter().map(store::Stored::into_inner).collect(), page.next))
}

/// [ListImageReferrers](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImageReferrers.html)
pub(crate) async fn list_image_referrers(
    cx: Cx,
    input: ListImageReferrersInput,
) -> Result<ListImageReferrersOutput, Error> {
    let place = Place::of(&cx, input.registry_id.as_deref(), &input.repository_name)?;
    let subject = input.subject_id.image_digest;
    if !is_digest(&subject) {
        let why = format_args!("'{subject}' is no sha256 digest");
        return Err(errors::invalid("subjectId.imageDigest", why));
    }
    let filter = input.filter.unwrap_or_default();
    if !shows_active(filter.artifact_status) {
        return Ok(ListImageReferrersOutput::default());
    }
    let listing = format!("ListImageReferrers {} {subject}", place.repository.id);
    let start = after(&listing, input.next_token.as_deref())?;
    let limit = input.max_results.and_then(|it| usize::try_from(it).ok()).unwrap_or(50);
    let types = filter.artifact_types.unwrap_or_default();
    cx.read(|tx| {
        let query = Query::first(limit).after(start);
        let (found, next) = referrers(tx, &place, &subject, &query)?;
        let is_wanted = |image: &Image| {
            types.is_empty() || image.artifact_type.as_ref().is_some_and(|it| types.contains(it))
        };
        let referrer = |image: Image| ImageReferrer {
            digest: image.digest,
            media_type: image.media_type,
            artifact_type: image.artifact_type,
            size: image.manifest_size,
            annotations: image.annotations,
            artifact_status: Some(ImageStatus::Active),
        };
        Ok(ListImageReferrersOutput {
            referrers: found.into_iter().filter(is_wanted).map(referrer).collect(),
            next_token: next.map(|key| PageToken::encode(&listing, &key)),
        })
    })
}
