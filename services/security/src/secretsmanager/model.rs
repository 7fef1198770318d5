//! Secrets as they are stored: what they are in one document, each version's sealed value in
//! another; and the rules of staging labels.

use service::{Error, Right};
use shape::{Bytes, Shape};
use store::Resource;
use types::{Arn, Scope, Timestamp};

use super::errors;

/// The label of the version that is used.
pub(crate) const CURRENT: &str = "AWSCURRENT";
/// The label of the version that was used before.
pub(crate) const PREVIOUS: &str = "AWSPREVIOUS";
/// Most versions of a secret; those without labels make room.
const MAX_VERSIONS: usize = 100;
/// Most labels of a version.
const MAX_STAGES: usize = 20;
/// How long a version without labels is safe from making room, in milliseconds.
const DEPRECATED_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// A label on a secret.
#[derive(Shape, Default, Clone)]
pub(crate) struct Tag {
    pub key: String,
    pub value: String,
}

/// A version without its value.
#[derive(Shape, Default, Clone)]
pub(crate) struct Version {
    /// The caller's request token.
    pub id: String,
    pub stages: Vec<String>,
    pub created: Timestamp,
    pub accessed: Option<Timestamp>,
    /// The KMS key as the secret named it, if it named one.
    pub kms_key_id: Option<String>,
}

/// A secret.
#[derive(Shape, Default, Clone)]
pub(crate) struct Secret {
    pub name: String,
    /// The six letters that tell it from former secrets of its name.
    pub suffix: String,
    pub description: Option<String>,
    /// The KMS key as the caller named it; `None` for the AWS-managed one.
    pub kms_key_id: Option<String>,
    pub created: Timestamp,
    pub changed: Timestamp,
    pub accessed: Option<Timestamp>,
    /// When it was marked for deletion, and when it is to be gone.
    pub deleted: Option<Timestamp>,
    pub purge_at: Option<Timestamp>,
    pub tags: Vec<Tag>,
    pub policy: Option<String>,
    /// Oldest first.
    pub versions: Vec<Version>,
}

impl Resource for Secret {
    const KIND: &'static str = "secretsmanager.secret";

    fn key(&self) -> String {
        self.name.clone()
    }
}

/// A version's value.
#[derive(Shape, Default, Clone)]
pub(crate) struct SealedValue {
    /// [`value_key`]
    pub key: String,
    pub sealed: Bytes,
    pub binary: bool,
}

impl Resource for SealedValue {
    const KIND: &'static str = "secretsmanager.value";

    fn key(&self) -> String {
        self.key.clone()
    }
}

impl Secret {
    /// Its ARN.
    pub fn arn(&self, scope: &Scope) -> String {
        arn_of(scope, &format!("{}-{}", self.name, self.suffix))
    }

    /// The key of a version's value. No name has a colon.
    pub fn value_key(&self, version_id: &str) -> String {
        format!("{}-{}:{version_id}", self.name, self.suffix)
    }

    /// Refuses a secret that is marked for deletion.
    ///
    /// # Errors
    /// `InvalidRequestException`
    pub fn not_deleted(&self) -> Result<(), Error> {
        match self.deleted {
            None => Ok(()),
            Some(_) => Err(errors::INVALID_REQUEST.error(
                "You can't perform this operation on the secret because it was marked for \
                 deletion.",
            )),
        }
    }

    /// The version of that id.
    pub fn version(&self, id: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.id == id)
    }

    /// The version that has a label.
    pub fn staged(&self, stage: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.stages.iter().any(|it| it == stage))
    }

    /// Moves a label to a version, or takes it away from all. The version that was current becomes
    /// the previous one.
    pub fn stage(&mut self, stage: &str, version_id: Option<&str>) {
        let former = self.staged(stage).map(|version| version.id.clone());
        if former.as_deref() == version_id {
            return;
        }
        for version in &mut self.versions {
            version.stages.retain(|it| it != stage);
            if Some(version.id.as_str()) == version_id {
                version.stages.push(stage.to_owned());
            }
        }
        if stage == CURRENT
            && let Some(former) = former
        {
            self.stage(PREVIOUS, Some(&former));
        }
    }

    /// Adds a version with its labels; answers the ids of the versions that made room.
    ///
    /// # Errors
    /// `LimitExceededException` where there is no room.
    pub fn add(&mut self, version: Version, stages: &[String]) -> Result<Vec<String>, Error> {
        let (id, now) = (version.id.clone(), version.created);
        let first = self.versions.is_empty();
        self.versions.push(version);
        for stage in stages {
            self.stage(stage, Some(&id));
        }
        // A secret's first value is its current one, whatever else it is.
        if first {
            self.stage(CURRENT, Some(&id));
        }
        self.changed = now;
        let too_many = self.versions.iter().any(|version| version.stages.len() > MAX_STAGES);
        if too_many {
            return Err(errors::LIMIT_EXCEEDED
                .error(format!("A version can have {MAX_STAGES} staging labels.")));
        }
        let mut gone = Vec::new();
        while self.versions.len() > MAX_VERSIONS {
            let deprecated = self.versions.iter().position(|version| {
                version.stages.is_empty() && now.since(version.created) > DEPRECATED_MILLIS
            });
            match deprecated {
                Some(at) => gone.push(self.versions.remove(at).id),
                None => {
                    return Err(errors::LIMIT_EXCEEDED.error(format!(
                        "A secret can have {MAX_VERSIONS} versions; those without staging labels \
                         make room a day after they were created."
                    )));
                }
            }
        }
        Ok(gone)
    }

    /// Adds the condition keys that tell of the secret.
    #[must_use]
    pub fn describe(&self, right: Right) -> Right {
        self.tags.iter().fold(right, |right, tag| {
            right
                .with(format!("aws:ResourceTag/{}", tag.key), tag.value.clone())
                .with(format!("secretsmanager:ResourceTag/{}", tag.key), tag.value.clone())
        })
    }
}

/// The ARN of a secret, or of what may become one.
pub(crate) fn arn_of(scope: &Scope, resource: &str) -> String {
    let (region, account) = (scope.region.as_str(), scope.account.as_str());
    Arn::new("secretsmanager", region, account, format!("secret:{resource}")).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(id: &str) -> Version {
        Version { id: id.to_owned(), ..Version::default() }
    }

    fn stages(secret: &Secret, id: &str) -> Vec<String> {
        secret.version(id).unwrap().stages.clone()
    }

    #[test]
    fn a_new_current_version_makes_the_former_the_previous() {
        let mut secret = Secret::default();
        for id in ["a", "b", "c"] {
            assert!(secret.add(version(id), &[CURRENT.to_owned()]).unwrap().is_empty());
        }
        assert!(stages(&secret, "a").is_empty());
        assert_eq!(stages(&secret, "b"), [PREVIOUS]);
        assert_eq!(stages(&secret, "c"), [CURRENT]);
        secret.stage(CURRENT, Some("b"));
        assert_eq!(
            (stages(&secret, "b"), stages(&secret, "c")),
            (vec![CURRENT.to_owned()], vec![PREVIOUS.to_owned()])
        );
    }

    #[test]
    fn the_first_version_is_current_and_pending_ones_are_not() {
        let mut secret = Secret::default();
        secret.add(version("a"), &["AWSPENDING".to_owned()]).unwrap();
        assert_eq!(stages(&secret, "a"), ["AWSPENDING", CURRENT]);
        secret.add(version("b"), &["AWSPENDING".to_owned()]).unwrap();
        assert_eq!(
            (stages(&secret, "a"), stages(&secret, "b")),
            (vec![CURRENT.to_owned()], vec!["AWSPENDING".to_owned()])
        );
    }

    #[test]
    fn old_versions_without_labels_make_room() {
        let mut secret = Secret::default();
        for number in 0..100 {
            secret.add(version(&number.to_string()), &[CURRENT.to_owned()]).unwrap();
        }
        let soon = Version { created: Timestamp::from_secs(3600), ..version("soon") };
        assert!(secret.clone().add(soon, &[CURRENT.to_owned()]).is_err());
        let later = Version { created: Timestamp::from_secs(90_000), ..version("later") };
        assert_eq!(secret.add(later, &[CURRENT.to_owned()]).unwrap(), ["0"]);
        assert_eq!(secret.versions.len(), 100);
    }
}
