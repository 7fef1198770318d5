//! The environment of a build's commands:
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html>.

use std::collections::BTreeSet;

use api_developer::codebuild::{EnvironmentVariableType, ProjectSource, SourceType};
use api_security::{secretsmanager, ssm};
use formats::buildspec::{self, Buildspec, SecretReference};
use service::Cx;
use types::Arn;
use wire::Error;

use super::source::Downloaded;
use super::{Cut, Job};
use crate::credentials::Ticket;
use crate::{model, validate, visibility};

/// The longest `NAME=VALUE`, in bytes; the kernel's limit on one string of an environment, less its
/// end.
pub(super) const MAX_VARIABLE: usize = buildspec::MAX_VARIABLE_BYTES;
/// All variables together, in bytes: half of what the kernel gives a program for its arguments and
/// its environment, so that commands have room for theirs.
const MAX_ALL: usize = 1 << 20;
/// The prefix that is CodeBuild's own.
const RESERVED: &str = "CODEBUILD_";

/// Variables, and which of their values are secret.
#[derive(Default)]
pub(super) struct Environment {
    pub variables: Vec<(String, String)>,
    pub secrets: Vec<String>,
    /// Names of variables whose values come from Parameter Store or Secrets Manager.
    pub secret_names: BTreeSet<String>,
    /// What to tell in the log.
    pub told: Vec<String>,
}

impl Environment {
    /// Sets a variable, whatever it was.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.into()));
    }

    /// A variable's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn set_secret(&mut self, name: &str, value: String) {
        self.secrets.push(value.clone());
        self.set(name, value);
    }

    /// The names of those that later actions of a pipeline may see: not what is secret, and not
    /// AWS's own.
    pub fn exported(&mut self, wanted: &[String]) -> Vec<String> {
        let mut exported = Vec::new();
        for name in wanted {
            let why = if self.secret_names.contains(name) {
                "its value is a secret"
            } else if name.starts_with("AWS_") {
                "names that start with AWS_ can't be exported"
            } else {
                exported.push(name.clone());
                continue;
            };
            self.told.push(format!("The variable {name} is not exported: {why}"));
        }
        exported
    }
}

/// The values that are secret, of the build's own variables.
pub(super) async fn secrets(job: &Job, cx: &Cx, spec: &Buildspec) -> Result<Vec<String>, Cut> {
    let mut all = Vec::new();
    for (_, origin) in origins(job, spec)? {
        match origin {
            Origin::Plain(_) => {}
            Origin::Parameter(parameter) => all.push(parameter_value(cx, &parameter).await?),
            Origin::Secret(reference) => all.push(secret_value(cx, &reference).await?),
        }
    }
    Ok(all)
}

/// Where a variable's value comes from.
enum Origin {
    Plain(String),
    Parameter(String),
    Secret(SecretReference),
}

/// Everything: what the buildspec says, over it what project and request say (a request's
/// variables took the place of the project's when the build was made), and over all what
/// CodeBuild itself sets. Values are taken literally: `$PATH` in one stays `$PATH`.
pub(super) async fn resolve(
    job: &Job,
    cx: &Cx,
    spec: &Buildspec,
    downloaded: &Downloaded,
    ticket: &Ticket,
) -> Result<Environment, Cut> {
    let mut all = Environment::default();
    credentials(job, ticket, &mut all);
    for (name, origin) in origins(job, spec)? {
        match origin {
            Origin::Plain(value) => all.set(&name, value),
            Origin::Parameter(parameter) => {
                all.set_secret(&name, parameter_value(cx, &parameter).await?);
                all.secret_names.insert(name);
            }
            Origin::Secret(reference) => {
                all.set_secret(&name, secret_value(cx, &reference).await?);
                all.secret_names.insert(name);
            }
        }
    }
    check(&all)?;
    if spec.env.git_credential_helper {
        git_credential_helper(&mut all);
    }
    let own: Vec<String> = all
        .variables
        .iter()
        .filter(|(name, _)| {
            name.starts_with(RESERVED) && !validate::DISCOVERY.contains(&name.as_str())
        })
        .map(|(name, _)| name.clone())
        .collect();
    built_in(job, downloaded, &mut all);
    for name in own {
        all.told.push(format!(
            "WARNING: the buildspec sets {name}: names that start with {RESERVED} are reserved, and \
             CodeBuild's own values go before"
        ));
    }
    Ok(all)
}

/// Each variable once, with the origin that counts; only that one is asked for its value.
fn origins(job: &Job, spec: &Buildspec) -> Result<Vec<(String, Origin)>, Cut> {
    let mut all: Vec<(String, Origin)> = Vec::new();
    let mut put = |name: &str, origin: Origin| {
        all.retain(|(known, _)| known != name);
        all.push((name.to_owned(), origin));
    };
    for (name, value) in &spec.env.variables {
        put(name, Origin::Plain(value.clone()));
    }
    for (name, parameter) in &spec.env.parameter_store {
        put(name, Origin::Parameter(parameter.clone()));
    }
    for (name, reference) in &spec.env.secrets_manager {
        put(name, Origin::Secret(reference.clone()));
    }
    let environment = job.record.build.environment.as_ref();
    for variable in
        environment.and_then(|it| it.environment_variables.as_ref()).into_iter().flatten()
    {
        let value = variable.value.clone();
        let origin = match variable.kind.unwrap_or_default() {
            EnvironmentVariableType::Plaintext => Origin::Plain(value),
            EnvironmentVariableType::ParameterStore => Origin::Parameter(value),
            EnvironmentVariableType::SecretsManager => Origin::Secret(
                SecretReference::parse(&value).map_err(|why| Cut::failed(SECRET_CODE, why))?,
            ),
        };
        put(&variable.name, origin);
    }
    Ok(all)
}

/// What no shell or kernel would take is refused here: `Argument list too long` from every command
/// helps nobody.
fn check(all: &Environment) -> Result<(), Cut> {
    let refused = |what: String| Err(Cut::failed(buildspec::Error::CODE, what));
    let mut total = 0;
    for (name, value) in &all.variables {
        if !validate::is_variable_name(name) || value.contains('\0') {
            return refused(format!(
                "the environment variable {name:?} has a malformed name or value"
            ));
        }
        let size = name.len() + 1 + value.len();
        if size > MAX_VARIABLE {
            return refused(format!(
                "the environment variable {name} has {size} bytes with its name: no program can \
                 start with more than {MAX_VARIABLE}. Put the value into a file of the source or \
                 of S3"
            ));
        }
        total += size;
    }
    if total > MAX_ALL {
        return refused(format!(
            "the environment variables have {total} bytes together: at most {MAX_ALL} are allowed"
        ));
    }
    Ok(())
}

/// A plain `aws s3 ls` in a buildspec speaks with this yard, as the service role.
fn credentials(job: &Job, ticket: &Ticket, all: &mut Environment) {
    let region = job.run.scope().region.as_str();
    all.set("AWS_ENDPOINT_URL", job.yard.endpoint().url());
    all.set("AWS_REGION", region);
    all.set("AWS_DEFAULT_REGION", region);
    all.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", ticket.url.as_str());
    all.set_secret("AWS_CONTAINER_AUTHORIZATION_TOKEN", ticket.token.clone());
}

fn git_credential_helper(all: &mut Environment) {
    let settings = [
        ("credential.helper", "!aws codecommit credential-helper --ignore-host-check $@"),
        ("credential.UseHttpPath", "true"),
    ];
    all.set("GIT_CONFIG_COUNT", settings.len().to_string());
    for (index, (key, value)) in settings.into_iter().enumerate() {
        all.set(&format!("GIT_CONFIG_KEY_{index}"), key);
        all.set(&format!("GIT_CONFIG_VALUE_{index}"), value);
    }
}

fn built_in(job: &Job, downloaded: &Downloaded, all: &mut Environment) {
    let record = &job.record;
    let build = &record.build;
    let scope = job.run.scope();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    all.set("CI", "true");
    all.set("CODEBUILD_CI", "true");
    all.set("CODEBUILD_BUILD_ARN", record.arn());
    all.set("CODEBUILD_BUILD_ID", record.id.as_str());
    all.set("CODEBUILD_BUILD_NUMBER", build.build_number.unwrap_or_default().to_string());
    all.set("CODEBUILD_BUILD_SUCCEEDING", "1");
    let image = build.environment.as_ref().map(|it| it.image.clone()).unwrap_or_default();
    all.set("CODEBUILD_BUILD_IMAGE", image);
    all.set("CODEBUILD_INITIATOR", text(&build.initiator));
    all.set("CODEBUILD_KMS_KEY_ID", text(&build.encryption_key));
    all.set("CODEBUILD_PROJECT_ARN", model::project_arn(scope, record.project()));
    all.set("CODEBUILD_START_TIME", build.start_time.unwrap_or_default().millis().to_string());
    if let Some(stream) = build.logs.as_ref().and_then(|logs| logs.stream_name.as_ref()) {
        all.set("CODEBUILD_LOG_PATH", stream.as_str());
    }
    if let Some(source) = &build.source {
        all.set("CODEBUILD_SOURCE_REPO_URL", repository_url(source));
    }
    for source in build.secondary_sources.iter().flatten() {
        if let Some(id) = &source.source_identifier {
            all.set(&format!("CODEBUILD_SOURCE_REPO_URL_{id}"), repository_url(source));
        }
    }
    all.set("CODEBUILD_BUILD_URL", build_url(job));
    if let Some(part) = &record.part {
        all.set("CODEBUILD_BATCH_BUILD_IDENTIFIER", part.identifier.as_str());
        if let (Some(shard), Some(shards)) = (part.shard, part.shards) {
            all.set("CODEYARD_SHARD", shard.to_string());
            all.set("CODEYARD_SHARDS", shards.to_string());
        }
    }
    if let Some(version) = &build.source_version {
        all.set("CODEBUILD_SOURCE_VERSION", version.as_str());
    }
    if let Some(resolved) = &downloaded.resolved {
        all.set("CODEBUILD_RESOLVED_SOURCE_VERSION", resolved.as_str());
    }
    if let Some(url) = visibility::url_of_build(&job.yard, scope, record) {
        all.set("CODEBUILD_PUBLIC_BUILD_URL", url);
    }
    for (name, value) in record.webhook.iter().flat_map(|webhook| webhook.variables()) {
        all.set(name, value);
    }
    all.set("CODEBUILD_SRC_DIR", downloaded.inside(record.uuid()));
    for secondary in &downloaded.secondary {
        let id = &secondary.id;
        all.set(&format!("CODEBUILD_SRC_DIR_{id}"), secondary.inside(record.uuid()));
        if let Some(version) = &secondary.version {
            all.set(&format!("CODEBUILD_SOURCE_VERSION_{id}"), version.as_str());
        }
        if let Some(resolved) = &secondary.resolved {
            all.set(&format!("CODEBUILD_RESOLVED_SOURCE_VERSION_{id}"), resolved.as_str());
        }
    }
}

/// Where the source is, in the words of the reference.
fn repository_url(source: &ProjectSource) -> String {
    let location = source.location.clone().unwrap_or_default();
    match source.kind {
        SourceType::NoSource => String::new(),
        SourceType::S3 if !location.is_empty() => format!("s3://{location}"),
        _ => location,
    }
}

/// The build's page in the console, of the shape that AWS's has.
pub(super) fn build_url(job: &Job) -> String {
    let scope = job.run.scope();
    format!(
        "{}/codesuite/codebuild/{}/projects/{}/build/{}/?region={}",
        job.yard.endpoint().url(),
        scope.account.as_str(),
        job.record.project(),
        wire::uri::encode(&job.record.id, false),
        scope.region.as_str()
    )
}

/// AWS reads shared parameters and secrets of other accounts; there are none here.
fn refuse_foreign(cx: &Cx, code: &str, what: &str, name: &str) -> Result<(), Cut> {
    if !name.starts_with("arn:") {
        return Ok(());
    }
    let scope = cx.scope();
    let malformed = || Cut::failed(code, format!("{name} is not the ARN of a {what}"));
    let arn: Arn = name.parse().map_err(|_| malformed())?;
    if arn.account != scope.account.as_str() || arn.region != scope.region.as_str() {
        return Err(Cut::failed(
            code,
            format!(
                "the {what} {name} is of another account or region: builds read those of account \
                 {} in {} only",
                scope.account.as_str(),
                scope.region.as_str()
            ),
        ));
    }
    Ok(())
}

/// By GetParameters, which is what AWS's guide has service roles be allowed.
async fn parameter_value(cx: &Cx, name: &str) -> Result<String, Cut> {
    const CODE: &str = "Decrypted Variables Error";
    refuse_foreign(cx, CODE, "parameter", name)?;
    let input =
        ssm::GetParametersInput { names: vec![name.to_owned()], with_decryption: Some(true) };
    let output = cx.call(ssm::GetParameters, input).await;
    let output = output.map_err(|error| refused(CODE, name, &error))?;
    match output.parameters.into_iter().next() {
        Some(parameter) => Ok(parameter.value),
        None => Err(Cut::failed(CODE, format!("parameter does not exist: {name}"))),
    }
}

/// The status code of a failure to read a secret.
const SECRET_CODE: &str = "Secrets Manager Error Message";

async fn secret_value(cx: &Cx, reference: &SecretReference) -> Result<String, Cut> {
    const CODE: &str = SECRET_CODE;
    refuse_foreign(cx, CODE, "secret", &reference.secret_id)?;
    let input = secretsmanager::GetSecretValueInput {
        secret_id: reference.secret_id.clone(),
        version_id: reference.version_id.clone(),
        version_stage: reference.version_stage.clone(),
    };
    let output = cx
        .call(secretsmanager::GetSecretValue, input)
        .await
        .map_err(|error| refused(CODE, &reference.secret_id, &error))?;
    let Some(text) = output.secret_string else {
        let message = format!("the secret {} is binary", reference.secret_id);
        return Err(Cut::failed(CODE, message));
    };
    let Some(key) = &reference.json_key else { return Ok(text) };
    let value: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    match value.as_ref().and_then(|value| value.get(key)) {
        Some(serde_json::Value::String(value)) => Ok(value.clone()),
        Some(value) if !value.is_object() && !value.is_array() && !value.is_null() => {
            Ok(value.to_string())
        }
        _ => Err(Cut::failed(
            CODE,
            format!("the secret {} has no value under the key {key}", reference.secret_id),
        )),
    }
}

fn refused(code: &str, name: &str, error: &Error) -> Cut {
    if error.status >= 500 && error.code != "NotImplemented" {
        return Cut::retry(error);
    }
    Cut::failed(code, format!("{name}: {}: {}", error.code, error.message))
}
