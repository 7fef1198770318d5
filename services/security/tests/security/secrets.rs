//! Secrets Manager.

use std::time::Duration;

use api_security::secretsmanager as api;
use serde_json::{Value, json};
use testkit::TestYard;

use crate::observer::{DAY_MILLIS, Timeless, timeless};
use crate::{Client, text, yard};

async fn create(secrets: &Client<'_>, name: &str, value: &str) -> String {
    text(&secrets.ok("CreateSecret", json!({"Name": name, "SecretString": value})).await["ARN"])
}

const TOKEN: &str = "11111111-2222-3333-4444-555555555555";

#[tokio::test]
async fn a_secret_has_versions_and_stages() {
    let yard = yard().await;
    let secrets = Client::secrets(&yard);
    let arn = create(&secrets, "prod/db", "one").await;
    let prefix = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-";
    assert!(arn.starts_with(prefix) && arn.len() == prefix.len() + 6, "{arn}");
    let partial = arn[..arn.len() - 7].to_owned();
    for id in ["prod/db", &arn, &partial] {
        let got = secrets.ok("GetSecretValue", json!({"SecretId": id})).await;
        assert_eq!(text(&got["SecretString"]), "one", "{id}");
        assert_eq!(got["VersionStages"], json!(["AWSCURRENT"]));
        assert_eq!(text(&got["ARN"]), arn);
    }
    let put = json!({"SecretId": "prod/db", "SecretString": "two", "ClientRequestToken": TOKEN});
    assert_eq!(text(&secrets.ok("PutSecretValue", put.clone()).await["VersionId"]), TOKEN);
    // The same again is the same version; another value under the token is refused.
    secrets.ok("PutSecretValue", put.clone()).await;
    let mut other = put;
    other["SecretString"] = json!("three");
    assert_eq!(secrets.code("PutSecretValue", other).await, "ResourceExistsException");
    let stage = |stage: &str| json!({"SecretId": "prod/db", "VersionStage": stage});
    let value = |got: Value| text(&got["SecretString"]);
    assert_eq!(value(secrets.ok("GetSecretValue", stage("AWSCURRENT")).await), "two");
    assert_eq!(value(secrets.ok("GetSecretValue", stage("AWSPREVIOUS")).await), "one");
    let pending = json!({"SecretId": "prod/db", "SecretBinary": "AAEC",
                         "VersionStages": ["AWSPENDING"]});
    let pending = secrets.ok("PutSecretValue", pending).await;
    let got = secrets.ok("GetSecretValue", stage("AWSPENDING")).await;
    assert_eq!((&got["SecretBinary"], &got["SecretString"]), (&json!("AAEC"), &Value::Null));
    let by_id = json!({"SecretId": "prod/db", "VersionId": pending["VersionId"]});
    assert_eq!(secrets.ok("GetSecretValue", by_id.clone()).await["SecretBinary"], "AAEC");
    let mut mismatch = by_id;
    mismatch["VersionStage"] = json!("AWSCURRENT");
    assert_eq!(secrets.code("GetSecretValue", mismatch).await, "InvalidRequestException");

    let to = |to: Value, from: Value| {
        json!({"SecretId": "prod/db", "VersionStage": "AWSCURRENT", "MoveToVersionId": to,
               "RemoveFromVersionId": from})
    };
    let blind = to(pending["VersionId"].clone(), Value::Null);
    assert_eq!(secrets.code("UpdateSecretVersionStage", blind).await, "InvalidParameterException");
    secrets.ok("UpdateSecretVersionStage", to(pending["VersionId"].clone(), json!(TOKEN))).await;
    assert_eq!(value(secrets.ok("GetSecretValue", stage("AWSPREVIOUS")).await), "two");
    let removed = to(Value::Null, pending["VersionId"].clone());
    assert_eq!(
        secrets.code("UpdateSecretVersionStage", removed).await,
        "InvalidParameterException"
    );

    let listed = secrets.ok("ListSecretVersionIds", json!({"SecretId": "prod/db"})).await;
    assert_eq!(listed["Versions"].as_array().unwrap().len(), 2);
    let all = json!({"SecretId": "prod/db", "IncludeDeprecated": true, "MaxResults": 2});
    let page = secrets.ok("ListSecretVersionIds", all.clone()).await;
    let mut next = all;
    next["NextToken"] = page["NextToken"].clone();
    let rest = secrets.ok("ListSecretVersionIds", next).await;
    assert_eq!(rest["Versions"].as_array().unwrap().len(), 1);
    for (input, code) in [
        (json!({"SecretId": "nope"}), "ResourceNotFoundException"),
        (json!({"SecretId": format!("{partial}-AAAAAA")}), "ResourceNotFoundException"),
        (stage("NOPE"), "ResourceNotFoundException"),
        (json!({"SecretId": "prod/db", "VersionId": "0".repeat(32)}), "ResourceNotFoundException"),
        (json!({"SecretId": "prod/db", "VersionId": "short"}), "ValidationException"),
    ] {
        assert_eq!(secrets.code("GetSecretValue", input.clone()).await, code, "{input}");
    }
    yard.stop().await;
}

#[tokio::test]
async fn creation_and_update() {
    let yard = yard().await;
    let secrets = Client::secrets(&yard);
    let create = json!({"Name": "s", "SecretString": "v", "ClientRequestToken": TOKEN,
                        "Description": "d", "Tags": [{"Key": "a", "Value": "b"}]});
    let made = secrets.ok("CreateSecret", create.clone()).await;
    assert_eq!(secrets.ok("CreateSecret", create.clone()).await["ARN"], made["ARN"]);
    for (input, code) in [
        (json!({"Name": "s"}), "ResourceExistsException"),
        (json!({"Name": "a b"}), "ValidationException"),
        (
            json!({"Name": "t", "SecretString": "x", "SecretBinary": "AA=="}),
            "InvalidParameterException",
        ),
        (
            json!({"Name": "t", "AddReplicaRegions": [{"Region": "eu-west-1"}]}),
            "InvalidParameterException",
        ),
        (json!({"Name": "t", "Type": "partner"}), "InvalidParameterException"),
        (json!({"Name": "t", "KmsKeyId": "alias/nope", "SecretString": "x"}), "EncryptionFailure"),
    ] {
        assert_eq!(secrets.code("CreateSecret", input.clone()).await, code, "{input}");
    }
    let described = secrets.ok("DescribeSecret", json!({"SecretId": "s"})).await;
    assert_eq!(text(&described["Description"]), "d");
    assert_eq!(described["Tags"], json!([{"Key": "a", "Value": "b"}]));
    assert_eq!(described["VersionIdsToStages"], json!({TOKEN: ["AWSCURRENT"]}));
    let empty = secrets.ok("CreateSecret", json!({"Name": "empty"})).await;
    assert_eq!(empty["VersionId"], Value::Null);
    let missing = json!({"SecretId": "empty"});
    assert_eq!(secrets.code("GetSecretValue", missing.clone()).await, "ResourceNotFoundException");
    assert_eq!(secrets.code("PutSecretValue", missing).await, "InvalidRequestException");

    let update = json!({"SecretId": "s", "Description": "e"});
    assert_eq!(secrets.ok("UpdateSecret", update).await["VersionId"], Value::Null);
    let update = json!({"SecretId": "s", "SecretString": "w"});
    assert!(secrets.ok("UpdateSecret", update).await["VersionId"].is_string());
    let described = secrets.ok("DescribeSecret", json!({"SecretId": "s"})).await;
    assert_eq!(text(&described["Description"]), "e");
    secrets.ok("TagResource", json!({"SecretId": "s", "Tags": [{"Key": "c", "Value": "d"}]})).await;
    secrets.ok("UntagResource", json!({"SecretId": "s", "TagKeys": ["a"]})).await;
    let described = secrets.ok("DescribeSecret", json!({"SecretId": "s"})).await;
    assert_eq!(described["Tags"], json!([{"Key": "c", "Value": "d"}]));
    yard.stop().await;
}

#[tokio::test]
async fn secrets_follow_their_key() {
    let yard = yard().await;
    let (secrets, kms) = (Client::secrets(&yard), Client::kms(&yard));
    let key = text(&kms.ok("CreateKey", json!({})).await["KeyMetadata"]["KeyId"]);
    let made = json!({"Name": "s", "SecretString": "v", "KmsKeyId": key});
    secrets.ok("CreateSecret", made).await;
    let get = json!({"SecretId": "s"});
    kms.ok("DisableKey", json!({"KeyId": key})).await;
    let (code, message) = secrets.fails("GetSecretValue", get.clone()).await;
    assert_eq!(code, "DecryptionFailure");
    assert!(message.contains("is disabled"), "{message}");
    let put = json!({"SecretId": "s", "SecretString": "w"});
    assert_eq!(secrets.code("PutSecretValue", put).await, "EncryptionFailure");
    kms.ok("EnableKey", json!({"KeyId": key})).await;
    let policy = json!({"Version": "2012-10-17", "Statement":
        [{"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}]});
    let eve = Client::secrets(&yard).with(&yard.user("eve", policy));
    let (code, message) = eve.fails("GetSecretValue", get.clone()).await;
    assert_eq!(code, "AccessDeniedException");
    assert!(message.starts_with("Access to KMS is not allowed"), "{message}");
    // Under the AWS-managed key, who may use Secrets Manager may use its key through it.
    secrets.ok("UpdateSecret", json!({"SecretId": "s", "KmsKeyId": ""})).await;
    assert_eq!(text(&eve.ok("GetSecretValue", get.clone()).await["SecretString"]), "v");
    kms.ok("DisableKey", json!({"KeyId": key})).await;
    secrets.ok("GetSecretValue", get).await;
    yard.stop().await;
}

#[tokio::test]
async fn policies_of_secrets_grant_and_deny() {
    let yard = yard().await;
    let secrets = Client::secrets(&yard);
    let arn = create(&secrets, "s", "v").await;
    create(&secrets, "t", "v").await;
    let nobody = yard.user(
        "nobody",
        json!({"Version": "2012-10-17", "Statement":
        [{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}),
    );
    let mighty = yard.user(
        "mighty",
        json!({"Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}),
    );
    let user = |name: &str| json!({"AWS": format!("arn:aws:iam::123456789012:user/{name}")});
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": user("nobody"), "Action": "secretsmanager:GetSecretValue",
         "Resource": "*", "Condition": {"ForAnyValue:StringEquals":
            {"secretsmanager:VersionStage": "AWSCURRENT"}}},
        {"Effect": "Deny", "Principal": user("mighty"), "Action": "secretsmanager:GetSecretValue",
         "Resource": "*"}]});
    let put = json!({"SecretId": "s", "ResourcePolicy": policy.to_string()});
    secrets.ok("PutResourcePolicy", put).await;
    let (nobody, mighty) =
        (Client::secrets(&yard).with(&nobody), Client::secrets(&yard).with(&mighty));
    nobody.ok("GetSecretValue", json!({"SecretId": arn})).await;
    let previous = json!({"SecretId": "s", "VersionStage": "AWSPREVIOUS"});
    assert_eq!(nobody.code("GetSecretValue", previous).await, "AccessDeniedException");
    assert_eq!(
        nobody.code("DescribeSecret", json!({"SecretId": "s"})).await,
        "AccessDeniedException"
    );
    let (code, message) = mighty.fails("GetSecretValue", json!({"SecretId": "s"})).await;
    assert_eq!(code, "AccessDeniedException");
    assert!(message.contains("explicit deny in a resource-based policy"), "{message}");
    let got = mighty.ok("BatchGetSecretValue", json!({"SecretIdList": ["s", "t", "u"]})).await;
    assert_eq!(got["SecretValues"].as_array().unwrap().len(), 1);
    let codes: Vec<_> =
        got["Errors"].as_array().unwrap().iter().map(|it| text(&it["ErrorCode"])).collect();
    assert_eq!(codes, ["AccessDeniedException", "ResourceNotFoundException"]);

    let got = secrets.ok("GetResourcePolicy", json!({"SecretId": "s"})).await;
    assert_eq!(serde_json::from_str::<Value>(&text(&got["ResourcePolicy"])).unwrap(), policy);
    secrets.ok("DeleteResourcePolicy", json!({"SecretId": "s"})).await;
    mighty.ok("GetSecretValue", json!({"SecretId": "s"})).await;
    let bad = json!({"SecretId": "s", "ResourcePolicy": "{\"Statement\": 1}"});
    assert_eq!(secrets.code("PutResourcePolicy", bad).await, "MalformedPolicyDocumentException");
    let open = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
        "Action": "secretsmanager:*", "Resource": "*"}]});
    let public = json!({"SecretId": "s", "ResourcePolicy": open.to_string(),
                        "BlockPublicPolicy": true});
    assert_eq!(secrets.code("PutResourcePolicy", public).await, "PublicPolicyException");
    let checked = json!({"ResourcePolicy": open.to_string()});
    let checked = secrets.ok("ValidateResourcePolicy", checked).await;
    assert_eq!(checked["PolicyValidationPassed"], false);
    yard.stop().await;
}

#[tokio::test]
async fn deletion_and_restoration() {
    let yard = yard().await;
    let secrets = Client::secrets(&yard);
    create(&secrets, "s", "v").await;
    let id = json!({"SecretId": "s"});
    for days in [6, 31] {
        let input = json!({"SecretId": "s", "RecoveryWindowInDays": days});
        assert_eq!(secrets.code("DeleteSecret", input).await, "InvalidParameterException");
    }
    let both =
        json!({"SecretId": "s", "RecoveryWindowInDays": 7, "ForceDeleteWithoutRecovery": true});
    assert_eq!(secrets.code("DeleteSecret", both).await, "InvalidParameterException");
    secrets.ok("DeleteSecret", id.clone()).await;
    for operation in ["GetSecretValue", "DeleteSecret", "GetResourcePolicy"] {
        let code = secrets.code(operation, id.clone()).await;
        assert_eq!(code, "InvalidRequestException", "{operation}");
    }
    let again = json!({"Name": "s", "SecretString": "w"});
    assert_eq!(secrets.code("CreateSecret", again.clone()).await, "InvalidRequestException");
    assert!(secrets.ok("DescribeSecret", id.clone()).await["DeletedDate"].is_number());
    assert_eq!(secrets.ok("ListSecrets", json!({})).await["SecretList"], json!([]));
    let all = secrets.ok("ListSecrets", json!({"IncludePlannedDeletion": true})).await;
    assert_eq!(all["SecretList"].as_array().unwrap().len(), 1);
    secrets.ok("RestoreSecret", id.clone()).await;
    assert_eq!(text(&secrets.ok("GetSecretValue", id.clone()).await["SecretString"]), "v");
    let force = json!({"SecretId": "s", "ForceDeleteWithoutRecovery": true});
    secrets.ok("DeleteSecret", force.clone()).await;
    assert_eq!(secrets.code("DescribeSecret", id).await, "ResourceNotFoundException");
    secrets.ok("DeleteSecret", force).await;
    secrets.ok("CreateSecret", again).await;
    assert_eq!(
        secrets.code("RestoreSecret", json!({"SecretId": "x"})).await,
        "ResourceNotFoundException"
    );
    yard.stop().await;
}

#[tokio::test]
async fn listings() {
    let yard = yard().await;
    let secrets = Client::secrets(&yard);
    for name in ["b/2", "a/1", "b/1"] {
        create(&secrets, name, "v").await;
    }
    let names = |listed: &Value| -> Vec<String> {
        listed["SecretList"].as_array().unwrap().iter().map(|it| text(&it["Name"])).collect()
    };
    let sorted = json!({"SortBy": "name", "SortOrder": "asc"});
    assert_eq!(names(&secrets.ok("ListSecrets", sorted.clone()).await), ["a/1", "b/1", "b/2"]);
    let newest_first = secrets.ok("ListSecrets", json!({})).await;
    assert_eq!(names(&newest_first)[2], "b/2");
    let filter = json!({"Filters": [{"Key": "name", "Values": ["b/"]}], "SortBy": "name"});
    assert_eq!(names(&secrets.ok("ListSecrets", filter).await), ["b/2", "b/1"]);
    let mut paged = sorted;
    paged["MaxResults"] = json!(2);
    let page = secrets.ok("ListSecrets", paged.clone()).await;
    paged["NextToken"] = page["NextToken"].clone();
    assert_eq!(names(&secrets.ok("ListSecrets", paged.clone()).await), ["b/2"]);
    paged["SortOrder"] = json!("desc");
    assert_eq!(secrets.code("ListSecrets", paged).await, "InvalidNextTokenException");
    let batch = json!({"Filters": [{"Key": "name", "Values": ["b/"]}], "MaxResults": 1});
    let batch = secrets.ok("BatchGetSecretValue", batch).await;
    assert_eq!(text(&batch["SecretValues"][0]["Name"]), "b/1");
    assert!(batch["NextToken"].is_string());
    let neither = secrets.code("BatchGetSecretValue", json!({})).await;
    assert_eq!(neither, "InvalidParameterException");
    let password = secrets.ok("GetRandomPassword", json!({"PasswordLength": 40})).await;
    assert_eq!(text(&password["RandomPassword"]).len(), 40);
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_are_gone_after_their_recovery_window() {
    let Timeless { yard, clock, cx, .. } = timeless().await;
    for name in ["kept", "gone"] {
        let create = api::CreateSecretInput {
            name: name.to_owned(),
            secret_string: Some("v".to_owned()),
            ..Default::default()
        };
        cx.call(api::CreateSecret, create).await.unwrap();
        let delete = api::DeleteSecretInput {
            secret_id: name.to_owned(),
            recovery_window_in_days: Some(7),
            force_delete_without_recovery: None,
        };
        cx.call(api::DeleteSecret, delete).await.unwrap();
    }
    let secret = |name: &str| api::SecretInput { secret_id: name.to_owned() };
    clock.advance_millis(7 * DAY_MILLIS - 1);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(cx.call(api::DescribeSecret, secret("gone")).await.unwrap().deleted_date.is_some());
    cx.call(api::RestoreSecret, secret("kept")).await.unwrap();
    clock.advance_millis(1);
    let error = TestYard::until(Duration::from_secs(10), || async {
        cx.call(api::DescribeSecret, secret("gone")).await.err()
    })
    .await;
    assert_eq!(error.code, "ResourceNotFoundException");
    clock.advance_millis(30 * DAY_MILLIS);
    tokio::time::sleep(Duration::from_millis(300)).await;
    cx.call(api::DescribeSecret, secret("kept")).await.unwrap();
    yard.stop().await;
}
