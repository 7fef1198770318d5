//! The stock clients against the three services.

use testkit::venv;

use crate::yard;

const SCRIPT: &str = r#"
import boto3, subprocess, sys, json, os
kms, ssm, sm = boto3.client("kms"), boto3.client("ssm"), boto3.client("secretsmanager")

key = kms.create_key(Description="k", Tags=[{"TagKey": "a", "TagValue": "b"}])["KeyMetadata"]
assert key["KeyState"] == "Enabled" and key["KeySpec"] == "SYMMETRIC_DEFAULT", key
kms.create_alias(AliasName="alias/k", TargetKeyId=key["KeyId"])
blob = kms.encrypt(KeyId="alias/k", Plaintext=b"hi", EncryptionContext={"x": "y"})["CiphertextBlob"]
assert kms.decrypt(CiphertextBlob=blob, EncryptionContext={"x": "y"})["Plaintext"] == b"hi"
try:
    kms.decrypt(CiphertextBlob=blob)
    sys.exit("opened without its context")
except kms.exceptions.InvalidCiphertextException:
    pass
kms.disable_key(KeyId=key["KeyId"])
try:
    kms.encrypt(KeyId="alias/k", Plaintext=b"hi")
    sys.exit("encrypted under a disabled key")
except kms.exceptions.DisabledException:
    pass
kms.enable_key(KeyId=key["KeyId"])
assert len(kms.generate_data_key(KeyId=key["Arn"], KeySpec="AES_256")["Plaintext"]) == 32
assert [a["AliasName"] for p in kms.get_paginator("list_aliases").paginate() for a in p["Aliases"]] == ["alias/k"]
assert json.loads(kms.get_key_policy(KeyId=key["KeyId"])["Policy"])["Id"] == "key-default-1"

for n in range(12):
    ssm.put_parameter(Name=f"/app/{n:02}", Value=str(n), Type="String")
ssm.put_parameter(Name="/app/secret", Value="s", Type="SecureString", KeyId="alias/k")
pages = ssm.get_paginator("get_parameters_by_path").paginate(Path="/app", WithDecryption=True)
values = {p["Name"]: p["Value"] for page in pages for p in page["Parameters"]}
assert len(values) == 13 and values["/app/secret"] == "s" and values["/app/03"] == "3", values
try:
    ssm.get_parameter(Name="/nope")
    sys.exit("found what is not there")
except ssm.exceptions.ParameterNotFound:
    pass
assert ssm.get_parameters(Names=["/app/01", "x"])["InvalidParameters"] == ["x"]

made = sm.create_secret(Name="db", SecretString="one", KmsKeyId="alias/k")
sm.put_secret_value(SecretId="db", SecretString="two")
assert sm.get_secret_value(SecretId=made["ARN"])["SecretString"] == "two"
assert sm.get_secret_value(SecretId="db", VersionStage="AWSPREVIOUS")["SecretString"] == "one"
assert [s["Name"] for p in sm.get_paginator("list_secrets").paginate() for s in p["SecretList"]] == ["db"]
sm.delete_secret(SecretId="db", ForceDeleteWithoutRecovery=True)
try:
    sm.get_secret_value(SecretId="db")
    sys.exit("read what was deleted")
except sm.exceptions.ResourceNotFoundException:
    pass
try:
    sm.rotate_secret(SecretId="db")
    sys.exit("rotated")
except sm.exceptions.ClientError as error:
    assert "RotateSecret" in str(error), error

def aws(*arguments):
    run = subprocess.run([os.environ["AWS"], *arguments], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout
assert aws("ssm", "get-parameter", "--name", "/app/secret", "--with-decryption",
           "--query", "Parameter.Value", "--output", "text") == "s\n"
assert aws("secretsmanager", "create-secret", "--name", "cli", "--secret-string", "v")
assert aws("kms", "describe-key", "--key-id", "alias/k", "--query", "KeyMetadata.Enabled",
           "--output", "text") == "True\n"
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stock_clients_work() {
    let yard = yard().await;
    let (url, keys) = (yard.url.clone(), yard.root());
    let run = move || {
        std::process::Command::new(venv::bin().join("python"))
            .args(["-c", SCRIPT])
            .env("AWS_ENDPOINT_URL", url)
            .env("AWS_ACCESS_KEY_ID", keys.id)
            .env("AWS_SECRET_ACCESS_KEY", keys.secret)
            .env("AWS_DEFAULT_REGION", testkit::REGION)
            .env("AWS_MAX_ATTEMPTS", "1")
            .env("AWS", venv::bin().join("aws"))
            .output()
            .unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    yard.stop().await;
}
