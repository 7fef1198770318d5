//! The stock clients, unmodified.

use std::path::Path;

use testkit::TestYard;
use tokio::process::Command;

use crate::yard;

/// Runs a script against a yard of its own.
async fn run(script: &str) {
    let yard = yard().await;
    run_against(&yard, script).await;
    yard.stop().await;
}

/// Runs a script with the stock clients' Python.
pub async fn run_against(yard: &TestYard, script: &str) {
    let bin = tokio::task::spawn_blocking(testkit::venv::bin).await.unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/s3").join(script);
    let scratch = tempfile::tempdir().unwrap();
    let output = Command::new(bin.join("python"))
        .arg(script)
        .current_dir(scratch.path())
        .env_clear()
        .env("PATH", format!("{}:{path}", bin.display()))
        .env("HOME", scratch.path())
        .env("AWS_ENDPOINT_URL", &yard.url)
        .env("AWS_ACCESS_KEY_ID", testkit::ROOT_KEY)
        .env("AWS_SECRET_ACCESS_KEY", testkit::ROOT_SECRET)
        .env("AWS_DEFAULT_REGION", testkit::REGION)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_objects() {
    run("objects.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_buckets() {
    run("buckets.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_listings() {
    run("listings.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_multipart() {
    run("multipart.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn aws_command_line() {
    run("command_line.py").await;
}
