//! Repositories: made, described, changed, deleted.

use api_containers::ecr::Repository as RepositoryShape;
use api_containers::ecr::*;
use service::{Cx, Error};
use shape::{Empty, Timestamp};
use store::{Query, WriteTx};
use types::{PageToken, Scope};

use crate::model::{self, Image, Layer, Repository, Upload, within};
use crate::uploads::Place;
use crate::{collect, encryption, errors, images, listing, rights, tagging};

/// Rows that are taken out in one go.
const BATCH: usize = 1_000;

/// A repository as answers show it.
fn shown(cx: &Cx, scope: &Scope, repository: &Repository) -> RepositoryShape {
    RepositoryShape {
        repository_arn: Some(model::arn(scope, &repository.name)),
        registry_id: Some(scope.account.to_string()),
        repository_name: Some(repository.name.clone()),
        repository_uri: Some(model::uri(cx, &repository.name)),
        created_at: Some(repository.created),
        image_tag_mutability: Some(repository.mutability),
        image_tag_mutability_exclusion_filters: repository.exclusions.clone(),
        image_scanning_configuration: Some(ImageScanningConfiguration {
            scan_on_push: Some(false),
        }),
        encryption_configuration: Some(encryption::shown(repository.kms_key.as_deref())),
    }
}

/// Images are not scanned here, and who asks for it is told so.
fn refuse_scanning(configuration: Option<&ImageScanningConfiguration>) -> Result<(), Error> {
    match configuration.and_then(|it| it.scan_on_push) {
        Some(true) => Err(errors::unsupported(
            "imageScanningConfiguration.scanOnPush: scanning images for vulnerabilities",
        )),
        _ => Ok(()),
    }
}

/// Exclusions go with the two settings that have them in their names.
fn check_exclusions(
    mutability: ImageTagMutability,
    filters: Option<&[ImageTagMutabilityExclusionFilter]>,
) -> Result<(), Error> {
    let takes = matches!(
        mutability,
        ImageTagMutability::ImmutableWithExclusion | ImageTagMutability::MutableWithExclusion
    );
    let member = "imageTagMutabilityExclusionFilters";
    match filters {
        Some(_) if !takes => {
            Err(errors::invalid(member, format_args!("{mutability} has no exclusions")))
        }
        None if takes => Err(errors::invalid(member, format_args!("{mutability} must have some"))),
        Some(filters) => match filters.iter().find(|it| it.filter.matches('*').count() > 2) {
            Some(it) => {
                let why = format_args!("'{}' has more than two wildcards", it.filter);
                Err(errors::invalid(member, why))
            }
            None => Ok(()),
        },
        None => Ok(()),
    }
}

/// [CreateRepository](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html)
pub(crate) async fn create_repository(
    cx: Cx,
    input: CreateRepositoryInput,
) -> Result<RepositoryOutput, Error> {
    let scope = rights::registry(&cx, input.registry_id.as_deref())?;
    if scope != cx.scope() {
        return Err(errors::invalid("registryId", "repositories are made in one's own registry"));
    }
    refuse_scanning(input.image_scanning_configuration.as_ref())?;
    let mutability = input.image_tag_mutability.unwrap_or_default();
    let exclusions = input.image_tag_mutability_exclusion_filters;
    check_exclusions(mutability, exclusions.as_deref())?;
    let tags = tagging::checked(input.tags.unwrap_or_default())?;
    tagging::check_count(tags.len())?;
    let repository = Repository {
        name: input.repository_name,
        id: types::uuid(),
        created: cx.now(),
        mutability,
        exclusions,
        kms_key: encryption::choose(&cx, input.encryption_configuration.as_ref()).await?,
        tags,
        ..Repository::default()
    };
    let shape = shown(&cx, &scope, &repository);
    cx.write(move |tx| {
        if tx.exists::<Repository>(&scope, &repository.name)? {
            return Err(errors::REPOSITORY_ALREADY_EXISTS.error(format!(
                "The repository with name '{}' already exists in the registry with id '{}'",
                repository.name, scope.account
            )));
        }
        tx.insert(&scope, &repository)?;
        Ok(())
    })
    .await?;
    Ok(RepositoryOutput { repository: Some(shape) })
}

/// [DescribeRepositories](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html)
pub(crate) async fn describe_repositories(
    cx: Cx,
    input: DescribeRepositoriesInput,
) -> Result<DescribeRepositoriesOutput, Error> {
    let scope = rights::registry(&cx, input.registry_id.as_deref())?;
    if let Some(names) = &input.repository_names {
        if input.next_token.is_some() || input.max_results.is_some() {
            let why = "with repositoryNames there are no pages";
            return Err(errors::invalid("repositoryNames", why));
        }
        let found = cx.read(|tx| {
            names
                .iter()
                .map(|name| Repository::load(tx, &scope, name))
                .collect::<Result<Vec<_>, _>>()
        })?;
        let repositories = found.iter().map(|it| shown(&cx, &scope, it)).collect();
        return Ok(DescribeRepositoriesOutput { repositories, next_token: None });
    }
    let listing = format!("DescribeRepositories {scope}");
    let after = listing::after(&listing, input.next_token.as_deref())?;
    let query = Query::first(listing::size(input.max_results)).after(after);
    let page = cx.read(|tx| Ok(tx.list::<Repository>(&scope, &query)?))?;
    Ok(DescribeRepositoriesOutput {
        repositories: page.items.iter().map(|it| shown(&cx, &scope, it)).collect(),
        next_token: page.next.map(|key| PageToken::encode(&listing, &key)),
    })
}

/// [DeleteRepository](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html)
pub(crate) async fn delete_repository(
    cx: Cx,
    input: DeleteRepositoryInput,
) -> Result<RepositoryOutput, Error> {
    let place = Place::of(&cx, input.registry_id.as_deref(), &input.repository_name)?;
    let shape = shown(&cx, &place.scope, &place.repository);
    let (force, now) = (input.force == Some(true), cx.now());
    cx.write(move |tx| {
        let found = Repository::again(tx, &place.scope, &place.repository)?;
        let first = Query::first(1).prefix(&within(&found.id, ""));
        if !force && !tx.list::<Image>(&place.scope, &first)?.items.is_empty() {
            return Err(errors::REPOSITORY_NOT_EMPTY.error(format!(
                "The repository with name '{}' in registry with id '{}' cannot be deleted because \
                 it still contains images",
                found.name, place.scope.account
            )));
        }
        empty(tx, &place, now)?;
        tx.delete::<Repository>(&place.scope, &found.name)?;
        Ok(())
    })
    .await?;
    Ok(RepositoryOutput { repository: Some(shape) })
}

/// Takes all that is in a repository out.
fn empty(tx: &mut WriteTx<'_>, place: &Place, now: Timestamp) -> Result<(), Error> {
    let (scope, query) =
        (&place.scope, Query::first(BATCH).prefix(&within(&place.repository.id, "")));
    loop {
        let images = tx.list::<Image>(scope, &query)?;
        for image in &images.items {
            images::remove(tx, place, image, now)?;
        }
        let layers = tx.list::<Layer>(scope, &query)?;
        for layer in &layers.items {
            collect::remove_layer(tx, scope, layer, now)?;
        }
        let uploads = tx.list::<Upload>(scope, &query)?;
        for upload in &uploads.items {
            collect::remove_upload(tx, scope, upload, now)?;
        }
        if images.next.is_none() && layers.next.is_none() && uploads.next.is_none() {
            return Ok(());
        }
    }
}

/// [PutImageTagMutability](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImageTagMutability.html)
pub(crate) async fn put_image_tag_mutability(
    cx: Cx,
    input: PutImageTagMutabilityInput,
) -> Result<PutImageTagMutabilityOutput, Error> {
    let scope = rights::registry(&cx, input.registry_id.as_deref())?;
    let (mutability, filters) =
        (input.image_tag_mutability, input.image_tag_mutability_exclusion_filters);
    check_exclusions(mutability, filters.as_deref())?;
    let kept = filters.clone();
    let place = change(&cx, scope, &input.repository_name, move |repository| {
        repository.mutability = mutability;
        repository.exclusions.clone_from(&kept);
        Ok(())
    })
    .await?;
    Ok(PutImageTagMutabilityOutput {
        registry_id: Some(place.registry_id()),
        repository_name: Some(place.repository.name),
        image_tag_mutability: Some(mutability),
        image_tag_mutability_exclusion_filters: filters,
    })
}

/// [PutImageScanningConfiguration](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImageScanningConfiguration.html)
pub(crate) async fn put_image_scanning_configuration(
    cx: Cx,
    input: PutImageScanningConfigurationInput,
) -> Result<PutImageScanningConfigurationOutput, Error> {
    refuse_scanning(Some(&input.image_scanning_configuration))?;
    let place = Place::of(&cx, input.registry_id.as_deref(), &input.repository_name)?;
    Ok(PutImageScanningConfigurationOutput {
        registry_id: Some(place.registry_id()),
        repository_name: Some(place.repository.name),
        image_scanning_configuration: Some(ImageScanningConfiguration {
            scan_on_push: Some(false),
        }),
    })
}

/// Changes a repository; answers it as it was.
pub(crate) async fn change(
    cx: &Cx,
    scope: Scope,
    name: &str,
    change: impl Fn(&mut Repository) -> Result<(), Error> + Send + 'static,
) -> Result<Place, Error> {
    let name = name.to_owned();
    cx.write(move |tx| {
        let mut found = Repository::load(tx, &scope, &name)?;
        let before = found.value.clone();
        change(&mut found.value)?;
        tx.update(&scope, &found)?;
        Ok(Place { scope: scope.clone(), repository: before })
    })
    .await
}

/// [DescribeRegistry](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRegistry.html):
/// nothing is replicated.
pub(crate) async fn describe_registry(
    cx: Cx,
    _input: Empty,
) -> Result<DescribeRegistryOutput, Error> {
    Ok(DescribeRegistryOutput {
        registry_id: Some(cx.account().to_string()),
        replication_configuration: Some(ReplicationConfiguration::default()),
    })
}
