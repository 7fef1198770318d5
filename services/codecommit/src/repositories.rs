//! Repositories: made, shown, listed, renamed, deleted.

use api_developer::codecommit::*;
use service::Cx;
use shape::Empty;
use store::Query;
use types::PageToken;
use wire::Error;

use crate::approvals::model::Association;
use crate::model::{self, Repository};
use crate::{comments, errors, keys, paging, pull_requests, refs, storage, triggers};

/// Repositories on one page of ListRepositories.
pub(crate) const PAGE: usize = 1_000;

pub(crate) async fn create_repository(
    cx: Cx,
    input: CreateRepositoryInput,
) -> Result<CreateRepositoryOutput, Error> {
    model::check_name(&input.repository_name)?;
    let tags = input.tags.unwrap_or_default();
    model::check_tags(&tags)?;
    if tags.len() > model::MAX_TAGS {
        return Err(too_many_tags());
    }
    let id = types::uuid();
    let key = keys::choose(&cx, input.kms_key_id.as_deref(), &id).await?;
    let repository = Repository {
        name: input.repository_name,
        id,
        description: input.repository_description,
        default_branch: None,
        created: cx.now(),
        modified: cx.now(),
        tags,
        kms_key: key.arn,
        key_proof: key.proof,
    };
    let metadata = repository.metadata(&cx);
    let scope = cx.scope();
    cx.write(move |tx| {
        refuse_taken(tx, &scope, &repository.name)?;
        if tx.count::<Repository>(&scope, model::MAX_REPOSITORIES)? >= model::MAX_REPOSITORIES {
            return Err(errors::REPOSITORY_LIMIT_EXCEEDED.error(format!(
                "The limit of {} repositories has been reached.",
                model::MAX_REPOSITORIES
            )));
        }
        tx.insert(&scope, &repository)?;
        Ok(())
    })
    .await?;
    Ok(CreateRepositoryOutput { repository_metadata: Some(metadata) })
}

fn refuse_taken(tx: &store::ReadTx<'_>, scope: &types::Scope, name: &str) -> Result<(), Error> {
    if tx.exists::<Repository>(scope, name)? {
        let message = format!("Repository named {name} already exists");
        return Err(errors::REPOSITORY_NAME_EXISTS.error(message));
    }
    Ok(())
}

pub(crate) fn too_many_tags() -> Error {
    let limit = model::MAX_TAGS;
    errors::TOO_MANY_TAGS.error(format!("A repository has at most {limit} tags."))
}

pub(crate) async fn get_repository(
    cx: Cx,
    input: GetRepositoryInput,
) -> Result<GetRepositoryOutput, Error> {
    let found = cx.read(|tx| Repository::load(tx, &cx.scope(), &input.repository_name))?;
    Ok(GetRepositoryOutput { repository_metadata: Some(found.metadata(&cx)) })
}

pub(crate) async fn batch_get_repositories(
    cx: Cx,
    input: BatchGetRepositoriesInput,
) -> Result<BatchGetRepositoriesOutput, Error> {
    if input.repository_names.is_empty() {
        return Err(errors::REPOSITORY_NAMES_REQUIRED.error("A repository names list is required."));
    }
    input.repository_names.iter().try_for_each(|name| model::check_given_name(name))?;
    let mut output = BatchGetRepositoriesOutput::default();
    cx.read(|tx| {
        for name in &input.repository_names {
            match tx.get::<Repository>(&cx.scope(), name)? {
                Some(found) => output.repositories.push(found.metadata(&cx)),
                None => {
                    output.repositories_not_found.push(name.clone());
                    let missing = BatchGetRepositoriesErrorCode::RepositoryDoesNotExist;
                    output.errors.push(BatchGetRepositoriesError {
                        repository_id: None,
                        repository_name: Some(name.clone()),
                        error_code: Some(missing),
                        error_message: Some(errors::no_repository(name).message),
                    });
                }
            }
        }
        Ok(())
    })?;
    Ok(output)
}

pub(crate) async fn list_repositories(
    cx: Cx,
    input: ListRepositoriesInput,
) -> Result<ListRepositoriesOutput, Error> {
    let sort = input.sort_by.unwrap_or_default();
    let order = input.order.unwrap_or_default();
    let listing = format!("ListRepositories {sort} {order}");
    let after = paging::after(&listing, input.next_token.as_deref())?;
    let mut query = Query::first(PAGE).after(after);
    query.reverse = order == Order::Descending;
    let page = cx.read(|tx| {
        Ok(match sort {
            SortBy::RepositoryName => tx.list::<Repository>(&cx.scope(), &query)?,
            SortBy::LastModifiedDate => {
                tx.by_index::<Repository>(&cx.scope(), model::BY_DATE, model::EVERY, &query)?
            }
        })
    })?;
    let pair = |found: store::Stored<Repository>| RepositoryNameIdPair {
        repository_name: Some(found.name.clone()),
        repository_id: Some(found.id.clone()),
    };
    Ok(ListRepositoriesOutput {
        repositories: page.items.into_iter().map(pair).collect(),
        next_token: page.next.map(|key| PageToken::encode(&listing, &key)),
    })
}

/// Deleting what is not there is no error, as AWS has it.
pub(crate) async fn delete_repository(
    cx: Cx,
    input: DeleteRepositoryInput,
) -> Result<DeleteRepositoryOutput, Error> {
    let (scope, now) = (cx.scope(), cx.now());
    let deleted = cx
        .write(move |tx| {
            let Some(found) = tx.get::<Repository>(&scope, &input.repository_name)? else {
                return Ok(None);
            };
            refs::delete_all(tx, &found.id)?;
            storage::delete_all(tx, &found.id, now)?;
            comments::delete_all(tx, &scope, &found.id)?;
            pull_requests::delete_all(tx, &scope, &found.id)?;
            Association::delete_all(tx, &scope, &found.id)?;
            triggers::delete(tx, &found.id)?;
            tx.delete::<Repository>(&scope, &input.repository_name)?;
            Ok(Some(found.value.id))
        })
        .await?;
    if let Some(id) = &deleted {
        storage::of(cx.yard()).cache().forget(id);
    }
    Ok(DeleteRepositoryOutput { repository_id: deleted })
}

pub(crate) async fn update_repository_name(
    cx: Cx,
    input: UpdateRepositoryNameInput,
) -> Result<Empty, Error> {
    model::check_name(&input.new_name)?;
    let (scope, now) = (cx.scope(), cx.now());
    cx.write(move |tx| {
        let mut found = Repository::load(tx, &scope, &input.old_name)?;
        refuse_taken(tx, &scope, &input.new_name)?;
        tx.delete::<Repository>(&scope, &input.old_name)?;
        found.name.clone_from(&input.new_name);
        found.modified = now;
        tx.insert(&scope, &found.value)?;
        Ok(Empty {})
    })
    .await
}

pub(crate) async fn update_repository_description(
    cx: Cx,
    input: UpdateRepositoryDescriptionInput,
) -> Result<Empty, Error> {
    let (scope, now) = (cx.scope(), cx.now());
    cx.write(move |tx| {
        let mut found = Repository::load(tx, &scope, &input.repository_name)?;
        // Without a description, or with an empty one, there is none afterwards.
        found.description = input.repository_description.clone().filter(|text| !text.is_empty());
        found.modified = now;
        tx.update(&scope, &found)?;
        Ok(Empty {})
    })
    .await
}

pub(crate) async fn update_default_branch(
    cx: Cx,
    input: UpdateDefaultBranchInput,
) -> Result<Empty, Error> {
    model::check_branch(&input.default_branch_name)?;
    let (scope, now) = (cx.scope(), cx.now());
    cx.write(move |tx| {
        let mut found = Repository::load(tx, &scope, &input.repository_name)?;
        let branch = &input.default_branch_name;
        if refs::get(tx, &found.id, &model::branch_ref(branch))?.is_none() {
            return Err(errors::no_branch(&found, branch));
        }
        found.default_branch = Some(branch.clone());
        found.modified = now;
        refs::touch(tx, &found.id)?;
        tx.update(&scope, &found)?;
        Ok(Empty {})
    })
    .await
}
