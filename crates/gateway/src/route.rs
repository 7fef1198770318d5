//! From a request to its operation and back.

use std::collections::BTreeMap;
use std::time::Duration;

use auth::sigv4::Claim;
use service::{
    Cx, Ending, Error, ErrorKind, Operation, Origin, Protocol, RawHead, RawRequest, Registry,
    Service, Status, Trailers, Yard, common, dispatch,
};
use shape::Body;
use tokio::sync::{Semaphore, SemaphorePermit};
use types::Region;
use wire::uri;

use crate::payload::{Incoming, body_error, checked_stream};
use crate::respond::{self, HttpResponse};
use crate::{BODY_STALL_SECS, MAX_BODY, MAX_BUFFERED, authenticate};

/// Where a request goes.
struct Target<'r> {
    operation: &'r Operation,
    labels: BTreeMap<&'static str, String>,
}

/// A refusal, in the protocol that its client speaks.
struct Refused(Protocol, Error);

/// Answers a request.
pub(crate) async fn handle(yard: Yard, request: Incoming, ending: Ending) -> HttpResponse {
    let (request_id, path) = (request.request_id.clone(), request.path.clone());
    let registry = yard.registry().clone();
    let head = RawHead {
        method: &request.method,
        path: &request.path,
        query: &request.query,
        headers: &request.headers,
    };
    if let Some(route) = registry.raw_route(&head) {
        let handler = route.handler.clone();
        return respond::http(handler(yard, raw(request)).await, &request_id);
    }
    match answer(&yard, &registry, request, ending).await {
        Ok(response) => response,
        Err(Refused(protocol, error)) => respond::error(protocol, &error, &request_id, &path),
    }
}

fn raw(request: Incoming) -> RawRequest {
    RawRequest {
        method: request.method,
        path: request.path,
        query: request.query,
        headers: request.headers,
        body: request.body,
        source_ip: request.peer.ip(),
        endpoint: request.endpoint,
        request_id: request.request_id,
    }
}

async fn answer(
    yard: &Yard,
    registry: &Registry,
    mut request: Incoming,
    ending: Ending,
) -> Result<HttpResponse, Refused> {
    let guess = guess_protocol(&request);
    let claim = authenticate::claim(&request)
        .map_err(|error| Refused(guess, authenticate::refusal(&error, guess)))?;
    let query = uri::parse_query(&request.query).ok_or_else(|| {
        Refused(guess, ErrorKind::new("InvalidURI", 400).error("The query string is not UTF-8."))
    })?;
    let (service, query_body) = find_service(registry, &mut request, claim.as_ref(), guess).await?;
    let protocol = service.protocol;
    let refuse = |error| Refused(protocol, error);
    let form = query_body.as_ref().map(|it| &it.bytes[..]);
    let target = find_operation(service, &request, &query, form).map_err(refuse)?;

    let mut stream = Body::Empty;
    let mut collected = query_body.unwrap_or_default();
    if target.operation.streams {
        stream = std::mem::take(&mut request.body);
    } else if collected.bytes.is_empty() {
        collected = collect(&mut request.body).await.map_err(refuse)?;
    }
    // The share is given back at the end, when what was decoded from the body is gone as well.
    let Collected { bytes: mut body, share: _share } = collected;

    let trailers = Trailers::default();
    let (caller, region, proof) = match &claim {
        Some(claim) => {
            let hash = (!target.operation.streams).then(|| auth::sigv4::sha256_hex(&body));
            let known = authenticate::prove(yard, &request, claim, hash.as_deref(), protocol)
                .map_err(refuse)?;
            if known.verified.is_some() {
                check_service_name(claim, service, protocol)?;
            }
            (known.caller, known.region, known.verified)
        }
        None if protocol == Protocol::RestXml => match auth::sigv2::parse(&query) {
            Some(claim) => {
                let bucket = virtual_host_bucket(service, &request);
                let known = authenticate::prove_v2(yard, &request, &query, bucket, &claim)
                    .map_err(refuse)?;
                (known.caller, known.region, None)
            }
            // Anonymous requests exist in S3 alone, where a bucket's policy may let them.
            None => (yard.identity().anonymous(yard), yard.config().region.clone(), None),
        },
        None => {
            let spelling = authenticate::spelling(protocol);
            let error = auth::sigv4::Error::missing_authentication_token(spelling);
            return Err(refuse(authenticate::refusal(&error, protocol)));
        }
    };
    if target.operation.streams {
        stream = checked_stream(stream, proof.as_ref(), &request.headers, trailers.clone())
            .map_err(refuse)?;
    } else {
        body = decode_small_chunked(body, proof.as_ref(), &request, &trailers)
            .await
            .map_err(refuse)?;
    }
    let region = if service.global { Region::global() } else { region };

    let origin = Origin {
        endpoint: request.endpoint.clone(),
        source_ip: request.peer.ip(),
        user_agent: request.header("user-agent").unwrap_or_default().to_owned(),
        request_id: request.request_id.clone(),
        depth: 0,
        trailers,
        ending,
    };
    let cx = Cx::new(yard.clone(), caller, region, origin);
    let mut input = (target.operation.input)();
    if !matches!(target.operation.status, Status::Refused(_)) {
        let message =
            wire::Request { query: &query, headers: &request.headers, body: &body, stream };
        let problems = wire::decode(protocol, message, &target.labels, input.as_mut())
            .map_err(|error| refuse(service.errors.serialization.error(error.to_string())))?;
        if !problems.is_empty() {
            return Err(refuse(service.errors.validation_error(&problems)));
        }
    }
    let mut output = dispatch(&cx, service, target.operation, input).await.map_err(refuse)?;
    let name = target.operation.name;
    let response = wire::encode(protocol, name, &request.request_id, output.as_mut());
    Ok(respond::http(response, &request.request_id))
}

/// What every request may hold without a share of [`MAX_BUFFERED`]; larger bodies take their share
/// in steps of it.
const STEP: usize = 64 << 10;

/// The free part of [`MAX_BUFFERED`], in steps.
static FREE_STEPS: Semaphore = Semaphore::const_new(MAX_BUFFERED / STEP);

/// A body in memory, and its share of [`MAX_BUFFERED`].
#[derive(Default)]
struct Collected {
    bytes: bytes::Bytes,
    share: Vec<SemaphorePermit<'static>>,
}

/// The whole payload, or an error once it is over [`MAX_BODY`].
async fn collect(body: &mut Body) -> Result<Collected, Error> {
    let mut all = bytes::BytesMut::new();
    let mut share = Vec::new();
    let patience = Duration::from_secs(BODY_STALL_SECS);
    loop {
        let next = tokio::time::timeout(patience, body.next()).await.map_err(|_| {
            ErrorKind::new("RequestTimeout", 400)
                .error(format!("The request body stood still for {BODY_STALL_SECS} seconds."))
        })?;
        let Some(piece) = next else { break };
        let piece = piece.map_err(body_error)?;
        if all.len() + piece.len() > MAX_BODY {
            // What the client still sends is dropped before it is answered.
            return Err(common::REQUEST_TOO_LARGE
                .error(format!("The request body is larger than {MAX_BODY} bytes.")));
        } else if all.is_empty() && body.is_empty() {
            return Ok(Collected { bytes: piece, share });
        } else {
            while all.len() + piece.len() > (share.len() + 1) * STEP {
                share.push(FREE_STEPS.try_acquire().map_err(|_| {
                    common::SLOW_DOWN.error("Too many large requests at once. Please slow down.")
                })?);
            }
            all.extend_from_slice(&piece);
        }
    }
    Ok(Collected { bytes: all.freeze(), share })
}

/// The protocol to refuse in before the service is known.
fn guess_protocol(request: &Incoming) -> Protocol {
    if request.headers.contains_key("x-amz-target") {
        Protocol::Json11
    } else if is_form(request) {
        Protocol::Query { namespace: "" }
    } else {
        Protocol::RestXml
    }
}

fn is_form(request: &Incoming) -> bool {
    request.method == "POST"
        && request
            .header("content-type")
            .is_some_and(|it| it.starts_with("application/x-www-form-urlencoded"))
}

/// The service that a request is for, and the form body where finding it took reading it.
async fn find_service<'r>(
    registry: &'r Registry,
    request: &mut Incoming,
    claim: Option<&Claim>,
    guess: Protocol,
) -> Result<(&'r Service, Option<Collected>), Refused> {
    if let Some(target) = request.header("x-amz-target") {
        let prefix = target.rsplit_once('.').map_or("", |(prefix, _)| prefix);
        return match registry.by_target(prefix) {
            Some(service) => Ok((service, None)),
            None => Err(Refused(guess, unknown_service(target))),
        };
    }
    let signed_for = claim.map(|claim| claim.scope.service.as_str());
    let by_name = signed_for.and_then(|name| registry.by_signing_name(name));
    if !is_form(request) {
        if let Some(service) = by_name {
            return Ok((service, None));
        }
        if let Some(name) = signed_for {
            return Err(Refused(guess, unknown_service(name)));
        }
        let anonymous = registry.by_signing_name("s3");
        return match anonymous {
            Some(service) => Ok((service, None)),
            None => Err(Refused(guess, unknown_service("an unsigned request"))),
        };
    }
    let body = collect(&mut request.body).await.map_err(|error| Refused(guess, error))?;
    let version = form_parameter(&body.bytes, "Version");
    let by_version = || {
        registry
            .services()
            .iter()
            .find(|it| !it.version.is_empty() && Some(it.version) == version.as_deref())
    };
    match by_name.or_else(by_version) {
        Some(service) => Ok((service, Some(body))),
        None => Err(Refused(guess, unknown_service(signed_for.unwrap_or("an unsigned request")))),
    }
}

fn unknown_service(what: &str) -> Error {
    common::UNKNOWN_OPERATION
        .error(format!("Codeyard has no service for {what}. docs/coverage.md lists what is there."))
}

fn form_parameter(body: &[u8], name: &str) -> Option<String> {
    let form = std::str::from_utf8(body).ok()?;
    let raw = form.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    uri::decode(raw, true)
}

fn find_operation<'r>(
    service: &'r Service,
    request: &Incoming,
    query: &[(String, String)],
    form: Option<&[u8]>,
) -> Result<Target<'r>, Error> {
    let named = |name: &str, missing: ErrorKind| match service.find(name) {
        Some(operation) => Ok(Target { operation, labels: BTreeMap::new() }),
        None => Err(missing.error(format!(
            "{} has no operation {name}, in AWS or here. docs/coverage.md lists what is.",
            service.name
        ))),
    };
    match service.protocol {
        Protocol::Json10 | Protocol::Json11 => {
            let target = request.header("x-amz-target").unwrap_or_default();
            let name = target.rsplit_once('.').map_or(target, |(_, name)| name);
            named(name, common::UNKNOWN_OPERATION)
        }
        Protocol::Query { .. } => match form.and_then(|form| form_parameter(form, "Action")) {
            Some(name) => named(&name, common::INVALID_ACTION),
            None => Err(common::MISSING_ACTION.error("The request names no Action.")),
        },
        Protocol::RestJson | Protocol::RestXml => {
            let path = virtual_host_path(service, request);
            let has_header = |name: &str| request.headers.contains_key(name);
            match service.route(&request.method, &path, query, &has_header) {
                Some((operation, found)) => Ok(Target { operation, labels: found.labels }),
                None => Err(ErrorKind::new("MethodNotAllowed", 405)
                    .error("The specified method is not allowed against this resource.")),
            }
        }
    }
}

/// The bucket of `http://bucket.localhost:4566/key`, which means what `/bucket/key` does.
fn virtual_host_bucket<'a>(service: &Service, request: &'a Incoming) -> Option<&'a str> {
    let host = request.endpoint.host.split(':').next().unwrap_or_default();
    let bucket = host.strip_suffix(".localhost").map(|it| it.strip_suffix(".s3").unwrap_or(it));
    bucket.filter(|bucket| service.name == "s3" && *bucket != "s3")
}

fn virtual_host_path(service: &Service, request: &Incoming) -> String {
    match virtual_host_bucket(service, request) {
        Some(bucket) => format!("/{bucket}{}", request.path),
        None => request.path.clone(),
    }
}

/// A signature made for one service is no key to another.
fn check_service_name(claim: &Claim, service: &Service, protocol: Protocol) -> Result<(), Refused> {
    let name = claim.scope.service.as_str();
    if name == service.name || service.aliases.contains(&name) {
        return Ok(());
    }
    let error = match claim.expect_service(service.name) {
        Ok(()) => return Ok(()),
        Err(error) => error,
    };
    Err(Refused(protocol, authenticate::refusal(&error, protocol)))
}

/// Small bodies may come aws-chunked, too.
async fn decode_small_chunked(
    body: bytes::Bytes,
    proof: Option<&auth::sigv4::Verified>,
    request: &Incoming,
    trailers: &Trailers,
) -> Result<bytes::Bytes, Error> {
    checked_stream(Body::Full(body), proof, &request.headers, trailers.clone())?
        .collect(MAX_BODY)
        .await
        .map_err(body_error)
}
