//! Credentials for sources: one for each provider in an account's region, sealed at rest, and
//! those that a project's own secret holds.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/access-tokens.html>

use api_developer::codebuild::*;
use api_security::secretsmanager;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use blobs::KeyRef;
use service::{Cx, Yard};
use shape::Shape;
use store::{Query, Resource};
use types::Scope;
use wire::Error;

use crate::errors::{self, invalid, unsupported};
use crate::providers::Provider;

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
    /// The secret that holds it instead.
    pub resource: Option<String>,
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

/// A user name and a token, open. Never in a message or a record.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credential {
    pub username: Option<String>,
    pub token: String,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credential")
    }
}

impl Credential {
    /// The `Authorization` that git sends: providers take a token as the password of these users.
    pub fn git_header(&self, provider: Provider) -> String {
        let user = self.username.as_deref().unwrap_or(match provider {
            Provider::GitHub => "x-access-token",
            Provider::GitLab => "oauth2",
            Provider::Bitbucket => "x-token-auth",
        });
        format!("Authorization: {}", basic(user, &self.token))
    }

    /// The header with which the provider's API is called.
    pub fn api_header(&self, provider: Provider) -> (&'static str, String) {
        match (&self.username, provider) {
            (Some(user), _) => ("authorization", basic(user, &self.token)),
            (None, Provider::GitLab) => ("private-token", self.token.clone()),
            (None, _) => ("authorization", format!("Bearer {}", self.token)),
        }
    }
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", BASE64.encode(format!("{user}:{password}")))
}

/// Stores a token, or the name of the secret that holds it.
pub(crate) async fn import_source_credentials(
    cx: Cx,
    input: ImportSourceCredentialsInput,
) -> Result<ImportSourceCredentialsOutput, Error> {
    check(&input)?;
    let in_secret = input.auth_type == AuthType::SecretsManager;
    let sealed = match in_secret {
        true => None,
        false => Some(seal(cx.yard(), &input.token)?),
    };
    let record = SourceCredentialRecord {
        server_type: input.server_type,
        auth_type: input.auth_type,
        username: input.username,
        sealed,
        resource: in_secret.then_some(input.token),
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
        AuthType::Codeconnections => {
            return Err(unsupported("The auth type CODECONNECTIONS (there is no CodeConnections)"));
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

/// The credential for a source: of its own secret, else the account's for its provider; none
/// where there is none. `cx` is who reads the secret.
///
/// # Errors
/// Where the secret can't be read or holds no credential.
pub(crate) async fn of_source(
    cx: &Cx,
    scope: &Scope,
    source: &ProjectSource,
) -> Result<Option<Credential>, Error> {
    let Some(server) = server_type(source.kind) else { return Ok(None) };
    if let Some(auth) = &source.auth
        && auth.kind == SourceAuthType::SecretsManager
    {
        let secret = auth.resource.as_deref().unwrap_or_default();
        return in_secret(cx, secret, server).await.map(Some);
    }
    let found = cx.read(|tx| Ok(tx.get::<SourceCredentialRecord>(scope, &name(server))?))?;
    let Some(record) = found else { return Ok(None) };
    if let Some(secret) = &record.resource {
        return in_secret(cx, secret, server).await.map(Some);
    }
    let token = unseal(cx.yard(), record.sealed.as_deref().unwrap_or_default())?;
    Ok(Some(Credential { username: record.username.clone(), token }))
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
