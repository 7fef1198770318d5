//! The table.

use api_containers::ecr::*;
use auth::policy::Principal;
use service::{Cx, Error, Protocol, Right, Service, op};
use types::Scope;

use crate::rights::{registry, right};
use crate::{
    errors, events, images, layers, listing, policies, repositories, tagging, tokens, uploads,
};

/// A row whose action is on the repository that its input names.
macro_rules! on_repository {
    ($name:ident, $handler:path) => {
        op($name, $handler).errors(errors::ALL).rights(|cx, input| {
            let scope = registry(cx, input.registry_id.as_deref())?;
            Ok(vec![right(cx, stringify!($name), &scope, &input.repository_name)?])
        })
    };
}

/// Not built, and why.
const SCANNING: &str = "images are not scanned for vulnerabilities";
const UPSTREAM: &str = "nothing is fetched from registries elsewhere";
const REPLICATION: &str = "images are not copied to other registries";
const TEMPLATES: &str = "repositories do not come into being by a push";
const SIGNING: &str = "images are not signed";
const ARCHIVE: &str = "there is one storage class";

/// The service with all its operations.
pub(crate) fn table() -> Service {
    let service = Service::new("ecr", Protocol::Json11)
        .alias("api.ecr")
        .target("AmazonEC2ContainerRegistry_V20150921")
        .validation(errors::INVALID_PARAMETER);
    lacking(layer_rows(image_rows(setting_rows(repository_rows(service)))))
}

fn repository_rows(service: Service) -> Service {
    service
        .operation(
            op(CreateRepository, repositories::create_repository)
                .write()
                .partial("scanOnPush and the encryption type KMS_DSSE are refused")
                .errors(errors::ALL)
                .rights(|cx, input| {
                    let scope = registry(cx, input.registry_id.as_deref())?;
                    let right = right(cx, "CreateRepository", &scope, &input.repository_name)?;
                    Ok(vec![with_request_tags(right, input.tags.iter().flatten())])
                }),
        )
        .operation(
            op(DescribeRepositories, repositories::describe_repositories)
                .errors(errors::ALL)
                .paginated("nextToken", "maxResults", listing::PAGE)
                .rights(|cx, input| {
                    let scope = registry(cx, input.registry_id.as_deref())?;
                    let on = |name: &str| right(cx, "DescribeRepositories", &scope, name);
                    match &input.repository_names {
                        Some(names) => names.iter().map(|name| on(name)).collect(),
                        None => Ok(vec![on("*")?]),
                    }
                }),
        )
        .operation(on_repository!(DeleteRepository, repositories::delete_repository).write())
        .operation(
            on_repository!(PutImageTagMutability, repositories::put_image_tag_mutability).write(),
        )
        .operation(
            on_repository!(
                PutImageScanningConfiguration,
                repositories::put_image_scanning_configuration
            )
            .write()
            .partial("scanOnPush is refused"),
        )
        .operation(op(DescribeRegistry, repositories::describe_registry).errors(errors::ALL))
        .operation(
            op(GetAuthorizationToken, tokens::get_authorization_token)
                .partial("federated users get none")
                .errors(errors::ALL)
                .rights(|cx, _| {
                    // A service of the yard is not one who has policies.
                    let is_service = matches!(cx.caller().principal, Principal::Service { .. });
                    let right = (!is_service).then(|| Right::new("ecr:GetAuthorizationToken", "*"));
                    Ok(right.into_iter().collect())
                }),
        )
}

fn setting_rows(service: Service) -> Service {
    service
        .operation(
            on_repository!(SetRepositoryPolicy, policies::set_repository_policy).permissions(),
        )
        .operation(on_repository!(GetRepositoryPolicy, policies::get_repository_policy))
        .operation(
            on_repository!(DeleteRepositoryPolicy, policies::delete_repository_policy)
                .permissions(),
        )
        .operation(op(TagResource, tagging::tag_resource).tagging().errors(errors::ALL).rights(
            |cx, input| {
                let right = tagged(cx, "TagResource", &input.resource_arn)?;
                Ok(vec![with_request_tags(right, &input.tags)])
            },
        ))
        .operation(op(UntagResource, tagging::untag_resource).tagging().errors(errors::ALL).rights(
            |cx, input| {
                let right = tagged(cx, "UntagResource", &input.resource_arn)?;
                Ok(vec![right.with_values("aws:TagKeys", input.tag_keys.clone())])
            },
        ))
        .operation(
            op(ListTagsForResource, tagging::list_tags_for_resource).errors(errors::ALL).rights(
                |cx, input| Ok(vec![tagged(cx, "ListTagsForResource", &input.resource_arn)?]),
            ),
        )
}

fn image_rows(service: Service) -> Service {
    const EVENTS: &[&str] = &[events::IMAGE_ACTION];
    service
        .operation(on_repository!(PutImage, images::put_image).write().events(EVENTS))
        .operation(on_repository!(BatchGetImage, images::batch_get_image))
        .operation(
            on_repository!(BatchDeleteImage, images::batch_delete_image).write().events(EVENTS),
        )
        .operation(on_repository!(ListImages, listing::list_images).list().paginated(
            "nextToken",
            "maxResults",
            listing::PAGE,
        ))
        .operation(on_repository!(DescribeImages, listing::describe_images).paginated(
            "nextToken",
            "maxResults",
            listing::PAGE,
        ))
        .operation(on_repository!(ListImageReferrers, listing::list_image_referrers).list())
}

fn layer_rows(service: Service) -> Service {
    service
        .operation(on_repository!(
            BatchCheckLayerAvailability,
            layers::batch_check_layer_availability
        ))
        .operation(on_repository!(GetDownloadUrlForLayer, layers::get_download_url_for_layer))
        .operation(on_repository!(InitiateLayerUpload, uploads::initiate_layer_upload).write())
        .operation(
            on_repository!(UploadLayerPart, uploads::upload_layer_part)
                .write()
                .partial("a part has at most 12 MB, for a request has at most 16 MiB"),
        )
        .operation(on_repository!(CompleteLayerUpload, uploads::complete_layer_upload).write())
}

fn lacking(service: Service) -> Service {
    let groups: [(&str, &[&str]); 7] = [
        (
            SCANNING,
            &[
                "BatchGetRepositoryScanningConfiguration",
                "DescribeImageScanFindings",
                "GetRegistryScanningConfiguration",
                "PutRegistryScanningConfiguration",
                "StartImageScan",
            ],
        ),
        (
            UPSTREAM,
            &[
                "CreatePullThroughCacheRule",
                "DeletePullThroughCacheRule",
                "DescribePullThroughCacheRules",
                "UpdatePullThroughCacheRule",
                "ValidatePullThroughCacheRule",
            ],
        ),
        (
            REPLICATION,
            &[
                "DescribeImageReplicationStatus",
                "DescribeReplicationBackfillResults",
                "ListReplicationBackfills",
                "PutReplicationConfiguration",
                "StartReplicationBackfill",
                "StopReplicationBackfill",
            ],
        ),
        (
            TEMPLATES,
            &[
                "CreateRepositoryCreationTemplate",
                "DeleteRepositoryCreationTemplate",
                "DescribeRepositoryCreationTemplates",
                "UpdateRepositoryCreationTemplate",
            ],
        ),
        (
            SIGNING,
            &[
                "DeleteSigningConfiguration",
                "DescribeImageSigningStatus",
                "GetSigningConfiguration",
                "PutSigningConfiguration",
            ],
        ),
        (
            ARCHIVE,
            &[
                "DeregisterPullTimeUpdateExclusion",
                "ListPullTimeUpdateExclusions",
                "RegisterPullTimeUpdateExclusion",
                "UpdateImageStorageClass",
            ],
        ),
        (
            "not built yet",
            &[
                "DeleteLifecyclePolicy",
                "DeleteRegistryPolicy",
                "GetAccountSetting",
                "GetLifecyclePolicy",
                "GetLifecyclePolicyPreview",
                "GetRegistryPolicy",
                "PutAccountSetting",
                "PutLifecyclePolicy",
                "PutRegistryPolicy",
                "StartLifecyclePolicyPreview",
            ],
        ),
    ];
    groups.iter().fold(service, |service, (why, names)| {
        names.iter().fold(service, |service, name| service.refuses(name, why, None))
    })
}

/// A right on the repository of an ARN.
fn tagged(cx: &Cx, action: &str, arn: &str) -> Result<Right, Error> {
    let (scope, name): (Scope, String) = tagging::repository_of(cx, arn)?;
    right(cx, action, &scope, &name)
}

fn with_request_tags<'t>(right: Right, tags: impl IntoIterator<Item = &'t Tag>) -> Right {
    let tags: Vec<&Tag> = tags.into_iter().collect();
    if tags.is_empty() {
        return right;
    }
    let keys = tags.iter().map(|tag| tag.key.clone()).collect();
    tags.into_iter().fold(right.with_values("aws:TagKeys", keys), |right, tag| {
        right.with(format!("aws:RequestTag/{}", tag.key), tag.value.clone())
    })
}
