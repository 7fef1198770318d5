//! Writes docs/guide/codebuild-events.md from the events that the code makes, and checks that it
//! is what was written.

use std::collections::BTreeSet;

use types::{Account, Region};

use super::*;
use crate::phases::{self, Context};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide/codebuild-events.md");

const HEAD: &str = "\
# CodeBuild's events

What CodeBuild announces on the default event bus, for EventBridge rules. The source is `aws.codebuild`, the one
resource is the build's ARN, and the events are committed in the transaction of the change they tell of. Names and
fields are those of [AWS's guide](https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html).
A field whose value a build does not have is left out. A batch announces nothing of its own, as in AWS: each of its
builds does. Environment variables are told as they were given, so of a secret its name and not its value. A test writes
this page from the code.
";

fn build() -> Build {
    let text = |text: &str| Some(text.to_owned());
    let at = Timestamp::from_secs(0);
    let mut build = Build {
        id: text("p:uuid"),
        arn: text("arn:aws:codebuild:us-east-1:123456789012:build/p:uuid"),
        build_number: Some(1),
        build_batch_arn: text("arn"),
        build_status: Some(BuildStatusType::InProgress),
        build_complete: Some(false),
        project_name: text("p"),
        initiator: text("ann"),
        start_time: Some(at),
        timeout_in_minutes: Some(60),
        queued_timeout_in_minutes: Some(480),
        source_version: text("main"),
        resolved_source_version: text("1234"),
        source: Some(ProjectSource {
            location: text("l"),
            buildspec: text("b"),
            source_identifier: text("i"),
            ..ProjectSource::default()
        }),
        cache: Some(ProjectCache {
            location: text("l"),
            modes: Some(vec![CacheMode::LocalSourceCache]),
            ..ProjectCache::default()
        }),
        environment: Some(ProjectEnvironment {
            image: "i".to_owned(),
            certificate: text("c"),
            image_pull_credentials_type: Some(ImagePullCredentialsType::Codebuild),
            environment_variables: Some(vec![EnvironmentVariable::default()]),
            ..ProjectEnvironment::default()
        }),
        artifacts: Some(BuildArtifacts {
            location: text("l"),
            md5sum: text("m"),
            sha256sum: text("s"),
            artifact_identifier: text("i"),
            ..BuildArtifacts::default()
        }),
        logs: Some(LogsLocation {
            group_name: text("g"),
            stream_name: text("s"),
            deep_link: text("d"),
            s3_deep_link: text("d"),
            ..LogsLocation::default()
        }),
        exported_environment_variables: Some(vec![ExportedEnvironmentVariable {
            name: text("n"),
            value: text("v"),
        }]),
        ..Build::default()
    };
    build.secondary_sources = build.source.clone().map(|source| vec![source]);
    build.secondary_artifacts = build.artifacts.clone().map(|artifacts| vec![artifacts]);
    phases::begin(&mut build, BuildPhaseType::Submitted, at);
    build
}

/// The paths of all members, with `[]` for the items of a list.
fn paths(value: &Value, path: &str, all: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                paths(member, &path, all);
            }
        }
        Value::Array(items) => {
            all.insert(format!("{path}[]"));
            for item in items.iter().filter(|item| item.is_object()) {
                all.remove(&format!("{path}[]"));
                paths(item, &format!("{path}[]"), all);
            }
        }
        _ => {
            all.insert(path.to_owned());
        }
    }
}

fn section(event: &Event, when: &str) -> String {
    let mut all = BTreeSet::new();
    paths(&event.detail, "", &mut all);
    let fields: String = all.iter().map(|path| format!("- `{path}`\n")).collect();
    format!("\n## {}\n\n{when}\n\n{fields}", event.detail_type)
}

#[test]
fn the_page_tells_what_the_code_announces() {
    let account = Account::new("123456789012").unwrap();
    let scope = Scope::new(account, Region::new("us-east-1").unwrap());
    let at = Timestamp::from_secs(0);
    let mut build = build();
    let context = Context::new("CODE", "message");
    let ended = phases::end(&mut build, BuildStatusType::Failed, Some(&context), at).unwrap();
    let ended = phase_changes(&scope, &build, &[ended], at);
    let page = [
        HEAD.to_owned(),
        section(
            &state_change(&scope, &build, at),
            "A build was queued (`build-status` is `IN_PROGRESS`), or it has ended (`SUCCEEDED`, `FAILED`, `FAULT`,\n\
             `TIMED_OUT` or `STOPPED`). The detail:",
        ),
        section(
            &ended[0],
            "A phase of a build has ended: `SUBMITTED`, `QUEUED`, `PROVISIONING`, `DOWNLOAD_SOURCE`, `INSTALL`,\n\
             `PRE_BUILD`, `BUILD`, `POST_BUILD`, `UPLOAD_ARTIFACTS` or `FINALIZING`. The detail:",
        ),
    ]
    .concat();
    if std::env::var_os("CODEYARD_WRITE_DOCS").is_some() {
        std::fs::write(PAGE, &page).unwrap();
    }
    let written = std::fs::read_to_string(PAGE).unwrap_or_default();
    assert_eq!(written, page, "write it anew with CODEYARD_WRITE_DOCS=1");
}
