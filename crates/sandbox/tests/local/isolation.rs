//! What a sandbox sees of the machine, and what it can change there.

use super::harness::*;
use codeyard_sandbox::*;
use std::fs;
use std::os::unix::fs::PermissionsExt;

#[tokio::test]
async fn the_machine_is_out_of_sight() {
    let yard = Yard::new();
    let marker = yard.dir.path().join("hidden-by-spec");
    fs::create_dir(&marker).unwrap();
    fs::write(marker.join("f"), "x").unwrap();
    fs::write(yard.base().join("key"), "x").unwrap();
    let base = yard.base();
    let mut spec = build(
        "me",
        &[
            // Processes, host name, IPC.
            "[ \"$(ls -d /proc/[0-9]* | wc -l)\" -lt 9 ] && hostname",
            // The yard's files and those of other sandboxes.
            &format!(
                "ls -A {} {} 2>/dev/null; cat {}/key 2>/dev/null; true",
                base.display(),
                marker.display(),
                base.display()
            ),
            "ls -A /tmp /run /dev/shm | sort | tr '\\n' ' '; echo",
            "ls /dev | tr '\\n' ' '; echo",
            // No way back through mounts, devices, or init's memory.
            "umount /proc 2>/dev/null || mount -t tmpfs none /mnt 2>/dev/null || echo no mounts",
            "mknod /tmp/d b 8 0 2>/dev/null || echo no devices",
            "cat /proc/1/environ /proc/1/mem 2>/dev/null; ls /proc/1/root/ 2>/dev/null; echo still",
        ],
    );
    spec.hide = vec![marker.clone()];
    let ran = yard.run(spec).await;
    assert_eq!(
        ran.output,
        "me\n  /dev/shm: /run: /tmp: codeyard \n".to_owned()
            + "fd full null ptmx pts random shm stderr stdin stdout tty urandom zero \n"
            + "no mounts\nno devices\nstill\n",
        "{:?}",
        ran.status
    );
}

#[tokio::test]
async fn homes_are_empty_but_for_tools() {
    let home = std::env::var("HOME").map(std::path::PathBuf::from).unwrap_or("/root".into());
    let own = format!("codeyard-test-{}", std::process::id());
    let secrets =
        [".config/gh/hosts.yml", ".unheard-of/key", ".aws", "notes.txt", "project/src/a.c"];
    let (secret, tool) = (home.join(&own), home.join(".local/bin").join(&own));
    let paths: Vec<_> = secrets.iter().map(|name| secret.join(name)).collect();
    let made = paths.iter().chain([&tool]).try_for_each(|path| {
        fs::create_dir_all(path.parent().unwrap())?;
        fs::write(path, "#!/bin/sh\necho codeyard-found\n")?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))
    });
    if made.is_err() {
        println!("skipped: {} can't be written", home.display());
        return;
    }
    let yard = Yard::new();
    let (home_text, tool_text) = (home.display(), tool.display());
    let mut commands: Vec<String> = paths
        .iter()
        .map(|path| format!("if cat {} 2>/dev/null; then echo seen; fi", path.display()))
        .collect();
    commands
        .push(format!("ls -A {home_text} | grep -vxF -e .local -e .cargo | grep codeyard; true"));
    commands.push(format!("{tool_text} && ! (echo x >> {tool_text}) 2>/dev/null"));
    // It is a home all the same, which the host's does not hear of.
    commands
        .push("cd && mkdir -p .cache && echo kept > .cache/codeyard-test && cat .cache/*".into());
    let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
    let ran = yard.run(build("b", &commands)).await;
    fs::remove_dir_all(&secret).unwrap();
    fs::remove_file(&tool).unwrap();
    assert_eq!(ran.output, "codeyard-found\nkept\n", "{:?}", ran.status);
    assert!(!home.join(".cache/codeyard-test").exists());
}

/// A yard whose data are in a home: its sandboxes show their own files, and no others of it.
#[tokio::test]
async fn a_yard_in_a_home_works() {
    let home = std::env::var("HOME").map(std::path::PathBuf::from).unwrap_or("/root".into());
    let Ok(dir) = tempfile::Builder::new().prefix(".codeyard-test").tempdir_in(&home) else {
        println!("skipped: {} can't be written", home.display());
        return;
    };
    // Among what shows of a home.
    let inside = dir.path().join("data");
    let local = open(inside.clone(), None);
    let source = inside.join("source");
    fs::create_dir(&source).unwrap();
    fs::write(source.join("in"), "in\n").unwrap();
    let mut spec = build(
        "b",
        &["cat in", &format!("ls {} 2>/dev/null | wc -l", inside.display()), "echo out > out"],
    );
    spec.binds =
        vec![Bind { host: source.clone(), inside: spec.workdir.clone(), read_only: false }];
    let ran = finish(local.start(spec).await.unwrap()).await;
    assert_eq!(ran.output, "in\n0\n", "{:?}", ran.status);
    assert_eq!(fs::read_to_string(source.join("out")).unwrap(), "out\n");
}

#[tokio::test]
async fn sockets_and_keys_of_others_are_out_of_reach() {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener};
    let name = format!("codeyard-test-{}", std::process::id());
    let _listener =
        UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    let yard = Yard::new();
    let connect = format!(
        "import socket; socket.socket(socket.AF_UNIX).connect(chr(0) + '{name}'); print('reached')"
    );
    let own = "import socket; s = socket.socket(socket.AF_UNIX); s.bind(chr(0) + 'own'); s.listen(); \
               socket.socket(socket.AF_UNIX).connect(chr(0) + 'own'); print('own')";
    // KEYCTL_GET_KEYRING_ID of the user's keyring, by its number on x86-64.
    let keys = "import ctypes, platform; \
                print(platform.machine() == 'x86_64' and ctypes.CDLL(None).syscall(250, 0, -4, 1) >= 0)";
    let ran = yard
        .run(build(
            "b",
            &[
                "command -v python3 >/dev/null || echo no python",
                &format!("python3 -c \"{connect}\" 2>/dev/null; true"),
                &format!("python3 -c \"{own}\""),
                &format!("python3 -c \"{keys}\""),
            ],
        ))
        .await;
    if ran.output.starts_with("no python") {
        println!("skipped: no python3");
        return;
    }
    let reached = if hides_abstract_sockets() { "" } else { "reached\n" };
    assert_eq!(ran.output, format!("{reached}own\nFalse\n"), "{:?}", ran.status);
}

/// What is written in a home of a persistent sandbox is there when it is started again.
#[tokio::test]
async fn a_persistent_home_is_kept() {
    let yard = Yard::new();
    let spec = |commands: &[&str]| {
        let mut spec = build("host", commands);
        spec.root = Root::Persistent;
        spec
    };
    match yard.local.start(spec(&["echo mine > /root/kept; ls -A /root | wc -l"])).await {
        Err(Error::Unsupported(why)) => println!("skipped: {why}"),
        other => {
            finish(other.unwrap()).await;
            let ran = yard.run(spec(&["cat /root/kept; ls -Ad /root/.ssh 2>/dev/null"])).await;
            assert_eq!(ran.output, "mine\n", "{:?}", ran.status);
        }
    }
}

#[tokio::test]
async fn writes_stay_inside() {
    let yard = Yard::new();
    let name = format!("codeyard-{}", std::process::id());
    let places: Vec<String> = [
        "/etc",
        "/usr/local/bin",
        "/opt",
        "/srv",
        "/var/lib",
        "/home",
        "/tmp",
        "/root",
        "/var/tmp",
    ]
    .iter()
    .filter(|place| std::path::Path::new(place).is_dir())
    .map(|place| format!("{place}/{name}"))
    .collect();
    let script = places.iter().map(|p| format!("echo x > {p} && echo {p}\n")).collect::<String>();
    let ran = yard.run(build("b", &[&script])).await;
    assert_eq!(ran.output, places.join("\n") + "\n", "{:?}", ran.status.isolation);
    for place in places {
        assert!(!std::path::Path::new(&place).exists(), "{place} is on the host");
    }
}

#[tokio::test]
async fn binds_show_what_they_should() {
    let yard = Yard::new();
    let (source, tool) = (yard.base().join("source"), yard.dir.path().join("tool"));
    fs::create_dir(&source).unwrap();
    fs::write(source.join("in"), "in\n").unwrap();
    fs::write(&tool, "#!/bin/sh\necho tool\n").unwrap();
    fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).unwrap();
    let mut spec =
        build("b", &["pwd; cat in; echo out > out", "/opt/x/tool", "echo y >/opt/x/tool"]);
    spec.workdir = "/codebuild/output/src1/src".into();
    spec.binds = vec![
        Bind { host: source.clone(), inside: spec.workdir.clone(), read_only: false },
        Bind { host: tool.clone(), inside: "/opt/x/tool".into(), read_only: true },
    ];
    let ran = yard.run(spec).await;
    assert!(ran.output.starts_with("/codebuild/output/src1/src\nin\ntool\n"), "{}", ran.output);
    assert_eq!(ran.status.stages[0].commands[2].exit_code, Some(1));
    assert_eq!(fs::read_to_string(source.join("out")).unwrap(), "out\n");
    assert!(fs::read_to_string(tool).unwrap().contains("echo tool"));
}

#[tokio::test]
async fn the_environment_is_what_was_given() {
    let yard = Yard::new();
    let mut spec = build("b", &["env | sort | grep -vE '^(_|SHLVL|PWD|OLDPWD)='"]);
    spec.env = vec![("GIVEN".into(), "a=b".into()), ("HOME".into(), "/tmp".into())];
    let ran = yard.run(spec).await;
    assert_eq!(
        ran.output,
        "GIVEN=a=b\nHOME=/tmp\nLOGNAME=root\n\
         PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n\
         SHELL=/bin/bash\nUSER=root\n"
    );
}

#[tokio::test]
async fn the_machine_report_says_what_is_missing() {
    let yard = Yard::new();
    let report = yard.local.probe().await.unwrap();
    println!("{report:?}");
    assert_ne!(report.level, Level::None, "{report:?}");
    assert_eq!(report.level == Level::Full, report.reasons.is_empty());
    let ran = yard.run(build("b", &["true"])).await;
    assert_eq!(ran.status.isolation.level, report.level);
}

#[tokio::test]
async fn a_root_inside_cannot_change_the_kernel() {
    let yard = Yard::new();
    let ran = yard
        .run(build("b", &[
            "for f in /proc/sys/kernel/core_pattern /proc/sysrq-trigger /sys/kernel/uevent_helper; do \
             if (echo x > $f) 2>/dev/null; then echo wrote $f; fi; done",
            "unshare -Urm sh -c 'umount /proc/sys; mount -t proc proc /mnt && echo x >/mnt/sys/kernel/core_pattern' 2>/dev/null \
             && echo escaped; true",
        ]))
        .await;
    assert_eq!(ran.output, "");
}

/// Directories of an ended sandbox become the next one's, which nobody may notice.
#[tokio::test]
async fn nothing_of_one_sandbox_is_left_for_the_next() {
    let yard = Yard::new();
    let base = yard.base();
    let kept = |below: &str| {
        let all = fs::read_dir(&base).unwrap().map(|entry| entry.unwrap());
        let mut spares = all.filter(|it| it.file_name().to_string_lossy().starts_with(".spares-"));
        spares.any(|spares| spares.path().join("two").join(below).is_dir())
    };
    let taint = [
        "echo x > /left; echo x > /root/left; mkdir -p /tmp/left /opt/left; rm -rf /srv",
        // So many that the directory keeps an index of them.
        "i=0; while [ $i -lt 400 ]; do echo x > /root/left-in-the-directory-$i; i=$((i+1)); done",
        "chmod 711 /home; chattr +S /tmp 2>/dev/null; lsattr -d /tmp; true",
    ];
    let before = yard.run(build("one", &["ls -A / /root /tmp; lsattr -d /tmp; true"])).await;
    yard.local.destroy(&id("one")).await.unwrap();
    let tainted = yard.run(build("two", &taint)).await;
    let is_whole = base.join("two/layers/root/upper").is_dir();
    yard.local.destroy(&id("two")).await.unwrap();
    // None where another sandbox could have got hold of one.
    let keeps = is_whole && hides_abstract_sockets();
    assert_eq!(kept("layers/root/upper"), keeps);
    assert!(!kept("layers/root/upper/home"), "its mode is another");
    if is_whole && before.output.contains("--- /tmp") {
        assert!(!kept("run/tmp"), "its flags are others");
        assert!(tainted.output.contains('S'), "{}", tainted.output);
    }
    let after = yard.run(build("one", &["ls -A / /root /tmp; lsattr -d /tmp; true"])).await;
    assert_eq!(after.output, before.output);
}
