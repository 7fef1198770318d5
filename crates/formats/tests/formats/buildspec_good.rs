//! Build specifications that are taken, each with a summary of what was understood.

use codeyard_formats::buildspec::{
    ArtifactFiles, BatchBuilds, BatchEnv, BatchTask, Buildspec, CacheAction, OnFailure, Version,
    parse,
};

/// What was understood, on one line, leaving out whatever is at its default.
pub fn summary(spec: &Buildspec) -> String {
    let mut out = vec![match spec.version {
        Version::V0_1 => "0.1".to_owned(),
        Version::V0_2 => "0.2".to_owned(),
    }];
    let mut say = |key: &str, value: String| {
        if !value.is_empty() {
            out.push(format!("{key}={value}"));
        }
    };
    say("as", spec.run_as.clone().unwrap_or_default());
    let pairs = |pairs: &[(String, String)]| {
        pairs.iter().map(|(key, value)| format!("{key}:{value}")).collect::<Vec<_>>().join(",")
    };
    say("shell", spec.env.shell.map(|shell| format!("{shell:?}")).unwrap_or_default());
    say("vars", pairs(&spec.env.variables));
    say("params", pairs(&spec.env.parameter_store));
    let secrets = spec.env.secrets_manager.iter().map(|(name, secret)| {
        let key = secret.json_key.as_deref().unwrap_or("-");
        let mut text = format!("{name}:{}/{key}", secret.secret_id);
        if let Some(version) = secret.version_stage.as_ref().or(secret.version_id.as_ref()) {
            text += &format!("@{version}");
        }
        text
    });
    say("secrets", secrets.collect::<Vec<_>>().join(","));
    say("exported", spec.env.exported_variables.join(","));
    say("git", if spec.env.git_credential_helper { "yes" } else { "" }.to_owned());
    for (name, phase) in spec.phases.in_order() {
        let Some(phase) = phase else { continue };
        let mut text = phase.commands.join("|");
        if !phase.finally.is_empty() {
            text += &format!(" finally {}", phase.finally.join("|"));
        }
        if !phase.runtime_versions.is_empty() {
            text += &format!(" with {}", pairs(&phase.runtime_versions));
        }
        if let Some(user) = &phase.run_as {
            text += &format!(" as {user}");
        }
        match &phase.on_failure {
            None => {}
            Some(OnFailure::Retry { count, pattern }) => {
                text += &format!(" retry {count} {}", pattern.as_deref().unwrap_or("any"));
            }
            Some(other) => text += &format!(" on failure {other:?}"),
        }
        say(name, format!("[{}]", text.trim()));
    }
    if let Some(artifacts) = &spec.artifacts {
        say("artifacts", files(&artifacts.primary));
        say("links", if artifacts.primary.enable_symlinks { "yes" } else { "" }.to_owned());
        say("prefix", artifacts.primary.s3_prefix.clone().unwrap_or_default());
        for (name, secondary) in &artifacts.secondary {
            say(name, files(secondary));
        }
    }
    for report in &spec.reports {
        let mut text = format!("{} {}", report.files.join(","), report.format.as_str());
        if let Some(base) = &report.base_directory {
            text += &format!(" in {base}");
        }
        if report.discard_paths {
            text += " flat";
        }
        say(&report.group, text);
    }
    if let Some(cache) = &spec.cache {
        let mut text = cache.paths.join(",");
        if let Some(key) = &cache.key {
            text += &format!(" key {key}");
        }
        if !cache.fallback_keys.is_empty() {
            text += &format!(" else {}", cache.fallback_keys.join(","));
        }
        if cache.action != CacheAction::default() {
            text += &format!(" {:?}", cache.action);
        }
        say("cache", text);
    }
    if let Some(batch) = &spec.batch {
        say("batch", format!("{} fast={}", builds(&batch.builds), batch.fast_fail));
    }
    if let Some(proxy) = &spec.proxy {
        say("proxy", format!("{} {}", proxy.upload_artifacts, proxy.logs));
    }
    out.join(" ")
}

fn builds(builds: &BatchBuilds) -> String {
    let tasks = |kind: &str, tasks: &[BatchTask]| {
        let tasks: Vec<String> = tasks.iter().map(task).collect();
        format!("{kind}({})", tasks.join("; "))
    };
    match builds {
        BatchBuilds::Graph(list) => tasks("graph", list),
        BatchBuilds::List(list) => tasks("list", list),
        BatchBuilds::Matrix(matrix) => {
            let all = matrix.combinations();
            assert_eq!(all.len(), matrix.count());
            let cells: Vec<String> = all
                .iter()
                .map(|it| {
                    let spec = it.buildspec.as_deref().unwrap_or("-");
                    format!("{spec}{}", environment(&it.env))
                })
                .collect();
            let may = if matrix.ignore_failure { " may fail" } else { "" };
            format!("matrix({}{may})", cells.join("; "))
        }
        BatchBuilds::Fanout(fanout) => {
            let may = if fanout.ignore_failure { " may fail" } else { "" };
            format!("fanout({}{may})", fanout.parallelism)
        }
    }
}

fn task(task: &BatchTask) -> String {
    let mut text = task.identifier.clone();
    if let Some(spec) = &task.buildspec {
        text += &format!(" {spec}");
    }
    if !task.depend_on.is_empty() {
        text += &format!(" after {}", task.depend_on.join("+"));
    }
    if let Some(debug) = task.debug_session {
        text += &format!(" debug {debug}");
    }
    text += &environment(&task.env);
    if task.ignore_failure {
        text += " may fail";
    }
    text
}

fn environment(env: &BatchEnv) -> String {
    let mut text = String::new();
    let words = [
        ("compute", &env.compute_type),
        ("fleet", &env.fleet),
        ("image", &env.image),
        ("type", &env.environment_type),
    ];
    for (name, value) in words {
        if let Some(value) = value {
            text += &format!(" {name} {value}");
        }
    }
    if let Some(privileged) = env.privileged_mode {
        text += &format!(" privileged {privileged}");
    }
    for (name, value) in &env.variables {
        text += &format!(" {name}={value}");
    }
    text
}

fn files(files: &ArtifactFiles) -> String {
    let mut text = files.files.join(",");
    if let Some(base) = &files.base_directory {
        text += &format!(" in {base}");
    }
    if !files.exclude_paths.is_empty() {
        text += &format!(" not {}", files.exclude_paths.join(","));
    }
    if let Some(name) = &files.name {
        text += &format!(" named {name}");
    }
    if files.discard_paths {
        text += " flat";
    }
    text
}

/// Put in front of the samples that start with a space or a letter other than `{` and `v`.
const HEAD: &str = "version: 0.2\nphases:\n  build:\n    commands: [a]\n";

const ROWS: &[(&str, &str)] = &[
    // The least there is.
    ("version: 0.2\nphases: {build: {commands: [make]}}", "0.2 build=[make]"),
    ("version: 0.1\nphases: {build: {commands: [make]}}", "0.1 build=[make]"),
    ("version: '0.2'\nphases: {build: {commands: [make]}}", "0.2 build=[make]"),
    ("version: \"0.1\"\nphases: {build: {commands: [make]}}", "0.1 build=[make]"),
    ("---\nversion: 0.2\nphases: {build: {commands: [make]}}\n...\n", "0.2 build=[make]"),
    ("\u{feff}version: 0.2\nphases: {build: {commands: [make]}}", "0.2 build=[make]"),
    (
        "version: 0.2\r\nphases:\r\n  build:\r\n    commands:\r\n      - make\r\n",
        "0.2 build=[make]",
    ),
    ("version: 0.2 # comment\n# another\nphases: {build: {commands: [make]}}", "0.2 build=[make]"),
    // JSON.
    (
        r#"{"version": "0.2", "phases": {"build": {"commands": ["a \"b\"", "c"]}}}"#,
        "0.2 build=[a \"b\"|c]",
    ),
    (r#"{"version": 0.2, "phases": {"build": {"commands": "make"}}}"#, "0.2 build=[make]"),
    (
        "{\n\t\"version\": 0.2,\n\t\"phases\": {\"build\": {\"commands\": [\"make\"]}}\n}",
        "0.2 build=[make]",
    ),
    (
        r#"{"version":"0.2","phases":{"build":{"commands":["a"]}},"artifacts":{"files":"**/*","base-directory":"out"}}"#,
        "0.2 build=[a] artifacts=**/* in out",
    ),
    // Phases.
    (
        "version: 0.2\nphases:\n  install: {commands: [a]}\n  pre_build: {commands: [b]}\n  build: {commands: [c]}\n  post_build: {commands: [d]}",
        "0.2 install=[a] pre_build=[b] build=[c] post_build=[d]",
    ),
    (
        "version: 0.2\nphases:\n  post_build: {commands: [d]}\n  install: {commands: [a]}",
        "0.2 install=[a] post_build=[d]",
    ),
    ("version: 0.2\nphases:\n  build:\n    commands:\n    - a\n    - b", "0.2 build=[a|b]"),
    ("version: 0.2\nphases: {build: {commands: []}}", "0.2 build=[]"),
    ("version: 0.2\nphases:\n  build:\n    commands:\n", "0.2 build=[]"),
    (
        "version: 0.2\nphases:\n  install:\n    runtime-versions:\n      python: 3.12\n      nodejs: 20",
        "0.2 install=[with python:3.12,nodejs:20]",
    ),
    (
        "version: 0.2\nphases: {install: {runtime-versions: {python: latest}}}",
        "0.2 install=[with python:latest]",
    ),
    (
        "version: 0.2\nphases: {install: {runtime-versions: {nodejs: 18.x}, commands: [a]}}",
        "0.2 install=[a with nodejs:18.x]",
    ),
    (
        "version: 0.2\nphases: {install: {runtime-versions: {java: 1.10}}}",
        "0.2 install=[with java:1.10]",
    ),
    ("version: 0.2\nphases: {install: {}}", "0.2 install=[]"),
    (
        "version: 0.2\nphases: {build: {commands: [a], finally: [b, c]}}",
        "0.2 build=[a finally b|c]",
    ),
    ("version: 0.2\nphases: {build: {commands: a, finally: b}}", "0.2 build=[a finally b]"),
    (
        "version: 0.2\nphases: {build: {commands: [a], run-as: ec2-user}}",
        "0.2 build=[a as ec2-user]",
    ),
    ("version: 0.2\nrun-as: builder\nphases: {build: {commands: [a]}}", "0.2 as=builder build=[a]"),
    (
        "version: 0.2\nrun-as: one\nphases: {install: {commands: [a], run-as: two}}",
        "0.2 as=one install=[a as two]",
    ),
    // Commands as texts of every style.
    (
        "version: 0.2\nphases:\n  build:\n    commands:\n      - |\n        if true; then\n          echo yes\n        fi\n",
        "0.2 build=[if true; then\n  echo yes\nfi]",
    ),
    (
        "version: 0.2\nphases:\n  build:\n    commands:\n      - >-\n        docker build\n        --tag x .\n",
        "0.2 build=[docker build --tag x .]",
    ),
    (
        "version: 0.2\nphases:\n  build:\n    commands:\n      - 'echo \"a: b\"'\n",
        "0.2 build=[echo \"a: b\"]",
    ),
    (
        "version: 0.2\nphases:\n  build:\n    commands:\n      - \"echo \\\"tab\\tend\\\"\"\n",
        "0.2 build=[echo \"tab\tend\"]",
    ),
    (
        "version: 0.2\nphases:\n  build:\n    commands:\n      - echo \"$HOME\" && ls | wc -l > out\n",
        "0.2 build=[echo \"$HOME\" && ls | wc -l > out]",
    ),
    (
        "version: 0.2\nphases:\n  build:\n    commands:\n      - echo a:b c:d\n",
        "0.2 build=[echo a:b c:d]",
    ),
    (
        "version: 0.2\nphases:\n  build:\n    commands:\n      - true\n      - 42\n      - 0644\n",
        "0.2 build=[true|42|0644]",
    ),
    (
        "version: 0.2\nphases:\n  build:\n    commands:\n      - echo one\n        two\n",
        "0.2 build=[echo one two]",
    ),
    ("version: 0.2\nphases:\n  build:\n    commands:\n      - ''\n", "0.2 build=[]"),
    (
        "version: 0.2\nphases:\n  build:\n    commands:\n      - echo grüße 🚀\n",
        "0.2 build=[echo grüße 🚀]",
    ),
    // on-failure.
    (
        "version: 0.2\nphases: {build: {commands: [a], on-failure: ABORT}}",
        "0.2 build=[a on failure Abort]",
    ),
    (
        "version: 0.2\nphases: {build: {commands: [a], on-failure: CONTINUE}}",
        "0.2 build=[a on failure Continue]",
    ),
    (
        "version: 0.2\nphases: {build: {commands: [a], on-failure: RETRY}}",
        "0.2 build=[a retry 3 any]",
    ),
    (
        "version: 0.2\nphases: {build: {commands: [a], on-failure: RETRY-5}}",
        "0.2 build=[a retry 5 any]",
    ),
    (
        "version: 0.2\nphases: {build: {commands: [a], on-failure: RETRY-.*timed out.*}}",
        "0.2 build=[a retry 3 .*timed out.*]",
    ),
    (
        "version: 0.2\nphases: {build: {commands: [a], on-failure: 'RETRY-2-exit status [0-9]+'}}",
        "0.2 build=[a retry 2 exit status [0-9]+]",
    ),
    // env.
    ("env: {variables: {A: x, B: y}}", "vars=A:x,B:y"),
    (
        "env: {variables: {A: 1.10, B: 007, C: true, D: '', E: null-ish}}",
        "vars=A:1.10,B:007,C:true,D:,E:null-ish",
    ),
    // A key without a value is an empty variable.
    ("env: {variables: {EMPTY: , B: ~, C: null}}", "vars=EMPTY:,B:,C:"),
    ("env: {variables: {A: '${OTHER}/x'}}", "vars=A:${OTHER}/x"),
    ("env:\n  variables:\n    A: |\n      two\n      lines\n", "vars=A:two\nlines\n"),
    ("env: {variables: {A: a=b:c}}", "vars=A:a=b:c"),
    ("env: {variables: {}}", "0.2 build=[a]"),
    ("env:\n", "0.2 build=[a]"),
    ("env: {parameter-store: {TOKEN: /app/token}}", "params=TOKEN:/app/token"),
    ("env: {secrets-manager: {PW: app:password}}", "secrets=PW:app/password"),
    ("env: {secrets-manager: {PW: app}}", "secrets=PW:app/-"),
    (
        "env: {secrets-manager: {PW: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:app-x1y2z3:pw'}}",
        "secrets=PW:arn:aws:secretsmanager:us-east-1:123456789012:secret:app-x1y2z3/pw",
    ),
    ("env: {exported-variables: [TAG, SHA_1]}", "exported=TAG,SHA_1"),
    ("env: {exported-variables: TAG}", "exported=TAG"),
    ("env: {git-credential-helper: yes}", "git=yes"),
    ("env: {git-credential-helper: no}", "0.2 build=[a]"),
    ("env: {git-credential-helper: 'yes'}", "git=yes"),
    ("env: {shell: bash}", "shell=Bash"),
    ("env: {shell: /bin/sh}", "shell=Sh"),
    ("env: {shell: powershell.exe}", "shell=PowerShell"),
    ("env: {shell: cmd.exe}", "shell=Cmd"),
    // artifacts.
    ("artifacts: {files: ['**/*']}", "artifacts=**/*"),
    ("artifacts: {files: '**/*'}", "artifacts=**/*"),
    (
        "artifacts: {files: [a.jar, conf/*, 'lib/**/*'], name: out}",
        "artifacts=a.jar,conf/*,lib/**/* named out",
    ),
    (
        "artifacts: {files: ['**/*'], name: build-$(date +%Y-%m-%d)}",
        "named build-$(date +%Y-%m-%d)",
    ),
    ("artifacts: {files: [a], discard-paths: yes}", "artifacts=a flat"),
    ("artifacts: {files: [a], discard-paths: true}", "artifacts=a flat"),
    ("artifacts: {files: [a], discard-paths: 'no'}", "artifacts=a"),
    ("artifacts: {files: ['**/*'], base-directory: dist}", "artifacts=**/* in dist"),
    ("artifacts: {files: ['**/*'], base-directory: 'my-build-*'}", "in my-build-*"),
    (
        "artifacts: {files: ['**/*'], exclude-paths: ['**/.git/**/*', '**/*.log']}",
        "not **/.git/**/*,**/*.log",
    ),
    ("artifacts: {files: ['**/*'], enable-symlinks: yes}", "links=yes"),
    ("artifacts: {files: ['**/*'], s3-prefix: x/y}", "prefix=x/y"),
    ("artifacts: {files: ['target/$APP.jar']}", "artifacts=target/$APP.jar"),
    (
        "artifacts:\n  files: [a]\n  secondary-artifacts:\n    one: {files: [b], base-directory: d}\n    two: {files: ['*'], discard-paths: yes}\n",
        "artifacts=a one=b in d two=* flat",
    ),
    ("artifacts: {secondary-artifacts: {one: {files: [b], name: n}}}", "one=b named n"),
    // What the first release refuses by name must be understood first.
    ("cache: {paths: ['/root/.m2/**/*', node_modules]}", "cache=/root/.m2/**/*,node_modules"),
    (
        "cache: {paths: [a], key: 'k-$(sha256sum x)', fallback-keys: [k-], action: restore}",
        "cache=a key k-$(sha256sum x) else k- Restore",
    ),
    ("reports: {unit: {files: ['**/*.xml'], file-format: JUNITXML}}", "unit=**/*.xml JUNITXML"),
    (
        "reports:\n  arn:aws:codebuild:us-east-1:123456789012:report-group/x:\n    files: [r.json]\n    base-directory: out\n    discard-paths: yes\n",
        "report-group/x=r.json JUNITXML in out flat",
    ),
    ("batch: {fast-fail: true, build-list: [{identifier: one}]}", "batch=list(one) fast=true"),
    (
        "batch: {build-graph: [{identifier: a, depend-on: [b]}, {identifier: b}], fast-fail: no}",
        "batch=graph(a after b; b) fast=false",
    ),
    (
        "batch:\n  build-matrix:\n    dynamic:\n      env: {variables: {V: [1, 2]}}\n",
        "batch=matrix(- V=1; - V=2) fast=false",
    ),
    ("batch: {build-fanout: {parallelism: 5}}", "batch=fanout(5) fast=false"),
    ("proxy: {upload-artifacts: yes, logs: yes}", "proxy=true true"),
    ("proxy: {logs: no}", "proxy=false false"),
    // Version 0.1's own words.
    (
        "version: 0.1\nenvironment_variables: {plaintext: {A: b}}\nphases: {build: {commands: [a]}}",
        "0.1 vars=A:b build=[a]",
    ),
    (
        "version: 0.1\nenv: {variables: {A: b}}\nphases: {build: {commands: [a]}}",
        "0.1 vars=A:b build=[a]",
    ),
    (
        "version: 0.1\nphases: {build: {commands: [a]}}\nartifacts: {type: zip, files: [x]}",
        "0.1 build=[a] artifacts=x",
    ),
    // YAML's own means.
    ("version: 0.2\nphases: &p {build: &b {commands: [a]}}", "0.2 build=[a]"),
    (
        "version: 0.2\nphases:\n  install: &common {commands: [a]}\n  build: *common\n",
        "0.2 install=[a] build=[a]",
    ),
    (
        "version: 0.2\nphases:\n  install: &common {commands: [a], finally: [f]}\n  build:\n    <<: *common\n    commands: [b]\n",
        "0.2 install=[a finally f] build=[b finally f]",
    ),
    ("version: !!str 0.2\nphases: {build: {commands: [!!str 1]}}", "0.2 build=[1]"),
    // As people write them.
    (
        "version: 0.2

env:
  variables:
    IMAGE: registry.example.com/web
  exported-variables:
    - TAG

phases:
  pre_build:
    commands:
      - echo Logging in to the registry...
      - TAG=$(echo $CODEBUILD_RESOLVED_SOURCE_VERSION | cut -c 1-7)
  build:
    commands:
      - echo Build started on `date`
      - docker build -t $IMAGE:$TAG .
  post_build:
    commands:
      - docker push $IMAGE:$TAG
      - printf '[{\"name\":\"web\",\"imageUri\":\"%s\"}]' $IMAGE:$TAG > imagedefinitions.json

artifacts:
  files: imagedefinitions.json
",
        "0.2 vars=IMAGE:registry.example.com/web exported=TAG pre_build=[echo Logging in to the registry...|TAG=$(echo $CODEBUILD_RESOLVED_SOURCE_VERSION | cut -c 1-7)] build=[echo Build started on `date`|docker build -t $IMAGE:$TAG .] post_build=[docker push $IMAGE:$TAG|printf '[{\"name\":\"web\",\"imageUri\":\"%s\"}]' $IMAGE:$TAG > imagedefinitions.json] artifacts=imagedefinitions.json",
    ),
    (
        "version: 0.2
phases:
  install:
    runtime-versions: {python: 3.12}
    commands: [pip install -r requirements.txt]
  build:
    commands:
      - python -m unittest
    on-failure: ABORT
    finally:
      - ls -l
artifacts:
  files: ['**/*']
  exclude-paths: ['**/__pycache__/**/*', .git/**/*]
",
        "0.2 install=[pip install -r requirements.txt with python:3.12] build=[python -m unittest finally ls -l on failure Abort] artifacts=**/* not **/__pycache__/**/*,.git/**/*",
    ),
];

#[test]
fn good_build_specifications() {
    let wrong: Vec<String> = ROWS.iter().filter_map(|(text, want)| check(text, want)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn check(text: &str, want: &str) -> Option<String> {
    let start = text.trim_start_matches('\u{feff}');
    let whole = start.starts_with("version") || start.starts_with(['{', '-']);
    let text = if whole { text.to_owned() } else { format!("{HEAD}{text}") };
    let got = match parse(&text) {
        Ok(spec) => summary(&spec),
        Err(error) => error.to_string(),
    };
    // A sample of a part says only what that part adds.
    let right = if whole && want.starts_with("0.") { got == want } else { got.contains(want) };
    (!right).then(|| format!("{text}\n got {got}\nwant {want}"))
}
