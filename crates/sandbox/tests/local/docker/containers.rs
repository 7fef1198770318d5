//! What containers alone do.

use super::engine::{IMAGE, TestEngine, skipped};
use super::harness::*;
use codeyard_sandbox::docker::{Container, Engine, Login, Reference, Volume};
use codeyard_sandbox::*;
use std::fs;
use std::time::{Duration, Instant};

/// The engine, or none with a word about the test that does not run.
fn engine() -> Option<(&'static TestEngine, Engine)> {
    match TestEngine::shared() {
        Ok(it) => Some((it, Engine::on(it.socket()))),
        Err(why) => {
            skipped(&why);
            None
        }
    }
}

fn containers_of(engine: &TestEngine, sandbox: &str) -> String {
    let filter = format!("label=io.codeyard.sandbox={sandbox}");
    engine.docker(&["ps", "-aq", "--filter", &filter]).unwrap()
}

#[tokio::test]
async fn an_engine_tells_what_it_offers() {
    let Some((_, engine)) = engine() else { return };
    let info = engine.info().await.unwrap();
    assert!(info.cpus > 0 && info.memory_bytes > 1 << 28 && !info.version.is_empty(), "{info:?}");
    let image = engine.image(IMAGE).await.unwrap().unwrap();
    assert_eq!((image.os.as_str(), image.id.starts_with("sha256:")), ("linux", true));
    assert_eq!(engine.image("no/such:image").await.unwrap(), None);
}

#[tokio::test]
async fn where_no_engine_is_that_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::on(dir.path().join("socket"));
    let error = engine.info().await.err().unwrap().to_string();
    assert!(error.contains("no engine answers on"), "{error}");
    for elsewhere in ["tcp://127.0.0.1:2375", "ssh://host", "unix://relative", ""] {
        assert!(Engine::at(elsewhere).is_err(), "{elsewhere}");
    }
    let yard = Yard::new();
    let mut spec = build("b", &["true"]);
    spec.container = Some(Container::new(engine, IMAGE));
    let error = yard.local.start(spec).await.err().unwrap();
    assert!(matches!(&error, Error::Start { reason, .. } if reason.contains("no engine answers")));
    assert!(yard.local.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_pull_that_fails_says_why() {
    let Some((_, engine)) = engine() else { return };
    // Nothing listens there.
    let image = Reference::parse("localhost:1/team/tool:2").unwrap();
    let login = Login { username: "u".into(), password: "p".into() };
    let error = engine.pull(&image, Some(login)).await.err().unwrap().to_string();
    assert!(error.contains("localhost:1/team/tool:2") && error.contains("refused"), "{error}");
}

#[tokio::test]
async fn an_image_that_is_not_there_or_has_no_shell_fails_the_start() {
    let Some((test, engine)) = engine() else { return };
    let empty = test_image(test, "empty");
    for (image, reason) in [("no/such:image", "No such image"), (empty.as_str(), "/bin/sh")] {
        let yard = Yard::new();
        let mut spec = build("b", &["true"]);
        spec.container = Some(Container::new(engine.clone(), image));
        let error = yard.local.start(spec).await.err().unwrap().to_string();
        assert!(error.contains(reason), "{error}");
        assert!(yard.local.list().await.unwrap().is_empty());
    }
}

/// An image of one empty file.
fn test_image(engine: &TestEngine, name: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    let tar = dir.path().join("tar");
    let made = std::process::Command::new("tar")
        .arg("-C")
        .arg(dir.path())
        .arg("-cf")
        .arg(&tar)
        .arg("file")
        .status();
    assert!(made.unwrap().success());
    let image = format!("{name}:1");
    engine.docker(&["import", tar.to_str().unwrap(), &image]).unwrap();
    image
}

#[tokio::test]
async fn the_root_is_the_images_and_binds_show() {
    let Some((_, _)) = engine() else { return };
    let yard = Yard::new();
    let host = yard.dir.path().join("src");
    fs::create_dir(&host).unwrap();
    fs::write(host.join("in"), "from outside\n").unwrap();
    let mut spec = build("b", &["cat in", "echo from inside > out", "ls /", "touch /ro/x"]);
    spec.binds = vec![
        Bind { host: host.clone(), inside: "/codebuild/src".into(), read_only: false },
        Bind { host: host.clone(), inside: "/ro".into(), read_only: true },
    ];
    let ran = yard.run(spec).await;
    assert!(ran.output.contains("from outside\n"), "{}", ran.output);
    assert!(ran.output.contains("Read-only file system"), "{}", ran.output);
    assert!(!ran.output.contains("\nhome\n"), "this machine's root: {}", ran.output);
    assert_eq!(fs::read_to_string(host.join("out")).unwrap(), "from inside\n");
}

#[tokio::test]
async fn secrets_are_not_in_what_the_engine_keeps() {
    let Some((test, _)) = engine() else { return };
    let yard = Yard::new();
    let mut spec = build("kept", &["echo up; echo $S; sleep 4280"]);
    spec.env = vec![("S".into(), "hunter2-of-containers".into())];
    spec.secrets = vec!["hunter2-of-containers".into()];
    let handle = yard.local.start(spec).await.unwrap();
    until_output(handle.as_ref(), "***").await;
    let id = containers_of(test, "kept");
    let kept = test.docker(&["inspect", &id]).unwrap();
    assert!(kept.contains("io.codeyard.yard") && !kept.contains("hunter2"), "{kept}");
    yard.local.destroy(handle.id()).await.unwrap();
    assert!(processes("sleep 4280").is_empty());
}

#[tokio::test]
async fn nothing_is_left_at_the_engine() {
    let Some((test, _)) = engine() else { return };
    let yard = Yard::new();
    yard.run(build("gone", &["true"])).await;
    until("the container is removed", || containers_of(test, "gone").is_empty());
    let handle = yard.local.start(build("gone2", &["echo up; sleep 4281"])).await.unwrap();
    until_output(handle.as_ref(), "up").await;
    assert!(!containers_of(test, "gone2").is_empty());
    yard.local.destroy(handle.id()).await.unwrap();
    assert!(containers_of(test, "gone2").is_empty());
}

#[tokio::test]
async fn a_sweep_removes_what_nobody_claims_and_nothing_else() {
    let Some((test, engine)) = engine() else { return };
    let yard = Yard::new();
    let handle = yard.local.start(build("claimed", &["echo up; sleep 4282"])).await.unwrap();
    until_output(handle.as_ref(), "up").await;
    let id = containers_of(test, "claimed");
    let label = test
        .docker(&["inspect", "-f", "{{index .Config.Labels \"io.codeyard.yard\"}}", &id])
        .unwrap();
    let mine = format!("io.codeyard.yard={label}");
    let run = |labels: [&str; 2]| {
        let labels = ["--label", labels[0], "--label", labels[1]];
        let words = [&["run", "-d", "--network=none"][..], &labels, &[IMAGE, "sleep", "600"]];
        test.docker(&words.concat()).unwrap()
    };
    let orphan = run([&mine, "io.codeyard.sandbox=orphan"]);
    let foreign = run(["io.codeyard.yard=other", "io.codeyard.sandbox=orphan"]);
    yard.again().sweep_containers(&engine).await.unwrap();
    let left = test.docker(&["ps", "-aq", "--no-trunc"]).unwrap();
    assert!(!left.contains(&orphan), "the orphan is still there");
    assert!(left.contains(&foreign), "another yard's container is gone");
    assert!(handle.status().await.unwrap().end.is_none(), "a running build was swept");
    test.docker(&["rm", "-f", &foreign]).unwrap();
    yard.local.destroy(handle.id()).await.unwrap();
}

#[tokio::test]
async fn a_build_survives_its_engine() {
    if let Err(why) = TestEngine::shared() {
        return skipped(&why);
    }
    // Of its own, as it is killed.
    let test = TestEngine::start().unwrap();
    let yard = Yard::new();
    let mut spec = build("b", &["for i in 1 2 3 4 5 6; do echo $i; sleep 0.2; done", "echo end"]);
    spec.container = Some(Container::new(Engine::on(test.socket()), IMAGE));
    let handle = yard.local.start(spec).await.unwrap();
    until_output(handle.as_ref(), "2").await;
    let pid = nix::unistd::Pid::from_raw(test.pid().unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
    let ran = finish(handle).await;
    assert_eq!(ran.output, "1\n2\n3\n4\n5\n6\nend\n");
    assert_eq!(ran.status.end.unwrap().kind, EndKind::Succeeded);
    // The engine can't be asked any more, and that does not keep the sandbox.
    yard.local.destroy(&id("b")).await.unwrap();
}

#[tokio::test]
async fn limits_and_volumes_are_the_engines() {
    let Some((_, engine)) = engine() else { return };
    let yard = Yard::new();
    let run = |name: &str, command: &str| {
        let mut spec = build(name, &[command]);
        let mut container = Container::new(engine.clone(), IMAGE);
        container.cpus = Some(1000);
        let name = format!("cache-{}", std::process::id());
        container.volumes = vec![Volume { name, inside: "/kept".into() }];
        spec.limits.memory_bytes = Some(1 << 62);
        spec.container = Some(container);
        yard.run(spec)
    };
    let ran = run("one", "echo kept > /kept/file").await;
    assert_eq!(ran.status.end.unwrap().kind, EndKind::Succeeded, "{}", ran.output);
    assert_eq!(run("two", "cat /kept/file").await.output, "kept\n");
}

#[tokio::test]
async fn a_service_runs_until_it_is_stopped_and_no_persistent_one_does() {
    let Some((_, _)) = engine() else { return };
    let yard = Yard::new();
    let script = "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.01; done";
    let handle = yard.local.start(service("s", script)).await.unwrap();
    until_output(handle.as_ref(), "up").await;
    handle.stop("maintenance").await.unwrap();
    let ran = finish(handle).await;
    assert_eq!(ran.output, "up\nbye\n");
    let persistent = Spec { root: Root::Persistent, ..service("p", script) };
    let error = yard.local.start(persistent).await.err().unwrap().to_string();
    assert!(error.contains("persistent"), "{error}");
}

/// Prints figures; asserts only what no machine may miss.
#[tokio::test]
async fn a_trivial_build_in_a_container() {
    let Some((_, _)) = engine() else { return };
    let yard = Yard::new();
    let mut all = Vec::new();
    for n in 0..10 {
        let names = ["INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD"];
        let stages = names.iter().map(|name| stage(name, &["echo hi"])).collect();
        let began = Instant::now();
        let spec = spec(&format!("b{n}"), Program::Plan(plan(stages)));
        let handle = yard.local.start(spec).await.unwrap();
        let started = began.elapsed();
        wait(handle.as_ref()).await.unwrap();
        all.push((began.elapsed(), started));
        yard.local.destroy(handle.id()).await.unwrap();
    }
    all.sort();
    println!(
        "in a container: four stages {:?}, of it start {:?} (median of 10)",
        all[5].0, all[5].1
    );
    assert!(all[5].0 < Duration::from_secs(10));
}

#[tokio::test]
async fn a_privileged_container_has_a_network_of_its_own_and_reaches_the_yard() {
    let Some((_, engine)) = engine() else { return };
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, closed) = (listener.local_addr().unwrap(), other.local_addr().unwrap());
    let answering = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = [0; 4];
        stream.read_exact(&mut asked).unwrap();
        stream.write_all(b"pong\n").unwrap();
        asked
    });
    let yard = Yard::new();
    let ask =
        format!("exec 3<>/dev/tcp/{}/{}; printf ping >&3; cat <&3", address.ip(), address.port());
    let closed =
        format!("(exec 3<>/dev/tcp/{}/{}) 2>/dev/null && echo open", closed.ip(), closed.port());
    let mut spec = build("b", &[&ask, &closed]);
    let mut container = Container::new(engine, IMAGE);
    container.privileged = true;
    container.reaches = Some(address);
    spec.container = Some(container);
    let ran = yard.run(spec).await;
    assert_eq!(ran.output, "pong\n", "{:?}", ran.status);
    assert_eq!(&answering.join().unwrap(), b"ping");
    assert!(ran.status.isolation.reasons.iter().any(|reason| reason.contains("privileged")));
}

#[tokio::test]
async fn a_container_trusts_what_it_is_told_to() {
    let Some((_, engine)) = engine() else { return };
    let yard = Yard::new();
    let look = "cat /etc/ssl/certs/ca-certificates.crt; cat /usr/local/share/ca-certificates/*";
    let mut spec = build("b", &[look, "ls /etc/ssl/certs/"]);
    let mut container = Container::new(engine, IMAGE);
    container.trusts = Some("-----BEGIN\\n 'x'\n-----END".into());
    spec.container = Some(container);
    let ran = yard.run(spec).await;
    assert!(ran.output.contains("-----BEGIN\\n 'x'\n-----END\n"), "{}", ran.output);
}

#[tokio::test]
async fn what_shows_only_at_the_start_is_told_first() {
    let Some((_, engine)) = engine() else { return };
    let yard = Yard::new();
    let mut spec = build("b", &["echo up"]);
    if let Program::Plan(plan) = &mut spec.program {
        plan.announce = Some("T".into());
        plan.preamble = vec!["preamble".into()];
    }
    let mut container = Container::new(engine.clone(), IMAGE);
    container.privileged = true;
    spec.container = Some(container.clone());
    let ran = yard.run(spec).await;
    let before = container.isolation(&engine.info().await.unwrap()).reasons;
    for reason in ran.status.isolation.reasons.iter().filter(|reason| !before.contains(reason)) {
        let told = ran.output.find(&format!("Isolation: {reason}\n"));
        assert!(told.is_some_and(|at| Some(at) < ran.output.find("preamble")), "{}", ran.output);
    }
}

#[tokio::test]
async fn volumes_are_told_apart_and_removed_unless_they_are_in_use() {
    let Some((_, engine)) = engine() else { return };
    let yard = Yard::new();
    let name = yard.local.volume("layers-a-1");
    let mut spec = build("holder", &["echo up; sleep 4283"]);
    let mut container = Container::new(engine.clone(), IMAGE);
    container.volumes = vec![Volume { name: name.clone(), inside: "/kept".into() }];
    spec.container = Some(container);
    let handle = yard.local.start(spec).await.unwrap();
    until_output(handle.as_ref(), "up").await;
    let used = |by: &'static str| {
        let (local, engine, name) = (&yard.local, &engine, &name);
        async move { local.is_volume_in_use(engine, name, &id(by)).await.unwrap() }
    };
    assert!(used("other").await && !used("holder").await);
    yard.local.remove_volumes(&engine, "layers-a-", None).await.unwrap();
    let names = || async {
        let found = yard.local.volumes(&engine, "layers-").await.unwrap();
        found.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(names().await, std::slice::from_ref(&name));
    yard.local.destroy(handle.id()).await.unwrap();
    assert!(!used("other").await);
    yard.local.remove_volumes(&engine, "layers-a-", Some(&name)).await.unwrap();
    assert_eq!(names().await.len(), 1);
    yard.local.remove_volumes(&engine, "layers-a-", None).await.unwrap();
    assert!(names().await.is_empty());
}

/// What another user's container left goes by another container.
#[tokio::test]
async fn a_directory_is_emptied_from_inside() {
    let Some((_, engine)) = engine() else { return };
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    fs::create_dir_all(path("src/.git/deep")).unwrap();
    for name in ["src/f", "src/.git/deep/f", ".hidden", "..odd", "-rf", "a b"] {
        fs::write(path(name), "x").unwrap();
    }
    engine.empty(IMAGE, dir.path()).await.unwrap();
    let left: Vec<_> = fs::read_dir(dir.path()).unwrap().flatten().map(|it| it.path()).collect();
    assert!(left.is_empty(), "{left:?}");
    // Again, with nothing in it.
    engine.empty(IMAGE, dir.path()).await.unwrap();
    let error = engine.empty("no/such:image", dir.path()).await.unwrap_err().to_string();
    assert!(error.contains("no/such:image") || error.contains("No such image"), "{error}");
}
