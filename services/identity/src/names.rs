//! Names, ARNs, ids and tags.

use api_identity::iam;
use service::Error;
use types::{Account, Arn, IdAlphabet, Timestamp, random_id};

use crate::errors;
use crate::model::Tag;

/// Most tags on a user, role or policy.
pub(crate) const MAX_TAGS: usize = 50;

/// `arn:aws:iam::ACCOUNT:KIND/PATH/NAME`
pub(crate) fn arn(account: &Account, kind: &str, path: &str, name: &str) -> String {
    Arn::new("iam", "", account.as_str(), format!("{kind}{path}{name}")).to_string()
}

/// The last part of an IAM ARN.
pub(crate) fn name_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or_default()
}

/// A new unique id; `prefix` tells what of.
pub(crate) fn unique_id(prefix: &str) -> String {
    format!("{prefix}{}", random_id(IdAlphabet::Base32, 17))
}

/// The path, or the root path where none is given.
pub(crate) fn path_or_root(path: Option<String>) -> String {
    path.unwrap_or_else(|| "/".to_owned())
}

/// IAM tells whole seconds.
pub(crate) fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_secs(at.secs())
}

/// Checks tags and puts them over those that are there. Keys differ by more than case.
pub(crate) fn merge_tags(mut tags: Vec<Tag>, new: &[iam::Tag]) -> Result<Vec<Tag>, Error> {
    for (at, tag) in new.iter().enumerate() {
        check_tag(&tag.key, &tag.value)?;
        if new.iter().take(at).any(|other| other.key.eq_ignore_ascii_case(&tag.key)) {
            return Err(errors::INVALID_INPUT.error(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ));
        }
        let fresh = Tag { key: tag.key.clone(), value: tag.value.clone() };
        match tags.iter_mut().find(|known| known.key.eq_ignore_ascii_case(&tag.key)) {
            Some(known) => *known = fresh,
            None => tags.push(fresh),
        }
    }
    if tags.len() > MAX_TAGS {
        return Err(errors::LIMIT_EXCEEDED
            .error(format!("The number of tags has reached the maximum limit of {MAX_TAGS}.")));
    }
    Ok(tags)
}

/// Takes tags away by key.
pub(crate) fn without_tags(mut tags: Vec<Tag>, keys: &[String]) -> Vec<Tag> {
    tags.retain(|tag| !keys.iter().any(|key| key.eq_ignore_ascii_case(&tag.key)));
    tags
}

/// Whether a tag is one.
pub(crate) fn check_tag(key: &str, value: &str) -> Result<(), Error> {
    let letters = |text: &str| {
        text.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c))
    };
    let invalid = |what: String| Err(errors::VALIDATION.error(what));
    if key.is_empty() || key.chars().count() > 128 || !letters(key) {
        return invalid(format!(
            "1 validation error detected: Value '{key}' at 'tags.member.key' failed to satisfy \
             constraint: Member must have 1 to 128 letters, digits, spaces and _.:/=+-@"
        ));
    }
    if value.chars().count() > 256 || !letters(value) {
        return invalid(format!(
            "1 validation error detected: Value '{value}' at 'tags.member.value' failed to \
             satisfy constraint: Member must have at most 256 letters, digits, spaces and \
             _.:/=+-@"
        ));
    }
    if key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
        return Err(errors::INVALID_INPUT.error(format!(
            "Tag keys beginning with aws: are reserved for AWS: {key} cannot be set."
        )));
    }
    Ok(())
}
