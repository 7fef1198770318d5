//! Who pushes and fetches: the three ways to sign in to git over HTTP, all of them Basic
//! authentication.
//!
//! - an IAM user's service-specific credential (`NAME-at-ACCOUNT` and a password);
//! - the AWS CLI's credential helper, and
//! - git-remote-codecommit: both give an access key id (with `%TOKEN` for a session) and a
//!   signature over host and path in place of a password.

use auth::sigv4::git as signed;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use service::{Caller, Error, ErrorKind, RawRequest, Yard};
use types::{Account, Region, Scope};

use crate::model::Repository;

/// Who it is, and where the repository is that is meant.
pub(crate) struct SignedIn {
    pub caller: Caller,
    pub region: Region,
}

/// Why somebody is not let in, as git shows it.
pub(crate) enum Refusal {
    /// No sign-in was tried: git does so first, always.
    Missing,
    /// The sign-in is not good.
    Wrong(String),
}

/// Finds out who sent a request for the repository `name` at `path` (without what git appends).
pub(crate) fn sign_in(
    yard: &Yard,
    request: &RawRequest,
    name: &str,
    path: &str,
) -> Result<SignedIn, Refusal> {
    let Credentials { user, password } = Credentials::of(request).ok_or(Refusal::Missing)?;
    let wrong = |why: &dyn std::fmt::Display| Refusal::Wrong(why.to_string());
    if yard.config().test_mode {
        return Ok(test_mode(yard, name, &user));
    }
    let Some(claim) = signed::parse(&user, &password) else {
        let found = yard
            .identity()
            .by_git_credential(yard, &user, &password)
            .map_err(|error| wrong(&error.message))?;
        let caller = found.ok_or_else(|| {
            wrong(&"The user name or password is not that of an active git credential.")
        })?;
        let region = home(yard, &caller.account, name);
        return Ok(SignedIn { caller, region });
    };
    let key = yard
        .identity()
        .by_access_key(yard, &claim.access_key_id, claim.session_token.as_deref())
        .map_err(|error| wrong(&error.message))?
        .ok_or_else(|| wrong(&"The access key is not one of this yard, or not active."))?;
    let regions = candidates(yard, &key.caller.account, name);
    let verified = claim.verify(
        &request.endpoint.host,
        path,
        &key.secret,
        regions.iter().map(Region::as_str),
        yard.clock().now(),
    );
    let signed_for = verified.map_err(|error| wrong(&error.message))?;
    let region = regions.iter().find(|region| region.as_str() == signed_for).cloned();
    let region = region.unwrap_or_else(|| yard.config().region.clone());
    let mut caller = key.caller;
    caller.access_key_id = Some(claim.access_key_id);
    Ok(SignedIn { caller, region })
}

/// What a request signs in with.
pub(crate) struct Credentials {
    user: String,
    password: String,
}

impl Credentials {
    pub fn of(request: &RawRequest) -> Option<Self> {
        let value = request.header("authorization")?;
        let (scheme, encoded) = value.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = BASE64.decode(encoded.trim()).ok()?;
        let (user, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
        Some(Self { user: user.to_owned(), password: password.to_owned() })
    }

    /// Who it is by what holds now, after a request that has taken its time. A signature is not
    /// looked at again: it was good when the request came, and is good for minutes only.
    ///
    /// # Errors
    /// The credential is no longer active, or its session has ended.
    pub fn again(&self, yard: &Yard, name: &str) -> Result<Caller, Error> {
        if yard.config().test_mode {
            return Ok(test_mode(yard, name, &self.user).caller);
        }
        let caller = match signed::parse(&self.user, &self.password) {
            None => yard.identity().by_git_credential(yard, &self.user, &self.password)?,
            Some(claim) => {
                let (id, token) = (claim.access_key_id, claim.session_token);
                let key = yard.identity().by_access_key(yard, &id, token.as_deref())?;
                key.map(|key| Caller { access_key_id: Some(id), ..key.caller })
            }
        };
        caller.ok_or_else(|| {
            ErrorKind::new("AccessDeniedException", 403)
                .error("The credential of this push has been shut out or removed meanwhile.")
        })
    }
}

/// The regions in which the account has a repository of that name, the yard's own first and
/// always: a git URL does not tell its region.
fn candidates(yard: &Yard, account: &Account, name: &str) -> Vec<Region> {
    let own = yard.config().region.clone();
    let scopes = yard.read(|tx| Ok(Repository::scopes_of(tx, name)?)).unwrap_or_default();
    let others = scopes.into_iter().filter(|scope| scope.account == *account).map(|s| s.region);
    let mut all = vec![own.clone()];
    all.extend(others.filter(|region| *region != own));
    all
}

/// Where the repository is, for sign-ins that do not tell: in the yard's own region if it is
/// there, else where it is.
pub(crate) fn home(yard: &Yard, account: &Account, name: &str) -> Region {
    let own = yard.config().region.clone();
    let scope = Scope::new(account.clone(), own.clone());
    let here = yard.read(|tx| Ok(tx.exists::<Repository>(&scope, name)?));
    if here == Ok(true) {
        return own;
    }
    candidates(yard, account, name).pop().unwrap_or(own)
}

/// In test mode everybody is let in: as who they are if the yard knows them, else as root of the
/// account that they name or of the yard's.
fn test_mode(yard: &Yard, name: &str, user: &str) -> SignedIn {
    let (id, token) = match user.split_once('%') {
        Some((id, token)) => (id, Some(token)),
        None => (user, None),
    };
    let known = yard.identity().by_access_key(yard, id, token).ok().flatten();
    let account = Account::new(id).unwrap_or_else(|_| yard.config().account.clone());
    let caller = known.map_or_else(|| yard.identity().root(&account), |key| key.caller);
    let region = home(yard, &caller.account, name);
    SignedIn { caller, region }
}
