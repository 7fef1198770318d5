//! The registry that engines push to and pull from: the distribution protocol at `/v2/`.
//!
//! Who signs in with a token is asked for the right of the API's operation that does the same:
//!
//! | request | action |
//! |---|---|
//! | a manifest, by tag or digest | `BatchGetImage` |
//! | whether there is a layer | `BatchCheckLayerAvailability` |
//! | a layer | `GetDownloadUrlForLayer` |
//! | an upload begun, gone on with, ended | `InitiateLayerUpload`, `UploadLayerPart`, `CompleteLayerUpload` |
//! | a manifest put | `PutImage` |
//! | a manifest or tag deleted | `BatchDeleteImage` |
//! | tags, referrers, repositories | `ListImages`, `ListImageReferrers`, `DescribeRepositories` |
//!
//! <https://github.com/opencontainers/distribution-spec/blob/main/spec.md>

mod audit;
mod blobs;
mod errors;
mod listings;
mod manifests;
mod sign_in;
mod uploads;

use std::borrow::Cow;

use serde_json::{Value, json};
use service::{Cx, Error, Origin, RawHead, RawRequest, RawResponse, Trailers, Yard};
use shape::Body;
use types::Scope;

use crate::images::Name;
use crate::uploads::Place;
use crate::{layers, rights};
use errors::{refusal, told, unauthorized};

/// Where it is.
pub(crate) const PREFIX: &str = "/v2/";

/// Whether a request is the registry's: not one of S3's for an object whose key begins so, which
/// is signed or has its bucket in its host.
pub(crate) fn is_ours(head: &RawHead<'_>) -> bool {
    let text = |name: &str| head.headers.get(name).and_then(|it| it.to_str().ok());
    let is_signed = text("authorization").is_some_and(|it| it.starts_with("AWS"))
        || head.query.contains("X-Amz-Signature=")
        || head.query.contains("Signature=")
        || head.headers.contains_key("x-amz-target");
    let host = text("host").unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let is_bucket = host.ends_with(".localhost") && sign_in::registry_of(host).is_none();
    !is_signed && !is_bucket
}

/// Answers a request.
pub(crate) async fn handle(yard: Yard, request: RawRequest) -> RawResponse {
    match answer(&yard, request).await {
        Ok(mut response) => {
            let version = ("docker-distribution-api-version".to_owned(), "registry/2.0".to_owned());
            response.headers.push(version);
            response
        }
        Err(refused) => refused,
    }
}

/// What a path means.
#[derive(Debug, PartialEq)]
enum Wanted<'p> {
    Ping,
    Catalog,
    Tags(&'p str),
    Manifest(&'p str, &'p str),
    Referrers(&'p str, &'p str),
    Blob(&'p str, &'p str),
    Uploads(&'p str),
    Upload(&'p str, &'p str),
}

impl<'p> Wanted<'p> {
    fn parse(path: &'p str) -> Option<Self> {
        let path = path.strip_prefix(PREFIX)?;
        if path.is_empty() {
            return Some(Self::Ping);
        }
        if path == "_catalog" {
            return Some(Self::Catalog);
        }
        if let Some(name) = path.strip_suffix("/tags/list") {
            return Some(Self::Tags(name));
        }
        if let Some(name) =
            path.strip_suffix("/blobs/uploads/").or(path.strip_suffix("/blobs/uploads"))
        {
            return Some(Self::Uploads(name));
        }
        let (before, last) = path.rsplit_once('/')?;
        if let Some(name) = before.strip_suffix("/blobs/uploads") {
            return Some(Self::Upload(name, last));
        }
        let (name, kind) = before.rsplit_once('/')?;
        match kind {
            "manifests" => Some(Self::Manifest(name, last)),
            "referrers" => Some(Self::Referrers(name, last)),
            "blobs" => Some(Self::Blob(name, last)),
            _ => None,
        }
    }
}

async fn answer(yard: &Yard, mut request: RawRequest) -> Result<RawResponse, RawResponse> {
    // Percent-encoded, a path could be told from itself.
    let path = wire::uri::decode(&request.path, false)
        .ok_or_else(|| refusal(404, "NAME_UNKNOWN", "The path is not UTF-8."))?;
    let query = wire::uri::parse_query(&request.query)
        .ok_or_else(|| refusal(400, "UNSUPPORTED", "The query string is not UTF-8."))?;
    let query = Query(query);
    let wanted = Wanted::parse(&path)
        .ok_or_else(|| refusal(404, "NAME_UNKNOWN", "There is nothing of a registry here."))?;
    if let (Wanted::Blob(_, digest), Some(right)) = (&wanted, query.get(layers::DOWNLOAD_PARAMETER))
    {
        return blobs::download(yard, &request, right, digest).await.map_err(|it| told(&it));
    }
    let known = sign_in::sign_in(yard, &request)?;
    let cx = Cx::new(yard.clone(), known.caller, known.scope.region.clone(), origin(&request));
    cx.serve("ecr");
    let body = std::mem::take(&mut request.body);
    let asked = Asked { cx: &cx, scope: known.scope, request: &request, query };
    serve(&asked, &wanted, body).await.map_err(|error| told(&error))
}

/// A query's parameters.
struct Query(Vec<(String, String)>);

impl Query {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A request of who has signed in.
struct Asked<'a> {
    cx: &'a Cx,
    /// The registry that is meant.
    scope: Scope,
    request: &'a RawRequest,
    query: Query,
}

impl Asked<'_> {
    /// The repository, if who asks has this right to it.
    fn place(&self, action: &str, name: &str) -> Result<Place, Error> {
        self.authorize(action, name)?;
        Place::find(self.cx, self.scope.clone(), name)
    }

    fn authorize(&self, action: &str, name: &str) -> Result<(), Error> {
        rights::check(self.cx, action, &self.scope, name)
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.request.header(name)
    }

    /// Does it, and records what came of it as the API's operation that does the same.
    async fn recorded<T>(
        &self,
        event: &str,
        name: &str,
        parameters: Value,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let done = work.await;
        audit::record(self, event, name, parameters, done.as_ref().err());
        done
    }
}

/// Answers. Each is recorded as the API's operations that do the same; AWS records them all.
async fn serve(asked: &Asked<'_>, wanted: &Wanted<'_>, body: Body) -> Result<RawResponse, Error> {
    let method = asked.request.method.as_str();
    match (method, wanted) {
        ("GET" | "HEAD", Wanted::Ping) => Ok(json_answer(200, &json!({}))),
        ("GET", Wanted::Catalog) => {
            let work = async { listings::catalog(asked) };
            asked.recorded("DescribeRepositories", "*", json!({}), work).await
        }
        ("GET", Wanted::Tags(name)) => {
            let work = async { listings::tags(asked, name) };
            asked.recorded("ListImages", name, json!({}), work).await
        }
        ("GET", Wanted::Referrers(name, digest)) => {
            let parameters = json!({ "subjectId": { "imageDigest": short(digest) } });
            let work = async { listings::referrers(asked, name, digest) };
            asked.recorded("ListImageReferrers", name, parameters, work).await
        }
        ("GET" | "HEAD", Wanted::Manifest(name, reference)) => {
            let parameters = json!({ "imageIds": [image_id(reference)] });
            let work = manifests::get(asked, name, reference);
            asked.recorded("BatchGetImage", name, parameters, work).await
        }
        ("PUT", Wanted::Manifest(name, reference)) => {
            let work = manifests::put(asked, name, reference, body);
            asked.recorded("PutImage", name, image_id(reference), work).await
        }
        ("DELETE", Wanted::Manifest(name, reference)) => {
            let parameters = json!({ "imageIds": [image_id(reference)] });
            let work = manifests::delete(asked, name, reference);
            asked.recorded("BatchDeleteImage", name, parameters, work).await
        }
        ("HEAD", Wanted::Blob(name, digest)) => {
            let parameters = json!({ "layerDigests": [short(digest)] });
            let work = async { blobs::head(asked, name, digest) };
            asked.recorded("BatchCheckLayerAvailability", name, parameters, work).await
        }
        ("GET", Wanted::Blob(name, digest)) => {
            let parameters = json!({ "layerDigest": short(digest) });
            let work = blobs::get(asked, name, digest);
            asked.recorded("GetDownloadUrlForLayer", name, parameters, work).await
        }
        ("POST", Wanted::Uploads(name)) => uploads::begin(asked, name, body).await,
        // The API has nothing that tells of an upload or gives it up.
        ("GET", Wanted::Upload(name, id)) => uploads::status(asked, name, id),
        ("PATCH", Wanted::Upload(name, id)) => uploads::append(asked, name, id, body).await,
        ("PUT", Wanted::Upload(name, id)) => uploads::complete(asked, name, id, body).await,
        ("DELETE", Wanted::Upload(name, id)) => uploads::cancel(asked, name, id).await,
        _ => Ok(refusal(405, "UNSUPPORTED", &format!("{method} is not supported here."))),
    }
}

/// A tag or digest, as the API has it.
fn image_id(reference: &str) -> Value {
    match Name::parse(reference) {
        Some(Name::Digest(digest)) => json!({ "imageDigest": digest }),
        _ => json!({ "imageTag": short(reference) }),
    }
}

/// Whatever a client sends, the audit trail keeps so much of it.
fn short(text: &str) -> Cow<'_, str> {
    types::cut(text, 256)
}

/// An answer of JSON.
fn json_answer(status: u16, value: &serde_json::Value) -> RawResponse {
    RawResponse {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: value.to_string().into_bytes().into(),
    }
}

fn origin(request: &RawRequest) -> Origin {
    Origin {
        endpoint: request.endpoint.clone(),
        source_ip: request.source_ip,
        user_agent: request.header("user-agent").unwrap_or_default().to_owned(),
        request_id: request.request_id.clone(),
        depth: 0,
        ending: Default::default(),
        trailers: Trailers::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        for (path, wanted) in [
            ("/v2/", Some(Wanted::Ping)),
            ("/v2/_catalog", Some(Wanted::Catalog)),
            ("/v2/a/b/tags/list", Some(Wanted::Tags("a/b"))),
            ("/v2/a/manifests/v1", Some(Wanted::Manifest("a", "v1"))),
            ("/v2/a/manifests/manifests/v1", Some(Wanted::Manifest("a/manifests", "v1"))),
            ("/v2/a/blobs/sha256:00", Some(Wanted::Blob("a", "sha256:00"))),
            ("/v2/a/blobs/uploads/", Some(Wanted::Uploads("a"))),
            ("/v2/a/blobs/uploads/1-2", Some(Wanted::Upload("a", "1-2"))),
            ("/v2/a/referrers/sha256:00", Some(Wanted::Referrers("a", "sha256:00"))),
            ("/v2/a", None),
            ("/v2/a/other/b", None),
        ] {
            assert_eq!(Wanted::parse(path), wanted, "{path}");
        }
    }
}
