//! What only projects have.

use std::collections::BTreeSet;

use api_developer::codebuild::*;
use wire::Error;

use super::refuse_set;
use crate::errors::invalid;

/// Checks it.
pub(crate) fn project(input: &CreateProjectInput) -> Result<(), Error> {
    refuse_set(&[
        (input.vpc_config.is_some(), "vpcConfig"),
        (input.badge_enabled == Some(true), "badgeEnabled"),
        (
            input.file_system_locations.as_ref().is_some_and(|list| !list.is_empty()),
            "fileSystemLocations",
        ),
        (input.build_batch_config.is_some(), "buildBatchConfig"),
        (input.auto_retry_limit.is_some_and(|limit| limit != 0), "autoRetryLimit"),
    ])?;
    if input.concurrent_build_limit.is_some_and(|limit| limit < 1) {
        return Err(invalid("Invalid concurrent build limit: it must be at least 1"));
    }
    let mut keys = BTreeSet::new();
    for tag in input.tags.iter().flatten() {
        let key = tag.key.as_deref().unwrap_or_default();
        if key.is_empty() || key.to_ascii_lowercase().starts_with("aws:") || !keys.insert(key) {
            return Err(invalid(format!("Invalid tag key: {key:?}")));
        }
    }
    Ok(())
}
