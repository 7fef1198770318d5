//! `codeyard up --test-mode`, for test suites that used moto or LocalStack.

use std::process::Command;
use std::time::Instant;

use crate::harness::{CODEYARD, Data, User, Yard};

fn test_yard(data: &Data) -> Yard {
    let mut command = Command::new(CODEYARD);
    command.args(["up", "--test-mode", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data.path());
    Yard::start(command, data.path())
}

fn anybody(yard: &Yard, key: &str) -> User {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    User {
        environment: vec![
            pair("AWS_ENDPOINT_URL", &yard.url),
            pair("AWS_ACCESS_KEY_ID", key),
            pair("AWS_SECRET_ACCESS_KEY", "anything"),
            pair("AWS_DEFAULT_REGION", "us-east-1"),
        ],
    }
}

#[test]
fn any_key_is_root_and_twelve_digits_choose_the_account() {
    let data = Data::new();
    let yard = test_yard(&data);
    let identity = |key: &str| anybody(&yard, key).aws(&["sts", "get-caller-identity"]);
    assert_eq!(identity("test")["Arn"], "arn:aws:iam::000000000000:root");
    assert_eq!(identity("444455556666")["Account"], "444455556666");
    let (one, two) = (anybody(&yard, "111111111111"), anybody(&yard, "222222222222"));
    one.aws(&["codecommit", "create-repository", "--repository-name", "r"]);
    assert_eq!(
        one.aws(&["codecommit", "list-repositories"])["repositories"].as_array().unwrap().len(),
        1
    );
    assert_eq!(
        two.aws(&["codecommit", "list-repositories"])["repositories"].as_array().unwrap().len(),
        0
    );
    assert!(!data.path().join("store").exists(), "nothing is kept");
}

#[test]
fn reset_wipes_everything_quickly() {
    let data = Data::new();
    let yard = test_yard(&data);
    let user = anybody(&yard, "test");
    user.aws(&["s3", "mb", "s3://bucket-to-wipe"]);
    user.aws(&["ssm", "put-parameter", "--name", "p", "--value", "v", "--type", "String"]);
    let client = client::Client::unsigned(&yard.url);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let began = Instant::now();
    let answer = runtime
        .block_on(async { client.send("", "POST", "/_codeyard/reset", &[], Vec::new()).await })
        .unwrap();
    // The figure is in bench/; here only that it answers at all and that everything is gone.
    assert_eq!(answer.status, 200, "{} after {:?}", answer.text(), began.elapsed());
    user.refused("ParameterNotFound", &["ssm", "get-parameter", "--name", "p"]);
    user.refused("404", &["s3api", "head-bucket", "--bucket", "bucket-to-wipe"]);
    user.aws(&["s3", "mb", "s3://bucket-to-wipe"]);
}
