//! Repository policies.
//!
//! <https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html>

use api_containers::ecr::*;
use service::{Cx, Error, Right};

use crate::repositories::change;
use crate::uploads::Place;
use crate::{errors, model, rights};

fn output(place: Place, policy_text: Option<String>) -> RepositoryPolicyOutput {
    RepositoryPolicyOutput {
        registry_id: Some(place.registry_id()),
        repository_name: Some(place.repository.name),
        policy_text,
    }
}

fn no_policy(place: &Place) -> Error {
    errors::REPOSITORY_POLICY_NOT_FOUND
        .error(format!("Repository policy does not exist for {}", place.words()))
}

/// [SetRepositoryPolicy](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html)
pub(crate) async fn set_repository_policy(
    cx: Cx,
    input: SetRepositoryPolicyInput,
) -> Result<RepositoryPolicyOutput, Error> {
    let scope = rights::registry(&cx, input.registry_id.as_deref())?;
    let (name, text) = (input.repository_name, input.policy_text);
    let invalid = |why: String| {
        errors::invalid("PolicyText", format_args!("Invalid repository policy provided: {why}"))
    };
    rights::parse(&text).map_err(invalid)?;
    if input.force != Some(true) {
        let policy = rights::attached(&cx, &scope, &name, &text)?;
        let again = Right::new("ecr:SetRepositoryPolicy", model::arn(&scope, &name));
        if cx.authorize("ecr", &again.policy(Some(policy))).is_err() {
            return Err(invalid(
                "it would keep you from setting another one later; force says that it is meant"
                    .to_owned(),
            ));
        }
    }
    let kept = text.clone();
    let place = change(&cx, scope, &name, move |repository| {
        repository.policy = Some(kept.clone());
        Ok(())
    })
    .await?;
    Ok(output(place, Some(text)))
}

/// [GetRepositoryPolicy](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetRepositoryPolicy.html)
pub(crate) async fn get_repository_policy(
    cx: Cx,
    input: RepositoryInput,
) -> Result<RepositoryPolicyOutput, Error> {
    let place = Place::of(&cx, input.registry_id.as_deref(), &input.repository_name)?;
    match place.repository.policy.clone() {
        Some(text) => Ok(output(place, Some(text))),
        None => Err(no_policy(&place)),
    }
}

/// [DeleteRepositoryPolicy](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepositoryPolicy.html)
pub(crate) async fn delete_repository_policy(
    cx: Cx,
    input: RepositoryInput,
) -> Result<RepositoryPolicyOutput, Error> {
    let place = Place::of(&cx, input.registry_id.as_deref(), &input.repository_name)?;
    let missing = no_policy(&place);
    let before = change(&cx, place.scope, &input.repository_name, move |repository| {
        repository.policy.take().map(drop).ok_or_else(|| missing.clone())
    })
    .await?;
    let text = before.repository.policy.clone();
    Ok(output(before, text))
}
