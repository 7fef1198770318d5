//! What ECR keeps: repositories, images and their tags, layers, uploads.
//!
//! Everything but the repository itself is named by the repository's id, which is never used
//! again: what is left of a deleted repository can not show up in a new one of the same name.

use std::collections::BTreeMap;

use api_containers::ecr::{ImageTagMutability, ImageTagMutabilityExclusionFilter};
use blobs::KeyRef;
use service::{Cx, Error};
use shape::{Shape, Timestamp};
use store::{Index, Query, ReadTx, Resource, StoreError, Stored};
use types::{Arn, Scope};

use crate::errors;

/// Tags of an image; AWS's quota.
pub(crate) const MAX_IMAGE_TAGS: usize = 1_000;
/// Index of images by the layers that they are made of.
pub(crate) const BY_LAYER: &str = "layer";
/// Index of images by those that they list.
pub(crate) const BY_CHILD: &str = "child";
/// Index of images by the one that they are about.
pub(crate) const BY_SUBJECT: &str = "subject";
/// Index of tags by the image that they stand for.
pub(crate) const BY_IMAGE: &str = "image";

/// A repository. Its scope is its registry: an account and a Region.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Repository {
    pub name: String,
    /// Never changes and is never used again.
    pub id: String,
    pub created: Timestamp,
    pub mutability: ImageTagMutability,
    pub exclusions: Option<Vec<ImageTagMutabilityExclusionFilter>>,
    /// The ARN of the KMS key that its bytes are sealed under; none: the yard's own (`AES256`).
    pub kms_key: Option<String>,
    pub policy: Option<String>,
    pub tags: BTreeMap<String, String>,
}

impl Resource for Repository {
    const KIND: &'static str = "ecr.repository";

    fn key(&self) -> String {
        self.name.clone()
    }
}

impl Repository {
    /// The repository, or AWS's error.
    pub fn load(tx: &ReadTx<'_>, scope: &Scope, name: &str) -> Result<Stored<Self>, Error> {
        tx.get(scope, name)?.ok_or_else(|| errors::no_repository(name, scope.account.as_str()))
    }

    /// The repository that was seen before, if it is still the same one.
    pub fn again(tx: &ReadTx<'_>, scope: &Scope, seen: &Self) -> Result<Stored<Self>, Error> {
        let found = Self::load(tx, scope, &seen.name)?;
        match found.id == seen.id {
            true => Ok(found),
            false => Err(errors::no_repository(&seen.name, scope.account.as_str())),
        }
    }

    /// The key that its bytes are sealed under.
    pub fn key_ref(&self) -> Result<KeyRef, Error> {
        match &self.kms_key {
            Some(arn) => arn.parse().map_err(Error::internal),
            None => Ok(KeyRef::Yard),
        }
    }

    /// Whether this tag, once it is there, may stand for another image.
    pub fn may_move(&self, tag: &str) -> bool {
        let excluded = || {
            let filters = self.exclusions.iter().flatten();
            filters.into_iter().any(|it| matches_wildcard(&it.filter, tag))
        };
        match self.mutability {
            ImageTagMutability::Mutable => true,
            ImageTagMutability::Immutable => false,
            ImageTagMutability::ImmutableWithExclusion => excluded(),
            ImageTagMutability::MutableWithExclusion => !excluded(),
        }
    }

    /// The key of what is in it.
    pub fn within(&self, name: &str) -> String {
        within(&self.id, name)
    }
}

/// The key of what is in a repository.
pub(crate) fn within(repository: &str, name: &str) -> String {
    format!("{repository}/{name}")
}

/// `*` stands for any text, the empty one too.
pub(crate) fn matches_wildcard(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(middle) = last.replace(part) {
            match rest.find(middle) {
                Some(at) => rest = rest.get(at + middle.len()..).unwrap_or_default(),
                None => return false,
            }
        }
    }
    last.map_or(rest.is_empty(), |last: &str| rest.ends_with(last))
}

/// A repository's ARN.
pub(crate) fn arn(scope: &Scope, name: &str) -> String {
    let resource = format!("repository/{name}");
    Arn::new("ecr", scope.region.as_str(), scope.account.as_str(), resource).to_string()
}

/// The name by which engines pull and push: the address by which the client reached the yard,
/// which is also its registry, and the repository's name.
pub(crate) fn uri(cx: &Cx, name: &str) -> String {
    format!("{}/{name}", cx.endpoint().host)
}

/// A manifest that was put, and what it says.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Image {
    /// The repository's id.
    pub repository: String,
    pub digest: String,
    pub media_type: String,
    /// What it is where it is no container image: its `artifactType`, or its config's media type.
    pub artifact_type: Option<String>,
    /// The blob of the manifest's bytes, which must come out as they went in.
    pub manifest: String,
    /// Bytes of the manifest.
    pub manifest_size: i64,
    /// Bytes of what it names.
    pub size: i64,
    pub pushed: Timestamp,
    pub pulled: Option<Timestamp>,
    /// Digests of its layers and its config.
    pub layers: Vec<String>,
    /// Digests of the images that it lists.
    pub children: Vec<String>,
    /// The image that it is about.
    pub subject: Option<String>,
    pub annotations: BTreeMap<String, String>,
}

impl Resource for Image {
    const KIND: &'static str = "ecr.image";

    fn key(&self) -> String {
        within(&self.repository, &self.digest)
    }

    fn indexes(&self) -> Vec<Index> {
        let of = |name, digest: &String| Index::new(name, within(&self.repository, digest));
        let layers = self.layers.iter().map(|it| of(BY_LAYER, it));
        let children = self.children.iter().map(|it| of(BY_CHILD, it));
        layers.chain(children).chain(self.subject.iter().map(|it| of(BY_SUBJECT, it))).collect()
    }
}

impl Image {
    /// The image of a digest.
    pub fn get(
        tx: &ReadTx<'_>,
        scope: &Scope,
        repository: &str,
        digest: &str,
    ) -> Result<Option<Stored<Self>>, StoreError> {
        tx.get(scope, &within(repository, digest))
    }

    /// Its tags, in their order.
    pub fn tags(&self, tx: &ReadTx<'_>, scope: &Scope) -> Result<Vec<String>, StoreError> {
        let query = Query::first(MAX_IMAGE_TAGS);
        let found = tx.by_index::<ImageTag>(scope, BY_IMAGE, &self.key(), &query)?;
        Ok(found.items.into_iter().map(|it| it.into_inner().tag).collect())
    }

    /// Whether another image lists it.
    pub fn is_listed(&self, tx: &ReadTx<'_>, scope: &Scope) -> Result<bool, StoreError> {
        Ok(tx.count_by_index::<Self>(scope, BY_CHILD, &self.key(), 1)? > 0)
    }
}

/// A tag, and the image that it stands for.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct ImageTag {
    pub repository: String,
    pub tag: String,
    pub digest: String,
}

impl Resource for ImageTag {
    const KIND: &'static str = "ecr.tag";

    fn key(&self) -> String {
        within(&self.repository, &self.tag)
    }

    fn indexes(&self) -> Vec<Index> {
        vec![Index::new(BY_IMAGE, within(&self.repository, &self.digest))]
    }
}

/// A piece of a layer: a blob.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Part {
    pub blob: String,
    pub size: i64,
    /// Of these bytes alone.
    pub digest: String,
}

/// A layer, or an image's configuration.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Layer {
    pub repository: String,
    pub digest: String,
    pub size: i64,
    /// Its bytes, which mounted layers of other repositories may be as well.
    pub content: String,
    pub parts: Vec<Part>,
}

impl Resource for Layer {
    const KIND: &'static str = "ecr.layer";

    fn key(&self) -> String {
        within(&self.repository, &self.digest)
    }
}

impl Layer {
    /// The layer of a digest.
    pub fn get(
        tx: &ReadTx<'_>,
        scope: &Scope,
        repository: &str,
        digest: &str,
    ) -> Result<Option<Stored<Self>>, StoreError> {
        tx.get(scope, &within(repository, digest))
    }

    /// Whether an image is made of it.
    pub fn is_referenced(&self, tx: &ReadTx<'_>, scope: &Scope) -> Result<bool, StoreError> {
        Ok(tx.count_by_index::<Image>(scope, BY_LAYER, &self.key(), 1)? > 0)
    }
}

/// A layer that is being uploaded.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Upload {
    pub repository: String,
    pub id: String,
    pub size: i64,
    pub parts: Vec<Part>,
    pub touched: Timestamp,
}

impl Resource for Upload {
    const KIND: &'static str = "ecr.upload";

    fn key(&self) -> String {
        within(&self.repository, &self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        for (pattern, text, is) in [
            ("latest", "latest", true),
            ("latest", "latest1", false),
            ("*", "", true),
            ("dev-*", "dev-1", true),
            ("dev-*", "prod-dev-1", false),
            ("*-rc*", "1-rc2", true),
            ("*-rc", "1-rc2", false),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "ac", false),
            ("ab*bc", "abc", false),
        ] {
            assert_eq!(matches_wildcard(pattern, text), is, "{pattern} {text}");
        }
    }

    #[test]
    fn exclusions_turn_the_setting_round() {
        let exclusions = vec![ImageTagMutabilityExclusionFilter {
            filter: "dev-*".into(),
            ..Default::default()
        }];
        let with = |mutability| Repository {
            mutability,
            exclusions: Some(exclusions.clone()),
            ..Repository::default()
        };
        let immutable = with(ImageTagMutability::ImmutableWithExclusion);
        assert!(immutable.may_move("dev-1") && !immutable.may_move("v1"));
        let mutable = with(ImageTagMutability::MutableWithExclusion);
        assert!(!mutable.may_move("dev-1") && mutable.may_move("v1"));
    }
}
