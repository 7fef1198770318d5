//! A build's image in Amazon ECR: found by its tag, and pulled by the engine from the yard's own
//! registry, with a token of whom the project says that pulls.
//!
//! - `SERVICE_ROLE`: the build's role, by its policies.
//! - `CODEBUILD`: CodeBuild itself, `codebuild.amazonaws.com`, to whom only the repository's own
//!   policy can grant it.
//!
//! The engine is on this machine, so it reaches the registry at the yard's address, whatever host
//! name the project has for it.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/sample-ecr.html>

use api_containers::ecr;
use api_developer::codebuild::{ImagePullCredentialsType, ProjectEnvironment};
use auth::policy::Principal;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sandbox::docker::{Login, Reference};
use serde_json::Value;
use service::{Caller, Cx};
use types::Scope;
use wire::Error;

use super::container::unable;
use super::{Cut, Job};
use crate::images::EcrImage;

const SERVICE: &str = "codebuild.amazonaws.com";

/// An image that is there, and that may be pulled.
pub(super) struct Found {
    /// Its digest at the yard's address.
    pub reference: Reference,
    cx: Cx,
    registry: Scope,
    repository: String,
    manifest: String,
}

/// How many lists may lie within each other above an image.
const MAX_LISTS: usize = 3;

/// Looks the image up, as who pulls it.
pub(super) async fn find(
    job: &Job,
    role: &Cx,
    environment: &ProjectEnvironment,
    image: EcrImage,
) -> Result<Found, Cut> {
    let registry = image.registry.unwrap_or_else(|| job.run.scope().clone());
    let by_role =
        environment.image_pull_credentials_type == Some(ImagePullCredentialsType::ServiceRole);
    let cx = match by_role {
        true => role.in_region(registry.region.clone()),
        false => as_codebuild(job, &registry),
    };
    let is_digest = image.version.contains(':');
    let id = ecr::ImageIdentifier {
        image_digest: is_digest.then(|| image.version.clone()),
        image_tag: (!is_digest).then(|| image.version.clone()),
    };
    let got = get(&cx, &registry, &image.repository, id).await;
    let got = got.map_err(|error| refused(&environment.image, &error))?;
    let found = got.images.into_iter().next();
    let found = found.and_then(|it| Some((it.image_id?.image_digest?, it.image_manifest?)));
    let Some((digest, manifest)) = found else {
        let why = got.failures.into_iter().next().and_then(|it| it.failure_reason);
        let why = why.unwrap_or_else(|| "the image is not there".to_owned());
        let why = format!("CannotPullContainerError: manifest unknown: {why}");
        return Err(unable(&environment.image, &why));
    };
    let host = job.yard.endpoint().host;
    let name = format!("{host}/{}@{digest}", image.repository);
    let reference = Reference::parse(&name).ok_or_else(|| {
        unable(&environment.image, &format!("no engine takes the name {name} of the image"))
    })?;
    Ok(Found { reference, cx, registry, repository: image.repository, manifest })
}

async fn get(
    cx: &Cx,
    registry: &Scope,
    repository: &str,
    id: ecr::ImageIdentifier,
) -> Result<ecr::BatchGetImageOutput, Error> {
    let input = ecr::BatchGetImageInput {
        registry_id: Some(registry.account.to_string()),
        repository_name: repository.to_owned(),
        image_ids: vec![id],
        ..Default::default()
    };
    cx.call(ecr::BatchGetImage, input).await
}

impl Found {
    /// Makes sure that who pulls could, where the engine has the image already: what it has by
    /// another's pull is not everybody's.
    pub async fn check(&self, job: &Job) -> Result<(), Cut> {
        self.login(job).await?;
        let image = job.record.build.environment.as_ref().map_or("", |it| it.image.as_str());
        let Some(layer) = self.layer().await.map_err(|error| refused(image, &error))? else {
            return Ok(());
        };
        let input = ecr::GetDownloadUrlForLayerInput {
            registry_id: Some(self.registry.account.to_string()),
            repository_name: self.repository.clone(),
            layer_digest: layer,
        };
        let got = self.cx.call(ecr::GetDownloadUrlForLayer, input).await;
        got.map(drop).map_err(|error| refused(image, &error))
    }

    /// The digest of the image's config: each image has one, and so has the first of a list.
    async fn layer(&self) -> Result<Option<String>, Error> {
        let mut manifest = self.manifest.clone();
        for _ in 0..=MAX_LISTS {
            let said: Value = serde_json::from_str(&manifest).unwrap_or_default();
            let digest = |at: &str| said.pointer(at).and_then(Value::as_str).map(str::to_owned);
            if let Some(config) = digest("/config/digest") {
                return Ok(Some(config));
            }
            let Some(first) = digest("/manifests/0/digest") else { return Ok(None) };
            let id = ecr::ImageIdentifier { image_digest: Some(first), image_tag: None };
            let got = get(&self.cx, &self.registry, &self.repository, id).await?;
            let found = got.images.into_iter().next().and_then(|it| it.image_manifest);
            let Some(found) = found else { return Ok(None) };
            manifest = found;
        }
        Ok(None)
    }

    /// Who the engine is to the registry.
    pub async fn login(&self, job: &Job) -> Result<Login, Cut> {
        let image = job.record.build.environment.as_ref().map_or("", |it| it.image.as_str());
        let input = ecr::GetAuthorizationTokenInput {
            registry_ids: Some(vec![self.registry.account.to_string()]),
        };
        let got = self.cx.call(ecr::GetAuthorizationToken, input).await;
        let got = got.map_err(|error| refused(image, &error))?;
        let token = got.authorization_data.into_iter().next().and_then(|it| it.authorization_token);
        let token = token.and_then(|token| BASE64.decode(token).ok());
        let token = token.and_then(|token| String::from_utf8(token).ok());
        let parts = token.as_deref().and_then(|token| token.split_once(':'));
        let (username, password) =
            parts.ok_or_else(|| Cut::retry("ECR's authorization token is none"))?;
        Ok(Login { username: username.to_owned(), password: password.to_owned() })
    }
}

/// CodeBuild itself, pulling for a project.
fn as_codebuild(job: &Job, registry: &Scope) -> Cx {
    let scope = job.run.scope();
    let account = scope.account.clone();
    let project = job.record.build.project_name.as_deref().unwrap_or_default();
    let source = format!("arn:aws:codebuild:{}:{account}:project/{project}", scope.region);
    let caller = Caller {
        principal: Principal::Service { name: SERVICE.to_owned() },
        arn: SERVICE.to_owned(),
        user_id: SERVICE.to_owned(),
        access_key_id: None,
        grants: Default::default(),
        context: vec![
            ("aws:SourceArn".to_owned(), vec![source]),
            ("aws:SourceAccount".to_owned(), vec![account.to_string()]),
        ],
        expires: None,
        account,
    };
    let cx = Cx::background(&job.yard, caller, registry.region.clone(), SERVICE);
    cx.serve("codebuild");
    cx
}

/// Why ECR does not give it, in the words of an engine that pulls.
fn refused(image: &str, error: &Error) -> Cut {
    if error.status >= 500 && error.code != "NotImplemented" {
        return Cut::retry(error);
    }
    let why = error.message.split(". Encoded authorization").next().unwrap_or_default();
    unable(
        image,
        &format!(
            "CannotPullContainerError: pull access denied, repository does not exist or may \
             require authorization: {}: {why}",
            error.code
        ),
    )
}
