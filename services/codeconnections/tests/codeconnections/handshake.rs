//! What makes connections AVAILABLE, and who gets their tokens.

use serde_json::json;

use crate::host::Host;
use crate::support::{Bench, refusal, services};

async fn status(bench: &Bench, arn: &str) -> String {
    let shown = bench.ok("GetConnection", json!({ "ConnectionArn": arn })).await;
    shown["Connection"]["ConnectionStatus"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_provider_is_asked_whose_the_token_is() {
    for (kind, path, answer, user, header) in [
        (
            "GitHubEnterpriseServer",
            "/api/v3/user",
            json!({ "login": "ada" }),
            "ada",
            "Bearer t0ken",
        ),
        ("GitLabSelfManaged", "/api/v4/user", json!({ "username": "bob" }), "bob", "t0ken"),
    ] {
        let (bench, host) = (Bench::new().await, Host::start().await);
        let at = bench.host(kind, &host).await;
        let made = bench.ok("CreateConnection", json!({ "ConnectionName": "c", "HostArn": at }));
        let arn = made.await["ConnectionArn"].as_str().unwrap().to_owned();
        let input = json!({ "ConnectionArn": arn, "Token": "t0ken" });
        host.answers(&format!("GET {path}"), 401, json!({ "message": "Bad credentials" }));
        let (_, code, said) = refusal(bench.own("AuthorizeConnection", input.clone()).await);
        assert_eq!(code, "ValidationException");
        assert!(
            said.contains("refused the token") && said.contains("HTTP 401 Bad credentials"),
            "{said}"
        );
        assert!(!said.contains("t0ken"), "{said}");
        assert_eq!(status(&bench, &arn).await, "PENDING");
        // A page that is no API tells nothing.
        host.answers(&format!("GET {path}"), 200, json!({}));
        let (_, code, _) = refusal(bench.own("AuthorizeConnection", input.clone()).await);
        assert_eq!(code, "ResourceUnavailableException");
        host.answers(&format!("GET {path}"), 200, answer);
        host.asked();
        let (status, done) = bench.own("AuthorizeConnection", input).await;
        assert_eq!(status, 200, "{done}");
        assert_eq!(done["ProviderUser"], user);
        assert_eq!(done["Connection"]["ConnectionStatus"], "AVAILABLE");
        assert_eq!(host.asked()[0].authorization, header);
        let shown = bench.ok("GetHost", json!({ "HostArn": at })).await;
        assert_eq!(shown["Status"], "AVAILABLE");
    }
}

#[tokio::test]
async fn tokens_that_stand_for_no_user_are_taken_unasked() {
    let (bench, host) = (Bench::new().await, Host::start().await);
    let at = bench.host("GitHubEnterpriseServer", &host).await;
    let made = bench.ok("CreateConnection", json!({ "ConnectionName": "c", "HostArn": at })).await;
    let input = json!({
        "ConnectionArn": made["ConnectionArn"], "Token": "ghs_x", "SkipVerification": true,
    });
    let (status, done) = bench.own("AuthorizeConnection", input).await;
    assert_eq!(status, 200, "{done}");
    assert_eq!(done["ProviderUser"], json!(null));
    assert!(host.asked().is_empty());
    // Nothing was heard of the host.
    let shown = bench.ok("GetHost", json!({ "HostArn": at })).await;
    assert_eq!(shown["Status"], "PENDING");
}

#[tokio::test]
async fn a_token_stays_with_its_host() {
    let (bench, host, other) = (Bench::new().await, Host::start().await, Host::start().await);
    let arn = bench.connection(&host).await;
    let at = bench.ok("ListHosts", json!({})).await["Hosts"][0]["HostArn"].clone();
    let same = json!({ "HostArn": at, "ProviderEndpoint": host.http("") });
    bench.ok("UpdateHost", same).await;
    assert_eq!(status(&bench, &arn).await, "AVAILABLE");
    bench.ok("UpdateHost", json!({ "HostArn": at, "ProviderEndpoint": other.http("") })).await;
    assert_eq!(status(&bench, &arn).await, "PENDING");
    let shown = bench.ok("GetHost", json!({ "HostArn": at })).await;
    assert_eq!(shown["Status"], "PENDING");
    // Back again, and it is still gone.
    bench.ok("UpdateHost", json!({ "HostArn": at, "ProviderEndpoint": host.http("") })).await;
    assert_eq!(status(&bench, &arn).await, "PENDING");
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn clients_get_no_tokens() {
    let (bench, host) = (Bench::new().await, Host::start().await);
    let arn = bench.connection(&host).await;
    for operation in ["GetConnectionToken", "GetConnectionBranch", "GetConnectionArchive"] {
        let input = json!({
            "ConnectionArn": arn, "FullRepositoryId": "o/r", "BranchName": "main",
            "CommitId": "0".repeat(40),
        });
        let (_, code, said) = refusal(bench.own(operation, input).await);
        assert_eq!(code, "NotImplemented", "{said}");
        assert!(said.contains("for services of the yard only"), "{said}");
    }
    // Nor is one on disk as it is.
    for entry in std::fs::read_dir(bench.yard.dir()).unwrap().flatten() {
        if let Ok(bytes) = std::fs::read(entry.path()) {
            let found = bytes.windows(5).any(|it| it == b"t0ken");
            assert!(!found, "{}", entry.path().display());
        }
    }
}

#[tokio::test]
async fn user_names_are_for_bitbucket() {
    let bench = Bench::new().await;
    let input = json!({ "ConnectionName": "c", "ProviderType": "GitHub" });
    let made = bench.ok("CreateConnection", input).await;
    let arn = &made["ConnectionArn"];
    for input in [
        json!({ "ConnectionArn": arn, "Token": "x", "Username": "me" }),
        json!({ "ConnectionArn": arn, "Token": "two words" }),
        json!({ "ConnectionArn": arn, "Token": "" }),
        json!({ "ConnectionArn": arn }),
    ] {
        let answer = bench.own("AuthorizeConnection", input).await;
        assert_eq!(refusal(answer).1, "ValidationException");
    }
}

#[tokio::test]
async fn what_an_ended_yard_left_goes() {
    let left = |yard: &service::Yard| yard.config().data_dir.join("codeconnections/.tmpleft");
    let before = service::Service::new("before", service::Protocol::Json11)
        .on_start(move |yard| std::fs::create_dir_all(left(yard)).unwrap());
    let mut all = vec![before];
    all.extend(services());
    let yard = testkit::TestYard::start(all).await;
    assert!(!left(yard.yard()).exists());
}
