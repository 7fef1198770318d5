//! AWS's sample of a Docker image: a privileged build makes it and pushes it to the registry, and
//! another project's builds run in it.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use testkit::engine::{ENGINE_PROGRAMS, IMAGE, TestEngine, skipped};

use super::developer::{log, role};
use crate::harness::{Data, User, Yard, said, until};

/// The engines copy images for each layer and container.
const LIMIT: Duration = Duration::from_secs(180);

/// As the image of CodeBuild's own has it, with the settings that a container in a container of a
/// test machine takes.
const ENTRYPOINT: &str = "#!/bin/sh
dockerd --host=unix:///var/run/docker.sock --storage-driver=vfs --iptables=false --bridge=none \\
    >/tmp/dockerd.log 2>&1 &
timeout 60 sh -c 'until docker info >/dev/null 2>&1; do sleep 0.1; done'
eval \"$@\"
";

/// The stock CLI at the place where it is here: its interpreter, its packages but for what is
/// large and unused, and their libraries. Of services other than ECR and SimpleDB, which it
/// renames, it only needs the names.
const ADD_AWS: &str = r#"set -e
root=$1 base=$2 venv=$3 library=$2/lib/python$4
copy() { (cd / && tar -c --exclude='__pycache__' "$@" 2>/dev/null) | tar -C "$root" -x; }
copy --exclude='*/test' --exclude='*/site-packages/*' --exclude='*/dist-packages/*' \
    --exclude='*/config-*' --exclude='*tkinter*' --exclude='*/idlelib' --exclude='*/ensurepip' \
    "$base"/bin/python3 "$base/bin/python$4" "$library"
copy --exclude='*/awscli/examples' --exclude='*/site-packages/pip' --exclude='*/setuptools' \
    --exclude='*/site-packages/botocore' --exclude='*/botocore/data/*/*' "$venv"
cd "$venv"/lib/python*/site-packages/awscli/botocore/data
find . -name service-2.json | sed 's,/[^/]*$,,' | (cd "$root$PWD" && xargs mkdir -p)
find . -name service-2.json | (cd "$root$PWD" && xargs touch)
copy "$PWD/ecr" "$PWD/sdb"
{ ldd "$base/bin/python$4"; find "$root$library" -name '*.so' -exec ldd {} +; } |
    sed -n 's/.*=> \(\/[^ ]*\).*/\1/p' | sort -u | while read -r needed; do
        mkdir -p "$root${needed%/*}"
        cp -L "$needed" "$root$needed"
    done
"#;

fn add_aws(root: &Path) -> Result<(), String> {
    let venv = testkit::venv::bin().parent().ok_or("no environment of the stock CLI")?;
    let ask = "import sys; print(sys.base_prefix, '%d.%d' % sys.version_info[:2])";
    let python = Command::new(venv.join("bin/python")).args(["-c", ask]).output();
    let python = python.map_err(|error| error.to_string())?;
    let python = String::from_utf8_lossy(&python.stdout).into_owned();
    let (base, version) = python.trim().split_once(' ').ok_or("python does not answer")?;
    let done = Command::new("sh")
        .args(["-c", ADD_AWS, "sh"])
        .arg(root)
        .arg(base)
        .arg(venv)
        .arg(version)
        .output()
        .map_err(|error| error.to_string())?;
    if !done.status.success() {
        return Err(said(&done));
    }
    let place = root.join("usr/local/bin/dockerd-entrypoint.sh");
    std::fs::create_dir_all(root.join("usr/local/bin")).map_err(|error| error.to_string())?;
    std::fs::write(&place, ENTRYPOINT).map_err(|error| error.to_string())?;
    let done = Command::new("chmod").arg("755").arg(&place).status();
    done.map(drop).map_err(|error| error.to_string())
}

/// As it stands in AWS's guide.
const BUILDSPEC: &str = "version: 0.2

phases:
  pre_build:
    commands:
      - echo Logging in to Amazon ECR...
      - aws ecr get-login-password --region $AWS_DEFAULT_REGION | docker login --username AWS --password-stdin $AWS_ACCOUNT_ID.dkr.ecr.$AWS_DEFAULT_REGION.amazonaws.com
  build:
    commands:
      - echo Build started on `date`
      - echo Building the Docker image...
      - docker build -t $IMAGE_REPO_NAME:$IMAGE_TAG .
      - docker tag $IMAGE_REPO_NAME:$IMAGE_TAG $AWS_ACCOUNT_ID.dkr.ecr.$AWS_DEFAULT_REGION.amazonaws.com/$IMAGE_REPO_NAME:$IMAGE_TAG
  post_build:
    commands:
      - echo Build completed on `date`
      - echo Pushing the Docker image...
      - docker push $AWS_ACCOUNT_ID.dkr.ecr.$AWS_DEFAULT_REGION.amazonaws.com/$IMAGE_REPO_NAME:$IMAGE_TAG
";

/// The base comes from the yard's registry, as no other can be reached.
fn dockerfile(registry: &str) -> String {
    format!(
        "FROM {registry}/base:1\nCOPY index.html /srv/index.html\n\
         RUN sed -i s/NAME/yard/ /srv/index.html\nENV PAGE=/srv/index.html\n"
    )
}

/// Makes a project and builds it once.
fn built(root: &User, project: &Value) -> (Value, String) {
    root.aws(&["codebuild", "create-project", "--cli-input-json", &project.to_string()]);
    let name = project["name"].as_str().unwrap();
    let started = root.aws(&["codebuild", "start-build", "--project-name", name]);
    let id = started["build"]["id"].as_str().unwrap();
    let build = until(LIMIT, "the build ends", || {
        let found = root.aws(&["codebuild", "batch-get-builds", "--ids", id]);
        let build = found["builds"][0].clone();
        (build["buildComplete"] == true).then_some(build)
    });
    let text = log(root, &build);
    (build, text)
}

/// Puts the base image where the Dockerfile takes it from: to the registry by the yard's address,
/// which is the only name that this machine has for it.
fn push_base(engine: &TestEngine, root: &User) {
    let made = root.aws(&["ecr", "create-repository", "--repository-name", "base"]);
    let uri = made["repository"]["repositoryUri"].as_str().unwrap().to_owned();
    let password = root.try_aws(&["ecr", "get-login-password"]);
    assert!(password.status.success(), "{}", said(&password));
    let password = String::from_utf8(password.stdout).unwrap();
    let config = tempfile::tempdir().unwrap();
    let docker = |arguments: &[&str]| {
        let all = [&["--config", config.path().to_str().unwrap()], arguments].concat();
        engine.docker(&all).unwrap()
    };
    let host = uri.split('/').next().unwrap();
    docker(&["login", "--username", "AWS", "--password", password.trim(), host]);
    docker(&["tag", IMAGE, &format!("{uri}:1")]);
    docker(&["push", &format!("{uri}:1")]);
    docker(&["rmi", &format!("{uri}:1")]);
}

#[test]
fn an_image_is_built_pushed_and_built_in() {
    let engine = match TestEngine::shared() {
        Ok(engine) => engine,
        Err(why) => return skipped(&why),
    };
    let image = "aws/codebuild/standard:7.0";
    let path = format!("ENV PATH={}:/bin:/usr/bin:/sbin", testkit::venv::bin().display());
    let changes = [path.as_str(), "ENTRYPOINT [\"/usr/local/bin/dockerd-entrypoint.sh\"]"];
    engine.import_with(image, ENGINE_PROGRAMS, &changes, add_aws).unwrap();
    let data = Data::new();
    let address = engine.address();
    let yard = Yard::up(&data, &["--privileged-builds", "--docker-host", &address], &[]);
    let root = yard.root();
    let account = root.aws(&["sts", "get-caller-identity"])["Account"].as_str().unwrap().to_owned();
    let registry = format!("{account}.dkr.ecr.us-east-1.amazonaws.com");
    push_base(engine, &root);
    root.aws(&["ecr", "create-repository", "--repository-name", "site"]);
    root.aws(&["s3", "mb", "s3://code"]);
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("buildspec.yml", BUILDSPEC),
        ("Dockerfile", &dockerfile(&registry)),
        ("index.html", "<h1>Hello, NAME</h1>\n"),
    ] {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    root.aws(&["s3", "cp", "--recursive", dir.path().to_str().unwrap(), "s3://code/site/"]);

    let on = |name: &str| format!("arn:aws:ecr:us-east-1:{account}:repository/{name}");
    let pull =
        ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"];
    let push = ["ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload"];
    let pushing = json!([
        {"Effect": "Allow", "Action": ["logs:*", "ecr:GetAuthorizationToken"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"],
         "Resource": ["arn:aws:s3:::code", "arn:aws:s3:::code/*"]},
        {"Effect": "Allow", "Action": pull, "Resource": [on("base"), on("site")]},
        {"Effect": "Allow", "Action": push, "Resource": on("site")},
        {"Effect": "Allow", "Action": "ecr:PutImage", "Resource": on("site"),
         "Condition": {"StringEquals": {"aws:PrincipalType": "AssumedRole"}}},
    ]);
    let variable = |name: &str, value: &str| json!({"name": name, "value": value});
    let project = json!({
        "name": "site-image",
        "source": {"type": "S3", "location": "code/site/"},
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {
            "type": "LINUX_CONTAINER", "image": image, "computeType": "BUILD_GENERAL1_SMALL",
            "environmentVariables": [
                variable("AWS_DEFAULT_REGION", "us-east-1"), variable("AWS_ACCOUNT_ID", &account),
                variable("IMAGE_TAG", "latest"), variable("IMAGE_REPO_NAME", "site"),
            ],
            "privilegedMode": true,
        },
        "serviceRole": role(&root, "pushing", "codebuild.amazonaws.com", &pushing),
    });
    let (build, text) = built(&root, &project);
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{text}");
    assert!(text.contains("\nLogin Succeeded\n"), "{text}");
    let images = root.aws(&["ecr", "describe-images", "--repository-name", "site"]);
    assert_eq!(images["imageDetails"][0]["imageTags"], json!(["latest"]), "{images}");

    let pulling = json!([
        {"Effect": "Allow", "Action": ["logs:*", "ecr:GetAuthorizationToken"], "Resource": "*"},
        {"Effect": "Allow", "Action": pull, "Resource": on("site")},
    ]);
    let pulling = role(&root, "pulling", "codebuild.amazonaws.com", &pulling);
    let inside = json!({
        "name": "in-the-image",
        "source": {"type": "NO_SOURCE", "buildspec":
            "version: 0.2\nphases:\n  build:\n    commands: ['cat $PAGE']\n"},
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {
            "type": "LINUX_CONTAINER", "image": format!("{registry}/site:latest"),
            "computeType": "BUILD_GENERAL1_SMALL", "imagePullCredentialsType": "SERVICE_ROLE",
        },
        "serviceRole": pulling,
    });
    let (build, text) = built(&root, &inside);
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{text}");
    assert!(text.contains("\n<h1>Hello, yard</h1>\n"), "{text}");
}
