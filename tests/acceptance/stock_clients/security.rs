//! KMS, Parameter Store, Secrets Manager.

use serde_json::json;

use crate::harness::{Data, Yard};

#[test]
fn keys_seal_and_a_disabled_key_refuses() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    let key = root.aws(&["kms", "create-key"])["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned();
    root.aws(&["kms", "create-alias", "--alias-name", "alias/app", "--target-key-id", &key]);
    let sealed = root.aws(&[
        "kms",
        "encrypt",
        "--key-id",
        "alias/app",
        "--plaintext",
        "hello",
        "--encryption-context",
        "a=b",
    ]);
    let file = data.path().join("sealed");
    let script = "import base64, sys; open(sys.argv[1], 'wb').write(base64.b64decode(sys.argv[2]))";
    let decoded = root
        .command("python3")
        .args(["-c", script])
        .arg(&file)
        .arg(sealed["CiphertextBlob"].as_str().unwrap())
        .status()
        .unwrap();
    assert!(decoded.success());
    // The first version of the CLI takes bytes from files as they are.
    let blob = format!("fileb://{}", file.display());
    let decrypt = ["kms", "decrypt", "--ciphertext-blob", &blob, "--encryption-context"];
    assert_eq!(root.aws(&[&decrypt[..], &["a=b"]].concat())["Plaintext"], "aGVsbG8=");
    root.refused("InvalidCiphertextException", &[&decrypt[..], &["a=c"]].concat());
    root.aws(&["kms", "disable-key", "--key-id", &key]);
    root.refused("DisabledException", &[&decrypt[..], &["a=b"]].concat());
    root.refused("NotFoundException", &["kms", "describe-key", "--key-id", "alias/none"]);
}

#[test]
fn parameters_and_secrets_are_kept_for_those_who_may() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    let ann = yard.user("ann", &json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "ssm:GetParameter*", "Resource": "arn:aws:ssm:*:*:parameter/app/*"},
        {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:*:*:secret:app-*"}]}));
    for name in ["/app/db", "/other"] {
        root.aws(&["ssm", "put-parameter", "--name", name, "--value", "v1", "--type", "String"]);
    }
    root.aws(&["ssm", "put-parameter", "--name", "/app/db", "--value", "v2", "--overwrite"]);
    assert_eq!(ann.aws(&["ssm", "get-parameter", "--name", "/app/db"])["Parameter"]["Value"], "v2");
    assert_eq!(
        ann.aws(&["ssm", "get-parameter", "--name", "/app/db:1"])["Parameter"]["Value"],
        "v1"
    );
    ann.refused("AccessDeniedException", &["ssm", "get-parameter", "--name", "/other"]);
    root.refused(
        "ParameterAlreadyExists",
        &["ssm", "put-parameter", "--name", "/other", "--value", "x", "--type", "String"],
    );

    root.aws(&[
        "secretsmanager",
        "create-secret",
        "--name",
        "app-1",
        "--secret-string",
        "{\"p\":\"old\"}",
    ]);
    root.aws(&[
        "secretsmanager",
        "put-secret-value",
        "--secret-id",
        "app-1",
        "--secret-string",
        "{\"p\":\"new\"}",
    ]);
    let get = ["secretsmanager", "get-secret-value", "--secret-id", "app-1", "--version-stage"];
    assert_eq!(ann.aws(&[&get[..], &["AWSCURRENT"]].concat())["SecretString"], "{\"p\":\"new\"}");
    assert_eq!(ann.aws(&[&get[..], &["AWSPREVIOUS"]].concat())["SecretString"], "{\"p\":\"old\"}");
    ann.refused(
        "AccessDeniedException",
        &["secretsmanager", "put-secret-value", "--secret-id", "app-1", "--secret-string", "x"],
    );
    root.aws(&["secretsmanager", "delete-secret", "--secret-id", "app-1"]);
    root.refused("InvalidRequestException", &[&get[..], &["AWSCURRENT"]].concat());
    root.aws(&["secretsmanager", "restore-secret", "--secret-id", "app-1"]);

    // Nothing of a value stands in clear in the data directory.
    root.aws(&[
        "ssm",
        "put-parameter",
        "--name",
        "/app/secret",
        "--value",
        "hunter2hunter2",
        "--type",
        "SecureString",
    ]);
    let found = std::process::Command::new("grep")
        .args(["-rlaE", "hunter2hunter2"])
        .arg(data.path())
        .output()
        .unwrap();
    assert!(found.stdout.is_empty(), "{}", String::from_utf8_lossy(&found.stdout));
}
