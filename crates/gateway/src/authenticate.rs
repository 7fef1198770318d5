//! Who sent a request.

use auth::sigv2;
use auth::sigv4::{self, Claim, Spelling, Verified};
use http::HeaderMap;
use service::{Caller, Error, ErrorKind, Protocol, Yard};
use types::{Account, Region};

use crate::payload::Incoming;

/// A caller, where it calls, and what its signature says of the payload.
pub(crate) struct Authenticated {
    pub(crate) caller: Caller,
    pub(crate) region: Region,
    pub(crate) verified: Option<Verified>,
}

/// How a protocol spells authentication errors.
pub(crate) const fn spelling(protocol: Protocol) -> Spelling {
    match protocol {
        Protocol::Query { .. } => Spelling::Query,
        Protocol::RestXml => Spelling::S3,
        Protocol::Json10 | Protocol::Json11 | Protocol::RestJson => Spelling::Json,
    }
}

/// An authentication failure as the client sees it.
pub(crate) fn refusal(error: &sigv4::Error, protocol: Protocol) -> Error {
    let spelling = spelling(protocol);
    let kind = ErrorKind::new(error.kind.code(spelling), error.kind.status(spelling));
    let mut refusal = kind.error(error.message.clone());
    if let (Protocol::RestXml, Some(mismatch)) = (protocol, &error.mismatch) {
        refusal = refusal
            .with("StringToSign", mismatch.string_to_sign.clone())
            .with("SignatureProvided", mismatch.signature_provided.clone())
            .with("CanonicalRequest", mismatch.canonical_request.clone());
    }
    refusal
}

/// What the request claims, if anything.
pub(crate) fn claim(request: &Incoming) -> Result<Option<Claim>, sigv4::Error> {
    let headers = borrowed(&request.headers);
    sigv4::parse(&view(request, &headers, None))
}

fn borrowed(headers: &HeaderMap) -> Vec<(&str, &[u8])> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
}

fn view<'a>(
    request: &'a Incoming,
    headers: &'a [(&'a str, &'a [u8])],
    payload_sha256: Option<&'a str>,
) -> sigv4::Request<'a> {
    sigv4::Request {
        method: &request.method,
        path: &request.path,
        query: &request.query,
        headers,
        payload_sha256,
    }
}

/// Proves a claim. `payload_sha256` is known where the payload has been read already.
pub(crate) fn prove(
    yard: &Yard,
    request: &Incoming,
    claim: &Claim,
    payload_sha256: Option<&str>,
    protocol: Protocol,
) -> Result<Authenticated, Error> {
    let region = Region::new(&claim.scope.region).map_err(|error| {
        ErrorKind::new("IncompleteSignature", 400).error(format!("Credential scope: {error}."))
    })?;
    if yard.config().test_mode {
        let account = Account::new(&claim.access_key_id);
        let account = account.unwrap_or_else(|_| yard.config().account.clone());
        let mut caller =
            known_caller(yard, claim).unwrap_or_else(|| yard.identity().root(&account));
        caller.access_key_id = Some(claim.access_key_id.clone());
        return Ok(Authenticated { caller, region, verified: None });
    }
    let key = yard
        .identity()
        .by_access_key(yard, &claim.access_key_id, claim.session_token.as_deref())
        .map_err(|error| respell(error, claim, protocol))?
        .ok_or_else(|| refusal(&claim.unknown_access_key(), protocol))?;
    let headers = borrowed(&request.headers);
    let view = view(request, &headers, payload_sha256);
    let verified = claim
        .verify(&view, &key.secret, yard.clock().now())
        .map_err(|error| refusal(&error, protocol))?;
    yard.identity()
        .admits(&key.caller, &claim.scope.service)
        .map_err(|error| respell(error, claim, protocol))?;
    let mut caller = key.caller;
    caller.access_key_id = Some(claim.access_key_id.clone());
    yard.identity().used(yard, &caller, &claim.scope.service, &claim.scope.region);
    Ok(Authenticated { caller, region, verified: Some(verified) })
}

/// Proves a URL signed in version 2: S3 alone has them.
pub(crate) fn prove_v2(
    yard: &Yard,
    request: &Incoming,
    query: &[(String, String)],
    bucket: Option<&str>,
    claim: &sigv2::Claim,
) -> Result<Authenticated, Error> {
    let denied = |code, status, message: &str| Err(ErrorKind::new(code, status).error(message));
    let region = yard.config().region.clone();
    let token = claim.session_token.as_deref();
    let known = yard.identity().by_access_key(yard, &claim.access_key_id, token)?;
    let Some(key) = known else {
        if yard.config().test_mode {
            let caller = yard.identity().root(&yard.config().account);
            return Ok(Authenticated { caller, region, verified: None });
        }
        let message = "The AWS Access Key Id you provided does not exist in our records.";
        return denied("InvalidAccessKeyId", 403, message);
    };
    let headers = borrowed(&request.headers);
    let view = view(request, &headers, None);
    match claim.verify(&view, query, bucket, &key.secret, yard.clock().now()) {
        Ok(()) => {
            let mut caller = key.caller;
            caller.access_key_id = Some(claim.access_key_id.clone());
            Ok(Authenticated { caller, region, verified: None })
        }
        Err(sigv2::Error::Expired) => denied("AccessDenied", 403, "Request has expired"),
        Err(sigv2::Error::Mismatch) => denied(
            "SignatureDoesNotMatch",
            403,
            "The request signature we calculated does not match the signature you provided. Check \
             your key and signing method.",
        ),
    }
}

/// In test mode sessions and users of the yard are still who they are, so that policies can be
/// looked at; everybody else is root.
fn known_caller(yard: &Yard, claim: &Claim) -> Option<Caller> {
    let known =
        yard.identity().by_access_key(yard, &claim.access_key_id, claim.session_token.as_deref());
    known.ok().flatten().map(|key| key.caller)
}

/// Session errors as the protocol spells them.
fn respell(error: Error, claim: &Claim, protocol: Protocol) -> Error {
    match error.code.as_ref() {
        "ExpiredToken" => refusal(&claim.expired_token(), protocol),
        "InvalidClientTokenId" => refusal(&claim.invalid_token(), protocol),
        _ => error,
    }
}
