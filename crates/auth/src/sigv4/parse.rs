//! Reading what a request claims, before anything is proven.

use types::Timestamp;

use super::canonical::decode;
use super::claim::{Claim, ClaimKind, MAX_EXPIRES_SECS};
use super::error::{Error, ErrorKind};
use super::key::CredentialScope;
use super::request::Request;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Reads the claim of a request. `Ok(None)` where it carries no SigV4 credentials: it is
/// anonymous or signs in some other way (`Basic`, `Bearer`).
///
/// # Errors
/// [`ErrorKind::IncompleteSignature`], [`ErrorKind::MalformedQuery`],
/// [`ErrorKind::UnsupportedAlgorithm`], and [`ErrorKind::SignatureMismatch`] where date and
/// scope contradict each other.
pub fn parse(request: &Request<'_>) -> Result<Option<Claim>, Error> {
    let header = request.header_text("authorization");
    let presigned = is_presigned(request.query);
    match header {
        Some(value) if value.starts_with("AWS4-") || value.starts_with("AWS ") => {
            if presigned {
                return Err(Error::new(
                    ErrorKind::UnsupportedAlgorithm,
                    "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, \
                     Signature query string parameter or the Authorization header should be \
                     specified",
                ));
            }
            from_header(request, value).map(Some)
        }
        _ if presigned => from_query(request).map(Some),
        _ => Ok(None),
    }
}

fn is_presigned(query: &str) -> bool {
    query.contains("X-Amz-")
        && query.split('&').any(|pair| {
            let name = pair.split_once('=').map_or(pair, |(name, _)| name);
            matches!(name, "X-Amz-Algorithm" | "X-Amz-Credential" | "X-Amz-Signature")
        })
}

fn from_header(request: &Request<'_>, value: &str) -> Result<Claim, Error> {
    let incomplete = |message: String| Error::new(ErrorKind::IncompleteSignature, message);
    let (algorithm, fields) = value.split_once(' ').unwrap_or((value, ""));
    if algorithm != ALGORITHM {
        return Err(Error::new(
            ErrorKind::UnsupportedAlgorithm,
            "The authorization mechanism you have provided is not supported. Please use \
             AWS4-HMAC-SHA256.",
        ));
    }
    let (mut credential, mut signed_headers, mut signature) = (None, None, None);
    for field in fields.split(',').map(str::trim).filter(|field| !field.is_empty()) {
        let Some((name, value)) = field.split_once('=') else {
            return Err(incomplete(format!(
                "'{field}' not a valid key=value pair (missing equal-sign) in Authorization \
                 header: '{value}'."
            )));
        };
        let slot = match name {
            "Credential" => &mut credential,
            "SignedHeaders" => &mut signed_headers,
            "Signature" => &mut signature,
            _ => continue,
        };
        if slot.replace(value).is_some() {
            return Err(incomplete(format!(
                "Duplicate authorization parameter '{name}' in Authorization header."
            )));
        }
    }
    let date = request.header_text("x-amz-date").or_else(|| request.header_text("date"));
    let (Some(credential), Some(signed_headers), Some(signature), Some(date)) =
        (credential, signed_headers, signature, date)
    else {
        let mut missing = String::new();
        for (name, found) in [
            ("Credential", credential.is_some()),
            ("Signature", signature.is_some()),
            ("SignedHeaders", signed_headers.is_some()),
        ] {
            if !found {
                missing += &format!("Authorization header requires '{name}' parameter. ");
            }
        }
        if date.is_none() {
            missing += "Authorization header requires existence of either a 'X-Amz-Date' or a \
                        'Date' header. ";
        }
        return Err(incomplete(format!("{missing}Authorization={algorithm}")));
    };
    let (access_key_id, scope) = parse_credential(credential).map_err(incomplete)?;
    let (timestamp, signed_at) = header_date(date).ok_or_else(|| {
        incomplete(format!(
            "Date must be in ISO-8601 'basic format'. Got '{date}'. See \
             http://en.wikipedia.org/wiki/ISO_8601"
        ))
    })?;
    let claim = Claim {
        access_key_id,
        scope,
        signed_headers: header_names(signed_headers).map_err(incomplete)?,
        session_token: request.header_text("x-amz-security-token").map(str::to_owned),
        kind: ClaimKind::Header,
        signed_at,
        timestamp,
        signature: signature.to_owned(),
    };
    claim.check_date()?;
    Ok(claim)
}

fn from_query(request: &Request<'_>) -> Result<Claim, Error> {
    let malformed = |message: String| Error::new(ErrorKind::MalformedQuery, message);
    let names = [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-SignedHeaders",
        "X-Amz-Signature",
        "X-Amz-Security-Token",
    ];
    let mut values: [Option<String>; 7] = Default::default();
    for pair in request.query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        for (known, slot) in names.iter().zip(&mut values) {
            if *known == name {
                let value = String::from_utf8(decode(value, true).into_owned())
                    .map_err(|_| malformed(format!("{name} is not valid UTF-8")))?;
                if slot.replace(value).is_some() {
                    return Err(malformed(format!("{name} should be specified only once")));
                }
            }
        }
    }
    let [algorithm, credential, date, expires, signed_headers, signature, token] = values;
    let (
        Some(algorithm),
        Some(credential),
        Some(date),
        Some(expires),
        Some(signed_headers),
        Some(signature),
    ) = (algorithm, credential, date, expires, signed_headers, signature)
    else {
        return Err(malformed(
            "Query-string authentication version 4 requires the X-Amz-Algorithm, \
             X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and \
             X-Amz-Expires parameters."
                .into(),
        ));
    };
    if algorithm != ALGORITHM {
        return Err(malformed("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"".into()));
    }
    let (access_key_id, scope) = parse_credential(&credential).map_err(|_| {
        malformed(
            "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; \
             expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."
                .into(),
        )
    })?;
    let signed_at = basic_date(&date).ok_or_else(|| {
        malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"".into())
    })?;
    let claim = Claim {
        access_key_id,
        scope,
        signed_headers: header_names(&signed_headers).map_err(malformed)?,
        session_token: token,
        kind: ClaimKind::Presigned { expires_secs: parse_expires(&expires).map_err(malformed)? },
        signed_at,
        timestamp: date,
        signature,
    };
    claim.check_date()?;
    Ok(claim)
}

fn parse_expires(text: &str) -> Result<i64, String> {
    let secs: i64 = text.parse().map_err(|_| "X-Amz-Expires should be a number".to_owned())?;
    if secs < 1 {
        return Err("X-Amz-Expires must be non-negative".into());
    }
    if secs > MAX_EXPIRES_SECS {
        return Err(format!(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given \
             X-Amz-Expires must be less than {MAX_EXPIRES_SECS} seconds"
        ));
    }
    Ok(secs)
}

fn parse_credential(text: &str) -> Result<(String, CredentialScope), String> {
    let parts: Vec<&str> = text.split('/').collect();
    let [access_key_id, date, region, service, terminator] = parts[..] else {
        return Err(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. \
             keyid/date/region/service/term, got '{text}'"
        ));
    };
    if terminator != "aws4_request" {
        return Err(format!(
            "Credential should be scoped with a valid terminator: 'aws4_request', not \
             '{terminator}'."
        ));
    }
    if date.len() != 8 || !date.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!(
            "Credential should be scoped to a valid date in YYYYMMDD form, not '{date}'."
        ));
    }
    let name = |text: &str| {
        !text.is_empty()
            && text.len() <= 128
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    if !name(access_key_id) {
        return Err("Credential should begin with a valid access key id.".into());
    }
    if !name(region) {
        return Err("Credential should be scoped to a valid region.".into());
    }
    if !name(service) {
        return Err("Credential should be scoped to a valid service.".into());
    }
    let scope =
        CredentialScope { date: date.into(), region: region.into(), service: service.into() };
    Ok((access_key_id.to_owned(), scope))
}

fn header_names(list: &str) -> Result<Vec<String>, String> {
    let valid = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_graphic() && !b.is_ascii_uppercase() && b != b':')
    };
    let names: Vec<String> = list.split(';').map(str::to_owned).collect();
    match names.iter().find(|name| !valid(name)) {
        Some(name) => Err(format!("SignedHeaders has an invalid header name: '{name}'.")),
        None => Ok(names),
    }
}

/// `YYYYMMDDTHHMMSSZ` and nothing else.
fn basic_date(text: &str) -> Option<Timestamp> {
    let shape = text.len() == 16
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        });
    if shape { Timestamp::parse(text).ok() } else { None }
}

/// The timestamp of the string to sign, and what it means. A `Date` header in HTTP's form is
/// signed in ISO 8601's.
fn header_date(text: &str) -> Option<(String, Timestamp)> {
    if let Some(at) = basic_date(text) {
        return Some((text.to_owned(), at));
    }
    if text.bytes().next()?.is_ascii_alphabetic() {
        return Timestamp::parse(text).ok().map(|at| (at.basic(), at));
    }
    None
}
