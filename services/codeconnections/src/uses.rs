//! What services of the yard do by a connection, as the roles that users gave them. AWS's services
//! do so by actions without public operations; here clients are refused these operations too.

use api_developer::codeconnections::*;
use forge::Credential;
use service::{Cx, Right};
use wire::Error;

use crate::arn::{Kind, Named, right};
use crate::door::Door;
use crate::handshake::{self, Place};
use crate::{connections, errors};

/// `UseConnection`, for what a provider is asked to do.
pub(crate) fn use_right(cx: &Cx, input: &ConnectionUse, provider_action: &str) -> Right {
    let arn = input.connection_arn.as_str();
    let prefix = Named::parse(arn).map_or(Door::CodeConnections.name(), |named| named.service);
    let repository = input.full_repository_id.as_deref();
    let keys = [
        ("FullRepositoryId", repository),
        ("OwnerId", repository.and_then(|it| it.rsplit_once('/')).map(|(owner, _)| owner)),
        ("RepositoryName", repository.and_then(|it| it.rsplit_once('/')).map(|(_, name)| name)),
        ("BranchName", input.branch_name.as_deref()),
        ("ProviderAction", Some(provider_action)),
        ("ProviderPermissionsRequired", Some("read_only")),
    ];
    keys.into_iter().fold(right(cx, arn, "UseConnection"), |right, (key, value)| match value {
        Some(value) => right.with(format!("{prefix}:{key}"), value),
        None => right,
    })
}

/// What it takes to get a token: `GetConnectionToken` and `GetConnection`, as CodeBuild's guide has
/// it, or else `UseConnection` for pulling, which lets do no less.
pub(crate) fn token_rights(cx: &Cx, input: &ConnectionUse) -> Vec<Right> {
    let pull = use_right(cx, input, "GitPull");
    if cx.authorize("codeyard", &pull).is_ok() {
        return vec![pull];
    }
    let arn = &input.connection_arn;
    vec![right(cx, arn, "GetConnectionToken"), right(cx, arn, "GetConnection")]
}

/// An AVAILABLE connection, open.
pub(crate) struct Open {
    pub provider_type: ProviderType,
    pub place: Place,
    pub credential: Credential,
}

/// Opens a connection of the caller's account, of whichever region.
///
/// # Errors
/// `ResourceNotFoundException`; `ResourceUnavailableException` where it is not AVAILABLE;
/// `NotImplemented` for clients from outside.
pub(crate) fn open(cx: &Cx, arn: &str) -> Result<Open, Error> {
    if cx.origin().depth == 0 {
        return Err(errors::unsupported("This operation is for services of the yard only"));
    }
    let named = Named::parse(arn)
        .filter(|it| it.kind == Kind::Connection && it.scope.account == *cx.account());
    let named = named.ok_or_else(|| errors::not_found(arn))?;
    // In one look: a host that gets another endpoint just now is not told the former one's token.
    let (stored, place) = cx.read(|tx| {
        let stored = connections::load(tx, &named, arn)?;
        let place = handshake::place(tx, &named, &stored)?;
        Ok((stored, place))
    })?;
    let sealed = stored.sealed.as_deref();
    let Some(sealed) = sealed.filter(|_| stored.status == ConnectionStatus::Available) else {
        return Err(errors::UNAVAILABLE.error(format!(
            "Connection {arn} is not available: its status is {}. Authorize it first.",
            stored.status
        )));
    };
    let token = handshake::unseal(cx.yard(), sealed)?;
    Ok(Open {
        provider_type: stored.provider_type,
        place,
        credential: Credential { username: stored.username.clone(), token },
    })
}

/// The token of a connection, and where it is for.
pub(crate) async fn get_connection_token(
    cx: Cx,
    input: ConnectionUse,
) -> Result<ConnectionToken, Error> {
    let open = open(&cx, &input.connection_arn)?;
    Ok(ConnectionToken {
        provider_type: open.provider_type,
        provider_endpoint: open.place.origin,
        username: open.credential.username,
        token: open.credential.token,
    })
}
