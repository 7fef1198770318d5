//! Signatures and policies.

use std::sync::{Arc, OnceLock};

use auth::policy::{Attached, Context, Policy, PolicyKind, PolicySet, Principal, Reason};
use auth::sigv4::{
    ChunkDecoder, Credentials, Payload, Request, SignedPayload, TrailerNames, Verified,
};
use auth::{policy, sigv2, sigv4};
use types::Timestamp;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// 2026-01-31T12:00:00Z, when the seeds were signed.
const NOW: Timestamp = Timestamp::from_secs(1_769_860_800);

/// The head of an HTTP request, or `USER:PASSWORD` of git in one line.
pub fn sigv4(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (line, rest) = super::first_line(text);
    if let Some((user, password)) = line.split_once(':') {
        let path = "/v1/repos/r";
        let _ = sigv4::git::parse(user, password)
            .map(|claim| claim.verify("localhost:4566", path, SECRET, ["us-east-1"], NOW).is_ok());
    }
    let (method, target) = line.split_once(' ').unwrap_or((line, ""));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: Vec<(&str, &[u8])> = rest
        .lines()
        .take(100)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name, value.trim().as_bytes()))
        .collect();
    let request = Request { method, path, query, headers: &headers, payload_sha256: None };
    if let Ok(Some(claim)) = sigv4::parse(&request)
        && claim.verify(&request, SECRET, NOW).is_ok()
    {
        assert!(claim.verify(&request, "another secret", NOW).is_err());
        let other = Request { method: "DELETE", ..request };
        assert!(method == "DELETE" || claim.verify(&other, SECRET, NOW).is_err());
    }
    if let Some(query) = wire::uri::parse_query(query)
        && let Some(claim) = sigv2::parse(&query)
    {
        let _ = claim.verify(&request, &query, Some("bucket"), SECRET, NOW);
    }
}

/// An aws-chunked body. The first byte chooses how it is signed and whether its length is known,
/// the second the size of the pieces in which it comes.
pub fn chunks(data: &[u8]) {
    let [how, size, body @ ..] = data else { return };
    let whole = decode(*how, body, body.len().max(1));
    let pieces = decode(*how, body, usize::from(*size).max(1));
    // How the network cuts it must not matter.
    match (&whole, &pieces) {
        (Ok(whole), Ok(pieces)) => assert!(whole == pieces, "pieces of {size} bytes"),
        (Err(_), Err(_)) => {}
        _ => panic!("in pieces of {size} bytes: {:?}, whole: {:?}", pieces.is_ok(), whole.is_ok()),
    }
    if let Ok(whole) = whole {
        assert!(whole.len() < body.len());
    }
}

fn decode(how: u8, body: &[u8], size: usize) -> Result<Vec<u8>, sigv4::Error> {
    let trailers = || TrailerNames::parse("x-amz-checksum-crc32,x-amz-meta-a");
    let len = (how & 0x80 != 0).then_some(u64::from(how & 0x1f));
    let decoder = match how & 3 {
        0 => Payload::StreamingSigned.unproven_chunks(len, trailers()),
        1 => Payload::StreamingSignedTrailer.unproven_chunks(len, trailers()),
        2 => Payload::StreamingUnsignedTrailer.unproven_chunks(len, trailers()),
        _ => verified().and_then(|it| it.chunks(len, trailers())),
    };
    let Some(mut decoder): Option<ChunkDecoder> = decoder else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    for mut piece in body.chunks(size) {
        while let Some(payload) = decoder.next(&mut piece)? {
            out.extend_from_slice(payload);
            assert_eq!(decoder.decoded_len(), out.len() as u64);
            assert!(len.is_none_or(|len| out.len() as u64 <= len));
        }
    }
    decoder.finish()?;
    Ok(out)
}

/// A request whose body is a chain of signed chunks, verified.
fn verified() -> Option<&'static Verified> {
    static VERIFIED: OnceLock<Option<Verified>> = OnceLock::new();
    let make = || {
        let headers: [(&str, &[u8]); 1] = [("host", b"localhost:4566")];
        let request = Request {
            method: "PUT",
            path: "/bucket/key",
            query: "",
            headers: &headers,
            payload_sha256: Some("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
        };
        let credentials = Credentials {
            access_key_id: "AKIAIOSFODNN7EXAMPLE",
            secret_access_key: SECRET,
            session_token: None,
        };
        let region = "us-east-1";
        let added =
            sigv4::sign(&request, &credentials, region, "s3", SignedPayload::Sha256, NOW).ok()?;
        let mut headers = headers.to_vec();
        headers.extend(added.iter().map(|(name, value)| (*name, value.as_bytes())));
        let request = Request { headers: &headers, payload_sha256: None, ..request };
        sigv4::parse(&request).ok()??.verify(&request, SECRET, NOW).ok()
    };
    VERIFIED.get_or_init(make).as_ref()
}

/// A line with the action, one with the resource, then a policy document.
pub fn policy(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (action, rest) = super::first_line(text);
    let (resource, document) = super::first_line(rest);
    let principal = Principal::Session {
        arn: "arn:aws:sts::123456789012:assumed-role/builder/session".to_owned(),
        role_arn: "arn:aws:iam::123456789012:role/builder".to_owned(),
        id: "AROAEXAMPLE:session".to_owned(),
    };
    let mut context = Context::new();
    principal.describe(&mut context);
    context.set("aws:SourceIp", "127.0.0.1");
    context.set("aws:CurrentTime", "2026-01-31T12:00:00Z");
    context.set("aws:SecureTransport", "false");
    context.set("s3:prefix", "home/builder");
    context.set_many("codecommit:References", ["refs/heads/main", "refs/heads/next"]);
    let request = policy::Request {
        principal: &principal,
        action,
        resource,
        resource_account: Some("123456789012"),
        context: &context,
    };
    let deny = attached(
        PolicyKind::Identity,
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#,
    );
    for kind in [PolicyKind::Identity, PolicyKind::Resource, PolicyKind::Trust] {
        let Some(given) = attached(kind, document) else { continue };
        let _ = given.policy.aws_principals().count();
        let identity = std::slice::from_ref(&given);
        let resource =
            policy::ResourcePolicy { policy: &given, required: kind == PolicyKind::Trust };
        let set = match kind {
            PolicyKind::Identity => PolicySet { identity, ..PolicySet::default() },
            _ => PolicySet { resource: Some(resource), ..PolicySet::default() },
        };
        let decision = policy::evaluate(&request, &set);
        let _ = policy::denial(&request, decision.reason);
        let explicit = matches!(decision.reason, Reason::ExplicitDeny(_));
        assert!(!(decision.allowed && explicit));
        // What denies everything denies this, whatever else allows it.
        let Some(deny) = &deny else { continue };
        let set = PolicySet { boundary: Some(deny), ..set };
        assert!(!policy::evaluate(&request, &set).allowed);
    }
}

fn attached(kind: PolicyKind, document: &str) -> Option<Attached> {
    let policy = Policy::parse(kind, document).ok()?;
    Some(Attached { source: "given".into(), policy: Arc::new(policy) })
}
