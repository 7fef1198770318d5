//! Where a git source is, and by what git signs in there.

use std::path::{Path, PathBuf};

use api_developer::codebuild::{ProjectSource, SourceType};
use base64::Engine as _;
use service::Cx;

use super::super::{Cut, Job};
use super::CODE;
use crate::providers::{self, Provider, Repository, origin_of};
use crate::rooms;
use crate::source_credentials::{self, Credential};
use crate::validate::repository_name;
use forge::Room;
use forge::git::{Git, deadline};

/// The sources of a build that come by git may take so many bytes together, and so may the copy of
/// a repository that a project keeps.
pub(super) const MAX_SOURCES: u64 = 16 << 30;

/// A repository that a build fetches from.
pub(super) struct Remote {
    pub url: String,
    pub provider: Option<Provider>,
    pub git: Git,
    /// It was signed in with something.
    pub is_signed: bool,
    /// Who uses a connection for which source, where one signs in.
    connected: Option<(Cx, ProjectSource)>,
}

/// The remote of a source. The certificate that the environment names counts for hosts of one's
/// own.
pub(super) async fn of_source(
    job: &Job,
    cx: &Cx,
    source: &ProjectSource,
    certificate: Option<&Path>,
) -> Result<Remote, Cut> {
    let location = source.location.as_deref().unwrap_or_default();
    if source.kind == SourceType::Codecommit {
        let name = repository_name(location)
            .ok_or_else(|| Cut::failed(CODE, format!("{location} is no CodeCommit URL")))?;
        return code_commit(job, name);
    }
    let repository = Repository::of(source.kind, location).ok_or_else(|| {
        Cut::failed(CODE, format!("{location} is no URL of a {} repository", source.kind))
    })?;
    providers::check_place(job.yard.config(), source.kind, &repository)
        .map_err(|error| Cut::failed(CODE, error.message))?;
    let credential = source_credentials::of_source(cx, job.run.scope(), source).await;
    let credential = credential.map_err(|error| match error.status {
        500.. if error.code != "NotImplemented" => Cut::retry(error),
        _ => Cut::failed(CODE, format!("{}: {}", error.code, error.message)),
    })?;
    let connection = source_credentials::connection(cx, job.run.scope(), source);
    let connected = connection.map_err(Cut::retry)?.map(|_| (cx.clone(), source.clone()));
    // All that follows holds for this host only: git matches it with each URL that it is given.
    let host = |name: &str| format!("http.{}/.{name}", repository.origin);
    let mut settings = Vec::new();
    if let Some(credential) = &credential {
        match connected {
            Some(_) => settings.extend(headers(&repository, credential)),
            None => {
                settings.push((host("extraHeader"), credential.git_header(repository.provider)));
            }
        }
        // Nor does it go along to where the host sends us.
        settings.push((host("followRedirects"), "false".to_owned()));
    }
    if source.insecure_ssl == Some(true) {
        settings.push((host("sslVerify"), "false".to_owned()));
    }
    if let Some(certificate) = certificate {
        settings.push((host("sslCAInfo"), certificate.display().to_string()));
    }
    Ok(Remote {
        git: git(job, settings, &repository.origin),
        url: repository.url,
        provider: Some(repository.provider),
        is_signed: credential.is_some(),
        connected,
    })
}

/// What signs in to one repository, by either of its URLs, and to no other.
fn headers(repository: &Repository, credential: &Credential) -> [(String, String); 2] {
    let (origin, path) = (&repository.origin, &repository.path);
    let header = credential.git_header(repository.provider);
    ["", ".git"].map(|end| (format!("http.{origin}/{path}{end}.extraHeader"), header.clone()))
}

fn git(job: &Job, settings: Vec<(String, String)>, origin: &str) -> Git {
    Git {
        settings,
        protocols: if origin.starts_with("https://") { "https" } else { "http:https" },
        deadline: deadline(job.time_left()),
        stop: job.rooms.stop_signal(&job.record.id),
        room: Room::new(rooms::work_directory(&job.yard, job.record.uuid()), MAX_SOURCES),
    }
}

/// Through this yard's own door, as the service role.
fn code_commit(job: &Job, name: &str) -> Result<Remote, Cut> {
    let url = format!("{}/v1/repos/{name}", job.yard.endpoint().url());
    let settings = vec![code_commit_header(job, name)?];
    let git = git(job, settings, &url);
    Ok(Remote { url, provider: None, git, is_signed: true, connected: None })
}

/// A password as the credential helper makes it: for one repository.
fn code_commit_header(job: &Job, name: &str) -> Result<(String, String), Cut> {
    let session = job.rooms.session(&job.yard, &job.record).map_err(Cut::retry)?;
    let endpoint = job.yard.endpoint();
    let path = format!("/v1/repos/{name}");
    let password = auth::sigv4::git::password(
        &endpoint.host,
        &path,
        &session.secret_access_key,
        job.run.scope().region.as_str(),
        job.now(),
    );
    let user = format!("{}%{}", session.access_key_id, session.session_token);
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    let key = format!("http.{}{path}.extraHeader", endpoint.url());
    Ok((key, format!("Authorization: Basic {basic}")))
}

/// Settings for a submodule's URL, of which git reads the first level at a time: repositories of
/// this yard are signed in to one by one, and found behind AWS's names too. So are those that a
/// connection leads to.
pub(super) async fn settings_for(
    job: &Job,
    remote: &Remote,
    url: &str,
) -> Result<Vec<(String, String)>, Cut> {
    if let Some((cx, source)) = &remote.connected {
        return by_connection(job, cx, source, url).await;
    }
    let endpoint = job.yard.endpoint().url();
    let is_aws = |origin: &str| {
        let host = origin.strip_prefix("https://git-codecommit.");
        host.is_some_and(|rest| rest.ends_with(".amazonaws.com"))
    };
    let Some(origin) = origin_of(url) else { return Ok(Vec::new()) };
    // Only what a CodeCommit source brings along is the role's to read.
    if remote.provider.is_some() || (origin != endpoint && !is_aws(origin)) {
        return Ok(Vec::new());
    }
    let Some(name) = repository_name(url) else { return Ok(Vec::new()) };
    let mut settings = vec![code_commit_header(job, name)?];
    if is_aws(origin) {
        settings
            .push((format!("url.{endpoint}/v1/repos/.insteadOf"), format!("{origin}/v1/repos/")));
    }
    Ok(settings)
}

/// The role may be allowed to use a connection for some repositories only. Others are asked for
/// without it: who may read them without a name still gets them.
async fn by_connection(
    job: &Job,
    cx: &Cx,
    source: &ProjectSource,
    url: &str,
) -> Result<Vec<(String, String)>, Cut> {
    let own = Repository::of(source.kind, source.location.as_deref().unwrap_or_default());
    let Some((repository, own)) = Repository::of(source.kind, url).zip(own) else {
        return Ok(Vec::new());
    };
    if repository.origin != own.origin {
        return Ok(Vec::new());
    }
    let wanted = ProjectSource { location: Some(url.to_owned()), ..source.clone() };
    match source_credentials::of_source(cx, job.run.scope(), &wanted).await {
        Ok(Some(credential)) => Ok(headers(&repository, &credential).into()),
        Err(error) if error.status >= 500 && error.code != "NotImplemented" => {
            Err(Cut::retry(error))
        }
        Ok(None) | Err(_) => Ok(Vec::new()),
    }
}

/// Where a project's copies of repositories are, for the local source cache.
pub(super) fn mirrors(yard: &service::Yard, scope: &types::Scope, project: &str) -> PathBuf {
    let folder = format!("{}.{}.{project}", scope.account, scope.region);
    yard.config().data_dir.join("builds").join("source-cache").join(folder)
}

/// Removes those copies. Nobody waits for them to go; a build that reads them fetches afresh.
pub(crate) fn forget_mirrors(yard: &service::Yard, scope: &types::Scope, project: &str) {
    let folder = mirrors(yard, scope, project);
    tokio::task::spawn_blocking(move || {
        if let Err(error) = std::fs::remove_dir_all(&folder)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(path = %folder.display(), %error, "failed to remove a source cache");
        }
    });
}
