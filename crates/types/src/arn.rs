//! Amazon resource names: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.

use std::fmt;
use std::str::FromStr;

/// A parsed resource name. Region and account may be empty (`arn:aws:s3:::bucket`); the resource
/// is everything behind the fifth colon, further colons included.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Arn {
    /// `aws` here, always.
    pub partition: String,
    /// The service's IAM prefix, for instance `codecommit`.
    pub service: String,
    /// Region or empty.
    pub region: String,
    /// Account or empty.
    pub account: String,
    /// What is named: `role/path/name`, `project/x`, a bare name.
    pub resource: String,
}

/// A text that is no resource name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArnError(pub String);

impl fmt::Display for ArnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not an ARN: it must be arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE",
            self.0
        )
    }
}

impl std::error::Error for ArnError {}

impl Arn {
    /// Puts a name together in the `aws` partition.
    pub fn new(service: &str, region: &str, account: &str, resource: impl Into<String>) -> Self {
        Self {
            partition: "aws".to_owned(),
            service: service.to_owned(),
            region: region.to_owned(),
            account: account.to_owned(),
            resource: resource.into(),
        }
    }

    /// The resource without its `TYPE/` or `TYPE:` prefix, where it has that type.
    pub fn resource_of_type(&self, kind: &str) -> Option<&str> {
        let rest = self.resource.strip_prefix(kind)?;
        rest.strip_prefix('/').or_else(|| rest.strip_prefix(':'))
    }
}

impl FromStr for Arn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next();
        match (next(), next(), next(), next(), next(), next()) {
            (
                Some("arn"),
                Some(partition),
                Some(service),
                Some(region),
                Some(account),
                Some(resource),
            ) if !partition.is_empty() && !service.is_empty() && !resource.is_empty() => Ok(Self {
                partition: partition.to_owned(),
                service: service.to_owned(),
                region: region.to_owned(),
                account: account.to_owned(),
                resource: resource.to_owned(),
            }),
            _ => Err(ArnError(text.to_owned())),
        }
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "arn:{}:{}:{}:{}:{}",
            self.partition, self.service, self.region, self.account, self.resource
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_round_trip() {
        for text in [
            "arn:aws:s3:::bucket/key:with:colons",
            "arn:aws:iam::123456789012:role/service-role/x",
            "arn:aws:logs:us-east-1:123456789012:log-group:/aws/codebuild/x:*",
        ] {
            assert_eq!(text.parse::<Arn>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn not_arns() {
        for text in ["", "arn", "arn:aws:s3", "arn:aws:s3:::", "arn::s3:::x", "urn:aws:s3:::x"] {
            assert!(text.parse::<Arn>().is_err(), "{text}");
        }
    }

    #[test]
    fn types_are_taken_off() {
        let arn: Arn = "arn:aws:iam::123456789012:role/a/b".parse().unwrap();
        assert_eq!(arn.resource_of_type("role"), Some("a/b"));
        assert_eq!(arn.resource_of_type("user"), None);
    }
}
