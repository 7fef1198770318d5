//! The queue: whose turn it is, limits, and builds that are retried on their own.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::TestYard;

use crate::harness::Yard;

fn spec(command: &str) -> String {
    format!("version: 0.2\nphases:\n  build:\n    commands: [\"{command}\"]\n")
}

/// When the build left the queue, in seconds.
fn taken_at(build: &Value) -> f64 {
    let phases = build["phases"].as_array().unwrap();
    let queued = phases.iter().find(|phase| phase["phaseType"] == "QUEUED").unwrap();
    queued["endTime"].as_f64().unwrap()
}

async fn projects_take_turns() {
    let yard = Yard::start().await;
    yard.create("busy", &spec("sleep 0.1")).await;
    yard.create("calm", &spec("sleep 0.1")).await;
    let mut busy = Vec::new();
    for _ in 0..30 {
        busy.push(yard.start_build(json!({ "projectName": "busy" })).await);
    }
    let mut calm = Vec::new();
    for _ in 0..3 {
        calm.push(yard.start_build(json!({ "projectName": "calm" })).await);
    }
    let mut of_calm = Vec::new();
    for id in &calm {
        of_calm.push(taken_at(&yard.finished(id).await));
    }
    let asked_at = yard.build(&calm[0]).await["startTime"].as_f64().unwrap();
    let mut of_busy = Vec::new();
    for id in &busy {
        of_busy.push(taken_at(&yard.finished(id).await));
    }
    // Builds of one project keep their order; two that are taken at once may be a moment apart.
    let in_order = of_busy.windows(3).all(|taken| taken[0] <= taken[2]);
    assert!(in_order, "{of_busy:?}");
    // Between asking and the third of the calm, the busy had as many turns, not all of them: two
    // slots may have been taken just before.
    let last = of_calm.iter().copied().fold(0.0, f64::max);
    let between = of_busy.iter().filter(|at| (asked_at..=last).contains(*at)).count();
    assert!(between <= 6, "{between} of the busy project's builds went first");
    assert!(of_busy.iter().any(|at| *at > last), "{of_busy:?} {last}");
}

async fn a_projects_limit_refuses_more() {
    let yard = Yard::start().await;
    let mut project = yard.project("pp", &spec("sleep 300"));
    project["concurrentBuildLimit"] = json!(1);
    yard.ok("CreateProject", project).await;
    let id = yard.start_build(json!({ "projectName": "pp" })).await;
    let (status, refused) = yard.call("StartBuild", json!({ "projectName": "pp" })).await;
    assert_eq!((status, refused["__type"].as_str()), (400, Some("AccountLimitExceededException")));
    let (status, refused) =
        yard.call("UpdateProject", json!({ "name": "pp", "concurrentBuildLimit": 0 })).await;
    assert_eq!((status, refused["__type"].as_str()), (400, Some("InvalidInputException")));
    let updated =
        yard.ok("UpdateProject", json!({ "name": "pp", "concurrentBuildLimit": -1 })).await;
    assert_eq!(updated["project"]["concurrentBuildLimit"], Value::Null);
    let other = yard.start_build(json!({ "projectName": "pp" })).await;
    for id in [id, other] {
        yard.ok("StopBuild", json!({ "id": id })).await;
        assert_eq!(yard.finished(&id).await["buildStatus"], "STOPPED");
    }
}

/// All builds of a project, the first first, once there are so many and all have ended.
async fn all(yard: &Yard, project: &str, count: usize) -> Vec<Value> {
    TestYard::until(Duration::from_secs(60), || async {
        let input = json!({ "projectName": project, "sortOrder": "ASCENDING" });
        let ids = yard.ok("ListBuildsForProject", input).await["ids"].clone();
        if ids.as_array().unwrap().len() < count {
            return None;
        }
        let mut builds = Vec::new();
        for id in ids.as_array().unwrap() {
            builds.push(yard.build(id.as_str().unwrap()).await);
        }
        builds.sort_by_key(|build| build["buildNumber"].as_i64());
        builds.iter().all(|build| build["buildComplete"] == true).then_some(builds)
    })
    .await
}

async fn failed_builds_are_retried_up_to_the_limit() {
    let yard = Yard::start().await;
    let mut project = yard.project("pp", &spec("exit 1"));
    project["autoRetryLimit"] = json!(2);
    assert_eq!(yard.ok("CreateProject", project).await["project"]["autoRetryLimit"], 2);
    yard.start_build(json!({ "projectName": "pp" })).await;
    let builds = all(&yard, "pp", 3).await;
    let config = |at: usize| builds[at]["autoRetryConfig"].clone();
    let arn = |at: usize| builds[at]["arn"].clone();
    assert_eq!(
        config(0),
        json!({ "autoRetryLimit": 2, "autoRetryNumber": 0, "nextAutoRetry": arn(1) })
    );
    assert_eq!(
        config(1),
        json!({
            "autoRetryLimit": 2, "autoRetryNumber": 1,
            "nextAutoRetry": arn(2), "previousAutoRetry": arn(0),
        })
    );
    assert_eq!(
        config(2),
        json!({ "autoRetryLimit": 2, "autoRetryNumber": 2, "previousAutoRetry": arn(1) })
    );
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(all(&yard, "pp", 3).await.len(), 3);
    // The request's word goes before the project's; what succeeds or is stopped is not retried.
    yard.create("qq", &spec("exit $CODE")).await;
    let start = |code: &str, limit: i64| {
        json!({
            "projectName": "qq", "autoRetryLimitOverride": limit,
            "environmentVariablesOverride": [{ "name": "CODE", "value": code }],
        })
    };
    yard.start_build(start("0", 3)).await;
    yard.start_build(start("1", 1)).await;
    yard.start_build(start("1", 0)).await;
    assert_eq!(all(&yard, "qq", 4).await.len(), 4);
    let (status, refused) = yard.call("StartBuild", start("1", -1)).await;
    assert_eq!((status, refused["__type"].as_str()), (400, Some("InvalidInputException")));
}

async fn the_service_role_must_be_allowed_to_retry() {
    let yard = Yard::start().await;
    let narrow = yard.yard.role(
        "narrow",
        json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Action": "logs:*", "Resource": "*" }],
        }),
    );
    let mut project = yard.project("pp", &spec("exit 1"));
    project["autoRetryLimit"] = json!(1);
    project["serviceRole"] = json!(narrow);
    yard.ok("CreateProject", project).await;
    yard.start_build(json!({ "projectName": "pp" })).await;
    let builds = all(&yard, "pp", 1).await;
    assert_eq!(builds.len(), 1);
    assert_eq!(builds[0]["autoRetryConfig"]["nextAutoRetry"], Value::Null);
    let message = crate::harness::message(&builds[0], "FINALIZING");
    assert!(message.contains("codebuild:RetryBuild"), "{message}");
}

async fn a_download_ends_when_its_build_is_stopped() {
    let yard = Yard::start().await;
    // It takes connections and never says anything.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let location = format!("http://{}/o/r.git", silent.local_addr().unwrap());
    let mut project = yard.project("pp", "");
    project["source"] = json!({ "type": "GITHUB_ENTERPRISE", "location": location });
    yard.ok("CreateProject", project).await;
    let id = yard.start_build(json!({ "projectName": "pp" })).await;
    let (_held, _) = silent.accept().await.unwrap();
    let asked = std::time::Instant::now();
    yard.ok("StopBuild", json!({ "id": id })).await;
    let build = yard.finished(&id).await;
    assert_eq!(build["buildStatus"], "STOPPED", "{build}");
    assert!(asked.elapsed() < Duration::from_secs(5));
    let last = crate::harness::phases(&build);
    assert!(
        last.iter().any(|it| (it.0.as_str(), it.1.as_str()) == ("DOWNLOAD_SOURCE", "STOPPED")),
        "{last:?}"
    );
}

crate::tests![
    a_download_ends_when_its_build_is_stopped,
    projects_take_turns,
    a_projects_limit_refuses_more,
    failed_builds_are_retried_up_to_the_limit,
    the_service_role_must_be_allowed_to_retry,
];
