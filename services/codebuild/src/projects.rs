//! Projects: made, changed, shown, listed, deleted.

use api_developer::codebuild::*;
use service::Cx;
use shape::Empty;
use store::{Query, Resource};
use wire::Error;

use crate::errors::{self, invalid, unsupported};
use crate::listing::{self, Wanted};
use crate::model::{self, BY_PROJECT, BY_TIME, BuildRecord, ProjectRecord};
use crate::validate::{self, Settings};

const DEFAULT_TIMEOUT: i32 = 60;
const DEFAULT_QUEUED_TIMEOUT: i32 = 480;

pub(crate) async fn create_project(
    cx: Cx,
    input: CreateProjectInput,
) -> Result<CreateProjectOutput, Error> {
    validate::project(&input)?;
    let project = new_project(&cx, input);
    check(&project)?;
    let scope = cx.scope();
    let answer = project.clone();
    cx.write(move |tx| {
        let name = project.name.clone().unwrap_or_default();
        if tx.exists::<ProjectRecord>(&scope, &name)? {
            let message = format!("Project already exists: {}", model::project_arn(&scope, &name));
            return Err(errors::ALREADY_EXISTS.error(message));
        }
        if tx.count::<ProjectRecord>(&scope, model::MAX_PROJECTS)? >= model::MAX_PROJECTS {
            let message = format!("The limit of {} projects has been reached", model::MAX_PROJECTS);
            return Err(errors::LIMIT_EXCEEDED.error(message));
        }
        tx.insert(&scope, &ProjectRecord { name, project: project.clone(), builds: 0 })?;
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
        description: input.description,
        source: Some(input.source),
        secondary_sources: input.secondary_sources,
        source_version: input.source_version,
        secondary_source_versions: input.secondary_source_versions,
        artifacts: Some(input.artifacts),
        secondary_artifacts: input.secondary_artifacts,
        cache: Some(input.cache.unwrap_or_default()),
        environment: Some(input.environment),
        service_role: Some(input.service_role),
        timeout_in_minutes: input.timeout_in_minutes.or(Some(DEFAULT_TIMEOUT)),
        queued_timeout_in_minutes: input.queued_timeout_in_minutes.or(Some(DEFAULT_QUEUED_TIMEOUT)),
        encryption_key: input.encryption_key.or_else(|| Some(region_key())),
        tags: input.tags.or_else(|| Some(Vec::new())),
        created: Some(cx.now()),
        last_modified: Some(cx.now()),
        badge: Some(ProjectBadge { badge_enabled: Some(false), ..ProjectBadge::default() }),
        logs_config: input.logs_config,
        concurrent_build_limit: input.concurrent_build_limit,
        project_visibility: Some(ProjectVisibilityType::Private),
        ..Project::default()
    }
}

/// The settings of a project; what is absent has its default.
fn check(project: &Project) -> Result<(), Error> {
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
    if input.auto_retry_limit.is_some_and(|limit| limit != 0) {
        return Err(unsupported("autoRetryLimit"));
    }
    let given = CreateProjectInput {
        vpc_config: input.vpc_config.clone(),
        badge_enabled: input.badge_enabled,
        file_system_locations: input.file_system_locations.clone(),
        build_batch_config: input.build_batch_config.clone(),
        // -1 takes the limit away.
        concurrent_build_limit: input.concurrent_build_limit.filter(|limit| *limit != -1),
        tags: input.tags.clone(),
        ..CreateProjectInput::default()
    };
    validate::project(&given)?;
    let (scope, now) = (cx.scope(), cx.now());
    let project = cx
        .write(move |tx| {
            let mut record = ProjectRecord::load(tx, &scope, &input.name)?;
            let project = &mut record.project;
            let input = input.clone();
            // A member that is given replaces the old one whole; one that isn't stays.
            replace(&mut project.description, input.description);
            replace(&mut project.source, input.source);
            replace(&mut project.secondary_sources, input.secondary_sources);
            replace(&mut project.source_version, input.source_version);
            replace(&mut project.secondary_source_versions, input.secondary_source_versions);
            replace(&mut project.artifacts, input.artifacts);
            replace(&mut project.secondary_artifacts, input.secondary_artifacts);
            replace(&mut project.cache, input.cache);
            replace(&mut project.environment, input.environment);
            replace(&mut project.service_role, input.service_role);
            replace(&mut project.timeout_in_minutes, input.timeout_in_minutes);
            replace(&mut project.queued_timeout_in_minutes, input.queued_timeout_in_minutes);
            replace(&mut project.encryption_key, input.encryption_key);
            replace(&mut project.tags, input.tags);
            replace(&mut project.logs_config, input.logs_config);
            match input.concurrent_build_limit {
                Some(-1) => project.concurrent_build_limit = None,
                limit => replace(&mut project.concurrent_build_limit, limit),
            }
            project.last_modified = Some(now);
            check(project)?;
            tx.update(&scope, &record)?;
            Ok(record.into_inner().project)
        })
        .await?;
    Ok(UpdateProjectOutput { project: Some(project) })
}

fn replace<T>(old: &mut Option<T>, new: Option<T>) {
    if new.is_some() {
        *old = new;
    }
}

/// Deletes the project and the records of its builds that are complete; those under way go on to
/// their end.
pub(crate) async fn delete_project(cx: Cx, input: DeleteProjectInput) -> Result<Empty, Error> {
    let scope = cx.scope();
    let name = model::project_name(&cx.scope(), &input.name).to_owned();
    cx.write(move |tx| {
        // Deleting what is not there is fine.
        tx.delete::<ProjectRecord>(&scope, &name)?;
        let mut after = None;
        loop {
            let query = Query::first(1_000).after(after);
            let page = tx.by_index::<BuildRecord>(&scope, BY_PROJECT, &name, &query)?;
            for build in page.items.iter().filter(|build| build.is_complete()) {
                tx.delete::<BuildRecord>(&scope, &build.value.key())?;
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(())
    })
    .await?;
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
            match tx.get::<ProjectRecord>(&cx.scope(), model::project_name(&cx.scope(), name))? {
                Some(found) => projects.push(found.into_inner().project),
                None => missing.push(name.clone()),
            }
        }
        Ok(())
    })?;
    Ok(BatchGetProjectsOutput { projects: Some(projects), projects_not_found: Some(missing) })
}
