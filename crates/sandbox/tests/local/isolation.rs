//! What a sandbox sees of the machine, and what it can change there.

use crate::harness::*;
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
async fn credentials_in_homes_are_hidden() {
    let home = std::env::var("HOME").map(std::path::PathBuf::from).unwrap_or("/root".into());
    let secret = home.join(".config/gh");
    let existed = secret.exists();
    if fs::create_dir_all(&secret).is_err() {
        println!("skipped: {} can't be written", home.display());
        return;
    }
    let file = secret.join("codeyard-test");
    fs::write(&file, "codeyard-secret").unwrap();
    let yard = Yard::new();
    let script = format!("ls -A {} | wc -l; cat {} 2>/dev/null", secret.display(), file.display());
    let ran = yard.run(build("b", &[&script])).await;
    fs::remove_file(&file).unwrap();
    if !existed {
        fs::remove_dir(&secret).unwrap();
    }
    // In a home that doesn't show at all it can't be counted.
    assert!(
        ran.output.contains("0\n") && !ran.output.contains("codeyard-secret"),
        "{}",
        ran.output
    );
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
