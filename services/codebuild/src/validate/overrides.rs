//! What a request to start a build overrides.

use api_developer::codebuild::*;
use wire::Error;

use super::refuse_set;

/// Overrides that no build can have here.
pub(crate) fn overrides(input: &StartBuildInput) -> Result<(), Error> {
    refuse_set(&[
        (input.source_auth_override.is_some(), "sourceAuthOverride"),
        (input.insecure_ssl_override == Some(true), "insecureSslOverride"),
        (input.report_build_status_override == Some(true), "reportBuildStatusOverride"),
        (input.build_status_config_override.is_some(), "buildStatusConfigOverride"),
        (input.certificate_override.is_some(), "certificateOverride"),
        (input.registry_credential_override.is_some(), "registryCredentialOverride"),
        (input.host_kernel_override.is_some(), "hostKernelOverride"),
        (input.debug_session_enabled == Some(true), "debugSessionEnabled"),
        (input.fleet_override.is_some(), "fleetOverride"),
        (input.auto_retry_limit_override.is_some_and(|limit| limit != 0), "autoRetryLimitOverride"),
    ])
}
