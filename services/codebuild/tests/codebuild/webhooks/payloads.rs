//! Events with all that GitLab and Bitbucket Cloud put into them: each filter looks at its own
//! field, whatever looks like it beside.

use serde_json::{Value, json};

use super::{Hooked, OPEN};

fn payload(template: &str, values: &[(&str, &str)]) -> Value {
    let filled = values.iter().fold(template.to_owned(), |text, (name, value)| {
        // A JSON value, or a text within one.
        text.replace(name, value)
    });
    serde_json::from_str(&filled).unwrap_or_else(|error| panic!("{error}: {filled}"))
}

fn filter(kind: &str, pattern: &str) -> Value {
    json!({ "type": kind, "pattern": pattern })
}

/// Sends the event as it is, which is to start a build with these variables, and changed in one
/// place each, which is to start none.
async fn each_field_counts(
    hooked: &Hooked,
    event: &str,
    body: &Value,
    variables: &[(&str, &str)],
    places: &[&str],
) {
    let build = hooked.build(event, body).await;
    let told = hooked.variables(&build).await;
    for (name, value) in variables {
        assert!(told.contains(&((*name).into(), (*value).into())), "{event}: {name}: {told:?}");
    }
    for place in places {
        let mut other = body.clone();
        *other.pointer_mut(place).unwrap_or_else(|| panic!("{place}")) = match *place {
            place if place.ends_with("_id") => json!(1),
            _ => json!("another"),
        };
        let said = hooked.nothing(event, &other).await;
        assert!(said.starts_with("No filter group lets"), "{event} {place}: {said}");
    }
}

async fn gitlabs_fields() {
    let pulls =
        "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED, PULL_REQUEST_MERGED, PULL_REQUEST_CLOSED";
    let groups = json!([
        [
            filter("EVENT", "PUSH"),
            filter("HEAD_REF", "^refs/heads/topic$"),
            filter("ACTOR_ACCOUNT_ID", "^77$"),
            filter("COMMIT_MESSAGE", "^the newest commit\n\nwith"),
            filter("FILE_PATH", "^src/old.rs$"),
            filter("FILE_PATH", "^docs/a.md$"),
        ],
        [filter("EVENT", "PUSH"), filter("HEAD_REF", "^refs/tags/v1$")],
        [
            filter("EVENT", pulls),
            filter("HEAD_REF", "^refs/heads/topic$"),
            filter("BASE_REF", "^refs/heads/main$"),
            filter("ACTOR_ACCOUNT_ID", "^77$"),
            filter("COMMIT_MESSAGE", "newest"),
        ],
        [filter("EVENT", "RELEASED"), filter("TAG_NAME", "^v1$"), filter("RELEASE_NAME", "^One$"),],
    ]);
    let policy = json!({ "requiresCommentApproval": OPEN });
    let webhook = json!({ "filterGroups": groups, "pullRequestBuildPolicy": policy });
    let hooked = Hooked::start("GITLAB_SELF_MANAGED", webhook).await;
    let host = &hooked.host;
    let work = host.repository("o/r");
    let commit = work.push(&[("f", "1")], "refs/heads/topic");
    work.git(&["tag", "--annotate", "--message", "v1", "v1"]);
    work.git(&["push", "--quiet", "origin", "v1"]);
    let head = work.push(&[("f", "2")], "refs/merge-requests/5/head");
    let url = host.http("o/r.git");
    let own = [("URL", url.as_str()), ("COMMIT", &commit), ("HEAD", &head)];

    let push = include_str!("payloads/gitlab-push.json");
    let branch = [("REF", "refs/heads/topic"), ("AFTER", &commit)];
    let body = payload(push, &[&own[..], &branch].concat());
    let told = [("ACTOR_ACCOUNT_ID", "77"), ("TRIGGER", "branch/topic")];
    let places = ["/ref", "/user_id", "/commits/1/message", "/commits/0/modified/0"];
    each_field_counts(&hooked, "Push Hook", &body, &told, &places).await;
    // After an annotated tag comes the tag's own id.
    let tag = [("REF", "refs/tags/v1"), ("AFTER", "3333333333333333333333333333333333333333")];
    let mut body = payload(push, &[&own[..], &tag].concat());
    (body["object_kind"], body["event_name"]) = (json!("tag_push"), json!("tag_push"));
    let build = hooked.build("Tag Push Hook", &body).await;
    assert_eq!(build["resolvedSourceVersion"], commit, "{build}");
    body["checkout_sha"] = Value::Null;
    body["after"] = json!("0".repeat(40));
    assert!(hooked.nothing("Tag Push Hook", &body).await.contains("deleted"));

    let merge = include_str!("payloads/gitlab-merge-request.json");
    let merged = "4444444444444444444444444444444444444444";
    for (action, event) in [
        ("open", "PULL_REQUEST_CREATED"),
        ("update", "PULL_REQUEST_UPDATED"),
        ("merge", "PULL_REQUEST_MERGED"),
        ("close", "PULL_REQUEST_CLOSED"),
    ] {
        let mut body =
            payload(merge, &[&own[..], &[("ACTION", action), ("MERGE", merged)]].concat());
        let place = "/object_attributes/source_branch";
        let mut told = vec![("EVENT", event), ("TRIGGER", "pr/5"), ("BASE_REF", "refs/heads/main")];
        match action {
            "update" => body["object_attributes"]["oldrev"] = json!(commit),
            "merge" => told.push(("MERGE_COMMIT", merged)),
            _ => {}
        }
        each_field_counts(&hooked, "Merge Request Hook", &body, &told, &[place]).await;
        let places = [
            "/object_attributes/target_branch",
            "/user/id",
            "/object_attributes/last_commit/message",
        ];
        for place in places {
            let mut other = body.clone();
            *other.pointer_mut(place).unwrap() = json!("another");
            hooked.nothing("Merge Request Hook", &other).await;
        }
    }
    let release = payload(include_str!("payloads/gitlab-release.json"), &own);
    each_field_counts(&hooked, "Release Hook", &release, &[], &["/tag", "/name"]).await;
    let mut gone = release;
    gone["action"] = json!("delete");
    hooked.nothing("Release Hook", &gone).await;
}

async fn bitbuckets_fields() {
    let pulls =
        "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED, PULL_REQUEST_MERGED, PULL_REQUEST_CLOSED";
    let groups = json!([
        [
            filter("EVENT", "PUSH"),
            filter("HEAD_REF", "^refs/heads/topic$"),
            filter("ACTOR_ACCOUNT_ID", "^557058:ann$"),
            filter("COMMIT_MESSAGE", "^the newest commit"),
        ],
        [filter("EVENT", "PUSH"), filter("HEAD_REF", "^refs/tags/v1$")],
        [
            filter("EVENT", pulls),
            filter("HEAD_REF", "^refs/heads/topic$"),
            filter("BASE_REF", "^refs/heads/main$"),
            filter("ACTOR_ACCOUNT_ID", "^557058:ann$"),
        ],
    ]);
    let policy = json!({ "requiresCommentApproval": OPEN });
    let webhook = json!({ "filterGroups": groups, "pullRequestBuildPolicy": policy });
    let hooked = Hooked::start("BITBUCKET", webhook).await;
    let host = &hooked.host;
    let work = host.repository("o/r");
    let commit = work.push(&[("f", "1")], "refs/heads/main");
    work.git(&["tag", "v1"]);
    work.git(&["push", "--quiet", "origin", "v1"]);
    let head = work.push(&[("f", "2")], "refs/heads/topic");
    let page = host.http("o/r");
    let ann = r#"{ "type": "user", "display_name": "Ann", "account_id": "557058:ann",
        "nickname": "ann", "uuid": "{6}", "links": { "self": { "href": "https://x" } } }"#;
    let own = [("PAGE", page.as_str()), ("COMMIT", &commit), ("HEAD", &head)];

    // One push, three changes: a branch that is gone, a branch, and a tag.
    let push = include_str!("payloads/bitbucket-push.json");
    let body = payload(push, &[&own[..], &[("ACTOR", ann)]].concat());
    let started = |answer: &Value| answer["builds"].as_array().unwrap().clone();
    let (status, answer) = hooked.send("repo:push", &types::uuid(), &body).await;
    let builds = started(&answer);
    assert_eq!((status, builds.len()), (200, 2), "{answer}");
    for (id, commit, trigger) in
        [(&builds[0], &head, "branch/topic"), (&builds[1], &commit, "tag/v1")]
    {
        let build = hooked.yard.finished(id.as_str().unwrap()).await;
        assert_eq!(build["resolvedSourceVersion"], *commit, "{build}");
        let told = hooked.variables(&build).await;
        assert!(told.contains(&("TRIGGER".into(), trigger.into())), "{told:?}");
        assert!(told.contains(&("ACTOR_ACCOUNT_ID".into(), "557058:ann".into())), "{told:?}");
    }
    // Who is no person has no account id: only the group that asks for none lets it.
    let token = r#"{ "type": "app_user", "display_name": "ci", "uuid": "{5}", "kind": "repository_access_token" }"#;
    let body = payload(push, &[&own[..], &[("ACTOR", token)]].concat());
    let (status, answer) = hooked.send("repo:push", &types::uuid(), &body).await;
    assert_eq!((status, started(&answer).len()), (200, 1), "{answer}");
    let build = hooked.yard.finished(started(&answer)[0].as_str().unwrap()).await;
    let told = hooked.variables(&build).await;
    assert!(told.contains(&("ACTOR_ACCOUNT_ID".into(), "{5}".into())), "{told:?}");
    let body = payload(push, &[&own[..], &[("ACTOR", "null")]].concat());
    let (status, answer) = hooked.send("repo:push", &types::uuid(), &body).await;
    assert_eq!((status, started(&answer).len()), (200, 1), "{answer}");
    hooked.yard.finished(started(&answer)[0].as_str().unwrap()).await;

    let pull = include_str!("payloads/bitbucket-pull-request.json");
    let merge = format!("{{ \"type\": \"commit\", \"hash\": \"{}\" }}", &commit[..12]);
    for (key, merge, event) in [
        ("created", "null", "PULL_REQUEST_CREATED"),
        ("updated", "null", "PULL_REQUEST_UPDATED"),
        ("fulfilled", &merge, "PULL_REQUEST_MERGED"),
        ("rejected", "null", "PULL_REQUEST_CLOSED"),
    ] {
        let sides = [("SHORT", &head[..12]), ("BASE", &commit[..12])];
        let body = payload(pull, &[&own[..], &sides, &[("ACTOR", ann), ("MERGE", merge)]].concat());
        let name = format!("pullrequest:{key}");
        let told = [("EVENT", event), ("TRIGGER", "pr/3"), ("HEAD_REF", "refs/heads/topic")];
        let places = [
            "/pullrequest/source/branch/name",
            "/pullrequest/destination/branch/name",
            "/actor/account_id",
        ];
        each_field_counts(&hooked, &name, &body, &told, &places).await;
    }
}

crate::tests![gitlabs_fields, bitbuckets_fields];
