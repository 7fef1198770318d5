//! Projects: made, changed, shown, listed, deleted.

use api_developer::codebuild::*;
use service::{Cx, Endpoint, Yard};
use shape::Empty;
use types::{Arn, Scope};
use wire::Error;

use crate::errors::{self, invalid};
use crate::listing::{self, Wanted};
use crate::model::{self, BY_TIME, ProjectRecord};
use crate::validate::{self, Settings};
use crate::{badges, defaults, providers, run, sharing, webhooks};

const DEFAULT_TIMEOUT: i32 = 60;
const DEFAULT_QUEUED_TIMEOUT: i32 = 480;

pub(crate) async fn create_project(
    cx: Cx,
    input: CreateProjectInput,
) -> Result<CreateProjectOutput, Error> {
    validate::project(&input)?;
    let enables_badge = input.badge_enabled == Some(true);
    let name = input.name.clone();
    let mut project = new_project(&cx, input);
    defaults::project(&mut project);
    check(cx.yard(), &project)?;
    let mut record = ProjectRecord { name, project, ..ProjectRecord::default() };
    set_badge(&mut record, Some(enables_badge), cx.endpoint())?;
    let scope = cx.scope();
    let answer = record.project.clone();
    cx.write(move |tx| {
        let name = &record.name;
        if tx.exists::<ProjectRecord>(&scope, name)? {
            let message = format!("Project already exists: {}", model::project_arn(&scope, name));
            return Err(errors::ALREADY_EXISTS.error(message));
        }
        if tx.count::<ProjectRecord>(&scope, model::MAX_PROJECTS)? >= model::MAX_PROJECTS {
            let message = format!("The limit of {} projects has been reached", model::MAX_PROJECTS);
            return Err(errors::LIMIT_EXCEEDED.error(message));
        }
        tx.insert(&scope, &record)?;
        Ok(())
    })
    .await?;
    Ok(CreateProjectOutput { project: Some(answer) })
}

fn new_project(cx: &Cx, input: CreateProjectInput) -> Project {
    let region_key = || cx.arn("kms", "alias/aws/s3");
    Project {
        arn: Some(model::project_arn(&cx.scope(), &input.name)),
        name: Some(input.name),
        description: input.description.filter(|text| !text.is_empty()),
        source: Some(input.source),
        secondary_sources: input.secondary_sources,
        source_version: input.source_version.filter(|text| !text.is_empty()),
        secondary_source_versions: input.secondary_source_versions,
        artifacts: Some(input.artifacts),
        secondary_artifacts: input.secondary_artifacts,
        cache: Some(input.cache.unwrap_or_default()),
        environment: Some(input.environment),
        service_role: Some(input.service_role),
        timeout_in_minutes: input.timeout_in_minutes.or(Some(DEFAULT_TIMEOUT)),
        queued_timeout_in_minutes: input.queued_timeout_in_minutes.or(Some(DEFAULT_QUEUED_TIMEOUT)),
        encryption_key: input
            .encryption_key
            .map(|key| key_arn(&cx.scope(), key))
            .or_else(|| Some(region_key())),
        tags: input.tags.or_else(|| Some(Vec::new())),
        created: Some(cx.now()),
        last_modified: Some(cx.now()),
        badge: Some(ProjectBadge { badge_enabled: Some(false), ..ProjectBadge::default() }),
        logs_config: input.logs_config,
        concurrent_build_limit: input.concurrent_build_limit,
        build_batch_config: input
            .build_batch_config
            .filter(|it| *it != ProjectBuildBatchConfig::default()),
        auto_retry_limit: input.auto_retry_limit,
        project_visibility: Some(ProjectVisibilityType::Private),
        ..Project::default()
    }
}

/// A key by its ARN; an alias may be given by its name alone.
pub(crate) fn key_arn(scope: &Scope, key: String) -> String {
    match key.starts_with("alias/") {
        true => Arn::new("kms", scope.region.as_str(), scope.account.as_str(), key).to_string(),
        false => key,
    }
}

/// Turns the badge on or off, or leaves it; a source without branches has none.
fn set_badge(
    record: &mut ProjectRecord,
    enabled: Option<bool>,
    endpoint: &Endpoint,
) -> Result<(), Error> {
    let was = record.project.badge.as_ref().and_then(|badge| badge.badge_enabled);
    let is_on = enabled.or(was) == Some(true);
    if is_on {
        badges::check(&record.project.source.clone().unwrap_or_default())?;
    }
    if enabled.is_some() {
        badges::set(record, is_on, endpoint);
    }
    Ok(())
}

/// The settings of a project; what is absent has its default.
fn check(yard: &Yard, project: &Project) -> Result<(), Error> {
    let beside = project.secondary_sources.as_deref().unwrap_or_default();
    for source in project.source.iter().chain(beside) {
        providers::check_source(yard.config(), source)?;
    }
    let missing = |what: &str| invalid(format!("Invalid project: {what} is required"));
    validate::settings(&Settings {
        source: project.source.as_ref().ok_or_else(|| missing("source"))?,
        secondary_sources: project.secondary_sources.as_deref().unwrap_or_default(),
        secondary_source_versions: project.secondary_source_versions.as_deref().unwrap_or_default(),
        artifacts: project.artifacts.as_ref().ok_or_else(|| missing("artifacts"))?,
        secondary_artifacts: project.secondary_artifacts.as_deref().unwrap_or_default(),
        cache: project.cache.as_ref(),
        environment: project.environment.as_ref().ok_or_else(|| missing("environment"))?,
        logs: project.logs_config.as_ref(),
        // The default is always fine.
        encryption_key: project
            .encryption_key
            .as_deref()
            .filter(|key| !key.ends_with(":alias/aws/s3")),
        service_role: project.service_role.as_deref().unwrap_or_default(),
    })
}

pub(crate) async fn update_project(
    cx: Cx,
    input: UpdateProjectInput,
) -> Result<UpdateProjectOutput, Error> {
    let given = CreateProjectInput {
        vpc_config: input.vpc_config.clone(),
        badge_enabled: input.badge_enabled,
        file_system_locations: input.file_system_locations.clone(),
        build_batch_config: input.build_batch_config.clone(),
        // -1 takes the limit away.
        concurrent_build_limit: input.concurrent_build_limit.filter(|limit| *limit != -1),
        auto_retry_limit: input.auto_retry_limit,
        tags: input.tags.clone(),
        ..CreateProjectInput::default()
    };
    validate::project(&given)?;
    let (scope, now) = (cx.scope(), cx.now());
    let (endpoint, yard) = (cx.endpoint().clone(), cx.yard().clone());
    let project = cx
        .write(move |tx| {
            let name = model::project_name(&scope, &input.name);
            let mut record = ProjectRecord::load(tx, &scope, name)?;
            let project = &mut record.project;
            let input = input.clone();
            refuse_to_move_a_hook(project, input.source.as_ref())?;
            // A member that is given replaces the old one whole; one that isn't stays.
            replace_text(&mut project.description, input.description);
            replace(&mut project.source, input.source);
            replace(&mut project.secondary_sources, input.secondary_sources);
            replace_text(&mut project.source_version, input.source_version);
            replace(&mut project.secondary_source_versions, input.secondary_source_versions);
            replace(&mut project.artifacts, input.artifacts);
            replace(&mut project.secondary_artifacts, input.secondary_artifacts);
            replace(&mut project.cache, input.cache);
            replace(&mut project.environment, input.environment);
            replace(&mut project.service_role, input.service_role);
            replace(&mut project.timeout_in_minutes, input.timeout_in_minutes);
            replace(&mut project.queued_timeout_in_minutes, input.queued_timeout_in_minutes);
            replace(
                &mut project.encryption_key,
                input.encryption_key.map(|key| key_arn(&scope, key)),
            );
            replace(&mut project.tags, input.tags);
            replace(&mut project.logs_config, input.logs_config);
            replace(&mut project.auto_retry_limit, input.auto_retry_limit);
            replace(&mut project.build_batch_config, input.build_batch_config);
            project.build_batch_config.take_if(|it| *it == ProjectBuildBatchConfig::default());
            match input.concurrent_build_limit {
                Some(-1) => project.concurrent_build_limit = None,
                limit => replace(&mut project.concurrent_build_limit, limit),
            }
            project.last_modified = Some(now);
            defaults::project(project);
            check(&yard, project)?;
            set_badge(&mut record, input.badge_enabled, &endpoint)?;
            tx.update(&scope, &record)?;
            Ok(record.into_inner().project)
        })
        .await?;
    Ok(UpdateProjectOutput { project: Some(project) })
}

/// Nothing can be told from an empty text, so that one takes the old one away.
fn replace_text(old: &mut Option<String>, new: Option<String>) {
    replace(old, new);
    old.take_if(|text| text.is_empty());
}

/// A webhook is the repository's: the provider would go on to tell of the old one.
fn refuse_to_move_a_hook(project: &Project, new: Option<&ProjectSource>) -> Result<(), Error> {
    let (Some(_), Some(old), Some(new)) = (&project.webhook, &project.source, new) else {
        return Ok(());
    };
    match old.kind == new.kind && old.location == new.location {
        true => Ok(()),
        false => Err(invalid(
            "The project has a webhook at its source. Delete it before you change the source's \
             type or location",
        )),
    }
}

fn replace<T>(old: &mut Option<T>, new: Option<T>) {
    if new.is_some() {
        *old = new;
    }
}

/// Deletes the project. Its builds stay, and those under way go on to their end.
pub(crate) async fn delete_project(cx: Cx, input: DeleteProjectInput) -> Result<Empty, Error> {
    let scope = cx.scope();
    let name = model::project_name(&cx.scope(), &input.name).to_owned();
    let forgotten = name.clone();
    if let Some(found) = cx.read(|tx| Ok(tx.get::<ProjectRecord>(&scope, &name)?))? {
        webhooks::delete_at_provider(&cx, &found.project).await;
    }
    cx.write(move |tx| {
        // Deleting what is not there is fine.
        tx.delete::<ProjectRecord>(&scope, &name)?;
        webhooks::forget(tx, &scope, &name)?;
        sharing::forget(tx, &scope, &model::project_arn(&scope, &name))?;
        Ok(())
    })
    .await?;
    run::forget_mirrors(cx.yard(), &cx.scope(), &forgotten);
    run::forget_layers(cx.yard(), &cx.scope(), &forgotten);
    Ok(Empty {})
}

pub(crate) async fn list_projects(
    cx: Cx,
    input: ListProjectsInput,
) -> Result<ListProjectsOutput, Error> {
    let sort = input.sort_by.unwrap_or(ProjectSortByType::Name);
    let order = input.sort_order.unwrap_or(SortOrderType::Ascending);
    let wanted = Wanted {
        name: format!("ListProjects/{sort}/{order}"),
        index: match sort {
            ProjectSortByType::Name => None,
            ProjectSortByType::CreatedTime => Some((BY_TIME, "created")),
            ProjectSortByType::LastModifiedTime => Some((BY_TIME, "modified")),
        },
        order,
        token: input.next_token.as_deref(),
        limit: listing::PAGE,
    };
    let (projects, next_token) =
        cx.read(|tx| listing::page::<ProjectRecord>(tx, &cx.scope(), &wanted))?;
    Ok(ListProjectsOutput { projects: Some(projects), next_token })
}

pub(crate) async fn batch_get_projects(
    cx: Cx,
    input: BatchGetProjectsInput,
) -> Result<BatchGetProjectsOutput, Error> {
    let (mut projects, mut missing) = (Vec::new(), Vec::new());
    cx.read(|tx| {
        for name in &input.names {
            // Another account's, where it is shared; the right was checked.
            let (scope, key) = model::project_place(&cx.scope(), name);
            match tx.get::<ProjectRecord>(&scope, key)? {
                Some(found) => projects.push(found.into_inner().project),
                None => missing.push(name.clone()),
            }
        }
        Ok(())
    })?;
    Ok(BatchGetProjectsOutput { projects: Some(projects), projects_not_found: Some(missing) })
}

/// Has later builds begin with nothing kept: what there is is not found any more.
pub(crate) async fn invalidate_project_cache(
    cx: Cx,
    input: InvalidateProjectCacheInput,
) -> Result<Empty, Error> {
    let scope = cx.scope();
    let name = model::project_name(&scope, &input.project_name).to_owned();
    let forgotten = name.clone();
    cx.write(move |tx| {
        let mut record = ProjectRecord::load(tx, &scope, &name)?;
        record.cache_version = Some(record.cache_version.unwrap_or_default() + 1);
        tx.update(&scope, &record)?;
        Ok(())
    })
    .await?;
    run::forget_mirrors(cx.yard(), &cx.scope(), &forgotten);
    run::forget_layers(cx.yard(), &cx.scope(), &forgotten);
    Ok(Empty {})
}
