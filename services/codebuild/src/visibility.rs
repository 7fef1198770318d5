//! Public builds: whoever has a project's public URL reads its builds, their logs and their
//! artifacts, without signing in. Logs and artifacts are read as the role that the project names.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/public-builds.html>

use api_developer::codebuild::*;
use api_storage::s3;
use serde_json::{Value, json};
use service::{Cx, RawRequest, RawResponse, SessionRequest, Yard};
use store::{Query, Stored};
use types::Scope;
use wire::{Error, Response};

use crate::errors::{self, invalid};
use crate::model::{self, BY_ALIAS, BY_PROJECT, BuildRecord, ProjectRecord};
use crate::public_log;

/// The route of public builds. No bucket's name begins with `_`.
pub(crate) const PREFIX: &str = "/_codebuild/public/";
/// Builds on the public page.
const SHOWN: usize = 100;

/// [UpdateProjectVisibility](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateProjectVisibility.html)
pub(crate) async fn update_project_visibility(
    cx: Cx,
    input: UpdateProjectVisibilityInput,
) -> Result<UpdateProjectVisibilityOutput, Error> {
    let scope = cx.scope();
    let name = model::project_name(&scope, &input.project_arn);
    if name == input.project_arn {
        return Err(invalid(format!("Invalid project ARN: {}", input.project_arn)));
    }
    let role = input.resource_access_role.clone();
    if role.as_deref().is_some_and(|role| !role.starts_with("arn:") || !role.contains(":role/")) {
        return Err(invalid("Invalid resource access role: it must be the ARN of a role"));
    }
    let (name, visibility) = (name.to_owned(), input.project_visibility);
    let alias = cx
        .write(move |tx| {
            let mut record = ProjectRecord::load(tx, &scope, &name)?;
            let project = &mut record.project;
            project.project_visibility = Some(visibility);
            if role.is_some() {
                project.resource_access_role.clone_from(&role);
            }
            // Nobody knows a private project by an alias: the next one is another.
            project.public_project_alias = match (visibility, project.public_project_alias.take()) {
                (ProjectVisibilityType::Private, _) => None,
                (_, Some(alias)) => Some(alias),
                (_, None) => Some(types::random_secret(43)),
            };
            let alias = project.public_project_alias.clone();
            tx.update(&scope, &record)?;
            Ok(alias)
        })
        .await?;
    Ok(UpdateProjectVisibilityOutput {
        project_arn: Some(input.project_arn),
        public_project_alias: alias,
        project_visibility: Some(visibility),
    })
}

/// Where the public sees a build, if it does.
pub(crate) fn url_of_build(yard: &Yard, scope: &Scope, record: &BuildRecord) -> Option<String> {
    let found = yard.read(|tx| Ok(tx.get::<ProjectRecord>(scope, record.project())?));
    let alias = found.ok()??.into_inner().project.public_project_alias?;
    Some(format!("{}{PREFIX}{alias}/{}", yard.endpoint().url(), record.uuid()))
}

/// Answers the public.
pub(crate) async fn handle(yard: Yard, request: RawRequest) -> RawResponse {
    if request.method != "GET" {
        return plain(405, "Only GET is possible.\n");
    }
    let path = request.path.strip_prefix(PREFIX).unwrap_or_default().to_owned();
    let mut parts = path.trim_end_matches('/').split('/');
    let (alias, build, what) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let wants_json = request.header("accept").is_some_and(|accept| accept.contains("json"));
    let answered = match find(&yard, alias) {
        Ok(Some(project)) => answer(&yard, &project, build, what, wants_json).await,
        Ok(None) => Ok(None),
        Err(error) => Err(error),
    };
    match answered {
        Ok(Some(response)) => response,
        Ok(None) => plain(404, "There is no such public build.\n"),
        Err(error) if error.status >= 500 => {
            tracing::warn!(%error, "failed to show a public build");
            plain(500, "This could not be shown.\n")
        }
        Err(error) => plain(403, &format!("{}: {}\n", error.code, error.message)),
    }
}

fn find(yard: &Yard, alias: &str) -> Result<Option<Stored<ProjectRecord>>, Error> {
    if alias.is_empty() {
        return Ok(None);
    }
    yard.read(|tx| {
        let found = tx.find_anywhere::<ProjectRecord>(BY_ALIAS, alias, &Query::first(1))?;
        let is_public = |it: &Stored<ProjectRecord>| {
            it.project.project_visibility == Some(ProjectVisibilityType::PublicRead)
        };
        Ok(found.items.into_iter().find(is_public))
    })
}

async fn answer(
    yard: &Yard,
    project: &Stored<ProjectRecord>,
    build: Option<&str>,
    what: Option<&str>,
    wants_json: bool,
) -> Result<Option<Response>, Error> {
    let Some(uuid) = build else { return builds(yard, project, wants_json).map(Some) };
    let id = format!("{}:{uuid}", project.name);
    let found = yard.read(|tx| Ok(tx.get::<BuildRecord>(&project.scope, &id)?))?;
    let Some(record) = found else { return Ok(None) };
    match what {
        None => Ok(Some(shown(&told(&record, true), &record.id, wants_json))),
        Some("log") => log(&as_role(yard, project)?, &record).await,
        Some("artifacts") => artifacts(&as_role(yard, project)?, &record).await,
        Some(_) => Ok(None),
    }
}

fn builds(
    yard: &Yard,
    project: &Stored<ProjectRecord>,
    wants_json: bool,
) -> Result<Response, Error> {
    let newest = Query::first(SHOWN).reversed();
    let found = yard.read(|tx| {
        Ok(tx.by_index::<BuildRecord>(&project.scope, BY_PROJECT, &project.name, &newest)?)
    })?;
    let alias = project.project.public_project_alias.as_deref().unwrap_or_default();
    let builds = found.items.iter().map(|record| {
        let mut told = told(record, false);
        // Relative to the list's own path.
        told["path"] = json!(format!("{alias}/{}", record.uuid()));
        told
    });
    let builds: Vec<Value> = builds.collect();
    let value = json!({ "project": project.name, "builds": builds });
    Ok(shown(&value, &project.name, wants_json))
}

/// What the public is told of a build: never its variables.
fn told(record: &BuildRecord, whole: bool) -> Value {
    let build = &record.build;
    let time = |at: Option<shape::Timestamp>| at.map(|at| at.iso8601());
    let mut value = json!({
        "build": record.uuid(),
        "number": build.build_number,
        "status": build.build_status.map(|status| status.as_str()),
        "started": time(build.start_time),
        "ended": time(build.end_time),
        "sourceVersion": build.source_version,
        "resolvedSourceVersion": build.resolved_source_version,
    });
    if whole {
        let phases = build.phases.iter().flatten().map(|phase| {
            json!({
                "phase": phase.phase_type.map(|kind| kind.as_str()),
                "status": phase.phase_status.map(|status| status.as_str()),
                "seconds": phase.duration_in_seconds,
            })
        });
        value["phases"] = phases.collect();
    }
    value
}

/// As JSON, or as a page that shows the same.
fn shown(value: &Value, title: &str, wants_json: bool) -> Response {
    if wants_json {
        return file(200, "application/json", value.to_string().into_bytes());
    }
    let title = escape(title);
    let body = match value.get("builds").and_then(Value::as_array) {
        Some(builds) => {
            format!("<table>\n{}</table>\n", builds.iter().map(row).collect::<String>())
        }
        None => {
            let pretty = serde_json::to_string_pretty(value).unwrap_or_default();
            let here = escape(value.get("build").and_then(Value::as_str).unwrap_or_default());
            format!(
                "<pre>{}</pre>\n<a href=\"{here}/log\">log</a> <a href=\"{here}/artifacts\">artifacts</a>\n",
                escape(&pretty)
            )
        }
    };
    let page = format!(
        "<!doctype html>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<h1>{title}</h1>\n{body}"
    );
    file(200, "text/html; charset=utf-8", page.into_bytes())
}

/// One build of the list.
fn row(build: &Value) -> String {
    let text = |name: &str| match build.get(name) {
        Some(Value::String(text)) => escape(text),
        Some(Value::Null) | None => String::new(),
        Some(other) => escape(&other.to_string()),
    };
    format!(
        "<tr><td><a href=\"{}\">#{}</a></td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        text("path"),
        text("number"),
        text("status"),
        text("started"),
        text("sourceVersion")
    )
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;")
}

fn plain(status: u16, text: &str) -> Response {
    file(status, "text/plain; charset=utf-8", text.as_bytes().to_vec())
}

/// Whatever builds write is no page of ours: browsers run none of it.
fn file(status: u16, kind: &str, body: Vec<u8>) -> Response {
    let mut response = Response::new(status);
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    response.headers.extend([
        header("content-type", kind),
        header("x-content-type-options", "nosniff"),
        header("content-security-policy", "default-src 'none'; sandbox"),
        header("cache-control", "no-store"),
    ]);
    response.body = body.into();
    response
}

/// The context of the role that the project has for the public.
fn as_role(yard: &Yard, project: &Stored<ProjectRecord>) -> Result<Cx, Error> {
    let Some(role) = project.project.resource_access_role.clone() else {
        return Err(errors::INVALID_INPUT.error(
            "The project has no resource access role: its logs and artifacts are not public",
        ));
    };
    let session = yard.assume_role(&SessionRequest {
        role_arn: role,
        service: "codebuild.amazonaws.com".to_owned(),
        session_name: "AWSCodeBuild-public".to_owned(),
        source_arn: project.project.arn.clone(),
        ..SessionRequest::default()
    })?;
    let region = project.scope.region.clone();
    Ok(Cx::background(yard, session.caller, region, "codebuild.amazonaws.com"))
}

async fn log(cx: &Cx, record: &BuildRecord) -> Result<Option<Response>, Error> {
    let location = record.build.logs.clone().unwrap_or_default();
    let (Some(group), Some(stream)) = (location.group_name, location.stream_name) else {
        return Ok(None);
    };
    let mut response = plain(200, "");
    response.body = public_log::body(cx, group, stream).await?;
    Ok(Some(response))
}

/// The primary artifact, where it is one file.
async fn artifacts(cx: &Cx, record: &BuildRecord) -> Result<Option<Response>, Error> {
    let is_zip = record.artifacts.packaging == Some(ArtifactPackaging::Zip);
    let location = record.build.artifacts.as_ref().and_then(|it| it.location.as_deref());
    let Some(place) = location.and_then(|it| it.strip_prefix("arn:aws:s3:::")) else {
        return Ok(None);
    };
    let Some((bucket, key)) = place.split_once('/').filter(|_| is_zip) else { return Ok(None) };
    let input =
        s3::GetObjectInput { bucket: bucket.to_owned(), key: key.to_owned(), ..Default::default() };
    let output = cx.call(s3::GetObject, input).await?;
    let mut response = file(200, "application/zip", Vec::new());
    response.headers.push(("content-disposition".to_owned(), "attachment".to_owned()));
    response.body = output.body;
    Ok(Some(response))
}
