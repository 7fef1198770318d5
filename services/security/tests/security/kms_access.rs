//! Who may use a key: key policies, what they delegate, AWS-managed keys, and time.

use std::time::Duration;

use api_security::kms as api;
use blobs::KeyRef;
use serde_json::{Value, json};
use testkit::TestYard;

use crate::observer::{DAY_MILLIS, Timeless, timeless};
use crate::{Client, text, yard};

const HELLO: &str = "aGVsbG8=";
const ROOT: &str = "arn:aws:iam::123456789012:root";

fn allow(action: Value, resource: Value) -> Value {
    json!({"Version": "2012-10-17",
           "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]})
}

async fn create(kms: &Client<'_>, policy: Option<Value>) -> String {
    let input = match policy {
        Some(policy) => json!({"Policy": policy.to_string()}),
        None => json!({}),
    };
    text(&kms.ok("CreateKey", input).await["KeyMetadata"]["Arn"])
}

#[tokio::test]
async fn the_default_policy_delegates_to_iam() {
    let yard = yard().await;
    let kms = Client::kms(&yard);
    let (one, two) = (create(&kms, None).await, create(&kms, None).await);
    let narrow = yard.user("eve", allow(json!("kms:Encrypt"), json!(one)));
    let eve = Client::kms(&yard).with(&narrow);
    let made = eve.ok("Encrypt", json!({"KeyId": one, "Plaintext": HELLO})).await;
    let blob = json!({"CiphertextBlob": made["CiphertextBlob"]});
    let (code, message) = eve.fails("Decrypt", blob).await;
    assert_eq!(code, "AccessDeniedException");
    assert!(message.contains("kms:Decrypt") && message.contains(&one), "{message}");
    let other = json!({"KeyId": two, "Plaintext": HELLO});
    assert_eq!(eve.code("Encrypt", other).await, "AccessDeniedException");
    assert_eq!(eve.code("ListKeys", json!({})).await, "AccessDeniedException");
    yard.stop().await;
}

#[tokio::test]
async fn a_key_policy_decides() {
    let yard = yard().await;
    let kms = Client::kms(&yard);
    let eve_arn = "arn:aws:iam::123456789012:user/eve";
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Resource": "*",
         "Action": ["kms:PutKeyPolicy", "kms:GetKeyPolicy"]},
        {"Effect": "Allow", "Principal": {"AWS": eve_arn}, "Resource": "*",
         "Action": ["kms:Encrypt", "kms:Decrypt"],
         "Condition": {"StringEquals": {"kms:EncryptionContext:team": "blue"}}},
    ]});
    let arn = create(&kms, Some(policy.clone())).await;
    // Named in the key's policy, eve needs none of her own; all-powerful bob has nothing from it.
    let eve = yard.user(
        "eve",
        json!({"Version": "2012-10-17", "Statement":
        [{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}),
    );
    let bob = yard.user("bob", allow(json!("*"), json!("*")));
    let (eve, bob) = (Client::kms(&yard).with(&eve), Client::kms(&yard).with(&bob));
    let encrypt =
        |team: &str| json!({"KeyId": arn, "Plaintext": HELLO, "EncryptionContext": {"team": team}});
    eve.ok("Encrypt", encrypt("blue")).await;
    assert_eq!(eve.code("Encrypt", encrypt("red")).await, "AccessDeniedException");
    assert_eq!(bob.code("Encrypt", encrypt("blue")).await, "AccessDeniedException");
    // Not even root, whom the policy does not let encrypt.
    assert_eq!(kms.code("Encrypt", encrypt("blue")).await, "AccessDeniedException");
    let got = kms.ok("GetKeyPolicy", json!({"KeyId": arn})).await;
    let got: Value = serde_json::from_str(&text(&got["Policy"])).unwrap();
    assert_eq!(got, policy);
    let locked_out = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": eve_arn}, "Action": "kms:*", "Resource": "*"}]});
    let put = json!({"KeyId": arn, "Policy": locked_out.to_string()});
    assert_eq!(kms.code("PutKeyPolicy", put.clone()).await, "MalformedPolicyDocumentException");
    let mut bypassing = put;
    bypassing["BypassPolicyLockoutSafetyCheck"] = json!(true);
    kms.ok("PutKeyPolicy", bypassing).await;
    assert_eq!(kms.code("GetKeyPolicy", json!({"KeyId": arn})).await, "AccessDeniedException");
    eve.ok("GetKeyPolicy", json!({"KeyId": arn, "PolicyName": "default"})).await;
    assert_eq!(
        eve.ok("ListKeyPolicies", json!({"KeyId": arn})).await["PolicyNames"],
        json!(["default"])
    );
    yard.stop().await;
}

#[tokio::test]
async fn conditions_on_aliases_and_tags() {
    let yard = yard().await;
    let kms = Client::kms(&yard);
    let arn = create(&kms, None).await;
    kms.ok("CreateAlias", json!({"AliasName": "alias/app", "TargetKeyId": arn})).await;
    let tags = json!([{"TagKey": "team", "TagValue": "blue"}]);
    kms.ok("TagResource", json!({"KeyId": arn, "Tags": tags})).await;
    for (name, condition, allowed) in [
        ("a", json!({"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/app"}}), true),
        ("b", json!({"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/x"}}), false),
        ("c", json!({"StringEquals": {"kms:RequestAlias": "alias/app"}}), true),
        ("d", json!({"StringEquals": {"aws:ResourceTag/team": "blue"}}), true),
        ("e", json!({"StringEquals": {"aws:ResourceTag/team": "red"}}), false),
        ("f", json!({"StringEquals": {"kms:ViaService": "ssm.us-east-1.amazonaws.com"}}), false),
        ("g", json!({"StringEquals": {"kms:CallerAccount": "123456789012"}}), true),
    ] {
        let mut policy = allow(json!("kms:Encrypt"), json!("*"));
        policy["Statement"][0]["Condition"] = condition.clone();
        let user = Client::kms(&yard).with(&yard.user(name, policy));
        let input = json!({"KeyId": "alias/app", "Plaintext": HELLO});
        if allowed {
            user.ok("Encrypt", input).await;
        } else {
            assert_eq!(user.code("Encrypt", input).await, "AccessDeniedException", "{condition}");
        }
    }
    yard.stop().await;
}

#[tokio::test]
async fn aws_managed_keys_are_made_at_first_use_and_only_services_use_them() {
    let yard = yard().await;
    let (kms, ssm) = (Client::kms(&yard), Client::ssm(&yard));
    let direct = json!({"KeyId": "alias/aws/ssm", "Plaintext": HELLO});
    assert_eq!(kms.code("Encrypt", direct.clone()).await, "AccessDeniedException");
    assert_eq!(kms.ok("ListAliases", json!({})).await["Aliases"], json!([]));
    // Whoever may use Parameter Store may use its key through it, and not otherwise.
    let eve = yard.user("eve", allow(json!("ssm:*"), json!("*")));
    let store = ssm.with(&eve);
    store.ok("PutParameter", json!({"Name": "s", "Value": "v", "Type": "SecureString"})).await;
    let got = store.ok("GetParameter", json!({"Name": "s", "WithDecryption": true})).await;
    assert_eq!(text(&got["Parameter"]["Value"]), "v");
    let sealed = store.ok("GetParameter", json!({"Name": "s"})).await;
    let blob = json!({"CiphertextBlob": sealed["Parameter"]["Value"],
        "EncryptionContext": {"PARAMETER_ARN": "arn:aws:ssm:us-east-1:123456789012:parameter/s"}});
    let eve = Client::kms(&yard).with(&eve);
    assert_eq!(eve.code("Decrypt", blob.clone()).await, "AccessDeniedException");
    assert_eq!(kms.code("Decrypt", blob).await, "AccessDeniedException");
    let described = kms.ok("DescribeKey", json!({"KeyId": "alias/aws/ssm"})).await;
    assert_eq!(text(&described["KeyMetadata"]["KeyManager"]), "AWS");
    let id = text(&described["KeyMetadata"]["KeyId"]);
    assert_eq!(kms.code("DisableKey", json!({"KeyId": id})).await, "AccessDeniedException");
    assert_eq!(kms.code("Encrypt", direct).await, "AccessDeniedException");
    let listed = kms.ok("ListAliases", json!({})).await;
    assert_eq!(text(&listed["Aliases"][0]["TargetKeyId"]), id);
    yard.stop().await;
}

#[tokio::test]
async fn blobs_are_sealed_under_keys_while_these_are_enabled() {
    let yard = yard().await;
    let kms = Client::kms(&yard);
    let arn = create(&kms, None).await;
    let blobs = yard.yard().blobs().clone();
    let key = KeyRef::Kms(arn.clone());
    let blob = blobs.put_bytes(&key, b"payload").await.unwrap();
    assert_eq!(&blobs.get_bytes(blob.id, 100).await.unwrap()[..], b"payload");
    kms.ok("RotateKeyOnDemand", json!({"KeyId": arn})).await;
    assert_eq!(&blobs.get_bytes(blob.id, 100).await.unwrap()[..], b"payload");
    kms.ok("DisableKey", json!({"KeyId": arn})).await;
    let refused = blobs.get_bytes(blob.id, 100).await.unwrap_err();
    let blobs::Error::Keyring(reason) = refused else { panic!("{refused}") };
    assert_eq!(reason, blobs::KeyringError::Disabled(arn.clone()));
    assert!(blobs.put_bytes(&key, b"more").await.is_err());
    kms.ok("EnableKey", json!({"KeyId": arn})).await;
    assert_eq!(&blobs.get_bytes(blob.id, 100).await.unwrap()[..], b"payload");
    let unknown = KeyRef::Kms(arn.replace(|c: char| c.is_ascii_digit(), "0"));
    assert!(blobs.put_bytes(&unknown, b"more").await.is_err());
    assert!(blobs.put_bytes(&KeyRef::Yard, b"still").await.is_ok());
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn time_rotates_and_deletes_keys() {
    let Timeless { yard, clock, cx, observer } = timeless().await;
    let made = cx.call(api::CreateKey, api::CreateKeyInput::default()).await.unwrap();
    let key_id = made.key_metadata.key_id;
    let first = made.key_metadata.current_key_material_id;
    let key = api::KeyInput { key_id: key_id.clone() };
    let alias = api::AliasInput { alias_name: "alias/t".into(), target_key_id: key_id.clone() };
    cx.call(api::CreateAlias, alias).await.unwrap();
    let rotate = api::EnableKeyRotationInput { key_id: key_id.clone(), ..Default::default() };
    cx.call(api::EnableKeyRotation, rotate).await.unwrap();
    let describe = api::DescribeKeyInput { key_id: key_id.clone(), grant_tokens: None };

    clock.advance_millis(365 * DAY_MILLIS);
    TestYard::until(Duration::from_secs(10), || async {
        let now = cx.call(api::DescribeKey, describe.clone()).await.unwrap();
        (now.key_metadata.current_key_material_id != first).then_some(())
    })
    .await;
    let status = cx.call(api::GetKeyRotationStatus, key.clone()).await.unwrap();
    assert_eq!(status.next_rotation_date.unwrap().since(cx.now()) / DAY_MILLIS, 365);

    let delete =
        api::ScheduleKeyDeletionInput { key_id: key_id.clone(), pending_window_in_days: Some(7) };
    cx.call(api::ScheduleKeyDeletion, delete.clone()).await.unwrap();
    clock.advance_millis(6 * DAY_MILLIS);
    cx.call(api::CancelKeyDeletion, key.clone()).await.unwrap();
    cx.call(api::ScheduleKeyDeletion, delete).await.unwrap();
    clock.advance_millis(6 * DAY_MILLIS);
    tokio::time::sleep(Duration::from_millis(300)).await;
    cx.call(api::DescribeKey, describe.clone()).await.unwrap();
    clock.advance_millis(DAY_MILLIS);
    TestYard::until(Duration::from_secs(10), || async {
        cx.call(api::DescribeKey, describe.clone()).await.err()
    })
    .await;
    assert!(
        cx.call(api::ListAliases, api::ListAliasesInput::default())
            .await
            .unwrap()
            .aliases
            .is_empty()
    );
    let told = TestYard::until(Duration::from_secs(10), || async {
        let told = observer.told();
        (told.len() >= 2).then_some(told)
    })
    .await;
    let types: Vec<_> = told.iter().map(|event| event.detail_type.as_str()).collect();
    assert_eq!(types, ["KMS CMK Rotation", "KMS CMK Deletion"]);
    assert_eq!(told[0].detail["key-id"], key_id.as_str());
    yard.stop().await;
}
