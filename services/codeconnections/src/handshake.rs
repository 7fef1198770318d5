//! What makes a connection AVAILABLE. AWS has its console for that, where the provider's
//! application is installed; here it is an operation that takes a token of the provider's.

use api_developer::codeconnections::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use blobs::KeyRef;
use forge::{Credential, Provider, http};
use serde_json::Value;
use service::{Cx, Yard};
use store::ReadTx;
use wire::Error;

use crate::arn::{Kind, Named};
use crate::model::{self, AVAILABLE, ConnectionRecord};
use crate::{connections, errors, hosts};

/// Binds sealed tokens to their purpose.
const CONTEXT: &[u8] = b"codeconnections token";
/// Longest text of a provider's that is told on, in characters.
const MAX_SAID: usize = 300;

/// Takes a token, has the provider say whose it is, and keeps it sealed.
pub(crate) async fn authorize_connection(
    cx: Cx,
    input: AuthorizeConnectionInput,
) -> Result<AuthorizeConnectionOutput, Error> {
    let arn = input.connection_arn;
    let named = Named::here(&cx, &arn, Kind::Connection).ok_or_else(|| errors::not_found(&arn))?;
    let place = cx.read(|tx| {
        let found = connections::load(tx, &named, &arn)?;
        place(tx, &named, &found)
    })?;
    let credential = Credential { username: input.username, token: input.token };
    check(&credential, place.provider)?;
    let provider_user = match input.skip_verification == Some(true) {
        true => None,
        false => Some(whose(&place, &credential).await?),
    };
    let sealed = seal(cx.yard(), &credential.token)?;
    let is_verified = provider_user.is_some();
    let connection = cx
        .write(move |tx| {
            let scope = &named.scope;
            let mut stored = connections::load(tx, &named, &arn)?;
            if let Some(mut host) = hosts::of_connection(tx, &named, &stored)? {
                if host.endpoint != place.origin {
                    return Err(errors::UNAVAILABLE.error(
                        "The host of the connection has got another endpoint meanwhile. Try again.",
                    ));
                }
                if is_verified {
                    AVAILABLE.clone_into(&mut host.status);
                    tx.update(scope, &host)?;
                }
            }
            stored.status = ConnectionStatus::Available;
            stored.username.clone_from(&credential.username);
            stored.sealed = Some(sealed.clone());
            tx.update(scope, &stored)?;
            Ok(stored.show(scope))
        })
        .await?;
    Ok(AuthorizeConnectionOutput { connection: Some(connection), provider_user })
}

/// Where a connection leads.
pub(crate) struct Place {
    pub provider: Provider,
    /// `https://HOST[:PORT]`
    pub origin: String,
}

/// Where a connection leads: to its provider's cloud, or to its host.
pub(crate) fn place(
    tx: &ReadTx<'_>,
    named: &Named,
    connection: &ConnectionRecord,
) -> Result<Place, Error> {
    let provider = model::provider(connection.provider_type).ok_or_else(|| {
        let kind = connection.provider_type;
        errors::unsupported(&format!("The provider type {kind} is not supported"))
    })?;
    let host = hosts::of_connection(tx, named, connection)?;
    let origin = host.map_or_else(|| provider.home().to_owned(), |host| host.into_inner().endpoint);
    Ok(Place { provider, origin })
}

fn check(credential: &Credential, provider: Provider) -> Result<(), Error> {
    if credential.username.is_some() && provider != Provider::Bitbucket {
        return Err(errors::invalid(format!(
            "Username is for Bitbucket's app passwords; {} takes a token alone",
            provider.name()
        )));
    }
    let plain = |text: &str| text.chars().all(|c| !c.is_control() && !c.is_whitespace());
    let user = credential.username.as_deref().unwrap_or_default();
    match plain(&credential.token) && plain(user) && !user.contains(':') {
        true => Ok(()),
        false => Err(errors::invalid("The token or user name has a character that none has")),
    }
}

/// Whom the provider takes the token for.
async fn whose(place: &Place, credential: &Credential) -> Result<String, Error> {
    let (provider, url) = (place.provider, format!("{}/user", place.provider.api(&place.origin)));
    let answer = http::send(http::Request {
        method: "GET",
        url: &url,
        headers: vec![credential.api_header(provider)],
        body: None,
        insecure: false,
    })
    .await
    .map_err(|why| errors::UNAVAILABLE.error(format!("{}: {why}", provider.name())))?;
    let said: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    let text = |name: &str| said.get(name).and_then(Value::as_str);
    if answer.status != 200 {
        let message = said.get("error").and_then(|it| it.get("message")).and_then(Value::as_str);
        let message = text("message").or(message).unwrap_or_default();
        let message: String = message.chars().take(MAX_SAID).collect();
        return Err(errors::invalid(format!(
            "{} refused the token: {url} answered HTTP {} {message}",
            provider.name(),
            answer.status
        )));
    }
    let names: &[&str] = match provider {
        Provider::GitHub => &["login"],
        Provider::GitLab => &["username"],
        Provider::Bitbucket => &["username", "nickname", "display_name", "account_id"],
    };
    let user = names.iter().find_map(|name| text(name)).filter(|user| !user.is_empty());
    user.map(|user| user.chars().take(MAX_SAID).collect()).ok_or_else(|| {
        errors::UNAVAILABLE
            .error(format!("{url} does not answer as {}'s API does", provider.name()))
    })
}

fn seal(yard: &Yard, token: &str) -> Result<String, Error> {
    let sealed = yard.blobs().seal(&KeyRef::Yard, CONTEXT, token.as_bytes());
    sealed.map(|bytes| BASE64.encode(bytes)).map_err(Error::internal)
}

/// The reverse of [`seal`].
pub(crate) fn unseal(yard: &Yard, sealed: &str) -> Result<String, Error> {
    let bytes = BASE64.decode(sealed).map_err(Error::internal)?;
    let opened = yard.blobs().unseal(CONTEXT, &bytes).map_err(Error::internal)?;
    String::from_utf8(opened.to_vec()).map_err(Error::internal)
}
