//! Who calls, and the door through which the IAM service tells it.

use std::sync::Arc;

use auth::policy::Attached;
use types::{Account, Timestamp};
use wire::Error;

use crate::Yard;

/// An authenticated caller.
#[derive(Clone)]
pub struct Caller {
    /// The account that pays and owns.
    pub account: Account,
    /// Who it is, for policies.
    pub principal: auth::policy::Principal,
    /// The ARN that `GetCallerIdentity` answers.
    pub arn: String,
    /// `AIDA…`, `AROA…:session` or the account id for root.
    pub user_id: String,
    /// The access key it signed with, where it did.
    pub access_key_id: Option<String>,
    /// What it may.
    pub grants: Arc<Grants>,
    /// Condition keys about it beyond those that [`auth::policy::Principal::describe`] sets:
    /// `aws:PrincipalTag/…`, `aws:MultiFactorAuthPresent`, `aws:TokenIssueTime`.
    pub context: Vec<(String, Vec<String>)>,
    /// When its temporary credentials end.
    pub expires: Option<Timestamp>,
}

/// The policies that go with a caller.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    /// Of the user and its groups, or of the role.
    pub identity: Vec<Attached>,
    /// The permissions boundary.
    pub boundary: Option<Attached>,
    /// The policies given when the session began; `None` where none was given.
    pub session: Option<Vec<Attached>>,
}

/// What an access key id stands for.
pub struct AccessKey {
    /// The secret that signatures are checked with.
    pub secret: String,
    /// Who it is.
    pub caller: Caller,
}

/// What an SSH user name (the id of a public key) stands for.
pub struct SshKey {
    /// The public key as SSH sends it (RFC 4253, section 6.6).
    pub blob: Vec<u8>,
    /// Whether it may be used.
    pub active: bool,
    /// Whose it is.
    pub caller: Caller,
}

/// A service's wish to act as a role.
#[derive(Clone, Debug, Default)]
pub struct SessionRequest {
    /// The role.
    pub role_arn: String,
    /// The service that will act, for instance `codebuild.amazonaws.com`; the role's trust policy
    /// must let it.
    pub service: String,
    /// Last part of the assumed-role ARN; 2 to 64 of `[\w+=,.@-]`.
    pub session_name: String,
    /// Seconds until the credentials end; 3,600 if zero.
    pub seconds: u32,
    /// A session policy that narrows the role, as JSON.
    pub policy: Option<String>,
    /// `aws:SourceArn` in the trust policy's conditions.
    pub source_arn: Option<String>,
}

/// A role session: a caller, and credentials by which code outside the yard can be it.
#[derive(Clone)]
pub struct Session {
    /// Who it is.
    pub caller: Caller,
    /// `ASIA…`
    pub access_key_id: String,
    /// Secret.
    pub secret_access_key: String,
    /// Token that goes with every request.
    pub session_token: String,
    /// When the credentials end.
    pub expires: Timestamp,
}

/// What the IAM service tells the gateway and other services.
pub trait Identity: Send + Sync + 'static {
    /// Who an access key belongs to. `None` where there is no such active key.
    ///
    /// # Errors
    /// `InvalidClientTokenId` or `ExpiredToken` where the session token does not belong to the key
    /// or has ended.
    fn by_access_key(
        &self,
        yard: &Yard,
        access_key_id: &str,
        session_token: Option<&str>,
    ) -> Result<Option<AccessKey>, Error>;

    /// Who a git user name and password (service-specific credentials) belong to.
    ///
    /// # Errors
    /// Only where the store fails.
    fn by_git_credential(
        &self,
        yard: &Yard,
        user_name: &str,
        password: &str,
    ) -> Result<Option<Caller>, Error>;

    /// Who an SSH public key, by its id `APKA…`, belongs to, whatever its status.
    ///
    /// # Errors
    /// Only where the store fails.
    fn by_ssh_key(&self, yard: &Yard, key_id: &str) -> Result<Option<SshKey>, Error> {
        let _ = (yard, key_id);
        Ok(None)
    }

    /// Whether a caller's kind of credentials is taken by a service at all, before any policy is
    /// asked: those of `GetSessionToken` without MFA are not taken by IAM.
    ///
    /// # Errors
    /// What the caller is told where it is not.
    fn admits(&self, caller: &Caller, service: &str) -> Result<(), Error> {
        let _ = (caller, service);
        Ok(())
    }

    /// Assumes a role for a service of the yard. The trust policy decides.
    ///
    /// # Errors
    /// `AccessDenied` where it does not let the service, `NoSuchEntity` where there is no role.
    fn assume_role_for_service(
        &self,
        yard: &Yard,
        request: &SessionRequest,
    ) -> Result<Session, Error>;

    /// The root user of an account.
    fn root(&self, account: &Account) -> Caller;

    /// Whoever did not sign: only resource policies can let it.
    fn anonymous(&self, yard: &Yard) -> Caller;

    /// Who a principal is by what holds now, without credentials being shown: for credentials that
    /// a service hands out in a form of its own, such as Amazon ECR's authorization tokens. A role
    /// session comes without session policy and without what its own tags said. `None` where the
    /// user or role is gone, or another one of the same name has taken its place; and for
    /// principals that are not kept.
    ///
    /// # Errors
    /// Only where the store fails.
    fn by_principal(
        &self,
        yard: &Yard,
        principal: &auth::policy::Principal,
    ) -> Result<Option<Caller>, Error> {
        let _ = (yard, principal);
        Ok(None)
    }

    /// Whether the user or the role of an ARN has been deleted. Identities that are not kept, such
    /// as those of other accounts, are never gone.
    ///
    /// # Errors
    /// Only where the store fails.
    fn is_gone(&self, yard: &Yard, arn: &str) -> Result<bool, Error> {
        let _ = (yard, arn);
        Ok(false)
    }

    /// A request by that caller was authenticated, for a service in a region: what IAM shows as
    /// last used. It must not wait for anything.
    fn used(&self, yard: &Yard, caller: &Caller, service: &str, region: &str) {
        let _ = (yard, caller, service, region);
    }
}
