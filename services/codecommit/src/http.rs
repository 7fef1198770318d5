//! Git over HTTP at `/v1/repos/NAME`: the smart protocol's three requests, authorized by IAM for
//! the repository and, when pushing, for each reference.

use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use git::{ByteStream, Encoding, GitError, Protocol, RefStore, RefUpdate, Service};
use serde_json::json;
use service::{AuditRecord, Cx, Origin, RawRequest, RawResponse, Right, Trailers, Yard};
use shape::{Body, BodyError, BodyStream};
use wire::Error;

use crate::model::{Repository, right};
use crate::refs::StoreRefs;
use crate::repos;
use crate::sign_in::{Refusal, sign_in};

/// Where repositories are.
pub(crate) const PREFIX: &str = "/v1/repos/";

/// What a request wants.
#[derive(Clone, Copy)]
enum Wanted {
    Advertisement(Service),
    Fetch,
    Push,
}

impl Wanted {
    /// By what comes behind the repository's path; `Err` is told to the client.
    fn parse(method: &str, tail: &str, query: &str) -> Result<Self, RawResponse> {
        match (method, tail) {
            ("GET", "info/refs") => {
                let named = query.split('&').find_map(|pair| pair.strip_prefix("service="));
                named.and_then(Service::parse).map(Self::Advertisement).ok_or_else(|| {
                    plain(403, "Only git's smart protocol is spoken here: use a newer git.")
                })
            }
            ("POST", "git-upload-pack") => Ok(Self::Fetch),
            ("POST", "git-receive-pack") => Ok(Self::Push),
            (_, "info/refs" | "git-upload-pack" | "git-receive-pack") => {
                Err(plain(405, "That method is not allowed here."))
            }
            _ => Err(plain(404, "There is nothing but git repositories here.")),
        }
    }

    fn action(self) -> &'static str {
        match self {
            Self::Advertisement(Service::UploadPack) | Self::Fetch => "GitPull",
            Self::Advertisement(Service::ReceivePack) | Self::Push => "GitPush",
        }
    }

    fn media_type(self) -> String {
        match self {
            Self::Advertisement(service) => {
                format!("application/x-{}-advertisement", service.name())
            }
            Self::Fetch => "application/x-git-upload-pack-result".to_owned(),
            Self::Push => "application/x-git-receive-pack-result".to_owned(),
        }
    }
}

/// Answers a request below [`PREFIX`].
pub(crate) async fn handle(yard: Yard, request: RawRequest) -> RawResponse {
    match answer(yard, request).await {
        Ok(response) | Err(response) => response,
    }
}

async fn answer(yard: Yard, request: RawRequest) -> Result<RawResponse, RawResponse> {
    let nothing = || plain(404, "There is nothing but git repositories here.");
    let below = request.path.strip_prefix(PREFIX).ok_or_else(nothing)?;
    let (encoded, tail) = below.split_once('/').ok_or_else(nothing)?;
    let name = wire::uri::decode(encoded, false).ok_or_else(nothing)?;
    let wanted = Wanted::parse(&request.method, tail, &request.query)?;
    let path = format!("{PREFIX}{name}");
    let known = sign_in(&yard, &request, &name, &path).map_err(|refusal| match refusal {
        Refusal::Missing => unauthorized("Sign in with IAM credentials for git."),
        Refusal::Wrong(why) => unauthorized(&why),
    })?;
    let origin = Origin {
        endpoint: request.endpoint.clone(),
        source_ip: request.source_ip,
        user_agent: request.header("user-agent").unwrap_or_default().to_owned(),
        request_id: request.request_id.clone(),
        depth: 0,
        ending: Default::default(),
        trailers: Trailers::default(),
    };
    let cx = Cx::new(yard, known.caller, known.region, origin);
    let result = serve(&cx, request, wanted, &name).await;
    if !matches!(wanted, Wanted::Advertisement(_)) || result.is_err() {
        audit(&cx, wanted, &name, result.as_ref().err());
    }
    result.map_err(|error| {
        // The API's own status for a denial is 400; git clients know 403 for it.
        let status = if error.code == "AccessDeniedException" { 403 } else { error.status };
        // The encoded part goes on a line of its own, for who wants to decode it.
        plain(status, &error.message.replace(". Encoded", ".\nEncoded"))
    })
}

async fn serve(
    cx: &Cx,
    request: RawRequest,
    wanted: Wanted,
    name: &str,
) -> Result<RawResponse, Error> {
    let permission = right(cx, wanted.action(), name)?;
    // A push is authorized reference by reference once it says which; before that only the
    // repository is known, and codecommit:References is not there.
    if !matches!(wanted, Wanted::Push) {
        cx.authorize("codecommit", &permission)?;
    }
    let found = cx.read(|tx| tx.get::<Repository>(&cx.scope(), name).map_err(Error::from))?;
    let Some(found) = found else {
        let text = format!("There is no repository {name} in {}.", cx.region());
        return Err(wire::ErrorKind::new("RepositoryDoesNotExistException", 404).error(text));
    };
    let encoding = Encoding::from_header(request.header("content-encoding")).ok_or_else(|| {
        wire::ErrorKind::new("UnsupportedMediaType", 415).error("That encoding is not supported.")
    })?;
    let protocol = Protocol::from_header(request.header("git-protocol"));
    let refs = Arc::new(StoreRefs::new(cx, &found.id));
    let repository = repos::open(cx, &found.id).await?;
    let body: ByteStream = Box::pin(FromBody(request.body));
    let answer = match wanted {
        Wanted::Advertisement(service) => {
            repository.advertise(service, protocol, refs.as_ref()).await
        }
        Wanted::Fetch => repository.upload_pack(body, encoding, protocol, refs.as_ref()).await,
        Wanted::Push => {
            let refs: Arc<dyn RefStore> = refs;
            let decide = async |updates: Vec<RefUpdate>| {
                updates.iter().map(|update| may_push(cx, &permission, update)).collect()
            };
            repository.receive_pack(body, encoding, refs, decide).await
        }
    };
    let stream = answer.map_err(|error| match error {
        GitError::TooLarge { .. } => {
            wire::ErrorKind::new("RequestEntityTooLargeException", 413).error(error.to_string())
        }
        error => error.into(),
    })?;
    Ok(RawResponse {
        status: 200,
        headers: vec![
            ("content-type".to_owned(), wanted.media_type()),
            ("cache-control".to_owned(), "no-cache, max-age=0, must-revalidate".to_owned()),
        ],
        body: Body::stream(ToBody(stream), None),
    })
}

/// Whether the caller may change this one reference; a no is for the git client to show.
fn may_push(cx: &Cx, permission: &Right, update: &RefUpdate) -> Result<(), git::Refusal> {
    let right = permission.clone().with("codecommit:References", update.name.as_str());
    cx.authorize("codecommit", &right).map_err(|error| {
        let why = error.message.split(". Encoded").next().unwrap_or_default();
        format!("codecommit:GitPush is denied for {}\n{why}", update.name)
    })
}

/// Pulls and pushes are in the audit trail like operations.
fn audit(cx: &Cx, wanted: Wanted, name: &str, error: Option<&Error>) {
    let caller = cx.caller();
    cx.yard().audit().record(AuditRecord {
        event_id: types::uuid(),
        request_id: cx.request_id().to_owned(),
        time: cx.now(),
        account: caller.account.clone(),
        region: cx.region().clone(),
        event_source: "codecommit.amazonaws.com".to_owned(),
        event_name: wanted.action().to_owned(),
        read_only: wanted.action() == "GitPull",
        caller_arn: caller.arn.clone(),
        user_name: caller.arn.rsplit(['/', ':']).next().unwrap_or_default().to_owned(),
        principal_id: caller.user_id.clone(),
        access_key_id: caller.access_key_id.clone(),
        source_ip: cx.origin().source_ip.to_string(),
        user_agent: cx.origin().user_agent.clone(),
        request_parameters: json!({ "repositoryName": name }),
        error: error.map(|error| (error.code.to_string(), error.message.clone())),
        resources: vec![crate::model::arn(cx, name)],
    });
}

/// Text that git shows with `remote:`.
fn plain(status: u16, text: &str) -> RawResponse {
    RawResponse {
        status,
        headers: vec![("content-type".to_owned(), "text/plain; charset=utf-8".to_owned())],
        body: format!("{text}\n").into_bytes().into(),
    }
}

fn unauthorized(text: &str) -> RawResponse {
    let mut response = plain(401, text);
    let challenge = "Basic realm=\"CodeCommit\"".to_owned();
    response.headers.push(("www-authenticate".to_owned(), challenge));
    response
}

/// A request's payload as the git crate takes it.
struct FromBody(Body);

impl Stream for FromBody {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = match &mut self.0 {
            Body::Empty => None,
            Body::Full(_) => match std::mem::take(&mut self.0) {
                Body::Full(bytes) => Some(Ok(bytes)),
                _ => None,
            },
            Body::Stream(stream, _) => {
                let stream = stream.get_mut().unwrap_or_else(PoisonError::into_inner);
                ready!(stream.as_mut().poll_piece(cx))
            }
        };
        Poll::Ready(next.map(|piece| piece.map_err(std::io::Error::other)))
    }
}

/// The git crate's answer as a payload.
struct ToBody(ByteStream);

impl BodyStream for ToBody {
    fn poll_piece(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        let piece = ready!(self.0.as_mut().poll_next(cx));
        let failed = |error: std::io::Error| BodyError::new("InternalFailure", error.to_string());
        Poll::Ready(piece.map(|piece| piece.map_err(failed)))
    }
}
