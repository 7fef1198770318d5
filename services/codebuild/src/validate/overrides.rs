//! What a request to start a build overrides.

use api_developer::codebuild::*;
use wire::Error;

use super::project::auto_retry_limit;

/// Overrides that no build can have here. Most are settings of a project too and are checked with
/// those: see [`super::settings`].
pub(crate) fn overrides(input: &StartBuildInput) -> Result<(), Error> {
    auto_retry_limit(input.auto_retry_limit_override)
}
