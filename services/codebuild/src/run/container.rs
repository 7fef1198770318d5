//! The container that a build runs in, where it does: its image, fetched before the sources are.

use std::net::SocketAddr;

use api_developer::codebuild::{CredentialProviderType, ProjectEnvironment};
use api_security::secretsmanager;
use sandbox::docker::{Container, Engine, EngineInfo, Login, Reference};
use service::{Cx, Yard};

use super::{Cut, Job, ecr};
use crate::model::BuildRecord;
use crate::{images, validate};

/// The phase's status where an image can't be had.
const UNABLE_TO_PULL: &str = "BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE";

/// The phase's status where the yard allows no privileges.
const NO_PRIVILEGES: &str = "CLIENT_ERROR";

/// A container that can be started, and what engine it is of.
pub(super) struct Place {
    pub container: Container,
    pub info: EngineInfo,
    /// For the log.
    pub told: Vec<String>,
}

/// Whether the build runs in a container, and not in a sandbox with this machine's files.
pub(crate) fn is_wanted(yard: &Yard, record: &BuildRecord) -> bool {
    record.build.environment.as_ref().is_some_and(|environment| {
        !images::is_curated(&environment.image)
            || environment.privileged_mode == Some(true)
            || yard.config().containers.curated
    })
}

/// Where the build's container comes from; none if it needs none. Its image is there then.
pub(super) async fn place(job: &Job, cx: &Cx) -> Result<Option<Place>, Cut> {
    let environment = job.record.build.environment.as_ref();
    let Some(environment) = environment.filter(|_| is_wanted(&job.yard, &job.record)) else {
        return Ok(None);
    };
    let engine = engine(job, environment)?;
    if environment.privileged_mode == Some(true) && !job.yard.config().containers.privileged {
        return Err(Cut::failed(
            NO_PRIVILEGES,
            "privilegedMode: this yard runs no privileged builds, as they may do to this machine \
             whatever its container engine may. Whoever runs the yard allows them by starting it \
             with --privileged-builds",
        ));
    }
    let info = engine.info().await.map_err(|error| {
        Cut::failed(
            UNABLE_TO_PULL,
            format!(
                "The build runs in a container, and the yard's engine does not answer: {error}"
            ),
        )
    })?;
    let image = provide(job, cx, &engine, environment).await?;
    let mut told = vec![format!("Container of {image}, engine {}", info.version)];
    let endpoint = job.yard.endpoint();
    let compute = validate::compute(environment.compute_type);
    let mut container = Container::new(engine, image);
    container.privileged = environment.privileged_mode == Some(true);
    container.reaches = endpoint.host.parse().ok().filter(|it: &SocketAddr| it.ip().is_loopback());
    // An engine inside pushes and pulls by AWS's name of the registry.
    container.reached_as = vec![images::aws_host(job.run.scope())];
    if let Some(compute) = compute {
        container.cpus = Some(compute.cpus);
        if compute.cpus > info.cpus || compute.memory_bytes > info.memory_bytes {
            told.push(format!(
                "{} has {} vCPUs and {} GiB; this machine has {} and {} GiB, which is all that \
                 the build gets",
                environment.compute_type,
                compute.cpus,
                compute.memory_bytes >> 30,
                info.cpus,
                info.memory_bytes >> 30,
            ));
        }
    }
    Ok(Some(Place { container, info, told }))
}

fn engine(job: &Job, environment: &ProjectEnvironment) -> Result<Engine, Cut> {
    let Some(address) = &job.yard.config().containers.address else {
        let why = match images::is_curated(&environment.image) {
            true if environment.privileged_mode == Some(true) => "privilegedMode".to_owned(),
            true => "--sandbox docker".to_owned(),
            false => format!("The image {}", environment.image),
        };
        return Err(Cut::failed(
            UNABLE_TO_PULL,
            format!(
                "{why} takes a container engine, and this yard has none: start Docker or Podman, \
                 and the yard with --docker-host unix:///path/of/its/socket"
            ),
        ));
    };
    Engine::at(address).map_err(|error| Cut::failed(UNABLE_TO_PULL, error.to_string()))
}

/// Has the engine get the image if it has not got it; the name by which it knows it.
async fn provide(
    job: &Job,
    cx: &Cx,
    engine: &Engine,
    environment: &ProjectEnvironment,
) -> Result<String, Cut> {
    let names = images::names(&environment.image);
    let registry = job.yard.endpoint().host;
    let reference = Reference::parse(&environment.image);
    if let Some(image) = reference.and_then(|reference| images::ecr(&reference, &registry)) {
        let theirs = ecr::find(job, cx, environment, image).await?;
        match engine.image(&theirs.reference.full()).await.map_err(Cut::retry)? {
            Some(_) => theirs.check(job).await?,
            None => {
                let login = Some(theirs.login(job).await?);
                pull(job, engine, environment, &theirs.reference, login).await?;
            }
        }
        return Ok(theirs.reference.full());
    }
    for name in names.iter().filter_map(|name| Reference::parse(name)) {
        // With its tag, or the engine would take a name for the beginning of an image's id: of one,
        // maybe, that the project may not pull.
        let name = name.full();
        if engine.image(&name).await.map_err(Cut::retry)?.is_some() {
            return Ok(name);
        }
    }
    // The last is the one that a registry knows.
    let wanted = names.last().and_then(|name| Reference::parse(name));
    let Some(wanted) = wanted else {
        return Err(unable(&environment.image, "the image's name is malformed"));
    };
    let login = login(cx, environment).await?;
    pull(job, engine, environment, &wanted, login).await?;
    Ok(wanted.full())
}

/// Has the engine fetch an image, as long as the build is wanted.
async fn pull(
    job: &Job,
    engine: &Engine,
    environment: &ProjectEnvironment,
    wanted: &Reference,
    login: Option<Login>,
) -> Result<(), Cut> {
    let stop = job.rooms.stop_signal(&job.record.id);
    let mut pull = std::pin::pin!(engine.pull(wanted, login));
    loop {
        tokio::select! {
            pulled = &mut pull => {
                return match pulled {
                    Ok(()) => Ok(()),
                    Err(sandbox::Error::Engine { reason, .. }) => Err(unable(
                        &environment.image,
                        &format!("CannotPullContainerError: Error response from daemon: {reason}"),
                    )),
                    Err(error) => Err(Cut::retry(error)),
                };
            }
            () = stop.notified() => job.refuse_stopped()?,
            () = tokio::time::sleep(std::time::Duration::from_secs(1)) => job.refuse_stopped()?,
        }
    }
}

pub(super) fn unable(image: &str, why: &str) -> Cut {
    let message = format!("Unable to pull customer's container image. {image}: {why}");
    Cut::failed(UNABLE_TO_PULL, message)
}

/// Who the build is to the image's registry: what the secret says, which its role must be allowed
/// to read.
async fn login(cx: &Cx, environment: &ProjectEnvironment) -> Result<Option<Login>, Cut> {
    let Some(credential) = &environment.registry_credential else { return Ok(None) };
    let CredentialProviderType::SecretsManager = credential.credential_provider;
    let input = secretsmanager::GetSecretValueInput {
        secret_id: credential.credential.clone(),
        ..Default::default()
    };
    let secret = cx.call(secretsmanager::GetSecretValue, input).await.map_err(|error| {
        if error.status >= 500 {
            return Cut::retry(error);
        }
        let why = format!("{}: {}: {}", credential.credential, error.code, error.message);
        unable(&environment.image, &why)
    })?;
    let text = secret.secret_string.unwrap_or_default();
    let value: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    let part = |name: &str| {
        let part = value.as_ref().and_then(|value| value.get(name)).and_then(|part| part.as_str());
        part.map(str::to_owned)
    };
    match (part("username"), part("password")) {
        (Some(username), Some(password)) => Ok(Some(Login { username, password })),
        _ => Err(unable(
            &environment.image,
            &format!(
                "the secret {} must be JSON with username and password",
                credential.credential
            ),
        )),
    }
}
