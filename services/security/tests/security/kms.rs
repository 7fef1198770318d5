//! Keys, aliases, encryption, rotation, deletion.

use serde_json::{Value, json};

use crate::{Client, text, yard};

const HELLO: &str = "aGVsbG8=";

async fn create(kms: &Client<'_>) -> String {
    text(&kms.ok("CreateKey", json!({"Description": "d"})).await["KeyMetadata"]["Arn"])
}

#[tokio::test]
async fn a_key_encrypts_and_decrypts_in_its_context() {
    let yard = yard().await;
    let kms = Client::kms(&yard);
    let arn = create(&kms).await;
    let id = arn.rsplit('/').next().unwrap().to_owned();
    kms.ok("CreateAlias", json!({"AliasName": "alias/app/one", "TargetKeyId": id})).await;
    let alias_arn = "arn:aws:kms:us-east-1:123456789012:alias/app/one";
    for name in [id.as_str(), &arn, "alias/app/one", alias_arn] {
        let input = json!({"KeyId": name, "Plaintext": HELLO, "EncryptionContext": {"a": "b"}});
        let made = kms.ok("Encrypt", input).await;
        assert_eq!(text(&made["KeyId"]), arn);
        assert_eq!(text(&made["EncryptionAlgorithm"]), "SYMMETRIC_DEFAULT");
        let blob = text(&made["CiphertextBlob"]);
        let input = json!({"CiphertextBlob": blob, "EncryptionContext": {"a": "b"}});
        let opened = kms.ok("Decrypt", input).await;
        assert_eq!(
            (text(&opened["Plaintext"]), text(&opened["KeyId"])),
            (HELLO.into(), arn.clone())
        );
        for wrong in [json!({"CiphertextBlob": blob}), json!({"CiphertextBlob": "AAAA"})] {
            assert_eq!(kms.code("Decrypt", wrong).await, "InvalidCiphertextException");
        }
        let other = create(&kms).await;
        let input =
            json!({"CiphertextBlob": blob, "EncryptionContext": {"a": "b"}, "KeyId": other});
        assert_eq!(kms.code("Decrypt", input).await, "IncorrectKeyException");
    }
    let dry = json!({"KeyId": id, "Plaintext": HELLO, "DryRun": true});
    assert_eq!(kms.code("Encrypt", dry).await, "DryRunOperationException");
    let granted = json!({"KeyId": id, "Plaintext": HELLO, "GrantTokens": ["x"]});
    assert_eq!(kms.code("Encrypt", granted).await, "InvalidGrantTokenException");
    let large = json!({"KeyId": id, "Plaintext": "A".repeat(4 * 1366)});
    assert_eq!(kms.code("Encrypt", large).await, "ValidationException");
    yard.stop().await;
}

#[tokio::test]
async fn data_keys_and_re_encryption() {
    let yard = yard().await;
    let kms = Client::kms(&yard);
    let (one, two) = (create(&kms).await, create(&kms).await);
    let made = kms.ok("GenerateDataKey", json!({"KeyId": one, "KeySpec": "AES_256"})).await;
    let blob = text(&made["CiphertextBlob"]);
    let opened = kms.ok("Decrypt", json!({"CiphertextBlob": blob})).await;
    assert_eq!(opened["Plaintext"], made["Plaintext"]);
    assert_eq!(text(&made["Plaintext"]).len(), 44);
    let moved = kms
        .ok(
            "ReEncrypt",
            json!({"CiphertextBlob": blob, "DestinationKeyId": two,
                   "DestinationEncryptionContext": {"to": "two"}}),
        )
        .await;
    assert_eq!((text(&moved["SourceKeyId"]), text(&moved["KeyId"])), (one.clone(), two.clone()));
    let input = json!({"CiphertextBlob": moved["CiphertextBlob"],
                       "EncryptionContext": {"to": "two"}});
    assert_eq!(kms.ok("Decrypt", input).await["Plaintext"], made["Plaintext"]);
    let quiet = json!({"KeyId": one, "NumberOfBytes": 7});
    let quiet = kms.ok("GenerateDataKeyWithoutPlaintext", quiet).await;
    assert_eq!(quiet["Plaintext"], Value::Null);
    for bad in
        [json!({"KeyId": one}), json!({"KeyId": one, "KeySpec": "AES_128", "NumberOfBytes": 9})]
    {
        assert_eq!(kms.code("GenerateDataKey", bad).await, "ValidationException");
    }
    let random = kms.ok("GenerateRandom", json!({"NumberOfBytes": 33})).await;
    assert_eq!(text(&random["Plaintext"]).len(), 44);
    let pair = json!({"KeyId": one, "KeyPairSpec": "RSA_2048"});
    let (status, _) = yard.json("kms", "TrentService.GenerateDataKeyPair", pair).await;
    assert_eq!(status, 501);
    yard.stop().await;
}

#[tokio::test]
async fn keys_that_are_off_refuse_work() {
    let yard = yard().await;
    let kms = Client::kms(&yard);
    let arn = create(&kms).await;
    let made = kms.ok("Encrypt", json!({"KeyId": arn, "Plaintext": HELLO})).await;
    let blob = json!({"CiphertextBlob": made["CiphertextBlob"]});
    kms.ok("DisableKey", json!({"KeyId": arn})).await;
    let (code, message) = kms.fails("Decrypt", blob.clone()).await;
    assert_eq!((code.as_str(), message), ("DisabledException", format!("{arn} is disabled.")));
    assert_eq!(kms.code("EnableKeyRotation", json!({"KeyId": arn})).await, "DisabledException");
    kms.ok("EnableKey", json!({"KeyId": arn})).await;
    kms.ok("Decrypt", blob.clone()).await;

    for days in [6, 31] {
        let input = json!({"KeyId": arn, "PendingWindowInDays": days});
        assert_eq!(kms.code("ScheduleKeyDeletion", input).await, "ValidationException");
    }
    let input = json!({"KeyId": arn, "PendingWindowInDays": 7});
    let scheduled = kms.ok("ScheduleKeyDeletion", input.clone()).await;
    assert_eq!(text(&scheduled["KeyState"]), "PendingDeletion");
    for (operation, input) in [
        ("Decrypt", blob.clone()),
        ("Encrypt", json!({"KeyId": arn, "Plaintext": HELLO})),
        ("EnableKey", json!({"KeyId": arn})),
        ("ScheduleKeyDeletion", input),
        ("CreateAlias", json!({"AliasName": "alias/x", "TargetKeyId": arn})),
        ("TagResource", json!({"KeyId": arn, "Tags": [{"TagKey": "a", "TagValue": "b"}]})),
    ] {
        let (code, message) = kms.fails(operation, input).await;
        assert_eq!(code, "KMSInvalidStateException", "{operation}");
        assert_eq!(message, format!("{arn} is pending deletion."), "{operation}");
    }
    kms.ok("CancelKeyDeletion", json!({"KeyId": arn})).await;
    let described = kms.ok("DescribeKey", json!({"KeyId": arn})).await;
    assert_eq!(text(&described["KeyMetadata"]["KeyState"]), "Disabled");
    let again = json!({"KeyId": arn});
    assert_eq!(kms.code("CancelKeyDeletion", again).await, "KMSInvalidStateException");
    yard.stop().await;
}

#[tokio::test]
async fn what_is_not_supported_is_refused_by_name() {
    let yard = yard().await;
    let kms = Client::kms(&yard);
    for (input, code, word) in [
        (json!({"KeySpec": "RSA_2048"}), "UnsupportedOperationException", "RSA_2048"),
        (json!({"CustomerMasterKeySpec": "HMAC_256"}), "UnsupportedOperationException", "HMAC_256"),
        (json!({"KeyUsage": "SIGN_VERIFY"}), "ValidationException", "SIGN_VERIFY"),
        (json!({"Origin": "EXTERNAL"}), "UnsupportedOperationException", "EXTERNAL"),
        (json!({"MultiRegion": true}), "UnsupportedOperationException", "MultiRegion"),
        (json!({"CustomKeyStoreId": "c"}), "UnsupportedOperationException", "CustomKeyStoreId"),
        (json!({"KeySpec": "NOPE"}), "ValidationException", "NOPE"),
        (json!({"Policy": "{"}), "MalformedPolicyDocumentException", "policy"),
        (json!({"Tags": [{"TagKey": "aws:x", "TagValue": ""}]}), "TagException", "aws:"),
    ] {
        let (found, message) = kms.fails("CreateKey", input.clone()).await;
        assert_eq!(found, code, "{input}: {message}");
        assert!(message.contains(word), "{input}: {message}");
    }
    assert_eq!(kms.ok("ListKeys", json!({})).await["Keys"], json!([]));
    yard.stop().await;
}

#[tokio::test]
async fn names_that_are_not_there() {
    let yard = yard().await;
    let kms = Client::kms(&yard);
    let unknown = "1234abcd-12ab-34cd-56ef-1234567890ab";
    for (name, code) in [
        (unknown, "NotFoundException"),
        ("nope", "NotFoundException"),
        ("alias/nope", "NotFoundException"),
        ("alias/aws/nope", "NotFoundException"),
        ("arn:aws:s3:::bucket", "InvalidArnException"),
    ] {
        assert_eq!(kms.code("DescribeKey", json!({"KeyId": name})).await, code, "{name}");
        let input = json!({"KeyId": name, "Plaintext": HELLO});
        assert_eq!(kms.code("Encrypt", input).await, code, "{name}");
    }
    for operation in ["EnableKey", "GetKeyPolicy", "ListResourceTags", "GetKeyRotationStatus"] {
        let input = json!({"KeyId": unknown});
        assert_eq!(kms.code(operation, input).await, "NotFoundException", "{operation}");
    }
    yard.stop().await;
}

#[tokio::test]
async fn aliases_move_and_list() {
    let yard = yard().await;
    let kms = Client::kms(&yard);
    let (one, two) = (create(&kms).await, create(&kms).await);
    let alias = |name: &str, key: &str| json!({"AliasName": name, "TargetKeyId": key});
    for name in ["alias/a", "alias/b", "alias/c"] {
        kms.ok("CreateAlias", alias(name, &one)).await;
    }
    assert_eq!(kms.code("CreateAlias", alias("alias/a", &two)).await, "AlreadyExistsException");
    assert_eq!(kms.code("CreateAlias", alias("a", &two)).await, "ValidationException");
    let reserved = alias("alias/aws/mine", &two);
    assert_eq!(kms.code("CreateAlias", reserved).await, "InvalidAliasNameException");
    kms.ok("UpdateAlias", alias("alias/b", &two)).await;
    let listed = kms.ok("ListAliases", json!({"KeyId": one, "Limit": 1})).await;
    assert_eq!(text(&listed["Aliases"][0]["AliasName"]), "alias/a");
    assert_eq!(listed["Truncated"], true);
    let next = json!({"KeyId": one, "Limit": 1, "Marker": listed["NextMarker"]});
    let rest = kms.ok("ListAliases", next).await;
    assert_eq!(text(&rest["Aliases"][0]["AliasName"]), "alias/c");
    assert_eq!((&rest["Truncated"], &rest["NextMarker"]), (&json!(false), &Value::Null));
    let foreign = json!({"Marker": listed["NextMarker"]});
    assert_eq!(kms.code("ListAliases", foreign).await, "InvalidMarkerException");
    kms.ok("DeleteAlias", json!({"AliasName": "alias/b"})).await;
    assert_eq!(kms.code("DeleteAlias", json!({"AliasName": "alias/b"})).await, "NotFoundException");
    assert_eq!(kms.ok("ListAliases", json!({})).await["Aliases"].as_array().unwrap().len(), 2);
    yard.stop().await;
}

#[tokio::test]
async fn tags_and_pages() {
    let yard = yard().await;
    let kms = Client::kms(&yard);
    let arn = create(&kms).await;
    let tag = |key: &str, value: &str| json!({"TagKey": key, "TagValue": value});
    let tags = json!({"KeyId": arn, "Tags": [tag("a", "1"), tag("b", "2")]});
    kms.ok("TagResource", tags).await;
    kms.ok("TagResource", json!({"KeyId": arn, "Tags": [tag("a", "3")]})).await;
    kms.ok("UntagResource", json!({"KeyId": arn, "TagKeys": ["b"]})).await;
    let listed = kms.ok("ListResourceTags", json!({"KeyId": arn})).await;
    assert_eq!(listed["Tags"], json!([tag("a", "3")]));
    let twice = json!({"KeyId": arn, "Tags": [tag("x", "1"), tag("x", "2")]});
    assert_eq!(kms.code("TagResource", twice).await, "TagException");
    for _ in 0..4 {
        create(&kms).await;
    }
    let (mut seen, mut marker) = (Vec::new(), Value::Null);
    loop {
        let page = kms.ok("ListKeys", json!({"Limit": 2, "Marker": marker})).await;
        seen.extend(page["Keys"].as_array().unwrap().iter().map(|key| text(&key["KeyId"])));
        marker = page["NextMarker"].clone();
        if page["Truncated"] == false {
            break;
        }
    }
    seen.dedup();
    assert_eq!(seen.len(), 5);
    yard.stop().await;
}

#[tokio::test]
async fn rotated_keys_still_open_what_they_sealed() {
    let yard = yard().await;
    let kms = Client::kms(&yard);
    let arn = create(&kms).await;
    let key = json!({"KeyId": arn});
    let before = kms.ok("Encrypt", json!({"KeyId": arn, "Plaintext": HELLO})).await;
    kms.ok("EnableKeyRotation", json!({"KeyId": arn, "RotationPeriodInDays": 100})).await;
    let status = kms.ok("GetKeyRotationStatus", key.clone()).await;
    assert_eq!(
        (&status["KeyRotationEnabled"], &status["RotationPeriodInDays"]),
        (&json!(true), &json!(100))
    );
    kms.ok("RotateKeyOnDemand", key.clone()).await;
    let after = kms.ok("Encrypt", json!({"KeyId": arn, "Plaintext": HELLO})).await;
    let mut materials = Vec::new();
    for made in [&before, &after] {
        let opened = kms.ok("Decrypt", json!({"CiphertextBlob": made["CiphertextBlob"]})).await;
        assert_eq!(text(&opened["Plaintext"]), HELLO);
        materials.push(text(&opened["KeyMaterialId"]));
    }
    assert_ne!(materials[0], materials[1]);
    let rotations = kms.ok("ListKeyRotations", key.clone()).await;
    assert_eq!(rotations["Rotations"].as_array().unwrap().len(), 1);
    assert_eq!(text(&rotations["Rotations"][0]["RotationType"]), "ON_DEMAND");
    let all = json!({"KeyId": arn, "IncludeKeyMaterial": "ALL_KEY_MATERIAL"});
    let all = kms.ok("ListKeyRotations", all).await;
    assert_eq!(text(&all["Rotations"][0]["KeyMaterialState"]), "NON_CURRENT");
    assert_eq!(text(&all["Rotations"][1]["KeyMaterialId"]), materials[1]);
    kms.ok("DisableKeyRotation", key.clone()).await;
    assert_eq!(kms.ok("GetKeyRotationStatus", key).await["KeyRotationEnabled"], false);
    yard.stop().await;
}
