//! Where a build's log goes.

use api_developer::codebuild::*;
use wire::Error;

use crate::errors::invalid;

/// Checks a project's logs.
pub(super) fn check(logs: &LogsConfig) -> Result<(), Error> {
    if let Some(cloud_watch) = &logs.cloud_watch_logs {
        check_cloud_watch(cloud_watch)?;
    }
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

/// No build could write to names that CloudWatch Logs does not take. Empty ones are as none.
fn check_cloud_watch(config: &CloudWatchLogsConfig) -> Result<(), Error> {
    const LONGEST: usize = 512;
    let group = config.group_name.as_deref().unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || "_-/.#".contains(c);
    if group.len() > LONGEST || !group.chars().all(fits) {
        return Err(invalid(format!(
            "Invalid logs config: {group:?} is not the name of a log group: at most {LONGEST} \
             letters, digits and . - _ / #"
        )));
    }
    let stream = config.stream_name.as_deref().unwrap_or_default();
    // The build's uuid comes behind it.
    if stream.len() > LONGEST - 37 || stream.contains([':', '*']) {
        return Err(invalid(format!(
            "Invalid logs config: {stream:?} can't begin the name of a log stream: it may not be \
             longer than {} nor have : or *",
            LONGEST - 37
        )));
    }
    Ok(())
}
