//! Projects as people have them, by the stock CLI: the course's page, a Flask application with its
//! tests, a crate with its cache and coverage, and what a build may read.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::developer::{log, role};
use crate::harness::{Data, User, Yard, until};

/// What comes by pip, and what is compiled, may take its time.
const LIMIT: Duration = Duration::from_secs(300);

/// As it stands in the course.
const COURSE: &str = include_str!("../../../crates/formats/tests/formats/corpus/course.yml");

/// A yard, its root, and a role for builds that may have logs, reports and the bucket `code`.
fn yard_with_code(data: &Data) -> (Yard, User, String) {
    let yard = Yard::up(data, &[], &[]);
    let root = yard.root();
    root.aws(&["s3", "mb", "s3://code"]);
    let statements = json!([
        {"Effect": "Allow", "Action": "logs:*", "Resource": "*"},
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
         "Resource": ["arn:aws:s3:::code", "arn:aws:s3:::code/*"]},
        {"Effect": "Allow", "Resource": "*", "Action": [
            "codebuild:CreateReportGroup", "codebuild:CreateReport", "codebuild:UpdateReport",
            "codebuild:BatchPutTestCases", "codebuild:BatchPutCodeCoverages"]},
    ]);
    let role = role(&root, "build", "codebuild.amazonaws.com", &statements);
    (yard, root, role)
}

/// Puts files below `s3://code/NAME/` and makes a project of them.
fn project(root: &User, name: &str, role: &str, files: &[(&str, &str)], more: &Value) {
    put(root, name, files);
    let mut project = json!({
        "name": name,
        "source": {"type": "S3", "location": format!("code/{name}/")},
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0",
                        "computeType": "BUILD_GENERAL1_SMALL"},
        "serviceRole": role,
    });
    project.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    root.aws(&["codebuild", "create-project", "--cli-input-json", &project.to_string()]);
}

fn put(root: &User, name: &str, files: &[(&str, &str)]) {
    let dir = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let to = format!("s3://code/{name}/");
    root.aws(&["s3", "cp", "--recursive", text(dir.path()), &to]);
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn built(root: &User, name: &str) -> (Value, String) {
    let started = root.aws(&["codebuild", "start-build", "--project-name", name]);
    let id = started["build"]["id"].as_str().unwrap();
    let build = until(LIMIT, "the build ends", || {
        let found = root.aws(&["codebuild", "batch-get-builds", "--ids", id]);
        let build = found["builds"][0].clone();
        (build["buildComplete"] == true).then_some(build)
    });
    let said = log(root, &build);
    (build, said)
}

fn report(root: &User, build: &Value, at: usize) -> Value {
    let arn = build["reportArns"][at].as_str().unwrap_or_else(|| panic!("{build}"));
    root.aws(&["codebuild", "batch-get-reports", "--report-arns", arn])["reports"][0].clone()
}

#[test]
fn the_courses_page_is_tested() {
    let data = Data::new();
    let (_yard, root, role) = yard_with_code(&data);
    let page = "<html><h1>Congratulations</h1></html>\n";
    project(&root, "page", &role, &[("buildspec.yml", COURSE), ("index.html", page)], &json!({}));
    let (build, said) = built(&root, "page");
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{said}");
    for line in ["installing something", "we will run some tests", "we are in the post build phase"]
    {
        assert!(said.contains(line), "{said}");
    }
    put(&root, "page", &[("index.html", "<html><h1>Sorry</h1></html>\n")]);
    let (build, said) = built(&root, "page");
    assert_eq!(build["buildStatus"], "FAILED", "{said}");
    assert!(said.contains("we are in the post build phase"), "{said}");
}

const FLASK: [(&str, &str); 4] = [
    ("requirements.txt", "flask\npytest\npytest-cov\n"),
    (
        "app.py",
        r#"from flask import Flask, jsonify

app = Flask(__name__)

@app.get("/health")
def health():
    return jsonify(status="ok")

@app.get("/add/<int:a>/<int:b>")
def add(a, b):
    return jsonify(sum=a + b)
"#,
    ),
    (
        "test_app.py",
        r#"import pytest
from app import app

@pytest.fixture
def client():
    return app.test_client()

def test_health(client):
    assert client.get("/health").get_json() == {"status": "ok"}

def test_add(client):
    assert client.get("/add/2/3").get_json() == {"sum": 5}

def test_unknown(client):
    assert client.get("/nothing").status_code == 404
"#,
    ),
    (
        "buildspec.yml",
        r#"version: 0.2
phases:
  install:
    commands:
      - python3 -m venv .venv
      - . .venv/bin/activate
      - pip install --quiet --disable-pip-version-check -r requirements.txt
  build:
    commands:
      - python -m pytest --junitxml=reports/junit.xml --cov=app --cov-report=xml:reports/coverage.xml
reports:
  tests:
    files: [junit.xml]
    base-directory: reports
  coverage:
    files: [coverage.xml]
    base-directory: reports
    file-format: COBERTURAXML
cache:
  paths: ['.venv/**/*']
"#,
    ),
];

/// Whether pip finds Flask, wherever it looks on this machine.
fn has_flask() -> bool {
    let dir = tempfile::tempdir().unwrap();
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check"]);
    pip.args(["--dest", text(dir.path()), "flask"]).stdout(Stdio::null()).stderr(Stdio::null());
    pip.status().is_ok_and(|status| status.success())
}

#[test]
fn a_flask_application_passes_and_then_fails_its_tests() {
    if !has_flask() {
        println!("skipped: a_flask_application: pip finds no Flask here");
        return;
    }
    let data = Data::new();
    let (_yard, root, role) = yard_with_code(&data);
    // Where pip looks on this machine, the build's does too.
    let names = ["PIP_INDEX_URL", "PIP_FIND_LINKS", "PIP_CERT", "PIP_NO_INDEX", "PIP_TRUSTED_HOST"];
    let variables: Vec<Value> = names
        .iter()
        .filter_map(|name| Some(json!({"name": name, "value": std::env::var(name).ok()?})))
        .collect();
    let environment = json!({"environment": {
        "type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0",
        "computeType": "BUILD_GENERAL1_SMALL", "environmentVariables": variables,
    }});
    project(&root, "flask", &role, &FLASK, &environment);
    let (good, said) = built(&root, "flask");
    assert_eq!(good["buildStatus"], "SUCCEEDED", "{said}");
    let tests = report(&root, &good, 0);
    assert_eq!((&tests["status"], &tests["name"]), (&json!("SUCCEEDED"), &json!("flask-tests")));
    assert_eq!(tests["testSummary"]["statusCounts"]["SUCCEEDED"], 3, "{tests}");
    let coverage = report(&root, &good, 1);
    assert_eq!(coverage["codeCoverageSummary"]["lineCoveragePercentage"], 100.0, "{coverage}");

    let broken = FLASK[1].1.replace("a + b", "a * b");
    put(&root, "flask", &[("app.py", &broken)]);
    let (bad, said) = built(&root, "flask");
    assert_eq!(bad["buildStatus"], "FAILED", "{said}");
    let tests = report(&root, &bad, 0);
    assert_eq!(tests["status"], "FAILED");
    let arn = tests["arn"].as_str().unwrap();
    let failed = ["codebuild", "describe-test-cases", "--report-arn", arn];
    let cases = root.aws(&[&failed[..], &["--filter", "status=FAILED"]].concat());
    let cases = cases["testCases"].as_array().unwrap().clone();
    assert_eq!(cases.len(), 1, "{cases:?}");
    assert_eq!(cases[0]["name"], "test_add");
    assert!(cases[0]["message"].as_str().unwrap().contains("'sum': 6"), "{cases:?}");
}

/// Its coverage is counted by the crate itself: the LLVM tools that read the compiler's own profiles
/// must be as new as the compiler, which few machines have.
const CRATE: [(&str, &str); 4] = [
    (
        "Cargo.toml",
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[workspace]\n",
    ),
    (
        "src/lib.rs",
        r#"/// Notes that its line has run, where tests want to know.
macro_rules! ran {
    () => {{
        #[cfg(test)]
        crate::coverage::note(line!());
    }};
}

pub fn total(price: u32, member: bool) -> u32 {
    if member {
        ran!();
        price - price / 10
    } else {
        ran!();
        price
    }
}

pub fn refund(price: u32) -> i64 {
    ran!();
    -i64::from(price)
}

#[cfg(test)]
mod coverage {
    pub fn note(line: u32) {
        use std::io::Write;
        let file = std::fs::File::options().create(true).append(true).open("ran.txt");
        writeln!(file.unwrap(), "{line}").unwrap();
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn members_pay_less() {
        assert_eq!(super::total(100, true), 90);
        assert_eq!(super::total(100, false), 100);
    }
}
"#,
    ),
    (
        "lcov.sh",
        r#"set -e
{
  echo "SF:src/lib.rs"
  grep -n 'ran!();' src/lib.rs | cut -d: -f1 | while read -r line; do
    echo "DA:$line,$(grep -cx "$line" ran.txt || true)"
  done
  echo end_of_record
} > lcov.info
"#,
    ),
    (
        "buildspec.yml",
        r#"version: 0.2
phases:
  build:
    commands:
      - if [ -d target/debug/deps ]; then echo the target is there; fi
      - cargo test --offline --lib
      - sh lcov.sh
reports:
  coverage:
    files: [lcov.info]
    file-format: LCOV
cache:
  key: cargo-$(codebuild-hash-files 'Cargo.toml')
  paths: ['target/**/*']
"#,
    ),
];

#[test]
fn a_crate_is_tested_with_cache_and_coverage() {
    let data = Data::new();
    let (_yard, root, role) = yard_with_code(&data);
    // The compiler of this machine, which is where its user has it.
    let home = |name: &str, usual: &str| {
        let home = std::env::var("HOME").unwrap_or_default();
        std::env::var(name).unwrap_or_else(|_| format!("{home}/{usual}"))
    };
    let path = format!("{}/bin:/usr/local/bin:/usr/bin:/bin", home("CARGO_HOME", ".cargo"));
    let variables = json!([
        {"name": "PATH", "value": path},
        {"name": "RUSTUP_HOME", "value": home("RUSTUP_HOME", ".rustup")},
        {"name": "CARGO_HOME", "value": "/tmp/cargo"},
    ]);
    let more = json!({
        "cache": {"type": "S3", "location": "code/cache"},
        "environment": {
            "type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL", "environmentVariables": variables,
        },
    });
    project(&root, "crate", &role, &CRATE, &more);
    let (first, said) = built(&root, "crate");
    if said.contains("cargo: not found") || said.contains("cargo: Permission denied") {
        println!("skipped: a_crate_is_tested: builds see no cargo here");
        return;
    }
    assert_eq!(first["buildStatus"], "SUCCEEDED", "{said}");
    assert!(said.contains("members_pay_less ... ok"), "{said}");
    assert!(!said.contains("\nthe target is there\n"), "{said}");
    assert!(said.contains("Uploaded cache to arn:aws:s3:::code/cache/"), "{said}");
    let coverage = report(&root, &first, 0);
    let summary = &coverage["codeCoverageSummary"];
    // The refund is not tested.
    assert_eq!((&summary["linesCovered"], &summary["linesMissed"]), (&json!(2), &json!(1)));
    assert_eq!(summary["lineCoveragePercentage"], 66.66, "{coverage}");
    let (second, said) = built(&root, "crate");
    assert_eq!(second["buildStatus"], "SUCCEEDED", "{said}");
    assert!(said.contains("\nthe target is there\n"), "{said}");
}

#[test]
fn parameters_and_secrets_are_the_roles_to_read() {
    let data = Data::new();
    let (_yard, root, plain) = yard_with_code(&data);
    let value = ["--value", "from-the-store", "--type", "SecureString"];
    root.aws(&[&["ssm", "put-parameter", "--name", "/app/parameter"][..], &value].concat());
    let create = ["secretsmanager", "create-secret", "--name", "app/database"];
    let made = root.aws(
        &[&create[..], &["--secret-string", r#"{"user": "ann", "password": "pa55-first"}"#]]
            .concat(),
    );
    let arn = made["ARN"].as_str().unwrap().to_owned();
    let update = ["secretsmanager", "put-secret-value", "--secret-id", "app/database"];
    root.aws(
        &[&update[..], &["--secret-string", r#"{"user": "ann", "password": "pa55-second"}"#]]
            .concat(),
    );
    let spec = "version: 0.2\nenv:\n  parameter-store:\n    P: /app/parameter\n  secrets-manager:\n    \
        NOW: app/database:password\n    BEFORE: app/database:password:AWSPREVIOUS\nphases:\n  build:\n    \
        commands:\n      - test \"$P $NOW $BEFORE\" = 'from-the-store pa55-second pa55-first'\n      \
        - echo \"read $P and $NOW\"\n";
    let statements = json!([
        {"Effect": "Allow", "Action": "logs:*", "Resource": "*"},
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"],
         "Resource": ["arn:aws:s3:::code", "arn:aws:s3:::code/*"]},
        {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "arn:aws:ssm:*:*:parameter/app/*"},
        {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": arn},
    ]);
    let reader = role(&root, "reader", "codebuild.amazonaws.com", &statements);
    project(&root, "reads", &reader, &[("buildspec.yml", spec)], &json!({}));
    let (build, said) = built(&root, "reads");
    // The comparison's own text has the values in the buildspec; what the build prints has not.
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{said}");
    assert!(said.contains("\nread *** and ***\n"), "{said}");
    project(&root, "may-not", &plain, &[("buildspec.yml", spec)], &json!({}));
    let (build, said) = built(&root, "may-not");
    assert_eq!(build["buildStatus"], "FAILED", "{said}");
    let phases = build["phases"].as_array().unwrap();
    let failed = phases.iter().find(|phase| phase["phaseStatus"] == "FAILED").unwrap();
    assert_eq!(failed["phaseType"], "DOWNLOAD_SOURCE");
    let why = failed["contexts"][0]["message"].as_str().unwrap();
    assert!(why.contains("ssm:GetParameters") && !why.contains("Encoded"), "{why}");
}
