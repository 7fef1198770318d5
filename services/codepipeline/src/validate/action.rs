//! One action by itself: its type, its configuration, what it may not use.

use std::collections::BTreeMap;

use api_developer::codepipeline::{ActionDeclaration, ActionOwner};
use wire::Error;

use crate::catalog::{self, ActionKind, Property, Provider};
use crate::{errors, variables};

/// Longest configuration key, in characters.
const MAX_KEY: usize = 50;
/// Longest configuration value, in characters.
const MAX_VALUE: usize = 1000;

fn invalid(what: String) -> Error {
    errors::INVALID_ACTION_DECLARATION.error(what)
}

pub(super) fn check(action: &ActionDeclaration, region: &str) -> Result<(), Error> {
    let kind = kind_of(action, region)?;
    check_features(action, kind, region)?;
    let empty = BTreeMap::new();
    let configuration = action.configuration.as_ref().unwrap_or(&empty);
    check_bounds(configuration)?;
    check_configuration(action, kind, configuration)?;
    check_counts(action, kind)?;
    match kind.provider {
        Provider::CodeBuild => check_codebuild(action, configuration),
        Provider::S3Deploy => check_s3_deploy(action, configuration),
        Provider::Connection => check_connection(action, configuration),
        _ => Ok(()),
    }
}

fn kind_of(action: &ActionDeclaration, region: &str) -> Result<&'static ActionKind, Error> {
    let id = &action.action_type_id;
    if let Some(kind) = catalog::find(id) {
        return Ok(kind);
    }
    let described = format!(
        "ActionType (Category: '{}', Provider: '{}', Owner: '{}', Version: '{}') in action '{}'",
        id.category, id.provider, id.owner, id.version, action.name
    );
    let why = if id.owner == ActionOwner::Custom {
        "is not available: custom action types are not supported yet".to_owned()
    } else if catalog::is_known_elsewhere(&id.provider) {
        "is not supported yet; ListActionTypes tells what is".to_owned()
    } else {
        format!("is not available in region {}", region.to_uppercase().replace('-', "_"))
    };
    Err(invalid(format!("{described} {why}")))
}

/// What other action types or V2 pipelines have.
fn check_features(
    action: &ActionDeclaration,
    kind: &ActionKind,
    region: &str,
) -> Result<(), Error> {
    let name = &action.name;
    if let Some(other) = action.region.as_ref().filter(|it| *it != region) {
        return Err(invalid(format!(
            "Action '{name}' is in region {other}: cross-region actions are not supported yet"
        )));
    }
    let only_commands = [
        ("commands", action.commands.is_some()),
        ("outputVariables", action.output_variables.is_some()),
        ("environmentVariables", action.environment_variables.is_some()),
        (
            "outputArtifacts.files",
            action.output_artifacts.iter().flatten().any(|artifact| artifact.files.is_some()),
        ),
    ];
    if let Some((what, _)) = only_commands.iter().find(|(_, set)| *set) {
        return Err(invalid(format!(
            "Action '{name}' sets {what}, which only the Commands action has; that is not \
             supported yet"
        )));
    }
    if action.timeout_in_minutes.is_some() && kind.provider != Provider::ManualApproval {
        return Err(invalid(format!(
            "Action '{name}' sets timeoutInMinutes, which is available only to manual approvals"
        )));
    }
    Ok(())
}

fn check_bounds(configuration: &BTreeMap<String, String>) -> Result<(), Error> {
    for (key, value) in configuration {
        let problem = if !(1..=MAX_KEY).contains(&key.chars().count()) {
            format!("key '{key}' must have 1 to {MAX_KEY} characters")
        } else if !(1..=MAX_VALUE).contains(&value.chars().count()) {
            format!("value of '{key}' must have 1 to {MAX_VALUE} characters")
        } else {
            continue;
        };
        return Err(errors::VALIDATION.error(format!("The action configuration's {problem}")));
    }
    Ok(())
}

fn check_configuration(
    action: &ActionDeclaration,
    kind: &ActionKind,
    configuration: &BTreeMap<String, String>,
) -> Result<(), Error> {
    let name = &action.name;
    for property in kind.properties.iter().filter(|property| property.required) {
        if !configuration.contains_key(property.name) {
            return Err(invalid(format!(
                "Action configuration for action '{name}' is missing required configuration '{}'",
                property.name
            )));
        }
    }
    for (key, value) in configuration {
        match kind.property(key) {
            Some(property) => check_value(name, property, value)?,
            None => {
                return Err(invalid(format!(
                    "Action configuration for action '{name}' contains unknown configuration \
                     '{key}'"
                )));
            }
        }
    }
    Ok(())
}

fn check_value(action: &str, property: &Property, value: &str) -> Result<(), Error> {
    let key = property.name;
    if let Some((refused, why)) = property.refused
        && refused.is_none_or(|refused| refused == value)
    {
        return Err(invalid(format!(
            "Action configuration for action '{action}' sets '{key}' to '{value}': {why}"
        )));
    }
    let variable = variables::references(value).next().is_some();
    if !property.values.is_empty() && !variable && !property.values.contains(&value) {
        return Err(invalid(format!(
            "Action configuration for action '{action}' has an invalid value '{value}' for \
             '{key}': it must be one of {}",
            property.values.join(", ")
        )));
    }
    Ok(())
}

fn check_counts(action: &ActionDeclaration, kind: &ActionKind) -> Result<(), Error> {
    let inputs = action.input_artifacts.as_ref().map_or(0, Vec::len);
    let outputs = action.output_artifacts.as_ref().map_or(0, Vec::len);
    for (what, count, (least, most)) in
        [("input", inputs, kind.inputs), ("output", outputs, kind.outputs)]
    {
        if !(least..=most).contains(&count) {
            return Err(invalid(format!(
                "Action '{}' has {count} {what} artifacts. {} {} actions take at least {least} \
                 and at most {most}",
                action.name, kind.name, kind.category
            )));
        }
    }
    Ok(())
}

fn check_connection(
    action: &ActionDeclaration,
    configuration: &BTreeMap<String, String>,
) -> Result<(), Error> {
    let name = &action.name;
    let fixed = |key: &str| {
        configuration.get(key).filter(|value| variables::references(value).next().is_none())
    };
    // No variables: whoever makes the pipeline is asked for the right to pass that very connection.
    if let Some(given) = configuration.get("ConnectionArn").filter(|given| !is_connection(given)) {
        return Err(invalid(format!(
            "Action configuration for action '{name}' has '{given}' for 'ConnectionArn', which is \
             not the ARN of a connection"
        )));
    }
    let is_id = |given: &str| given.contains('/') && !given.to_ascii_lowercase().ends_with(".git");
    if let Some(given) = fixed("FullRepositoryId").filter(|given| !is_id(given)) {
        return Err(invalid(format!(
            "Action configuration for action '{name}' has '{given}' for 'FullRepositoryId', which \
             must be OWNER/NAME, without .git"
        )));
    }
    Ok(())
}

/// Whether a text is the ARN of a connection, by either of the service's names.
fn is_connection(text: &str) -> bool {
    text.parse::<types::Arn>().is_ok_and(|arn| {
        matches!(arn.service.as_str(), "codeconnections" | "codestar-connections")
            && arn.resource.starts_with("connection/")
            && variables::references(text).next().is_none()
    })
}

fn check_codebuild(
    action: &ActionDeclaration,
    configuration: &BTreeMap<String, String>,
) -> Result<(), Error> {
    let name = &action.name;
    let inputs: Vec<&str> =
        action.input_artifacts.iter().flatten().map(|artifact| artifact.name.as_str()).collect();
    match configuration.get("PrimarySource").map(String::as_str) {
        None if inputs.len() > 1 => {
            return Err(invalid(format!(
                "Action configuration for action '{name}' is missing required configuration \
                 'PrimarySource': it has more than one input artifact"
            )));
        }
        Some(primary) if !inputs.contains(&primary) => {
            return Err(invalid(format!(
                "Action configuration for action '{name}' names '{primary}' as PrimarySource, \
                 which is not one of its input artifacts"
            )));
        }
        _ => {}
    }
    let is_set = |key: &str| configuration.get(key).is_some_and(|value| value == "true");
    if is_set("CombineArtifacts") {
        if !is_set("BatchEnabled") {
            return Err(invalid(format!(
                "Action configuration for action '{name}' sets 'CombineArtifacts' to 'true', which \
                 is for batch builds: set 'BatchEnabled' to 'true' too"
            )));
        }
        let outputs = action.output_artifacts.as_ref().map_or(0, Vec::len);
        if outputs > 1 {
            return Err(invalid(format!(
                "Action '{name}' has {outputs} output artifacts: combined artifacts of a batch \
                 build are only one"
            )));
        }
    }
    if let Some(json) = configuration.get("EnvironmentVariables") {
        crate::actions::codebuild::environment(json).map_err(|why| {
            invalid(format!(
                "Action configuration for action '{name}' has invalid EnvironmentVariables: {why}"
            ))
        })?;
    }
    Ok(())
}

fn check_s3_deploy(
    action: &ActionDeclaration,
    configuration: &BTreeMap<String, String>,
) -> Result<(), Error> {
    let extract = configuration.get("Extract").map(String::as_str);
    if extract == Some("false") && !configuration.contains_key("ObjectKey") {
        return Err(invalid(format!(
            "Action configuration for action '{}' is missing required configuration 'ObjectKey': \
             Extract is false",
            action.name
        )));
    }
    Ok(())
}
