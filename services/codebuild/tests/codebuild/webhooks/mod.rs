//! Webhooks: made at providers, and the builds that their events start.

pub mod events;
pub mod jobs;
pub mod managing;
pub mod payloads;

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
                ("idempotency-key", delivery),
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
