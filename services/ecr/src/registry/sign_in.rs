//! Who pushes and pulls, and which registry is meant.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use service::{Caller, RawRequest, RawResponse, Yard};
use types::{Account, Region, Scope};

use super::{refusal, unauthorized};
use crate::tokens::{self, Bearer, Refusal, USER};

/// Who it is, and the registry that is meant.
pub(super) struct SignedIn {
    pub caller: Caller,
    pub scope: Scope,
}

/// The account and Region of a host of the form `ACCOUNT.dkr.ecr.REGION.…`.
pub(super) fn registry_of(host: &str) -> Option<Scope> {
    let mut labels = host.split(':').next()?.split('.');
    let account = Account::new(labels.next()?).ok()?;
    if labels.next()? != "dkr" || !matches!(labels.next()?, "ecr" | "ecr-fips") {
        return None;
    }
    Some(Scope::new(account, Region::new(labels.next()?).ok()?))
}

/// Finds out who sent a request: `AWS` with a token in place of a password.
pub(super) fn sign_in(yard: &Yard, request: &RawRequest) -> Result<SignedIn, RawResponse> {
    let host = &request.endpoint.host;
    let missing = || unauthorized(host, "Not Authorized");
    let (user, password) = credentials(request).ok_or_else(missing)?;
    let found = match (user == USER).then(|| tokens::open(yard, &password)) {
        Some(found) => found,
        None => Err(Refusal::Wrong),
    };
    let Bearer { caller, registry } = match found {
        Ok(bearer) => bearer,
        Err(Refusal::Wrong) if yard.config().test_mode => {
            let (account, region) = (yard.config().account.clone(), yard.config().region.clone());
            let caller = yard.identity().root(&account);
            Bearer { caller, registry: Scope::new(account, region) }
        }
        Err(refused) => return Err(refuse(host, refused)),
    };
    // An address like 127.0.0.1:4566 does not tell; the token does.
    Ok(SignedIn { scope: registry_of(host).unwrap_or(registry), caller })
}

fn refuse(host: &str, refused: Refusal) -> RawResponse {
    match refused {
        Refusal::Wrong => unauthorized(
            host,
            "Your authorization token is not one of this yard, or its user or role is gone. Sign \
             in with the output of `aws ecr get-login-password` as the password of the user AWS.",
        ),
        Refusal::Expired => refusal(
            403,
            "DENIED",
            "Your authorization token has expired. Reauthenticate and try again.",
        ),
        Refusal::Forgotten => refusal(
            403,
            "DENIED",
            "Your authorization token was made by a session with a session policy, and the yard \
             has been restarted since. Reauthenticate and try again.",
        ),
        Refusal::Failed(error) => super::told(&error),
    }
}

fn credentials(request: &RawRequest) -> Option<(String, String)> {
    let value = request.header("authorization")?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = BASE64.decode(encoded.trim()).ok()?;
    let (user, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_registries() {
        let of = |host| registry_of(host).map(|scope| scope.to_string());
        let there = Some("123456789012/eu-west-1".to_owned());
        assert_eq!(of("123456789012.dkr.ecr.eu-west-1.amazonaws.com"), there);
        assert_eq!(of("123456789012.dkr.ecr.eu-west-1.localhost:4566"), there);
        for host in ["127.0.0.1:4566", "localhost", "bucket.localhost:4566", "a.dkr.ecr.b.c"] {
            assert_eq!(of(host), None, "{host}");
        }
    }
}
