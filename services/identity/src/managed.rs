//! AWS's managed policies: written after their documented permissions, as data beside this file.
//! They hold what users and roles of the services here need, and grow with the services.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::Value;
use types::Timestamp;

/// Policies as `{name, path, description, statements}`.
const DATA: &str = include_str!("managed_policies.json");
const PREFIX: &str = "arn:aws:iam::aws:policy";

/// One of AWS's policies.
pub(crate) struct AwsPolicy {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) arn: String,
    pub(crate) id: String,
    pub(crate) description: String,
    pub(crate) document: String,
}

static ALL: LazyLock<Vec<AwsPolicy>> = LazyLock::new(|| {
    // A unit test reads the data; were it damaged, there would be no such policies.
    let data: Value = serde_json::from_str(DATA).unwrap_or_default();
    data.as_array().into_iter().flatten().map(AwsPolicy::read).collect()
});

static BY_ARN: LazyLock<HashMap<&'static str, &'static AwsPolicy>> =
    LazyLock::new(|| ALL.iter().map(|policy| (policy.arn.as_str(), policy)).collect());

impl AwsPolicy {
    fn read(data: &Value) -> Self {
        let text = |member: &str| data[member].as_str().unwrap_or_default().to_owned();
        let (name, path) = (text("name"), text("path"));
        let path = if path.is_empty() { "/".to_owned() } else { path };
        let arn = format!("{PREFIX}{path}{name}");
        let digest = auth::sigv4::sha256_hex(arn.as_bytes()).to_uppercase();
        let id = format!("ANPA{}", digest.get(..17).unwrap_or_default());
        let document = serde_json::json!({
            "Version": "2012-10-17",
            "Statement": data["statements"],
        });
        Self {
            name,
            path,
            arn,
            id,
            description: text("description"),
            document: document.to_string(),
        }
    }
}

/// Every one of them.
pub(crate) fn all() -> &'static [AwsPolicy] {
    &ALL
}

/// The policy of that ARN.
pub(crate) fn find(arn: &str) -> Option<&'static AwsPolicy> {
    BY_ARN.get(arn).copied()
}

/// Whether an ARN is in AWS's name space, whether it is there or not.
pub(crate) fn is_aws(arn: &str) -> bool {
    arn.starts_with(PREFIX)
}

/// When they count as made: the day of this data.
pub(crate) fn created() -> Timestamp {
    Timestamp::from_secs(1_763_683_200)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use auth::policy::{Policy, PolicyKind};

    use super::*;

    #[test]
    fn every_policy_is_one() {
        let data: Value = serde_json::from_str(DATA).unwrap();
        assert_eq!(data.as_array().unwrap().len(), all().len());
        let mut names = HashSet::new();
        for policy in all() {
            assert!(names.insert(&policy.name), "{} is there twice", policy.name);
            assert!(policy.path.starts_with('/') && policy.path.ends_with('/'), "{}", policy.name);
            assert!(!policy.description.is_empty(), "{}", policy.name);
            if let Err(error) = Policy::parse(PolicyKind::Identity, &policy.document) {
                panic!("{}: {error}", policy.name);
            }
            assert!(find(&policy.arn).is_some());
        }
    }
}
