//! Stock git against the same repositories, with the three ways to sign in.

use serde_json::json;
use testkit::{REGION, ROOT_KEY, ROOT_SECRET};

use crate::support::{Work, Yard, git_in, said};

#[tokio::test(flavor = "multi_thread")]
async fn push_and_api_are_one() {
    let yard = Yard::start().await;
    let url = yard.repository("r").await;
    let work = yard.work("work", &yard.root_url("r")).await;
    let refused = Work(yard.home.path().to_owned()).fails(&["clone", &url, "x"]).await;
    assert!(refused.contains("could not read Username"), "{refused}");
    work.ok(&["push", "-q", "origin", "main"]).await;
    let tip = work.ok(&["rev-parse", "HEAD"]).await;
    let branch = yard.ok("GetBranch", json!({"repositoryName": "r", "branchName": "main"})).await;
    assert_eq!(branch["branch"]["commitId"], json!(tip));
    let metadata = yard.ok("GetRepository", json!({"repositoryName": "r"})).await;
    assert_eq!(metadata["repositoryMetadata"]["defaultBranch"], "main");
    let events = yard.events();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].detail["event"], "referenceCreated");

    let made = yard
        .ok(
            "PutFile",
            json!({"repositoryName": "r", "branchName": "main", "filePath": "api",
                   "fileContent": "b25l", "parentCommitId": tip}),
        )
        .await;
    let late = work.commit("file", "two\n").await;
    let refused = work.fails(&["push", "origin", "main"]).await;
    assert!(refused.contains("fetch first"), "{refused}");
    work.ok(&["pull", "-q", "--rebase", "origin", "main"]).await;
    work.ok(&["push", "-q", "origin", "main", "HEAD:refs/tags/v1"]).await;
    assert!(work.ok(&["log", "--format=%H"]).await.contains(made["commitId"].as_str().unwrap()));
    assert!(!work.ok(&["log", "--format=%H"]).await.contains(&late));
    let clone = yard.clone_to("clone", &yard.root_url("r")).await;
    assert_eq!(std::fs::read_to_string(clone.0.join("api")).unwrap(), "one");
    clone.ok(&["fsck", "--strict"]).await;
    let kinds: Vec<_> = yard
        .events()
        .iter()
        .map(|e| e.detail["referenceType"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["branch", "branch", "branch", "tag"]);

    let refused = work.fails(&["push", "origin", ":main"]).await;
    assert!(refused.contains("the default branch cannot be deleted"), "{refused}");
    yard.ok("UpdateRepositoryName", json!({"oldName": "r", "newName": "s"})).await;
    let refused = work.fails(&["fetch", "origin"]).await;
    assert!(refused.contains("There is no repository r in us-east-1"), "{refused}");
    yard.clone_to("renamed", &yard.root_url("s")).await;
    yard.ok("DeleteRepository", json!({"repositoryName": "s"})).await;
    let refused = work.fails(&["fetch", &yard.root_url("s")]).await;
    assert!(refused.contains("There is no repository s"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_that_protects_main() {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let arn = format!("arn:aws:codecommit:{REGION}:123456789012:r");
    let eve = yard.yard.user(
        "eve",
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "codecommit:Git*", "Resource": arn},
            {"Effect": "Deny", "Action": "codecommit:GitPush", "Resource": arn,
             "Condition": {"StringEqualsIfExists": {"codecommit:References": ["refs/heads/main"]},
                           "Null": {"codecommit:References": "false"}}},
        ]}),
    );
    let work = yard.work("work", &yard.url_for(&eve, "r")).await;
    let refused = work.fails(&["push", "origin", "main", "main:dev"]).await;
    assert!(
        refused.contains(
            "! [remote rejected] main -> main (codecommit:GitPush is denied for refs/heads/main)"
        ),
        "{refused}"
    );
    assert!(refused.contains("main -> dev"), "{refused}");
    assert!(
        refused.contains("user/eve is not authorized to perform: codecommit:GitPush"),
        "{refused}"
    );
    assert!(refused.contains("explicit deny"), "{refused}");
    let branches = yard.ok("ListBranches", json!({"repositoryName": "r"})).await;
    assert_eq!(branches["branches"], json!(["dev"]));
    work.fails(&["push", "--atomic", "origin", "main", "main:third"]).await;
    let branches = yard.ok("ListBranches", json!({"repositoryName": "r"})).await;
    assert_eq!(branches["branches"], json!(["dev"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_is_told_so() {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let reader = yard.yard.user(
        "reader",
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "codecommit:GitPull", "Resource": "*"}]}),
    );
    let work = yard.work("work", &yard.url_for(&reader, "r")).await;
    work.ok(&["fetch", "origin"]).await;
    let refused = work.fails(&["push", "origin", "main"]).await;
    assert!(refused.contains("remote: User: arn:aws:iam::123456789012:user/reader"), "{refused}");
    assert!(refused.contains("codecommit:GitPush"), "{refused}");
    assert!(refused.contains("The requested URL returned error: 403"), "{refused}");
    let mut stranger = reader.clone();
    stranger.secret = "wrong".to_owned();
    let refused = work.fails(&["fetch", &yard.url_for(&stranger, "r")]).await;
    assert!(refused.contains("not that of an active git credential"), "{refused}");
    let refused = work.fails(&["fetch", &yard.url_for(&reader, "none")]).await;
    assert!(refused.contains("There is no repository none"), "{refused}");
    for (method, target, status) in [
        ("GET", "/v1/repos/r", 404),
        ("GET", "/v1/repos/r/info/refs", 403),
        ("GET", "/v1/repos/r/HEAD", 404),
        ("PUT", "/v1/repos/r/git-upload-pack", 405),
        ("GET", "/v1/repos/r/info/refs?service=git-upload-pack", 401),
        ("POST", "/v1/repos/r/git-receive-pack", 401),
        ("GET", "/v1/repos/%2e%2e/info/refs?service=git-upload-pack", 401),
        ("GET", "/v1/repos/%2e%2e%2fr/info/refs?service=git-upload-pack", 400),
        ("GET", "/v1/repos/r%00/info/refs?service=git-upload-pack", 400),
        ("GET", "/v1/repos/r%0d%0ax:y/info/refs?service=git-upload-pack", 400),
        ("GET", "/v1/repos/r%1b%5b2J/info/refs?service=git-upload-pack", 400),
    ] {
        let answer = yard.yard.send(None, "codecommit", method, target, &[], Vec::new()).await;
        assert_eq!(answer.status, status, "{method} {target}");
        assert_eq!(answer.header("www-authenticate").is_some(), status == 401);
    }
}

fn with_keys(command: &mut tokio::process::Command) {
    let bin = testkit::venv::bin();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    command.env("PATH", path).env("AWS_DEFAULT_REGION", REGION).env("HOME", "/nonexistent");
    command.env("AWS_ACCESS_KEY_ID", ROOT_KEY).env("AWS_SECRET_ACCESS_KEY", ROOT_SECRET);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cli_helper_signs_in() {
    let yard = Yard::start().await;
    let url = yard.repository("r").await;
    let work = yard.work("work", &yard.root_url("r")).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    let helper = "!f(){ aws codecommit credential-helper $1 --ignore-host-check; };f";
    let run = async |secret: &str, name: &str| {
        let mut command = git_in(yard.home.path());
        with_keys(&mut command);
        command.env("AWS_SECRET_ACCESS_KEY", secret);
        command.arg("-c").arg(format!("credential.helper={helper}"));
        command.args(["-c", "credential.UseHttpPath=true", "clone", "-q", &url, name]);
        command.output().await.unwrap()
    };
    let output = run(ROOT_SECRET, "cloned").await;
    assert!(output.status.success(), "{}", said(&output));
    let output = run("wrong", "not").await;
    assert!(said(&output).contains("does not match"), "{}", said(&output));
}

/// A git URL names no region: the helper's signature does, and where nothing does, the repository
/// is looked for.
#[tokio::test(flavor = "multi_thread")]
async fn repositories_of_other_regions_are_found() {
    let yard = Yard::start().await;
    let mut command = tokio::process::Command::new(testkit::venv::bin().join("aws"));
    with_keys(&mut command);
    command.env("AWS_DEFAULT_REGION", "eu-west-1").env("AWS_ENDPOINT_URL", &yard.yard.url);
    command.args(["codecommit", "create-repository", "--repository-name", "far"]);
    let output = command.output().await.unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let work = yard.work("work", &yard.root_url("far")).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    assert_eq!(yard.events()[0].region, "eu-west-1");
    let sign = async |region: &str| {
        let helper = format!(
            "!f(){{ aws codecommit credential-helper $1 --ignore-host-check --region {region}; }};f"
        );
        let mut command = git_in(yard.home.path());
        with_keys(&mut command);
        command.arg("-c").arg(format!("credential.helper={helper}"));
        command.args(["-c", "credential.UseHttpPath=true", "ls-remote"]);
        command.arg(format!("{}/v1/repos/far", yard.yard.url)).output().await.unwrap()
    };
    assert!(sign("eu-west-1").await.status.success());
    let output = sign(REGION).await;
    assert!(said(&output).contains("There is no repository far in us-east-1"), "{}", said(&output));
}

/// git-remote-codecommit speaks https alone; what it signs is taken here as it is and sent over
/// http.
#[tokio::test(flavor = "multi_thread")]
async fn the_remote_helper_signs_in() {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let work = yard.work("work", &yard.root_url("r")).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    let program = "import git_remote_codecommit as g, sys\n\
        c = g.Context.from_url('us-east-1://r')\n\
        print(g.git_url(c.repository, c.version, c.region, c.credentials))";
    let mut command = tokio::process::Command::new(testkit::venv::bin().join("python"));
    with_keys(&mut command);
    let host = yard.yard.url.strip_prefix("http://").unwrap();
    command.env("CODE_COMMIT_ENDPOINT", host).args(["-c", program]);
    let output = command.output().await.unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let url = String::from_utf8(output.stdout).unwrap().trim().replace("https://", "http://");
    yard.clone_to("cloned", &url).await;
}

/// Names that mean something else to git or to commands are refused in a line that says why; what
/// other hosts keep beside branches and tags is data.
#[tokio::test(flavor = "multi_thread")]
async fn names_that_mislead_are_refused() {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let url = yard.root_url("r");
    let work = yard.work("work", &url).await;
    work.ok(&["push", "-q", "origin", "main"]).await;
    let id = "0123456789abcdef0123456789abcdef01234567";
    for (name, why) in [
        ("refs/heads/HEAD", "a branch cannot be called HEAD"),
        ("refs/heads/-x", "begins with a dash"),
        ("refs/tags/--all", "begins with a dash"),
        (&format!("refs/heads/{id}"), "the form of a commit ID"),
        ("refs/codeyard/state", "is the yard's own"),
        (&format!("refs/heads/{}/{}", "a".repeat(128), "b".repeat(128)), "at most 256 characters"),
    ] {
        let said = work.fails(&["push", &url, &format!("main:{name}")]).await;
        assert!(said.contains(why) && said.contains("[remote rejected]"), "{name}: {said}");
    }
    let others = ["refs/pull/1/head", "refs/notes/commits", "refs/replace/1", "refs/tags/HEAD"];
    for name in others {
        work.ok(&["push", "-q", &url, &format!("main:{name}")]).await;
    }
    let listed = work.ok(&["ls-remote", &url]).await;
    assert!(others.iter().all(|name| listed.contains(name)), "{listed}");
    assert_eq!(listed.lines().count(), 2 + others.len(), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn branches_of_256_characters() {
    let yard = Yard::start().await;
    yard.repository("r").await;
    let url = yard.root_url("r");
    let work = yard.work("work", &url).await;
    work.ok(&["push", "-q", &url, "main"]).await;
    let tip = work.ok(&["rev-parse", "main"]).await;
    let (pushed, made) = ("p".repeat(256), "é".repeat(256));
    work.ok(&["push", "-q", &url, &format!("main:refs/heads/{pushed}")]).await;
    let branch = |name: &str| json!({"repositoryName": "r", "branchName": name});
    let mut create = branch(&made);
    create["commitId"] = json!(tip);
    yard.ok("CreateBranch", create.clone()).await;
    create["branchName"] = json!("é".repeat(257));
    yard.refused("InvalidBranchNameException", "CreateBranch", create).await;
    for name in [&pushed, &made] {
        assert_eq!(yard.ok("GetBranch", branch(name)).await["branch"]["commitId"], json!(tip));
    }
    // They clone, and change by push and by the API.
    let clone = yard.clone_to("clone", &url).await;
    let seen = clone.ok(&["for-each-ref", "--format=%(refname)", "refs/remotes"]).await;
    assert!(seen.contains(&pushed) && seen.contains(&made), "{seen}");
    let next = work.commit("file", "two\n").await;
    for name in [&pushed, &made] {
        work.ok(&["push", "-q", &url, &format!("main:refs/heads/{name}")]).await;
        let fetched = work.ok(&["ls-remote", &url, &format!("refs/heads/{name}")]).await;
        assert!(fetched.starts_with(&next), "{fetched}");
        work.ok(&["fetch", "-q", &url, &format!("refs/heads/{name}")]).await;
    }
    let commit = json!({"repositoryName": "r", "branchName": made, "parentCommitId": next,
                        "filePath": "b", "fileContent": "b25l"});
    yard.ok("PutFile", commit).await;
    work.ok(&["push", "-q", &url, "--delete", &format!("refs/heads/{pushed}")]).await;
    yard.ok("DeleteBranch", branch(&made)).await;
    yard.refused("BranchDoesNotExistException", "GetBranch", branch(&made)).await;
    // A client that cannot keep a new one gets all others.
    let clone = yard.clone_to("other", &url).await;
    let newest = "n".repeat(256);
    work.ok(&["push", "-q", &url, &format!("main:refs/heads/{newest}"), "main:after"]).await;
    let said = clone.fails(&["fetch", "origin"]).await;
    assert!(said.contains("cannot lock ref"), "{said}");
    assert_eq!(clone.ok(&["rev-parse", "origin/after"]).await, next);
}
