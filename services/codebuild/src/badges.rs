//! Build badges: a picture of how the last build of a branch ended, for whoever has its URL.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-badges.html>

use api_developer::codebuild::{BuildStatusType, ProjectBadge, ProjectSource, SourceType};
use service::{Endpoint, RawRequest, RawResponse, Yard};
use store::Query;
use wire::{Error, Response};

use crate::errors::invalid;
use crate::model::{BY_BADGE, BY_SOURCE_REF, BuildRecord, ProjectRecord, source_ref_key};

/// The route of badges. No bucket's name begins with `_`.
pub(crate) const PREFIX: &str = "/_codebuild/badges";
/// The branch that a fresh URL names.
const USUAL_BRANCH: &str = "main";

/// Refuses badges for sources that have no branches.
pub(crate) fn check(source: &ProjectSource) -> Result<(), Error> {
    match source.kind {
        SourceType::S3 | SourceType::Codepipeline | SourceType::NoSource => Err(invalid(format!(
            "Build badges are not supported for the source type {}",
            source.kind
        ))),
        _ => Ok(()),
    }
}

/// Turns a project's badge on or off. Its URL stays the same while it is on.
pub(crate) fn set(record: &mut ProjectRecord, enabled: bool, endpoint: &Endpoint) {
    let url = enabled.then(|| {
        let token = record.badge_token.get_or_insert_with(|| types::random_secret(43));
        format!("{}{PREFIX}?uuid={token}&branch={USUAL_BRANCH}", endpoint.url())
    });
    if !enabled {
        record.badge_token = None;
    }
    let badge = ProjectBadge { badge_enabled: Some(enabled), badge_request_url: url };
    record.project.badge = Some(badge);
}

/// Answers with the picture.
pub(crate) async fn handle(yard: Yard, request: RawRequest) -> RawResponse {
    let mut response = Response::new(200);
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    if request.method != "GET" && request.method != "HEAD" {
        response.status = 405;
        return response;
    }
    match state(&yard, &request.query) {
        Ok(Some(state)) => {
            response.headers.extend([
                header("content-type", "image/svg+xml"),
                // Pages that show it ask again each time.
                header("cache-control", "no-cache, no-store, must-revalidate"),
                header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'"),
                header("x-content-type-options", "nosniff"),
            ]);
            if request.method == "GET" {
                response.body = drawing(state).into_bytes().into();
            }
        }
        Ok(None) => response.status = 404,
        Err(error) => response.status = error.status,
    }
    response
}

/// How a branch is, as badges tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Passing,
    Failing,
    InProgress,
    Unknown,
}

/// The state that a query asks for; none where it names no badge.
fn state(yard: &Yard, query: &str) -> Result<Option<State>, Error> {
    let parameter = |name: &str| {
        let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        wire::uri::decode(value, true)
    };
    let Some(token) = parameter("uuid").filter(|token| !token.is_empty()) else { return Ok(None) };
    let reference = match (parameter("tag"), parameter("branch")) {
        (Some(tag), _) => format!("refs/tags/{tag}"),
        (None, branch) => format!("refs/heads/{}", branch.as_deref().unwrap_or(USUAL_BRANCH)),
    };
    yard.read(|tx| {
        let found = tx.find_anywhere::<ProjectRecord>(BY_BADGE, &token, &Query::first(1))?;
        let Some(project) = found.items.into_iter().next() else { return Ok(None) };
        let value = source_ref_key(&project.name, &reference);
        let newest = Query::first(1).reversed();
        let builds = tx.by_index::<BuildRecord>(&project.scope, BY_SOURCE_REF, &value, &newest)?;
        let last = builds.items.first().and_then(|record| record.build.build_status);
        Ok(Some(match last {
            None => State::Unknown,
            Some(BuildStatusType::Succeeded) => State::Passing,
            Some(BuildStatusType::InProgress) => State::InProgress,
            Some(_) => State::Failing,
        }))
    })
}

fn drawing(state: State) -> String {
    let (text, color, width) = match state {
        State::Passing => ("passing", "#1a7f37", 62),
        State::Failing => ("failing", "#cf222e", 54),
        State::InProgress => ("in progress", "#9a6700", 82),
        State::Unknown => ("unknown", "#57606a", 68),
    };
    let (left, height) = (44, 20);
    let total = left + width;
    let (middle_left, middle_right) = (left / 2, left + width / 2);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{total}\" height=\"{height}\" \
         role=\"img\" aria-label=\"build: {text}\"><title>build: {text}</title>\
         <rect width=\"{total}\" height=\"{height}\" rx=\"4\" fill=\"#24292f\"/>\
         <path d=\"M{left} 0h{inner}a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4h-{inner}z\" fill=\"{color}\"/>\
         <g fill=\"#fff\" text-anchor=\"middle\" font-family=\"sans-serif\" font-size=\"11\">\
         <text x=\"{middle_left}\" y=\"14\">build</text>\
         <text x=\"{middle_right}\" y=\"14\">{text}</text></g></svg>\n",
        inner = width - 4,
    )
}
