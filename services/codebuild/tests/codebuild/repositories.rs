//! Sources in repositories at providers.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Yard, message};
use crate::host::Host;

const SPEC: &str = "version: 0.2\nphases:\n  build:\n    commands:\n      - cat f\n      - git log --oneline | wc -l\n      - git config --get-regexp '^http|^credential|token' || echo none\n";

fn project(yard: &Yard, kind: &str, location: &str) -> Value {
    let mut project = yard.project("pp", "");
    project["source"] = json!({ "type": kind, "location": location });
    project
}

async fn import(yard: &Yard, server: &str, token: &str) {
    let input =
        json!({ "serverType": server, "authType": "PERSONAL_ACCESS_TOKEN", "token": token });
    yard.ok("ImportSourceCredentials", input).await;
}

async fn build(yard: &Yard, input: Value) -> Value {
    let mut input = input;
    input["projectName"] = json!("pp");
    let id = yard.start_build(input).await;
    yard.finished(&id).await
}

fn failure(build: &Value) -> String {
    assert_eq!(build["buildStatus"], "FAILED", "{build}");
    message(build, "DOWNLOAD_SOURCE")
}

async fn a_private_repository_needs_its_token() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let work = host.repository("o/r");
    let commit = work.push(&[("buildspec.yml", SPEC), ("f", "one\n")], "refs/heads/main");
    host.wants("x-access-token:t0ken");
    yard.ok("CreateProject", project(&yard, "GITHUB_ENTERPRISE", &host.http("o/r.git"))).await;
    let said = failure(&build(&yard, json!({})).await);
    assert!(
        said.starts_with("authentication required for primary source and source version: git"),
        "{said}"
    );
    import(&yard, "GITHUB_ENTERPRISE", "wrong-token").await;
    let said = failure(&build(&yard, json!({ "sourceVersion": "main" })).await);
    assert!(
        said.starts_with("authorization failed for primary source and source version main: git"),
        "{said}"
    );
    assert!(!said.contains("wrong-token"), "{said}");
    import(&yard, "GITHUB_ENTERPRISE", "t0ken").await;
    let done = build(&yard, json!({})).await;
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
    assert_eq!(done["resolvedSourceVersion"], commit);
    // Nothing of the token stays with the source.
    assert_eq!(yard.output(&done).await, "one\n1\nnone\n");
    // Another provider's credentials are not tried.
    yard.ok(
        "UpdateProject",
        json!({
            "name": "pp",
            "source": { "type": "GITLAB_SELF_MANAGED", "location": host.http("o/r.git") },
        }),
    )
    .await;
    host.signed();
    failure(&build(&yard, json!({})).await);
    assert!(host.signed().iter().all(String::is_empty));
    yard.ok(
        "UpdateProject",
        json!({
            "name": "pp",
            "source": { "type": "GITHUB_ENTERPRISE", "location": host.http("o/none.git") },
        }),
    )
    .await;
    let said = failure(&build(&yard, json!({})).await);
    assert!(said.starts_with("repository not found for primary source"), "{said}");
}

async fn secrets_hold_credentials_too() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let work = host.repository("o/r");
    work.push(&[("buildspec.yml", SPEC), ("f", "one\n")], "refs/heads/main");
    host.wants("me:app-password");
    let made = yard
        .other("secretsmanager", "secretsmanager.CreateSecret", json!({
            "Name": "bitbucket",
            "SecretString": r#"{"ServerType":"BITBUCKET","AuthType":"BASIC_AUTH","Username":"me","AppPassword":"app-password"}"#,
            "ClientRequestToken": "12345678-1234-1234-1234-123456789012",
        }))
        .await;
    let mut with_secret = project(&yard, "BITBUCKET", &host.http("o/r.git"));
    with_secret["source"]["auth"] = json!({ "type": "SECRETS_MANAGER", "resource": made["ARN"] });
    yard.ok("CreateProject", with_secret).await;
    let done = build(&yard, json!({})).await;
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
    // As the account's credentials, by override of the request.
    yard.ok(
        "ImportSourceCredentials",
        json!({
            "serverType": "BITBUCKET", "authType": "SECRETS_MANAGER", "token": made["ARN"],
        }),
    )
    .await;
    let done = build(&yard, json!({ "sourceAuthOverride": { "type": "OAUTH" } })).await;
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
    // A role that may not read it is told so.
    let nothing = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "logs:*", "Resource": "*",
    }] });
    let role = yard.yard.role("narrow", nothing);
    let said = failure(&build(&yard, json!({ "serviceRoleOverride": role })).await);
    assert!(said.contains("secretsmanager:GetSecretValue"), "{said}");
}

async fn versions_of_all_kinds() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let work = host.repository("o/r");
    let first = work.push(&[("buildspec.yml", SPEC), ("f", "first\n")], "refs/heads/main");
    work.git(&["tag", "-a", "v1", "-m", "one"]);
    work.git(&["push", "--quiet", "origin", "v1"]);
    let second = work.push(&[("f", "second\n")], "refs/heads/main");
    let topic = work.push(&[("f", "topic\n")], "refs/heads/topic/a");
    let pull = work.push(&[("f", "pull\n")], "refs/pull/7/head");
    yard.ok("CreateProject", project(&yard, "GITHUB_ENTERPRISE", &host.http("o/r"))).await;
    for (version, depth, commit, output) in [
        ("", 0, &second, "second\n2\n"),
        ("", 1, &second, "second\n1\n"),
        ("main", 0, &second, "second\n2\n"),
        ("topic/a", 0, &topic, "topic\n3\n"),
        ("topic/a", 1, &topic, "topic\n1\n"),
        ("refs/heads/topic/a", 1, &topic, "topic\n1\n"),
        ("v1", 0, &first, "first\n1\n"),
        ("v1", 1, &first, "first\n1\n"),
        ("refs/tags/v1", 0, &first, "first\n1\n"),
        (&first, 0, &first, "first\n1\n"),
        (&second, 1, &second, "second\n1\n"),
        (&first[..8], 0, &first, "first\n1\n"),
        (&first[..8], 1, &first, "first\n1\n"),
        ("pr/7", 0, &pull, "pull\n4\n"),
        ("pr/7", 1, &pull, "pull\n1\n"),
        ("refs/pull/7/head", 0, &pull, "pull\n4\n"),
        (&pull, 0, &pull, "pull\n4\n"),
        (&format!("refs/heads/main^{{{first}}}"), 0, &first, "first\n1\n"),
        (&format!("refs/pull/7/head^{{{topic}}}"), 0, &topic, "topic\n3\n"),
    ] {
        let mut input = json!({ "gitCloneDepthOverride": depth });
        if !version.is_empty() {
            input["sourceVersion"] = json!(version);
        }
        let done = build(&yard, input).await;
        assert_eq!(done["buildStatus"], "SUCCEEDED", "{version} {depth}: {done}");
        assert_eq!(done["resolvedSourceVersion"], **commit, "{version} {depth}");
        assert_eq!(yard.output(&done).await, format!("{output}none\n"), "{version} {depth}");
    }
    for version in [
        "nope",
        "pr/8",
        "refs/heads/nope",
        "0123456789012345678901234567890123456789",
        "a..b",
        "--upload-pack=x",
    ] {
        let said = failure(&build(&yard, json!({ "sourceVersion": version })).await);
        let expected =
            format!("reference not found for primary source and source version {version}: ");
        assert!(said.starts_with(&expected), "{said}");
    }
}

async fn tls_is_checked_unless_told_otherwise() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let work = host.repository("o/r");
    work.push(&[("buildspec.yml", SPEC), ("f", "one\n")], "refs/heads/main");
    yard.ok("CreateProject", project(&yard, "GITHUB_ENTERPRISE", &host.https("o/r.git"))).await;
    let said = failure(&build(&yard, json!({})).await);
    assert!(said.contains("certificate"), "{said}");
    let done = build(&yard, json!({ "insecureSslOverride": true })).await;
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
    yard.s3("PUT", "/bucket", Vec::new()).await;
    yard.s3("PUT", "/bucket/ca.pem", host.authority.clone().into_bytes()).await;
    let known = json!({ "certificateOverride": "arn:aws:s3:::bucket/ca.pem" });
    let done = build(&yard, known).await;
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
    let said = failure(&build(&yard, json!({ "certificateOverride": "bucket/none" })).await);
    assert!(said.contains("NoSuchKey"), "{said}");
    // The build itself trusts it too, whatever its source.
    let begins = host.authority.lines().nth(1).unwrap().to_owned();
    let look = format!("grep -cF {begins} /etc/ssl/certs/ca-certificates.crt");
    let spec = format!("version: 0.2\nphases:\n  build:\n    commands: ['{look}']\n");
    yard.create("other", &spec).await;
    let trusts = |given: &str| json!({ "projectName": "other", "certificateOverride": given });
    let id = yard.start_build(trusts("bucket/ca.pem")).await;
    let done = yard.finished(&id).await;
    assert_eq!(yard.output(&done).await, "1\n", "{done}");
    yard.s3("PUT", "/bucket/other.pem", b"no certificate".to_vec()).await;
    let id = yard.start_build(trusts("bucket/other.pem")).await;
    let said = failure(&yard.finished(&id).await);
    assert!(said.contains("no PEM-encoded certificate"), "{said}");
    assert_eq!(yard.call("StartBuild", trusts("bucket")).await.0, 400);
}

async fn secondary_sources_have_versions_of_their_own() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let work = host.repository("o/r");
    work.push(&[("buildspec.yml", "version: 0.2\nphases:\n  build:\n    commands: [\"cat $CODEBUILD_SRC_DIR_two/f\", \"echo $CODEBUILD_SOURCE_VERSION_two\"]\n")], "refs/heads/main");
    let other = host.repository("o/two");
    other.push(&[("f", "old\n")], "refs/heads/old");
    other.push(&[("f", "new\n")], "refs/heads/main");
    let mut two = project(&yard, "GITLAB_SELF_MANAGED", &host.http("o/r.git"));
    two["secondarySources"] = json!([
        { "type": "GITHUB_ENTERPRISE", "location": host.http("o/two.git"), "sourceIdentifier": "two" },
    ]);
    two["secondarySourceVersions"] = json!([{ "sourceIdentifier": "two", "sourceVersion": "old" }]);
    yard.ok("CreateProject", two).await;
    let done = build(&yard, json!({})).await;
    assert_eq!(yard.output(&done).await, "old\nold\n", "{done}");
    host.remove("o/two");
    let said = failure(&build(&yard, json!({})).await);
    assert!(
        said.starts_with("repository not found for secondary source two and source version old: "),
        "{said}"
    );
}

async fn submodules_come_without_the_credentials_of_others() {
    let (yard, host, stranger) = (Yard::start().await, Host::start().await, Host::start().await);
    host.repository("o/lib").push(&[("l", "lib\n")], "refs/heads/main");
    stranger.repository("s/x").push(&[("x", "strange\n")], "refs/heads/main");
    let work = host.repository("o/r");
    let modules = format!(
        "[submodule \"lib\"]\n\tpath = lib\n\turl = ../lib.git\n[submodule \"x\"]\n\tpath = x\n\turl = {}\n",
        stranger.http("s/x.git")
    );
    let lib = host.repository("o/lib2").push(&[("l", "lib\n")], "refs/heads/main");
    assert!(!lib.is_empty());
    let id = |host: &Host, path: &str| {
        let place = host.http(path);
        let output = std::process::Command::new("git")
            .args(["ls-remote", &place, "refs/heads/main"])
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap().split('\t').next().unwrap().to_owned()
    };
    let (lib, x) = (id(&host, "o/lib.git"), id(&stranger, "s/x.git"));
    std::fs::write(work.directory.join(".gitmodules"), &modules).unwrap();
    for (commit, path) in [(&lib, "lib"), (&x, "x")] {
        work.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},{path}")]);
        std::fs::create_dir_all(work.directory.join(path)).unwrap();
    }
    std::fs::write(
        work.directory.join("buildspec.yml"),
        "version: 0.2\nphases:\n  build:\n    commands: [\"cat lib/l x/x || true\"]\n",
    )
    .unwrap();
    work.git(&["add", "buildspec.yml", ".gitmodules"]);
    work.git(&["commit", "--quiet", "-m", "modules"]);
    work.git(&["push", "--quiet", "origin", "HEAD:refs/heads/main"]);
    host.wants("x-access-token:t0ken");
    import(&yard, "GITHUB_ENTERPRISE", "t0ken").await;
    let mut with = project(&yard, "GITHUB_ENTERPRISE", &host.http("o/r.git"));
    yard.ok("CreateProject", with.clone()).await;
    let done = build(&yard, json!({})).await;
    assert!(yard.output(&done).await.contains("No such file"), "{done}");
    stranger.signed();
    with["source"]["gitSubmodulesConfig"] = json!({ "fetchSubmodules": true });
    yard.ok("UpdateProject", json!({ "name": "pp", "source": with["source"] })).await;
    let done = build(&yard, json!({})).await;
    assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
    assert_eq!(yard.output(&done).await, "lib\nstrange\n");
    let signed = stranger.signed();
    assert!(!signed.is_empty() && signed.iter().all(String::is_empty), "{signed:?}");
    // From files of this machine, or by a command, nothing comes.
    for url in ["file:///etc", "ext::sh -c true", "/etc"] {
        std::fs::write(
            work.directory.join(".gitmodules"),
            modules.replace(&stranger.http("s/x.git"), url),
        )
        .unwrap();
        work.git(&["commit", "--quiet", "-a", "-m", "bad"]);
        work.git(&["push", "--quiet", "origin", "HEAD:refs/heads/main"]);
        let said = failure(&build(&yard, json!({})).await);
        assert!(said.starts_with("a submodule: "), "{said}");
    }
}

async fn statuses_are_reported() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let work = host.repository("o/r");
    let commit = work.push(&[("buildspec.yml", SPEC), ("f", "one\n")], "refs/heads/main");
    for server in ["GITHUB_ENTERPRISE", "GITLAB_SELF_MANAGED", "BITBUCKET"] {
        import(&yard, server, "t0ken").await;
    }
    for (kind, path, authorization, states) in [
        (
            "GITHUB_ENTERPRISE",
            format!("/api/v3/repos/o/r/statuses/{commit}"),
            "Bearer t0ken",
            ["pending", "success", "failure"],
        ),
        (
            "GITLAB_SELF_MANAGED",
            format!("/api/v4/projects/o%2Fr/statuses/{commit}"),
            "t0ken",
            ["running", "success", "failed"],
        ),
        (
            "BITBUCKET",
            format!("/2.0/repositories/o/r/commit/{commit}/statuses/build"),
            "Bearer t0ken",
            ["INPROGRESS", "SUCCESSFUL", "FAILED"],
        ),
    ] {
        yard.call("DeleteProject", json!({ "name": "pp" })).await;
        let mut reporting = project(&yard, kind, &host.http("o/r.git"));
        reporting["source"]["reportBuildStatus"] = json!(true);
        yard.ok("CreateProject", reporting).await;
        host.asked();
        let done = build(&yard, json!({})).await;
        assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
        let done = build(&yard, json!({
            "buildspecOverride": "version: 0.2\nphases:\n  build:\n    commands: [\"false\"]\n",
            "buildStatusConfigOverride": {
                "context": "ci #$CODEBUILD_BUILD_NUMBER", "targetUrl": "https://h/?r=$AWS_REGION",
            },
        }))
        .await;
        let number = &done["buildNumber"];
        let asked = host.asked();
        assert_eq!(asked.len(), 4, "{asked:?}");
        assert!(
            asked.iter().all(|it| it.method == "POST"
                && it.path == path
                && it.authorization == authorization),
            "{asked:?}"
        );
        let told: Vec<&str> = asked.iter().map(|it| it.body["state"].as_str().unwrap()).collect();
        assert_eq!(told, [states[0], states[1], states[0], states[2]]);
        let member = if kind == "GITHUB_ENTERPRISE" { "context" } else { "name" };
        assert_eq!(asked[0].body[member], "AWS CodeBuild us-east-1 (pp)");
        assert_eq!(asked[3].body[member], format!("ci #{number}"));
        let url = if kind == "BITBUCKET" { "url" } else { "target_url" };
        assert_eq!(asked[3].body[url], "https://h/?r=us-east-1");
        // A report that fails is no failure of the build, and no secret.
        host.answers(&format!("POST {path}"), 403, json!({ "message": "no write access" }));
        let done = build(&yard, json!({})).await;
        assert_eq!(done["buildStatus"], "SUCCEEDED", "{done}");
        let log = yard.log(&done).await;
        assert!(
            log.contains("The build's status could not be reported: ")
                && log.contains("HTTP 403: no write access"),
            "{log}"
        );
    }
}

async fn a_source_cache_is_shared_by_builds_at_once() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let work = host.repository("o/r");
    work.push(&[("buildspec.yml", SPEC), ("f", "one\n")], "refs/heads/main");
    let mut caching = project(&yard, "GITHUB_ENTERPRISE", &host.http("o/r.git"));
    caching["cache"] = json!({ "type": "LOCAL", "modes": ["LOCAL_SOURCE_CACHE"] });
    yard.ok("CreateProject", caching).await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(yard.start_build(json!({ "projectName": "pp" })).await);
    }
    for id in ids {
        let done = yard.finished(&id).await;
        assert_eq!(yard.output(&done).await, "one\n1\nnone\n", "{done}");
    }
    // What is new comes, what went goes, depth holds, and a pull request can be had.
    let second = work.push(&[("f", "two\n")], "refs/heads/main");
    work.push(&[("f", "pull\n")], "refs/pull/3/head");
    for (input, output) in [
        (json!({}), "two\n2\nnone\n"),
        (json!({ "gitCloneDepthOverride": 1 }), "two\n1\nnone\n"),
        (json!({ "sourceVersion": second }), "two\n2\nnone\n"),
        (json!({ "sourceVersion": "pr/3" }), "pull\n3\nnone\n"),
    ] {
        let done = build(&yard, input).await;
        assert_eq!(yard.output(&done).await, output, "{done}");
    }
    let folder = yard.yard.dir().join("builds/source-cache");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    yard.ok("DeleteProject", json!({ "name": "pp" })).await;
    testkit::TestYard::until(Duration::from_secs(5), || async {
        (std::fs::read_dir(&folder).unwrap().count() == 0).then_some(())
    })
    .await;
}

async fn a_slow_host_does_not_outlast_a_stop() {
    let yard = Yard::start().await;
    // It takes connections and says nothing.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let location = format!("http://{}/o/r.git", listener.local_addr().unwrap());
    yard.ok("CreateProject", project(&yard, "GITHUB_ENTERPRISE", &location)).await;
    let id = yard.start_build(json!({ "projectName": "pp" })).await;
    let (_stream, _) = listener.accept().await.unwrap();
    yard.ok("StopBuild", json!({ "id": id })).await;
    let begun = std::time::Instant::now();
    let done = yard.finished(&id).await;
    assert_eq!(done["buildStatus"], "STOPPED", "{done}");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

async fn settings_that_make_no_sense_are_refused() {
    let yard = Yard::start().await;
    let github = "https://github.com/o/r";
    for (source, named) in [
        (json!({ "type": "GITHUB", "location": "https://example.com/o/r" }), "location"),
        (json!({ "type": "GITHUB_ENTERPRISE", "location": "http://example.com/o/r" }), "location"),
        (json!({ "type": "GITHUB" }), "location"),
        (
            json!({ "type": "GITHUB", "location": github, "auth": { "type": "CODECONNECTIONS", "resource": "x" } }),
            "CODECONNECTIONS",
        ),
        (
            json!({ "type": "GITHUB", "location": github, "auth": { "type": "SECRETS_MANAGER", "resource": "x" } }),
            "secret",
        ),
        (
            json!({ "type": "GITHUB", "location": github, "auth": { "type": "OAUTH", "resource": "arn:aws:codebuild:us-east-1:123456789012:token/gitlab" } }),
            "credentials",
        ),
        (
            json!({ "type": "S3", "location": "b/k", "reportBuildStatus": true }),
            "reportBuildStatus",
        ),
        (
            json!({ "type": "CODECOMMIT", "location": "https://h/v1/repos/r", "insecureSsl": true }),
            "insecureSsl",
        ),
        (
            json!({ "type": "CODECOMMIT", "location": "https://h/v1/repos/r", "auth": { "type": "OAUTH" } }),
            "auth",
        ),
        (json!({ "type": "GITHUB", "location": github, "gitCloneDepth": -1 }), "depth"),
    ] {
        let mut bad = yard.project("pp", "");
        bad["source"] = source.clone();
        let (status, output) = yard.call("CreateProject", bad).await;
        assert!((400..=501).contains(&status), "{source}: {output}");
        let said = output["message"].as_str().unwrap_or_default();
        assert!(said.contains(named), "{source}: {output}");
    }
}

async fn archives_that_leave_their_folder_are_refused() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let mut from = project(&yard, "S3", "bucket/source.zip");
    from["source"]["buildspec"] = json!(SPEC);
    yard.ok("CreateProject", from).await;
    let script = "import io,sys,zipfile\nb=io.BytesIO()\nz=zipfile.ZipFile(b,'w')\nz.writestr('f','x')\n\
        i=zipfile.ZipInfo(sys.argv[1])\nif sys.argv[2]: i.create_system=3; i.external_attr=0o120777<<16\n\
        z.writestr(i,sys.argv[2] or 'evil')\nz.close()\nsys.stdout.buffer.write(b.getvalue())";
    for (name, link) in
        [("../../../evil", ""), ("/tmp/evil", ""), ("l", "/etc"), ("l", "../../../..")]
    {
        let output = std::process::Command::new("python3")
            .args(["-c", script, name, link])
            .output()
            .unwrap();
        assert!(output.status.success());
        yard.s3("PUT", "/bucket/source.zip", output.stdout).await;
        let said = failure(&build(&yard, json!({})).await);
        assert!(said.starts_with("bucket/source.zip: "), "{name} {link}: {said}");
    }
    let evil =
        std::process::Command::new("find").arg(yard.yard.dir()).args(["-name", "evil"]).output();
    assert!(evil.unwrap().stdout.is_empty());
}

async fn a_push_to_codecommit_starts_a_build_by_a_rule() {
    let yard = Yard::start().await;
    let commit = |operation: &str| format!("CodeCommit_20150413.{operation}");
    let input = json!({ "repositoryName": "r" });
    let made = yard.other("codecommit", &commit("CreateRepository"), input).await;
    let mut from =
        project(&yard, "CODECOMMIT", made["repositoryMetadata"]["cloneUrlHttp"].as_str().unwrap());
    from["source"]["buildspec"] =
        json!("version: 0.2\nphases:\n  build:\n    commands: [\"cat f\"]\n");
    let arn = yard.ok("CreateProject", from).await["project"]["arn"].clone();
    let rule = json!({
        "Name": "on-push",
        "EventPattern": json!({
            "source": ["aws.codecommit"],
            "detail-type": ["CodeCommit Repository State Change"],
            "resources": [made["repositoryMetadata"]["Arn"]],
            "detail": { "referenceType": ["branch"], "event": ["referenceCreated", "referenceUpdated"] },
        })
        .to_string(),
    });
    yard.other("events", "AWSEvents.PutRule", rule).await;
    let target = json!({ "Rule": "on-push", "Targets": [{
        "Id": "build", "Arn": arn, "RoleArn": yard.role,
        "InputTransformer": {
            "InputPathsMap": { "commit": "$.detail.commitId" },
            "InputTemplate": "{\"sourceVersion\": <commit>}",
        },
    }] });
    yard.other("events", "AWSEvents.PutTargets", target).await;
    let file = json!({
        "repositoryName": "r", "branchName": "main", "filePath": "f", "fileContent": "b25lCg==",
    });
    let put = yard.other("codecommit", &commit("PutFile"), file).await;
    let id = testkit::TestYard::until(Duration::from_secs(20), || async {
        let all = yard.ok("ListBuildsForProject", json!({ "projectName": "pp" })).await;
        all["ids"][0].as_str().map(str::to_owned)
    })
    .await;
    let done = yard.finished(&id).await;
    assert_eq!(
        (&done["buildStatus"], &done["sourceVersion"]),
        (&json!("SUCCEEDED"), &put["commitId"])
    );
    assert_eq!(yard.output(&done).await, "one\n");
}

/// Private repositories as the stock command line has them built: of this yard, and of a host
/// with a certificate of its own.
async fn the_stock_command_line_builds_private_repositories() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let work = host.repository("o/r");
    let commit = work.push(&[("buildspec.yml", SPEC), ("f", "private\n")], "refs/heads/main");
    host.wants("x-access-token:t0ken");
    let keys = yard.yard.root();
    let url = yard.yard.url.clone();
    let aws = move |words: Vec<String>| {
        let (keys, url) = (keys.clone(), url.clone());
        async move {
            let run = move || {
                std::process::Command::new(testkit::venv::bin().join("aws"))
                    .args(&words)
                    .env_clear()
                    .env("PATH", "/usr/bin:/bin")
                    .env("HOME", "/nonexistent")
                    .env("AWS_ENDPOINT_URL", url)
                    .env("AWS_DEFAULT_REGION", testkit::REGION)
                    .env("AWS_ACCESS_KEY_ID", &keys.id)
                    .env("AWS_SECRET_ACCESS_KEY", &keys.secret)
                    .output()
                    .unwrap()
            };
            let output = tokio::task::spawn_blocking(run).await.unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{said}");
            serde_json::from_slice::<Value>(&output.stdout).unwrap_or(Value::Null)
        }
    };
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let made = aws(words("codebuild import-source-credentials --server-type GITHUB_ENTERPRISE --auth-type PERSONAL_ACCESS_TOKEN --token t0ken")).await;
    assert!(made["arn"].as_str().unwrap().ends_with(":token/github_enterprise"));
    let mut private = project(&yard, "GITHUB_ENTERPRISE", &host.https("o/r.git"));
    private["source"]["insecureSsl"] = json!(true);
    let create = ["codebuild", "create-project", "--cli-input-json"].map(str::to_owned);
    let create = create.into_iter().chain([private.to_string()]).collect();
    aws(create).await;
    let started = aws(words("codebuild start-build --project-name pp --source-version main")).await;
    let id = started["build"]["id"].as_str().unwrap().to_owned();
    yard.finished(&id).await;
    let shown = aws(words(&format!("codebuild batch-get-builds --ids {id}"))).await;
    let done = &shown["builds"][0];
    assert_eq!(
        (&done["buildStatus"], &done["resolvedSourceVersion"]),
        (&json!("SUCCEEDED"), &json!(commit)),
        "{done}"
    );
    let listed = aws(words("codebuild list-source-credentials")).await;
    assert_eq!(listed["sourceCredentialsInfos"][0]["serverType"], "GITHUB_ENTERPRISE");
    let hook =
        aws(words("codebuild create-webhook --project-name pp --branch-filter ^main$")).await;
    assert!(hook["webhook"]["url"].as_str().unwrap().ends_with("/repos/o/r/hooks/7"), "{hook}");
    aws(words("codebuild delete-webhook --project-name pp")).await;
    // CodeCommit's are private too: the role that may not pull is told so.
    let made = aws(words("codecommit create-repository --repository-name mine")).await;
    let file = [
        "codecommit",
        "put-file",
        "--repository-name",
        "mine",
        "--branch-name",
        "main",
        "--file-path",
        "buildspec.yml",
        "--file-content",
        "version: 0.2\nphases: {build: {commands: [echo mine]}}\n",
    ];
    aws(file.map(str::to_owned).to_vec()).await;
    let location = made["repositoryMetadata"]["cloneUrlHttp"].as_str().unwrap();
    // As JSON: version 1 of the command line fetches what a parameter's URL names.
    let mut start = json!({
        "projectName": "pp", "sourceTypeOverride": "CODECOMMIT", "sourceLocationOverride": location,
        "insecureSslOverride": false,
    });
    let started = |input: &Value| {
        let words = ["codebuild", "start-build", "--cli-input-json"].map(str::to_owned);
        aws(words.into_iter().chain([input.to_string()]).collect())
    };
    let begun = started(&start).await;
    let done = yard.finished(begun["build"]["id"].as_str().unwrap()).await;
    assert_eq!(yard.output(&done).await, "mine\n", "{done}");
    let logs = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "logs:*", "Resource": "*" }] });
    let narrow = yard.yard.role("narrow", logs);
    start["serviceRoleOverride"] = json!(narrow);
    let begun = started(&start).await;
    let said = failure(&yard.finished(begun["build"]["id"].as_str().unwrap()).await);
    assert!(said.starts_with("authorization failed for primary source"), "{said}");
}

crate::tests![
    archives_that_leave_their_folder_are_refused,
    a_push_to_codecommit_starts_a_build_by_a_rule,
    the_stock_command_line_builds_private_repositories,
    a_private_repository_needs_its_token,
    secrets_hold_credentials_too,
    versions_of_all_kinds,
    tls_is_checked_unless_told_otherwise,
    secondary_sources_have_versions_of_their_own,
    submodules_come_without_the_credentials_of_others,
    statuses_are_reported,
    a_source_cache_is_shared_by_builds_at_once,
    a_slow_host_does_not_outlast_a_stop,
    settings_that_make_no_sense_are_refused,
];
