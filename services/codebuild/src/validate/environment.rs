//! What a build runs in.

use std::collections::BTreeSet;

use api_developer::codebuild::*;
use wire::Error;

use super::refuse_set;
use crate::errors::{invalid, unsupported};
use crate::images;

/// Checks the environment.
pub(super) fn check(environment: &ProjectEnvironment) -> Result<(), Error> {
    if environment.kind != EnvironmentType::LinuxContainer {
        return Err(unsupported(&format!("The environment type {}", environment.kind)));
    }
    if !images::is_curated(&environment.image) {
        return Err(unsupported(&format!(
            "The image {} (only the names that ListCuratedEnvironmentImages answers are)",
            environment.image
        )));
    }
    if compute(environment.compute_type).is_none() {
        return Err(unsupported(&format!("The compute type {}", environment.compute_type)));
    }
    refuse_set(&[
        (environment.compute_configuration.is_some(), "environment.computeConfiguration"),
        (environment.fleet.is_some(), "environment.fleet"),
        (environment.privileged_mode == Some(true), "environment.privilegedMode"),
        (environment.certificate.is_some(), "environment.certificate"),
        (environment.registry_credential.is_some(), "environment.registryCredential"),
        (
            environment.image_pull_credentials_type == Some(ImagePullCredentialsType::ServiceRole),
            "environment.imagePullCredentialsType SERVICE_ROLE",
        ),
        (environment.docker_server.is_some(), "environment.dockerServer"),
        (environment.host_kernel.is_some(), "environment.hostKernel"),
    ])?;
    let mut seen = BTreeSet::new();
    for variable in environment.environment_variables.iter().flatten() {
        check_variable(variable)?;
        if !seen.insert(&variable.name) {
            return Err(invalid(format!("Duplicate environment variable name: {}", variable.name)));
        }
    }
    Ok(())
}

/// Checks one environment variable.
pub(crate) fn check_variable(variable: &EnvironmentVariable) -> Result<(), Error> {
    let name = &variable.name;
    if !is_variable_name(name) {
        return Err(invalid(format!("Invalid environment variable name: {name}")));
    }
    if name.starts_with("CODEBUILD_") {
        return Err(invalid(format!(
            "Invalid environment variable name: {name}; names that start with CODEBUILD_ are reserved"
        )));
    }
    if variable.value.contains('\0') {
        return Err(invalid(format!("Invalid value of the environment variable {name}")));
    }
    Ok(())
}

/// Whether shells take it as a variable's name.
pub(crate) fn is_variable_name(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts_well && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Memory of a compute type, in bytes; none if it is not offered.
pub(crate) fn compute(kind: ComputeType) -> Option<u64> {
    let gib = match kind {
        ComputeType::BuildGeneral1Small => 4,
        ComputeType::BuildGeneral1Medium => 8,
        ComputeType::BuildGeneral1Large => 16,
        ComputeType::BuildGeneral1Xlarge => 72,
        ComputeType::BuildGeneral12xlarge => 145,
        _ => return None,
    };
    Some(gib << 30)
}
