//! The table. Actions are those of
//! [IAM's reference](https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html).

use api_storage::s3::*;
use service::{Service, op};

use crate::rights::{self, on_bucket, on_listing, on_object};
use crate::{
    about, buckets, complete, copy, delete, errors, events, get, list, multipart, names, put,
    settings, versions,
};

/// Adds all rows.
pub fn table(service: Service) -> Service {
    refused(objects(bucket_settings(bucket_operations(service))))
}

fn bucket_operations(service: Service) -> Service {
    service
        .operation(
            op(ListBuckets, buckets::list_buckets)
                .route("GET /")
                .list()
                .action("s3:ListAllMyBuckets")
                .paginated("ContinuationToken", "MaxBuckets", 10_000),
        )
        .operation(
            op(CreateBucket, buckets::create_bucket)
                .route("PUT /{Bucket}")
                .write()
                .on(|_, input| names::bucket_arn(&input.bucket))
                .partial("directory buckets, Object Lock and ACLs")
                .errors(&[
                    errors::BUCKET_ALREADY_EXISTS,
                    errors::BUCKET_ALREADY_OWNED,
                    errors::INVALID_BUCKET_NAME,
                    errors::ILLEGAL_LOCATION,
                    errors::INVALID_LOCATION,
                    errors::TOO_MANY_BUCKETS,
                    errors::ACL_NOT_SUPPORTED,
                ]),
        )
        .operation(
            op(DeleteBucket, buckets::delete_bucket)
                .route("DELETE /{Bucket}")
                .write()
                .rights(on_bucket("s3:DeleteBucket"))
                .errors(&[errors::NO_SUCH_BUCKET, errors::BUCKET_NOT_EMPTY]),
        )
        .operation(
            op(HeadBucket, buckets::head_bucket)
                .route("HEAD /{Bucket}")
                .rights(on_bucket("s3:ListBucket"))
                .errors(&[errors::NO_SUCH_BUCKET]),
        )
        .operation(
            op(GetBucketLocation, buckets::get_bucket_location)
                .route("GET /{Bucket}?location")
                .rights(on_bucket("s3:GetBucketLocation"))
                .errors(&[errors::NO_SUCH_BUCKET]),
        )
}

/// A row of a setting: operation, handler, method and subresource, action, access, errors.
macro_rules! settings {
    ($service:expr; $($op:ident, $handler:path, $route:literal, $action:literal, $access:ident
        $(, $error:ident)*;)*) => {
        $service$(.operation(
            settings!(@ $access op($op, $handler).route($route).rights(on_bucket($action)))
                .errors(&[errors::NO_SUCH_BUCKET $(, errors::$error)*]),
        ))*
    };
    (@ read $row:expr) => { $row };
    (@ write $row:expr) => { $row.write() };
    (@ tagging $row:expr) => { $row.tagging() };
    (@ permissions $row:expr) => { $row.permissions() };
}

fn bucket_settings(service: Service) -> Service {
    settings! { service;
        GetBucketVersioning, settings::get_versioning, "GET /{Bucket}?versioning", "s3:GetBucketVersioning", read;
        PutBucketVersioning, settings::put_versioning, "PUT /{Bucket}?versioning", "s3:PutBucketVersioning", write;
        GetBucketEncryption, settings::get_encryption, "GET /{Bucket}?encryption", "s3:GetEncryptionConfiguration", read;
        PutBucketEncryption, settings::put_encryption, "PUT /{Bucket}?encryption", "s3:PutEncryptionConfiguration", write;
        DeleteBucketEncryption, settings::delete_encryption, "DELETE /{Bucket}?encryption", "s3:PutEncryptionConfiguration", write;
        GetBucketPolicy, settings::get_policy, "GET /{Bucket}?policy", "s3:GetBucketPolicy", read, NO_SUCH_BUCKET_POLICY;
        PutBucketPolicy, settings::put_policy, "PUT /{Bucket}?policy", "s3:PutBucketPolicy", permissions, MALFORMED_POLICY;
        DeleteBucketPolicy, settings::delete_policy, "DELETE /{Bucket}?policy", "s3:DeleteBucketPolicy", permissions;
        GetBucketPolicyStatus, settings::get_policy_status, "GET /{Bucket}?policyStatus", "s3:GetBucketPolicyStatus", read, NO_SUCH_BUCKET_POLICY;
        GetBucketTagging, settings::get_tagging, "GET /{Bucket}?tagging", "s3:GetBucketTagging", read, NO_SUCH_TAG_SET;
        PutBucketTagging, settings::put_tagging, "PUT /{Bucket}?tagging", "s3:PutBucketTagging", tagging, INVALID_TAG;
        DeleteBucketTagging, settings::delete_tagging, "DELETE /{Bucket}?tagging", "s3:PutBucketTagging", tagging;
        GetPublicAccessBlock, settings::get_public_access_block, "GET /{Bucket}?publicAccessBlock", "s3:GetBucketPublicAccessBlock", read, NO_SUCH_PUBLIC_ACCESS_BLOCK;
        PutPublicAccessBlock, settings::put_public_access_block, "PUT /{Bucket}?publicAccessBlock", "s3:PutBucketPublicAccessBlock", permissions;
        DeletePublicAccessBlock, settings::delete_public_access_block, "DELETE /{Bucket}?publicAccessBlock", "s3:PutBucketPublicAccessBlock", permissions;
        GetBucketOwnershipControls, settings::get_ownership_controls, "GET /{Bucket}?ownershipControls", "s3:GetBucketOwnershipControls", read;
        GetBucketAcl, settings::get_acl, "GET /{Bucket}?acl", "s3:GetBucketAcl", read;
        GetBucketNotificationConfiguration, settings::get_notification, "GET /{Bucket}?notification", "s3:GetBucketNotification", read;
        PutBucketNotificationConfiguration, settings::put_notification, "PUT /{Bucket}?notification", "s3:PutBucketNotification", write;
        GetBucketRequestPayment, settings::get_request_payment, "GET /{Bucket}?requestPayment", "s3:GetBucketRequestPayment", read;
        GetBucketLogging, settings::get_logging, "GET /{Bucket}?logging", "s3:GetBucketLogging", read;
        GetBucketAccelerateConfiguration, settings::get_accelerate, "GET /{Bucket}?accelerate", "s3:GetAccelerateConfiguration", read;
        GetBucketLifecycleConfiguration, settings::get_lifecycle, "GET /{Bucket}?lifecycle", "s3:GetLifecycleConfiguration", read, NO_SUCH_LIFECYCLE;
        GetBucketCors, settings::get_cors, "GET /{Bucket}?cors", "s3:GetBucketCORS", read, NO_SUCH_CORS;
        GetBucketWebsite, settings::get_website, "GET /{Bucket}?website", "s3:GetBucketWebsite", read, NO_SUCH_WEBSITE;
        GetBucketReplication, settings::get_replication, "GET /{Bucket}?replication", "s3:GetReplicationConfiguration", read, NO_SUCH_REPLICATION;
        GetObjectLockConfiguration, settings::get_object_lock, "GET /{Bucket}?object-lock", "s3:GetBucketObjectLockConfiguration", read, NO_SUCH_OBJECT_LOCK;
    }
}

fn objects(service: Service) -> Service {
    const READ: &[service::ErrorKind] = &[
        errors::NO_SUCH_BUCKET,
        errors::NO_SUCH_KEY,
        errors::NO_SUCH_VERSION,
        errors::METHOD_NOT_ALLOWED,
        errors::PRECONDITION_FAILED,
        errors::NOT_MODIFIED,
        errors::INVALID_RANGE,
        errors::INVALID_PART_NUMBER,
    ];
    const WRITE: &[service::ErrorKind] = &[
        errors::NO_SUCH_BUCKET,
        errors::NO_SUCH_UPLOAD,
        errors::KEY_TOO_LONG,
        errors::PRECONDITION_FAILED,
        errors::ENTITY_TOO_LARGE,
        errors::BAD_DIGEST,
        errors::INVALID_DIGEST,
        errors::INVALID_REQUEST,
        errors::METADATA_TOO_LARGE,
        errors::KMS_NOT_FOUND,
        errors::KMS_DISABLED,
    ];
    let service = service
        .operation(
            op(PutObject, put::put_object)
                .route("PUT /{Bucket}/{Key+}")
                .write()
                .streams()
                .data_event()
                .rights(rights::put_object)
                .events(&[events::CREATED])
                .partial("SSE-C, Object Lock, ACLs and archive classes")
                .errors(WRITE),
        )
        .operation(
            op(GetObject, get::get_object)
                .route("GET /{Bucket}/{Key+}")
                .data_event()
                .rights(on_object("s3:GetObject", "s3:GetObjectVersion"))
                .partial("SSE-C")
                .errors(READ),
        )
        .operation(
            op(HeadObject, get::head_object)
                .route("HEAD /{Bucket}/{Key+}")
                .data_event()
                .rights(on_object("s3:GetObject", "s3:GetObjectVersion"))
                .partial("SSE-C")
                .errors(READ),
        )
        .operation(
            op(DeleteObject, delete::delete_object)
                .route("DELETE /{Bucket}/{Key+}")
                .write()
                .data_event()
                .rights(on_object("s3:DeleteObject", "s3:DeleteObjectVersion"))
                .events(&[events::DELETED])
                .errors(&[errors::NO_SUCH_BUCKET, errors::PRECONDITION_FAILED]),
        )
        .operation(
            op(DeleteObjects, delete::delete_objects)
                .route("POST /{Bucket}?delete")
                .write()
                .data_event()
                // Decided for each object by itself.
                .rights(|_, _| Ok(Vec::new()))
                .events(&[events::DELETED])
                .errors(&[errors::NO_SUCH_BUCKET, errors::MALFORMED_XML]),
        )
        .operation(
            op(CopyObject, copy::copy_object)
                .route("PUT /{Bucket}/{Key+} @x-amz-copy-source")
                .write()
                .data_event()
                .rights(rights::copy_object)
                .events(&[events::CREATED])
                .partial("SSE-C, Object Lock, ACLs, access points and archive classes")
                .errors(WRITE),
        )
        .operation(
            op(GetObjectAttributes, about::get_object_attributes)
                .route("GET /{Bucket}/{Key+}?attributes")
                .data_event()
                .rights(rights::object_attributes)
                .errors(READ),
        )
        .operation(
            op(GetObjectTagging, about::get_object_tagging)
                .route("GET /{Bucket}/{Key+}?tagging")
                .data_event()
                .rights(on_object("s3:GetObjectTagging", "s3:GetObjectVersionTagging"))
                .errors(READ),
        )
        .operation(
            op(PutObjectTagging, about::put_object_tagging)
                .route("PUT /{Bucket}/{Key+}?tagging")
                .tagging()
                .data_event()
                .rights(rights::put_tagging)
                .errors(READ),
        )
        .operation(
            op(DeleteObjectTagging, about::delete_object_tagging)
                .route("DELETE /{Bucket}/{Key+}?tagging")
                .tagging()
                .data_event()
                .rights(on_object("s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"))
                .errors(READ),
        )
        .operation(
            op(GetObjectAcl, about::get_object_acl)
                .route("GET /{Bucket}/{Key+}?acl")
                .data_event()
                .rights(on_object("s3:GetObjectAcl", "s3:GetObjectVersionAcl"))
                .errors(READ),
        );
    uploads(listings(service), WRITE)
}

fn listings(service: Service) -> Service {
    service
        .operation(
            op(ListObjects, list::list_objects)
                .route("GET /{Bucket}")
                .list()
                .data_event()
                .rights(on_listing("s3:ListBucket", |input: &ListObjectsInput| {
                    (input.prefix.as_deref(), input.delimiter.as_deref(), input.max_keys)
                }))
                .paginated("Marker", "MaxKeys", 1000)
                .errors(&[errors::NO_SUCH_BUCKET]),
        )
        .operation(
            op(ListObjectsV2, list::list_objects_v2)
                .route("GET /{Bucket}?list-type=2")
                .list()
                .data_event()
                .rights(on_listing("s3:ListBucket", |input: &ListObjectsV2Input| {
                    (input.prefix.as_deref(), input.delimiter.as_deref(), input.max_keys)
                }))
                .paginated("ContinuationToken", "MaxKeys", 1000)
                .errors(&[errors::NO_SUCH_BUCKET]),
        )
        .operation(
            op(ListObjectVersions, versions::list_object_versions)
                .route("GET /{Bucket}?versions")
                .list()
                .data_event()
                .rights(on_listing("s3:ListBucketVersions", |input: &ListObjectVersionsInput| {
                    (input.prefix.as_deref(), input.delimiter.as_deref(), input.max_keys)
                }))
                .paginated("KeyMarker", "MaxKeys", 1000)
                .errors(&[errors::NO_SUCH_BUCKET]),
        )
}

fn uploads(service: Service, write: &'static [service::ErrorKind]) -> Service {
    const UPLOAD: &[service::ErrorKind] = &[errors::NO_SUCH_BUCKET, errors::NO_SUCH_UPLOAD];
    service
        .operation(
            op(CreateMultipartUpload, multipart::create_multipart_upload)
                .route("POST /{Bucket}/{Key+}?uploads")
                .write()
                .data_event()
                .rights(rights::create_upload)
                .partial("SSE-C, Object Lock, ACLs and archive classes")
                .errors(write),
        )
        .operation(
            op(UploadPart, multipart::upload_part)
                .route("PUT /{Bucket}/{Key+}?uploadId")
                .write()
                .streams()
                .data_event()
                .rights(on_object("s3:PutObject", "s3:PutObject"))
                .partial("SSE-C")
                .errors(write),
        )
        .operation(
            op(UploadPartCopy, multipart::upload_part_copy)
                .route("PUT /{Bucket}/{Key+}?uploadId @x-amz-copy-source")
                .write()
                .data_event()
                .rights(rights::copy_part)
                .partial("SSE-C and access points")
                .errors(write),
        )
        .operation(
            op(CompleteMultipartUpload, complete::complete_multipart_upload)
                .route("POST /{Bucket}/{Key+}?uploadId")
                .write()
                .data_event()
                .rights(on_object("s3:PutObject", "s3:PutObject"))
                .events(&[events::CREATED])
                .errors(&[
                    errors::NO_SUCH_BUCKET,
                    errors::NO_SUCH_UPLOAD,
                    errors::INVALID_PART,
                    errors::INVALID_PART_ORDER,
                    errors::ENTITY_TOO_SMALL,
                    errors::ENTITY_TOO_LARGE,
                    errors::BAD_DIGEST,
                    errors::PRECONDITION_FAILED,
                ]),
        )
        .operation(
            op(AbortMultipartUpload, multipart::abort_multipart_upload)
                .route("DELETE /{Bucket}/{Key+}?uploadId")
                .write()
                .data_event()
                .rights(on_object("s3:AbortMultipartUpload", "s3:AbortMultipartUpload"))
                .errors(UPLOAD),
        )
        .operation(
            op(ListParts, multipart::list_parts)
                .route("GET /{Bucket}/{Key+}?uploadId")
                .list()
                .data_event()
                .rights(on_object("s3:ListMultipartUploadParts", "s3:ListMultipartUploadParts"))
                .paginated("PartNumberMarker", "MaxParts", 1000)
                .errors(UPLOAD),
        )
        .operation(
            op(ListMultipartUploads, multipart::list_multipart_uploads)
                .route("GET /{Bucket}?uploads")
                .list()
                .data_event()
                .rights(on_bucket("s3:ListBucketMultipartUploads"))
                .paginated("KeyMarker", "MaxUploads", 1000)
                .errors(UPLOAD),
        )
}

/// What AWS has and this has not, each with its route, so that it is refused by its name and never
/// taken for another operation.
fn refused(service: Service) -> Service {
    const ROWS: &[(&str, &str)] = &[
        ("CreateBucketMetadataConfiguration", "POST /{Bucket}?metadataConfiguration"),
        ("CreateBucketMetadataTableConfiguration", "POST /{Bucket}?metadataTable"),
        ("CreateSession", "GET /{Bucket}?session"),
        ("DeleteBucketAnalyticsConfiguration", "DELETE /{Bucket}?analytics"),
        ("DeleteBucketCors", "DELETE /{Bucket}?cors"),
        ("DeleteBucketIntelligentTieringConfiguration", "DELETE /{Bucket}?intelligent-tiering"),
        ("DeleteBucketInventoryConfiguration", "DELETE /{Bucket}?inventory"),
        ("DeleteBucketLifecycle", "DELETE /{Bucket}?lifecycle"),
        ("DeleteBucketMetadataConfiguration", "DELETE /{Bucket}?metadataConfiguration"),
        ("DeleteBucketMetadataTableConfiguration", "DELETE /{Bucket}?metadataTable"),
        ("DeleteBucketMetricsConfiguration", "DELETE /{Bucket}?metrics"),
        ("DeleteBucketOwnershipControls", "DELETE /{Bucket}?ownershipControls"),
        ("DeleteBucketReplication", "DELETE /{Bucket}?replication"),
        ("DeleteBucketWebsite", "DELETE /{Bucket}?website"),
        ("DeleteObjectAnnotation", "DELETE /{Bucket}/{Key+}?annotation"),
        ("GetObjectAnnotation", "GET /{Bucket}/{Key+}?annotation&annotationName"),
        ("ListObjectAnnotations", "GET /{Bucket}/{Key+}?annotation"),
        ("PutObjectAnnotation", "PUT /{Bucket}/{Key+}?annotation"),
        (
            "UpdateBucketMetadataAnnotationTableConfiguration",
            "PUT /{Bucket}?metadataAnnotationTable",
        ),
        ("GetBucketAbac", "GET /{Bucket}?abac"),
        ("GetBucketAnalyticsConfiguration", "GET /{Bucket}?analytics&id"),
        ("GetBucketIntelligentTieringConfiguration", "GET /{Bucket}?intelligent-tiering&id"),
        ("GetBucketInventoryConfiguration", "GET /{Bucket}?inventory&id"),
        ("GetBucketMetadataConfiguration", "GET /{Bucket}?metadataConfiguration"),
        ("GetBucketMetadataTableConfiguration", "GET /{Bucket}?metadataTable"),
        ("GetBucketMetricsConfiguration", "GET /{Bucket}?metrics&id"),
        ("GetObjectLegalHold", "GET /{Bucket}/{Key+}?legal-hold"),
        ("GetObjectRetention", "GET /{Bucket}/{Key+}?retention"),
        ("GetObjectTorrent", "GET /{Bucket}/{Key+}?torrent"),
        ("ListBucketAnalyticsConfigurations", "GET /{Bucket}?analytics"),
        ("ListBucketIntelligentTieringConfigurations", "GET /{Bucket}?intelligent-tiering"),
        ("ListBucketInventoryConfigurations", "GET /{Bucket}?inventory"),
        ("ListBucketMetricsConfigurations", "GET /{Bucket}?metrics"),
        ("ListDirectoryBuckets", "GET /?x-id=ListDirectoryBuckets"),
        ("PutBucketAbac", "PUT /{Bucket}?abac"),
        ("PutBucketAccelerateConfiguration", "PUT /{Bucket}?accelerate"),
        ("PutBucketAcl", "PUT /{Bucket}?acl"),
        ("PutBucketAnalyticsConfiguration", "PUT /{Bucket}?analytics"),
        ("PutBucketCors", "PUT /{Bucket}?cors"),
        ("PutBucketIntelligentTieringConfiguration", "PUT /{Bucket}?intelligent-tiering"),
        ("PutBucketInventoryConfiguration", "PUT /{Bucket}?inventory"),
        ("PutBucketLifecycleConfiguration", "PUT /{Bucket}?lifecycle"),
        ("PutBucketLogging", "PUT /{Bucket}?logging"),
        ("PutBucketMetricsConfiguration", "PUT /{Bucket}?metrics"),
        ("PutBucketOwnershipControls", "PUT /{Bucket}?ownershipControls"),
        ("PutBucketReplication", "PUT /{Bucket}?replication"),
        ("PutBucketRequestPayment", "PUT /{Bucket}?requestPayment"),
        ("PutBucketWebsite", "PUT /{Bucket}?website"),
        ("PutObjectAcl", "PUT /{Bucket}/{Key+}?acl"),
        ("PutObjectLegalHold", "PUT /{Bucket}/{Key+}?legal-hold"),
        ("PutObjectLockConfiguration", "PUT /{Bucket}?object-lock"),
        ("PutObjectRetention", "PUT /{Bucket}/{Key+}?retention"),
        ("RenameObject", "PUT /{Bucket}/{Key+}?renameObject"),
        ("RestoreObject", "POST /{Bucket}/{Key+}?restore"),
        ("SelectObjectContent", "POST /{Bucket}/{Key+}?select&select-type=2"),
        ("UpdateBucketMetadataInventoryTableConfiguration", "PUT /{Bucket}?metadataInventoryTable"),
        ("UpdateBucketMetadataJournalTableConfiguration", "PUT /{Bucket}?metadataJournalTable"),
        ("UpdateObjectEncryption", "PUT /{Bucket}/{Key+}?encryption"),
        ("WriteGetObjectResponse", "POST /WriteGetObjectResponse"),
    ];
    ROWS.iter()
        .fold(service, |service, (name, route)| service.refuses(name, "not built yet", Some(route)))
}
