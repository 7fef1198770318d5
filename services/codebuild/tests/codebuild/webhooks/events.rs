//! The builds that events start.

use serde_json::{Value, json};

use super::{Hooked, OPEN, github_pull, github_push, pairs};

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
    hooked.nothing("workflow_job", &json!({ "action": "completed" })).await;
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

async fn events_of_other_repositories_start_nothing() {
    let hooked = Hooked::start(
        "GITHUB_ENTERPRISE",
        json!({ "pullRequestBuildPolicy": { "requiresCommentApproval": "ALL_PULL_REQUESTS" } }),
    )
    .await;
    let host = &hooked.host;
    let commit = host.repository("o/r").push(&[("f", "1")], "refs/heads/main");
    let named = |path: &str, mut body: Value| {
        body["repository"]["clone_url"] = json!(host.http(path));
        body
    };
    let push = github_push(host, "refs/heads/main", &commit);
    let comment = json!({
        "action": "created",
        "repository": { "name": "r", "owner": { "login": "o" } },
        "sender": { "id": 1 },
        "issue": { "number": 7, "pull_request": {} },
        "comment": { "body": format!("/codebuild_run({commit})"), "user": { "login": "writer" } },
    });
    for (event, body) in [
        ("push", named("o/other.git", push.clone())),
        ("push", named("p/r.git", push.clone())),
        ("push", named("o/r/x.git", push.clone())),
        ("push", named("", push.clone())),
        ("pull_request", named("o/other", github_pull(host, "opened", &commit, false, false))),
        ("issue_comment", named("o/other", comment)),
    ] {
        let (status, answer) = hooked.send(event, &types::uuid(), &body).await;
        assert_eq!(status, 400, "{answer}");
        let said = answer["message"].as_str().unwrap();
        assert!(said.contains("is not the project's repository"), "{said}");
    }
    let all = hooked.yard.ok("ListBuildsForProject", json!({ "projectName": "pp" })).await;
    assert_eq!(all["ids"], json!([]), "{all}");
    // However its letters are written, and behind another name of the host.
    hooked.build("push", &named("O/R.git", push.clone())).await;
    for alias in ["https://git.example.com/o/r.git", "http://git.internal:8080/o/r.git"] {
        let mut body = push.clone();
        body["repository"]["clone_url"] = json!(alias);
        hooked.build("push", &body).await;
    }
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
    // The commits of a fork's pull request are in the fork alone, at the same host.
    let fork = host.repository("stranger/r");
    let theirs = fork.push(&[("f", "3")], "refs/heads/mend");
    let mut source = side("mend", &theirs);
    source["repository"]["full_name"] = json!("stranger/r");
    let mut body = json!({
        "actor": { "account_id": "a-1" }, "repository": repository,
        "pullrequest": {
            "id": 4, "author": { "account_id": "a-3" }, "source": source,
            "destination": side("main", &commit[..12]),
        },
    });
    let build = hooked.build("pullrequest:created", &body).await;
    assert_eq!(build["source"]["location"], host.http("stranger/r.git"));
    assert_eq!(build["resolvedSourceVersion"], theirs);
    body["pullrequest"]["source"]["repository"]["full_name"] = json!("../x");
    let (status, answer) = hooked.send("pullrequest:created", "odd", &body).await;
    assert_eq!(status, 400, "{answer}");
    hooked.nothing("repo:fork", &json!({})).await;
}

crate::tests![
    github_events_start_builds,
    only_signed_events_are_taken,
    events_of_other_repositories_start_nothing,
    filters_ask_the_provider_for_what_events_lack,
    strangers_wait_for_approval,
    gitlab_events_start_builds,
    bitbucket_events_start_builds,
];
