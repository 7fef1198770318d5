//! Credentials for sources: one for each provider in an account's region, sealed at rest, and
//! those that a project's own secret holds.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/access-tokens.html>

use api_developer::codebuild::*;
use api_developer::codeconnections::{ConnectionUse, GetConnectionToken, ProviderType};
use api_security::secretsmanager;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use blobs::KeyRef;
pub(crate) use forge::Credential;
use service::{Cx, Yard};
use shape::Shape;
use store::{Query, Resource};
use types::Scope;
use wire::Error;

use crate::errors::{self, invalid};
use crate::providers::{self, Provider, Repository, SCOPED};

/// Binds sealed tokens to their purpose.
const CONTEXT: &[u8] = b"codebuild source credential";

/// The credentials of one server type.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct SourceCredentialRecord {
    pub server_type: ServerType,
    pub auth_type: AuthType,
    pub username: Option<String>,
    /// The token, sealed under the yard's key, in base 64.
    pub sealed: Option<String>,
    /// The secret that holds it, or the connection, instead.
    pub resource: Option<String>,
    /// The only origin that the token goes to, where providers are installed on hosts of one's own:
    /// the first that it was wanted for.
    pub origin: Option<String>,
}

impl Resource for SourceCredentialRecord {
    const KIND: &'static str = "codebuild.source-credential";

    fn key(&self) -> String {
        name(self.server_type)
    }
}

/// What a server type is called in ARNs.
fn name(server: ServerType) -> String {
    server.as_str().to_ascii_lowercase()
}

/// The ARN of a server type's credentials.
pub(crate) fn arn(scope: &Scope, server: ServerType) -> String {
    format!("{}{}", arn_prefix(scope), name(server))
}

/// What that ARN ends with, wherever it is.
pub(crate) fn arn_end(server: ServerType) -> String {
    format!(":token/{}", name(server))
}

/// Stores a token, or the name of the secret that holds it.
pub(crate) async fn import_source_credentials(
    cx: Cx,
    input: ImportSourceCredentialsInput,
) -> Result<ImportSourceCredentialsOutput, Error> {
    check(&input)?;
    let is_elsewhere =
        matches!(input.auth_type, AuthType::SecretsManager | AuthType::Codeconnections);
    let sealed = match is_elsewhere {
        true => None,
        false => Some(seal(cx.yard(), &input.token)?),
    };
    let record = SourceCredentialRecord {
        server_type: input.server_type,
        auth_type: input.auth_type,
        username: input.username,
        sealed,
        resource: is_elsewhere.then_some(input.token),
        origin: None,
    };
    let (scope, overwrite) = (cx.scope(), input.should_overwrite != Some(false));
    let arn = arn(&scope, record.server_type);
    cx.write(move |tx| {
        if !overwrite && tx.exists::<SourceCredentialRecord>(&scope, &record.key())? {
            return Err(errors::ALREADY_EXISTS.error(format!(
                "Access token with server type {} already exists. Delete its source credential \
                 and try again.",
                record.server_type
            )));
        }
        tx.put(&scope, &record)?;
        Ok(())
    })
    .await?;
    Ok(ImportSourceCredentialsOutput { arn: Some(arn) })
}

fn check(input: &ImportSourceCredentialsInput) -> Result<(), Error> {
    let server = input.server_type;
    match input.auth_type {
        AuthType::Oauth => {
            return Err(invalid(
                "Invalid auth type: OAUTH is not supported by the API. Import a \
                 PERSONAL_ACCESS_TOKEN instead",
            ));
        }
        AuthType::Codeconnections if !is_connection_arn(&input.token) => {
            return Err(invalid(
                "Invalid token: for CODECONNECTIONS it must be the ARN of a connection",
            ));
        }
        AuthType::BasicAuth if server != ServerType::Bitbucket => {
            return Err(invalid(format!(
                "Invalid auth type: BASIC_AUTH is for BITBUCKET, not for {server}"
            )));
        }
        AuthType::BasicAuth if input.username.is_none() => {
            return Err(invalid("Invalid username: BASIC_AUTH needs one"));
        }
        AuthType::SecretsManager if !is_secret_arn(&input.token) => {
            return Err(invalid(
                "Invalid token: for SECRETS_MANAGER it must be the ARN of a secret",
            ));
        }
        _ => {}
    }
    if input.username.is_some() && input.auth_type != AuthType::BasicAuth {
        return Err(invalid("Invalid username: only BASIC_AUTH has one"));
    }
    let plain = |text: &str| text.chars().all(|c| !c.is_control());
    if !plain(&input.token)
        || !input.username.as_deref().is_none_or(|it| plain(it) && !it.contains(':'))
    {
        return Err(invalid("Invalid token: it has a character that no token has"));
    }
    Ok(())
}

/// Whether a text is the ARN of a secret.
pub(crate) fn is_secret_arn(text: &str) -> bool {
    let arn = text.parse::<types::Arn>();
    arn.is_ok_and(|arn| arn.service == "secretsmanager" && arn.resource.starts_with("secret:"))
}

/// Whether a text is the ARN of a connection, by either of the service's names.
pub(crate) fn is_connection_arn(text: &str) -> bool {
    text.parse::<types::Arn>().is_ok_and(|arn| {
        matches!(arn.service.as_str(), "codeconnections" | "codestar-connections")
            && arn.resource.starts_with("connection/")
    })
}

/// A token sealed for the store.
pub(crate) fn seal(yard: &Yard, token: &str) -> Result<String, Error> {
    let sealed = yard.blobs().seal(&KeyRef::Yard, CONTEXT, token.as_bytes());
    sealed.map(|bytes| BASE64.encode(bytes)).map_err(Error::internal)
}

/// The reverse of [`seal`].
pub(crate) fn unseal(yard: &Yard, sealed: &str) -> Result<String, Error> {
    let bytes = BASE64.decode(sealed).map_err(Error::internal)?;
    let opened = yard.blobs().unseal(CONTEXT, &bytes).map_err(Error::internal)?;
    String::from_utf8(opened.to_vec()).map_err(Error::internal)
}

pub(crate) async fn delete_source_credentials(
    cx: Cx,
    input: DeleteSourceCredentialsInput,
) -> Result<DeleteSourceCredentialsOutput, Error> {
    let scope = cx.scope();
    let prefix = arn_prefix(&scope);
    let Some(key) = input.arn.strip_prefix(&prefix).map(str::to_owned) else {
        return Err(invalid(format!("Invalid ARN of source credentials: {}", input.arn)));
    };
    let given = input.arn.clone();
    cx.write(move |tx| match tx.delete::<SourceCredentialRecord>(&scope, &key)? {
        true => Ok(()),
        false => {
            Err(errors::NOT_FOUND.error(format!("Source credentials cannot be found: {given}")))
        }
    })
    .await?;
    Ok(DeleteSourceCredentialsOutput { arn: Some(input.arn) })
}

fn arn_prefix(scope: &Scope) -> String {
    let (region, account) = (scope.region.as_str(), scope.account.as_str());
    types::Arn::new("codebuild", region, account, "token/").to_string()
}

pub(crate) async fn list_source_credentials(
    cx: Cx,
    _input: shape::Empty,
) -> Result<ListSourceCredentialsOutput, Error> {
    let scope = cx.scope();
    let all = cx.read(|tx| Ok(tx.list::<SourceCredentialRecord>(&scope, &Query::first(100))?))?;
    let infos = all.items.into_iter().map(|stored| {
        let record = stored.into_inner();
        SourceCredentialsInfo {
            arn: Some(arn(&scope, record.server_type)),
            server_type: Some(record.server_type),
            auth_type: Some(record.auth_type),
            resource: record.resource,
        }
    });
    Ok(ListSourceCredentialsOutput { source_credentials_infos: Some(infos.collect()) })
}

/// The server type of a source type.
pub(crate) fn server_type(kind: SourceType) -> Option<ServerType> {
    match kind {
        SourceType::Github => Some(ServerType::Github),
        SourceType::GithubEnterprise => Some(ServerType::GithubEnterprise),
        SourceType::Bitbucket => Some(ServerType::Bitbucket),
        SourceType::Gitlab => Some(ServerType::Gitlab),
        SourceType::GitlabSelfManaged => Some(ServerType::GitlabSelfManaged),
        _ => None,
    }
}

/// The credential for a source: of its own secret or connection, else the account's for its
/// provider; none where there is none. `cx` is who reads the secret or uses the connection.
///
/// # Errors
/// Where the secret can't be read or holds no credential, where the connection can't be used, or
/// where the credential is not for the source's host.
pub(crate) async fn of_source(
    cx: &Cx,
    scope: &Scope,
    source: &ProjectSource,
) -> Result<Option<Credential>, Error> {
    let Some(server) = server_type(source.kind) else { return Ok(None) };
    let place = place(cx, source)?;
    if let Some(arn) = connection(cx, scope, source)? {
        return by_connection(cx, &arn, server, &place).await.map(Some);
    }
    if let Some(auth) = source.auth.as_ref().filter(|it| it.kind == SourceAuthType::SecretsManager)
    {
        let secret = auth.resource.as_deref().unwrap_or_default();
        return in_secret(cx, secret, server).await.map(Some);
    }
    let Some(record) = of_account(cx, scope, server)? else { return Ok(None) };
    if let Some(secret) = &record.resource {
        return in_secret(cx, secret, server).await.map(Some);
    }
    let token = unseal(cx.yard(), record.sealed.as_deref().unwrap_or_default())?;
    bind(cx, scope, record.clone(), &place).await?;
    Ok(Some(Credential { username: record.username, token }))
}

/// The connection by which a source signs in, its own or the account's for its provider, if it is
/// one.
///
/// # Errors
/// The store's.
pub(crate) fn connection(
    cx: &Cx,
    scope: &Scope,
    source: &ProjectSource,
) -> Result<Option<String>, Error> {
    let Some(server) = server_type(source.kind) else { return Ok(None) };
    match source.auth.as_ref().map(|auth| (auth.kind, &auth.resource)) {
        Some((SourceAuthType::Codeconnections, arn)) => Ok(Some(arn.clone().unwrap_or_default())),
        Some((SourceAuthType::SecretsManager, _)) => Ok(None),
        Some((SourceAuthType::Oauth, _)) | None => {
            let record = of_account(cx, scope, server)?;
            let record = record.filter(|it| it.auth_type == AuthType::Codeconnections);
            Ok(record.and_then(|it| it.resource))
        }
    }
}

/// What was imported for a server type.
fn of_account(
    cx: &Cx,
    scope: &Scope,
    server: ServerType,
) -> Result<Option<SourceCredentialRecord>, Error> {
    let found = cx.read(|tx| Ok(tx.get::<SourceCredentialRecord>(scope, &name(server))?))?;
    Ok(found.map(store::Stored::into_inner))
}

/// Where a credential is wanted.
struct Place {
    /// `https://HOST[:PORT]`
    origin: String,
    /// `OWNER/NAME`; none for an organization's webhook.
    path: Option<String>,
}

fn place(cx: &Cx, source: &ProjectSource) -> Result<Place, Error> {
    let location = source.location.as_deref().unwrap_or_default();
    if let Some(repository) = Repository::of(source.kind, location) {
        providers::check_place(cx.yard().config(), source.kind, &repository)?;
        return Ok(Place { origin: repository.origin, path: Some(repository.path) });
    }
    match (source.kind, Provider::of(source.kind)) {
        (SourceType::Github | SourceType::Gitlab, Some(provider)) if location == SCOPED => {
            Ok(Place { origin: provider.home().to_owned(), path: None })
        }
        // To an unknown host goes nothing.
        (kind, _) => Err(invalid(format!(
            "Invalid project source: {location} is no URL of a {kind} repository, so that there is \
             no host for its credentials"
        ))),
    }
}

/// An imported token for hosts of one's own names none: it stays with the first that it is wanted
/// for.
async fn bind(
    cx: &Cx,
    scope: &Scope,
    record: SourceCredentialRecord,
    place: &Place,
) -> Result<(), Error> {
    let server = record.server_type;
    if !matches!(server, ServerType::GithubEnterprise | ServerType::GitlabSelfManaged) {
        return Ok(());
    }
    let (scope, origin) = (scope.clone(), place.origin.clone());
    let is_own = |bound: &str| bound.eq_ignore_ascii_case(&place.origin);
    let bound = match record.origin.clone() {
        Some(bound) => bound,
        None => {
            cx.write(move |tx| {
                let found = tx.get::<SourceCredentialRecord>(&scope, &record.key())?;
                let mut stored = found
                    // Imported anew meanwhile: whoever did that shall not find it bound by the past.
                    .filter(|stored| stored.sealed == record.sealed)
                    .ok_or_else(|| invalid("The source credentials have just been changed"))?;
                if let Some(bound) = &stored.origin {
                    return Ok(bound.clone());
                }
                stored.origin = Some(origin.clone());
                tx.update(&scope, &stored)?;
                Ok(origin.clone())
            })
            .await?
        }
    };
    match is_own(&bound) {
        true => Ok(()),
        false => Err(invalid(format!(
            "The source credentials for {server} are for {bound}, where they were first used, and \
             are not sent to {}. Import them again for another host, or use a connection",
            place.origin
        ))),
    }
}

/// The credential of a connection, which must lead to the source's host.
///
/// <https://docs.aws.amazon.com/codebuild/latest/userguide/connections-github-app.html>
async fn by_connection(
    cx: &Cx,
    arn: &str,
    server: ServerType,
    place: &Place,
) -> Result<Credential, Error> {
    let failed = |why: String| {
        errors::OAUTH_PROVIDER.error(format!("Failed to get access token from {arn}: {why}"))
    };
    let input = ConnectionUse {
        connection_arn: arn.to_owned(),
        full_repository_id: place.path.clone(),
        ..ConnectionUse::default()
    };
    let found = cx.call(GetConnectionToken, input).await;
    let found = found.map_err(|error| match error.status {
        500.. if error.code != "NotImplemented" => error,
        _ if error.code.starts_with("AccessDenied") => {
            failed(format!("Access denied to connection {arn}: {}", error.message))
        }
        _ => failed(error.message),
    })?;
    let kind = match server {
        ServerType::Github => ProviderType::GitHub,
        ServerType::GithubEnterprise => ProviderType::GitHubEnterpriseServer,
        ServerType::Bitbucket => ProviderType::Bitbucket,
        ServerType::Gitlab => ProviderType::GitLab,
        ServerType::GitlabSelfManaged => ProviderType::GitLabSelfManaged,
    };
    if found.provider_type != kind {
        let theirs = found.provider_type;
        return Err(failed(format!("the connection is to {theirs}, the source is of {server}")));
    }
    // Where sources in the cloud may be on this machine, their connections lead there too.
    let is_in_cloud =
        matches!(kind, ProviderType::GitHub | ProviderType::GitLab | ProviderType::Bitbucket);
    let is_here = is_in_cloud && providers::is_here(&place.origin);
    let plain = |origin: &str| origin.to_ascii_lowercase().replace("://www.", "://");
    if !is_here && plain(&found.provider_endpoint) != plain(&place.origin) {
        return Err(failed(format!(
            "the connection is for {}, the source is at {}",
            found.provider_endpoint, place.origin
        )));
    }
    Ok(Credential { username: found.username, token: found.token })
}

/// The credential in a secret, in the form that CodeBuild's guide has it:
/// <https://docs.aws.amazon.com/codebuild/latest/userguide/asm-create-secret.html>.
async fn in_secret(cx: &Cx, secret: &str, server: ServerType) -> Result<Credential, Error> {
    let input =
        secretsmanager::GetSecretValueInput { secret_id: secret.to_owned(), ..Default::default() };
    let output = cx.call(secretsmanager::GetSecretValue, input).await?;
    let text = output.secret_string.unwrap_or_default();
    let wrong =
        |why: &str| invalid(format!("The secret {secret} holds no source credential: {why}"));
    let value: serde_json::Value =
        serde_json::from_str(&text).map_err(|_| wrong("it is no JSON object"))?;
    let member = |name: &str| value.get(name).and_then(serde_json::Value::as_str);
    if let Some(other) = member("ServerType").filter(|other| *other != server.as_str()) {
        return Err(wrong(&format!("its ServerType is {other}, not {server}")));
    }
    let credential = match member("AuthType") {
        Some("BASIC_AUTH") => {
            let password = member("AppPassword").or_else(|| member("Token"));
            let user = member("Username").ok_or_else(|| wrong("it has no Username"))?;
            Credential {
                username: Some(user.to_owned()),
                token: password.ok_or_else(|| wrong("it has no AppPassword"))?.to_owned(),
            }
        }
        Some("PERSONAL_ACCESS_TOKEN") | None => Credential {
            username: None,
            token: member("Token").ok_or_else(|| wrong("it has no Token"))?.to_owned(),
        },
        Some(other) => return Err(wrong(&format!("its AuthType is {other}"))),
    };
    match credential.token.is_empty() || credential.token.chars().any(char::is_control) {
        true => Err(wrong("its token has a character that no token has")),
        false => Ok(credential),
    }
}
