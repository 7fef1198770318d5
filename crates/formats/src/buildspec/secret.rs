//! `env.secrets-manager` values: `secret-id:json-key:version-stage:version-id`.

/// A value inside a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretReference {
    /// The secret's name or ARN.
    pub secret_id: String,
    /// The key inside the secret's JSON; without it the whole secret is the value.
    pub json_key: Option<String>,
    /// `AWSCURRENT` unless named.
    pub version_stage: Option<String>,
    /// A version's id.
    pub version_id: Option<String>,
}

impl SecretReference {
    /// Reads a reference. The secret id may be an ARN, which has colons of its own.
    ///
    /// # Errors
    /// A sentence for the author: no secret id, too many parts, or both stage and version id.
    pub fn parse(text: &str) -> Result<Self, String> {
        // arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:NAME
        const ARN_PARTS: usize = 7;
        let parts: Vec<&str> = text.split(':').collect();
        let id_parts = if text.starts_with("arn:") { ARN_PARTS } else { 1 };
        let (id, rest) = parts
            .split_at_checked(id_parts)
            .ok_or_else(|| format!("{text:?} is not the ARN of a secret"))?;
        let part = |index: usize| {
            rest.get(index).filter(|part| !part.is_empty()).map(|part| (*part).to_owned())
        };
        let reference = Self {
            secret_id: id.join(":"),
            json_key: part(0),
            version_stage: part(1),
            version_id: part(2),
        };
        if reference.secret_id.is_empty() {
            return Err(format!("{text:?} names no secret"));
        }
        if rest.len() > 3 {
            return Err(format!(
                "{text:?} has too many parts: secret-id:json-key:version-stage:version-id"
            ));
        }
        if reference.version_stage.is_some() && reference.version_id.is_some() {
            return Err(format!("{text:?} names both a version stage and a version id"));
        }
        Ok(reference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let plain = SecretReference::parse("app/db").unwrap();
        assert_eq!((plain.secret_id.as_str(), plain.json_key), ("app/db", None));
        let full = SecretReference::parse("app:password::v-1").unwrap();
        assert_eq!(full.json_key.as_deref(), Some("password"));
        assert_eq!((full.version_stage, full.version_id.as_deref()), (None, Some("v-1")));
        let arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:app-AbCdEf";
        let named = SecretReference::parse(&format!("{arn}:user:AWSPREVIOUS")).unwrap();
        assert_eq!(named.secret_id, arn);
        assert_eq!(named.version_stage.as_deref(), Some("AWSPREVIOUS"));
    }

    #[test]
    fn refusals() {
        for text in ["", ":key", "arn:aws:secretsmanager", "a:b:c:d:e", "a:b:stage:id"] {
            assert!(SecretReference::parse(text).is_err(), "{text}");
        }
    }
}
