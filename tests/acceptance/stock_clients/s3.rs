//! S3.

use serde_json::json;

use crate::harness::{Data, Yard, get, said};

#[test]
fn objects_of_every_size_come_back_as_they_went() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    root.aws(&["s3", "mb", "s3://things"]);
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    for (name, size) in [("empty", 0usize), ("small", 11), ("multipart", 20 << 20)] {
        let bytes: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
        std::fs::write(file(name), &bytes).unwrap();
        let (key, back) = (format!("s3://things/a dir/{name}+ü"), file(&format!("{name}.back")));
        root.aws(&["s3", "cp", "--quiet", &file(name), &key]);
        root.aws(&["s3", "cp", "--quiet", &key, &back]);
        assert!(std::fs::read(&back).unwrap() == bytes, "{name}");
    }
    let listed =
        root.aws(&["s3api", "list-objects-v2", "--bucket", "things", "--prefix", "a dir/"]);
    assert_eq!(listed["Contents"].as_array().unwrap().len(), 3);
    let listed = root.aws(&["s3api", "list-objects-v2", "--bucket", "things", "--delimiter", "/"]);
    assert_eq!(listed["CommonPrefixes"], json!([{"Prefix": "a dir/"}]));
    root.refused(
        "NoSuchKey",
        &["s3api", "get-object", "--bucket", "things", "--key", "none", &file("x")],
    );
    root.refused("BucketNotEmpty", &["s3api", "delete-bucket", "--bucket", "things"]);
    root.aws(&["s3", "rb", "s3://things", "--force"]);
    root.refused("NoSuchBucket", &["s3api", "list-objects-v2", "--bucket", "things"]);
}

#[test]
fn presigned_urls_versions_and_checksums() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    root.aws(&["s3api", "create-bucket", "--bucket", "kept"]);
    root.aws(&[
        "s3api",
        "put-bucket-versioning",
        "--bucket",
        "kept",
        "--versioning-configuration",
        "Status=Enabled",
    ]);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f").to_str().unwrap().to_owned();
    let mut versions = Vec::new();
    for text in ["one", "two"] {
        std::fs::write(&path, text).unwrap();
        let put = root.aws(&[
            "s3api",
            "put-object",
            "--bucket",
            "kept",
            "--key",
            "k",
            "--body",
            &path,
            "--checksum-algorithm",
            "SHA256",
        ]);
        assert!(put["ChecksumSHA256"].is_string(), "{put}");
        versions.push(put["VersionId"].as_str().unwrap().to_owned());
    }
    root.aws(&["s3api", "delete-object", "--bucket", "kept", "--key", "k"]);
    root.refused("NoSuchKey", &["s3api", "get-object", "--bucket", "kept", "--key", "k", &path]);
    root.aws(&[
        "s3api",
        "get-object",
        "--bucket",
        "kept",
        "--key",
        "k",
        "--version-id",
        &versions[0],
        &path,
    ]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "one");
    let listed = root.aws(&["s3api", "list-object-versions", "--bucket", "kept"]);
    assert_eq!(listed["Versions"].as_array().unwrap().len(), 2);
    assert_eq!(listed["DeleteMarkers"].as_array().unwrap().len(), 1);

    std::fs::write(&path, "three").unwrap();
    root.aws(&["s3", "cp", "--quiet", &path, "s3://kept/p"]);
    let output = root.try_aws(&["s3", "presign", "s3://kept/p"]);
    let url = said(&output).trim().to_owned();
    assert_eq!(get(&url).unwrap(), (200, "three".to_owned()));
    assert_eq!(get(&url.replace("/kept/p", "/kept/q")).unwrap().0, 403);
    root.refused(
        "NotImplemented",
        &[
            "s3api",
            "put-bucket-accelerate-configuration",
            "--bucket",
            "kept",
            "--accelerate-configuration",
            "Status=Enabled",
        ],
    );
}

#[test]
fn narrow_users_stay_in_their_prefix() {
    let data = Data::new();
    let yard = Yard::up(&data, &[], &[]);
    let root = yard.root();
    root.aws(&["s3", "mb", "s3://shared"]);
    let ann = yard.user("ann", &json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:aws:s3:::shared/${aws:username}/*"},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::shared",
         "Condition": {"StringLike": {"s3:prefix": "${aws:username}/*"}}}]}));
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f").to_str().unwrap().to_owned();
    std::fs::write(&path, "x").unwrap();
    ann.aws(&["s3", "cp", "--quiet", &path, "s3://shared/ann/f"]);
    let put = ["s3api", "put-object", "--bucket", "shared", "--body", &path, "--key"];
    ann.refused("AccessDenied", &[&put[..], &["bob/f"]].concat());
    ann.aws(&["s3api", "list-objects-v2", "--bucket", "shared", "--prefix", "ann/"]);
    ann.refused("AccessDenied", &["s3api", "list-objects-v2", "--bucket", "shared"]);
}
