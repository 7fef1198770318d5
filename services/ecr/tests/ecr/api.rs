//! The API.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::oci::{Engine, digest, image};
use crate::{call, ok, refused, with_repository, yard};

#[tokio::test(flavor = "multi_thread")]
async fn repositories_come_and_go() {
    let yard = yard().await;
    let made = ok(
        &yard,
        "CreateRepository",
        json!({ "repositoryName": "team/app", "tags": [{ "Key": "k", "Value": "v" }] }),
    )
    .await;
    let host = yard.url.strip_prefix("http://").unwrap();
    let repository = &made["repository"];
    assert_eq!(repository["repositoryUri"], format!("{host}/team/app"));
    let arn = "arn:aws:ecr:us-east-1:123456789012:repository/team/app";
    assert_eq!(repository["repositoryArn"], arn);
    assert_eq!(repository["imageTagMutability"], "MUTABLE");
    assert_eq!(repository["encryptionConfiguration"], json!({ "encryptionType": "AES256" }));
    let again = json!({ "repositoryName": "team/app" });
    assert_eq!(
        refused(&yard, "CreateRepository", again.clone()).await,
        "RepositoryAlreadyExistsException"
    );
    for (input, named) in [
        (json!({ "repositoryName": "Team" }), "repositoryName"),
        (json!({ "repositoryName": "x" }), "repositoryName"),
        (
            json!({ "repositoryName": "a", "imageScanningConfiguration": { "scanOnPush": true } }),
            "scanOnPush",
        ),
        (
            json!({ "repositoryName": "aa", "imageScanningConfiguration": { "scanOnPush": true } }),
            "scanOnPush",
        ),
        (
            json!({ "repositoryName": "aa", "encryptionConfiguration": { "encryptionType": "KMS_DSSE" } }),
            "KMS_DSSE",
        ),
        (
            json!({ "repositoryName": "aa", "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION" }),
            "ExclusionFilters",
        ),
    ] {
        let (status, error) = call(&yard, "CreateRepository", input.clone()).await;
        let named = if input["repositoryName"] == "a" { "repositoryName" } else { named };
        assert_eq!((status, error["__type"].as_str()), (400, Some("InvalidParameterException")));
        assert!(error["message"].as_str().unwrap().contains(named), "{input}: {error}");
    }
    for name in ["b1", "b2", "b3"] {
        ok(&yard, "CreateRepository", json!({ "repositoryName": name })).await;
    }
    let page = ok(&yard, "DescribeRepositories", json!({ "maxResults": 3 })).await;
    assert_eq!(page["repositories"].as_array().unwrap().len(), 3);
    let rest = ok(&yard, "DescribeRepositories", json!({ "nextToken": page["nextToken"] })).await;
    assert_eq!(rest["repositories"][0]["repositoryName"], "team/app");
    assert_eq!(rest["nextToken"], Value::Null);
    let bad = json!({ "nextToken": "x" });
    assert_eq!(refused(&yard, "DescribeRepositories", bad).await, "InvalidParameterException");
    let absent = json!({ "repositoryNames": ["b1", "none"] });
    assert_eq!(refused(&yard, "DescribeRepositories", absent).await, "RepositoryNotFoundException");

    let tag = json!({ "resourceArn": arn, "tags": [{ "Key": "two", "Value": "2" }] });
    ok(&yard, "TagResource", tag).await;
    ok(&yard, "UntagResource", json!({ "resourceArn": arn, "tagKeys": ["k"] })).await;
    let tags = ok(&yard, "ListTagsForResource", json!({ "resourceArn": arn })).await;
    assert_eq!(tags["tags"], json!([{ "Key": "two", "Value": "2" }]));
    let bad = json!({ "resourceArn": arn, "tags": [{ "Key": "aws:x", "Value": "2" }] });
    assert_eq!(refused(&yard, "TagResource", bad).await, "InvalidTagParameterException");

    Engine::login(&yard).await.push("team/app", "v1", &[b"l"]).await;
    assert_eq!(
        refused(&yard, "DeleteRepository", again.clone()).await,
        "RepositoryNotEmptyException"
    );
    ok(&yard, "DeleteRepository", json!({ "repositoryName": "team/app", "force": true })).await;
    assert_eq!(
        refused(&yard, "DeleteRepository", again.clone()).await,
        "RepositoryNotFoundException"
    );
    ok(&yard, "CreateRepository", again).await;
    let images = ok(&yard, "ListImages", json!({ "repositoryName": "team/app" })).await;
    assert_eq!(images["imageIds"], json!([]), "nothing of the former one shows up");
    let (status, error) = call(&yard, "PutReplicationConfiguration", json!({})).await;
    assert_eq!(status, 501, "{error}");
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn images_are_put_and_read_by_the_api_alone() {
    let yard = with_repository("app").await;
    let layer: Vec<u8> = (0..6_000_000_u32).map(|at| (at % 251) as u8).collect();
    let on = |more: Value| {
        let mut input = json!({ "repositoryName": "app" });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let mut sent = Vec::new();
    for bytes in [&layer[..], b"{}"] {
        let begun = ok(&yard, "InitiateLayerUpload", on(json!({}))).await;
        let id = &begun["uploadId"];
        let empty = on(json!({ "uploadId": id, "layerDigests": [digest(b"")] }));
        assert_eq!(refused(&yard, "CompleteLayerUpload", empty).await, "EmptyUploadException");
        let mut first = 0;
        for part in bytes.chunks(5 << 20) {
            let last = first + part.len() - 1;
            let input = on(json!({
                "uploadId": id, "partFirstByte": first, "partLastByte": last,
                "layerPartBlob": STANDARD.encode(part),
            }));
            let done = ok(&yard, "UploadLayerPart", input.clone()).await;
            assert_eq!(done["lastByteReceived"], last);
            let (status, error) = call(&yard, "UploadLayerPart", input).await;
            assert_eq!(
                (status, error["__type"].as_str()),
                (400, Some("InvalidLayerPartException"))
            );
            assert_eq!(error["lastValidByteReceived"], last.to_string());
            first = last + 1;
        }
        let wrong = on(json!({ "uploadId": id, "layerDigests": [digest(b"wrong")] }));
        assert_eq!(refused(&yard, "CompleteLayerUpload", wrong).await, "InvalidLayerException");
        let right = on(json!({ "uploadId": id, "layerDigests": [digest(bytes)] }));
        ok(&yard, "CompleteLayerUpload", right.clone()).await;
        assert_eq!(refused(&yard, "CompleteLayerUpload", right).await, "UploadNotFoundException");
        sent.push(digest(bytes));
    }
    let asked = on(json!({ "layerDigests": [sent[0], digest(b"none"), "md5:1", ""] }));
    let found = ok(&yard, "BatchCheckLayerAvailability", asked).await;
    assert_eq!(found["layers"][0]["layerAvailability"], "AVAILABLE");
    assert_eq!(found["layers"][0]["layerSize"], 6_000_000);
    assert_eq!(found["layers"][1]["layerAvailability"], "UNAVAILABLE");
    assert_eq!(found["failures"][0]["failureCode"], "InvalidLayerDigest");
    assert_eq!(found["failures"][1]["failureCode"], "MissingLayerDigest");

    let manifest = image(b"{}", &[&layer]).to_string();
    let missing = on(json!({ "imageManifest": image(b"no", &[]).to_string(), "imageTag": "v1" }));
    assert_eq!(refused(&yard, "PutImage", missing).await, "LayersNotFoundException");
    let input = on(json!({ "imageManifest": manifest, "imageTag": "v1" }));
    let put = ok(&yard, "PutImage", input.clone()).await;
    assert_eq!(put["image"]["imageId"]["imageDigest"], digest(manifest.as_bytes()));
    assert_eq!(refused(&yard, "PutImage", input).await, "ImageAlreadyExistsException");
    let other = on(json!({
        "imageManifest": manifest, "imageTag": "v2", "imageDigest": digest(b"x"),
    }));
    assert_eq!(refused(&yard, "PutImage", other).await, "ImageDigestDoesNotMatchException");

    let ids = json!([{ "imageTag": "v1" }, { "imageTag": "none" }, {}]);
    let got = ok(&yard, "BatchGetImage", on(json!({ "imageIds": ids }))).await;
    assert_eq!(got["images"][0]["imageManifest"], manifest);
    assert_eq!(got["failures"][0]["failureCode"], "ImageNotFound");
    assert_eq!(got["failures"][1]["failureCode"], "MissingDigestAndTag");
    let url = ok(&yard, "GetDownloadUrlForLayer", on(json!({ "layerDigest": sent[0] }))).await;
    let url = url["downloadUrl"].as_str().unwrap();
    let target = url.strip_prefix(&yard.url).unwrap();
    let answer = yard.send(None, "ecr", "GET", target, &[], Vec::new()).await;
    assert_eq!((answer.status, answer.body[..] == layer[..]), (200, true));
    let other = target.replace(&sent[0], &sent[1]);
    let answer = yard.send(None, "ecr", "GET", &other, &[], Vec::new()).await;
    assert_eq!(answer.status, 403, "an address is for its layer alone");
    let none = on(json!({ "layerDigest": digest(b"none") }));
    assert_eq!(refused(&yard, "GetDownloadUrlForLayer", none).await, "LayersNotFoundException");
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn images_are_listed_described_and_deleted() {
    let yard = with_repository("app").await;
    let engine = Engine::login(&yard).await;
    let mut digests = Vec::new();
    for (tag, layer) in [("a", b"1"), ("b", b"2"), ("c", b"3")] {
        digests.push(engine.push("app", tag, &[layer]).await);
    }
    engine.push("app", "a", &[b"2"]).await;
    let on = |more: Value| {
        let mut input = json!({ "repositoryName": "app" });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let mut seen = Vec::new();
    let mut token = Value::Null;
    loop {
        let mut input = on(json!({ "maxResults": 1 }));
        if token != Value::Null {
            input["nextToken"] = token.clone();
        }
        let page = ok(&yard, "ListImages", input).await;
        seen.extend(page["imageIds"].as_array().unwrap().clone());
        assert!(page["imageIds"].as_array().unwrap().len() <= 1);
        token = page["nextToken"].clone();
        if token == Value::Null {
            break;
        }
    }
    let id = |digest: &String, tag: &str| json!({ "imageDigest": digest, "imageTag": tag });
    let untagged = json!({ "imageDigest": digests[0] });
    assert_eq!(seen, [id(&digests[1], "a"), id(&digests[1], "b"), id(&digests[2], "c"), untagged]);
    for (status, count) in [("TAGGED", 3), ("UNTAGGED", 1), ("ANY", 4)] {
        let input = on(json!({ "filter": { "tagStatus": status } }));
        let listed = ok(&yard, "ListImages", input.clone()).await;
        assert_eq!(listed["imageIds"].as_array().unwrap().len(), count, "{status}");
    }
    let described =
        ok(&yard, "DescribeImages", on(json!({ "imageIds": [{ "imageTag": "a" }] }))).await;
    let detail = &described["imageDetails"][0];
    assert_eq!(detail["imageTags"], json!(["a", "b"]));
    assert!(detail["imageSizeInBytes"].as_i64().unwrap() > 1);
    // A filter holds for named images, too.
    let ids = json!([{ "imageDigest": digests[0] }, { "imageTag": "c" }]);
    for (filter, found) in [
        (json!({ "tagStatus": "TAGGED" }), &digests[2..]),
        (json!({ "tagStatus": "UNTAGGED" }), &digests[..1]),
        (json!({ "imageStatus": "ARCHIVED" }), &[][..]),
    ] {
        let input = on(json!({ "imageIds": ids, "filter": filter }));
        let described = ok(&yard, "DescribeImages", input).await;
        let details = described["imageDetails"].as_array().unwrap();
        let named: Vec<_> = details.iter().map(|it| it["imageDigest"].clone()).collect();
        assert_eq!(json!(named), json!(found), "{filter}");
    }
    let none = on(json!({ "imageIds": [{ "imageTag": "none" }] }));
    assert_eq!(refused(&yard, "DescribeImages", none).await, "ImageNotFoundException");
    let page = ok(&yard, "DescribeImages", on(json!({ "maxResults": 2 }))).await;
    let rest = ok(&yard, "DescribeImages", on(json!({ "nextToken": page["nextToken"] }))).await;
    assert_eq!(rest["imageDetails"].as_array().unwrap().len(), 1);

    let input = on(json!({ "imageIds": [
        { "imageTag": "a" }, { "imageTag": "c" }, { "imageDigest": digests[0] },
        { "imageTag": "b", "imageDigest": digests[0] }, { "imageTag": "none" },
    ] }));
    let gone = ok(&yard, "BatchDeleteImage", input).await;
    assert_eq!(gone["imageIds"].as_array().unwrap().len(), 3, "{gone}");
    let codes: Vec<_> =
        gone["failures"].as_array().unwrap().iter().map(|it| &it["failureCode"]).collect();
    assert_eq!(codes, ["ImageTagDoesNotMatchDigest", "ImageNotFound"], "{gone}");
    let left = ok(&yard, "ListImages", on(json!({}))).await;
    assert_eq!(
        left["imageIds"],
        json!([id(&digests[1], "b")]),
        "the last tag takes its image along"
    );

    let read = |tx: &store::ReadTx<'_>| tx.events_after(0, 100);
    let events = yard.yard().store().read(read).unwrap();
    let told: Vec<_> = events
        .iter()
        .map(|(_, event)| {
            assert_eq!(
                (event.source.as_str(), event.detail_type.as_str()),
                ("aws.ecr", "ECR Image Action")
            );
            assert_eq!(event.detail["repository-name"], "app");
            let word = |name: &str| event.detail[name].as_str().unwrap_or("-").to_owned();
            (word("action-type"), word("image-tag"))
        })
        .collect();
    let told: Vec<_> = told.iter().map(|(kind, tag)| (kind.as_str(), tag.as_str())).collect();
    let pushes = [("PUSH", "a"), ("PUSH", "b"), ("PUSH", "c"), ("PUSH", "a")];
    assert_eq!(told, [&pushes[..], &[("DELETE", "a"), ("DELETE", "c"), ("DELETE", "-")]].concat());
    yard.stop().await;
}
