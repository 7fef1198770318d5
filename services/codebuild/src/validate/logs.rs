//! Where a build's log goes.

use api_developer::codebuild::*;
use wire::Error;

use crate::errors::invalid;

/// Checks a project's logs.
pub(super) fn check(logs: &LogsConfig) -> Result<(), Error> {
    let s3 = logs.s3_logs.as_ref().filter(|s3| s3.status == LogsConfigStatusType::Enabled);
    let Some(s3) = s3 else { return Ok(()) };
    let location = s3.location.as_deref().unwrap_or_default();
    let location = location.strip_prefix("arn:aws:s3:::").unwrap_or(location);
    let bucket = location.split('/').next().unwrap_or_default();
    if bucket.is_empty() || bucket.contains(':') {
        return Err(invalid(
            "Invalid logs config: s3Logs must have a location, BUCKET/PREFIX or its ARN, if it is \
             enabled",
        ));
    }
    Ok(())
}
