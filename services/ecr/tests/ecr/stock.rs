//! The stock AWS command line, unmodified.

use serde_json::Value;
use testkit::TestYard;
use tokio::process::Command;

/// What `aws ecr …` prints.
async fn aws(yard: &TestYard, arguments: &[&str]) -> Result<String, String> {
    let bin = tokio::task::spawn_blocking(testkit::venv::bin).await.unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let output = Command::new(bin.join("aws"))
        .arg("ecr")
        .args(arguments)
        .env_clear()
        .env("PATH", format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default()))
        .env("HOME", scratch.path())
        .env("AWS_ENDPOINT_URL", &yard.url)
        .env("AWS_ACCESS_KEY_ID", testkit::ROOT_KEY)
        .env("AWS_SECRET_ACCESS_KEY", testkit::ROOT_SECRET)
        .env("AWS_DEFAULT_REGION", testkit::REGION)
        .output()
        .await
        .unwrap();
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_courses_commands() {
    let yard = crate::yard().await;
    let made = aws(&yard, &["create-repository", "--repository-name", "app"]).await.unwrap();
    let made: Value = serde_json::from_str(&made).unwrap();
    assert!(made["repository"]["repositoryUri"].as_str().unwrap().ends_with("/app"));
    let password = aws(&yard, &["get-login-password"]).await.unwrap();
    let engine = crate::oci::Engine {
        yard: &yard,
        authorization: format!("Basic {}", {
            use base64::Engine as _;
            base64::engine::general_purpose::STANDARD.encode(format!("AWS:{password}"))
        }),
    };
    let digest = engine.push("app", "latest", &[b"layer"]).await;
    let described = aws(&yard, &["describe-images", "--repository-name", "app"]).await.unwrap();
    assert!(described.contains(&digest), "{described}");
    let waited = ["wait", "image-scan-complete", "--repository-name", "app", "--image-id"];
    let told = aws(&yard, &[&waited[..], &["imageTag=latest"]].concat()).await.unwrap_err();
    assert!(told.contains("not supported by Codeyard"), "{told}");
    let told = aws(&yard, &["delete-repository", "--repository-name", "app"]).await.unwrap_err();
    assert!(told.contains("RepositoryNotEmptyException"), "{told}");
    aws(&yard, &["delete-repository", "--repository-name", "app", "--force"]).await.unwrap();
    let listed = aws(&yard, &["describe-repositories", "--query", "repositories"]).await.unwrap();
    assert_eq!(listed, "[]");
    yard.stop().await;
}
