//! The action types that pipelines can be made of.

use api_developer::codepipeline::*;
use service::Cx;
use wire::Error;

use crate::actions::role;
use crate::catalog::{ActionKind, KINDS, VERSION};
use crate::errors;

fn details((least, most): (usize, usize)) -> ArtifactDetails {
    let count = |it: usize| i32::try_from(it).unwrap_or(i32::MAX);
    ArtifactDetails { minimum_count: count(least), maximum_count: count(most) }
}

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListActionTypes.html>
pub async fn list_action_types(
    cx: Cx,
    input: ListActionTypesInput,
) -> Result<ListActionTypesOutput, Error> {
    if input.next_token.is_some() {
        return Err(errors::INVALID_NEXT_TOKEN
            .error("The next token is not one that this operation returned."));
    }
    let here = input.region_filter.as_ref().is_none_or(|it| it == cx.region().as_str());
    let ours = input.action_owner_filter.is_none_or(|it| it == ActionOwner::Aws);
    let kinds = KINDS.iter().filter(|_| here && ours);
    Ok(ListActionTypesOutput { action_types: kinds.map(action_type).collect(), next_token: None })
}

fn action_type(kind: &ActionKind) -> ActionType {
    let properties = kind.properties.iter().map(|property| ActionConfigurationProperty {
        name: property.name.to_owned(),
        required: property.required,
        key: property.required,
        secret: false,
        queryable: Some(false),
        description: property.refused.map(|(_, why)| why.to_owned()),
        kind: Some(property.kind),
    });
    ActionType {
        id: ActionTypeId {
            category: kind.category,
            owner: ActionOwner::Aws,
            provider: kind.name.to_owned(),
            version: VERSION.to_owned(),
        },
        settings: None,
        action_configuration_properties: Some(properties.collect()),
        input_artifact_details: details(kind.inputs),
        output_artifact_details: details(kind.outputs),
    }
}

/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetActionType.html>
pub async fn get_action_type(
    _cx: Cx,
    input: GetActionTypeInput,
) -> Result<GetActionTypeOutput, Error> {
    let kind = KINDS.iter().find(|kind| {
        input.owner == ActionOwner::Aws.as_str()
            && input.category == kind.category
            && input.provider == kind.name
            && input.version == VERSION
    });
    let kind = kind.ok_or_else(|| {
        errors::ACTION_TYPE_NOT_FOUND.error(format!(
            "The action type (Category: '{}', Provider: '{}', Owner: '{}', Version: '{}') was not \
             found",
            input.category, input.provider, input.owner, input.version
        ))
    })?;
    let properties = kind.properties.iter().map(|property| ActionTypeProperty {
        name: property.name.to_owned(),
        optional: !property.required,
        key: property.required,
        no_echo: false,
        queryable: Some(false),
        description: property.refused.map(|(_, why)| why.to_owned()),
    });
    let worker = JobWorkerExecutorConfiguration {
        polling_accounts: None,
        polling_service_principals: Some(vec![role::PRINCIPAL.to_owned()]),
    };
    let declaration = ActionTypeDeclaration {
        description: Some(kind.description.to_owned()),
        executor: ActionTypeExecutor {
            configuration: ExecutorConfiguration {
                lambda_executor_configuration: None,
                job_worker_executor_configuration: Some(worker),
            },
            kind: ExecutorType::JobWorker,
            policy_statements_template: None,
            job_timeout: None,
        },
        id: ActionTypeIdentifier {
            category: kind.category,
            owner: input.owner,
            provider: input.provider,
            version: input.version,
        },
        input_artifact_details: details(kind.inputs),
        output_artifact_details: details(kind.outputs),
        permissions: None,
        properties: Some(properties.collect()),
        urls: None,
    };
    Ok(GetActionTypeOutput { action_type: Some(declaration) })
}
