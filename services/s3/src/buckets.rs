//! Buckets: made, found, listed and deleted.

use api_storage::s3::*;
use service::{Cx, Error};
use store::{Query, Range, WriteTx};
use types::{PageToken, Region};

use crate::attributes::check_acl;
use crate::keyspace::{self, OBJECTS, Step, UPLOADS};
use crate::model::Bucket;
use crate::rights::{self, OnBucket};
use crate::{errors, names, state, tags};

/// Most buckets of an account.
const MAX_BUCKETS: usize = 10_000 - 1;
/// The region whose buckets have no location constraint.
const US_EAST_1: &str = "us-east-1";
/// What continuation tokens are bound to.
const LISTING: &str = "s3:ListBuckets";

/// [CreateBucket](https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html)
pub async fn create_bucket(cx: Cx, input: CreateBucketInput) -> Result<CreateBucketOutput, Error> {
    names::check_bucket_name(&input.bucket)?;
    check_acl!(input)?;
    if input.grant_write.is_some() {
        return Err(errors::ACL_NOT_SUPPORTED.error("The bucket does not allow ACLs"));
    }
    refuse_options(&input)?;
    let configuration = input.create_bucket_configuration.unwrap_or_default();
    let region = choose_region(&cx, configuration.location_constraint.as_deref())?;
    let tags = configuration.tags.unwrap_or_default();
    tags::check(&tags, tags::MAX_BUCKET_TAGS)?;
    let bucket = Bucket {
        id: types::random_id(types::IdAlphabet::Hex, 16),
        account: cx.account().to_string(),
        region: region.to_string(),
        created: cx.now(),
        tags: (!tags.is_empty()).then_some(tags),
        // As AWS has it since April 2023.
        public_access_block: Some(PublicAccessBlockConfiguration {
            block_public_acls: true,
            ignore_public_acls: true,
            block_public_policy: true,
            restrict_public_buckets: true,
        }),
        name: input.bucket,
        ..Bucket::default()
    };
    let output = CreateBucketOutput {
        location: Some(if region.as_str() == US_EAST_1 {
            format!("/{}", bucket.name)
        } else {
            format!("{}/{}/", cx.endpoint().url(), bucket.name)
        }),
        bucket_arn: Some(names::bucket_arn(&bucket.name)),
    };
    let called = cx.region().to_string();
    cx.write(move |tx| insert(tx, &called, &bucket)).await?;
    Ok(output)
}

/// What a bucket can be in AWS and not here.
fn refuse_options(input: &CreateBucketInput) -> Result<(), Error> {
    if input.object_lock_enabled_for_bucket == Some(true) {
        return Err(errors::not_implemented("Object Lock"));
    }
    match input.object_ownership.as_deref() {
        None | Some("BucketOwnerEnforced") => {}
        Some(other @ ("BucketOwnerPreferred" | "ObjectWriter")) => {
            return Err(errors::not_implemented(&format!("The object ownership {other}")));
        }
        Some(other) => {
            return Err(errors::invalid_argument(
                "Invalid x-amz-object-ownership header",
                "x-amz-object-ownership",
                other,
            ));
        }
    }
    match input.bucket_namespace.as_deref() {
        None | Some("global") => {}
        Some(other) => {
            return Err(errors::not_implemented(&format!("The bucket namespace {other}")));
        }
    }
    match &input.create_bucket_configuration {
        Some(configuration)
            if configuration.location.is_some() || configuration.bucket.is_some() =>
        {
            Err(errors::not_implemented("Directory buckets"))
        }
        _ => Ok(()),
    }
}

/// Where a bucket lies: where the client says, which must be where it calls.
fn choose_region(cx: &Cx, constraint: Option<&str>) -> Result<Region, Error> {
    let called = cx.region();
    let Some(constraint) = constraint else {
        // Clients that name no place mean the one they call; AWS insists on the constraint.
        if called.as_str() == US_EAST_1 {
            return Ok(called.clone());
        }
        return Err(errors::ILLEGAL_LOCATION.error(
            "The unspecified location constraint is incompatible for the region specific endpoint \
             this request was sent to.",
        ));
    };
    let constraint = if constraint == "EU" { "eu-west-1" } else { constraint };
    let invalid = || {
        errors::INVALID_LOCATION
            .error("The specified location-constraint is not valid")
            .with("LocationConstraint", constraint)
    };
    let region = Region::new(constraint).map_err(|_| invalid())?;
    if constraint == US_EAST_1 {
        return Err(invalid());
    }
    if called.as_str() != US_EAST_1 && called != &region {
        return Err(errors::ILLEGAL_LOCATION.error(format!(
            "The {constraint} location constraint is incompatible for the region specific endpoint \
             this request was sent to."
        )));
    }
    Ok(region)
}

fn insert(tx: &mut WriteTx<'_>, called: &str, bucket: &Bucket) -> Result<(), Error> {
    if let Some(known) = keyspace::find_bucket(tx, &bucket.name)? {
        // AWS's oldest region answers so, for the sake of its oldest clients.
        if known.account == bucket.account && called == US_EAST_1 && known.region == US_EAST_1 {
            return Ok(());
        }
        return Err(if known.account == bucket.account {
            errors::BUCKET_ALREADY_OWNED
                .error(
                    "Your previous request to create the named bucket succeeded and you already \
                     own it.",
                )
                .with("BucketName", &bucket.name)
        } else {
            errors::BUCKET_ALREADY_EXISTS
                .error(
                    "The requested bucket name is not available. The bucket namespace is shared \
                     by all users of the system. Please select a different name and try again.",
                )
                .with("BucketName", &bucket.name)
        });
    }
    let scope = keyspace::bucket_scope(&bucket.account)?;
    let owned = tx.list::<Bucket>(&scope, &Query::first(MAX_BUCKETS))?;
    if owned.items.len() == MAX_BUCKETS {
        return Err(errors::TOO_MANY_BUCKETS
            .error("You have attempted to create more buckets than allowed"));
    }
    tx.insert(&scope, bucket)?;
    Ok(())
}

/// [DeleteBucket](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html)
pub async fn delete_bucket(cx: Cx, input: BucketInput) -> Result<StatusOutput, Error> {
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let (seen, now) = (bucket.clone(), cx.now());
    cx.write(move |tx| {
        let bucket = keyspace::same_bucket(tx, &seen)?.value;
        let rows = keyspace::bucket_rows(&bucket);
        if !tx.scan_raw(OBJECTS, &Range::prefix(rows.clone()).limit(1))?.is_empty() {
            return Err(errors::BUCKET_NOT_EMPTY
                .error("The bucket you tried to delete is not empty")
                .with("BucketName", &bucket.name));
        }
        let mut uploads = Vec::new();
        keyspace::walk(tx, UPLOADS, rows.as_bytes(), None, |row, _| {
            let mut parts = store::Key::parts(row.get(rows.as_bytes().len()..).unwrap_or_default());
            uploads.extend(parts.text().zip(parts.text()));
            Step::Next
        })?;
        for (key, upload_id) in uploads {
            keyspace::end_upload(tx, &bucket, &key, &upload_id, None, now)?;
        }
        tx.delete::<Bucket>(&keyspace::bucket_scope(&bucket.account)?, &bucket.name)?;
        Ok(())
    })
    .await?;
    state::of(cx.yard()).forget(&bucket);
    Ok(StatusOutput { status: Some(204) })
}

/// [HeadBucket](https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html)
pub async fn head_bucket(cx: Cx, input: BucketInput) -> Result<HeadBucketOutput, Error> {
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    Ok(HeadBucketOutput {
        bucket_arn: Some(names::bucket_arn(&bucket.name)),
        bucket_region: Some(bucket.region),
        access_point_alias: Some(false),
    })
}

/// [GetBucketLocation](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html)
pub async fn get_bucket_location(
    cx: Cx,
    input: BucketInput,
) -> Result<GetBucketLocationOutput, Error> {
    let bucket = rights::bucket_of(&cx, &input.bucket, input.expected_owner())?;
    let mut document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<LocationConstraint xmlns=\"{XML_NAMESPACE}\">"
    );
    if bucket.region != US_EAST_1 {
        wire::xml::escape(&bucket.region, &mut document);
    }
    document.push_str("</LocationConstraint>");
    Ok(GetBucketLocationOutput {
        location_constraint: document,
        content_type: Some("application/xml".to_owned()),
    })
}

/// [ListBuckets](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html)
pub async fn list_buckets(cx: Cx, input: ListBucketsInput) -> Result<ListBucketsOutput, Error> {
    let account = cx.account().to_string();
    let prefix = input.prefix.clone().unwrap_or_default();
    let after = match &input.continuation_token {
        Some(token) => Some(PageToken::decode(LISTING, token).map_err(|_| {
            errors::invalid_argument(
                "The continuation token provided is incorrect",
                "continuation-token",
                token,
            )
        })?),
        None => None,
    };
    let limit = input.max_buckets.and_then(|it| usize::try_from(it).ok()).unwrap_or(MAX_BUCKETS);
    let owned = cx.read(|tx| {
        let query = Query::first(MAX_BUCKETS).prefix(&prefix);
        Ok(tx.list::<Bucket>(&keyspace::bucket_scope(&account)?, &query)?.items)
    })?;
    let mut matching = owned
        .into_iter()
        .map(|stored| stored.value)
        .filter(|bucket| after.as_ref().is_none_or(|after| bucket.name > *after))
        .filter(|bucket| input.bucket_region.as_ref().is_none_or(|it| *it == bucket.region));
    let page: Vec<Bucket> = matching.by_ref().take(limit).collect();
    let more = matching.next().is_some();
    let last = page.last().filter(|_| more);
    Ok(ListBucketsOutput {
        owner: Some(names::owner(&account)),
        continuation_token: last.map(|bucket| PageToken::encode(LISTING, &bucket.name)),
        prefix: input.prefix,
        buckets: page.into_iter().map(listed).collect(),
    })
}

fn listed(bucket: Bucket) -> api_storage::s3::Bucket {
    api_storage::s3::Bucket {
        bucket_arn: Some(names::bucket_arn(&bucket.name)),
        name: Some(bucket.name),
        creation_date: Some(bucket.created),
        bucket_region: Some(bucket.region),
    }
}
