//! Scripts that go wrong, each with its code.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::yard::{Host, Yard};

/// Deploys a revision whose AfterInstall runs `script`, and gives what was told of it.
async fn run(yard: &Yard, id: &str, hook: &str, script: &str) -> (String, Value) {
    let spec = format!("version: 0.0\nos: linux\nhooks: {{AfterInstall: [{hook}]}}\n");
    let mut files = vec![("appspec.yml", spec.as_str())];
    if !script.is_empty() {
        files.push(("run.sh", script));
    }
    yard.revision(id, &files, |_| {});
    yard.deploy(id, &["DownloadBundle", "AfterInstall"]).await.remove(1)
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_and_logs() {
    let yard = Yard::start().await;
    let host = Host::start(&yard, |_| {});
    let outside = host.path("run.sh");
    std::fs::write(&outside, "#!/bin/sh\n").unwrap();
    let many = "#!/bin/sh\ni=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done; exit 3\n";
    let rows = [
        (
            "d-ok",
            "{location: run.sh}",
            "#!/bin/sh\necho fine; echo odd >&2\n",
            0,
            "Succeeded",
            "[stdout]fine\n",
        ),
        (
            "d-err",
            "{location: run.sh}",
            "#!/bin/sh\necho odd >&2\n",
            0,
            "Succeeded",
            "[stderr]odd\n",
        ),
        (
            "d-plain",
            "{location: /run.sh}",
            "echo no interpreter line\n",
            0,
            "Succeeded",
            "no interpreter line",
        ),
        ("d-missing", "{location: run.sh}", "", 1, "does not exist at specified location", ""),
        ("d-outside", "{location: ../../../../run.sh}", "", 1, "outside the revision", ""),
        (
            "d-fails",
            "{location: run.sh}",
            "#!/bin/sh\necho why\nexit 7\n",
            4,
            "failed with exit code 7",
            "why",
        ),
        ("d-signal", "{location: run.sh}", "#!/bin/sh\nkill -9 $$\n", 4, "killed by signal 9", ""),
        ("d-interp", "{location: run.sh}", "#!/no/such/thing\n", 4, "could not be started", ""),
        ("d-many", "{location: run.sh}", many, 4, "exit code 3", "line 2999\n"),
        (
            "d-bytes",
            "{location: run.sh}",
            "#!/bin/sh\nprintf '\\377\\000ok\\n'\n",
            0,
            "Succeeded",
            "ok",
        ),
        ("d-user", "{location: run.sh, runas: '-x'}", "#!/bin/sh\n", 4, "cannot run as", ""),
    ];
    for (id, hook, script, code, message, log) in rows {
        let (status, said) = run(&yard, id, hook, script).await;
        assert_eq!(said["error_code"], json!(code), "{id}: {said}");
        assert_eq!(status, if code == 0 { "Succeeded" } else { "Failed" }, "{id}");
        assert!(said["message"].as_str().unwrap().contains(message), "{id}: {said}");
        let got = said["log"].as_str().unwrap();
        assert!(got.contains(log), "{id}: {said}");
        assert!(got.len() <= 2048, "{id}: {}", got.len());
        if code != 0 {
            assert!(said["script_name"].as_str().unwrap().ends_with("run.sh"), "{id}: {said}");
        }
    }
    let mode = std::os::unix::fs::PermissionsExt::mode(&outside.metadata().unwrap().permissions());
    assert_eq!(mode & 0o111, 0, "what is no script of the revision is left as it is");
    let whole = host.read("root/group-id/d-many/logs/scripts.log");
    assert!(whole.contains("line 0\n") && whole.contains("line 2999\n"));
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_long_kills_the_whole_group() {
    let yard = Yard::start().await;
    let host = Host::start(&yard, |_| {});
    let mark = host.path("alive");
    let script = format!("#!/bin/sh\n(sleep 2; echo still > {}) &\nsleep 60\n", mark.display());
    let (status, said) = run(&yard, "d-1", "{location: run.sh, timeout: 1}", &script).await;
    assert_eq!((status.as_str(), &said["error_code"]), ("Failed", &json!(3)), "{said}");
    assert!(said["message"].as_str().unwrap().contains("failed to complete in 1 seconds"));
    // One that ignores the first signal, and one that prints without pause.
    for (id, script) in [
        ("d-2", "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 0.1; done\n"),
        ("d-3", "#!/bin/sh\nwhile :; do echo x; done\n"),
    ] {
        let (_, said) = run(&yard, id, "{location: run.sh, timeout: 1}", script).await;
        assert_eq!(said["error_code"], json!(3), "{id}: {said}");
    }
    assert!(!mark.exists(), "what the script had started was killed with it");
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_started_in_the_background() {
    let yard = Yard::start().await;
    let host = Host::start(&yard, |_| {});
    let mark = host.path("pid");
    // Outputs closed: the script is over at once, and the service lives on.
    let daemon = format!(
        "#!/bin/sh\nsh -c 'echo $$ > {}; exec sleep 30' > /dev/null 2>&1 &\n",
        mark.display()
    );
    let began = Instant::now();
    let (status, said) = run(&yard, "d-1", "{location: run.sh, timeout: 20}", &daemon).await;
    assert_eq!(status, "Succeeded", "{said}");
    assert!(began.elapsed() < Duration::from_secs(10));
    let pid = host.appears("pid").await.trim().to_owned();
    // Outputs left open until the deadline.
    let open = format!(
        "#!/bin/sh\n(echo $$; exec sleep 30) &\necho $! > {}/open\n",
        host.folder.path().display()
    );
    let (status, said) = run(&yard, "d-2", "{location: run.sh, timeout: 1}", &open).await;
    assert_eq!((status.as_str(), &said["error_code"]), ("Failed", &json!(6)), "{said}");
    assert!(said["message"].as_str().unwrap().contains("failed to close STDOUT"), "{said}");
    let folder = host.stop().await;
    let other = std::fs::read_to_string(folder.path().join("open")).unwrap().trim().to_owned();
    for pid in [pid, other] {
        assert!(std::fs::metadata(format!("/proc/{pid}")).is_ok(), "{pid} outlives the agent");
        let killed = std::process::Command::new("kill").arg(&pid).status().unwrap();
        assert!(killed.success());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_do_not_see_the_agents_secrets() {
    let yard = Yard::start().await;
    let host = Host::start(&yard, |_| {});
    let script = "#!/bin/sh\nenv | grep -c '^AWS_SECRET' || true\npwd\n";
    let (_, said) = run(&yard, "d-1", "{location: run.sh}", script).await;
    assert!(said["log"].as_str().unwrap().contains("[stdout]0\n[stdout]/\n"), "{said}");
    host.stop().await;
}
