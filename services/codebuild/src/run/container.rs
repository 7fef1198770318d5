//! The container that a build runs in, where it does: its image, fetched before the sources are.

use std::net::SocketAddr;

use api_developer::codebuild::{CredentialProviderType, ProjectEnvironment};
use api_security::secretsmanager;
use sandbox::docker::{Container, Engine, EngineInfo, Image, Login, Reference};
use service::{Cx, Yard};
use store::Store;

use super::{Cut, Job, ecr};
use crate::images::registry::{self, Answer};
use crate::images::{self, private};
use crate::model::BuildRecord;
use crate::validate;

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
    let mut told = vec![format!("Container of {}, engine {}", environment.image, info.version)];
    let endpoint = job.yard.endpoint();
    let compute = validate::compute(environment.compute_type);
    // By its id: a name may come to mean another image before the container is made.
    let mut container = Container::new(engine, image.id);
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

/// Has the engine get the image if it has not got it, or has it by another's credential.
async fn provide(
    job: &Job,
    cx: &Cx,
    engine: &Engine,
    environment: &ProjectEnvironment,
) -> Result<Image, Cut> {
    let host = job.yard.endpoint().host;
    let reference = Reference::parse(&environment.image);
    if let Some(image) = reference.and_then(|reference| images::ecr(&reference, &host)) {
        // By AWS's names of registries this is known when the project is made.
        if environment.registry_credential.is_some() {
            let why = "registryCredential: images of Amazon ECR take none, and the registry at \
                       this address is the yard's own";
            return Err(unable(&environment.image, why));
        }
        let theirs = ecr::find(job, cx, environment, image).await?;
        if let Some(image) = engine.image(&theirs.reference.full()).await.map_err(Cut::retry)? {
            theirs.check(job).await?;
            return Ok(image);
        }
        let login = Some(theirs.login(job).await?);
        return pull(job, engine, environment, &theirs.reference, login).await;
    }
    let names = images::names(&environment.image);
    let names: Vec<_> = names.iter().filter_map(|name| Reference::parse(name)).collect();
    // With a tag, or the engine would take a name for the beginning of an image's id: of one,
    // maybe, that the project may not pull.
    for name in names.iter().flat_map(private::qualified) {
        let Some(image) = engine.image(&name.full()).await.map_err(Cut::retry)? else { continue };
        let read = job.run.store().read(|tx| private::is_private(tx, &name, &image.id));
        if !read.map_err(Cut::retry)? {
            return Ok(image);
        }
        let login = login(cx, environment).await?;
        if name.version.contains(':') {
            let answer = registry::gives(engine, &name, login.as_ref()).await;
            match answer.map_err(Cut::retry)? {
                Answer::Given => return Ok(image),
                Answer::Refused(why) => return Err(told(&environment.image, &why)),
                Answer::NotAsked => {}
            }
        }
        return pull(job, engine, environment, &name, login).await;
    }
    // The last is the one that a registry knows.
    let wanted = names.last().and_then(|name| private::qualified(name).into_iter().next());
    let Some(wanted) = wanted else {
        return Err(unable(&environment.image, "the image's name is malformed"));
    };
    let login = login(cx, environment).await?;
    pull(job, engine, environment, &wanted, login).await
}

/// Has the engine fetch an image, as long as the build is wanted. What came by a credential is
/// remembered even where nobody waits for it any more.
async fn pull(
    job: &Job,
    engine: &Engine,
    environment: &ProjectEnvironment,
    wanted: &Reference,
    login: Option<Login>,
) -> Result<Image, Cut> {
    let (store, engine) = (job.run.store().clone(), engine.clone());
    let (name, wanted, build) = (environment.image.clone(), wanted.clone(), job.record.id.clone());
    let mut pull = tokio::spawn(async move {
        match login {
            Some(login) => pull_privately(&store, &engine, &name, wanted, login, build).await,
            None => pull_openly(&store, &engine, &name, wanted).await,
        }
    });
    let stop = job.rooms.stop_signal(&job.record.id);
    loop {
        tokio::select! {
            pulled = &mut pull => return pulled.map_err(Cut::retry)?,
            () = stop.notified() => job.refuse_stopped()?,
            () = tokio::time::sleep(std::time::Duration::from_secs(1)) => job.refuse_stopped()?,
        }
    }
}

async fn pull_openly(
    store: &Store,
    engine: &Engine,
    name: &str,
    wanted: Reference,
) -> Result<Image, Cut> {
    engine.pull(&wanted, None).await.map_err(|error| refused(name, error))?;
    let image = engine.image(&wanted.full()).await.map_err(Cut::retry)?;
    let image = image.ok_or_else(|| unable(name, "the engine has not got it in the end"))?;
    let id = image.id.clone();
    let written = store.write(move |tx| private::publish(tx, &wanted, &id)).await;
    written.map_err(Cut::retry)?;
    Ok(image)
}

async fn pull_privately(
    store: &Store,
    engine: &Engine,
    name: &str,
    wanted: Reference,
    login: Login,
    build: String,
) -> Result<Image, Cut> {
    let (noted, by) = (wanted.clone(), build.clone());
    let written = store.write(move |tx| private::begin(tx, &noted, &by)).await;
    written.map_err(Cut::retry)?;
    let pulled = engine.pull(&wanted, Some(login)).await;
    // An engine that broke off may have it all the same.
    let image = engine.image(&wanted.full()).await.map_err(Cut::retry)?;
    let id = image.as_ref().map(|image| image.id.clone());
    let written = store.write(move |tx| private::end(tx, &wanted, &build, id.as_deref())).await;
    written.map_err(Cut::retry)?;
    pulled.map_err(|error| refused(name, error))?;
    image.ok_or_else(|| unable(name, "the engine has not got it in the end"))
}

fn refused(image: &str, error: sandbox::Error) -> Cut {
    match error {
        sandbox::Error::Engine { reason, .. } => told(image, &reason),
        error => Cut::retry(error),
    }
}

fn told(image: &str, reason: &str) -> Cut {
    unable(image, &format!("CannotPullContainerError: Error response from daemon: {reason}"))
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
