//! What IAM tells the gateway and the other services: whose a key is, what it may, and sessions
//! of roles.
//!
//! Every request asks, so the answers are kept in memory for as long as the generation of IAM's
//! data in the store stays what it was: a change anywhere, by another yard on the same store
//! too, takes effect with the very next request.

mod cache;
mod grants;
mod session;

use std::sync::Arc;

use auth::policy::{Attached, Context, Policy, PolicyKind, PolicySet, Principal, ResourcePolicy};
use service::{AccessKey, Caller, Error, Identity, Session, SessionRequest, SshKey, Yard};
use store::{ReadTx, Stored};
use types::{Account, Region, Scope, Timestamp};

use crate::entity::{Entity, GENERATION, load};
use crate::model::{Role, Tag, User, key_of};
use crate::{access_keys, documents, errors, git_credentials, names, ssh_keys, usage};
pub(crate) use cache::Cache;
pub(crate) use grants::{document_of, of_entity};
pub(crate) use session::{Claims, Issued, Kind, MAX_SECS as MAX_SESSION_SECS, issue};

/// Condition key of the session's source identity.
pub(crate) const SOURCE_IDENTITY: &str = "aws:SourceIdentity";
/// Condition key of when temporary credentials were issued.
const ISSUED: &str = "aws:TokenIssueTime";
/// Condition key of whether an MFA device was asked.
const MFA_PRESENT: &str = "aws:MultiFactorAuthPresent";
/// Condition key of how many seconds ago that was.
const MFA_AGE: &str = "aws:MultiFactorAuthAge";
/// Condition key, of our own, that tells which tags a session hands on to further sessions.
pub(crate) const TRANSITIVE_KEYS: &str = "codeyard:TransitiveTagKeys";

/// Condition key, of our own, of sessions that began by signing in to the console.
const CONSOLE: &str = "codeyard:ConsoleSession";

/// How long a service's session lasts where it does not say, in seconds.
const DEFAULT_SERVICE_SECS: u32 = 3600;

/// The IAM service's door for the gateway and other services. It has no state of its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct IamIdentity;

impl IamIdentity {
    /// The door.
    pub fn new() -> Self {
        Self
    }
}

impl Identity for IamIdentity {
    fn by_access_key(
        &self,
        yard: &Yard,
        access_key_id: &str,
        session_token: Option<&str>,
    ) -> Result<Option<AccessKey>, Error> {
        let config = yard.config();
        if access_key_id == config.root_access_key_id {
            return match session_token {
                Some(_) => Err(invalid_token()),
                None => Ok(Some(AccessKey {
                    secret: config.root_secret_access_key.clone(),
                    caller: self.root(&config.account),
                })),
            };
        }
        let cache = yard.extension(Cache::default);
        yard.read(|tx| {
            let generation = tx.last_sequence(GENERATION)?;
            let known = match cache.key(generation, access_key_id, session_token) {
                Some(known) => Some(known),
                None => {
                    let found = match session_token {
                        Some(token) => session_key(yard, tx, &cache, access_key_id, token)?,
                        None => long_term_key(yard, tx, &cache, access_key_id)?,
                    };
                    found.map(|key| cache.keep_key(generation, access_key_id, session_token, key))
                }
            };
            let Some(known) = known else { return Ok(None) };
            if known.caller.expires.is_some_and(|end| end <= yard.clock().now()) {
                return Err(errors::EXPIRED_TOKEN
                    .error("The security token included in the request is expired"));
            }
            let mut caller = known.caller.clone();
            tell_mfa_age(yard, &mut caller);
            Ok(Some(AccessKey { secret: known.secret.clone(), caller }))
        })
    }

    fn admits(&self, caller: &Caller, service: &str) -> Result<(), Error> {
        // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
        if service == "iam" && is_session_token(caller) && !has_mfa(caller) {
            return Err(invalid_token());
        }
        Ok(())
    }

    fn by_ssh_key(&self, yard: &Yard, key_id: &str) -> Result<Option<SshKey>, Error> {
        let cache = yard.extension(Cache::default);
        yard.read(|tx| {
            let Some(user) = ssh_keys::owner(tx, key_id)? else { return Ok(None) };
            let Some(key) = user.ssh_keys.iter().find(|key| key.id == key_id) else {
                return Ok(None);
            };
            let mut caller = user_caller(tx, &cache, &user)?;
            caller.access_key_id = Some(key.id.clone());
            Ok(Some(SshKey { blob: key.blob.to_vec(), active: key.active, caller }))
        })
    }

    fn by_git_credential(
        &self,
        yard: &Yard,
        user_name: &str,
        password: &str,
    ) -> Result<Option<Caller>, Error> {
        let cache = yard.extension(Cache::default);
        yard.read(|tx| {
            let Some(user) = git_credentials::check(tx, user_name, password)? else {
                return Ok(None);
            };
            user_caller(tx, &cache, &user).map(Some)
        })
    }

    fn by_principal(&self, yard: &Yard, principal: &Principal) -> Result<Option<Caller>, Error> {
        let cache = yard.extension(Cache::default);
        let scope_of = |account: &str| {
            let account = Account::new(account).map_err(Error::internal)?;
            Ok::<_, Error>(Scope::new(account, Region::global()))
        };
        match principal {
            Principal::Root { account } => Ok(Some(self.root(&scope_of(account)?.account))),
            Principal::User { arn, id } => {
                let scope = scope_of(principal.account().unwrap_or_default())?;
                yard.read(|tx| {
                    let user = load::<User>(tx, &scope, names::name_of(arn)).ok();
                    let user = user.filter(|user| user.id == *id);
                    user.map(|user| user_caller(tx, &cache, &user)).transpose()
                })
            }
            Principal::Session { role_arn, id, .. } => {
                let scope = scope_of(principal.account().unwrap_or_default())?;
                let (role_id, session_name) = id.split_once(':').unwrap_or((id, ""));
                let session_name = session_name.to_owned();
                yard.read(|tx| {
                    let role = role_by_arn(tx, &scope, role_arn)?;
                    let role = role.filter(|role| role.id == role_id);
                    let claims = Claims { session_name, ..Claims::default() };
                    role.map(|role| role_caller(tx, &cache, &role, &claims)).transpose()
                })
            }
            Principal::FederatedUser { .. }
            | Principal::Federated { .. }
            | Principal::Service { .. }
            | Principal::Anonymous => Ok(None),
        }
    }

    fn assume_role_for_service(
        &self,
        yard: &Yard,
        request: &SessionRequest,
    ) -> Result<Session, Error> {
        let account = role_account(&request.role_arn)?;
        let scope = Scope::new(account.clone(), Region::global());
        let role = yard.read(|tx| role_by_arn(tx, &scope, &request.role_arn))?;
        let role = role.ok_or_else(|| {
            errors::NO_SUCH_ENTITY.error(format!("The role {} cannot be found.", request.role_arn))
        })?;
        check_trust_in_service(&role, request, &account)?;
        check_session_name(&request.session_name)?;
        if let Some(policy) = &request.policy {
            documents::check_identity(policy)?;
        }
        let secs = match request.seconds {
            0 => DEFAULT_SERVICE_SECS,
            secs => secs,
        };
        let secs = i64::from(secs).min(MAX_SESSION_SECS);
        let claims = Claims {
            kind: Kind::Role,
            account: account.to_string(),
            name: role.name.clone(),
            entity_id: role.id.clone(),
            session_name: request.session_name.clone(),
            policies: request.policy.iter().cloned().collect(),
            narrowed: request.policy.is_some(),
            ..Claims::default()
        };
        let cache = yard.extension(Cache::default);
        let issued = issue(yard, claims, secs)?;
        let caller = yard.read(|tx| session_caller(yard, tx, &cache, &issued.claims))?;
        let caller = caller.ok_or_else(|| Error::internal("a session of a role that is gone"))?;
        Ok(Session {
            caller,
            access_key_id: issued.claims.access_key_id,
            secret_access_key: issued.claims.secret,
            session_token: issued.token,
            expires: issued.claims.expires,
        })
    }

    fn is_gone(&self, yard: &Yard, arn: &str) -> Result<bool, Error> {
        let Ok(arn) = arn.parse::<types::Arn>() else { return Ok(false) };
        let Ok(account) = Account::new(&arn.account) else { return Ok(false) };
        if account != yard.config().account {
            return Ok(false);
        }
        let scope = Scope::new(account, Region::global());
        let parts: Vec<&str> = arn.resource.split('/').collect();
        yard.read(|tx| {
            Ok(match (arn.service.as_str(), parts.as_slice()) {
                ("iam", ["user", .., name]) => !tx.exists::<User>(&scope, &key_of(name))?,
                ("iam", ["role", .., name]) | ("sts", ["assumed-role", name, _]) => {
                    !tx.exists::<Role>(&scope, &key_of(name))?
                }
                _ => false,
            })
        })
    }

    fn root(&self, account: &Account) -> Caller {
        Caller {
            account: account.clone(),
            principal: Principal::Root { account: account.to_string() },
            arn: format!("arn:aws:iam::{account}:root"),
            user_id: account.to_string(),
            access_key_id: None,
            grants: Arc::default(),
            context: Vec::new(),
            expires: None,
        }
    }

    fn anonymous(&self, yard: &Yard) -> Caller {
        Caller {
            account: yard.config().account.clone(),
            principal: Principal::Anonymous,
            arn: "anonymous".to_owned(),
            user_id: "anonymous".to_owned(),
            access_key_id: None,
            grants: Arc::default(),
            context: Vec::new(),
            expires: None,
        }
    }

    fn used(&self, yard: &Yard, caller: &Caller, service: &str, region: &str) {
        let id = match &caller.principal {
            Principal::User { .. } => caller.access_key_id.as_deref(),
            Principal::Session { id, .. } => id.split(':').next(),
            _ => None,
        };
        if let Some(id) = id {
            usage::note(yard, id, service, region);
        }
    }
}

/// Whether these are credentials of GetSessionToken: a user's or root's own, and temporary.
pub(crate) fn is_session_token(caller: &Caller) -> bool {
    let own = matches!(caller.principal, Principal::User { .. } | Principal::Root { .. });
    own && caller.expires.is_some() && value_of(caller, CONSOLE).is_none()
}

fn value_of<'c>(caller: &'c Caller, key: &str) -> Option<&'c str> {
    let (_, values) = caller.context.iter().find(|(known, _)| known == key)?;
    values.first().map(String::as_str)
}

fn has_mfa(caller: &Caller) -> bool {
    value_of(caller, MFA_PRESENT) == Some("true")
}

/// Adds how long ago a session's MFA device was asked, which is when the session began.
fn tell_mfa_age(yard: &Yard, caller: &mut Caller) {
    let issued = value_of(caller, ISSUED).and_then(|at| Timestamp::parse(at).ok());
    if let Some(issued) = issued.filter(|_| has_mfa(caller)) {
        let age = yard.clock().now().since(issued) / 1000;
        caller.context.push((MFA_AGE.to_owned(), vec![age.max(0).to_string()]));
    }
}

fn invalid_token() -> Error {
    errors::INVALID_CLIENT_TOKEN_ID.error("The security token included in the request is invalid.")
}

/// The account that a role's ARN names.
pub(crate) fn role_account(role_arn: &str) -> Result<Account, Error> {
    let invalid = || errors::VALIDATION.error(format!("{role_arn} is invalid"));
    let arn: types::Arn = role_arn.parse().map_err(|_| invalid())?;
    if arn.service != "iam" || !arn.resource.starts_with("role/") {
        return Err(invalid());
    }
    Account::new(&arn.account).map_err(|_| invalid())
}

/// The role of exactly that ARN.
pub(crate) fn role_by_arn(
    tx: &ReadTx<'_>,
    scope: &Scope,
    role_arn: &str,
) -> Result<Option<Stored<Role>>, Error> {
    let found = load::<Role>(tx, scope, names::name_of(role_arn)).ok();
    Ok(found.filter(|role| role.arn(&scope.account) == role_arn))
}

/// A role's trust policy, as authorization takes it.
pub(crate) fn trust_policy(role: &Role, account: &Account) -> Result<Attached, Error> {
    let policy = Policy::parse(PolicyKind::Trust, &role.trust_policy).map_err(Error::internal)?;
    Ok(Attached { source: role.arn(account).into(), policy: Arc::new(policy) })
}

fn check_session_name(name: &str) -> Result<(), Error> {
    let valid = (2..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b));
    if valid {
        return Ok(());
    }
    Err(errors::VALIDATION.error(format!(
        "Value '{name}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy \
         regular expression pattern: [\\w+=,.@-]{{2,64}}"
    )))
}

/// Whether a role lets a service of the yard act as it.
fn check_trust_in_service(
    role: &Role,
    request: &SessionRequest,
    account: &Account,
) -> Result<(), Error> {
    let trust = trust_policy(role, account)?;
    let principal = Principal::Service { name: request.service.clone() };
    let mut context = Context::new();
    principal.describe(&mut context);
    context.set("aws:SourceAccount", account.as_str());
    context.set("sts:RoleSessionName", request.session_name.as_str());
    if let Some(arn) = &request.source_arn {
        context.set("aws:SourceArn", arn.as_str());
    }
    let asked = auth::policy::Request {
        principal: &principal,
        action: "sts:AssumeRole",
        resource: &request.role_arn,
        resource_account: None,
        context: &context,
    };
    let resource = Some(ResourcePolicy { policy: &trust, required: true });
    let decision = auth::policy::evaluate(&asked, &PolicySet { resource, ..PolicySet::default() });
    if decision.allowed {
        return Ok(());
    }
    Err(errors::ACCESS_DENIED.error(auth::policy::denial(&asked, decision.reason)))
}

/// A key with its secret, found in the store.
fn long_term_key(
    yard: &Yard,
    tx: &ReadTx<'_>,
    cache: &Cache,
    id: &str,
) -> Result<Option<AccessKey>, Error> {
    let Some(user) = access_keys::owner(tx, id)? else { return Ok(None) };
    let key = user.access_keys.iter().find(|key| key.id == id && key.active);
    let Some(key) = key else { return Ok(None) };
    let secret = access_keys::open_secret(yard, key)?;
    Ok(Some(AccessKey { secret, caller: user_caller(tx, cache, &user)? }))
}

/// A session's key, found in its token.
fn session_key(
    yard: &Yard,
    tx: &ReadTx<'_>,
    cache: &Cache,
    id: &str,
    token: &str,
) -> Result<Option<AccessKey>, Error> {
    let claims = session::open(yard, token).ok_or_else(invalid_token)?;
    if claims.access_key_id != id {
        return Err(invalid_token());
    }
    // The user or role may be gone, or be another one of the same name.
    let caller = session_caller(yard, tx, cache, &claims)?.ok_or_else(invalid_token)?;
    Ok(Some(AccessKey { secret: claims.secret, caller }))
}

/// A user as a caller.
pub(crate) fn user_of(yard: &Yard, user: &Stored<User>) -> Result<Caller, Error> {
    let cache = yard.extension(Cache::default);
    yard.read(|tx| user_caller(tx, &cache, user))
}

fn user_caller(tx: &ReadTx<'_>, cache: &Cache, user: &Stored<User>) -> Result<Caller, Error> {
    let account = &user.scope.account;
    let arn = user.arn(account);
    Ok(Caller {
        account: account.clone(),
        principal: Principal::User { arn: arn.clone(), id: user.id.clone() },
        arn,
        user_id: user.id.clone(),
        access_key_id: None,
        grants: Arc::new(grants::of_entity(tx, &user.scope, &user.value, cache)?),
        context: principal_tags(user.tags.iter()),
        expires: None,
    })
}

fn principal_tags<'t>(tags: impl Iterator<Item = &'t Tag>) -> Vec<(String, Vec<String>)> {
    tags.map(|tag| (format!("aws:PrincipalTag/{}", tag.key), vec![tag.value.clone()])).collect()
}

/// Who a session is now: its grants follow every change of its user or role.
fn session_caller(
    yard: &Yard,
    tx: &ReadTx<'_>,
    cache: &Cache,
    claims: &Claims,
) -> Result<Option<Caller>, Error> {
    let Ok(account) = Account::new(&claims.account) else { return Ok(None) };
    let scope = Scope::new(account.clone(), Region::global());
    let mut caller = match claims.kind {
        Kind::Root => yard.identity().root(&account),
        Kind::User => {
            let user = load::<User>(tx, &scope, &claims.name).ok();
            match user.filter(|user| user.id == claims.entity_id) {
                Some(user) => user_caller(tx, cache, &user)?,
                None => return Ok(None),
            }
        }
        Kind::Role => {
            let role = load::<Role>(tx, &scope, &claims.name).ok();
            match role.filter(|role| role.id == claims.entity_id) {
                Some(role) => role_caller(tx, cache, &role, claims)?,
                None => return Ok(None),
            }
        }
    };
    caller.access_key_id = Some(claims.access_key_id.clone());
    caller.expires = Some(claims.expires);
    caller.context.push((ISSUED.into(), vec![claims.issued.iso8601()]));
    caller.context.push((MFA_PRESENT.into(), vec![claims.mfa.to_string()]));
    if claims.console {
        caller.context.push((CONSOLE.into(), vec!["true".into()]));
    }
    if let Some(identity) = &claims.source_identity {
        caller.context.push((SOURCE_IDENTITY.into(), vec![identity.clone()]));
    }
    if !claims.transitive.is_empty() {
        caller.context.push((TRANSITIVE_KEYS.into(), claims.transitive.clone()));
    }
    Ok(Some(caller))
}

fn role_caller(
    tx: &ReadTx<'_>,
    cache: &Cache,
    role: &Stored<Role>,
    claims: &Claims,
) -> Result<Caller, Error> {
    let account = role.scope.account.clone();
    let arn = format!("arn:aws:sts::{account}:assumed-role/{}/{}", role.name, claims.session_name);
    let id = format!("{}:{}", role.id, claims.session_name);
    let principal =
        Principal::Session { arn: arn.clone(), role_arn: role.arn(&account), id: id.clone() };
    let mut grants = grants::of_entity(tx, &role.scope, &role.value, cache)?;
    if claims.narrowed {
        grants.session = Some(grants::of_session(tx, &role.scope, claims, cache)?);
    }
    // A tag of the session stands before the role's of the same key.
    let own = role
        .tags
        .iter()
        .filter(|tag| !claims.tags.iter().any(|other| other.key.eq_ignore_ascii_case(&tag.key)));
    Ok(Caller {
        account,
        principal,
        arn,
        user_id: id,
        access_key_id: None,
        grants: Arc::new(grants),
        context: principal_tags(own.chain(&claims.tags)),
        expires: None,
    })
}
