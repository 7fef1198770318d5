//! The environment of a build's commands:
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html>.

use api_developer::codebuild::{EnvironmentVariableType, SourceType};
use api_security::{secretsmanager, ssm};
use formats::buildspec::{Buildspec, SecretReference};
use service::Cx;
use wire::Error;

use super::source::Downloaded;
use super::{Cut, Job};
use crate::credentials::Ticket;
use crate::{model, validate};

/// Variables, and which of their values are secret.
#[derive(Default)]
pub(super) struct Environment {
    pub variables: Vec<(String, String)>,
    pub secrets: Vec<String>,
}

impl Environment {
    /// Sets a variable, whatever it was.
    fn set(&mut self, name: &str, value: impl Into<String>) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.into()));
    }

    fn set_secret(&mut self, name: &str, value: String) {
        self.secrets.push(value.clone());
        self.set(name, value);
    }
}

/// Everything: what the buildspec says, over it what project and request say, and over all what
/// CodeBuild itself sets.
pub(super) async fn resolve(
    job: &Job,
    cx: &Cx,
    spec: &Buildspec,
    downloaded: &Downloaded,
    ticket: &Ticket,
) -> Result<Environment, Cut> {
    let mut all = Environment::default();
    credentials(job, ticket, &mut all);
    for (name, value) in &spec.env.variables {
        all.set(name, value.as_str());
    }
    for (name, parameter) in &spec.env.parameter_store {
        all.set_secret(name, parameter_value(cx, parameter).await?);
    }
    for (name, reference) in &spec.env.secrets_manager {
        all.set_secret(name, secret_value(cx, reference).await?);
    }
    let environment = job.record.build.environment.as_ref();
    for variable in
        environment.and_then(|it| it.environment_variables.as_ref()).into_iter().flatten()
    {
        let (name, value) = (&variable.name, &variable.value);
        match variable.kind.unwrap_or_default() {
            EnvironmentVariableType::Plaintext => all.set(name, value.as_str()),
            EnvironmentVariableType::ParameterStore => {
                all.set_secret(name, parameter_value(cx, value).await?);
            }
            EnvironmentVariableType::SecretsManager => {
                let reference = SecretReference::parse(value)
                    .map_err(|why| Cut::failed("Secrets Manager Error Message", why))?;
                all.set_secret(name, secret_value(cx, &reference).await?);
            }
        }
    }
    if let Some((name, _)) = all
        .variables
        .iter()
        .find(|(name, value)| !validate::is_variable_name(name) || value.contains('\0'))
    {
        return Err(Cut::failed(
            "YAML_FILE_ERROR",
            format!("the environment variable {name:?} has a malformed name or value"),
        ));
    }
    if spec.env.git_credential_helper {
        git_credential_helper(&mut all);
    }
    built_in(job, downloaded, &mut all);
    Ok(all)
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
        let location = match source.kind {
            SourceType::NoSource => String::new(),
            _ => text(&source.location),
        };
        all.set("CODEBUILD_SOURCE_REPO_URL", location);
    }
    if let Some(version) = &build.source_version {
        all.set("CODEBUILD_SOURCE_VERSION", version.as_str());
    }
    if let Some(resolved) = &downloaded.resolved {
        all.set("CODEBUILD_RESOLVED_SOURCE_VERSION", resolved.as_str());
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

/// By GetParameters, which is what AWS's guide has service roles be allowed.
async fn parameter_value(cx: &Cx, name: &str) -> Result<String, Cut> {
    const CODE: &str = "Decrypted Variables Error";
    let input =
        ssm::GetParametersInput { names: vec![name.to_owned()], with_decryption: Some(true) };
    let output = cx.call(ssm::GetParameters, input).await;
    let output = output.map_err(|error| refused(CODE, name, &error))?;
    match output.parameters.into_iter().next() {
        Some(parameter) => Ok(parameter.value),
        None => Err(Cut::failed(CODE, format!("parameter does not exist: {name}"))),
    }
}

async fn secret_value(cx: &Cx, reference: &SecretReference) -> Result<String, Cut> {
    const CODE: &str = "Secrets Manager Error Message";
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
