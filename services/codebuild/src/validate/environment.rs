//! What a build runs in.

use std::collections::BTreeSet;

use api_developer::codebuild::*;
use formats::buildspec::MAX_VARIABLE_BYTES;
use sandbox::docker::Reference;
use wire::Error;

use super::refuse_set;
use crate::errors::{invalid, unsupported};
use crate::images;

/// Checks the environment.
pub(super) fn check(environment: &ProjectEnvironment) -> Result<(), Error> {
    check_kind(environment.kind)?;
    check_image(environment)?;
    if compute(environment.compute_type).is_none() {
        return Err(unsupported(&format!("The compute type {}", environment.compute_type)));
    }
    refuse_set(&[
        (environment.compute_configuration.is_some(), "environment.computeConfiguration"),
        (environment.fleet.is_some(), "environment.fleet"),
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

fn check_kind(kind: EnvironmentType) -> Result<(), Error> {
    let fits = match kind {
        EnvironmentType::LinuxContainer => true,
        // Foreign programs would need an emulator that the machine may not have.
        EnvironmentType::ArmContainer => std::env::consts::ARCH == "aarch64",
        _ => false,
    };
    match fits {
        true => Ok(()),
        false => Err(unsupported(&format!(
            "The environment type {kind} (this machine offers Linux containers on {})",
            std::env::consts::ARCH
        ))),
    }
}

fn check_image(environment: &ProjectEnvironment) -> Result<(), Error> {
    let image = &environment.image;
    let is_curated = images::is_curated(image);
    // Engines take `sha256:…` for the id of an image that they have.
    let is_named = Reference::parse(image).is_some_and(|it| it.name != "sha256");
    if !is_curated && (!is_named || image.starts_with("aws/codebuild/")) {
        return Err(invalid(format!("Invalid environment image: {image}")));
    }
    let by_role =
        environment.image_pull_credentials_type == Some(ImagePullCredentialsType::ServiceRole);
    if is_curated && by_role {
        return Err(invalid(
            "Invalid imagePullCredentialsType: CodeBuild curated images are pulled with CODEBUILD \
             credentials",
        ));
    }
    let Some(credential) = &environment.registry_credential else { return Ok(()) };
    if is_curated || !by_role {
        return Err(invalid(
            "Invalid registryCredential: it is for images that are pulled with SERVICE_ROLE \
             credentials",
        ));
    }
    let is_ecr = Reference::parse(image).is_some_and(|image| images::is_ecr(&image));
    if is_ecr || credential.credential.is_empty() {
        return Err(invalid("Invalid registryCredential: images of Amazon ECR take none"));
    }
    Ok(())
}

/// CodeBuild's own settings, which a project, a request or a buildspec may set; other names that
/// begin so are reserved.
pub(crate) const DISCOVERY: [&str; 2] =
    ["CODEBUILD_CONFIG_AUTO_DISCOVER", "CODEBUILD_CONFIG_AUTO_DISCOVER_DIR"];

/// Checks one environment variable.
pub(crate) fn check_variable(variable: &EnvironmentVariable) -> Result<(), Error> {
    let name = &variable.name;
    if !is_variable_name(name) {
        return Err(invalid(format!("Invalid environment variable name: {name}")));
    }
    if name.starts_with("CODEBUILD_") && !DISCOVERY.contains(&name.as_str()) {
        return Err(invalid(format!(
            "Invalid environment variable name: {name}; names that start with CODEBUILD_ are reserved"
        )));
    }
    let size = name.len() + 1 + variable.value.len();
    if size > MAX_VARIABLE_BYTES {
        return Err(invalid(format!(
            "Invalid environment variable: {name} has {size} bytes with its name: no program can \
             start with more than {MAX_VARIABLE_BYTES}"
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

/// What a compute type has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Compute {
    pub memory_bytes: u64,
    pub cpus: u32,
}

/// What a compute type has, if it is offered:
/// <https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-compute-types.html>.
pub(crate) fn compute(kind: ComputeType) -> Option<Compute> {
    let (gib, cpus) = match kind {
        ComputeType::BuildGeneral1Small => (4, 2),
        ComputeType::BuildGeneral1Medium => (8, 4),
        ComputeType::BuildGeneral1Large => (16, 8),
        ComputeType::BuildGeneral1Xlarge => (72, 36),
        ComputeType::BuildGeneral12xlarge => (145, 72),
        _ => return None,
    };
    Some(Compute { memory_bytes: gib << 30, cpus })
}
