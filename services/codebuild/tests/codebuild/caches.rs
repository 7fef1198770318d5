//! What builds leave for the next one.

use serde_json::{Value, json};

use crate::harness::Yard;

/// Counts the builds that have seen a cache, in the source directory and outside of it.
const COUNTING: &str = r#"version: 0.2
phases:
  build:
    commands:
      - echo "[$(cat kept/count 2>/dev/null)] [$(cat /root/.tool/cache/count 2>/dev/null)]"
      - mkdir -p kept /root/.tool/cache
      - printf x >> kept/count
      - printf y >> /root/.tool/cache/count
      - touch not-kept
cache:
  paths: ['kept/**/*', '/root/.tool/cache/**/*']
"#;

fn s3() -> Value {
    json!({ "type": "S3", "location": "bucket/caches" })
}

async fn project(yard: &Yard, name: &str, buildspec: &str, cache: &Value) {
    let mut project = yard.project(name, buildspec);
    project["cache"] = cache.clone();
    yard.ok("CreateProject", project).await;
}

async fn build(yard: &Yard, name: &str, more: Value) -> Value {
    let mut input = more;
    input["projectName"] = json!(name);
    let id = yard.start_build(input).await;
    let build = yard.finished(&id).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{build}");
    build
}

async fn keys(yard: &Yard) -> Vec<String> {
    let listed = yard.s3("GET", "/bucket?list-type=2", Vec::new()).await;
    let listed = String::from_utf8(listed).unwrap();
    let keys = listed.split("<Key>").skip(1);
    keys.map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

async fn caches_come_back_from_s3_and_from_the_yard() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let local = json!({ "type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE"] });
    for (name, cache) in [("in-s3", s3()), ("in-yard", local)] {
        project(&yard, name, COUNTING, &cache).await;
        for (round, wanted) in ["[] []", "[x] [y]", "[xx] [yy]"].into_iter().enumerate() {
            let build = build(&yard, name, json!({})).await;
            let log = yard.log(&build).await;
            assert_eq!(yard.output(&build).await, format!("{wanted}\n"), "{name}: {log}");
            assert!(log.contains("Uploaded cache to"), "{log}");
            let found = if round == 0 { "No cache found" } else { "Decompressed cache: 2 file(s)" };
            assert!(log.contains(found), "{name} {round}: {log}");
        }
    }
    assert_eq!(keys(&yard).await.len(), 1, "one object, replaced");
    // Nothing of it is outside of the sandbox.
    assert!(!std::path::Path::new("/root/.tool/cache").exists());
}

/// Where the sources are differs from build to build, and what they are called there.
async fn caches_of_secondary_sources_and_by_variables() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    yard.s3("PUT", "/bucket/two/f", b"2".to_vec()).await;
    let spec = r#"version: 0.2
phases:
  build:
    commands:
      - cd $CODEBUILD_SRC_DIR_two
      - echo "[$(cat $CODEBUILD_SRC_DIR/kept/count)] [$(cat dep/count)] $(cat f)" 2>/dev/null
      - mkdir -p dep $CODEBUILD_SRC_DIR/kept
      - printf x >> $CODEBUILD_SRC_DIR/kept/count
      - printf y >> dep/count
cache:
  paths: ['$CODEBUILD_SRC_DIR/kept', '$CODEBUILD_SRC_DIR_two/dep/**/*']
"#;
    let keyed = spec.replace("cache:\n", "cache:\n  key: k\n");
    let local = json!({ "type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE", "LOCAL_SOURCE_CACHE"] });
    for (name, cache, spec) in
        [("in-s3", s3(), spec), ("keyed", s3(), &keyed), ("in-yard", local, spec)]
    {
        let mut project = yard.project(name, spec);
        project["cache"] = cache;
        project["secondarySources"] =
            json!([{ "type": "S3", "location": "bucket/two/", "sourceIdentifier": "two" }]);
        yard.ok("CreateProject", project).await;
        for wanted in ["[] [] 2", "[x] [y] 2"] {
            let build = build(&yard, name, json!({})).await;
            let (output, log) = (yard.output(&build).await, yard.log(&build).await);
            assert!(output.contains(&format!("{wanted}\n")), "{name}: {log}");
        }
    }
}

async fn an_unchanged_cache_is_not_uploaded() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let spec = "version: 0.2\nphases:\n  build:\n    commands: ['[ -e kept/f ] || { mkdir kept; echo 1 > kept/f; ln -s /nowhere kept/l; }', $COMMAND]\ncache:\n  paths: [kept]\n";
    project(&yard, "pp", spec, &s3()).await;
    let with = |command: &str| json!({ "environmentVariablesOverride": [{ "name": "COMMAND", "value": command }] });
    for (command, told) in [
        ("true", "Uploaded cache"),
        ("true", "The cache has not changed"),
        ("cp -p kept/f kept/g", "Uploaded cache"),
        // The same bytes, written again.
        ("cp kept/g kept/f", "Uploaded cache"),
        ("rm kept/l", "Uploaded cache"),
        ("true", "The cache has not changed"),
    ] {
        let log = yard.log(&build(&yard, "pp", with(command)).await).await;
        assert!(log.contains(told), "{command}: {log}");
    }
}

async fn keys_choose_among_caches() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let spec = |more: &str| {
        format!(
            "version: 0.2\nphases:\n  build:\n    commands: ['echo \"[$(cat kept/f 2>/dev/null)]\"', 'mkdir -p kept; printf %s \"$LOCK\" > kept/f']\ncache:\n  key: deps-$LOCK-$(echo $CODEBUILD_PROJECT_ARN | tail -c 3)\n  fallback-keys: [nothing-, deps-]\n{more}  paths: [kept/**/*]\n"
        )
    };
    project(&yard, "pp", &spec(""), &s3()).await;
    let with =
        |lock: &str| json!({ "environmentVariablesOverride": [{ "name": "LOCK", "value": lock }] });
    for (lock, wanted, told) in [
        ("1", "[]", "Uploaded cache"),
        ("1", "[1]", "The cache of this key is there already"),
        // By the fallback, and kept under its own key.
        ("2/../3", "[1]", "Uploaded cache"),
        ("2/../3", "[2/../3]", "is there already"),
        ("1", "[1]", "is there already"),
    ] {
        let build = build(&yard, "pp", with(lock)).await;
        let log = yard.log(&build).await;
        assert_eq!(yard.output(&build).await, format!("{wanted}\n"), "{lock}: {log}");
        assert!(log.contains(told), "{lock}: {log}");
    }
    let keys = keys(&yard).await;
    assert_eq!(keys.len(), 2, "{keys:?}");
    assert!(keys.iter().all(|key| key.starts_with("caches/") && key.matches('/').count() == 2));
    // Restored only, saved only; other paths, other caches.
    let only = |action: &str| {
        let mut input = with("9");
        input["buildspecOverride"] = json!(spec(&format!("  action: {action}\n")));
        input
    };
    let first = build(&yard, "pp", only("restore")).await;
    assert!(yard.output(&first).await.starts_with("[2/../3]"), "the newest");
    assert!(!yard.log(&first).await.contains("Uploaded cache"));
    let second = build(&yard, "pp", only("save")).await;
    assert_eq!(yard.output(&second).await, "[]\n");
    assert!(yard.log(&second).await.contains("Uploaded cache"));
    let mut other = with("1");
    other["buildspecOverride"] = json!(spec("").replace("kept/**/*", "kept/**"));
    assert_eq!(yard.output(&build(&yard, "pp", other).await).await, "[]\n");
}

async fn keys_have_hashes_of_files() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let spec = "version: 0.2\nphases:\n  build:\n    commands: ['cat kept 2>/dev/null || echo none', 'echo kept > kept']\ncache:\n  key: $(codebuild-hash-files lock '**/*.md')\n  paths: [kept]\n";
    let mut project = yard.project("pp", "");
    project["cache"] = s3();
    project["source"] = json!({ "type": "S3", "location": "bucket/source/" });
    yard.s3("PUT", "/bucket/source/buildspec.yml", spec.into()).await;
    yard.ok("CreateProject", project).await;
    for (lock, wanted) in [("1", "none"), ("1", "kept"), ("2", "none"), ("1", "kept")] {
        yard.s3("PUT", "/bucket/source/lock", lock.into()).await;
        let build = build(&yard, "pp", json!({})).await;
        assert_eq!(yard.output(&build).await, format!("{wanted}\n"), "{lock}");
    }
}

async fn projects_share_a_cache_by_its_namespace() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let spec = "version: 0.2\nphases:\n  build:\n    commands: ['cat kept 2>/dev/null || echo none', 'echo kept > kept']\ncache:\n  key: same\n  paths: [kept]\n";
    let mut shared = s3();
    shared["cacheNamespace"] = json!("team");
    for (name, cache, wanted) in
        [("own", s3(), "none"), ("one", shared.clone(), "none"), ("two", shared, "kept")]
    {
        project(&yard, name, spec, &cache).await;
        assert_eq!(
            yard.output(&build(&yard, name, json!({})).await).await,
            format!("{wanted}\n"),
            "{name}"
        );
    }
}

async fn a_cache_that_fails_is_told_and_fails_no_build() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    // No bucket.
    project(&yard, "nowhere", COUNTING, &json!({ "type": "S3", "location": "no-bucket" })).await;
    let log = yard.log(&build(&yard, "nowhere", json!({})).await).await;
    assert!(log.contains("Unable to download cache: NoSuchBucket"), "{log}");
    assert!(log.contains("Unable to upload cache: NoSuchBucket"), "{log}");
    // No right.
    let logs_only = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "logs:*", "Resource": "*" }],
    });
    let mut denied = yard.project("denied", COUNTING);
    denied["cache"] = s3();
    denied["serviceRole"] = json!(yard.yard.role("logs-only", logs_only));
    yard.ok("CreateProject", denied).await;
    let log = yard.log(&build(&yard, "denied", json!({})).await).await;
    assert!(log.contains("Unable to download cache: AccessDenied"), "{log}");
    assert!(log.contains("Unable to upload cache: AccessDenied"), "{log}");
    // A damaged archive, replaced by a good one.
    project(&yard, "damaged", COUNTING, &s3()).await;
    build(&yard, "damaged", json!({})).await;
    let key = keys(&yard).await.remove(0);
    yard.s3("PUT", &format!("/bucket/{key}"), b"no archive".to_vec()).await;
    let log = yard.log(&build(&yard, "damaged", json!({})).await).await;
    assert!(log.contains("Unable to decompress cache"), "{log}");
    assert!(log.contains("Uploaded cache"), "{log}");
    let third = build(&yard, "damaged", json!({})).await;
    assert_eq!(yard.output(&third).await, "[x] [y]\n");
    // Paths that cannot be kept, and a key that is none.
    let spec = "version: 0.2\nphases:\n  build:\n    commands: ['true']\ncache:\n  paths: ['/usr/bin/**/*', '/root/**/*']\n";
    project(&yard, "paths", spec, &s3()).await;
    let log = yard.log(&build(&yard, "paths", json!({})).await).await;
    assert!(log.contains("Skipping cache path /usr/bin/**/*"), "{log}");
    assert!(log.contains("Unable to download cache: no paths"), "{log}");
    let spec = "version: 0.2\nphases:\n  build:\n    commands: ['touch a']\ncache:\n  key: $(codebuild-hash-files $X)\n  paths: [a]\n";
    project(&yard, "key", spec, &s3()).await;
    let log = yard.log(&build(&yard, "key", json!({})).await).await;
    assert!(log.contains("codebuild-hash-files takes plain file patterns"), "{log}");
    assert!(log.contains("The cache is not saved"), "{log}");
}

async fn failed_builds_leave_no_cache() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let spec = "version: 0.2\nphases:\n  build:\n    commands: ['touch kept', 'false']\ncache:\n  paths: [kept]\n";
    project(&yard, "pp", spec, &s3()).await;
    let id = yard.start_build(json!({ "projectName": "pp" })).await;
    assert_eq!(yard.finished(&id).await["buildStatus"], "FAILED");
    assert!(keys(&yard).await.is_empty());
}

/// Many at once: each sees a whole cache or none.
async fn concurrent_builds_share_local_caches() {
    let yard = Yard::start().await;
    let spec = "version: 0.2\nphases:\n  build:\n    commands: ['if [ -e kept ]; then [ $(ls kept | wc -l) = 200 ]; fi', 'mkdir -p kept; for i in $(seq 200); do echo $i-$CODEBUILD_BUILD_ID > kept/$i; done']\ncache:\n  paths: ['kept/**/*']\n";
    let cache = json!({ "type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE"] });
    project(&yard, "pp", spec, &cache).await;
    let mut ids = Vec::new();
    for _ in 0..8 {
        ids.push(yard.start_build(json!({ "projectName": "pp" })).await);
    }
    for id in ids {
        let build = yard.finished(&id).await;
        assert_eq!(build["buildStatus"], "SUCCEEDED", "{}", yard.log(&build).await);
    }
    let dir = yard.yard.dir().join("builds/caches");
    let files = walk(&dir);
    assert_eq!(files.len(), 1, "{files:?}");
}

fn walk(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// What the build puts where its cache is, the yard reads as what it is: no other file of its own.
async fn links_in_a_cache_stay_links() {
    let yard = Yard::start().await;
    yard.s3("PUT", "/bucket", Vec::new()).await;
    let master = yard.yard.dir().join("master.key");
    let spec = format!(
        "version: 0.2\nphases:\n  build:\n    commands: ['ls -ld kept/* 2>/dev/null | wc -l', 'mkdir -p kept; ln -sfn {0} kept/file; ln -sfn / kept/folder; mkfifo kept/pipe || true']\ncache:\n  paths: ['kept/**/*']\n",
        master.display()
    );
    project(&yard, "pp", &spec, &s3()).await;
    let log = yard.log(&build(&yard, "pp", json!({})).await).await;
    assert!(log.contains("Found 2 file(s) for the cache"), "{log}");
    let second = build(&yard, "pp", json!({})).await;
    assert_eq!(yard.output(&second).await, "2\n");
}

async fn caches_are_refused_that_nothing_can_keep() {
    let yard = Yard::start().await;
    for (cache, said) in [
        (json!({ "type": "S3" }), "location must be a valid S3 bucket"),
        (json!({ "type": "S3", "location": "/x" }), "location must be a valid S3 bucket"),
        (json!({ "type": "LOCAL" }), "at least one mode"),
    ] {
        let mut project = yard.project("pp", COUNTING);
        project["cache"] = cache;
        let (status, answer) = yard.call("CreateProject", project).await;
        assert_eq!(status, 400);
        assert!(answer["message"].as_str().unwrap_or_default().contains(said), "{answer}");
    }
}

crate::tests![
    caches_come_back_from_s3_and_from_the_yard,
    caches_of_secondary_sources_and_by_variables,
    an_unchanged_cache_is_not_uploaded,
    keys_choose_among_caches,
    keys_have_hashes_of_files,
    projects_share_a_cache_by_its_namespace,
    a_cache_that_fails_is_told_and_fails_no_build,
    failed_builds_leave_no_cache,
    concurrent_builds_share_local_caches,
    links_in_a_cache_stay_links,
    caches_are_refused_that_nothing_can_keep,
];
