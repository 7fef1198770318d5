//! Secrets Manager's table.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>

use api_security::secretsmanager::{
    BatchGetSecretValue, CreateSecret, CreateSecretInput, DeleteResourcePolicy, DeleteSecret,
    DescribeSecret, GetRandomPassword, GetResourcePolicy, GetSecretValue, ListSecretVersionIds,
    ListSecrets, PutResourcePolicy, PutSecretValue, RestoreSecret, Tag, TagResource, UntagResource,
    UpdateSecret, UpdateSecretVersionStage, ValidateResourcePolicy,
};
use service::{Cx, ErrorKind, Op, Protocol, Right, Service, op};
use shape::Call;

use super::deletion::{self, Purger};
use super::find::right_on;
use super::model::arn_of;
use super::{errors, list, password, policies, secrets, versions};

/// AWS Secrets Manager.
pub fn service() -> Service {
    let service = Service::new("secretsmanager", Protocol::Json11)
        .target("secretsmanager")
        .reconciler(Purger::of);
    access(values(secrets_themselves(service))).lacks(&[
        "AssociateCrossAccountReplica",
        "CancelRotateSecret",
        "DisassociateCrossAccountReplica",
        "ListResourcePolicies",
        "RemoveRegionsFromReplication",
        "ReplicateSecretToRegions",
        "RotateSecret",
        "StopReplicationToReplica",
    ])
}

fn secrets_themselves(service: Service) -> Service {
    service
        .operation(
            op(CreateSecret, secrets::create_secret)
                .write()
                .partial("no replication, no partners' types")
                .idempotent("ClientRequestToken")
                .errors(&[
                    errors::INVALID_PARAMETER,
                    errors::INVALID_REQUEST,
                    errors::LIMIT_EXCEEDED,
                    errors::ENCRYPTION_FAILURE,
                    errors::DECRYPTION_FAILURE,
                    errors::RESOURCE_EXISTS,
                ])
                .rights(|cx, i| Ok(create_rights(cx, i))),
        )
        .operation(on_secret(op(DescribeSecret, secrets::describe_secret), |i| &i.secret_id))
        .operation(
            op(ListSecrets, list::list_secrets)
                .list()
                .errors(&[
                    errors::INVALID_PARAMETER,
                    errors::INVALID_REQUEST,
                    errors::INVALID_NEXT_TOKEN,
                ])
                .paginated("NextToken", "MaxResults", 100),
        )
        .operation(
            op(UpdateSecret, secrets::update_secret)
                .write()
                .partial("no partners' types")
                .idempotent("ClientRequestToken")
                .errors(WRITE_ERRORS)
                .rights(|cx, i| {
                    let right = right_on(cx, "secretsmanager:UpdateSecret", &i.secret_id)?;
                    let right =
                        optional(right, "secretsmanager:Description", i.description.as_deref());
                    Ok(vec![optional(right, "secretsmanager:KmsKeyId", i.kms_key_id.as_deref())])
                }),
        )
        .operation(op(DeleteSecret, deletion::delete_secret).write().errors(ERRORS).rights(
            |cx, i| {
                let right = right_on(cx, "secretsmanager:DeleteSecret", &i.secret_id)?;
                let force = i.force_delete_without_recovery == Some(true);
                let right =
                    right.with("secretsmanager:ForceDeleteWithoutRecovery", force.to_string());
                let days = i.recovery_window_in_days.map(|days| days.to_string());
                let key = "secretsmanager:RecoveryWindowInDays";
                Ok(vec![optional(right, key, days.as_deref())])
            },
        ))
        .operation(on_secret(op(RestoreSecret, deletion::restore_secret), |i| &i.secret_id).write())
        .operation(op(TagResource, secrets::tag_resource).tagging().errors(ERRORS).rights(
            |cx, i| {
                let right = right_on(cx, "secretsmanager:TagResource", &i.secret_id)?;
                Ok(vec![request_tags(right, &i.tags)])
            },
        ))
        .operation(op(UntagResource, secrets::untag_resource).tagging().errors(ERRORS).rights(
            |cx, i| {
                let right = right_on(cx, "secretsmanager:UntagResource", &i.secret_id)?;
                Ok(vec![right.with_values("aws:TagKeys", i.tag_keys.clone())])
            },
        ))
        .operation(
            op(GetRandomPassword, password::get_random_password)
                .errors(&[errors::INVALID_PARAMETER]),
        )
}

fn values(service: Service) -> Service {
    service
        .operation(op(GetSecretValue, versions::get_secret_value).errors(VALUE_ERRORS).rights(
            |cx, i| {
                let right = right_on(cx, "secretsmanager:GetSecretValue", &i.secret_id)?;
                let id = i.version_id.as_deref();
                let right = optional(right, "secretsmanager:VersionId", id);
                let stage = match (id, &i.version_stage) {
                    (None, None) => Some("AWSCURRENT"),
                    (_, stage) => stage.as_deref(),
                };
                Ok(vec![optional(right, "secretsmanager:VersionStage", stage)])
            },
        ))
        .operation(
            op(BatchGetSecretValue, versions::batch_get_secret_value)
                .errors(&[
                    errors::INVALID_PARAMETER,
                    errors::INVALID_REQUEST,
                    errors::INVALID_NEXT_TOKEN,
                ])
                .paginated("NextToken", "MaxResults", 20),
        )
        .operation(
            on_secret(op(PutSecretValue, versions::put_secret_value), |i| &i.secret_id)
                .write()
                .partial("no rotation tokens")
                .idempotent("ClientRequestToken")
                .errors(WRITE_ERRORS),
        )
        .operation(
            op(UpdateSecretVersionStage, versions::update_secret_version_stage)
                .write()
                .errors(ERRORS)
                .rights(|cx, i| {
                    let action = "secretsmanager:UpdateSecretVersionStage";
                    let right = right_on(cx, action, &i.secret_id)?;
                    Ok(vec![right.with("secretsmanager:VersionStage", i.version_stage.clone())])
                }),
        )
        .operation(
            on_secret(op(ListSecretVersionIds, versions::list_secret_version_ids), |i| {
                &i.secret_id
            })
            .list()
            .errors(&[errors::NOT_FOUND, errors::INVALID_NEXT_TOKEN])
            .paginated("NextToken", "MaxResults", 100),
        )
}

fn access(service: Service) -> Service {
    service
        .operation(
            op(PutResourcePolicy, policies::put_resource_policy)
                .permissions()
                .errors(&[
                    errors::MALFORMED_POLICY,
                    errors::PUBLIC_POLICY,
                    errors::NOT_FOUND,
                    errors::INVALID_REQUEST,
                ])
                .rights(|cx, i| {
                    let right = right_on(cx, "secretsmanager:PutResourcePolicy", &i.secret_id)?;
                    let block = (i.block_public_policy == Some(true)).to_string();
                    Ok(vec![right.with("secretsmanager:BlockPublicPolicy", block)])
                }),
        )
        .operation(on_secret(op(GetResourcePolicy, policies::get_resource_policy), |i| {
            &i.secret_id
        }))
        .operation(
            on_secret(op(DeleteResourcePolicy, policies::delete_resource_policy), |i| &i.secret_id)
                .permissions(),
        )
        .operation(
            op(ValidateResourcePolicy, policies::validate_resource_policy)
                .partial("syntax and public access are checked")
                .errors(&[errors::NOT_FOUND])
                .rights(|cx, i| {
                    let action = "secretsmanager:ValidateResourcePolicy";
                    Ok(vec![match &i.secret_id {
                        Some(secret_id) => right_on(cx, action, secret_id)?,
                        None => Right::new(action, "*"),
                    }])
                }),
        )
}

const ERRORS: &[ErrorKind] =
    &[errors::NOT_FOUND, errors::INVALID_PARAMETER, errors::INVALID_REQUEST];
const VALUE_ERRORS: &[ErrorKind] = &[
    errors::NOT_FOUND,
    errors::INVALID_PARAMETER,
    errors::INVALID_REQUEST,
    errors::DECRYPTION_FAILURE,
];
const WRITE_ERRORS: &[ErrorKind] = &[
    errors::NOT_FOUND,
    errors::INVALID_PARAMETER,
    errors::INVALID_REQUEST,
    errors::LIMIT_EXCEEDED,
    errors::ENCRYPTION_FAILURE,
    errors::DECRYPTION_FAILURE,
    errors::RESOURCE_EXISTS,
];

/// A row whose action is on the secret that one member names.
fn on_secret<C: Call>(
    row: Op<C>,
    secret: impl Fn(&C::Input) -> &str + Send + Sync + 'static,
) -> Op<C> {
    let action = format!("secretsmanager:{}", C::NAME);
    row.errors(ERRORS).rights(move |cx, input| Ok(vec![right_on(cx, &action, secret(input))?]))
}

fn optional(right: Right, key: &str, value: Option<&str>) -> Right {
    match value {
        Some(value) => right.with(key, value),
        None => right,
    }
}

fn request_tags(right: Right, tags: &[Tag]) -> Right {
    if tags.is_empty() {
        return right;
    }
    let key = |tag: &Tag| tag.key.clone().unwrap_or_default();
    tags.iter()
        .fold(right, |right, tag| {
            let value = tag.value.clone().unwrap_or_default();
            right.with(format!("aws:RequestTag/{}", key(tag)), value)
        })
        .with_values("aws:TagKeys", tags.iter().map(key).collect())
}

/// A secret that is not there yet has no random end in its ARN.
fn create_rights(cx: &Cx, input: &CreateSecretInput) -> Vec<Right> {
    let arn = arn_of(&cx.scope(), &input.name);
    let tags = input.tags.as_deref().unwrap_or_default();
    let create = Right::new("secretsmanager:CreateSecret", arn.clone())
        .with("secretsmanager:Name", input.name.clone());
    let create = optional(create, "secretsmanager:Description", input.description.as_deref());
    let create = optional(create, "secretsmanager:KmsKeyId", input.kms_key_id.as_deref());
    let mut rights = vec![request_tags(create, tags)];
    if !tags.is_empty() {
        rights.push(request_tags(Right::new("secretsmanager:TagResource", arn), tags));
    }
    rights
}
