//! Builds: what a plan's commands see, and what is told of them.

use super::harness::*;
use codeyard_sandbox::*;
use std::time::{Duration, Instant};

fn codes(status: &Status) -> Vec<Option<i32>> {
    status.stages.iter().flat_map(|s| &s.commands).map(|c| c.exit_code).collect()
}

fn outcomes(status: &Status) -> Vec<(&str, u32, Option<StageOutcome>)> {
    status.stages.iter().map(|s| (s.name.as_str(), s.attempt, s.outcome)).collect()
}

fn kind(ran: &Ran) -> &EndKind {
    &ran.status.end.as_ref().unwrap().kind
}

#[tokio::test]
async fn commands_share_one_shell_across_stages() {
    for shell in [Shell::Bash, Shell::Sh] {
        let yard = Yard::new();
        let mut plan = plan(vec![
            stage("INSTALL", &["cd /tmp", "export A='x y'", "f() { echo \"f $1\"; }; b=2"]),
            stage("BUILD", &["pwd; f \"$A\"; echo $b", "echo one\necho two", "cat <<E\n$A\nE"]),
        ]);
        plan.shell = shell;
        plan.export = vec!["A".into(), "NOT_SET".into()];
        let ran = yard.run(spec("b", Program::Plan(plan))).await;
        assert_eq!(ran.output, "/tmp\nf x y\n2\none\ntwo\nx y\n");
        let end = ran.status.end.clone().unwrap();
        assert_eq!(end.kind, EndKind::Succeeded, "{:?}", ran.status);
        assert_eq!(end.exports, [("A".to_owned(), "x y".to_owned())]);
        assert_eq!(end.workdir.as_deref(), Some("/tmp"));
        assert_eq!(codes(&ran.status), [Some(0); 6]);
    }
}

/// Ways to end a shell, each followed by what must still be there.
#[tokio::test]
async fn a_command_that_ends_the_shell_counts_and_the_next_goes_on() {
    let endings = [
        ("exit 7", 7),
        ("exec sh -c 'exit 3'", 3),
        ("set -e; false; echo not here", 1),
        ("kill -9 $$", 137),
        ("trap - EXIT; exit 4", 4),
        ("trap 'echo own trap' EXIT; exit 5", 5),
        ("export LATE=yes; cd /usr; exit 6", 6),
    ];
    for shell in [Shell::Bash, Shell::Sh] {
        for (ending, code) in endings {
            let yard = Yard::new();
            let mut plan = plan(vec![
                Stage {
                    finally: vec!["echo finally $KEPT $PWD ${LATE-}".into()],
                    after_failure: AfterFailure::Next,
                    ..stage("BUILD", &["export KEPT=\"it's\"; cd /etc", ending, "echo not here"])
                },
                stage("POST_BUILD", &["echo post $KEPT $OK"]),
            ]);
            plan.shell = shell;
            plan.succeeding_variable = Some("OK".into());
            let ran = yard.run(spec("b", Program::Plan(plan))).await;
            let (dir, late) = if ending.contains("LATE") { ("/usr", "yes") } else { ("/etc", "") };
            let own = if ending.contains("own") { "own trap\n" } else { "" };
            let expected =
                format!("{own}finally it's {dir} {late}").trim_end().to_owned() + "\npost it's 0\n";
            assert_eq!(ran.output, expected, "{shell:?} {ending}");
            assert_eq!(codes(&ran.status), [Some(0), Some(code), Some(0), Some(0)], "{ending}");
            assert_eq!(*kind(&ran), EndKind::Failed);
            assert_eq!(
                outcomes(&ran.status),
                [
                    ("BUILD", 1, Some(StageOutcome::Failed)),
                    ("POST_BUILD", 1, Some(StageOutcome::Succeeded)),
                ]
            );
        }
    }
}

#[tokio::test]
async fn exiting_with_zero_ends_the_command_not_the_build() {
    let yard = Yard::new();
    let ran = yard.run(build("b", &["export A=1; exit 0", "echo $A"])).await;
    assert_eq!((ran.output.as_str(), kind(&ran)), ("1\n", &EndKind::Succeeded));
}

#[tokio::test]
async fn failures_mean_what_the_stage_says() {
    let run = |on_failure, after_failure| async move {
        let yard = Yard::new();
        let failing = Stage { on_failure, after_failure, ..stage("A", &["echo a", "false"]) };
        let plan = plan(vec![failing, stage("B", &["echo b"])]);
        let ran = yard.run(spec("b", Program::Plan(plan))).await;
        (ran.output.replace('\n', ""), kind(&ran).clone())
    };
    let (failed, succeeded) = (EndKind::Failed, EndKind::Succeeded);
    use {AfterFailure::*, OnFailure::*};
    assert_eq!(run(Default, Stop).await, ("a".into(), failed.clone()));
    assert_eq!(run(Default, Next).await, ("ab".into(), failed.clone()));
    assert_eq!(run(Abort, Next).await, ("a".into(), failed.clone()));
    assert_eq!(run(Continue, Stop).await, ("ab".into(), succeeded.clone()));
    assert_eq!(run(Retry { count: 2, pattern: None }, Stop).await, ("aaa".into(), failed));
}

#[tokio::test]
async fn a_retried_stage_may_succeed() {
    let yard = Yard::new();
    let stage = Stage {
        on_failure: OnFailure::Retry { count: 3, pattern: None },
        ..stage("A", &["n=$((n+1)); echo $n; [ $n = 2 ]"])
    };
    let ran = yard.run(spec("b", Program::Plan(plan(vec![stage])))).await;
    assert_eq!((ran.output.as_str(), kind(&ran)), ("1\n2\n", &EndKind::Succeeded));
    let (retried, succeeded) = (Some(StageOutcome::Retried), Some(StageOutcome::Succeeded));
    assert_eq!(outcomes(&ran.status), [("A", 1, retried), ("A", 2, succeeded)]);
}

#[tokio::test]
async fn a_stage_is_retried_where_it_began_and_only_for_what_matches() {
    let yard = Yard::new();
    let attempts = |name: &'static str, pattern: &str, commands: &[&str]| {
        let stage = Stage {
            on_failure: OnFailure::Retry { count: 2, pattern: Some(pattern.to_owned()) },
            ..stage(name, commands)
        };
        let mut plan = plan(vec![stage]);
        plan.succeeding_variable = Some("GOOD".into());
        yard.run(spec(name, Program::Plan(plan)))
    };
    // In a shell that lives on, and in one that has ended; each attempt starts out well.
    for (name, failing) in
        [("lives", "echo lost contact; false"), ("ends", "echo lost contact; exit 3")]
    {
        let commands = ["echo $PWD $GOOD; mkdir -p x; cd x", failing];
        let ran = attempts(name, "lost .*act", &commands).await;
        let one = "/codebuild/src 1\nlost contact\n";
        assert_eq!((ran.output.as_str(), kind(&ran)), (one.repeat(3).as_str(), &EndKind::Failed));
    }
    let ran = attempts("none", "no such text", &["echo lost contact; false"]).await;
    assert_eq!((ran.output.as_str(), kind(&ran)), ("lost contact\n", &EndKind::Failed));
    let ran = attempts("message", "exit status 7", &["(exit 7)"]).await;
    assert_eq!(ran.status.stages.len(), 3);
}

#[tokio::test]
async fn words_are_expanded_in_the_end() {
    for shell in [Shell::Bash, Shell::Sh] {
        let expanded = |words: &'static [&'static str]| async move {
            let yard = Yard::new();
            let mut plan = plan(vec![stage("A", &["V=2; export W='a b'"])]);
            plan.shell = shell;
            plan.export = vec!["W".into()];
            plan.expand = words.iter().map(|word| (*word).to_owned()).collect();
            let end = yard.run(spec("b", Program::Plan(plan))).await.status.end.unwrap();
            assert_eq!(end.kind, EndKind::Succeeded);
            assert_eq!(end.exports, [("W".to_owned(), "a b".to_owned())]);
            end.expanded
        };
        let words = expanded(&["v$V-$(echo x).zip", r#"it's \"$W\""#, ""]).await.unwrap();
        assert_eq!(words, ["v2-x.zip", r#"it's "a b""#, ""]);
        assert_eq!(expanded(&["ok", "$(( ", "\""]).await, None);
    }
}

#[tokio::test]
async fn a_shell_for_each_command_knows_nothing_of_the_last() {
    let yard = Yard::new();
    let mut plan = plan(vec![
        stage(
            "A",
            &["mkdir sub; cd sub; export X=1; f() { :; }", "pwd; echo ${X-unset}; f; echo $?"],
        ),
        stage("B", &["echo \"$OK ${HOME}\"; false"]),
        stage("C", &["echo $OK"]),
    ]);
    plan.shell_per_command = true;
    plan.succeeding_variable = Some("OK".into());
    plan.stages[1].after_failure = AfterFailure::Next;
    plan.export = vec!["X".into(), "HOME".into()];
    plan.expand = vec!["$PWD".into()];
    let ran = yard.run(spec("b", Program::Plan(plan))).await;
    let lines: Vec<&str> = ran.output.lines().filter(|line| !line.contains("not found")).collect();
    assert_eq!(lines, ["/codebuild/src", "unset", "127", "1 /root", "0"]);
    let end = ran.status.end.unwrap();
    assert_eq!(end.kind, EndKind::Failed);
    assert_eq!(end.exports, [("HOME".to_owned(), "/root".to_owned())]);
    assert_eq!(end.expanded, Some(vec!["/codebuild/src".to_owned()]));
}

#[tokio::test]
async fn offsets_cut_the_output_by_command() {
    let yard = Yard::new();
    let ran = yard.run(build("b", &["echo one", "true", "seq 3"])).await;
    let pieces: Vec<&str> = ran.status.stages[0]
        .commands
        .iter()
        .map(|c| &ran.output[c.output_start as usize..c.output_end.unwrap() as usize])
        .collect();
    assert_eq!(pieces, ["one\n", "", "1\n2\n3\n"]);
    assert_eq!(ran.status.end.unwrap().output_bytes, ran.output.len() as u64);
}

#[tokio::test]
async fn progress_is_announced_as_codebuild_does() {
    let yard = Yard::new();
    let mut plan = plan(vec![stage("BUILD", &["echo hi", "exit 3"])]);
    plan.announce = Some("Container".into());
    plan.preamble = vec!["Phases found in YAML: 1".into()];
    let ran = yard.run(spec("b", Program::Plan(plan))).await;
    let lines: Vec<String> = ran
        .output
        .lines()
        .map(|line| match line.strip_prefix("[Container] ") {
            Some(rest) => format!("> {}", &rest["2024/01/01 00:00:00.000000 ".len()..]),
            None => line.to_owned(),
        })
        .collect();
    assert_eq!(
        lines,
        [
            "> Phases found in YAML: 1",
            "> Entering phase BUILD",
            "> Running command echo hi",
            "hi",
            "> Running command exit 3",
            "> Command did not exit successfully exit 3 exit status 3",
            "> Phase complete: BUILD State: FAILED",
            "> Phase context status code: COMMAND_EXECUTION_ERROR Message: \
         Error while executing command: exit 3. Reason: exit status 3",
        ]
    );
}

#[tokio::test]
async fn secrets_are_masked_however_they_are_written() {
    let yard = Yard::new();
    let mut plan = plan(vec![stage(
        "B",
        &[
            "printf 'a hunt'; sleep 0.05; printf 'er2 b\\n'; echo \"$S\" >&2",
            ": hunter2",
            "export V=xhunter2x",
        ],
    )]);
    plan.export = vec!["V".into()];
    let mut spec = spec("b", Program::Plan(plan));
    spec.env = vec![("S".into(), "hunter2".into())];
    spec.secrets = vec!["hunter2".into()];
    let ran = yard.run(spec).await;
    assert_eq!(ran.output, "a *** b\n***\n");
    assert_eq!(ran.status.stages[0].commands[1].text, ": ***");
    assert_eq!(ran.status.end.unwrap().exports, [("V".to_owned(), "x***x".to_owned())]);
    let found = std::process::Command::new("grep")
        .args(["-rc", "--exclude-dir=layers", "hunter2"])
        .arg(yard.base())
        .output()
        .unwrap();
    let found = String::from_utf8_lossy(&found.stdout).into_owned();
    assert!(found.lines().all(|line| line.ends_with(":0")), "on disk: {found}");
}

/// `port` of a database's secret, for instance.
#[tokio::test]
async fn short_secrets_leave_the_times_of_the_log_alone() {
    let yard = Yard::new();
    let mut plan = plan(vec![stage("B", &["echo 2 to 3; printf 2", "true"])]);
    plan.announce = Some("Container".into());
    let mut spec = spec("b", Program::Plan(plan));
    spec.secrets = vec!["2".into(), "[".into()];
    let ran = yard.run(spec).await;
    assert!(ran.output.contains("\n*** to 3\n"), "{}", ran.output);
    let mut marks = 0;
    for (at, _) in ran.output.match_indices("Container] ") {
        let time = ran.output.get(at + 11..at + 37).unwrap();
        let form = time.replace(|c: char| c.is_ascii_digit(), "0");
        assert_eq!(form, "0000/00/00 00:00:00.000000", "{}", ran.output);
        marks += 1;
    }
    assert!(marks > 4, "{}", ran.output);
}

#[tokio::test]
async fn secrets_are_masked_in_the_shapes_that_they_take() {
    let yard = Yard::new();
    let key = "-----BEGIN KEY-----\nMIIEvQIBADAN\nBgkqhkiG9w0=\n-----END KEY-----\n";
    let json = "{\"user\": \"admin-user\", \"password\": \"pa'ss word\"}";
    let commands = [
        // As it is, in one line, line by line, byte by byte.
        "printf %s \"$KEY\"",
        "echo $KEY",
        "echo \"$KEY\" | while read -r line; do echo \"[$line]\"; sleep 0.01; done",
        "printf %s \"$KEY\" | fold -w1 | tr -d '\\n' | head -c 19; echo",
        "echo \"$JSON\" | grep -o 'pa.*d'",
        "printf 'admin'; sleep 0.05; echo '-user'",
        "printf %s \"$JSON\" | base64 -w0; echo; printf 'x%s' \"$JSON\" | base64 -w0; echo",
        "(set -x; : \"$PASS\") 2>&1",
        "echo \"$KEY\" >&2; echo $KEY | wc -w",
    ];
    let mut spec = build("b", &commands);
    let env = [("KEY", key), ("JSON", json), ("PASS", "pa'ss word")];
    spec.env = env.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    spec.secrets = vec![key.to_owned(), json.to_owned(), "pa'ss word".to_owned()];
    let ran = yard.run(spec).await;
    for part in
        ["BEGIN", "MIIEvQ", "Bgkqhk", "END KEY", "admin", "ss word", "eyJ1c2Vy", "J1c2VyIjog"]
    {
        assert!(!ran.output.contains(part), "{part}: {}", ran.output);
    }
    // What is no secret is still there.
    assert!(ran.output.contains("[***]") && ran.output.ends_with("\n6\n"), "{}", ran.output);
}

#[tokio::test]
async fn sealed_records_read_back_and_show_nothing() {
    let yard = Yard::sealed(Some([9; 32]));
    let ran = yard.run(build("b", &["echo clear text", "seq 100000 | tail -1"])).await;
    assert_eq!(ran.output, "clear text\n100000\n");
    for file in ["output", "journal", "end"] {
        let raw = std::fs::read(yard.base().join("b/run").join(file)).unwrap();
        for word in [&b"clear text"[..], b"succeeded", b"commandEnd"] {
            assert!(!raw.windows(word.len()).any(|w| w == word), "{file}");
        }
    }
    let other = open(yard.base(), Some([8; 32]));
    assert!(other.attach(&id("b")).await.is_err(), "opens with another key");
}

#[tokio::test]
async fn any_bytes_and_endless_lines_pass() {
    let yard = Yard::new();
    let ran = yard
        .run(build(
            "b",
            &[
                "head -c 300000 /dev/zero; printf '\\377\\376\\000x'",
                "head -c 3000000 /dev/zero | tr '\\0' a",
            ],
        ))
        .await;
    let bytes = output(ran.handle.as_ref()).await;
    assert_eq!(bytes.len(), 300_000 + 4 + 3_000_000);
    assert_eq!(&bytes[300_000..300_004], b"\xff\xfe\0x");
}

#[tokio::test]
async fn a_million_lines_go_through_quickly() {
    let yard = Yard::new();
    let line = "x".repeat(63);
    let began = Instant::now();
    let ran = yard.run(build("b", &[&format!("yes {line} | head -n 1000000")])).await;
    assert_eq!(ran.output.len(), 64_000_000);
    let took = began.elapsed();
    println!("a million lines: {took:?}");
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test]
async fn output_over_the_limit_is_dropped_with_a_note() {
    let yard = Yard::new();
    let mut spec = build("b", &["seq 1000", "echo more", "exit 0"]);
    spec.limits.output_bytes = 100;
    let ran = yard.run(spec).await;
    assert_eq!(*kind(&ran), EndKind::Succeeded);
    assert!(ran.output.ends_with("\n[output beyond 100 bytes is dropped]\n"), "{}", ran.output);
    let end = ran.status.end.unwrap();
    assert_eq!(end.dropped_bytes, 3893 - 100 + 5);
    assert_eq!(ran.status.notes, ["output beyond 100 bytes is dropped"]);
}

#[tokio::test]
async fn a_daemon_left_behind_does_not_keep_the_build() {
    let yard = Yard::new();
    let began = Instant::now();
    let ran = yard
        .run(build(
            "b",
            &[
                "sleep 4242 & disown; setsid sleep 4243 & (while :; do echo noise; done) &",
                "echo done",
            ],
        ))
        .await;
    assert_eq!(*kind(&ran), EndKind::Succeeded);
    assert!(began.elapsed() < Duration::from_secs(10));
    for number in 4242..=4245 {
        assert!(processes(&format!("sleep {number}")).is_empty());
    }
}

#[tokio::test]
async fn time_out_kills_everything() {
    let yard = Yard::new();
    let mut spec = build("b", &["echo before", "sleep 4244 & sleep 4245", "echo after"]);
    spec.limits.wall_clock = Some(Duration::from_millis(300));
    let ran = yard.run(spec).await;
    assert_eq!((kind(&ran), ran.output.as_str()), (&EndKind::TimedOut, "before\n"));
    assert_eq!(codes(&ran.status), [Some(0), None]);
    assert_eq!(outcomes(&ran.status), [("BUILD", 1, Some(StageOutcome::Interrupted))]);
    for number in 4242..=4245 {
        assert!(processes(&format!("sleep {number}")).is_empty());
    }
}

#[tokio::test]
async fn stop_ends_it_with_the_reason() {
    let yard = Yard::new();
    let handle = yard.local.start(build("b", &["echo up", "sleep 4246"])).await.unwrap();
    until_output(handle.as_ref(), "up").await;
    handle.stop("asked by a test").await.unwrap();
    let ran = finish(handle).await;
    assert_eq!(*kind(&ran), EndKind::Stopped("asked by a test".into()));
    ran.handle.stop("again").await.unwrap();
    assert!(processes("sleep 4246").is_empty());
}

#[tokio::test]
async fn large_environments_and_commands() {
    let yard = Yard::new();
    let long = "v".repeat(100_000);
    let command = format!("echo {} | wc -c", "w".repeat(200_000));
    let mut spec = build("b", &["echo ${#BIG0} ${#BIG9}", &command, "exit 1"]);
    spec.env = (0..10).map(|n| (format!("BIG{n}"), long.clone())).collect();
    if let Program::Plan(plan) = &mut spec.program {
        plan.stages[0].finally.push("echo ${#BIG9}".into());
    }
    let ran = yard.run(spec).await;
    assert_eq!(ran.output, "100000 100000\n200001\n100000\n");
}

#[tokio::test]
async fn noisy_shell_options_do_not_break_the_protocol() {
    for options in [
        "set -u",
        "set -x",
        "set -f; IFS=0123456789",
        "set -C",
        "set -o pipefail",
        "printf() { :; }; export() { :; }; pwd() { :; }",
        "exec 2>/dev/null",
        "exec 1>/dev/null 2>&1",
        "exec </dev/null",
        "exec 9>/tmp/l; exec 251>/tmp/m",
    ] {
        let yard = Yard::new();
        let mut plan = plan(vec![stage("B", &[options, "A=5; export A", "(exit 9)"])]);
        plan.export = vec!["A".into()];
        let ran = yard.run(spec("b", Program::Plan(plan))).await;
        let expected = [Some(0), Some(0), Some(9)];
        assert_eq!(codes(&ran.status), expected, "{options}: {}", ran.output);
    }
}

#[tokio::test]
async fn run_as_changes_the_user_and_keeps_the_rest() {
    let yard = Yard::new();
    let plan = plan(vec![
        stage("A", &["export K=1; cd /usr; id -un; echo $HOME"]),
        Stage {
            run_as: Some("daemon".into()),
            ..stage("B", &["id -un; echo $K $PWD $HOME $USER"])
        },
        stage("C", &["id -un; echo $HOME $USER"]),
        Stage { run_as: Some("nobody-such".into()), ..stage("D", &["true"]) },
    ]);
    let spec = spec("b", Program::Plan(plan));
    let report = yard.local.probe().await.unwrap();
    if report.reasons.iter().any(|reason| reason.contains("root is the only user")) {
        let error = yard.local.start(spec).await.err().unwrap().to_string();
        assert!(error.contains("run-as \"daemon\""), "{error}");
        return;
    }
    let ran = yard.run(spec).await;
    assert_eq!(
        ran.output, "root\n/root\ndaemon\n1 /usr /usr/sbin daemon\nroot\n/root root\n",
        "{:?}",
        ran.status
    );
    assert_eq!(codes(&ran.status), [Some(0), Some(0), Some(0), Some(126)]);
}

/// Prints figures; asserts only what no machine may miss.
#[tokio::test]
async fn a_trivial_build_is_quick() {
    let yard = Yard::new();
    yard.local.probe().await.unwrap();
    let (mut start, mut whole) = (Vec::new(), Vec::new());
    for n in 0..20 {
        let names = ["INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD"];
        let stages = names.iter().map(|name| stage(name, &["echo hi"])).collect();
        let began = Instant::now();
        let spec = spec(&format!("b{n}"), Program::Plan(plan(stages)));
        let handle = yard.local.start(spec).await.unwrap();
        start.push(began.elapsed());
        wait(handle.as_ref()).await.unwrap();
        whole.push(began.elapsed());
        yard.local.destroy(handle.id()).await.unwrap();
    }
    start.sort();
    whole.sort();
    println!("start {:?}, four stages {:?} (medians of 20)", start[10], whole[10]);
    assert!(whole[10] < Duration::from_secs(2));
}
