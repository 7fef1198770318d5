//! The stock clients.

use std::process::Command;

use crate::host::Host;
use crate::support::Bench;

const SCRIPT: &str = r#"
import sys, boto3
url, host = sys.argv[1:]
for name in ("codeconnections", "codestar-connections"):
    c = boto3.client(name, endpoint_url=url)
    h = c.create_host(Name="h", ProviderType="GitHubEnterpriseServer", ProviderEndpoint=host)["HostArn"]
    a = c.create_connection(ConnectionName=name, HostArn=h, Tags=[{"Key": "k", "Value": "v"}])["ConnectionArn"]
    assert a.split(":")[2] == name, a
    assert c.get_connection(ConnectionArn=a)["Connection"]["ConnectionStatus"] == "PENDING"
    assert a in [x["ConnectionArn"] for x in c.list_connections(MaxResults=100)["Connections"]]
    assert c.list_tags_for_resource(ResourceArn=a)["Tags"] == [{"Key": "k", "Value": "v"}]
    c.update_host(HostArn=h, ProviderEndpoint="https://g.example")
    assert c.get_host(HostArn=h)["ProviderEndpoint"] == "https://g.example"
    c.delete_connection(ConnectionArn=a)
    try:
        c.get_connection(ConnectionArn=a)
        raise SystemExit("it is still there")
    except c.exceptions.ResourceNotFoundException as e:
        assert a in e.response["Error"]["Message"], e
    c.delete_host(HostArn=h)
    try:
        c.list_repository_links()
        raise SystemExit("there are repository links")
    except c.exceptions.ClientError as e:
        assert e.response["Error"]["Code"] == "NotImplemented", e
"#;

#[tokio::test(flavor = "multi_thread")]
async fn boto3_at_both_endpoints() {
    let (bench, host) = (Bench::new().await, Host::start().await);
    let (url, place, keys) = (bench.yard.url.clone(), host.http(""), bench.yard.root());
    let run = move || {
        Command::new(testkit::venv::bin().join("python"))
            .args(["-c", SCRIPT, &url, &place])
            .env_clear()
            .env("HOME", "/nonexistent")
            .env("AWS_DEFAULT_REGION", testkit::REGION)
            .env("AWS_ACCESS_KEY_ID", &keys.id)
            .env("AWS_SECRET_ACCESS_KEY", &keys.secret)
            .output()
            .unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
