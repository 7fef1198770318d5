//! A bucket's settings. What was never set answers AWS's own "no such configuration".

use api_storage::s3::*;
use auth::policy::{Policy, PolicyKind};
use service::{Cx, Error};
use shape::Empty;

use crate::about::owners_acl;
use crate::model::{Bucket, DefaultEncryption};
use crate::rights::{self, OnBucket};
use crate::{encryption, errors, keyspace, names, public, tags};

/// Longest bucket policy, in bytes.
const MAX_POLICY: usize = 20 << 10;

fn bucket(cx: &Cx, input: &impl OnBucket) -> Result<Bucket, Error> {
    rights::bucket_of(cx, input.bucket(), input.expected_owner())
}

/// Changes a bucket's settings in one transaction.
async fn change(
    cx: &Cx,
    input: &impl OnBucket,
    set: impl Fn(&mut Bucket) + Send + 'static,
) -> Result<(), Error> {
    let seen = bucket(cx, input)?;
    cx.write(move |tx| {
        let mut stored = keyspace::same_bucket(tx, &seen)?;
        set(&mut stored.value);
        tx.update(&keyspace::bucket_scope(&seen.account)?, &stored)?;
        Ok(())
    })
    .await
}

const DONE: StatusOutput = StatusOutput { status: Some(204) };

/// [GetBucketVersioning](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html)
pub async fn get_versioning(
    cx: Cx,
    input: BucketInput,
) -> Result<GetBucketVersioningOutput, Error> {
    Ok(GetBucketVersioningOutput { status: bucket(&cx, &input)?.versioning })
}

/// [PutBucketVersioning](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html)
pub async fn put_versioning(cx: Cx, input: PutBucketVersioningInput) -> Result<Empty, Error> {
    if input.versioning_configuration.mfa_delete.as_deref().is_some_and(|it| it != "Disabled") {
        return Err(errors::not_implemented("MFA Delete"));
    }
    let Some(status) = input.versioning_configuration.status else {
        return Err(errors::INVALID_REQUEST
            .error("The Versioning element must be specified")
            .with("Element", "Status"));
    };
    change(&cx, &input, move |bucket| bucket.versioning = Some(status)).await?;
    Ok(Empty {})
}

/// [GetBucketEncryption](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html)
pub async fn get_encryption(
    cx: Cx,
    input: BucketInput,
) -> Result<GetBucketEncryptionOutput, Error> {
    let default = bucket(&cx, &input)?.encryption.unwrap_or_else(|| DefaultEncryption {
        algorithm: "AES256".to_owned(),
        ..DefaultEncryption::default()
    });
    let rule = ServerSideEncryptionRule {
        apply_server_side_encryption_by_default: Some(ServerSideEncryptionByDefault {
            sse_algorithm: default.algorithm,
            kms_master_key_id: default.kms_key,
        }),
        bucket_key_enabled: Some(default.bucket_key.unwrap_or(false)),
        blocked_encryption_types: None,
    };
    let configuration = ServerSideEncryptionConfiguration { rules: vec![rule] };
    Ok(GetBucketEncryptionOutput { server_side_encryption_configuration: Some(configuration) })
}

/// [PutBucketEncryption](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html)
pub async fn put_encryption(cx: Cx, input: PutBucketEncryptionInput) -> Result<Empty, Error> {
    let malformed = || {
        errors::MALFORMED_XML.error(
            "The XML you provided was not well-formed or did not validate against our published \
             schema",
        )
    };
    let rule = input.server_side_encryption_configuration.rules.first().ok_or_else(malformed)?;
    let blocked = rule.blocked_encryption_types.as_ref().and_then(|it| it.encryption_type.as_ref());
    // SSE-C is refused here in any case.
    if let Some(other) =
        blocked.iter().flat_map(|it| it.iter()).find(|it| *it != "SSE-C" && *it != "NONE")
    {
        return Err(errors::not_implemented(&format!("Blocking the encryption type {other}")));
    }
    let asked = rule.apply_server_side_encryption_by_default.as_ref().ok_or_else(malformed)?;
    encryption::check_algorithm(&asked.sse_algorithm, asked.kms_master_key_id.as_deref())?;
    let default = DefaultEncryption {
        algorithm: asked.sse_algorithm.clone(),
        kms_key: asked.kms_master_key_id.clone(),
        bucket_key: rule.bucket_key_enabled,
    };
    change(&cx, &input, move |bucket| bucket.encryption = Some(default.clone())).await?;
    Ok(Empty {})
}

/// [DeleteBucketEncryption](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketEncryption.html)
pub async fn delete_encryption(cx: Cx, input: BucketInput) -> Result<StatusOutput, Error> {
    change(&cx, &input, |bucket| bucket.encryption = None).await?;
    Ok(DONE)
}

/// [GetBucketPolicy](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html)
pub async fn get_policy(cx: Cx, input: BucketInput) -> Result<GetBucketPolicyOutput, Error> {
    let bucket = bucket(&cx, &input)?;
    let policy = bucket.policy.ok_or_else(|| no_policy(&bucket.name))?;
    let content_type = Some("application/json".to_owned());
    Ok(GetBucketPolicyOutput { policy: Some(policy), content_type })
}

fn no_policy(bucket: &str) -> Error {
    errors::NO_SUCH_BUCKET_POLICY
        .error("The bucket policy does not exist")
        .with("BucketName", bucket)
}

/// [PutBucketPolicy](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html)
pub async fn put_policy(cx: Cx, input: PutBucketPolicyInput) -> Result<StatusOutput, Error> {
    let bucket = bucket(&cx, &input)?;
    check_policy(&bucket, &input.policy)?;
    let blocks = bucket.public_access_block.as_ref().is_some_and(|it| it.block_public_policy);
    if blocks && public::is_public(&input.policy) {
        return Err(errors::ACCESS_DENIED.error(format!(
            "User: {} is not authorized to perform: s3:PutBucketPolicy on resource: \"{}\" because \
             public policies are prevented by the BlockPublicPolicy setting in S3 Block Public \
             Access.",
            cx.caller().arn,
            names::bucket_arn(&bucket.name)
        )));
    }
    let policy = input.policy.clone();
    change(&cx, &input, move |bucket| bucket.policy = Some(policy.clone())).await?;
    Ok(DONE)
}

/// Refuses what is no policy, and what is about something other than this bucket.
fn check_policy(bucket: &Bucket, text: &str) -> Result<(), Error> {
    let malformed = |message: String| errors::MALFORMED_POLICY.error(message);
    if text.len() > MAX_POLICY {
        return Err(malformed(format!(
            "Policy exceeds the maximum allowed document size of {MAX_POLICY} bytes."
        )));
    }
    Policy::parse(PolicyKind::Resource, text).map_err(|error| malformed(error.to_string()))?;
    let document: serde_json::Value =
        serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
    let arn = names::bucket_arn(&bucket.name);
    let is_ours = |resource: &str| {
        let rest = resource.strip_prefix(&arn);
        resource == "*" || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '*']))
    };
    for statement in each(document.get("Statement")) {
        for name in ["Resource", "NotResource"] {
            let mut resources = each(statement.get(name)).filter_map(|it| it.as_str());
            if !resources.all(is_ours) {
                return Err(malformed("Policy has invalid resource".to_owned()));
            }
        }
        for name in ["Action", "NotAction"] {
            let mut actions = each(statement.get(name)).filter_map(|it| it.as_str());
            let is_s3 =
                |action: &str| action == "*" || action.to_ascii_lowercase().starts_with("s3:");
            if !actions.all(is_s3) {
                return Err(malformed("Policy has invalid action".to_owned()));
            }
        }
    }
    Ok(())
}

/// The values of an element that may stand alone or in a list.
fn each(value: Option<&serde_json::Value>) -> impl Iterator<Item = &serde_json::Value> {
    let (list, single) = match value {
        Some(serde_json::Value::Array(list)) => (list.as_slice(), None),
        other => (&[][..], other),
    };
    list.iter().chain(single)
}

/// [DeleteBucketPolicy](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html)
pub async fn delete_policy(cx: Cx, input: BucketInput) -> Result<StatusOutput, Error> {
    change(&cx, &input, |bucket| bucket.policy = None).await?;
    Ok(DONE)
}

/// [GetBucketPolicyStatus](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html)
pub async fn get_policy_status(
    cx: Cx,
    input: BucketInput,
) -> Result<GetBucketPolicyStatusOutput, Error> {
    let bucket = bucket(&cx, &input)?;
    let policy = bucket.policy.ok_or_else(|| no_policy(&bucket.name))?;
    let status = PolicyStatus { is_public: Some(public::is_public(&policy)) };
    Ok(GetBucketPolicyStatusOutput { policy_status: Some(status) })
}

/// [GetBucketTagging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html)
pub async fn get_tagging(cx: Cx, input: BucketInput) -> Result<GetBucketTaggingOutput, Error> {
    let bucket = bucket(&cx, &input)?;
    match bucket.tags {
        Some(tag_set) => Ok(GetBucketTaggingOutput { tag_set }),
        None => Err(errors::NO_SUCH_TAG_SET
            .error("The TagSet does not exist")
            .with("BucketName", bucket.name)),
    }
}

/// [PutBucketTagging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html)
pub async fn put_tagging(cx: Cx, input: PutBucketTaggingInput) -> Result<StatusOutput, Error> {
    tags::check(&input.tagging.tag_set, tags::MAX_BUCKET_TAGS)?;
    let tags = Some(input.tagging.tag_set.clone()).filter(|tags| !tags.is_empty());
    change(&cx, &input, move |bucket| bucket.tags = tags.clone()).await?;
    Ok(DONE)
}

/// [DeleteBucketTagging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketTagging.html)
pub async fn delete_tagging(cx: Cx, input: BucketInput) -> Result<StatusOutput, Error> {
    change(&cx, &input, |bucket| bucket.tags = None).await?;
    Ok(DONE)
}

/// [GetPublicAccessBlock](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html)
pub async fn get_public_access_block(
    cx: Cx,
    input: BucketInput,
) -> Result<GetPublicAccessBlockOutput, Error> {
    let bucket = bucket(&cx, &input)?;
    match bucket.public_access_block {
        None => Err(errors::NO_SUCH_PUBLIC_ACCESS_BLOCK
            .error("The public access block configuration was not found")
            .with("BucketName", bucket.name)),
        configuration => {
            Ok(GetPublicAccessBlockOutput { public_access_block_configuration: configuration })
        }
    }
}

/// [PutPublicAccessBlock](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html)
pub async fn put_public_access_block(
    cx: Cx,
    input: PutPublicAccessBlockInput,
) -> Result<Empty, Error> {
    let configuration = input.public_access_block_configuration.clone();
    change(&cx, &input, move |bucket| {
        bucket.public_access_block = Some(configuration.clone());
    })
    .await?;
    Ok(Empty {})
}

/// [DeletePublicAccessBlock](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeletePublicAccessBlock.html)
pub async fn delete_public_access_block(cx: Cx, input: BucketInput) -> Result<StatusOutput, Error> {
    change(&cx, &input, |bucket| bucket.public_access_block = None).await?;
    Ok(DONE)
}

/// [GetBucketNotificationConfiguration](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html)
pub async fn get_notification(
    cx: Cx,
    input: BucketInput,
) -> Result<GetBucketNotificationConfigurationOutput, Error> {
    let event_bridge = bucket(&cx, &input)?.event_bridge;
    let configuration = event_bridge.then(EventBridgeConfiguration::default);
    Ok(GetBucketNotificationConfigurationOutput { event_bridge_configuration: configuration })
}

/// [PutBucketNotificationConfiguration](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html)
pub async fn put_notification(
    cx: Cx,
    input: PutBucketNotificationConfigurationInput,
) -> Result<Empty, Error> {
    let asked = &input.notification_configuration;
    let others = [
        ("TopicConfiguration", &asked.topic_configurations),
        ("QueueConfiguration", &asked.queue_configurations),
        ("CloudFunctionConfiguration", &asked.lambda_function_configurations),
    ];
    if let Some((name, _)) = others.iter().find(|(_, targets)| targets.is_some()) {
        return Err(errors::not_implemented(&format!("{name} in bucket notifications")));
    }
    let event_bridge = asked.event_bridge_configuration.is_some();
    change(&cx, &input, move |bucket| bucket.event_bridge = event_bridge).await?;
    Ok(Empty {})
}

/// [GetBucketOwnershipControls](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html)
pub async fn get_ownership_controls(
    cx: Cx,
    input: BucketInput,
) -> Result<GetBucketOwnershipControlsOutput, Error> {
    bucket(&cx, &input)?;
    let rule = OwnershipControlsRule { object_ownership: "BucketOwnerEnforced".to_owned() };
    let controls = OwnershipControls { rules: vec![rule] };
    Ok(GetBucketOwnershipControlsOutput { ownership_controls: Some(controls) })
}

/// [GetBucketAcl](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html)
pub async fn get_acl(cx: Cx, input: BucketInput) -> Result<AclOutput, Error> {
    Ok(owners_acl(&bucket(&cx, &input)?.account))
}

/// [GetBucketRequestPayment](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketRequestPayment.html)
pub async fn get_request_payment(
    cx: Cx,
    input: BucketInput,
) -> Result<GetBucketRequestPaymentOutput, Error> {
    bucket(&cx, &input)?;
    Ok(GetBucketRequestPaymentOutput { payer: Some("BucketOwner".to_owned()) })
}

/// [GetBucketLogging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLogging.html):
/// nothing, as logging cannot be turned on.
pub async fn get_logging(cx: Cx, input: BucketInput) -> Result<GetBucketLoggingOutput, Error> {
    bucket(&cx, &input)?;
    Ok(GetBucketLoggingOutput::default())
}

/// [GetBucketAccelerateConfiguration](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAccelerateConfiguration.html):
/// nothing, as acceleration cannot be set.
pub async fn get_accelerate(
    cx: Cx,
    input: GetBucketAccelerateConfigurationInput,
) -> Result<GetBucketAccelerateConfigurationOutput, Error> {
    bucket(&cx, &input)?;
    Ok(GetBucketAccelerateConfigurationOutput::default())
}

/// The answer for a setting that no bucket here can have.
fn never_set(
    cx: &Cx,
    input: &BucketInput,
    kind: service::ErrorKind,
    message: &str,
) -> Result<Empty, Error> {
    let bucket = bucket(cx, input)?;
    Err(kind.error(message).with("BucketName", bucket.name))
}

/// [GetBucketLifecycleConfiguration](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html)
pub async fn get_lifecycle(cx: Cx, input: BucketInput) -> Result<Empty, Error> {
    let message = "The lifecycle configuration does not exist";
    never_set(&cx, &input, errors::NO_SUCH_LIFECYCLE, message)
}

/// [GetBucketCors](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketCors.html)
pub async fn get_cors(cx: Cx, input: BucketInput) -> Result<Empty, Error> {
    never_set(&cx, &input, errors::NO_SUCH_CORS, "The CORS configuration does not exist")
}

/// [GetBucketWebsite](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketWebsite.html)
pub async fn get_website(cx: Cx, input: BucketInput) -> Result<Empty, Error> {
    let message = "The specified bucket does not have a website configuration";
    never_set(&cx, &input, errors::NO_SUCH_WEBSITE, message)
}

/// [GetBucketReplication](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketReplication.html)
pub async fn get_replication(cx: Cx, input: BucketInput) -> Result<Empty, Error> {
    let message = "The replication configuration was not found";
    never_set(&cx, &input, errors::NO_SUCH_REPLICATION, message)
}

/// [GetObjectLockConfiguration](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html)
pub async fn get_object_lock(cx: Cx, input: BucketInput) -> Result<Empty, Error> {
    let message = "Object Lock configuration does not exist for this bucket";
    never_set(&cx, &input, errors::NO_SUCH_OBJECT_LOCK, message)
}
