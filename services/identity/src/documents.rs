//! Policy documents at the door: parsed, measured, and their principals looked up.

use auth::policy::{Policy, PolicyKind};
use service::Error;
use store::ReadTx;
use types::{Account, Arn, Region, Scope};

use crate::entity::Entity as _;
use crate::errors;
use crate::model::{Role, User, key_of};

/// Most characters of a managed policy, white space not counted.
pub(crate) const MAX_MANAGED: usize = 6144;
/// Most characters of a trust policy, white space not counted.
pub(crate) const MAX_TRUST: usize = 2048;
/// Most characters of an inline session policy.
pub(crate) const MAX_SESSION: usize = 2048;

/// How long a document counts as.
pub(crate) fn size(document: &str) -> usize {
    document.chars().filter(|c| !c.is_whitespace()).count()
}

/// Refuses what is no policy of an identity.
pub(crate) fn check_identity(document: &str) -> Result<(), Error> {
    Policy::parse(PolicyKind::Identity, document).map(|_| ()).map_err(malformed)
}

fn malformed(error: impl std::fmt::Display) -> Error {
    errors::MALFORMED_POLICY.error(error.to_string())
}

/// Refuses a managed policy that is none, or too long.
pub(crate) fn check_managed(document: &str) -> Result<(), Error> {
    check_identity(document)?;
    if size(document) > MAX_MANAGED {
        return Err(errors::LIMIT_EXCEEDED
            .error(format!("Cannot exceed quota for PolicySize: {MAX_MANAGED}")));
    }
    Ok(())
}

/// Refuses a trust policy that is none, too long, or names users and roles that do not exist.
pub(crate) fn check_trust(tx: &ReadTx<'_>, document: &str) -> Result<(), Error> {
    let policy = Policy::parse(PolicyKind::Trust, document).map_err(malformed)?;
    if size(document) > MAX_TRUST {
        return Err(errors::LIMIT_EXCEEDED
            .error(format!("Cannot exceed quota for ACLSizePerRole: {MAX_TRUST}")));
    }
    for name in policy.aws_principals() {
        if !principal_exists(tx, name)? {
            return Err(malformed(format!("Invalid principal in policy: \"AWS\":\"{name}\"")));
        }
    }
    Ok(())
}

/// Accounts always do; sessions and unique ids are taken as they are.
fn principal_exists(tx: &ReadTx<'_>, name: &str) -> Result<bool, Error> {
    let Ok(arn) = name.parse::<Arn>() else { return Ok(true) };
    let Ok(account) = Account::new(&arn.account) else { return Ok(false) };
    let scope = Scope::new(account.clone(), Region::global());
    let key = key_of(crate::names::name_of(name));
    if arn.service == "iam" && arn.resource.starts_with("user/") {
        let user = tx.get::<User>(&scope, &key)?;
        return Ok(user.is_some_and(|user| user.arn(&account) == name));
    }
    if arn.service == "iam" && arn.resource.starts_with("role/") {
        let role = tx.get::<Role>(&scope, &key)?;
        return Ok(role.is_some_and(|role| role.arn(&account) == name));
    }
    Ok(true)
}

/// A document as answers carry it: percent-encoded, as RFC 3986 has it.
pub(crate) fn encoded(document: &str) -> String {
    wire::uri::encode(document, false)
}
