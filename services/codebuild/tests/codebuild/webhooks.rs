//! Webhooks: made at providers, and the builds that their events start.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::harness::Yard;
use crate::host::Host;

const SPEC: &str =
    "version: 0.2\nphases:\n  build:\n    commands: [\"env | grep ^CODEBUILD_WEBHOOK_ | sort\"]\n";

/// A project at a provider, its webhook made, and how its events are sent.
struct Hooked {
    yard: Yard,
    host: Host,
    kind: &'static str,
    path: String,
    secret: String,
}

const OPEN: &str = "DISABLED";

impl Hooked {
    async fn start(kind: &'static str, webhook: Value) -> Self {
        let (yard, host) = (Yard::start().await, Host::start().await);
        let mut project = yard.project("pp", SPEC);
        project["source"] =
            json!({ "type": kind, "location": host.http("o/r.git"), "buildspec": SPEC });
        yard.ok("CreateProject", project).await;
        let token =
            json!({ "serverType": kind, "authType": "PERSONAL_ACCESS_TOKEN", "token": "t0ken" });
        yard.ok("ImportSourceCredentials", token).await;
        let mut input = webhook;
        input["projectName"] = json!("pp");
        let made = yard.ok("CreateWebhook", input).await["webhook"].clone();
        let asked = host.asked().pop().expect("a hook is made at the provider");
        assert_eq!(asked.method, "POST");
        let config = if kind.starts_with("GITHUB") { &asked.body["config"] } else { &asked.body };
        assert_eq!(config["url"], made["payloadUrl"]);
        let secret = if kind.starts_with("GITLAB") { &config["token"] } else { &config["secret"] };
        let secret = secret.as_str().unwrap().to_owned();
        assert!(made.get("secret").is_none() && secret.len() > 30);
        let url = made["payloadUrl"].as_str().unwrap();
        let path = url.strip_prefix(&yard.yard.url).unwrap().to_owned();
        Self { yard, host, kind, path, secret }
    }

    /// Sends an event as the provider does; answers what came of it.
    async fn send(&self, event: &str, delivery: &str, body: &Value) -> (u16, Value) {
        self.send_signed(event, delivery, body, &self.secret).await
    }

    async fn send_signed(
        &self,
        event: &str,
        delivery: &str,
        body: &Value,
        secret: &str,
    ) -> (u16, Value) {
        let bytes = body.to_string().into_bytes();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(&bytes);
        let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        let headers = match self.kind {
            "BITBUCKET" => [
                ("x-event-key", event),
                ("x-request-uuid", delivery),
                ("x-hub-signature", &signature),
                ("user-agent", "Bitbucket-Webhooks/2.0"),
            ],
            kind if kind.starts_with("GITLAB") => [
                ("x-gitlab-event", event),
                ("x-gitlab-event-uuid", delivery),
                ("x-gitlab-token", secret),
                ("user-agent", "GitLab/17.0"),
            ],
            _ => [
                ("x-github-event", event),
                ("x-github-delivery", delivery),
                ("x-hub-signature-256", &signature),
                ("user-agent", "GitHub-Hookshot/abc123"),
            ],
        };
        let answer = self.yard.yard.send(None, "none", "POST", &self.path, &headers, bytes).await;
        (answer.status, answer.json())
    }

    /// The build that an event starts.
    async fn build(&self, event: &str, body: &Value) -> Value {
        let (status, answer) = self.send(event, &types::uuid(), body).await;
        assert_eq!(status, 200, "{answer}");
        let id = answer["builds"][0].as_str().unwrap_or_else(|| panic!("{event}: {answer}"));
        let build = self.yard.finished(id).await;
        assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
        build
    }

    async fn nothing(&self, event: &str, body: &Value) -> String {
        let (status, answer) = self.send(event, &types::uuid(), body).await;
        assert_eq!((status, &answer["builds"]), (200, &json!([])), "{event}: {answer}");
        answer["message"].as_str().unwrap().to_owned()
    }

    async fn variables(&self, build: &Value) -> Vec<(String, String)> {
        let output = self.yard.output(build).await;
        let pair = |line: &str| {
            line.strip_prefix("CODEBUILD_WEBHOOK_")
                .unwrap()
                .split_once('=')
                .map(|(a, b)| (a.to_owned(), b.to_owned()))
                .unwrap()
        };
        output.lines().map(pair).collect()
    }
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

fn github_push(host: &Host, reference: &str, after: &str) -> Value {
    json!({
        "ref": reference, "before": "1".repeat(40), "after": after,
        "repository": { "name": "r", "clone_url": host.http("o/r.git"), "owner": { "login": "o" } },
        "sender": { "id": 42, "login": "someone" },
        "head_commit": { "id": after, "message": "change [CodeBuild]" },
        "commits": [{ "added": ["src/new"], "modified": ["README"], "removed": [] }],
    })
}

fn github_pull(host: &Host, action: &str, head: &str, merged: bool, fork: bool) -> Value {
    let from = if fork { "stranger/r" } else { "o/r" };
    json!({
        "action": action, "number": 7,
        "repository": { "name": "r", "clone_url": host.http("o/r.git"), "owner": { "login": "o" } },
        "sender": { "id": 43, "login": "author" },
        "pull_request": {
            "number": 7, "merged": merged, "merge_commit_sha": "2".repeat(40),
            "user": { "login": "author" },
            "head": { "ref": "topic", "sha": head, "repo": { "full_name": from } },
            "base": { "ref": "main", "sha": "1".repeat(40), "repo": { "full_name": "o/r" } },
        },
    })
}

async fn github_events_start_builds() {
    let all = "PUSH, PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED, PULL_REQUEST_REOPENED, PULL_REQUEST_MERGED, PULL_REQUEST_CLOSED";
    let hooked = Hooked::start(
        "GITHUB_ENTERPRISE",
        json!({
            "filterGroups": [[{ "type": "EVENT", "pattern": all }]],
            "pullRequestBuildPolicy": { "requiresCommentApproval": OPEN },
        }),
    )
    .await;
    let (yard, host) = (&hooked.yard, &hooked.host);
    let work = host.repository("o/r");
    let commit = work.push(&[("f", "1")], "refs/heads/main");
    work.git(&["tag", "v1"]);
    work.git(&["push", "--quiet", "origin", "v1"]);
    let head = work.push(&[("f", "2")], "refs/pull/7/head");

    assert_eq!(hooked.nothing("ping", &json!({ "zen": "x" })).await, "pong");
    let build = hooked.build("push", &github_push(host, "refs/heads/main", &commit)).await;
    assert_eq!(build["initiator"], "GitHub-Hookshot/abc123");
    assert_eq!(
        (&build["sourceVersion"], &build["resolvedSourceVersion"]),
        (&json!(commit), &json!(commit))
    );
    assert_eq!(
        hooked.variables(&build).await,
        pairs(&[
            ("ACTOR_ACCOUNT_ID", "42"),
            ("EVENT", "PUSH"),
            ("HEAD_REF", "refs/heads/main"),
            ("PREV_COMMIT", &"1".repeat(40)),
            ("TRIGGER", "branch/main"),
        ])
    );
    // The event's build is reported though the project does not ask for it.
    let asked = host.asked();
    let path = format!("/api/v3/repos/o/r/statuses/{commit}");
    let states: Vec<_> =
        asked.iter().filter(|it| it.path == path).map(|it| it.body["state"].clone()).collect();
    assert_eq!(states, ["pending", "success"], "{asked:?}");
    let build = hooked.build("push", &github_push(host, "refs/tags/v1", &commit)).await;
    assert!(hooked.variables(&build).await.contains(&("TRIGGER".into(), "tag/v1".into())));
    for (action, merged, event) in [
        ("opened", false, "PULL_REQUEST_CREATED"),
        ("synchronize", false, "PULL_REQUEST_UPDATED"),
        ("reopened", false, "PULL_REQUEST_REOPENED"),
        ("closed", true, "PULL_REQUEST_MERGED"),
        ("closed", false, "PULL_REQUEST_CLOSED"),
    ] {
        let build =
            hooked.build("pull_request", &github_pull(host, action, &head, merged, false)).await;
        assert_eq!(
            (&build["sourceVersion"], &build["resolvedSourceVersion"]),
            (&json!("pr/7"), &json!(head))
        );
        let mut expected = vec![
            ("ACTOR_ACCOUNT_ID", "43"),
            ("BASE_REF", "refs/heads/main"),
            ("EVENT", event),
            ("HEAD_REF", "refs/heads/topic"),
            ("TRIGGER", "pr/7"),
        ];
        let merge = "2".repeat(40);
        if merged {
            expected.insert(4, ("MERGE_COMMIT", &merge));
        }
        assert_eq!(hooked.variables(&build).await, pairs(&expected));
    }
    // A retry is told the same.
    let retried = yard.ok("RetryBuild", json!({ "id": build["id"] })).await;
    let retried = yard.finished(retried["build"]["id"].as_str().unwrap()).await;
    assert!(hooked.variables(&retried).await.contains(&("TRIGGER".into(), "tag/v1".into())));
    let mut deleted = github_push(host, "refs/heads/main", &"0".repeat(40));
    deleted["deleted"] = json!(true);
    deleted["head_commit"] = Value::Null;
    assert!(hooked.nothing("push", &deleted).await.contains("deleted"));
    hooked.nothing("pull_request", &github_pull(host, "labeled", &head, false, false)).await;
    hooked.nothing("workflow_job", &json!({ "action": "queued" })).await;
    hooked.nothing("issues", &json!({})).await;
}

async fn only_signed_events_are_taken() {
    let hooked = Hooked::start("GITHUB_ENTERPRISE", json!({})).await;
    let host = &hooked.host;
    let commit = host.repository("o/r").push(&[("f", "1")], "refs/heads/main");
    let push = github_push(host, "refs/heads/main", &commit);
    for secret in ["wrong", ""] {
        let (status, answer) = hooked.send_signed("push", "d", &push, secret).await;
        assert_eq!(status, 401, "{answer}");
    }
    let send = |path: String, method: &'static str, body: Vec<u8>| {
        let yard = &hooked.yard.yard;
        async move {
            yard.send(None, "none", method, &path, &[("x-github-event", "push")], body).await.status
        }
    };
    assert_eq!(send(hooked.path.clone(), "POST", push.to_string().into_bytes()).await, 401);
    assert_eq!(send(hooked.path.clone(), "GET", Vec::new()).await, 405);
    assert_eq!(send("/_codebuild/webhooks?t=x&v=1".into(), "POST", Vec::new()).await, 404);
    assert_eq!(send("/_codebuild/webhooks".into(), "POST", Vec::new()).await, 404);
    assert_eq!(send(hooked.path.clone(), "POST", vec![b'x'; (25 << 20) + 1]).await, 413);
    // Payloads that are signed and make no sense.
    for body in [
        json!([]),
        json!({ "ref": 5 }),
        json!({ "ref": "refs/heads/x", "after": "--upload-pack=x" }),
    ] {
        let (status, answer) = hooked.send("push", "d", &body).await;
        assert_eq!(status, 400, "{answer}");
    }
    // What comes again starts nothing again.
    let (_, first) = hooked.send("push", "same", &push).await;
    let (_, second) = hooked.send("push", "same", &push).await;
    assert_eq!(first["builds"], second["builds"]);
    let all = hooked.yard.ok("ListBuildsForProject", json!({ "projectName": "pp" })).await;
    assert_eq!(all["ids"].as_array().unwrap().len(), 1, "{all}");
    hooked.yard.finished(first["builds"][0].as_str().unwrap()).await;
    // The secret is nobody's to read.
    let shown = hooked.yard.ok("BatchGetProjects", json!({ "names": ["pp"] })).await;
    assert!(!shown.to_string().contains(&hooked.secret), "{shown}");
}

async fn filters_ask_the_provider_for_what_events_lack() {
    let hooked = Hooked::start(
        "GITHUB_ENTERPRISE",
        json!({
            "filterGroups": [[
                { "type": "EVENT", "pattern": "PUSH, PULL_REQUEST_CREATED" },
                { "type": "FILE_PATH", "pattern": "^src/" },
                { "type": "COMMIT_MESSAGE", "pattern": r"\[CodeBuild\]" },
            ]],
            "pullRequestBuildPolicy": { "requiresCommentApproval": OPEN },
        }),
    )
    .await;
    let host = &hooked.host;
    let work = host.repository("o/r");
    let commit = work.push(&[("f", "1")], "refs/heads/main");
    let head = work.push(&[("f", "2")], "refs/pull/7/head");
    let mut push = github_push(host, "refs/heads/main", &commit);
    hooked.build("push", &push).await;
    push["commits"][0]["added"] = json!(["docs/new"]);
    hooked.nothing("push", &push).await;
    push = github_push(host, "refs/heads/main", &commit);
    push["head_commit"]["message"] = json!("change");
    hooked.nothing("push", &push).await;
    let pull = github_pull(host, "opened", &head, false, false);
    // The provider does not tell: no silent no.
    let (status, answer) = hooked.send("pull_request", "d1", &pull).await;
    assert_eq!(status, 502, "{answer}");
    host.answers(
        "GET /api/v3/repos/o/r/pulls/7/files?per_page=100&page=1",
        200,
        json!([{ "filename": "x", "previous_filename": "src/x" }]),
    );
    host.answers(
        &format!("GET /api/v3/repos/o/r/commits/{head}"),
        200,
        json!({ "commit": { "message": "[CodeBuild]" } }),
    );
    hooked.build("pull_request", &pull).await;
    host.answers(
        "GET /api/v3/repos/o/r/pulls/7/files?per_page=100&page=1",
        200,
        json!([{ "filename": "x" }]),
    );
    hooked.nothing("pull_request", &pull).await;
}

async fn strangers_wait_for_approval() {
    let hooked = Hooked::start("GITHUB_ENTERPRISE", json!({})).await;
    let host = &hooked.host;
    let work = host.repository("o/r");
    work.push(&[("f", "1")], "refs/heads/main");
    let head = work.push(&[("f", "2")], "refs/pull/7/head");
    let pull = github_pull(host, "opened", &head, false, true);
    let role = |name: &str, role: &str| {
        let path = format!("GET /api/v3/repos/o/r/collaborators/{name}/permission");
        host.answers(&path, 200, json!({ "permission": role, "role_name": role }));
    };
    role("author", "read");
    let said = hooked.nothing("pull_request", &pull).await;
    assert!(said.starts_with("Pull request approval is required"), "{said}");
    let asked = host.asked();
    let status = asked.iter().find(|it| it.path.contains("/statuses/")).unwrap();
    assert_eq!(status.body["state"], "failure");
    let comment = |text: &str, writer: &str| {
        json!({
            "action": "created",
            "issue": { "number": 7, "pull_request": {} },
            "comment": { "body": text, "user": { "login": writer } },
            "repository": pull["repository"], "sender": { "id": 44 },
        })
    };
    role("keeper", "maintain");
    host.answers("GET /api/v3/repos/o/r/pulls/7", 200, pull["pull_request"].clone());
    let run = format!("looks fine\n/codebuild_run({head})");
    hooked.nothing("issue_comment", &comment("looks fine", "keeper")).await;
    let said = hooked.nothing("issue_comment", &comment(&run, "author")).await;
    assert!(said.contains("may not approve"), "{said}");
    let said = hooked.nothing("issue_comment", &comment(&run, "unheard-of")).await;
    assert!(said.contains("may not approve"), "{said}");
    let old = format!("/codebuild_run({})", "3".repeat(40));
    let said = hooked.nothing("issue_comment", &comment(&old, "keeper")).await;
    assert!(said.contains("not the head"), "{said}");
    let build = hooked.build("issue_comment", &comment(&run, "keeper")).await;
    assert_eq!(build["resolvedSourceVersion"], head);
    assert_eq!(build["sourceVersion"], format!("refs/pull/7/head^{{{head}}}"));
    // Who may write needs no approval.
    role("author", "write");
    hooked.build("pull_request", &pull).await;
}

async fn gitlab_events_start_builds() {
    let hooked = Hooked::start("GITLAB_SELF_MANAGED", json!({
        "filterGroups": [[{ "type": "EVENT", "pattern": "PUSH,PULL_REQUEST_CREATED,PULL_REQUEST_UPDATED,PULL_REQUEST_MERGED,PULL_REQUEST_CLOSED,PULL_REQUEST_REOPENED,RELEASED" }]],
        "pullRequestBuildPolicy": { "requiresCommentApproval": "FORK_PULL_REQUESTS" },
    }))
    .await;
    let host = &hooked.host;
    let work = host.repository("o/r");
    let commit = work.push(&[("f", "1")], "refs/heads/main");
    work.git(&["tag", "v1"]);
    work.git(&["push", "--quiet", "origin", "v1"]);
    let head = work.push(&[("f", "2")], "refs/merge-requests/5/head");
    let project = json!({ "path_with_namespace": "o/r", "git_http_url": host.http("o/r.git") });
    let push = |hook_ref: &str| {
        json!({
            "ref": hook_ref, "before": "1".repeat(40), "after": commit, "checkout_sha": commit, "user_id": 9,
            "project": project, "total_commits_count": 1,
            "commits": [{ "id": commit, "message": "m", "added": [], "modified": ["f"], "removed": [] }],
        })
    };
    let build = hooked.build("Push Hook", &push("refs/heads/main")).await;
    assert_eq!(
        (&build["initiator"], &build["sourceVersion"]),
        (&json!("GitLab-Hookshot"), &json!(commit))
    );
    let build = hooked.build("Tag Push Hook", &push("refs/tags/v1")).await;
    assert!(hooked.variables(&build).await.contains(&("TRIGGER".into(), "tag/v1".into())));
    let merge = |action: &str, oldrev: bool, from: i32| {
        let mut body = json!({
            "user": { "id": 8 }, "project": project,
            "object_attributes": {
                "action": action, "iid": 5, "source_branch": "topic", "target_branch": "main",
                "source_project_id": from, "target_project_id": 1, "author_id": 8,
                "merge_commit_sha": "2".repeat(40),
                "last_commit": { "id": head, "message": "m" },
            },
        });
        if oldrev {
            body["object_attributes"]["oldrev"] = json!("1".repeat(40));
        }
        body
    };
    for (action, oldrev, event) in [
        ("open", false, "PULL_REQUEST_CREATED"),
        ("update", true, "PULL_REQUEST_UPDATED"),
        ("merge", false, "PULL_REQUEST_MERGED"),
        ("close", false, "PULL_REQUEST_CLOSED"),
        ("reopen", false, "PULL_REQUEST_REOPENED"),
    ] {
        let build = hooked.build("Merge Request Hook", &merge(action, oldrev, 1)).await;
        assert_eq!(build["resolvedSourceVersion"], head);
        let variables = hooked.variables(&build).await;
        assert!(variables.contains(&("EVENT".into(), event.into())), "{variables:?}");
        assert!(variables.contains(&("TRIGGER".into(), "pr/5".into())), "{variables:?}");
        assert!(
            variables.contains(&("BASE_REF".into(), "refs/heads/main".into())),
            "{variables:?}"
        );
    }
    // A new title is no new commit.
    hooked.nothing("Merge Request Hook", &merge("update", false, 1)).await;
    host.answers("GET /api/v4/projects/o%2Fr/members/all/8", 200, json!({ "access_level": 20 }));
    let said = hooked.nothing("Merge Request Hook", &merge("open", false, 2)).await;
    assert!(said.contains("approval"), "{said}");
    host.answers("GET /api/v4/projects/o%2Fr/members/all/3", 200, json!({ "access_level": 40 }));
    let note = |user: i32| {
        json!({
            "user": { "id": user }, "project": project,
            "object_attributes": { "note": format!("/codebuild_run({head})") },
            "merge_request": merge("open", false, 2)["object_attributes"],
        })
    };
    hooked.nothing("Note Hook", &note(8)).await;
    hooked.build("Note Hook", &note(3)).await;
    let release = json!({
        "action": "create", "tag": "v1", "name": "One", "project": project,
        "commit": { "id": commit, "message": "m", "author": { "email": "a@example.com" } },
    });
    let build = hooked.build("Release Hook", &release).await;
    assert_eq!(build["sourceVersion"], "refs/tags/v1");
    assert_eq!(build["resolvedSourceVersion"], commit);
    let (status, _) = hooked.send_signed("Push Hook", "d", &push("refs/heads/main"), "wrong").await;
    assert_eq!(status, 401);
}

async fn bitbucket_events_start_builds() {
    let hooked = Hooked::start("BITBUCKET", json!({
        "filterGroups": [
            [{ "type": "EVENT", "pattern": "PUSH" }, { "type": "FILE_PATH", "pattern": "^src/" }],
            [{ "type": "EVENT", "pattern": "PULL_REQUEST_CREATED,PULL_REQUEST_UPDATED,PULL_REQUEST_MERGED,PULL_REQUEST_CLOSED" }],
        ],
        "pullRequestBuildPolicy": { "requiresCommentApproval": OPEN },
    }))
    .await;
    let host = &hooked.host;
    let work = host.repository("o/r");
    let commit = work.push(&[("f", "1")], "refs/heads/main");
    let head = work.push(&[("f", "2")], "refs/heads/topic");
    let repository =
        json!({ "full_name": "o/r", "links": { "html": { "href": host.http("o/r") } } });
    let push = json!({
        "actor": { "account_id": "a-1" }, "repository": repository,
        "push": { "changes": [
            { "new": null, "old": { "name": "gone" } },
            { "new": { "type": "branch", "name": "main", "target": { "hash": commit, "message": "m" } }, "old": null },
            { "new": { "type": "branch", "name": "topic", "target": { "hash": head, "message": "m" } }, "old": { "target": { "hash": commit } } },
        ] },
    });
    host.answers(
        &format!("GET /2.0/repositories/o/r/diffstat/{commit}?pagelen=500&page=1"),
        200,
        json!({ "values": [{ "new": { "path": "src/a" } }] }),
    );
    host.answers(
        &format!("GET /2.0/repositories/o/r/diffstat/{head}..{commit}?pagelen=500&page=1"),
        200,
        json!({ "values": [{ "old": { "path": "src/b" }, "new": null }] }),
    );
    let (status, answer) = hooked.send("repo:push", "d", &push).await;
    assert_eq!((status, answer["builds"].as_array().unwrap().len()), (200, 2), "{answer}");
    for (at, (branch, commit)) in [("main", &commit), ("topic", &head)].into_iter().enumerate() {
        let build = hooked.yard.finished(answer["builds"][at].as_str().unwrap()).await;
        assert_eq!(
            (&build["buildStatus"], &build["resolvedSourceVersion"]),
            (&json!("SUCCEEDED"), &json!(commit)),
            "{build}"
        );
        assert!(
            hooked
                .variables(&build)
                .await
                .contains(&("TRIGGER".into(), format!("branch/{branch}")))
        );
    }
    let side = |branch: &str, hash: &str| json!({ "branch": { "name": branch }, "commit": { "hash": hash }, "repository": { "full_name": "o/r" } });
    for (key, event) in [
        ("created", "PULL_REQUEST_CREATED"),
        ("updated", "PULL_REQUEST_UPDATED"),
        ("fulfilled", "PULL_REQUEST_MERGED"),
        ("rejected", "PULL_REQUEST_CLOSED"),
    ] {
        let body = json!({
            "actor": { "account_id": "a-1" }, "repository": repository,
            "pullrequest": {
                "id": 3, "author": { "account_id": "a-2" }, "source": side("topic", &head[..12]),
                "destination": side("main", &commit[..12]), "merge_commit": { "hash": commit[..12] },
            },
        });
        let build = hooked.build(&format!("pullrequest:{key}"), &body).await;
        assert_eq!(build["resolvedSourceVersion"], head);
        assert!(hooked.variables(&build).await.contains(&("EVENT".into(), event.into())));
    }
    hooked.nothing("repo:fork", &json!({})).await;
}

async fn webhooks_are_changed_and_deleted_at_the_provider() {
    let hooked = Hooked::start("GITHUB_ENTERPRISE", json!({ "branchFilter": "^main$" })).await;
    let (yard, host) = (&hooked.yard, &hooked.host);
    let commit = host.repository("o/r").push(&[("f", "1")], "refs/heads/main");
    hooked.nothing("push", &github_push(host, "refs/heads/topic", &commit)).await;
    hooked.build("push", &github_push(host, "refs/heads/main", &commit)).await;
    let (status, output) = yard.call("CreateWebhook", json!({ "projectName": "pp" })).await;
    assert_eq!((status, &output["__type"]), (400, &json!("ResourceAlreadyExistsException")));
    host.asked();
    let changed = yard
        .ok(
            "UpdateWebhook",
            json!({ "projectName": "pp", "branchFilter": "topic", "rotateSecret": true }),
        )
        .await;
    assert_eq!(changed["webhook"]["branchFilter"], "topic");
    let asked = host.asked().pop().unwrap();
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str()),
        ("PATCH", "/api/v3/repos/o/r/hooks/7")
    );
    let secret = asked.body["config"]["secret"].as_str().unwrap();
    assert_ne!(secret, hooked.secret);
    let push = github_push(host, "refs/heads/topic", &commit);
    assert_eq!(hooked.send("push", "d", &push).await.0, 401);
    let (status, answer) = hooked.send_signed("push", "d", &push, secret).await;
    assert_eq!(status, 200, "{answer}");
    yard.finished(answer["builds"][0].as_str().unwrap()).await;
    // The hook stays with its repository.
    let (status, output) = yard.call("UpdateProject", json!({ "name": "pp", "source": { "type": "GITHUB", "location": "https://github.com/a/b" } })).await;
    assert_eq!((status, &output["__type"]), (400, &json!("InvalidInputException")), "{output}");
    host.answers("DELETE /api/v3/repos/o/r/hooks/7", 403, json!({ "message": "no" }));
    let (status, output) = yard.call("DeleteWebhook", json!({ "projectName": "pp" })).await;
    assert_eq!((status, &output["__type"]), (400, &json!("OAuthProviderException")), "{output}");
    host.answers("DELETE /api/v3/repos/o/r/hooks/7", 204, Value::Null);
    yard.ok("DeleteWebhook", json!({ "projectName": "pp" })).await;
    assert_eq!(hooked.send_signed("push", "d", &push, secret).await.0, 404);
    for operation in ["DeleteWebhook", "UpdateWebhook"] {
        let (status, output) = yard.call(operation, json!({ "projectName": "pp" })).await;
        assert_eq!(
            (status, &output["__type"]),
            (400, &json!("ResourceNotFoundException")),
            "{output}"
        );
    }
}

async fn webhooks_that_cannot_be_made_are_refused() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let mut project = yard.project("pp", "");
    project["source"] = json!({ "type": "GITHUB_ENTERPRISE", "location": host.http("o/r.git") });
    yard.ok("CreateProject", project).await;
    let (status, output) = yard.call("CreateWebhook", json!({ "projectName": "pp" })).await;
    assert_eq!(output["message"], "Could not find access token for server type github_enterprise");
    assert_eq!((status, &output["__type"]), (400, &json!("InvalidInputException")));
    // By hand it needs none, and then tells what the user has to enter.
    let made =
        yard.ok("CreateWebhook", json!({ "projectName": "pp", "manualCreation": true })).await;
    assert!(
        made["webhook"]["secret"].as_str().unwrap().len() > 30 && made["webhook"]["url"].is_null()
    );
    assert!(host.asked().is_empty());
    yard.ok("DeleteWebhook", json!({ "projectName": "pp" })).await;
    let token = json!({ "serverType": "GITHUB_ENTERPRISE", "authType": "PERSONAL_ACCESS_TOKEN", "token": "t" });
    yard.ok("ImportSourceCredentials", token).await;
    host.answers("POST /api/v3/repos/o/r/hooks", 404, json!({ "message": "Not Found" }));
    let (status, output) = yard.call("CreateWebhook", json!({ "projectName": "pp" })).await;
    assert_eq!((status, &output["__type"]), (400, &json!("OAuthProviderException")));
    assert!(
        output["message"]
            .as_str()
            .unwrap()
            .starts_with("Repository not found or permission denied.")
    );
    let group = |filters: Value| json!({ "filterGroups": [filters] });
    let event = |pattern: &str| json!({ "type": "EVENT", "pattern": pattern });
    for (input, named) in [
        (group(json!([{ "type": "HEAD_REF", "pattern": "x" }])), "EVENT"),
        (group(json!([event("PUSHED")])), "PUSHED"),
        (group(json!([event("WORKFLOW_JOB_QUEUED")])), "WORKFLOW_JOB_QUEUED"),
        (group(json!([event("RELEASED")])), "RELEASED"),
        (
            group(json!([event("PUSH"), { "type": "HEAD_REF", "pattern": "(" }])),
            "regular expression",
        ),
        (
            group(json!([event("PUSH"), { "type": "WORKFLOW_NAME", "pattern": "x" }])),
            "WORKFLOW_NAME",
        ),
        (
            group(json!([event("PUSH"), { "type": "REPOSITORY_NAME", "pattern": "x" }])),
            "REPOSITORY_NAME",
        ),
        (json!({ "branchFilter": "x", "filterGroups": [[event("PUSH")]] }), "branchFilter"),
        (json!({ "branchFilter": "[" }), "branch filter"),
        (json!({ "buildType": "RUNNER_BUILDKITE_BUILD" }), "RUNNER_BUILDKITE_BUILD"),
        (json!({ "scopeConfiguration": { "name": "o", "scope": "GITHUB_ORGANIZATION" } }), "scope"),
        (
            json!({ "pullRequestBuildPolicy": { "requiresCommentApproval": "ALL_PULL_REQUESTS", "approverRoles": ["GITLAB_OWNER"] } }),
            "GITLAB_OWNER",
        ),
    ] {
        let mut input = input;
        input["projectName"] = json!("pp");
        let (status, output) = yard.call("CreateWebhook", input.clone()).await;
        assert!((400..=501).contains(&status), "{input}: {output}");
        assert!(output["message"].as_str().unwrap().contains(named), "{input}: {output}");
    }
    yard.create("other", SPEC).await;
    let (status, output) = yard.call("CreateWebhook", json!({ "projectName": "other" })).await;
    assert_eq!((status, &output["__type"]), (400, &json!("InvalidInputException")), "{output}");
    let eve = yard.yard.user("eve", json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sts:*", "Resource": "*" }] }));
    let target = "CodeBuild_20161006.CreateWebhook";
    let (status, output) =
        yard.yard.json_as(&eve, "codebuild", target, json!({ "projectName": "pp" })).await;
    assert_eq!(status, 400, "{output}");
    assert!(output["message"].as_str().unwrap().contains("codebuild:CreateWebhook"), "{output}");
}

async fn an_organizations_hook_builds_the_repository_of_each_event() {
    let (yard, host) = (Yard::start().await, Host::start().await);
    let mut project = yard.project("pp", SPEC);
    project["source"] = json!({
        "type": "GITHUB_ENTERPRISE", "location": "CODEBUILD_DEFAULT_WEBHOOK_SOURCE_LOCATION", "buildspec": SPEC,
    });
    yard.ok("CreateProject", project).await;
    let token = json!({ "serverType": "GITHUB_ENTERPRISE", "authType": "PERSONAL_ACCESS_TOKEN", "token": "t" });
    yard.ok("ImportSourceCredentials", token).await;
    let made = yard.ok("CreateWebhook", json!({
        "projectName": "pp",
        "scopeConfiguration": { "name": "o", "domain": host.http("").trim_end_matches('/'), "scope": "GITHUB_ORGANIZATION" },
        "filterGroups": [[{ "type": "EVENT", "pattern": "PUSH" }, { "type": "REPOSITORY_NAME", "pattern": "^r$" }]],
    }))
    .await;
    let asked = host.asked().pop().unwrap();
    assert_eq!(asked.path, "/api/v3/orgs/o/hooks");
    let commit = host.repository("o/r").push(&[("f", "1")], "refs/heads/main");
    let hooked = Hooked {
        path: made["webhook"]["payloadUrl"]
            .as_str()
            .unwrap()
            .strip_prefix(&yard.yard.url)
            .unwrap()
            .to_owned(),
        secret: asked.body["config"]["secret"].as_str().unwrap().to_owned(),
        kind: "GITHUB_ENTERPRISE",
        yard,
        host,
    };
    let mut push = github_push(&hooked.host, "refs/heads/main", &commit);
    let build = hooked.build("push", &push).await;
    assert_eq!(build["source"]["location"], hooked.host.http("o/r.git"));
    push["repository"]["name"] = json!("other");
    hooked.nothing("push", &push).await;
    push["repository"] = json!({ "name": "r", "clone_url": "http://169.254.169.254/o/r" });
    let (status, answer) = hooked.send("push", "d", &push).await;
    assert_eq!(status, 400, "{answer}");
    // Nor do credentials go to another host or organization, whatever an event says.
    for url in ["https://elsewhere.example/o/r.git", &hooked.host.http("p/r.git")] {
        push["repository"]["clone_url"] = json!(url);
        let (status, answer) = hooked.send("push", url, &push).await;
        assert_eq!(status, 400, "{url}: {answer}");
        assert!(answer["message"].as_str().unwrap().contains("is no repository of o"), "{answer}");
    }
    let (status, output) = hooked.yard.call("StartBuild", json!({ "projectName": "pp" })).await;
    assert_eq!((status, &output["__type"]), (400, &json!("InvalidInputException")), "{output}");
}

crate::tests![
    github_events_start_builds,
    only_signed_events_are_taken,
    filters_ask_the_provider_for_what_events_lack,
    strangers_wait_for_approval,
    gitlab_events_start_builds,
    bitbucket_events_start_builds,
    webhooks_are_changed_and_deleted_at_the_provider,
    webhooks_that_cannot_be_made_are_refused,
    an_organizations_hook_builds_the_repository_of_each_event,
];
