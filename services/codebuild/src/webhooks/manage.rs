//! Webhooks made, changed and deleted, here and at the provider.

use api_developer::codebuild::*;
use service::Cx;
use sha2::{Digest as _, Sha256};
use shape::Empty;
use store::Resource as _;
use wire::Error;

use super::{WebhookRecord, api, check, payload_url, provider_of};
use crate::errors::{self, invalid};
use crate::model::ProjectRecord;
use crate::providers::{Api, ApiError, Hook, SCOPED};
use crate::{run, source_credentials};

/// Characters of a token, and of a secret.
const TOKEN_LENGTH: usize = 43;

/// [CreateWebhook](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateWebhook.html)
pub(crate) async fn create_webhook(
    cx: Cx,
    input: CreateWebhookInput,
) -> Result<CreateWebhookOutput, Error> {
    let (project, source) = load(&cx, &input.project_name)?;
    provider_of(source.kind)?;
    if project.webhook.is_some() {
        return Err(exists(&input.project_name));
    }
    let (token, secret) = (types::random_secret(TOKEN_LENGTH), types::random_secret(TOKEN_LENGTH));
    let is_manual = input.manual_creation == Some(true);
    let mut webhook = Webhook {
        payload_url: Some(payload_url(cx.endpoint(), &token)),
        branch_filter: input.branch_filter,
        filter_groups: input.filter_groups,
        build_type: input.build_type.or(Some(WebhookBuildType::Build)),
        manual_creation: input.manual_creation,
        last_modified_secret: Some(cx.now()),
        scope_configuration: input.scope_configuration,
        pull_request_build_policy: input.pull_request_build_policy,
        status: Some(WebhookStatus::Active),
        ..Webhook::default()
    };
    check::check(&webhook, &source)?;
    let policy = check::policy(webhook.pull_request_build_policy.take(), source.kind);
    webhook.pull_request_build_policy = Some(policy);
    let at_provider = match is_manual {
        true => None,
        false => {
            let api = signed_api(&cx, &project, &webhook).await?;
            let made = api.create_hook(&hook(&webhook, &secret)).await;
            webhook.url = Some(made.map_err(|error| refused(&api, &error))?);
            Some(api)
        }
    };
    let record = WebhookRecord {
        project: input.project_name.clone(),
        token_digest: hex::encode(Sha256::digest(token.as_bytes())),
        secret: source_credentials::seal(cx.yard(), &secret)?,
        kind: source.kind,
        location: source.location.clone(),
    };
    let kept = keep_new(&cx, record, webhook.clone()).await;
    if let (Err(_), Some(api), Some(url)) = (&kept, &at_provider, &webhook.url)
        && let Err(error) = api.delete_hook(url).await
    {
        tracing::warn!(url, %error, "failed to delete a hook that was made in vain");
    }
    kept?;
    // The secret is told once, to who makes the hook by hand.
    webhook.secret = is_manual.then_some(secret);
    Ok(CreateWebhookOutput { webhook: Some(webhook) })
}

async fn keep_new(cx: &Cx, record: WebhookRecord, webhook: Webhook) -> Result<(), Error> {
    let scope = cx.scope();
    cx.write(move |tx| {
        let mut project = ProjectRecord::load(tx, &scope, &record.project)?;
        let source = project.project.source.as_ref();
        if source.is_none_or(|it| it.kind != record.kind || it.location != record.location) {
            return Err(invalid("The project's source was changed at the same time. Try again"));
        }
        if tx.exists::<WebhookRecord>(&scope, &record.key())? {
            return Err(exists(&record.project));
        }
        project.project.webhook = Some(webhook.clone());
        tx.update(&scope, &project)?;
        tx.insert(&scope, &record)?;
        Ok(())
    })
    .await
}

fn exists(project: &str) -> Error {
    errors::ALREADY_EXISTS.error(format!("A webhook already exists for the project {project}"))
}

/// [UpdateWebhook](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateWebhook.html)
pub(crate) async fn update_webhook(
    cx: Cx,
    input: UpdateWebhookInput,
) -> Result<UpdateWebhookOutput, Error> {
    let (project, source) = load(&cx, &input.project_name)?;
    let Some(old) = project.webhook.clone() else { return Err(missing(&input.project_name)) };
    let mut webhook = old.clone();
    // One kind of filter takes the place of the other.
    match (&input.branch_filter, &input.filter_groups) {
        (Some(_), Some(groups)) if !groups.is_empty() => {
            return Err(invalid("Invalid webhook: it has either branchFilter or filterGroups"));
        }
        (Some(_), _) => {
            webhook.branch_filter.clone_from(&input.branch_filter);
            webhook.filter_groups.clone_from(&input.filter_groups);
        }
        (None, Some(_)) => {
            webhook.filter_groups.clone_from(&input.filter_groups);
            webhook.branch_filter = None;
        }
        (None, None) => {}
    }
    webhook.build_type = input.build_type.or(webhook.build_type);
    if let Some(policy) = input.pull_request_build_policy.clone() {
        webhook.pull_request_build_policy = Some(policy);
    }
    check::check(&webhook, &source)?;
    let policy = check::policy(webhook.pull_request_build_policy.take(), source.kind);
    webhook.pull_request_build_policy = Some(policy);
    let rotates = input.rotate_secret == Some(true);
    let scope = cx.scope();
    let record = cx.read(|tx| Ok(tx.get::<WebhookRecord>(&scope, &input.project_name)?))?;
    let mut record = record.ok_or_else(|| missing(&input.project_name))?.into_inner();
    let secret = match rotates {
        true => types::random_secret(TOKEN_LENGTH),
        false => super::open_secret(cx.yard(), &record)?,
    };
    let changes = rotates || check::topics(&webhook) != check::topics(&old);
    if let Some(url) = webhook.url.as_deref().filter(|_| changes) {
        let api = signed_api(&cx, &project, &webhook).await?;
        let done = api.update_hook(url, &hook(&webhook, &secret)).await;
        done.map_err(|error| refused(&api, &error))?;
    }
    if rotates {
        record.secret = source_credentials::seal(cx.yard(), &secret)?;
        webhook.last_modified_secret = Some(cx.now());
    }
    let kept = webhook.clone();
    cx.write(move |tx| {
        let mut project = ProjectRecord::load(tx, &scope, &record.project)?;
        if project.project.webhook.is_none() {
            return Err(missing(&record.project));
        }
        project.project.webhook = Some(kept.clone());
        tx.update(&scope, &project)?;
        tx.put(&scope, &record)?;
        Ok(())
    })
    .await?;
    webhook.secret = (rotates && webhook.manual_creation == Some(true)).then_some(secret);
    Ok(UpdateWebhookOutput { webhook: Some(webhook) })
}

/// [DeleteWebhook](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteWebhook.html)
pub(crate) async fn delete_webhook(cx: Cx, input: DeleteWebhookInput) -> Result<Empty, Error> {
    let (project, _) = load(&cx, &input.project_name)?;
    let Some(webhook) = project.webhook.clone() else { return Err(missing(&input.project_name)) };
    if let Some(url) = &webhook.url {
        let api = signed_api(&cx, &project, &webhook).await?;
        api.delete_hook(url).await.map_err(|error| refused(&api, &error))?;
    }
    let scope = cx.scope();
    cx.write(move |tx| {
        let mut project = ProjectRecord::load(tx, &scope, &input.project_name)?;
        project.project.webhook = None;
        tx.update(&scope, &project)?;
        super::forget(tx, &scope, &input.project_name)
    })
    .await?;
    Ok(Empty {})
}

/// Takes a project's hook away from its provider, where there is one: the project goes, whatever
/// the provider says.
pub(crate) async fn delete_at_provider(cx: &Cx, project: &Project) {
    let Some(webhook) = &project.webhook else { return };
    let Some(url) = &webhook.url else { return };
    let deleted = async {
        let api = signed_api(cx, project, webhook).await?;
        api.delete_hook(url).await.map_err(|error| refused(&api, &error))
    };
    if let Err(error) = deleted.await {
        tracing::warn!(url, %error, "the hook of a deleted project stays at its provider");
    }
}

fn missing(project: &str) -> Error {
    errors::NOT_FOUND.error(format!("The project {project} has no webhook"))
}

fn load(cx: &Cx, name: &str) -> Result<(Project, ProjectSource), Error> {
    let scope = cx.scope();
    let project = cx.read(|tx| ProjectRecord::load(tx, &scope, name))?.into_inner().project;
    let source = project.source.clone().unwrap_or_default();
    Ok((project, source))
}

/// The provider's API with the credentials for the source, which there must be.
async fn signed_api(cx: &Cx, project: &Project, webhook: &Webhook) -> Result<Api, Error> {
    let source = &project.source.clone().unwrap_or_default();
    let domain = webhook.scope_configuration.as_ref().and_then(|it| it.domain.as_deref());
    let mut wanted = source.clone();
    // Credentials are for a host; an organization's is that of its repositories.
    if let Some(any) = super::any_repository(source.kind, domain)
        .filter(|_| source.location.as_deref() == Some(SCOPED))
    {
        wanted.location = Some(any.url);
    }
    let credential = source_credentials::of_source(cx, &cx.scope(), &wanted).await?;
    if credential.is_none() {
        let server = source_credentials::server_type(source.kind).map(|it| it.as_str());
        return Err(invalid(format!(
            "Could not find access token for server type {}",
            server.unwrap_or_default().to_ascii_lowercase()
        )));
    }
    let found = api(source, domain, credential);
    let missing = || invalid("Invalid project source: it is no repository at a provider");
    let authorities = run::authorities(cx, project.environment.as_ref(), source.kind).await;
    Ok(found.ok_or_else(missing)?.trusting(authorities.map_err(invalid)?))
}

fn hook(webhook: &Webhook, secret: &str) -> Hook {
    Hook {
        payload_url: webhook.payload_url.clone().unwrap_or_default(),
        secret: secret.to_owned(),
        topics: check::topics(webhook),
        organization: webhook.scope_configuration.as_ref().map(|it| it.name.clone()),
    }
}

fn refused(api: &Api, error: &ApiError) -> Error {
    let name = api.provider.name();
    errors::OAUTH_PROVIDER.error(match error.is_denial() {
        true => format!("Repository not found or permission denied. {name} said: {error}"),
        false => format!("{name} did not do it: {error}"),
    })
}
