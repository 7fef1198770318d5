//! Git over HTTP at `/v1/repos/NAME`: the smart protocol's three requests.

use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use git::{ByteStream, Encoding, GitError, Protocol, RefStore, RefUpdate, Service};
use service::{Cx, Origin, RawRequest, RawResponse, Trailers, Yard};
use shape::{Body, BodyError, BodyStream};
use wire::Error;

use super::seats::{BUSY, Seat, Seats, SessionLimits};
use super::{PREFIX, Standing, audit, check_name, find, permission, shown};
use crate::refs::StoreRefs;
use crate::repos;
use crate::sign_in::{Credentials, Refusal, sign_in};

/// When a client that found no seat may come again, in seconds.
const RETRY_AFTER: &str = "5";

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

    fn service(self) -> Service {
        match self {
            Self::Advertisement(service) => service,
            Self::Fetch => Service::UploadPack,
            Self::Push => Service::ReceivePack,
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
    // Before it is looked for, and before it comes into the audit trail.
    check_name(&name).map_err(|error| plain(error.status, &error.message))?;
    let path = format!("{PREFIX}{name}");
    let known = sign_in(&yard, &request, &name, &path).map_err(|refusal| match refusal {
        Refusal::Missing => unauthorized("Sign in with IAM credentials for git."),
        Refusal::Wrong(why) => unauthorized(&why),
    })?;
    let cx = Cx::new(yard, known.caller, known.region, origin(&request));
    let result = serve(&cx, request, wanted, &name).await;
    if !matches!(wanted, Wanted::Advertisement(_)) || result.is_err() {
        audit(&cx, wanted.service(), &name, result.as_ref().err());
    }
    result.or_else(|error| {
        if error.code == BUSY.code {
            return Ok(busy(wanted, &error));
        }
        // The API's own status for a denial is 400; git clients know 403 for it.
        let status = if error.code == "AccessDeniedException" { 403 } else { error.status };
        Err(plain(status, &shown(&error)))
    })
}

/// Git requests that a yard answers at once.
struct Door(Arc<Seats>);

impl Default for Door {
    fn default() -> Self {
        Self(Seats::new("git requests over HTTP", SessionLimits::default()))
    }
}

/// Says that there is no seat left in the way in which git shows it: the text of an answer to its
/// first request it shows with `remote:`; of the later ones it tells the status alone, unless the
/// text comes as an error of git's own protocol.
fn busy(wanted: Wanted, error: &Error) -> RawResponse {
    let mut response = match wanted {
        Wanted::Advertisement(_) => plain(429, &error.message),
        Wanted::Fetch | Wanted::Push => {
            // Before a pack there is a line, behind a push the third band of its report.
            let mark = if matches!(wanted, Wanted::Fetch) { "ERR " } else { "\x03" };
            let line =
                format!("{:04x}{mark}{}", error.message.len() + mark.len() + 4, error.message);
            RawResponse {
                status: 200,
                headers: vec![("content-type".to_owned(), wanted.media_type())],
                body: line.into_bytes().into(),
            }
        }
    };
    response.headers.push(("retry-after".to_owned(), RETRY_AFTER.to_owned()));
    response
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

/// Who pushes by this request, to be asked for again.
fn standing(cx: &Cx, request: &RawRequest, name: &str, id: &str) -> Standing {
    let (credentials, cx) = (Credentials::of(request), cx.clone());
    let (origin, named) = (origin(request), name.to_owned());
    let again = move || {
        let caller = match &credentials {
            Some(credentials) => credentials.again(cx.yard(), &named)?,
            None => cx.caller().clone(),
        };
        Ok(Cx::new(cx.yard().clone(), caller, cx.region().clone(), origin.clone()))
    };
    Standing::new(again, name, id)
}

async fn serve(
    cx: &Cx,
    request: RawRequest,
    wanted: Wanted,
    name: &str,
) -> Result<RawResponse, Error> {
    let seat = cx.yard().extension(Door::default).0.take(&cx.caller().arn)?;
    let permission = permission(cx, wanted.service(), name)?;
    // At first only the repository is known, and codecommit:References is not there. A push is
    // authorized again reference by reference, once it says which.
    cx.authorize("codecommit", &permission)?;
    let found = find(cx, name)?;
    let encoding = Encoding::from_header(request.header("content-encoding")).ok_or_else(|| {
        wire::ErrorKind::new("UnsupportedMediaType", 415).error("That encoding is not supported.")
    })?;
    let protocol = Protocol::from_header(request.header("git-protocol"));
    let refs = StoreRefs::new(cx, &found.id);
    let repository = repos::open(cx, &found.id).await?;
    let standing = Arc::new(standing(cx, &request, name, &found.id));
    let body: ByteStream = Box::pin(FromBody(request.body));
    let answer = match wanted {
        Wanted::Advertisement(service) => repository.advertise(service, protocol, &refs).await,
        Wanted::Fetch => repository.upload_pack(body, encoding, protocol, &refs).await,
        Wanted::Push => {
            let refs: Arc<dyn RefStore> = Arc::new(refs.pushed_by(&standing));
            let decide = async |updates: Vec<RefUpdate>| standing.decide(&updates);
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
        body: Body::stream(ToBody(stream, seat), None),
    })
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

/// The git crate's answer as a payload; the seat is taken until it is out.
struct ToBody(ByteStream, #[expect(dead_code, reason = "it is held")] Seat);

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
