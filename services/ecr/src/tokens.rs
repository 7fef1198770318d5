//! Authorization tokens: what `docker login` signs in with. A token is bound to who asked for it,
//! for twelve hours; what that one may is looked up anew with every request.
//!
//! A token is a sealed text, so that no row has to be kept for it: who it is by name, and the
//! condition keys of its session. Session policies can't be written down; tokens of sessions that
//! have any are good while this yard runs.

use api_containers::ecr::*;
use auth::policy::Principal;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use blobs::KeyRef;
use serde_json::{Value, json};
use service::{Caller, Cx, Error, Grants, Yard};
use shape::Timestamp;
use types::{Account, Scope};

use crate::{errors, state};

/// How long a token is good, in seconds; AWS's is so for twelve hours.
pub(crate) const TOKEN_SECS: i64 = 12 * 3_600;
/// The user name that goes with tokens.
pub(crate) const USER: &str = "AWS";
const CONTEXT: &[u8] = b"ecr authorization token";

/// Who a token is, and the registry that is meant where the address does not tell.
pub(crate) struct Bearer {
    pub caller: Caller,
    pub registry: Scope,
}

/// Why a token is not taken.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// This yard has not made it, or its user or role is gone.
    Wrong,
    /// It was good once.
    Expired,
    /// The session's policies were in the memory of a yard that has ended since.
    Forgotten,
    Failed(Error),
}

/// [GetAuthorizationToken](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html)
pub(crate) async fn get_authorization_token(
    cx: Cx,
    input: GetAuthorizationTokenInput,
) -> Result<GetAuthorizationTokenOutput, Error> {
    let registries = match input.registry_ids {
        None => vec![cx.account().clone()],
        Some(ids) => {
            let account =
                |id: &String| Account::new(id).map_err(|it| errors::invalid("registryIds", it));
            ids.iter().map(account).collect::<Result<_, _>>()?
        }
    };
    let expires = cx.now().plus_secs(TOKEN_SECS);
    let data = |registry| {
        Ok(AuthorizationData {
            authorization_token: Some(
                STANDARD.encode(format!("{USER}:{}", make(&cx, registry, expires)?)),
            ),
            expires_at: Some(expires),
            proxy_endpoint: Some(cx.endpoint().url()),
        })
    };
    let authorization_data = registries.iter().map(data).collect::<Result<_, Error>>()?;
    Ok(GetAuthorizationTokenOutput { authorization_data })
}

fn make(cx: &Cx, registry: &Account, expires: Timestamp) -> Result<String, Error> {
    let caller = cx.caller();
    if let Principal::FederatedUser { .. } | Principal::Federated { .. } | Principal::Anonymous =
        caller.principal
    {
        return Err(errors::unsupported("An authorization token for a federated user's session"));
    }
    let id = types::random_secret(22);
    let narrowed = caller.grants.session.is_some();
    if let Some(policies) = &caller.grants.session {
        state::of(cx.yard()).narrow(&id, policies.clone(), expires, cx.now());
    }
    let text = json!({
        "id": id,
        "expires": expires.millis(),
        "account": caller.account.as_str(),
        "registry": Scope::new(registry.clone(), cx.region().clone()).to_string(),
        "principal": written(&caller.principal),
        "context": caller.context.iter().map(|(key, values)| json!([key, values]))
            .collect::<Vec<_>>(),
        "narrowed": narrowed,
    });
    let blobs = state::of(cx.yard()).blobs(cx.yard())?;
    let sealed = blobs.seal(&KeyRef::Yard, CONTEXT, text.to_string().as_bytes());
    Ok(URL_SAFE_NO_PAD.encode(sealed.map_err(errors::of_blob)?))
}

/// Who a token stands for.
pub(crate) fn open(yard: &Yard, token: &str) -> Result<Bearer, Refusal> {
    let sealed = URL_SAFE_NO_PAD.decode(token).map_err(|_| Refusal::Wrong)?;
    let state = state::of(yard);
    let blobs = state.blobs(yard).map_err(Refusal::Failed)?;
    let text = blobs.unseal(CONTEXT, &sealed).map_err(|_| Refusal::Wrong)?;
    let token: Value = serde_json::from_slice(&text).map_err(|_| Refusal::Wrong)?;
    let word = |name: &str| token.get(name).and_then(Value::as_str);
    let expires = token.get("expires").and_then(Value::as_i64).unwrap_or(0);
    if Timestamp::from_millis(expires) <= yard.clock().now() {
        return Err(Refusal::Expired);
    }
    let principal = token.get("principal").and_then(read).ok_or(Refusal::Wrong)?;
    let account = word("account").and_then(|it| Account::new(it).ok()).ok_or(Refusal::Wrong)?;
    let registry = word("registry").and_then(Scope::parse).ok_or(Refusal::Wrong)?;
    let mut caller = match &principal {
        // A service of the yard, to whom only a repository's own policy can grant.
        Principal::Service { name } => Caller {
            account,
            arn: name.clone(),
            user_id: name.clone(),
            principal: principal.clone(),
            access_key_id: None,
            grants: Default::default(),
            context: Vec::new(),
            expires: None,
        },
        known => {
            let found = yard.identity().by_principal(yard, known).map_err(Refusal::Failed)?;
            found.ok_or(Refusal::Wrong)?
        }
    };
    if !matches!(principal, Principal::User { .. } | Principal::Root { .. }) {
        // Session tags and what else the session said; a user's tags are today's.
        caller.context = token.get("context").and_then(context).ok_or(Refusal::Wrong)?;
    }
    if token.get("narrowed") == Some(&Value::Bool(true)) {
        let policies = word("id").and_then(|id| state.narrowed(id)).ok_or(Refusal::Forgotten)?;
        let grants = Grants { session: Some(policies), ..(*caller.grants).clone() };
        caller.grants = std::sync::Arc::new(grants);
    }
    Ok(Bearer { caller, registry })
}

fn context(value: &Value) -> Option<Vec<(String, Vec<String>)>> {
    let pair = |pair: &Value| {
        let key = pair.get(0)?.as_str()?.to_owned();
        let values = pair.get(1)?.as_array()?.iter();
        Some((key, values.filter_map(|it| it.as_str().map(str::to_owned)).collect()))
    };
    value.as_array()?.iter().map(pair).collect()
}

fn written(principal: &Principal) -> Value {
    match principal {
        Principal::Root { account } => json!({ "root": account }),
        Principal::User { arn, id } => json!({ "user": arn, "id": id }),
        Principal::Session { arn, role_arn, id } => {
            json!({ "session": arn, "role": role_arn, "id": id })
        }
        Principal::Service { name } => json!({ "service": name }),
        Principal::FederatedUser { .. } | Principal::Federated { .. } | Principal::Anonymous => {
            Value::Null
        }
    }
}

fn read(value: &Value) -> Option<Principal> {
    let word = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    if let Some(account) = word("root") {
        return Some(Principal::Root { account });
    }
    if let Some(name) = word("service") {
        return Some(Principal::Service { name });
    }
    let id = word("id")?;
    match (word("user"), word("session"), word("role")) {
        (Some(arn), _, _) => Some(Principal::User { arn, id }),
        (None, Some(arn), Some(role_arn)) => Some(Principal::Session { arn, role_arn, id }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_are_written_and_read() {
        for principal in [
            Principal::Root { account: "123456789012".into() },
            Principal::User { arn: "a".into(), id: "i".into() },
            Principal::Session { arn: "a".into(), role_arn: "r".into(), id: "i".into() },
            Principal::Service { name: "codebuild.amazonaws.com".into() },
        ] {
            assert_eq!(read(&written(&principal)), Some(principal));
        }
        assert_eq!(read(&written(&Principal::Anonymous)), None);
    }
}
