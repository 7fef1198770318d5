//! Small services, one per protocol, under names that the stock clients know.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use service::{Cx, Error, Protocol, Right, Service, op};
use shape::{Body, Empty, Shape, Timestamp};

wire::errors! {
    NO_SUCH_REPOSITORY = "RepositoryDoesNotExistException", 400;
    NO_SUCH_KEY = "NoSuchKey", 404;
}

#[derive(Shape, Default, Clone)]
pub struct GetRepositoryInput {
    #[shape(
        required,
        missing = "RepositoryNameRequiredException",
        max = 100,
        pattern = r"[\w.-]+",
        invalid = "InvalidRepositoryNameException"
    )]
    repository_name: String,
}

#[derive(Shape, Default, Clone)]
pub struct Metadata {
    repository_name: String,
    creation_date: Timestamp,
    clone_url_http: String,
}

#[derive(Shape, Default, Clone)]
pub struct GetRepositoryOutput {
    repository_metadata: Metadata,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct Tag {
    #[shape(required)]
    key: String,
    #[shape(required)]
    value: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateUserInput {
    #[shape(required, max = 64)]
    user_name: String,
    #[shape(max = 2)]
    tags: Option<Vec<Tag>>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct User {
    user_name: String,
    create_date: Timestamp,
    tags: Vec<Tag>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateUserOutput {
    user: User,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutObjectInput {
    #[shape(required, label)]
    bucket: String,
    #[shape(required, label)]
    key: String,
    #[shape(payload)]
    body: Body,
    #[shape(headers = "x-amz-meta-")]
    metadata: BTreeMap<String, String>,
}

#[derive(Shape, Default, Clone)]
pub struct PutObjectOutput {
    #[shape(header = "etag")]
    etag: String,
    #[shape(header = "x-amz-checksum-crc32")]
    checksum: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetObjectInput {
    #[shape(required, label)]
    bucket: String,
    #[shape(required, label)]
    key: String,
    #[shape(query = "versionId")]
    version_id: Option<String>,
}

#[derive(Shape, Default, Clone)]
pub struct GetObjectOutput {
    #[shape(payload)]
    body: Body,
    #[shape(headers = "x-amz-meta-")]
    metadata: BTreeMap<String, String>,
    #[shape(header = "last-modified")]
    last_modified: Timestamp,
}

#[derive(Shape, Default, Clone)]
pub struct CreateDomainInput {
    #[shape(required, query = "domain")]
    domain: String,
    encryption_key: Option<String>,
}

#[derive(Shape, Default, Clone)]
pub struct Domain {
    name: String,
    encryption_key: Option<String>,
    created_time: Timestamp,
}

#[derive(Shape, Default, Clone)]
pub struct CreateDomainOutput {
    domain: Domain,
}

shape::operations! { "codecommit"; GetRepository(GetRepositoryInput) -> GetRepositoryOutput; }
shape::operations! { "iam";
    CreateUser(CreateUserInput) -> CreateUserOutput;
    DeleteUser(Empty) -> Empty;
}
shape::operations! { "s3";
    PutObject(PutObjectInput) -> PutObjectOutput;
    GetObject(GetObjectInput) -> GetObjectOutput;
}
shape::operations! { "codeartifact"; CreateDomain(CreateDomainInput) -> CreateDomainOutput; }

pub const AT: Timestamp = Timestamp::from_secs(1_769_860_800);

/// How many calls for the repository `wait` have ended.
#[derive(Default)]
pub struct Abandoned(pub AtomicUsize);

async fn get_repository(cx: Cx, input: GetRepositoryInput) -> Result<GetRepositoryOutput, Error> {
    if input.repository_name == "panic" {
        panic!("as asked");
    }
    if input.repository_name == "wait" {
        cx.abandoned().await;
        cx.yard().extension(Abandoned::default).0.fetch_add(1, Ordering::SeqCst);
    }
    if input.repository_name == "none" {
        return Err(NO_SUCH_REPOSITORY.error("none does not exist"));
    }
    let clone_url_http = format!("{}/v1/repos/{}", cx.endpoint().url(), input.repository_name);
    let repository_name = input.repository_name;
    let repository_metadata = Metadata { repository_name, creation_date: AT, clone_url_http };
    Ok(GetRepositoryOutput { repository_metadata })
}

async fn create_user(_cx: Cx, input: CreateUserInput) -> Result<CreateUserOutput, Error> {
    let tags = input.tags.unwrap_or_default();
    Ok(CreateUserOutput { user: User { user_name: input.user_name, create_date: AT, tags } })
}

async fn nothing(_cx: Cx, _input: Empty) -> Result<Empty, Error> {
    Ok(Empty {})
}

async fn put_object(cx: Cx, mut input: PutObjectInput) -> Result<PutObjectOutput, Error> {
    let mut size = 0;
    while let Some(piece) = input.body.next().await {
        size += piece.map_err(|error| Error::internal(error.message))?.len();
    }
    let checksum = cx.origin().trailers.get("x-amz-checksum-crc32");
    Ok(PutObjectOutput { etag: format!("\"{size}-{}\"", input.metadata.len()), checksum })
}

async fn get_object(_cx: Cx, input: GetObjectInput) -> Result<GetObjectOutput, Error> {
    if input.key.starts_with("none") {
        return Err(NO_SUCH_KEY.error("The specified key does not exist.").with("Key", input.key));
    }
    let body = format!("{}/{}", input.bucket, input.key).into_bytes().into();
    let metadata = BTreeMap::from([("kind".to_owned(), "käse".to_owned())]);
    Ok(GetObjectOutput { body, metadata, last_modified: AT })
}

async fn create_domain(_cx: Cx, input: CreateDomainInput) -> Result<CreateDomainOutput, Error> {
    let domain =
        Domain { name: input.domain, encryption_key: input.encryption_key, created_time: AT };
    Ok(CreateDomainOutput { domain })
}

pub fn all() -> Vec<Service> {
    let codecommit = Service::new("codecommit", Protocol::Json11)
        .target("CodeCommit_20150413")
        .operation(
            op(GetRepository, get_repository)
                .on(|cx, input| cx.arn("codecommit", input.repository_name.as_str())),
        )
        .lacks(&["CreatePullRequest"]);
    let namespace = "https://iam.amazonaws.com/doc/2010-05-08/";
    let iam = Service::new("iam", Protocol::Query { namespace })
        .version("2010-05-08")
        .global()
        .operation(op(CreateUser, create_user).write())
        .operation(op(DeleteUser, nothing));
    let s3 = Service::new("s3", Protocol::RestXml)
        .operation(
            op(PutObject, put_object).write().streams().route("PUT /{Bucket}/{Key+}").rights(
                |_, input| {
                    let arn = format!("arn:aws:s3:::{}/{}", input.bucket, input.key);
                    Ok(vec![Right::new("s3:PutObject", arn)])
                },
            ),
        )
        .operation(op(GetObject, get_object).route("GET /{Bucket}/{Key+}"))
        .refuses("GetObjectTorrent", "nobody uses it", Some("GET /{Bucket}/{Key+}?torrent"));
    let codeartifact = Service::new("codeartifact", Protocol::RestJson)
        .operation(op(CreateDomain, create_domain).write().route("POST /v1/domain"));
    vec![codecommit, iam, s3, codeartifact]
}
