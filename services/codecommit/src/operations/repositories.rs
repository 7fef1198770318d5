//! Repositories and their tags.

use std::collections::BTreeMap;

use api_developer::codecommit::*;
use service::{Cx, Error, Right, Service, op};

use super::on_repository;
use crate::model::{arn, right};
use crate::{errors, keys, repositories, tags};

pub(super) fn rows(service: Service) -> Service {
    service
        .operation(
            op(CreateRepository, repositories::create_repository)
                .write()
                .partial("cloneUrlSsh is not answered")
                .errors(errors::ALL)
                .rights(|cx, input| {
                    let right =
                        Right::new("codecommit:CreateRepository", arn(cx, &input.repository_name));
                    Ok(vec![with_request_tags(right, input.tags.iter().flatten())])
                }),
        )
        .operation(on_repository!(GetRepository, repositories::get_repository))
        .operation(
            op(BatchGetRepositories, repositories::batch_get_repositories)
                .errors(errors::ALL)
                .rights(|cx, input| {
                    let names = input.repository_names.iter();
                    names.map(|name| right(cx, "BatchGetRepositories", name)).collect()
                }),
        )
        .operation(
            op(ListRepositories, repositories::list_repositories)
                .list()
                .errors(errors::ALL)
                .paginated("nextToken", "", repositories::PAGE),
        )
        .operation(on_repository!(DeleteRepository, repositories::delete_repository).write())
        .operation(
            on_repository!(UpdateRepositoryName, repositories::update_repository_name, old_name)
                .write(),
        )
        .operation(
            on_repository!(
                UpdateRepositoryDescription,
                repositories::update_repository_description
            )
            .write(),
        )
        // Without codecommit:References, which the service authorization reference gives to the
        // calls that move, make or delete references; this one only says which of them is meant.
        .operation(on_repository!(UpdateDefaultBranch, repositories::update_default_branch).write())
        .operation(op(TagResource, tags::tag_resource).tagging().errors(errors::ALL).rights(
            |cx, input| {
                let right = tagged(cx, "TagResource", &input.resource_arn)?;
                Ok(vec![with_request_tags(right, &input.tags)])
            },
        ))
        .operation(op(UntagResource, tags::untag_resource).tagging().errors(errors::ALL).rights(
            |cx, input| {
                let right = tagged(cx, "UntagResource", &input.resource_arn)?;
                Ok(vec![right.with_values("aws:TagKeys", input.tag_keys.clone())])
            },
        ))
        .operation(
            op(ListTagsForResource, tags::list_tags_for_resource).errors(errors::ALL).rights(
                |cx, input| Ok(vec![tagged(cx, "ListTagsForResource", &input.resource_arn)?]),
            ),
        )
        .operation(
            on_repository!(UpdateRepositoryEncryptionKey, keys::update_repository_encryption_key)
                .write(),
        )
}

/// A right on the repository of an ARN; a bad ARN is refused before anything is looked at.
fn tagged(cx: &Cx, action: &str, resource: &str) -> Result<Right, Error> {
    right(cx, action, &tags::repository_of(cx, resource)?)
}

fn with_request_tags<'a>(
    right: Right,
    tags: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> Right {
    let tags: BTreeMap<&String, &String> = tags.into_iter().collect();
    if tags.is_empty() {
        return right;
    }
    let keys = tags.keys().map(|key| (*key).clone()).collect();
    tags.into_iter().fold(right.with_values("aws:TagKeys", keys), |right, (key, value)| {
        right.with(format!("aws:RequestTag/{key}"), value.clone())
    })
}
