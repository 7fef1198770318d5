//! What only projects have.

use std::collections::BTreeSet;

use api_developer::codebuild::*;
use wire::Error;

use super::{is_role, refuse_set};
use crate::errors::invalid;

/// How often a failed build may be retried on its own. AWS names no limit; a build that has failed
/// eleven times in a row will not succeed.
const MAX_AUTO_RETRIES: i32 = 10;
/// Time limit of a batch, in minutes.
const BATCH_MINUTES: std::ops::RangeInclusive<i32> = 5..=2160;
/// Builds of one batch; AWS's quota.
const MAX_BATCH_BUILDS: i32 = 100;

/// Checks it.
pub(crate) fn project(input: &CreateProjectInput) -> Result<(), Error> {
    refuse_set(&[
        (input.vpc_config.as_ref().is_some_and(|vpc| *vpc != VpcConfig::default()), "vpcConfig"),
        (
            input.file_system_locations.as_ref().is_some_and(|list| !list.is_empty()),
            "fileSystemLocations",
        ),
    ])?;
    if input.concurrent_build_limit.is_some_and(|limit| limit < 1) {
        return Err(invalid("Invalid concurrent build limit: it must be at least 1"));
    }
    auto_retry_limit(input.auto_retry_limit)?;
    if let Some(config) = &input.build_batch_config {
        batch_config(config)?;
    }
    tags(input.tags.as_deref().unwrap_or_default())
}

/// Checks how often a build is to be retried.
pub(crate) fn auto_retry_limit(limit: Option<i32>) -> Result<(), Error> {
    match limit.is_none_or(|limit| (0..=MAX_AUTO_RETRIES).contains(&limit)) {
        true => Ok(()),
        false => Err(invalid(format!(
            "Invalid auto retry limit: it must be between 0 and {MAX_AUTO_RETRIES}"
        ))),
    }
}

/// Checks the settings of batches.
pub(crate) fn batch_config(config: &ProjectBuildBatchConfig) -> Result<(), Error> {
    if config.service_role.as_deref().is_some_and(|role| !is_role(role)) {
        return Err(invalid("Invalid batch service role: it must be the ARN of a role"));
    }
    if config.timeout_in_mins.is_some_and(|minutes| !BATCH_MINUTES.contains(&minutes)) {
        return Err(invalid(format!(
            "Invalid batch timeout: it must be between {} and {} minutes",
            BATCH_MINUTES.start(),
            BATCH_MINUTES.end()
        )));
    }
    let Some(restrictions) = &config.restrictions else { return Ok(()) };
    if restrictions
        .maximum_builds_allowed
        .is_some_and(|most| !(1..=MAX_BATCH_BUILDS).contains(&most))
    {
        return Err(invalid(format!(
            "Invalid batch restrictions: maximumBuildsAllowed must be between 1 and \
             {MAX_BATCH_BUILDS}"
        )));
    }
    let mut compute_types = restrictions.compute_types_allowed.iter().flatten();
    match compute_types.find(|name| ComputeType::parse(name).is_none()) {
        Some(name) => {
            Err(invalid(format!("Invalid batch restrictions: {name} is not a compute type")))
        }
        None => Ok(()),
    }
}

/// Checks the tags of a project or report group.
pub(crate) fn tags(tags: &[Tag]) -> Result<(), Error> {
    let mut keys = BTreeSet::new();
    for (at, tag) in tags.iter().enumerate() {
        let (key, value) = (tag.key.as_deref().unwrap_or_default(), tag.value.as_deref());
        for (member, text) in [("key", key), ("value", value.unwrap_or_default())] {
            // AWS's pattern has classes of Unicode, which those of shapes can't say.
            if !text.chars().all(is_tag_character) {
                return Err(invalid(format!(
                    "1 validation error detected: Value '{text}' at 'tags.{}.member.{member}' \
                     failed to satisfy constraint: Member must satisfy regular expression \
                     pattern: ^([\\p{{L}}\\p{{Z}}\\p{{N}}_.:/=@+\\-]*)$",
                    at + 1
                )));
            }
        }
        if key.is_empty() || key.to_ascii_lowercase().starts_with("aws:") || !keys.insert(key) {
            return Err(invalid(format!("Invalid tag key: {key:?}")));
        }
    }
    Ok(())
}

fn is_tag_character(c: char) -> bool {
    c.is_alphanumeric()
        || (c.is_whitespace() && !c.is_control())
        || matches!(c, '_' | '.' | ':' | '/' | '=' | '@' | '+' | '-')
}
