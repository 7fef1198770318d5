//! Parameters as they are stored: the current version in the parameter itself, so that reading it
//! is one read of the store, and earlier versions beside it.

use std::collections::BTreeMap;

use api_security::ssm::{ParameterTier, ParameterType, Tag};
use service::Right;
use shape::{Bytes, Shape};
use store::Resource;
use types::{Arn, Scope, Timestamp};

/// Most versions of a parameter.
pub(crate) const MAX_VERSIONS: i64 = 100;

/// One version of a parameter.
#[derive(Shape, Default, Clone)]
pub(crate) struct Version {
    /// From 1.
    pub number: i64,
    pub kind: ParameterType,
    /// The value of a `String` or `StringList`.
    #[shape(sensitive, omit_empty)]
    pub value: String,
    /// The value of a `SecureString`, as KMS encrypted it.
    pub sealed: Option<Bytes>,
    /// The KMS key of a `SecureString`, as the caller named it.
    pub key_id: Option<String>,
    pub modified: Timestamp,
    /// Who put it: an ARN.
    pub user: String,
    pub description: Option<String>,
    pub allowed_pattern: Option<String>,
    pub tier: ParameterTier,
    pub data_type: String,
}

/// A parameter.
#[derive(Shape, Default, Clone)]
pub(crate) struct Parameter {
    pub name: String,
    pub current: Version,
    pub tags: Vec<Tag>,
    /// Labels and the numbers of the versions that have them.
    pub labels: BTreeMap<String, i64>,
}

impl Resource for Parameter {
    const KIND: &'static str = "ssm.parameter";

    fn key(&self) -> String {
        self.name.clone()
    }
}

impl Parameter {
    /// The labels of a version, in alphabetical order.
    pub fn labels_of(&self, number: i64) -> Vec<String> {
        let has = self.labels.iter().filter(|(_, version)| **version == number);
        has.map(|(label, _)| label.clone()).collect()
    }

    /// Adds the condition keys that tell of the parameter.
    #[must_use]
    pub fn describe(&self, right: Right) -> Right {
        self.tags.iter().fold(right, |right, tag| {
            right.with(format!("aws:ResourceTag/{}", tag.key), tag.value.clone())
        })
    }
}

/// A version that is not the current one.
#[derive(Shape, Default, Clone)]
pub(crate) struct PastVersion {
    pub name: String,
    pub content: Version,
}

impl Resource for PastVersion {
    const KIND: &'static str = "ssm.parameter-version";

    fn key(&self) -> String {
        past_key(&self.name, self.content.number)
    }
}

/// The key of an earlier version; keys of one parameter sort by number.
pub(crate) fn past_key(name: &str, number: i64) -> String {
    format!("{}{number:010}", past_prefix(name))
}

/// What the keys of one parameter's earlier versions begin with: no name has a colon.
pub(crate) fn past_prefix(name: &str) -> String {
    format!("{name}:")
}

/// A parameter's ARN: of two names that differ in a leading slash only, it is the same.
pub(crate) fn arn(scope: &Scope, name: &str) -> String {
    let resource = format!("parameter/{}", name.strip_prefix('/').unwrap_or(name));
    Arn::new("ssm", scope.region.as_str(), scope.account.as_str(), resource).to_string()
}
