//! Deployment hosts: whose rights they have, and agents that reach the yard from elsewhere.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::harness::{CODEYARD, Data, User, Yard, said, signal, until};
use crate::stock_clients::developer::role;

const LIMIT: Duration = Duration::from_secs(60);

/// The credentials in a `codedeploy.onpremises.yml`.
fn host_user(root: &User, config: &Path) -> User {
    let text = std::fs::read_to_string(config).unwrap();
    let value = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_else(|| panic!("no {name} in {text}")).to_owned()
    };
    root.with_keys(&value("aws_access_key_id"), &value("aws_secret_access_key"))
}

fn put(root: &User, bucket: &str, key: &str, file: &Path) {
    let file = file.to_str().unwrap();
    root.aws(&["s3api", "put-object", "--bucket", bucket, "--key", key, "--body", file]);
}

#[test]
fn a_host_reads_the_revisions_that_it_may_and_nothing_else() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "x").unwrap();
    for bucket in ["revisions", "secrets", "more-revisions"] {
        root.aws(&["s3", "mb", &format!("s3://{bucket}")]);
        put(&root, bucket, "key", &file);
    }
    let add = |more: &[&str]| {
        let output = data.codeyard(&[&["host", "add", "web-1"], more].concat()).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        said(&output)
    };
    assert!(add(&["--tag", "env=test"]).contains("--bucket"), "it tells how to let it read");
    let host = host_user(&root, &data.path().join("hosts.d/web-1/codedeploy.onpremises.yml"));
    let out = dir.path().join("out");
    let get = |bucket: &str| {
        let object = ["s3api", "get-object", "--bucket", bucket, "--key", "key"];
        host.try_aws(&[&object[..], &[out.to_str().unwrap()]].concat())
    };
    let denied = |bucket: &str| said(&get(bucket)).contains("AccessDenied");
    assert!(denied("revisions"), "nothing without --bucket");
    assert!(!add(&["--bucket", "revisions"]).contains("--bucket"));
    assert!(get("revisions").status.success());
    assert!(denied("secrets") && denied("more-revisions"));
    add(&["--bucket", "more-revisions"]);
    assert!(get("revisions").status.success() && get("more-revisions").status.success());
    for arguments in [
        &["s3api", "list-buckets"][..],
        &["s3api", "list-objects-v2", "--bucket", "revisions"],
        &["s3api", "delete-object", "--bucket", "revisions", "--key", "key"],
        &["s3api", "get-bucket-policy", "--bucket", "revisions"],
        &["iam", "list-user-policies", "--user-name", "web-1"],
        &["deploy", "list-applications"],
    ] {
        host.refused("AccessDenied", arguments);
    }
    let wild = data.codeyard(&["host", "add", "web-2", "--bucket", "*"]).output().unwrap();
    assert_eq!(wild.status.code(), Some(2), "{}", said(&wild));
    let removed = data.codeyard(&["host", "remove", "web-1"]).output().unwrap();
    assert!(removed.status.success(), "{}", said(&removed));
    root.refused("NoSuchEntity", &["iam", "get-user", "--user-name", "web-1"]);
}

/// A person's user of the same name gets neither a key nor a policy, and is not removed.
#[test]
fn a_host_takes_no_persons_user() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    root.aws(&["iam", "create-user", "--user-name", "ann"]);
    let taken = data.codeyard(&["host", "add", "ann", "--bucket", "revisions"]).output().unwrap();
    assert!(!taken.status.success() && said(&taken).contains("no host's"), "{}", said(&taken));
    let keys = root.aws(&["iam", "list-access-keys", "--user-name", "ann"]);
    assert_eq!(keys["AccessKeyMetadata"], json!([]));
    let policies = root.aws(&["iam", "list-user-policies", "--user-name", "ann"]);
    assert_eq!(policies["PolicyNames"], json!([]));
    let _ = data.codeyard(&["host", "remove", "ann"]).output().unwrap();
    let ann = root.aws(&["iam", "get-user", "--user-name", "ann"]);
    assert_eq!(ann["User"]["Path"], "/");
}

/// An agent that ends with the test.
struct Agent(Child);

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn agent(dir: &Path, endpoint: &str, ca: &Path) -> Command {
    let mut command = Command::new(CODEYARD);
    command
        .args(["agent", "--endpoint", endpoint, "--config"])
        .arg(dir.join("codedeploy.onpremises.yml"))
        .arg("--root")
        .arg(dir.join("root"))
        .arg("--ca-bundle")
        .arg(ca)
        .env("CODEYARD_LOG", "warn")
        .stderr(Stdio::piped());
    command
}

#[test]
fn an_agent_elsewhere_speaks_tls() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    let endpoint = yard.url.replace("http://127.0.0.1", "https://localhost");
    let dir = tempfile::tempdir().unwrap();
    let registered = root
        .command("aws")
        .args(["deploy", "register", "--instance-name", "far", "--tags", "Key=env,Value=test"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert!(registered.status.success(), "{}", said(&registered));
    let config = dir.path().join("codedeploy.onpremises.yml");
    let host = host_user(&root, &config);
    let arn = host.aws(&["sts", "get-caller-identity"])["Arn"].as_str().unwrap().to_owned();
    assert!(arn.contains(":user/AWS/CodeDeploy/"), "{arn}");
    let ca = dir.path().join("ca.pem");
    let authority = data.codeyard(&["ca"]).output().unwrap();
    std::fs::write(&ca, &authority.stdout).unwrap();

    let bundle = dir.path().join("bundle");
    std::fs::create_dir(&bundle).unwrap();
    let installed = dir.path().join("installed");
    let app_spec = format!(
        "version: 0.0\nos: linux\nfiles:\n  - source: page.txt\n    destination: {}\n",
        installed.display()
    );
    std::fs::write(bundle.join("appspec.yml"), app_spec).unwrap();
    std::fs::write(bundle.join("page.txt"), "over tls\n").unwrap();
    root.aws(&["s3", "mb", "s3://bundles"]);
    let deploy = role(
        &root,
        "deploy",
        "codedeploy.amazonaws.com",
        &json!([
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bundles/*"}]),
    );
    // AWS's guide against confused deputies: the role is for this group alone.
    let account = arn.split(':').nth(4).unwrap();
    let group_arn = format!("arn:aws:codedeploy:us-east-1:{account}:deploymentgroup:app/group");
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "codedeploy.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": account},
                      "ArnEquals": {"aws:SourceArn": group_arn}},
    }]});
    let trust = trust.to_string();
    let update = ["iam", "update-assume-role-policy", "--role-name", "deploy"];
    root.aws(&[&update[..], &["--policy-document", &trust]].concat());
    root.aws(&["deploy", "create-application", "--application-name", "app"]);
    let other = ["--application-name", "app", "--deployment-group-name", "other"];
    let create = ["deploy", "create-deployment-group", "--service-role-arn", &deploy];
    root.refused("InvalidRoleException", &[&create[..], &other].concat());
    let group = ["--application-name", "app", "--deployment-group-name", "group"];
    let filter = "Key=env,Value=test,Type=KEY_AND_VALUE";
    let create = ["deploy", "create-deployment-group", "--service-role-arn", &deploy];
    let create = [&create[..], &group, &["--on-premises-instance-tag-filters", filter]].concat();
    root.aws(&create);
    let push = ["deploy", "push", "--application-name", "app", "--s3-location", "s3://bundles/a"];
    let pushed = root.try_aws(&[&push[..], &["--source", bundle.to_str().unwrap()]].concat());
    assert!(pushed.status.success(), "{}", said(&pushed));
    let location = ["--s3-location", "bucket=bundles,key=a,bundleType=zip"];
    let id = root.aws(&[&["deploy", "create-deployment"][..], &group, &location].concat());
    let id = id["deploymentId"].as_str().unwrap().to_owned();

    // Whom it is not told to trust it tells nothing, and takes nothing from.
    let other = Data::new();
    let _other = Yard::up(&other, &[], &[]);
    let wrong = dir.path().join("wrong.pem");
    std::fs::write(&wrong, other.codeyard(&["ca"]).output().unwrap().stdout).unwrap();
    let mut doubting = Agent(agent(dir.path(), &endpoint, &wrong).spawn().unwrap());
    std::thread::sleep(Duration::from_secs(2));
    signal(&doubting.0, "-TERM");
    let _ = doubting.0.wait().unwrap();
    assert!(!installed.exists());
    let status = root.aws(&["deploy", "get-deployment", "--deployment-id", &id]);
    assert_eq!(status["deploymentInfo"]["status"], "InProgress", "{status}");

    let _agent = Agent(agent(dir.path(), &endpoint, &ca).spawn().unwrap());
    let ended = until(LIMIT, "the deployment ends", || {
        let found = root.aws(&["deploy", "get-deployment", "--deployment-id", &id]);
        let status = found["deploymentInfo"]["status"].as_str().unwrap().to_owned();
        matches!(status.as_str(), "Succeeded" | "Failed").then_some(found)
    });
    assert_eq!(ended["deploymentInfo"]["status"], "Succeeded", "{ended}");
    assert_eq!(std::fs::read_to_string(installed.join("page.txt")).unwrap(), "over tls\n");

    let mut blind = Command::new(CODEYARD);
    blind.args(["agent", "--endpoint", &endpoint, "--config"]).arg(&config).arg("--root");
    let refused = blind.arg(dir.path().join("blind")).env_remove("AWS_CA_BUNDLE").output().unwrap();
    assert!(!refused.status.success() && said(&refused).contains("codeyard ca"));
}
